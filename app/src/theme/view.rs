//! Three buttons that choose the theme.

use leptos::prelude::*;

use super::{SetTheme, Theme, current, show};
use crate::{
    page::report,
    text::use_text,
    ui::{Icon, IconName, use_toasts},
};

/// What every picker shows as chosen.
#[derive(Clone, Copy)]
struct Chosen(RwSignal<Theme>);

/// Has all pickers of the application show the same.
pub fn provide_theme() {
    provide_context(Chosen(RwSignal::new(current())));
}

/// Shows the chosen theme at once and has the server keep it; takes it back if the server does not.
#[component]
pub fn ThemePicker() -> impl IntoView {
    let words = &use_text().theme;
    let action = ServerAction::<SetTheme>::new();
    let Chosen(chosen) = expect_context();
    let kept = StoredValue::new(current());
    let toasts = use_toasts();
    let choose = move |theme| {
        chosen.set(theme);
        show(theme);
    };
    let version = action.version();
    Effect::watch(
        move || version.get(),
        move |_, _, _| match action.value().get_untracked() {
            Some(Ok(())) => kept.set_value(chosen.get_untracked()),
            Some(Err(error)) => {
                choose(kept.get_value());
                report(error, toasts);
            }
            None => {}
        },
        false,
    );
    let choice = move |theme: Theme| {
        let (label, icon) = match theme {
            Theme::System => (words.system, IconName::System),
            Theme::Light => (words.light, IconName::Sun),
            Theme::Dark => (words.dark, IconName::Moon),
        };
        view! {
            <button
                class="theme-choice"
                name="theme"
                value=theme.name()
                aria-pressed=move || if chosen.get() == theme { "true" } else { "false" }
                on:click=move |_| choose(theme)
            >
                <Icon name=icon />
                {label}
            </button>
        }
    };
    view! {
        <ActionForm action>
            <fieldset class="theme-picker">
                <legend class="visually-hidden">{words.legend}</legend>
                {Theme::ALL.map(choice)}
            </fieldset>
        </ActionForm>
    }
}
