//! Compressed copies that lie beside files, for servers that send them as they are.

/// A content coding that browsers ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

impl Encoding {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Gzip, Self::Brotli, Self::Zstd];

    /// What the names of its copies end in.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Gzip => ".gz",
            Self::Brotli => ".br",
            Self::Zstd => ".zst",
        }
    }

    /// What HTTP calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    /// By its name a copy: of which file, and how it is encoded.
    pub fn of_copy(path: &str) -> Option<(&str, Self)> {
        Self::ALL.into_iter().find_map(|encoding| Some((path.strip_suffix(encoding.ending())?, encoding)))
    }
}
