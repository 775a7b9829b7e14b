//! The short form of `cargo xtask torture`, against the release build. What tries it was compiled with the tests.

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
    report.step("torture", "trying what must never break", || {
        torture().unwrap_or_else(|error| (Tally::default(), Err(error)))
    });
}

fn torture() -> Result<(Tally, Result<()>)> {
    let job = proof::job("torture", Mode::Dev, &Mode::Release.dist())?
        .args(["--short"])
        .limit(LIMIT);
    let log = job.log().to_owned();
    let outcome = job.run();
    let said = fs::read_to_string(log).unwrap_or_default();
    Ok((tally::of_torture(&said), outcome))
}
