//! The card of each entity and document: all that other pages know of it.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use jiff::civil::Date;
use rayon::prelude::*;

use super::ledgers::LedgerArgs;
use crate::base::{Kind, Label, Lang, Shared, UrlPath};
use crate::document::{Data, Document};
use crate::edition;
use crate::site::{DocIx, NodeIx, Site, replaced};
use crate::view::{Card, Shown, Snippet};

/// The card of each entity and document.
#[derive(Debug)]
pub(super) struct Cards {
    nodes: Vec<Shared<Shown<Card>>>,
    versions: HashMap<DocIx, Shared<Shown<Card>>>,
}

impl Cards {
    /// Takes those that are remembered, and makes the others.
    pub(super) fn new(args: &LedgerArgs<'_>) -> Self {
        let &LedgerArgs { site, card, .. } = args;
        let superseded = replaced(site);
        let of_node = |node: NodeIx| CardArgs {
            superseded: superseded.contains_key(&node),
            ..CardArgs::of_node(args, node)
        };
        let nodes = (0..site.nodes.len()).into_par_iter().map(NodeIx::new);
        let nodes = nodes.map(|node| card(&of_node(node))).collect();
        let all = site.documents.iter().enumerate();
        let versions = all.filter(|(_, document)| document.common.variant).map(|(at, document)| {
            let at = DocIx::new(at);
            let url = site.outline().version_address(at);
            let superseded = superseded.contains_key(&site.node_of(at));
            (at, card(&CardArgs { superseded, ..CardArgs::new(args, Of::Document(document), url) }))
        });
        Self { nodes, versions: versions.collect() }
    }

    pub(super) fn of_node(&self, node: NodeIx) -> &Shown<Card> {
        &self.nodes[node.at()]
    }

    /// The card of a version in another language.
    pub(super) fn of_version(&self, at: DocIx) -> Option<&Shown<Card>> {
        self.versions.get(&at).map(|card| &**card)
    }
}

/// What a card depends on.
#[derive(Debug, Hash)]
pub struct CardArgs<'a> {
    of: Of<'a>,
    url: &'a UrlPath,
    /// The site's own.
    lang: Lang,
    /// Of what has no document.
    label: Label,
    today: Date,
    superseded: bool,
}

/// What a card is of.
#[derive(Debug)]
enum Of<'a> {
    /// A document, of which the front matter counts.
    Document(&'a Shared<Document>),
    /// What others tell of: its kind, its name, and the event in the brief that tells of it.
    Named(Kind, &'a str, Option<(&'a Shared<Document>, usize)>),
}

impl Hash for Of<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match *self {
            Self::Document(document) => document.face().hash(state),
            Self::Named(kind, name, told) => {
                (kind, name, told.map(|(document, nth)| (document.face(), nth))).hash(state);
            }
        }
    }
}

impl<'a> CardArgs<'a> {
    fn new(args: &LedgerArgs<'a>, of: Of<'a>, url: &'a UrlPath) -> Self {
        let &LedgerArgs { settings, today, .. } = args;
        Self { of, url, lang: settings.lang, label: settings.label, today, superseded: false }
    }

    /// Of its document, or of what others say of it.
    fn of_node(args: &LedgerArgs<'a>, node: NodeIx) -> Self {
        let site: &'a Site = args.site;
        let document = |at: DocIx| &site.documents[at.at()];
        let of = match site.document_of(node) {
            Some(at) => Of::Document(document(at)),
            None => {
                let found = &site.nodes[node.at()];
                let told = found.told_by.map(|(at, nth)| (document(at), nth));
                Of::Named(found.key.kind, site.title(node), told)
            }
        };
        // What has its page without a document, which versions in other languages tell of nevertheless.
        let facts = site.nodes[node.at()].facts().filter(|_| matches!(of, Of::Named(..)));
        let card = Self::new(args, of, site.outline().address(node));
        Self { label: facts.map_or(card.label, |at| label(document(at))), ..card }
    }
}

/// All that other pages know of a document or entity.
pub fn card(args: &CardArgs<'_>) -> Shown<Card> {
    let CardArgs { ref of, url, lang: site_lang, label: site_label, today, superseded } = *args;
    let written = |card: Card, lang: Lang| Shown::new(card.written(lang, site_lang, superseded));
    let blank = Card {
        title: String::new(),
        url: url.clone(),
        kind: Kind::Brief,
        date: None,
        summary: None,
        label: site_label,
        lang: site_lang,
        badges: Vec::new(),
        link: Snippet::default(),
        attrs: Snippet::default(),
        time: Snippet::default(),
        marks: Snippet::default(),
    };
    match *of {
        Of::Document(document) => {
            let common = &document.common;
            let card = Card {
                title: common.title.value.clone(),
                kind: document.key.kind,
                date: document.date().map(Into::into),
                summary: common.summary.clone(),
                label: label(document),
                lang: common.lang,
                badges: edition::badges(document, today),
                ..blank
            };
            written(card, common.lang)
        }
        Of::Named(kind, name, told) => {
            let event = told.and_then(|(document, nth)| document.brief()?.events.get(nth));
            let own = event.and_then(|event| event.label).unwrap_or(Label::Clear);
            let card = Card {
                title: name.to_owned(),
                kind,
                date: event.and_then(|event| event.date).map(Into::into),
                label: told.map_or(site_label, |(document, _)| document.common.label).max(own),
                ..blank
            };
            written(card, site_lang)
        }
    }
}

/// The highest label in a document: its own, its portions', its items'.
pub(super) fn label(document: &Document) -> Label {
    let portions = document.body.portions.iter().map(|portion| portion.label);
    let names = document.data.aliases().filter_map(|alias| alias.label);
    let of_entity: Vec<Option<Label>> = match &document.data {
        Data::Actor(actor) => {
            let relations = actor.relations.iter().map(|item| item.label);
            relations.chain(actor.designated.iter().map(|item| item.label)).collect()
        }
        Data::Person(person) => person.offices.iter().map(|item| item.label).collect(),
        _ => Vec::new(),
    };
    let of_entity = of_entity.into_iter().flatten().chain(names);
    let items = document.brief().into_iter().flat_map(|brief| {
        let judgements = brief.judgements.iter().map(|item| item.label);
        let statements = brief.statements.iter().map(|item| item.label);
        let sources = brief.sources.iter().map(|item| item.label);
        let events = brief.events.iter().map(|item| item.label);
        judgements
            .chain(statements)
            .chain(sources)
            .chain(events)
            .chain(brief.threat.iter().map(|item| item.label))
            .flatten()
    });
    portions.chain(items).chain(of_entity).fold(document.common.label, Label::max)
}
