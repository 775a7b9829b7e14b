//! Where things are, and what a child process may know of the caller's environment.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository's root.
pub fn root() -> PathBuf {
    // Cargo sets it when it runs us; what was compiled in would be wrong after the directory moved.
    let package = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.parent().map_or(package.clone(), Path::to_path_buf)
}

pub fn target() -> PathBuf {
    root().join("target")
}

/// Logs, and what makes a second build short.
pub fn scratch() -> PathBuf {
    target().join("xtask")
}

/// Variables that configure the server, its database, or Leptos' macros at compile time: a build or a
/// test must come out the same whatever the caller has set.
const CONFIGURATION: [&str; 15] = [
    "ACCOUNT_LOCKOUT",
    "ADDRESS_RATE_LIMIT",
    "API_RATE_LIMIT",
    "DATABASE_MAX_CONNECTIONS",
    "DATABASE_URL",
    "DISABLE_SERVER_FN_HASH",
    "DONEWELL_DATA",
    "JWKS_URL",
    "LOG_FORMAT",
    "METRICS_ADDR",
    "PUBLIC_URL",
    "REQUIRE_EMAIL_VERIFICATION",
    "RUST_LOG",
    "SMTP_URL",
    "SQLX_OFFLINE_DIR",
];
const CONFIGURATION_PREFIXES: [&str; 8] = [
    "AUTH_",
    "JWT_",
    "LEPTOS_",
    "MAIL_",
    "PG",
    "SERVER_FN_",
    "TRUSTED_",
    "WASM_BINDGEN_",
];

/// What `cargo run` sets for us, and only for us: build scripts that watch these would run again.
const OURS: [&str; 5] = [
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "OUT_DIR",
];

/// Takes `cargo run`'s own variables out of the command's environment.
pub fn forget_cargo(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if OURS.contains(&&*text) || text.starts_with("CARGO_PKG_") {
            command.env_remove(&name);
        }
    }
    if let Some(path) = library_path_of_the_caller() {
        command.env("LD_LIBRARY_PATH", path);
    } else {
        command.env_remove("LD_LIBRARY_PATH");
    }
}

/// Takes the caller's configuration of Donewell out of the command's environment.
pub fn forget_configuration(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if CONFIGURATION.contains(&&*text)
            || CONFIGURATION_PREFIXES
                .iter()
                .any(|prefix| text.starts_with(prefix))
        {
            command.env_remove(&name);
        }
    }
}

/// `cargo run` puts the toolchain's libraries and our build directory in front; another rustc, and the
/// server, must not find those first.
fn library_path_of_the_caller() -> Option<OsString> {
    let value = env::var_os("LD_LIBRARY_PATH")?;
    let rest: Vec<PathBuf> = env::split_paths(&value)
        .filter(|entry| {
            let text = entry.to_string_lossy();
            !(text.contains("/debug/") || text.ends_with("/debug") || text.contains("/toolchains/"))
        })
        .collect();
    env::join_paths(rest)
        .ok()
        .filter(|joined| !joined.is_empty())
}

/// Whether the server will find this variable, in the environment or in `.env`.
pub fn is_configured(variable: &str) -> bool {
    if env::var_os(variable).is_some_and(|value| !value.is_empty()) {
        return true;
    }
    let dotenv = std::fs::read_to_string(root().join(".env")).unwrap_or_default();
    dotenv.lines().any(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix("export ").unwrap_or(line);
        line.split_once('=')
            .is_some_and(|(name, value)| name.trim() == variable && !value.trim().is_empty())
    })
}

/// The first executable of this name on PATH.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|directory| directory.join(program))
        .find(|candidate| candidate.is_file())
}
