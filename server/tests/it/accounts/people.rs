//! Typed people: a stranger, somebody with an account, a browser with its cookie.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{
    requests::{Answer, send},
    site::{ORIGIN, Server},
};

pub const PASSWORD: &str = "a long and quiet evening";

/// A browser on our own pages: it keeps the cookie that it is given.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    pub cookie: Option<String>,
    pub agent: String,
}

/// Somebody who has signed up.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub email: String,
    pub browser: Browser,
    /// The JWT that signing up answered.
    pub token: String,
}

impl Browser {
    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ORIGIN, ORIGIN)
            .header(header::USER_AGENT, &self.agent);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        request
    }

    pub async fn post(&mut self, server: &Server, path: &str, body: Value) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        self.send(server, request).await
    }

    /// A server function, as a page that runs calls it.
    pub async fn call(&mut self, server: &Server, path: &str, fields: &str) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(Body::from(fields.to_owned()))
            .expect("a request");
        self.send(server, request).await
    }

    pub async fn get(&mut self, server: &Server, path: &str) -> Answer {
        let request = self
            .request(Method::GET, path)
            .body(Body::empty())
            .expect("a request");
        self.send(server, request).await
    }

    pub async fn send(&mut self, server: &Server, request: Request<Body>) -> Answer {
        let answer = send(&server.router, request).await;
        for value in answer.headers.get_all(header::SET_COOKIE) {
            let value = value.to_str().expect("ASCII");
            if value.contains("donewell_session=") {
                let pair = value.split(';').next().unwrap_or_default().to_owned();
                self.cookie = (!pair.ends_with('=')).then_some(pair);
            }
        }
        answer
    }

    pub async fn sign_in(&mut self, server: &Server, email: &str, password: &str) -> Answer {
        let body = json!({ "email": email, "password": password });
        self.post(server, "/api/auth/sign-in/email", body).await
    }

    pub async fn is_signed_in(&mut self, server: &Server) -> bool {
        self.get(server, "/api/auth/get-session").await.body != "null"
    }

    pub async fn token(&mut self, server: &Server) -> String {
        let answer = self.get(server, "/api/auth/token").await;
        answer.json()["token"].as_str().expect("a token").to_owned()
    }
}

pub async fn sign_up(server: &Server, name: &str) -> Person {
    let email = format!("{}@example.org", name.to_lowercase());
    let mut browser = Browser::default();
    let body = json!({ "name": name, "email": email, "password": PASSWORD });
    let answer = browser.post(server, "/api/auth/sign-up/email", body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let body = answer.json();
    Person {
        id: body["user"]["id"].as_str().expect("an id").to_owned(),
        email,
        browser,
        token: body["token"].as_str().expect("a token").to_owned(),
    }
}

/// Whether a bearer token opens the tasks of whoever it names, and that nothing but yes or no is answered.
pub async fn is_accepted(server: &Server, token: &str) -> bool {
    let Ok(value) = axum::http::HeaderValue::try_from(format!("Bearer {token}")) else {
        return false;
    };
    let request = Request::get(format!("/api/{}/tasks", encoded_subject(token)))
        .header(header::AUTHORIZATION, value)
        .body(Body::empty())
        .expect("a request");
    yes_or_no(&send(&server.router, request).await)
}

/// Whether a bearer token shows whose account it is: there the session is looked up, too.
pub async fn opens_account(server: &Server, token: &str) -> bool {
    let request = Request::post("/fn/auth/get-user")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .body(Body::empty())
        .expect("a request");
    yes_or_no(&send(&server.router, request).await)
}

fn yes_or_no(answer: &Answer) -> bool {
    match answer.status.as_u16() {
        200 => true,
        401 => false,
        status => panic!("{status}: {}", answer.body),
    }
}

/// What a token says whose it is, as it stands in a path; nobody's name for one that says nothing.
fn encoded_subject(token: &str) -> String {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let payload = URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
    let claims: Value = serde_json::from_slice(&payload).unwrap_or_default();
    let subject = claims["sub"].as_str().unwrap_or_default();
    let hex = |byte: u8| format!("%{byte:02X}");
    match subject {
        "" => "nobody".to_owned(),
        subject => subject.bytes().map(hex).collect(),
    }
}
