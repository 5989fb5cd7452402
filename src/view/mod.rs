//! What templates see: one struct a template. These docs are the theme author's reference.
//!
//! | template | view |
//! | --- | --- |
//! | `home.html` | [`Home`] |
//! | `brief.html` | [`Brief`] |
//! | `actor.html`, `country.html`, `person.html`, `region.html`, `event.html`, `source.html`, `topic.html` | [`Profile`] |
//! | `profile-more.html` | [`More`]: the pages of a list that another page shows in part |
//! | `page.html` | [`Plain`] |
//! | `briefs.html` | [`Briefs`]: the list of briefs, a year, a month |
//! | `index.html` | [`Index`]: all actors, countries, … |
//! | `redirect.html` | [`Redirect`] |
//! | `404.html` | [`NotFound`] |
//! | `feed.xml` | [`Feed`] |
//!
//! Every template also sees `site` ([`Global`]) and `nav`, the navigation as `nav.html` renders it. A field that may be absent is `null`: write
//! `{% if page.summary %}`. Addresses are relative to the site's root: write
//! `href="{{ page.root }}{{ card.url }}"`.

mod brief;
mod card;
mod feed;
mod frame;
mod list;
mod profile;

pub use brief::{
    Brief, Brought, EventItem, Grade, Judgement, JudgementStep, Likelihood, SourceItem, Statement,
    ThreatLevel, Update,
};
pub use card::{Card, Citation, Count, Mention, Safe, Shown, Snippet, When};
pub use feed::{Feed, FeedEntry};
pub use frame::{Alternate, Crumb, Extra, FeedLink, Frame, Global, Heading, NavItem, Pager};
pub use list::{
    ArchiveMonth, ArchiveYear, Briefs, Change, Grouping, Home, Index, IndexGroup, IndexItem, NotFound, Plain,
    Redirect,
};
pub use profile::{AliasItem, Bar, Designation, More, Office, Profile, RelationItem, Whole, Wholes};

use serde::Serialize;

/// Any page's view, with the template it goes through.
#[derive(Clone, Debug, Serialize, Hash)]
#[serde(untagged)]
#[allow(missing_docs, reason = "each variant is documented at its struct")]
pub enum View {
    Home(Box<Home>),
    Brief(Box<Brief>),
    Profile(Box<Profile>),
    More(Box<More>),
    Plain(Box<Plain>),
    Briefs(Box<Briefs>),
    Index(Box<Index>),
    Redirect(Box<Redirect>),
    NotFound(Box<NotFound>),
    Feed(Box<Feed>),
}

impl View {
    /// The page's head.
    pub fn page(&self) -> &Frame {
        match self {
            Self::Home(view) => &view.page,
            Self::Brief(view) => &view.page,
            Self::Profile(view) => &view.page,
            Self::More(view) => &view.page,
            Self::Plain(view) => &view.page,
            Self::Briefs(view) => &view.page,
            Self::Index(view) => &view.page,
            Self::Redirect(view) => &view.page,
            Self::NotFound(view) => &view.page,
            Self::Feed(view) => &view.page,
        }
    }

    /// The template's file name.
    pub fn template(&self) -> &'static str {
        match self {
            Self::Home(_) => "home.html",
            Self::Brief(_) => "brief.html",
            Self::Profile(view) => view.template,
            Self::More(_) => "profile-more.html",
            Self::Plain(_) => "page.html",
            Self::Briefs(_) => "briefs.html",
            Self::Index(_) => "index.html",
            Self::Redirect(_) => "redirect.html",
            Self::NotFound(_) => "404.html",
            Self::Feed(_) => "feed.xml",
        }
    }
}
