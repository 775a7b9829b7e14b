//! The real binary, run as an operator runs it: in a directory of its own, with an environment of its own.

use std::{
    ffi::{OsStr, OsString},
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tempfile::TempDir;

use crate::site::write_site;

/// Generous: a start includes `initdb`, and machines are busy. Nothing waits this long unless it fails.
pub const PATIENCE: Duration = Duration::from_secs(90);
pub const SECRET: &str = "a secret for tests, 32 bytes or more";

/// A call of `donewell`, being put together.
pub struct Command {
    directory: TempDir,
    data: PathBuf,
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
}

/// What a finished call left behind.
#[derive(Debug)]
pub struct Output {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Command {
    pub fn donewell(subcommand: &str) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let data = directory.path().join("data");
        Self {
            directory,
            data,
            arguments: vec![subcommand.into()],
            variables: Vec::new(),
        }
    }

    /// `donewell serve` on a free port, with a site and all it needs but a database.
    pub fn serve() -> Self {
        let command = Self::donewell("serve");
        let site = write_site(command.directory.path());
        command
            .variable("LEPTOS_SITE_ADDR", "127.0.0.1:0")
            .variable("LEPTOS_SITE_ROOT", site)
    }

    pub fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    pub fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables
            .push((name.into(), value.as_ref().to_owned()));
        self
    }

    pub fn database(self, url: &str) -> Self {
        self.variable("DATABASE_URL", url)
            .variable("AUTH_SECRET", SECRET)
    }

    pub fn data(mut self, data: &Path) -> Self {
        data.clone_into(&mut self.data);
        self
    }

    pub fn file(self, name: &str, text: &str) -> Self {
        fs::write(self.directory.path().join(name), text).expect("a file can be written");
        self
    }

    pub fn directory(self, name: &str) -> Self {
        fs::create_dir(self.directory.path().join(name)).expect("a directory can be made");
        self
    }

    pub fn remove(self, name: &str) -> Self {
        let path = self.directory.path().join(name);
        let removed = if path.is_dir() {
            fs::remove_dir_all(path)
        } else {
            fs::remove_file(path)
        };
        removed.expect("it was there");
        self
    }

    /// Runs to the end.
    pub fn run(self) -> Output {
        let output = self.prepare().output().expect("the binary runs");
        Output {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Starts, without waiting for anything.
    pub fn spawn(self) -> Process {
        let mut child = self
            .prepare()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let stderr = child.stderr.take().expect("it is piped");
        let log = thread::spawn(move || {
            let mut text = String::new();
            // Lines that are no text are of no interest to a test.
            let _ = BufReader::new(stderr).read_to_string(&mut text);
            text
        });
        Process {
            _directory: self.directory,
            child,
            stdout,
            log: Some(log),
            url: String::new(),
        }
    }

    /// Starts and waits until it is ready.
    pub fn start(self) -> Process {
        self.spawn().until_ready()
    }

    fn prepare(&self) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_donewell"));
        command
            .args(&self.arguments)
            .current_dir(self.directory.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("DONEWELL_DATA", &self.data)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }
}

/// A running `donewell`; ends with the test.
pub struct Process {
    _directory: TempDir,
    child: Child,
    stdout: BufReader<ChildStdout>,
    log: Option<thread::JoinHandle<String>>,
    pub url: String,
}

impl Process {
    pub fn until_ready(mut self) -> Self {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("it can be read");
        let Some((_, address)) = line.split_once("listening on ") else {
            let output = self.wait();
            panic!("it did not start: {output:?}");
        };
        self.url = format!("http://{}", address.trim_end().trim_end_matches(')'));
        self
    }

    pub fn id(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).expect("a process id"))
    }

    pub fn signal(&self, signal: Signal) {
        kill(self.id(), signal).expect("it is there to be signalled");
    }

    /// Waits for the end that something else brings about.
    pub fn wait(mut self) -> Output {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                break status;
            }
            assert!(Instant::now() < deadline, "it does not end");
            pause();
        };
        let mut stdout = String::new();
        let _ = self.stdout.read_to_string(&mut stdout);
        let log = self.log.take().map(thread::JoinHandle::join);
        Output {
            code: status.code().unwrap_or(-1),
            stdout,
            stderr: log.and_then(Result::ok).unwrap_or_default(),
        }
    }

    pub fn stop(self) -> Output {
        self.signal(Signal::SIGTERM);
        self.wait()
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    pub fn post_form(&self, path: &str, form: &str) -> Answer {
        let form_type = ("Content-Type", "application/x-www-form-urlencoded");
        self.send(
            "POST",
            path,
            &[form_type, ("Accept", "application/json")],
            form,
        )
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .build()
            .into();
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.to_owned()).expect("a request");
        let mut response = agent.run(request).expect("the server answers");
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.body_mut().read_to_string().unwrap_or_default(),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SIGTERM first, so that an embedded cluster ends as well when a test fails.
        let _ = kill(self.id(), Signal::SIGTERM);
        eventually("it ends", || !matches!(self.child.try_wait(), Ok(None)));
    }
}

/// An answer by HTTP.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    }
}

/// Looks again and again until it is so.
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "it never came to be that {what}");
        pause();
    }
}

/// Between two looks at something that happens elsewhere.
fn pause() {
    thread::sleep(Duration::from_millis(20));
}
