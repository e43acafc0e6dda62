//! Rights in single folders: Exchange's roles and single rights, who has them, and what they come to for an account.

use crate::Mailboxes;
use directory::Record;
use directory::permission::Right;
use object::types::{EnumType, EnumValue, Guid, Kind, ObjectId, PropertyType};
use object::{Error, ErrorId, Noun, Result, Value};
use std::collections::HashMap;
use std::sync::Arc;
use store::{DEFAULT_TRUSTEE, Folder, FolderId, TOP, WellKnown};

/// What somebody may do in a folder, bit by bit. [MS-OXCPERM 2.2.7]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FolderAccess(pub u32);

impl FolderAccess {
    /// Nothing.
    pub const NONE: FolderAccess = FolderAccess(0);
    /// Read what is in it.
    pub const READ_ITEMS: FolderAccess = FolderAccess(0x1);
    /// Put something in it.
    pub const CREATE_ITEMS: FolderAccess = FolderAccess(0x2);
    /// Change what one put there.
    pub const EDIT_OWNED: FolderAccess = FolderAccess(0x8);
    /// Delete what one put there.
    pub const DELETE_OWNED: FolderAccess = FolderAccess(0x10);
    /// Change anything in it.
    pub const EDIT_ALL: FolderAccess = FolderAccess(0x20);
    /// Delete anything in it.
    pub const DELETE_ALL: FolderAccess = FolderAccess(0x40);
    /// Make folders in it.
    pub const CREATE_SUBFOLDERS: FolderAccess = FolderAccess(0x80);
    /// Change its permissions, rename and delete it.
    pub const FOLDER_OWNER: FolderAccess = FolderAccess(0x100);
    /// Get what is told about it.
    pub const FOLDER_CONTACT: FolderAccess = FolderAccess(0x200);
    /// See that it is there.
    pub const FOLDER_VISIBLE: FolderAccess = FolderAccess(0x400);
    /// See when its owner is busy.
    pub const FREE_BUSY: FolderAccess = FolderAccess(0x800);
    /// See with what, too.
    pub const FREE_BUSY_DETAILS: FolderAccess = FolderAccess(0x1000);
    /// All of them: the owner's, and those of Full Access.
    pub const ALL: FolderAccess = FolderAccess(0x1ffb);

    /// Whether all of `rights` are there.
    pub fn has(self, rights: FolderAccess) -> bool {
        self.0 & rights.0 == rights.0
    }

    /// The role of these rights, or the single ones, as `AccessRights` lists them.
    pub fn list(self) -> Vec<Value> {
        let value = |number: i64| Value::Enum(EnumValue { of: &ACCESS_RIGHTS, number });
        let bits = i64::from(self.0);
        if ACCESS_RIGHTS.values.iter().skip(SINGLE_RIGHTS).any(|(_, role)| *role == bits) {
            return vec![value(bits)];
        }
        let single = ACCESS_RIGHTS.values.iter().take(SINGLE_RIGHTS);
        single.filter(|(_, bit)| bits & bit == *bit).map(|(_, bit)| value(*bit)).collect()
    }
}

/// How many words are single rights; the others are roles.
const SINGLE_RIGHTS: usize = 10;

/// The words of rights in folders: single rights, then the roles that are sums of them.
pub static ACCESS_RIGHTS: EnumType = EnumType {
    name: "Microsoft.Exchange.Management.StoreTasks.MailboxFolderAccessRight",
    flags: true,
    values: &[
        ("ReadItems", 0x1),
        ("CreateItems", 0x2),
        ("EditOwnedItems", 0x8),
        ("DeleteOwnedItems", 0x10),
        ("EditAllItems", 0x20),
        ("DeleteAllItems", 0x40),
        ("CreateSubfolders", 0x80),
        ("FolderOwner", 0x100),
        ("FolderContact", 0x200),
        ("FolderVisible", 0x400),
        ("None", 0),
        ("Owner", 0x7fb),
        ("PublishingEditor", 0x4fb),
        ("Editor", 0x47b),
        ("PublishingAuthor", 0x49b),
        ("Author", 0x41b),
        ("NonEditingAuthor", 0x413),
        ("Reviewer", 0x401),
        ("Contributor", 0x402),
        ("AvailabilityOnly", 0x800),
        ("LimitedDetails", 0x1800),
    ],
};

impl PropertyType for FolderAccess {
    const KIND: &'static Kind = {
        static KIND: Kind = Kind {
            name: "MailboxFolderAccessRight",
            read: |value| ACCESS_RIGHTS.read(value),
            accepts: "a role such as Reviewer, Author, Editor, or single rights such as ReadItems",
        };
        &KIND
    };
    fn of_value(value: &Value) -> Option<FolderAccess> {
        match value {
            Value::Enum(given) => u32::try_from(given.number).ok().map(FolderAccess),
            _ => None,
        }
    }
    fn into_value(self) -> Value {
        Value::Enum(EnumValue { of: &ACCESS_RIGHTS, number: i64::from(self.0) })
    }
}

object::read_only_properties! { pub static;
    FOLDER_NAME: String = "FolderName", "The name of the folder.";
    USER: ObjectId = "User", "Who it is about: a user or group, Default or Anonymous.";
    RIGHTS: FolderAccess = "AccessRights", "The role, or the single rights.", many();
    PERMISSION_IDENTITY: String = "Identity", "The folder, as it is named: ann:\\Inbox.";
    IS_VALID: bool = "IsValid", "Whether it has no contradiction in itself.";
    NAME: String = "Name", "The name.";
    FOLDER_PATH: String = "FolderPath", "The names from the top down, with \\ between.";
    HAS_SUBFOLDERS: bool = "HasSubfolders", "Whether there are folders in it.";
    FOLDER_CLASS: String = "FolderClass", "What it holds: IPF.Note and the like.";
    DEFAULT_FOLDER_TYPE: String = "DefaultFolderType", "What it is for, when it is one that every mailbox has.";
    MAILBOX_OWNER: ObjectId = "MailboxOwnerId", "Whose mailbox it is in.";
}

/// An entry of a folder.
pub static MAILBOX_FOLDER_PERMISSION: Noun = Noun {
    name: "MailboxFolderPermission",
    type_name: "Microsoft.Exchange.Management.StoreTasks.MailboxFolderPermission",
    summary: "What somebody may do in a folder.",
    properties: &[&FOLDER_NAME, &USER, &RIGHTS, &PERMISSION_IDENTITY, &IS_VALID],
    table: &[&FOLDER_NAME, &USER, &RIGHTS],
};

/// A folder.
pub static MAILBOX_FOLDER: Noun = Noun {
    name: "MailboxFolder",
    type_name: "Microsoft.Exchange.Data.Storage.Management.MailboxFolder",
    summary: "A folder of a mailbox.",
    properties: &[
        &NAME,
        &FOLDER_PATH,
        &PERMISSION_IDENTITY,
        &FOLDER_CLASS,
        &DEFAULT_FOLDER_TYPE,
        &HAS_SUBFOLDERS,
        &MAILBOX_OWNER,
        &IS_VALID,
    ],
    table: &[&NAME, &PERMISSION_IDENTITY, &HAS_SUBFOLDERS],
};

/// What is so where nobody said otherwise: everybody sees when a calendar's owner is busy, and nothing else.
pub fn usual(kind: Option<WellKnown>, trustee: &str) -> FolderAccess {
    match (kind, trustee) {
        (Some(WellKnown::Calendar), DEFAULT_TRUSTEE) => FolderAccess::FREE_BUSY,
        _ => FolderAccess::NONE,
    }
}

/// What an account may do in each folder of a mailbox.
#[derive(Clone, Debug)]
pub enum FolderAccesses {
    /// Nothing, not even what Default gives: the account is gone or disabled.
    None,
    /// What entries give, folder by folder.
    Entries(HashMap<FolderId, FolderAccess>),
    /// All everywhere: it is the owner, or has Full Access.
    All,
}

impl FolderAccesses {
    /// What the account may do in a folder.
    pub fn of(&self, folder: &Folder) -> FolderAccess {
        self.at(folder.id, usual(folder.kind, DEFAULT_TRUSTEE))
    }
    /// What the account may do at the top of the mailbox.
    pub fn of_top(&self) -> FolderAccess {
        self.at(TOP, FolderAccess::NONE)
    }
    /// Whether any folder may be seen because an entry says so.
    pub fn sees_anything(&self) -> bool {
        match self {
            FolderAccesses::None => false,
            FolderAccesses::Entries(entries) => {
                entries.values().any(|access| access.has(FolderAccess::FOLDER_VISIBLE))
            }
            FolderAccesses::All => true,
        }
    }
    fn at(&self, folder: FolderId, usual: FolderAccess) -> FolderAccess {
        match self {
            FolderAccesses::None => FolderAccess::NONE,
            FolderAccesses::Entries(entries) => entries.get(&folder).copied().unwrap_or(usual),
            FolderAccesses::All => FolderAccess::ALL,
        }
    }
}

impl Mailboxes {
    /// What an account may do in the folders of somebody's mailbox. Its own entry counts alone; where it has none, those of
    /// its groups together; where they have none, Default's. Nothing, not even what Default gives, where the account is
    /// gone or disabled.
    pub fn folder_accesses(
        &self,
        account: Guid,
        owner: Guid,
        mailbox: &store::Mailbox,
    ) -> Result<FolderAccesses> {
        let directory = self.directory();
        let sids = directory.identifiers_of(account);
        let Some((own, groups)) = sids.split_first() else { return Ok(FolderAccesses::None) };
        if account == owner || directory.rights(account, owner).has(Right::FullAccess) {
            return Ok(FolderAccesses::All);
        }
        let mut ranked: HashMap<FolderId, (u8, FolderAccess)> = HashMap::new();
        for entry in mailbox.permissions()? {
            let rank = match entry.trustee.as_str() {
                trustee if *trustee == **own => 0,
                trustee if groups.iter().any(|group| **group == *trustee) => 1,
                DEFAULT_TRUSTEE => 2,
                _ => continue,
            };
            let rights = FolderAccess(entry.rights);
            let known = ranked.entry(entry.folder).or_insert((rank, rights));
            if rank < known.0 {
                *known = (rank, rights);
            } else if rank == known.0 {
                known.1 = FolderAccess(known.1.0 | rights.0);
            }
        }
        let entries = ranked.into_iter().map(|(folder, (_, rights))| (folder, rights));
        Ok(FolderAccesses::Entries(entries.collect()))
    }

    /// The owners of mailboxes in which an entry of a folder names an account or one of its groups. A database that cannot be
    /// asked is left out: its mailboxes are not there at the moment.
    pub fn sharing_folders_with(&self, account: Guid) -> Result<Vec<Arc<Record>>> {
        let directory = self.directory();
        let sids: Vec<String> = directory.identifiers_of(account).iter().map(ToString::to_string).collect();
        let mut found = Vec::new();
        for database in directory.all(directory::Class::MailboxDatabase) {
            let Ok(database) = self.open(database.guid()) else { continue };
            let guids = database.mailboxes_shared_with(&sids)?;
            let owners = guids.into_iter().filter_map(|guid| directory.by_mailbox(guid));
            found.extend(owners.filter(|owner| owner.guid() != account));
        }
        Ok(found)
    }
}

/// The error of a folder that is not there, by the path as it was written.
pub fn folder_missing(written: &str) -> Error {
    Error::not_found(
        ErrorId::ManagementObjectNotFoundException,
        format!("The operation couldn't be performed because '{written}' couldn't be found."),
    )
    .help("Write a mailbox and a path: ann:\\Inbox\\Projects. Get-MailboxFolderStatistics lists the folders.")
    .about("Identity")
    .target(written.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_sums_of_single_rights() {
        for (role, rights) in [
            (
                "Owner",
                "CreateItems, CreateSubfolders, DeleteAllItems, DeleteOwnedItems, EditAllItems, EditOwnedItems, FolderContact, FolderOwner, FolderVisible, ReadItems",
            ),
            (
                "PublishingEditor",
                "CreateItems, CreateSubfolders, DeleteAllItems, DeleteOwnedItems, EditAllItems, EditOwnedItems, FolderVisible, ReadItems",
            ),
            (
                "Editor",
                "CreateItems, DeleteAllItems, DeleteOwnedItems, EditAllItems, EditOwnedItems, FolderVisible, ReadItems",
            ),
            (
                "PublishingAuthor",
                "CreateItems, CreateSubfolders, DeleteOwnedItems, EditOwnedItems, FolderVisible, ReadItems",
            ),
            ("Author", "CreateItems, DeleteOwnedItems, EditOwnedItems, FolderVisible, ReadItems"),
            ("NonEditingAuthor", "CreateItems, DeleteOwnedItems, FolderVisible, ReadItems"),
            ("Reviewer", "FolderVisible, ReadItems"),
            ("Contributor", "CreateItems, FolderVisible"),
            ("None", "None"),
        ] {
            let sum = ACCESS_RIGHTS.parse(rights).map(|value| value.number);
            assert_eq!(ACCESS_RIGHTS.parse(role).map(|value| value.number), sum, "{role}");
            let shown: Vec<String> = FolderAccess(u32::try_from(sum.unwrap_or(-1)).unwrap_or(0))
                .list()
                .iter()
                .map(ToString::to_string)
                .collect();
            assert_eq!(shown, [role]);
        }
        let single: Vec<String> = FolderAccess(0x3).list().iter().map(ToString::to_string).collect();
        assert_eq!(single, ["ReadItems", "CreateItems"]);
    }
}
