//! Who may see a page. Decided once, before anything of it is rendered.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions, NestedRoute, PossibleRouteMatch, SsrMode,
    hooks::{use_location, use_navigate},
};

use super::{next, side, use_session};
use crate::{text::use_text, ui::use_toasts};

/// A page for people who are signed in; anybody else is asked to sign in first.
#[component(transparent)]
pub fn ProtectedRoute<Segments>(
    path: Segments,
    view: fn() -> AnyView,
) -> NestedRoute<Segments, (), (), impl Fn() -> AnyView + Send + Clone>
where
    Segments: PossibleRouteMatch + Clone + Send + 'static,
{
    let guarded = move || {
        let session = use_session();
        if session.is_signed_in() {
            session.guard_page();
            return view();
        }
        let toasts = use_toasts();
        let page = next::sign_in_page(&next::here(&use_location()));
        go_on(page, move || toasts.info(use_text().auth.sign_in_first));
        ().into_any()
    };
    NestedRoute::new(path, guarded).ssr_mode(SsrMode::Async)
}

/// A page for people who are not signed in; anybody else goes on to where they wanted to.
#[component(transparent)]
pub fn AnonymousRoute<Segments>(
    path: Segments,
    view: fn() -> AnyView,
) -> NestedRoute<Segments, (), (), impl Fn() -> AnyView + Send + Clone>
where
    Segments: PossibleRouteMatch + Clone + Send + 'static,
{
    let guarded = move || {
        if use_session().is_signed_in() {
            go_on(next::wanted(), || ());
            return ().into_any();
        }
        view()
    };
    NestedRoute::new(path, guarded).ssr_mode(SsrMode::Async)
}

fn go_on(page: String, and_say: impl Fn() + 'static) {
    side::redirect(&page);
    let navigate = use_navigate();
    Effect::new(move |_| {
        let options = NavigateOptions {
            replace: true,
            ..NavigateOptions::default()
        };
        navigate(&page, options);
        and_say();
    });
}
