//! Those who do not play by the rules: silent, slow, half gone, or without an end. Meanwhile everybody else is served as ever, and
//! the server's memory stays within bounds. It is started as most systems start it, with 1,024 descriptors.

mod guests;

use std::future::Future;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use donewell_proof::people::{self, Person};
use donewell_proof::server::process;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::task::JoinSet;
use tokio::time::sleep;

use self::guests::Left;
use super::Trial;
use super::house::House;
use super::visits::{self, Visit, Visits};

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
const LOOK: Duration = Duration::from_millis(100);

pub async fn run(trial: &mut Trial<'_>) -> Result<()> {
    let mut scene = Scene::new(trial).await?;
    scene.silent_and_slow().await;
    scene.half_gone().await;
    scene.endless().await;
    if !scene.trial.short {
        scene.too_many().await;
        scene.all_are_let_go().await?;
    }
    Ok(())
}

struct Scene<'s, 't> {
    trial: &'s mut Trial<'t>,
    house: House,
    address: SocketAddr,
    person: Person,
    /// For so long each crowd stays.
    long: Duration,
}

impl<'s, 't> Scene<'s, 't> {
    async fn new(trial: &'s mut Trial<'t>) -> Result<Self> {
        let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
        setrlimit(Resource::RLIMIT_NOFILE, DESCRIPTORS.min(hard), hard)?;
        let house = House::apart(trial.dist, |setting, _| Ok(setting)).await;
        setrlimit(Resource::RLIMIT_NOFILE, OURS.min(hard), hard)?;
        let house = house?;
        let address = house.setting.address;
        let person = people::sign_up(address, "ada").await?;
        house.add_large_tasks(&person).await?;
        let long = Duration::from_secs(trial.much(15, 1));
        Ok(Scene {
            trial,
            house,
            address,
            person,
            long,
        })
    }

    async fn silent_and_slow(&mut self) {
        let (address, long) = (self.address, self.long);
        let guests = many(2000, |_| guests::silent(address, long));
        self.check("2,000 silent connections", guests).await;
        let guests = many(1000, |_| guests::slow_head(address, long));
        self.check("1,000 heads that never end, a byte at a time", guests)
            .await;
        let person = self.person.clone();
        let guests = many(200, |number| {
            guests::slow_body(address, person.clone(), long, number)
        });
        self.check("200 bodies a byte at a time", guests).await;
        // One after the other: it is not the making of two megabytes that is tried.
        let guests = many(200, |number| {
            let wait = long * u32::try_from(number).unwrap_or_default() / 200;
            guests::no_reader(address, person.clone(), wait, long)
        });
        self.check("200 large answers that nobody reads", guests)
            .await;
    }

    async fn half_gone(&mut self) {
        let (address, person, long) = (self.address, self.person.clone(), self.long);
        let guests = many(500, |number| {
            guests::half_closed(address, person.clone(), long, number)
        });
        let who = "500 connections closed on one side, again and again";
        self.check(who, guests).await;
        let who = "500 who vanish without a word";
        if guests::may_vanish() {
            let guests = many(500, |_| guests::vanished(address, person.clone(), long));
            self.check(who, guests).await;
        } else {
            self.trial.checks.skip(who, "it takes root on Linux");
        }
    }

    async fn endless(&mut self) {
        let (address, person, long) = (self.address, self.person.clone(), self.long);
        let guests = many(200, |_| guests::endless_head(address, long));
        self.check("200 floods of headers, again and again", guests)
            .await;
        let guests = many(100, |_| guests::endless_body(address, person.clone(), long));
        self.check("100 bodies that never end, again and again", guests)
            .await;
    }

    async fn too_many(&mut self) {
        let (address, long) = (self.address, self.long);
        let guests = many(6000, |_| guests::silent(address, long));
        let who = "6,000 silent connections, more than there is room for";
        self.check(who, guests).await;
    }

    async fn check(&mut self, who: &str, guests: JoinSet<Result<Left>>) {
        let outcome = endure(&mut self.house, &self.person, guests).await;
        self.trial.checks.add(who, outcome);
    }

    async fn all_are_let_go(&mut self) -> Result<()> {
        let (address, person) = (self.address, &self.person);
        let outcome = silence_ends(address).await;
        self.trial
            .checks
            .add("a connection without a request is closed", outcome);
        if guests::may_vanish() {
            let server = self.house.server()?.process_id();
            let outcome = absence_is_noticed(server, address, person).await;
            self.trial.checks.add(
                "a connection whose other end has vanished is closed",
                outcome,
            );
        }
        let outcome = stall_ends(address, person).await;
        self.trial
            .checks
            .add("an answer that nobody takes is given up", outcome);
        Ok(())
    }
}

fn many<F>(count: usize, guest: impl Fn(usize) -> F) -> JoinSet<Result<Left>>
where
    F: Future<Output = Result<Left>> + Send + 'static,
{
    (0..count).map(guest).collect()
}

async fn endure(
    house: &mut House,
    person: &Person,
    guests: JoinSet<Result<Left>>,
) -> Result<String> {
    let server = house.server()?.process_id();
    let before = process::memory(server)?;
    let address = house.setting.address;
    let crowd = async {
        let began = Instant::now();
        let visits = Visits::start(address, person)?;
        let left = guests.join_all().await;
        let ended = Instant::now();
        anyhow::Ok((left, visits.end().await?, began, ended))
    };
    let (outcome, most) = process::highest_memory(server, crowd).await;
    let (left, visits, began, ended) = outcome?;
    let left = left.into_iter().collect::<Result<Vec<Left>>>()?;
    ensure!(
        house.server()?.try_wait()?.is_none(),
        "the server has ended"
    );
    let longest = judge(&visits, began, ended)?;
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
        "{} others served within {} ms; {} MB more in memory; {} times one was closed or answered by the server, at most {} KB taken",
        visits.len(),
        longest.as_millis(),
        grown / MEGABYTE,
        left.iter().map(|left| left.by_server).sum::<u32>(),
        sent / 1024
    ))
}

fn judge(visits: &[Visit], began: Instant, ended: Instant) -> Result<Duration> {
    // Half of what comes is too little to say that they were served all the while.
    let meanwhile = visits
        .iter()
        .filter(|visit| visit.came + visit.took <= ended);
    let served = u32::try_from(meanwhile.count())?;
    let lasted = ended - began;
    ensure!(
        2 * served * visits::EVERY > lasted,
        "only {served} others had an answer within the {:.1} s",
        lasted.as_secs_f64()
    );
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

async fn absence_is_noticed(server: u32, address: SocketAddr, person: &Person) -> Result<String> {
    let before = process::descriptors(server)?;
    let guests = many(100, |_| {
        guests::vanished(address, person.clone(), Duration::ZERO)
    });
    let gone = guests.join_all().await.into_iter();
    let count = gone.collect::<Result<Vec<Left>>>()?.len();
    let began = Instant::now();
    let held = process::descriptors(server)?;
    ensure!(
        held >= before + count,
        "only {} connections are held",
        held.saturating_sub(before)
    );
    while process::descriptors(server)? > before {
        ensure!(began.elapsed() < SILENCE, "some are held for too long");
        sleep(LOOK).await;
    }
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
    let open = left.iter().filter(|left| left.by_server == 0).count();
    ensure!(open == 0, "{open} are still open");
    Ok(())
}
