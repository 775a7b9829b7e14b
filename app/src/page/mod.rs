//! What every page stands in: the routes, the frame of header and footer, the heading that takes the focus
//! after a navigation, and the pages for what went wrong.

mod answer;
pub mod draft;
mod form;
mod frame;
mod heading;
mod not_found;
mod problem;
mod refusal;
mod report;
mod routes;
#[cfg(debug_assertions)]
mod styleguide;

pub use answer::answer_with;
pub use form::{Form, Sending, Typed, is_sent_back};
pub use frame::Frame;
pub use heading::Heading;
pub use not_found::NotFoundPage;
pub use problem::ProblemPage;
pub use refusal::Refusal;
pub use report::report;
pub use routes::App;
