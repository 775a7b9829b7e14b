//! One line per check, with its figures; after a failure, what happened.

use std::time::{Duration, Instant};

use anyhow::Result;

#[derive(Debug)]
pub struct Checks {
    trial: String,
    since: Instant,
    passed: u32,
    failed: u32,
    skipped: u32,
}

impl Default for Checks {
    fn default() -> Checks {
        Checks {
            trial: String::new(),
            since: Instant::now(),
            passed: 0,
            failed: 0,
            skipped: 0,
        }
    }
}

impl Checks {
    pub fn begin(&mut self, trial: String) {
        self.trial = trial;
        self.since = Instant::now();
    }

    /// What was checked, and its figures or what went wrong.
    pub fn add(&mut self, what: &str, outcome: Result<String>) {
        let (trial, seconds) = (&self.trial, self.since.elapsed().as_secs_f64());
        match outcome {
            Ok(figures) => {
                self.passed += 1;
                println!("  ok      {trial}: {what}: {figures} [{seconds:.1} s]");
            }
            Err(error) => {
                self.failed += 1;
                println!("  FAILED  {trial}: {what} [{seconds:.1} s]\n          {error:#}");
            }
        }
        self.since = Instant::now();
    }

    /// What cannot be tried here, and why.
    pub fn skip(&mut self, what: &str, why: &str) {
        self.skipped += 1;
        println!("  skipped {}: {what}: {why}", self.trial);
    }

    pub const fn failed(&self) -> u32 {
        self.failed
    }

    pub fn summary(&self) -> String {
        let Self {
            passed,
            failed,
            skipped,
            ..
        } = self;
        format!("torture: {passed} passed; {failed} failed; {skipped} skipped")
    }
}

/// The longest and the middle one, as people read them.
pub fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    match times {
        [] => "none".to_owned(),
        [.., longest] => {
            let longest = longest.as_secs_f64();
            let middle = times[times.len() / 2].as_secs_f64();
            format!("{middle:.2} s, at most {longest:.2} s")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failed_check_is_counted_and_does_not_hide_the_others() {
        let mut checks = Checks::default();
        checks.begin("self".to_owned());
        checks.add("good", Ok("1".to_owned()));
        checks.add("bad", Err(anyhow::anyhow!("it broke")));
        checks.add("good again", Ok("2".to_owned()));
        checks.skip("elsewhere", "not here");
        assert_eq!(checks.summary(), "torture: 2 passed; 1 failed; 1 skipped");
    }

    #[test]
    fn a_spread_names_the_middle_and_the_longest() {
        let mut times = [3, 1, 2].map(Duration::from_secs);
        assert_eq!(spread(&mut times), "2.00 s, at most 3.00 s");
        assert_eq!(spread(&mut []), "none");
    }
}
