//! The one integration binary: whole sites, the house's own rules, the worked example, the real program.

#![allow(clippy::disallowed_methods, reason = "tests read their own files and run the program")]
#![allow(clippy::print_stdout, reason = "counts of kills and answers, for `--nocapture`")]
#![allow(missing_docs, unreachable_pub, reason = "nobody but this binary uses it")]

mod architecture;
mod cache;
mod case;
mod cli;
mod compress;
mod contexts;
mod dates;
#[cfg(feature = "remote")]
mod external;
mod hidden;
mod html;
mod large;
mod laws;
mod linked;
mod machine;
mod memory;
mod own_site;
mod places;
mod publish;
mod publish_ssh;
mod recipes;
mod reports;
mod reproducible;
mod serve;
mod servers;
mod settings;
mod shards;
mod signing;
mod skip;
#[cfg(feature = "remote")]
mod store;
#[cfg(feature = "remote")]
mod verify_web;
#[cfg(feature = "remote")]
mod web;
