//! `cargo xtask bench`: what Donewell costs, beside what its database alone costs.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use donewell_proof::people;
use donewell_proof::postgres::{Postgres, open_directory};
use donewell_proof::server::{Dist, Setting};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Only this one
    pub name: Option<String>,
    #[command(flatten)]
    pub dist: Dist,
    /// Where the report is written
    #[arg(long)]
    pub out: PathBuf,
    /// What it is compared with
    #[arg(long)]
    pub baseline: PathBuf,
    /// Makes what was measured the baseline
    #[arg(long)]
    pub new_baseline: bool,
    /// The directory of the browser's scripts and their packages
    #[arg(long)]
    pub end2end: Option<PathBuf>,
    #[arg(long)]
    pub chromium: Option<PathBuf>,
}

pub async fn run(arguments: Arguments) -> Result<()> {
    let postgres = Postgres::start()?;
    let url = postgres.create("bench").await?;
    let directory = open_directory("donewell-bench-")?;
    let mut server = Setting::new(&arguments.dist, directory.path())?
        .on_database(&url)
        .start()
        .await?;
    let ada = people::sign_up(server.address(), "ada").await?;
    println!("{ada:?} {:?} {}", server.ready_after, server.memory()?);
    server.stop().await?;
    Ok(())
}
