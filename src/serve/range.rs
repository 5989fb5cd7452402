//! Which bytes of a file a request wants (RFC 9110, section 14). One range; of several, all is given.

/// What to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it: 200.
    Whole,
    /// From the first byte to the last, both within: 206.
    Part(u64, u64),
    /// Bytes that are not there: 416.
    Nothing,
}

/// Reads a `Range` header for a file of `size` bytes. What is no range of bytes counts as none.
pub(super) fn wanted(header: Option<&str>, size: u64) -> Wanted {
    let Some((unit, set)) = header.and_then(|header| header.split_once('=')) else { return Wanted::Whole };
    let Some((first, last)) = set.trim().split_once('-') else { return Wanted::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") || set.contains(',') {
        return Wanted::Whole;
    }
    match (number(first), number(last)) {
        (Ok(None), Ok(Some(count))) if count > 0 && size > 0 => {
            Wanted::Part(size.saturating_sub(count), size - 1)
        }
        (Ok(None), Ok(Some(_))) => Wanted::Nothing,
        (Ok(Some(first)), Ok(last)) if last.is_none_or(|last| first <= last) => {
            if first >= size {
                return Wanted::Nothing;
            }
            Wanted::Part(first, last.unwrap_or(u64::MAX).min(size - 1))
        }
        _ => Wanted::Whole,
    }
}

/// A number, none where there is nothing, or a fault.
fn number(text: &str) -> Result<Option<u64>, ()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    // A number too large to hold is still a number beyond any end.
    is_number.then(|| Some(text.parse().unwrap_or(u64::MAX))).ok_or(())
}

#[cfg(test)]
mod tests {
    use super::Wanted::{Nothing, Part, Whole};
    use super::*;

    #[test]
    fn ranges_are_read() {
        for (header, expected) in [
            ("bytes=0-0", Part(0, 0)),
            ("bytes=2-5", Part(2, 5)),
            ("bytes=2-", Part(2, 9)),
            ("bytes=2-99", Part(2, 9)),
            ("bytes=2-99999999999999999999999", Part(2, 9)),
            ("bytes=-3", Part(7, 9)),
            ("bytes=-99", Part(0, 9)),
            ("Bytes = 1 - 2", Part(1, 2)),
            ("bytes=10-", Nothing),
            ("bytes=99999999999999999999-", Nothing),
            ("bytes=-0", Nothing),
            ("bytes=5-2", Whole),
            ("bytes=0-1,3-4", Whole),
            ("bytes=-", Whole),
            ("bytes=a-b", Whole),
            ("bytes=+1-2", Whole),
            ("pages=1-2", Whole),
            ("bytes", Whole),
        ] {
            assert_eq!(wanted(Some(header), 10), expected, "{header}");
        }
        assert_eq!(wanted(None, 10), Whole);
        assert_eq!(wanted(Some("bytes=0-"), 0), Nothing);
        assert_eq!(wanted(Some("bytes=-1"), 0), Nothing);
    }
}
