//! The operators with words: comparisons with their case variants, matching, splitting, joining, logic.
//! A list on the left filters or maps, as PowerShell's do.

use crate::arithmetic::{self, Arithmetic};
use crate::compare;
use crate::convert;
use crate::engine::Engine;
use crate::exception::{Exception, Result};
use crate::format;
use crate::member;
use crate::regex::{self, Regex};
use crate::text;
use crate::types::{Type, class_of};
use crate::values::{self, base};
use crate::wildcard::Wildcard;
use object::Value;
use object::value::Array;
use std::cmp::Ordering;

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the operators'")]
pub enum Operator {
    Arithmetic(Arithmetic),
    Range,
    Format,
    And,
    Or,
    Xor,
    Is,
    IsNot,
    As,
    Join,
    Equal(Case),
    NotEqual(Case),
    Less(Case),
    LessEqual(Case),
    Greater(Case),
    GreaterEqual(Case),
    Like(Case),
    NotLike(Case),
    Match(Case),
    NotMatch(Case),
    Replace(Case),
    Split(Case),
    Contains(Case),
    NotContains(Case),
    In(Case),
    NotIn(Case),
}

/// Whether letters' case counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// `a` is `A` (`-eq`, `-ieq`).
    Ignored,
    /// `a` is not `A` (`-ceq`).
    Counts,
}

impl Case {
    fn ignored(self) -> bool {
        self == Case::Ignored
    }
}

impl Operator {
    /// The operator of a sign or a word, with or without its dash, any case: `+`, `-ceq`, `..`.
    pub fn named(word: &str) -> Option<Operator> {
        use Operator as O;
        let lower =
            word.strip_prefix('-').filter(|rest| !rest.is_empty()).unwrap_or(word).to_ascii_lowercase();
        Some(match lower.as_str() {
            "+" => O::Arithmetic(Arithmetic::Add),
            "-" => O::Arithmetic(Arithmetic::Subtract),
            "*" => O::Arithmetic(Arithmetic::Multiply),
            "/" => O::Arithmetic(Arithmetic::Divide),
            "%" => O::Arithmetic(Arithmetic::Remainder),
            "shl" => O::Arithmetic(Arithmetic::ShiftLeft),
            "shr" => O::Arithmetic(Arithmetic::ShiftRight),
            "band" => O::Arithmetic(Arithmetic::BitAnd),
            "bor" => O::Arithmetic(Arithmetic::BitOr),
            "bxor" => O::Arithmetic(Arithmetic::BitXor),
            ".." => O::Range,
            "f" => O::Format,
            "and" => O::And,
            "or" => O::Or,
            "xor" => O::Xor,
            "is" => O::Is,
            "isnot" => O::IsNot,
            "as" => O::As,
            "join" => O::Join,
            other => return O::with_case(other, Case::Ignored).or_else(|| O::cased(other)),
        })
    }
    fn cased(word: &str) -> Option<Operator> {
        let rest = word.get(1..)?;
        match word.as_bytes().first()? {
            b'c' => Operator::with_case(rest, Case::Counts),
            b'i' => Operator::with_case(rest, Case::Ignored),
            _ => None,
        }
    }
    fn with_case(word: &str, case: Case) -> Option<Operator> {
        use Operator as O;
        Some(match word {
            "eq" => O::Equal(case),
            "ne" => O::NotEqual(case),
            "lt" => O::Less(case),
            "le" => O::LessEqual(case),
            "gt" => O::Greater(case),
            "ge" => O::GreaterEqual(case),
            "like" => O::Like(case),
            "notlike" => O::NotLike(case),
            "match" => O::Match(case),
            "notmatch" => O::NotMatch(case),
            "replace" => O::Replace(case),
            "split" => O::Split(case),
            "contains" => O::Contains(case),
            "notcontains" => O::NotContains(case),
            "in" => O::In(case),
            "notin" => O::NotIn(case),
            _ => return None,
        })
    }
}

/// Works out `left operator right`. A match that is found is handed to [`Engine::set_matches`].
pub fn binary(engine: &mut dyn Engine, operator: Operator, left: &Value, right: &Value) -> Result<Value> {
    if !member::speaks(left) && !member::speaks(right) {
        return plain(engine, operator, left, right);
    }
    if let Some(answer) = by_class(engine, operator, left, right)? {
        return Ok(answer);
    }
    if let (Operator::Match(case) | Operator::NotMatch(case), Some(items)) = (operator, list(left)) {
        let wanted = matches!(operator, Operator::Match(_));
        return matching_elements(engine, items, right, (case, wanted));
    }
    let (spoken_left, spoken_right) = with_own_texts(engine, operator, left, right)?;
    let result = plain(engine, operator, &spoken_left, &spoken_right);
    match result {
        Err(error) if error.error_id() == "PSObjectCompareTo" => {
            let (left, right) = (member::to_string(engine, left)?, member::to_string(engine, right)?);
            Err(compare::without_order(&left, &right))
        }
        result => result,
    }
}

/// What the class of the left operand makes of an operator, by .NET's names for them; `None`: nothing.
fn by_class(
    engine: &mut dyn Engine,
    operator: Operator,
    left: &Value,
    right: &Value,
) -> Result<Option<Value>> {
    use Operator as O;
    let Some(class) = class_of(left).cloned() else { return Ok(None) };
    let pair = [left.clone(), right.clone()];
    let one = std::slice::from_ref(right);
    match operator {
        O::Equal(_) | O::NotEqual(_) => {
            let answer = engine.class_call(&class, Some(left), "Equals", one)?;
            let wanted = matches!(operator, O::Equal(_));
            Ok(answer.map(|answer| Value::Bool(compare::truth(&answer.unwrap_or_default()) == wanted)))
        }
        O::Less(_) | O::LessEqual(_) | O::Greater(_) | O::GreaterEqual(_) => {
            let answer = engine.class_call(&class, Some(left), "CompareTo", one)?;
            Ok(answer.and_then(|answer| answer.unwrap_or_default().as_i64()).map(|order| {
                Value::Bool(match operator {
                    O::Less(_) => order < 0,
                    O::LessEqual(_) => order <= 0,
                    O::Greater(_) => order > 0,
                    _ => order >= 0,
                })
            }))
        }
        O::Arithmetic(arithmetic) => {
            let answer = engine.class_call(&class, None, arithmetic.method(), &pair)?;
            Ok(answer.map(Option::unwrap_or_default))
        }
        _ => Ok(None),
    }
}

/// The operands of an operator that works on text, where a script makes the text of one of them.
fn with_own_texts(
    engine: &mut dyn Engine,
    operator: Operator,
    left: &Value,
    right: &Value,
) -> Result<(Value, Value)> {
    use Operator as O;
    let is_text = |value: &Value| match value {
        Value::String(_) => true,
        other => list(other).is_some_and(|items| matches!(items.first(), Some(Value::String(_)))),
    };
    let (on_left, on_right) = match operator {
        O::Format => (false, true),
        O::Join | O::Like(_) | O::NotLike(_) | O::Match(_) | O::NotMatch(_) | O::Replace(_) | O::Split(_) => {
            (true, true)
        }
        O::In(_) | O::NotIn(_) => (false, false),
        O::Arithmetic(Arithmetic::Add)
        | O::Equal(_)
        | O::NotEqual(_)
        | O::Less(_)
        | O::LessEqual(_)
        | O::Greater(_)
        | O::GreaterEqual(_)
        | O::Contains(_)
        | O::NotContains(_) => (false, is_text(left) && list(right).is_none()),
        _ => (false, false),
    };
    let left = if on_left { member::spoken(engine, left)? } else { left.clone() };
    let right = if on_right { member::spoken(engine, right)? } else { right.clone() };
    Ok((left, right))
}

fn plain(engine: &mut dyn Engine, operator: Operator, left: &Value, right: &Value) -> Result<Value> {
    use Operator as O;
    let bool = |b: bool| Ok(Value::Bool(b));
    match operator {
        O::Arithmetic(operator) => arithmetic::apply(operator, left, right, engine.locale()),
        O::Range => arithmetic::range(left, right),
        O::Format => format::operator(left, right, engine.locale()),
        O::And => bool(compare::truth(left) && compare::truth(right)),
        O::Or => bool(compare::truth(left) || compare::truth(right)),
        O::Xor => bool(compare::truth(left) != compare::truth(right)),
        O::Is => is(engine, left, right).map(Value::Bool),
        O::IsNot => is(engine, left, right).map(|is| Value::Bool(!is)),
        O::As => as_type(engine, left, right),
        O::Join => join(left, right, engine),
        O::Equal(case) => {
            filter(left, |item| Ok(compare::equal(item, right, case.ignored(), engine.locale())))
        }
        O::NotEqual(case) => {
            filter(left, |item| Ok(!compare::equal(item, right, case.ignored(), engine.locale())))
        }
        O::Less(case) => ordered(engine, left, right, case, |order| order == Ordering::Less),
        O::LessEqual(case) => ordered(engine, left, right, case, |order| order != Ordering::Greater),
        O::Greater(case) => ordered(engine, left, right, case, |order| order == Ordering::Greater),
        O::GreaterEqual(case) => ordered(engine, left, right, case, |order| order != Ordering::Less),
        O::Like(case) => like(engine, left, right, case, true),
        O::NotLike(case) => like(engine, left, right, case, false),
        O::Match(case) => matching(engine, left, right, case, true),
        O::NotMatch(case) => matching(engine, left, right, case, false),
        O::Replace(case) => replace(engine, left, right, case),
        O::Split(case) => split(engine, left, right, case),
        O::Contains(case) => bool(contains(engine, left, right, case)),
        O::NotContains(case) => bool(!contains(engine, left, right, case)),
        O::In(case) => bool(contains(engine, right, left, case)),
        O::NotIn(case) => bool(!contains(engine, right, left, case)),
    }
}

/// The elements, when the value is a list.
fn list(value: &Value) -> Option<Vec<Value>> {
    match base(value) {
        Value::Array(array) => Some(array.to_vec()),
        Value::Typed(typed) => typed.items(),
        _ => None,
    }
}

/// A single value is tested, a list is filtered.
fn filter(left: &Value, mut test: impl FnMut(&Value) -> Result<bool>) -> Result<Value> {
    let Some(items) = list(left) else { return test(left).map(Value::Bool) };
    let mut kept = Vec::new();
    for item in items {
        if test(&item)? {
            kept.push(item);
        }
    }
    Ok(Value::array(kept))
}

fn ordered(
    engine: &dyn Engine,
    left: &Value,
    right: &Value,
    case: Case,
    test: fn(Ordering) -> bool,
) -> Result<Value> {
    let locale = engine.locale();
    filter(left, |item| {
        if not_a_number(item) || not_a_number(right) {
            return Ok(false);
        }
        compare::compare(item, right, case.ignored(), locale).map(test)
    })
}

fn not_a_number(value: &Value) -> bool {
    matches!(base(value), Value::Double(n) if n.is_nan())
}

fn is(engine: &mut dyn Engine, left: &Value, right: &Value) -> Result<bool> {
    let of = type_operand(engine, right)?;
    Ok(convert::is(left, &of))
}

fn type_operand(engine: &mut dyn Engine, right: &Value) -> Result<Type> {
    if let Some(of) = base(right).downcast::<Type>() {
        return Ok(of.clone());
    }
    let name = text::to_text(right, engine.locale());
    Type::parse(&name).or_else(|| engine.script_type(&name)).ok_or_else(|| {
        let message = format!("Unable to find type [{name}].");
        Exception::runtime("TypeNotFound", message).target(name.as_str())
    })
}

fn as_type(engine: &mut dyn Engine, left: &Value, right: &Value) -> Result<Value> {
    let of = type_operand(engine, right)?;
    if left.is_null() {
        return Ok(Value::Null);
    }
    Ok(convert::to(left, &of, engine.locale()).unwrap_or_default())
}

fn join(left: &Value, right: &Value, engine: &dyn Engine) -> Result<Value> {
    let locale = engine.locale();
    let between = text::to_text(right, locale);
    let items = list(left).unwrap_or_else(|| vec![left.clone()]);
    let alone = list(left).is_none();
    // Elements are written in the session's culture, a value that stands alone is not.
    let one = |item: &Value| match values::base(item) {
        _ if matches!(item, Value::Object(object) if object.as_written().is_some()) => item.to_string(),
        inner @ (Value::Single(_) | Value::Double(_) | Value::Decimal(_) | Value::DateTime(_)) if !alone => {
            text::of(inner, locale)
        }
        // A custom object is named when it stands alone, not among others.
        Value::Object(object) if !alone && object.noun().is_none() && object.class().is_none() => {
            String::new()
        }
        _ => text::element(item, locale),
    };
    let texts: Vec<String> = items.iter().map(one).collect();
    Ok(texts.join(&between).into())
}

/// `-join` in front of its only operand.
pub fn join_unary(value: &Value, engine: &mut dyn Engine) -> Result<Value> {
    let value = &member::spoken(engine, value)?;
    join(value, &Value::from(""), engine)
}

fn like(engine: &dyn Engine, left: &Value, right: &Value, case: Case, wanted: bool) -> Result<Value> {
    let given = text::to_text(right, engine.locale());
    let pattern = Wildcard::with_case(&given, case.ignored()).map_err(|_| {
        let message = format!("The specified wildcard character pattern is not valid: {given}");
        Exception::new("System.Management.Automation.WildcardPatternException", message)
            .id("RuntimeException")
            .category(crate::Category::NotSpecified)
    })?;
    // What is kept of a list is kept as the text that was compared.
    match list(left) {
        Some(items) => {
            let texts = items.iter().map(|item| text::to_text(item, engine.locale()));
            let kept: Vec<Value> =
                texts.filter(|text| pattern.matches(text) == wanted).map(Value::from).collect();
            Ok(Value::array(kept))
        }
        None => filter(left, |item| Ok(pattern.matches(&text::to_text(item, engine.locale())) == wanted)),
    }
}

fn matching(engine: &mut dyn Engine, left: &Value, right: &Value, case: Case, wanted: bool) -> Result<Value> {
    let pattern = pattern_of(engine, right, case)?;
    if list(left).is_some() {
        return filter(left, |item| Ok(pattern.is_match(&text::to_text(item, engine.locale()))? == wanted));
    }
    // A text is not copied to be looked at: this runs in scripts' innermost loops.
    let found = match base(left) {
        Value::String(subject) => pattern.find_shared(subject, 0)?,
        _ => pattern.find(&text::to_text(left, engine.locale()), 0)?,
    };
    match found {
        Some(found) => {
            engine.set_matches(found);
            Ok(Value::Bool(wanted))
        }
        None => Ok(Value::Bool(!wanted)),
    }
}

/// The elements whose own texts match: the elements themselves are kept, not their texts.
fn matching_elements(
    engine: &mut dyn Engine,
    items: Vec<Value>,
    right: &Value,
    (case, wanted): (Case, bool),
) -> Result<Value> {
    let right = member::spoken(engine, right)?;
    let pattern = pattern_of(engine, &right, case)?;
    let mut kept = Vec::new();
    for item in items {
        let text = text::to_text(&member::spoken(engine, &item)?, engine.locale());
        if pattern.is_match(&text)? == wanted {
            kept.push(item);
        }
    }
    Ok(Value::array(kept))
}

fn pattern_of(engine: &dyn Engine, right: &Value, case: Case) -> Result<std::sync::Arc<Regex>> {
    if let Some(made) = base(right).downcast::<Regex>() {
        return Ok(std::sync::Arc::new(made.clone()));
    }
    let options = if case.ignored() { regex::IGNORE_CASE } else { 0 };
    match base(right) {
        Value::String(pattern) => regex::cached(pattern, options),
        _ => regex::cached(&text::to_text(right, engine.locale()), options),
    }
}

fn map(left: &Value, mut change: impl FnMut(&Value) -> Result<Value>) -> Result<Value> {
    match list(left) {
        Some(items) => {
            let changed: Result<Vec<Value>> = items.iter().map(&mut change).collect();
            Ok(Value::array(changed?))
        }
        None => change(left),
    }
}

fn replace(engine: &mut dyn Engine, left: &Value, right: &Value, case: Case) -> Result<Value> {
    let (pattern, replacement) = match list(right) {
        Some(items) if items.len() > 2 => {
            let message =
                format!("The -replace operator allows only two elements to follow it, not {}.", items.len());
            return Err(Exception::runtime("BadReplaceArgument", message).target(right.clone()));
        }
        Some(items) => {
            (items.first().cloned().unwrap_or_default(), items.get(1).cloned().unwrap_or_default())
        }
        None => (right.clone(), Value::Null),
    };
    let given = text::to_text(&pattern, engine.locale());
    let pattern = pattern_of(engine, &pattern, case).map_err(|error| {
        Exception::runtime(
            "InvalidRegularExpression",
            format!("The regular expression pattern {given} is not valid."),
        )
        .target(given.as_str())
        .inner(error)
    })?;
    let block = base(&replacement).type_name().ends_with("ScriptBlock");
    let tokens = if block { String::new() } else { text::to_text(&replacement, engine.locale()) };
    map(left, |item| {
        let subject = text::to_text(item, engine.locale());
        if !block {
            return pattern.replace(&subject, &tokens, regex::Reach::of(usize::MAX)).map(Value::from);
        }
        pattern
            .replace_with(&subject, regex::Reach::of(usize::MAX), |found| {
                let found = Value::typed(found.clone());
                let answer = engine.call(&replacement, Some(&found), std::slice::from_ref(&found))?;
                Ok(answer
                    .iter()
                    .map(|value| text::to_text(value, engine.locale()))
                    .collect::<Vec<_>>()
                    .join(" "))
            })
            .map(Value::from)
    })
}

/// How `-split` is asked to work.
struct Split {
    limit: i64,
    simple: bool,
    options: i64,
}

fn split_options(items: &[Value], case: Case, engine: &dyn Engine) -> Result<Split> {
    let locale = engine.locale();
    let limit = match items.get(1) {
        Some(value) => convert::to(value, &Type::int32(), locale)?.as_i64().unwrap_or(0),
        None => 0,
    };
    let flags = match items.get(2) {
        Some(value) => {
            convert::to(value, &Type::Enum(&crate::enums::SPLIT_OPTIONS), locale)?.as_i64().unwrap_or(0)
        }
        None => 0,
    };
    let simple = flags & 1 != 0;
    if simple && flags & !(1 | 64) != 0 {
        let message = "The specified split options are not valid together.";
        return Err(Exception::runtime("InvalidSplitOptionCombination", message));
    }
    let mut options = if case.ignored() || flags & 64 != 0 { regex::IGNORE_CASE } else { 0 };
    for (flag, option) in [(8, 32), (16, 2), (32, 16), (128, 4), (4, 512)] {
        if flags & flag != 0 {
            options |= option;
        }
    }
    Ok(Split { limit, simple, options })
}

fn split(engine: &mut dyn Engine, left: &Value, right: &Value, case: Case) -> Result<Value> {
    let items = list(right).unwrap_or_else(|| vec![right.clone()]);
    let Some(separator) = items.first().cloned() else {
        let message = format!("The argument to operator '-split' is not valid: {}.", right.type_name());
        return Err(Exception::runtime("BadOperatorArgument", message).target(right.clone()));
    };
    let how = split_options(&items, case, engine)?;
    let subjects = list(left).unwrap_or_else(|| vec![left.clone()]);
    let block = base(&separator).type_name().ends_with("ScriptBlock");
    let mut parts = Vec::new();
    for subject in subjects {
        let subject = text::to_text(&subject, engine.locale());
        if block {
            split_by_block(engine, &subject, &separator, how.limit, &mut parts)?;
            continue;
        }
        let given = text::to_text(&separator, engine.locale());
        let pattern = if how.simple { regex::escape(&given) } else { given };
        let pattern = match base(&separator).downcast::<Regex>() {
            Some(made) => std::sync::Arc::new(made.clone()),
            None => regex::cached(&pattern, how.options)?,
        };
        parts.extend(pattern.split(&subject, how.limit)?);
    }
    Ok(texts(parts))
}

fn texts(parts: Vec<String>) -> Value {
    Array::of("System.String", parts.into_iter().map(Value::from).collect()).into()
}

fn split_by_block(
    engine: &mut dyn Engine,
    subject: &str,
    block: &Value,
    limit: i64,
    parts: &mut Vec<String>,
) -> Result<()> {
    let mut part = String::new();
    let mut made = 0;
    for c in subject.chars() {
        let one = Value::from(c.to_string());
        let full = limit > 0 && made + 1 >= limit;
        let answer =
            if full { Vec::new() } else { engine.call(block, Some(&one), std::slice::from_ref(&one))? };
        if answer.iter().any(compare::truth) && !full {
            parts.push(std::mem::take(&mut part));
            made += 1;
        } else {
            part.push(c);
        }
    }
    parts.push(part);
    Ok(())
}

/// `-split` in front of its only operand: at blanks, without empty parts.
pub fn split_unary(value: &Value, engine: &dyn Engine) -> Result<Value> {
    let subjects = list(value).unwrap_or_else(|| vec![value.clone()]);
    let mut parts = Vec::new();
    for subject in subjects {
        let subject = text::to_text(&subject, engine.locale());
        parts.extend(subject.split_whitespace().map(str::to_owned));
    }
    Ok(texts(parts))
}

fn contains(engine: &dyn Engine, left: &Value, right: &Value, case: Case) -> bool {
    let locale = engine.locale();
    let items = list(left).unwrap_or_else(|| vec![left.clone()]);
    items.iter().any(|item| compare::equal(item, right, case.ignored(), locale))
}
