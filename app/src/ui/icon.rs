//! The icons: one weight, drawn on a grid of 24 in `style/ui/icon.css`.

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
    pub const ALL: [Self; 20] = [
        Self::Alert,
        Self::Bin,
        Self::Bolt,
        Self::Box,
        Self::Check,
        Self::Close,
        Self::Copy,
        Self::Eye,
        Self::EyeOff,
        Self::Info,
        Self::Lock,
        Self::Moon,
        Self::More,
        Self::Pencil,
        Self::Plus,
        Self::Retry,
        Self::Search,
        Self::Sun,
        Self::System,
        Self::User,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Bin => "bin",
            Self::Bolt => "bolt",
            Self::Box => "box",
            Self::Check => "check",
            Self::Close => "close",
            Self::Copy => "copy",
            Self::Eye => "eye",
            Self::EyeOff => "eye-off",
            Self::Info => "info",
            Self::Lock => "lock",
            Self::Moon => "moon",
            Self::More => "more",
            Self::Pencil => "pencil",
            Self::Plus => "plus",
            Self::Retry => "retry",
            Self::Search => "search",
            Self::Sun => "sun",
            Self::System => "system",
            Self::User => "user",
        }
    }
}

/// An icon beside words, or in a control that has its name elsewhere: it says nothing itself.
#[component]
pub fn Icon(name: IconName) -> impl IntoView {
    view! { <span class="icon" data-icon=name.name() aria-hidden="true"></span> }
}

/// As [`Icon`] makes it.
pub fn icon_html(name: IconName) -> String {
    let name = name.name();
    format!("<span class=\"icon\" data-icon=\"{name}\" aria-hidden=\"true\"></span>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_drawn() {
        const STYLE: &str = include_str!("../../../style/ui/icon.css");
        for icon in IconName::ALL {
            let rule = format!(".icon[data-icon=\"{}\"] {{", icon.name());
            assert!(STYLE.contains(&rule), "{icon:?}");
        }
        assert_eq!(STYLE.matches("[data-icon=").count(), IconName::ALL.len());
    }
}
