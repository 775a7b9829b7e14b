//! `cargo xtask`: the project's commands, and the set-up that each of them needs.
//!
//! Everything that is built lands in `target/`, logs in `target/xtask/`. A command says what it does
//! in one line per step; what the tools themselves print is in the logs, and shown when a step fails.

mod dist;
mod interrupt;
mod profile;
mod proof;
mod run;
mod setup;
mod shell;
mod site;
mod step;
mod test;
mod workspace;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::dist::Mode;
use crate::test::Part;

const ENVIRONMENT: &str = "\
Environment:
  DONEWELL_WASM_TOOLCHAIN=rustup|debian  compile the browser's side with the rustc on PATH and its
                                         wasm32-unknown-unknown target, or with Debian's rustc-web.
                                         Unset: what is installed, else what can be installed.
  DONEWELL_CHROMIUM=/path/to/chromium    the browser that the end-to-end tests drive";

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Run, test and build Donewell.", after_help = ENVIRONMENT)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Builds what has changed and starts the server
    Run {
        /// Quick to build, slow to run, with debug assertions and the style guide
        #[arg(long)]
        dev: bool,
        /// Listens on this port of 127.0.0.1
        #[arg(long)]
        port: Option<u16>,
        /// Arguments for the server
        #[arg(last = true)]
        server: Vec<OsString>,
    },
    /// Checks and tests everything, or one part of it
    Test {
        #[arg(value_enum, default_value_t = Part::All)]
        part: Part,
        /// Only the tests whose name contains this; leaves out every other check
        filter: Option<String>,
    },
    /// Builds the server and its site into target/dist (--dev: target/dist-dev)
    Build {
        #[arg(long)]
        dev: bool,
    },
    /// Measures what it costs, writes target/bench/report.html, and compares with bench/baseline.json
    Bench {
        /// Only this part: api, start, pages, sign-in, browser, scale or scale10m
        name: Option<String>,
        /// Measures what is built already, instead of building target/dist
        #[arg(long, value_name = "DIRECTORY")]
        dist: Option<PathBuf>,
        /// Makes what was measured the baseline, if every limit was kept; only all of it together
        #[arg(long, conflicts_with = "name")]
        new_baseline: bool,
    },
    /// Tries what must never break, each time with another seed
    Torture {
        /// Only this part: crash, stop, outage, crowd or fuzz
        name: Option<String>,
        /// Tries again what was tried with this seed
        #[arg(long)]
        seed: Option<u64>,
        /// Less of everything, as `cargo xtask test` does: a minute or two in all
        #[arg(long)]
        short: bool,
        /// Tries what is built already, instead of building target/dist
        #[arg(long, value_name = "DIRECTORY")]
        dist: Option<PathBuf>,
    },
    /// Watches what of the wasm the task page needs, so that the next build has the rest come later
    Profile,
    /// Writes .sqlx/, what the queries look like to Postgres, after a change of SQL
    Prepare,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = interrupt::install().and_then(|()| match cli.command {
        Command::Run { dev, port, server } => run::run(Mode::from_dev_flag(dev), port, &server),
        Command::Test { part, filter } => test::run(part, filter.as_deref()),
        Command::Build { dev } => dist::build_and_say(Mode::from_dev_flag(dev)),
        Command::Bench {
            name,
            dist,
            new_baseline,
        } => proof::bench(name.as_deref(), dist.as_deref(), new_baseline),
        Command::Torture {
            name,
            seed,
            short,
            dist,
        } => proof::torture(name.as_deref(), dist.as_deref(), seed, short),
        Command::Profile => profile::run(),
        Command::Prepare => test::sqlx::prepare(),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if interrupt::requested() => {
            eprintln!("interrupted");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
