//! A labelled field of a form.

use leptos::{html, prelude::*};

use super::{Icon, IconName};
use crate::text::use_text;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldKind {
    #[default]
    Text,
    Email,
    Password,
    Search,
    Date,
    /// Several lines.
    Multiline,
}

impl FieldKind {
    const fn input_type(self) -> &'static str {
        match self {
            Self::Text | Self::Multiline => "text",
            Self::Email => "email",
            Self::Password => "password",
            Self::Search => "search",
            Self::Date => "date",
        }
    }
}

/// A field with its label, a hint and what is wrong with it. `value` holds what is typed, also what was
/// typed before the page's script ran.
#[component]
pub fn Field(
    #[prop(into)] label: String,
    /// The name in the form.
    name: &'static str,
    /// Must be alone on its page; the name if it is not given.
    #[prop(optional)]
    id: Option<&'static str>,
    #[prop(optional)] kind: FieldKind,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] value: RwSignal<String>,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] autocomplete: Option<&'static str>,
) -> impl IntoView {
    let id = id.unwrap_or(name);
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let described_by = {
        let (hint_id, error_id) = (hint.as_ref().map(|_| hint_id.clone()), error_id.clone());
        move || {
            let error_id = error.with(|error| error.as_ref().map(|_| error_id.clone()));
            let ids: Vec<_> = hint_id.iter().cloned().chain(error_id).collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    };
    let invalid = move || error.with(Option::is_some).then_some("true");
    let input = if kind == FieldKind::Multiline {
        let node = NodeRef::<html::Textarea>::new();
        keep_in_step(
            value,
            move || node.get().map(|node| node.value()),
            move |text| {
                if let Some(node) = node.get_untracked() {
                    node.set_value(text);
                }
            },
        );
        view! {
            <textarea
                id=id
                class="field-input"
                name=name
                required=required
                disabled=move || disabled.get()
                aria-describedby=described_by
                aria-invalid=invalid
                node_ref=node
                inner_html=in_textarea(&value.read_untracked())
                on:input:target=move |event| value.set(event.target().value())
            ></textarea>
        }
        .into_any()
    } else {
        let node = NodeRef::<html::Input>::new();
        let is_shown = RwSignal::new(false);
        keep_input_in_step(value, node);
        let input = view! {
            <input
                id=id
                class="field-input"
                type=move || if is_shown.get() { "text" } else { kind.input_type() }
                name=name
                value=value.get_untracked()
                required=required
                disabled=move || disabled.get()
                autocomplete=autocomplete
                autofocus=error.with_untracked(Option::is_some)
                aria-describedby=described_by
                aria-invalid=invalid
                node_ref=node
                on:input:target=move |event| value.set(event.target().value())
            />
        };
        with_reveal(input.into_any(), kind, id, is_shown)
    };
    view! {
        <div class="field">
            <label class="field-label" for=id>
                {label}
            </label>
            {input}
            {hint
                .map(|hint| {
                    view! {
                        <p class="field-hint" id=hint_id>
                            {hint}
                        </p>
                    }
                })}
            {move || {
                error
                    .get()
                    .map(|error| {
                        view! {
                            <p class="field-error" id=error_id.clone()>
                                <Icon name=IconName::Alert />
                                <span>{error}</span>
                            </p>
                        }
                    })
            }}
        </div>
    }
}

/// Leptos does not escape what stands in a textarea. The first line end there is not part of the text.
fn in_textarea(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    if cfg!(feature = "ssr") {
        format!("\n{escaped}")
    } else {
        escaped
    }
}

fn with_reveal(
    input: AnyView,
    kind: FieldKind,
    id: &'static str,
    is_shown: RwSignal<bool>,
) -> AnyView {
    if kind != FieldKind::Password {
        return input;
    }
    view! {
        <div class="field-secret">
            {input} <Reveal field=id is_shown />
        </div>
    }
    .into_any()
}

/// Shows a password while one types it, and hides it again. Unseen until the page's script runs.
#[component]
fn Reveal(field: &'static str, is_shown: RwSignal<bool>) -> impl IntoView {
    let words = &use_text().ui;
    let is_ready = RwSignal::new(false);
    Effect::new(move |_| is_ready.set(true));
    let icon = move || {
        let name = if is_shown.get() {
            IconName::EyeOff
        } else {
            IconName::Eye
        };
        view! { <Icon name /> }
    };
    view! {
        <button
            class="field-reveal"
            type="button"
            data-ready=move || is_ready.get().to_string()
            aria-controls=field
            aria-label=move || {
                if is_shown.get() { words.hide_password } else { words.show_password }
            }
            on:click=move |_| is_shown.update(|is_shown| *is_shown = !*is_shown)
        >
            {icon}
        </button>
    }
}

/// A box to tick, with its label. It is sent as `true`.
#[component]
pub fn CheckField(
    #[prop(into)] label: String,
    /// The name in the form; the id too.
    name: &'static str,
    #[prop(optional)] checked: bool,
) -> impl IntoView {
    view! {
        <label class="field-check">
            <input id=name type="checkbox" name=name value="true" checked=checked />
            <span>{label}</span>
        </label>
    }
}

/// Keeps a signal and an input that is no [`Field`] in step; `on:input` is left to the caller.
pub fn keep_input_in_step(value: RwSignal<String>, node: NodeRef<html::Input>) {
    keep_in_step(
        value,
        move || node.get().map(|node| node.value()),
        move |text| {
            if let Some(node) = node.get_untracked() {
                node.set_value(text);
            }
        },
    );
}

/// Writes the signal's text to the element whenever they differ, except at first in a page that the server has sent: what
/// somebody typed while the page's script was still loading goes the other way.
fn keep_in_step(
    value: RwSignal<String>,
    shown: impl Fn() -> Option<String> + 'static,
    show: impl Fn(&str) + 'static,
) {
    let was_sent =
        Owner::current_shared_context().is_some_and(|context| context.during_hydration());
    Effect::new(move |met: Option<bool>| {
        let wanted = value.get();
        let Some(shown) = shown() else {
            return met.unwrap_or_default();
        };
        if shown != wanted {
            if met == Some(true) || !was_sent || shown.is_empty() {
                show(&wanted);
            } else {
                value.set(shown);
            }
        }
        true
    });
}
