//! The arguments as they are given. What they mean for a site is worked out in `session`.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use crate::base::Kind;
use crate::io::Shard;
use crate::publish::Cap;
use crate::report::Editor;
use crate::serve;

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
        /// A folder that is new or empty; with --ci also a site
        dir: PathBuf,
        /// Write a ready-made file for CI, too; into a site that is there, only that
        #[arg(long, value_name = "WHICH")]
        ci: Option<Ci>,
    },
    /// Write a new document with its front matter and print its path
    #[command(arg_required_else_help = true)]
    New {
        #[arg(value_parser = kind())]
        kind: Kind,
        /// Its title or name; for a country, its name or code
        title: String,
    },
    /// Build the site
    Build(BuildFlags),
    /// Join the shards of a build into one output folder
    ///
    /// What is joined is byte for byte what a whole build writes. Shards that are missing, that were made of other
    /// files or settings, or whose files are not as they were written are refused, and then nothing is changed.
    Merge(MergeFlags),
    /// Show the site while you write: every change is on the page at once, and nothing is written
    Serve(ServeFlags),
    /// Report every fault without building
    Check(CheckFlags),
    /// Bring what was built to a web server's folder, here or over SSH, or to an object store
    ///
    /// The output folder (--out) is taken as the last build left it and checked against its manifest. It becomes a
    /// release of its own below TARGET/releases, and TARGET/current, which the web server shows, leads to it from
    /// one moment to the next. An object store has no releases: objects that differ are sent, the manifest last, and
    /// what is no longer listed is deleted.
    Publish(PublishFlags),
    /// Check a site against its manifest, and the manifest against its signature
    Verify(VerifyFlags),
    /// Print a configuration for the web server that shows what is published
    Config(ConfigFlags),
    /// List what the site holds
    #[command(arg_required_else_help = true)]
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

/// What `brief build` does beside building.
#[derive(clap::Args, Clone, Debug, Default)]
pub(super) struct BuildFlags {
    /// Write what changed as Markdown, for a comment on a merge request
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
    /// Let the report compare with this output folder or manifest [default: the output folder as it was]
    #[arg(long, value_name = "PATH", requires = "report")]
    pub(super) against: Option<PathBuf>,
    /// Write .gz, .br and .zst beside files, for a web server to send as they are
    #[arg(long)]
    pub(super) compress: bool,
    /// Write one share of N of the files, the I-th from 1, for `brief merge` to join
    #[arg(long, value_name = "I/N", conflicts_with_all = ["report", "sign"])]
    pub(super) shard: Option<Shard>,
    /// Sign the manifest with this secret key of minisign
    #[arg(long, value_name = "KEY")]
    pub(super) sign: Option<PathBuf>,
}

/// What `brief merge` joins.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct MergeFlags {
    /// Where the shards are: each in a folder of its own, or several in one [default: the output folder]
    #[arg(value_name = "DIR")]
    pub(super) dirs: Vec<PathBuf>,
    /// Sign the manifest with this secret key of minisign
    #[arg(long, value_name = "KEY")]
    pub(super) sign: Option<PathBuf>,
}

/// What `brief check` does beside checking the site itself.
#[derive(clap::Args, Clone, Debug, Default)]
pub(super) struct CheckFlags {
    /// Ask other sites, too, whether what the site links to is still there
    #[arg(long)]
    pub(super) external: bool,
    /// Where good answers of other sites are remembered [default: .brief/links.json in the site's folder]
    #[arg(long, value_name = "FILE", requires = "external")]
    pub(super) link_cache: Option<PathBuf>,
}

/// Where and how to publish.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct PublishFlags {
    /// A folder, ssh://[user@]host[:port]/path, or s3://bucket/prefix
    pub(super) target: String,
    /// How many releases stay, the new one counted [default: 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) keep: Option<u16>,
    /// Remove every older release, as is needed when a label has been raised or a page withdrawn
    #[arg(long, conflicts_with_all = ["keep", "list", "rollback", "dry_run"])]
    pub(super) purge: bool,
    /// Let readers see the release before the current one again
    #[arg(long, conflicts_with_all = ["list", "dry_run"])]
    pub(super) rollback: bool,
    /// List the releases
    #[arg(long, conflicts_with = "dry_run")]
    pub(super) list: bool,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Sign the manifest with this secret key of minisign before it is published
    #[arg(long, value_name = "KEY", conflicts_with_all = ["list", "rollback", "dry_run"])]
    pub(super) sign: Option<PathBuf>,
    /// How many objects a run may delete in an object store: a number, or a share such as 50%
    #[arg(long, value_name = "N", default_value = "25%", value_parser = Cap::read)]
    pub(super) max_delete: Cap,
    /// The program that connects, with its first arguments
    #[arg(long, value_name = "COMMAND", default_value = "ssh")]
    pub(super) ssh: String,
}

/// What to check, and by whose key.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct VerifyFlags {
    /// An output folder, a release, a folder that was published to, or the address of a site
    pub(super) target: String,
    /// The public key of minisign that must have signed: a file, or the key itself
    #[arg(long, value_name = "KEY")]
    pub(super) key: Option<String>,
}

/// Which server, and how it shows the site. With `--edition`, only that audience is let in.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct ConfigFlags {
    pub(super) server: Server,
    /// The folder that readers see: `current` below what `brief publish` publishes to
    #[arg(long, value_name = "DIR", default_value = "/srv/www/briefs/current")]
    pub(super) root: String,
    /// The site's host name
    #[arg(long, value_name = "NAME", default_value = "briefs.example.org")]
    pub(super) host: String,
    /// Where to listen [default: 443 with --tls, else 80]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) port: Option<u16>,
    /// A folder with server.crt and server.key, for HTTPS
    #[arg(long, value_name = "DIR")]
    pub(super) tls: Option<String>,
    /// Who may read [default: everyone who can reach the server]
    #[arg(long, value_name = "HOW")]
    pub(super) auth: Option<Auth>,
}

/// Ready-made files that `brief init --ci` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Ci {
    /// A workflow of GitHub Actions
    Github,
    /// A pipeline of GitLab
    Gitlab,
    /// Jobs for GitLab that build one site together
    GitlabShards,
    /// An Indexed Job of Kubernetes that builds one site in shards, and one that joins them
    Kubernetes,
    /// An array of Slurm that builds one site in shards, and a job that joins them
    Slurm,
    /// A Dockerfile for an image with `brief`
    Docker,
    /// A hook of Git that checks what is to be committed
    PreCommit,
    /// A service and a timer that build and publish
    Systemd,
}

/// Web servers that `brief config` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Server {
    Nginx,
    Caddy,
    Apache,
}

/// How readers show who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Auth {
    /// By a certificate of the authority in clients-ca.crt
    ClientCert,
    /// By a name and password of the directory
    Ldap,
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
    /// Keep what is made in this folder, and take from it what is as it was [default: the setting `cache`]
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) cache: Option<PathBuf>,
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
    /// How faults are written; all but `human` go to standard output. Lists are `human` or `json`
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
    #[arg(long, value_name = "NAME", value_parser = host_name)]
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
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands, which annotate a pull request
    Github,
    /// A Code Quality report
    Gitlab,
    /// JUnit XML
    Junit,
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

/// The day of a moment, in UTC, if EDTF can write it: its years begin with 0000.
pub(super) fn day_of(moment: Timestamp) -> Option<Date> {
    Some(moment.to_zoned(TimeZone::UTC).date()).filter(|day| day.year() >= 0)
}

/// A day, or a moment whose day in UTC is meant.
fn day(text: &str) -> Result<Date, String> {
    let moment = || day_of(text.parse().ok()?);
    let date = text.parse::<Date>().ok().filter(|_| text.len() == "2026-11-20".len());
    date.or_else(moment).ok_or_else(|| "expected a day such as 2026-11-20".to_owned())
}

fn host_name(text: &str) -> Result<String, String> {
    serve::host_name(text).ok_or_else(|| "expected a name such as desk-7 or an address".to_owned())
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
        // What dates are written in has no years before 0000.
        assert_eq!(day("0000-01-01T00:00:00Z"), Ok(date(0, 1, 1)));
        assert!(day("-000001-12-31T00:00:00Z").is_err() && day("0000-01-01T00:00:00+12:00").is_err());
    }
}
