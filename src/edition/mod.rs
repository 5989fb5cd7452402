//! What an audience may see. This stands before anything is linked or counted, so what it removes leaves
//! no trace: no link, count, address or name.

use std::hash::{Hash, Hasher};

use ahash::AHashMap;
use jiff::civil::Date;

use crate::base::edtf::Precision;
use crate::base::{Key, Label, Shared};
use crate::document::{Brief, Data, Document, Portion};

/// Who is building, for whom, and when.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct View {
    /// The highest label shown; `None` shows everything.
    pub ceiling: Option<Label>,
    /// Whether drafts are shown.
    pub drafts: bool,
    /// Whether what is dated or embargoed after today is shown.
    pub future: bool,
    /// The day of the build.
    pub today: Date,
}

/// What [`filter`] depends on.
#[derive(Debug)]
pub struct Args {
    /// The document.
    pub document: Shared<Document>,
    /// For whom.
    pub view: View,
}

impl Hash for Args {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.document, &self.view).hash(state);
    }
}

/// Lets versions in other languages be for whom and when their originals are. The original is the one in the same
/// folder; where there is none, it may be any elsewhere, so that what holds for one of them holds. A version whose
/// original is gone is a document of its own.
pub fn with_originals(documents: Vec<Shared<Document>>) -> Vec<Shared<Document>> {
    if !documents.iter().any(|document| document.common.variant) {
        return documents;
    }
    let originals = documents.iter().filter(|document| !document.common.variant);
    let mut by_key: AHashMap<&Key, Vec<&Document>> = AHashMap::new();
    originals.for_each(|original| by_key.entry(&original.key).or_default().push(original));
    let follow = |version: &Document| {
        let all = by_key.get(&version.key)?;
        let is_beside = |it: &&&Document| it.path.folder() == version.path.folder();
        let beside: Vec<_> = all.iter().filter(is_beside).copied().collect();
        version.following(if beside.is_empty() { all } else { &beside })
    };
    let settle = |document: &Shared<Document>| {
        let followed = if document.common.variant { follow(document) } else { None };
        followed.map_or_else(|| document.clone(), Shared::new)
    };
    documents.iter().map(settle).collect()
}

/// The document as this audience sees it, or `None` when it does not exist for it.
pub fn filter(args: &Args) -> Option<Shared<Document>> {
    let Args { document, view } = args;
    if document.common.draft && !view.drafts || !view.future && is_future(document, view.today) {
        return None;
    }
    let Some(ceiling) = view.ceiling else { return Some(document.clone()) };
    if document.common.label > ceiling {
        return None;
    }
    let portions = document.body.portions.iter();
    let mut cut: Vec<Portion> = portions.filter(|portion| portion.label > ceiling).cloned().collect();
    cut.sort_by_key(|portion| portion.scope);
    let mut seen = document.below(ceiling, &cut);
    remove_items(&mut seen.data, &|label| label.is_some_and(|label| label > ceiling));
    Some(Shared::new(seen))
}

/// How many documents a build leaves out that a flag would bring in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Not finished.
    pub drafts: usize,
    /// Dated or embargoed after the day of the build.
    pub later: usize,
}

/// What is left out for being unfinished or too early, whatever its label.
pub fn left_out(documents: &[Shared<Document>], view: &View) -> LeftOut {
    documents.iter().fold(LeftOut::default(), |sum, document| {
        let is_draft = document.common.draft && !view.drafts;
        let is_later = !is_draft && !view.future && is_future(document, view.today);
        LeftOut { drafts: sum.drafts + usize::from(is_draft), later: sum.later + usize::from(is_later) }
    })
}

/// Why a document that a flag brought in would otherwise be missing: for its badge.
pub fn badges(document: &Document, today: Date) -> Vec<&'static str> {
    let brief = document.brief();
    let mut badges = Vec::new();
    if document.common.draft {
        badges.push("draft");
    }
    if brief.is_some_and(|brief| is_embargoed(brief, today)) {
        badges.push("embargoed");
    } else if brief.is_some_and(|brief| brief.date.is_some_and(|date| date.is_after(today))) {
        badges.push("future");
    }
    badges
}

fn is_future(document: &Document, today: Date) -> bool {
    document.brief().is_some_and(|brief| {
        brief.date.is_some_and(|date| date.is_after(today)) || is_embargoed(brief, today)
    })
}

/// A build knows the day and not the hour, so an embargo that ends at an hour holds until that day is over.
fn is_embargoed(brief: &Brief, today: Date) -> bool {
    brief.embargo.is_some_and(|until| {
        let by_hour = until.precision() == Precision::Moment && until.earliest() == Some(today);
        by_hour || until.is_after(today)
    })
}

fn remove_items(data: &mut Data, above: &dyn Fn(Option<Label>) -> bool) {
    match data {
        Data::Brief(brief) => {
            brief.threat.retain(|item| !above(item.label));
            brief.judgements.retain(|item| !above(item.label));
            brief.sources.retain(|item| !above(item.label));
            brief.statements.retain(|item| !above(item.label));
            brief.events.retain(|item| !above(item.label));
        }
        Data::Actor(actor) => {
            actor.aliases.retain(|item| !above(item.label));
            actor.relations.retain(|item| !above(item.label));
            actor.designated.retain(|item| !above(item.label));
        }
        Data::Person(person) => {
            person.aliases.retain(|item| !above(item.label));
            person.offices.retain(|item| !above(item.label));
        }
        Data::Country(country) => {
            country.aliases.retain(|item| !above(item.label));
            country.metonyms.retain(|item| !above(item.label));
        }
        Data::Source(source) => source.aliases.retain(|item| !above(item.label)),
        Data::Region(region) => region.aliases.retain(|item| !above(item.label)),
        Data::Event(_) | Data::Topic | Data::Page => {}
    }
}
