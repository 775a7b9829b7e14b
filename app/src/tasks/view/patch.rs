//! Brings the rows in the page to what the board has: what has changed is made anew, the rest stays as it is, with its
//! focus and all that a browser knows of it.

use leptos::{
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement},
};

use super::{
    browser::{active, row_of, task_of},
    entry::Entry,
    row::RowHtml,
};
use crate::{tasks::TaskId, ui::focus};

/// So many rows are one text: the text of a thousand would be megabytes.
const AT_ONCE: usize = 100;

/// A row as it stands in the page.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    id: TaskId,
    revision: u32,
    is_waiting: bool,
}

impl From<&Entry> for Row {
    fn from(entry: &Entry) -> Self {
        Self {
            id: entry.id,
            revision: entry.revision,
            is_waiting: entry.is_waiting,
        }
    }
}

/// `rows` are those that stand in `list`; where they are not the ones that do, all are made anew.
pub fn bring(list: &Element, rows: &mut Vec<Row>, entries: &[Entry], html: &RowHtml) {
    let focused = Focused::find(list);
    if list.child_element_count() as usize != rows.len() {
        list.set_inner_html("");
        rows.clear();
    }
    let same = |(row, entry): &(&Row, &Entry)| row.id == entry.id;
    let before = rows.iter().zip(entries).take_while(same).count();
    let ends = rows[before..]
        .iter()
        .rev()
        .zip(entries[before..].iter().rev());
    let after = ends.take_while(same).count();
    let (end, new_end) = (rows.len() - after, entries.len() - after);
    let nodes = list.children();
    let node = |index: usize| nodes.item(u32::try_from(index).unwrap_or(u32::MAX));
    let mut former: Vec<_> = (before..end)
        .filter_map(|index| Some((rows[index], node(index)?)))
        .collect();
    let next = node(end);
    let stay = (0..before)
        .zip(entries)
        .chain((end..rows.len()).zip(&entries[new_end..]));
    for (index, entry) in stay {
        // Most have not changed, and need not be looked for.
        if is_other(rows[index], entry)
            && let Some(node) = node(index)
        {
            renew(&node, rows[index], entry, html);
        }
    }
    place(list, next, &mut former, &entries[before..new_end], html);
    rows.clear();
    rows.extend(entries.iter().map(Row::from));
    if let Some(focused) = focused {
        focused.give_back(list);
    }
}

/// Has these rows stand before `next`, or at the end: of those that were there, some go, some move, and the rest is made.
fn place(
    list: &Element,
    next: Option<Element>,
    former: &mut Vec<(Row, Element)>,
    entries: &[Entry],
    html: &RowHtml,
) {
    former.retain(|(row, node)| {
        let stays = entries.iter().any(|entry| entry.id == row.id);
        if !stays {
            node.remove();
        }
        stays
    });
    let mut next = former.first().map(|(_, node)| node.clone()).or(next);
    let mut rest = entries;
    while let Some(first) = rest.first() {
        let place_of = |entry: &Entry| former.iter().position(|(row, _)| row.id == entry.id);
        if let Some(at) = place_of(first) {
            let (row, node) = former.remove(at);
            if next.as_ref() == Some(&node) {
                next = node.next_element_sibling();
            } else {
                // Fails only for what is no child.
                let _ = list.insert_before(&node, next.as_deref());
            }
            renew(&node, row, first, html);
            rest = &rest[1..];
        } else {
            let is_new = |entry: &&Entry| place_of(entry).is_none();
            let count = rest.iter().take(AT_ONCE).take_while(is_new).count();
            let mut made = String::new();
            html.write(&rest[..count], &mut made);
            let (place, side) = match &next {
                Some(next) => (next, "beforebegin"),
                None => (list, "beforeend"),
            };
            // Fails only outside of the page.
            let _ = place.insert_adjacent_html(side, &made);
            rest = &rest[count..];
        }
    }
}

fn is_other(row: Row, entry: &Entry) -> bool {
    row.revision != entry.revision || row.is_waiting != entry.is_waiting
}

fn renew(node: &Element, row: Row, entry: &Entry, html: &RowHtml) {
    // Fails for impossible names only.
    let _ = node.toggle_attribute_with_force("data-waiting", entry.is_waiting);
    if row.revision == entry.revision {
        return;
    }
    let task = &entry.task;
    let _ = node.toggle_attribute_with_force("data-done", task.is_done());
    if let Some(shown) = node.first_element_child() {
        let mut made = String::new();
        html.write_shown(task, &mut made);
        shown.set_inner_html(&made);
    }
}

/// What has the focus in a row, which may be made anew: then what takes its place gets it.
struct Focused {
    element: Element,
    id: TaskId,
    act: String,
}

impl Focused {
    fn find(list: &Element) -> Option<Self> {
        let element = active().filter(|element| list.contains(Some(element)))?;
        Some(Self {
            id: task_of(&row_of(&element)?)?,
            act: element.get_attribute("data-act")?,
            element,
        })
    }

    fn give_back(self, list: &Element) {
        if active().is_some_and(|now| now == self.element) {
            return;
        }
        let selector = format!("[data-task='{}'] [data-act='{}']", self.id, self.act);
        if let Ok(Some(now)) = list.query_selector(&selector)
            && let Ok(now) = now.dyn_into::<HtmlElement>()
        {
            focus(&now);
        }
    }
}
