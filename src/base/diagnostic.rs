//! Faults as values: what is wrong, where, and what to do. One value feeds terminal, preview and machines.

use serde::{Deserialize, Serialize};

use super::nearest::{Near, near};
use super::{SourcePath, Span};

/// How grave a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// Not reported.
    Allow,
    /// Reported; fails only under `--strict`.
    Warn,
    /// Fails the build.
    Error,
}

impl Level {
    /// The names that `[diagnostics]` uses.
    pub const NAMES: &'static [&'static str] = &["allow", "warn", "error"];

    /// Reads `allow`, `warn` or `error`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "allow" => Some(Self::Allow),
            "warn" => Some(Self::Warn),
            "error" => Some(Self::Error),
            _ => None,
        }
    }

    /// As shown: `warning`, `error`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Allow => "allowed",
            Self::Warn => "warning",
            Self::Error => "error",
        }
    }
}

/// What a kind of fault is about: `[diagnostics]` can set the level of a whole group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Citations and sources.
    Citations,
    /// Files that are not what they should be.
    Files,
    /// The form of front matter.
    FrontMatter,
    /// Ids and addresses.
    Identity,
    /// TLP labels.
    Labels,
    /// Links, and what texts lead to.
    Links,
    /// What the machine refuses.
    Machine,
    /// Names in texts.
    Names,
    /// References of front matter.
    References,
    /// Publishing.
    Release,
    /// `site.toml` and flags.
    Settings,
    /// Shares of a build.
    Shards,
    /// Templates.
    Templates,
}

impl Group {
    /// All, by name.
    pub const ALL: [Self; 13] = [
        Self::Citations,
        Self::Files,
        Self::FrontMatter,
        Self::Identity,
        Self::Labels,
        Self::Links,
        Self::Machine,
        Self::Names,
        Self::References,
        Self::Release,
        Self::Settings,
        Self::Shards,
        Self::Templates,
    ];

    /// What `[diagnostics]` calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Citations => "citations",
            Self::Files => "files",
            Self::FrontMatter => "front-matter",
            Self::Identity => "identity",
            Self::Labels => "labels",
            Self::Links => "links",
            Self::Machine => "machine",
            Self::Names => "names",
            Self::References => "references",
            Self::Release => "release",
            Self::Settings => "settings",
            Self::Shards => "shards",
            Self::Templates => "templates",
        }
    }
}

/// A kind of fault, with its stable number and its long text. They stand in [`super::codes`].
#[derive(Debug)]
pub struct Code {
    /// `B0301`.
    pub id: &'static str,
    /// `broken-link`: what `[diagnostics]` calls it.
    pub name: &'static str,
    /// The group it can be set with.
    pub group: Group,
    /// The level without settings.
    pub level: Level,
    /// Whether settings may not lower it, because the build could not go on.
    pub fatal: bool,
    /// The text of `brief explain`, Markdown.
    pub explanation: &'static str,
}

/// A file and a place in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The file, from the site's root.
    pub path: SourcePath,
    /// Which bytes; `None` for the file as a whole.
    pub span: Option<Span>,
}

impl Place {
    /// A place in a file.
    pub fn new(path: &SourcePath, span: Span) -> Self {
        Self { path: path.clone(), span: Some(span) }
    }

    /// A file as a whole.
    pub fn file(path: &SourcePath) -> Self {
        Self { path: path.clone(), span: None }
    }
}

/// One fault.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Which kind of fault.
    #[serde(with = "by_id")]
    pub code: &'static Code,
    /// How grave, after the settings were heard.
    pub level: Level,
    /// One sentence, no full stop.
    pub message: String,
    /// Where; `None` when no file is to blame.
    pub place: Option<Place>,
    /// A few words under the underlined place.
    pub label: String,
    /// Other places that belong to it, each with its words.
    pub others: Vec<(Place, String)>,
    /// What to do.
    pub help: Vec<String>,
    /// What could stand at the place instead, for machines.
    pub replacement: Option<String>,
}

impl Diagnostic {
    /// A fault without a place.
    pub fn new(code: &'static Code, message: impl Into<String>) -> Self {
        Self {
            code,
            level: code.level,
            message: message.into(),
            place: None,
            label: String::new(),
            others: Vec::new(),
            help: Vec::new(),
            replacement: None,
        }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, path: &SourcePath, span: Span) -> Self {
        self.place = Some(Place::new(path, span));
        self
    }

    /// Says in which file.
    #[must_use]
    pub fn in_file(mut self, path: &SourcePath) -> Self {
        self.place = Some(Place::file(path));
        self
    }

    /// Adds the words under the place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn also(mut self, place: Place, words: impl Into<String>) -> Self {
        self.others.push((place, words.into()));
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Suggests the nearest of the names in `known` to `given`, as help; as a replacement too when it can only be a slip
    /// of the pen. Nothing when none is near.
    #[must_use]
    pub fn suggest<'a>(self, given: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match near(given, known) {
            Some(Near { name, slip: true }) => self.meant(name),
            Some(Near { name, slip: false }) => self.help(format!("did you mean `{name}`?")),
            None => self,
        }
    }

    /// Suggests the nearest of the words in `known`, of which the format has only these, as help and as a replacement.
    #[must_use]
    pub fn suggest_word<'a>(self, given: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match near(given, known) {
            Some(near) => self.meant(near.name),
            None => self,
        }
    }

    /// Says what was meant, as help and as a replacement.
    #[must_use]
    pub fn meant(mut self, word: &str) -> Self {
        self.help.push(format!("did you mean `{word}`?"));
        self.replacement = Some(word.to_owned());
        self
    }

    /// Whether it is of this kind.
    pub fn is(&self, code: &Code) -> bool {
        self.code.id == code.id
    }

    /// Reports are sorted by file, place and code.
    pub fn order(&self) -> impl Ord + '_ {
        (self.place.as_ref(), self.code.id, &self.message)
    }
}

/// Puts faults in the order in which they are reported (file, place, code), each once, without those that are allowed.
pub fn in_order(mut faults: Vec<Diagnostic>) -> Vec<Diagnostic> {
    faults.retain(|fault| fault.level > Level::Allow);
    faults.sort_by(|a, b| a.order().cmp(&b.order()));
    // Two links may share one target.
    faults.dedup_by(|a, b| a.order() == b.order());
    faults
}

/// A code is kept by its number.
mod by_id {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use super::Code;
    use crate::base::codes;

    pub(super) fn serialize<S: Serializer>(code: &&'static Code, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(code.id)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static Code, D::Error> {
        let id = <&str>::deserialize(deserializer)?;
        codes::find(id).ok_or_else(|| D::Error::custom("no such code"))
    }
}

/// A value, and what was wrong on the way to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outcome<T> {
    /// What came of it; where parts were faulty, without them.
    pub value: T,
    /// Every fault met.
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Outcome<T> {
    /// A value without faults.
    pub fn good(value: T) -> Self {
        Self { value, diagnostics: Vec::new() }
    }

    /// Hands over the value and moves the faults to `all`.
    pub fn unpack(self, all: &mut Vec<Diagnostic>) -> T {
        all.extend(self.diagnostics);
        self.value
    }
}
