//! Many tasks, made in the database. Without its indexes, which are made anew at the end: that is many times as quick,
//! and they come out as they would in a table that was loaded from a backup.

use anyhow::{Context, Result};
use donewell_proof::postgres::Postgres;
use tokio::try_join;

use super::super::texts;

/// Of each of the others.
const EACH: usize = 100;
/// Rows of one statement.
const AT_ONCE: usize = 250_000;
const KEY: &str = "task_pkey";

pub async fn own(postgres: &Postgres, database: &str, owner: &str, count: usize) -> Result<()> {
    postgres
        .sql(database, &texts::tasks_sql(owner, count))
        .await?;
    Ok(())
}

/// Until the table has so many tasks.
pub async fn grow(postgres: &Postgres, database: &str, size: usize) -> Result<()> {
    let there = postgres.sql(database, "SELECT count(*) FROM task").await?;
    let there: usize = there.parse().context("an odd count")?;
    let missing = size.saturating_sub(there);
    settings(postgres, "ALTER SYSTEM SET max_wal_size = '4GB'").await?;
    let indexes = take_indexes(postgres, database).await?;
    let half = missing / 2;
    try_join!(
        insert(postgres, database, half),
        insert(postgres, database, missing - half)
    )?;
    let (key, indexes): (Vec<_>, Vec<_>) = indexes
        .into_iter()
        .partition(|definition| definition.starts_with("ALTER TABLE"));
    // It wants the table for itself.
    make(postgres, database, &key).await?;
    // The index of the search takes as long as the others together.
    let (search, others): (Vec<_>, Vec<_>) = indexes
        .into_iter()
        .partition(|definition| definition.contains("USING gin"));
    try_join!(
        make(postgres, database, &search),
        make(postgres, database, &others)
    )?;
    let vacuum = "SET maintenance_work_mem = '1GB'; VACUUM (FREEZE, ANALYZE) task;";
    postgres.sql(database, vacuum).await?;
    settings(postgres, "ALTER SYSTEM RESET max_wal_size").await?;
    postgres.sql(database, "CHECKPOINT").await?;
    Ok(())
}

/// To fill, not to measure: what is set is taken back after it.
async fn settings(postgres: &Postgres, statement: &str) -> Result<()> {
    let statements = format!("{statement}; SELECT pg_reload_conf();");
    postgres.sql("postgres", &statements).await?;
    Ok(())
}

/// Drops them all; the statements that make them again.
async fn take_indexes(postgres: &Postgres, database: &str) -> Result<Vec<String>> {
    let definitions = format!(
        "SELECT string_agg(definition, E'\\x01') FROM (
             SELECT indexname || E'\\x02' || indexdef AS definition FROM pg_indexes
             WHERE tablename = 'task' AND indexname <> '{KEY}'
             UNION ALL
             SELECT '' || E'\\x02' || 'ALTER TABLE task ADD CONSTRAINT {KEY} ' || pg_get_constraintdef(oid)
             FROM pg_constraint WHERE conname = '{KEY}') AS every"
    );
    let definitions = postgres.sql(database, &definitions).await?;
    let mut kept = Vec::new();
    // A definition may have line ends in it.
    for definition in definitions.split('\u{1}') {
        let (name, statement) = definition.split_once('\u{2}').context("no index")?;
        let drop = if name.is_empty() {
            format!("ALTER TABLE task DROP CONSTRAINT {KEY}")
        } else {
            format!("DROP INDEX {name}")
        };
        postgres.sql(database, &drop).await?;
        kept.push(statement.to_owned());
    }
    Ok(kept)
}

async fn insert(postgres: &Postgres, database: &str, mut missing: usize) -> Result<()> {
    while missing > 0 {
        let now = missing.min(AT_ONCE);
        // The owners are there, so nobody has to look; and a crash would only have us begin anew.
        let statements = format!(
            "SET synchronous_commit = off;
             SET session_replication_role = replica;
             CREATE TEMP TABLE made AS SELECT gen_random_uuid() AS owner FROM generate_series(1, {});
             INSERT INTO app_user (id, issuer, subject, name, created_at, updated_at)
             SELECT owner, 'bench', owner::text, 'Somebody', now(), now() FROM made;
             {}",
            now.div_ceil(EACH),
            texts::tasks_of("made", EACH)
        );
        postgres.sql(database, &statements).await?;
        missing -= now;
    }
    Ok(())
}

async fn make(postgres: &Postgres, database: &str, definitions: &[String]) -> Result<()> {
    for definition in definitions {
        let statements =
            format!("SET maintenance_work_mem = '1GB'; SET synchronous_commit = off; {definition}");
        postgres.sql(database, &statements).await?;
    }
    Ok(())
}
