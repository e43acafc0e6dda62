//! What comes back with a disconnected mailbox, what cannot, and why; and what the list of changes tells and undoes of it.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod house;

use directory::Class;
use house::House;
use mailbox::store::{Description, DisconnectReason, Parting, State};
use object::types::Guid;

/// Ann's mailbox had much when she was removed; meanwhile somebody took one of her addresses.
fn removed() -> House {
    let house = House::new();
    house.play(
        "
        PS> New-Mailbox ann -UserPrincipalName ann@contoso.com -Password (Pa55word-of-Joe) | : Name
        ann
        PS> New-Mailbox ben -UserPrincipalName ben@contoso.com -Password (Pa55word-of-Joe) | : Name
        ben
        PS> Set-Mailbox ann -EmailAddresses @{Add='a.berg@contoso.com'} -GrantSendOnBehalfTo ben
        PS> Set-Mailbox ann -EmailAddresses @{Add='taken@contoso.com'}
        PS> Set-Mailbox ann -UseDatabaseQuotaDefaults $false -ProhibitSendQuota 2GB
        PS> Set-CASMailbox ann -PopEnabled $false
        PS> Set-Mailbox ben -GrantSendOnBehalfTo ann
        PS> Set-User ben -Manager ann
        ",
    );
    house.run("Add-MailboxPermission ann -User ben -AccessRights FullAccess", &[]);
    house.run("Add-MailboxPermission ben -User ann -AccessRights FullAccess", &[]);
    house.play(
        "
        PS> Remove-Mailbox ann -Confirm:$false
        PS> New-Mailbox other -Shared -PrimarySmtpAddress taken@contoso.com | : Name
        other
        PS> New-Mailbox anna -UserPrincipalName anna@contoso.com -Password (Pa55word-of-Joe) | : Name
        anna
        PS> Disable-Mailbox anna -Confirm:$false
        ",
    );
    house
}

const ROWS: &str = "Setting, Value, Restored, Reason";

fn holds(said: &[String], wanted: &str) {
    assert!(said.iter().any(|line| line.starts_with(wanted)), "no '{wanted}' in\n{}", said.join("\n"));
}

#[test]
fn what_a_mailbox_had_comes_back_and_what_cannot_is_told() {
    let house = removed();
    let line = "Connect-Mailbox ann 'Mailbox Database' -User anna -RestoreSettings";
    let number = house.mailboxes.directory().number();
    let said = house.run(&format!("{line} -WhatIf | : {ROWS}"), &[]);
    assert_eq!(house.mailboxes.directory().number(), number, "nothing was changed");
    holds(&said, "What if: Connecting mailbox");
    // With an alias of its own a policy makes another address the primary one.
    let other = house.run(&format!("{line} -Alias anna -WhatIf | : {ROWS}"), &[]);
    for wanted in [
        "Alias, ann, False, The alias is \"anna\" by the command.",
        "EmailAddresses, smtp:ann@contoso.com, True, ",
        "PrimarySmtpAddress, ann@contoso.com, False, An e-mail address policy says which address is the primary one: \
         anna@contoso.com.",
    ] {
        holds(&other, wanted);
    }
    let done = house.run(&format!("{line} | : {ROWS}"), &[]);
    for wanted in [
        "Alias, ann, True, ",
        "EmailAddresses, SMTP:ann@contoso.com, True, ",
        "EmailAddresses, smtp:a.berg@contoso.com, True, ",
        "EmailAddresses, smtp:taken@contoso.com, False, It is used by \"other\" by now.",
        "ProhibitSendQuota, 2 GB (2,147,483,648 bytes), True, ",
        "UseDatabaseQuotaDefaults, False, True, ",
        "PopEnabled, False, True, ",
        "GrantSendOnBehalfTo, contoso.com/Users/ben, True, ",
        "GrantSendOnBehalfTo of ben, anna, True, ",
        "Manager of ben, anna, True, ",
        "MailboxPermissions, allow ",
        "MailboxPermissions of ben, allow ",
    ] {
        holds(&said, wanted);
        holds(&done, wanted);
    }
    house.play(
        "
        PS> Get-Mailbox anna | : EmailAddresses, ProhibitSendQuota, GrantSendOnBehalfTo
        SMTP:ann@contoso.com smtp:a.berg@contoso.com, 2 GB (2,147,483,648 bytes), contoso.com/Users/ben
        PS> Get-CASMailbox anna | : PopEnabled
        False
        PS> Get-Mailbox ben | : GrantSendOnBehalfTo
        contoso.com/Users/anna
        PS> Get-User ben | : Manager
        contoso.com/Users/anna
        # All of it is one change, and can be undone.
        PS> Get-AdminChange -ResultSize 1 | Undo-AdminChange -Confirm:$false
        PS> Get-Mailbox ben | : GrantSendOnBehalfTo, Alias
        , ben
        PS> Get-User anna | : RecipientType
        User
        ",
    );
}

#[test]
fn without_the_switch_nothing_comes_back_and_what_the_command_sets_stays() {
    let house = removed();
    house.play(
        "
        PS> Connect-Mailbox ann 'Mailbox Database' -User anna
        PS> Get-Mailbox anna | : EmailAddresses, UseDatabaseQuotaDefaults, GrantSendOnBehalfTo
        SMTP:anna@contoso.com, True,
        ",
    );
}

fn of_eve_and_fred() -> House {
    let house = House::new();
    for name in ["eve", "fred"] {
        house.run(
            &format!("New-Mailbox {name} -UserPrincipalName {name}@contoso.com -Password (Pa55word-of-Joe)"),
            &[],
        );
    }
    house
}

/// Fred may read Eve's inbox and write into her drafts; he goes, and Freda gets his mailbox.
#[test]
fn rights_in_the_folders_of_others_follow_the_mailbox_and_are_undone_with_it() {
    let house = of_eve_and_fred();
    house.play(
        "
        PS> Set-Mailbox fred -Languages de-DE
        PS> Add-MailboxFolderPermission eve:\\Inbox -User fred -AccessRights Reviewer | : User, AccessRights
        fred, Reviewer
        PS> Add-MailboxFolderPermission eve:\\ -User fred -AccessRights FolderVisible | : User, AccessRights
        fred, FolderVisible
        PS> Add-MailboxFolderPermission eve:\\Drafts -User fred -AccessRights Editor | : User, AccessRights
        fred, Editor
        PS> Remove-Mailbox fred -Confirm:$false
        PS> New-Mailbox freda -UserPrincipalName freda@contoso.com -Password (Pa55word-of-Joe) | : Name
        freda
        PS> Add-MailboxFolderPermission eve:\\Drafts -User freda -AccessRights Reviewer | : User, AccessRights
        freda, Reviewer
        PS> Disable-Mailbox freda -Confirm:$false
        ",
    );
    let line = "Connect-Mailbox fred 'Mailbox Database' -User freda -RestoreSettings";
    let before = house.run("Get-MailboxFolderPermission eve:\\Inbox | : User, AccessRights", &[]);
    let said = house.run(&format!("{line} -WhatIf | : {ROWS}"), &[]);
    assert_eq!(house.run("Get-MailboxFolderPermission eve:\\Inbox | : User, AccessRights", &[]), before);
    let done = house.run(&format!("{line} | : {ROWS}"), &[]);
    for wanted in [
        "Languages, de-DE, True, ",
        "Folder permission of eve:\\, FolderVisible, True, ",
        "Folder permission of eve:\\Inbox, Reviewer, True, ",
        "Folder permission of eve:\\Drafts, Editor, False, There is an entry of the user already: Reviewer.",
    ] {
        holds(&said, wanted);
        holds(&done, wanted);
    }
    house.play(
        "
        PS> Get-MailboxFolderPermission eve:\\Inbox | : User, AccessRights
        Default, None
        Anonymous, None
        freda, Reviewer
        PS> Get-MailboxFolderPermission eve:\\Drafts | : User, AccessRights
        Default, None
        Anonymous, None
        freda, Reviewer
        PS> Get-AdminChange -ResultSize 1 | Undo-AdminChange -Confirm:$false
        ",
    );
    assert_eq!(house.run("Get-MailboxFolderPermission eve:\\Inbox | : User, AccessRights", &[]), before);
    holds(&before, "S-1-5-21-");
}

/// Eve's inbox has no room for another entry: the mailbox comes back all the same, what did not follow is told and recorded,
/// and undoing the connection takes back what did.
#[test]
fn a_right_that_could_not_follow_is_told_and_is_in_nobodys_way() {
    let house = of_eve_and_fred();
    house.play(
        "
        PS> Add-MailboxFolderPermission eve:\\Inbox -User fred -AccessRights Reviewer | : User
        fred
        PS> Add-MailboxFolderPermission eve:\\Drafts -User fred -AccessRights Reviewer | : User
        fred
        PS> Disable-Mailbox fred -Confirm:$false
        PS> New-ADUser freda
        ",
    );
    let address = object::types::SmtpAddress::parse("eve@contoso.com").unwrap();
    let eve = house.mailboxes.directory().by_smtp(&address).unwrap();
    let store = house.mailboxes.mailbox(&eve).unwrap();
    let inbox = store.known(mailbox::store::WellKnown::Inbox).unwrap().id;
    let others = (0..2_000).map(|number| (format!("S-1-5-21-1-2-3-{number}"), 0x401)).collect();
    assert!(!store.add_permissions(inbox, others).unwrap().is_empty(), "the folder is full");
    let drafts = house.run("Get-MailboxFolderPermission eve:\\Drafts | : User, AccessRights", &[]);
    let standing = store.permissions().unwrap().len();
    let done = house
        .run(&format!("Connect-Mailbox fred 'Mailbox Database' -User freda -RestoreSettings -AllowLegacyDNMismatch | : {ROWS}"), &[]);
    holds(&done, "Folder permission of eve:\\Inbox, Reviewer, False, ");
    holds(&done, "Folder permission of eve:\\Drafts, Reviewer, True, ");
    assert_eq!(store.permissions().unwrap().len(), standing + 1);
    let failure = house.run(
        "Search-AdminAuditLog -Cmdlets Connect-Mailbox -IsSuccess $false | : ObjectModified, Error",
        &[],
    );
    holds(&failure, "eve:\\Inbox, Folder permission of eve:\\Inbox did not follow: ");
    let changes = house.run("Get-AdminChange -Cmdlets Connect-Mailbox | : Identity, Undoable", &[]);
    let (number, undoable) = changes[0].split_once(", ").unwrap();
    assert_eq!((changes.len(), undoable), (1, "True"));
    assert_eq!(house.run(&format!("Undo-AdminChange {number} -Confirm:$false"), &[]), [""; 0]);
    assert_eq!(house.run("Get-MailboxFolderPermission eve:\\Drafts | : User, AccessRights", &[]), drafts);
    assert_eq!(store.permissions().unwrap().len(), standing);
}

#[test]
fn an_archive_comes_back_by_itself_and_keeps_the_name_that_somebody_gave_it() {
    let house = House::new();
    house.play(
        "
        PS> New-Mailbox ann -UserPrincipalName ann@contoso.com -Password (Pa55word-of-Joe) | : Name
        ann
        PS> Enable-Mailbox ann -Archive -ArchiveName 'My Arch' | : ArchiveName
        My Arch
        PS> Disable-Mailbox ann -Confirm:$false
        ",
    );
    let done = house
        .run(&format!("Connect-Mailbox ann 'Mailbox Database' -User ann -RestoreSettings | : {ROWS}"), &[]);
    holds(&done, "ArchiveName, My Arch, False, The archive is a mailbox of its own");
    house.play(
        "
        PS> Get-Mailbox ann | : ArchiveState, ArchiveName
        None, 
        PS> Connect-Mailbox 'My Arch' 'Mailbox Database' -Archive -User ann
        PS> Get-Mailbox ann | : ArchiveState, ArchiveName
        Local, My Arch
        PS> Disable-Mailbox ann -Archive -Confirm:$false
        ",
    );
    let guid = house.run("Get-Mailbox ann | : DisabledArchiveGuid", &[]).remove(0);
    house.run(&format!("Enable-Mailbox ann -ArchiveGuid {guid}"), &[]);
    house.play(
        "
        PS> Get-Mailbox ann | : ArchiveState, ArchiveName
        Local, My Arch
        ",
    );
}

/// What is done to folders and stores is in the list of changes, and of folders it is undone.
#[test]
fn changes_of_folders_are_listed_and_undone_and_those_of_stores_are_listed() {
    let house = of_eve_and_fred();
    house.play(
        "
        PS> Add-MailboxFolderPermission eve:\\Inbox -User fred -AccessRights Reviewer | : User
        fred
        PS> Set-MailboxFolderPermission eve:\\Inbox -User fred -AccessRights Editor
        PS> Get-AdminChange -ResultSize 1 | : Command, Targets, Undoable
        Set-MailboxFolderPermission, eve:\\Inbox, True
        PS> Get-AdminChange -ResultSize 1 | Undo-AdminChange -Confirm:$false
        PS> Get-MailboxFolderPermission eve:\\Inbox -User fred | : AccessRights
        Reviewer
        PS> Get-AdminChange -ResultSize 1 | Undo-AdminChange -Confirm:$false
        PS> Get-MailboxFolderPermission eve:\\Inbox -User fred | : AccessRights
        Editor
        PS> Remove-MailboxFolderPermission eve:\\Inbox -User fred -Confirm:$false
        PS> Get-AdminChange -ResultSize 1 -ObjectIds eve | Undo-AdminChange -Confirm:$false
        PS> Get-MailboxFolderPermission eve:\\Inbox -User fred | : AccessRights
        Editor
        # The first of them was built on.
        PS> Get-AdminChange -Cmdlets Add-MailboxFolderPermission | : Undoable
        False
        PS> Disable-Mailbox fred -Confirm:$false
        PS> Remove-StoreMailbox -Database 'Mailbox Database' -Identity fred -MailboxState Disabled -Confirm:$false
        PS> Get-AdminChange -ResultSize 1 | : Command, Undoable
        Remove-StoreMailbox, False
        PS> Dismount-Database 'Mailbox Database' -Confirm:$false
        PS> Get-AdminChange -ResultSize 1 | : Command, Targets, Undoable
        Dismount-Database, Mailbox Database, False
        ",
    );
}

#[test]
fn refusals_say_what_is_wrong() {
    let house = House::new();
    house.run("New-Mailbox ann -UserPrincipalName ann@contoso.com -Password (Pa55word-of-Joe)", &[]);
    let said = |line: &str| house.run(line, &[]).join("\n");
    for (line, id) in [
        (
            "New-ADTrust contoso.com -DomainController dc1.contoso.com",
            "InvalidValue: contoso.com is the own domain",
        ),
        (
            "New-ADTrust x.test -NetBiosName CONTOSO -DomainController dc1.x.test",
            "InvalidValue: CONTOSO is the own domain",
        ),
        ("New-ADTrust contoso.test -DomainController dc1.x.test", "InvalidValue: CONTOSO is the own domain"),
        ("Disable-Mailbox ann -Archive -RemoteArchive -Confirm:$false", "ERROR AmbiguousParameterSet: "),
        ("Set-Mailbox ann -Type Linked", "InvalidValue: A mailbox cannot be made a Linked: that is no type"),
    ] {
        let answer = said(line);
        assert!(answer.contains(id), "{line}: {answer}");
    }
}

/// Nothing here makes the state yet: a mailbox that a move left behind is restored from or removed, and never connected.
#[test]
fn what_a_move_left_behind_is_not_connected_but_restored_from_and_removed() {
    let house = House::new();
    house.run("New-Mailbox ann -UserPrincipalName ann@contoso.com -Password (Pa55word-of-Joe)", &[]);
    let database = house.mailboxes.directory().all(Class::MailboxDatabase)[0].guid();
    let open = house.mailboxes.store().database(database).unwrap();
    let left = Guid::random();
    let old = Description {
        display_name: "Old Ann".to_owned(),
        legacy_dn: "/o=Contoso/cn=oldann".to_owned(),
        owner: Guid::random(),
        kind: "UserMailbox".to_owned(),
        archive: false,
    };
    open.create_mailbox(left, &old).unwrap();
    open.disconnect(left, DisconnectReason::SoftDeleted, &Parting::default()).unwrap();
    house.play(
        "
        PS> Get-MailboxStatistics -Database 'Mailbox Database' -Filter 'DisconnectDate -ne $null' | : DisplayName, DisconnectReason
        Old Ann, SoftDeleted
        PS> New-ADUser bea
        PS> Connect-Mailbox 'Old Ann' 'Mailbox Database' -User bea
        ERROR MailboxSoftDeleted: The mailbox \"Old Ann[..] was left behind by a move (SoftDeleted) and cannot be connected.
        PS> Connect-Mailbox 'Old Ann' 'Mailbox Database' -ValidateOnly
        ERROR MailboxSoftDeleted: The mailbox \"Old Ann[..] was left behind by a move (SoftDeleted) and cannot be connected.
        PS> New-MailboxRestoreRequest -SourceDatabase 'Mailbox Database' -SourceStoreMailbox 'Old Ann' -TargetMailbox ann -AllowLegacyDNMismatch -Suspend | : Status
        Suspended
        PS> Get-MailboxRestoreRequest | Remove-MailboxRestoreRequest -Confirm:$false
        PS> Remove-StoreMailbox -Database 'Mailbox Database' -Identity 'Old Ann' -MailboxState Disabled -Confirm:$false
        ERROR MailboxStateDiffers: [..]
        ",
    );
    assert_eq!(open.statistics(left).unwrap().state, State::SoftDeleted);
    house.play(
        "
        PS> Remove-StoreMailbox -Database 'Mailbox Database' -Identity 'Old Ann' -MailboxState SoftDeleted -Confirm:$false
        PS> Get-MailboxStatistics -Database 'Mailbox Database' -Filter 'DisconnectDate -ne $null' | : DisplayName
        ",
    );
}
