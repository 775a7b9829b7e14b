//! What both proofs need: a private PostgreSQL, the real server, people with accounts, and HTTP.
//!
//! Whatever is started is ended when the value that stands for it is dropped.

pub mod directory;
pub mod http;
pub mod people;
pub mod postgres;
pub mod server;
