//! A command as an administrator would type it: what every page shows of what it runs.

use gate::{Book, Formal, Invocation};
use object::types::{Credential, SecureString};
use object::{Time, Value};

/// A command that ran in a session.
#[derive(Clone)]
pub(crate) struct Ran {
    /// When.
    pub(crate) when: Time,
    /// As it would be typed.
    pub(crate) text: String,
    /// The first error's sentence, if there was one.
    pub(crate) error: Option<String>,
}

/// Bytes of a CSV that is shown within a command; a longer one is a file.
const ROWS_BYTES_MAX: usize = 400;

/// The command as it would be typed; `book` knows which of its parameters are switches.
pub(crate) fn text(book: &Book, invocation: &Invocation) -> String {
    let declaration = book.find(&invocation.cmdlet);
    let is_switch = |name: &str| {
        let formal = declaration.as_ref().and_then(|declaration| declaration.signature.formal(name));
        formal.is_some_and(Formal::is_switch)
    };
    let given = invocation.parameters.iter().map(|(name, value)| match value {
        Value::String(rows) if rows.len() > ROWS_BYTES_MAX && name.eq_ignore_ascii_case("CSVData") => {
            format!("-{name} (Get-Content rows.csv -Raw)")
        }
        // Neither a page nor a script that is saved of a session holds a key.
        value if gate::holds_private_key(value) => format!("-{name} (Get-Content file.pem -Raw)"),
        Value::Bool(true) if is_switch(name) => format!("-{name}"),
        Value::Bool(yes) if is_switch(name) => format!("-{name}:${yes}"),
        value => format!("-{name} {}", written(value)),
    });
    std::iter::once(invocation.cmdlet.to_string()).chain(given).collect::<Vec<_>>().join(" ")
}

/// A value as it would be typed.
pub(crate) fn written(value: &Value) -> String {
    match value {
        Value::Null => "$null".to_owned(),
        Value::Bool(yes) => format!("${yes}"),
        Value::Array(array) if array.to_vec().is_empty() => "@()".to_owned(),
        Value::Array(array) => array.to_vec().iter().map(written).collect::<Vec<_>>().join(","),
        Value::Dictionary(words) => {
            let pairs = words.to_vec();
            let pairs = pairs.iter().map(|(word, value)| format!("{word}={}", written(value)));
            format!("@{{{}}}", pairs.collect::<Vec<_>>().join("; "))
        }
        value if value.downcast::<SecureString>().is_some() => "(Read-Host -AsSecureString)".to_owned(),
        value if value.downcast::<Credential>().is_some() => "(Get-Credential)".to_owned(),
        value => quoted(&value.to_string()),
    }
}

/// Text in single quotes, where it needs them.
fn quoted(text: &str) -> String {
    if is_word(text) || is_number(text) {
        return text.to_owned();
    }
    // PowerShell takes typographic quotes for quotes, too.
    let doubled = text.chars().flat_map(|c| {
        let twice = matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}');
        std::iter::repeat_n(c, if twice { 2 } else { 1 })
    });
    format!("'{}'", doubled.collect::<String>())
}

fn is_word(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '@' | '_' | '-' | ':' | '\\' | '/');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(plain)
}

/// A number or a size; nothing that would read as another one (`1e5`, `0x10`, `007`).
fn is_number(text: &str) -> bool {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_uppercase());
    let unit = &text[digits.len()..];
    let whole = !digits.is_empty() && digits.len() <= 9 && digits.bytes().all(|b| b.is_ascii_digit());
    whole && (digits == "0" || !digits.starts_with('0')) && matches!(unit, "" | "KB" | "MB" | "GB" | "TB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_written_as_it_would_be_typed() {
        let list = Value::array(["a@x.org".into(), "O'Neil".into()]);
        let edit = object::value::Dictionary::new();
        edit.insert("Add".into(), "b c".into());
        for (value, expected) in [
            ("Berg, Ann".into(), "'Berg, Ann'"),
            ("2GB".into(), "2GB"),
            ("1e5".into(), "'1e5'"),
            ("007".into(), "'007'"),
            (Value::Bool(false), "$false"),
            (Value::Null, "$null"),
            (Value::array([]), "@()"),
            (list, "a@x.org,'O''Neil'"),
            (Value::Dictionary(std::sync::Arc::new(edit)), "@{Add='b c'}"),
            (Value::typed(SecureString::new("geheim")), "(Read-Host -AsSecureString)"),
            ("-x; Remove-Item $y `\u{2019}".into(), "'-x; Remove-Item $y `\u{2019}\u{2019}'"),
        ] {
            assert_eq!(written(&value), expected);
        }
    }
}
