//! Many tasks asked for at once: they are read together, and nobody gets what is another's.

use std::time::Duration;

use futures_util::future::{Either, join, join_all, select};
use sqlx::{PgPool, Postgres, Transaction};
use tokio::time::sleep;
use uuid::Uuid;

use super::client::{Account, assert_problem};
use crate::site;

/// Nobody reads tasks until it is given back.
async fn lock(pool: &PgPool) -> Transaction<'static, Postgres> {
    let mut held = pool.begin().await.expect("a transaction");
    sqlx::query("LOCK TABLE task")
        .execute(&mut *held)
        .await
        .expect("the lock");
    held
}

#[sqlx::test(migrations = "../migrations")]
async fn each_gets_their_own(pool: PgPool) {
    let server = site::server(pool, &[]).await;
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
    let answers = join_all(asked.iter().map(|(client, id, wanted)| async move {
        let answer = client.get(&format!("/{id}")).await;
        (answer, id, wanted)
    }))
    .await;
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
async fn who_goes_away_takes_nobodys_answer_along(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let id = client.add("A").await;
    let rest = format!("/{id}");
    let mut held = lock(&pool).await;
    let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'task'::regclass
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let is_asked = async {
        while sqlx::query_scalar::<_, i64>(waits)
            .fetch_one(&mut *held)
            .await
            .expect("a number")
            == 0
        {
            sleep(Duration::from_millis(10)).await;
        }
    };
    let ask = || Box::pin(join_all((0..10).map(|_| client.get(&rest))));
    let (mut leaving, mut staying) = (ask(), ask());
    let all = join(&mut leaving, &mut staying);
    let first = select(Box::pin(all), Box::pin(is_asked)).await;
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
