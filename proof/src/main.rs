//! The proofs of Donewell: the real binary on a private PostgreSQL, measured (`bench`) and tried (`torture`).
//!
//! `cargo xtask` builds everything and starts us. Whatever we start is ended with us, by a signal too: the work is
//! dropped then, and with it everything that it holds.

mod bench;
mod torture;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

#[derive(Debug, Parser)]
#[command(name = "donewell-proof", about = "Measures and tries Donewell.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measures, writes a report, and compares with the baseline
    Bench(bench::Arguments),
    /// Tries what must never break
    Torture(torture::Arguments),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let command = Cli::parse().command;
    let work = async {
        match command {
            Command::Bench(arguments) => bench::run(arguments).await,
            Command::Torture(arguments) => torture::run(arguments).await,
        }
    };
    let outcome = tokio::select! {
        outcome = work => outcome,
        interrupted = interruption() => interrupted,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Returns when somebody wants us to end: what runs is dropped then.
async fn interruption() -> Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
    bail!("interrupted")
}
