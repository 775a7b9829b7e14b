//! Those who do not play by the rules: silent, slow, or without an end. Meanwhile everybody else is served as ever, and
//! the server's memory stays within bounds. It is started as most systems start it, with 1,024 descriptors.

mod guests;

use std::future::Future;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use donewell_proof::people::{self, Person};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::task::JoinSet;
use tokio::time::sleep;

use self::guests::Left;
use super::Trial;
use super::house::House;
use super::visits::{Visit, Visits};

/// What a process is granted at first almost everywhere.
const DESCRIPTORS: u64 = 1024;
const OURS: u64 = 12_000;
/// Nobody else waits longer, on a machine that is busy with those crowds.
const LIMIT: Duration = Duration::from_secs(1);
const MEGABYTE: u64 = 1024 * 1024;
/// What all of them together may cost.
const MORE_MEMORY: u64 = 192 * MEGABYTE;
/// More heads or body than this nobody takes.
const SENT_IN_VAIN: u64 = 8 * MEGABYTE;
/// As the server has it, and a moment.
const SILENCE: Duration = Duration::from_secs(135);
const STALL: Duration = Duration::from_secs(45);

pub async fn run(trial: &mut Trial<'_>) -> Result<()> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, DESCRIPTORS.min(hard), hard)?;
    let house = House::apart(trial.dist, |setting, _| Ok(setting)).await;
    setrlimit(Resource::RLIMIT_NOFILE, OURS.min(hard), hard)?;
    let mut house = house?;
    let address = house.setting.address;
    let person = people::sign_up(address, "ada").await?;
    let long = Duration::from_secs(trial.much(15, 1));
    house.add_large_tasks(&person).await?;

    let guests = many(2000, |_| guests::silent(address, long));
    check(
        trial,
        &mut house,
        &person,
        "2,000 silent connections",
        guests,
    )
    .await;

    let guests = many(1000, |_| guests::slow_head(address, long));
    check(
        trial,
        &mut house,
        &person,
        "1,000 heads that never end, a byte at a time",
        guests,
    )
    .await;

    let guests = many(200, |_| guests::endless_head(address));
    check(trial, &mut house, &person, "200 floods of headers", guests).await;

    let guests = many(200, |number| {
        guests::slow_body(address, person.clone(), long, number)
    });
    check(
        trial,
        &mut house,
        &person,
        "200 bodies a byte at a time",
        guests,
    )
    .await;

    let guests = many(100, |_| guests::endless_body(address, person.clone()));
    check(
        trial,
        &mut house,
        &person,
        "100 bodies that never end",
        guests,
    )
    .await;

    // One after the other: it is not the making of two megabytes that is tried.
    let guests = many(200, |number| {
        let wait = long * u32::try_from(number).unwrap_or_default() / 200;
        guests::no_reader(address, person.clone(), wait, long)
    });
    check(
        trial,
        &mut house,
        &person,
        "200 large answers that nobody reads",
        guests,
    )
    .await;

    if !trial.short {
        let guests = many(6000, |_| guests::silent(address, long));
        check(
            trial,
            &mut house,
            &person,
            "6,000 silent connections, more than there is room for",
            guests,
        )
        .await;
        let outcome = silence_ends(address).await;
        trial
            .checks
            .add("a connection without a request is closed", outcome);
        let outcome = stall_ends(address, &person).await;
        trial
            .checks
            .add("an answer that nobody takes is given up", outcome);
    }
    Ok(())
}

fn many<F>(count: usize, guest: impl Fn(usize) -> F) -> JoinSet<Result<Left>>
where
    F: Future<Output = Result<Left>> + Send + 'static,
{
    (0..count).map(guest).collect()
}

async fn check(
    trial: &mut Trial<'_>,
    house: &mut House,
    person: &Person,
    who: &str,
    guests: JoinSet<Result<Left>>,
) {
    let outcome = endure(house, person, guests).await;
    trial.checks.add(who, outcome);
}

async fn endure(
    house: &mut House,
    person: &Person,
    guests: JoinSet<Result<Left>>,
) -> Result<String> {
    let before = house.server()?.memory()?;
    let mut most = before;
    let visits = Visits::start(house.setting.address, person)?;
    let guests = tokio::spawn(guests.join_all());
    let mut is_over = false;
    while !is_over {
        is_over = guests.is_finished();
        sleep(Duration::from_millis(100)).await;
        most = most.max(house.server()?.memory()?);
    }
    let visits = visits.end().await?;
    let left = guests.await?.into_iter().collect::<Result<Vec<Left>>>()?;
    ensure!(
        house.server()?.try_wait()?.is_none(),
        "the server has ended"
    );
    let longest = judge(&visits)?;
    let grown = most.saturating_sub(before);
    ensure!(
        grown < MORE_MEMORY,
        "the server has grown by {} MB",
        grown / MEGABYTE
    );
    let sent = left.iter().map(|left| left.sent).max().unwrap_or_default();
    ensure!(
        sent < SENT_IN_VAIN,
        "{} MB of one were taken",
        sent / MEGABYTE
    );
    Ok(format!(
        "{} others served within {} ms; {} MB more in memory; {} of them closed or answered by the server, at most {} KB taken",
        visits.len(),
        longest.as_millis(),
        grown / MEGABYTE,
        left.iter().filter(|left| left.by_server).count(),
        sent / 1024
    ))
}

fn judge(visits: &[Visit]) -> Result<Duration> {
    let mut longest = Duration::ZERO;
    let mut failed = 0;
    for visit in visits {
        longest = longest.max(visit.took);
        failed += usize::from(!matches!(visit.status, Some(200 | 201)));
    }
    ensure!(
        failed == 0,
        "{failed} of {} others were not served, the slowest took {:.1} s",
        visits.len(),
        longest.as_secs_f64()
    );
    ensure!(
        longest < LIMIT,
        "others waited up to {:.1} s",
        longest.as_secs_f64()
    );
    Ok(longest)
}

async fn silence_ends(address: SocketAddr) -> Result<String> {
    let began = Instant::now();
    all_end(many(10, |_| guests::silent(address, SILENCE))).await?;
    Ok(format!("after {} s", began.elapsed().as_secs()))
}

async fn stall_ends(address: SocketAddr, person: &Person) -> Result<String> {
    let guests = many(10, |_| guests::late_reader(address, person.clone(), STALL));
    all_end(guests).await?;
    Ok(format!("within {} s", STALL.as_secs()))
}

async fn all_end(guests: JoinSet<Result<Left>>) -> Result<()> {
    let left = guests.join_all().await;
    let left = left.into_iter().collect::<Result<Vec<Left>>>()?;
    let open = left.iter().filter(|left| !left.by_server).count();
    ensure!(open == 0, "{open} are still open");
    Ok(())
}
