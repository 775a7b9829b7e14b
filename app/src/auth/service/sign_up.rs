//! Signing up.

use std::sync::Arc;

use sqlx::PgConnection;
use uuid::Uuid;

use super::{Begun, email, session};
use crate::{
    auth::{
        Email, Name, UserId,
        accounts::Accounts,
        caller::Caller,
        identity::SignedIn,
        limits::AccountKey,
        password::Password,
        store::{
            audit::{self, Event},
            user::{self, User},
        },
    },
    error::{AppError, ErrorCode},
    mail::Letter,
};

/// What somebody asks for who signs up.
#[derive(Debug)]
pub struct SignUp<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub password: &'a str,
    pub image: Option<&'a str>,
    pub remember: bool,
    /// Where the link in the mail leads in the end.
    pub callback_url: Option<&'a str>,
    /// Whoever was signed in with this browser until now.
    pub former: Option<&'a SignedIn>,
}

/// What came of it.
#[derive(Debug)]
pub enum SignedUp {
    Begun(Box<Begun>),
    /// The address has to be proved first. Says the same where it was taken.
    Pending(User),
}

pub async fn sign_up(
    accounts: &Arc<Accounts>,
    caller: &Caller,
    request: SignUp<'_>,
) -> Result<SignedUp, AppError> {
    let email = Email::parse(request.email).map_err(|_| ErrorCode::InvalidEmail)?;
    let name = Name::parse(request.name).map_err(|_| ErrorCode::InvalidName)?;
    super::profile::check_image(request.image)?;
    let password = Password::parse_new(request.password, &email, name.as_str())?;
    accounts
        .limits
        .check_password_route(caller, (&email).into())?;
    let password_hash = accounts.hasher.hash(password).await?;
    let now = accounts.clock.now();
    let new = User {
        id: UserId(Uuid::now_v7()),
        email: email.as_str().to_owned(),
        email_verified_at: None,
        name: name.as_str().to_owned(),
        image: request.image.map(str::to_owned),
        created_at: now,
        updated_at: now,
    };
    if accounts.require_verification {
        return begin_proving(accounts, caller, new, password_hash, request.callback_url).await;
    }
    let begun = session::begin(new, request.remember, caller, now);
    // All of it or nothing: whoever gets no answer can sign up again, or has an account as good as any other.
    let mut transaction = accounts.pool.begin().await?;
    let ended = session::end_former(&mut transaction, caller, request.former, now).await?;
    if !insert(&mut transaction, caller, &begun.user, &password_hash).await? {
        return Err(ErrorCode::UserAlreadyExistsUseAnotherEmail.into());
    }
    let letter = if may_mail(accounts, caller, &begun.user.email) {
        let (user, callback_url) = (&begun.user, request.callback_url);
        Some(email::make_link(accounts, &mut *transaction, user, callback_url).await?)
    } else {
        None
    };
    session::store(&mut *transaction, &begun).await?;
    transaction.commit().await?;
    accounts.ended.insert(ended);
    if let Some(letter) = letter {
        accounts.mailer.send(letter);
    }
    Ok(SignedUp::Begun(Box::new(begun)))
}

/// Whether the address was free.
async fn insert(
    transaction: &mut PgConnection,
    caller: &Caller,
    new: &User,
    password_hash: &str,
) -> sqlx::Result<bool> {
    if user::insert(transaction, new, password_hash)
        .await?
        .is_none()
    {
        return Ok(false);
    }
    audit::insert(transaction, new.id, Event::SignedUp, caller, new.created_at).await?;
    Ok(true)
}

/// Where addresses have to be proved, only the mail tells whether there was an account already: not the answer, nor
/// the time that it takes.
async fn begin_proving(
    accounts: &Arc<Accounts>,
    caller: &Caller,
    new: User,
    password_hash: String,
    callback_url: Option<&str>,
) -> Result<SignedUp, AppError> {
    // Whoever finds the database gone is told so.
    user::find(&accounts.pool, new.id).await?;
    let pending = SignedUp::Pending(new.clone());
    let (accounts, caller) = (accounts.clone(), caller.clone());
    let callback_url = callback_url.map(str::to_owned);
    let may_mail = may_mail(&accounts, &caller, &new.email);
    tokio::spawn(async move {
        let made = async {
            let mut transaction = accounts.pool.begin().await?;
            if !insert(&mut transaction, &caller, &new, &password_hash).await? {
                if may_mail {
                    accounts
                        .mailer
                        .send(Letter::already_signed_up(&accounts.origin, &new.email));
                }
                return Ok::<(), AppError>(());
            }
            let letter = if may_mail {
                let callback_url = callback_url.as_deref();
                Some(email::make_link(&accounts, &mut *transaction, &new, callback_url).await?)
            } else {
                None
            };
            transaction.commit().await?;
            if let Some(letter) = letter {
                accounts.mailer.send(letter);
            }
            Ok(())
        };
        if let Err(error) = made.await {
            tracing::error!(%error, "an account could not be made");
        }
    });
    Ok(pending)
}

/// Whoever signs up too often is not told, but causes no more mail: the link can be had again.
fn may_mail(accounts: &Accounts, caller: &Caller, email: &str) -> bool {
    let key = AccountKey::new(email);
    accounts.limits.check_mail(caller, key).is_ok()
}
