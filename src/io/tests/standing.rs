//! What is known of an output without reading it.

use std::fs::File;
use std::sync::Arc;
use std::thread::sleep;

use super::*;

const PAGE: &str = "countries/ge/index.html";

impl Desk {
    fn remember(&self) -> Output {
        let out = self.path("out");
        let cache = Cache::open(&self.path("cache"), &self.path("site"), std::slice::from_ref(&out)).unwrap();
        self.open().unwrap().remembering(Arc::new(cache))
    }

    /// Whether this text is known to be there; its file is not read.
    fn knows(&self, text: &str) -> Result<bool> {
        let hash = blake3::hash(text.as_bytes());
        self.remember().has(&OutPath::new(PAGE).unwrap(), text.len() as u64, hash)
    }

    /// Builds until the file is so old that a look at it tells.
    fn settle(&self, text: &str) {
        let since = SystemTime::now();
        while !self.knows(text).unwrap() {
            assert!(since.elapsed().unwrap() < Duration::from_secs(60), "it is never known");
            sleep(Duration::from_millis(50));
            self.rebuild(text);
        }
    }

    fn rebuild(&self, text: &str) -> Summary {
        let output = self.remember();
        output.put(&OutPath::new(PAGE).unwrap(), text.as_bytes()).unwrap();
        output.commit(Fingerprint::of(text)).unwrap()
    }

    fn notes(&self) -> Vec<PathBuf> {
        let all =
            walkdir::WalkDir::new(self.path("cache")).into_iter().map(|entry| entry.unwrap().into_path());
        all.filter(|path| path.extension() == Some(OsStr::new("out"))).collect()
    }
}

#[test]
fn a_file_that_was_touched_is_read_again() {
    let desk = Desk::new(&[]);
    desk.rebuild("first");
    desk.settle("first");
    assert!(!desk.knows("other").unwrap() && !desk.knows("longer").unwrap());

    let file = desk.path("out").join(PAGE);
    let put_back =
        |time: SystemTime| File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
    let changes: [&dyn Fn(); 3] = [
        &|| {
            // In its place, with the size and the time it had.
            let time = fs::metadata(&file).unwrap().modified().unwrap();
            fs::write(&file, "wrong").unwrap();
            put_back(time);
        },
        &|| {
            let time = fs::metadata(&file).unwrap().modified().unwrap();
            fs::rename(desk.write("beside", "wrong"), &file).unwrap();
            put_back(time);
        },
        &|| fs::remove_file(&file).unwrap(),
    ];
    for change in changes {
        change();
        assert!(!desk.knows("first").unwrap());
        assert_eq!(desk.rebuild("first").written, 1);
        assert_eq!(fs::read_to_string(&file).unwrap(), "first");
        desk.settle("first");
    }

    // Another folder in its folder's place.
    fs::rename(desk.path("out/countries"), desk.path("gone")).unwrap();
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::copy(desk.path("gone/ge/index.html"), &file).unwrap();
    assert!(!desk.knows("first").unwrap());
    fs::remove_file(&file).unwrap();
    symlink(desk.path("gone/ge/index.html"), &file).unwrap();
    assert_eq!(code(desk.knows("first")), "B0906");
}

#[test]
fn what_was_written_just_now_is_not_taken_for_known() {
    let desk = Desk::new(&[]);
    let file = desk.path("out").join(PAGE);
    for text in ["first", "other"] {
        // Were it known by its looks, a change within the same moment of the clock would not show.
        for _ in 0..20 {
            desk.rebuild(text);
            fs::write(&file, "wrong").unwrap();
            desk.rebuild(text);
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
    }
}

#[test]
fn notes_that_are_damaged_are_not_used() {
    let desk = Desk::new(&[]);
    desk.rebuild("first");
    desk.settle("first");
    let note = desk.notes().remove(0);
    let whole = fs::read(&note).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&note, &bytes).unwrap();
        assert!(!desk.knows("first").unwrap(), "byte {at}");
        fs::write(&note, &whole[..at]).unwrap();
        assert!(!desk.knows("first").unwrap(), "{at} bytes");
    }
    // Nor is a pipe waited for, and the next build has a good one.
    fs::remove_file(&note).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&note).status().unwrap().success());
    assert!(!desk.knows("first").unwrap());
    desk.settle("first");
    assert!(fs::metadata(&note).unwrap().is_file());
}

#[test]
fn notes_are_kept_of_the_outputs_that_were_built_last() {
    let desk = Desk::new(&[]);
    let build = |name: &str| {
        let out = desk.path(name);
        let cache = Cache::open(&desk.path("cache"), &desk.path("site"), std::slice::from_ref(&out)).unwrap();
        let output = Output::open(&out, &desk.path("site")).unwrap().remembering(Arc::new(cache));
        output.put(&OutPath::new(PAGE).unwrap(), b"text").unwrap();
        output.commit(Fingerprint::of(name)).unwrap();
    };
    (0..12).for_each(|nth| build(&format!("out{nth}")));
    assert_eq!(desk.notes().len(), 8);
    build("out11");
    assert_eq!(desk.notes().len(), 8);
}
