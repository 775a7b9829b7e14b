//! The list: what is asked for, in order, a page at a time, everything once.

use serde_json::{Value, json};
use sqlx::PgPool;

use super::client::{Account, Client};
use crate::{requests::Answer, site};

/// The query of the next page's address, as `rest` for the client.
pub fn next(page: &Answer) -> Option<String> {
    let link = page.header("link");
    let address = link.strip_prefix('<')?.strip_suffix(">; rel=\"next\"")?;
    let query = address.split_once('?').expect("a query").1;
    Some(format!("?{query}"))
}

fn names(page: &Answer, member: &str) -> Vec<String> {
    assert_eq!(page.status, 200, "{}", page.body);
    let tasks = page.json();
    let tasks = tasks.as_array().expect("a bare array").iter();
    tasks
        .map(|task| task[member].as_str().expect("a text").to_owned())
        .collect()
}

async fn walk(client: &Client<'_>, first: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = first.to_owned();
    loop {
        let page = client.get(&rest).await;
        found.extend(names(&page, "id"));
        match next(&page) {
            Some(query) => rest = query,
            None => return found,
        }
        assert!(found.len() < 1000, "it goes round in circles");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn every_order_gives_everything_once_though_keys_are_alike(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let (ada, eve) = (
        Account::new(&server, "Ada").await,
        Account::new(&server, "Eve").await,
    );
    for (owner, count) in [(&ada.id, 60), (&eve.id, 10)] {
        sqlx::query(
            "INSERT INTO task (owner_id, id, title, description, completed_at, due_date, due_at, created_at, updated_at)
             SELECT $1::uuid, gen_random_uuid(), (ARRAY['b', 'B', 'ä', 'Step 2', 'Step 10'])[1 + n % 5], '',
                    CASE WHEN n % 3 = 0 THEN now() END,
                    CASE WHEN n % 4 = 0 THEN date '2026-12-24' + n % 2 END,
                    CASE WHEN n % 4 = 1 THEN timestamptz '2026-12-24T00:00:00Z' + n % 3 * interval '1 hour' END,
                    timestamptz '2026-01-01' + n % 7 * interval '1 microsecond', timestamptz '2026-01-01' + n % 2 * interval '1 day'
             FROM generate_series(1, $2) AS n",
        )
        .bind(owner)
        .bind(count)
        .execute(&pool)
        .await
        .expect("tasks");
    }
    sqlx::query("UPDATE task SET deleted_at = now() WHERE id IN (SELECT id FROM task WHERE owner_id = $1::uuid AND title = 'b' LIMIT 2)")
        .bind(&ada.id)
        .execute(&pool)
        .await
        .expect("two are deleted");
    let client = ada.client(&server);
    for (sort, key) in [
        ("created", "created_at"),
        ("updated", "updated_at"),
        ("title", "title COLLATE title_order"),
        ("due_date", "due_key"),
    ] {
        for order in ["asc", "desc"] {
            for (status, which) in [
                ("all", "true"),
                ("pending", "completed_at IS NULL"),
                ("completed", "completed_at IS NOT NULL"),
            ] {
                for (search, matching) in [("", "%"), ("&q=E", "%e%")] {
                    let expected: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
                        "SELECT id::text FROM task
                         WHERE owner_id = $1::uuid AND deleted_at IS NULL AND {which} AND title ILIKE '{matching}'
                         ORDER BY {key} {order}, id {order}"
                    )))
                    .bind(&ada.id)
                    .fetch_all(&pool)
                    .await
                    .expect("ids");
                    assert!(expected.len() > 7, "{search}: more than a page");
                    let rest =
                        format!("?status={status}&sort={sort}&order={order}&limit=7{search}");
                    assert_eq!(walk(&client, &rest).await, expected, "{rest}");
                }
            }
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_newest_comes_first_and_titles_sort_as_people_do(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    for title in ["Step 10", "step 2", "Ärger", "zoo", "apple"] {
        client.add(title).await;
        server.clock.advance(time::Duration::SECOND);
    }
    let newest = names(&client.get("").await, "title");
    assert_eq!(newest, ["apple", "zoo", "Ärger", "step 2", "Step 10"]);
    let sorted = names(&client.get("?sort=title").await, "title");
    assert_eq!(sorted, ["apple", "Ärger", "step 2", "Step 10", "zoo"]);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_next_pages_address_is_whole_and_keeps_what_was_asked(pool: PgPool) {
    let variables = [
        ("PUBLIC_URL", "https://todo.example.org"),
        ("TRUSTED_ORIGINS", site::ORIGIN),
    ];
    let server = site::server(pool, &variables).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    for number in 0..5 {
        client.add(&format!("A b&c {number}")).await;
    }
    let page = client
        .get("?q=b%26c&limit=2&status=pending&mine=x%3Ey&flag")
        .await;
    let link = page.header("link").to_owned();
    let start = format!(
        "<https://todo.example.org/api/{}/tasks?q=b%26c&limit=2&status=pending&mine=x%3Ey&flag=&cursor=",
        ada.id
    );
    assert!(link.starts_with(&start), "{link}");
    let second = client.get(&next(&page).expect("a next page")).await;
    let third = client.get(&next(&second).expect("a next page")).await;
    assert_eq!(
        (names(&second, "id").len(), names(&third, "id").len()),
        (2, 1)
    );
    assert_eq!(third.header("link"), "", "that was all");
    assert_eq!(third.header("etag"), "");
    let exactly = client.get("?limit=5").await;
    assert_eq!(
        (names(&exactly, "id").len(), exactly.header("link")),
        (5, "")
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_search_ignores_case_and_knows_no_wildcards(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    client
        .post(json!({ "title": "100% done", "description": "Größe_1" }))
        .await;
    client
        .post(json!({ "title": "1000 things", "description": "back\\slash ÇA" }))
        .await;
    for (search, expected) in [
        ("100%25", &["100% done"][..]),
        ("0_", &[]),
        ("GR%C3%96SSE", &[]),
        ("GR%C3%96%C3%9FE_", &["100% done"]),
        ("%C3%A7a", &["1000 things"]),
        ("k%5Cs", &["1000 things"]),
        ("done%0AGr", &[]),
        ("", &["1000 things", "100% done"]),
        ("'%20OR%201=1--", &[]),
        ("DONE", &["100% done"]),
    ] {
        let page = client
            .get(&format!("?q={search}&sort=title&order=desc"))
            .await;
        if search.contains("%0A") {
            assert_eq!(page.status, 400);
        } else {
            assert_eq!(names(&page, "title"), expected, "{search}");
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_parameter_that_is_wrong_is_named(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let long = format!("q={}", "x".repeat(201));
    let old = "cursor=".to_owned()
        + &cursor(&json!([
            "created",
            "desc",
            -377_000_000_000_000_000_i64,
            "0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f"
        ]));
    for (query, name) in [
        ("status=done", "status"),
        ("status=", "status"),
        ("status=All", "status"),
        ("sort=name", "sort"),
        ("order=up", "order"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=-1", "limit"),
        ("limit=%2B5", "limit"),
        ("limit=", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("limit=1.5", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=", "cursor"),
        ("status=all&status=all", "status"),
        ("limit=1&x=1&limit=1", "limit"),
        ("q=a%00b", "q"),
        ("q=a%0Ab", "q"),
        (long.as_str(), "q"),
        (old.as_str(), "cursor"),
    ] {
        let answer = client.get(&format!("?{query}")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (400, "BAD_REQUEST"),
            "{query}: {}",
            answer.body
        );
        let detail = answer.json()["detail"].as_str().expect("a text").to_owned();
        assert!(
            detail.starts_with(&format!("The parameter `{name}` ")),
            "{query}: {detail}"
        );
    }
    let fine = [
        "",
        "?",
        "?unknown=1&unknown=2",
        "?limit=200",
        "?limit=1",
        "?limit=007",
        "?q=",
        "?&&",
    ];
    for rest in fine {
        assert_eq!(client.get(rest).await.status, 200, "{rest}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_made_up_cursor_is_refused_or_harmless(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    client.add("A").await;
    let id = "0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f";
    for sort in ["created", "updated", "title", "due_date"] {
        for key in [
            json!(null),
            json!(0),
            json!(i64::MAX),
            json!(i64::MIN),
            json!(-210_000_000_000_000_000_i64),
            json!("a"),
            json!("a\u{0}"),
            json!(1.5),
            json!([]),
        ] {
            for order in ["asc", "desc"] {
                let made_up = cursor(&json!([sort, order, key, id]));
                let answer = client
                    .get(&format!("?sort={sort}&order={order}&cursor={made_up}"))
                    .await;
                assert!(
                    [200, 400].contains(&answer.status.as_u16()),
                    "{sort} {key}: {}",
                    answer.body
                );
            }
        }
    }
}

fn cursor(value: &Value) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(value.to_string())
}
