//! The command line: arguments, commands, progress. What a command finds out goes through a `Shell`;
//! how it ended is a `Status`.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "the command line is where the program meets the machine: environment, clock, files"
)]

mod args;
mod build;
mod changes;
mod clean;
mod config_help;
mod config_server;
mod environment;
mod explain;
#[cfg(feature = "remote")]
mod external;
mod files;
mod front_matter;
mod help;
mod init;
mod list;
mod merge;
mod new;
mod progress;
mod publish;
mod recipes;
#[cfg(not(feature = "remote"))]
mod remote;
mod rows;
mod schema;
mod serve;
mod session;
mod shell;
mod status;
#[cfg(feature = "remote")]
mod store;
mod table;
mod text;
mod threads;
mod unfinished;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use args::{Args, Command};
use shell::Shell;
use status::{Failure, Status};

/// Runs the command that the arguments ask for.
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // What is printed may be help, whose reader may have gone away.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(Status::Usage.code()));
        }
    };
    let shell = Shell::new(&args.output);
    let status = run(&args, &shell).unwrap_or_else(|failure| shell.fail(&failure));
    ExitCode::from(status.code())
}

fn run(args: &Args, shell: &Shell) -> Result<Status, Failure> {
    if let Some(fewer) = threads::start(args.output.jobs) {
        shell.detail(|| format!("the system gives no more than {}", text::count(fewer, "thread")));
    }
    session::are_text(&args.site)?;
    match &args.command {
        Command::Init { dir, ci } => init::run(dir, *ci, &args.site, shell),
        Command::New { kind, title } => new::run(*kind, title, &args.site, shell),
        Command::Build(extra) => build::build(extra, &args.site, shell),
        Command::Serve(flags) => serve::run(flags, &args.site, shell),
        Command::Merge(given) => merge::run(given, &args.site, shell),
        Command::Check(extra) => build::check(extra, &args.site, shell),
        Command::Publish(given) => publish::run(given, &args.site, shell),
        Command::Verify(given) => verify::run(given, shell),
        Command::Config(given) => config_server::run(given, &args.site, shell),
        Command::List { what } => list::run(*what, &args.site, shell),
        Command::Clean => clean::run(&args.site, shell),
        Command::Explain { code } => explain::run(code.as_deref(), shell),
        Command::Schema { kind } => schema::run(*kind, shell),
        Command::Help { topic } => help::run(topic.as_deref(), shell),
        Command::Completions { shell: dialect } => completions(*dialect, shell),
    }
}

fn completions(dialect: clap_complete::Shell, shell: &Shell) -> Result<Status, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(dialect, &mut Args::command(), "brief", &mut script);
    shell.print(&String::from_utf8_lossy(&script))
}
