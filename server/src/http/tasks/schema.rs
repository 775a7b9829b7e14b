//! What the document says of bodies and parameters. The bodies are read by `body`, which looks at all fields before it
//! complains; these types say to others what it takes.

use serde::Serialize;
use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{AnyOfBuilder, KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type},
    },
};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewTask, example = json!({"title": "Buy milk", "due_date": "2026-12-24"}))]
pub struct NewTask {
    #[schema(schema_with = title)]
    pub title: String,
    #[schema(schema_with = description, required = false)]
    pub description: Option<String>,
    #[schema(schema_with = due_date, required = false)]
    pub due_date: Option<String>,
    /// Chosen by the client, so that it can send the same again without harm.
    #[schema(format = "uuid")]
    pub id: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplacedTask, example = json!({"title": "Buy oat milk"}))]
pub struct ReplacedTask {
    #[schema(schema_with = title)]
    pub title: String,
    #[schema(schema_with = description, required = false)]
    pub description: Option<String>,
    #[schema(schema_with = due_date, required = false)]
    pub due_date: Option<String>,
    /// Stays as it is if it is not given.
    #[schema(value_type = bool, required = false)]
    pub completed: Option<bool>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChangedTask, example = json!({"due_date": null}))]
pub struct ChangedTask {
    #[schema(schema_with = title, required = false)]
    pub title: Option<String>,
    #[schema(schema_with = description, required = false)]
    pub description: Option<String>,
    #[schema(schema_with = due_date, required = false)]
    pub due_date: Option<String>,
    #[schema(value_type = bool, required = false)]
    pub completed: Option<bool>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Completion, example = json!({"completed": true}))]
pub struct Completion {
    /// Without it the task is turned round.
    #[schema(value_type = bool, required = false)]
    pub completed: Option<bool>,
}

/// The path of a list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct Owner {
    /// One's own id: the `sub` of the token.
    #[param(example = "0199d0a4-11c2-7aa0-9f31-0c5d2e7b9a44")]
    pub user_id: String,
}

/// The path of one task.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct One {
    /// One's own id: the `sub` of the token.
    #[param(example = "0199d0a4-11c2-7aa0-9f31-0c5d2e7b9a44")]
    pub user_id: String,
    /// The task's.
    #[param(format = "uuid", example = "0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f")]
    pub id: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    All,
    Pending,
    Completed,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    Created,
    Updated,
    Title,
    DueDate,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    Asc,
    Desc,
}

/// Which tasks, and in which order.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct List {
    /// All by default.
    #[param(inline)]
    pub status: Option<Status>,
    /// `created` by default.
    #[param(inline)]
    pub sort: Option<Sort>,
    /// By default the newest come first, titles from A, and what is due soonest; what is due at no time comes last.
    #[param(inline)]
    pub order: Option<Order>,
    /// Searched for in title and description, whatever the case; there are no wildcards.
    #[param(
        nullable = false,
        max_length = 200,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$"
    )]
    pub q: Option<String>,
    /// 50 by default.
    #[param(nullable = false, minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
    /// From the `Link` of the page before: good for that list, in that order.
    #[param(nullable = false, pattern = r"^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
}

/// The body need not be sent again if it is still the same.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IfNoneMatch {
    /// The `ETag` of the copy that the caller has.
    #[param(
        rename = "If-None-Match",
        nullable = false,
        pattern = r#"^(\*|(W/)?"[\x21\x23-\x7e]*"(, *(W/)?"[\x21\x23-\x7e]*")*)$"#,
        example = "\"1\""
    )]
    pub if_none_match: Option<String>,
}

/// Only if the task is still the same.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IfMatch {
    /// The `ETag` of the task that is meant.
    #[param(
        rename = "If-Match",
        nullable = false,
        pattern = r#"^(\*|(W/)?"[\x21\x23-\x7e]*"(, *(W/)?"[\x21\x23-\x7e]*")*)$"#,
        example = "*"
    )]
    pub if_match: Option<String>,
}

/// The same request again is answered as the first one was.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IdempotencyKey {
    /// Chosen by the client, and good for 24 hours.
    #[param(
        rename = "Idempotency-Key",
        nullable = false,
        min_length = 1,
        max_length = 255,
        pattern = r"^[\x21-\x7e]+$"
    )]
    pub idempotency_key: Option<String>,
}

/// A line has something to read and nothing that controls.
fn title() -> RefOr<Schema> {
    let anything = r"[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*";
    let something = r"[^\s\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]";
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("One line; the spaces around it are no part of it."))
        .min_length(Some(1))
        .max_length(Some(200))
        .pattern(Some(format!("^{anything}{something}{anything}$")))
        .into()
}

fn description() -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .description(Some(
            "Plain text, of as many lines as it takes. It is cleared by null, and by PUT where it is not given.",
        ))
        .max_length(Some(10_000))
        .pattern(Some(
            r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$",
        ))
        .into()
}

/// Not of the year 0, on which calendars do not agree.
fn due_date() -> RefOr<Schema> {
    let text = |format, pattern: &str| {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(format)))
            .pattern(Some(pattern))
    };
    AnyOfBuilder::new()
        .item(text(KnownFormat::Date, r"^(?!0000)[0-9]{4}-"))
        .item(text(
            KnownFormat::DateTime,
            r"^(?!0000|0001-01-01|9999-12-31)[0-9]{4}-",
        ))
        .item(ObjectBuilder::new().schema_type(Type::Null))
        .description(Some(
            "A date, or a time with its offset, kept to the millisecond and told in UTC. It is cleared by null, and by \
             PUT where it is not given.",
        ))
        .into()
}
