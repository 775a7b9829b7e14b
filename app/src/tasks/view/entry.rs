//! A task on the page.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::tasks::{Task, TaskId};

#[derive(Clone, Debug)]
pub struct Entry {
    pub id: TaskId,
    /// As it is shown.
    pub task: Task,
    /// As the server has it; None for one that it does not know yet.
    pub confirmed: Option<Task>,
    /// Whether something is on its way to the server.
    pub is_waiting: bool,
    /// Another one after each change, so that its row is made anew.
    pub revision: u32,
}

impl Entry {
    pub fn new(task: Task, confirmed: Option<Task>) -> Self {
        Self {
            id: task.id,
            is_waiting: confirmed.is_none(),
            task,
            confirmed,
            revision: next_revision(),
        }
    }

    pub fn touch(&mut self) {
        self.revision = next_revision();
    }

    /// The version that what is shown was made from.
    pub fn version(&self) -> Option<i64> {
        self.confirmed.as_ref().map(|task| task.version)
    }

    /// What is shown, for an edit: of the version that the server has.
    pub fn as_edited(&self) -> Task {
        let mut task = self.task.clone();
        task.version = self.version().unwrap_or(task.version);
        task
    }
}

fn next_revision() -> u32 {
    static REVISIONS: AtomicU32 = AtomicU32::new(1);
    REVISIONS.fetch_add(1, Ordering::Relaxed)
}
