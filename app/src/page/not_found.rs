//! The page for an address where there is none.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{Heading, answer::answer_not_found};
use crate::{
    text::use_text,
    ui::{ButtonLink, Variant},
};

/// Answers with 404.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    answer_not_found();
    let words = &use_text().problem;
    view! {
        <Title text=(use_text().frame.page_title)(words.not_found_title) />
        <div class="problem">
            <ProblemMark />
            <Heading>{words.not_found_title}</Heading>
            <p>{words.not_found}</p>
            <div class="problem-actions">
                <ButtonLink href="/" variant=Variant::Primary>
                    {words.way_home}
                </ButtonLink>
            </div>
        </div>
    }
}

/// A check that was never ticked.
#[component]
pub fn ProblemMark() -> impl IntoView {
    view! {
        <svg class="problem-mark" viewBox="0 0 24 24" aria-hidden="true">
            <circle cx="12" cy="12" r="9.25" stroke-dasharray="2.1 2.05" />
            <path d="M9 12h6" />
        </svg>
    }
}
