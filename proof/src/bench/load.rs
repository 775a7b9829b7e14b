//! The load: as many kept connections as wanted, each sending its next request when the last is answered. Requests
//! are bytes made beforehand, and nothing of an answer is looked at but its status and its end: what we use of the
//! processor, the server does not get.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use donewell_proof::http::Connection;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::stats::percentile;

/// What one connection sends, in turn.
pub type Script = Arc<[Vec<u8>]>;

#[derive(Debug, Clone, Copy)]
pub enum Bound {
    /// Over and over, for so long.
    Time(Duration),
    /// Each request once.
    Once,
}

/// What came back.
#[derive(Debug, Default)]
pub struct Outcome {
    /// In microseconds, in order.
    pub times: Vec<u32>,
    /// The same until the first byte.
    pub first_bytes: Vec<u32>,
    pub errors: usize,
    pub bytes: usize,
    pub took: Duration,
}

impl Outcome {
    pub fn rate(&self) -> f64 {
        number(self.times.len()) / self.took.as_secs_f64().max(1e-9)
    }

    /// In milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        f64::from(percentile(&self.times, percent)) / 1e3
    }

    pub fn first_byte(&self, percent: usize) -> f64 {
        f64::from(percentile(&self.first_bytes, percent)) / 1e3
    }

    pub fn bytes_each(&self) -> f64 {
        number(self.bytes) / number(self.times.len().max(1))
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts, far below 2^52")]
pub fn number(count: usize) -> f64 {
    count as f64
}

/// One connection for each script. `status` is what is expected; everything else is an error.
pub async fn run(
    address: SocketAddr,
    scripts: &[Script],
    bound: Bound,
    status: u16,
) -> Result<Outcome> {
    let mut connections = Vec::new();
    for _ in scripts {
        connections.push(Connection::open(address).await?);
    }
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for (connection, script) in connections.into_iter().zip(scripts) {
        tasks.spawn(work(connection, Arc::clone(script), bound, status));
    }
    let mut sum = Outcome::default();
    while let Some(one) = tasks.join_next().await {
        let one = one??;
        sum.times.extend(one.times);
        sum.first_bytes.extend(one.first_bytes);
        sum.errors += one.errors;
        sum.bytes += one.bytes;
    }
    sum.took = started.elapsed();
    sum.times.sort_unstable();
    sum.first_bytes.sort_unstable();
    if sum.errors > sum.times.len() {
        bail!("most requests failed ({} errors)", sum.errors);
    }
    Ok(sum)
}

async fn work(
    mut connection: Connection,
    script: Script,
    bound: Bound,
    status: u16,
) -> Result<Outcome> {
    let limit = match bound {
        Bound::Time(limit) => limit,
        Bound::Once => Duration::from_mins(2),
    };
    let mut outcome = Outcome::default();
    let started = Instant::now();
    // One limit for all of them: a timer for each request would be work of its own.
    let whole = timeout(limit + Duration::from_secs(20), async {
        let mut sent = 0;
        while !script.is_empty() && started.elapsed() < limit {
            if matches!(bound, Bound::Once) && sent == script.len() {
                break;
            }
            let request = &script[sent % script.len()];
            sent += 1;
            let begun = Instant::now();
            let brief = connection.exchange(request).await?;
            if brief.status == status {
                outcome.times.push(microseconds(begun.elapsed()));
                outcome
                    .first_bytes
                    .push(microseconds(brief.first_byte - begun));
                outcome.bytes += brief.bytes;
            } else {
                outcome.errors += 1;
            }
        }
        anyhow::Ok(())
    });
    whole.await.context("the server fell silent")??;
    Ok(outcome)
}

pub fn microseconds(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}
