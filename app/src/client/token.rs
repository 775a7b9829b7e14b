//! The session's token: in memory only, fetched once for however many calls wait for it.

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
};

use leptos::{prelude::window, server_fn::request::browser::Request};
use serde::Deserialize;
use wasm_bindgen_futures::{JsFuture, future_to_promise, js_sys};

use crate::error::{AppError, ErrorCode};

const SOURCE: &str = "/api/auth/token";
/// A token is left this long before it ends, so that none ends on its way.
const MARGIN: f64 = 30_000.0;

/// None when nobody is signed in.
type Outcome = Result<Option<Rc<str>>, ErrorCode>;

#[derive(Clone)]
struct Token {
    text: Rc<str>,
    /// By this machine's clock, in milliseconds.
    good_until: f64,
}

/// A request for a token that is under way. Everybody who waits for it awaits the same promise.
#[derive(Clone)]
struct Fetch {
    done: js_sys::Promise,
    outcome: Rc<OnceCell<Outcome>>,
}

#[derive(Default)]
struct Kept {
    token: Option<Token>,
    fetch: Option<Fetch>,
    /// Whom the page shows as signed in. Another person may have signed in since with this browser; nobody acts for
    /// them from here.
    person: Option<String>,
    /// Rises when everything is forgotten, so that an answer from before is not kept.
    session: u32,
}

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::default();
}

/// The token to use now; none when nobody is signed in.
pub async fn current() -> Result<Option<Rc<str>>, AppError> {
    let now = js_sys::Date::now();
    let kept = KEPT.with_borrow(|kept| kept.token.clone());
    match kept {
        Some(token) if now < token.good_until => Ok(Some(token.text)),
        _ => fetched().await,
    }
}

/// The token to use after the server has refused this one.
pub async fn other_than(refused: &str) -> Result<Option<Rc<str>>, AppError> {
    KEPT.with_borrow_mut(|kept| {
        kept.token.take_if(|token| *token.text == *refused);
    });
    current().await
}

/// Takes tokens for this person only, until everything is forgotten.
pub fn speak_for(person: String) {
    KEPT.with_borrow_mut(|kept| kept.person = Some(person));
}

/// Whom the page shows as signed in.
pub fn person() -> Option<String> {
    KEPT.with_borrow(|kept| kept.person.clone())
}

/// Forgets the token, for the same person has begun another session.
pub fn renew() {
    let person = person();
    forget();
    KEPT.with_borrow_mut(|kept| kept.person = person);
}

/// Forgets the token: whoever is signed in is somebody else now, or nobody.
pub fn forget() {
    KEPT.with_borrow_mut(|kept| {
        *kept = Kept {
            session: kept.session.wrapping_add(1),
            ..Kept::default()
        };
    });
}

async fn fetched() -> Result<Option<Rc<str>>, AppError> {
    let fetch = KEPT.with_borrow_mut(|kept| {
        kept.fetch
            .get_or_insert_with(|| begin(kept.session))
            .clone()
    });
    // It settles when the outcome is there, whatever that is.
    let _ = JsFuture::from(fetch.done).await;
    let outcome = fetch.outcome.get().cloned();
    outcome
        .unwrap_or(Err(ErrorCode::Internal))
        .map_err(AppError::from)
}

fn begin(session: u32) -> Fetch {
    let outcome = Rc::new(OnceCell::new());
    let slot = outcome.clone();
    let done = future_to_promise(async move {
        let asked_at = js_sys::Date::now();
        let mut answer = ask().await;
        KEPT.with_borrow_mut(|kept| {
            if kept.session == session {
                let token = answer.clone().ok().flatten();
                let claims = token.as_deref().and_then(read);
                if is_for_another(claims.as_ref(), kept.person.as_deref()) {
                    answer = Ok(None);
                }
                kept.fetch = None;
                kept.token = answer.clone().ok().flatten().map(|text| Token {
                    good_until: asked_at + claims.map(lifetime).unwrap_or_default() - MARGIN,
                    text,
                });
            }
        });
        // Nobody else fills the slot.
        let _ = slot.set(answer);
        Ok(true.into())
    });
    Fetch { done, outcome }
}

async fn ask() -> Outcome {
    #[derive(Deserialize)]
    struct Answer {
        token: Rc<str>,
    }
    let response = Request::get(SOURCE)
        .send()
        .await
        .map_err(|_| ErrorCode::Network)?;
    match response.status() {
        200 => {
            let body = response.text().await.map_err(|_| ErrorCode::Network)?;
            let answer: Answer = serde_json::from_str(&body).map_err(|_| ErrorCode::Unavailable)?;
            Ok(Some(answer.token))
        }
        401 => Ok(None),
        429 => Err(ErrorCode::TooManyRequests),
        _ => Err(ErrorCode::Unavailable),
    }
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    iat: u32,
    exp: u32,
}

fn read(token: &str) -> Option<Claims> {
    let payload = token.split('.').nth(1)?;
    let payload = payload.replace('-', "+").replace('_', "/");
    serde_json::from_str(&window().atob(&payload).ok()?).ok()
}

fn is_for_another(claims: Option<&Claims>, person: Option<&str>) -> bool {
    claims
        .zip(person)
        .is_some_and(|(claims, person)| claims.sub != person)
}

/// How long a token is good, in milliseconds. Counted from now on it needs no clock that agrees with the server's.
fn lifetime(claims: Claims) -> f64 {
    f64::from(claims.exp.saturating_sub(claims.iat)) * 1000.0
}
