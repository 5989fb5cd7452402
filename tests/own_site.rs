//! The repository's own site, as a reader finds it: no fault, the same bytes from any machine, every link
//! leads somewhere, nothing that a strict Content-Security-Policy would stop.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use briefwright::base::{Content, File, Override, Snapshot, SourcePath, encode};
use briefwright::engine::Engine;
use briefwright::io;

use crate::html::{self, file, is_elsewhere, tags};
use crate::memory::{Built, TODAY, build, difference};

/// The site in this repository, built on the tests' day.
pub fn snapshot() -> Snapshot {
    let site = io::read_site(Path::new(env!("CARGO_MANIFEST_DIR")));
    let (overrides, committed) = (Vec::new(), Arc::default());
    Snapshot { files: site.files.into(), overrides, env: None, today: TODAY, committed, faults: site.faults }
}

fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| build(&mut Engine::cold(), &snapshot()))
}

#[test]
fn it_has_no_faults() {
    assert_eq!(built().faults(&snapshot()), "");
    assert!(built().files.len() > 100, "the example is a site, not a page");
}

#[test]
fn two_cold_builds_are_the_same_on_any_number_of_threads() {
    for threads in [1, 2, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be had");
        let again = pool.install(|| build(&mut Engine::cold(), &snapshot()));
        assert!(
            difference(built(), &again).is_none(),
            "{threads} threads: {}",
            difference(built(), &again).unwrap_or_default()
        );
    }
}

#[test]
fn a_warm_engine_renders_it_once() {
    let mut warm = Engine::warm();
    build(&mut warm, &snapshot());
    let again = build(&mut warm, &snapshot());
    assert_eq!(again.rendered, 0);
    assert!(difference(built(), &again).is_none());
}

#[test]
fn nothing_on_a_page_is_inline_or_from_elsewhere() {
    for (page, html) in pages() {
        for tag in tags(html) {
            let at = || format!("{page}: <{}", tag.text);
            assert!(tag.name != "style", "{}", at());
            assert!(tag.name != "script" || tag.get("src").is_some(), "{}", at());
            for (name, value) in &tag.attributes {
                assert!(*name != "style" && !name.starts_with("on"), "{}", at());
                assert!(!value.trim().to_lowercase().starts_with("javascript:"), "{}", at());
            }
            let fetched = match tag.name {
                "link" if matches!(tag.get("rel"), Some("stylesheet" | "icon" | "preload" | "manifest")) => {
                    tag.get("href")
                }
                "a" | "link" | "form" => None,
                _ => tag.get("src").or(tag.get("href")),
            };
            assert!(!fetched.is_some_and(is_elsewhere), "{}", at());
        }
    }
}

#[test]
fn every_link_leads_somewhere() {
    let (seen, broken) = html::links(&built().files);
    assert!(seen > 1000, "only {seen} links were found");
    assert!(broken.is_empty(), "{} broken links:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn only_the_page_for_lost_readers_links_from_the_root() {
    for (page, html) in pages().filter(|(page, _)| *page != "404.html") {
        for tag in tags(html) {
            for (name, value) in &tag.attributes {
                let links = matches!(*name, "href" | "src" | "action");
                assert!(!links || !value.starts_with('/'), "{page}: <{}", tag.text);
            }
        }
    }
}

#[test]
fn ids_are_unique_on_each_page() {
    let faults: Vec<String> = pages().flat_map(|(page, text)| html::bad_ids(page, text)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn each_page_has_its_label_at_top_and_bottom() {
    for (page, html) in pages() {
        let (_, body) = html.split_once("<body").unwrap_or_else(|| panic!("{page} has no body"));
        let label = |part: &str| {
            part.split_once(">TLP:").map(|(_, rest)| rest.split('<').next().unwrap_or_default().to_owned())
        };
        let (top, rest) = body.split_once("<main").unwrap_or_else(|| panic!("{page} has no <main>"));
        let (_, bottom) = rest.split_once("</main>").unwrap_or_else(|| panic!("{page} has no </main>"));
        assert!(label(top).is_some(), "{page} has no label at the top");
        assert_eq!(label(top), label(bottom), "{page} has another label at the bottom");
    }
}

#[test]
fn every_page_is_one_document_with_a_title_and_a_heading() {
    for (page, html) in pages() {
        assert!(html.starts_with("<!doctype html>"), "{page}");
        // A figure's parts have titles too, in the body.
        let (head, body) = html.split_once("<body").unwrap_or_else(|| panic!("{page} has no body"));
        for (part, name) in [(head, "html"), (head, "title"), (body, "h1"), (body, "main")] {
            let count = tags(part).iter().filter(|tag| tag.name == name).count();
            assert_eq!(count, 1, "{page} has {count} of <{name}>");
        }
    }
}

#[test]
fn every_address_of_the_sitemap_and_the_feeds_is_a_page() {
    let base = "https://briefs.example.org/";
    for (name, bytes) in built().files.iter().filter(|(name, _)| name.ends_with(".xml")) {
        let text = std::str::from_utf8(bytes).expect("feeds are UTF-8");
        for (at, _) in text.match_indices(base) {
            let address = text[at + base.len()..].split(['"', '<']).next().unwrap_or_default();
            let file = file("index.html", address).expect("it is below the root");
            assert!(built().files.contains_key(&file), "{name}: {base}{address}");
        }
    }
}

fn pages() -> impl Iterator<Item = (&'static str, &'static str)> {
    let html = |path: &&String| path.ends_with(".html");
    built().files.keys().filter(html).map(|path| (path.as_str(), built().text(path).expect("it is there")))
}

/// The same site with another setting.
pub fn snapshot_with(key: &str, value: &str) -> Snapshot {
    let given = Override { key: key.to_owned(), value: value.to_owned(), origin: format!("--{key}") };
    Snapshot { overrides: vec![given], ..snapshot() }
}

/// Whatever page a reader can open, an author can link to by its address from the root.
#[test]
fn every_page_can_be_linked_to() {
    let addresses: Vec<String> = built()
        .files
        .keys()
        .filter(|path| {
            !path.starts_with("assets/")
                && !["404.html", "manifest.json", "robots.txt"].contains(&path.as_str())
        })
        .map(|path| encode(path.strip_suffix("index.html").unwrap_or(path)))
        .collect();
    let links: String = addresses.iter().map(|address| format!("[x](</{address}>)\n")).collect();
    let mut snapshot = snapshot();
    let mut files = snapshot.files.to_vec();
    files.push(File { content: Content::Text(links.as_str().into()), ..files[0].clone() });
    let last = files.len() - 1;
    files[last].path = SourcePath::new("content/pages/every.md");
    files.sort_by(|a, b| a.path.cmp(&b.path));
    snapshot.files = files.into();
    let faults = build(&mut Engine::cold(), &snapshot).faults(&snapshot);
    assert!(addresses.len() > 100 && faults.is_empty(), "{faults}");
}
