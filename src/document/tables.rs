//! Which keys each kind has: the one place that checks, schemas, suggestions and help go by.

use crate::base::shape::{Check, Field, Shape, field};
use crate::base::{Kind, Label, UrlPath, codes};

use super::{UpdateKind, actor, brief, event, people, places};

/// The tables of a kind: what every kind has, then its own.
pub fn tables(kind: Kind) -> [&'static [Field]; 2] {
    let own: &'static [Field] = match kind {
        Kind::Brief => brief::FIELDS,
        Kind::Actor => actor::FIELDS,
        Kind::Country => places::COUNTRY,
        Kind::Person => people::PERSON,
        Kind::Region => places::REGION,
        Kind::Event => event::DOCUMENT,
        Kind::Source => people::SOURCE,
        Kind::Topic | Kind::Page => &[],
    };
    [COMMON, own]
}

/// The shape of a label, used by many tables.
pub(super) const TLP: Field =
    field("tlp", Shape::Label, "TLP 2.0 label: clear, green, amber, amber+strict or red.");

/// The kinds' names, in the order of [`Kind::ALL`].
const KINDS: &[&str] = &["brief", "actor", "country", "person", "region", "event", "source", "topic", "page"];

const OLD_ADDRESS: Check = Check {
    name: "an address of this site",
    accepts: |text| UrlPath::of_before(text).map(drop),
    code: &codes::BAD_ADDRESS,
    help: "write it from the site's root, as in `/briefs/old-name/`",
};

const COMMON: &[Field] = &[
    field("title", Shape::Text, "The title."),
    field("name", Shape::Text, "The same as `title`; reads better for actors, people and places."),
    field("summary", Shape::Text, "One or two sentences: the bottom line."),
    field("kind", Shape::Choice(KINDS), "The kind, when the folder does not say it."),
    field("lang", Shape::Language, "Language of the text, BCP 47."),
    TLP,
    field("draft", Shape::Flag, "Left out of a build unless `--drafts` is given."),
    field("autolink", Shape::Flag, "Whether names in the text become links; `false` switches it off here."),
    field(
        "redirect_from",
        Shape::List(&Shape::Checked(&OLD_ADDRESS)),
        "Old addresses, such as `/briefs/old-name/`, that lead here.",
    ),
    field("review_by", Shape::Date, "When the authors should read it again."),
    field("updates", Shape::List(&Shape::Map(UPDATE)), "What changed since it was published."),
    field("extra", Shape::Any, "Values of the site's own, for its templates."),
];

const UPDATE: &[Field] = &[
    field("date", Shape::Date, "When."),
    field("kind", Shape::Choice(UpdateKind::NAMES), "update, correction or clarification."),
    field("note", Shape::Text, "What changed."),
];

const _: () = assert!(Label::NAMES.len() == 5 && KINDS.len() == Kind::ALL.len());
