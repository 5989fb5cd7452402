//! TLP 2.0 labels (FIRST, August 2022): how far a document or a part of it may travel.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::seen::plain;

/// A Traffic Light Protocol label, from the widest audience to the narrowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// No limit on disclosure.
    Clear,
    /// Limited to the community.
    Green,
    /// Limited to the organisation and its clients, on a need-to-know basis.
    Amber,
    /// Limited to the organisation.
    AmberStrict,
    /// For the recipients' eyes and ears only.
    Red,
}

impl Label {
    /// Every label, widest first.
    pub const ALL: [Self; 5] = [Self::Clear, Self::Green, Self::Amber, Self::AmberStrict, Self::Red];

    /// The names that front matter and settings use, in the order of [`Label::ALL`].
    pub const NAMES: &'static [&'static str] = &["clear", "green", "amber", "amber+strict", "red"];

    /// Reads `amber`, `TLP:AMBER`, `amber+strict` in any case; TLP 1's `white` is `clear`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let name = text.strip_prefix("tlp:").unwrap_or(&text).trim();
        Self::ALL.into_iter().find(|label| label.slug() == name).or((name == "white").then_some(Self::Clear))
    }

    /// Whether a key was meant for `tlp`, which holds a label: as a reader sees it, case, blanks and signs around it
    /// aside, or grown together with its value, as `tlp:red` is.
    pub fn is_key(key: &str) -> bool {
        let is_sign = |ch: char| !ch.is_alphanumeric();
        let key = plain(key).to_ascii_lowercase();
        let word: String = key.trim_matches(is_sign).split_whitespace().collect();
        word.strip_prefix("tlp")
            .is_some_and(|rest| rest.is_empty() || Self::parse(rest.trim_start_matches(is_sign)).is_some())
    }

    /// As written in front matter.
    pub fn slug(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// As a part of a class's name, which holds no `+`.
    pub fn class(self) -> &'static str {
        ["clear", "green", "amber", "amber-strict", "red"][self as usize]
    }

    /// As TLP 2.0 writes it: `TLP:AMBER+STRICT`.
    pub fn wording(self) -> &'static str {
        ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"][self as usize]
    }

    /// What it means, in one line.
    pub fn meaning(self) -> &'static str {
        [
            "Disclosure is not limited.",
            "Limited disclosure, restricted to the community.",
            "Limited disclosure, restricted to participants' organisations and their clients.",
            "Limited disclosure, restricted to participants' organisations.",
            "Not for disclosure, restricted to participants only.",
        ][self as usize]
    }
}

impl std::fmt::Display for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.wording())
    }
}

/// Templates see `{slug, wording, meaning}`; the slug's `+` becomes `-`, so it serves as a class. A cache keeps the
/// slug as written.
impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        if !serializer.is_human_readable() {
            return serializer.serialize_str(self.slug());
        }
        let mut object = serializer.serialize_struct("Label", 3)?;
        object.serialize_field("slug", self.class())?;
        object.serialize_field("wording", self.wording())?;
        object.serialize_field("meaning", self.meaning())?;
        object.end()
    }
}

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(<&str>::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("no such label"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_for_the_key_is_known() {
        for key in [
            "tlp",
            "TLP",
            "tlp:",
            " tlp ",
            "\u{A0} tlp",
            "\u{200B}tlp",
            "t\u{2060}lp",
            "ｔｌｐ",
            "tlр",
            "“tlp”",
            "-tlp",
            "tlp:red",
            "tlp：red",
            "tlp=amber+strict",
            "tlp\u{A0}red",
            "t l p",
        ] {
            assert!(Label::is_key(key), "{key:?}");
        }
        for key in ["", "tl", "title", "tlp2", "tlp level", "tlp_by", "help", "label"] {
            assert!(!Label::is_key(key), "{key:?}");
        }
    }
}
