//! The address of every page.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

#[cfg(debug_assertions)]
use super::styleguide::{StyleguidePage, StyleguideProblemPage};
use super::{Frame, NotFoundPage};
#[cfg(not(debug_assertions))]
use super::{NotFoundPage as StyleguidePage, NotFoundPage as StyleguideProblemPage};
use crate::{
    auth::view::{
        AnonymousRoute, ForgotPasswordPage, LoginPage, ProtectedRoute, ResetPasswordPage, Session,
        SettingsPage, SignupPage, VerifyEmailPage,
    },
    landing::LandingPage,
    tasks::TasksPage,
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
    // Flat routes, not nested ones: they make 50 kB of wasm less, and no page stands in another.
    // Pages are rendered whole: they work without scripts, and status codes and redirects can still be set.
    view! {
        <Toaster>
            <Router set_is_routing>
                <Frame is_routing>
                    <FlatRoutes fallback=NotFoundPage>
                        <AnonymousRoute path=path!("/") view=|| LandingPage().into_any() />
                        <AnonymousRoute path=path!("/signup") view=|| SignupPage().into_any() />
                        <AnonymousRoute path=path!("/login") view=|| LoginPage().into_any() />
                        <Route
                            path=path!("/forgot-password")
                            view=ForgotPasswordPage
                            ssr=SsrMode::Async
                        />
                        <Route
                            path=path!("/reset-password")
                            view=ResetPasswordPage
                            ssr=SsrMode::Async
                        />
                        <Route
                            path=path!("/verify-email")
                            view=VerifyEmailPage
                            ssr=SsrMode::Async
                        />
                        <ProtectedRoute path=path!("/tasks/:id?") view=|| TasksPage().into_any() />
                        <ProtectedRoute path=path!("/settings") view=|| SettingsPage().into_any() />
                        <Route path=path!("/styleguide") view=StyleguidePage ssr=SsrMode::Async />
                        <Route
                            path=path!("/styleguide/problem")
                            view=StyleguideProblemPage
                            ssr=SsrMode::Async
                        />
                    </FlatRoutes>
                </Frame>
            </Router>
        </Toaster>
    }
}
