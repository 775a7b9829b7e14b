//! How people are told that what they did could not be done.

use crate::{
    error::AppError,
    text::use_text,
    ui::{Toast, Toasts, copy},
};

/// A toast in the error's words; where the server logged it, with the number to copy. From effects and
/// event handlers only.
pub fn report(error: AppError, toasts: Toasts) {
    let words = &use_text().problem;
    let mut toast = Toast::error((words.error)(error.code));
    if let Some(id) = error.request_id {
        let press = move || copy(id.as_str().to_owned(), toasts);
        toast = toast.with_action(words.copy_reference, press);
    }
    toasts.show(toast);
}
