//! Recorded answers of a real PowerShell: which set binds with what, or which error.
//!
//! The calls are command lines; this reads the few forms they have (names, values, lists, one custom object).

use gate::bind::{Argument, Binder, Plain, Strict};
use gate::{Book, Declaration};
use object::{Object, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The share of recorded rows that must be met: all of them.
const SHARE_MIN: f64 = 1.0;

fn rows() -> String {
    let bytes = include_bytes!("../data/bind.tsv.zst");
    String::from_utf8(zstd::decode_all(&bytes[..]).expect("the file is zstd")).expect("the file is UTF-8")
}

/// The words of a call, quotes taken off; a word in quotes is text whatever it looks like.
fn words(call: &str) -> Vec<(String, bool)> {
    let mut words: Vec<(String, bool)> = Vec::new();
    let (mut word, mut quoted, mut open) = (String::new(), false, false);
    for c in call.chars() {
        match c {
            '\'' => {
                open = !open;
                quoted = true;
            }
            ' ' if !open => {
                if quoted || !word.is_empty() {
                    words.push((std::mem::take(&mut word), quoted));
                }
                quoted = false;
            }
            c => word.push(c),
        }
    }
    if quoted || !word.is_empty() {
        words.push((word, quoted));
    }
    words
}

fn value(word: &str, quoted: bool) -> Value {
    match word {
        _ if quoted => word.into(),
        "$null" => Value::Null,
        "$true" => true.into(),
        "$false" => false.into(),
        word => match (word.parse::<i32>(), word.parse::<f64>()) {
            (Ok(whole), _) => whole.into(),
            (_, Ok(real)) if word.contains('.') => real.into(),
            _ => word.into(),
        },
    }
}

fn arguments(words: &[(String, bool)]) -> Vec<Argument> {
    let mut arguments = Vec::new();
    for (word, quoted) in words {
        let name = word
            .strip_prefix('-')
            .filter(|rest| !quoted && rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'));
        arguments.push(match name {
            Some(name) => match name.split_once(':') {
                Some((name, joined)) => Argument::named(name, value(joined, false)),
                None => Argument::name(name),
            },
            None => Argument::value(value(word, *quoted)),
        });
    }
    arguments
}

fn inputs(source: &str) -> Vec<Value> {
    match source {
        "'a','b'" => vec!["a".into(), "b".into()],
        "'a'" => vec!["a".into()],
        "[pscustomobject]@{Identity='x';Name='y'}" => {
            vec![Object::custom().with("Identity", "x").with("Name", "y").into()]
        }
        other => panic!("a new form of input: {other}"),
    }
}

fn shown(binder: &Binder) -> String {
    let signature = binder.signature();
    let bound = binder.bound();
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    for at in &bound.order {
        let text = bound.values[*at].as_ref().map(|value| match value {
            Value::Object(object) => {
                let pairs: Vec<String> =
                    object.properties().iter().map(|(name, value)| format!("{name}={value}")).collect();
                format!("@{{{}}}", pairs.join("; "))
            }
            value => value.to_string(),
        });
        let name = &*signature.formals[*at].name;
        values.insert(name.to_ascii_lowercase(), format!("{name}={}", text.unwrap_or_default()));
    }
    let pairs: Vec<String> = values.into_values().collect();
    format!("set={} bound={}", signature.set_name(bound.set), pairs.join(","))
}

fn answer(book: &Book, call: &str) -> String {
    let (source, call) = call.split_once(" | ").map_or((None, call), |(source, call)| (Some(source), call));
    let words = words(call);
    let name = &words[0].0;
    let Some(declaration): Option<Arc<Declaration>> = book.find(name) else { return "!unknown".into() };
    let arguments = arguments(&words[1..]);
    let refused = |error: object::Error| format!("!{},{name} | {}", error.id(), error.message());
    // The recorded commands were functions: without declared positions they have them by order.
    let signature = Arc::new((*declaration.signature).clone().with_positions_by_order());
    let mut binder = match Binder::start(signature, arguments, source.is_some(), &mut Plain) {
        Ok(binder) => binder,
        Err(error) => return refused(error),
    };
    let Some(source) = source else { return shown(&binder) };
    let each = inputs(source).into_iter().map(|input| match binder.take(&input, &mut Plain) {
        Ok(()) => shown(&binder),
        Err(error) => refused(error),
    });
    each.collect::<Vec<_>>().join("\\n")
}

/// Of errors only the id counts.
fn comparable(answer: &str) -> String {
    let lines = answer.split("\\n").map(|line| match line.strip_prefix('!') {
        Some(error) => format!("!{}", error.split(" | ").next().unwrap_or_default()),
        None => line.to_owned(),
    });
    let mut lines: Vec<String> = lines.collect();
    lines.dedup_by(|next, last| next.starts_with('!') && next == last);
    lines.join("\\n")
}

#[test]
fn calls_bind_as_in_powershell() {
    let book = mailstead_cmdlets::book().expect("the table and the cmdlets agree");
    let text = rows();
    let (mut same, mut all, mut differ) = (0u32, 0u32, Vec::new());
    for row in text.lines().filter(|row| !row.starts_with('#')) {
        let (call, wanted) = row.split_once('\t').expect("two columns");
        let got = answer(&book, call);
        all += 1;
        if comparable(&got) == comparable(wanted) {
            same += 1;
        } else {
            differ.push(format!("{call}\n   wanted {wanted}\n   got    {got}"));
        }
    }
    let share = f64::from(same) / f64::from(all);
    let first: Vec<&str> = differ.iter().take(60).map(String::as_str).collect();
    println!("bind: {same} of {all} ({:.2} %)\n{}", share * 100.0, first.join("\n"));
    assert!(share >= SHARE_MIN, "bind: {same} of {all}\n{}", first.join("\n"));
}

/// Two sets may have different parameters at one place: a text goes to the one that takes texts as they are.
#[test]
fn a_text_at_a_place_of_two_sets_is_what_takes_text() {
    let book = mailstead_cmdlets::book().expect("the table and the cmdlets agree");
    for call in ["Enable-ExchangeCertificate", "Remove-ExchangeCertificate", "Get-ExchangeCertificate"] {
        let declaration = book.find(call).expect("it is built");
        let services = if call.starts_with("Enable") { &["-Services", "SMTP"][..] } else { &[] };
        let words: Vec<(String, bool)> = std::iter::once("9A3F")
            .chain(services.iter().copied())
            .map(|word| (word.to_owned(), word.starts_with('9')))
            .collect();
        for formal in &declaration.signature.formals {
            println!("{} {} {} {:?}", formal.name, formal.type_name, formal.kind.name, formal.uses);
        }
        match Binder::start(declaration.signature.clone(), arguments(&words), false, &mut Strict) {
            Ok(binder) => assert_eq!(shown(&binder).split(' ').next(), Some("set=Thumbprint"), "{call}"),
            Err(error) => panic!("{call}: {error:?}"),
        }
    }
}
