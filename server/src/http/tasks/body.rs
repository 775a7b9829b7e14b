//! What arrives. All fields are looked at before any is complained about; those that nobody knows are ignored.

use std::collections::BTreeMap;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
};
use donewell_app::tasks::{
    Description, DescriptionError, Due, TaskId, Title, TitleError,
    store::{NewTask, TaskChange},
};
use serde_json::{Map, Value, value::RawValue};

use crate::http::problem::{Code, FieldError, Problem};

const LARGEST: usize = 64 * 1024;

/// A body that has been read, not yet understood.
#[derive(Debug)]
pub struct Body {
    kind: Kind,
    bytes: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Json,
    MergePatch,
    None,
    Other,
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = kind(request.headers());
        match Bytes::from_request(request, state).await {
            Ok(bytes) if bytes.len() > LARGEST => Err(Code::TooLarge.into()),
            Ok(bytes) => Ok(Self { kind, bytes }),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Code::TooLarge.into())
            }
            Err(_) => Err(Problem::bad_request("The body ended too early")),
        }
    }
}

fn kind(headers: &HeaderMap) -> Kind {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Kind::None;
    };
    let text = value.to_str().unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        Kind::Json
    } else if essence.eq_ignore_ascii_case("application/merge-patch+json") {
        Kind::MergePatch
    } else {
        Kind::Other
    }
}

impl Body {
    /// The fields of a JSON object.
    pub fn object(self) -> Result<Fields, Problem> {
        self.require(&[Kind::Json])?;
        self.parse()
    }

    /// As [`Self::object`], where a merge patch (RFC 7396) means the same.
    pub fn patch(self) -> Result<Fields, Problem> {
        self.require(&[Kind::Json, Kind::MergePatch])?;
        self.parse()
    }

    /// As [`Self::patch`], or nothing at all.
    pub fn optional_patch(self) -> Result<Fields, Problem> {
        if self.bytes.is_empty() {
            return Ok(Fields::default());
        }
        self.patch()
    }

    fn require(&self, kinds: &[Kind]) -> Result<(), Problem> {
        if kinds.contains(&self.kind) {
            Ok(())
        } else if self.bytes.is_empty() && self.kind == Kind::None {
            Err(Problem::bad_request("A body is needed: a JSON object"))
        } else {
            Err(Code::UnsupportedMediaType.into())
        }
    }

    fn parse(self) -> Result<Fields, Problem> {
        if self.bytes.is_empty() {
            return Err(Problem::bad_request("A body is needed: a JSON object"));
        }
        let raw: BTreeMap<String, &RawValue> =
            serde_json::from_slice(&self.bytes).map_err(|error| {
                Problem::bad_request(if error.is_data() {
                    "The body must be a JSON object".to_owned()
                } else {
                    format!("The body is not JSON: {error}")
                })
            })?;
        let value = |raw: &RawValue| {
            // Grammatical, but no value, such as half a surrogate: of the wrong type for every field.
            serde_json::from_str(raw.get()).unwrap_or_else(|_| Value::Array(Vec::new()))
        };
        Ok(Fields {
            fields: raw
                .into_iter()
                .map(|(name, raw)| (name, value(raw)))
                .collect(),
            errors: Vec::new(),
        })
    }
}

/// The fields of a body, and what turned out to be wrong with them.
#[derive(Debug, Default)]
pub struct Fields {
    fields: Map<String, Value>,
    errors: Vec<FieldError>,
}

const DUE_DATE: &str =
    "The due date must be a date like 2026-12-24, or a time like 2026-12-24T18:00:00+01:00";

impl Fields {
    /// A task to be made.
    pub fn new_task(mut self) -> Result<NewTask, Vec<FieldError>> {
        let id = self.read("id", |value| match value {
            Value::Null => Ok(None),
            Value::String(text) => TaskId::parse(&text)
                .map(Some)
                .ok_or("The id must be a UUID"),
            _ => Err("The id must be a UUID"),
        });
        let title = self.required_title();
        let description = self.read("description", |value| match value {
            Value::Null => Ok(Description::default()),
            value => description(value),
        });
        let due = self.read("due_date", due);
        match title {
            Some(title) if self.errors.is_empty() => Ok(NewTask {
                id: id.flatten(),
                title,
                description: description.unwrap_or_default(),
                due: due.flatten(),
            }),
            _ => Err(self.errors),
        }
    }

    /// A task anew: what is not given is cleared, but for whether it is done.
    pub fn replacement(mut self) -> Result<TaskChange, Vec<FieldError>> {
        self.required_title();
        self.fields.entry("description").or_insert(Value::Null);
        self.fields.entry("due_date").or_insert(Value::Null);
        // Said already.
        let errors = std::mem::take(&mut self.errors);
        if !errors.is_empty() {
            self.fields.remove("title");
        }
        match self.change() {
            Ok(change) if errors.is_empty() => Ok(change),
            Ok(_) => Err(errors),
            Err(others) => Err(errors.into_iter().chain(others).collect()),
        }
    }

    /// What is given is changed; null clears.
    pub fn change(mut self) -> Result<TaskChange, Vec<FieldError>> {
        let title = self.read("title", title);
        let description = self.read("description", |value| match value {
            Value::Null => Ok(Description::default()),
            value => description(value),
        });
        let due = self.read("due_date", due);
        let completed = self.read("completed", completed);
        if self.errors.is_empty() {
            Ok(TaskChange {
                title,
                description,
                due,
                completed,
            })
        } else {
            Err(self.errors)
        }
    }

    /// Whether it is to be done; None if that is not said.
    pub fn completed(mut self) -> Result<Option<bool>, Vec<FieldError>> {
        let completed = self.read("completed", completed);
        if self.errors.is_empty() {
            Ok(completed)
        } else {
            Err(self.errors)
        }
    }

    fn required_title(&mut self) -> Option<Title> {
        if !self.fields.contains_key("title") {
            self.errors.push(FieldError {
                field: "title",
                message: "A title is needed",
            });
        }
        let value = self.fields.get("title").cloned()?;
        self.check("title", title(value))
    }

    fn read<T>(
        &mut self,
        field: &'static str,
        parse: impl FnOnce(Value) -> Result<T, &'static str>,
    ) -> Option<T> {
        let value = self.fields.remove(field)?;
        self.check(field, parse(value))
    }

    fn check<T>(&mut self, field: &'static str, parsed: Result<T, &'static str>) -> Option<T> {
        parsed
            .map_err(|message| self.errors.push(FieldError { field, message }))
            .ok()
    }
}

fn title(value: Value) -> Result<Title, &'static str> {
    let Value::String(text) = value else {
        return Err("The title must be a text");
    };
    Title::parse(&text).map_err(|error| match error {
        TitleError::Empty => "The title must not be empty",
        TitleError::TooLong => "The title can be 200 characters at most",
        TitleError::ControlCharacter => "The title must be one line without control characters",
    })
}

fn description(value: Value) -> Result<Description, &'static str> {
    let Value::String(text) = value else {
        return Err("The description must be a text");
    };
    Description::parse(&text).map_err(|error| match error {
        DescriptionError::TooLong => "The description can be 10,000 characters at most",
        DescriptionError::ControlCharacter => {
            "The description must not contain control characters but line ends and tabs"
        }
    })
}

fn due(value: Value) -> Result<Option<Due>, &'static str> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Due::parse(&text).map(Some).map_err(|_| DUE_DATE),
        _ => Err(DUE_DATE),
    }
}

fn completed(value: Value) -> Result<bool, &'static str> {
    value.as_bool().ok_or("`completed` must be true or false")
}
