//! As the request's cookie has it.

use crate::{context, tasks::Moment};

/// No place on Earth is further from UTC.
const FURTHEST: i32 = 14 * 60;

/// Reads the cookie's value; what makes no sense is UTC.
pub fn parse(text: &str) -> i32 {
    text.parse()
        .ok()
        .filter(|offset: &i32| offset.abs() <= FURTHEST)
        .unwrap_or_default()
}

pub fn now() -> Moment {
    // Without a clock of ours nothing is rendered anyway.
    context::accounts().map_or(Moment(0), |accounts| accounts.clock.now().into())
}

pub fn offset() -> i32 {
    context::utc_offset()
}

/// Does nothing: the browser knows.
pub fn keep(_: i32) {}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn what_is_no_place_on_earth_is_utc() {
        assert_eq!(parse("-210"), -210);
        assert_eq!(parse("840"), 840);
        for text in ["", "841", "-99999999999", "1e2", "120; x", "２"] {
            assert_eq!(parse(text), 0, "{text:?}");
        }
    }
}
