//! `Get-Date` and `New-TimeSpan`.

use crate::declare::{Lenient as _, declare};
use dotnet::format::date as dates;
use dotnet::{Type, convert};
use language::{Call, Command, CoreCommand, Run};
use object::types::{DateKind, DateTime, TICKS_PER_SECOND, TimeSpan};
use object::{Time, Value};

/// `Get-Date`.
pub(crate) static GET_DATE: CoreCommand = CoreCommand::new(
    "Get-Date",
    "GetDateCommand",
    || {
        declare(
            "Get-Date",
            "DateAndFormat DateAndUFormat UnixTimeSecondsAndFormat UnixTimeSecondsAndUFormat",
            "Date datetime @DateAndFormat 0 | . @DateAndUFormat 0 | . =LastWriteTime
             UnixTimeSeconds object @UnixTimeSecondsAndFormat ! . @UnixTimeSecondsAndUFormat ! . =UnixTime
             Year int
             Month int
             Day int
             Hour int
             Minute int
             Second int
             Millisecond int
             DisplayHint string
             UFormat string @DateAndUFormat ! @UnixTimeSecondsAndUFormat !
             Format string @DateAndFormat @UnixTimeSecondsAndFormat
             AsUTC switch",
        )
        .within("Year", 1, 9999)
        .within("Month", 1, 12)
        .within("Day", 1, 31)
        .within("Hour", 0, 23)
        .within("Minute", 0, 59)
        .within("Second", 0, 59)
        .within("Millisecond", 0, 999)
    },
    || Box::new(GetDate),
);

struct GetDate;

impl Command for GetDate {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let zone = call.session().locale().zone.clone();
        let mut date = match (call.value("Date").cloned(), call.value("UnixTimeSeconds").cloned()) {
            (Some(value), _) => match convert::to(&value, &Type::date_time(), call.session().locale())
                .map_err(|error| not_bound("Date", error))?
            {
                Value::DateTime(date) => date,
                _ => return Ok(()),
            },
            (None, Some(seconds)) => {
                let number =
                    dotnet::values::double(&convert::to(&seconds, &Type::int64(), call.session().locale())?)
                        .unwrap_or(0.0);
                dates::to_local(DateTime::utc(Time::from_unix(number as i64)), &zone)
            }
            _ => dates::to_local(DateTime::utc(call.host().now()), &zone),
        };
        date = with_parts(call, date)?;
        if call.flag("AsUTC") {
            date = dates::to_utc(date, &zone);
        }
        let locale = call.session().locale().clone();
        if let Some(pattern) = call.text("Format") {
            let invariant = locale.invariant();
            let shown = match pattern.to_ascii_lowercase().as_str() {
                "filedate" => dates::format(date, "yyyyMMdd", &invariant)?,
                "filedateuniversal" => dates::format(dates::to_utc(date, &zone), "yyyyMMddZ", &invariant)?,
                "filedatetime" => dates::format(date, "yyyyMMddTHHmmssffff", &invariant)?,
                "filedatetimeuniversal" => {
                    dates::format(dates::to_utc(date, &zone), "yyyyMMddTHHmmssffffZ", &invariant)?
                }
                _ => dates::format(date, &pattern, &locale).map_err(|error| {
                    error.id("System.FormatException").category(dotnet::Category::NotSpecified)
                })?,
            };
            return call.write(shown);
        }
        if let Some(pattern) = call.text("UFormat") {
            return call.write(unix_format(date, &pattern, &locale)?);
        }
        match call.text("DisplayHint").map(|hint| hint.to_ascii_lowercase()).as_deref() {
            Some(hint @ ("date" | "time")) => {
                let number = i64::from(hint == "time");
                let hint = Value::Enum(object::types::EnumValue { of: &dotnet::enums::DISPLAY_HINT, number });
                call.write(Value::from(
                    object::Object::around(Value::DateTime(date)).with("DisplayHint", hint),
                ))
            }
            _ => call.write(date),
        }
    }
}

/// The error of an argument that is no date.
fn not_bound(parameter: &str, error: dotnet::Exception) -> dotnet::Exception {
    let message = format!("Cannot bind parameter '{parameter}'. {}", error.text());
    dotnet::Exception::new("System.Management.Automation.ParameterBindingException", message)
        .id("CannotConvertArgumentNoMessage")
        .category(dotnet::Category::InvalidArgument)
        .inner(error)
}

/// `-Year 2024 -Hour 3` replace parts of the date.
fn with_parts(call: &Call<'_>, date: DateTime) -> Run<DateTime> {
    let ((year, month, day), (hour, minute, second)) = (dates::civil(date), dates::clock(date));
    let part = |name: &str, own: i64| call.number(name).unwrap_or(own);
    if !["Year", "Month", "Day", "Hour", "Minute", "Second", "Millisecond"]
        .iter()
        .any(|name| call.is_given(name))
    {
        return Ok(date);
    }
    let (year, month, day) =
        (part("Year", year), part("Month", i64::from(month)), part("Day", i64::from(day)));
    let midnight = u32::try_from(month)
        .ok()
        .zip(u32::try_from(day).ok())
        .and_then(|(m, d)| dotnet::parse::valid_day(year, m, d))
        .ok_or_else(|| {
            dotnet::Exception::new(
                "System.ArgumentOutOfRangeException",
                "Year, Month, and Day parameters describe an un-representable DateTime.",
            )
        })?;
    let seconds = part("Hour", i64::from(hour)) * 3600
        + part("Minute", i64::from(minute)) * 60
        + part("Second", i64::from(second));
    let below = call.number("Millisecond").map_or(date.ticks % TICKS_PER_SECOND, |millis| millis * 10_000);
    Ok(DateTime::new(DateTime::utc(midnight).ticks + seconds * TICKS_PER_SECOND + below, date.kind))
}

/// `-UFormat`: Unix's patterns.
fn unix_format(date: DateTime, pattern: &str, locale: &dotnet::Locale) -> dotnet::Result<String> {
    let mut out = String::new();
    let pattern = pattern.strip_prefix('+').unwrap_or(pattern);
    let mut chars = pattern.chars();
    let net = |pattern: &str| dates::format(date, pattern, locale);
    let ((year, month, day), (hour, _, _)) = (dates::civil(date), dates::clock(date));
    let day_of_year =
        (date.ticks - DateTime::utc(Time::of_date(year, 1, 1)).ticks) / (86_400 * TICKS_PER_SECOND) + 1;
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let piece = match chars.next() {
            Some('A') => net("dddd")?,
            Some('a') => net("ddd")?,
            Some('B') => net("MMMM")?,
            Some('b' | 'h') => net("MMM")?,
            Some('C') => format!("{:02}", year / 100),
            Some('c') => net("ddd dd MMM yyyy HH:mm:ss")?,
            Some('D' | 'x') => net("MM/dd/yy")?,
            Some('d') => format!("{day:02}"),
            Some('e') => format!("{day:>2}"),
            Some('F') => net("yyyy-MM-dd")?,
            Some('H') => format!("{hour:02}"),
            Some('I') => format!("{twelve:02}"),
            Some('j') => format!("{day_of_year:03}"),
            Some('k') => format!("{hour:>2}"),
            Some('l') => format!("{twelve:>2}"),
            Some('M') => net("mm")?,
            Some('m') => format!("{month:02}"),
            Some('n') => "\n".to_owned(),
            Some('p') => net("tt")?,
            Some('R') => net("HH:mm")?,
            Some('r') => net("hh:mm:ss tt")?,
            Some('S') => net("ss")?,
            Some('s') => dates::to_utc(date, &locale.zone).to_time().unix().to_string(),
            Some('T' | 'X') => net("HH:mm:ss")?,
            Some('t') => "\t".to_owned(),
            Some('U' | 'W') => ((day_of_year - 1) / 7).to_string(),
            Some('u') => (if dates::weekday(date) == 0 { 7 } else { dates::weekday(date) }).to_string(),
            Some('V') => format!("{:02}", iso_week(date)),
            Some('w') => dates::weekday(date).to_string(),
            Some('Y') => format!("{year}"),
            Some('y') => format!("{:02}", year % 100),
            Some('G') => format!("{}", iso_year(date)),
            Some('g') => format!("{:02}", year % 100),
            Some('Z') => net("zz")?,
            Some('%') => "%".to_owned(),
            Some(other) => other.to_string(),
            None => "%".to_owned(),
        };
        out.push_str(&piece);
    }
    Ok(out)
}

/// The year that the date's week belongs to: the one of its Thursday.
fn iso_year(date: DateTime) -> i64 {
    let weekday = (dates::weekday(date) + 6) % 7;
    let thursday = date.ticks + (3 - weekday as i64) * 86_400 * TICKS_PER_SECOND;
    dates::civil(DateTime::new(thursday, DateKind::Unspecified)).0
}

/// The week of the year that has the Thursday of the date's week.
fn iso_week(date: DateTime) -> i64 {
    let weekday = (dates::weekday(date) + 6) % 7;
    let thursday =
        DateTime::new(date.ticks + (3 - weekday as i64) * 86_400 * TICKS_PER_SECOND, DateKind::Unspecified);
    let first = DateTime::utc(Time::of_date(dates::civil(thursday).0, 1, 1)).ticks;
    (thursday.ticks - first) / (7 * 86_400 * TICKS_PER_SECOND) + 1
}

/// `New-TimeSpan`.
pub(crate) static NEW_TIME_SPAN: CoreCommand = CoreCommand::new(
    "New-TimeSpan",
    "NewTimeSpanCommand",
    || {
        declare(
            "New-TimeSpan",
            "Date Time",
            "Start object @Date 0 | . =LastWriteTime
             End object @Date 1 .
             Days int @Time
             Hours int @Time
             Minutes int @Time
             Seconds int @Time
             Milliseconds int @Time",
        )
    },
    || Box::new(NewTimeSpan),
);

struct NewTimeSpan;

impl Command for NewTimeSpan {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        if call.set() == "Time" {
            let part = |name: &str| call.number(name).unwrap_or(0);
            let seconds =
                part("Days") * 86_400 + part("Hours") * 3600 + part("Minutes") * 60 + part("Seconds");
            return call
                .write(TimeSpan { ticks: seconds * TICKS_PER_SECOND + part("Milliseconds") * 10_000 });
        }
        let zone = call.session().locale().zone.clone();
        let now = dates::to_local(DateTime::utc(call.host().now()), &zone);
        let (start, end) = (moment(call, "Start", now)?, moment(call, "End", now)?);
        call.write(TimeSpan { ticks: end.ticks - start.ticks })
    }
}

fn moment(call: &mut Call<'_>, name: &str, now: DateTime) -> Run<DateTime> {
    let Some(value) = call.value(name).cloned() else { return Ok(now) };
    match convert::to(&value, &Type::date_time(), call.session().locale())
        .map_err(|error| not_bound(name, error))?
    {
        Value::DateTime(date) => Ok(date),
        _ => Ok(now),
    }
}
