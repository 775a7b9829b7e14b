//! Format, clippy and documentation. `app` is compiled for the server with `ssr` and for the browser
//! with `hydrate`, so each side is looked at on its own, never with all features at once. The browser's
//! side is compiled for this machine here: the same code, without a second standard library.

use std::time::{SystemTime, UNIX_EPOCH};

use super::{Database, Report, SERVER_SIDE, sqlx};
use crate::shell::Job;

const BROWSER_SIDE: [&str; 6] = [
    "--package",
    "donewell",
    "--package",
    "donewell-app",
    "--features",
    "donewell/hydrate",
];
const DENY: [&str; 3] = ["--", "-D", "warnings"];

/// With a database, the lints of the server's side look at every query on the way.
pub fn run(report: &mut Report, database: Option<&Database>) {
    report.check("format", "looking at the format", || {
        Job::cargo("format").args(["fmt", "--all", "--check"]).run()
    });
    report.check(
        "clippy (server)",
        "linting the server's side, and asking Postgres about every query",
        || {
            let clippy = clippy("clippy-server", &SERVER_SIDE);
            match database {
                Some(database) => sqlx::check(database, clippy.args(anew()?)),
                None => clippy.run(),
            }
        },
    );
    report.check("clippy (browser)", "linting the browser's side", || {
        clippy("clippy-browser", &BROWSER_SIDE).run()
    });
}

/// Arguments that no run before had: what has been linted is linted again. Other builds, which may go on meanwhile, take no
/// notice, as they would of touched files.
fn anew() -> anyhow::Result<[String; 2]> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(["--cfg".to_owned(), format!("asked_at_{}", now.as_nanos())])
}

pub fn documentation(report: &mut Report) {
    report.check("docs (server)", "documenting the server's side", || {
        doc("doc-server", &SERVER_SIDE)
    });
    report.check("docs (browser)", "documenting the browser's side", || {
        doc("doc-browser", &BROWSER_SIDE)
    });
}

fn clippy(log: &str, packages: &[&str]) -> Job {
    Job::cargo(log)
        .args(["clippy", "--all-targets"])
        .args(packages)
        .args(DENY)
}

fn doc(log: &str, packages: &[&str]) -> anyhow::Result<()> {
    Job::cargo(log)
        .args(["doc", "--no-deps", "--document-private-items"])
        .args(packages)
        .env("RUSTDOCFLAGS", "-D warnings")
        .run()
}
