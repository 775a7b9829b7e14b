//! What somebody does to tasks: shown at once, written down, and handed to `delivery`, which brings it to the server.

use std::{cell::Cell, time::Duration};

use leptos::prelude::*;

use super::{
    board::Board,
    change::{Change, Fields, What},
    quick_add::QUICK_ADD,
    side,
};
use crate::{
    error::ErrorCode,
    tasks::{Task, TaskId},
    text::use_text,
    ui::{Toast, Toasts},
};

/// For a deletion to be taken back at leisure.
const UNDO_SHOWN_FOR: Duration = Duration::from_secs(8);

/// Changes that can be taken back one after the other.
const UNDOABLE: usize = 100;

/// Somebody else was faster.
#[derive(Clone, Debug)]
pub struct Conflict {
    pub theirs: Task,
    pub mine: Fields,
    /// What `mine` was written over.
    pub version: Option<i64>,
}

impl Conflict {
    /// As it was before the server refused it: what has to be decided waits to be sent again.
    fn as_change(&self) -> Change {
        Change {
            task: self.theirs.id,
            what: What::Edit(self.mine.clone(), self.version),
        }
    }
}

/// Call [`use_outbox`] for it.
#[derive(Clone, Copy, Debug)]
pub struct Outbox {
    pub(super) board: Board,
    pub(super) toasts: Toasts,
    user: StoredValue<String>,
    pub(super) queue: RwSignal<Vec<Change>>,
    pub(super) is_sending: StoredValue<bool>,
    /// How many changes have arrived: a list that was asked for before one did may not have it.
    pub(super) settled: StoredValue<u32>,
    /// Why nothing can be sent now.
    pub stuck: RwSignal<Option<ErrorCode>>,
    /// Seconds until the next try, where the server has named them.
    pub retry_in: RwSignal<u32>,
    pub(super) wait: StoredValue<u32>,
    /// To be decided one by one.
    pub conflicts: RwSignal<Vec<Conflict>>,
    /// New tasks that the server did not take, to be written again.
    pub refused: RwSignal<Vec<(Fields, ErrorCode)>>,
    /// What would undo the last changes.
    undo: StoredValue<Vec<Change>>,
}

thread_local! {
    /// Of the task page that was shown last.
    static LIVING: Cell<Option<Outbox>> = const { Cell::new(None) };
}

pub fn use_outbox() -> Outbox {
    expect_context()
}

impl Outbox {
    pub fn new(board: Board, toasts: Toasts, user: String) -> Self {
        Self {
            board,
            toasts,
            user: StoredValue::new(user),
            queue: RwSignal::default(),
            is_sending: StoredValue::default(),
            settled: StoredValue::default(),
            stuck: RwSignal::default(),
            retry_in: RwSignal::default(),
            wait: StoredValue::new(super::delivery::SHORTEST_WAIT),
            conflicts: RwSignal::default(),
            refused: RwSignal::default(),
            undo: StoredValue::default(),
        }
    }

    /// Takes up what was waiting when the page was left. From an effect, once.
    pub fn begin(self) {
        LIVING.set(Some(self));
        let user = self.user.get_value();
        self.take_up(side::kept(&user));
        side::inherit(&user, move |left| {
            let is_here = !self.queue.is_disposed();
            if is_here {
                self.take_up(left);
            }
            is_here
        });
        side::on_online(move || {
            if self.first().is_some() {
                self.send();
            }
        });
    }

    fn take_up(self, waiting: Vec<Change>) {
        if !waiting.is_empty() {
            // It is older than what waits here, but for what is on its way already.
            let sent = usize::from(self.is_sending.get_value());
            self.queue.update(|queue| {
                let at = sent.min(queue.len());
                queue.splice(at..at, waiting);
            });
            self.keep();
            self.apply_again();
            self.send();
        }
    }

    /// Shows on a fresh list what is still on its way.
    pub fn apply_again(self) {
        for change in self.queue.get_untracked() {
            self.board.apply(&change);
        }
    }

    pub fn settled(self) -> u32 {
        self.settled.try_get_value().unwrap_or_default()
    }

    pub fn add(self, fields: Fields) {
        let id = side::new_id();
        self.remember(id, What::Delete);
        self.push(id, What::Add(fields));
    }

    /// From what `task` said when the editing began.
    pub fn edit(self, task: &Task, fields: Fields) {
        if !fields.are_in(task) {
            self.remember(task.id, What::Edit(fields.as_in(task), None));
            let version = match self.board.find(task.id) {
                // What has happened to it since does not touch what is written.
                Some(entry) if entry.task.says_as(task) => entry.version(),
                Some(entry) => entry.version().map(|_| task.version),
                None => Some(task.version),
            };
            self.push(task.id, What::Edit(fields, version));
        }
    }

    /// Marks a task as done, or as open again.
    pub fn toggle(self, id: TaskId) {
        let Some(is_done) = self.board.read(id, |entry| entry.task.is_done()) else {
            return;
        };
        self.leave(id);
        self.remember(id, What::Complete(is_done));
        self.push(id, What::Complete(!is_done));
    }

    pub fn delete(self, id: TaskId) {
        self.leave(id);
        self.remember(id, What::Restore);
        self.push(id, What::Delete);
        let user = self.user.get_value();
        let restore = move || {
            if self.queue.is_disposed() {
                return self.push_later(&user, id, What::Restore);
            }
            self.forget_undo(id);
            self.push(id, What::Restore);
        };
        let words = &use_text().tasks;
        let toast = Toast::info(words.deleted)
            .with_action(words.undo, restore)
            .lasting(UNDO_SHOWN_FOR);
        self.toasts.show(toast);
    }

    /// The conflict that is shown is decided.
    pub fn decide(self) -> Option<Conflict> {
        let decided = self
            .conflicts
            .try_update(|conflicts| (!conflicts.is_empty()).then(|| conflicts.remove(0)));
        self.keep();
        decided.flatten()
    }

    /// Over what somebody else has written.
    pub fn insist(self, conflict: Conflict) {
        let version = Some(conflict.theirs.version);
        self.push(conflict.theirs.id, What::Edit(conflict.mine, version));
    }

    /// Takes the last change back, if there is one.
    pub fn undo(self) {
        let last = self.undo.try_update_value(Vec::pop).flatten();
        let Some(Change { task, what }) = last else {
            return;
        };
        let what = match what {
            What::Edit(fields, _) => {
                let version = self.board.find(task).and_then(|entry| entry.version());
                What::Edit(fields, version)
            }
            what => what,
        };
        self.push(task, what);
    }

    fn remember(self, task: TaskId, what: What) {
        self.undo.update_value(|undo| {
            if undo.len() == UNDOABLE {
                undo.remove(0);
            }
            undo.push(Change { task, what });
        });
    }

    /// What has come to nothing, or was decided otherwise, is not to be undone.
    pub(super) fn forget_undo(self, id: TaskId) {
        self.undo
            .update_value(|undo| undo.retain(|change| change.task != id));
    }

    /// The row goes away: if it has the focus, its neighbour gets it.
    fn leave(self, id: TaskId) {
        if side::focused_row() != Some(id) {
            return;
        }
        match self.board.neighbour(id) {
            Some(next) => side::focus_row(next),
            None => side::focus_on(QUICK_ADD),
        }
    }

    pub(super) fn push(self, task: TaskId, what: What) {
        let change = Change { task, what };
        self.board.end_edit(task);
        self.board.apply(&change);
        self.queue.update(|queue| queue.push(change));
        self.keep();
        self.send();
    }

    /// For a toast that outlives the page: sent by the page that is there now, or written down behind what waits, for
    /// when somebody comes back to it.
    pub(super) fn push_later(self, user: &str, task: TaskId, what: What) {
        if let Some(living) = Self::living(user) {
            return living.push(task, what);
        }
        side::append(user, Change { task, what });
        self.toasts.info(use_text().tasks.later);
    }

    /// For a change that has arrived when its page was gone: it waits no more, unless the page that is there now has taken
    /// it up.
    pub(super) fn forget_later(user: &str, change: &Change) {
        if Self::living(user).is_none() {
            side::forget(user, change);
        }
    }

    /// Of the page that is there now.
    fn living(user: &str) -> Option<Self> {
        LIVING
            .get()
            .filter(|living| !living.queue.is_disposed() && living.user() == user)
    }

    pub(super) fn keep(self) {
        let mut waiting = self.conflicts.with_untracked(|conflicts| {
            conflicts
                .iter()
                .map(Conflict::as_change)
                .collect::<Vec<_>>()
        });
        waiting.extend(self.queue.get_untracked());
        self.user.with_value(|user| side::keep(user, &waiting));
    }

    pub(super) fn user(self) -> String {
        self.user.get_value()
    }

    pub(super) fn first(self) -> Option<Change> {
        self.queue
            .try_with_untracked(|queue| queue.first().cloned())
            .flatten()
    }
}
