//! The filter language of `-Filter`: text in, a tree of tests on declared properties out.
//!
//!     filter = test *( ("-and" / "-or") test )          ; from left to right, neither binds tighter
//!     test   = ["-not"] ( "(" filter ")" / property operator value )
//!     value  = "'" text "'" / DQUOTE text DQUOTE / word / "$true" / "$false" / "$null"
//!
//! Names, operators and text are compared without case. A whole filter may stand in braces. What a
//! property's value is comes from the caller, so that the directory can answer from an index.

use crate::property::Spec;
use crate::types::{DateTime, Kind, ObjectId, ProxyAddress, TimeSpan, kinds};
use crate::{Error, ErrorId, Result, Value};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

/// Longer filters are refused: scripts that join a thousand names with -or should pipe them instead.
pub const FILTER_BYTES_MAX: usize = 64 * 1024;
/// Deeper brackets are refused, so that neither reading nor evaluating one can exhaust the stack.
pub const FILTER_NESTING_MAX: usize = 64;
/// More tests are refused: each costs time on every object.
pub const FILTER_TESTS_MAX: usize = 1000;

/// A filter: which objects are wanted.
#[derive(Clone, Debug)]
pub enum Filter {
    /// All of them hold.
    And(Vec<Filter>),
    /// At least one of them holds.
    Or(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// One property against one value.
    Test(Test),
}

/// One property against one value.
#[derive(Clone, Debug)]
pub struct Test {
    /// The property, as its noun declares it.
    pub property: &'static Spec,
    /// How it is compared.
    pub operator: Operator,
    /// The value, of the property's kind; text with `*` for `-like`; `$null` for "not set".
    pub value: Value,
}

/// How a property is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `-eq`; of a list: contains.
    Eq,
    /// `-ne`; of a list: does not contain.
    Ne,
    /// `-lt`
    Lt,
    /// `-le`
    Le,
    /// `-gt`
    Gt,
    /// `-ge`
    Ge,
    /// `-like`: `*` stands for any text.
    Like,
    /// `-notlike`
    NotLike,
}

const OPERATORS: [(&str, Operator); 8] = [
    ("-eq", Operator::Eq),
    ("-ne", Operator::Ne),
    ("-lt", Operator::Lt),
    ("-le", Operator::Le),
    ("-gt", Operator::Gt),
    ("-ge", Operator::Ge),
    ("-like", Operator::Like),
    ("-notlike", Operator::NotLike),
];

/// How a filter finds the property that a word means: mostly a noun's `filter_property`.
pub type Properties<'a> = &'a dyn Fn(&str) -> Option<&'static Spec>;

impl Filter {
    /// Reads a filter. `properties` finds the property that a word means.
    pub fn parse(text: &str, properties: Properties<'_>) -> Result<Filter> {
        if text.len() > FILTER_BYTES_MAX {
            let message = format!("The filter is longer than {FILTER_BYTES_MAX} bytes.");
            return Err(Error::limit(ErrorId::FilterTooLong, message).about("Filter"));
        }
        let mut reader = Reader { words: words(text)?, at: 0, tests: 0, properties };
        let braced = reader.take_if(|word| matches!(word, Word::Sign('{')));
        let filter = reader.filter(0)?;
        if braced && !reader.take_if(|word| matches!(word, Word::Sign('}'))) {
            return Err(reader.expected("a closing brace"));
        }
        match reader.words.get(reader.at) {
            None => Ok(filter),
            Some(_) => Err(reader.expected("-and, -or or the end")),
        }
    }

    /// Whether an object is wanted; `read` gives the value of one of its properties.
    pub fn matches(&self, read: &dyn Fn(&'static Spec) -> Value) -> bool {
        match self {
            Filter::And(all) => all.iter().all(|filter| filter.matches(read)),
            Filter::Or(any) => any.iter().any(|filter| filter.matches(read)),
            Filter::Not(inner) => !inner.matches(read),
            Filter::Test(test) => test.matches(&read(test.property)),
        }
    }

    /// The tests that every wanted object passes, so that one of them can be answered by an index.
    pub fn required(&self) -> Vec<&Test> {
        match self {
            Filter::Test(test) => vec![test],
            Filter::And(all) => all.iter().flat_map(Filter::required).collect(),
            Filter::Or(_) | Filter::Not(_) => Vec::new(),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, parts: &[Filter], word: &str| {
            f.write_str("(")?;
            for (at, part) in parts.iter().enumerate() {
                write!(f, "{}{part}", if at == 0 { "" } else { word })?;
            }
            f.write_str(")")
        };
        match self {
            Filter::And(parts) => joined(f, parts, " -and "),
            Filter::Or(parts) => joined(f, parts, " -or "),
            Filter::Not(inner) => write!(f, "-not ({inner})"),
            Filter::Test(test) => write!(f, "{test}"),
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = OPERATORS.iter().find(|(_, operator)| *operator == self.operator).map_or("", |row| row.0);
        let name = self.property.filter_name.unwrap_or(self.property.name);
        match &self.value {
            Value::Null => write!(f, "{name} {word} $null"),
            Value::Bool(value) => write!(f, "{name} {word} ${value}"),
            value => write!(f, "{name} {word} '{}'", value.to_string().replace('\'', "''")),
        }
    }
}

impl Test {
    /// Whether `value`, or any element of it when it is a list, passes.
    pub fn matches(&self, value: &Value) -> bool {
        // Most values are no list, and are looked at where they are.
        let list;
        let items = match value {
            Value::Array(_) | Value::Typed(_) => {
                list = value.items();
                &list[..]
            }
            Value::Null => &[],
            one => std::slice::from_ref(one),
        };
        let any = |pass: &dyn Fn(&Value) -> bool| items.iter().any(pass);
        let order = |wanted: &[Ordering]| {
            any(&|item| compare(item, &self.value).is_some_and(|order| wanted.contains(&order)))
        };
        match self.operator {
            Operator::Eq if self.value.is_null() => is_unset(items),
            Operator::Ne if self.value.is_null() => !is_unset(items),
            Operator::Eq => any(&|item| same(item, &self.value)),
            Operator::Ne => !any(&|item| same(item, &self.value)),
            Operator::Lt => order(&[Ordering::Less]),
            Operator::Le => order(&[Ordering::Less, Ordering::Equal]),
            Operator::Gt => order(&[Ordering::Greater]),
            Operator::Ge => order(&[Ordering::Greater, Ordering::Equal]),
            Operator::Like => self.likes(items),
            Operator::NotLike => !self.likes(items),
        }
    }

    fn likes(&self, items: &[Value]) -> bool {
        let pattern = text(&self.value);
        items.iter().any(|item| like(&text(item), &pattern))
    }
}

/// The text of a value; that of a text is not copied.
fn text(value: &Value) -> Cow<'_, str> {
    value.as_str().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed)
}

/// Nothing, or only empty text: the directory does not tell the two apart.
fn is_unset(items: &[Value]) -> bool {
    items.iter().all(|item| item.as_str().is_some_and(str::is_empty) || item.is_null())
}

fn same(item: &Value, wanted: &Value) -> bool {
    if let Some(id) = item.downcast::<ObjectId>() {
        return names(id, wanted);
    }
    if let (Some(address), Some(wanted)) =
        (item.downcast::<ProxyAddress>(), wanted.downcast::<ProxyAddress>())
    {
        // The prefix's case only says "primary", and -eq ignores it.
        return address.folded() == wanted.folded();
    }
    compare(item, wanted) == Some(Ordering::Equal)
}

/// Whether what a person wrote names the object that `id` refers to.
fn names(id: &ObjectId, wanted: &Value) -> bool {
    if let Some(other) = wanted.downcast::<ObjectId>()
        && *other == *id
    {
        return true;
    }
    let wanted = wanted.to_string();
    let guid = id.guid.to_string();
    [&*id.distinguished_name, &*id.shown, &*id.name, &guid]
        .iter()
        .any(|name| !name.is_empty() && folded(name) == folded(&wanted))
}

/// The order of two values of one kind; text without case; `None` where there is none.
pub fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Typed(left), Value::Typed(right)) => left.compare(&**right),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::DateTime(left), Value::DateTime(right)) => Some(DateTime::cmp(left, right)),
        (Value::TimeSpan(left), Value::TimeSpan(right)) => Some(TimeSpan::cmp(left, right)),
        (Value::Guid(left), Value::Guid(right)) => Some(left.cmp(right)),
        (left, right) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => Some(folded(&left.to_string()).cmp(&folded(&right.to_string()))),
        },
    }
}

fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// Whether `text` fits `pattern`, in which `*` stands for any text; without case.
fn like(text: &str, pattern: &str) -> bool {
    if text.len() <= PLAIN_BYTES_MAX && text.is_ascii() && pattern.is_ascii() {
        return like_plain(text.as_bytes(), pattern.as_bytes());
    }
    let (text, pattern) = (folded(text), folded(pattern));
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Longer texts are searched in a way that does not take the product of both lengths.
const PLAIN_BYTES_MAX: usize = 512;

/// The same for ASCII, where nothing needs to be copied to compare without case: a filter that no index serves asks it of
/// every object.
fn like_plain(text: &[u8], pattern: &[u8]) -> bool {
    let mut parts = pattern.split(|byte| *byte == b'*');
    let first = parts.next().unwrap_or_default();
    let begins =
        |text: &[u8], part: &[u8]| text.get(..part.len()).is_some_and(|head| head.eq_ignore_ascii_case(part));
    if !begins(text, first) {
        return false;
    }
    let mut rest = &text[first.len()..];
    let Some(mut part) = parts.next() else { return rest.is_empty() };
    for next in parts {
        match find_plain(rest, part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
        part = next;
    }
    rest.len() >= part.len() && rest[rest.len() - part.len()..].eq_ignore_ascii_case(part)
}

/// Where a part stands in a text, in any case.
fn find_plain(text: &[u8], part: &[u8]) -> Option<usize> {
    let Some((first, more)) = part.split_first() else { return Some(0) };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let last = text.len().checked_sub(part.len())?;
    let stands = |at: &usize| {
        let byte = text[*at];
        (byte == lower || byte == upper) && text[at + 1..at + part.len()].eq_ignore_ascii_case(more)
    };
    (0..=last).find(stands)
}

/// A word of a filter and where it starts.
#[derive(Debug)]
enum Word {
    /// A property, an operator, a number or a variable.
    Bare(String),
    /// Text in quotes.
    Quoted(String),
    /// `(`, `)`, `{`, `}`.
    Sign(char),
}

fn words(text: &str) -> Result<Vec<(usize, Word)>> {
    let mut words = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        match c {
            _ if c.is_whitespace() => {}
            '(' | ')' | '{' | '}' => words.push((at, Word::Sign(c))),
            '\'' | '"' => words.push((at, quoted(c, &mut rest, at)?)),
            _ => {
                let mut word = String::from(c);
                while let Some((_, c)) = rest.next_if(|(_, c)| !c.is_whitespace() && !"(){}'\"".contains(*c))
                {
                    word.push(c);
                }
                words.push((at, Word::Bare(word)));
            }
        }
    }
    Ok(words)
}

type Chars<'a> = std::iter::Peekable<std::str::CharIndices<'a>>;

/// Text up to the closing quote; a doubled quote stands for one.
fn quoted(quote: char, rest: &mut Chars<'_>, from: usize) -> Result<Word> {
    let mut text = String::new();
    loop {
        match rest.next() {
            None => return Err(malformed(from, format!("the quote {quote} is never closed"))),
            Some((_, c)) if c != quote => text.push(c),
            Some(_) if rest.next_if(|(_, c)| *c == quote).is_some() => text.push(quote),
            Some(_) => return Ok(Word::Quoted(text)),
        }
    }
}

fn malformed(at: usize, what: impl fmt::Display) -> Error {
    let message = format!(
        "Cannot bind parameter 'Filter' to the target. Exception setting \"Filter\": \"Invalid filter syntax \
         at character {}: {what}.\"",
        at + 1
    );
    Error::caller(ErrorId::InvalidFilter, message)
        .help("Write for example: Department -eq 'Sales' -and Alias -like 'a*'.")
        .about("Filter")
}

struct Reader<'a> {
    words: Vec<(usize, Word)>,
    at: usize,
    tests: usize,
    properties: Properties<'a>,
}

impl Reader<'_> {
    fn take_if(&mut self, wanted: impl Fn(&Word) -> bool) -> bool {
        let taken = self.words.get(self.at).is_some_and(|(_, word)| wanted(word));
        self.at += usize::from(taken);
        taken
    }

    fn take_word(&mut self, wanted: &str) -> bool {
        self.take_if(|word| matches!(word, Word::Bare(word) if word.eq_ignore_ascii_case(wanted)))
    }

    fn expected(&self, what: &str) -> Error {
        let end = self.words.last().map_or(0, |(at, _)| at + 1);
        let (at, found) = match self.words.get(self.at) {
            Some((at, Word::Bare(word) | Word::Quoted(word))) => (*at, format!("'{word}'")),
            Some((at, Word::Sign(sign))) => (*at, format!("'{sign}'")),
            None => (end, "the end".to_owned()),
        };
        malformed(at, format!("{what} is expected, not {found}"))
    }

    fn filter(&mut self, depth: usize) -> Result<Filter> {
        if depth > FILTER_NESTING_MAX {
            let message = format!("The filter is nested deeper than {FILTER_NESTING_MAX} brackets.");
            return Err(Error::limit(ErrorId::FilterTooDeep, message).about("Filter"));
        }
        let mut left = self.term(depth)?;
        loop {
            if self.take_word("-and") {
                left = joined(left, self.term(depth)?, true);
            } else if self.take_word("-or") {
                left = joined(left, self.term(depth)?, false);
            } else {
                return Ok(left);
            }
        }
    }

    fn term(&mut self, depth: usize) -> Result<Filter> {
        let mut negated = false;
        while self.take_word("-not") || self.take_word("!") {
            negated = !negated;
        }
        let term = if self.take_if(|word| matches!(word, Word::Sign('('))) {
            let inner = self.filter(depth + 1)?;
            if !self.take_if(|word| matches!(word, Word::Sign(')'))) {
                return Err(self.expected("-and, -or or a closing bracket"));
            }
            inner
        } else {
            Filter::Test(self.test()?)
        };
        Ok(if negated { Filter::Not(Box::new(term)) } else { term })
    }

    fn test(&mut self) -> Result<Test> {
        self.tests += 1;
        if self.tests > FILTER_TESTS_MAX {
            let message = format!("The filter has more than {FILTER_TESTS_MAX} tests.");
            return Err(Error::limit(ErrorId::FilterTooLong, message).about("Filter"));
        }
        let property = self.property()?;
        let operator = self.operator()?;
        let value = self.value(property, operator)?;
        Ok(Test { property, operator, value })
    }

    fn property(&mut self) -> Result<&'static Spec> {
        let Some((_, Word::Bare(word))) = self.words.get(self.at) else {
            return Err(self.expected("the name of a property"));
        };
        let Some(property) = (self.properties)(word) else {
            let message = format!(
                "Cannot bind parameter 'Filter' to the target. Exception setting \"Filter\": \"\"{word}\" is not \
                 a recognized filterable property.\""
            );
            return Err(Error::caller(ErrorId::UnknownFilterProperty, message)
                .about("Filter")
                .target(word.to_owned()));
        };
        self.at += 1;
        Ok(property)
    }

    fn operator(&mut self) -> Result<Operator> {
        let Some((_, Word::Bare(word))) = self.words.get(self.at) else {
            return Err(self.expected("an operator such as -eq or -like"));
        };
        let found = OPERATORS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
        let Some((_, operator)) = found else {
            return Err(self.expected("an operator (-eq -ne -lt -le -gt -ge -like -notlike)"));
        };
        self.at += 1;
        Ok(*operator)
    }

    fn value(&mut self, property: &'static Spec, operator: Operator) -> Result<Value> {
        let (text, bare) = match self.words.get(self.at) {
            Some((_, Word::Bare(word))) => (word.clone(), true),
            Some((_, Word::Quoted(text))) => (text.clone(), false),
            _ => return Err(self.expected("a value")),
        };
        self.at += 1;
        if bare && text.starts_with('$') {
            return variable(&text, property);
        }
        if matches!(operator, Operator::Like | Operator::NotLike) {
            return pattern(text, property);
        }
        if text.is_empty() {
            return Ok(Value::Null); // -eq '' asks for what is not set, as -eq $null does
        }
        read(&text.into(), property)
    }
}

/// `$true`, `$false`, `$null`: other variables cannot be known here.
fn variable(text: &str, property: &'static Spec) -> Result<Value> {
    match text.to_ascii_lowercase().as_str() {
        "$null" => Ok(Value::Null),
        "$true" => read(&true.into(), property),
        "$false" => read(&false.into(), property),
        _ => Err(Error::caller(
            ErrorId::UnknownFilterVariable,
            format!("The filter names the variable {text}."),
        )
        .help("Write the filter in double quotes, so that the variable's value stands in it.")
        .about("Filter")),
    }
}

/// Wildcards need text: a GUID, a number or a word of a list is compared with -eq. A star alone asks of anything whether it
/// is set.
fn pattern(text: String, property: &'static Spec) -> Result<Value> {
    let texts: [&Kind; 5] =
        [&kinds::STRING, &kinds::SMTP_ADDRESS, &kinds::SMTP_DOMAIN, &kinds::PROXY_ADDRESS, &kinds::ANY];
    if text == "*" || texts.iter().any(|kind| std::ptr::eq(*kind, property.kind)) {
        return Ok(text.into());
    }
    let message = format!("The property {} can't be compared with -like: it is not text.", property.name);
    Err(Error::caller(ErrorId::InvalidFilter, message)
        .help("Use -eq or -ne; -like '*' asks whether it is set.")
        .about("Filter"))
}

fn read(value: &Value, property: &'static Spec) -> Result<Value> {
    (property.kind.read)(value).map_err(|error| {
        let message =
            format!("The filter compares {} with a wrong value: {}", property.name, error.message());
        let wrapped = Error::caller(ErrorId::InvalidFilter, message).about("Filter");
        match error.help_line() {
            Some(help) => wrapped.help(help),
            None => wrapped,
        }
    })
}

/// `left` and `right` under one node where `left` is already of that kind: `a -or b -or c` stays flat,
/// so that evaluating a long chain needs no deep stack.
fn joined(left: Filter, right: Filter, and: bool) -> Filter {
    match (left, and) {
        (Filter::And(mut parts), true) => {
            parts.push(right);
            Filter::And(parts)
        }
        (Filter::Or(mut parts), false) => {
            parts.push(right);
            Filter::Or(parts)
        }
        (left, true) => Filter::And(vec![left, right]),
        (left, false) => Filter::Or(vec![left, right]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{ByteQuantifiedSize, Unlimited};
    use crate::{Declared, Property};

    static ALIAS: Property<String> = Property::new("Alias", "The alias.");
    static COUNT: Property<i32> = Property::new("Count", "A count.");
    static HIDDEN: Property<bool> = Property::new("Hidden", "Whether hidden.");
    static QUOTA: Property<Unlimited<ByteQuantifiedSize>> = Property::new("Quota", "A quota.");
    static ADDRESSES: Property<ProxyAddress> = Property::new("EmailAddresses", "Addresses.").many();

    fn find(word: &str) -> Option<&'static Spec> {
        let all: [&'static dyn Declared; 5] = [&ALIAS, &COUNT, &HIDDEN, &QUOTA, &ADDRESSES];
        all.into_iter().map(Declared::spec).find(|spec| spec.name.eq_ignore_ascii_case(word))
    }

    fn ann(spec: &Spec) -> Value {
        let read = |text: &str| (spec.kind.read)(&text.into()).unwrap();
        match spec.name {
            "Alias" => "Ann.Berg".into(),
            "Count" => 7.into(),
            "Quota" => read("2GB"),
            "EmailAddresses" => Value::array([read("SMTP:ann@contoso.com"), read("smtp:a@contoso.com")]),
            _ => Value::Null,
        }
    }

    fn wanted(filter: &str) -> String {
        match Filter::parse(filter, &find) {
            Ok(filter) => filter.matches(&|spec| ann(spec)).to_string(),
            Err(error) => error.id().to_owned(),
        }
    }

    #[test]
    fn filters_choose_as_exchange_does() {
        for (filter, answer) in [
            ("Alias -eq 'ann.berg'", "true"),
            ("{ alias -EQ \"ANN.BERG\" }", "true"),
            ("Alias -like 'ann*'", "true"),
            ("Alias -like '*n*b*g'", "true"),
            ("Alias -like 'ann'", "false"),
            ("Alias -notlike 'b*'", "true"),
            ("Alias -ne $null", "true"),
            ("Hidden -eq $null", "true"),
            ("Hidden -eq $true", "false"),
            ("Count -gt 6 -and Count -le 7", "true"),
            ("Count -gt 7 -or Alias -eq 'x' -or Count -lt 8", "true"),
            ("Count -eq 1 -or Count -eq 7 -and Count -eq 8", "false"),
            ("Count -eq 7 -or (Count -eq 7 -and Count -eq 8)", "true"),
            ("-not (Count -eq 7)", "false"),
            ("-not -not Count -eq 7", "true"),
            ("Quota -lt 3GB", "true"),
            ("Quota -eq 'unlimited'", "false"),
            ("EmailAddresses -eq 'A@contoso.com'", "true"),
            ("EmailAddresses -ne 'a@contoso.com'", "false"),
            ("EmailAddresses -like 'smtp:a@*'", "true"),
            ("EmailAddresses -like 'a@*'", "false"),
            ("Alias -eq 'o''neil'", "false"),
            ("Nothing -eq 1", "UnknownFilterProperty"),
            ("Alias -eq $name", "UnknownFilterVariable"),
            ("Count -like '7*'", "InvalidFilter"),
            ("Count -like '*'", "true"),
            ("Quota -notlike '*'", "false"),
            ("Hidden -like '*'", "false"),
            ("Hidden -notlike '*'", "true"),
            ("Count -eq 'seven'", "InvalidFilter"),
            ("Alias -eq 'open", "InvalidFilter"),
            ("Alias -is 'x'", "InvalidFilter"),
            ("(Alias -eq 'x'", "InvalidFilter"),
            ("Alias -eq 'x')", "InvalidFilter"),
            ("Alias -eq", "InvalidFilter"),
            ("", "InvalidFilter"),
        ] {
            assert_eq!(wanted(filter), answer, "{filter}");
        }
    }

    /// What is compared without a copy answers as what is: a letter beyond ASCII before both makes the difference.
    #[test]
    fn both_ways_of_comparing_with_stars_answer_alike() {
        let texts = ["", "a", "ab", "abab", "aXbXc", "SMTP:Ann@Contoso.com", "***"];
        let patterns =
            ["", "*", "**", "a*", "*B", "a*b", "*x*", "a*x*c", "ab*ab", "abab*ab", "*ann@*.com", "b"];
        for (text, pattern) in texts.iter().flat_map(|text| patterns.map(|pattern| (text, pattern))) {
            let slow = like(&format!("ä{text}"), &format!("Ä{pattern}"));
            assert_eq!(like(text, pattern), slow, "{text:?} like {pattern:?}");
        }
    }

    #[test]
    fn limits_have_names() {
        assert_eq!(wanted(&"(".repeat(100_000)), "FilterTooLong");
        assert_eq!(wanted(&"(".repeat(100)), "FilterTooDeep");
        assert_eq!(wanted(&"Count -eq 1 -or ".repeat(2000)), "FilterTooLong");
        assert_eq!(wanted(&format!("{}Count -eq 7", "-not ".repeat(10_000))), "true");
    }

    #[test]
    fn what_is_written_reads_as_the_same_filter() {
        let text = "Alias -eq 'o''neil' -and -not (Count -lt 3) -or Hidden -eq $true";
        let once = Filter::parse(text, &find).unwrap().to_string();
        assert_eq!(Filter::parse(&once, &find).unwrap().to_string(), once);
        assert_eq!(once, "((Alias -eq 'o''neil' -and -not (Count -lt '3')) -or Hidden -eq $true)");
    }

    #[test]
    fn an_index_may_answer_what_every_wanted_object_passes() {
        let filter = Filter::parse("Alias -eq 'ann' -and (Count -eq 1 -or Count -eq 2)", &find).unwrap();
        let names: Vec<&str> = filter.required().iter().map(|test| test.property.name).collect();
        assert_eq!(names, ["Alias"]);
    }
}
