//! What a user may change, take along and delete.

use serde_json::{Value, json};

use super::sign_in::check_is_meant;
use crate::{
    auth::{
        Name,
        accounts::Accounts,
        caller::Caller,
        clock::rfc3339,
        identity::SignedIn,
        limits::AccountKey,
        store::{
            audit::{self, Event},
            one_time, session as sessions,
            user::{self, User},
        },
    },
    error::{AppError, ErrorCode},
    mail::Letter,
    tasks::{self, Due, Moment},
};

const LONGEST_IMAGE: usize = 2048;

/// A picture's address: on the web, and short enough.
pub(super) fn check_image(image: Option<&str>) -> Result<(), AppError> {
    let is_fine = |image: &str| {
        image.len() <= LONGEST_IMAGE
            && !image.contains(char::is_control)
            && url::Url::parse(image).is_ok_and(|url| matches!(url.scheme(), "https" | "http"))
    };
    if image.is_none_or(is_fine) {
        Ok(())
    } else {
        Err(ErrorCode::InvalidImage.into())
    }
}

pub async fn update_user(
    accounts: &Accounts,
    caller: &Caller,
    user: &User,
    name: Option<&str>,
    image: Option<Option<&str>>,
) -> Result<User, AppError> {
    let name = name
        .map(Name::parse)
        .transpose()
        .map_err(|_| ErrorCode::InvalidName)?;
    check_image(image.flatten())?;
    if name.is_none() && image.is_none() {
        return Err(ErrorCode::NoFieldsToUpdate.into());
    }
    let now = accounts.clock.now();
    let name = name.as_ref().map(Name::as_str);
    let mut transaction = accounts.pool.begin().await?;
    let updated = user::update(&mut *transaction, user.id, name, image, now)
        .await?
        .ok_or(ErrorCode::Unauthorized)?;
    let event = Event::ProfileChanged;
    audit::insert(&mut *transaction, user.id, event, caller, now).await?;
    transaction.commit().await?;
    Ok(updated)
}

/// What proves that it is meant.
#[derive(Debug)]
pub struct DeleteUser<'a> {
    pub password: Option<&'a str>,
}

/// Deletes the user and all that is theirs.
pub async fn delete_user(
    accounts: &Accounts,
    caller: &Caller,
    signed_in: &SignedIn,
    request: DeleteUser<'_>,
) -> Result<(), AppError> {
    let SignedIn { user, session } = signed_in;
    accounts
        .limits
        .check_password_route(caller, AccountKey::new(&user.email))?;
    let given = request.password.filter(|password| !password.is_empty());
    let checked =
        check_is_meant(accounts, signed_in, given)
            .await
            .map_err(|error| match error.code {
                ErrorCode::SessionNotFresh => ErrorCode::SessionExpired.into(),
                _ => error,
            })?;
    let now = accounts.clock.now();
    let mut transaction = accounts.pool.begin().await?;
    let is_theirs = user::hold(&mut *transaction, user.id, checked.as_deref()).await?;
    let ended = sessions::delete_all(&mut *transaction, user.id, None).await?;
    // The password may have been reset meanwhile, which ends all sessions: then whoever asked is out.
    if !is_theirs || !ended.contains(&session.id) {
        return Err(ErrorCode::Unauthorized.into());
    }
    one_time::delete_all(&mut *transaction, user.id).await?;
    user::delete(&mut *transaction, user.id).await?;
    audit::insert(&mut *transaction, user.id, Event::UserDeleted, caller, now).await?;
    transaction.commit().await?;
    accounts.ended.insert(ended);
    accounts
        .mailer
        .send(Letter::user_deleted(&accounts.origin, &user.email, now));
    Ok(())
}

/// Everything that is kept about a user, for them to take along.
pub async fn export(accounts: &Accounts, user: &User) -> Result<Value, AppError> {
    let sessions = sessions::list(&accounts.pool, user.id, accounts.clock.now()).await?;
    let events = audit::list(&accounts.pool, user.id, None).await?;
    let tasks = tasks::store::find_all(&accounts.pool, user.id).await?;
    Ok(json!({
        "user": {
            "id": user.id.to_string(),
            "name": user.name,
            "email": user.email,
            "email_verified_at": user.email_verified_at.map(rfc3339),
            "image": user.image,
            "created_at": rfc3339(user.created_at),
            "updated_at": rfc3339(user.updated_at),
        },
        "sessions": sessions.iter().map(|session| json!({
            "id": session.id.to_string(),
            "address": session.address,
            "user_agent": session.user_agent,
            "created_at": rfc3339(session.created_at),
            "updated_at": rfc3339(session.updated_at),
            "expires_at": rfc3339(session.expires_at),
        })).collect::<Vec<_>>(),
        "tasks": tasks.into_iter().map(|task| json!({
            "id": task.id,
            "completed": task.is_done(),
            "title": task.title,
            "description": task.description,
            "completed_at": task.completed_at.map(Moment::to_rfc3339),
            "due_date": task.due.map(Due::to_text),
            "created_at": task.created_at.to_rfc3339(),
            "updated_at": task.updated_at.to_rfc3339(),
        })).collect::<Vec<_>>(),
        "events": events.iter().map(|event| json!({
            "kind": event.kind,
            "address": event.address,
            "user_agent": event.user_agent,
            "at": rfc3339(event.created_at),
        })).collect::<Vec<_>>(),
    }))
}
