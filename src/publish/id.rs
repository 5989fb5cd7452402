//! The name of a release: when it was made, and the beginning of its manifest's hash.

use std::fmt;

use jiff::{Timestamp, ToSpan as _, tz::TimeZone};

/// `20261122T181152Z-1a2b3c4d`. Sorted by name they are sorted by time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReleaseId(String);

const DIGITS: usize = 8;

impl ReleaseId {
    /// For a manifest that is published now; later than every one of `others`, even if a clock went wrong. `None`
    /// when one of them is of the last moment that there is.
    pub fn new(now: Timestamp, manifest: &[u8], others: &[Self]) -> Option<Self> {
        let hash = blake3::hash(manifest).to_hex();
        let moment = match others.iter().filter_map(|other| moment(other.time())).max() {
            Some(last) => now.max(last.checked_add(1.second()).ok()?),
            None => now,
        };
        Some(Self(format!("{}-{}", written(moment), &hash[..DIGITS])))
    }

    /// Reads the name of a folder; `None` when it is not a release's.
    pub fn parse(name: &str) -> Option<Self> {
        let (time, hash) = name.split_once('-')?;
        let is_time = moment(time).is_some_and(|moment| written(moment) == time);
        let is_hash = hash.len() == DIGITS && hash.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
        (is_time && is_hash).then(|| Self(name.to_owned()))
    }

    /// As the folder is called.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn time(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }
}

fn moment(time: &str) -> Option<Timestamp> {
    time.parse().ok()
}

fn written(moment: Timestamp) -> String {
    moment.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

impl fmt::Display for ReleaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_release_is_the_last() {
        let now: Timestamp = "2026-11-22T18:11:52.9Z".parse().unwrap();
        let new = |manifest: &[u8], others: &[ReleaseId]| ReleaseId::new(now, manifest, others).unwrap();
        let first = new(b"a", &[]);
        assert!(first.as_str().starts_with("20261122T181152Z-"));
        assert_eq!(ReleaseId::parse(first.as_str()), Some(first.clone()));
        let second = new(b"b", std::slice::from_ref(&first));
        assert!(second.as_str().starts_with("20261122T181153Z-"));
        let ahead = ReleaseId::parse("20991231T235959Z-00000000").unwrap();
        assert!(new(b"c", &[first, ahead]).as_str().starts_with("21000101T000000Z-"));
        let last = ReleaseId::parse("99991230T220000Z-00000000").unwrap();
        assert_eq!(ReleaseId::new(now, b"d", &[last]), None);
    }

    #[test]
    fn other_folders_are_no_releases() {
        for name in [
            "",
            "v1",
            "20261122T181152Z",
            "20261122T181152Z-1A2B3C4D",
            ".new-20261122T181152Z-00000000",
            "99999999T999999Z-00000000",
            "20269999T999999Z-00000000",
            "20261122T181160Z-00000000",
            "2026-11-22T18:11:52Z-00000000",
            "99991231T235959Z-00000000",
        ] {
            assert_eq!(ReleaseId::parse(name), None, "{name}");
        }
    }
}
