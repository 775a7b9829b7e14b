//! wasm-opt (Binaryen): halves the wasm. Without it the build goes on, and the wasm goes out bigger.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::shell::{self, Job};
use crate::workspace;

/// Before this, modules of today's rustc are not understood.
const OLDEST: u32 = 116;

/// What rustc compiles for, and every browser since 2022 knows. Not `--all-features`: that lets
/// wasm-opt use proposals that browsers do not have.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

#[derive(Debug, Clone)]
pub struct WasmOpt {
    program: PathBuf,
    version: String,
}

impl WasmOpt {
    /// The one on PATH if it is new enough.
    pub fn on_path() -> Option<WasmOpt> {
        let program = workspace::on_path("wasm-opt")?;
        let version = shell::read(Command::new(&program).arg("--version")).ok()?;
        (parse_version(&version)? >= OLDEST).then_some(WasmOpt { program, version })
    }

    /// The one that npm has installed. Its version is read, not asked for: it takes a second to start.
    pub fn of_npm(node_modules: &Path) -> Option<WasmOpt> {
        let program = node_modules.join(".bin/wasm-opt");
        let package = fs::read_to_string(node_modules.join("binaryen/package.json")).ok()?;
        let package: serde_json::Value = serde_json::from_str(&package).ok()?;
        let version = package["version"].as_str()?.to_owned();
        program.is_file().then_some(WasmOpt { program, version })
    }

    /// Two builds with equal identity make the same of the same wasm.
    pub fn identity(&self) -> String {
        format!("{} {}", self.program.display(), self.version)
    }

    /// Functions keep their names: they decide where each goes when the wasm is cut.
    pub fn whole(&self, wasm: &Path) -> Result<()> {
        self.run(wasm, &["--debuginfo"])
    }

    /// Once more, for what a cut has left. Without the hints how numbers lie in memory: no browser heeds them, and without
    /// them a hundredth less goes over the wire.
    pub fn half(&self, wasm: &Path) -> Result<()> {
        self.run(wasm, &["--strip-debug", "--dealign"])
    }

    fn run(&self, wasm: &Path, more: &[&str]) -> Result<()> {
        let smaller = wasm.with_extension("smaller");
        Job::new(&self.program, "wasm-opt")
            .args(["-Oz", "--strip-producers"])
            .args(more)
            .args(FEATURES)
            .args([wasm.as_os_str(), "-o".as_ref(), smaller.as_os_str()])
            .run()?;
        fs::rename(smaller, wasm)?;
        Ok(())
    }
}

/// `wasm-opt version 132 (version_132)`
fn parse_version(said: &str) -> Option<u32> {
    said.split_whitespace().nth(2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_as_every_binaryen_says_it() {
        assert_eq!(
            parse_version("wasm-opt version 132 (version_132)"),
            Some(132)
        );
        assert_eq!(parse_version("wasm-opt version 108"), Some(108));
        assert_eq!(parse_version("something else"), None);
    }
}
