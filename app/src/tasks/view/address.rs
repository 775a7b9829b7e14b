//! Filter, order and search, as the page's address has them: back, reload and sharing work.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
    location::Location,
    params::ParamsMap,
};

use crate::tasks::{Sort, Status};

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub status: Status,
    pub sort: Sort,
    pub search: String,
}

pub const SORTS: [Sort; 3] = [Sort::Created, Sort::DueDate, Sort::Title];

/// The whole address's query, not the route's own: that one stays as it was from `/tasks/:id` to `/tasks?status=…`.
pub fn use_wanted() -> Memo<Wanted> {
    let Location {
        pathname, query, ..
    } = use_location();
    Memo::new(move |shown: Option<&Wanted>| {
        let is_here = pathname.with(|path| path == "/tasks" || path.starts_with("/tasks/"));
        match shown {
            // On the way to another page.
            Some(shown) if !is_here => shown.clone(),
            _ => query.with(Wanted::read),
        }
    })
}

/// Goes to the list with what is wanted.
pub fn use_go() -> impl Fn(&Wanted, bool) + Clone + Send + Sync + 'static {
    let navigate = use_navigate();
    move |wanted: &Wanted, replace: bool| {
        let options = NavigateOptions {
            replace,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&wanted.list(), options);
    }
}

impl Wanted {
    fn read(query: &ParamsMap) -> Self {
        let status = query.get_str("status").and_then(Status::parse);
        let sort = query.get_str("sort").and_then(Sort::parse);
        Self {
            status: status.unwrap_or_default(),
            sort: sort.filter(|sort| SORTS.contains(sort)).unwrap_or_default(),
            search: query.get_str("q").unwrap_or_default().to_owned(),
        }
    }

    pub fn query(&self) -> String {
        let mut query = ParamsMap::new();
        if self.status != Status::default() {
            query.insert("status", self.status.as_str().to_owned());
        }
        if self.sort != Sort::default() {
            query.insert("sort", self.sort.as_str().to_owned());
        }
        if !self.search.is_empty() {
            query.insert("q", self.search.clone());
        }
        query.to_query_string()
    }

    /// The address of the list.
    pub fn list(&self) -> String {
        format!("/tasks{}", self.query())
    }

    /// The address of one task's details, over that list.
    pub fn details(&self, id: &str) -> String {
        format!("/tasks/{id}{}", self.query())
    }

    /// Whether anything is left out.
    pub fn is_narrow(&self) -> bool {
        self.status != Status::All || !self.search.trim().is_empty()
    }
}
