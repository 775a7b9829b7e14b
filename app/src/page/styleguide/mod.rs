//! Every part of `ui` in every state, in both themes: how they are looked at, and how axe tests them. In
//! debug builds only; its labels stand here, because nobody else reads them.

mod controls;
mod tokens;

use leptos::prelude::*;
use leptos_meta::Title;

use super::{Heading, ProblemPage};
use crate::{
    error::{AppError, ErrorCode, RequestId},
    ui::{Button, ButtonLink, Dialog, ProgressLine, Toast, Variant, use_toasts},
};
use controls::{Controls, Ids};
use tokens::{Colours, TypeScale};

#[component]
pub fn StyleguidePage() -> impl IntoView {
    view! {
        <Title text="Style guide · Donewell" />
        <div class="guide">
            <Heading>"Style guide"</Heading>
            <Overlays />
            <div class="guide-pair">
                <Side theme="light" heading="Light" ids=controls::LIGHT />
                <Side theme="dark" heading="Dark" ids=controls::DARK />
            </div>
            <ButtonLink href="/styleguide/problem">"A page that could not be made"</ButtonLink>
        </div>
    }
}

#[component]
fn Side(theme: &'static str, heading: &'static str, ids: &'static Ids) -> impl IntoView {
    view! {
        <section class="guide-side" data-theme=theme aria-label=heading>
            <h2>{heading}</h2>
            <Colours />
            <TypeScale />
            <Controls ids />
        </section>
    }
    .into_any()
}

/// What a page looks like when it could not be made.
#[component]
pub fn StyleguideProblemPage() -> impl IntoView {
    let error = AppError {
        code: ErrorCode::Internal,
        request_id: RequestId::try_from("1e74d44c-b262-4a6c-bca4-6f7e8d939ddf".to_owned()).ok(),
        retry_after: None,
    };
    view! { <ProblemPage error /> }
}

/// What lies over the page, in the theme of the page.
#[component]
fn Overlays() -> impl IntoView {
    let toasts = use_toasts();
    let open = RwSignal::new(false);
    let loading = RwSignal::new(false);
    let undo = move || toasts.success("It is back.");
    view! {
        <section class="guide-part" aria-label="Overlays">
            <h2>"Overlays"</h2>
            <div class="guide-line">
                <Button on_press=move |()| {
                    toasts.info("Your list is up to date.");
                }>"Show a toast"</Button>
                <Button on_press=move |()| {
                    toasts.success("Saved.");
                }>"Show a success"</Button>
                <Button on_press=move |()| {
                    toasts.error("We can't reach our database. Try again in a moment.");
                }>"Show an error"</Button>
                <Button on_press=move |()| {
                    toasts.show(Toast::info("Task deleted.").with_action("Undo", undo));
                }>"Show a toast with an action"</Button>
                <Button on_press=move |()| open.set(true)>"Open a dialog"</Button>
                <Button on_press=move |()| {
                    loading.update(|on| *on = !*on);
                }>"Toggle the progress line"</Button>
            </div>
            <ProgressLine active=loading />
            <Dialog id="guide-dialog" title="Delete this list?" open>
                <p>"Its seven tasks go with it. They can be restored for 30 days."</p>
                <div class="dialog-actions">
                    <Button variant=Variant::Quiet on_press=move |()| open.set(false)>
                        "Cancel"
                    </Button>
                    <Button variant=Variant::Danger on_press=move |()| open.set(false)>
                        "Delete"
                    </Button>
                </div>
            </Dialog>
        </section>
    }
    .into_any()
}
