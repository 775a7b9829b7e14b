//! What somebody has to do. Every task has one owner, and no SQL runs on it without that owner.

mod api;
mod due;
mod list;
mod task;
mod text;
mod view;

#[cfg(feature = "ssr")]
pub mod ahead;
#[cfg(feature = "ssr")]
pub mod cursor;
#[cfg(feature = "ssr")]
mod server;
#[cfg(feature = "ssr")]
pub mod store;

pub use api::*;
pub use due::{Day, Due, DueError, Moment};
pub use list::{ListQuery, Order, PAGE, Sort, Status};
pub use task::{Counts, Task, TaskId};
pub use text::{Description, DescriptionError, Title, TitleError};
pub use view::TasksPage;
