//! `brief explain`: the long text of a kind of fault, or the list of them all.

use std::fmt::Write as _;

use super::shell::Shell;
use super::status::{Failure, Status};
use super::text::wrap;
use crate::base::{Code, Group, Level, codes, nearest};

const WIDTH: usize = 80;

/// Explains one code, or lists those of a group, or all by group.
pub(super) fn run(code: Option<&str>, shell: &Shell) -> Result<Status, Failure> {
    let Some(name) = code else { return shell.print(&list(&Group::ALL)) };
    match (codes::find(name), Group::ALL.into_iter().find(|group| group.name() == name)) {
        (Some(code), _) => shell.print(&one(code)),
        (None, Some(group)) => shell.print(&list(&[group])),
        (None, None) => Err(unknown(name)),
    }
}

fn one(code: &Code) -> String {
    let mut out = format!("{}: {}\ngroup {}, {}\n\n", code.id, code.name, code.group.name(), default(code));
    for paragraph in code.explanation.split("\n\n") {
        out.push_str(&wrap(paragraph, WIDTH, ""));
        out.push('\n');
    }
    if code.fatal {
        out.push_str("It stops the build, so its level cannot be set.\n");
    } else {
        let level = other(code.level);
        let _ = write!(
            out,
            "Its level is set in site.toml, by itself or with its group:\n\n    [diagnostics]\n    \
             {} = \"{level}\"\n    {} = \"{level}\"\n",
            code.name,
            code.group.name()
        );
    }
    out
}

fn list(groups: &[Group]) -> String {
    let mut out = String::new();
    let width = codes::ALL.iter().map(|code| code.name.len()).max().unwrap_or(0);
    for group in groups {
        let _ = writeln!(out, "{}", group.name());
        for code in codes::ALL.iter().filter(|code| code.group == *group) {
            let _ = writeln!(out, "  {}  {:width$}  {}", code.id, code.name, default(code));
        }
        out.push('\n');
    }
    out.push_str(
        "`brief explain CODE` explains one. `[diagnostics]` in site.toml sets the level of a code or a\n",
    );
    out.push_str("group that is not fatal: broken-link = \"warn\"\n");
    out
}

fn default(code: &Code) -> &'static str {
    match (code.fatal, code.level) {
        (true, _) => "fatal",
        (false, Level::Error) => "error by default",
        (false, Level::Warn) => "warning by default",
        (false, Level::Allow) => "allowed by default",
    }
}

/// A level that one may want instead.
fn other(level: Level) -> &'static str {
    if level == Level::Warn { "error" } else { "warn" }
}

fn unknown(name: &str) -> Failure {
    let known = codes::ALL.iter().flat_map(|code| [code.name, code.id]).chain(Group::ALL.map(Group::name));
    let fault = Failure::usage(format!("there is no code `{name}`"));
    match nearest(name, known) {
        Some(near) => fault.help(format!("did you mean `{near}`?")),
        None => fault.help("`brief explain` lists every code"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_explained() {
        let expected = "\
B0307: ambiguous-name
group names, warning by default

Two entities share this name, and the document's front matter names neither or
both of them, so the mention is not linked. Name the one that is meant in
`actors:`, `people:` or `countries:`, or link it by hand. Where a name should
never mean one of them, give that one's alias `link: false`: then it is the
other's.

Its level is set in site.toml, by itself or with its group:

    [diagnostics]
    ambiguous-name = \"error\"
    names = \"error\"
";
        assert_eq!(one(&codes::AMBIGUOUS_NAME), expected);
        assert!(one(&codes::BAD_LABEL).ends_with("It stops the build, so its level cannot be set.\n"));
    }

    #[test]
    fn every_code_is_listed() {
        let list = list(&Group::ALL);
        assert!(codes::ALL.iter().all(|code| list.contains(&format!("  {}  {} ", code.id, code.name))));
        assert!(list.lines().all(|line| line.chars().count() <= 100));
    }
}
