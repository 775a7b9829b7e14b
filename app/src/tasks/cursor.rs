//! The place in a list where its next page begins: the sort key and the id of the last task shown. Opaque to
//! clients, and of no use to anybody: it names no owner.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{ListQuery, Order, Sort};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub key: Key,
    pub id: Uuid,
}

/// By what the list is sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// None is never: what is due at no time.
    Time(Option<OffsetDateTime>),
    Title(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor of this list")]
pub struct CursorError;

#[derive(Serialize, Deserialize)]
struct Wire(Sort, Order, WireKey, Uuid);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum WireKey {
    /// In microseconds, as exactly as the database keeps it.
    Time(Option<i64>),
    Title(String),
}

impl Cursor {
    pub fn encode(&self, query: &ListQuery) -> String {
        let key = match &self.key {
            Key::Time(at) => WireKey::Time(at.map(microseconds)),
            Key::Title(title) => WireKey::Title(title.clone()),
        };
        let wire = Wire(query.sort, query.order, key, self.id);
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&wire).unwrap_or_default())
    }

    /// A cursor goes on with the order that it comes from, and no other.
    pub fn decode(text: &str, query: &ListQuery) -> Result<Self, CursorError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
        let Wire(sort, order, key, id) = serde_json::from_slice(&bytes).map_err(|_| CursorError)?;
        if (sort, order) != (query.sort, query.order) {
            return Err(CursorError);
        }
        let key = match (sort, key) {
            (Sort::Title, WireKey::Title(title)) if !title.contains('\0') => Key::Title(title),
            (Sort::Created | Sort::Updated, WireKey::Time(Some(at))) => {
                Key::Time(Some(instant(at)?))
            }
            (Sort::DueDate, WireKey::Time(at)) => Key::Time(at.map(instant).transpose()?),
            _ => return Err(CursorError),
        };
        Ok(Self { key, id })
    }
}

fn microseconds(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX)
}

/// Of the years that tasks can have: the database knows fewer of those before than the driver can say.
fn instant(microseconds: i64) -> Result<OffsetDateTime, CursorError> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(microseconds) * 1000)
        .ok()
        .filter(|at| at.year() >= 1)
        .ok_or(CursorError)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sorted(sort: Sort) -> ListQuery {
        ListQuery {
            sort,
            order: sort.natural_order(),
            ..ListQuery::default()
        }
    }

    #[test]
    fn a_cursor_says_again_where_it_comes_from() {
        let at =
            OffsetDateTime::from_unix_timestamp_nanos(1_766_000_000_123_456_000).expect("a time");
        let keys = [
            (Sort::Created, Key::Time(Some(at))),
            (Sort::DueDate, Key::Time(None)),
            (Sort::Title, Key::Title("Ünïcode ✓".into())),
        ];
        for (sort, key) in keys {
            let cursor = Cursor {
                key,
                id: Uuid::from_u128(7),
            };
            let text = cursor.encode(&sorted(sort));
            assert_eq!(Cursor::decode(&text, &sorted(sort)), Ok(cursor));
            let other = ListQuery {
                order: Order::Asc,
                ..sorted(Sort::Updated)
            };
            assert_eq!(Cursor::decode(&text, &other), Err(CursorError));
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_made_up_is_taken_for_more_than_it_is(text in ".*", number in any::<i64>()) {
            for sort in Sort::ALL {
                let query = sorted(sort);
                let _ = Cursor::decode(&text, &query);
                let json = serde_json::json!([sort, query.order, number, Uuid::nil()]);
                let made_up = URL_SAFE_NO_PAD.encode(json.to_string());
                if let Ok(cursor) = Cursor::decode(&made_up, &query) {
                    prop_assert_eq!(Cursor::decode(&cursor.encode(&query), &query), Ok(cursor));
                }
            }
        }
    }
}
