//! What stands where, without what it says.

use std::hash::{Hash, Hasher};
use std::ops::Deref;

use super::catalogue::Catalogue;
use super::index::Places;
use super::link::Site;
use super::{DocIx, NodeIx};
use crate::base::UrlPath;

/// What there is, at which address and in which order, and who has a page: nothing else of what documents say or are
/// called, or whom they name. Its hash covers only that.
#[derive(Clone, Copy, Debug)]
pub struct Outline<'a>(&'a Site);

impl<'a> Outline<'a> {
    pub(super) fn of(site: &'a Site) -> Self {
        Self(site)
    }

    /// The address of a node: of its document, in the language in which there is one.
    pub fn address(self, node: NodeIx) -> &'a UrlPath {
        let found = &self.0.nodes[node.at()];
        match found.main {
            Some(at) if found.document.is_none() => self.version_address(at),
            _ => &found.url,
        }
    }

    /// The address of a document, be it a version in another language.
    pub fn version_address(self, at: DocIx) -> &'a UrlPath {
        let own = self.0.linked[at.at()].links.url.as_ref();
        own.unwrap_or_else(|| &self.0.nodes[self.0.node_of(at).at()].url)
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
        let Catalogue { nodes, order, redirects, judgements, outline, .. } = &**self;
        outline.hash(state, || {
            let told: Vec<_> = nodes.iter().map(|node| node.told_by).collect();
            let redirects: Vec<_> = redirects.iter().map(|(url, node, _)| (url, node)).collect();
            (Places(&self.0.index), order, judgements, told, redirects)
        });
        self.0.company.pages().hash(state, || {
            let has_page = (0..nodes.len()).map(|at| self.has_page(NodeIx::new(at)));
            has_page.collect::<Vec<_>>()
        });
    }
}
