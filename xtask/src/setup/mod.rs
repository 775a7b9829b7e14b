//! What a fresh machine lacks: each module finds one thing, and installs it where that can be done
//! without asking (rustup's targets, npm's and pip's packages, apt as root). Otherwise it says what to install.

pub mod chromium;
pub mod node;
pub mod postgres;
pub mod python;
pub mod wasm;

use std::time::Duration;

use anyhow::{Result, bail};

use crate::shell::Job;
use crate::workspace;

const APT_LIMIT: Duration = Duration::from_mins(10);

/// Whether `apt_install` can be tried at all.
pub fn apt_is_ours() -> bool {
    nix::unistd::geteuid().is_root() && workspace::on_path("apt-get").is_some()
}

pub fn apt_install(packages: &[&str]) -> Result<()> {
    if !apt_is_ours() {
        bail!("only root can install {} with apt-get", packages.join(", "));
    }
    let install = || {
        apt("install")
            .args(["install", "--yes", "--no-install-recommends"])
            .args(packages)
            .run()
    };
    // The lists of a fresh image are empty or old; fetching them is the slow part, so not at first.
    install().or_else(|_| {
        apt("update").args(["update"]).run()?;
        install()
    })
}

fn apt(what: &str) -> Job {
    Job::new("apt-get", &format!("apt-{what}"))
        .env("DEBIAN_FRONTEND", "noninteractive")
        .limit(APT_LIMIT)
}
