//! The site's files: hashed ones are kept forever, the others for an hour.

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{
        HeaderValue, Method, Response, StatusCode,
        header::{CACHE_CONTROL, VARY},
    },
    middleware::{Next, from_fn},
    response::IntoResponse,
};
use tower::{ServiceBuilder, ServiceExt};
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};

use crate::site::Site;

const FOREVER: &str = "public, max-age=31536000, immutable";
const AN_HOUR: &str = "public, max-age=3600";
/// Of one name, with `.br` behind it, and of a whole path: no file has longer ones, and to look for them is an error of
/// the system's, not a file that is missing.
const LONGEST_NAME: usize = 252;
const LONGEST_PATH: usize = 1024;

/// Files whose names change with their content.
pub fn package<S: Clone + Send + Sync + 'static>(site: &Site) -> Router<S> {
    let files = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(
            CACHE_CONTROL,
            |response: &Response<_>| is_good(response).then_some(HeaderValue::from_static(FOREVER)),
        ))
        .layer(SetResponseHeaderLayer::appending(
            VARY,
            HeaderValue::from_static("accept-encoding"),
        ))
        .service(directory(&site.package));
    Router::new()
        .nest_service(&site.package_url, files)
        .layer(from_fn(only_names_of_files))
}

async fn only_names_of_files(request: Request, next: Next) -> Response<Body> {
    if can_be_a_file(request.uri().path()) {
        next.run(request).await
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

/// As it stands in the address: decoded, it is shorter if anything.
fn can_be_a_file(path: &str) -> bool {
    path.len() <= LONGEST_PATH && path.split('/').all(|name| name.len() <= LONGEST_NAME)
}

/// Looks for the file of `public/` that a request asks for.
pub fn find_public(
    site: &Site,
    request: &Request,
) -> impl Future<Output = Option<Response<Body>>> + Send + 'static {
    let mut asked = Request::new(Body::empty());
    asked.method_mut().clone_from(request.method());
    asked.uri_mut().clone_from(request.uri());
    asked.headers_mut().clone_from(request.headers());
    let files = directory(&site.root);
    async move {
        let may_be_there = can_be_a_file(asked.uri().path());
        if !may_be_there || !matches!(*asked.method(), Method::GET | Method::HEAD) {
            return None;
        }
        let mut response = files.oneshot(asked).await.into_response();
        if matches!(
            response.status(),
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED
        ) {
            return None;
        }
        if is_good(&response) {
            response
                .headers_mut()
                .insert(CACHE_CONTROL, HeaderValue::from_static(AN_HOUR));
        }
        Some(response)
    }
}

fn directory(path: &std::path::Path) -> ServeDir {
    ServeDir::new(path)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
}

/// Whether it is the file, a part of it, or word that the caller's copy is still good.
fn is_good<B>(response: &Response<B>) -> bool {
    response.status().is_success() || response.status().is_redirection()
}
