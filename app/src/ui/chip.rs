//! A word or two about something, such as when it is due.

use leptos::prelude::*;

use super::Escaped;

/// What a chip's colour says; its words must say it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Neutral,
    Today,
    Overdue,
    Done,
}

impl Tone {
    const fn name(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Today => "today",
            Self::Overdue => "overdue",
            Self::Done => "done",
        }
    }
}

#[component]
pub fn Chip(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    view! {
        <span class="chip" data-tone=tone.name()>
            {children()}
        </span>
    }
}

/// As [`Chip`] makes it.
pub fn chip_html(tone: Tone, said: &str) -> String {
    let (tone, said) = (tone.name(), Escaped(said));
    format!("<span class=\"chip\" data-tone=\"{tone}\">{said}</span>")
}
