//! The readable text of a message: what a search looks through and a preview begins with.

use std::borrow::Cow;

use crate::limits::INDEXED_BYTES_MAX;
use crate::structure::{Kind, Message, Part};
use crate::{charset, html};

/// The text of a text part, its charset decoded, HTML as plain text; empty for other parts.
pub fn of_part<'a>(message: &Message<'a>, part: &Part) -> Cow<'a, str> {
    if !is_text(part) {
        return Cow::Borrowed("");
    }
    let charset = part.content_type.parameter("charset").unwrap_or_default();
    let text = match message.content(part) {
        Cow::Borrowed(content) => charset::decode(&charset, content),
        Cow::Owned(content) => Cow::Owned(charset::decode(&charset, &content).into_owned()),
    };
    match part.content_type.sub.eq_ignore_ascii_case("html") {
        true => Cow::Owned(html::to_text(&text)),
        false => text,
    }
}

/// HTML as plain text.
pub fn plain_of_html(text: &str) -> String {
    html::to_text(text)
}

fn is_text(part: &Part) -> bool {
    part.kind == Kind::Leaf && part.content_type.is_main("text")
}

/// All text of the body: text parts, the headers of messages inside, names of attached files.
pub fn of_body(message: &Message<'_>) -> String {
    let mut out = String::new();
    for (number, part) in message.parts().iter().enumerate() {
        if let Kind::Message(inner) = part.kind {
            push(&mut out, &of_header(message, message.part(inner)));
        }
        if number > 0
            && let Some(name) = message.file_name(part)
        {
            push(&mut out, &name);
        }
        push(&mut out, &of_part(message, part));
        if out.len() >= INDEXED_BYTES_MAX {
            break;
        }
    }
    out
}

/// A part's header fields, decoded, a line each.
pub fn of_header(message: &Message<'_>, part: &Part) -> String {
    let mut out = String::new();
    for field in message.fields(part) {
        let name = String::from_utf8_lossy(field.name);
        push(&mut out, &[&name, ": ", &field.text()].concat());
        if out.len() >= INDEXED_BYTES_MAX {
            break;
        }
    }
    out
}

/// Adds a line, as far as the limit allows.
fn push(out: &mut String, text: &str) {
    let mut end = text.len().min(INDEXED_BYTES_MAX.saturating_sub(out.len()));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    out.push_str(&text[..end]);
    if end > 0 && !out.ends_with('\n') {
        out.push('\n');
    }
}
