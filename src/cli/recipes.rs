//! `brief init --ci`: ready-made files for CI systems, images, hooks and timers.

use std::path::Path;

use super::args::Ci;
use super::files::write_new;
use super::status::Failure;
use crate::io::read_plain;

/// A file of a recipe: where it goes, what is in it, and whether it is run.
struct File {
    path: &'static str,
    text: &'static str,
    is_run: bool,
}

const fn file(path: &'static str, text: &'static str) -> File {
    File { path, text, is_run: false }
}

const fn script(path: &'static str, text: &'static str) -> File {
    File { path, text, is_run: true }
}

/// Writes the files of a recipe, none of which may be there, and says what to do next.
pub(super) fn write(ci: Ci, dir: &Path) -> Result<&'static str, Failure> {
    let (files, next): (&[File], _) = match ci {
        Ci::Github => (
            &[file(".github/workflows/briefs.yml", include_str!("recipes/github.yml"))],
            "set the variables and secrets that .github/workflows/briefs.yml names at its top",
        ),
        Ci::Gitlab => (
            &[file(".gitlab-ci.yml", include_str!("recipes/gitlab.yml"))],
            "set the variables that .gitlab-ci.yml names at its top",
        ),
        Ci::GitlabShards => (
            &[file(".gitlab/briefs-shards.yml", include_str!("recipes/gitlab-shards.yml"))],
            "include .gitlab/briefs-shards.yml in .gitlab-ci.yml, as it says at its top",
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
        Ci::PreCommit => (
            &[script(".githooks/pre-commit", include_str!("recipes/pre-commit"))],
            "git config core.hooksPath .githooks",
        ),
        Ci::Systemd => (
            &[
                file("systemd/briefs-publish.service", include_str!("recipes/briefs-publish.service")),
                file("systemd/briefs-publish.timer", include_str!("recipes/briefs-publish.timer")),
            ],
            "adjust the paths in systemd/briefs-publish.service, then copy both files as it says",
        ),
    };
    // Those that are there word for word are what one that was broken off has written, if not all are.
    let is_written =
        |file: &&File| read_plain(&dir.join(file.path)).is_ok_and(|bytes| bytes == file.text.as_bytes());
    let is_begun = !files.iter().all(|file| is_written(&file));
    let is_there = |file: &&File| dir.join(file.path).exists() && !(is_begun && is_written(file));
    if let Some(there) = files.iter().find(is_there) {
        return Err(Failure::usage(format!("`{}` exists already", dir.join(there.path).display()))
            .help("nothing was written; move it away to have the new one"));
    }
    for file in files {
        let path = dir.join(file.path);
        if !is_written(&file) {
            write_new(&path, file.text)?;
        }
        if file.is_run {
            run_by_everyone(&path)?;
        }
    }
    Ok(next)
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
