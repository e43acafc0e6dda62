//! `Stopwatch`, waiting, time zones.

use super::answer::{bool, long, null, string};
use super::{Call, Row};
use crate::exception::{Exception, Result};
use crate::format::date as dates;
use object::types::{DateKind, DateTime, TimeSpan};
use object::value::{Text, Typed};
use object::{Object, Time, Value};
use parking_lot::Mutex;
use std::any::Any;
use std::time::Duration;

/// `System.Diagnostics.Stopwatch`: what ran before, and since when it runs.
struct Stopwatch(Mutex<(i64, Option<Time>)>);

impl Typed for Stopwatch {
    fn type_name(&self) -> Text {
        "System.Diagnostics.Stopwatch".into()
    }
    fn text(&self) -> String {
        "System.Diagnostics.Stopwatch".to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Ticks that have passed, 100 ns each; the clock of the host has microseconds.
fn elapsed(call: &Call<'_>) -> Result<i64> {
    let now = call.engine.host().now();
    let (before, since) = *call.this_as::<Stopwatch>()?.0.lock();
    Ok(before + since.map_or(0, |since| (now.0 - since.0) * 10))
}

fn start(call: &mut Call<'_>) -> Result<Value> {
    let now = call.engine.host().now();
    let mut state = call.this_as::<Stopwatch>()?.0.lock();
    state.1 = state.1.or(Some(now));
    null()
}

fn stop(call: &mut Call<'_>) -> Result<Value> {
    let total = elapsed(call)?;
    *call.this_as::<Stopwatch>()?.0.lock() = (total, None);
    null()
}

fn set(call: &mut Call<'_>, since: Option<Time>) -> Result<Value> {
    *call.this_as::<Stopwatch>()?.0.lock() = (0, since);
    null()
}

fn wait(call: &Call<'_>, milliseconds: i64) -> Result<Value> {
    if milliseconds < -1 {
        let message = "Number must be either non-negative and less than or equal to Int32.MaxValue or -1.";
        return Err(Exception::out_of_range(message, "millisecondsTimeout"));
    }
    call.engine.host().sleep(Duration::from_millis(milliseconds.max(0) as u64));
    null()
}

const STOPWATCH: &[Row] = &[
    ("timespan Elapsed", |call| Ok(TimeSpan { ticks: elapsed(call)? }.into())),
    ("long ElapsedMilliseconds", |call| long(elapsed(call)? / 10_000)),
    ("long ElapsedTicks", |call| long(elapsed(call)? * 100)),
    ("bool IsRunning", |call| bool(call.this_as::<Stopwatch>()?.0.lock().1.is_some())),
    ("void Reset()", |call| set(call, None)),
    ("void Restart()", |call| {
        let now = call.engine.host().now();
        set(call, Some(now))
    }),
    ("void Start()", start),
    ("void Stop()", stop),
    ("string ToString()", |call| string(TimeSpan { ticks: elapsed(call)? }.to_string())),
    ("static long Frequency", |_| long(1_000_000_000)),
    ("static bool IsHighResolution", |_| bool(true)),
    ("static long GetTimestamp()", |call| long(call.engine.host().now().0 * 1000)),
    ("static System.Diagnostics.Stopwatch StartNew()", |call| {
        let now = call.engine.host().now();
        Ok(Value::typed(Stopwatch(Mutex::new((0, Some(now))))))
    }),
    ("static System.Diagnostics.Stopwatch new()", |_| Ok(Value::typed(Stopwatch(Mutex::new((0, None)))))),
];

fn zone(name: &str, display: &str, standard: &str, offset: i64, zone: jiff::tz::TimeZone) -> Value {
    let made = Object::named("System.TimeZoneInfo")
        .with("Id", name)
        .with("HasIanaId", true)
        .with("DisplayName", display)
        .with("StandardName", standard)
        .with("DaylightName", standard)
        .with("BaseUtcOffset", TimeSpan { ticks: offset * 600_000_000 })
        .with("SupportsDaylightSavingTime", zone.iana_name().is_some_and(|name| name != "UTC"));
    made.into()
}

fn find_zone(id: &str) -> Result<jiff::tz::TimeZone> {
    if id.eq_ignore_ascii_case("utc") {
        return Ok(jiff::tz::TimeZone::UTC);
    }
    jiff::tz::TimeZone::get(id).map_err(|_| {
        let message = format!("The time zone ID '{id}' was not found on the local computer.");
        Exception::new("System.TimeZoneNotFoundException", message)
    })
}

fn named_zone(id: &str) -> Result<Value> {
    let found = find_zone(id)?;
    // The distance in winter, which is what .NET calls the base.
    let january = DateTime::new(638_396_640_000_000_000, DateKind::Unspecified);
    let minutes = dates::offset_minutes(january, &found);
    let sign = if minutes < 0 { '-' } else { '+' };
    let shown = format!("(UTC{sign}{:02}:{:02}) {id}", minutes.abs() / 60, minutes.abs() % 60);
    Ok(zone(id, &shown, id, minutes, found))
}

/// The zone that an argument is: by its `Id`.
fn zone_argument(call: &mut Call<'_>, at: usize) -> Result<jiff::tz::TimeZone> {
    let id = match call.plain(at) {
        Value::Object(object) => object.get("Id").unwrap_or_default().to_string(),
        _ => call.text(at),
    };
    if id == "Local" { Ok(call.engine.locale().zone.clone()) } else { find_zone(&id) }
}

fn date(call: &Call<'_>, at: usize) -> DateTime {
    match call.plain(at) {
        Value::DateTime(date) => *date,
        _ => DateTime::new(0, DateKind::Unspecified),
    }
}

/// A date in another zone; unspecified ones are local.
fn in_zone(call: &mut Call<'_>, zone_at: usize) -> Result<Value> {
    let zone = zone_argument(call, zone_at)?;
    let utc = dates::to_utc(date(call, 0), &call.engine.locale().zone);
    let local = dates::to_local(utc, &zone);
    Ok(Value::DateTime(DateTime::new(local.ticks, DateKind::Unspecified)))
}

fn from_utc(call: &mut Call<'_>) -> Result<Value> {
    let zone = zone_argument(call, 1)?;
    let local = dates::to_local(DateTime::new(date(call, 0).ticks, DateKind::Utc), &zone);
    Ok(Value::DateTime(DateTime::new(local.ticks, DateKind::Unspecified)))
}

fn offset_at(call: &mut Call<'_>) -> Result<Value> {
    let id = match call.this() {
        Value::Object(object) => object.get("Id").unwrap_or_default().to_string(),
        other => other.to_string(),
    };
    let zone = if id == "Local" { call.engine.locale().zone.clone() } else { find_zone(&id)? };
    let at = DateTime::new(date(call, 0).ticks, DateKind::Unspecified);
    Ok(TimeSpan { ticks: dates::offset_minutes(at, &zone) * 600_000_000 }.into())
}

const ZONES: &[Row] = &[
    ("timespan GetUtcOffset(datetime dateTime)", offset_at),
    ("string ToString()", |call| match call.this() {
        Value::Object(object) => Ok(object.get("DisplayName").unwrap_or_default()),
        _ => null(),
    }),
    ("static System.TimeZoneInfo Local", |call| {
        let name = call.engine.locale().zone.iana_name().unwrap_or("UTC").to_owned();
        if name == "UTC" { Ok(utc()) } else { named_zone(&name) }
    }),
    ("static System.TimeZoneInfo Utc", |_| Ok(utc())),
    ("static System.TimeZoneInfo FindSystemTimeZoneById(string id)", |call| {
        let id = call.text(0);
        if id.eq_ignore_ascii_case("utc") { Ok(utc()) } else { named_zone(&id) }
    }),
    ("static System.Object GetSystemTimeZones()", |_| {
        let names = jiff::tz::db().available();
        let zones = names.filter_map(|name| named_zone(name.as_str()).ok());
        Ok(Value::array(zones))
    }),
    ("static datetime ConvertTime(datetime dateTime, System.TimeZoneInfo destinationTimeZone)", |call| {
        in_zone(call, 1)
    }),
    (
        "static datetime ConvertTimeBySystemTimeZoneId(datetime dateTime, string destinationTimeZoneId)",
        |call| in_zone(call, 1),
    ),
    (
        "static datetime ConvertTimeFromUtc(datetime dateTime, System.TimeZoneInfo destinationTimeZone)",
        from_utc,
    ),
    ("static datetime ConvertTimeToUtc(datetime dateTime)", |call| {
        Ok(Value::DateTime(dates::to_utc(date(call, 0), &call.engine.locale().zone)))
    }),
    ("static datetime ConvertTimeToUtc(datetime dateTime, System.TimeZoneInfo sourceTimeZone)", |call| {
        let zone = zone_argument(call, 1)?;
        let given = DateTime::new(date(call, 0).ticks, DateKind::Local);
        Ok(Value::DateTime(dates::to_utc(given, &zone)))
    }),
];

fn utc() -> Value {
    zone("UTC", "(UTC) Coordinated Universal Time", "Coordinated Universal Time", 0, jiff::tz::TimeZone::UTC)
}

pub(super) static TABLES: &[(&str, &[Row])] = &[
    ("System.Diagnostics.Stopwatch", STOPWATCH),
    ("System.TimeZoneInfo", ZONES),
    (
        "System.Threading.Thread",
        &[
            ("static void Sleep(int millisecondsTimeout)", |call| wait(call, call.int(0))),
            ("static void Sleep(timespan timeout)", |call| match call.plain(0) {
                Value::TimeSpan(span) => wait(call, span.ticks / 10_000),
                _ => null(),
            }),
            ("static System.Threading.Thread CurrentThread", |_| {
                Ok(Value::typed(super::Fields::new("System.Threading.Thread", Vec::new())))
            }),
            ("int ManagedThreadId", |_| super::answer::int(1)),
            ("cultureinfo CurrentCulture", |call| {
                Ok(Value::typed(crate::values::CultureInfo(call.engine.locale().culture)))
            }),
            ("set cultureinfo CurrentCulture", |call| {
                let wanted = call.value(0);
                super::culture::set_current(call, &wanted)
            }),
            ("cultureinfo CurrentUICulture", |_| {
                Ok(Value::typed(crate::values::CultureInfo(&crate::culture::EN_US)))
            }),
            // All sentences are English, whatever culture they are asked for in.
            ("set cultureinfo CurrentUICulture", |_| null()),
        ],
    ),
];
