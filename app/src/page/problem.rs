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
        // A path that starts with two slashes would name a host.
        let path = format!("/{}", path.trim_start_matches('/'));
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
    // The same again would be refused again.
    let is_refused = matches!(error.code.status(), 403 | 413);
    let way_home = if is_refused {
        Variant::Primary
    } else {
        Variant::Quiet
    };
    let retry = (!is_refused).then(|| {
        view! {
            // External, so that the router does not take it for a link to the page that is shown.
            <a class="button" data-variant="primary" href=here rel="external">
                <span class="button-label">
                    <Icon name=IconName::Retry />
                    {words.retry}
                </span>
            </a>
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
                {retry}
                <ButtonLink href="/" variant=way_home>
                    {words.way_home}
                </ButtonLink>
            </div>
        </div>
    }
}
