//! Which source files differ between two looks at the folder.

use std::cmp::Ordering;

use crate::base::{Content, File, SourcePath};

/// The paths of files that changed, came or went. Both lists are sorted by path.
pub(super) fn changes(before: &[File], now: &[File]) -> Vec<SourcePath> {
    let (mut before, mut now) = (before.iter().peekable(), now.iter().peekable());
    let mut found = Vec::new();
    loop {
        let order = match (before.peek(), now.peek()) {
            (None, None) => return found,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => a.path.cmp(&b.path),
        };
        let differs = match order {
            Ordering::Less => before.next(),
            Ordering::Greater => now.next(),
            Ordering::Equal => before.next().zip(now.next()).filter(|(a, b)| !same(a, b)).map(|(_, b)| b),
        };
        found.extend(differs.map(|file| file.path.clone()));
    }
}

fn same(a: &File, b: &File) -> bool {
    match (&a.content, &b.content) {
        (Content::Text(a), Content::Text(b)) => std::ptr::eq::<str>(&***a, &***b) || ***a == ***b,
        (Content::Blob(a), Content::Blob(b)) => a == b,
        _ => false,
    }
}
