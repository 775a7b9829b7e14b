//! Handlers for what is no page.

pub mod account;
pub mod auth;
pub mod files;
pub mod health;
pub mod openapi;
pub mod problem;
pub mod tasks;
