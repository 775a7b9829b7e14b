//! Tasks, in English.

use crate::{
    tasks::{Counts, Day},
    text::tasks::Tasks,
};

pub(super) const TASKS: Tasks = Tasks {
    heading: "Your tasks",
    go: "Go to your tasks",
    full_date: |day| {
        let (weekday, month) = (WEEKDAYS[day.weekday()], MONTHS[day.month()]);
        format!("{weekday}, {} {month}", day.day_of_month())
    },
    date,
    due: |day, today| match day.days_since(today) {
        -1 => "1 day overdue".to_owned(),
        days @ ..-1 => format!("{} days overdue", -days),
        0 => "Today".to_owned(),
        1 => "Tomorrow".to_owned(),
        2..=6 => WEEKDAYS[day.weekday()][..3].to_owned(),
        _ => date(day, today),
    },
    tally: |done, of| match of {
        0 => "Nothing due today".to_owned(),
        _ => format!("{done} of {of} done today"),
    },
    count: |count| {
        if count >= Counts::LIMIT {
            format!("{}+", Counts::LIMIT - 1)
        } else {
            count.to_string()
        }
    },
    filters: "Filters",
    all: "All",
    open: "Open",
    done: "Done",
    search: "Search",
    sort: "Order",
    by_newest: "Newest first",
    by_due_date: "By due date",
    by_title: "By title",
    show: "Show",
    add: "Add",
    add_label: "New task",
    add_hint: "What needs doing?",
    more_fields: "Description and due date",
    title: "Title",
    description: "Description",
    due_date: "Due date",
    actions_for: |title| format!("Actions for {title}"),
    edit_title: "Edit title",
    edit_title_of: |title| format!("Edit the title of {title}"),
    delete: "Delete",
    delete_of: |title| format!("Delete {title}"),
    deleted: "Task deleted.",
    undo: "Undo",
    later: "It will be done when you are back on your list.",
    more: "Show more",
    more_done: "Show more that is done",
    offline: "You're offline. Your changes are waiting.",
    unavailable: "Our server can't be reached just now. Your changes are waiting.",
    first_heading: "A clean sheet",
    first_lead: "Write down what needs doing, or begin with one of these.",
    examples: ["Water the plants", "Call a friend", "Plan the weekend"],
    nothing_open: "Everything is done.",
    nothing_done: "Nothing is done yet.",
    nothing_found: "No task matches.",
    clear_search: "Clear the search",
    show_all: "Show all tasks",
    details: "Task",
    save: "Save",
    cancel: "Cancel",
    conflict: "This task changed elsewhere",
    theirs: "As it is now",
    mine: "As you wrote it",
    keep_theirs: "Keep it as it is",
    keep_mine: "Save mine",
    keyboard: "Keyboard",
    keys_on: "Use these keys",
    keys: [
        ("n", "Add a task"),
        ("/", "Search"),
        ("j k", "Next and previous task"),
        ("x", "Mark as done, or as open"),
        ("e", "Edit the title"),
        ("Enter", "Open the details"),
        ("Delete", "Delete"),
        ("z", "Undo"),
        ("g a", "Show all"),
        ("g o", "Show what is open"),
        ("g d", "Show what is done"),
        ("? Esc", "Show this, and leave it"),
    ],
};

fn date(day: Day, today: Day) -> String {
    let (number, month) = (day.day_of_month(), &MONTHS[day.month()][..3]);
    if day.year() == today.year() {
        format!("{number} {month}")
    } else {
        format!("{number} {month} {}", day.year())
    }
}

const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
