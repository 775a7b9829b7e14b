//! What every page stands in: the routes, the frame of header and footer, the heading that takes the focus
//! after a navigation, and the pages for what went wrong.

mod answer;
mod frame;
mod heading;
mod not_found;
// No page can fail whole yet: until one can, the style guide alone shows what that looks like.
#[cfg(debug_assertions)]
mod problem;
mod report;
mod routes;
#[cfg(debug_assertions)]
mod styleguide;

pub use answer::answer_with;
pub use frame::Frame;
pub use heading::Heading;
pub use not_found::NotFoundPage;
#[cfg(debug_assertions)]
pub use problem::ProblemPage;
pub use report::report;
pub use routes::App;
