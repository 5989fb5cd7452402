//! What answered lately, in a file beside the site. Only good answers are kept: a dead address is asked each time,
//! so that it is not called dead when it is not any more.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::ask::is_good;
use crate::base::{Diagnostic, codes};
use crate::config::Links;
use crate::io::{Result, read_kept, write_kept};

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
    ///
    /// # Errors
    /// B0905 when it is another file, which would be written over.
    pub(super) fn read(path: &Path, links: &Links, now: Timestamp) -> Result<Self> {
        let bytes = read_kept(path);
        if !is_ours(&bytes) {
            let words = format!("`{}` is a file of another kind, and would be written over", path.display());
            return Err(Box::new(
                Diagnostic::new(&codes::FOREIGN_FILE, words)
                    .help("`--link-cache FILE` names a file of its own, which is made"),
            ));
        }
        let wire: Wire = serde_json::from_slice(&bytes).unwrap_or_default();
        let age = SignedDuration::from_secs_f64(links.cache_days * 86_400.0);
        let holds = |known: &Known| {
            let since = now.duration_since(known.at);
            !since.is_negative() && since < age && is_good(known.status, links)
        };
        let answers = wire.answers.into_iter().filter(|(_, known)| wire.version == VERSION && holds(known));
        Ok(Self { answers: answers.collect(), now })
    }

    pub(super) fn get(&self, url: &str) -> Option<u16> {
        self.answers.get(url).map(|known| known.status)
    }

    pub(super) fn put(&mut self, url: &str, status: u16) {
        self.answers.insert(url.to_owned(), Known { status, at: self.now });
    }

    /// Writes the file, whole or not at all.
    pub(super) fn write(self, path: &Path) -> Result<()> {
        let wire = Wire { version: VERSION, answers: self.answers };
        let text = serde_json::to_string_pretty(&wire).expect("text and times always have a form in JSON");
        write_kept(path, &(text + "\n"))
            .map_err(|fault| Box::new(fault.help("`--link-cache FILE` names another place")))
    }
}

/// Whether a file is one of these, of this version or another, whole or not; an empty one may become one.
fn is_ours(bytes: &[u8]) -> bool {
    /// As long as the start that all have: `{"version": 1, "answers"`, and some blanks.
    const START: usize = 64;
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(START)]);
    let start: String = start.split_whitespace().collect();
    start.is_empty()
        || start.strip_prefix("{\"version\":").is_some_and(|rest| {
            rest.trim_start_matches(|digit: char| digit.is_ascii_digit()).starts_with(",\"answers\"")
        })
}
