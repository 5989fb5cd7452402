//! The small views that other views are made of.

use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde::{Serialize, Serializer};
use tera::{Value, escape_html};

use super::{EventItem, Grade, Statement};
use crate::base::{Edtf, Kind, Label, Lang, Prints, Text, UrlPath};

/// All that one page may know of another document: enough to list and link it.
///
/// The template engine looks fields up one after the other in maps of up to twelve, which is much faster than
/// what it does in larger ones: what every list asks for comes first, and there are twelve.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Card {
    /// A link to it without its beginning, which depends on where the page is: write
    /// `<a href="{{ page.root }}{{ card.link }}`, and what follows is the address, `attrs`, the title and `</a>`.
    pub link: Snippet,
    /// Address from the site's root: `briefs/x/`.
    pub url: UrlPath,
    /// ` lang="fa" dir="rtl"` for an element that holds the title; empty in the site's own language.
    pub attrs: Snippet,
    /// Title or name.
    pub title: String,
    /// The label, when it is not clear, the badges, and whether another brief has superseded it, each a `<span>`;
    /// mostly empty.
    pub marks: Snippet,
    /// When published (briefs) or when it happened (events).
    pub date: Option<When>,
    /// The date as `<time>` (or `<span class="time">` for what HTML cannot say), short; empty without a date.
    pub time: Snippet,
    /// One or two sentences.
    pub summary: Option<String>,
    /// `draft`, `future`, `embargoed`: shown because a flag asked for it.
    pub badges: Vec<&'static str>,
    /// The TLP label: `{slug, wording, meaning}`.
    pub label: Label,
    /// `brief`, `actor`, `country`, …
    pub kind: Kind,
    /// Language tag of the title.
    pub lang: Lang,
}

impl Card {
    /// The same card with the parts that many lists show already written out: a page lists up to a hundred
    /// cards, and a template that puts these together each time is half as fast.
    #[must_use]
    pub fn written(mut self, lang: Lang, site_lang: Lang, superseded: bool) -> Self {
        let mut marks = String::new();
        if self.label > Label::Clear {
            let class = self.label.class();
            marks.push_str(&format!(" <span class=\"tlp tlp-{class}\">{}</span>", self.label));
        }
        for badge in self.badges.iter().copied().chain(superseded.then_some("superseded")) {
            marks.push_str(&format!(" <span class=\"badge\">{badge}</span>"));
        }
        self.marks = Snippet(marks.into());
        if lang != site_lang {
            self.attrs = Snippet(format!(" lang=\"{lang}\" dir=\"{}\"", lang.dir()).into());
        }
        let mut link = format!("{}\"{}>", self.url.href(), self.attrs.0).into_bytes();
        // Writing to memory does not fail.
        let _ = escape_html(&self.title, &mut link);
        link.extend_from_slice(b"</a>");
        self.link = Snippet(String::from_utf8_lossy(&link).into());
        self.time = self.date.as_ref().map(When::element).unwrap_or_default();
        self
    }
}

/// A date, ready to be shown.
#[derive(Clone, Debug, Serialize, PartialEq, Eq, Hash)]
pub struct When {
    /// For `<time datetime>`; absent for what HTML cannot say, such as an open interval.
    pub iso: Option<String>,
    /// `22 March 2024`, `c. March 2024`, `1–10 December 2025`.
    pub human: String,
    /// `22 Mar 2024`.
    pub short: String,
    /// As written: EDTF.
    pub edtf: String,
}

impl When {
    /// The short form as an element.
    fn element(&self) -> Snippet {
        // Dates hold no character that HTML would escape.
        Snippet(match &self.iso {
            Some(iso) => format!("<time datetime=\"{iso}\">{}</time>", self.short).into(),
            None => format!("<span class=\"time\">{}</span>", self.short).into(),
        })
    }
}

impl From<Edtf> for When {
    fn from(date: Edtf) -> Self {
        Self { iso: date.iso(), human: date.human(), short: date.short(), edtf: date.to_string() }
    }
}

/// Something and how often.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Count {
    /// What.
    pub card: Shown<Card>,
    /// How often.
    pub count: usize,
    /// Per cent of the highest count in its list, 1–100, for a bar.
    pub share: usize,
}

/// Where a document mentions an entity.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Mention {
    /// The document.
    pub card: Shown<Card>,
    /// The sentence, with the mention in `<mark>`, or the first that cites it; absent when only the front matter names
    /// it.
    pub sentence: Option<Safe>,
    /// On the page of a source: what a brief cites of it.
    pub citations: Vec<Citation>,
}

/// What a brief cites of a source, or has through it.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Citation {
    /// Its number in the brief's list.
    pub number: usize,
    /// Its place in the brief's list: `briefs/x/#source-er`.
    pub url: String,
    /// The report's title, or the outlet's name.
    pub title: String,
    /// Where the report can be read.
    pub address: Option<String>,
    /// When published.
    pub date: Option<When>,
    /// Admiralty grade that the brief gives it.
    pub grade: Option<Grade>,
    /// The outlet, when it is another that came through this source.
    pub of: Option<Shown<Card>>,
    /// Its own label, when it says one.
    pub label: Option<Label>,
    /// Statements that it brought, the first five.
    pub statements: Vec<Statement>,
    /// Events that it told of, the first five.
    pub events: Vec<EventItem>,
    /// How many more statements and events the brief has from it.
    pub more: usize,
}

/// A little HTML that is not escaped again, of one view.
#[derive(Clone, Debug, Default, PartialEq, Hash)]
pub struct Snippet(Box<str>);

impl Serialize for Snippet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::safe_string(&self.0).serialize(serializer)
    }
}

/// HTML that is not escaped again and that others have as well.
#[derive(Clone, Debug, Default, PartialEq, Hash)]
pub struct Safe(pub Text);

impl Serialize for Safe {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::safe_string(&self.0).serialize(serializer)
    }
}

/// A view that many pages show: shared, hashed once, and turned into the template engine's value once.
#[derive(Debug)]
pub struct Shown<T>(Arc<Inner<T>>);

#[derive(Debug)]
struct Inner<T> {
    view: T,
    value: OnceLock<Value>,
    prints: Prints,
}

impl<T: Serialize> Shown<T> {
    /// Wraps a finished view.
    pub fn new(view: T) -> Self {
        Self(Arc::new(Inner { view, value: OnceLock::new(), prints: Prints::default() }))
    }
}

impl<T> Clone for Shown<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Deref for Shown<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.view
    }
}

impl<T: Hash> Hash for Shown<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.prints.hash(state, || &self.0.view);
    }
}

impl<T: Serialize> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.value.get_or_init(|| Value::from_serializable(&self.0.view)).serialize(serializer)
    }
}
