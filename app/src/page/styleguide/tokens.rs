//! The tokens that are seen: colours and type.

use leptos::prelude::*;

const COLOURS: [&str; 18] = [
    "ground",
    "surface",
    "sunken",
    "hover",
    "ink",
    "ink-soft",
    "ink-faint",
    "line",
    "edge",
    "accent",
    "accent-strong",
    "accent-soft",
    "on-accent",
    "amber",
    "amber-soft",
    "red",
    "red-strong",
    "red-soft",
];

const SIZES: [&str; 8] = [
    "display", "huge", "large", "title", "lead", "body", "small", "tiny",
];

#[component]
pub fn Colours() -> impl IntoView {
    view! {
        <div class="guide-part">
            <h3>"Colours"</h3>
            <ul class="guide-colours">
                {COLOURS.map(|name| view! { <li data-colour=name>{name}</li> })}
            </ul>
        </div>
    }
    .into_any()
}

#[component]
pub fn TypeScale() -> impl IntoView {
    view! {
        <div class="guide-part">
            <h3>"Type"</h3>
            <ul class="guide-type">
                {SIZES.map(|name| view! { <li data-text=name>{name} ": 0123456789"</li> })}
            </ul>
        </div>
    }
    .into_any()
}
