//! Something goes on.

use leptos::prelude::*;

/// A small turning circle. Without a label it says nothing: what it stands in must have a name.
#[component]
pub fn Spinner(#[prop(optional, into)] label: Option<String>) -> impl IntoView {
    let named = label.is_some();
    view! {
        <span
            class="spinner"
            role=named.then_some("img")
            aria-label=label
            aria-hidden=(!named).then_some("true")
        ></span>
    }
}
