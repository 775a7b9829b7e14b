//! `cargo xtask test`: every check there is, one line each. A failed step does not hide what the next
//! ones find, unless they need what it should have made. The very last line counts the tests.

mod database;
pub mod e2e;
mod lint;
mod rust;
pub mod sqlx;
mod tally;
mod torture;

use std::fmt;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::ValueEnum;

pub use self::database::Database;
use self::tally::Tally;
use crate::dist::{self, Mode, Tools};
use crate::{interrupt, step};

/// Everything that has the server's side in it. Always in one command: cargo chooses features for all
/// packages of a command together, and compiles anew for another choice.
const SERVER_SIDE: [&str; 12] = [
    "--package",
    "donewell-app",
    "--package",
    "donewell-server",
    "--package",
    "donewell-cluster",
    "--package",
    "donewell-proof",
    "--package",
    "xtask",
    "--features",
    "donewell-app/ssr",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Format, lints, every test, .sqlx, documentation, both builds, end-to-end, and what must never break
    All,
    /// The tests inside of the crates
    Unit,
    /// The tests beside the crates, on a throw-away Postgres
    Server,
    /// The browser tests against the release binary
    E2e,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::All => "all",
            Part::Unit => "unit",
            Part::Server => "server",
            Part::E2e => "e2e",
        })
    }
}

pub fn run(part: Part, filter: Option<&str>) -> Result<()> {
    let started = Instant::now();
    println!(
        "Donewell: {}.",
        match (part, filter) {
            (Part::All, None) => "all checks and tests".to_owned(),
            (part, None) => format!("the {part} tests"),
            (part, Some(filter)) => format!("the {part} tests whose name contains {filter:?}"),
        }
    );
    let mut report = Report::default();
    {
        // Dropped, and so stopped, before the summary and whatever happens before it.
        let database = report.step("postgres", "starting a throw-away Postgres", || {
            (Tally::default(), Database::start())
        });
        steps(part, filter, &mut report, database.as_ref());
    }
    report.finish(started.elapsed())
}

fn steps(part: Part, filter: Option<&str>, report: &mut Report, database: Option<&Database>) {
    let whole = part == Part::All && filter.is_none();
    let with_browser = matches!(part, Part::All | Part::E2e);
    let tests_over = Over::default();
    thread::scope(|scope| {
        // Their way here takes longer than the work that they are. Whoever needs them asks again, and says it if they are
        // not there. Builds beside each other gain nothing: two compilers are enough for two cores.
        let surroundings =
            (with_browser && database.is_some()).then(|| scope.spawn(e2e::surroundings));
        if whole {
            lint::run(report, database);
        }
        // Tests wait much, for processes and for clocks, and leave cargo's lock to others while they run.
        let documentation = whole.then(|| {
            rust::forget_the_last_run();
            scope.spawn(|| {
                let mut report = Report::default();
                rust::wait_until_running(|| tests_over.0.load(Ordering::Acquire));
                lint::documentation(&mut report);
                report
            })
        });
        {
            let _said_in_any_case = tests_over.at_the_end();
            if let Some(database) = database
                && part != Part::E2e
            {
                rust::run(report, part, filter, database);
            }
        }
        if let Some(documentation) = documentation {
            let documented = documentation
                .join()
                .unwrap_or_else(|panic| resume_unwind(panic));
            report.lines.extend(documented.lines);
        }
        drop(surroundings.map(ScopedJoinHandle::join));
    });
    if let Some(database) = database
        && with_browser
    {
        let builds = report.check("builds", "building both distributions", build_both);
        if builds.is_some() {
            e2e::run(report, filter, database);
        }
        if builds.is_some() && whole {
            torture::run(report);
        }
    }
}

/// Whether the tests have ended, in whatever way.
#[derive(Debug, Default)]
struct Over(AtomicBool);

impl Over {
    fn at_the_end(&self) -> impl Drop {
        struct Say<'a>(&'a AtomicBool);
        impl Drop for Say<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::Release);
            }
        }
        Say(&self.0)
    }
}

fn build_both() -> Result<()> {
    let tools = Tools::prepare(Mode::Release)?;
    // The tests have compiled this server already, if it is asked for in their terms.
    let as_tested = [&rust::PACKAGES[..], &["--tests"]].concat();
    dist::build_for_tests(&tools, &as_tested)
}

#[derive(Debug, Default)]
pub struct Report {
    lines: Vec<(String, Duration, Tally, bool)>,
}

impl Report {
    /// A step that tests nothing, but can fail.
    pub fn check<T>(
        &mut self,
        name: &str,
        doing: &str,
        work: impl FnOnce() -> Result<T>,
    ) -> Option<T> {
        self.step(name, doing, || (Tally::default(), work()))
    }

    pub fn step<T>(
        &mut self,
        name: &str,
        doing: &str,
        work: impl FnOnce() -> (Tally, Result<T>),
    ) -> Option<T> {
        if interrupt::requested() {
            return None;
        }
        let (time, (mut tally, outcome)) = step::timed(name, doing, work);
        if outcome.is_err() && tally.failed == 0 {
            tally.failed = 1;
        }
        let failed = tally.failed > 0;
        step::line(name, &described(&tally, failed), time);
        if let Err(error) = &outcome {
            println!("\n{error:#}\n");
        }
        self.lines.push((name.to_owned(), time, tally, failed));
        outcome.ok()
    }

    fn finish(self, time: Duration) -> Result<()> {
        if interrupt::requested() {
            bail!("interrupted");
        }
        println!("\nSummary");
        let mut sum = Tally::default();
        for (name, time, tally, failed) in &self.lines {
            step::line(name, &described(tally, *failed), *time);
            sum += *tally;
        }
        step::line("total", "", time);
        if sum.passed + sum.failed == 0 {
            println!("No test ran at all, which counts as a failure.");
            sum.failed = 1;
        }
        let failed = sum.failed > 0;
        // Nothing may follow it on either stream: whoever reads us reads the last line.
        println!("{} passed, {} failed", sum.passed, sum.failed);
        if failed {
            std::process::exit(1);
        }
        Ok(())
    }
}

fn described(tally: &Tally, failed: bool) -> String {
    let result = if failed { "FAILED" } else { "ok" };
    if tally.passed + tally.failed + tally.skipped == 0 {
        return result.to_owned();
    }
    let left_out = match tally.skipped {
        0 => String::new(),
        skipped => format!(", {skipped} left out"),
    };
    format!(
        "{result}: {} passed, {} failed{left_out}",
        tally.passed, tally.failed
    )
}
