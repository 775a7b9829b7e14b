//! What went wrong, as the API tells it: RFC 9457. A handler says what; the body is written in one place, by
//! `render`, on the way out. So it also stands where the router, a limit or a panic has answered by itself.

mod code;
mod refusal;

pub use code::Code;
pub use refusal::{refused, stopped};

use axum::{
    body::Body,
    extract::Request,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use donewell_app::error::AppError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::middleware::record::REQUEST_ID;

pub const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was not answered as it was meant.
#[derive(Clone, Debug)]
pub struct Problem {
    code: Code,
    detail: Option<String>,
    errors: Vec<FieldError>,
    retry_after: Option<u32>,
    /// Whether it was a token that was no good, rather than none.
    has_bad_token: bool,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    #[schema(value_type = String, example = "title")]
    pub field: &'static str,
    #[schema(value_type = String, example = "The title must not be empty")]
    pub message: &'static str,
}

impl Problem {
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..Code::BadRequest.into()
        }
    }

    pub fn unauthorized(has_bad_token: bool) -> Self {
        Self {
            has_bad_token,
            ..Code::Unauthorized.into()
        }
    }

    /// There is at least one.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        Self {
            detail: errors.first().map(|error| error.message.to_owned()),
            errors,
            ..Code::ValidationError.into()
        }
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self {
            code,
            detail: None,
            errors: Vec::new(),
            retry_after: None,
            has_bad_token: false,
        }
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        Self {
            retry_after: error.retry_after(),
            ..Code::from(error.code).into()
        }
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        AppError::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        if self.code == Code::Unauthorized {
            let challenge = if self.has_bad_token {
                "Bearer error=\"invalid_token\""
            } else {
                "Bearer"
            };
            response
                .headers_mut()
                .insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// The body of every answer that is not a success (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody<'a> {
    /// Where this kind of problem is described.
    #[schema(value_type = String, format = "uri-reference", example = "/api/docs#TASK_NOT_FOUND")]
    r#type: String,
    /// Its name.
    #[schema(example = "No such task")]
    title: &'a str,
    #[schema(minimum = 400, maximum = 599, example = 404)]
    status: u16,
    /// For people.
    #[schema(example = "Task not found")]
    detail: &'a str,
    /// For programs.
    #[schema(example = "TASK_NOT_FOUND")]
    code: &'a str,
    /// Under which the server has logged the request.
    #[schema(value_type = String, format = "uuid")]
    request_id: &'a str,
    /// On 422: every field that is not acceptable.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(required = false)]
    errors: &'a [FieldError],
}

/// Whether a path is the API's. The account routes speak Better Auth's language.
pub fn is_api(path: &str) -> bool {
    path == "/api"
        || path
            .strip_prefix("/api/")
            .is_some_and(|rest| rest != "auth" && !rest.starts_with("auth/"))
}

/// Writes the body of whatever failed under `/api`.
pub async fn render(request: Request, next: Next) -> Response {
    if !is_api(request.uri().path()) {
        return next.run(request).await;
    }
    let id = request.headers().get(REQUEST_ID).cloned();
    let mut response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let said = response.extensions_mut().remove::<Problem>();
    let problem = said.unwrap_or_else(|| Code::for_status(status).into());
    let id = id.as_ref().and_then(|id| id.to_str().ok());
    let body = write(&problem, status, id.unwrap_or_default());
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    headers.remove(CONTENT_ENCODING);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    *response.body_mut() = Body::from(body);
    response
}

fn write(problem: &Problem, status: StatusCode, request_id: &str) -> Vec<u8> {
    let code = problem.code.as_str();
    let body = ProblemBody {
        r#type: format!("/api/docs#{code}"),
        title: problem.code.title(),
        status: status.as_u16(),
        detail: problem
            .detail
            .as_deref()
            .unwrap_or_else(|| problem.code.detail()),
        code,
        request_id,
        errors: &problem.errors,
    };
    serde_json::to_vec(&body).expect("BUG: texts and numbers are JSON")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::{Router, body::to_bytes, http::Request, middleware::from_fn, routing::get};
    use serde_json::Value;
    use tower::ServiceExt;
    use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

    use super::*;
    use crate::middleware::failures::panicked;

    async fn panic() -> StatusCode {
        panic!("it broke")
    }

    async fn ask(path: &str) -> (StatusCode, Value) {
        let timeout = TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            Duration::from_millis(1),
        );
        let router: Router = Router::new()
            .route("/api/x/panic", get(panic))
            .route("/api/x/slow", get(std::future::pending::<StatusCode>))
            .layer(timeout)
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn(render));
        let id = "0a8e2b0c-5f4d-4b6e-9d37-2f1c5a7b8e90";
        let request = Request::get(path)
            .header(REQUEST_ID, id)
            .body(Body::empty());
        let answer = router.oneshot(request.expect("a request")).await;
        let (parts, body) = answer.expect("infallible").into_parts();
        assert_eq!(parts.headers[CONTENT_TYPE], MEDIA_TYPE);
        let bytes = to_bytes(body, usize::MAX).await.expect("a body");
        let problem: Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(problem["request_id"], id);
        (parts.status, problem)
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_that_tells_nothing_but_its_number() {
        let (status, problem) = ask("/api/x/panic").await;
        assert_eq!(status, 500);
        assert_eq!(problem["code"], "INTERNAL_SERVER_ERROR");
        assert!(!problem.to_string().contains("it broke"));
    }

    #[tokio::test]
    async fn a_request_that_takes_too_long_is_a_problem() {
        let (status, problem) = ask("/api/x/slow").await;
        assert_eq!(
            (status.as_u16(), &problem["code"]),
            (503, &"UNAVAILABLE".into())
        );
    }

    #[test]
    fn only_the_account_routes_speak_another_language() {
        for path in ["/api", "/api/", "/api/x", "/api/authx", "/api/%61uth/tasks"] {
            assert!(is_api(path), "{path}");
        }
        for path in ["/api/auth", "/api/auth/token", "/apix", "/", "/fn/x"] {
            assert!(!is_api(path), "{path}");
        }
    }
}
