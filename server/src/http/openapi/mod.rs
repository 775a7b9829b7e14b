//! `GET /api/openapi.json`, generated from the handlers and what they speak, and `GET /api/docs`, the same for people.

mod page;
mod problems;

pub use problems::{Access, Conditional, Missing, Taken, WithBody};

use std::sync::{Arc, LazyLock};

use axum::{
    Router,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use sha2::{Digest, Sha256};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Components, Required,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};

use crate::{
    http::{auth, health, tasks},
    site::Site,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Donewell",
        description = "A self-hosted to-do list. Sign in by the account routes, and use the token that they give for \
                       fifteen minutes.",
    ),
    servers((url = "/", description = "Wherever this document comes from")),
    paths(
        tasks::read::list,
        tasks::write::create,
        tasks::read::get,
        tasks::write::replace,
        tasks::write::change,
        tasks::write::complete,
        tasks::write::delete,
        auth::tokens::token,
        auth::tokens::jwks,
        health::live,
        health::ready,
    ),
    components(schemas(crate::http::problem::ProblemBody)),
    modifiers(&Schemes, &OptionalBody),
    tags(
        (name = "tasks", description = "What somebody has to do."),
        (name = "tokens", description = "Tokens, and the keys by which others verify them."),
        (name = "health", description = "For load balancers and whoever watches."),
    ),
)]
struct Document;

/// How people sign in: by a token or by a page's session.
struct Schemes;

/// The one body that may be left out, which the macro cannot say but by allowing `null`.
struct OptionalBody;

impl Modify for OptionalBody {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let path = document
            .paths
            .paths
            .get_mut("/api/{user_id}/tasks/{id}/complete");
        let operation = path.and_then(|path| path.patch.as_mut());
        if let Some(body) = operation.and_then(|operation| operation.request_body.as_mut()) {
            body.required = Some(Required::False);
        }
    }
}

impl Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = Http::builder()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some(
                "A token of `GET /api/auth/token`, or of a trusted issuer.",
            ))
            .build();
        let cookie = ApiKeyValue::with_description(
            "donewell_session",
            "The session of a page of the same origin. Under https its name is `__Host-donewell_session`.",
        );
        let components = document.components.get_or_insert_with(Components::new);
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// Written once.
struct Written {
    json: String,
    tag: HeaderValue,
}

static WRITTEN: LazyLock<Written> = LazyLock::new(|| {
    let json = Document::openapi()
        .to_pretty_json()
        .expect("BUG: the document is JSON");
    // Weak, for it may be compressed on its way.
    let tag = format!("W/\"{:x}\"", Sha256::digest(&json));
    Written {
        tag: HeaderValue::try_from(tag).expect("BUG: digits stand in any header"),
        json,
    }
});

pub fn routes<S>(site: &Site, origin: &str) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let document = serde_json::from_str(&WRITTEN.json).expect("BUG: it was JSON");
    let page: Arc<str> = page::render(&document, &site.assets.style, origin).into();
    Router::new()
        .route("/api/openapi.json", get(document_itself))
        .route("/api/docs", get(async move || page::answer(&page)))
}

async fn document_itself(headers: HeaderMap) -> Response {
    let known = headers.get(IF_NONE_MATCH);
    let cacheable = [
        (ETAG, WRITTEN.tag.clone()),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=300"),
        ),
    ];
    if known.is_some_and(|known| known == WRITTEN.tag) {
        return (StatusCode::NOT_MODIFIED, cacheable).into_response();
    }
    let kind = [(CONTENT_TYPE, "application/json")];
    (cacheable, kind, WRITTEN.json.as_str()).into_response()
}
