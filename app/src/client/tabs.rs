//! What the tabs of one browser tell each other: that somebody has signed out.

use std::cell::RefCell;

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

const CHANNEL: &str = "donewell";
const SIGNED_OUT: &str = "signed-out";

thread_local! {
    // One channel for both ways: a channel does not hear itself.
    static TABS: RefCell<Option<BroadcastChannel>> = const { RefCell::new(None) };
}

/// Has `work` done whenever another tab signs out. Once in a page.
pub fn on_sign_out_elsewhere(work: impl Fn() + 'static) {
    // Browsers without it, or that keep pages apart, do without.
    let Ok(channel) = BroadcastChannel::new(CHANNEL) else {
        return;
    };
    let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if event.data().as_string().as_deref() == Some(SIGNED_OUT) {
            work();
        }
    });
    channel.set_onmessage(Some(hear.as_ref().unchecked_ref()));
    hear.forget();
    TABS.set(Some(channel));
}

/// Tells the other tabs.
pub fn tell_sign_out() {
    TABS.with_borrow(|tabs| {
        if let Some(channel) = tabs {
            // Fails only for a channel that is closed.
            let _ = channel.post_message(&SIGNED_OUT.into());
        }
    });
}
