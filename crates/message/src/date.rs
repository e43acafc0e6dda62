//! Dates of header fields, read leniently, and written.  [RFC 5322 3.3] [RFC 5322 4.3]

use object::Time;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/// A moment and the offset it was written with, in minutes east of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The moment.
    pub time: Time,
    /// Minutes east of UTC: SENTSINCE compares the date as the sender wrote it. [RFC 9051 6.4.4]
    pub offset: i16,
}

impl Sent {
    /// Midnight of the day the sender's calendar showed, as if it were UTC.
    pub fn day(self) -> Time {
        let local = self.time.0.saturating_add(i64::from(self.offset) * 60_000_000);
        Time(local - local.rem_euclid(86_400_000_000))
    }
}

/// Reads a date-time: weekday and seconds may be missing, comments and obsolete zones are understood,
/// two-digit years too. `None` when no day, month and year can be made out.
pub fn parse(value: &[u8]) -> Option<Sent> {
    let text = without_comments(value);
    let mut words = text
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty())
        .filter(|word| !is_weekday(word))
        .flat_map(|word| {
            word.split_once('-')
                .filter(|(day, _)| is_number(day))
                .map_or(vec![word], |(day, rest)| std::iter::once(day).chain(rest.split('-')).collect())
        });
    let mut first = words.next()?;
    let mut second = words.next()?;
    // `Nov 21` as in asctime().
    if month(first).is_some() {
        std::mem::swap(&mut first, &mut second);
    }
    let (day, month) = (number(first, 2)?, month(second)?);
    let third = words.next()?;
    // asctime() has the time before the year.
    let (year, clock, zone) = if third.contains(':') {
        let year = words.next()?;
        (year, third, words.next())
    } else {
        (third, words.next().unwrap_or("00:00:00"), words.next())
    };
    assemble(year_of(year)?, month, day, clock, zone)
}

fn assemble(year: i64, month: u32, day: i64, clock: &str, zone: Option<&str>) -> Option<Sent> {
    let mut parts = clock.split([':', '.']).map(|part| number(part, 2));
    let (hour, minute) = (parts.next()??, parts.next().unwrap_or(Some(0))?);
    let second = parts.next().unwrap_or(Some(0))?;
    if !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let offset = zone.map_or(0, offset);
    let days = Time::of_date(year, month, day as u32).0;
    let seconds = hour * 3600 + minute * 60 + second - i64::from(offset) * 60;
    Some(Sent { time: Time(days + seconds * 1_000_000), offset })
}

/// Removes comments, which may nest; iterative, as the depth is the sender's.
fn without_comments(value: &[u8]) -> String {
    let mut depth = 0usize;
    let mut out = String::new();
    for &byte in value.iter().take(200) {
        match byte {
            b'(' => depth += 1,
            b')' if depth > 0 => depth -= 1,
            _ if depth == 0 && byte.is_ascii() => out.push(byte as char),
            _ => {}
        }
    }
    out
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

fn is_weekday(word: &str) -> bool {
    let start = word.get(..3).unwrap_or("");
    DAYS.iter().any(|day| day.eq_ignore_ascii_case(start))
        && word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'.')
}

fn number(word: &str, digits: usize) -> Option<i64> {
    (is_number(word) && word.len() <= digits).then(|| word.parse().ok())?
}

fn month(word: &str) -> Option<u32> {
    let start = word.get(..3)?;
    MONTHS.iter().position(|name| name.eq_ignore_ascii_case(start)).map(|at| at as u32 + 1)
}

/// Two digits are 2000–2049 or 1950–1999, three digits count from 1900. [RFC 5322 4.3]
fn year_of(word: &str) -> Option<i64> {
    let year = number(word, 4)?;
    Some(match word.len() {
        1 | 2 if year < 50 => year + 2000,
        1..=3 => year + 1900,
        _ => year,
    })
}

/// Minutes east of UTC; an unknown zone is UTC. [RFC 5322 4.3]
fn offset(zone: &str) -> i16 {
    let (sign, digits) = match zone.as_bytes() {
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return named_offset(zone),
    };
    let digits: Vec<i16> =
        digits.iter().filter(|b| b.is_ascii_digit()).map(|b| i16::from(b - b'0')).collect();
    match digits[..] {
        [a, b, c, d] if a * 10 + b < 24 && c < 6 => sign * ((a * 10 + b) * 60 + c * 10 + d),
        _ => 0,
    }
}

fn named_offset(zone: &str) -> i16 {
    let hours = match zone.to_ascii_uppercase().as_str() {
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "CET" | "BST" => 1,
        "CEST" | "EET" => 2,
        _ => 0,
    };
    hours * 60
}

/// A moment as a header shows it, in UTC: `Sat, 21 Nov 2026 08:09:10 +0000`. [RFC 5322 3.3]
pub fn write(time: Time) -> String {
    let ((year, month, day), (hour, minute, second)) = (time.date(), time.clock());
    let weekday = DAYS[(time.0.div_euclid(86_400_000_000) + 4).rem_euclid(7) as usize];
    let month = MONTHS[month as usize - 1];
    format!("{weekday}, {day} {month} {year:04} {hour:02}:{minute:02}:{second:02} +0000")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_they_come() {
        for (text, time) in [
            ("Sat, 21 Nov 2026 08:09:10 +0000", "2026-11-21T08:09:10Z"),
            ("Sat, 21 Nov 2026 08:09:10 +0230", "2026-11-21T05:39:10Z"),
            ("21 Nov 2026 08:09 -0500 (EST)", "2026-11-21T13:09:00Z"),
            ("Thu, 1 Jan 70 00:00:00 GMT", "1970-01-01T00:00:00Z"),
            ("Saturday, 21-Nov-26 08:09:10 GMT", "2026-11-21T08:09:10Z"),
            ("Sat Nov 21 08:09:10 2026", "2026-11-21T08:09:10Z"),
            ("21 Nov 126 08:09:10 EST", "2026-11-21T13:09:10Z"),
            ("Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", "-"),
            ("Sat, 21 Nov 2026", "2026-11-21T00:00:00Z"),
            ("Sat,21 Nov 2026 8:9:1 Z", "2026-11-21T08:09:01Z"),
            ("Sat, 21 Nov 2026 08.09.10 +0000", "2026-11-21T08:09:10Z"),
            ("Sat, 32 Nov 2026 08:09:10 +0000", "-"),
            ("", "-"),
            ("yesterday", "-"),
            ("ä ö ü", "-"),
            ("99999999999999 Nov 2026 08:00 +0000", "-"),
            ("1 Jan 2026 08:00 +99999999999999", "2026-01-01T08:00:00Z"),
        ] {
            let seen = parse(text.as_bytes()).map_or("-".to_string(), |sent| sent.time.rfc3339());
            assert_eq!(seen, time, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for seconds in [0, 1_763_700_000, -86_400, 951_782_400] {
            let time = Time::from_unix(seconds);
            assert_eq!(parse(write(time).as_bytes()).unwrap().time, time, "{}", write(time));
        }
    }

    #[test]
    fn the_day_is_the_senders() {
        let sent = parse(b"Sat, 21 Nov 2026 23:30:00 -0500").unwrap();
        assert_eq!(sent.day(), Time::of_date(2026, 11, 21));
        assert_eq!(sent.time.date(), (2026, 11, 22));
    }
}
