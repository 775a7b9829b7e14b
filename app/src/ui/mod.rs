//! What pages are made of: buttons, fields, toasts, dialogs. Knows no subject.
//!
//! Every part is right for hands and ears by construction: native elements, names, states and focus are
//! its own business. Words come in as props, or from `text().ui` where they are the part's own.

mod button;
mod check;
mod chip;
mod copy;
mod dialog;
mod escaped;
mod field;
mod icon;
mod menu;
mod notice;
mod pieces;
mod progress;
mod ring;
mod settled;
mod spinner;
mod stencil;
mod toast;

#[cfg(not(feature = "ssr"))]
mod browser;
#[cfg(feature = "ssr")]
mod server;

#[cfg(not(feature = "ssr"))]
pub use browser::{close_popover, focus};
#[cfg(feature = "ssr")]
pub use server::{close_popover, focus};

pub use button::{Button, ButtonLink, Size, Variant};
pub use check::{Check, CheckMark, check_html};
pub use chip::{Chip, Tone, chip_html};
pub use copy::{CopyButton, copy};
pub use dialog::Dialog;
pub use escaped::Escaped;
pub use field::{CheckField, Field, FieldKind, keep_input_in_step};
pub use icon::{Icon, IconName, icon_html};
pub use menu::Menu;
pub use notice::{Notice, NoticeKind};
pub use pieces::{Pieces, marks};
pub use progress::ProgressLine;
pub use ring::{Ring, ring_part};
pub use settled::Settled;
pub use spinner::Spinner;
pub use stencil::{Stencil, Word};
pub use toast::{Toast, Toaster, Toasts, use_toasts};
