//! Dates and spans as .NET has them: ticks of 100 nanoseconds.

use super::kind::{Kind, PropertyType};
use crate::{Result, Time, Value};
use std::fmt;

/// Ticks in a second.
pub const TICKS_PER_SECOND: i64 = 10_000_000;
/// The ticks of 1970-01-01, counted from 0001-01-01.
const UNIX_EPOCH_TICKS: i64 = 621_355_968_000_000_000;
/// The ticks of 9999-12-31T23:59:59.9999999.
const LAST_TICKS: i64 = 3_155_378_975_999_999_999;

/// What a [`DateTime`] is relative to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DateKind {
    /// Not said.
    Unspecified,
    /// UTC.
    Utc,
    /// The session's time zone.
    Local,
}

/// `System.DateTime`: ticks since 0001-01-01 and what they are relative to. The kind takes no part in
/// comparisons, as in .NET.
#[derive(Clone, Copy, Debug)]
pub struct DateTime {
    /// 100-nanosecond steps since 0001-01-01T00:00:00, 0 to 3,155,378,975,999,999,999.
    pub ticks: i64,
    /// What the ticks are relative to.
    pub kind: DateKind,
}

impl DateTime {
    /// A date of `ticks`, kept within year 1 to 9999.
    pub fn new(ticks: i64, kind: DateKind) -> DateTime {
        DateTime { ticks: ticks.clamp(0, LAST_TICKS), kind }
    }
    /// The date of a moment, in UTC.
    pub fn utc(time: Time) -> DateTime {
        DateTime::new(time.0.saturating_mul(10).saturating_add(UNIX_EPOCH_TICKS), DateKind::Utc)
    }
    /// The moment, taking the ticks as UTC.
    pub fn to_time(self) -> Time {
        Time((self.ticks - UNIX_EPOCH_TICKS).div_euclid(10))
    }
}

impl PartialEq for DateTime {
    fn eq(&self, other: &DateTime) -> bool {
        self.ticks == other.ticks
    }
}
impl Eq for DateTime {}
impl PartialOrd for DateTime {
    fn partial_cmp(&self, other: &DateTime) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for DateTime {
    fn cmp(&self, other: &DateTime) -> std::cmp::Ordering {
        self.ticks.cmp(&other.ticks)
    }
}
impl std::hash::Hash for DateTime {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.ticks.hash(state);
    }
}

impl fmt::Display for DateTime {
    /// The invariant form `11/21/2026 08:00:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.to_time();
        let ((year, month, day), (hour, minute, second)) = (time.date(), time.clock());
        write!(f, "{month:02}/{day:02}/{year:04} {hour:02}:{minute:02}:{second:02}")
    }
}

impl From<Time> for Value {
    fn from(time: Time) -> Value {
        Value::DateTime(DateTime::utc(time))
    }
}

/// How dates are read. Culture forms are `dotnet`'s; here RFC 3339, ISO dates and US short dates.
pub static DATE_TIME: Kind =
    Kind { name: "DateTime", read: read_date, accepts: "a date such as 11/21/2026 or 2026-11-21T08:00:00Z" };

fn read_date(value: &Value) -> Result<Value> {
    match value {
        Value::DateTime(_) => Ok(value.clone()),
        Value::String(text) => {
            parse_date(text.trim()).map(Value::DateTime).ok_or_else(|| DATE_TIME.refuse(value))
        }
        other => Err(DATE_TIME.refuse(other)),
    }
}

fn parse_date(text: &str) -> Option<DateTime> {
    if let Some(time) = Time::parse_rfc3339(text) {
        return Some(DateTime::utc(time));
    }
    let (text, kind) = match text.strip_suffix(['z', 'Z']) {
        Some(rest) => (rest.trim_end(), DateKind::Utc),
        None => (text, DateKind::Unspecified),
    };
    let (date, clock) = text.split_once([' ', 'T']).unwrap_or((text, "0:00"));
    let midnight = parse_day(date)?;
    let ticks = DateTime::utc(midnight).ticks + parse_clock(clock.trim())? * TICKS_PER_SECOND;
    Some(DateTime::new(ticks, kind))
}

fn parse_day(text: &str) -> Option<Time> {
    let numbers = |sep: char| -> Option<Vec<u32>> { text.split(sep).map(|part| part.parse().ok()).collect() };
    let (year, month, day) = match (numbers('-').as_deref(), numbers('/').as_deref()) {
        (Some([y, m, d]), _) | (_, Some([m, d, y])) => (*y, *m, *d),
        _ => return None,
    };
    let valid = (1..=9999).contains(&year) && (1..=12).contains(&month) && day >= 1;
    let midnight = valid.then(|| Time::of_date(i64::from(year), month, day))?;
    (midnight.date() == (i64::from(year), month, day)).then_some(midnight)
}

/// Seconds of `8:00`, `08:00:30`, `5:00 PM`.
fn parse_clock(text: &str) -> Option<i64> {
    let lower = text.to_ascii_lowercase();
    let (digits, half) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(rest), _) => (rest.trim(), Some(0)),
        (_, Some(rest)) => (rest.trim(), Some(12)),
        _ => (lower.as_str(), None),
    };
    let parts: Option<Vec<i64>> = digits.split(':').map(|part| part.parse().ok()).collect();
    let (hour, minute, second) = match parts?.as_slice() {
        [h, m] => (*h, *m, 0),
        [h, m, s] => (*h, *m, *s),
        _ => return None,
    };
    let hour = half.map_or(hour, |half| hour % 12 + half);
    let valid = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    valid.then_some(hour * 3600 + minute * 60 + second)
}

impl PropertyType for DateTime {
    const KIND: &'static Kind = &DATE_TIME;
    fn of_value(value: &Value) -> Option<DateTime> {
        match value {
            Value::DateTime(date) => Some(*date),
            _ => None,
        }
    }
    fn into_value(self) -> Value {
        Value::DateTime(self)
    }
}

impl PropertyType for Time {
    const KIND: &'static Kind = &DATE_TIME;
    fn of_value(value: &Value) -> Option<Time> {
        DateTime::of_value(value).map(DateTime::to_time)
    }
    fn into_value(self) -> Value {
        self.into()
    }
}

/// `System.TimeSpan`: a length of time in ticks; shown as `30.00:00:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TimeSpan {
    /// 100-nanosecond steps.
    pub ticks: i64,
}

impl TimeSpan {
    /// A span of whole days.
    pub const fn days(days: i64) -> TimeSpan {
        TimeSpan { ticks: days * 86_400 * TICKS_PER_SECOND }
    }
    /// The span as a duration; a negative one is zero.
    pub fn to_duration(self) -> std::time::Duration {
        std::time::Duration::from_micros(u64::try_from(self.ticks / 10).unwrap_or(0))
    }
    /// Reads `[-][d.]hh:mm[:ss[.fffffff]]`, or whole days.
    pub fn parse(text: &str) -> Option<TimeSpan> {
        let (negative, text) = match text.trim().strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.trim()),
        };
        let ticks = if text.contains(':') { clock_ticks(text)? } else { day_ticks(text)? };
        Some(TimeSpan { ticks: if negative { -ticks } else { ticks } })
    }
}

fn day_ticks(text: &str) -> Option<i64> {
    text.parse::<i64>().ok().filter(|days| *days >= 0)?.checked_mul(86_400 * TICKS_PER_SECOND)
}

fn clock_ticks(text: &str) -> Option<i64> {
    let (days, rest) = match text.split_once(':')?.0.split_once('.') {
        Some((days, _)) => (day_ticks(days)?, &text[days.len() + 1..]),
        None => (0, text),
    };
    let parts: Vec<&str> = rest.split(':').collect();
    let (hours, minutes, seconds) = match parts.as_slice() {
        [h, m] => (h, m, "0"),
        [h, m, s] => (h, m, *s),
        _ => return None,
    };
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let hours: i64 = hours.parse().ok().filter(|h| (0..24).contains(h))?;
    let minutes: i64 = minutes.parse().ok().filter(|m| (0..60).contains(m))?;
    let whole: i64 = whole.parse().ok().filter(|s| (0..60).contains(s))?;
    let valid = fraction.len() <= 7 && fraction.bytes().all(|b| b.is_ascii_digit());
    let fraction: i64 = if valid { format!("{fraction:0<7}").parse().ok()? } else { return None };
    days.checked_add((hours * 3600 + minutes * 60 + whole) * TICKS_PER_SECOND + fraction)
}

impl fmt::Display for TimeSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ticks = self.ticks.unsigned_abs();
        let (seconds, fraction) = (ticks / 10_000_000, ticks % 10_000_000);
        let days = seconds / 86_400;
        f.write_str(if self.ticks < 0 { "-" } else { "" })?;
        if days > 0 {
            write!(f, "{days}.")?;
        }
        write!(f, "{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)?;
        if fraction > 0 { write!(f, ".{fraction:07}") } else { Ok(()) }
    }
}

/// How spans are read.
pub static TIME_SPAN: Kind = Kind {
    name: "EnhancedTimeSpan",
    read: read_span,
    accepts: "a time span such as 30.00:00:00 (days.hours:minutes:seconds)",
};

fn read_span(value: &Value) -> Result<Value> {
    match value {
        Value::TimeSpan(_) => Ok(value.clone()),
        Value::String(text) => {
            TimeSpan::parse(text).map(Value::TimeSpan).ok_or_else(|| TIME_SPAN.refuse(value))
        }
        // A bare number is days, as the text of it is: -RetainDeletedItemsFor 30.
        Value::Enum(_) => Err(TIME_SPAN.refuse(value)),
        other => {
            let days = other.as_i64().and_then(|days| TimeSpan::parse(&days.to_string()));
            days.map(Value::TimeSpan).ok_or_else(|| TIME_SPAN.refuse(other))
        }
    }
}

impl PropertyType for TimeSpan {
    const KIND: &'static Kind = &TIME_SPAN;
    fn of_value(value: &Value) -> Option<TimeSpan> {
        match value {
            Value::TimeSpan(span) => Some(*span),
            _ => None,
        }
    }
    fn into_value(self) -> Value {
        Value::TimeSpan(self)
    }
}
