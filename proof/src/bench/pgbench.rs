//! The yardstick: Postgres' own pgbench runs the very statements of a request, prepared, on the same data and as many
//! connections.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use donewell_proof::postgres::Postgres;

use super::statements::Statement;

/// How many tasks each connection works on, in turn.
pub const SLOTS: usize = 4;

/// A time-ordered id (`UUIDv7`), as the server makes one; Postgres 15 has no function for it.
const NEW_ID: &str = "(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7' \
     || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid";

/// Whose statements were captured: what stands for the owner and the task in their parameters.
#[derive(Debug, Clone)]
pub struct Sample<'a> {
    pub owner: &'a str,
    pub task: &'a str,
}

/// What pgbench is given: scripts of equal weight, and the values of their variables.
#[derive(Debug)]
pub struct Yardstick {
    scripts: Vec<PathBuf>,
    variables: Vec<String>,
}

impl Yardstick {
    /// Writes the scripts into `directory`.
    pub fn write(
        directory: &Path,
        name: &str,
        statements: &[Statement],
        sample: &Sample<'_>,
    ) -> Result<Yardstick> {
        let mut variables = vec!["loaded=0".to_owned()];
        let mut scripts = Vec::new();
        for slot in 0..SLOTS {
            let mut script = preamble();
            for (number, statement) in statements.iter().enumerate() {
                let (sql, values) = with_variables(statement, number, slot, sample);
                script.extend([sql.as_str(), ";\n"]);
                if slot == 0 {
                    variables.extend(values);
                }
            }
            let path = directory.join(format!("{name}-{slot}.sql"));
            fs::write(&path, script)?;
            scripts.push(path);
        }
        Ok(Yardstick { scripts, variables })
    }

    /// Transactions per second. On a busy machine the time may be over before every connection stands; then it gets
    /// more.
    pub async fn run(
        &self,
        postgres: &Postgres,
        database: &str,
        connections: usize,
        seconds: u32,
    ) -> Result<f64> {
        for seconds in [seconds, 3 * seconds] {
            let output = self
                .output(postgres, database, connections, seconds)
                .await?;
            if let Some(rate) = rate(&output) {
                return Ok(rate);
            }
        }
        bail!("pgbench told no rate")
    }

    async fn output(
        &self,
        postgres: &Postgres,
        database: &str,
        connections: usize,
        seconds: u32,
    ) -> Result<String> {
        let mut command = postgres.program("pgbench");
        // The server's connections have long stopped to plan anew; so short a round must not begin by planning.
        command
            .env("PGOPTIONS", "-c plan_cache_mode=force_generic_plan")
            .args(["--no-vacuum", "--protocol=prepared", "--jobs=1"])
            .arg(format!("--client={connections}"))
            .arg(format!("--time={seconds}"));
        for variable in &self.variables {
            command.arg("-D").arg(variable);
        }
        for script in &self.scripts {
            command.arg("-f").arg(script);
        }
        let output = command
            .arg(postgres.url(database))
            .output()
            .await
            .context("cannot start pgbench")?;
        if !output.status.success() {
            bail!(
                "pgbench: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// Each connection learns once who it is.
fn preamble() -> String {
    format!(
        "\\if :loaded = 0\nSELECT * FROM {TABLE} WHERE client = :client_id \\gset\n\\set loaded 1\n\\endif\n"
    )
}

const TABLE: &str = "bench_slot";

/// The table that tells each connection its owner and its tasks: the first [`SLOTS`] of each of these owners.
pub fn slots_sql(owners: &[String]) -> String {
    let ids: Vec<String> = (0..SLOTS)
        .map(|slot| format!("ids[{}] AS id_{slot}", slot + 1))
        .collect();
    let list: Vec<String> = owners.iter().map(|id| format!("'{id}'::uuid")).collect();
    format!(
        "CREATE TABLE {TABLE} AS
         SELECT n - 1 AS client, owner, {} FROM (
             SELECT n, owner, (SELECT array_agg(id ORDER BY id) FROM (
                 SELECT id FROM task WHERE owner_id = owner ORDER BY id LIMIT {SLOTS}) AS first) AS ids
             FROM unnest(ARRAY[{}]) WITH ORDINALITY AS given (owner, n)) AS every;
         ALTER TABLE {TABLE} ADD PRIMARY KEY (client);",
        ids.join(", "),
        list.join(", ")
    )
}

pub fn slots_query() -> String {
    format!("SELECT * FROM {TABLE} ORDER BY client")
}

/// The statement in pgbench's terms, and what its variables are.
fn with_variables(
    statement: &Statement,
    number: usize,
    slot: usize,
    sample: &Sample<'_>,
) -> (String, Vec<String>) {
    let mut sql = String::new();
    let mut rest = statement.sql.as_str();
    while let Some(at) = rest.find('$') {
        let digits = rest[at + 1..]
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len() - at - 1);
        let parameter: Option<usize> = rest[at + 1..=at + digits].parse().ok();
        sql.push_str(&rest[..at]);
        rest = &rest[at + 1 + digits..];
        match parameter {
            None => sql.push('$'),
            Some(index) => {
                let value = statement.parameters.get(index - 1).cloned().flatten();
                let given = value.map(|value| meaning(&value, number, index, slot, sample));
                sql.push_str(given.as_deref().unwrap_or("NULL"));
            }
        }
    }
    sql.push_str(rest);
    let values = statement.parameters.iter().enumerate();
    let variables = values.filter_map(|(index, value)| {
        let name = variable(number, index + 1);
        Some(format!("{name}={}", value.as_deref()?))
    });
    (sql, variables.collect())
}

/// What a parameter stood for: owner, task, a moment, a new id; anything else stays as it was, in a variable, because
/// pgbench would find variables in a literal.
fn meaning(value: &str, number: usize, index: usize, slot: usize, sample: &Sample<'_>) -> String {
    if value == sample.owner {
        ":owner".to_owned()
    } else if value == sample.task {
        format!(":id_{slot}")
    } else if is_moment(value) {
        "now()".to_owned()
    } else if is_uuid(value) {
        NEW_ID.to_owned()
    } else {
        format!(":{}", variable(number, index))
    }
}

fn variable(number: usize, index: usize) -> String {
    format!("p_{number}_{index}")
}

fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// `2026-11-21 21:35:28.123456+00`
fn is_moment(value: &str) -> bool {
    let Some((date, time)) = value.split_once(' ') else {
        return false;
    };
    let only = |text: &str, others: &str| {
        text.chars()
            .all(|c| c.is_ascii_digit() || others.contains(c))
    };
    date.len() == 10 && only(date, "-") && time.len() > 8 && only(time, ":.+-")
}

/// `tps = 1234.5 (without initial connection time)`
fn rate(output: &str) -> Option<f64> {
    let line = output
        .lines()
        .find_map(|line| line.strip_prefix("tps = "))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: &str = "01a20009-20d9-7676-b898-b54369726f88";
    const TASK: &str = "01a20009-20de-7393-98ba-bb28cbf2b56e";

    #[test]
    fn parameters_become_what_they_stood_for() {
        let some = |text: &str| Some(text.to_owned());
        let statement = Statement {
            sql: "UPDATE t SET a = $4::text, b = $3, c = $5 WHERE o = $1 AND id = $2".to_owned(),
            parameters: vec![
                some(OWNER),
                some(TASK),
                some("2026-11-21 21:35:28.123456+00"),
                some("10:30"),
                None,
            ],
        };
        let sample = Sample {
            owner: OWNER,
            task: TASK,
        };
        let (sql, variables) = with_variables(&statement, 0, 3, &sample);
        assert_eq!(
            sql,
            "UPDATE t SET a = :p_0_4::text, b = now(), c = NULL WHERE o = :owner AND id = :id_3"
        );
        assert!(variables.contains(&"p_0_4=10:30".to_owned()));
        assert_eq!(variables.len(), 4);
    }

    #[test]
    fn an_id_that_nobody_has_is_a_new_one() {
        let sample = Sample {
            owner: OWNER,
            task: "",
        };
        assert_eq!(meaning(TASK, 0, 1, 0, &sample), NEW_ID);
    }

    #[test]
    fn pgbenchs_rate_is_read() {
        let output =
            "latency average = 1 ms\ntps = 12345.678901 (without initial connection time)\n";
        assert!((rate(output).expect("a rate") - 12_345.678_901).abs() < 1e-9);
        assert_eq!(rate("nothing"), None);
    }
}
