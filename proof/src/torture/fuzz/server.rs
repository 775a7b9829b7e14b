//! The server without its socket, in our own process, on a Postgres that is thrown away.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

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
const EMAIL: &str = "ada@example.org";
pub const ORIGIN: &str = "http://localhost:3000";

#[derive(Debug)]
pub struct InProcess {
    pub router: Router,
    pub accounts: Arc<Accounts>,
    pub person: Person,
    pub task: String,
    guests: AtomicU64,
    // Stopped before its directory is removed: fields are dropped in this order.
    _cluster: Cluster,
    _directory: Directory,
}

/// Somebody who has signed up.
#[derive(Debug, Default)]
pub struct Person {
    pub user: String,
    pub token: String,
    pub cookie: String,
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
        let server = InProcess {
            router,
            accounts,
            person: Person::default(),
            task: String::new(),
            guests: AtomicU64::default(),
            _cluster: cluster,
            _directory: directory,
        };
        server.begin("/api/auth/sign-up/email", EMAIL).await?;
        Ok(server)
    }

    /// A session, a token and a task that are new.
    pub async fn begin_anew(&mut self) -> Result<()> {
        self.person = self.begin("/api/auth/sign-in/email", EMAIL).await?;
        let request = Request::post(format!("/api/{}/tasks", self.person.user))
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.person.token))
            .body(Body::from(json!({ "title": "Buy milk" }).to_string()))?;
        let answer = self.send(request).await?;
        ensure!(answer.status == 201, "{answer:?}");
        self.task = text(&serde_json::from_slice::<Value>(&answer.body)?["id"])?;
        Ok(())
    }

    /// That nothing has taken session and token away, without which most of what is thrown is refused at the door.
    pub async fn are_we_still_there(&self) -> Result<()> {
        let Person {
            user,
            token,
            cookie,
        } = &self.person;
        for (name, value) in [
            ("authorization", &format!("Bearer {token}")),
            ("cookie", cookie),
        ] {
            let request = Request::get(format!("/api/{user}/tasks")).header(name, value);
            let answer = self.send(request.body(Body::empty())?).await?;
            let status = answer.status;
            ensure!(status == 200, "our {name} is good for {status} by now");
        }
        Ok(())
    }

    /// Somebody who may be gone afterwards.
    pub async fn guest(&self) -> Result<Person> {
        let email = format!("guest{}@example.org", self.guests.fetch_add(1, Relaxed));
        self.begin("/api/auth/sign-up/email", &email).await
    }

    async fn begin(&self, path: &str, email: &str) -> Result<Person> {
        let body = json!({ "name": "Ada", "email": email, "password": PASSWORD });
        let request = Request::post(path)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))?;
        let answer = self.send(request).await?;
        let said = String::from_utf8_lossy(&answer.body);
        ensure!(answer.status == 200, "{path}: {} {said}", answer.status);
        let said: Value = serde_json::from_str(&said)?;
        let cookie = answer.headers.get("set-cookie").context("no cookie")?;
        let cookie = cookie.to_str()?.split(';').next().unwrap_or_default();
        Ok(Person {
            user: text(&said["user"]["id"])?,
            token: text(&said["token"])?,
            cookie: cookie.to_owned(),
        })
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

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).context("no text")
}
