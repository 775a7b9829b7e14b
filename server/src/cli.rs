//! The commands, and how a failure ends them: one line on standard error, and 2 for a wrong configuration
//! or 1 for anything else.

use std::{fmt::Display, process::ExitCode};

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::{
    config::{self, Config, Source},
    database::{self, DatabaseError},
    keys::{self, KeysError},
    serve::{self, ServeError},
    telemetry,
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
    /// Look after the keys that tokens are signed with
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Check the configuration, show what it comes to, and exit
    CheckConfig,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum KeysCommand {
    /// Have another key sign from now on; the one before stays published until its tokens have expired
    Rotate,
}

/// Runs the command that the process was called with.
pub fn run() -> ExitCode {
    let arguments = parse();
    let (source, config) = match read_config() {
        Ok(read) => read,
        Err(faults) => {
            faults.iter().for_each(complain);
            return wrong_configuration();
        }
    };
    match arguments.command.unwrap_or_default() {
        Command::CheckConfig => {
            print!("{}", config::describe(&source));
            ExitCode::SUCCESS
        }
        Command::Serve => with_runtime(&config, serve::run(&config)),
        Command::Migrate => with_runtime(&config, database::migrate(&config)),
        Command::Keys {
            command: KeysCommand::Rotate,
        } => with_runtime(&config, keys::rotate(&config)),
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

/// What ends a command.
pub trait Failure: Display {
    /// Whether the operator has to set a variable otherwise.
    fn is_configuration(&self) -> bool {
        false
    }
}

impl Failure for DatabaseError {}

impl Failure for ServeError {
    fn is_configuration(&self) -> bool {
        match self {
            Self::Secret(_) => true,
            Self::Accounts(error) => error.is_configuration(),
            _ => false,
        }
    }
}

impl Failure for KeysError {
    fn is_configuration(&self) -> bool {
        match self {
            Self::Secret(_) => true,
            Self::Keys(error) => error.is_configuration(),
            Self::Database(_) => false,
        }
    }
}

/// Pages are rendered in depth, and a stack that is too small ends the whole process. What is not used of it takes no
/// memory.
const STACK: usize = 8 * 1024 * 1024;

fn with_runtime<E: Failure>(
    config: &Config,
    work: impl Future<Output = Result<(), E>>,
) -> ExitCode {
    telemetry::start(config);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK)
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(format_args!("cannot start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(work) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            if error.is_configuration() {
                wrong_configuration()
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

fn wrong_configuration() -> ExitCode {
    ExitCode::from(2)
}

fn complain(problem: impl Display) {
    eprintln!("donewell: {problem}");
}
