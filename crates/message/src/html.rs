//! HTML as plain text: what a search looks through and a preview begins with.
//!
//! Words stay words over inline tags, blocks part lines, and what is not shown (title, style, script) is left out.

use crate::limits::HTML_BYTES_MAX;
use mail_parser::decoders::html::add_html_token;
use memchr::{memchr, memmem};

/// Elements whose content is not shown in the text.
const UNSEEN: [&str; 4] = ["title", "style", "script", "template"];
/// Elements that begin a line of their own.
const BLOCKS: [&str; 30] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];
/// Elements that part words.
const CELLS: [&str; 3] = ["td", "th", "option"];
/// The longest entity, `&CounterClockwiseContourIntegral;`, has 33 characters.
const ENTITY_BYTES_MAX: usize = 40;
/// The longest name of an element that is looked for.
const NAME_BYTES_MAX: usize = 12;

/// The text of an HTML document, of as much of it as [`HTML_BYTES_MAX`] allows.
pub(crate) fn to_text(html: &str) -> String {
    let html = &html[..html.floor_char_boundary(HTML_BYTES_MAX)];
    Reader {
        html,
        at: 0,
        out: String::with_capacity(html.len() / 2),
        blank: false,
        loose: false,
        endless: [false; 4],
    }
    .run()
}

struct Reader<'a> {
    html: &'a str,
    at: usize,
    out: String,
    /// A blank was read that is written before the next word.
    blank: bool,
    /// A quote in a tag was never closed: quotes mean nothing any more.
    loose: bool,
    /// Which of [`UNSEEN`] are known to have no end from here on.
    endless: [bool; 4],
}

impl Reader<'_> {
    fn run(mut self) -> String {
        while self.at < self.html.len() {
            let rest = &self.html[self.at..];
            let text = memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
            self.text(&rest[..text]);
            self.at += text;
            if self.at < self.html.len() {
                self.mark();
            }
        }
        self.out
    }

    /// What begins with `<`.
    fn mark(&mut self) {
        let rest = &self.html.as_bytes()[self.at..];
        if rest.starts_with(b"<!--") {
            self.at += memmem::find(rest, b"-->").map_or(rest.len(), |end| end + 3);
            return;
        }
        let closes = rest.get(1) == Some(&b'/');
        let name = rest.get(1 + usize::from(closes)..).unwrap_or_default();
        let declares = matches!(rest.get(1), Some(b'!' | b'?'));
        if !declares && !name.first().is_some_and(u8::is_ascii_alphabetic) {
            // A less-than sign.
            self.text("&lt;");
            self.at += 1;
            return;
        }
        let length = name.iter().take(NAME_BYTES_MAX + 1).take_while(|b| b.is_ascii_alphanumeric()).count();
        let name = String::from_utf8_lossy(&name[..length]).to_ascii_lowercase();
        self.at += self.tag_length();
        self.element(&name, closes);
    }

    /// The length of the tag that begins here; a `>` inside of a quoted value does not end it.
    fn tag_length(&mut self) -> usize {
        let rest = &self.html.as_bytes()[self.at..];
        let mut quote = None;
        for (at, &byte) in rest.iter().enumerate() {
            match (byte, quote) {
                (b'"' | b'\'', None) if !self.loose && follows_equals(&rest[..at]) => quote = Some(byte),
                (_, Some(open)) if byte == open => quote = None,
                (b'>', None) => return at + 1,
                _ => {}
            }
        }
        self.loose = true;
        memchr(b'>', rest).map_or(rest.len(), |end| end + 1)
    }

    fn element(&mut self, name: &str, closes: bool) {
        if let Some(number) = UNSEEN.iter().position(|unseen| *unseen == name) {
            if !closes {
                self.skip(number);
            }
        } else if BLOCKS.contains(&name) {
            self.blank = false;
            if !self.out.is_empty() && !self.out.ends_with('\n') {
                self.out.push('\n');
            }
        } else if CELLS.contains(&name) {
            self.blank = true;
        }
    }

    /// Goes on behind the end of an element that is not shown; one without an end is shown.
    fn skip(&mut self, number: usize) {
        if self.endless[number] {
            return;
        }
        let rest = &self.html.as_bytes()[self.at..];
        let end = memmem::find_iter(rest, b"</").find(|at| {
            let name = rest.get(at + 2..at + 2 + UNSEEN[number].len()).unwrap_or_default();
            name.eq_ignore_ascii_case(UNSEEN[number].as_bytes())
        });
        match end {
            Some(end) => self.at += end,
            None => self.endless[number] = true,
        }
    }

    fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let entity = if first == '&' { entity(rest) } else { None };
            match entity {
                Some(entity) => {
                    let mut shown = String::new();
                    add_html_token(&mut shown, entity.as_bytes(), false);
                    shown.chars().for_each(|c| self.push(c));
                    rest = &rest[entity.len()..];
                }
                None => {
                    self.push(first);
                    rest = &rest[first.len_utf8()..];
                }
            }
        }
    }

    /// Blanks in a row are one, and none begins or ends a line.
    fn push(&mut self, c: char) {
        if c.is_whitespace() {
            self.blank = true;
            return;
        }
        if std::mem::take(&mut self.blank) && !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push(' ');
        }
        self.out.push(c);
    }
}

fn follows_equals(before: &[u8]) -> bool {
    before.trim_ascii_end().last() == Some(&b'=')
}

/// The entity that begins here, with its semicolon.
fn entity(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let end = bytes.iter().take(ENTITY_BYTES_MAX).position(|&b| b == b';')?;
    let fits = |b: &u8| b.is_ascii_alphanumeric() || *b == b'#';
    (end > 1 && bytes[1..end].iter().all(fits)).then(|| &text[..=end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn documents() {
        for (html, text) in [
            ("", ""),
            ("plain  words", "plain words"),
            ("<a href=\"u\">link</a> text", "link text"),
            ("<b>bo</b>ld <i>it</i>, <u>x</u>", "bold it, x"),
            ("a<br>b<p>c</p>d", "a\nb\nc\nd"),
            ("<table><tr><td>1</td><td>2</td></tr></table>", "1 2\n"),
            ("<html><head><title>No</title><STYLE>p{}</STYLE></head><body>yes", "yes"),
            ("<script>if (a < b) {}</script>after", "after"),
            ("<title>never closed", "never closed"),
            ("K&auml;se &amp; &#8364;&#x20ac; &nope; & more;", "Käse & €€ &nope; & more;"),
            ("a&nbsp;b", "a b"),
            ("1 < 2 and 3 <4", "1 < 2 and 3 <4"),
            ("<a title=\"x > y\">in</a>", "in"),
            ("<a title=\"open>in</a> out", "in out"),
            ("<p title=it's>in</p>", "in\n"),
            ("a<!-- <b>no</b> -->b<!-- open", "ab"),
            ("<!doctype html><?xml?>x", "x"),
        ] {
            assert_eq!(to_text(html), text, "{html}");
        }
    }

    #[test]
    fn what_is_never_closed_is_read_once() {
        for piece in ["<title>", "<a b=\"", "<!--", "<script", "&", "</style"] {
            to_text(&piece.repeat(200_000));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(html in "(<|>|</|<!--|-->|title|br|=|\"|'|&|;|#x|ä| |[a-z]){0,40}") {
            prop_assert!(!to_text(&html).contains("  "));
        }
    }
}
