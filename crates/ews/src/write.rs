//! XML as it is answered: every value escaped, nothing left to whoever writes a page of it.

/// Text between tags, or in an attribute: what would be markup is written otherwise, what XML has no sign for is left out.
pub(crate) fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

/// `<name>value</name>`.
pub(crate) fn element(name: &str, value: &str) -> String {
    format!("<{name}>{}</{name}>", text(value))
}

/// A document with its declaration.
pub(crate) fn document(root: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{root}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_never_markup() {
        assert_eq!(
            element("a", "x</a><b c='d'>&\u{1}\n\""),
            "<a>x&lt;/a&gt;&lt;b c=&apos;d&apos;&gt;&amp; &quot;</a>"
        );
    }
}
