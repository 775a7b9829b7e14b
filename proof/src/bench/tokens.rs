//! Tokens that the server has not seen: many sessions for each person, and a token from each by `/api/auth/token`.
//! The sessions are written into the table, since each sign-in costs a hash on purpose; tokens of one session differ
//! from one second to the next.

use anyhow::{Context, Result};
use donewell_proof::http::Connection;
use donewell_proof::people::Person;
use tokio::task::JoinSet;

use super::stage::Stage;

const SESSIONS: usize = 512;
const CONNECTIONS: usize = 32;

#[derive(Debug)]
pub struct Mint {
    /// One list for each person.
    sessions: Vec<Vec<Person>>,
    next: usize,
}

impl Mint {
    pub async fn new(stage: &Stage) -> Result<Mint> {
        let mut sessions = Vec::new();
        for person in &stage.people {
            let (name, _) = person.cookie.split_once('=').context("BUG: no cookie")?;
            let written = stage
                .sql(&format!(
                    "WITH made AS (SELECT sha256(('{0} ' || n || ' ' || random())::bytea) AS secret
                                   FROM generate_series(1, {SESSIONS}) AS n),
                          kept AS (INSERT INTO session (user_id, id, token_hash, remembered, created_at, updated_at, expires_at)
                                   SELECT '{0}', gen_random_uuid(), sha256(secret), true, now(), now(), now() + interval '7 days'
                                   FROM made)
                     SELECT translate(encode(secret, 'base64'), '+/=', '-_') FROM made",
                    person.id
                ))
                .await?;
            let of_person = written.lines().map(|secret| Person {
                cookie: format!("{name}={secret}"),
                ..person.clone()
            });
            sessions.push(of_person.collect());
        }
        Ok(Mint { sessions, next: 0 })
    }

    /// `each` new tokens for each of the first `people`.
    pub async fn tokens(
        &mut self,
        stage: &Stage,
        people: usize,
        each: usize,
    ) -> Result<Vec<Vec<String>>> {
        let first = self.next;
        self.next += each;
        let mut tasks = JoinSet::new();
        for worker in 0..CONNECTIONS {
            let share: Vec<(usize, Vec<Person>)> = (worker..people)
                .step_by(CONNECTIONS)
                .map(|person| (person, self.some(person, first, each)))
                .collect();
            let address = stage.server.address();
            tasks.spawn(async move {
                let mut connection = Connection::open(address).await?;
                let mut found = Vec::new();
                for (person, sessions) in share {
                    let mut tokens = Vec::new();
                    for session in sessions {
                        tokens.push(session.new_token(&mut connection).await?);
                    }
                    found.push((person, tokens));
                }
                anyhow::Ok(found)
            });
        }
        let mut all = vec![Vec::new(); people];
        while let Some(found) = tasks.join_next().await {
            for (person, tokens) in found?? {
                all[person] = tokens;
            }
        }
        Ok(all)
    }

    fn some(&self, person: usize, first: usize, count: usize) -> Vec<Person> {
        let sessions = &self.sessions[person];
        let endless = sessions.iter().cycle();
        endless
            .skip(first % sessions.len())
            .take(count)
            .cloned()
            .collect()
    }
}
