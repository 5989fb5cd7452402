//! Which brief replaces which must end somewhere: at the one that holds.

use std::collections::BTreeMap;

use super::catalogue::Catalogue;
use super::link::Site;
use super::{DocIx, NodeIx};
use crate::base::{Diagnostic, Kind, Shared, codes};
use crate::document::{Document, Ref};

/// The briefs that others replace, and who says so, the newest first. Of a brief and its versions in other languages,
/// which are one, it is the first that does.
pub fn replaced(site: &Site) -> BTreeMap<NodeIx, Vec<DocIx>> {
    let mut replaced: BTreeMap<NodeIx, Vec<DocIx>> = BTreeMap::new();
    let others = replacing(site, &site.documents).filter(|&(at, _, older)| site.node_of(at) != older);
    for (at, _, older) in others {
        let newer = replaced.entry(older).or_default();
        if newer.iter().all(|&other| site.node_of(other) != site.node_of(at)) {
            newer.push(at);
        }
    }
    replaced
}

/// Who says that a brief replaces another, the newest brief first, an original before its versions.
fn replacing<'a>(
    catalogue: &'a Catalogue,
    documents: &'a [Shared<Document>],
) -> impl Iterator<Item = (DocIx, &'a Ref, NodeIx)> {
    let briefs = catalogue.briefs.iter().map(|&at| &catalogue.nodes[catalogue.node_of(at).at()]);
    briefs.flat_map(|node| node.versions()).flat_map(move |at| {
        let older = documents[at.at()].brief().into_iter().flat_map(|brief| &brief.supersedes);
        older.filter_map(move |id| Some((at, id, catalogue.find(&[Kind::Brief], id)?)))
    })
}

/// Briefs that replace themselves, be it by way of others; each circle is told once.
pub(super) fn circles(catalogue: &Catalogue, documents: &[Shared<Document>]) -> Vec<Diagnostic> {
    let mut all: BTreeMap<NodeIx, Vec<_>> = BTreeMap::new();
    for (at, id, older) in replacing(catalogue, documents) {
        all.entry(catalogue.node_of(at)).or_default().push((&documents[at.at()], id, older));
    }
    let mut faults = Vec::new();
    // On the way from a brief to those it replaces, or done with.
    let mut is_on_the_way: BTreeMap<NodeIx, bool> = BTreeMap::new();
    for &first in all.keys() {
        if is_on_the_way.contains_key(&first) {
            continue;
        }
        is_on_the_way.insert(first, true);
        let mut way = vec![(first, 0)];
        while let Some((at, next)) = way.last_mut() {
            let Some(&(document, written, other)) = all[at].get(*next) else {
                is_on_the_way.insert(*at, false);
                way.pop();
                continue;
            };
            *next += 1;
            match is_on_the_way.get(&other) {
                Some(true) => {
                    let help = match other == *at {
                        true if document.common.variant => {
                            "a translation is one with its original, and a brief cannot replace itself: remove it here"
                        }
                        true => "a brief cannot replace itself: remove it here",
                        false => "a brief replaces older ones: remove this key from the older",
                    };
                    faults.push(
                        Diagnostic::new(&codes::SUPERSEDES_LOOP, "`supersedes` leads back to this brief")
                            .at(&document.path, written.span)
                            .help(help),
                    );
                }
                None if all.contains_key(&other) => {
                    is_on_the_way.insert(other, true);
                    way.push((other, 0));
                }
                _ => {}
            }
        }
    }
    faults
}
