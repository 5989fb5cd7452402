//! The theme's files, in three layers: the site's own win over the named theme's, those over the built-in.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use include_dir::{Dir, include_dir};
use tera::{Tera, Value};

use super::nav::Navs;
use super::sheets::{self, Sheet};
use super::survey::{self, Sources};
use crate::base::{
    Blob, Content, Diagnostic, Fingerprint, Outcome, Shared, Snapshot, SourcePath, UrlPath, codes,
};
use crate::view::Global;

/// The built-in theme's templates.
static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/themes/default/templates");
/// The built-in theme's static files.
static STATICS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/themes/default/static");

/// What a template calls the built-in theme's file of its own name: `{% extends "builtin/base.html" %}`.
pub(super) const BUILT_IN_PREFIX: &str = "builtin/";
/// What a template of the site calls the site's theme's file of its own name.
pub(super) const THEME_PREFIX: &str = "theme/";

/// A theme, ready to render.
pub struct Theme {
    pub(super) tera: Tera,
    pub(super) navs: Navs,
    /// The addresses in the navigation.
    pub(super) sections: BTreeSet<UrlPath>,
    /// Where each template is from, by its full name, with its text for messages.
    pub(super) sources: Sources,
    fingerprint: Fingerprint,
}

impl std::fmt::Debug for Theme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Theme").field("templates", &self.sources.len()).finish_non_exhaustive()
    }
}

/// A theme is its templates and what every page sees.
impl Hash for Theme {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.fingerprint.hash(state);
    }
}

/// A static file and its address, which changes with its content.
#[derive(Clone, Debug)]
pub struct Asset {
    /// What templates call it: `style.css`.
    pub name: String,
    /// `assets/style.1a2b3c4d.css`
    pub url: UrlPath,
    /// What is in it.
    pub content: Static,
}

/// Where a static file's bytes are.
#[derive(Clone, Debug)]
pub enum Static {
    /// Here.
    Bytes(Vec<u8>),
    /// In a file of the site.
    Copy(SourcePath, Blob),
}

/// The files of a theme, not yet compiled: static files have their addresses, which pages need to know.
#[derive(Debug)]
pub struct Files {
    /// Layer, name, file and text; the highest layer last.
    templates: Vec<(&'static str, String, SourcePath, String)>,
    /// Static files by name.
    pub assets: Vec<Asset>,
}

/// Collects the theme's files.
pub fn load(snapshot: &Snapshot, theme: Option<&str>) -> Outcome<Files> {
    let mut diagnostics = Vec::new();
    let folder = theme.map(|name| format!("themes/{name}/"));
    if let (Some(name), Some(folder)) = (theme, &folder)
        && !snapshot.files.iter().any(|file| file.path.as_str().starts_with(folder.as_str()))
    {
        diagnostics.push(unknown_theme(snapshot, name));
    }
    let mut templates: Vec<(&'static str, String, SourcePath, String)> = Vec::new();
    let mut statics: BTreeMap<String, Static> = BTreeMap::new();
    let mut sheets: BTreeMap<String, Sheet> = BTreeMap::new();
    for file in embedded(&TEMPLATES) {
        let name = file.path().to_string_lossy().replace('\\', "/");
        let path = SourcePath::new(&format!("built-in theme: templates/{name}"));
        templates.push((BUILT_IN_PREFIX, name, path, String::from_utf8_lossy(file.contents()).into_owned()));
    }
    for file in embedded(&STATICS) {
        let name = file.path().to_string_lossy().replace('\\', "/");
        if name.ends_with(".css") {
            let css = String::from_utf8_lossy(file.contents()).into_owned();
            sheets.insert(name, Sheet { path: None, css });
        } else {
            statics.insert(name, Static::Bytes(file.contents().to_vec()));
        }
    }
    let layers = folder.iter().map(|folder| (folder.as_str(), THEME_PREFIX)).chain([("", "")]);
    for (folder, prefix) in layers {
        for file in snapshot.files.iter() {
            let Some(rest) = file.path.as_str().strip_prefix(folder) else { continue };
            match (rest.strip_prefix("templates/"), rest.strip_prefix("static/"), &file.content) {
                (Some(name), _, Content::Text(text)) => {
                    templates.push((prefix, name.to_owned(), file.path.clone(), text.to_string()));
                }
                (_, Some(name), Content::Text(text)) => {
                    let sheet = Sheet { path: Some(file.path.clone()), css: text.to_string() };
                    sheets.insert(name.to_owned(), sheet);
                }
                (_, Some(name), Content::Blob(blob)) => {
                    _ = statics.insert(name.to_owned(), Static::Copy(file.path.clone(), blob.clone()));
                }
                _ => {}
            }
        }
    }
    let assets = assets(statics, sheets, &mut diagnostics);
    Outcome { value: Files { templates, assets }, diagnostics }
}

/// What [`compile`] depends on.
#[derive(Debug)]
pub struct CompileArgs<'a> {
    /// The theme's files.
    pub files: &'a Files,
    /// What every page sees.
    pub global: &'a Global,
}

/// The static files' addresses are among what every page sees.
impl Hash for CompileArgs<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.files.templates, self.global).hash(state);
    }
}

/// Compiles the templates. When they have a fault, there is no theme.
pub fn compile(args: &CompileArgs<'_>) -> Outcome<Option<Shared<Theme>>> {
    let Outcome { value, diagnostics } = args.files.compiled(args.global);
    Outcome { value: value.map(Shared::new), diagnostics }
}

impl Files {
    /// The static files' addresses by name.
    pub fn addresses(&self) -> BTreeMap<String, UrlPath> {
        self.assets.iter().map(|asset| (asset.name.clone(), asset.url.clone())).collect()
    }

    fn compiled(&self, global: &Global) -> Outcome<Option<Theme>> {
        let mut tera = Tera::new();
        // The winner of each name is registered under the bare name: the engine's own look-up through
        // prefixes costs a string for every include of every page.
        let mut sources = Sources::new();
        for (prefix, name, path, text) in &self.templates {
            sources.insert(format!("{prefix}{name}"), (path.clone(), text.clone()));
            sources.insert(name.clone(), (path.clone(), text.clone()));
        }
        let fingerprint = Fingerprint::strong(&(&self.templates, global));
        let added =
            tera.add_raw_templates(sources.iter().map(|(name, (_, text))| (name.as_str(), text.as_str())));
        tera.global_context().insert_value("site", Value::from_serializable(global));
        let sections = global.nav.iter().map(|item| item.url.clone()).collect();
        let theme = Theme { tera, navs: Navs::default(), sections, sources, fingerprint };
        let mut diagnostics = survey::idle(&self.templates);
        if added.is_err() {
            diagnostics.extend(survey::faults(&theme.sources));
        }
        Outcome { value: added.is_ok().then_some(theme), diagnostics }
    }
}

fn embedded<'d>(dir: &'d Dir<'d>) -> Vec<&'d include_dir::File<'d>> {
    dir.files().chain(dir.dirs().flat_map(embedded)).collect()
}

/// Gives each static file an address with its hash.
fn assets(
    statics: BTreeMap<String, Static>,
    sheets: BTreeMap<String, Sheet>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Asset> {
    let asset = |(name, content): (String, Static)| (name.clone(), asset(name, content));
    let mut assets: BTreeMap<String, Asset> = statics.into_iter().map(asset).collect();
    sheets::add(sheets, &mut assets, diagnostics);
    assets.into_values().collect()
}

pub(super) fn asset(name: String, content: Static) -> Asset {
    let hash = match &content {
        Static::Bytes(bytes) => Fingerprint::of_bytes(bytes),
        Static::Copy(_, blob) => blob.hash,
    };
    let (stem, ending) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).unwrap_or((&name, ""));
    let dot = if ending.is_empty() { "" } else { "." };
    let url = UrlPath::new(&format!("assets/{stem}.{}{dot}{ending}", hash.hex(10)));
    Asset { name, url, content }
}

fn unknown_theme(snapshot: &Snapshot, name: &str) -> Diagnostic {
    let mut known: Vec<&str> = snapshot
        .files
        .iter()
        .filter_map(|file| file.path.as_str().strip_prefix("themes/")?.split('/').next())
        .collect();
    known.dedup();
    let fault = Diagnostic::new(&codes::UNKNOWN_THEME, format!("there is no theme `{name}` in themes/"))
        .in_file(&SourcePath::new("site.toml"))
        .suggest(name, known.iter().copied());
    if fault.help.is_empty() { fault.help("without `theme`, the built-in theme is used") } else { fault }
}
