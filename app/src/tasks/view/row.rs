//! One task of the list. Without scripts its check, its deletion and its link are plain forms and a plain page.
//!
//! A list may have a thousand of them, so what a row shows is put in whole, as text, and nothing in it listens:
//! the list does, see `rows`.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{address::Wanted, due, edit_title::EditTitle, entry::Entry, rows::Act};
use crate::{
    tasks::{Day, DeleteTask, SetTaskCompleted, Task},
    text::use_text,
    ui::{Escaped, IconName, check_html, chip_html, icon_html},
    zone::use_here,
};

/// What a row has of the page around it.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    pub wanted: &'a Wanted,
    pub today: Day,
    pub offset: i32,
}

#[component]
pub fn TaskRow(entry: Entry, wanted: Memo<Wanted>) -> impl IntoView {
    let here = use_here();
    let Entry {
        id,
        task,
        is_waiting,
        is_edited,
        ..
    } = entry.clone();
    let is_done = {
        let task = task.clone();
        move || task.with(Task::is_done).then_some("")
    };
    // What is around it is not followed here: the list has every row look again.
    let shown = move || {
        let (today, offset) = here.today_untracked();
        let wanted = wanted.read_untracked();
        let around = Around {
            wanted: &wanted,
            today,
            offset,
        };
        task.with(|task| html(task, around))
    };
    let edit = move || {
        is_edited.get().then(|| {
            let entry = entry.clone();
            view! { <EditTitle entry /> }
        })
    };
    view! {
        <li
            class="row task"
            data-task=id.to_string()
            data-done=is_done
            data-waiting=move || is_waiting.get().then_some("")
        >
            <div class="task-shown" inner_html=shown></div>
            {edit}
        </li>
    }
    .into_any()
}

/// All of it but the field for its title. The server's forms are for whoever has no scripts: where rows are made by
/// one, a button says what it is for, and the text has only what browsers read fast (no forms, no drawings).
fn html(task: &Task, around: Around<'_>) -> String {
    let words = &use_text().tasks;
    let id = task.id;
    let is_done = task.is_done();
    let title = Escaped(&task.title);
    let address = around.wanted.details(&id.to_string());
    let address = Escaped(&address);
    let note = first_line(&task.description).map_or_else(String::new, |line| {
        format!("<p class=\"row-note\">{}</p>", Escaped(line))
    });
    let due = task.due.map_or_else(String::new, |due| {
        let (said, tone) = due::words(due, is_done, around.today, around.offset);
        chip_html(tone, &said)
    });
    let [act_complete, act_open, act_edit, act_delete] =
        [Act::Complete, Act::Open, Act::Edit, Act::Delete].map(Act::name);
    let act_on_check = format!("data-act=\"{act_complete}\"");
    let check = check_html(&format!("check-{id}"), is_done, &task.title, &act_on_check);
    let [of_all, of_edit, of_delete] =
        [words.actions_for, words.edit_title_of, words.delete_of].map(|say| say(&task.title));
    let [of_all, of_edit, of_delete] = [&of_all, &of_edit, &of_delete].map(|said| Escaped(said));
    let [more, pencil, bin] = [IconName::More, IconName::Pencil, IconName::Bin].map(icon_html);
    let [edit, delete] = [words.edit_title, words.delete].map(Escaped);
    let delete = format!(
        r#"<button class="button" type="submit" data-variant="quiet" data-size="icon" data-act="{act_delete}" aria-label="{of_delete}"><span class="button-label">{bin}<span class="task-action-name">{delete}</span></span></button>"#
    );
    let check = plain_form(SetTaskCompleted::PATH, task, Some(!is_done), check);
    let delete = plain_form(DeleteTask::PATH, task, None, delete);
    format!(
        r#"{check}<div class="row-body"><a id="title-{id}" class="row-title" data-act="{act_open}" href="{address}">{title}</a>{note}</div><div class="row-end">{due}<button class="button task-menu" type="button" data-variant="quiet" data-size="icon" popovertarget="actions-{id}" aria-label="{of_all}">{more}</button><div id="actions-{id}" class="task-actions" popover="auto"><button class="button" type="button" data-variant="quiet" data-size="icon" data-act="{act_edit}" aria-label="{of_edit}"><span class="button-label">{pencil}<span class="task-action-name">{edit}</span></span></button>{delete}</div></div>"#
    )
}

fn plain_form(path: &str, task: &Task, completed: Option<bool>, button: String) -> String {
    if cfg!(not(feature = "ssr")) {
        return button;
    }
    let id = task.id;
    let completed = completed.map_or_else(String::new, |completed| {
        format!(r#"<input type="hidden" name="completed" autocomplete="off" value="{completed}">"#)
    });
    format!(
        r#"<form action="{path}" method="post"><input type="hidden" name="id" autocomplete="off" value="{id}">{completed}{button}</form>"#
    )
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
        html(
            &task,
            Around {
                wanted: &wanted,
                today,
                offset: 0,
            },
        )
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
        assert!(plain.contains("<form action="), "{plain}");
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
