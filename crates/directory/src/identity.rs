//! What a person writes to name an object, and the one object it names.
//!
//! The forms are tried in one order: distinguished name, GUID, path, legacyExchangeDN, `DOMAIN\account`,
//! address or user principal name, and last all plain names at once. Two objects at one step are an error that lists
//! them; nothing is ever "the first that fits".

use crate::cache::Cache;
use crate::path::{FOLDER_SEPARATOR, first_name, last_name};
use crate::schema::{mailbox, recipient, user};
use crate::{Class, Directory, Form, IdentityKind, Record};
use object::types::{Guid, ObjectId, RecipientTypeDetails};
use object::{Declared, Error, ErrorId, Property, Result};
use std::sync::Arc;

use Form::{
    Account, Address, Alias, CanonicalName, DisplayName, DistinguishedName, Domain, FolderPath, LegacyDn,
    ListPath, MailboxGuid, Name, PrincipalName, Sam, Sid,
};

impl Record {
    /// What people read: the display name, or the name where there is none.
    pub fn display_name(&self) -> String {
        self.get(&recipient::DISPLAY_NAME).unwrap_or_else(|| self.name.to_string())
    }
    /// The alias, or the name of whoever has none.
    pub fn alias(&self) -> String {
        self.get(&recipient::ALIAS).unwrap_or_else(|| self.name.to_string())
    }
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

/// The kinds of identity parameters, each declared in the file of its class.
pub mod kinds {
    use crate::IdentityKind;
    pub use crate::schema::address_list::{
        GLOBAL_LIST_ID as GLOBAL_ADDRESS_LIST, LIST_ID as ADDRESS_LIST,
        OFFLINE_BOOK_ID as OFFLINE_ADDRESS_BOOK, POLICY_ID as ADDRESS_BOOK_POLICY,
    };
    pub use crate::schema::any_recipient::{
        ANY_ID as ANY, MAILBOX_ID as MAILBOX, MAILBOX_OR_MAIL_USER_ID as MAILBOX_OR_MAIL_USER,
        RAW_ENTRY_ID as RAW_ENTRY, RECIPIENT_ID as RECIPIENT, SECURITY_PRINCIPAL_ID as SECURITY_PRINCIPAL,
        USER_CONTACT_ID as USER_CONTACT, USER_ID as USER,
    };
    pub use crate::schema::connector::ID as RECEIVE_CONNECTOR;
    pub use crate::schema::database::ID as DATABASE;
    pub use crate::schema::domain::ID as ACCEPTED_DOMAIN;
    pub use crate::schema::filtering::{ALLOW_ID as IP_ALLOW_LIST_ENTRY, BLOCK_ID as IP_BLOCK_LIST_ENTRY};
    pub use crate::schema::group::{
        CONTACT_ID as CONTACT, DISTRIBUTION_GROUP_ID as DISTRIBUTION_GROUP,
        DYNAMIC_GROUP_ID as DYNAMIC_GROUP, GROUP_ID as GROUP, GROUP_MEMBER_ID as GROUP_MEMBER,
        MAIL_CONTACT_ID as MAIL_CONTACT, MAIL_GROUP_ID as MAIL_GROUP, MAIL_USER_ID as MAIL_USER,
        ROLE_GROUP_ID as ROLE_GROUP,
    };
    pub use crate::schema::journal::ID as JOURNAL_RULE;
    pub use crate::schema::organization::ID as ORGANIZATION;
    pub use crate::schema::policy::{
        EMAIL_ADDRESS_POLICY_ID as EMAIL_ADDRESS_POLICY, MOBILE_DEVICE_POLICY_ID as MOBILE_DEVICE_POLICY,
        OWA_POLICY_ID as OWA_POLICY, RETENTION_POLICY_ID as RETENTION_POLICY,
        ROLE_ASSIGNMENT_POLICY_ID as ROLE_ASSIGNMENT_POLICY, SHARING_POLICY_ID as SHARING_POLICY,
        THROTTLING_POLICY_ID as THROTTLING_POLICY,
    };
    pub use crate::schema::public_folder::{ID as PUBLIC_FOLDER, MAIL_ID as MAIL_PUBLIC_FOLDER};
    pub use crate::schema::role::{ID as MADE_ROLE, SCOPE_ID as MANAGEMENT_SCOPE};
    pub use crate::schema::rule::ID as TRANSPORT_RULE;
    pub use crate::schema::trust::ID as TRUST;
    pub use crate::schema::unit::ID as ORGANIZATIONAL_UNIT;

    /// The kind of that type name (`MailboxIdParameter`), any case, those of classes that were added included.
    pub fn named(name: &str) -> Option<&'static IdentityKind> {
        crate::schema::known::identity(name)
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
        let of_list = kind.forms.contains(&ListPath).then(|| folded.strip_prefix('\\')).flatten();
        let folded = of_list.unwrap_or(&folded);
        let texts = [
            &recipient::ALIAS,
            &recipient::DISPLAY_NAME,
            &user::SAM_ACCOUNT_NAME,
            &user::USER_PRINCIPAL_NAME,
        ];
        let fits = |record: &&Arc<Record>| {
            (kind.of)(record)
                && (wild(&record.folded_name, folded)
                    || texts
                        .iter()
                        .any(|spec| record.get(spec).is_some_and(|text| wild(&text.to_lowercase(), folded))))
        };
        self.cache().in_order().filter(fits).cloned().collect()
    }

    /// What is said of a name of nothing, and of what somebody may not see.
    pub fn nothing_named(&self, text: &str) -> Error {
        let controller = self.domain_controller();
        let message = format!(
            "The operation couldn't be performed because object '{text}' couldn't be found on '{controller}'."
        );
        Error::not_found(ErrorId::ManagementObjectNotFoundException, message)
            .about("Identity")
            .target(text.to_owned())
    }

    fn not_found(&self, kind: &IdentityKind, text: &str) -> Error {
        let error = self.nothing_named(text);
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
    &[ListPath, FolderPath],
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
        ListPath => folded.strip_prefix('\\').map(|name| cache.by_name(name)).unwrap_or_default(),
        FolderPath if folded.starts_with(FOLDER_SEPARATOR) => {
            let mut found = cache.by_name(folded.rsplit(FOLDER_SEPARATOR).next().unwrap_or_default());
            found.retain(|record| cache.folder_path(record).to_lowercase() == folded);
            found
        }
        FolderPath => Vec::new(),
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
