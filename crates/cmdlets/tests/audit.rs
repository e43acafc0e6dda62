//! The record of who did what, as an administrator reads it.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod house;

use directory::{Allowance, Class, JobQuery, NewJob, Runner};
use gate::{Caller, Invocation};
use house::House;
use object::Author;
use object::types::Guid;
use std::sync::Arc;

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
        (ann.clone(), Invocation::new("Remove-Mailbox").with("Identity", "ann"), "CommandNotFoundException"),
    ] {
        let refused = house.gate.begin(&caller, invocation).err().unwrap();
        assert_eq!(refused.id(), id);
    }
    house.play(
        "
        PS> Search-AdminAuditLog -IsSuccess $false | : Caller, CmdletName, ObjectModified, ClientIP, Error
        CONTOSO\\ann, Remove-Mailbox, ann, 192.0.2.7, The term 'Remove-Mailbox' is not recognized as the name of a cmdlet, function, script file, or operable program.
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

#[test]
fn changes_are_listed_and_undone() {
    House::new().play(
        "
        PS> New-Mailbox ann -UserPrincipalName ann@contoso.com -Password (Pa55word-of-Joe)
        ann, ann, srv1, Unlimited
        PS> Set-Mailbox ann -DisplayName 'Ann Berg' -EmailAddresses @{Add='a.berg@contoso.com'}
        PS> Set-Mailbox ann -DisplayName 'Ann Berger'
        PS> Set-Mailbox nobody -DisplayName x
        ERROR ManagementObjectNotFoundException: [..]
        PS> Get-AdminChange | : Command, Targets, Undoable
        Set-Mailbox, contoso.com/Users/ann, True
        Set-Mailbox, contoso.com/Users/ann, False
        New-Mailbox, contoso.com/Users/ann, False
        Mount-Database, Mailbox Database, False
        first start, [..], False
        PS> Get-AdminChange -ObjectIds ann -Cmdlets New-Mailbox | : UndoObstacle
        Change 3 (New-Mailbox) can't be undone: DisplayName, EmailAddresses of contoso.com/Users/ann is different by now. Undo first what came later: change 5 (Set-Mailbox by NT AUTHORITY\\SYSTEM); change 4 (Set-Mailbox by NT AUTHORITY\\SYSTEM).
        PS> Undo-AdminChange 4 -Confirm:$false
        ERROR ChangeBuiltOn: Change 4 (Set-Mailbox) can't be undone: DisplayName of contoso.com/Users/ann is different by now.
        PS> Undo-AdminChange 5 -WhatIf
        What if: Undoing change 5 (Set-Mailbox by NT AUTHORITY\\SYSTEM); this is put back: DisplayName of contoso.com/Users/ann.
        PS> Undo-AdminChange 5
        Confirm? Undoing change 5 [..]
        ERROR ConfirmationRequired: [..]
        PS> Get-AdminChange -ObjectIds ann -ResultSize 2 | Undo-AdminChange -Confirm:$false
        PS> Get-Mailbox ann | : DisplayName, EmailAddresses
        ann, SMTP:ann@contoso.com
        PS> Get-AdminChange -ObjectIds ann -Cmdlets Undo-AdminChange | : Command, Undoable
        Undo-AdminChange, True
        Undo-AdminChange, False
        PS> Undo-AdminChange 1 -Confirm:$false
        ERROR ChangeNotUndoable: [..]
        PS> Undo-AdminChange 4000 -Confirm:$false
        ERROR AdminChangeNotFound: The record of changes has no entry 4000.
        ",
    );
}

#[test]
fn a_removed_mailbox_comes_back_whole() {
    House::new().play(
        "
        PS> New-Mailbox ann -UserPrincipalName ann@contoso.com -Password (Pa55word-of-Joe)
        ann, ann, srv1, Unlimited
        PS> New-Mailbox ben -UserPrincipalName ben@contoso.com -Password (Pa55word-of-Joe)
        ben, ben, srv1, Unlimited
        PS> Set-Mailbox ben -GrantSendOnBehalfTo ann
        PS> Set-User ben -Manager ann
        PS> Set-Mailbox ann -EmailAddresses @{Add='a.berg@contoso.com'} -UseDatabaseQuotaDefaults $false -ProhibitSendQuota 2GB
        PS> Remove-Mailbox ann -Confirm:$false
        PS> Get-Mailbox ben | : GrantSendOnBehalfTo, Alias
        , ben
        PS> Get-User ben | : Manager, Name
        , ben
        PS> Get-MailboxStatistics -Database 'Mailbox Database' | : DisplayName, DisconnectReason
        ann, Disabled
        ben,
        PS> Get-AdminChange -Cmdlets Remove-Mailbox | Undo-AdminChange -Confirm:$false
        PS> Get-Mailbox ann | : Name, EmailAddresses, ProhibitSendQuota, AccountDisabled
        ann, SMTP:ann@contoso.com smtp:a.berg@contoso.com, 2 GB (2,147,483,648 bytes), False
        PS> Get-Mailbox ben | : GrantSendOnBehalfTo, Alias
        contoso.com/Users/ann, ben
        PS> Get-User ben | : Manager, Name
        contoso.com/Users/ann, ben
        PS> Get-MailboxStatistics -Database 'Mailbox Database' | : DisplayName, DisconnectReason
        ann,
        ben,
        # Undoing the undoing removes it again; and once more.
        PS> Get-AdminChange -ResultSize 1 | Undo-AdminChange -Confirm:$false
        PS> Get-Mailbox ann
        ERROR ManagementObjectNotFoundException: [..]
        PS> Get-AdminChange -ResultSize 1 | Undo-AdminChange -Confirm:$false
        PS> Get-MailboxStatistics ann | : DisplayName, DisconnectReason
        ann,
        # Disabled and given to somebody else: that was built on it.
        PS> Disable-Mailbox ann -Confirm:$false
        PS> Disable-Mailbox ben -Confirm:$false
        PS> Connect-Mailbox ann 'Mailbox Database' -User ben
        PS> Get-AdminChange -Cmdlets Disable-Mailbox -ObjectIds ann | : UndoObstacle
        The mailbox [..] belongs to \"ben\" by now. Run Disable-Mailbox \"ben\" first, or undo the change that connected it.
        PS> Get-AdminChange -ResultSize 1 | Undo-AdminChange -Confirm:$false
        PS> Get-AdminChange -Cmdlets Disable-Mailbox -ObjectIds ben | Undo-AdminChange -Confirm:$false
        PS> Get-MailboxStatistics ben | : DisplayName, DisconnectReason
        ben,
        # Ben had it for a moment.
        PS> Get-AdminChange -Cmdlets Disable-Mailbox -ObjectIds ann | Undo-AdminChange -Confirm:$false
        WARNING: The mailbox belonged to \"ben\" meanwhile; what came in then is in it.
        PS> Get-MailboxStatistics ann | : DisplayName, DisconnectReason
        ann,
        PS> Remove-Mailbox ann -Permanent $true -Confirm:$false
        # What was done in the store comes first, then what was done in the directory.
        PS> Get-AdminChange -Cmdlets Remove-Mailbox -ResultSize 2 | Undo-AdminChange -Confirm:$false
        ERROR ChangeNotUndoable: Change [..] (Remove-Mailbox) was done to ann ([..]) in its store, where nothing of it is left.
        ERROR ChangeBuiltOn: The mailbox [..] is purged, so it can't be given back.
        ",
    );
}

/// A server that dies between the rows of a request and the note of them runs these again: what was done is in their way, and
/// still they count as done; what was refused is refused.
#[test]
fn rows_of_a_request_that_ran_unnoted_count_as_done() {
    let house = House::new();
    let directory = house.mailboxes.directory().clone();
    let rows = "[[\"x1\",\"true\"],[\"x2\",\"true\"],[\"x1\",\"true\"]]".to_owned();
    let new = NewJob {
        kind: "Bulk",
        name: "people".to_owned(),
        about: Guid::EMPTY,
        task: "{\"v\":1,\"cmdlet\":\"New-Mailbox\",\"columns\":[\"Name\",\"Shared\"],\"rows\":3,\
               \"validateOnly\":false,\"password\":null}"
            .to_owned(),
        suspended: None,
        priority: 0,
        kept: None,
    };
    let author = Author::new("NT AUTHORITY\\SYSTEM", "New-BulkRequest");
    let job = directory.new_job_of_parts(&author, new, vec![rows]).unwrap();
    let works = mailstead_cmdlets::works(&house.mailboxes, &Arc::new(house.gate));
    let work = works.iter().find(|work| work.kind() == "Bulk").unwrap();
    // A slice ends when its time is over, however little it did.
    let (mut at, mut refused) = (job.clone(), 0);
    loop {
        let lost = work.slice(&at, &mut Allowance::default()).unwrap();
        at.done += lost.done;
        refused += lost.results.iter().filter(|one| one.fault.is_some()).count();
        if at.done == 3 {
            break;
        }
        at.cursor = lost.cursor;
    }
    assert_eq!(refused, 1);
    Runner::new(directory.clone(), works).run_all().unwrap();
    let ended = directory.jobs(&JobQuery::default()).unwrap().remove(0);
    assert_eq!((ended.done, ended.faults), (3, 1));
    let results = directory.job_results(ended.guid).unwrap();
    let faults: Vec<bool> = results.iter().map(|one| one.fault.is_some()).collect();
    assert_eq!(faults, [false, false, true], "{results:?}");
    let made = directory.all(Class::User).into_iter().filter(|user| user.name().starts_with('x')).count();
    assert_eq!(made, 2);
}
