//! Where it was measured, and what.

use std::fs;
use std::process::Command;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    pub processor: String,
    pub cores: usize,
    /// GiB.
    pub memory: u64,
    pub system: String,
}

impl Machine {
    pub fn this() -> Machine {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let processor = value(&read("/proc/cpuinfo"), "model name", ':');
        let memory = value(&read("/proc/meminfo"), "MemTotal", ':');
        let kilobytes: u64 = memory
            .split_whitespace()
            .next()
            .and_then(|number| number.parse().ok())
            .unwrap_or_default();
        let system = value(&read("/etc/os-release"), "PRETTY_NAME", '=');
        Machine {
            processor,
            cores: std::thread::available_parallelism().map_or(0, Into::into),
            memory: (kilobytes + (1 << 19)) >> 20,
            system: system.trim_matches('"').to_owned(),
        }
    }
}

fn value(text: &str, name: &str, separator: char) -> String {
    let mut pairs = text.lines().filter_map(|line| line.split_once(separator));
    pairs
        .find(|(known, _)| known.trim() == name)
        .map(|(_, value)| value.trim().to_owned())
        .unwrap_or_default()
}

/// How many processes wanted to run, in the last minute; 0 if nobody knows.
pub fn load() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let first = text.split_whitespace().next();
    first.and_then(|load| load.parse().ok()).unwrap_or_default()
}

/// The commit of the working directory; with a `+` if that has been changed since.
pub fn commit() -> String {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(text)
    };
    let Some(commit) = git(&["rev-parse", "--short=12", "HEAD"]) else {
        return "unknown".to_owned();
    };
    match git(&["status", "--porcelain", "--untracked-files=no"]) {
        Some(changes) if changes.is_empty() => commit,
        _ => format!("{commit}+"),
    }
}

/// Today, as `2026-11-21`.
pub fn today() -> String {
    let output = Command::new("date").args(["-u", "+%Y-%m-%d"]).output();
    output.map_or_else(
        |_| String::new(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_name_counts() {
        let text = "model name\t: Some CPU\nmodel name\t: Other\n";
        assert_eq!(value(text, "model name", ':'), "Some CPU");
        assert_eq!(value(text, "nothing", ':'), "");
    }
}
