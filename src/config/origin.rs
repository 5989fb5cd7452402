//! Where a setting comes from, for faults that only show when it is used.

use super::layer;
use crate::base::node::{Key, Node};
use crate::base::{Diagnostic, Place, Snapshot, SourcePath, Span, codes};

/// Gives faults of settings that were found elsewhere the place where the setting is made.
pub fn place(faults: &mut [Diagnostic], snapshot: &Snapshot) {
    for fault in faults {
        let key = match () {
            () if fault.is(&codes::UNKNOWN_THEME) => "theme",
            () if fault.is(&codes::NO_GIT) || fault.is(&codes::SHALLOW_CLONE) => "dates",
            () => continue,
        };
        *fault = blame(snapshot, key, fault.clone());
    }
}

/// Says of a fault of a setting where that is made: at its value in a file, or by which variable or flag. A default is
/// made nowhere.
pub fn blame(snapshot: &Snapshot, key: &str, fault: Diagnostic) -> Diagnostic {
    if let Some(given) = snapshot.overrides.iter().rev().find(|given| given.key == key) {
        let message = format!("{}: {}", given.origin, fault.message);
        return Diagnostic { message, place: None, ..fault };
    }
    let written = layers(snapshot).into_iter().find_map(|(path, node)| Some(at(&path, node.get(key)?.span)));
    Diagnostic { place: written.or(fault.place), ..fault }
}

/// Likewise of the output folder that is built into. An edition has its own, by its key or by its name.
pub fn blame_out(snapshot: &Snapshot, edition: Option<&str>, fault: Diagnostic) -> Diagnostic {
    let is_given = snapshot.overrides.iter().any(|given| given.key == "out");
    let Some(name) = edition.filter(|_| !is_given) else { return blame(snapshot, "out", fault) };
    let of_edition = layers(snapshot).into_iter().find_map(|(path, node)| {
        let editions = node.get("editions")?.items();
        let named = |item: &&Node| item.get("name").and_then(Node::text) == Some(name);
        Some((path, editions.iter().find(named)?.clone()))
    });
    match of_edition {
        Some((path, edition)) => {
            let value = edition.get("out").or_else(|| edition.get("name"));
            Diagnostic { place: value.map(|value| at(&path, value.span)), ..fault }
        }
        None => fault,
    }
}

/// The place of a key that stands at the top of a file of settings.
pub(super) fn key(snapshot: &Snapshot, path: &SourcePath, name: &str) -> Option<Span> {
    let is_it = |(key, _): &&(Key, Node)| key.name == name;
    let node = layer(snapshot, path, &mut Vec::new())?;
    node.entries().iter().find(is_it).map(|(key, _)| key.span)
}

fn at(path: &SourcePath, span: Span) -> Place {
    Place::new(path, span)
}

/// The files of settings, the one that wins first.
fn layers(snapshot: &Snapshot) -> Vec<(SourcePath, Node)> {
    let of_env = snapshot.env.as_ref().map(|env| format!("site.{env}.toml"));
    let paths = of_env.into_iter().chain(["site.toml".to_owned()]);
    paths
        .filter_map(|path| {
            let path = SourcePath::new(&path);
            let node = layer(snapshot, &path, &mut Vec::new())?;
            Some((path, node))
        })
        .collect()
}
