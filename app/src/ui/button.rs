//! Buttons, and links that look like them.

use leptos::{ev::MouseEvent, prelude::*};

use super::Spinner;

/// How much a button asks to be pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variant {
    Primary,
    #[default]
    Secondary,
    Quiet,
    /// Destroys something.
    Danger,
}

impl Variant {
    const fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Quiet => "quiet",
            Self::Danger => "danger",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    #[default]
    Medium,
    Small,
    /// Square, for an icon alone; give it a name with `attr:aria-label`.
    Icon,
}

impl Size {
    const fn name(self) -> &'static str {
        match self {
            Self::Medium => "medium",
            Self::Small => "small",
            Self::Icon => "icon",
        }
    }
}

/// Submits its form, or does `on_press` if there is one. While `pending` it shows a spinner and does
/// neither, but keeps the focus and its name.
#[component]
pub fn Button(
    #[prop(optional)] variant: Variant,
    #[prop(optional)] size: Size,
    #[prop(optional, into)] pending: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] on_press: Option<Callback<()>>,
    children: Children,
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
            class="button"
            type=if on_press.is_some() { "button" } else { "submit" }
            data-variant=variant.name()
            data-size=size.name()
            disabled=move || disabled.get()
            aria-disabled=move || pending.get().then_some("true")
            on:click=press
        >
            <span class="button-label">{children()}</span>
            {move || pending.get().then(|| view! { <Spinner /> })}
        </button>
    }
}

/// A link that looks like a button.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: String,
    #[prop(optional)] variant: Variant,
    #[prop(optional)] size: Size,
    children: Children,
) -> impl IntoView {
    view! {
        <a class="button" href=href data-variant=variant.name() data-size=size.name()>
            <span class="button-label">{children()}</span>
        </a>
    }
}
