//! Cultures and what they know: how numbers and dates are written, how texts compare, calendars, and the
//! categories of characters.

use super::answer::{bool, int, null, of_enum, string, strings};
use super::{Call, Row};
use crate::compare;
use crate::culture::{self, Culture};
use crate::exception::{Exception, Result};
use crate::format::date as dates;
use crate::values::{CultureInfo, FormatInfo, OwnCulture, culture_of};
use object::types::DateTime;
use object::{Object, Value};
use parking_lot::RwLock;
use std::sync::Arc;

fn this(call: &Call<'_>) -> Result<Culture> {
    culture_of(call.this()).ok_or_else(|| Exception::invalid_operation("This is not a culture."))
}

/// The neutral name of a culture: its language alone.
fn language(culture: &Culture) -> &str {
    culture.name.split('-').next().unwrap_or_default()
}

fn find(name: &str) -> Result<&'static Culture> {
    culture::named(name).ok_or_else(|| {
        let message =
            format!("Culture is not supported. (Parameter 'name')\n{name} is an invalid culture identifier.");
        Exception::new("System.Globalization.CultureNotFoundException", message)
    })
}

fn find_number(number: i64) -> Result<&'static Culture> {
    let found = culture::ALL.iter().find(|culture| i64::from(culture.lcid) == number);
    found.copied().ok_or_else(|| {
        let message = format!(
            "Culture is not supported. (Parameter 'culture')\n{number} (0x{number:04x}) is an invalid culture identifier."
        );
        Exception::new("System.Globalization.CultureNotFoundException", message)
    })
}

/// The culture that a script names: by its name (`de-DE`) or its number (`1031`, `0x407`).
pub fn asked(text: &str) -> Result<&'static Culture> {
    let text = text.trim();
    let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    };
    number.map_or_else(|| find(text), find_number)
}

/// A culture that the script may change.
fn own(culture: Culture) -> Result<Value> {
    Ok(Value::typed(OwnCulture(Arc::new(RwLock::new(culture)))))
}

/// Numbers and dates are written and read as in that culture from now on.
pub(super) fn set_current(call: &mut Call<'_>, wanted: &Value) -> Result<Value> {
    let culture = crate::values::culture_of(crate::values::base(wanted));
    let culture = culture.ok_or_else(|| Exception::argument_null("value"))?;
    call.engine.set_culture(culture::kept(&culture).ok_or_else(culture_full)?)?;
    null()
}

fn fixed(culture: &'static Culture) -> Result<Value> {
    Ok(Value::typed(CultureInfo(culture)))
}

const NUMBERS: &str = "System.Globalization.NumberFormatInfo";
const DATES: &str = "System.Globalization.DateTimeFormatInfo";

/// What a culture says of numbers or dates; a culture of the script's own shares it.
fn format_info(call: &Call<'_>, name: &'static str) -> Result<Value> {
    let (culture, read_only) = match call.this().downcast::<OwnCulture>() {
        Some(own) => (own.0.clone(), false),
        None => (Arc::new(RwLock::new(this(call)?)), true),
    };
    Ok(Value::typed(FormatInfo { name, culture, read_only }))
}

fn new_info(name: &'static str, culture: Culture, read_only: bool) -> Result<Value> {
    Ok(Value::typed(FormatInfo { name, culture: Arc::new(RwLock::new(culture)), read_only }))
}

/// Changes what a `FormatInfo` says.
fn change(call: &Call<'_>, set: impl FnOnce(&mut Culture)) -> Result<Value> {
    let info = call.this_as::<FormatInfo>()?;
    if info.read_only {
        return Err(Exception::invalid_operation("Instance is read-only."));
    }
    set(&mut info.culture.write());
    null()
}

fn kept(call: &Call<'_>) -> Result<&'static str> {
    culture::kept_text(&call.text(0)).ok_or_else(culture_full)
}

fn culture_full() -> Exception {
    Exception::new(
        "System.OutOfMemoryException",
        "This session has made as many cultures of its own as it may.",
    )
}

macro_rules! texts {
    ($($read:literal $write:literal $field:ident;)*) => {
        &[$(
            ($read, |call| string(this(call)?.$field)),
            ($write, |call| {
                let text = kept(call)?;
                change(call, |culture| culture.$field = text)
            }),
        )*]
    };
}

const NUMBER_TEXTS: &[Row] = texts! {
    "string CurrencyDecimalSeparator" "set string CurrencyDecimalSeparator" decimal;
    "string CurrencyGroupSeparator" "set string CurrencyGroupSeparator" group;
    "string CurrencySymbol" "set string CurrencySymbol" currency;
    "string NegativeSign" "set string NegativeSign" negative_sign;
    "string NumberDecimalSeparator" "set string NumberDecimalSeparator" decimal;
    "string NumberGroupSeparator" "set string NumberGroupSeparator" group;
    "string PercentDecimalSeparator" "set string PercentDecimalSeparator" decimal;
    "string PercentGroupSeparator" "set string PercentGroupSeparator" group;
    "string PositiveInfinitySymbol" "set string PositiveInfinitySymbol" infinity;
};

const NUMBER_REST: &[Row] = &[
    ("int CurrencyDecimalDigits", |call| int(this(call)?.currency_decimals)),
    ("set int CurrencyDecimalDigits", |call| {
        let digits = digits(call)?;
        change(call, |culture| culture.currency_decimals = digits)
    }),
    ("bool IsReadOnly", |call| bool(call.this_as::<FormatInfo>()?.read_only)),
    ("string NaNSymbol", |_| string("NaN")),
    ("string NegativeInfinitySymbol", |call| {
        let culture = this(call)?;
        string(format!("{}{}", culture.negative_sign, culture.infinity))
    }),
    ("int NumberDecimalDigits", |call| int(this(call)?.decimals)),
    ("set int NumberDecimalDigits", |call| {
        let digits = digits(call)?;
        change(call, |culture| culture.decimals = digits)
    }),
    ("int PercentDecimalDigits", |call| int(this(call)?.decimals)),
    ("string PercentSymbol", |_| string("%")),
    ("string PerMilleSymbol", |_| string("‰")),
    ("string PositiveSign", |_| string("+")),
    ("System.Object Clone()", |call| new_info(NUMBERS, this(call)?, false)),
    ("static System.Globalization.NumberFormatInfo CurrentInfo", |call| {
        new_info(NUMBERS, *call.engine.locale().culture, true)
    }),
    ("static System.Globalization.NumberFormatInfo InvariantInfo", |_| {
        new_info(NUMBERS, culture::INVARIANT, true)
    }),
    ("static System.Globalization.NumberFormatInfo new()", |_| new_info(NUMBERS, culture::INVARIANT, false)),
];

fn digits(call: &Call<'_>) -> Result<usize> {
    usize::try_from(call.int(0))
        .ok()
        .filter(|digits| *digits <= 99)
        .ok_or_else(|| Exception::out_of_range("Valid values are between 0 and 99, inclusive.", "value"))
}

const DATE_TEXTS: &[Row] = texts! {
    "string AMDesignator" "set string AMDesignator" am;
    "string DateSeparator" "set string DateSeparator" date_separator;
    "string LongDatePattern" "set string LongDatePattern" long_date;
    "string LongTimePattern" "set string LongTimePattern" long_time;
    "string MonthDayPattern" "set string MonthDayPattern" month_day;
    "string PMDesignator" "set string PMDesignator" pm;
    "string ShortDatePattern" "set string ShortDatePattern" short_date;
    "string ShortTimePattern" "set string ShortTimePattern" short_time;
    "string TimeSeparator" "set string TimeSeparator" time_separator;
    "string YearMonthPattern" "set string YearMonthPattern" year_month;
};

fn names(names: &[&str]) -> Result<Value> {
    Ok(strings(names.iter().map(|name| (*name).to_owned())))
}

/// Twelve months and the thirteenth that other calendars have.
fn months(all: [&str; 12]) -> Result<Value> {
    names(&[all.as_slice(), &[""]].concat())
}

fn day_of(call: &Call<'_>, of: fn(&Culture) -> [&'static str; 7]) -> Result<Value> {
    let day = call.int(0);
    let found = usize::try_from(day).ok().and_then(|day| of(&this(call).ok()?).get(day).copied());
    found.map(Value::from).ok_or_else(|| {
        let message = "Valid values are between Sunday and Saturday, inclusive.";
        Exception::out_of_range(message, "dayofweek").actual(day)
    })
}

fn month_of(call: &Call<'_>, of: fn(&Culture) -> [&'static str; 12]) -> Result<Value> {
    let month = call.int(0);
    let all = of(&this(call)?);
    match month {
        1..=12 => string(all[month as usize - 1]),
        13 => string(""),
        _ => {
            let message = "Valid values are between 1 and 13, inclusive.";
            Err(Exception::out_of_range(message, "month").actual(month))
        }
    }
}

const DATE_REST: &[Row] = &[
    ("string[] AbbreviatedDayNames", |call| names(&this(call)?.short_days)),
    ("string[] AbbreviatedMonthGenitiveNames", |call| months(this(call)?.short_months_of_day)),
    ("string[] AbbreviatedMonthNames", |call| months(this(call)?.short_months)),
    ("System.Globalization.Calendar Calendar", |_| Ok(calendar())),
    ("System.Globalization.CalendarWeekRule CalendarWeekRule", |call| {
        let rule = if this(call)?.first_day == 1 { 2 } else { 0 };
        of_enum(&crate::enums::CALENDAR_WEEK_RULE, rule)
    }),
    ("string[] DayNames", |call| names(&this(call)?.days)),
    ("System.DayOfWeek FirstDayOfWeek", |call| of_enum(&crate::enums::DAY_OF_WEEK, this(call)?.first_day)),
    ("set System.DayOfWeek FirstDayOfWeek", |call| {
        let day = call.int(0);
        change(call, |culture| culture.first_day = day)
    }),
    ("string FullDateTimePattern", |call| {
        let culture = this(call)?;
        string(format!("{} {}", culture.long_date, culture.long_time))
    }),
    ("bool IsReadOnly", |call| bool(call.this_as::<FormatInfo>()?.read_only)),
    ("string[] MonthGenitiveNames", |call| months(this(call)?.months)),
    ("string[] MonthNames", |call| months(this(call)?.months)),
    ("string NativeCalendarName", |_| string("Gregorian Calendar")),
    ("string RFC1123Pattern", |_| string("ddd, dd MMM yyyy HH':'mm':'ss 'GMT'")),
    ("string[] ShortestDayNames", |call| names(&this(call)?.short_days)),
    ("string SortableDateTimePattern", |_| string("yyyy'-'MM'-'dd'T'HH':'mm':'ss")),
    ("string UniversalSortableDateTimePattern", |_| string("yyyy'-'MM'-'dd HH':'mm':'ss'Z'")),
    ("System.Object Clone()", |call| new_info(DATES, this(call)?, false)),
    ("string GetAbbreviatedDayName(System.DayOfWeek dayofweek)", |call| day_of(call, |c| c.short_days)),
    ("string GetAbbreviatedMonthName(int month)", |call| month_of(call, |c| c.short_months)),
    ("string GetDayName(System.DayOfWeek dayofweek)", |call| day_of(call, |c| c.days)),
    ("string GetMonthName(int month)", |call| month_of(call, |c| c.months)),
    ("static System.Globalization.DateTimeFormatInfo CurrentInfo", |call| {
        new_info(DATES, *call.engine.locale().culture, true)
    }),
    ("static System.Globalization.DateTimeFormatInfo InvariantInfo", |_| {
        new_info(DATES, culture::INVARIANT, true)
    }),
    ("static System.Globalization.DateTimeFormatInfo new()", |_| new_info(DATES, culture::INVARIANT, false)),
];

// --- calendars --------------------------------------------------------------------------------------

fn calendar() -> Value {
    Object::named("System.Globalization.GregorianCalendar").with("CalendarType", "Localized").into()
}

fn the_date(call: &Call<'_>) -> Result<DateTime> {
    match call.plain(0) {
        Value::DateTime(date) => Ok(*date),
        _ => Err(Exception::argument_null("time")),
    }
}

/// The week of the year: weeks begin with `first`; the rule says which is the first one.
fn week_of_year(date: DateTime, rule: i64, first: i64) -> i64 {
    let (year, _, _) = dates::civil(date);
    let january = DateTime::utc(object::Time::of_date(year, 1, 1));
    let day = (date.ticks - january.ticks) / (86_400 * object::types::TICKS_PER_SECOND);
    // How many days of its week have passed when the year begins.
    let begun = (dates::weekday(january) as i64 - first).rem_euclid(7);
    let full_days = match rule {
        0 => 1,
        1 => 7,
        _ => 4,
    };
    let offset = if begun == 0 || 7 - begun >= full_days { begun } else { begun - 7 };
    if day + offset >= 0 {
        return (day + offset) / 7 + 1;
    }
    // The days before the first week belong to the last one of the year before.
    let last = DateTime::new(january.ticks - 86_400 * object::types::TICKS_PER_SECOND, date.kind);
    week_of_year(last, rule, first)
}

const CALENDAR: &[Row] = &[
    ("int GetDayOfMonth(datetime time)", |call| int(dates::civil(the_date(call)?).2)),
    ("System.DayOfWeek GetDayOfWeek(datetime time)", |call| {
        of_enum(&crate::enums::DAY_OF_WEEK, dates::weekday(the_date(call)?) as i64)
    }),
    ("int GetDaysInMonth(int year, int month)", |call| {
        int(super::moment::days_in(call.int(0), call.int(1) as u32))
    }),
    ("int GetMonth(datetime time)", |call| int(dates::civil(the_date(call)?).1)),
    ("int GetYear(datetime time)", |call| int(dates::civil(the_date(call)?).0)),
    (
        "int GetWeekOfYear(datetime time, System.Globalization.CalendarWeekRule rule, System.DayOfWeek firstDayOfWeek)",
        |call| int(week_of_year(the_date(call)?, call.int(1), call.int(2))),
    ),
    ("bool IsLeapYear(int year)", |call| bool(super::moment::days_in(call.int(0), 2) == 29)),
    ("static System.Globalization.GregorianCalendar new()", |_| Ok(calendar())),
];

// --- comparing --------------------------------------------------------------------------------------

/// The culture that a `CompareInfo` or `TextInfo` belongs to.
fn owner(call: &Call<'_>) -> Result<&'static Culture> {
    let name = match call.this() {
        Value::Object(object) => object.get("Name").or_else(|| object.get("CultureName")).unwrap_or_default(),
        _ => Value::Null,
    };
    find(&name.to_string())
}

fn compare_options(call: &Call<'_>, at: usize) -> bool {
    const IGNORE_CASE: i64 = 1;
    const ORDINAL_IGNORE_CASE: i64 = 268_435_456;
    call.count() > at && call.int(at) & (IGNORE_CASE | ORDINAL_IGNORE_CASE) != 0
}

fn compared(call: &mut Call<'_>) -> Result<Value> {
    let (a, b) = (call.text(0), call.text(1));
    int(compare::collate_in(owner(call)?, &a, &b, compare_options(call, 2)) as i32)
}

fn position(call: &Call<'_>) -> Result<Option<usize>> {
    let fold = |text: String| if compare_options(call, 2) { text.to_lowercase() } else { text };
    let (text, part) = (fold(call.text(0)), fold(call.text(1)));
    Ok(text.find(&part).map(|at| text[..at].encode_utf16().count()))
}

const COMPARE: &[Row] = &[
    ("int Compare(string string1, string string2)", compared),
    ("int Compare(string string1, string string2, System.Globalization.CompareOptions options)", compared),
    ("int IndexOf(string source, string value)", |call| {
        Ok(Value::Int32(position(call)?.map_or(-1, |at| at as i32)))
    }),
    ("int IndexOf(string source, string value, System.Globalization.CompareOptions options)", |call| {
        Ok(Value::Int32(position(call)?.map_or(-1, |at| at as i32)))
    }),
    ("bool IsPrefix(string source, string prefix, System.Globalization.CompareOptions options)", |call| {
        bool(position(call)? == Some(0))
    }),
    ("bool IsPrefix(string source, string prefix)", |call| bool(position(call)? == Some(0))),
    ("string ToString()", |call| string(format!("CompareInfo - {}", owner(call)?.name))),
];

/// The parent of a culture: its language, or the invariant one.
fn parent(culture: &Culture) -> Result<Value> {
    let language = language(culture);
    if language == culture.name {
        return fixed(&culture::INVARIANT);
    }
    let english = culture.english_name.split(" (").next().unwrap_or_default();
    let native = culture.native_name.split(" (").next().unwrap_or_default();
    let kept = |text: &str| culture::kept_text(text).ok_or_else(culture_full);
    let neutral = Culture {
        name: kept(language)?,
        english_name: kept(english)?,
        native_name: kept(native)?,
        lcid: culture.lcid & 0x3FF,
        ..*culture
    };
    own(neutral)
}

const CULTURE: &[Row] = &[
    ("System.Globalization.CultureInfo Parent", |call| parent(&this(call)?)),
    ("int LCID", |call| int(this(call)?.lcid)),
    ("int KeyboardLayoutId", |call| int(this(call)?.lcid)),
    ("string Name", |call| string(this(call)?.name)),
    ("string IetfLanguageTag", |call| string(this(call)?.name)),
    ("string DisplayName", |call| string(this(call)?.english_name)),
    ("string NativeName", |call| string(this(call)?.native_name)),
    ("string EnglishName", |call| string(this(call)?.english_name)),
    ("string TwoLetterISOLanguageName", |call| {
        let culture = this(call)?;
        string(if culture.name.is_empty() { "iv" } else { language(&culture) })
    }),
    ("string ThreeLetterISOLanguageName", |call| {
        string(match language(&this(call)?) {
            "en" => "eng",
            "de" => "deu",
            "fr" => "fra",
            "sv" => "swe",
            "da" => "dan",
            "pt" => "por",
            "ja" => "jpn",
            "tr" => "tur",
            _ => "ivl",
        })
    }),
    ("System.Globalization.CompareInfo CompareInfo", |call| {
        let culture = this(call)?;
        Ok(Object::named("System.Globalization.CompareInfo")
            .with("Name", culture.name)
            .with("LCID", culture.lcid)
            .into())
    }),
    ("System.Globalization.TextInfo TextInfo", |call| {
        let culture = this(call)?;
        Ok(Object::named("System.Globalization.TextInfo")
            .with("ANSICodePage", 1252)
            .with("CultureName", culture.name)
            .with("IsReadOnly", true)
            .with("IsRightToLeft", false)
            .with("LCID", culture.lcid)
            .with("ListSeparator", culture.list_separator)
            .into())
    }),
    ("bool IsNeutralCulture", |call| {
        let culture = this(call)?;
        bool(!culture.name.is_empty() && !culture.name.contains('-'))
    }),
    ("System.Globalization.NumberFormatInfo NumberFormat", |call| format_info(call, NUMBERS)),
    ("System.Globalization.DateTimeFormatInfo DateTimeFormat", |call| format_info(call, DATES)),
    ("System.Globalization.Calendar Calendar", |_| Ok(calendar())),
    ("bool UseUserOverride", |_| bool(false)),
    ("bool IsReadOnly", |call| bool(call.this().downcast::<OwnCulture>().is_none())),
    ("System.Object Clone()", |call| own(this(call)?)),
    ("bool Equals(System.Object value)", |call| {
        let mine = this(call)?;
        bool(culture_of(call.plain(0)).is_some_and(|other| other.name == mine.name))
    }),
    ("string ToString()", |call| string(this(call)?.name)),
    ("static cultureinfo InvariantCulture", |_| fixed(&culture::INVARIANT)),
    ("static cultureinfo CurrentCulture", |call| fixed(call.engine.locale().culture)),
    ("static set cultureinfo CurrentCulture", |call| {
        let wanted = call.value(0);
        set_current(call, &wanted)
    }),
    ("static cultureinfo CurrentUICulture", |_| fixed(&culture::EN_US)),
    // All sentences are English, whatever culture they are asked for in.
    ("static set cultureinfo CurrentUICulture", |_| null()),
    ("static cultureinfo InstalledUICulture", |_| fixed(&culture::EN_US)),
    ("static cultureinfo GetCultureInfo(int culture)", |call| fixed(find_number(call.int(0))?)),
    ("static cultureinfo GetCultureInfo(string name)", |call| fixed(find(&call.text(0))?)),
    ("static cultureinfo CreateSpecificCulture(string name)", |call| own(*find(&call.text(0))?)),
    ("static cultureinfo[] GetCultures(System.Object types)", |_| {
        Ok(Value::array(culture::ALL.iter().map(|culture| Value::typed(CultureInfo(culture)))))
    }),
    ("static cultureinfo new(string name)", |call| own(*find(&call.text(0))?)),
    ("static cultureinfo new(string name, bool useUserOverride)", |call| own(*find(&call.text(0))?)),
    ("static cultureinfo new(int culture)", |call| own(*find_number(call.int(0))?)),
];

pub(super) static TABLES: &[(&str, &[Row])] = &[
    ("System.Globalization.CultureInfo", CULTURE),
    ("System.Globalization.NumberFormatInfo", NUMBER_TEXTS),
    ("System.Globalization.NumberFormatInfo", NUMBER_REST),
    ("System.Globalization.DateTimeFormatInfo", DATE_TEXTS),
    ("System.Globalization.DateTimeFormatInfo", DATE_REST),
    ("System.Globalization.Calendar", CALENDAR),
    ("System.Globalization.GregorianCalendar", CALENDAR),
    ("System.Globalization.CompareInfo", COMPARE),
    (
        "System.Globalization.RegionInfo",
        &[("static System.Globalization.RegionInfo new(string name)", |call| {
            let culture = find(&call.text(0))?;
            let region = culture.name.split('-').nth(1).unwrap_or(culture.name);
            let shown = culture.english_name.split(" (").nth(1).unwrap_or_default().trim_end_matches(')');
            Ok(Object::named("System.Globalization.RegionInfo")
                .with("Name", region)
                .with("EnglishName", shown)
                .with("DisplayName", shown)
                .with("TwoLetterISORegionName", region)
                .with("IsMetric", region != "US")
                .with("CurrencySymbol", culture.currency)
                .into())
        })],
    ),
];
