//! A Python of the tests' own, with the packages that `end2end/clients/requirements.txt` pins: services in
//! that language verify our tokens with `PyJWT`, and `schemathesis` tries the API.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::setup::{apt_install, apt_is_ours, node};
use crate::shell::{self, Job};
use crate::step::step;
use crate::workspace;

pub const VARIABLE: &str = "DONEWELL_PYTHON";
/// The packages' oldest.
const OLDEST: (u32, u32) = (3, 11);
const DOWNLOAD_LIMIT: Duration = Duration::from_mins(10);
/// What was installed, written once all of it was.
const INSTALLED: &str = "requirements.txt";

/// Makes `target/xtask/python` what the requirements say, and gives its interpreter.
pub fn find_or_install() -> Result<PathBuf> {
    let requirements = node::end2end().join("clients/requirements.txt");
    let environment = workspace::scratch().join("python");
    if is_current(&environment, &requirements) {
        return Ok(interpreter(&environment));
    }
    let python = find()?;
    step("setup", "installing the Python packages of end2end", || {
        make(&python, &environment).or_else(|error| {
            // Debian's Python comes without what makes environments.
            if !apt_is_ours() {
                return Err(error.context("python3-venv may be missing: install it"));
            }
            apt_install(&["python3-venv"])?;
            make(&python, &environment)
        })?;
        Job::new(interpreter(&environment), "pip")
            .args(["-m", "pip", "install", "--disable-pip-version-check"])
            .args([
                "--require-hashes",
                "--only-binary",
                ":all:",
                "--requirement",
            ])
            .args([&requirements])
            .limit(DOWNLOAD_LIMIT)
            .run()?;
        fs::copy(&requirements, environment.join(INSTALLED))?;
        Ok(((), "Python packages of end2end installed".into()))
    })?;
    Ok(interpreter(&environment))
}

fn interpreter(environment: &Path) -> PathBuf {
    environment.join("bin/python")
}

fn make(python: &Path, environment: &Path) -> Result<()> {
    Job::new(python, "venv")
        .args(["-m", "venv", "--clear"])
        .args([environment])
        .limit(DOWNLOAD_LIMIT)
        .run()
}

fn find() -> Result<PathBuf> {
    let (major, minor) = OLDEST;
    let python = match workspace::on_path("python3") {
        Some(found) => found,
        None if apt_is_ours() => {
            step("setup", "installing Python", || {
                apt_install(&["python3", "python3-venv"])?;
                Ok(((), "Python installed".into()))
            })?;
            workspace::on_path("python3").context("apt-get installed no python3")?
        }
        None => bail!("python3 is missing: install Python {major}.{minor} or newer"),
    };
    let answer = shell::read(Command::new(&python).arg("--version"))?;
    match version(&answer) {
        Some(found) if found >= OLDEST => Ok(python),
        _ => bail!("{answer} is too old for PyJWT: install Python {major}.{minor} or newer"),
    }
}

/// A move of the workspace, or an upgrade of the system's Python, leaves an interpreter that is not there.
fn is_current(environment: &Path, requirements: &Path) -> bool {
    let installed = fs::read(environment.join(INSTALLED));
    let wanted = fs::read(requirements);
    interpreter(environment).is_file()
        && matches!((installed, wanted), (Ok(installed), Ok(wanted)) if installed == wanted)
}

/// `Python 3.11.7` is 3 and 11.
fn version(answer: &str) -> Option<(u32, u32)> {
    let mut parts = answer.strip_prefix("Python ")?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_installed_again_when_others_are_wanted() {
        let directory = tempfile::tempdir().expect("a directory");
        let requirements = directory.path().join("wanted.txt");
        let environment = directory.path().join("python");
        fs::write(&requirements, "pyjwt==1").expect("a file");
        assert!(!is_current(&environment, &requirements));

        fs::create_dir_all(environment.join("bin")).expect("a directory");
        fs::write(interpreter(&environment), "").expect("a file");
        assert!(!is_current(&environment, &requirements));

        fs::write(environment.join(INSTALLED), "pyjwt==1").expect("a file");
        assert!(is_current(&environment, &requirements));

        fs::write(&requirements, "pyjwt==2").expect("a file");
        assert!(!is_current(&environment, &requirements));
    }

    #[test]
    fn pythons_version_is_read() {
        assert_eq!(version("Python 3.11.7"), Some((3, 11)));
        assert_eq!(version("Python 3.15.0rc1"), Some((3, 15)));
        assert_eq!(version("nonsense"), None);
    }
}
