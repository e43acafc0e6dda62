//! The small .NET types that are values of their own: big integers, versions, addresses, cultures,
//! encodings, text builders, and the members that a script adds to an object.

use crate::culture::Culture;
use crate::exception::{Exception, Result};
use crate::locale::Locale;
use crate::patterns::{date, number};
use crate::types::Type;
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use object::Value;
use object::types::DateTime;
use object::types::names::is_of_server;
use object::value::{Text, Typed};
use parking_lot::RwLock;
use std::any::Any;
use std::cmp::Ordering;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

macro_rules! typed {
    ($type:ty, $name:literal, |$this:ident| $text:expr $(, compare |$a:ident, $b:ident| $compare:expr)?) => {
        impl Typed for $type {
            fn type_name(&self) -> Text {
                $name.into()
            }
            fn text(&self) -> String {
                let $this = self;
                $text
            }
            fn as_any(&self) -> &dyn Any {
                self
            }
            $(fn compare(&self, other: &dyn Typed) -> Option<Ordering> {
                let ($a, $b) = (self, other.as_any().downcast_ref::<$type>()?);
                $compare
            })?
        }
    };
}

/// `System.Numerics.BigInteger`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BigInteger(pub BigInt);
typed!(BigInteger, "System.Numerics.BigInteger", |big| big.0.to_string(), compare | a, b | Some(a.cmp(b)));

impl BigInteger {
    /// In a pattern of numbers; beyond 28 digits only the plain ones are known.
    pub fn format(&self, pattern: &str, locale: &Locale) -> Result<String> {
        if pattern.is_empty() || matches!(pattern, "D" | "d" | "G" | "g" | "R" | "r") {
            return Ok(self.0.to_string());
        }
        if let Some(small) = self.0.to_i64() {
            return number::format(&Value::Int64(small), pattern, locale);
        }
        match self.0.to_i128().and_then(|n| rust_decimal::Decimal::try_from_i128_with_scale(n, 0).ok()) {
            Some(decimal) => number::format(&Value::Decimal(decimal), pattern, locale),
            None => Err(Exception::format("Format specifier was invalid.")),
        }
    }
}

/// `System.Version`: two to four numbers; a missing one is -1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Major.
    pub major: i32,
    /// Minor.
    pub minor: i32,
    /// Build, or -1.
    pub build: i32,
    /// Revision, or -1.
    pub revision: i32,
}
typed!(Version, "System.Version", |version| version.shown(), compare | a, b | Some(a.cmp(b)));

impl Version {
    /// Reads `1.2`, `1.2.3` or `1.2.3.4`; the error is .NET's.
    pub fn parse(text: &str) -> Result<Version> {
        let parts: Vec<&str> = text.split('.').collect();
        if parts.len() < 2 || parts.len() > 4 {
            return Err(Exception::argument("Version string portion was too short or too long.", "input"));
        }
        let mut numbers = [-1; 4];
        for (at, part) in parts.iter().enumerate() {
            let trimmed = part.trim();
            numbers[at] =
                trimmed.parse::<i64>().ok().and_then(|n| i32::try_from(n).ok()).ok_or_else(|| {
                    Exception::format(format!("The input string '{part}' was not in a correct format."))
                })?;
            if numbers[at] < 0 {
                return Err(Exception::out_of_range(
                    "Version's parameters must be greater than or equal to zero.",
                    "version",
                ));
            }
        }
        let [major, minor, build, revision] = numbers;
        Ok(Version { major, minor, build, revision })
    }
    fn shown(&self) -> String {
        let parts = [self.major, self.minor, self.build, self.revision];
        let shown: Vec<String> = parts.iter().take_while(|n| **n >= 0).map(i32::to_string).collect();
        shown.join(".")
    }
}

/// `System.Uri`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uri {
    /// The text as it was given.
    pub text: String,
    /// Scheme, host, port, path, query, fragment of an absolute one.
    pub parts: Option<UriParts>,
}

/// The parts of an absolute address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UriParts {
    /// `https`.
    pub scheme: String,
    /// The user, where one is given.
    pub user: String,
    /// The host.
    pub host: String,
    /// The port, -1 where the scheme has none.
    pub port: i32,
    /// Whether the port is the scheme's own.
    pub default_port: bool,
    /// The path.
    pub path: String,
    /// The query with its `?`.
    pub query: String,
    /// The fragment with its `#`.
    pub fragment: String,
}
typed!(Uri, "System.Uri", |uri| uri.shown(), compare | a, b | Some(a.text.cmp(&b.text)));

const PORTS: [(&str, i32); 9] = [
    ("http", 80),
    ("https", 443),
    ("ftp", 21),
    ("ldap", 389),
    ("smtp", 25),
    ("file", -1),
    ("mailto", 25),
    ("ws", 80),
    ("wss", 443),
];

impl Uri {
    /// Reads an address; one without a scheme is relative.
    pub fn parse(text: &str) -> Uri {
        Uri { text: text.to_owned(), parts: UriParts::parse(text.trim()) }
    }
    fn shown(&self) -> String {
        let Some(parts) = &self.parts else { return self.text.clone() };
        if !self.text.contains("//") {
            return self.text.clone();
        }
        let port =
            if parts.default_port || parts.port < 0 { String::new() } else { format!(":{}", parts.port) };
        let user = if parts.user.is_empty() { String::new() } else { format!("{}@", parts.user) };
        format!(
            "{}://{user}{}{port}{}{}{}",
            parts.scheme, parts.host, parts.path, parts.query, parts.fragment
        )
    }
    /// The whole address in its canonical form.
    pub fn absolute(&self) -> String {
        self.shown().replace(' ', "%20")
    }
}

impl UriParts {
    fn parse(text: &str) -> Option<UriParts> {
        if text.starts_with('/') && !text.starts_with("//") {
            return Some(UriParts {
                scheme: "file".into(),
                user: String::new(),
                host: String::new(),
                port: -1,
                default_port: true,
                path: text.into(),
                query: String::new(),
                fragment: String::new(),
            });
        }
        let (scheme, rest) = text.split_once(':')?;
        let valid = scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        if !valid {
            return None;
        }
        let scheme = scheme.to_ascii_lowercase();
        let standard = PORTS.iter().find(|(name, _)| *name == scheme).map_or(-1, |(_, port)| *port);
        let (before, fragment) =
            rest.split_once('#').map_or((rest, String::new()), |(a, b)| (a, format!("#{b}")));
        let (before, query) =
            before.split_once('?').map_or((before, String::new()), |(a, b)| (a, format!("?{b}")));
        let Some(after) = before.strip_prefix("//") else {
            return Some(UriParts {
                scheme,
                user: String::new(),
                host: String::new(),
                port: standard,
                default_port: true,
                path: before.to_owned(),
                query,
                fragment,
            });
        };
        let (authority, path) = after.find('/').map_or((after, "/"), |at| (&after[..at], &after[at..]));
        let (user, place) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => {
                (host, i32::from(port.parse::<u16>().ok()?))
            }
            _ => (place, standard),
        };
        if host.is_empty() && scheme != "file" {
            return None;
        }
        Some(UriParts {
            scheme,
            user: user.to_owned(),
            host: host.to_ascii_lowercase(),
            port,
            default_port: port == standard,
            path: path.to_owned(),
            query,
            fragment,
        })
    }
}

/// `System.Net.Mail.MailAddress`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailAddress {
    /// The name in front, or empty.
    pub display_name: String,
    /// Before the `@`.
    pub user: String,
    /// Behind the `@`.
    pub host: String,
}
typed!(
    MailAddress,
    "System.Net.Mail.MailAddress",
    |address| address.shown(),
    compare | a,
    b | Some(a.shown().to_lowercase().cmp(&b.shown().to_lowercase()))
);

impl MailAddress {
    /// Reads `ann@example.com`, `Ann <ann@example.com>` or `"Ann B." <ann@example.com>`.
    pub fn parse(text: &str) -> Result<MailAddress> {
        if text.is_empty() {
            return Err(Exception::argument("The parameter 'address' cannot be an empty string.", "address"));
        }
        let bad =
            || Exception::format("The specified string is not in the form required for an e-mail address.");
        let trimmed = text.trim();
        let (name, address) = match (trimmed.rfind('<'), trimmed.strip_suffix('>')) {
            (Some(open), Some(body)) => (trimmed[..open].trim(), body[open + 1..].trim()),
            (None, None) if trimmed.starts_with('"') => match trimmed[1..].find('"').map(|at| at + 2) {
                // A quoted local part, or a quoted name and a bare address behind it.
                Some(end) if trimmed[end..].starts_with('@') => ("", trimmed),
                Some(end) => (trimmed[..end].trim(), trimmed[end..].trim()),
                None => return Err(bad()),
            },
            (None, None) => match trimmed.rsplit_once(' ') {
                Some((name, address)) => (name.trim(), address),
                None => ("", trimmed),
            },
            _ => return Err(bad()),
        };
        let (user, host) = address.rsplit_once('@').ok_or_else(bad)?;
        if user.contains('@') && !user.contains('"') {
            return Err(Exception::format("An invalid character was found in the mail header: '@'."));
        }
        let word = |text: &str, extra: &str| {
            !text.is_empty()
                && text.chars().all(|c| c.is_alphanumeric() || extra.contains(c) || !c.is_ascii())
        };
        // .NET takes a dot at the end and two in a row, but none at the beginning.
        let local = word(user, "!#$%&'*+-/=?^_`{|}~.") && !user.starts_with('.');
        // A line end in it would begin a header field of its own.
        let plain = !trimmed.contains(char::is_control);
        let quoted = user.len() > 1 && user.starts_with('"') && user.ends_with('"');
        let domain =
            (word(host, "-.") && !host.starts_with('.') && !host.ends_with('.') && !host.contains(".."))
                || (host.starts_with('[') && host.ends_with(']'));
        if !(local || quoted) || !domain || !plain {
            return Err(bad());
        }
        let name = name.strip_prefix('"').and_then(|n| n.strip_suffix('"')).unwrap_or(name);
        Ok(MailAddress { display_name: name.to_owned(), user: user.to_owned(), host: host.to_owned() })
    }
    /// `ann@example.com`.
    pub fn address(&self) -> String {
        format!("{}@{}", self.user, self.host)
    }
    fn shown(&self) -> String {
        if self.display_name.is_empty() {
            self.address()
        } else {
            format!("\"{}\" <{}>", self.display_name, self.address())
        }
    }
}

/// `System.Net.IPAddress`: the address, and the number of the interface that a link-local one is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpAddress(pub IpAddr, pub u32);
typed!(IpAddress, "System.Net.IPAddress", |address| match address.1 {
    0 => address.0.to_string(),
    scope => format!("{}%{scope}", address.0),
});

impl From<IpAddr> for IpAddress {
    fn from(address: IpAddr) -> IpAddress {
        IpAddress(address, 0)
    }
}

/// `System.DateTimeOffset`: a local date and its distance from UTC in minutes.
#[derive(Clone, Copy, Debug)]
pub struct DateTimeOffset {
    /// The date as shown.
    pub local: DateTime,
    /// Minutes east of UTC.
    pub offset: i64,
}
typed!(
    DateTimeOffset,
    "System.DateTimeOffset",
    |date| {
        let locale = Locale::new(&crate::profile::CORE, &crate::culture::INVARIANT);
        date.format("", &locale).unwrap_or_default()
    },
    compare | a,
    b | Some(a.utc_ticks().cmp(&b.utc_ticks()))
);

impl DateTimeOffset {
    /// Ticks in UTC.
    pub fn utc_ticks(&self) -> i64 {
        self.local.ticks - self.offset * 60 * object::types::TICKS_PER_SECOND
    }
    /// In a pattern of dates.
    pub fn format(&self, pattern: &str, locale: &Locale) -> Result<String> {
        let zone = jiff::tz::Offset::from_seconds((self.offset * 60) as i32).map(jiff::tz::TimeZone::fixed);
        let zoned = Locale { zone: zone.unwrap_or(jiff::tz::TimeZone::UTC), ..locale.clone() };
        let local = DateTime { kind: object::types::DateKind::Local, ..self.local };
        if matches!(pattern, "r" | "R" | "u") {
            let utc = DateTime::new(self.utc_ticks(), object::types::DateKind::Utc);
            return date::format(utc, pattern, locale);
        }
        if pattern.is_empty() {
            let plain = date::format(local, "G", &zoned)?;
            return Ok(format!("{plain} {}", date::format(local, "zzz", &zoned)?));
        }
        date::format(local, pattern, &zoned)
    }
}

/// A script block that .NET calls with arguments of declared types.
#[derive(Clone)]
pub struct Delegate {
    /// `System.Func[int,int]`.
    pub of: Type,
    /// The script block.
    pub block: Value,
}

impl Typed for Delegate {
    fn type_name(&self) -> Text {
        self.of.name()
    }
    fn text(&self) -> String {
        self.of.name().to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `System.Text.StringBuilder`: the text, and the room that .NET's builder would have.
pub struct StringBuilder(pub RwLock<String>, pub AtomicUsize);

impl StringBuilder {
    /// A builder with a text in it.
    pub fn new(text: impl Into<String>) -> StringBuilder {
        StringBuilder(RwLock::new(text.into()), AtomicUsize::new(16))
    }
}
typed!(StringBuilder, "System.Text.StringBuilder", |builder| builder.0.read().clone());

/// `System.Globalization.CultureInfo`.
#[derive(Clone, Copy, Debug)]
pub struct CultureInfo(pub &'static Culture);
typed!(CultureInfo, "System.Globalization.CultureInfo", |culture| culture.0.name.to_owned());

/// A culture that a script made or copied and may change.
pub struct OwnCulture(pub Arc<RwLock<Culture>>);
typed!(OwnCulture, "System.Globalization.CultureInfo", |culture| culture.0.read().name.to_owned());

/// `NumberFormatInfo` or `DateTimeFormatInfo`: a culture seen from one side.
pub struct FormatInfo {
    /// The .NET name of the type.
    pub name: &'static str,
    /// What it says; shared with the culture it belongs to.
    pub culture: Arc<RwLock<Culture>>,
    /// Whether it may not be changed.
    pub read_only: bool,
}

impl Typed for FormatInfo {
    fn type_name(&self) -> Text {
        self.name.into()
    }
    fn text(&self) -> String {
        self.name.to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The culture that a value is or stands for.
pub fn culture_of(value: &Value) -> Option<Culture> {
    if let Some(culture) = value.downcast::<CultureInfo>() {
        return Some(*culture.0);
    }
    if let Some(own) = value.downcast::<OwnCulture>() {
        return Some(*own.0.read());
    }
    value.downcast::<FormatInfo>().map(|info| *info.culture.read())
}

/// `System.Text.Encoding`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the encodings'")]
pub enum Encoding {
    Utf8,
    Utf8NoMark,
    /// UTF-8 that refuses bytes which are none.
    Utf8Strict,
    Utf16,
    Utf16Big,
    Utf32,
    Ascii,
    Latin1,
    Windows1252,
    Utf7,
}
typed!(Encoding, "System.Text.Encoding", |encoding| encoding.type_text().to_owned());

impl Encoding {
    fn type_text(self) -> &'static str {
        match self {
            Encoding::Utf8 | Encoding::Utf8NoMark | Encoding::Utf8Strict => {
                "System.Text.UTF8Encoding+UTF8EncodingSealed"
            }
            Encoding::Utf16 | Encoding::Utf16Big => "System.Text.UnicodeEncoding",
            Encoding::Utf32 => "System.Text.UTF32Encoding",
            Encoding::Ascii => "System.Text.ASCIIEncoding+ASCIIEncodingSealed",
            Encoding::Latin1 => "System.Text.Latin1Encoding+Latin1EncodingSealed",
            Encoding::Windows1252 => "System.Text.SBCSCodePageEncoding",
            Encoding::Utf7 => "System.Text.UTF7Encoding",
        }
    }
    /// The encoding of a name (`utf-8`, `Unicode`, `iso-8859-1`) or code page.
    pub fn named(name: &str) -> Option<Encoding> {
        Some(match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "65001" => Encoding::Utf8,
            "utf-16" | "utf-16le" | "unicode" | "1200" => Encoding::Utf16,
            "utf-16be" | "bigendianunicode" | "1201" => Encoding::Utf16Big,
            "utf-32" | "utf32" | "12000" => Encoding::Utf32,
            "us-ascii" | "ascii" | "20127" => Encoding::Ascii,
            "iso-8859-1" | "latin1" | "28591" => Encoding::Latin1,
            "windows-1252" | "1252" => Encoding::Windows1252,
            "utf-7" | "utf7" | "65000" => Encoding::Utf7,
            _ => return None,
        })
    }
    /// Text as bytes; what the encoding lacks becomes `?`.
    pub fn bytes(self, text: &str) -> Vec<u8> {
        let single = |c: char, most: u32| if (c as u32) <= most { c as u32 as u8 } else { b'?' };
        match self {
            Encoding::Utf8 | Encoding::Utf8NoMark | Encoding::Utf8Strict | Encoding::Utf7 => {
                text.as_bytes().to_vec()
            }
            Encoding::Utf16 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Encoding::Utf16Big => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Encoding::Utf32 => text.chars().flat_map(|c| (c as u32).to_le_bytes()).collect(),
            Encoding::Ascii => text.chars().map(|c| single(c, 127)).collect(),
            Encoding::Latin1 => text.chars().map(|c| single(c, 255)).collect(),
            Encoding::Windows1252 => text.chars().map(windows_1252_byte).collect(),
        }
    }
    /// Bytes as text; what is not valid becomes U+FFFD (`?` in ASCII).
    pub fn text_of(self, bytes: &[u8]) -> String {
        match self {
            Encoding::Utf8 | Encoding::Utf8NoMark | Encoding::Utf8Strict | Encoding::Utf7 => {
                String::from_utf8_lossy(bytes).into_owned()
            }
            Encoding::Utf16 => utf16(bytes, u16::from_le_bytes),
            Encoding::Utf16Big => utf16(bytes, u16::from_be_bytes),
            Encoding::Utf32 => {
                let number = |four: &[u8]| u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
                bytes.chunks_exact(4).map(|four| char::from_u32(number(four)).unwrap_or('\u{fffd}')).collect()
            }
            Encoding::Ascii => bytes.iter().map(|b| if *b < 128 { *b as char } else { '?' }).collect(),
            Encoding::Latin1 => bytes.iter().map(|b| *b as char).collect(),
            Encoding::Windows1252 => bytes.iter().map(|b| windows_1252_char(*b)).collect(),
        }
    }
    /// The byte-order mark.
    pub fn mark(self) -> &'static [u8] {
        match self {
            Encoding::Utf8 => &[0xEF, 0xBB, 0xBF],
            Encoding::Utf16 => &[0xFF, 0xFE],
            Encoding::Utf16Big => &[0xFE, 0xFF],
            Encoding::Utf32 => &[0xFF, 0xFE, 0, 0],
            _ => &[],
        }
    }
    /// The name on the Internet.
    pub fn web_name(self) -> &'static str {
        match self {
            Encoding::Utf8 | Encoding::Utf8NoMark | Encoding::Utf8Strict => "utf-8",
            Encoding::Utf16 => "utf-16",
            Encoding::Utf16Big => "utf-16BE",
            Encoding::Utf32 => "utf-32",
            Encoding::Ascii => "us-ascii",
            Encoding::Latin1 => "iso-8859-1",
            Encoding::Windows1252 => "windows-1252",
            Encoding::Utf7 => "utf-7",
        }
    }
    /// The code page.
    pub fn code_page(self) -> i32 {
        match self {
            Encoding::Utf8 | Encoding::Utf8NoMark | Encoding::Utf8Strict => 65001,
            Encoding::Utf16 => 1200,
            Encoding::Utf16Big => 1201,
            Encoding::Utf32 => 12000,
            Encoding::Ascii => 20127,
            Encoding::Latin1 => 28591,
            Encoding::Windows1252 => 1252,
            Encoding::Utf7 => 65000,
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// The characters of 0x80 to 0x9F in Windows-1252.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows_1252_char(byte: u8) -> char {
    if (0x80..0xA0).contains(&byte) { WINDOWS_1252[usize::from(byte) - 0x80] } else { byte as char }
}

fn windows_1252_byte(c: char) -> u8 {
    if let Some(at) = WINDOWS_1252.iter().position(|known| *known == c) {
        return 0x80 + at as u8;
    }
    let code = c as u32;
    if code < 0x80 || (0xA0..0x100).contains(&code) { code as u8 } else { b'?' }
}

/// The text of a value that is one field of a server's object (an address, a size, an identity): scripts treat
/// such values as text, since that is what a remote session hands them.
pub fn field_text(value: &Value) -> Option<String> {
    let Value::Typed(typed) = base(value) else { return None };
    let is_field = typed.items().is_none() && is_of_server(&typed.type_name());
    is_field.then(|| typed.text())
}

/// `System.Collections.DictionaryEntry`: a key and its value, as a hashtable's enumerator gives them.
#[derive(Clone)]
pub struct Entry {
    /// The key.
    pub key: Value,
    /// The value.
    pub value: Value,
    /// `KeyValuePair` of the generic dictionaries, with its full name.
    pub pair: Option<Text>,
}

impl Typed for Entry {
    fn type_name(&self) -> Text {
        self.pair.clone().unwrap_or_else(|| "System.Collections.DictionaryEntry".into())
    }
    fn text(&self) -> String {
        match self.pair {
            Some(_) => format!("[{}, {}]", self.key, self.value),
            None => format!("[{}, {}]", self.key, self.value),
        }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "key" => Some(self.key.clone()),
            "name" if self.pair.is_none() => Some(self.key.clone()),
            "value" => Some(self.value.clone()),
            _ => None,
        }
    }
    fn member_names(&self) -> &'static [&'static str] {
        if self.pair.is_some() { &["Key", "Value"] } else { &["Name", "Key", "Value"] }
    }
}

/// A member that a script added to an object and that is more than a value.
#[derive(Clone)]
pub enum Added {
    /// `ScriptProperty`: what reads and what writes it.
    Property {
        /// Reads it.
        get: Option<Value>,
        /// Writes it.
        set: Option<Value>,
    },
    /// `ScriptMethod`.
    Method(Value),
    /// `AliasProperty`: another property's name.
    Alias(Text),
    /// `PropertySet`: names of properties.
    Set(Vec<Text>),
    /// `MemberSet` of that name, `PSStandardMembers` above all.
    Members(Value),
    /// A property of a script's class that is declared `hidden`: read and set by its name, listed nowhere.
    Hidden(Arc<Reference>),
    /// A variable of a module as a property of the object that the module is seen as: both read and write one place.
    Shared(Arc<Reference>),
}
typed!(Added, "System.Management.Automation.PSMemberInfo", |added| match added {
    Added::Alias(name) => name.to_string(),
    _ => String::new(),
});

/// Whether a property is one that a script works out.
pub(crate) fn is_computed(held: &Value) -> bool {
    matches!(held.downcast::<Added>(), Some(Added::Property { .. } | Added::Shared(_)))
}

/// Whether an added member is a method, which texts and tables leave out.
pub fn is_method(value: &Value) -> bool {
    matches!(
        value.downcast::<Added>(),
        Some(Added::Method(_) | Added::Set(_) | Added::Members(_) | Added::Hidden(_))
    )
}

/// `[ref]`: a place that holds a value.
pub struct Reference(pub RwLock<Value>);
typed!(Reference, "System.Management.Automation.PSReference", |reference| reference.0.read().to_string());

/// `System.Management.Automation.SwitchParameter`: a boolean that knows it was a switch.
#[derive(Clone)]
pub struct SwitchParameter(Value);

impl Typed for SwitchParameter {
    fn type_name(&self) -> Text {
        "System.Management.Automation.SwitchParameter".into()
    }
    fn text(&self) -> String {
        self.0.to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        name.eq_ignore_ascii_case("IsPresent").then(|| self.0.clone())
    }
    fn member_names(&self) -> &'static [&'static str] {
        &["IsPresent"]
    }
}

/// A switch, on or off.
pub fn switch(on: bool) -> Value {
    Value::typed(SwitchParameter(on.into()))
}

/// The single value inside added properties, if a value has any; of a switch the boolean.
pub fn base(value: &Value) -> &Value {
    match value {
        Value::Object(object) => object.base().map_or(value, base),
        Value::Typed(typed) => match typed.as_any().downcast_ref::<SwitchParameter>() {
            Some(switch) => &switch.0,
            None => value,
        },
        other => other,
    }
}

/// A big integer of any whole number value.
pub fn big(value: &Value) -> Option<BigInt> {
    match value {
        Value::UInt64(n) => Some(BigInt::from(*n)),
        Value::Typed(_) => value.downcast::<BigInteger>().map(|big| big.0.clone()),
        other => other.as_i64().map(BigInt::from),
    }
}

/// The nearest double of any number value.
pub fn double(value: &Value) -> Option<f64> {
    match value {
        Value::Double(n) => Some(*n),
        Value::Single(n) => Some(f64::from(*n)),
        Value::Decimal(n) => n.to_string().parse().ok(),
        Value::UInt64(n) => Some(*n as f64),
        Value::Typed(_) => value.downcast::<BigInteger>().and_then(|big| big.0.to_f64()),
        other => other.as_i64().map(|n| n as f64),
    }
}
