//! `brief help`: for all, for a command, and for every setting.

use clap::CommandFactory as _;

use super::args::Args;
use super::config_help;
use super::shell::Shell;
use super::status::{Failure, Status};
use crate::base::nearest;

/// Prints help on a topic.
pub(super) fn run(topic: Option<&str>, shell: &Shell) -> Result<Status, Failure> {
    let mut all = Args::command();
    all.build();
    let help = match topic {
        None => all.render_help(),
        Some("config") => return shell.print(&config_help::settings()),
        Some(name) => match all.find_subcommand_mut(name) {
            Some(command) => command.render_help(),
            None => return Err(unknown(name, &all)),
        },
    };
    shell.print(&help.to_string())
}

fn unknown(name: &str, all: &clap::Command) -> Failure {
    let topics: Vec<&str> = all.get_subcommands().map(clap::Command::get_name).chain(["config"]).collect();
    let fault = Failure::usage(format!("there is no help on `{name}`"));
    match nearest(name, topics.iter().copied()) {
        Some(near) => fault.help(format!("did you mean `{near}`?")),
        None => fault.help(format!("there is on: {}", topics.join(", "))),
    }
}
