//! What is published: an output folder with its manifest and, if it is signed, the signature.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::folder::not_as_listed;
use super::verify;
use crate::base::{Diagnostic, codes};
use crate::io::{
    MANIFEST, Manifest, Result, SIGNATURE, is_of_another, read_plain, read_signature, unreadable,
};

/// An output folder that a build has completed.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where it lies.
    pub folder: PathBuf,
    /// What it holds.
    pub manifest: Manifest,
    /// The manifest as it is written.
    pub bytes: Vec<u8>,
    /// The signature of the manifest.
    pub signature: Option<Vec<u8>>,
}

impl Source {
    /// Reads the manifest of an output folder; `None` when it has none.
    ///
    /// # Errors
    /// B0901 when it cannot be read, B0906 when the signature is no plain file, B0909 when that is of another manifest.
    pub fn open(folder: &Path) -> Result<Option<Self>> {
        let Some(bytes) = read(&folder.join(MANIFEST))? else { return Ok(None) };
        let manifest = Manifest::parse(&bytes).map_err(|why| unreadable(&folder.join(MANIFEST), why))?;
        let signature = read_signature(folder)?;
        if signature.as_ref().is_some_and(|signature| is_of_another(signature, &bytes)) {
            let name = folder.join(SIGNATURE);
            let words = format!("`{}` is not the signature of the manifest beside it", name.display());
            let help = "sign with `--sign KEY`, or build again, which removes it";
            return Err(Box::new(Diagnostic::new(&codes::BAD_SIGNATURE, words).help(help)));
        }
        Ok(Some(Self { folder: folder.to_owned(), manifest, bytes, signature }))
    }
}

impl Source {
    /// Compares every file with the manifest, before anything is sent that could not be taken back.
    ///
    /// # Errors
    /// B0907 for the first that differs.
    pub(super) fn check(&self) -> Result<()> {
        let fault =
            self.manifest.files.par_iter().find_map_first(|entry| verify::check(&self.folder, entry).err());
        fault.map_or(Ok(()), |fault| Err(not_as_listed(&self.folder, &fault)))
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match read_plain(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, error)),
    }
}
