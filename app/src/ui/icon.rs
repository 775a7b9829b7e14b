//! The icons: one weight, drawn on a grid of 24.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IconName {
    Alert,
    Bin,
    Bolt,
    Box,
    Check,
    Close,
    Copy,
    Eye,
    EyeOff,
    Info,
    Lock,
    Moon,
    More,
    Pencil,
    Plus,
    Retry,
    Search,
    Sun,
    System,
    User,
}

impl IconName {
    const fn path(self) -> &'static str {
        match self {
            Self::Alert => "M12 4 2.8 20h18.4zM12 10v4.5M12 17.2v.01",
            Self::Bin => "M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.3 10.5v6M13.7 10.5v6",
            Self::Bolt => "M13 3 5 14h6l-1 7 8-11h-6z",
            Self::Box => "m12 3 8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9",
            Self::Check => "m5 12.5 4.5 4.5L19 7.5",
            Self::Close => "m6 6 12 12M18 6 6 18",
            Self::Copy => "M9 9h11v11H9zM15 9V4H4v11h5",
            Self::Eye => {
                "M2.5 12c1-2.5 4.5-7 9.5-7s8.5 4.5 9.5 7c-1 2.5-4.5 7-9.5 7s-8.5-4.5-9.5-7zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z"
            }
            Self::EyeOff => {
                "m4 4 16 16M9.9 5.2A9.6 9.6 0 0 1 12 5c5 0 8.5 4.5 9.5 7a14 14 0 0 1-2.3 3.5M6.2 7.2A14.4 \
                 14.4 0 0 0 2.5 12c1 2.5 4.5 7 9.5 7 1.7 0 3.2-.5 4.5-1.2M10 10.2a2.7 2.7 0 0 0 3.8 3.8"
            }
            Self::Info => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8v.01",
            Self::Lock => "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
            Self::Moon => "M20 14.5A8.5 8.5 0 1 1 9.5 4 7 7 0 0 0 20 14.5z",
            Self::More => {
                "M5 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0zM11 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0zM17 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0z"
            }
            Self::Pencil => "m4.5 19.5 1-4.5L16.5 4l3.5 3.5L9 18.5zM14 6.5l3.5 3.5",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Search => "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.3 15.3 20 20",
            Self::Retry => "M20 5v5h-5M19.5 10A8 8 0 1 0 20 14",
            Self::Sun => {
                "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 \
                 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1"
            }
            Self::User => "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0",
            Self::System => "M4 5h16v11H4zM9 20h6M12 16v4",
        }
    }
}

/// An icon beside words, or in a control that has its name elsewhere: it says nothing itself.
#[component]
pub fn Icon(name: IconName) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=name.path() />
        </svg>
    }
}
