//! What is on record of each entity besides the briefs that name it: relations, judgements, events, each in the order
//! in which pages list them.
//!
//! A site may have thousands of each, so pages show a part of a list and need to know how long it is. As the other
//! ledgers, all of it follows from the catalogue.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use ahash::{AHashMap, AHashSet};

use super::ledgers::Glance;
use crate::base::{Edtf, Kind, Label};
use crate::document::{Brief, Data, Event};
use crate::site::{DocIx, NodeIx, Role, Site, countries, references};

/// The lists of every entity.
#[derive(Debug)]
pub(super) struct Records {
    of: BTreeMap<NodeIx, Record>,
}

/// The lists of one.
#[derive(Debug, Default, Hash)]
pub(super) struct Record {
    /// Its own relations as written, then those that other actors say they have to it and that were not told.
    pub(super) relations: Roll<Relating>,
    /// Judgements of the briefs whose front matter names it, each once: the open ones first, then the newest.
    pub(super) judgements: Roll<(DocIx, usize)>,
    /// What it took part in or what happened there, newest first.
    pub(super) events: Roll<NodeIx>,
}

/// A list, and the highest label behind it: that of its length and order.
#[derive(Debug, Hash)]
pub(super) struct Roll<T> {
    pub(super) items: Vec<T>,
    pub(super) label: Label,
}

impl<T> Default for Roll<T> {
    fn default() -> Self {
        Self { items: Vec::new(), label: Label::Clear }
    }
}

impl<T> Roll<T> {
    fn push(&mut self, item: T, label: Label) {
        self.items.push(item);
        self.label = self.label.max(label);
    }
}

/// A relation: the actor's file that tells it, its place there, and the actor on the other side.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Relating {
    pub(super) told_by: DocIx,
    pub(super) nth: usize,
    pub(super) other: NodeIx,
    /// Whether the other says so.
    pub(super) reverse: bool,
}

impl Records {
    pub(super) fn new(site: &Site, glances: &[Glance]) -> Self {
        let mut records = Self { of: BTreeMap::new() };
        let label = |at: DocIx| glances[at.at()].label;
        records.collect_relations(site, &label);
        records.collect_judgements(site, &label);
        records.collect_events(site, &label);
        records
    }

    pub(super) fn of(&self, node: NodeIx) -> Option<&Record> {
        self.of.get(&node)
    }

    /// How long each list is, for those who have any.
    pub(super) fn lengths(&self) -> impl Iterator<Item = (NodeIx, [usize; 3])> + '_ {
        let lengths =
            |it: &Record| [it.relations.items.len(), it.judgements.items.len(), it.events.items.len()];
        self.of.iter().map(move |(&node, record)| (node, lengths(record)))
    }

    fn entry(&mut self, node: NodeIx) -> &mut Record {
        self.of.entry(node).or_default()
    }

    fn collect_relations(&mut self, site: &Site, label: LabelOf<'_>) {
        let mut own = Vec::new();
        for (at, document) in site.documents.iter().enumerate() {
            let Data::Actor(actor) = &document.data else { continue };
            let (at, node) = (DocIx::new(at), site.node_of(DocIx::new(at)));
            // What a version in another language says is the same.
            if site.document_of(node) != Some(at) {
                continue;
            }
            for (nth, relation) in actor.relations.iter().enumerate() {
                let (Some(kind), Some(other)) = (relation.kind, site.find(&[Kind::Actor], &relation.to))
                else {
                    continue;
                };
                own.push((node, kind, Relating { told_by: at, nth, other, reverse: false }));
            }
        }
        let mut seen = AHashSet::new();
        for &(node, kind, relating) in &own {
            seen.insert((node, kind.words(), relating.other));
            self.entry(node).relations.push(relating, label(relating.told_by));
        }
        for (node, kind, relating) in own {
            // `A ally of B` need not be said again from B's side. Who was merged into another has no page.
            let here = relating.other != node && site.nodes[node.at()].merged_into.is_none();
            if here && seen.insert((relating.other, kind.reverse_words(), node)) {
                let from_there = Relating { other: node, reverse: true, ..relating };
                self.entry(relating.other).relations.push(from_there, label(relating.told_by));
            }
        }
    }

    fn collect_judgements(&mut self, site: &Site, label: LabelOf<'_>) {
        let mut threads = AHashMap::new();
        let mut seen: AHashSet<(NodeIx, &str)> = AHashSet::new();
        let mut judged: Vec<(NodeIx, Thread, (DocIx, usize))> = Vec::new();
        for &at in &site.briefs {
            let document = &site.documents[at.at()];
            let Some(brief) = document.brief().filter(|brief| !brief.judgements.is_empty()) else { continue };
            let subjects = subjects(site, at, brief);
            for (nth, judgement) in brief.judgements.iter().enumerate() {
                let id = judgement.id.value.as_str();
                // Without an id nothing can change it.
                let alone = [(at, nth)];
                let steps =
                    site.judgements.get(id).filter(|_| !id.is_empty()).map_or(&alone[..], Vec::as_slice);
                let thread: Thread = match id.is_empty() {
                    true => Thread::of(site, steps, label),
                    false => *threads.entry(id).or_insert_with(|| Thread::of(site, steps, label)),
                };
                if thread.says_what {
                    let named = subjects.iter().filter(|&&node| id.is_empty() || seen.insert((node, id)));
                    judged.extend(named.map(|&node| (node, thread, (at, nth))));
                }
            }
        }
        judged.sort_by_key(|&(node, thread, _)| (node, thread.closed));
        for (node, thread, step) in judged {
            self.entry(node).judgements.push(step, thread.label);
        }
    }

    fn collect_events(&mut self, site: &Site, label: LabelOf<'_>) {
        let mut happened: Vec<(NodeIx, Reverse<Option<_>>, NodeIx)> = Vec::new();
        for (at, document) in site.documents.iter().enumerate() {
            let at = DocIx::new(at);
            let own = site.node_of(at);
            let is_main = site.document_of(own) == Some(at);
            let newest_first = |date: Option<Edtf>| Reverse(date.map(Edtf::sort_key));
            match &document.data {
                Data::Event(event) if is_main => {
                    let date = newest_first(event.date);
                    references(document, &mut |_, kinds, id| {
                        happened.extend(site.find(kinds, id).map(|node| (node, date, own)));
                    });
                    let places = countries(document).into_iter();
                    let places = places.filter_map(|code| site.country(code.value));
                    happened.extend(places.map(|node| (node, date, own)));
                }
                Data::Brief(brief) => {
                    let events = brief.events.iter().enumerate().filter(|(_, event)| !event.reference);
                    for (nth, event) in events {
                        let Some(told) = site.event(event) else { continue };
                        // A version in another language tells of the same, unless nobody else does.
                        if !is_main && site.nodes[told.at()].told_by != Some((at, nth)) {
                            continue;
                        }
                        let date = newest_first(event.date);
                        happened.extend(parties(site, event).map(|node| (node, date, told)));
                    }
                }
                _ => {}
            }
        }
        happened.sort();
        let mut seen = AHashSet::new();
        for (node, _, event) in happened {
            if node != event && seen.insert((node, event)) {
                let told_by = site.nodes[event.at()].told_by.map(|(at, _)| at);
                let behind = site.document_of(event).or(told_by).map_or(Label::Clear, label);
                self.entry(node).events.push(event, behind);
            }
        }
    }
}

/// The highest label in a document.
type LabelOf<'a> = &'a dyn Fn(DocIx) -> Label;

/// How a judgement stands.
#[derive(Clone, Copy)]
struct Thread {
    /// Whether any brief says what is judged.
    says_what: bool,
    closed: bool,
    /// The highest of the briefs that made or changed it.
    label: Label,
}

impl Thread {
    fn of(site: &Site, steps: &[(DocIx, usize)], label: LabelOf<'_>) -> Self {
        let none = Self { says_what: false, closed: false, label: Label::Clear };
        steps.iter().fold(none, |known, &(at, nth)| {
            let entry = site.documents[at.at()].brief().and_then(|brief| brief.judgements.get(nth));
            Self {
                says_what: known.says_what || entry.is_some_and(|entry| entry.text.is_some()),
                closed: known.closed || entry.is_some_and(|entry| entry.outcome.is_some()),
                label: known.label.max(label(at)),
            }
        })
    }
}

/// What a brief's front matter says that it is about.
fn subjects(site: &Site, at: DocIx, brief: &Brief) -> Vec<NodeIx> {
    let document = &site.documents[at.at()];
    let mut subjects: Vec<NodeIx> = Vec::new();
    references(document, &mut |role, kinds, id| {
        subjects.extend(site.find(kinds, id).filter(|_| role == Role::Subject));
    });
    subjects.extend(countries(document).iter().filter_map(|code| site.country(code.value)));
    subjects.extend(brief.events.iter().filter_map(|event| site.event(event)));
    subjects.sort_unstable();
    subjects.dedup();
    subjects
}

/// Where something happened and who took part.
fn parties<'a>(site: &'a Site, event: &'a Event) -> impl Iterator<Item = NodeIx> + 'a {
    let place = event.country.and_then(|code| site.country(code.value));
    let actors = event.actors.iter();
    place.into_iter().chain(actors.filter_map(|(_, id)| site.find(&[Kind::Actor, Kind::Person], id)))
}
