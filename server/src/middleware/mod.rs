//! What happens to every request on its way in, and to every answer on its way out.

pub mod authenticate;
pub mod caller;
pub mod cors;
pub mod failures;
pub mod headers;
pub mod origin;
pub mod problem_page;
pub mod record;
pub mod sent_back;
pub mod whole_page;
