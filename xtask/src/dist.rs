//! `target/dist/`: the binary, its site and `hash.txt`, and nothing else; copied to another machine with
//! Postgres, it runs. A new one is made beside the old one and takes its place whole, so that a build
//! that fails leaves what there was.

use std::env;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};

use crate::setup::{node, wasm::Toolchain};
use crate::shell::Job;
use crate::site::{self, Browser, optimise::WasmOpt};
use crate::step::{self, step};
use crate::{interrupt, workspace};

pub const BROWSER_PACKAGE: &str = "donewell";
/// The same, to be compiled with debug assertions.
const CHECKED_PACKAGE: &str = "donewell-checked";
pub const SERVER_PACKAGE: &str = "donewell-server";
/// What a server alone is compiled from.
pub const SERVER_ALONE: [&str; 2] = ["--package", SERVER_PACKAGE];
pub const BINARY: &str = "donewell";
pub const WASM_PROFILE: &str = "wasm-release";
const WASM_TARGET: &str = "wasm32-unknown-unknown";
/// Who is checked there: us, and what tells of pages that the browser renders otherwise than the server.
const CHECKED: [&str; 9] = [
    CHECKED_PACKAGE,
    "donewell-app",
    "leptos",
    "leptos_dom",
    "leptos_router",
    "leptos_server",
    "reactive_graph",
    "reactive_stores",
    "tachys",
];
pub const HASH_FILE: &str = "hash.txt";
pub const SITE: &str = "site";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Release,
    Dev,
}

impl Mode {
    pub fn from_dev_flag(dev: bool) -> Mode {
        if dev { Mode::Dev } else { Mode::Release }
    }

    pub fn name(self) -> &'static str {
        match self {
            Mode::Release => "release",
            Mode::Dev => "dev",
        }
    }

    pub fn dist(self) -> PathBuf {
        workspace::target().join(match self {
            Mode::Release => "dist",
            Mode::Dev => "dist-dev",
        })
    }

    pub fn binary(self) -> PathBuf {
        self.dist().join(BINARY)
    }

    /// The directory that cargo leaves this mode's binaries in.
    pub fn cargo_directory(self) -> PathBuf {
        workspace::target().join(match self {
            Mode::Release => "release",
            Mode::Dev => "debug",
        })
    }
}

/// How the browser's side is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wasm {
    Release,
    Dev,
    /// For the browser tests of a development build: as the release, and of what is compiled for that, but with debug
    /// assertions. On top of a release that takes a third of the time of another compilation.
    Checked,
}

impl Wasm {
    fn of(mode: Mode) -> Wasm {
        match mode {
            Mode::Release => Wasm::Release,
            Mode::Dev => Wasm::Dev,
        }
    }

    fn mode(self) -> Mode {
        match self {
            Wasm::Release => Mode::Release,
            Wasm::Dev | Wasm::Checked => Mode::Dev,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Wasm::Checked => "checked",
            Wasm::Release | Wasm::Dev => self.mode().name(),
        }
    }

    fn package(self) -> &'static str {
        match self {
            Wasm::Checked => CHECKED_PACKAGE,
            Wasm::Release | Wasm::Dev => BROWSER_PACKAGE,
        }
    }
}

/// What the two builds need of the machine.
#[derive(Debug)]
pub struct Tools {
    toolchain: Toolchain,
    wasm_opt: Option<WasmOpt>,
}

impl Tools {
    pub fn prepare(mode: Mode) -> Result<Tools> {
        let toolchain = Toolchain::find_or_install()?;
        let wasm_opt = match mode {
            Mode::Release => node::wasm_opt()?,
            Mode::Dev => None,
        };
        Ok(Tools {
            toolchain,
            wasm_opt,
        })
    }
}

pub fn build_and_say(mode: Mode) -> Result<()> {
    let started = Instant::now();
    println!("Donewell: building ({}).", mode.name());
    let tools = Tools::prepare(mode)?;
    build(mode, &tools, &SERVER_ALONE)?;
    let dist = mode.dist();
    let shown = dist.strip_prefix(workspace::root()).unwrap_or(&dist);
    println!(
        "{} is ready ({}).",
        shown.display(),
        step::shown(started.elapsed())
    );
    Ok(())
}

/// `packages` are those that cargo chooses features for together with the server's.
pub fn build(mode: Mode, tools: &Tools, packages: &[&str]) -> Result<()> {
    build_sides(mode, packages, || browser(Wasm::of(mode), tools))
}

/// What the browser tests need: the release, and a development build that is checked. The release's server takes longer
/// than all that is compiled for the browser.
pub fn build_for_tests(tools: &Tools, packages: &[&str]) -> Result<()> {
    let checked = || browser(Wasm::Checked, tools);
    build_sides(Mode::Release, &SERVER_ALONE, || {
        let release = browser(Wasm::Release, tools)?;
        checked()?;
        Ok(release)
    })?;
    build_sides(Mode::Dev, packages, checked)
}

/// Both sides at once: each has a core's worth of work and a target directory of its own.
fn build_sides(
    mode: Mode,
    packages: &[&str],
    browser: impl FnOnce() -> Result<Browser> + Send,
) -> Result<()> {
    let _lock = only_one()?;
    let (browser, server) = thread::scope(|scope| {
        let browser = scope.spawn(|| say_at_once("the browser's side", browser()));
        let server = say_at_once("the server", server(mode, packages));
        (
            browser.join().unwrap_or_else(|_| bail!("BUG: panicked")),
            server,
        )
    });
    assemble(mode, &browser?, &server?)
}

/// Two commands at once would write the same files; the lock ends with the value, or with us.
fn only_one() -> Result<File> {
    fs::create_dir_all(workspace::scratch())?;
    let lock = File::create(workspace::scratch().join("lock"))?;
    if let Err(TryLockError::WouldBlock) = lock.try_lock() {
        step::say("lock", "waiting for another cargo xtask to end its build …");
        lock.lock()?;
    }
    Ok(lock)
}

/// The other side may take minutes more; whoever waits wants to know now.
fn say_at_once<T>(what: &str, outcome: Result<T>) -> Result<T> {
    outcome.map_err(|error| {
        if !interrupt::requested() {
            println!("\n{error:#}\n");
        }
        anyhow!("{what} did not build")
    })
}

fn browser(wasm: Wasm, tools: &Tools) -> Result<Browser> {
    let target = tools.toolchain.target_directory();
    let (profile, directory, doing) = match wasm {
        Wasm::Release => (
            WASM_PROFILE,
            WASM_PROFILE,
            "compiling the browser's side (about 3 minutes the first time)",
        ),
        Wasm::Dev => (
            "dev",
            "debug",
            "compiling the browser's side (about 2 minutes the first time)",
        ),
        Wasm::Checked => (
            WASM_PROFILE,
            WASM_PROFILE,
            "compiling the browser's side with debug assertions",
        ),
    };
    step("wasm", doing, || {
        // The server takes longer, and goes through one crate after the other at the end: with a third of the processors for
        // this until then, both end at about the same time.
        let job = Job::patient_cargo(&format!("wasm-{}", wasm.name()))
            .args(["build", "--package", wasm.package(), "--lib"])
            .args(["--features", "hydrate", "--target", WASM_TARGET])
            .args(["--profile", profile])
            .arg("--target-dir", &target)
            .arg("--config", rust_flags(wasm)?);
        let job = match wasm {
            Wasm::Checked => CHECKED.iter().fold(job, |job, package| {
                let checks = format!("profile.{WASM_PROFILE}.package.{package}");
                job.arg("--config", format!("{checks}.debug-assertions=true"))
                    .arg("--config", format!("{checks}.overflow-checks=true"))
            }),
            Wasm::Release | Wasm::Dev => job,
        };
        tools.toolchain.configure(job)?.run()?;
        Ok((
            (),
            format!(
                "the browser's side is compiled ({})",
                tools.toolchain.name()
            ),
        ))
    })?;
    let file = format!("{}.wasm", wasm.package().replace('-', "_"));
    let raw = target.join(WASM_TARGET).join(directory).join(file);
    // Minutes for what nobody downloads: the others do without.
    let wasm_opt = tools.wasm_opt.as_ref().filter(|_| wasm == Wasm::Release);
    site::browser(wasm.mode(), &raw, wasm_opt)
}

/// In place of those that `.cargo/config.toml` has for both sides.
fn rust_flags(wasm: Wasm) -> Result<String> {
    let mut flags = vec!["--cfg".to_owned(), "erase_components".to_owned()];
    if wasm != Wasm::Dev {
        // Names that tell what a generic function was made for: `site/halves` goes by them.
        flags.extend(["-C".to_owned(), "symbol-mangling-version=v0".to_owned()]);
        flags.extend(without_our_paths()?);
    }
    Ok(format!("target.{WASM_TARGET}.rustflags={flags:?}"))
}

/// Where something panics is told by a path. It begins at the crate, not at somebody's home directory: that is
/// nobody's business, and a hundred times a few bytes.
fn without_our_paths() -> Result<Vec<String>> {
    let home = match env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => env::home_dir()
            .context("this user has no home directory")?
            .join(".cargo"),
    };
    let registries = home.join("registry/src").read_dir().into_iter().flatten();
    Ok(registries
        .flatten()
        .map(|registry| format!("--remap-path-prefix={}=", registry.path().display()))
        .collect())
}

fn server(mode: Mode, packages: &[&str]) -> Result<PathBuf> {
    step(
        "server",
        "compiling the server (about 8 minutes the first time)",
        || {
            let job = Job::cargo(&format!("server-{}", mode.name()))
                .args(["build", "--bins"])
                .args(packages);
            let job = match mode {
                Mode::Release => job.args(["--release"]),
                Mode::Dev => job,
            };
            job.run()?;
            let binary = mode.cargo_directory().join(BINARY);
            Ok((binary, "the server is compiled".into()))
        },
    )
}

fn assemble(mode: Mode, browser: &Browser, server: &Path) -> Result<()> {
    let dist = mode.dist();
    let kept = workspace::scratch().join(format!("dist-{}.key", mode.name()));
    let mut inputs = site::inputs(browser)?;
    inputs.file(server)?;
    let key = inputs.digest();
    if dist.is_dir() && fs::read_to_string(&kept).is_ok_and(|found| found == key) {
        return Ok(());
    }
    step("site", "putting the site together", || {
        let staging = site::fresh_directory(&dist.with_extension("new"))?;
        let hashes = site::assemble(mode, browser, &staging.join(SITE))?;
        fs::write(staging.join(HASH_FILE), hashes.to_text())?;
        fs::copy(server, staging.join(BINARY))
            .with_context(|| format!("cannot copy {}", server.display()))?;
        fs::remove_file(&kept).ok();
        take_the_place_of(&dist, &staging)?;
        fs::write(&kept, &key)?;
        Ok(((), "the site is put together".into()))
    })
}

fn take_the_place_of(old: &Path, new: &Path) -> Result<()> {
    let former = old.with_extension("old");
    if former.exists() {
        fs::remove_dir_all(&former)?;
    }
    if old.exists() {
        fs::rename(old, &former)?;
    }
    fs::rename(new, old).with_context(|| format!("cannot write {}", old.display()))?;
    if former.exists() {
        fs::remove_dir_all(&former)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_checked_is_there() {
        let lock = fs::read_to_string(workspace::root().join("Cargo.lock")).expect("it reads");
        for package in CHECKED {
            assert!(
                lock.contains(&format!("\nname = \"{package}\"\n")),
                "{package}"
            );
        }
    }

    #[test]
    fn what_is_checked_is_made_of_the_same() {
        let made_of = |manifest: &str| {
            let text = fs::read_to_string(workspace::root().join(manifest)).expect("it reads");
            let from = text.find("[features]").expect("features");
            let to = text.find("[lints]").expect("lints");
            text[from..to].to_owned()
        };
        assert_eq!(made_of("checked/Cargo.toml"), made_of("Cargo.toml"));
    }

    #[test]
    fn a_new_dist_takes_the_old_ones_place_whole() {
        let place = tempfile::tempdir().expect("a directory");
        let (old, new) = (place.path().join("dist"), place.path().join("dist.new"));
        for (directory, file) in [(&old, "donewell.1.js"), (&new, "donewell.2.js")] {
            fs::create_dir(directory).expect("a directory");
            fs::write(directory.join(file), "").expect("a file");
        }
        take_the_place_of(&old, &new).expect("it moves");
        let left: Vec<_> = fs::read_dir(place.path())
            .expect("it reads")
            .flatten()
            .collect();
        assert_eq!(left.len(), 1, "{left:?}");
        assert!(old.join("donewell.2.js").exists());
        assert!(!old.join("donewell.1.js").exists());
    }
}
