//! site.toml → settings. The table below is also the text of `brief help config`.

mod links;
mod origin;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use crate::base::node::{Key, Node, Value};
use crate::base::shape::{Check, Checker, Field, Fields, Shape, field, required};
use crate::base::{
    Diagnostic, Group, Label, Lang, Level, OutPath, Outcome, Override, Snapshot, SourcePath, Span, codes,
    few, nearest, toml,
};

pub use links::Links;
pub use origin::{blame, blame_out, place};

/// What a site has settled, defaults filled in.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The site's name.
    pub title: String,
    /// One line about it.
    pub tagline: Option<String>,
    /// Where it is published, ending in `/`.
    pub base_url: Option<String>,
    /// The language of what does not say.
    pub lang: Lang,
    /// The output folder, from the site's root.
    pub out: String,
    /// The folders of editions, with their names, from the site's root.
    pub edition_outs: Vec<(String, String)>,
    /// The site's own folder, whatever a flag says for this run.
    pub own_out: String,
    /// Where builds keep what they made for the next, from the site's root.
    pub cache: Option<String>,
    /// A folder in `themes/`; the built-in theme when absent.
    pub theme: Option<String>,
    /// The label of what does not say.
    pub label: Label,
    /// The edition that is built.
    pub edition: Option<Edition>,
    /// What a reference to a document that is not there counts as.
    pub undeclared: Level,
    /// Items on a page of a list.
    pub page_size: usize,
    /// Entries in a feed.
    pub feed_size: usize,
    /// Unknown front matter goes to `extra`.
    pub keep_unknown: bool,
    /// Dates that documents do not write come from git.
    pub git_dates: bool,
    /// Drafts are shown.
    pub drafts: bool,
    /// What is dated or embargoed after today is shown.
    pub future: bool,
    /// Warnings fail the build.
    pub strict: bool,
    /// Levels by code, name or group.
    pub levels: BTreeMap<String, Level>,
    /// How links to other sites are checked.
    pub links: Links,
    /// The site's own values.
    pub extra: serde_json::Value,
}

/// What the pages depend on: not where they are written, nor which faults are told.
impl Hash for Settings {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Each field is named, so that a new one is not forgotten.
        let Self {
            title,
            tagline,
            base_url,
            lang,
            out: _,
            edition_outs: _,
            own_out: _,
            cache: _,
            theme,
            label,
            edition,
            undeclared,
            page_size,
            feed_size,
            keep_unknown,
            git_dates,
            drafts,
            future,
            strict: _,
            levels: _,
            links: _,
            extra,
        } = self;
        (title, tagline, base_url, lang, theme, label, edition, undeclared).hash(state);
        (page_size, feed_size, keep_unknown, git_dates, drafts, future, extra).hash(state);
    }
}

/// An audience.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edition {
    /// What it is called.
    pub name: String,
    /// The highest label that it holds.
    pub ceiling: Label,
}

/// Every key of site.toml.
pub const FIELDS: &[Field] = &[
    field("title", Shape::Text, "The site's name. Default: \"Briefings\"."),
    field("tagline", Shape::Text, "One line about it, shown on the home page."),
    field(
        "base_url",
        Shape::Checked(&BASE_URL),
        "Where the site is published, such as \"https://briefs.example.org/\". Feeds and the sitemap need it to be complete; links between pages never do.",
    ),
    field("lang", Shape::Language, "The language of documents that do not say theirs. Default: \"en\"."),
    field("out", Shape::Text, "The output folder, from the site's root. Default: \"public\"."),
    field(
        "cache",
        Shape::Text,
        "A folder, from the site's root, in which `build` and `check` keep what they made for the next run, as --cache does. It holds everything, whatever its label. Default: none.",
    ),
    field(
        "theme",
        Shape::Text,
        "A folder in themes/. What it lacks comes from the built-in theme. Default: the built-in theme.",
    ),
    field(
        "tlp",
        Shape::Label,
        "The TLP 2.0 label of documents that do not say theirs. Default: \"clear\"; a site with editions must set it.",
    ),
    field(
        "undeclared",
        Shape::Choice(Level::NAMES),
        "What it counts as when front matter names an actor, person, source or event without a document. Default: \"error\".",
    ),
    field("page_size", PAGE_SIZE, "Items on a page of a list. Default: 50."),
    field("feed_size", FEED_SIZE, "Entries in a feed. Default: 20."),
    field(
        "dates",
        Shape::Choice(&["written", "git"]),
        "\"written\": dates are those that documents write. \"git\": a brief without `date:` has the day of its first commit, and a document whose `updates:` has no date shows the day of its last one, as the sitemap and feeds do; editions show no day of a last commit. Days are the committer's, in UTC; renames are not followed. Default: \"written\".",
    ),
    field("drafts", Shape::Flag, "Show drafts, as --drafts does. Default: false."),
    field(
        "future",
        Shape::Flag,
        "Show what is dated or embargoed after today, as --future does. Default: false.",
    ),
    field("strict", Shape::Flag, "Warnings fail the build, as --strict does. Default: false."),
    field("edition", Shape::Text, "The edition to build, as --edition does. Default: none, everything."),
    field("front_matter", Shape::Map(FRONT_MATTER), "How front matter is read."),
    field(
        "links",
        Shape::Map(links::FIELDS),
        "What `brief check --external` may ask of other sites. It is built with the feature `remote`.",
    ),
    field(
        "diagnostics",
        Shape::MapOf(&Shape::Choice(Level::NAMES)),
        "The level of a kind of fault, by code, name or group: \"broken-link\" = \"warn\". `brief explain` lists them; some are always errors.",
    ),
    field(
        "editions",
        Shape::List(&Shape::Map(EDITION)),
        "Audiences, each with the highest label it may see.",
    ),
    field("extra", Shape::Any, "Values of the site's own, for its templates: site.extra."),
];

const FRONT_MATTER: &[Field] = &[field(
    "unknown",
    Shape::Choice(&["error", "extra"]),
    "What becomes of unknown keys: \"error\", or \"extra\" for a site that takes over an old collection. Default: \"error\".",
)];

const EDITION: &[Field] = &[
    required("name", Shape::Text, "What --edition calls it."),
    required("tlp", Shape::Label, "The highest label it holds."),
    field("out", Shape::Text, "Its output folder. Default: the site's `out`, then its name."),
];

const PAGE_SIZE: Shape = Shape::Whole(5, 1000);
const FEED_SIZE: Shape = Shape::Whole(1, 1000);
const BASE_URL: Check = Check {
    name: "the address of a site",
    accepts: base_url,
    code: &codes::BAD_SETTING,
    help: "such as \"https://briefs.example.org/\"",
};

/// Every key that holds a single value, dotted: what variables and flags can set.
pub fn keys() -> Vec<String> {
    fn collect(fields: &[Field], before: &str, keys: &mut Vec<String>) {
        for field in fields {
            let name = format!("{before}{}", field.name);
            match &field.shape {
                Shape::Map(inner) => collect(inner, &format!("{name}."), keys),
                Shape::List(_) | Shape::MapOf(_) | Shape::Any => {}
                _ => keys.push(name),
            }
        }
    }
    let mut keys = Vec::new();
    collect(FIELDS, "", &mut keys);
    keys
}

/// Reads site.toml, then site.ENV.toml, then variables and flags; later ones win.
pub fn parse(snapshot: &Snapshot) -> Outcome<Settings> {
    let mut diagnostics = Vec::new();
    let main = SourcePath::new("site.toml");
    let mut node = layer(snapshot, &main, &mut diagnostics).unwrap_or_else(Node::empty);
    let mut editions_in = main;
    if let Some(env) = &snapshot.env {
        let path = SourcePath::new(&format!("site.{env}.toml"));
        match layer(snapshot, &path, &mut diagnostics) {
            Some(over) => {
                if over.get("editions").is_some() {
                    editions_in = path;
                }
                merge(&mut node, over);
            }
            None => diagnostics.push(
                Diagnostic::new(
                    &codes::BAD_SETTING,
                    format!("the environment `{env}` has no settings: there is no `{path}`"),
                )
                .help("write that file, or leave `--env` out"),
            ),
        }
    }
    let edition_outs = edition_outs(Fields(&node));
    let own_out = own_out(Fields(&node));
    for given in &snapshot.overrides {
        let over = nested(&given.key, text_or_toml(given));
        let origin = SourcePath::new(&given.origin);
        let mut checker = Checker::new(&origin);
        checker.map(&over, &[FIELDS], false);
        let faults = checker.diagnostics;
        if faults.is_empty() {
            merge(&mut node, over);
        }
        diagnostics.extend(faults.into_iter().map(|fault| Diagnostic {
            message: format!("{}: {}", given.origin, fault.message),
            place: None,
            ..fault
        }));
    }
    let mut settings = settings(snapshot, Fields(&node), &editions_in, &mut diagnostics);
    // A folder given for this very run is meant for whatever edition is built.
    if let Some(given) = snapshot.overrides.iter().rev().find(|given| given.key == "out") {
        settings.out.clone_from(&given.value);
    }
    (settings.edition_outs, settings.own_out) = (edition_outs, own_out);
    // Whatever is wrong in settings is the settings' fault, not the content's.
    for fault in &mut diagnostics {
        if fault.code.group != Group::Settings {
            fault.code = &codes::BAD_SETTING;
            fault.level = Level::Error;
        }
    }
    Outcome { value: settings, diagnostics }
}

fn layer(snapshot: &Snapshot, path: &SourcePath, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    let node = toml::parse(path, snapshot.text(path)?).unpack(diagnostics);
    let mut checker = Checker::new(path);
    checker.map(&node, &[FIELDS], false);
    for (key, _) in node.get("diagnostics").map_or(&[] as &[_], Node::entries) {
        check_level_key(key, &mut checker);
    }
    diagnostics.extend(checker.diagnostics);
    Some(node)
}

fn check_level_key(key: &Key, checker: &mut Checker<'_>) {
    let groups = Group::ALL.map(Group::name);
    let fault = match codes::find(&key.name) {
        Some(code) if code.fatal => {
            Diagnostic::new(&codes::BAD_SETTING, format!("{} ({}) is always an error", code.name, code.id))
                .help(format!("`brief explain {}` says why", code.id))
        }
        Some(_) => return,
        None if groups.contains(&key.name.as_str()) => return,
        None => Diagnostic::new(
            &codes::BAD_SETTING,
            format!("`{}` is no code, name or group of faults", key.name),
        )
        .suggest(&key.name, codes::ALL.iter().map(|code| code.name).chain(groups))
        .help("`brief explain` lists them"),
    };
    checker.diagnostics.push(fault.at(checker.path, key.span));
}

fn settings(
    snapshot: &Snapshot,
    fields: Fields<'_>,
    editions_in: &SourcePath,
    diagnostics: &mut Vec<Diagnostic>,
) -> Settings {
    let flag = |name: &str| fields.flag(name).unwrap_or(false);
    let (edition, edition_out) = match edition(fields) {
        Ok(found) => found.unzip(),
        Err(fault) => {
            diagnostics.push(blame(snapshot, "edition", *fault));
            (None, None)
        }
    };
    let label = fields.label("tlp");
    if label.is_none() && fields.maps("editions").next().is_some() {
        let fault = Diagnostic::new(&codes::NO_DEFAULT_LABEL, "the site has editions but no default label")
            .help("write `tlp = \"amber\"` (or another label) at the top of site.toml");
        diagnostics.push(match origin::key(snapshot, editions_in, "editions") {
            Some(span) => fault.at(editions_in, span),
            None => fault.in_file(editions_in),
        });
    }
    check_editions(fields, editions_in, diagnostics);
    let own_out = fields.text("out");
    Settings {
        title: fields.text("title").unwrap_or_else(|| "Briefings".to_owned()),
        tagline: fields.text("tagline"),
        base_url: fields
            .text("base_url")
            .filter(|url| base_url(url).is_ok())
            .map(|url| if url.ends_with('/') { url } else { url + "/" }),
        lang: fields.parsed("lang", Lang::parse).map_or_else(Lang::english, |lang| lang.value),
        out: edition_out.or(own_out).unwrap_or_else(|| "public".to_owned()),
        edition_outs: Vec::new(),
        own_out: String::new(),
        cache: fields.text("cache"),
        theme: fields.text("theme"),
        label: label.unwrap_or(Label::Clear),
        edition,
        undeclared: fields.parsed("undeclared", Level::parse).map_or(Level::Error, |level| level.value),
        page_size: fields.whole("page_size", &PAGE_SIZE).unwrap_or(50).into(),
        feed_size: fields.whole("feed_size", &FEED_SIZE).unwrap_or(20).into(),
        keep_unknown: fields
            .node("front_matter")
            .and_then(|node| Fields(node).text("unknown"))
            .is_some_and(|word| word == "extra"),
        git_dates: fields.text("dates").is_some_and(|word| word == "git"),
        drafts: flag("drafts"),
        future: flag("future"),
        strict: flag("strict"),
        levels: levels(fields),
        links: Links::of(fields.node("links")),
        extra: fields.node("extra").map_or(serde_json::Value::Null, Node::to_json),
    }
}

/// Every address of the site begins with it, so nothing may come after its path.
fn base_url(text: &str) -> Result<(), String> {
    let start = ["https://", "http://"]
        .into_iter()
        .find(|start| text.get(..start.len()).is_some_and(|it| it.eq_ignore_ascii_case(start)));
    let rest = start.map(|start| &text[start.len()..]).ok_or("does not start with https:// or http://")?;
    if rest.starts_with(['/', ':', '?', '#']) || rest.is_empty() {
        return Err("has no host".to_owned());
    }
    match rest
        .chars()
        .find(|ch| ch.is_whitespace() || ch.is_control() || matches!(ch, '?' | '#' | '\\' | '"' | '<' | '>'))
    {
        Some(odd) => Err(format!("has {odd:?} in it")),
        None => Ok(()),
    }
}

/// Editions are told apart by their names, and each has a folder to itself: what is published for one audience must
/// not be what was built for another.
fn check_editions(fields: Fields<'_>, path: &SourcePath, diagnostics: &mut Vec<Diagnostic>) {
    let base = own_out(fields);
    let mut names = BTreeSet::new();
    let mut folders = BTreeSet::new();
    for edition in fields.maps("editions") {
        let Some(name) = edition.spanned("name") else { continue };
        let mut fault = |message: String, span: Span, help: &str| {
            diagnostics.push(Diagnostic::new(&codes::BAD_SETTING, message).at(path, span).help(help));
        };
        if OutPath::new(&name.value).is_err() || name.value.contains('/') {
            let message = format!("`{}` cannot name an edition", name.value);
            fault(message, name.span, "its name is a word that could name a folder, such as `partners`");
        } else if !names.insert(name.value.to_lowercase()) {
            fault(format!("there is another edition `{}`", name.value), name.span, "give it another name");
            continue;
        }
        let out = edition.spanned("out");
        let span = out.as_ref().map_or(name.span, |out| out.span);
        let out = out.map_or_else(|| edition_out(&base, &name.value), |out| out.value);
        if !folders.insert(folder_key(&out)) {
            fault(format!("`{out}` is the folder of another edition"), span, "give it another `out`");
        }
    }
}

/// The folders of editions, with their names.
fn edition_outs(fields: Fields<'_>) -> Vec<(String, String)> {
    let base = own_out(fields);
    let of_edition = |edition: Fields<'_>| {
        let name = edition.text("name")?;
        let out = edition.text("out").unwrap_or_else(|| edition_out(&base, &name));
        Some((name, out))
    };
    fields.maps("editions").filter_map(of_edition).collect()
}

/// The site's own output folder.
fn own_out(fields: Fields<'_>) -> String {
    fields.text("out").unwrap_or_else(|| "public".to_owned())
}

/// Where an edition is written that does not say it.
fn edition_out(base: &str, name: &str) -> String {
    format!("{base}/{name}")
}

/// A folder as written, without what does not tell it from another.
fn folder_key(folder: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').filter(|part| !matches!(*part, "" | ".")) {
        match (part, parts.last()) {
            ("..", Some(&last)) if last != ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    format!("{}{}", if folder.starts_with('/') { "/" } else { "" }, parts.join("/")).to_lowercase()
}

/// The edition asked for, and its output folder.
fn edition(fields: Fields<'_>) -> Result<Option<(Edition, String)>, Box<Diagnostic>> {
    let Some(wanted) = fields.text("edition") else { return Ok(None) };
    let names: Vec<String> = fields.maps("editions").filter_map(|edition| edition.text("name")).collect();
    let Some(found) =
        fields.maps("editions").find(|edition| edition.text("name").as_deref() == Some(&wanted))
    else {
        let fault = Diagnostic::new(&codes::BAD_SETTING, format!("there is no edition `{wanted}`"))
            .suggest(&wanted, names.iter().map(String::as_str));
        return Err(Box::new(match names.is_empty() {
            true => fault.help("site.toml has no [[editions]]"),
            false => fault.help(format!("the editions are {}", few(&names, "and"))),
        }));
    };
    let Some(ceiling) = found.label("tlp") else { return Ok(None) };
    let base = own_out(fields);
    let out = found.text("out").unwrap_or_else(|| edition_out(&base, &wanted));
    Ok(Some((Edition { name: wanted, ceiling }, out)))
}

fn levels(fields: Fields<'_>) -> BTreeMap<String, Level> {
    let Some(node) = fields.node("diagnostics") else { return BTreeMap::new() };
    node.entries()
        .iter()
        .filter_map(|(key, value)| Some((key.name.clone(), Level::parse(value.text()?)?)))
        .collect()
}

impl Settings {
    /// Whether any of these faults is told: at least as a warning, by the settings.
    pub fn tell(&self, diagnostics: &[Diagnostic]) -> bool {
        let mut faults = diagnostics.to_vec();
        self.level(&mut faults);
        faults.iter().any(|fault| fault.level > Level::Allow)
    }

    /// Gives each fault the level that the settings say: by its code or name, else by its group.
    pub fn level(&self, diagnostics: &mut [Diagnostic]) {
        for fault in diagnostics.iter_mut().filter(|fault| !fault.code.fatal) {
            let code = fault.code;
            let set =
                [code.id, code.name, code.group.name()].into_iter().find_map(|name| self.levels.get(name));
            if let Some(&level) = set {
                fault.level = level;
            }
        }
    }
}

/// Lays one tree over another: maps join, anything else is replaced.
fn merge(under: &mut Node, over: Node) {
    match (&mut under.value, over.value) {
        (Value::Map(below), Value::Map(above)) => {
            for (key, node) in above {
                match below.iter_mut().find(|(other, _)| other.name == key.name) {
                    Some((_, existing)) => merge(existing, node),
                    None => below.push((key, node)),
                }
            }
        }
        (value, above) => *value = above,
    }
}

fn nested(key: &str, node: Node) -> Node {
    key.rsplit('.').fold(node, |node, name| {
        let key = Key { name: name.to_owned(), span: node.span };
        Node { span: node.span, value: Value::Map(vec![(key, node)]) }
    })
}

/// A variable's value is TOML where the key wants a list, else text as it stands.
fn text_or_toml(given: &Override) -> Node {
    if given.value.starts_with('[') {
        return toml::parse_value(&given.value);
    }
    Node {
        span: crate::base::Span::default(),
        value: Value::Scalar { text: given.value.clone(), plain: true },
    }
}

/// The nearest key to a misspelt one.
pub fn nearest_key(given: &str) -> Option<String> {
    let keys = keys();
    nearest(given, keys.iter().map(String::as_str)).map(str::to_owned)
}
