//! Pages as the server renders them, beside the API's list of the same tasks.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use donewell_proof::http::{Connection, Request};
use donewell_proof::people::Person;
use donewell_proof::server::Dist;

use super::figure::{Figure, Part, Table};
use super::load::{self, Bound, Outcome, Script};
use super::say;
use super::stage::Stage;

const CONNECTIONS: usize = 16;
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_millis(1500);
const WARM_UP: Duration = Duration::from_millis(300);
/// Of the API's list with as many tasks.
const TIMES_THE_LIST: f64 = 3.0;
const FEW: usize = 20;
const MANY: usize = 200;
/// Of the many: fifty that are open, and the first ten that are done.
const SHOWN: usize = 60;

struct Page {
    name: &'static str,
    label: &'static str,
    request: Request,
    /// The same for whoever wants to read it, and the tasks that are to stand in it.
    readable: Request,
    tasks: usize,
    /// A list of as many tasks, as the API answers it.
    list: Option<Request>,
    limit: Option<f64>,
}

pub async fn run(dist: &Dist) -> Result<Part> {
    let mut part = Part::new("pages", "Pages rendered on the server");
    part.how.push(format!(
        "{CONNECTIONS} connections, {ROUNDS} rounds of {} ms each, medians. The cost beside the list is the API's rate \
         for a list of the same person and as many tasks as the page shows, by the page's, in rounds by turns.",
        ROUND.as_millis()
    ));
    let stage = Stage::new(dist, &[FEW, MANY]).await?;
    for (encoding, title) in [
        ("identity", "As they are"),
        ("br", "For a browser: by brotli"),
    ] {
        let heads = [
            "",
            "cost beside the list",
            "requests",
            "first byte p50",
            "whole p50",
            "whole p99",
            "bytes",
            "errors",
        ];
        let mut table = Table::new(title, &heads);
        for page in pages(&stage.people, encoding) {
            let figures = measure(&stage, &page, encoding).await?;
            let said: Vec<String> = figures.iter().take(4).map(Figure::shown).collect();
            say(
                "pages",
                &format!("{} ({encoding}): {}", page.label, said.join(", ")),
            );
            table.row(page.label, figures);
        }
        part.tables.push(table);
    }
    Ok(part)
}

fn pages(people: &[Person], encoding: &str) -> Vec<Page> {
    let readable = |path: &str| Request::new("GET", path).header("accept", "text/html");
    let encoded = |request: Request| request.header("accept-encoding", encoding);
    let tasks = |person: &Person| readable("/tasks").header("cookie", &person.cookie);
    let list = |person: &Person, count: usize| {
        Request::new("GET", &person.tasks(&format!("?limit={count}")))
            .header("accept-encoding", encoding)
            .bearer(&person.token)
    };
    vec![
        Page {
            name: "login",
            label: "/login",
            request: encoded(readable("/login")),
            readable: readable("/login"),
            tasks: 0,
            list: None,
            limit: None,
        },
        Page {
            name: "tasks-20",
            label: "/tasks, 20 tasks",
            request: encoded(tasks(&people[0])),
            readable: tasks(&people[0]),
            tasks: FEW,
            list: Some(list(&people[0], FEW)),
            limit: Some(TIMES_THE_LIST),
        },
        Page {
            name: "tasks-60",
            label: "/tasks, 60 of 200 tasks",
            request: encoded(tasks(&people[1])),
            readable: tasks(&people[1]),
            tasks: SHOWN,
            list: Some(list(&people[1], SHOWN)),
            limit: None,
        },
    ]
}

async fn measure(stage: &Stage, page: &Page, encoding: &str) -> Result<Vec<Figure>> {
    check(stage, page).await?;
    let address = stage.server.address();
    let scripts = |request: &Request| -> Vec<Script> {
        let script: Script = Arc::from([request.bytes()]);
        vec![script; CONNECTIONS]
    };
    let own = scripts(&page.request);
    let list = page.list.as_ref().map(scripts);
    load::run(address, &own, Bound::Time(WARM_UP), 200).await?;
    let mut rounds: Vec<Outcome> = Vec::new();
    let mut costs = Vec::new();
    for _ in 0..ROUNDS {
        let outcome = load::run(address, &own, Bound::Time(ROUND), 200).await?;
        if let Some(list) = &list {
            let beside = load::run(address, list, Bound::Time(ROUND), 200).await?;
            costs.push(beside.rate() / outcome.rate());
        }
        rounds.push(outcome);
    }
    let of = |value: fn(&Outcome) -> f64| -> Vec<f64> { rounds.iter().map(value).collect() };
    let name = |what: &str| format!("pages.{}.{encoding}.{what}", page.name);
    let cost = match &page.list {
        None => Figure::none(),
        Some(_) => Figure::ratio(name("cost"), 0.0)
            .of_rounds(&costs)
            .lower_is_better(),
    };
    let errors: usize = rounds.iter().map(|outcome| outcome.errors).sum();
    Ok(vec![
        match page.limit {
            Some(limit) => cost.at_most(limit),
            None => cost,
        },
        Figure::per_second(name("rate"), 0.0).of_rounds(&of(Outcome::rate)),
        Figure::milliseconds(name("first-byte"), 0.0).of_rounds(&of(|round| round.first_byte(50))),
        Figure::milliseconds(name("p50"), 0.0).of_rounds(&of(|round| round.percentile(50))),
        Figure::milliseconds(name("p99"), 0.0).of_rounds(&of(|round| round.percentile(99))),
        Figure::bytes(name("bytes"), 0.0).of_rounds(&of(Outcome::bytes_each)),
        Figure::count(name("errors"), load::number(errors)).at_most(0.0),
    ])
}

/// That it is the page with all of its tasks, and not a redirect or another's.
async fn check(stage: &Stage, page: &Page) -> Result<()> {
    let mut connection = Connection::open(stage.server.address()).await?;
    let answer = connection.send(&page.readable).await?;
    let text = answer.text();
    let tasks = text.matches("data-task=\"").count();
    if answer.status != 200 || tasks != page.tasks {
        bail!("{}: {}, {tasks} tasks: {text}", page.label, answer.status);
    }
    Ok(())
}
