//! PowerShell's wildcard patterns: `*`, `?`, `[a-z]`, with a back-tick in front of what is meant literally.

/// A pattern, read once and matched many times.
#[derive(Clone, Debug)]
pub struct Wildcard {
    parts: Vec<Part>,
    ignore_case: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Any,
    One,
    Char(char),
    Set(Vec<(char, char)>),
}

/// The pattern has a bracket that never closes, or an empty one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl Wildcard {
    /// Reads a pattern that ignores case.
    pub fn new(pattern: &str) -> Result<Wildcard, Malformed> {
        Wildcard::with_case(pattern, true)
    }
    /// Reads a pattern.
    pub fn with_case(pattern: &str, ignore_case: bool) -> Result<Wildcard, Malformed> {
        let chars: Vec<char> = pattern.chars().collect();
        let (mut parts, mut at) = (Vec::new(), 0);
        while at < chars.len() {
            match chars[at] {
                '*' => {
                    if parts.last() != Some(&Part::Any) {
                        parts.push(Part::Any);
                    }
                }
                '?' => parts.push(Part::One),
                '[' => {
                    let (set, end) = set(&chars, at)?;
                    parts.push(set);
                    at = end;
                }
                '`' if at + 1 < chars.len() => {
                    at += 1;
                    parts.push(Part::Char(chars[at]));
                }
                c => parts.push(Part::Char(c)),
            }
            at += 1;
        }
        Ok(Wildcard { parts, ignore_case })
    }

    /// Whether all of `text` fits.
    pub fn matches(&self, text: &str) -> bool {
        if let [Part::Any] = self.parts.as_slice() {
            return true;
        }
        let chars: Vec<char> = text.chars().collect();
        // Greedy with one place to come back to: linear in practice, never exponential.
        let (mut at, mut part) = (0, 0);
        let mut back: Option<(usize, usize)> = None;
        while at < chars.len() {
            match self.parts.get(part) {
                Some(Part::Any) => {
                    back = Some((at, part));
                    part += 1;
                }
                Some(one) if self.fits(one, chars[at]) => {
                    at += 1;
                    part += 1;
                }
                _ => match &mut back {
                    Some((from, star)) => {
                        *from += 1;
                        at = *from;
                        part = *star + 1;
                    }
                    None => return false,
                },
            }
        }
        self.parts[part..].iter().all(|part| *part == Part::Any)
    }

    fn fits(&self, part: &Part, c: char) -> bool {
        match part {
            Part::One => true,
            Part::Char(wanted) => self.same(*wanted, c),
            Part::Set(ranges) => ranges.iter().any(|(from, to)| self.within(*from, *to, c)),
            Part::Any => false,
        }
    }
    fn same(&self, a: char, b: char) -> bool {
        a == b || (self.ignore_case && fold(a) == fold(b))
    }
    fn within(&self, from: char, to: char, c: char) -> bool {
        let inside = |c: char| from <= c && c <= to;
        if !self.ignore_case {
            return inside(c);
        }
        let (from, to, c) = (fold(from), fold(to), fold(c));
        from <= c && c <= to
    }
}

/// The lower-case form, where it is a single character.
fn fold(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

fn set(chars: &[char], start: usize) -> Result<(Part, usize), Malformed> {
    let (mut ranges, mut at) = (Vec::new(), start + 1);
    let mut members: Vec<char> = Vec::new();
    let mut dashes: Vec<usize> = Vec::new();
    loop {
        match chars.get(at) {
            None => return Err(Malformed),
            Some(']') if !members.is_empty() => break,
            Some(']') if chars[at + 1..].contains(&']') => members.push(']'),
            Some(']') => return Err(Malformed),
            Some('`') if at + 1 < chars.len() => {
                at += 1;
                members.push(chars[at]);
            }
            Some('-') => {
                dashes.push(members.len());
                members.push('-');
            }
            Some(c) => members.push(*c),
        }
        at += 1;
    }
    let mut index = 0;
    while index < members.len() {
        if dashes.contains(&(index + 1)) && index + 2 < members.len() {
            ranges.push((members[index], members[index + 2]));
            index += 3;
        } else {
            ranges.push((members[index], members[index]));
            index += 1;
        }
    }
    Ok((Part::Set(ranges), at))
}

/// Whether a text has characters that a pattern gives a meaning to.
pub fn has_wildcards(text: &str) -> bool {
    let mut escaped = false;
    for c in text.chars() {
        if escaped {
            escaped = false;
        } else if c == '`' {
            escaped = true;
        } else if matches!(c, '*' | '?' | '[') {
            return true;
        }
    }
    false
}

/// A text as a pattern that fits only itself.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '`') {
            out.push('`');
        }
        out.push(c);
    }
    out
}

/// A pattern that fits only one text, as that text.
pub fn unescape(pattern: &str) -> String {
    let (mut out, mut chars) = (String::with_capacity(pattern.len()), pattern.chars().peekable());
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('`', Some('*' | '?' | '[' | ']' | '`')) => {}
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_powershells_do() {
        for (text, pattern, fits) in [
            ("Ann Berg", "ann*", true),
            ("Ann Berg", "*[a-f]erg", true),
            ("Ann Berg", "[!a]*", true), // no negation: `!` is one of the set
            ("ABC", "?b?", true),
            ("a*b", "a`*b", true),
            ("aXb", "a`*b", false),
            ("", "*", true),
            ("", "?", false),
            ("a-b", "a[-]b", true),
            ("aaaaaaaaaaaaaaaaaaaaaaaaab", "*a*a*a*a*a*a*a*c", false),
        ] {
            assert_eq!(Wildcard::new(pattern).unwrap().matches(text), fits, "{text} {pattern}");
        }
        assert!(Wildcard::new("[a-z").is_err());
    }
}
