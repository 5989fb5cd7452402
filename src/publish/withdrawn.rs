//! Pages that older releases still hold although readers should no longer have them.

use super::{Host, ReleaseId};
use crate::base::{Encoding, Label, OutPath};
use crate::io::{self, Difference, Manifest};

/// What older releases hold and the new one does not, or no longer for as many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Withdrawn {
    /// How many releases that concerns.
    pub releases: usize,
    /// Pages that the new release does not have.
    pub removed: Vec<OutPath>,
    /// Pages whose label has been raised, with what it was and is.
    pub raised: Vec<(OutPath, Label, Label)>,
    /// Files beside pages, such as pictures, that the new release does not have.
    pub files: Vec<OutPath>,
    /// Older releases of which it cannot be told what they hold.
    pub unknown: Vec<ReleaseId>,
}

impl Withdrawn {
    /// Compares older releases with the new one.
    pub(super) fn find(host: &mut dyn Host, older: &[ReleaseId], new: (&ReleaseId, &Manifest)) -> Self {
        let mut found = Self::default();
        for id in older {
            let Ok(old) = host.manifest(id) else {
                found.unknown.push(id.clone());
                continue;
            };
            let difference = Difference::between(&old, new.1);
            let is_page = |path: &OutPath| io::is_page(path.as_str());
            let removed = difference.removed.iter().map(|entry| &entry.path).filter(|path| is_page(path));
            let removed: Vec<OutPath> = removed.cloned().collect();
            let files = difference.removed.iter().map(|entry| &entry.path).filter(|path| is_file(path));
            let files: Vec<OutPath> = files.cloned().collect();
            let mut raised = Vec::new();
            let changed = difference.changed.iter().map(|entry| &entry.path).filter(|path| is_page(path));
            let changed: Vec<OutPath> = changed.cloned().collect();
            if !changed.is_empty() {
                let (before, now) = (host.labels(id, &changed), host.labels(new.0, &changed));
                raised.extend(before.into_iter().filter_map(|(path, before)| {
                    let now = *now.get(&path).filter(|now| **now > before)?;
                    Some((path, before, now))
                }));
            }
            found.releases += usize::from(!(removed.is_empty() && raised.is_empty() && files.is_empty()));
            found.files.extend(files);
            found.removed.extend(removed);
            found.raised.extend(raised);
        }
        found.removed.sort();
        found.removed.dedup();
        found.raised.sort();
        found.raised.dedup_by(|a, b| a.0 == b.0);
        found.files.sort();
        found.files.dedup();
        found
    }
}

/// Whether this is a file of the documents' own: no page, nothing that the theme or the program makes.
fn is_file(path: &OutPath) -> bool {
    let name = path.as_str().rsplit('/').next().unwrap_or_default();
    let is_made = ["feed.xml", "feed.json", "robots.txt"].contains(&name) || name.starts_with("sitemap");
    let is_copy = Encoding::of_copy(name).is_some();
    !(io::is_page(path.as_str()) || is_made || is_copy || path.as_str().starts_with("assets/"))
}
