//! Pages that older releases still hold although readers should no longer have them.

use super::{Host, ReleaseId};
use crate::base::{Label, OutPath};
use crate::io::{self, Difference, Manifest, Result};

/// What older releases hold and the new one does not, or no longer for as many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Withdrawn {
    /// How many releases that concerns.
    pub releases: usize,
    /// Pages that the new release does not have.
    pub removed: Vec<OutPath>,
    /// Pages whose label has been raised, with what it was and is.
    pub raised: Vec<(OutPath, Label, Label)>,
}

impl Withdrawn {
    /// Compares older releases with the new one.
    ///
    /// # Errors
    /// When a manifest cannot be read.
    pub(super) fn find(
        host: &mut dyn Host,
        older: &[ReleaseId],
        new: (&ReleaseId, &Manifest),
    ) -> Result<Self> {
        let mut found = Self::default();
        for id in older {
            let old = host.manifest(id)?;
            let difference = Difference::between(&old, new.1);
            let is_page = |path: &OutPath| io::is_page(path.as_str());
            let removed = difference.removed.iter().map(|entry| &entry.path).filter(|path| is_page(path));
            let removed: Vec<OutPath> = removed.cloned().collect();
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
            found.releases += usize::from(!removed.is_empty() || !raised.is_empty());
            found.removed.extend(removed);
            found.raised.extend(raised);
        }
        found.removed.sort();
        found.removed.dedup();
        found.raised.sort();
        found.raised.dedup_by(|a, b| a.0 == b.0);
        Ok(found)
    }
}
