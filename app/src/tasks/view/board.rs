//! The tasks on the page, as their owner wants them: changed at once, and taken back where the server says no.

use leptos::prelude::*;

use super::{
    change::{Change, What},
    entry::Entry,
    side,
};
use crate::{
    tasks::{Counts, Status, Task, TaskBoard, TaskId, TaskPage},
    zone::{self, Here},
};

/// What the page shows. Call [`use_board`] for it.
#[derive(Clone, Copy, Debug)]
pub struct Board {
    /// Which lists are shown: those that the address asks for, once they have come.
    pub status: RwSignal<Status>,
    pub open: RwSignal<Vec<Entry>>,
    pub done: RwSignal<Vec<Entry>>,
    pub next_open: RwSignal<Option<String>>,
    pub next_done: RwSignal<Option<String>>,
    pub counts: RwSignal<Counts>,
    /// The task whose title is being edited.
    edited: StoredValue<Option<TaskId>>,
    /// Deleted by us and perhaps to come back, with their places.
    deleted: StoredValue<Vec<(usize, Entry)>>,
    /// What the server has confirmed while it was not on the page.
    unseen: StoredValue<Vec<Task>>,
    here: Here,
}

pub fn use_board() -> Board {
    expect_context()
}

impl Board {
    pub fn new(here: Here) -> Self {
        Self {
            status: RwSignal::default(),
            open: RwSignal::default(),
            done: RwSignal::default(),
            next_open: RwSignal::default(),
            next_done: RwSignal::default(),
            counts: RwSignal::default(),
            edited: StoredValue::default(),
            deleted: StoredValue::default(),
            unseen: StoredValue::default(),
            here,
        }
    }

    /// Shows what the server has; what is on its way there is to be applied again.
    pub fn show(self, board: TaskBoard) {
        side::keep_focus();
        let (open, done) = (
            self.entries(board.open.tasks),
            self.entries(board.done.tasks),
        );
        self.open.set(open);
        self.done.set(done);
        self.status.set(board.status);
        self.next_open.set(board.open.next);
        self.next_done.set(board.done.next);
        self.counts.set(board.counts);
        // The list may have been read before.
        for task in self
            .unseen
            .try_update_value(std::mem::take)
            .unwrap_or_default()
        {
            if self
                .version(task.id)
                .is_some_and(|known| known < task.version)
            {
                self.confirm(task, true, false);
            }
        }
    }

    /// A task that is shown already stays the same row.
    fn entries(self, tasks: Vec<Task>) -> Vec<Entry> {
        let entry = |task: Task| match self.find(task.id) {
            Some(entry) => {
                // A list that was read before our last change must not undo it.
                if entry.version().is_some_and(|known| known > task.version) {
                    return entry;
                }
                entry.confirmed.set_value(Some(task.clone()));
                entry.is_waiting.set(false);
                if entry.task.with_untracked(|shown| *shown != task) {
                    entry.task.set(task);
                }
                entry
            }
            None => Entry::new(task.clone(), Some(task)),
        };
        tasks.into_iter().map(entry).collect()
    }

    /// Adds what comes after it in one of the lists.
    pub fn append(self, status: Status, page: TaskPage) {
        let (list, next) = match status {
            Status::Completed => (self.done, self.next_done),
            _ => (self.open, self.next_open),
        };
        let known = |id| self.find(id).is_some();
        let new: Vec<_> = page
            .tasks
            .into_iter()
            .filter(|task| !known(task.id))
            .collect();
        let new = self.entries(new);
        list.update(|list| list.extend(new));
        next.set(page.next);
    }

    pub fn find(self, id: TaskId) -> Option<Entry> {
        let in_list = |list: RwSignal<Vec<Entry>>| {
            list.with_untracked(|list| list.iter().find(|entry| entry.id == id).cloned())
        };
        in_list(self.open).or_else(|| in_list(self.done))
    }

    /// Shows a change before the server knows of it.
    pub fn apply(self, change: &Change) {
        let id = change.task;
        match &change.what {
            What::Add(fields) => {
                if self.find(id).is_none() {
                    let mut task = new_task(id);
                    fields.write_to(&mut task);
                    self.insert(0, Entry::new(task, None));
                }
            }
            What::Edit(fields, _) => self.change(id, |task| fields.write_to(task)),
            What::Complete(completed) => {
                let now = zone::now();
                self.change(id, |task| {
                    task.completed_at = match (completed, task.completed_at) {
                        (true, None) => Some(now),
                        (true, at) => at,
                        (false, _) => None,
                    };
                });
            }
            What::Delete => {
                if let Some((place, entry)) = self.remove(id) {
                    self.deleted
                        .update_value(|deleted| deleted.push((place, entry)));
                }
            }
            What::Restore => {
                if let Some((place, entry)) = self.take_deleted(id) {
                    self.insert(place, entry);
                }
            }
        }
        if let Some(entry) = self.find(id) {
            entry.is_waiting.set(true);
        }
    }

    /// The task whose title is being edited.
    pub fn edited(self) -> Option<TaskId> {
        self.edited.get_value()
    }

    /// Edits the title of this task, and of no other one.
    pub fn edit(self, id: Option<TaskId>) {
        let before = self.edited();
        self.edited.set_value(id);
        if before != id {
            self.show_edited(before, false);
        }
        self.show_edited(id, true);
    }

    /// A task is about to be changed by whoever looks at it: its title is edited no longer.
    pub fn end_edit(self, id: TaskId) {
        if self.edited() == Some(id) {
            self.edit(None);
        }
    }

    fn show_edited(self, id: Option<TaskId>, is_so: bool) {
        let entry = id.and_then(|id| self.find(id));
        if let Some(entry) = entry.filter(|entry| entry.is_edited.get_untracked() != is_so) {
            entry.is_edited.set(is_so);
        }
    }

    /// Has every row look at what is around it.
    pub fn look_again(self) {
        side::keep_focus();
        for list in [self.open, self.done] {
            for entry in list.get_untracked() {
                entry.task.notify();
            }
        }
    }

    /// The server has made a change, and the task is now this one. `is_last`: nothing else is on its way for it.
    /// `may_come`: if it is not on the page, it belongs there.
    pub fn confirm(self, task: Task, is_last: bool, may_come: bool) {
        let id = task.id;
        match self.find(id) {
            Some(entry) => {
                entry.confirmed.set_value(Some(task.clone()));
                if is_last {
                    entry.is_waiting.set(false);
                    self.change(id, |shown| *shown = task);
                }
            }
            None if is_last && may_come => self.insert(0, Entry::new(task.clone(), Some(task))),
            None => self.unseen.update_value(|unseen| {
                unseen.retain(|known| known.id != id);
                unseen.push(task);
            }),
        }
    }

    /// The version that the server has, as far as we know.
    pub fn version(self, id: TaskId) -> Option<i64> {
        let deleted = || {
            self.deleted.with_value(|deleted| {
                let (_, entry) = deleted.iter().find(|(_, entry)| entry.id == id)?;
                entry.version()
            })
        };
        self.find(id).map_or_else(deleted, |entry| entry.version())
    }

    /// The server has deleted it, which makes another version of it.
    pub fn deleted(self, id: TaskId) {
        self.deleted.with_value(|deleted| {
            if let Some((_, entry)) = deleted.iter().find(|(_, entry)| entry.id == id) {
                entry.confirmed.update_value(|task| {
                    if let Some(task) = task {
                        task.version += 1;
                    }
                });
            }
        });
    }

    /// The server has refused a change: shows again what it has.
    pub fn take_back(self, id: TaskId) {
        if let Some((place, entry)) = self.take_deleted(id) {
            self.insert(place, entry);
        }
        let Some(entry) = self.find(id) else { return };
        entry.is_waiting.set(false);
        match entry.confirmed() {
            Some(task) => self.change(id, |shown| *shown = task),
            None => drop(self.remove(id)),
        }
    }

    /// The server knows no such task (any more).
    pub fn forget(self, id: TaskId) {
        self.take_deleted(id);
        self.remove(id);
    }

    fn take_deleted(self, id: TaskId) -> Option<(usize, Entry)> {
        self.deleted
            .try_update_value(|deleted| {
                let at = deleted.iter().position(|(_, entry)| entry.id == id)?;
                Some(deleted.remove(at))
            })
            .flatten()
    }

    /// Changes a task, moves it to where it belongs, and counts again.
    fn change(self, id: TaskId, change: impl FnOnce(&mut Task)) {
        let Some(entry) = self.find(id) else { return };
        let before = entry.task.get_untracked();
        let mut after = before.clone();
        change(&mut after);
        if before == after {
            return;
        }
        let moves = before.is_done() != after.is_done();
        if !moves {
            side::keep_focus();
        }
        entry.task.set(after.clone());
        self.recount(Some(&before), Some(&after));
        if moves {
            self.list(before.is_done())
                .update(|list| list.retain(|entry| entry.id != id));
            self.list(after.is_done())
                .update(|list| list.insert(0, entry.in_another_row()));
        }
    }

    fn insert(self, place: usize, entry: Entry) {
        let task = entry.task.get_untracked();
        self.recount(None, Some(&task));
        self.list(task.is_done())
            .update(|list| list.insert(place.min(list.len()), entry.in_another_row()));
    }

    fn remove(self, id: TaskId) -> Option<(usize, Entry)> {
        let entry = self.find(id)?;
        let task = entry.task.get_untracked();
        let list = self.list(task.is_done());
        let place = list.with_untracked(|list| list.iter().position(|entry| entry.id == id))?;
        list.update(|list| drop(list.remove(place)));
        self.recount(Some(&task), None);
        Some((place, entry))
    }

    /// Where the focus is to go when a row goes away.
    pub fn neighbour(self, id: TaskId) -> Option<TaskId> {
        let is_done = self.find(id)?.task.with_untracked(Task::is_done);
        self.list(is_done).with_untracked(|list| {
            let place = list.iter().position(|entry| entry.id == id)?;
            let next = list
                .get(place + 1)
                .or_else(|| list.get(place.checked_sub(1)?))?;
            Some(next.id)
        })
    }

    fn list(self, is_done: bool) -> RwSignal<Vec<Entry>> {
        if is_done { self.done } else { self.open }
    }

    fn recount(self, before: Option<&Task>, after: Option<&Task>) {
        self.counts.update(|counts| {
            if let Some(task) = before {
                self.count(
                    task,
                    |number, is_in| *number = number.saturating_sub(is_in),
                    counts,
                );
            }
            if let Some(task) = after {
                self.count(task, |number, is_in| *number += is_in, counts);
            }
        });
    }

    fn count(self, task: &Task, add: impl Fn(&mut u32, u32), counts: &mut Counts) {
        let (today, offset) = self.here.today_untracked();
        let done_today = task.completed_at.is_some_and(|at| at.day(offset) == today);
        let due_today = task.due.is_some_and(|due| due.day(offset) <= today) && !task.is_done();
        add(&mut counts.open, u32::from(!task.is_done()));
        add(&mut counts.done, u32::from(task.is_done()));
        add(&mut counts.done_today, u32::from(done_today));
        add(&mut counts.due_today, u32::from(due_today));
    }
}

fn new_task(id: TaskId) -> Task {
    let now = zone::now();
    Task {
        id,
        title: String::new(),
        description: String::new(),
        due: None,
        completed_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}
