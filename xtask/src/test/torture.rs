//! The short form of `cargo xtask torture`, against the release build that is there already.

use std::fs;
use std::time::Duration;

use anyhow::Result;

use super::Report;
use super::tally::{self, Tally};
use crate::dist::Mode;
use crate::proof;

/// It takes a minute where nothing else runs.
const LIMIT: Duration = Duration::from_mins(10);

pub fn run(report: &mut Report) {
    let binary = report.check("proof", "compiling donewell-proof", proof::compile);
    if binary.is_some() {
        report.step(
            "torture",
            "trying what must never break",
            || match torture() {
                Ok((tally, outcome)) => (tally, outcome),
                Err(error) => (Tally::default(), Err(error)),
            },
        );
    }
}

fn torture() -> Result<(Tally, Result<()>)> {
    let job = proof::job("torture", &Mode::Release.dist())?
        .args(["--short"])
        .limit(LIMIT);
    let log = job.log().to_owned();
    let outcome = job.run();
    let said = fs::read_to_string(log).unwrap_or_default();
    Ok((tally::of_torture(&said), outcome))
}
