//! Where somebody is, as far as clocks tell: minutes ahead of UTC. The browser knows it and keeps it in a cookie, so
//! that the server's first page calls the same day "today".

#[cfg(not(feature = "ssr"))]
mod browser;
#[cfg(feature = "ssr")]
mod server;

#[cfg(not(feature = "ssr"))]
use browser as side;
use std::time::Duration;

use leptos::prelude::*;
#[cfg(feature = "ssr")]
use server as side;
#[cfg(feature = "ssr")]
pub use server::parse;

use crate::tasks::{Day, Moment};

pub const COOKIE: &str = "utc_offset";
/// The time and the clocks of whoever looks at the page: at first as the server took them to be, so that both sides
/// render the same.
#[derive(Clone, Copy, Debug)]
pub struct Here {
    now: RwSignal<Moment>,
    offset: RwSignal<i32>,
}

impl Here {
    pub fn provide() {
        let (now, offset) = SharedValue::new(|| (side::now(), side::offset())).into_inner();
        let here = Self {
            now: RwSignal::new(now),
            offset: RwSignal::new(offset),
        };
        provide_context(here);
    }

    /// Follows the clock from now on, and tells the server for the next page. Call it in a component's body.
    pub fn follow(self) {
        Effect::new(move |_| {
            self.look();
            // Days go by on a page that stays open.
            if let Ok(clock) = set_interval_with_handle(move || self.look(), Duration::from_mins(1))
            {
                on_cleanup(move || clock.clear());
            }
        });
    }

    /// Looks at the clock again.
    fn look(self) {
        let (now, offset) = (side::now(), side::offset());
        side::keep(offset);
        if self.offset.get_untracked() != offset {
            self.offset.set(offset);
        }
        self.now.set(now);
    }

    pub fn today(self) -> Day {
        self.now.get().day(self.offset.get())
    }

    pub fn offset(self) -> i32 {
        self.offset.get()
    }

    pub fn offset_untracked(self) -> i32 {
        self.offset.get_untracked()
    }

    /// The day as it was last looked at, and the clocks' offset, for handlers.
    pub fn today_untracked(self) -> (Day, i32) {
        let offset = self.offset.get_untracked();
        (self.now.get_untracked().day(offset), offset)
    }
}

/// What the clock says now, for handlers.
pub fn now() -> Moment {
    side::now()
}

/// Call it in a component's body.
pub fn use_here() -> Here {
    expect_context()
}
