//! The pool: connections are kept, never more than may be, and fit for use whatever became of whoever had them.

use std::time::Duration;

use donewell_app::pool::Pool;
use sqlx::{Executor, PgPool, postgres::PgConnectOptions, query_scalar};
use tokio::{task::JoinSet, time::timeout};

fn pool_of(test: &PgPool, limit: u32) -> Pool {
    Pool::new(PgConnectOptions::clone(&test.connect_options()), limit)
}

async fn backend(pool: &Pool) -> i32 {
    query_scalar("SELECT pg_backend_pid()")
        .fetch_one(pool)
        .await
        .expect("an answer")
}

#[sqlx::test(migrations = false)]
async fn a_connection_is_kept(test: PgPool) {
    let pool = pool_of(&test, 3);
    let first = backend(&pool).await;
    for _ in 0..5 {
        assert_eq!(backend(&pool).await, first);
    }
    assert_eq!((pool.size(), pool.idle()), (1, 1));
    pool.close().await;
}

#[sqlx::test(migrations = false)]
async fn many_share_a_few(test: PgPool) {
    let pool = pool_of(&test, 3);
    let mut askers = JoinSet::new();
    for _ in 0..60 {
        let pool = pool.clone();
        askers.spawn(async move {
            query_scalar::<_, i32>("SELECT pg_backend_pid() FROM pg_sleep(0.002)")
                .fetch_one(&pool)
                .await
                .expect("an answer")
        });
    }
    let mut backends = askers.join_all().await;
    backends.sort_unstable();
    backends.dedup();
    assert!((1..=3).contains(&backends.len()), "{backends:?}");
    let count = u32::try_from(backends.len()).expect("a few");
    assert_eq!((pool.size(), pool.idle()), (count, count));
    pool.close().await;
}

#[sqlx::test(migrations = false)]
async fn whoever_asks_in_vain_is_told_so_in_time(test: PgPool) {
    let pool = pool_of(&test, 1);
    let held = pool.acquire().await.expect("a connection");
    let refused = timeout(Duration::from_secs(8), pool.acquire())
        .await
        .expect("in time");
    assert!(
        matches!(refused, Err(sqlx::Error::PoolTimedOut)),
        "{refused:?}"
    );
    drop(held);
    backend(&pool).await;
    pool.close().await;
}

#[sqlx::test(migrations = false)]
async fn an_answer_that_nobody_waited_for_is_not_given_to_the_next(test: PgPool) {
    let pool = pool_of(&test, 1);
    let before = backend(&pool).await;
    let slow = query_scalar::<_, i32>("SELECT 1 FROM pg_sleep(0.3)").fetch_one(&pool);
    timeout(Duration::from_millis(30), slow)
        .await
        .expect_err("it takes longer");
    let next: i32 = query_scalar("SELECT 2")
        .fetch_one(&pool)
        .await
        .expect("an answer");
    assert_eq!(next, 2);
    assert_eq!(backend(&pool).await, before, "it is the same connection");
    pool.close().await;
}

#[sqlx::test(migrations = false)]
async fn whoever_leaves_takes_no_connection_along(test: PgPool) {
    let pool = pool_of(&test, 2);
    for wait in 0..40 {
        let wait = Duration::from_micros(wait * 150);
        let transaction = async {
            let mut transaction = pool.begin().await?;
            transaction.execute("SELECT pg_sleep(0.001)").await?;
            transaction.commit().await
        };
        // Wherever it is by then: waiting for a connection, beginning, at work, committing.
        let _ = timeout(wait, transaction).await;
    }
    let (one, two) = (pool.acquire().await, pool.acquire().await);
    let (mut one, mut two) = (one.expect("a connection"), two.expect("another one"));
    for held in [&mut one, &mut two] {
        let answer: i32 = query_scalar("SELECT 3")
            .fetch_one(&mut **held)
            .await
            .expect("an answer");
        assert_eq!(answer, 3);
    }
    drop((one, two));
    assert_eq!((pool.size(), pool.idle()), (2, 2));
    pool.close().await;
}

#[sqlx::test(migrations = false)]
async fn what_is_not_committed_is_undone(test: PgPool) {
    let pool = pool_of(&test, 1);
    let run = async |sql: &'static str| pool.execute(sql).await.expect("it runs");
    run("CREATE TABLE note (text text)").await;
    let mut left = pool.begin().await.expect("it begins");
    left.execute("INSERT INTO note VALUES ('left')")
        .await
        .expect("it runs");
    drop(left);
    let mut failed = pool.begin().await.expect("it begins");
    failed
        .execute("INSERT INTO note VALUES ('failed')")
        .await
        .expect("it runs");
    failed.execute("SELECT 1 / 0").await.expect_err("no number");
    drop(failed);
    let mut kept = pool.begin().await.expect("it begins");
    kept.execute("INSERT INTO note VALUES ('kept')")
        .await
        .expect("it runs");
    kept.commit().await.expect("it holds");
    let all: Vec<String> = query_scalar("SELECT text FROM note")
        .fetch_all(&pool)
        .await
        .expect("an answer");
    assert_eq!(all, ["kept"]);
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'";
    let open: i64 = query_scalar(sql).fetch_one(&test).await.expect("an answer");
    assert_eq!(open, 0, "no transaction goes on");
    pool.close().await;
}

#[sqlx::test(migrations = false)]
async fn a_lost_connection_is_replaced(test: PgPool) {
    let pool = pool_of(&test, 2);
    let lost = backend(&pool).await;
    query_scalar::<_, bool>("SELECT pg_terminate_backend($1, 5000)")
        .bind(lost)
        .fetch_one(&test)
        .await
        .expect("an answer");
    // Whoever comes right after may still get the lost one, once.
    let _ = query_scalar::<_, i32>("SELECT 1").fetch_one(&pool).await;
    assert_ne!(backend(&pool).await, lost);
    assert_eq!(pool.size(), 1);
    pool.close().await;
}

#[sqlx::test(migrations = false)]
async fn the_end_waits_for_whoever_is_at_work(test: PgPool) {
    let pool = pool_of(&test, 2);
    let (worker, closer) = (pool.clone(), pool.clone());
    let mut held = worker.acquire().await.expect("a connection");
    let closing = tokio::spawn(async move { closer.close().await });
    let answer: i32 = query_scalar("SELECT 7 FROM pg_sleep(0.05)")
        .fetch_one(&mut *held)
        .await
        .expect("an answer");
    assert_eq!(answer, 7);
    assert!(!closing.is_finished());
    drop(held);
    closing.await.expect("it ends");
    let refused = pool.acquire().await;
    assert!(
        matches!(refused, Err(sqlx::Error::PoolClosed)),
        "{refused:?}"
    );
    assert_eq!(pool.size(), 0);
}

#[sqlx::test(migrations = false)]
async fn whoever_listens_anew_does_not_wait_for_who_listened_before(test: PgPool) {
    let pool = pool_of(&test, 1);
    // It may hang on a connection that has died without a word.
    let _before = pool.listen().await.expect("a listener");
    let mut now = timeout(Duration::from_secs(2), pool.listen())
        .await
        .expect("in time")
        .expect("a listener");
    now.listen("news").await.expect("it listens");
    pool.acquire()
        .await
        .expect("listeners take none of the connections")
        .execute("NOTIFY news, 'fresh'")
        .await
        .expect("it is told");
    let heard = timeout(Duration::from_secs(5), now.recv())
        .await
        .expect("in time")
        .expect("a notification");
    assert_eq!(heard.payload(), "fresh");
    drop(now);
    pool.close().await;
}
