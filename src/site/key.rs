//! What written ids and file names mean.

use super::reference::country_key;
use crate::base::{CountryCode, Id, Key, Kind, SourcePath};
use crate::document::Event;

/// The key that a written id means for a kind.
pub(super) fn reference_key(kind: Kind, id: &str) -> Key {
    let id = id.trim();
    match kind {
        Kind::Country => CountryCode::from_input(id).map_or_else(|| Key::new(kind, Id::new(id)), country_key),
        Kind::Page => Key::new(kind, Id::new(id.trim_matches('/'))),
        _ if id.contains('/') => Key::new(kind, Id::new(&id.replace('/', "-"))),
        _ => Key::new(kind, Id::new(id)),
    }
}

/// The last part of a path, folded, without its ending.
pub(super) fn stem(path: &SourcePath) -> String {
    let name = path.name();
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let name = if name.eq_ignore_ascii_case("index") {
        path.folder().rsplit('/').next().unwrap_or(name)
    } else {
        name
    };
    Id::new(name).as_str().to_owned()
}

/// The id of an event that a brief tells of: its own, or its title's slug.
pub(super) fn event_key(event: &Event) -> Option<Key> {
    let id = match (&event.id, &event.title) {
        (Some(id), _) => Id::new(&id.trim().replace('/', "-")),
        (None, Some(title)) => Id::new(&crate::base::slug(title)),
        (None, None) => return None,
    };
    (!id.as_str().is_empty()).then(|| Key::new(Kind::Event, id))
}
