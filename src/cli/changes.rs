//! `brief build --report`: what the build changed, for a comment on a merge request.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rayon::prelude::*;

use super::args::BuildFlags;
use super::session::{Session, normal};
use super::status::Failure;
use super::text::seconds;
use crate::base::{Diagnostic, codes};
use crate::engine::Build;
use crate::io::{self, Difference, Entry, FOLDERS, Manifest, PageFacts, real};
use crate::report::{Changes, PageLine, Sizes, Summary};

/// The output as it was before the build, as far as a report needs it.
pub(super) struct Before {
    file: PathBuf,
    started: Instant,
    manifest: Option<Manifest>,
    /// By path.
    titles: BTreeMap<String, String>,
}

/// What keeps a report from being written to a file: others would read it, or it would take the place of an input.
fn refused(given: &Path, out: &Path, root: &Path) -> Result<Option<&'static str>, Failure> {
    let (file, root) = (real(given)?, real(root)?);
    if file.starts_with(real(out)?) {
        return Ok(Some("lies in the output folder"));
    }
    let mut is_input = is_settings(given, &root)? || is_settings(&file, &root)?;
    for folder in FOLDERS {
        is_input |= file.starts_with(real(&root.join(folder))?);
    }
    Ok(is_input.then_some("belongs to what the site is made from"))
}

/// Whether it is `site.toml`, or that of an environment.
fn is_settings(file: &Path, root: &Path) -> Result<bool, Failure> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let folder = real(file.parent().unwrap_or(file))?;
    Ok(folder == root && name.starts_with("site.") && name.ends_with(".toml"))
}

impl Before {
    /// Reads it, if a report is wanted.
    pub(super) fn read(
        flags: &BuildFlags,
        session: &Session,
        out: &Path,
        started: Instant,
    ) -> Result<Option<Self>, Failure> {
        let Some(file) = &flags.report else { return Ok(None) };
        let file = normal(&session.cwd.join(file));
        if let Some(why) = refused(&file, out, &session.root)? {
            return Err(Failure::usage(format!("`{}` {why}", file.display()))
                .help("a report is for those who build, not for readers: write it somewhere else"));
        }
        if is_pipe(&file) {
            // It would wait for a reader, perhaps for ever, when all else is done.
            return Err(Failure::usage(format!("`{}` is a pipe", file.display()))
                .help("a report is written to a file: name another, or remove the pipe"));
        }
        let folder = match &flags.against {
            None => out.to_owned(),
            Some(path) => against(path, session)?,
        };
        let unreadable = |why: String| {
            let words = format!("cannot read the manifest of `{}`: {why}", folder.display());
            Box::new(Diagnostic::new(&codes::READ, words))
        };
        let manifest = Manifest::read(&folder).map_err(unreadable)?;
        if manifest.is_none() && flags.against.is_some() {
            return Err(Failure::usage(format!("there is no manifest.json in `{}`", folder.display()))
                .help("`--against` names an output folder of `brief build`, or its manifest.json"));
        }
        // Which pages go is known when they have gone, so the titles are read now.
        let pages = manifest.iter().flat_map(|manifest| &manifest.files).collect::<Vec<_>>();
        let titles = pages
            .into_par_iter()
            .filter(|entry| io::is_page(entry.path.as_str()))
            .filter_map(|entry| {
                let path = entry.path.as_str();
                Some((path.to_owned(), PageFacts::read(&folder.join(path)).title?))
            })
            .collect();
        Ok(Some(Self { file, started, manifest, titles }))
    }

    /// Writes the report. `written` is the output folder, if anything was written to it.
    pub(super) fn report(
        &self,
        build: &Build,
        session: &Session,
        written: Option<&Path>,
    ) -> Result<(), Failure> {
        let new = written.map(|out| (out, Manifest::read(out).ok().flatten().unwrap_or_default()));
        let summary = Summary {
            title: &build.settings.title,
            changes: new.as_ref().map(|(out, new)| self.changes(out, new, &build.settings.title)),
            sizes: new.as_ref().map(|(_, new)| self.sizes(new)),
            time: seconds(self.started.elapsed()),
        };
        let text = summary.markdown(&build.diagnostics, &session.context(build.settings.strict));
        std::fs::write(&self.file, text).map_err(|error| {
            let words = format!("cannot write `{}`: {error}", self.file.display());
            Box::new(Diagnostic::new(&codes::WRITE, words)).into()
        })
    }

    fn changes(&self, out: &Path, new: &Manifest, site: &str) -> Changes {
        let nothing = Manifest::default();
        let difference = Difference::between(self.manifest.as_ref().unwrap_or(&nothing), new);
        let fresh = |path: &str| PageFacts::read(&out.join(path)).title;
        let old = |path: &str| self.titles.get(path).cloned();
        Changes {
            has_before: self.manifest.is_some(),
            files: [&difference.added, &difference.changed, &difference.removed]
                .map(|list| list.iter().filter(|entry| !io::is_page(entry.path.as_str())).count()),
            added: pages(&difference.added, site, fresh),
            changed: pages(&difference.changed, site, fresh),
            removed: pages(&difference.removed, site, old),
        }
    }

    fn sizes(&self, new: &Manifest) -> Sizes {
        let bytes = |manifest: &Manifest| manifest.files.iter().map(|entry| entry.size).sum();
        Sizes {
            pages: new.files.iter().filter(|entry| io::is_page(entry.path.as_str())).count(),
            files: new.files.len(),
            bytes: bytes(new),
            before: self.manifest.as_ref().map(bytes),
        }
    }
}

#[cfg(unix)]
fn is_pipe(file: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    std::fs::metadata(file).is_ok_and(|it| it.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_pipe(_: &Path) -> bool {
    false
}

/// The folder that `--against` means, be it the folder or the manifest in it.
fn against(path: &Path, session: &Session) -> Result<PathBuf, Failure> {
    let path = normal(&session.cwd.join(path));
    if path.is_file() {
        return Ok(path.parent().unwrap_or(&path).to_owned());
    }
    if path.is_dir() {
        return Ok(path);
    }
    Err(Failure::usage(format!("there is no `{}` to compare with", path.display())))
}

/// Pages with their titles, less the site's own title, which is at the end of each.
fn pages(entries: &[&Entry], site: &str, title: impl Fn(&str) -> Option<String>) -> Vec<PageLine> {
    let pages = entries.iter().map(|entry| entry.path.as_str()).filter(|path| io::is_page(path));
    pages
        .map(|path| {
            let address = io::address(path);
            let title = title(path).map(|title| {
                title
                    .strip_suffix(site)
                    .and_then(|title| title.strip_suffix(" – "))
                    .unwrap_or(&title)
                    .to_owned()
            });
            PageLine { title: title.unwrap_or_else(|| address.clone()), address }
        })
        .collect()
}
