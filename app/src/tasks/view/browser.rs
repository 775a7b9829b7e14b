//! What only a browser can do: make ids, move the focus from row to row.

use leptos::{
    ev,
    mount::mount_to_renderer,
    prelude::*,
    wasm_bindgen::{JsCast, closure::Closure},
    web_sys::{Element, Event, HtmlElement, KeyboardEvent, Storage, UrlSearchParams},
};
use uuid::{Builder, Uuid};
use wasm_bindgen_futures::js_sys::{Array, Date};
use web_sys::{IntersectionObserver, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::rows::Act;
pub use super::{
    kept::{append, forget, inherit, keep, kept},
    patch::{Row, bring},
};
use crate::{
    tasks::TaskId,
    ui::{close_popover, focus},
};

const KEYS: &str = "donewell.keys";
const OFF: &str = "off";

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the time is a whole number of milliseconds since 1970"
)]
pub fn new_id() -> TaskId {
    let mut random = [0; 10];
    if let Ok(crypto) = window().crypto() {
        // Fails for more than 64 kB only.
        let _ = crypto.get_random_values_with_u8_array(&mut random);
    }
    TaskId(Builder::from_unix_timestamp_millis(Date::now() as u64, &random).into_uuid())
}

pub fn form(pairs: &[(&'static str, String)]) -> String {
    let Ok(form) = UrlSearchParams::new() else {
        return String::new();
    };
    for (name, value) in pairs {
        form.append(name, value);
    }
    form.to_string().into()
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// For as long as the current owner lives.
pub fn on_online(work: impl Fn() + 'static) {
    let listener = window_event_listener(ev::online, move |_| work());
    on_cleanup(move || listener.remove());
}

pub(super) fn active() -> Option<Element> {
    document().active_element()
}

pub(super) fn row_of(element: &Element) -> Option<Element> {
    element.closest("[data-task]").ok().flatten()
}

pub(super) fn task_of(row: &Element) -> Option<TaskId> {
    let id = row.get_attribute("data-task")?;
    Uuid::try_parse(&id).ok().map(TaskId)
}

/// Which row an event has come from, and from what of it.
pub fn aim(event: &Event) -> Option<(TaskId, Act)> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let aimed = target.closest("[data-act]").ok()??;
    let name = aimed.get_attribute("data-act")?;
    let acts = [Act::Complete, Act::Open, Act::Edit, Act::Delete];
    let act = acts.into_iter().find(|act| act.name() == name)?;
    Some((task_of(&row_of(&aimed)?)?, act))
}

pub fn focused_row() -> Option<TaskId> {
    task_of(&row_of(&active()?)?)
}

/// Has the titles of the rows that are there lead to the addresses of their details.
pub fn lead_to(details: impl Fn(&str) -> String) {
    let Ok(links) = document().query_selector_all("[data-act=open]") else {
        return;
    };
    for index in 0..links.length() {
        let link = links
            .item(index)
            .and_then(|link| link.dyn_into::<Element>().ok());
        let row = link.as_ref().and_then(row_of);
        if let (Some(link), Some(id)) = (link, row.and_then(|row| row.get_attribute("data-task"))) {
            // Fails for impossible names only.
            let _ = link.set_attribute("href", &details(&id));
        }
    }
}

fn focus_in(row: &Element) {
    let link = row.query_selector("[data-act=open]").ok().flatten();
    if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
        focus(&link);
        // No further than it takes to see it.
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        link.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Once the row is there, unless somebody has moved the focus by then.
pub fn focus_row(id: TaskId) {
    let before = active();
    request_animation_frame(move || {
        let (now, body) = (active(), document().body().map(Element::from));
        if now.is_some() && now != before && now != body {
            return;
        }
        let selector = format!("[data-task='{id}']");
        if let Ok(Some(row)) = document().query_selector(&selector) {
            focus_in(&row);
        }
    });
}

/// Shows this in the row, for as long as the current owner lives.
pub fn show_in_row(id: TaskId, view: impl FnOnce() -> AnyView + 'static) {
    let selector = format!("[data-task='{id}']");
    if let Ok(Some(row)) = document().query_selector(&selector) {
        let shown = send_wrapper::SendWrapper::new(mount_to_renderer(&row, view));
        on_cleanup(move || drop(shown.take()));
    }
}

/// Moves the focus so many rows on; from elsewhere, to the first.
pub fn step(by: i32) {
    let Ok(rows) = document().query_selector_all("[data-task]") else {
        return;
    };
    let current = active().as_ref().and_then(row_of);
    let last = i32::try_from(rows.length()).unwrap_or(i32::MAX) - 1;
    let at = current.and_then(|current| {
        (0..=last).find(|index| {
            let row = u32::try_from(*index)
                .ok()
                .and_then(|index| rows.item(index));
            row.is_some_and(|row| row.is_same_node(Some(&current)))
        })
    });
    let wanted = at.map_or(0, |at| (at + by).clamp(0, last.max(0)));
    let row = u32::try_from(wanted)
        .ok()
        .and_then(|index| rows.item(index));
    if let Some(row) = row.and_then(|row| row.dyn_into::<Element>().ok()) {
        focus_in(&row);
    }
}

/// On the element with this id, in the next frame.
pub fn focus_on(id: &str) {
    let id = id.to_owned();
    request_animation_frame(move || {
        let element = document().get_element_by_id(&id);
        if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            focus(&element);
        }
    });
}

/// Whether a key is meant for a field or a dialog.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() {
        return true;
    }
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let is_field = target.is_some_and(|target| {
        let own = "input, textarea, select, [contenteditable], dialog, [popover]";
        matches!(target.closest(own), Ok(Some(_)))
    });
    is_field || matches!(document().query_selector("dialog[open]"), Ok(Some(_)))
}

pub fn is_on_button(event: &KeyboardEvent) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| matches!(target.closest("button, summary"), Ok(Some(_))))
}

/// Whether a field may take the focus by itself: not from a dialog, and not where that would bring up a keyboard on
/// the screen.
pub fn may_take_focus() -> bool {
    let query = window().match_media("(pointer: fine)").ok().flatten();
    let has_dialog = matches!(document().query_selector("dialog[open]"), Ok(Some(_)));
    let is_used = active()
        .is_some_and(|element| matches!(element.closest("input, textarea, select"), Ok(Some(_))));
    query.is_some_and(|query| query.matches()) && !has_dialog && !is_used
}

/// Closes the popover with this id.
pub fn close(id: &str) {
    let panel = document().get_element_by_id(id);
    if let Some(panel) = panel.and_then(|panel| panel.dyn_into::<HtmlElement>().ok()) {
        close_popover(&panel);
    }
}

/// Whether single letters are keys of ours: so it is until somebody says otherwise.
pub fn has_keys() -> bool {
    let kept = storage().and_then(|storage| storage.get_item(KEYS).ok().flatten());
    kept.as_deref() != Some(OFF)
}

pub fn keep_keys(are_on: bool) {
    if let Some(storage) = storage() {
        // Where nothing is kept, it is asked again.
        let _ = if are_on {
            storage.remove_item(KEYS)
        } else {
            storage.set_item(KEYS, OFF)
        };
    }
}

/// Whenever the element comes near to what is seen, for as long as the current owner lives.
pub fn when_seen(element: &HtmlElement, work: impl Fn() + 'static) {
    let seen = Closure::<dyn Fn(Array)>::new(move |entries: Array| {
        let is_seen = entries
            .iter()
            .filter_map(|entry| entry.dyn_into::<web_sys::IntersectionObserverEntry>().ok())
            .any(|entry| entry.is_intersecting());
        if is_seen {
            work();
        }
    });
    let Ok(observer) = IntersectionObserver::new(seen.as_ref().unchecked_ref()) else {
        return;
    };
    observer.observe(element);
    let kept = send_wrapper::SendWrapper::new((observer, seen));
    on_cleanup(move || kept.0.disconnect());
}
