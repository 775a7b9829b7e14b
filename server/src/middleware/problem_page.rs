//! Whoever waits for a page gets one, whatever has stopped the request on its way there.

use std::time::Duration;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State as Extract},
    http::{
        HeaderMap, Method, StatusCode, Uri,
        header::{ACCEPT, CONTENT_TYPE, COOKIE, HOST, REFERER, SET_COOKIE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use donewell_app::{context::Stopped, error::ErrorCode, shell::shell};
use leptos::context::provide_context;
use leptos_axum::render_app_async_with_context;
use tokio::time::timeout;

use super::{authenticate::ACCOUNT_ROUTES, failures::on_this_site, record::REQUEST_ID};
use crate::{http::problem::is_api, router::State};

/// A few kilobytes are usual.
const LARGEST_PAGE: usize = 256 * 1024;
const LONGEST_RENDERING: Duration = Duration::from_secs(5);

/// Says what `refused` and `stopped` have said, in the form of a page.
pub async fn render(Extract(state): Extract<State>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_for_programs = is_api(path) || path.starts_with(ACCOUNT_ROUTES);
    if is_for_programs || !wants_a_page(request.headers()) {
        return next.run(request).await;
    }
    let page = page_of(&request);
    let response = next.run(request).await;
    let Some(stopped) = what_stopped(&response) else {
        return response;
    };
    let provide = state.provide();
    let context = move || {
        provide();
        provide_context(stopped.clone());
    };
    // What has failed may fail again here: then the answer stays as it was.
    let rendering = tokio::spawn(async move {
        let page = render_app_async_with_context(context, shell)(page).await;
        let (parts, body) = page.into_response().into_parts();
        let body = to_bytes(body, LARGEST_PAGE).await?;
        Ok::<_, axum::Error>(Response::from_parts(parts, Body::from(body)))
    });
    let Ok(Ok(Ok(mut page))) = timeout(LONGEST_RENDERING, rendering).await else {
        return response;
    };
    for cookie in response.headers().get_all(SET_COOKIE) {
        page.headers_mut().append(SET_COOKIE, cookie.clone());
    }
    page
}

/// What a browser asks for when it goes somewhere, and not when a script calls.
pub fn wants_a_page(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html"))
}

fn what_stopped(response: &Response) -> Option<Stopped> {
    let said = response.extensions().get::<Stopped>().cloned();
    // It took too long.
    let is_bare = response.status() == StatusCode::SERVICE_UNAVAILABLE
        && !response.headers().contains_key(CONTENT_TYPE);
    said.or_else(|| is_bare.then(|| Stopped(ErrorCode::Unavailable.into())))
}

/// The request for what says so: at the place where it can be tried again, which for a form is the page that it stood
/// on. It acts in nobody's name.
fn page_of(request: &Request) -> Request {
    let headers = request.headers();
    let uri = match *request.method() {
        Method::GET | Method::HEAD => Some(request.uri().clone()),
        _ => headers.get(REFERER).and_then(|from| {
            let host = headers.get(HOST).and_then(|host| host.to_str().ok());
            let here = on_this_site(from.to_str().ok()?, host)?;
            here.to_str().ok()?.parse().ok()
        }),
    };
    let mut page = Request::new(Body::empty());
    *page.uri_mut() = uri.unwrap_or_else(|| Uri::from_static("/"));
    for name in [ACCEPT, COOKIE, REQUEST_ID] {
        if let Some(value) = headers.get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page
}
