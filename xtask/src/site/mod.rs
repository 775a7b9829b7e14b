//! The site: from the compiled wasm, `style/` and `public/` to files that a server can hand out for ever,
//! because their names carry their content's hash.
//!
//! The slow half, the browser's code, is kept in `target/xtask/browser-<mode>` and made again only when
//! what it is made of has changed.

pub mod bindgen;
pub mod compress;
pub mod halves;
pub mod hash;
pub mod optimise;
mod prune;
pub mod style;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use self::hash::{Hashes, Inputs};
use self::optimise::WasmOpt;
use crate::dist::Mode;
use crate::{step, workspace};

/// Leptos looks for `<pkg>/<output name>.<hash>.{js,wasm,css}`; Cargo.toml and Leptos.toml say the same.
pub const OUTPUT_NAME: &str = "donewell";
pub const PKG: &str = "pkg";

/// The browser's code, ready to be handed out: files of the pkg directory, and what they are called.
#[derive(Debug)]
pub struct Browser {
    pub directory: PathBuf,
    pub js: String,
    pub wasm: String,
}

/// Makes the browser's code from what the compiler left in `raw`.
pub fn browser(mode: Mode, raw: &Path, wasm_opt: Option<&WasmOpt>) -> Result<Browser> {
    let mut inputs = recipe()?;
    inputs.text(mode.name());
    inputs.text(&wasm_opt.map_or_else(String::new, WasmOpt::identity));
    inputs.file(raw)?;
    let key = inputs.digest();

    let directory = kept(mode);
    if let Some(kept) = read_browser(&directory, &key) {
        return Ok(kept);
    }
    let staging = fresh_directory(&directory.with_extension("new"))?;
    let (js, wasm) = make_browser(mode, raw, wasm_opt, &staging)?;
    fs::write(staging.join(KEY), format!("{key}\n{js}\n{wasm}\n"))?;
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::rename(&staging, &directory)?;
    Ok(Browser {
        directory,
        js,
        wasm,
    })
}

/// Kept beside what is handed out.
const KEY: &str = "key.txt";
const WHOLE: &str = "whole";

fn kept(mode: Mode) -> PathBuf {
    workspace::scratch().join(format!("browser-{}", mode.name()))
}

fn read_browser(directory: &Path, key: &str) -> Option<Browser> {
    let kept = fs::read_to_string(directory.join(KEY)).ok()?;
    let mut lines = kept.lines().map(str::to_owned);
    if lines.next()? != key {
        return None;
    }
    let (js, wasm) = (lines.next()?, lines.next()?);
    Some(Browser {
        directory: directory.to_owned(),
        js,
        wasm,
    })
}

fn make_browser(
    mode: Mode,
    raw: &Path,
    wasm_opt: Option<&WasmOpt>,
    pkg: &Path,
) -> Result<(String, String)> {
    let generated = step::step("bindgen", "writing the JavaScript around the wasm", || {
        let generated = bindgen::generate(mode, raw, pkg)?;
        let size = fs::metadata(&generated.wasm)?.len();
        Ok((
            generated,
            format!("JavaScript written, wasm {}", kilobytes(size)),
        ))
    })?;
    if let Some(wasm_opt) = wasm_opt {
        step::step(
            "wasm-opt",
            "making the wasm smaller (about 20 seconds)",
            || {
                wasm_opt.whole(&generated.wasm)?;
                let size = fs::metadata(&generated.wasm)?.len();
                Ok(((), format!("wasm made smaller: {}", kilobytes(size))))
            },
        )?;
    }
    if mode == Mode::Release {
        step::step("halves", "cutting the wasm in two", || {
            let (first, rest) = halve(&generated, wasm_opt)?;
            let sizes = format!("{} and {}", kilobytes(first), kilobytes(rest));
            Ok(((), format!("wasm cut in two: {sizes}")))
        })?;
    }
    let js = hash::rename_by_content(&generated.js, OUTPUT_NAME, "js")?;
    let wasm = hash::rename_by_content(&generated.wasm, OUTPUT_NAME, "wasm")?;
    if mode == Mode::Release {
        step::step("compress", "compressing", || {
            compress::tree(pkg)?;
            let wire = fs::metadata(pkg.join(format!("{OUTPUT_NAME}.{wasm}.wasm.br")))?.len();
            Ok(((), format!("compressed: wasm {}", kilobytes(wire))))
        })?;
    }
    Ok((js, wasm))
}

/// The whole, as it was before it was cut, with the functions' names.
pub fn whole() -> PathBuf {
    kept(Mode::Release).join(WHOLE)
}

/// The script loads the second file, and knows its name.
fn halve(generated: &bindgen::Generated, wasm_opt: Option<&WasmOpt>) -> Result<(u64, u64)> {
    let (wasm, renamed) = halves::shorten_imports(&fs::read(&generated.wasm)?)?;
    fs::write(generated.wasm.with_file_name(WHOLE), &wasm)?;
    let later = halves::Later::known();
    let halves = halves::cut(&wasm, &later)?;
    if halves.named < later.len() / 2 {
        // Whoever sets RUSTFLAGS has replaced ours.
        step::say(
            "halves",
            "few of the functions that could come later are found: without RUSTFLAGS of your own, or after \
             `cargo xtask profile`, less wasm would come at first",
        );
    }
    let rest = generated
        .wasm
        .with_file_name(format!("{OUTPUT_NAME}-rest.wasm"));
    fs::write(&generated.wasm, &halves.first)?;
    fs::write(&rest, &halves.rest)?;
    if let Some(wasm_opt) = wasm_opt {
        wasm_opt.half(&generated.wasm)?;
        wasm_opt.half(&rest)?;
    }
    let sizes = (
        fs::metadata(&generated.wasm)?.len(),
        fs::metadata(&rest)?.len(),
    );
    let name = format!("{OUTPUT_NAME}-rest");
    let hash = hash::rename_by_content(&rest, &name, "wasm")?;
    let mut script = fs::read_to_string(&generated.js)?;
    for (long, short) in renamed {
        let property = format!("        {long}: ");
        ensure!(script.contains(&property), "the script has no {long}");
        script = script.replacen(&property, &format!("        {short}: "), 1);
    }
    script.push_str(&halves.script(&format!("{name}.{hash}.wasm")));
    fs::write(&generated.js, script)?;
    Ok(sizes)
}

/// Everything that decides what a site looks like, but the browser's code itself.
pub fn inputs(browser: &Browser) -> Result<Inputs> {
    let mut inputs = recipe()?;
    inputs.text(&fs::read_to_string(browser.directory.join(KEY))?);
    inputs.tree(&workspace::root().join("style"))?;
    inputs.tree(&workspace::root().join("public"))?;
    Ok(inputs)
}

/// Writes the whole site into `site`, a fresh directory, and answers with what stands in `hash.txt`.
pub fn assemble(mode: Mode, browser: &Browser, site: &Path) -> Result<Hashes> {
    let pkg = site.join(PKG);
    copy_tree(&browser.directory, &pkg, &|name| {
        ![KEY, WHOLE].contains(&name)
    })?;

    let css = style::bundle(&workspace::root().join("style/main.css"))?;
    let css_hash = hash::content_hash(css.as_bytes());
    let css_path = pkg.join(format!("{OUTPUT_NAME}.{css_hash}.css"));
    fs::write(&css_path, css)?;
    // The wasm is compressed already; only what is new here still has to be.
    let public = workspace::root().join("public");
    copy_tree(&public, site, &|name| {
        !name.starts_with('.') || name == ".well-known"
    })?;
    if mode == Mode::Release {
        compress::file(&css_path)?;
        compress::tree_except(site, &pkg)?;
    }
    Ok(Hashes {
        js: browser.js.clone(),
        wasm: browser.wasm.clone(),
        css: css_hash,
    })
}

/// How we make a site, by which version of each crate: a change of it makes everything anew.
fn recipe() -> Result<Inputs> {
    let mut inputs = Inputs::default();
    inputs.tree(&workspace::root().join("xtask/src"))?;
    inputs.file(&workspace::root().join("Cargo.lock"))?;
    Ok(inputs)
}

pub fn fresh_directory(path: &Path) -> Result<PathBuf> {
    if path.exists() {
        fs::remove_dir_all(path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    fs::create_dir_all(path).with_context(|| format!("cannot create {}", path.display()))?;
    Ok(path.to_owned())
}

pub fn copy_tree(from: &Path, to: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<()> {
    fs::create_dir_all(to)?;
    if !from.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        if !wanted(&entry.file_name().to_string_lossy()) {
            continue;
        }
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy_tree(&source, &target, wanted)?;
        } else {
            fs::copy(&source, &target)
                .with_context(|| format!("cannot copy {}", source.display()))?;
        }
    }
    Ok(())
}

fn kilobytes(bytes: u64) -> String {
    format!("{} kB", bytes.div_ceil(1000))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use toml::de::{DeTable, DeValue};

    use super::*;

    fn leptos_options(file: &str) -> BTreeMap<String, String> {
        let text =
            fs::read_to_string(workspace::root().join(file)).expect("it is in the repository");
        let table = DeTable::parse(&text).expect("it is TOML").into_inner();
        let table = DeValue::Table(table);
        let all = ["workspace", "metadata", "leptos"]
            .iter()
            .fold(&table, |value, name| value[*name].get_ref());
        let options = all[0]
            .get_ref()
            .as_table()
            .expect("[[workspace.metadata.leptos]]");
        let shown = |value: &DeValue<'_>| match value {
            DeValue::String(text) => text.to_string(),
            DeValue::Boolean(yes) => yes.to_string(),
            other => format!("{other:?}"),
        };
        options
            .iter()
            .map(|(name, value)| (name.get_ref().to_string(), shown(value.get_ref())))
            .collect()
    }

    #[test]
    fn cargo_toml_leptos_toml_and_the_build_agree_on_names() {
        let (cargo, leptos) = (leptos_options("Cargo.toml"), leptos_options("Leptos.toml"));
        for option in ["output-name", "site-pkg-dir", "hash-files"] {
            assert_eq!(cargo.get(option), leptos.get(option), "{option}");
        }
        assert_eq!(leptos["output-name"], OUTPUT_NAME);
        assert_eq!(leptos["site-pkg-dir"], PKG);
        assert_eq!(leptos["hash-files"], "true");
        assert_eq!(leptos["hash-file"], crate::dist::HASH_FILE);
        assert_eq!(leptos["site-root"], crate::dist::SITE);
    }

    #[test]
    fn the_browsers_library_is_for_nobody_else() {
        let manifest = fs::read_to_string(workspace::root().join("Cargo.toml")).expect("it reads");
        assert!(manifest.contains("\ncrate-type = [\"cdylib\"]\n"));
    }

    #[test]
    fn cargo_leptos_builds_the_packages_that_we_build() {
        let cargo = leptos_options("Cargo.toml");
        for (option, ours) in [
            ("lib-package", crate::dist::BROWSER_PACKAGE),
            ("bin-package", crate::dist::SERVER_PACKAGE),
            ("bin-target", crate::dist::BINARY),
            ("lib-profile-release", crate::dist::WASM_PROFILE),
            ("style-file", "style/main.css"),
            ("assets-dir", "public"),
        ] {
            assert_eq!(cargo[option], ours, "{option}");
        }
    }

    #[test]
    fn a_copied_tree_leaves_out_what_is_not_wanted() {
        let from = tempfile::tempdir().expect("a directory");
        fs::create_dir(from.path().join("inner")).expect("a directory");
        fs::write(from.path().join("inner/robots.txt"), "all").expect("a file");
        fs::write(from.path().join(".hidden"), "no").expect("a file");
        let to = tempfile::tempdir().expect("a directory");
        copy_tree(from.path(), to.path(), &|name| !name.starts_with('.')).expect("it copies");
        assert!(to.path().join("inner/robots.txt").exists());
        assert!(!to.path().join(".hidden").exists());
    }
}
