//! Single fields of Exchange's objects beside text.

use mailstead_dotnet::host::MemoryHost;
use mailstead_dotnet::{Locale, Plain, compare, culture, member, profile};
use object::Value;
use object::types::SmtpAddress;

fn address() -> Value {
    Value::typed(SmtpAddress::parse("Ann@contoso.com").expect("an address"))
}

#[test]
fn a_field_equals_its_text_on_either_side() {
    let locale = Locale::default();
    let text = Value::from("ann@contoso.com");
    assert!(compare::equal(&address(), &text, true, &locale));
    assert!(compare::equal(&text, &address(), true, &locale));
    assert!(!compare::equal(&address(), &text, false, &locale));
}

#[test]
fn an_array_that_holds_itself_has_a_text() {
    let array = object::value::Array::new(vec![Value::Null]);
    let value: Value = array.into();
    if let Value::Array(inner) = &value {
        inner.write()[0] = value.clone();
    }
    assert_eq!(value.to_string(), "System.Object[]");
}

#[test]
fn a_field_has_the_methods_of_text_in_our_own_shell() {
    let host = MemoryHost::new(80);
    let upper = |profile| {
        let mut engine = Plain::new(Locale::new(profile, &culture::EN_US), &host);
        member::invoke(&mut engine, &address(), "ToUpper", Vec::new())
    };
    let answer = upper(&profile::SHELL).expect("a text's method").expect("a value");
    assert_eq!(answer.to_string(), "ANN@CONTOSO.COM");
    assert!(upper(&profile::CORE).is_err());
}
