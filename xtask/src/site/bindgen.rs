//! wasm-bindgen as a library: its version moves with `Cargo.lock`, as the `wasm-bindgen` that the
//! browser's side is compiled with, and the two must be equal.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use super::OUTPUT_NAME;
use super::hash::content_hash;
use super::prune::prune;
use crate::dist::Mode;

#[derive(Debug)]
pub struct Generated {
    pub js: PathBuf,
    pub wasm: PathBuf,
}

pub fn generate(mode: Mode, raw: &Path, pkg: &Path) -> Result<Generated> {
    let mut bindgen = Bindgen::new();
    bindgen
        .web(true)?
        .input_module(OUTPUT_NAME, prune(mode, &fs::read(raw)?)?)
        .out_name(OUTPUT_NAME)
        .typescript(false)
        // The page names the hashed wasm when it starts the module.
        .omit_default_module_path(true)
        // As the compiler writes them: they decide where a function goes.
        .demangle(mode == Mode::Dev)
        .debug(mode == Mode::Dev);
    bindgen
        .generate(pkg)
        .context("wasm-bindgen cannot read what was compiled")?;
    let js = pkg.join(format!("{OUTPUT_NAME}.js"));
    name_snippets_by_content(pkg, &js)?;
    Ok(Generated {
        js,
        wasm: pkg.join(format!("{OUTPUT_NAME}_bg.wasm")),
    })
}

/// Crates may bring scripts of their own. Their directory is named by wasm-bindgen, and would keep its
/// name when its content changes; everything in the pkg directory is cached for ever, so it may not.
fn name_snippets_by_content(pkg: &Path, js: &Path) -> Result<()> {
    let snippets = pkg.join("snippets");
    if !snippets.exists() {
        return Ok(());
    }
    let mut inputs = super::Inputs::default();
    inputs.tree(&snippets)?;
    let name = format!("snippets.{}", content_hash(inputs.digest().as_bytes()));
    fs::rename(&snippets, pkg.join(&name))?;
    let code = fs::read_to_string(js)?;
    fs::write(
        js,
        code.replace("'./snippets/", &format!("'./{name}/"))
            .replace("\"./snippets/", &format!("\"./{name}/")),
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use toml::{
        Spanned,
        de::{DeTable, DeValue},
    };

    use super::*;

    fn locked_version(package: &str) -> String {
        let lock =
            fs::read_to_string(crate::workspace::root().join("Cargo.lock")).expect("it is there");
        let lock = DeTable::parse(&lock).expect("it is TOML").into_inner();
        let lock = DeValue::Table(lock);
        let packages = lock["package"].get_ref().as_array().expect("[[package]]");
        let versions: Vec<&str> = packages
            .iter()
            .map(Spanned::get_ref)
            .filter(|entry| entry["name"].get_ref().as_str() == Some(package))
            .filter_map(|entry| entry["version"].get_ref().as_str())
            .collect();
        assert_eq!(versions.len(), 1, "{package}: {versions:?}");
        versions[0].to_owned()
    }

    #[test]
    fn the_wasm_bindgen_that_compiles_and_the_one_that_reads_are_equal() {
        assert_eq!(
            locked_version("wasm-bindgen"),
            locked_version("wasm-bindgen-cli-support")
        );
    }

    #[test]
    fn snippets_are_named_by_their_content_and_still_found() {
        let pkg = tempfile::tempdir().expect("a directory");
        let inner = pkg.path().join("snippets/some-crate-1234");
        fs::create_dir_all(&inner).expect("a directory");
        fs::write(inner.join("inline0.js"), "export const a = 1;").expect("a file");
        let js = pkg.path().join("donewell.js");
        fs::write(
            &js,
            "import { a } from './snippets/some-crate-1234/inline0.js';",
        )
        .expect("a file");

        name_snippets_by_content(pkg.path(), &js).expect("it renames");

        let code = fs::read_to_string(&js).expect("it is there");
        let imported = code.split('\'').nth(1).expect("a quoted path");
        assert!(imported.starts_with("./snippets."), "{imported}");
        assert!(pkg.path().join(imported).exists(), "{imported}");
    }
}
