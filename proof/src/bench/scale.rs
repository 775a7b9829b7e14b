//! The same few people's lists, searches and toggles while the table around them grows: what it costs must not grow
//! with it. A second server on a database of the smallest size is asked by turns, so that both are measured alike.

mod fill;
mod plans;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use donewell_proof::directory::Directory;
use donewell_proof::http::{Connection, Request};
use donewell_proof::people::{self, Person};
use donewell_proof::postgres::{Postgres, open_directory};
use donewell_proof::server::{Dist, Server, Setting};

use super::figure::{Figure, Part, Table};
use super::load::microseconds;
use super::say;
use super::stats::percentile;

/// Tasks of one who has few, and of one who has many; in every size.
const OWN: [(&str, usize); 2] = [("small", 20), ("large", 5_000)];
const SMALLEST: usize = 10_000;
const ROUNDS: usize = 7;
const REQUESTS: usize = 150;
/// List at the greatest size beside that at the smallest.
const AT_MOST: f64 = 1.2;

#[derive(Debug, Clone, Copy)]
pub(super) enum Call {
    List,
    Search,
    Toggle,
}

const CALLS: [Call; 3] = [Call::List, Call::Search, Call::Toggle];

impl Call {
    const fn name(self) -> &'static str {
        match self {
            Call::List => "list",
            Call::Search => "search",
            Call::Toggle => "toggle",
        }
    }

    fn request(self, person: &Person, task: &str) -> Request {
        let request = match self {
            Call::List => Request::new("GET", &person.tasks("?limit=20")),
            Call::Search => Request::new("GET", &person.tasks("?limit=20&q=passport")),
            Call::Toggle => Request::new("PATCH", &person.tasks(&format!("/{task}/complete"))),
        };
        request.bearer(&person.token)
    }
}

/// A server, its database, and its people: first the one with few tasks, then the one with many.
struct Side {
    // The server ends before its directory goes: fields are dropped in this order.
    server: Server,
    database: &'static str,
    people: Vec<Person>,
    _directory: Directory,
}

impl Side {
    async fn new(dist: &Dist, postgres: &Postgres, database: &'static str) -> Result<Side> {
        let url = postgres.create(database).await?;
        let directory = open_directory("donewell-bench-")?;
        let setting = Setting::new(dist, directory.path())?.on_database(&url);
        let server = setting.start().await?;
        let mut people = Vec::new();
        for (name, count) in OWN {
            let person = people::sign_up(server.address(), name).await?;
            fill::own(postgres, database, &person.id, count).await?;
            people.push(person);
        }
        Ok(Side {
            server,
            database,
            people,
            _directory: directory,
        })
    }

    /// A tenth of somebody's tasks, to be toggled in turn.
    async fn requests(
        &self,
        postgres: &Postgres,
        call: Call,
        person: usize,
    ) -> Result<Vec<Vec<u8>>> {
        let person = &self.people[person];
        let ids = format!(
            "SELECT id FROM task WHERE owner_id = '{}' ORDER BY id LIMIT 20",
            person.id
        );
        let ids = postgres.sql(self.database, &ids).await?;
        let all = ids.lines().map(|id| call.request(person, id).bytes());
        Ok(all.collect())
    }
}

/// Up to `sizes`' last, in one database.
pub async fn run(dist: &Dist, name: &str, sizes: &[usize]) -> Result<Part> {
    let mut part = Part::new(name, "Among many tasks of others");
    part.how.push(format!(
        "One with 20 tasks and one with 5,000, each in a database of {SMALLEST} tasks and in one that grows; the others have \
         100 each. One connection; {ROUNDS} rounds by turns of {REQUESTS} requests to each of the two; the ratio is that of a \
         round's two medians. The plans are those of the statements that Postgres' log shows for a request, with custom and \
         with generic plans; no list may sort or read through the table, and no search or toggle may read through it."
    ));
    let postgres = Postgres::start()?;
    let base = Side::new(dist, &postgres, "base").await?;
    fill::grow(&postgres, base.database, SMALLEST).await?;
    let big = Side::new(dist, &postgres, "big").await?;
    for &size in sizes {
        let started = Instant::now();
        fill::grow(&postgres, big.database, size).await?;
        let filled = started.elapsed();
        let bytes = postgres
            .sql(big.database, "SELECT pg_total_relation_size('task')")
            .await?;
        let bytes: f64 = bytes.parse().context("an odd size")?;
        say(
            name,
            &format!(
                "{size} tasks in {:.0} s, {:.1} GB",
                filled.as_secs_f64(),
                bytes / 1e9
            ),
        );
        let table = compare(&postgres, &base, &big, size, bytes).await?;
        part.tables.push(table);
    }
    Ok(part)
}

async fn compare(
    postgres: &Postgres,
    base: &Side,
    big: &Side,
    size: usize,
    bytes: f64,
) -> Result<Table> {
    let title = format!("{size} tasks ({:.1} GB) beside {SMALLEST}", bytes / 1e9);
    let heads = [
        "",
        "p50 beside the smallest",
        "p50",
        "p99",
        "p50 of the smallest",
        "plans not as wanted",
    ];
    let mut table = Table::new(&title, &heads).with_chart_of(0);
    for call in CALLS {
        let faults = plans::faults(postgres, &big.server, big.database, call, &big.people).await?;
        for fault in &faults {
            say("scale", &format!("{} at {size}: {fault}", call.name()));
        }
        for (person, (whose, count)) in OWN.iter().enumerate() {
            let key = |what: &str| format!("scale.{size}.{}.{whose}.{what}", call.name());
            let (mut near, mut far) = (
                Asked::new(base, postgres, call, person).await?,
                Asked::new(big, postgres, call, person).await?,
            );
            let (mut ratios, mut p50, mut p99, mut smallest) = (vec![], vec![], vec![], vec![]);
            near.ask(REQUESTS).await?;
            far.ask(REQUESTS).await?;
            for _ in 0..ROUNDS {
                let (here, there) = (near.ask(REQUESTS).await?, far.ask(REQUESTS).await?);
                let middle = |times: &[u32]| f64::from(percentile(times, 50)) / 1e3;
                ratios.push(middle(&there) / middle(&here));
                p50.push(middle(&there));
                p99.push(f64::from(percentile(&there, 99)) / 1e3);
                smallest.push(middle(&here));
            }
            let ratio = Figure::ratio(key("ratio"), 0.0)
                .of_rounds(&ratios)
                .lower_is_better();
            let bad = if person == 0 { faults.len() } else { 0 };
            let figures = vec![
                match call {
                    Call::List => ratio.at_most(AT_MOST),
                    Call::Search | Call::Toggle => ratio,
                },
                Figure::milliseconds(key("p50"), 0.0).of_rounds(&p50),
                Figure::milliseconds(key("p99"), 0.0).of_rounds(&p99),
                Figure::milliseconds(key("smallest"), 0.0)
                    .of_rounds(&smallest)
                    .told(),
                Figure::count(key("plans"), super::load::number(bad)).at_most(0.0),
            ];
            let label = format!("{}, of {count} own", call.name());
            say(
                "scale",
                &format!("{size}: {label}: {} times", figures[0].shown()),
            );
            table.row(label, figures);
        }
    }
    Ok(table)
}

/// One connection, and what it asks in turn.
struct Asked {
    connection: Connection,
    requests: Vec<Vec<u8>>,
    next: usize,
}

impl Asked {
    async fn new(side: &Side, postgres: &Postgres, call: Call, person: usize) -> Result<Asked> {
        Ok(Asked {
            connection: Connection::open(side.server.address()).await?,
            requests: side.requests(postgres, call, person).await?,
            next: 0,
        })
    }

    /// Microseconds each, in order.
    async fn ask(&mut self, count: usize) -> Result<Vec<u32>> {
        let mut times = Vec::with_capacity(count);
        for _ in 0..count {
            let request = &self.requests[self.next % self.requests.len()];
            self.next += 1;
            let begun = Instant::now();
            let brief =
                tokio::time::timeout(Duration::from_secs(30), self.connection.exchange(request))
                    .await
                    .context("no answer in time")??;
            times.push(microseconds(begun.elapsed()));
            anyhow::ensure!(brief.status == 200, "status {}", brief.status);
        }
        times.sort_unstable();
        Ok(times)
    }
}
