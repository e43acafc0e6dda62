//! Numeric literals: decimal, hexadecimal and binary, with type suffixes and multipliers.

use super::*;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromStr;

impl Lexer<'_> {
    /// A number from the start of the token on; a word when it does not end like one.
    pub(super) fn number(&mut self) -> Token {
        self.pos = self.start;
        let sign = self.peek().filter(|c| *c == '+' || is_dash(*c));
        if sign.is_some() {
            self.take();
        }
        let written = self.written();
        let ends = match self.peek() {
            // What is left of a redirection here stands behind a range: `1..3>file`.
            Some('>') if self.mode == Mode::Expression => true,
            Some(c) if self.mode == Mode::Expression => ends_word(Some(c)) || ends_number(c, self.ternary),
            c => ends_word(c),
        };
        let Some(written) = written.filter(|_| ends) else { return self.generic() };
        let negative = sign.is_some_and(is_dash);
        match written.value(negative) {
            Some(number) => self.carrying(Kind::Number, Carried::Number(number)),
            None => {
                let span = self.span();
                let text = self.text[self.start..self.pos].to_owned();
                self.report("BadNumericConstant", span, &text);
                self.carrying(Kind::Number, Carried::Number(Number::Int32(0)))
            }
        }
    }

    fn written(&mut self) -> Option<Written> {
        let (radix, digits, real) = match (self.peek(), self.peek_second()) {
            (Some('0'), Some('x' | 'X')) => (16, self.radix_digits(|c| c.is_ascii_hexdigit())?, false),
            (Some('0'), Some('b' | 'B')) if self.binary_follows() => {
                (2, self.radix_digits(|c| matches!(c, '0' | '1'))?, false)
            }
            _ => {
                let (digits, real) = self.decimal_digits()?;
                (10, digits, real)
            }
        };
        let suffix = self.suffix(radix);
        let multiplier = self.multiplier();
        Some(Written { radix, digits, real, suffix, multiplier })
    }

    fn binary_follows(&self) -> bool {
        self.bytes.get(self.pos + 2).is_some_and(|b| matches!(b, b'0' | b'1'))
    }

    fn radix_digits(&mut self, wanted: impl Fn(char) -> bool) -> Option<String> {
        self.pos += 2;
        let start = self.pos;
        self.take_while(wanted);
        (self.pos > start).then(|| self.text[start..self.pos].to_owned())
    }

    fn decimal_digits(&mut self) -> Option<(String, bool)> {
        let start = self.pos;
        self.take_while(|c| c.is_ascii_digit());
        let whole = self.pos - start;
        let mut real = false;
        if self.peek() == Some('.') && self.peek_second() != Some('.') {
            real = true;
            self.pos += 1;
            self.take_while(|c| c.is_ascii_digit());
            if whole == 0 && self.pos == start + 1 {
                return None;
            }
        }
        if self.exponent() {
            real = true;
        }
        (self.pos > start).then(|| (self.text[start..self.pos].to_owned(), real))
    }

    fn exponent(&mut self) -> bool {
        let rest = &self.bytes[self.pos..self.end];
        let [b'e' | b'E', behind @ ..] = rest else { return false };
        let signed = usize::from(matches!(behind.first(), Some(b'+' | b'-')));
        let digits = behind[signed..].iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 {
            return false;
        }
        self.pos += 1 + signed + digits;
        true
    }

    fn suffix(&mut self, radix: u32) -> Suffix {
        let rest = &self.bytes[self.pos..self.end];
        let low = |at: usize| rest.get(at).map(u8::to_ascii_lowercase);
        let (suffix, length) = match (low(0), low(1)) {
            (Some(b'u'), Some(b'l')) => (Suffix::ULong, 2),
            (Some(b'u'), Some(b's')) => (Suffix::UShort, 2),
            (Some(b'u'), Some(b'y')) => (Suffix::Byte, 2),
            (Some(b'u'), _) => (Suffix::Unsigned, 1),
            (Some(b'l'), _) => (Suffix::Long, 1),
            (Some(b's'), _) => (Suffix::Short, 1),
            (Some(b'y'), _) => (Suffix::SByte, 1),
            (Some(b'n'), _) => (Suffix::Big, 1),
            (Some(b'd'), _) if radix == 10 => (Suffix::Decimal, 1),
            _ => (Suffix::None, 0),
        };
        self.pos += length;
        suffix
    }

    fn multiplier(&mut self) -> i64 {
        let rest = &self.bytes[self.pos..self.end];
        let low = |at: usize| rest.get(at).map(u8::to_ascii_lowercase);
        let power = match (low(0), low(1)) {
            (Some(b'k'), Some(b'b')) => 10,
            (Some(b'm'), Some(b'b')) => 20,
            (Some(b'g'), Some(b'b')) => 30,
            (Some(b't'), Some(b'b')) => 40,
            (Some(b'p'), Some(b'b')) => 50,
            _ => return 1,
        };
        self.pos += 2;
        1 << power
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Suffix {
    None,
    SByte,
    Byte,
    Short,
    UShort,
    Unsigned,
    Long,
    ULong,
    Big,
    Decimal,
}

/// A literal's pieces.
struct Written {
    radix: u32,
    digits: String,
    real: bool,
    suffix: Suffix,
    multiplier: i64,
}

impl Written {
    fn value(&self, negative: bool) -> Option<Number> {
        if self.suffix == Suffix::Decimal {
            return self.decimal(negative).map(Number::Decimal);
        }
        if self.real {
            return self.real_value(negative);
        }
        match self.whole() {
            Some(whole) => {
                let scaled = whole.checked_mul(i128::from(self.multiplier));
                scaled
                    .map(|n| if negative { -n } else { n })
                    .map_or_else(|| self.beyond(negative), |n| self.fit(n))
            }
            None => self.beyond(negative),
        }
    }

    /// The digits as a whole number. Hexadecimal and binary ones that fill their type have a sign bit.
    fn whole(&self) -> Option<i128> {
        let n = i128::from_str_radix(&self.digits, self.radix).ok()?;
        let bits = match (self.radix, self.digits.len()) {
            (16, 2) if self.suffix == Suffix::SByte => 8,
            (16, 4) if self.suffix == Suffix::Short => 16,
            (2, 8) => 8,
            (2, 16) => 16,
            (16, 8) | (2, 32) => 32,
            (16, 16) | (2, 64) => 64,
            _ => return Some(n),
        };
        let unsigned =
            matches!(self.suffix, Suffix::Unsigned | Suffix::ULong | Suffix::UShort | Suffix::Byte);
        Some(if !unsigned && n >> (bits - 1) == 1 { n - (1 << bits) } else { n })
    }

    fn fit(&self, n: i128) -> Option<Number> {
        Some(match self.suffix {
            Suffix::SByte => Number::SByte(n.try_into().ok()?),
            Suffix::Byte => Number::Byte(n.try_into().ok()?),
            Suffix::Short => Number::Int16(n.try_into().ok()?),
            Suffix::UShort => Number::UInt16(n.try_into().ok()?),
            Suffix::Long => Number::Int64(n.try_into().ok()?),
            Suffix::ULong => Number::UInt64(n.try_into().ok()?),
            Suffix::Big => Number::Big(n.to_string().into()),
            Suffix::Unsigned => match u32::try_from(n) {
                Ok(n) => Number::UInt32(n),
                Err(_) => Number::UInt64(n.try_into().ok()?),
            },
            Suffix::None | Suffix::Decimal => return self.smallest(n),
        })
    }

    /// Without a suffix: the smallest of int, long, decimal and double that holds it.
    fn smallest(&self, n: i128) -> Option<Number> {
        if let Ok(n) = i32::try_from(n) {
            return Some(Number::Int32(n));
        }
        if let Ok(n) = i64::try_from(n) {
            return Some(Number::Int64(n));
        }
        match Decimal::try_from_i128_with_scale(n, 0) {
            Ok(n) => Some(Number::Decimal(n)),
            Err(_) => Some(Number::Double(n as f64)),
        }
    }

    /// More digits than 127 bits hold.
    fn beyond(&self, negative: bool) -> Option<Number> {
        match self.suffix {
            Suffix::Big if self.radix == 10 && self.multiplier == 1 => {
                let sign = if negative { "-" } else { "" };
                Some(Number::Big(format!("{sign}{}", self.digits.trim_start_matches('0')).into()))
            }
            Suffix::None if self.radix == 10 => self.real_value(negative),
            _ => None,
        }
    }

    fn real_value(&self, negative: bool) -> Option<Number> {
        let n = self.digits.parse::<f64>().ok()? * self.multiplier as f64;
        let n = if negative { -n } else { n };
        let whole = n.round_ties_even() as i128;
        Some(match self.suffix {
            Suffix::None => Number::Double(n),
            _ => return self.fit(whole),
        })
    }

    fn decimal(&self, negative: bool) -> Option<Decimal> {
        let n = Decimal::from_str(&self.digits).or_else(|_| Decimal::from_scientific(&self.digits)).ok()?;
        let n = n.checked_mul(Decimal::from(self.multiplier))?;
        Some(if negative { -n } else { n })
    }
}
