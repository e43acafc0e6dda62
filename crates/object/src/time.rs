//! Time as it is kept and passed on: microseconds of UTC, and the clock that hands it out.
//!
//! Nobody reads the wall clock: a room is given a [`Clock`], so that a test winds thirty days of
//! retention on in a millisecond.

use std::fmt;
use std::ops::{Add, Sub};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A moment: microseconds since 1970-01-01T00:00:00Z. Negative before that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(pub i64);

impl Time {
    /// The moment `seconds` after 1970.
    pub const fn from_unix(seconds: i64) -> Time {
        Time(seconds * 1_000_000)
    }
    /// Whole seconds since 1970, rounded down.
    pub const fn unix(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }
    /// Microseconds within the second, 0 to 999,999.
    pub const fn micros(self) -> i64 {
        self.0.rem_euclid(1_000_000)
    }

    /// Year, month (1–12), day (1–31) in the proleptic Gregorian calendar, UTC.
    pub const fn date(self) -> (i64, u32, u32) {
        // Days are counted from 0000-03-01 so that the leap day is the last of its year.
        let days = self.0.div_euclid(86_400_000_000) + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = (of_year - (153 * shifted + 2) / 5 + 1) as u32;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 } as u32;
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        (year, month, day)
    }

    /// Hour, minute, second of the day, UTC.
    pub const fn clock(self) -> (u32, u32, u32) {
        let seconds = self.unix().rem_euclid(86_400) as u32;
        (seconds / 3600, seconds / 60 % 60, seconds % 60)
    }

    /// Midnight UTC of that day; months and days outside their range carry over.
    pub const fn of_date(year: i64, month: u32, day: u32) -> Time {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let shifted = if month > 2 { month - 3 } else { month + 9 } as i64;
        let of_year = (153 * shifted + 2) / 5 + day as i64 - 1;
        let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
        Time((era * 146_097 + of_era - 719_468) * 86_400_000_000)
    }

    /// RFC 3339 in UTC with as many decimals as are needed: `2026-11-21T08:00:00Z`. [RFC 3339 5.6]
    pub fn rfc3339(self) -> String {
        let ((y, mo, d), (h, mi, s)) = (self.date(), self.clock());
        let micros = self.micros();
        let decimals = if micros == 0 { String::new() } else { format!(".{micros:06}") };
        format!("{y:04}-{mo:02}-{d:02}T{h:02}:{mi:02}:{s:02}{}Z", decimals.trim_end_matches('0'))
    }

    /// Reads RFC 3339, any offset; `None` when it is not that. [RFC 3339 5.6]
    pub fn parse_rfc3339(text: &str) -> Option<Time> {
        let bytes = text.as_bytes();
        let number = |range: std::ops::Range<usize>| -> Option<i64> {
            let digits = bytes.get(range)?;
            digits.iter().all(u8::is_ascii_digit).then(|| std::str::from_utf8(digits).ok()?.parse().ok())?
        };
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
        let ok = (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && hour < 24
            && minute < 60
            && second <= 60
            && bytes[4] == b'-'
            && bytes[7] == b'-'
            && matches!(bytes[10], b'T' | b't' | b' ')
            && bytes[13] == b':'
            && bytes[16] == b':';
        if !ok {
            return None;
        }
        let (micros, rest) = fraction(&bytes[19..])?;
        let offset = offset_minutes(rest)?;
        let days = Time::of_date(year, month as u32, day as u32);
        Some(Time(days.0 + (hour * 3600 + minute * 60 + second - offset * 60) * 1_000_000 + micros))
    }
}

/// The microseconds of a decimal fraction, if one is there, and what follows it.
fn fraction(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.', rest)) = bytes.split_first() else { return Some((0, bytes)) };
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let micros =
        (0..6).fold(0, |sum, at| sum * 10 + rest[..digits].get(at).map_or(0, |b| i64::from(b - b'0')));
    (digits > 0).then_some((micros, &rest[digits..]))
}

/// Minutes east of UTC of `Z`, `+hh:mm` or `-hh:mm`.
fn offset_minutes(bytes: &[u8]) -> Option<i64> {
    match bytes {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let digit = |b: &u8| b.is_ascii_digit().then(|| i64::from(b - b'0'));
            let minutes = (digit(h1)? * 10 + digit(h2)?) * 60 + digit(m1)? * 10 + digit(m2)?;
            Some(if *sign == b'-' { -minutes } else { minutes })
        }
        _ => None,
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl Add<Duration> for Time {
    type Output = Time;
    fn add(self, by: Duration) -> Time {
        Time(self.0.saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Time {
    type Output = Time;
    fn sub(self, by: Duration) -> Time {
        Time(self.0.saturating_sub(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }
}

/// Tells the time. Rooms take one in their constructor.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The moment now.
    fn now(&self) -> Time;
}

/// The machine's own clock: the only place in the house that reads it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the clock the others are given")]
    fn now(&self) -> Time {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Time(since.map_or(0, |d| i64::try_from(d.as_micros()).unwrap_or(i64::MAX)))
    }
}

/// A clock that stands still until it is wound on; cloned handles show the same time.
#[derive(Clone, Debug)]
pub struct WoundClock(Arc<AtomicI64>);

impl WoundClock {
    /// A clock that shows `start`.
    pub fn at(start: Time) -> WoundClock {
        WoundClock(Arc::new(AtomicI64::new(start.0)))
    }
    /// Winds the clock on.
    pub fn pass(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }
}

impl Clock for WoundClock {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_both_ways() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2026-11-21T08:09:10.5Z",
            "1899-12-31T23:59:59.000001Z",
            "2000-02-29T00:00:00Z",
        ] {
            assert_eq!(Time::parse_rfc3339(text).unwrap().rfc3339(), text);
        }
        assert_eq!(
            Time::parse_rfc3339("2026-11-21T08:00:00+02:00").unwrap().rfc3339(),
            "2026-11-21T06:00:00Z"
        );
        for bad in [
            "",
            "2026-11-21",
            "2026-13-21T08:00:00Z",
            "2026-11-21T08:00:00",
            "2026-11-21T08:00:00.Z",
            "ä026-11-21T08:00:00Z",
        ] {
            assert_eq!(Time::parse_rfc3339(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_day_comes_back_from_its_date() {
        for day in (-800_000..800_000).step_by(97) {
            let time = Time(day * 86_400_000_000);
            let (y, m, d) = time.date();
            assert_eq!(Time::of_date(y, m, d), time);
        }
    }

    #[test]
    fn a_wound_clock_passes_days_at_once() {
        let clock = WoundClock::at(Time::of_date(2026, 1, 1));
        clock.clone().pass(Duration::from_secs(31 * 86_400));
        assert_eq!(clock.now().date(), (2026, 2, 1));
    }
}
