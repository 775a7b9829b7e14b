//! From the start of the process to the first `/health/ready` that says yes, and what it holds in memory then.

use std::time::Duration;

use anyhow::Result;
use donewell_proof::postgres::{Postgres, open_directory};
use donewell_proof::server::{Dist, Setting, process};
use tokio::time::sleep;

use super::figure::{Figure, Part, Table};
use super::say;
use super::stage::bytes;

const STARTS: usize = 5;
const NEW_CLUSTERS: usize = 2;
const REST: Duration = Duration::from_secs(2);

pub async fn run(dist: &Dist) -> Result<Part> {
    let mut part = Part::new("start", "Starting");
    part.how.push(format!(
        "Time from starting the process to ready, medians of {STARTS} starts ({NEW_CLUSTERS} for the new cluster). The \
         files are in the system's cache. Memory is what is resident {} s later, without the processes of Postgres.",
        REST.as_secs()
    ));
    let mut table = Table::new("Cold start", &["", "to ready", "memory at rest"]);

    let postgres = Postgres::start()?;
    let url = postgres.create("start").await?;
    let directory = open_directory("donewell-bench-")?;
    let outside = Setting::new(dist, directory.path())?.on_database(&url);
    // The first start makes the tables.
    outside.start().await?.stop().await?;
    let (times, memory) = starts(&outside, STARTS).await?;
    table.row(
        "on a database that runs already",
        vec![
            Figure::milliseconds("start.database", 0.0)
                .of_rounds(&times)
                .at_most(500.0),
            Figure::bytes("start.database.memory", 0.0)
                .of_rounds(&memory)
                .at_most(30e6),
        ],
    );
    drop(postgres);

    let mut times = Vec::new();
    let mut memory = Vec::new();
    let mut kept = None;
    for _ in 0..NEW_CLUSTERS {
        let directory = open_directory("donewell-bench-")?;
        let setting = Setting::new(dist, directory.path())?;
        let (time, resident) = starts(&setting, 1).await?;
        times.extend(time);
        memory.extend(resident);
        kept = Some((setting, directory));
    }
    let new = vec![
        Figure::milliseconds("start.new", 0.0).of_rounds(&times),
        Figure::bytes("start.new.memory", 0.0)
            .of_rounds(&memory)
            .at_most(30e6),
    ];
    if let Some((setting, _directory)) = kept {
        let (times, memory) = starts(&setting, STARTS).await?;
        table.row(
            "with its own cluster, which exists",
            vec![
                Figure::milliseconds("start.existing", 0.0)
                    .of_rounds(&times)
                    .at_most(500.0),
                Figure::bytes("start.existing.memory", 0.0)
                    .of_rounds(&memory)
                    .at_most(30e6),
            ],
        );
    }
    table.row("with its own cluster, which it makes", new);
    for row in &table.rows {
        let said: Vec<String> = row.figures.iter().map(Figure::shown).collect();
        say("start", &format!("{}: {}", row.label, said.join(", ")));
    }
    part.tables.push(table);
    Ok(part)
}

/// Milliseconds to ready, and bytes at rest.
async fn starts(setting: &Setting, count: usize) -> Result<(Vec<f64>, Vec<f64>)> {
    let (mut times, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let mut server = setting.start().await?;
        times.push(server.ready_after.as_secs_f64() * 1e3);
        sleep(REST).await;
        memory.push(bytes(process::memory(server.process_id())?));
        server.stop().await?;
    }
    Ok((times, memory))
}
