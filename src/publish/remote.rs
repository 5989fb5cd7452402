//! Releases on another machine, made by the system's own `ssh` and `rsync`.
//!
//! Files go by `rsync`, which hard-links what the release before has already (`--link-dest`). They are checked
//! by a second `rsync --checksum --dry-run` that must find nothing to do, against local files that were checked
//! against the manifest.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use super::folder::{
    CURRENT, LOCK, NEW, NEXT, OLD, RELEASES, SETTINGS, current_id, inside_a_site, is_left_over, locked,
    no_lock,
};
use super::session::{Address, Session, not_run, quote, remote};
use super::verify::Fault;
use super::{Host, Named, ReleaseId, Source, State};
use crate::base::{Diagnostic, Label, OutPath, codes};
use crate::io::{MANIFEST, Manifest, Result, SIGNATURE};

/// Whether words of `ls` say for certain that there is no such file. `[ -e … ]` says so of a disk that fails, too.
const GONE: &str =
    "LC_ALL=C; export LC_ALL; gone() { case $1 in *': No such file or directory') ;; *) false;; esac; }\n";

/// A folder with releases on another machine.
#[derive(Debug)]
pub struct Remote {
    address: Address,
    dir: String,
    session: Session,
}

impl Remote {
    /// Connects and looks, without a lock and without changing anything. `ssh` is the program with its first
    /// arguments.
    ///
    /// # Errors
    /// B0908 when the machine cannot be reached.
    pub fn look(ssh: &str, host: &str, port: Option<u16>, dir: &str) -> Result<Self> {
        let ssh: Vec<String> = ssh.split_whitespace().map(str::to_owned).collect();
        let ssh = if ssh.is_empty() { vec!["ssh".to_owned()] } else { ssh };
        let address = Address { ssh, host: host.to_owned(), port };
        let mut session = Session::open(&address)?;
        // Says at once what is wrong with the way.
        session.run("run a shell", ":")?;
        Ok(Self { address, dir: dir.to_owned(), session })
    }

    /// Connects, makes the folder if need be, takes its lock, and clears what a killed publisher left.
    ///
    /// # Errors
    /// B0005 when it is no place to publish to, B0904 when another publisher holds the lock, B0906 when something else
    /// than a plain file is in its place, B0908 for the rest.
    pub fn open(ssh: &str, host: &str, port: Option<u16>, dir: &str) -> Result<Self> {
        let mut remote = Self::look(ssh, host, port, dir)?;
        let needs =
            "for p in rsync flock; do command -v $p >/dev/null || { echo \"there is no $p\"; exit 1; }; done";
        remote.session.run("work there", needs)?;
        // The site's own folder may hold what is published to, yet not be it.
        let walk = format!(
            "d={}; if [ -f \"$d/{SETTINGS}\" ]; then exit 3; fi; \
             while ! r=$(cd -P \"$d\" 2>/dev/null && pwd); do d=$(dirname \"$d\"); done; d=$r; \
             while [ \"$d\" != / ]; do if [ -e \"$d/{MANIFEST}\" ]; then exit 3; fi; case \"$d\" in */{RELEASES}) \
             if [ -e \"${{d%/*}}/{LOCK}\" ]; then exit 3; fi;; esac; d=$(dirname \"$d\"); done",
            quote(dir)
        );
        if remote.session.try_run(&walk)?.status == 3 {
            return Err(inside_a_site(&format!("{host}:{dir}")));
        }
        // Looked at before it is opened, as in `Folder`.
        let lock = remote.quoted(LOCK);
        let look = format!("[ -L {lock} ] || {{ [ -e {lock} ] && [ ! -f {lock} ]; }}");
        if remote.session.try_run(&look)?.status == 0 {
            return Err(no_lock(&format!("{host}:{dir}/{LOCK}")));
        }
        remote.session.run("make the folder", &format!("mkdir -p {}", remote.quoted(RELEASES)))?;
        if !remote.session.lock(&format!("{dir}/{LOCK}"))? {
            return Err(locked(&format!("{host}:{dir}")));
        }
        remote.in_dir("clear what a killed publisher left", &format!("rm -f {NEXT}"))?;
        // What cannot go now is tried again, and told of, when readers see the new release.
        let _ = remote.clear();
        Ok(remote)
    }

    fn quoted(&self, path: &str) -> String {
        quote(&format!("{}/{path}", self.dir))
    }

    fn in_dir(&mut self, what: &str, script: &str) -> Result<Vec<u8>> {
        let dir = quote(&self.dir);
        self.session.run(what, &format!("cd {dir} || exit 1\n{script}"))
    }

    /// Runs `rsync` from the output folder into one below `releases`.
    fn rsync(&self, source: &Source, to: &str, options: &[&str]) -> Result<String> {
        let host = match self.address.host.rsplit_once('@') {
            Some((user, host)) => format!("{user}@{}", bracketed(host)),
            None => bracketed(&self.address.host),
        };
        let mut child = Command::new("rsync")
            .env("LC_ALL", "C")
            .args(["--checksum", "-s", "--from0", "--files-from=-", "--timeout=60"])
            .args(options)
            .arg("-e")
            .arg(self.address.command().join(" "))
            .arg("--")
            .arg(format!("{}/", source.folder.display()))
            .arg(format!("{host}:{}/{RELEASES}/{to}/", self.dir))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| not_run("rsync", &error))?;
        let names: Vec<u8> = names(source).flat_map(|name| [name.as_bytes(), b"\0"].concat()).collect();
        let mut input = child.stdin.take().expect("it was asked for");
        // It reads the list while it talks, so the two go on at the same time. When it fails before it has
        // read all, its own words say why.
        let writer = std::thread::Builder::new().spawn(move || drop(input.write_all(&names)));
        let writer = writer.map_err(|error| remote(&format!("cannot start a thread: {error}")))?;
        let output = child.wait_with_output().map_err(|error| not_run("rsync", &error))?;
        let _ = writer.join();
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let stderr = String::from_utf8_lossy(&output.stderr);
        // The last line only sums up; what failed stands first.
        let words = stderr.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        Err(remote(&format!("{}: `rsync` failed: {}", self.address.host, words.trim())))
    }

    /// Files that are not on the far side as they are here.
    fn differences(&self, source: &Source, to: &str) -> Result<Vec<String>> {
        let options = ["--dry-run", "--out-format=%i %n"];
        let lines = self.rsync(source, to, &options)?;
        let is_file = |line: &&str| line.as_bytes().get(1) == Some(&b'f') && !line.starts_with('.');
        Ok(lines
            .lines()
            .filter(is_file)
            .map(|line| line.split_once(' ').map_or(line, |(_, name)| name).to_owned())
            .collect())
    }

    /// The option by which folders and files get the permissions that those have which are made there now, whatever
    /// the build or the release before has.
    fn modes_of_new(&mut self, new: &str) -> Result<String> {
        let script = format!("cd {RELEASES}/{new} && : > .mode && stat -c %a . .mode && rm .mode || exit 1");
        let modes = self.in_dir("make a file", &script)?;
        let modes = String::from_utf8_lossy(&modes);
        let (folder, file) = modes.trim().split_once('\n').unwrap_or(("755", "644"));
        Ok(format!("--chmod=D{folder},F{file}"))
    }

    fn fill(&mut self, source: &Source, new: &str, like: Option<&ReleaseId>) -> Result<usize> {
        let link = like.map(|id| format!("--link-dest=../{id}"));
        let modes = self.modes_of_new(new)?;
        let options: Vec<&str> = ["--stats", "--perms", &modes].into_iter().chain(link.as_deref()).collect();
        let stats = self.rsync(source, new, &options)?;
        let sent = stats.lines().find_map(|line| line.strip_prefix("Number of regular files transferred: "));
        let sent: usize = sent.and_then(|n| n.replace(',', "").trim().parse().ok()).unwrap_or(0);
        if let Some(first) = self.differences(source, new)?.into_iter().next() {
            let words = format!("{}: `{first}` did not arrive as it was sent", self.address.host);
            return Err(Box::new(
                Diagnostic::new(&codes::NOT_AS_LISTED, words)
                    .help("publish again; readers see what they saw"),
            ));
        }
        // A build may have come between.
        if self.in_dir("read the manifest", &format!("cat {RELEASES}/{new}/{MANIFEST}"))? != source.bytes {
            let words = format!("`{}` was built anew while it was being published", source.folder.display());
            return Err(Box::new(Diagnostic::new(&codes::NOT_AS_LISTED, words).help("publish again")));
        }
        Ok(names(source).count().saturating_sub(sent))
    }
}

impl Host for Remote {
    fn named(&mut self) -> Result<Vec<Named>> {
        // A line for each: `+` what it is, `-` or `!` and what `ls` says of its manifest. What is certainly no folder
        // is no release, whatever it is called.
        let script = format!(
            "{GONE}cd {releases} 2>/dev/null || {{ why=$(ls -d {releases}/. 2>&1); gone \"$why\" && exit 0; \
             echo \"$why\"; exit 1; }}\nls -A . >/dev/null || exit 1\n\
             for d in [0-9]*-*; do if [ -e \"$d\" ] && [ ! -d \"$d\" ]; then continue; fi; if why=$(ls -d \"$d/{MANIFEST}\" 2>&1); then s=+; \
             elif gone \"$why\"; then s=-; else s=!; fi; printf '%s %s %s\\n' \"$d\" $s \"$why\"; done",
            releases = self.quoted(RELEASES)
        );
        let lines = self.session.run("list the releases", &script)?;
        let named = |line: &str| {
            let (name, rest) = line.split_once(' ')?;
            let id = ReleaseId::parse(name)?;
            let state = match rest.split_once(' ')? {
                ("+", _) => State::Complete,
                ("-", _) => State::Damaged,
                (_, why) => State::Unreadable(remote(&format!(
                    "{}: cannot read `{}/{RELEASES}/{id}/{MANIFEST}`: {why}",
                    self.address.host, self.dir
                ))),
            };
            Some(Named { id, state })
        };
        let mut named: Vec<Named> = String::from_utf8_lossy(&lines).lines().filter_map(named).collect();
        named.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(named)
    }

    fn clear(&mut self) -> Result<()> {
        let what = "clear what a killed publisher left";
        let names = self.in_dir(what, &format!("ls -A {RELEASES}"))?;
        let names = String::from_utf8_lossy(&names);
        let left: String = names
            .lines()
            .filter(|name| is_left_over(name))
            .map(|name| format!(" {RELEASES}/{name}"))
            .collect();
        if left.is_empty() { Ok(()) } else { self.in_dir(what, &format!("rm -rf{left}")).map(drop) }
    }

    fn current(&mut self) -> Result<Option<ReleaseId>> {
        let current = self.quoted(CURRENT);
        let script = format!(
            "{GONE}if [ -h {current} ]; then readlink {current}; elif [ -e {current} ]; then echo /; \
             elif why=$(ls -d {current} 2>&1) || gone \"$why\"; then :; else echo \"$why\"; exit 1; fi"
        );
        let link = self.session.run("read the link", &script)?;
        match String::from_utf8_lossy(&link).trim() {
            "" => Ok(None),
            link => current_id(link, &format!("{}:{}/{CURRENT}", self.address.host, self.dir)).map(Some),
        }
    }

    fn manifest(&mut self, id: &ReleaseId) -> Result<Manifest> {
        let bytes = self.in_dir("read the manifest", &format!("cat {RELEASES}/{id}/{MANIFEST}"))?;
        Manifest::parse(&bytes).map_err(|why| {
            let words = format!("the manifest of the release `{id}` cannot be read: {why}");
            Box::new(Diagnostic::new(&codes::NOT_AS_LISTED, words))
        })
    }

    fn labels(&mut self, id: &ReleaseId, paths: &[OutPath]) -> BTreeMap<OutPath, Label> {
        let list: String = paths.iter().map(|path| path.as_str().to_owned() + "\n").collect();
        let script = format!(
            "cd {} && tr '\\n' '\\0' <<'END-OF-PATHS' | xargs -0 grep -m1 -o -H '>TLP:[A-Z+]*<' --\n{list}END-OF-PATHS",
            self.quoted(&format!("{RELEASES}/{id}"))
        );
        let found = self.session.try_run(&script).map(|ended| ended.output).unwrap_or_default();
        let mut labels = BTreeMap::new();
        for line in String::from_utf8_lossy(&found).lines() {
            let Some((path, label)) = line.split_once(":>") else { continue };
            if let (Ok(path), Some(label)) = (OutPath::new(path), Label::parse(label.trim_end_matches('<'))) {
                labels.entry(path).or_insert(label);
            }
        }
        labels
    }

    fn add(&mut self, source: &Source, id: &ReleaseId, like: Option<&ReleaseId>) -> Result<usize> {
        source.check()?;
        let new = format!("{NEW}{id}");
        self.in_dir("make the release", &format!("mkdir {RELEASES}/{new}"))?;
        let made = self.fill(source, &new, like).and_then(|linked| {
            let script = format!(
                "{{ sync -f {RELEASES}/{new} 2>/dev/null || sync; }} && mv -T {RELEASES}/{new} {RELEASES}/{id}"
            );
            self.in_dir("name the release", &script).map(|_| linked)
        });
        made.inspect_err(|_| {
            // If it cannot go now, the next publisher removes it.
            let _ = self.in_dir("clear", &format!("rm -rf {RELEASES}/{new}"));
        })
    }

    fn is(&mut self, id: &ReleaseId, source: &Source) -> Result<bool> {
        let signature = self.in_dir("read", &format!("cat {RELEASES}/{id}/{SIGNATURE} 2>/dev/null || :"))?;
        Ok(self.manifest(id).is_ok_and(|manifest| manifest == source.manifest)
            && signature == source.signature.as_deref().unwrap_or_default()
            && self.differences(source, id.as_str())?.is_empty())
    }

    /// By names and sizes: the far side has no program that knows BLAKE3.
    fn verify(&mut self, id: &ReleaseId) -> Result<Vec<Fault>> {
        // What `wc` and `find` say of a file is not the last line, which counts what they could read.
        let script = format!(
            "cd {RELEASES}/{id} || exit 1\nlist=$(find . ! -type d -exec wc -c {{}} + 2>&1) && \
             printf '%s\\n' \"$list\" && exit 0\n\
             printf '{RELEASES}/{id}: '; printf '%s\\n' \"$list\" | grep -v '^ *[0-9]' | head -n 1; exit 1"
        );
        let list = self.in_dir("list the files", &script)?;
        let list = String::from_utf8_lossy(&list);
        let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
        for line in list.lines() {
            if let Some((size, path)) = line.trim_start().split_once(" ./") {
                sizes.insert(path, size.parse().unwrap_or(u64::MAX));
            }
        }
        let mut faults = Vec::new();
        for entry in self.manifest(id)?.files {
            match sizes.remove(entry.path.as_str()) {
                None => faults.push(Fault::Missing(entry.path.as_str().to_owned())),
                Some(size) if size != entry.size => {
                    faults.push(Fault::Differs(entry.path.as_str().to_owned()));
                }
                Some(_) => {}
            }
        }
        let unlisted = sizes.keys().filter(|path| ![MANIFEST, SIGNATURE].contains(path));
        faults.extend(unlisted.map(|path| Fault::Unlisted((*path).to_owned())));
        Ok(faults)
    }

    fn switch(&mut self, id: &ReleaseId) -> Result<()> {
        let script = format!(
            "rm -f {NEXT} && ln -s {RELEASES}/{id} {NEXT} && mv -T {NEXT} {CURRENT} && {{ sync -f . 2>/dev/null || sync; }}"
        );
        self.in_dir("switch", &script).map(|_| ())
    }

    fn remove(&mut self, id: &ReleaseId) -> Result<()> {
        let script = format!("mv -T {RELEASES}/{id} {RELEASES}/{OLD}{id} && rm -rf {RELEASES}/{OLD}{id}");
        self.in_dir("remove an old release", &script).map(|_| ())
    }
}

fn names(source: &Source) -> impl Iterator<Item = &str> {
    let signature = source.signature.is_some().then_some(SIGNATURE);
    source.manifest.files.iter().map(|entry| entry.path.as_str()).chain([MANIFEST]).chain(signature)
}

/// As `rsync` takes a host: what has colons, in brackets.
fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}
