//! Who is named where, seen from the one who is named; and who is named together.

use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use super::catalogue::Catalogue;
use super::index::{Index, Places};
use super::link::Site;
use super::named::Naming;
use super::resolve::{Resolved, ResolvedShape};
use super::{DocIx, NodeIx};
use crate::base::{Key, Kind, Prints, Shared};
use crate::document::Document;

/// A document that names an entity.
#[derive(Clone, Copy, Debug, Hash)]
pub struct Backlink {
    /// The document.
    pub document: DocIx,
    /// Its kind.
    pub kind: Kind,
    /// Whether its front matter names the entity as its subject.
    pub subject: bool,
    /// Whether its front matter names the entity in any way.
    pub front_matter: bool,
}

/// Those among backlinks that are of briefs.
pub(super) fn briefs(links: &[Backlink]) -> impl Iterator<Item = &Backlink> {
    links.iter().filter(|link| link.kind == Kind::Brief)
}

/// What [`company`] depends on.
#[derive(Debug)]
pub struct CompanyArgs<'a> {
    /// Every document and node.
    pub index: &'a Index,
    /// For each document, whom it names.
    pub linked: &'a [Shared<Resolved>],
}

/// What documents are called does not count, nor in which sentences they name others.
impl Hash for CompanyArgs<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (Places(self.index), &self.index.order).hash(state);
        self.linked.iter().for_each(|linked| ResolvedShape(linked).hash(state));
    }
}

/// Who names whom, from both sides.
#[derive(Debug)]
pub struct Company {
    /// For each node, who names it, the newest first.
    backlinks: Vec<Vec<Backlink>>,
    /// For each document in turn, each node that it names, and its own place among those who name that. Every
    /// profile reads it for all its briefs, so it lies in one piece.
    all: Vec<(NodeIx, u32)>,
    /// Where each document's begin; at last, where all end.
    starts: Vec<usize>,
    prints: OnceLock<Vec<Known>>,
    pages: Prints,
    counts: Prints,
}

/// Of what is known of a node.
#[derive(Debug, Default)]
struct Known {
    links: Prints,
    together: Prints,
}

impl Company {
    pub(super) fn backlinks(&self, node: NodeIx) -> &[Backlink] {
        &self.backlinks[node.at()]
    }

    /// Of whom else they name who name a node.
    pub(super) fn together(&self, node: NodeIx) -> &Prints {
        &self.known(node).together
    }

    /// Of who has a page, which follows from the company and from what stands where.
    pub(super) fn pages(&self) -> &Prints {
        &self.pages
    }

    fn known(&self, node: NodeIx) -> &Known {
        let all = || self.backlinks.iter().map(|_| Known::default()).collect();
        &self.prints.get_or_init(all)[node.at()]
    }

    pub(super) fn named_by(&self, document: DocIx) -> &[(NodeIx, u32)] {
        &self.all[self.starts[document.at()]..self.starts[document.at() + 1]]
    }
}

/// Who names a node. Its hash covers only that.
pub struct LinksTo<'a> {
    pub(super) company: &'a Company,
    pub(super) node: NodeIx,
}

impl Hash for LinksTo<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { company, node } = *self;
        company.known(node).links.hash(state, || company.backlinks(node));
    }
}

/// How many briefs name each node, and how many of all who do have a page. Its hash covers only that.
pub struct LinkCounts<'a>(pub(super) &'a Site);

impl Hash for LinkCounts<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let &Self(site) = self;
        site.company.counts.hash(state, || {
            let shown = |link: &&Backlink| site.has_page(site.node_of(link.document));
            let count = |links: &Vec<Backlink>| (briefs(links).count(), links.iter().filter(shown).count());
            site.company.backlinks.iter().map(count).collect::<Vec<_>>()
        });
    }
}

/// Turns the namings round.
pub fn company(args: &CompanyArgs<'_>) -> Company {
    let &CompanyArgs { index, linked } = args;
    let mut backlinks: Vec<Vec<Backlink>> = vec![Vec::new(); index.nodes.len()];
    let ends = linked.iter().scan(0, |end, linked| {
        *end += linked.naming.len();
        Some(*end)
    });
    let starts: Vec<usize> = std::iter::once(0).chain(ends).collect();
    let mut all = vec![(NodeIx(0), 0); starts.last().copied().unwrap_or_default()];
    for &document in &index.order {
        let own = index.node_of[document.at()];
        let Document { key: Key { kind, .. }, .. } = &*index.documents()[document.at()];
        // Whom its original or another version names, a version names again, and a brief counts once.
        let others = index.nodes[own.at()].versions().take_while(|&other| other != document);
        let others: Vec<&Resolved> = others.map(|other| &*linked[other.at()]).collect();
        let named = &mut all[starts[document.at()]..];
        for (named, naming) in named.iter_mut().zip(&linked[document.at()].naming) {
            let &Naming { node, subject, front_matter, .. } = naming;
            let links = &mut backlinks[node.at()];
            *named = (node, u32::try_from(links.len()).unwrap_or(u32::MAX));
            if node != own && others.iter().all(|other| other.names(node).is_none()) {
                links.push(Backlink { document, kind: *kind, subject, front_matter });
            }
        }
    }
    Company {
        backlinks,
        all,
        starts,
        prints: OnceLock::new(),
        pages: Prints::default(),
        counts: Prints::default(),
    }
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
        for backlink in site.brief_backlinks(node) {
            site.named_by(backlink.document).for_each(|other| counts[other.at()] += 1);
        }
        counts[node.at()] = 0;
        let named = counts.into_iter().enumerate().filter(|&(_, count)| count > 0);
        Self { counts: named.map(|(at, count)| (NodeIx::new(at), count as usize)).collect() }
    }

    /// Those of a kind: the most frequent first, at most `most`.
    pub fn of_kind(&self, site: &Catalogue, kind: Kind, most: usize) -> Vec<(NodeIx, usize)> {
        let start = self.counts.partition_point(|(node, _)| site.nodes[node.at()].key.kind < kind);
        let end = self.counts.partition_point(|(node, _)| site.nodes[node.at()].key.kind <= kind);
        let mut counts = self.counts[start..end].to_vec();
        counts.sort_by_key(|&(node, count)| (std::cmp::Reverse(count), node));
        counts.truncate(most);
        counts
    }
}
