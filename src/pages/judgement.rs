//! Judgements as views: what stands now, what stood in a brief, and how it came about.

use super::Reader;
use crate::base::Edtf;
use crate::document::{self, Confidence, JudgementEntry, JudgementOutcome};
use crate::site::DocIx;
use crate::view::{Judgement, JudgementStep, Likelihood};

/// A judgement or a change of one: the brief, and its place among the brief's judgements.
type Step = (DocIx, usize);

impl Reader<'_> {
    /// A judgement with its whole history. `own` is used for one without an id, which nothing can change. `None` where
    /// only changes are left of it, and nothing says what is judged.
    pub(super) fn judgement(&self, own: Step) -> Option<Judgement> {
        let first = self.judged(own)?;
        let alone = [own];
        let steps = self.steps(&first.id.value).unwrap_or(&alone);
        let made = steps
            .iter()
            .copied()
            .find(|&step| self.judged(step).is_some_and(|judgement| !judgement.change))
            .unwrap_or(own);
        // A version in another language says the judgement in its own words.
        let own_words = self.document(own.0).common.variant && first.text.is_some();
        let said = if own_words { own } else { made };
        let maker = self.judged(said)?;
        let entries = || steps.iter().filter_map(|&step| self.judged(step));
        let standing = Standing::after(entries());
        let lang = self.document(said.0).common.lang;
        Some(Judgement {
            id: maker.id.value.clone(),
            text: maker.text.clone().or_else(|| entries().find_map(|judgement| judgement.text.clone()))?,
            lang,
            dir: lang.dir(),
            likelihood: standing.likelihood.map(likelihood),
            confidence: standing.confidence.map(Confidence::word),
            overdue: standing.outcome.is_none() && standing.by.is_some_and(|by| by.is_before(self.today)),
            by: standing.by.map(Into::into),
            because: maker.because.clone(),
            outcome: standing.outcome.map(JudgementOutcome::word),
            brief: self.document_card(made.0),
            history: steps.iter().filter_map(|&step| Some(self.step(step.0, self.judged(step)?))).collect(),
            now: None,
            label: entries().filter_map(|judgement| judgement.label).max(),
        })
    }

    /// A judgement as the brief at hand says it, for that brief's own page; and what stands now, if that is something
    /// else.
    pub(super) fn judgement_there(&self, own: Step) -> Option<Judgement> {
        let now = self.judgement(own)?;
        let brief = self.site.node_of(own.0);
        let steps = self.steps(&now.id).unwrap_or_default();
        let Some(last) = steps.iter().rposition(|step| self.site.node_of(step.0) == brief) else {
            return Some(now);
        };
        let (known, later) = steps.split_at(last + 1);
        let then = Standing::after(known.iter().filter_map(|&step| self.judged(step)));
        let there = Judgement {
            likelihood: then.likelihood.map(likelihood),
            confidence: then.confidence.map(Confidence::word),
            by: then.by.map(Into::into),
            outcome: then.outcome.map(JudgementOutcome::word),
            ..now.clone()
        };
        let reading = |it: &Judgement| (it.likelihood.clone(), it.confidence, it.outcome);
        let changed = later.iter().rev().find(|&&step| self.judged(step).is_some_and(tells));
        let Some(changed) = changed.filter(|_| reading(&there) != reading(&now)) else { return Some(there) };
        let step = JudgementStep {
            likelihood: now.likelihood,
            confidence: now.confidence,
            outcome: now.outcome,
            ..self.step(changed.0, self.judged(*changed)?)
        };
        Some(Judgement { now: Some(step), ..there })
    }

    /// Until when a judgement should have come true, for sorting.
    pub(super) fn due(&self, id: &str) -> Option<Edtf> {
        self.steps(id)?.iter().filter_map(|&step| self.judged(step)?.by).next_back()
    }

    fn steps(&self, id: &str) -> Option<&[Step]> {
        self.site.judgements.get(id).map(Vec::as_slice)
    }

    fn judged(&self, (at, nth): Step) -> Option<&JudgementEntry> {
        self.document(at).brief()?.judgements.get(nth)
    }

    fn step(&self, at: DocIx, entry: &JudgementEntry) -> JudgementStep {
        let lang = self.document(at).common.lang;
        JudgementStep {
            brief: self.document_card(at),
            likelihood: entry.likelihood.map(likelihood),
            confidence: entry.confidence.map(Confidence::word),
            outcome: entry.outcome.map(JudgementOutcome::word),
            reason: entry.because.clone(),
            lang,
            dir: lang.dir(),
        }
    }
}

/// What stands after some steps: of each, the last that was said.
#[derive(Default)]
struct Standing {
    likelihood: Option<document::Likelihood>,
    confidence: Option<Confidence>,
    by: Option<Edtf>,
    outcome: Option<JudgementOutcome>,
}

impl Standing {
    fn after<'a>(steps: impl Iterator<Item = &'a JudgementEntry>) -> Self {
        steps.fold(Self::default(), |known, step| Self {
            likelihood: step.likelihood.or(known.likelihood),
            confidence: step.confidence.or(known.confidence),
            by: step.by.or(known.by),
            outcome: step.outcome.or(known.outcome),
        })
    }
}

/// Whether a step says how the judgement stands.
fn tells(entry: &JudgementEntry) -> bool {
    entry.likelihood.is_some() || entry.confidence.is_some() || entry.outcome.is_some()
}

fn likelihood(likelihood: document::Likelihood) -> Likelihood {
    Likelihood { term: likelihood.term(), low: likelihood.low, high: likelihood.high }
}
