//! Signing in with a password. Unknown addresses and wrong passwords take the same time and get the same answer.

use super::{Begun, email, session};
use crate::{
    auth::{
        Email,
        accounts::Accounts,
        caller::Caller,
        device,
        identity::SignedIn,
        limits::AccountKey,
        password::{Matches, Password},
        store::{
            audit::{self, Event},
            user::{self, User},
        },
    },
    error::{AppError, ErrorCode},
    mail::Letter,
};

/// What somebody shows who signs in.
#[derive(Debug)]
pub struct SignIn<'a> {
    pub email: &'a str,
    pub password: &'a str,
    pub remember: bool,
    /// Whoever was signed in with this browser until now.
    pub former: Option<&'a SignedIn>,
}

pub async fn sign_in(
    accounts: &Accounts,
    caller: &Caller,
    request: SignIn<'_>,
) -> Result<Begun, AppError> {
    let address = Email::parse(request.email).map_err(|_| ErrorCode::InvalidEmail)?;
    let password = Password::parse_given(request.password)?;
    let key = AccountKey::from(&address);
    accounts.limits.check_password_route(caller, key)?;
    accounts.limits.begin_try(&accounts.pool, key).await?;

    let found = user::find_with_password(&accounts.pool, &address).await?;
    let (user, hash) = found.map(|found| (found.user, found.password_hash)).unzip();
    let matches = compare(accounts, key, password.clone(), hash.clone()).await?;
    let user = match user {
        Some(user) if matches.is_right => user,
        failed => {
            note_failure(accounts, caller, failed);
            return Err(ErrorCode::InvalidEmailOrPassword.into());
        }
    };
    accounts.limits.end_try(&accounts.pool, key).await?;
    if accounts.require_verification && user.email_verified_at.is_none() {
        // The link of the first mail may have expired: whoever knows the password gets another.
        if accounts.limits.check_mail(caller, key).is_ok() {
            email::send_link(accounts, &user, None).await?;
        }
        return Err(ErrorCode::EmailNotVerified.into());
    }
    let mut hash = hash.unwrap_or_default();
    if matches.needs_rehash {
        let new = accounts.hasher.hash(password).await?;
        user::rehash_password(&accounts.pool, user.id, &hash, &new).await?;
        hash = new;
    }
    begin(accounts, caller, request, user, &hash).await
}

/// Nobody waits for it: the time that it takes would tell that there is such an account.
fn note_failure(accounts: &Accounts, caller: &Caller, user: Option<User>) {
    let Some(User { id, .. }) = user else { return };
    let (pool, caller, now) = (accounts.pool.clone(), caller.clone(), accounts.clock.now());
    tokio::spawn(async move {
        if let Err(error) = audit::insert(&pool, id, Event::SignInFailed, &caller, now).await {
            tracing::error!(%error, "a failed sign-in could not be written down");
        }
    });
}

async fn begin(
    accounts: &Accounts,
    caller: &Caller,
    request: SignIn<'_>,
    user: User,
    password_hash: &str,
) -> Result<Begun, AppError> {
    let now = accounts.clock.now();
    let is_known = audit::knows_agent(&accounts.pool, user.id, caller.user_agent()).await?;
    let begun = session::begin(user, request.remember, caller, now);
    let mut transaction = accounts.pool.begin().await?;
    // It may have been reset, or the account deleted, while it was compared.
    if !user::holds_password(&mut *transaction, begun.user.id, password_hash).await? {
        return Err(ErrorCode::InvalidEmailOrPassword.into());
    }
    let ended = session::end_former(&mut transaction, caller, request.former, now).await?;
    session::store(&mut *transaction, &begun).await?;
    audit::insert(
        &mut *transaction,
        begun.user.id,
        Event::SignedIn,
        caller,
        now,
    )
    .await?;
    transaction.commit().await?;
    accounts.ended.insert(ended);
    if !is_known {
        let device = caller.user_agent().and_then(device::name);
        accounts.mailer.send(Letter::new_sign_in(
            &accounts.origin,
            &begun.user.email,
            device.as_deref(),
            caller.address().as_deref(),
            now,
        ));
    }
    Ok(begun)
}

/// Whether this is the user's password; counted, as signing in is. Gives its hash, to be looked at again in the
/// transaction that goes on from there.
pub(super) async fn check_password(
    accounts: &Accounts,
    user: &User,
    password: Password,
) -> Result<String, AppError> {
    let key = AccountKey::new(&user.email);
    accounts.limits.begin_try(&accounts.pool, key).await?;
    let email = Email::parse(&user.email).map_err(|_| ErrorCode::Internal)?;
    let found = user::find_with_password(&accounts.pool, &email).await?;
    let hash = found
        .filter(|found| found.user.id == user.id)
        .map(|found| found.password_hash);
    let matches = compare(accounts, key, password, hash.clone()).await?;
    let hash = hash.filter(|_| matches.is_right);
    let hash = hash.ok_or(ErrorCode::InvalidPassword)?;
    accounts.limits.end_try(&accounts.pool, key).await?;
    Ok(hash)
}

/// What could not be compared, because there was too much to do, was no failure.
async fn compare(
    accounts: &Accounts,
    key: AccountKey,
    password: Password,
    hash: Option<String>,
) -> Result<Matches, AppError> {
    let compared = accounts.hasher.verify(password, hash).await;
    if compared.is_err() {
        accounts.limits.end_try(&accounts.pool, key).await?;
    }
    compared
}

/// That it is the right person who asks: by the password, whose hash it gives, or else by having signed in within a day.
pub(super) async fn check_is_meant(
    accounts: &Accounts,
    signed_in: &SignedIn,
    password: Option<&str>,
) -> Result<Option<String>, AppError> {
    let SignedIn { user, session } = signed_in;
    let Some(password) = password else {
        session::require_recent(accounts, session)?;
        return Ok(None);
    };
    let password = Password::parse_given(password)?;
    Ok(Some(check_password(accounts, user, password).await?))
}
