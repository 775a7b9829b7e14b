//! One line per step, with its time. A step that takes longer than a moment first says what it does,
//! and that it still does. Steps may run at once: every line is printed whole.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

const MOMENT: Duration = Duration::from_secs(2);
const SIGN_OF_LIFE: Duration = Duration::from_mins(1);
const WIDTH: usize = 46;

/// Runs `work`, which answers with what it has done in a few words.
pub fn step<T>(name: &str, doing: &str, work: impl FnOnce() -> Result<(T, String)>) -> Result<T> {
    let (time, outcome) = timed(name, doing, work);
    match outcome {
        Ok((value, done)) => {
            line(name, &done, time);
            Ok(value)
        }
        Err(error) => {
            line(name, "FAILED", time);
            Err(error)
        }
    }
}

/// Runs `work` and says what goes on meanwhile, but not how it ended.
pub fn timed<T>(name: &str, doing: &str, work: impl FnOnce() -> T) -> (Duration, T) {
    let started = Instant::now();
    let (ended, waiting) = mpsc::channel();
    let value = thread::scope(|scope| {
        scope.spawn(|| announce(name, doing, started, waiting));
        let value = work();
        drop(ended);
        value
    });
    (started.elapsed(), value)
}

pub fn say(name: &str, text: &str) {
    println!("  {name:<16} {text}");
}

pub fn line(name: &str, done: &str, time: Duration) {
    let dots = ".".repeat(WIDTH.saturating_sub(done.chars().count()).max(3));
    println!("  {name:<16} {done} {dots} {:>12}", shown(time));
}

fn announce(name: &str, doing: &str, started: Instant, ended: Receiver<()>) {
    if ended.recv_timeout(MOMENT) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    say(name, &format!("{doing} …"));
    let (briefly, _) = doing.split_once(" (").unwrap_or((doing, ""));
    while ended.recv_timeout(SIGN_OF_LIFE) == Err(RecvTimeoutError::Timeout) {
        let minutes = (started.elapsed() + MOMENT).as_secs() / 60;
        say(name, &format!("… still {briefly}, {minutes} min so far"));
    }
}

/// A duration as people say it.
pub fn shown(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 9.95 {
        format!("{seconds:.1} s")
    } else if seconds < 59.5 {
        format!("{seconds:.0} s")
    } else {
        let whole = (time + Duration::from_millis(500)).as_secs();
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        let said = [40, 9_940, 9_960, 59_400, 59_600, 132_000]
            .map(|milliseconds| shown(Duration::from_millis(milliseconds)));
        assert_eq!(
            said,
            ["0.0 s", "9.9 s", "10 s", "59 s", "1 min 00 s", "2 min 12 s"]
        );
    }

    #[test]
    fn the_works_value_and_error_come_through() {
        assert_eq!(step("a", "doing", || Ok((7, "done".into()))).ok(), Some(7));
        let failed = step::<()>("b", "doing", || anyhow::bail!("why"));
        assert_eq!(
            failed.err().map(|error| error.to_string()).as_deref(),
            Some("why")
        );
    }
}
