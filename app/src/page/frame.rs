//! Header and footer, and what a navigation needs of them.

use leptos::prelude::*;
use leptos_router::components::A;

use super::heading::Arrivals;
use crate::{
    auth::view::{AccountMenu, HOME, SessionWatch, use_session},
    text::use_text,
    theme::ThemePicker,
    ui::{ProgressLine, Stencil},
};

/// The frame around every page's content. It stays while pages change.
#[component]
pub fn Frame(
    /// Whether the next page is on its way.
    #[prop(into)]
    is_routing: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let words = &use_text().frame;
    let arrivals = Arrivals::new();
    provide_context(arrivals);
    let user = use_session().user();
    let home = move || {
        let home = if user.with(Option::is_some) {
            HOME
        } else {
            "/"
        };
        home.to_owned()
    };
    view! {
        <a class="skip-link" href="#main" rel="external">
            {words.skip}
        </a>
        <SessionWatch />
        <ProgressLine active=is_routing />
        <div class="frame">
            <header class="frame-inner frame-header">
                <A href=home attr:class="brand">
                    <BrandMark />
                    {words.brand}
                </A>
                <AccountMenu />
            </header>
            <main id="main" class="frame-inner" tabindex="-1">
                {children()}
            </main>
            <footer class="frame-footer">
                <div class="frame-inner">
                    <p>{words.footnote}</p>
                    <ThemePicker />
                </div>
            </footer>
        </div>
        <p class="visually-hidden" aria-live="polite">
            {arrivals.announced}
        </p>
    }
}

#[component]
fn BrandMark() -> impl IntoView {
    static STENCIL: Stencil = Stencil::uncut();
    STENCIL.show(Some(0), [], |[]| {
        view! {
            <svg class="brand-mark" viewBox="0 0 24 24" aria-hidden="true">
                <rect width="24" height="24" rx="7" />
                <path d="m7 12.5 3.5 3.5L17 8.5" />
            </svg>
        }
        .into_any()
    })
}
