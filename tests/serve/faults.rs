//! Faults do not end the session: the last good page stays, and every fault is told.

use std::time::Duration;

use super::live::{Live, brief, program, site};

const BROKEN: &str = "See [[nobody-here]] & <b>this</b>.";

#[test]
fn the_last_good_page_stays_until_the_fault_is_mended() {
    let live = Live::new();
    let events = live.listen();
    assert_eq!(live.get("/_preview/faults").status, 404);
    live.save("content/briefs/a.md", &brief("A", BROKEN));
    let news = events.recv_timeout(Duration::from_secs(10)).expect("news of the fault");
    assert_eq!((&news["faults"], &news["ready"]), (&true.into(), &true.into()));
    assert_eq!(news["changed"], serde_json::json!([]));
    assert!(live.get("/briefs/a/").text().contains("First."), "the last good page stays");
    let overlay = live.get("/_preview/faults");
    assert_eq!(overlay.header("content-type"), Some("text/html; charset=utf-8"));
    let text = overlay.text();
    for words in
        ["1 error in 1 file", "<code>B0302</code>", "content/briefs/a.md:5:7", "[[nobody-here]]", "^^^"]
    {
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
    assert!(
        text.contains("&amp; &lt;b&gt;this&lt;/b&gt;") && !text.contains("<b>"),
        "sources are escaped:\n{text}"
    );
    let path = live.path("content/briefs/a.md").display().to_string();
    assert!(text.contains(&format!("href=\"vscode://file{path}:5:7\"")), "{text}");
    live.until("the report", |live| live.said().contains("error[B0302]"));
    live.until("the line", |live| live.said().contains("1 error in 1 file; the last good pages stay"));
    // Another edit while the fault stands does not publish.
    live.save("content/briefs/b.md", &brief("B", "Held back."));
    events.recv_timeout(Duration::from_secs(10)).expect("news of the edit");
    assert!(live.get("/briefs/b/").text().contains("Second."));
    live.save("content/briefs/a.md", &brief("A", "Mended."));
    let news = events.recv_timeout(Duration::from_secs(10)).expect("news of the mending");
    assert_eq!(news["faults"], false);
    assert_eq!(news["changed"], serde_json::json!(["/briefs/a/", "/briefs/b/"]), "with what was held back");
    assert_eq!(live.get("/_preview/faults").status, 404);
    live.is_as_built_cold();
}

#[test]
fn a_first_build_that_fails_has_a_page_of_its_own() {
    let live = Live::of(site(&[("content/briefs/a.md", &brief("A", BROKEN))]), &["--editor", "idea"]);
    for path in ["/", "/briefs/a/"] {
        let page = live.get(path);
        assert_eq!(page.status, 503);
        assert!(
            page.text().contains("/_preview/client.js") && page.text().contains("data-shown=\"waiting\"")
        );
    }
    assert!(live.get("/_preview/faults").text().contains("idea://open?file=/"));
    assert!(live.said().contains("built: 1 error in 1 file; no page can be shown yet"), "{}", live.said());
    live.save("content/briefs/a.md", &brief("A", "Mended."));
    live.until_shows("/briefs/a/", "Mended.");
    live.is_as_built_cold();
}

#[test]
fn settings_and_templates_may_break_too() {
    let live = Live::new();
    for (path, bad, good, code) in [
        ("site.toml", "titel = \"T\"\n", "title = \"T\"\n", "B0"),
        ("templates/404.html", "{{ nothing.at.all }}", "<p>none", "B0501"),
        ("templates/404.html", "{% if %}", "<p>none", "B05"),
    ] {
        live.save(path, bad);
        live.until(code, |live| live.get("/_preview/faults").text().contains(code));
        assert!(live.get("/briefs/a/").text().contains("First."));
        live.save(path, good);
        live.until("it is mended", |live| live.get("/_preview/faults").status == 404);
    }
    std::fs::remove_file(live.path("site.toml")).expect("it is there");
    live.until("the site is no site", |live| live.get("/_preview/faults").text().contains("B0901"));
    live.write("site.toml", "title = \"T\"\n");
    live.until("it is mended", |live| live.get("/_preview/faults").status == 404);
    live.is_as_built_cold();
}

#[test]
fn warnings_hold_nothing_back_unless_strict() {
    let warned = brief("A", "Second.").replace("title: A", "title: A\nsources: [{ id: s }]");
    let live = Live::new();
    live.save("content/briefs/a.md", &warned);
    live.until_shows("/briefs/a/", "Second.");
    live.until("the warning", |live| live.said().contains("warning[B0308]"));
    let live = Live::of(site(&[("content/briefs/a.md", &warned)]), &["--strict"]);
    assert!(live.get("/_preview/faults").text().contains("B0308"));
    assert_eq!(live.get("/briefs/a/").status, 503);
}

#[test]
fn it_ends_well_and_says_what_keeps_it_from_starting() {
    let mut live = Live::new();
    let port = live.port.to_string();
    let busy = program(live.folder.path()).args(["serve", "--port", &port]).output().expect("it runs");
    let said = String::from_utf8_lossy(&busy.stderr).into_owned();
    assert_eq!(busy.status.code(), Some(2), "{said}");
    assert!(
        said.contains(&format!("port {port} is in use")) && said.contains(" is free: `--port "),
        "{said}"
    );
    for args in [&["--editor", "vim"][..], &["--env", "staging"], &["--host", "nowhere.example"]] {
        let ended = program(live.folder.path()).arg("serve").args(args).output().expect("it runs");
        assert_eq!(ended.status.code(), Some(2), "{args:?}");
    }
    assert_eq!(live.interrupt(), Some(0));
}
