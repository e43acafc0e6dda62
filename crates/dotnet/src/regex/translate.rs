//! .NET's pattern syntax, rewritten for the engine we keep.
//!
//! All groups become numbered ones (names are kept in a table of our own, since .NET numbers named
//! groups behind the others and lets a name stand twice); blanks and comments of `x` are left out here.

use super::mode::Mode;
use super::{GroupName, parse_error};
use crate::exception::Result;

/// A pattern for our engine, with .NET's groups by number.
pub(super) struct Translated {
    pub(super) pattern: String,
    pub(super) groups: Vec<GroupName>,
    /// Whether it says something that only our own engine can do.
    pub(super) own: bool,
}

/// Deeper patterns than this are refused: nobody writes them, and each level is a call.
const NESTING_LEVELS_MAX: usize = 250;

struct Translator<'a> {
    source: &'a str,
    chars: Vec<char>,
    at: usize,
    out: String,
    /// The engine's groups in order: the name of a named one.
    slots: Vec<Option<String>>,
    all: Vec<Option<String>>,
    depth: usize,
    ecma: bool,
    own: bool,
}

pub(super) fn translate(pattern: &str, options: i64) -> Result<Translated> {
    let mode = Mode::of(options);
    let chars: Vec<char> = pattern.chars().collect();
    let all = scan_groups(&chars, mode);
    let mut translator = Translator {
        source: pattern,
        chars,
        at: 0,
        out: String::with_capacity(pattern.len() + 8),
        slots: Vec::new(),
        all,
        depth: 0,
        ecma: options & 256 != 0,
        own: options & 64 != 0, // from right to left
    };
    if mode.ignore_case {
        translator.out.push_str("(?i)");
    }
    translator.alternatives(mode)?;
    if translator.at < translator.chars.len() {
        return Err(translator.error("Too many )'s."));
    }
    let groups = numbered(&translator.slots);
    Ok(Translated { pattern: translator.out, groups, own: translator.own })
}

/// Unnamed groups count first, then named ones; a name that is a number keeps it.
pub(super) fn numbered(slots: &[Option<String>]) -> Vec<GroupName> {
    let mut groups = vec![GroupName { name: "0".to_owned(), slots: vec![0] }];
    for (at, name) in slots.iter().enumerate() {
        if name.is_none() {
            groups.push(GroupName { name: groups.len().to_string(), slots: vec![at + 1] });
        }
    }
    for (at, name) in slots.iter().enumerate() {
        let Some(name) = name else { continue };
        match groups.iter_mut().find(|group| group.name == *name) {
            Some(group) => group.slots.push(at + 1),
            None => groups.push(GroupName { name: name.clone(), slots: vec![at + 1] }),
        }
    }
    groups
}

/// The groups in order, so that references forward are known.
fn scan_groups(chars: &[char], mode: Mode) -> Vec<Option<String>> {
    let (mut groups, mut at, mut class) = (Vec::new(), 0, false);
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 1,
            '[' if !class => class = true,
            ']' if class => class = false,
            '(' if !class => match (chars.get(at + 1), chars.get(at + 2), chars.get(at + 3)) {
                (Some('?'), Some('<'), Some(c)) if !matches!(c, '=' | '!') => {
                    groups.extend(name_at(chars, at + 3, '>'))
                }
                (Some('?'), Some('\''), _) => groups.extend(name_at(chars, at + 3, '\'')),
                (Some('?'), ..) => {}
                _ if !mode.explicit => groups.push(None),
                _ => {}
            },
            _ => {}
        }
        at += 1;
    }
    groups
}

/// The name of a group; one that only gives another's capture back (`(?<-open>…)`) is none.
fn name_at(chars: &[char], at: usize, close: char) -> Option<Option<String>> {
    let name: String = chars.get(at..)?.iter().take_while(|c| **c != close && **c != '-').collect();
    let balancing = chars.get(at..)?.iter().find(|c| **c == close || **c == '-') == Some(&'-');
    (!name.is_empty() || !balancing).then_some(Some(name))
}

impl Translator<'_> {
    fn error(&self, why: &str) -> crate::Exception {
        parse_error(self.source, self.at, why)
    }
    fn error_at(&self, offset: usize, why: &str) -> crate::Exception {
        parse_error(self.source, offset, why)
    }
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }
    fn starts(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(offset, c)| self.chars.get(self.at + offset) == Some(&c))
    }

    /// Until the closing parenthesis or the end.
    fn alternatives(&mut self, mut mode: Mode) -> Result<()> {
        self.depth += 1;
        if self.depth > NESTING_LEVELS_MAX {
            return Err(self.error("Nested too deeply."));
        }
        let mut can_repeat = false;
        while let Some(c) = self.peek() {
            match c {
                ')' => break,
                '|' => {
                    self.out.push('|');
                    self.at += 1;
                    can_repeat = false;
                }
                _ if mode.blanks && c.is_whitespace() => self.at += 1,
                '#' if mode.blanks => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                }
                '(' if self.starts("(?#") => {
                    while self.peek().is_some_and(|c| c != ')') {
                        self.at += 1;
                    }
                    if self.peek().is_none() {
                        return Err(self.error("Unterminated (?#...) comment."));
                    }
                    self.at += 1;
                }
                '*' | '+' | '?' => self.quantifier(can_repeat).map(|()| can_repeat = false)?,
                '{' if self.counted().is_some() => {
                    self.quantifier(can_repeat).map(|()| can_repeat = false)?
                }
                '(' => {
                    if let Some(changed) = self.inline_options(mode)? {
                        mode = changed;
                    } else {
                        self.group(mode)?;
                        can_repeat = true;
                    }
                }
                _ => {
                    self.atom(c, mode)?;
                    can_repeat = true;
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// `{2}`, `{2,}`, `{2,5}` at this place: its length and bounds.
    fn counted(&self) -> Option<(usize, u64, Option<u64>)> {
        let rest: String = self.chars[self.at + 1..].iter().take(24).collect();
        let (inside, _) = rest.split_once('}')?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let (least, most) = match inside.split_once(',') {
            None if digits(inside) => (inside.parse().ok()?, Some(inside.parse().ok()?)),
            Some((least, "")) if digits(least) => (least.parse().ok()?, None),
            Some((least, most)) if digits(least) && digits(most) => {
                (least.parse().ok()?, Some(most.parse().ok()?))
            }
            _ => return None,
        };
        Some((inside.chars().count() + 2, least, most))
    }

    fn quantifier(&mut self, allowed: bool) -> Result<()> {
        let c = self.chars[self.at];
        let name: String = if c == '{' {
            let length = self.counted().map_or(1, |(length, ..)| length);
            self.chars[self.at..self.at + length].iter().collect()
        } else {
            c.to_string()
        };
        if !allowed {
            let after_quantifier = self.out.ends_with(['*', '+', '?', '}']) && self.at > 0;
            let why = if after_quantifier
                && self.at > 0
                && matches!(self.chars[self.at - 1], '*' | '+' | '?' | '}')
            {
                format!("Nested quantifier '{name}'.")
            } else {
                format!("Quantifier '{}' following nothing.", if c == '{' { "{" } else { &name })
            };
            return Err(self.error_at(self.at + name.chars().count(), &why));
        }
        if c == '{' {
            let (length, least, most) = self.counted().unwrap_or((1, 0, None));
            if most.is_some_and(|most| most < least) {
                return Err(self.error_at(self.at + length, "Illegal {x,y} with x > y."));
            }
            self.at += length;
        } else {
            self.at += 1;
        }
        self.out.push_str(&name);
        if self.peek() == Some('?') {
            self.out.push('?');
            self.at += 1;
        } else if matches!(self.peek(), Some('*' | '+'))
            || (self.peek() == Some('{') && self.counted().is_some())
        {
            let next = self.chars[self.at];
            let name: String = match self.counted().filter(|_| next == '{') {
                Some((length, ..)) => self.chars[self.at..self.at + length].iter().collect(),
                None => next.to_string(),
            };
            return Err(
                self.error_at(self.at + name.chars().count(), &format!("Nested quantifier '{name}'."))
            );
        }
        Ok(())
    }

    /// `(?i-s)`: gives the changed mode when that is what stands here.
    fn inline_options(&mut self, mode: Mode) -> Result<Option<Mode>> {
        let Some((changed, end)) = mode.changed_at(&self.chars, self.at) else { return Ok(None) };
        if self.chars.get(end) != Some(&')') {
            return Ok(None);
        }
        self.at = end + 1;
        self.out.push_str(if changed.ignore_case { "(?i)" } else { "(?-i)" });
        Ok(Some(changed))
    }

    fn group(&mut self, mode: Mode) -> Result<()> {
        let mut inner = mode;
        if self.starts("(?") {
            inner = self.special_group(mode)?;
        } else {
            self.at += 1;
            if mode.explicit {
                self.out.push_str("(?:");
            } else {
                self.slots.push(None);
                self.out.push('(');
            }
        }
        if inner.ignore_case != mode.ignore_case {
            self.out.push_str(if inner.ignore_case { "(?i)" } else { "(?-i)" });
        }
        self.alternatives(inner)?;
        if self.peek() != Some(')') {
            self.at = self.chars.len();
            return Err(self.error("Not enough )'s."));
        }
        self.at += 1;
        self.out.push(')');
        Ok(())
    }

    fn special_group(&mut self, mode: Mode) -> Result<Mode> {
        for plain in ["(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>"] {
            if self.starts(plain) {
                self.out.push_str(plain);
                self.at += plain.chars().count();
                return Ok(mode);
            }
        }
        if self.starts("(?(") {
            return self.conditional(mode);
        }
        for (start, close) in [("(?<", '>'), ("(?'", '\'')] {
            if self.starts(start) {
                let name: String = self.chars[self.at + 3..].iter().take_while(|c| **c != close).collect();
                let end = self.at + 3 + name.chars().count();
                if let Some((own, other)) = name.split_once('-')
                    && self.chars.get(end) == Some(&close)
                {
                    if self.slot_of(other).is_none() {
                        let why = format!("Reference to undefined group name '{other}'.");
                        return Err(self.error_at(end, &why));
                    }
                    (self.own, self.at) = (true, end + 1);
                    if own.is_empty() {
                        self.out.push_str("(?:");
                    } else {
                        self.slots.push(Some(own.to_owned()));
                        self.out.push('(');
                    }
                    return Ok(mode);
                }
                let valid = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
                if !valid || self.chars.get(end) != Some(&close) {
                    let why = "Invalid group name: Group names must begin with a word character.";
                    let why =
                        if self.chars.get(end).is_none() { "Unrecognized grouping construct." } else { why };
                    return Err(
                        self.error_at(if self.chars.get(end).is_none() { end } else { self.at + 3 }, why)
                    );
                }
                self.at = end + 1;
                self.slots.push(Some(name));
                self.out.push('(');
                return Ok(mode);
            }
        }
        if let Some((changed, end)) = mode.changed_at(&self.chars, self.at)
            && self.chars.get(end) == Some(&':')
        {
            self.at = end + 1;
            self.out.push_str("(?:");
            return Ok(changed);
        }
        Err(self.error_at(self.at + 2, "Unrecognized grouping construct."))
    }

    /// `(?(1)yes|no)` and `(?(name)yes|no)`.
    fn conditional(&mut self, mode: Mode) -> Result<Mode> {
        let name: String = self.chars[self.at + 3..].iter().take_while(|c| **c != ')').collect();
        let slot = self.slot_of(&name);
        let Some(slot) = slot else {
            // A condition that is an expression: read here for its errors, run by our own engine.
            self.own = true;
            self.at += 2;
            if self.starts("(?") {
                // It looks around by itself.
                self.out.push_str("(?:");
                self.group(mode)?;
                return Ok(mode);
            }
            self.at += 1;
            self.out.push_str("(?:(?:");
            self.alternatives(mode)?;
            if self.peek() != Some(')') {
                return Err(self.error("Not enough )'s."));
            }
            self.at += 1;
            self.out.push(')');
            return Ok(mode);
        };
        self.at += 4 + name.chars().count();
        self.out.push_str(&format!("(?({slot})"));
        Ok(mode)
    }

    /// The engine's group of a name or of .NET's number.
    fn slot_of(&self, name: &str) -> Option<usize> {
        let groups = numbered(&self.all);
        let at = super::group_of(&groups, name)?;
        groups[at].slots.first().copied()
    }

    fn atom(&mut self, c: char, mode: Mode) -> Result<()> {
        self.at += 1;
        match c {
            '\\' => self.escape(false),
            '[' => self.class(),
            '.' => {
                self.out.push_str(if mode.singleline { "(?s:.)" } else { "[^\\n]" });
                Ok(())
            }
            '^' => {
                self.out.push_str(if mode.multiline { "(?m:^)" } else { "\\A" });
                Ok(())
            }
            '$' => {
                self.out.push_str(if mode.multiline { "(?=\\n|\\z)" } else { "(?=\\n?\\z)" });
                Ok(())
            }
            other => {
                self.literal(other);
                Ok(())
            }
        }
    }

    fn literal(&mut self, c: char) {
        if c.is_ascii() && !c.is_ascii_alphanumeric() {
            self.out.push_str(&format!("\\x{:02X}", c as u32));
        } else {
            self.out.push(c);
        }
    }

    fn escape(&mut self, in_class: bool) -> Result<()> {
        let Some(c) = self.peek() else { return Err(self.error("Illegal \\ at end of pattern.")) };
        self.at += 1;
        match c {
            'd' if self.ecma => self.out.push_str("[0-9]"),
            'w' if self.ecma => self.out.push_str("[a-zA-Z0-9_]"),
            'd' => self.out.push_str("\\p{Nd}"),
            'D' => self.out.push_str("\\P{Nd}"),
            'w' => self.out.push_str(if in_class {
                "\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}"
            } else {
                "[\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}]"
            }),
            'W' => self.out.push_str("[^\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}]"),
            's' | 'S' => {
                self.out.push('\\');
                self.out.push(c);
            }
            'b' if in_class => self.out.push_str("\\x08"),
            'b' | 'B' | 'A' | 'z' | 'G' if !in_class => {
                // Behind an empty match the next search begins further on than `\G` stands.
                self.own |= c == 'G';
                self.out.push('\\');
                self.out.push(c);
            }
            'Z' if !in_class => self.out.push_str("(?=\\n?\\z)"),
            'p' | 'P' => self.category(c == 'P')?,
            't' => self.out.push_str("\\x09"),
            'n' => self.out.push_str("\\x0A"),
            'r' => self.out.push_str("\\x0D"),
            'f' => self.out.push_str("\\x0C"),
            'v' => self.out.push_str("\\x0B"),
            'a' => self.out.push_str("\\x07"),
            'e' => self.out.push_str("\\x1B"),
            'x' | 'u' => {
                let width = if c == 'x' { 2 } else { 4 };
                let digits: String =
                    self.chars[self.at..].iter().take(width).take_while(|c| c.is_ascii_hexdigit()).collect();
                if digits.len() < width {
                    return Err(self.error("Insufficient or invalid hexadecimal digits."));
                }
                self.at += width;
                self.out.push_str(&format!("\\x{{{digits}}}"));
            }
            'c' => {
                let letter = self.peek().filter(|c| ('@'..='_').contains(&c.to_ascii_uppercase()));
                let Some(letter) = letter else { return Err(self.error("Missing control character.")) };
                self.at += 1;
                self.out.push_str(&format!("\\x{:02X}", letter.to_ascii_uppercase() as u32 - 64));
            }
            'k' if !in_class => self.named_reference()?,
            '0' => self.octal(),
            '1'..='9' if in_class => {
                self.at -= 1;
                self.octal();
            }
            '1'..='9' => self.numbered_reference(c)?,
            letter if letter.is_ascii_alphabetic() || letter == '_' => {
                return Err(self.error(&format!("Unrecognized escape sequence \\{letter}.")));
            }
            other => self.literal(other),
        }
        Ok(())
    }

    fn octal(&mut self) {
        let digits: String =
            self.chars[self.at..].iter().take(3).take_while(|c| ('0'..='7').contains(*c)).collect();
        self.at += digits.len();
        let number =
            u32::from_str_radix(if digits.is_empty() { "0" } else { &digits }, 8).unwrap_or(0) & 0xFF;
        self.out.push_str(&format!("\\x{number:02X}"));
    }

    fn numbered_reference(&mut self, first: char) -> Result<()> {
        let mut digits = first.to_string();
        while let Some(c) = self.peek().filter(char::is_ascii_digit) {
            let longer = format!("{digits}{c}");
            if self.slot_of(&longer).is_none() {
                break;
            }
            digits = longer;
            self.at += 1;
        }
        match self.slot_of(&digits) {
            Some(slot) => self.out.push_str(&format!("(?:\\{slot})")),
            None => return Err(self.error(&format!("Reference to undefined group number {digits}."))),
        }
        Ok(())
    }

    fn named_reference(&mut self) -> Result<()> {
        let close = match self.peek() {
            Some('<') => '>',
            Some('\'') => '\'',
            _ => return Err(self.error("Malformed \\k<...> named back reference.")),
        };
        let name: String = self.chars[self.at + 1..].iter().take_while(|c| **c != close).collect();
        self.at += name.chars().count() + 2;
        match self.slot_of(&name) {
            Some(slot) => self.out.push_str(&format!("(?:\\{slot})")),
            None => return Err(self.error(&format!("Reference to undefined group name '{name}'."))),
        }
        Ok(())
    }

    /// `\p{L}`, `\p{IsGreek}`.
    fn category(&mut self, negative: bool) -> Result<()> {
        if self.peek() != Some('{') {
            return Err(self.error("Malformed \\p{X} character escape."));
        }
        let name: String = self.chars[self.at + 1..].iter().take_while(|c| **c != '}').collect();
        if self.chars.get(self.at + 1 + name.chars().count()) != Some(&'}') {
            return Err(self.error_at(self.chars.len(), "Incomplete \\p{X} character escape."));
        }
        self.at += name.chars().count() + 2;
        let sign = if negative { "^" } else { "" };
        if CATEGORIES.contains(&name.as_str()) {
            self.out.push_str(&format!("\\{}{{{name}}}", if negative { 'P' } else { 'p' }));
            return Ok(());
        }
        match BLOCKS.iter().find(|(block, ..)| *block == name) {
            Some((_, from, to)) => {
                self.out.push_str(&format!("[{sign}\\x{{{from:X}}}-\\x{{{to:X}}}]"));
                Ok(())
            }
            None => Err(self.error(&format!("Unknown property '{name}'."))),
        }
    }

    /// `[a-z]`, `[^\d]`, `[a-z-[aeiou]]`.
    fn class(&mut self) -> Result<()> {
        self.out.push('[');
        if self.peek() == Some('^') {
            self.out.push('^');
            self.at += 1;
        }
        let mut first = true;
        loop {
            let Some(c) = self.peek() else { return Err(self.error("Unterminated [] set.")) };
            if c == ']' && !first {
                self.at += 1;
                self.out.push(']');
                return Ok(());
            }
            if c == '-' && self.chars.get(self.at + 1) == Some(&'[') && !first {
                self.at += 2;
                self.out.push_str("--");
                self.class()?;
                continue;
            }
            first = false;
            if self.starts("[:") {
                self.literal('[');
                self.at += 1;
                continue;
            }
            self.class_member(c)?;
        }
    }

    fn class_member(&mut self, c: char) -> Result<()> {
        let from = self.class_char(c)?;
        let dash = self.peek() == Some('-')
            && self.chars.get(self.at + 1).is_some_and(|next| *next != ']' && *next != '[');
        if !dash {
            return Ok(());
        }
        let Some(from) = from else { return Ok(()) };
        self.at += 1;
        let next = self.chars[self.at];
        self.out.push('-');
        let Some(to) = self.class_char(next)? else {
            let name: String = self.chars[self.at - 2..self.at].iter().collect();
            return Err(self.error(&format!("Cannot include class {name} in character range.")));
        };
        if from > to {
            return Err(self.error("[x-y] range in reverse order."));
        }
        Ok(())
    }

    /// One character of a class; `None` for a class within it (`\d`).
    fn class_char(&mut self, c: char) -> Result<Option<char>> {
        self.at += 1;
        if c != '\\' {
            self.literal(c);
            return Ok(Some(c));
        }
        let before = self.out.len();
        self.escape(true)?;
        let written = &self.out[before..];
        let digits = written.strip_prefix("\\x").map(|text| text.trim_matches(['{', '}']));
        Ok(match digits {
            Some(digits) => u32::from_str_radix(digits, 16).ok().and_then(char::from_u32),
            None => None,
        })
    }
}

const CATEGORIES: [&str; 37] = [
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps",
    "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Cs", "Co",
    "Cn",
];

/// The first and last character of a block that .NET names.
pub(super) fn block(name: &str) -> Option<(u32, u32)> {
    BLOCKS.iter().find(|(block, ..)| *block == name).map(|(_, from, to)| (*from, *to))
}

/// Unicode's blocks by .NET's names.
const BLOCKS: [(&str, u32, u32); 36] = [
    ("IsBasicLatin", 0x00, 0x7F),
    ("IsLatin-1Supplement", 0x80, 0xFF),
    ("IsLatinExtended-A", 0x100, 0x17F),
    ("IsLatinExtended-B", 0x180, 0x24F),
    ("IsIPAExtensions", 0x250, 0x2AF),
    ("IsSpacingModifierLetters", 0x2B0, 0x2FF),
    ("IsCombiningDiacriticalMarks", 0x300, 0x36F),
    ("IsGreek", 0x370, 0x3FF),
    ("IsGreekandCoptic", 0x370, 0x3FF),
    ("IsCyrillic", 0x400, 0x4FF),
    ("IsCyrillicSupplement", 0x500, 0x52F),
    ("IsArmenian", 0x530, 0x58F),
    ("IsHebrew", 0x590, 0x5FF),
    ("IsArabic", 0x600, 0x6FF),
    ("IsSyriac", 0x700, 0x74F),
    ("IsThaana", 0x780, 0x7BF),
    ("IsDevanagari", 0x900, 0x97F),
    ("IsBengali", 0x980, 0x9FF),
    ("IsThai", 0xE00, 0xE7F),
    ("IsGeorgian", 0x10A0, 0x10FF),
    ("IsHangulJamo", 0x1100, 0x11FF),
    ("IsLatinExtendedAdditional", 0x1E00, 0x1EFF),
    ("IsGreekExtended", 0x1F00, 0x1FFF),
    ("IsGeneralPunctuation", 0x2000, 0x206F),
    ("IsSuperscriptsandSubscripts", 0x2070, 0x209F),
    ("IsCurrencySymbols", 0x20A0, 0x20CF),
    ("IsLetterlikeSymbols", 0x2100, 0x214F),
    ("IsNumberForms", 0x2150, 0x218F),
    ("IsArrows", 0x2190, 0x21FF),
    ("IsMathematicalOperators", 0x2200, 0x22FF),
    ("IsBoxDrawing", 0x2500, 0x257F),
    ("IsHiragana", 0x3040, 0x309F),
    ("IsKatakana", 0x30A0, 0x30FF),
    ("IsCJKUnifiedIdeographs", 0x4E00, 0x9FFF),
    ("IsHangulSyllables", 0xAC00, 0xD7AF),
    ("IsPrivateUse", 0xE000, 0xF8FF),
];
