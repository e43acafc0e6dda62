//! An account of a foreign directory, as far as a linked mailbox needs to know it.

use crate::name::{canonical, guid_octets};
use crate::sid::Sid;
use ldap3::SearchEntry;
use object::types::Guid;

/// How many accounts are named where several fit.
pub const FOUND_MAX: usize = 10;
/// `userAccountControl`: the account is switched off. [MS-ADTS 2.2.16]
const DISABLED: i64 = 2;

/// What is read of an account.
pub(crate) const ATTRIBUTES: [&str; 6] =
    ["objectSid", "objectGUID", "sAMAccountName", "userPrincipalName", "userAccountControl", "displayName"];

/// An account of a foreign directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignAccount {
    /// Where it stands in its directory.
    pub distinguished_name: String,
    /// What it is, whatever it is called: the link of a mailbox.
    pub sid: Sid,
    /// The name behind `DOMAIN\`.
    pub sam_account_name: String,
    /// The name to log on with, where it has one.
    pub user_principal_name: Option<String>,
    /// The GUID of the object, where it has one.
    pub guid: Option<Guid>,
    /// The display name, where it has one.
    pub display_name: Option<String>,
    /// Whether the account is switched off.
    pub is_disabled: bool,
}

impl ForeignAccount {
    /// Reads an entry; nothing where it is no account that a mailbox can be linked to: no identifier, no name, or the name
    /// of a computer or trust, which ends with `$`. [MS-SAMR 3.1.1.6]
    pub(crate) fn of(entry: &SearchEntry) -> Option<ForeignAccount> {
        let text = |name: &str| octets(entry, name).and_then(|value| String::from_utf8(value).ok());
        let control: i64 =
            text("userAccountControl").and_then(|number| number.trim().parse().ok()).unwrap_or(0);
        Some(ForeignAccount {
            distinguished_name: entry.dn.clone(),
            sid: Sid::of_bytes(&octets(entry, "objectSid")?)?,
            sam_account_name: text("sAMAccountName")
                .filter(|name| !name.is_empty() && !name.ends_with('$'))?,
            user_principal_name: text("userPrincipalName"),
            guid: octets(entry, "objectGUID").and_then(|bytes| guid(&bytes)),
            display_name: text("displayName"),
            is_disabled: control & DISABLED != 0,
        })
    }

    /// `fabrikam.test/Staff/Ann`
    pub fn canonical_name(&self) -> String {
        canonical(&self.distinguished_name)
    }
}

fn guid(bytes: &[u8]) -> Option<Guid> {
    // Swapping twice is as it was.
    Guid::of_bytes(bytes).map(guid_octets).and_then(|bytes| Guid::of_bytes(&bytes))
}

/// The first value of an attribute: the library keeps what happens to be UTF-8 apart from what does not.
fn octets(entry: &SearchEntry, name: &str) -> Option<Vec<u8>> {
    let binary = entry.bin_attrs.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    if let Some(value) = binary.and_then(|(_, values)| values.first()) {
        return Some(value.clone());
    }
    let texts = entry.attrs.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    texts.and_then(|(_, values)| values.first()).map(|value| value.clone().into_bytes())
}
