//! Many at once.

use futures_util::future::join_all;
use serde_json::json;
use sqlx::PgPool;

use super::client::Account;
use crate::site;

const CLIENTS: usize = 50;

#[sqlx::test(migrations = "../migrations")]
async fn fifty_clients_on_one_task_get_in_nobodys_way(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let id = client.add("A").await;
    let rounds = (0..CLIENTS).map(|number| {
        let id = &id;
        async move {
            let mut changes = 0;
            for step in 0..4 {
                let answer = match (number + step) % 3 {
                    0 => client.toggle(id).await,
                    1 => {
                        client
                            .patch(id, json!({ "title": format!("by {number}") }))
                            .await
                    }
                    _ => {
                        client
                            .put(
                                id,
                                json!({ "title": format!("by {number}"), "description": "x" }),
                            )
                            .await
                    }
                };
                assert_eq!(answer.status, 200, "{}", answer.body);
                changes += 1;
            }
            changes
        }
    });
    let changes: i64 = join_all(rounds).await.into_iter().sum();
    let tag = client
        .get(&format!("/{id}"))
        .await
        .header("etag")
        .to_owned();
    assert_eq!(tag, format!("\"{}\"", changes + 1), "each has counted");
    let deletions = join_all((0..CLIENTS).map(|number| {
        let id = &id;
        async move {
            let answer = if number % 2 == 0 {
                client.delete(id).await
            } else {
                client.toggle(id).await
            };
            (number % 2 == 0, answer.status.as_u16())
        }
    }))
    .await;
    assert_eq!(
        deletions
            .iter()
            .filter(|answer| **answer == (true, 204))
            .count(),
        1
    );
    assert!(
        deletions
            .iter()
            .all(|(_, status)| [200, 204, 404].contains(status)),
        "{deletions:?}"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn of_fifty_changes_of_one_version_one_wins(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let id = client.add("A").await;
    let rest = format!("/{id}");
    let answers = join_all((0..CLIENTS).map(|number| {
        let rest = &rest;
        async move {
            let title = format!("by {number}");
            let answer = client
                .send_json(
                    "PATCH",
                    rest,
                    &[("if-match", "\"1\"")],
                    &json!({ "title": title }),
                )
                .await;
            (answer.status.as_u16(), title)
        }
    }))
    .await;
    let winners: Vec<_> = answers
        .iter()
        .filter(|(status, _)| *status == 200)
        .collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    assert!(
        answers
            .iter()
            .all(|(status, _)| [200, 412].contains(status)),
        "{answers:?}"
    );
    let task = client.get(&rest).await;
    assert_eq!(task.json()["title"], winners[0].1);
    assert_eq!(task.header("etag"), "\"2\"");
}

#[sqlx::test(migrations = "../migrations")]
async fn the_same_post_fifty_times_at_once_makes_one_task(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let id = "0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f";
    let by_id =
        join_all((0..CLIENTS).map(|_| client.post(json!({ "id": id, "title": "A" })))).await;
    let made = by_id.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 1);
    assert!(
        by_id
            .iter()
            .all(|answer| [200, 201].contains(&answer.status.as_u16()))
    );
    let title = json!({ "title": "B" });
    let key = [("idempotency-key", "once")];
    let by_key = join_all((0..CLIENTS).map(|_| client.send_json("POST", "", &key, &title))).await;
    let first = by_key
        .iter()
        .filter(|answer| answer.header("idempotency-replayed").is_empty())
        .count();
    assert_eq!(first, 1);
    for answer in &by_key {
        assert_eq!(
            (answer.status.as_u16(), &answer.body),
            (201, &by_key[0].body)
        );
    }
    assert_eq!(
        client.get("").await.json().as_array().map(Vec::len),
        Some(2)
    );
}
