//! The classes of directory objects: where they stand in the tree and which properties they can have.

use crate::schema;
use object::Declared;

/// What an object of the directory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The root of the tree: the forest's domain.
    Domain,
    /// A container such as `Users`.
    Container,
    /// An organisational unit.
    OrganizationalUnit,
    /// A user, with or without a mailbox, or a mail user.
    User,
    /// A contact, with or without an address.
    Contact,
    /// A group, with or without an address; a role group.
    Group,
    /// The organisation.
    Organization,
    /// A mailbox database.
    MailboxDatabase,
    /// An accepted domain.
    AcceptedDomain,
    /// A retention policy.
    RetentionPolicy,
    /// An e-mail address policy.
    EmailAddressPolicy,
    /// A mobile device mailbox policy.
    MobileDevicePolicy,
    /// An Outlook on the web mailbox policy.
    OwaPolicy,
    /// A role assignment policy.
    RoleAssignmentPolicy,
    /// A sharing policy.
    SharingPolicy,
    /// An address book policy.
    AddressBookPolicy,
    /// A throttling policy.
    ThrottlingPolicy,
}

/// The facts of a class.
struct Facts {
    /// The word in the database and in `ObjectClass`.
    word: &'static str,
    /// The attribute type of its relative distinguished name.
    rdn: &'static str,
    /// Where configuration objects stand below the organisation, innermost first.
    below: &'static str,
}

impl Class {
    /// All classes.
    pub const ALL: [Class; 17] = [
        Class::Domain,
        Class::Container,
        Class::OrganizationalUnit,
        Class::User,
        Class::Contact,
        Class::Group,
        Class::Organization,
        Class::MailboxDatabase,
        Class::AcceptedDomain,
        Class::RetentionPolicy,
        Class::EmailAddressPolicy,
        Class::MobileDevicePolicy,
        Class::OwaPolicy,
        Class::RoleAssignmentPolicy,
        Class::SharingPolicy,
        Class::AddressBookPolicy,
        Class::ThrottlingPolicy,
    ];

    fn facts(self) -> Facts {
        let (word, rdn, below) = match self {
            Class::Domain => ("domainDNS", "DC", ""),
            Class::Container => ("container", "CN", ""),
            Class::OrganizationalUnit => ("organizationalUnit", "OU", ""),
            Class::User => ("user", "CN", ""),
            Class::Contact => ("contact", "CN", ""),
            Class::Group => ("group", "CN", ""),
            Class::Organization => ("msExchOrganizationContainer", "CN", ""),
            Class::MailboxDatabase => ("msExchPrivateMDB", "CN", DATABASES),
            Class::AcceptedDomain => {
                ("msExchAcceptedDomain", "CN", "CN=Accepted Domains,CN=Transport Settings,")
            }
            Class::RetentionPolicy => {
                ("msExchMailboxRecipientTemplate", "CN", "CN=Retention Policies Container,")
            }
            Class::EmailAddressPolicy => ("msExchRecipientPolicy", "CN", "CN=Recipient Policies,"),
            Class::MobileDevicePolicy => ("msExchMobileMailboxSettings", "CN", "CN=Mobile Mailbox Policies,"),
            Class::OwaPolicy => ("msExchOWAMailboxPolicy", "CN", "CN=OWA Mailbox Policies,"),
            Class::RoleAssignmentPolicy => ("msExchRBACPolicy", "CN", "CN=Policies,CN=RBAC,"),
            Class::SharingPolicy => ("msExchSharingPolicy", "CN", "CN=Federation,"),
            Class::AddressBookPolicy => {
                ("msExchAddressBookMailboxPolicy", "CN", "CN=AddressBook Mailbox Policies,")
            }
            Class::ThrottlingPolicy => ("msExchThrottlingPolicy", "CN", "CN=Global Settings,"),
        };
        Facts { word, rdn, below }
    }

    /// The word by which the database and `ObjectClass` call it.
    pub fn word(self) -> &'static str {
        self.facts().word
    }
    /// The class of that [`word`](Class::word).
    pub fn of_word(word: &str) -> Option<Class> {
        Class::ALL.into_iter().find(|class| class.word() == word)
    }
    /// The attribute type of the relative distinguished name: `CN`, `OU` or `DC`.
    pub fn rdn(self) -> &'static str {
        self.facts().rdn
    }
    /// The fixed containers between such an object and its parent, as a piece of a distinguished name.
    pub(crate) fn containers(self) -> &'static str {
        self.facts().below
    }
    /// Whether other objects can stand below it.
    pub fn is_container(self) -> bool {
        matches!(self, Class::Domain | Class::Container | Class::OrganizationalUnit | Class::Organization)
    }
    /// Whether it is a recipient or could become one.
    pub fn is_recipient(self) -> bool {
        matches!(self, Class::User | Class::Contact | Class::Group)
    }
    /// Whether it is configuration, shown by its name and not by its path.
    pub fn is_configuration(self) -> bool {
        !self.is_recipient() && !matches!(self, Class::Domain | Class::Container | Class::OrganizationalUnit)
    }
    /// The properties that an object of this class can have.
    pub fn properties(self) -> &'static [&'static [&'static dyn Declared]] {
        schema::of_class(self)
    }
}

const DATABASES: &str =
    "CN=Databases,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,";
