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

    pub(super) async fn deliver(&self, message: Message) -> Result<(), String> {
        match self {
            Self::Smtp(smtp) => smtp
                .send(message)
                .await
                .map(drop)
                .map_err(|error| error.to_string()),
            Self::Directory(directory) => {
                let directory = directory.clone();
                tokio::task::spawn_blocking(move || write(&directory, &message.formatted()))
                    .await
                    .map_err(|error| error.to_string())?
                    .map_err(|error| error.to_string())
            }
        }
    }

    /// Whether another try may help: a server may be busy or restarting, a directory is what it is.
    pub(super) fn may_recover(&self) -> bool {
        matches!(self, Self::Smtp(_))
    }
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
