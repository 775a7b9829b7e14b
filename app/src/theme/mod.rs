//! Light, dark, or as the system has it. The choice is kept in a cookie, so that the server renders the
//! right one and no page ever flashes the other first.

mod api;
mod view;

#[cfg(not(feature = "ssr"))]
mod browser;
#[cfg(feature = "ssr")]
mod server;

#[cfg(not(feature = "ssr"))]
pub use browser::{current, show};
#[cfg(feature = "ssr")]
pub use server::{current, show};

pub use api::{SetTheme, set_theme};
pub use view::{ThemePicker, provide_theme};

use serde::{Deserialize, Serialize};

/// The colours a person wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// How the cookie, the form and `data-theme` write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The value of `data-theme` on the root element; none follows the system.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            chosen => Some(chosen.name()),
        }
    }

    /// Reads a cookie's or an attribute's value; what is no theme of ours means the system's.
    pub fn parse(name: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|theme| theme.name() == name)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Theme;

    #[test]
    fn every_theme_is_read_back_from_its_name() {
        for theme in Theme::ALL {
            assert_eq!(Theme::parse(theme.name()), theme);
        }
    }

    #[test]
    fn what_is_no_theme_follows_the_system() {
        assert_eq!(Theme::parse("\"><script>"), Theme::System);
    }
}
