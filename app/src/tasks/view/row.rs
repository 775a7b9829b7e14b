//! One task of the list, as text: a list may have a thousand of them, and nothing in a row listens; the list does, see
//! `rows`. Without scripts its check and its deletion are buttons of plain forms that stand beside the lists, and its
//! title leads to a plain page. It has only what browsers read fast: no forms, no drawings.

use std::sync::OnceLock;

use super::{address::Wanted, due, entry::Entry, rows::Act};
use crate::{
    tasks::{Day, Task},
    text::use_text,
    ui::{Escaped, IconName, Pieces, check_html, chip_html, icon_html, marks},
};

/// The plain forms that a row's buttons send.
pub const COMPLETE_FORM: &str = "complete";
pub const REOPEN_FORM: &str = "reopen";
pub const DELETE_FORM: &str = "delete";

/// What is the same in every row, of what is open and of what is done.
static PIECES: [OnceLock<Pieces>; 2] = [const { OnceLock::new() }; 2];
const WORDS: usize = 5;
/// With its words a row is not much longer.
const LENGTH: usize = 2_000;

/// Writes rows, as somebody sees them who is there and looks at that list.
#[derive(Debug)]
pub struct RowHtml {
    today: Day,
    offset: i32,
    query: String,
}

impl RowHtml {
    pub fn new(wanted: &Wanted, (today, offset): (Day, i32)) -> Self {
        Self {
            today,
            offset,
            query: Escaped(&wanted.query()).to_string(),
        }
    }

    /// The rows, one after the other.
    pub fn write(&self, entries: &[Entry], page: &mut String) {
        page.reserve(entries.len() * LENGTH);
        for entry in entries {
            let task = &entry.task;
            page.push_str("<li class=\"row task\" data-task=\"");
            page.push_str(&entry.id.to_string());
            page.push('"');
            if task.is_done() {
                page.push_str(" data-done");
            }
            if entry.is_waiting {
                page.push_str(" data-waiting");
            }
            page.push_str("><div class=\"task-shown\">");
            self.write_shown(task, page);
            page.push_str("</div></li>");
        }
    }

    /// All of a row but the field for its title.
    pub fn write_shown(&self, task: &Task, page: &mut String) {
        let is_done = task.is_done();
        let note = first_line(&task.description).map(note_html);
        let due = task.due.map(|due| {
            let (said, tone) = due::words(due, is_done, self.today, self.offset);
            chip_html(tone, &said)
        });
        let (id, title) = (task.id.to_string(), Escaped(&task.title).to_string());
        let (note, due) = (note.unwrap_or_default(), due.unwrap_or_default());
        let words: [&str; WORDS] = [&id, &title, &note, &due, &self.query];
        let pieces = PIECES[usize::from(is_done)].get_or_init(|| pieces(is_done));
        pieces.fill(page, |page, word, _| page.push_str(words[word]));
    }
}

fn note_html(line: &str) -> String {
    format!(r#"<p class="row-note">{}</p>"#, Escaped(line))
}

/// A row without a task.
fn pieces(is_done: bool) -> Pieces {
    let [id, title, note, due, query] = marks::<WORDS>();
    let title_text = &title.to_string();
    let words = &use_text().tasks;
    let [act_complete, act_open, act_edit, act_delete] =
        [Act::Complete, Act::Open, Act::Edit, Act::Delete].map(Act::name);
    let form = if is_done { REOPEN_FORM } else { COMPLETE_FORM };
    let [sends_check, sends_delete] = [form, DELETE_FORM].map(|form| sends(form, id));
    let act_on_check = format!(r#"{sends_check} data-act="{act_complete}""#);
    let check = check_html(is_done, title_text, &act_on_check);
    let [of_all, of_edit, of_delete] =
        [words.actions_for, words.edit_title_of, words.delete_of].map(|say| say(title_text));
    let [of_all, of_edit, of_delete, edit, delete] = [
        &of_all,
        &of_edit,
        &of_delete,
        words.edit_title,
        words.delete,
    ]
    .map(Escaped);
    let [more, pencil, bin] = [IconName::More, IconName::Pencil, IconName::Bin].map(icon_html);
    let html = format!(
        r#"{check}<div class="row-body"><a class="row-title" data-act="{act_open}" href="/tasks/{id}{query}">{title}</a>{note}</div><div class="row-end">{due}<button class="button task-menu" type="button" data-variant="quiet" data-size="icon" popovertarget="actions-{id}" aria-label="{of_all}">{more}</button><div id="actions-{id}" class="task-actions" popover="auto"><button class="button" type="button" data-variant="quiet" data-size="icon" data-act="{act_edit}" aria-label="{of_edit}"><span class="button-label">{pencil}<span class="task-action-name">{edit}</span></span></button><button class="button" type="submit" {sends_delete} data-variant="quiet" data-size="icon" data-act="{act_delete}" aria-label="{of_delete}"><span class="button-label">{bin}<span class="task-action-name">{delete}</span></span></button></div></div>"#
    );
    Pieces::cut(&html, WORDS)
}

/// Which form a button sends, for whoever has no scripts. Where rows are made by one it sends none, and a thousand of
/// them need not be told to their form: in Chromium that takes a third of a second.
fn sends(form: &str, id: char) -> String {
    if cfg!(feature = "ssr") {
        format!(r#"form="{form}" name="id" value="{id}""#)
    } else {
        String::new()
    }
}

fn first_line(description: &str) -> Option<&str> {
    description
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks::{Moment, TaskId};

    fn shown(title: &str, description: &str, search: &str) -> String {
        let task = Task {
            id: TaskId(uuid::Uuid::nil()),
            title: title.to_owned(),
            description: description.to_owned(),
            completed_at: None,
            due: None,
            created_at: Moment(0),
            updated_at: Moment(0),
            version: 1,
        };
        let wanted = Wanted {
            search: search.to_owned(),
            ..Wanted::default()
        };
        let today = Day::parse("2026-11-21").expect("a day");
        let mut html = String::new();
        RowHtml::new(&wanted, (today, 0)).write(&[Entry::new(task, None)], &mut html);
        html
    }

    /// The tags, without what stands in quotes.
    fn markup(html: &str) -> String {
        let mut is_quoted = false;
        let mut is_tag = false;
        html.chars()
            .filter(|c| {
                match c {
                    '"' if is_tag => is_quoted = !is_quoted,
                    '<' if !is_quoted => is_tag = true,
                    '>' if !is_quoted => is_tag = false,
                    _ => {}
                }
                (is_tag || *c == '>') && !is_quoted
            })
            .collect()
    }

    #[test]
    fn no_text_becomes_markup() {
        let plain = markup(&shown("Title", "Note", "search"));
        assert!(plain.contains("<li class="), "{plain}");
        for hostile in [
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "' onmouseover='alert(1)",
            "\" autofocus onfocus=\"alert(1)",
            "</a></div></li></ul><h1>",
            "&lt;b&gt;",
            "<!--",
            "`${alert(1)}`",
            "{id} {title}",
        ] {
            assert_eq!(
                markup(&shown(hostile, hostile, hostile)),
                plain,
                "{hostile}"
            );
        }
    }

    #[test]
    fn the_note_is_the_first_line_with_something_in_it() {
        assert_eq!(first_line("\n \n  Blue bag \nRed bag"), Some("Blue bag"));
        assert_eq!(first_line(" \n "), None);
    }
}
