//! How often one may try. By the caller's network and the account together, by the network alone, and, for wrong
//! passwords, by the account alone over all nodes.

use std::{
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
};

use governor::{
    Quota, RateLimiter, clock::Reference, middleware::NoOpMiddleware, nanos::Nanos,
    state::keyed::HashMapStateStore,
};
use sha2::{Digest, Sha256};
use std::time::Duration;

use super::{Email, UserId, caller::Caller, clock::Clock, secret::SecretHash, store::failure};
use crate::{error::AppError, pool::Pool};

/// So many in so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub count: u32,
    pub period: Duration,
}

/// The limits as configured; None is off.
#[derive(Clone, Copy, Debug, Default)]
pub struct LimitSettings {
    pub passwords: Option<Rate>,
    pub mail: Option<Rate>,
    pub network: Option<Rate>,
    pub lockout: Option<Rate>,
    pub api: Option<Rate>,
}

/// An account as limits know it, whether it exists or not: the address itself need not be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AccountKey([u8; 32]);

impl AccountKey {
    pub fn new(email: &str) -> Self {
        Self(Sha256::digest(email.to_ascii_lowercase()).into())
    }
}

impl From<&Email> for AccountKey {
    fn from(email: &Email) -> Self {
        Self::new(email.as_str())
    }
}

/// Whose requests to the task API are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum ApiCaller {
    User(UserId),
    Network(IpAddr),
}

/// What the use cases ask before they do anything that costs or that can be guessed at.
#[derive(Debug)]
pub struct Limits {
    passwords: Option<Keyed<(IpAddr, AccountKey)>>,
    mail: Option<Keyed<(IpAddr, AccountKey)>>,
    network: Option<Keyed<IpAddr>>,
    lockout: Option<Rate>,
    api: Option<Keyed<ApiCaller>>,
    ahead: Option<Keyed<SecretHash>>,
    clock: Clock,
}

impl Limits {
    pub fn new(settings: LimitSettings, clock: &Clock) -> Self {
        Self {
            passwords: settings.passwords.map(|rate| Keyed::new(rate, clock)),
            mail: settings.mail.map(|rate| Keyed::new(rate, clock)),
            network: settings.network.map(|rate| Keyed::new(rate, clock)),
            lockout: settings.lockout,
            api: settings.api.map(|rate| Keyed::new(rate, clock)),
            ahead: settings.api.map(|rate| Keyed::new(rate, clock)),
            clock: clock.clone(),
        }
    }

    /// For signing in and up, and for whatever asks for a password.
    pub fn check_password_route(
        &self,
        caller: &Caller,
        account: AccountKey,
    ) -> Result<(), AppError> {
        self.check_network(caller)?;
        check(self.passwords.as_ref(), (caller.network(), account))
    }

    /// For whatever sends a mail.
    pub fn check_mail_route(&self, caller: &Caller, account: AccountKey) -> Result<(), AppError> {
        self.check_network(caller)?;
        self.check_mail(caller, account)
    }

    /// For a mail that a request sends which was counted already.
    pub fn check_mail(&self, caller: &Caller, account: AccountKey) -> Result<(), AppError> {
        check(self.mail.as_ref(), (caller.network(), account))
    }

    /// For the others of these routes, where the caller names no account.
    pub fn check_network(&self, caller: &Caller) -> Result<(), AppError> {
        check(self.network.as_ref(), caller.network())
    }

    /// For the task API: each user by themselves, wherever they are; whoever is nobody by their network.
    pub fn check_api(&self, caller: &Caller, user: Option<UserId>) -> Result<(), AppError> {
        let key = user.map_or_else(|| ApiCaller::Network(caller.network()), ApiCaller::User);
        check(self.api.as_ref(), key)
    }

    /// For tasks that are read for a cookie before it is known whose it is: as often as the task API answers one user.
    pub fn may_look_ahead(&self, cookie: SecretHash) -> bool {
        check(self.ahead.as_ref(), cookie).is_ok()
    }

    /// Counts a password that is about to be looked at; refuses when too many were wrong of late.
    pub async fn begin_try(&self, pool: &Pool, account: AccountKey) -> Result<(), AppError> {
        let Some(rate) = self.lockout else {
            return Ok(());
        };
        let period = time::Duration::try_from(rate.period).unwrap_or(time::Duration::MAX);
        let now = self.clock.now();
        let (tries, since) = failure::count(pool, &account.0, now, period, rate.count).await?;
        if tries <= rate.count {
            return Ok(());
        }
        let left = (since + period - now).whole_seconds().max(0);
        Err(AppError::too_many(
            u32::try_from(left).unwrap_or(u32::MAX).saturating_add(1),
        ))
    }

    /// The password was right: that was no failure.
    pub async fn end_try(&self, pool: &Pool, account: AccountKey) -> Result<(), AppError> {
        if self.lockout.is_some() {
            failure::uncount(pool, &account.0).await?;
        }
        Ok(())
    }

    pub async fn forget_tries(&self, pool: &Pool, account: AccountKey) -> Result<(), AppError> {
        Ok(failure::forget(pool, &account.0).await?)
    }

    /// Clears away the failures that no longer count.
    pub async fn sweep(&self, pool: &Pool) -> sqlx::Result<()> {
        match self.lockout {
            Some(rate) => failure::sweep(pool, self.clock.now() - rate.period).await,
            None => Ok(()),
        }
    }
}

fn check<K: Hash + Eq + Clone>(limiter: Option<&Keyed<K>>, key: K) -> Result<(), AppError> {
    limiter.map_or(Ok(()), |limiter| limiter.check(key))
}

/// A limiter that forgets, from time to time, whom it need not remember.
pub struct Keyed<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, HashMapStateStore<K>, Clock, NoOpMiddleware<Nanos>>,
    clock: Clock,
    until_tidy: AtomicU32,
}

const CHECKS_BETWEEN_TIDYING: u32 = 1000;

impl<K: Hash + Eq + Clone> Keyed<K> {
    pub fn new(rate: Rate, clock: &Clock) -> Self {
        let count = NonZeroU32::new(rate.count).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(rate.period / count.get())
            .unwrap_or_else(|| Quota::per_second(count))
            .allow_burst(count);
        Self {
            limiter: RateLimiter::new(quota, HashMapStateStore::default(), clock.clone()),
            clock: clock.clone(),
            until_tidy: AtomicU32::new(0),
        }
    }

    pub fn check(&self, key: K) -> Result<(), AppError> {
        if self
            .until_tidy
            .fetch_add(1, Ordering::Relaxed)
            .is_multiple_of(CHECKS_BETWEEN_TIDYING)
        {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&key).map_err(|refused| {
            let now = governor::clock::Clock::now(&self.clock);
            let wait = refused.earliest_possible().duration_since(now);
            let wait = Duration::from(wait).as_secs_f64().ceil();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "positive, and what is too large saturates"
            )]
            AppError::too_many((wait as u32).max(1))
        })
    }
}

impl<K: Hash + Eq + Clone> std::fmt::Debug for Keyed<K> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Keyed(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(count: u32, seconds: u64) -> Rate {
        Rate {
            count,
            period: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn the_one_too_many_is_told_how_long_to_wait_and_may_come_again_then() {
        let clock = Clock::default();
        let limiter = Keyed::new(rate(3, 10), &clock);
        for _ in 0..3 {
            limiter.check("ada").expect("within the limit");
        }
        let refused = limiter.check("ada").expect_err("one too many");
        let wait = refused.retry_after.expect("it says how long");
        assert!((1..=10).contains(&wait), "{wait}");
        limiter.check("grace").expect("others are not concerned");
        clock.advance(time::Duration::seconds(10));
        for _ in 0..3 {
            limiter.check("ada").expect("a new period");
        }
    }

    #[test]
    fn accounts_of_one_network_are_counted_apart_and_together() {
        let limits = LimitSettings {
            passwords: Some(rate(3, 10)),
            network: Some(rate(5, 10)),
            ..LimitSettings::default()
        };
        let limits = Limits::new(limits, &Clock::default());
        let caller = Caller::new(Some([192, 0, 2, 1].into()), None);
        let check = |email| limits.check_password_route(&caller, AccountKey::new(email));
        for _ in 0..3 {
            check("ada@example.org").expect("within the limit");
        }
        check("ADA@example.org").expect_err("the account's limit");
        check("grace@example.org").expect("another account");
        check("grace@example.org").expect_err("the network's limit");
    }
}
