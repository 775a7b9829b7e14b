//! The commands, and how a failure ends them: one line on standard error, and 2 for a wrong configuration
//! or 1 for anything else.

use std::{fmt::Display, process::ExitCode};

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::{
    config::{self, Config, Source},
    database, serve, telemetry,
};

/// Donewell: a self-hosted to-do application.
#[derive(Debug, Parser)]
#[command(name = "donewell", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Clone, Copy, Debug, Default, Subcommand)]
enum Command {
    /// Serve pages and programs (the default)
    #[default]
    Serve,
    /// Bring the database's schema up to date and exit
    Migrate,
    /// Check the configuration, show what it comes to, and exit
    CheckConfig,
}

/// Runs the command that the process was called with.
pub fn run() -> ExitCode {
    let arguments = parse();
    let (source, config) = match read_config() {
        Ok(read) => read,
        Err(faults) => {
            faults.iter().for_each(complain);
            return ExitCode::from(2);
        }
    };
    let outcome = match arguments.command.unwrap_or_default() {
        Command::CheckConfig => {
            print!("{}", config::describe(&source));
            return ExitCode::SUCCESS;
        }
        Command::Serve => with_runtime(&config, serve::run(&config)),
        Command::Migrate => with_runtime(&config, database::migrate(&config)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(error);
            ExitCode::FAILURE
        }
    }
}

fn parse() -> Arguments {
    let mut command = Arguments::command().after_long_help(config::help());
    command = command.mut_subcommand("serve", |serve| serve.after_help(config::help()));
    Arguments::from_arg_matches(&command.get_matches()).unwrap_or_else(|error| error.exit())
}

fn read_config() -> Result<(Source, Config), Vec<String>> {
    let source = Source::from_surroundings().map_err(|error| vec![error.to_string()])?;
    match Config::parse(&source) {
        Ok(config) => Ok((source, config)),
        Err(faults) => Err(faults.iter().map(ToString::to_string).collect()),
    }
}

fn with_runtime<E: Display>(
    config: &Config,
    work: impl Future<Output = Result<(), E>>,
) -> Result<(), String> {
    telemetry::start(config);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start: {error}"))?
        .block_on(work)
        .map_err(|error| error.to_string())
}

fn complain(problem: impl Display) {
    eprintln!("donewell: {problem}");
}
