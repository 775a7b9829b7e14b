//! SIGTERM under load. A request counts as accepted when all of it was sent on a connection that the server had
//! accepted, before the server closed that connection; each of those gets its whole answer. No failure is a connection
//! that was refused, or that was closed between two requests before the server had read a byte of the second. What the
//! server has read cannot be seen from outside, but what it has done can: every request here writes, and a write that
//! is there without an answer was accepted and failed.

mod clients;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use donewell_proof::http::{Connection, Request};
use donewell_proof::people::{self, Person};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use self::clients::{Kind, Outcome, Sent};
use super::Trial;
use super::house::House;

const STEADY: usize = 12;
const FRESH: usize = 6;
const SLOW: usize = 4;
/// Ten seconds for requests that run and two for their queries are promised; nothing here runs for longer than
/// `HELD`.
const END_LIMIT: Duration = Duration::from_secs(6);
const HELD: f32 = 1.5;
const SETTLED: Duration = Duration::from_secs(20);

#[derive(Debug, Default)]
struct Sum {
    answered: usize,
    kept_closed: usize,
    refused: usize,
    longest_end: Duration,
}

pub async fn run(trial: &mut Trial<'_>) -> Result<()> {
    let rounds = trial.much(10, 1);
    let mut house = House::apart(trial.dist, |setting, _| Ok(setting)).await?;
    let person = people::sign_up(house.setting.address, "ada").await?;
    house.add_large_tasks(&person).await?;
    let mut sum = Sum::default();
    let mut outcome = Ok(());
    for _ in 0..rounds {
        outcome = round(trial, &mut house, &person, &mut sum).await;
        if outcome.is_err() {
            break;
        }
    }
    let figures = outcome.map(|()| {
        format!(
            "{} requests had whole answers, none was lost; {} found their kept connection closed, {} were refused; \
             ended after {:.2} s at most",
            sum.answered,
            sum.kept_closed,
            sum.refused,
            sum.longest_end.as_secs_f64()
        )
    });
    let check = format!("SIGTERM under load, {rounds} times");
    trial.checks.add(&check, figures);
    if !house.is_up() {
        house.start_server().await?;
    }
    let alone = idle(trial, &mut house).await;
    trial
        .checks
        .add("SIGTERM with nothing but silent connections", alone);
    Ok(())
}

async fn round(
    trial: &mut Trial<'_>,
    house: &mut House,
    person: &Person,
    sum: &mut Sum,
) -> Result<()> {
    let address = house.setting.address;
    let held = make_tasks(address, person, SLOW).await?;
    let lock = house.query()?;
    let statement = format!(
        "BEGIN; SELECT 1 FROM task WHERE id IN ('{}') FOR UPDATE; SELECT pg_sleep({HELD}); COMMIT;",
        held.join("','")
    );
    let holder = tokio::spawn(async move { lock.run(&statement).await });
    wait_for(house, "wait_event = 'PgSleep'", 1).await?;

    let mut clients: JoinSet<Result<Vec<Sent>>> = JoinSet::new();
    for _ in 0..STEADY {
        clients.spawn(clients::steady(address, person.clone(), trial.rng.fork()));
    }
    for _ in 0..FRESH {
        clients.spawn(clients::fresh(address, person.clone(), trial.rng.fork()));
    }
    for id in held {
        clients.spawn(clients::held(address, person.clone(), id));
    }
    for _ in 0..SLOW {
        let id = trial.rng.u128(..);
        clients.spawn(clients::slow_body(address, person.clone(), id));
        clients.spawn(clients::slow_reader(address, person.clone()));
    }
    wait_for(house, "wait_event_type = 'Lock'", SLOW).await?;
    sleep(Duration::from_millis(trial.rng.u64(100..400))).await;

    let asked = Instant::now();
    house.server()?.signal(Signal::SIGTERM)?;
    let status = timeout(SETTLED, house.wait_for_server())
        .await
        .context("the server did not end")??;
    sum.longest_end = sum.longest_end.max(asked.elapsed());
    ensure!(status.success(), "the server ended with {status}");
    ensure!(
        asked.elapsed() < END_LIMIT,
        "the server took {:.1} s to end",
        asked.elapsed().as_secs_f64()
    );
    let ended = timeout(SETTLED, clients.join_all())
        .await
        .context("clients still wait for answers")?;
    holder.await??;
    let sent: Vec<Sent> = ended.into_iter().collect::<Result<Vec<_>>>()?.concat();
    house.old_queries_end().await?;
    judge(house, &sent, sum).await?;
    house.start_server().await?;
    Ok(())
}

async fn judge(house: &House, sent: &[Sent], sum: &mut Sum) -> Result<()> {
    let titles = house.sql("SELECT title FROM task").await?;
    let written: HashSet<&str> = titles.lines().collect();
    for Sent {
        kind,
        title,
        outcome,
    } in sent
    {
        match outcome {
            Outcome::Answered(status) => {
                ensure!(
                    (200..300).contains(status),
                    "{kind:?}: answered {status} while the server stopped"
                );
                ensure!(
                    title.is_empty() || written.contains(title.as_str()),
                    "{kind:?}: answered {status}, but {title} is not there"
                );
                sum.answered += 1;
            }
            Outcome::Cut(bytes) => {
                anyhow::bail!("{kind:?}: the answer was cut off after {bytes} bytes")
            }
            Outcome::Closed => {
                ensure!(
                    !written.contains(title.as_str()) || title.is_empty(),
                    "{kind:?}: {title} was written, but never answered"
                );
                match kind {
                    Kind::Kept => sum.kept_closed += 1,
                    other => anyhow::bail!(
                        "{other:?}: the connection was made and the request sent, but there was no answer"
                    ),
                }
            }
            Outcome::Refused => sum.refused += 1,
        }
    }
    Ok(())
}

/// Connections on which nothing, or half a head, was sent do not hold up the end.
async fn idle(trial: &mut Trial<'_>, house: &mut House) -> Result<String> {
    let address = house.setting.address;
    let count = trial.much(200, 50);
    let mut silent = Vec::new();
    for number in 0..count {
        let mut connection = Connection::open(address).await?;
        match number % 3 {
            0 => {}
            1 => {
                let half = b"GET /health/live HTTP/1.1\r\nhos";
                connection.write(half).await?;
            }
            _ => {
                connection.get("/health/live").await?;
            }
        }
        silent.push(connection);
    }
    let asked = Instant::now();
    house.server()?.signal(Signal::SIGTERM)?;
    let status = timeout(SETTLED, house.wait_for_server())
        .await
        .context("the server did not end")??;
    let time = asked.elapsed();
    ensure!(status.success(), "the server ended with {status}");
    ensure!(
        time < END_LIMIT,
        "{count} silent connections held up the end for {:.1} s",
        time.as_secs_f64()
    );
    Ok(format!(
        "{count} of them; ended after {:.2} s",
        time.as_secs_f64()
    ))
}

async fn make_tasks(
    address: std::net::SocketAddr,
    person: &Person,
    count: usize,
) -> Result<Vec<String>> {
    let mut connection = Connection::open(address).await?;
    let mut ids = Vec::new();
    for _ in 0..count {
        let request = Request::new("POST", &person.tasks(""))
            .bearer(&person.token)
            .json(&json!({ "title": "held" }))?;
        let task: Value = connection.send(&request).await?.json(201)?;
        ids.push(task["id"].as_str().context("no id")?.to_owned());
    }
    Ok(ids)
}

async fn wait_for(house: &House, what: &str, count: usize) -> Result<()> {
    let started = Instant::now();
    let ask = format!("SELECT count(*) FROM pg_stat_activity WHERE {what}");
    while house.sql(&ask).await?.parse::<usize>()? < count {
        ensure!(started.elapsed() < SETTLED, "never {count} with {what}");
        sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}
