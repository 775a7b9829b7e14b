//! A compiler for wasm32-unknown-unknown: the rustc on PATH with that target (rustup's, or a
//! distribution's), else Debian's rustc-web, which builds the standard library itself from the source
//! that Debian ships with it. Each has a target directory of its own, so that they do not evict each other.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::setup::{apt_install, apt_is_ours};
use crate::shell::{self, Job};
use crate::step::step;
use crate::workspace;

const TARGET: &str = "wasm32-unknown-unknown";
const CHOICE: &str = "DONEWELL_WASM_TOOLCHAIN";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
/// A machine without a way to the internet should not wait for long.
const DOWNLOAD_LIMIT: Duration = Duration::from_mins(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toolchain {
    /// The rustc that compiles everything else.
    Own,
    Debian,
}

impl Toolchain {
    pub fn find_or_install() -> Result<Toolchain> {
        match env::var(CHOICE).as_deref() {
            Ok("rustup") if own_has_target() => Ok(Toolchain::Own),
            Ok("rustup") => add_target().with_context(|| format!("{CHOICE}=rustup")),
            Ok("debian") if debian_is_complete() => Ok(Toolchain::Debian),
            Ok("debian") => install_debian().with_context(|| format!("{CHOICE}=debian")),
            Ok("") | Err(env::VarError::NotPresent) => any(),
            Ok(other) => bail!("{CHOICE} is {other:?}; it may be rustup or debian"),
            Err(error) => bail!("{CHOICE}: {error}"),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Toolchain::Own => "rustup's rustc",
            Toolchain::Debian => "Debian's rustc",
        }
    }

    pub fn target_directory(self) -> PathBuf {
        workspace::target().join(match self {
            Toolchain::Own => "wasm",
            Toolchain::Debian => "wasm-debian",
        })
    }

    /// Makes a `cargo build --target wasm32-unknown-unknown` use this toolchain.
    pub fn configure(self, job: Job) -> Result<Job> {
        match self {
            Toolchain::Own => Ok(job),
            Toolchain::Debian => Ok(job
                .env("RUSTC", DEBIAN_RUSTC)
                // Building the standard library is an unstable feature of cargo's and rustc's.
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", own_lld()?)
                .args(["-Zbuild-std=std,panic_abort"])),
        }
    }
}

fn any() -> Result<Toolchain> {
    if own_has_target() {
        return Ok(Toolchain::Own);
    }
    if debian_is_complete() {
        return Ok(Toolchain::Debian);
    }
    let Err(first) = add_target() else {
        return Ok(Toolchain::Own);
    };
    if apt_is_ours() {
        return install_debian();
    }
    bail!(
        "no compiler for {TARGET}: run `rustup target add {TARGET}`, or on Debian \
         `apt-get install rustc-web rust-web-src` as root ({first:#})"
    )
}

fn own_has_target() -> bool {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]);
    shell::read(&mut rustc).is_ok_and(|directory| {
        Path::new(&directory)
            .read_dir()
            .is_ok_and(|mut entries| entries.next().is_some())
    })
}

fn add_target() -> Result<Toolchain> {
    step("setup", "adding the wasm target with rustup", || {
        Job::new("rustup", "rustup")
            .args(["target", "add", TARGET])
            .limit(DOWNLOAD_LIMIT)
            .run()?;
        if !own_has_target() {
            bail!("rustup added {TARGET}, but the rustc on PATH does not have it");
        }
        Ok((Toolchain::Own, "wasm target added with rustup".into()))
    })
}

fn install_debian() -> Result<Toolchain> {
    step("setup", "installing Debian's rustc for wasm", || {
        apt_install(&["rustc-web", "rust-web-src"])?;
        if !debian_is_complete() {
            bail!("{DEBIAN_RUSTC} is too old, or without its source, after installing rustc-web");
        }
        Ok((
            Toolchain::Debian,
            "Debian's rustc for wasm installed".into(),
        ))
    })
}

/// New enough for us, and with the source of its own standard library.
fn debian_is_complete() -> bool {
    let Ok(version) = shell::read(Command::new(DEBIAN_RUSTC).arg("--version")) else {
        return false;
    };
    let Ok(sysroot) = shell::read(Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"])) else {
        return false;
    };
    minor(&version) >= minor(concat!("rustc ", env!("CARGO_PKG_RUST_VERSION")))
        && Path::new(&sysroot)
            .join("lib/rustlib/src/rust/library/std/Cargo.toml")
            .exists()
}

/// `rustc 1.96.0 (…)` is 96.
fn minor(version: &str) -> Option<u32> {
    let number = version.split_whitespace().nth(1)?;
    number.strip_prefix("1.")?.split('.').next()?.parse().ok()
}

/// Debian's rustc looks for a linker that its package does not bring.
fn own_lld() -> Result<PathBuf> {
    let sysroot = shell::read(Command::new("rustc").args(["--print", "sysroot"]))?;
    let verbose = shell::read(Command::new("rustc").arg("-vV"))?;
    let host = verbose
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc -vV names no host")?;
    let lld = Path::new(&sysroot)
        .join("lib/rustlib")
        .join(host)
        .join("bin/rust-lld");
    if lld.exists() {
        return Ok(lld);
    }
    workspace::on_path("wasm-ld")
        .or_else(|| workspace::on_path("rust-lld"))
        .context(
            "no linker for wasm: neither rustup's rust-lld nor wasm-ld (apt install lld) was found",
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert_eq!(minor("rustc 1.96.0 (ac68faa20 2026-05-25)"), Some(96));
        assert!(minor("rustc 1.63.0") < minor("rustc 1.94"));
        assert!(minor("rustc 1.100.0") > minor("rustc 1.94"));
        assert!(minor("nonsense") < minor("rustc 1.0"));
    }
}
