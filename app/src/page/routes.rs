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
use crate::{landing::LandingPage, ui::Toaster};

/// The whole application, in the server's HTML and in the browser.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let (is_routing, set_is_routing) = signal(false);
    // Flat routes, not nested ones: they make 50 kB of wasm less, and no page stands in another.
    // Pages are rendered whole: they work without scripts, and status codes and redirects can still be set.
    view! {
        <Toaster>
            <Router set_is_routing>
                <Frame is_routing>
                    <FlatRoutes fallback=NotFoundPage>
                        <Route path=path!("/") view=LandingPage ssr=SsrMode::Async />
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
