//! The items of a FETCH as they are written.  [RFC 9051 6.4.5] [RFC 3516 4] [RFC 8970 3] [RFC 8474] [RFC 8514]

use crate::limits::FETCH_ITEMS_MAX;
use crate::wire::words::{Words, syntax};
use message::Which;
use object::{Error, ErrorId, Result};
use std::ops::Range;

/// One thing wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Uid,
    Flags,
    InternalDate,
    Size,
    Envelope,
    /// BODY without brackets.
    Body,
    BodyStructure,
    ModSeq,
    EmailId,
    ThreadId,
    SaveDate,
    Preview,
    Section(Section),
    Binary {
        path: Vec<u32>,
        partial: Option<Partial>,
        peek: bool,
    },
    BinarySize {
        path: Vec<u32>,
    },
}

/// `BODY[…]` or one of its old names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    /// The name under which it is answered: `BODY[1.MIME]`, `RFC822`.
    pub(crate) label: String,
    pub(crate) path: Vec<u32>,
    pub(crate) text: Text,
    pub(crate) partial: Option<Partial>,
    pub(crate) peek: bool,
}

/// What of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    Part(Which),
    /// HEADER.FIELDS, or with `not` HEADER.FIELDS.NOT.
    Fields {
        names: Vec<String>,
        not: bool,
    },
}

/// `<start.count>`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Partial {
    pub(crate) start: u64,
    pub(crate) count: u64,
}

impl Partial {
    /// The bytes of `whole` that are asked for.
    pub(crate) fn of(partial: Option<Partial>, whole: &[u8]) -> &[u8] {
        let range = Partial::range(partial, 0..whole.len() as u64);
        // Both ends are at most the length, which is a usize.
        &whole[range.start as usize..range.end as usize]
    }

    /// What is asked for of a range.
    pub(crate) fn range(partial: Option<Partial>, whole: Range<u64>) -> Range<u64> {
        let Some(Partial { start, count }) = partial else { return whole };
        let start = whole.start.saturating_add(start).min(whole.end);
        start..start.saturating_add(count).min(whole.end)
    }
}

impl Item {
    /// Whether answering it marks the message as read.
    pub(crate) fn marks_seen(&self) -> bool {
        match self {
            Item::Section(section) => !section.peek,
            Item::Binary { peek, .. } => !peek,
            _ => false,
        }
    }

    /// Whether the message's bytes are needed.
    pub(crate) fn needs_bytes(&self) -> bool {
        matches!(self, Item::Section(_) | Item::Binary { .. } | Item::BinarySize { .. })
    }

    /// Whether it is the message as it came, or a range of it.
    pub(crate) fn is_whole_message(&self) -> bool {
        let Item::Section(section) = self else { return false };
        section.path.is_empty() && section.text == Text::Part(Which::Whole)
    }

    /// The name under which an item that needs bytes is answered.
    pub(crate) fn label(&self) -> String {
        let range = |partial: &Option<Partial>| partial.map(|partial| format!("<{}>", partial.start));
        match self {
            Item::Section(section) => section.label.clone(),
            Item::Binary { path, partial, .. } => {
                format!("BINARY[{}]{}", dotted(path), range(partial).unwrap_or_default())
            }
            Item::BinarySize { path } => format!("BINARY.SIZE[{}]", dotted(path)),
            _ => String::new(),
        }
    }

    /// Whether the bytes of the header are enough.
    pub(crate) fn needs_header_only(&self) -> bool {
        let Item::Section(section) = self else { return false };
        let of_header = matches!(section.text, Text::Fields { .. } | Text::Part(Which::Header));
        section.path.is_empty() && of_header
    }

    /// Whether what was rendered at delivery is needed.
    pub(crate) fn needs_rendered(&self) -> bool {
        matches!(self, Item::Envelope | Item::Body | Item::BodyStructure | Item::Preview)
    }
}

/// Reads a macro, one item, or items in parentheses.
pub(crate) fn items(words: &mut Words<'_>) -> Result<Vec<Item>> {
    use Item::{Body, Envelope, Flags, InternalDate, Size};
    for (name, items) in [
        ("ALL", &[Flags, InternalDate, Size, Envelope][..]),
        ("FAST", &[Flags, InternalDate, Size]),
        ("FULL", &[Flags, InternalDate, Size, Envelope, Body]),
    ] {
        if words.eat_word(name) {
            return Ok(items.to_vec());
        }
    }
    if !words.eat(b'(') {
        return Ok(vec![item(words)?]);
    }
    let mut items = vec![item(words)?];
    while words.eat(b' ') {
        items.push(item(words)?);
        if items.len() > FETCH_ITEMS_MAX {
            return Err(Error::limit(ErrorId::TooManyItems, "Too many items are asked for at once."));
        }
    }
    words.need(b')')?;
    items.dedup();
    Ok(items)
}

fn item(words: &mut Words<'_>) -> Result<Item> {
    let name = words.keyword()?;
    let old = |label: &str, which, peek| {
        let (path, text) = (Vec::new(), Text::Part(which));
        Item::Section(Section { label: label.to_string(), path, text, partial: None, peek })
    };
    Ok(match name.as_str() {
        "UID" => Item::Uid,
        "FLAGS" => Item::Flags,
        "INTERNALDATE" => Item::InternalDate,
        "RFC822.SIZE" => Item::Size,
        "ENVELOPE" => Item::Envelope,
        "BODYSTRUCTURE" => Item::BodyStructure,
        "MODSEQ" => Item::ModSeq,
        "EMAILID" => Item::EmailId,
        "THREADID" => Item::ThreadId,
        "SAVEDATE" => Item::SaveDate,
        "PREVIEW" => preview(words)?,
        "RFC822" => old("RFC822", Which::Whole, false),
        "RFC822.HEADER" => old("RFC822.HEADER", Which::Header, true),
        "RFC822.TEXT" => old("RFC822.TEXT", Which::Text, false),
        "BODY" if words.peek() != Some(b'[') => Item::Body,
        "BODY" => Item::Section(section(words, false)?),
        "BODY.PEEK" => Item::Section(section(words, true)?),
        "BINARY" => binary(words, false)?,
        "BINARY.PEEK" => binary(words, true)?,
        "BINARY.SIZE" => {
            words.need(b'[')?;
            let (path, _) = path(words)?;
            words.need(b']')?;
            Item::BinarySize { path }
        }
        other => return Err(syntax(format!("{other:.40} cannot be fetched."))),
    })
}

/// `PREVIEW [(LAZY)]`: ours is kept with the message, so lazy or not is the same. [RFC 8970 3.1]
fn preview(words: &mut Words<'_>) -> Result<Item> {
    let mut ahead = words.clone();
    if ahead.eat(b' ') && ahead.eat(b'(') {
        let lazy = ahead.eat_word("LAZY");
        if !lazy || !ahead.eat(b')') {
            return Err(syntax("PREVIEW knows LAZY only."));
        }
        *words = ahead;
    }
    Ok(Item::Preview)
}

fn binary(words: &mut Words<'_>, peek: bool) -> Result<Item> {
    words.need(b'[')?;
    let (path, _) = path(words)?;
    words.need(b']')?;
    Ok(Item::Binary { path, partial: partial(words)?, peek })
}

/// `[` section-spec `]` and a partial range.
fn section(words: &mut Words<'_>, peek: bool) -> Result<Section> {
    words.need(b'[')?;
    let (path, dot) = path(words)?;
    let text = match words.peek() {
        Some(b']') if !dot => Text::Part(Which::Whole),
        _ if path.is_empty() || dot => section_text(words, !path.is_empty())?,
        _ => return Err(syntax("That is not a section.")),
    };
    words.need(b']')?;
    let partial = partial(words)?;
    let label = label(&path, &text, partial);
    Ok(Section { label, path, text, partial, peek })
}

/// Numbers parted by dots; whether a dot follows them.
fn path(words: &mut Words<'_>) -> Result<(Vec<u32>, bool)> {
    let mut path = Vec::new();
    while words.peek().is_some_and(|b| b.is_ascii_digit()) {
        match words.number()? {
            0 => return Err(syntax("Parts are counted from 1.")),
            number => path.push(number),
        }
        if path.len() > message::limits::DEPTH_MAX * 2 {
            return Err(Error::limit(ErrorId::SectionTooDeep, "No message has parts that deep."));
        }
        if !words.eat(b'.') {
            return Ok((path, false));
        }
    }
    let dot = !path.is_empty();
    Ok((path, dot))
}

fn section_text(words: &mut Words<'_>, of_part: bool) -> Result<Text> {
    match words.keyword()?.as_str() {
        "HEADER" => Ok(Text::Part(Which::Header)),
        "TEXT" => Ok(Text::Part(Which::Text)),
        "MIME" if of_part => Ok(Text::Part(Which::Mime)),
        "HEADER.FIELDS" => Ok(Text::Fields { names: field_names(words)?, not: false }),
        "HEADER.FIELDS.NOT" => Ok(Text::Fields { names: field_names(words)?, not: true }),
        other => Err(syntax(format!("{other:.40} is not a section."))),
    }
}

fn field_names(words: &mut Words<'_>) -> Result<Vec<String>> {
    words.space()?;
    words.need(b'(')?;
    let mut names = vec![words.text()?];
    while words.eat(b' ') {
        names.push(words.text()?);
    }
    words.need(b')')?;
    Ok(names)
}

fn partial(words: &mut Words<'_>) -> Result<Option<Partial>> {
    if !words.eat(b'<') {
        return Ok(None);
    }
    let start = words.number64()?;
    words.need(b'.')?;
    let count = words.number64()?;
    words.need(b'>')?;
    if count == 0 {
        return Err(syntax("A partial range of no bytes."));
    }
    Ok(Some(Partial { start, count }))
}

fn dotted(path: &[u32]) -> String {
    path.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

/// The name of the answer: it repeats the request, with the start of the range only.
fn label(path: &[u32], text: &Text, partial: Option<Partial>) -> String {
    let dot = if path.is_empty() { "" } else { "." };
    let text = match text {
        Text::Part(Which::Whole) => String::new(),
        Text::Part(Which::Header) => format!("{dot}HEADER"),
        Text::Part(Which::Text) => format!("{dot}TEXT"),
        Text::Part(Which::Mime) => format!("{dot}MIME"),
        Text::Fields { names, not } => {
            let verb = if *not { "HEADER.FIELDS.NOT" } else { "HEADER.FIELDS" };
            format!(
                "{dot}{verb} ({})",
                names.iter().map(|name| field_name(name)).collect::<Vec<_>>().join(" ")
            )
        }
    };
    let range = partial.map(|partial| format!("<{}>", partial.start)).unwrap_or_default();
    format!("BODY[{}{text}]{range}", dotted(path))
}

/// A field name as astring; what could not stand there is dropped, it names no field anyway.
fn field_name(name: &str) -> String {
    let is_atom = !name.is_empty() && name.bytes().all(crate::wire::words::is_atom_byte);
    let safe: String = name.chars().filter(|c| (' '..='~').contains(c) && !matches!(c, '"' | '\\')).collect();
    if is_atom { name.to_string() } else { format!("\"{safe}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Vec<Item>> {
        let mut words = Words::of(text.as_bytes(), false);
        let items = items(&mut words)?;
        words.end().map(|()| items)
    }

    #[test]
    fn sections_and_their_labels() {
        for (text, label, peek) in [
            ("BODY[]", "BODY[]", false),
            ("body.peek[]<0.100>", "BODY[]<0>", true),
            ("BODY[1]", "BODY[1]", false),
            ("BODY[1.2.MIME]", "BODY[1.2.MIME]", false),
            ("BODY[header]", "BODY[HEADER]", false),
            ("BODY[3.TEXT]<7.1>", "BODY[3.TEXT]<7>", false),
            ("BODY.PEEK[HEADER.FIELDS (From \"X Y\")]", "BODY[HEADER.FIELDS (From \"X Y\")]", true),
            ("BODY[2.HEADER.FIELDS.NOT (To)]", "BODY[2.HEADER.FIELDS.NOT (To)]", false),
            ("RFC822.HEADER", "RFC822.HEADER", true),
        ] {
            match &read(text).unwrap()[..] {
                [Item::Section(section)] => assert_eq!((section.label.as_str(), section.peek), (label, peek)),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn items_as_written() {
        for (text, items) in [
            ("FAST", vec![Item::Flags, Item::InternalDate, Item::Size]),
            ("(UID FLAGS)", vec![Item::Uid, Item::Flags]),
            ("BODY", vec![Item::Body]),
            ("(BODY UID)", vec![Item::Body, Item::Uid]),
            ("(PREVIEW (LAZY) UID)", vec![Item::Preview, Item::Uid]),
            ("(PREVIEW UID)", vec![Item::Preview, Item::Uid]),
            ("BINARY.SIZE[1.2]", vec![Item::BinarySize { path: vec![1, 2] }]),
            (
                "BINARY.PEEK[1]<2.3>",
                vec![Item::Binary {
                    path: vec![1],
                    partial: Some(Partial { start: 2, count: 3 }),
                    peek: true,
                }],
            ),
        ] {
            assert_eq!(read(text).unwrap(), items, "{text}");
        }
    }

    #[test]
    fn what_is_refused() {
        let deep = format!("BODY[{}1]", "1.".repeat(10_000));
        for text in [
            "",
            "()",
            "(UID",
            "NONSENSE",
            "BODY[",
            "BODY[0]",
            "BODY[1.]",
            "BODY[MIME]",
            "BODY[1]<0.0>",
            "BODY[]<1>",
            "BODY[HEADER.FIELDS]",
            "BODY[HEADER.FIELDS ()]",
            "BODY[1x]",
            "PREVIEW (EAGER)",
            "BINARY[1.TEXT]",
        ] {
            assert_eq!(read(text).unwrap_err().id(), "Syntax", "{text}");
        }
        assert_eq!(read(&deep).unwrap_err().id(), "SectionTooDeep");
    }

    #[test]
    fn partial_ranges() {
        let whole = b"0123456789";
        for (start, count, expected) in [
            (0, 4, "0123"),
            (8, 4, "89"),
            (10, 1, ""),
            (99, 1, ""),
            (0, u64::MAX, "0123456789"),
            (u64::MAX, u64::MAX, ""),
        ] {
            assert_eq!(Partial::of(Some(Partial { start, count }), whole), expected.as_bytes());
        }
        assert_eq!(Partial::of(None, whole), whole);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(BODY|BINARY|PREVIEW|UID|[\\[\\](). <>0-9A-Z\"]){0,20}") {
            let _read = read(&text).is_ok();
        }
    }
}
