//! Who is signed in, as every component may read it.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use super::{next, side};
use crate::{
    auth::{CurrentUser, get_user},
    client,
    page::draft,
    text::use_text,
    ui::use_toasts,
};

/// Where people start who are signed in.
pub const HOME: &str = "/tasks";

/// The session of this browser. The server sends it along with the page, so that both render the same.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    user: RwSignal<Option<CurrentUser>>,
    /// How many pages that need it are shown: more than one only while one takes another's place.
    pages: StoredValue<u32>,
}

/// The session. Call it in a component's body.
pub fn use_session() -> Session {
    expect_context()
}

impl Session {
    /// Gives the whole application [`use_session`].
    pub fn provide() {
        let user: Option<CurrentUser> = SharedValue::new(side::current_user).into_inner();
        if let Some(user) = &user {
            client::speak_for(user.id.to_string());
        }
        provide_context(Self {
            user: RwSignal::new(user),
            pages: StoredValue::new(0),
        });
    }

    /// Whoever is signed in.
    pub fn user(self) -> ReadSignal<Option<CurrentUser>> {
        self.user.read_only()
    }

    pub fn is_signed_in(self) -> bool {
        self.user.with_untracked(Option::is_some)
    }

    /// Shows somebody's new name or address, if they are still signed in.
    pub fn changed(self, user: CurrentUser) {
        let is_new = self.user.with_untracked(|known| {
            let known = known.as_ref().filter(|known| known.id == user.id);
            known.is_some_and(|known| *known != user)
        });
        if is_new {
            self.user.set(Some(user));
        }
    }

    /// Somebody has signed in: finds out who, then does the rest.
    pub fn begin(self, and_then: impl FnOnce() + 'static) {
        client::forget();
        spawn_local(async move {
            match get_user().await {
                Ok(Some(user)) => {
                    client::speak_for(user.id.to_string());
                    self.user.set(Some(user));
                    and_then();
                }
                // The server has the session all the same.
                _ => client::visit(HOME),
            }
        });
    }

    /// Nobody is signed in any more, here and in the browser's other tabs.
    pub fn end(self) {
        self.leave();
        draft::forget_all();
        client::tell_sign_out();
    }

    /// The page being shown needs a session, for as long as it is shown.
    pub(super) fn guard_page(self) {
        self.pages.update_value(|pages| *pages += 1);
        on_cleanup(move || {
            self.pages.try_update_value(|pages| *pages -= 1);
        });
    }

    fn leave(self) {
        client::forget();
        self.user.set(None);
    }
}

/// Leaves a page when its session is gone: ended by the server, or in another tab.
#[component]
pub fn SessionWatch() -> impl IntoView {
    let session = use_session();
    let toasts = use_toasts();
    let navigate = use_navigate();
    let location = use_location();
    let words = &use_text().auth;
    let ask_again = move |why: &'static str| {
        let was_signed_in = session.is_signed_in();
        session.leave();
        if session.pages.get_value() > 0 && was_signed_in {
            let here = next::here(&location);
            navigate(&next::sign_in_page(&here), NavigateOptions::default());
            toasts.info(why);
        }
    };
    Effect::new(move |_| {
        let (ended, elsewhere) = (ask_again.clone(), ask_again.clone());
        client::on_end(move || {
            draft::keep_all();
            ended(words.session_ended);
        });
        client::on_sign_out_elsewhere(move || {
            draft::forget_all();
            elsewhere(words.signed_out_elsewhere);
        });
    });
}
