//! Tasks, through the API and the server functions.

mod answers;
pub mod client;
mod conditions;
mod creation;
mod crowd;
mod document;
mod fields;
mod hostile;
mod life;
pub mod lists;
mod page;
mod plans;
mod refusals;
mod together;
mod walk;
