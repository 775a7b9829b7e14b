//! People who write all the time, each on their own tasks, and note what they were answered.

mod ledger;
mod newcomer;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use donewell_proof::http::{Answer, Connection, Request};
use donewell_proof::people::{self, Person};
use donewell_proof::postgres::Query;
use fastrand::Rng;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;
use uuid::{Builder, Uuid};

pub use self::ledger::{Ledger, Sum, Task};
pub use self::newcomer::Newcomer;

/// Between two tries to reach a server that is down.
const PAUSE: Duration = Duration::from_millis(5);

#[derive(Debug)]
pub struct Writer {
    pub person: Person,
    pub ledger: Ledger,
    rng: Rng,
    with_cookie: bool,
    /// Answers that no failure excuses.
    faults: Vec<String>,
}

/// One change, and what it makes of the task.
struct Step {
    id: Uuid,
    after: Task,
    request: Request,
}

impl Writer {
    pub async fn new(address: SocketAddr, name: &str, mut rng: Rng) -> Result<Writer> {
        Ok(Writer {
            person: people::sign_up(address, name).await?,
            ledger: Ledger::default(),
            with_cookie: rng.bool(),
            rng,
            faults: Vec::new(),
        })
    }

    /// Writes until it is told to end.
    pub async fn run(mut self, address: SocketAddr, signals: Arc<Signals>) -> Writer {
        let mut connection = None;
        while !signals.end.load(Ordering::Relaxed) {
            if connection.is_none() {
                connection = Connection::open(address).await.ok();
            }
            let Some(open) = &mut connection else {
                sleep(PAUSE).await;
                continue;
            };
            let step = match self.next() {
                Ok(step) => step,
                Err(error) => {
                    self.faults.push(format!("{error:#}"));
                    break;
                }
            };
            let answer = open.send(&step.request).await;
            if answer.is_err() {
                connection = None;
            }
            if self.note(step, answer) {
                signals.acknowledged.fetch_add(1, Ordering::Relaxed);
            } else {
                // It has other things to do than to be asked again at once.
                sleep(PAUSE).await;
            }
        }
        self
    }

    /// Whether it was acknowledged.
    fn note(&mut self, step: Step, answer: Result<Answer>) -> bool {
        let Step { id, after, .. } = step;
        match answer {
            Ok(answer) if (200..300).contains(&answer.status) => {
                if let Err(error) = is_as_asked(&answer, id, &after) {
                    self.faults.push(format!("{error:#}"));
                }
                self.ledger.acknowledge(id, after);
                true
            }
            Ok(answer) => {
                if answer.status != 503 {
                    let fault = format!("{} for {after:?}: {}", answer.status, answer.text());
                    self.faults.push(fault);
                }
                self.ledger.doubt(id, after);
                false
            }
            Err(_) => {
                self.ledger.doubt(id, after);
                false
            }
        }
    }

    fn next(&mut self) -> Result<Step> {
        let draw = self.rng.u8(..100);
        let number = self.rng.usize(..);
        match self.ledger.pick(number) {
            Some((id, task)) if draw >= 40 => {
                let task = task.clone();
                match draw {
                    40..75 => self.change(id, task),
                    75..90 => self.complete(id, task),
                    _ => Ok(self.delete(id, task)),
                }
            }
            _ => self.create(),
        }
    }

    fn create(&mut self) -> Result<Step> {
        let id = Builder::from_random_bytes(self.rng.u128(..).to_be_bytes()).into_uuid();
        let after = Task {
            title: self.words(6),
            description: self.words(60),
            due: self.rng.bool().then(|| self.day()),
            completed: false,
            deleted: false,
            version: 1,
            keyed: self.rng.bool(),
        };
        let mut body = json!({ "id": id, "title": after.title, "description": after.description });
        body["due_date"] = json!(after.due);
        let mut request = self.request("POST", "");
        if after.keyed {
            request = request.header("idempotency-key", &id.to_string());
        }
        Ok(Step {
            id,
            after,
            request: request.json(&body)?,
        })
    }

    /// Several columns at once: all of them change, or none.
    fn change(&mut self, id: Uuid, mut task: Task) -> Result<Step> {
        task.title = self.words(6);
        task.description = self.words(60);
        task.due = self.rng.bool().then(|| self.day());
        task.version += 1;
        let body =
            json!({ "title": task.title, "description": task.description, "due_date": task.due });
        let request = self.request("PATCH", &format!("/{id}")).json(&body)?;
        Ok(Step {
            id,
            after: task,
            request,
        })
    }

    fn complete(&mut self, id: Uuid, mut task: Task) -> Result<Step> {
        task.completed = !task.completed;
        task.version += 1;
        let body = json!({ "completed": task.completed });
        let request = self
            .request("PATCH", &format!("/{id}/complete"))
            .json(&body)?;
        Ok(Step {
            id,
            after: task,
            request,
        })
    }

    fn delete(&mut self, id: Uuid, mut task: Task) -> Step {
        task.deleted = true;
        task.version += 1;
        Step {
            id,
            after: task,
            request: self.request("DELETE", &format!("/{id}")),
        }
    }

    fn request(&self, method: &str, rest: &str) -> Request {
        let request = Request::new(method, &self.person.tasks(rest));
        if self.with_cookie {
            request.cookie(&self.person.cookie)
        } else {
            request.bearer(&self.person.token)
        }
    }

    fn words(&mut self, most: usize) -> String {
        const WORDS: [&str; 8] = [
            "buy", "Äpfel", "the", "it's", "100%", "\"now\"", "семь", "a\\b",
        ];
        let count = self.rng.usize(1..=most);
        let words: Vec<&str> = (0..count).filter_map(|_| self.rng.choice(WORDS)).collect();
        words.join(" ")
    }

    fn day(&mut self) -> String {
        format!(
            "20{}-0{}-1{}",
            self.rng.u8(26..99),
            self.rng.u8(1..10),
            self.rng.u8(..10)
        )
    }

    /// A handful of tasks by the API, as it shows them itself.
    pub async fn look(&mut self, connection: &mut Connection, count: usize) -> Result<()> {
        for _ in 0..count {
            let number = self.rng.usize(..);
            let Some((id, task)) = self.ledger.pick(number) else {
                return Ok(());
            };
            let request = self.request("GET", &format!("/{id}"));
            let answer = connection.send(&request).await?;
            ensure!(
                answer.status == 200,
                "{id}: {} {}",
                answer.status,
                answer.text()
            );
            is_as_asked(&answer, id, task)?;
        }
        Ok(())
    }
}

/// The answer says what was asked for. A deletion has nothing to say.
fn is_as_asked(answer: &Answer, id: Uuid, task: &Task) -> Result<()> {
    if task.deleted {
        return Ok(());
    }
    let said: Value = serde_json::from_slice(&answer.body)?;
    let wanted = json!({
        "id": id, "title": task.title, "description": task.description,
        "due_date": task.due, "completed": task.completed,
    });
    for (name, value) in wanted.as_object().into_iter().flatten() {
        ensure!(
            said[name] == *value,
            "{name} of {wanted} was answered as {}",
            said[name]
        );
    }
    Ok(())
}

/// How writers are told to end, and how one sees that they get through.
#[derive(Debug, Default)]
pub struct Signals {
    end: AtomicBool,
    acknowledged: AtomicU64,
}

impl Signals {
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }
}

/// Writers at work.
#[derive(Debug)]
pub struct Load {
    tasks: JoinSet<Writer>,
    newcomer: tokio::task::JoinHandle<Newcomer>,
    pub signals: Arc<Signals>,
}

/// Everybody who writes to one server.
#[derive(Debug)]
pub struct Crew {
    writers: Vec<Writer>,
    newcomer: Newcomer,
}

impl Crew {
    pub async fn new(address: SocketAddr, count: usize, rng: &mut Rng) -> Result<Crew> {
        let mut writers = Vec::new();
        for number in 0..count {
            let name = format!("writer{number}");
            writers.push(Writer::new(address, &name, rng.fork()).await?);
        }
        Ok(Crew {
            writers,
            newcomer: Newcomer::default(),
        })
    }

    pub fn start(&mut self, address: SocketAddr) -> Load {
        let signals = Arc::new(Signals::default());
        let writers = std::mem::take(&mut self.writers).into_iter();
        let newcomer = std::mem::take(&mut self.newcomer);
        Load {
            tasks: writers
                .map(|writer| writer.run(address, signals.clone()))
                .collect(),
            newcomer: tokio::spawn(newcomer.run(address, signals.clone())),
            signals,
        }
    }

    pub async fn end(&mut self, load: Load) -> Result<()> {
        load.signals.end.store(true, Ordering::Relaxed);
        self.writers = load.tasks.join_all().await;
        // Always in the same order, for the same seed.
        self.writers
            .sort_by(|one, other| one.person.email.cmp(&other.person.email));
        self.newcomer = load.newcomer.await?;
        let faults = self.writers.iter_mut();
        let faults: Vec<String> = faults.flat_map(|writer| writer.faults.drain(..)).collect();
        none(&faults)
    }

    /// Compares what everybody knows with what there is: by the database all of it, by the API a part.
    pub async fn compare(&mut self, query: &Query, address: SocketAddr) -> Result<()> {
        let mut found = rows(query).await?;
        let mut faults = Vec::new();
        for writer in &mut self.writers {
            let own = found.remove(&writer.person.id).unwrap_or_default();
            faults.extend(writer.ledger.compare(own));
        }
        for (owner, tasks) in found {
            faults.push(format!(
                "{} tasks of {owner}, whom nobody knows",
                tasks.len()
            ));
        }
        faults.extend(self.newcomer.compare(query).await?);
        none(&faults)?;
        let mut connection = Connection::open(address).await?;
        for writer in &mut self.writers {
            writer.look(&mut connection, 5).await?;
        }
        self.newcomer.look(&mut connection).await
    }

    pub fn sum(&self) -> Result<Sum> {
        let mut sum = self.newcomer.sum;
        ensure!(sum.acknowledged > 0, "nobody could sign up");
        for writer in &self.writers {
            sum += writer.ledger.sum;
        }
        Ok(sum)
    }
}

fn none(faults: &[String]) -> Result<()> {
    if let Some(first) = faults.first() {
        bail!("{} faults, the first: {first}", faults.len());
    }
    Ok(())
}

#[derive(Deserialize)]
struct Row {
    owner: Option<String>,
    id: Option<Uuid>,
    #[serde(flatten)]
    task: Option<Task>,
}

/// Whole tasks, and the keys without one.
const ROWS: &str = "SELECT json_build_object('owner', t.owner_id, 'id', t.id, 'title', t.title,
 'description', t.description, 'due', t.due_date, 'completed', t.done, 'deleted', t.deleted_at IS NOT NULL,
 'version', t.version, 'keyed', k.key IS NOT NULL)
 FROM task t FULL JOIN idempotency_key k ON k.owner_id = t.owner_id AND k.key = t.id::text;";

async fn rows(query: &Query) -> Result<HashMap<String, HashMap<Uuid, Task>>> {
    let mut found: HashMap<String, HashMap<Uuid, Task>> = HashMap::new();
    for line in query.run(ROWS).await?.lines() {
        let row: Row = serde_json::from_str(line).with_context(|| line.to_owned())?;
        let (Some(owner), Some(id), Some(task)) = (row.owner, row.id, row.task) else {
            bail!("half a write: {line}");
        };
        found.entry(owner).or_default().insert(id, task);
    }
    Ok(found)
}
