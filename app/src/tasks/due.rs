//! When. Days and instants are numbers here: that is all the browser needs to carry.

use serde::{Deserialize, Serialize};
use time::{Date, Month, Weekday};

/// The Julian day of 1970-01-01.
const EPOCH: i32 = 2_440_588;

/// A day of the calendar, wherever one is: days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i32", into = "i32")]
pub struct Day(Date);

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub i64);

/// When a task is to be done by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Due {
    Day(Day),
    At(Moment),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a date like 2026-12-24, or a time like 2026-12-24T18:00:00+01:00")]
pub struct DueError;

impl Day {
    /// Of the years 1 to 9999, as `2026-12-24`.
    pub fn parse(text: &str) -> Result<Self, DueError> {
        let bytes = text.as_bytes();
        let is_shaped = bytes.len() == 10
            && bytes.iter().enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !is_shaped {
            return Err(DueError);
        }
        let number = |range: std::ops::Range<usize>| {
            bytes[range]
                .iter()
                .fold(0_u16, |number, digit| number * 10 + u16::from(digit - b'0'))
        };
        let (year, month, day) = (number(0..4), number(5..7), number(8..10));
        if year == 0 {
            return Err(DueError);
        }
        let part = |number: u16| u8::try_from(number).map_err(|_| DueError);
        let month = Month::try_from(part(month)?).map_err(|_| DueError)?;
        Date::from_calendar_date(i32::from(year), month, part(day)?)
            .map(Self)
            .map_err(|_| DueError)
    }

    /// As [`Day::parse`] reads it.
    pub fn to_iso(self) -> String {
        let (year, month, day) = self.0.to_calendar_date();
        format!("{year:04}-{:02}-{day:02}", u8::from(month))
    }

    /// Days from `other` to this one.
    pub fn days_since(self, other: Self) -> i32 {
        self.0.to_julian_day() - other.0.to_julian_day()
    }

    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// From 0, January.
    pub fn month(self) -> usize {
        usize::from(u8::from(self.0.month())) - 1
    }

    pub fn day_of_month(self) -> u8 {
        self.0.day()
    }

    /// From 0, Monday.
    pub fn weekday(self) -> usize {
        match self.0.weekday() {
            Weekday::Monday => 0,
            Weekday::Tuesday => 1,
            Weekday::Wednesday => 2,
            Weekday::Thursday => 3,
            Weekday::Friday => 4,
            Weekday::Saturday => 5,
            Weekday::Sunday => 6,
        }
    }

    pub const fn date(self) -> Date {
        self.0
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self(date)
    }
}

impl TryFrom<i32> for Day {
    type Error = DueError;

    fn try_from(days: i32) -> Result<Self, DueError> {
        let julian = days.checked_add(EPOCH).ok_or(DueError)?;
        Date::from_julian_day(julian)
            .map(Self)
            .map_err(|_| DueError)
    }
}

impl From<Day> for i32 {
    fn from(day: Day) -> Self {
        day.0.to_julian_day() - EPOCH
    }
}

impl Moment {
    /// The day it falls on, where clocks are `offset` minutes ahead of UTC.
    pub fn day(self, offset: i32) -> Day {
        let days = self.local(offset).div_euclid(24 * 60 * 60 * 1000);
        // Beyond the calendar's end there is nothing to show.
        i32::try_from(days)
            .ok()
            .and_then(|days| Day::try_from(days).ok())
            .unwrap_or(Day(Date::MAX))
    }

    /// Hours and minutes there.
    pub fn time_of_day(self, offset: i32) -> (i64, i64) {
        let minutes = self.local(offset).rem_euclid(24 * 60 * 60 * 1000) / 60_000;
        (minutes / 60, minutes % 60)
    }

    fn local(self, offset: i32) -> i64 {
        self.0.saturating_add(i64::from(offset) * 60_000)
    }
}

impl Due {
    /// The day to have it done by.
    pub fn day(self, offset: i32) -> Day {
        match self {
            Self::Day(day) => day,
            Self::At(moment) => moment.day(offset),
        }
    }
}

#[cfg(feature = "ssr")]
mod side {
    use time::{OffsetDateTime, format_description::well_known::Rfc3339};

    use super::{Day, Due, DueError, Moment};
    use crate::auth::clock::rfc3339;

    impl Due {
        pub fn parse(text: &str) -> Result<Self, DueError> {
            if let Ok(day) = Day::parse(text) {
                return Ok(Self::Day(day));
            }
            let at = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| DueError)?;
            let at = at.checked_to_offset(time::UtcOffset::UTC).ok_or(DueError)?;
            // Year 0 is no year that databases and programs agree on.
            if at.year() < 1 {
                Err(DueError)
            } else {
                Ok(Self::At(at.into()))
            }
        }

        /// As [`Due::parse`] reads it.
        pub fn to_text(self) -> String {
            match self {
                Self::Day(day) => day.to_iso(),
                Self::At(moment) => moment.to_rfc3339(),
            }
        }
    }

    impl Moment {
        pub fn to_rfc3339(self) -> String {
            rfc3339(self.into())
        }
    }

    impl From<OffsetDateTime> for Moment {
        fn from(at: OffsetDateTime) -> Self {
            let ms = at.unix_timestamp_nanos().div_euclid(1_000_000);
            Self(i64::try_from(ms).unwrap_or(i64::MAX))
        }
    }

    impl From<Moment> for OffsetDateTime {
        fn from(moment: Moment) -> Self {
            Self::from_unix_timestamp_nanos(i128::from(moment.0) * 1_000_000)
                .unwrap_or(Self::UNIX_EPOCH)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    #[test]
    fn a_day_is_read_as_it_is_written() {
        for text in [
            "0001-01-01",
            "1969-12-31",
            "2024-02-29",
            "2026-12-24",
            "9999-12-31",
        ] {
            assert_eq!(day(text).to_iso(), text);
            let number = i32::from(day(text));
            assert_eq!(Day::try_from(number), Ok(day(text)));
        }
        assert_eq!(i32::from(day("1970-01-02")), 1);
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "2026-2-3",
            "2026-02-30",
            "2025-02-29",
            "2026-13-01",
            "0000-01-01",
            "2026-12-24 ",
            "+026-12-24",
            "24.12.2026",
            "２０２６-12-24",
            "2026-12-24T00:00",
            "2026-00-10",
            "2026-01-00",
            "2026-01-99",
        ] {
            assert_eq!(Day::parse(text), Err(DueError), "{text:?}");
        }
        assert_eq!(Day::try_from(i32::MAX), Err(DueError));
    }

    #[test]
    fn a_moment_falls_on_the_day_of_where_one_is() {
        let before_midnight = Moment(23 * 3_600_000 + 30 * 60_000);
        assert_eq!(before_midnight.day(0), day("1970-01-01"));
        assert_eq!(before_midnight.day(60), day("1970-01-02"));
        assert_eq!(Moment(0).day(-1), day("1969-12-31"));
        assert_eq!(before_midnight.time_of_day(60), (0, 30));
        assert_eq!(Moment(i64::MAX).day(840), Day(Date::MAX));
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn a_time_is_kept_to_the_millisecond_and_told_in_utc() {
        let due = Due::parse("2026-12-24T18:00:00.123456+01:00").expect("a time");
        assert_eq!(due.to_text(), "2026-12-24T17:00:00.123Z");
        assert_eq!(Due::parse(&due.to_text()), Ok(due));
        for text in [
            "2026-12-24T18:00:00",
            "2026-12-24T25:00:00Z",
            "tomorrow",
            "0000-12-31T23:00:00Z",
            "0001-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
            "2026-12-24T18:00:00+01:00\0",
        ] {
            assert_eq!(Due::parse(text), Err(DueError), "{text:?}");
        }
    }
}
