//! The server function of the theme picker.

use leptos::prelude::*;

use super::Theme;
use crate::error::AppError;

/// Keeps the theme in a cookie. Public: it touches nobody's data.
#[server(prefix = "/fn", endpoint = "theme/set")]
pub async fn set_theme(theme: Theme) -> Result<(), AppError> {
    super::server::keep(theme);
    Ok(())
}
