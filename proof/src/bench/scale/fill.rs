//! Many tasks, made in the database. Without its indexes, which are made anew at the end: that is many times as quick,
//! and they come out as they would in a table that was loaded from a backup.

use anyhow::{Context, Result};
use donewell_proof::postgres::Postgres;

use super::super::texts;

/// Of each of the others.
const EACH: usize = 100;
/// Rows between two looks at whether we shall end.
const AT_ONCE: usize = 500_000;

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
    let mut missing = size.saturating_sub(there);
    let indexes = postgres
        .sql(
            database,
            "SELECT string_agg(indexname || '|' || indexdef, E'\\x01') FROM pg_indexes
             WHERE tablename = 'task' AND indexname <> 'task_pkey' AND schemaname = 'public'",
        )
        .await?;
    // A definition may have line ends in it.
    let indexes: Vec<(&str, &str)> = indexes
        .split('\u{1}')
        .filter_map(|line| line.split_once('|'))
        .collect();
    for (name, _) in &indexes {
        postgres
            .sql(database, &format!("DROP INDEX {name}"))
            .await?;
    }
    while missing > 0 {
        let now = missing.min(AT_ONCE);
        // To fill, not to measure: the owners are there, and a crash would only have us begin anew.
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
    for (_, definition) in &indexes {
        let statements =
            format!("SET maintenance_work_mem = '1GB'; SET synchronous_commit = off; {definition}");
        postgres.sql(database, &statements).await?;
    }
    postgres
        .sql(
            database,
            "SET maintenance_work_mem = '1GB'; VACUUM (FREEZE, ANALYZE) task;",
        )
        .await?;
    postgres.sql(database, "CHECKPOINT").await?;
    Ok(())
}
