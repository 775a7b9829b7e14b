//! Playwright in `end2end/`, against the distributions that were just built and the throw-away Postgres.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::tally::{self, Tally};
use super::{Database, Report};
use crate::dist::Mode;
use crate::setup::{chromium, node, python};
use crate::shell::Job;
use crate::{step, workspace};

/// What the browser tests need of the machine, so that it is there when they begin.
pub fn surroundings() -> Result<()> {
    node::packages()?;
    chromium::find_or_install()?;
    python::find_or_install()?;
    Ok(())
}

pub fn run(report: &mut Report, filter: Option<&str>, database: &Database) {
    if !has_tests(&node::end2end()) {
        step::say("e2e", "end2end has no tests yet");
        return;
    }
    report.step("e2e", "running the browser tests", || {
        match playwright(filter, database) {
            Ok((tally, outcome)) => (tally, outcome),
            Err(error) => (Tally::default(), Err(error)),
        }
    });
}

fn playwright(filter: Option<&str>, database: &Database) -> Result<(Tally, Result<()>)> {
    let report = workspace::scratch().join("e2e.json");
    // A run that dies early must not be counted by the report of the one before.
    fs::remove_file(&report).ok();
    let mut job = job(&Mode::Release.binary(), database)?
        .args(["--reporter=list,json"])
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report);
    if let Some(filter) = filter {
        job = job.args(["--pass-with-no-tests", "--grep", filter]);
    }
    let outcome = job.run();
    let tally = fs::read_to_string(&report)
        .context("Playwright wrote no report")
        .and_then(|report| tally::of_playwright(&report));
    Ok(match (tally, outcome) {
        (Ok(tally), outcome) => (tally, outcome),
        (Err(_), Err(error)) | (Err(error), Ok(())) => (Tally::default(), Err(error)),
    })
}

/// Has Playwright drive `release` on the throw-away Postgres.
pub fn job(release: &Path, database: &Database) -> Result<Job> {
    node::packages()?;
    node::check_version()?;
    let browser = chromium::find_or_install()?;
    let python = python::find_or_install()?;
    Ok(
        Job::new(node::node_modules().join(".bin/playwright"), "e2e")
            .args(["test"])
            .directory(node::end2end())
            .env("DONEWELL_BIN", release)
            .env("DONEWELL_DEV_BIN", Mode::Dev.binary())
            .env(
                "DONEWELL_TEST_DATABASE_URL",
                database.cluster.url("postgres"),
            )
            .env("DONEWELL_PG_BIN", database.cluster.bin_directory())
            .env(chromium::VARIABLE, browser)
            .env(python::VARIABLE, python),
    )
}

fn has_tests(directory: &Path) -> bool {
    let Ok(entries) = fs::read_dir(directory) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        name.ends_with(".spec.ts")
            || (name != "node_modules" && entry.path().is_dir() && has_tests(&entry.path()))
    })
}
