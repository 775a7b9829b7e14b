//! `cargo xtask bench` and `cargo xtask torture`: build what is delivered, and have `donewell-proof` measure
//! and try it. Its own lines go to the terminal.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::dist::{self, Mode, Tools};
use crate::setup::{chromium, node, postgres};
use crate::shell::Job;
use crate::step::step;
use crate::workspace;

const PACKAGE: &str = "donewell-proof";

/// Measures everything, or what is named.
pub fn bench(name: Option<&str>, dist: Option<&Path>, new_baseline: bool) -> Result<()> {
    println!("Donewell: what it costs, on the release build.");
    let needs_browser = name.is_none_or(|name| name == "browser");
    let mut job = prepare("bench", dist)?
        .args(name)
        .arg("--out", workspace::target().join("bench"))
        .arg("--baseline", workspace::root().join("bench/baseline.json"));
    if new_baseline {
        job = job.args(["--new-baseline"]);
    }
    if needs_browser {
        node::packages()?;
        node::check_version()?;
        job = job
            .arg("--end2end", node::end2end())
            .arg("--chromium", chromium::find_or_install()?);
        // What is built elsewhere was compiled from something else, maybe.
        if let (None, Some(wasm)) = (dist, named_wasm()) {
            job = job.arg("--named-wasm", wasm);
        }
    }
    job.run_shown()
}

/// The wasm that the compiler has left last, with the names of its functions: what is delivered has none.
fn named_wasm() -> Option<PathBuf> {
    let places = ["wasm", "wasm-debian"].map(|directory| {
        workspace::target()
            .join(directory)
            .join("wasm32-unknown-unknown")
            .join(dist::WASM_PROFILE)
            .join("donewell.wasm")
    });
    let age = |path: &PathBuf| path.metadata().and_then(|found| found.modified()).ok();
    places
        .into_iter()
        .filter(|path| path.is_file())
        .max_by_key(age)
}

/// Tries what must never break, or the one thing that is named.
pub fn torture(
    name: Option<&str>,
    dist: Option<&Path>,
    seed: Option<u64>,
    is_short: bool,
) -> Result<()> {
    println!("Donewell: what must never break, on the release build.");
    let mut job = prepare("torture", dist)?.args(name);
    if let Some(seed) = seed {
        job = job.arg("--seed", seed.to_string());
    }
    if is_short {
        job = job.args(["--short"]);
    }
    job.run_shown()
}

/// The job, with everything built that it looks at.
fn prepare(command: &str, dist: Option<&Path>) -> Result<Job> {
    let dist = match dist {
        Some(built) => built.to_owned(),
        None => build()?,
    };
    step("proof", "compiling donewell-proof", || {
        Ok((compile()?, "donewell-proof is compiled".into()))
    })?;
    job(command, Mode::Release, &dist)
}

/// `donewell-proof` has the server's parts in it: it is compiled after the server, and quickly then.
fn compile() -> Result<()> {
    Job::cargo("proof")
        .args(["build", "--release", "--package", PACKAGE])
        .run()
}

/// One of its commands, as it was compiled in `mode`, on what was built.
pub fn job(command: &str, mode: Mode, dist: &Path) -> Result<Job> {
    postgres::ensure()?;
    let binary = mode.cargo_directory().join(PACKAGE);
    Ok(Job::new(binary, command)
        .args([command])
        .arg("--dist", dist))
}

fn build() -> Result<PathBuf> {
    let tools = Tools::prepare(Mode::Release)?;
    dist::build(Mode::Release, &tools, &dist::SERVER_ALONE)?;
    Ok(Mode::Release.dist())
}
