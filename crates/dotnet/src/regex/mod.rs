//! .NET's regular expressions: its syntax is translated for the engine underneath, groups are numbered as
//! .NET does, and what that engine cannot say an engine of our own matches.

mod literal;
mod mode;
mod own;
mod translate;

use self::literal::Literal;
use crate::collections::{Collection, Flavour};
use crate::exception::{Exception, Result};
use object::Value;
use object::types::EnumValue;
use object::value::{Dictionary, Text, Typed};
use std::any::Any;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// `RegexOptions.IgnoreCase`.
pub const IGNORE_CASE: i64 = 1;

/// How many steps a match may take before it is given up: an exploding pattern ends in about a second.
const STEPS_MAX: usize = 2_000_000;

/// More matches than this are not kept at once.
const MATCHES_MAX: usize = 5_000_000;

/// Compiled patterns kept per thread: scripts use the same few in loops.
const CACHED_PATTERNS_MAX: usize = 200;

/// A group as .NET names it.
#[derive(Clone, Debug)]
pub(crate) struct GroupName {
    /// The name; a number for an unnamed one.
    pub(crate) name: String,
    /// The engine's groups that belong to it, in order.
    pub(crate) slots: Vec<usize>,
}

/// The group of a name, or of its number: named ones are numbered behind the others.
pub(crate) fn group_of(groups: &[GroupName], name: &str) -> Option<usize> {
    let named = groups.iter().position(|group| group.name == name);
    named.or_else(|| name.parse().ok().filter(|at| *at < groups.len()))
}

/// `System.Text.RegularExpressions.Regex`.
#[derive(Clone)]
pub struct Regex(Arc<Inner>);

/// Where a search begins, and where the last match ended (`\G`), in bytes.
#[derive(Clone, Copy, Debug)]
struct Start {
    at: usize,
    origin: usize,
}

impl Start {
    fn at(place: usize) -> Start {
        Start { at: place, origin: place }
    }
}

/// How far a pattern is looked for: so many matches at most, from a byte on.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// So many matches at most.
    pub limit: usize,
    /// Where to begin; `None`: at the beginning, or at the end where the pattern reads from right to left.
    pub from: Option<usize>,
}

impl Reach {
    /// So many matches of the whole text.
    pub fn of(limit: usize) -> Reach {
        Reach { limit, from: None }
    }
}

/// How many of these steps end in about that time; `None`: there is no limit but our own.
fn steps(most: usize, ticks: Option<i64>) -> usize {
    let Some(ticks) = ticks.and_then(|ticks| u128::try_from(ticks).ok()) else { return most };
    let in_time = most as u128 * ticks / 10_000_000;
    usize::try_from(in_time.max(1)).map_or(most, |steps| steps.min(most))
}

struct Inner {
    pattern: String,
    options: i64,
    /// The engine underneath, where it can say what the pattern says; of plain text it is made when it is first needed.
    engine: OnceLock<Option<fancy_regex::Regex>>,
    /// The same for our own engine, made when it is first needed.
    own: OnceLock<Option<own::Program>>,
    /// The same where it is only text.
    literal: Option<Literal>,
    groups: Vec<GroupName>, // by .NET's number; 0 is the whole match
    /// How long a match may take, in ticks; `None`: there is no limit but our own.
    timeout: Option<i64>,
}

impl Regex {
    /// Reads a pattern with `RegexOptions`.
    pub fn new(pattern: &str, options: i64) -> Result<Regex> {
        Regex::with_timeout(pattern, options, None)
    }
    /// The same with the time, in ticks, that a match may take.
    pub fn with_timeout(pattern: &str, options: i64, timeout: Option<i64>) -> Result<Regex> {
        let (engine, own, literal) = (OnceLock::new(), OnceLock::new(), Literal::of(pattern, options));
        let groups = match literal {
            Some(_) => translate::numbered(&[]),
            None => {
                let translated = translate::translate(pattern, options)?;
                let made = built(&translated, timeout);
                // What such a loop captures only our own engine knows.
                let loops =
                    translated.groups.len() > 1 && [")*", ")+", "){"].iter().any(|end| pattern.contains(end));
                if made.is_none() || loops {
                    let program = own::Program::new(pattern, options, &translated.groups);
                    let keeps = program.as_ref().is_ok_and(own::Program::captures_nothing_in_loops);
                    if made.is_none() || keeps {
                        drop(own.set(Some(program?.limited(steps(own::STEPS_MAX, timeout)))));
                        drop(engine.set(None));
                    }
                }
                drop(engine.set(made));
                translated.groups
            }
        };
        let pattern = pattern.to_owned();
        Ok(Regex(Arc::new(Inner { pattern, options, engine, own, literal, groups, timeout })))
    }
    fn engine(&self) -> Option<&fancy_regex::Regex> {
        let inner = &self.0;
        let make = || built(&translate::translate(&inner.pattern, inner.options).ok()?, inner.timeout);
        inner.engine.get_or_init(make).as_ref()
    }
    fn own(&self) -> Option<&own::Program> {
        let inner = &self.0;
        let make = || {
            let program = own::Program::new(&inner.pattern, inner.options, &inner.groups).ok()?;
            Some(program.limited(steps(own::STEPS_MAX, inner.timeout)))
        };
        inner.own.get_or_init(make).as_ref()
    }
    /// How long a match may take, in ticks.
    pub fn timeout(&self) -> Option<i64> {
        self.0.timeout
    }
    /// Whether both are the same object.
    pub fn is(&self, other: &Regex) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
    /// The engine underneath, unless it would take letters for others than .NET does: the dotted I is an `i` there.
    fn fast(&self, subject: &str) -> Option<&fancy_regex::Regex> {
        let dotted = self.0.options & IGNORE_CASE != 0 && !subject.is_ascii() && subject.contains('İ');
        self.engine().filter(|_| !dotted || self.own().is_none())
    }
    /// The text that it is, where that can be looked for in this one.
    fn literal(&self, subject: &str) -> Option<&Literal> {
        self.0.literal.as_ref().filter(|literal| literal.is_for(subject))
    }
    /// Whether it reads from the right to the left.
    fn is_backwards(&self) -> bool {
        self.0.options & 64 != 0
    }
    /// The pattern as it was written.
    pub fn pattern(&self) -> &str {
        &self.0.pattern
    }
    /// Its `RegexOptions`.
    pub fn options(&self) -> i64 {
        self.0.options
    }
    /// The names of its groups, by number.
    pub fn group_names(&self) -> Vec<&str> {
        self.0.groups.iter().map(|group| group.name.as_str()).collect()
    }

    /// Whether the pattern is found anywhere.
    pub fn is_match(&self, subject: &str) -> Result<bool> {
        if let Some(literal) = self.literal(subject) {
            return Ok(literal.find(subject, 0).is_some());
        }
        match self.fast(subject) {
            Some(engine) => engine.is_match(subject).map_err(timeout),
            None => self.find(subject, 0).map(|found| found.is_some()),
        }
    }
    /// The first match at or behind `from` (in bytes); a pattern that reads from right to left begins at the end.
    pub fn find(&self, subject: &str, from: usize) -> Result<Option<Match>> {
        self.find_shared(&subject.into(), from)
    }
    /// The same in a text that need not be copied.
    pub fn find_shared(&self, subject: &Text, from: usize) -> Result<Option<Match>> {
        self.within(subject).find(Start::at(if self.is_backwards() { subject.len() } else { from }))
    }
    /// The first match from a byte on, or back from it where the pattern reads from right to left.
    pub fn find_from(&self, subject: &str, from: usize) -> Result<Option<Match>> {
        self.within(&subject.into()).find(Start::at(from))
    }
    /// The first match within so many bytes, as if there were no more; its places are the whole text's.
    pub fn find_part(&self, subject: &str, from: usize, to: usize) -> Result<Option<Match>> {
        let found = self.find(subject.get(from..to).unwrap_or_default(), 0)?;
        let shift = subject[..from].encode_utf16().count() as i32;
        Ok(found.map(|found| Match { shift, ..found }))
    }
    fn within<'a>(&'a self, text: &'a Text) -> Searched<'a> {
        let literal = self.literal(text);
        let engine = if literal.is_none() { self.fast(text) } else { None };
        self.with_engine(text, literal, engine)
    }
    fn with_engine<'a>(
        &'a self,
        text: &'a Text,
        literal: Option<&'a Literal>,
        engine: Option<&'a fancy_regex::Regex>,
    ) -> Searched<'a> {
        Searched { regex: self, text, literal, engine, letters: OnceCell::new() }
    }
    /// Where matches begin to be looked for.
    fn beginning(&self, subject: &str, from: Option<usize>) -> Start {
        Start::at(from.unwrap_or(if self.is_backwards() { subject.len() } else { 0 }))
    }
    /// Where to look on behind a match; `None`: nowhere.
    fn behind(&self, subject: &str, start: usize, end: usize) -> Option<Start> {
        if self.is_backwards() {
            if start < end {
                return Some(Start::at(start));
            }
            let before = subject[..start].chars().next_back()?;
            return Some(Start { at: start - before.len_utf8(), origin: start });
        }
        let at = if end == start { next_char(subject, end) } else { end };
        (at <= subject.len()).then_some(Start { at, origin: end })
    }
    /// All matches, up to `limit`, in the order in which they are found.
    pub fn find_all(&self, subject: &str, limit: usize) -> Result<Vec<Match>> {
        self.find_reach(subject, Reach::of(limit))
    }
    /// The matches within a reach, in the order in which they are found.
    pub fn find_reach(&self, subject: &str, reach: Reach) -> Result<Vec<Match>> {
        let shared: Text = subject.into();
        let within = self.within(&shared);
        let mut found = Vec::new();
        let mut from = Some(self.beginning(subject, reach.from));
        while let Some(at) = from.filter(|_| found.len() < reach.limit) {
            let Some(one) = within.find(at)? else { break };
            from = self.behind(subject, one.start, one.end);
            if found.len() >= MATCHES_MAX {
                return Err(Exception::out_of_memory());
            }
            found.push(one);
        }
        Ok(found)
    }
    /// The text with its matches replaced by a replacement pattern (`$1`, `${name}`, `$&`).
    pub fn replace(&self, subject: &str, replacement: &str, reach: Reach) -> Result<String> {
        if !replacement.contains('$') && !self.is_backwards() {
            return self.replace_plain(subject, replacement, reach);
        }
        self.replace_with(subject, reach, |found| Ok(found.expand(replacement)))
    }
    /// The same without anything to fill in: of a match only its place is asked.
    fn replace_plain(&self, subject: &str, replacement: &str, reach: Reach) -> Result<String> {
        let shared: Text = subject.into();
        let within = self.within(&shared);
        let mut made = Replaced::of(subject);
        let (mut from, mut count) = (Some(self.beginning(subject, reach.from)), 0);
        while let Some(place) = from.filter(|_| count < reach.limit) {
            let Some((start, end)) = within.place(place)? else { break };
            made.put(start, end, replacement)?;
            count += 1;
            from = self.behind(subject, start, end);
        }
        Ok(made.end())
    }
    /// The text with its matches replaced by what a function makes of them.
    pub fn replace_with(
        &self,
        subject: &str,
        reach: Reach,
        mut make: impl FnMut(&Match) -> Result<String>,
    ) -> Result<String> {
        let mut made = Replaced::of(subject);
        if self.is_backwards() {
            let mut matches = self.find_reach(subject, reach)?;
            matches.reverse();
            for found in matches {
                made.put(found.start, found.end, &make(&found)?)?;
            }
            return Ok(made.end());
        }
        // One match after the other: millions of them are never kept at once.
        let shared: Text = subject.into();
        let within = self.within(&shared);
        let (mut from, mut count) = (Some(self.beginning(subject, reach.from)), 0);
        while let Some(place) = from.filter(|_| count < reach.limit) {
            let Some(found) = within.find(place)? else { break };
            made.put(found.start, found.end, &make(&found)?)?;
            count += 1;
            from = self.behind(subject, found.start, found.end);
        }
        Ok(made.end())
    }
    /// The parts between matches, groups included; a negative limit keeps the last parts.
    pub fn split(&self, subject: &str, limit: i64) -> Result<Vec<String>> {
        self.split_from(subject, limit, None)
    }
    /// The same with matches from a byte on.
    pub fn split_from(&self, subject: &str, limit: i64, from: Option<usize>) -> Result<Vec<String>> {
        let keep = (limit.unsigned_abs() as usize).saturating_sub(1);
        let most = if limit > 0 { keep } else { usize::MAX };
        let mut matches = self.find_reach(subject, Reach { limit: most, from })?;
        if self.is_backwards() {
            matches.reverse();
        }
        if limit < 0 && matches.len() > keep {
            matches.drain(..matches.len() - keep);
        }
        let (mut parts, mut at) = (Vec::new(), 0);
        for found in matches {
            parts.push(subject[at..found.start].to_owned());
            let groups = found.parts.iter().flatten();
            parts.extend(groups.map(|(start, end)| subject[*start..*end].to_owned()));
            at = found.end;
        }
        parts.push(subject[at..].to_owned());
        Ok(parts)
    }
}

/// A text while it is searched: what had to be found out about it once counts for all matches in it.
struct Searched<'a> {
    regex: &'a Regex,
    text: &'a Text,
    /// The text that is looked for.
    literal: Option<&'a Literal>,
    /// The engine underneath; `None`: our own.
    engine: Option<&'a fancy_regex::Regex>,
    letters: OnceCell<own::Letters>,
}

impl Searched<'_> {
    /// The first match from a place on.
    fn find(&self, from: Start) -> Result<Option<Match>> {
        let found = self.found(from)?;
        Ok(found.map(|found| Match { origin: from.origin, ..found }))
    }
    fn found(&self, from: Start) -> Result<Option<Match>> {
        if let Some(literal) = self.literal {
            let place = literal.find(self.text, from.at);
            return Ok(place.map(|place| Match::plain(self.regex, self.text, place)));
        }
        let Some(engine) = self.engine else {
            let found = self.own(from)?;
            return Ok(found.map(|captures| Match::of_own(self.regex, self.text, &captures)));
        };
        // Without groups the engine underneath may take its shorter way.
        if self.regex.0.groups.len() == 1 {
            let place = self.place(from)?;
            return Ok(place.map(|place| Match::plain(self.regex, self.text, place)));
        }
        let captures = engine.captures_from_pos(&**self.text, from.at).map_err(timeout)?;
        Ok(captures.map(|captures| Match::of(self.regex, self.text, &captures)))
    }

    /// Where the first match from a place on is.
    fn place(&self, from: Start) -> Result<Option<(usize, usize)>> {
        if let Some(literal) = self.literal {
            return Ok(literal.find(self.text, from.at));
        }
        match self.engine {
            Some(engine) => {
                let found = engine.find_from_pos(&**self.text, from.at).map_err(timeout)?;
                Ok(found.map(|found| (found.start(), found.end())))
            }
            None => Ok(self.own(from)?.and_then(|captures| captures[0].first().copied())),
        }
    }

    fn own(&self, from: Start) -> Result<Option<own::Captures>> {
        let Some(program) = self.regex.own() else { return Ok(None) };
        let letters = self.letters.get_or_init(|| own::Letters::of(self.text));
        program.find(letters, from).map_err(|()| too_long())
    }
}

/// A text in which places are replaced from its beginning to its end.
struct Replaced<'a> {
    subject: &'a str,
    out: String,
    at: usize,
}

impl<'a> Replaced<'a> {
    fn of(subject: &'a str) -> Replaced<'a> {
        Replaced { subject, out: String::with_capacity(subject.len()), at: 0 }
    }
    fn put(&mut self, start: usize, end: usize, with: &str) -> Result<()> {
        self.out.push_str(&self.subject[self.at..start]);
        self.out.push_str(with);
        self.at = end;
        if self.out.len() > crate::text::GROWN_BYTES_MAX {
            return Err(Exception::out_of_memory());
        }
        Ok(())
    }
    fn end(mut self) -> String {
        self.out.push_str(&self.subject[self.at..]);
        self.out
    }
}

/// The engine underneath for a pattern that it can say.
fn built(translated: &translate::Translated, timeout: Option<i64>) -> Option<fancy_regex::Regex> {
    let steps = steps(STEPS_MAX, timeout);
    let builder = || fancy_regex::RegexBuilder::new(&translated.pattern).backtrack_limit(steps).build();
    if translated.own { None } else { builder().ok() }
}

fn next_char(subject: &str, at: usize) -> usize {
    subject[at..].chars().next().map_or(at + 1, |c| at + c.len_utf8())
}

fn timeout(error: fancy_regex::Error) -> Exception {
    Exception::new(
        "System.Text.RegularExpressions.RegexMatchTimeoutException",
        format!("The Regex engine has timed out while trying to match a pattern to an input string. {error}"),
    )
}

fn too_long() -> Exception {
    Exception::new(
        "System.Text.RegularExpressions.RegexMatchTimeoutException",
        "The Regex engine has timed out while trying to match a pattern to an input string. This can occur for many reasons, including very large inputs or excessive backtracking caused by nested quantifiers, back-references and other factors.",
    )
}

/// .NET's error for a pattern that is wrong at an offset.
pub(crate) fn parse_error(pattern: &str, offset: usize, why: &str) -> Exception {
    Exception::new(
        "System.Text.RegularExpressions.RegexParseException",
        format!("Invalid pattern '{pattern}' at offset {offset}. {why}"),
    )
    .with("Error", EnumValue { of: &crate::enums::REGEX_PARSE_ERROR, number: error_number(why) })
    .with("Offset", Value::Int32(i32::try_from(offset).unwrap_or(i32::MAX)))
}

/// .NET's `RegexParseError` by how its sentence begins.
const PARSE_ERRORS: [(&str, i64); 20] = [
    ("Too many | in (?()|).", 1),
    ("Incomplete \\p{X}", 3),
    ("Malformed \\p{X}", 4),
    ("Unrecognized escape", 5),
    ("Unrecognized control", 6),
    ("Missing control", 7),
    ("Insufficient hexadecimal", 8),
    ("Reference to undefined group name", 10),
    ("Reference to undefined group number", 11),
    ("Malformed \\k", 12),
    ("Illegal \\ at end", 13),
    ("Unterminated (?#...) comment", 14),
    ("Unrecognized grouping", 15),
    ("Invalid group name", 20),
    ("Unterminated [] set", 22),
    ("[x-y] range in reverse", 24),
    ("Cannot include class", 25),
    ("Not enough )'s", 26),
    ("Illegal {x,y}", 27),
    ("Nested quantifier", 28),
];

fn error_number(why: &str) -> i64 {
    let more = [("Quantifier '", 29), ("Too many )'s", 30), ("Unknown property", 31)];
    let mut all = PARSE_ERRORS.iter().chain(&more);
    all.find(|(start, _)| why.starts_with(start)).map_or(0, |(_, number)| *number)
}

/// The compiled patterns of one thread, by options and pattern; what a loop uses over and over is tried first.
#[derive(Default)]
struct Cache {
    last: Option<(i64, Arc<Regex>)>,
    all: HashMap<i64, HashMap<Box<str>, Arc<Regex>>>,
    count: usize,
}

thread_local! {
    static CACHE: RefCell<Cache> = RefCell::default();
}

/// A pattern with options, compiled once per thread.
pub fn cached(pattern: &str, options: i64) -> Result<Arc<Regex>> {
    CACHE.with(|cache| {
        let mut cache = cache.borrow_mut();
        if let Some((of, last)) = &cache.last
            && *of == options
            && last.pattern() == pattern
        {
            return Ok(last.clone());
        }
        if let Some(found) = cache.all.get(&options).and_then(|by_pattern| by_pattern.get(pattern)) {
            let found = found.clone();
            cache.last = Some((options, found.clone()));
            return Ok(found);
        }
        let made = Arc::new(Regex::new(pattern, options)?);
        if cache.count >= CACHED_PATTERNS_MAX {
            *cache = Cache::default();
        }
        cache.count += 1;
        cache.all.entry(options).or_default().insert(pattern.into(), made.clone());
        cache.last = Some((options, made.clone()));
        Ok(made)
    })
}

/// A text as a pattern that fits only itself: `[regex]::Escape`.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{c}' => out.push_str("\\f"),
            '\\' | '*' | '+' | '?' | '|' | '{' | '[' | '(' | ')' | '^' | '$' | '.' | '#' | ' ' => {
                out.push('\\');
                out.push(c);
            }
            other => out.push(other),
        }
    }
    out
}

/// `[regex]::Unescape`.
pub fn unescape(text: &str) -> String {
    let (mut out, mut chars) = (String::with_capacity(text.len()), text.chars());
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('f') => out.push('\u{c}'),
            Some('v') => out.push('\u{b}'),
            Some('a') => out.push('\u{7}'),
            Some('e') => out.push('\u{1b}'),
            Some(kind @ ('x' | 'u')) => {
                let digits: String = chars.by_ref().take(if kind == 'x' { 2 } else { 4 }).collect();
                out.push(
                    u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32).unwrap_or('\u{fffd}'),
                );
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

/// `System.Text.RegularExpressions.Match`.
#[derive(Clone)]
pub struct Match {
    regex: Regex,
    subject: Text,
    start: usize,
    end: usize,
    /// The places of the groups behind the first, which is the whole.
    parts: Vec<Option<(usize, usize)>>,
    success: bool,
    /// Whether our own engine found it: the next one is looked for in the same way.
    by_own: bool,
    /// Where the match before it ended.
    origin: usize,
    /// How much of the text, in UTF-16 units, stands before the part that was searched.
    shift: i32,
}

impl Match {
    fn of(regex: &Regex, subject: &Text, captures: &fancy_regex::Captures<'_, str>) -> Match {
        let place = |slot: &usize| captures.get(*slot).map(|found| (found.start(), found.end()));
        let groups = regex.0.groups.iter().skip(1);
        let parts = groups.map(|group| group.slots.iter().rev().find_map(place)).collect();
        let (start, end) = captures.get(0).map_or((0, 0), |found| (found.start(), found.end()));
        let (regex, subject) = (regex.clone(), subject.clone());
        Match { regex, subject, start, end, parts, success: true, by_own: false, origin: 0, shift: 0 }
    }
    /// A match of a pattern without groups.
    fn plain(regex: &Regex, subject: &Text, (start, end): (usize, usize)) -> Match {
        let (regex, subject) = (regex.clone(), subject.clone());
        Match {
            regex,
            subject,
            start,
            end,
            parts: Vec::new(),
            success: true,
            by_own: false,
            origin: 0,
            shift: 0,
        }
    }
    fn of_own(regex: &Regex, subject: &Text, captures: &own::Captures) -> Match {
        let mut places = captures.iter().map(|group| group.last().copied());
        let (start, end) = places.next().flatten().unwrap_or_default();
        let parts = places.collect();
        let (regex, subject) = (regex.clone(), subject.clone());
        Match { regex, subject, start, end, parts, success: true, by_own: true, origin: 0, shift: 0 }
    }
    /// The place of the group of a number; the first is the whole match.
    fn place(&self, at: usize) -> Option<(usize, usize)> {
        match at.checked_sub(1) {
            None => self.success.then_some((self.start, self.end)),
            Some(at) => self.parts.get(at).copied().flatten(),
        }
    }
    /// The text of a group, empty where it took no part.
    fn part(&self, at: usize) -> &str {
        self.place(at).map_or("", |(start, end)| &self.subject[start..end])
    }
    /// Everything that a group captured, in order: only our own engine remembers more than the last.
    fn captures(&self, at: usize) -> Vec<(usize, usize)> {
        let last = self.place(at);
        if at == 0 || last.is_none() {
            return last.into_iter().collect();
        }
        let begin = if self.regex.is_backwards() { self.end } else { self.start };
        let from = Start { at: begin, origin: self.origin };
        let letters = own::Letters::of(&self.subject);
        let again = self.regex.own().and_then(|program| program.find(&letters, from).ok().flatten());
        match again {
            Some(again) if again[0].first() == Some(&(self.start, self.end)) => again[at].clone(),
            _ => last.into_iter().collect(),
        }
    }
    /// `Match.Empty`: nothing was found.
    pub fn failed(regex: &Regex, subject: &str) -> Match {
        let parts = vec![None; regex.0.groups.len() - 1];
        let (regex, subject) = (regex.clone(), subject.into());
        Match { regex, subject, start: 0, end: 0, parts, success: false, by_own: false, origin: 0, shift: 0 }
    }
    /// Where it starts and ends, in bytes.
    pub fn range(&self) -> (usize, usize) {
        (self.start, self.end)
    }
    /// The text that matched.
    pub fn text(&self) -> &str {
        &self.subject[self.start..self.end]
    }
    /// Whether anything was found.
    pub fn success(&self) -> bool {
        self.success
    }
    /// The next match behind this one.
    pub fn next(&self) -> Result<Match> {
        let from = self.regex.behind(&self.subject, self.start, self.end).filter(|_| self.success);
        let Some(from) = from else { return Ok(Match::failed(&self.regex, &self.subject)) };
        let literal = self.regex.literal(&self.subject);
        let engine = if literal.is_none() && !self.by_own { self.regex.engine() } else { None };
        let found = self.regex.with_engine(&self.subject, literal, engine).find(from)?;
        Ok(found.unwrap_or_else(|| Match::failed(&self.regex, &self.subject)))
    }
    /// `$Matches`: groups that took part, by number or name.
    pub fn as_dictionary(&self) -> Value {
        let made = Dictionary::new();
        let mut rows = Vec::new();
        for (at, group) in self.regex.0.groups.iter().enumerate() {
            let Some((start, end)) = self.place(at) else { continue };
            let key =
                group.name.parse::<i32>().map_or_else(|_| Value::from(group.name.as_str()), Value::Int32);
            rows.push((key, Value::from(&self.subject[start..end])));
        }
        // The enumeration of this table in PowerShell starts with named groups.
        for (key, value) in rows {
            made.insert(key, value);
        }
        made.into()
    }
    /// Its groups.
    pub fn groups(&self) -> Groups {
        Groups(self.clone())
    }
    /// `$match.Result('$1')`: a replacement pattern filled in.
    pub fn expand(&self, replacement: &str) -> String {
        let (mut out, mut rest) = (String::new(), replacement);
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let length = self.token(rest, &mut out);
            if length == 0 {
                out.push('$');
                rest = &rest[1..];
            } else {
                rest = &rest[length..];
            }
        }
        out.push_str(rest);
        out
    }

    /// One token at the start of `rest`; its length, or 0 when it is none.
    fn token(&self, rest: &str, out: &mut String) -> usize {
        let mut chars = rest[1..].chars();
        match chars.next() {
            Some('$') => out.push('$'),
            Some('&') => out.push_str(self.text()),
            Some('`') => out.push_str(&self.subject[..self.start]),
            Some('\'') => out.push_str(&self.subject[self.end..]),
            Some('_') => out.push_str(&self.subject),
            Some('+') => {
                out.push_str(self.part(self.parts.len()));
            }
            Some(digit) if digit.is_ascii_digit() => return self.number_token(rest, out),
            Some('{') => {
                let Some(end) = rest.find('}') else { return 0 };
                let Some(group) = group_of(&self.regex.0.groups, &rest[2..end]) else {
                    return 0;
                };
                out.push_str(self.part(group));
                return end + 1;
            }
            _ => return 0,
        }
        2
    }

    /// `$12`: the group of that whole number, or the text itself.
    fn number_token(&self, rest: &str, out: &mut String) -> usize {
        let digits = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
        let name = rest[1..=digits].trim_start_matches('0');
        let name = if name.is_empty() { "0" } else { name };
        let Some(group) = group_of(&self.regex.0.groups, name) else { return 0 };
        out.push_str(self.part(group));
        digits + 1
    }

    fn index_of(&self, byte: usize) -> i32 {
        self.shift + self.subject[..byte].encode_utf16().count() as i32
    }
    /// Its captures, or those of one of its groups: the last of them is the group itself.
    fn capture_list(&self, at: usize) -> Value {
        let of = |place| {
            let shift = self.shift;
            Value::typed(Capture { subject: self.subject.clone(), place, shift })
        };
        let mut all: Vec<Value> = self.captures(at).into_iter().map(of).collect();
        if let Some(last) = all.last_mut() {
            *last = self.groups().numbered(at as i64);
        }
        Value::typed(Collection::new(Flavour::Captures, Vec::new(), all))
    }
}

fn group_member(found: &Match, at: usize, name: &str) -> Option<Value> {
    let place = found.place(at);
    let (start, end) = place.unwrap_or((0, 0));
    Some(match name {
        "value" => Value::from(&found.subject[start..end]),
        "index" => Value::Int32(if place.is_some() { found.index_of(start) } else { 0 }),
        "length" => Value::Int32(found.subject[start..end].encode_utf16().count() as i32),
        "success" => Value::Bool(place.is_some()),
        "name" => found.regex.0.groups.get(at).map_or(Value::Null, |group| group.name.as_str().into()),
        "captures" => found.capture_list(at),
        "valuespan" => Value::Null,
        _ => return None,
    })
}

impl Typed for Match {
    fn type_name(&self) -> Text {
        "System.Text.RegularExpressions.Match".into()
    }
    fn text(&self) -> String {
        Match::text(self).to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        let lower = name.to_ascii_lowercase();
        match lower.as_str() {
            "groups" => Some(Value::typed(self.groups())),
            "success" => Some(Value::Bool(self.success)),
            "value" => Some(self.text().into()),
            "name" => Some("0".into()),
            "index" => Some(Value::Int32(self.index_of(self.start))),
            "length" => Some(Value::Int32(self.text().encode_utf16().count() as i32)),
            "captures" => Some(self.capture_list(0)),
            "valuespan" => Some(Value::Null),
            _ => None,
        }
    }
    fn member_names(&self) -> &'static [&'static str] {
        &["Groups", "Success", "Name", "Captures", "Index", "Length", "Value", "ValueSpan"]
    }
}

/// One of the places that a group matched.
#[derive(Clone)]
pub struct Capture {
    subject: Text,
    place: (usize, usize),
    shift: i32,
}

impl Typed for Capture {
    fn type_name(&self) -> Text {
        "System.Text.RegularExpressions.Capture".into()
    }
    fn text(&self) -> String {
        self.subject[self.place.0..self.place.1].to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        let units = |text: &str| text.encode_utf16().count() as i32;
        match name.to_ascii_lowercase().as_str() {
            "value" => Some(self.text().into()),
            "index" => Some(Value::Int32(self.shift + units(&self.subject[..self.place.0]))),
            "length" => Some(Value::Int32(units(&self.subject[self.place.0..self.place.1]))),
            "valuespan" => Some(Value::Null),
            _ => None,
        }
    }
    fn member_names(&self) -> &'static [&'static str] {
        &["Index", "Length", "Value", "ValueSpan"]
    }
}

/// A group of a match.
#[derive(Clone)]
pub struct Group {
    found: Match,
    at: usize,
}

impl Typed for Group {
    fn type_name(&self) -> Text {
        "System.Text.RegularExpressions.Group".into()
    }
    fn text(&self) -> String {
        self.found.part(self.at).to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        group_member(&self.found, self.at, &name.to_ascii_lowercase())
    }
    fn member_names(&self) -> &'static [&'static str] {
        &["Success", "Name", "Captures", "Index", "Length", "Value", "ValueSpan"]
    }
}

/// The groups of a match: by number, by name, one after the other.
#[derive(Clone)]
pub struct Groups(Match);

impl Groups {
    /// The names of the groups, by number.
    pub fn names(&self) -> Vec<String> {
        self.0.regex.0.groups.iter().map(|group| group.name.clone()).collect()
    }
    /// The group of that number.
    pub fn numbered(&self, number: i64) -> Value {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        if at == 0 {
            return Value::typed(self.0.clone());
        }
        Value::typed(Group { found: self.0.clone(), at })
    }
    /// The group of that name.
    pub fn named(&self, name: &str) -> Value {
        let at = group_of(&self.0.regex.0.groups, name);
        self.numbered(at.map_or(i64::MAX, |at| at as i64))
    }
}

impl Typed for Groups {
    fn type_name(&self) -> Text {
        "System.Text.RegularExpressions.GroupCollection".into()
    }
    fn text(&self) -> String {
        "System.Text.RegularExpressions.GroupCollection".to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn items(&self) -> Option<Vec<Value>> {
        Some((0..=self.0.parts.len()).map(|at| self.numbered(at as i64)).collect())
    }
}

impl Typed for Regex {
    fn type_name(&self) -> Text {
        "System.Text.RegularExpressions.Regex".into()
    }
    fn text(&self) -> String {
        self.0.pattern.clone()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    /// Two are the same only where they are one object.
    fn compare(&self, other: &dyn Typed) -> Option<std::cmp::Ordering> {
        let other = other.as_any().downcast_ref::<Regex>()?;
        self.is(other).then_some(std::cmp::Ordering::Equal)
    }
}
