//! How much of something is done, as a ring.

use leptos::prelude::*;

/// Decoration: the numbers must stand beside it in words.
#[component]
pub fn Ring(#[prop(into)] done: Signal<u32>, #[prop(into)] of: Signal<u32>) -> impl IntoView {
    let percent = Memo::new(move |_| {
        let (done, of) = (done.get(), of.get());
        done.min(of) * 100 / of.max(1)
    });
    view! {
        <svg class="ring" viewBox="0 0 40 40" aria-hidden="true">
            <circle class="ring-track" cx="20" cy="20" r="17" />
            <circle
                class="ring-part"
                cx="20"
                cy="20"
                r="17"
                pathLength="100"
                stroke-dasharray=move || format!("{} 100", percent.get())
                visibility=move || (percent.get() == 0).then_some("hidden")
            />
        </svg>
    }
}
