//! When something is due, in words.

use crate::{
    tasks::{Day, Due, Moment},
    text::use_text,
    ui::Tone,
};

/// As the server reads it: a day as a date field has it; of an instant, its milliseconds in UTC.
pub fn to_field(due: Due) -> String {
    match due {
        Due::Day(day) => day.to_iso(),
        Due::At(moment) => {
            let (hours, minutes) = moment.time_of_day(0);
            let (seconds, ms) = (
                moment.0.div_euclid(1000).rem_euclid(60),
                moment.0.rem_euclid(1000),
            );
            let day = moment.day(0).to_iso();
            format!("{day}T{hours:02}:{minutes:02}:{seconds:02}.{ms:03}Z")
        }
    }
}

/// What the chip says, and in which colour.
pub fn words(due: Due, is_done: bool, today: Day, offset: i32) -> (String, Tone) {
    let words = &use_text().tasks;
    let day = due.day(offset);
    let days = day.days_since(today);
    let said = (words.due)(day, today);
    let said = match due {
        Due::At(at) if is_done || days >= 0 => format!("{said}, {}", time(at, offset)),
        _ => said,
    };
    match days {
        _ if is_done => ((words.date)(day, today), Tone::Neutral),
        ..0 => (said, Tone::Overdue),
        0 => (said, Tone::Today),
        _ => (said, Tone::Neutral),
    }
}

fn time(at: Moment, offset: i32) -> String {
    let (hours, minutes) = at.time_of_day(offset);
    format!("{hours:02}:{minutes:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(due: &str, is_done: bool) -> (String, Tone) {
        let today = Day::parse("2026-11-21").expect("a day");
        let due = Day::parse(due).map(Due::Day).expect("a day");
        words(due, is_done, today, 0)
    }

    #[test]
    fn near_days_have_names_and_far_ones_dates() {
        for (due, words, tone) in [
            ("2026-11-18", "3 days overdue", Tone::Overdue),
            ("2026-11-20", "1 day overdue", Tone::Overdue),
            ("2026-11-21", "Today", Tone::Today),
            ("2026-11-22", "Tomorrow", Tone::Neutral),
            ("2026-11-27", "Fri", Tone::Neutral),
            ("2026-11-28", "28 Nov", Tone::Neutral),
            ("2027-01-02", "2 Jan 2027", Tone::Neutral),
        ] {
            assert_eq!(said(due, false), (words.to_owned(), tone), "{due}");
        }
        assert_eq!(
            said("2026-11-18", true),
            ("18 Nov".to_owned(), Tone::Neutral)
        );
    }

    #[test]
    fn an_instant_is_told_by_the_clock_of_whoever_looks() {
        let today = Day::parse("2026-11-21").expect("a day");
        let at = Due::At(Moment(
            i64::from(i32::from(today)) * 86_400_000 + 23 * 3_600_000,
        ));
        assert_eq!(words(at, false, today, 0).0, "Today, 23:00");
        assert_eq!(words(at, false, today, 90).0, "Tomorrow, 00:30");
        assert_eq!(to_field(at), "2026-11-21T23:00:00.000Z");
    }
}
