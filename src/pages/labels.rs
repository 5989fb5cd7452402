//! The labels of what a page shows, and of the briefs from which it is worked out: no page is marked lower.

use super::Reader;
use crate::base::Label;
use crate::site::{DocIx, NodeIx};
use crate::view::{Card, EventItem, Judgement, Mention, RelationItem, Shown, Statement};

impl Reader<'_> {
    /// The label of a page that lists these: the highest; the site's default when it lists nothing.
    pub(super) fn label<'c>(&self, cards: impl IntoIterator<Item = &'c Shown<Card>>) -> Label {
        cards.into_iter().map(|card| card.label).max().unwrap_or(self.settings.label)
    }

    /// The highest label in some documents.
    pub(super) fn label_of(&self, documents: impl IntoIterator<Item = DocIx>) -> Option<Label> {
        documents.into_iter().map(|at| self.glance(at).label).max()
    }

    /// The highest label of the briefs that name an entity: that of their number and of all that is counted in them. An
    /// entity without a document that no brief names is known from who else names it.
    pub(super) fn label_of_briefs(&self, node: NodeIx) -> Option<Label> {
        let briefs = self.label_of(self.brief_backlinks(node).map(|link| link.document));
        let is_known = briefs.is_some() || self.site.nodes[node.at()].facts().is_some();
        let others = if is_known { &[] } else { self.backlinks(node) };
        briefs.or_else(|| self.label_of(others.iter().map(|link| link.document)))
    }

    /// The highest label of the levels that stand, which a map shows.
    pub(super) fn label_of_levels(&self) -> Option<Label> {
        self.label_of(self.levels.values().filter_map(|readings| readings.first()).map(|(at, _)| *at))
    }
}

/// Whom a judgement shows: the briefs of its history.
pub(super) fn of_judgement(judgement: &Judgement) -> impl Iterator<Item = &Shown<Card>> {
    std::iter::once(&judgement.brief).chain(judgement.history.iter().map(|step| &step.brief))
}

/// Whom a statement shows.
pub(super) fn of_statement(statement: &Statement) -> impl Iterator<Item = &Shown<Card>> {
    [&statement.brief, &statement.by].into_iter().chain(&statement.about)
}

/// Whom an event shows.
pub(super) fn of_event(event: &EventItem) -> impl Iterator<Item = &Shown<Card>> {
    let parties = event.actors.iter().map(|(_, card)| card);
    std::iter::once(&event.card).chain(&event.brief).chain(&event.country).chain(parties)
}

/// Whom a mention shows.
pub(super) fn of_mention(mention: &Mention) -> impl Iterator<Item = &Shown<Card>> {
    let cited = mention.citations.iter().flat_map(|citation| {
        let said = citation.statements.iter().flat_map(of_statement);
        citation.of.iter().chain(said).chain(citation.events.iter().flat_map(of_event))
    });
    std::iter::once(&mention.card).chain(cited)
}

/// Whom a relation shows.
pub(super) fn of_relation(relation: &RelationItem) -> impl Iterator<Item = &Shown<Card>> {
    std::iter::once(&relation.actor).chain(&relation.source)
}
