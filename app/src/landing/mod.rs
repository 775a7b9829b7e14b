//! The page at `/`: what Donewell is, and an example row that anybody may tick off.

mod api;
#[cfg(feature = "ssr")]
mod store;
mod view;

pub use api::{GetExample, SetExampleDone, get_example, set_example_done};
pub use view::LandingPage;

use serde::{Deserialize, Serialize};

/// The example row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// How many visitors have it ticked off.
    pub done_by: i64,
}
