//! The server, tested through its doors: the command, HTTP, and the router.
//!
//! One binary, so that it is linked once. `process` runs the real server, `site` builds the router.

mod accounts;
mod configuration;
mod connections;
mod embedded;
mod faults;
mod files;
mod forms;
mod pages;
mod problem_pages;
mod process;
mod requests;
mod secrets;
mod site;
mod tasks;
