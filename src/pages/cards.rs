//! The card of each entity and document: all that other pages know of it.

use jiff::civil::Date;

use crate::base::{Edtf, Label, UrlPath};
use crate::config::Settings;
use crate::document::{Alias, Data, Document};
use crate::edition;
use crate::site::{NodeIx, Site};
use crate::view::{Card, Safe};

/// The card of a node: of its document, or of what others say of it.
pub(super) fn node_card(site: &Site, settings: &Settings, at: NodeIx, today: Date) -> Card {
    let node = &site.nodes[at.at()];
    if let Some(document) = site.document_of(at).map(|document| &site.documents[document.at()]) {
        let url = match node.document {
            Some(_) => node.url.clone(),
            None => site
                .document_of(at)
                .and_then(|at| site.linked[at.at()].links.url.clone())
                .unwrap_or_else(|| node.url.clone()),
        };
        return document_card(document, settings, url, today);
    }
    let event = node.told_by.and_then(|(at, nth)| site.documents[at.at()].brief()?.events.get(nth));
    Card {
        title: site.title(at).to_owned(),
        url: node.url.clone(),
        kind: node.key.kind,
        date: event.and_then(|event| event.date).map(Into::into),
        summary: None,
        label: node.told_by.map_or(settings.label, |(at, _)| site.documents[at.at()].common.label),
        lang: settings.lang.to_string(),
        badges: Vec::new(),
        link: Safe::default(),
        attrs: Safe::default(),
        time: Safe::default(),
        marks: Safe::default(),
    }
    .written(settings.lang, settings.lang)
}

/// The card of a document.
pub(super) fn document_card(document: &Document, settings: &Settings, url: UrlPath, today: Date) -> Card {
    let common = &document.common;
    Card {
        title: common.title.value.clone(),
        url,
        kind: document.key.kind,
        date: date(document).map(Into::into),
        summary: common.summary.clone(),
        label: label(document),
        lang: common.lang.to_string(),
        badges: edition::badges(document, today),
        link: Safe::default(),
        attrs: Safe::default(),
        time: Safe::default(),
        marks: Safe::default(),
    }
    .written(common.lang, settings.lang)
}

/// The highest label in a document: its own, its portions', its items'.
fn label(document: &Document) -> Label {
    let portions = document.body.portions.iter().map(|portion| portion.label);
    let names = |aliases: &[Alias]| aliases.iter().filter_map(|alias| alias.label).max();
    let of_entity = match &document.data {
        Data::Actor(actor) => {
            let relations = actor.relations.iter().filter_map(|item| item.label);
            relations
                .chain(actor.designated.iter().filter_map(|item| item.label))
                .max()
                .max(names(&actor.aliases))
        }
        Data::Person(person) => {
            person.offices.iter().filter_map(|item| item.label).max().max(names(&person.aliases))
        }
        Data::Country(country) => names(&country.aliases).max(names(&country.metonyms)),
        Data::Source(source) => names(&source.aliases),
        Data::Region(region) => names(&region.aliases),
        _ => None,
    };
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

/// When a brief was published or an event happened.
pub(super) fn date(document: &Document) -> Option<Edtf> {
    match &document.data {
        Data::Brief(brief) => brief.date,
        Data::Event(event) => event.date,
        _ => None,
    }
}
