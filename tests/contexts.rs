//! What templates see: for each template, the view of a page of this repository's own site, in
//! `tests/contexts/*.json`. A change of a view shows there, for the theme's author to judge.
//!
//! `UPDATE=1 cargo test --test all contexts` writes them anew; read the difference before it is committed.
//! Long texts and lists are cut, so that the files show what there is, not what the site says.

use std::collections::BTreeMap;
use std::path::Path;

use briefwright::base::Shared;
use briefwright::engine::Engine;
use briefwright::html;
use briefwright::pages::{self, Book, Content, LedgerArgs, Ledgers};
use serde_json::Value;

use crate::memory::{TODAY, diff};
use crate::own_site;

/// Pages that have much to show, by template; of the others, the first page that goes through it.
const CHOSEN: &[&str] = &[
    "briefs/2025-12-12-one-quotation-two-speakers/",
    "actors/isis-k/",
    "countries/af/",
    "people/vasily-nebenzya/",
    "events/crocus-city-hall-2024/",
    "sources/did-press/",
    "actors/",
    "feed.xml",
];

const LONGEST_TEXT: usize = 120;
const LONGEST_LIST: usize = 2;

#[test]
fn views_are_as_they_were_reviewed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contexts");
    let update = std::env::var_os("UPDATE").is_some();
    let mut faults = String::new();
    let views = views();
    for (name, json) in &views {
        let path = folder.join(name);
        if update {
            std::fs::create_dir_all(&folder).expect("tests/contexts can be made");
            std::fs::write(&path, json).expect("it can be written");
        }
        let known = std::fs::read_to_string(&path).unwrap_or_default();
        if known != *json {
            faults += &format!("tests/contexts/{name}\n{}", diff(&known, json));
        }
    }
    for entry in std::fs::read_dir(&folder).expect("tests/contexts is there") {
        let path = entry.expect("it can be listed").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("UTF-8");
        if !views.contains_key(name) && update {
            std::fs::remove_file(&path).expect("it can be removed");
        } else if !views.contains_key(name) {
            faults += &format!("tests/contexts/{name} is of no template any more\n");
        }
    }
    assert!(
        faults.is_empty(),
        "views changed; if they should, run `UPDATE=1 cargo test --test all contexts`\n{faults}"
    );
}

/// A file name for each template, with its example.
fn views() -> BTreeMap<String, String> {
    // Short lists, so that they have second pages.
    let build = Engine::cold().check(&own_site::snapshot_with("page_size", "5"));
    let site = build.site;
    let args = LedgerArgs {
        site: &site,
        settings: &build.settings,
        today: TODAY,
        card: &|args| Shared::new(pages::card(args)),
    };
    let book = Book::new(&site, &build.settings, TODAY, Shared::new(Ledgers::new(&args)));
    let pages = pages::derive(&pages::DeriveArgs { book: &book }).value;
    let chosen = pages.iter().filter(|page| CHOSEN.contains(&page.url.as_str()));
    let mut views = BTreeMap::new();
    for page in chosen.chain(&pages) {
        let text = page.show.document().map(|at| {
            let links = site.linked[at.at()].links.clone();
            Shared::new(html::render(&html::Args { document: site.documents[at.at()].clone(), links }))
        });
        let (Content::View(view), _) = pages::view(&pages::Args { book: &book, page, html: text }) else {
            continue;
        };
        views.entry(format!("{}.json", view.template())).or_insert_with(|| {
            let mut value = serde_json::to_value(&*view).expect("a view is JSON");
            shorten(&mut value);
            serde_json::to_string_pretty(&value).expect("it has string keys") + "\n"
        });
    }
    views
}

fn shorten(value: &mut Value) {
    match value {
        Value::String(text) if text.chars().count() > LONGEST_TEXT => {
            *text = text.chars().take(LONGEST_TEXT).collect::<String>() + " …";
        }
        Value::Array(items) => {
            items.truncate(LONGEST_LIST);
            items.iter_mut().for_each(shorten);
        }
        Value::Object(entries) => entries.values_mut().for_each(shorten),
        _ => {}
    }
}
