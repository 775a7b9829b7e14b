//! Every word that people read, in one place per language.
//!
//! A language is one file with one `Text`; the compiler sees to it that none of its strings is missing.

mod auth;
mod en;
#[cfg(feature = "ssr")]
mod mail;
mod tasks;

#[cfg(feature = "ssr")]
pub use mail::{Paragraph, mail_text};

use crate::error::ErrorCode;
use auth::{Auth, Settings};
use tasks::Tasks;

/// The words of one language.
#[derive(Debug)]
pub struct Text {
    /// As in the root element's `lang`.
    pub language: &'static str,
    pub frame: Frame,
    pub landing: Landing,
    pub theme: Theme,
    pub problem: Problem,
    pub auth: Auth,
    pub settings: Settings,
    pub tasks: Tasks,
    pub ui: Ui,
}

#[derive(Debug)]
pub struct Frame {
    pub brand: &'static str,
    pub skip: &'static str,
    pub footnote: &'static str,
    /// When a part of the page's code could not be loaded.
    pub lost: &'static str,
    pub reload: &'static str,
    /// The document's title from the page's.
    pub page_title: fn(&str) -> String,
}

#[derive(Debug)]
pub struct Landing {
    pub title: &'static str,
    pub description: &'static str,
    pub heading: &'static str,
    pub lead: &'static str,
    pub try_it: &'static str,
    pub run_it: &'static str,
    pub picture: Picture,
    pub features_heading: &'static str,
    pub features: Features,
    pub run_heading: &'static str,
    pub run: &'static str,
    pub copy_command: &'static str,
}

/// The picture of a day's list.
#[derive(Debug)]
pub struct Picture {
    pub caption: &'static str,
    pub today: &'static str,
    pub tally: fn(done: u32, of: u32) -> String,
    pub example: &'static str,
    pub example_note: &'static str,
    /// How many visitors have the example ticked off.
    pub done_by: fn(i64) -> String,
    pub no_count: &'static str,
    pub lease: &'static str,
    pub bread: &'static str,
    pub dentist: &'static str,
    pub birthday: &'static str,
    pub plants: &'static str,
    pub due_overdue: &'static str,
    pub due_today: &'static str,
    pub due_tomorrow: &'static str,
    pub due_friday: &'static str,
    pub state_open: &'static str,
    pub state_done: &'static str,
}

#[derive(Debug)]
pub struct Features {
    pub fast: Feature,
    pub yours: Feature,
    pub quiet: Feature,
    pub small: Feature,
}

#[derive(Debug)]
pub struct Feature {
    pub title: &'static str,
    pub text: &'static str,
}

#[derive(Debug)]
pub struct Theme {
    pub legend: &'static str,
    pub system: &'static str,
    pub light: &'static str,
    pub dark: &'static str,
}

#[derive(Debug)]
pub struct Problem {
    pub not_found_title: &'static str,
    pub not_found: &'static str,
    pub way_home: &'static str,
    pub retry: &'static str,
    pub reference: &'static str,
    pub copy_reference: &'static str,
    pub title: fn(ErrorCode) -> &'static str,
    pub error: fn(ErrorCode) -> &'static str,
    /// Too many attempts, with the seconds to wait.
    pub wait: fn(u32) -> String,
}

#[derive(Debug)]
pub struct Ui {
    pub close: &'static str,
    pub loading: &'static str,
    pub notifications: &'static str,
    pub copied: &'static str,
    pub not_copied: &'static str,
    pub show_password: &'static str,
    pub hide_password: &'static str,
}

/// The words to show. English is all there is so far.
pub fn use_text() -> &'static Text {
    &en::TEXT
}
