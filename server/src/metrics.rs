//! Prometheus metrics, on an address of their own, so that they need not be public.

use std::{io, time::Duration};

use axum::{Router, routing::get};
use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

use donewell_app::pool::Pool;

/// How long a request took, in seconds.
pub const DURATION: &str = "http_request_duration_seconds";
const BUCKETS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];
/// How often old samples are put into their buckets.
const UPKEEP: Duration = Duration::from_secs(5);

/// The recorder that everything in this process records to.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Starts recording; until then recording costs next to nothing. Once per process.
    pub fn install() -> Self {
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BUCKETS)
            .expect("BUG: the buckets are empty")
            .install_recorder()
            .expect("BUG: a second recorder");
        Self(handle)
    }

    /// Answers `GET /metrics` for as long as the process runs.
    pub async fn serve(self, listener: TcpListener, pool: Pool) -> io::Result<()> {
        let upkeep = self.0.clone();
        tokio::spawn(async move {
            let mut interval = tokio::time::interval(UPKEEP);
            loop {
                interval.tick().await;
                upkeep.run_upkeep();
            }
        });
        let render = move || {
            gauge!("database_connections").set(f64::from(pool.size()));
            gauge!("database_connections_idle").set(f64::from(pool.idle()));
            let text = self.0.render();
            async move { text }
        };
        axum::serve(listener, Router::new().route("/metrics", get(render))).await
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Metrics")
    }
}
