//! SQL of tasks. Every function takes the owner, and the owner is in every WHERE clause: the check of ownership and
//! the read or write are one statement.

mod create;
mod list;
mod row;
mod sweep;
mod write;

pub use create::{Created, Idempotency, NewTask, Once, insert, insert_once};
pub use list::{Listed, count, list, list_sql};
pub use sweep::sweep;
pub use write::{
    Precondition, TaskChange, Written, delete, find, find_all, restore, set_completed, update,
};

use time::Duration;

/// How long a deleted task can be restored.
pub const RESTORABLE: Duration = Duration::days(30);
/// How long a first answer is repeated.
pub const REPEATED: Duration = Duration::hours(24);
