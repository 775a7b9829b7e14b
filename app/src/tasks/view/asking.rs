//! Nobody waits for a list that is no longer wanted: another filter does not stand behind a slow one.

use std::{
    future::poll_fn,
    pin::pin,
    task::{Poll, Waker},
};

use futures_util::future::{Either, select};
use leptos::prelude::*;

use super::address::Wanted;

#[derive(Clone, Copy, Debug)]
pub struct Asking {
    wanted: Memo<Wanted>,
    waker: StoredValue<Option<Waker>>,
}

impl Asking {
    pub fn new(wanted: Memo<Wanted>) -> Self {
        let waker = StoredValue::new(None::<Waker>);
        Effect::new(move |_| {
            wanted.track();
            if let Some(waker) = waker.try_update_value(Option::take).flatten() {
                waker.wake();
            }
        });
        Self { wanted, waker }
    }

    /// None if something else is wanted before the answer is there.
    pub async fn wait<T>(self, asked: &Wanted, answer: impl Future<Output = T>) -> Option<T> {
        let is_other = || {
            self.wanted
                .try_with_untracked(|wanted| wanted != asked)
                .unwrap_or_default()
        };
        let changed = poll_fn(|context| {
            if is_other() {
                return Poll::Ready(());
            }
            self.waker.try_set_value(Some(context.waker().clone()));
            Poll::Pending
        });
        match select(pin!(answer), pin!(changed)).await {
            Either::Left((answer, _)) => Some(answer),
            Either::Right(_) => None,
        }
    }
}
