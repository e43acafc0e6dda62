//! The nouns of the record of changes: an entry as `Search-AdminAuditLog` shows it, and the setting how long it is kept.

use super::check::SPAN;
use super::recipient::{NAME, OBJECT};
use super::{days, joined, properties};
use object::types::{DateTime, TimeSpan};
use object::{Declared, Noun, Value};

properties! {
    ADMIN_AUDIT_LOG_AGE_LIMIT: TimeSpan = "AdminAuditLogAgeLimit", "How long the record of administrators' changes is kept; 0 keeps nothing.", default(days::<90>), check(SPAN);

    OBJECT_MODIFIED: String = "ObjectModified", "The object that the command was about, as it was shown then.", read_only();
    OBJECTS_MODIFIED: String = "ObjectsModified", "All objects that became different, the one that the command was about first.", many(), read_only();
    CMDLET_NAME: String = "CmdletName", "The cmdlet, or the server's own work.", read_only();
    CMDLET_PARAMETERS: Value = "CmdletParameters", "The parameters that were given, with Name and Value; secrets are masked.", many(), read_only();
    MODIFIED_PROPERTIES: Value = "ModifiedProperties", "The properties of the object that became different, with Name, OldValue and NewValue; secrets are left out.", many(), read_only();
    CALLER: String = "Caller", "Who ran it.", read_only();
    CLIENT_IP: String = "ClientIP", "Where it was run from: an address, or the local socket.", read_only();
    SESSION_ID: String = "SessionId", "Ties together what one session did.", read_only();
    EXTERNAL_ACCESS: bool = "ExternalAccess", "Whether somebody outside of the organization ran it; nobody can.", read_only();
    SUCCEEDED: bool = "Succeeded", "Whether it was done.", read_only();
    ERROR: String = "Error", "Why it was refused.", read_only();
    RUN_DATE: DateTime = "RunDate", "When it was run.", read_only();
    ORIGINATING_SERVER: String = "OriginatingServer", "The server that ran it.", read_only();
    IDENTITY: String = "Identity", "The number of the entry.", read_only();
    OBJECT_GUID: object::types::Guid = "ObjectGuid", "The GUID of the object; none where it was only named.", read_only();
    VALUE: String = "Value", "The value that was given.", read_only();
    OLD_VALUE: String = "OldValue", "The values before, with commas between.", read_only();
    CHANGE_IDENTITY: i64 = "Identity", "The number of the change.", read_only();
    WHEN: DateTime = "When", "When it was made.", read_only();
    WHO: String = "Who", "Who made it.", read_only();
    COMMAND: String = "Command", "The cmdlet that made it.", read_only();
    PARAMETERS: String = "Parameters", "The parameters that were given; secrets are masked.", many(), read_only();
    TARGETS: String = "Targets", "All objects that became different, the one that the command was about first.", many(), read_only();
    UNDOABLE: bool = "Undoable", "Whether Undo-AdminChange can undo it now.", read_only();
    UNDO_OBSTACLE: String = "UndoObstacle", "Why it cannot be undone now.", read_only();
    NEW_VALUE: String = "NewValue", "The values after, with commas between.", read_only();
}

/// Settings of the record of changes, which belong to the organisation and are shown as a noun of their own.
pub(crate) static SETTINGS: &[&dyn Declared] = joined!(&[&ADMIN_AUDIT_LOG_AGE_LIMIT], OBJECT);

/// How the record of administrators' changes is kept. Every change is recorded, with all its parameters.
pub static ADMIN_AUDIT_LOG_CONFIG: Noun = Noun {
    name: "AdminAuditLogConfig",
    type_name: "Microsoft.Exchange.Data.Directory.SystemConfiguration.AdminAuditLogConfig",
    summary: "How the record of administrators' changes is kept.",
    properties: SETTINGS,
    table: &[&NAME, &ADMIN_AUDIT_LOG_AGE_LIMIT],
};

/// An entry of the record of changes.
pub static ADMIN_AUDIT_LOG: Noun = Noun {
    name: "AdminAuditLog",
    type_name: "Microsoft.Exchange.Management.SystemConfigurationTasks.AdminAuditLogEvent",
    summary: "What somebody changed, or tried to.",
    properties: &[
        &OBJECT_MODIFIED,
        &OBJECTS_MODIFIED,
        &OBJECT_GUID,
        &CMDLET_NAME,
        &CMDLET_PARAMETERS,
        &MODIFIED_PROPERTIES,
        &CALLER,
        &CLIENT_IP,
        &SESSION_ID,
        &EXTERNAL_ACCESS,
        &SUCCEEDED,
        &ERROR,
        &RUN_DATE,
        &ORIGINATING_SERVER,
        &IDENTITY,
    ],
    table: &[&RUN_DATE, &CALLER, &CMDLET_NAME, &OBJECT_MODIFIED, &SUCCEEDED],
};

/// A change of an administrator, as it can be undone.
pub static ADMIN_CHANGE: Noun = Noun {
    name: "AdminChange",
    type_name: "Mailstead.AdminChange",
    summary: "What a command changed in the directory, all of it or nothing.",
    properties: &[
        &CHANGE_IDENTITY,
        &WHEN,
        &WHO,
        &CLIENT_IP,
        &COMMAND,
        &PARAMETERS,
        &TARGETS,
        &UNDOABLE,
        &UNDO_OBSTACLE,
    ],
    table: &[&CHANGE_IDENTITY, &WHEN, &WHO, &COMMAND, &TARGETS, &UNDOABLE],
};

/// A parameter of an entry.
pub static CMDLET_PARAMETER: Noun = Noun {
    name: "AdminAuditLogCmdletParameter",
    type_name: "Microsoft.Exchange.Management.SystemConfigurationTasks.AdminAuditLogCmdletParameter",
    summary: "A parameter that a recorded command was given.",
    properties: &[&NAME, &VALUE],
    table: &[&NAME, &VALUE],
};

/// A property of an entry.
pub static MODIFIED_PROPERTY: Noun = Noun {
    name: "AdminAuditLogModifiedProperty",
    type_name: "Microsoft.Exchange.Management.SystemConfigurationTasks.AdminAuditLogModifiedProperty",
    summary: "A property that a recorded command changed.",
    properties: &[&NAME, &OLD_VALUE, &NEW_VALUE],
    table: &[&NAME, &OLD_VALUE, &NEW_VALUE],
};
