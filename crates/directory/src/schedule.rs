//! Spans of each week, as administrators write when something is to be done: `Sun.11:30 PM-Mon.1:30 AM`.

use object::{Error, ErrorId, Result, Value};

/// The days as they are shown.
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/// The minutes of a day, and of a week.
const DAY: u32 = 24 * 60;
const WEEK: u32 = 7 * DAY;
/// Times are quarters of an hour: what is written between two is the earlier one.
const QUARTER: u32 = 15;

/// Each night from one o'clock on, for a quarter of an hour.
pub(crate) const ONE_AT_NIGHT: [&str; 7] = [
    "Sun.1:00 AM-Sun.1:15 AM",
    "Mon.1:00 AM-Mon.1:15 AM",
    "Tue.1:00 AM-Tue.1:15 AM",
    "Wed.1:00 AM-Wed.1:15 AM",
    "Thu.1:00 AM-Thu.1:15 AM",
    "Fri.1:00 AM-Fri.1:15 AM",
    "Sat.1:00 AM-Sat.1:15 AM",
];

/// A span of each week, in minutes from Sunday 0:00 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it begins.
    pub start: u32,
    /// Where it ends; less than the start where it goes over the end of the week.
    pub end: u32,
}

impl Span {
    /// Reads `Sun.11:30 PM-Mon.1:30 AM`: days by name, by three letters or by number (Sunday is 0), hours with AM and PM or of
    /// 24; both ends at least a quarter of an hour apart.
    pub fn parse(text: &str) -> Option<Span> {
        let (start, end) = text.split_once('-')?;
        let span = Span { start: minute(start)?, end: minute(end)? };
        ((span.end + WEEK - span.start) % WEEK >= QUARTER).then_some(span)
    }
}

/// How many minutes before a minute of the week the last of some spans began; nothing where there are none.
pub fn since_last_start(spans: &[Span], minute: u32) -> Option<u32> {
    spans.iter().map(|span| (minute + WEEK - span.start) % WEEK).min()
}

/// Refuses what is no span.
pub(crate) fn check(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    match Span::parse(text) {
        Some(_) => Ok(()),
        None => Err(Error::caller(ErrorId::InvalidValue, format!("'{text}' is not a span of a week."))
            .help("Write it as Sun.1:00 AM-Sun.1:15 AM; its ends lie at least 15 minutes apart.")),
    }
}

/// `Sun.11:30 PM` as a minute of the week.
fn minute(text: &str) -> Option<u32> {
    let (day, time) = text.trim().split_once('.')?;
    let (hour, rest) = time.trim().split_once(':')?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (minute, half) = rest.split_at(digits);
    let (hour, minute): (u32, u32) = (number(hour)?, number(minute).filter(|minute| *minute < 60)?);
    let hour = match half.trim().to_ascii_uppercase().as_str() {
        "" if hour < 24 => hour,
        "AM" if (1..=12).contains(&hour) => hour % 12,
        "PM" if (1..=12).contains(&hour) => hour % 12 + 12,
        _ => return None,
    };
    Some(day_number(day)? * DAY + hour * 60 + minute / QUARTER * QUARTER)
}

fn number(text: &str) -> Option<u32> {
    ((1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn day_number(text: &str) -> Option<u32> {
    let is = |day: &&str| day.eq_ignore_ascii_case(text) || day[..3].eq_ignore_ascii_case(text);
    let named = DAYS.iter().position(is).and_then(|at| u32::try_from(at).ok());
    named.or_else(|| number(text).filter(|day| *day < 7 && text.len() == 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_administrators_write_them() {
        for (text, span) in [
            ("Sun.1:00 AM-Sun.1:15 AM", Some((60, 75))),
            ("Sunday.11:30 PM-Monday.1:30 AM", Some((23 * 60 + 30, DAY + 90))),
            ("6.22:00-0.2:07", Some((6 * DAY + 22 * 60, 120))),
            ("mon.12:00 am-mon.12:00 pm", Some((DAY, DAY + 720))),
            ("Sun.1:00 AM-Sun.1:10 AM", None),
            ("Sun.1:00 AM", None),
            ("Sun.13:00 PM-Sun.2:00 PM", None),
            ("Sun.24:00-Mon.1:00", None),
            ("Sun.1:60-Mon.1:00", None),
            ("7.1:00-0.2:00", None),
            ("Son.1:00-Mon.2:00", None),
            ("", None),
        ] {
            let found = Span::parse(text).map(|span| (span.start, span.end));
            assert_eq!(found, span, "{text}");
        }
        assert!(ONE_AT_NIGHT.iter().all(|text| Span::parse(text).is_some()));
    }

    #[test]
    fn the_last_start_may_lie_in_the_week_before() {
        let spans = [Span { start: 60, end: 75 }, Span { start: 3 * DAY, end: 3 * DAY + 30 }];
        for (minute, ago) in [(60, 0), (59, WEEK - 3 * DAY + 59), (3 * DAY + 5, 5), (75, 15)] {
            assert_eq!(since_last_start(&spans, minute), Some(ago), "{minute}");
        }
        assert_eq!(since_last_start(&[], 0), None);
    }
}
