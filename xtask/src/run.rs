//! `cargo xtask run`: sets up, builds what has changed, and becomes the server.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::dist::{self, Mode, Tools};
use crate::setup::postgres;
use crate::workspace;

pub fn run(mode: Mode, port: Option<u16>, server: &[OsString]) -> Result<()> {
    println!(
        "Donewell: building what has changed ({}), then starting the server.",
        mode.name()
    );
    if !workspace::is_configured("DATABASE_URL") {
        postgres::ensure()?;
    }
    dist::build(mode, &Tools::prepare(mode)?, &dist::SERVER_ALONE)?;

    let mut command = Command::new(mode.binary());
    command.current_dir(workspace::root()).args(server);
    workspace::forget_cargo(&mut command);
    command.env_remove("SQLX_OFFLINE");
    if let Some(port) = port {
        command.env("LEPTOS_SITE_ADDR", format!("127.0.0.1:{port}"));
    }
    // It takes our place: signals and the exit code are the server's own.
    Err(command.exec()).with_context(|| format!("cannot start {}", mode.binary().display()))
}
