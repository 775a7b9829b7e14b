//! Sessions: begun, found by their cookie, extended by use, and ended.

use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Begun, LONGEST_SESSION, RECENT, SESSION_LIFETIME, SHORT_SESSION_LIFETIME};
use crate::{
    auth::{
        SessionId, UserId,
        accounts::Accounts,
        caller::Caller,
        identity::SignedIn,
        secret::Secret,
        store::{
            audit::{self, Event},
            one_time,
            session::{self, Opened, Session},
            user::{self, User},
        },
        token::Claims,
    },
    error::{AppError, ErrorCode},
};

/// A session that a cookie opened.
#[derive(Clone, Debug)]
pub struct Found {
    pub signed_in: SignedIn,
    /// It was extended: the browser must be told, too.
    pub is_extended: bool,
}

pub(super) fn begin(user: User, remembered: bool, caller: &Caller, now: OffsetDateTime) -> Begun {
    let lifetime = if remembered {
        SESSION_LIFETIME
    } else {
        SHORT_SESSION_LIFETIME
    };
    Begun {
        session: Session {
            id: SessionId(Uuid::now_v7()),
            user_id: user.id,
            remembered,
            address: caller.address(),
            user_agent: caller.user_agent().map(str::to_owned),
            created_at: now,
            updated_at: now,
            expires_at: now + lifetime,
        },
        user,
        secret: Secret::random(),
    }
}

pub(super) async fn store(executor: impl PgExecutor<'_>, begun: &Begun) -> sqlx::Result<()> {
    session::insert(executor, &begun.session, begun.secret.hash()).await
}

/// The session that a cookie's secret opens.
pub async fn find(
    accounts: &Accounts,
    secret: &Secret,
    may_extend: bool,
) -> Result<Option<Found>, AppError> {
    let now = accounts.clock.now();
    match session::find_by_secret(&accounts.pool, secret.hash(), now).await? {
        Some(opened) => Ok(Some(found(accounts, opened, may_extend).await?)),
        None => Ok(None),
    }
}

/// A session in use: that extends it, once a day and not beyond its longest life.
pub async fn found(
    accounts: &Accounts,
    opened: Opened,
    may_extend: bool,
) -> Result<Found, AppError> {
    let now = accounts.clock.now();
    let Opened { mut session, user } = opened;
    let expires_at = (now + SESSION_LIFETIME).min(session.created_at + LONGEST_SESSION);
    let is_extended = may_extend
        && session.remembered
        && now - session.updated_at >= RECENT
        && expires_at > session.expires_at;
    if is_extended {
        session::extend(&accounts.pool, user.id, session.id, now, expires_at).await?;
        (session.updated_at, session.expires_at) = (now, expires_at);
    }
    Ok(Found {
        signed_in: SignedIn { session, user },
        is_extended,
    })
}

/// The session that a token of ours names.
pub async fn find_by_id(
    accounts: &Accounts,
    owner: UserId,
    id: SessionId,
) -> Result<Option<SignedIn>, AppError> {
    let found = session::find(&accounts.pool, owner, id, accounts.clock.now()).await?;
    let user = user::find(&accounts.pool, owner).await?;
    Ok(found
        .zip(user)
        .map(|(session, user)| SignedIn { session, user }))
}

/// A fresh token for this session.
pub fn mint(accounts: &Accounts, user: &User, session: &Session) -> Result<String, AppError> {
    let claims = Claims::new(&accounts.origin, user, session, accounts.clock.now());
    accounts.keys.sign(&claims).map_err(|error| {
        tracing::error!(%error, "a token could not be signed");
        ErrorCode::Internal.into()
    })
}

pub async fn list(accounts: &Accounts, owner: UserId) -> Result<Vec<Session>, AppError> {
    Ok(session::list(&accounts.pool, owner, accounts.clock.now()).await?)
}

/// Ends the session that the caller has.
pub async fn sign_out(
    accounts: &Accounts,
    caller: &Caller,
    owner: UserId,
    id: SessionId,
) -> Result<(), AppError> {
    let mut transaction = accounts.pool.begin().await?;
    let (event, now) = (Event::SignedOut, accounts.clock.now());
    if end_within(&mut transaction, caller, owner, id, event, now).await? {
        transaction.commit().await?;
        accounts.ended.insert([id]);
    }
    Ok(())
}

/// Ends one of the user's sessions, with what was asked for there; another's, or none, is left as it is, and nobody is
/// told which it was.
pub async fn end_one(
    accounts: &Accounts,
    caller: &Caller,
    owner: UserId,
    id: SessionId,
) -> Result<(), AppError> {
    let mut transaction = accounts.pool.begin().await?;
    user::hold(&mut *transaction, owner, None).await?;
    let (event, now) = (Event::SessionRevoked, accounts.clock.now());
    if end_within(&mut transaction, caller, owner, id, event, now).await? {
        // Whoever is put out may have asked for another address before.
        one_time::delete_changes(&mut *transaction, owner).await?;
        transaction.commit().await?;
        accounts.ended.insert([id]);
    }
    Ok(())
}

/// Ends the session of whoever was signed in with this browser until now, in the transaction that begins another.
/// Whoever commits it tells `Accounts::ended` of what this answers.
pub(super) async fn end_former(
    transaction: &mut PgConnection,
    caller: &Caller,
    former: Option<&SignedIn>,
    now: OffsetDateTime,
) -> sqlx::Result<Option<SessionId>> {
    let Some(SignedIn { user, session }) = former else {
        return Ok(None);
    };
    let event = Event::SignedOut;
    let has_ended = end_within(transaction, caller, user.id, session.id, event, now).await?;
    Ok(has_ended.then_some(session.id))
}

async fn end_within(
    transaction: &mut PgConnection,
    caller: &Caller,
    owner: UserId,
    id: SessionId,
    event: Event,
    now: OffsetDateTime,
) -> sqlx::Result<bool> {
    let is_there = session::delete(&mut *transaction, owner, id).await?;
    if is_there {
        audit::insert(transaction, owner, event, caller, now).await?;
    }
    Ok(is_there)
}

pub async fn end_others(
    accounts: &Accounts,
    caller: &Caller,
    owner: UserId,
    but: SessionId,
) -> Result<(), AppError> {
    end_many(
        accounts,
        caller,
        owner,
        Some(but),
        Event::OtherSessionsRevoked,
    )
    .await
}

pub async fn end_all(accounts: &Accounts, caller: &Caller, owner: UserId) -> Result<(), AppError> {
    end_many(accounts, caller, owner, None, Event::AllSessionsRevoked).await
}

async fn end_many(
    accounts: &Accounts,
    caller: &Caller,
    owner: UserId,
    but: Option<SessionId>,
    event: Event,
) -> Result<(), AppError> {
    let mut transaction = accounts.pool.begin().await?;
    user::hold(&mut *transaction, owner, None).await?;
    let ended = session::delete_all(&mut *transaction, owner, but).await?;
    // Whoever is put out may have asked for another address before.
    one_time::delete_changes(&mut *transaction, owner).await?;
    audit::insert(
        &mut *transaction,
        owner,
        event,
        caller,
        accounts.clock.now(),
    )
    .await?;
    transaction.commit().await?;
    accounts.ended.insert(ended);
    Ok(())
}

/// For what needs certainty that the right person sits there: signed in within a day.
pub fn require_recent(accounts: &Accounts, session: &Session) -> Result<(), AppError> {
    if accounts.clock.now() - session.created_at < RECENT {
        Ok(())
    } else {
        Err(ErrorCode::SessionNotFresh.into())
    }
}
