//! How Postgres goes about the statements of a request: by a range of an index, neither sorting nor reading all. As
//! `server/tests/it/tasks/plans.rs` has it, but on a table of the size that is measured.

use anyhow::{Context, Result};
use donewell_proof::http::Connection;
use donewell_proof::people::Person;
use donewell_proof::postgres::Postgres;
use donewell_proof::server::Server;

use super::super::statements::{Capture, Statement};
use super::Call;

/// What is not as wanted, in words.
pub async fn faults(
    postgres: &Postgres,
    server: &Server,
    database: &str,
    call: Call,
    people: &[Person],
) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let capture = Capture::begin(postgres).await?;
    let mut statements = Vec::new();
    for person in people {
        let id = format!(
            "SELECT id FROM task WHERE owner_id = '{}' LIMIT 1",
            person.id
        );
        let id = postgres.sql(database, &id).await?;
        let mut connection = Connection::open(server.address()).await?;
        let request = call.request(person, &id);
        statements.extend(capture.of(&mut connection, &request, 200).await?);
    }
    capture.end().await?;
    for statement in &statements {
        for mode in ["force_custom_plan", "force_generic_plan"] {
            let plan = explain(postgres, database, statement, mode).await?;
            let costly: &[&str] = match call {
                Call::List => &["Sort  (", "Seq Scan", "Bitmap"],
                Call::Search | Call::Toggle => &["Seq Scan"],
            };
            for what in costly.iter().filter(|what| plan.contains(**what)) {
                let what = what.trim_end_matches("  (");
                found.push(format!("{what} with {mode}:\n{plan}"));
            }
        }
    }
    Ok(found)
}

async fn explain(
    postgres: &Postgres,
    database: &str,
    statement: &Statement,
    mode: &str,
) -> Result<String> {
    let arguments: Vec<String> = statement
        .parameters
        .iter()
        .map(|value| match value {
            Some(value) => format!("'{}'", value.replace('\'', "''")),
            None => "NULL".to_owned(),
        })
        .collect();
    let list = if arguments.is_empty() {
        String::new()
    } else {
        format!("({})", arguments.join(", "))
    };
    let statements = format!(
        "SET plan_cache_mode = {mode}; PREPARE asked AS {}; EXPLAIN EXECUTE asked{list};",
        statement.sql
    );
    postgres
        .sql(database, &statements)
        .await
        .with_context(|| format!("no plan for {}", statement.sql))
}
