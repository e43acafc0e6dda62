//! Members of regular expressions, their matches and groups.

use super::{Call, Row, delegate};
use crate::collections::{Collection, Flavour};
use crate::exception::{Exception, Result};
use crate::regex::{self, Groups, Match, Reach, Regex};
use crate::text;
use object::Value;
use object::types::{EnumValue, TimeSpan};
use object::value::{Array, Typed};

/// `Regex.InfiniteMatchTimeout` in ticks: minus one millisecond.
const INFINITE_TICKS: i64 = -10_000;

fn bool(value: bool) -> Result<Value> {
    Ok(Value::Bool(value))
}
fn string(text: impl Into<String>) -> Result<Value> {
    Ok(Value::from(text.into()))
}
fn strings(texts: impl IntoIterator<Item = String>) -> Value {
    Array::of("System.String", texts.into_iter().map(Value::from).collect()).into()
}

fn this_regex(call: &Call<'_>) -> Result<Regex> {
    call.this_as::<Regex>().cloned()
}

/// The time that an argument gives a match; `None`: as much as it needs.
fn timeout(call: &Call<'_>, at: usize) -> Result<Option<i64>> {
    match call.plain(at) {
        Value::TimeSpan(span) if span.ticks == INFINITE_TICKS => Ok(None),
        Value::TimeSpan(span) if span.ticks > 0 => Ok(Some(span.ticks)),
        Value::TimeSpan(_) => Err(Exception::out_of_range(
            "Specified argument was out of the range of valid values.",
            "matchTimeout",
        )),
        _ => Ok(None),
    }
}

/// The pattern of a static call, whose options and time may stand from an argument on.
fn static_regex(call: &Call<'_>, options_at: usize) -> Result<Regex> {
    let options = if call.count() > options_at { call.int(options_at) } else { 0 };
    match timeout(call, options_at + 1)? {
        None => regex::cached(&call.text(1), options).map(|regex| (*regex).clone()),
        some => Regex::with_timeout(&call.text(1), options, some),
    }
}

/// What is wrong with a place that lies outside of the text.
fn out_of_range(name: &str) -> Exception {
    let message = match name {
        "startat" => "Start index cannot be less than 0 or greater than input length.",
        _ => "Index and length must refer to a location within the string.",
    };
    Exception::out_of_range(message, name)
}

/// The byte of a text at the UTF-16 place that an argument says.
fn byte_at(call: &Call<'_>, subject: &str, at: usize, name: &str) -> Result<usize> {
    let unit = usize::try_from(call.int(at)).map_err(|_| out_of_range(name))?;
    byte_of(subject, unit).ok_or_else(|| out_of_range(name))
}

fn byte_of(subject: &str, unit: usize) -> Option<usize> {
    let mut units = 0;
    for (at, c) in subject.char_indices() {
        if units >= unit {
            return Some(at);
        }
        units += c.len_utf16();
    }
    (units >= unit).then_some(subject.len())
}

fn one_match(regex: &Regex, subject: &str, found: Option<Match>) -> Result<Value> {
    Ok(Value::typed(found.unwrap_or_else(|| Match::failed(regex, subject))))
}

/// `Match(input, startat)` and `Match(input, beginning, length)`.
fn match_at(call: &mut Call<'_>) -> Result<Value> {
    let (regex, subject) = (this_regex(call)?, call.text(0));
    let found = if call.count() > 2 {
        let from = byte_at(call, &subject, 1, "beginning")?;
        let length = usize::try_from(call.int(2)).map_err(|_| out_of_range("length"))?;
        let to = byte_of(&subject[from..], length).ok_or_else(|| out_of_range("length"))?;
        regex.find_part(&subject, from, from + to)?
    } else {
        regex.find_from(&subject, byte_at(call, &subject, 1, "startat")?)?
    };
    one_match(&regex, &subject, found)
}

fn static_match(call: &mut Call<'_>) -> Result<Value> {
    let (regex, subject) = (static_regex(call, 2)?, call.text(0));
    let found = regex.find(&subject, 0)?;
    one_match(&regex, &subject, found)
}

fn matches(regex: &Regex, subject: &str, from: Option<usize>) -> Result<Value> {
    let found = regex.find_reach(subject, Reach { limit: usize::MAX, from })?;
    let found = found.into_iter().map(Value::typed).collect();
    Ok(Value::typed(Collection::new(Flavour::Matches, Vec::new(), found)))
}
fn static_matches(call: &mut Call<'_>) -> Result<Value> {
    matches(&static_regex(call, 2)?, &call.text(0), None)
}
fn matches_at(call: &mut Call<'_>) -> Result<Value> {
    let subject = call.text(0);
    let from = byte_at(call, &subject, 1, "startat")?;
    matches(&this_regex(call)?, &subject, Some(from))
}

fn counted(regex: &Regex, subject: &str, from: Option<usize>) -> Result<Value> {
    let found = regex.find_reach(subject, Reach { limit: usize::MAX, from })?;
    Ok(Value::Int32(i32::try_from(found.len()).unwrap_or(i32::MAX)))
}
fn static_count(call: &mut Call<'_>) -> Result<Value> {
    counted(&static_regex(call, 2)?, &call.text(0), None)
}

fn static_is_match(call: &mut Call<'_>) -> Result<Value> {
    bool(static_regex(call, 2)?.is_match(&call.text(0))?)
}
fn is_match_at(call: &mut Call<'_>) -> Result<Value> {
    let subject = call.text(0);
    let from = byte_at(call, &subject, 1, "startat")?;
    bool(this_regex(call)?.find_from(&subject, from)?.is_some())
}

fn replaced(call: &mut Call<'_>, regex: &Regex, with_at: usize, reach: Reach) -> Result<Value> {
    let (subject, with) = (call.text(0), delegate::block(call, with_at));
    if with.type_name().ends_with("ScriptBlock") {
        let engine = &mut *call.engine;
        let made = regex.replace_with(&subject, reach, |found| {
            let found = Value::typed(found.clone());
            let answer = engine.call(&with, Some(&found), std::slice::from_ref(&found))?;
            Ok(text::to_text(&super::one(answer), engine.locale()))
        })?;
        return string(made);
    }
    regex.replace(&subject, &text::to_text(&with, call.engine.locale()), reach).map(Value::from)
}
/// `Replace(input, replacement, count, startat)`, the last two where they are given.
fn replace(call: &mut Call<'_>) -> Result<Value> {
    let regex = this_regex(call)?;
    let limit = if call.count() > 2 { limit(call, 2)? } else { usize::MAX };
    let from = if call.count() > 3 { Some(byte_at(call, &call.text(0), 3, "startat")?) } else { None };
    replaced(call, &regex, 1, Reach { limit, from })
}
fn static_replace(call: &mut Call<'_>) -> Result<Value> {
    let regex = static_regex(call, 3)?;
    replaced(call, &regex, 2, Reach::of(usize::MAX))
}

/// A count of replacements; minus one is all.
fn limit(call: &Call<'_>, at: usize) -> Result<usize> {
    match call.int(at) {
        -1 => Ok(usize::MAX),
        count => usize::try_from(count)
            .map_err(|_| Exception::out_of_range("Count cannot be less than -1.", "count")),
    }
}

/// `Split(input, count, startat)`, the last two where they are given.
fn split(call: &mut Call<'_>) -> Result<Value> {
    let (regex, subject) = (this_regex(call)?, call.text(0));
    let count = if call.count() > 1 { call.int(1) } else { 0 };
    if count < 0 {
        return Err(Exception::out_of_range("Count cannot be less than -1.", "count"));
    }
    let from = if call.count() > 2 { Some(byte_at(call, &subject, 2, "startat")?) } else { None };
    Ok(strings(regex.split_from(&subject, count, from)?))
}
fn static_split(call: &mut Call<'_>) -> Result<Value> {
    Ok(strings(static_regex(call, 2)?.split(&call.text(0), 0)?))
}

fn new(call: &mut Call<'_>) -> Result<Value> {
    let options = if call.count() > 1 { call.int(1) } else { 0 };
    let time = timeout(call, 2)?;
    Regex::with_timeout(&call.text(0), options, time).map(Value::typed)
}

fn name_of_number(call: &mut Call<'_>) -> Result<Value> {
    let (regex, number) = (this_regex(call)?, call.int(0));
    let names = regex.group_names();
    let by_name = names.iter().find(|name| name.parse::<i64>() == Ok(number));
    let by_place = || names.get(usize::try_from(number).ok()?);
    string(*by_name.or_else(by_place).unwrap_or(&""))
}
fn number_of_name(call: &mut Call<'_>) -> Result<Value> {
    let (regex, name) = (this_regex(call)?, call.text(0));
    let found = regex.group_names().iter().position(|known| *known == name);
    Ok(Value::Int32(found.map_or(-1, |at| at as i32)))
}
fn group_numbers(call: &mut Call<'_>) -> Result<Value> {
    let count = this_regex(call)?.group_names().len();
    Ok(Array::of("System.Int32", (0..count).map(|at| Value::Int32(at as i32)).collect()).into())
}
fn group_count(call: &mut Call<'_>) -> Result<Value> {
    Ok(Value::Int32(call.this_as::<Groups>()?.names().len() as i32))
}

static REGEX: &[Row] = &[
    ("System.Text.RegularExpressions.RegexOptions Options", |call| {
        Ok(Value::Enum(EnumValue { of: &crate::enums::REGEX_OPTIONS, number: this_regex(call)?.options() }))
    }),
    ("bool RightToLeft", |call| bool(this_regex(call)?.options() & 64 != 0)),
    ("timespan MatchTimeout", |call| {
        Ok(TimeSpan { ticks: this_regex(call)?.timeout().unwrap_or(INFINITE_TICKS) }.into())
    }),
    ("static timespan InfiniteMatchTimeout", |_| Ok(TimeSpan { ticks: INFINITE_TICKS }.into())),
    ("string[] GetGroupNames()", |call| {
        Ok(strings(this_regex(call)?.group_names().iter().map(|name| (*name).to_owned())))
    }),
    ("int[] GetGroupNumbers()", group_numbers),
    ("string GroupNameFromNumber(int i)", name_of_number),
    ("int GroupNumberFromName(string name)", number_of_name),
    ("bool IsMatch(string input)", |call| bool(this_regex(call)?.is_match(&call.text(0))?)),
    ("bool IsMatch(string input, int startat)", is_match_at),
    ("System.Text.RegularExpressions.Match Match(string input)", |call| {
        let (regex, subject) = (this_regex(call)?, call.text(0));
        one_match(&regex, &subject, regex.find(&subject, 0)?)
    }),
    ("System.Text.RegularExpressions.Match Match(string input, int startat)", match_at),
    ("System.Text.RegularExpressions.Match Match(string input, int beginning, int length)", match_at),
    ("System.Text.RegularExpressions.MatchCollection Matches(string input)", |call| {
        matches(&this_regex(call)?, &call.text(0), None)
    }),
    ("System.Text.RegularExpressions.MatchCollection Matches(string input, int startat)", matches_at),
    ("int Count(string input)", |call| counted(&this_regex(call)?, &call.text(0), None)),
    ("string Replace(string input, System.Object replacement)", replace),
    ("string Replace(string input, System.Object replacement, int count)", replace),
    ("string Replace(string input, System.Object replacement, int count, int startat)", replace),
    ("string[] Split(string input)", split),
    ("string[] Split(string input, int count)", split),
    ("string[] Split(string input, int count, int startat)", split),
    ("string ToString()", |call| string(this_regex(call)?.pattern())),
    ("static string Escape(string str)", |call| string(regex::escape(&call.text(0)))),
    ("static string Unescape(string str)", |call| string(regex::unescape(&call.text(0)))),
    ("static bool IsMatch(string input, string pattern)", static_is_match),
    (
        "static bool IsMatch(string input, string pattern, System.Text.RegularExpressions.RegexOptions options)",
        static_is_match,
    ),
    (
        "static bool IsMatch(string input, string pattern, System.Text.RegularExpressions.RegexOptions options, timespan matchTimeout)",
        static_is_match,
    ),
    ("static System.Text.RegularExpressions.Match Match(string input, string pattern)", static_match),
    (
        "static System.Text.RegularExpressions.Match Match(string input, string pattern, System.Text.RegularExpressions.RegexOptions options)",
        static_match,
    ),
    (
        "static System.Text.RegularExpressions.Match Match(string input, string pattern, System.Text.RegularExpressions.RegexOptions options, timespan matchTimeout)",
        static_match,
    ),
    (
        "static System.Text.RegularExpressions.MatchCollection Matches(string input, string pattern)",
        static_matches,
    ),
    (
        "static System.Text.RegularExpressions.MatchCollection Matches(string input, string pattern, System.Text.RegularExpressions.RegexOptions options)",
        static_matches,
    ),
    (
        "static System.Text.RegularExpressions.MatchCollection Matches(string input, string pattern, System.Text.RegularExpressions.RegexOptions options, timespan matchTimeout)",
        static_matches,
    ),
    ("static int Count(string input, string pattern)", static_count),
    (
        "static int Count(string input, string pattern, System.Text.RegularExpressions.RegexOptions options)",
        static_count,
    ),
    (
        "static int Count(string input, string pattern, System.Text.RegularExpressions.RegexOptions options, timespan matchTimeout)",
        static_count,
    ),
    ("static string Replace(string input, string pattern, System.Object replacement)", static_replace),
    (
        "static string Replace(string input, string pattern, System.Object replacement, System.Text.RegularExpressions.RegexOptions options)",
        static_replace,
    ),
    (
        "static string Replace(string input, string pattern, System.Object replacement, System.Text.RegularExpressions.RegexOptions options, timespan matchTimeout)",
        static_replace,
    ),
    ("static string[] Split(string input, string pattern)", static_split),
    (
        "static string[] Split(string input, string pattern, System.Text.RegularExpressions.RegexOptions options)",
        static_split,
    ),
    (
        "static string[] Split(string input, string pattern, System.Text.RegularExpressions.RegexOptions options, timespan matchTimeout)",
        static_split,
    ),
    ("static regex new(string pattern)", new),
    ("static regex new(string pattern, System.Text.RegularExpressions.RegexOptions options)", new),
    (
        "static regex new(string pattern, System.Text.RegularExpressions.RegexOptions options, timespan matchTimeout)",
        new,
    ),
];

static GROUPS: &[Row] = &[
    ("int Count", group_count),
    ("bool IsReadOnly", |_| bool(true)),
    ("string[] Keys", |call| Ok(strings(call.this_as::<Groups>()?.names()))),
    ("System.Object Values", |call| Ok(Value::array(call.this_as::<Groups>()?.items().unwrap_or_default()))),
    ("bool ContainsKey(string key)", |call| {
        let name = call.text(0);
        bool(call.this_as::<Groups>()?.names().contains(&name))
    }),
    ("System.Object Item(int groupnum)", |call| Ok(call.this_as::<Groups>()?.numbered(call.int(0)))),
    ("System.Object Item(string groupname)", |call| Ok(call.this_as::<Groups>()?.named(&call.text(0)))),
];

pub(super) static TABLES: &[(&str, &[Row])] = &[
    ("System.Text.RegularExpressions.Regex", REGEX),
    ("System.Text.RegularExpressions.GroupCollection", GROUPS),
    (
        "System.Text.RegularExpressions.Match",
        &[
            ("static System.Text.RegularExpressions.Match Empty", |_| {
                one_match(&Regex::new("", 0)?, "", None)
            }),
            ("System.Text.RegularExpressions.Match NextMatch()", |call| {
                Ok(Value::typed(call.this_as::<Match>()?.next()?))
            }),
            ("string Result(string replacement)", |call| {
                let found = call.this_as::<Match>()?;
                if !found.success() {
                    let message = "Result cannot be called on a failed Match.";
                    return Err(Exception::new("System.NotSupportedException", message));
                }
                string(found.expand(&call.text(0)))
            }),
        ],
    ),
];
