//! What the server and the browser share: the pages, the server functions and the types both know.
//!
//! Cut by subject (`landing`, `theme`), not by layer. What only the server can do (SQL, request context)
//! stands in modules behind the `ssr` feature; `ui` knows no subject.

#![recursion_limit = "512"]

// Cargo takes flags of one target, or those of the environment, instead of those of `.cargo/config.toml`.
#[cfg(not(any(erase_components, doc)))]
compile_error!(
    "add `--cfg erase_components` to your Rust flags: the server and the browser must agree on it"
);

pub mod auth;
mod client;
pub mod error;
pub mod landing;
mod page;
pub mod tasks;
pub mod text;
pub mod theme;
pub mod ui;
mod zone;

#[cfg(feature = "ssr")]
pub mod context;
#[cfg(feature = "ssr")]
pub mod mail;
#[cfg(feature = "ssr")]
pub mod pool;
#[cfg(feature = "ssr")]
pub mod sent_back;
#[cfg(feature = "ssr")]
pub mod shell;

pub use page::App;
