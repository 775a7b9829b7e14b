//! English.

mod auth;
mod tasks;

use super::{Feature, Features, Frame, Landing, Picture, Problem, Text, Theme, Ui};
use crate::error::ErrorCode;

pub(super) static TEXT: Text = Text {
    language: "en",
    frame: Frame {
        brand: "Donewell",
        skip: "Skip to content",
        footnote: "Free software, under MIT or Apache 2.0.",
        lost: "A part of this page could not be loaded.",
        reload: "Reload the page",
        page_title: |title| format!("{title} · Donewell"),
    },
    landing: LANDING,
    theme: Theme {
        legend: "Theme",
        system: "System",
        light: "Light",
        dark: "Dark",
    },
    problem: PROBLEM,
    auth: auth::AUTH,
    settings: auth::SETTINGS,
    tasks: tasks::TASKS,
    ui: Ui {
        close: "Close",
        loading: "Loading",
        notifications: "Notifications",
        copied: "Copied.",
        not_copied: "Your browser didn't allow that. Select the text and copy it by hand.",
        show_password: "Show the password",
        hide_password: "Hide the password",
    },
};

const LANDING: Landing = Landing {
    title: "Donewell: a to-do list on a server of your own",
    description: "A calm to-do list for people, on a server of your own: one program, Rust from the \
                  database to the browser. No trackers, no CDN.",
    heading: "A calm list for a full day.",
    lead: "Donewell is a to-do list for people, kept on a server of your own. One program, Rust from the \
           database to the browser, made so that each person's list is theirs alone.",
    try_it: "Tick something off",
    run_it: "Run your own",
    picture: PICTURE,
    features_heading: "What it is built on",
    features: Features {
        fast: Feature {
            title: "There before you look",
            text: "Pages arrive from the server ready to read. Then WebAssembly takes over, and what you \
                   tick shows at once.",
        },
        yours: Feature {
            title: "Yours alone",
            text: "The first rule of the code: no query touches a task without naming its owner. The \
                   check and the change are one statement.",
        },
        quiet: Feature {
            title: "Nobody looking on",
            text: "No trackers, no CDN, no cookie banner. A cookie remembers your theme, if you choose \
                   one; another keeps you signed in. Nothing else.",
        },
        small: Feature {
            title: "At home anywhere",
            text: "One program to run. It looks after a PostgreSQL of its own, or uses the one you \
                   already have.",
        },
    },
    run_heading: "Run your own",
    run: "In a checkout of the source, one command installs what is missing, builds everything, starts \
          PostgreSQL and tells you the address to open. The first build takes some minutes.",
    copy_command: "Copy the command",
};

const PICTURE: Picture = Picture {
    caption: "A day in Donewell. The first row is real: anybody may tick it.",
    today: "Today",
    tally: |done, of| format!("{done} of {of} done"),
    example: "Tick this off",
    example_note: "It goes to the database and back.",
    done_by: |count| match count {
        0 => "Nobody has ticked it off yet.".to_owned(),
        1 => "One visitor has ticked it off.".to_owned(),
        _ => format!("{} visitors have ticked it off.", grouped(count)),
    },
    no_count: "We can't count right now. Try again in a moment.",
    lease: "Send back the signed lease",
    bread: "Pick up bread on the way home",
    dentist: "Call the dentist about Thursday",
    birthday: "Find a present for Mara",
    plants: "Water the plants",
    due_overdue: "2 days overdue",
    due_today: "Today",
    due_tomorrow: "Tomorrow",
    due_friday: "Fri",
    state_open: "To do:",
    state_done: "Done:",
};

const PROBLEM: Problem = Problem {
    not_found_title: "Page not found",
    not_found: "There is nothing at this address. The link may be old, or a letter may have gone missing.",
    way_home: "Back to the start",
    retry: "Retry",
    reference: "If you ask us about it, quote",
    copy_reference: "Copy the number",
    title: |code| match code {
        ErrorCode::BadRequest => "That didn't make sense",
        ErrorCode::TooLarge => "That was too much",
        ErrorCode::Network => "You're offline",
        ErrorCode::Unavailable => "We'll be right back",
        ErrorCode::Unauthorized => "Sign in to continue",
        ErrorCode::Forbidden | ErrorCode::InvalidOrigin => "You don't have permission",
        ErrorCode::TooManyRequests => "Too many attempts",
        _ => "This page didn't work",
    },
    error: |code| match code {
        ErrorCode::BadRequest => "That request made no sense to us.",
        ErrorCode::TooLarge => "That is more than we can take in at once.",
        ErrorCode::Network => "You're offline. Try again when you're connected.",
        ErrorCode::Unavailable => "We can't reach our database. Try again in a moment.",
        ErrorCode::Internal => "Something went wrong on our side.",
        ErrorCode::Unauthorized => "Sign in to continue.",
        ErrorCode::Forbidden => "You don't have permission.",
        ErrorCode::NotFound => "There is nothing here.",
        ErrorCode::TooManyRequests => "Too many attempts. Try again in a moment.",
        ErrorCode::InvalidOrigin
        | ErrorCode::InvalidCallbackUrl
        | ErrorCode::InvalidRedirectUrl => {
            "You don't have permission: that request came from another site."
        }
        ErrorCode::InvalidName => "Enter a name of at most 100 characters.",
        ErrorCode::InvalidImage => "Enter the address of a picture.",
        ErrorCode::InvalidEmail => "Enter an email address, such as ada@example.org.",
        ErrorCode::PasswordTooShort => "Use at least 8 characters.",
        ErrorCode::PasswordTooLong => "Use at most 128 characters.",
        ErrorCode::PasswordCompromised => {
            "That is one of the first passwords anybody would try. Choose another one."
        }
        ErrorCode::UserAlreadyExistsUseAnotherEmail => {
            "There is an account with this address already. Sign in, or use another address."
        }
        ErrorCode::InvalidEmailOrPassword => "Email and password don't match.",
        ErrorCode::EmailNotVerified => {
            "Confirm your address first: we sent you a mail with a link."
        }
        ErrorCode::InvalidPassword => "That is not your password.",
        ErrorCode::SessionNotFresh | ErrorCode::SessionExpired => {
            "You signed in a while ago. Enter your password to continue."
        }
        ErrorCode::InvalidToken | ErrorCode::TokenExpired | ErrorCode::UserNotFound => {
            "This link is no longer good. Ask for another one."
        }
        ErrorCode::InvalidUser => "This link is for another account. Sign out and open it again.",
        ErrorCode::NoFieldsToUpdate => "Nothing was changed.",
        ErrorCode::EmailIsTheSame => "That is your address already.",
        ErrorCode::EmailMismatch => "That is not your address.",
        ErrorCode::EmailAlreadyVerified => "Your address is confirmed already.",
        ErrorCode::EmailCanNotBeUpdated => "Addresses are changed in their own form.",
        ErrorCode::NotConfirmed => "Type your address exactly as it is shown.",
        ErrorCode::TaskNotFound => "Task not found",
        ErrorCode::TitleMissing => "Say what is to be done.",
        ErrorCode::TitleTooLong => "Use at most 200 characters. The description has room for more.",
        ErrorCode::TitleNotOneLine => "Use one line without control characters.",
        ErrorCode::DescriptionTooLong => "Use at most 10,000 characters.",
        ErrorCode::DescriptionNotText => "Use text without control characters.",
        ErrorCode::InvalidDueDate => "Enter a date, such as 2026-12-24.",
        ErrorCode::Conflict | ErrorCode::PreconditionFailed => "This task changed elsewhere",
    },
    wait: |seconds| match seconds {
        1 => "Too many attempts. Try again in 1 second.".to_owned(),
        _ => format!(
            "Too many attempts. Try again in {} seconds.",
            grouped(seconds.into())
        ),
    },
};

/// A number with its thousands apart.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{PICTURE, grouped};

    #[test]
    fn nobody_one_and_many_have_their_own_words() {
        assert_eq!((PICTURE.done_by)(0), "Nobody has ticked it off yet.");
        assert_eq!((PICTURE.done_by)(1), "One visitor has ticked it off.");
        assert_eq!((PICTURE.done_by)(2), "2 visitors have ticked it off.");
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(i64::MAX), "9,223,372,036,854,775,807");
    }
}
