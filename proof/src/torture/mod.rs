//! `cargo xtask torture`: what must never break, tried. Every trial draws its inputs and its instants from one seed,
//! which is printed; the same seed tries the same again, as far as a scheduler can.

mod checks;
mod crash;
mod crowd;
mod fuzz;
mod house;
mod outage;
mod stop;
mod visits;
mod writers;

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use donewell_proof::server::Dist;
use fastrand::Rng;
use tokio::time::timeout;

use self::checks::Checks;

/// One trial takes no longer than this, whatever happens in it.
const LONGEST: Duration = Duration::from_mins(15);
const LONGEST_SHORT: Duration = Duration::from_mins(3);

#[derive(Debug, Args)]
pub struct Arguments {
    /// Only this one
    #[arg(value_enum)]
    pub name: Option<Name>,
    #[command(flatten)]
    pub dist: Dist,
    /// Tries again what was tried with this seed
    #[arg(long)]
    pub seed: Option<u64>,
    /// Less of everything: a minute or two in all
    #[arg(long)]
    pub short: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// The server and its Postgres, killed under load
    Crash,
    /// SIGTERM under load
    Stop,
    /// Postgres gone, cut off, slow, or busy
    Outage,
    /// Silent, slow and endless clients
    Crowd,
    /// A million inputs that nobody would send in good faith
    Fuzz,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Name::Crash => "crash",
            Name::Stop => "stop",
            Name::Outage => "outage",
            Name::Crowd => "crowd",
            Name::Fuzz => "fuzz",
        })
    }
}

/// What a trial works with.
#[derive(Debug)]
pub struct Trial<'a> {
    pub dist: &'a Dist,
    pub rng: Rng,
    pub short: bool,
    pub checks: &'a mut Checks,
}

impl Trial<'_> {
    /// How much of something: the whole, or what the short form has time for.
    pub fn much<T>(&self, whole: T, short: T) -> T {
        if self.short { short } else { whole }
    }
}

async fn one(name: Name, trial: &mut Trial<'_>) -> Result<()> {
    match name {
        Name::Crash => crash::run(trial).await,
        Name::Stop => stop::run(trial).await,
        Name::Outage => outage::run(trial).await,
        Name::Crowd => crowd::run(trial).await,
        Name::Fuzz => fuzz::run(trial).await,
    }
}

pub async fn run(arguments: Arguments) -> Result<()> {
    // Six digits are easily typed again.
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u64(..1_000_000));
    println!("torture: seed {seed} (again: --seed {seed})");
    let started = Instant::now();
    let mut checks = Checks::default();
    for &name in Name::value_variants() {
        if arguments.name.is_some_and(|only| only != name) {
            continue;
        }
        let mut trial = Trial {
            dist: &arguments.dist,
            // Each from the seed itself, so that one trial alone is the same as among all.
            rng: Rng::with_seed(seed ^ ((name as u64) << 32)),
            short: arguments.short,
            checks: &mut checks,
        };
        trial.checks.begin(name.to_string());
        let limit = trial.much(LONGEST, LONGEST_SHORT);
        let outcome = timeout(limit, one(name, &mut trial)).await;
        let outcome = outcome.with_context(|| format!("it took longer than {limit:?}"));
        if let Err(error) = outcome.flatten() {
            checks.add("goes on to its end", Err(error));
        }
    }
    // `cargo xtask test` counts by this line.
    println!("{} in {} s", checks.summary(), started.elapsed().as_secs());
    if checks.failed() > 0 {
        bail!("something broke; try it again with --seed {seed}");
    }
    Ok(())
}
