//! Who a request speaks for: found out once per request, by the server's middleware, and read by whoever needs
//! to know.

use std::sync::Arc;

use super::{
    SessionId, UserId,
    store::{session::Session, user::User},
    token::Bearer,
};

/// The session that the request's cookie opens, and whose it is.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub session: Session,
    pub user: User,
}

/// Who a request speaks for.
#[derive(Clone, Debug, Default)]
pub enum Identity {
    /// A cookie of a session that is over is as good as none.
    #[default]
    Nobody,
    /// It showed a token that is no good.
    Refused,
    Cookie(Arc<SignedIn>),
    Token(Bearer),
}

/// What owns things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    pub id: UserId,
    /// The id as it stands in the task API's paths.
    pub subject: Arc<str>,
    pub session: Option<SessionId>,
}

impl Identity {
    pub fn owner(&self) -> Option<Owner> {
        match self {
            Self::Nobody | Self::Refused => None,
            Self::Cookie(signed_in) => Some(Owner {
                id: signed_in.user.id,
                subject: signed_in.user.id.to_string().into(),
                session: Some(signed_in.session.id),
            }),
            Self::Token(bearer) => Some(Owner {
                id: bearer.user_id,
                subject: bearer.subject.clone(),
                session: bearer.session,
            }),
        }
    }
}
