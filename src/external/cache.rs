//! What answered lately, in a file beside the site. Only good answers are kept: a dead address is asked each time,
//! so that it is not called dead when it is not any more.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::ask::is_good;
use crate::base::{Diagnostic, codes};
use crate::config::Links;
use crate::io::Result;

const VERSION: u32 = 1;

/// The file.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Wire {
    version: u32,
    answers: BTreeMap<String, Known>,
}

/// One answer.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Known {
    status: u16,
    at: Timestamp,
}

/// Answers that hold.
#[derive(Debug)]
pub(super) struct Cache {
    answers: BTreeMap<String, Known>,
    now: Timestamp,
}

impl Cache {
    /// Reads the file; what is too old, or no longer good by the settings, is left out. A file that cannot be read
    /// is none: it costs a few requests.
    pub(super) fn read(path: &Path, links: &Links, now: Timestamp) -> Self {
        let wire: Wire =
            fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        let age = SignedDuration::from_secs_f64(links.cache_days * 86_400.0);
        let holds = |known: &Known| {
            let since = now.duration_since(known.at);
            !since.is_negative() && since < age && is_good(known.status, links)
        };
        let answers = wire.answers.into_iter().filter(|(_, known)| wire.version == VERSION && holds(known));
        Self { answers: answers.collect(), now }
    }

    pub(super) fn get(&self, url: &str) -> Option<u16> {
        self.answers.get(url).map(|known| known.status)
    }

    pub(super) fn put(&mut self, url: &str, status: u16) {
        self.answers.insert(url.to_owned(), Known { status, at: self.now });
    }

    /// Writes the file, whole or not at all. In a folder made for it, Git leaves it alone.
    pub(super) fn write(self, path: &Path) -> Result<()> {
        let wire = Wire { version: VERSION, answers: self.answers };
        let text = serde_json::to_string_pretty(&wire).expect("text and times always have a form in JSON");
        let written = || {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
                fs::create_dir_all(folder)?;
                fs::write(folder.join(".gitignore"), "*\n")?;
            }
            let mut new = path.as_os_str().to_owned();
            new.push(format!(".new-{}", std::process::id()));
            let moved = fs::write(&new, text + "\n").and_then(|()| fs::rename(&new, path));
            // A full disk needs no half a file on it.
            moved.inspect_err(|_| _ = fs::remove_file(&new))
        };
        written().map_err(|error| {
            let words = format!("cannot write `{}`: {error}", path.display());
            Box::new(Diagnostic::new(&codes::WRITE, words).help("`--link-cache FILE` names another place"))
        })
    }
}
