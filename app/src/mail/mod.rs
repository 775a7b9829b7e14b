//! Mail: what is written, and how it is delivered. Nobody waits for it, and nothing in it is logged: links hold
//! secrets.

mod letter;
mod mailer;
mod transport;

pub use letter::{Letter, Link};
pub use mailer::Mailer;
pub use transport::Transport;
