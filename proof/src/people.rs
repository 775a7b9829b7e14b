//! People with accounts, made by the real API.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::json;

use crate::http::{Answer, Connection, Request};

pub const PASSWORD: &str = "seven violet ladders";

#[derive(Debug, Clone)]
pub struct Person {
    pub id: String,
    pub email: String,
    /// The session, as a browser would send it: `name=value`.
    pub cookie: String,
    /// A JWT, good for a quarter of an hour.
    pub token: String,
}

#[derive(Deserialize)]
struct Begun {
    token: String,
    user: User,
}

#[derive(Deserialize)]
struct User {
    id: String,
}

#[derive(Deserialize)]
struct Minted {
    token: String,
}

/// Signs somebody up whom the server must not know yet.
pub async fn sign_up(address: SocketAddr, name: &str) -> Result<Person> {
    let answer = ask_to_sign_up(address, name).await?;
    Person::from_answer(email_of(name), &answer)
}

/// The same, whatever the answer is.
pub async fn ask_to_sign_up(address: SocketAddr, name: &str) -> Result<Answer> {
    let body = json!({ "name": name, "email": email_of(name), "password": PASSWORD });
    ask(address, "/api/auth/sign-up/email", &body).await
}

/// Another session of somebody who has signed up by us.
pub async fn sign_in(address: SocketAddr, email: &str) -> Result<Person> {
    let body = json!({ "email": email, "password": PASSWORD });
    let answer = ask(address, "/api/auth/sign-in/email", &body).await?;
    Person::from_answer(email.to_owned(), &answer)
}

pub fn email_of(name: &str) -> String {
    format!("{name}@example.org")
}

async fn ask(address: SocketAddr, path: &str, body: &serde_json::Value) -> Result<Answer> {
    let mut connection = Connection::open(address).await?;
    let request = Request::new("POST", path).json(body)?;
    connection.send(&request).await
}

fn session(answer: &Answer) -> Result<String> {
    let cookie = answer.header("set-cookie").context("no session cookie")?;
    match cookie.split_once(';') {
        Some((pair, _)) => Ok(pair.to_owned()),
        None => bail!("an odd cookie: {cookie}"),
    }
}

impl Person {
    /// Whoever has signed up or in, if that is what they were answered.
    pub fn from_answer(email: String, answer: &Answer) -> Result<Person> {
        let begun: Begun = answer.json(200).with_context(|| email.clone())?;
        Ok(Person {
            id: begun.user.id,
            email,
            cookie: session(answer)?,
            token: begun.token,
        })
    }

    /// A fresh token; another one only if the second or the person's name is.
    pub async fn new_token(&self, connection: &mut Connection) -> Result<String> {
        let request = Request::new("GET", "/api/auth/token").cookie(&self.cookie);
        let minted: Minted = connection.send(&request).await?.json(200)?;
        Ok(minted.token)
    }

    /// A path of the task API: `""`, `"?limit=20"`, `"/{id}"`.
    pub fn tasks(&self, rest: &str) -> String {
        format!("/api/{}/tasks{rest}", self.id)
    }
}
