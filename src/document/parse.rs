//! One file → one document, with every fault in it.

use super::{
    Body, Common, Data, Document, Heading, Portion, Says, Update, UpdateKind, actor, alias, body, brief,
    event, front, mark, people, places, tables,
};
use crate::base::lang::{is_language_suffix, is_right_to_left};
use crate::base::node::Node;
use crate::base::shape::{Checker, Fields};
use crate::base::{
    Committed, Diagnostic, Edtf, Id, Key, Kind, Label, Lang, Outcome, Prints, SourcePath, Span, Spanned,
    Text, UrlPath, codes, nearest, unportable, yaml,
};

/// All that a document depends on.
#[derive(Clone, Debug, Hash)]
pub struct Args {
    /// The file.
    pub path: SourcePath,
    /// Its text.
    pub source: Text,
    /// How to read it.
    pub rules: Rules,
    /// When it was committed, as far as that counts.
    pub committed: Committed,
}

/// The settings that matter to the reading of a document.
#[derive(Clone, Debug, Hash)]
pub struct Rules {
    /// The language of a document that does not say.
    pub lang: Lang,
    /// The label of a document that does not say.
    pub label: Label,
    /// Unknown keys go to `extra`.
    pub keep_unknown: bool,
    /// A brief need not write its date.
    pub git_dates: bool,
}

/// Reads a document. `None` when the file's name gives it no id.
pub fn parse(args: &Args) -> Outcome<Option<Document>> {
    let Args { path, source, rules, committed } = args;
    let mut diagnostics = Vec::new();
    diagnostics.extend(front::lone_return(path, source));
    let Front { node, yaml_start, body_start, mut unreadable } = read_front(path, source, &mut diagnostics);
    // What has a label may repeat it in words.
    if node.get("tlp").is_none()
        && let Some(fault) = front::in_another_form(path, source, body_start as usize)
    {
        diagnostics.push(fault);
        unreadable = true;
    }
    let name = FileName::of(path, &node, rules, &mut diagnostics);
    let fields = Fields(&node);
    // Keys of front matter that cannot be read are not missing.
    if !unreadable || !node.entries().is_empty() {
        let mut checker = Checker::new(path);
        checker.unwritten = rules.git_dates.then_some("date");
        checker.map(&node, &tables(name.kind), rules.keep_unknown);
        if name.kind == Kind::Brief {
            brief::check_items(fields, &mut checker);
        }
        if name.kind == Kind::Region {
            checker.diagnostics.extend(places::check_m49(fields, path));
        }
        let is_known = |key: &str| tables(name.kind)[1].iter().any(|field| field.name == key);
        for key in ["aliases", "metonyms"].into_iter().filter(|key| is_known(key)) {
            fields.node(key).into_iter().for_each(|node| alias::check(node, &mut checker));
        }
        diagnostics.extend(checker.diagnostics);
    }
    mark::check_front_matter(path, source, &node, &mut diagnostics);
    let known = tables(name.kind);
    let is_own =
        |key: &str| key == "extra" || !known.iter().copied().flatten().any(|field| field.name == key);
    for (_, value) in node.entries().iter().filter(|(key, _)| is_own(&key.name)) {
        mark::check_extra(path, value, &mut diagnostics);
    }
    let mut data = read_data(name.kind, fields, name.stem);
    if let Data::Brief(brief) = &mut data
        && rules.git_dates
        && fields.node("date").is_none_or(Node::is_null)
    {
        brief.date = committed.first.and_then(|day| Edtf::parse(&day.to_string()).ok());
        if brief.date.is_none() {
            let fault = Diagnostic::new(&codes::UNDATED, "the brief has no date yet").in_file(path);
            diagnostics.push(fault.help("it gets that of its first commit; or write `date:`"));
        }
    }
    let id = match &data {
        Data::Country(country) => country.code.map(|code| Id::new(code.alpha2())),
        _ => name.id.clone(),
    };
    let (mut body, faults) = body::read(path, source, body_start, &[]);
    diagnostics.extend(faults);
    let Some(id) = id else {
        diagnostics.push(name.no_id(path));
        return Outcome { value: None, diagnostics };
    };
    let key = Key::new(name.kind, id);
    if let Some((place, fault)) = unportable(key.id.as_str()) {
        let part = place.rsplit('/').next().unwrap_or(place);
        let what = if Id::new(path.name()).as_str().starts_with(part) { "file" } else { "folder" };
        diagnostics
            .push(fault.in_file(path).help(format!("rename the {what}: pages are in folders of its name")));
    }
    for old in fields.texts("redirect_from") {
        let url = UrlPath::of_before(&old).ok();
        let fault = url.as_ref().and_then(|url| unportable(url.as_str()));
        diagnostics.extend(fault.map(|(_, fault)| {
            fault.at(path, old.span).help("do without the redirect, or let the web server make it")
        }));
    }
    let title = title(&key, fields, &mut body, &name);
    if title.missing && !unreadable && !rules.keep_unknown {
        let fault = match empty_title(&node) {
            Some((name, place)) => Diagnostic::new(&codes::MISSING_KEY, format!("the key `{name}` is empty"))
                .at(path, place)
                .label("nothing to be seen here"),
            None => Diagnostic::new(&codes::MISSING_KEY, "the key `title` is missing")
                .at(path, Span { start: 0, end: yaml_start.saturating_sub(1).min(3) })
                .label("in this front matter"),
        };
        diagnostics.push(fault.help(format!("every {} has a `title` (or `name`)", key.kind.name())));
    }
    let common = Common { committed: *committed, ..common(fields, title.text, &name, rules) };
    let document = Document {
        path: path.clone(),
        source: source.clone(),
        key,
        common,
        data,
        body,
        rules: rules.clone(),
        ceiling: None,
        face: Prints::default(),
    };
    Outcome { value: Some(document), diagnostics }
}

/// Front matter as read, and where the text begins.
struct Front {
    node: Node,
    yaml_start: u32,
    body_start: u32,
    /// It has a fault of its own, so what it lacks need not be told.
    unreadable: bool,
}

fn read_front(path: &SourcePath, source: &str, diagnostics: &mut Vec<Diagnostic>) -> Front {
    let parts = front::split(path, source);
    let mut node = yaml::parse(path, parts.yaml, parts.yaml_start);
    if node.value.text().is_some() && parts.fault.is_none() && node.diagnostics.is_empty() {
        if !front::are_keys(parts.yaml) {
            // Prose between two rules is text.
            return Front { node: Node::empty(), yaml_start: 0, body_start: 0, unreadable: false };
        }
        node = yaml::parse_entries(path, parts.yaml, parts.yaml_start);
    }
    // What could not be read of it is not missing either.
    let unreadable = parts.fault.is_some() || node.value.entries().is_empty() && !node.diagnostics.is_empty();
    diagnostics.extend(parts.fault);
    Front {
        node: node.unpack(diagnostics),
        yaml_start: parts.yaml_start,
        body_start: parts.body_start,
        unreadable,
    }
}

impl Document {
    /// The document below a ceiling: the same, without the parts of its text that lie in `cut`.
    #[must_use]
    pub fn below(&self, ceiling: Label, cut: &[Portion]) -> Self {
        let body = match cut {
            [] => self.body.clone(),
            cut => body::read(&self.path, &self.source, self.body.start, cut).0,
        };
        let mut seen = Self {
            path: self.path.clone(),
            source: self.source.clone(),
            key: self.key.clone(),
            common: self.common.clone(),
            data: self.data.clone(),
            body,
            rules: self.rules.clone(),
            ceiling: Some(ceiling),
            face: Prints::default(),
        };
        if !cut.is_empty() {
            seen.retitle();
        }
        if ceiling < Label::Red {
            // The last commit may have changed only what this audience does not see.
            seen.common.committed.last = None;
        }
        seen
    }
}

impl Document {
    /// A title that was taken from a heading is that of the first heading that is left.
    fn retitle(&mut self) {
        let title = &mut self.common.title;
        let first = self.body.headings.first();
        // Front matter comes before the text, and what comes from the file's name or code has no place.
        if title.span.start >= self.body.start && title.span.end > 0 {
            let (_, below) = address_kind(self.path.in_content().unwrap_or(self.path.as_str()));
            *title = heading_title(first).unwrap_or_else(|| no_title(file_stem(below).0));
        }
        self.body.title_heading =
            first.is_some_and(|first| first.level == 1 && first.text == self.common.title.value);
    }

    /// What the page `name.io.md` is when there is no `name.md`: no version in Ido, but a page whose name has a
    /// full stop in it.
    #[must_use]
    pub fn alone(&self) -> Self {
        let mut alone = self.clone();
        let suffix = self.path.name().rsplit('.').nth(1).unwrap_or_default();
        alone.key.id = Id::new(&format!("{}.{suffix}", self.key.id));
        alone.common.variant = false;
        if self.common.lang.dir() == "rtl" && !self.prose().text.contains(is_right_to_left) {
            alone.common.lang = self.rules.lang;
        }
        alone
    }
}

fn read_data(kind: Kind, fields: Fields<'_>, stem: &str) -> Data {
    match kind {
        Kind::Brief => Data::Brief(Box::new(brief::read(fields))),
        Kind::Actor => Data::Actor(Box::new(actor::read(fields))),
        Kind::Country => Data::Country(places::country(fields, stem)),
        Kind::Person => Data::Person(people::person(fields)),
        Kind::Region => Data::Region(places::region(fields)),
        Kind::Event => Data::Event(Box::new(event::read(fields))),
        Kind::Source => Data::Source(people::source(fields)),
        Kind::Topic => Data::Topic,
        Kind::Page => Data::Page,
    }
}

fn common(fields: Fields<'_>, title: Spanned<String>, name: &FileName<'_>, rules: &Rules) -> Common {
    let own = |key: &str| tables(name.kind).iter().copied().flatten().any(|field| field.name == key);
    let mut extra = fields.node("extra").map_or(serde_json::Value::Null, Node::to_json);
    if rules.keep_unknown {
        let unknown = fields.0.entries().iter().filter(|(key, _)| !own(&key.name));
        let unknown: serde_json::Map<_, _> =
            unknown.map(|(key, node)| (key.name.clone(), node.to_json())).collect();
        if !unknown.is_empty() {
            match &mut extra {
                serde_json::Value::Object(map) => map.extend(unknown),
                extra => *extra = serde_json::Value::Object(unknown),
            }
        }
    }
    Common {
        title,
        summary: fields.text("summary"),
        lang: fields.parsed("lang", Lang::parse).map(|lang| lang.value).or(name.lang).unwrap_or(rules.lang),
        variant: name.lang.is_some(),
        label: fields.label("tlp").unwrap_or(rules.label),
        draft: fields.flag("draft").unwrap_or(false),
        says: Says { label: fields.label("tlp").is_some(), draft: fields.flag("draft").is_some() },
        autolink: fields.flag("autolink").unwrap_or(true),
        redirect_from: fields.texts("redirect_from"),
        review_by: fields.date("review_by"),
        updates: fields.maps("updates").map(update).collect(),
        committed: Committed::default(),
        extra,
    }
}

fn update(fields: Fields<'_>) -> Update {
    Update {
        date: fields.date("date"),
        kind: fields.parsed("kind", UpdateKind::parse).map_or(UpdateKind::Update, |kind| kind.value),
        note: fields.text("note"),
    }
}

struct Title {
    text: Spanned<String>,
    missing: bool,
}

/// `title` or `name`, else the country's name, else the first heading, else the file's name.
fn title(key: &Key, fields: Fields<'_>, body: &mut Body, name: &FileName<'_>) -> Title {
    let written = fields.spanned("title").or_else(|| fields.spanned("name"));
    let written = written.and_then(|title| Some(Spanned::new(alias::name(Some(title.value))?, title.span)));
    let country =
        (key.kind == Kind::Country).then(|| crate::base::CountryCode::from_input(key.id.as_str())).flatten();
    let first = body.headings.first();
    let may_lack = matches!(key.kind, Kind::Page | Kind::Topic | Kind::Country);
    // One of the wrong type is told as such.
    let is_wrong = |node: &Node| !node.is_null() && node.text().is_none();
    let given = ["title", "name"].into_iter().filter_map(|key| fields.node(key)).any(is_wrong);
    let missing = written.is_none() && !may_lack && !given;
    let text = written
        .or_else(|| country.map(|country| Spanned::new(country.name().to_owned(), Span::default())))
        .or_else(|| heading_title(first))
        .unwrap_or_else(|| no_title(name.stem));
    body.title_heading = first.is_some_and(|first| first.level == 1 && first.text == text.value);
    Title { text, missing }
}

/// The key that was written for the title and holds nothing, and its value's place; that of the key, where no value is.
fn empty_title(node: &Node) -> Option<(&str, Span)> {
    let is_title = |(key, _): &&(crate::base::node::Key, Node)| matches!(key.name.as_str(), "title" | "name");
    let (key, value) = node.entries().iter().find(is_title)?;
    Some((&key.name, if value.span.start < value.span.end { value.span } else { key.span }))
}

/// The title of a document whose first heading gives it.
fn heading_title(first: Option<&Heading>) -> Option<Spanned<String>> {
    first.filter(|first| !first.text.is_empty()).map(|first| Spanned::new(first.text.clone(), first.span))
}

/// The title of a document that nothing else gives one.
fn no_title(stem: &str) -> Spanned<String> {
    Spanned::new(stem.to_owned(), Span::default())
}

/// What a file's name and place say.
struct FileName<'a> {
    kind: Kind,
    id: Option<Id>,
    stem: &'a str,
    lang: Option<Lang>,
}

impl<'a> FileName<'a> {
    fn of(path: &'a SourcePath, node: &Node, rules: &Rules, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let rest = path.in_content().unwrap_or(path.as_str());
        let (mut kind, below) = address_kind(rest);
        if let Some(written) = node.get("kind").and_then(Node::text).and_then(Kind::parse) {
            kind = written;
        } else if let Some((folder, _)) = rest.split_once('/')
            && !rules.keep_unknown
            && Kind::ALL.iter().all(|kind| kind.folder() != folder)
            && let Some(near) = nearest(folder, Kind::ALL.iter().map(|kind| kind.folder()))
        {
            diagnostics.push(
                Diagnostic::new(&codes::UNKNOWN_KIND, format!("the folder `{folder}` looks like `{near}`"))
                    .in_file(path)
                    .help(format!("move the file to `content/{near}/`, or say its `kind:`")),
            );
        }
        let folder = below.rsplit_once('/').map_or("", |(folder, _)| folder);
        let (stem, lang, index) = file_stem(below);
        let id = match kind {
            Kind::Page if index => folder.to_owned(),
            Kind::Page if !folder.is_empty() => format!("{folder}/{stem}"),
            _ => stem.to_owned(),
        };
        let home = kind == Kind::Page && id.is_empty();
        let id = (home || is_usable(&id, kind)).then(|| Id::new(&id));
        Self { kind, id, stem, lang }
    }

    /// The fault of a name that gives no id.
    fn no_id(&self, path: &SourcePath) -> Diagnostic {
        let Self { kind, stem, .. } = *self;
        let folder = kind.folder();
        let fault = |words: String| Diagnostic::new(&codes::BAD_ID, words).in_file(path);
        if stem.is_empty() && path.name().to_lowercase().starts_with("index.") {
            let fault = fault(format!(
                "an `index.md` is called as its folder is, and `{folder}` is that of all {folder}"
            ));
            let (folder, name) = (path.folder(), path.name());
            return fault.help(format!(
                "name the file for what it holds, `{folder}/NAME.md` or `{folder}/NAME/{name}`"
            ));
        }
        if kind == Kind::Country {
            return fault(format!("`{stem}` cannot be an id"))
                .help("a country's file is named for its code or its English name, or says its `code:`");
        }
        // A page is called by its whole path.
        let (_, below) = address_kind(path.in_content().unwrap_or(path.as_str()));
        let folders =
            below.rsplit_once('/').filter(|_| kind == Kind::Page).map_or("", |(folders, _)| folders);
        let parts = folders.split('/').filter(|part| !part.is_empty()).chain([stem]);
        let odd = parts.filter_map(|part| Some((part, Id::why_not(part)?))).next();
        let (part, why) = odd.unwrap_or((stem, "gives none".to_owned()));
        let fault = fault(format!("`{part}` cannot be an id")).help(format!("it {why}"));
        fault.help("a file's name becomes its address: use letters, digits and `-`")
    }
}

/// What a document is called by its file's name alone, the language that the name says, and whether it is an
/// `index.md`, which is called as its folder is.
fn file_stem(below: &str) -> (&str, Option<Lang>, bool) {
    let (folder, file) = below.rsplit_once('/').unwrap_or(("", below));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let (stem, lang) = match stem.rsplit_once('.') {
        Some((before, suffix)) if !before.is_empty() && is_language_suffix(suffix) => {
            (before, Lang::parse(suffix))
        }
        _ => (stem, None),
    };
    let is_index = stem.eq_ignore_ascii_case("index");
    (if is_index { folder.rsplit('/').next().unwrap_or(folder) } else { stem }, lang, is_index)
}

/// The kind that a path below `content/` gives, and the path below the kind's folder. A folder that is no
/// kind's holds plain pages, whose address is the whole path.
pub fn address_kind(rest: &str) -> (Kind, &str) {
    match rest.split_once('/') {
        Some((folder, below)) => match Kind::ALL.into_iter().find(|kind| kind.folder() == folder) {
            Some(kind) => (kind, below),
            None => (Kind::Page, rest),
        },
        None => (Kind::Page, rest),
    }
}

/// Plain pages have paths for ids.
fn is_usable(id: &str, kind: Kind) -> bool {
    if kind == Kind::Page { id.split('/').all(Id::is_usable) } else { Id::is_usable(id) }
}
