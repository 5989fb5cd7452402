//! Who is named where, seen from the one who is named; and who is named together.

use super::link::Site;
use super::resolve::Excerpt;
use super::{DocIx, NodeIx};
use crate::base::Kind;

/// A document that names an entity.
#[derive(Clone, Debug)]
pub struct Backlink {
    /// The document.
    pub document: DocIx,
    /// Whether its front matter names the entity as its subject.
    pub subject: bool,
    /// Whether its front matter names the entity in any way.
    pub front_matter: bool,
    /// The sentence of the first mention or link in the text, escaped HTML.
    pub excerpt: Option<Excerpt>,
}

/// Entities of a kind that are named in the same briefs as `node`, with the number of those briefs: the most
/// frequent first, at most `most`.
pub fn neighbours(site: &Site, node: NodeIx, kind: Kind, most: usize) -> Vec<(NodeIx, usize)> {
    let mut seen: Vec<NodeIx> = Vec::new();
    for backlink in &site.backlinks[node.at()] {
        if site.documents[backlink.document.at()].key.kind == Kind::Brief {
            let named = &site.linked[backlink.document.at()].named;
            seen.extend(named.iter().copied().filter(|&other| other != node && site.nodes[other.at()].key.kind == kind));
        }
    }
    seen.sort_unstable();
    let mut counts: Vec<(NodeIx, usize)> = seen.chunk_by(|a, b| a == b).map(|same| (same[0], same.len())).collect();
    counts.sort_by_key(|&(node, count)| (std::cmp::Reverse(count), node));
    counts.truncate(most);
    counts
}
