//! The list's parameters. What is not known is ignored; what is known must be right, and stand there once.

use std::borrow::Cow;

use donewell_app::tasks::{ListQuery, Order, PAGE, Sort, Status, cursor::Cursor};
use url::form_urlencoded;

use crate::http::problem::Problem;

pub const DEFAULT_LIMIT: u16 = PAGE;
pub const LARGEST_LIMIT: u16 = 200;

/// A page of a list.
#[derive(Debug)]
pub struct Wanted {
    pub query: ListQuery,
    pub after: Option<Cursor>,
    pub limit: u16,
    /// All parameters but the cursor, as the next page's address repeats them.
    others: Vec<(String, String)>,
}

#[derive(Default)]
struct Given<'a> {
    status: Option<Cow<'a, str>>,
    sort: Option<Cow<'a, str>>,
    order: Option<Cow<'a, str>>,
    q: Option<Cow<'a, str>>,
    limit: Option<Cow<'a, str>>,
    cursor: Option<Cow<'a, str>>,
}

impl Wanted {
    pub fn parse(raw: &str) -> Result<Self, Problem> {
        let mut given = Given::default();
        let mut others = Vec::new();
        for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
            let place = match &*name {
                "status" => &mut given.status,
                "sort" => &mut given.sort,
                "order" => &mut given.order,
                "q" => &mut given.q,
                "limit" => &mut given.limit,
                "cursor" => &mut given.cursor,
                _ => {
                    others.push((name.into_owned(), value.into_owned()));
                    continue;
                }
            };
            if place.is_some() {
                return Err(wrong(&name, "must stand there once"));
            }
            if name != "cursor" {
                others.push((name.into_owned(), value.clone().into_owned()));
            }
            *place = Some(value);
        }
        let query = given.query()?;
        Ok(Self {
            after: given
                .cursor
                .map(|cursor| Cursor::decode(&cursor, &query))
                .transpose()
                .map_err(|_| wrong("cursor", "must be that of a `Link` to this list"))?,
            limit: given.limit.map_or(Ok(DEFAULT_LIMIT), |text| limit(&text))?,
            query,
            others,
        })
    }

    /// The query of the next page's address.
    pub fn to_query(&self, next: &Cursor) -> String {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.others)
            .append_pair("cursor", &next.encode(&self.query))
            .finish()
    }
}

impl Given<'_> {
    fn query(&self) -> Result<ListQuery, Problem> {
        let status = one_of(
            "status",
            self.status.as_deref(),
            Status::parse,
            "all, pending or completed",
        )?;
        let sort = one_of(
            "sort",
            self.sort.as_deref(),
            Sort::parse,
            "created, updated, title or due_date",
        )?
        .unwrap_or_default();
        let order = one_of("order", self.order.as_deref(), Order::parse, "asc or desc")?;
        let search = self.q.as_deref().unwrap_or_default();
        if search.chars().count() > ListQuery::LONGEST_SEARCH {
            return Err(wrong("q", "can be 200 characters at most"));
        }
        if search.contains(char::is_control) {
            return Err(wrong("q", "must not contain control characters"));
        }
        Ok(ListQuery {
            status: status.unwrap_or_default(),
            sort,
            order: order.unwrap_or(sort.natural_order()),
            search: search.to_owned(),
        })
    }
}

fn one_of<T>(
    name: &str,
    given: Option<&str>,
    parse: impl FnOnce(&str) -> Option<T>,
    known: &str,
) -> Result<Option<T>, Problem> {
    given
        .map(|text| parse(text).ok_or_else(|| wrong(name, &format!("must be {known}"))))
        .transpose()
}

fn limit(text: &str) -> Result<u16, Problem> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|limit| is_number && (1..=LARGEST_LIMIT).contains(limit))
        .ok_or_else(|| wrong("limit", "must be a number from 1 to 200"))
}

fn wrong(name: &str, what: &str) -> Problem {
    Problem::bad_request(format!("The parameter `{name}` {what}"))
}
