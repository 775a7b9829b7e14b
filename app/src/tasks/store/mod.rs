//! SQL of tasks. Every function takes the owner, and every statement names them beside the task: the check of ownership
//! and the read or write are one.

mod board;
mod create;
mod list;
mod opened;
mod reader;
mod row;
mod sweep;
mod write;

pub use board::{Board, Limits, Lists, Today, board, board_sql, counts};
pub use create::{Created, Idempotency, NewTask, Once, insert, insert_once};
pub use list::{Listed, list_sql, lists_sql};
pub use opened::OPENED;
pub use reader::{FOUND, Reader};
pub use sweep::sweep;
pub use write::{
    Precondition, TaskChange, Written, delete, find, find_all, restore, set_completed, update,
};

use time::Duration;

/// How long a deleted task can be restored.
pub const RESTORABLE: Duration = Duration::days(30);
/// How long a first answer is repeated.
pub const REPEATED: Duration = Duration::hours(24);
