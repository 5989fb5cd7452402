//! What a document's front matter refers to.

use crate::base::{CountryCode, Key, Kind, Spanned};
use crate::document::{Data, Document, Ref, StatementEntry};

/// What a reference is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The document is about it: a brief's `actors:` and the like.
    Subject,
    /// It said something, or something was said about it.
    Statement,
    /// It took part in an event.
    Event,
    /// The document rests on it.
    Source,
    /// Another relation: an actor's relation, a brief that is superseded.
    Other,
}

/// Calls `each` for every reference by id, with the kinds it may be of, the likeliest first.
pub fn references<'d>(document: &'d Document, each: &mut dyn FnMut(Role, &'static [Kind], &'d Ref)) {
    match &document.data {
        Data::Brief(brief) => {
            brief.actors.iter().for_each(|id| each(Role::Subject, &[Kind::Actor], id));
            brief.regions.iter().for_each(|id| each(Role::Subject, &[Kind::Region], id));
            brief.people.iter().for_each(|id| each(Role::Subject, &[Kind::Person], id));
            brief.topics.iter().for_each(|id| each(Role::Subject, &[Kind::Topic], id));
            brief.supersedes.iter().for_each(|id| each(Role::Other, &[Kind::Brief], id));
            for source in &brief.sources {
                source
                    .source
                    .iter()
                    .chain(&source.via)
                    .for_each(|id| each(Role::Source, &[Kind::Source], id));
            }
            for statement in &brief.statements {
                each(Role::Statement, &[Kind::Person, Kind::Actor, Kind::Country], &statement.by);
                statement.about.iter().for_each(|id| each(Role::Statement, StatementEntry::ABOUT, id));
            }
            for event in &brief.events {
                if let Some(id) = event.id.as_ref().filter(|_| event.reference) {
                    each(Role::Event, &[Kind::Event], id);
                }
                event.actors.iter().for_each(|(_, id)| each(Role::Event, &[Kind::Actor, Kind::Person], id));
            }
        }
        Data::Actor(actor) => {
            for relation in &actor.relations {
                each(Role::Other, &[Kind::Actor], &relation.to);
                relation.source.iter().for_each(|id| each(Role::Source, &[Kind::Source], id));
            }
            actor.merged_into.iter().for_each(|id| each(Role::Other, &[Kind::Actor], id));
        }
        Data::Event(event) => {
            event.actors.iter().for_each(|(_, id)| each(Role::Event, &[Kind::Actor, Kind::Person], id));
            event.source.iter().for_each(|id| each(Role::Source, &[Kind::Source], id));
        }
        Data::Source(source) => source.via.iter().for_each(|id| each(Role::Source, &[Kind::Source], id)),
        Data::Country(_) | Data::Person(_) | Data::Region(_) | Data::Topic | Data::Page => {}
    }
}

/// The countries that a document's front matter names.
pub fn countries(document: &Document) -> Vec<Spanned<CountryCode>> {
    match &document.data {
        Data::Brief(brief) => {
            let events = brief.events.iter().filter_map(|event| event.country);
            brief
                .countries
                .iter()
                .copied()
                .chain(brief.threat.iter().map(|reading| reading.country))
                .chain(events)
                .collect()
        }
        Data::Actor(actor) => actor.active_in.clone(),
        Data::Event(event) => event.country.into_iter().collect(),
        Data::Region(region) => region.countries.clone(),
        Data::Source(source) => source.country.into_iter().collect(),
        Data::Country(country) => {
            country.code.map(|code| Spanned::new(code, Default::default())).into_iter().collect()
        }
        Data::Person(person) => {
            let of = person.offices.iter().filter_map(|office| office.of.as_ref());
            of.filter_map(|of| Some(Spanned::new(CountryCode::from_input(of)?, of.span))).collect()
        }
        Data::Topic | Data::Page => Vec::new(),
    }
}

/// A country's key.
pub(super) fn country_key(code: CountryCode) -> Key {
    Key::new(Kind::Country, crate::base::Id::new(code.alpha2()))
}
