//! What the target of a link or wikilink means: a document, a file, a list, nothing, or several.

use super::key::{reference_key, stem};
use super::names::fold_name;
use super::resolve::Resolver;
use super::{DocIx, NodeIx};
use crate::base::{Content, CountryCode, Id, Kind, SourcePath, UrlPath, is_same};

/// What a target was found to be.
pub(super) enum Found {
    Node(NodeIx),
    Asset(usize),
    /// A list page: its address and title.
    List(UrlPath),
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
            if self.is_list(url.as_str()) {
                return Found::List(url);
            }
            return self.file(&SourcePath::new(&format!("content/{absolute}")));
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
            return Found::Node(self.index.standing(self.index.node_of[at.at()]));
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
            Some(folder) if self.is_list(&folder) => Found::List(UrlPath::new(&folder)),
            Some(_) if path.name().contains('.') => Found::Nothing,
            Some(folder) => {
                match self.index.by_path.get(&SourcePath::new(&format!("content/{folder}index.md"))) {
                    Some(&at) => Found::Node(self.index.standing(self.index.node_of[at.at()])),
                    None => Found::Nothing,
                }
            }
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
        document.map(|at| Found::Node(self.index.standing(self.index.node_of[at.at()]))).or_else(asset)
    }

    /// Whether a list is at this address, or the home page. Of a kind that nobody has there is no list.
    fn is_list(&self, url: &str) -> bool {
        let folder = url.trim_end_matches('/');
        match Kind::ALL.into_iter().find(|kind| kind.folder() == folder && url.len() > folder.len()) {
            Some(Kind::Brief) => true,
            Some(kind) => self
                .index
                .nodes
                .iter()
                .any(|node| node.key.kind == kind && (node.declared || kind == Kind::Country)),
            None => matches!(url, "" | "feed.xml" | "feed.json"),
        }
    }

    /// An id, a kind and an id, the end of a path, a name.
    pub(super) fn wiki(&self, target: &str) -> Found {
        if let Some((kind, id)) = target.split_once(':')
            && let Some(kind) = Kind::parse(&kind.trim().to_lowercase())
        {
            return self.index.find(&[kind], id).map_or(Found::Nothing, Found::Node);
        }
        let named: Vec<NodeIx> = Kind::ALL
            .iter()
            .filter_map(|&kind| self.index.by_key.get(&reference_key_exact(kind, target)).copied())
            .collect();
        match named.as_slice() {
            [node] => return Found::Node(self.index.standing(*node)),
            [] => {}
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
        if let Some(asset) = self.asset_by_end(target) {
            return asset;
        }
        if let Some(code) = CountryCode::from_input(target) {
            return self.index.find(&[Kind::Country], code.alpha2()).map_or(Found::Nothing, Found::Node);
        }
        self.by_name(target)
    }

    /// Documents whose path ends in this: whole parts, case ignored. One in the same folder is preferred,
    /// then one whose whole path it is.
    pub(super) fn by_path_end(&self, target: &str) -> Found {
        let folded = Id::new(target.trim_start_matches("./").trim_matches('/'));
        let wanted = folded.as_str().strip_suffix(".md").unwrap_or(folded.as_str());
        let wanted = wanted.strip_prefix("content/").unwrap_or(wanted);
        let last = wanted.rsplit('/').next().unwrap_or(wanted);
        let candidates = self.index.by_stem.get(last).map_or(&[] as &[_], Vec::as_slice);
        let fits = |at: &&DocIx| {
            let path = path_without_ending(&self.index.documents()[at.at()].path);
            path == wanted || path.strip_suffix(wanted).is_some_and(|before| before.ends_with('/'))
        };
        let found: Vec<DocIx> = candidates.iter().filter(fits).copied().collect();
        let node = |at: DocIx| Found::Node(self.index.standing(self.index.node_of[at.at()]));
        match found.as_slice() {
            [] => Found::Nothing,
            [only] => node(*only),
            several => {
                let path = |at: &DocIx| &self.index.documents()[at.at()].path;
                let own = self.document.path.folder();
                let same_folder: Vec<&DocIx> = several.iter().filter(|at| path(at).folder() == own).collect();
                let whole = several.iter().find(|at| path_without_ending(path(at)) == wanted);
                match (same_folder.as_slice(), whole) {
                    (_, Some(at)) => node(*at),
                    ([at], None) => node(**at),
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
        let Ok(at) = self.names.list.names.binary_search_by(|name| name.text.as_str().cmp(&text)) else {
            return Found::Nothing;
        };
        match self.names.list.names[at].owners.as_slice() {
            [(key, _)] => self
                .index
                .by_key
                .get(key)
                .map_or(Found::Nothing, |&node| Found::Node(self.index.standing(node))),
            [] => Found::Nothing,
            several => Found::Several(several.iter().map(|(key, _)| key.to_string()).collect()),
        }
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
