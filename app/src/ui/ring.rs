//! How much of something is done, as a ring.

use leptos::prelude::*;

/// Decoration: the numbers must stand beside it in words.
#[component]
pub fn Ring(
    /// What of it is drawn, see [`ring_part`].
    #[prop(into)]
    part: Signal<String>,
) -> impl IntoView {
    view! {
        <svg class="ring" viewBox="0 0 40 40" aria-hidden="true">
            <circle class="ring-track" cx="20" cy="20" r="17" />
            <circle
                class="ring-part"
                cx="20"
                cy="20"
                r="17"
                pathLength="100"
                stroke-dasharray=part
            />
        </svg>
    }
}

/// As much of a [`Ring`] as is done.
pub fn ring_part(done: u32, of: u32) -> String {
    format!("{} 100", done.min(of) * 100 / of.max(1))
}
