//! Signed manifests and `brief verify`, with keys and signatures of the real `minisign`.

use std::fs;
use std::process::{Command, Stdio};

use crate::cli::Site;
use crate::skip::skipped;

/// A built site with a pair of keys, `key.sec` and `key.pub`, without a password.
fn site() -> Site {
    let site = Site::new();
    let pair = minisign::KeyPair::generate_unencrypted_keypair().expect("keys can be made");
    keep(&site, "key", &pair);
    let other = minisign::KeyPair::generate_unencrypted_keypair().expect("keys can be made");
    keep(&site, "other", &other);
    site
}

fn keep(site: &Site, name: &str, pair: &minisign::KeyPair) {
    site.write(&format!("{name}.sec"), &pair.sk.to_box(None).expect("it has a form").into_string());
    site.write(&format!("{name}.pub"), &pair.pk.to_box().expect("it has a form").into_string());
}

/// Runs `minisign`; `None`, and why is printed, where it is missing.
fn minisign(site: &Site, args: &[&str]) -> Option<bool> {
    let ran =
        Command::new("minisign").current_dir(site.folder.path()).args(args).stdin(Stdio::null()).output();
    match ran {
        Ok(output) => Some(output.status.success()),
        Err(error) => {
            skipped(format!("there is no minisign on this machine ({error})"));
            None
        }
    }
}

#[test]
fn a_signature_is_what_minisign_reads_and_writes() {
    let site = site();
    site.brief(&["build", "--sign", "key.sec"]).ends(0);
    let Some(holds) = minisign(&site, &["-V", "-q", "-p", "key.pub", "-m", "public/manifest.json"]) else {
        return;
    };
    assert!(holds, "minisign does not take our signature");
    assert_eq!(minisign(&site, &["-V", "-q", "-p", "other.pub", "-m", "public/manifest.json"]), Some(false));
    // And the other way round, with keys of its making.
    assert_eq!(minisign(&site, &["-G", "-W", "-p", "its.pub", "-s", "its.sec"]), Some(true));
    assert_eq!(minisign(&site, &["-S", "-s", "its.sec", "-m", "public/manifest.json"]), Some(true));
    site.brief(&["verify", "public", "--key", "its.pub"]).ends(0).says("the signature holds");
    site.brief(&["build", "--sign", "its.sec"]).ends(0);
    assert_eq!(minisign(&site, &["-V", "-q", "-p", "its.pub", "-m", "public/manifest.json"]), Some(true));
}

#[test]
fn verify_names_every_file_that_differs() {
    let site = site();
    site.brief(&["build", "--sign", "key.sec"]).ends(0);
    site.brief(&["verify", "public"])
        .ends(0)
        .says("as the manifest lists them; its signature was not checked");
    site.brief(&["verify", "public", "--key", "key.pub"]).ends(0).says("and the signature holds");
    let key = fs::read_to_string(site.path("key.pub")).expect("it is there");
    site.brief(&["verify", "public", "--key", key.lines().last().expect("a line")]).ends(0);
    fs::write(site.path("public/404.html"), "other").expect("it can be written");
    fs::write(site.path("public/added.html"), "new").expect("it can be written");
    // What a build at work has in its own folder counts for nothing; a file that is only called like that does.
    fs::write(site.path("public/.brief-added.html"), "new").expect("it can be written");
    site.write("public/.brief-1-of-2/lock", "");
    site.remove("public/robots.txt");
    let ran = site.brief(&["verify", "public", "--key", "key.pub"]).ends(1);
    let ran = ran.says("B0907").says("`404.html` differs from").says("`added.html` is not listed");
    ran.says("`robots.txt` is missing").says("`.brief-added.html` is not listed").says("4 errors");
    let json = site.brief(&["verify", "public", "--format", "json"]).ends(1).json();
    assert_eq!(json["errors"], 4);
}

#[test]
fn a_signature_that_does_not_hold_is_told() {
    let site = site();
    site.brief(&["build"]).ends(0);
    let verify = |key: &str| site.brief(&["verify", "public", "--key", key]);
    site.brief(&["verify", "public"]).ends(0).says("it is not signed");
    verify("key.pub").ends(1).says("B0909").says("there is no `manifest.json.minisig`");
    site.brief(&["build", "--sign", "key.sec"]).ends(0);
    verify("other.pub").ends(1).says("B0909").says("key id");
    // Another manifest under the signature, which fits the files.
    let signature = fs::read(site.path("public/manifest.json.minisig")).expect("it was signed");
    site.write("site.toml", "title = \"Other\"\n");
    site.brief(&["build"]).ends(0);
    assert!(
        !site.path("public/manifest.json.minisig").exists(),
        "a build that is not signed has no signature"
    );
    fs::write(site.path("public/manifest.json.minisig"), signature).expect("it can be written");
    verify("key.pub").ends(1).says("B0909");
    fs::write(site.path("public/manifest.json.minisig"), "no signature").expect("it can be written");
    verify("key.pub").ends(1).says("B0909");
    // It goes with the rest, so that the folder can be built into again.
    site.brief(&["clean"]).ends(0);
    assert!(!site.path("public/manifest.json.minisig").exists());
    site.brief(&["build"]).ends(0);
}

#[test]
fn releases_are_signed() {
    let site = site();
    site.brief(&["build"]).ends(0);
    site.brief(&["publish", "www", "--sign", "key.sec"]).ends(0);
    site.brief(&["verify", "www", "--key", "key.pub"]).ends(0).says("the signature holds");
    site.brief(&["publish", "www", "--sign", "key.sec"]).ends(0).says("shows this build already");
    site.brief(&["publish", "www", "--sign", "other.sec"]).ends(0).says("published");
    site.brief(&["verify", "www", "--key", "other.pub"]).ends(0);
    site.brief(&["publish", "www", "--rollback"]).ends(0);
    site.brief(&["verify", "www", "--key", "key.pub"]).ends(0);
    // No build works in a release, so nothing there is a build's own.
    for planted in [".brief/evil.html", ".brief-1-of-2/evil.html"] {
        site.write(&format!("www/current/{planted}"), "evil");
        let words = format!("`{planted}` is not listed in the manifest");
        site.brief(&["verify", "www"]).ends(1).says("B0907").says(&words);
        site.remove(&format!("www/current/{planted}"));
    }
}

#[test]
fn keys_that_cannot_be_used_are_told() {
    let site = site();
    site.brief(&["build", "--sign", "nowhere.sec"])
        .ends(2)
        .says("cannot read the key")
        .says("minisign -G -W");
    site.brief(&["build", "--sign", "site.toml"]).ends(2).says("is no secret key of minisign");
    assert!(!site.path("public").exists(), "told before anything is built");
    site.brief(&["build"]).ends(0);
    site.brief(&["verify", "public", "--key", "nowhere.pub"]).ends(2).says("neither a file nor a public key");
    site.brief(&["verify", "ssh://example.org/"]).ends(2).says("takes a folder, or an address");
    #[cfg(not(feature = "remote"))]
    site.brief(&["verify", "https://example.org/"]).ends(2).says("was built without it");
    site.brief(&["verify", "content"]).ends(2).says("there is no manifest.json");
    let protected =
        minisign::KeyPair::generate_encrypted_keypair(Some("pass".to_owned())).expect("keys can be made");
    let secret = protected.sk.to_box(None).expect("it has a form").into_string();
    site.write("protected.sec", &secret);
    site.brief(&["build", "--sign", "protected.sec"])
        .ends(2)
        .says("is protected by a password")
        .says("BRIEF_SIGN_PASSWORD");
    let with = |password| {
        site.run(|command| {
            command.args(["build", "--sign", "protected.sec"]).env("BRIEF_SIGN_PASSWORD", password)
        })
    };
    with("wrong").ends(2).says("is the password in `BRIEF_SIGN_PASSWORD` the right one?");
    with("pass").ends(0);
    let key = protected.pk.to_base64();
    site.brief(&["verify", "public", "--key", &key]).ends(0).says("the signature holds");
}

/// Whoever may read the manifest may read its signature, whatever the mask of the one who signs.
#[test]
fn a_signature_is_as_readable_as_its_manifest() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = site();
    site.brief(&["build"]).ends(0);
    let script = "umask 077; exec \"$0\" build -q --sign key.sec";
    let mut shell = Command::new("sh");
    shell.args(["-c", script, env!("CARGO_BIN_EXE_brief")]).current_dir(site.folder.path());
    assert!(shell.status().expect("there is a shell").success());
    let mode = |name: &str| fs::metadata(site.path(name)).expect("it is there").permissions().mode();
    assert_eq!(mode("public/manifest.json.minisig"), mode("public/manifest.json"));
}

/// What a killed run of an older program, or somebody, may have left.
#[test]
fn a_signature_of_another_manifest_is_neither_kept_nor_published() {
    let site = site();
    site.brief(&["build", "--sign", "key.sec"]).ends(0);
    let name = "public/manifest.json.minisig";
    let old = fs::read_to_string(site.path(name)).expect("it was signed");
    site.write("site.toml", "title = \"Other\"\n");
    site.brief(&["build"]).ends(0);
    for left in [&*old, "", "untrusted comment: torn\nRUQ"] {
        site.write(name, left);
        let ran = site.brief(&["publish", "www"]).ends(1).says("B0909").says(name);
        ran.says("sign with `--sign KEY`, or build again");
        assert!(!site.path("www/current").exists());
        site.brief(&["build"]).ends(0);
        assert!(!site.path(name).exists(), "the next build removes it");
    }
    site.write(name, &old);
    site.brief(&["publish", "www", "--sign", "key.sec"]).ends(0);
    site.brief(&["verify", "www", "--key", "key.pub"]).ends(0);
    site.brief(&["build"]).ends(0);
    assert!(site.path(name).exists(), "it is of this very manifest");
}

/// A full disk, as a limit of the size of files; and a kill in the middle of writing, which that is too.
#[test]
fn a_full_disk_leaves_no_half_a_signature() {
    let site = site();
    site.brief(&["build", "--sign", "other.sec"]).ends(0);
    let before = site.public();
    for (trap, command) in [("", "build"), ("trap '' XFSZ;", "build"), ("trap '' XFSZ;", "publish www")] {
        let script = format!("{trap} ulimit -c 0; ulimit -f 0; exec \"$0\" {command} -q --sign key.sec");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_brief")]).current_dir(site.folder.path());
        let ended = shell.env("BRIEF_NOW", "2026-01-15").output().expect("there is a shell");
        assert!(!ended.status.success());
        let words = String::from_utf8_lossy(&ended.stderr);
        assert!(trap.is_empty() || words.contains("B0902"), "{words}");
        let now = site.public().into_iter().filter(|(path, _)| !path.starts_with(".brief/")).collect();
        assert_eq!(before, now, "the signature is the one before");
    }
    site.brief(&["build", "--sign", "key.sec"]).ends(0);
    site.brief(&["verify", "public", "--key", "key.pub"]).ends(0);
    assert!(!site.path("public/.brief").exists());
}

/// A pipe in the signature's place would be waited for, `/dev/zero` never ends, and what is written through a link lies
/// elsewhere.
#[test]
fn what_is_no_plain_file_is_neither_read_nor_written_as_a_signature() {
    use std::os::unix::fs::symlink;
    let site = site();
    site.brief(&["build"]).ends(0);
    site.write("precious", "precious");
    let place = site.path("public/manifest.json.minisig");
    let pipe = || {
        let made = Command::new("mkfifo").arg(&place).status();
        assert!(made.expect("mkfifo runs").success());
    };
    let link = |to: &str| symlink(to, &place).expect("a link can be made");
    let makers: [&dyn Fn(); 4] = [&|| link("../precious"), &|| link("/dev/zero"), &|| link("nowhere"), &pipe];
    for make in makers {
        make();
        for args in [
            &["build"][..],
            &["build", "--sign", "key.sec"],
            &["clean"],
            &["publish", "www", "--dry-run"],
            &["publish", "www", "--sign", "key.sec"],
            &["verify", "public"],
            &["verify", "public", "--key", "key.pub"],
        ] {
            let ran = site.brief(args).ends(3).says("B0906").says("manifest.json.minisig");
            ran.says("remove it").says("1 error");
        }
        site.remove("public/manifest.json.minisig");
    }
    assert_eq!(fs::read_to_string(site.path("precious")).expect("it is there"), "precious");
    assert!(!site.path("public/nowhere").exists());
    // A second name of another's file is no link; that file stays what it is.
    fs::hard_link(site.path("precious"), &place).expect("a link can be made");
    site.brief(&["build", "--sign", "key.sec"]).ends(0);
    site.brief(&["verify", "public", "--key", "key.pub"]).ends(0);
    assert_eq!(fs::read_to_string(site.path("precious")).expect("it is there"), "precious");
}

/// As the guide has it: `public/partners` lies in `public`, and each is an output of its own.
#[test]
fn an_output_that_lies_in_another_is_verified_by_itself() {
    let site = site();
    site.write(
        "site.toml",
        "title = \"T\"\ntlp = \"clear\"\n[[editions]]\nname = \"partners\"\ntlp = \"green\"\nout = \"public/for/partners\"\n",
    );
    site.brief(&["build"]).ends(0);
    site.brief(&["build", "--edition", "partners"]).ends(0);
    site.brief(&["verify", "public"]).ends(0).says("public/for/partners is an output of its own");
    site.brief(&["verify", "public/for/partners"]).ends(0);
    // Its files count, and with a key its signature does.
    let page = fs::read_to_string(site.path("public/for/partners/index.html")).expect("it was built");
    site.write("public/for/partners/index.html", "another");
    site.brief(&["verify", "public"]).ends(1).says("`for/partners/index.html`").says("1 error");
    site.write("public/for/partners/index.html", &page);
    site.brief(&["build", "--sign", "key.sec"]).ends(0);
    let verify = || site.brief(&["verify", "public", "--key", "key.pub"]);
    verify()
        .ends(1)
        .says("the signature of")
        .says("for/partners/manifest.json` does not hold")
        .says("1 error");
    site.brief(&["build", "--edition", "partners", "--sign", "key.sec"]).ends(0);
    verify().ends(0);
    // It hides nothing: neither beside it nor in it, nor where the outer one has files.
    site.write("public/for/foreign.html", "foreign");
    site.write("public/for/partners/foreign/x.html", "foreign");
    let inner = fs::read_to_string(site.path("public/for/partners/manifest.json")).expect("it was built");
    site.write("public/briefs/manifest.json", &inner);
    site.write("public/sub/manifest.json", "{\"generator\":\"briefwright\"}");
    let ran = site.brief(&["verify", "public"]).ends(1).says("`for/foreign.html` is not listed");
    let ran = ran.says("`for/partners/foreign/x.html` is not").says("`briefs/manifest.json` is not");
    ran.says("`sub/manifest.json` is not").says("4 errors");
    for path in
        ["for/foreign.html", "for/partners/foreign/x.html", "briefs/manifest.json", "sub/manifest.json"]
    {
        site.remove(&format!("public/{path}"));
    }
    // A release has nothing in it but its own.
    site.brief(&["publish", "www"]).ends(0);
    let release = fs::canonicalize(site.path("www/current")).expect("it was published");
    fs::create_dir(release.join("other")).expect("it can be made");
    fs::write(release.join("other/manifest.json"), inner).expect("it can be written");
    let release = release.display().to_string();
    for path in ["www", "www/current", release.as_str()] {
        site.brief(&["verify", path]).ends(1).says("`other/manifest.json` is not listed");
    }
}
