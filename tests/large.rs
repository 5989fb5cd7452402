//! Sites so large that what is one page elsewhere is several here.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use briefwright::base::{Committed, Content as Held, Shared, Snapshot};
use briefwright::engine::Engine;
use briefwright::pages::{self, Book, Content, LedgerArgs, Ledgers, Show};
use briefwright::site::{self, DocIx, Site};
use briefwright::{config, document};

use crate::memory::{Sources, TODAY, build};

#[test]
fn an_index_of_many_is_cut_into_pages_that_hold_everybody_once() {
    let mut sources = Sources::default();
    for n in 0..2100 {
        sources
            .files
            .insert(format!("content/actors/group-{n:04}.md"), format!("---\nname: Group {n:04}\n---\n"));
    }
    let built = build(&mut Engine::cold(), &sources.snapshot());
    let page = |path: &str| built.text(path).unwrap_or_else(|| panic!("there is no {path}"));
    let mut seen = BTreeSet::new();
    for path in ["actors/index.html", "actors/page/2/index.html", "actors/page/3/index.html"] {
        let main = page(path).split("<main").nth(1).expect("a page has a main part");
        let names: Vec<&str> = main.split(">Group ").skip(1).map(|rest| &rest[..4]).collect();
        assert!(!names.is_empty() && names.len() <= 1000, "{path} lists {}", names.len());
        names.into_iter().for_each(|name| assert!(seen.insert(name.to_owned()), "{name} is listed twice"));
    }
    assert_eq!(seen.len(), 2100);
    assert!(page("actors/page/2/index.html").contains("page 2 of 3"));
    assert!(!built.files.contains_key("actors/page/4/index.html"));
}

/// Texts that a walk from each of many places to the end would take minutes for.
#[test]
fn long_texts_of_one_thing_are_read_once() {
    let chain = (1..10_000).fold("x[^9999]\n\n".to_owned(), |mut text, n| {
        let _ = write!(text, "[^{n}]: y[^{}]\n\n", n - 1);
        text
    });
    let mut sources = Sources::default();
    for (name, text) in [
        ("blocks", " ^a".repeat(150_000)),
        ("bars", format!("| a |\n|---|\n| {} | x |\n", "[[".repeat(150_000))),
        ("notes", chain),
        ("lost", (0..10_000).fold(String::new(), |text, n| text + &format!("[^{n}]: `y` [z](b.md)\n\n"))),
        ("links", "[[blocks#^none]] [[bars]]".to_owned()),
    ] {
        sources.files.insert(format!("content/pages/{name}.md"), format!("# {name}\n\n{text}"));
    }
    let built = build(&mut Engine::warm(), &sources.snapshot());
    let faults = built.faults(&sources.snapshot());
    assert!(faults.contains("`blocks` has no block `^none`"), "{}", &faults[..faults.len().min(2000)]);
    // The last of the chain leads to a note that is not there.
    let notes = built.text("notes/index.html").expect("the page");
    assert_eq!(notes.matches("<li id=\"fn-").count(), 9_999);
}

/// A sitemap holds 50,000 addresses at most (sitemaps.org 0.9).
#[test]
fn a_sitemap_of_too_many_addresses_lists_its_parts() {
    let mut sources = Sources::default();
    sources.settings.push(("base_url".to_owned(), "https://example.org/".to_owned()));
    for brief in 0..51 {
        let mut text = format!("---\ntitle: Brief {brief}\ndate: 2025-01-01\nevents:\n");
        for event in 0..1000 {
            let _ = writeln!(text, " - {{id: e-{brief}-{event}, title: E}}");
        }
        sources.files.insert(format!("content/briefs/b-{brief}.md"), text + "---\n");
    }
    let snapshot = sources.snapshot();
    let settings = config::parse(&snapshot).value;
    let site = joined(&snapshot, &settings);
    let args = LedgerArgs {
        site: &site,
        settings: &settings,
        today: TODAY,
        card: &|args| Shared::new(pages::card(args)),
    };
    let book = Book::new(&site, &settings, TODAY, Shared::new(Ledgers::new(&args)));
    let sitemaps: Vec<(String, String)> = pages::derive(&pages::DeriveArgs { book: &book })
        .value
        .iter()
        .filter(|page| matches!(page.show, Show::Sitemap(_)))
        .map(|page| match pages::view(&pages::Args { book: &book, page, html: None }).0 {
            Content::Bytes(bytes) => {
                (page.url.to_string(), String::from_utf8(bytes.to_vec()).expect("UTF-8"))
            }
            Content::View(_) => panic!("a sitemap goes through no template"),
        })
        .collect();
    let [(one, first), (two, second), (all, index)] = &sitemaps[..] else {
        panic!("not three: {sitemaps:?}")
    };
    assert_eq!([one, two, all], ["/sitemap-1.xml", "/sitemap-2.xml", "/sitemap.xml"]);
    let places = |xml: &str| -> Vec<String> {
        let inside = xml.split("<loc>").skip(1).filter_map(|rest| rest.split("</loc>").next());
        inside.map(str::to_owned).collect()
    };
    assert_eq!(places(index), ["https://example.org/sitemap-1.xml", "https://example.org/sitemap-2.xml"]);
    assert!(index.contains("<sitemapindex") && first.contains("<urlset") && second.contains("<urlset"));
    assert_eq!(places(first).len(), 50_000);
    let both: BTreeSet<String> = places(first).into_iter().chain(places(second)).collect();
    // Briefs, events, and the home page.
    assert_eq!(both.len(), 51 + 51_000 + 1);
}

fn joined(snapshot: &Snapshot, settings: &config::Settings) -> Site {
    let mut faults = Vec::new();
    let rules =
        document::Rules { lang: settings.lang, label: settings.label, keep_unknown: false, git_dates: false };
    let documents = snapshot.files.iter().filter_map(|file| match &file.content {
        Held::Text(source) if file.path.in_content().is_some() => {
            let args = document::Args {
                path: file.path.clone(),
                source: source.clone(),
                rules: rules.clone(),
                committed: Committed::default(),
            };
            document::parse(&args).value.map(Shared::new)
        }
        _ => None,
    });
    let site::Admitted { documents, namesakes } = site::admit(documents.collect(), &mut faults);
    let input = Shared::new(site::Input {
        documents,
        namesakes,
        files: snapshot.files.clone(),
        lang: settings.lang,
        undeclared: settings.undeclared,
    });
    let index = site::Index::new(input.clone(), Shared::new(site::catalogue(&input)));
    let names = Shared::new(site::Names::new(index.names()));
    let resolved = (0..index.documents().len()).map(DocIx::new).map(|document| {
        let args =
            site::ScanArgs { document: index.documents()[document.at()].clone(), names: names.clone() };
        let mentions = &Shared::new(site::scan(&args));
        Shared::new(site::resolve(&site::ResolveArgs { index: &index, names: &names, document, mentions }))
    });
    let resolved: Vec<_> = resolved.collect();
    let company = Shared::new(site::company(&site::CompanyArgs { index: &index, linked: &resolved }));
    let site = site::link(index, resolved, company, &mut faults);
    assert!(faults.is_empty(), "{faults:?}");
    site
}
