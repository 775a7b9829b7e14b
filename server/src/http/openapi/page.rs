//! `/api/docs`: the document as a page, for people. It is rendered from the document itself, once, without a script, in
//! the site's own style.

mod html;
mod operation;

use axum::{
    http::{
        HeaderValue,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY},
    },
    response::{Html, IntoResponse, Response},
};
use serde_json::Value;

use html::{escape, prose};

use crate::http::problem::Code;

/// What the page may load: the site's stylesheet and its icon.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

pub fn answer(page: &str) -> Response {
    let headers = [
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=300"),
        ),
    ];
    (headers, Html(page.to_owned())).into_response()
}

/// The whole page. `origin` stands in the examples.
pub fn render(document: &Value, style: &str, origin: &str) -> String {
    let operations = operation::all(document);
    let groups = document["tags"].as_array().cloned().unwrap_or_default();
    let mut contents = String::new();
    let mut sections = String::new();
    for group in &groups {
        let name = group["name"].as_str().unwrap_or_default();
        let about = group["description"].as_str().unwrap_or_default();
        let heading = heading(name);
        let those: Vec<_> = operations.iter().filter(|one| one.group == name).collect();
        contents.extend([format!("<li><a href=\"#{name}\">{heading}</a><ul>")]);
        sections.extend([format!(
            "<section><h2 id=\"{name}\">{heading}</h2><p>{}</p>",
            prose(about)
        )]);
        for operation in those {
            contents += &operation.entry();
            sections += &operation.article(document, origin);
        }
        contents += "</ul></li>";
        sections += "</section>";
    }
    let about = prose(document["info"]["description"].as_str().unwrap_or_default());
    let style = escape(style);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>API · Donewell</title>\
         <link rel=\"stylesheet\" href=\"{style}\"><link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
         </head><body><a class=\"skip-link\" href=\"#main\">Skip to content</a><div class=\"frame\">\
         <header class=\"frame-inner frame-header\"><a class=\"brand\" href=\"/\">Donewell</a></header>\
         <main id=\"main\" class=\"frame-inner api\" tabindex=\"-1\"><h1>The API</h1><p class=\"lead\">{about}</p>\
         <p>For programs: <a href=\"/api/openapi.json\">openapi.json</a> (OpenAPI 3.1).</p>\
         <nav aria-label=\"Contents\"><ul class=\"api-contents\">{contents}\
         <li><a href=\"#errors\">Errors</a></li></ul></nav>{sections}{}</main></div></body></html>\n",
        errors()
    )
}

fn heading(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    escape(&first.into_iter().chain(letters).collect::<String>())
}

/// Each at the address that `type` names.
fn errors() -> String {
    let mut list = String::new();
    for code in Code::ALL {
        let name = code.as_str();
        list.extend([format!(
            "<div class=\"api-error\"><dt id=\"{name}\"><code>{name}</code> <span>{}</span></dt><dd>{}</dd></div>",
            code.status().as_u16(),
            prose(code.when())
        )]);
    }
    format!(
        "<section><h2 id=\"errors\">Errors</h2><p>{}</p><dl>{list}</dl></section>",
        prose(
            "What fails is answered as `application/problem+json` (RFC 9457): `type` leads here, `title` names the kind, \
             `status` repeats the status, `detail` is for people, `code` for programs, `request_id` is what the server has \
             logged it under, and `errors` names the fields on 422. The account routes under `/api/auth/` answer \
             `code` and `message`."
        )
    )
}
