//! The text of a document read into its tree. quick-xml finds the pieces; whether they make a document is
//! asked here, and .NET's sentences say where they do not.

use super::tree::{Document, Kind, Node};
use crate::exception::{Exception, Result};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Deeper documents are refused: writing and walking them would need as deep a stack.
pub(crate) const DEPTH_MAX: usize = 2_000;

/// Reads a text into a document, at `into`: the document itself, or a fragment.
pub fn parse(text: &str, into: &Node) -> Result<()> {
    let mut reading = Reading { text, document: into.document.clone(), open: Vec::new(), root: into.clone() };
    let whole = into.kind() == Kind::Document;
    let text = text.trim_start_matches('\u{feff}');
    if whole && text.trim().is_empty() {
        return Err(error("Root element is missing.", text, text.len()));
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    loop {
        let before = reader.buffer_position() as usize;
        let event = reader.read_event().map_err(|why| error(&format!("{why}."), text, before))?;
        if matches!(event, Event::Eof) {
            break;
        }
        reading.take(event, before, whole)?;
    }
    reading.end(whole)
}

struct Reading<'t> {
    text: &'t str,
    document: Document,
    /// The open elements with where their names begin.
    open: Vec<(Node, usize)>,
    root: Node,
}

/// .NET's exception with the line and column of a byte.
fn error(what: &str, text: &str, at: usize) -> Exception {
    let (line, column) = line_column(text, at);
    Exception::new("System.Xml.XmlException", format!("{what} Line {line}, position {column}."))
}

fn line_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().encode_utf16().count() + 1;
    (line, column)
}

impl Reading<'_> {
    fn here(&self) -> &Node {
        self.open.last().map_or(&self.root, |(node, _)| node)
    }
    fn error(&self, what: &str, at: usize) -> Exception {
        error(what, self.text, at)
    }

    fn take(&mut self, event: Event<'_>, at: usize, whole: bool) -> Result<()> {
        match event {
            Event::Start(tag) => self.start(&tag, at, whole, false),
            Event::Empty(tag) => self.start(&tag, at, whole, true),
            Event::End(tag) => self.finish(&tag, at),
            Event::Text(text) => self.text(&text, at, whole),
            Event::CData(text) => {
                self.add(Kind::CData, "", &text);
                Ok(())
            }
            Event::Comment(text) => {
                self.add(Kind::Comment, "", &text);
                Ok(())
            }
            Event::Decl(declaration) => {
                let inside = declaration.trim_start_matches("xml").trim();
                let plain = inside.replace('\'', "\"");
                self.add(Kind::Declaration, "xml", &plain);
                Ok(())
            }
            Event::PI(instruction) => {
                let (target, content) =
                    (instruction.target().to_owned(), instruction.content().trim().to_owned());
                self.add(Kind::Instruction, &target, &content);
                Ok(())
            }
            // Entities of a document's own are not read: they can grow without end.
            Event::DocType(text) => {
                self.add(Kind::DocType, text.split_whitespace().next().unwrap_or_default(), &text);
                Ok(())
            }
            Event::GeneralRef(name) => {
                let text = self.entity(&name, at)?;
                self.push_text(&text);
                Ok(())
            }
            Event::Eof => Ok(()),
        }
    }

    fn add(&mut self, kind: Kind, name: &str, value: &str) -> Node {
        let made = self.document.make(kind, name, value);
        self.here().append(&made);
        made
    }

    fn start(&mut self, tag: &BytesStart<'_>, at: usize, whole: bool, short: bool) -> Result<()> {
        let name = tag.name().0.to_owned();
        if !is_name(&name) {
            let c = name.chars().next().unwrap_or('>');
            let what =
                format!("Name cannot begin with the '{c}' character, hexadecimal value 0x{:02X}.", c as u32);
            return Err(self.error(&what, at + 1));
        }
        if whole && self.open.is_empty() && self.document.element().is_some() {
            return Err(self.error("There are multiple root elements.", at + 1));
        }
        if self.open.len() >= DEPTH_MAX {
            return Err(self.error("The document is nested too deeply.", at));
        }
        let attributes = self.attributes(tag, at)?;
        let element = self.add(Kind::Element { short }, &name, "");
        for (name, value) in attributes {
            element.set_attribute(&name, &value);
        }
        for written in std::iter::once(name).chain(element.attribute_names()) {
            self.check_prefix(&element, &written, at)?;
        }
        if !short {
            self.open.push((element, at + 1));
        }
        Ok(())
    }

    fn check_prefix(&self, element: &Node, name: &str, at: usize) -> Result<()> {
        let Some((prefix, _)) = name.split_once(':') else { return Ok(()) };
        if prefix == "xmlns" || element.namespace_of(prefix).is_some() {
            return Ok(());
        }
        Err(self.error(&format!("'{prefix}' is an undeclared prefix."), at + 1))
    }

    fn attributes(&self, tag: &BytesStart<'_>, at: usize) -> Result<Vec<(String, String)>> {
        let mut found: Vec<(String, String)> = Vec::new();
        for one in tag.attributes().with_checks(false) {
            let one = one.map_err(|why| self.error(&format!("{why}."), at))?;
            let name = one.key.0.to_owned();
            if found.iter().any(|(known, _)| *known == name) {
                return Err(self.error(&format!("'{name}' is a duplicate attribute name."), at));
            }
            let value = self.plain(&one.value.replace(['\t', '\n', '\r'], " "), at)?;
            found.push((name, value));
        }
        Ok(found)
    }

    /// Text with its entities filled in.
    fn plain(&self, text: &str, at: usize) -> Result<String> {
        let (mut out, mut rest) = (String::with_capacity(text.len()), text);
        while let Some(start) = rest.find('&') {
            out.push_str(&rest[..start]);
            let end = rest[start..]
                .find(';')
                .ok_or_else(|| self.error("An error occurred while parsing EntityName.", at))?;
            out.push_str(&self.entity(&rest[start + 1..start + end], at)?);
            rest = &rest[start + end + 1..];
        }
        out.push_str(rest);
        Ok(out)
    }

    fn entity(&self, name: &str, at: usize) -> Result<String> {
        let number = name.strip_prefix("#x").map(|hex| u32::from_str_radix(hex, 16));
        let number = number.or_else(|| name.strip_prefix('#').map(str::parse));
        let c = match (name, number) {
            ("lt", _) => '<',
            ("gt", _) => '>',
            ("amp", _) => '&',
            ("quot", _) => '"',
            ("apos", _) => '\'',
            (_, Some(Ok(number))) => char::from_u32(number)
                .ok_or_else(|| self.error(&format!("'{name}' is not a valid character reference."), at))?,
            _ => return Err(self.error(&format!("Reference to undeclared entity '{name}'."), at + 1)),
        };
        Ok(c.to_string())
    }

    fn finish(&mut self, tag: &str, at: usize) -> Result<()> {
        let name = tag.trim();
        let Some((node, opened)) = self.open.pop() else {
            return Err(self.error(&format!("Unexpected end tag '{name}'."), at + 2));
        };
        let expected = node.name();
        if expected == name {
            return Ok(());
        }
        let (line, column) = line_column(self.text, opened);
        let what = format!(
            "The '{expected}' start tag on line {line} position {column} does not match the end tag of '{name}'."
        );
        Err(self.error(&what, at + 2))
    }

    fn text(&mut self, text: &str, at: usize, whole: bool) -> Result<()> {
        let blank = text.chars().all(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
        if whole && self.open.is_empty() {
            if blank {
                return Ok(());
            }
            let lead = text.len() - text.trim_start().len();
            return Err(self.error("Data at the root level is invalid.", at + lead));
        }
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        if blank {
            // Blanks behind an entity belong to its text.
            let joins = self.here().children().last().is_some_and(|last| last.kind() == Kind::Text);
            if joins {
                self.push_text(&text);
            } else if self.document.keeps_whitespace() {
                self.add(Kind::Whitespace, "", &text);
            }
            return Ok(());
        }
        self.push_text(&text);
        Ok(())
    }

    /// Text joins the text before it: an entity parts it only for the reader.
    fn push_text(&mut self, text: &str) {
        let last = self.here().children().last().cloned();
        match last.filter(|last| last.kind() == Kind::Text) {
            Some(last) => last.set_value(&format!("{}{text}", last.value())),
            None => {
                self.add(Kind::Text, "", text);
            }
        }
    }

    fn end(self, whole: bool) -> Result<()> {
        if !self.open.is_empty() {
            let what = format!(
                "Unexpected end of file has occurred. The following elements are not closed: {}.",
                self.open.iter().rev().map(|(node, _)| node.name()).collect::<Vec<_>>().join(", ")
            );
            return Err(self.error(&what, self.text.len()));
        }
        if whole && self.document.element().is_none() {
            return Err(self.error("Root element is missing.", self.text.len()));
        }
        Ok(())
    }
}

/// Whether a text can name an element or attribute. [XML 1.0 2.3]
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == ':')
        && name.chars().all(|c| c.is_alphanumeric() || "_:-.·".contains(c))
}
