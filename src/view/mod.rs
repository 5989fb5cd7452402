//! What templates see: one struct a template. These docs are the theme author's reference.
//!
//! | template | view |
//! | --- | --- |
//! | `home.html` | [`Home`] |
//! | `brief.html` | [`Brief`] |
//! | `actor.html`, `country.html`, `person.html`, `region.html`, `event.html`, `source.html`, `topic.html` | [`Profile`] |
//! | `profile-more.html` | [`More`]: the second and later pages of a profile's list |
//! | `page.html` | [`Plain`] |
//! | `briefs.html` | [`Briefs`]: the list of briefs, a year, a month |
//! | `index.html` | [`Index`]: all actors, countries, … |
//! | `redirect.html` | [`Redirect`] |
//! | `404.html` | [`NotFound`] |
//! | `feed.xml` | [`Feed`] |
//! | `sitemap.xml` | [`Sitemap`] |
//!
//! Every template also sees `site` ([`Global`]). A field that may be absent is `null`: write
//! `{% if page.summary %}`. Addresses are relative to the site's root: write
//! `href="{{ page.root }}{{ card.url }}"`.

mod brief;
mod card;
mod feed;
mod frame;
mod list;
mod profile;

pub use brief::{Brief, Brought, EventItem, Grade, Judgement, JudgementStep, Likelihood, SourceItem, Statement, ThreatLevel, Update};
pub use card::{Card, Count, Mention, Safe, Shown, When};
pub use feed::{Feed, FeedEntry, Sitemap, SitemapEntry};
pub use frame::{Alternate, Crumb, Extra, FeedLink, Frame, Global, Heading, NavItem, Pager};
pub use list::{ArchiveMonth, ArchiveYear, Briefs, Change, Home, Index, IndexGroup, IndexItem, Grouping, NotFound, Plain, Redirect};
pub use profile::{AliasItem, Bar, Designation, More, Office, Profile, RelationItem};

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
    Sitemap(Box<Sitemap>),
}

impl View {
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
            Self::Sitemap(_) => "sitemap.xml",
        }
    }
}
