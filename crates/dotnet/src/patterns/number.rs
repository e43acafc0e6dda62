//! Numbers as text: .NET's standard patterns (`N2`, `P0`, `E3`, `X8`) and custom ones (`#,##0.00`).
//!
//! A number is first taken apart into its decimal digits; both families of patterns work on those.

use crate::culture::Culture;
use crate::exception::{Exception, Result};
use crate::locale::Locale;
use object::Value;
use rust_decimal::Decimal;

/// More digits than this are not asked for by anyone; .NET's own bound is 999,999,999.
const PRECISION_DIGITS_MAX: usize = 100_000;

/// The kind of number the digits came from: it decides how they are rounded and whether zero has a sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Source {
    Whole,
    Decimal,
    Double,
    Single,
}

/// A number as 0.d₁d₂d₃… × 10^scale.
#[derive(Clone, Debug)]
struct Digits {
    negative: bool,
    digits: Vec<u8>,
    scale: i32,
    source: Source,
}

impl Digits {
    /// From plain text `123.45` or `1.2345e5`, without sign.
    fn of_text(text: &str, negative: bool, source: Source) -> Digits {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|b| b - b'0').collect();
        let mut scale = whole.len() as i32 + exponent.parse::<i32>().unwrap_or(0);
        let zeros = digits.iter().take_while(|d| **d == 0).count();
        digits.drain(..zeros);
        scale -= zeros as i32;
        let mut made = Digits { negative, digits, scale, source };
        made.trim();
        made
    }
    fn trim(&mut self) {
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.scale = 0;
        }
    }
    fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }
    /// Keeps `count` digits, halves away from zero.
    fn round(&mut self, count: i32) {
        if count < 0 {
            self.digits.clear();
        } else if (count as usize) < self.digits.len() {
            let up = self.digits[count as usize] >= 5;
            self.digits.truncate(count as usize);
            if up {
                self.carry();
            }
        }
        self.trim();
        if self.is_zero() && matches!(self.source, Source::Whole | Source::Decimal) {
            self.negative = false;
        }
    }
    fn carry(&mut self) {
        for digit in self.digits.iter_mut().rev() {
            if *digit < 9 {
                *digit += 1;
                return;
            }
            *digit = 0;
        }
        self.digits.insert(0, 1);
        self.scale += 1;
    }
    fn digit(&self, at: i32) -> char {
        let found = usize::try_from(at).ok().and_then(|at| self.digits.get(at));
        (b'0' + found.copied().unwrap_or(0)) as char
    }
    /// Whole digits and exactly `decimals` after the point.
    fn parts(&self, decimals: usize) -> (String, String) {
        let whole: String = (0..self.scale.max(0)).map(|at| self.digit(at)).collect();
        let fraction = (0..decimals as i32).map(|at| self.digit(self.scale + at)).collect();
        (if whole.is_empty() { "0".to_owned() } else { whole }, fraction)
    }
}

/// A number, taken out of its value.
#[derive(Clone, Copy)]
enum Number {
    Whole { negative: bool, magnitude: u128, bits: u32 },
    Decimal(Decimal),
    Double(f64),
    Single(f32),
}

impl Number {
    fn of(value: &Value) -> Option<Number> {
        let whole = |n: i128, bits| Number::Whole { negative: n < 0, magnitude: n.unsigned_abs(), bits };
        Some(match value {
            Value::SByte(n) => whole(i128::from(*n), 8),
            Value::Byte(n) => whole(i128::from(*n), 8),
            Value::Int16(n) => whole(i128::from(*n), 16),
            Value::UInt16(n) => whole(i128::from(*n), 16),
            Value::Int32(n) => whole(i128::from(*n), 32),
            Value::UInt32(n) => whole(i128::from(*n), 32),
            Value::Int64(n) => whole(i128::from(*n), 64),
            Value::UInt64(n) => whole(i128::from(*n), 64),
            Value::Decimal(n) => Number::Decimal(*n),
            Value::Double(n) => Number::Double(*n),
            Value::Single(n) => Number::Single(*n),
            _ => return None,
        })
    }
    /// The digits, as many as are needed to read the same number again.
    fn shortest(self) -> Digits {
        match self {
            Number::Whole { negative, magnitude, .. } => {
                Digits::of_text(&magnitude.to_string(), negative, Source::Whole)
            }
            Number::Decimal(n) => {
                Digits::of_text(&n.abs().to_string(), n.is_sign_negative(), Source::Decimal)
            }
            Number::Double(n) => {
                Digits::of_text(&format!("{:e}", n.abs()), n.is_sign_negative(), Source::Double)
            }
            Number::Single(n) => {
                Digits::of_text(&format!("{:e}", n.abs()), n.is_sign_negative(), Source::Single)
            }
        }
    }
    /// The first `count` digits.
    fn significant(self, count: usize) -> Digits {
        let count = count.max(1);
        match self {
            Number::Double(n) => {
                Digits::of_text(&format!("{:.*e}", count - 1, n.abs()), n.is_sign_negative(), Source::Double)
            }
            Number::Single(n) => {
                Digits::of_text(&format!("{:.*e}", count - 1, n.abs()), n.is_sign_negative(), Source::Single)
            }
            exact => {
                let mut digits = exact.shortest();
                digits.round(count as i32);
                digits
            }
        }
    }
    /// The digits down to `decimals` after the point.
    fn fixed(self, decimals: usize, locale: &Locale) -> Digits {
        if locale.profile.round_halves_away {
            let mut digits = match self {
                Number::Double(_) => self.significant(15),
                Number::Single(_) => self.significant(7),
                exact => exact.shortest(),
            };
            let count = digits.scale + decimals as i32;
            digits.round(count);
            if digits.is_zero() {
                digits.negative = false;
            }
            return digits;
        }
        match self {
            Number::Double(n) => {
                Digits::of_text(&format!("{:.*}", decimals, n.abs()), n.is_sign_negative(), Source::Double)
            }
            Number::Single(n) => {
                Digits::of_text(&format!("{:.*}", decimals, n.abs()), n.is_sign_negative(), Source::Single)
            }
            exact => {
                let mut digits = exact.shortest();
                let count = digits.scale + decimals as i32;
                digits.round(count);
                digits
            }
        }
    }
    fn infinite(self, culture: &Culture) -> Option<String> {
        let n = match self {
            Number::Double(n) => n,
            Number::Single(n) => f64::from(n),
            _ => return None,
        };
        if n.is_nan() {
            return Some("NaN".to_owned());
        }
        let sign = if n < 0.0 { culture.negative_sign } else { "" };
        n.is_infinite().then(|| format!("{sign}{}", culture.infinity))
    }
}

/// Whether the value is a number that these patterns apply to.
pub fn is_number(value: &Value) -> bool {
    Number::of(value).is_some()
}

/// A number in a pattern; an empty pattern is the general one. The value must be a number.
pub fn format(value: &Value, pattern: &str, locale: &Locale) -> Result<String> {
    let Some(number) = Number::of(value) else { return Ok(value.to_string()) };
    if let Some(text) = number.infinite(locale.culture) {
        return Ok(text);
    }
    if pattern.is_empty() {
        return Ok(whole(number, locale.culture).unwrap_or_else(|| general(number, None, 'E', locale)));
    }
    match standard(pattern) {
        Some((letter, precision)) => in_standard(number, letter, precision, locale),
        None => custom(number, pattern, locale),
    }
}

/// Fifteen digits (seven for a `Single`) in the invariant culture: how PowerShell casts numbers to text.
pub fn cast_text(value: &Value) -> Option<String> {
    let number = Number::of(value)?;
    if let Some(text) = whole(number, &crate::culture::INVARIANT) {
        return Some(text);
    }
    let locale = Locale::new(&crate::profile::CORE, &crate::culture::INVARIANT);
    if let Some(text) = number.infinite(locale.culture) {
        return Some(text);
    }
    Some(match number {
        Number::Double(_) => general(number, Some(15), 'E', &locale),
        Number::Single(_) => general(number, Some(7), 'E', &locale),
        Number::Decimal(n) => decimal_text(n),
        _ => value.to_string(),
    })
}

fn decimal_text(n: Decimal) -> String {
    if n.is_zero() { n.abs().to_string() } else { n.to_string() }
}

/// A letter and up to nine digits is a standard pattern.
fn standard(pattern: &str) -> Option<(char, Option<usize>)> {
    let mut chars = pattern.chars();
    let letter = chars.next().filter(char::is_ascii_alphabetic)?;
    let digits = chars.as_str();
    if digits.is_empty() {
        return Some((letter, None));
    }
    let all = digits.len() <= 9 && digits.bytes().all(|b| b.is_ascii_digit());
    all.then(|| (letter, digits.parse().ok()))
}

fn invalid() -> Exception {
    Exception::format("Format specifier was invalid.")
}

fn in_standard(number: Number, letter: char, precision: Option<usize>, locale: &Locale) -> Result<String> {
    if precision.is_some_and(|digits| digits > PRECISION_DIGITS_MAX) {
        return Err(invalid());
    }
    let culture = locale.culture;
    let plain = if locale.profile.windows_culture_data { 2 } else { culture.decimals };
    let whole = match number {
        Number::Whole { negative, magnitude, bits } => Some((negative, magnitude, bits)),
        _ => None,
    };
    Ok(match (letter.to_ascii_uppercase(), whole) {
        ('G', _) => {
            general(number, precision.filter(|p| *p > 0), if letter == 'g' { 'e' } else { 'E' }, locale)
        }
        ('R', _) => general(number, None, 'E', locale),
        ('N', _) => signed(
            number.fixed(precision.unwrap_or(plain), locale),
            precision.unwrap_or(plain),
            culture,
            true,
        ),
        ('F', _) => signed(
            number.fixed(precision.unwrap_or(plain), locale),
            precision.unwrap_or(plain),
            culture,
            false,
        ),
        ('E', _) => exponential(
            number.significant(precision.unwrap_or(6) + 1),
            precision.unwrap_or(6),
            letter,
            culture,
        ),
        ('P', _) => percent(number, precision.unwrap_or(plain), locale),
        ('C', _) => currency(number, precision.unwrap_or(culture.currency_decimals), locale),
        ('D', Some((negative, magnitude, _))) => {
            let digits = format!("{magnitude:0>width$}", width = precision.unwrap_or(1));
            if negative { format!("{}{digits}", culture.negative_sign) } else { digits }
        }
        ('X', Some((negative, magnitude, bits))) => {
            let value = if negative { (1u128 << bits) - magnitude } else { magnitude };
            let width = precision.unwrap_or(1);
            if letter == 'x' { format!("{value:0>width$x}") } else { format!("{value:0>width$X}") }
        }
        ('B', Some((negative, magnitude, bits))) => {
            let value = if negative { (1u128 << bits) - magnitude } else { magnitude };
            format!("{value:0>width$b}", width = precision.unwrap_or(1))
        }
        _ => return Err(invalid()),
    })
}

/// A whole number as it is, without taking its digits apart.
fn whole(number: Number, culture: &Culture) -> Option<String> {
    let Number::Whole { negative, magnitude, .. } = number else { return None };
    let sign = if negative { culture.negative_sign } else { "" };
    let small = u64::try_from(magnitude).ok()?;
    Some(if sign.is_empty() { small.to_string() } else { format!("{sign}{small}") })
}

/// The same for a double of few digits that needs no exponent: its shortest form is the one of fifteen digits too.
fn short_double(n: f64, culture: &Culture) -> Option<String> {
    if !(1e-4..1e15).contains(&n.abs()) {
        return None;
    }
    let text = n.abs().to_string();
    let digits = text.trim_start_matches(['0', '.']).bytes().filter(u8::is_ascii_digit).count();
    if digits > 15 {
        return None;
    }
    let text = if culture.decimal == "." { text } else { text.replace('.', culture.decimal) };
    Some(if n < 0.0 { format!("{}{text}", culture.negative_sign) } else { text })
}

fn general(number: Number, precision: Option<usize>, letter: char, locale: &Locale) -> String {
    if let (Number::Double(n), None | Some(15)) = (number, precision)
        && let Some(text) = short_double(n, locale.culture)
    {
        return text;
    }
    in_general(number, precision, letter, locale)
}

fn in_general(number: Number, precision: Option<usize>, letter: char, locale: &Locale) -> String {
    let fifteen = locale.profile.fifteen_digits;
    let (digits, most) = match (number, precision) {
        (_, Some(count)) => (number.significant(count), count as i32),
        (Number::Double(_), None) if fifteen => (number.significant(15), 15),
        (Number::Single(_), None) if fifteen => (number.significant(7), 7),
        (Number::Double(_), None) => (number.shortest(), 15),
        (Number::Single(_), None) => (number.shortest(), 7),
        (Number::Decimal(n), None) => return decimal_general(n, locale.culture),
        (Number::Whole { .. }, None) => (number.shortest(), i32::MAX),
    };
    let most = if precision.is_none() && !fifteen {
        most.max(digits.digits.len() as i32).max(shortest_max(number))
    } else {
        most
    };
    let sign = if digits.negative { locale.culture.negative_sign } else { "" };
    if digits.scale > most || digits.scale < -3 {
        let rest: String = (1..digits.digits.len() as i32).map(|at| digits.digit(at)).collect();
        let point = if rest.is_empty() { "" } else { locale.culture.decimal };
        let exponent = if digits.is_zero() { 0 } else { digits.scale - 1 };
        let mark = if exponent < 0 { locale.culture.negative_sign } else { "+" };
        return format!("{sign}{}{point}{rest}{letter}{mark}{:02}", digits.digit(0), exponent.abs());
    }
    let decimals = (digits.digits.len() as i32 - digits.scale).max(0) as usize;
    let (whole, fraction) = digits.parts(decimals);
    let point = if fraction.is_empty() { "" } else { locale.culture.decimal };
    format!("{sign}{whole}{point}{fraction}")
}

/// How many whole digits the shortest form shows before it turns to an exponent.
fn shortest_max(number: Number) -> i32 {
    match number {
        Number::Double(_) => 17,
        Number::Single(_) => 9,
        _ => i32::MAX,
    }
}

/// A decimal keeps the zeros at its end.
fn decimal_general(n: Decimal, culture: &Culture) -> String {
    let text = n.abs().to_string().replace('.', culture.decimal);
    if n.is_sign_negative() && !n.is_zero() { format!("{}{text}", culture.negative_sign) } else { text }
}

fn grouped(whole: &str, separator: &str) -> String {
    let mut text = String::with_capacity(whole.len() * 2);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push_str(separator);
        }
        text.push(digit);
    }
    text
}

fn unsigned(digits: &Digits, decimals: usize, culture: &Culture, groups: bool) -> String {
    let (whole, fraction) = digits.parts(decimals);
    let whole = if groups { grouped(&whole, culture.group) } else { whole };
    if fraction.is_empty() { whole } else { format!("{whole}{}{fraction}", culture.decimal) }
}

fn signed(digits: Digits, decimals: usize, culture: &Culture, groups: bool) -> String {
    let text = unsigned(&digits, decimals, culture, groups);
    if digits.negative { format!("{}{text}", culture.negative_sign) } else { text }
}

fn exponential(digits: Digits, decimals: usize, letter: char, culture: &Culture) -> String {
    let fraction: String = (1..=decimals as i32).map(|at| digits.digit(at)).collect();
    let point = if fraction.is_empty() { "" } else { culture.decimal };
    let exponent = if digits.is_zero() { 0 } else { digits.scale - 1 };
    let (sign, mark) = (
        if digits.negative { culture.negative_sign } else { "" },
        if exponent < 0 { culture.negative_sign } else { "+" },
    );
    format!("{sign}{}{point}{fraction}{letter}{mark}{:03}", digits.digit(0), exponent.abs())
}

fn percent(number: Number, decimals: usize, locale: &Locale) -> String {
    let mut digits = number.fixed(decimals + 2, locale);
    if !digits.is_zero() {
        digits.scale += 2;
    }
    let text = unsigned(&digits, decimals, locale.culture, true);
    let culture = locale.culture;
    let pattern = if digits.negative { culture.percent_negative } else { culture.percent_positive };
    pattern.replace('-', culture.negative_sign).replace('n', &text)
}

fn currency(number: Number, decimals: usize, locale: &Locale) -> String {
    let digits = number.fixed(decimals, locale);
    let culture = locale.culture;
    let text = unsigned(&digits, decimals, culture, true);
    let pattern = if digits.negative { culture.currency_negative } else { culture.currency_positive };
    let mut shown = String::new();
    for c in pattern.chars() {
        match c {
            '-' => shown.push_str(culture.negative_sign),
            'n' => shown.push_str(&text),
            '$' => shown.push_str(culture.currency),
            other => shown.push(other),
        }
    }
    shown
}

/// The sections of a custom pattern, parted by `;` outside quotes.
fn sections(pattern: &[char]) -> Vec<&[char]> {
    let (mut parts, mut start, mut at) = (Vec::new(), 0, 0);
    while at < pattern.len() {
        match pattern[at] {
            quote @ ('\'' | '"') => at = closing(pattern, at, quote),
            '\\' => at += 1,
            ';' => {
                parts.push(&pattern[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push(&pattern[start.min(pattern.len())..]);
    parts
}

fn closing(pattern: &[char], at: usize, quote: char) -> usize {
    pattern[at + 1..].iter().position(|c| *c == quote).map_or(pattern.len(), |found| at + 1 + found)
}

/// What a section asks for.
#[derive(Default)]
struct Plan {
    places: i32,
    point: Option<i32>,
    first_zero: Option<i32>,
    last_zero: i32,
    scientific: bool,
    groups: bool,
    shift: i32,
}

fn plan(section: &[char]) -> Plan {
    let mut plan = Plan::default();
    let (mut comma_at, mut commas, mut at): (Option<i32>, i32, usize) = (None, 0, 0);
    while at < section.len() {
        match section[at] {
            '#' => plan.places += 1,
            '0' => {
                plan.first_zero.get_or_insert(plan.places);
                plan.places += 1;
                plan.last_zero = plan.places;
            }
            '.' => {
                plan.point.get_or_insert(plan.places);
            }
            ',' if plan.places > 0 && plan.point.is_none() => {
                if comma_at == Some(plan.places) {
                    commas += 1;
                } else {
                    if comma_at.is_some() {
                        plan.groups = true;
                    }
                    comma_at = Some(plan.places);
                    commas = 1;
                }
            }
            '%' => plan.shift += 2,
            '‰' => plan.shift += 3,
            quote @ ('\'' | '"') => at = closing(section, at, quote),
            '\\' => at += 1,
            'E' | 'e' if exponent_digits(section, at).is_some() => {
                plan.scientific = true;
                at += exponent_digits(section, at).map_or(0, |(_, _, length)| length - 1);
            }
            _ => {}
        }
        at += 1;
    }
    let point = plan.point.unwrap_or(plan.places);
    match comma_at {
        Some(place) if place == point => plan.shift -= commas * 3,
        Some(_) => plan.groups = true,
        None => {}
    }
    plan.point = Some(point);
    plan
}

/// `E+00` at `at`: whether a plus is shown, the digits, the length of it all.
fn exponent_digits(section: &[char], at: usize) -> Option<(bool, usize, usize)> {
    let sign = matches!(section.get(at + 1), Some('+' | '-'));
    let start = at + 1 + usize::from(sign);
    let zeros = section[start.min(section.len())..].iter().take_while(|c| **c == '0').count();
    (zeros > 0).then(|| (section[at + 1] == '+', zeros, start + zeros - at))
}

fn custom(number: Number, pattern: &str, locale: &Locale) -> Result<String> {
    let chars: Vec<char> = pattern.chars().collect();
    let all = sections(&chars);
    let mut digits = match number {
        Number::Double(_) => number.significant(15),
        Number::Single(_) => number.significant(7),
        exact => exact.shortest(),
    };
    let wanted = |at: usize| if at < all.len() && !all[at].is_empty() { at } else { 0 };
    let mut section = if digits.is_zero() {
        if all.len() > 2 { wanted(2) } else { 0 }
    } else if digits.negative && all.len() > 1 {
        wanted(1)
    } else {
        0
    };
    let mut planned = plan(all[section]);
    if !digits.is_zero() {
        digits.scale += planned.shift;
        let point = planned.point.unwrap_or(0);
        let keep = if planned.scientific { planned.places } else { digits.scale + planned.places - point };
        digits.round(keep);
        if digits.is_zero() && all.len() > 2 && wanted(2) == 2 && section != 2 {
            section = 2;
            planned = plan(all[2]);
        }
    } else if matches!(digits.source, Source::Whole | Source::Decimal) {
        digits.negative = false;
    }
    let mut text = write_section(&digits, all[section], &planned, locale.culture);
    let sign = digits.negative && section == 0 && !(digits.is_zero() && locale.profile.round_halves_away);
    if sign {
        text.insert_str(0, locale.culture.negative_sign);
    }
    Ok(text)
}

fn write_section(digits: &Digits, section: &[char], plan: &Plan, culture: &Culture) -> String {
    let point = plan.point.unwrap_or(0);
    let first = plan.first_zero.filter(|at| *at < point).map_or(0, |at| point - at);
    let last = if plan.last_zero > point { point - plan.last_zero } else { 0 };
    let (mut place, mut adjust) =
        if plan.scientific { (point, 0) } else { (point.max(digits.scale), digits.scale - point) };
    let mut source = 0;
    let (mut out, mut shown_point, mut at) = (String::new(), false, 0);
    let push_digit = |out: &mut String, digit: char, place: i32| {
        out.push(digit);
        if plan.groups && place > 1 && (place - 1) % 3 == 0 {
            out.push_str(culture.group);
        }
    };
    while at < section.len() {
        let c = section[at];
        if adjust > 0 && matches!(c, '#' | '0' | '.' | '%' | '‰') && matches!(c, '#' | '0' | '.') {
            while adjust > 0 {
                let digit = if source < digits.digits.len() as i32 { digits.digit(source) } else { '0' };
                source += 1;
                push_digit(&mut out, digit, place);
                place -= 1;
                adjust -= 1;
            }
        }
        match c {
            '#' | '0' => {
                let digit = if adjust < 0 {
                    adjust += 1;
                    (place <= first).then_some('0')
                } else if source < digits.digits.len() as i32 {
                    source += 1;
                    Some(digits.digit(source - 1))
                } else {
                    (place > last).then_some('0')
                };
                if let Some(digit) = digit {
                    // The point itself is written lazily, before the first digit behind it.
                    if place == 0 && !shown_point {
                        out.push_str(culture.decimal);
                        shown_point = true;
                    }
                    push_digit(&mut out, digit, place);
                }
                place -= 1;
            }
            '.' => {
                if place == 0
                    && !shown_point
                    && (last < 0 || (point < plan.places && source < digits.digits.len() as i32))
                {
                    out.push_str(culture.decimal);
                    shown_point = true;
                }
            }
            ',' => {}
            '%' => out.push('%'),
            '‰' => out.push('‰'),
            quote @ ('\'' | '"') => {
                let end = closing(section, at, quote);
                out.extend(&section[at + 1..end]);
                at = end;
            }
            '\\' => {
                at += 1;
                out.extend(section.get(at));
            }
            'E' | 'e' if exponent_digits(section, at).is_some() => {
                let (plus, width, length) = exponent_digits(section, at).unwrap_or((false, 1, 1));
                let exponent = if digits.is_zero() { 0 } else { digits.scale - point };
                out.push(c);
                if exponent < 0 {
                    out.push_str(culture.negative_sign);
                } else if plus {
                    out.push('+');
                }
                out.push_str(&format!("{:0>width$}", exponent.abs()));
                at += length - 1;
            }
            other => out.push(other),
        }
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The short ways say what the long way says.
    #[test]
    fn numbers_without_a_pattern_are_written_the_same_in_both_ways() {
        let mut random = 3u64;
        let mut next = || {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            random >> 20
        };
        for culture in [&crate::culture::INVARIANT, &crate::culture::EN_US]
            .into_iter()
            .chain(crate::culture::named("de-DE"))
            .chain(crate::culture::named("sv-SE"))
        {
            let locale = Locale::new(&crate::profile::CORE, culture);
            for turn in 0..5_000 {
                let whole_number = Value::Int64(next() as i64 - (1 << 43));
                let number = Number::of(&whole_number).expect("it is a number");
                assert_eq!(whole(number, culture), Some(in_general(number, None, 'E', &locale)));
                let scale = 10f64.powi(turn % 24);
                let real = (next() % 10_000_000) as f64 / scale * if turn % 2 == 0 { -1.0 } else { 1.0 };
                let number = Number::Double(real);
                if let Some(text) = short_double(real, culture) {
                    assert_eq!(text, in_general(number, None, 'E', &locale));
                    assert_eq!(text, in_general(number, Some(15), 'E', &locale));
                }
            }
        }
    }
}
