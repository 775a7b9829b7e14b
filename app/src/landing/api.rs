//! Server functions of the landing page. Both are public: the example row belongs to nobody.

use leptos::prelude::*;

use super::Example;
use crate::error::AppError;

/// The example row as it stands.
#[server(prefix = "/fn", endpoint = "landing/get-example")]
pub async fn get_example() -> Result<Example, AppError> {
    Ok(super::store::find(&crate::context::pool()?).await?)
}

/// Ticks the example off, or takes the tick back.
#[server(prefix = "/fn", endpoint = "landing/set-example-done")]
pub async fn set_example_done(done: bool) -> Result<Example, AppError> {
    let example = super::store::set_done(&crate::context::pool()?, done).await?;
    if crate::context::is_plain_form() {
        leptos_axum::redirect(if done { "/?done=true#try" } else { "/#try" });
    }
    Ok(example)
}
