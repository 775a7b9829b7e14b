//! The browser's way to the server.
//!
//! `SessionClient` sends the calls that need a session: it attaches the JWT, which lives in memory only, gets a
//! new one shortly before the old one ends or when the server no longer takes it, and tells `on_end` when there
//! is no session left to get one for. On the server a server function is a plain call, and nothing here is used.

#[cfg(not(feature = "ssr"))]
mod browser;
#[cfg(feature = "ssr")]
mod server;
#[cfg(not(feature = "ssr"))]
mod tabs;
#[cfg(not(feature = "ssr"))]
mod token;

#[cfg(not(feature = "ssr"))]
pub use browser::{SessionClient, on_end, send, visit};
#[cfg(feature = "ssr")]
pub use server::{
    SessionClient, forget, on_end, on_sign_out_elsewhere, renew, send, speak_for, tell_sign_out,
    visit,
};
#[cfg(not(feature = "ssr"))]
pub use tabs::{on_sign_out_elsewhere, tell_sign_out};
#[cfg(not(feature = "ssr"))]
pub use token::{forget, person, renew, speak_for};

/// Whether a call says who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// By nothing but the cookie, which the browser sends anyway.
    Anybody,
    /// By the session's token.
    Session,
}
