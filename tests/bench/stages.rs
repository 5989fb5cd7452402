//! The stages of a cold build one by one: `cargo bench --bench stages [-- BRIEFS... [--rounds N] [--edits]]`
//!
//! Sizes are 1,000 and 10,000 briefs unless given; the figures are medians of the rounds. `cpu` is the time
//! of all threads (Linux only, from the scheduler), so it says more than `wall` on a machine that others
//! use too. The stages of a page (html to emit) run in one loop: the loop's time is shared out by what each
//! took. The last line is the real engine in one go, as a check that the stages above are all of it. After it
//! come edits, as a warm engine meets them: how long it takes from a changed snapshot to the new pages.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark measures time, makes files and prints, or has nothing to say"
)]
#![allow(missing_docs, unreachable_pub, reason = "nobody but this binary uses it")]

mod clock;
mod corpus;
mod warm;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use briefwright::base::{Committed, Content, Diagnostic, Fingerprint, Level, OutPath, Shared, Snapshot};
use briefwright::engine::{self, Emit, Engine, Sink};
use briefwright::pages::{self, Book, LedgerArgs, Ledgers, Page};
use briefwright::{config, document, edition, html, io, site, theme};
use clock::{Shares, Table};
use rayon::prelude::*;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let Arguments { sizes, rounds, only_edits } = arguments();
    for briefs in sizes {
        let folder = Folder::new();
        for (path, text) in corpus::site(briefs, 7) {
            let path = folder.0.join("site").join(path);
            fs::create_dir_all(path.parent().expect("a file lies in a folder")).unwrap();
            fs::write(path, text).unwrap();
        }
        let mut table = Table::new(briefs);
        for round in (0..rounds).filter(|_| !only_edits) {
            stages(&folder.0, round, &mut table);
            whole(&folder.0, round, &mut table);
        }
        if !only_edits {
            println!("{table}");
        }
        println!("{}", warm::edits(&folder.0.join("site"), rounds));
    }
}

/// A build as `Engine::build` does it, with a look at the clock between the stages.
fn stages(folder: &Path, round: usize, table: &mut Table) {
    let root = folder.join("site");
    let snapshot = table.time("read", || snapshot(&root));
    let settings = config::parse(&snapshot).value;
    let documents = table.time("parse", || parse(&snapshot, &settings));
    let documents = table.time("filter", || filter(&documents, &settings, &snapshot));

    let mut faults = Vec::new();
    let index = table.time("catalogue", || {
        let site::Admitted { documents, namesakes } = site::admit(documents, &mut faults);
        let files = Arc::clone(&snapshot.files);
        let (lang, undeclared) = (settings.lang, settings.undeclared);
        let input = Shared::new(site::Input { documents, namesakes, files, lang, undeclared });
        let catalogue = Shared::new(site::catalogue(&input));
        site::Index::new(input, catalogue)
    });
    let names = table.time("names", || Shared::new(site::Names::new(index.names())));
    let mentions = table.time("scan", || scan(index.documents(), &names));
    let resolved = table.time("resolve", || resolve(&index, &names, &mentions));
    let site = table.time("link", || {
        let company = Shared::new(site::company(&site::CompanyArgs { index: &index, linked: &resolved }));
        site::link(index, resolved, company, &mut faults)
    });

    let book = table.time("book", || {
        let args = LedgerArgs {
            site: &site,
            settings: &settings,
            today: snapshot.today,
            card: &|args| Shared::new(pages::card(args)),
        };
        Book::new(&site, &settings, snapshot.today, Shared::new(Ledgers::new(&args)))
    });
    let pages = table.time("derive", || pages::derive(&pages::DeriveArgs { book: &book }).value);
    let files = theme::load(&snapshot, settings.theme.as_deref()).value;
    let theme = table.time("theme", || {
        theme::compile(&theme::CompileArgs { files: &files, global: &book.global(files.addresses()) }).value
    });
    let theme = theme.expect("the default theme compiles");
    assert_no_error(&faults);

    let output = open(folder, round, "stages");
    table.time_shared(|shares| {
        pages.par_iter().for_each(|page| render_page(&book, page, &theme, &output, shares));
    });
    table.time("commit", || output.commit(Fingerprint::of_bytes(b"stages")).unwrap());
    table.pages = pages.len();
}

/// The engine and the output as `brief build` uses them.
fn whole(folder: &Path, round: usize, table: &mut Table) {
    let root = folder.join("site");
    table.time_whole(|| {
        let snapshot = snapshot(&root);
        let files = Files(open(folder, round, "whole"));
        let build = Engine::cold().build(&snapshot, &files);
        assert_no_error(&build.diagnostics);
        files.0.commit(engine::inputs(&snapshot, &build.settings)).unwrap();
        // As `brief` does: the process ends, so nothing is taken apart.
        std::mem::forget((build, snapshot));
    });
}

fn snapshot(root: &Path) -> Snapshot {
    let io::SiteFiles { files, faults, .. } = io::read_site(root);
    Snapshot {
        files: files.into(),
        overrides: Vec::new(),
        env: None,
        today: jiff::civil::date(2026, 1, 15),
        committed: std::sync::Arc::default(),
        faults,
    }
}

fn parse(snapshot: &Snapshot, settings: &config::Settings) -> Vec<Shared<document::Document>> {
    let rules = document::Rules {
        lang: settings.lang,
        label: settings.label,
        keep_unknown: settings.keep_unknown,
        git_dates: false,
    };
    let args = snapshot.files.par_iter().filter_map(|file| match &file.content {
        Content::Text(source) if file.path.in_content().is_some() => Some(document::Args {
            path: file.path.clone(),
            source: source.clone(),
            rules: rules.clone(),
            committed: Committed::default(),
        }),
        _ => None,
    });
    args.filter_map(|args| document::parse(&args).value.map(Shared::new)).collect()
}

fn filter(
    documents: &[Shared<document::Document>],
    settings: &config::Settings,
    snapshot: &Snapshot,
) -> Vec<Shared<document::Document>> {
    let view = edition::View {
        ceiling: settings.edition.as_ref().map(|edition| edition.ceiling),
        drafts: settings.drafts,
        future: settings.future,
        today: snapshot.today,
    };
    let args =
        documents.par_iter().map(|document| edition::Args { document: document.clone(), view: view.clone() });
    args.filter_map(|args| edition::filter(&args)).collect()
}

fn scan(
    documents: &[Shared<document::Document>],
    names: &Shared<site::Names>,
) -> Vec<Shared<site::Mentions>> {
    let args = documents
        .par_iter()
        .map(|document| site::ScanArgs { document: document.clone(), names: names.clone() });
    args.map(|args| Shared::new(site::scan(&args))).collect()
}

fn resolve(
    index: &site::Index,
    names: &Shared<site::Names>,
    mentions: &[Shared<site::Mentions>],
) -> Vec<Shared<site::Resolved>> {
    let documents = (0..mentions.len()).into_par_iter().map(site::DocIx::new);
    documents
        .map(|document| site::ResolveArgs { index, names, document, mentions: &mentions[document.at()] })
        .map(|args| Shared::new(site::resolve(&args)))
        .collect()
}

fn render_page(
    book: &Book<'_>,
    page: &Page,
    theme: &Shared<theme::Theme>,
    output: &io::Output,
    shares: &Shares,
) {
    let html = shares.time("html", || {
        let at = page.show.document()?;
        let args = html::Args {
            document: book.site.documents[at.at()].clone(),
            links: book.site.linked[at.at()].links.clone(),
        };
        Some(Shared::new(html::render(&args)))
    });
    let bytes = match shares.time("view", || pages::view(&pages::Args { book, page, html }).0) {
        pages::Content::Bytes(bytes) => bytes,
        pages::Content::View(view) => {
            let args = theme::Args { theme: theme.clone(), view };
            shares.time("template", || theme::render(&args).unwrap())
        }
    };
    shares.time("emit", || output.put(&page.out, &bytes).unwrap());
}

/// A new output folder, and the last one removed: nothing of a build is on the disk when it starts.
fn open(folder: &Path, round: usize, name: &str) -> io::Output {
    if let Some(last) = round.checked_sub(1) {
        fs::remove_dir_all(folder.join(format!("{name}-{last}"))).unwrap();
    }
    io::Output::open(&folder.join(format!("{name}-{round}")), &folder.join("site")).unwrap()
}

struct Files(io::Output);

impl Sink for Files {
    fn put(&self, path: &OutPath, content: Emit<'_>) -> Result<(), Box<Diagnostic>> {
        match content {
            Emit::Bytes(bytes) => self.0.put(path, bytes),
            Emit::Page(bytes) => self.0.put(path, bytes),
            Emit::Known(bytes, hash) => self.0.put_known(path, bytes, hash),
            Emit::Copy(source, blob) => self.0.copy(path, source, blob),
        }
    }
}

/// Warnings there are: two actors of one brief may share an alias.
fn assert_no_error(faults: &[Diagnostic]) {
    let error = faults.iter().find(|fault| fault.level == Level::Error);
    assert!(error.is_none(), "the corpus has an error: {error:?}");
}

/// A folder in memory, where there is one: disks are noise. Removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let top = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = top.join(format!("brief-stages-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Sizes and rounds; cargo's own `--bench` is passed over.
struct Arguments {
    sizes: Vec<usize>,
    rounds: usize,
    /// No cold builds, edits only.
    only_edits: bool,
}

fn arguments() -> Arguments {
    let mut given = Arguments { sizes: Vec::new(), rounds: 5, only_edits: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bench" => {}
            "--edits" => given.only_edits = true,
            "--rounds" => {
                given.rounds =
                    arguments.next().and_then(|text| text.parse().ok()).expect("--rounds takes a number");
            }
            size => given.sizes.push(size.replace(',', "").parse().expect("a size is a number of briefs")),
        }
    }
    if given.sizes.is_empty() {
        given.sizes = vec![1_000, 10_000];
    }
    given
}
