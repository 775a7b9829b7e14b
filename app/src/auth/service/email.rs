//! Proving an address, and moving to another one.

use sqlx::PgExecutor;

use super::{LINK_LIFETIME, sign_in::check_is_meant};
use crate::{
    auth::{
        Email,
        accounts::Accounts,
        caller::Caller,
        identity::SignedIn,
        limits::AccountKey,
        secret::Secret,
        store::{
            audit::{self, Event},
            one_time::{self, Purpose},
            session,
            user::{self, User},
        },
    },
    error::{AppError, ErrorCode},
    mail::{Letter, Link},
};

/// What following a link has done.
#[derive(Debug)]
pub enum Followed {
    Verified,
    Changed(Box<User>),
}

/// Sends a link that proves the address.
pub(super) async fn send_link(
    accounts: &Accounts,
    user: &User,
    callback_url: Option<&str>,
) -> Result<(), AppError> {
    let letter = make_link(accounts, &accounts.pool, user, callback_url).await?;
    accounts.mailer.send(letter);
    Ok(())
}

/// The letter with that link, not sent yet: what it opens may be part of a transaction.
pub(super) async fn make_link(
    accounts: &Accounts,
    executor: impl PgExecutor<'_>,
    user: &User,
    callback_url: Option<&str>,
) -> Result<Letter, AppError> {
    let secret = new_token(accounts, executor, user, Purpose::VerifyEmail, &user.email).await?;
    let link = Link::verify_email(&accounts.origin, &secret.reveal(), callback_url);
    Ok(Letter::verify_email(&user.email, &link))
}

async fn new_token(
    accounts: &Accounts,
    executor: impl PgExecutor<'_>,
    user: &User,
    purpose: Purpose,
    email: &str,
) -> Result<Secret, AppError> {
    let (secret, now) = (Secret::random(), accounts.clock.now());
    let expires_at = now + LINK_LIFETIME;
    one_time::insert(
        executor,
        user.id,
        purpose,
        email,
        secret.hash(),
        now,
        expires_at,
    )
    .await?;
    Ok(secret)
}

/// Sends the link again. To whoever is not signed in, the answer comes before it is known whether there is
/// anything to send.
pub fn send_verification(
    accounts: &std::sync::Arc<Accounts>,
    caller: &Caller,
    signed_in: Option<&SignedIn>,
    email: &str,
    callback_url: Option<&str>,
) -> Result<(), AppError> {
    let email = Email::parse(email).map_err(|_| ErrorCode::InvalidEmail)?;
    if let Some(SignedIn { user, .. }) = signed_in {
        if user.email != email.as_str() {
            return Err(ErrorCode::EmailMismatch.into());
        }
        if user.email_verified_at.is_some() {
            return Err(ErrorCode::EmailAlreadyVerified.into());
        }
    }
    accounts.limits.check_mail_route(caller, (&email).into())?;
    let accounts = accounts.clone();
    let callback_url = callback_url.map(str::to_owned);
    tokio::spawn(async move {
        let sent = async {
            match user::find_by_email(&accounts.pool, &email).await? {
                Some(user) if user.email_verified_at.is_none() => {
                    send_link(&accounts, &user, callback_url.as_deref()).await
                }
                _ => Ok(()),
            }
        };
        if let Err(error) = sent.await {
            tracing::error!(%error, "a link to prove an address could not be made");
        }
    });
    Ok(())
}

/// Sends a link to the new address; the old one stays until it is followed. The answer comes before it is known
/// whether somebody has that address.
pub async fn change_email(
    accounts: &std::sync::Arc<Accounts>,
    caller: &Caller,
    signed_in: &SignedIn,
    new_email: &str,
    password: Option<&str>,
    callback_url: Option<&str>,
) -> Result<(), AppError> {
    let user = &signed_in.user;
    let new_email = Email::parse(new_email).map_err(|_| ErrorCode::InvalidEmail)?;
    if new_email.as_str() == user.email {
        return Err(ErrorCode::EmailIsTheSame.into());
    }
    let key = AccountKey::new(&user.email);
    accounts.limits.check_password_route(caller, key)?;
    accounts.limits.check_mail(caller, (&new_email).into())?;
    let checked = check_is_meant(accounts, signed_in, password).await?;
    let now = accounts.clock.now();
    audit::insert(
        &accounts.pool,
        user.id,
        Event::EmailChangeRequested,
        caller,
        now,
    )
    .await?;
    let (accounts, signed_in) = (accounts.clone(), signed_in.clone());
    let callback_url = callback_url.map(str::to_owned);
    tokio::spawn(async move {
        let (hash, callback_url) = (checked.as_deref(), callback_url.as_deref());
        let sent = send_change(&accounts, &signed_in, hash, &new_email, callback_url);
        if let Err(error) = sent.await {
            tracing::error!(%error, "a link to change an address could not be made");
        }
    });
    Ok(())
}

/// Sends nothing to an address that somebody has already, nor for whoever has been put out since they asked.
async fn send_change(
    accounts: &Accounts,
    SignedIn { user, session }: &SignedIn,
    password_hash: Option<&str>,
    new_email: &Email,
    callback_url: Option<&str>,
) -> Result<(), AppError> {
    if user::find_by_email(&accounts.pool, new_email)
        .await?
        .is_some()
    {
        return Ok(());
    }
    let now = accounts.clock.now();
    let mut transaction = accounts.pool.begin().await?;
    let is_theirs = user::hold(&mut *transaction, user.id, password_hash).await?;
    let asking = session::find(&mut *transaction, user.id, session.id, now).await?;
    if !is_theirs || asking.is_none() {
        return Ok(());
    }
    let (purpose, address) = (Purpose::ChangeEmail, new_email.as_str());
    let secret = new_token(accounts, &mut *transaction, user, purpose, address).await?;
    transaction.commit().await?;
    let link = Link::verify_email(&accounts.origin, &secret.reveal(), callback_url);
    accounts
        .mailer
        .send(Letter::change_email(new_email.as_str(), &link));
    Ok(())
}

/// Follows a link that proves an address. Once only, and not by somebody else who is signed in.
pub async fn verify_email(
    accounts: &Accounts,
    caller: &Caller,
    signed_in: Option<&SignedIn>,
    token: &str,
) -> Result<Followed, AppError> {
    accounts.limits.check_network(caller)?;
    let secret = Secret::parse(token).ok_or(ErrorCode::InvalidToken)?;
    let now = accounts.clock.now();
    let mut transaction = accounts.pool.begin().await?;
    let found = one_time::find(&mut *transaction, secret.hash())
        .await?
        .ok_or(ErrorCode::InvalidToken)?;
    if found.purpose == Purpose::ResetPassword {
        return Err(ErrorCode::InvalidToken.into());
    }
    if found.expires_at <= now {
        return Err(ErrorCode::TokenExpired.into());
    }
    let is_change = found.purpose == Purpose::ChangeEmail;
    if is_change && signed_in.is_some_and(|other| other.user.id != found.user_id) {
        return Err(ErrorCode::InvalidUser.into());
    }
    user::hold(&mut *transaction, found.user_id, None).await?;
    let link = one_time::take(&mut transaction, found.purpose, secret.hash(), now)
        .await?
        .ok_or(ErrorCode::InvalidToken)?;
    let mut letter = None;
    let (event, followed) = if is_change {
        let former = user::find(&mut *transaction, link.user_id)
            .await?
            .ok_or(ErrorCode::UserNotFound)?;
        one_time::delete_all(&mut *transaction, link.user_id).await?;
        let user = user::set_email(&mut *transaction, link.user_id, &link.email, now)
            .await?
            .ok_or(ErrorCode::InvalidToken)?;
        letter = Some(Letter::email_changed(
            &accounts.origin,
            &former.email,
            &user.email,
            now,
        ));
        (Event::EmailChanged, Followed::Changed(Box::new(user)))
    } else {
        if !user::set_email_verified(&mut *transaction, link.user_id, &link.email, now).await? {
            return Err(ErrorCode::UserNotFound.into());
        }
        (Event::EmailVerified, Followed::Verified)
    };
    audit::insert(&mut *transaction, link.user_id, event, caller, now).await?;
    transaction.commit().await?;
    if let Some(letter) = letter {
        accounts.mailer.send(letter);
    }
    Ok(followed)
}
