//! Names that some disks do not take: those of Windows, and USB sticks as they are sold (exFAT, NTFS).

use super::{Diagnostic, codes};

/// Characters that no name there has. `:` and `\` are in no address at all.
const FORBIDDEN: [char; 6] = ['<', '>', '"', '|', '?', '*'];

/// The warning about the first part of a path that cannot be the name of a file or folder there, without its place,
/// and the path as far as that. The rules are those of [Naming Files, Paths, and Namespaces].
///
/// [Naming Files, Paths, and Namespaces]: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
pub fn unportable(path: &str) -> Option<(&str, Diagnostic)> {
    let mut end = 0;
    let (part, why) = path.split_inclusive('/').find_map(|part| {
        end += part.len();
        let name = part.strip_suffix('/').unwrap_or(part);
        Some((name, fault(name)?))
    })?;
    let shown: String = part.chars().filter(|&ch| !turns(ch)).collect();
    Some((
        path[..end].trim_end_matches('/'),
        Diagnostic::new(&codes::UNPORTABLE_NAME, format!("the name `{shown}` {why}")),
    ))
}

fn fault(part: &str) -> Option<String> {
    if let Some(ch) = part.chars().find(|&ch| turns(ch)) {
        return Some(format!("has an invisible U+{:04X}, which turns round what is read", u32::from(ch)));
    }
    if let Some(ch) = part.chars().find(|ch| FORBIDDEN.contains(ch)) {
        return Some(format!("has `{ch}`, which no name on a Windows disk or a USB stick has"));
    }
    let last = match part.chars().next_back() {
        Some('.') => "a full stop",
        Some(' ') => "a blank",
        _ if is_device(part) => return Some("is that of a device on Windows, and of no file".to_owned()),
        _ => return None,
    };
    Some(format!("ends with {last}, as no name on a Windows disk or a USB stick does"))
}

/// `CON`, `com1`, `aux.png`: an ending makes no difference.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end().to_lowercase();
    if matches!(stem.as_str(), "con" | "prn" | "aux" | "nul" | "conin$" | "conout$") {
        return true;
    }
    let number = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let mut number = number.into_iter().flat_map(str::chars);
    matches!((number.next(), number.next()), (Some('1'..='9' | '¹' | '²' | '³'), None))
}

/// Whether a character sets the direction of what follows it, against what the letters say.
fn turns(ch: char) -> bool {
    matches!(ch, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::unportable;

    #[test]
    fn what_every_disk_takes() {
        for good in [
            "con-artists",
            "com",
            "com10",
            "lpt",
            "a.b",
            "کابل\u{200C}ها",
            "a&b",
            "nullable",
            "",
            "a/b/index.html",
        ] {
            assert!(unportable(good).is_none(), "{good:?}");
        }
        for bad in [
            "a<b",
            "x?",
            "a/b|/c",
            "\"x\"",
            "trail ",
            "dot.",
            "con",
            "a/Aux/b",
            "nul.png",
            "COM¹",
            "a\u{202E}b",
        ] {
            assert!(unportable(bad).is_some(), "{bad:?}");
        }
    }
}
