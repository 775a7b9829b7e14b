//! A task on the page, and what its row follows.

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::prelude::*;

use crate::tasks::{Task, TaskId};

/// A task on the page.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: TaskId,
    /// The row that shows it, and no other: what it follows are these signals.
    pub row: u32,
    pub task: ArcRwSignal<Task>,
    /// As the server has it; None for one that it does not know yet.
    pub(super) confirmed: ArcStoredValue<Option<Task>>,
    /// Whether something is on its way to the server.
    pub is_waiting: ArcRwSignal<bool>,
    /// Whether its title is being edited.
    pub is_edited: ArcRwSignal<bool>,
}

impl Entry {
    pub fn new(task: Task, confirmed: Option<Task>) -> Self {
        Self {
            id: task.id,
            row: next_row(),
            is_waiting: ArcRwSignal::new(confirmed.is_none()),
            is_edited: ArcRwSignal::new(false),
            task: ArcRwSignal::new(task),
            confirmed: ArcStoredValue::new(confirmed),
        }
    }

    /// The same for another row. A signal keeps all that have ever followed it: those of a row end with it.
    pub fn in_another_row(&self) -> Self {
        Self {
            id: self.id,
            row: next_row(),
            task: ArcRwSignal::new(self.task.get_untracked()),
            confirmed: self.confirmed.clone(),
            is_waiting: ArcRwSignal::new(self.is_waiting.get_untracked()),
            is_edited: ArcRwSignal::new(self.is_edited.get_untracked()),
        }
    }

    /// The version that what is shown was made from.
    pub fn version(&self) -> Option<i64> {
        self.confirmed
            .with_value(|task| task.as_ref().map(|task| task.version))
    }

    /// What is shown, for an edit: of the version that the server has.
    pub fn as_edited(&self) -> Task {
        let mut task = self.task.get_untracked();
        task.version = self.version().unwrap_or(task.version);
        task
    }

    pub fn confirmed(&self) -> Option<Task> {
        self.confirmed.get_value()
    }
}

fn next_row() -> u32 {
    static ROWS: AtomicU32 = AtomicU32::new(0);
    ROWS.fetch_add(1, Ordering::Relaxed)
}
