//! The server without its socket, in our own process, on a Postgres that is thrown away.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use donewell_app::auth::accounts::Accounts;
use donewell_app::auth::clock::Clock;
use donewell_app::pool::Pool;
use donewell_cluster::{Cluster, Durability, NAME, Options};
use donewell_proof::directory::Directory;
use donewell_proof::people::PASSWORD;
use donewell_proof::postgres::open_directory;
use donewell_proof::server::Dist;
use donewell_server::accounts;
use donewell_server::config::{Config, Source};
use donewell_server::database::MIGRATIONS;
use donewell_server::middleware::caller::Proxies;
use donewell_server::router::{self, State};
use donewell_server::site::Site;
use serde_json::{Value, json};
use tower::ServiceExt;

const CONNECTIONS: u32 = 10;
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;
pub const ORIGIN: &str = "http://localhost:3000";

#[derive(Debug)]
pub struct InProcess {
    pub router: Router,
    pub accounts: Arc<Accounts>,
    /// Somebody who has signed up.
    pub user: String,
    pub token: String,
    pub cookie: String,
    pub task: String,
    // Stopped before its directory is removed: fields are dropped in this order.
    _cluster: Cluster,
    _directory: Directory,
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl InProcess {
    pub async fn start(dist: &Dist) -> Result<InProcess> {
        let directory = open_directory("donewell-fuzz-")?;
        let options = Options::new(directory.path().join("postgres"), Durability::ThrowAway);
        let cluster = Cluster::start(&options)?;
        let pool = Pool::new(cluster.url(NAME).parse()?, CONNECTIONS);
        MIGRATIONS.run(&mut *pool.acquire().await?).await?;
        let data = directory.path().join("data");
        let variables: HashMap<&str, &str> = HashMap::from([
            ("PUBLIC_URL", ORIGIN),
            ("DONEWELL_DATA", data.to_str().context("an odd directory")?),
            ("AUTH_SECRET", "for proofs only, and long enough for them"),
            ("AUTH_RATE_LIMIT", "off"),
            ("MAIL_RATE_LIMIT", "off"),
            ("ADDRESS_RATE_LIMIT", "off"),
            ("ACCOUNT_LOCKOUT", "off"),
            ("API_RATE_LIMIT", "off"),
        ]);
        let config = Config::parse(&variables.into_iter().collect::<Source>())
            .map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
        let site = Site::find(Some(&dist.directory.join("site")))?;
        let settings = accounts::settings(&config, &config.public_url(config.listen))?;
        let accounts = Arc::new(Accounts::open(pool, settings, Clock::default()).await?);
        let proxies = Proxies::new(&config.trusted_proxies);
        let router = router::build(State::new(&site, accounts.clone(), proxies));
        let mut server = InProcess {
            router,
            accounts,
            user: String::new(),
            token: String::new(),
            cookie: String::new(),
            task: String::new(),
            _cluster: cluster,
            _directory: directory,
        };
        server.sign_up().await?;
        Ok(server)
    }

    async fn sign_up(&mut self) -> Result<()> {
        let body = json!({ "name": "Ada", "email": "ada@example.org", "password": PASSWORD });
        let request = Request::post("/api/auth/sign-up/email")
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))?;
        let answer = self.send(request).await?;
        let said: Value = serde_json::from_slice(&answer.body)?;
        let text = |value: &Value| value.as_str().map(str::to_owned).context("no text");
        self.user = text(&said["user"]["id"])?;
        self.token = text(&said["token"])?;
        let cookie = answer.headers.get("set-cookie").context("no cookie")?;
        let cookie = cookie.to_str()?.split(';').next().unwrap_or_default();
        cookie.clone_into(&mut self.cookie);
        let request = Request::post(format!("/api/{}/tasks", self.user))
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.token))
            .body(Body::from(json!({ "title": "Buy milk" }).to_string()))?;
        let answer = self.send(request).await?;
        ensure!(answer.status == 201, "{answer:?}");
        self.task = text(&serde_json::from_slice::<Value>(&answer.body)?["id"])?;
        Ok(())
    }

    pub async fn send(&self, request: Request<Body>) -> Result<Answer> {
        let response = self.router.clone().oneshot(request).await?;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, LARGEST_ANSWER).await?;
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.to_vec(),
        })
    }
}
