//! Leptos hands a page over as a stream, though it has waited for all of it. As a whole it leaves in one write, and
//! tells its length where it is not compressed.

use axum::{
    body::{Body, HttpBody, to_bytes},
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};

use crate::http::problem::{Code, Problem};

/// It is in memory already, however long.
const NO_LIMIT: usize = usize::MAX;

pub async fn gather(response: Response) -> Response {
    let is_page = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_page || response.body().size_hint().exact().is_some() {
        return response;
    }
    let (parts, body) = response.into_parts();
    match to_bytes(body, NO_LIMIT).await {
        Ok(body) => Response::from_parts(parts, Body::from(body)),
        Err(error) => {
            tracing::error!(%error, "a page ended early");
            Problem::from(Code::InternalServerError).into_response()
        }
    }
}
