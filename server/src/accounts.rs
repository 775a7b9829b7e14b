//! From the configuration to what the use cases of accounts work with.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use donewell_app::auth::{
    accounts::Settings,
    limits::{LimitSettings, Rate as AppRate},
    token::{OutsideIssuer, Sealer},
};

use crate::config::{Config, Mail, Origin, Rate, Secret};

/// Beside the embedded cluster, which it protects.
const FILE: &str = "auth-secret";
const SHORTEST: usize = 32;
/// Where no mail leaves the house.
const LOCAL_SENDER: &str = "Donewell <donewell@localhost.invalid>";

/// Why accounts cannot be had with these settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("AUTH_SECRET: the generated secret {path} cannot be read or written: {error}", path = path.display())]
    File {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("AUTH_SECRET: the generated secret {path} is damaged; restore it from a backup", path = path.display())]
    Damaged { path: PathBuf },
    #[error("AUTH_SECRET: it must not be the same as AUTH_SECRET_PREVIOUS")]
    Unchanged,
    #[error("JWT_ISSUER: it must be another's, and {0} is our own PUBLIC_URL")]
    OwnIssuer(String),
}

/// What the operator has decided, in the application's terms.
pub fn settings(config: &Config, origin: &Origin) -> Result<Settings, SettingsError> {
    let (smtp_url, mail_from) = match &config.mail {
        Mail::Files => (None, LOCAL_SENDER.to_owned()),
        Mail::Smtp { url, from } => (Some(url.reveal().to_owned()), from.clone()),
    };
    if let Some(outside) = &config.outside_issuer
        && outside.issuer == origin.as_str()
    {
        return Err(SettingsError::OwnIssuer(outside.issuer.clone()));
    }
    let limits = &config.limits;
    Ok(Settings {
        origin: origin.as_str().to_owned(),
        trusted_origins: config
            .trusted_origins
            .iter()
            .map(|origin| origin.as_str().to_owned())
            .collect(),
        require_verification: config.require_email_verification,
        limits: LimitSettings {
            passwords: limits.auth.map(rate),
            mail: limits.mail.map(rate),
            network: limits.address.map(rate),
            lockout: limits.account_lockout.map(rate),
            api: limits.api.map(rate),
        },
        outside: config.outside_issuer.as_ref().map(|outside| OutsideIssuer {
            jwks_url: outside.jwks_url.to_string(),
            issuer: outside.issuer.clone(),
            audience: outside.audience.clone(),
        }),
        sealer: sealer(config)?,
        smtp_url,
        mail_from,
        mail_directory: config.data.join("mail"),
    })
}

fn rate(rate: Rate) -> AppRate {
    AppRate {
        count: rate.count,
        period: rate.period,
    }
}

/// By the configured secret, or by the one that was generated at the first start with the embedded cluster.
pub fn sealer(config: &Config) -> Result<Sealer, SettingsError> {
    let previous = config.auth_secret_previous.as_ref().map(Secret::reveal);
    match &config.auth_secret {
        Some(secret) if Some(secret.reveal()) == previous => Err(SettingsError::Unchanged),
        Some(secret) => Ok(Sealer::new(secret.reveal(), previous)),
        None => Ok(Sealer::new(&generated(&config.data)?, previous)),
    }
}

fn generated(data: &Path) -> Result<String, SettingsError> {
    let path = data.join(FILE);
    let failed = |error| SettingsError::File {
        path: path.clone(),
        error,
    };
    match fs::read_to_string(&path) {
        Ok(secret) if secret.trim().len() >= SHORTEST => Ok(secret.trim().to_owned()),
        Ok(_) => Err(SettingsError::Damaged { path }),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let secret = STANDARD.encode(random());
            write(&path, &secret).map_err(failed)?;
            Ok(secret)
        }
        Err(error) => Err(failed(error)),
    }
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("BUG: the system has no randomness");
    bytes
}

/// Appears whole or not at all, and lasts: what it protects cannot be read without it.
fn write(path: &Path, secret: &str) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let draft = path.with_extension("part");
    fs::remove_file(&draft).or_else(|error| match error.kind() {
        ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    writeln!(file, "{secret}")?;
    file.sync_all()?;
    fs::rename(draft, path)
}
