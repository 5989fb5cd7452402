//! The two streams: reports and what is said on the way go to standard error, what was asked for to
//! standard output.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Arc;

use jiff::civil::Date;

use super::args::{ColorWhen, Format, OutputFlags};
use super::status::{Failure, Status};
use crate::base::{Diagnostic, Level, Snapshot, codes};
use crate::report::{self, Context};

/// Where and how to write.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shell {
    format: Format,
    color: bool,
    quiet: bool,
    verbose: bool,
    on_terminal: bool,
}

impl Shell {
    /// By the flags, `NO_COLOR` and what the streams are.
    pub(super) fn new(flags: &OutputFlags) -> Self {
        let on_terminal =
            io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = match flags.color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => on_terminal && !no_color,
        };
        Self { format: flags.format, color, quiet: flags.quiet, verbose: flags.verbose, on_terminal }
    }

    /// Writes what was asked for.
    pub(super) fn print(self, text: &str) -> Result<Status, Failure> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => Ok(Status::Done),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::Closed),
            Err(error) => Err(Box::new(Diagnostic::new(
                &codes::WRITE,
                format!("cannot write to standard output: {error}"),
            ))
            .into()),
        }
    }

    /// Reports faults that are sorted already: for people to standard error, for machines, even when there
    /// are none, to standard output.
    pub(super) fn report(self, diagnostics: &[Diagnostic], context: &Context<'_>) -> Result<(), Failure> {
        let text = match self.format {
            Format::Human => {
                self.write_err(&report::human(diagnostics, context.sources, self.color));
                return Ok(());
            }
            Format::Json => report::json(diagnostics, context.sources),
            Format::Sarif => report::sarif(diagnostics, context),
            Format::Github => report::github(diagnostics, context),
            Format::Gitlab => report::gitlab(diagnostics, context),
            Format::Junit => report::junit(diagnostics, context),
        };
        // Whoever read the report has gone away: what there was to tell is there all the same, and so is the status.
        match self.print(&text) {
            Ok(_) | Err(Failure::Closed) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    /// Reports faults that lie in no source.
    pub(super) fn report_bare(self, diagnostics: &[Diagnostic]) -> Result<(), Failure> {
        self.report(diagnostics, &Context { sources: &no_sources(), prefix: "", strict: true })
    }

    /// Reports what kept a command from its work.
    pub(super) fn fail(self, failure: &Failure) -> Status {
        match failure {
            Failure::Closed => Status::Done,
            Failure::Usage { message, help } => {
                self.write_err(&report::notice(Level::Error, message, help, self.color));
                Status::Usage
            }
            Failure::Fault(fault) => {
                let fault = std::slice::from_ref(&**fault);
                // When standard output is what failed, there is nothing left to say it on but the other.
                if self.report_bare(fault).is_err() {
                    self.write_err(&report::human(fault, &no_sources(), self.color));
                }
                Status::of(fault, true)
            }
        }
    }

    /// Warns of something that is no fault of a file.
    pub(super) fn warn(self, message: &str, help: &str) {
        self.write_err(&report::notice(Level::Warn, message, &[help.to_owned()], self.color));
    }

    /// Says how it went, unless `--quiet`.
    pub(super) fn say(self, line: &str) {
        if !self.quiet {
            self.write_err(&format!("{line}\n"));
        }
    }

    /// Says a detail, under `--verbose`.
    pub(super) fn detail(self, line: impl FnOnce() -> String) {
        if self.verbose {
            self.write_err(&format!("{}\n", line()));
        }
    }

    /// Whether a list is to be JSON. The other formats are made for faults alone.
    pub(super) fn is_json(self) -> Result<bool, Failure> {
        match self.format {
            Format::Human => Ok(false),
            Format::Json => Ok(true),
            _ => Err(Failure::usage("a list has the formats `human` and `json`")
                .help("the others are for the faults that `brief check` and `brief build` report")),
        }
    }

    /// Whether somebody watches who may want to see progress.
    pub(super) fn is_watched(self) -> bool {
        self.on_terminal && !self.quiet
    }

    /// Writes to standard error. When that fails there is nobody left to tell.
    fn write_err(self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// For faults that lie in no file.
fn no_sources() -> Snapshot {
    Snapshot {
        committed: std::sync::Arc::default(),
        files: Arc::default(),
        overrides: Vec::new(),
        env: None,
        today: Date::default(),
        faults: Vec::new(),
    }
}
