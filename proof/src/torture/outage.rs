//! Postgres gone, cut off, slow, or busy: those who need it are told so in time, the others notice nothing, nothing
//! piles up, and two seconds after it is back all is as before.

mod proxy;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use donewell_proof::http::{Connection, Request};
use donewell_proof::people::{self, Person};
use tokio::time::sleep;

use self::proxy::{Mode, Proxy};
use super::Trial;
use super::house::House;
use super::visits::{Visit, Visits, What};

/// As the server has it: for a connection to the database, for a lock, for a whole request.
const ACQUIRE: Duration = Duration::from_secs(3);
const LOCK: Duration = Duration::from_secs(3);
const REQUEST: Duration = Duration::from_secs(30);
/// What a busy machine adds.
const SLACK: Duration = Duration::from_secs(1);
const RECOVERY: Duration = Duration::from_secs(2);
/// Whoever needs no database is answered as ever, and so is everybody afterwards.
const AT_ONCE: Duration = Duration::from_millis(500);
/// How long all is well before, and must be well when it has recovered.
const BEFORE: Duration = Duration::from_millis(300);
const AFTER: Duration = Duration::from_millis(500);
const LATE: Duration = Duration::from_secs(5);
/// What may be in memory on top of what was before.
const MORE_MEMORY: u64 = 64 * 1024 * 1024;
const CONNECTIONS: &str = "10";

/// What happens to Postgres.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Stopped,
    Cut,
    Late,
    Exhausted,
}

impl Trouble {
    const ALL: [Trouble; 4] = [
        Trouble::Stopped,
        Trouble::Cut,
        Trouble::Late,
        Trouble::Exhausted,
    ];

    const fn name(self) -> &'static str {
        match self {
            Trouble::Stopped => "Postgres stopped",
            Trouble::Cut => "its connections cut",
            Trouble::Late => "its answers 5 s late",
            Trouble::Exhausted => "all connections in use",
        }
    }

    /// Seconds in which somebody is refused: those who wait for a connection are only when their time is up.
    const fn briefly(self) -> u64 {
        match self {
            Trouble::Stopped | Trouble::Cut => 1,
            Trouble::Late | Trouble::Exhausted => 4,
        }
    }

    /// How long an answer may take.
    fn limit(self) -> Duration {
        SLACK
            + match self {
                Trouble::Stopped | Trouble::Cut => ACQUIRE,
                Trouble::Late => REQUEST,
                Trouble::Exhausted => ACQUIRE + LOCK,
            }
    }
}

pub async fn run(trial: &mut Trial<'_>) -> Result<()> {
    let postgres_proxy = std::cell::OnceCell::new();
    let mut house = House::apart(trial.dist, |setting, postgres| {
        let proxy = Proxy::start(postgres.cluster.socket_directory())?;
        let url = proxy.url("torture")?;
        postgres_proxy.set(proxy).ok();
        Ok(setting
            .on_database(&url)
            .with("DATABASE_MAX_CONNECTIONS", CONNECTIONS))
    })
    .await?;
    let proxy = postgres_proxy.get().context("BUG: no proxy")?;
    let person = people::sign_up(house.setting.address, "ada").await?;
    for trouble in Trouble::ALL {
        let lasts = Duration::from_secs(trial.much(20, trouble.briefly()));
        let outcome = suffer(&mut house, proxy, &person, trouble, lasts).await;
        let check = format!("{} for {} s", trouble.name(), lasts.as_secs());
        trial.checks.add(&check, outcome);
    }
    let outcome = is_told_of_ended_sessions(&house).await;
    trial
        .checks
        .add("after all that, sessions that another node ends", outcome);
    Ok(())
}

async fn suffer(
    house: &mut House,
    proxy: &Proxy,
    person: &Person,
    trouble: Trouble,
    lasts: Duration,
) -> Result<String> {
    let address = house.setting.address;
    let memory = house.server()?.memory()?;
    let visits = Visits::start(address, person)?;
    sleep(BEFORE).await;
    let began = Instant::now();
    let over = bring(house, proxy, trouble, lasts).await;
    // Whatever happened, the visitors have to go.
    sleep(RECOVERY + AFTER).await;
    let visits = visits.end().await?;
    let over = over?;
    ensure!(
        house.server()?.try_wait()?.is_none(),
        "the server has ended"
    );
    let grown = house.server()?.memory()?.saturating_sub(memory);
    ensure!(
        grown < MORE_MEMORY,
        "the server has grown by {} MB",
        grown / 1_048_576
    );
    let figures = judge(&visits, trouble, began, over)?;
    Ok(format!(
        "{figures}; {} MB more in memory",
        grown / 1_048_576
    ))
}

/// Makes the trouble and ends it; when that was.
async fn bring(
    house: &mut House,
    proxy: &Proxy,
    trouble: Trouble,
    lasts: Duration,
) -> Result<Instant> {
    match trouble {
        Trouble::Stopped => {
            house.stop_postgres().await?;
            sleep(lasts).await;
            house.restart_postgres().await?;
        }
        Trouble::Cut => {
            let end = Instant::now() + lasts;
            while Instant::now() < end {
                proxy.set(Mode::Cut);
                sleep(Duration::from_millis(300)).await;
                proxy.set(Mode::Open);
                sleep(Duration::from_millis(700)).await;
            }
        }
        Trouble::Late => {
            proxy.set(Mode::Late(LATE));
            sleep(lasts).await;
            proxy.set(Mode::Open);
        }
        Trouble::Exhausted => {
            let hold = lasts.as_secs();
            let statements = format!("BEGIN; LOCK TABLE task; SELECT pg_sleep({hold}); COMMIT;");
            house.sql(&statements).await?;
        }
    }
    Ok(Instant::now())
}

fn judge(visits: &[Visit], trouble: Trouble, began: Instant, over: Instant) -> Result<String> {
    let (mut served, mut refused) = (0, 0);
    let (mut longest, mut recovered) = (Duration::ZERO, Duration::ZERO);
    let mut longest_alive = Duration::ZERO;
    for visit in visits {
        let came = visit.came.saturating_duration_since(began).as_secs_f64();
        let took = visit.took.as_secs_f64();
        let Some(status) = visit.status else {
            bail!("who came {came:.1} s after the beginning got no answer ({took:.1} s)");
        };
        if visit.what == What::Alive {
            ensure!(status == 200, "/health/live: {status}");
            longest_alive = longest_alive.max(visit.took);
            continue;
        }
        match status {
            200 | 201 => served += 1,
            503 => {
                refused += 1;
                longest = longest.max(visit.took);
                recovered = recovered.max(visit.came.saturating_duration_since(over));
            }
            other => bail!("{other} for who came {came:.1} s after the beginning"),
        }
        ensure!(
            visit.took < trouble.limit(),
            "{status} only after {took:.1} s for who came {came:.1} s after the beginning"
        );
        let is_after = visit.came > over + RECOVERY;
        ensure!(
            !is_after || (status != 503 && visit.took < AT_ONCE),
            "{} s after the end, {status} after {took:.1} s",
            visit.came.saturating_duration_since(over).as_secs_f64()
        );
    }
    ensure!(refused > 0, "nobody was refused: there was no trouble");
    ensure!(
        longest_alive < AT_ONCE,
        "/health/live took {:.1} s",
        longest_alive.as_secs_f64()
    );
    Ok(format!(
        "{refused} told 503 within {:.1} s, {served} served; the last refused came {:.1} s after the end; \
         /health/live within {} ms",
        longest.as_secs_f64(),
        recovered.as_secs_f64(),
        longest_alive.as_millis()
    ))
}

/// That is what a connection which only listens is for: it must have found back too.
async fn is_told_of_ended_sessions(house: &House) -> Result<String> {
    let address = house.setting.address;
    let person = people::sign_up(address, "bob").await?;
    let mut connection = Connection::open(address).await?;
    let request = Request::new("GET", &person.tasks("")).bearer(&person.token);
    let before = connection.send(&request).await?.status;
    ensure!(before == 200, "a token is good for {before}");
    house
        .sql(&format!(
            "DELETE FROM session WHERE user_id = '{}'",
            person.id
        ))
        .await?;
    let ended = Instant::now();
    while connection.send(&request).await?.status != 401 {
        ensure!(
            ended.elapsed() < Duration::from_secs(1),
            "their tokens are still good after a second"
        );
        sleep(Duration::from_millis(5)).await;
    }
    Ok(format!(
        "their tokens are refused after {} ms",
        ended.elapsed().as_millis()
    ))
}
