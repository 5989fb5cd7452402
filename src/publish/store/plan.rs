//! What publishing to an object store will send and delete, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use super::headers::is_fingerprinted;
use crate::base::{Diagnostic, Encoding, codes};
use crate::io::{Entry, MANIFEST, Manifest, Result, SIGNATURE, is_page};
use crate::publish::Cap;

/// What readers need first comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// What pages show: style, scripts, pictures, attachments.
    Asset,
    /// Pages of one thing.
    Page,
    /// What leads to pages: lists, the front page, feeds, the sitemap, data of the whole site.
    Index,
}

/// What is known of an object store before anything is changed.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// What the manifest there lists.
    pub(super) manifest: Manifest,
    /// What a publisher that did not end was about to change.
    pub(super) journal: Manifest,
    /// Every object there, with its size.
    pub(super) objects: BTreeMap<String, u64>,
}

/// What is to be done.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan<'a> {
    /// To be sent.
    pub(super) send: Vec<&'a Entry>,
    /// To be sent unless the object says that it is this already: a publisher that was killed had to do with it.
    pub(super) doubtful: Vec<&'a Entry>,
    /// To be deleted.
    pub(super) delete: Vec<String>,
}

impl<'a> Plan<'a> {
    /// Compares what is there with what is wanted.
    ///
    /// # Errors
    /// B0905 when an object would be replaced that no publisher has sent.
    pub(super) fn new(known: &Known, wanted: &'a Manifest) -> Result<Self> {
        let by_path = |manifest: &'_ Manifest| -> BTreeMap<String, blake3::Hash> {
            manifest.files.iter().map(|entry| (entry.path.as_str().to_owned(), entry.hash)).collect()
        };
        let (old, journal) = (by_path(&known.manifest), by_path(&known.journal));
        let mut plan = Self::default();
        for entry in &wanted.files {
            let path = entry.path.as_str();
            let size = known.objects.get(path);
            let is_ours = old.contains_key(path) || journal.contains_key(path);
            if size.is_some() && !is_ours {
                return Err(foreign(path, known.manifest.files.is_empty()));
            }
            let is_there = size == Some(&entry.size);
            match (is_there, journal.contains_key(path), old.get(path) == Some(&entry.hash)) {
                (true, true, _) => plan.doubtful.push(entry),
                (true, false, true) => {}
                _ => plan.send.push(entry),
            }
        }
        let listed: BTreeSet<&str> = wanted.files.iter().map(|entry| entry.path.as_str()).collect();
        let is_gone = |path: &&String| {
            !listed.contains(path.as_str())
                && known.objects.contains_key(*path)
                && ![MANIFEST, SIGNATURE].contains(&path.as_str())
        };
        let gone: BTreeSet<&String> = old.keys().chain(journal.keys()).filter(is_gone).collect();
        plan.delete = gone.into_iter().cloned().collect();
        Ok(plan)
    }

    /// Sorts what is sent: first what readers need first.
    pub(super) fn in_order(&mut self) {
        self.send.sort_by_key(|entry| (rank(entry.path.as_str()), &entry.path));
    }

    /// Refuses to delete more than is allowed.
    ///
    /// # Errors
    /// B0915.
    pub(super) fn check(&self, known: &Known, cap: Cap) -> Result<()> {
        let (published, gone) = (known.manifest.files.len(), self.delete.len());
        let most = cap.of(published);
        if gone <= most {
            return Ok(());
        }
        let words = format!("{gone} of {published} published objects would be deleted, and {most} may be");
        let help = format!(
            "is this the right build and the right place? if so, say `--max-delete {gone}`; `--dry-run` lists them"
        );
        Err(Box::new(Diagnostic::new(&codes::MANY_DELETIONS, words).help(help)))
    }
}

/// When a file is sent. A compressed copy goes with what it is a copy of.
pub(super) fn rank(path: &str) -> Rank {
    let plain = Encoding::of_copy(path).map_or(path, |(plain, _)| plain);
    if is_fingerprinted(plain) || plain.starts_with("assets/") {
        return Rank::Asset;
    }
    let parts: Vec<&str> = plain.split('/').collect();
    let is_year = parts[0].len() == 4 && parts[0].bytes().all(|byte| byte.is_ascii_digit());
    let is_list = is_year || parts.len() <= 2 || parts.contains(&"page");
    let name = parts.last().copied().unwrap_or_default();
    let leads = matches!(name, "feed.xml" | "feed.json" | "sitemap.xml" | "robots.txt");
    match (is_page(plain), leads || parts[0] == "data" || parts[0] == "search") {
        (_, true) => Rank::Index,
        (true, _) if is_list => Rank::Index,
        (true, _) => Rank::Page,
        (false, _) => Rank::Asset,
    }
}

fn foreign(path: &str, is_first: bool) -> Box<Diagnostic> {
    let words = format!("`{path}` is there, and no earlier `brief publish` has sent it");
    let help = "move it away, or publish below a prefix of its own: s3://bucket/prefix";
    let fault = Diagnostic::new(&codes::FOREIGN_FILE, words).help(help);
    // Without its list, nobody can tell what was ours.
    let lost =
        "if a site of yours has lost its manifest.json there, put it back from its build, or delete the site";
    Box::new(if is_first { fault.help(lost) } else { fault })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(old: &[(&str, &str)], journal: &[(&str, &str)], there: &[(&str, u64)]) -> Known {
        let objects = there.iter().map(|(path, size)| ((*path).to_owned(), *size)).collect();
        Known { manifest: Manifest::of(old), journal: Manifest::of(journal), objects }
    }

    #[test]
    fn only_what_may_differ_is_sent() {
        let known = known(
            &[("a", "1"), ("b", "1"), ("c", "1"), ("d", "1"), ("lost", "1")],
            &[("d", "2"), ("e", "1"), ("f", "1")],
            &[("a", 1), ("b", 1), ("c", 1), ("d", 1), ("e", 1), ("f", 1), ("stranger", 9)],
        );
        let wanted =
            Manifest::of(&[("a", "1"), ("b", "2"), ("d", "1"), ("e", "1"), ("lost", "1"), ("new", "1")]);
        let plan = Plan::new(&known, &wanted).unwrap();
        let names = |list: &[&Entry]| list.iter().map(|it| it.path.as_str().to_owned()).collect::<Vec<_>>();
        assert_eq!(names(&plan.send), ["b", "lost", "new"]);
        assert_eq!(names(&plan.doubtful), ["d", "e"], "the manifest alone does not vouch for them");
        assert_eq!(plan.delete, ["c", "f"], "and no stranger's");
        let stranger = Manifest::of(&[("stranger", "1")]);
        assert_eq!(Plan::new(&known, &stranger).unwrap_err().code.id, "B0905");
    }

    #[test]
    fn a_cap_holds_back_a_wrong_build() {
        let plan = Plan { delete: vec!["a".to_owned(), "b".to_owned()], ..Plan::default() };
        assert_eq!(plan.check(&Known::default(), Cap::Count(1)).unwrap_err().code.id, "B0915");
        assert!(plan.check(&Known::default(), Cap::Count(2)).is_ok());
    }

    #[test]
    fn what_leads_to_pages_comes_after_them() {
        let mut paths = [
            "index.html",
            "briefs/a/index.html.br",
            "briefs/index.html",
            "assets/style.0123456789.css",
            "actors/a/feed.xml",
            "briefs/map.png",
            "2025/12/index.html",
            "sitemap.xml",
        ];
        paths.sort_by_key(|path| rank(path));
        assert_eq!(paths[..2], ["assets/style.0123456789.css", "briefs/map.png"]);
        assert_eq!(paths[2], "briefs/a/index.html.br");
        assert!(paths[3..].iter().all(|path| rank(path) == Rank::Index));
    }
}
