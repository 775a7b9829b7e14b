//! Requests that may be repeated without harm.

use donewell_app::auth::service::maintenance;
use serde_json::json;
use sqlx::PgPool;
use time::Duration;

use super::client::{Account, assert_problem};
use crate::site;

const ID: &str = "0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f";
const TAKEN: &str = "Another task has this id";

#[sqlx::test(migrations = "../migrations")]
async fn the_same_post_with_an_id_makes_one_task(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let (ada, eve) = (
        Account::new(&server, "Ada").await,
        Account::new(&server, "Eve").await,
    );
    let client = ada.client(&server);
    let body = json!({ "id": ID, "title": "A", "due_date": "2026-12-24T18:00:00Z" });
    let first = client.post(body.clone()).await;
    assert_eq!(
        (first.status.as_u16(), first.json()["id"].clone()),
        (201, json!(ID))
    );
    let again = client.post(json!({ "due_date": "2026-12-24T19:00:00+01:00", "title": " A ", "id": ID.to_uppercase() })).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, first.json()));
    assert_eq!(again.header("location"), first.header("location"));
    client.patch(ID, json!({ "title": "B" })).await;
    let edited = client.post(body.clone()).await;
    assert_eq!(
        (
            edited.status.as_u16(),
            edited.json()["title"].clone(),
            edited.header("etag")
        ),
        (200, json!("B"), "\"2\"")
    );
    assert_problem(
        &client.post(json!({ "id": ID, "title": "B" })).await,
        409,
        "CONFLICT",
        TAKEN,
    );
    assert_eq!(
        eve.client(&server).post(body.clone()).await.status,
        201,
        "ids are per owner"
    );
    client.delete(ID).await;
    assert_problem(&client.post(body).await, 409, "CONFLICT", TAKEN);
    let others = client.add("made without an id").await;
    assert_problem(
        &client
            .post(json!({ "id": others, "title": "made without an id" }))
            .await,
        409,
        "CONFLICT",
        TAKEN,
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn an_idempotency_key_repeats_the_first_answer_for_a_day(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let (ada, eve) = (
        Account::new(&server, "Ada").await,
        Account::new(&server, "Eve").await,
    );
    let client = ada.client(&server);
    let key = [("idempotency-key", "a-key")];
    let body = json!({ "title": "A", "description": "B" });
    let first = client.send_json("POST", "", &key, &body).await;
    assert_eq!(
        (first.status.as_u16(), first.header("idempotency-replayed")),
        (201, "")
    );
    let id = first.json()["id"].as_str().expect("an id").to_owned();
    client.patch(&id, json!({ "title": "changed since" })).await;
    let json_type = [("content-type", "application/json"), key[0]];
    let spelled_otherwise = " {\"description\":\"B\",\n \"title\":\"A \", \"more\": 1}";
    for again in [
        client.send_json("POST", "", &key, &body).await,
        client.send("POST", "", &json_type, spelled_otherwise).await,
    ] {
        assert_eq!((again.status.as_u16(), &again.body), (201, &first.body));
        assert_eq!(again.header("idempotency-replayed"), "true");
        for name in ["location", "etag", "content-type"] {
            assert_eq!(again.header(name), first.header(name));
        }
    }
    for other in [
        json!({ "title": "C" }),
        json!({ "title": "A", "description": "B", "id": ID }),
    ] {
        let answer = client.send_json("POST", "", &key, &other).await;
        assert_problem(
            &answer,
            422,
            "IDEMPOTENCY_KEY_REUSED",
            "This Idempotency-Key was sent with another request before",
        );
    }
    assert_eq!(
        eve.client(&server)
            .send_json("POST", "", &key, &body)
            .await
            .header("idempotency-replayed"),
        ""
    );
    assert_eq!(
        client.get("").await.json().as_array().map(Vec::len),
        Some(1)
    );

    let token = server.clock.clone();
    token.advance(Duration::hours(24) - Duration::minutes(1));
    let fresh = fresh_token(&server, "ada@example.org").await;
    let client = super::client::Client {
        token: &fresh,
        ..client
    };
    assert_eq!(
        client
            .send_json("POST", "", &key, &body)
            .await
            .header("idempotency-replayed"),
        "true"
    );
    server.clock.advance(Duration::minutes(1));
    let anew = client
        .send_json("POST", "", &key, &json!({ "title": "C" }))
        .await;
    assert_eq!(
        (anew.status.as_u16(), anew.header("idempotency-replayed")),
        (201, "")
    );
    server.clock.advance(Duration::hours(24) + Duration::SECOND);
    maintenance::once(&server.accounts).await;
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM idempotency_key")
        .fetch_one(&pool)
        .await
        .expect("a count");
    assert_eq!(left, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_key_is_for_what_was_done_not_for_what_was_refused(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let key = [("idempotency-key", "a-key")];
    assert_eq!(
        client
            .send_json("POST", "", &key, &json!({ "title": "" }))
            .await
            .status,
        422
    );
    let taken = client.add("A").await;
    assert_eq!(
        client
            .send_json("POST", "", &key, &json!({ "title": "B", "id": taken }))
            .await
            .status,
        409
    );
    assert_eq!(
        client
            .send_json("POST", "", &key, &json!({ "title": "B" }))
            .await
            .status,
        201
    );
    for key in ["", " ", "a b", "ä", &"x".repeat(256)] {
        let answer = client
            .send_json(
                "POST",
                "",
                &[("idempotency-key", key)],
                &json!({ "title": "B" }),
            )
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (400, "BAD_REQUEST"),
            "{key}"
        );
    }
    let twice = [("idempotency-key", "a"), ("idempotency-key", "b")];
    assert_eq!(
        client
            .send_json("POST", "", &twice, &json!({ "title": "B" }))
            .await
            .status,
        400
    );
    let longest = "~".repeat(255);
    assert_eq!(
        client
            .send_json(
                "POST",
                "",
                &[("idempotency-key", &longest)],
                &json!({ "title": "B" })
            )
            .await
            .status,
        201
    );
}

async fn fresh_token(server: &site::Server, email: &str) -> String {
    let mut browser = crate::accounts::people::Browser::default();
    browser
        .sign_in(server, email, crate::accounts::people::PASSWORD)
        .await;
    browser.token(server).await
}
