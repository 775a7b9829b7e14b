//! Mail: by SMTP to a real server, else into files; what stands in it, and what proving an address does.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration as Patience,
};

use axum::{body::Body, http::Request};
use serde_json::json;
use sqlx::PgPool;
use time::Duration;

use super::{
    letters::{letters, wait_for_letter},
    people::{Browser, PASSWORD, sign_up},
};
use crate::site;

/// A mail server: takes what it is sent, but refuses the first so many, and always whoever is `gone@`.
fn mail_server(refusals: usize) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut refusals = refusals;
        for stream in listener.incoming().flatten() {
            let refuse = refusals > 0;
            refusals = refusals.saturating_sub(1);
            let sender = sender.clone();
            thread::spawn(move || talk(stream, refuse, &sender));
        }
    });
    (url, receiver)
}

fn talk(stream: TcpStream, refuse: bool, letters: &Sender<String>) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let mut stream = stream;
    let mut say = |text: &str| stream.write_all(text.as_bytes()).ok();
    if refuse {
        return say("421 come back later\r\n");
    }
    say("220 mail.test ESMTP\r\n")?;
    let mut letter = String::new();
    loop {
        let line = lines.next()?.ok()?;
        match line
            .split(' ')
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase()
            .as_str()
        {
            "EHLO" => say("250-mail.test\r\n250 8BITMIME\r\n")?,
            "DATA" => {
                say("354 go on\r\n")?;
                loop {
                    let line = lines.next()?.ok()?;
                    if line == "." {
                        break;
                    }
                    letter.push_str(line.strip_prefix('.').unwrap_or(&line));
                    letter.push_str("\r\n");
                }
                letters.send(std::mem::take(&mut letter)).ok()?;
                say("250 taken\r\n")?;
            }
            "RSET" => {
                letter.clear();
                say("250 fine\r\n")?;
            }
            "QUIT" => return say("221 bye\r\n"),
            "RCPT" if line.contains("<gone@") => say("550 5.1.1 no such user\r\n")?,
            "RCPT" | "MAIL" => {
                letter.push_str(&line);
                letter.push_str("\r\n");
                say("250 fine\r\n")?;
            }
            _ => say("250 fine\r\n")?,
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn mail_goes_to_the_configured_server_even_if_that_is_busy_at_first(pool: PgPool) {
    let (url, received) = mail_server(1);
    let smtp = [
        ("SMTP_URL", url.as_str()),
        ("MAIL_FROM", "Donewell <todo@example.org>"),
    ];
    let server = site::server(pool, &smtp).await;
    sign_up(&server, "Ada").await;
    let letter =
        tokio::task::spawn_blocking(move || received.recv_timeout(Patience::from_secs(30)))
            .await
            .expect("no panic")
            .expect("a letter");
    for part in [
        "MAIL FROM:<todo@example.org>",
        "RCPT TO:<ada@example.org>",
        "Subject: Confirm your email address",
        "Auto-Submitted: auto-generated",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "Message-ID: ",
    ] {
        assert!(letter.contains(part), "{part}: {letter}");
    }
    for part in ["<img", "src=3D", "http://evil", "Bcc"] {
        assert!(!letter.contains(part), "{part}: {letter}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_recipient_refused_for_good_does_not_hold_up_the_next_letter(pool: PgPool) {
    let (url, received) = mail_server(0);
    let smtp = [
        ("SMTP_URL", url.as_str()),
        ("MAIL_FROM", "Donewell <todo@example.org>"),
    ];
    let server = site::server(pool, &smtp).await;
    sign_up(&server, "Gone").await;
    sign_up(&server, "Ada").await;
    // Trying again would take 26 seconds.
    let letter =
        tokio::task::spawn_blocking(move || received.recv_timeout(Patience::from_secs(15)))
            .await
            .expect("no panic")
            .expect("a letter");
    assert!(letter.contains("RCPT TO:<ada@example.org>"), "{letter}");
}

#[sqlx::test(migrations = "../migrations")]
async fn without_a_mail_server_mail_lies_in_files_for_the_operator_only(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = sign_up(&server, "Ada").await;
    wait_for_letter(&server, &ada.email, "Confirm your email address").await;
    let directory = server.data.path().join("mail");
    let mode =
        |path: &std::path::Path| path.metadata().expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    for entry in directory.read_dir().expect("it reads").flatten() {
        assert_eq!(mode(&entry.path()), 0o600, "{}", entry.path().display());
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn an_address_is_proved_once_by_the_link_in_the_mail(pool: PgPool) {
    let server = site::server(pool, &[("REQUIRE_EMAIL_VERIFICATION", "true")]).await;
    let body = json!({ "name": "Ada", "email": "ada@example.org", "password": PASSWORD, "callbackURL": "/tasks" });
    Browser::default()
        .post(&server, "/api/auth/sign-up/email", body)
        .await;
    let letter = wait_for_letter(&server, "ada@example.org", "Confirm your email address").await;
    assert!(
        letter.text.contains("callbackURL=%2Ftasks"),
        "{}",
        letter.text
    );
    let path = format!("/api/auth/verify-email?token={}", letter.token());
    let look = Request::head(&path).body(Body::empty()).expect("a request");
    let looked = crate::requests::send(&server.router, look).await;
    assert_eq!(looked.status, 405, "a look does not use the link up");
    let followed = Browser::default()
        .get(&server, &format!("{path}&callbackURL=%2Ftasks"))
        .await;
    assert_eq!(
        (followed.status.as_u16(), followed.header("location")),
        (302, "/tasks")
    );
    assert_eq!(followed.header("set-cookie"), "", "it signs nobody in");
    let again = Browser::default().get(&server, &path).await;
    assert_eq!(
        (again.status.as_u16(), again.code().as_str()),
        (401, "INVALID_TOKEN")
    );
    let again = Browser::default()
        .get(&server, &format!("{path}&callbackURL=%2Fa%3Fb%3Dc%23d"))
        .await;
    assert_eq!(again.header("location"), "/a?b=c&error=INVALID_TOKEN#d");
    let away = Browser::default()
        .get(
            &server,
            &format!("{path}&callbackURL=https%3A%2F%2Fevil.example"),
        )
        .await;
    assert_eq!(
        (away.status.as_u16(), away.code().as_str()),
        (403, "INVALID_CALLBACK_URL")
    );
    assert_eq!(
        Browser::default()
            .sign_in(&server, "ada@example.org", PASSWORD)
            .await
            .status,
        200
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_new_address_counts_when_its_link_is_followed_and_not_before(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let grace = sign_up(&server, "Grace").await;
    let change = |email: &str| json!({ "newEmail": email });
    let taken = ada
        .browser
        .post(&server, "/api/auth/change-email", change(&grace.email))
        .await;
    let free = ada
        .browser
        .post(
            &server,
            "/api/auth/change-email",
            change("countess@example.org"),
        )
        .await;
    assert_eq!((taken.status, &taken.body), (free.status, &free.body));
    let letter = wait_for_letter(
        &server,
        "countess@example.org",
        "Confirm your new email address",
    )
    .await;
    assert_eq!(
        letters(&server, &grace.email).len(),
        1,
        "her own welcome only"
    );
    assert_eq!(
        Browser::default()
            .sign_in(&server, "countess@example.org", PASSWORD)
            .await
            .status,
        401
    );

    let path = format!("/api/auth/verify-email?token={}", letter.token());
    let mut graces = grace.browser.clone();
    assert_eq!(graces.get(&server, &path).await.code(), "INVALID_USER");
    let followed = Browser::default().get(&server, &path).await;
    assert_eq!(
        followed.json()["user"]["email"],
        "countess@example.org",
        "{}",
        followed.body
    );
    assert_eq!(followed.header("set-cookie"), "", "it signs nobody in");
    assert_eq!(
        Browser::default()
            .sign_in(&server, &ada.email, PASSWORD)
            .await
            .status,
        401
    );
    assert_eq!(
        Browser::default()
            .sign_in(&server, "countess@example.org", PASSWORD)
            .await
            .status,
        200
    );
    wait_for_letter(&server, &ada.email, "Your email address was changed").await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_link_is_good_for_an_hour(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let token = wait_for_letter(&server, &ada.email, "Confirm your email address")
        .await
        .token();
    server.clock.advance(Duration::hours(1));
    let answer = Browser::default()
        .get(&server, &format!("/api/auth/verify-email?token={token}"))
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (401, "TOKEN_EXPIRED")
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_browser_that_is_not_known_yet_is_told_about(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let mut phone = Browser {
        agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into(),
        ..Browser::default()
    };
    phone.sign_in(&server, &ada.email, PASSWORD).await;
    let letter = wait_for_letter(&server, &ada.email, "New sign-in to your account").await;
    assert!(letter.text.contains("Firefox on Linux"), "{}", letter.text);
    phone.sign_in(&server, &ada.email, PASSWORD).await;
    server.accounts.mailer.drain(Patience::from_secs(10)).await;
    let told = letters(&server, &ada.email)
        .iter()
        .filter(|letter| letter.subject.starts_with("New"))
        .count();
    assert_eq!(told, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_link_that_cannot_be_read_is_refused_as_the_clients_read_it(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    for (path, code) in [
        ("verify-email?token=a&token=b", "VALIDATION_ERROR"),
        (
            "verify-email?token=a&callbackURL=/a&callbackURL=/b",
            "VALIDATION_ERROR",
        ),
        (
            "reset-password/a?callbackURL=/a&callbackURL=/b",
            "VALIDATION_ERROR",
        ),
        ("reset-password/%FF?callbackURL=/a", "BAD_REQUEST"),
    ] {
        let answer = Browser::default()
            .get(&server, &format!("/api/auth/{path}"))
            .await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.body);
        assert_eq!(answer.code(), code, "{path}");
        assert!(answer.json()["message"].is_string(), "{path}");
    }
    let body = json!({ "newPassword": PASSWORD });
    let answer = Browser::default()
        .post(&server, "/api/auth/reset-password?token=a&token=b", body)
        .await;
    assert_eq!(answer.code(), "VALIDATION_ERROR", "{}", answer.body);
    let answer = Browser::default()
        .get(&server, "/api/auth/verify-email?token=%FF&other=a&other=b")
        .await;
    assert_eq!(answer.code(), "INVALID_TOKEN", "{}", answer.body);
}
