//! `brief init --ci`: ready-made files for CI systems, images, hooks and timers.

use std::path::{Path, PathBuf};

use super::args::Ci;
use super::config_server::chosen;
use super::files::write_new;
use super::init::quoted;
use super::session::current_dir;
use super::status::Failure;
use crate::io::read_plain;

/// A file of a recipe: where it goes, what is in it, and what is special about it.
struct File {
    path: &'static str,
    text: &'static str,
    is: Special,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Special {
    /// It lies in the site's folder.
    Nothing,
    /// It is run.
    Run,
    /// It is looked for at the root of the repository only.
    AtRoot,
}

const fn file(path: &'static str, text: &'static str) -> File {
    File { path, text, is: Special::Nothing }
}

const fn script(path: &'static str, text: &'static str) -> File {
    File { path, text, is: Special::Run }
}

const fn at_root(path: &'static str, text: &'static str) -> File {
    File { path, text, is: Special::AtRoot }
}

/// Where a site lies in its repository.
struct Place {
    /// The site's folder, as it was given.
    site: PathBuf,
    /// The repository's, as a user would write it here; the site's where there is none.
    root: PathBuf,
    /// Whether the command was called in the repository.
    is_here: bool,
    /// From the repository's root to the site's folder, with a slash at its end.
    below: String,
}

impl Place {
    fn of(site: &Path) -> Result<Self, Failure> {
        let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let (whole, cwd) = (real(site), real(&current_dir()?));
        let alone =
            || Self { site: site.to_owned(), root: site.to_owned(), is_here: true, below: String::new() };
        let Some(root) = whole.ancestors().find(|dir| dir.join(".git").exists()) else { return Ok(alone()) };
        let is_here = cwd.starts_with(root);
        let parts = whole.strip_prefix(root).unwrap_or(Path::new("")).components();
        let below: String = parts.map(|part| part.as_os_str().to_string_lossy() + "/").collect();
        if below.is_empty() {
            return Ok(Self { is_here, ..alone() });
        }
        let shown = root.strip_prefix(&cwd).unwrap_or(root).to_owned();
        Ok(Self { site: site.to_owned(), root: shown, is_here, below })
    }

    fn path(&self, file: &File) -> PathBuf {
        let folder = if file.is == Special::AtRoot { &self.root } else { &self.site };
        folder.join(file.path)
    }

    /// The text of a file for a site that lies here.
    fn fill(&self, text: &str) -> Result<String, Failure> {
        let is_quoted = !text.contains("@BELOW@") && !text.contains("@FOLDER@");
        let is_plain = |c: char| c.is_alphanumeric() || "/._-".contains(c) || is_quoted && !c.is_control();
        if !self.below.chars().all(is_plain) {
            let words = format!("the site lies in `{}`, which no recipe can name", self.below.escape_debug());
            return Err(
                Failure::usage(words).help("letters, digits and `/._-` will do in the name of a folder")
            );
        }
        let folder = self.below.trim_end_matches('/');
        let site = if folder.is_empty() { "." } else { folder };
        let conditions: &[&str] = if folder.is_empty() { &[] } else { &["below"] };
        let text = chosen(text, conditions)
            .replace("@BELOW@", &self.below)
            .replace("@SITE@", site)
            .replace("@FOLDER@", format!("site/{folder}").trim_end_matches('/'))
            .replace("@QUOTED@", &quoted(Path::new(site)));
        Ok(text.replace("@HOOKS@", &self.hooks()))
    }

    /// The folder of hooks: git takes it from the root of the repository.
    fn hooks(&self) -> String {
        quoted(Path::new(&format!("{}.githooks", self.below)))
    }

    /// How git is told where the hooks are.
    fn hooks_command(&self) -> String {
        let there = if self.is_here { String::new() } else { format!(" -C {}", quoted(&self.site)) };
        format!("git{there} config core.hooksPath {}", self.hooks())
    }
}

/// Writes the files of a recipe, none of which may be there, and says what to do next.
pub(super) fn write(ci: Ci, dir: &Path) -> Result<String, Failure> {
    let place = Place::of(dir)?;
    let (files, next): (&[File], &str) = match ci {
        Ci::Github => (
            &[at_root(".github/workflows/briefs.yml", include_str!("recipes/github.yml"))],
            "set the variables and secrets that @FILE@ names at its top",
        ),
        Ci::Gitlab => (
            &[at_root(".gitlab-ci.yml", include_str!("recipes/gitlab.yml"))],
            "set the variables that @FILE@ names at its top",
        ),
        Ci::GitlabShards => (
            &[at_root(".gitlab/briefs-shards.yml", include_str!("recipes/gitlab-shards.yml"))],
            "include @FILE@ in .gitlab-ci.yml, as it says at its top",
        ),
        Ci::Kubernetes => (
            &[
                file("kubernetes/briefs-merge.yml", include_str!("recipes/kubernetes-merge.yml")),
                file("kubernetes/briefs-shards.yml", include_str!("recipes/kubernetes-shards.yml")),
            ],
            "run the commands at the top of kubernetes/briefs-shards.yml",
        ),
        Ci::Slurm => (
            &[
                script("slurm/briefs-merge.sh", include_str!("recipes/slurm-merge.sh")),
                script("slurm/briefs-shards.sh", include_str!("recipes/slurm-shards.sh")),
            ],
            "run the commands at the top of slurm/briefs-shards.sh",
        ),
        Ci::Docker => (
            &[
                file("Dockerfile", include_str!("recipes/Dockerfile")),
                file(".dockerignore", include_str!("recipes/dockerignore")),
            ],
            "docker build --build-arg SOURCE=… -t brief .",
        ),
        Ci::PreCommit => {
            (&[script(".githooks/pre-commit", include_str!("recipes/pre-commit"))], "@HOOKS-COMMAND@")
        }
        Ci::Systemd => (
            &[
                file("systemd/briefs-publish.service", include_str!("recipes/briefs-publish.service")),
                file("systemd/briefs-publish.timer", include_str!("recipes/briefs-publish.timer")),
            ],
            "adjust the paths in systemd/briefs-publish.service, then copy both files as it says",
        ),
    };
    let texts = files.iter().map(|file| Ok((place.path(file), place.fill(file.text)?, file.is)));
    let texts: Vec<(PathBuf, String, Special)> = texts.collect::<Result<_, Failure>>()?;
    put(&texts)?;
    let first = if place.below.is_empty() { PathBuf::from(files[0].path) } else { texts[0].0.clone() };
    Ok(next
        .replace("@FILE@", &first.display().to_string())
        .replace("@HOOKS-COMMAND@", &place.hooks_command()))
}

/// Those that are there word for word are what one that was broken off has written, if not all are.
fn put(files: &[(PathBuf, String, Special)]) -> Result<(), Failure> {
    let is_written = |path: &Path, text: &str| read_plain(path).is_ok_and(|bytes| bytes == text.as_bytes());
    let is_begun = !files.iter().all(|(path, text, _)| is_written(path, text));
    let is_there = |path: &Path, text: &str| path.exists() && !(is_begun && is_written(path, text));
    if let Some((there, ..)) = files.iter().find(|(path, text, _)| is_there(path, text)) {
        return Err(Failure::usage(format!("`{}` exists already", there.display()))
            .help("nothing was written; move it away to have the new one"));
    }
    for (path, text, is) in files {
        if !is_written(path, text) {
            write_new(path, text)?;
        }
        if *is == Special::Run {
            run_by_everyone(path)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn run_by_everyone(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt as _;

    use crate::base::{Diagnostic, codes};
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).map_err(|error| {
        let words = format!("cannot write `{}`: {error}", path.display());
        Box::new(Diagnostic::new(&codes::WRITE, words)).into()
    })
}

#[cfg(not(unix))]
fn run_by_everyone(_: &Path) -> Result<(), Failure> {
    Ok(())
}
