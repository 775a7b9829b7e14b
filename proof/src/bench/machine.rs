//! Where it was measured, and what.

use std::fs;
use std::process::Command;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::sleep;

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

/// How much of the processors is in use, from 0 to 1, in this second and not in those before: what is measured here has
/// just been compiled. 0 if nobody knows.
pub async fn busy() -> f64 {
    let before = ticks();
    sleep(Duration::from_secs(1)).await;
    share(before, ticks()).unwrap_or_default()
}

/// The processors' time since the start, in ticks: all of it, and what was idle. What waits for a disk is not idle.
fn ticks() -> Option<(u64, u64)> {
    parse_ticks(&fs::read_to_string("/proc/stat").ok()?)
}

fn parse_ticks(text: &str) -> Option<(u64, u64)> {
    let line = text.lines().find_map(|line| line.strip_prefix("cpu "))?;
    // The two after these eight are in the first two already.
    let counted: Vec<u64> = line
        .split_whitespace()
        .take(8)
        .map_while(|number| number.parse().ok())
        .collect();
    Some((counted.iter().sum(), *counted.get(3)?))
}

fn share(before: Option<(u64, u64)>, after: Option<(u64, u64)>) -> Option<f64> {
    let ((all_before, idle_before), (all, idle)) = (before?, after?);
    let all = u32::try_from(all.checked_sub(all_before)?).ok()?;
    let idle = u32::try_from(idle.checked_sub(idle_before)?).ok()?;
    (all > 0).then(|| 1.0 - f64::from(idle) / f64::from(all))
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

    #[test]
    fn only_what_is_idle_is_not_in_use() {
        let at = |line: &str| parse_ticks(&format!("{line}\ncpu0 1 1 1 1 1 1 1 1 1 1\n"));
        let before = at("cpu  100 0 50 1000 10 0 5 0 90 0");
        let after = at("cpu  130 10 60 1140 20 0 5 10 99 0");
        assert_eq!(before, Some((1165, 1000)));
        let found = share(before, after).expect("a share");
        assert!((found - 70.0 / 210.0).abs() < 1e-9, "{found}");
        assert_eq!(share(before, before), None);
        assert_eq!(parse_ticks("intr 1 2 3"), None);
    }
}
