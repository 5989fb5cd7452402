//! What is wrong with templates, all of it. The template engine stops at the first one that it cannot use, so here
//! what is faulty is told, and put aside for what it overrides, until the rest can be looked at.

use std::collections::{BTreeMap, BTreeSet};

use tera::{ErrorKind, Tera};

use super::fault;
use super::load::{BUILT_IN_PREFIX, THEME_PREFIX};
use super::naming::{Naming, Use, has_components, namings};
use crate::base::{Diagnostic, SourcePath, codes, in_order};

/// Templates by their full names: where each is from, and its text.
pub(super) type Sources = BTreeMap<String, (SourcePath, String)>;

/// Every fault of templates that the engine does not take. There is at least one when it takes none of them.
pub(super) fn faults(sources: &Sources) -> Vec<Diagnostic> {
    let mut survey =
        Survey { sources, usable: sources.clone(), emptied: BTreeSet::new(), faults: Vec::new() };
    survey.unreadable();
    survey.circles();
    survey.orphans();
    survey.rest();
    // A template has two names, so its faults are met twice.
    in_order(survey.faults)
}

struct Survey<'s> {
    sources: &'s Sources,
    /// With what is at fault put aside.
    usable: Sources,
    /// Those of which nothing is left, so that others seem to have faults.
    emptied: BTreeSet<String>,
    faults: Vec<Diagnostic>,
}

impl Survey<'_> {
    /// Templates with errors of syntax.
    fn unreadable(&mut self) {
        for (name, (path, text)) in self.sources {
            if let Err(error) = Tera::new().add_raw_template(name, text)
                && let ErrorKind::SyntaxError(_) = error.kind()
            {
                self.faults.extend(fault::diagnostics(self.sources, name, &error));
                self.put_aside(path);
            }
        }
    }

    /// Templates that extend or include themselves, perhaps by way of others.
    fn circles(&mut self) {
        for how in [Use::Extends, Use::Includes] {
            for name in self.sources.keys() {
                while let Some(circle) = circle(&self.usable, name, how) {
                    let (fault, path) = self.told(&circle, how);
                    self.faults.push(fault);
                    self.put_aside(&path);
                }
            }
        }
    }

    /// The fault of a circle, and the file that is to blame: the built-in theme has none of its own.
    fn told(&self, circle: &[String], how: Use) -> (Diagnostic, SourcePath) {
        let step = |at: usize| {
            let (name, next) = (&circle[at], &circle[(at + 1) % circle.len()]);
            let (path, text) = &self.usable[name];
            let naming = namings(text).into_iter().find(|naming| naming.how == how && naming.name == *next);
            (name, path, naming.expect("a circle is of what templates name").span)
        };
        let is_own = |at: &usize| !is_built_in(step(*at).1);
        let mut own = (0..circle.len()).filter(is_own);
        let first = own.next().unwrap_or(0);
        let (name, path, span) = step(first);
        let mut fault = match circle {
            [name] => Diagnostic::new(&codes::TEMPLATE, format!("`{name}` {} itself", how.verb())),
            _ => {
                let round: Vec<String> = circle
                    .iter()
                    .cycle()
                    .skip(first)
                    .take(circle.len() + 1)
                    .map(|it| format!("`{it}`"))
                    .collect();
                let words =
                    format!("templates {} each other in a circle: {}", how.plural(), round.join(" → "));
                Diagnostic::new(&codes::TEMPLATE, words)
            }
        };
        fault = fault.at(path, span).label("leads back here");
        for at in own {
            let (_, path, span) = step(at);
            fault = fault.also(crate::base::Place::new(path, span), "by way of this");
        }
        // Mostly what the file overrides was meant.
        let below = below(self.sources, name, path).filter(|below| below != name);
        let fault = match below {
            Some(below) => {
                fault.help(format!("what `{name}` overrides is `{{% {} \"{below}\" %}}`", how.tag()))
            }
            None if circle.len() == 1 => fault.help("it has to do without itself"),
            None => fault.help("one of them has to do without the other"),
        };
        (fault, path.clone())
    }

    /// Templates that extend one that is not there.
    fn orphans(&mut self) {
        let usable = self.usable.clone();
        for (name, (path, text)) in &usable {
            let parent = namings(text).into_iter().find(|naming| naming.how == Use::Extends);
            if let Some(Naming { name: parent, span, .. }) = parent.filter(|it| !usable.contains_key(it.name))
            {
                let bare = name.trim_start_matches(THEME_PREFIX);
                let words = format!("`{bare}` extends `{parent}`, which is not there");
                let fault = Diagnostic::new(&codes::TEMPLATE, words)
                    .at(path, span)
                    .suggest(parent, usable.keys().map(String::as_str));
                let fault = match fault.help.is_empty() {
                    true => fault.help("a template is named by its path below `templates/`, the built-in theme's own as `builtin/base.html`"),
                    false => fault,
                };
                self.faults.push(fault);
                self.put_aside(path);
            }
        }
    }

    /// Whatever else the engine says of the others. What is missing may be in what was put aside.
    fn rest(&mut self) {
        let texts = self.usable.iter().map(|(name, (_, text))| (name.as_str(), text.as_str()));
        let Err(error) = Tera::new().add_raw_templates(texts) else { return };
        let is_consequence = |fault: &Diagnostic| {
            !self.emptied.is_empty()
                && (fault.message.ends_with("is not defined in any parent template")
                    || fault.message.starts_with("Unknown component"))
        };
        let faults = fault::diagnostics(&self.usable, "", &error);
        self.faults.extend(faults.into_iter().filter(|fault| !is_consequence(fault)));
    }

    /// Takes what a file overrides in its place; where that is nothing, a template without text.
    fn put_aside(&mut self, path: &SourcePath) {
        let names: Vec<String> =
            self.usable.iter().filter(|(_, (of, _))| of == path).map(|(name, _)| name.clone()).collect();
        for name in names {
            let other = below(self.sources, &name, path).map(|below| self.usable[&below].clone());
            let other = other.filter(|(other, _)| other != path).unwrap_or_else(|| {
                self.emptied.insert(name.clone());
                (path.clone(), String::new())
            });
            self.usable.insert(name, other);
        }
    }
}

/// The full name of the template that the one of this name, from this file, overrides.
fn below(sources: &Sources, name: &str, path: &SourcePath) -> Option<String> {
    let bare = name.trim_start_matches(THEME_PREFIX);
    let others = [THEME_PREFIX, BUILT_IN_PREFIX].map(|prefix| format!("{prefix}{bare}"));
    others.into_iter().find(|other| sources.get(other).is_some_and(|(of, _)| of != path))
}

/// The templates that lead from one back to itself; each once, the one itself first.
fn circle(sources: &Sources, start: &str, how: Use) -> Option<Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut way = vec![(start.to_owned(), named(sources, start, how))];
    while let Some((_, next)) = way.last_mut() {
        match next.pop() {
            Some(name) if name == start => return Some(way.into_iter().map(|(name, _)| name).collect()),
            Some(name) if seen.insert(name.clone()) => {
                let next = named(sources, &name, how);
                way.push((name, next));
            }
            Some(_) => {}
            None => drop(way.pop()),
        }
    }
    None
}

/// What a template names, last first.
fn named(sources: &Sources, name: &str, how: Use) -> Vec<String> {
    let Some((_, text)) = sources.get(name) else { return Vec::new() };
    let named = namings(text).into_iter().rev().filter(|naming| naming.how == how);
    named.map(|naming| naming.name.to_owned()).collect()
}

fn is_built_in(path: &SourcePath) -> bool {
    path.as_str().starts_with("built-in theme: ")
}

/// Warns of templates that nothing uses and whose names are near to one of the theme's: they were meant to override it.
pub(super) fn idle(templates: &[(&'static str, String, SourcePath, String)]) -> Vec<Diagnostic> {
    let layers = [BUILT_IN_PREFIX, THEME_PREFIX, ""];
    let level = |prefix: &str| layers.iter().position(|layer| *layer == prefix);
    let is_added = |(prefix, name, ..): &&(&'static str, String, SourcePath, String)| {
        !templates.iter().any(|(other, it, ..)| it == name && level(other) < level(prefix))
    };
    let added: Vec<_> = templates.iter().filter(|it| it.0 != BUILT_IN_PREFIX).filter(is_added).collect();
    if added.is_empty() {
        return Vec::new();
    }
    let used: BTreeSet<&str> = templates
        .iter()
        .flat_map(|(.., text)| namings(text))
        .map(|naming| naming.name.trim_start_matches(THEME_PREFIX))
        .collect();
    let is_used = |name: &str, text: &str| used.contains(name) || has_components(text);
    let unused = added.into_iter().filter(|(_, name, _, text)| !is_used(name, text));
    unused
        .filter_map(|(prefix, name, path, _)| {
            let known = templates.iter().filter(|(other, ..)| level(other) < level(prefix));
            let meant = meant(name, known.map(|(_, name, ..)| name.as_str()))?;
            let fault =
                Diagnostic::new(&codes::IDLE_TEMPLATE, format!("no page and no template uses `{name}`"));
            Some(fault.in_file(path).help(format!("did you mean `{meant}`? That is a template of the theme")))
        })
        .collect()
}

/// Which of the theme's templates a name was meant for: one that differs in a letter or two, in the folder, or in
/// what follows the first full stop.
fn meant<'k>(name: &str, known: impl Iterator<Item = &'k str> + Clone) -> Option<&'k str> {
    let stem = |name: &str| name.split('.').next().unwrap_or_default().to_lowercase();
    let is_part = |whole: &&str| name.split('/').any(|part| part.eq_ignore_ascii_case(whole));
    if let Some(whole) = known.clone().find(is_part) {
        return Some(whole);
    }
    let stems: BTreeMap<String, &str> = known.map(|known| (stem(known), known)).collect();
    let near = crate::base::nearest(&stem(name), stems.keys().map(String::as_str))?;
    stems.get(near).copied()
}
