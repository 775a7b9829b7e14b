//! Bodies and their fields, read as Better Auth reads them: unknown fields are ignored, those that are wrong are all
//! named in one answer.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
};
use donewell_app::{auth::accounts::Accounts, error::ErrorCode};
use serde_json::{Map, Value};

use super::Failure;

/// A request's JSON; nothing at all where none was sent.
#[derive(Debug)]
pub struct Body(Option<Value>);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let headers = request.headers().clone();
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| {
                Failure::new(rejection.status(), "TOO_LARGE", "The request is too large")
            })?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        check_type(&headers)?;
        serde_json::from_slice(&bytes)
            .map(|value| Self(Some(value)))
            .map_err(|_| {
                Failure::new(
                    StatusCode::BAD_REQUEST,
                    "BAD_REQUEST",
                    "Invalid JSON in request body",
                )
            })
    }
}

fn check_type(headers: &HeaderMap) -> Result<(), Failure> {
    let found = headers
        .get(CONTENT_TYPE)
        .map(|value| value.to_str().unwrap_or_default());
    let message = match found {
        Some(found) if found.to_ascii_lowercase().contains("application/json") => return Ok(()),
        Some(_) => "This Content-Type is not allowed. Allowed types: application/json",
        None => "Content-Type is required. Allowed types: application/json",
    };
    Err(Failure::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "UNSUPPORTED_MEDIA_TYPE",
        message,
    ))
}

impl Body {
    /// Its fields, where there must be some.
    pub fn fields(self) -> Fields {
        let (map, problem) = match self.0 {
            Some(Value::Object(map)) => (map, None),
            other => {
                let kind = other.as_ref().map_or("undefined", kind);
                let problem = format!("[body] Invalid input: expected object, received {kind}");
                (Map::new(), Some(problem))
            }
        };
        let is_object = problem.is_none();
        Fields {
            map,
            problems: problem.into_iter().collect(),
            is_object,
        }
    }

    /// Its fields, where there may be no body at all.
    pub fn fields_if_any(self) -> Fields {
        Self(Some(self.0.unwrap_or_else(|| Map::new().into()))).fields()
    }
}

/// Fields, and what is wrong with those that were asked for.
#[derive(Debug)]
pub struct Fields {
    map: Map<String, Value>,
    problems: Vec<String>,
    is_object: bool,
}

impl Fields {
    pub fn text(&mut self, name: &str) -> String {
        match self.map.get(name) {
            Some(Value::String(text)) => text.clone(),
            other => {
                let received = other.map_or("undefined", kind);
                self.wrong(name, "string", received);
                String::new()
            }
        }
    }

    pub fn text_if_any(&mut self, name: &str) -> Option<String> {
        match self.map.get(name) {
            None => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(other) => {
                let received = kind(other);
                self.wrong(name, "string", received);
                None
            }
        }
    }

    /// Some(None) for `null`.
    #[expect(
        clippy::option_option,
        reason = "absent, null and a text are three things"
    )]
    pub fn nullable_text(&mut self, name: &str) -> Option<Option<String>> {
        match self.map.get(name) {
            Some(Value::Null) => Some(None),
            _ => self.text_if_any(name).map(Some),
        }
    }

    pub fn flag(&mut self, name: &str) -> Option<bool> {
        match self.map.get(name) {
            None => None,
            Some(Value::Bool(flag)) => Some(*flag),
            Some(other) => {
                let received = kind(other);
                self.wrong(name, "boolean", received);
                None
            }
        }
    }

    pub fn has(&self, name: &str) -> bool {
        !matches!(
            self.map.get(name),
            None | Some(Value::Null | Value::Bool(false))
        )
    }

    /// A page to go on to: one that we would send people to. Checked before all else that could be wrong.
    pub fn target(
        &mut self,
        name: &str,
        accounts: &Accounts,
        refusal: ErrorCode,
    ) -> Result<Option<String>, Failure> {
        let target = self.text_if_any(name).filter(|target| !target.is_empty());
        match target {
            Some(target) if !accounts.trusts_target(&target) => {
                Err(donewell_app::error::AppError::from(refusal).into())
            }
            target => Ok(target),
        }
    }

    pub fn finish(self) -> Result<(), Failure> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(Failure::validation(&self.problems.join("; ")))
        }
    }

    fn wrong(&mut self, name: &str, expected: &str, received: &str) {
        // What is no object at all has been named already.
        if self.is_object {
            self.problems.push(format!(
                "[body.{name}] Invalid input: expected {expected}, received {received}"
            ));
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
