//! One rule of the binder a row. The recorded calls of a real PowerShell are a test of `cmdlets`, which has the
//! declarations they speak of.

use super::{Argument, Binder, Bound, Joining, Reading, Strict};
use crate::signature::{Formal, Signature, Use};
use object::types::kinds;
use object::{Error, Object, Result, Value};
use proptest::prelude::*;
use std::sync::Arc;

fn used(set: Option<usize>) -> Use {
    Use { set, ..Use::default() }
}

/// `Test-Toy -Identity <mandatory, 0, piped> [-Count n] [-Names a,b] [-Force]` and the sets Red (-Red) and Blue.
fn toy() -> Signature {
    let mut toy = Signature::new("Test-Toy");
    toy.sets = vec!["Red".into(), "Blue".into()];
    toy.default_set = Some(1);
    let identity = Use { mandatory: true, position: Some(0), by_value: true, by_name: true, ..used(None) };
    toy.add(Formal {
        uses: vec![identity],
        aliases: vec!["Id".into()],
        ..Formal::new("Identity", &kinds::STRING)
    });
    toy.add(Formal {
        uses: vec![Use { by_name: true, ..used(None) }],
        ..Formal::new("Count", &kinds::INT32)
    });
    toy.add(Formal { many: true, ..Formal::new("Names", &kinds::STRING) });
    toy.add(Formal::new("Force", &kinds::SWITCH));
    toy.add(Formal {
        uses: vec![Use { mandatory: true, ..used(Some(0)) }],
        ..Formal::new("Red", &kinds::STRING)
    });
    toy.add(Formal { uses: vec![used(Some(1))], ..Formal::new("Blue", &kinds::STRING) });
    toy.with_common(true)
}

fn shown(signature: &Signature, bound: &Bound) -> String {
    let value = |at: &usize| bound.values[*at].as_ref().map(Value::to_string).unwrap_or_default();
    let mut pairs: Vec<String> =
        bound.order.iter().map(|at| format!("{}={}", signature.formals[*at].name, value(at))).collect();
    pairs.sort_unstable();
    format!("{} {}", signature.set_name(bound.set), pairs.join(" ")).trim_end().to_owned()
}

fn bound(signature: Signature, arguments: Vec<Argument>, reading: &mut dyn Reading) -> String {
    match Binder::start(Arc::new(signature), arguments, false, reading) {
        Ok(binder) => shown(binder.signature(), binder.bound()),
        Err(error) => error.id().to_owned(),
    }
}

#[test]
fn a_command_line_is_bound() {
    let v = |value: &str| Argument::value(value);
    let n = Argument::name;
    for (arguments, wanted) in [
        (vec![v("a")], "Blue Identity=a"),
        (vec![n("Id"), v("a")], "Blue Identity=a"),
        (vec![n("ident"), v("a"), n("for")], "Blue Force=True Identity=a"),
        (vec![v("a"), Argument::named("Force", false)], "Blue Force=False Identity=a"),
        (vec![v("a"), n("Force"), v("$true")], "PositionalParameterNotFound"),
        (vec![v("a"), n("Count"), v("7")], "Blue Count=7 Identity=a"),
        (vec![v("a"), n("Count"), v("seven")], "ParameterArgumentTransformationError"),
        (vec![v("a"), n("Count")], "MissingArgument"),
        (vec![v("a"), n("Count"), n("Force")], "MissingArgument"),
        (vec![v("a"), n("Names"), v("x")], "Blue Identity=a Names=x"),
        (vec![v("a"), n("Red"), v("r")], "Red Identity=a Red=r"),
        (vec![v("a"), n("Red"), v("r"), n("Blue"), v("b")], "AmbiguousParameterSet"),
        (vec![v("a"), v("b")], "PositionalParameterNotFound"),
        (vec![v("a"), n("Id"), v("b"), n("Identity"), v("c")], "ParameterAlreadyBound"),
        (vec![v("a"), n("Nope"), v("b")], "NamedParameterNotFound"),
        (vec![v("a"), n("Out")], "AmbiguousParameter"),
        (vec![v("a"), n("W")], "AmbiguousParameter"),
        (vec![v("a"), n("What")], "Blue Identity=a WhatIf=True"),
        (vec![], "MissingMandatoryParameter"),
        (vec![Argument::value(Value::Null)], "ParameterArgumentValidationErrorNullNotAllowed"),
        (vec![v("")], "ParameterArgumentValidationErrorEmptyStringNotAllowed"),
        // A splatted entry gives way to one that is written out.
        (vec![Argument::splatted("Count", 1), v("a"), n("Count"), v("2")], "Blue Count=2 Identity=a"),
        (vec![Argument::splatted("Identity", "a")], "Blue Identity=a"),
    ] {
        assert_eq!(bound(toy(), arguments.clone(), &mut Strict), wanted, "{arguments:?}");
    }
}

#[test]
fn a_wrong_name_is_answered_with_the_nearest() {
    let arguments = vec![Argument::name("Idenity"), Argument::value("a")];
    let error = Binder::start(Arc::new(toy()), arguments, false, &mut Strict).err().expect("it is wrong");
    assert_eq!(error.help_line(), Some("Did you mean -Identity?"));
}

#[test]
fn sets_that_are_mixed_are_named() {
    let arguments = vec![Argument::value("a"), Argument::named("Red", "r"), Argument::named("Blue", "b")];
    let error =
        Binder::start(Arc::new(toy()), arguments, false, &mut Strict).err().expect("they exclude each other");
    assert_eq!(
        error.help_line(),
        Some("-Red and -Blue belong to different parameter sets: give one of them.")
    );
}

fn piped(arguments: Vec<Argument>, inputs: Vec<Value>) -> Vec<String> {
    let mut binder = match Binder::start(Arc::new(toy()), arguments, true, &mut Strict) {
        Ok(binder) => binder,
        Err(error) => return vec![error.id().to_owned()],
    };
    let one = |input: &Value| match binder.take(input, &mut Strict) {
        Ok(()) => shown(binder.signature(), binder.bound()),
        Err(error) => error.id().to_owned(),
    };
    inputs.iter().map(one).collect()
}

#[test]
fn each_piped_object_is_bound_alone() {
    let row = |pairs: &[(&str, &str)]| -> Value {
        pairs.iter().fold(Object::custom(), |object, (name, value)| object.with(*name, *value)).into()
    };
    // What the first object gave is gone for the second.
    let given = piped(vec![], vec!["a".into(), row(&[("Identity", "b"), ("Count", "3")]), "c".into()]);
    assert_eq!(given[0], "Blue Identity=a");
    assert_eq!(given[2], "Blue Identity=c");
    assert!(given[1].contains("Count=3"), "{}", given[1]);
    assert_eq!(piped(vec![Argument::named("Identity", "x")], vec![5.into()]), ["InputObjectNotBound"]);
    // A property of the wrong type is an error about that object alone.
    let mixed = vec![row(&[("Identity", "b"), ("Count", "many")]), "c".into()];
    assert_eq!(piped(vec![], mixed), ["ParameterArgumentTransformationError", "Blue Identity=c"]);
    assert_eq!(
        piped(vec![Argument::name("Red"), Argument::value("r")], vec!["a".into()]),
        ["Red Identity=a Red=r"]
    );
}

#[test]
fn an_object_goes_first_to_the_parameter_that_waits_for_its_noun() {
    static TOY_BOX: object::Noun =
        object::Noun { name: "ToyBox", type_name: "ToyBox", summary: "A box.", properties: &[], table: &[] };
    let mut signature = toy();
    let waits = Use { by_noun: Some("ToyBox"), ..used(Some(0)) };
    signature.formals.insert(0, Formal { uses: vec![waits], ..Formal::new("Box", &kinds::ANY) });
    // Identity is mandatory in all sets, so this command needs it on the line.
    let arguments = vec![Argument::named("Identity", "a"), Argument::named("Red", "r")];
    let mut binder = Binder::start(Arc::new(signature), arguments, true, &mut Strict).unwrap();
    let boxed: Value = Object::of(&TOY_BOX).with("Name", "b").into();
    binder.take(&boxed, &mut Strict).unwrap();
    assert!(binder.value("Box").is_some());
}

fn taken(signature: Signature, inputs: Vec<Value>, reading: &mut dyn Reading) -> Vec<String> {
    let mut binder = Binder::start(Arc::new(signature), Vec::new(), true, reading).unwrap();
    let one = |input: &Value| match binder.take(input, reading) {
        Ok(()) => shown(binder.signature(), binder.bound()),
        Err(error) => error.id().to_owned(),
    };
    inputs.iter().map(one).collect()
}

/// `-Identity <mandatory, piped> [-Count n, by name]`, where the identity names an object of ours.
fn named() -> Signature {
    let mut named = Signature::new("Set-Toy");
    let identity = Use { mandatory: true, by_value: true, by_name: true, ..used(None) };
    let kind = Formal::new("Identity", &kinds::STRING);
    named.add(Formal { uses: vec![identity], type_name: "ToyIdParameter".into(), ..kind });
    let count = vec![Use { by_name: true, ..used(None) }];
    named.add(Formal { uses: count, ..Formal::new("Count", &kinds::INT32) });
    named
}

#[test]
fn a_row_that_brings_values_by_name_is_no_identity_as_a_whole() {
    static TOY: object::Noun =
        object::Noun { name: "Toy", type_name: "Toy", summary: "A toy.", properties: &[], table: &[] };
    let row = Object::custom;
    for (input, wanted) in [
        (row().with("Identity", "a").into(), "__AllParameterSets Identity=a"),
        (row().with("Identity", "a").with("Count", "3").into(), "__AllParameterSets Count=3 Identity=a"),
        // What is missing is missing: the row is not taken for the name of an object.
        (row().with("Count", "3").into(), "InputObjectMissingMandatory"),
        (row().with("Other", "3").into(), "__AllParameterSets Identity=@{Other=3}"),
        // One of our own objects is, whatever it has; the text of this one is empty.
        (Object::of(&TOY).with("Count", 3).into(), "ParameterArgumentValidationErrorEmptyStringNotAllowed"),
    ] as [(Value, &str); 5]
    {
        assert_eq!(taken(named(), vec![input.clone()], &mut Strict), [wanted], "{input}");
    }
}

#[test]
fn what_waits_for_a_noun_takes_no_other_object() {
    static TOY_BOX: object::Noun =
        object::Noun { name: "ToyBox", type_name: "ToyBox", summary: "A box.", properties: &[], table: &[] };
    static TOY: object::Noun =
        object::Noun { name: "Toy", type_name: "Toy", summary: "A toy.", properties: &[], table: &[] };
    let mut signature = Signature::new("Set-Box");
    let waits = Use { mandatory: true, by_value: true, by_noun: Some("ToyBox"), ..used(None) };
    signature.add(Formal { uses: vec![waits], ..Formal::new("Box", &kinds::ANY) });
    for (input, wanted) in [
        (Object::of(&TOY_BOX).into(), true),
        (Object::of(&TOY).into(), false),
        (Object::custom().with("Name", "b").into(), false),
        // What is no object may be its name.
        ("b".into(), true),
        (5.into(), true),
    ] as [(Value, bool); 5]
    {
        let said = taken(signature.clone(), vec![input.clone()], &mut Strict);
        assert_eq!(said[0].contains("Box="), wanted, "{input}: {said:?}");
    }
}

/// A reading in which whatever comes goes to the one parameter that waits for it.
struct Whatever;

impl Reading for Whatever {
    fn takes_whatever(&self) -> bool {
        true
    }
}

#[test]
fn null_is_refused_by_what_is_mandatory_and_concerns_itself_alone() {
    let plain = |mandatory: bool| {
        let mut signature = Signature::new("Out-Toy");
        let uses = vec![Use { mandatory, by_value: true, ..used(None) }];
        signature.add(Formal { uses, ..Formal::new("InputObject", &kinds::ANY) });
        signature
    };
    let inputs = || vec![5.into(), Value::Null, 6.into(), Value::Null, 7.into()];
    let null = "ParameterArgumentValidationErrorNullNotAllowed";
    let one = |value: i32| format!("__AllParameterSets InputObject={value}");
    let readings: [&mut dyn Reading; 2] = [&mut Strict, &mut Whatever];
    for reading in readings {
        let mandatory = taken(plain(true), inputs(), reading);
        assert_eq!(mandatory, [one(5), null.into(), one(6), null.into(), one(7)]);
        let optional = taken(plain(false), inputs(), reading);
        let empty = || "__AllParameterSets InputObject=".to_owned();
        assert_eq!(optional, [one(5), empty(), one(6), empty(), one(7)]);
    }
}

/// A session with a person who answers, a default, a script block and a dynamic parameter.
struct Person;

impl Reading for Person {
    fn ask(&mut self, missing: &[&Formal]) -> Result<Option<Vec<Value>>> {
        Ok(Some(missing.iter().map(|formal| format!("asked {}", formal.name).into()).collect()))
    }
    fn preset(&mut self, formal: &Formal) -> Option<Value> {
        (&*formal.name == "Count").then(|| 9.into())
    }
    fn waits_for_input(&mut self, _: usize, _: &Formal, value: &Value) -> bool {
        value.as_str().is_some_and(|text| text.starts_with('{'))
    }
    fn run_for(&mut self, _: &Value, input: &Value) -> Result<Value> {
        Ok(format!("block of {input}").into())
    }
    fn joining(&mut self, _: &Arc<Signature>, bound: &Bound) -> Result<Joining> {
        let wanted = bound.values.iter().flatten().any(|value| value.as_str() == Some("dynamic"));
        let formals = if wanted { vec![Formal::new("Joined", &kinds::STRING)] } else { Vec::new() };
        Ok(Joining { sets: Vec::new(), formals })
    }
}

#[test]
fn surroundings_ask_preset_and_join() {
    assert_eq!(bound(toy(), vec![], &mut Person), "Blue Count=9 Identity=asked Identity");
    let dynamic = vec![Argument::value("dynamic"), Argument::name("Joined"), Argument::value("j")];
    assert_eq!(bound(toy(), dynamic, &mut Person), "Blue Count=9 Identity=dynamic Joined=j");
    let mut binder =
        Binder::start(Arc::new(toy()), vec![Argument::named("Identity", "{x}")], true, &mut Person).unwrap();
    binder.take(&"in".into(), &mut Person).unwrap();
    assert_eq!(binder.value("Identity").map(Value::to_string).as_deref(), Some("block of in"));
    let alone = vec![Argument::named("Identity", "{x}")];
    assert_eq!(bound(toy(), alone, &mut Person), "ScriptBlockArgumentNoInput");
}

#[test]
fn a_simple_function_keeps_what_nobody_takes() {
    let simple = Signature { strict: false, ..Signature::new("f") };
    let arguments = vec![Argument::value("a"), Argument::name("b"), Argument::value("c")];
    let binder = Binder::start(Arc::new(simple), arguments, false, &mut Strict).unwrap();
    assert_eq!(binder.bound().rest.len(), 3);
}

#[test]
fn functions_have_positions_by_order_and_take_the_rest() {
    let mut function = Signature::new("f");
    function.add(Formal::new("First", &kinds::STRING));
    function.add(Formal::new("Quick", &kinds::SWITCH));
    function.add(Formal::new("Second", &kinds::STRING));
    let function = function.with_positions_by_order();
    let words = |words: &[&str]| words.iter().map(|word| Argument::value(*word)).collect::<Vec<_>>();
    assert_eq!(
        bound(function.clone(), words(&["a", "b"]), &mut Strict),
        "__AllParameterSets First=a Second=b"
    );
    let mut rest = function;
    let remaining = Use { remaining: true, ..Use::default() };
    rest.add(Formal { uses: vec![remaining], many: true, ..Formal::new("Rest", &kinds::STRING) });
    assert_eq!(
        bound(rest, words(&["a", "b", "c", "d"]), &mut Strict),
        "__AllParameterSets First=a Rest=c d Second=b"
    );
}

#[test]
fn secrets_stay_out_of_errors() {
    let mut secret = Signature::new("Set-Toy");
    secret.add(Formal::new("Password", &kinds::SECURE_STRING));
    let arguments = vec![Argument::named("Password", "hunter2")];
    let error: Error =
        Binder::start(Arc::new(secret), arguments, false, &mut Strict).err().expect("it is refused");
    assert!(!error.to_string().contains("hunter2"), "{error}");
}

proptest! {
    /// Whatever is written, the binder answers, and what it bound it bound once.
    #[test]
    fn any_line_is_answered(words in proptest::collection::vec("(-?[A-Za-z]{0,6}|[0-9]{1,4}|-[a-z]{1,3}:x)", 0..8), piped: bool) {
        let arguments: Vec<Argument> = words
            .iter()
            .map(|word| match word.strip_prefix('-') {
                Some(name) => match name.split_once(':') {
                    Some((name, value)) => Argument::named(name, value),
                    None => Argument::name(name),
                },
                None => Argument::value(word.as_str()),
            })
            .collect();
        if let Ok(mut binder) = Binder::start(Arc::new(toy()), arguments, piped, &mut Strict) {
            for input in [Value::from("a"), Value::Null, 5.into()] {
                let _ = binder.take(&input, &mut Strict);
            }
            let order = &binder.bound().order;
            let unique: std::collections::HashSet<_> = order.iter().collect();
            prop_assert_eq!(unique.len(), order.len());
        }
    }
}
