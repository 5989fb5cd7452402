//! `brief init`: a small complete site about invented actors, which builds without faults.

use std::path::Path;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::args::{Ci, SiteFlags};
use super::files::{names, write_new};
use super::recipes;
use super::session::today;
use super::shell::Shell;
use super::status::{Failure, Status};

/// Each file with its text; `@TODAY@` and `@LATER@` become dates.
const STARTER: [(&str, &str); 5] = [
    ("site.toml", include_str!("starter/site.toml")),
    ("content/briefs/@TODAY@-first-brief.md", include_str!("starter/brief.md")),
    ("content/actors/harbour-front.md", include_str!("starter/actor.md")),
    ("content/sources/northline-wire.md", include_str!("starter/source.md")),
    (".gitignore", include_str!("starter/gitignore")),
];

/// What may lie in a folder that a site is made in.
const NOT_IN_THE_WAY: [&str; 1] = [".git"];

/// How many names an error lists.
const NAMES_SHOWN: usize = 8;

/// Writes the site, unless there is something in the folder; and the recipe, which a site may take too.
pub(super) fn run(dir: &Path, ci: Option<Ci>, flags: &SiteFlags, shell: &Shell) -> Result<Status, Failure> {
    let today = today(flags)?;
    let mut there = names(dir)?;
    if let Some(ci) = ci
        && there.iter().any(|name| name == "site.toml")
    {
        let next = recipes::write(ci, dir)?;
        shell.say(&format!("next: {next}"));
        return Ok(Status::Done);
    }
    there.retain(|name| !NOT_IN_THE_WAY.contains(&name.as_str()));
    if !there.is_empty() {
        return Err(in_the_way(dir, &there));
    }
    for (path, text) in STARTER {
        write_new(&dir.join(dated(path, today)), &dated(text, today))?;
        shell.detail(|| format!("wrote {}", dated(path, today)));
    }
    let recipe = ci.map(|ci| recipes::write(ci, dir)).transpose()?;
    let here = dir == Path::new(".");
    let next = if here { "brief build".to_owned() } else { format!("cd {} && brief build", quoted(dir)) };
    shell.say(&format!("made a site in {}\nnext: {next}", dir.display()));
    if let Some(recipe) = recipe {
        shell.say(&format!("then: {recipe}"));
    }
    Ok(Status::Done)
}

fn dated(text: &str, today: Date) -> String {
    let later = today.checked_add(6.months()).unwrap_or(today);
    text.replace("@TODAY@", &today.to_string()).replace("@LATER@", &later.to_string())
}

fn in_the_way(dir: &Path, names: &[String]) -> Failure {
    let mut shown = names.iter().take(NAMES_SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > NAMES_SHOWN {
        shown += &format!(", and {} more", names.len() - NAMES_SHOWN);
    }
    let fault =
        Failure::usage(format!("`{}` is not empty, and nothing in it is to be overwritten", dir.display()))
            .help(format!("in the way: {shown}"));
    if names.iter().any(|name| name == "site.toml") {
        return fault.help("it is a site already: `brief build` builds it, `brief new` adds to it");
    }
    fault.help("name a folder that is new or empty; to make a site of this one, write a site.toml into it")
}

/// A path as a shell reads it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    if text.chars().all(is_plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Committed, Label, Lang, SourcePath};
    use crate::cli::args::OutputFlags;
    use crate::document::{self, Args, Rules};

    #[test]
    fn a_site_is_made_once() {
        let top = tempfile::tempdir().unwrap();
        let dir = top.path().join("site");
        let shell = Shell::new(&OutputFlags { quiet: true, ..OutputFlags::default() });
        let flags = SiteFlags { now: Some(jiff::civil::date(2026, 8, 31)), ..SiteFlags::default() };
        run(&dir, None, &flags, &shell).unwrap();
        let brief = std::fs::read_to_string(dir.join("content/briefs/2026-08-31-first-brief.md")).unwrap();
        assert!(
            brief.contains("\ndate: 2026-08-31\n")
                && brief.contains("by: 2027-02-28\n")
                && !brief.contains("@TODAY")
        );
        let Err(Failure::Usage { help, .. }) = run(&dir, None, &flags, &shell) else { panic!() };
        assert_eq!(help[0], "in the way: .gitignore, content, site.toml");
        assert!(matches!(run(&dir.join("site.toml"), None, &flags, &shell), Err(Failure::Usage { .. })));
    }

    #[test]
    fn what_is_written_has_no_faults() {
        let rules =
            Rules { lang: Lang::english(), label: Label::Clear, keep_unknown: false, git_dates: false };
        let today = jiff::civil::date(2026, 8, 31);
        for (path, text) in STARTER.iter().filter(|(path, _)| path.ends_with(".md")) {
            let path = SourcePath::new(&dated(path, today));
            let read = document::parse(&Args {
                path,
                source: dated(text, today).as_str().into(),
                rules: rules.clone(),
                committed: Committed::default(),
            });
            assert!(read.value.is_some() && read.diagnostics.is_empty(), "{:?}", read.diagnostics);
        }
    }

    #[test]
    fn the_next_command_can_be_pasted() {
        assert_eq!(quoted(Path::new("a/b-1")), "a/b-1");
        assert_eq!(quoted(Path::new("it's here")), "'it'\\''s here'");
    }
}
