//! What a stranger can learn from the time that an answer takes: not whether there is such an account.

use std::time::{Duration, Instant};

use sqlx::PgPool;

use super::people::{Browser, sign_up};
use crate::site::{self, Server};

const ROUNDS: usize = 16;

async fn time(server: &Server, email: &str) -> Duration {
    let start = Instant::now();
    let answer = Browser::default()
        .sign_in(server, email, "not this one")
        .await;
    let time = start.elapsed();
    assert_eq!(answer.status, 401, "{}", answer.body);
    time
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

#[sqlx::test(migrations = "../migrations")]
async fn an_unknown_address_takes_as_long_as_a_wrong_password(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let (mut wrong, mut unknown) = (Vec::new(), Vec::new());
    // In turns, so that whatever else the machine does slows both down alike; and each as often after itself as
    // after the other, for what a failure leaves to be written down is done beside the request that comes next.
    for number in 0..ROUNDS {
        let nobody = format!("nobody{number}@example.org");
        if number % 2 == 0 {
            wrong.push(time(&server, &ada.email).await);
            unknown.push(time(&server, &nobody).await);
        } else {
            unknown.push(time(&server, &nobody).await);
            wrong.push(time(&server, &ada.email).await);
        }
    }
    let ratio = median(unknown.clone()) / median(wrong.clone());
    assert!(
        (0.7..=1.4).contains(&ratio),
        "{ratio}: {unknown:?}, {wrong:?}"
    );
}
