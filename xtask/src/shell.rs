//! Runs commands. A job writes to `target/xtask/<name>.log`, not to the terminal; when it fails, the
//! telling part of the log is its error. A job is a process group of its own, and never outlives us.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::{interrupt, workspace};

/// How long a child may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(10);
const TAIL: usize = 60;

#[derive(Debug)]
pub struct Job {
    program: String,
    command: Command,
    log: PathBuf,
    limit: Option<Duration>,
}

impl Job {
    pub fn new(program: impl AsRef<OsStr>, log: &str) -> Self {
        let mut command = Command::new(program);
        command.current_dir(workspace::root());
        workspace::forget_cargo(&mut command);
        workspace::forget_configuration(&mut command);
        Self {
            program: command.get_program().to_string_lossy().into_owned(),
            command,
            log: workspace::scratch().join(format!("{log}.log")),
            limit: None,
        }
    }

    /// Cargo, with the workspace's own `target/` whatever `CARGO_TARGET_DIR` says: `target/dist` and
    /// the binaries in it are found by name.
    pub fn cargo(log: &str) -> Self {
        Self::new(cargo(), log).for_cargo()
    }

    /// Cargo, behind whoever else wants the processors, where that can be said.
    pub fn patient_cargo(log: &str) -> Self {
        if workspace::on_path("nice").is_none() {
            return Self::cargo(log);
        }
        let mut job = Self::new("nice", log).args(["-n", "3"]).args([cargo()]);
        job.program = cargo().to_string_lossy().into_owned();
        job.for_cargo()
    }

    fn for_cargo(self) -> Self {
        self.env("CARGO_TARGET_DIR", workspace::target())
            .env("CARGO_TERM_COLOR", "never")
    }

    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(args);
        self
    }

    /// An option and its value.
    pub fn arg(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.arg(name).arg(value);
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn directory(mut self, directory: impl AsRef<Path>) -> Self {
        self.command.current_dir(directory);
        self
    }

    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    pub fn log(&self) -> &Path {
        &self.log
    }

    pub fn run(mut self) -> Result<()> {
        fs::create_dir_all(workspace::scratch())?;
        let log = File::create(&self.log)
            .with_context(|| format!("cannot write {}", self.log.display()))?;
        self.command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0);
        let program = self.program;
        let child = self
            .command
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        let status = wait(child, self.limit).with_context(|| program.clone())?;
        if status.success() {
            return Ok(());
        }
        let shown = self
            .log
            .strip_prefix(workspace::root())
            .unwrap_or(&self.log);
        let output = fs::read(&self.log).unwrap_or_default();
        bail!(
            "{program} failed ({status}); the whole of it is in {}\n{}",
            shown.display(),
            telling_part(&String::from_utf8_lossy(&output)),
        )
    }

    /// As [`Job::run`], but what it prints goes to the terminal: it says itself what went wrong.
    pub fn run_shown(mut self) -> Result<()> {
        self.command.stdin(Stdio::null()).process_group(0);
        let program = self.program;
        let child = self
            .command
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        let status = wait(child, self.limit).with_context(|| program.clone())?;
        if !status.success() {
            bail!(
                "{} ({status})",
                self.command.get_args().next().unwrap_or_default().display()
            );
        }
        Ok(())
    }
}

fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The standard output of a short command.
pub fn read(command: &mut Command) -> Result<String> {
    workspace::forget_cargo(command);
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {program}"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        bail!("{program} failed ({}): {}", output.status, reason.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn wait(mut child: Child, limit: Option<Duration>) -> Result<ExitStatus> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if interrupt::requested() {
            end(&mut child)?;
            bail!("interrupted");
        }
        if limit.is_some_and(|limit| started.elapsed() > limit) {
            end(&mut child)?;
            bail!("gave up after {} s", started.elapsed().as_secs());
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn end(child: &mut Child) -> Result<()> {
    let group = Pid::from_raw(child.id().try_into()?);
    let asked = Instant::now();
    // It may have ended in between; then there is no group, and `wait` below finds its status.
    killpg(group, Signal::SIGINT).ok();
    while asked.elapsed() < GRACE {
        if child.try_wait()?.is_some() {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(20));
    }
    killpg(group, Signal::SIGKILL).ok();
    child.wait()?;
    Ok(())
}

/// What a person needs of a failed command's output: the failures that a test runner reports, wherever
/// they stand, else the end.
fn telling_part(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    let mut telling = Vec::new();
    let mut inside = false;
    for line in &lines {
        inside = match *line {
            "failures:" => true,
            ended if ended.starts_with("test result: ") => {
                if inside {
                    telling.push(ended);
                }
                false
            }
            _ => inside,
        };
        if inside {
            telling.push(line);
        }
    }
    if telling.is_empty()
        || !lines
            .iter()
            .any(|line| line.starts_with("test result: FAILED"))
    {
        return lines[lines.len().saturating_sub(TAIL)..].join("\n");
    }
    telling.truncate(3 * TAIL);
    telling.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_test_is_shown_though_other_output_follows() {
        let after = "Running another binary\n".repeat(200);
        let log = format!(
            "running 1 test\n\nfailures:\n\n---- it_adds ----\nleft: 1\n\n\
             test result: FAILED. 0 passed; 1 failed\n{after}"
        );
        let shown = telling_part(&log);
        assert!(shown.contains("---- it_adds ----"), "{shown}");
        assert!(!shown.contains("another binary"), "{shown}");
    }

    #[test]
    fn without_tests_the_end_is_shown() {
        let log = format!("{}error: here", "Compiling\n".repeat(200));
        let shown = telling_part(&log);
        assert!(shown.ends_with("error: here"));
        assert_eq!(shown.lines().count(), TAIL);
    }

    #[test]
    fn a_job_that_takes_too_long_is_ended() {
        let error = Job::new("sleep", "self-test-limit")
            .args(["60"])
            .limit(Duration::from_millis(50))
            .run()
            .expect_err("it cannot have slept for a minute");
        assert!(format!("{error:#}").contains("gave up"), "{error:#}");
    }
}
