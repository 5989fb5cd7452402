//! What of a folder is a site, and what is told of files that cannot be read.

use super::*;

fn told(faults: &[Diagnostic]) -> Vec<(&'static str, &str)> {
    faults
        .iter()
        .map(|fault| (fault.code.id, fault.place.as_ref().map_or("", |place| place.path.as_str())))
        .collect()
}

fn paths(site: &SiteFiles) -> Vec<&str> {
    site.files.iter().map(|file| file.path.as_str()).collect()
}

fn text<'a>(site: &'a SiteFiles, path: &str) -> &'a str {
    match content(site, path) {
        Content::Text(text) => text,
        Content::Blob(_) => panic!("{path} is no text"),
    }
}

#[test]
fn a_site_is_its_folders_without_what_editors_leave() {
    let desk = Desk::new(&[
        ("site.ci.toml", ""),
        ("README.md", ""),
        ("content/briefs/b.md", ""),
        ("content/briefs/a.MD", ""),
        ("content/.obsidian/x.md", ""),
        ("content/briefs/.b.md.swp", ""),
        ("content/briefs/b.md~", ""),
        ("content/briefs/#b.md#", ""),
        ("content/briefs/b.tmp", ""),
        ("content/Thumbs.db", ""),
        ("content/old/manifest.json", r#"{"generator":"briefwright","version":1,"inputs":"","files":[]}"#),
        ("content/old/index.html", ""),
        ("themes/own/theme.toml", ""),
        ("themes/own/static/x.toml", ""),
        ("themes/own/templates/page.html", ""),
        ("templates/page.html", ""),
        ("public/index.html", ""),
    ]);
    symlink("nowhere", desk.path("site/content/.#b.md")).unwrap();
    symlink("nowhere", desk.path("site/broken")).unwrap();
    let site = desk.read();
    let expected = [
        "content/briefs/a.MD",
        "content/briefs/b.md",
        "site.ci.toml",
        "site.toml",
        "templates/page.html",
        "themes/own/static/x.toml",
        "themes/own/templates/page.html",
        "themes/own/theme.toml",
    ];
    assert_eq!(paths(&site), expected);
    assert!(site.faults.is_empty(), "{:?}", site.faults);
    let is_blob = |path: &&&str| matches!(content(&site, path), Content::Blob(_));
    assert_eq!(expected.iter().filter(is_blob).collect::<Vec<_>>(), [&"themes/own/static/x.toml"]);
}

#[test]
fn a_folder_that_is_no_site_says_what_to_do() {
    let desk = Desk::new(&[]);
    let missing = read_site(&desk.path("nowhere"));
    assert_eq!(told(&missing.faults), [("B0901", "")]);
    fs::remove_file(desk.path("site/site.toml")).unwrap();
    let bare = desk.read();
    assert_eq!(told(&bare.faults), [("B0901", "")]);
    assert!(bare.faults[0].help[0].contains("brief init"));
}

#[test]
fn text_loses_its_byte_order_mark_and_shows_where_it_is_no_utf8() {
    let desk = Desk::new(&[]);
    desk.write("site/content/bom.md", b"\xEF\xBB\xBFabc");
    desk.write("site/content/latin.md", b"line one\nR\xE4uber\nB\xE4r");
    desk.write("site/static/latin.txt", b"\xE4");
    let site = desk.read();
    assert_eq!(text(&site, "content/bom.md"), "abc");
    assert_eq!(told(&site.faults), [("B0100", "content/latin.md")]);
    let span = site.faults[0].place.as_ref().unwrap().span.unwrap();
    let shown = text(&site, "content/latin.md");
    assert_eq!(&shown[span.range()], "\u{FFFD}");
    assert_eq!(shown[..span.range().start].lines().count(), 2);
    assert_eq!(site.faults[0].label, "the byte 0xE4");
}

#[test]
fn every_file_that_cannot_be_read_is_told_and_nothing_hangs() {
    let desk = Desk::new(&[("content/good.md", ""), ("content/folder/x.md", "")]);
    let content = desk.path("site/content");
    desk.write("secret/passwords", "");
    symlink(desk.path("secret"), content.join("outside")).unwrap();
    symlink(desk.path("secret/passwords"), content.join("outside.md")).unwrap();
    symlink("../secret", desk.path("site/static")).unwrap();
    symlink("good.md", content.join("inside.md")).unwrap();
    symlink("nowhere.md", content.join("broken.md")).unwrap();
    symlink("..", content.join("folder/loop")).unwrap();
    std::os::unix::net::UnixListener::bind(content.join("socket.md")).unwrap();
    desk.write("site/content/caf\u{e9}.md", "");
    fs::write(content.join(OsStr::from_bytes(b"caf\xE9.md")), "").unwrap();
    let site = desk.read();
    assert_eq!(
        told(&site.faults),
        [
            ("B0901", "content/broken.md"),
            ("B0100", "content/caf\u{FFFD}.md"),
            ("B0901", "content/folder/loop"),
            ("B0312", "content/outside"),
            ("B0312", "content/outside.md"),
            ("B0901", "content/socket.md"),
            ("B0312", "static"),
        ]
    );
    assert_eq!(
        paths(&site),
        ["content/café.md", "content/folder/x.md", "content/good.md", "content/inside.md", "site.toml"]
    );
}

#[test]
fn an_image_is_known_by_size_hash_and_dimensions() {
    let desk = Desk::new(&[
        ("content/map.svg", "<svg viewBox='0 0 40 30'></svg>"),
        ("content/broken.jpg", "not one"),
    ]);
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x20\0\0\0\x10".to_vec();
    // Longer than the part that is looked at, so that both parts must be in the hash.
    png.resize((1 << 20) + 12_345, 7);
    desk.write("site/static/map.PNG", &png);
    let site = desk.read();
    assert_eq!(
        *blob(&site, "static/map.PNG"),
        Blob { size: png.len() as u64, hash: Fingerprint::of_bytes(&png), dimensions: Some((32, 16)) }
    );
    assert_eq!(blob(&site, "content/map.svg").dimensions, Some((40, 30)));
    assert_eq!(blob(&site, "content/broken.jpg").dimensions, None);
}

#[test]
fn a_second_reading_takes_over_what_is_settled() {
    let desk = Desk::new(&[("content/a.md", "one"), ("content/b.md", "two"), ("static/x.bin", "x")]);
    let root = desk.path("site");
    let fresh = read::read_at(&root, &SiteFiles::default(), SystemTime::now() - Duration::from_secs(10));
    let later = SystemTime::now() + Duration::from_secs(10);
    let unsettled = read::read_at(&root, &fresh, later);
    assert!(!std::ptr::eq(text(&fresh, "content/a.md"), text(&unsettled, "content/a.md")));

    // Same length, and the time set back: only the inode's change time can tell.
    let times = fs::FileTimes::new()
        .set_modified(fs::metadata(root.join("content/b.md")).unwrap().modified().unwrap());
    std::thread::sleep(Duration::from_millis(20));
    desk.write("site/content/b.md", "TWO");
    fs::File::options().write(true).open(root.join("content/b.md")).unwrap().set_times(times).unwrap();
    desk.write("site/content/c.md", "new");
    fs::remove_file(root.join("static/x.bin")).unwrap();
    let again = read::read_at(&root, &unsettled, later);
    assert!(std::ptr::eq(text(&unsettled, "content/a.md"), text(&again, "content/a.md")));
    assert_eq!(text(&again, "content/b.md"), "TWO");
    assert_eq!(paths(&again), ["content/a.md", "content/b.md", "content/c.md", "site.toml"]);
}

/// As editors save. A folder in memory shows such a file twice or not at all, when it is listed in several pieces.
#[test]
fn a_file_that_is_renamed_over_meanwhile_is_there_once() {
    let memory = Path::new("/dev/shm");
    let top = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let desk = Desk(tempfile::tempdir_in(top).unwrap());
    desk.write("site/site.toml", "");
    let names: Vec<String> = (0..3000).map(|n| format!("site/content/briefs/{n:04}.md")).collect();
    names.iter().for_each(|name| drop(desk.write(name, "text")));
    let mut files = desk.read();
    let expected = files.files.len();
    std::thread::scope(|scope| {
        let saves = scope.spawn(|| {
            for name in names.iter().step_by(7).cycle().take(400) {
                let beside = desk.write("site/content/briefs/.beside.tmp", "other text");
                fs::rename(beside, desk.path(name)).unwrap();
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        while !saves.is_finished() {
            files = read_site_again(&desk.path("site"), &files);
            assert_eq!(files.files.len(), expected);
        }
    });
}

#[test]
fn an_asset_is_opened_only_inside_the_site() {
    let desk = Desk::new(&[("static/x", "x")]);
    desk.write("secret", "");
    symlink(desk.path("secret"), desk.path("site/static/link")).unwrap();
    let open = |path: &str| code(open_asset(&desk.path("site"), &SourcePath::new(path)));
    assert_eq!(open("static/x"), "none");
    assert_eq!(open("static/link"), "B0312");
    assert_eq!(open("../secret"), "B0312");
    assert_eq!(open("static"), "B0901");
    assert_eq!(open("static/none"), "B0901");
}
