//! SQL of users, sessions, keys and what belongs to them. Whatever is a user's is reached by that user's id or by
//! the hash of a secret that only they were given.

pub mod audit;
pub mod failure;
pub mod key;
pub mod one_time;
pub mod session;
pub mod user;
