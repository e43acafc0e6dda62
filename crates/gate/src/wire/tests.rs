//! The line format: what goes comes back, whatever characters stand in it, and what is wrong is refused.

use super::read::read_value;
use super::*;
use crate::invocation::Invocation;
use crate::output::{Answer, Progress, Prompt, Report};
use dotnet::collections::Collection;
use object::types::{
    ByteQuantifiedSize, Credential, DateKind, DateTime, Guid, ObjectId, ProxyAddress, SecureString,
    SmtpAddress, TimeSpan, kind_named,
};
use object::value::{Array, Dictionary};
use object::{Object, Property, Value};

static NAME: Property<String> = Property::new("Name", "x");
static SIZE: Property<ByteQuantifiedSize> = Property::new("Size", "x");
static COUNT: Property<i32> = Property::new("Count", "x");
static TAGS: Property<String> = Property::new("Tags", "x").many();
static OWNER: Property<ObjectId> = Property::new("Owner", "x");
static OWNERS: Property<ObjectId> = Property::new("Owners", "x").many();
static ADDRESS: Property<SmtpAddress> = Property::new("Address", "x");
static ADDRESSES: Property<ProxyAddress> = Property::new("Addresses", "x").many();
static TOY: Noun = Noun {
    name: "Toy",
    type_name: "Toys.Toy",
    summary: "A toy.",
    properties: &[&NAME, &SIZE, &COUNT, &TAGS, &OWNER, &OWNERS, &ADDRESS, &ADDRESSES],
    table: &[],
};

fn nouns() -> Nouns {
    Arc::new(|name: &str| (name == "Toy").then_some(&TOY))
}

fn read(kind: &str, text: &str) -> Value {
    (kind_named(kind).unwrap().read)(&text.into()).unwrap()
}

fn identity(name: &str) -> ObjectId {
    ObjectId {
        guid: Guid::of_u128(7),
        name: name.into(),
        distinguished_name: format!("CN={name},OU=x").into(),
        shown: format!("contoso.com/{name}").into(),
    }
}

fn values() -> Vec<Value> {
    let table: Dictionary = [("Add".into(), Value::array(["a".into()]))].into_iter().collect();
    let typed: Dictionary =
        [("$type".into(), "Guid".into()), ("value".into(), "x".into())].into_iter().collect();
    vec![
        Value::Null,
        true.into(),
        7.into(),
        Value::Int64(7),
        Value::Int64(1 << 40),
        1.5.into(),
        Value::Double(2.0),
        Value::Double(f64::NAN),
        Value::Double(f64::INFINITY),
        Value::UInt64(u64::MAX),
        Value::Char(0xD83D),
        Value::Byte(9),
        "quoted \" \u{1F600} \n \u{7}".into(),
        Guid::of_u128(5).into(),
        TimeSpan::days(30).into(),
        DateTime::new(0, DateKind::Local).into(),
        DateTime::new(638_000_000_000_000_001, DateKind::Utc).into(),
        DateTime::new(638_000_000_001_200_000, DateKind::Unspecified).into(),
        Value::typed(identity("ann")),
        read("ByteQuantifiedSize", "2GB"),
        read("UnlimitedSize", "unlimited"),
        read("UnlimitedSize", "1GB"),
        read("UnlimitedInt32", "5"),
        read("UnlimitedTimeSpan", "30.00:00:00"),
        read("SmtpAddress", "ann@contoso.com"),
        read("ProxyAddress", "smtp:ann@contoso.com"),
        Value::array([1.into(), Value::Null, Value::array(["x".into()])]),
        Array::of("System.Byte", vec![Value::Byte(1), Value::Byte(2)]).into(),
        table.into(),
        typed.into(),
        Object::custom().into(),
        Object::custom().with("Name", "x").with("Count", 2).into(),
        Object::custom().with("$type", "Unheard").with("Count", 2).into(),
    ]
}

fn there(value: &Value) -> Value {
    let line = In::Input(value.clone()).line();
    let In::Input(back) = In::parse(&line, &nouns()).unwrap() else { panic!("{line:?}") };
    back
}

fn back(line: &[u8]) -> Value {
    let Out::Report(Report::Object(back)) = Out::parse(line, &nouns()).unwrap() else { panic!("{line:?}") };
    back
}

fn json(value: &Value) -> String {
    let mut bytes = Vec::new();
    write_value(&mut bytes, value);
    String::from_utf8(bytes).unwrap()
}

#[test]
fn values_come_back_as_they_went() {
    for value in values() {
        let line = Out::Report(Report::Object(value.clone())).line();
        for back in [there(&value), back(&line)] {
            assert_eq!(format!("{back:?}"), format!("{value:?}"));
            assert_eq!((json(&back), back.type_name()), (json(&value), value.type_name()));
        }
    }
}

/// Characters that JSON, a distinguished name, an address or a line treat in a way of their own.
const AWKWARD: &str = ",+=\"<>;\\/#'`${}[]:\u{7}\u{e9}\u{2028}\u{1F600}";

/// A toy in which each kind of value holds `text`.
fn awkward_toy(text: &str) -> Object {
    let address =
        |prefix: &str| format!("{prefix}\"{}\"@contoso.com", text.replace(['\\', '"', '\u{7}'], ""));
    let owner = || Value::typed(identity(text));
    let addresses =
        [Value::typed(ProxyAddress::parse(&address("smtp:")).unwrap()), read("ProxyAddress", "X400:a")];
    Object::of(&TOY)
        .with("Name", text)
        .with("Tags", Value::array([text.into(), "plain".into()]))
        .with("Owner", owner())
        .with("Owners", Value::array([Value::typed(identity("ann")), owner()]))
        .with("Address", Value::typed(SmtpAddress::parse(&address("")).unwrap()))
        .with("Addresses", Value::array(addresses))
        .with("Table", [(text.into(), owner())].into_iter().collect::<Dictionary>())
        .with(format!("Free{text}"), Object::custom().with(text, owner()))
}

#[test]
fn every_kind_of_value_survives_every_awkward_character() {
    let each = AWKWARD.chars().map(|c| format!("Doe{c} Jane"));
    for text in each.chain([AWKWARD.to_owned()]) {
        let toy = awkward_toy(&text);
        let names: Vec<_> = toy.properties().iter().map(|(name, _)| name.clone()).collect();
        let told = Value::from(toy);
        let (mut writer, mut reader) = (Writer::new(true), Reader::new(nouns()));
        let mut ways = vec![there(&told), back(&Out::Report(Report::Object(told.clone())).line())];
        // Whole, and as what differs from one before.
        for object in [told.clone(), Value::from(awkward_toy("plain")), told.clone()] {
            let mut line = Vec::new();
            writer.append(&mut line, &Out::Report(Report::Object(object)));
            let Ok(Out::Report(Report::Object(read))) = reader.read(&line) else { panic!("{line:?}") };
            ways.push(read);
        }
        ways.remove(3);
        for came in ways {
            // Each property is asked for by itself, then all go back as they came.
            for name in &names {
                let of = |value: &Value| match value {
                    Value::Object(object) => object.get(name).unwrap(),
                    _ => panic!(),
                };
                let (came, told) = (of(&came), of(&told));
                assert_eq!(json(&came), json(&told), "{name} of {text}");
                assert_eq!(came.items().len(), told.items().len(), "{name} of {text}");
                let types = |value: &Value| value.items().iter().map(Value::type_name).collect::<Vec<_>>();
                assert_eq!(types(&came), types(&told), "{name} of {text}");
            }
            assert_eq!(json(&there(&came)), json(&told));
        }
    }
}

#[test]
fn the_order_of_fields_and_the_spelling_of_names_do_not_matter() {
    for (written, usual) in [
        (r#"{"value":"00000000-0000-0000-0000-000000000005","$type":"Guid"}"#, Value::from(Guid::of_u128(5))),
        (
            r#"{"\u0024type":"G\u0075id","value":"00000000-0000-0000-0000-000000000005"}"#,
            Guid::of_u128(5).into(),
        ),
        (r#"{"Count":"3","$type":"Toy"}"#, Object::of(&TOY).with("Count", 3).into()),
        (r#"{"$type":"Toy","Co\u0075nt":"3"}"#, Object::of(&TOY).with("Count", 3).into()),
        (r#"{"$type":"Int64","value":7}"#, Value::Int64(7)),
        (
            r#"{"value":{"a":1},"$type":"Hashtable"}"#,
            [("a".into(), 1.into())].into_iter().collect::<Dictionary>().into(),
        ),
        (r#"{"$type":"Unheard","value":{"a":1}}"#, Object::custom().with("a", 1).into()),
        (r#"{"$type":"Unheard","value":"a"}"#, "a".into()),
    ] {
        assert_eq!(json(&read_value(written.as_bytes(), &nouns()).unwrap()), json(&usual), "{written}");
    }
}

#[test]
fn secrets_travel_only_towards_the_server() {
    let credential = Credential { user_name: "ann".into(), password: SecureString::new("hush") };
    for secret in [Value::typed(SecureString::new("hush")), Value::typed(credential)] {
        assert_eq!(json(&there(&secret)), json(&secret), "a password that is to be set arrives");
        let invoke = Invocation::new("Set-It").with("Password", secret.clone());
        assert!(
            String::from_utf8(In::Invoke { invocation: invoke, deltas: true }.line())
                .unwrap()
                .contains("hush")
        );

        let inside = Value::array([Object::of(&TOY).with("Name", "x").with("Key", secret).into()]);
        let (mut whole, mut delta, mut writer) = (Vec::new(), Vec::new(), Writer::new(true));
        let out = Out::Report(Report::Object(inside.items().remove(0)));
        whole.extend(Out::Report(Report::Object(inside)).line());
        writer.append(&mut delta, &out);
        writer.append(&mut delta, &out);
        for line in [whole, delta] {
            let line = String::from_utf8(line).unwrap();
            assert!(!line.contains("hush"), "{line}");
            assert!(line.contains("SecureString") || line.contains("PSCredential"), "{line}");
        }
    }
}

#[test]
fn reports_come_back_as_they_went() {
    let error = Error::not_found(ErrorId::InvalidValue, "No.").help("Look.").about("Identity").target("ann");
    for out in [
        Out::Report(Report::Warning("careful".into())),
        Out::Report(Report::WhatIf("What if: x".into())),
        Out::Report(Report::Progress(Progress { percent: Some(5), ..Progress::default() })),
        Out::Report(Report::Error(error)),
        Out::Confirm(Prompt { caption: "Confirm".into(), message: "Sure?\nReally.".into() }),
        Out::End(3),
    ] {
        let line = out.line();
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
        assert_eq!(format!("{:?}", Out::parse(&line, &nouns()).unwrap()), format!("{out:?}"));
    }
    for word in [In::InputEnd, In::Answer(Answer::NoToAll), In::Stop] {
        assert_eq!(format!("{:?}", In::parse(&word.line(), &nouns()).unwrap()), format!("{word:?}"));
    }
}

#[test]
fn an_invocation_names_its_parameters() {
    let line = br#"{"invoke":{"cmdlet":"Set-Mailbox","parameters":{"EmailAddresses":{"Add":["a@b.c"]}}}}"#;
    let In::Invoke { invocation, deltas: false } = In::parse(line, &nouns()).unwrap() else { panic!() };
    assert_eq!(&*invocation.cmdlet, "Set-Mailbox");
    assert!(matches!(&invocation.parameters[0].1, Value::Dictionary(edit) if edit.len() == 1));
    let again = In::Invoke { invocation, deltas: true }.line();
    let In::Invoke { invocation, deltas: true } = In::parse(&again, &nouns()).unwrap() else { panic!() };
    assert!(matches!(&invocation.parameters[0].1, Value::Dictionary(edit) if edit.len() == 1));
}

#[test]
fn bad_lines_are_refused() {
    let deep = format!("{{\"input\":{}1{}}}", "[".repeat(100), "]".repeat(100));
    let many = format!("{{\"input\":[{}1]}}", "[],".repeat(VALUES_MAX));
    let long = format!("{{\"input\":\"{}\"}}", "x".repeat(LINE_BYTES_MAX));
    for (line, id) in [
        ("", "MalformedLine"),
        ("[]", "MalformedLine"),
        ("{}", "MalformedLine"),
        ("{\"dance\":1}", "MalformedLine"),
        ("{\"object\":1}", "MalformedLine"),
        ("{\"input\":1}}", "MalformedLine"),
        ("{\"input\":1", "MalformedLine"),
        ("{\"input\":}", "MalformedLine"),
        ("{\"invoke\":{}}", "MalformedLine"),
        ("{\"invoke\":{\"cmdlet\":\"x\",\"parameters\":[1]}}", "MalformedLine"),
        ("{\"answer\":\"maybe\"}", "MalformedLine"),
        ("{\"input\":{\"$type\":\"Guid\",\"value\":\"zz\"}}", "MalformedLine"),
        ("{\"input\":{\"$type\":\"Guid\",\"value\":[]}}", "MalformedLine"),
        ("{\"input\":{\"$type\":\"PSCredential\",\"value\":\"x\"}}", "MalformedLine"),
        (deep.as_str(), "ValueTooDeep"),
        (many.as_str(), "ValueTooBig"),
        (long.as_str(), "LineTooLong"),
    ] {
        assert_eq!(In::parse(line.as_bytes(), &nouns()).unwrap_err().id(), id, "{:.80}", line);
    }
}

/// A toy as it comes over the wire.
fn toy(properties: &str) -> Value {
    back(format!("{{\"object\":{{\"$type\":\"Toy\"{properties}}}}}\n").as_bytes())
}

#[test]
fn an_object_is_sent_on_as_it_came_with_what_was_changed() {
    let came = toy(concat!(
        r#","Name":"ball","Size":{"$type":"ByteQuantifiedSize","value":"1 KB (1,024 bytes)"},"#,
        r#""Tags":["a","b"],"Extra":null"#
    ));
    let Value::Object(object) = &came else { panic!() };
    let as_it_came = json(&came);
    assert!(as_it_came.ends_with(r#""Tags":["a","b"]}"#), "{as_it_came}");
    // A list that was asked for twice is one list: what is put into it is seen, here and on the other side.
    let tags = object.get("tags").unwrap();
    tags.downcast::<Collection>().unwrap().write()[0] = "c".into();
    assert_eq!(object.get("Tags").unwrap().items()[0].to_string(), "c");
    assert!(object.as_it_came(|_, read| read.len()) == Some(1));
    assert_eq!(json(&came), as_it_came.replace("\"a\"", "\"c\""));
    object.set("Name", "cube");
    object.remove("Size");
    assert_eq!(json(&came), r#"{"$type":"Toy","Name":"cube","Tags":["c","b"]}"#);
}

#[test]
fn what_cannot_be_read_stands_as_it_came() {
    for (json, shown) in [
        (r#","Name":"a\u0041\n""#, "aA\n"),
        (r#","Name":[1,}"#, "[1,}"),
        (r#","Name":12x"#, "12x"),
        (r#","Name":{"$type":"Guid","value":"zz"}"#, r#"{"$type":"Guid","value":"zz"}"#),
    ] {
        let Value::Object(object) = toy(json) else { panic!() };
        assert_eq!(object.get("Name").unwrap().to_string(), shown);
        assert_eq!(object.properties()[0].1.to_string(), shown);
    }
}

#[test]
fn a_request_hands_on_its_objects_one_by_one() {
    let read = |body: &str| {
        let mut came = Vec::new();
        let request = read_request(body.as_bytes(), &nouns(), &mut |value| {
            came.push(value.to_string());
            Ok(came.len() < 2)
        });
        request.map(|request| (request.parameters.len(), request.piped, came.join(" ")))
    };
    for (body, parameters, piped, came) in [
        ("", 0, false, ""),
        ("{}", 0, false, ""),
        (r#"{"parameters":null}"#, 0, false, ""),
        (r#"{"parameters":{"A":1,"B":{"C":2}}}"#, 2, false, ""),
        (r#"{"input":[]}"#, 0, true, ""),
        (r#"{"input":["a","b","c",[1]],"parameters":{"A":1}}"#, 1, true, "a b"),
    ] {
        assert_eq!(read(body).unwrap(), (parameters, piped, came.to_owned()), "{body}");
    }
    let brackets = format!(r#"{{"input":[[{}1]]}}"#, "[],".repeat(VALUES_MAX));
    for (body, id) in [
        ("[]", "MalformedLine"),
        ("{\"parameters\":[]}", "MalformedLine"),
        ("{\"input\":{}}", "MalformedLine"),
        ("{\"input\":[1],\"input\":[1]}", "MalformedLine"),
        ("{\"inputs\":[1]}", "MalformedLine"),
        ("{\"input\":[1", "MalformedLine"),
        (brackets.as_str(), "ValueTooBig"),
    ] {
        assert_eq!(read(body).unwrap_err().id(), id, "{body:.40}");
    }
    let many = format!(r#"{{"input":[{}1]}}"#, "[],".repeat(VALUES_MAX));
    assert!(
        read_request(many.as_bytes(), &nouns(), &mut |_| Ok(true)).is_ok(),
        "many small ones are no big one"
    );
}
