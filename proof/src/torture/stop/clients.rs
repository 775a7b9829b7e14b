//! Those who are in the middle of something when the server is asked to stop.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Result, ensure};
use donewell_proof::http::{Connection, Request};
use donewell_proof::people::Person;
use fastrand::Rng;
use serde_json::json;
use tokio::time::sleep;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Not the first request on its connection.
    Kept,
    /// The first one.
    Fresh,
    /// Waits for a lock in the database.
    Held,
    /// Half of its body comes late.
    SlowBody,
    /// Its answer is taken slowly.
    SlowReader,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Answered(u16),
    /// After so many bytes.
    Cut(usize),
    /// Without a byte of an answer.
    Closed,
    /// There was no connection at all.
    Refused,
}

#[derive(Debug, Clone)]
pub struct Sent {
    pub kind: Kind,
    /// By which the database knows it; empty for what does not write a title.
    pub title: String,
    pub outcome: Outcome,
}

/// Keeps its connection for as long as it is let.
pub async fn steady(address: SocketAddr, person: Person, mut rng: Rng) -> Result<Vec<Sent>> {
    let mut sent = Vec::new();
    while let Ok(mut connection) = Connection::open(address).await {
        let mut kind = Kind::Fresh;
        loop {
            let (title, request) = create(&person, &mut rng)?;
            let outcome = outcome(&mut connection, &request).await;
            let is_open = matches!(outcome, Outcome::Answered(_)) && !says_close(&connection);
            sent.push(Sent {
                kind,
                title,
                outcome,
            });
            if !is_open {
                break;
            }
            kind = Kind::Kept;
            // Some requests follow at once, some find the connection idle.
            if rng.bool() {
                sleep(Duration::from_millis(rng.u64(..20))).await;
            }
        }
    }
    sent.push(Sent {
        kind: Kind::Fresh,
        title: String::new(),
        outcome: Outcome::Refused,
    });
    Ok(sent)
}

/// A connection for each request.
pub async fn fresh(address: SocketAddr, person: Person, mut rng: Rng) -> Result<Vec<Sent>> {
    let mut sent = Vec::new();
    loop {
        let (title, request) = create(&person, &mut rng)?;
        let Ok(mut connection) = Connection::open(address).await else {
            let (kind, outcome) = (Kind::Fresh, Outcome::Refused);
            sent.push(Sent {
                kind,
                title,
                outcome,
            });
            return Ok(sent);
        };
        let outcome = outcome(&mut connection, &request).await;
        sent.push(Sent {
            kind: Kind::Fresh,
            title,
            outcome,
        });
    }
}

pub async fn held(address: SocketAddr, person: Person, id: String) -> Result<Vec<Sent>> {
    let mut connection = Connection::open(address).await?;
    let request = Request::new("PATCH", &person.tasks(&format!("/{id}")))
        .bearer(&person.token)
        .json(&json!({ "description": "after all" }))?;
    let outcome = outcome(&mut connection, &request.bytes()).await;
    Ok(vec![Sent {
        kind: Kind::Held,
        title: String::new(),
        outcome,
    }])
}

/// Sends half of what it says; the rest comes a second later, which is after the signal.
pub async fn slow_body(address: SocketAddr, person: Person, id: u128) -> Result<Vec<Sent>> {
    let title = format!("slow {id:032x}");
    let mut connection = Connection::open(address).await?;
    let request = Request::new("POST", &person.tasks(""))
        .bearer(&person.token)
        .json(&json!({ "title": title }))?
        .bytes();
    let (first, rest) = request.split_at(request.len() - 10);
    connection.write(first).await?;
    sleep(Duration::from_secs(1)).await;
    let outcome = outcome(&mut connection, rest).await;
    Ok(vec![Sent {
        kind: Kind::SlowBody,
        title,
        outcome,
    }])
}

/// Its answer waits in the server when the signal comes.
pub async fn slow_reader(address: SocketAddr, person: Person) -> Result<Vec<Sent>> {
    let mut connection = Connection::open(address).await?;
    let request =
        Request::new("GET", &person.tasks("?limit=200&sort=title&order=asc")).bearer(&person.token);
    connection.write(&request.bytes()).await?;
    sleep(Duration::from_secs(1)).await;
    let outcome = outcome(&mut connection, b"").await;
    ensure!(
        outcome == Outcome::Answered(200),
        "a slow reader: {outcome:?}"
    );
    Ok(vec![Sent {
        kind: Kind::SlowReader,
        title: String::new(),
        outcome,
    }])
}

fn create(person: &Person, rng: &mut Rng) -> Result<(String, Vec<u8>)> {
    let title = format!("sent {:032x}", rng.u128(..));
    let request = Request::new("POST", &person.tasks(""))
        .bearer(&person.token)
        .json(&json!({ "title": title }))?;
    Ok((title, request.bytes()))
}

async fn outcome(connection: &mut Connection, request: &[u8]) -> Outcome {
    match connection.exchange(request).await {
        Ok(answer) => Outcome::Answered(answer.status),
        Err(_) if connection.received().is_empty() => Outcome::Closed,
        Err(_) => Outcome::Cut(connection.received().len()),
    }
}

fn says_close(connection: &Connection) -> bool {
    let head = connection.received();
    let head = String::from_utf8_lossy(&head[..head.len().min(2048)]).to_ascii_lowercase();
    head.contains("\r\nconnection: close\r\n")
}
