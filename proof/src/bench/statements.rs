//! What the server really asks Postgres for a request: read from Postgres' own log, so that what pgbench runs cannot
//! drift from what the server runs.

use std::collections::HashSet;
use std::fs;
use std::time::Duration;

use anyhow::{Result, bail};
use donewell_proof::http::{Connection, Request};
use donewell_proof::postgres::Postgres;
use tokio::time::sleep;

/// Before every entry of the log; the lines that go on with one begin with a tab.
const MARK: &str = "~~ ";
/// The server looks for news twice a second.
const BACKGROUND: Duration = Duration::from_millis(1500);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub sql: String,
    /// As literals; none is NULL.
    pub parameters: Vec<Option<String>>,
}

/// Has Postgres log everything until `end`.
#[derive(Debug)]
pub struct Capture<'a> {
    postgres: &'a Postgres,
    background: HashSet<String>,
}

impl<'a> Capture<'a> {
    pub async fn begin(postgres: &'a Postgres) -> Result<Capture<'a>> {
        let settings = format!(
            "ALTER SYSTEM SET log_statement = 'all';
             ALTER SYSTEM SET log_line_prefix = '{MARK}';
             SELECT pg_reload_conf();"
        );
        postgres.sql("postgres", &settings).await?;
        sleep(Duration::from_millis(300)).await;
        let before = read(postgres)?.len();
        sleep(BACKGROUND).await;
        let idle = parse(&read(postgres)?[before..]);
        Ok(Capture {
            postgres,
            background: idle.into_iter().map(|statement| statement.sql).collect(),
        })
    }

    /// The statements of one request, in order. It is sent twice: at first, a connection may still be new to it.
    pub async fn of(
        &self,
        connection: &mut Connection,
        request: &Request,
        status: u16,
    ) -> Result<Vec<Statement>> {
        let mut found = Vec::new();
        for _ in 0..2 {
            let before = read(self.postgres)?.len();
            let answer = connection.send(request).await?;
            if answer.status != status {
                bail!("{} instead of {status}: {}", answer.status, answer.text());
            }
            sleep(Duration::from_millis(50)).await;
            found = parse(&read(self.postgres)?[before..]);
            found.retain(|statement| !self.background.contains(&statement.sql));
        }
        if found.is_empty() {
            bail!("Postgres saw no statement for a request");
        }
        Ok(found)
    }

    pub async fn end(self) -> Result<()> {
        let settings = "ALTER SYSTEM RESET log_statement;
             ALTER SYSTEM RESET log_line_prefix;
             SELECT pg_reload_conf();";
        self.postgres.sql("postgres", settings).await?;
        Ok(())
    }
}

fn read(postgres: &Postgres) -> Result<String> {
    Ok(String::from_utf8_lossy(&fs::read(postgres.log())?).into_owned())
}

/// The statements of a piece of the log.
fn parse(log: &str) -> Vec<Statement> {
    let mut found: Vec<Statement> = Vec::new();
    for entry in log.split(&format!("\n{MARK}")) {
        let entry = entry.strip_prefix(MARK).unwrap_or(entry);
        let Some((kind, text)) = entry.split_once(":  ") else {
            continue;
        };
        let text = text.trim_end().replace("\n\t", "\n");
        match kind {
            "LOG" => found.extend(statement(&text)),
            "DETAIL" => {
                if let (Some(last), Some(list)) = (found.last_mut(), parameters(&text)) {
                    last.parameters = list;
                }
            }
            _ => {}
        }
    }
    found
}

/// `execute sqlx_s_1: SELECT …` or `statement: BEGIN`.
fn statement(text: &str) -> Option<Statement> {
    let (how, sql) = text.split_once(": ")?;
    let is_statement = how == "statement" || how.starts_with("execute ");
    is_statement.then(|| Statement {
        sql: sql.to_owned(),
        parameters: Vec::new(),
    })
}

/// `parameters: $1 = 'a', $2 = NULL`. A quote within a value is doubled.
fn parameters(text: &str) -> Option<Vec<Option<String>>> {
    let (head, mut rest) = text.split_once(": ")?;
    if !head.eq_ignore_ascii_case("parameters") {
        return None;
    }
    let mut list = Vec::new();
    while let Some((_, after)) = rest.split_once(" = ") {
        if let Some(after) = after.strip_prefix("NULL") {
            list.push(None);
            rest = after;
            continue;
        }
        let quoted = after.strip_prefix('\'')?;
        let end = end_of_quote(quoted)?;
        list.push(Some(quoted[..end].replace("''", "'")));
        rest = &quoted[end + 1..];
    }
    Some(list)
}

fn end_of_quote(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += text[at..].find('\'')?;
        if bytes.get(at + 1) != Some(&b'\'') {
            return Some(at);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_read_with_their_parameters() {
        let log = "~~ LOG:  statement: BEGIN\n\
                   ~~ LOG:  execute sqlx_s_1: UPDATE task\n\t SET a = $1\n\tWHERE b = $2\n\
                   ~~ DETAIL:  parameters: $1 = 'it''s = $2', $2 = NULL, $3 = ''\n\
                   ~~ LOG:  checkpoint starting: time\n";
        let parameters = vec![Some("it's = $2".to_owned()), None, Some(String::new())];
        let expected = [
            Statement {
                sql: "BEGIN".to_owned(),
                parameters: Vec::new(),
            },
            Statement {
                sql: "UPDATE task\n SET a = $1\nWHERE b = $2".to_owned(),
                parameters,
            },
        ];
        assert_eq!(parse(log), expected);
    }

    #[test]
    fn newer_versions_write_parameters_with_a_capital() {
        let expected = vec![Some("x".to_owned())];
        assert_eq!(parameters("Parameters: $1 = 'x'"), Some(expected));
        assert_eq!(parameters("Key (a)=(b) exists."), None);
    }
}
