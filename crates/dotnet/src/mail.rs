//! Letters that scripts send: what goes over the wire, and what .NET says of a letter that did not go.

use crate::exception::Exception;
use crate::host::{Host, Mail, NotSent};
use crate::values::MailAddress;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use object::Time;
use object::types::{Credential, DateTime};
use std::fmt::Write as _;

/// Characters of a line of base64. [RFC 2045 6.8]
const BASE64_LINE: usize = 76;
/// Octets of text in one encoded word, so that it stays below 75 characters. [RFC 2047 2]
const ENCODED_WORD_OCTETS: usize = 42;

/// A letter as a script made it.
#[derive(Default)]
pub struct Letter {
    /// Whom it is from.
    pub from: Option<MailAddress>,
    /// Whom it is to, as it says.
    pub to: Vec<MailAddress>,
    /// Who gets a copy.
    pub cc: Vec<MailAddress>,
    /// Who gets one unseen.
    pub bcc: Vec<MailAddress>,
    /// Where answers go.
    pub reply_to: Vec<MailAddress>,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub body: String,
    /// Whether the text is HTML.
    pub is_html: bool,
    /// `High` or `Low`; anything else is normal.
    pub priority: String,
    /// Further header lines.
    pub headers: Vec<(String, String)>,
    /// What goes along.
    pub attachments: Vec<Attached>,
}

/// A file that goes along.
#[derive(Clone, Default)]
pub struct Attached {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
    /// Its kind, `image/png`; empty: bytes of any kind.
    pub kind: String,
    /// The name by which the text refers to it (`<img src="cid:logo">`); may be empty.
    pub id: String,
    /// Whether it is shown where the text refers to it.
    pub inline: bool,
}

/// The server that takes letters on.
pub struct Server {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether the conversation has to be encrypted.
    pub tls: bool,
    /// Whether any certificate will do.
    pub trusts_all: bool,
    /// Who logs on.
    pub logon: Option<Credential>,
}

impl Letter {
    /// Hands the letter to a server.
    ///
    /// # Errors
    /// .NET's: what is missing in the letter, or what the server said.
    pub fn send(&self, server: &Server, host: &dyn Host) -> crate::exception::Result<()> {
        let invalid = |message: &str| Exception::invalid_operation(message);
        if server.host.is_empty() {
            return Err(invalid("The SMTP host was not specified."));
        }
        let Some(from) = &self.from else { return Err(invalid("A from address must be specified.")) };
        let to: Vec<String> =
            self.to.iter().chain(&self.cc).chain(&self.bcc).map(MailAddress::address).collect();
        if to.is_empty() {
            return Err(invalid("A recipient must be specified."));
        }
        let mut mark = [0; 16];
        host.random(&mut mark);
        let mail = Mail {
            host: server.host.clone(),
            port: server.port,
            tls: server.tls,
            trusts_all: server.trusts_all,
            logon: server.logon.clone(),
            from: from.address(),
            to,
            data: self.bytes(host.now(), &mark),
        };
        host.send_mail(&mail).map_err(|why| not_sent(&why))
    }

    /// The letter as it goes over the wire; `mark` makes what has to be unique. [RFC 5322]
    pub fn bytes(&self, now: Time, mark: &[u8]) -> Vec<u8> {
        let mark: String = mark.iter().map(|byte| format!("{byte:02x}")).collect();
        let from = self.from.as_ref();
        let domain = from.map_or("localhost", |from| &*from.host);
        let mut text = String::new();
        let mut head = |name: &str, value: String| {
            if !value.is_empty() {
                let _ = write!(text, "{name}: {value}\r\n");
            }
        };
        head("From", from.map(shown).unwrap_or_default());
        for (name, list) in [("To", &self.to), ("Cc", &self.cc), ("Reply-To", &self.reply_to)] {
            head(name, list.iter().map(shown).collect::<Vec<_>>().join(",\r\n "));
        }
        head("Subject", words(&self.subject));
        head("Date", date(now));
        head("Message-ID", format!("<{mark}@{domain}>"));
        for (name, value) in &self.headers {
            head(&one_line(name).replace([':', ' '], ""), words(value));
        }
        match self.priority.as_str() {
            "High" => head("X-Priority", "1".to_owned()),
            "Low" => head("X-Priority", "5".to_owned()),
            _ => {}
        }
        head("MIME-Version", "1.0".to_owned());
        if self.attachments.is_empty() {
            self.text_part(&mut text);
            return text.into_bytes();
        }
        let boundary = format!("--part-{mark}");
        let _ =
            write!(text, "Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n");
        self.text_part(&mut text);
        for attached in &self.attachments {
            let _ = write!(text, "--{boundary}\r\n{}", attached.head());
            base64_lines(&mut text, &attached.content);
        }
        let _ = write!(text, "--{boundary}--\r\n");
        text.into_bytes()
    }

    fn text_part(&self, text: &mut String) {
        let kind = if self.is_html { "html" } else { "plain" };
        let _ = write!(
            text,
            "Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        );
        let body = self.body.replace("\r\n", "\n").replace('\n', "\r\n");
        base64_lines(text, body.as_bytes());
    }
}

impl Attached {
    fn head(&self) -> String {
        let name = parameter(&self.name);
        let kind = match one_line(&self.kind).replace(';', "") {
            kind if kind.contains('/') => kind,
            _ => "application/octet-stream".to_owned(),
        };
        let way = if self.inline { "inline" } else { "attachment" };
        let id = one_line(&self.id).replace(['<', '>', ' '], "");
        let id = if id.is_empty() { String::new() } else { format!("Content-ID: <{id}>\r\n") };
        format!(
            "Content-Type: {kind}; name={name}\r\n{id}Content-Disposition: {way}; filename={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        )
    }
}

/// A moment as a header shows it. [RFC 5322 3.3]
fn date(now: Time) -> String {
    let invariant = crate::locale::Locale::default().invariant();
    let text = crate::format::date::format(DateTime::utc(now), "r", &invariant).unwrap_or_default();
    text.replace("GMT", "+0000")
}

fn base64_lines(text: &mut String, content: &[u8]) {
    let encoded = BASE64_STANDARD.encode(content);
    let mut left = encoded.as_str();
    while !left.is_empty() {
        let (line, rest) = left.split_at(left.len().min(BASE64_LINE));
        text.push_str(line);
        text.push_str("\r\n");
        left = rest;
    }
}

/// An address as a header shows it.
fn shown(address: &MailAddress) -> String {
    match &*address.display_name {
        "" => address.address(),
        name if name.is_ascii() => {
            format!("\"{}\" <{}>", one_line(name).replace(['"', '\\'], ""), address.address())
        }
        name => format!("{} <{}>", words(name), address.address()),
    }
}

/// A file's name as a parameter's value. [RFC 2231 4]
fn parameter(name: &str) -> String {
    match name.is_ascii() {
        true => format!("\"{}\"", one_line(name).replace(['"', '\\'], "_")),
        false => format!("\"{}\"", words(name)),
    }
}

/// Text without line ends: a header ends at one.
fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

/// Text of a header, as encoded words where it is not plain. [RFC 2047]
fn words(text: &str) -> String {
    let text = one_line(text);
    if text.is_ascii() && !text.contains("=?") && text.len() < 900 {
        return text;
    }
    let mut parts = Vec::new();
    let mut part = String::new();
    for c in text.chars() {
        if part.len() + c.len_utf8() > ENCODED_WORD_OCTETS {
            parts.push(std::mem::take(&mut part));
        }
        part.push(c);
    }
    parts.push(part);
    let parts = parts.iter().map(|part| format!("=?utf-8?B?{}?=", BASE64_STANDARD.encode(part)));
    parts.collect::<Vec<_>>().join("\r\n ")
}

/// What .NET says of a letter that a server did not take on.
fn not_sent(why: &NotSent) -> Exception {
    match why {
        NotSent::Unreachable(error) => {
            let inner = Exception::new("System.Net.Sockets.SocketException", error.to_string());
            Exception::new("System.Net.Mail.SmtpException", "Failure sending mail.").inner(inner)
        }
        NotSent::Refused { code, words, address } => {
            let meaning = match code {
                421 => "Service not available, closing transmission channel.",
                450 => "Mailbox unavailable.",
                451 => "Error in processing.",
                452 => "Insufficient system storage.",
                454 => "Client was not authenticated.",
                530 | 535 => {
                    "The SMTP server requires a secure connection or the client was not authenticated."
                }
                550 => "Mailbox unavailable.",
                551 => "User not local.",
                552 => "Exceeded storage allocation.",
                553 => "Mailbox name not allowed.",
                _ => "Transaction failed.",
            };
            let message = format!("{meaning} The server response was: {words}");
            let name = match address {
                Some(_) => "System.Net.Mail.SmtpFailedRecipientException",
                None => "System.Net.Mail.SmtpException",
            };
            Exception::new(name, message)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_lines_that_any_reader_understands() {
        let address = |text: &str| MailAddress::parse(text).unwrap();
        let letter = Letter {
            from: Some(address("Ann Berg <ann@contoso.com>")),
            to: vec![address("bo@contoso.com"), address("Zoë <zoe@contoso.com>")],
            subject: "Grüße\r\nBcc: evil@example.com".into(),
            body: "one\ntwo".into(),
            attachments: vec![
                Attached { name: "a \"b\".csv".into(), content: b"x,y".to_vec(), ..Attached::default() },
                Attached {
                    name: "l.png".into(),
                    kind: "image/png".into(),
                    id: "logo\r\nX: y".into(),
                    inline: true,
                    ..Attached::default()
                },
            ],
            ..Letter::default()
        };
        let text = String::from_utf8(letter.bytes(Time::of_date(2026, 1, 1), &[7; 16])).unwrap();
        assert!(
            text.starts_with("From: \"Ann Berg\" <ann@contoso.com>\r\nTo: bo@contoso.com,\r\n =?utf-8?B?")
        );
        assert!(!text.contains("\r\nBcc:"), "a subject cannot add a header: {text}");
        assert!(text.contains(&format!("\r\n\r\n{}\r\n", BASE64_STANDARD.encode("one\r\ntwo"))));
        assert!(text.contains("Content-Type: image/png; name=\"l.png\"\r\nContent-ID: <logoX:y>\r\nContent-Disposition: inline;"), "{text}");
        assert!(text.contains("filename=\"a _b_.csv\"") && text.ends_with("--\r\n"));
        assert!(text.split("\r\n").all(|line| line.len() <= 200));
    }
}
