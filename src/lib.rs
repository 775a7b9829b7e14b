//! The browser's entry: takes over the page that the server rendered. Everything it shows lives in `donewell-app`.

/// Called by the page once the module has loaded.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen::prelude::wasm_bindgen)]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(donewell_app::App);
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
