//! A modal dialog.

use leptos::{
    ev::{Event, MouseEvent},
    html,
    prelude::*,
};

use super::{Button, Icon, IconName, Size, Variant};
use crate::text::use_text;

/// The browser's own modal `<dialog>`: it keeps the focus inside, closes on Esc and gives the focus back.
/// A click on the backdrop closes it too. Whoever opens it sets `open`; closing it sets it back.
#[component]
pub fn Dialog(
    id: &'static str,
    #[prop(into)] title: String,
    open: RwSignal<bool>,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let (Some(dialog), wanted) = (node.get(), open.get()) else {
            return;
        };
        if wanted && !dialog.open() {
            // Fails only for a dialog that is open or not in the page.
            let _ = dialog.show_modal();
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    // A press that began inside (to select a text, say) and ends on the backdrop is no click on it.
    let pressed_backdrop = StoredValue::new(false);
    let on_backdrop = |event: &Event| event.target() == event.current_target();
    let close = move |()| open.set(false);
    let title_id = format!("{id}-title");
    view! {
        <dialog
            id=id
            class="dialog"
            aria-labelledby=title_id.clone()
            node_ref=node
            on:close=move |_| open.set(false)
            on:mousedown=move |event: MouseEvent| pressed_backdrop.set_value(on_backdrop(&event))
            on:click=move |event: MouseEvent| {
                if pressed_backdrop.get_value() && on_backdrop(&event) {
                    open.set(false);
                }
            }
        >
            <div class="dialog-body">
                <div class="dialog-head">
                    <h2 id=title_id.clone()>{title}</h2>
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
        </dialog>
    }
}
