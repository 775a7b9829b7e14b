//! What somebody has to do.

mod view;

pub use view::TasksPage;
