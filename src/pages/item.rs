//! The items of a brief's front matter as views: levels, statements, events, sources.

use jiff::civil::Date;

use super::Reader;
use super::ledgers::Said;
use crate::base::{Edtf, Kind, encode, is_same, joined};
use crate::document::{
    self, Brief, Cited, Credibility, Data, Event, Grade, Reading, Ref, StatementEntry, UpdateKind,
};
use crate::site::{Catalogue, DocIx, NodeIx};
use crate::view::{
    Brought, Card, Citation, EventItem, Shown, SourceItem, Statement, ThreatLevel, Update, When,
};

/// The most statements, and events, that are shown of those which a source brought a brief.
const MOST_BROUGHT: usize = 5;

impl Reader<'_> {
    /// A reading of the threat level.
    pub(super) fn threat(&self, at: DocIx, reading: &Reading) -> Option<ThreatLevel> {
        let brief = self.document_card(at);
        Some(ThreatLevel {
            country: self.site.country(reading.country.value).map(|node| self.card(node))?,
            level: reading.level.word(),
            rank: reading.level.rank(),
            trend: reading.trend.map(document::Trend::word),
            date: brief.date.clone(),
            brief,
            label: reading.label,
        })
    }

    /// A statement. Without a card for the speaker there is none.
    pub(super) fn said(&self, said: Said) -> Option<Statement> {
        let entry = self.statement(said)?;
        let speaker = self.site.find(&[Kind::Person, Kind::Actor, Kind::Country], &entry.by)?;
        let on = entry.on.or_else(|| self.document(said.0).date());
        let office = self.person(speaker).and_then(|person| office(person, on));
        let lang = self.document(said.0).common.lang;
        Some(Statement {
            id: entry.id.as_ref().map(|id| format!("statement-{}", id.value)),
            by: self.card(speaker),
            office: office.map(|office| office.title.clone()),
            office_of: office.and_then(|office| Some(self.office_of(office.of.as_ref()?))),
            on: entry.on.map(Into::into),
            at: entry.at.clone(),
            lang,
            dir: lang.dir(),
            says: entry.says.clone(),
            quote: entry.quote.clone(),
            about: entry.about.iter().filter_map(|id| self.find(StatementEntry::ABOUT, id)).collect(),
            issue: entry.issue.clone(),
            stance: entry.stance.map(document::Stance::word),
            attribution: entry.certain.map(|certain| if certain { "certain" } else { "doubtful" }),
            note: entry.note.clone(),
            source: entry.source.as_ref().and_then(|id| self.brought(said.0, id)),
            brief: self.document_card(said.0),
            label: entry.label,
        })
    }

    /// The office that a person holds on the day of the build.
    pub(super) fn present_office(&self, person: &document::Person) -> Option<String> {
        person.offices.iter().find(|office| is_held(office, self.today)).map(|office| office.title.clone())
    }

    /// What an office is of: a country's or actor's name, or the words.
    pub(super) fn office_of(&self, of: &str) -> String {
        match crate::base::CountryCode::from_input(of) {
            Some(code) => code.name().to_owned(),
            None => self.find(&[Kind::Actor], of).map_or_else(|| of.to_owned(), |card| card.title.clone()),
        }
    }

    /// Something that happened, as one brief or its own document tells it.
    pub(super) fn event(&self, node: NodeIx, event: &Event, at: Option<DocIx>) -> EventItem {
        EventItem {
            card: self.card(node),
            date: event.date.map(Into::into),
            country: event.country.and_then(|code| self.site.country(code.value)).map(|node| self.card(node)),
            place: event.place.clone(),
            actors: event
                .actors
                .iter()
                .filter_map(|(role, id)| Some((role.clone(), self.find(&[Kind::Actor, Kind::Person], id)?)))
                .collect(),
            killed: event.killed.clone(),
            injured: event.injured.clone(),
            brief: at.map(|at| self.document_card(at)),
            source: event.source.as_ref().and_then(|id| match at {
                Some(at) => self.brought(at, id),
                None => self.outlet(id),
            }),
            note: event.note.clone(),
        }
    }

    /// An event by its node: its document's facts, else those of the brief that tells of it.
    pub(super) fn event_of(&self, node: NodeIx) -> Option<EventItem> {
        if let Some(Data::Event(event)) = self.document_of(node).map(|it| &it.data) {
            return Some(self.event(node, event, None));
        }
        let (at, nth) = self.site.nodes[node.at()].told_by?;
        Some(self.event(node, self.document(at).brief()?.events.get(nth)?, Some(at)))
    }

    /// When an event happened.
    pub(super) fn event_date(&self, node: NodeIx) -> Option<Edtf> {
        if let Some(Data::Event(event)) = self.document_of(node).map(|it| &it.data) {
            return event.date;
        }
        let (at, nth) = self.site.nodes[node.at()].told_by?;
        self.document(at).brief()?.events.get(nth)?.date
    }

    /// A source of a brief, by its id there.
    fn brought(&self, at: DocIx, id: &str) -> Option<Brought> {
        let brief = self.document(at).brief()?;
        let place = brief.source(id)?;
        let number = self.numbered_sources(at).iter().position(|&other| other == place)? + 1;
        Some(Brought {
            number,
            url: self.source_url(at, &brief.sources[place].id),
            title: self.source_title(&brief.sources[place]),
        })
    }

    /// A source document, for events that have a document of their own.
    fn outlet(&self, id: &str) -> Option<Brought> {
        let card = self.find(&[Kind::Source], id)?;
        Some(Brought { number: 0, url: card.url.href(), title: card.title.clone() })
    }

    fn source_title(&self, source: &Cited) -> String {
        let outlet = || {
            source
                .source
                .as_ref()
                .and_then(|id| self.find(&[Kind::Source], id))
                .map(|card| card.title.clone())
        };
        source.title.clone().or_else(outlet).unwrap_or_else(|| source.id.value.clone())
    }

    /// A brief's numbered sources.
    pub(super) fn sources(&self, at: DocIx, brief: &Brief) -> Vec<SourceItem> {
        let cites = || self.own_links(at).cites.iter().flatten();
        let item = |(number, &place): (usize, &usize)| {
            let source = brief.sources.get(place)?;
            let anchor = joined(&source.id);
            Some(SourceItem {
                number: number + 1,
                id: format!("source-{anchor}"),
                title: self.source_title(source),
                source: source.source.as_ref().and_then(|id| self.find(&[Kind::Source], id)),
                via: self.relay(source),
                url: source.url.clone(),
                archived: source.archived.clone(),
                date: source.date.map(Into::into),
                grade: source.grade.map(grade),
                cited_at: cites()
                    .filter(|cite| cite.id == source.id.value)
                    .map(|cite| format!("cite-{anchor}-{}", cite.nth))
                    .collect(),
                note: source.note.clone(),
                label: source.label,
            })
        };
        self.numbered_sources(at).iter().enumerate().filter_map(item).collect()
    }

    /// What a brief cites of an outlet, or has through it, by number.
    pub(super) fn citations(&self, at: DocIx, outlet: NodeIx) -> Vec<Citation> {
        let Some(brief) = self.document(at).brief() else { return Vec::new() };
        let is_it = |id: &Ref| self.site.find(&[Kind::Source], id) == Some(outlet);
        let numbered = (1..).zip(self.numbered_sources(at));
        let sources = numbered.filter_map(|(number, &place)| Some((number, brief.sources.get(place)?)));
        let cited = sources.filter(|(_, source)| source.source.iter().chain(&source.via).any(is_it));
        cited.map(|(number, source)| self.citation((at, brief), outlet, number, source)).collect()
    }

    fn citation(
        &self,
        (at, brief): (DocIx, &Brief),
        outlet: NodeIx,
        number: usize,
        source: &Cited,
    ) -> Citation {
        let brought = |id: &Option<Ref>| id.as_ref().is_some_and(|id| is_same(id, &source.id));
        let statements =
            brief.statements.iter().enumerate().filter(|(_, statement)| brought(&statement.source));
        let events = brief.events.iter().filter(|event| brought(&event.source));
        let of = source.source.as_ref().and_then(|id| self.site.find(&[Kind::Source], id));
        let all = statements.clone().count() + events.clone().count();
        let statements: Vec<Statement> =
            statements.take(MOST_BROUGHT).filter_map(|(nth, _)| self.said((at, nth))).collect();
        let events: Vec<EventItem> = events
            .take(MOST_BROUGHT)
            .filter_map(|event| Some(self.event(self.site.event(event)?, event, Some(at))))
            .collect();
        Citation {
            number,
            url: self.source_url(at, &source.id),
            title: self.source_title(source),
            address: source.url.clone(),
            date: source.date.map(Into::into),
            grade: source.grade.map(grade),
            of: of.filter(|&of| of != outlet).map(|of| self.card(of)),
            label: source.label,
            more: all - statements.len() - events.len(),
            statements,
            events,
        }
    }

    /// Where a brief lists a source.
    fn source_url(&self, at: DocIx, id: &str) -> String {
        format!("{}#source-{}", self.document_card(at).url.href(), encode(&joined(id)))
    }

    /// Through whom a report came: as the brief says, then as the last outlet's own document says.
    fn relay(&self, source: &Cited) -> Vec<Shown<Card>> {
        let mut chain: Vec<NodeIx> = Vec::new();
        let mut next: Vec<&str> = source.via.iter().map(|id| id.value.as_str()).collect();
        while !next.is_empty() {
            let found: Vec<NodeIx> =
                next.iter().filter_map(|id| self.site.find(&[Kind::Source], id)).collect();
            let before = chain.len();
            chain
                .extend(found.into_iter().filter(|node| !chain[..before].contains(node)).collect::<Vec<_>>());
            let last = chain[before..].last().and_then(|&node| self.document_of(node));
            next = match last.map(|it| &it.data) {
                Some(Data::Source(outlet)) => outlet.via.iter().map(|id| id.value.as_str()).collect(),
                _ => Vec::new(),
            };
        }
        chain.into_iter().map(|node| self.card(node)).collect()
    }
}

/// Whether an office is held on a day.
pub(super) fn is_held(office: &document::Office, day: Date) -> bool {
    office.to.is_none_or(|to| !to.is_before(day)) && office.from.is_none_or(|from| !from.is_after(day))
}

/// A document's dated changes, newest first.
pub(super) fn updates(updates: &[document::Update]) -> Vec<Update> {
    let mut sorted: Vec<&document::Update> = updates.iter().collect();
    sorted.sort_by_key(|update| std::cmp::Reverse(update.date.map(Edtf::sort_key)));
    let view = |update: &document::Update| Update {
        date: update.date.map(Into::into),
        kind: UpdateKind::word(update.kind),
        note: update.note.clone(),
    };
    sorted.into_iter().map(view).collect()
}

/// The day of a document's last commit, where it is to be shown.
pub(super) fn changed(book: &Reader<'_>, document: &document::Document) -> Option<When> {
    let day = document.changed().filter(|&day| day <= book.today)?;
    Edtf::parse(&day.to_string()).ok().map(Into::into)
}

pub(super) fn grade(grade: Grade) -> crate::view::Grade {
    crate::view::Grade {
        code: grade.code(),
        reliability: grade.reliability.meaning(),
        credibility: grade.credibility.map(Credibility::meaning),
    }
}

/// `since 2015`, `2014 – 2020`, `until 2020`.
pub(super) fn period(from: Option<Edtf>, to: Option<Edtf>) -> Option<String> {
    match (from, to) {
        (Some(from), Some(to)) => Some(format!("{} – {}", from.short(), to.short())),
        (Some(from), None) => Some(format!("since {}", from.short())),
        (None, Some(to)) => Some(format!("until {}", to.short())),
        (None, None) => None,
    }
}

/// The office that a person held on a day.
pub(super) fn office(person: &document::Person, on: Option<Edtf>) -> Option<&document::Office> {
    let day = on.and_then(Edtf::earliest);
    person.offices.iter().find(|office| {
        let begun = office.from.and_then(Edtf::earliest).is_none_or(|from| day.is_none_or(|day| from <= day));
        let not_over = office.to.and_then(Edtf::latest).is_none_or(|to| day.is_some_and(|day| day <= to));
        begun && not_over
    })
}

/// The state or actor that an office speaks for.
pub(super) fn held_for(site: &Catalogue, office: &document::Office) -> Option<NodeIx> {
    let of = office.of.as_ref()?;
    match crate::base::CountryCode::from_input(of) {
        Some(code) => site.country(code),
        None => site.find(&[Kind::Actor], of),
    }
}
