//! What the server functions do: the use case, the cookie that belongs to it, and, for a plain form, the page that
//! comes next.

use super::{
    AccountInfo, CurrentUser, EventInfo, SessionId, SessionInfo, SignUpOutcome,
    accounts::Accounts,
    clock::rfc3339,
    device,
    identity::{Identity, SignedIn},
    service::{self, ChangePassword, DeleteUser, SignIn, SignUp, SignedUp},
    store::{audit, user::User},
};
use crate::{
    context::{
        accounts, caller, forget_session, identity, is_plain_form, keep_session, require_session,
    },
    error::{AppError, ErrorCode},
};

/// Where signed-in people start.
pub const HOME: &str = "/tasks";
const EVENTS_SHOWN: i64 = 50;

/// Sends a plain form on to a page; one that runs goes there by itself.
fn then(path: &str) {
    if is_plain_form() {
        leptos_axum::redirect(path);
    }
}

/// `next`, if it is a path of ours.
pub fn next_page<'a>(accounts: &Accounts, next: &'a str) -> &'a str {
    if next.starts_with('/') && accounts.trusts_target(next) {
        next
    } else {
        HOME
    }
}

/// What the pages may know of a user.
pub fn shown(user: &User) -> CurrentUser {
    CurrentUser {
        id: user.id,
        name: user.name.clone(),
        email: user.email.clone(),
        email_verified: user.email_verified_at.is_some(),
    }
}

pub async fn current_user() -> Result<Option<CurrentUser>, AppError> {
    match identity() {
        Identity::Nobody => Ok(None),
        Identity::Refused => Err(ErrorCode::Unauthorized.into()),
        Identity::Cookie(signed_in) => Ok(Some(shown(&signed_in.user))),
        Identity::Token(bearer) => {
            // An outside issuer's user is somebody, but has no account here.
            let id = bearer.session.ok_or(ErrorCode::Forbidden)?;
            let found = service::find_by_id(&*accounts()?, bearer.user_id, id).await?;
            let found = found.ok_or(ErrorCode::Unauthorized)?;
            Ok(Some(shown(&found.user)))
        }
    }
}

async fn former() -> Option<std::sync::Arc<SignedIn>> {
    require_session().await.ok()
}

pub async fn sign_up(
    name: &str,
    email: &str,
    password: &str,
    next: &str,
) -> Result<SignUpOutcome, AppError> {
    let accounts = accounts()?;
    let former = former().await;
    let request = SignUp {
        name,
        email: email.trim(),
        password,
        image: None,
        remember: true,
        callback_url: None,
        former: former.as_deref(),
    };
    match service::sign_up(&accounts, &caller(), request).await? {
        SignedUp::Begun(begun) => {
            keep_session(&begun)?;
            then(next_page(&accounts, next));
            Ok(SignUpOutcome::SignedIn)
        }
        SignedUp::Pending(_) => {
            then("/signup?sent=true");
            Ok(SignUpOutcome::MailSent)
        }
    }
}

pub async fn sign_in(
    email: &str,
    password: &str,
    remember: bool,
    next: &str,
) -> Result<(), AppError> {
    let accounts = accounts()?;
    let former = former().await;
    let request = SignIn {
        email: email.trim(),
        password,
        remember,
        former: former.as_deref(),
    };
    let begun = service::sign_in(&accounts, &caller(), request).await?;
    keep_session(&begun)?;
    then(next_page(&accounts, next));
    Ok(())
}

pub async fn sign_out() -> Result<(), AppError> {
    if let Ok(SignedIn { user, session }) = require_session().await.as_deref() {
        service::sign_out(&*accounts()?, &caller(), user.id, session.id).await?;
    }
    forget_session()?;
    then("/");
    Ok(())
}

pub fn request_password_reset(email: &str) -> Result<(), AppError> {
    service::request_password_reset(&accounts()?, &caller(), email.trim(), None)?;
    then("/forgot-password?sent=true");
    Ok(())
}

pub async fn check_reset_token(token: &str) -> Result<bool, AppError> {
    service::is_reset_token_good(&*accounts()?, token).await
}

pub async fn reset_password(token: &str, password: &str) -> Result<(), AppError> {
    service::reset_password(&*accounts()?, &caller(), token, password).await?;
    forget_session()?;
    then("/login?reset=true");
    Ok(())
}

pub async fn verify_email(token: &str) -> Result<(), AppError> {
    let signed_in = former().await;
    service::verify_email(&*accounts()?, &caller(), signed_in.as_deref(), token).await?;
    then("/verify-email?done=true");
    Ok(())
}

pub fn send_verification(signed_in: &SignedIn) -> Result<(), AppError> {
    let email = &signed_in.user.email;
    service::send_verification(&accounts()?, &caller(), Some(signed_in), email, None)?;
    then("/settings?sent=true");
    Ok(())
}

pub async fn account(signed_in: &SignedIn) -> Result<AccountInfo, AppError> {
    let accounts = accounts()?;
    let SignedIn {
        user,
        session: current,
    } = signed_in;
    let mut sessions = service::list(&accounts, user.id).await?;
    // This one first, then the one that was used last.
    sessions.sort_by_key(|session| {
        (
            session.id != current.id,
            std::cmp::Reverse(session.updated_at),
        )
    });
    let events = audit::list(&accounts.pool, user.id, Some(EVENTS_SHOWN)).await?;
    let device = |agent: Option<String>| agent.as_deref().and_then(device::name);
    Ok(AccountInfo {
        user: shown(user),
        sessions: sessions
            .into_iter()
            .map(|session| SessionInfo {
                id: session.id,
                device: device(session.user_agent),
                address: session.address,
                signed_in_at: rfc3339(session.created_at),
                last_used_at: rfc3339(session.updated_at),
                is_this: session.id == current.id,
            })
            .collect(),
        events: events
            .into_iter()
            .map(|event| EventInfo {
                kind: event.kind,
                device: device(event.user_agent),
                address: event.address,
                at: rfc3339(event.created_at),
            })
            .collect(),
    })
}

pub async fn set_name(signed_in: &SignedIn, name: &str) -> Result<CurrentUser, AppError> {
    let accounts = accounts()?;
    let user =
        service::update_user(&accounts, &caller(), &signed_in.user, Some(name), None).await?;
    then("/settings?saved=true");
    Ok(shown(&user))
}

pub async fn change_email(
    signed_in: &SignedIn,
    email: &str,
    password: &str,
) -> Result<(), AppError> {
    // A page always asks for it, however young the session is: whoever has the address can reset the password.
    service::change_email(
        &accounts()?,
        &caller(),
        signed_in,
        email.trim(),
        Some(password),
        None,
    )
    .await?;
    then("/settings?sent=true");
    Ok(())
}

pub async fn change_password(
    signed_in: &SignedIn,
    current: &str,
    new: &str,
    end_others: bool,
) -> Result<(), AppError> {
    let request = ChangePassword {
        current,
        new,
        end_others,
    };
    let begun = service::change_password(&*accounts()?, &caller(), signed_in, request).await?;
    keep_session(&begun)?;
    then("/settings?saved=true");
    Ok(())
}

pub async fn end_session(signed_in: &SignedIn, id: SessionId) -> Result<(), AppError> {
    service::end_one(&*accounts()?, &caller(), signed_in.user.id, id).await?;
    if id == signed_in.session.id {
        forget_session()?;
        then("/login");
    } else {
        then("/settings?saved=true");
    }
    Ok(())
}

pub async fn end_other_sessions(signed_in: &SignedIn) -> Result<(), AppError> {
    let SignedIn { user, session } = signed_in;
    service::end_others(&*accounts()?, &caller(), user.id, session.id).await?;
    then("/settings?saved=true");
    Ok(())
}

pub async fn delete_account(
    signed_in: &SignedIn,
    password: &str,
    confirmation: &str,
) -> Result<(), AppError> {
    if confirmation.trim().to_ascii_lowercase() != signed_in.user.email {
        return Err(ErrorCode::NotConfirmed.into());
    }
    if password.is_empty() {
        return Err(ErrorCode::InvalidPassword.into());
    }
    let request = DeleteUser {
        password: Some(password),
    };
    service::delete_user(&*accounts()?, &caller(), signed_in, request).await?;
    forget_session()?;
    then("/");
    Ok(())
}
