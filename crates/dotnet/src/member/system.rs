//! Members of the small types: objects, types, GUIDs, versions, addresses, cultures,
//! sizes and quotas, exceptions, the environment, paths and files.

use super::{Call, Row};
use crate::engine::Engine;
use crate::exception::{Exception, Result, Thrown};
use crate::format;
use crate::host::Stream;
use crate::text;
use crate::types::Type;
use crate::values::{Encoding, IpAddress, Version};
use object::types::{ByteQuantifiedSize, EnumValue, Guid, SecureString};
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
    let (message, about) = sentence(of, &texts);
    let made = Exception::new(of.name().to_string(), message);
    let made = match about {
        Some(about) => made.about(about),
        None => made,
    };
    let inner = arguments.iter().find_map(|a| a.downcast::<Thrown>());
    Ok(Value::typed(Thrown(match inner {
        Some(inner) => made.inner(inner.0.clone()),
        None => made,
    })))
}

/// What an exception says by the texts it was made of, and the file or object it is about.
fn sentence(of: &Type, texts: &[String]) -> (String, Option<String>) {
    let name = of.name();
    let own = |default: &str, at: usize| texts.get(at).cloned().unwrap_or_else(|| default.to_owned());
    match (&*name, texts) {
        ("System.ArgumentException", [message, parameter, ..]) => {
            (format!("{message} (Parameter '{parameter}')"), None)
        }
        ("System.ArgumentNullException" | "System.ArgumentOutOfRangeException", [parameter, ..]) => {
            (format!("{} (Parameter '{parameter}')", own(unsaid(&name), 1)), None)
        }
        ("System.ObjectDisposedException", [object, ..]) => {
            (format!("{}\nObject name: '{object}'.", own(unsaid(&name), 1)), Some(object.clone()))
        }
        (_, [message, file, ..]) if name.starts_with("System.IO.") => (message.clone(), Some(file.clone())),
        (_, [message, ..]) => (message.clone(), None),
        (_, []) if unsaid(&name).is_empty() => (format!("Exception of type '{of}' was thrown."), None),
        (_, []) => (unsaid(&name).to_owned(), None),
    }
}

/// What .NET's exceptions say when nobody tells them what to say.
fn unsaid(name: &str) -> &'static str {
    match name.trim_start_matches("System.") {
        "ApplicationException" => "Error in the application.",
        "ArgumentException" => "Value does not fall within the expected range.",
        "ArgumentNullException" => "Value cannot be null.",
        "ArgumentOutOfRangeException" => "Specified argument was out of the range of valid values.",
        "ArithmeticException" => "Overflow or underflow in the arithmetic operation.",
        "Collections.Generic.KeyNotFoundException" => "The given key was not present in the dictionary.",
        "DivideByZeroException" => "Attempted to divide by zero.",
        "FormatException" => "One of the identified items was in an invalid format.",
        "IndexOutOfRangeException" => "Index was outside the bounds of the array.",
        "InvalidCastException" => "Specified cast is not valid.",
        "InvalidOperationException" => "Operation is not valid due to the current state of the object.",
        "IO.DirectoryNotFoundException" => "Attempted to access a path that is not on the disk.",
        "IO.FileNotFoundException" => "Unable to find the specified file.",
        "IO.IOException" => "I/O error occurred.",
        "NotImplementedException" => "The method or operation is not implemented.",
        "NotSupportedException" => "Specified method is not supported.",
        "NullReferenceException" => "Object reference not set to an instance of an object.",
        "ObjectDisposedException" => "Cannot access a disposed object.",
        "OperationCanceledException" => "The operation was canceled.",
        "OutOfMemoryException" => "Insufficient memory to continue the execution of the program.",
        "OverflowException" => "Arithmetic operation resulted in an overflow.",
        "SystemException" => "System error.",
        "TimeoutException" => "The operation has timed out.",
        "UnauthorizedAccessException" => "Attempted to perform an unauthorized operation.",
        _ => "",
    }
}

fn user_name(call: &Call<'_>) -> String {
    let host = call.engine.host();
    host.variable("USER").or_else(|| host.variable("USERNAME")).unwrap_or_default()
}

/// The addresses of a machine by its name; an address is its own.
fn addresses(call: &Call<'_>) -> Result<Vec<Value>> {
    let name = call.text(0);
    let name = if name.is_empty() { call.engine.host().machine_name() } else { name };
    let found = call.engine.host().addresses(&name).map_err(|error| {
        let message = match error.kind() {
            std::io::ErrorKind::Unsupported | std::io::ErrorKind::Interrupted => error.to_string(),
            _ => format!("No such host is known. ({name})"),
        };
        Exception::new("System.Net.Sockets.SocketException", message)
    })?;
    Ok(found.into_iter().map(|address| Value::typed(IpAddress::from(address))).collect())
}

const DNS: &[Row] = &[
    ("static string GetHostName()", |call| string(call.engine.host().machine_name())),
    ("static System.Net.IPAddress[] GetHostAddresses(string hostNameOrAddress)", |call| {
        Ok(Array::of("System.Net.IPAddress", addresses(call)?).into())
    }),
    ("static System.Net.IPHostEntry GetHostEntry(string hostNameOrAddress)", |call| {
        let name = call.text(0);
        let made = Object::named("System.Net.IPHostEntry")
            .with("HostName", if name.is_empty() { call.engine.host().machine_name() } else { name })
            .with("Aliases", strings(std::iter::empty()))
            .with("AddressList", Array::of("System.Net.IPAddress", addresses(call)?));
        Ok(made.into())
    }),
];

/// Who runs the shell. Which rights that gives is the server's to say: there are no groups of Windows here.
const IDENTITY: &[Row] = &[("static System.Security.Principal.WindowsIdentity GetCurrent()", |call| {
    let (user, domain) = (user_name(call), call.engine.host().variable("USERDOMAIN").unwrap_or_default());
    let name = if domain.is_empty() { user } else { format!("{domain}\\{user}") };
    Ok(Object::named("System.Security.Principal.WindowsIdentity")
        .with("AuthenticationType", "Negotiate")
        .with("IsAuthenticated", !name.is_empty())
        .with("IsGuest", false)
        .with("IsAnonymous", name.is_empty())
        .with("Name", name)
        .into())
})];

fn guid(call: &Call<'_>) -> Result<Guid> {
    match call.this() {
        Value::Guid(guid) => Ok(*guid),
        other => Err(Exception::invalid_operation(format!("'{other}' is not a Guid."))),
    }
}

/// A GUID in one of its five forms.
fn guid_of_format(text: &str, format: &str) -> Result<Guid> {
    let braces = |open: char, close: char| text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    let dashed =
        |inside: Option<&str>| inside.is_some_and(|inside| inside.len() == 36 && inside.contains('-'));
    let fits = match format {
        "D" => dashed(Some(text)),
        "N" => text.len() == 32 && !text.contains('-'),
        "B" => dashed(braces('{', '}')),
        "P" => dashed(braces('(', ')')),
        "X" => text.starts_with("{0x"),
        _ => {
            let message = "Format string can be only \"D\", \"d\", \"N\", \"n\", \"P\", \"p\", \"B\", \"b\", \"X\" or \"x\".";
            return Err(Exception::format(message));
        }
    };
    let found = Guid::parse(text).filter(|_| fits);
    found.ok_or_else(|| Exception::format(format!("Unrecognized Guid format: '{format}' was expected.")))
}

fn new_guid(call: &Call<'_>) -> Value {
    let mut bytes = [0; 16];
    call.engine.host().random(&mut bytes);
    // Version 4: random. [RFC 9562 5.4]
    bytes[6] = bytes[6] & 0x0F | 0x40;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    Value::Guid(Guid::of_bytes(&bytes).unwrap_or_default())
}

fn ip(address: impl Into<std::net::IpAddr>) -> Result<Value> {
    Ok(Value::typed(IpAddress(address.into(), 0)))
}

/// The address, when it is one of the sixth version.
fn v6(call: &Call<'_>) -> Result<Option<std::net::Ipv6Addr>> {
    Ok(match call.this_as::<IpAddress>()?.0 {
        std::net::IpAddr::V6(v6) => Some(v6),
        std::net::IpAddr::V4(_) => None,
    })
}

fn size(call: &Call<'_>) -> Result<u64> {
    Ok(call.this_as::<ByteQuantifiedSize>()?.0)
}

fn version(call: &Call<'_>) -> Result<Version> {
    call.this_as::<Version>().copied()
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
pub(super) fn hash(text: &str) -> i64 {
    i64::from(text.encode_utf16().fold(17i32, |sum, unit| sum.wrapping_mul(31).wrapping_add(i32::from(unit))))
}

fn reveal(call: &Call<'_>, at: usize) -> String {
    call.plain(at)
        .downcast::<SecureString>()
        .map_or_else(|| call.text(at), |secret| secret.reveal().to_owned())
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
            ("bool HasFlag(System.Enum flag)", |call| {
                let flag = call.plain(0).as_i64().unwrap_or(0);
                if Type::of(call.this()) != Type::of(call.plain(0)) {
                    let (mine, other) = (call.this().type_name(), call.plain(0).type_name());
                    let message =
                        format!("The argument type, '{other}', is not the same as the enum type '{mine}'.");
                    return Err(Exception::new("System.ArgumentException", message));
                }
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
            ("int Variant", |call| int(i64::from(guid(call)?.to_bytes()[8] >> 4))),
            ("int Version", |call| int(i64::from(guid(call)?.to_bytes()[6] >> 4))),
            ("string Guid", |call| string(guid(call)?.to_string())),
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
            ("static guid ParseExact(string input, string format)", |call| {
                let (text, format) = (call.text(0), call.text(1).to_ascii_uppercase());
                guid_of_format(text.trim(), &format).map(Value::Guid)
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
        "System.Net.IPAddress",
        &[
            ("string IPAddressToString", |call| string(call.this_as::<IpAddress>()?.0.to_string())),
            ("System.Net.Sockets.AddressFamily AddressFamily", |call| {
                let number = if call.this_as::<IpAddress>()?.0.is_ipv4() { 2 } else { 23 };
                Ok(Value::Enum(EnumValue { of: &crate::enums::ADDRESS_FAMILY, number }))
            }),
            ("byte[] GetAddressBytes()", |call| {
                let bytes = match call.this_as::<IpAddress>()?.0 {
                    std::net::IpAddr::V4(v4) => v4.octets().to_vec(),
                    std::net::IpAddr::V6(v6) => v6.octets().to_vec(),
                };
                Ok(Array::of("System.Byte", bytes.into_iter().map(Value::Byte).collect()).into())
            }),
            ("bool IsIPv4MappedToIPv6", |call| {
                bool(v6(call)?.is_some_and(|v6| v6.to_ipv4_mapped().is_some()))
            }),
            ("bool IsIPv6LinkLocal", |call| {
                bool(v6(call)?.is_some_and(|v6| v6.segments()[0] & 0xFFC0 == 0xFE80))
            }),
            ("bool IsIPv6Multicast", |call| bool(v6(call)?.is_some_and(|v6| v6.is_multicast()))),
            ("bool IsIPv6SiteLocal", |call| {
                bool(v6(call)?.is_some_and(|v6| v6.segments()[0] & 0xFFC0 == 0xFEC0))
            }),
            ("bool IsIPv6Teredo", |call| bool(v6(call)?.is_some_and(|v6| v6.segments()[..2] == [0x2001, 0]))),
            ("bool IsIPv6UniqueLocal", |call| {
                bool(v6(call)?.is_some_and(|v6| v6.segments()[0] & 0xFE00 == 0xFC00))
            }),
            ("long ScopeId", |call| {
                let address = call.this_as::<IpAddress>()?;
                if address.0.is_ipv4() {
                    return Err(Exception::new(
                        "System.Net.Sockets.SocketException",
                        "The attempted operation is not supported for the type of object referenced.",
                    ));
                }
                Ok(Value::Int64(i64::from(address.1)))
            }),
            ("ipaddress MapToIPv4()", |call| {
                let address = call.this_as::<IpAddress>()?.0;
                Ok(Value::typed(match address {
                    std::net::IpAddr::V6(v6) => {
                        IpAddress(v6.to_ipv4().unwrap_or(std::net::Ipv4Addr::UNSPECIFIED).into(), 0)
                    }
                    v4 => IpAddress(v4, 0),
                }))
            }),
            ("ipaddress MapToIPv6()", |call| {
                let address = call.this_as::<IpAddress>()?.0;
                Ok(Value::typed(match address {
                    std::net::IpAddr::V4(v4) => IpAddress(v4.to_ipv6_mapped().into(), 0),
                    v6 => IpAddress(v6, 0),
                }))
            }),
            ("bool Equals(System.Object comparand)", |call| {
                let mine = call.this_as::<IpAddress>()?;
                bool(call.plain(0).downcast::<IpAddress>() == Some(mine))
            }),
            ("string ToString()", |call| string(call.this().to_string())),
            ("static ipaddress Loopback", |_| ip(std::net::Ipv4Addr::LOCALHOST)),
            ("static ipaddress Any", |_| ip(std::net::Ipv4Addr::UNSPECIFIED)),
            ("static ipaddress Broadcast", |_| ip(std::net::Ipv4Addr::BROADCAST)),
            ("static ipaddress None", |_| ip(std::net::Ipv4Addr::BROADCAST)),
            ("static ipaddress IPv6Any", |_| ip(std::net::Ipv6Addr::UNSPECIFIED)),
            ("static ipaddress IPv6Loopback", |_| ip(std::net::Ipv6Addr::LOCALHOST)),
            ("static ipaddress Parse(string ipString)", |call| {
                crate::convert::parse_ip(&call.text(0))
                    .map(Value::typed)
                    .ok_or_else(|| Exception::format("An invalid IP address was specified."))
            }),
            ("static bool TryParse(string ipString, [ref] ipaddress address)", |call| {
                let found = crate::convert::parse_ip(&call.text(0)).map(Value::typed);
                let ok = found.is_some();
                call.set_reference(1, found.unwrap_or_default());
                bool(ok)
            }),
            ("static ipaddress new(byte[] address)", |call| {
                let bytes = call.bytes(0);
                let bad = || Exception::argument("An invalid IP address was specified.", "address");
                let four = <[u8; 4]>::try_from(bytes.as_slice()).map(std::net::IpAddr::from);
                let found =
                    four.or_else(|_| <[u8; 16]>::try_from(bytes.as_slice()).map(std::net::IpAddr::from));
                found.map(|found| Value::typed(IpAddress(found, 0))).map_err(|_| bad())
            }),
            ("static ipaddress new(long newAddress)", |call| {
                let bits = u32::try_from(call.int(0)).map_err(|_| {
                    Exception::out_of_range(
                        "Specified argument was out of the range of valid values.",
                        "newAddress",
                    )
                })?;
                ip(std::net::Ipv4Addr::from(bits.swap_bytes()))
            }),
            ("static bool IsLoopback(ipaddress address)", |call| {
                bool(call.plain(0).downcast::<IpAddress>().is_some_and(|ip| ip.0.is_loopback()))
            }),
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
        object::types::names::BYTE_QUANTIFIED_SIZE,
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
    ("System.Net.Dns", DNS),
    ("System.Security.Principal.WindowsIdentity", IDENTITY),
    (
        "System.Environment",
        &[
            ("static string NewLine", |_| string("\n")),
            ("static string MachineName", |call| string(call.engine.host().machine_name())),
            ("static string UserName", |call| string(user_name(call))),
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
            ("static System.OperatingSystem OSVersion", |call| {
                let version = kernel(call);
                let shown = format!("Unix {}", Typed::text(&version));
                Ok(Object::named("System.OperatingSystem")
                    .with("Platform", Value::Enum(EnumValue { of: &crate::enums::PLATFORM_ID, number: 4 }))
                    .with("ServicePack", "")
                    .with("VersionString", shown)
                    .with("Version", Value::typed(version))
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
    ("System.Reflection.RuntimeAssembly Assembly", |_| Ok(super::reflect::assembly())),
    ("System.Reflection.PropertyInfo GetProperty(string name)", super::reflect::property),
    (
        "System.Reflection.PropertyInfo GetProperty(string name, System.Reflection.BindingFlags flags)",
        super::reflect::property,
    ),
    ("System.Reflection.PropertyInfo[] GetProperties()", super::reflect::properties),
    (
        "System.Reflection.PropertyInfo[] GetProperties(System.Reflection.BindingFlags flags)",
        super::reflect::properties,
    ),
    ("System.Reflection.MethodInfo GetMethod(string name)", super::reflect::method),
    (
        "System.Reflection.MethodInfo GetMethod(string name, System.Reflection.BindingFlags flags)",
        super::reflect::method,
    ),
    ("System.Reflection.ConstructorInfo GetConstructor(type[] types)", super::reflect::constructor),
    (
        "System.Reflection.ConstructorInfo GetConstructor(System.Reflection.BindingFlags flags, object binder, type[] types, object modifiers)",
        super::reflect::constructor,
    ),
    ("type GetInterface(string name)", super::reflect::interface),
    ("type GetInterface(string name, bool ignoreCase)", super::reflect::interface),
    ("string ToString()", |call| string(&*type_of(call)?.name())),
    ("static type GetType(string typeName)", |call| {
        Ok(Type::parse(&call.text(0)).map_or(Value::Null, Value::typed))
    }),
];

/// The kernel's version: the first four numbers of its release.
fn kernel(call: &Call<'_>) -> Version {
    let release = call.engine.host().files().read("/proc/sys/kernel/osrelease").unwrap_or_default();
    let release = String::from_utf8_lossy(&release).into_owned();
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok());
    let mut next = || numbers.next().unwrap_or(0);
    Version { major: next(), minor: next(), build: next(), revision: next() }
}
