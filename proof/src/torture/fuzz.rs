//! Inputs that nobody would send in good faith: made up from a seed, and thrown at the parsers and, through the router
//! itself, at every door. Nothing may panic, in a handler or behind it, and nothing may be answered by a fault of
//! the server's: every input that does is to become a test. Tokens, cookies and ids are made by the server and are others each time, so what was
//! found is shown as it was sent.

mod corpus;
mod mutate;
mod server;
mod targets;

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
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
/// A token that has been doubled, escaped.
const LONGEST: usize = 4_000;
/// Longer than any request may take.
const PATIENCE: Duration = Duration::from_secs(35);
/// Between two looks at whether somebody wants us to end.
const BREATH: usize = 256;

pub async fn run(trial: &mut Trial<'_>) -> Result<()> {
    let mut server = Arc::new(InProcess::start(trial.dist).await?);
    let (panics, watch) = (Panics::watch(), Watch::start());
    for target in Target::ALL {
        // A token is good for a quarter of an hour, and a task until somebody deletes it.
        let ours = Arc::get_mut(&mut server).context("BUG: it is asked for still")?;
        ours.begin_anew().await?;
        let count = trial.much(target.count(), target.count() / 40);
        let mutator = Mutator::new(trial.rng.fork(), target.corpus(&server));
        let outcome = throw(&server, &panics, &watch, target, mutator, count).await;
        trial.checks.add(target.name(), outcome);
    }
    let left = panics.taken();
    if !left.is_empty() {
        bail!("panics after the last input: {}", left.join("; "));
    }
    Ok(())
}

async fn throw(
    server: &Arc<InProcess>,
    panics: &Panics,
    watch: &Watch,
    target: Target,
    mut mutator: Mutator,
    count: usize,
) -> Result<String> {
    let began = Instant::now();
    let (mut found, mut tally) = (Vec::new(), Tally::default());
    for number in 0..count {
        let input = mutator.next();
        watch.look_at(target, &input);
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

/// Every panic of the process, wherever it is caught. What nobody has asked for is told when it is dropped.
#[derive(Debug)]
struct Panics(Arc<Mutex<Vec<String>>>);

impl Panics {
    fn watch() -> Panics {
        let panics = Panics(Arc::default());
        let seen = Arc::clone(&panics.0);
        std::panic::set_hook(Box::new(move |panic| {
            let mut list = seen.lock().unwrap_or_else(PoisonError::into_inner);
            list.push(panic.to_string());
        }));
        panics
    }

    fn taken(&self) -> Vec<String> {
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *list)
    }
}

impl Drop for Panics {
    fn drop(&mut self) {
        // The default hook again.
        drop(std::panic::take_hook());
        for panic in self.taken() {
            eprintln!("{panic}");
        }
    }
}

/// A thread of its own hears of every input: a parser that never ends leaves nobody else to notice.
#[derive(Debug)]
struct Watch(Sender<(Target, Vec<u8>)>);

impl Watch {
    fn start() -> Watch {
        let (looks, looked) = mpsc::channel();
        std::thread::spawn(move || {
            let mut last = None;
            loop {
                // Whoever can say so in another way has done it by then.
                match looked.recv_timeout(2 * PATIENCE) {
                    Ok(input) => last = Some(input),
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => end(last.as_ref()),
                }
            }
        });
        Watch(looks)
    }

    fn look_at(&self, target: Target, input: &[u8]) {
        // It ends only with all of us.
        let _ = self.0.send((target, input.to_vec()));
    }
}

fn end(last: Option<&(Target, Vec<u8>)>) {
    let name = last.map_or("nothing", |(target, _)| target.name());
    let input = last.map(|(_, input)| shown(input)).unwrap_or_default();
    eprintln!("  FAILED  fuzz: {name}: no end of \"{input}\"");
    std::process::exit(1);
}
