//! Arguments and environment → the site that is meant and the snapshot that a build works on.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use super::args::{SiteFlags, day_of};
use super::environment;
use super::shell::Shell;
use super::status::{Failure, Status};
use crate::base::{Diagnostic, Group, Level, Override, Snapshot, codes, in_order, nearest};
use crate::config::Settings;
use crate::report::Context;
use crate::{config, engine, io};

/// The site that is meant, not read yet.
#[derive(Debug)]
pub(super) struct Meant {
    /// The site's folder, absolute.
    pub(super) root: PathBuf,
    /// Where the command was called.
    pub(super) cwd: PathBuf,
    /// Settings from variables and flags.
    pub(super) overrides: Vec<Override>,
}

impl Meant {
    /// Finds the site that the flags mean.
    pub(super) fn by(flags: &SiteFlags) -> Result<Self, Failure> {
        let cwd = current_dir()?;
        let root = root(flags.site.as_deref(), &cwd)?;
        let mut overrides = environment::overrides(std::env::vars_os(), &keys())?;
        overrides.extend(of_flags(flags, &root, &cwd)?);
        Ok(Self { root, cwd, overrides })
    }
}

/// A site, read.
#[derive(Debug)]
pub(super) struct Session {
    /// The site's folder, absolute.
    pub(super) root: PathBuf,
    /// Where the command was called.
    pub(super) cwd: PathBuf,
    /// From the root of the repository to the site's.
    prefix: String,
    /// All that a build depends on.
    pub(super) snapshot: Snapshot,
}

impl Session {
    /// Finds the site that the flags mean and reads it.
    pub(super) fn open(flags: &SiteFlags) -> Result<Self, Failure> {
        let mut session = Self::read(flags, io::read_site)?;
        if engine::wants_history(&session.snapshot) {
            let history = io::History::read(&session.root, &io::History::default());
            session.snapshot.committed = history.committed;
            session.snapshot.faults.extend(history.faults);
        }
        Ok(session)
    }

    /// Finds the site that the flags mean and reads its settings, and nothing else of it.
    pub(super) fn of_settings(flags: &SiteFlags) -> Result<Self, Failure> {
        Self::read(flags, io::read_settings)
    }

    fn read(flags: &SiteFlags, read: fn(&Path) -> io::SiteFiles) -> Result<Self, Failure> {
        let Meant { root, cwd, overrides } = Meant::by(flags)?;
        let today = today(flags)?;
        let site = read(&root);
        let snapshot = Snapshot {
            files: site.files.into(),
            overrides,
            env: flags.env.clone(),
            today,
            committed: Arc::default(),
            faults: site.faults,
        };
        check_env(&snapshot)?;
        let prefix = prefix(&root, &cwd);
        Ok(Self { root, cwd, prefix, snapshot })
    }

    /// The settings, if they are as they were meant to be: else the one that is at fault may be the one that matters.
    /// What is wrong with them is reported, and gives the status.
    pub(super) fn settings(&self, shell: &Shell) -> Result<Result<Settings, Status>, Failure> {
        let mut faults = self.snapshot.faults.clone();
        let settings = config::parse(&self.snapshot).unpack(&mut faults);
        if faults.iter().all(|fault| fault.level < Level::Error) {
            return Ok(Ok(settings));
        }
        let faults = in_order(faults);
        shell.report(&faults, &self.context(settings.strict))?;
        Ok(Err(Status::of(&faults, settings.strict)))
    }

    /// The edition whose folder this is, by whatever path, with that folder as the settings name it.
    pub(super) fn edition_in<'s>(&self, out: &Path, settings: &'s Settings) -> Option<&'s (String, String)> {
        let out = io::real(out).ok()?;
        let is_it = |(_, folder): &&(String, String)| {
            io::real(&self.resolve(folder)).is_ok_and(|folder| folder == out)
        };
        settings.edition_outs.iter().find(is_it)
    }

    /// What reports for machines need beside the faults.
    pub(super) fn context(&self, strict: bool) -> Context<'_> {
        Context { sources: &self.snapshot, prefix: &self.prefix, strict }
    }

    /// A folder that settings name, absolute.
    pub(super) fn resolve(&self, folder: &str) -> PathBuf {
        normal(&self.root.join(folder))
    }

    /// A fault of the output folder, at the place where the settings name that.
    pub(super) fn blame_out(&self, settings: &Settings, fault: Diagnostic) -> Diagnostic {
        let edition = settings.edition.as_ref().map(|edition| edition.name.as_str());
        match fault.is(&codes::UNSAFE_FOLDER) {
            true => config::blame_out(&self.snapshot, edition, fault),
            false => fault,
        }
    }

    /// A path as the user would write it here.
    pub(super) fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.cwd).unwrap_or(path).display().to_string()
    }

    /// A folder likewise, with a slash after it.
    pub(super) fn shown_folder(&self, path: &Path) -> String {
        let shown = self.shown(path);
        if shown.is_empty() { "./".to_owned() } else { format!("{}/", shown.trim_end_matches('/')) }
    }
}

/// Why what is for one audience, or for all, is not written to where another's edition is: it would be published as
/// that.
pub(super) fn not_for_this_audience((name, folder): &(String, String), meant: Option<&str>) -> Failure {
    let meant = meant.map_or_else(|| "for all".to_owned(), |meant| format!("for the edition `{meant}`"));
    Failure::usage(format!("`{folder}` is the folder of the edition `{name}`, and this build is {meant}"))
        .help(format!("build it with `--edition {name}`, or give the edition or this build another folder"))
}

/// The edition that a flag or a variable asks for, where there is no site that could tell more.
pub(super) fn asked_edition(flags: &SiteFlags) -> Result<Option<String>, Failure> {
    let variables = environment::overrides(std::env::vars_os(), &keys())?;
    let variable = variables.into_iter().find(|set| set.key == "edition").map(|set| set.value);
    Ok(flags.edition.clone().or(variable))
}

/// The settings that variables can set: those with one value, and the levels of faults.
fn keys() -> Vec<String> {
    let faults =
        codes::ALL.iter().filter(|code| !code.fatal).map(|code| code.name).chain(Group::ALL.map(Group::name));
    config::keys().into_iter().chain(faults.map(|name| format!("diagnostics.{name}"))).collect()
}

/// Where the command was called.
pub(super) fn current_dir() -> Result<PathBuf, Failure> {
    std::env::current_dir().map_err(|error| {
        Box::new(Diagnostic::new(&codes::READ, format!("the current folder cannot be told: {error}"))).into()
    })
}

/// The day of the build: `--now`, else `SOURCE_DATE_EPOCH`, else today in UTC.
pub(super) fn today(flags: &SiteFlags) -> Result<Date, Failure> {
    if let Some(now) = flags.now {
        return Ok(now);
    }
    let epoch = std::env::var_os("SOURCE_DATE_EPOCH").filter(|value| !value.is_empty());
    let Some(value) = epoch else { return Ok(io::now()?.to_zoned(TimeZone::UTC).date()) };
    let seconds = value.to_str().and_then(|text| text.parse().ok());
    seconds.and_then(|seconds| day_of(Timestamp::from_second(seconds).ok()?)).ok_or_else(|| {
        Failure::usage(format!("`SOURCE_DATE_EPOCH` is {value:?}, which is no day that a build can have"))
            .help("it is a number of seconds since 1970-01-01T00:00:00Z, such as 1795132800")
    })
}

/// A path without `.` and `..`, as text alone tells.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// Whether a site is meant at all: what is merged may be all that there is here.
pub(super) fn is_any_meant(flags: &SiteFlags) -> Result<bool, Failure> {
    Ok(flags.site.is_some() || nearest_site(&current_dir()?).is_some())
}

fn nearest_site(cwd: &Path) -> Option<&Path> {
    cwd.ancestors().find(|dir| is_site(dir))
}

fn is_site(dir: &Path) -> bool {
    dir.join("site.toml").is_file()
}

/// The folder that `--site` names, else the nearest one upwards that has a `site.toml`.
fn root(site: Option<&Path>, cwd: &Path) -> Result<PathBuf, Failure> {
    if let Some(site) = site {
        let root = normal(&cwd.join(site));
        if let Err(error) = std::fs::metadata(root.join("site.toml"))
            && error.kind() == std::io::ErrorKind::PermissionDenied
        {
            return Err(io::unreadable(&site.join("site.toml"), error).into());
        }
        return match (root.is_dir(), is_site(&root)) {
            (_, true) => Ok(root),
            (true, _) => Err(Failure::usage(format!("there is no site.toml in `{}`", site.display())).help(
                "`brief init DIR` makes a site; a file `site.toml`, even an empty one, makes a folder one",
            )),
            (false, _) => Err(Failure::usage(format!("there is no folder `{}`", site.display()))),
        };
    }
    nearest_site(cwd).map(Path::to_owned).ok_or_else(|| {
        Failure::usage(format!(
            "there is no site here: neither `{}` nor a folder above it has a site.toml",
            cwd.display()
        ))
        .help("`brief init DIR` makes a site; `--site DIR` names one elsewhere")
    })
}

/// How paths in reports begin, since CI systems count them from the repository's root: that is the nearest
/// folder upwards with a `.git`, else the folder where the command was called when the site lies in it.
fn prefix(root: &Path, cwd: &Path) -> String {
    let repository = root.ancestors().find(|dir| dir.join(".git").exists()).unwrap_or(cwd);
    let parts = root.strip_prefix(repository).unwrap_or(Path::new("")).components();
    parts.map(|part| part.as_os_str().to_string_lossy() + "/").collect()
}

/// Refuses folders whose names are no text: settings are text, and another name would be another folder.
pub(super) fn are_text(flags: &SiteFlags) -> Result<(), Failure> {
    let folders = [("out", &flags.out), ("cache", &flags.cache)];
    let is_no_text = |(_, folder): &(&str, &Option<PathBuf>)| {
        folder.as_ref().is_some_and(|folder| folder.to_str().is_none())
    };
    folders.into_iter().find(is_no_text).map_or(Ok(()), |(key, _)| Err(no_text(key)))
}

fn no_text(key: &str) -> Failure {
    Failure::usage(format!("the folder of `--{key}` has a name that is not UTF-8"))
        .help("name another folder; nothing was written")
}

/// Flags that are settings, which win over all others.
fn of_flags(flags: &SiteFlags, root: &Path, cwd: &Path) -> Result<Vec<Override>, Failure> {
    let set = |key: &str, value: String| Override { key: key.to_owned(), value, origin: format!("--{key}") };
    let folder = |key: &str, given: &Path| {
        let folder = normal(&cwd.join(given));
        // From the site's folder where it can be, so that it is the same wherever the site lies.
        let below = folder.strip_prefix(root).unwrap_or(&folder).to_str().ok_or_else(|| no_text(key))?;
        Ok::<_, Failure>(set(key, if below.is_empty() { ".".to_owned() } else { below.to_owned() }))
    };
    let out = flags.out.as_deref().map(|out| folder("out", out)).transpose()?;
    let cache = flags.cache.as_deref().map(|cache| folder("cache", cache)).transpose()?;
    let edition = flags.edition.as_ref().map(|edition| set("edition", edition.clone()));
    let switches = [("drafts", flags.drafts), ("future", flags.future), ("strict", flags.strict)];
    let switches = switches.into_iter().filter(|(_, on)| *on).map(|(key, _)| set(key, "true".to_owned()));
    Ok(out.into_iter().chain(cache).chain(edition).chain(switches).collect())
}

/// `--env` names a file that must be there.
fn check_env(snapshot: &Snapshot) -> Result<(), Failure> {
    let Some(env) = &snapshot.env else { return Ok(()) };
    let file = |name: &str| format!("site.{name}.toml");
    let names: Vec<&str> = snapshot
        .files
        .iter()
        .filter_map(|found| found.path.as_str().strip_prefix("site.")?.strip_suffix(".toml"))
        .filter(|name| !name.is_empty())
        .collect();
    if names.contains(&env.as_str()) {
        return Ok(());
    }
    let fault = Failure::usage(format!("there is no `{}` for the environment `{env}`", file(env)));
    Err(match nearest(env, names.iter().copied()) {
        Some(near) => fault.help(format!("did you mean `{near}`?")),
        None if names.is_empty() => fault.help(format!("write `{}` beside site.toml", file(env))),
        None => fault.help(format!("the environments here: {}", names.join(", "))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_site_upwards_is_meant() {
        let top = tempfile::tempdir().unwrap();
        let deep = top.path().join("content/briefs");
        std::fs::create_dir_all(&deep).unwrap();
        assert!(matches!(root(None, &deep), Err(Failure::Usage { .. })));
        std::fs::write(top.path().join("site.toml"), "").unwrap();
        assert_eq!(root(None, &deep).unwrap(), top.path());
        assert_eq!(root(Some(Path::new("../..")), &deep).unwrap(), top.path());
        assert!(matches!(root(Some(Path::new(".")), &deep), Err(Failure::Usage { .. })));
    }

    #[test]
    fn reports_count_paths_from_the_repository() {
        let top = tempfile::tempdir().unwrap();
        let site = top.path().join("desk/site");
        std::fs::create_dir_all(&site).unwrap();
        assert_eq!(prefix(&site, top.path()), "desk/site/");
        assert_eq!(prefix(&site, &site), "");
        std::fs::create_dir(top.path().join(".git")).unwrap();
        assert_eq!(prefix(&site, &site), "desk/site/");
        assert_eq!(prefix(top.path(), top.path()), "");
    }

    #[test]
    fn an_output_folder_is_told_from_the_site() {
        let out = |out: &str| {
            let flags = SiteFlags { out: Some(out.into()), ..SiteFlags::default() };
            of_flags(&flags, Path::new("/a/site"), Path::new("/a/site/content")).unwrap().remove(0).value
        };
        assert_eq!(out("../public"), "public");
        assert_eq!(out("../../elsewhere"), "/a/elsewhere");
        assert_eq!(out("/x/y"), "/x/y");
    }
}
