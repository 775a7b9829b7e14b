//! Stands in for what only a browser can do: the server runs no effects and no handlers.

use leptos::{
    prelude::AnyView,
    web_sys::{Element, Event},
};

use super::{change::Change, entry::Entry, row::RowHtml, rows::Act};
use crate::tasks::TaskId;

pub fn new_id() -> TaskId {
    TaskId(uuid::Uuid::nil())
}

pub fn form(_: &[(&'static str, String)]) -> String {
    String::new()
}

pub fn keep(_: &str, _: &[Change]) {}

pub fn append(_: &str, _: Change) {}

pub fn forget(_: &str, _: &Change) {}

pub fn kept(_: &str) -> Vec<Change> {
    Vec::new()
}

pub fn inherit(_: &str, _: impl Fn(Vec<Change>) -> bool + Clone + 'static) {}

pub fn on_online(_: impl Fn() + 'static) {}

pub fn aim(_: &Event) -> Option<(TaskId, Act)> {
    None
}

pub fn lead_to(_: impl Fn(&str) -> String) {}

pub fn focused_row() -> Option<TaskId> {
    None
}

pub fn focus_row(_: TaskId) {}

pub fn show_in_row(_: TaskId, _: impl FnOnce() -> AnyView + 'static) {}

/// A row that stands in a page.
#[derive(Clone, Copy, Debug)]
pub struct Row;

impl From<&Entry> for Row {
    fn from(_: &Entry) -> Self {
        Self
    }
}

pub fn bring(_: &Element, _: &mut Vec<Row>, _: &[Entry], _: &RowHtml) {}

pub fn step(_: i32) {}

pub fn focus_on(_: &str) {}

pub fn is_typing(_: &leptos::ev::KeyboardEvent) -> bool {
    false
}

pub fn when_seen(_: &leptos::web_sys::HtmlElement, _: impl Fn() + 'static) {}

pub fn is_on_button(_: &leptos::ev::KeyboardEvent) -> bool {
    false
}

pub fn may_take_focus() -> bool {
    false
}

pub fn close(_: &str) {}

pub fn has_keys() -> bool {
    true
}

pub fn keep_keys(_: bool) {}
