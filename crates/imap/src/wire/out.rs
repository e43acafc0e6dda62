//! Builds lines of an answer. Whatever is put in, a line stays one line.  [RFC 9051 9]

use super::utf7;
use super::words::is_atom_byte;

/// Longest string that goes quoted; clients read lines into fixed buffers.
const QUOTED_BYTES_MAX: usize = 1_000;

/// One answer under way: words parted by single blanks, brackets where they were opened.
#[derive(Debug)]
pub(crate) struct Out {
    bytes: Vec<u8>,
    /// Nothing stands in front of the next word: a bracket was just opened, or the answer begins.
    fresh: bool,
}

impl Out {
    /// A line that starts with `* `.
    pub(crate) fn untagged() -> Out {
        Out { bytes: b"*".to_vec(), fresh: false }
    }

    /// An empty answer to put pieces into.
    pub(crate) fn pieces() -> Out {
        Out { bytes: Vec::new(), fresh: true }
    }

    /// The rest of a line whose beginning has been sent.
    pub(crate) fn going_on() -> Out {
        Out { bytes: Vec::new(), fresh: false }
    }

    /// A blank, unless a bracket was just opened or the answer begins.
    fn part(&mut self) {
        if !std::mem::take(&mut self.fresh) {
            self.bytes.push(b' ');
        }
    }

    /// One of our own words.
    pub(crate) fn word(&mut self, word: &str) -> &mut Out {
        debug_assert!(word.bytes().all(|b| b.is_ascii_graphic() || b == b' '), "our own words are printable");
        self.part();
        self.bytes.extend_from_slice(word.as_bytes());
        self
    }

    /// The name of a section, which may hold blanks and quotes, already checked when it was read.
    pub(crate) fn label(&mut self, label: &str) -> &mut Out {
        self.part();
        self.bytes.extend(label.bytes().filter(|b| (b' '..0x7f).contains(b)));
        self
    }

    /// A number.
    pub(crate) fn number(&mut self, number: u64) -> &mut Out {
        self.part();
        self.push_digits(number);
        self
    }

    /// Digits without the detour over a String: this is most of what FETCH of flags does.
    fn push_digits(&mut self, mut number: u64) {
        let mut digits = [0; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.bytes.extend_from_slice(&digits[at..]);
    }

    /// An opening bracket.
    pub(crate) fn open(&mut self) -> &mut Out {
        self.part();
        self.bytes.push(b'(');
        self.fresh = true;
        self
    }

    /// A closing bracket.
    pub(crate) fn close(&mut self) -> &mut Out {
        self.fresh = false;
        self.bytes.push(b')');
        self
    }

    /// Ends a response code that a word like `[PERMANENTFLAGS` began, without a blank, which some clients trip
    /// over; and the text for people.
    pub(crate) fn end_code(&mut self, text: &str) -> &mut Out {
        self.bytes.push(b']');
        self.word(text)
    }

    /// Words in brackets.
    pub(crate) fn list<'a>(&mut self, words: impl IntoIterator<Item = &'a str>) -> &mut Out {
        self.open();
        for word in words {
            self.word(word);
        }
        self.close()
    }

    /// A string: quoted if that can hold it, else a literal.
    pub(crate) fn string(&mut self, text: &[u8], utf8: bool) -> &mut Out {
        let plain = |b: &u8| (b' '..0x7f).contains(b) || (utf8 && *b >= 0x80);
        let quotable = text.len() <= QUOTED_BYTES_MAX && text.iter().all(plain);
        if !quotable || (utf8 && std::str::from_utf8(text).is_err()) {
            return self.literal(text);
        }
        self.part();
        self.bytes.push(b'"');
        for &byte in text {
            if matches!(byte, b'"' | b'\\') {
                self.bytes.push(b'\\');
            }
            self.bytes.push(byte);
        }
        self.bytes.push(b'"');
        self
    }

    /// A literal.
    pub(crate) fn literal(&mut self, bytes: &[u8]) -> &mut Out {
        self.announce(bytes.len() as u64, false);
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// The announcement of a literal whose octets follow by themselves; `may_hold_nul` for a literal8. [RFC 3516 7]
    pub(crate) fn announce(&mut self, size: u64, may_hold_nul: bool) -> &mut Out {
        self.part();
        if may_hold_nul {
            self.bytes.push(b'~');
        }
        self.bytes.push(b'{');
        self.push_digits(size);
        self.bytes.extend_from_slice(b"}\r\n");
        self
    }

    /// Octets of a literal that was announced.
    pub(crate) fn octets(&mut self, bytes: &[u8]) -> &mut Out {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// Takes what is there; the line goes on.
    pub(crate) fn cut(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// What the `message` room has rendered, brackets included.
    pub(crate) fn rendered(&mut self, bytes: &[u8]) -> &mut Out {
        self.part();
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// A folder's name: an atom where it can be one, in UTF-8 for clients that asked for it.
    pub(crate) fn folder(&mut self, name: &str, utf8: bool) -> &mut Out {
        let wire = if utf8 { name.to_string() } else { utf7::encode(name) };
        let is_atom = !wire.is_empty() && wire.bytes().all(|b| is_atom_byte(b) && b != b'~');
        // NIL would be read as the absence of a name.
        if is_atom && !wire.eq_ignore_ascii_case("NIL") {
            self.part();
            self.bytes.extend_from_slice(wire.as_bytes());
            return self;
        }
        self.string(wire.as_bytes(), utf8)
    }

    /// Ends the line; more may follow.
    pub(crate) fn line(&mut self) -> &mut Out {
        self.bytes.extend_from_slice(b"\r\n");
        self
    }

    /// Begins a further untagged line.
    pub(crate) fn more(&mut self) -> &mut Out {
        self.fresh = false;
        self.bytes.push(b'*');
        self
    }

    /// How much there is.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes so far, leaving the answer empty but its memory in place.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Human text of a status line: one line, nothing that a client could take for a response code.
pub(crate) fn human(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect();
    let text = text.trim_start_matches('[').trim();
    if text.is_empty() { "Done.".to_string() } else { text.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let mut out = Out::untagged();
        out.word("LIST").list(["\\HasChildren"]).string(b"/", false).folder("Entwürfe", false).line();
        out.more().number(4).word("FETCH").open().word("X").literal(b"a\0b").close().line();
        assert_eq!(
            String::from_utf8_lossy(out.bytes()),
            "* LIST (\\HasChildren) \"/\" Entw&APw-rfe\r\n* 4 FETCH (X {3}\r\na\0b)\r\n"
        );
        let mut out = Out::pieces();
        out.open().word("X").literal(b"a (").word("Y").literal(b"[").word("Z").close();
        assert_eq!(
            out.bytes(),
            b"(X {3}\r\na ( Y {1}\r\n[ Z)",
            "what a literal ends with is no bracket of ours"
        );
    }

    #[test]
    fn strings_and_names() {
        for (text, utf8, wire) in [
            ("a b", false, "\"a b\""),
            ("a\"\\", false, "\"a\\\"\\\\\""),
            ("ä", false, "{2}\r\nä"),
            ("ä", true, "\"ä\""),
            ("a\r\nb", true, "{4}\r\na\r\nb"),
            ("", false, "\"\""),
        ] {
            let mut out = Out::pieces();
            out.string(text.as_bytes(), utf8);
            assert_eq!(String::from_utf8_lossy(out.bytes()), wire, "{text}");
        }
        for (name, utf8, wire) in [
            ("a", false, "a"),
            ("nil", false, "\"nil\""),
            ("a b", false, "\"a b\""),
            ("ä", true, "\"ä\""),
            ("", false, "\"\""),
        ] {
            let mut out = Out::pieces();
            out.folder(name, utf8);
            assert_eq!(String::from_utf8_lossy(out.bytes()), wire, "{name}");
        }
    }

    #[test]
    fn human_text_stays_one_line() {
        for (text, shown) in
            [("[CAPABILITY x]\r\n* BYE", "CAPABILITY x]  * BYE"), ("", "Done."), ("ok", "ok")]
        {
            assert_eq!(human(text), shown);
        }
    }
}
