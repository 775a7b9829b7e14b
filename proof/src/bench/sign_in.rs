//! Signing in beside the bare hash, and what others feel of a storm of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use donewell_proof::http::{Connection, Request};
use donewell_proof::people::PASSWORD;
use donewell_proof::server::Dist;
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};

use super::figure::{Figure, Part, Table};
use super::load::{self, Bound, Outcome, Script, microseconds};
use super::say;
use super::stage::Stage;

const PEOPLE: usize = 32;
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(3);
/// Between two lists, as somebody's page would ask.
const PAUSE: Duration = Duration::from_millis(5);

pub async fn run(dist: &Dist) -> Result<Part> {
    let mut part = Part::new("sign-in", "Signing in");
    let stage = Stage::new(dist, &[20; PEOPLE]).await?;
    let cores = thread::available_parallelism()?.get();
    let phc = stage
        .sql("SELECT password_hash FROM account LIMIT 1")
        .await?;
    let params = params(&phc).with_context(|| format!("an odd hash: {phc}"))?;
    let connections = 2 * cores;
    part.how.push(format!(
        "{ROUNDS} rounds by turns of {} s each: {cores} threads that do nothing but hash (argon2id, {} KiB, t={}, p={}, as \
         the table of accounts has it); nothing but a list of 20 every {} ms; such lists while {connections} connections sign \
         in as fast as they can. Medians.",
        ROUND.as_secs(),
        params.m_cost(),
        params.t_cost(),
        params.p_cost(),
        PAUSE.as_millis()
    ));
    let storm = storm(&stage, connections)?;
    let person = &stage.people[0];
    let list = Request::new("GET", &person.tasks("?limit=20"))
        .bearer(&person.token)
        .bytes();
    let address = stage.server.address();
    let (mut bare, mut rates, mut shares) = (Vec::new(), Vec::new(), Vec::new());
    let (mut idle, mut busy, mut stretch) = (Vec::new(), Vec::new(), Vec::new());
    let mut errors = 0;
    for _ in 0..ROUNDS {
        let hashes = hashes(&params, cores).await?;
        let calm = lists(Connection::open(address).await?, &list).await?;
        let (outcome, meanwhile) = tokio::try_join!(
            load::run(address, &storm, Bound::Time(ROUND), 200),
            lists(Connection::open(address).await?, &list),
        )?;
        bare.push(hashes);
        rates.push(outcome.rate());
        shares.push(outcome.rate() / hashes);
        idle.push(calm.percentile(99));
        busy.push(meanwhile.percentile(99));
        stretch.push(meanwhile.percentile(99) / calm.percentile(99));
        errors += outcome.errors + calm.errors + meanwhile.errors;
    }
    let mut table = Table::new(
        "Sign-ins",
        &[
            "",
            "share of the bare hash",
            "sign-ins",
            "bare hashes",
            "errors",
        ],
    );
    table.row(
        format!("{connections} connections"),
        vec![
            Figure::ratio("sign-in.share", 0.0).of_rounds(&shares),
            Figure::per_second("sign-in.rate", 0.0).of_rounds(&rates),
            Figure::per_second("sign-in.bare", 0.0)
                .of_rounds(&bare)
                .told(),
            Figure::count("sign-in.errors", load::number(errors)).at_most(0.0),
        ],
    );
    let mut others = Table::new("A list of 20, p99", &["", "busy to idle", "idle", "busy"]);
    others.row(
        "while people sign in",
        vec![
            Figure::ratio("sign-in.list.stretch", 0.0)
                .of_rounds(&stretch)
                .lower_is_better(),
            Figure::milliseconds("sign-in.list.idle", 0.0).of_rounds(&idle),
            Figure::milliseconds("sign-in.list.busy", 0.0).of_rounds(&busy),
        ],
    );
    for table in [&table, &others] {
        let said: Vec<String> = table.rows[0].figures.iter().map(Figure::shown).collect();
        say("sign-in", &format!("{}: {}", table.title, said.join(", ")));
    }
    part.tables = vec![table, others];
    Ok(part)
}

/// Each connection signs in others.
fn storm(stage: &Stage, connections: usize) -> Result<Vec<Script>> {
    (0..connections)
        .map(|first| {
            let people = stage.people.iter().skip(first).step_by(connections);
            let requests: Result<Vec<Vec<u8>>> = people
                .map(|person| {
                    let body = json!({ "email": person.email, "password": PASSWORD });
                    let request = Request::new("POST", "/api/auth/sign-in/email").json(&body)?;
                    Ok(request.bytes())
                })
                .collect();
            Ok(Script::from(requests?))
        })
        .collect()
}

/// `$argon2id$v=19$m=19456,t=2,p=1$…`
fn params(phc: &str) -> Option<Params> {
    let costs = phc.strip_prefix("$argon2id$v=19$")?.split('$').next()?;
    let cost = |name: &str| {
        let mut all = costs.split(',').filter_map(|cost| cost.split_once('='));
        all.find(|(known, _)| *known == name)?.1.parse().ok()
    };
    Params::new(cost("m")?, cost("t")?, cost("p")?, None).ok()
}

/// Hashes per second of as many threads.
async fn hashes(params: &Params, threads: usize) -> Result<f64> {
    let params = params.clone();
    let work = move || {
        let count = Arc::new(AtomicUsize::new(0));
        let started = Instant::now();
        thread::scope(|scope| {
            for _ in 0..threads {
                let (count, params) = (Arc::clone(&count), params.clone());
                scope.spawn(move || {
                    // The same memory over and over: to get it anew costs as much as a part of the hash.
                    let mut memory = vec![Block::default(); params.block_count()];
                    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
                    let mut hash = [0; 32];
                    let mut once = || {
                        let salt = b"sixteen bytes ok";
                        argon2.hash_password_into_with_memory(
                            PASSWORD.as_bytes(),
                            salt,
                            &mut hash,
                            &mut memory,
                        )
                    };
                    while started.elapsed() < ROUND && once().is_ok() {
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        load::number(count.load(Ordering::Relaxed)) / started.elapsed().as_secs_f64()
    };
    Ok(tokio::task::spawn_blocking(work).await?)
}

/// One after the other, with a pause.
async fn lists(mut connection: Connection, request: &[u8]) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut ticks = interval(PAUSE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let started = Instant::now();
    while started.elapsed() < ROUND {
        ticks.tick().await;
        let begun = Instant::now();
        let brief = connection.exchange(request).await?;
        if brief.status == 200 {
            outcome.times.push(microseconds(begun.elapsed()));
        } else {
            outcome.errors += 1;
        }
    }
    outcome.took = started.elapsed();
    outcome.times.sort_unstable();
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_costs_are_those_of_the_stored_hash() {
        let params = params("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA").expect("costs");
        let costs = (params.m_cost(), params.t_cost(), params.p_cost());
        assert_eq!(costs, (19456, 2, 1));
        assert!(super::params("$2b$12$abc").is_none());
    }
}
