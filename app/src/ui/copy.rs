//! A button that copies a text.

use leptos::{prelude::*, task::spawn_local};

use super::{Button, Icon, IconName, Size, Toasts, Variant, use_toasts};
use crate::text::use_text;

#[cfg(not(feature = "ssr"))]
use super::browser as side;
#[cfg(feature = "ssr")]
use super::server as side;

/// Copies a text, and says whether that worked.
pub fn copy(text: String, toasts: Toasts) {
    spawn_local(async move {
        let words = &use_text().ui;
        match side::copy(&text).await {
            Ok(()) => toasts.success(words.copied),
            Err(_) => toasts.error(words.not_copied),
        }
    });
}

/// Unseen until the page's script runs, and where the browser lends no clipboard.
#[component]
pub fn CopyButton(
    #[prop(into)] text: Signal<String>,
    /// Its name, such as "Copy the command".
    label: &'static str,
) -> impl IntoView {
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(side::can_copy()));
    let toasts = use_toasts();
    let press = move |()| copy(text.get_untracked(), toasts);
    view! {
        <span class="copy" data-ready=move || ready.get().to_string()>
            <Button variant=Variant::Quiet size=Size::Icon on_press=press attr:aria-label=label>
                <Icon name=IconName::Copy />
            </Button>
        </span>
    }
}
