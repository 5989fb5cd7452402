//! What parts two outputs, by their manifests.

use std::cmp::Ordering;

use super::manifest::{Entry, Manifest};

/// Files that differ, each list sorted by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference<'a> {
    /// Only in the newer one.
    pub added: Vec<&'a Entry>,
    /// In both with other bytes; the newer entry.
    pub changed: Vec<&'a Entry>,
    /// Only in the older one.
    pub removed: Vec<&'a Entry>,
}

impl<'a> Difference<'a> {
    /// From `old` to `new`.
    pub fn between(old: &'a Manifest, new: &'a Manifest) -> Self {
        let sorted = |manifest: &'a Manifest| {
            let mut files: Vec<&Entry> = manifest.files.iter().collect();
            files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
            files
        };
        let (old, new) = (sorted(old), sorted(new));
        let (mut at, mut out) = (0, Self::default());
        for entry in new {
            while old.get(at).is_some_and(|before| before.path < entry.path) {
                out.removed.push(old[at]);
                at += 1;
            }
            match old.get(at).map(|before| (before.path.cmp(&entry.path), before)) {
                Some((Ordering::Equal, before)) => {
                    if before.hash != entry.hash {
                        out.changed.push(entry);
                    }
                    at += 1;
                }
                _ => out.added.push(entry),
            }
        }
        out.removed.extend(&old[at..]);
        out
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_in_one_list_or_none() {
        let old = Manifest::of(&[("a", "1"), ("c", "1"), ("d", "1"), ("z", "1")]);
        let new = Manifest::of(&[("b", "1"), ("c", "1"), ("d", "2"), ("e", "1")]);
        let difference = Difference::between(&old, &new);
        let names = |list: &[&Entry]| list.iter().map(|it| it.path.as_str().to_owned()).collect::<String>();
        let lists = [&difference.added, &difference.changed, &difference.removed].map(|list| names(list));
        assert_eq!(lists, ["be", "d", "az"]);
        assert!(Difference::between(&old, &old).is_empty());
    }
}
