//! Where people start who are signed in.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{page::Heading, text::use_text, ui::ButtonLink};

/// Says what is still to come.
#[component]
pub fn TasksPage() -> impl IntoView {
    let words = &use_text().tasks;
    view! {
        <Title text=(use_text().frame.page_title)(words.heading) />
        <div class="tasks">
            <Heading>{words.heading}</Heading>
            <p>{words.to_come}</p>
            <ButtonLink href="/settings">{words.to_settings}</ButtonLink>
        </div>
    }
}
