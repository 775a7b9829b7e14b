//! kill -9: the server, and Postgres with all of its processes, while people write. Every acknowledged write is there
//! afterwards, every other one wholly or not at all, and nobody has to help.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::time::sleep;

use super::Trial;
use super::checks::spread;
use super::house::House;
use super::writers::{Crew, Load};

const WRITERS: usize = 8;
/// After Postgres was killed, writes get through again within this: it has to read its log, and that on a busy
/// machine.
const RECOVERY: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(5);

pub async fn run(trial: &mut Trial<'_>) -> Result<()> {
    let (servers, databases) = trial.much((10, 5), (2, 1));
    for (how, is_embedded) in [("its own Postgres", true), ("a Postgres apart", false)] {
        let mut house = if is_embedded {
            House::embedded(trial.dist).await?
        } else {
            House::apart(trial.dist, |setting, _| Ok(setting)).await?
        };
        let mut crew = Crew::new(house.setting.address, WRITERS, &mut trial.rng).await?;
        let mut times = Vec::new();
        let mut outcome = Ok(());
        for _ in 0..servers {
            outcome = kill_server(trial, &mut house, &mut crew, &mut times).await;
            if outcome.is_err() {
                break;
            }
        }
        let figures = |crew: &Crew, times: &mut [Duration]| {
            let sum = crew.sum()?;
            Ok(format!("{sum}; ready again after {}", spread(times)))
        };
        let is_lost = outcome.is_err();
        let said = outcome.and_then(|()| figures(&crew, &mut times));
        let check = format!("kill -9 of the server with {how}, {servers} times");
        trial.checks.add(&check, said);
        if is_lost {
            continue;
        }
        times.clear();
        let mut outcome = Ok(());
        for _ in 0..databases {
            outcome = kill_postgres(trial, &mut house, &mut crew, &mut times).await;
            if outcome.is_err() {
                break;
            }
        }
        let said = outcome.and_then(|()| figures(&crew, &mut times));
        let check = format!("kill -9 of {how}, {databases} times");
        trial.checks.add(&check, said);
    }
    Ok(())
}

/// Under load, at any moment, and now and then again while it starts.
async fn kill_server(
    trial: &mut Trial<'_>,
    house: &mut House,
    crew: &mut Crew,
    times: &mut Vec<Duration>,
) -> Result<()> {
    let address = house.setting.address;
    let load = crew.start(address);
    let (busy, stumbles) = (busy(trial), trial.rng.u8(..3) == 0);
    let stumble = Duration::from_millis(trial.rng.u64(..400));
    let ended = async {
        sleep(busy).await;
        house.kill_server().await?;
        if stumbles {
            house.stumble(stumble).await?;
        }
        anyhow::Ok(())
    };
    let outcome = ended.await;
    let written = load.signals.acknowledged();
    crew.end(load).await?;
    outcome?;
    ensure!(written > 0, "nothing was written before the kill");
    house.old_queries_end().await?;
    times.push(house.start_server().await?);
    crew.compare(&house.query()?, address).await
}

/// The writers go on; the server stays, and finds back by itself.
async fn kill_postgres(
    trial: &mut Trial<'_>,
    house: &mut House,
    crew: &mut Crew,
    times: &mut Vec<Duration>,
) -> Result<()> {
    let address = house.setting.address;
    let load = crew.start(address);
    let busy = busy(trial);
    let outcome = async {
        sleep(busy).await;
        house.kill_postgres()?;
        let killed = Instant::now();
        house.restart_postgres().await?;
        is_written(&load, killed).await?;
        times.push(killed.elapsed());
        sleep(busy / 2).await;
        ensure!(
            house.server()?.try_wait()?.is_none(),
            "the server has ended"
        );
        Ok(())
    }
    .await;
    crew.end(load).await?;
    outcome?;
    crew.compare(&house.query()?, address).await
}

/// One write of each writer may still be from before.
async fn is_written(load: &Load, killed: Instant) -> Result<()> {
    let before = load.signals.acknowledged();
    while load.signals.acknowledged() < before + 2 * WRITERS as u64 {
        ensure!(
            killed.elapsed() < RECOVERY,
            "nothing is written {} s after Postgres was killed",
            RECOVERY.as_secs()
        );
        sleep(POLL).await;
    }
    Ok(())
}

fn busy(trial: &mut Trial<'_>) -> Duration {
    let most = trial.much(1500, 700);
    Duration::from_millis(trial.rng.u64(200..most))
}
