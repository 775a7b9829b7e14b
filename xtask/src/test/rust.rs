//! `cargo test` of every package, on the throw-away Postgres.

use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;

use super::tally::{self, Tally};
use super::{Database, Part, Report};
use crate::shell::Job;
use crate::workspace;

const LOG: &str = "tests";
const POLL: Duration = Duration::from_millis(200);

/// Without xtask: its own tests share what `cargo xtask` was compiled with, and leave these packages'
/// features alone.
pub const PACKAGES: [&str; 10] = [
    "--package",
    "donewell-app",
    "--package",
    "donewell-server",
    "--package",
    "donewell-cluster",
    "--package",
    "donewell-proof",
    "--features",
    "donewell-app/ssr",
];

pub fn run(report: &mut Report, part: Part, filter: Option<&str>, database: &Database) {
    let targets: &[&str] = match part {
        Part::Unit => &["--lib", "--bins"],
        Part::Server => &["--test", "*"],
        Part::All | Part::E2e => &[],
    };
    report.step("tests", "compiling and running the tests", || {
        test(LOG, &[&PACKAGES[..], targets].concat(), filter, database)
    });
    if part != Part::Server {
        report.step("xtask", "compiling and running xtask's own tests", || {
            test("tests-xtask", &["--package", "xtask"], filter, database)
        });
    }
}

pub fn forget_the_last_run() {
    fs::remove_file(log()).ok();
}

/// Until all is compiled and the first test begins; or there is nothing to wait for any more.
pub fn wait_until_running(is_over: impl Fn() -> bool) {
    let is_running = || {
        let log = fs::read(log()).unwrap_or_default();
        String::from_utf8_lossy(&log)
            .lines()
            .any(|line| line.starts_with("     Running "))
    };
    while !is_over() && !is_running() {
        sleep(POLL);
    }
}

fn log() -> PathBuf {
    workspace::scratch().join(format!("{LOG}.log"))
}

fn test(
    log: &str,
    which: &[&str],
    filter: Option<&str>,
    database: &Database,
) -> (Tally, Result<()>) {
    let job = Job::cargo(log)
        .args(["test", "--no-fail-fast"])
        .args(which)
        .args(filter)
        .env("DATABASE_URL", database.cluster.url(donewell_cluster::NAME));
    let path = job.log().to_owned();
    let outcome = job.run();
    let log = fs::read(path).unwrap_or_default();
    (tally::of_cargo(&String::from_utf8_lossy(&log)), outcome)
}
