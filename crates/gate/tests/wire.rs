//! Whatever bytes arrive as a line of an invocation, they are read or refused; nothing panics.

use mailstead_gate::wire::{In, Nouns, Out};
use proptest::prelude::*;

fn nowhere() -> Nouns {
    std::sync::Arc::new(|_| None)
}

/// Lines that are nearly right: a known head and a value in which anything may stand.
fn nearly() -> impl Strategy<Value = String> {
    let head = prop::sample::select(vec![
        "invoke", "input", "answer", "object", "error", "confirm", "progress", "end",
    ]);
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| format!("{number}")),
        "[ -~]{0,8}".prop_map(|text| serde_json::to_string(&text).unwrap_or_default()),
        ("(DateTime|Guid|Hashtable|Byte\\[\\]|SecureString|Int64|Nonsense)", "[0-9a-zA-Z:.=Z-]{0,24}")
            .prop_map(|(kind, text)| format!(r#"{{"$type":"{kind}","value":"{text}"}}"#)),
    ];
    let value = leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(("(\\$type|value|cmdlet|parameters|a|Name)", inner), 0..4).prop_map(
                |pairs| {
                    let pairs: Vec<String> =
                        pairs.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                    format!("{{{}}}", pairs.join(","))
                }
            ),
        ]
    });
    (head, value).prop_map(|(head, value)| format!("{{\"{head}\":{value}}}"))
}

proptest! {
    #[test]
    fn any_line_is_read_or_refused(line in nearly()) {
        let _ = In::parse(line.as_bytes(), &nowhere());
        let _ = Out::parse(line.as_bytes(), &nowhere());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = In::parse(&bytes, &nowhere());
        let _ = Out::parse(&bytes, &nowhere());
    }

    /// What was read once reads the same from what is written of it.
    #[test]
    fn what_was_read_is_written_and_read_again(line in nearly()) {
        if let Ok(first) = In::parse(line.as_bytes(), &nowhere()) {
            let again = In::parse(&first.line(), &nowhere());
            prop_assert!(again.is_ok(), "{line}: {:?}", again.err());
        }
    }
}
