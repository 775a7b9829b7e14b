//! Three buttons that choose the theme.

use leptos::{ev::MouseEvent, prelude::*, server_fn::ServerFn, task::spawn_local};

use super::{SetTheme, Theme, current, show};
use crate::{
    client::{self, Asks},
    page::report,
    text::use_text,
    ui::{Icon, IconName, Stencil, use_toasts},
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
    static STENCIL: Stencil<{ Theme::ALL.len() }> = Stencil::uncut();
    let Chosen(chosen) = expect_context();
    let chosen = chosen.get_untracked();
    let variant = Theme::ALL.iter().position(|theme| *theme == chosen);
    STENCIL.show(variant, [], |[]| Choices().into_any())
}

#[component]
fn Choices() -> impl IntoView {
    let words = &use_text().theme;
    let Chosen(chosen) = expect_context();
    let kept = StoredValue::new(current());
    let toasts = use_toasts();
    let choose = move |theme| {
        chosen.set(theme);
        show(theme);
    };
    let chosen_last = StoredValue::new(0_u32);
    let keep = move |theme: Theme| async move {
        chosen_last.update_value(|count| *count += 1);
        let ours = chosen_last.get_value();
        let body = format!("theme={}", theme.name());
        match client::send(SetTheme::PATH, body, Asks::Anybody).await {
            Ok(_) => {
                kept.try_set_value(theme);
            }
            Err(error) => {
                // Unless another one has been chosen since.
                if chosen_last.try_get_value() == Some(ours)
                    && let Some(kept) = kept.try_get_value()
                {
                    choose(kept);
                }
                report(error, toasts);
            }
        }
    };
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
                on:click=move |event: MouseEvent| {
                    event.prevent_default();
                    choose(theme);
                    spawn_local(keep(theme));
                }
            >
                <Icon name=icon />
                {label}
            </button>
        }
    };
    view! {
        <form action=SetTheme::PATH method="post">
            <fieldset class="theme-picker">
                <legend class="visually-hidden">{words.legend}</legend>
                {Theme::ALL.map(choice)}
            </fieldset>
        </form>
    }
}
