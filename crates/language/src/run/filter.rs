//! A filter written as a script block, `-Filter {Alias -eq $alias}`: what runs it elsewhere knows no variables, so
//! the caller's values stand in the text that is sent.
//!
//! Filled in are `$name`, `$name.Property` and both within double quotes. `$true`, `$false`, `$null` and what is no
//! variable of the caller stay as they are: whoever reads the filter says what is wrong with them.

use super::parameter;
use super::session::Session;
use object::Value;
use std::iter::Peekable;
use std::str::Chars;

/// The text of a filter with the caller's values in it.
pub(super) fn filled(session: &mut Session, text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text.chars().peekable());
    while let Some(c) = rest.next() {
        match c {
            '\'' => quoted(&mut rest, &mut out),
            '"' => out.push_str(&literal(&expanded(session, &mut rest))),
            '$' => out.push_str(&bare(session, &mut rest)),
            c => out.push(c),
        }
    }
    out
}

/// Text in single quotes means what it says.
fn quoted(rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    out.push('\'');
    for c in rest.by_ref() {
        out.push(c);
        if c == '\'' {
            break;
        }
    }
}

/// Text in double quotes up to its end, with the values of variables in it.
fn expanded(session: &mut Session, rest: &mut Peekable<Chars<'_>>) -> String {
    let mut text = String::new();
    while let Some(c) = rest.next() {
        match c {
            '"' if rest.peek() == Some(&'"') => text.extend(rest.next()),
            '"' => break,
            '`' => text.extend(rest.next()),
            '$' => {
                let named = variable(rest);
                match value(session, &named) {
                    Some(value) => text.push_str(&shown(&value)),
                    None => text.push_str(&named.written()),
                }
            }
            c => text.push(c),
        }
    }
    text
}

/// A variable outside quotes, as a literal of the filter.
fn bare(session: &mut Session, rest: &mut Peekable<Chars<'_>>) -> String {
    let named = variable(rest);
    match value(session, &named) {
        Some(Value::Null) => "$null".to_owned(),
        Some(Value::Bool(truth)) => format!("${truth}"),
        Some(value) => literal(&shown(&value)),
        None => named.written(),
    }
}

/// `$name.Property.Property`
struct Named {
    name: String,
    members: Vec<String>,
}

impl Named {
    fn written(&self) -> String {
        let members: String = self.members.iter().map(|member| format!(".{member}")).collect();
        format!("${}{members}", self.name)
    }
}

/// What is named behind a dollar sign.
fn variable(rest: &mut Peekable<Chars<'_>>) -> Named {
    let mut named = Named { name: word(rest), members: Vec::new() };
    while !named.name.is_empty() && rest.peek() == Some(&'.') {
        let mut ahead = rest.clone();
        ahead.next();
        let member = word(&mut ahead);
        if member.is_empty() {
            break;
        }
        *rest = ahead;
        named.members.push(member);
    }
    named
}

fn word(rest: &mut Peekable<Chars<'_>>) -> String {
    let mut word = String::new();
    while let Some(c) = rest.next_if(|c| c.is_alphanumeric() || *c == '_' || *c == ':') {
        word.push(c);
    }
    word
}

/// The value of a variable of the caller, or of a property of it.
fn value(session: &mut Session, named: &Named) -> Option<Value> {
    if ["true", "false", "null"].iter().any(|word| named.name.eq_ignore_ascii_case(word)) {
        return None;
    }
    let found = session.find_variable(&named.name)?;
    let member = |value: Value, name: &String| parameter::member(session, &value, name).unwrap_or_default();
    Some(named.members.iter().fold(found, member))
}

/// How a value is written in a filter: moments so that no culture is needed to read them.
fn shown(value: &Value) -> String {
    match dotnet::values::base(value) {
        Value::DateTime(time) => time.to_time().rfc3339(),
        value => value.to_string(),
    }
}

/// A text as a literal of a filter.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
