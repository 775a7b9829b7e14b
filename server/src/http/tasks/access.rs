//! Who may: the first thing that every handler asks.

use std::sync::Arc;

use axum::{
    extract::{FromRef, FromRequestParts, OriginalUri, RawPathParams},
    http::request::Parts,
};
use donewell_app::{
    auth::{
        UserId,
        accounts::Accounts,
        caller::Caller,
        identity::{Identity, Owner},
    },
    tasks::TaskId,
};

use crate::http::problem::{Code, Problem};

/// Whoever asks for their own tasks.
#[derive(Debug)]
pub struct Access {
    owner: Owner,
    /// The task that the path names, if that is an id.
    task: Option<TaskId>,
}

impl Access {
    pub fn owner(&self) -> UserId {
        self.owner.id
    }

    /// The owner, as the path names them.
    pub fn subject(&self) -> &str {
        &self.owner.subject
    }

    /// What is no id is the id of no task.
    pub fn task(&self) -> Result<TaskId, Problem> {
        self.task.ok_or_else(|| Code::TaskNotFound.into())
    }
}

impl<S> FromRequestParts<S> for Access
where
    S: Send + Sync,
    Arc<Accounts>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let accounts = Arc::<Accounts>::from_ref(state);
        let identity = parts.extensions.get::<Identity>().cloned();
        let identity = identity.unwrap_or_default();
        let caller = parts.extensions.get::<Caller>().cloned();
        let caller = caller.unwrap_or_default();
        let Some(owner) = identity.owner() else {
            accounts.limits.check_api(&caller, None)?;
            let has_bad_token = matches!(identity, Identity::Refused);
            return Err(Problem::unauthorized(has_bad_token));
        };
        let path = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| unreadable(parts, &owner.subject))?;
        let find = |wanted: &str| {
            let found = path.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| value)
        };
        let counted = accounts.limits.check_api(&caller, Some(owner.id));
        if find("user_id") != Some(&owner.subject) {
            return Err(Code::Forbidden.into());
        }
        counted?;
        let task = find("id").and_then(TaskId::parse);
        Ok(Self { owner, task })
    }
}

/// A path that is no text names neither a user nor a task.
fn unreadable(parts: &Parts, subject: &str) -> Problem {
    let path = parts.extensions.get::<OriginalUri>();
    let user = path.and_then(|OriginalUri(uri)| uri.path().split('/').nth(2));
    if user == Some(subject) {
        Code::TaskNotFound.into()
    } else {
        Code::Forbidden.into()
    }
}
