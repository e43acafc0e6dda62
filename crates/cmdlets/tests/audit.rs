//! The record of who did what, as an administrator reads it.

mod house;

use gate::{Caller, Invocation};
use house::House;

#[test]
fn changes_refusals_and_effects_are_found() {
    House::new().play(
        "
        PS> New-Mailbox ann -UserPrincipalName ann@contoso.com -Password (Pa55word-of-Joe)
        ann, ann, srv1, Unlimited
        PS> Set-Mailbox ann -DisplayName 'Ann Berg' -EmailAddresses @{Add='a.berg@contoso.com'}
        PS> Set-Mailbox nobody -DisplayName x
        ERROR ManagementObjectNotFoundException: [..]
        PS> Dismount-Database 'Mailbox Database' -Confirm:$false
        PS> Mount-Database 'Mailbox Database'
        PS> Set-Mailbox ann -WhatIf -DisplayName 'not done'
        What if: [..]
        PS> Get-Mailbox ann | : Name
        ann
        PS> Search-AdminAuditLog | : Caller, CmdletName, ObjectModified, Succeeded, ClientIP
        NT AUTHORITY\\SYSTEM, Mount-Database, Mailbox Database, True, test
        NT AUTHORITY\\SYSTEM, Dismount-Database, Mailbox Database, True, test
        NT AUTHORITY\\SYSTEM, Set-Mailbox, nobody, False, test
        NT AUTHORITY\\SYSTEM, Set-Mailbox, contoso.com/Users/ann, True, test
        NT AUTHORITY\\SYSTEM, New-Mailbox, contoso.com/Users/ann, True, test
        NT AUTHORITY\\SYSTEM, Mount-Database, Mailbox Database, True, server
        NT AUTHORITY\\SYSTEM, first start, [..], True, server
        PS> Search-AdminAuditLog -ObjectIds ann -Cmdlets set-mailbox | : CmdletParameters, ModifiedProperties, Error
        DisplayName EmailAddresses Identity, DisplayName EmailAddresses,
        PS> Search-AdminAuditLog -IsSuccess $false | : ObjectModified, Error
        nobody, The operation couldn't be performed because object 'nobody' couldn't be found on 'SRV1.contoso.com'.
        PS> Search-AdminAuditLog -Cmdlets Set-Mailbox,New-Mailbox -Parameters Password | : CmdletName
        New-Mailbox
        PS> Search-AdminAuditLog -Parameters Password
        ERROR MissingMandatoryParameter: [..]
        PS> Search-AdminAuditLog -ResultSize 1 -StartIndex 1 | : CmdletName
        Dismount-Database
        PS> Search-AdminAuditLog -ResultSize 0
        ERROR InvalidValue: ResultSize must be between 1 and 250000.
        PS> Search-AdminAuditLog -StartDate 2030-01-01
        PS> Search-AdminAuditLog -UserIds nobody
        PS> Search-AdminAuditLog -ExternalAccess $true
        PS> Search-AdminAuditLog -ExternalAccess $false -UserIds 'nt authority\\system' -ResultSize 1 | : CmdletName
        Mount-Database
        PS> Write-AdminAuditLog 'why'
        ERROR [..]
        PS> Write-AdminAuditLog -Comment 'As agreed.'
        PS> Search-AdminAuditLog -Cmdlets Write-AdminAuditLog | : ObjectModified, CmdletParameters
        AdminAuditLog, Comment
        PS> Remove-Mailbox ann -Confirm:$false
        PS> Search-AdminAuditLog -ObjectIds contoso.com/Users/ann -ResultSize 1 | : CmdletName, ObjectModified
        Remove-Mailbox, contoso.com/Users/ann
        ",
    );
}

#[test]
fn how_long_it_is_kept_is_a_setting() {
    House::new().play(
        "
        PS> Get-AdminAuditLogConfig | : AdminAuditLogAgeLimit
        90.00:00:00
        PS> Set-AdminAuditLogConfig -AdminAuditLogAgeLimit 365.00:00:00
        PS> Get-AdminAuditLogConfig | : AdminAuditLogAgeLimit
        365.00:00:00
        PS> Set-AdminAuditLogConfig -Name x
        ERROR NotBuiltYet: [..]
        PS> Set-AdminAuditLogConfig -AdminAuditLogEnabled $false
        ERROR NotBuiltYet: [..]
        PS> Search-AdminAuditLog -ResultSize 1 -IsSuccess $true | : CmdletName, ModifiedProperties
        Set-AdminAuditLogConfig, AdminAuditLogAgeLimit
        ",
    );
}

#[test]
fn what_is_refused_before_it_runs_is_recorded_and_of_whoever_has_no_role_only_so_much() {
    let house = House::new();
    house.play(
        "
        PS> New-Mailbox ann -UserPrincipalName ann@contoso.com -Password (Pa55word-of-Joe)
        ann, ann, srv1, Unlimited
        ",
    );
    let ann = house.mailboxes.directory().account("ann@contoso.com").unwrap();
    let ann = Caller {
        name: "CONTOSO\\ann".into(),
        account: Some(ann.guid()),
        from: "192.0.2.7".into(),
        session: "s1".into(),
    };
    for (caller, invocation, id) in [
        (
            Caller::system("test"),
            Invocation::new("Set-Mailbox").with("Identity", "ann").with("Nonsense", 1),
            "NamedParameterNotFound",
        ),
        (ann.clone(), Invocation::new("Remove-Mailbox").with("Identity", "ann"), "AccessDenied"),
    ] {
        let refused = house.gate.begin(&caller, invocation).err().unwrap();
        assert_eq!(refused.id(), id);
    }
    house.play(
        "
        PS> Search-AdminAuditLog -IsSuccess $false | : Caller, CmdletName, ObjectModified, ClientIP, Error
        CONTOSO\\ann, Remove-Mailbox, ann, 192.0.2.7, CONTOSO\\ann may not run Remove-Mailbox: no role of theirs holds it.
        NT AUTHORITY\\SYSTEM, Set-Mailbox, ann, test, A parameter cannot be found that matches parameter name 'Nonsense'.
        ",
    );
    for _ in 0..200 {
        assert!(house.gate.begin(&ann, Invocation::new("Remove-Mailbox").with("Identity", "ann")).is_err());
    }
    let refused =
        |house: &House| house.run("Search-AdminAuditLog -IsSuccess $false -UserIds contoso\\ann", &[]).len();
    assert_eq!(refused(&house), 60, "the disk is not theirs to fill");
    house.clock.pass(std::time::Duration::from_secs(3_600));
    assert!(house.gate.begin(&ann, Invocation::new("Remove-Mailbox").with("Identity", "ann")).is_err());
    assert_eq!(refused(&house), 61);
}
