//! Who may do what to whose mailbox: the entries on mailboxes and objects, and the list that clients map from.
//!
//! An entry is a value like any other, so the record of changes, undoing and tombstones know it without more; it is
//! indexed by its trustee, so that what somebody may open is one look-up.

use super::recipient::{IDENTITY, IS_VALID};
use super::{no, properties};
use crate::access::{AccessEntry, AdRights, InheritanceType, MailboxRights, Right};
use object::types::ObjectId;
use object::{Declared, Noun};

properties! {
    MAILBOX_ENTRIES: AccessEntry = "MailboxPermissions", "The rights to the mailbox that were given or denied.", many(), read_only(), not_filterable(), indexed(), attribute("msExchMailboxSecurityDescriptor");
    MAILBOX_OWNER: String = "MailboxPermissionOwner", "The security identifier of the owner of the mailbox.", read_only(), not_filterable();
    OBJECT_ENTRIES: AccessEntry = "ADPermissions", "The rights to the object that were given or denied.", many(), read_only(), not_filterable(), indexed(), attribute("nTSecurityDescriptor"), survives_disable();
    OBJECT_OWNER: String = "ADPermissionOwner", "The security identifier of the owner of the object.", read_only(), not_filterable(), survives_disable();
    AUTO_MAPPED: ObjectId = "AutoMappedTo", "The users and groups in whose clients the mailbox appears by itself.", many(), read_only(), not_filterable(), indexed(), refers_to("SecurityPrincipalIdParameter");
    DELEGATE_BACK_LINK: ObjectId = "DelegateListBL", "The mailboxes that appear in the user's client by themselves.", many(), computed(), attribute("msExchDelegateListBL");
    ON_BEHALF_BACK_LINK: ObjectId = "PublicDelegatesBL", "The recipients on whose behalf the user or group may send.", many(), computed(), attribute("publicDelegatesBL");
}

/// What every object can hold.
pub(crate) static OBJECT: &[&dyn Declared] = &[&OBJECT_ENTRIES, &OBJECT_OWNER];
/// What whoever can be given a right can hold.
pub(crate) static PRINCIPAL: &[&dyn Declared] = &[&ON_BEHALF_BACK_LINK];
/// What a user with a mailbox can hold.
pub(crate) static MAILBOX: &[&dyn Declared] =
    &[&MAILBOX_ENTRIES, &MAILBOX_OWNER, &AUTO_MAPPED, &DELEGATE_BACK_LINK];

properties! {
    ACCESS_RIGHTS: MailboxRights = "AccessRights", "The rights.", many(), read_only();
    OBJECT_RIGHTS: AdRights = "AccessRights", "The rights.", many(), read_only();
    RECIPIENT_RIGHTS: String = "AccessRights", "The rights.", many(), read_only();
    EXTENDED_RIGHTS: String = "ExtendedRights", "The rights that have a name of their own.", many(), read_only();
    CHILD_OBJECT_TYPES: String = "ChildObjectTypes", "The classes of objects that may be made or deleted.", many(), read_only();
    INHERITED_OBJECT_TYPE: String = "InheritedObjectType", "The class of objects that alone inherit it.", read_only();
    PROPERTIES: String = "Properties", "The properties that may be read or written.", many(), read_only();
    DENY: bool = "Deny", "Whether the rights are taken instead of given.", read_only(), default(no);
    INHERITANCE_TYPE: InheritanceType = "InheritanceType", "How far it reaches.", read_only();
    USER: ObjectId = "User", "Who it is about; by the security identifier where that account is gone.", read_only();
    IS_INHERITED: bool = "IsInherited", "Whether it comes from above.", read_only(), default(no);
    OWNER: ObjectId = "Owner", "Who owns it.", read_only();
    TRUSTEE: ObjectId = "Trustee", "Who it is about; by the security identifier where that account is gone.", read_only();
    ACCESS_CONTROL_TYPE: String = "AccessControlType", "Whether it gives or denies: Allow or Deny.", read_only();
    EFFECTIVE_MAILBOX: ObjectId = "Mailbox", "The mailbox or other recipient.", read_only();
    RIGHT: Right = "Right", "What the trustee may do with it.", read_only();
    THROUGH: String = "Through", "The groups from the one that was given the right to the one in which the trustee is, or direct.", read_only();
    DENIED_BY: String = "DeniedBy", "Whose entry denies the right, or AccountDisabled; empty where it counts.", read_only();
}

/// An entry of a mailbox.
pub static MAILBOX_PERMISSION: Noun = Noun {
    name: "MailboxPermission",
    type_name: "Microsoft.Exchange.Management.RecipientTasks.MailboxAcePresentationObject",
    summary: "Rights to a mailbox that somebody was given or denied.",
    properties: &[&ACCESS_RIGHTS, &DENY, &INHERITANCE_TYPE, &USER, &IDENTITY, &IS_INHERITED, &IS_VALID],
    table: &[&IDENTITY, &USER, &ACCESS_RIGHTS, &IS_INHERITED, &DENY],
};

/// An entry of an object.
pub static AD_PERMISSION: Noun = Noun {
    name: "ADPermission",
    type_name: "Microsoft.Exchange.Management.RecipientTasks.ADAcePresentationObject",
    summary: "Rights to an object of the directory that somebody was given or denied.",
    properties: &[
        &OBJECT_RIGHTS,
        &EXTENDED_RIGHTS,
        &CHILD_OBJECT_TYPES,
        &INHERITED_OBJECT_TYPE,
        &PROPERTIES,
        &DENY,
        &INHERITANCE_TYPE,
        &USER,
        &IDENTITY,
        &IS_INHERITED,
        &IS_VALID,
    ],
    table: &[&IDENTITY, &USER, &DENY, &IS_INHERITED],
};

/// The owner of a mailbox or object.
pub static PERMISSION_OWNER: Noun = Noun {
    name: "PermissionOwner",
    type_name: "Microsoft.Exchange.Management.RecipientTasks.OwnerPresentationObject",
    summary: "Who owns a mailbox or object.",
    properties: &[&IDENTITY, &OWNER],
    table: &[&IDENTITY, &OWNER],
};

/// Who may send as a recipient.
pub static RECIPIENT_PERMISSION: Noun = Noun {
    name: "RecipientPermission",
    type_name: "Microsoft.Exchange.Management.RecipientTasks.RecipientPermission",
    summary: "Who may send as a recipient.",
    properties: &[
        &IDENTITY,
        &TRUSTEE,
        &ACCESS_CONTROL_TYPE,
        &RECIPIENT_RIGHTS,
        &IS_INHERITED,
        &INHERITANCE_TYPE,
        &IS_VALID,
    ],
    table: &[&IDENTITY, &TRUSTEE, &ACCESS_CONTROL_TYPE, &RECIPIENT_RIGHTS, &IS_INHERITED],
};

/// What somebody may do in the end.
pub static EFFECTIVE_PERMISSION: Noun = Noun {
    name: "EffectivePermission",
    type_name: "Mailstead.EffectivePermission",
    summary: "A right that somebody has, the way in which they have it, and what takes it away.",
    properties: &[&EFFECTIVE_MAILBOX, &TRUSTEE, &RIGHT, &THROUGH, &DENIED_BY],
    table: &[&EFFECTIVE_MAILBOX, &TRUSTEE, &RIGHT, &THROUGH, &DENIED_BY],
};
