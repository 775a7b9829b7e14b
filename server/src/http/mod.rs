//! Handlers for what is no page.

pub mod files;
pub mod health;
