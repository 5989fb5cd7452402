//! What an object store said, in a sentence that holds no secret.

use std::error::Error as _;
use std::fmt;

use opendal::{Error, ErrorKind};

use crate::base::{Diagnostic, codes};

/// Longer words of a server are cut.
const LONGEST: usize = 300;

/// What no message may hold, whatever a server puts into its own.
pub(super) struct Secrets(Vec<String>);

impl Secrets {
    /// The credentials of this run, as far as they stand in the environment.
    pub(super) fn of(id: Option<String>, key: Option<String>, token: Option<String>) -> Self {
        Self([id, key, token].into_iter().flatten().collect())
    }

    fn hide(&self, text: String) -> String {
        self.0.iter().fold(text, |text, secret| text.replace(secret, "…"))
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets")
    }
}

/// B0908: `s3://b/x: cannot READ: what the server said`.
pub(super) fn fault(name: &str, what: &str, error: &Error, secrets: &Secrets) -> Box<Diagnostic> {
    let mut source = error.source();
    while let Some(inner) = source.and_then(std::error::Error::source) {
        source = Some(inner);
    }
    let cause = source.map_or_else(String::new, |inner| format!(": {inner}"));
    let words = secrets.hide(format!("{}{cause}", error.message()));
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    // A server's words go to a terminal.
    let words: String = words.chars().filter(|char| !char.is_control()).take(LONGEST).collect();
    let words = match error.kind() {
        ErrorKind::PermissionDenied => format!("the server does not allow it ({words})"),
        ErrorKind::NotFound => "there is no such bucket or object".to_owned(),
        _ => words,
    };
    let fault = Diagnostic::new(&codes::REMOTE, format!("{name}: it cannot {what}: {words}"));
    let is_refused = error.kind() == ErrorKind::PermissionDenied || words.contains("credential");
    Box::new(match is_refused {
        true => fault.help(
            "are `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` set, and may they list, read, write and delete there?",
        ),
        false => fault.help("publish again when it is mended: what is there already is not sent again"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_message_holds_a_secret() {
        let secrets = Secrets::of(Some("AKID".to_owned()), Some("s3cret".to_owned()), None);
        let error = Error::new(ErrorKind::Unexpected, "key AKID\n with s3cret is \u{1b}bad");
        let told = fault("s3://b", "be read", &error, &secrets);
        assert_eq!(told.message, "s3://b: it cannot be read: key … with … is bad");
    }
}
