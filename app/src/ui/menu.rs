//! A button that opens a small panel below it.

use leptos::{ev::MouseEvent, html, prelude::*, wasm_bindgen::JsCast, web_sys::Element};

use super::close_popover;

/// The browser's own popover: it opens without scripts, and closes on Esc and on a click elsewhere. With scripts
/// it closes too when a link in it is followed.
#[component]
pub fn Menu(
    id: &'static str,
    /// The name of the button, for those who don't see what is on it.
    #[prop(into)]
    label: Signal<String>,
    /// What is on the button.
    #[prop(into)]
    button: ViewFn,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let close = move |event: MouseEvent| {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let is_link = target.is_some_and(|target| matches!(target.closest("a"), Ok(Some(_))));
        if let Some(panel) = node.get_untracked()
            && is_link
        {
            close_popover(&panel);
        }
    };
    view! {
        <div class="menu">
            <button class="button" type="button" data-variant="quiet" popovertarget=id aria-label=label>
                <span class="button-label">{button.run()}</span>
            </button>
            <div id=id class="menu-panel" popover="auto" node_ref=node on:click=close>
                {children()}
            </div>
        </div>
    }
}
