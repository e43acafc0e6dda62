//! The words of rights: an entry with its trustee, what it gives or denies, and how far it reaches.

use object::types::{EnumType, EnumValue, Kind, PropertyType};
use object::value::{Text, Typed};
use object::{Error, ErrorId, Result, Value};
use std::any::Any;

/// A right to a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i64)]
pub enum MailboxRight {
    /// Open it and work in it; not send from it.
    FullAccess = 1,
    /// Send as it: a right to the object, which `Remove-MailboxPermission` takes too.
    SendAs = 2,
    /// The account of another forest that owns it.
    ExternalAccount = 4,
    /// Delete the mailbox.
    DeleteItem = 65_536,
    /// Read its permissions; it does not open the mailbox.
    ReadPermission = 131_072,
    /// Change its permissions.
    ChangePermission = 262_144,
    /// Change its owner.
    ChangeOwner = 524_288,
}

/// A right to an object of the directory. The generic ones are sums of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i64)]
pub enum AdRight {
    /// Make objects in it.
    CreateChild = 1,
    /// Delete objects in it.
    DeleteChild = 2,
    /// List objects in it.
    ListChildren = 4,
    /// Validated writes.
    Validated = 8,
    /// Read properties.
    ReadProperty = 16,
    /// Write properties.
    WriteProperty = 32,
    /// Delete it with all that is in it.
    DeleteTree = 64,
    /// List it.
    ListObject = 128,
    /// What has a name of its own: Send As.
    ExtendedRight = 256,
    /// Delete it.
    Delete = 65_536,
    /// Read its permissions.
    ReadControl = 131_072,
    /// Read permissions, list.
    GenericExecute = 131_076,
    /// Read permissions, write properties, validated writes.
    GenericWrite = 131_112,
    /// Read permissions and properties, list.
    GenericRead = 131_220,
    /// Change its permissions.
    WriteDacl = 262_144,
    /// Change its owner.
    WriteOwner = 524_288,
    /// Everything.
    GenericAll = 983_551,
    /// Wait for it.
    Synchronize = 1_048_576,
    /// Read and change its audit rules.
    AccessSystemSecurity = 16_777_216,
}

object::enumeration! {
    /// How far an entry reaches below the object that it stands on.
    pub enum InheritanceType: "System.DirectoryServices.ActiveDirectorySecurityInheritance" {
        /// The object alone.
        None = 0,
        /// The object and all below it.
        All = 1,
        /// All below it, not itself.
        Descendents = 2,
        /// The object and what stands directly below it.
        SelfAndChildren = 3,
        /// What stands directly below it.
        Children = 4,
    }
}

impl InheritanceType {
    /// Whether such an entry says something of the object on which it stands.
    pub fn of_self(self) -> bool {
        matches!(self, InheritanceType::None | InheritanceType::All | InheritanceType::SelfAndChildren)
    }
    /// Whether it says something of what stands `depth` levels below; 1 is directly below.
    pub fn reaches(self, depth: usize) -> bool {
        match self {
            InheritanceType::None => false,
            InheritanceType::All | InheritanceType::Descendents => true,
            InheritanceType::SelfAndChildren | InheritanceType::Children => depth == 1,
        }
    }
}

/// The words of rights to a mailbox, in the order in which Exchange lists them.
pub static MAILBOX_RIGHTS: EnumType = EnumType {
    name: "Microsoft.Exchange.Management.RecipientTasks.MailboxRights",
    flags: true,
    values: &[
        ("FullAccess", MailboxRight::FullAccess as i64),
        ("SendAs", MailboxRight::SendAs as i64),
        ("ExternalAccount", MailboxRight::ExternalAccount as i64),
        ("DeleteItem", MailboxRight::DeleteItem as i64),
        ("ReadPermission", MailboxRight::ReadPermission as i64),
        ("ChangePermission", MailboxRight::ChangePermission as i64),
        ("ChangeOwner", MailboxRight::ChangeOwner as i64),
    ],
};

/// The words of rights to an object. Those that are sums of others come last, so that single rights are told first.
pub static AD_RIGHTS: EnumType = EnumType {
    name: "System.DirectoryServices.ActiveDirectoryRights",
    flags: true,
    values: &[
        ("CreateChild", AdRight::CreateChild as i64),
        ("DeleteChild", AdRight::DeleteChild as i64),
        ("ListChildren", AdRight::ListChildren as i64),
        ("Self", AdRight::Validated as i64),
        ("ReadProperty", AdRight::ReadProperty as i64),
        ("WriteProperty", AdRight::WriteProperty as i64),
        ("DeleteTree", AdRight::DeleteTree as i64),
        ("ListObject", AdRight::ListObject as i64),
        ("ExtendedRight", AdRight::ExtendedRight as i64),
        ("Delete", AdRight::Delete as i64),
        ("ReadControl", AdRight::ReadControl as i64),
        ("WriteDacl", AdRight::WriteDacl as i64),
        ("WriteOwner", AdRight::WriteOwner as i64),
        ("Synchronize", AdRight::Synchronize as i64),
        ("AccessSystemSecurity", AdRight::AccessSystemSecurity as i64),
        ("GenericAll", AdRight::GenericAll as i64),
        ("GenericRead", AdRight::GenericRead as i64),
        ("GenericWrite", AdRight::GenericWrite as i64),
        ("GenericExecute", AdRight::GenericExecute as i64),
    ],
};

/// Declares a set of rights as a parameter takes them: names, several joined by commas, or a number.
macro_rules! rights {
    ($(#[$doc:meta])* $name:ident: $words:ident, $kind:literal, $accepts:literal;) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub i64);

        impl PropertyType for $name {
            const KIND: &'static Kind = {
                static KIND: Kind = Kind { name: $kind, read: |value| $words.read(value), accepts: $accepts };
                &KIND
            };
            fn of_value(value: &Value) -> Option<$name> {
                match value {
                    Value::Enum(given) => Some($name(given.number)),
                    _ => None,
                }
            }
            fn into_value(self) -> Value {
                Value::Enum(EnumValue { of: &$words, number: self.0 })
            }
        }
    };
}

rights! {
    /// Rights to a mailbox.
    MailboxRights: MAILBOX_RIGHTS, "MailboxRights", "rights such as FullAccess, ReadPermission";
}
rights! {
    /// Rights to an object.
    AdRights: AD_RIGHTS, "ActiveDirectoryRights", "rights such as ExtendedRight, GenericAll";
}

/// How many words of [`AD_RIGHTS`] are single bits.
const SINGLE_AD_RIGHTS: usize = 15;

/// Where entries stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// Rights to a mailbox.
    Mailbox,
    /// Rights to an object of the directory.
    Object,
}

impl Store {
    /// The words of its rights.
    pub fn words(self) -> &'static EnumType {
        match self {
            Store::Mailbox => &MAILBOX_RIGHTS,
            Store::Object => &AD_RIGHTS,
        }
    }
}

object::enumeration! {
    /// What somebody may do with a mailbox.
    pub enum Right: "Mailstead.Right" {
        /// Open it and work in it.
        FullAccess = 0,
        /// Send as it, without a trace of who did.
        SendAs = 1,
        /// Send on its behalf: the sender stands beside it.
        SendOnBehalf = 2,
        /// Delete it.
        DeleteItem = 3,
        /// Read its permissions.
        ReadPermission = 4,
        /// Change its permissions.
        ChangePermission = 5,
        /// Change its owner.
        ChangeOwner = 6,
        /// Be its owner from another forest.
        ExternalAccount = 7,
    }
}

impl Right {
    /// The right to the mailbox that it is, if it is one.
    fn bit(self) -> Option<i64> {
        Some(match self {
            Right::SendAs | Right::SendOnBehalf => return None,
            Right::FullAccess => MailboxRight::FullAccess as i64,
            Right::DeleteItem => MailboxRight::DeleteItem as i64,
            Right::ReadPermission => MailboxRight::ReadPermission as i64,
            Right::ChangePermission => MailboxRight::ChangePermission as i64,
            Right::ChangeOwner => MailboxRight::ChangeOwner as i64,
            Right::ExternalAccount => MailboxRight::ExternalAccount as i64,
        })
    }
    /// Where its entries stand.
    pub(crate) fn store(self) -> Store {
        match self.bit() {
            Some(_) => Store::Mailbox,
            None => Store::Object,
        }
    }
    /// Whether an entry says something of it, for the object on which it stands.
    pub(crate) fn is_in(self, entry: &AccessEntry) -> bool {
        match self.bit() {
            Some(bit) => entry.rights & bit == bit,
            None => self == Right::SendAs && entry.covers_extended(SEND_AS),
        }
    }
}

/// The extended right to send as somebody, as entries hold it.
pub const SEND_AS: &str = "Send-As";

/// An entry of a mailbox or of an object. Its text is what the database and the record of changes hold:
/// `allow S-1-5-21-1-2-3-1004 FullAccess,ReadPermission All`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessEntry {
    /// Whether it takes the rights instead of giving them.
    pub deny: bool,
    /// The security identifier of whoever it is about.
    pub trustee: Text,
    /// Where it stands, and so what the bits of its rights mean.
    pub store: Store,
    /// The rights, bit by bit.
    pub rights: i64,
    /// How far it reaches.
    pub inheritance: InheritanceType,
    /// The extended right, property or class of child objects that alone is meant.
    pub object: Option<Text>,
    /// The class of objects below that alone inherit it.
    pub inherited_object: Option<Text>,
}

/// The entries that all mailboxes, and all objects, of a directory inherit.
pub(crate) struct UsualEntries {
    pub(crate) mailbox: Vec<AccessEntry>,
    pub(crate) object: Vec<AccessEntry>,
}

impl AccessEntry {
    /// An entry of a mailbox that reaches everything in it.
    pub fn mailbox(trustee: &str, rights: i64) -> AccessEntry {
        AccessEntry {
            deny: false,
            trustee: trustee.into(),
            store: Store::Mailbox,
            rights,
            inheritance: InheritanceType::All,
            object: None,
            inherited_object: None,
        }
    }
    /// An entry of an object, about the object alone.
    pub fn object(trustee: &str, rights: i64) -> AccessEntry {
        AccessEntry {
            store: Store::Object,
            inheritance: InheritanceType::None,
            ..AccessEntry::mailbox(trustee, rights)
        }
    }
    /// An entry that gives one extended right to an object.
    pub fn extended(trustee: &str, right: &str) -> AccessEntry {
        AccessEntry {
            object: Some(right.into()),
            ..AccessEntry::object(trustee, AdRight::ExtendedRight as i64)
        }
    }
    /// The same, denied.
    #[must_use]
    pub fn denied(self) -> AccessEntry {
        AccessEntry { deny: true, ..self }
    }

    /// Whether both are about the same but for the rights, so that one entry can hold both.
    pub fn joins(&self, other: &AccessEntry) -> bool {
        AccessEntry { rights: other.rights, ..self.clone() } == *other
    }
    /// The single rights, as `AccessRights` lists them.
    pub fn list(&self) -> Vec<Value> {
        let words = self.store.words();
        let all = self.store == Store::Object
            && self.rights & AdRight::GenericAll as i64 == AdRight::GenericAll as i64;
        let value = |number| Value::Enum(EnumValue { of: words, number });
        if all {
            return vec![value(AdRight::GenericAll as i64)];
        }
        let single = words.values.iter().take(SINGLE_AD_RIGHTS);
        single.filter(|(_, bit)| self.rights & bit == *bit).map(|(_, bit)| value(*bit)).collect()
    }
    /// Whether it says something of an extended right: by its name, of all of them, or of everything.
    pub(crate) fn covers_extended(&self, right: &str) -> bool {
        let bit = AdRight::ExtendedRight as i64;
        self.rights & bit == bit
            && self.object.as_deref().is_none_or(|named| named.eq_ignore_ascii_case(right))
    }

    fn parse(text: &str) -> Option<AccessEntry> {
        let mut parts = text.split(' ');
        let deny = match parts.next()? {
            "allow" => false,
            "deny" => true,
            _ => return None,
        };
        let trustee = parts.next()?.into();
        let (store, rights) = rights_of(parts.next()?)?;
        let inheritance = InheritanceType::TYPE.parse(parts.next()?)?;
        let inheritance = InheritanceType::of_number(inheritance.number)?;
        let (mut object, mut inherited_object) = (None, None);
        for part in parts {
            match part.split_once('=')? {
                ("object", name) => object = Some(read_name(name).into()),
                ("inherited", name) => inherited_object = Some(read_name(name).into()),
                _ => return None,
            }
        }
        Some(AccessEntry { deny, trustee, store, rights, inheritance, object, inherited_object })
    }
}

/// A name in an entry's text, whose parts stand apart by blanks: what is kept must be read again.
fn written_name(name: &str) -> String {
    name.replace('%', "%25").replace(' ', "%20")
}

fn read_name(written: &str) -> String {
    written.replace("%20", " ").replace("%25", "%")
}

/// Rights by their words, or by the bits behind the store's word, and where such rights stand.
fn rights_of(text: &str) -> Option<(Store, i64)> {
    const STORES: [(Store, &str); 2] = [(Store::Mailbox, "mailbox:"), (Store::Object, "object:")];
    STORES.into_iter().find_map(|(store, word)| {
        let rights = match text.strip_prefix(word) {
            Some(bits) => bits.parse().ok()?,
            None => store.words().parse(text)?.number,
        };
        Some((store, rights))
    })
}

impl Typed for AccessEntry {
    fn type_name(&self) -> Text {
        "Mailstead.AccessEntry".into()
    }
    fn text(&self) -> String {
        let words: Vec<String> = self.list().iter().map(ToString::to_string).collect();
        let told = words.join(",");
        let rights = match rights_of(&told) {
            Some(told_of) if told_of == (self.store, self.rights) => told,
            _ if self.store == Store::Mailbox => format!("mailbox:{}", self.rights),
            _ => format!("object:{}", self.rights),
        };
        let mut text = format!(
            "{} {} {rights} {}",
            if self.deny { "deny" } else { "allow" },
            self.trustee,
            self.inheritance
        );
        for (name, value) in [("object", &self.object), ("inherited", &self.inherited_object)] {
            if let Some(value) = value {
                text.push_str(&format!(" {name}={}", written_name(value)));
            }
        }
        text
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_text(&self) -> bool {
        true
    }
}

static ACCESS_ENTRY: Kind =
    Kind { name: "AccessEntry", read, accepts: "an entry such as: allow S-1-5-21-1-2-3-1004 FullAccess All" };

fn read(value: &Value) -> Result<Value> {
    if value.downcast::<AccessEntry>().is_some() {
        return Ok(value.clone());
    }
    let parsed = value.as_str().and_then(AccessEntry::parse).map(Value::typed);
    parsed.ok_or_else(|| {
        Error::caller(ErrorId::InvalidValue, format!("'{value}' is not a permission."))
            .help(format!("Write {}.", ACCESS_ENTRY.accepts))
    })
}

impl PropertyType for AccessEntry {
    const KIND: &'static Kind = &ACCESS_ENTRY;
    fn of_value(value: &Value) -> Option<AccessEntry> {
        value.downcast().cloned()
    }
    fn into_value(self) -> Value {
        Value::typed(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_survive_their_text() {
        let full = MailboxRight::FullAccess as i64;
        let sid = "S-1-5-21-1-2-3-1004";
        for (entry, text) in [
            (AccessEntry::mailbox(sid, full), "allow S-1-5-21-1-2-3-1004 FullAccess All"),
            (
                AccessEntry::mailbox("S-1-5-10", full | MailboxRight::ReadPermission as i64).denied(),
                "deny S-1-5-10 FullAccess,ReadPermission All",
            ),
            (AccessEntry::mailbox("S-1-5-10", 0), "allow S-1-5-10 mailbox:0 All"),
            (
                AccessEntry::extended(sid, SEND_AS),
                "allow S-1-5-21-1-2-3-1004 ExtendedRight None object=Send-As",
            ),
            (
                AccessEntry::object(sid, AdRight::GenericAll as i64),
                "allow S-1-5-21-1-2-3-1004 GenericAll None",
            ),
            (
                AccessEntry::extended(sid, "Personal Information = 100%20"),
                "allow S-1-5-21-1-2-3-1004 ExtendedRight None object=Personal%20Information%20=%20100%2520",
            ),
            (AccessEntry::object(sid, 1 << 40), "allow S-1-5-21-1-2-3-1004 object:1099511627776 None"),
        ] {
            assert_eq!(entry.text(), text);
            assert_eq!(AccessEntry::parse(text), Some(entry));
        }
        for text in [
            "",
            "allow",
            "allow S-1-5-10",
            "perhaps S-1-5-10 FullAccess All",
            "allow S-1-5-10 FullAccess Far",
        ] {
            assert_eq!(AccessEntry::parse(text), None, "{text}");
        }
    }

    #[test]
    fn generic_rights_are_sums_of_single_ones() {
        let read = AccessEntry::object("S-1-1-0", AdRight::GenericRead as i64);
        let words: Vec<String> = read.list().iter().map(ToString::to_string).collect();
        assert_eq!(words, ["ListChildren", "ReadProperty", "ListObject", "ReadControl"]);
        assert!(AccessEntry::object("S-1-1-0", AdRight::GenericAll as i64).covers_extended(SEND_AS));
        assert!(!AccessEntry::extended("S-1-1-0", "Receive-As").covers_extended(SEND_AS));
    }
}
