//! What time it is. Tests move it forward instead of waiting.

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use time::{Duration, OffsetDateTime};

/// The system's time, plus what a test has added.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead_by_ms: Arc<AtomicI64>,
}

impl Clock {
    /// Now, in the milliseconds that the wire and the database both keep.
    pub fn now(&self) -> OffsetDateTime {
        let now = OffsetDateTime::now_utc()
            + Duration::milliseconds(self.ahead_by_ms.load(Ordering::Relaxed));
        now.replace_nanosecond(now.nanosecond() / 1_000_000 * 1_000_000)
            .unwrap_or(now)
    }

    /// For tests: everybody who holds this clock sees the later time.
    pub fn advance(&self, by: Duration) {
        let ms = i64::try_from(by.whole_milliseconds()).unwrap_or(i64::MAX);
        self.ahead_by_ms.fetch_add(ms, Ordering::Relaxed);
    }
}

impl governor::clock::Clock for Clock {
    type Instant = governor::nanos::Nanos;

    fn now(&self) -> Self::Instant {
        let since_epoch = Clock::now(self).unix_timestamp_nanos();
        u64::try_from(since_epoch).unwrap_or_default().into()
    }
}

/// As `JavaScript` writes it, which is what Better Auth's clients parse: milliseconds and a `Z`.
pub fn rfc3339(time: OffsetDateTime) -> String {
    let time = time.to_offset(time::UtcOffset::UTC);
    let mut text = *b"0000-00-00T00:00:00.000Z";
    // A list has dozens of them: digit by digit it takes a tenth of what `format!` does.
    let mut put = |place: Range<usize>, mut number: u32| {
        for digit in text[place].iter_mut().rev() {
            *digit = b"0123456789"[number as usize % 10];
            number /= 10;
        }
    };
    put(0..4, time.year().unsigned_abs());
    put(5..7, u8::from(time.month()).into());
    put(8..10, time.day().into());
    put(11..13, time.hour().into());
    put(14..16, time.minute().into());
    put(17..19, time.second().into());
    put(20..23, time.millisecond().into());
    String::from_utf8_lossy(&text).into_owned()
}
