//! Compressed copies beside files, for servers that send them as they are.

use std::io::{self, Write as _};

use crate::base::Encoding;

/// What makes the bytes, written into the manifest: copies that something else made are made anew. To be
/// changed with a level or when a library gives other bytes.
pub(super) const ENCODERS: &str = "gzip 6 (zlib-rs 0.6), brotli 5 (9.1), zstd 3 (1.5.7)";

/// Smaller files come in one packet anyway.
const LEAST: u64 = 512;

/// Larger ones are no pages, and would have to be held.
const MOST: u64 = 64 * 1024 * 1024;

/// The endings of files that become smaller; pictures and archives are compressed as they are.
const ENDINGS: [&str; 16] = [
    "html",
    "css",
    "js",
    "mjs",
    "json",
    "geojson",
    "xml",
    "graphml",
    "svg",
    "txt",
    "csv",
    "md",
    "webmanifest",
    "map",
    "ttf",
    "wasm",
];

/// The compressed bytes: the same for the same input, with no time in them. `None` when they would be no
/// fewer.
pub(super) fn encode(encoding: Encoding, bytes: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let encoded = match encoding {
        Encoding::Gzip => {
            let level = flate2::Compression::new(6);
            let mut encoder = flate2::write::GzEncoder::new(Vec::with_capacity(bytes.len() / 3), level);
            encoder.write_all(bytes)?;
            encoder.finish()?
        }
        Encoding::Brotli => {
            let mut out = Vec::with_capacity(bytes.len() / 3);
            let parameters = brotli::enc::BrotliEncoderParams {
                quality: 5,
                size_hint: bytes.len(),
                ..brotli::enc::BrotliEncoderParams::default()
            };
            brotli::BrotliCompress(&mut &*bytes, &mut out, &parameters)?;
            out
        }
        Encoding::Zstd => zstd::bulk::compress(bytes, 3)?,
    };
    Ok((encoded.len() < bytes.len()).then_some(encoded))
}

/// Whether a file is to have compressed copies.
pub(super) fn is_worth_it(path: &str, size: u64) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    (LEAST..=MOST).contains(&size) && ENDINGS.contains(&ending)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn what_is_compressed_can_be_read_again() {
        let text = "Threat level substantial, rising. ".repeat(200);
        let [gzip, brotli, zstd] =
            Encoding::ALL.map(|encoding| encode(encoding, text.as_bytes()).unwrap().expect("it is smaller"));
        let mut read = String::new();
        flate2::read::GzDecoder::new(&*gzip).read_to_string(&mut read).unwrap();
        assert_eq!(read, text);
        assert_eq!(gzip[4..8], [0; 4], "no time");
        let mut read = Vec::new();
        brotli::BrotliDecompress(&mut &*brotli, &mut read).unwrap();
        assert_eq!(read, text.as_bytes());
        assert_eq!(zstd::bulk::decompress(&zstd, text.len()).unwrap(), text.as_bytes());
    }

    #[test]
    fn other_bytes_need_another_name() {
        let text: String = (0..400).map(|n| format!("<li>item {n}, level {}</li>\n", n * n % 97)).collect();
        let hashes = Encoding::ALL.map(|encoding| {
            let bytes = encode(encoding, text.as_bytes()).unwrap().unwrap();
            blake3::hash(&bytes).to_hex()[..12].to_owned()
        });
        assert_eq!(
            hashes,
            ["b76367c9f323", "47b31ecaddd7", "b66d80c46658"],
            "change `ENCODERS`, so that old copies are made anew; then these"
        );
    }

    #[test]
    fn what_does_not_shrink_is_left() {
        let noise: Vec<u8> =
            (0..600_u32).flat_map(|n| blake3::hash(&n.to_le_bytes()).as_bytes()[..1].to_vec()).collect();
        assert!(Encoding::ALL.iter().all(|&encoding| encode(encoding, &noise).unwrap().is_none()));
        assert!(
            is_worth_it("a/index.html", 600)
                && !is_worth_it("a/index.html", 100)
                && !is_worth_it("a.png", 600)
        );
    }
}
