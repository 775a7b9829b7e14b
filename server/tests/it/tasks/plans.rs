//! How the database goes about each list, on 100,000 tasks: by a range of an index, neither sorting nor reading all.

use donewell_app::tasks::{
    ListQuery, Order, Sort, Status,
    store::{FOUND, Limits, OPENED, board_sql, list_sql, lists_sql},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};

const OWNER: &str = "00000000-0000-7000-8000-000000000001";

async fn fill(pool: &PgPool) {
    let statements = [
        "INSERT INTO app_user (id, issuer, subject, name, created_at, updated_at)
         SELECT ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'x', 's' || n, 'N', now(), now()
         FROM generate_series(1, 2) AS n",
        "INSERT INTO task (owner_id, id, title, description, completed_at, due_date, created_at, updated_at)
         SELECT ('00000000-0000-7000-8000-00000000000' || 1 + n % 2)::uuid, gen_random_uuid(),
                CASE WHEN n % 5000 = 1 THEN 'needle ' ELSE 'Task ' END || n, md5(n::text),
                CASE WHEN n % 3 = 0 THEN now() END, CASE WHEN n % 5 = 0 THEN date '2026-01-01' + n % 400 END,
                now() - n * interval '1 minute', now() - (n * 7919 % 100000) * interval '1 minute'
         FROM generate_series(1, 100000) AS n",
        "INSERT INTO session (user_id, id, token_hash, remembered, created_at, updated_at, expires_at)
         SELECT '00000000-0000-7000-8000-000000000001', gen_random_uuid(), sha256(n::text::bytea), true,
                now(), now(), now() + interval '7 days'
         FROM generate_series(1, 20000) AS n",
    ];
    for statement in statements {
        sqlx::query(statement).execute(pool).await.expect("rows");
    }
    sqlx::query("VACUUM ANALYZE task, session, app_user")
        .execute(pool)
        .await
        .expect("statistics");
}

async fn explain_list(connection: &mut PgConnection, query: &ListQuery, is_after: bool) -> String {
    let sql = list_sql(query, is_after, 50);
    let key = match query.sort {
        Sort::Title => "'Task 5'::text",
        _ => "now()::timestamptz",
    };
    let mut arguments = vec![format!("'{OWNER}'::uuid")];
    if is_after {
        arguments.extend([key.to_owned(), "gen_random_uuid()".to_owned()]);
    }
    if !query.search.is_empty() {
        arguments.push(format!("'%{}%'::text", query.search));
    }
    explain(connection, &sql, &arguments).await
}

async fn explain_board(connection: &mut PgConnection, query: &ListQuery) -> String {
    let sql = board_sql(query, Limits::BOTH);
    let mut arguments = vec![
        format!("'{OWNER}'::uuid"),
        "now()::timestamptz".to_owned(),
        "now()::date".to_owned(),
        "now()::timestamptz + interval '1 day'".to_owned(),
    ];
    if !query.search.is_empty() {
        arguments.push(format!("'%{}%'::text", query.search));
    }
    explain(connection, &sql, &arguments).await
}

/// Of those who ask for their lists at once.
async fn explain_lists(connection: &mut PgConnection, query: &ListQuery) -> String {
    let arguments = [format!("'{{{OWNER},{OWNER}}}'::uuid[]")];
    explain(connection, &lists_sql(query, 50), &arguments).await
}

const OPENED_FOR: [&str; 2] = ["'{\\x00}'::bytea[]", "now()::timestamptz"];

/// Of those who open the page.
async fn explain_opened(connection: &mut PgConnection) -> String {
    let arguments = OPENED_FOR.map(str::to_owned);
    explain(connection, &OPENED, &arguments).await
}

fn found_for() -> [String; 2] {
    [
        format!("'{{{OWNER},{OWNER}}}'::uuid[]"),
        format!("'{{{OWNER},{OWNER}}}'::uuid[]"),
    ]
}

async fn explain(connection: &mut PgConnection, sql: &str, arguments: &[String]) -> String {
    let execute = |statement: String| sqlx::raw_sql(AssertSqlSafe(statement));
    execute(format!("PREPARE list AS {sql}"))
        .execute(&mut *connection)
        .await
        .expect("it is prepared");
    let lines: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
        "EXPLAIN EXECUTE list ({})",
        arguments.join(", ")
    )))
    .persistent(false)
    .fetch_all(&mut *connection)
    .await
    .expect("a plan");
    execute("DEALLOCATE list".to_owned())
        .execute(connection)
        .await
        .expect("it is forgotten");
    lines.join("\n")
}

fn all_queries() -> impl Iterator<Item = ListQuery> {
    Sort::ALL.into_iter().flat_map(|sort| {
        [Order::Asc, Order::Desc]
            .into_iter()
            .flat_map(move |order| {
                Status::ALL.into_iter().map(move |status| ListQuery {
                    status,
                    sort,
                    order,
                    search: String::new(),
                })
            })
    })
}

#[sqlx::test(migrations = "../migrations")]
async fn no_list_of_a_hundred_thousand_tasks_sorts_or_reads_them_all(pool: PgPool) {
    fill(&pool).await;
    let options = pool.connect_options();
    for mode in ["force_custom_plan", "force_generic_plan"] {
        let mut connection = PgConnection::connect_with(&options)
            .await
            .expect("a connection");
        sqlx::raw_sql(AssertSqlSafe(format!("SET plan_cache_mode = {mode}")))
            .execute(&mut connection)
            .await
            .expect("set");
        let plan = explain_opened(&mut connection).await;
        for costly in [
            "Sort  (",
            "Seq Scan on task",
            "Seq Scan on session",
            "Bitmap",
            "Parallel",
        ] {
            assert!(!plan.contains(costly), "{mode}:\n{plan}");
        }
        assert!(
            plan.contains("session_token_hash_unique"),
            "{mode}:\n{plan}"
        );
        assert_eq!(plan.matches("using task_created_idx").count(), 2, "{plan}");
        let plan = explain(&mut connection, FOUND, &found_for()).await;
        assert!(plan.contains("task_pkey"), "{mode}:\n{plan}");
        assert!(!plan.contains("Seq Scan on task"), "{mode}:\n{plan}");
        for query in all_queries() {
            for is_after in [false, true] {
                let plan = explain_list(&mut connection, &query, is_after).await;
                for costly in ["Sort  (", "Seq Scan", "Bitmap"] {
                    assert!(
                        !plan.contains(costly),
                        "{mode} {query:?} {is_after}:\n{plan}"
                    );
                }
                let index = match query.sort {
                    Sort::Created => "task_created_idx",
                    Sort::Updated => "task_updated_idx",
                    Sort::Title => "task_title_idx",
                    Sort::DueDate => "task_due_idx",
                };
                assert!(plan.contains(index), "{mode} {query:?}:\n{plan}");
            }
            let plan = explain_lists(&mut connection, &query).await;
            // One page after the other, each in its order.
            assert!(plan.starts_with("Nested Loop"), "{mode} {query:?}:\n{plan}");
            for costly in ["Sort  (", "Seq Scan", "Bitmap", "Parallel", "Memoize"] {
                assert!(!plan.contains(costly), "{mode} {query:?}:\n{plan}");
            }
            let plan = explain_board(&mut connection, &query).await;
            // The rows come in the order of the lists: one after the other, each as its index has it.
            assert!(plan.starts_with("Nested Loop Left Join"), "{plan}");
            assert!(!plan.contains("Parallel"), "{plan}");
            let (_, lists) = plan.split_once("->  Append").expect("two lists");
            for costly in ["Sort  (", "Seq Scan", "Bitmap"] {
                assert!(!lists.contains(costly), "{mode} {query:?}:\n{plan}");
            }
            let search = ListQuery {
                search: "needle".to_owned(),
                ..query
            };
            let plan = explain_list(&mut connection, &search, false).await;
            assert!(!plan.contains("Seq Scan"), "{mode} {search:?}:\n{plan}");
            let plan_of_page = explain_board(&mut connection, &search).await;
            let (_, lists) = plan_of_page.split_once("->  Append").expect("two lists");
            assert!(!lists.contains("Seq Scan"), "{mode} {search:?}:\n{lists}");
            // Every task says it: whoever reads on until a page is full need not read them all.
            let common = ListQuery {
                search: "task".to_owned(),
                ..search.clone()
            };
            let plan_of_page = explain_board(&mut connection, &common).await;
            let (_, lists) = plan_of_page.split_once("->  Append").expect("two lists");
            assert!(!lists.contains("Seq Scan"), "{mode} {common:?}:\n{lists}");
            for is_after in [false, true] {
                let plan = explain_list(&mut connection, &common, is_after).await;
                assert!(!plan.contains("Seq Scan"), "{mode} {common:?}:\n{plan}");
            }
            if mode == "force_custom_plan" {
                assert!(
                    plan.contains("task_search_idx"),
                    "{mode} {search:?}:\n{plan}"
                );
            }
        }
    }
}

/// What many share is asked with as many values as they happen to be: Postgres is to keep one plan for all numbers.
#[sqlx::test(migrations = "../migrations")]
async fn what_many_ask_together_is_planned_once(pool: PgPool) {
    fill(&pool).await;
    let mut connection = pool.acquire().await.expect("a connection");
    let query = ListQuery::default();
    let statements = [
        (FOUND.to_owned(), found_for().to_vec()),
        (lists_sql(&query, 50), found_for()[..1].to_vec()),
        (OPENED.clone(), OPENED_FOR.map(str::to_owned).to_vec()),
    ];
    for (sql, arguments) in statements {
        let mut execute = vec![format!("PREPARE shared AS {sql}")];
        let arguments = arguments.join(", ");
        execute.extend((0..8).map(|_| format!("EXECUTE shared ({arguments})")));
        for statement in execute {
            sqlx::raw_sql(AssertSqlSafe(statement))
                .execute(&mut *connection)
                .await
                .expect("it is run");
        }
        let planned_once: i64 = sqlx::query_scalar(
            "SELECT generic_plans FROM pg_prepared_statements WHERE name = 'shared'",
        )
        .persistent(false)
        .fetch_one(&mut *connection)
        .await
        .expect("it is there");
        // Five times it tries what a plan for these values would cost.
        assert_eq!(planned_once, 3, "{sql}");
        sqlx::raw_sql("DEALLOCATE shared")
            .execute(&mut *connection)
            .await
            .expect("it is forgotten");
    }
}
