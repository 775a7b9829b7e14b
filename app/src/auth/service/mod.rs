//! The use cases of accounts. The pages' server functions and the routes of `/api/auth` both come here; nothing
//! is decided twice.

mod email;
pub mod maintenance;
mod password;
mod profile;
mod session;
mod sign_in;
mod sign_up;

pub use email::{Followed, change_email, send_verification, verify_email};
pub use password::{
    ChangePassword, change_password, is_reset_token_good, request_password_reset, reset_password,
};
pub use profile::{DeleteUser, delete_user, export, update_user};
pub use session::{
    Found, end_all, end_one, end_others, find, find_by_id, found, list, mint, require_recent,
    sign_out,
};
pub use sign_in::{SignIn, sign_in};
pub use sign_up::{SignUp, SignedUp, sign_up};

use time::Duration;

use super::{
    secret::Secret,
    store::{session::Session, user::User},
};

/// How long a session lasts without being used.
pub const SESSION_LIFETIME: Duration = Duration::days(7);
/// How long one lasts that ends with the browser.
const SHORT_SESSION_LIFETIME: Duration = Duration::days(1);
/// How long one lasts however much it is used.
const LONGEST_SESSION: Duration = Duration::days(90);
/// How old a session may be for what needs certainty.
const RECENT: Duration = Duration::days(1);
/// How long a link in a mail is good.
const LINK_LIFETIME: Duration = Duration::hours(1);

/// A session that has just begun: the only time that its secret is known.
#[derive(Debug)]
pub struct Begun {
    pub user: User,
    pub session: Session,
    pub secret: Secret,
}
