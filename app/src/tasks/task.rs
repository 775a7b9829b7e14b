//! A task, as both sides know it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Due, Moment};

/// Unique among the tasks of one owner; clients may choose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskId(pub Uuid);

impl TaskId {
    /// None for what is no UUID, and so the id of no task. Of the ways to write one only that with hyphens counts, so
    /// that a task has one address.
    pub fn parse(text: &str) -> Option<Self> {
        const WITH_HYPHENS: usize = 36;
        (text.len() == WITH_HYPHENS)
            .then(|| Uuid::try_parse(text).ok().map(Self))
            .flatten()
    }
}

impl From<Uuid> for TaskId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl std::fmt::Display for TaskId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Something to do, or done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    pub id: TaskId,
    pub title: String,
    pub description: String,
    pub due: Option<Due>,
    pub completed_at: Option<Moment>,
    pub created_at: Moment,
    pub updated_at: Moment,
    /// Goes up by one with every change.
    pub version: i64,
}

impl Task {
    pub const fn is_done(&self) -> bool {
        self.completed_at.is_some()
    }

    /// Whether the same is written in both.
    pub fn says_as(&self, other: &Self) -> bool {
        (&self.title, &self.description, self.due) == (&other.title, &other.description, other.due)
    }
}

/// How many tasks somebody has. Beyond [`Counts::LIMIT`] nobody counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub open: u32,
    pub done: u32,
    /// Completed since the day began.
    pub done_today: u32,
    /// Open, and due by the end of the day.
    pub due_today: u32,
}

impl Counts {
    pub const LIMIT: u32 = 1000;
}
