//! The clock of this machine, which may have gone wrong.

use std::time::SystemTime;

use jiff::Timestamp;

use super::Result;
use crate::base::{Diagnostic, codes};

/// The moment that the clock shows.
///
/// # Errors
/// B0901 when that is none that there is a date for, which is after the year 9999.
pub fn now() -> Result<Timestamp> {
    moment(SystemTime::now())
}

fn moment(time: SystemTime) -> Result<Timestamp> {
    Timestamp::try_from(time).map_err(|_| {
        let words = "the clock of this machine cannot be right: it shows a time that no calendar has";
        let help = "set the clock; a build takes its day from `--now`, too";
        Box::new(Diagnostic::new(&codes::READ, words).help(help))
    })
}

/// How long a host wants to be left alone (RFC 9110, 10.2.3): seconds, or until a moment.
#[cfg(feature = "remote")]
pub fn retry_after(text: &str) -> Option<std::time::Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(std::time::Duration::from_secs(seconds));
    }
    let until = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(until.duration_since(now().ok()?).try_into().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    #[cfg(feature = "remote")]
    fn a_host_says_how_long_it_wants_to_be_left_alone() {
        assert_eq!(retry_after("120"), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Fri, 31 Dec 1999 23:59:59 GMT"), Some(Duration::ZERO));
        assert!(retry_after("Thu, 31 Dec 2099 23:59:59 GMT") > Some(Duration::from_secs(3600)));
        assert_eq!(retry_after("soon"), None);
    }

    #[test]
    fn a_clock_that_has_gone_wrong_is_told() {
        let at = |seconds| moment(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(1_795_132_800).unwrap().to_string(), "2026-11-20T00:00:00Z");
        assert!(at(253_402_300_800).unwrap_err().is(&codes::READ));
    }
}
