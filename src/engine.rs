//! The program: a snapshot of the input becomes the files of a site.

mod kept;
mod show;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jiff::civil::Date;
use rayon::prelude::*;

use crate::base::{
    Blob, Committed, Content, Diagnostic, File, Fingerprint, OutPath, Outcome, Shared, Snapshot, SourcePath,
    Store, UrlPath, codes, decode, in_order,
};
use crate::config::{self, Settings};
use crate::document::{self, Document};
use crate::edition::{self, LeftOut};
use crate::html::Html;
use crate::memo::{Memo, Traced};
use crate::pages::{self, Book, LedgerArgs, Ledgers, Page};
use crate::site::{self, Catalogue, Company, DocIx, Index, Mentions, Names, Renamed, Resolved, Site};
use crate::theme::{self, Theme};
use crate::view;

use kept::Kept;
use show::{ShowArgs, Shown, show};

/// Where the files of a site go.
pub trait Sink: Sync {
    /// Told once, before the first file: about how many will come.
    fn expect(&self, _files: usize) {}

    /// Whether a file is to be made at all: a share of a build leaves the others out.
    fn wants(&self, _path: &OutPath) -> bool {
        true
    }

    /// Whether a file of this size and BLAKE3 hash is there already: then it counts as put.
    ///
    /// # Errors
    /// What the machine said.
    fn has(&self, _path: &OutPath, _size: u64, _hash: blake3::Hash) -> Result<bool, Box<Diagnostic>> {
        Ok(false)
    }

    /// Takes a file. Called from many threads, in no order.
    ///
    /// # Errors
    /// What the machine said.
    fn put(&self, path: &OutPath, content: Emit<'_>) -> Result<(), Box<Diagnostic>>;
}

/// A file's content.
#[derive(Clone, Copy, Debug)]
pub enum Emit<'a> {
    /// These bytes.
    Bytes(&'a [u8]),
    /// Those of a rendered page, which a warm engine hands over again as long as nothing changes them: a sink
    /// that keeps pages shares them.
    Page(&'a Arc<Vec<u8>>),
    /// Those of a page that a store keeps, and their BLAKE3 hash.
    Known(&'a [u8], blake3::Hash),
    /// Those of a file of the site.
    Copy(&'a SourcePath, &'a Blob),
}

/// What a build came to.
#[derive(Debug)]
pub struct Build {
    /// Every fault, sorted, with its level by the settings.
    pub diagnostics: Vec<Diagnostic>,
    /// How many pages and other files the site has.
    pub pages: usize,
    /// How many of them were rendered, not remembered.
    pub rendered: usize,
    /// What was left out for being unfinished or too early.
    pub left_out: LeftOut,
    /// The settings.
    pub settings: Settings,
    /// The site.
    pub site: Site,
    /// What else was made. It is kept, so that the caller decides when to pay for dropping it.
    _parts: (Shared<Ledgers>, Shared<Outcome<Vec<Page>>>),
}

impl Build {
    /// The address of the page that a document has.
    pub fn address_of(&self, path: &SourcePath) -> Option<UrlPath> {
        let at = self.site.documents.iter().position(|document| document.path == *path)?;
        Some(self.site.outline().version_address(DocIx::new(at)).clone())
    }

    /// The fingerprint of what an edition shows, for its shards to know each other by. Of what the edition leaves
    /// out it knows nothing.
    pub fn content(&self, snapshot: &Snapshot) -> Fingerprint {
        let documents: Vec<Fingerprint> =
            self.site.documents.par_iter().map(|document| document.shown()).collect();
        let hash = |path: &SourcePath| match &snapshot.file(path)?.content {
            Content::Text(text) => Some(text.fingerprint()),
            Content::Blob(blob) => Some(blob.hash),
        };
        let assets: Vec<_> = self.site.assets.iter().map(|(path, url)| (url, hash(path))).collect();
        let of_theme = |file: &&File| {
            ["templates/", "static/", "themes/"].iter().any(|it| file.path.as_str().starts_with(it))
        };
        let theme: Vec<_> =
            snapshot.files.iter().filter(of_theme).map(|file| (&file.path, hash(&file.path))).collect();
        Fingerprint::of(&(&self.settings, documents, assets, theme, snapshot.today))
    }
}

/// Builds sites. A cold engine builds once; a warm one remembers what it made for the next build.
#[derive(Debug)]
pub struct Engine {
    parsed: Memo<Outcome<Option<Shared<Document>>>>,
    seen: Memo<Option<Shared<Document>>>,
    catalogues: Memo<Outcome<Catalogue>>,
    names: Memo<Names>,
    mentions: Memo<Shared<Mentions>>,
    resolved: Memo<Resolved>,
    companies: Memo<Company>,
    cards: Memo<view::Shown<view::Card>>,
    ledgers: Memo<Ledgers>,
    pages: Memo<Outcome<Vec<Page>>>,
    html: Memo<Html>,
    rendered: Memo<theme::Rendered>,
    themes: Memo<Outcome<Option<Shared<Theme>>>>,
    shown: Traced<Shown, pages::Ask>,
    kept: Kept,
}

impl Engine {
    /// An engine that remembers nothing.
    pub fn cold() -> Self {
        Self::new(false)
    }

    /// An engine that remembers what its last build made.
    pub fn warm() -> Self {
        Self::new(true)
    }

    /// An engine that remembers nothing by itself, but finds in a store what earlier ones left there, and leaves
    /// there what it makes.
    pub fn with_store(store: Arc<dyn Store>) -> Self {
        Self { kept: Kept(Some(store)), ..Self::cold() }
    }

    fn new(warm: bool) -> Self {
        Self {
            parsed: Memo::new(warm),
            seen: Memo::new(warm),
            catalogues: Memo::new(warm),
            names: Memo::new(warm),
            mentions: Memo::new(warm),
            resolved: Memo::new(warm),
            companies: Memo::new(warm),
            cards: Memo::new(warm),
            ledgers: Memo::new(warm),
            pages: Memo::new(warm),
            themes: Memo::new(warm),
            html: Memo::new(warm),
            rendered: Memo::new(warm),
            shown: Traced::new(warm),
            kept: Kept::default(),
        }
    }

    /// Builds the site and hands each file to the sink. Faults do not stop it: it goes on to find them all.
    pub fn build(&mut self, snapshot: &Snapshot, sink: &dyn Sink) -> Build {
        let mut faults = snapshot.faults.clone();
        let settings = config::parse(snapshot).unpack(&mut faults);
        let documents = self.parse(snapshot, &settings).unpack(&mut faults);
        let documents = edition::with_originals(documents);
        let view = view(&settings, snapshot);
        let left_out = edition::left_out(&documents, &view);
        let seen = self.filter(&documents, &view);
        let all_is_seen = settings.edition.is_none() && seen.len() == documents.len();
        let Outcome { value: site, diagnostics } = self.join(seen, &settings, snapshot);
        let may_be_by_hiding = !all_is_seen && settings.tell(&diagnostics);
        let whole = may_be_by_hiding.then(|| self.join(documents, &settings, snapshot));
        faults.extend(not_by_hiding(diagnostics, whole));

        let ledgers = self.ledgers(&site, &settings, snapshot.today);
        let book = Book::new(&site, &settings, snapshot.today, ledgers.clone());
        let files = theme::load(snapshot, settings.theme.as_deref()).unpack(&mut faults);
        let args = theme::CompileArgs { files: &files, global: &book.global(files.addresses()) };
        let (pages, theme) = rayon::join(
            || self.pages.get(&pages::DeriveArgs { book: &book }, pages::derive),
            || self.themes.get(&args, theme::compile),
        );
        faults.extend(pages.diagnostics.iter().cloned());
        faults.extend(theme.diagnostics.iter().cloned());

        // Where two files want one address, nothing is written; rendering still finds its own faults.
        let clash = faults.iter().any(|fault| fault.is(&codes::SAME_ADDRESS));
        let sink = if clash { &Nowhere as &dyn Sink } else { sink };
        sink.expect(pages.value.len());
        if let Some(theme) = &theme.value {
            faults.extend(self.render(&book, &pages.value, theme, sink));
        }
        faults.extend(copy_assets(snapshot, &site, &files, sink));
        drop(book);
        without_consequences(&mut faults, snapshot);
        config::place(&mut faults, snapshot);
        settings.level(&mut faults);
        Build {
            diagnostics: in_order(faults),
            pages: pages.value.len(),
            rendered: self.end_round(),
            left_out,
            settings,
            site,
            _parts: (ledgers, pages),
        }
    }

    /// Finds every fault that a build would meet, and writes nothing.
    pub fn check(&mut self, snapshot: &Snapshot) -> Build {
        self.build(snapshot, &Nowhere)
    }

    fn parse(&self, snapshot: &Snapshot, settings: &Settings) -> Outcome<Vec<Shared<Document>>> {
        let rules = document::Rules {
            lang: settings.lang,
            label: settings.label,
            keep_unknown: settings.keep_unknown,
            git_dates: settings.git_dates,
        };
        let committed = |path| match settings.git_dates {
            true => snapshot.committed.get(path).copied().unwrap_or_default(),
            false => Committed::default(),
        };
        let parsed: Vec<_> = snapshot
            .files
            .par_iter()
            .filter_map(|file| match &file.content {
                Content::Text(text) if file.path.in_content().is_some() => Some((&file.path, text)),
                _ => None,
            })
            .map(|(path, source)| document::Args {
                path: path.clone(),
                source: source.clone(),
                rules: rules.clone(),
                committed: committed(path),
            })
            .map(|args| self.kept.parsed(&args, || self.parsed.get(&args, parse)))
            .collect();
        // Where git cannot tell, that is the fault, told once; not that each brief has no date.
        let no_git = |fault: &Diagnostic| fault.is(&codes::NO_GIT) || fault.is(&codes::SHALLOW_CLONE);
        let is_told = snapshot.faults.iter().any(no_git);
        let faults = parsed.iter().flat_map(|outcome| &outcome.diagnostics);
        let faults = faults.filter(|fault| !(is_told && fault.is(&codes::UNDATED)));
        let diagnostics = faults.cloned().collect();
        Outcome { value: parsed.iter().filter_map(|outcome| outcome.value.clone()).collect(), diagnostics }
    }

    /// What this audience sees.
    fn filter(&self, documents: &[Shared<Document>], view: &edition::View) -> Vec<Shared<Document>> {
        documents
            .par_iter()
            .filter_map(|document| {
                let args = edition::Args { document: document.clone(), view: view.clone() };
                Option::clone(&self.seen.get(&args, edition::filter))
            })
            .collect()
    }

    fn join(
        &self,
        documents: Vec<Shared<Document>>,
        settings: &Settings,
        snapshot: &Snapshot,
    ) -> Outcome<Site> {
        let mut diagnostics = Vec::new();
        let site::Admitted { documents, namesakes } = site::admit(documents, &mut diagnostics);
        let &Settings { lang, undeclared, .. } = settings;
        let files = Arc::clone(&snapshot.files);
        let input = Shared::new(site::Input { documents, namesakes, files, lang, undeclared });
        let catalogue = self.catalogues.get(&input, site::catalogue);
        let index = Index::new(input, catalogue);
        let names = self.names.get(index.names(), Names::new);
        let resolved = self.resolve(&index, &names);
        let args = site::CompanyArgs { index: &index, linked: &resolved };
        let company = self.companies.get(&args, site::company);
        let site = site::link(index, resolved, company, &mut diagnostics);
        Outcome { value: site, diagnostics }
    }

    fn resolve(&self, index: &Index, names: &Shared<Names>) -> Vec<Shared<Resolved>> {
        let documents = (0..index.documents().len()).into_par_iter().map(DocIx::new);
        let renamed = LazyLock::new(|| self.renamed(names));
        let resolve = |document: DocIx| {
            self.kept.resolved(&site::ResolveKey { index, names, document }, || {
                let mentions = &self.scan(&index.documents()[document.at()], names, &renamed);
                self.resolved.get(&site::ResolveArgs { index, names, document, mentions }, site::resolve)
            })
        };
        documents.map(resolve).collect()
    }

    fn scan(
        &self,
        document: &Shared<Document>,
        names: &Shared<Names>,
        renamed: &[Renamed],
    ) -> Shared<Mentions> {
        let args =
            |names: &Shared<Names>| site::ScanArgs { document: document.clone(), names: names.clone() };
        let before = |renamed: &Renamed| {
            let mentions = self.mentions.peek(&args(&renamed.before))?;
            renamed.spares(document).then(|| (*mentions).clone())
        };
        let known = || renamed.iter().find_map(before);
        let scan = |args: &site::ScanArgs| Shared::new(site::scan(args));
        let args = args(names);
        self.kept.mentions(&args, || (*self.mentions.get_or(&args, known, scan)).clone())
    }

    /// How these names differ from those that texts were searched for before.
    fn renamed(&self, names: &Shared<Names>) -> Vec<Renamed> {
        let others = self.names.values().into_iter().filter(|other| other != names);
        others.filter_map(|before| Renamed::between(&before, names)).collect()
    }

    fn ledgers(&self, site: &Site, settings: &Settings, today: Date) -> Shared<Ledgers> {
        let card = |args: &pages::CardArgs<'_>| self.cards.get(args, pages::card);
        self.ledgers.get(&LedgerArgs { site, settings, today, card: &card }, Ledgers::new)
    }

    fn render(
        &self,
        book: &Book<'_>,
        pages: &[Page],
        theme: &Shared<Theme>,
        sink: &dyn Sink,
    ) -> Vec<Diagnostic> {
        let faults = Mutex::new(Vec::new());
        pages.par_iter().enumerate().for_each(|(at, page)| {
            if let Err(fault) = self.render_page(book, page, theme, sink) {
                faults.lock().unwrap_or_else(PoisonError::into_inner).push((at, *fault));
            }
        });
        let faults = faults.into_inner().unwrap_or_else(PoisonError::into_inner);
        let name = |at: usize| match pages[at].show.document() {
            Some(document) => format!("`{}`", book.site.documents[document.at()].path),
            None => format!("the page /{}", pages[at].url.as_str().trim_start_matches('/')),
        };
        told_once(faults, name)
    }

    fn render_page(
        &self,
        book: &Book<'_>,
        page: &Page,
        theme: &Shared<Theme>,
        sink: &dyn Sink,
    ) -> Result<(), Box<Diagnostic>> {
        if !sink.wants(&page.out) {
            return Ok(());
        }
        let args = ShowArgs { engine: self, book, page, theme };
        self.kept.page(&args, sink).unwrap_or_else(|| {
            let shown = self.shown.get(&args, show);
            sink.put(&page.out, Emit::Page(shown.bytes()?))
        })
    }

    fn end_round(&mut self) -> usize {
        self.parsed.end_round();
        self.seen.end_round();
        self.catalogues.end_round();
        self.names.end_round();
        self.mentions.end_round();
        self.resolved.end_round();
        self.companies.end_round();
        self.ledgers.end_round();
        self.cards.end_round();
        self.pages.end_round();
        self.themes.end_round();
        // First what holds the others.
        self.shown.end_round();
        self.html.end_round();
        self.rendered.end_round()
    }
}

/// A sink that keeps nothing.
#[derive(Debug)]
struct Nowhere;

impl Sink for Nowhere {
    fn put(&self, _: &OutPath, _: Emit<'_>) -> Result<(), Box<Diagnostic>> {
        Ok(())
    }
}

fn parse(args: &document::Args) -> Outcome<Option<Shared<Document>>> {
    let Outcome { value, diagnostics } = document::parse(args);
    Outcome { value: value.map(Shared::new), diagnostics }
}

/// Keeps only the faults that the whole site has too. The others are there because the edition hides what they are
/// about: a link to a hidden brief is no fault. Nothing else of the whole site is looked at.
fn not_by_hiding(mut faults: Vec<Diagnostic>, whole: Option<Outcome<Site>>) -> Vec<Diagnostic> {
    if let Some(whole) = whole {
        let known: HashSet<_> = whole.diagnostics.iter().map(|fault| (fault.code.id, &fault.place)).collect();
        faults.retain(|fault| known.contains(&(fault.code.id, &fault.place)));
    }
    faults
}

/// Who builds, for whom, and when.
fn view(settings: &Settings, snapshot: &Snapshot) -> edition::View {
    edition::View {
        ceiling: settings.edition.as_ref().map(|edition| edition.ceiling),
        drafts: settings.drafts,
        future: settings.future,
        today: snapshot.today,
    }
}

/// Drops faults of references to what could not be read: of a folder in `content/` nobody knows what was in it, of a
/// file what it was called, so they would only say the same again.
fn without_consequences(faults: &mut Vec<Diagnostic>, snapshot: &Snapshot) {
    let unread = snapshot.faults.iter().filter(|fault| fault.is(&codes::READ));
    let unread: Vec<Vec<&str>> = unread
        .filter_map(|fault| Some(fault.place.as_ref()?.path.in_content()?.split('/').rev().collect()))
        .collect();
    let is_of = |target: &str, path: &[&str]| match path {
        [name, ..] if !name.contains('.') => true,
        [name, folder, ..] if name.to_lowercase().starts_with("index.") => same_stem(target, folder),
        [name, ..] => same_stem(target, name),
        [] => false,
    };
    let refers = [codes::UNDECLARED.id, codes::BROKEN_LINK.id, codes::UNKNOWN_JUDGEMENT.id];
    let target = |fault: &Diagnostic| {
        let place = fault.place.as_ref().filter(|_| refers.contains(&fault.code.id))?;
        let written = snapshot.text(&place.path)?.get(place.span?.range())?;
        decode(written.trim_matches(['"', '\'']).rsplit(['/', ':']).next().unwrap_or_default())
    };
    if !unread.is_empty() {
        faults.retain(|fault| {
            !target(fault).is_some_and(|target| unread.iter().any(|path| is_of(&target, path)))
        });
    }
}

/// Whether two names are one, but for what follows their first full stop.
fn same_stem(a: &str, b: &str) -> bool {
    let stem = |name: &str| name.split('.').next().unwrap_or_default().to_lowercase();
    stem(a) == stem(b)
}

/// Files that documents use, and the theme's own.
fn copy_assets(snapshot: &Snapshot, site: &Site, files: &theme::Files, sink: &dyn Sink) -> Vec<Diagnostic> {
    let copy = |path: &SourcePath, url: &UrlPath| -> Result<(), Box<Diagnostic>> {
        match (url.to_out(), snapshot.file(path).map(|file| &file.content)) {
            (Ok(out), Some(Content::Blob(_))) if !sink.wants(&out) => Ok(()),
            (Ok(out), Some(Content::Blob(blob))) => sink.put(&out, Emit::Copy(path, blob)),
            (Err(why), _) => {
                Err(Box::new(Diagnostic::new(&crate::base::codes::UNSAFE_OUTPUT, why).in_file(path)))
            }
            _ => Ok(()),
        }
    };
    let of_site = site.assets.par_iter().filter_map(|(path, url)| copy(path, url).err());
    let of_theme = files.assets.par_iter().filter_map(|asset| {
        let out = asset.url.to_out().ok().filter(|out| sink.wants(out))?;
        match &asset.content {
            theme::Static::Bytes(bytes) => sink.put(&out, Emit::Bytes(bytes)),
            theme::Static::Copy(path, blob) => sink.put(&out, Emit::Copy(path, blob)),
        }
        .err()
    });
    of_site.chain(of_theme).map(|fault| *fault).collect()
}

/// One template's fault shows on many pages, and is told once, of the first of them; so is a full disk.
fn told_once(mut faults: Vec<(usize, Diagnostic)>, name: impl Fn(usize) -> String) -> Vec<Diagnostic> {
    // Threads come in any order.
    faults.sort_by_key(|(page, _)| *page);
    let mut told: BTreeMap<_, (usize, Diagnostic, usize)> = BTreeMap::new();
    for (page, fault) in faults {
        let words = fault.place.is_none().then(|| fault.message.clone());
        let (.., pages) = told.entry((fault.place.clone(), fault.code.id, words)).or_insert((page, fault, 0));
        *pages += 1;
    }
    let on_pages = |(page, fault, pages): (usize, Diagnostic, usize)| match pages - 1 {
        _ if !fault.is(&codes::TEMPLATE) => fault,
        0 => fault.help(format!("it happens on {}, and on no other page", name(page))),
        1 => fault.help(format!("it happens on {} and on 1 other page", name(page))),
        others => fault.help(format!("it happens on {} and on {others} other pages", name(page))),
    };
    told.into_values().map(on_pages).collect()
}

/// The fingerprint of everything that the output depends on, for its manifest.
pub fn inputs(snapshot: &Snapshot, settings: &Settings) -> Fingerprint {
    if let Some(edition) = &settings.edition {
        return inputs_of_edition(&edition.name, snapshot.today);
    }
    let files: Vec<Fingerprint> = snapshot
        .files
        .par_iter()
        .map(|file| match &file.content {
            Content::Text(text) => Fingerprint::of(&(&file.path, text)),
            Content::Blob(blob) => Fingerprint::of(&(&file.path, blob)),
        })
        .collect();
    let overrides: BTreeSet<(&str, &str)> = snapshot
        .overrides
        .iter()
        .filter(|given| !matches!(given.key.as_str(), "out" | "cache"))
        .map(|given| (given.key.as_str(), given.value.as_str()))
        .collect();
    let committed = settings.git_dates.then_some(&snapshot.committed);
    Fingerprint::of(&(env!("CARGO_PKG_VERSION"), files, overrides, &snapshot.env, snapshot.today, committed))
}

/// An edition's says nothing of the files, because it would change with those that the edition does not show; the
/// manifest's other hashes tell what is in it.
pub fn inputs_of_edition(name: &str, today: Date) -> Fingerprint {
    Fingerprint::of(&(env!("CARGO_PKG_VERSION"), name, today))
}

/// Whether a build must know when files were committed.
pub fn wants_history(snapshot: &Snapshot) -> bool {
    config::parse(snapshot).value.git_dates
}
