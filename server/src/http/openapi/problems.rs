//! The failures of the operations, in groups, so that each operation names what can befall it and no more.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::{
    IntoResponses,
    openapi::{
        Content, Header, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder,
        example::ExampleBuilder, schema::Type,
    },
};

use crate::http::problem::{Code, MEDIA_TYPE};

/// What can befall whoever asks for anything.
#[derive(Debug)]
pub struct Access;
/// Where one task is meant.
#[derive(Debug)]
pub struct Missing;
/// Where there is a body.
#[derive(Debug)]
pub struct WithBody;
/// Where `If-Match` counts.
#[derive(Debug)]
pub struct Conditional;
/// Where ids are chosen and keys are used.
#[derive(Debug)]
pub struct Taken;

type Responses = BTreeMap<String, RefOr<Response>>;

impl IntoResponses for Access {
    fn responses() -> Responses {
        all(&[
            &[Code::BadRequest],
            &[Code::Unauthorized],
            &[Code::Forbidden, Code::InvalidOrigin],
            &[Code::TooManyRequests],
            &[Code::Unavailable],
        ])
    }
}

impl IntoResponses for Missing {
    fn responses() -> Responses {
        all(&[&[Code::TaskNotFound]])
    }
}

impl IntoResponses for WithBody {
    fn responses() -> Responses {
        all(&[
            &[Code::TooLarge],
            &[Code::UnsupportedMediaType],
            &[Code::ValidationError],
        ])
    }
}

impl IntoResponses for Conditional {
    fn responses() -> Responses {
        all(&[&[Code::PreconditionFailed]])
    }
}

impl IntoResponses for Taken {
    fn responses() -> Responses {
        all(&[
            &[Code::Conflict],
            &[Code::ValidationError, Code::IdempotencyKeyReused],
        ])
    }
}

fn all(groups: &[&[Code]]) -> Responses {
    groups
        .iter()
        .map(|codes| {
            let status = codes.first().map(|code| code.status().as_u16().to_string());
            (status.unwrap_or_default(), response(codes).into())
        })
        .collect()
}

/// One status may have several codes.
fn response(codes: &[Code]) -> Response {
    let sentences: Vec<_> = codes
        .iter()
        .map(|code| format!("`{}`: {}", code.as_str(), code.when()))
        .collect();
    let content = Content::builder()
        .schema(Some(Ref::from_schema_name("Problem")))
        .examples_from_iter(codes.iter().map(|code| (code.as_str(), example(*code))))
        .build();
    let header = match codes.first() {
        Some(Code::Unauthorized) => Some(("WWW-Authenticate", text("The challenge: `Bearer`."))),
        Some(Code::TooManyRequests | Code::Unavailable) => Some((
            "Retry-After",
            number("How many seconds to wait before the next try."),
        )),
        _ => None,
    };
    let response = ResponseBuilder::new()
        .description(sentences.join("\n\n"))
        .content(MEDIA_TYPE, content);
    match header {
        Some((name, header)) => response.header(name, header),
        None => response,
    }
    .build()
}

fn example(code: Code) -> utoipa::openapi::example::Example {
    let mut problem = json!({
        "type": format!("/api/docs#{}", code.as_str()),
        "title": code.title(),
        "status": code.status().as_u16(),
        "detail": code.detail(),
        "code": code.as_str(),
        "request_id": "0a8e2b0c-5f4d-4b6e-9d37-2f1c5a7b8e90",
    });
    if code == Code::ValidationError {
        let message = "The title must not be empty";
        problem["detail"] = message.into();
        problem["errors"] = json!([{ "field": "title", "message": message }]);
    }
    ExampleBuilder::new().value(Some(problem)).build()
}

fn text(description: &str) -> Header {
    header(Type::String, description)
}

fn number(description: &str) -> Header {
    header(Type::Integer, description)
}

fn header(kind: Type, description: &str) -> Header {
    let mut header = Header::new(ObjectBuilder::new().schema_type(kind));
    header.description = Some(description.to_owned());
    header
}
