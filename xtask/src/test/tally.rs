//! Counts tests from what their runners report.

use std::ops::AddAssign;

use anyhow::{Context, Result};
use serde_json::Value;

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// `test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.02s`,
/// one line for each binary.
pub fn of_cargo(log: &str) -> Tally {
    let mut sum = Tally::default();
    for line in log.lines() {
        let Some((_, counts)) = line
            .strip_prefix("test result: ")
            .and_then(|result| result.split_once(". "))
        else {
            continue;
        };
        let count = |what: &str| {
            counts
                .split("; ")
                .filter_map(|part| part.split_once(' '))
                .find(|(_, name)| *name == what)
                .and_then(|(number, _)| number.parse::<u64>().ok())
                .unwrap_or(0)
        };
        sum += Tally {
            passed: count("passed"),
            failed: count("failed"),
            skipped: count("ignored"),
        };
    }
    sum
}

/// `torture: 17 passed; 1 failed; 2 skipped in 50 s`, at the very end.
pub fn of_torture(log: &str) -> Tally {
    let mut sums = log.lines().filter_map(|line| {
        let (passed, rest) = line.strip_prefix("torture: ")?.split_once(" passed; ")?;
        let (failed, rest) = rest.split_once(" failed; ")?;
        let (skipped, _) = rest.split_once(' ')?;
        Some(Tally {
            passed: passed.parse().ok()?,
            failed: failed.parse().ok()?,
            skipped: skipped.parse().ok()?,
        })
    });
    sums.next().unwrap_or_default()
}

/// Playwright's JSON report. A flaky test has failed once, and counts as failed; so does what went wrong
/// outside of any test, such as a file that cannot be loaded.
pub fn of_playwright(report: &str) -> Result<Tally> {
    let report: Value = serde_json::from_str(report).context("Playwright's report is not JSON")?;
    let count = |what: &str| report["stats"][what].as_u64();
    let outside = report["errors"].as_array().map_or(0, Vec::len) as u64;
    Ok(Tally {
        passed: count("expected").context("Playwright's report has no stats.expected")?,
        failed: count("unexpected").context("Playwright's report has no stats.unexpected")?
            + count("flaky").unwrap_or(0)
            + outside,
        skipped: count("skipped").unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_result_lines_are_summed_over_all_binaries() {
        let log = "\
running 3 tests
test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.00s

test a_line_that_says_test_result: ok
test result: FAILED. 11 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s
error: test failed, to rerun pass `-p donewell-app --lib`
";
        assert_eq!(
            of_cargo(log),
            Tally {
                passed: 14,
                failed: 2,
                skipped: 1
            }
        );
    }

    #[test]
    fn output_without_results_counts_nothing() {
        assert_eq!(
            of_cargo("error: could not compile `donewell-app`"),
            Tally::default()
        );
    }

    #[test]
    fn the_sum_of_a_torture_is_read_from_its_end() {
        let log = "torture: seed 7 (again: --seed 7)\n  ok      crash: a\ntorture: 17 passed; 1 failed; 2 skipped in 50 s\n";
        assert_eq!(
            of_torture(log),
            Tally {
                passed: 17,
                failed: 1,
                skipped: 2
            }
        );
        assert_eq!(of_torture("torture: seed 7"), Tally::default());
    }

    #[test]
    fn flaky_and_timed_out_tests_and_errors_outside_of_tests_have_failed() {
        let report = r#"{"errors": [{"message": "cannot load"}],
            "stats": {"expected": 5, "skipped": 1, "unexpected": 2, "flaky": 3}}"#;
        assert_eq!(
            of_playwright(report).expect("a report"),
            Tally {
                passed: 5,
                failed: 6,
                skipped: 1
            }
        );
    }

    #[test]
    fn a_report_without_counts_is_refused() {
        assert!(of_playwright("{}").is_err());
        assert!(of_playwright("Error: no").is_err());
    }
}
