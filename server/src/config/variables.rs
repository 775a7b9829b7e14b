//! The table of variables: what `--help` prints and where defaults stand.

use std::fmt::Write;

use super::Source;

/// One variable of the configuration.
#[derive(Debug)]
pub struct Variable {
    pub name: &'static str,
    /// Empty: none.
    pub default: &'static str,
    pub help: &'static str,
    /// Whether its value must not be shown.
    pub secret: bool,
}

const fn variable(name: &'static str, default: &'static str, help: &'static str) -> Variable {
    Variable {
        name,
        default,
        help,
        secret: false,
    }
}

const fn secret(name: &'static str, help: &'static str) -> Variable {
    Variable {
        name,
        default: "",
        help,
        secret: true,
    }
}

/// All of them, in the order of the documentation.
pub const VARIABLES: &[Variable] = &[
    secret(
        "DATABASE_URL",
        "PostgreSQL 15 or newer to use; unset: a private cluster in the data directory",
    ),
    variable(
        "DATABASE_MAX_CONNECTIONS",
        "16",
        "how many connections to open at most, besides one that listens",
    ),
    variable(
        "DATABASE_WAIT",
        "30s",
        "how long to wait at the start for a database that does not answer",
    ),
    variable(
        "DONEWELL_DATA",
        "./data",
        "the data directory: private cluster, generated secret, undelivered mail",
    ),
    variable(
        "LEPTOS_SITE_ADDR",
        "127.0.0.1:3000",
        "address to listen on; port 0 takes a free one",
    ),
    variable(
        "LEPTOS_SITE_ROOT",
        "",
        "the built site; unset: site/ beside the binary",
    ),
    variable(
        "PUBLIC_URL",
        "",
        "the origin people use; https turns on Secure cookies and HSTS; unset: http://localhost with our port",
    ),
    secret(
        "AUTH_SECRET",
        "at least 32 bytes; encrypts the signing keys; required with DATABASE_URL",
    ),
    secret(
        "AUTH_SECRET_PREVIOUS",
        "the secret before this one, while it is being changed",
    ),
    variable(
        "JWKS_URL",
        "",
        "key set of another issuer whose tokens the API accepts; with JWT_ISSUER and JWT_AUDIENCE",
    ),
    variable("JWT_ISSUER", "", "the `iss` of that issuer's tokens"),
    variable("JWT_AUDIENCE", "", "the `aud` of that issuer's tokens"),
    variable(
        "TRUSTED_ORIGINS",
        "",
        "other origins that browsers may call us from, separated by commas",
    ),
    variable(
        "TRUSTED_PROXIES",
        "",
        "addresses or networks whose X-Forwarded-For is believed, separated by commas",
    ),
    secret(
        "SMTP_URL",
        "mail server, with MAIL_FROM; unset: mail is written to files in the data directory",
    ),
    variable("MAIL_FROM", "", "the sender of our mail"),
    variable(
        "REQUIRE_EMAIL_VERIFICATION",
        "false",
        "whether an address must be verified before sign-in",
    ),
    variable(
        "AUTH_RATE_LIMIT",
        "3/10s",
        "sign-in, sign-up and password requests per address and account",
    ),
    variable(
        "MAIL_RATE_LIMIT",
        "3/60s",
        "requests that send mail, per address and account",
    ),
    variable("ADDRESS_RATE_LIMIT", "30/10s", "all of these per address"),
    variable(
        "ACCOUNT_LOCKOUT",
        "10/15m",
        "failed sign-ins that lock an account's password",
    ),
    variable(
        "API_RATE_LIMIT",
        "300/10s",
        "requests to the task API per user",
    ),
    variable("LOG_FORMAT", "pretty", "pretty or json"),
    variable("RUST_LOG", "info,sqlx=warn", "what to log"),
    variable(
        "METRICS_ADDR",
        "",
        "address to serve Prometheus metrics on, at /metrics",
    ),
];

pub(super) fn default(name: &str) -> &'static str {
    VARIABLES
        .iter()
        .find(|variable| variable.name == name)
        .unwrap_or_else(|| panic!("BUG: {name} is not in the table of variables"))
        .default
}

/// The table as `--help` shows it.
pub fn help() -> String {
    let mut text = String::from("Environment (or .env in the working directory):\n");
    for variable in VARIABLES {
        let default = match variable.default {
            "" => String::new(),
            default => format!(" [default: {default}]"),
        };
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\n  {}{default}\n      {}\n",
            variable.name, variable.help
        );
    }
    text
}

/// What each variable comes to, without the secrets.
pub fn describe(source: &Source) -> String {
    let mut text = String::new();
    for variable in VARIABLES {
        let found = source.get(variable.name).ok().flatten().unwrap_or_default();
        let value = match (found.as_str(), variable.default) {
            ("", "") => "(unset)".to_owned(),
            ("", default) => format!("{default} (default)"),
            _ if variable.secret => "(set, hidden)".to_owned(),
            (found, _) => found.to_owned(),
        };
        let _ = writeln!(text, "{:<27} {value}", variable.name);
    }
    text
}
