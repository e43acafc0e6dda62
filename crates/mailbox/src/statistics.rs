//! What is in a mailbox and its folders: the nouns `MailboxStatistics` and `MailboxFolderStatistics`.

use crate::Mailboxes;
use crate::quota::{Level, Quotas};
use directory::Record;
use directory::schema::recipient;
use object::types::{ByteQuantifiedSize, DateTime, Guid, ObjectId, PropertyType, Unlimited};
use object::{Declared, Error, ErrorId, Noun, Object, Property, Result, Value};
use std::collections::HashMap;
use store::{Flow, Folder, FolderId, State, Statistics, WellKnown};

object::enumeration! {
    /// Why a mailbox is disconnected.
    pub enum DisconnectReason: "Microsoft.Exchange.Management.MapiTasks.MailboxState" {
        /// By Disable-Mailbox or Remove-Mailbox.
        Disabled = 1,
        /// By a move to another database.
        SoftDeleted = 2,
    }
}

object::enumeration! {
    /// What the size of a mailbox means for its quotas.
    pub enum StorageLimitStatus: "Microsoft.Exchange.Data.Mapi.StorageLimitStatus" {
        /// It has room.
        BelowLimit = 1,
        /// Its user is warned.
        IssueWarning = 2,
        /// Its user can no longer send.
        ProhibitSend = 4,
        /// No quota holds.
        NoChecking = 8,
        /// Its user can neither send nor get mail.
        MailboxDisabled = 16,
    }
}

/// Which mailboxes of a database are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every one.
    All,
    /// Those that belong to nobody at the moment.
    Disconnected,
}

object::read_only_properties! { pub static;
    IDENTITY: String = "Identity", "The GUID of the mailbox.";
    DISPLAY_NAME: String = "DisplayName", "The display name of the owner.";
    MAILBOX_GUID: Guid = "MailboxGuid", "The GUID of the mailbox.";
    LEGACY_DN: String = "LegacyDN", "The legacyExchangeDN of the owner.";
    OWNER_AD_GUID: Guid = "OwnerADGuid", "The directory GUID of the owner.";
    DATABASE: ObjectId = "Database", "The mailbox database.";
    DATABASE_NAME: String = "DatabaseName", "The name of the mailbox database.";
    SERVER_NAME: String = "ServerName", "The server that has the database.";
    ITEM_COUNT: u32 = "ItemCount", "How many items its folders show.";
    ASSOCIATED_ITEM_COUNT: u32 = "AssociatedItemCount", "How many hidden items its folders hold.";
    DELETED_ITEM_COUNT: u32 = "DeletedItemCount", "How many items can be recovered.";
    TOTAL_ITEM_SIZE: Unlimited<ByteQuantifiedSize> = "TotalItemSize", "The size of its items.";
    TOTAL_DELETED_ITEM_SIZE: Unlimited<ByteQuantifiedSize> = "TotalDeletedItemSize", "The size of what can be recovered.";
    LAST_LOGON_TIME: DateTime = "LastLogonTime", "When somebody last logged on.";
    LAST_LOGOFF_TIME: DateTime = "LastLogoffTime", "When somebody last logged off.";
    LAST_ACCOUNT: String = "LastLoggedOnUserAccount", "Who last logged on.";
    STORAGE_LIMIT_STATUS: StorageLimitStatus = "StorageLimitStatus", "What the size of the mailbox means for its quotas at this moment.";
    DATABASE_WARNING: Unlimited<ByteQuantifiedSize> = "DatabaseIssueWarningQuota", "The database's size at which users are warned.";
    DATABASE_SEND: Unlimited<ByteQuantifiedSize> = "DatabaseProhibitSendQuota", "The database's size at which users can no longer send.";
    DATABASE_SEND_RECEIVE: Unlimited<ByteQuantifiedSize> = "DatabaseProhibitSendReceiveQuota", "The database's size at which users can neither send nor get mail.";
    DISCONNECT_DATE: DateTime = "DisconnectDate", "When the mailbox was disconnected.";
    DISCONNECT_REASON: DisconnectReason = "DisconnectReason", "Why the mailbox is disconnected.";
    DISCONNECTED_BY: String = "DisconnectedBy", "Who disconnected the mailbox.";
    LAST_OWNER: String = "LastOwner", "Whose the mailbox was before it was disconnected.";
    IS_ARCHIVE: bool = "IsArchiveMailbox", "Whether it is an archive.";
    IS_QUARANTINED: bool = "IsQuarantined", "Whether the mailbox is kept apart because it does harm.";
    IS_MOVE_DESTINATION: bool = "IsMoveDestination", "Whether a mailbox is being moved here.";
    MAILBOX_TYPE: String = "MailboxType", "Private, for people.";
    MAILBOX_TYPE_DETAIL: String = "MailboxTypeDetail", "What kind of mailbox it is or was.";
    OBJECT_CLASS: String = "ObjectClass", "What kind of object it is.";
    IS_VALID: bool = "IsValid", "Whether the object has no contradiction in itself.";

    FOLDER_NAME: String = "Name", "The name of the folder.";
    FOLDER_IDENTITY: String = "Identity", "The mailbox and the path of the folder.";
    FOLDER_PATH: String = "FolderPath", "The path of the folder, with slashes.";
    FOLDER_ID: String = "FolderId", "The GUID of the folder.";
    FOLDER_TYPE: String = "FolderType", "What the folder is for.";
    ITEMS_IN_FOLDER: u32 = "ItemsInFolder", "How many items the folder shows.";
    ITEMS_AND_BELOW: u32 = "ItemsInFolderAndSubfolders", "How many items the folder and those below show.";
    FOLDER_SIZE: ByteQuantifiedSize = "FolderSize", "The size of the folder's items.";
    SIZE_AND_BELOW: ByteQuantifiedSize = "FolderAndSubfolderSize", "The size of the items of the folder and those below.";
    UNREAD_IN_FOLDER: u32 = "UnreadItemsInFolder", "How many of the items are unread.";
    HIDDEN_ITEMS: u32 = "HiddenItemsInFolder", "How many hidden items the folder holds.";
    CREATION_TIME: DateTime = "CreationTime", "When the folder was made.";
    OLDEST: DateTime = "OldestItemReceivedDate", "When the oldest item arrived.";
    NEWEST: DateTime = "NewestItemReceivedDate", "When the newest item arrived.";
    CONTAINER_CLASS: String = "ContainerClass", "What the folder holds: IPF.Note and the like.";
}

/// What is in a mailbox.
pub static MAILBOX_STATISTICS: Noun = Noun {
    name: "MailboxStatistics",
    type_name: "Microsoft.Exchange.Management.MapiTasks.Presentation.MailboxStatistics",
    summary: "What is in a mailbox, connected or not.",
    properties: &[
        &ASSOCIATED_ITEM_COUNT,
        &DELETED_ITEM_COUNT,
        &DISCONNECT_DATE,
        &DISCONNECT_REASON,
        &DISCONNECTED_BY,
        &LAST_OWNER,
        &DISPLAY_NAME,
        &ITEM_COUNT,
        &LAST_ACCOUNT,
        &LAST_LOGOFF_TIME,
        &LAST_LOGON_TIME,
        &LEGACY_DN,
        &MAILBOX_GUID,
        &OBJECT_CLASS,
        &OWNER_AD_GUID,
        &STORAGE_LIMIT_STATUS,
        &TOTAL_DELETED_ITEM_SIZE,
        &TOTAL_ITEM_SIZE,
        &DATABASE,
        &SERVER_NAME,
        &DATABASE_NAME,
        &DATABASE_WARNING,
        &DATABASE_SEND,
        &DATABASE_SEND_RECEIVE,
        &IS_QUARANTINED,
        &IS_ARCHIVE,
        &IS_MOVE_DESTINATION,
        &MAILBOX_TYPE,
        &MAILBOX_TYPE_DETAIL,
        &IDENTITY,
        &IS_VALID,
    ],
    table: &[&DISPLAY_NAME, &ITEM_COUNT, &STORAGE_LIMIT_STATUS, &LAST_LOGON_TIME],
};

/// What is in a folder.
pub static MAILBOX_FOLDER_STATISTICS: Noun = Noun {
    name: "MailboxFolderStatistics",
    type_name: "Microsoft.Exchange.Management.Tasks.MailboxFolderConfiguration",
    summary: "What is in a folder of a mailbox.",
    properties: &[
        &CREATION_TIME,
        &FOLDER_NAME,
        &FOLDER_IDENTITY,
        &FOLDER_PATH,
        &FOLDER_ID,
        &FOLDER_TYPE,
        &CONTAINER_CLASS,
        &ITEMS_IN_FOLDER,
        &HIDDEN_ITEMS,
        &UNREAD_IN_FOLDER,
        &FOLDER_SIZE,
        &ITEMS_AND_BELOW,
        &SIZE_AND_BELOW,
        &OLDEST,
        &NEWEST,
        &IS_VALID,
    ],
    table: &[&FOLDER_NAME, &FOLDER_PATH, &ITEMS_IN_FOLDER, &FOLDER_SIZE],
};

impl Mailboxes {
    /// The statistics of a user's mailbox.
    pub fn statistics(&self, user: &Record) -> Result<Object> {
        let (guid, database) = self.place(user)?;
        let open = self.open(database)?;
        let record = self.0.directory.need(database)?;
        Ok(self.shown(&open.statistics(guid)?, &record))
    }

    /// The statistics of a user's archive.
    pub fn archive_statistics(&self, user: &Record) -> Result<Object> {
        let place = self.archive_place(user)?;
        let open = self.open(place.database)?;
        let record = self.0.directory.need(place.database)?;
        Ok(self.shown(&open.statistics(place.mailbox)?, &record))
    }

    /// Hands over the statistics of every mailbox of a database one by one, or only of the disconnected ones. All rows
    /// are read first, some hundred bytes each, so that a slow reader keeps no snapshot open.
    pub fn all_statistics(
        &self,
        database: Guid,
        which: Which,
        each: &mut dyn FnMut(Object) -> Result<Flow>,
    ) -> Result<()> {
        let record = self.0.directory.need(database)?;
        let rows = match which {
            Which::All => self.rows(database)?,
            Which::Disconnected => self.disconnected_rows(database)?,
        };
        for one in rows {
            if each(self.shown(&one, &record))? == Flow::Stop {
                break;
            }
        }
        Ok(())
    }

    /// The bare rows of a database's statistics.
    pub fn rows(&self, database: Guid) -> Result<Vec<Statistics>> {
        let open = self.open(database)?;
        let mut rows = Vec::new();
        open.all_statistics(&mut |one| {
            rows.push(one);
            Ok(Flow::More)
        })?;
        Ok(rows)
    }

    fn disconnected_rows(&self, database: Guid) -> Result<Vec<Statistics>> {
        let mut rows = Vec::new();
        self.open(database)?.disconnected(&mut |one| {
            rows.push(one);
            Ok(Flow::More)
        })?;
        Ok(rows)
    }

    /// The statistics of a mailbox of a database, connected or not, by its GUID, legacyExchangeDN or display name.
    pub fn store_statistics(&self, database: Guid, text: &str) -> Result<Object> {
        let record = self.0.directory.need(database)?;
        Ok(self.shown(&self.store_row(database, text)?, &record))
    }

    /// The mailbox that a text names in a database, connected or not; also one that only the directory has there.
    pub fn store_mailbox(&self, database: Guid, text: &str) -> Result<Guid> {
        let wanted = Guid::parse(text).filter(|guid| self.owners(database).contains_key(guid));
        wanted.map_or_else(|| self.store_row(database, text).map(|one| one.guid), Ok)
    }

    fn store_row(&self, database: Guid, text: &str) -> Result<Statistics> {
        let open = self.open(database)?;
        if let Some(one) = Guid::parse(text).and_then(|guid| open.statistics(guid).ok()) {
            return Ok(one);
        }
        let mut rows = self.rows(database)?;
        let folded = text.to_lowercase();
        let fits = |one: &&Statistics| {
            one.description.legacy_dn.to_lowercase() == folded
                || one.description.display_name.to_lowercase() == folded
        };
        rows.retain(|one| fits(&one));
        match rows.as_slice() {
            [one] => Ok(one.clone()),
            [] => {
                let message =
                    format!("The operation couldn't be performed because '{text}' couldn't be found.");
                Err(Error::not_found(ErrorId::ManagementObjectNotFoundException, message)
                    .about("StoreMailboxIdentity"))
            }
            _ => {
                let guids: Vec<String> = rows.iter().map(|one| one.guid.to_string()).collect();
                let message =
                    format!("The operation couldn't be performed because '{text}' matches multiple entries.");
                Err(Error::conflict(ErrorId::ManagementObjectAmbiguousException, message)
                    .help(format!("Write the GUID of one of them: {}.", guids.join("; ")))
                    .about("StoreMailboxIdentity"))
            }
        }
    }

    fn shown(&self, one: &Statistics, database: &Record) -> Object {
        // The directory knows a connected mailbox's names better; of a disconnected one only the store knows.
        let owner = self.0.directory.by_mailbox(one.guid).filter(|_| one.state == State::Connected);
        let named = owner.as_ref().filter(|_| !one.description.archive);
        let display = named.and_then(|user| user.get(&recipient::DISPLAY_NAME));
        let kind = owner.as_ref().map(|user| user.details().to_string());
        let size = |bytes: u64| Unlimited::Value(ByteQuantifiedSize(bytes)).into_value();
        let quota = |property: &Property<Unlimited<ByteQuantifiedSize>>| {
            database.get(property).map(Unlimited::into_value)
        };
        let limit = named.map(|user| limit_status(user, database, one.items.size + one.associated.size));
        let pairs: [(&dyn Declared, Value); 28] = [
            (&STORAGE_LIMIT_STATUS, limit.into()),
            (&ASSOCIATED_ITEM_COUNT, count(one.associated.count)),
            (&DELETED_ITEM_COUNT, count(one.deleted.count)),
            (&DISCONNECT_DATE, one.disconnect_date.into()),
            (&DISCONNECT_REASON, one.disconnect_reason.map(reason).into()),
            (&DISCONNECTED_BY, one.disconnected_by.clone().into()),
            (&LAST_OWNER, one.last_owner.clone().into()),
            (&DISPLAY_NAME, display.unwrap_or_else(|| one.description.display_name.clone()).into()),
            (&ITEM_COUNT, count(one.items.count)),
            (&LAST_ACCOUNT, one.last_account.clone().into()),
            (&LAST_LOGOFF_TIME, one.last_logoff.into()),
            (&LAST_LOGON_TIME, one.last_logon.into()),
            (&LEGACY_DN, one.description.legacy_dn.clone().into()),
            (&MAILBOX_GUID, one.guid.into()),
            (&OBJECT_CLASS, "Mailbox".into()),
            (&OWNER_AD_GUID, one.description.owner.into()),
            (&TOTAL_DELETED_ITEM_SIZE, size(one.deleted.size)),
            (&TOTAL_ITEM_SIZE, size(one.items.size + one.associated.size)),
            (&DATABASE, Value::typed(self.0.directory.id(database))),
            (&SERVER_NAME, self.0.directory.server().into()),
            (&DATABASE_NAME, database.name().into()),
            (&DATABASE_WARNING, quota(&directory::schema::database::ISSUE_WARNING_QUOTA).unwrap_or_default()),
            (&DATABASE_SEND, quota(&directory::schema::database::SEND_QUOTA).unwrap_or_default()),
            (
                &DATABASE_SEND_RECEIVE,
                quota(&directory::schema::database::SEND_RECEIVE_QUOTA).unwrap_or_default(),
            ),
            (&IS_ARCHIVE, one.description.archive.into()),
            (&MAILBOX_TYPE_DETAIL, kind.unwrap_or_else(|| one.description.kind.clone()).into()),
            (&IDENTITY, one.guid.to_string().into()),
            (&MAILBOX_TYPE, "Private".into()),
        ];
        let fixed: [(&dyn Declared, Value); 3] =
            [(&IS_QUARANTINED, false.into()), (&IS_MOVE_DESTINATION, false.into()), (&IS_VALID, true.into())];
        object(&MAILBOX_STATISTICS, pairs.into_iter().chain(fixed))
    }

    /// The statistics of every folder of a user's mailbox or archive; with the dates of the oldest and newest items where
    /// asked.
    pub fn folder_statistics(
        &self,
        user: &Record,
        mailbox: &store::Mailbox,
        dates: bool,
    ) -> Result<Vec<Object>> {
        let folders = mailbox.folders()?;
        let paths = paths(&folders);
        let alias = user.alias();
        let mut found = Vec::with_capacity(folders.len());
        for folder in &folders {
            let (items, size) = with_below(folder, &folders);
            let path = paths.get(&folder.id).cloned().unwrap_or_default();
            let spread = if dates && folder.total > 0 { oldest_and_newest(mailbox, folder)? } else { None };
            let pairs: [(&dyn Declared, Value); 15] = [
                (&CREATION_TIME, folder.created.into()),
                (&FOLDER_NAME, folder.name.clone().into()),
                (&FOLDER_IDENTITY, format!("{alias}{}", path.replace('/', "\\")).into()),
                (&FOLDER_PATH, path.into()),
                (&FOLDER_ID, folder.guid.to_string().into()),
                (&FOLDER_TYPE, folder_type(folder).into()),
                (&CONTAINER_CLASS, folder.class.clone().into()),
                (&ITEMS_IN_FOLDER, count(folder.total)),
                (&HIDDEN_ITEMS, count(folder.associated_count)),
                (&UNREAD_IN_FOLDER, count(folder.unseen)),
                (&FOLDER_SIZE, Value::typed(ByteQuantifiedSize(folder.size))),
                (&ITEMS_AND_BELOW, count(items)),
                (&SIZE_AND_BELOW, Value::typed(ByteQuantifiedSize(size))),
                (&OLDEST, spread.map(|(oldest, _)| oldest).into()),
                (&NEWEST, spread.map(|(_, newest)| newest).into()),
            ];
            found.push(object(
                &MAILBOX_FOLDER_STATISTICS,
                pairs.into_iter().chain([(&IS_VALID as _, true.into())]),
            ));
        }
        Ok(found)
    }
}

/// What a size means for the quotas that hold for a user: their own, or their database's.
fn limit_status(user: &Record, database: &Record, size: u64) -> StorageLimitStatus {
    let quotas = Quotas::of(user, database);
    match quotas.reached(size) {
        Some((Level::Full, _)) => StorageLimitStatus::MailboxDisabled,
        Some((Level::Send, _)) => StorageLimitStatus::ProhibitSend,
        Some((Level::Warning, _)) => StorageLimitStatus::IssueWarning,
        None if quotas.limits_nothing() => StorageLimitStatus::NoChecking,
        None => StorageLimitStatus::BelowLimit,
    }
}

fn object<'a>(noun: &'static Noun, pairs: impl Iterator<Item = (&'a dyn Declared, Value)>) -> Object {
    let set = pairs.filter(|(_, value)| !value.is_null());
    set.fold(Object::of(noun), |object, (declared, value)| object.with(declared.spec().name, value))
}

fn count(number: u64) -> Value {
    u32::try_from(number).unwrap_or(u32::MAX).into()
}

fn reason(reason: store::DisconnectReason) -> DisconnectReason {
    match reason {
        store::DisconnectReason::Disabled => DisconnectReason::Disabled,
        store::DisconnectReason::SoftDeleted => DisconnectReason::SoftDeleted,
    }
}

/// The path of every folder, `/Inbox/Lists`. Parents may stand behind their children in the list.
fn paths(folders: &[Folder]) -> HashMap<FolderId, String> {
    let by_id: HashMap<FolderId, &Folder> = folders.iter().map(|folder| (folder.id, folder)).collect();
    let path = |folder: &Folder| {
        let (mut names, mut next) = (vec![folder.name.clone()], folder.parent);
        while let Some(parent) = next.and_then(|id| by_id.get(&id)) {
            names.push(parent.name.clone());
            next = parent.parent;
        }
        names.iter().rev().map(|name| format!("/{}", name.replace('/', "\u{f03f}"))).collect::<String>()
    };
    folders.iter().map(|folder| (folder.id, path(folder))).collect()
}

/// Items and bytes of a folder and all below it.
fn with_below(top: &Folder, folders: &[Folder]) -> (u64, u64) {
    let (mut items, mut size) = (top.total, top.size);
    for below in folders.iter().filter(|folder| folder.parent == Some(top.id)) {
        let (more, bytes) = with_below(below, folders);
        (items, size) = (items + more, size + bytes);
    }
    (items, size)
}

fn oldest_and_newest(
    mailbox: &store::Mailbox,
    folder: &Folder,
) -> Result<Option<(object::Time, object::Time)>> {
    let mut spread: Option<(object::Time, object::Time)> = None;
    mailbox.items(folder.id, &store::UidSet::all(), &mut |item| {
        let (oldest, newest) = spread.unwrap_or((item.received, item.received));
        spread = Some((oldest.min(item.received), newest.max(item.received)));
        Ok(Flow::More)
    })?;
    Ok(spread)
}

/// What Exchange calls the folders that every mailbox has.
fn folder_type(folder: &Folder) -> &'static str {
    match folder.kind {
        None => "User Created",
        Some(WellKnown::Inbox) => "Inbox",
        Some(WellKnown::SentItems) => "SentItems",
        Some(WellKnown::DeletedItems) => "DeletedItems",
        Some(WellKnown::Drafts) => "Drafts",
        Some(WellKnown::JunkEmail) => "JunkEmail",
        Some(WellKnown::Archive) => "Archive",
        Some(WellKnown::Outbox) => "Outbox",
        Some(WellKnown::Calendar) => "Calendar",
        Some(WellKnown::Contacts) => "Contacts",
        Some(WellKnown::Tasks) => "Tasks",
        Some(WellKnown::Notes) => "Notes",
        Some(WellKnown::RecoverableItems) => "RecoverableItemsRoot",
        Some(WellKnown::Deletions) => "RecoverableItemsDeletions",
        Some(WellKnown::Versions) => "RecoverableItemsVersions",
        Some(WellKnown::Purges) => "RecoverableItemsPurges",
        Some(WellKnown::DiscoveryHolds) => "RecoverableItemsDiscoveryHolds",
    }
}
