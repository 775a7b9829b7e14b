//! What somebody does to a task: shown at once, sent in order, and sent again without harm.

use leptos::server_fn::ServerFn;
use serde::{Deserialize, Serialize};

use crate::tasks::{
    AddTask, DeleteTask, Due, EditTask, RestoreTask, SetTaskCompleted, Task, TaskId,
};

/// What is written in a task. What is None stays as it is; an empty date takes the date away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fields {
    pub title: Option<String>,
    pub description: Option<String>,
    #[expect(
        clippy::option_option,
        reason = "to leave a date alone is not to take it away"
    )]
    pub due: Option<Option<Due>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    Add(Fields),
    /// Only if the task is still this version.
    Edit(Fields, Option<i64>),
    Complete(bool),
    Delete,
    Restore,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub task: TaskId,
    pub what: What,
}

impl Fields {
    pub fn write_to(&self, task: &mut Task) {
        if let Some(title) = &self.title {
            task.title.clone_from(title);
        }
        if let Some(description) = &self.description {
            task.description.clone_from(description);
        }
        if let Some(due) = self.due {
            task.due = due;
        }
    }

    /// What a task says in the same places.
    pub fn as_in(&self, task: &Task) -> Self {
        Self {
            title: self.title.as_ref().map(|_| task.title.clone()),
            description: self.description.as_ref().map(|_| task.description.clone()),
            due: self.due.map(|_| task.due),
        }
    }

    /// Whether a task says all of it already.
    pub fn are_in(&self, task: &Task) -> bool {
        let mut written = task.clone();
        self.write_to(&mut written);
        written == *task
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if let Some(title) = &self.title {
            pairs.push(("title", title.clone()));
        }
        if let Some(description) = &self.description {
            pairs.push(("description", description.clone()));
        }
        match self.due {
            None => {}
            Some(None) => pairs.push(("due_date", String::new())),
            Some(Some(due)) => pairs.push(("due_date", super::due::to_field(due))),
        }
        pairs
    }
}

impl Change {
    /// The server function to call, and its arguments.
    pub fn request(&self) -> (&'static str, Vec<(&'static str, String)>) {
        let (path, mut pairs) = match &self.what {
            What::Add(fields) => (AddTask::PATH, fields.pairs()),
            What::Edit(fields, version) => {
                let mut pairs = fields.pairs();
                pairs.extend(version.map(|version| ("version", version.to_string())));
                (EditTask::PATH, pairs)
            }
            What::Complete(completed) => (
                SetTaskCompleted::PATH,
                vec![("completed", completed.to_string())],
            ),
            What::Delete => (DeleteTask::PATH, Vec::new()),
            What::Restore => (RestoreTask::PATH, Vec::new()),
        };
        pairs.push(("id", self.task.to_string()));
        (path, pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks::{Day, Moment};

    fn task() -> Task {
        Task {
            id: TaskId(uuid::Uuid::from_u128(1)),
            title: "Buy milk".into(),
            description: String::new(),
            due: Some(Due::Day(Day::parse("2026-12-24").expect("a day"))),
            completed_at: None,
            created_at: Moment(0),
            updated_at: Moment(0),
            version: 3,
        }
    }

    fn everything(task: &Task) -> Fields {
        Fields {
            title: Some(task.title.clone()),
            description: Some(task.description.clone()),
            due: Some(task.due),
        }
    }

    #[test]
    fn what_undoes_an_edit_says_no_more_than_it() {
        let fields = Fields {
            title: Some("Bread".into()),
            ..Fields::default()
        };
        let back = fields.as_in(&task());
        assert_eq!(back.title.as_deref(), Some("Buy milk"));
        assert_eq!((back.description, back.due), (None, None));
    }

    #[test]
    fn a_change_says_only_what_it_changes() {
        let fields = Fields {
            due: Some(None),
            ..Fields::default()
        };
        let change = Change {
            task: task().id,
            what: What::Edit(fields, Some(3)),
        };
        let (path, pairs) = change.request();
        assert_eq!(path, "/fn/tasks/edit");
        let said: Vec<_> = pairs
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        assert_eq!(
            said,
            [
                ("due_date", ""),
                ("version", "3"),
                ("id", "00000000-0000-0000-0000-000000000001")
            ]
        );
    }

    #[test]
    fn what_is_kept_is_read_again() {
        for what in [
            What::Add(everything(&task())),
            What::Edit(Fields::default(), None),
            What::Complete(true),
            What::Delete,
            What::Restore,
        ] {
            let change = Change {
                task: task().id,
                what,
            };
            let kept = serde_json::to_string(&change).expect("text");
            assert_eq!(
                serde_json::from_str::<Change>(&kept).expect("a change"),
                change
            );
        }
    }

    #[test]
    fn fields_know_whether_there_is_anything_to_write() {
        assert!(everything(&task()).are_in(&task()));
        let fields = Fields {
            due: Some(None),
            ..Fields::default()
        };
        assert!(!fields.are_in(&task()));
    }
}
