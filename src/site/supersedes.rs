//! Which brief replaces which must end somewhere: at the one that holds.

use std::collections::BTreeMap;

use super::NodeIx;
use super::catalogue::Catalogue;
use crate::base::{Diagnostic, Kind, Shared, codes};
use crate::document::{Document, Ref};

/// A brief that replaces others: its document, and those others.
type Replacing<'d> = (&'d Document, Vec<(NodeIx, &'d Ref)>);

/// Briefs that replace themselves, be it by way of others; each circle is told once.
pub(super) fn circles(catalogue: &Catalogue, documents: &[Shared<Document>]) -> Vec<Diagnostic> {
    let mut replacing: BTreeMap<NodeIx, Replacing<'_>> = BTreeMap::new();
    for &at in &catalogue.briefs {
        let document = &*documents[at.at()];
        let Some(brief) = document.brief().filter(|brief| !brief.supersedes.is_empty()) else { continue };
        let others = brief.supersedes.iter();
        let others = others.filter_map(|id| Some((catalogue.find(&[Kind::Brief], id)?, id)));
        replacing.insert(catalogue.node_of(at), (document, others.collect()));
    }
    let mut faults = Vec::new();
    // On the way from a brief to those it replaces, or done with.
    let mut is_on_the_way: BTreeMap<NodeIx, bool> = BTreeMap::new();
    for &first in replacing.keys() {
        if is_on_the_way.contains_key(&first) {
            continue;
        }
        is_on_the_way.insert(first, true);
        let mut way = vec![(first, 0)];
        while let Some((at, next)) = way.last_mut() {
            let (document, others) = &replacing[at];
            let Some(&(other, written)) = others.get(*next) else {
                is_on_the_way.insert(*at, false);
                way.pop();
                continue;
            };
            *next += 1;
            match is_on_the_way.get(&other) {
                Some(true) => {
                    let help = match other == *at {
                        true => "a brief cannot replace itself: remove it here",
                        false => "a brief replaces older ones: remove this key from the older",
                    };
                    faults.push(
                        Diagnostic::new(&codes::SUPERSEDES_LOOP, "`supersedes` leads back to this brief")
                            .at(&document.path, written.span)
                            .help(help),
                    );
                }
                None if replacing.contains_key(&other) => {
                    is_on_the_way.insert(other, true);
                    way.push((other, 0));
                }
                _ => {}
            }
        }
    }
    faults
}
