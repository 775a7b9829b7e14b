//! Which request goes where, and through what. Tests build it too.

use std::{
    convert::Infallible,
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::{
    Router,
    extract::{FromRef, Request, State as Extract},
    handler::Handler,
    http::{Extensions, HeaderMap, StatusCode, Version, header::ETAG},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use donewell_app::{
    App, auth::accounts::Accounts, context::Backend, pool::Pool, shell::shell, tasks::store::Reader,
};
use leptos::{config::LeptosOptions, context::provide_context};
use leptos_axum::{
    AxumRouteListing, LeptosRoutes, generate_route_list, render_app_async_with_context,
};
use tower::{Service, ServiceBuilder, ServiceExt};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, Predicate, predicate::DefaultPredicate},
    limit::RequestBodyLimitLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::TimeoutLayer,
    trace::{DefaultOnResponse, TraceLayer},
};
use tracing::Level;

use crate::{
    http::{
        account, auth, files, health, openapi,
        problem::{self, Code, Problem},
        tasks,
    },
    middleware::{
        authenticate::authenticate,
        caller::{self, Proxies},
        cors, failures,
        headers::{self, Https},
        origin, problem_page, record, sent_back, whole_page,
    },
    site::Site,
};

/// The longest description, in a form: three bytes for each of its own. The API takes less, see `http::tasks::body`.
const LARGEST_BODY: usize = 160 * 1024;
const LARGEST_JSON: usize = 64 * 1024;
const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// What handlers work with.
#[derive(Clone, Debug)]
pub struct State {
    backend: Backend,
    site: Arc<Site>,
    proxies: Proxies,
    longest_request: Duration,
}

impl State {
    pub fn new(site: &Site, accounts: Arc<Accounts>, proxies: Proxies) -> Self {
        Self {
            backend: Backend {
                reader: Reader::new(accounts.pool.clone()),
                accounts,
                assets: Arc::new(site.assets.clone()),
            },
            site: Arc::new(site.clone()),
            proxies,
            longest_request: LONGEST_REQUEST,
        }
    }

    /// For tests, which would rather not wait that long.
    #[must_use]
    pub fn with_longest_request(self, longest_request: Duration) -> Self {
        Self {
            longest_request,
            ..self
        }
    }

    /// Gives server functions and pages their context.
    pub fn provide(&self) -> impl Fn() + Clone + Send + Sync + 'static {
        let backend = self.backend.clone();
        move || provide_context(backend.clone())
    }
}

impl FromRef<State> for LeptosOptions {
    fn from_ref(state: &State) -> Self {
        state.site.options.clone()
    }
}

impl FromRef<State> for Pool {
    fn from_ref(state: &State) -> Self {
        state.backend.accounts.pool.clone()
    }
}

impl FromRef<State> for Reader {
    fn from_ref(state: &State) -> Self {
        state.backend.reader.clone()
    }
}

impl FromRef<State> for Arc<Accounts> {
    fn from_ref(state: &State) -> Self {
        state.backend.accounts.clone()
    }
}

/// The addresses of the pages. Found out once: Leptos renders the application for it, and no resource of any page in this
/// process loads meanwhile.
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// The whole server. What is to happen to every request stands in three stacks, the first layer of each being the
/// first to see it. One stack is one layer for axum, which otherwise makes a copy of all that is below each of them.
pub fn build(state: State) -> Router {
    let accounts = state.backend.accounts.clone();
    let https = Https(accounts.cookie.https);
    let personal = ServiceBuilder::new()
        .layer(from_fn_with_state(accounts.clone(), origin::check))
        .layer(from_fn_with_state(state.proxies.clone(), caller::identify))
        .layer(from_fn_with_state(
            (accounts.clone(), state.backend.reader.clone()),
            authenticate,
        ));
    let pages = Router::new()
        .route("/account/data.json", get(account::export))
        .nest(
            "/api/auth",
            auth::routes().layer(RequestBodyLimitLayer::new(LARGEST_JSON)),
        )
        .merge(tasks::routes())
        .merge(openapi::routes(&state.site, &accounts.origin))
        .leptos_routes_with_context(&state, PAGES.clone(), state.provide(), shell);
    // Not a router of its own, which would take the page away from whoever asks by HEAD for what it is like.
    let not_found = page.layer(personal.clone()).with_state(state.clone());
    // For answers, and for pages where brotli is not taken: see `whole_page`. The files of the package are
    // compressed when they are built.
    let compression =
        CompressionLayer::new().compress_when(DefaultPredicate::new().and(has_no_strong_tag));
    let answers = ServiceBuilder::new()
        .layer(compression)
        .layer(from_fn_with_state(https, sent_back::keep))
        .layer(from_fn(failures::stay_here))
        .layer(from_fn(failures::set_status))
        .layer(from_fn(whole_page::gather));
    let trace = TraceLayer::new_for_http()
        .make_span_with(record::span)
        .on_response(DefaultOnResponse::new().level(Level::INFO));
    let all = ServiceBuilder::new()
        .layer(from_fn(record::forget_foreign_id))
        .layer(SetRequestIdLayer::new(record::REQUEST_ID, MakeRequestUuid))
        .layer(trace)
        .layer(PropagateRequestIdLayer::new(record::REQUEST_ID))
        .layer(from_fn(record::measure))
        .layer(from_fn_with_state(https, headers::add))
        .layer(from_fn_with_state(cors::layer(&accounts), cors::answer))
        .layer(from_fn_with_state(state.clone(), problem_page::render))
        .layer(from_fn(problem::render))
        .layer(CatchPanicLayer::custom(failures::panicked))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            state.longest_request,
        ))
        .layer(from_fn(failures::too_large))
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY));
    Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .merge(pages.layer(personal))
        .fallback(move |Extract(state): Extract<State>, request: Request| {
            file_or_page(state, request, not_found.clone())
        })
        .layer(answers)
        .merge(files::package(&state.site))
        .layer(all)
        .with_state(state)
}

/// A strong tag names the bytes that are sent: compressed, they would need another one.
fn has_no_strong_tag(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    headers
        .get(ETAG)
        .is_none_or(|tag| tag.as_bytes().starts_with(b"W/"))
}

/// A file of `public/`, for which nobody need be known, or word that there is nothing here: as a page, or, under
/// `/api`, as programs read it.
async fn file_or_page(
    state: State,
    request: Request,
    not_found: impl Service<Request, Response = Response, Error = Infallible>,
) -> Response {
    if problem::is_api(request.uri().path()) {
        return Problem::from(Code::NotFound).into_response();
    }
    match files::find_public(&state.site, &request).await {
        Some(file) => file,
        None => not_found.oneshot(request).await.into_response(),
    }
}

async fn page(Extract(state): Extract<State>, request: Request) -> Response {
    let render = render_app_async_with_context(state.provide(), shell);
    render(request).await.into_response()
}
