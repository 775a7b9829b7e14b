//! The page for what went wrong, with its status.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::{Heading, answer::answer_with, not_found::ProblemMark};
use crate::{
    error::AppError,
    text::use_text,
    ui::{ButtonLink, CopyButton, Icon, IconName, Variant},
};

/// What went wrong, under which number to ask about it, and how to try again. Answers with the error's
/// status.
#[component]
pub fn ProblemPage(error: AppError) -> impl IntoView {
    answer_with(&error);
    let words = &use_text().problem;
    let title = (words.title)(error.code);
    let location = use_location();
    let here = move || {
        let (path, search) = (location.pathname.get(), location.search.get());
        if search.is_empty() {
            path
        } else {
            format!("{path}?{search}")
        }
    };
    let reference = error.request_id.map(|id| {
        let id = id.as_str().to_owned();
        view! {
            <p class="problem-reference">
                {words.reference} <code>{id.clone()}</code>
                <CopyButton text=id label=words.copy_reference />
            </p>
        }
    });
    view! {
        <Title text=(use_text().frame.page_title)(title) />
        <div class="problem">
            <ProblemMark />
            <Heading>{title}</Heading>
            <p>{(words.error)(error.code)}</p>
            {reference}
            <div class="problem-actions">
                // External, so that the router does not take it for a link to the page that is shown.
                <a class="button" data-variant="primary" href=here rel="external">
                    <span class="button-label">
                        <Icon name=IconName::Retry />
                        {words.retry}
                    </span>
                </a>
                <ButtonLink href="/" variant=Variant::Quiet>
                    {words.way_home}
                </ButtonLink>
            </div>
        </div>
    }
}
