//! What the use cases work with: one per process, shared by all requests.

use std::path::PathBuf;

use url::{Origin, Url};

use super::{
    clock::Clock,
    cookie::SessionCookie,
    limits::{LimitSettings, Limits},
    password::Hasher,
    service::maintenance,
    token::{EndedSessions, KeyError, KeyRing, OutsideIssuer, Sealer, Verifier},
};
use crate::mail::{Mailer, Transport};

use crate::pool::Pool;

/// What the operator has decided.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Our own origin: issuer and audience of our tokens.
    pub origin: String,
    /// Other sites' origins that may call us from browsers.
    pub trusted_origins: Vec<String>,
    pub require_verification: bool,
    pub limits: LimitSettings,
    pub outside: Option<OutsideIssuer>,
    pub sealer: Sealer,
    /// None has mail written into a directory.
    pub smtp_url: Option<String>,
    pub mail_from: String,
    pub mail_directory: PathBuf,
}

/// Everything that the use cases share.
#[derive(Debug)]
pub struct Accounts {
    pub pool: Pool,
    pub clock: Clock,
    pub origin: String,
    pub trusted_origins: Vec<String>,
    pub require_verification: bool,
    pub cookie: SessionCookie,
    pub hasher: Hasher,
    pub limits: Limits,
    pub keys: KeyRing,
    pub verifier: Verifier,
    pub ended: EndedSessions,
    pub mailer: Mailer,
}

/// Why accounts cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error("SMTP_URL, MAIL_FROM: {0}")]
    Mail(String),
}

impl AccountsError {
    /// Whether the operator has to set a variable otherwise.
    pub fn is_configuration(&self) -> bool {
        match self {
            Self::Keys(error) => error.is_configuration(),
            Self::Mail(_) => true,
        }
    }
}

impl Accounts {
    pub async fn open(pool: Pool, settings: Settings, clock: Clock) -> Result<Self, AccountsError> {
        let transport = match &settings.smtp_url {
            Some(url) => Transport::smtp(url).map_err(AccountsError::Mail)?,
            None => Transport::directory(settings.mail_directory),
        };
        let mailer = Mailer::start(transport, &settings.mail_from).map_err(AccountsError::Mail)?;
        let keys = KeyRing::open(pool.clone(), settings.sealer, clock.clone()).await?;
        let ended = EndedSessions::new(pool.clone(), clock.clone());
        let verifier = Verifier::new(
            pool.clone(),
            clock.clone(),
            &settings.origin,
            keys.clone(),
            ended.clone(),
            settings.outside,
        );
        Ok(Self {
            cookie: SessionCookie {
                https: settings.origin.starts_with("https:"),
            },
            origin: settings.origin,
            trusted_origins: settings.trusted_origins,
            require_verification: settings.require_verification,
            hasher: Hasher::new(),
            limits: Limits::new(settings.limits, &clock),
            keys,
            verifier,
            ended,
            mailer,
            pool,
            clock,
        })
    }

    /// Keeps in touch with the database and clears away; until the process ends.
    pub fn spawn_background(self: &std::sync::Arc<Self>) {
        tokio::spawn(self.ended.clone().listen(self.keys.clone()));
        tokio::spawn(maintenance::run(self.clone()));
    }

    /// Whether browsers may call us from there.
    pub fn trusts_origin(&self, origin: &str) -> bool {
        origin == self.origin || self.trusted_origins.iter().any(|trusted| trusted == origin)
    }

    /// Whether people may be sent there: a path of ours, or a page of an origin that we trust.
    pub fn trusts_target(&self, target: &str) -> bool {
        // Others would have to be encoded to stand in a header.
        if !target
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        {
            return false;
        }
        if target.starts_with('/') {
            let path = target
                .split(['?', '#'])
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            return !target.starts_with("//") && !path.contains("%2f") && !path.contains("%5c");
        }
        Url::parse(target).is_ok_and(|url| match url.origin() {
            Origin::Opaque(_) => false,
            origin @ Origin::Tuple(..) => self.trusts_origin(&origin.ascii_serialization()),
        })
    }
}
