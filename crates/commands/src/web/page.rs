//! Elements of a page of HTML by their names, with their attributes: read as written, no browser and no script.

use object::{Object, Value};

/// More elements than this of one kind are not told apart.
const ELEMENTS_MAX: usize = 100_000;
/// More attributes than this of one element are not told apart.
const ATTRIBUTES_MAX: usize = 200;

/// The elements of those names: what they look like, their name, a property for each attribute.
pub(super) fn elements(page: &str, names: &[&str]) -> Value {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = page[at..].find('<').map(|offset| at + offset) {
        at = start + 1;
        let name = name_at(page, at);
        if !names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)) {
            continue;
        }
        if found.len() == ELEMENTS_MAX {
            break;
        }
        let (element, head) = element(page, start, name);
        found.push(element);
        // No element begins inside of a tag.
        at = start + head;
    }
    Value::array(found)
}

/// The name that a tag has.
fn name_at(page: &str, at: usize) -> &str {
    let rest = &page[at..];
    &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len())]
}

/// The element that begins there, and how long its tag is.
fn element(page: &str, start: usize, name: &str) -> (Value, usize) {
    let rest = &page[start..];
    let (attributes, head) = attributes(&rest[1 + name.len()..]);
    let head = 1 + name.len() + head;
    let end = match name.eq_ignore_ascii_case("a") {
        true => closing(rest, head, name).unwrap_or(head),
        false => head,
    };
    let mut made =
        Object::custom().with("outerHTML", &rest[..end]).with("tagName", name.to_ascii_uppercase());
    for (name, value) in attributes {
        if made.get(&name).is_none() {
            made = made.with(name, dotnet::member::html_decode(&value));
        }
    }
    (made.into(), head)
}

/// Where the closing tag ends; none where the next element of that name begins first, which no such element holds.
fn closing(rest: &str, from: usize, name: &str) -> Option<usize> {
    let mut at = from;
    while let Some(start) = rest[at..].find('<').map(|offset| at + offset) {
        at = start + 1;
        let closes = rest[at..].starts_with('/');
        let named = name_at(rest, at + usize::from(closes));
        if named.eq_ignore_ascii_case(name) {
            let end = at + 1 + named.len();
            return (closes && rest[end..].starts_with('>')).then_some(end + 1);
        }
    }
    None
}

/// The attributes up to the end of the tag, and where that is.
fn attributes(text: &str) -> (Vec<(String, String)>, usize) {
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start_matches(|c: char| c.is_whitespace() || c == '/').len();
        let rest = &text[at..];
        let Some(first) = rest.chars().next() else { return (found, at) };
        if first == '>' {
            return (found, at + 1);
        }
        let length =
            rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/')).unwrap_or(rest.len());
        // A sign that begins no name is passed over.
        let length = if length == 0 { first.len_utf8() } else { length };
        let name = rest[..length].to_owned();
        at += length;
        let (value, used) = value(&text[at..]);
        at += used;
        if found.len() < ATTRIBUTES_MAX {
            found.push((name, value));
        }
    }
}

/// The value behind a name, and how long it is written.
fn value(text: &str) -> (String, usize) {
    let blank = |text: &str| text.len() - text.trim_start().len();
    let before = blank(text);
    let Some(behind) = text[before..].strip_prefix('=') else { return (String::new(), 0) };
    let inner = blank(behind);
    let (rest, used) = (&behind[inner..], before + 1 + inner);
    match rest.chars().next() {
        Some(mark @ ('"' | '\'')) => match rest[1..].find(mark) {
            Some(end) => (rest[1..=end].to_owned(), used + end + 2),
            None => (rest[1..].to_owned(), text.len()),
        },
        _ => {
            let end = rest.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(rest.len());
            (rest[..end].to_owned(), used + end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_read_as_they_are_written() {
        let page = "<p><A href='a?x=1&amp;y' class=big>One</A> <img src=\"b.png\" / ><a name>two <a href=c";
        let shown: Vec<String> = elements(page, &["a", "img"])
            .items()
            .iter()
            .map(|item| {
                let Value::Object(object) = item else { return String::new() };
                let text = |name: &str| object.get(name).map(|value| value.to_string()).unwrap_or_default();
                format!("{} {}{} {}", text("tagName"), text("href"), text("src"), text("outerHTML"))
            })
            .collect();
        assert_eq!(
            shown,
            [
                "A a?x=1&y <A href='a?x=1&amp;y' class=big>One</A>",
                "IMG b.png <img src=\"b.png\" / >",
                "A  <a name>",
                "A c <a href=c",
            ]
        );
        assert_eq!(elements("<a href=x><b>1</b><a href=y>2</a>", &["a"]).items().len(), 2);
        for broken in ["<", "<a", "<a =", "<a b='", "<a \u{e9}=\u{e9}", "<a 'x", "< a>"] {
            elements(broken, &["a"]);
        }
    }

    /// No part of a page is read or kept once more for each element.
    #[test]
    fn a_page_is_gone_through_once_however_it_is_broken() {
        for piece in
            ["<a>", "<a ", "<a b='", "<a b=\"c\" >x", "</a", "<a b>&", "<a =", "< a", "<a b=&&&;", "<aa"]
        {
            let page = piece.repeat(1 << 18);
            let found = elements(&page, &["a"]).items();
            let shown = |item: &Value| {
                let Value::Object(object) = item else { return 0 };
                object.properties().iter().map(|(_, value)| value.to_string().len()).sum()
            };
            let kept: usize = found.iter().map(shown).sum();
            assert!(kept <= 3 * page.len(), "{piece}: {kept}");
        }
    }
}
