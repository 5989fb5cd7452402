//! `brief list`: what the site holds, as a table or as JSON.

use super::args::{SiteFlags, What};
use super::rows::{Row, rows};
use super::session::Session;
use super::shell::Shell;
use super::status::{Failure, Status};
use super::table::table;
use crate::engine::Engine;
use crate::report::Tally;

/// Lists, even when the content has faults; those are for `brief check` to tell.
pub(super) fn run(what: What, flags: &SiteFlags, shell: &Shell) -> Result<Status, Failure> {
    let is_json = shell.is_json()?;
    let mut flags = flags.clone();
    flags.drafts |= what == What::Drafts;
    let session = Session::open(&flags)?;
    let build = Engine::cold().check(&session.snapshot);
    let status = Status::of(&build.diagnostics, false);
    if status > Status::Content {
        shell.report(&build.diagnostics, &session.context(false))?;
        return Ok(status);
    }
    let rows = rows(&build, what);
    if status == Status::Content {
        let tally = Tally::of(&build.diagnostics);
        shell.warn(&format!("the list may lack something: there are {tally}"), "`brief check` reports them");
    }
    if rows.is_empty() {
        shell.say("there are none");
    }
    shell.print(&if is_json { json(&rows) } else { human(&rows) })
}

/// A table of the columns that have something in them.
fn human(rows: &[Row]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mentions = |row: &Row| row.count.to_string();
    let date = |row: &Row| row.date.clone().unwrap_or_default();
    let title = |row: &Row| {
        if row.title.is_empty() { row.path.clone().unwrap_or_default() } else { row.title.clone() }
    };
    if rows.iter().all(|row| row.title.is_empty()) {
        let cells: Vec<_> = rows.iter().map(|row| [mentions(row), row.id.clone()]).collect();
        table(["mentions", "file"], &cells, [true, false])
    } else if rows.iter().all(|row| row.date.is_none()) {
        let cells: Vec<_> = rows.iter().map(|row| [row.id.clone(), mentions(row), title(row)]).collect();
        table(["id", "mentions", "name"], &cells, [false, true, false])
    } else {
        let cells: Vec<_> =
            rows.iter().map(|row| [row.id.clone(), date(row), mentions(row), title(row)]).collect();
        table(["id", "date", "mentions", "title"], &cells, [false, false, true, false])
    }
}

/// A JSON list of `{id, title, date, path, count}`, one a line.
fn json(rows: &[Row]) -> String {
    let rows: Vec<String> = rows
        .iter()
        .map(|row| serde_json::to_string(row).expect("a row has only string keys, so it serialises"))
        .collect();
    if rows.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", rows.join(",\n")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, title: &str, date: Option<&str>, count: usize) -> Row {
        let text = str::to_owned;
        Row { id: text(id), title: text(title), date: date.map(text), path: None, count }
    }

    #[test]
    fn columns_without_content_are_left_out() {
        let actors = [row("ttp", "Tehrik-i-Taliban Pakistan", None, 7), row("isis-k", "ISIS-K", None, 12)];
        let expected =
            "id      mentions  name\nttp            7  Tehrik-i-Taliban Pakistan\nisis-k        12  ISIS-K\n";
        assert_eq!(human(&actors), expected);
        let briefs = [row("a", "A brief", Some("2025-12-08"), 0), row("b", "Undated", None, 1)];
        let expected = "id  date        mentions  title\na   2025-12-08         0  A brief\nb                      1  Undated\n";
        assert_eq!(human(&briefs), expected);
        assert_eq!(
            human(&[row("content/map.png", "", None, 2)]),
            "mentions  file\n       2  content/map.png\n"
        );
    }

    #[test]
    fn json_is_a_list() {
        let text = json(&[row("ttp", "TTP", None, 7)]);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            value,
            serde_json::json!([{"id": "ttp", "title": "TTP", "date": null, "path": null, "count": 7}])
        );
        assert_eq!(json(&[]), "[]\n");
    }
}
