//! What `brief list` lists, drawn from a built site.

use super::args::What;
use crate::base::{Kind, SourcePath};
use crate::document::Document;
use crate::engine::Build;
use crate::site::{NodeIx, Site};

/// One line of a list.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(super) struct Row {
    /// The id; for files, the path.
    pub(super) id: String,
    /// Title or name; empty for files.
    pub(super) title: String,
    /// The date as written (EDTF), for what has one.
    pub(super) date: Option<String>,
    /// The source file, from the site's root; `None` for what has no file.
    pub(super) path: Option<String>,
    /// How many documents mention or use it.
    pub(super) count: usize,
}

/// The rows of a list, in the order in which they are shown.
pub(super) fn rows(build: &Build, what: What) -> Vec<Row> {
    let site = &build.site;
    match kind(what) {
        Some(kind) => of_kind(site, kind),
        None if what == What::Drafts => drafts(site),
        None if what == What::Unused => site.unused.iter().map(|path| file(path, 0)).collect(),
        None => site.assets.iter().map(|(path, _)| file(path, 1)).collect(),
    }
}

fn kind(what: What) -> Option<Kind> {
    match what {
        What::Briefs => Some(Kind::Brief),
        What::Actors => Some(Kind::Actor),
        What::Countries => Some(Kind::Country),
        What::People => Some(Kind::Person),
        What::Regions => Some(Kind::Region),
        What::Events => Some(Kind::Event),
        What::Sources => Some(Kind::Source),
        What::Topics => Some(Kind::Topic),
        What::Pages => Some(Kind::Page),
        What::Drafts | What::Assets | What::Unused => None,
    }
}

/// Briefs newest first, anything else by id.
fn of_kind(site: &Site, kind: Kind) -> Vec<Row> {
    let nodes = (0..site.nodes.len()).map(NodeIx::new);
    let mut listed: Vec<NodeIx> =
        nodes.filter(|&node| site.nodes[node.at()].key.kind == kind && site.has_page(node)).collect();
    if kind == Kind::Brief {
        listed.sort_by_key(|&node| site.document_of(node).map(|at| site.rank[at.at()]));
    }
    listed.into_iter().map(|node| row(site, node)).collect()
}

fn drafts(site: &Site) -> Vec<Row> {
    let nodes = (0..site.nodes.len()).map(NodeIx::new);
    let draft =
        |&node: &NodeIx| site.document_of(node).is_some_and(|at| site.documents[at.at()].common.draft);
    nodes.filter(draft).map(|node| row(site, node)).collect()
}

fn row(site: &Site, node: NodeIx) -> Row {
    let found = &site.nodes[node.at()];
    let document = site.document_of(node).map(|at| &*site.documents[at.at()]);
    Row {
        id: found.key.id.to_string(),
        title: document.map_or(site.title(node), |document| &document.common.title.value).to_owned(),
        date: document.and_then(date),
        path: document.map(|document| document.path.to_string()),
        count: site.backlinks(node).len(),
    }
}

fn date(document: &Document) -> Option<String> {
    document.date().map(|date| date.to_string())
}

fn file(path: &SourcePath, count: usize) -> Row {
    Row { id: path.to_string(), title: String::new(), date: None, path: Some(path.to_string()), count }
}
