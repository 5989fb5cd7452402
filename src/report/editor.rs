//! Where in an editor a fault lies: addresses that open a file at a line.

use std::path::Path;

use crate::base::{SourcePath, encode};

/// An editor's scheme of addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor(String);

/// Editors by name, each with its template.
const KNOWN: &[(&str, &str)] = &[
    ("vscode", "vscode://file/{path}:{line}:{column}"),
    ("vscode-insiders", "vscode-insiders://file/{path}:{line}:{column}"),
    ("vscodium", "vscodium://file/{path}:{line}:{column}"),
    ("cursor", "cursor://file/{path}:{line}:{column}"),
    ("windsurf", "windsurf://file/{path}:{line}:{column}"),
    ("zed", "zed://file/{path}:{line}:{column}"),
    ("idea", "idea://open?file=/{path}&line={line}&column={column}"),
    ("pycharm", "pycharm://open?file=/{path}&line={line}&column={column}"),
    ("webstorm", "webstorm://open?file=/{path}&line={line}&column={column}"),
    ("emacs", "emacs://open?url=file:///{path}&line={line}&column={column}"),
    ("sublime", "subl://open?url=file:///{path}&line={line}&column={column}"),
    ("textmate", "txmt://open?url=file:///{path}&line={line}&column={column}"),
    ("macvim", "mvim://open?url=file:///{path}&line={line}&column={column}"),
    ("none", ""),
];

impl Editor {
    /// An editor by its name, or a template of one's own with `{path}`, `{line}` and `{column}`.
    ///
    /// # Errors
    /// What can be given, when it is neither.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some((_, template)) = KNOWN.iter().find(|(name, _)| *name == text) {
            return Ok(Self((*template).to_owned()));
        }
        let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
        let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|ch| ch.is_ascii_alphanumeric() || "+-.".contains(ch));
        // The page with the overlay would run such an address itself.
        let is_safe = !["javascript", "data", "vbscript"].iter().any(|bad| scheme.eq_ignore_ascii_case(bad));
        if is_scheme && is_safe && text.contains("{path}") {
            return Ok(Self(text.to_owned()));
        }
        let names: Vec<&str> = KNOWN.iter().map(|(name, _)| *name).collect();
        Err(format!("expected {}, or an address with {{path}}, {{line}} and {{column}}", names.join(", ")))
    }

    /// The editor that a command, as in `$EDITOR`, starts; VS Code's scheme where it is another's.
    pub fn of_command(command: &str) -> Self {
        let program = command.split_whitespace().next().unwrap_or_default();
        let name = Path::new(program).file_stem().unwrap_or_default().to_string_lossy();
        let name = match &*name {
            "codium" => "vscodium",
            "code-insiders" => "vscode-insiders",
            "subl" => "sublime",
            "mate" => "textmate",
            "mvim" => "macvim",
            "zeditor" => "zed",
            "emacsclient" => "emacs",
            name => name,
        };
        let known = KNOWN.iter().find(|(known, template)| *known == name && !template.is_empty());
        Self(known.map_or(KNOWN[0].1, |(_, template)| template).to_owned())
    }

    /// The address of a place in a file of the site at `root`; `None` when no links are wanted.
    pub(super) fn href(&self, root: &Path, path: &SourcePath, line: usize, column: usize) -> Option<String> {
        let file = root.join(path.as_str()).to_string_lossy().replace('\\', "/");
        // `&`, `+` and `=` may stand in a path, but not in the query that some editors want it in.
        let file = encode(file.trim_start_matches('/'))
            .replace('&', "%26")
            .replace('+', "%2B")
            .replace('=', "%3D")
            .replace(';', "%3B");
        let filled = |name: &str, value: &str, text: &str| text.replace(name, value);
        let href = filled("{line}", &line.to_string(), &self.0);
        let href = filled("{column}", &column.to_string(), &href);
        let own_slash = href.contains("/{path}");
        let href = filled("{path}", &if own_slash { file } else { format!("/{file}") }, &href);
        (!href.is_empty()).then_some(href)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn href(editor: &str) -> Option<String> {
        let editor = Editor::parse(editor).unwrap();
        editor.href(Path::new("/home/a b/site"), &SourcePath::new("content/briefs/ü&x.md"), 3, 7)
    }

    #[test]
    fn each_editor_has_its_address() {
        let file = "home/a%20b/site/content/briefs/%C3%BC%26x.md";
        assert_eq!(href("vscode").unwrap(), format!("vscode://file/{file}:3:7"));
        assert_eq!(href("idea").unwrap(), format!("idea://open?file=/{file}&line=3&column=7"));
        assert_eq!(href("x-mine:open?{path}#{line}").unwrap(), format!("x-mine:open?/{file}#3"));
        assert_eq!(href("none"), None);
        for bad in ["vim", "javascript:alert('{path}')", "{path}", "http://x/"] {
            assert!(Editor::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn commands_name_their_editor() {
        assert_eq!(Editor::of_command("/usr/bin/emacsclient -nw"), Editor::parse("emacs").unwrap());
        assert_eq!(Editor::of_command("cursor --wait"), Editor::parse("cursor").unwrap());
        assert_eq!(Editor::of_command("vim"), Editor::parse("vscode").unwrap());
    }
}
