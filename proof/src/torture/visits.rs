//! People who come at a steady rate, whether those before them were answered or not: a server that answers late has
//! ever more of them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use donewell_proof::http::{Connection, Request};
use donewell_proof::people::Person;
use serde_json::json;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{interval, timeout};

pub const EVERY: Duration = Duration::from_millis(20);
/// Longer than the server gives any request.
const PATIENCE: Duration = Duration::from_secs(45);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Read,
    Write,
    /// For which no database is needed.
    Alive,
}

#[derive(Debug, Clone, Copy)]
pub struct Visit {
    pub what: What,
    pub came: Instant,
    pub took: Duration,
    /// None where there was no whole answer.
    pub status: Option<u16>,
}

/// Nobody comes any more when it is dropped.
#[derive(Debug)]
pub struct Visits {
    end: End,
    task: JoinHandle<Result<Vec<Visit>>>,
}

#[derive(Debug, Default)]
struct End(Arc<AtomicBool>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Visits {
    pub fn start(address: SocketAddr, person: &Person) -> Result<Visits> {
        let requests = [
            (
                What::Read,
                Request::new("GET", &person.tasks("?limit=10")).bearer(&person.token),
            ),
            (
                What::Write,
                Request::new("POST", &person.tasks(""))
                    .bearer(&person.token)
                    .json(&json!({ "title": "came by" }))?,
            ),
            (What::Alive, Request::new("GET", "/health/live")),
        ];
        let end = End::default();
        let ended = Arc::clone(&end.0);
        let task = tokio::spawn(async move {
            let mut ticks = interval(EVERY);
            let mut visits = JoinSet::new();
            for (what, request) in requests.into_iter().cycle() {
                if ended.load(Ordering::Relaxed) {
                    break;
                }
                ticks.tick().await;
                visits.spawn(visit(address, what, request.bytes()));
            }
            Ok(visits.join_all().await)
        });
        Ok(Visits { end, task })
    }

    /// Everybody who came, when the last one has gone.
    pub async fn end(self) -> Result<Vec<Visit>> {
        drop(self.end);
        self.task.await?
    }
}

async fn visit(address: SocketAddr, what: What, request: Vec<u8>) -> Visit {
    let came = Instant::now();
    let asked = async {
        let mut connection = Connection::open(address).await?;
        connection.exchange(&request).await
    };
    let answer = timeout(PATIENCE, asked).await;
    Visit {
        what,
        came,
        took: came.elapsed(),
        status: answer.ok().and_then(Result::ok).map(|answer| answer.status),
    }
}
