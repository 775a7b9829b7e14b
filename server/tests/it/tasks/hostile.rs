//! Text that means harm: it is stored as it is, or refused; never is it a fault of ours.

use serde_json::json;
use sqlx::{AssertSqlSafe, PgPool};

use super::client::Account;
use crate::{accounts::people::sign_up, site};

const ONE_LINE: [&str; 12] = [
    "<script>alert(1)</script>",
    "</textarea><img src=x onerror=alert(1)>",
    "&lt;b&gt; &amp; \"quotes\" 'single'",
    "'; DROP TABLE task; --",
    "\u{202e}desrever\u{202c} \u{200f}",
    "👩‍💻👨‍👩‍👧‍👦🇩🇪",
    "e\u{301}\u{327} Z\u{335}\u{321}a\u{34f}lgo",
    "%00 %s %n ${jndi:ldap://x} {{7*7}}",
    "\\x00 \\u0000 \\",
    "\u{fffd}\u{ffff}\u{10ffff}\u{e000}",
    "\u{200b}",
    "NaN",
];
const REFUSED: [&str; 5] = ["a\u{0}b", "a\u{1b}[31mb", "a\u{7f}b", "a\u{85}b", "a\rb"];

#[sqlx::test(migrations = "../migrations")]
async fn hostile_text_comes_back_as_it_was_or_is_refused_by_the_api(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let long = "x\n".repeat(5_000);
    for text in ONE_LINE.into_iter().chain([long.as_str()]) {
        let title = if text.len() > 200 { "long" } else { text };
        let made = client
            .post(json!({ "title": title, "description": text }))
            .await;
        assert_eq!(made.status, 201, "{text:?}: {}", made.body);
        assert_eq!(
            (&made.json()["title"], &made.json()["description"]),
            (&json!(title), &json!(text))
        );
        let id = made.json()["id"].as_str().expect("an id").to_owned();
        assert_eq!(client.get(&format!("/{id}")).await.body, made.body);
        assert_eq!(
            client
                .patch(&id, json!({ "title": title, "description": text }))
                .await
                .json()["description"],
            *text
        );
    }
    let id = client.add("A").await;
    for text in REFUSED {
        for field in ["title", "description", "due_date", "id"] {
            let mut body = json!({ "title": "A" });
            body[field] = json!(text);
            let answer = client.post(body.clone()).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code().as_str()),
                (422, "VALIDATION_ERROR"),
                "{field} {text:?}"
            );
            if field != "id" {
                assert_eq!(
                    client.put(&id, body.clone()).await.status,
                    422,
                    "{field} {text:?}"
                );
                assert_eq!(
                    client.patch(&id, json!({ field: text })).await.status,
                    422,
                    "{field} {text:?}"
                );
            }
        }
    }
    for text in ONE_LINE {
        for field in ["due_date", "id"] {
            let mut body = json!({ "title": "A" });
            body[field] = json!(text);
            assert_eq!(client.post(body).await.status, 422, "{field} {text:?}");
        }
        let search: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        assert_eq!(
            client
                .get(&format!("?q={search}&status=pending"))
                .await
                .status,
            200,
            "{text:?}"
        );
        assert_eq!(
            client.get(&format!("?sort={search}")).await.status,
            400,
            "{text:?}"
        );
        assert_eq!(
            client.get(&format!("?cursor={search}")).await.status,
            400,
            "{text:?}"
        );
    }
    for surrogate in [
        r#"{"title":"\ud800"}"#,
        r#"{"title":"\udc00\ud800"}"#,
        r#"{"title":"A","description":"\ud83d"}"#,
    ] {
        let answer = client
            .send(
                "POST",
                "",
                &[("content-type", "application/json")],
                surrogate,
            )
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (422, "VALIDATION_ERROR"),
            "{surrogate}"
        );
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn hostile_text_comes_back_as_it_was_or_is_refused_by_the_pages_door(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let encode =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let long = "x\n".repeat(5_000);
    for text in ONE_LINE.into_iter().chain([long.as_str()]) {
        let title = if text.len() > 200 { "long" } else { text };
        let fields = format!("title={}&description={}", encode(title), encode(text));
        let made = ada.browser.call(&server, "/fn/tasks/add", &fields).await;
        assert_eq!(made.status, 200, "{text:?}: {}", made.body);
        assert_eq!(
            (&made.json()["title"], &made.json()["description"]),
            (&json!(title), &json!(text))
        );
        let id = made.json()["id"].as_str().expect("an id").to_owned();
        let edit = format!("id={id}&description={}", encode(text));
        assert_eq!(
            ada.browser
                .call(&server, "/fn/tasks/edit", &edit)
                .await
                .json()["description"],
            *text
        );
    }
    for text in REFUSED {
        for field in ["title", "description", "due_date"] {
            let others = if field == "title" { "" } else { "title=A&" };
            let fields = format!("{others}{field}={}", encode(text));
            let answer = ada.browser.call(&server, "/fn/tasks/add", &fields).await;
            assert_eq!(answer.status, 422, "{field} {text:?}: {}", answer.body);
        }
    }
    for text in ONE_LINE.into_iter().chain(REFUSED) {
        let id = encode(text);
        for path in ["get", "delete", "restore"] {
            let answer = ada
                .browser
                .call(&server, &format!("/fn/tasks/{path}"), &format!("id={id}"))
                .await;
            assert_eq!(answer.status, 404, "{path} {text:?}: {}", answer.body);
        }
        let list = format!("status=all&sort=created&search={id}");
        let answer = ada.browser.call(&server, "/fn/tasks/list", &list).await;
        assert!(
            [200, 400].contains(&answer.status.as_u16()),
            "{text:?}: {}",
            answer.body
        );
    }
}

/// However it gets there: many people's tasks are read by one statement, and it would be a fault for all of them.
#[sqlx::test(migrations = "../migrations")]
async fn a_time_that_cannot_be_read_is_kept_by_nobody(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let id = client.add("Whenever").await;
    for (table, column, kind) in [
        ("task", "due_date", "date"),
        ("task", "due_at", "timestamptz"),
        ("task", "completed_at", "timestamptz"),
        ("task", "created_at", "timestamptz"),
        ("task", "updated_at", "timestamptz"),
        ("session", "created_at", "timestamptz"),
        ("session", "updated_at", "timestamptz"),
        ("session", "expires_at", "timestamptz"),
        ("app_user", "email_verified_at", "timestamptz"),
        ("app_user", "created_at", "timestamptz"),
        ("app_user", "updated_at", "timestamptz"),
    ] {
        for odd in ["infinity", "-infinity", "10000-01-01", "0001-12-31 BC"] {
            let set = format!("UPDATE {table} SET {column} = '{odd}'::{kind}");
            let refused = sqlx::query(AssertSqlSafe(set))
                .execute(&pool)
                .await
                .expect_err("it is refused");
            let constraint = refused
                .as_database_error()
                .and_then(|error| error.constraint());
            let wanted = format!("{table}_times_are_readable");
            assert_eq!(constraint, Some(&*wanted), "{column} {odd}");
        }
    }
    for (body, due) in [
        (json!({ "due_date": "0001-01-01" }), "0001-01-01"),
        (json!({ "due_date": "9999-12-31" }), "9999-12-31"),
        (
            json!({ "due_date": "0001-01-01T00:00:00Z" }),
            "0001-01-01T00:00:00.000Z",
        ),
        (
            json!({ "due_date": "9999-12-31T23:59:59.999Z" }),
            "9999-12-31T23:59:59.999Z",
        ),
    ] {
        let answer = client.patch(&id, body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.json()["due_date"], due);
    }
}
