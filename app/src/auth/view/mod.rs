//! The pages of accounts, and who may see which.

mod account_menu;
mod entry;
mod forgot_password;
mod login;
mod next;
mod reset_password;
mod route;
mod session;
mod settings;
mod signup;
mod verify_email;

#[cfg(not(feature = "ssr"))]
mod browser;
#[cfg(feature = "ssr")]
mod server;

#[cfg(not(feature = "ssr"))]
use browser as side;
#[cfg(feature = "ssr")]
use server as side;

pub use account_menu::AccountMenu;
pub use forgot_password::ForgotPasswordPage;
pub use login::LoginPage;
pub use reset_password::ResetPasswordPage;
pub use route::{anonymous_route, open_route, protected_route};
pub use session::{HOME, Session, SessionWatch, use_session};
pub use settings::SettingsPage;
pub use signup::SignupPage;
pub use verify_email::VerifyEmailPage;
