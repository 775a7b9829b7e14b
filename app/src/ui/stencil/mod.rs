//! A part of a page that is the same for everybody, but for some words.
//!
//! The server renders it once and cuts it up where the words belong. From then on it makes no views for it, only puts
//! the words in. The browser makes its views as ever and takes over what it finds.

#[cfg(not(feature = "ssr"))]
mod browser;
#[cfg(feature = "ssr")]
mod server;

#[cfg(not(feature = "ssr"))]
pub use browser::{Stencil, Word};
#[cfg(feature = "ssr")]
pub use server::{Stencil, Word};
