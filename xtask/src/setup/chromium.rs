//! The browser of the end-to-end tests. Rather Chromium's headless shell, which renders alike and opens a page
//! in half the time, than a whole Chromium; rather one that is installed than apt's or Playwright's own.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::setup::{apt_install, apt_is_ours, node};
use crate::shell::{self, Job};
use crate::step::step;
use crate::workspace;

pub const VARIABLE: &str = "DONEWELL_CHROMIUM";
const SHELL: &str = "chromium-headless-shell";
const DOWNLOAD_LIMIT: Duration = Duration::from_mins(10);
const PLACES: [&str; 3] = [
    "/usr/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
/// Not chromium-browser: on Ubuntu that is a stub that wants snap.
const NAMES: [&str; 3] = ["chromium", "google-chrome", "google-chrome-stable"];

/// `node::packages` must have been called.
pub fn find_or_install() -> Result<PathBuf> {
    if let Some(chosen) = env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        let chosen = PathBuf::from(chosen);
        if !chosen.is_file() {
            bail!("{VARIABLE} is {}, where no file is", chosen.display());
        }
        return Ok(chosen);
    }
    if let Some(found) = workspace::on_path(SHELL).or_else(playwrights_own) {
        return Ok(found);
    }
    if apt_is_ours()
        && let Ok(found) = from_apt()
    {
        return Ok(found);
    }
    installed().map_or_else(from_playwright, Ok)
}

fn from_apt() -> Result<PathBuf> {
    step("setup", "installing Chromium's headless shell", || {
        apt_install(&[SHELL])?;
        let found = workspace::on_path(SHELL).context("apt-get installed none that runs")?;
        Ok((found, "Chromium's headless shell installed".into()))
    })
}

fn installed() -> Option<PathBuf> {
    PLACES
        .iter()
        .map(PathBuf::from)
        .find(|place| place.is_file())
        .or_else(|| NAMES.iter().find_map(|name| workspace::on_path(name)))
}

fn from_playwright() -> Result<PathBuf> {
    step("setup", "downloading Playwright's Chromium", || {
        Job::new(
            node::node_modules().join(".bin/playwright"),
            "playwright-install",
        )
        .args(["install", "chromium"])
        .directory(node::end2end())
        .limit(DOWNLOAD_LIMIT)
        .run()
        .context(
            "no Chromium: install it (apt install chromium), or name one with DONEWELL_CHROMIUM",
        )?;
        let found = playwrights_own().context("Playwright installed no Chromium")?;
        Ok((found, "Playwright's Chromium downloaded".into()))
    })
}

fn playwrights_own() -> Option<PathBuf> {
    let mut node = Command::new("node");
    node.current_dir(node::end2end()).args([
        "--print",
        "require('playwright-core').chromium.executablePath()",
    ]);
    let path = PathBuf::from(shell::read(&mut node).ok()?);
    path.is_file().then_some(path)
}
