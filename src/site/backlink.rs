//! Who is named where, seen from the one who is named; and who is named together.

use super::link::Site;
use super::{DocIx, NodeIx};
use crate::base::Kind;

/// A document that names an entity.
#[derive(Clone, Copy, Debug)]
pub struct Backlink {
    /// The document.
    pub document: DocIx,
    /// Its kind.
    pub kind: Kind,
    /// Whether its front matter names the entity as its subject.
    pub subject: bool,
    /// Whether its front matter names the entity in any way.
    pub front_matter: bool,
    /// Its place among those whom the document names.
    pub(super) nth: u32,
}

/// Entities that are named in the same briefs as one of them, with the number of those briefs.
#[derive(Clone, Debug)]
pub struct Neighbours {
    /// By node, which is also by kind.
    counts: Vec<(NodeIx, usize)>,
}

impl Neighbours {
    /// Counts them in one walk over the briefs.
    pub fn of(site: &Site, node: NodeIx) -> Self {
        let mut counts = vec![0u32; site.nodes.len()];
        for backlink in &site.backlinks[node.at()] {
            if backlink.kind == Kind::Brief {
                site.named_by(backlink.document).for_each(|other| counts[other.at()] += 1);
            }
        }
        counts[node.at()] = 0;
        let named = counts.into_iter().enumerate().filter(|&(_, count)| count > 0);
        Self { counts: named.map(|(at, count)| (NodeIx::new(at), count as usize)).collect() }
    }

    /// Those of a kind: the most frequent first, at most `most`.
    pub fn of_kind(&self, site: &Site, kind: Kind, most: usize) -> Vec<(NodeIx, usize)> {
        let start = self.counts.partition_point(|(node, _)| site.nodes[node.at()].key.kind < kind);
        let end = self.counts.partition_point(|(node, _)| site.nodes[node.at()].key.kind <= kind);
        let mut counts = self.counts[start..end].to_vec();
        counts.sort_by_key(|&(node, count)| (std::cmp::Reverse(count), node));
        counts.truncate(most);
        counts
    }
}
