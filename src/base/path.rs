//! Paths of the three worlds a site lives in: its sources, its addresses, its output.

use std::fmt::Write as _;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization as _;

/// A source file's path from the site's root, with `/` between parts: `content/briefs/x.md`, `site.toml`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourcePath(Arc<str>);

impl SourcePath {
    /// Takes a relative path with `/` between its parts.
    pub fn new(path: &str) -> Self {
        Self(path.into())
    }

    /// The whole path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path below `content/`, for what lies there.
    pub fn in_content(&self) -> Option<&str> {
        self.0.strip_prefix("content/")
    }

    /// The last part: `x.md`.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Everything before the last part, without the slash; empty at the top.
    pub fn folder(&self) -> &str {
        self.0.rfind('/').map_or("", |at| &self.0[..at])
    }

    /// Where `relative` leads from this file's folder; `None` when it leaves the site.
    pub fn join(&self, relative: &str) -> Option<Self> {
        let mut parts: Vec<&str> = self.folder().split('/').filter(|part| !part.is_empty()).collect();
        for part in relative.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                part => parts.push(part),
            }
        }
        Some(Self(parts.join("/").into()))
    }
}

impl std::fmt::Display for SourcePath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for SourcePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SourcePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&str>::deserialize(deserializer).map(|path| Self(path.into()))
    }
}

/// An address in the site, from its root, without a leading slash: `briefs/x/` (a page, at `index.html`),
/// `feed.xml` (a file), or empty (the home page). Not percent-encoded; [`UrlPath::href`] is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UrlPath(Arc<str>);

impl UrlPath {
    /// Takes an address from the root, with or without the leading slash.
    pub fn new(path: &str) -> Self {
        Self(path.trim_start_matches('/').into())
    }

    /// An address of before, as somebody wrote it, who may have copied it from a browser: from the root, encoded or
    /// not, mostly with the slash at its end.
    ///
    /// # Errors
    /// Says why no file can be at it.
    pub fn of_before(written: &str) -> Result<Self, String> {
        let written = written.trim();
        if written.starts_with("//") {
            return Err("begins with another host; from the site's root it is `/…`".to_owned());
        }
        if written.contains("://") {
            return Err("is a whole address; from the site's root it is `/…`".to_owned());
        }
        let several: Vec<&str> = written.split([',', ';']).map(str::trim).collect();
        if several.len() > 1 && several.iter().all(|one| one.starts_with('/')) {
            return Err(format!("is several; write a list: `[{}]`", several.join(", ")));
        }
        if let Some(mark) = written.chars().find(|ch| matches!(ch, '?' | '#')) {
            return Err(format!(
                "has a `{mark}`, and what follows it is not sent or is no part of a file's name"
            ));
        }
        let path = decode(written.trim_start_matches('/')).ok_or("is not UTF-8 when decoded")?;
        let last = path.rsplit('/').next().unwrap_or(&path);
        let is_whole = path.is_empty() || path.ends_with('/') || last.ends_with(".html");
        let url = Self::new(&if is_whole { path } else { path + "/" });
        match OutPath::fault(url.0.strip_suffix('/').unwrap_or(&url.0)) {
            Some(fault) if !url.0.is_empty() => Err(fault.to_owned()),
            _ => Ok(url),
        }
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The way from this address back to the site's root: `./`, `../`, `../../`.
    pub fn to_root(&self) -> String {
        match self.0.matches('/').count() {
            0 => "./".to_owned(),
            depth => "../".repeat(depth),
        }
    }

    /// The address percent-encoded for an `href`, still from the root.
    pub fn href(&self) -> String {
        encode(&self.0)
    }

    /// Two addresses with the same key are one file on some disk: case folded and NFC.
    pub fn collision_key(&self) -> String {
        if self.0.is_ascii() {
            return self.0.to_ascii_lowercase();
        }
        self.0.nfc().collect::<String>().to_lowercase()
    }

    /// The file that a server reads for this address.
    ///
    /// # Errors
    /// When the address could leave the output folder or is no file name on some system.
    pub fn to_out(&self) -> Result<OutPath, String> {
        if self.0.is_empty() || self.0.ends_with('/') {
            OutPath::new(&format!("{}index.html", self.0))
        } else {
            OutPath::new(&self.0)
        }
    }
}

impl std::fmt::Display for UrlPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "/{}", self.0)
    }
}

/// Templates write `{{ root }}{{ card.url }}`, so an address serialises encoded and from the root. A cache keeps it
/// as it is, since it is encoded when it is shown.
impl Serialize for UrlPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() || self.0.bytes().all(is_plain) {
            serializer.serialize_str(&self.0)
        } else {
            serializer.serialize_str(&self.href())
        }
    }
}

impl<'de> Deserialize<'de> for UrlPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&str>::deserialize(deserializer).map(|path| Self(path.into()))
    }
}

/// A file below the output folder. The only way to open an output file, and it cannot lead out of the folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutPath(Arc<str>);

impl OutPath {
    /// Takes a relative path with `/` between its parts.
    ///
    /// # Errors
    /// Says what is wrong: an empty part, `.` or `..`, an absolute path, a drive or stream name, a
    /// backslash, a control character, a part of over 255 bytes.
    pub fn new(path: &str) -> Result<Self, String> {
        match Self::fault(path) {
            Some(fault) => Err(format!("the output path {path:?} {fault}")),
            None => Ok(Self(path.into())),
        }
    }

    /// What is wrong with a relative path, if anything is.
    fn fault(path: &str) -> Option<&'static str> {
        path.split('/').find_map(|part| match part {
            "" => Some("has an empty part"),
            "." | ".." => Some("has a part that points elsewhere"),
            part if part.len() > 255 => Some("has a part of over 255 bytes"),
            part if part.contains(['\\', ':']) || part.chars().any(char::is_control) => {
                Some("has a character that no file name should have")
            }
            part if part == ".brief" || part.starts_with(".brief-") => {
                Some("is the builder's own working folder")
            }
            _ => None,
        })
    }

    /// The path with `/` between its parts.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for OutPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for OutPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Percent-encodes all but the characters that a path may hold as they are (RFC 3986 `pchar` and `/`), and `&`, which
/// means something in HTML.
pub fn encode(path: &str) -> String {
    if path.bytes().all(is_plain) {
        return path.to_owned();
    }
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if is_plain(byte) {
            out.push(byte.into());
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Undoes percent-encoding; `None` when the result is no UTF-8. A lone `%` stands for itself.
pub fn decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let bytes = text.as_bytes();
    let hex = |at: usize| bytes.get(at).and_then(|&b| char::from(b).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).ok()?);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).ok()
}

/// A heading's or topic's text as an id: lower case, letters and digits of any script, `-` between words.
pub fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for ch in text.nfc() {
        if ch.is_ascii_alphanumeric() || ch == '_' {
            out.push(ch.to_ascii_lowercase());
        } else if ch.is_alphanumeric() || is_joining(ch) {
            out.extend(ch.to_lowercase());
        } else if (ch.is_whitespace() || ch == '-') && !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

/// A source's id as a part of an anchor, which holds no blanks.
pub fn joined(id: &str) -> String {
    id.split_whitespace().collect::<Vec<_>>().join("-")
}

/// Whether two texts are the same but for how their letters are composed, as file names of Macs and of others are.
pub fn is_same(a: &str, b: &str) -> bool {
    a == b || !a.is_ascii() && !b.is_ascii() && a.nfc().eq(b.nfc())
}

/// Combining marks and joiners belong to the letter before them.
pub fn is_joining(ch: char) -> bool {
    matches!(ch, '\u{200C}' | '\u{200D}') || unicode_normalization::char::is_combining_mark(ch)
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~/!$'()*+,;=@".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_path_never_leaves_its_folder() {
        for bad in
            ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/./b", "C:x", "a\\b", "a\0b", ".brief/lock"]
        {
            assert!(OutPath::new(bad).is_err(), "{bad:?}");
        }
        assert_eq!(UrlPath::new("/briefs/x/").to_out().unwrap().as_str(), "briefs/x/index.html");
    }

    #[test]
    fn a_relative_link_stops_at_the_site() {
        let from = SourcePath::new("content/briefs/a.md");
        assert_eq!(from.join("../actors/ttp.md").unwrap().as_str(), "content/actors/ttp.md");
        assert_eq!(from.join("../../../x"), None);
    }

    #[test]
    fn encoding_and_decoding_are_inverse() {
        for text in ["a b", "داعش خراسان", "100%", "x?y#z"] {
            assert_eq!(decode(&encode(text)).as_deref(), Some(text));
        }
    }

    #[test]
    fn slugs_keep_every_script() {
        assert_eq!(slug("What we  know – and don't"), "what-we-know-and-dont");
        assert_eq!(slug("Вилаят Хорасан"), "вилаят-хорасан");
        assert_eq!(slug("e\u{301}te\u{301}"), "été");
    }
}
