//! Publishing over SSH to a real OpenSSH server on loopback, with keys of its own and the system's `rsync`.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::cli::{Ran, Site, program};
use crate::publish::{Random, seen, two_builds};
use crate::skip::skipped;

/// A server that lets one key in; ended when it goes.
struct Sshd {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Sshd {
    /// `None`, and why is printed, where a program is missing.
    fn start() -> Option<Self> {
        let Some(sshd) =
            ["/usr/sbin/sshd", "/usr/bin/sshd"].map(Path::new).into_iter().find(|path| path.is_file())
        else {
            skipped("there is no sshd on this machine");
            return None;
        };
        for program in ["rsync", "ssh-keygen", "flock"] {
            if Command::new(program).arg("--version").output().is_err() {
                skipped(format!("there is no {program} on this machine"));
                return None;
            }
        }
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = |name: &str| folder.path().join(name).display().to_string();
        for key in ["host", "user", "stranger"] {
            let made =
                Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f", &path(key)]).status();
            assert!(made.expect("ssh-keygen runs").success());
        }
        fs::copy(path("user.pub"), path("authorized")).expect("it can be copied");
        let port = free_port();
        // Where root runs it, it wants this folder; others may not make it and need none.
        let _ = fs::create_dir_all("/run/sshd");
        let config = format!(
            "ListenAddress 127.0.0.1:{port}\nHostKey {}\nAuthorizedKeysFile {}\nStrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPidFile none\nMaxStartups 100\n",
            path("host"),
            path("authorized"),
        );
        fs::write(path("sshd_config"), config).expect("it can be written");
        for (name, key) in [("ssh_config", "user"), ("stranger_config", "stranger")] {
            let config = format!(
                "Host *\n IdentityFile {}\n IdentitiesOnly yes\n StrictHostKeyChecking no\n UserKnownHostsFile /dev/null\n LogLevel ERROR\n",
                path(key)
            );
            fs::write(path(name), config).expect("it can be written");
        }
        let log = fs::File::create(path("log")).expect("it can be made");
        let child = Command::new(sshd).args(["-D", "-e", "-f", &path("sshd_config")]).stderr(log).spawn();
        let child = child.expect("sshd starts");
        let server = Self { child, port, folder };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let log = fs::read_to_string(server.path("log")).unwrap_or_default();
            assert!(started.elapsed() < Duration::from_secs(10), "sshd does not listen: {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(server)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn ssh(&self, config: &str) -> String {
        format!("ssh -F {}", self.path(config).display())
    }

    fn url(&self, folder: &str) -> String {
        let user = Command::new("id").arg("-un").output().expect("id runs").stdout;
        let user = String::from_utf8(user).expect("UTF-8");
        format!("ssh://{}@127.0.0.1:{}{}", user.trim(), self.port, self.path(folder).display())
    }

    fn publish(&self, site: &Site, more: &[&str]) -> Ran {
        let (url, ssh) = (self.url("w w'w"), self.ssh("ssh_config"));
        site.brief(&[&["publish", &url, "--ssh", &ssh], more].concat())
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it has an address").port()
}

fn releases(www: &Path) -> usize {
    fs::read_dir(www.join("releases")).expect("it is there").count()
}

#[test]
fn releases_go_over_ssh() {
    let Some(server) = Sshd::start() else { return };
    let site = two_builds();
    let manifest = |out: &str| fs::read(site.path(out).join("manifest.json")).expect("it was built");
    let www = server.path("w w'w");
    server.publish(&site, &["--list"]).ends(0).prints("there are no releases");
    assert!(!www.exists(), "looking makes nothing");
    server.publish(&site, &["--out", "a", "--dry-run"]).ends(0).prints("+ briefs/gone/");
    fs::write(site.path("a/notes.txt"), "not of the build").expect("it can be written");
    server.publish(&site, &["--out", "a"]).ends(0).says("published ").says(" 0 linked");
    assert_eq!(seen(&www), manifest("a"));
    let inode = |path: &str| fs::metadata(www.join("current").join(path)).expect("it is there").ino();
    let (same, changed) = (inode("briefs/n1/index.html"), inode("briefs/n3/index.html"));
    let ran = server.publish(&site, &["--out", "b"]).ends(0);
    let ran = ran.says("1 older release still holds 1 page that this one does not have (briefs/gone/)");
    ran.says("briefs/n3/, TLP:CLEAR then, TLP:GREEN now");
    assert_eq!(seen(&www), manifest("b"));
    assert_eq!(inode("briefs/n1/index.html"), same);
    assert_ne!(inode("briefs/n3/index.html"), changed);
    server.publish(&site, &["--out", "b"]).ends(0).says("shows this build already");
    server.publish(&site, &["--out", "b", "--dry-run"]).ends(0).prints("to copy: 0 files");
    server.publish(&site, &["--rollback"]).ends(0);
    assert_eq!(seen(&www), manifest("a"));
    let list = server.publish(&site, &["--list", "--format", "json"]).ends(0).json();
    assert_eq!((&list[0]["current"], &list[1]["current"]), (&false.into(), &true.into()));
    server.publish(&site, &["--out", "b", "--purge"]).ends(0).says("removed 1 older release");
    assert_eq!((seen(&www), releases(&www)), (manifest("b"), 1));
}

#[test]
fn what_is_wrong_over_ssh_is_told() {
    let Some(server) = Sshd::start() else { return };
    let site = two_builds();
    server.publish(&site, &["--out", "a"]).ends(0);
    let www = server.path("w w'w");
    let before = seen(&www);
    // Another publisher has the lock.
    let lock = fs::File::create(www.join(".publish-lock")).expect("it can be made");
    lock.lock().expect("nobody holds it");
    server.publish(&site, &["--out", "b"]).ends(3).says("B0904").says("another `brief publish` is at work");
    drop(lock);
    // A pipe in its place would be waited for.
    let place = www.join(".publish-lock");
    fs::remove_file(&place).expect("it is there");
    assert!(Command::new("mkfifo").arg(&place).status().expect("mkfifo runs").success());
    server.publish(&site, &["--out", "b"]).ends(3).says("B0906").says(".publish-lock").says("remove it");
    fs::remove_file(&place).expect("it is there");
    // The output is not what was built.
    fs::write(site.path("b/404.html"), "changed by hand").expect("it can be written");
    server.publish(&site, &["--out", "b"]).ends(1).says("B0907").says("`404.html` differs");
    // A key that is not let in, a port where nobody listens, a folder that cannot be made.
    let url = server.url("w w'w");
    let stranger = server.ssh("stranger_config");
    site.brief(&["publish", &url, "--out", "a", "--ssh", &stranger])
        .ends(3)
        .says("B0908")
        .says("Permission denied");
    let started = Instant::now();
    let nobody = format!("ssh://127.0.0.1:{}/srv/www", free_port());
    site.brief(&["publish", &nobody, "--out", "a"]).ends(3).says("B0908").says("Connection refused");
    assert!(started.elapsed() < Duration::from_secs(10));
    fs::write(server.path("file"), "a file").expect("it can be written");
    let (file, ssh) = (server.url("file"), server.ssh("ssh_config"));
    site.brief(&["publish", &file, "--out", "a", "--ssh", &ssh])
        .ends(3)
        .says("B0908")
        .says("cannot make the folder");
    site.brief(&["publish", &url, "--out", "a", "--ssh", "no-such-ssh"])
        .ends(3)
        .says("there is no program `no-such-ssh`");
    assert_eq!((seen(&www), releases(&www)), (before, 1), "nothing is left");
    // A damaged release is not gone back to.
    site.brief(&["build", "--out", "b"]).ends(0);
    server.publish(&site, &["--out", "b"]).ends(0);
    let mut names: Vec<_> = fs::read_dir(www.join("releases"))
        .expect("it is there")
        .map(|it| it.expect("listed").path())
        .collect();
    names.sort();
    fs::remove_file(names[0].join("robots.txt")).expect("it is there");
    server.publish(&site, &["--rollback"]).ends(1).says("`robots.txt` is missing");
}

/// A release has the permissions that new files have there, whatever the build or the release before has.
#[test]
fn a_release_is_readable_over_ssh_whatever_was_before() {
    let Some(server) = Sshd::start() else { return };
    let site = two_builds();
    let key = fs::read_to_string(server.path("authorized")).expect("it is there");
    for (out, mask, folder, file) in [("a", "077", 0o700, 0o600), ("b", "022", 0o755, 0o644)] {
        let tight = Command::new("chmod").args(["-R", "go=", out]).current_dir(site.folder.path()).status();
        assert!(tight.expect("chmod runs").success());
        let forced = format!("command=\"umask {mask}; eval \\\"$SSH_ORIGINAL_COMMAND\\\"\" {key}");
        fs::write(server.path("authorized"), forced).expect("it can be written");
        server.publish(&site, &["--out", out]).ends(0);
        let current = fs::canonicalize(server.path("w w'w/current")).expect("it is there");
        for entry in walkdir::WalkDir::new(current) {
            let entry = entry.expect("it can be listed");
            let expected = if entry.file_type().is_dir() { folder } else { file };
            let mode = entry.metadata().expect("it is there").mode() & 0o777;
            assert_eq!(mode, expected, "{}", entry.path().display());
        }
    }
}

/// Only a release that has certainly lost its manifest goes.
#[test]
fn a_release_that_cannot_be_looked_at_stays_over_ssh() {
    let Some(server) = Sshd::start() else { return };
    let site = two_builds();
    for out in ["a", "b", "a"] {
        server.publish(&site, &["--out", out]).ends(0);
    }
    let www = server.path("w w'w");
    let mut names: Vec<_> = fs::read_dir(www.join("releases"))
        .expect("it is there")
        .map(|it| it.expect("listed").path())
        .collect();
    names.sort();
    // A link to itself can be followed by nobody, not even by root.
    let away = server.path("away");
    fs::rename(&names[1], &away).expect("it can be moved");
    std::os::unix::fs::symlink(&names[1], &names[1]).expect("it can be made");
    for args in [&["--out", "b"][..], &["--out", "b", "--purge"], &["--rollback"]] {
        let ran = server.publish(&site, args).ends(3).says("B0908");
        ran.says(&names[1].join("manifest.json").display().to_string()).says("symbolic links");
        assert!(names[1].is_symlink() && releases(&www) == 3);
    }
    server.publish(&site, &["--list"]).ends(3).prints("cannot be read");
    fs::remove_file(&names[1]).expect("it is there");
    fs::rename(&away, &names[1]).expect("it can be moved");
    // Nor are there none when nobody can tell.
    let (all, nothing) = (www.join("releases"), www.join("current"));
    for path in [&all, &nothing] {
        fs::rename(path, server.path("aside")).expect("it can be moved");
        std::os::unix::fs::symlink(path, path).expect("it can be made");
        server.publish(&site, &["--list"]).ends(3);
        fs::remove_file(path).expect("it is there");
        fs::rename(server.path("aside"), path).expect("it can be moved");
    }
    fs::remove_file(names[1].join("manifest.json")).expect("it is there");
    server.publish(&site, &["--list"]).ends(0).prints("damaged");
    server.publish(&site, &["--out", "b"]).ends(0).says("removed 1 older release");
    assert!(!names[1].exists());
}

/// Names much like those of a publisher, and a lock that is let go of in a moment.
#[test]
fn others_are_left_alone_over_ssh_and_waited_for() {
    let Some(server) = Sshd::start() else { return };
    let site = two_builds();
    server.publish(&site, &["--out", "a"]).ends(0);
    let www = server.path("w w'w");
    let releases = www.join("releases");
    for name in [".old-before-migration", ".new-design", ".old-20200101T000000Z-00000000"] {
        fs::create_dir(releases.join(name)).expect("it can be made");
    }
    let named_so = releases.join("20250101T000000Z-12345678");
    fs::write(&named_so, "no folder").expect("it can be written");
    let lock = fs::File::create(www.join(".publish-lock")).expect("it can be made");
    lock.lock().expect("nobody holds it");
    let holder = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(2));
        drop(lock);
    });
    server.publish(&site, &["--out", "b"]).ends(0);
    holder.join().expect("it ends");
    assert!(named_so.is_file() && !server.publish(&site, &["--list"]).ends(0).out.contains("20250101"));
    assert!(releases.join(".old-before-migration").is_dir() && releases.join(".new-design").is_dir());
    assert!(!releases.join(".old-20200101T000000Z-00000000").exists());
    // Nor into what a site is made from, by whatever name.
    std::os::unix::fs::symlink(&www, server.path("link")).expect("it can be made");
    let (url, ssh) = (server.url("link/releases/x/y"), server.ssh("ssh_config"));
    site.brief(&["publish", &url, "--out", "a", "--ssh", &ssh]).ends(2).says("B0005");
}

/// `BRIEF_KILLS=1000 cargo test killed_over_ssh` for a larger number; a twentieth of it is done.
#[test]
fn publishers_killed_over_ssh_leave_the_old_or_the_new_release() {
    let Some(server) = Sshd::start() else { return };
    let kills = std::env::var("BRIEF_KILLS").ok().and_then(|n| n.parse::<u32>().ok()).unwrap_or(160) / 20;
    let site = two_builds();
    let manifest = |out: &str| fs::read(site.path(out).join("manifest.json")).expect("it was built");
    let www = server.path("w w'w");
    server.publish(&site, &["--out", "a"]).ends(0);
    let started = Instant::now();
    server.publish(&site, &["--out", "b"]).ends(0);
    let span = started.elapsed();
    let (url, ssh) = (server.url("w w'w"), server.ssh("ssh_config"));
    let mut random = Random(11);
    for n in 0..kills {
        let out = if n % 2 == 0 { "a" } else { "b" };
        let mut command = program(site.folder.path());
        command.args(["publish", &url, "--ssh", &ssh, "--keep", "2", "--out", out]);
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program runs");
        std::thread::sleep(span.mul_f64(random.next()));
        child.kill().expect("it is ours");
        child.wait().expect("it ends");
        let seen = seen(&www);
        assert!(seen == manifest("a") || seen == manifest("b"), "kill {n}");
    }
    // The far side may be about to notice that nobody is there any more.
    let started = Instant::now();
    while server.publish(&site, &["--out", "a", "--keep", "2"]).status != 0 {
        assert!(started.elapsed() < Duration::from_secs(20), "the next publisher does not come through");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(seen(&www), manifest("a"));
    assert!(releases(&www) <= 2);
}
