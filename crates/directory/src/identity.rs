//! What a person writes to name an object, and the one object it names.
//!
//! The forms are tried in one order: distinguished name, GUID, path, legacyExchangeDN, `DOMAIN\account`,
//! address or user principal name, and last all plain names at once. Two objects at one step are an error that lists
//! them; nothing is ever "the first that fits".

use crate::cache::Cache;
use crate::path::{first_name, last_name};
use crate::schema::{mailbox, recipient, user};
use crate::{Class, Directory, Record};
use object::types::{Guid, ObjectId, RecipientTypeDetails};
use object::{Declared, Error, ErrorId, Property, Result};
use parking_lot::RwLock;
use std::sync::Arc;

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
    /// The SamAccountName.
    Sam,
    /// The display name.
    DisplayName,
    /// An accepted domain by its domain.
    Domain,
}

use Form::{
    Account, Address, Alias, CanonicalName, DisplayName, DistinguishedName, Domain, LegacyDn, MailboxGuid,
    Name, PrincipalName, Sam, Sid,
};

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

impl Record {
    /// The exact kind of recipient that it is.
    pub fn details(&self) -> RecipientTypeDetails {
        let stored = self.get(&recipient::RECIPIENT_TYPE_DETAILS).unwrap_or(RecipientTypeDetails::None);
        match (stored, self.class()) {
            (RecipientTypeDetails::None, Class::User) if self.is_account_disabled() => {
                RecipientTypeDetails::DisabledUser
            }
            (RecipientTypeDetails::None, Class::User) => RecipientTypeDetails::User,
            (RecipientTypeDetails::None, Class::Contact) => RecipientTypeDetails::Contact,
            (RecipientTypeDetails::None, Class::Group) => RecipientTypeDetails::UniversalSecurityGroup,
            (stored, _) => stored,
        }
    }
    /// Whether it is a user with a mailbox of any flavour.
    pub fn is_mailbox(&self) -> bool {
        self.class() == Class::User && mailbox::is_mailbox(self.details())
    }
    /// Whether mail can be sent to it.
    pub fn is_mail_enabled(&self) -> bool {
        self.class().is_recipient() && self.has(recipient::ALIAS.spec())
    }
    /// Whether its account cannot log on.
    pub fn is_account_disabled(&self) -> bool {
        self.get(&user::USER_ACCOUNT_CONTROL).is_some_and(|flags| flags.is_disabled())
    }
}

const ANY_RECIPIENT: &[Form] = &[
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
const USER_FORMS: &[Form] = &[
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
const PRINCIPAL_FORMS: &[Form] = &[
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
const CONFIGURATION_FORMS: &[Form] = &[DistinguishedName, Form::Guid, Name];

/// The kinds of nouns that rooms above keep in the directory.
static ADDED: RwLock<Vec<&'static IdentityKind>> = RwLock::new(Vec::new());

/// Adds a kind, so that references can name it; one that is known already stays as it is.
pub fn add_identity(kind: &'static IdentityKind) {
    if kinds::named(kind.name).is_none() {
        ADDED.write().push(kind);
    }
}

/// The kinds of identity parameters.
pub mod kinds {
    use super::*;

    macro_rules! kinds {
        ($($(#[$doc:meta])* $name:ident: $text:literal, $noun:literal, $forms:expr, $of:expr;)*) => {
            $($(#[$doc])* pub static $name: IdentityKind = IdentityKind { name: $text, noun: $noun, forms: $forms, of: $of };)*
            /// All kinds.
            pub static ALL: &[&IdentityKind] = &[$(&$name),*];
        };
    }

    kinds! {
        /// A mailbox of any flavour.
        MAILBOX: "MailboxIdParameter", "a mailbox", ANY_RECIPIENT, Record::is_mailbox;
        /// Anything with mail.
        RECIPIENT: "RecipientIdParameter", "a recipient", ANY_RECIPIENT, Record::is_mail_enabled;
        /// A user, with or without a mailbox.
        USER: "UserIdParameter", "a user", USER_FORMS, |record| record.class() == Class::User;
        /// A mail user.
        MAIL_USER: "MailUserIdParameter", "a mail user", ANY_RECIPIENT, |record| record.details() == RecipientTypeDetails::MailUser;
        /// A mailbox or a mail user.
        MAILBOX_OR_MAIL_USER: "MailboxOrMailUserIdParameter", "a mailbox or mail user", ANY_RECIPIENT,
            |record| record.class() == Class::User && record.is_mail_enabled();
        /// A mail contact.
        MAIL_CONTACT: "MailContactIdParameter", "a mail contact", ANY_RECIPIENT, |record| record.class() == Class::Contact && record.is_mail_enabled();
        /// A contact, with or without an address.
        CONTACT: "ContactIdParameter", "a contact", ANY_RECIPIENT, |record| record.class() == Class::Contact;
        /// A person: user or contact.
        USER_CONTACT: "UserContactIdParameter", "a user or contact", ANY_RECIPIENT, |record| matches!(record.class(), Class::User | Class::Contact);
        /// A group with an address.
        DISTRIBUTION_GROUP: "DistributionGroupIdParameter", "a distribution group", ANY_RECIPIENT,
            |record| record.class() == Class::Group && record.is_mail_enabled();
        /// Any group.
        GROUP: "GroupIdParameter", "a group", PRINCIPAL_FORMS, |record| record.class() == Class::Group;
        /// Whoever can be given a right.
        SECURITY_PRINCIPAL: "SecurityPrincipalIdParameter", "a user or group", PRINCIPAL_FORMS, |record| matches!(record.class(), Class::User | Class::Group);
        /// Whatever holds rights: named as Exchange's cmdlets for them want it.
        RAW_ENTRY: "ADRawEntryIdParameter", "an object", &[DistinguishedName, Form::Guid, CanonicalName, Name], |_| true;
        /// A mailbox database.
        DATABASE: "DatabaseIdParameter", "a mailbox database", &[DistinguishedName, Form::Guid, LegacyDn, Name], |record| record.class() == Class::MailboxDatabase;
        /// An accepted domain.
        ACCEPTED_DOMAIN: "AcceptedDomainIdParameter", "an accepted domain", &[DistinguishedName, Form::Guid, Domain, Name], |record| record.class() == Class::AcceptedDomain;
        /// A trust in a foreign directory.
        TRUST: "ADTrust", "a trust", CONFIGURATION_FORMS, |record| record.class() == Class::Trust;
        /// An organisational unit or container.
        ORGANIZATIONAL_UNIT: "OrganizationalUnitIdParameter", "an organizational unit", &[DistinguishedName, Form::Guid, CanonicalName, Name],
            |record| matches!(record.class(), Class::Domain | Class::Container | Class::OrganizationalUnit);
        /// A retention policy.
        RETENTION_POLICY: "RetentionPolicyIdParameter", "a retention policy", CONFIGURATION_FORMS, |record| record.class() == Class::RetentionPolicy;
        /// A mobile device mailbox policy.
        MOBILE_DEVICE_POLICY: "MobileDevicePolicyIdParameter", "a mobile device mailbox policy", CONFIGURATION_FORMS, |record| record.class() == Class::MobileDevicePolicy;
        /// An Outlook on the web mailbox policy.
        OWA_POLICY: "OwaPolicyIdParameter", "an Outlook on the web mailbox policy", CONFIGURATION_FORMS, |record| record.class() == Class::OwaPolicy;
        /// A role assignment policy.
        ROLE_ASSIGNMENT_POLICY: "RoleAssignmentPolicyIdParameter", "a role assignment policy", CONFIGURATION_FORMS, |record| record.class() == Class::RoleAssignmentPolicy;
        /// A sharing policy.
        SHARING_POLICY: "SharingPolicyIdParameter", "a sharing policy", CONFIGURATION_FORMS, |record| record.class() == Class::SharingPolicy;
        /// An address book policy.
        ADDRESS_BOOK_POLICY: "AddressBookMailboxPolicyIdParameter", "an address book policy", CONFIGURATION_FORMS, |record| record.class() == Class::AddressBookPolicy;
        /// A throttling policy.
        THROTTLING_POLICY: "ThrottlingPolicyIdParameter", "a throttling policy", CONFIGURATION_FORMS, |record| record.class() == Class::ThrottlingPolicy;
        /// An e-mail address policy.
        EMAIL_ADDRESS_POLICY: "EmailAddressPolicyIdParameter", "an e-mail address policy", CONFIGURATION_FORMS, |record| record.class() == Class::EmailAddressPolicy;
        /// The organisation.
        ORGANIZATION: "OrganizationIdParameter", "the organization", CONFIGURATION_FORMS, |record| record.class() == Class::Organization;
        /// Any object: what `Get-ADObject` names.
        ANY: "ADObject", "an object", PRINCIPAL_FORMS, |_| true;
    }

    /// The kind of that type name (`MailboxIdParameter`), any case, those that were added included.
    pub fn named(name: &str) -> Option<&'static IdentityKind> {
        let own = ALL.iter().copied().find(|kind| kind.name.eq_ignore_ascii_case(name));
        own.or_else(|| ADDED.read().iter().copied().find(|kind| kind.name.eq_ignore_ascii_case(name)))
    }
}

impl Directory {
    /// The one object that `identity` names. An object that came down a pipe is found by its GUID.
    pub fn resolve(&self, kind: &IdentityKind, identity: &ObjectId) -> Result<Arc<Record>> {
        if identity.guid != Guid::EMPTY {
            let found = self.get(identity.guid).filter(|record| (kind.of)(record));
            return found.ok_or_else(|| self.not_found(kind, &identity.shown));
        }
        self.resolve_text(kind, &identity.shown)
    }

    /// The one object that a text names.
    pub fn resolve_text(&self, kind: &IdentityKind, text: &str) -> Result<Arc<Record>> {
        let text = text.trim();
        if text.is_empty() {
            let message = format!("An empty text names nothing; {} is wanted here.", kind.noun);
            return Err(Error::caller(ErrorId::IdentityEmpty, message)
                .help("Write a name, distinguished name, GUID, address or alias.")
                .about("Identity"));
        }
        let mut found = self.candidates(kind, text);
        match found.len() {
            0 => Err(self.not_found(kind, text)),
            1 => Ok(found.remove(0)),
            _ => Err(self.ambiguous(text, &found)),
        }
    }

    /// All objects that a text names at the first form under which it names any.
    pub fn candidates(&self, kind: &IdentityKind, text: &str) -> Vec<Arc<Record>> {
        if text.is_empty() {
            return Vec::new();
        }
        // An account stands behind the short name of the domain or behind its full one.
        let domains = [self.netbios().to_lowercase(), self.forest().to_lowercase()];
        let cache = self.cache();
        let folded = text.to_lowercase();
        for step in STEPS {
            let forms = step.iter().filter(|form| kind.forms.contains(form));
            let mut found: Vec<Arc<Record>> =
                forms.flat_map(|form| named(&cache, *form, text, &folded, &domains)).collect();
            found.retain(|record| (kind.of)(record));
            found.sort_by_key(|record| record.id);
            found.dedup_by_key(|record| record.id);
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// Objects whose plain names match a pattern with `*` (`Get-Mailbox ann*`), in the order of names.
    pub fn matching(&self, kind: &IdentityKind, pattern: &str) -> Vec<Arc<Record>> {
        let folded = pattern.to_lowercase();
        let texts = [
            &recipient::ALIAS,
            &recipient::DISPLAY_NAME,
            &user::SAM_ACCOUNT_NAME,
            &user::USER_PRINCIPAL_NAME,
        ];
        let fits = |record: &&Arc<Record>| {
            (kind.of)(record)
                && (wild(&record.folded_name, &folded)
                    || texts
                        .iter()
                        .any(|spec| record.get(spec).is_some_and(|text| wild(&text.to_lowercase(), &folded))))
        };
        self.cache().in_order().filter(fits).cloned().collect()
    }

    fn not_found(&self, kind: &IdentityKind, text: &str) -> Error {
        let controller = self.domain_controller();
        let message = format!(
            "The operation couldn't be performed because object '{text}' couldn't be found on '{controller}'."
        );
        let error = Error::not_found(ErrorId::ManagementObjectNotFoundException, message)
            .about("Identity")
            .target(text.to_owned());
        let others = self.candidates(&kinds::ANY, text);
        match others.first() {
            Some(other) => {
                let what = crate::view::described(other);
                error.help(format!("'{text}' is {what}, but {} is wanted here.", kind.noun))
            }
            None => error,
        }
    }

    fn ambiguous(&self, text: &str, found: &[Arc<Record>]) -> Error {
        let message =
            format!("The operation couldn't be performed because '{text}' matches multiple entries.");
        let list: Vec<String> = found
            .iter()
            .take(MATCHES_SHOWN_MAX)
            .map(|record| format!("{} ({})", self.canonical_name(record), record.guid()))
            .collect();
        let more = found.len().saturating_sub(list.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        Error::conflict(ErrorId::ManagementObjectAmbiguousException, message)
            .help(format!("Write the GUID or the path of one of them: {}{more}.", list.join("; ")))
            .about("Identity")
            .target(text.to_owned())
    }
}

/// How many matches an error line lists.
const MATCHES_SHOWN_MAX: usize = 10;

/// The forms in the order in which they are tried; those of one step are one look-up.
const STEPS: &[&[Form]] = &[
    &[DistinguishedName],
    &[Form::Guid],
    &[MailboxGuid],
    &[CanonicalName],
    &[LegacyDn],
    &[Account],
    &[Address, PrincipalName, Sid, Domain],
    &[Alias, Name, Sam, DisplayName],
];

/// Who is named so, in one form.
fn named(cache: &Cache, form: Form, text: &str, folded: &str, domains: &[String]) -> Vec<Arc<Record>> {
    let by = |property: &'static Property<String>| cache.by_value(property.spec(), folded);
    match form {
        DistinguishedName => {
            by_path(cache, first_name(text), |path| path.distinguished.to_lowercase() == folded)
        }
        CanonicalName if text.contains('/') => {
            by_path(cache, Some(last_name(text)), |path| path.canonical.to_lowercase() == folded)
        }
        CanonicalName => root_named(cache, folded),
        Form::Guid => Guid::parse(text).and_then(|guid| cache.by_guid(guid).cloned()).into_iter().collect(),
        MailboxGuid => match Guid::parse(text) {
            Some(guid) => cache.by_value(mailbox::EXCHANGE_GUID.spec(), &guid.to_string()),
            None => Vec::new(),
        },
        LegacyDn if text.starts_with('/') => {
            cache.by_address(&format!("x500:{folded}")).cloned().into_iter().collect()
        }
        LegacyDn => Vec::new(),
        Account => match folded.split_once('\\') {
            Some((domain, account)) if domains.iter().any(|known| known == domain) => {
                cache.by_value(user::SAM_ACCOUNT_NAME.spec(), account)
            }
            _ => Vec::new(),
        },
        Address => by_address(cache, folded),
        PrincipalName => by(&user::USER_PRINCIPAL_NAME),
        Sid => by(&user::SID),
        Alias => by(&recipient::ALIAS),
        Name => cache.by_name(folded),
        Sam => by(&user::SAM_ACCOUNT_NAME),
        DisplayName => by(&recipient::DISPLAY_NAME),
        Domain => by(&crate::schema::domain::DOMAIN_NAME),
    }
}

/// The root of the tree is its own path.
fn root_named(cache: &Cache, folded: &str) -> Vec<Arc<Record>> {
    cache.only(Class::Domain).filter(|root| &*root.folded_name == folded).cloned().into_iter().collect()
}

fn by_path(
    cache: &Cache,
    name: Option<String>,
    fits: impl Fn(&crate::path::Path) -> bool,
) -> Vec<Arc<Record>> {
    let Some(name) = name else { return Vec::new() };
    let mut found = cache.by_name(&name.to_lowercase());
    // The root's own name has dots, of which the first part of its distinguished name is only a piece.
    found.extend(cache.only(Class::Domain).cloned());
    found.retain(|record| fits(&cache.path(record)));
    found.dedup_by_key(|record| record.id);
    found
}

/// An address with its type, or an SMTP address without.
fn by_address(cache: &Cache, folded: &str) -> Vec<Arc<Record>> {
    let found = cache.by_address(folded).or_else(|| cache.by_address(&format!("smtp:{folded}")));
    found.cloned().into_iter().collect()
}

/// Whether a folded text fits a folded pattern in which `*` stands for any text.
pub(crate) fn wild(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
