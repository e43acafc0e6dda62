//! The classes of directory objects.
//!
//! What is known of a class is one static, [`ClassFacts`](crate::ClassFacts), in the file of its noun. A room above that
//! keeps a noun of its own in the directory adds its class with [`add_class`](crate::add_class) before the directory is
//! opened.

use std::fmt;

/// What an object of the directory is, by the word that the database and `ObjectClass` use.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class(&'static str);

impl fmt::Debug for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The classes of this room.
#[allow(
    non_upper_case_globals,
    reason = "they read as the variants of an enumeration that others can add to"
)]
impl Class {
    /// The root of the tree: the forest's domain.
    pub const Domain: Class = Class("domainDNS");
    /// A container such as `Users`.
    pub const Container: Class = Class("container");
    /// An organisational unit.
    pub const OrganizationalUnit: Class = Class("organizationalUnit");
    /// A user, with or without a mailbox, or a mail user.
    pub const User: Class = Class("user");
    /// A contact, with or without an address.
    pub const Contact: Class = Class("contact");
    /// A group, with or without an address; a role group.
    pub const Group: Class = Class("group");
    /// A public folder, with or without an address.
    pub const PublicFolder: Class = Class("publicFolder");
    /// The organisation.
    pub const Organization: Class = Class("msExchOrganizationContainer");
    /// A mailbox database.
    pub const MailboxDatabase: Class = Class("msExchPrivateMDB");
    /// An accepted domain.
    pub const AcceptedDomain: Class = Class("msExchAcceptedDomain");
    /// A retention policy.
    pub const RetentionPolicy: Class = Class("msExchMailboxRecipientTemplate");
    /// An e-mail address policy.
    pub const EmailAddressPolicy: Class = Class("msExchRecipientPolicy");
    /// A mobile device mailbox policy.
    pub const MobileDevicePolicy: Class = Class("msExchMobileMailboxSettings");
    /// An Outlook on the web mailbox policy.
    pub const OwaPolicy: Class = Class("msExchOWAMailboxPolicy");
    /// A role assignment policy.
    pub const RoleAssignmentPolicy: Class = Class("msExchRBACPolicy");
    /// A sharing policy.
    pub const SharingPolicy: Class = Class("msExchSharingPolicy");
    /// An address list.
    pub const AddressList: Class = Class("addressBookContainer");
    /// A global address list.
    pub const GlobalAddressList: Class = Class("msExchGlobalAddressList");
    /// An offline address book.
    pub const OfflineAddressBook: Class = Class("msExchOAB");
    /// An address book policy.
    pub const AddressBookPolicy: Class = Class("msExchAddressBookMailboxPolicy");
    /// A trust in a foreign directory.
    pub const Trust: Class = Class("trustedDomain");
    /// A role that somebody made.
    pub const ManagementRole: Class = Class("msExchRole");
    /// A scope of roles.
    pub const ManagementScope: Class = Class("msExchScope");
    /// A throttling policy.
    pub const ThrottlingPolicy: Class = Class("msExchThrottlingPolicy");

    /// A rule for mail on its way.
    pub const TransportRule: Class = Class("msExchTransportRule");
    /// A rule of a journal.
    pub const JournalRule: Class = Class("msExchJournalRule");
    /// A port on which mail comes in.
    pub const ReceiveConnector: Class = Class("msExchSmtpReceiveConnector");
    /// An entry of the list of machines whose mail is not filtered.
    pub const IpAllowListEntry: Class = Class("msExchIpAllowListEntry");
    /// An entry of the list of machines from which nothing is taken.
    pub const IpBlockListEntry: Class = Class("msExchIpBlockListEntry");

    /// The class of that word, for a static that describes one.
    pub const fn named(word: &'static str) -> Class {
        Class(word)
    }
}

impl Class {
    /// The word by which the database and `ObjectClass` call it.
    pub fn word(self) -> &'static str {
        self.0
    }
    /// Whether other objects can stand below it.
    pub fn is_container(self) -> bool {
        matches!(
            self,
            Class::Domain
                | Class::Container
                | Class::OrganizationalUnit
                | Class::Organization
                | Class::PublicFolder
        )
    }
    /// Whether it is a recipient or could become one.
    pub fn is_recipient(self) -> bool {
        matches!(self, Class::User | Class::Contact | Class::Group | Class::PublicFolder)
    }
    /// Whether it is configuration, shown by its name and not by its path.
    pub fn is_configuration(self) -> bool {
        !self.is_recipient() && !matches!(self, Class::Domain | Class::Container | Class::OrganizationalUnit)
    }
}
