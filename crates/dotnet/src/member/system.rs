//! Members of the small types: objects, types, GUIDs, versions, addresses, regular expressions, cultures,
//! sizes and quotas, exceptions, the environment, paths and files.

use super::{Call, Row};
use crate::culture;
use crate::engine::Engine;
use crate::exception::{Exception, Result};
use crate::format;
use crate::host::Stream;
use crate::regex::{self, Match, Regex};
use crate::text;
use crate::types::Type;
use crate::values::{CultureInfo, Encoding, IpAddress, MailAddress, Thrown, Uri, Version};
use object::types::{ByteQuantifiedSize, DateTime, EnumValue, Guid, SecureString};
use object::value::{Array, Typed};
use object::{Object, Value};

fn int(number: i64) -> Result<Value> {
    Ok(Value::Int32(number as i32))
}
fn long(number: u64) -> Result<Value> {
    Ok(Value::UInt64(number))
}
fn string(text: impl Into<String>) -> Result<Value> {
    Ok(Value::from(text.into()))
}
fn bool(value: bool) -> Result<Value> {
    Ok(Value::Bool(value))
}
fn null() -> Result<Value> {
    Ok(Value::Null)
}
fn strings(texts: impl IntoIterator<Item = String>) -> Value {
    Array::of("System.String", texts.into_iter().map(Value::from).collect()).into()
}

/// `[Exception]::new('message', $inner)`.
pub(super) fn new_exception(of: &Type, arguments: &[Value], engine: &dyn Engine) -> Result<Value> {
    let texts: Vec<String> = arguments
        .iter()
        .filter(|a| a.as_str().is_some())
        .map(|a| text::to_text(a, engine.locale()))
        .collect();
    let message = match texts.as_slice() {
        [] => format!("Exception of type '{of}' was thrown."),
        [message] => message.clone(),
        [first, second, ..] if &*of.name() == "System.ArgumentException" => {
            format!("{first} (Parameter '{second}')")
        }
        [first, second, ..] => format!("{second} (Parameter '{first}')"),
    };
    let made = Exception::new(of.name().to_string(), message);
    let inner = arguments.iter().find_map(|a| a.downcast::<Thrown>());
    Ok(Value::typed(Thrown(match inner {
        Some(inner) => made.inner(inner.0.clone()),
        None => made,
    })))
}

fn guid(call: &Call<'_>) -> Result<Guid> {
    match call.this() {
        Value::Guid(guid) => Ok(*guid),
        other => Err(Exception::invalid_operation(format!("'{other}' is no Guid."))),
    }
}

fn new_guid(call: &Call<'_>) -> Value {
    let mut bytes = [0; 16];
    call.engine.host().random(&mut bytes);
    // Version 4: random. [RFC 9562 5.4]
    bytes[6] = bytes[6] & 0x0F | 0x40;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    Value::Guid(Guid::of_bytes(&bytes).unwrap_or_default())
}

fn this_regex(call: &Call<'_>) -> Result<Regex> {
    call.this_as::<Regex>().cloned()
}

fn static_regex(call: &Call<'_>, options_at: usize) -> Result<Regex> {
    let options = if call.count() > options_at { call.int(options_at) } else { 0 };
    regex::cached(&call.text(1), options).map(|regex| (*regex).clone())
}

fn one_match(regex: &Regex, subject: &str, from: usize) -> Result<Value> {
    let found = regex.find(subject, from)?;
    Ok(Value::typed(found.unwrap_or_else(|| Match::failed(regex, subject))))
}

fn all_matches(regex: &Regex, subject: &str) -> Result<Value> {
    let found = regex.find_all(subject, usize::MAX)?;
    Ok(Value::typed(crate::collections::Collection::new(
        crate::collections::Flavour::ReadOnly,
        vec![Type::named("System.Text.RegularExpressions.Match")],
        found.into_iter().map(Value::typed).collect(),
    )))
}

fn replaced(call: &mut Call<'_>, regex: &Regex, subject: &str, with: &Value, limit: usize) -> Result<Value> {
    if with.type_name().ends_with("ScriptBlock") {
        let engine = &mut *call.engine;
        let made = regex.replace_with(subject, limit, |found| {
            let found = Value::typed(found.clone());
            let answer = engine.call(with, Some(&found), std::slice::from_ref(&found))?;
            Ok(text::to_text(&super::one(answer), engine.locale()))
        })?;
        return string(made);
    }
    regex.replace(subject, &text::to_text(with, call.engine.locale()), limit).map(Value::from)
}

fn limit(count: i64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// The byte of a text at a UTF-16 place.
fn byte_at(subject: &str, unit: i64) -> usize {
    let mut units = 0;
    for (at, c) in subject.char_indices() {
        if units >= unit {
            return at;
        }
        units += c.len_utf16() as i64;
    }
    subject.len()
}

fn size(call: &Call<'_>) -> Result<u64> {
    Ok(call.this_as::<ByteQuantifiedSize>()?.0)
}

fn version(call: &Call<'_>) -> Result<Version> {
    call.this_as::<Version>().copied()
}
fn uri(call: &Call<'_>) -> Result<Uri> {
    call.this_as::<Uri>().cloned()
}
fn uri_part(call: &Call<'_>, part: fn(&crate::values::UriParts) -> Value) -> Result<Value> {
    let uri = uri(call)?;
    uri.parts
        .as_ref()
        .map(part)
        .ok_or_else(|| Exception::invalid_operation("This operation is not supported for a relative URI."))
}
fn address(call: &Call<'_>) -> Result<MailAddress> {
    call.this_as::<MailAddress>().cloned()
}
fn this_culture(call: &Call<'_>) -> Result<&'static culture::Culture> {
    Ok(call.this_as::<CultureInfo>()?.0)
}
fn find_culture(name: &str) -> Result<Value> {
    culture::named(name).map(|culture| Value::typed(CultureInfo(culture))).ok_or_else(|| {
        let message =
            format!("Culture is not supported. (Parameter 'name')\n{name} is an invalid culture identifier.");
        Exception::new("System.Globalization.CultureNotFoundException", message)
    })
}

fn number_format(culture: &'static culture::Culture) -> Value {
    let signs = Object::named("System.Globalization.NumberFormatInfo")
        .with("CurrencyDecimalDigits", culture.currency_decimals as i32)
        .with("CurrencyDecimalSeparator", culture.decimal)
        .with("CurrencyGroupSeparator", culture.group)
        .with("CurrencySymbol", culture.currency)
        .with("NegativeSign", culture.negative_sign)
        .with("NumberDecimalDigits", culture.decimals as i32)
        .with("NumberDecimalSeparator", culture.decimal)
        .with("NumberGroupSeparator", culture.group)
        .with("PercentSymbol", "%")
        .with("PositiveSign", "+")
        .with("NaNSymbol", "NaN")
        .with("PositiveInfinitySymbol", culture.infinity);
    signs.into()
}

fn date_format(culture: &'static culture::Culture) -> Value {
    let names = |names: &[&str]| strings(names.iter().map(|name| (*name).to_owned()));
    Object::named("System.Globalization.DateTimeFormatInfo")
        .with("AMDesignator", culture.am)
        .with("PMDesignator", culture.pm)
        .with("DateSeparator", culture.date_separator)
        .with("TimeSeparator", culture.time_separator)
        .with(
            "FirstDayOfWeek",
            Value::Enum(EnumValue { of: &crate::enums::DAY_OF_WEEK, number: culture.first_day }),
        )
        .with("FullDateTimePattern", format!("{} {}", culture.long_date, culture.long_time))
        .with("LongDatePattern", culture.long_date)
        .with("LongTimePattern", culture.long_time)
        .with("MonthDayPattern", culture.month_day)
        .with("ShortDatePattern", culture.short_date)
        .with("ShortTimePattern", culture.short_time)
        .with("YearMonthPattern", culture.year_month)
        .with("DayNames", names(&culture.days))
        .with("AbbreviatedDayNames", names(&culture.short_days))
        .with("MonthNames", names(&[culture.months.as_slice(), &[""]].concat()))
        .with("AbbreviatedMonthNames", names(&[culture.short_months.as_slice(), &[""]].concat()))
        .into()
}

/// The last part of a path, and what is before it.
fn split_path(path: &str) -> (Option<&str>, &str) {
    path.rfind(['/', '\\']).map_or((None, path), |at| (Some(&path[..at]), &path[at + 1..]))
}
fn extension(path: &str) -> &str {
    let name = split_path(path).1;
    name.rfind('.').map_or("", |at| &name[at..]).trim_end_matches(|c| c == '.' && name.ends_with('.'))
}

/// A path as the session means it: absolute, with its dots resolved.
pub fn full_path(path: &str, location: &str) -> String {
    let path = path.replace('\\', "/");
    let has_drive =
        |path: &str| path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    let absolute = path.starts_with('/') || has_drive(&path);
    let joined = if absolute { path } else { format!("{}/{path}", location.trim_end_matches('/')) };
    let (root, joined) = if has_drive(&joined) { joined.split_at(2) } else { ("", joined.as_str()) };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("{root}/{}", parts.join("/"))
}

fn resolved(call: &Call<'_>, at: usize) -> String {
    full_path(&call.text(at), &call.engine.location())
}

pub(super) fn file_error(error: &std::io::Error, path: &str) -> Exception {
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            Exception::new("System.IO.FileNotFoundException", format!("Could not find file '{path}'."))
        }
        std::io::ErrorKind::PermissionDenied => Exception::new(
            "System.UnauthorizedAccessException",
            format!("Access to the path '{path}' is denied."),
        ),
        _ => Exception::new("System.IO.IOException", error.to_string()),
    }
}

fn read_file(call: &Call<'_>, at: usize) -> Result<Vec<u8>> {
    let path = resolved(call, at);
    call.engine.host().files().read(&path).map_err(|error| file_error(&error, &path))
}

/// A file's text: by its mark, else UTF-8 (or what the profile reads without a mark).
pub fn decode(bytes: &[u8], windows: bool) -> String {
    for encoding in [Encoding::Utf8, Encoding::Utf32, Encoding::Utf16, Encoding::Utf16Big] {
        if let Some(rest) = bytes.strip_prefix(encoding.mark()) {
            return encoding.text_of(rest);
        }
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) if windows => Encoding::Windows1252.text_of(bytes),
        Err(_) => Encoding::Utf8.text_of(bytes),
    }
}

fn read_text(call: &Call<'_>) -> Result<String> {
    let bytes = read_file(call, 0)?;
    Ok(match call.plain(1).downcast::<Encoding>() {
        Some(encoding) => encoding.text_of(bytes.strip_prefix(encoding.mark()).unwrap_or(&bytes)),
        None => decode(&bytes, call.engine.locale().profile.read_windows_1252),
    })
}

fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> =
        text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line).to_owned()).collect();
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

fn write_file(call: &Call<'_>, content: &str, encoding_at: usize, append: bool) -> Result<Value> {
    let path = resolved(call, 0);
    let encoding = call.plain(encoding_at).downcast::<Encoding>().copied();
    let mut bytes = Vec::new();
    let files = call.engine.host().files();
    if let Some(encoding) = encoding
        && !(append && files.info(&path).is_ok())
    {
        bytes.extend_from_slice(encoding.mark());
    }
    bytes.extend(encoding.unwrap_or(Encoding::Utf8NoMark).bytes(content));
    let written = files.create(&path, append).and_then(|mut file| {
        std::io::Write::write_all(&mut file, &bytes).and_then(|()| std::io::Write::flush(&mut file))
    });
    written.map_err(|error| file_error(&error, &path))?;
    null()
}

fn joined_lines(call: &Call<'_>) -> String {
    call.items(1).iter().map(|line| format!("{}\n", text::to_text(line, call.engine.locale()))).collect()
}

fn exists(call: &Call<'_>, folder: bool) -> Result<Value> {
    if call.text(0).is_empty() {
        return bool(false);
    }
    let info = call.engine.host().files().info(&resolved(call, 0));
    bool(info.is_ok_and(|info| info.folder == folder))
}

fn write_console(call: &Call<'_>, end: &str) -> Result<Value> {
    let shown = match call.count() {
        0 => String::new(),
        1 => text::of(call.plain(0), call.engine.locale()),
        _ => format::composite(&call.text(0), &call.rest(1), call.engine.locale())?,
    };
    call.engine.host().write(Stream::Output, &format!("{shown}{end}"), None, None);
    null()
}

fn random_number(call: &Call<'_>, least: i64, most: i64) -> Result<Value> {
    if least > most {
        return Err(Exception::out_of_range("'minValue' cannot be greater than maxValue.", "minValue"));
    }
    let mut bytes = [0; 8];
    call.engine.host().random(&mut bytes);
    let width = (most - least).max(1) as u64;
    int(least + (u64::from_le_bytes(bytes) % width) as i64)
}

fn enum_type(call: &Call<'_>) -> Result<&'static object::types::EnumType> {
    match call.plain(0).downcast::<Type>() {
        Some(Type::Enum(of)) => Ok(of),
        _ => Err(Exception::argument("Type provided must be an Enum.", "enumType")),
    }
}

fn type_of(call: &Call<'_>) -> Result<Type> {
    call.this_as::<Type>().cloned()
}

/// A stable number of a value's text: what hash codes are good for.
fn hash(text: &str) -> i64 {
    i64::from(text.encode_utf16().fold(17i32, |sum, unit| sum.wrapping_mul(31).wrapping_add(i32::from(unit))))
}

fn reveal(call: &Call<'_>, at: usize) -> String {
    call.plain(at)
        .downcast::<SecureString>()
        .map_or_else(|| call.text(at), |secret| secret.reveal().to_owned())
}

const PATH: &[Row] = &[
    ("static char DirectorySeparatorChar", |_| Ok(Value::Char(u16::from(b'/')))),
    ("static char PathSeparator", |_| Ok(Value::Char(u16::from(b':')))),
    ("static string GetFileName(string path)", |call| string(split_path(&call.text(0)).1)),
    ("static string GetFileNameWithoutExtension(string path)", |call| {
        let path = call.text(0);
        let name = split_path(&path).1;
        string(name.rfind('.').map_or(name, |at| &name[..at]))
    }),
    ("static string GetExtension(string path)", |call| string(extension(&call.text(0)))),
    ("static string GetDirectoryName(string path)", |call| {
        let path = call.text(0);
        Ok(match split_path(&path) {
            (Some(""), "") => Value::Null,
            (Some(""), _) => "/".into(),
            (Some(folder), _) => folder.into(),
            (None, _) => "".into(),
        })
    }),
    ("static bool HasExtension(string path)", |call| bool(!extension(&call.text(0)).is_empty())),
    ("static string ChangeExtension(string path, string extension)", |call| {
        let (path, new) = (call.text(0), call.text(1));
        let stem = &path[..path.len() - extension(&path).len()];
        let dot = if new.starts_with('.') || (call.plain(1).is_null()) { "" } else { "." };
        string(format!("{stem}{dot}{new}"))
    }),
    ("static string Combine(Params string[] paths)", |call| {
        let mut made = String::new();
        for part in call.rest(0) {
            let part = text::to_text(&part, call.engine.locale());
            if part.starts_with('/') || made.is_empty() {
                made = part;
            } else if !part.is_empty() {
                if !made.ends_with('/') {
                    made.push('/');
                }
                made.push_str(&part);
            }
        }
        string(made)
    }),
    ("static string Join(Params string[] paths)", |call| {
        let parts: Vec<String> =
            call.rest(0).iter().map(|part| text::to_text(part, call.engine.locale())).collect();
        string(parts.join("/").replace("//", "/"))
    }),
    ("static string GetFullPath(string path)", |call| string(resolved(call, 0))),
    ("static string GetTempPath()", |_| string("/tmp/")),
    ("static string GetTempFileName()", |call| {
        let name = format!("/tmp/tmp{}.tmp", &new_guid(call).to_string()[..6]);
        call.engine.host().files().write(&name, &[]).map_err(|error| file_error(&error, &name))?;
        string(name)
    }),
    ("static string GetRandomFileName()", |call| {
        let digits = new_guid(call).to_string().replace('-', "");
        string(format!("{}.{}", &digits[..8], &digits[8..11]))
    }),
    ("static bool IsPathRooted(string path)", |call| bool(call.text(0).starts_with(['/', '\\']))),
    ("static string GetPathRoot(string path)", |call| {
        string(if call.text(0).starts_with('/') { "/" } else { "" })
    }),
    ("static char[] GetInvalidFileNameChars()", |_| {
        Ok(Array::of("System.Char", vec![Value::Char(0), Value::Char(u16::from(b'/'))]).into())
    }),
    ("static char[] GetInvalidPathChars()", |_| Ok(Array::of("System.Char", vec![Value::Char(0)]).into())),
];

const FILE: &[Row] = &[
    ("static bool Exists(string path)", |call| exists(call, false)),
    ("static string ReadAllText(string path)", |call| string(read_text(call)?)),
    ("static string ReadAllText(string path, System.Text.Encoding encoding)", |call| {
        string(read_text(call)?)
    }),
    ("static string[] ReadAllLines(string path)", |call| Ok(strings(lines(&read_text(call)?)))),
    ("static string[] ReadAllLines(string path, System.Text.Encoding encoding)", |call| {
        Ok(strings(lines(&read_text(call)?)))
    }),
    ("static string[] ReadLines(string path)", |call| Ok(strings(lines(&read_text(call)?)))),
    ("static byte[] ReadAllBytes(string path)", |call| {
        Ok(Array::of("System.Byte", read_file(call, 0)?.into_iter().map(Value::Byte).collect()).into())
    }),
    ("static void WriteAllText(string path, string contents)", |call| {
        let text = call.text(1);
        write_file(call, &text, 9, false)
    }),
    ("static void WriteAllText(string path, string contents, System.Text.Encoding encoding)", |call| {
        let text = call.text(1);
        write_file(call, &text, 2, false)
    }),
    ("static void AppendAllText(string path, string contents)", |call| {
        let text = call.text(1);
        write_file(call, &text, 9, true)
    }),
    ("static void AppendAllText(string path, string contents, System.Text.Encoding encoding)", |call| {
        let text = call.text(1);
        write_file(call, &text, 2, true)
    }),
    ("static void WriteAllLines(string path, string[] contents)", |call| {
        let text = joined_lines(call);
        write_file(call, &text, 9, false)
    }),
    ("static void WriteAllLines(string path, string[] contents, System.Text.Encoding encoding)", |call| {
        let text = joined_lines(call);
        write_file(call, &text, 2, false)
    }),
    ("static void AppendAllLines(string path, string[] contents)", |call| {
        let text = joined_lines(call);
        write_file(call, &text, 9, true)
    }),
    ("static void WriteAllBytes(string path, byte[] bytes)", |call| {
        let (path, bytes) = (resolved(call, 0), call.bytes(1));
        call.engine.host().files().write(&path, &bytes).map_err(|error| file_error(&error, &path))?;
        null()
    }),
    ("static System.IO.StreamReader OpenText(string path)", |call| super::stream::open_text(call)),
    ("static System.IO.StreamWriter CreateText(string path)", |call| {
        super::stream::create_text(call, false, 9)
    }),
    ("static System.IO.StreamWriter AppendText(string path)", |call| {
        super::stream::create_text(call, true, 9)
    }),
    ("static void Delete(string path)", |call| {
        let path = resolved(call, 0);
        match call.engine.host().files().remove(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(file_error(&error, &path)),
            _ => null(),
        }
    }),
    ("static void Copy(string sourceFileName, string destFileName)", |call| copy_file(call, false)),
    ("static void Copy(string sourceFileName, string destFileName, bool overwrite)", |call| {
        copy_file(call, call.bool(2))
    }),
    ("static void Move(string sourceFileName, string destFileName)", |call| {
        let (from, to) = (resolved(call, 0), resolved(call, 1));
        call.engine.host().files().rename(&from, &to).map_err(|error| file_error(&error, &from))?;
        null()
    }),
    ("static datetime GetLastWriteTime(string path)", |call| {
        let path = resolved(call, 0);
        let info = call.engine.host().files().info(&path).map_err(|error| file_error(&error, &path))?;
        Ok(Value::DateTime(format::date::to_local(DateTime::utc(info.written), &call.engine.locale().zone)))
    }),
];

fn copy_file(call: &Call<'_>, overwrite: bool) -> Result<Value> {
    let (from, to) = (resolved(call, 0), resolved(call, 1));
    let files = call.engine.host().files();
    if !overwrite && files.info(&to).is_ok() {
        return Err(Exception::new("System.IO.IOException", format!("The file '{to}' already exists.")));
    }
    let bytes = files.read(&from).map_err(|error| file_error(&error, &from))?;
    files.write(&to, &bytes).map_err(|error| file_error(&error, &to))?;
    null()
}

pub(super) static TABLES: &[(&str, &[Row])] = &[
    (
        "System.Object",
        &[
            ("string ToString()", |call| Ok(text::of(call.this, call.engine.locale()).into())),
            ("string ToString(string format)", |call| {
                let pattern = call.text(0);
                format::value(call.this(), &pattern, call.engine.locale()).map(Value::from)
            }),
            ("bool Equals(System.Object obj)", |call| {
                bool(crate::compare::equal(call.this, call.plain(0), false, call.engine.locale()))
            }),
            ("int GetHashCode()", |call| {
                int(call.this().as_i64().unwrap_or_else(|| hash(&call.this().to_string())))
            }),
            ("static object new()", |_| Ok(Object::named("System.Object").into())),
        ],
    ),
    (
        "System.Enum",
        &[
            ("int value__", |call| int(call.this().as_i64().unwrap_or(0))),
            ("string ToString()", |call| string(call.this().to_string())),
            ("string ToString(string format)", |call| {
                let pattern = call.text(0);
                format::value(call.this(), &pattern, call.engine.locale()).map(Value::from)
            }),
            ("bool HasFlag(object flag)", |call| {
                let of = Type::of(call.this()).unwrap_or_else(Type::object);
                let flag =
                    crate::convert::to(call.plain(0), &of, call.engine.locale())?.as_i64().unwrap_or(0);
                bool(call.this().as_i64().unwrap_or(0) & flag == flag)
            }),
            ("int CompareTo(System.Object target)", |call| {
                int(call.this().as_i64().unwrap_or(0).cmp(&call.int(0)) as i64)
            }),
            ("static string[] GetNames(type enumType)", |call| {
                let mut values = enum_type(call)?.values.to_vec();
                values.sort_by_key(|(_, number)| *number as u64);
                Ok(strings(values.iter().map(|(name, _)| (*name).to_owned())))
            }),
            ("static array GetValues(type enumType)", |call| {
                let of = enum_type(call)?;
                let mut values = of.values.to_vec();
                values.sort_by_key(|(_, number)| *number as u64);
                Ok(Array::of(
                    of.name,
                    values.iter().map(|(_, number)| Value::Enum(EnumValue { of, number: *number })).collect(),
                )
                .into())
            }),
            ("static string GetName(type enumType, System.Object value)", |call| {
                let (of, number) = (enum_type(call)?, call.int(1));
                Ok(of
                    .values
                    .iter()
                    .find(|(_, known)| *known == number)
                    .map_or(Value::Null, |(name, _)| Value::from(*name)))
            }),
            ("static bool IsDefined(type enumType, System.Object value)", |call| {
                let of = enum_type(call)?;
                bool(match call.plain(1) {
                    Value::String(name) => of.values.iter().any(|(known, _)| *known == &**name),
                    other => of.values.iter().any(|(_, number)| Some(*number) == other.as_i64()),
                })
            }),
            ("static object Parse(type enumType, string value)", |call| parse_enum(call, false)),
            ("static object Parse(type enumType, string value, bool ignoreCase)", |call| {
                parse_enum(call, call.bool(2))
            }),
            ("static object ToObject(type enumType, int value)", |call| {
                Ok(Value::Enum(EnumValue { of: enum_type(call)?, number: call.int(1) }))
            }),
        ],
    ),
    ("System.Type", TYPE),
    ("System.RuntimeType", TYPE),
    (
        "System.Guid",
        &[
            ("string ToString()", |call| string(guid(call)?.to_string())),
            ("string ToString(string format)", |call| {
                format::format_guid(guid(call)?, &call.text(0)).map(Value::from)
            }),
            ("byte[] ToByteArray()", |call| {
                let bytes = guid(call)?.to_bytes();
                let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
                Ok(Array::of("System.Byte", order.iter().map(|at| Value::Byte(bytes[*at])).collect()).into())
            }),
            ("int CompareTo(guid value)", |call| match call.plain(0) {
                Value::Guid(other) => int(guid(call)?.cmp(other) as i64),
                _ => int(1),
            }),
            ("bool Equals(System.Object o)", |call| {
                bool(matches!(call.plain(0), Value::Guid(other) if *other == guid(call)?))
            }),
            ("static guid Empty", |_| Ok(Value::Guid(Guid::EMPTY))),
            ("static guid NewGuid()", |call| Ok(new_guid(call))),
            ("static guid Parse(string input)", |call| {
                Guid::parse(&call.text(0))
                    .map(Value::Guid)
                    .ok_or_else(|| Exception::format("Unrecognized Guid format."))
            }),
            ("static bool TryParse(string input, [ref] guid result)", |call| {
                let found = Guid::parse(&call.text(0));
                call.set_reference(1, Value::Guid(found.unwrap_or(Guid::EMPTY)));
                bool(found.is_some())
            }),
            ("static guid new()", |_| Ok(Value::Guid(Guid::EMPTY))),
            ("static guid new(string g)", |call| {
                Guid::parse(&call.text(0))
                    .map(Value::Guid)
                    .ok_or_else(|| Exception::format("Unrecognized Guid format."))
            }),
            ("static guid new(byte[] b)", |call| {
                let bytes = call.bytes(0);
                crate::convert::guid_of_bytes(&bytes).map(Value::Guid).ok_or_else(|| {
                    Exception::argument("Byte array for Guid must be exactly 16 bytes long.", "b")
                })
            }),
        ],
    ),
    (
        "System.Version",
        &[
            ("int Major", |call| int(i64::from(version(call)?.major))),
            ("int Minor", |call| int(i64::from(version(call)?.minor))),
            ("int Build", |call| int(i64::from(version(call)?.build))),
            ("int Revision", |call| int(i64::from(version(call)?.revision))),
            ("int MajorRevision", |call| int(i64::from(version(call)?.revision >> 16))),
            ("int MinorRevision", |call| int(i64::from(version(call)?.revision as i16))),
            ("int CompareTo(version value)", |call| match call.plain(0).downcast::<Version>() {
                Some(other) => int(version(call)?.cmp(other) as i64),
                None => int(1),
            }),
            ("string ToString()", |call| string(version(call)?.text())),
            ("string ToString(int fieldCount)", |call| {
                let all = version(call)?.text();
                string(all.split('.').take(call.int(0).max(0) as usize).collect::<Vec<_>>().join("."))
            }),
            ("static version Parse(string input)", |call| Version::parse(&call.text(0)).map(Value::typed)),
            ("static bool TryParse(string input, [ref] version result)", |call| {
                let found = Version::parse(&call.text(0));
                let ok = found.is_ok();
                call.set_reference(1, found.map(Value::typed).unwrap_or_default());
                bool(ok)
            }),
            ("static version new(string version)", |call| Version::parse(&call.text(0)).map(Value::typed)),
            ("static version new(int major, int minor)", |call| {
                Ok(Value::typed(Version {
                    major: call.int(0) as i32,
                    minor: call.int(1) as i32,
                    build: -1,
                    revision: -1,
                }))
            }),
            ("static version new(int major, int minor, int build)", |call| {
                Ok(Value::typed(Version {
                    major: call.int(0) as i32,
                    minor: call.int(1) as i32,
                    build: call.int(2) as i32,
                    revision: -1,
                }))
            }),
            ("static version new(int major, int minor, int build, int revision)", |call| {
                Ok(Value::typed(Version {
                    major: call.int(0) as i32,
                    minor: call.int(1) as i32,
                    build: call.int(2) as i32,
                    revision: call.int(3) as i32,
                }))
            }),
        ],
    ),
    (
        "System.Uri",
        &[
            ("string AbsolutePath", |call| uri_part(call, |p| p.path.as_str().into())),
            ("string AbsoluteUri", |call| {
                uri_part(call, |_| Value::Null)?;
                string(uri(call)?.absolute())
            }),
            ("string LocalPath", |call| uri_part(call, |p| p.path.as_str().into())),
            ("string Authority", |call| {
                uri_part(call, |p| {
                    if p.default_port {
                        p.host.as_str().into()
                    } else {
                        format!("{}:{}", p.host, p.port).into()
                    }
                })
            }),
            ("string Host", |call| uri_part(call, |p| p.host.as_str().into())),
            ("string DnsSafeHost", |call| uri_part(call, |p| p.host.as_str().into())),
            ("bool IsDefaultPort", |call| uri_part(call, |p| p.default_port.into())),
            ("bool IsFile", |call| uri_part(call, |p| (p.scheme == "file").into())),
            ("bool IsLoopback", |call| {
                uri_part(call, |p| matches!(p.host.as_str(), "localhost" | "127.0.0.1" | "[::1]").into())
            }),
            ("string PathAndQuery", |call| uri_part(call, |p| format!("{}{}", p.path, p.query).into())),
            ("string[] Segments", |call| {
                uri_part(call, |p| strings(p.path.split_inclusive('/').map(str::to_owned)))
            }),
            ("int Port", |call| uri_part(call, |p| p.port.into())),
            ("string Query", |call| uri_part(call, |p| p.query.as_str().into())),
            ("string Fragment", |call| uri_part(call, |p| p.fragment.as_str().into())),
            ("string Scheme", |call| uri_part(call, |p| p.scheme.as_str().into())),
            ("string UserInfo", |call| uri_part(call, |p| p.user.as_str().into())),
            ("string OriginalString", |call| string(uri(call)?.text)),
            ("bool IsAbsoluteUri", |call| bool(uri(call)?.parts.is_some())),
            ("string ToString()", |call| string(uri(call)?.text())),
            ("static uri new(string uriString)", |call| {
                let made = Uri::parse(&call.text(0));
                if made.parts.is_none() {
                    return Err(Exception::new(
                        "System.UriFormatException",
                        "Invalid URI: The format of the URI could not be determined.",
                    ));
                }
                Ok(Value::typed(made))
            }),
            ("static uri new(string uriString, System.UriKind uriKind)", |call| {
                Ok(Value::typed(Uri::parse(&call.text(0))))
            }),
            ("static string EscapeDataString(string stringToEscape)", |call| {
                string(escape_data(&call.text(0)))
            }),
            ("static string UnescapeDataString(string stringToUnescape)", |call| {
                string(unescape_data(&call.text(0)))
            }),
            ("static bool IsWellFormedUriString(string uriString, System.UriKind uriKind)", |call| {
                let text = call.text(0);
                bool(!text.contains(' ') && (call.int(1) != 1 || Uri::parse(&text).parts.is_some()))
            }),
            ("static bool TryCreate(string uriString, System.UriKind uriKind, [ref] uri result)", |call| {
                let made = Uri::parse(&call.text(0));
                let fits = call.int(1) != 1 || made.parts.is_some();
                call.set_reference(2, if fits { Value::typed(made) } else { Value::Null });
                bool(fits)
            }),
        ],
    ),
    (
        "System.Net.Mail.MailAddress",
        &[
            ("string DisplayName", |call| string(address(call)?.display_name)),
            ("string User", |call| string(address(call)?.user)),
            ("string Host", |call| string(address(call)?.host)),
            ("string Address", |call| string(address(call)?.address())),
            ("string ToString()", |call| string(address(call)?.text())),
            ("static mailaddress new(string address)", |call| {
                MailAddress::parse(&call.text(0)).map(Value::typed)
            }),
            ("static mailaddress new(string address, string displayName)", |call| {
                let parsed = MailAddress::parse(&call.text(0))?;
                Ok(Value::typed(MailAddress { display_name: call.text(1), ..parsed }))
            }),
        ],
    ),
    (
        "System.Net.IPAddress",
        &[
            ("string IPAddressToString", |call| string(call.this_as::<IpAddress>()?.0.to_string())),
            ("System.Object AddressFamily", |call| {
                string(if call.this_as::<IpAddress>()?.0.is_ipv4() {
                    "InterNetwork"
                } else {
                    "InterNetworkV6"
                })
            }),
            ("byte[] GetAddressBytes()", |call| {
                let bytes = match call.this_as::<IpAddress>()?.0 {
                    std::net::IpAddr::V4(v4) => v4.octets().to_vec(),
                    std::net::IpAddr::V6(v6) => v6.octets().to_vec(),
                };
                Ok(Array::of("System.Byte", bytes.into_iter().map(Value::Byte).collect()).into())
            }),
            ("static ipaddress Loopback", |_| {
                Ok(Value::typed(IpAddress(std::net::Ipv4Addr::LOCALHOST.into())))
            }),
            ("static ipaddress Any", |_| Ok(Value::typed(IpAddress(std::net::Ipv4Addr::UNSPECIFIED.into())))),
            ("static ipaddress Parse(string ipString)", |call| {
                crate::convert::parse_ip(&call.text(0))
                    .map(|ip| Value::typed(IpAddress(ip)))
                    .ok_or_else(|| Exception::format("An invalid IP address was specified."))
            }),
            ("static bool TryParse(string ipString, [ref] ipaddress address)", |call| {
                let found = crate::convert::parse_ip(&call.text(0)).map(|ip| Value::typed(IpAddress(ip)));
                let ok = found.is_some();
                call.set_reference(1, found.unwrap_or_default());
                bool(ok)
            }),
            ("static bool IsLoopback(ipaddress address)", |call| {
                bool(call.plain(0).downcast::<IpAddress>().is_some_and(|ip| ip.0.is_loopback()))
            }),
        ],
    ),
    (
        "System.Text.RegularExpressions.Regex",
        &[
            ("System.Text.RegularExpressions.RegexOptions Options", |call| {
                Ok(Value::Enum(EnumValue {
                    of: &crate::enums::REGEX_OPTIONS,
                    number: this_regex(call)?.options(),
                }))
            }),
            ("bool RightToLeft", |_| bool(false)),
            ("bool IsMatch(string input)", |call| bool(this_regex(call)?.is_match(&call.text(0))?)),
            ("System.Text.RegularExpressions.Match Match(string input)", |call| {
                one_match(&this_regex(call)?, &call.text(0), 0)
            }),
            ("System.Text.RegularExpressions.Match Match(string input, int startat)", |call| {
                let text = call.text(0);
                let from = byte_at(&text, call.int(1));
                one_match(&this_regex(call)?, &text, from)
            }),
            ("System.Text.RegularExpressions.MatchCollection Matches(string input)", |call| {
                all_matches(&this_regex(call)?, &call.text(0))
            }),
            ("string Replace(string input, System.Object replacement)", |call| {
                let (regex, subject, with) = (this_regex(call)?, call.text(0), call.value(1));
                replaced(call, &regex, &subject, &with, usize::MAX)
            }),
            ("string Replace(string input, System.Object replacement, int count)", |call| {
                let (regex, subject, with, count) =
                    (this_regex(call)?, call.text(0), call.value(1), limit(call.int(2)));
                replaced(call, &regex, &subject, &with, count)
            }),
            ("string[] Split(string input)", |call| Ok(strings(this_regex(call)?.split(&call.text(0), 0)?))),
            ("string[] Split(string input, int count)", |call| {
                Ok(strings(this_regex(call)?.split(&call.text(0), call.int(1))?))
            }),
            ("string[] GetGroupNames()", |call| {
                Ok(strings(this_regex(call)?.group_names().iter().map(|name| (*name).to_owned())))
            }),
            ("int[] GetGroupNumbers()", |call| {
                Ok(Array::of(
                    "System.Int32",
                    (0..this_regex(call)?.group_names().len()).map(|n| Value::Int32(n as i32)).collect(),
                )
                .into())
            }),
            ("string ToString()", |call| string(this_regex(call)?.pattern())),
            ("static string Escape(string str)", |call| string(regex::escape(&call.text(0)))),
            ("static string Unescape(string str)", |call| string(regex::unescape(&call.text(0)))),
            ("static bool IsMatch(string input, string pattern)", |call| {
                bool(static_regex(call, 2)?.is_match(&call.text(0))?)
            }),
            (
                "static bool IsMatch(string input, string pattern, System.Text.RegularExpressions.RegexOptions options)",
                |call| bool(static_regex(call, 2)?.is_match(&call.text(0))?),
            ),
            ("static System.Text.RegularExpressions.Match Match(string input, string pattern)", |call| {
                one_match(&static_regex(call, 2)?, &call.text(0), 0)
            }),
            (
                "static System.Text.RegularExpressions.Match Match(string input, string pattern, System.Text.RegularExpressions.RegexOptions options)",
                |call| one_match(&static_regex(call, 2)?, &call.text(0), 0),
            ),
            (
                "static System.Text.RegularExpressions.MatchCollection Matches(string input, string pattern)",
                |call| all_matches(&static_regex(call, 2)?, &call.text(0)),
            ),
            (
                "static System.Text.RegularExpressions.MatchCollection Matches(string input, string pattern, System.Text.RegularExpressions.RegexOptions options)",
                |call| all_matches(&static_regex(call, 2)?, &call.text(0)),
            ),
            ("static string Replace(string input, string pattern, System.Object replacement)", |call| {
                let (regex, subject, with) = (static_regex(call, 9)?, call.text(0), call.value(2));
                replaced(call, &regex, &subject, &with, usize::MAX)
            }),
            (
                "static string Replace(string input, string pattern, System.Object replacement, System.Text.RegularExpressions.RegexOptions options)",
                |call| {
                    let (regex, subject, with) = (static_regex(call, 3)?, call.text(0), call.value(2));
                    replaced(call, &regex, &subject, &with, usize::MAX)
                },
            ),
            ("static string[] Split(string input, string pattern)", |call| {
                Ok(strings(static_regex(call, 2)?.split(&call.text(0), 0)?))
            }),
            (
                "static string[] Split(string input, string pattern, System.Text.RegularExpressions.RegexOptions options)",
                |call| Ok(strings(static_regex(call, 2)?.split(&call.text(0), 0)?)),
            ),
            ("static regex new(string pattern)", |call| Regex::new(&call.text(0), 0).map(Value::typed)),
            (
                "static regex new(string pattern, System.Text.RegularExpressions.RegexOptions options)",
                |call| Regex::new(&call.text(0), call.int(1)).map(Value::typed),
            ),
        ],
    ),
    (
        "System.Text.RegularExpressions.Match",
        &[
            ("System.Text.RegularExpressions.Match NextMatch()", |call| {
                Ok(Value::typed(call.this_as::<Match>()?.next()?))
            }),
            ("string Result(string replacement)", |call| {
                string(call.this_as::<Match>()?.expand(&call.text(0)))
            }),
        ],
    ),
    (
        "System.Text.RegularExpressions.GroupCollection",
        &[("int Count", |call| {
            int(call.this_as::<regex::Groups>()?.items().map_or(0, |items| items.len()) as i64)
        })],
    ),
    (
        "System.Globalization.CultureInfo",
        &[
            ("string Name", |call| string(this_culture(call)?.name)),
            ("string DisplayName", |call| string(this_culture(call)?.english_name)),
            ("string EnglishName", |call| string(this_culture(call)?.english_name)),
            ("string NativeName", |call| string(this_culture(call)?.native_name)),
            ("int LCID", |call| int(i64::from(this_culture(call)?.lcid))),
            ("string TwoLetterISOLanguageName", |call| {
                string(this_culture(call)?.name.split('-').next().filter(|n| !n.is_empty()).unwrap_or("iv"))
            }),
            ("string IetfLanguageTag", |call| string(this_culture(call)?.name)),
            ("bool IsNeutralCulture", |_| bool(false)),
            ("System.Globalization.NumberFormatInfo NumberFormat", |call| {
                Ok(number_format(this_culture(call)?))
            }),
            ("System.Globalization.DateTimeFormatInfo DateTimeFormat", |call| {
                Ok(date_format(this_culture(call)?))
            }),
            ("System.Globalization.TextInfo TextInfo", |call| {
                Ok(Object::named("System.Globalization.TextInfo")
                    .with("CultureName", this_culture(call)?.name)
                    .with("ListSeparator", this_culture(call)?.list_separator)
                    .into())
            }),
            ("string ToString()", |call| string(this_culture(call)?.name)),
            ("static cultureinfo InvariantCulture", |_| Ok(Value::typed(CultureInfo(&culture::INVARIANT)))),
            ("static cultureinfo CurrentCulture", |call| {
                Ok(Value::typed(CultureInfo(call.engine.locale().culture)))
            }),
            ("static cultureinfo CurrentUICulture", |_| Ok(Value::typed(CultureInfo(&culture::EN_US)))),
            ("static cultureinfo GetCultureInfo(string name)", |call| find_culture(&call.text(0))),
            ("static cultureinfo CreateSpecificCulture(string name)", |call| find_culture(&call.text(0))),
            ("static cultureinfo new(string name)", |call| find_culture(&call.text(0))),
        ],
    ),
    (
        "System.Management.Automation.WildcardPattern",
        &[
            ("static string Escape(string pattern)", |call| string(crate::wildcard::escape(&call.text(0)))),
            ("static string Unescape(string pattern)", |call| {
                string(crate::wildcard::unescape(&call.text(0)))
            }),
            ("static bool ContainsWildcardCharacters(string pattern)", |call| {
                bool(crate::wildcard::has_wildcards(&call.text(0)))
            }),
        ],
    ),
    (
        "System.Management.Automation.LanguagePrimitives",
        &[
            ("static bool IsTrue(object obj)", |call| bool(call.bool(0))),
            ("static bool Equals(object first, object second, bool ignoreCase)", |call| {
                bool(crate::compare::equal(call.plain(0), call.plain(1), call.bool(2), call.engine.locale()))
            }),
            ("static int Compare(object first, object second)", |call| {
                int(crate::compare::compare(call.plain(0), call.plain(1), false, call.engine.locale())?
                    as i64)
            }),
            ("static object ConvertTo(object valueToConvert, type resultType)", |call| {
                let of = call.plain(1).downcast::<Type>().cloned().unwrap_or_else(Type::object);
                crate::convert::to(call.plain(0), &of, call.engine.locale())
            }),
        ],
    ),
    (
        "System.Management.Automation.ScriptBlock",
        &[
            ("static scriptblock Create(string script)", |call| {
                let text = call.text(0);
                call.engine.block(&text)
            }),
            ("object Invoke(Params object[] args)", |call| {
                let (block, arguments) = (call.this.clone(), call.rest(0));
                let answer = call.engine.call(&block, None, &arguments)?;
                Ok(Value::typed(crate::collections::Collection::of_objects(answer)))
            }),
            ("object InvokeReturnAsIs(Params object[] args)", |call| {
                let (block, arguments) = (call.this.clone(), call.rest(0));
                Ok(super::one(call.engine.call(&block, None, &arguments)?))
            }),
        ],
    ),
    (
        "System.Management.Automation.PSCredential",
        &[
            ("object GetNetworkCredential()", |call| {
                let credential = call.this_as::<object::types::Credential>()?;
                let (domain, user) =
                    credential.user_name.split_once('\\').unwrap_or(("", &credential.user_name));
                Ok(Object::named("System.Net.NetworkCredential")
                    .with("UserName", user)
                    .with("Password", credential.password.reveal())
                    .with("Domain", domain)
                    .with("SecurePassword", Value::typed(credential.password.clone()))
                    .into())
            }),
            ("static pscredential new(string userName, securestring password)", |call| {
                let secret = call.plain(1).downcast::<SecureString>().cloned();
                let password = secret.ok_or_else(|| Exception::argument_null("password"))?;
                Ok(Value::typed(object::types::Credential { user_name: call.text(0).into(), password }))
            }),
            ("static pscredential Empty", |_| {
                Ok(Value::typed(object::types::Credential {
                    user_name: "".into(),
                    password: SecureString::new(""),
                }))
            }),
        ],
    ),
    ("System.Security.SecureString", &[("void MakeReadOnly()", |_| null()), ("void Dispose()", |_| null())]),
    (
        "System.Runtime.InteropServices.Marshal",
        &[
            ("static object SecureStringToBSTR(securestring s)", |call| {
                let text = reveal(call, 0);
                string(text)
            }),
            ("static object SecureStringToGlobalAllocUnicode(securestring s)", |call| {
                let text = reveal(call, 0);
                string(text)
            }),
            ("static string PtrToStringAuto(object ptr)", |call| string(call.text(0))),
            ("static string PtrToStringBSTR(object ptr)", |call| string(call.text(0))),
            ("static string PtrToStringUni(object ptr)", |call| string(call.text(0))),
            ("static void ZeroFreeBSTR(object s)", |_| null()),
        ],
    ),
    (
        "Microsoft.Exchange.Data.ByteQuantifiedSize",
        &[
            ("ulong ToBytes()", |call| long(size(call)?)),
            ("ulong ToKB()", |call| long(size(call)? >> 10)),
            ("ulong ToMB()", |call| long(size(call)? >> 20)),
            ("ulong ToGB()", |call| long(size(call)? >> 30)),
            ("ulong ToTB()", |call| long(size(call)? >> 40)),
            ("double RoundUpToUnit(System.Object quantifier)", |call| {
                Ok(Value::Double((size(call)? as f64 / (call.int(0).max(1) as f64)).ceil()))
            }),
            ("int CompareTo(System.Object other)", |call| {
                let mine = size(call)?;
                let theirs = call.plain(0).downcast::<ByteQuantifiedSize>().map_or(0, |size| size.0);
                int(mine.cmp(&theirs) as i64)
            }),
            ("string ToString()", |call| string(call.this().to_string())),
            ("static object Parse(string expression)", |call| {
                ByteQuantifiedSize::parse(&call.text(0)).map(Value::typed).ok_or_else(|| {
                    Exception::format(format!("The quantified size '{}' is not valid.", call.text(0)))
                })
            }),
            ("static object FromBytes(ulong bytesValue)", |call| {
                Ok(Value::typed(ByteQuantifiedSize(call.int(0) as u64)))
            }),
            ("static object FromKB(ulong kbValue)", |call| {
                Ok(Value::typed(ByteQuantifiedSize((call.int(0) as u64) << 10)))
            }),
            ("static object FromMB(ulong mbValue)", |call| {
                Ok(Value::typed(ByteQuantifiedSize((call.int(0) as u64) << 20)))
            }),
            ("static object FromGB(ulong gbValue)", |call| {
                Ok(Value::typed(ByteQuantifiedSize((call.int(0) as u64) << 30)))
            }),
        ],
    ),
    (
        "System.Exception",
        &[
            ("System.Exception GetBaseException()", |call| {
                let mut at = call.this_as::<Thrown>()?.0.clone();
                while let Some(inner) = at.inner_exception().cloned() {
                    at = inner;
                }
                Ok(Value::typed(Thrown(at)))
            }),
            ("string ToString()", |call| string(call.this_as::<Thrown>()?.text())),
        ],
    ),
    (
        "System.Environment",
        &[
            ("static string NewLine", |_| string("\n")),
            ("static string MachineName", |call| {
                string(call.engine.host().variable("COMPUTERNAME").unwrap_or_else(|| "localhost".to_owned()))
            }),
            ("static string UserName", |call| {
                string(
                    call.engine
                        .host()
                        .variable("USER")
                        .or_else(|| call.engine.host().variable("USERNAME"))
                        .unwrap_or_default(),
                )
            }),
            ("static string UserDomainName", |call| {
                string(call.engine.host().variable("USERDOMAIN").unwrap_or_default())
            }),
            ("static string CurrentDirectory", |call| string(call.engine.location())),
            ("static int ProcessorCount", |_| {
                int(std::thread::available_parallelism().map_or(1, |n| n.get() as i64))
            }),
            ("static int TickCount", |call| int(call.engine.host().now().0 / 1000 % i64::from(i32::MAX))),
            ("static long TickCount64", |call| Ok(Value::Int64(call.engine.host().now().0 / 1000))),
            ("static version Version", |_| {
                Ok(Value::typed(Version { major: 10, minor: 0, build: 0, revision: -1 }))
            }),
            ("static bool Is64BitOperatingSystem", |_| bool(true)),
            ("static bool Is64BitProcess", |_| bool(true)),
            ("static bool UserInteractive", |_| bool(true)),
            ("static System.OperatingSystem OSVersion", |_| {
                Ok(Object::named("System.OperatingSystem")
                    .with("Platform", Value::Enum(EnumValue { of: &crate::enums::PLATFORM_ID, number: 4 }))
                    .with("VersionString", "Unix")
                    .with("Version", Value::typed(Version { major: 1, minor: 0, build: -1, revision: -1 }))
                    .into())
            }),
            ("static string GetEnvironmentVariable(string variable)", |call| {
                Ok(call.engine.host().variable(&call.text(0)).map_or(Value::Null, Value::from))
            }),
            ("static string GetEnvironmentVariable(string variable, object target)", |call| {
                Ok(call.engine.host().variable(&call.text(0)).map_or(Value::Null, Value::from))
            }),
            ("static void SetEnvironmentVariable(string variable, string value)", |call| {
                let value = call.text(1);
                call.engine.host().set_variable(&call.text(0), (!value.is_empty()).then_some(value.as_str()));
                null()
            }),
            ("static System.Collections.IDictionary GetEnvironmentVariables()", |call| {
                let made = object::value::Dictionary::new();
                for (name, value) in call.engine.host().variables() {
                    made.insert(name.into(), value.into());
                }
                Ok(made.into())
            }),
            ("static string GetFolderPath(System.Environment+SpecialFolder folder)", |call| {
                let home = call.engine.host().variable("HOME").unwrap_or_else(|| "/".to_owned());
                string(match call.int(0) {
                    40 | 5 => home,
                    0 | 16 => format!("{home}/Desktop"),
                    26 => format!("{home}/.config"),
                    28 => format!("{home}/.local/share"),
                    _ => String::new(),
                })
            }),
            ("static string ExpandEnvironmentVariables(string name)", |call| {
                let mut text = call.text(0);
                for (name, value) in call.engine.host().variables() {
                    text = text.replace(&format!("%{name}%"), &value);
                }
                string(text)
            }),
        ],
    ),
    (
        "System.Console",
        &[
            ("static void WriteLine()", |call| write_console(call, "\n")),
            ("static void WriteLine(object value)", |call| write_console(call, "\n")),
            ("static void WriteLine(string format, Params object[] arg)", |call| write_console(call, "\n")),
            ("static void Write(object value)", |call| write_console(call, "")),
            ("static void Write(string format, Params object[] arg)", |call| write_console(call, "")),
            ("static string ReadLine()", |call| {
                call.engine.host().read_line(false).map(Value::from).map_err(Exception::from)
            }),
            ("static int WindowWidth", |call| int(call.engine.host().width().unwrap_or(120) as i64)),
            ("static System.Text.Encoding OutputEncoding", |_| Ok(Value::typed(Encoding::Utf8))),
            ("static bool IsOutputRedirected", |call| bool(call.engine.host().width().is_none())),
        ],
    ),
    (
        "System.Random",
        &[
            ("int Next()", |call| random_number(call, 0, i64::from(i32::MAX))),
            ("int Next(int maxValue)", |call| random_number(call, 0, call.int(0))),
            ("int Next(int minValue, int maxValue)", |call| random_number(call, call.int(0), call.int(1))),
            ("double NextDouble()", |call| {
                let mut bytes = [0; 8];
                call.engine.host().random(&mut bytes);
                Ok(Value::Double((u64::from_le_bytes(bytes) >> 11) as f64 / (1u64 << 53) as f64))
            }),
            ("static object new()", |_| Ok(Object::named("System.Random").into())),
            ("static object new(int Seed)", |_| Ok(Object::named("System.Random").into())),
        ],
    ),
    (
        "System.StringComparer",
        &[
            ("static System.StringComparer OrdinalIgnoreCase", |_| {
                Ok(Object::named("System.StringComparer").with("Name", "OrdinalIgnoreCase").into())
            }),
            ("static System.StringComparer InvariantCultureIgnoreCase", |_| {
                Ok(Object::named("System.StringComparer").with("Name", "InvariantCultureIgnoreCase").into())
            }),
            ("static System.StringComparer CurrentCultureIgnoreCase", |_| {
                Ok(Object::named("System.StringComparer").with("Name", "CurrentCultureIgnoreCase").into())
            }),
            ("static System.StringComparer Ordinal", |_| {
                Ok(Object::named("System.StringComparer").with("Name", "Ordinal").into())
            }),
            ("static System.StringComparer InvariantCulture", |_| {
                Ok(Object::named("System.StringComparer").with("Name", "InvariantCulture").into())
            }),
            ("static System.StringComparer CurrentCulture", |_| {
                Ok(Object::named("System.StringComparer").with("Name", "CurrentCulture").into())
            }),
        ],
    ),
    (
        "System.Management.Automation.SwitchParameter",
        &[
            ("bool ToBool()", |call| bool(crate::compare::truth(call.this()))),
            ("static System.Management.Automation.SwitchParameter Present", |_| {
                Ok(crate::values::switch(true))
            }),
            ("static System.Management.Automation.SwitchParameter new(bool isPresent)", |call| {
                Ok(crate::values::switch(call.bool(0)))
            }),
        ],
    ),
    (
        "System.GC",
        &[
            ("static void Collect()", |_| null()),
            ("static long GetTotalMemory(bool forceFullCollection)", |_| Ok(Value::Int64(0))),
        ],
    ),
    ("System.IO.Path", PATH),
    ("System.IO.File", FILE),
    (
        "System.IO.Directory",
        &[
            ("static bool Exists(string path)", |call| exists(call, true)),
            ("static object CreateDirectory(string path)", |call| {
                let path = resolved(call, 0);
                call.engine.host().files().make_folder(&path).map_err(|error| file_error(&error, &path))?;
                string(path)
            }),
            ("static string GetCurrentDirectory()", |call| string(call.engine.location())),
            ("static string[] GetFiles(string path)", |call| list(call, false, true)),
            ("static string[] GetFiles(string path, string searchPattern)", |call| list(call, false, true)),
            ("static string[] GetDirectories(string path)", |call| list(call, true, false)),
            ("static string[] GetDirectories(string path, string searchPattern)", |call| {
                list(call, true, false)
            }),
            ("static void Delete(string path)", |call| {
                let path = resolved(call, 0);
                call.engine.host().files().remove(&path).map_err(|error| file_error(&error, &path))?;
                null()
            }),
            ("static void Delete(string path, bool recursive)", |call| {
                let path = resolved(call, 0);
                call.engine.host().files().remove(&path).map_err(|error| file_error(&error, &path))?;
                null()
            }),
        ],
    ),
    ("System.Net.WebUtility", WEB),
    ("System.Web.HttpUtility", WEB),
    (
        "System.Net.ServicePointManager",
        &[("static object SecurityProtocol", |_| {
            Ok(Value::Enum(EnumValue { of: &crate::enums::SECURITY_PROTOCOL, number: 3072 }))
        })],
    ),
    (
        "System.Activator",
        &[("static object CreateInstance(type type, Params object[] args)", |call| {
            let of = call.plain(0).downcast::<Type>().cloned().unwrap_or_else(Type::object);
            let arguments = call.rest(1);
            super::create(call.engine, &of, arguments)
        })],
    ),
];

fn parse_enum(call: &Call<'_>, ignore_case: bool) -> Result<Value> {
    let (of, given) = (enum_type(call)?, call.text(1));
    let missing = || {
        Exception::argument(format!("Requested value '{given}' was not found."), "value")
            .message(format!("Requested value '{given}' was not found."))
    };
    let exact = ignore_case
        || given.split(',').all(|word| {
            of.values.iter().any(|(name, _)| *name == word.trim()) || word.trim().parse::<i64>().is_ok()
        });
    of.parse(&given).filter(|_| exact).map(Value::Enum).ok_or_else(missing)
}

fn list(call: &Call<'_>, folders: bool, files: bool) -> Result<Value> {
    let path = resolved(call, 0);
    let all = call.engine.host().files();
    let pattern =
        crate::wildcard::Wildcard::new(&if call.count() > 1 { call.text(1) } else { "*".to_owned() }).ok();
    let names = all.list(&path).map_err(|_| {
        Exception::new(
            "System.IO.DirectoryNotFoundException",
            format!("Could not find a part of the path '{path}'."),
        )
    })?;
    let fitting = names.into_iter().filter(|name| pattern.as_ref().is_some_and(|p| p.matches(name)));
    let full: Vec<String> = fitting.map(|name| format!("{}/{name}", path.trim_end_matches('/'))).collect();
    let kept = full
        .into_iter()
        .filter(|path| all.info(path).is_ok_and(|info| if info.folder { folders } else { files }));
    Ok(strings(kept))
}

fn escape_data(text: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    text.bytes().map(|b| if keep(b) { (b as char).to_string() } else { format!("%{b:02X}") }).collect()
}

fn unescape_data(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match hex.filter(|_| bytes[at] == b'%') {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Text as HTML shows it.
pub fn html_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{a0}'..='\u{ff}' => out.push_str(&format!("&#{};", c as u32)),
            other => out.push(other),
        }
    }
    out
}

fn html_decode(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(end) = rest.find(';').filter(|end| *end < 12) else {
            out.push('&');
            rest = &rest[1..];
            continue;
        };
        let name = &rest[1..end];
        let number = name
            .strip_prefix("#x")
            .map(|hex| u32::from_str_radix(hex, 16))
            .or_else(|| name.strip_prefix('#').map(str::parse));
        let found = match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "nbsp" => Some('\u{a0}'),
            _ => number.and_then(std::result::Result::ok).and_then(char::from_u32),
        };
        match found {
            Some(c) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

const WEB: &[Row] = &[
    ("static string HtmlEncode(string value)", |call| string(html_encode(&call.text(0)))),
    ("static string HtmlDecode(string value)", |call| string(html_decode(&call.text(0)))),
    ("static string UrlEncode(string value)", |call| {
        let keep = |b: u8| b.is_ascii_alphanumeric() || b"-_.!*()".contains(&b);
        string(
            call.text(0)
                .bytes()
                .map(|b| {
                    if keep(b) {
                        (b as char).to_string()
                    } else if b == b' ' {
                        "+".to_owned()
                    } else {
                        format!("%{b:02X}")
                    }
                })
                .collect::<String>(),
        )
    }),
    ("static string UrlDecode(string value)", |call| string(unescape_data(&call.text(0).replace('+', " ")))),
];

const TYPE: &[Row] = &[
    ("string Name", |call| string(&*type_of(call)?.short_name())),
    ("string FullName", |call| string(&*type_of(call)?.name())),
    ("string Namespace", |call| Ok(type_of(call)?.namespace().map_or(Value::Null, Value::from))),
    ("type BaseType", |call| Ok(type_of(call)?.base().map_or(Value::Null, Value::typed))),
    ("bool IsArray", |call| bool(matches!(type_of(call)?, Type::Array(..)))),
    ("bool IsEnum", |call| bool(matches!(type_of(call)?, Type::Enum(_)))),
    ("bool IsValueType", |call| bool(type_of(call)?.is_value_type())),
    ("bool IsClass", |call| bool(!type_of(call)?.is_value_type())),
    ("bool IsPrimitive", |call| {
        let of = type_of(call)?;
        bool(
            (of.is_number() && !matches!(of.kind(), crate::Kind::Decimal | crate::Kind::BigInteger))
                || matches!(of.kind(), crate::Kind::Bool | crate::Kind::Char),
        )
    }),
    ("bool IsGenericType", |call| bool(matches!(type_of(call)?, Type::Generic(..)))),
    ("bool IsPublic", |_| bool(true)),
    ("bool IsSerializable", |_| bool(true)),
    ("type UnderlyingSystemType", |call| Ok(call.this.clone())),
    ("type GetElementType()", |call| Ok(type_of(call)?.element().map_or(Value::Null, Value::typed))),
    ("type[] GetGenericArguments()", |call| {
        Ok(Array::of(
            "System.Type",
            match type_of(call)? {
                Type::Generic(_, arguments) => arguments.iter().cloned().map(Value::typed).collect(),
                _ => Vec::new(),
            },
        )
        .into())
    }),
    ("bool IsAssignableFrom(type c)", |call| {
        let mine = type_of(call)?;
        bool(call.plain(0).downcast::<Type>().is_some_and(|other| other.is_a(&mine)))
    }),
    ("bool IsSubclassOf(type c)", |call| {
        let mine = type_of(call)?;
        bool(call.plain(0).downcast::<Type>().is_some_and(|other| mine != *other && mine.is_a(other)))
    }),
    ("bool IsInstanceOfType(object o)", |call| {
        let mine = type_of(call)?;
        bool(crate::convert::is(call.plain(0), &mine))
    }),
    ("string[] GetEnumNames()", |call| match type_of(call)? {
        Type::Enum(of) => Ok(strings(of.values.iter().map(|(name, _)| (*name).to_owned()))),
        _ => Err(Exception::argument("Type provided must be an Enum.", "enumType")),
    }),
    ("array GetEnumValues()", |call| match type_of(call)? {
        Type::Enum(of) => Ok(Array::of(
            of.name,
            of.values.iter().map(|(_, number)| Value::Enum(EnumValue { of, number: *number })).collect(),
        )
        .into()),
        _ => Err(Exception::argument("Type provided must be an Enum.", "enumType")),
    }),
    ("string ToString()", |call| string(&*type_of(call)?.name())),
    ("static type GetType(string typeName)", |call| {
        Ok(Type::parse(&call.text(0)).map_or(Value::Null, Value::typed))
    }),
];
