//! `Connect-Mailbox -RestoreSettings`: what comes back, what cannot, and why.

mod house;

use house::House;

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
    let done = house.run(&format!("{line} | : {ROWS}"), &[]);
    for wanted in [
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
        SMTP:anna@contoso.com smtp:ann@contoso.com smtp:a.berg@contoso.com, 2 GB (2,147,483,648 bytes), contoso.com/Users/ben
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
