//! The browser's entry: takes over the page that the server rendered. Everything it shows lives in `donewell-app`.

mod effects;

use std::{mem, sync::Arc, time::Duration};

use donewell_app::App;
use hydration_context::{HydrateSharedContext, SharedContext};
use js_sys::Function;
use leptos::{
    prelude::*,
    tachys::{dom::body, hydration::Cursor, view::PositionState},
    wasm_bindgen::{JsCast, JsValue},
};

/// Called by the page once the module has loaded; calls back when the page is alive. In three turns of the browser, the
/// first at once: nobody has to wait for all of them. Until the last the page hears of nothing (`app/src/shell.rs`).
#[cfg_attr(target_arch = "wasm32", wasm_bindgen::prelude::wasm_bindgen)]
pub fn hydrate(alive: Function) {
    console_error_panic_hook::set_once();
    effects::hold();
    let context = Arc::new(HydrateSharedContext::new());
    let owner = Owner::new_root(Some(context.clone()));
    let page = owner.with(|| App().into_view());
    next_turn(move || {
        let body = Cursor::new(body().unchecked_into());
        let state = owner.with(|| page.hydrate::<true>(&body, &PositionState::default()));
        context.hydration_complete();
        // They live as long as the page.
        mem::forget((owner, state));
        next_turn(move || {
            effects::release();
            alive.call0(&JsValue::UNDEFINED).ok();
        });
    });
}

fn next_turn(work: impl FnOnce() + 'static) {
    set_timeout(work, Duration::ZERO);
}

/// Half of this stands in a second file, which the page's script knows how to bring: `xtask/src/site/halves`.
#[cfg(target_arch = "wasm32")]
mod rest {
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_name = bringRest)]
        fn bring_rest();
    }

    #[wasm_bindgen]
    pub fn rest_is_needed() {
        bring_rest();
    }
}
