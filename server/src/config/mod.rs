//! The configuration, parsed once into types. Whoever holds a `Config` need not check anything again.
//!
//! Every fault is found in one go and names its variable; what a secret was set to is never repeated.

mod parse;
mod source;
mod values;
mod variables;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use ipnet::IpNet;
use url::Url;

pub use source::{Source, SourceError};
pub use values::{LogFormat, Origin, Rate, Secret};
pub use variables::{VARIABLES, Variable, describe, help};

use parse::Parser;

/// What the operator has decided.
#[derive(Debug)]
pub struct Config {
    pub database: Database,
    pub database_max_connections: u32,
    /// How long a database that does not answer is waited for at the start.
    pub database_wait: Duration,
    pub data: PathBuf,
    pub listen: SocketAddr,
    /// Unset: beside the binary.
    pub site_root: Option<PathBuf>,
    /// Unset: `http://localhost` with the port that is listened on.
    pub public_url: Option<Origin>,
    pub auth_secret: Option<Secret>,
    pub auth_secret_previous: Option<Secret>,
    pub outside_issuer: Option<OutsideIssuer>,
    pub trusted_origins: Vec<Origin>,
    pub trusted_proxies: Vec<IpNet>,
    pub mail: Mail,
    pub require_email_verification: bool,
    pub limits: Limits,
    pub log_format: LogFormat,
    pub log_filter: String,
    pub metrics: Option<SocketAddr>,
}

#[derive(Debug)]
pub enum Database {
    /// A private cluster in the data directory.
    Embedded,
    /// Somebody else's server; the URL may hold a password.
    Server(Secret),
}

#[derive(Debug, PartialEq, Eq)]
pub struct OutsideIssuer {
    pub jwks_url: Url,
    pub issuer: String,
    pub audience: String,
}

#[derive(Debug)]
pub enum Mail {
    /// `mail/*.eml` in the data directory.
    Files,
    Smtp {
        url: Secret,
        from: String,
    },
}

/// How often is too often; `None` is off.
#[derive(Debug, PartialEq, Eq)]
pub struct Limits {
    pub auth: Option<Rate>,
    pub mail: Option<Rate>,
    pub address: Option<Rate>,
    pub account_lockout: Option<Rate>,
    pub api: Option<Rate>,
}

/// A variable that is missing or not acceptable.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {problem}")]
pub struct Fault {
    pub variable: &'static str,
    pub problem: String,
}

impl Config {
    /// Reads all variables, or says what is wrong with each that is wrong.
    pub fn parse(source: &Source) -> Result<Self, Vec<Fault>> {
        let mut parser = Parser::new(source);
        let config = Self::read(&mut parser);
        parser.finish(config)
    }

    fn read(parser: &mut Parser) -> Self {
        let database = parser
            .secret("DATABASE_URL", values::database_url)
            .map_or(Database::Embedded, Database::Server);
        let auth_secret = parser.secret("AUTH_SECRET", values::auth_secret);
        if matches!(database, Database::Server(_)) {
            parser.require("AUTH_SECRET", "DATABASE_URL is set");
        }
        Self {
            database,
            database_max_connections: parser.value("DATABASE_MAX_CONNECTIONS", values::count),
            database_wait: parser.value("DATABASE_WAIT", values::duration),
            data: parser.value("DONEWELL_DATA", values::path),
            listen: parser.value("LEPTOS_SITE_ADDR", values::address),
            site_root: parser.optional("LEPTOS_SITE_ROOT", values::path),
            public_url: parser.optional("PUBLIC_URL", values::origin),
            auth_secret,
            auth_secret_previous: parser.secret("AUTH_SECRET_PREVIOUS", values::auth_secret),
            outside_issuer: Self::read_issuer(parser),
            trusted_origins: parser.list("TRUSTED_ORIGINS", values::origin),
            trusted_proxies: parser.list("TRUSTED_PROXIES", values::network),
            mail: Self::read_mail(parser),
            require_email_verification: parser.value("REQUIRE_EMAIL_VERIFICATION", values::flag),
            limits: Limits {
                auth: parser.value("AUTH_RATE_LIMIT", values::rate),
                mail: parser.value("MAIL_RATE_LIMIT", values::rate),
                address: parser.value("ADDRESS_RATE_LIMIT", values::rate),
                account_lockout: parser.value("ACCOUNT_LOCKOUT", values::rate),
                api: parser.value("API_RATE_LIMIT", values::rate),
            },
            log_format: parser.value("LOG_FORMAT", values::log_format),
            log_filter: parser.value("RUST_LOG", values::log_filter),
            metrics: parser.optional("METRICS_ADDR", values::address),
        }
    }

    fn read_issuer(parser: &mut Parser) -> Option<OutsideIssuer> {
        const ALL: [&str; 3] = ["JWKS_URL", "JWT_ISSUER", "JWT_AUDIENCE"];
        parser.all_or_none(ALL);
        let jwks_url = parser.optional(ALL[0], values::http_url);
        let issuer = parser.optional(ALL[1], values::text);
        let audience = parser.optional(ALL[2], values::text);
        Some(OutsideIssuer {
            jwks_url: jwks_url?,
            issuer: issuer?,
            audience: audience?,
        })
    }

    fn read_mail(parser: &mut Parser) -> Mail {
        parser.all_or_none(["SMTP_URL", "MAIL_FROM"]);
        let url = parser.secret("SMTP_URL", values::smtp_url);
        let from = parser.optional("MAIL_FROM", values::mailbox);
        match (url, from) {
            (Some(url), Some(from)) => Mail::Smtp { url, from },
            _ => Mail::Files,
        }
    }

    /// Where people reach us, given where we listen.
    pub fn public_url(&self, listening: SocketAddr) -> Origin {
        self.public_url
            .clone()
            .unwrap_or_else(|| Origin::localhost(listening.port()))
    }
}
