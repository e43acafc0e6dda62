//! What an account is: its flags, its names, its security identifier.

use object::types::{EnumType, EnumValue, Guid, Kind, PropertyType};
use object::{Error, ErrorId, Result, Value};

/// The longest SamAccountName of a user.
const SAM_CHARACTERS_MAX: usize = 20;
/// The longest name to log on with: 64 before the `@`, 255 behind it, as an address.
const PRINCIPAL_NAME_CHARACTERS_MAX: usize = 320;

/// `userAccountControl`: the state of an account, bit by bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserAccountFlags(pub i64);

impl UserAccountFlags {
    /// The account cannot log on.
    pub const DISABLED: i64 = 2;
    /// An ordinary account; every user has this bit.
    pub const NORMAL: i64 = 512;
    /// The password never expires.
    pub const DO_NOT_EXPIRE: i64 = 65_536;

    /// The type as the shell sees it.
    pub const TYPE: &'static EnumType = {
        static TYPE: EnumType = EnumType {
            name: "Microsoft.Exchange.Data.Directory.UserAccountControlFlags",
            flags: true,
            values: &[
                ("None", 0),
                ("AccountDisabled", UserAccountFlags::DISABLED),
                ("NormalAccount", UserAccountFlags::NORMAL),
                ("DoNotExpirePassword", UserAccountFlags::DO_NOT_EXPIRE),
            ],
        };
        &TYPE
    };

    /// Whether the account cannot log on.
    pub fn is_disabled(self) -> bool {
        self.0 & UserAccountFlags::DISABLED != 0
    }
    /// The same account, switched on or off.
    #[must_use]
    pub fn disabled(self, off: bool) -> UserAccountFlags {
        let rest = self.0 & !UserAccountFlags::DISABLED;
        UserAccountFlags(if off { rest | UserAccountFlags::DISABLED } else { rest })
    }
}

impl From<UserAccountFlags> for Value {
    fn from(flags: UserAccountFlags) -> Value {
        Value::Enum(EnumValue { of: UserAccountFlags::TYPE, number: flags.0 })
    }
}

impl PropertyType for UserAccountFlags {
    const KIND: &'static Kind = {
        static KIND: Kind = Kind {
            name: "UserAccountControlFlags",
            read: |value| UserAccountFlags::TYPE.read(value),
            accepts: "flags such as AccountDisabled, NormalAccount",
        };
        &KIND
    };
    fn of_value(value: &Value) -> Option<UserAccountFlags> {
        match value {
            Value::Enum(given) => Some(UserAccountFlags(given.number)),
            _ => None,
        }
    }
    fn into_value(self) -> Value {
        self.into()
    }
}

/// Whether a character may stand in a SamAccountName.
fn sam_character(c: char) -> bool {
    !c.is_control() && !"\\\"|,/[]:<>+=;?*@".contains(c)
}

/// Refuses what cannot be a SamAccountName: too long, forbidden characters, a dot or blank at the end.
pub(crate) fn check_sam(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    let length = text.encode_utf16().count();
    let problem = if length == 0 {
        "is empty".to_owned()
    } else if length > SAM_CHARACTERS_MAX {
        format!("has {length} characters; at most {SAM_CHARACTERS_MAX} are allowed")
    } else if let Some(c) = text.chars().find(|c| !sam_character(*c)) {
        format!("holds '{}', which is not allowed", c.escape_default())
    } else if text.ends_with('.') || text != text.trim() {
        "ends with a dot or has a blank at an end".to_owned()
    } else {
        return Ok(());
    };
    Err(Error::caller(ErrorId::SamAccountNameInvalid, format!("The SamAccountName '{text}' {problem}."))
        .help("Use up to 20 letters, digits and . ! # $ % ^ & - _ { } ~."))
}

/// Refuses what cannot be a user principal name: it has the form of an address.
pub(crate) fn check_principal_name(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    let good = text.chars().count() <= PRINCIPAL_NAME_CHARACTERS_MAX
        && object::types::SmtpAddress::parse(text).is_some_and(|address| !address.local().starts_with('"'));
    if good {
        return Ok(());
    }
    Err(Error::caller(ErrorId::UserPrincipalNameInvalid, format!("'{text}' is not a user principal name."))
        .help("Write a name and a domain, such as ann@contoso.com."))
}

/// Whether a name made out of an alias can be a SamAccountName and the front of a user principal name;
/// where it cannot, a mailbox without an account of its own gets a GUID for both.
pub(crate) fn fits_account_names(alias: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    alias.chars().all(inner)
        && alias.starts_with(|c: char| c.is_ascii_alphabetic())
        && !alias.ends_with('.')
        && !alias.contains("..")
        && alias.len() <= 63
}

/// The security identifier of an object: the domain's, which comes from its GUID, and the object's number.
pub(crate) fn sid(domain: Guid, number: i64) -> String {
    let bytes = domain.to_u128();
    let part = |shift: u32| (bytes >> shift) as u32;
    // Identifiers below 1000 are Windows' own.
    format!("S-1-5-21-{}-{}-{}-{}", part(96), part(64), part(32), 1000 + number)
}

/// `NT AUTHORITY\SELF`: the owner of mailboxes whose account is switched off.
pub const SELF_SID: &str = "S-1-5-10";
/// Whether an identifier is one of an account of another domain than that of `own`. What a foreign directory says of its
/// accounts is believed for its own domain only: it must not name the system, a built-in group or one of our accounts.
/// [MS-PAC 4.1.2.2]
pub fn is_of_another_domain(sid: &str, own: &str) -> bool {
    let domain = |sid: &str| sid.rsplit_once('-').map(|(domain, _)| domain.to_ascii_uppercase());
    let given = domain(sid).filter(|domain| domain.starts_with("S-1-5-21-"));
    given.is_some() && given != domain(own)
}

/// Everybody, whoever it is.
pub const EVERYONE_SID: &str = "S-1-1-0";
/// Everybody who logged on.
pub(crate) const AUTHENTICATED_SID: &str = "S-1-5-11";
/// The house itself.
pub(crate) const SYSTEM_SID: &str = "S-1-5-18";
/// What runs for the network.
pub(crate) const NETWORK_SERVICE_SID: &str = "S-1-5-20";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_directory_names_accounts_of_its_own_domain_only() {
        let own = sid(Guid::EMPTY, -500);
        for (given, believed) in [
            ("S-1-5-21-7-8-9-1105", true),
            ("s-1-5-21-7-8-9-1105", true),
            ("S-1-5-18", false),
            ("S-1-5-32-544", false),
            ("S-1-5-10", false),
            ("S-1-1-0", false),
            ("S-1-5-21-0-0-0-512", false),
            ("", false),
        ] {
            assert_eq!(is_of_another_domain(given, &own), believed, "{given}");
        }
    }

    #[test]
    fn account_names_are_checked() {
        for (name, ok) in [
            ("ann", true),
            ("ann.berg", true),
            ("a!#$%^&-_{}~", true),
            ("ann.", false),
            ("", false),
            ("ann/berg", false),
            ("abcdefghijklmnopqrstu", false),
            ("a@b", false),
            ("a\0", false),
        ] {
            assert_eq!(check_sam(&name.into()).is_ok(), ok, "{name:?}");
        }
        for (name, ok) in [
            ("ann@contoso.com", true),
            ("ann", false),
            ("\"a b\"@x.y", false),
            ("@x", false),
            ("ann@", false),
        ] {
            assert_eq!(check_principal_name(&name.into()).is_ok(), ok, "{name:?}");
        }
    }

    #[test]
    fn an_alias_that_cannot_be_an_account_name_is_seen() {
        let long = "a".repeat(64);
        for (alias, ok) in [
            ("sales", true),
            ("sales.team-1_x", true),
            ("1sales", false),
            ("sales.", false),
            ("sa..les", false),
            ("größe", false),
            ("sales+1", false),
            (long.as_str(), false),
        ] {
            assert_eq!(fits_account_names(alias), ok, "{alias}");
        }
    }

    #[test]
    fn flags_are_shown_as_exchange_does() {
        let disabled = UserAccountFlags(UserAccountFlags::NORMAL).disabled(true);
        assert_eq!(Value::from(disabled).to_string(), "AccountDisabled, NormalAccount");
        assert_eq!(disabled.disabled(false).0, 512);
    }
}
