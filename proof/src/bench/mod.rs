//! `cargo xtask bench`: what Donewell costs, beside what its database alone costs. It ends well only if every limit is
//! kept; what is worse than the baseline is told.

mod api;
mod baseline;
mod browser;
mod figure;
mod html;
mod load;
mod machine;
mod pages;
mod pgbench;
mod report;
mod scale;
mod sign_in;
mod stage;
mod start;
mod statements;
mod stats;
mod texts;
mod tokens;
mod wasm;

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use donewell_proof::postgres::Postgres;
use donewell_proof::server::Dist;
use tokio::time::timeout;

use self::baseline::Baseline;
use self::figure::Part;
use self::machine::Machine;
use self::report::Report;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Only this one
    #[arg(value_enum)]
    pub name: Option<Bench>,
    #[command(flatten)]
    pub dist: Dist,
    /// Where the report is written
    #[arg(long)]
    pub out: PathBuf,
    /// What it is compared with
    #[arg(long)]
    pub baseline: PathBuf,
    /// Makes what was measured the baseline, if every limit was kept; only all of it together
    #[arg(long, conflicts_with = "name")]
    pub new_baseline: bool,
    /// The directory of the browser's scripts and their packages
    #[arg(long)]
    pub end2end: Option<PathBuf>,
    #[arg(long)]
    pub chromium: Option<PathBuf>,
    /// The wasm as it is compiled, with the names of its functions
    #[arg(long)]
    pub named_wasm: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Bench {
    /// The task API beside pgbench
    Api,
    /// From the process's start to ready, and memory at rest
    Start,
    /// Pages rendered on the server
    Pages,
    /// Signing in beside the bare hash
    SignIn,
    /// Bytes, Lighthouse, clicks, rows and memory in a real browser
    Browser,
    /// A list among 10 thousand and a million tasks
    Scale,
    /// The same among ten million: some 10 GB of disk
    Scale10m,
}

/// All of them together.
const LIMIT: Duration = Duration::from_mins(15);

impl Bench {
    /// How long it may take; the last one what is left.
    const fn limit(self) -> Duration {
        match self {
            Bench::Api | Bench::Browser => Duration::from_mins(3),
            Bench::Start | Bench::Pages | Bench::SignIn => Duration::from_secs(75),
            Bench::Scale => Duration::from_mins(2),
            Bench::Scale10m => LIMIT,
        }
    }

    async fn run(self, arguments: &Arguments) -> Result<Part> {
        let dist = &arguments.dist;
        match self {
            Bench::Api => api::run(dist).await,
            Bench::Start => start::run(dist).await,
            Bench::Pages => pages::run(dist).await,
            Bench::SignIn => sign_in::run(dist).await,
            Bench::Scale => scale::run(dist, "scale", &[1_000_000]).await,
            Bench::Scale10m => scale::run(dist, "scale10m", &[10_000_000]).await,
            Bench::Browser => {
                let end2end = browser::required(arguments.end2end.as_ref(), "end2end")?;
                let chromium = browser::required(arguments.chromium.as_ref(), "chromium")?;
                let wasm = arguments.named_wasm.as_deref();
                browser::run(dist, &end2end, &chromium, wasm).await
            }
        }
    }
}

pub async fn run(arguments: Arguments) -> Result<()> {
    let busy = busy().await;
    let mut parts = Vec::new();
    let wanted = Bench::value_variants().iter().copied();
    let began = Instant::now();
    for bench in wanted.filter(|bench| arguments.name.is_none_or(|only| only == *bench)) {
        let limit = bench.limit().min(LIMIT.saturating_sub(began.elapsed()));
        parts.push(part(bench, &arguments, limit).await);
    }
    let report = Report {
        commit: machine::commit(),
        date: machine::today(),
        machine: Machine::this(),
        postgres: format!("PostgreSQL {}", Postgres::start()?.cluster.major_version()),
        how: [HOW.to_owned()].into_iter().chain(busy).collect(),
        parts,
    };
    finish(&report, &arguments)
}

/// What others may use of the processors.
const BUSY: f64 = 0.25;
const HOW: &str = "Release build, its limits on how often somebody may ask turned off; a private PostgreSQL with every \
     default of its own, durability included; everything on one machine and over loopback, the load too: what the load uses of the processor, the server does not get.";

/// Said where others use the processor, too.
async fn busy() -> Option<String> {
    let share = machine::busy().await;
    if share < BUSY {
        return None;
    }
    let text = format!(
        "The machine was busy before it began ({:.0} % of its processors): times and rates say little, ratios some.",
        share * 100.0
    );
    say("machine", &text);
    Some(text)
}

/// One part, within its time; what goes wrong stands in it.
async fn part(bench: Bench, arguments: &Arguments, limit: Duration) -> Part {
    let started = Instant::now();
    let outcome = timeout(limit, bench.run(arguments)).await;
    let outcome = outcome
        .unwrap_or_else(|_| Err(anyhow::anyhow!("it took longer than {} s", limit.as_secs())));
    let mut part = outcome.unwrap_or_else(|error| {
        let name = bench
            .to_possible_value()
            .map(|value| value.get_name().to_owned());
        let name = name.unwrap_or_default();
        let mut part = Part::new(&name, &name);
        part.faults.push(format!("{error:#}"));
        part
    });
    part.seconds = started.elapsed().as_secs_f64();
    say(&part.name, &format!("done in {:.0} s", part.seconds));
    part
}

fn finish(report: &Report, arguments: &Arguments) -> Result<()> {
    let known = Baseline::read(&arguments.baseline)?;
    let (worse, compared) = match known {
        None => (
            Vec::new(),
            "There is no baseline to compare with.".to_owned(),
        ),
        Some(baseline) => {
            let worse = baseline.worse(&report.parts, &report.machine);
            let on = if baseline.machine == report.machine {
                ""
            } else {
                ", on another machine: only what does not depend on its speed is compared"
            };
            let text = format!(
                "Compared with {} of {}{on}: {} figures are worse by more than the noise.",
                baseline.commit,
                baseline.date,
                worse.len()
            );
            (worse, text)
        }
    };
    report.write(&arguments.out, &worse, &compared)?;
    let page = arguments.out.join("report.html");
    println!("\n{compared}");
    for one in &worse {
        println!("  {}", html::worse_line(one));
    }
    let verdict = verdict(report);
    if arguments.new_baseline && verdict.is_err() {
        println!("The baseline stays as it was.");
    } else if arguments.new_baseline {
        let (commit, date) = (report.commit.clone(), report.date.clone());
        let baseline = Baseline::new(commit, date, report.machine.clone(), &report.parts);
        baseline.write(&arguments.baseline)?;
        // The page stands beside it, for those who want to see more than its figures.
        fs::copy(&page, arguments.baseline.with_file_name("report.html"))?;
    }
    println!("The report: {}", page.display());
    verdict
}

fn verdict(report: &Report) -> Result<()> {
    let short = report.shortfalls();
    for line in &short {
        println!("  SHORT  {line}");
    }
    let faults = report
        .parts
        .iter()
        .flat_map(|part| part.faults.iter().map(move |fault| (part, fault)));
    let mut count = 0;
    for (part, fault) in faults {
        println!("  FAILED {}: {fault}", part.name);
        count += 1;
    }
    if short.is_empty() && count == 0 {
        return Ok(());
    }
    bail!(
        "{} limits are not kept, {count} parts could not be measured whole",
        short.len()
    )
}

/// One line of what happens, as `cargo xtask` prints it.
fn say(name: &str, text: &str) {
    println!("  {name:<16} {text}");
}
