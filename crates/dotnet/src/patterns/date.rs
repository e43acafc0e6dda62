//! Dates and spans as text: .NET's standard patterns (`d`, `s`, `o`) and custom ones (`yyyy-MM-dd`).

use crate::culture::{self, Culture};
use crate::exception::{Exception, Result};
use crate::locale::Locale;
use jiff::tz::TimeZone;
use object::types::{DateKind, DateTime, TICKS_PER_SECOND, TimeSpan};

fn bad() -> Exception {
    Exception::format("Input string was not in a correct format.")
}

/// Minutes east of UTC of a date, by its kind and the session's zone.
pub fn offset_minutes(date: DateTime, zone: &TimeZone) -> i64 {
    if date.kind == DateKind::Utc {
        return 0;
    }
    let ((year, month, day), (hour, minute, second)) = (date.to_time().date(), date.to_time().clock());
    let civil = jiff::civil::DateTime::new(
        year.clamp(-9999, 9999) as i16,
        month as i8,
        day as i8,
        hour as i8,
        minute as i8,
        second as i8,
        0,
    );
    let zoned = civil.ok().and_then(|civil| civil.to_zoned(zone.clone()).ok());
    zoned.map_or(0, |zoned| i64::from(zoned.offset().seconds()) / 60)
}

/// A date in local time.
pub fn to_local(date: DateTime, zone: &TimeZone) -> DateTime {
    if date.kind == DateKind::Local {
        return date;
    }
    let stamp = jiff::Timestamp::from_microsecond(date.to_time().0);
    let seconds = stamp.map_or(0, |stamp| i64::from(zone.to_offset(stamp).seconds()));
    DateTime::new(date.ticks + seconds * TICKS_PER_SECOND, DateKind::Local)
}

/// A date in UTC; one without a kind is taken as local.
pub fn to_utc(date: DateTime, zone: &TimeZone) -> DateTime {
    if date.kind == DateKind::Utc {
        return date;
    }
    DateTime::new(date.ticks - offset_minutes(date, zone) * 60 * TICKS_PER_SECOND, DateKind::Utc)
}

/// A date in a pattern; an empty pattern is `G`.
pub fn format(date: DateTime, pattern: &str, locale: &Locale) -> Result<String> {
    let culture = locale.culture;
    let pattern = if pattern.is_empty() { "G" } else { pattern };
    let mut letters = pattern.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return standard(date, letter, locale);
    }
    custom(date, pattern, culture, locale)
}

fn standard(date: DateTime, letter: char, locale: &Locale) -> Result<String> {
    let culture = locale.culture;
    let both = |date: &str, time: &str| format!("{date} {time}");
    let iso = &culture::INVARIANT;
    let (pattern, culture) = match letter {
        'd' => (culture.short_date.to_owned(), culture),
        'D' => (culture.long_date.to_owned(), culture),
        't' => (culture.short_time.to_owned(), culture),
        'T' => (culture.long_time.to_owned(), culture),
        'f' => (both(culture.long_date, culture.short_time), culture),
        'F' => (both(culture.long_date, culture.long_time), culture),
        'g' => (both(culture.short_date, culture.short_time), culture),
        'G' => (both(culture.short_date, culture.long_time), culture),
        'm' | 'M' => (culture.month_day.to_owned(), culture),
        'y' | 'Y' => (culture.year_month.to_owned(), culture),
        'o' | 'O' => ("yyyy-MM-ddTHH:mm:ss.fffffffK".to_owned(), iso),
        's' => ("yyyy-MM-ddTHH:mm:ss".to_owned(), iso),
        'u' => ("yyyy-MM-dd HH:mm:ssZ".to_owned(), iso),
        'r' | 'R' => ("ddd, dd MMM yyyy HH:mm:ss 'GMT'".to_owned(), iso),
        'U' => {
            let pattern = both(culture.long_date, culture.long_time);
            return custom(to_utc(date, &locale.zone), &pattern, culture, locale);
        }
        _ => return Err(bad()),
    };
    custom(date, &pattern, culture, locale)
}

/// Year, month, day of a date.
pub fn civil(date: DateTime) -> (i64, u32, u32) {
    date.to_time().date()
}
/// Hour, minute, second of a date.
pub fn clock(date: DateTime) -> (u32, u32, u32) {
    date.to_time().clock()
}
/// The day of the week, Sunday is 0.
pub fn weekday(date: DateTime) -> usize {
    ((date.ticks / (86_400 * TICKS_PER_SECOND) + 1) % 7) as usize
}

fn custom(date: DateTime, pattern: &str, culture: &Culture, locale: &Locale) -> Result<String> {
    let chars: Vec<char> = pattern.chars().collect();
    let genitive = has_day_number(&chars);
    let mut out = String::new();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        let count = chars[at..].iter().take_while(|other| **other == c).count();
        let used = match c {
            'd' | 'M' | 'y' | 'h' | 'H' | 'm' | 's' | 't' | 'f' | 'F' | 'z' | 'K' | 'g' | ':' | '/' => {
                let taken = if matches!(c, ':' | '/' | 'K') { 1 } else { count };
                field(&mut out, date, c, taken, genitive, culture, locale)?;
                taken
            }
            '\'' | '"' => {
                let end = closing(&chars, at, c).ok_or_else(bad)?;
                push_quoted(&mut out, &chars[at + 1..end]);
                end + 1 - at
            }
            '%' => match chars.get(at + 1) {
                Some(next) if *next != '%' => {
                    let single = next.to_string();
                    out.push_str(&custom(date, &single, culture, locale)?);
                    2
                }
                _ => return Err(bad()),
            },
            '\\' => {
                out.push(*chars.get(at + 1).ok_or_else(bad)?);
                2
            }
            '\u{202f}' if locale.profile.blank_before_am => {
                out.push(' ');
                1
            }
            other => {
                out.push(other);
                1
            }
        };
        at += used;
    }
    Ok(out)
}

fn closing(chars: &[char], at: usize, quote: char) -> Option<usize> {
    let mut end = at + 1;
    while end < chars.len() {
        match chars[end] {
            '\\' => end += 1,
            c if c == quote => return Some(end),
            _ => {}
        }
        end += 1;
    }
    None
}

fn push_quoted(out: &mut String, inside: &[char]) {
    let mut escaped = false;
    for c in inside {
        if *c == '\\' && !escaped {
            escaped = true;
            continue;
        }
        out.push(*c);
        escaped = false;
    }
}

/// Whether a day of the month stands in the pattern: months then take the form they have beside a day.
fn has_day_number(chars: &[char]) -> bool {
    let mut at = 0;
    while at < chars.len() {
        match chars[at] {
            '\'' | '"' => at = closing(chars, at, chars[at]).unwrap_or(chars.len()),
            '\\' => at += 1,
            'd' => {
                let count = chars[at..].iter().take_while(|c| **c == 'd').count();
                if count <= 2 {
                    return true;
                }
                at += count - 1;
            }
            _ => {}
        }
        at += 1;
    }
    false
}

fn field(
    out: &mut String,
    date: DateTime,
    letter: char,
    count: usize,
    genitive: bool,
    culture: &Culture,
    locale: &Locale,
) -> Result<()> {
    let ((year, month, day), (hour, minute, second)) = (civil(date), clock(date));
    let month_at = (month as usize).saturating_sub(1).min(11);
    let number = |n: u32, width: usize| format!("{n:0>width$}", width = width.min(2));
    let text = match (letter, count) {
        ('d', 1 | 2) => number(day, count),
        ('d', 3) => culture.short_days[weekday(date)].to_owned(),
        ('d', _) => culture.days[weekday(date)].to_owned(),
        ('M', 1 | 2) => number(month, count),
        ('M', 3) if genitive => culture.short_months_of_day[month_at].to_owned(),
        ('M', 3) => culture.short_months[month_at].to_owned(),
        ('M', _) => culture.months[month_at].to_owned(),
        ('y', 1 | 2) => number((year % 100) as u32, count),
        ('y', _) => format!("{year:0>count$}"),
        ('h', _) => number(if hour % 12 == 0 { 12 } else { hour % 12 }, count),
        ('H', _) => number(hour, count),
        ('m', _) => number(minute, count),
        ('s', _) => number(second, count),
        ('t', 1) => half(hour, culture).chars().take(1).collect(),
        ('t', _) => half(hour, culture).to_owned(),
        ('f' | 'F', 8..) => return Err(bad()),
        ('f', _) => fraction(date)[..count].to_owned(),
        ('F', _) => {
            let digits = fraction(date)[..count].trim_end_matches('0').to_owned();
            if digits.is_empty() && out.ends_with('.') {
                out.pop();
            }
            digits
        }
        ('z', 1) => format!("{:+}", offset_minutes(date, &locale.zone) / 60),
        ('z', 2) => format!("{:+03}", offset_minutes(date, &locale.zone) / 60),
        ('z', _) => offset(date, locale),
        ('K', _) => match date.kind {
            DateKind::Utc => "Z".to_owned(),
            DateKind::Local => offset(date, locale),
            DateKind::Unspecified => String::new(),
        },
        ('g', _) => culture.era.to_owned(),
        (':', _) => culture.time_separator.to_owned(),
        _ => culture.date_separator.to_owned(),
    };
    out.push_str(&text);
    Ok(())
}

fn half(hour: u32, culture: &Culture) -> &'static str {
    if hour < 12 { culture.am } else { culture.pm }
}

fn offset(date: DateTime, locale: &Locale) -> String {
    let minutes = offset_minutes(date, &locale.zone);
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

fn fraction(date: DateTime) -> String {
    format!("{:07}", date.ticks % TICKS_PER_SECOND)
}

/// A span in a pattern: `c`, `g`, `G` or a custom one (`hh\:mm`); an empty pattern is `c`.
pub fn format_span(span: TimeSpan, pattern: &str, locale: &Locale) -> Result<String> {
    let culture = locale.culture;
    match pattern {
        "" | "c" | "t" | "T" => Ok(span.to_string()),
        "g" => Ok(general_span(span, culture, false)),
        "G" => Ok(general_span(span, culture, true)),
        custom if custom.chars().count() > 1 => custom_span(span, custom),
        _ => Err(bad()),
    }
}

fn general_span(span: TimeSpan, culture: &Culture, full: bool) -> String {
    let ticks = span.ticks.unsigned_abs();
    let (seconds, fraction) = (ticks / 10_000_000, ticks % 10_000_000);
    let (days, hours, minutes, seconds) =
        (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let sign = if span.ticks < 0 { culture.negative_sign } else { "" };
    if full {
        return format!("{sign}{days}:{hours:02}:{minutes:02}:{seconds:02}{}{fraction:07}", culture.decimal);
    }
    let days = if days > 0 { format!("{days}:") } else { String::new() };
    let digits = format!("{fraction:07}");
    let digits = digits.trim_end_matches('0');
    let point = if digits.is_empty() { "" } else { culture.decimal };
    format!("{sign}{days}{hours}:{minutes:02}:{seconds:02}{point}{digits}")
}

fn custom_span(span: TimeSpan, pattern: &str) -> Result<String> {
    let chars: Vec<char> = pattern.chars().collect();
    let ticks = span.ticks.unsigned_abs();
    let (total, part) = (ticks / 10_000_000, format!("{:07}", ticks % 10_000_000));
    let mut out = String::new();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        let count = chars[at..].iter().take_while(|other| **other == c).count();
        let most = match c {
            'd' => 8,
            'f' | 'F' => 7,
            _ => 2,
        };
        match c {
            'd' | 'h' | 'm' | 's' | 'f' | 'F' if count > most => return Err(bad()),
            'd' => out.push_str(&format!("{:0>count$}", total / 86_400)),
            'h' => out.push_str(&format!("{:0>count$}", total / 3600 % 24)),
            'm' => out.push_str(&format!("{:0>count$}", total / 60 % 60)),
            's' => out.push_str(&format!("{:0>count$}", total % 60)),
            'f' => out.push_str(&part[..count]),
            'F' => out.push_str(part[..count].trim_end_matches('0')),
            '\'' | '"' => {
                let end = closing(&chars, at, c).ok_or_else(bad)?;
                push_quoted(&mut out, &chars[at + 1..end]);
                at = end + 1;
                continue;
            }
            '%' if chars.get(at + 1).is_some_and(|next| *next != '%') => {
                at += 1;
                continue;
            }
            '\\' => {
                out.push(*chars.get(at + 1).ok_or_else(bad)?);
                at += 2;
                continue;
            }
            _ => return Err(bad()),
        }
        at += count;
    }
    Ok(out)
}
