//! The way of changes to the server: in order, one at a time. What cannot be sent waits, through a reload too; what the
//! server refuses is taken back on the page and told.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::{
    change::{Change, What},
    outbox::{Conflict, Outbox},
    side,
};
use crate::{
    client::{self, Asks},
    error::{AppError, ErrorCode},
    page::report,
    tasks::{Task, TaskId, get_task},
    text::use_text,
    ui::Toast,
};

pub const SHORTEST_WAIT: u32 = 1;
const LONGEST_WAIT: u32 = 30;

impl Outbox {
    /// Sends what waits, unless that is being done.
    pub(super) fn send(self) {
        if self.is_sending.get_value() {
            return;
        }
        self.is_sending.set_value(true);
        spawn_local(async move {
            let user = self.user();
            // The page may be gone at any time: what waits is kept.
            while let Some(change) = self.first() {
                let (path, pairs) = change.request();
                let outcome = client::send(path, side::form(&pairs), Asks::Session).await;
                if self.queue.is_disposed() {
                    if outcome.is_ok() {
                        Self::forget_later(&user, &change);
                    }
                    break;
                }
                if !self.settle(change, outcome).await {
                    break;
                }
                self.go_on();
            }
            self.is_sending.try_set_value(false);
        });
    }

    /// What came of a change. Answers whether the next can be sent.
    async fn settle(self, change: Change, outcome: Result<String, AppError>) -> bool {
        let error = match outcome {
            Ok(answer) => {
                self.done(&change, &answer);
                return true;
            }
            Err(error) => error,
        };
        match error.code {
            // Signing in is what comes next; then it is sent.
            ErrorCode::Unauthorized => false,
            ErrorCode::Network | ErrorCode::Unavailable | ErrorCode::TooManyRequests => {
                self.try_later(&error);
                false
            }
            // Deleted before, by us or somebody else: it is what was wanted.
            ErrorCode::TaskNotFound if change.what == What::Delete => {
                self.take_first();
                self.board.forget(change.task);
                true
            }
            ErrorCode::PreconditionFailed => self.compare(change).await,
            _ => {
                self.refuse(&change, error);
                true
            }
        }
    }

    fn done(self, change: &Change, answer: &str) {
        self.take_first();
        let is_last = self
            .queue
            .with_untracked(|queue| queue.iter().all(|next| next.task != change.task));
        if change.what == What::Delete {
            self.board.deleted(change.task);
        }
        if let Ok(task) = serde_json::from_str::<Task>(answer) {
            let former = self.board.version(change.task);
            // Not so when there is more in the task than we have written.
            if former.is_none_or(|version| task.version <= version + 1) {
                self.expect(&task);
            }
            let may_come = matches!(change.what, What::Add(_) | What::Restore);
            self.board.confirm(task, is_last, may_come);
        }
    }

    /// What follows was made knowing of this version, and is meant for it.
    fn expect(self, task: &Task) {
        self.queue.update(|queue| {
            for next in queue.iter_mut().filter(|next| next.task == task.id) {
                if let What::Edit(_, version) = &mut next.what {
                    *version = Some(task.version);
                }
            }
        });
        self.keep();
    }

    fn take_first(self) {
        self.queue.update(|queue| drop(queue.remove(0)));
        self.settled.update_value(|count| *count += 1);
        self.keep();
    }

    /// The way is free.
    fn go_on(self) {
        self.wait.set_value(SHORTEST_WAIT);
        if self.stuck.get_untracked().is_some() {
            self.stuck.set(None);
        }
    }

    fn try_later(self, error: &AppError) {
        let wait = self.wait.get_value();
        self.wait.set_value((wait * 2).min(LONGEST_WAIT));
        let wait = match error.code {
            ErrorCode::TooManyRequests => error.retry_after.unwrap_or(wait),
            _ => wait,
        };
        self.retry_in.set(wait);
        self.stuck.set(Some(error.code));
        let again = move || {
            if self.first().is_some() {
                self.send();
            }
        };
        set_timeout(again, Duration::from_secs(wait.into()));
    }

    fn refuse(self, change: &Change, error: AppError) {
        self.take_first();
        let id = change.task;
        self.forget_undo(id);
        let is_gone = error.code == ErrorCode::TaskNotFound;
        if is_gone {
            self.board.forget(id);
        } else {
            self.board.take_back(id);
        }
        let is_new = matches!(change.what, What::Add(_));
        if is_gone || is_new {
            // Nothing of it is left to change.
            self.queue
                .update(|queue| queue.retain(|next| next.task != id));
            self.keep();
        }
        if let What::Add(fields) = &change.what {
            self.refused
                .update(|refused| refused.push((fields.clone(), error.code)));
        }
        self.apply_again_to(id);
        if error.code == ErrorCode::Internal && !is_new {
            self.offer_retry(change, &error);
        } else {
            report(error, self.toasts);
        }
    }

    fn offer_retry(self, change: &Change, error: &AppError) {
        let (change, user) = (change.clone(), self.user());
        let retry = move || {
            let Change { task, what } = change.clone();
            if self.queue.is_disposed() {
                self.push_later(&user, task, what);
            } else {
                self.push(task, what);
            }
        };
        let words = &use_text().problem;
        let toast = Toast::error((words.error)(error.code)).with_action(words.retry, retry);
        self.toasts.show(match &error.request_id {
            Some(id) => toast.with_reference(id.as_str()),
            None => toast,
        });
    }

    fn apply_again_to(self, id: TaskId) {
        for change in self.queue.get_untracked() {
            if change.task == id {
                self.board.apply(&change);
            }
        }
    }

    /// Somebody else has changed the task since: what they have made of it, and what we wanted. Answers whether the
    /// next can be sent.
    async fn compare(self, change: Change) -> bool {
        let found = get_task(change.task.to_string()).await;
        if self.queue.is_disposed() {
            return false;
        }
        match (found, change.what.clone()) {
            (Ok(theirs), What::Edit(mine, version)) => {
                let is_same = mine.are_in(&theirs);
                if is_same {
                    // It was our own, and its answer was lost.
                    self.expect(&theirs);
                } else {
                    self.forget_undo(change.task);
                    let conflict = Conflict {
                        theirs: theirs.clone(),
                        mine,
                        version,
                    };
                    self.conflicts.update(|conflicts| conflicts.push(conflict));
                }
                self.take_first();
                self.board.take_back(change.task);
                self.board.confirm(theirs, true, false);
                self.apply_again_to(change.task);
                true
            }
            (Err(error), _) if error.code == ErrorCode::Unauthorized => false,
            (Err(error), _) if error.code.is_passing() => {
                self.try_later(&error);
                false
            }
            (Err(error), _) => {
                self.refuse(&change, error);
                true
            }
            (Ok(_), _) => {
                self.refuse(&change, ErrorCode::PreconditionFailed.into());
                true
            }
        }
    }
}
