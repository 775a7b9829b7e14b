//! The round check of a task.

use leptos::{ev::MouseEvent, prelude::*};

use super::Escaped;

/// Ticks something off: a check box that is a button, so that it submits its form without scripts too.
/// With `on_press` it does that instead. While `pending` it cannot be pressed again.
///
/// Its name comes from a `<label for=…>` or from `label`.
#[component]
pub fn Check(
    #[prop(into)] id: String,
    #[prop(into)] checked: Signal<bool>,
    #[prop(optional, into)] pending: Signal<bool>,
    #[prop(optional, into)] label: Option<String>,
    #[prop(optional, into)] on_press: Option<Callback<()>>,
) -> impl IntoView {
    let press = move |event: MouseEvent| {
        if pending.get_untracked() {
            event.prevent_default();
        } else if let Some(on_press) = on_press {
            on_press.run(());
        }
    };
    view! {
        <button
            id=id
            class="check"
            type=if on_press.is_some() { "button" } else { "submit" }
            role="checkbox"
            aria-checked=move || if checked.get() { "true" } else { "false" }
            aria-disabled=move || pending.get().then_some("true")
            aria-label=label
            on:click=press
        >
            <CheckMark />
        </button>
    }
}

/// The mark alone, where there is nothing to press; `Check` sets its own.
#[component]
pub fn CheckMark(#[prop(optional)] checked: bool) -> impl IntoView {
    view! { <span class="check-mark" aria-hidden="true" data-checked=checked.then_some("")></span> }
}

/// A check that submits its form, as [`Check`] makes it. `more` are attributes.
pub fn check_html(checked: bool, label: &str, more: &str) -> String {
    let label = Escaped(label);
    format!(
        "<button class=\"check\" type=\"submit\" role=\"checkbox\" aria-checked=\"{checked}\" \
         aria-label=\"{label}\" {more}><span class=\"check-mark\" aria-hidden=\"true\"></span></button>"
    )
}
