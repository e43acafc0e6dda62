//! Checks that properties share: lengths, ranges, characters.

use crate::address::PROXY_CHARACTERS_MAX;
use crate::path::FOLDER_SEPARATOR;
use object::types::{ByteQuantifiedSize, SmtpDomain, TimeSpan, Unlimited};
use object::{Check, Error, ErrorId, Result, Value};

/// The widest quota the directory can hold.
pub(crate) const QUOTA_BYTES_MAX: u64 = 2_199_023_254_528; // Exchange's 1.999999999 TB
/// The longest time span a setting can hold: 24855.03:14:07.
const SPAN_SECONDS_MAX: i64 = 24_855 * 86_400 + 3 * 3_600 + 14 * 60 + 7;

/// Text of at most `N` characters.
pub(crate) const fn up_to<const N: usize>() -> Check {
    Check { passes: text_max::<N>, allows: || format!("Up to {N} characters.") }
}
/// A whole number within `LOW` and `HIGH`.
pub(crate) const fn between<const LOW: i64, const HIGH: i64>() -> Check {
    Check { passes: within::<LOW, HIGH>, allows: || format!("From {LOW} to {HIGH}.") }
}
/// Text in which nothing moves the cursor but line ends and tabs.
pub(crate) const TEXT: Check =
    Check { passes: no_control, allows: || "Without control characters.".to_owned() };
/// The name of a public folder: what parts the names of a path can't be in one of them.
pub(crate) fn folder_name(name: &str) -> Result<()> {
    object_name(&name.into()).map_err(|error| error.about("Name"))?;
    if name.contains(FOLDER_SEPARATOR) {
        let message = format!("The name '{name}' of a public folder holds a '{FOLDER_SEPARATOR}'.");
        return Err(Error::caller(ErrorId::NameInvalid, message)
            .help("Name the folder in which it stands with -Path.")
            .about("Name"));
    }
    Ok(())
}

/// A quota that fits the directory.
pub(crate) const QUOTA: Check = Check {
    passes: quota,
    allows: || format!("Up to {}, or Unlimited.", ByteQuantifiedSize(QUOTA_BYTES_MAX)),
};
/// What all inbox rules may take.
pub(crate) const RULES_SIZE: Check =
    Check { passes: rules_quota, allows: || "From 32 KB to 256 KB.".to_owned() };
/// A span from zero to what the directory can hold.
pub(crate) const SPAN: Check = Check {
    passes: span,
    allows: || "From 00:00:00 to 24855.03:14:07, written as days.hours:minutes:seconds.".to_owned(),
};
/// A name of a directory object.
pub(crate) const OBJECT_NAME: Check = Check {
    passes: object_name,
    allows: || "From 1 to 64 characters, no control character among them and no blank at an end.".to_owned(),
};
/// Characters that every mail system can show.
pub(crate) const SIMPLE_TEXT: Check = Check {
    passes: simple_display_name,
    allows: || "Up to 256 letters a to z, digits, blanks and \" ' ( ) + , - . / : ?.".to_owned(),
};
/// An alias.
pub(crate) const ALIAS_TEXT: Check = Check {
    passes: crate::address::check_alias,
    allows: || {
        "Up to 64 letters, digits and ! # % * + - / = ? ^ _ ~ $ & ' ` { } |, and dots between other characters.".to_owned()
    },
};
/// An address with its type.
pub(crate) const PROXY: Check = Check {
    passes: crate::address::check_proxy,
    allows: || format!("Up to {PROXY_CHARACTERS_MAX} characters, its type included."),
};
/// The form of addresses that a policy makes.
pub(crate) const TEMPLATE: Check = Check {
    passes: crate::address::check_template,
    allows: || "A form such as SMTP:%g.%s@contoso.com.".to_owned(),
};
/// A domain, or all below one.
pub(crate) const DOMAIN: Check =
    Check { passes: check_domain, allows: || "Up to 255 characters.".to_owned() };
/// An account name.
pub(crate) const SAM: Check = Check {
    passes: crate::user_account::check_sam,
    allows: || "Up to 20 letters, digits and . ! # $ % ^ & - _ { } ~.".to_owned(),
};
/// A name to log on with.
pub(crate) const PRINCIPAL_NAME: Check = Check {
    passes: crate::user_account::check_principal_name,
    allows: || "A name and a domain, such as ann@contoso.com.".to_owned(),
};

/// Declares a check: one of some words.
macro_rules! words {
    ($name:ident: $($word:literal),+) => {
        const $name: object::Check = object::Check {
            passes: |value| crate::schema::check::one_of(value, &[$($word),+]),
            allows: || [$($word),+].join(", ") + ".",
        };
    };
}
pub(crate) use words;

/// One of some words, in any case.
pub(crate) fn one_of(value: &Value, words: &[&str]) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    if words.iter().any(|word| word.eq_ignore_ascii_case(text)) {
        return Ok(());
    }
    Err(Error::caller(ErrorId::InvalidValue, format!("'{text}' is not one of the words for that."))
        .help(format!("Write one of: {}.", words.join(", "))))
}

/// Text of at most `N` characters.
fn text_max<const N: usize>(value: &Value) -> Result<()> {
    let length = value.as_str().map_or(0, |text| text.encode_utf16().count());
    if length <= N {
        return no_control(value);
    }
    Err(Error::limit(
        ErrorId::TextTooLong,
        format!("The text has {length} characters; at most {N} are allowed."),
    )
    .help("Write a shorter text."))
}

/// Text without NUL and other control characters but line ends and tabs.
fn no_control(value: &Value) -> Result<()> {
    let bad = |c: char| c.is_control() && !matches!(c, '\r' | '\n' | '\t');
    match value.as_str().and_then(|text| text.chars().find(|c| bad(*c))) {
        None => Ok(()),
        Some(c) => {
            Err(Error::caller(ErrorId::ControlCharacter, format!("U+{:04X} is not allowed here.", c as u32))
                .help("Take the control character out."))
        }
    }
}

/// A name of a directory object.
pub(crate) fn object_name(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    let length = text.encode_utf16().count();
    let problem = if text.trim().is_empty() {
        "is empty"
    } else if length > 64 {
        "has more than 64 characters"
    } else if text != text.trim() {
        "begins or ends with a blank"
    } else if text.chars().any(char::is_control) {
        "holds a control character"
    } else {
        return Ok(());
    };
    Err(Error::caller(ErrorId::NameInvalid, format!("The name '{text}' {problem}."))
        .help("A name has 1 to 64 characters, none of them a control character, and no blanks at its ends."))
}

/// A quota that fits the directory.
fn quota(value: &Value) -> Result<()> {
    let bytes = value.downcast::<Unlimited<ByteQuantifiedSize>>().and_then(|quota| quota.value());
    match bytes {
        Some(ByteQuantifiedSize(bytes)) if bytes > QUOTA_BYTES_MAX => Err(Error::limit(
            ErrorId::QuotaOutOfRange,
            format!(
                "{} is more than a quota can hold, {}.",
                ByteQuantifiedSize(bytes),
                ByteQuantifiedSize(QUOTA_BYTES_MAX)
            ),
        )
        .help("Write a smaller size, or Unlimited.")),
        _ => Ok(()),
    }
}

/// A whole number within `LOW` and `HIGH`.
fn within<const LOW: i64, const HIGH: i64>(value: &Value) -> Result<()> {
    let number = value.as_i64().or_else(|| value.downcast::<Unlimited<i32>>()?.value().map(i64::from));
    match number {
        Some(number) if !(LOW..=HIGH).contains(&number) => {
            Err(Error::caller(ErrorId::OutOfRange, format!("{number} is outside {LOW} to {HIGH}."))
                .help(format!("Write a number from {LOW} to {HIGH}.")))
        }
        _ => Ok(()),
    }
}

/// A rules quota: 32 to 256 KB.
fn rules_quota(value: &Value) -> Result<()> {
    match value.downcast::<ByteQuantifiedSize>() {
        Some(ByteQuantifiedSize(bytes)) if !(32 << 10..=256 << 10).contains(bytes) => Err(Error::caller(
            ErrorId::OutOfRange,
            format!("{} is outside 32 KB to 256 KB.", ByteQuantifiedSize(*bytes)),
        )
        .help("Write a size from 32KB to 256KB.")),
        _ => Ok(()),
    }
}

/// A span from zero to what the directory can hold.
fn span(value: &Value) -> Result<()> {
    match value {
        Value::TimeSpan(TimeSpan { ticks })
            if !(0..=SPAN_SECONDS_MAX * object::types::TICKS_PER_SECOND).contains(ticks) =>
        {
            Err(Error::caller(ErrorId::OutOfRange, format!("{value} is outside 00:00:00 to 24855.03:14:07."))
                .help("Write a span such as 30.00:00:00."))
        }
        _ => Ok(()),
    }
}

/// Characters that every mail system can show: `a-z A-Z 0-9` blank `" ' ( ) + , - . / : ?`.
fn simple_display_name(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    match text.chars().find(|c| !(c.is_ascii_alphanumeric() || " \"'()+,-./:?".contains(*c))) {
        None => text_max::<256>(value),
        Some(c) => Err(Error::caller(
            ErrorId::CharacterNotAllowed,
            format!("'{c}' is not allowed in a simple display name."),
        )
        .help("Use letters a to z, digits, blanks and \" ' ( ) + , - . / : ? only.")),
    }
}

/// Refuses what is no domain; `*.` may stand in front.
pub(crate) fn check_domain(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    let bare = text.strip_prefix("*.").unwrap_or(text);
    if !bare.starts_with('[') && SmtpDomain::parse(bare).is_some() {
        return Ok(());
    }
    Err(Error::caller(ErrorId::DomainNameInvalid, format!("'{text}' is not a domain."))
        .help("Write a domain such as contoso.com, or *.contoso.com for everything below it."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_are_checked() {
        for (text, id) in [
            ("Ann Berg", None),
            ("", Some("NameInvalid")),
            (" Ann", Some("NameInvalid")),
            ("a\0b", Some("NameInvalid")),
            (&"a".repeat(64), None),
            (&"a".repeat(65), Some("NameInvalid")),
        ] {
            assert_eq!(object_name(&text.into()).err().map(|e| e.id().to_owned()).as_deref(), id, "{text:?}");
        }
        assert_eq!(text_max::<3>(&"abcd".into()).unwrap_err().id(), "TextTooLong");
        assert_eq!(text_max::<3>(&"a\0b".into()).unwrap_err().id(), "ControlCharacter");
        assert_eq!(within::<0, 9>(&10.into()).unwrap_err().id(), "OutOfRange");
        assert!(within::<0, 9>(&9.into()).is_ok());
    }

    #[test]
    fn names_of_domains_are_checked() {
        for (name, ok) in [
            ("contoso.com", true),
            ("*.contoso.com", true),
            ("*", false),
            ("a b", false),
            ("[1.2.3.4]", false),
            ("", false),
        ] {
            assert_eq!(check_domain(&name.into()).is_ok(), ok, "{name}");
        }
    }
}
