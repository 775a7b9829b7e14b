//! Where changes wait for the server: in local storage, apart for each load of the page (a "tab" here), so that no two
//! send the same. A tab holds a lock of its name for as long as it lives; whoever finds what another has left waits
//! for that lock. Browsers have none on a page that came by plain http from another machine: there it is not waited.

use leptos::{
    prelude::window,
    wasm_bindgen::{JsCast, JsValue, closure::Closure},
    web_sys::Storage,
};
use wasm_bindgen_futures::js_sys::{Function, Promise, Reflect};

use super::{browser::new_id, change::Change};

const PREFIX: &str = "donewell.outbox.";
const LOCK: &str = "donewell.tab.";

thread_local! {
    /// Ids begin with the time: sorted, the oldest comes first.
    static TAB: String = {
        let tab = new_id().to_string();
        // Never given back; the browser does it when the page is gone.
        let hold = Closure::once_into_js(|| Promise::new(&mut |_, _| {}));
        let _ = request(&format!("{LOCK}{tab}"), &hold);
        tab
    };
}

/// Writes down what waits, for this person alone.
pub fn keep(user: &str, changes: &[Change]) {
    let Some(storage) = storage() else { return };
    // A storage that is full or forbidden keeps nothing; the changes are still sent while the page is open.
    let _ = if changes.is_empty() {
        storage.remove_item(&own_key(user))
    } else {
        let text = serde_json::to_string(changes).unwrap_or_default();
        storage.set_item(&own_key(user), &text)
    };
}

/// What this tab has written down, and not sent.
pub fn kept(user: &str) -> Vec<Change> {
    storage()
        .and_then(|storage| read(&storage, &own_key(user)))
        .unwrap_or_default()
}

/// Writes one more down, behind what waits.
pub fn append(user: &str, change: Change) {
    let mut changes = kept(user);
    changes.push(change);
    keep(user, &changes);
}

/// What has arrived waits no more.
pub fn forget(user: &str, change: &Change) {
    let mut changes = kept(user);
    if let Some(place) = changes.iter().position(|waiting| waiting == change) {
        changes.remove(place);
        keep(user, &changes);
    }
}

/// Offers what this person's other tabs have left, once they are gone. What is taken is theirs no more.
pub fn inherit(user: &str, take: impl Fn(Vec<Change>) -> bool + Clone + 'static) {
    let (Some(storage), own) = (storage(), own_key(user)) else {
        return;
    };
    let prefix = format!("{PREFIX}{user}.");
    let count = storage.length().unwrap_or_default();
    let keys = (0..count).filter_map(|index| storage.key(index).ok().flatten());
    let mut keys: Vec<_> = keys
        .filter(|key| key.starts_with(&prefix) && *key != own)
        .collect();
    keys.sort_unstable();
    for key in keys {
        let lock = format!("{LOCK}{}", &key[prefix.len()..]);
        let (take, storage) = (take.clone(), storage.clone());
        let take = move || {
            // What another release has written it may read again.
            if let Some(left) = read(&storage, &key)
                && take(left)
            {
                let _ = storage.remove_item(&key);
            }
        };
        let when_free = Closure::once_into_js(take.clone());
        if request(&lock, &when_free).is_none() {
            take();
        }
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn own_key(user: &str) -> String {
    TAB.with(|tab| format!("{PREFIX}{user}.{tab}"))
}

fn read(storage: &Storage, key: &str) -> Option<Vec<Change>> {
    serde_json::from_str(&storage.get_item(key).ok()??).ok()
}

/// Runs `work` once the lock is free, and holds it until what `work` answers has come to an end.
fn request(lock: &str, work: &JsValue) -> Option<()> {
    let navigator = window().navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    let request = Reflect::get(&locks, &"request".into()).ok()?;
    let request: &Function = request.dyn_ref()?;
    request.call2(&locks, &lock.into(), work).ok().map(drop)
}
