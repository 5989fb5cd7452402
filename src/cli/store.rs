//! `brief publish s3://…`: the part of publishing that is different for an object store.

use super::args::PublishFlags;
use super::progress::Progress;
use super::shell::Shell;
use super::status::{Failure, Status};
use super::text::count;
use crate::io::{Difference, Manifest};
use crate::publish::{Source, Step, Store, StoreOptions};

/// Publishes to a bucket, or says what that would change.
pub(super) fn run(
    place: (&str, &str),
    source: &Source,
    given: &PublishFlags,
    shell: &Shell,
    difference: &dyn Fn(&Difference<'_>) -> String,
) -> Result<Status, Failure> {
    let to = given.target.trim_end_matches('/');
    let store = Store::new(place.0, place.1)?;
    let cap = given.max_delete;
    if given.dry_run {
        let old = store.manifest()?;
        shell.say(&match old == Manifest::default() {
            true => format!("readers see nothing yet in {to}; nothing was changed"),
            false => format!("readers see {} in {to}; nothing was changed", count(old.files.len(), "file")),
        });
        let printed = shell.print(&difference(&Difference::between(&old, &source.manifest)));
        // Whether it would be refused is told whoever reads.
        store.would(&old, source, cap)?;
        return printed;
    }
    let progress = Progress::start("connecting", *shell);
    let done = store.publish(source, StoreOptions { cap }, &|step| {
        progress.stage(match step {
            Step::Waiting => "waiting for another publisher",
            Step::Copying => "sending",
            Step::Switching => "sending the manifest",
            Step::Clearing => "deleting",
        });
    })?;
    drop(progress);
    let files = source.manifest.files.len();
    shell.say(&match done.was_there {
        true => format!("{to} shows this build already"),
        false => format!(
            "published {}: {} sent, {} unchanged, {} deleted → {to}",
            count(files, "file"),
            done.sent,
            files.saturating_sub(done.sent),
            done.deleted
        ),
    });
    Ok(Status::Done)
}
