//! Which request goes where, and through what. Tests build it too.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{FromRef, Request, State as Extract},
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use donewell_app::{App, context::Backend, shell::shell};
use leptos::{config::LeptosOptions, context::provide_context};
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use sqlx::PgPool;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    limit::RequestBodyLimitLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::TimeoutLayer,
    trace::{DefaultOnResponse, TraceLayer},
};
use tracing::Level;

use crate::{
    config::Origin,
    http::{files, health},
    middleware::{
        failures,
        headers::{self, Https},
        record,
    },
    site::Site,
};

const LARGEST_BODY: usize = 64 * 1024;
const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// What handlers work with.
#[derive(Clone, Debug)]
pub struct State {
    backend: Backend,
    site: Arc<Site>,
    https: Https,
}

impl State {
    pub fn new(site: &Site, pool: PgPool, public_url: &Origin) -> Self {
        Self {
            backend: Backend {
                pool,
                https: public_url.is_https(),
                assets: Arc::new(site.assets.clone()),
            },
            site: Arc::new(site.clone()),
            https: Https(public_url.is_https()),
        }
    }

    /// Gives server functions and pages their context.
    fn provide(&self) -> impl Fn() + Clone + Send + Sync + 'static {
        let backend = self.backend.clone();
        move || provide_context(backend.clone())
    }
}

impl FromRef<State> for LeptosOptions {
    fn from_ref(state: &State) -> Self {
        state.site.options.clone()
    }
}

impl FromRef<State> for PgPool {
    fn from_ref(state: &State) -> Self {
        state.backend.pool.clone()
    }
}

/// The whole server.
pub fn build(state: State) -> Router {
    let https = state.https;
    // The last layer is the first to see a request.
    Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .leptos_routes_with_context(&state, generate_route_list(App), state.provide(), shell)
        .fallback(file_or_page)
        .layer(from_fn(failures::set_status))
        .layer(from_fn(failures::stay_here))
        // For pages and answers; the files below are compressed when they are built.
        .layer(CompressionLayer::new())
        .merge(files::package(&state.site))
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            LONGEST_REQUEST,
        ))
        .layer(CatchPanicLayer::custom(failures::panicked))
        .layer(from_fn_with_state(https, headers::add))
        .layer(from_fn(record::measure))
        .layer(PropagateRequestIdLayer::new(record::REQUEST_ID))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(record::span)
                .on_response(DefaultOnResponse::new().level(Level::INFO)),
        )
        .layer(SetRequestIdLayer::new(record::REQUEST_ID, MakeRequestUuid))
        .layer(from_fn(record::forget_foreign_id))
        .with_state(state)
}

/// A file of `public/`, or the page that says that there is nothing here.
async fn file_or_page(Extract(state): Extract<State>, request: Request) -> Response {
    if let Some(file) = files::find_public(&state.site, &request).await {
        return file;
    }
    let render = render_app_async_with_context(state.provide(), shell);
    render(request).await.into_response()
}
