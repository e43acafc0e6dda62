//! What a mailbox's log shows: the noun `MailboxAuditLog`, entry by entry or mailbox by mailbox.

use crate::Mailboxes;
use directory::Record;
use directory::schema::user;
use object::types::{DateTime, Guid, ObjectId};
use object::{Noun, Object, Result, Time, Value};
use store::{AuditEntry, LogonType, Operation};

object::read_only_properties! { pub(crate) static;
    IDENTITY: String = "Identity", "The mailbox's owner, and the number of the entry.";
    LAST_ACCESSED: DateTime = "LastAccessed", "When.";
    OPERATION: Operation = "Operation", "What was done.";
    OPERATION_RESULT: String = "OperationResult", "Whether it was done; what was refused is not told.";
    LOGON_TYPE: LogonType = "LogonType", "In what capacity: Owner, Delegate or Admin.";
    LOGON_USER: String = "LogonUserDisplayName", "Who did it.";
    LOGON_ACCOUNT: String = "LogonUserAccount", "The account of whoever did it.";
    LOGON_SID: String = "LogonUserSid", "The security identifier of that account.";
    CLIENT_INFO: String = "ClientInfoString", "By which door.";
    CLIENT_IP: String = "ClientIPAddress", "From where.";
    FOLDER: String = "FolderPathName", "The folder.";
    DESTINATION: String = "DestFolderPathName", "The folder to which something went.";
    DESTINATION_MAILBOX: Guid = "DestMailboxGuid", "The mailbox to which something went, where that is another one.";
    SUBJECTS: String = "SourceItemSubjectsList", "The subjects of the messages, with commas between.";
    ITEMS: String = "SourceItems", "The messages: number in the mailbox, and subject.";
    DETAIL: String = "Detail", "What there is to say besides.";
    EXTERNAL_ACCESS: bool = "ExternalAccess", "Whether somebody outside of the organization did it; nobody can.";
    MAILBOX_GUID: Guid = "MailboxGuid", "The GUID of the mailbox.";
    OWNER: ObjectId = "MailboxOwner", "The mailbox's owner.";
    OWNER_NAME: String = "MailboxResolvedOwnerName", "The display name of the owner.";
    OWNER_UPN: String = "MailboxOwnerUPN", "The user principal name of the owner.";
}

/// An entry of a mailbox's log; of a whole log what is known of its newest entry.
pub static MAILBOX_AUDIT_LOG: Noun = Noun {
    name: "MailboxAuditLog",
    type_name: "Microsoft.Exchange.Management.SystemConfigurationTasks.MailboxAuditLogEvent",
    summary: "What somebody did in a mailbox.",
    properties: &[
        &OPERATION,
        &OPERATION_RESULT,
        &LOGON_TYPE,
        &EXTERNAL_ACCESS,
        &DESTINATION,
        &DESTINATION_MAILBOX,
        &FOLDER,
        &CLIENT_INFO,
        &CLIENT_IP,
        &LOGON_USER,
        &LOGON_ACCOUNT,
        &LOGON_SID,
        &MAILBOX_GUID,
        &OWNER,
        &OWNER_NAME,
        &OWNER_UPN,
        &ITEMS,
        &SUBJECTS,
        &DETAIL,
        &LAST_ACCESSED,
        &IDENTITY,
    ],
    table: &[&LAST_ACCESSED, &LOGON_USER, &LOGON_TYPE, &OPERATION, &FOLDER, &SUBJECTS],
};

/// What the rights in a folder are called where an entry tells of them.
fn detail(mailboxes: &Mailboxes, entry: &AuditEntry) -> String {
    let Some((trustee, rights)) = entry.about.detail.split_once(": ") else {
        return entry.about.detail.clone();
    };
    let name =
        mailboxes.directory().by_sid(trustee).map_or(trustee.to_owned(), |record| record.name().to_owned());
    let rights = rights
        .parse()
        .map(crate::folder_permission::FolderAccess)
        .unwrap_or(crate::folder_permission::FolderAccess::NONE)
        .list();
    let words: Vec<String> = rights.iter().map(ToString::to_string).collect();
    format!("{name}: {}", words.join(", "))
}

impl Mailboxes {
    /// An entry of a log as it is shown.
    pub fn audit_entry(&self, owner: &Record, entry: &AuditEntry) -> Object {
        let text = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
        let actor = self.directory().get(entry.account);
        let display = |record: &Record| record.display_name();
        let items = entry.about.items.iter().map(|(item, subject)| match item {
            0 => Value::from(subject.as_str()),
            item => Value::from(format!("{item}: {subject}").as_str()),
        });
        let subjects: Vec<&str> = entry.about.items.iter().map(|(_, subject)| subject.as_str()).collect();
        let sid = actor.as_ref().and_then(|record| record.get(&user::SID));
        self.audit_owner(owner)
            .with("Operation", entry.operation)
            .with("OperationResult", "Succeeded")
            .with("LogonType", entry.logon)
            .with("ExternalAccess", false)
            .with("DestFolderPathName", text(&entry.about.destination))
            .with("DestMailboxGuid", entry.about.destination_mailbox.map_or(Value::Null, Value::from))
            .with("FolderPathName", text(&entry.about.folder))
            .with("ClientInfoString", text(&entry.client))
            .with("ClientIPAddress", text(&entry.address))
            .with("LogonUserDisplayName", actor.as_deref().map_or(entry.who.clone(), display).as_str())
            .with("LogonUserAccount", entry.who.as_str())
            .with("LogonUserSid", sid.map_or(Value::Null, |sid| Value::from(sid.to_string().as_str())))
            .with("SourceItems", Value::array(items))
            .with("SourceItemSubjectsList", text(&subjects.join(", ")))
            .with("Detail", text(&detail(self, entry)))
            .with("LastAccessed", entry.at)
            .with("Identity", format!("{}\\{}", owner.name(), entry.number).as_str())
    }

    /// A whole log as it is shown: its owner, and when its newest entry was made.
    pub fn audit_summary(&self, owner: &Record, last: Time) -> Object {
        self.audit_owner(owner).with("LastAccessed", last).with("Identity", owner.name())
    }

    fn audit_owner(&self, owner: &Record) -> Object {
        let name = owner.display_name();
        let mailbox = owner.get(&directory::schema::mailbox::EXCHANGE_GUID).unwrap_or(Guid::EMPTY);
        Object::of(&MAILBOX_AUDIT_LOG)
            .with("MailboxGuid", mailbox)
            .with("MailboxOwner", object::types::PropertyType::into_value(self.directory().id(owner)))
            .with("MailboxResolvedOwnerName", name.as_str())
            .with(
                "MailboxOwnerUPN",
                owner
                    .get(&user::USER_PRINCIPAL_NAME)
                    .map_or(Value::Null, |upn| Value::from(upn.to_string().as_str())),
            )
    }

    /// A page of the log of an owner's mailbox, the newest first, of entries before number `below`.
    pub fn audit_page(&self, owner: &Record, below: Option<i64>) -> Result<Vec<AuditEntry>> {
        self.mailbox(owner)?.audit_entries(below)
    }
}
