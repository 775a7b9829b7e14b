//! The browser's entry: takes over the page that the server rendered. Everything it shows lives in `donewell-app`.

/// Called by the page once the module has loaded.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen::prelude::wasm_bindgen)]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(donewell_app::App);
}
