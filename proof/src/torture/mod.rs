//! What must never break, tried. Nothing is here yet.

use anyhow::{Result, bail};
use clap::Args;
use donewell_proof::server::Dist;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub dist: Dist,
}

pub async fn run(_arguments: Arguments) -> Result<()> {
    bail!("there is nothing to try yet")
}
