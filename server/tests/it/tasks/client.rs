//! A program that uses the API in somebody's name.

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};

use crate::{
    accounts::people::sign_up,
    requests::{Answer, send},
    site::Server,
};

#[derive(Clone, Copy)]
pub struct Client<'a> {
    pub server: &'a Server,
    pub token: &'a str,
    /// In the path.
    pub id: &'a str,
}

/// Somebody who has signed up: their id and a token.
pub struct Account {
    pub id: String,
    pub token: String,
}

impl Account {
    pub async fn new(server: &Server, name: &str) -> Self {
        let person = sign_up(server, name).await;
        Self {
            id: person.id,
            token: person.token,
        }
    }

    pub fn client<'a>(&'a self, server: &'a Server) -> Client<'a> {
        Client {
            server,
            token: &self.token,
            id: &self.id,
        }
    }
}

impl Client<'_> {
    /// Below the path of the tasks: `""`, `"/{id}"` or `"?limit=1"`.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/{}/tasks{rest}", self.id)
    }

    pub async fn send(
        &self,
        method: &str,
        rest: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(self.path(rest));
        if !self.token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).expect("a request");
        send(&self.server.router, request).await
    }

    pub async fn send_json(
        &self,
        method: &str,
        rest: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/json"));
        self.send(method, rest, &headers, body.to_string()).await
    }

    pub async fn get(&self, rest: &str) -> Answer {
        self.send("GET", rest, &[], Body::empty()).await
    }

    pub async fn post(&self, body: Value) -> Answer {
        self.send_json("POST", "", &[], &body).await
    }

    pub async fn patch(&self, id: &str, body: Value) -> Answer {
        self.send_json("PATCH", &format!("/{id}"), &[], &body).await
    }

    pub async fn put(&self, id: &str, body: Value) -> Answer {
        self.send_json("PUT", &format!("/{id}"), &[], &body).await
    }

    pub async fn toggle(&self, id: &str) -> Answer {
        let rest = format!("/{id}/complete");
        self.send("PATCH", &rest, &[], Body::empty()).await
    }

    pub async fn delete(&self, id: &str) -> Answer {
        self.send("DELETE", &format!("/{id}"), &[], Body::empty())
            .await
    }

    /// A task with this title; its id.
    pub async fn add(&self, title: &str) -> String {
        let answer = self.post(json!({ "title": title })).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json()["id"].as_str().expect("an id").to_owned()
    }
}

/// A problem, whole: status, code and what people are told.
#[track_caller]
pub fn assert_problem(answer: &Answer, status: u16, code: &str, detail: &str) {
    let body = &answer.body;
    assert_eq!(answer.status.as_u16(), status, "{body}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["status"], status, "{body}");
    assert_eq!(problem["code"], code, "{body}");
    assert_eq!(problem["detail"], detail, "{body}");
    assert_eq!(problem["type"], format!("/api/docs#{code}"));
    assert!(!problem["title"].as_str().unwrap_or_default().is_empty());
    assert_eq!(problem["request_id"], answer.header("x-request-id"));
    assert_eq!(answer.header("x-request-id").len(), 36);
}
