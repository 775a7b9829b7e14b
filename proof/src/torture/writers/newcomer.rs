//! Somebody who signs up again and again, each time as somebody else: a write of many rows, all of them or none.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::{Result, ensure};
use donewell_proof::http::{Answer, Connection, Request};
use donewell_proof::people::{self, Person};
use donewell_proof::postgres::Query;
use tokio::time::sleep;

use super::{PAUSE, Signals, Sum};

/// What a sign-up leaves behind: a user, a password, a session, an event, a link to prove the address.
const WHOLE: &str = "1|1|1|1";
const ROWS: &str = "SELECT u.email,
 (SELECT count(*) FROM account a WHERE a.user_id = u.id), (SELECT count(*) FROM session s WHERE s.user_id = u.id),
 (SELECT count(*) FROM audit_event e WHERE e.user_id = u.id AND e.kind = 'signed-up'),
 (SELECT count(*) FROM one_time_token o WHERE o.user_id = u.id)
 FROM app_user u WHERE u.email LIKE 'newcomer%';";

#[derive(Debug, Default)]
pub struct Newcomer {
    count: u32,
    acknowledged: BTreeSet<String>,
    /// The last of them.
    last: Option<Person>,
    doubtful: Vec<String>,
    /// Answers that no failure excuses.
    faults: Vec<String>,
    pub sum: Sum,
}

impl Newcomer {
    pub async fn run(mut self, address: SocketAddr, signals: Arc<Signals>) -> Newcomer {
        while !signals.end.load(Ordering::Relaxed) {
            self.count += 1;
            let name = format!("newcomer{}", self.count);
            let email = people::email_of(&name);
            match people::ask_to_sign_up(address, &name).await {
                Ok(answer) if answer.status != 503 => self.note(email, &answer),
                // Nobody knows what has become of it.
                _ => self.doubtful.push(email),
            }
            sleep(PAUSE).await;
        }
        self
    }

    fn note(&mut self, email: String, answer: &Answer) {
        match Person::from_answer(email.clone(), answer) {
            Ok(person) => {
                self.acknowledged.insert(email);
                self.last = Some(person);
                self.sum.acknowledged += 1;
            }
            Err(error) => self.faults.push(format!("{error:#}")),
        }
    }

    pub async fn compare(&mut self, query: &Query) -> Result<Vec<String>> {
        let rows = query.run(ROWS).await?;
        let rows = rows.lines().filter_map(|line| line.split_once('|'));
        let found: BTreeMap<&str, &str> = rows.collect();
        let mut faults = std::mem::take(&mut self.faults);
        for email in &self.acknowledged {
            match found.get(email.as_str()) {
                Some(&WHOLE) => {}
                other => faults.push(format!("{email} has signed up, and is {other:?}")),
            }
        }
        for email in self.doubtful.drain(..) {
            match found.get(email.as_str()) {
                Some(&WHOLE) => self.sum.doubtful_done += 1,
                None => self.sum.doubtful_not += 1,
                Some(other) => faults.push(format!(
                    "{email} has signed up in part: passwords, sessions, events, links {other}"
                )),
            }
        }
        Ok(faults)
    }

    /// The last session that was promised still opens.
    pub async fn look(&self, connection: &mut Connection) -> Result<()> {
        let Some(person) = &self.last else {
            return Ok(());
        };
        let email = &person.email;
        let request = Request::new("GET", "/api/auth/get-session").cookie(&person.cookie);
        let answer = connection.send(&request).await?;
        ensure!(answer.text().contains(email), "{email}: {}", answer.text());
        Ok(())
    }
}
