//! What accounts cost, on the release build: `DATABASE_URL=… cargo bench --package donewell-server`.
//!
//! Makes a database of its own beside the one that is named, and drops it at the end.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use donewell_app::{
    auth::{
        accounts::{Accounts, Settings},
        caller::Caller,
        clock::Clock,
        identity::SignedIn,
        limits::LimitSettings,
        service::{self, SignIn, SignUp, SignedUp},
        token::Sealer,
    },
    pool::Pool,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::{
    sync::Semaphore,
    time::{MissedTickBehavior, interval},
};

const DATABASE: &str = "donewell_bench";
const PASSWORD: &str = "a long and quiet evening";
const NEW_TOKENS: usize = 2_000;
const KNOWN: usize = 20_000;
const LISTS: usize = 1_500;
const SIGN_INS_PER_SECOND: u32 = 50;

#[tokio::main]
async fn main() {
    let url = std::env::var("DATABASE_URL").expect("DATABASE_URL names a PostgreSQL");
    let mut admin = PgConnection::connect(&url).await.expect("it answers");
    recreate(&mut admin).await;
    let options = url
        .parse::<sqlx::postgres::PgConnectOptions>()
        .expect("a URL");
    let pool = Pool::new(options.database(DATABASE), 10);
    donewell_server::database::MIGRATIONS
        .run(&mut *pool.acquire().await.expect("it answers"))
        .await
        .expect("migrated");
    let accounts = Arc::new(
        Accounts::open(pool.clone(), settings(), Clock::default())
            .await
            .expect("they open"),
    );
    accounts.spawn_background();

    let signed_in = sign_up(&accounts).await;
    tokens(&accounts, &signed_in).await;
    storm(&accounts, &signed_in).await;

    pool.close().await;
    drop_database(&mut admin).await;
}

fn settings() -> Settings {
    Settings {
        origin: "http://localhost:3000".into(),
        trusted_origins: Vec::new(),
        require_verification: false,
        limits: LimitSettings::default(),
        outside: None,
        sealer: Sealer::new("a secret for measuring, thirty-two bytes", None),
        smtp_url: None,
        mail_from: "Donewell <todo@example.org>".into(),
        mail_directory: std::env::temp_dir().join("donewell-bench-mail"),
    }
}

async fn recreate(admin: &mut PgConnection) {
    drop_database(admin).await;
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {DATABASE}")))
        .execute(admin)
        .await
        .expect("made");
}

async fn drop_database(admin: &mut PgConnection) {
    sqlx::query(AssertSqlSafe(format!(
        "DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"
    )))
    .execute(admin)
    .await
    .expect("dropped");
}

async fn sign_up(accounts: &Arc<Accounts>) -> SignedIn {
    let request = SignUp {
        name: "Ada",
        email: "ada@example.org",
        password: PASSWORD,
        image: None,
        remember: true,
        callback_url: None,
        former: None,
    };
    match service::sign_up(accounts, &Caller::default(), request)
        .await
        .expect("signed up")
    {
        SignedUp::Begun(begun) => SignedIn {
            session: begun.session,
            user: begun.user,
        },
        SignedUp::Pending(_) => unreachable!("BUG: nothing has to be proved"),
    }
}

/// What verifying adds to a request, for a token that is new and for one that is known.
async fn tokens(accounts: &Accounts, signed_in: &SignedIn) {
    let mut user = signed_in.user.clone();
    let mut tokens = Vec::new();
    for number in 0..NEW_TOKENS {
        user.name = format!("Ada {number}");
        tokens.push(service::mint(accounts, &user, &signed_in.session).expect("signed"));
    }
    let mut new = Vec::new();
    for token in &tokens {
        new.push(timed(accounts.verifier.verify(token)).await);
    }
    let mut known = Vec::new();
    for number in 0..KNOWN {
        known.push(timed(accounts.verifier.verify(&tokens[number % tokens.len()])).await);
    }
    report("a new token", &mut new);
    report("a known token", &mut known);
}

/// A list from the database while nothing else happens, and while people sign in.
async fn storm(accounts: &Arc<Accounts>, signed_in: &SignedIn) {
    let mut idle = lists(accounts, signed_in).await;
    let answered = Arc::new(Semaphore::new(0));
    let storm = tokio::spawn(sign_ins(accounts.clone(), answered.clone()));
    // It is under way once as many have been answered as come in half a second.
    let some = answered.acquire_many(SIGN_INS_PER_SECOND / 2);
    drop(some.await.expect("it is never closed"));
    let mut busy = lists(accounts, signed_in).await;
    storm.abort();
    report("a list, idle", &mut idle);
    report("a list, 50 sign-ins/s", &mut busy);
    println!(
        "p99, busy to idle: {:.1}",
        percentile(&mut busy, 99).as_secs_f64() / percentile(&mut idle, 99).as_secs_f64()
    );
}

/// As somebody's page asks for it: one after the other, with a pause.
async fn lists(accounts: &Accounts, signed_in: &SignedIn) -> Vec<Duration> {
    let mut times = Vec::new();
    let mut ticks = interval(Duration::from_millis(5));
    for _ in 0..LISTS {
        ticks.tick().await;
        times.push(timed(service::list(accounts, signed_in.user.id)).await);
    }
    times
}

async fn sign_ins(accounts: Arc<Accounts>, answered: Arc<Semaphore>) {
    let mut ticks = interval(Duration::from_millis(1000 / u64::from(SIGN_INS_PER_SECOND)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    loop {
        ticks.tick().await;
        let (accounts, answered) = (accounts.clone(), answered.clone());
        tokio::spawn(async move {
            let request = SignIn {
                email: "nobody@example.org",
                password: PASSWORD,
                remember: true,
                former: None,
            };
            // Refused, as it should be, or turned away: the hash is what costs.
            let _ = service::sign_in(&accounts, &Caller::default(), request).await;
            answered.add_permits(1);
        });
    }
}

async fn timed<T, E: std::fmt::Debug>(work: impl Future<Output = Result<T, E>>) -> Duration {
    let start = Instant::now();
    work.await.expect("it works");
    start.elapsed()
}

fn report(what: &str, times: &mut [Duration]) {
    println!(
        "{what}: median {:?}, p99 {:?} ({} times)",
        percentile(times, 50),
        percentile(times, 99),
        times.len()
    );
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() - 1) * percent / 100]
}
