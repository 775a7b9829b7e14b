//! The task API beside pgbench: the same statements on the same data by as many connections, in short rounds by turns.

use std::time::Duration;

use anyhow::Result;
use donewell_proof::http::{Connection, Request};
use donewell_proof::people::Person;
use donewell_proof::server::{Dist, process};
use serde_json::json;
use tokio::time::sleep;

use super::figure::{Figure, Part, Table};
use super::load::{self, Bound, Outcome, Script, number};
use super::pgbench::{self, SLOTS, Sample, Yardstick};
use super::say;
use super::stage::{DATABASE, Stage, Usage, bytes};
use super::statements::Capture;
use super::tokens::Mint;

const PEOPLE: usize = 64;
const TASKS_EACH: usize = 200;
const CONNECTIONS: [usize; 2] = [16, 64];
const ROUNDS: usize = 3;
const SECONDS: u32 = 2;
const WARM_UP: Duration = Duration::from_millis(500);
/// In a round of tokens that are used once.
const NEW_TOKENS: usize = 2048;

#[derive(Debug, Clone, Copy)]
enum Call {
    List,
    Get,
    Create,
    Toggle,
}

const CALLS: [Call; 4] = [Call::List, Call::Get, Call::Create, Call::Toggle];

impl Call {
    const fn name(self) -> &'static str {
        match self {
            Call::List => "list",
            Call::Get => "get",
            Call::Create => "create",
            Call::Toggle => "toggle",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Call::List => "list of 20",
            Call::Get => "get",
            Call::Create => "create",
            Call::Toggle => "toggle",
        }
    }

    const fn status(self) -> u16 {
        match self {
            Call::Create => 201,
            _ => 200,
        }
    }

    /// Of pgbench's rate at 64 connections, at least.
    const fn share(self) -> f64 {
        match self {
            Call::List | Call::Get => 0.5,
            Call::Create | Call::Toggle => 0.6,
        }
    }

    fn request(self, person: &Person, token: &str, task: &str) -> Result<Request> {
        let request = match self {
            Call::List => Request::new("GET", &person.tasks("?limit=20")),
            Call::Get => Request::new("GET", &person.tasks(&format!("/{task}"))),
            Call::Toggle => Request::new("PATCH", &person.tasks(&format!("/{task}/complete"))),
            Call::Create => Request::new("POST", &person.tasks("")).json(&json!({
                "title": "return glasses to neighbour",
                "description": "and ask about the winter tyres",
            }))?,
        };
        Ok(request.bearer(token))
    }
}

/// One call at one number of connections.
struct Case<'a> {
    call: Call,
    connections: usize,
    stage: &'a Stage,
    tasks: &'a [Vec<String>],
    yardstick: &'a Yardstick,
}

/// What came of its rounds.
#[derive(Default)]
struct Rounds {
    pgbench: Vec<f64>,
    known: Vec<Round>,
    new: Vec<Round>,
}

struct Round {
    outcome: Outcome,
    usage: Usage,
    memory: f64,
}

pub async fn run(dist: &Dist) -> Result<Part> {
    let mut part = Part::new("api", "The API beside pgbench");
    let stage = Stage::new(dist, &[TASKS_EACH; PEOPLE]).await?;
    sleep(Duration::from_secs(2)).await;
    let at_rest = bytes(stage.server.memory()?);
    let owners: Vec<String> = stage
        .people
        .iter()
        .map(|person| person.id.clone())
        .collect();
    stage.sql(&pgbench::slots_sql(&owners)).await?;
    let tasks: Vec<Vec<String>> = stage
        .sql(&pgbench::slots_query())
        .await?
        .lines()
        .map(|line| line.split('|').skip(2).map(str::to_owned).collect())
        .collect();

    let mut yardsticks = Vec::new();
    let capture = Capture::begin(&stage.postgres).await?;
    for call in CALLS {
        let (person, task) = (&stage.people[0], &tasks[0][0]);
        let request = call.request(person, &person.token, task)?;
        let mut connection = Connection::open(stage.server.address()).await?;
        let statements = capture.of(&mut connection, &request, call.status()).await?;
        let sql: Vec<&str> = statements.iter().map(|found| found.sql.as_str()).collect();
        part.how
            .push(format!("{}: {}", call.label(), sql.join("; ")));
        let sample = Sample {
            owner: &person.id,
            task,
        };
        let directory = stage.directory.path();
        yardsticks.push(Yardstick::write(
            directory,
            call.name(),
            &statements,
            &sample,
        )?);
    }
    capture.end().await?;

    let mut mint = Mint::new(&stage).await?;
    let heads = [
        "",
        "share of pgbench",
        "requests",
        "pgbench",
        "p50",
        "p99",
        "server's CPU each",
        "Postgres' CPU each",
        "load's CPU each",
        "errors",
    ];
    let mut known = Table::new("Tokens that the server knows", &heads).with_chart_of(0);
    let mut new = Table::new("A new token for each request", &heads).with_chart_of(0);
    let mut most = 0.0_f64;
    for connections in CONNECTIONS {
        for (call, yardstick) in CALLS.into_iter().zip(&yardsticks) {
            let case = Case {
                call,
                connections,
                stage: &stage,
                tasks: &tasks,
                yardstick,
            };
            let rounds = case.measure(&mut mint).await?;
            if connections == 64 {
                let all = rounds.known.iter().chain(&rounds.new);
                most = all.map(|round| round.memory).fold(most, f64::max);
            }
            case.tell(&rounds, &mut known, &mut new);
        }
    }
    let mut memory = Table::new("Memory of the server's process", &["", "resident"]);
    memory.row(
        "at rest",
        vec![Figure::bytes("api.memory.rest", at_rest).at_most(30e6)],
    );
    memory.row(
        "by 64 connections, at most",
        vec![Figure::bytes("api.memory.64", most).at_most(80e6)],
    );
    part.tables = vec![known, new, memory];
    part.how.insert(0, how());
    Ok(part)
}

fn how() -> String {
    format!(
        "{PEOPLE} people with {TASKS_EACH} tasks each. A round is {SECONDS} s of pgbench (-M prepared, one thread), {SECONDS} s \
         of requests with known tokens, and {NEW_TOKENS} requests with a token each that is used once; {ROUNDS} rounds, medians. \
         Each connection belongs to somebody else and goes through {SLOTS} of their tasks. A share is that of a round's two \
         rates. pgbench runs what Postgres' log shows the server to ask for one request:"
    )
}

impl Case<'_> {
    async fn measure(&self, mint: &mut Mint) -> Result<Rounds> {
        let known = self.scripts(|person| vec![person.token.clone()])?;
        load::run(
            self.stage.server.address(),
            &known,
            Bound::Time(WARM_UP),
            self.call.status(),
        )
        .await?;
        let mut rounds = Rounds::default();
        for _ in 0..ROUNDS {
            let each = NEW_TOKENS / self.connections;
            let tokens = mint.tokens(self.stage, self.connections, each).await?;
            let mut tokens = tokens.into_iter();
            let new = self.scripts(|_| tokens.next().unwrap_or_default())?;
            let rate = self
                .yardstick
                .run(&self.stage.postgres, DATABASE, self.connections, SECONDS)
                .await?;
            rounds.pgbench.push(rate);
            let time = Bound::Time(Duration::from_secs(SECONDS.into()));
            rounds.known.push(self.round(&known, time).await?);
            rounds.new.push(self.round(&new, Bound::Once).await?);
        }
        Ok(rounds)
    }

    /// For each connection, every task with every token of its person in turn.
    fn scripts(&self, mut tokens: impl FnMut(&Person) -> Vec<String>) -> Result<Vec<Script>> {
        let people = self
            .stage
            .people
            .iter()
            .zip(self.tasks)
            .take(self.connections);
        let mut scripts: Vec<Script> = Vec::new();
        for (person, tasks) in people {
            let tokens = tokens(person);
            let count = tokens.len().max(SLOTS);
            let requests = tokens.iter().cycle().zip(tasks.iter().cycle()).take(count);
            let script: Result<Vec<Vec<u8>>> = requests
                .map(|(token, task)| Ok(self.call.request(person, token, task)?.bytes()))
                .collect();
            scripts.push(script?.into());
        }
        Ok(scripts)
    }

    async fn round(&self, scripts: &[Script], bound: Bound) -> Result<Round> {
        let before = self.stage.usage()?;
        let server = &self.stage.server;
        let load = load::run(server.address(), scripts, bound, self.call.status());
        let (outcome, most) = process::highest_memory(server.process_id(), load).await;
        Ok(Round {
            outcome: outcome?,
            usage: self.stage.usage()?.since(before),
            memory: bytes(most),
        })
    }

    fn tell(&self, rounds: &Rounds, known: &mut Table, new: &mut Table) {
        let label = format!("{}, {} connections", self.call.label(), self.connections);
        let key = format!("api.{}.{}", self.call.name(), self.connections);
        let mut figures = figures(&format!("{key}.known"), &rounds.pgbench, &rounds.known);
        if self.connections == 64 {
            figures[0] = figures[0].clone().at_least(self.call.share());
        }
        say(
            "api",
            &format!(
                "{label}: {} of pgbench, {}",
                figures[0].shown(),
                figures[1].shown()
            ),
        );
        known.row(label.clone(), figures);
        new.row(
            label,
            self::figures(&format!("{key}.new"), &rounds.pgbench, &rounds.new),
        );
    }
}

/// As the heads of the tables have it.
fn figures(key: &str, pgbench: &[f64], rounds: &[Round]) -> Vec<Figure> {
    let of = |value: fn(&Round) -> f64| -> Vec<f64> { rounds.iter().map(value).collect() };
    let rates = of(|round| round.outcome.rate());
    let shares: Vec<f64> = rates
        .iter()
        .zip(pgbench)
        .map(|(rate, base)| rate / base)
        .collect();
    let name = |what: &str| format!("{key}.{what}");
    let errors: usize = rounds.iter().map(|round| round.outcome.errors).sum();
    vec![
        Figure::ratio(name("share"), 0.0).of_rounds(&shares),
        Figure::per_second(name("rate"), 0.0).of_rounds(&rates),
        Figure::per_second(name("pgbench"), 0.0)
            .of_rounds(pgbench)
            .told(),
        Figure::milliseconds(name("p50"), 0.0).of_rounds(&of(|round| round.outcome.percentile(50))),
        Figure::milliseconds(name("p99"), 0.0).of_rounds(&of(|round| round.outcome.percentile(99))),
        Figure::milliseconds(name("cpu"), 0.0)
            .of_rounds(&of(|round| each(round, round.usage.server))),
        Figure::milliseconds(name("cpu-postgres"), 0.0)
            .of_rounds(&of(|round| each(round, round.usage.postgres)))
            .told(),
        Figure::milliseconds(name("cpu-load"), 0.0)
            .of_rounds(&of(|round| each(round, round.usage.ourselves)))
            .told(),
        Figure::count(name("errors"), number(errors)).at_most(0.0),
    ]
}

fn each(round: &Round, time: Duration) -> f64 {
    time.as_secs_f64() * 1e3 / number(round.outcome.times.len().max(1))
}
