//! The address of every page.

use leptos::{children::ToChildren, prelude::*, tachys::view::iterators::StaticVec};
use leptos_meta::{Meta, provide_meta_context};
use leptos_router::{
    any_nested_route::AnyNestedRoute,
    components::{FlatRoutes, FlatRoutesProps, RouteChildren, Router},
    path,
};

#[cfg(debug_assertions)]
use super::styleguide::{StyleguidePage, StyleguideProblemPage};
use super::{Frame, NotFoundPage};
#[cfg(not(debug_assertions))]
use super::{NotFoundPage as StyleguidePage, NotFoundPage as StyleguideProblemPage};
use crate::{
    auth::view::{
        ForgotPasswordPage, LoginPage, ResetPasswordPage, Session, SettingsPage, SignupPage,
        VerifyEmailPage, anonymous_route, open_route, protected_route,
    },
    landing::LandingPage,
    tasks::TasksPage,
    text::use_text,
    theme::provide_theme,
    ui::Toaster,
    zone::Here,
};

/// The whole application, in the server's HTML and in the browser.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_theme();
    Session::provide();
    Here::provide();
    let (is_routing, set_is_routing) = signal(false);
    view! {
        <Meta name="description" content=use_text().landing.description />
        <Toaster>
            <Router set_is_routing>
                <Frame is_routing>{pages()}</Frame>
            </Router>
        </Toaster>
    }
}

/// Flat routes, not nested ones: they make less wasm, and no page stands in another.
fn pages() -> impl IntoView {
    let routes: Vec<AnyNestedRoute> = vec![
        anonymous_route(path!("/"), || LandingPage().into_any()),
        anonymous_route(path!("/signup"), || SignupPage().into_any()),
        anonymous_route(path!("/login"), || LoginPage().into_any()),
        open_route(path!("/forgot-password"), || {
            ForgotPasswordPage().into_any()
        }),
        open_route(path!("/reset-password"), || ResetPasswordPage().into_any()),
        open_route(path!("/verify-email"), || VerifyEmailPage().into_any()),
        protected_route(path!("/tasks/:id?"), || TasksPage().into_any()),
        protected_route(path!("/settings"), || SettingsPage().into_any()),
        open_route(path!("/styleguide"), || StyleguidePage().into_any()),
        open_route(path!("/styleguide/problem"), || {
            StyleguideProblemPage().into_any()
        }),
    ];
    let props = FlatRoutesProps::builder()
        .fallback(NotFoundPage)
        .children(RouteChildren::to_children(|| StaticVec::from(routes)))
        .build();
    FlatRoutes(props)
}
