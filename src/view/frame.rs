//! What surrounds every page: the site, the page's head, the way to its neighbours.

use serde::Serialize;

use crate::base::{Label, UrlPath};

use super::When;

/// `site`: the same on every page.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Global {
    /// The site's name.
    pub title: String,
    /// One line about it.
    pub tagline: Option<String>,
    /// Where it will be published, with a closing slash: `https://briefs.example.org/`. Absent when not set.
    pub base_url: Option<String>,
    /// The path of `base_url`, `/` when not set. Only `404.html` needs it.
    pub base_path: String,
    /// The default language.
    pub lang: String,
    /// The edition's name; absent without editions.
    pub edition: Option<String>,
    /// The main navigation, only what exists.
    pub nav: Vec<NavItem>,
    /// The address of each of the theme's static files by its name: `{{ site.assets["style.css"] }}`.
    pub assets: std::collections::BTreeMap<String, UrlPath>,
    /// The day of the build.
    pub today: When,
    /// `[extra]` of site.toml.
    pub extra: Extra,
}

/// Free values of the site's own.
#[derive(Clone, Debug, Default, Serialize, PartialEq)]
#[serde(transparent)]
pub struct Extra(pub serde_json::Value);

impl std::hash::Hash for Extra {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.to_string().hash(state);
    }
}

/// An entry of the main navigation.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct NavItem {
    /// What it says.
    pub title: String,
    /// Where it leads.
    pub url: UrlPath,
}

/// `page`: the head of the page.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Frame {
    /// Title, without the site's.
    pub title: String,
    /// Its address from the root.
    pub url: UrlPath,
    /// The way to the root: `../../`. Goes before every address.
    pub root: String,
    /// Which sort of page: `home`, `brief`, `actor`, `actors`, `year`, …: a class for the body and the nav.
    pub section: &'static str,
    /// For `<meta name="description">`.
    pub summary: Option<String>,
    /// The TLP label shown at top and bottom.
    pub label: Label,
    /// Language of the page's own text.
    pub lang: String,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// The same document in other languages.
    pub alternates: Vec<Alternate>,
    /// The way here from the home page, this page left out.
    pub crumbs: Vec<Crumb>,
    /// Its feeds.
    pub feeds: Vec<FeedLink>,
    /// Whether search engines should leave it out (redirects, the 404 page, pages of a draft).
    pub noindex: bool,
}

/// The same document in another language.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Alternate {
    /// Language tag.
    pub lang: String,
    /// The language's name in itself: `فارسی`.
    pub name: String,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// Its address.
    pub url: UrlPath,
}

/// A step of the way from the home page.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Crumb {
    /// What it says.
    pub title: String,
    /// Where it leads.
    pub url: UrlPath,
}

/// A feed of the page.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct FeedLink {
    /// What is in it.
    pub title: String,
    /// MIME type.
    #[serde(rename = "type")]
    pub mime: &'static str,
    /// Its address.
    pub url: UrlPath,
}

/// A heading of the text, for its contents list.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Heading {
    /// The anchor.
    pub id: String,
    /// Its text.
    pub title: String,
    /// 1–6.
    pub level: u8,
}

/// Where a paged list stands.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Pager {
    /// This page, from 1.
    pub current: usize,
    /// How many there are.
    pub pages: usize,
    /// How many items the whole list has.
    pub items: usize,
    /// The first item on this page, from 1.
    pub from: usize,
    /// The last item on this page.
    pub to: usize,
    /// The page before.
    pub previous: Option<UrlPath>,
    /// The page after.
    pub next: Option<UrlPath>,
    /// The first page.
    pub first: UrlPath,
    /// The last page.
    pub last: UrlPath,
}
