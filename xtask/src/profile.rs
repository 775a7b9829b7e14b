//! `cargo xtask profile`: watches which functions run on the task page, and writes down the others: `site/halves` leaves
//! them out of what comes first. Worth its while when the first file has grown towards its budget, since what is new
//! stands in it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::dist::{self, BINARY, Mode, SITE, Tools};
use crate::site::{self, PKG, halves};
use crate::step::step;
use crate::test::{Database, e2e};
use crate::workspace;

const HEADER: &str = "\
# Functions that the task page comes alive without, and that are not used there every day: short hashes of their names.
# `cargo xtask profile` writes this.
";

pub fn run() -> Result<()> {
    println!("Donewell: what of the wasm the task page needs.");
    let tools = Tools::prepare(Mode::Release)?;
    dist::build(Mode::Release, &tools, &dist::SERVER_ALONE)?;
    let watched = workspace::target().join("dist-profile");
    let all = step("watch", "making a wasm that tells what has run", || {
        site::copy_tree(
            &Mode::Release.dist(),
            &site::fresh_directory(&watched)?,
            &|_| true,
        )?;
        let all = watch(&watched.join(SITE).join(PKG))?;
        let said = format!("made a wasm that tells which of {} have run", all.len());
        Ok((all, said))
    })?;
    let ran = workspace::scratch().join("ran.txt");
    fs::remove_file(&ran).ok();
    step("profile", "using the task page (half a minute)", || {
        let database = Database::start()?;
        e2e::job(&watched.join(BINARY), &database)?
            .env("PROFILE", &ran)
            .run()?;
        Ok(((), "used the task page".into()))
    })?;
    let ran = fs::read_to_string(ran)?;
    let ran: BTreeSet<&str> = ran.lines().collect();
    let later = all.iter().filter(|name| !ran.contains(name.as_str()));
    let lines: Vec<&str> = HEADER.lines().chain(later.map(String::as_str)).collect();
    let list = workspace::root().join("xtask/src/site/halves/later.txt");
    fs::write(&list, lines.join("\n") + "\n")?;
    println!("Wrote {}; the next build goes by it.", list.display());
    Ok(())
}

/// In the place of the first file, and nothing compressed beside it.
fn watch(pkg: &Path) -> Result<BTreeSet<String>> {
    let (wasm, names) = halves::watched(&fs::read(site::whole())?)?;
    for entry in fs::read_dir(pkg)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut parts = name.split('.');
        if parts.next() != Some(site::OUTPUT_NAME) || parts.nth(1) != Some("wasm") {
            continue;
        }
        match parts.next() {
            None => fs::write(&path, &wasm)?,
            Some(_) => fs::remove_file(&path)?,
        }
    }
    Ok(names)
}
