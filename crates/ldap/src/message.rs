//! Requests as values, and answers as octets.  [RFC 4511 4]

use bytes::BytesMut;
use lber::common::TagClass;
use lber::structure::{PL, StructureTag};

use crate::filter::{Filter, Wrong, pair_of};
use crate::frame;

/// Searches in pages. [RFC 2696]
pub(crate) const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";
/// The way to TLS. [RFC 4511 4.14]
pub(crate) const START_TLS: &str = "1.3.6.1.4.1.1466.20037";
/// Who am I? [RFC 4532]
pub(crate) const WHO_AM_I: &str = "1.3.6.1.4.1.4203.1.11.3";
/// The last words before a connection is closed. [RFC 4511 4.4.1]
const DISCONNECTION: &str = "1.3.6.1.4.1.1466.20036";
/// How many attributes a search may name.
const ATTRIBUTES_MAX: usize = 200;

/// How an operation ended. [RFC 4511 4.1.9]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Success = 0,
    OperationsError = 1,
    ProtocolError = 2,
    TimeLimitExceeded = 3,
    SizeLimitExceeded = 4,
    CompareFalse = 5,
    CompareTrue = 6,
    AuthMethodNotSupported = 7,
    AdminLimitExceeded = 11,
    UnavailableCriticalExtension = 12,
    ConfidentialityRequired = 13,
    NoSuchAttribute = 16,
    NoSuchObject = 32,
    InvalidCredentials = 49,
    InsufficientAccessRights = 50,
    Busy = 51,
    Unavailable = 52,
    UnwillingToPerform = 53,
}

/// A result: its code, and a sentence for people.
pub(crate) type Outcome = (Code, String);

/// What is asked for.
pub(crate) enum Operation {
    /// A log-on with a name and a password; both are empty for somebody who says nothing of themselves.
    Bind {
        version: i64,
        name: String,
        password: Option<String>,
    },
    Unbind,
    Search(Search),
    Compare {
        name: String,
        attribute: String,
        value: String,
    },
    Abandon,
    Extended(String),
    /// What changes something, by the tag of its answer.
    Change(u64),
}

impl Operation {
    /// One word for the log.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Operation::Bind { .. } => "bind",
            Operation::Unbind => "unbind",
            Operation::Search(_) => "search",
            Operation::Compare { .. } => "compare",
            Operation::Abandon => "abandon",
            Operation::Extended(_) => "extended",
            Operation::Change(_) => "change",
        }
    }
}

/// What a search asks for.
pub(crate) struct Search {
    pub(crate) base: String,
    pub(crate) scope: Scope,
    /// At most so many; 0 says nothing.
    pub(crate) size_limit: usize,
    /// At most so many seconds; 0 says nothing.
    pub(crate) time_limit: u64,
    pub(crate) types_only: bool,
    pub(crate) filter: Filter,
    pub(crate) attributes: Vec<String>,
    pub(crate) page: Option<Page>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Base,
    One,
    Subtree,
}

/// A page that is wanted: how many, and the cookie of the page before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) size: usize,
    pub(crate) cookie: Vec<u8>,
}

/// A request.
pub(crate) struct Request {
    pub(crate) id: i64,
    pub(crate) operation: Operation,
    /// A control that must be obeyed and is not known here.
    pub(crate) unknown_control: Option<String>,
}

/// Why there is no request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoRequest {
    /// What came is not a message.
    Malformed,
    /// A request whose filter or list is too long.
    TooLong(i64),
}

impl Request {
    /// Reads a message, whose depth is known to be bounded.
    pub(crate) fn read(octets: &[u8]) -> Result<Request, NoRequest> {
        let parsed = lber::Parser::new().parse(octets);
        let (rest, tag) = parsed.map_err(|_| NoRequest::Malformed)?;
        let whole = parts(tag).filter(|_| rest.is_empty()).ok_or(NoRequest::Malformed)?;
        let mut whole = whole.into_iter();
        let id = whole.next().and_then(integer).ok_or(NoRequest::Malformed)?;
        let operation = whole.next().ok_or(NoRequest::Malformed)?;
        let mut operation = read_operation(operation).map_err(|wrong| match wrong {
            Wrong::Malformed => NoRequest::Malformed,
            Wrong::TooLong => NoRequest::TooLong(id),
        })?;
        let mut unknown_control = None;
        for control in whole.next().and_then(parts).into_iter().flatten() {
            let control = read_control(control).ok_or(NoRequest::Malformed)?;
            match (&mut operation, control.kind.as_str()) {
                (Operation::Search(search), PAGED_RESULTS) => {
                    search.page = Some(control.value.and_then(read_page).ok_or(NoRequest::Malformed)?);
                }
                _ if control.is_critical => unknown_control = Some(control.kind),
                _ => {}
            }
        }
        Ok(Request { id, operation, unknown_control })
    }
}

fn read_operation(tag: StructureTag) -> Result<Operation, Wrong> {
    if tag.class != TagClass::Application {
        return Err(Wrong::Malformed);
    }
    match (tag.id, tag.payload) {
        (0, PL::C(parts)) => bind(parts).ok_or(Wrong::Malformed),
        (2, _) => Ok(Operation::Unbind),
        (3, PL::C(parts)) => search(parts),
        (14, PL::C(parts)) => compare(parts),
        (16, _) => Ok(Operation::Abandon),
        (23, PL::C(parts)) => {
            parts.into_iter().next().and_then(text).map(Operation::Extended).ok_or(Wrong::Malformed)
        }
        (change @ (6 | 8 | 10 | 12), _) => Ok(Operation::Change(change + 1)),
        _ => Err(Wrong::Malformed),
    }
}

fn bind(parts: Vec<StructureTag>) -> Option<Operation> {
    let [version, name, choice] = <[StructureTag; 3]>::try_from(parts).ok()?;
    // Choice 0 is the simple one; what is chosen otherwise is refused with its own code.
    let simple = choice.class == TagClass::Context && choice.id == 0;
    let password = if simple { Some(text(choice)?) } else { None };
    Some(Operation::Bind { version: integer(version)?, name: text(name)?, password })
}

fn search(parts: Vec<StructureTag>) -> Result<Operation, Wrong> {
    let parts = <[StructureTag; 8]>::try_from(parts).map_err(|_| Wrong::Malformed)?;
    let [base, scope, _aliases, size_limit, time_limit, types_only, filter, attributes] = parts;
    let malformed = || Wrong::Malformed;
    let scope = match integer(scope) {
        Some(0) => Scope::Base,
        Some(1) => Scope::One,
        Some(2) => Scope::Subtree,
        _ => return Err(Wrong::Malformed),
    };
    let attributes = self::parts(attributes).ok_or_else(malformed)?;
    if attributes.len() > ATTRIBUTES_MAX {
        return Err(Wrong::TooLong);
    }
    Ok(Operation::Search(Search {
        base: text(base).ok_or_else(malformed)?,
        scope,
        size_limit: integer(size_limit).and_then(|size| usize::try_from(size).ok()).ok_or_else(malformed)?,
        time_limit: integer(time_limit).and_then(|time| u64::try_from(time).ok()).ok_or_else(malformed)?,
        types_only: octets(types_only).is_some_and(|value| value.iter().any(|octet| *octet != 0)),
        filter: Filter::read(filter)?,
        attributes: attributes.into_iter().map(text).collect::<Option<_>>().ok_or_else(malformed)?,
        page: None,
    }))
}

fn compare(parts: Vec<StructureTag>) -> Result<Operation, Wrong> {
    let [name, pair] = <[StructureTag; 2]>::try_from(parts).map_err(|_| Wrong::Malformed)?;
    let name = text(name).ok_or(Wrong::Malformed)?;
    let (attribute, value) = pair_of(self::parts(pair).ok_or(Wrong::Malformed)?)?;
    Ok(Operation::Compare { name, attribute, value })
}

struct Control {
    kind: String,
    is_critical: bool,
    value: Option<Vec<u8>>,
}

fn read_control(tag: StructureTag) -> Option<Control> {
    let mut parts = parts(tag)?.into_iter();
    let mut control = Control { kind: text(parts.next()?)?, is_critical: false, value: None };
    for part in parts {
        match part.id {
            1 => control.is_critical = octets(part)?.iter().any(|octet| *octet != 0),
            _ => control.value = Some(octets(part)?),
        }
    }
    Some(control)
}

fn read_page(value: Vec<u8>) -> Option<Page> {
    // Nobody has looked at the depth of what stands inside of a value.
    frame::depth(&value).filter(|depth| *depth == 1)?;
    let (_, tag) = lber::Parser::new().parse(&value).ok()?;
    let [size, cookie] = <[StructureTag; 2]>::try_from(parts(tag)?).ok()?;
    Some(Page { size: usize::try_from(integer(size)?).ok()?, cookie: octets(cookie)? })
}

fn parts(tag: StructureTag) -> Option<Vec<StructureTag>> {
    tag.expect_constructed()
}
fn octets(tag: StructureTag) -> Option<Vec<u8>> {
    tag.expect_primitive()
}
fn text(tag: StructureTag) -> Option<String> {
    octets(tag).and_then(|octets| String::from_utf8(octets).ok())
}
/// A number of at most eight octets. [X.690 8.3]
fn integer(tag: StructureTag) -> Option<i64> {
    let octets = octets(tag)?;
    let negative = octets.first()? & 0x80 != 0;
    let begin = if negative { -1 } else { 0 };
    (octets.len() <= 8).then(|| octets.iter().fold(begin, |number, octet| number << 8 | i64::from(*octet)))
}

/// An answer to a request: the tag of the answer, how it ended, what is said besides.
pub(crate) fn result(id: i64, answer: u64, (code, sentence): &Outcome, more: Vec<StructureTag>) -> Vec<u8> {
    let mut parts = vec![enumerated(*code as u8), string(""), string(sentence)];
    parts.extend(more);
    envelope(id, of_application(answer, parts), None)
}

/// The end of a search; a cookie tells that there is a page behind.
pub(crate) fn search_done(id: i64, (code, sentence): &Outcome, cookie: Option<&[u8]>) -> Vec<u8> {
    let parts = vec![enumerated(*code as u8), string(""), string(sentence)];
    let control = cookie.map(|cookie| {
        let value = encoded(sequence(vec![number(0), octet_string(cookie)]));
        sequence(vec![string(PAGED_RESULTS), octet_string(&value)])
    });
    envelope(id, of_application(5, parts), control)
}

/// An entry that was found.
pub(crate) fn entry(id: i64, name: &str, attributes: Vec<(String, Vec<Vec<u8>>)>) -> Vec<u8> {
    let attributes = attributes.into_iter().map(|(name, values)| {
        let values = values.iter().map(|value| octet_string(value)).collect();
        sequence(vec![string(&name), tag(TagClass::Universal, 17, PL::C(values))])
    });
    let attributes = sequence(attributes.collect());
    envelope(id, of_application(4, vec![string(name), attributes]), None)
}

/// The last words of the server.
pub(crate) fn goodbye(outcome: &Outcome) -> Vec<u8> {
    result(0, 24, outcome, vec![tag(TagClass::Context, 10, PL::P(DISCONNECTION.into()))])
}

/// The value of an extended answer.
pub(crate) fn value(text: &str) -> StructureTag {
    tag(TagClass::Context, 11, PL::P(text.into()))
}

fn envelope(id: i64, operation: StructureTag, control: Option<StructureTag>) -> Vec<u8> {
    let controls = control.map(|control| tag(TagClass::Context, 0, PL::C(vec![control])));
    encoded(sequence([number(id), operation].into_iter().chain(controls).collect()))
}

fn encoded(tag: StructureTag) -> Vec<u8> {
    let mut octets = BytesMut::new();
    // It writes into memory, which does not fail.
    match lber::write::encode_into(&mut octets, tag) {
        Ok(()) => octets.to_vec(),
        Err(_) => Vec::new(),
    }
}

fn tag(class: TagClass, id: u64, payload: PL) -> StructureTag {
    StructureTag { class, id, payload }
}
fn of_application(id: u64, parts: Vec<StructureTag>) -> StructureTag {
    tag(TagClass::Application, id, PL::C(parts))
}
fn sequence(parts: Vec<StructureTag>) -> StructureTag {
    tag(TagClass::Universal, 16, PL::C(parts))
}
fn octet_string(octets: &[u8]) -> StructureTag {
    tag(TagClass::Universal, 4, PL::P(octets.to_vec()))
}
fn string(text: &str) -> StructureTag {
    octet_string(text.as_bytes())
}
fn enumerated(value: u8) -> StructureTag {
    tag(TagClass::Universal, 10, PL::P(vec![value]))
}
/// A number in as few octets as it takes.
fn number(value: i64) -> StructureTag {
    let all = value.to_be_bytes();
    let sign = if value < 0 { 0xff } else { 0 };
    let spare = all.windows(2).take_while(|pair| pair[0] == sign && (pair[1] ^ sign) & 0x80 == 0).count();
    tag(TagClass::Universal, 2, PL::P(all[spare..].to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_were_written() {
        for value in [0, 1, 127, 128, 255, 256, -1, -128, -129, i64::from(i32::MAX), i64::MAX, i64::MIN] {
            assert_eq!(integer(number(value)), Some(value));
        }
        assert_eq!(integer(tag(TagClass::Universal, 2, PL::P(vec![]))), None);
        assert_eq!(integer(tag(TagClass::Universal, 2, PL::P(vec![1; 9]))), None);
    }

    #[test]
    fn a_bind_is_read() {
        let octets = [
            0x30, 0x14, 2, 1, 1, 0x60, 0x0f, 2, 1, 3, 4, 3, b'a', b'n', b'n', 0x80, 5, b'p', b'a', b's',
            b's', b'!',
        ];
        let Ok(request) = Request::read(&octets) else { panic!("it is not read") };
        assert_eq!(request.id, 1);
        assert!(matches!(request.operation, Operation::Bind { version: 3, name, password: Some(word) }
            if name == "ann" && word == "pass!"));
        assert!(Request::read(&octets[..10]).is_err());
    }

    #[test]
    fn a_page_has_a_size_and_a_cookie() {
        let value = encoded(sequence(vec![number(50), octet_string(b"where")]));
        assert_eq!(read_page(value), Some(Page { size: 50, cookie: b"where".to_vec() }));
        assert_eq!(read_page(encoded(sequence(vec![sequence(vec![])]))), None);
        assert_eq!(read_page(vec![0x30]), None);
        let within = |inner: &[u8]| {
            let length = (inner.len() as u32).to_be_bytes();
            [&[0x30, 0x84][..], &length, inner].concat()
        };
        let deep = (0..2_000).fold(vec![5, 0], |inner, _| within(&inner));
        assert_eq!(read_page(within(&[&[2, 1, 5][..], &deep].concat())), None);
    }
}
