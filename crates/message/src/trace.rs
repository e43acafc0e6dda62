//! The header fields that a server adds, counts and removes.  [RFC 5321 4.4]

use crate::date;
use crate::field::Fields;
use object::Time;

/// What a Received field says. [RFC 5321 4.4]
#[derive(Clone, Debug)]
pub struct Received<'a> {
    /// The name the client gave in EHLO or LHLO.
    pub helo: &'a str,
    /// The client's address as text: `192.0.2.1` or an IPv6 address; empty for what was made here.
    pub address: &'a str,
    /// Our own name.
    pub by: &'a str,
    /// `ESMTP`, `ESMTPS`, `LMTP`, `UTF8SMTP`, … [RFC 3848]
    pub with: &'a str,
    /// The id under which our log and trace know the message.
    pub id: &'a str,
    /// The TLS cipher suite by its registered name, if there was TLS. [RFC 8314 4.3]
    pub cipher: Option<&'a str>,
    /// The recipient, only when there is exactly one: others are nobody's business. [RFC 5321 7.2]
    pub recipient: Option<&'a str>,
    /// When.
    pub time: Time,
}

impl Received<'_> {
    /// The field with its line ends.
    pub fn field(&self) -> Vec<u8> {
        let address = match self.address {
            "" => String::new(),
            v6 if v6.contains(':') => format!(" ([IPv6:{}])", clean(v6)),
            v4 => format!(" ([{}])", clean(v4)),
        };
        let mut out = format!(
            "Received: from {}{address}\r\n\tby {} with {} id {}",
            clean(self.helo),
            clean(self.by),
            clean(self.with),
            clean(self.id)
        );
        if let Some(cipher) = self.cipher {
            out.push_str(&format!("\r\n\ttls {}", clean(cipher)));
        }
        if let Some(recipient) = self.recipient {
            out.push_str(&format!("\r\n\tfor <{}>", path(recipient)));
        }
        out.push_str(&format!("; {}\r\n", date::write(self.time)));
        out.into_bytes()
    }
}

/// What came from outside and is printed into a header must not end the line or open a comment.
fn clean(text: &str) -> String {
    let kept = |c: &char| !c.is_control() && !matches!(c, ' ' | '(' | ')' | '<' | '>' | ';' | '\\');
    let cleaned: String = text.chars().filter(kept).take(255).collect();
    if cleaned.is_empty() { "unknown".to_string() } else { cleaned }
}

/// An address as it was given, which has been read as one: its quotes, and what is in them, belong to it. Only what would
/// end the line is left out. [RFC 5321 4.1.2]
fn path(address: &str) -> String {
    address.chars().filter(|c| !c.is_control()).collect()
}

/// `Return-Path: <ann@contoso.com>`; `None` or an empty text is the null sender. [RFC 5321 4.4]
pub fn return_path(sender: Option<&str>) -> Vec<u8> {
    let sender = sender.map(path).unwrap_or_default();
    format!("Return-Path: <{sender}>\r\n").into_bytes()
}

/// The Received fields of a header (too many mean a loop), and how many of them the server of that name wrote: how often
/// the message has come by. [RFC 5321 4.4] [RFC 5321 6.3]
pub fn hops(header: &[u8], host: &str) -> (usize, usize) {
    let (mut all, mut own) = (0, 0);
    for field in Fields::of(header).filter(|field| field.is("Received")) {
        all += 1;
        own += usize::from(is_by(&field.value(), host));
    }
    (all, own)
}

fn is_by(value: &[u8], host: &str) -> bool {
    let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let name = words.skip_while(|word| !word.eq_ignore_ascii_case(b"by")).nth(1);
    name.is_some_and(|name| name.strip_suffix(b";").unwrap_or(name).eq_ignore_ascii_case(host.as_bytes()))
}

/// Whether a header field of that name and (unfolded, trimmed) value is there: `Delivered-To` finds loops
/// that pass servers which add no Received.
pub fn has(message: &[u8], name: &str, value: &str) -> bool {
    Fields::of(message).any(|field| field.is(name) && field.value().eq_ignore_ascii_case(value.as_bytes()))
}

/// The message without the header fields of those names; other bytes are kept as they are.
pub fn without_fields(message: &[u8], names: &[&str]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len());
    let mut at = 0;
    for field in Fields::of(message) {
        if names.iter().any(|name| field.is(name)) {
            out.extend_from_slice(&message[at..field.range.start]);
            at = field.range.end;
        }
    }
    out.extend_from_slice(&message[at..]);
    out
}

/// A field with its line end; what would break the line is dropped from the value.
pub fn field(name: &str, value: &str) -> Vec<u8> {
    let value: String = value.chars().filter(|c| !matches!(c, '\r' | '\n' | '\0')).collect();
    format!("{name}: {value}\r\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_received_field() {
        let received = Received {
            helo: "client.example\r\nX-Evil: 1 (",
            address: "192.0.2.1",
            by: "mail.contoso.com",
            with: "ESMTPS",
            id: "42",
            cipher: Some("TLS_AES_256_GCM_SHA384"),
            recipient: Some("ann@contoso.com"),
            time: Time::of_date(2026, 11, 21),
        };
        let shown = String::from_utf8(received.field()).unwrap();
        assert_eq!(
            shown,
            "Received: from client.exampleX-Evil:1 ([192.0.2.1])\r\n\tby mail.contoso.com with ESMTPS id 42\r\n\
             \ttls TLS_AES_256_GCM_SHA384\r\n\tfor <ann@contoso.com>; Sat, 21 Nov 2026 00:00:00 +0000\r\n"
        );
        assert_eq!(Fields::of(shown.as_bytes()).count(), 1);
    }

    #[test]
    fn fields_are_counted_and_removed() {
        let mail = b"Received: a\r\nReturn-Path: <x>\r\nreceived: b\r\n c\r\nTo: y\r\n\r\nReceived: body\r\n";
        assert_eq!(hops(mail, "x"), (2, 0));
        let own = b"Received: from a by MAIL.contoso.com; now\r\nReceived: from by\r\n\tby mail.contoso.com with ESMTP\r\n\
            Received: from mail.contoso.com by far.example\r\n\r\n";
        assert_eq!(hops(own, "mail.contoso.com"), (3, 1));
        assert_eq!(hops(b"Received: from x\r\n by mail.contoso.com;\r\n\r\n", "mail.contoso.com"), (1, 1));
        assert_eq!(
            without_fields(mail, &["Return-Path"]),
            b"Received: a\r\nreceived: b\r\n c\r\nTo: y\r\n\r\nReceived: body\r\n"
        );
        assert_eq!(without_fields(b"", &["X"]), b"");
        assert!(has(mail, "to", "Y") && !has(mail, "Received", "body"));
        assert_eq!(return_path(None), b"Return-Path: <>\r\n");
        assert_eq!(return_path(Some("a@b")), b"Return-Path: <a@b>\r\n");
        for address in ["\"a b\"@remote.example", "\"<a;(b\\\\\"@remote.example"] {
            assert_eq!(return_path(Some(address)), format!("Return-Path: <{address}>\r\n").into_bytes());
        }
        assert_eq!(return_path(Some("a\r\nX: y@b")), b"Return-Path: <aX: y@b>\r\n");
    }
}
