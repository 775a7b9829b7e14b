//! People and how they prove who they are.
//!
//! Types that both sides know parse on construction, so that whoever holds one need not check again. What is done
//! is in `service`; SQL in `store`; passwords and tokens in modules of their own.

mod api;
mod email;
mod name;
mod user;
pub mod view;

#[cfg(feature = "ssr")]
pub mod accounts;
#[cfg(feature = "ssr")]
pub mod caller;
#[cfg(feature = "ssr")]
pub mod clock;
#[cfg(feature = "ssr")]
pub mod cookie;
#[cfg(feature = "ssr")]
mod device;
#[cfg(feature = "ssr")]
pub mod identity;
#[cfg(feature = "ssr")]
pub mod limits;
#[cfg(feature = "ssr")]
pub mod password;
#[cfg(feature = "ssr")]
pub mod secret;
#[cfg(feature = "ssr")]
mod server;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod token;

pub use api::*;
pub use email::{Email, EmailError};
pub use name::{Name, NameError};
pub use user::{CurrentUser, SessionId, UserId};

/// How many characters a password has at least.
pub const SHORTEST_PASSWORD: usize = 8;
/// How many characters a password has at most.
pub const LONGEST_PASSWORD: usize = 128;
