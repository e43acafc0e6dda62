//! Members of dates, spans and offsets.

use super::{Call, Row};
use crate::engine::Engine;
use crate::exception::{Exception, Result};
use crate::format::date as dates;
use crate::locale::Locale;
use crate::parse;
use crate::values::DateTimeOffset;
use object::Value;
use object::types::{DateKind, DateTime, EnumValue, TICKS_PER_SECOND, TimeSpan};
use object::value::Array;

const TICKS_PER_DAY: i64 = 86_400 * TICKS_PER_SECOND;
const LAST_TICKS: i64 = 3_155_378_975_999_999_999;
const UNIX_TICKS: i64 = 621_355_968_000_000_000;
/// 1601-01-01, from which Windows counts file times.
const FILE_TIME_TICKS: i64 = 504_911_232_000_000_000;
const LAST_FILE_TIME: i64 = LAST_TICKS - FILE_TIME_TICKS;
/// 1899-12-30, from which OLE counts days.
const OLE_TICKS: i64 = 599_264_352_000_000_000;

fn int(number: i64) -> Result<Value> {
    Ok(Value::Int32(number as i32))
}
fn date(ticks: i64, kind: DateKind) -> Result<Value> {
    if !(0..=LAST_TICKS).contains(&ticks) {
        return Err(Exception::out_of_range(
            "The added or subtracted value results in an un-representable DateTime.",
            "value",
        ));
    }
    Ok(Value::DateTime(DateTime::new(ticks, kind)))
}
fn span(ticks: i64) -> Result<Value> {
    Ok(TimeSpan { ticks }.into())
}

fn add(call: &Call<'_>, unit: i64) -> Result<Value> {
    let this = call.this_date()?;
    let ticks = call.double(0) * unit as f64;
    if !ticks.is_finite() || ticks.abs() > LAST_TICKS as f64 {
        return Err(Exception::out_of_range("Value to add was out of range.", "value"));
    }
    // .NET adds whole units exactly and the fraction in ticks.
    let whole = (call.double(0).trunc() as i64).checked_mul(unit).unwrap_or(i64::MAX);
    let part = (call.double(0).fract() * unit as f64) as i64;
    date(this.ticks.saturating_add(whole).saturating_add(part), this.kind)
}

fn add_months(this: DateTime, months: i64) -> Result<Value> {
    let (year, month, day) = dates::civil(this);
    let total = year * 12 + i64::from(month) - 1 + months;
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) as u32 + 1);
    if !(1..=9999).contains(&year) {
        return Err(Exception::out_of_range(
            "The added or subtracted value results in an un-representable DateTime.",
            "months",
        ));
    }
    let day = day.min(days_in(year, month));
    let midnight = DateTime::utc(object::Time::of_date(year, month, day)).ticks;
    date(midnight + this.ticks % TICKS_PER_DAY, this.kind)
}

/// The days of a month.
pub(crate) fn days_in(year: i64, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn new_date(call: &Call<'_>) -> Result<Value> {
    let count = call.count();
    let (year, month, day) = (call.int(0), call.int(1), call.int(2));
    let bad = || {
        Exception::new(
            "System.ArgumentOutOfRangeException",
            if count > 3 && parse::valid_day(year, month as u32, day as u32).is_some() {
                "Hour, Minute, and Second parameters describe an un-representable DateTime."
            } else {
                "Year, Month, and Day parameters describe an un-representable DateTime."
            },
        )
    };
    let midnight = u32::try_from(month)
        .ok()
        .zip(u32::try_from(day).ok())
        .and_then(|(m, d)| parse::valid_day(year, m, d))
        .ok_or_else(bad)?;
    let part = |at: usize| if count > at && count >= 6 { call.int(at) } else { 0 };
    let (hour, minute, second) = (part(3), part(4), part(5));
    let (millis, kind_at) =
        if count >= 7 && !matches!(call.plain(6), Value::Enum(_)) { (call.int(6), 7) } else { (0, 6) };
    if !(0..24).contains(&hour)
        || !(0..60).contains(&minute)
        || !(0..60).contains(&second)
        || !(0..1000).contains(&millis)
    {
        return Err(bad());
    }
    let ticks = DateTime::utc(midnight).ticks
        + (hour * 3600 + minute * 60 + second) * TICKS_PER_SECOND
        + millis * 10_000;
    date(ticks, kind_of(call, kind_at))
}

fn kind_of(call: &Call<'_>, at: usize) -> DateKind {
    match call.plain(at) {
        Value::Enum(kind) if kind.number == 1 => DateKind::Utc,
        Value::Enum(kind) if kind.number == 2 => DateKind::Local,
        _ => DateKind::Unspecified,
    }
}

/// What a text that `Parse` does not take is.
fn not_a_date(text: &str, locale: &Locale) -> Exception {
    Exception::format(parse::date_error(text, locale.culture))
}

fn not_recognized(text: &str) -> Exception {
    Exception::format(format!("String '{text}' was not recognized as a valid DateTime."))
}

/// `DateTimeStyles` applied to what was read.
fn styled(found: DateTime, styles: i64, text: &str, locale: &Locale) -> DateTime {
    let zoned = found.kind == DateKind::Local;
    if styles & 128 != 0 && zoned && text.trim_end().ends_with(['Z', 'z']) {
        return dates::to_utc(found, &locale.zone);
    }
    let found = if zoned {
        found
    } else if styles & 64 != 0 {
        let utc = DateTime::new(found.ticks, DateKind::Utc);
        return if styles & 16 != 0 { utc } else { dates::to_local(utc, &locale.zone) };
    } else if styles & 32 != 0 {
        DateTime::new(found.ticks, DateKind::Local)
    } else {
        found
    };
    if styles & 16 != 0 && found.kind != DateKind::Unspecified {
        dates::to_utc(found, &locale.zone)
    } else {
        found
    }
}

fn read(call: &Call<'_>, locale: &Locale, styles: i64) -> Option<DateTime> {
    let text = call.text(0);
    let today = Some(local_now(call).to_time());
    parse::date(&text, locale, today).map(|found| styled(found, styles, &text, locale))
}

fn read_exact(call: &Call<'_>, locale: &Locale, styles: i64) -> Option<DateTime> {
    let text = call.text(0);
    let today = Some(local_now(call).to_time());
    let patterns = call.items(1);
    let subject = if styles & 7 != 0 { text.trim().to_owned() } else { text.clone() };
    let found =
        patterns.iter().find_map(|pattern| parse::date_exact(&subject, &pattern.to_string(), locale, today));
    found.map(|found| styled(found, styles, &text, locale))
}

fn exact_or_error(call: &Call<'_>, styles: i64) -> Result<Value> {
    let locale = call.culture(2)?;
    read_exact(call, &locale, styles).map(Value::DateTime).ok_or_else(|| not_recognized(&call.text(0)))
}

/// What was read with its zone, in `DateTimeStyles`: without a zone it is local, or UTC where that is said.
fn styled_offset(read: parse::Zoned, styles: i64, locale: &Locale) -> DateTimeOffset {
    const ADJUST_TO_UNIVERSAL: i64 = 16;
    const ASSUME_UNIVERSAL: i64 = 64;
    let zone = read.zone.or((styles & ASSUME_UNIVERSAL != 0).then_some(0));
    let made = crate::convert::offset_of(parse::Zoned { zone, ..read }, locale);
    if styles & ADJUST_TO_UNIVERSAL == 0 {
        return made;
    }
    DateTimeOffset { local: DateTime::new(made.utc_ticks(), DateKind::Unspecified), offset: 0 }
}

fn read_offset(call: &Call<'_>, culture_at: usize, styles: i64) -> Result<Option<DateTimeOffset>> {
    let (locale, today) = (call.culture(culture_at)?, Some(local_now(call).to_time()));
    Ok(parse::date_zoned(&call.text(0), &locale, today).map(|read| styled_offset(read, styles, &locale)))
}

fn read_exact_offset(call: &Call<'_>, styles: i64) -> Result<Option<DateTimeOffset>> {
    let (text, locale, today) = (call.text(0), call.culture(2)?, Some(local_now(call).to_time()));
    let patterns = call.items(1);
    let read = patterns
        .iter()
        .find_map(|pattern| parse::date_exact_zoned(&text, &pattern.to_string(), &locale, today));
    Ok(read.map(|read| styled_offset(read, styles, &locale)))
}

fn parse_offset(call: &Call<'_>, styles: i64) -> Result<Value> {
    let found = read_offset(call, 1, styles)?;
    found.map(Value::typed).ok_or_else(|| not_a_date(&call.text(0), call.engine.locale()))
}

fn exact_offset(call: &Call<'_>, styles: i64) -> Result<Value> {
    read_exact_offset(call, styles)?.map(Value::typed).ok_or_else(|| not_recognized(&call.text(0)))
}

fn told(call: &Call<'_>, found: Option<DateTimeOffset>, at: usize) -> Result<Value> {
    let none = DateTimeOffset { local: DateTime::new(0, DateKind::Unspecified), offset: 0 };
    call.set_reference(at, Value::typed(found.unwrap_or(none)));
    Ok(Value::Bool(found.is_some()))
}

/// The minutes of an offset that is an argument; the errors are .NET's.
fn offset_minutes(value: &Value) -> Result<i64> {
    let Value::TimeSpan(span) = value else { return Ok(0) };
    if span.ticks % 600_000_000 != 0 {
        return Err(Exception::argument("Offset must be specified in whole minutes.", "offset"));
    }
    let minutes = span.ticks / 600_000_000;
    if minutes.abs() > 14 * 60 {
        return Err(Exception::out_of_range("Offset must be within plus or minus 14 hours.", "offset"));
    }
    Ok(minutes)
}

/// The same moment and offset, so many ticks later.
fn later(call: &Call<'_>, ticks: i64) -> Result<Value> {
    let this = offset(call)?;
    let Value::DateTime(local) = date(this.local.ticks.saturating_add(ticks), DateKind::Unspecified)? else {
        return Ok(Value::Null);
    };
    Ok(Value::typed(DateTimeOffset { local, offset: this.offset }))
}

fn later_by(call: &Call<'_>, unit: i64) -> Result<Value> {
    later(call, (call.double(0) * unit as f64).round() as i64)
}

fn later_months(call: &Call<'_>, months: i64) -> Result<Value> {
    let this = offset(call)?;
    let Value::DateTime(local) = add_months(this.local, months)? else { return Ok(Value::Null) };
    Ok(Value::typed(DateTimeOffset { local, offset: this.offset }))
}

fn other_offset(call: &Call<'_>, at: usize) -> Option<DateTimeOffset> {
    call.plain(at).downcast::<DateTimeOffset>().copied()
}

fn local_now(call: &Call<'_>) -> DateTime {
    dates::to_local(DateTime::utc(call.engine.host().now()), &call.engine.locale().zone)
}

/// A date as a cast reads it, what it leaves out being today's.
pub(super) fn of_today(engine: &dyn Engine, given: &str) -> Option<Value> {
    let locale = engine.locale().invariant();
    let today = dates::to_local(DateTime::utc(engine.host().now()), &locale.zone).to_time();
    parse::date(given, &locale, Some(today)).map(Value::DateTime)
}

fn formatted(call: &Call<'_>, pattern: &str, locale: &Locale) -> Result<Value> {
    dates::format(call.this_date()?, pattern, locale).map(Value::from)
}

fn subtract(call: &Call<'_>) -> Result<Value> {
    let this = call.this_date()?;
    match call.plain(0) {
        Value::DateTime(other) => span(this.ticks - other.ticks),
        Value::TimeSpan(by) => date(this.ticks - by.ticks, this.kind),
        _ => Err(Exception::argument("Object must be of type DateTime.", "value")),
    }
}

fn total(call: &Call<'_>, unit: f64) -> Result<Value> {
    Ok(Value::Double(call.this_span()?.ticks as f64 / unit))
}

fn part(call: &Call<'_>, unit: i64, modulus: i64) -> Result<Value> {
    int(call.this_span()?.ticks / unit % modulus)
}

fn from(call: &Call<'_>, unit: i64) -> Result<Value> {
    let ticks = call.double(0) * unit as f64;
    if ticks.is_nan() {
        return Err(Exception::new(
            "System.ArgumentException",
            "TimeSpan does not accept floating point Not-a-Number values.",
        ));
    }
    if ticks.abs() > i64::MAX as f64 {
        return Err(Exception::new(
            "System.OverflowException",
            "TimeSpan overflowed because the duration is too long.",
        ));
    }
    span(ticks as i64)
}

fn offset(call: &Call<'_>) -> Result<DateTimeOffset> {
    call.this_as::<DateTimeOffset>().copied()
}

/// The ticks of a Windows file time. What a directory writes for "never" is none.
fn of_file_time(ticks: i64) -> Result<i64> {
    match ticks {
        0..=LAST_FILE_TIME => Ok(FILE_TIME_TICKS + ticks),
        _ => Err(Exception::out_of_range("Not a valid Win32 FileTime.", "fileTime")),
    }
}
/// So many units after the beginning of 1970.
fn unix_time(units: i64, ticks_each: i64, name: &str) -> Result<DateTime> {
    let (least, most) = (-UNIX_TICKS / ticks_each, (LAST_TICKS - UNIX_TICKS) / ticks_each);
    if !(least..=most).contains(&units) {
        let message = format!("Valid values are between {least} and {most}, inclusive.");
        return Err(Exception::out_of_range(message, name));
    }
    Ok(DateTime::new(UNIX_TICKS + units * ticks_each, DateKind::Utc))
}
fn new_offset(local: DateTime, minutes: i64) -> Result<Value> {
    Ok(Value::typed(DateTimeOffset {
        local: DateTime::new(local.ticks, DateKind::Unspecified),
        offset: minutes,
    }))
}

fn span_order(a: i64, b: i64) -> Result<Value> {
    int(a.cmp(&b) as i64)
}

pub(super) static TABLES: &[(&str, &[Row])] = &[
    (
        "System.DateTime",
        &[
            ("datetime Date", |call| {
                let d = call.this_date()?;
                date(d.ticks - d.ticks % TICKS_PER_DAY, d.kind)
            }),
            ("int Day", |call| int(i64::from(dates::civil(call.this_date()?).2))),
            ("System.DayOfWeek DayOfWeek", |call| {
                Ok(Value::Enum(EnumValue {
                    of: &crate::enums::DAY_OF_WEEK,
                    number: dates::weekday(call.this_date()?) as i64,
                }))
            }),
            ("int DayOfYear", |call| {
                let d = call.this_date()?;
                let first = DateTime::utc(object::Time::of_date(dates::civil(d).0, 1, 1)).ticks;
                int((d.ticks - first) / TICKS_PER_DAY + 1)
            }),
            ("int Hour", |call| int(i64::from(dates::clock(call.this_date()?).0))),
            ("System.DateTimeKind Kind", |call| {
                Ok(Value::Enum(EnumValue {
                    of: &crate::enums::DATE_TIME_KIND,
                    number: match call.this_date()?.kind {
                        DateKind::Unspecified => 0,
                        DateKind::Utc => 1,
                        DateKind::Local => 2,
                    },
                }))
            }),
            ("int Millisecond", |call| int(call.this_date()?.ticks / 10_000 % 1000)),
            ("int Microsecond", |call| int(call.this_date()?.ticks / 10 % 1000)),
            ("int Nanosecond", |call| int(call.this_date()?.ticks % 10 * 100)),
            ("int Minute", |call| int(i64::from(dates::clock(call.this_date()?).1))),
            ("int Month", |call| int(i64::from(dates::civil(call.this_date()?).1))),
            ("int Second", |call| int(i64::from(dates::clock(call.this_date()?).2))),
            ("long Ticks", |call| Ok(Value::Int64(call.this_date()?.ticks))),
            ("timespan TimeOfDay", |call| span(call.this_date()?.ticks % TICKS_PER_DAY)),
            ("int Year", |call| int(dates::civil(call.this_date()?).0)),
            ("System.Object DateTime", |call| {
                let locale = call.engine.locale().clone();
                formatted(call, "F", &locale)
            }),
            ("datetime Add(timespan value)", |call| {
                let this = call.this_date()?;
                match call.plain(0) {
                    Value::TimeSpan(by) => date(this.ticks.saturating_add(by.ticks), this.kind),
                    _ => Ok(Value::Null),
                }
            }),
            ("datetime AddDays(double value)", |call| add(call, TICKS_PER_DAY)),
            ("datetime AddHours(double value)", |call| add(call, 3600 * TICKS_PER_SECOND)),
            ("datetime AddMinutes(double value)", |call| add(call, 60 * TICKS_PER_SECOND)),
            ("datetime AddSeconds(double value)", |call| add(call, TICKS_PER_SECOND)),
            ("datetime AddMilliseconds(double value)", |call| add(call, 10_000)),
            ("datetime AddTicks(long value)", |call| {
                let d = call.this_date()?;
                date(d.ticks.saturating_add(call.int(0)), d.kind)
            }),
            ("datetime AddMonths(int months)", |call| add_months(call.this_date()?, call.int(0))),
            ("datetime AddYears(int value)", |call| add_months(call.this_date()?, call.int(0) * 12)),
            ("timespan Subtract(datetime value)", subtract_row),
            ("datetime Subtract(timespan value)", subtract_row),
            ("int CompareTo(datetime value)", |call| match call.plain(0) {
                Value::DateTime(other) => span_order(call.this_date()?.ticks, other.ticks),
                _ => int(1),
            }),
            ("bool Equals(System.Object value)", |call| {
                Ok(Value::Bool(
                    matches!(call.plain(0), Value::DateTime(other) if other.ticks == call.this_date()?.ticks),
                ))
            }),
            ("bool IsDaylightSavingTime()", |call| {
                let d = call.this_date()?;
                let january = DateTime::utc(object::Time::of_date(dates::civil(d).0, 1, 1));
                let zone = &call.engine.locale().zone;
                let local =
                    |d: DateTime| dates::offset_minutes(DateTime::new(d.ticks, DateKind::Unspecified), zone);
                Ok(Value::Bool(local(d) > local(january)))
            }),
            ("string ToString()", |call| {
                let locale = call.engine.locale().clone();
                formatted(call, "G", &locale)
            }),
            ("string ToString(string format)", |call| {
                let (locale, pattern) = (call.engine.locale().clone(), call.text(0));
                formatted(call, &pattern, &locale)
            }),
            ("string ToString(System.IFormatProvider provider)", |call| {
                let locale = call.culture(0)?;
                formatted(call, "G", &locale)
            }),
            ("string ToString(string format, System.IFormatProvider provider)", |call| {
                let (locale, pattern) = (call.culture(1)?, call.text(0));
                formatted(call, &pattern, &locale)
            }),
            ("string ToShortDateString()", |call| {
                let locale = call.engine.locale().clone();
                formatted(call, "d", &locale)
            }),
            ("string ToLongDateString()", |call| {
                let locale = call.engine.locale().clone();
                formatted(call, "D", &locale)
            }),
            ("string ToShortTimeString()", |call| {
                let locale = call.engine.locale().clone();
                formatted(call, "t", &locale)
            }),
            ("string ToLongTimeString()", |call| {
                let locale = call.engine.locale().clone();
                formatted(call, "T", &locale)
            }),
            ("datetime ToLocalTime()", |call| {
                Ok(Value::DateTime(dates::to_local(call.this_date()?, &call.engine.locale().zone)))
            }),
            ("datetime ToUniversalTime()", |call| {
                Ok(Value::DateTime(dates::to_utc(call.this_date()?, &call.engine.locale().zone)))
            }),
            ("long ToFileTime()", file_time),
            ("long ToFileTimeUtc()", file_time),
            ("double ToOADate()", |call| {
                let ticks = call.this_date()?.ticks;
                Ok(Value::Double(if ticks < TICKS_PER_DAY {
                    ticks as f64 / TICKS_PER_DAY as f64
                } else {
                    (ticks - OLE_TICKS) as f64 / TICKS_PER_DAY as f64
                }))
            }),
            ("long ToBinary()", |call| {
                let d = call.this_date()?;
                let kind = match d.kind {
                    DateKind::Unspecified => 0,
                    DateKind::Utc => 1i64 << 62,
                    DateKind::Local => i64::MIN,
                };
                Ok(Value::Int64(d.ticks | kind))
            }),
            ("string[] GetDateTimeFormats()", |call| {
                let (locale, this) = (call.engine.locale().clone(), call.this_date()?);
                let all: Result<Vec<Value>> = ["d", "D", "t", "T", "g", "G", "f", "F", "s", "u", "r"]
                    .iter()
                    .map(|p| dates::format(this, p, &locale).map(Value::from))
                    .collect();
                Ok(Array::of("System.String", all?).into())
            }),
            ("System.TypeCode GetTypeCode()", |_| {
                Ok(Value::Enum(EnumValue { of: &crate::enums::TYPE_CODE, number: 16 }))
            }),
            ("static datetime Now", |call| Ok(Value::DateTime(local_now(call)))),
            ("static datetime UtcNow", |call| Ok(Value::DateTime(DateTime::utc(call.engine.host().now())))),
            ("static datetime Today", |call| {
                let now = local_now(call);
                date(now.ticks - now.ticks % TICKS_PER_DAY, DateKind::Local)
            }),
            ("static datetime MinValue", |_| date(0, DateKind::Unspecified)),
            ("static datetime MaxValue", |_| date(LAST_TICKS, DateKind::Unspecified)),
            ("static datetime UnixEpoch", |_| date(UNIX_TICKS, DateKind::Utc)),
            ("static bool IsLeapYear(int year)", |call| Ok(Value::Bool(is_leap(call.int(0))))),
            ("static int DaysInMonth(int year, int month)", |call| {
                if !(1..=12).contains(&call.int(1)) {
                    let message = "Month must be between one and twelve.";
                    return Err(Exception::out_of_range(message, "month").actual(call.int(1)));
                }
                int(i64::from(days_in(call.int(0), call.int(1) as u32)))
            }),
            ("static int Compare(datetime t1, datetime t2)", |call| match (call.plain(0), call.plain(1)) {
                (Value::DateTime(a), Value::DateTime(b)) => span_order(a.ticks, b.ticks),
                _ => int(0),
            }),
            ("static datetime SpecifyKind(datetime value, System.DateTimeKind kind)", |call| {
                match call.plain(0) {
                    Value::DateTime(d) => date(d.ticks, kind_of(call, 1)),
                    _ => Ok(Value::Null),
                }
            }),
            ("static datetime FromFileTime(long fileTime)", |call| {
                let utc = DateTime::new(of_file_time(call.int(0))?, DateKind::Utc);
                Ok(Value::DateTime(dates::to_local(utc, &call.engine.locale().zone)))
            }),
            ("static datetime FromFileTimeUtc(long fileTime)", |call| {
                date(of_file_time(call.int(0))?, DateKind::Utc)
            }),
            ("static datetime FromOADate(double d)", |call| {
                date(
                    OLE_TICKS + (call.double(0) * 86_400_000.0).round() as i64 * 10_000,
                    DateKind::Unspecified,
                )
            }),
            ("static datetime FromBinary(long dateData)", |call| {
                let data = call.int(0);
                let kind = if data < 0 {
                    DateKind::Local
                } else if data & (1 << 62) != 0 {
                    DateKind::Utc
                } else {
                    DateKind::Unspecified
                };
                date(data & ((1 << 62) - 1), kind)
            }),
            ("static datetime Parse(string s)", |call| {
                let locale = call.engine.locale().clone();
                read(call, &locale, 0).map(Value::DateTime).ok_or_else(|| not_a_date(&call.text(0), &locale))
            }),
            ("static datetime Parse(string s, System.IFormatProvider provider)", |call| {
                let locale = call.culture(1)?;
                read(call, &locale, 0).map(Value::DateTime).ok_or_else(|| not_a_date(&call.text(0), &locale))
            }),
            (
                "static datetime Parse(string s, System.IFormatProvider provider, System.Globalization.DateTimeStyles styles)",
                |call| {
                    let (locale, styles) = (call.culture(1)?, call.int(2));
                    read(call, &locale, styles)
                        .map(Value::DateTime)
                        .ok_or_else(|| not_a_date(&call.text(0), &locale))
                },
            ),
            (
                "static datetime ParseExact(string s, string format, System.IFormatProvider provider)",
                |call| exact_or_error(call, 0),
            ),
            (
                "static datetime ParseExact(string s, string format, System.IFormatProvider provider, System.Globalization.DateTimeStyles style)",
                |call| exact_or_error(call, call.int(3)),
            ),
            (
                "static datetime ParseExact(string s, string[] formats, System.IFormatProvider provider, System.Globalization.DateTimeStyles style)",
                |call| exact_or_error(call, call.int(3)),
            ),
            ("static bool TryParse(string s, [ref] datetime result)", |call| {
                let locale = call.engine.locale().clone();
                let found = read(call, &locale, 0);
                call.set_reference(
                    1,
                    Value::DateTime(found.unwrap_or(DateTime::new(0, DateKind::Unspecified))),
                );
                Ok(Value::Bool(found.is_some()))
            }),
            (
                "static bool TryParse(string s, System.IFormatProvider provider, System.Globalization.DateTimeStyles styles, [ref] datetime result)",
                |call| {
                    let (locale, styles) = (call.culture(1)?, call.int(2));
                    let found = read(call, &locale, styles);
                    call.set_reference(
                        3,
                        Value::DateTime(found.unwrap_or(DateTime::new(0, DateKind::Unspecified))),
                    );
                    Ok(Value::Bool(found.is_some()))
                },
            ),
            (
                "static bool TryParseExact(string s, string format, System.IFormatProvider provider, System.Globalization.DateTimeStyles style, [ref] datetime result)",
                try_exact,
            ),
            (
                "static bool TryParseExact(string s, string[] formats, System.IFormatProvider provider, System.Globalization.DateTimeStyles style, [ref] datetime result)",
                try_exact,
            ),
            ("static datetime new(long ticks)", |call| {
                if !(0..=LAST_TICKS).contains(&call.int(0)) {
                    return Err(Exception::out_of_range(
                        "Ticks must be between DateTime.MinValue.Ticks and DateTime.MaxValue.Ticks.",
                        "ticks",
                    ));
                }
                date(call.int(0), DateKind::Unspecified)
            }),
            ("static datetime new(long ticks, System.DateTimeKind kind)", |call| {
                date(call.int(0), kind_of(call, 1))
            }),
            ("static datetime new(int year, int month, int day)", new_date_row),
            (
                "static datetime new(int year, int month, int day, int hour, int minute, int second)",
                new_date_row,
            ),
            (
                "static datetime new(int year, int month, int day, int hour, int minute, int second, System.DateTimeKind kind)",
                new_date_row,
            ),
            (
                "static datetime new(int year, int month, int day, int hour, int minute, int second, int millisecond)",
                new_date_row,
            ),
            (
                "static datetime new(int year, int month, int day, int hour, int minute, int second, int millisecond, System.DateTimeKind kind)",
                new_date_row,
            ),
            ("static datetime new()", |_| date(0, DateKind::Unspecified)),
        ],
    ),
    (
        "System.TimeSpan",
        &[
            ("int Days", |call| int(call.this_span()?.ticks / TICKS_PER_DAY)),
            ("int Hours", |call| part(call, 3600 * TICKS_PER_SECOND, 24)),
            ("int Milliseconds", |call| part(call, 10_000, 1000)),
            ("int Microseconds", |call| part(call, 10, 1000)),
            ("int Nanoseconds", |call| int(call.this_span()?.ticks % 10 * 100)),
            ("int Minutes", |call| part(call, 60 * TICKS_PER_SECOND, 60)),
            ("int Seconds", |call| part(call, TICKS_PER_SECOND, 60)),
            ("long Ticks", |call| Ok(Value::Int64(call.this_span()?.ticks))),
            ("double TotalDays", |call| total(call, TICKS_PER_DAY as f64)),
            ("double TotalHours", |call| total(call, 36_000_000_000.0)),
            ("double TotalMilliseconds", |call| total(call, 10_000.0)),
            ("double TotalMicroseconds", |call| total(call, 10.0)),
            ("double TotalNanoseconds", |call| Ok(Value::Double(call.this_span()?.ticks as f64 * 100.0))),
            ("double TotalMinutes", |call| total(call, 600_000_000.0)),
            ("double TotalSeconds", |call| total(call, 10_000_000.0)),
            ("timespan Add(timespan ts)", |call| match call.plain(0) {
                Value::TimeSpan(by) => span(call.this_span()?.ticks.saturating_add(by.ticks)),
                _ => Ok(Value::Null),
            }),
            ("timespan Subtract(timespan ts)", |call| match call.plain(0) {
                Value::TimeSpan(by) => span(call.this_span()?.ticks.saturating_sub(by.ticks)),
                _ => Ok(Value::Null),
            }),
            ("timespan Multiply(double factor)", |call| {
                span((call.this_span()?.ticks as f64 * call.double(0)).round() as i64)
            }),
            ("timespan Divide(double divisor)", |call| {
                span((call.this_span()?.ticks as f64 / call.double(0)).round() as i64)
            }),
            ("double Divide(timespan ts)", |call| match call.plain(0) {
                Value::TimeSpan(by) => Ok(Value::Double(call.this_span()?.ticks as f64 / by.ticks as f64)),
                _ => Ok(Value::Null),
            }),
            ("timespan Negate()", |call| span(-call.this_span()?.ticks)),
            ("timespan Duration()", |call| span(call.this_span()?.ticks.abs())),
            ("int CompareTo(timespan value)", |call| match call.plain(0) {
                Value::TimeSpan(other) => span_order(call.this_span()?.ticks, other.ticks),
                _ => int(1),
            }),
            ("bool Equals(System.Object value)", |call| {
                Ok(Value::Bool(
                    matches!(call.plain(0), Value::TimeSpan(other) if *other == call.this_span()?),
                ))
            }),
            ("string ToString()", |call| Ok(call.this_span()?.to_string().into())),
            ("string ToString(string format)", |call| {
                dates::format_span(call.this_span()?, &call.text(0), call.engine.locale()).map(Value::from)
            }),
            ("string ToString(string format, System.IFormatProvider formatProvider)", |call| {
                let locale = call.culture(1)?;
                dates::format_span(call.this_span()?, &call.text(0), &locale).map(Value::from)
            }),
            ("static timespan Zero", |_| span(0)),
            ("static timespan MaxValue", |_| span(i64::MAX)),
            ("static timespan MinValue", |_| span(i64::MIN)),
            ("static long TicksPerDay", |_| Ok(Value::Int64(TICKS_PER_DAY))),
            ("static long TicksPerHour", |_| Ok(Value::Int64(36_000_000_000))),
            ("static long TicksPerMinute", |_| Ok(Value::Int64(600_000_000))),
            ("static long TicksPerSecond", |_| Ok(Value::Int64(TICKS_PER_SECOND))),
            ("static long TicksPerMillisecond", |_| Ok(Value::Int64(10_000))),
            ("static timespan FromDays(double value)", |call| from(call, TICKS_PER_DAY)),
            ("static timespan FromHours(double value)", |call| from(call, 36_000_000_000)),
            ("static timespan FromMinutes(double value)", |call| from(call, 600_000_000)),
            ("static timespan FromSeconds(double value)", |call| from(call, TICKS_PER_SECOND)),
            ("static timespan FromMilliseconds(double value)", |call| from(call, 10_000)),
            ("static timespan FromTicks(long value)", |call| span(call.int(0))),
            ("static timespan Parse(string s)", |call| {
                parse::span(&call.text(0))
                    .map(Value::TimeSpan)
                    .ok_or_else(|| parse::span_error(&call.text(0)))
            }),
            ("static timespan Parse(string s, System.IFormatProvider formatProvider)", |call| {
                parse::span(&call.text(0))
                    .map(Value::TimeSpan)
                    .ok_or_else(|| parse::span_error(&call.text(0)))
            }),
            ("static bool TryParse(string s, [ref] timespan result)", |call| {
                let found = parse::span(&call.text(0));
                call.set_reference(1, Value::TimeSpan(found.unwrap_or_default()));
                Ok(Value::Bool(found.is_some()))
            }),
            (
                "static timespan ParseExact(string input, string format, System.IFormatProvider formatProvider)",
                span_exact,
            ),
            (
                "static timespan ParseExact(string input, string[] formats, System.IFormatProvider formatProvider)",
                span_exact,
            ),
            (
                "static timespan ParseExact(string input, string format, System.IFormatProvider formatProvider, System.Globalization.TimeSpanStyles styles)",
                span_exact,
            ),
            (
                "static timespan ParseExact(string input, string[] formats, System.IFormatProvider formatProvider, System.Globalization.TimeSpanStyles styles)",
                span_exact,
            ),
            (
                "static bool TryParse(string input, System.IFormatProvider formatProvider, [ref] timespan result)",
                |call| {
                    let found = parse::span(&call.text(0));
                    call.set_reference(2, Value::TimeSpan(found.unwrap_or_default()));
                    Ok(Value::Bool(found.is_some()))
                },
            ),
            (
                "static bool TryParseExact(string input, string format, System.IFormatProvider formatProvider, [ref] timespan result)",
                |call| {
                    let found = read_span_exact(call)?;
                    call.set_reference(3, Value::TimeSpan(found.unwrap_or_default()));
                    Ok(Value::Bool(found.is_some()))
                },
            ),
            ("static bool Equals(timespan t1, timespan t2)", |call| {
                Ok(Value::Bool(
                    matches!((call.plain(0), call.plain(1)), (Value::TimeSpan(a), Value::TimeSpan(b)) if a == b),
                ))
            }),
            ("static timespan FromMicroseconds(double value)", |call| from(call, 10)),
            ("static int Compare(timespan t1, timespan t2)", |call| match (call.plain(0), call.plain(1)) {
                (Value::TimeSpan(a), Value::TimeSpan(b)) => span_order(a.ticks, b.ticks),
                _ => int(0),
            }),
            ("static timespan new()", |_| span(0)),
            ("static timespan new(long ticks)", |call| span(call.int(0))),
            ("static timespan new(int hours, int minutes, int seconds)", |call| {
                span((call.int(0) * 3600 + call.int(1) * 60 + call.int(2)) * TICKS_PER_SECOND)
            }),
            ("static timespan new(int days, int hours, int minutes, int seconds)", |call| {
                span(
                    (call.int(0) * 86_400 + call.int(1) * 3600 + call.int(2) * 60 + call.int(3))
                        * TICKS_PER_SECOND,
                )
            }),
            (
                "static timespan new(int days, int hours, int minutes, int seconds, int milliseconds)",
                |call| {
                    span(
                        (call.int(0) * 86_400 + call.int(1) * 3600 + call.int(2) * 60 + call.int(3))
                            * TICKS_PER_SECOND
                            + call.int(4) * 10_000,
                    )
                },
            ),
        ],
    ),
    (
        "System.DateTimeOffset",
        &[
            ("datetime DateTime", |call| Ok(Value::DateTime(offset(call)?.local))),
            ("datetime UtcDateTime", |call| date(offset(call)?.utc_ticks(), DateKind::Utc)),
            ("datetime LocalDateTime", |call| {
                Ok(Value::DateTime(dates::to_local(
                    DateTime::new(offset(call)?.utc_ticks(), DateKind::Utc),
                    &call.engine.locale().zone,
                )))
            }),
            ("datetime Date", |call| {
                let d = offset(call)?.local;
                date(d.ticks - d.ticks % TICKS_PER_DAY, DateKind::Unspecified)
            }),
            ("timespan Offset", |call| span(offset(call)?.offset * 600_000_000)),
            ("long Ticks", |call| Ok(Value::Int64(offset(call)?.local.ticks))),
            ("int Year", |call| int(dates::civil(offset(call)?.local).0)),
            ("int Month", |call| int(i64::from(dates::civil(offset(call)?.local).1))),
            ("int Day", |call| int(i64::from(dates::civil(offset(call)?.local).2))),
            ("int Hour", |call| int(i64::from(dates::clock(offset(call)?.local).0))),
            ("int Minute", |call| int(i64::from(dates::clock(offset(call)?.local).1))),
            ("int Second", |call| int(i64::from(dates::clock(offset(call)?.local).2))),
            ("System.DayOfWeek DayOfWeek", |call| {
                let number = dates::weekday(offset(call)?.local) as i64;
                Ok(Value::Enum(EnumValue { of: &crate::enums::DAY_OF_WEEK, number }))
            }),
            ("int DayOfYear", |call| {
                let d = offset(call)?.local;
                let first = DateTime::utc(object::Time::of_date(dates::civil(d).0, 1, 1)).ticks;
                int((d.ticks - first) / TICKS_PER_DAY + 1)
            }),
            ("int Millisecond", |call| int(offset(call)?.local.ticks / 10_000 % 1000)),
            ("timespan TimeOfDay", |call| span(offset(call)?.local.ticks % TICKS_PER_DAY)),
            ("int TotalOffsetMinutes", |call| int(offset(call)?.offset)),
            ("long UtcTicks", |call| Ok(Value::Int64(offset(call)?.utc_ticks()))),
            ("System.DateTimeOffset Add(timespan timeSpan)", |call| match call.plain(0) {
                Value::TimeSpan(by) => later(call, by.ticks),
                _ => Ok(Value::Null),
            }),
            ("System.DateTimeOffset AddDays(double days)", |call| later_by(call, TICKS_PER_DAY)),
            ("System.DateTimeOffset AddHours(double hours)", |call| later_by(call, 3600 * TICKS_PER_SECOND)),
            ("System.DateTimeOffset AddMilliseconds(double milliseconds)", |call| later_by(call, 10_000)),
            ("System.DateTimeOffset AddMinutes(double minutes)", |call| {
                later_by(call, 60 * TICKS_PER_SECOND)
            }),
            ("System.DateTimeOffset AddMonths(int months)", |call| later_months(call, call.int(0))),
            ("System.DateTimeOffset AddSeconds(double seconds)", |call| later_by(call, TICKS_PER_SECOND)),
            ("System.DateTimeOffset AddTicks(long ticks)", |call| later(call, call.int(0))),
            ("System.DateTimeOffset AddYears(int years)", |call| later_months(call, call.int(0) * 12)),
            ("int CompareTo(System.DateTimeOffset other)", |call| match other_offset(call, 0) {
                Some(other) => span_order(offset(call)?.utc_ticks(), other.utc_ticks()),
                None => int(1),
            }),
            ("bool Equals(System.DateTimeOffset other)", |call| {
                let mine = offset(call)?.utc_ticks();
                Ok(Value::Bool(other_offset(call, 0).is_some_and(|other| other.utc_ticks() == mine)))
            }),
            ("bool EqualsExact(System.DateTimeOffset other)", |call| {
                let mine = offset(call)?;
                let same = |other: DateTimeOffset| {
                    other.local.ticks == mine.local.ticks && other.offset == mine.offset
                };
                Ok(Value::Bool(other_offset(call, 0).is_some_and(same)))
            }),
            ("timespan Subtract(System.DateTimeOffset value)", |call| match other_offset(call, 0) {
                Some(other) => span(offset(call)?.utc_ticks() - other.utc_ticks()),
                None => Ok(Value::Null),
            }),
            ("System.DateTimeOffset Subtract(timespan value)", |call| match call.plain(0) {
                Value::TimeSpan(by) => later(call, -by.ticks),
                _ => Ok(Value::Null),
            }),
            ("long ToFileTime()", |call| Ok(Value::Int64(offset(call)?.utc_ticks() - FILE_TIME_TICKS))),
            ("System.DateTimeOffset ToLocalTime()", |call| {
                let utc = DateTime::new(offset(call)?.utc_ticks(), DateKind::Utc);
                let local = dates::to_local(utc, &call.engine.locale().zone);
                new_offset(local, dates::offset_minutes(local, &call.engine.locale().zone))
            }),
            ("long ToUnixTimeSeconds()", |call| {
                Ok(Value::Int64((offset(call)?.utc_ticks() - UNIX_TICKS).div_euclid(TICKS_PER_SECOND)))
            }),
            ("long ToUnixTimeMilliseconds()", |call| {
                Ok(Value::Int64((offset(call)?.utc_ticks() - UNIX_TICKS).div_euclid(10_000)))
            }),
            ("System.DateTimeOffset ToUniversalTime()", |call| {
                new_offset(DateTime::new(offset(call)?.utc_ticks(), DateKind::Utc), 0)
            }),
            ("System.DateTimeOffset ToOffset(timespan offset)", |call| {
                let minutes = offset_minutes(call.plain(0))?;
                new_offset(
                    DateTime::new(offset(call)?.utc_ticks() + minutes * 600_000_000, DateKind::Utc),
                    minutes,
                )
            }),
            ("string ToString()", |call| offset(call)?.format("", call.engine.locale()).map(Value::from)),
            ("string ToString(string format)", |call| {
                offset(call)?.format(&call.text(0), call.engine.locale()).map(Value::from)
            }),
            ("string ToString(System.IFormatProvider formatProvider)", |call| {
                let locale = call.culture(0)?;
                offset(call)?.format("", &locale).map(Value::from)
            }),
            ("string ToString(string format, System.IFormatProvider formatProvider)", |call| {
                let locale = call.culture(1)?;
                offset(call)?.format(&call.text(0), &locale).map(Value::from)
            }),
            ("static System.DateTimeOffset Now", |call| {
                let now = local_now(call);
                let minutes = dates::offset_minutes(now, &call.engine.locale().zone);
                new_offset(now, minutes)
            }),
            ("static System.DateTimeOffset UtcNow", |call| {
                new_offset(DateTime::utc(call.engine.host().now()), 0)
            }),
            ("static System.DateTimeOffset FromUnixTimeSeconds(long seconds)", |call| {
                new_offset(unix_time(call.int(0), TICKS_PER_SECOND, "seconds")?, 0)
            }),
            ("static System.DateTimeOffset FromUnixTimeMilliseconds(long milliseconds)", |call| {
                new_offset(unix_time(call.int(0), 10_000, "milliseconds")?, 0)
            }),
            ("static System.DateTimeOffset Parse(string input)", |call| parse_offset(call, 0)),
            (
                "static System.DateTimeOffset Parse(string input, System.IFormatProvider formatProvider)",
                |call| parse_offset(call, 0),
            ),
            (
                "static System.DateTimeOffset Parse(string input, System.IFormatProvider formatProvider, System.Globalization.DateTimeStyles styles)",
                |call| parse_offset(call, call.int(2)),
            ),
            (
                "static System.DateTimeOffset ParseExact(string input, string format, System.IFormatProvider formatProvider)",
                |call| exact_offset(call, 0),
            ),
            (
                "static System.DateTimeOffset ParseExact(string input, string format, System.IFormatProvider formatProvider, System.Globalization.DateTimeStyles styles)",
                |call| exact_offset(call, call.int(3)),
            ),
            (
                "static System.DateTimeOffset ParseExact(string input, string[] formats, System.IFormatProvider formatProvider, System.Globalization.DateTimeStyles styles)",
                |call| exact_offset(call, call.int(3)),
            ),
            ("static bool TryParse(string input, [ref] System.DateTimeOffset result)", |call| {
                let found = read_offset(call, 9, 0)?;
                told(call, found, 1)
            }),
            (
                "static bool TryParse(string input, System.IFormatProvider formatProvider, System.Globalization.DateTimeStyles styles, [ref] System.DateTimeOffset result)",
                |call| {
                    let found = read_offset(call, 1, call.int(2))?;
                    told(call, found, 3)
                },
            ),
            (
                "static bool TryParseExact(string input, string format, System.IFormatProvider formatProvider, System.Globalization.DateTimeStyles styles, [ref] System.DateTimeOffset result)",
                |call| {
                    let found = read_exact_offset(call, call.int(3))?;
                    told(call, found, 4)
                },
            ),
            ("static System.DateTimeOffset MinValue", |_| new_offset(DateTime::new(0, DateKind::Utc), 0)),
            ("static System.DateTimeOffset MaxValue", |_| {
                new_offset(DateTime::new(LAST_TICKS, DateKind::Utc), 0)
            }),
            ("static System.DateTimeOffset UnixEpoch", |_| {
                new_offset(DateTime::new(UNIX_TICKS, DateKind::Utc), 0)
            }),
            ("static int Compare(System.DateTimeOffset first, System.DateTimeOffset second)", |call| match (
                other_offset(call, 0),
                other_offset(call, 1),
            ) {
                (Some(a), Some(b)) => span_order(a.utc_ticks(), b.utc_ticks()),
                _ => int(0),
            }),
            ("static System.DateTimeOffset new(long ticks, timespan offset)", |call| {
                let minutes = offset_minutes(call.plain(1))?;
                new_offset(DateTime::new(call.int(0), DateKind::Unspecified), minutes)
            }),
            (
                "static System.DateTimeOffset new(int year, int month, int day, int hour, int minute, int second, timespan offset)",
                |call| {
                    let minutes = offset_minutes(call.plain(6))?;
                    call.arguments.truncate(6);
                    match new_date(call)? {
                        Value::DateTime(local) => new_offset(local, minutes),
                        _ => Ok(Value::Null),
                    }
                },
            ),
            ("static System.DateTimeOffset new(datetime dateTime)", |call| match call.plain(0) {
                Value::DateTime(d) => {
                    let minutes = dates::offset_minutes(*d, &call.engine.locale().zone);
                    new_offset(*d, minutes)
                }
                _ => Ok(Value::Null),
            }),
            ("static System.DateTimeOffset new(datetime dateTime, timespan offset)", |call| {
                match (call.plain(0), call.plain(1)) {
                    (Value::DateTime(d), by) => new_offset(*d, offset_minutes(by)?),
                    _ => Ok(Value::Null),
                }
            }),
        ],
    ),
];

fn read_span_exact(call: &Call<'_>) -> Result<Option<TimeSpan>> {
    const ASSUME_NEGATIVE: i64 = 1;
    let (text, locale) = (call.text(0), call.culture(2)?);
    let patterns = call.items(1);
    let found = patterns.iter().find_map(|pattern| parse::span_exact(&text, &pattern.to_string(), &locale));
    let negative = matches!(call.plain(3), Value::Enum(_)) && call.int(3) & ASSUME_NEGATIVE != 0;
    Ok(found.map(|span| if negative { TimeSpan { ticks: -span.ticks } } else { span }))
}

fn span_exact(call: &mut Call<'_>) -> Result<Value> {
    read_span_exact(call)?.map(Value::TimeSpan).ok_or_else(|| {
        Exception::format(format!("String '{}' was not recognized as a valid TimeSpan.", call.text(0)))
    })
}

fn subtract_row(call: &mut Call<'_>) -> Result<Value> {
    subtract(call)
}
fn new_date_row(call: &mut Call<'_>) -> Result<Value> {
    new_date(call)
}
fn file_time(call: &mut Call<'_>) -> Result<Value> {
    let ticks = dates::to_utc(call.this_date()?, &call.engine.locale().zone).ticks - FILE_TIME_TICKS;
    if ticks < 0 {
        return Err(Exception::new("System.ArgumentOutOfRangeException", "Not a valid Win32 FileTime."));
    }
    Ok(Value::Int64(ticks))
}
fn try_exact(call: &mut Call<'_>) -> Result<Value> {
    let (locale, styles) = (call.culture(2)?, call.int(3));
    let found = read_exact(call, &locale, styles);
    call.set_reference(4, Value::DateTime(found.unwrap_or(DateTime::new(0, DateKind::Unspecified))));
    Ok(Value::Bool(found.is_some()))
}
