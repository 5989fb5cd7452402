//! `build --compress`: copies beside files, listed, reused, the same from any build.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;

use briefwright::io::Manifest;

use crate::cli::{Site, files};

fn site() -> Site {
    let site = Site::new();
    site.write("content/briefs/data.csv", &"a,b,c\n".repeat(300));
    site.write("content/briefs/own.csv", &"a,b,c\n".repeat(300));
    site.write("content/briefs/own.csv.gz", "the site's own");
    // Published beside their page, not below `pages/`.
    site.write("content/pages/data.json", &"[1, 2, 3]\n".repeat(300));
    site.write("content/pages/data.json.gz", "the site's own");
    site.write("content/pages/p.md", "# P\n\n[d](data.json) [z](data.json.gz)\n");
    site.write(
        "content/briefs/a.md",
        "---\ntitle: A\ndate: 2025-01-01\n---\n[d](data.csv) [o](own.csv) [g](own.csv.gz) ![](x.png)\n",
    );
    site
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut out).expect("it is gzip");
    out
}

#[test]
fn copies_are_right_and_listed() {
    let site = site();
    site.brief(&["build", "--compress"]).ends(0);
    let public = site.public();
    let manifest = Manifest::read(&site.path("public")).expect("it can be read").expect("there is one");
    let listed: Vec<&str> = manifest.files.iter().map(|entry| entry.path.as_str()).collect();
    let mut copies = 0;
    for (path, bytes) in &public {
        assert!(listed.contains(&path.as_str()) || path == "manifest.json", "{path} is not listed");
        if let Some(original) =
            path.strip_suffix(".gz").filter(|path| !["briefs/own.csv", "data.json"].contains(path))
        {
            assert_eq!(gunzip(bytes), public[original], "{path}");
            copies += 1;
        }
        if let Some(original) = path.strip_suffix(".br") {
            let mut out = Vec::new();
            brotli::BrotliDecompress(&mut bytes.as_slice(), &mut out).expect("it is brotli");
            assert_eq!(out, public[original], "{path}");
        }
        if let Some(original) = path.strip_suffix(".zst") {
            assert_eq!(zstd::decode_all(bytes.as_slice()).expect("it is zstd"), public[original], "{path}");
        }
    }
    assert!(copies > 8, "{copies}");
    for name in ["index.html.gz", "briefs/data.csv.zst", "briefs/a/index.html.br", "briefs/own.csv.br"] {
        assert!(public.contains_key(name), "{name}");
    }
    assert_eq!(public["briefs/own.csv.gz"], b"the site's own");
    assert!(!public.contains_key("briefs/x.png.gz") && !public.contains_key("manifest.json.gz"));
}

#[test]
fn copies_of_what_is_unchanged_stay() {
    let site = site();
    site.brief(&["build", "--compress"]).ends(0);
    let inode = |path: &str| fs::metadata(site.path("public").join(path)).expect("it is there").ino();
    let paths = ["404.html.gz", "briefs/data.csv.br", "briefs/a/index.html.zst"];
    let before = paths.map(inode);
    site.brief(&["build", "--compress"]).ends(0).says(": 0 written, ");
    assert_eq!(paths.map(inode), before);
    let text = fs::read_to_string(site.path("content/briefs/a.md")).expect("it is there");
    site.write("content/briefs/a.md", &text.replace("[d]", "Another text. [d]"));
    // One was damaged meanwhile.
    fs::write(site.path("public/404.html.br"), "damaged").expect("it can be written");
    site.brief(&["build", "--compress"]).ends(0);
    let after = paths.map(inode);
    assert_eq!(after[..2], before[..2]);
    assert_ne!(after[2], before[2]);
    // What was kept is what a build from nothing makes.
    site.brief(&["build", "--compress", "--out", "fresh"]).ends(0);
    assert!(site.public() == files(&site.path("fresh")));
    // Copies that another version made are made anew.
    let manifest = site.path("public/manifest.json");
    let other = fs::read_to_string(&manifest).expect("it is there").replace("gzip 6", "gzip 9");
    fs::write(&manifest, other).expect("it can be written");
    fs::remove_file(site.path("public/index.html.gz")).expect("it is there");
    site.brief(&["build", "--compress"]).ends(0);
    assert!(site.public() == files(&site.path("fresh")));
    // Without the flag they go.
    site.brief(&["build"]).ends(0);
    assert!(!site.public().keys().any(|path| path.ends_with(".br")));
}
