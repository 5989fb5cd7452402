//! `brief new`: a document with the front matter that its kind mostly has, the rest as comments.

use super::args::SiteFlags;
use super::files::write_new;
use super::front_matter;
use super::session::Session;
use super::shell::Shell;
use super::status::{Failure, Status};
use crate::base::{Committed, CountryCode, Id, Key, Kind, Label, Lang, Snapshot, SourcePath, country, slug};
use crate::document::{self, Rules};

/// Longer ids make poor addresses, and some disks take no longer names.
const LONGEST: usize = 180;

/// Writes the document, unless its id is taken, and prints its path.
pub(super) fn run(kind: Kind, title: &str, flags: &SiteFlags, shell: &Shell) -> Result<Status, Failure> {
    let session = Session::open(flags)?;
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let draft = Draft::new(kind, &title, &session.snapshot)?;
    if let Some(taken) = holder(&session.snapshot, &draft) {
        return Err(Failure::usage(format!("{} `{}` is taken: {taken}", kind.name(), draft.id))
            .help("edit that file, or choose another title"));
    }
    let path = session.root.join(format!("content/{}/{}.md", kind.folder(), draft.id));
    write_new(&path, &front_matter::text(kind, &draft.title, draft.country, session.snapshot.today))?;
    shell.print(&format!("{}\n", session.shown(&path)))
}

/// What is to be written.
struct Draft {
    kind: Kind,
    id: Id,
    title: String,
    country: Option<CountryCode>,
}

impl Draft {
    fn new(kind: Kind, title: &str, snapshot: &Snapshot) -> Result<Self, Failure> {
        if kind == Kind::Country {
            let country = country_of(title)?;
            let id = Id::new(country.alpha2());
            return Ok(Self { kind, id, title: country.name().to_owned(), country: Some(country) });
        }
        let name = file_name(title);
        if name.is_empty() {
            return Err(Failure::usage(format!("no file can be named for the title {title:?}"))
                .help("a title needs at least one letter or digit"));
        }
        if name == "index" {
            return Err(Failure::usage(
                "`index.md` stands for the folder that it lies in, so nothing is called so",
            )
            .help("choose another title; the one in the file may be changed afterwards"));
        }
        let id = if kind == Kind::Brief { format!("{}-{name}", snapshot.today) } else { name };
        Ok(Self { kind, id: Id::new(&id), title: title.to_owned(), country: None })
    }
}

fn country_of(title: &str) -> Result<CountryCode, Failure> {
    CountryCode::from_input(title).ok_or_else(|| {
        let fault = Failure::usage(format!("`{title}` is no country"));
        match country::suggest(title) {
            Some(near) => fault.help(format!("did you mean `{}` ({})?", near.name(), near.alpha2())),
            None => fault.help("countries are ISO 3166-1 codes or English names: AF, AFG, Afghanistan"),
        }
    })
}

/// The title as a file's name: `AC/DC` is two words, not one, and the name ends where a word does.
fn file_name(title: &str) -> String {
    let mut name = slug(&title.replace(['/', '\\', ':', '|', '–', '—', '_'], " "));
    while name.len() > LONGEST {
        let end = name.floor_char_boundary(LONGEST);
        name.truncate(name[..end].rfind('-').unwrap_or(end));
    }
    name
}

/// The file that has the id already, in whichever folder it lies. Only what is named like it, and what may
/// be a country under another name, is parsed.
fn holder(snapshot: &Snapshot, draft: &Draft) -> Option<SourcePath> {
    let rules = Rules { lang: Lang::english(), label: Label::Clear, keep_unknown: true, git_dates: false };
    let key = Key::new(draft.kind, draft.id.clone());
    let is_candidate = |path: &SourcePath| {
        let path =
            path.in_content().filter(|path| path.ends_with(".md")).map(|path| Id::new(path).to_string());
        path.is_some_and(|path| draft.kind == Kind::Country || path.contains(draft.id.as_str()))
    };
    snapshot.files.iter().filter(|file| is_candidate(&file.path)).find_map(|file| {
        let source = snapshot.text(&file.path)?.clone();
        let args = document::Args {
            path: file.path.clone(),
            source,
            rules: rules.clone(),
            committed: Committed::default(),
        };
        let document = document::parse(&args).value?;
        (document.key == key).then(|| file.path.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_makes_a_file_name() {
        assert_eq!(file_name("Moscow warns: \"ISIS-K\" / Taliban"), "moscow-warns-isis-k-taliban");
        assert_eq!(file_name("AC/DC"), "ac-dc");
        assert_eq!(file_name("داعش خراسان"), "داعش-خراسان");
        assert_eq!(file_name("?!… — /"), "");
        assert_eq!(file_name("../../etc/passwd"), "etc-passwd");
        let long = file_name(&"слово ".repeat(200));
        assert!(long.len() <= LONGEST && long.ends_with("-слово"), "{long}");
    }
}
