//! Judgements through time, and the ids of what briefs hold.

use std::collections::{BTreeMap, HashMap};

use super::DocIx;
use crate::base::{Diagnostic, Place, Shared, codes};
use crate::document::Document;

/// Threads of judgements, oldest step first; a change of a judgement that nobody made is a fault.
pub(super) fn judgements(
    documents: &[Shared<Document>],
    briefs: &[DocIx],
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Vec<(DocIx, usize)>> {
    let mut threads: BTreeMap<String, Vec<(DocIx, usize)>> = BTreeMap::new();
    for &at in briefs.iter().rev() {
        let document = &documents[at.at()];
        for (nth, judgement) in document.brief().iter().flat_map(|brief| brief.judgements.iter().enumerate())
        {
            if !judgement.id.is_empty() {
                threads.entry(judgement.id.value.clone()).or_default().push((at, nth));
            }
        }
    }
    let entry =
        |(at, nth): (DocIx, usize)| documents[at.at()].brief().map(|brief| (at, &brief.judgements[nth]));
    let made: Vec<&str> = threads
        .iter()
        .filter(|(_, steps)| steps.iter().any(|&step| entry(step).is_some_and(|(_, j)| !j.change)))
        .map(|(id, _)| id.as_str())
        .collect();
    for (id, steps) in &threads {
        if made.binary_search(&id.as_str()).is_ok() {
            continue;
        }
        for (at, judgement) in steps.iter().filter_map(|&step| entry(step)) {
            diagnostics.push(
                Diagnostic::new(&codes::UNKNOWN_JUDGEMENT, format!("no brief makes the judgement `{id}`"))
                    .at(&documents[at.at()].path, judgement.id.span)
                    .suggest(id, made.iter().copied()),
            );
        }
    }
    // Two briefs that both make a judgement of one id cannot be told apart by those that change it.
    for steps in threads.values() {
        let makers: Vec<_> =
            steps.iter().filter_map(|&step| entry(step)).filter(|(_, judgement)| !judgement.change).collect();
        for pair in makers.windows(2) {
            let ((first, _), (again, judgement)) = (pair[0], pair[1]);
            diagnostics.push(
                Diagnostic::new(
                    &codes::ITEM_ID,
                    format!("the judgement `{}` is made twice", judgement.id.value),
                )
                .at(&documents[again.at()].path, judgement.id.span)
                .also(Place::file(&documents[first.at()].path), "first made here")
                .help("give it another id, or write `updates:` instead of `id:`"),
            );
        }
    }
    threads
}

/// Items of one document need ids of their own.
pub(super) fn item_ids(documents: &[Shared<Document>], diagnostics: &mut Vec<Diagnostic>) {
    for document in documents {
        let Some(brief) = document.brief() else { continue };
        let sources = brief.sources.iter().map(|source| &source.id);
        let statements = brief.statements.iter().filter_map(|statement| statement.id.as_ref());
        let events = brief.events.iter().filter_map(|event| event.id.as_ref());
        let lists: [(&str, Vec<&crate::document::Ref>); 3] =
            [("source", sources.collect()), ("statement", statements.collect()), ("event", events.collect())];
        let made = brief.judgements.iter().map(|judgement| &judgement.id);
        for id in made.chain(lists[1].1.iter().copied()).filter(|id| id.contains(char::is_whitespace)) {
            diagnostics.push(
                Diagnostic::new(&codes::BAD_ID, format!("`{}` cannot be an id", id.value))
                    .at(&document.path, id.span)
                    .help("it becomes an anchor of the page: write `-` for a blank"),
            );
        }
        for (what, ids) in lists {
            let mut first: HashMap<&str, crate::base::Span> = HashMap::new();
            for id in ids {
                if let Some(&earlier) = first.get(id.value.as_str()) {
                    diagnostics.push(
                        Diagnostic::new(&codes::ITEM_ID, format!("two {what}s have the id `{}`", id.value))
                            .at(&document.path, id.span)
                            .label("again here")
                            .also(Place::new(&document.path, earlier), "first here"),
                    );
                } else {
                    first.insert(&id.value, id.span);
                }
            }
        }
    }
}
