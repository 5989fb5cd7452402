//! An entity's page: what its document says, and what the briefs say about it.

mod activity;
mod names;

use std::collections::BTreeMap;

use super::brief::{body, contents};
use super::item::{changed, grade, is_held, period, updates};
use super::ledgers::Said;
use super::more::{briefs, first, mentioned};
use super::records::Relating;
use super::{List, Page, Reader, labels};
use crate::base::{CountryCode, Kind, Label, Shared, country, order};
use crate::document::{Common, Data};
use crate::figure;
use crate::html::Html;
use crate::site::{DocIx, Neighbours, NodeIx};
use crate::view::{
    Count, Designation, EventItem, Extra, Judgement, Office, Profile, RelationItem, Safe, Statement, View,
    Wholes,
};

/// The most of those who are named together with whom a profile is of.
const MOST: usize = 12;

pub(super) fn view(
    book: &Reader<'_>,
    page: &Page,
    (node, at): (NodeIx, Option<DocIx>),
    html: Option<&Shared<Html>>,
) -> View {
    let site = book.site;
    let kind = site.nodes[node.at()].key.kind;
    let document = at.map(|at| book.document(at));
    let common = document.map(|document| &document.common);
    let facts = book.facts_of(node);
    let (mentions, pager) = briefs(book, node);
    let subject = Subject { book, node, together: book.together(node), data: facts.map(|it| &it.data) };
    let activity = subject.activity();
    let card = at.map_or_else(|| book.card(node), |at| book.document_card(at));
    let title = card.title.clone();
    let levels: Vec<_> = subject.levels();
    let mut profile = Profile {
        template: template(kind),
        page: book.profile_frame(page, node, at, card.label),
        card,
        declared: subject.data.is_some(),
        kicker: subject.kicker(),
        body: body(html),
        contents: contents(html),
        aliases: subject.aliases(&title),
        facts: subject.facts(),
        links: subject.links(),
        relations: subject.relations(),
        designated: subject.designated(),
        offices: subject.offices(),
        grade: match subject.data {
            Some(Data::Source(source)) => source.reliability.map(|reliability| grade(reliability.into())),
            _ => None,
        },
        level: levels.first().cloned(),
        levels,
        event: (kind == Kind::Event).then(|| book.event_of(node)).flatten(),
        activity_figure: figure::bars(&activity).map(|svg| Safe(svg.into())),
        activity,
        active_in: subject.named_together(subject.active_in()),
        countries: subject.countries(),
        actors: subject.together(Kind::Actor),
        people: subject.together(Kind::Person),
        topics: subject.together(Kind::Topic),
        sources: subject.together(Kind::Source),
        mention_count: pager.items,
        pager: (pager.pages > 1).then_some(pager),
        mentions,
        backlinks: mentioned(book, node),
        statements_by: subject.statements(&book.said_by),
        statements_about: subject.statements(&book.said_about),
        judgements: subject.judgements(),
        events: subject.events(),
        whole: subject.wholes(),
        updates: common.map(|common| updates(&common.updates)).unwrap_or_default(),
        changed: at.and_then(|at| changed(book, book.document(at))),
        review_by: common.and_then(|common: &Common| common.review_by).map(Into::into),
        extra: Extra(common.map_or(serde_json::Value::Null, |common| common.extra.clone())),
    };
    // Of these briefs it tells the number, when they were, and whom they name besides.
    let counted = List::ALL.into_iter().filter_map(|list| book.label_of_list(node, list));
    let behind =
        counted.chain(subject.labels_of_merged()).chain(book.label_of(site.nodes[node.at()].facts()));
    profile.page.label = shown(&profile).chain(behind).fold(profile.page.label, Label::max);
    View::Profile(Box::new(profile))
}

/// The labels of everybody whom a profile shows. A brief's card has the highest label in the brief.
fn shown(profile: &Profile) -> impl Iterator<Item = Label> {
    let counts = [
        &profile.active_in,
        &profile.countries,
        &profile.actors,
        &profile.people,
        &profile.topics,
        &profile.sources,
    ];
    let counted = counts.into_iter().flatten().map(|count| &count.card);
    let mentioned = profile.mentions.iter().chain(&profile.backlinks);
    let said = profile.statements_by.iter().chain(&profile.statements_about);
    let happened = profile.events.iter().chain(&profile.event);
    let cards = counted
        .chain(mentioned.flat_map(labels::of_mention))
        .chain(said.flat_map(labels::of_statement))
        .chain(profile.judgements.iter().flat_map(labels::of_judgement))
        .chain(happened.flat_map(labels::of_event))
        .chain(profile.levels.iter().map(|level| &level.brief))
        .chain(profile.relations.iter().flat_map(labels::of_relation));
    cards.map(|card| card.label)
}

/// A relation, seen from the actor whose page lists it.
pub(super) fn relation(book: &Reader<'_>, relating: &Relating) -> Option<RelationItem> {
    let Data::Actor(actor) = &book.document(relating.told_by).data else { return None };
    let relation = actor.relations.get(relating.nth)?;
    let kind = relation.kind?;
    Some(RelationItem {
        kind: if relating.reverse { kind.reverse_words() } else { kind.words() },
        actor: book.card(relating.other),
        when: period(relation.from, relation.to_date),
        note: relation.note.clone(),
        source: relation.source.as_ref().and_then(|id| book.find(&[Kind::Source], id)),
    })
}

fn template(kind: Kind) -> &'static str {
    match kind {
        Kind::Actor => "actor.html",
        Kind::Country => "country.html",
        Kind::Person => "person.html",
        Kind::Region => "region.html",
        Kind::Event => "event.html",
        Kind::Source => "source.html",
        Kind::Topic | Kind::Brief | Kind::Page => "topic.html",
    }
}

struct Subject<'a> {
    book: &'a Reader<'a>,
    node: NodeIx,
    together: Neighbours,
    data: Option<&'a Data>,
}

impl Subject<'_> {
    fn country(&self) -> Option<CountryCode> {
        self.book.site.nodes[self.node.at()].country()
    }

    fn kicker(&self) -> Option<String> {
        match self.data {
            Some(Data::Actor(actor)) => actor.kind.map(|kind| kind.word().to_owned()),
            Some(Data::Source(source)) => source.kind.clone(),
            Some(Data::Person(person)) => self.book.present_office(person),
            _ => self.country().map(|code| code.subregion().name.to_owned()),
        }
    }

    fn facts(&self) -> Vec<(String, String)> {
        let mut facts: Vec<(&str, Option<String>)> = Vec::new();
        match self.data {
            Some(Data::Actor(actor)) => {
                facts.push(("Founded", actor.founded.map(|date| date.human())));
                facts.push(("Ended", actor.ended.map(|date| date.human())));
            }
            Some(Data::Source(source)) => {
                facts.push(("Country", source.country.map(|code| code.value.name().to_owned())));
                let via = source.via.iter().filter_map(|id| self.book.find(&[Kind::Source], id));
                let via: Vec<String> = via.map(|card| card.title.clone()).collect();
                facts.push(("Relays", Some(via.join(", ")).filter(|names| !names.is_empty())));
                facts.push(("Note", source.note.clone()));
            }
            Some(Data::Event(event)) => {
                let (north, east) = event.position.unzip();
                let side = |degrees: f64, letters: [char; 2]| {
                    format!("{:.2}° {}", degrees.abs(), letters[usize::from(degrees < 0.0)])
                };
                let position = north
                    .zip(east)
                    .map(|(lat, lon)| format!("{}, {}", side(lat, ['N', 'S']), side(lon, ['E', 'W'])));
                facts.push(("Position", position));
            }
            Some(Data::Region(region)) => {
                let m49 = region.m49.and_then(country::m49_region);
                facts.push(("UN M49", m49.map(|region| format!("{:03} {}", region.code, region.name))));
            }
            _ => {}
        }
        if let Some(code) = self.country() {
            facts.push((
                "Official name",
                Some(code.official_name().to_owned()).filter(|name| name != code.name()),
            ));
            facts.push((
                "ISO 3166-1",
                Some(format!("{}, {}, {:03}", code.alpha2(), code.alpha3(), code.numeric())),
            ));
            facts.push(("UN M49 region", Some(format!("{}, {}", code.subregion().name, code.region().name))));
        }
        facts.into_iter().filter_map(|(term, value)| Some((term.to_owned(), value?))).collect()
    }

    fn links(&self) -> Vec<(String, String)> {
        let mut links = Vec::new();
        match self.data {
            Some(Data::Actor(actor)) => {
                links.extend(actor.website.clone().map(|url| ("Website".to_owned(), url)));
                let item = actor.wikidata.iter().map(|item| format!("https://www.wikidata.org/wiki/{item}"));
                links.extend(item.map(|url| ("Wikidata".to_owned(), url)));
            }
            Some(Data::Source(source)) => {
                links.extend(source.url.clone().map(|url| ("Website".to_owned(), url)));
            }
            _ => {}
        }
        links
    }

    fn relations(&self) -> Vec<RelationItem> {
        let record = self.book.record(self.node);
        let relations = record.into_iter().flat_map(|record| first(&record.relations.items));
        relations.filter_map(|relating| relation(self.book, relating)).collect()
    }

    fn designated(&self) -> Vec<Designation> {
        let Some(Data::Actor(actor)) = self.data else { return Vec::new() };
        let mut sorted: Vec<_> = actor.designated.iter().collect();
        sorted.sort_by_key(|listing| std::cmp::Reverse(listing.date.map(|date| date.sort_key())));
        sorted
            .into_iter()
            .map(|listing| Designation {
                by: listing.by.clone(),
                date: listing.date.map(Into::into),
                url: listing.url.clone(),
            })
            .collect()
    }

    fn offices(&self) -> Vec<Office> {
        let Some(Data::Person(person)) = self.data else { return Vec::new() };
        let today = self.book.today;
        let mut sorted: Vec<_> = person.offices.iter().collect();
        sorted.sort_by_key(|office| std::cmp::Reverse(office.from.map(|date| date.sort_key())));
        sorted
            .into_iter()
            .map(|office| Office {
                title: office.title.clone(),
                of: office.of.as_ref().map(|of| self.book.office_of(of)),
                when: period(office.from, office.to),
                current: is_held(office, today),
            })
            .collect()
    }

    fn levels(&self) -> Vec<crate::view::ThreatLevel> {
        let readings = first(self.book.readings(self.node)).iter();
        readings.filter_map(|(at, reading)| self.book.threat(*at, reading)).collect()
    }

    /// A region's own countries, else those of the same briefs; without those where an actor is said to be active.
    fn countries(&self) -> Vec<Count> {
        let site = self.book.site;
        let mut together = self.together.of_kind(&site, Kind::Country, usize::MAX);
        let Some(Data::Region(region)) = self.data else {
            let active = self.active_in();
            together.retain(|(node, _)| !active.contains(node));
            together.truncate(MOST * 2);
            return self.counts(together);
        };
        let own = region.countries.iter().map(|code| code.value);
        let m49 = region.m49.and_then(country::m49_region).into_iter();
        let m49 = m49.flat_map(country::Region49::countries);
        self.named_together(own.chain(m49).filter_map(|code| site.country(code)).collect())
    }

    /// Where an actor's file says that it is active.
    fn active_in(&self) -> Vec<NodeIx> {
        let Some(Data::Actor(actor)) = self.data else { return Vec::new() };
        actor.active_in.iter().filter_map(|code| self.book.site.country(code.value)).collect()
    }

    /// Countries, each with the number of briefs that name it together with the subject.
    fn named_together(&self, mut countries: Vec<NodeIx>) -> Vec<Count> {
        let together = self.together.of_kind(&self.book.site, Kind::Country, usize::MAX);
        let count = |node: NodeIx| together.iter().find(|&&(other, _)| other == node).map_or(0, |it| it.1);
        countries.sort_unstable();
        countries.dedup();
        self.counts(countries.into_iter().map(|node| (node, count(node))).collect())
    }

    fn together(&self, kind: Kind) -> Vec<Count> {
        self.counts(self.together.of_kind(&self.book.site, kind, MOST))
    }

    fn counts(&self, list: Vec<(NodeIx, usize)>) -> Vec<Count> {
        counts(self.book, list)
    }

    /// Judgements of the briefs that are about it: open ones first, then the newest.
    fn judgements(&self) -> Vec<Judgement> {
        let record = self.book.record(self.node);
        let steps = record.into_iter().flat_map(|record| first(&record.judgements.items));
        steps.filter_map(|&step| self.book.judgement(step)).collect()
    }

    /// Events of which it is the place or a party, newest first; for an event's own page, none.
    fn events(&self) -> Vec<EventItem> {
        let record = self.book.record(self.node);
        let events = record.into_iter().flat_map(|record| first(&record.events.items));
        events.filter_map(|&event| self.book.event_of(event)).collect()
    }

    fn statements(&self, said: &BTreeMap<NodeIx, Vec<Said>>) -> Vec<Statement> {
        let said = said.get(&self.node).into_iter().flat_map(|said| first(said));
        said.filter_map(|&said| self.book.said(said)).collect()
    }

    /// How long the lists are of which the page shows the beginning.
    fn wholes(&self) -> Wholes {
        let whole = |list| self.book.whole(self.node, list);
        Wholes {
            levels: whole(List::Levels),
            judgements: whole(List::Judgements),
            events: whole(List::Events),
            statements_by: whole(List::Said),
            statements_about: whole(List::About),
            relations: whole(List::Relations),
            backlinks: whole(List::Mentioned),
        }
    }
}

/// Counts with their shares of the highest, only of those that have a page. Those of one number by name.
pub(super) fn counts(book: &Reader<'_>, list: Vec<(NodeIx, usize)>) -> Vec<Count> {
    let most = list.iter().map(|&(_, count)| count).max().unwrap_or(1).max(1);
    let mut counts: Vec<Count> = list
        .into_iter()
        .filter(|&(node, _)| book.site.has_page(node))
        .map(|(node, count)| Count { card: book.card(node), count, share: (count * 100 / most).max(1) })
        .collect();
    counts.sort_by_cached_key(|count| (std::cmp::Reverse(count.count), order::key(&count.card.title)));
    counts
}
