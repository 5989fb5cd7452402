//! `brief clean`.

use super::args::SiteFlags;
use super::session::Session;
use super::shell::Shell;
use super::status::{Failure, Status};
use super::text::count;
use crate::base::{Level, in_order};
use crate::{config, io};

/// Removes from the output folder what the manifest of the last build lists, and nothing else.
pub(super) fn run(flags: &SiteFlags, shell: &Shell) -> Result<Status, Failure> {
    let session = Session::open(flags)?;
    let settings = config::parse(&session.snapshot);
    if settings.diagnostics.iter().any(|fault| fault.level == Level::Error) {
        // The setting that is at fault may be the one that says what to remove.
        let faults = in_order(settings.diagnostics);
        shell.report(&faults, &session.context(settings.value.strict))?;
        return Ok(Status::of(&faults, settings.value.strict));
    }
    let out = session.resolve(&settings.value.out);
    let removed = match io::clean(&out, &session.root) {
        Ok(removed) => removed,
        Err(fault) => {
            let faults = [session.blame_out(&settings.value, *fault)];
            shell.report(&faults, &session.context(true))?;
            return Ok(Status::of(&faults, true));
        }
    };
    shell.say(&format!("removed {} from {}", count(removed, "file"), session.shown_folder(&out)));
    Ok(Status::Done)
}
