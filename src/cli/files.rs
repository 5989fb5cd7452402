//! New files in the source tree, for `init` and `new`. Nothing that exists is ever written over.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use super::status::Failure;
use crate::base::{Diagnostic, codes};

/// Writes a file that is not there yet, with the folders it needs.
pub(super) fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let written = || {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(text.as_bytes()).inspect_err(|_| {
            // Half of it would be in the way of the next try. If it cannot go either, that is told then.
            let _ = fs::remove_file(path);
        })
    };
    written().map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::usage(format!("`{}` exists already", path.display())),
        _ => unwritable(path, &error),
    })
}

/// Writes what a file lacks of a text whose beginning it has. What is there is not written over.
pub(super) fn complete(path: &Path, text: &str) -> Result<(), Failure> {
    let lacking =
        |size: u64| text.as_bytes().get(usize::try_from(size).ok()?..).filter(|end| !end.is_empty());
    match fs::symlink_metadata(path) {
        Ok(metadata) => {
            let Some(end) = lacking(metadata.len()) else { return Ok(()) };
            let written = OpenOptions::new().append(true).open(path).and_then(|mut file| file.write_all(end));
            written.map_err(|error| unwritable(path, &error))
        }
        Err(_) => write_new(path, text),
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Box::new(Diagnostic::new(&codes::WRITE, format!("cannot write `{}`: {error}", path.display()))).into()
}

/// The names in a folder, sorted; none when there is no such folder.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, Failure> {
    let listed = || {
        let mut names: Vec<String> = fs::read_dir(folder)?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<io::Result<_>>()?;
        names.sort();
        Ok(names)
    };
    listed().or_else(|error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Ok(Vec::new()),
        io::ErrorKind::NotADirectory => Err(Failure::usage(format!("`{}` is no folder", folder.display()))),
        _ => Err(Box::new(Diagnostic::new(
            &codes::READ,
            format!("cannot list `{}`: {error}", folder.display()),
        ))
        .into()),
    })
}
