//! The first words of a message for a list of messages.  [RFC 8970]

use crate::limits::PREVIEW_CHARS_MAX;
use crate::structure::{Kind, Message, Part};
use crate::text;

/// At most [`PREVIEW_CHARS_MAX`] characters of the first text that is no attachment; empty if there is none.
pub(crate) fn preview(message: &Message<'_>) -> String {
    let shown = |part: &&Part| is_shown(message, part);
    let of = |sub: &str| message.parts().iter().filter(shown).find(|part| part.content_type.is("text", sub));
    let plain = of("plain").map(|part| squeeze(&text::of_part(message, part)));
    match plain.filter(|text| !text.is_empty()) {
        Some(text) => text,
        None => of("html").map(|part| squeeze(&text::of_part(message, part))).unwrap_or_default(),
    }
}

fn is_shown(message: &Message<'_>, part: &Part) -> bool {
    let attached = || {
        let disposition = message.disposition(part);
        disposition.is_some_and(|disposition| disposition.kind.eq_ignore_ascii_case("attachment"))
    };
    part.kind == Kind::Leaf && part.content_type.is_main("text") && !attached()
}

/// Words with one blank between them, without the lines that quote somebody else if there are others.
fn squeeze(text: &str) -> String {
    let own = words(text.lines().filter(|line| !line.trim_start().starts_with('>')));
    if own.is_empty() { words(text.lines()) } else { own }
}

fn words<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let (mut out, mut count) = (String::with_capacity(PREVIEW_CHARS_MAX), 0);
    for word in lines.flat_map(str::split_whitespace) {
        let blank = usize::from(count > 0);
        let room = (PREVIEW_CHARS_MAX - count).saturating_sub(blank);
        if room == 0 {
            break;
        }
        out.push_str(if blank == 1 { " " } else { "" });
        count += blank + add(&mut out, word, room);
    }
    out
}

/// Adds the first characters of a word, without those that control something; answers how many it looked at.
fn add(out: &mut String, word: &str, room: usize) -> usize {
    if word.len() <= room && word.bytes().all(|byte| byte.is_ascii_graphic()) {
        out.push_str(word);
        return word.len();
    }
    out.extend(word.chars().filter(|c| !c.is_control()).take(room));
    word.chars().take(room).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::parse;

    #[test]
    fn previews() {
        let long = "wort ".repeat(100);
        let mixed = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
        for (mail, expected) in [
            ("".to_string(), "".to_string()),
            ("\r\n  Hello,\r\n\r\nyou\tthere ".to_string(), "Hello, you there".to_string()),
            ("\r\n> quoted\r\nown".to_string(), "own".to_string()),
            ("\r\n> quoted".to_string(), "> quoted".to_string()),
            (format!("\r\n{long}"), long[..200].trim_end().to_string()),
            ("Content-Type: text/html\r\n\r\n<p>K&auml;se</p>".to_string(), "Käse".to_string()),
            (
                "Content-Type: text/html\r\n\r\n<title>No</title><a href=\"u\">link</a> text".to_string(),
                "link text".to_string(),
            ),
            ("Content-Type: multipart/mixed\r\n\r\nHello\r\n".to_string(), "Hello".to_string()),
            (
                format!("{mixed}--b\r\nContent-Disposition: attachment\r\n\r\nno\r\n--b\r\n\r\nyes\r\n--b--"),
                "yes".to_string(),
            ),
            ("Content-Type: image/png\r\n\r\nabc".to_string(), "".to_string()),
        ] {
            let seen = preview(&parse(mail.as_bytes()));
            assert_eq!(seen.trim_end(), expected, "{mail}");
            assert!(seen.chars().count() <= PREVIEW_CHARS_MAX);
        }
    }
}
