//! A modal dialog.

use leptos::{
    ev::{Event, MouseEvent},
    html,
    prelude::*,
};

use super::{Button, Icon, IconName, Size, Variant, focus};
use crate::text::use_text;

/// The browser's own modal `<dialog>`: it keeps the focus inside, closes on Esc and gives the focus back.
/// A click on the backdrop closes it too. Whoever opens it sets `open`; closing it sets it back. What is in it is made
/// when it opens for the first time.
#[component]
pub fn Dialog(
    id: &'static str,
    #[prop(into)] title: String,
    open: RwSignal<bool>,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let is_filled = Memo::new(move |was: Option<&bool>| was == Some(&true) || open.get());
    let heading_node = NodeRef::<html::H2>::new();
    Effect::new(move |_| {
        // It opens with what is in it, so that the focus finds its place there.
        let (Some(dialog), wanted, Some(heading)) = (node.get(), open.get(), heading_node.get())
        else {
            return;
        };
        if wanted && !dialog.open() {
            // Fails only for a dialog that is open or not in the page.
            let _ = dialog.show_modal();
            // It may open while somebody types: no key of theirs is to press a button.
            focus(&heading);
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    // A press that began inside (to select a text, say) and ends on the backdrop is no click on it.
    let pressed_backdrop = StoredValue::new(false);
    let on_backdrop = |event: &Event| event.target() == event.current_target();
    let close = move |()| open.set(false);
    let title_id = format!("{id}-title");
    let heading_id = title_id.clone();
    let body = move || {
        view! {
            <div class="dialog-body">
                <div class="dialog-head">
                    <h2 id=heading_id.clone() tabindex="-1" node_ref=heading_node>
                        {title.clone()}
                    </h2>
                    <Button
                        variant=Variant::Quiet
                        size=Size::Icon
                        on_press=close
                        attr:aria-label=use_text().ui.close
                    >
                        <Icon name=IconName::Close />
                    </Button>
                </div>
                {children()}
            </div>
        }
    };
    view! {
        <dialog
            id=id
            class="dialog"
            aria-labelledby=title_id
            node_ref=node
            on:close=move |_| open.set(false)
            on:mousedown=move |event: MouseEvent| pressed_backdrop.set_value(on_backdrop(&event))
            on:click=move |event: MouseEvent| {
                if pressed_backdrop.get_value() && on_backdrop(&event) {
                    open.set(false);
                }
            }
        >
            {move || is_filled.get().then(&body)}
        </dialog>
    }
}
