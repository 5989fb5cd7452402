//! Shards and merges on real folders: who may write beside whom, and what is left when one is killed.

use super::super::shard::{Part, Shard};
use super::*;

impl Desk {
    fn open_shard(&self, shard: Shard) -> Result<Output> {
        Output::open_shard(&self.path("out"), &self.path("site"), shard)
    }

    fn shard(&self, index: u32, of: u32, files: Files) -> Result<Summary> {
        let shard = Shard::new(index, of).unwrap();
        let output = self.open_shard(shard)?;
        for (path, text) in files {
            let path = OutPath::new(path).unwrap();
            if shard.has(&path) {
                output.put(&path, text.as_bytes())?;
            }
        }
        let content = Fingerprint::of(files);
        let (version, day) = ("1".to_owned(), "2026-01-15".to_owned());
        let part = Part { shard, version, edition: None, day, content: content.hex(32) };
        output.commit_shard(content, part)
    }

    fn merge(&self) -> std::result::Result<Merged, Vec<Diagnostic>> {
        let out = self.path("out");
        merge(std::slice::from_ref(&out), &out, None, None)
    }
}

#[test]
fn shards_share_a_folder_and_a_whole_build_does_not() {
    let desk = Desk::new(&[]);
    let of_two = |index| Shard::new(index, 2).unwrap();
    let first = desk.open_shard(of_two(1)).unwrap();
    let second = desk.open_shard(of_two(2)).unwrap();
    assert_eq!(code(desk.open_shard(of_two(1))), "B0904", "the same shard twice");
    assert_eq!(code(desk.open()), "B0904");
    assert!(desk.merge().is_err_and(|faults| faults[0].code.id == "B0904"));
    drop(first);
    assert_eq!(code(desk.open()), "B0904", "one is at work still");
    let again = desk.open_shard(of_two(1)).unwrap();
    drop((second, again));
    assert!(desk.tree().is_empty(), "the last one takes the lock away");
    let whole = desk.open().unwrap();
    assert_eq!(code(desk.open_shard(of_two(1))), "B0904");
    drop(whole);
    desk.open_shard(of_two(1)).unwrap();
}

/// Folders that come and go under the others' feet.
const MANY: Files = &[
    ("a/b/c/1.html", "1"),
    ("a/b/c/2.html", "2"),
    ("a/b/3.html", "3"),
    ("a/b/d/4.html", "4"),
    ("a/b/d/e/5.html", "5"),
    ("a/6.html", "6"),
    ("f/g/7.html", "7"),
    ("f/g/8.html", "8"),
    ("f/9.html", "9"),
    ("10.html", "10"),
];
const FEW: Files = &[("a/b/c/2.html", "other"), ("f/11.html", "11")];

#[test]
fn many_shards_come_and_go_at_once() {
    let desk = Desk::new(&[]);
    let work = |index: u32| {
        for _ in 0..30 {
            desk.shard(index, 6, MANY).unwrap();
            desk.shard(index, 6, FEW).unwrap();
        }
    };
    std::thread::scope(|scope| {
        for index in 1..=6 {
            scope.spawn(move || work(index));
        }
    });
    desk.merge().unwrap();
    let tree = desk.tree();
    let whole = Desk::new(&[]);
    whole.build(FEW).unwrap();
    assert_eq!(tree, whole.tree());
}

#[test]
fn a_shard_or_a_merge_may_be_killed_anywhere() {
    let wanted = {
        let desk = Desk::new(&[]);
        desk.build(NEW).unwrap();
        desk.tree()
    };
    let all = |desk: &Desk| (1..=3).for_each(|index| _ = desk.shard(index, 3, NEW).unwrap());
    for before in [&[][..], OLD] {
        let prepared = || {
            let desk = Desk::new(&[]);
            if !before.is_empty() {
                desk.build(before).unwrap();
            }
            desk
        };
        for steps in 0.. {
            let desk = prepared();
            desk.shard(1, 3, NEW).unwrap();
            let was_killed = killed_after(steps, || drop(desk.shard(2, 3, NEW)));
            match steps % 3 {
                // It is run again; or all are, in another number; or a whole build takes over.
                0 => all(&desk),
                1 => {
                    (1..=2).for_each(|index| _ = desk.shard(index, 2, NEW).unwrap());
                    desk.build(NEW).unwrap();
                    all(&desk);
                }
                _ => {
                    desk.build(OTHER).unwrap();
                    all(&desk);
                }
            }
            killed_after(steps, || drop(desk.merge()));
            desk.merge().unwrap();
            assert_eq!(desk.tree(), wanted, "after {steps} steps");
            if !was_killed {
                break;
            }
        }
        for steps in 0.. {
            let desk = prepared();
            all(&desk);
            if !killed_after(steps, || drop(desk.merge())) {
                break;
            }
            desk.clean().unwrap();
            assert!(desk.names().is_empty(), "after {steps} steps: {:?}", desk.names());
        }
    }
}
