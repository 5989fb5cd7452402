//! `brief check --external`: the part that asks other sites.

use super::args::CheckFlags;
use super::progress::Progress;
use super::session::Session;
use super::shell::Shell;
use super::text::count;
use crate::base::in_order;
use crate::engine::Build;
use crate::external;

/// Where good answers are remembered, from the site's folder.
const CACHE: &str = ".brief/links.json";

/// Adds to a build's faults what other sites answered. What keeps it from asking is one more fault.
pub(super) fn check(
    build: &mut Build,
    extra: &CheckFlags,
    session: &Session,
    progress: &Progress,
    shell: &Shell,
) {
    let site = &build.site;
    let cache = match &extra.link_cache {
        Some(file) => session.cwd.join(file),
        None => session.root.join(CACHE),
    };
    progress.stage("asking other sites");
    let documents = site.documents.iter().map(|document| &**document);
    let checked = external::check(documents, &build.settings.links, &cache, &|open| match open {
        0 => progress.advance(),
        open => progress.expect(open),
    });
    let mut found = match checked {
        Ok(checked) => {
            let external::Checked { diagnostics, asked, remembered, left_alone } = checked;
            let asked = count(asked, "link");
            shell.say(&format!(
                "{asked} asked, {remembered} remembered, {left_alone} left alone by `[links]`"
            ));
            diagnostics
        }
        Err(fault) => vec![*fault],
    };
    build.settings.level(&mut found);
    let mut all = std::mem::take(&mut build.diagnostics);
    all.extend(found);
    build.diagnostics = in_order(all);
}
