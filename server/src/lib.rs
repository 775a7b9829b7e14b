//! The server as a library, so that tests reach it by the doors that `main` uses.
//!
//! `main` parses, starts, serves and drains; what each of these means stands in the module of that name.

pub mod accounts;
pub mod cli;
pub mod config;
pub mod connections;
pub mod database;
pub mod http;
pub mod keys;
pub mod metrics;
pub mod middleware;
pub mod postgres;
pub mod router;
pub mod serve;
pub mod shutdown;
pub mod site;
pub mod telemetry;
