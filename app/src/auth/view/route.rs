//! Who may see a page. Decided once, before anything of it is rendered.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions, NestedRoute, PossibleRouteMatch, SsrMode,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    hooks::{use_location, use_navigate},
};

use super::{next, side, use_session};
use crate::{text::use_text, ui::use_toasts};

/// A page for everybody. Rendered whole: it works without scripts, and its status code and redirects can still be set.
pub fn open_route<Segments>(path: Segments, view: fn() -> AnyView) -> AnyNestedRoute
where
    Segments: PossibleRouteMatch + Clone + Send + std::fmt::Debug + 'static,
{
    // Of one type, whatever the page: they differ in data, not in code.
    NestedRoute::new(path, view)
        .ssr_mode(SsrMode::Async)
        .into_any_nested_route()
}

/// A page for people who are signed in; anybody else is asked to sign in first.
pub fn protected_route<Segments>(path: Segments, view: fn() -> AnyView) -> AnyNestedRoute
where
    Segments: PossibleRouteMatch + Clone + Send + std::fmt::Debug + 'static,
{
    let guarded = move || {
        let session = use_session();
        if session.is_signed_in() {
            session.guard_page();
            return view();
        }
        let toasts = use_toasts();
        let page = next::sign_in_page(&next::here(&use_location()));
        go_on(
            page,
            Some(Box::new(move || toasts.info(use_text().auth.sign_in_first))),
        );
        ().into_any()
    };
    NestedRoute::new(path, guarded)
        .ssr_mode(SsrMode::Async)
        .into_any_nested_route()
}

/// A page for people who are not signed in; anybody else goes on to where they wanted to.
pub fn anonymous_route<Segments>(path: Segments, view: fn() -> AnyView) -> AnyNestedRoute
where
    Segments: PossibleRouteMatch + Clone + Send + std::fmt::Debug + 'static,
{
    let guarded = move || {
        if use_session().is_signed_in() {
            go_on(next::wanted(), None);
            return ().into_any();
        }
        view()
    };
    NestedRoute::new(path, guarded)
        .ssr_mode(SsrMode::Async)
        .into_any_nested_route()
}

fn go_on(page: String, and_say: Option<Box<dyn Fn()>>) {
    side::redirect(&page);
    let navigate = use_navigate();
    Effect::new(move |_| {
        let options = NavigateOptions {
            replace: true,
            ..NavigateOptions::default()
        };
        navigate(&page, options);
        if let Some(say) = &and_say {
            say();
        }
    });
}
