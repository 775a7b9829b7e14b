//! The theme as the request's cookie has it.

use super::Theme;
use crate::context;

const COOKIE: &str = "theme";

/// The theme to render.
pub fn current() -> Theme {
    context::cookie(COOKIE).map_or_else(Theme::default, |name| Theme::parse(&name))
}

/// Does nothing: the server's page already has its theme.
pub fn show(_: Theme) {}

pub(super) fn keep(theme: Theme) {
    context::keep_cookie(COOKIE, theme.name());
}
