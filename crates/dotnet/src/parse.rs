//! Text as numbers, dates and spans: PowerShell's number literals, .NET's `Parse` by culture.

use crate::culture::{self, Culture};
use crate::exception::Exception;
use crate::locale::Locale;
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use object::types::{DateKind, DateTime, TICKS_PER_SECOND, TimeSpan};
use object::{Time, Value};
use rust_decimal::Decimal;
use std::str::FromStr;

/// A number as PowerShell writes it, with an optional sign: `42`, `0x1F`, `0b11`, `1.5e3`, `2gb`, `1.10d`,
/// `7l`, `5uy`. `None` when it is not one; a number too large for its suffix is `None` as well.
pub fn literal(text: &str) -> Option<Value> {
    let text = text.trim();
    let (negative, body) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    unsigned_literal(body, negative)
}

/// The suffixes of literals, longest first, and the multipliers behind them.
const SUFFIXES: [&str; 9] = ["uy", "us", "ul", "y", "u", "s", "l", "n", "d"];
const MULTIPLIERS: [(&str, u64); 5] =
    [("kb", 1 << 10), ("mb", 1 << 20), ("gb", 1 << 30), ("tb", 1 << 40), ("pb", 1 << 50)];

fn unsigned_literal(body: &str, negative: bool) -> Option<Value> {
    let lower = body.to_ascii_lowercase();
    let (rest, multiplier) = MULTIPLIERS
        .iter()
        .find_map(|(word, times)| lower.strip_suffix(word).map(|rest| (rest, *times)))
        .unwrap_or((&lower, 1));
    if let Some(digits) = rest.strip_prefix("0x") {
        return radix(digits, 16, negative, multiplier);
    }
    if let Some(digits) = rest.strip_prefix("0b") {
        return radix(digits, 2, negative, multiplier);
    }
    let (number, suffix) = SUFFIXES
        .iter()
        .find_map(|word| rest.strip_suffix(word).map(|number| (number, *word)))
        .unwrap_or((rest, ""));
    if !is_decimal(number) {
        return None;
    }
    match number.bytes().all(|b| b.is_ascii_digit()) {
        true => whole(BigInt::from_str(number).ok()?, suffix, negative, multiplier),
        false => real(number, suffix, negative, multiplier),
    }
}

/// Digits, at most one point, an exponent; a point alone is no number.
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    digits(whole)
        && digits(fraction)
        && whole.len() + fraction.len() > 0
        && digits(exponent)
        && !exponent.is_empty()
}

fn real(number: &str, suffix: &str, negative: bool, multiplier: u64) -> Option<Value> {
    let sign = if negative { -1.0 } else { 1.0 };
    match suffix {
        "" => Some(Value::Double(number.parse::<f64>().ok()? * sign * multiplier as f64)),
        "d" => {
            let found = decimal_text(number)?.checked_mul(Decimal::from(multiplier))?;
            Some(Value::Decimal(if negative { -found } else { found }))
        }
        // A real number with a whole suffix is rounded: 1.5l is 2.
        _ => {
            let rounded = round_even(number.parse::<f64>().ok()?);
            whole(BigInt::from(rounded.to_i128()?), suffix, negative, multiplier)
        }
    }
}

/// A decimal of plain or exponent text.
pub fn decimal_text(text: &str) -> Option<Decimal> {
    if text.contains(['e', 'E']) { Decimal::from_scientific(text).ok() } else { Decimal::from_str(text).ok() }
}

/// The nearest whole number, halves to the even one.
pub fn round_even(number: f64) -> f64 {
    number.round_ties_even()
}

fn whole(magnitude: BigInt, suffix: &str, negative: bool, multiplier: u64) -> Option<Value> {
    let number = if negative { -magnitude } else { magnitude } * BigInt::from(multiplier);
    Some(match suffix {
        "y" => Value::SByte(number.to_i8()?),
        "uy" => Value::Byte(number.to_u8()?),
        "s" => Value::Int16(number.to_i16()?),
        "us" => Value::UInt16(number.to_u16()?),
        "l" => Value::Int64(number.to_i64()?),
        "ul" => Value::UInt64(number.to_u64()?),
        "u" => number.to_u32().map(Value::UInt32).or_else(|| number.to_u64().map(Value::UInt64))?,
        "d" => Value::Decimal(Decimal::from_i128_with_scale_checked(number.to_i128()?)?),
        "n" => Value::typed(crate::values::BigInteger(number)),
        _ => plain_whole(&number),
    })
}

trait FromWide: Sized {
    fn from_i128_with_scale_checked(number: i128) -> Option<Self>;
}
impl FromWide for Decimal {
    fn from_i128_with_scale_checked(number: i128) -> Option<Decimal> {
        Decimal::try_from_i128_with_scale(number, 0).ok()
    }
}

/// The smallest of int, long, decimal and double that holds it.
fn plain_whole(number: &BigInt) -> Value {
    if let Some(n) = number.to_i32() {
        return Value::Int32(n);
    }
    if let Some(n) = number.to_i64() {
        return Value::Int64(n);
    }
    let decimal = number.to_i128().and_then(Decimal::from_i128_with_scale_checked);
    decimal.map_or_else(|| Value::Double(number.to_f64().unwrap_or(f64::INFINITY)), Value::Decimal)
}

/// Hexadecimal and binary: eight digits fill an int with its sign, sixteen a long.
fn radix(body: &str, base: u32, negative: bool, multiplier: u64) -> Option<Value> {
    let suffixes: &[&str] = if base == 16 { &["uy", "us", "ul", "y", "u", "s", "l", "n"] } else { &SUFFIXES };
    let fits = |digits: &str| !digits.is_empty() && digits.chars().all(|c| c.is_digit(base));
    let (digits, suffix) = if fits(body) {
        (body, "")
    } else {
        suffixes
            .iter()
            .find_map(|word| body.strip_suffix(word).filter(|rest| fits(rest)).map(|rest| (rest, *word)))?
    };
    let number = BigInt::parse_bytes(digits.as_bytes(), base)?;
    let bits = digits.len() as u32 * if base == 16 { 4 } else { 1 };
    let number =
        if suffix.is_empty() || suffix == "l" { wrapped(number, bits, suffix == "l") } else { number };
    whole(number, suffix, negative, multiplier)
}

fn wrapped(number: BigInt, bits: u32, long: bool) -> BigInt {
    if bits <= 32 && !long {
        return number.to_u32().map_or(number, |n| BigInt::from(n as i32));
    }
    if bits <= 64 { number.to_u64().map_or(number, |n| BigInt::from(n as i64)) } else { number }
}

/// A whole number as .NET's converters read it: sign, digits, `0x…`, `#…`, `&h…`; blanks around.
pub fn whole_text(text: &str) -> Option<BigInt> {
    let text = text.trim();
    let hex = |digits: &str| {
        let valid = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_hexdigit());
        valid.then(|| BigInt::parse_bytes(digits.as_bytes(), 16)).flatten()
    };
    for prefix in ["0x", "0X", "#", "&h", "&H"] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return hex(digits);
        }
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    BigInt::from_str(text.strip_prefix('+').unwrap_or(text)).ok()
}

/// What a number text may have around its digits.
#[derive(Clone, Copy, Default)]
pub struct Style {
    /// Blanks before and after.
    pub blanks: bool,
    /// A sign in front.
    pub sign: bool,
    /// A decimal point.
    pub point: bool,
    /// Separators between groups.
    pub groups: bool,
    /// An exponent.
    pub exponent: bool,
    /// A currency sign.
    pub currency: bool,
    /// Parentheses for a negative number.
    pub parentheses: bool,
}

impl Style {
    /// `NumberStyles.Float | AllowThousands`.
    pub const FLOAT: Style = Style {
        blanks: true,
        sign: true,
        point: true,
        groups: true,
        exponent: true,
        currency: false,
        parentheses: false,
    };
    /// `NumberStyles.Number`.
    pub const NUMBER: Style = Style { exponent: false, ..Style::FLOAT };
    /// `NumberStyles.Integer`.
    pub const INTEGER: Style = Style { point: false, groups: false, exponent: false, ..Style::FLOAT };

    /// The style of `NumberStyles`' flags.
    pub fn of_flags(flags: i64) -> Style {
        let has = |bit: i64| flags & bit != 0;
        Style {
            blanks: has(3),
            sign: has(4),
            point: has(32),
            groups: has(64),
            exponent: has(128),
            currency: has(256),
            parentheses: has(16),
        }
    }
}

/// A number text as a plain one (`-1234.5e3`) that Rust reads; `None` when the style does not allow it.
pub fn plain_number(text: &str, style: Style, culture: &Culture) -> Option<String> {
    let mut rest =
        if style.blanks { text.trim_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']) } else { text };
    let mut negative = false;
    if style.parentheses && rest.starts_with('(') && rest.ends_with(')') {
        negative = true;
        rest = &rest[1..rest.len() - 1];
    }
    if style.currency {
        rest = rest
            .strip_prefix(culture.currency)
            .or_else(|| rest.strip_suffix(culture.currency))
            .unwrap_or(rest)
            .trim();
    }
    if style.sign {
        for sign in ["-", "\u{2212}", culture.negative_sign] {
            if let Some(body) = rest.strip_prefix(sign) {
                negative = true;
                rest = body;
                break;
            }
        }
        rest = if negative { rest } else { rest.strip_prefix('+').unwrap_or(rest) };
    }
    if style.currency {
        rest = rest.strip_prefix(culture.currency).unwrap_or(rest).trim();
    }
    let body = digits_of(rest, style, culture)?;
    Some(if negative { format!("-{body}") } else { body })
}

fn digits_of(text: &str, style: Style, culture: &Culture) -> Option<String> {
    let (mut out, mut rest) = (String::new(), text);
    let (mut digits, mut seen_point) = (0, false);
    while let Some(c) = rest.chars().next() {
        if c.is_ascii_digit() {
            out.push(c);
            digits += 1;
            rest = &rest[1..];
        } else if style.point && !seen_point && rest.starts_with(culture.decimal) {
            out.push('.');
            seen_point = true;
            rest = &rest[culture.decimal.len()..];
        } else if style.groups && !seen_point && digits > 0 && rest.starts_with(culture.group) {
            rest = &rest[culture.group.len()..];
        } else if style.groups
            && digits > 0
            && !seen_point
            && is_blank_group(culture)
            && matches!(c, ' ' | '\u{a0}' | '\u{202f}')
        {
            rest = &rest[c.len_utf8()..];
        } else if style.exponent && digits > 0 && matches!(c, 'e' | 'E') {
            let tail = &rest[1..];
            let number = tail.strip_prefix(['+', '-']).unwrap_or(tail);
            if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            out.push('e');
            out.push_str(tail);
            rest = "";
        } else {
            return None;
        }
    }
    (digits > 0).then_some(out)
}

fn is_blank_group(culture: &Culture) -> bool {
    matches!(culture.group, "\u{a0}" | "\u{202f}")
}

/// `[double]::Parse` in a culture.
pub fn double(text: &str, style: Style, culture: &Culture) -> Option<f64> {
    let trimmed = text.trim();
    for (word, number) in [
        ("NaN", f64::NAN),
        (culture.infinity, f64::INFINITY),
        ("Infinity", f64::INFINITY),
        ("∞", f64::INFINITY),
    ] {
        if trimmed.eq_ignore_ascii_case(word) {
            return Some(number);
        }
        if trimmed.strip_prefix('-').is_some_and(|rest| rest.eq_ignore_ascii_case(word)) {
            return Some(-number);
        }
    }
    plain_number(text, style, culture)?.parse().ok()
}

/// `[decimal]::Parse` in a culture.
pub fn decimal(text: &str, style: Style, culture: &Culture) -> Option<Decimal> {
    let plain = plain_number(text, style, culture)?;
    let plain = plain.strip_suffix('.').unwrap_or(&plain);
    decimal_text(plain)
}

/// What a date's text may rely on.
#[derive(Clone, Copy)]
pub struct DateRules<'a> {
    /// Names, order of day and month.
    pub culture: &'a Culture,
    /// Today, for a time without a date.
    pub today: Option<Time>,
}

/// The pieces that a date's text is made of.
#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Number(i64, usize, String),
    Month(u32),
    Weekday(usize),
    Half(u32),
    Zone(i64),
    T,
    Comma,
    Slash,
    Dash,
    Dot,
    Colon,
    Blank,
}

/// `[datetime]::Parse`: the many ways in which people write a date in a culture. A zone in the text makes
/// the date local, unless `keep_zone` asks for UTC.
pub fn date(text: &str, locale: &Locale, today: Option<Time>) -> Option<DateTime> {
    date_zoned(text, locale, today).map(|read| read.local(locale))
}

/// A date as it was written, with the zone that was written beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zoned {
    /// Ticks of the date as it stands there.
    pub ticks: i64,
    /// Minutes east of UTC, where they were written.
    pub zone: Option<i64>,
}

impl Zoned {
    /// The date in the session's own zone; without a zone of its own it stays as it is.
    pub fn local(self, locale: &Locale) -> DateTime {
        match self.zone {
            None => DateTime::new(self.ticks, DateKind::Unspecified),
            Some(minutes) => {
                let utc = DateTime::new(self.ticks - minutes * 60 * TICKS_PER_SECOND, DateKind::Utc);
                crate::patterns::date::to_local(utc, &locale.zone)
            }
        }
    }
}

/// The same as [`date`], with the zone kept.
pub fn date_zoned(text: &str, locale: &Locale, today: Option<Time>) -> Option<Zoned> {
    let pieces = pieces(text.trim(), locale.culture)?;
    let parsed = Assembled::of(&pieces, locale.culture)?;
    let midnight = parsed.day(locale.culture, today)?;
    let ticks = DateTime::utc(midnight).ticks.checked_add(parsed.clock?)?;
    Some(Zoned { ticks, zone: parsed.zone })
}

/// What .NET says of a text that is not a date.
pub fn date_error(text: &str, culture: &Culture) -> String {
    let mut rest = text;
    let mut seen = Vec::new();
    while let Some(c) = rest.chars().next() {
        if !c.is_alphabetic() {
            if c.is_ascii_digit() {
                seen.push(Piece::Number(0, 1, String::new()));
            }
            rest = &rest[c.len_utf8()..];
            continue;
        }
        match word(rest, culture, &seen) {
            Some((piece, length)) => {
                seen.extend(piece);
                rest = &rest[length..];
            }
            None => {
                let at = text[..text.len() - rest.len()].encode_utf16().count();
                return format!(
                    "The string '{text}' was not recognized as a valid DateTime. There is an unknown word starting at index '{at}'."
                );
            }
        }
    }
    format!("String '{text}' was not recognized as a valid DateTime.")
}

fn pieces(text: &str, culture: &Culture) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c.is_ascii_digit() {
            let length = rest.bytes().take_while(u8::is_ascii_digit).count();
            pieces.push(Piece::Number(rest[..length].parse().ok()?, length, rest[..length].to_owned()));
            rest = &rest[length..];
            continue;
        }
        if c.is_alphabetic() {
            let (piece, length) = word(rest, culture, &pieces)?;
            pieces.extend(piece);
            rest = &rest[length..];
            continue;
        }
        let piece = match c {
            ' ' | '\u{202f}' | '\u{a0}' | '\t' => Piece::Blank,
            ',' => Piece::Comma,
            '/' => Piece::Slash,
            '.' => Piece::Dot,
            ':' => Piece::Colon,
            '+' | '-' if is_zone(&pieces) => {
                let (minutes, length) = zone(rest)?;
                pieces.push(Piece::Zone(minutes));
                rest = &rest[length..];
                continue;
            }
            '-' => Piece::Dash,
            _ => return None,
        };
        if piece != Piece::Blank || pieces.last() != Some(&Piece::Blank) {
            pieces.push(piece);
        }
        rest = &rest[c.len_utf8()..];
    }
    Some(pieces)
}

/// Whether a sign here starts a zone: a time of day must have been read.
fn is_zone(pieces: &[Piece]) -> bool {
    pieces.contains(&Piece::Colon)
}

fn zone(text: &str) -> Option<(i64, usize)> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let body: String = text[1..].chars().take_while(|c| c.is_ascii_digit() || *c == ':').collect();
    let (hours, minutes) = match body.split_once(':') {
        Some((h, m)) => (h.parse::<i64>().ok()?, m.parse::<i64>().ok()?),
        None if body.len() == 4 => (body[..2].parse().ok()?, body[2..].parse().ok()?),
        None => (body.parse().ok()?, 0),
    };
    (hours <= 14 && minutes < 60).then_some((sign * (hours * 60 + minutes), body.len() + 1))
}

fn word(rest: &str, culture: &Culture, before: &[Piece]) -> Option<(Option<Piece>, usize)> {
    let length: usize = rest.chars().take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum();
    let lower = rest[..length].to_lowercase();
    let after_number = matches!(before.last(), Some(Piece::Number(..)));
    if lower == "t" && after_number {
        return Some((Some(Piece::T), 1));
    }
    if matches!(lower.as_str(), "z" | "gmt" | "utc") {
        return Some((Some(Piece::Zone(0)), length));
    }
    let halves = [(culture.am, 0), (culture.pm, 12), ("am", 0), ("pm", 12), ("a", 0), ("p", 12)];
    if let Some((_, half)) = halves.iter().find(|(name, _)| name.to_lowercase() == lower) {
        return Some((Some(Piece::Half(*half)), length));
    }
    for names in [culture, &culture::INVARIANT] {
        if let Some(found) = month_or_day(&lower, names) {
            let dot = usize::from(rest[length..].starts_with('.'));
            return Some((Some(found), length + dot));
        }
    }
    // Words that a culture's long date carries between its parts.
    let literal = ["de", "den", "年", "月", "日"].contains(&lower.as_str());
    literal.then_some((Some(Piece::Blank), length))
}

fn month_or_day(lower: &str, culture: &Culture) -> Option<Piece> {
    let same = |name: &&str| name.trim_end_matches('.').to_lowercase() == lower;
    for names in [&culture.months, &culture.short_months, &culture.short_months_of_day] {
        if let Some(at) = names.iter().position(&same) {
            return Some(Piece::Month(at as u32 + 1));
        }
    }
    for names in [&culture.days, &culture.short_days] {
        if let Some(at) = names.iter().position(&same) {
            return Some(Piece::Weekday(at));
        }
    }
    None
}

/// What the pieces say.
#[derive(Default)]
struct Assembled {
    numbers: Vec<(i64, usize)>,
    month: Option<u32>,
    month_at: usize,
    clock: Option<i64>,
    has_clock: bool,
    zone: Option<i64>,
}

impl Assembled {
    fn of(pieces: &[Piece], culture: &Culture) -> Option<Assembled> {
        let mut made = Assembled { clock: Some(0), ..Assembled::default() };
        let mut at = 0;
        let mut half = None;
        let mut time: Vec<(i64, usize)> = Vec::new();
        let mut fraction = String::new();
        while at < pieces.len() {
            match &pieces[at] {
                Piece::Number(number, width, _) => {
                    let clock_follows = matches!(pieces.get(at + 1), Some(Piece::Colon))
                        || (culture.time_separator == "."
                            && !time.is_empty()
                            && matches!(pieces.get(at + 1), Some(Piece::Dot)));
                    let half_follows = matches!(pieces.get(at + 1), Some(Piece::Half(_)))
                        || matches!(
                            (pieces.get(at + 1), pieces.get(at + 2)),
                            (Some(Piece::Blank), Some(Piece::Half(_)))
                        );
                    let in_clock =
                        matches!(at.checked_sub(1).map(|before| &pieces[before]), Some(Piece::Colon));
                    if in_clock || ((clock_follows || half_follows) && time.is_empty()) {
                        made.has_clock = true;
                        time.push((*number, *width));
                        if time.len() == 3
                            && let (Some(Piece::Dot), Some(Piece::Number(_, _, digits))) =
                                (pieces.get(at + 1), pieces.get(at + 2))
                        {
                            fraction = digits.clone();
                            at += 2;
                        }
                    } else {
                        made.numbers.push((*number, *width));
                    }
                }
                Piece::Month(month) if made.month.is_none() => {
                    made.month = Some(*month);
                    made.month_at = made.numbers.len();
                }
                Piece::Month(_) => return None,
                Piece::Half(hours) => half = Some(*hours),
                Piece::Zone(minutes) => made.zone = Some(*minutes),
                _ => {}
            }
            at += 1;
        }
        if made.has_clock {
            made.clock = clock_ticks(&time, half, &fraction);
        } else if half.is_some() {
            return None;
        }
        Some(made)
    }

    fn day(&self, culture: &Culture, today: Option<Time>) -> Option<Time> {
        let today_date = today.unwrap_or(Time(0)).date();
        let (year, month, day) = match (self.month, self.numbers.as_slice()) {
            (None, []) if self.has_clock => {
                today?;
                today_date
            }
            (Some(month), [(a, wa), (b, wb)]) => {
                // The name stands before the day (November 20, 2026) or behind it (20 Nov 2026).
                let (day, year, width) = if *wa > 2 { (*b, *a, *wa) } else { (*a, *b, *wb) };
                (full_year(year, width), month, u32::try_from(day).ok()?)
            }
            (Some(month), [(n, width)]) if *width > 2 => (*n, month, 1),
            (Some(month), [(n, _)]) => (today_date.0, month, u32::try_from(*n).ok()?),
            (None, [(a, wa), (b, _), (c, wc)]) => {
                let order = culture.short_date.chars().find(|c| matches!(c, 'd' | 'M' | 'y'));
                if *wa > 2 {
                    (full_year(*a, *wa), u32::try_from(*b).ok()?, u32::try_from(*c).ok()?)
                } else if order == Some('M') {
                    (full_year(*c, *wc), u32::try_from(*a).ok()?, u32::try_from(*b).ok()?)
                } else if order == Some('d') || *wc > 2 {
                    (full_year(*c, *wc), u32::try_from(*b).ok()?, u32::try_from(*a).ok()?)
                } else {
                    (full_year(*a, *wa), u32::try_from(*b).ok()?, u32::try_from(*c).ok()?)
                }
            }
            (None, [(a, wa), (b, wb)]) => match (*wa > 2, *wb > 2) {
                (true, _) => (*a, u32::try_from(*b).ok()?, 1),
                (_, true) => (*b, u32::try_from(*a).ok()?, 1),
                _ if culture.month_day.starts_with('d') => {
                    (today_date.0, u32::try_from(*b).ok()?, u32::try_from(*a).ok()?)
                }
                _ => (today_date.0, u32::try_from(*a).ok()?, u32::try_from(*b).ok()?),
            },
            _ => return None,
        };
        valid_day(year, month, day)
    }
}

/// Midnight of a day, when the calendar has it.
pub fn valid_day(year: i64, month: u32, day: u32) -> Option<Time> {
    let fits = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    let midnight = fits.then(|| Time::of_date(year, month, day))?;
    (midnight.date() == (year, month, day)).then_some(midnight)
}

/// Two digits are a year from 1950 to 2049.
fn full_year(year: i64, width: usize) -> i64 {
    match width {
        1 | 2 if year < 50 => 2000 + year,
        1 | 2 => 1900 + year,
        _ => year,
    }
}

fn clock_ticks(time: &[(i64, usize)], half: Option<u32>, fraction: &str) -> Option<i64> {
    let mut hour = time.first()?.0;
    let (minute, second) = (time.get(1).map_or(0, |t| t.0), time.get(2).map_or(0, |t| t.0));
    if time.len() > 3 || minute > 59 || second > 59 || (time.len() == 1 && half.is_none()) {
        return None;
    }
    if let Some(half) = half {
        if hour > 12 {
            return None;
        }
        hour = hour % 12 + i64::from(half);
    }
    let digits: String = fraction.chars().take(7).collect();
    let part: i64 = if digits.is_empty() { 0 } else { format!("{digits:0<7}").parse().ok()? };
    (hour < 24).then_some((hour * 3600 + minute * 60 + second) * TICKS_PER_SECOND + part)
}

/// `[datetime]::ParseExact`: the text must follow the pattern letter by letter.
pub fn date_exact(text: &str, pattern: &str, locale: &Locale, today: Option<Time>) -> Option<DateTime> {
    date_exact_zoned(text, pattern, locale, today).map(|read| read.local(locale))
}

/// The same with the zone kept.
pub fn date_exact_zoned(text: &str, pattern: &str, locale: &Locale, today: Option<Time>) -> Option<Zoned> {
    let culture = locale.culture;
    let pattern = expand(pattern, culture);
    let chars: Vec<char> = pattern.chars().collect();
    let mut reader = Reader { rest: text, made: Exact::default(), culture };
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        let count = chars[at..].iter().take_while(|other| **other == c).count();
        at += match c {
            '%' => 1,
            '\\' | '\'' | '"' => reader.literal(&chars[at..])?,
            'd' | 'M' | 'y' | 'h' | 'H' | 'm' | 's' | 't' | 'f' | 'F' | 'z' | 'K' => {
                reader.field(c, count)?;
                count
            }
            // The sign itself and what the culture writes for it read alike.
            ':' => {
                reader.eat(':').or_else(|| reader.eat_text(culture.time_separator))?;
                1
            }
            '/' => {
                reader.eat('/').or_else(|| reader.eat_text(culture.date_separator))?;
                1
            }
            other => {
                reader.eat(other)?;
                1
            }
        };
    }
    if !reader.rest.is_empty() { None } else { reader.made.date(today) }
}

fn expand(pattern: &str, culture: &Culture) -> String {
    let both = |a: &str, b: &str| format!("{a} {b}");
    match pattern {
        "d" => culture.short_date.to_owned(),
        "D" => culture.long_date.to_owned(),
        "t" => culture.short_time.to_owned(),
        "T" => culture.long_time.to_owned(),
        "g" => both(culture.short_date, culture.short_time),
        "G" => both(culture.short_date, culture.long_time),
        "f" => both(culture.long_date, culture.short_time),
        "F" => both(culture.long_date, culture.long_time),
        "s" => "yyyy-MM-dd'T'HH:mm:ss".to_owned(),
        "o" | "O" => "yyyy-MM-dd'T'HH:mm:ss.fffffffK".to_owned(),
        "u" => "yyyy-MM-dd HH:mm:ss'Z'".to_owned(),
        "r" | "R" => "ddd, dd MMM yyyy HH:mm:ss 'GMT'".to_owned(),
        "m" | "M" => culture.month_day.to_owned(),
        "y" | "Y" => culture.year_month.to_owned(),
        other => other.to_owned(),
    }
}

#[derive(Default)]
struct Exact {
    year: Option<i64>,
    month: Option<u32>,
    day: Option<u32>,
    hour: i64,
    half: Option<i64>,
    minute: i64,
    second: i64,
    fraction: i64,
    zone: Option<i64>,
    clock: bool,
}

impl Exact {
    fn date(self, today: Option<Time>) -> Option<Zoned> {
        let now = today.unwrap_or(Time(0)).date();
        let no_date = self.year.is_none() && self.month.is_none() && self.day.is_none();
        let (year, month, day) = if no_date {
            now
        } else {
            (self.year.unwrap_or(now.0), self.month.unwrap_or(1), self.day.unwrap_or(1))
        };
        let hour = self.half.map_or(self.hour, |half| self.hour % 12 + half);
        let midnight = DateTime::utc(valid_day(year, month, day)?).ticks;
        let ticks =
            midnight + (hour * 3600 + self.minute * 60 + self.second) * TICKS_PER_SECOND + self.fraction;
        Some(Zoned { ticks, zone: self.zone })
    }
}

struct Reader<'a> {
    rest: &'a str,
    made: Exact,
    culture: &'a Culture,
}

impl Reader<'_> {
    /// Takes what a pattern quotes, by one backslash or between quotes; how much of the pattern that is.
    fn literal(&mut self, pattern: &[char]) -> Option<usize> {
        let (quote, rest) = pattern.split_first()?;
        if *quote == '\\' {
            self.eat(*rest.first()?)?;
            return Some(2);
        }
        let length = rest.iter().position(|c| c == quote)?;
        rest[..length].iter().try_for_each(|c| self.eat(*c))?;
        Some(length + 2)
    }
    fn eat(&mut self, c: char) -> Option<()> {
        // The narrow blank before AM and the plain one read alike.
        let same =
            |given: char| given == c || (matches!(given, ' ' | '\u{202f}') && matches!(c, ' ' | '\u{202f}'));
        let first = self.rest.chars().next().filter(|given| same(*given))?;
        self.rest = &self.rest[first.len_utf8()..];
        Some(())
    }
    fn eat_text(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }
    fn digits(&mut self, least: usize, most: usize) -> Option<i64> {
        let length = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let number = (length >= least).then(|| self.rest[..length].parse().ok())?;
        self.rest = &self.rest[length..];
        number
    }
    fn name(&mut self, names: &[&str]) -> Option<usize> {
        let mut found: Option<(usize, usize)> = None;
        for (at, name) in names.iter().enumerate() {
            let fits =
                self.rest.get(..name.len()).is_some_and(|head| head.to_lowercase() == name.to_lowercase());
            if fits && found.is_none_or(|(_, length)| name.len() > length) {
                found = Some((at, name.len()));
            }
        }
        let (at, length) = found?;
        self.rest = &self.rest[length..];
        Some(at)
    }
    fn field(&mut self, letter: char, count: usize) -> Option<()> {
        let two = |count: usize| if count == 1 { (1, 2) } else { (2, 2) };
        let (least, most) = two(count);
        match letter {
            'd' if count <= 2 => self.made.day = Some(self.digits(least, most)? as u32),
            'd' => {
                let names = if count == 3 { self.culture.short_days } else { self.culture.days };
                self.name(&names)?;
            }
            'M' if count <= 2 => self.made.month = Some(self.digits(least, most)? as u32),
            'M' => {
                let found = match count {
                    3 => self
                        .name(&self.culture.short_months)
                        .or_else(|| self.name(&self.culture.short_months_of_day)),
                    _ => self.name(&self.culture.months),
                };
                self.made.month = Some(found? as u32 + 1);
            }
            'y' if count <= 2 => self.made.year = Some(full_year(self.digits(least, most)?, 2)),
            'y' => self.made.year = Some(self.digits(count, count)?),
            'h' | 'H' => {
                self.made.hour = self.digits(least, most).filter(|h| *h < 24)?;
                self.made.clock = true;
            }
            'm' => self.made.minute = self.digits(least, most).filter(|m| *m < 60)?,
            's' => self.made.second = self.digits(least, most).filter(|s| *s < 60)?,
            't' => {
                let names: Vec<String> = [self.culture.am, self.culture.pm]
                    .iter()
                    .map(|name| name.chars().take(if count == 1 { 1 } else { 9 }).collect())
                    .collect();
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                self.made.half = Some(self.name(&names)? as i64 * 12);
            }
            'f' => {
                let before = self.rest;
                self.digits(count, count)?;
                let digits = &before[..count];
                self.made.fraction = format!("{digits:0<7}").parse().ok()?;
            }
            'F' => {
                let length = self.rest.bytes().take(count).take_while(u8::is_ascii_digit).count();
                let digits = &self.rest[..length];
                self.made.fraction = format!("{digits:0<7}").parse().ok()?;
                self.rest = &self.rest[length..];
            }
            'z' | 'K' => {
                if letter == 'K' && self.rest.starts_with(['Z', 'z']) {
                    self.rest = &self.rest[1..];
                    self.made.zone = Some(0);
                } else if self.rest.starts_with(['+', '-']) {
                    let (minutes, length) = zone(self.rest)?;
                    self.rest = &self.rest[length..];
                    self.made.zone = Some(minutes);
                } else if letter == 'z' {
                    return None;
                }
            }
            _ => return None,
        }
        Some(())
    }
}

/// `[timespan]::Parse`: `1.02:03:04.5`, `10:20`, `5` (days).
pub fn span(text: &str) -> Option<TimeSpan> {
    let text = text.trim();
    let body = text.strip_prefix('-').unwrap_or(text);
    // `d:hh:mm:ss` with four parts has its days before the first colon.
    let parts: Vec<&str> = body.split(':').collect();
    if let [days, rest @ ..] = parts.as_slice()
        && rest.len() == 3
        && !days.contains('.')
    {
        let whole = format!("{}{days}.{}", if text.starts_with('-') { "-" } else { "" }, rest.join(":"));
        return TimeSpan::parse(&whole);
    }
    TimeSpan::parse(text)
}

/// What .NET throws for a text that is not a span: one that has the shape of one holds too great a number.
pub fn span_error(text: &str) -> Exception {
    let body = text.trim().trim_start_matches('-');
    let parts: Vec<&str> = body.split([':', '.']).collect();
    let digits = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    if digits && parts.len() <= 6 && body.matches(':').count() < 4 {
        let message = format!(
            "The TimeSpan string '{text}' could not be parsed because at least one of the numeric components is out of range or contains too many digits."
        );
        return Exception::new("System.OverflowException", message);
    }
    Exception::format(format!("String '{text}' was not recognized as a valid TimeSpan."))
}

/// `[timespan]::ParseExact`: the text must follow the pattern letter by letter.
pub fn span_exact(text: &str, pattern: &str, locale: &Locale) -> Option<TimeSpan> {
    match pattern {
        "c" | "t" | "T" => return span(text),
        "g" | "G" => return span(&text.replace(locale.culture.decimal, ".")),
        _ => {}
    }
    let chars: Vec<char> = pattern.chars().collect();
    let mut reader = Reader { rest: text, made: Exact::default(), culture: locale.culture };
    let (mut days, mut at) = (0, 0);
    while at < chars.len() {
        let c = chars[at];
        let count = chars[at..].iter().take_while(|other| **other == c).count();
        let (least, most) = if count == 1 { (1, 2) } else { (2, 2) };
        at += match c {
            '%' => 1,
            '\\' | '\'' | '"' => reader.literal(&chars[at..])?,
            'd' => {
                days = reader.digits(count, 8)?;
                count
            }
            'h' => {
                reader.made.hour = reader.digits(least, most).filter(|h| *h < 24)?;
                count
            }
            'm' | 's' | 'f' | 'F' => {
                reader.field(c, count)?;
                count
            }
            _ => return None,
        };
    }
    let made = reader.made;
    let seconds = days * 86_400 + made.hour * 3600 + made.minute * 60 + made.second;
    reader.rest.is_empty().then_some(TimeSpan { ticks: seconds * TICKS_PER_SECOND + made.fraction })
}
