//! What is tried first by whoever guesses.

use std::{collections::HashSet, sync::LazyLock};

use crate::auth::Email;

/// See the file's head for where the list comes from.
static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    include_str!("common.txt")
        .lines()
        .filter(|line| !line.starts_with("# "))
        .collect()
});

/// What this is called stands on every page.
const PRODUCT: &str = "donewell";

pub(super) fn is_guessed_first(password: &str, email: &Email, name: &str) -> bool {
    let password = password.to_lowercase();
    let bare = |text: &str| text.to_lowercase().replace([' ', '.', '-', '_'], "");
    let local_part = email.as_str().split('@').next().unwrap_or_default();
    COMMON.contains(password.as_str())
        || is_one_character(&password)
        || [email.as_str(), local_part, name, PRODUCT]
            .iter()
            .any(|theirs| bare(theirs) == bare(&password))
}

fn is_one_character(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    characters.all(|c| Some(c) == first)
}
