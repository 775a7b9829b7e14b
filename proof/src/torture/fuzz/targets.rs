//! Where inputs are thrown: parsers by themselves, many and quick, and the router, where each is a whole request.

use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use donewell_app::auth::token::Refusal;
use donewell_app::auth::{Email, Name};
use donewell_app::sent_back::SentBack;
use donewell_app::tasks::cursor::Cursor;
use donewell_app::tasks::{Description, Due, ListQuery, Sort, Title};
use donewell_server::http::tasks::query::Wanted;

use super::corpus;
use super::server::{InProcess, ORIGIN};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Token,
    Cookie,
    Cursor,
    Query,
    Text,
    List,
    Body,
    Form,
    Header,
    Page,
}

/// What an input came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Accepted,
    Refused,
    /// No HTTP server would hand it on.
    Impossible,
    Wrong(String),
}

impl Target {
    pub const ALL: [Target; 10] = [
        Target::Token,
        Target::Cookie,
        Target::Cursor,
        Target::Query,
        Target::Text,
        Target::List,
        Target::Body,
        Target::Form,
        Target::Header,
        Target::Page,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Target::Token => "verification of tokens",
            Target::Cookie => "cookies",
            Target::Cursor => "cursors",
            Target::Query => "query strings",
            Target::Text => "titles, descriptions, dates, addresses, names",
            Target::List => "lists by the router",
            Target::Body => "JSON bodies by the router",
            Target::Form => "forms of server functions by the router",
            Target::Header => "headers by the router",
            Target::Page => "pages by the router",
        }
    }

    /// A million in all; fewer where each costs a query or a page.
    pub const fn count(self) -> usize {
        match self {
            Target::Token => 200_000,
            Target::Cookie | Target::Cursor | Target::Query => 150_000,
            Target::Text => 170_000,
            Target::List => 40_000,
            Target::Body | Target::Form => 60_000,
            Target::Header => 15_000,
            Target::Page => 5_000,
        }
    }

    pub fn corpus(self, server: &InProcess) -> Vec<Vec<u8>> {
        let texts: &[&str] = match self {
            Target::Token => return corpus::tokens(server),
            Target::Cursor => &corpus::CURSORS,
            Target::Query | Target::List => &corpus::QUERIES,
            Target::Text => &corpus::TEXTS,
            Target::Body => &corpus::BODIES,
            Target::Form => &corpus::FORMS,
            Target::Header => &corpus::HEADERS,
            Target::Page | Target::Cookie => &corpus::PAGES,
        };
        let filled = texts
            .iter()
            .map(|text| text.replace("{cookie}", &server.person.cookie));
        filled
            .map(|text| {
                text.replace("0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f", &server.task)
                    .into_bytes()
            })
            .collect()
    }

    pub async fn throw(self, server: &Arc<InProcess>, input: &[u8]) -> Said {
        match self {
            Target::Token => token(server, input).await,
            Target::Cookie => cookie(server, input),
            Target::Cursor => cursor(input),
            Target::Query => said(Wanted::parse(&String::from_utf8_lossy(input)).is_ok()),
            Target::Text => text(input),
            Target::List => list(server, input).await,
            Target::Body => body(server, input).await,
            Target::Form => form(server, input).await,
            Target::Header => header(server, input).await,
            Target::Page => page(server, input).await,
        }
    }
}

fn said(is_accepted: bool) -> Said {
    if is_accepted {
        Said::Accepted
    } else {
        Said::Refused
    }
}

async fn token(server: &InProcess, input: &[u8]) -> Said {
    let text = String::from_utf8_lossy(input);
    match server.accounts.verifier.verify(&text).await {
        // Base64 of a signature has bits that mean nothing; whatever else is accepted is a forgery.
        Ok(_) if is_same(&text, &server.person.token) => Said::Accepted,
        Ok(bearer) => Said::Wrong(format!("a forged token was accepted: {bearer:?}")),
        Err(Refusal::Invalid) => Said::Refused,
        Err(Refusal::Failed(error)) => Said::Wrong(format!("verification failed: {error}")),
    }
}

/// What is signed is the same, byte for byte.
fn is_same(text: &str, good: &str) -> bool {
    match (text.rsplit_once('.'), good.rsplit_once('.')) {
        (Some((text, _)), Some((good, _))) => text == good,
        _ => false,
    }
}

fn cookie(server: &InProcess, input: &[u8]) -> Said {
    let cookie = input.splitn(2, |byte| *byte == b'\n').nth(1);
    let Ok(value) = HeaderValue::from_bytes(cookie.unwrap_or(input)) else {
        return Said::Impossible;
    };
    let headers = HeaderMap::from_iter([(HeaderName::from_static("cookie"), value)]);
    for https in [false, true] {
        if let Some(back) = SentBack::read(&headers, https, "/fn/auth/sign-in") {
            back.cookie(https, "/login", "/fn/auth/sign-in");
        }
    }
    let is_sent = server.accounts.cookie.is_sent(&headers);
    let secret = server.accounts.cookie.read(&headers);
    if secret.is_some() && !is_sent {
        return Said::Wrong("a cookie was read that was not sent".to_owned());
    }
    said(secret.is_some())
}

fn cursor(input: &[u8]) -> Said {
    let texts = [
        URL_SAFE_NO_PAD.encode(input),
        String::from_utf8_lossy(input).into_owned(),
    ];
    let mut is_accepted = false;
    for sort in Sort::ALL {
        let query = ListQuery {
            sort,
            order: sort.natural_order(),
            ..ListQuery::default()
        };
        for text in &texts {
            if let Ok(cursor) = Cursor::decode(text, &query) {
                is_accepted = true;
                if Cursor::decode(&cursor.encode(&query), &query).as_ref() != Ok(&cursor) {
                    return Said::Wrong(format!("{cursor:?} does not come back"));
                }
            }
        }
    }
    said(is_accepted)
}

fn text(input: &[u8]) -> Said {
    let text = String::from_utf8_lossy(input);
    let title = Title::parse(&text);
    let description = Description::parse(&text);
    let due = Due::parse(&text);
    if let Ok(due) = due
        && Due::parse(&due.to_text()) != Ok(due)
    {
        return Said::Wrong(format!("{due:?} does not come back"));
    }
    if let Ok(title) = &title
        && Title::parse(title.as_str()).is_err()
    {
        return Said::Wrong(format!("{title:?} does not come back"));
    }
    let email = Email::parse(&text);
    let name = Name::parse(&text);
    said(title.is_ok() || description.is_ok() || due.is_ok() || email.is_ok() || name.is_ok())
}

async fn list(server: &InProcess, input: &[u8]) -> Said {
    let query = printable(input, b"%20");
    let path = format!("/api/{}/tasks?{query}", server.person.user);
    send(server, bearer(server, Method::GET, &path), Vec::new()).await
}

async fn body(server: &InProcess, input: &[u8]) -> Said {
    let tasks = format!("/api/{}/tasks", server.person.user);
    // The input itself decides where it goes: the same input, the same door.
    let doors: [(Method, String); 15] = [
        (Method::POST, tasks.clone()),
        (Method::PUT, format!("{tasks}/{}", server.task)),
        (Method::PATCH, format!("{tasks}/{}", server.task)),
        (Method::PATCH, format!("{tasks}/{}/complete", server.task)),
        (Method::POST, "/api/auth/sign-up/email".into()),
        (Method::POST, "/api/auth/sign-in/email".into()),
        (Method::POST, "/api/auth/sign-out".into()),
        (Method::POST, "/api/auth/update-user".into()),
        (Method::POST, "/api/auth/change-email".into()),
        (Method::POST, "/api/auth/change-password".into()),
        (Method::POST, "/api/auth/delete-user".into()),
        (Method::POST, "/api/auth/revoke-session".into()),
        (Method::POST, "/api/auth/reset-password".into()),
        (Method::POST, "/api/auth/request-password-reset".into()),
        (Method::POST, "/api/auth/send-verification-email".into()),
    ];
    let number = input.iter().map(|byte| usize::from(*byte)).sum::<usize>() % doors.len();
    let (method, path) = doors[number].clone();
    let request = if path == "/api/auth/delete-user" {
        // Nobody is there afterwards who is still needed.
        match server.guest().await {
            Ok(guest) => with_cookie(method, path, &guest.cookie),
            Err(error) => return Said::Wrong(format!("nobody can sign up: {error:#}")),
        }
    } else if path.starts_with("/api/auth") {
        by_cookie(server, method, path)
    } else {
        bearer(server, method, &path)
    };
    let request = request.header("content-type", "application/json");
    send(server, request, input.to_vec()).await
}

async fn form(server: &InProcess, input: &[u8]) -> Said {
    let mut parts = input.splitn(2, |byte| *byte == b'?');
    let path = printable(parts.next().unwrap_or_default(), b"");
    let fields = parts.next().unwrap_or_default().to_vec();
    let is_plain = fields.len() % 3 == 0;
    let mut request = by_cookie(server, Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded");
    if is_plain {
        request = request
            .header("accept", "text/html,*/*;q=0.8")
            .header("referer", format!("{ORIGIN}/settings?a=b"));
    } else {
        request = request.header("accept", "application/json");
    }
    send(server, request, fields).await
}

async fn header(server: &InProcess, input: &[u8]) -> Said {
    let doors = [
        (
            Method::GET,
            format!("/api/{}/tasks/{}", server.person.user, server.task),
        ),
        (
            Method::OPTIONS,
            format!("/api/{}/tasks", server.person.user),
        ),
        (
            Method::PATCH,
            format!("/api/{}/tasks/{}", server.person.user, server.task),
        ),
        (Method::POST, "/fn/landing/set-example-done".into()),
        (Method::GET, "/api/auth/get-session".into()),
        (Method::GET, "/robots.txt".into()),
    ];
    let (method, path) = doors[input.len() % doors.len()].clone();
    let mut request = bearer(server, method, &path);
    for line in input.split(|byte| *byte == b'\n') {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let name = HeaderName::from_bytes(parts.next().unwrap_or_default().trim_ascii());
        let value = HeaderValue::from_bytes(parts.next().unwrap_or_default().trim_ascii());
        // The rest of them may still be told.
        if let (Ok(name), Ok(value)) = (name, value) {
            request = request.header(name, value);
        }
    }
    send(server, request, b"{\"completed\": true}".to_vec()).await
}

async fn page(server: &InProcess, input: &[u8]) -> Said {
    let mut parts = input.splitn(2, |byte| *byte == b'\n');
    let path = printable(parts.next().unwrap_or_default(), b"%20");
    let Ok(cookie) = HeaderValue::from_bytes(parts.next().unwrap_or_default()) else {
        return Said::Impossible;
    };
    let request = Request::builder()
        .method(Method::GET)
        .uri(path)
        .header("accept", "text/html")
        .header("cookie", cookie);
    send(server, request, Vec::new()).await
}

fn bearer(server: &InProcess, method: Method, path: &str) -> Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {}", server.person.token))
}

/// As a browser does it; but by ways on which a session begins or ends nobody goes who is still needed: their own would end.
fn by_cookie(server: &InProcess, method: Method, path: String) -> Builder {
    let ways = ["/sign-out", "/sign-in", "/sign-up"];
    if ways.iter().any(|way| path.contains(way)) {
        return with_cookie(method, path, "donewell_session=AAAA");
    }
    with_cookie(method, path, &server.person.cookie)
}

fn with_cookie(method: Method, path: String, cookie: &str) -> Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header("cookie", cookie)
        .header("origin", ORIGIN)
}

/// As it can stand in a request's line: what cannot is replaced.
fn printable(input: &[u8], instead: &[u8]) -> String {
    let mut text = Vec::with_capacity(input.len());
    for byte in input {
        if byte.is_ascii_graphic() && *byte != b'#' {
            text.push(*byte);
        } else {
            text.extend_from_slice(instead);
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

async fn send(server: &InProcess, request: Builder, body: Vec<u8>) -> Said {
    if request
        .uri_ref()
        .map(Uri::path)
        .is_none_or(|path| !path.starts_with('/'))
    {
        return Said::Impossible;
    }
    let Ok(request) = request.body(Body::from(body)) else {
        return Said::Impossible;
    };
    match server.send(request).await {
        Ok(answer) if answer.status.is_server_error() => Said::Wrong(format!(
            "{}: {}",
            answer.status,
            String::from_utf8_lossy(&answer.body)
        )),
        Ok(answer) => said(answer.status.is_success() || answer.status.is_redirection()),
        Err(error) => Said::Wrong(format!("no whole answer: {error:#}")),
    }
}
