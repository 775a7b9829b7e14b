//! Conditional requests (RFC 9110, 13). A task's tag is its version: it goes up with every change.

use axum::http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{IF_MATCH, IF_NONE_MATCH},
};
use donewell_app::tasks::{Task, store::Precondition};

use crate::http::problem::Problem;

pub fn etag(version: i64) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).expect("BUG: digits stand in any header")
}

/// Which versions a change was made for. A weak tag is the tag of none.
pub fn if_match(headers: &HeaderMap) -> Result<Precondition, Problem> {
    let Some(tags) = Tags::read(headers, &IF_MATCH)? else {
        return Ok(None);
    };
    Ok(match tags {
        Tags::Any => None,
        Tags::Of(tags) => {
            let strong = tags.iter().filter(|tag| !tag.is_weak);
            Some(strong.filter_map(Tag::version).collect())
        }
    })
}

/// Whether the task is still the one that the caller has.
pub fn is_unchanged(headers: &HeaderMap, task: &Task) -> Result<bool, Problem> {
    Ok(match Tags::read(headers, &IF_NONE_MATCH)? {
        None => false,
        Some(Tags::Any) => true,
        Some(Tags::Of(tags)) => tags.iter().any(|tag| tag.version() == Some(task.version)),
    })
}

enum Tags {
    /// `*`
    Any,
    Of(Vec<Tag>),
}

struct Tag {
    is_weak: bool,
    text: String,
}

impl Tag {
    /// Written as we write it; `"+1"` and `"01"` are others' tags.
    fn version(&self) -> Option<i64> {
        let version: i64 = self.text.parse().ok()?;
        (version.to_string() == self.text).then_some(version)
    }
}

impl Tags {
    fn read(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Self>, Problem> {
        let mut tags = Vec::new();
        let mut values = headers.get_all(name).iter().peekable();
        if values.peek().is_none() {
            return Ok(None);
        }
        for value in values {
            let malformed = || {
                Problem::bad_request(format!(
                    "The header `{name}` must be `*` or a list of entity tags"
                ))
            };
            let text = value.to_str().map_err(|_| malformed())?;
            if text.trim() == "*" {
                // Beside others it would make the whole condition void.
                return if headers.get_all(name).iter().count() == 1 {
                    Ok(Some(Self::Any))
                } else {
                    Err(malformed())
                };
            }
            parse_list(text, &mut tags).ok_or_else(malformed)?;
        }
        Ok(Some(Self::Of(tags)))
    }
}

/// `"1", W/"2"`. A tag may contain a comma.
fn parse_list(text: &str, tags: &mut Vec<Tag>) -> Option<()> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(',') {
            rest = after.trim_start();
            continue;
        }
        let (is_weak, tag) = match rest.strip_prefix("W/") {
            Some(tag) => (true, tag),
            None => (false, rest),
        };
        let (inside, after) = tag.strip_prefix('"')?.split_once('"')?;
        if inside.contains(char::is_whitespace) {
            return None;
        }
        tags.push(Tag {
            is_weak,
            text: inside.to_owned(),
        });
        rest = after.trim_start();
        if !rest.is_empty() && !rest.starts_with(',') {
            return None;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn headers(name: HeaderName, values: &[&str]) -> HeaderMap {
        let pair = |value: &&str| (name.clone(), value.parse().expect("a value"));
        values.iter().map(pair).collect()
    }

    fn versions(values: &[&str]) -> Precondition {
        if_match(&headers(IF_MATCH, values)).expect("well-formed")
    }

    #[test]
    fn a_change_is_for_the_versions_that_are_named_strongly() {
        assert_eq!(versions(&[]), None);
        assert_eq!(versions(&["*"]), None);
        assert_eq!(versions(&["\"3\""]), Some(vec![3]));
        assert_eq!(
            versions(&["\"3\" , W/\"4\",\"5\"", "\"6\""]),
            Some(vec![3, 5, 6])
        );
        assert_eq!(versions(&["\"a,b\", \"+1\", \"01\""]), Some(vec![]));
    }

    #[test]
    fn what_is_no_list_of_tags_is_refused() {
        for text in [
            "",
            "3",
            "\"3",
            "\"3\" \"4\"",
            "w/\"3\"",
            "W/3",
            "\"a b\"",
            "*, \"3\"",
        ] {
            if_match(&headers(IF_MATCH, &[text])).expect_err(text);
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read_or_refused(text in "[ -~]{0,40}") {
            if let Ok(Some(versions)) = if_match(&headers(IF_MATCH, &[&text])) {
                prop_assert!(versions.len() <= text.len());
            }
        }
    }
}
