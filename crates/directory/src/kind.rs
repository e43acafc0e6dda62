//! The ways of naming an object, and what an identity parameter takes. A class says in its own file how it is named.

use crate::Record;

/// A way of naming an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `CN=Ann,CN=Users,DC=contoso,DC=com`
    DistinguishedName,
    /// The GUID of the object.
    Guid,
    /// The GUID of the mailbox.
    MailboxGuid,
    /// `contoso.com/Users/Ann`
    CanonicalName,
    /// `/o=Contoso/ou=…/cn=Recipients/cn=ann`
    LegacyDn,
    /// `CONTOSO\ann` or `contoso.com\ann`
    Account,
    /// Any of the addresses.
    Address,
    /// `ann@contoso.com`, the name to log on with.
    PrincipalName,
    /// `S-1-5-21-…`
    Sid,
    /// The alias.
    Alias,
    /// The name.
    Name,
    /// An address list by its path, `\All Users`.
    ListPath,
    /// A public folder by its path, `\Sales\2026`.
    FolderPath,
    /// The SamAccountName.
    Sam,
    /// The display name.
    DisplayName,
    /// An accepted domain by its domain.
    Domain,
}

/// What an identity parameter takes, and what it can name.
pub struct IdentityKind {
    /// The type of the parameter, as cmdlets declare it: `MailboxIdParameter`.
    pub name: &'static str,
    /// What it names, with an article, for error lines: `a mailbox`.
    pub noun: &'static str,
    /// The forms it takes.
    pub forms: &'static [Form],
    /// Which objects it can name.
    pub of: fn(&Record) -> bool,
}

impl std::fmt::Debug for IdentityKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl IdentityKind {
    /// What names objects by such forms.
    pub const fn new(
        name: &'static str,
        noun: &'static str,
        forms: &'static [Form],
        of: fn(&Record) -> bool,
    ) -> IdentityKind {
        IdentityKind { name, noun, forms, of }
    }
    /// What names objects of configuration, which have a name and a place.
    pub const fn configuration(
        name: &'static str,
        noun: &'static str,
        of: fn(&Record) -> bool,
    ) -> IdentityKind {
        IdentityKind::new(name, noun, CONFIGURATION_FORMS, of)
    }
}

use Form::{
    Account, Address, Alias, CanonicalName, DisplayName, DistinguishedName, LegacyDn, MailboxGuid, Name,
    PrincipalName, Sam, Sid,
};

/// The forms that name a recipient.
pub(crate) const ANY_RECIPIENT: &[Form] = &[
    DistinguishedName,
    Form::Guid,
    MailboxGuid,
    CanonicalName,
    LegacyDn,
    Account,
    Address,
    PrincipalName,
    Alias,
    Name,
    Sam,
    DisplayName,
];
/// The forms that name a user.
pub(crate) const USER_FORMS: &[Form] = &[
    DistinguishedName,
    Form::Guid,
    CanonicalName,
    LegacyDn,
    Account,
    PrincipalName,
    Address,
    Name,
    Sam,
    Alias,
    DisplayName,
];
/// The forms that name whoever can be given a right.
pub(crate) const PRINCIPAL_FORMS: &[Form] = &[
    DistinguishedName,
    Form::Guid,
    CanonicalName,
    LegacyDn,
    Account,
    Address,
    PrincipalName,
    Sid,
    Alias,
    Name,
    Sam,
    DisplayName,
];
/// The forms that name configuration.
pub(crate) const CONFIGURATION_FORMS: &[Form] = &[DistinguishedName, Form::Guid, Name];
