//! Postgres gone, cut off, slow, or busy: those who need it are told so in time, the others notice nothing, nothing
//! piles up, and two seconds after it is back all is as before.

mod proxy;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use donewell_proof::http::{Connection, Request};
use donewell_proof::people::{self, Person};
use donewell_proof::server::process;
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
const CUT: Duration = Duration::from_millis(300);
const BETWEEN_CUTS: Duration = Duration::from_millis(700);
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

    /// Seconds after which nobody who came at first may still wait to be refused.
    const fn briefly(self) -> u64 {
        match self {
            Trouble::Stopped | Trouble::Cut | Trouble::Late => 5,
            Trouble::Exhausted => 8,
        }
    }

    /// Within this somebody is told that they are not served.
    fn refusal(self) -> Duration {
        SLACK
            + match self {
                Trouble::Stopped | Trouble::Cut => ACQUIRE,
                // Who hears late whether a session has ended, which takes two answers at most, has to ask again for the tasks.
                Trouble::Late => ACQUIRE + 2 * LATE + ACQUIRE,
                Trouble::Exhausted => ACQUIRE + LOCK,
            }
    }

    /// Within this they are served.
    fn service(self) -> Duration {
        match self {
            Trouble::Late => SLACK + REQUEST,
            _ => self.refusal(),
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
    let server = house.server()?.process_id();
    let memory = process::memory(server)?;
    let visits = Visits::start(address, person)?;
    let suffering = async {
        sleep(BEFORE).await;
        let began = Instant::now();
        let over = bring(house, proxy, trouble, lasts).await;
        // Whatever happened, the visitors have to go.
        sleep(RECOVERY + AFTER).await;
        let visits = visits.end().await?;
        anyhow::Ok((began, over?, visits))
    };
    let (suffered, most) = process::highest_memory(server, suffering).await;
    let (began, over, visits) = suffered?;
    ensure!(
        house.server()?.try_wait()?.is_none(),
        "the server has ended"
    );
    let grown = most.saturating_sub(memory);
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

/// Makes the trouble and ends it; when it ended.
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
            let began = Instant::now();
            loop {
                proxy.set(Mode::Cut);
                sleep(CUT).await;
                proxy.set(Mode::Open);
                if began.elapsed() >= lasts {
                    break;
                }
                sleep(BETWEEN_CUTS).await;
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
        let limit = match status {
            200 | 201 => {
                served += 1;
                trouble.service()
            }
            503 => {
                refused += 1;
                longest = longest.max(visit.took);
                recovered = recovered.max(visit.came.saturating_duration_since(over));
                trouble.refusal()
            }
            other => bail!("{other} for who came {came:.1} s after the beginning"),
        };
        ensure!(
            visit.took < limit,
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
