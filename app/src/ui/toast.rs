//! Short messages at the edge of the page that go by themselves.
//!
//! At most three are shown, each for six seconds; while one of them is pointed at or has the focus, none
//! goes. They are announced politely, errors at once.

use std::{sync::Arc, time::Duration};

use leptos::{
    ev::FocusEvent, leptos_dom::helpers::TimeoutHandle, prelude::*, wasm_bindgen::JsCast,
    web_sys::HtmlElement,
};
use send_wrapper::SendWrapper;

use super::{Button, CopyButton, Icon, IconName, Size, Stencil, Variant, focus};
use crate::text::use_text;

const AT_MOST: usize = 3;
const SHOWN_FOR: Duration = Duration::from_secs(6);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Info,
    Success,
    Error,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Success => "success",
            Self::Error => "error",
        }
    }

    const fn icon(self) -> IconName {
        match self {
            Self::Info => IconName::Info,
            Self::Success => IconName::Check,
            Self::Error => IconName::Alert,
        }
    }
}

/// Not a `Callback`: that would go with whatever showed the toast, such as the row that was just deleted.
#[derive(Clone)]
struct Action(Arc<dyn Fn() + Send + Sync>);

impl std::fmt::Debug for Action {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Action")
    }
}

/// A message to show with [`Toasts::show`].
#[derive(Clone, Debug)]
pub struct Toast {
    kind: Kind,
    text: String,
    action: Option<(String, Action)>,
    reference: Option<String>,
    shown_for: Duration,
}

impl Toast {
    pub fn info(text: impl Into<String>) -> Self {
        Self::new(Kind::Info, text.into())
    }

    pub fn success(text: impl Into<String>) -> Self {
        Self::new(Kind::Success, text.into())
    }

    pub fn error(text: impl Into<String>) -> Self {
        Self::new(Kind::Error, text.into())
    }

    /// Adds a button, such as "Undo"; pressing it closes the toast.
    #[must_use]
    pub fn with_action(
        mut self,
        label: impl Into<String>,
        action: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        self.action = Some((label.into(), Action(Arc::new(action))));
        self
    }

    /// Adds a number to quote, with a button that copies it.
    #[must_use]
    pub fn with_reference(mut self, reference: &str) -> Self {
        self.reference = Some(reference.to_owned());
        self
    }

    /// Shows it for longer or shorter than others.
    #[must_use]
    pub const fn lasting(mut self, shown_for: Duration) -> Self {
        self.shown_for = shown_for;
        self
    }

    fn new(kind: Kind, text: String) -> Self {
        Self {
            kind,
            text,
            action: None,
            reference: None,
            shown_for: SHOWN_FOR,
        }
    }
}

/// Shows toasts. From effects and event handlers only: they are no part of the rendered page.
#[derive(Clone, Copy, Debug)]
pub struct Toasts {
    shown: RwSignal<Vec<(u32, Toast)>>,
    next: StoredValue<u32>,
    pointed_at: RwSignal<bool>,
    focused: RwSignal<bool>,
    // Not `StoredValue::new_local`: on the server even an empty one panics when another thread drops it.
    came_from: StoredValue<Option<SendWrapper<HtmlElement>>>,
}

impl Toasts {
    fn new() -> Self {
        Self {
            shown: RwSignal::default(),
            next: StoredValue::default(),
            pointed_at: RwSignal::default(),
            focused: RwSignal::default(),
            came_from: StoredValue::default(),
        }
    }

    pub fn info(self, text: impl Into<String>) {
        self.show(Toast::info(text));
    }

    pub fn success(self, text: impl Into<String>) {
        self.show(Toast::success(text));
    }

    pub fn error(self, text: impl Into<String>) {
        self.show(Toast::error(text));
    }

    /// Shows one more; the oldest gives way to a fourth.
    pub fn show(self, toast: Toast) {
        let id = self.next.get_value();
        self.next.set_value(id.wrapping_add(1));
        self.shown.update(|shown| {
            shown.push((id, toast));
            let too_many = shown.len().saturating_sub(AT_MOST);
            shown.drain(..too_many);
        });
    }

    fn remove(self, id: u32) {
        self.shown
            .update(|shown| shown.retain(|toast| toast.0 != id));
    }

    /// Removes a toast whose button was pressed, and with it the focus and the pointer that held the others.
    fn dismiss(self, id: u32) {
        let had_focus = self.focused.get_untracked();
        self.remove(id);
        self.pointed_at.set(false);
        self.focused.set(false);
        if let Some(element) = self.came_from.try_update_value(Option::take).flatten()
            && had_focus
        {
            focus(&element);
        }
    }

    /// Remembers where the focus was before it came to the toasts.
    fn enter(self, event: &FocusEvent) {
        let from = event
            .related_target()
            .and_then(|target| target.dyn_into::<HtmlElement>().ok())
            .filter(|element| matches!(element.closest(".toasts"), Ok(None)));
        if from.is_some() {
            self.came_from.set_value(from.map(SendWrapper::new));
        }
        self.focused.set(true);
    }

    fn of(self, errors: bool) -> Vec<(u32, Toast)> {
        let mut toasts = self.shown.get();
        toasts.retain(|(_, toast)| (toast.kind == Kind::Error) == errors);
        toasts
    }
}

/// The toasts of the page. Call it in a component's body; use what it gives in effects and handlers.
pub fn use_toasts() -> Toasts {
    expect_context()
}

/// Gives what stands in it [`use_toasts`], and shows them.
#[component]
pub fn Toaster(children: Children) -> impl IntoView {
    static STENCIL: Stencil = Stencil::uncut();
    let toasts = Toasts::new();
    provide_context(toasts);
    let list = move |errors| {
        view! {
            <For each=move || toasts.of(errors) key=|toast| toast.0 let((id, toast))>
                <ToastBox id toast />
            </For>
        }
    };
    let region = move |[]: [Signal<String>; 0]| {
        view! {
            <section
                class="toasts"
                aria-label=use_text().ui.notifications
                on:mouseover=move |_| toasts.pointed_at.set(true)
                on:mouseleave=move |_| toasts.pointed_at.set(false)
                on:focusin=move |event| toasts.enter(&event)
                on:focusout=move |_| toasts.focused.set(false)
            >
                <div class="toasts-region" role="status" aria-atomic="false">
                    {list(false)}
                </div>
                <div class="toasts-region" role="alert" aria-atomic="false">
                    {list(true)}
                </div>
            </section>
        }
        .into_any()
    };
    view! {
        {children()}
        {STENCIL.show(Some(0), [], region)}
    }
}

#[component]
fn ToastBox(id: u32, toast: Toast) -> impl IntoView {
    let toasts = use_toasts();
    let shown_for = toast.shown_for;
    Effect::new(move |timer: Option<Option<TimeoutHandle>>| {
        if let Some(timer) = timer.flatten() {
            timer.clear();
        }
        if toasts.pointed_at.get() || toasts.focused.get() {
            return None;
        }
        set_timeout_with_handle(move || toasts.remove(id), shown_for).ok()
    });
    let action = toast.action.map(|(label, action)| {
        let press = move |()| {
            toasts.dismiss(id);
            (action.0)();
        };
        view! {
            <Button size=Size::Small on_press=press>
                {label}
            </Button>
        }
    });
    let reference = toast.reference.map(|reference| {
        view! {
            " "
            <CopyButton text=reference label=use_text().problem.copy_reference />
        }
    });
    view! {
        <div class="toast" data-kind=toast.kind.name()>
            <Icon name=toast.kind.icon() />
            <p class="toast-text">{toast.text} {reference}</p>
            {action}
            <Button
                variant=Variant::Quiet
                size=Size::Icon
                on_press=move |()| toasts.dismiss(id)
                attr:aria-label=use_text().ui.close
            >
                <Icon name=IconName::Close />
            </Button>
        </div>
    }
}
