//! IMAP's two kinds of dates.  [RFC 9051 9]
//!
//!     date      = 1*2DIGIT "-" Mon "-" 4DIGIT
//!     date-time = DQUOTE (SP DIGIT / 2DIGIT) "-" Mon "-" 4DIGIT SP hh:mm:ss SP zone DQUOTE

use object::Time;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Reads a date as midnight UTC of that day.
pub(crate) fn date(text: &str) -> Option<Time> {
    let mut parts = text.splitn(3, '-');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let day = digits(day, 1..=2)?;
    let month = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(month))? as u32 + 1;
    let year = digits(year, 4..=4)?;
    let time = Time::of_date(i64::from(year), month, day);
    // A 31st of February is no day.
    (time.date() == (i64::from(year), month, day)).then_some(time)
}

/// Reads what stands between the quotes of a date-time.
pub(crate) fn date_time(text: &str) -> Option<Time> {
    let mut words = text.trim_start_matches(' ').split(' ');
    let (day, clock, zone) = (words.next()?, words.next()?, words.next()?);
    if words.next().is_some() {
        return None;
    }
    let seconds = seconds(clock)? - i64::from(offset_minutes(zone)?) * 60;
    Some(Time(date(day)?.0 + seconds * 1_000_000))
}

fn seconds(clock: &str) -> Option<i64> {
    let mut parts = clock.split(':').map(|part| digits(part, 2..=2));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let fits = hour < 24 && minute < 60 && second <= 60 && parts.next().is_none();
    fits.then(|| i64::from(hour * 3600 + minute * 60 + second))
}

fn offset_minutes(zone: &str) -> Option<i32> {
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = digits(&zone[1..], 4..=4)?;
    let (hours, minutes) = (digits / 100, digits % 100);
    (hours < 24 && minutes < 60).then(|| sign * (hours * 60 + minutes) as i32)
}

fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let fits = length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok())?
}

/// An internal date, quotes included, in UTC.
pub(crate) fn write(time: Time) -> String {
    let ((year, month, day), (hour, minute, second)) = (time.date(), time.clock());
    let month = MONTHS[month as usize - 1];
    format!("\"{day:02}-{month}-{year:04} {hour:02}:{minute:02}:{second:02} +0000\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (text, shown) in [
            ("1-Feb-1994", "1994-02-01T00:00:00Z"),
            ("01-feb-1994", "1994-02-01T00:00:00Z"),
            ("31-Feb-1994", "-"),
            ("29-Feb-2000", "2000-02-29T00:00:00Z"),
            ("1-Feb-94", "-"),
            ("1-2-1994", "-"),
            ("", "-"),
            ("1-Feb-99999", "-"),
            ("+1-Feb-1994", "-"),
        ] {
            assert_eq!(date(text).map_or("-".into(), Time::rfc3339), shown, "{text}");
        }
    }

    #[test]
    fn date_times() {
        for (text, shown) in [
            (" 1-Feb-1994 21:52:25 -0800", "1994-02-02T05:52:25Z"),
            ("17-Jul-1996 02:44:25 +0000", "1996-07-17T02:44:25Z"),
            ("17-Jul-1996 24:00:00 +0000", "-"),
            ("17-Jul-1996 02:44:25", "-"),
            ("17-Jul-1996 02:44:25 GMT", "-"),
            ("17-Jul-1996 02:44:25 +9900", "-"),
            ("17-Jul-0000 02:44:25 +0000", "0000-07-17T02:44:25Z"),
        ] {
            assert_eq!(date_time(text).map_or("-".into(), Time::rfc3339), shown, "{text}");
        }
        assert_eq!(write(Time::of_date(1996, 7, 7)), "\"07-Jul-1996 00:00:00 +0000\"");
    }
}
