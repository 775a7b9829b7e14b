//! The types of single values and how each is read. A reader that refuses says what would do.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use ipnet::IpNet;
use url::Url;

use super::parse::Read;

/// A value that must not be shown.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub(super) fn new(value: String) -> Self {
        Self(value)
    }

    /// The value itself, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(hidden)")
    }
}

/// Scheme, host and port of a site, as browsers write it in `Origin`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    pub(super) fn localhost(port: u16) -> Self {
        Self(format!("http://localhost:{port}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// So many in so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub count: u32,
    pub period: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Pretty,
    Json,
}

pub(super) fn database_url(text: &str) -> Read<()> {
    let wanted = "a URL such as postgres://user:password@host/database";
    let url = Url::parse(text).map_err(|_| wanted)?;
    match url.scheme() {
        "postgres" | "postgresql" => Ok(()),
        _ => Err(wanted),
    }
}

pub(super) fn smtp_url(text: &str) -> Read<()> {
    let wanted = "a URL such as smtps://user:password@mail.example.org";
    let url = Url::parse(text).map_err(|_| wanted)?;
    match url.scheme() {
        "smtp" | "smtps" if url.has_host() => Ok(()),
        _ => Err(wanted),
    }
}

pub(super) fn auth_secret(text: &str) -> Read<()> {
    if text.len() >= 32 {
        Ok(())
    } else {
        Err("at least 32 bytes, such as `openssl rand -base64 32` prints")
    }
}

pub(super) fn path(text: &str) -> Read<PathBuf> {
    self::text(text)
        .map(PathBuf::from)
        .map_err(|_| "a path without control characters")
}

pub(super) fn text(text: &str) -> Read<String> {
    if text.contains(char::is_control) {
        Err("text without control characters")
    } else {
        Ok(text.to_owned())
    }
}

pub(super) fn address(text: &str) -> Read<SocketAddr> {
    text.parse()
        .map_err(|_| "an IP address and a port, such as 127.0.0.1:3000 or [::]:3000")
}

pub(super) fn count(text: &str) -> Read<u32> {
    text.parse()
        .ok()
        .filter(|count| (1..=10_000).contains(count))
        .ok_or("a number from 1 to 10000")
}

pub(super) fn flag(text: &str) -> Read<bool> {
    text.parse().map_err(|_| "true or false")
}

pub(super) fn log_format(text: &str) -> Read<LogFormat> {
    match text {
        "pretty" => Ok(LogFormat::Pretty),
        "json" => Ok(LogFormat::Json),
        _ => Err("pretty or json"),
    }
}

pub(super) fn log_filter(text: &str) -> Read<String> {
    text.parse::<tracing_subscriber::EnvFilter>()
        .map(|_| text.to_owned())
        .map_err(|_| "a filter such as info or donewell_server=debug,info")
}

pub(super) fn mailbox(text: &str) -> Read<String> {
    let address = match text.split_once('<') {
        Some((_, rest)) => rest.strip_suffix('>'),
        None => Some(text),
    };
    address
        .and_then(|address| address.split_once('@'))
        .filter(|(user, host)| {
            let odd = |c: char| c.is_whitespace() || c.is_control() || "<>@,;".contains(c);
            !user.is_empty() && !host.is_empty() && !user.contains(odd) && !host.contains(odd)
        })
        .filter(|_| !text.contains(char::is_control))
        .map(|_| text.to_owned())
        .ok_or("an address such as Donewell <todo@example.org>")
}

pub(super) fn http_url(text: &str) -> Read<Url> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or("an http or https URL")
}

pub(super) fn origin(text: &str) -> Read<Origin> {
    let wanted = "an origin such as https://todo.example.org, without a path";
    let url = http_url(text).map_err(|_| wanted)?;
    let bare = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if bare {
        Ok(Origin(url.origin().ascii_serialization()))
    } else {
        Err(wanted)
    }
}

pub(super) fn network(text: &str) -> Read<IpNet> {
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| "an address or network such as 10.0.0.0/8")
}

/// What is longer is a slip of the finger.
const LONGEST: Duration = Duration::from_hours(365 * 24);

pub(super) fn duration(text: &str) -> Read<Duration> {
    let wanted = "a time such as 30s, 15m or 24h";
    let unit = text.chars().last().ok_or(wanted)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return Err(wanted),
    };
    let number: u32 = text[..text.len() - 1].parse().map_err(|_| wanted)?;
    if number == 0 {
        return Err(wanted);
    }
    let time = Duration::from_secs(u64::from(number) * seconds);
    if time > LONGEST {
        return Err("a time of at most a year, such as 30s, 15m or 24h");
    }
    Ok(time)
}

pub(super) fn rate(text: &str) -> Read<Option<Rate>> {
    if text == "off" {
        return Ok(None);
    }
    let wanted = "a count and a time such as 3/10s or 10/15m, or off";
    let (count, period) = text.split_once('/').ok_or(wanted)?;
    let count = count
        .parse()
        .ok()
        .filter(|&count| count > 0)
        .ok_or(wanted)?;
    let period = duration(period).map_err(|_| wanted)?;
    Ok(Some(Rate { count, period }))
}
