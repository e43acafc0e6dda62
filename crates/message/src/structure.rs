//! The MIME tree as byte ranges, found in one pass over the bytes.  [RFC 2045] [RFC 2046]
//!
//! The pass keeps a stack of open multiparts and messages instead of recursing: a boundary line of an
//! outer multipart ends all inner ones, whether they were closed or not. A boundary of a part that is
//! already closed means nothing any more, so a tree cannot contain itself.

use crate::decode::Encoding;
use crate::field::{Fields, field_length, is_empty_line, is_field, line_length};
use crate::limits::{DEPTH_MAX, PARTS_MAX};
use crate::parameter::{ContentType, Disposition};
use memchr::memmem::Finder;
use std::ops::Range;

/// A message's bytes and its parts.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// The bytes as they came.
    pub bytes: &'a [u8],
    parts: Vec<Part>,
}

/// One node of the tree.
#[derive(Clone, Debug)]
pub struct Part {
    /// The header with the empty line that ends it.
    pub header: Range<usize>,
    /// The body without the line end that belongs to the boundary behind it.
    pub body: Range<usize>,
    /// Line ends in the body.
    pub lines: usize,
    /// What the body consists of.
    pub kind: Kind,
    /// The Content-Type, or the default of its place.
    pub content_type: ContentType,
    /// How the body is encoded.
    pub encoding: Encoding,
    /// Multiparts and messages around it.
    pub depth: usize,
}

/// What a body consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Content.
    Leaf,
    /// Parts, by their number in [`Message::part`].
    Multipart(Vec<usize>),
    /// A message whose own root has that number.
    Message(usize),
}

/// Finds the structure of any bytes.
pub fn parse(bytes: &[u8]) -> Message<'_> {
    Message { bytes, parts: Scan::new(bytes).run() }
}

impl<'a> Message<'a> {
    /// The outermost part.
    pub fn root(&self) -> &Part {
        &self.parts[0]
    }

    /// A part by its number; the root is 0.
    pub fn part(&self, number: usize) -> &Part {
        &self.parts[number]
    }

    /// All parts, the root first, in the order of their bytes.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The fields of a part's header.
    pub fn fields(&self, part: &Part) -> Fields<'a> {
        Fields::of(&self.bytes[part.header.clone()])
    }

    /// The bytes of a part's body, still encoded.
    pub fn body(&self, part: &Part) -> &'a [u8] {
        &self.bytes[part.body.clone()]
    }

    /// The content of a leaf.
    pub fn content(&self, part: &Part) -> std::borrow::Cow<'a, [u8]> {
        crate::decode::decode(part.encoding, self.body(part))
    }

    /// How the part wants to be shown, if it says.
    pub fn disposition(&self, part: &Part) -> Option<Disposition> {
        Disposition::parse(&self.fields(part).value("Content-Disposition")?)
    }

    /// The file name a part gives, from either header.
    pub fn file_name(&self, part: &Part) -> Option<String> {
        let given = self.disposition(part).and_then(|d| d.parameter("filename"));
        given.or_else(|| part.content_type.parameter("name"))
    }
}

/// An open multipart or message.
struct Frame {
    part: usize,
    /// `None`: a message, which ends when what is around it ends.
    boundary: Option<Vec<u8>>,
    digest: bool,
}

/// A boundary line that means something.
struct Hit {
    /// Where the body before it ends: the line end in front of the boundary is the boundary's.
    body_end: usize,
    /// Where the line begins and what follows it begins.
    line: Range<usize>,
    frame: usize,
    closes: bool,
}

struct Scan<'a> {
    bytes: &'a [u8],
    parts: Vec<Part>,
    open: Vec<Frame>,
    /// The part under way that has no frame.
    leaf: Option<usize>,
    finder: Finder<'static>,
}

impl<'a> Scan<'a> {
    fn new(bytes: &'a [u8]) -> Scan<'a> {
        Scan { bytes, parts: Vec::new(), open: Vec::new(), leaf: None, finder: Finder::new(b"\n--") }
    }

    fn run(mut self) -> Vec<Part> {
        let mut at = self.begin(0);
        while let Some(hit) = self.next_boundary(at) {
            at = hit.line.end;
            self.end_inside(hit.frame + 1, hit.body_end);
            if hit.closes {
                // What follows is epilogue: part of the multipart's body, which ends with what is around it.
                self.open[hit.frame].boundary = None;
            } else if self.parts.len() + 1 >= PARTS_MAX {
                self.opaque_rest(hit.line.end);
                break;
            } else {
                at = self.begin(hit.line.end);
            }
        }
        self.end_inside(0, self.bytes.len());
        self.keep_inside();
        self.count_lines();
        self.parts
    }

    /// Reads the header at `at`, opens the part and what begins inside it; answers where its content starts.
    fn begin(&mut self, mut at: usize) -> usize {
        // A part whose sender forgot the empty line: what is no field is its body. Of whole messages not, which
        // mail boxes of old begin with a `From ` line.
        let mut of_multipart = !self.parts.is_empty();
        loop {
            let header = at..self.header_end(at, std::mem::take(&mut of_multipart));
            at = header.end;
            let kind = self.add(header);
            if kind != Some(Inside::Message) || self.parts.len() >= PARTS_MAX {
                return at;
            }
        }
    }

    /// Where the header that starts at `at` ends; a boundary line ends it too.
    fn header_end(&self, start: usize, fields_only: bool) -> usize {
        let mut at = start;
        while at < self.bytes.len() {
            let rest = &self.bytes[at..];
            if is_empty_line(rest) {
                return at + line_length(rest);
            }
            if self.boundary_at(at).is_some() || (fields_only && !is_field(rest)) {
                return at;
            }
            // A folded line starts with a blank, so no boundary line is skipped.
            at += field_length(rest);
        }
        self.bytes.len()
    }

    /// Adds the part with that header; tells what is inside it.
    fn add(&mut self, header: Range<usize>) -> Option<Inside> {
        let fields = || Fields::of(&self.bytes[header.clone()]);
        let encoding = Encoding::of(fields().value("Content-Transfer-Encoding").as_deref());
        let content_type = match fields().value("Content-Type") {
            Some(value) => ContentType::parse(&value),
            None if self.parent_is_digest() => ContentType::message(),
            None => ContentType::plain(),
        };
        let number = self.parts.len();
        let depth = self.open.len();
        self.enter_parent(number);
        let inside = self.inside(&content_type, depth);
        let beyond = inside.is_none() && is_composite(&content_type);
        let content_type = if beyond { ContentType::opaque() } else { content_type };
        let kind = match &inside {
            Some(Inside::Multipart(_)) => Kind::Multipart(Vec::new()),
            _ => Kind::Leaf,
        };
        let frame = inside.as_ref().map(|inside| Frame {
            part: number,
            boundary: inside.boundary(),
            digest: content_type.is("multipart", "digest"),
        });
        let body = header.end..header.end;
        self.parts.push(Part { header, body, lines: 0, kind, content_type, encoding, depth });
        match frame {
            Some(frame) => self.open.push(frame),
            None => self.leaf = Some(number),
        }
        inside
    }

    fn parent_is_digest(&self) -> bool {
        self.open.last().is_some_and(|frame| frame.digest)
    }

    fn enter_parent(&mut self, number: usize) {
        let Some(frame) = self.open.last() else { return };
        match &mut self.parts[frame.part].kind {
            Kind::Multipart(children) => children.push(number),
            kind => *kind = Kind::Message(number),
        }
    }

    fn inside(&self, content_type: &ContentType, depth: usize) -> Option<Inside> {
        if depth >= DEPTH_MAX {
            return None;
        }
        if is_message(content_type) {
            // The nested message needs a part of its own.
            return (self.parts.len() + 1 < PARTS_MAX).then_some(Inside::Message);
        }
        if !content_type.is_main("multipart") {
            return None;
        }
        let plain = content_type.parameters.iter().find(|(name, _)| name.eq_ignore_ascii_case("boundary"));
        let encoded = || content_type.parameter("boundary").map(String::into_bytes);
        let boundary = plain.map(|(_, value)| value.clone()).or_else(encoded);
        Some(Inside::Multipart(boundary.filter(|value| !value.is_empty())))
    }

    /// The next line that is a boundary of an open multipart, from `at` on.
    fn next_boundary(&self, at: usize) -> Option<Hit> {
        if self.open.iter().all(|frame| frame.boundary.is_none()) {
            return None;
        }
        if let Some(hit) = self.boundary_at(at) {
            return Some(hit);
        }
        // `at` is a line's start: the search begins with the line end before it only if it is further on.
        self.finder.find_iter(&self.bytes[at..]).find_map(|found| self.boundary_at(at + found + 1))
    }

    /// Whether a line of that start is a boundary; the longest matching one, then the innermost, counts.
    fn boundary_at(&self, start: usize) -> Option<Hit> {
        let rest = self.bytes.get(start..)?.strip_prefix(b"--")?;
        let matching = self.open.iter().enumerate().filter_map(|(frame, open)| {
            let boundary = open.boundary.as_deref()?;
            rest.starts_with(boundary).then_some((boundary.len(), frame))
        });
        let (length, frame) = matching.max()?;
        let end = start + line_length(&self.bytes[start..]);
        let closes = rest[length..].starts_with(b"--");
        Some(Hit { body_end: self.before_line_end(start), line: start..end, frame, closes })
    }

    fn before_line_end(&self, start: usize) -> usize {
        match &self.bytes[..start] {
            [.., b'\r', b'\n'] => start - 2,
            [.., b'\n'] => start - 1,
            _ => start,
        }
    }

    /// Ends all parts inside the first `frames` frames, and forgets their frames.
    fn end_inside(&mut self, frames: usize, at: usize) {
        let inner = self.open.drain(frames.min(self.open.len())..).map(|frame| frame.part);
        let ending: Vec<usize> = inner.chain(self.leaf.take()).collect();
        for number in ending {
            self.end(number, at);
        }
    }

    fn end(&mut self, number: usize, at: usize) {
        let part = &mut self.parts[number];
        part.body.end = at.max(part.body.start);
    }

    /// What the pass leaves: a multipart without parts, whose boundary is missing or stands nowhere, is the text it looks
    /// like [RFC 2045 5.2]; and the header of a message inside ends at the latest where the part around it ends.
    fn keep_inside(&mut self) {
        for number in 0..self.parts.len() {
            let part = &mut self.parts[number];
            let outer = part.body.clone();
            if part.kind == Kind::Multipart(Vec::new()) {
                part.kind = Kind::Leaf;
                part.content_type = part.content_type.as_plain();
            } else if let Kind::Message(inner) = part.kind {
                let inner = &mut self.parts[inner];
                inner.header.end = inner.header.end.min(outer.end).max(inner.header.start);
                inner.body.start = inner.body.start.min(outer.end).max(inner.header.end);
                inner.body.end = inner.body.end.min(outer.end).max(inner.body.start);
            }
        }
    }

    /// More parts than the limit: the rest becomes one. [`PARTS_MAX`]
    fn opaque_rest(&mut self, at: usize) {
        let number = self.parts.len();
        let depth = self.open.len();
        self.enter_parent(number);
        self.parts.push(Part {
            header: at..at,
            body: at..self.bytes.len(),
            lines: 0,
            kind: Kind::Leaf,
            content_type: ContentType::opaque(),
            encoding: Encoding::Identity,
            depth,
        });
    }

    /// Lines of every body in one pass each over the leaves; a composite's own count is taken where IMAP
    /// shows it: of messages. [RFC 9051 7.5.2]
    fn count_lines(&mut self) {
        let mut counted = Lines::new(self.bytes);
        for part in &mut self.parts {
            part.lines = counted.up_to(part.body.end) - counted.up_to(part.body.start);
        }
    }
}

/// What a composite part holds.
#[derive(PartialEq, Eq)]
enum Inside {
    Message,
    Multipart(Option<Vec<u8>>),
}

impl Inside {
    fn boundary(&self) -> Option<Vec<u8>> {
        match self {
            Inside::Message => None,
            Inside::Multipart(boundary) => boundary.clone(),
        }
    }
}

pub(crate) fn is_message(content_type: &ContentType) -> bool {
    content_type.is("message", "rfc822") || content_type.is("message", "global")
}

fn is_composite(content_type: &ContentType) -> bool {
    is_message(content_type) || content_type.is_main("multipart")
}

/// Line ends before a position, from marks at fixed distances: parts within each other ask for the same
/// bytes over and over.
struct Lines<'a> {
    bytes: &'a [u8],
    marks: Vec<usize>,
}

impl<'a> Lines<'a> {
    const STRIDE: usize = 4096;

    fn new(bytes: &'a [u8]) -> Lines<'a> {
        let sums = bytes.chunks(Self::STRIDE).scan(0, |sum, chunk| {
            let before = *sum;
            *sum += memchr::memchr_iter(b'\n', chunk).count();
            Some(before)
        });
        Lines { bytes, marks: sums.collect() }
    }

    fn up_to(&mut self, at: usize) -> usize {
        let mark = (at / Self::STRIDE).min(self.marks.len().saturating_sub(1));
        let before = self.marks.get(mark).copied().unwrap_or(0);
        before + memchr::memchr_iter(b'\n', &self.bytes[mark * Self::STRIDE..at]).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree as a line: type/subtype, children in parentheses, leaf bodies quoted.
    fn shown(bytes: &[u8]) -> String {
        let message = parse(bytes);
        fn show(message: &Message<'_>, number: usize) -> String {
            let part = message.part(number);
            let sub = &part.content_type.sub;
            match &part.kind {
                Kind::Leaf => format!("{sub}{:?}", String::from_utf8_lossy(message.body(part))),
                Kind::Message(inner) => format!("{sub}({})", show(message, *inner)),
                Kind::Multipart(children) => {
                    let inner: Vec<_> = children.iter().map(|&child| show(message, child)).collect();
                    format!("{sub}({})", inner.join(" "))
                }
            }
        }
        show(&message, 0)
    }

    #[test]
    fn trees() {
        let mixed = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
        for (bytes, tree) in [
            ("".to_string(), "plain\"\""),
            ("no header".to_string(), "plain\"\""),
            ("A: b\r\n\r\nbody\r\n".to_string(), "plain\"body\\r\\n\""),
            (
                format!("{mixed}pre\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\npost"),
                "mixed(plain\"one\" plain\"two\")",
            ),
            (format!("{mixed}--b\n\none\n--b\n\ntwo\n--b--\n"), "mixed(plain\"one\" plain\"two\")"),
            (format!("{mixed}--b\r\n\r\none"), "mixed(plain\"one\")"),
            (format!("{mixed}--b\r\n--b\r\n--b--\r\n"), "mixed(plain\"\" plain\"\")"),
            (format!("{mixed}nothing"), "plain\"nothing\""),
            (format!("{mixed}--c\r\n\r\none\r\n--c--\r\n"), "plain\"--c\\r\\n\\r\\none\\r\\n--c--\\r\\n\""),
            (
                "Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\none".to_string(),
                "plain\"--b\\r\\n\\r\\none\"",
            ),
            ("Content-Type: multipart/mixed; boundary=\"\"\r\n\r\none".to_string(), "plain\"one\""),
            (
                format!("{mixed}--b\r\nContent-Type: multipart/related\r\n\r\none\r\n--b--"),
                "mixed(plain\"one\")",
            ),
            (
                format!(
                    "{mixed}--b\r\nContent-Type: multipart/alternative; boundary=bb\r\n\r\n--bb\r\n\r\n1\r\n--bb--\r\nepi\r\n--b\r\n\r\n2\r\n--b--"
                ),
                "mixed(alternative(plain\"1\") plain\"2\")",
            ),
            (
                format!(
                    "{mixed}--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--\r\n--c\r\n\r\n3"
                ),
                "mixed(alternative(plain\"1\") plain\"2\")",
            ),
            (
                format!(
                    "{mixed}--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ninner\r\n--b--\r\n"
                ),
                "mixed(rfc822(plain\"inner\"))",
            ),
            (format!("{mixed}--b\r\nX: y\r\nbody\r\n: z\r\n--b--\r\n"), "mixed(plain\"body\\r\\n: z\")"),
            (
                "Content-Type: multipart/mixed; boundary*=us-ascii''b\r\n\r\n--b\r\n\r\none\r\n--b--"
                    .to_string(),
                "mixed(plain\"one\")",
            ),
            (
                "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: x\r\n\r\n1\r\n--b--"
                    .to_string(),
                "digest(rfc822(plain\"1\"))",
            ),
            (
                format!(
                    "{mixed}--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n1\r\n--b--"
                ),
                "mixed(mixed(plain\"1\"))",
            ),
        ] {
            assert_eq!(shown(bytes.as_bytes()), tree, "{bytes}");
        }
    }

    #[test]
    fn lines_and_ranges() {
        let bytes = b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\none\r\ntwo\r\n";
        let message = parse(bytes);
        assert_eq!((message.root().lines, message.part(1).lines), (4, 2));
        assert_eq!(message.body(message.root()), &bytes[32..]);
    }

    #[test]
    fn a_thousand_levels_end_in_an_opaque_part() {
        let mut bytes = Vec::new();
        for level in 0..1000 {
            bytes.extend(
                format!("Content-Type: multipart/mixed; boundary=b{level}x\r\n\r\n--b{level}x\r\n")
                    .into_bytes(),
            );
        }
        let message = parse(&bytes);
        let deepest = message.parts().last().unwrap();
        assert_eq!(deepest.depth, DEPTH_MAX);
        assert!(deepest.content_type.is("application", "octet-stream"));
        let nested = parse(&b"Content-Type: message/rfc822\r\n\r\n".repeat(10_000)).parts().len();
        assert_eq!(nested, DEPTH_MAX + 1);
    }

    #[test]
    fn a_million_empty_parts_end_in_an_opaque_part() {
        let mut bytes = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n".to_vec();
        bytes.extend(b"--b\r\n\r\n".repeat(1_000_000));
        let message = parse(&bytes);
        assert_eq!(message.parts().len(), PARTS_MAX);
        let last = message.parts().last().unwrap();
        assert_eq!((last.body.end, last.content_type.sub.as_str()), (bytes.len(), "octet-stream"));
    }
}
