//! The same inputs give the same bytes, whatever the circumstances: the real program builds copies of one site
//! where everything differs that must not matter.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::cli::{Ran, files};
use crate::skip::skipped;

/// This repository's own site, in several languages, with pictures and overrides.
fn sources() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let all = ["content", "themes"].iter().flat_map(|folder| {
        files(&root.join(folder)).into_iter().map(move |(path, bytes)| (format!("{folder}/{path}"), bytes))
    });
    let settings = fs::read(root.join("site.toml")).expect("it is there");
    all.chain([("site.toml".to_owned(), settings)]).collect()
}

fn write(folder: &Path, sources: &[(String, Vec<u8>)], age: Duration, mode: u32) {
    for (path, bytes) in sources {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("it can be made");
        fs::write(&path, bytes).expect("it can be written");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
        let file = fs::File::options().write(true).open(&path).or_else(|_| fs::File::open(&path));
        let times = fs::FileTimes::new().set_modified(SystemTime::now() - age);
        file.expect("it can be opened").set_times(times).expect("it is ours");
    }
}

/// Runs the program by a shell that sets the mask for new files first.
fn build(folder: &Path, umask: &str, args: &[&str], variables: &[(&str, &str)]) {
    let mut command = Command::new("sh");
    command.current_dir(folder).env_clear().env("PATH", "/usr/bin:/bin").envs(variables.iter().copied());
    let script = format!("umask {umask}; exec \"$0\" \"$@\"");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_brief"), "build", "-q"]).args(args);
    Ran::of(command.output().expect("there is a shell")).ends(0);
}

#[test]
fn circumstances_do_not_matter() {
    let sources = sources();
    let reversed: Vec<_> = sources.iter().rev().cloned().collect();
    let top = tempfile::tempdir().expect("a folder can be made");
    let one = top.path().join("one");
    write(&one, &sources, Duration::ZERO, 0o644);
    // Another folder with another name, other orders, times and permissions of files.
    let other = top.path().join("a deeper/folder, with blanks/é");
    write(&other, &reversed, Duration::from_secs(400 * 86_400), 0o600);
    fs::write(other.join("content/briefs/.notes.swp"), "what an editor leaves").expect("it can be written");

    // The day of the build is given, in one of two ways; the day of the clock is another in any case, and for
    // the zones of the two builds it may not be the same.
    let given = [("SOURCE_DATE_EPOCH", "1768521599"), ("LANG", "C"), ("TZ", "Pacific/Kiritimati")];
    build(&one, "022", &["--compress", "-j1"], &given);
    let whole = files(&one.join("public"));
    assert!(whole.len() > 300, "{}", whole.len());
    assert!(String::from_utf8_lossy(&whole["index.html"]).contains("2026"), "the day is that of the epoch");

    let same = |public: &Path, how: &str| {
        let got = files(public);
        assert_eq!(got["manifest.json"], whole["manifest.json"], "{how}: the manifests differ");
        assert!(got == whole, "{how}");
    };
    let far = [
        ("BRIEF_NOW", "2026-01-15"),
        ("LC_ALL", "fa_IR.UTF-8"),
        ("LANG", "tr_TR.UTF-8"),
        ("TZ", "Pacific/Pago_Pago"),
        ("HOME", "/nowhere"),
        ("USER", "somebody"),
    ];
    build(&other, "077", &["--compress", "-j7"], &far);
    same(&other.join("public"), "another folder, locale, zone, mask, order, number of threads");

    // Through a link, called from elsewhere, into a folder outside of the site.
    let link = top.path().join("link");
    symlink(&other, &link).expect("a link can be made");
    let (link, out) = (link.display().to_string(), top.path().join("out").display().to_string());
    build(top.path(), "002", &["--compress", "--site", &link, "--out", &out, "--now", "2026-01-15"], &[]);
    same(Path::new(&out), "through a link");

    // Over an older output of another day.
    build(&one, "022", &["--now", "2025-06-01", "--out", "again"], &[]);
    let older = files(&one.join("again"));
    assert!(older["manifest.json"] != whole["manifest.json"], "the day is of the inputs");
    build(&one, "022", &["--compress", "--out", "again", "--now", "2026-01-15T03:00:00+02:00"], &[]);
    same(&one.join("again"), "over an older output");

    // With a clock of another day, by a library that every look at the clock goes through.
    let mut faked = Command::new("faketime");
    faked.current_dir(&other).env_clear().env("PATH", "/usr/bin:/bin").env("SOURCE_DATE_EPOCH", "1768435200");
    faked.args(["1999-12-31 23:59:59", env!("CARGO_BIN_EXE_brief"), "build", "--compress", "--out", "faked"]);
    match faked.output() {
        Ok(output) => {
            Ran::of(output).ends(0);
            same(&other.join("faked"), "with a clock of 1999");
        }
        Err(error) => skipped(format!("there is no faketime on this machine ({error})")),
    }
}
