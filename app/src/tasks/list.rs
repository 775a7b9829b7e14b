//! Which tasks, and in which order: as addresses say it, both of the page and of the API.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    #[default]
    All,
    Pending,
    Completed,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    #[default]
    Created,
    Updated,
    Title,
    DueDate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    Asc,
    Desc,
}

impl Status {
    pub const ALL: [Self; 3] = [Self::All, Self::Pending, Self::Completed];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Pending => "pending",
            Self::Completed => "completed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

impl Sort {
    pub const ALL: [Self; 4] = [Self::Created, Self::Updated, Self::Title, Self::DueDate];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Title => "title",
            Self::DueDate => "due_date",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text)
    }

    /// How people expect it: the newest first, but titles from A and what is due soonest.
    pub const fn natural_order(self) -> Order {
        match self {
            Self::Created | Self::Updated => Order::Desc,
            Self::Title | Self::DueDate => Order::Asc,
        }
    }
}

impl Order {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asc => "asc",
            Self::Desc => "desc",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "asc" => Some(Self::Asc),
            "desc" => Some(Self::Desc),
            _ => None,
        }
    }
}

/// How long a page of a list is where nobody asks for another length: as many as a large screen shows, and some more.
pub const PAGE: u16 = 50;

/// What is asked for, but for the place to go on from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListQuery {
    pub status: Status,
    pub sort: Sort,
    pub order: Order,
    /// What is searched for in title and description; empty is everything.
    pub search: String,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            status: Status::default(),
            sort: Sort::default(),
            order: Sort::default().natural_order(),
            search: String::new(),
        }
    }
}

impl ListQuery {
    /// In characters.
    pub const LONGEST_SEARCH: usize = 200;
}
