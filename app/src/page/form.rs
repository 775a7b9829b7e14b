//! A form for a server function: the browser sends it itself until the page's script runs, then we do.
//!
//! Not Leptos' `ActionForm`, which makes each server function's arguments and answer part of the wasm: what is
//! typed goes from the form to the wire as it is. An error comes back by the same code in both cases: as the
//! answer, or in the address of the page that the server sends a plain form back to. What was typed stays in the
//! fields, or comes back into them.

use leptos::{
    ev::SubmitEvent,
    html,
    prelude::*,
    server_fn::error::ServerFnUrlError,
    task::spawn_local,
    wasm_bindgen::JsCast,
    web_sys::{FormData, HtmlElement, HtmlFormElement, UrlSearchParams},
};
use leptos_router::hooks::use_location;

use super::{
    answer::sent_back,
    draft::{self, Draft},
};
use crate::{
    client::{self, Asks},
    error::{AppError, ErrorCode},
    text::use_text,
    ui::focus,
};

/// At which field an error is shown; none is shown above the form.
type FieldOf = fn(ErrorCode) -> Option<&'static str>;

/// What is typed, before it is sent.
#[derive(Debug)]
pub struct Typed(FormData);

impl Typed {
    pub fn get(&self, field: &str) -> String {
        self.0.get(field).as_string().unwrap_or_default()
    }
}

/// How a form's sending goes.
#[derive(Clone, Copy, Debug)]
pub struct Sending {
    path: &'static str,
    asks: Asks,
    field_of: FieldOf,
    pending: RwSignal<bool>,
    wrong: RwSignal<Vec<AppError>>,
    /// Whether this page was sent back with what was typed into a plain form.
    is_back: bool,
}

impl Sending {
    /// To the server function at `path`. Starts with the error that a plain form was sent back with.
    pub fn new(path: &'static str, asks: Asks, field_of: FieldOf) -> Self {
        // Of the address as it is now: the route's own query stays when another task is opened.
        let wrong = use_location().query.with_untracked(|query| {
            let is_ours = query.get_str("__path") == Some(path);
            let error = query.get_str("__err").filter(|_| is_ours)?;
            Some(ServerFnUrlError::<AppError>::decode_err(error))
        });
        Self {
            path,
            asks,
            field_of,
            pending: RwSignal::new(false),
            is_back: wrong.is_some(),
            wrong: RwSignal::new(wrong.into_iter().collect()),
        }
    }

    /// What a field shows at first: what was typed into the plain form that came back, else `otherwise`. The browser
    /// need not know which: it takes over what the server has put into the field.
    pub fn value(self, field: &str, otherwise: impl Into<String>) -> RwSignal<String> {
        let typed = self.is_back.then(|| sent_back(self.path, field)).flatten();
        RwSignal::new(typed.unwrap_or_else(|| otherwise.into()))
    }

    pub fn pending(self) -> Signal<bool> {
        self.pending.into()
    }

    /// What is wrong with a field.
    pub fn error(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            let wrong = self.wrong.read();
            let error = wrong
                .iter()
                .find(|error| (self.field_of)(error.code) == Some(field))?;
            Some((use_text().problem.error)(error.code).to_owned())
        })
    }

    /// What is wrong with no field.
    pub fn refusal(self) -> Signal<Option<AppError>> {
        Signal::derive(move || {
            let wrong = self.wrong.read();
            let error = wrong
                .iter()
                .find(|error| (self.field_of)(error.code).is_none())?;
            Some(error.clone())
        })
    }

    pub fn clear(self) {
        self.wrong.set(Vec::new());
    }
}

/// Whether this page was sent back with what was typed into one of its plain forms. Call it in a component's body.
pub fn is_sent_back() -> bool {
    let query = use_location().query;
    query.with_untracked(|query| query.get_str("__path").is_some())
}

/// The form, with what is in it. `check` looks at it before it is sent, `on_done` gets the JSON of the answer.
#[component]
pub fn Form(
    sending: Sending,
    #[prop(optional)] check: Option<fn(&Typed) -> Vec<ErrorCode>>,
    #[prop(into)] on_done: Callback<String>,
    #[prop(optional)] class: &'static str,
    children: Children,
) -> impl IntoView {
    // From then on our own words tell what is wrong.
    let is_running = RwSignal::new(false);
    Effect::new(move |_| is_running.set(true));
    let node = NodeRef::<html::Form>::new();
    if sending.asks == Asks::Session {
        Effect::new(move |_| {
            if let Some(form) = node.get() {
                draft::restore(&form);
            }
        });
    }
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(form) = event
            .target()
            .and_then(|form| form.dyn_into::<HtmlFormElement>().ok())
        else {
            return;
        };
        if !sending.pending.get_untracked() {
            submit(sending, form, check, on_done);
        }
    };
    view! {
        <form
            class=class
            action=sending.path
            method="post"
            novalidate=move || is_running.get()
            data-draft=sending.asks == Asks::Session
            node_ref=node
            on:submit=submit
        >
            {children()}
        </form>
    }
}

fn submit(
    sending: Sending,
    form: HtmlFormElement,
    check: Option<fn(&Typed) -> Vec<ErrorCode>>,
    on_done: Callback<String>,
) {
    let Ok(data) = FormData::new_with_form(&form) else {
        return;
    };
    let typed = Typed(data);
    let wrong = check.map(|check| check(&typed)).unwrap_or_default();
    if !wrong.is_empty() {
        sending
            .wrong
            .set(wrong.into_iter().map(AppError::from).collect());
        return focus_first_wrong(form);
    }
    let Ok(body) = UrlSearchParams::new_with_str_sequence_sequence(&typed.0) else {
        return;
    };
    let body = String::from(body.to_string());
    sending.clear();
    sending.pending.set(true);
    // Before the answer leads away from the page.
    let draft = match sending.asks {
        Asks::Session => Draft::take(&form),
        Asks::Anybody => None,
    };
    spawn_local(async move {
        let answer = client::send(sending.path, body, sending.asks).await;
        sending.pending.set(false);
        match answer {
            Ok(answer) => {
                // The page may be gone by now, and what was to be done with it.
                on_done.try_run(answer);
            }
            Err(error) => {
                if error.code == ErrorCode::Unauthorized
                    && let Some(draft) = draft
                {
                    draft.keep();
                }
                sending.wrong.set(vec![error]);
                focus_first_wrong(form);
            }
        }
    });
}

/// Once the errors are shown, leads to the first.
fn focus_first_wrong(form: HtmlFormElement) {
    request_animation_frame(move || {
        let first = form.query_selector("[aria-invalid='true']").ok().flatten();
        if let Some(field) = first.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
            focus(&field);
            field.scroll_into_view();
        }
    });
}
