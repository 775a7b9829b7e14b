//! What most benches stand on: Postgres, a server on a database of it, people with tasks, and what all of them use of
//! the processor.

use std::time::Duration;

use anyhow::Result;
use donewell_proof::directory::Directory;
use donewell_proof::people::{self, Person};
use donewell_proof::postgres::{Postgres, open_directory};
use donewell_proof::server::{Dist, Server, Setting, process};

use super::texts;

pub const DATABASE: &str = "bench";

#[derive(Debug)]
pub struct Stage {
    // The server ends before its database does: fields are dropped in this order.
    pub server: Server,
    pub people: Vec<Person>,
    pub postgres: Postgres,
    pub directory: Directory,
}

impl Stage {
    /// With somebody for each entry of `tasks`, who has so many. The server is fresh: it has signed nobody up.
    pub async fn new(dist: &Dist, tasks: &[usize]) -> Result<Stage> {
        let postgres = Postgres::start()?;
        let url = postgres.create(DATABASE).await?;
        let directory = open_directory("donewell-bench-")?;
        let setting = Setting::new(dist, directory.path())?.on_database(&url);
        let mut server = setting.start().await?;
        let mut people = Vec::new();
        for number in 0..tasks.len() {
            people.push(people::sign_up(server.address(), &format!("person-{number}")).await?);
        }
        for (person, &count) in people.iter().zip(tasks) {
            postgres
                .sql(DATABASE, &texts::tasks_sql(&person.id, count))
                .await?;
        }
        postgres.sql(DATABASE, "VACUUM ANALYZE").await?;
        postgres.sql(DATABASE, "CHECKPOINT").await?;
        server.stop().await?;
        let server = setting.start().await?;
        Ok(Stage {
            server,
            people,
            postgres,
            directory,
        })
    }

    pub async fn sql(&self, statements: &str) -> Result<String> {
        self.postgres.sql(DATABASE, statements).await
    }

    pub fn usage(&self) -> Result<Usage> {
        Ok(Usage {
            server: self.server.cpu()?,
            postgres: self.postgres.cpu()?,
            ourselves: process::cpu(std::process::id())?,
        })
    }
}

/// Processor time so far, or between two moments.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    pub server: Duration,
    pub postgres: Duration,
    pub ourselves: Duration,
}

impl Usage {
    pub fn since(self, earlier: Usage) -> Usage {
        Usage {
            server: self.server.saturating_sub(earlier.server),
            postgres: self.postgres.saturating_sub(earlier.postgres),
            ourselves: self.ourselves.saturating_sub(earlier.ourselves),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "memory, far below 2^52")]
pub fn bytes(count: u64) -> f64 {
    count as f64
}
