//! While a page comes alive its effects wait, and all else that is spawned: in the middle of it they would find half a page.
//! Afterwards this is the executor that Leptos would have set.

use std::cell::RefCell;

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use wasm_bindgen_futures::spawn_local;

thread_local! {
    /// What waits, in the order in which it was made; None when nothing has to wait any more.
    static HELD: RefCell<Option<Vec<PinnedLocalFuture<()>>>> = RefCell::default();
}

struct Holding;

impl CustomExecutor for Holding {
    fn spawn(&self, future: PinnedFuture<()>) {
        self.spawn_local(future);
    }

    fn spawn_local(&self, future: PinnedLocalFuture<()>) {
        HELD.with_borrow_mut(|held| match held {
            Some(held) => held.push(future),
            None => spawn_local(future),
        });
    }

    fn poll_local(&self) {}
}

/// Before anything is spawned.
pub fn hold() {
    HELD.set(Some(Vec::new()));
    Executor::init_custom_executor(Holding).expect("BUG: it has begun already");
}

/// They run in the microtasks that follow.
pub fn release() {
    HELD.take().into_iter().flatten().for_each(spawn_local);
}
