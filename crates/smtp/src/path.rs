//! The arguments of MAIL and RCPT: a path in angle brackets and parameters.  [RFC 5321 4.1.2]
//!
//!     path = "<" [ mailbox ] ">"    esmtp-param = keyword ["=" value]

use std::borrow::Cow;

use object::types::{SmtpAddress, SmtpDomain};

/// MAIL and RCPT have a handful; more are refused. [RFC 5321 4.5.3.1.4]
const PARAMETERS_MAX: usize = 16;

/// What is wrong with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// The argument does not have the form at all.
    Syntax,
    /// The form is right, the address is not.
    Address,
}

/// The address as written between the brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Path {
    /// `<>`
    Null,
    /// `<postmaster>`, which needs no domain. [RFC 5321 4.1.1.3]
    Postmaster,
    /// `<ann@contoso.com>`
    Address(SmtpAddress),
}

/// Keywords in upper case with their values.
pub(crate) type Parameters<'a> = Vec<(String, Option<&'a str>)>;

/// Reads `FROM:<…> params` (or `TO:`).
pub(crate) fn parse<'a>(argument: &'a str, word: &str) -> Result<(Path, Parameters<'a>), Wrong> {
    let head = argument.get(..word.len()).filter(|head| head.eq_ignore_ascii_case(word));
    let rest = head.and_then(|head| argument[head.len()..].strip_prefix(':')).ok_or(Wrong::Syntax)?;
    // A blank after the colon is not allowed, but too many clients send one. [RFC 5321 3.3]
    let rest = rest.trim_start_matches(' ').strip_prefix('<').ok_or(Wrong::Syntax)?;
    let end = closing_bracket(rest).ok_or(Wrong::Syntax)?;
    let parameters = parameters(&rest[end + 1..])?;
    Ok((path(&rest[..end])?, parameters))
}

/// Where the path ends: a quoted local part may hold a `>`. [RFC 5321 4.1.2]
fn closing_bracket(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, octet) in text.bytes().enumerate() {
        match octet {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'>' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

fn path(text: &str) -> Result<Path, Wrong> {
    match text {
        "" => Ok(Path::Null),
        _ if text.eq_ignore_ascii_case("postmaster") => Ok(Path::Postmaster),
        _ => {
            let address = without_route(text).map(without_needless_quotes).ok_or(Wrong::Address)?;
            SmtpAddress::parse(&address).map(Path::Address).ok_or(Wrong::Address)
        }
    }
}

/// `@a,@b:ann@x` is `ann@x`: source routes are taken and ignored. [RFC 5321 4.1.1.3]
fn without_route(text: &str) -> Option<&str> {
    if !text.starts_with('@') {
        return Some(text);
    }
    let (route, address) = text.split_once(':')?;
    let is_hop = |hop: &str| hop.strip_prefix('@').is_some_and(|name| SmtpDomain::parse(name).is_some());
    route.split(',').all(is_hop).then_some(address)
}

/// `"ann"@x` and `ann@x` are one address. [RFC 5321 4.1.2]
fn without_needless_quotes(text: &str) -> Cow<'_, str> {
    let Some((local, domain)) = text.strip_prefix('"').and_then(|text| text.rsplit_once("\"@")) else {
        return Cow::Borrowed(text);
    };
    let local = local.replace('\\', "");
    let atom = |part: &str| !part.is_empty() && part.chars().all(is_atext);
    if local.split('.').all(atom) { Cow::Owned(format!("{local}@{domain}")) } else { Cow::Borrowed(text) }
}

/// What an atom is made of. [RFC 5322 3.2.3] [RFC 6532 3.2]
fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || !c.is_ascii() && !c.is_control()
}

fn parameters(text: &str) -> Result<Parameters<'_>, Wrong> {
    if !text.is_empty() && !text.starts_with(' ') {
        return Err(Wrong::Syntax);
    }
    let mut found = Parameters::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let (keyword, value) = word.split_once('=').map_or((word, None), |(k, v)| (k, Some(v)));
        let keyword = keyword.to_ascii_uppercase();
        let fits = keyword.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && value
                .is_none_or(|value| !value.is_empty() && !value.chars().any(|c| c.is_control() || c == '='))
            && !found.iter().any(|(known, _)| *known == keyword)
            && found.len() < PARAMETERS_MAX;
        if !fits {
            return Err(Wrong::Syntax);
        }
        found.push((keyword, value));
    }
    Ok(found)
}

/// Decodes xtext; `None` where it is not that, or not printable. Its digits should be upper case; mail of those who write
/// them otherwise is not refused for it. [RFC 3461 4]
pub(crate) fn xtext(text: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&octet, tail)) = rest.split_first() {
        rest = tail;
        match octet {
            b'+' => {
                let (digits, tail) = tail.split_at_checked(2)?;
                let digits = digits.iter().all(u8::is_ascii_hexdigit).then_some(digits)?;
                octets.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
                rest = tail;
            }
            b'!'..=b'~' => octets.push(octet),
            _ => return None,
        }
    }
    // What is kept is printed in reports: nothing in it may end a line there.
    String::from_utf8(octets).ok().filter(|text| !text.chars().any(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(argument: &str) -> String {
        match parse(argument, "TO") {
            Ok((path, parameters)) => {
                let path = match path {
                    Path::Null => "<>".to_owned(),
                    Path::Postmaster => "postmaster".to_owned(),
                    Path::Address(address) => address.to_string(),
                };
                parameters.iter().fold(path, |shown, (k, v)| format!("{shown} {k}={}", v.unwrap_or("-")))
            }
            Err(wrong) => format!("{wrong:?}"),
        }
    }

    #[test]
    fn paths_and_what_is_none() {
        let long = format!("TO:<{}@contoso.com>", "a".repeat(1000));
        for (argument, expected) in [
            ("TO:<ann@contoso.com>", "ann@contoso.com"),
            ("to: <ann@contoso.com> notify=NEVER", "ann@contoso.com NOTIFY=NEVER"),
            ("TO:<ann+lists@contoso.com>", "ann+lists@contoso.com"),
            ("TO:<\"ann > berg\"@contoso.com> SMTPUTF8", "\"ann > berg\"@contoso.com SMTPUTF8=-"),
            ("TO:<\"ann\"@contoso.com>", "ann@contoso.com"),
            ("TO:<\"a\\nn.b\"@contoso.com>", "ann.b@contoso.com"),
            ("TO:<\"ann.\"@contoso.com>", "\"ann.\"@contoso.com"),
            ("TO:<\"ann@x\"@contoso.com>", "\"ann@x\"@contoso.com"),
            ("TO:<\"\"@contoso.com>", "\"\"@contoso.com"),
            ("TO:<ann@[192.0.2.1]>", "ann@[192.0.2.1]"),
            ("TO:<>", "<>"),
            ("TO:<Postmaster>", "postmaster"),
            ("TO:<grün@contoso.com>", "grün@contoso.com"),
            ("TO:ann@contoso.com", "Syntax"),
            ("TO <ann@contoso.com>", "Syntax"),
            ("FROM:<ann@contoso.com>", "Syntax"),
            ("TO:<ann@contoso.com", "Syntax"),
            ("TO:<ann@contoso.com>x", "Syntax"),
            ("TO:<ann@contoso.com> A=1 a=2", "Syntax"),
            ("TO:<ann@contoso.com> A=", "Syntax"),
            ("TO:<ann@contoso.com> A=b=c", "Syntax"),
            ("", "Syntax"),
            ("ÄÖ:<x@y>", "Syntax"),
            ("TO:<ann>", "Address"),
            ("TO:<@a,@b:user@c>", "user@c"),
            ("TO:<@a:\"user\"@c> NOTIFY=NEVER", "user@c NOTIFY=NEVER"),
            ("TO:<@a,b:user@c>", "Address"),
            ("TO:<@:user@c>", "Address"),
            ("TO:<@a:>", "Address"),
            ("TO:<@a>", "Address"),
            ("TO:<ann@contoso.com@x>", "Address"),
            ("TO:<a b@contoso.com>", "Address"),
            ("TO:<\"a\u{1}b\"@contoso.com>", "Address"),
            ("TO:<ann@-contoso.com>", "Address"),
            (&long, "Address"),
        ] {
            assert_eq!(shown(argument), expected, "{argument:.60}");
        }
    }

    #[test]
    fn xtext_both_good_and_bad() {
        for (text, expected) in [
            ("QQ314159", Some("QQ314159")),
            ("a+2Bb+3Dc", Some("a+b=c")),
            ("a+2bb", Some("a+b")),
            ("a++f", None),
            ("a+", None),
            ("a+2", None),
            ("a+0D+0Ab", None),
            ("a+00", None),
            ("a+FF", None),
            ("grün", None),
        ] {
            assert_eq!(xtext(text).as_deref(), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_argument_is_read_or_refused(
            tail in "[a-zA-Z0-9<>@\"\\\\.:=+;,()\\[\\] äß\u{1}\u{7f}-]{0,60}",
            begin in proptest::sample::select(vec!["", "TO:", "TO:<", "to: <\"", "TO:<a@x> NOTIFY="]),
        ) {
            let argument = format!("{begin}{tail}");
            if let Ok((Path::Address(address), _)) = parse(&argument, "TO") {
                proptest::prop_assert_eq!(SmtpAddress::parse(address.as_str()), Some(address));
            }
            let _decoded = xtext(&tail).is_some();
        }
    }
}
