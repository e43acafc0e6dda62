//! Sessions of an administrator who gives and takes rights.

mod house;

use house::House;

/// A house with Ann, Ben, a shared mailbox that a script made, and a security group with Ben in it.
fn house() -> House {
    let house = House::new();
    house.play(
        "
        PS> New-Mailbox 'Ann Berg' -Alias ann -UserPrincipalName ann@contoso.com -Password (Pa55word-of-Joe) | : Alias
        ann
        PS> New-Mailbox ben -UserPrincipalName ben@contoso.com -Password (Pa55word-of-Joe) | : Alias
        ben
        PS> New-Mailbox -Shared -Name 'foo user' -Alias foo.user | : Alias
        foo.user
        ",
    );
    house
}

#[test]
fn full_access_is_given_shown_and_taken() {
    house().play(
        "
        PS> Add-MailboxPermission foo.user -User ann -AccessRights FullAccess -InheritanceType All
        contoso.com/Users/foo user, CONTOSO\\ann, FullAccess, False, False
        PS> Add-MailboxPermission foo.user -User ann -AccessRights FullAccess
        WARNING: The appropriate access control entry is already present on the object \"CN=foo user,CN=Users,DC=contoso,DC=com\" for account \"CONTOSO\\ann\".
        contoso.com/Users/foo user, CONTOSO\\ann, FullAccess, False, False
        PS> Get-MailboxPermission foo.user -User ann | : User, AccessRights, Deny, InheritanceType, IsInherited
        CONTOSO\\ann, FullAccess, False, All, False
        PS> Add-MailboxPermission foo.user -User ann -AccessRights ReadPermission,ChangeOwner | : AccessRights
        FullAccess ReadPermission ChangeOwner
        PS> Add-MailboxPermission foo.user -User ben -AccessRights 'FullAccess, DeleteItem' -Deny | : AccessRights, Deny
        FullAccess DeleteItem, True
        PS> Remove-MailboxPermission foo.user -User ben -AccessRights FullAccess -Confirm:$false
        WARNING: Can't remove the access control entry on the object \"CN=foo user,CN=Users,DC=contoso,DC=com\" for account \"CONTOSO\\ben\" because the ACE doesn't exist on the object.
        PS> Remove-MailboxPermission foo.user -User ben -AccessRights FullAccess,DeleteItem -Deny -Confirm:$false
        PS N> Remove-MailboxPermission foo.user -User ann -AccessRights FullAccess
        Confirm? Removing mailbox permission \"contoso.com/Users/foo user\" for user \"CONTOSO\\ann\" with access rights \"'FullAccess'\".
        PS> Remove-MailboxPermission foo.user -User Administrator -AccessRights FullAccess -Deny -Confirm:$false
        WARNING: An inherited access control entry has been specified: [Rights: FullAccess, ControlType: Deny] and was ignored on object \"CN=foo user,CN=Users,DC=contoso,DC=com\".
        PS> Get-MailboxPermission foo.user -User ann | Remove-MailboxPermission -Confirm:$false
        PS> Get-MailboxPermission foo.user -User ann
        PS> Add-MailboxPermission foo.user -User nobody -AccessRights FullAccess
        ERROR ManagementObjectNotFoundException: [..]'nobody'[..]
        PS> Add-MailboxPermission foo.user -User ann -AccessRights SendAs
        ERROR InvalidValue: To send as a mailbox is a right to the object, not to the mailbox.
        PS> Add-MailboxPermission foo.user -User ann -AccessRights Everything
        ERROR ParameterArgumentTransformationError: [..]
        PS> Remove-MailboxPermission foo.user -Confirm:$false
        ERROR MissingMandatoryParameter: [..]
        PS> Add-MailboxPermission foo.user -Owner ann
        contoso.com/Users/foo user, CONTOSO\\ann
        PS> Get-MailboxPermission foo.user -Owner
        contoso.com/Users/foo user, CONTOSO\\ann
        PS> Get-MailboxPermission ann -Owner | : Owner
        NT AUTHORITY\\SELF
        ",
    );
}

#[test]
fn a_mailbox_has_entries_that_nobody_made() {
    house().play(
        "
        PS> Get-MailboxPermission ann | : User, Deny, IsInherited, AccessRights
        NT AUTHORITY\\SELF, False, False, FullAccess ReadPermission
        CONTOSO\\Administrator, True, True, FullAccess
        CONTOSO\\Domain Admins, True, True, FullAccess
        CONTOSO\\Enterprise Admins, True, True, FullAccess
        CONTOSO\\Organization Management, True, True, FullAccess
        CONTOSO\\Administrator, False, True, FullAccess DeleteItem ReadPermission ChangePermission ChangeOwner
        CONTOSO\\Domain Admins, False, True, FullAccess DeleteItem ReadPermission ChangePermission ChangeOwner
        CONTOSO\\Enterprise Admins, False, True, FullAccess DeleteItem ReadPermission ChangePermission ChangeOwner
        CONTOSO\\Organization Management, False, True, FullAccess DeleteItem ReadPermission ChangePermission ChangeOwner
        NT AUTHORITY\\SYSTEM, False, True, FullAccess
        NT AUTHORITY\\NETWORK SERVICE, False, True, ReadPermission
        CONTOSO\\Exchange Servers, False, True, FullAccess ReadPermission
        CONTOSO\\Exchange Trusted Subsystem, False, True, DeleteItem ReadPermission ChangePermission ChangeOwner
        CONTOSO\\Managed Availability Servers, False, True, ReadPermission
        ",
    );
}

#[test]
fn send_as_is_given_by_either_noun() {
    house().play(
        "
        PS> Add-ADPermission -Identity 'foo user' -User ann -ExtendedRights 'Send As' | : Identity, User, Deny, IsInherited, ExtendedRights, AccessRights
        contoso.com/Users/foo user, CONTOSO\\ann, False, False, Send-As, ExtendedRight
        PS> Add-ADPermission 'foo user' -User ben -AccessRights ExtendedRight -ExtendedRights Send-As,Receive-As | : ExtendedRights
        Send-As
        Receive-As
        PS> Get-RecipientPermission foo.user -Trustee ben
        contoso.com/Users/foo user, CONTOSO\\ben, Allow, SendAs, False
        PS> Remove-RecipientPermission foo.user -AccessRights SendAs -Trustee ben -Confirm:$false
        PS> Remove-RecipientPermission foo.user -AccessRights SendAs -Trustee ben -Confirm:$false
        WARNING: Can't remove the access control entry[..]
        PS> Get-ADPermission 'foo user' -User ben | : ExtendedRights
        Receive-As
        PS> Add-RecipientPermission foo.user -AccessRights SendAs -Trustee ben -Confirm:$false
        contoso.com/Users/foo user, CONTOSO\\ben, Allow, SendAs, False
        PS> Remove-MailboxPermission foo.user -User ben -AccessRights SendAs -Confirm:$false
        PS> Get-RecipientPermission foo.user -Trustee ben
        PS> Get-ADPermission foo.user
        ERROR ManagementObjectNotFoundException: The operation couldn't be performed because object 'foo.user' couldn't be found on [..]
        PS> Remove-ADPermission 'foo user' -User ann -ExtendedRights 'send as' -Confirm:$false
        PS> Get-ADPermission 'foo user' -User ann
        PS> Add-ADPermission 'foo user' -User ann -AccessRights GenericAll -Deny | : AccessRights, Deny
        GenericAll, True
        PS> Add-ADPermission 'foo user' -User ann -AccessRights ReadProperty,WriteProperty -Properties 'Personal-Information' | : AccessRights, Properties
        ReadProperty WriteProperty, Personal-Information
        PS> Add-ADPermission 'foo user' -User ann -AccessRights ReadProperty -ChildObjectTypes user
        ERROR ParametersExclude: [..]
        PS> Add-ADPermission 'foo user' -User ann -ExtendedRights 'Send Everything'
        ERROR InvalidValue: The extended right 'Send Everything' couldn't be found.
        PS> Add-ADPermission 'foo user' -User ann
        ERROR MissingMandatoryParameter: [..]
        PS> Add-ADPermission 'Mailbox Database' -User ben -ExtendedRights Receive-As | : Identity
        Mailbox Database
        PS> Get-EffectivePermission -Trustee ben -Mailbox ann
        contoso.com/Users/Ann Berg, CONTOSO\\ben, FullAccess, direct,
        ",
    );
}

#[test]
fn on_behalf_is_a_list_of_the_mailbox() {
    house().play(
        "
        PS> Set-Mailbox foo.user -GrantSendOnBehalfTo ann,ben
        PS> Get-Mailbox foo.user | : GrantSendOnBehalfTo
        contoso.com/Users/Ann Berg contoso.com/Users/ben
        PS> Get-EffectivePermission foo.user | : Trustee, Right, Through
        CONTOSO\\ann, SendOnBehalf, direct
        CONTOSO\\ben, SendOnBehalf, direct
        PS> Set-Mailbox foo.user -GrantSendOnBehalfTo @{Remove='ann'}
        PS> Get-Mailbox foo.user | : GrantSendOnBehalfTo
        contoso.com/Users/ben
        PS> Set-Mailbox foo.user -GrantSendOnBehalfTo @{Add='ann'}
        PS> Set-Mailbox foo.user -GrantSendOnBehalfTo $null
        PS> Get-EffectivePermission foo.user
        PS> Set-Mailbox foo.user -GrantSendOnBehalfTo nobody
        ERROR ManagementObjectNotFoundException: [..]
        ",
    );
}

#[test]
fn on_behalf_needs_an_address_and_is_of_others() {
    house().play(
        "
        PS> New-DistributionGroup Staff -Type Security | : Alias
        Staff
        PS> New-DistributionGroup Plain | : Alias
        Plain
        PS> New-DynamicDistributionGroup Everybody -IncludedRecipients AllRecipients | : Alias
        Everybody
        PS> New-MailContact -Name Lee -ExternalEmailAddress lee@far.example | : Alias
        Lee
        PS> Set-Mailbox foo.user -GrantSendOnBehalfTo ann,Staff,Plain
        PS> Set-Mailbox foo.user -GrantSendOnBehalfTo foo.user
        ERROR InvalidChange: foo user cannot be let send on behalf of itself.
        PS> Set-Mailbox foo.user -GrantSendOnBehalfTo @{Add='foo.user'}
        ERROR InvalidChange: [..]
        PS> Set-DistributionGroup Staff -GrantSendOnBehalfTo Staff
        ERROR InvalidChange: [..]
        PS> Set-Mailbox foo.user -GrantSendOnBehalfTo @{Add='Organization Management'}
        ERROR ManagementObjectNotFoundException: [..]'Organization Management'[..]
        PS> Set-Mailbox foo.user -GrantSendOnBehalfTo @{Add='Everybody'}
        ERROR ManagementObjectNotFoundException: [..]'Everybody'[..]
        PS> Set-Mailbox foo.user -GrantSendOnBehalfTo @{Add='Lee'}
        ERROR ManagementObjectNotFoundException: [..]'Lee'[..]
        PS> Get-ADUser ann -Properties publicDelegatesBL | : publicDelegatesBL
        CN=foo user,CN=Users,DC=contoso,DC=com
        PS> Get-ADUser -Filter \"publicDelegatesBL -like '*'\" | : Name
        Ann Berg
        PS> Get-ADObject Staff -Properties publicDelegatesBL | : publicDelegatesBL
        CN=foo user,CN=Users,DC=contoso,DC=com
        # What was let in and has no address now can still be taken out.
        PS> Disable-DistributionGroup Plain -Confirm:$false
        PS> Set-Mailbox foo.user -GrantSendOnBehalfTo @{Remove='Plain'}
        PS> Get-Mailbox foo.user | : GrantSendOnBehalfTo
        contoso.com/Users/Ann Berg contoso.com/Users/Staff
        PS> Set-Mailbox foo.user -GrantSendOnBehalfTo @{Remove='Plain'}
        ERROR ManagementObjectNotFoundException: [..]
        ",
    );
}

#[test]
fn automapping_follows_the_rights_and_can_be_switched() {
    house().play(
        "
        PS> Add-MailboxPermission foo.user -User ann -AccessRights FullAccess | : User
        CONTOSO\\ann
        PS> Add-MailboxPermission foo.user -User ben -AccessRights FullAccess -AutoMapping $false | : User
        CONTOSO\\ben
        PS> Get-ADUser foo.user -Properties msExchDelegateListLink | : msExchDelegateListLink
        CN=Ann Berg,CN=Users,DC=contoso,DC=com
        PS> Get-ADUser ann -Properties msExchDelegateListBL | : msExchDelegateListBL
        CN=foo user,CN=Users,DC=contoso,DC=com
        PS> Get-ADUser -Filter \"msExchDelegateListLink -like '*'\" | : Name
        foo user
        PS> Get-ADUser -LDAPFilter '(msExchDelegateListLink=*)' | : Name
        foo user
        PS> Get-ADUser -Filter \"msExchDelegateListLink -notlike '*' -and msExchDelegateListBL -like '*'\" | : Name
        Ann Berg
        PS> Get-Mailbox -Filter \"GrantSendOnBehalfTo -like '*'\"
        PS> Get-ADUser -Filter \"msExchDelegateListLink -like '*Ann*'\"
        ERROR InvalidFilter: [..]
        # Giving again what is there changes nothing: the switch does.
        PS> Add-MailboxPermission foo.user -User ann -AccessRights FullAccess -AutoMapping $false | : User
        WARNING: The appropriate access control entry is already present[..]
        CONTOSO\\ann
        PS> Get-ADUser foo.user -Properties msExchDelegateListLink | : msExchDelegateListLink
        CN=Ann Berg,CN=Users,DC=contoso,DC=com
        PS> Set-MailboxPermission foo.user -User ann -AutoMapping $false
        PS> Set-MailboxPermission foo.user -User ann -AutoMapping $false
        WARNING: Automapping of mailbox \"contoso.com/Users/foo user\" for \"Ann Berg\" was off already.
        PS> Set-MailboxPermission foo.user -User ben -AutoMapping $true
        PS> Get-ADUser foo.user -Properties msExchDelegateListLink | : msExchDelegateListLink
        CN=ben,CN=Users,DC=contoso,DC=com
        PS> Get-MailboxPermission foo.user -User ann | : AccessRights
        FullAccess
        PS> Set-MailboxPermission foo.user -User ann -AccessRights FullAccess
        ERROR NamedParameterNotFound: Set-MailboxPermission changes AutoMapping only, not AccessRights.
        PS> Set-MailboxPermission foo.user -User ann
        ERROR MissingMandatoryParameter: [..]
        PS> Remove-MailboxPermission foo.user -User ben -AccessRights FullAccess -Confirm:$false
        PS> Get-ADUser foo.user -Properties msExchDelegateListLink | : Name, msExchDelegateListLink
        foo user,
        # Other rights, denials and groups map nobody unless that is written out.
        PS> Add-MailboxPermission foo.user -User ben -AccessRights ReadPermission | : User
        CONTOSO\\ben
        PS> Add-MailboxPermission foo.user -User 'Organization Management' -AccessRights FullAccess | : Deny
        False
        PS> Add-MailboxPermission ann -User ben -AccessRights FullAccess -Deny -AutoMapping $true | : Deny
        True
        PS> Get-ADUser ben -Properties msExchDelegateListBL | : Name, msExchDelegateListBL
        ben,
        PS> Get-ADUser ben -Properties PasswordHash
        ERROR UnknownAttribute: [..]
        PS> Remove-MailboxPermission foo.user -ResetDefault -Confirm:$false
        PS> Get-EffectivePermission -Mailbox foo.user
        ",
    );
}

#[test]
fn who_can_reach_what_is_told_with_the_way() {
    house().play(
        "
        PS> Add-MailboxPermission foo.user -User 'Help Desk' -AccessRights FullAccess | : User
        CONTOSO\\Help Desk
        PS> Add-MailboxPermission foo.user -User 'Organization Management' -AccessRights FullAccess | : User
        CONTOSO\\Organization Management
        PS> Add-MailboxPermission ann -User Administrator -AccessRights FullAccess -Deny | : User
        CONTOSO\\Administrator
        PS> Add-MailboxPermission ann -User Administrator -AccessRights FullAccess | : User
        CONTOSO\\Administrator
        PS> Get-EffectivePermission -Trustee Administrator
        contoso.com/Users/Ann Berg, CONTOSO\\Administrator, FullAccess, direct, CONTOSO\\Administrator
        contoso.com/Users/foo user, CONTOSO\\Administrator, FullAccess, Organization Management,
        PS> Get-EffectivePermission foo.user
        contoso.com/Users/foo user, CONTOSO\\Administrator, FullAccess, Organization Management,
        PS> Get-EffectivePermission
        ERROR [..]
        ",
    );
}

#[test]
fn folders_are_shared_by_roles_and_single_rights() {
    house().play(
        "
        PS> Get-MailboxFolderPermission ann:\\Calendar
        Calendar, Default, AvailabilityOnly
        Calendar, Anonymous, None
        PS> Add-MailboxFolderPermission ann:\\Inbox -User ben -AccessRights Reviewer
        Inbox, ben, Reviewer
        PS> Add-MailboxFolderPermission ann:\\Inbox -User ben -AccessRights Author
        ERROR UserAlreadyExistsInPermissionEntryException: An existing permission entry was found for user: ben.
        PS> Set-MailboxFolderPermission ann:\\Inbox -User ben -AccessRights CreateItems,ReadItems
        PS> Set-MailboxFolderPermission ann@contoso.com:\\Inbox -User Default -AccessRights Contributor
        PS> Get-MailboxFolderPermission -Identity ann:/inbox | : User, AccessRights, Identity
        Default, Contributor, ann:\\Inbox
        Anonymous, None, ann:\\Inbox
        ben, ReadItems CreateItems, ann:\\Inbox
        PS> Set-MailboxFolderPermission ann:\\Inbox -User foo.user -AccessRights Owner
        ERROR UserNotFoundInPermissionEntryException: There is no existing permission entry found for user: foo user.
        PS> Add-MailboxFolderPermission ann:\\Inbox -User foo.user -AccessRights LimitedDetails
        ERROR InvalidValue: AvailabilityOnly and LimitedDetails are for calendars, and Inbox is not a calendar.
        PS> Add-MailboxFolderPermission ann:\\Nowhere -User ben -AccessRights Owner
        ERROR ManagementObjectNotFoundException: The operation couldn't be performed because 'ann:\\Nowhere' couldn't be found.
        PS> Remove-MailboxFolderPermission ann:\\Inbox -User Default -Confirm:$false
        ERROR InvalidChange: The entry of Default can't be removed.
        PS> Add-MailboxFolderPermission ann:\\ -User ben -AccessRights FolderVisible
        Top of Information Store, ben, FolderVisible
        PS N> Remove-MailboxFolderPermission ann:\\Inbox -User ben
        Confirm? Removing mailbox folder permission on \"ann:\\Inbox\" for user \"ben\".
        PS> Remove-MailboxFolderPermission ann:\\Inbox -User ben -Confirm:$false
        PS> Get-MailboxFolderPermission ann:\\Inbox -User ben
        ERROR UserNotFoundInPermissionEntryException: [..]
        PS> Add-MailboxFolderPermission ann:\\Drafts -User ben -AccessRights Editor | : User
        ben
        PS> Remove-Mailbox ben -Confirm:$false
        PS> Get-MailboxFolderPermission ann:\\Drafts | : User
        Default
        Anonymous
        S-1-5-21-[..]
        PS> Get-MailboxFolder ann:\\Inbox
        Inbox, ann:\\Inbox, False
        PS> Get-MailboxFolder ann: -GetChildren -MailFolderOnly -ResultSize 2 | : Name, FolderPath, DefaultFolderType
        Inbox, \\Inbox, Inbox
        Sent Items, \\Sent Items, SentItems
        WARNING: There are more results available than are currently displayed. To view them, increase the value for the ResultSize parameter.
        PS> Get-MailboxFolder nobody:\\Inbox
        ERROR ManagementObjectNotFoundException: [..]
        ",
    );
}

#[test]
fn a_shared_mailbox_is_made_with_all_that_belongs_to_it_in_one_step() {
    house().play(
        "
        PS> New-Mailbox -Shared -Name Sales -FullAccess ann,ben -SendAs ann,ben -SentCopies | : Name, MessageCopyForSentAsEnabled, MessageCopyForSendOnBehalfEnabled
        Sales, True, True
        PS> Get-EffectivePermission Sales | : Trustee, Right
        CONTOSO\\ann, FullAccess
        CONTOSO\\ann, SendAs
        CONTOSO\\ben, FullAccess
        CONTOSO\\ben, SendAs
        PS> Get-ADUser Sales -Properties msExchDelegateListLink | : msExchDelegateListLink
        CN=Ann Berg,CN=Users,DC=contoso,DC=com CN=ben,CN=Users,DC=contoso,DC=com
        # Nobody of that name: nothing is made.
        PS> New-Mailbox -Shared -Name Support -FullAccess ann,nobody
        ERROR ManagementObjectNotFoundException: [..]'nobody'[..]
        PS> Get-Mailbox Support
        ERROR ManagementObjectNotFoundException: [..]
        PS> New-Mailbox -Room -Name 'Room 9' -FullAccess ann
        ERROR AmbiguousParameterSet: [..]
        PS> New-Mailbox -Shared -Name Support -FullAccess ann -WhatIf
        What if: Creating mailbox \"Support\".
        ",
    );
}

#[test]
fn of_many_who_add_an_entry_at_once_one_does() {
    let house = house();
    for round in 0..20 {
        let start = std::sync::Barrier::new(4);
        let added = std::thread::scope(|scope| {
            let add = |role: &'static str| {
                let (house, start) = (&house, &start);
                scope.spawn(move || {
                    start.wait();
                    let line =
                        format!("Add-MailboxFolderPermission ann:\\Inbox -User ben -AccessRights {role}");
                    let said = house.run(&line, &[]);
                    assert_eq!(said.len(), 1, "{said:?}");
                    let refused = said[0].starts_with("ERROR UserAlreadyExistsInPermissionEntryException");
                    (!refused).then_some(role)
                })
            };
            let all = ["Reviewer", "Author", "Editor", "Owner"].map(add);
            all.into_iter().filter_map(|one| one.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(added.len(), 1, "round {round}: {added:?}");
        let shown = house.run("Get-MailboxFolderPermission ann:\\Inbox -User ben | : AccessRights", &[]);
        assert_eq!(shown, added, "what was said to be there is there");
        house.run("Remove-MailboxFolderPermission ann:\\Inbox -User ben -Confirm:$false", &[]);
    }
}

#[test]
fn roles_are_assigned_by_name_to_users_too_and_switched_off() {
    house().play(
        "
        PS> New-ManagementScope Bonn -RecipientRestrictionFilter \"City -eq 'Bonn'\" | : Name
        Bonn
        PS> New-RoleGroup 'Bonn Desk' -Roles Databases,MyBaseOptions -Members ben -CustomRecipientWriteScope Bonn | : Name, Roles
        Bonn Desk, Databases MyBaseOptions
        PS> Get-ManagementRoleAssignment -RoleAssignee 'Bonn Desk' | : Name, RecipientWriteScope, CustomRecipientWriteScope
        Databases-Bonn Desk, CustomRecipientScope, Bonn
        MyBaseOptions-Bonn Desk, Self,
        PS> New-RoleGroup 'No Desk' -RecipientOrganizationalUnitScope Users
        ERROR ParametersExclude: [..]
        PS> New-ManagementRoleAssignment 'Ben: for now' -Role 'View-Only Recipients' -User ben | : Name, RoleAssigneeType, AssignmentMethod, EffectiveUserName
        Ben: for now, User, Direct, ben
        PS> New-ManagementRoleAssignment 'ben: FOR now' -Role 'Mail Recipients' -User ben
        ERROR ADObjectAlreadyExistsException: There is an assignment 'Ben: for now' already.
        PS> New-ManagementRoleAssignment Again -Role 'View-Only Recipients' -User ben
        ERROR ADObjectAlreadyExistsException: There is an assignment 'Ben: for now' already.
        PS> New-ManagementRoleAssignment -Role 'View-Only Recipients' -SecurityGroup 'Bonn Desk' -Delegating | : Name, RoleAssignmentDelegationType
        View-Only Recipients-Bonn Desk-Delegating, DelegatingOrgWide
        PS> New-ManagementRoleAssignment -Role 'View-Only Recipients' -SecurityGroup 'Bonn Desk' | : Name
        View-Only Recipients-Bonn Desk
        PS> New-ManagementRoleAssignment -Role Databases -User ann -Delegating -CustomRecipientWriteScope Bonn
        ERROR ParametersExclude: [..]
        PS> Set-ManagementRoleAssignment 'Ben: for now' -Enabled $false
        PS> Get-ManagementRoleAssignment -Enabled $false | : Name, Enabled
        Ben: for now, False
        PS> Set-ManagementRoleAssignment 'Ben: for now' -CustomRecipientWriteScope Bonn
        PS> Get-ManagementRoleAssignment 'Ben: for now' | : Enabled, RecipientWriteScope
        False, CustomRecipientScope
        PS> Remove-ManagementScope Bonn -Confirm:$false
        ERROR InvalidChange: [..]
        PS> Set-ManagementRoleAssignment 'Role Management-Organization Management' -Enabled $false
        ERROR InvalidChange: The role assignment 'Role Management-Organization Management' must stay.
        PS> Set-ManagementRoleAssignment 'Ben: for now' -Enabled $true
        PS> Remove-ManagementRoleAssignment 'Ben: for now' -Confirm:$false
        PS> Get-ManagementRoleAssignment -RoleAssigneeType User
        PS> New-ManagementRoleAssignment -Role 'View-Only Recipients' -User ben | : Name, Enabled
        View-Only Recipients-ben, True
        PS> New-ManagementRoleAssignment -Role 'Mail Recipients' -Computer srv1
        ERROR NotBuiltYet: [..]
        ",
    );
}

#[test]
fn assignments_are_found_by_what_they_are_and_roles_by_what_they_are_parts_of() {
    house().play(
        "
        PS> New-DistributionGroup Inner -Type Security -Members ben | : Name
        Inner
        PS> New-ManagementRole Rooms -Parent 'Mail Recipients' | : Name
        Rooms
        PS> New-ManagementRole 'Small Rooms' -Parent Rooms -EnabledCmdlets Get-Mailbox,Set-Mailbox | : Name
        Small Rooms
        PS> Get-ManagementRole 'Mail Recipients' -GetChildren | : Name
        Rooms
        PS> Get-ManagementRole 'Mail Recipients' -Recurse | : Name
        Mail Recipients
        Rooms
        Small Rooms
        PS> Get-ManagementRole 'Small Rooms' -GetChildren
        PS> Get-ManagementRole 'Big Rooms' -Recurse
        ERROR ManagementObjectNotFoundException: [..]
        PS> Get-ManagementRole *rooms -Cmdlet Set-Mailbox -CmdletParameters Office,Identity | : Name
        Rooms
        Small Rooms
        PS> Get-ManagementRole *rooms -Cmdlet Set-Mailbox -CmdletParameters Nothing
        PS> Get-ManagementRole *rooms -RoleType MailRecipients | : Name
        Rooms
        Small Rooms
        PS> Get-ManagementRole -CmdletParameters Office
        ERROR MissingMandatoryParameter: [..]
        PS> New-ManagementScope Bonn -RecipientRestrictionFilter \"City -eq 'Bonn'\" | : Name
        Bonn
        PS> Set-User ann -City Bonn
        PS> New-RoleGroup 'Bonn Desk' -Roles Rooms -Members Inner,ann -CustomRecipientWriteScope Bonn | : Name
        Bonn Desk
        PS> Get-ManagementRoleAssignment -Role Rooms -GetEffectiveUsers | : EffectiveUserName, AssignmentMethod, AssignmentChain
        Ann Berg, RoleGroup, Bonn Desk
        ben, RoleGroup, Bonn Desk\\Inner
        PS> Get-ManagementRoleAssignment -CustomRecipientWriteScope Bonn | : Name
        Rooms-Bonn Desk
        PS> Get-ManagementRoleAssignment -RecipientWriteScope CustomRecipientScope | : Name
        Rooms-Bonn Desk
        PS> Get-ManagementRoleAssignment -Role Rooms -WritableRecipient ann | : Name
        Rooms-Bonn Desk
        PS> Get-ManagementRoleAssignment -Role Rooms -WritableRecipient ben
        # What people may do with what is theirs: a group is its owners', if they hold the role.
        PS> New-ManagementRoleAssignment -Role MyDistributionGroups -Policy 'Default Role Assignment Policy' | : Role
        MyDistributionGroups
        PS> New-DistributionGroup Owned -ManagedBy ben | : Name
        Owned
        PS> New-DistributionGroup Other -ManagedBy ann | : Name
        Other
        PS> Set-Mailbox ann -RoleAssignmentPolicy $null
        PS> Get-ManagementRoleAssignment -Role MyDistributionGroups -WritableRecipient Owned | : Role
        MyDistributionGroups
        PS> Get-ManagementRoleAssignment -Role MyDistributionGroups -WritableRecipient Other
        PS> Get-ManagementRoleAssignment -Role MyBaseOptions -WritableRecipient ben | : Role
        MyBaseOptions
        PS> Get-ManagementRoleAssignment -Role MyBaseOptions -WritableRecipient ann
        PS> Get-ManagementRoleAssignment -Role Rooms -AssignmentMethod Direct,RoleAssignmentPolicy
        PS> Get-ManagementRoleAssignment -Role Rooms -AssignmentMethod RoleGroup -Exclusive $false -Delegating $false | : Name
        Rooms-Bonn Desk
        PS> Get-ManagementRoleAssignment -WritableServer srv1
        ERROR NotBuiltYet: [..]
        ",
    );
}
