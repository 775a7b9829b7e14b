//! A server and the Postgres under it, in one of the two ways in which people run them: the server's own cluster, or
//! one that somebody else looks after. Whatever of it lives when it is dropped is killed.

use std::fs;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use donewell_cluster::{Cluster, Durability, Options, url_of_running};
use donewell_proof::directory::Directory;
use donewell_proof::people::Person;
use donewell_proof::postgres::{Postgres, Query, open_directory};
use donewell_proof::server::{Dist, Server, Setting, process};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

/// Old backends end as soon as they notice that nobody is there; a statement that waits for a lock takes until its
/// limit.
const GONE: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub struct House {
    pub setting: Setting,
    /// None while it is down.
    server: Option<Server>,
    postgres: Option<Postgres>,
    // Removed last: fields are dropped in this order.
    _directory: Directory,
}

impl House {
    /// The server runs its own Postgres.
    pub async fn embedded(dist: &Dist) -> Result<House> {
        let directory = open_directory("donewell-torture-")?;
        let setting = Setting::new(dist, directory.path())?;
        House::start(setting, None, directory).await
    }

    /// Postgres runs apart; the server may be told more than where it is.
    pub async fn apart(
        dist: &Dist,
        change: impl FnOnce(Setting, &Postgres) -> Result<Setting>,
    ) -> Result<House> {
        let postgres = Postgres::start()?;
        let url = postgres.create("torture").await?;
        let directory = open_directory("donewell-torture-")?;
        let setting = Setting::new(dist, directory.path())?.on_database(&url);
        let setting = change(setting, &postgres)?;
        House::start(setting, Some(postgres), directory).await
    }

    async fn start(
        setting: Setting,
        postgres: Option<Postgres>,
        directory: Directory,
    ) -> Result<House> {
        let mut house = House {
            setting,
            server: None,
            postgres,
            _directory: directory,
        };
        // Spawned first: what it has started is ended even if it never gets ready.
        let server = house.server.insert(house.setting.spawn()?);
        server.wait_until_ready().await?;
        Ok(house)
    }

    pub fn server(&mut self) -> Result<&mut Server> {
        self.server.as_mut().context("BUG: the server is down")
    }

    pub const fn is_up(&self) -> bool {
        self.server.is_some()
    }

    pub async fn kill_server(&mut self) -> Result<()> {
        let mut server = self.server.take().context("BUG: the server is down")?;
        server.kill().await?;
        Ok(())
    }

    /// Waits for an end that it was asked for.
    pub async fn wait_for_server(&mut self) -> Result<ExitStatus> {
        let mut server = self.server.take().context("BUG: the server is down")?;
        loop {
            if let Some(status) = server.try_wait()? {
                return Ok(status);
            }
            sleep(POLL).await;
        }
    }

    /// Starts the server, and kills it at once or as soon as that.
    pub async fn stumble(&mut self, after: Duration) -> Result<()> {
        let mut server = self.setting.spawn()?;
        sleep(after).await;
        server.kill().await?;
        Ok(())
    }

    /// How long the server took until it was ready.
    pub async fn start_server(&mut self) -> Result<Duration> {
        let started = Instant::now();
        let server = self.server.insert(self.setting.spawn()?);
        server.wait_until_ready().await?;
        Ok(started.elapsed())
    }

    /// Waits until nothing that a dead server has asked for can still happen.
    pub async fn old_queries_end(&self) -> Result<()> {
        // Its own Postgres is stopped by the next start, with all that it does.
        if self.postgres.is_none() {
            return Ok(());
        }
        let started = Instant::now();
        let ask = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'donewell'";
        while self.sql(ask).await? != "0" {
            if started.elapsed() > GONE {
                bail!("a dead server's queries have not ended");
            }
            sleep(POLL).await;
        }
        Ok(())
    }

    /// Kills the postmaster and all of its backends.
    pub fn kill_postgres(&self) -> Result<()> {
        let postmaster = self.postmaster().context("Postgres does not run")?;
        let family = process::children(postmaster.as_raw().cast_unsigned())?;
        kill(postmaster, Signal::SIGKILL)?;
        for child in family {
            // It may have ended by itself.
            kill(Pid::from_raw(child.cast_signed()), Signal::SIGKILL).ok();
        }
        Ok(())
    }

    /// What an operator's init system would do; a server that has its own Postgres does it itself.
    pub async fn restart_postgres(&mut self) -> Result<()> {
        let Some(mut postgres) = self.postgres.take() else {
            return Ok(());
        };
        let (postgres, outcome) = spawn_blocking(move || {
            let outcome = postgres.cluster.restart();
            (postgres, outcome)
        })
        .await?;
        self.postgres = Some(postgres);
        Ok(outcome?)
    }

    pub async fn stop_postgres(&mut self) -> Result<()> {
        let mut postgres = self.postgres.take().context("BUG: it is the server's")?;
        let (postgres, outcome) = spawn_blocking(move || {
            let outcome = postgres.cluster.stop();
            (postgres, outcome)
        })
        .await?;
        self.postgres = Some(postgres);
        Ok(outcome?)
    }

    /// Runs statements; the rows as psql prints them.
    pub async fn sql(&self, statements: &str) -> Result<String> {
        self.query()?.run(statements).await
    }

    /// The same, to be run beside others.
    pub fn query(&self) -> Result<Query> {
        if let Some(postgres) = &self.postgres {
            return Ok(postgres.query("torture"));
        }
        let url = url_of_running(&self.setting.data(), "donewell")
            .context("the server's Postgres does not run")?;
        Ok(Query::new("psql", url))
    }

    /// A list, first by title, that does not fit into what the system keeps for a connection.
    pub async fn add_large_tasks(&self, person: &Person) -> Result<()> {
        let statement = format!(
            "INSERT INTO task (owner_id, id, title, description, created_at, updated_at)
             SELECT '{}', gen_random_uuid(), '0 large', repeat('x', 9000), now(), now()
             FROM generate_series(1, 200)",
            person.id
        );
        self.sql(&statement).await.map(drop)
    }

    fn postmaster(&self) -> Option<Pid> {
        if let Some(postgres) = &self.postgres {
            let id = postgres.cluster.process_id()?;
            return Some(Pid::from_raw(id.cast_signed()));
        }
        let file = self.setting.data().join("postgres/postmaster.pid");
        let id: i32 = fs::read_to_string(file)
            .ok()?
            .lines()
            .next()?
            .parse()
            .ok()?;
        (id > 1).then(|| Pid::from_raw(id))
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // The server first, or it would start its Postgres again.
        drop(self.server.take());
        if self.postgres.is_some() {
            return;
        }
        // A killed server leaves its Postgres behind. Taking its place, and dropping that, ends it in order.
        let deadline = Instant::now() + GONE;
        while self.postmaster().is_some_and(is_alive) && Instant::now() < deadline {
            let options = Options::new(self.setting.data(), Durability::Full);
            match Cluster::start(&options) {
                Ok(cluster) => return drop(cluster),
                Err(_) => std::thread::sleep(POLL),
            }
        }
    }
}

fn is_alive(process: Pid) -> bool {
    kill(process, None) != Err(Errno::ESRCH)
}
