//! Many who ask at once: what they ask for is read together, and nobody gets what is another's.

use std::time::Duration;

use futures_util::future::{Either, join, join_all, select};
use serde_json::json;
use sqlx::{PgPool, Postgres, Transaction};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::{
    client::{Account, Client, assert_problem},
    page::board,
};
use crate::{
    accounts::people::{Browser, sign_up},
    site::{self, Server},
};

/// Nobody reads tasks until it is given back.
async fn lock(pool: &PgPool) -> Transaction<'static, Postgres> {
    let mut held = pool.begin().await.expect("a transaction");
    sqlx::query("LOCK TABLE task")
        .execute(&mut *held)
        .await
        .expect("the lock");
    held
}

async fn somebody_waits(held: &mut Transaction<'static, Postgres>) {
    let looking = timeout(Duration::from_secs(10), look_until_somebody_waits(held));
    looking.await.expect("somebody waits");
}

async fn look_until_somebody_waits(held: &mut Transaction<'static, Postgres>) {
    let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'task'::regclass
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    while sqlx::query_scalar::<_, i64>(waits)
        .fetch_one(&mut **held)
        .await
        .expect("a number")
        == 0
    {
        sleep(Duration::from_millis(10)).await;
    }
}

/// Has them all ask before one of them is answered, and sees that some were asked for together: by fewer statements than
/// there are questions.
async fn at_once<T>(
    server: &Server,
    pool: &PgPool,
    all: impl ExactSizeIterator<Item = impl Future<Output = T>>,
) -> Vec<T> {
    let (count, before) = (all.len(), shared_statements(server).await);
    let mut held = lock(pool).await;
    let answering = async move {
        somebody_waits(&mut held).await;
        held.rollback().await.expect("it is given back");
    };
    let answers = join(join_all(all), answering).await.0;
    let statements = shared_statements(server).await - before;
    assert!(
        (1..count).contains(&statements),
        "{statements} statements for {count} questions"
    );
    answers
}

/// How often the server has sent one that can ask for several at once.
async fn shared_statements(server: &Server) -> usize {
    let pool = &server.accounts.pool;
    let sent =
        "SELECT coalesce(sum(generic_plans + custom_plans), 0)::bigint FROM pg_prepared_statements
                WHERE statement LIKE $1";
    let (mut all, mut sum) = (Vec::new(), 0);
    while pool.idle() > 0 {
        let mut connection = pool.acquire().await.expect("a connection");
        sum += sqlx::query_scalar::<_, i64>(sent)
            .bind("%WITH ORDINALITY%")
            .fetch_one(&mut *connection)
            .await
            .expect("a number");
        all.push(connection);
    }
    usize::try_from(sum).expect("a count")
}

#[sqlx::test(migrations = "../migrations")]
async fn each_gets_their_own(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let (ada, ben) = (
        Account::new(&server, "Ada").await,
        Account::new(&server, "Ben").await,
    );
    let (of_ada, of_ben) = (ada.client(&server), ben.client(&server));
    let mut asked = Vec::new();
    for number in 0..30 {
        let (a, b) = (format!("Ada's {number}"), format!("Ben's {number}"));
        let (id_a, id_b) = (of_ada.add(&a).await, of_ben.add(&b).await);
        // Twice by its owner, once by the other one, and one that nobody has.
        asked.extend([
            (of_ada, id_a.clone(), Some(a.clone())),
            (of_ben, id_a.clone(), None),
            (of_ben, id_b.clone(), Some(b)),
            (of_ada, id_b, None),
            (of_ada, id_a, Some(a)),
            (of_ada, Uuid::now_v7().to_string(), None),
        ]);
    }
    let deleted = of_ada.add("Deleted").await;
    of_ada.delete(&deleted).await;
    asked.push((of_ada, deleted, None));
    let asked = asked.iter().map(|(client, id, wanted)| async move {
        let answer = client.get(&format!("/{id}")).await;
        (answer, id, wanted)
    });
    let answers = at_once(&server, &pool, asked).await;
    for (answer, id, wanted) in answers {
        match wanted {
            Some(title) => {
                let task = answer.json();
                assert_eq!(answer.status, 200, "{}", answer.body);
                assert_eq!(
                    (&task["id"], &task["title"]),
                    (&id[..].into(), &title[..].into())
                );
            }
            None => assert_problem(&answer, 404, "TASK_NOT_FOUND", "Task not found"),
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn each_gets_their_own_list(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let people = [("Ada", 30), ("Ben", 3), ("Cy", 0)];
    let mut accounts = Vec::new();
    for (name, count) in people {
        let account = Account::new(&server, name).await;
        let client = account.client(&server);
        for number in 0..count {
            // In an order that is not that of their making.
            let id = client.add(&format!("{} of {name}", number * 7 % 30)).await;
            if number % 5 == 0 {
                client.toggle(&id).await;
            }
        }
        accounts.push(account);
    }
    let lists = [
        "",
        "?limit=2",
        "?limit=3",
        "?status=pending",
        "?status=completed&limit=2",
        "?sort=title&order=asc&limit=20",
        "?sort=title&order=desc",
        "?sort=updated&limit=2",
        "?sort=due_date&limit=2",
        "?q=1&limit=2",
    ];
    let mut asked = Vec::new();
    for account in &accounts {
        for list in lists {
            let alone = account.client(&server).get(list).await;
            assert_eq!(alone.status, 200, "{list}: {}", alone.body);
            asked.push((account, list, alone));
        }
    }
    let asked: Vec<_> = (0..4).flat_map(|_| &asked).collect();
    let asked = asked.into_iter().map(|(account, list, alone)| {
        let client = account.client(&server);
        async move { (client.get(list).await, client.id, list, alone) }
    });
    let answers = at_once(&server, &pool, asked).await;
    for (answer, id, list, alone) in answers {
        assert_eq!(
            (answer.status, &answer.body, answer.header("link")),
            (alone.status, &alone.body, alone.header("link")),
            "{list}"
        );
        let tasks = answer.json();
        let tasks = tasks.as_array().expect("a list");
        assert!(tasks.iter().all(|task| task["user_id"] == id), "{list}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn each_opens_their_own_page(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    // Fewer than a page shows of what is open and of what is done, more of the one, more of both.
    let names = [("Ada", 5, 2), ("Ben", 51, 0), ("Cy", 53, 12), ("Di", 1, 1)];
    let mut people = Vec::new();
    for (name, open, done) in names {
        let person = sign_up(&server, name).await;
        let client = Client {
            server: &server,
            token: &person.token,
            id: &person.id,
        };
        for number in 0..open + done {
            let id = client.add(&format!("{number} of {name}.")).await;
            if number < done {
                client.toggle(&id).await;
            }
        }
        people.push(person);
    }
    let mut alone = Vec::new();
    for person in &people {
        let page = person.browser.clone().get(&server, "/tasks").await;
        assert_eq!(page.status, 200, "{}", page.body);
        alone.push(board(&page));
    }
    let ended = people[3].browser.clone();
    let path = "/api/auth/sign-out";
    let answer = people[3].browser.post(&server, path, json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let unknown = Browser {
        cookie: Some(format!("donewell_session={}", "A".repeat(43))),
        ..Browser::default()
    };
    let nobody = [(&ended, None), (&unknown, None)];
    let known = [0, 1, 2].map(|number| (&people[number].browser, Some(number)));
    let all = known.into_iter().chain(nobody);
    let asked: Vec<_> = (0..10).flat_map(|_| all.clone()).collect();
    let asked = asked.iter().map(|(browser, whose)| {
        let mut browser = (*browser).clone();
        let server = &server;
        async move { (browser.get(server, "/tasks").await, *whose) }
    });
    let pages = at_once(&server, &pool, asked).await;
    for (page, whose) in pages {
        let Some(whose) = whose else {
            assert_eq!(page.status, 302, "{}", page.body);
            continue;
        };
        assert_eq!(page.status, 200, "{}", page.body);
        assert_eq!(board(&page), alone[whose]);
        for (number, person) in people.iter().enumerate() {
            let is_theirs = page.body.contains(&person.email);
            assert_eq!(is_theirs, number == whose, "{}", person.email);
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn who_goes_away_takes_nobodys_answer_along(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let id = client.add("A").await;
    let rest = format!("/{id}");
    let mut held = lock(&pool).await;
    let ask = || Box::pin(join_all((0..10).map(|_| client.get(&rest))));
    let (mut leaving, mut staying) = (ask(), ask());
    let all = join(&mut leaving, &mut staying);
    let first = select(Box::pin(all), Box::pin(somebody_waits(&mut held))).await;
    assert!(matches!(first, Either::Right(_)), "nobody can be answered");
    drop(first);
    drop(leaving);
    held.rollback().await.expect("it is given back");
    for answer in staying.await {
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_connection_that_is_lost_is_a_503_for_all_who_asked_by_it_and_for_nobody_after(
    pool: PgPool,
) {
    let server = site::server(pool.clone(), &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let id = client.add("A").await;
    let rest = format!("/{id}");
    let mut held = lock(&pool).await;
    let asked = join_all((0..50).map(|_| client.get(&rest)));
    let killing = async {
        loop {
            // Here, and not what other tests wait for.
            sqlx::query(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND relation = 'task'::regclass
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            )
            .execute(&mut *held)
            .await
            .expect("they are ended");
            sleep(Duration::from_millis(10)).await;
        }
    };
    let answers = select(asked, Box::pin(killing)).await;
    let answers = answers.factor_first().0;
    for answer in answers {
        assert_problem(
            &answer,
            503,
            "UNAVAILABLE",
            "There is too much to do, or the database cannot be reached. Try again later",
        );
    }
    held.rollback().await.expect("it is given back");
    let after = client.get(&rest).await;
    assert_eq!(after.status, 200, "{}", after.body);
}
