//! `brief clean`.

use super::args::SiteFlags;
use super::session::Session;
use super::shell::Shell;
use super::status::{Failure, Status};
use super::text::count;
use crate::io;

/// Removes from the output folder what the manifest of the last build lists, and nothing else.
pub(super) fn run(flags: &SiteFlags, shell: &Shell) -> Result<Status, Failure> {
    let session = Session::of_settings(flags)?;
    let settings = match session.settings(shell)? {
        Ok(settings) => settings,
        Err(status) => return Ok(status),
    };
    let out = session.resolve(&settings.out);
    let removed = match io::clean(&out, &session.root) {
        Ok(removed) => removed,
        Err(fault) => {
            let faults = [session.blame_out(&settings, *fault)];
            shell.report(&faults, &session.context(true))?;
            return Ok(Status::of(&faults, true));
        }
    };
    shell.say(&format!("removed {} from {}", count(removed, "file"), session.shown_folder(&out)));
    Ok(Status::Done)
}
