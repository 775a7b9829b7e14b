//! The thin line at the top of the page while something is awaited.

use leptos::prelude::*;

use crate::text::use_text;

/// Shown while `active`, but not for the first 300 ms (the style sheet sees to that).
#[component]
pub fn ProgressLine(#[prop(into)] active: Signal<bool>) -> impl IntoView {
    move || {
        active.get().then(|| {
            view! {
                <div
                    class="progress-line"
                    role="progressbar"
                    aria-label=use_text().ui.loading
                ></div>
            }
        })
    }
}
