//! Postgres' binaries. Which of them a cluster gets is donewell-cluster's to decide; here only whether
//! there are any, so that a fresh machine gets them before a long build and not after it.

use std::fs;

use anyhow::{Result, bail};

use crate::setup::{apt_install, apt_is_ours};
use crate::step::step;
use crate::workspace;

pub fn ensure() -> Result<()> {
    if is_installed() {
        return Ok(());
    }
    if !apt_is_ours() {
        bail!(
            "PostgreSQL 15 or newer is missing: install it (apt install postgresql, \
             brew install postgresql), or set DATABASE_URL to one that runs elsewhere"
        );
    }
    step("setup", "installing PostgreSQL", || {
        apt_install(&["postgresql"])?;
        Ok(((), "PostgreSQL installed".into()))
    })
}

fn is_installed() -> bool {
    let homes = [
        "/usr/lib/postgresql",
        "/opt/homebrew/opt",
        "/usr/local/opt",
        "/usr",
    ];
    workspace::on_path("initdb").is_some()
        || homes.iter().any(|home| {
            fs::read_dir(home)
                .into_iter()
                .flatten()
                .flatten()
                .any(|entry| entry.path().join("bin/initdb").is_file())
        })
        || fs::exists("/usr/local/pgsql/bin/initdb").unwrap_or(false)
}
