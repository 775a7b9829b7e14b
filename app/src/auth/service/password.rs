//! Changing a password, and setting a new one where the old is forgotten.

use super::{Begun, LINK_LIFETIME, session, sign_in::check_password};
use crate::{
    auth::{
        Email,
        accounts::Accounts,
        caller::Caller,
        identity::SignedIn,
        limits::AccountKey,
        password::Password,
        secret::Secret,
        store::{
            audit::{self, Event},
            one_time::{self, Purpose},
            session as sessions,
            user::{self, User},
        },
    },
    error::{AppError, ErrorCode},
    mail::{Letter, Link},
};

/// A change of password.
#[derive(Debug)]
pub struct ChangePassword<'a> {
    pub current: &'a str,
    pub new: &'a str,
    pub end_others: bool,
}

/// Sets another password; this browser goes on with a new session.
pub async fn change_password(
    accounts: &Accounts,
    caller: &Caller,
    signed_in: &SignedIn,
    request: ChangePassword<'_>,
) -> Result<Begun, AppError> {
    let SignedIn {
        user,
        session: former,
    } = signed_in;
    let new = new_password(request.new, user)?;
    let current = Password::parse_given(request.current)?;
    let key = AccountKey::new(&user.email);
    accounts.limits.check_password_route(caller, key)?;
    let checked = check_password(accounts, user, current).await?;
    let hash = accounts.hasher.hash(new).await?;

    let now = accounts.clock.now();
    let begun = session::begin(user.clone(), former.remembered, caller, now);
    let mut transaction = accounts.pool.begin().await?;
    // It may have been reset while it was compared: then whoever asked is out.
    if !user::hold(&mut *transaction, user.id, Some(&checked)).await? {
        return Err(ErrorCode::Unauthorized.into());
    }
    user::set_password(&mut *transaction, user.id, &hash, now).await?;
    let ended = if request.end_others {
        sessions::delete_all(&mut *transaction, user.id, None).await?
    } else {
        sessions::delete(&mut *transaction, user.id, former.id).await?;
        vec![former.id]
    };
    one_time::delete_all(&mut *transaction, user.id).await?;
    session::store(&mut *transaction, &begun).await?;
    audit::insert(
        &mut *transaction,
        user.id,
        Event::PasswordChanged,
        caller,
        now,
    )
    .await?;
    transaction.commit().await?;
    accounts.ended.insert(ended);
    accounts
        .mailer
        .send(Letter::password_changed(&accounts.origin, &user.email, now));
    Ok(begun)
}

/// Sends a link to set a new password, if there is such an account. The answer comes before that is known.
pub fn request_password_reset(
    accounts: &std::sync::Arc<Accounts>,
    caller: &Caller,
    email: &str,
    redirect_to: Option<&str>,
) -> Result<(), AppError> {
    let email = Email::parse(email).map_err(|_| ErrorCode::InvalidEmail)?;
    accounts.limits.check_mail_route(caller, (&email).into())?;
    let (accounts, caller) = (accounts.clone(), caller.clone());
    let redirect_to = redirect_to.map(str::to_owned);
    tokio::spawn(async move {
        if let Err(error) = send_reset(&accounts, &caller, &email, redirect_to.as_deref()).await {
            tracing::error!(%error, "a reset link could not be made");
        }
    });
    Ok(())
}

async fn send_reset(
    accounts: &Accounts,
    caller: &Caller,
    email: &Email,
    redirect_to: Option<&str>,
) -> sqlx::Result<()> {
    let Some(user) = user::find_by_email(&accounts.pool, email).await? else {
        return Ok(());
    };
    let (secret, now) = (Secret::random(), accounts.clock.now());
    one_time::insert(
        &accounts.pool,
        user.id,
        Purpose::ResetPassword,
        &user.email,
        secret.hash(),
        now,
        now + LINK_LIFETIME,
    )
    .await?;
    audit::insert(
        &accounts.pool,
        user.id,
        Event::PasswordResetRequested,
        caller,
        now,
    )
    .await?;
    let link = Link::reset_password(&accounts.origin, &secret.reveal(), redirect_to);
    accounts
        .mailer
        .send(Letter::reset_password(&user.email, &link));
    Ok(())
}

/// Whether a link would still do, without using it up.
pub async fn is_reset_token_good(accounts: &Accounts, token: &str) -> Result<bool, AppError> {
    let Some(secret) = Secret::parse(token) else {
        return Ok(false);
    };
    let found = one_time::find(&accounts.pool, secret.hash()).await?;
    let now = accounts.clock.now();
    Ok(
        found
            .is_some_and(|found| found.purpose == Purpose::ResetPassword && found.expires_at > now),
    )
}

/// Sets a new password by a link from a mail, and ends every session: whoever else was in is out.
pub async fn reset_password(
    accounts: &Accounts,
    caller: &Caller,
    token: &str,
    new: &str,
) -> Result<(), AppError> {
    accounts.limits.check_network(caller)?;
    if token.is_empty() {
        return Err(ErrorCode::InvalidToken.into());
    }
    Password::parse_length(new)?;
    let secret = Secret::parse(token).ok_or(ErrorCode::InvalidToken)?;
    let found = one_time::find(&accounts.pool, secret.hash())
        .await?
        .ok_or(ErrorCode::InvalidToken)?;
    let user = user::find(&accounts.pool, found.user_id)
        .await?
        .ok_or(ErrorCode::InvalidToken)?;
    let key = AccountKey::new(&user.email);
    accounts.limits.check_password_route(caller, key)?;
    // Before the link is used up: a password that is refused can be chosen again.
    let hash = accounts.hasher.hash(new_password(new, &user)?).await?;

    let now = accounts.clock.now();
    let mut transaction = accounts.pool.begin().await?;
    user::hold(&mut *transaction, user.id, None).await?;
    let ended = sessions::delete_all(&mut *transaction, user.id, None).await?;
    one_time::take(&mut transaction, Purpose::ResetPassword, secret.hash(), now)
        .await?
        .ok_or(ErrorCode::InvalidToken)?;
    one_time::delete_all(&mut *transaction, user.id).await?;
    user::set_password(&mut *transaction, user.id, &hash, now).await?;
    audit::insert(
        &mut *transaction,
        user.id,
        Event::PasswordReset,
        caller,
        now,
    )
    .await?;
    transaction.commit().await?;
    accounts.ended.insert(ended);
    accounts.limits.forget_tries(&accounts.pool, key).await?;
    accounts
        .mailer
        .send(Letter::password_changed(&accounts.origin, &user.email, now));
    Ok(())
}

fn new_password(text: &str, user: &User) -> Result<Password, AppError> {
    let email = Email::parse(&user.email).map_err(|_| ErrorCode::Internal)?;
    Ok(Password::parse_new(text, &email, &user.name)?)
}
