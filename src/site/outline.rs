//! What stands where, without what it says.

use std::hash::{Hash, Hasher};
use std::ops::Deref;

use super::NodeIx;
use super::catalogue::Catalogue;
use super::index::Places;
use super::link::Site;

/// What there is, at which address and in which order, and who has a page: nothing of what documents say or are
/// called, or whom they name. It hashes as that.
#[derive(Clone, Copy, Debug)]
pub struct Outline<'a>(&'a Site);

impl<'a> Outline<'a> {
    pub(super) fn of(site: &'a Site) -> Self {
        Self(site)
    }

    /// Whether a node has a page.
    pub fn has_page(self, node: NodeIx) -> bool {
        self.0.has_page(node)
    }
}

impl<'a> Deref for Outline<'a> {
    type Target = Catalogue;

    fn deref(&self) -> &Catalogue {
        self.0
    }
}

impl Hash for Outline<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Catalogue { nodes, order, redirects, judgements, .. } = &**self;
        Places(&self.0.index).hash(state);
        (order, judgements).hash(state);
        redirects.iter().for_each(|(url, node, _)| (url, node).hash(state));
        for (at, node) in nodes.iter().enumerate() {
            (node.told_by, self.has_page(NodeIx::new(at))).hash(state);
        }
    }
}
