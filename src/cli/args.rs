//! The arguments as they are given. What they mean for a site is worked out in `session`.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use crate::base::Kind;
use crate::report::Editor;

/// Turns a folder of Markdown briefs about threats into a cross-linked static site
#[derive(Debug, Parser)]
#[command(
    name = "brief",
    version,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "Settings come from site.toml, site.ENV.toml (--env), BRIEF_* variables \
        (BRIEF_FRONT_MATTER_UNKNOWN sets front_matter.unknown) and flags; later ones win.\n\n\
        Exit status: 0 done; 1 the content has errors (or warnings under --strict); 2 usage or settings; \
        3 the machine, such as a full disk."
)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) site: SiteFlags,
    #[command(flatten)]
    pub(super) output: OutputFlags,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a small site to start from
    Init {
        /// A folder that is new or empty
        dir: PathBuf,
    },
    /// Write a new document with its front matter and print its path
    New {
        #[arg(value_parser = kind())]
        kind: Kind,
        /// Its title or name; for a country, its name or code
        title: String,
    },
    /// Build the site
    Build,
    /// Show the site while you write: every change is on the page at once, and nothing is written
    Serve(ServeFlags),
    /// Report every fault without building
    Check,
    /// List what the site holds
    List { what: What },
    /// Remove what earlier builds wrote
    Clean,
    /// Explain a kind of fault, or list them all
    Explain {
        /// Such as B0302 or broken-link, or a group such as links
        code: Option<String>,
    },
    /// Print the JSON Schema of a kind's front matter, for editors
    Schema {
        #[arg(value_parser = kind())]
        kind: Option<Kind>,
    },
    /// Print help, for a command or for every setting (`config`)
    Help {
        /// A command, or `config`
        topic: Option<String>,
    },
    /// Print a script that completes commands and flags
    Completions { shell: clap_complete::Shell },
}

/// Which site, and what of it.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Site")]
pub(super) struct SiteFlags {
    /// The site's folder [default: the nearest one upwards with a site.toml]
    #[arg(long, global = true, value_name = "DIR", env = "BRIEF_SITE", hide_env = true)]
    pub(super) site: Option<PathBuf>,
    /// Let site.NAME.toml win over site.toml
    #[arg(long, global = true, value_name = "NAME", env = "BRIEF_ENV", hide_env = true)]
    pub(super) env: Option<String>,
    /// Where to write the site [default: the setting `out`]
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Build for one audience of [[editions]]
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) edition: Option<String>,
    /// With drafts
    #[arg(long, global = true)]
    pub(super) drafts: bool,
    /// With what is embargoed or dated in the future
    #[arg(long, global = true)]
    pub(super) future: bool,
    /// The day of the build [default: SOURCE_DATE_EPOCH, else today in UTC]
    #[arg(long, global = true, value_name = "DATE", value_parser = day, env = "BRIEF_NOW", hide_env = true)]
    pub(super) now: Option<Date>,
    /// Let warnings fail the build
    #[arg(long, global = true)]
    pub(super) strict: bool,
}

/// How to work and to report.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputFlags {
    /// How faults and lists are written; JSON goes to standard output
    #[arg(long, global = true, default_value = "human", env = "BRIEF_FORMAT", hide_env = true)]
    pub(super) format: Format,
    /// Colours
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        env = "BRIEF_COLOR",
        hide_env = true
    )]
    pub(super) color: ColorWhen,
    /// Threads [default: one for each processor]
    #[arg(short, long, global = true, value_name = "N", env = "BRIEF_JOBS", hide_env = true)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) jobs: Option<u16>,
    /// Say nothing but faults
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Say what is done and how long it takes
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(super) verbose: bool,
}

/// Where `serve` listens, and what it does with browsers.
#[derive(clap::Args, Clone, Debug, Default)]
pub(super) struct ServeFlags {
    /// The port, 0 for any [default: 4000, or the next that is free]
    #[arg(long)]
    pub(super) port: Option<u16>,
    /// The address to listen at; other than this machine's loopback, it lets others see the preview
    #[arg(long, value_name = "ADDRESS")]
    pub(super) host: Option<IpAddr>,
    /// A further name under which browsers may ask, such as that of this machine in the network
    #[arg(long, value_name = "NAME")]
    pub(super) allow_host: Vec<String>,
    /// Open a browser
    #[arg(long)]
    pub(super) open: bool,
    /// Move browsers to the page that was edited
    #[arg(long)]
    pub(super) follow: bool,
    /// Which editor the places of faults open in: vscode, cursor, zed, idea, emacs …, none, or an address
    /// with {path}, {line} and {column} [default: by VISUAL or EDITOR, else vscode]
    #[arg(long, value_parser = Editor::parse)]
    pub(super) editor: Option<Editor>,
    /// Look at the folder every second, for disks that do not tell of changes
    #[arg(long)]
    pub(super) poll: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    #[default]
    Human,
    Json,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorWhen {
    #[default]
    Auto,
    Always,
    Never,
}

/// What `brief list` can list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum What {
    Briefs,
    Actors,
    Countries,
    People,
    Regions,
    Events,
    Sources,
    Topics,
    Pages,
    /// Documents that are left out unless `--drafts` is given
    Drafts,
    /// Files that documents use
    Assets,
    /// Files that nothing uses
    Unused,
}

/// A kind by its singular, or by its folder's name.
fn kind() -> impl TypedValueParser<Value = Kind> {
    let values = Kind::ALL.map(|kind| PossibleValue::new(kind.name()).alias(kind.folder()));
    PossibleValuesParser::new(values).try_map(|name| Kind::parse(&name).ok_or("no such kind"))
}

/// A day, or a moment whose day in UTC is meant.
fn day(text: &str) -> Result<Date, String> {
    let moment = || Some(text.parse::<Timestamp>().ok()?.to_zoned(TimeZone::UTC).date());
    let date = text.parse::<Date>().ok().filter(|_| text.len() == "2026-11-20".len());
    date.or_else(moment).ok_or_else(|| "expected a day such as 2026-11-20".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn flags_stand_before_or_after_the_command() {
        for line in [["brief", "--drafts", "build", "-j4"], ["brief", "build", "--drafts", "-j4"]] {
            let args = Args::try_parse_from(line).unwrap();
            assert!(args.site.drafts && args.output.jobs == Some(4));
        }
        assert!(Args::try_parse_from(["brief", "build", "-j0"]).is_err());
        assert!(Args::try_parse_from(["brief", "build", "-q", "-v"]).is_err());
    }

    #[test]
    fn kinds_go_by_both_names() {
        for name in ["person", "people"] {
            let args = Args::try_parse_from(["brief", "schema", name]).unwrap();
            assert!(matches!(args.command, Command::Schema { kind: Some(Kind::Person) }));
        }
    }

    #[test]
    fn now_is_a_day_or_a_moment() {
        assert_eq!(day("2026-11-20"), Ok(date(2026, 11, 20)));
        assert_eq!(day("2026-11-20T23:30:00-05:00"), Ok(date(2026, 11, 21)));
        assert!(day("today").is_err() && day("2026-11").is_err());
    }
}
