//! `brief init`: a small complete site about invented actors, which builds without faults.

use std::path::Path;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::args::{Ci, SiteFlags};
use super::files::{complete, names};
use super::recipes;
use super::session::today;
use super::shell::Shell;
use super::status::{Failure, Status};
use super::unfinished::is_beginning;

/// Each file with its text; `@TODAY@` and `@LATER@` become dates. `site.toml` comes last: with it, it is a site.
const STARTER: [(&str, &str); 5] = [
    ("content/briefs/@TODAY@-first-brief.md", include_str!("starter/brief.md")),
    ("content/actors/harbour-front.md", include_str!("starter/actor.md")),
    ("content/sources/northline-wire.md", include_str!("starter/source.md")),
    (".gitignore", include_str!("starter/gitignore")),
    ("site.toml", include_str!("starter/site.toml")),
];

/// What may lie in a folder that a site is made in.
const NOT_IN_THE_WAY: [&str; 1] = [".git"];

/// How many names an error lists.
const NAMES_SHOWN: usize = 8;

/// Writes the site, unless there is something in the folder; and the recipe, which a site may take too.
pub(super) fn run(dir: &Path, ci: Option<Ci>, flags: &SiteFlags, shell: &Shell) -> Result<Status, Failure> {
    let today = today(flags)?;
    let mut there = names(dir)?;
    // An earlier one may have begun on another day, which its brief has.
    let day = begun(dir).unwrap_or(today);
    let files = STARTER.map(|(path, text)| (dated(path, day), dated(text, day)));
    if !there.is_empty() && is_beginning(dir, &files, &NOT_IN_THE_WAY)? {
        shell.detail(|| "completing what was begun".to_owned());
        return made(dir, &files, ci, shell);
    }
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
    made(dir, &files, ci, shell)
}

/// Writes what is not there of the site, and the recipe.
fn made(dir: &Path, files: &[(String, String)], ci: Option<Ci>, shell: &Shell) -> Result<Status, Failure> {
    for (path, text) in files {
        complete(&dir.join(path), text)?;
        shell.detail(|| format!("wrote {path}"));
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

/// The day of the brief that an earlier `init` has written.
fn begun(dir: &Path) -> Option<Date> {
    let (folder, brief) = STARTER[0].0.rsplit_once('/')?;
    let end = brief.strip_prefix("@TODAY@")?;
    names(&dir.join(folder)).ok()?.iter().find_map(|name| name.strip_suffix(end)?.parse().ok())
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
pub(super) fn quoted(path: &Path) -> String {
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

    /// Wherever it was broken off, the next one completes it; and not what is somebody's own.
    #[test]
    fn what_was_begun_is_completed() {
        let shell = Shell::new(&OutputFlags { quiet: true, ..OutputFlags::default() });
        let on = |day| SiteFlags { now: Some(jiff::civil::date(2026, 8, day)), ..SiteFlags::default() };
        let files = STARTER.map(|(path, text)| {
            let day = jiff::civil::date(2026, 8, 30);
            (dated(path, day), dated(text, day))
        });
        for broken in 0..files.len() {
            for part in [0, 7] {
                let top = tempfile::tempdir().unwrap();
                let path = |at: usize| top.path().join(&files[at].0);
                for (at, (_, text)) in files.iter().enumerate().take(broken + 1) {
                    std::fs::create_dir_all(path(at).parent().unwrap()).unwrap();
                    std::fs::write(path(at), if at == broken { &text[..part] } else { text }).unwrap();
                }
                let mine = top.path().join("content/briefs/mine.md");
                std::fs::write(&mine, "mine").unwrap();
                assert!(run(top.path(), None, &on(31), &shell).is_err());
                assert_eq!(std::fs::read_to_string(&mine).unwrap(), "mine");
                std::fs::remove_file(&mine).unwrap();
                run(top.path(), None, &on(31), &shell).unwrap();
                for (at, (_, text)) in files.iter().enumerate() {
                    assert_eq!(&std::fs::read_to_string(path(at)).unwrap(), text, "{broken} {part}");
                }
                assert!(run(top.path(), None, &on(31), &shell).is_err(), "it is a site already");
            }
        }
        // A file of the same name with words of one's own is left alone, and so is what came first.
        for (name, text) in [(".gitignore", "mine"), (".gitignore", ""), ("site.toml", "")] {
            let top = tempfile::tempdir().unwrap();
            std::fs::write(top.path().join(name), text).unwrap();
            assert!(run(top.path(), None, &on(31), &shell).is_err());
            assert_eq!(std::fs::read_to_string(top.path().join(name)).unwrap(), text);
        }
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
