//! The tasks on the page, as their owner wants them: changed at once, and taken back where the server says no.

use leptos::prelude::*;

use super::{
    address::Wanted,
    change::{Change, What},
    entry::Entry,
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
    /// What the lists were asked for: not what the address asks for while those are on their way, or cannot be had.
    pub wanted: StoredValue<Wanted>,
    /// The task whose title is being edited.
    pub edited: RwSignal<Option<TaskId>>,
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
            wanted: StoredValue::default(),
            edited: RwSignal::default(),
            deleted: StoredValue::default(),
            unseen: StoredValue::default(),
            here,
        }
    }

    /// Shows what the server has; what is on its way there is to be applied again.
    pub fn show(self, board: TaskBoard) {
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
        if let Some(edited) = self.edited.get_untracked().filter(|id| !self.has(*id)) {
            self.end_edit(edited);
        }
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

    /// A list that was read before our last change must not undo it.
    fn entries(self, tasks: Vec<Task>) -> Vec<Entry> {
        let entry = |task: Task| match self.find(task.id) {
            Some(entry) if entry.version().is_some_and(|known| known > task.version) => entry,
            Some(entry) if entry.task == task => Entry {
                confirmed: Some(task),
                is_waiting: false,
                ..entry
            },
            _ => Entry::new(task.clone(), Some(task)),
        };
        tasks.into_iter().map(entry).collect()
    }

    /// Adds what comes after it in one of the lists.
    pub fn append(self, status: Status, page: TaskPage) {
        let (list, next) = match status {
            Status::Completed => (self.done, self.next_done),
            _ => (self.open, self.next_open),
        };
        let is_new = |task: &Task| !self.has(task.id);
        let new = self.entries(page.tasks.into_iter().filter(is_new).collect());
        list.update(|list| list.extend(new));
        next.set(page.next);
    }

    pub fn find(self, id: TaskId) -> Option<Entry> {
        self.read(id, Entry::clone)
    }

    fn has(self, id: TaskId) -> bool {
        self.read(id, |_| ()).is_some()
    }

    pub fn read<T>(self, id: TaskId, read: impl FnOnce(&Entry) -> T) -> Option<T> {
        let (list, place) = self.place(id)?;
        Some(list.with_untracked(|list| read(&list[place])))
    }

    /// The list that it stands in, and where.
    fn place(self, id: TaskId) -> Option<(RwSignal<Vec<Entry>>, usize)> {
        [self.open, self.done].into_iter().find_map(|list| {
            let place = list.with_untracked(|list| list.iter().position(|entry| entry.id == id));
            place.map(|place| (list, place))
        })
    }

    fn write(self, id: TaskId, write: impl FnOnce(&mut Entry)) {
        if let Some((list, place)) = self.place(id) {
            list.update(|list| write(&mut list[place]));
        }
    }

    /// Shows a change before the server knows of it.
    pub fn apply(self, change: &Change) {
        let id = change.task;
        match &change.what {
            What::Add(fields) => {
                if !self.has(id) {
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
        self.write(id, |entry| entry.is_waiting = true);
    }

    /// A task is about to be changed by whoever looks at it: its title is edited no longer.
    pub fn end_edit(self, id: TaskId) {
        if self.edited.get_untracked() == Some(id) {
            self.edited.set(None);
        }
    }

    /// Has every row look at what is around it.
    pub fn look_again(self) {
        for list in [self.open, self.done] {
            list.update(|list| list.iter_mut().for_each(Entry::touch));
        }
    }

    /// The server has made a change, and the task is now this one. `is_last`: nothing else is on its way for it.
    /// `may_come`: if it is not on the page, it belongs there.
    pub fn confirm(self, task: Task, is_last: bool, may_come: bool) {
        let id = task.id;
        if self.has(id) {
            self.write(id, |entry| {
                entry.confirmed = Some(task.clone());
                entry.is_waiting &= !is_last;
            });
            if is_last {
                self.change(id, |shown| *shown = task);
            }
        } else if is_last && may_come {
            self.insert(0, Entry::new(task.clone(), Some(task)));
        } else {
            self.unseen.update_value(|unseen| {
                unseen.retain(|known| known.id != id);
                unseen.push(task);
            });
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
        self.read(id, Entry::version).unwrap_or_else(deleted)
    }

    /// The server has deleted it, which makes another version of it.
    pub fn deleted(self, id: TaskId) {
        self.deleted.update_value(|deleted| {
            let found = deleted.iter_mut().find(|(_, entry)| entry.id == id);
            if let Some(task) = found.and_then(|(_, entry)| entry.confirmed.as_mut()) {
                task.version += 1;
            }
        });
    }

    /// The server has refused a change: shows again what it has.
    pub fn take_back(self, id: TaskId) {
        if let Some((place, entry)) = self.take_deleted(id) {
            self.insert(place, entry);
        }
        self.write(id, |entry| entry.is_waiting = false);
        match self.read(id, |entry| entry.confirmed.clone()) {
            Some(Some(task)) => self.change(id, |shown| *shown = task),
            Some(None) => drop(self.remove(id)),
            None => {}
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
        let Some(before) = self.read(id, |entry| entry.task.clone()) else {
            return;
        };
        let mut after = before.clone();
        change(&mut after);
        if before == after {
            return;
        }
        self.recount(Some(&before), Some(&after));
        let moves = before.is_done() != after.is_done();
        // Its row is left alone, with what is open there, if it would be the same again.
        let is_other = moves || !after.says_as(&before);
        let to = self.list(after.is_done());
        self.write(id, |entry| {
            entry.task = after;
            if is_other {
                entry.touch();
            }
        });
        if moves && let Some((_, entry)) = self.take(id) {
            to.update(|list| list.insert(0, entry));
        }
    }

    /// Off the page, with the field for its title.
    fn take(self, id: TaskId) -> Option<(usize, Entry)> {
        self.end_edit(id);
        let (list, place) = self.place(id)?;
        let entry = list.try_update(|list| list.remove(place))?;
        Some((place, entry))
    }

    fn insert(self, place: usize, entry: Entry) {
        self.recount(None, Some(&entry.task));
        self.list(entry.task.is_done())
            .update(|list| list.insert(place.min(list.len()), entry));
    }

    fn remove(self, id: TaskId) -> Option<(usize, Entry)> {
        let (place, entry) = self.take(id)?;
        self.recount(Some(&entry.task), None);
        Some((place, entry))
    }

    /// Where the focus is to go when a row goes away.
    pub fn neighbour(self, id: TaskId) -> Option<TaskId> {
        let (list, place) = self.place(id)?;
        list.with_untracked(|list| {
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
