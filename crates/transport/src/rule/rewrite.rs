//! What rules change in a message: fields of its header, its subject, a disclaimer in its text.

use message::field::header_length;
use message::{Fields, Kind, Part, encode_words, trace};
use object::types::SmtpAddress;

/// Sets a field: it is there once, with that value.
pub(crate) fn set_field(octets: &[u8], name: &str, value: &str) -> Vec<u8> {
    let mut out = trace::without_fields(octets, &[name]);
    let at = header_end(&out);
    out.splice(at..at, trace::field(name, &encode_words(value)));
    out
}

/// Takes a field away.
pub(crate) fn remove_field(octets: &[u8], name: &str) -> Vec<u8> {
    trace::without_fields(octets, &[name])
}

/// Puts a text before the subject, once however often the message comes by.
pub(crate) fn prepend_subject(octets: &[u8], prefix: &str) -> Vec<u8> {
    let subject = Fields::of(&octets[..header_length(octets)]).first("Subject").map(|field| field.text());
    let subject = subject.unwrap_or_default();
    if subject.starts_with(prefix) {
        return octets.to_vec();
    }
    set_field(octets, "Subject", &format!("{prefix}{subject}"))
}

/// Adds an address to a field of addresses.
pub(crate) fn add_address(octets: &[u8], name: &str, address: &SmtpAddress) -> Vec<u8> {
    let known = Fields::of(&octets[..header_length(octets)]).first(name);
    let Some(known) = known else {
        let mut out = octets.to_vec();
        let at = header_end(&out);
        out.splice(at..at, trace::field(name, &format!("<{address}>")));
        return out;
    };
    let end = known.range.end;
    let text = trim_line_end(&octets[..end]);
    let mut out = octets[..text].to_vec();
    out.extend_from_slice(format!(",\r\n\t<{address}>\r\n").as_bytes());
    out.extend_from_slice(&octets[end..]);
    out
}

fn trim_line_end(bytes: &[u8]) -> usize {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes).len()
}

/// Where the header ends, before its empty line.
fn header_end(octets: &[u8]) -> usize {
    let length = header_length(octets);
    let header = &octets[..length];
    match () {
        () if header.ends_with(b"\r\n\r\n") => length - 2,
        () if header.ends_with(b"\n\n") => length - 1,
        () if header == b"\r\n" || header == b"\n" => 0,
        () => length,
    }
}

/// Adds a disclaimer to the first text of each kind in the body. Nothing where the message cannot be changed: it is
/// signed or encrypted, or has no text.
pub(crate) fn disclaim(octets: &[u8], html: &str, before: bool) -> Option<Vec<u8>> {
    let message = message::parse(octets);
    let root = message.root();
    let sealed = ["multipart/signed", "multipart/encrypted", "application/pkcs7-mime"];
    let of_root = String::from_utf8_lossy(&message.fields(root).value("Content-Type").unwrap_or_default())
        .to_lowercase();
    if sealed.iter().any(|kind| of_root.starts_with(kind)) {
        return None;
    }
    let text_part = |sub: &str| {
        message.parts().iter().find(|part| {
            let attached =
                message.disposition(part).is_some_and(|d| d.kind.eq_ignore_ascii_case("attachment"));
            // Text of a message inside is somebody else's.
            let own = !message.parts().iter().any(|outer| {
                matches!(outer.kind, Kind::Message(_))
                    && outer.body.start <= part.header.start
                    && part.body.end <= outer.body.end
            });
            part.kind == Kind::Leaf
                && part.content_type.is_main("text")
                && part.content_type.sub.eq_ignore_ascii_case(sub)
                && !attached
                && own
        })
    };
    let mut edits: Vec<(&Part, Vec<u8>)> = Vec::new();
    for sub in ["plain", "html"] {
        let Some(part) = text_part(sub) else { continue };
        let charset = part.content_type.parameter("charset").unwrap_or_default();
        let text = message::charset::decode(&charset, &message.content(part)).into_owned();
        let joined =
            if sub == "html" { join_html(&text, html, before) } else { join_plain(&text, html, before) };
        edits.push((part, leaf(&message.fields(part), sub, &joined)));
    }
    if edits.is_empty() {
        return None;
    }
    edits.sort_by_key(|(part, _)| part.header.start);
    let (mut out, mut at) = (Vec::with_capacity(octets.len() + html.len() * 2), 0);
    for (part, written) in edits {
        out.extend_from_slice(&octets[at..part.header.start]);
        out.extend_from_slice(&written);
        at = part.body.end;
    }
    out.extend_from_slice(&octets[at..]);
    Some(out)
}

fn join_html(text: &str, html: &str, before: bool) -> String {
    let folded = text.to_ascii_lowercase();
    if before {
        let begins =
            folded.find("<body").and_then(|at| folded[at..].find('>').map(|end| at + end + 1)).unwrap_or(0);
        return format!("{}{html}{}", &text[..begins], &text[begins..]);
    }
    let ends = folded.rfind("</body").unwrap_or(text.len());
    format!("{}{html}{}", &text[..ends], &text[ends..])
}

fn join_plain(text: &str, html: &str, before: bool) -> String {
    let plain = message::text::plain_of_html(html);
    let plain = plain.trim();
    if before { format!("{plain}\r\n\r\n{text}") } else { format!("{}\r\n\r\n{plain}\r\n", text.trim_end()) }
}

/// A text part written anew: in UTF-8 and base64, which holds any text.
fn leaf(fields: &Fields<'_>, sub: &str, text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * 2);
    for field in fields.clone() {
        let known =
            field.is("Content-Type") || field.is("Content-Transfer-Encoding") || field.is("Content-MD5");
        if !known && !field.name.is_empty() {
            out.extend_from_slice(field.name);
            out.extend_from_slice(b":");
            out.extend_from_slice(field.raw_value);
            out.extend_from_slice(b"\r\n");
        }
    }
    out.extend(trace::field("Content-Type", &format!("text/{sub}; charset=utf-8")));
    out.extend(trace::field("Content-Transfer-Encoding", "base64"));
    out.extend_from_slice(b"\r\n");
    out.extend(message::decode::base64_lines(text.as_bytes()));
    out
}

/// The message as an attachment of one that says only the disclaimer.
pub(crate) fn wrap(octets: &[u8], return_path_and_trace: usize, html: &str, boundary: &str) -> Vec<u8> {
    let (outer, inner) = octets.split_at(return_path_and_trace);
    let mut out = outer.to_vec();
    // All that is said of the message is said of its wrapper, spam scores too; what describes its body is not.
    for field in Fields::of(&inner[..header_length(inner)]).filter(|field| !field.name.is_empty()) {
        let name = String::from_utf8_lossy(field.name).to_ascii_lowercase();
        if !name.starts_with("content-") && name != "mime-version" {
            out.extend_from_slice(field.name);
            out.extend_from_slice(b":");
            out.extend_from_slice(field.raw_value);
            out.extend_from_slice(b"\r\n");
        }
    }
    out.extend(trace::field("MIME-Version", "1.0"));
    out.extend(trace::field("Content-Type", &format!("multipart/mixed; boundary=\"{boundary}\"")));
    out.extend_from_slice(format!("\r\n--{boundary}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n").as_bytes());
    out.extend(message::decode::base64_lines(html.as_bytes()));
    out.extend_from_slice(format!("\r\n--{boundary}\r\nContent-Type: message/rfc822\r\n\r\n").as_bytes());
    out.extend_from_slice(inner);
    out.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_set_added_and_taken_away() {
        let mail = b"Subject: Hello\r\nTo: <ben@contoso.com>\r\nX-Old: 1\r\n\r\nText\r\n";
        let text = |octets: Vec<u8>| String::from_utf8_lossy(&octets).into_owned();
        assert_eq!(
            text(prepend_subject(mail, "[EXT] ")),
            "To: <ben@contoso.com>\r\nX-Old: 1\r\nSubject: [EXT] Hello\r\n\r\nText\r\n"
        );
        let twice = prepend_subject(&prepend_subject(mail, "[EXT] "), "[EXT] ");
        assert_eq!(text(twice).matches("[EXT]").count(), 1);
        assert!(!text(remove_field(mail, "x-old")).contains("X-Old"));
        let forged = text(set_field(mail, "X-New", "1\r\nBcc: evil@example.org"));
        assert!(!forged.contains("\r\nBcc:"), "{forged}");
        let ann = SmtpAddress::parse("ann@contoso.com").expect("an address");
        assert!(
            text(add_address(mail, "To", &ann)).contains("To: <ben@contoso.com>,\r\n\t<ann@contoso.com>\r\n")
        );
        assert!(text(add_address(mail, "Cc", &ann)).contains("Cc: <ann@contoso.com>\r\n"));
    }

    #[test]
    fn a_disclaimer_stands_in_both_texts_and_in_no_attachment() {
        let mail = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\
                    Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b\r\n\
                    Content-Type: text/html\r\n\r\n<html><body>Hello</body></html>\r\n--b--\r\n--o\r\n\
                    Content-Type: text/plain; name=a.txt\r\nContent-Disposition: attachment\r\n\r\nfile\r\n--o--\r\n";
        let made = disclaim(mail.as_bytes(), "<p>Secret &amp; private</p>", false).expect("it has text");
        let read = message::parse(&made);
        let texts: Vec<_> = read.parts().iter().map(|part| message::text::of_part(&read, part)).collect();
        assert!(texts.iter().filter(|text| text.contains("Secret & private")).count() == 2, "{texts:?}");
        assert!(texts.iter().any(|text| text.trim() == "file"), "{texts:?}");
        let signed = "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n";
        assert_eq!(disclaim(signed.as_bytes(), "<p>x</p>", false), None);
    }
}
