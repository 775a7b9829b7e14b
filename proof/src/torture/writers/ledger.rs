//! What was asked for and what was acknowledged, and so what each task may be: after an acknowledgement one thing
//! alone, after a request without one either what it was before or what the request would have made of it.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Task {
    pub title: String,
    pub description: String,
    pub due: Option<String>,
    pub completed: bool,
    pub deleted: bool,
    pub version: u64,
    /// Made with an idempotency key, whose answer is kept in the same transaction.
    pub keyed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    Settled(Task),
    /// None is no task at all.
    Doubtful(Option<Task>, Task),
}

/// The tasks of one person, whom nobody else writes for.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: HashMap<Uuid, Entry>,
    /// Tasks that can be changed: settled and not deleted.
    open: Vec<Uuid>,
    pub sum: Sum,
}

/// What a comparison with the database has seen.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    pub acknowledged: u64,
    pub doubtful_done: u64,
    pub doubtful_not: u64,
}

impl std::ops::AddAssign for Sum {
    fn add_assign(&mut self, other: Sum) {
        self.acknowledged += other.acknowledged;
        self.doubtful_done += other.doubtful_done;
        self.doubtful_not += other.doubtful_not;
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} acknowledged writes are there; of {} others {} are, {} are not",
            self.acknowledged,
            self.doubtful_done + self.doubtful_not,
            self.doubtful_done,
            self.doubtful_not
        )
    }
}

impl Ledger {
    /// One of the tasks that can be changed, by a number that somebody drew.
    pub fn pick(&self, number: usize) -> Option<(Uuid, &Task)> {
        let count = self.open.len();
        let id = *self.open.get(number.checked_rem(count)?)?;
        match self.entries.get(&id) {
            Some(Entry::Settled(task)) => Some((id, task)),
            _ => None,
        }
    }

    pub fn acknowledge(&mut self, id: Uuid, task: Task) {
        self.sum.acknowledged += 1;
        self.settle(id, task);
    }

    /// Nobody can say whether this was done. The task is left alone until it is known.
    pub fn doubt(&mut self, id: Uuid, task: Task) {
        let before = match self.entries.remove(&id) {
            Some(Entry::Settled(before)) => Some(before),
            _ => None,
        };
        self.open.retain(|open| *open != id);
        self.entries.insert(id, Entry::Doubtful(before, task));
    }

    /// Compares with what there is, and ends all doubt. Answers what must not be.
    pub fn compare(&mut self, mut found: HashMap<Uuid, Task>) -> Vec<String> {
        let mut faults = Vec::new();
        let entries = std::mem::take(&mut self.entries);
        self.open.clear();
        for (id, entry) in entries {
            let there = found.remove(&id);
            match (entry, there) {
                (Entry::Settled(expected), Some(task)) if task == expected => self.settle(id, task),
                (Entry::Settled(expected), there) => {
                    faults.push(format!(
                        "{id} was acknowledged as {expected:?}, is {there:?}"
                    ));
                }
                (Entry::Doubtful(_, after), Some(task)) if task == after => {
                    self.sum.doubtful_done += 1;
                    self.settle(id, task);
                }
                (Entry::Doubtful(before, _), there) if before == there => {
                    self.sum.doubtful_not += 1;
                    if let Some(task) = there {
                        self.settle(id, task);
                    }
                }
                (Entry::Doubtful(before, after), there) => {
                    faults.push(format!(
                        "{id} was {before:?}, should become {after:?}, is {there:?}"
                    ));
                }
            }
        }
        let strangers = found.into_iter();
        faults.extend(strangers.map(|(id, task)| format!("{id} {task:?}: nobody asked for it")));
        // The order of a map is another one every time, and what is drawn must not be.
        self.open.sort_unstable();
        faults
    }

    fn settle(&mut self, id: Uuid, task: Task) {
        let is_open = !task.deleted;
        let was_open =
            matches!(self.entries.get(&id), Some(Entry::Settled(before)) if !before.deleted);
        match (was_open, is_open) {
            (false, true) => self.open.push(id),
            (true, false) => self.open.retain(|open| *open != id),
            _ => {}
        }
        self.entries.insert(id, Entry::Settled(task));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(title: &str, version: u64) -> Task {
        Task {
            title: title.to_owned(),
            description: String::new(),
            due: None,
            completed: false,
            deleted: false,
            version,
            keyed: false,
        }
    }

    fn compare(ledger: &mut Ledger, found: &[(u128, Task)]) -> usize {
        let found = found.iter().cloned();
        ledger
            .compare(
                found
                    .map(|(id, task)| (Uuid::from_u128(id), task))
                    .collect(),
            )
            .len()
    }

    #[test]
    fn an_acknowledged_write_must_be_there_just_so() {
        for (found, faults) in [
            (vec![(1, task("a", 1))], 0),
            (vec![(1, task("b", 1))], 1),
            (vec![(1, task("a", 2))], 1),
            (vec![], 1),
            (vec![(1, task("a", 1)), (2, task("a", 1))], 1),
        ] {
            let mut ledger = Ledger::default();
            ledger.acknowledge(Uuid::from_u128(1), task("a", 1));
            assert_eq!(compare(&mut ledger, &found), faults, "{found:?}");
        }
    }

    #[test]
    fn a_write_in_doubt_may_be_there_or_not_but_not_in_part() {
        for (found, faults) in [
            (vec![(1, task("a", 1))], 0),
            (vec![(1, task("b", 2))], 0),
            (vec![(1, task("b", 1))], 1),
            (vec![], 1),
        ] {
            let mut ledger = Ledger::default();
            ledger.acknowledge(Uuid::from_u128(1), task("a", 1));
            ledger.doubt(Uuid::from_u128(1), task("b", 2));
            assert!(ledger.pick(0).is_none());
            assert_eq!(compare(&mut ledger, &found), faults, "{found:?}");
        }
        let mut ledger = Ledger::default();
        ledger.doubt(Uuid::from_u128(1), task("new", 1));
        assert_eq!(compare(&mut ledger, &[]), 0);
        assert_eq!(ledger.sum.doubtful_not, 1);
    }
}
