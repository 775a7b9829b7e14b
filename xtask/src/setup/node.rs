//! Node and the packages of `end2end/`, pinned by its lock file: Playwright, and Binaryen's wasm-opt.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};

use crate::setup::{apt_install, apt_is_ours};
use crate::shell::{self, Job};
use crate::site::optimise::WasmOpt;
use crate::step::{self, step};
use crate::workspace;

/// Playwright's oldest.
const OLDEST: u32 = 20;
const DOWNLOAD_LIMIT: Duration = Duration::from_mins(10);

pub fn end2end() -> PathBuf {
    workspace::root().join("end2end")
}

pub fn node_modules() -> PathBuf {
    end2end().join("node_modules")
}

/// Makes `end2end/node_modules` what its lock file says.
pub fn packages() -> Result<()> {
    if packages_are_current(&end2end()) {
        return Ok(());
    }
    npm()?;
    step("setup", "installing the npm packages of end2end", || {
        Job::new("npm", "npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .directory(end2end())
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .limit(DOWNLOAD_LIMIT)
            .run()?;
        Ok(((), "npm packages of end2end installed".into()))
    })
}

/// Refuses a Node that Playwright does not run on.
pub fn check_version() -> Result<()> {
    let version = shell::read(Command::new("node").arg("--version"))?;
    match major(&version) {
        Some(found) if found >= OLDEST => Ok(()),
        _ => bail!("node {version} is too old for Playwright: install Node.js {OLDEST} or newer"),
    }
}

/// wasm-opt from PATH, npm or apt. None is no fault: the wasm only goes out bigger, and we say so.
pub fn wasm_opt() -> Result<Option<WasmOpt>> {
    if let Some(found) = WasmOpt::on_path() {
        return Ok(Some(found));
    }
    let installed = packages().and_then(|()| {
        WasmOpt::of_npm(&node_modules()).context("end2end/node_modules has no wasm-opt")
    });
    let reason = match installed {
        Ok(found) => return Ok(Some(found)),
        Err(_) if crate::interrupt::requested() => bail!("interrupted"),
        Err(error) => error,
    };
    if apt_is_ours() {
        apt_install(&["binaryen"]).ok();
        if let Some(found) = WasmOpt::on_path() {
            return Ok(Some(found));
        }
    }
    step::say(
        "setup",
        &format!(
            "no wasm-opt, so the wasm stays bigger; Node.js or binaryen 116 brings one ({reason:#})"
        ),
    );
    Ok(None)
}

fn npm() -> Result<()> {
    if workspace::on_path("npm").is_some() {
        return Ok(());
    }
    if !apt_is_ours() {
        bail!("npm is missing: install Node.js {OLDEST} or newer");
    }
    step("setup", "installing Node.js", || {
        apt_install(&["nodejs", "npm"])?;
        Ok(((), "Node.js installed".into()))
    })
}

/// npm writes its own lock into `node_modules` last.
fn packages_are_current(end2end: &Path) -> bool {
    let changed = |path: &str| -> Option<SystemTime> {
        fs::metadata(end2end.join(path))
            .and_then(|found| found.modified())
            .ok()
    };
    match (
        changed("node_modules/.package-lock.json"),
        changed("package-lock.json"),
    ) {
        (Some(installed), Some(wanted)) => installed >= wanted,
        _ => false,
    }
}

/// `v20.20.2` is 20.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_older_than_their_lock_are_installed_again() {
        let end2end = tempfile::tempdir().expect("a directory");
        let lock = end2end.path().join("package-lock.json");
        fs::write(&lock, "{}").expect("a file");
        assert!(!packages_are_current(end2end.path()));

        fs::create_dir(end2end.path().join("node_modules")).expect("a directory");
        fs::write(end2end.path().join("node_modules/.package-lock.json"), "{}").expect("a file");
        assert!(packages_are_current(end2end.path()));

        let later = SystemTime::now() + Duration::from_mins(1);
        let file = fs::File::options()
            .write(true)
            .open(&lock)
            .expect("it opens");
        file.set_modified(later).expect("it can be touched");
        assert!(!packages_are_current(end2end.path()));
    }

    #[test]
    fn nodes_version_is_read() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("nonsense"), None);
    }
}
