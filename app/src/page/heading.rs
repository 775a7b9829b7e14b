//! The heading of a page, and where the focus goes after a navigation.

use leptos::{html, prelude::*};

use crate::ui::focus;

/// What the pages' headings share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrivals {
    /// Whether the next heading is that of the first page, which the browser has announced itself.
    first: StoredValue<bool>,
    pub(super) announced: RwSignal<String>,
}

impl Arrivals {
    pub(super) fn new() -> Self {
        Self {
            first: StoredValue::new(true),
            announced: RwSignal::default(),
        }
    }

    fn is_first(self) -> bool {
        self.first
            .try_update_value(|first| std::mem::replace(first, false))
            .unwrap_or_default()
    }
}

/// The `h1` of a page, once in each. After a navigation it takes the focus, and the title is announced.
#[component]
pub fn Heading(children: Children) -> impl IntoView {
    let node = NodeRef::<html::H1>::new();
    let arrivals = use_context::<Arrivals>();
    Effect::new(move |_| {
        let (Some(heading), Some(arrivals)) = (node.get(), arrivals) else {
            return;
        };
        if arrivals.is_first() {
            return;
        }
        focus(&heading);
        // The title is that of the new page from the next frame on.
        request_animation_frame(move || arrivals.announced.set(document().title()));
    });
    view! {
        <h1 node_ref=node tabindex="-1">
            {children()}
        </h1>
    }
}
