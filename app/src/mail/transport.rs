//! Where mail goes: to a mail server, or, where none is configured, into a directory as `.eml` files.

use std::{
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use url::{Host, Url};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(15);

/// A way to deliver.
#[derive(Clone, Debug)]
pub enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Directory(PathBuf),
}

impl Transport {
    /// `smtps://` encrypts from the start, `smtp://` as soon as it can; to another machine it must.
    pub fn smtp(url: &str) -> Result<Self, String> {
        let mut url = Url::parse(url).map_err(|_| "not a URL".to_owned())?;
        let names_tls = url.query_pairs().any(|(key, _)| key == "tls");
        if url.scheme() == "smtp" && !names_tls {
            let tls = if is_this_machine(&url) {
                "opportunistic"
            } else {
                "required"
            };
            url.query_pairs_mut().append_pair("tls", tls);
        }
        AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str())
            .map(|builder| Self::Smtp(builder.timeout(Some(PATIENCE)).build()))
            .map_err(|_| "not a URL that a mail server can be reached by".to_owned())
    }

    pub fn directory(path: PathBuf) -> Self {
        Self::Directory(path)
    }

    pub(super) async fn deliver(&self, message: Message) -> Result<(), Undelivered> {
        match self {
            Self::Smtp(smtp) => smtp
                .send(message)
                .await
                .map(drop)
                .map_err(|error| Undelivered {
                    // A server may be busy or restarting; an address that it refuses it will refuse again.
                    may_recover: !error.is_permanent(),
                    why: error.to_string(),
                }),
            Self::Directory(directory) => {
                let directory = directory.clone();
                let written =
                    tokio::task::spawn_blocking(move || write(&directory, &message.formatted()));
                written
                    .await
                    .map_err(std::io::Error::other)
                    .flatten()
                    .map_err(|error| Undelivered {
                        may_recover: false,
                        why: error.to_string(),
                    })
            }
        }
    }
}

/// A letter that did not go out.
#[derive(Debug)]
pub(super) struct Undelivered {
    pub may_recover: bool,
    pub why: String,
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        // A scheme that is not the web's leaves addresses unparsed.
        Some(Host::Domain(name)) => {
            name == "localhost"
                || name
                    .parse()
                    .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
        }
        None => false,
    }
}

/// Readable by the owner only: links in it are as good as passwords. Appears whole, under its final name.
fn write(directory: &Path, message: &[u8]) -> std::io::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)?;
    let name = Uuid::now_v7();
    let draft = directory.join(format!(".{name}.part"));
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?
        .write_all(message)?;
    let path = directory.join(format!("{name}.eml"));
    std::fs::rename(draft, &path)?;
    tracing::info!(path = %path.display(), "no SMTP_URL is set: mail was written to a file");
    Ok(())
}
