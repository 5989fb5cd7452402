//! What a `brief` says that was built without the feature `remote`, when it is asked for what needs it.

use super::status::Failure;

/// A fault of usage that says how to get the other one.
pub(super) fn missing(what: &str) -> Failure {
    Failure::usage(format!("{what} needs a `brief` with the feature `remote`, and this one was built without it"))
        .help("in a checkout, `cargo install --path . --features remote` builds one; the image of `brief init --ci docker` has it")
}
