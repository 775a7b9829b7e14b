//! Why a form was refused, where it is not the fault of one field.

use std::time::Duration;

use leptos::prelude::*;

use super::form::Sending;
use crate::{
    error::{AppError, ErrorCode},
    text::use_text,
    ui::{Notice, NoticeKind},
};

/// The error in words, announced when it comes. Too many attempts count down the time to wait.
#[component]
pub fn Refusal(sending: Sending) -> impl IntoView {
    let refusal = sending.refusal();
    let show = move |error: AppError| {
        if error.code == ErrorCode::TooManyRequests
            && let Some(seconds) = error.retry_after()
        {
            return view! { <Countdown seconds sending /> }.into_any();
        }
        let words = &use_text().problem;
        let reference = error.request_id.map(|id| {
            view! {
                " "
                {words.reference}
                " "
                <code>{id.as_str().to_owned()}</code>
            }
        });
        view! {
            <Notice kind=NoticeKind::Error>
                {(words.error)(error.code)} {reference}
            </Notice>
        }
        .into_any()
    };
    view! {
        <div class="refusal" role="alert">
            {move || refusal.get().map(show)}
        </div>
    }
}

/// Read out once; the seconds that go by are for the eyes.
#[component]
fn Countdown(seconds: u32, sending: Sending) -> impl IntoView {
    let words = &use_text().problem;
    let left = RwSignal::new(seconds);
    Effect::new(move |_| {
        let seconds = left.get();
        if seconds == 0 {
            sending.clear();
            return;
        }
        let tick = move || {
            left.try_set(seconds - 1);
        };
        set_timeout(tick, Duration::from_secs(1));
    });
    view! {
        <Notice kind=NoticeKind::Error>
            <span class="visually-hidden">{(words.wait)(seconds)}</span>
            <span aria-hidden="true">{move || (words.wait)(left.get())}</span>
        </Notice>
    }
}
