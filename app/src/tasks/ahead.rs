//! The lists that a page is about to ask for, read along with its session: whoever opens the page of tasks waits for the
//! database once instead of twice.

use std::sync::{Arc, Mutex, PoisonError};

use http::{Method, Uri};

use super::{
    ListQuery,
    store::{Lists, Reader},
};
use crate::{
    auth::{
        UserId,
        accounts::Accounts,
        secret::Secret,
        service::{self, Found},
    },
    context,
    error::AppError,
};

/// Goes with the request, for the one that asks for them first.
#[derive(Clone, Debug)]
pub struct Ahead {
    owner: UserId,
    lists: Arc<Mutex<Option<Lists>>>,
}

/// Whether a request will ask for them as they are read here.
pub fn is_wanted(method: &Method, address: &Uri) -> bool {
    *method == Method::GET && address.path() == "/tasks" && address.query().is_none()
}

/// The session that a cookie's secret opens, and its owner's lists, unless they are asked for too often: then the page is
/// told so when it asks.
pub async fn find(
    accounts: &Accounts,
    reader: &Reader,
    secret: &Secret,
    may_extend: bool,
) -> Result<(Option<Found>, Option<Ahead>), AppError> {
    let hash = secret.hash();
    if !accounts.limits.may_look_ahead(hash) {
        return Ok((service::find(accounts, secret, may_extend).await?, None));
    }
    let opened = reader.open(hash, accounts.clock.now()).await?;
    let Some((opened, lists)) = opened else {
        return Ok((None, None));
    };
    let ahead = Ahead {
        owner: opened.user.id,
        lists: Arc::new(Mutex::new(Some(lists))),
    };
    let found = service::found(accounts, opened, may_extend).await?;
    Ok((Some(found), Some(ahead)))
}

/// What has been read ahead, if it is what is asked for.
pub(super) fn take(owner: UserId, asked: &ListQuery) -> Option<Lists> {
    let ahead: Ahead = context::extension()?;
    if ahead.owner != owner || *asked != ListQuery::default() {
        return None;
    }
    let mut lists = ahead.lists.lock().unwrap_or_else(PoisonError::into_inner);
    lists.take()
}
