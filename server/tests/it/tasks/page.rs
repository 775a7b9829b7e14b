//! The page of tasks as the server renders it, with the lists that are read along with the session and the parts that
//! are rendered once for all.

use axum::http::{Method, header};
use serde_json::{Value, json};
use sqlx::PgPool;
use time::Duration;

use super::client::Client;
use crate::{
    accounts::people::{Browser, Person, sign_up},
    requests::Answer,
    site::{self, Server},
};

/// Clocks two hours ahead.
const HERE: &str = "utc_offset=120";

/// The page, as somebody opens it who has these cookies too.
async fn open(browser: &mut Browser, server: &Server, path: &str, more: &str) -> Answer {
    let session = browser.cookie.as_deref().expect("a session");
    let cookies = format!("{session}; {more}");
    let mut request = browser
        .request(Method::GET, path)
        .body(axum::body::Body::empty())
        .expect("a request");
    let cookies = cookies.parse().expect("a header value");
    request.headers_mut().insert(header::COOKIE, cookies);
    browser.send(server, request).await
}

/// What a page sends along for the browser to come alive with.
pub fn board(page: &Answer) -> Value {
    let said = page.body.split("__RESOLVED_RESOURCES[").skip(1);
    let texts = said.filter_map(|said| {
        let (_, text) = said.split_once(" = ")?;
        let end = text.find("\";")? + 1;
        serde_json::from_str::<String>(&text[..end]).ok()
    });
    let mut values = texts.filter_map(|text| serde_json::from_str::<Value>(&text).ok());
    let board = values.find(|value| value["Ok"].get("counts").is_some());
    board.unwrap_or_else(|| panic!("no list: {}", page.body))["Ok"].clone()
}

/// The same by the server function, which asks for all of it at once.
async fn asked(person: &mut Person, server: &Server) -> Value {
    let list = "status=all&sort=created&search=";
    let mut browser = person.browser.clone();
    let cookie = browser.cookie.expect("a session");
    browser.cookie = Some(format!("{cookie}; {HERE}"));
    browser.call(server, "/fn/tasks/list", list).await.json()
}

#[sqlx::test(migrations = "../migrations")]
async fn the_page_has_what_the_list_has_however_long_it_is(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    // No midnight comes between one question and the next.
    let now = server.clock.now() + Duration::hours(2);
    let noon = now.replace_time(time::Time::MIDNIGHT) + Duration::hours(36);
    server.clock.advance(noon - now);
    let mut ada = sign_up(&server, "Ada").await;
    let bea = sign_up(&server, "Bea").await;
    let client = |person: &Person| (person.id.clone(), person.token.clone());
    let ((ada_id, ada_token), (bea_id, bea_token)) = (client(&ada), client(&bea));
    let client = Client {
        server: &server,
        token: &ada_token,
        id: &ada_id,
    };
    let other = Client {
        server: &server,
        token: &bea_token,
        id: &bea_id,
    };
    other.add("Not yours").await;
    // Around midnight two hours ahead: of today, of yesterday, of tomorrow.
    let now = server.clock.now() + Duration::hours(2);
    let day = |days: i64| (now + Duration::days(days)).date().to_string();
    let at = |hours: i64| {
        let midnight = now.replace_time(time::Time::MIDNIGHT) - Duration::hours(2);
        let at = midnight + Duration::hours(hours);
        format!("{}T{:02}:00:00Z", at.date(), at.hour())
    };
    let (mut open_count, mut done_count) = (0, 0);
    let dues = [day(-1), day(0), day(1), at(-1), at(0), at(23), at(24)];
    for (open_goal, done_goal) in [(0, 0), (7, 0), (14, 3), (50, 10), (51, 10), (51, 11)] {
        while open_count < open_goal {
            let due = &dues[open_count % dues.len()];
            let body = json!({ "title": format!("Open {open_count}"), "due_date": due });
            assert_eq!(client.post(body).await.status, 201);
            open_count += 1;
        }
        while done_count < done_goal {
            let id = client.add(&format!("Done {done_count}")).await;
            assert_eq!(client.toggle(&id).await.status, 200);
            done_count += 1;
            if done_count == 2 {
                // As if it had been done the day before.
                sqlx::query("UPDATE task SET completed_at = completed_at - interval '1 day' WHERE id::text = $1")
                    .bind(&id)
                    .execute(&pool)
                    .await
                    .expect("one row");
            }
        }
        let gone = client.add("Gone").await;
        assert_eq!(client.delete(&gone).await.status, 204);
        let page = open(&mut ada.browser, &server, "/tasks", HERE).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let board = board(&page);
        assert_eq!(board, asked(&mut ada, &server).await);
        assert_eq!(
            (&board["counts"]["open"], &board["counts"]["done"]),
            (&json!(open_goal), &json!(done_goal))
        );
        if open_goal == 14 {
            // Twice each of yesterday's and today's: by day, and by hours.
            assert_eq!(board["counts"]["due_today"], 10, "{board}");
            assert_eq!(board["counts"]["done_today"], 2, "{board}");
        }
        assert!(!page.body.contains("Not yours") && !page.body.contains("Gone"));
        let rows = page.body.matches("<li class=\"row task\"").count();
        assert_eq!(rows, open_goal.min(50) + done_goal.min(10));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_rendered_once_for_all_says_nothing_of_anybody(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let names = [
        "Ada",
        "</span><script>alert(1)</script>",
        "\" onclick=\"alert(1)",
        "Zoë & 'Bo' \u{F0001}\u{F0000} {0}",
    ];
    let mut people = Vec::new();
    for (number, name) in names.iter().enumerate() {
        let mut person = sign_up(&server, &format!("P{number}")).await;
        let body = json!({ "name": name });
        let path = "/api/auth/update-user";
        let changed = person.browser.post(&server, path, body).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        let client = Client {
            server: &server,
            token: &person.token,
            id: &person.id,
        };
        for task in 0..=number {
            client.add(&format!("Task {task} of P{number}.")).await;
        }
        // One has more than is shown.
        if number == 3 {
            for _ in 0..50 {
                client.add("One of many").await;
            }
        }
        people.push(person);
    }
    let cookies = [
        "utc_offset=120; theme=dark",
        "utc_offset=-660",
        "theme=light",
        "utc_offset=840; theme=nonsense",
    ];
    let refused = "/tasks?__path=%2Ffn%2Ftasks%2Fadd&__err=%7B%22code%22%3A%22TITLE_TOO_LONG%22%7D";
    let paths = [
        "/tasks",
        refused,
        "/tasks?status=pending",
        "/tasks?status=completed&sort=title",
        "/tasks?q=task",
        "/settings",
        "/",
        "/nowhere",
    ];
    for round in 0..2 {
        for path in paths {
            for number in 0..names.len() {
                let browser = &mut people[number].browser;
                let page = open(browser, &server, path, cookies[number]).await;
                if page.status == 302 {
                    continue;
                }
                let (html, why) = (&page.body, format!("{round} {path} {number}"));
                assert!(!html.contains("<script>alert"), "{why}");
                // Before what is sent along for the browser, which is no markup.
                let (html, _) = html.split_once("__RESOLVED_RESOURCES").expect("both");
                assert!(!html.contains("\" onclick"), "{why}");
                assert!(html.contains(&format!("p{number}@example.org")), "{why}");
                for other in (0..names.len()).filter(|other| *other != number) {
                    assert!(!html.contains(&format!("p{other}@")), "{why}: {other}");
                    assert!(!html.contains(&format!("of P{other}.")), "{why}: {other}");
                }
                let text = html
                    .replace("&lt;", "<")
                    .replace("&gt;", ">")
                    .replace("&quot;", "\"")
                    .replace("&#39;", "'")
                    .replace("&#x27;", "'")
                    .replace("&amp;", "&");
                let is_named = text.matches(names[number]).count();
                assert!(is_named >= 3, "{why}: {is_named}");
                if path == "/tasks" {
                    let count = if number == 3 { 54 } else { number + 1 };
                    let all = format!("All<span class=\"tasks-count\">{count}<");
                    assert!(html.contains(&all), "{why}: {html}");
                }
            }
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_that_is_over_opens_no_page_and_one_in_use_is_extended(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let fresh = open(&mut ada.browser, &server, "/tasks", HERE).await;
    assert_eq!(
        (fresh.status.as_u16(), fresh.header("set-cookie")),
        (200, "")
    );
    server.clock.advance(Duration::days(1));
    let extended = open(&mut ada.browser, &server, "/tasks", HERE).await;
    assert_eq!(extended.status, 200);
    assert!(extended.header("set-cookie").contains("donewell_session="));
    server.clock.advance(Duration::days(7));
    let mut former = ada.browser.clone();
    let over = open(&mut ada.browser, &server, "/tasks", HERE).await;
    assert_eq!(
        (over.status.as_u16(), over.header("location")),
        (302, "/login?next=/tasks")
    );
    assert_eq!(ada.browser.cookie, None, "the browser is told to forget it");
    assert_eq!(open(&mut former, &server, "/tasks", HERE).await.status, 302);
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_opens_the_page_too_often_has_to_wait_for_the_list(pool: PgPool) {
    let server = site::server(pool.clone(), &[("API_RATE_LIMIT", "3/10s")]).await;
    let rename = async |statement: &'static str| {
        let renamed = sqlx::query(statement).execute(&pool).await;
        renamed.expect("another name");
    };
    let mut ada = sign_up(&server, "Ada").await;
    for _ in 0..3 {
        assert_eq!(
            open(&mut ada.browser, &server, "/tasks", HERE).await.status,
            200
        );
    }
    // Whoever read a task now would have to say that there is none to read.
    rename("ALTER TABLE task RENAME TO hidden").await;
    for _ in 0..3 {
        let page = open(&mut ada.browser, &server, "/tasks", HERE).await;
        assert_eq!(page.status, 429);
        assert!(
            page.body.contains("ada@example.org"),
            "it is still Ada's page"
        );
    }
    rename("ALTER TABLE hidden RENAME TO task").await;
    server.clock.advance(Duration::seconds(10));
    assert_eq!(
        open(&mut ada.browser, &server, "/tasks", HERE).await.status,
        200
    );
}
