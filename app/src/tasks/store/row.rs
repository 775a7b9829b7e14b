//! A task as the table holds it.

use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::tasks::{Due, Task};

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub id: Uuid,
    pub title: String,
    pub description: String,
    pub completed_at: Option<OffsetDateTime>,
    pub due_date: Option<Date>,
    pub due_at: Option<OffsetDateTime>,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    pub version: i64,
}

impl From<Row> for Task {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            title: row.title,
            description: row.description,
            due: match (row.due_date, row.due_at) {
                (Some(date), _) => Some(Due::Day(date.into())),
                (None, at) => at.map(|at| Due::At(at.into())),
            },
            completed_at: row.completed_at.map(Into::into),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            version: row.version,
        }
    }
}

/// The two columns of when a task is due.
pub(super) fn due_columns(due: Option<Due>) -> (Option<Date>, Option<OffsetDateTime>) {
    match due {
        None => (None, None),
        Some(Due::Day(day)) => (Some(day.date()), None),
        Some(Due::At(moment)) => (None, Some(moment.into())),
    }
}
