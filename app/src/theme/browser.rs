//! The theme as the page's root element has it.

use leptos::prelude::document;

use super::Theme;

const ATTRIBUTE: &str = "data-theme";

/// The theme that is shown.
pub fn current() -> Theme {
    document()
        .document_element()
        .and_then(|root| root.get_attribute(ATTRIBUTE))
        .map_or_else(Theme::default, |name| Theme::parse(&name))
}

/// Shows a theme at once, before the server has kept it.
pub fn show(theme: Theme) {
    let Some(root) = document().document_element() else {
        return;
    };
    // Neither call can fail: the name is a constant and the values are ours.
    let _ = match theme.attribute() {
        Some(name) => root.set_attribute(ATTRIBUTE, name),
        None => root.remove_attribute(ATTRIBUTE),
    };
}
