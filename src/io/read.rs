//! A site's files as values: text is held, anything else is known by its size and hash.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;

use super::discover::{self, Listing, discover, discover_settings};
use super::image;
use super::stamp::{Root, Stamp};
use crate::base::{Blob, Content, Diagnostic, File, Fingerprint, SourcePath, Span, Text, codes};

/// The files of a site, as they were at one reading.
#[derive(Clone, Debug, Default)]
pub struct SiteFiles {
    /// Every file that belongs to the site and could be read, sorted by path.
    pub files: Vec<File>,
    /// What could not be read or was refused, sorted by file.
    pub faults: Vec<Diagnostic>,
    /// Folders outside the site's own in which files lie to which links of the site lead.
    pub beside: BTreeSet<PathBuf>,
    /// By which each of `files` would be known again; `None` for what must be read again in any case.
    stamps: Vec<Option<Stamp>>,
}

/// Reads the site in the folder `root`. Whatever cannot be read is a fault in the result, and all are told:
/// B0901 for what the system refuses (a folder that is no site among it), B0100 for text that is no UTF-8
/// (held with `�` for the bad bytes, so that the fault shows its line and links to the file stand), B0312
/// for links that lead out of the site.
pub fn read_site(root: &Path) -> SiteFiles {
    read_site_again(root, &SiteFiles::default())
}

/// The site's settings, and nothing else of it. Whatever cannot be read is told as by [`read_site`].
pub fn read_settings(root: &Path) -> SiteFiles {
    read_listed(root, &SiteFiles::default(), SystemTime::now(), discover_settings)
}

/// [`read_site`], taking over from an earlier reading of the same folder what has not been touched since.
pub fn read_site_again(root: &Path, previous: &SiteFiles) -> SiteFiles {
    read_at(root, previous, SystemTime::now())
}

/// Opens a file of the site for streaming.
///
/// # Errors
/// B0312 when the path leads out of the site, B0901 when it is no regular file or cannot be opened.
pub fn open_asset(root: &Path, path: &SourcePath) -> super::Result<fs::File> {
    let unreadable = |error: &io::Error| Box::new(unreadable(path, error));
    let root = root.canonicalize().map_err(|error| unreadable(&error))?;
    let place = root.join(path.as_str()).canonicalize().map_err(|error| unreadable(&error))?;
    if !place.starts_with(&root) {
        return Err(Box::new(discover::outside(path)));
    }
    // Asked before it is opened, because opening a pipe waits for its other end.
    if !fs::metadata(&place).map_err(|error| unreadable(&error))?.is_file() {
        return Err(unreadable(&io::Error::other("it is not a file")));
    }
    fs::File::open(place).map_err(|error| unreadable(&error))
}

pub(super) fn read_at(root: &Path, previous: &SiteFiles, now: SystemTime) -> SiteFiles {
    read_listed(root, previous, now, discover)
}

fn read_listed(root: &Path, previous: &SiteFiles, now: SystemTime, list: fn(&Path) -> Listing) -> SiteFiles {
    let root = match root.canonicalize() {
        Ok(root) => root,
        Err(error) => {
            return SiteFiles { faults: vec![no_site(root, &error.to_string())], ..SiteFiles::default() };
        }
    };
    let root = match Root::open(&root) {
        Ok(root) => root,
        Err(error) => {
            return SiteFiles { faults: vec![no_site(&root, &error.to_string())], ..SiteFiles::default() };
        }
    };
    // Most files are where they were, so they are looked at while the folders are walked.
    let look = |file: &File| root.look(&file.path).ok();
    let (listing, looks) = rayon::join(
        || list(root.path),
        || previous.files.par_iter().map(look).collect::<Vec<Option<Stamp>>>(),
    );
    let listing = if lacks(&listing, previous) { listing.with(list(root.path)) } else { listing };
    let mut site = SiteFiles { faults: listing.faults, beside: listing.beside, ..SiteFiles::default() };
    if !listing.paths.iter().any(|path| path.as_str() == "site.toml") {
        site.faults.push(no_site(root.path, "it has no `site.toml`"));
    }
    let readings: Vec<Reading> = listing
        .paths
        .into_par_iter()
        .enumerate()
        .map_init(Vec::new, |buffer, (at, path)| {
            Reader { root: &root, previous, looks: &looks, at, now, buffer }.read(&path)
        })
        .collect();
    for reading in readings {
        site.faults.extend(reading.fault.map(|fault| *fault));
        if let Some((file, stamp)) = reading.file {
            site.files.push(file);
            site.stamps.push(stamp);
        }
    }
    site.faults.sort_by(|a, b| a.order().cmp(&b.order()));
    site
}

/// Whether a file is not listed that was there before. While one file is renamed over another, as editors save,
/// a walk may see neither; so what seems to be gone is looked for a second time.
fn lacks(listing: &Listing, previous: &SiteFiles) -> bool {
    // Both are sorted, so that one walk over both tells.
    let mut listed = listing.paths.iter();
    !previous.files.iter().all(|file| listed.any(|path| *path == file.path))
}

/// B0901 for a file or folder of the site.
pub(super) fn unreadable(path: &SourcePath, error: &io::Error) -> Diagnostic {
    Diagnostic::new(&codes::READ, format!("cannot read `{path}`: {error}")).in_file(path)
}

fn no_site(root: &Path, why: &str) -> Diagnostic {
    Diagnostic::new(&codes::READ, format!("`{}` is not a site: {why}", root.display()))
        .help("`brief init DIR` makes a new site; `--site DIR` names one that is elsewhere")
}

/// What came of one file.
#[derive(Default)]
struct Reading {
    file: Option<(File, Option<Stamp>)>,
    fault: Option<Box<Diagnostic>>,
}

struct Reader<'a> {
    root: &'a Root<'a>,
    previous: &'a SiteFiles,
    /// How its files look now.
    looks: &'a [Option<Stamp>],
    /// The file's place in the listing.
    at: usize,
    now: SystemTime,
    buffer: &'a mut Vec<u8>,
}

impl Reader<'_> {
    fn read(mut self, path: &SourcePath) -> Reading {
        match self.try_read(path) {
            Ok(reading) => reading,
            // It was removed after it had been listed, so it is as if it had not been listed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Reading::default(),
            Err(error) => Reading { fault: Some(Box::new(unreadable(path, &error))), file: None },
        }
    }

    fn try_read(&mut self, path: &SourcePath) -> io::Result<Reading> {
        let before = self.previous.find(path, self.at);
        // It is older than what is read, so a change in between shows at the next reading.
        let look = before.and_then(|before| self.looks[before].clone());
        if let Some((before, look)) = before.zip(look.as_ref())
            && look.is_settled(self.now)
            && self.previous.stamps[before].as_ref() == Some(look)
        {
            let file = (self.previous.files[before].clone(), Some(look.clone()));
            return Ok(Reading { file: Some(file), fault: None });
        }
        let mut file = self.root.open_file(path)?;
        let look = look.map_or_else(|| Stamp::of_open(&file), Ok)?;
        let size = look.size;
        let stamp = Some(look).filter(|look| look.is_settled(self.now));
        if !is_text(path) {
            let content = Content::Blob(self.blob(&mut file, path)?);
            return Ok(Reading {
                file: Some((File { path: path.clone(), content, mark: 0 }, stamp)),
                fault: None,
            });
        }
        read_whole(&mut file, size, self.buffer)?;
        let (text, fault) = decode(path, self.buffer);
        let stamp = stamp.filter(|_| fault.is_none());
        let mark = if self.buffer.starts_with(MARK) { MARK.len() as u32 } else { 0 };
        let file = Some((File { path: path.clone(), content: Content::Text(text), mark }, stamp));
        Ok(Reading { file, fault: fault.map(Box::new) })
    }

    fn blob(&mut self, file: &mut fs::File, path: &SourcePath) -> io::Result<Blob> {
        let mut hasher = blake3::Hasher::new();
        let mut dimensions = None;
        if image::is_image(path.name()) {
            self.buffer.clear();
            file.take(image::HEAD).read_to_end(self.buffer)?;
            dimensions = image::dimensions(self.buffer);
            hasher.update(self.buffer);
        }
        hasher.update_reader(file)?;
        Ok(Blob { size: hasher.count(), hash: Fingerprint::first_half(&hasher.finalize()), dimensions })
    }
}

/// Reads a file of about so many bytes. A read that ends where the file should end is at its end, so that most
/// files take one call of the system; `read_to_end` makes four.
fn read_whole(file: &mut impl io::Read, size: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
    let size = usize::try_from(size).unwrap_or_default();
    let mut filled = 0;
    loop {
        // One byte more than there should be.
        buffer.resize(size.max(filled) + 1, 0);
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if filled == size {
            break;
        }
        if filled > size {
            // It has grown since.
            buffer.truncate(filled);
            file.read_to_end(buffer)?;
            return Ok(());
        }
    }
    buffer.truncate(filled);
    Ok(())
}

impl SiteFiles {
    /// Where a file stands. `guess` is where it may: where no file came or went, each stands where it stood.
    fn find(&self, path: &SourcePath, guess: usize) -> Option<usize> {
        match self.files.get(guess) {
            Some(file) if file.path == *path => Some(guess),
            _ => self.files.binary_search_by(|file| file.path.cmp(path)).ok(),
        }
    }
}

/// Whether the build needs a file's text; other files are copied.
fn is_text(path: &SourcePath) -> bool {
    let parts: Vec<&str> = path.as_str().split('/').collect();
    match parts[..] {
        [_] | ["templates", ..] | ["themes", _, "theme.toml"] | ["themes", _, "templates" | "i18n", ..] => {
            true
        }
        ["static", .., name] | ["themes", _, "static", .., name] => name.ends_with(".css"),
        ["content", .., name] => name
            .rsplit_once('.')
            .is_some_and(|(_, ending)| ["md", "markdown"].iter().any(|md| ending.eq_ignore_ascii_case(md))),
        _ => false,
    }
}

/// The byte order mark, as UTF-8 has it.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Text without a byte order mark; what is not UTF-8 is shown as `�` and reported.
fn decode(path: &SourcePath, bytes: &[u8]) -> (Text, Option<Diagnostic>) {
    let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => {
            let text = Text::new(text.into());
            // Every build asks for it, and now the text is at hand.
            text.fingerprint();
            return (text, None);
        }
        Err(error) => error,
    };
    let at = error.valid_up_to();
    let utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    let from = if utf16 { "UTF-16" } else { "WINDOWS-1252" };
    let fault = Diagnostic::new(&codes::NOT_UTF8, format!("`{path}` is not UTF-8"))
        .at(path, Span::new(at..at + char::REPLACEMENT_CHARACTER.len_utf8()))
        .label(format!("the byte 0x{:02X}", bytes[at]))
        .help(format!("convert it, for example with `iconv -f {from} -t UTF-8`"));
    (Text::new(String::from_utf8_lossy(bytes).into()), Some(fault))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives at most so many bytes at once.
    struct Slow<'a>(&'a [u8], usize);

    impl io::Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(self.1);
            self.0.read(&mut buffer[..most])
        }
    }

    #[test]
    fn a_file_is_read_whole_whatever_its_size_is_said_to_be() {
        let text: Vec<u8> = (0..=255).cycle().take(1000).collect();
        let mut buffer = b"what was there before".to_vec();
        for (said, at_once) in
            [(1000, 4096), (1000, 7), (10, 4096), (10, 3), (0, 4096), (5000, 4096), (5000, 9)]
        {
            read_whole(&mut Slow(&text, at_once), said, &mut buffer).unwrap();
            assert_eq!(buffer, text, "said to have {said} bytes, {at_once} at once");
        }
        read_whole(&mut Slow(b"", 1), 0, &mut buffer).unwrap();
        assert_eq!(buffer, b"");
    }
}
