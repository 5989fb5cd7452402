//! What the target of a link or wikilink means: a document, a file, a list, nothing, or several.

use super::key::{reference_key, stem};
use super::names::fold_name;
use super::resolve::Resolver;
use super::{DocIx, NodeIx, address};
use crate::base::{Content, CountryCode, Id, Key, Kind, SourcePath, UrlPath, is_same};

/// What a target was found to be.
pub(super) enum Found {
    /// An entity.
    Node(NodeIx),
    /// An entity, by one of its names.
    Named(NodeIx),
    /// A document, by its path.
    Document(DocIx),
    Asset(usize),
    /// A page that no document and no entity has: a list, an archive, a feed.
    Made(UrlPath),
    Nothing,
    Several(Vec<String>),
}

impl Resolver<'_> {
    /// A path from the document's folder, or from the site's root when it begins with `/`.
    pub(super) fn relative(&self, path: &str) -> Found {
        if let Some(absolute) = path.strip_prefix('/') {
            let url =
                UrlPath::new(&if absolute.is_empty() || absolute.ends_with('/') || absolute.contains('.') {
                    absolute.to_owned()
                } else {
                    format!("{absolute}/")
                });
            if let Some(&node) = self.index.by_url.get(&url) {
                return Found::Node(self.index.standing(node));
            }
            if let Some(version) = self.version_at(&url) {
                return Found::Document(version);
            }
            if self.is_made(url.as_str()) {
                return Found::Made(url);
            }
            if let Some((_, node, _)) = self.index.redirects.iter().find(|(old, ..)| *old == url) {
                return Found::Node(*node);
            }
            // What lies beside a plain page is published beside it, without `pages/`.
            let below = |folder: &str| self.file(&SourcePath::new(&format!("{folder}/{absolute}")));
            return match below("content") {
                Found::Nothing => below("content/pages"),
                found => found,
            };
        }
        match self.document.path.join(path) {
            Some(joined) => match self.file(&joined) {
                Found::Nothing => self.file(&SourcePath::new(&format!("{joined}.md"))),
                found => found,
            },
            None => Found::Nothing,
        }
    }

    /// A document or asset at a path from the site's root; a folder means its index.
    fn file(&self, path: &SourcePath) -> Found {
        if let Some(&at) = self.index.by_path.get(path) {
            return Found::Document(at);
        }
        if let Ok(at) = self.index.files().binary_search_by(|file| file.path.cmp(path))
            && path.in_content().is_some()
        {
            return if matches!(self.index.files()[at].content, Content::Blob(_)) {
                Found::Asset(at)
            } else {
                Found::Nothing
            };
        }
        if let Some(found) = self.file_otherwise_composed(path) {
            return found;
        }
        let folder = path.in_content().map(|rest| format!("{rest}/"));
        match folder {
            Some(folder) if self.is_made(&folder) => Found::Made(UrlPath::new(&folder)),
            Some(_) if path.name().contains('.') => Found::Nothing,
            Some(folder) => self
                .index
                .by_path
                .get(&SourcePath::new(&format!("content/{folder}index.md")))
                .map_or(Found::Nothing, |&at| Found::Document(at)),
            None => Found::Nothing,
        }
    }

    /// A document or asset whose name is written with other letters that look the same, as Macs do.
    fn file_otherwise_composed(&self, path: &SourcePath) -> Option<Found> {
        if path.as_str().is_ascii() {
            return None;
        }
        let is_it = |other: &SourcePath| is_same(other.as_str(), path.as_str());
        let documents = self.index.by_stem.get(&stem(path)).into_iter().flatten();
        let document = documents.copied().find(|at| is_it(&self.index.documents()[at.at()].path));
        let assets = self.index.by_asset.get(Id::new(path.name()).as_str()).into_iter().flatten();
        let asset = || assets.copied().find(|&at| is_it(&self.index.files()[at].path)).map(Found::Asset);
        document.map(Found::Document).or_else(asset)
    }

    /// The version in another language that is at this address: `fa/briefs/x/`.
    fn version_at(&self, url: &UrlPath) -> Option<DocIx> {
        let (_, original) = url.as_str().split_once('/')?;
        let node = *self.index.by_url.get(&UrlPath::new(original))?;
        let versions = &self.index.nodes[node.at()].variants;
        versions.iter().copied().find(|at| address::of_document(&self.index.documents()[at.at()]) == *url)
    }

    /// Whether a list is at this address, the home page, an archive, a feed or the sitemap. Of a kind that nobody has
    /// there is no list.
    fn is_made(&self, url: &str) -> bool {
        if matches!(url, "" | "feed.xml" | "feed.json" | "sitemap.xml") {
            return true;
        }
        if let Some(entity) = url.strip_suffix("feed.xml").or_else(|| url.strip_suffix("feed.json")) {
            let node = self.index.by_url.get(&UrlPath::new(entity)).map(|node| &self.index.nodes[node.at()]);
            return node.is_some_and(|node| node.declared && address::has_feed(node.key.kind));
        }
        let folder = url.trim_end_matches('/');
        if folder.len() == url.len() {
            return false;
        }
        match Kind::ALL.into_iter().find(|kind| kind.folder() == folder) {
            Some(Kind::Brief) => true,
            Some(kind) => self
                .index
                .nodes
                .iter()
                .any(|node| node.key.kind == kind && (node.declared || kind == Kind::Country)),
            None => period(folder)
                .is_some_and(|(year, month)| self.index.has_briefs_of(self.index.documents(), year, month)),
        }
    }

    /// An id, a kind and an id, the end of a path, a name.
    pub(super) fn wiki(&self, target: &str) -> Found {
        if let Some((kind, id)) = target.split_once(':')
            && let Some(kind) = Kind::parse(&kind.trim().to_lowercase())
        {
            return self.index.find(&[kind], id).map_or(Found::Nothing, Found::Node);
        }
        // A note beside this one goes before an entity from elsewhere that has its name for an id.
        if let Some(beside) = self.beside(target) {
            return Found::Document(beside);
        }
        let named: Vec<NodeIx> = Kind::ALL
            .iter()
            .filter_map(|&kind| self.index.by_key.get(&reference_key_exact(kind, target)).copied())
            .collect();
        match named.as_slice() {
            // Every country is known; one that no file tells of gives way to a file of its name.
            [node] if self.index.document_of(*node).is_some() || self.is_told(*node) => {
                return Found::Node(self.index.standing(*node));
            }
            [] | [_] => {}
            several => {
                return Found::Several(
                    several.iter().map(|node| self.index.nodes[node.at()].key.to_string()).collect(),
                );
            }
        }
        // A path from the document, as Obsidian writes it on request, leads where it says.
        let from_here = if target.starts_with("../") { self.relative(target) } else { Found::Nothing };
        let found = if matches!(from_here, Found::Nothing) { self.by_path_end(target) } else { from_here };
        if !matches!(found, Found::Nothing) {
            return found;
        }
        if let [node] = named.as_slice() {
            return Found::Node(self.index.standing(*node));
        }
        if let Some(asset) = self.asset_by_end(target) {
            return asset;
        }
        if let Some(code) = CountryCode::from_input(target) {
            return self.index.find(&[Kind::Country], code.alpha2()).map_or(Found::Nothing, Found::Node);
        }
        self.by_name(target)
    }

    /// Whether a brief tells of it, as an event without a file.
    fn is_told(&self, node: NodeIx) -> bool {
        self.index.nodes[node.at()].told_by.is_some()
    }

    /// The document of this file name in the same folder.
    fn beside(&self, target: &str) -> Option<DocIx> {
        let folder = |at: &DocIx| self.index.documents()[at.at()].path.folder();
        let candidates = self.index.by_stem.get(Id::new(target).as_str())?;
        let mut beside = candidates.iter().copied().filter(|at| folder(at) == self.document.path.folder());
        beside.next().filter(|_| beside.next().is_none())
    }

    /// Documents whose path ends in this: whole parts, case ignored. One in the same folder is preferred,
    /// then one whose whole path it is.
    pub(super) fn by_path_end(&self, target: &str) -> Found {
        let folded = Id::new(target.trim_start_matches("./").trim_matches('/'));
        let wanted = folded.as_str().strip_suffix(".md").unwrap_or(folded.as_str());
        let wanted = wanted.strip_prefix("content/").unwrap_or(wanted);
        let last = wanted.rsplit('/').next().unwrap_or(wanted);
        let candidates = self.index.by_stem.get(last).map_or(&[] as &[_], Vec::as_slice);
        let ends = |path: &str| {
            path == wanted || path.strip_suffix(wanted).is_some_and(|before| before.ends_with('/'))
        };
        let fits = |at: &&DocIx| {
            let path = path_without_ending(&self.index.documents()[at.at()].path);
            // `guide/index` is the file, `guide` what it is called.
            ends(&path) || last == "index" && ends(&format!("{path}/index"))
        };
        let found: Vec<DocIx> = candidates.iter().filter(fits).copied().collect();
        match found.as_slice() {
            [] => Found::Nothing,
            [only] => Found::Document(*only),
            several => {
                let path = |at: &DocIx| &self.index.documents()[at.at()].path;
                let own = self.document.path.folder();
                let same_folder: Vec<&DocIx> = several.iter().filter(|at| path(at).folder() == own).collect();
                let whole = several.iter().find(|at| path_without_ending(path(at)) == wanted);
                match (same_folder.as_slice(), whole) {
                    (_, Some(&at)) => Found::Document(at),
                    ([at], None) => Found::Document(**at),
                    _ => Found::Several(several.iter().map(|at| path(at).as_str().to_owned()).collect()),
                }
            }
        }
    }

    fn asset_by_end(&self, target: &str) -> Option<Found> {
        let folded = Id::new(target.trim_start_matches("./").trim_matches('/'));
        let last = folded.as_str().rsplit('/').next().unwrap_or(folded.as_str());
        let path = |at: usize| Id::new(self.index.files()[at].path.in_content().unwrap_or_default());
        let fits = |at: &&usize| {
            let path = path(**at);
            path == folded
                || path.as_str().strip_suffix(folded.as_str()).is_some_and(|before| before.ends_with('/'))
        };
        let found: Vec<usize> = self.index.by_asset.get(last)?.iter().filter(fits).copied().collect();
        match found.as_slice() {
            [] => None,
            [only] => Some(Found::Asset(*only)),
            several => {
                let own = self.document.path.folder();
                let near = several
                    .iter()
                    .find(|&&at| self.index.files()[at].path.folder() == own || path(at) == folded);
                Some(match near {
                    Some(&at) => Found::Asset(at),
                    None => Found::Several(
                        several.iter().map(|&at| self.index.files()[at].path.to_string()).collect(),
                    ),
                })
            }
        }
    }

    fn by_name(&self, target: &str) -> Found {
        let text = fold_name(target);
        let names = &self.names.list.names;
        let mut owners: Vec<&Key> = match names.binary_search_by(|name| name.text.as_str().cmp(&text)) {
            Ok(at) => names[at].owners.iter().map(|(key, _)| key).collect(),
            // In a link letters' case is ignored, as in ids and paths.
            Err(_) => {
                let alike = names.iter().filter(|name| name.text.eq_ignore_ascii_case(&text));
                alike.flat_map(|name| &name.owners).map(|(key, _)| key).collect()
            }
        };
        owners.sort_unstable();
        owners.dedup();
        match owners.as_slice() {
            [key] => self
                .index
                .by_key
                .get(*key)
                .map_or(Found::Nothing, |&node| Found::Named(self.index.standing(node))),
            [] => Found::Nothing,
            several => Found::Several(several.iter().map(|key| key.to_string()).collect()),
        }
    }
}

/// The year and month of an archive's address: `2025` or `2025/12`.
fn period(folder: &str) -> Option<(i16, Option<i8>)> {
    let number = |text: &str, digits| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    match folder.split_once('/') {
        None if number(folder, 4) => Some((folder.parse().ok()?, None)),
        Some((year, month)) if number(year, 4) && number(month, 2) => {
            Some((year.parse().ok()?, Some(month.parse().ok()?)))
        }
        _ => None,
    }
}

/// Like [`reference_key`], but a country only by its id, so that `[[Chad]]` may be a page.
fn reference_key_exact(kind: Kind, id: &str) -> crate::base::Key {
    match kind {
        Kind::Country => crate::base::Key::new(kind, Id::new(id.trim())),
        _ => reference_key(kind, id),
    }
}

fn path_without_ending(path: &SourcePath) -> String {
    let rest = path.in_content().unwrap_or(path.as_str());
    let rest = rest.rsplit_once('.').map_or(rest, |(stem, _)| stem);
    let rest = if stem(path) == Id::new(path.name()).as_str() {
        rest
    } else {
        rest.strip_suffix("/index").unwrap_or(rest)
    };
    Id::new(rest).as_str().to_owned()
}
