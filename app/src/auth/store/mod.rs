//! SQL of users, sessions, keys and what belongs to them. Whatever is a user's is reached by that user's id or by
//! the hash of a secret that only they were given.
//!
//! A transaction takes the rows of one user in this order: `account` by `user::hold`, `session`, `one_time_token`,
//! `app_user`. In another one, two could each wait for what the other has.

pub mod audit;
pub mod failure;
pub mod key;
pub mod one_time;
pub mod session;
pub mod user;
