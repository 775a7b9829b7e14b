//! Inputs that nobody would send in good faith: made up from a seed, and thrown at the parsers and, through the router
//! itself, at every door. Nothing may panic, in a handler or behind it, and nothing may be answered by a fault of
//! the server's: every input that does is to become a test. Tokens, cookies and ids are made by the server and are others each time, so what was
//! found is shown as it was sent.

mod corpus;
mod mutate;
mod server;
mod targets;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tokio::time::timeout;

use self::mutate::Mutator;
use self::server::InProcess;
use self::targets::{Said, Target};
use super::Trial;

/// Of one target. More would be the same again.
const SHOWN: usize = 3;
const LONGEST: usize = 600;
/// Longer than any request may take.
const PATIENCE: Duration = Duration::from_secs(35);
/// Between two looks at whether somebody wants us to end.
const BREATH: usize = 256;

pub async fn run(trial: &mut Trial<'_>) -> Result<()> {
    let mut server = Arc::new(InProcess::start(trial.dist).await?);
    let panics = Panics::watch();
    for target in Target::ALL {
        // A token is good for a quarter of an hour.
        let ours = Arc::get_mut(&mut server).context("BUG: it is asked for still")?;
        ours.sign_in().await?;
        let count = trial.much(target.count(), target.count() / 40);
        let mutator = Mutator::new(trial.rng.fork(), target.corpus(&server));
        let outcome = throw(&server, &panics, target, mutator, count).await;
        trial.checks.add(target.name(), outcome);
    }
    let left = panics.taken();
    // The default hook again.
    drop(std::panic::take_hook());
    if !left.is_empty() {
        bail!("panics after the last input: {}", left.join("; "));
    }
    Ok(())
}

async fn throw(
    server: &Arc<InProcess>,
    panics: &Panics,
    target: Target,
    mut mutator: Mutator,
    count: usize,
) -> Result<String> {
    let began = Instant::now();
    let (mut found, mut tally) = (Vec::new(), Tally::default());
    for number in 0..count {
        let input = mutator.next();
        let server = server.clone();
        let thrown = input.clone();
        // A task of its own: whatever panics in it ends here.
        let mut throw = tokio::spawn(async move { target.throw(&server, &thrown).await });
        let said = timeout(PATIENCE, &mut throw).await;
        let mut faults = panics.taken();
        match said {
            Ok(Ok(Said::Accepted)) => tally.accepted += 1,
            Ok(Ok(Said::Refused)) => tally.refused += 1,
            Ok(Ok(Said::Impossible)) => tally.impossible += 1,
            Ok(Ok(Said::Wrong(what))) => faults.push(what),
            Ok(Err(error)) => faults.push(error.to_string()),
            Err(_) => {
                faults.push("no answer in time".to_owned());
                throw.abort();
                // It lets go of the server.
                let _ = throw.await;
            }
        }
        if !faults.is_empty() {
            found.push(format!(
                "input {number}, \"{}\": {}",
                shown(&input),
                faults.join("; ")
            ));
            if found.len() == SHOWN {
                break;
            }
        }
        if number % BREATH == 0 {
            tokio::task::yield_now().await;
        }
    }
    if !found.is_empty() {
        bail!("{}", found.join("\n          "));
    }
    // Good ones are among them: where all are refused, something else is wrong.
    ensure!(tally.accepted > 0, "none of {count} inputs was accepted");
    server.are_we_still_there().await?;
    let seconds = began.elapsed().as_secs_f64();
    Ok(format!(
        "{count} inputs, {} accepted, {} refused, {} not even HTTP; {:.1} s",
        tally.accepted, tally.refused, tally.impossible, seconds
    ))
}

/// Whole, unless that is too much to read: the seed makes it again.
fn shown(input: &[u8]) -> String {
    let text = input.escape_ascii().to_string();
    match text.get(..LONGEST) {
        Some(start) => format!("{start}… ({} bytes)", input.len()),
        None => text,
    }
}

#[derive(Debug, Default)]
struct Tally {
    accepted: usize,
    refused: usize,
    impossible: usize,
}

/// Every panic of the process, wherever it is caught.
#[derive(Debug, Clone)]
struct Panics(Arc<Mutex<Vec<String>>>);

impl Panics {
    fn watch() -> Panics {
        let panics = Panics(Arc::default());
        let seen = panics.clone();
        std::panic::set_hook(Box::new(move |panic| {
            let mut list = seen.0.lock().unwrap_or_else(PoisonError::into_inner);
            list.push(panic.to_string());
        }));
        panics
    }

    fn taken(&self) -> Vec<String> {
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *list)
    }
}
