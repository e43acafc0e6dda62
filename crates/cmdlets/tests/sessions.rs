//! Sessions of an administrator against a house in memory.

mod house;

use house::House;

#[test]
fn a_mailbox_lives() {
    House::new().play(
        "
        PS> New-Mailbox 'John Evans' -UserPrincipalName john@contoso.com -Password (Pa55word-of-Joe) -WhatIf
        What if: Creating mailbox \"John Evans\".
        PS> Get-Mailbox
        PS> New-Mailbox 'John Evans' -UserPrincipalName john@contoso.com -Password (Pa55word-of-Joe)
        John Evans, john, srv1, Unlimited
        PS> New-Mailbox 'John Evans' -UserPrincipalName john@contoso.com -Password (Pa55word-of-Joe)
        ERROR [..]
        PS> Get-Mailbox john | : Name, PrimarySmtpAddress, RecipientTypeDetails, Database
        John Evans, john@contoso.com, UserMailbox, Mailbox Database
        PS> Set-Mailbox john -ProhibitSendQuota 2GB -UseDatabaseQuotaDefaults $false
        PS> Get-Mailbox john@contoso.com | : ProhibitSendQuota, UseDatabaseQuotaDefaults
        2 GB (2,147,483,648 bytes), False
        PS> Set-Mailbox john -ProhibitSendQuota 2GB
        WARNING: The command completed successfully but no settings of 'contoso.com/Users/John Evans' have been modified.
        PS> Set-Mailbox john -ProhibitSendQuota 2XB
        ERROR ParameterArgumentTransformationError: [..]'2XB' is not a valid UnlimitedSize.
        PS> Set-Mailbox john -EmailAddresses @{Add='je@contoso.com'}
        PS> Get-Mailbox je@contoso.com | : Alias
        john
        PS> Get-MailboxStatistics john | : DisplayName, ItemCount, DisconnectReason
        John Evans, 0,
        PS> Get-MailboxFolderStatistics john -FolderScope Inbox | : FolderPath, ItemsInFolder
        /Inbox, 0
        # It asks, because taking a mailbox away can do harm.
        PS> Disable-Mailbox john
        Confirm? Disabling mailbox \"contoso.com/Users/John Evans\" will remove [..]
        ERROR ConfirmationRequired: The command asks for confirmation: Disabling [..]
        PS N> Disable-Mailbox john
        Confirm? Disabling [..]
        PS> Get-Mailbox john | : Alias
        john
        PS> Disable-Mailbox 'John Evans' -Confirm:$false
        PS> Get-Mailbox john
        ERROR ManagementObjectNotFoundException: The operation couldn't be performed because object 'john' couldn't be found on 'SRV1.contoso.com'.
        PS> Get-User john | : Name, RecipientType
        John Evans, User
        PS> Get-MailboxStatistics -Database 'Mailbox Database' -Filter 'DisconnectReason -ne $null' | : DisplayName, DisconnectReason
        John Evans, Disabled
        PS> Connect-Mailbox -Database 'Mailbox Database' -Identity 'John Evans' -ValidateOnly | : Name
        John Evans
        PS> Get-Mailbox
        PS> Connect-Mailbox -Database 'Mailbox Database' -Identity 'John Evans' -WhatIf
        What if: Connecting mailbox \"John Evans\" ([..]) to user \"contoso.com/Users/John Evans\".
        PS> Connect-Mailbox -Database 'Mailbox Database' -Identity 'John Evans'
        PS> Get-Mailbox | : Name, RecipientTypeDetails
        John Evans, UserMailbox
        PS> Connect-Mailbox -Database 'Mailbox Database' -Identity 'John Evans'
        ERROR MailboxNotDisconnected: The mailbox still belongs to \"John Evans\".[..]
        PS Y> Remove-Mailbox john
        Confirm? Removing the mailbox \"contoso.com/Users/John Evans\" will remove [..]
        PS> Get-User john
        ERROR ManagementObjectNotFoundException: [..]
        PS> New-Mailbox Ben -UserPrincipalName ben@contoso.com -Password (Pa55word-of-Joe) | : Alias
        ben
        PS> Disable-Mailbox Ben -Confirm:$false
        PS> Connect-Mailbox 'John Evans' 'Mailbox Database' -User Ben
        PS> Get-MailboxStatistics Ben | : LegacyDN
        /o=Contoso/[..]JohnEvans
        ",
    );
}

#[test]
fn what_is_piped_is_worked_on_one_by_one() {
    House::new().play(
        "
        PS> New-Mailbox -Shared -Name Sales
        Sales, Sales, srv1, Unlimited
        PS> New-Mailbox -Room -Name 'Room 1' -ResourceCapacity 8
        Room 1, Room1, srv1, Unlimited
        PS> New-Mailbox -Equipment -Name Beamer
        Beamer, Beamer, srv1, Unlimited
        PS> Get-Mailbox -RecipientTypeDetails RoomMailbox,EquipmentMailbox -SortBy DisplayName | : Name, ResourceCapacity, IsResource
        Beamer, , True
        Room 1, 8, True
        PS> Get-Mailbox | Set-Mailbox -Office Basel
        PS> Get-Mailbox -Filter \"Office -eq 'basel' -and Alias -like 's*'\" | : Name, Office
        Sales, Basel
        PS> Get-Mailbox -Anr bea | : Name
        Beamer
        PS> Get-Mailbox -ResultSize 2 | : Name
        Beamer
        Room 1
        WARNING: There are more results available than are currently displayed. To view them, increase the value for the ResultSize parameter.
        PS> Get-Mailbox s* | : Name
        Sales
        PS> Get-MailboxDatabase | Get-MailboxStatistics | : DisplayName
        Sales
        Room 1
        Beamer
        PS> Get-MailboxDatabase | Get-Mailbox | : Name
        Beamer
        Room 1
        Sales
        PS> Get-Mailbox -RecipientTypeDetails RoomMailbox | Get-CASMailbox | : Name, PopEnabled
        Room 1, True
        PS> Get-Mailbox -Server SRV1 -RecipientTypeDetails SharedMailbox | : Name
        Sales
        PS> Get-Mailbox -Server SRV9
        ERROR ManagementObjectNotFoundException: The server 'SRV9' couldn't be found.
        PS> Get-Mailbox -Database 'Mailbox Database' -Anr s
        ERROR AmbiguousParameterSet: [..]
        PS> Get-Mailbox -RecipientTypeDetails Nonsense
        ERROR ParameterArgumentTransformationError: [..]'Nonsense' is not a valid RecipientTypeDetails.
        PS> Get-Recipient -RecipientType MailContact -RecipientTypeDetails RoomMailbox
        ERROR RecipientTypesExclude: None of the specified RecipientTypeDetails are included in any specified recipient type.
        PS> Get-Recipient -RecipientType UserMailbox -RecipientTypeDetails RoomMailbox | : Name
        Room 1
        PS> Get-Recipient -RecipientPreviewFilter \"Alias -eq 'beamer'\" | : Name
        Beamer
        PS> Get-Mailbox -OrganizationalUnit Users -RecipientTypeDetails RoomMailbox | : Name
        Room 1
        PS> Get-MailboxStatistics -Server SRV1 | : DisplayName
        Sales
        Room 1
        Beamer
        PS> Set-CASMailbox Sales -PopEnabled $false -ImapEnabled $false
        PS> Get-CASMailbox -Filter 'PopEnabled -eq $false' | : Name, PopEnabled, ImapEnabled
        Sales, False, False
        PS> Get-Recipient Sales@contoso.com | : Name, RecipientType
        Sales, UserMailbox
        # Yes to all: the second is not asked about.
        PS A> Get-Mailbox -Filter \"Alias -ne 'sales'\" | Disable-Mailbox
        Confirm? Disabling mailbox \"contoso.com/Users/Beamer\" [..]
        PS> Get-Mailbox | : Name
        Sales
        PS L> Get-Mailbox | Remove-Mailbox
        Confirm? Removing the mailbox \"contoso.com/Users/Sales\" [..]
        PS> Get-Mailbox -SortBy City
        ERROR InvalidSortProperty: Mailbox objects can't be sorted by 'City'.
        PS> Get-Mailbox -Filter \"Nothing -eq 1\"
        ERROR UnknownFilterProperty: [..]\"Nothing\" is not a recognized filterable property.\"
        ",
    );
}

#[test]
fn databases_domains_and_the_organization_are_set_up() {
    House::new().play(
        "
        PS> New-MailboxDatabase MBXDB02 -Server SRV1
        MBXDB02, SRV1, False, None
        PS> New-MailboxDatabase MBXDB03 -Server elsewhere
        ERROR ManagementObjectNotFoundException: The server 'elsewhere' couldn't be found.
        # There is one server: it need not be named.
        PS> New-MailboxDatabase MBXDB04 | : Name, Server
        MBXDB04, SRV1
        PS> Remove-MailboxDatabase MBXDB04 -Confirm:$false
        PS> Get-MailboxDatabase MBXDB02 -Status | : Name, Mounted
        MBXDB02, True
        PS> Dismount-MailboxDatabase MBXDB02 -Confirm:$false
        PS> Get-MailboxDatabase MBXDB02 -Status | : Mounted
        False
        PS> New-Mailbox -Shared -Name Sales -Database MBXDB02
        ERROR MdbDismounted: The mailbox database \"MBXDB02\" is not mounted.
        PS> Mount-Database MBXDB02
        PS> New-Mailbox -Shared -Name Sales -Database MBXDB02 | : Database
        MBXDB02
        PS> Remove-MailboxDatabase MBXDB02 -Confirm:$false
        ERROR [..]associated with[..]
        PS> Remove-Mailbox Sales -Permanent $true -Confirm:$false
        PS> Get-MailboxStatistics -Database MBXDB02
        PS> Set-MailboxDatabase MBXDB02 -MailboxRetention 60.00:00:00
        PS> Get-MailboxDatabase MBXDB02 | : MailboxRetention, ProhibitSendQuota
        60.00:00:00, 2 GB (2,147,483,648 bytes)
        PS> New-AcceptedDomain -Name 'Contoso Domain' -DomainName fabrikam.com -WhatIf
        What if: Creating Accepted Domain \"Contoso Domain\" with domain name \"fabrikam.com\".
        PS> New-AcceptedDomain -Name Fabrikam -DomainName fabrikam.com
        Fabrikam, fabrikam.com, Authoritative, False
        # Whether recipients are looked up goes by the type, unless it is said.
        PS> New-AcceptedDomain -Name Relay -DomainName relay.example -DomainType InternalRelay
        Relay, relay.example, InternalRelay, False
        PS> Get-AcceptedDomain | : Name, AddressBookEnabled
        contoso.com, True
        Fabrikam, True
        Relay, False
        PS> Remove-AcceptedDomain Relay -Confirm:$false
        PS> Set-AcceptedDomain fabrikam.com -MakeDefault $true
        PS> Get-AcceptedDomain | : DomainName, Default
        contoso.com, False
        fabrikam.com, True
        PS> Remove-AcceptedDomain Fabrikam -Confirm:$false
        ERROR DefaultDomainNeeded: fabrikam.com is the default accepted domain.
        PS> Set-OrganizationConfig -SCLJunkThreshold 5
        PS> Get-OrganizationConfig | : SCLJunkThreshold
        5
        PS> Get-OrganizationalUnit Users | : CanonicalName
        contoso.com/Users
        ",
    );
}

#[test]
fn accounts_are_seen_as_a_directory_tool_shows_them() {
    House::new().play(
        "
        PS> New-Mailbox 'Ann Berg' -FirstName Ann -LastName Berg -UserPrincipalName ann@contoso.com -Password (Pa55word-of-Joe) | : Alias
        ann
        PS> Get-ADUser ann | : SamAccountName, GivenName, Surname, Enabled
        ann, Ann, Berg, True
        PS> Get-ADUser ann -Properties proxyAddresses,mail | : proxyAddresses, mail
        SMTP:ann@contoso.com, ann@contoso.com
        PS> Disable-ADAccount ann -PassThru | : Enabled
        False
        PS> Get-ADUser -Filter 'Enabled -eq $false' -SearchBase 'CN=Users,DC=contoso,DC=com' | : Name
        Ann Berg
        PS> Get-ADUser -Filter \"SamAccountName -like 'an*'\" | Enable-ADAccount
        PS> Get-ADUser ann | : Enabled
        True
        PS> Get-ADUser -Filter \"Name -like 'Ann*'\" | : Name
        Ann Berg
        PS> Get-ADUser -Filter 'SamAcountName -eq 1'
        ERROR UnknownFilterProperty: [..]
        PS> Get-ADUser ann -Properties nonsense
        ERROR UnknownAttribute: One or more properties are invalid: nonsense.
        PS> Set-User ann -Department Sales -Title Buyer
        PS> Get-User -Filter \"Department -eq 'Sales'\" | : Title
        Buyer
        ",
    );
}

#[test]
fn groups_units_and_the_domain_are_seen_as_a_directory_tool_shows_them() {
    House::new().play(
        "
        PS> New-Mailbox ann -UserPrincipalName ann@contoso.com -Password (Pa55word-of-Joe) | : Alias
        ann
        PS> New-DistributionGroup Staff -Type Security -Members ann -Notes x | : Name
        Staff
        PS> New-DistributionGroup Readers -Members Staff | : Name
        Readers
        PS> Get-ADGroup Staff -Properties member,mail | : Name, GroupCategory, GroupScope, ObjectClass, member, mail
        Staff, Security, Universal, group, CN=ann,CN=Users,DC=contoso,DC=com, Staff@contoso.com
        PS> Get-ADGroup -Filter \"GroupCategory -eq 'Distribution'\" | : Name
        Readers
        PS> Get-ADGroup -LDAPFilter '(&(objectClass=group)(member=CN=ann,CN=Users,DC=contoso,DC=com))' | : Name
        Staff
        PS> Get-ADGroup -Filter \"Name -like 'R*'\" -SearchBase 'CN=Users,DC=contoso,DC=com' -SearchScope OneLevel | : Name
        Readers
        PS> Get-ADGroup -Filter \"GroupKategory -eq 1\"
        ERROR UnknownFilterProperty: [..]
        PS> Get-ADGroup ann
        ERROR ManagementObjectNotFoundException: [..]
        PS> Get-ADGroup Staff -Properties nonsense
        ERROR UnknownAttribute: One or more properties are invalid: nonsense.
        PS> Get-ADPrincipalGroupMembership ann | : Name, GroupCategory
        Staff, Security
        PS> Get-ADPrincipalGroupMembership Staff | : Name
        Readers
        PS> Get-ADOrganizationalUnit Users
        ERROR ManagementObjectNotFoundException: [..]
        PS> Get-ADDomain | : DNSRoot, NetBIOSName, DistinguishedName, PDCEmulator
        contoso.com, CONTOSO, DC=contoso,DC=com, SRV1.contoso.com
        PS> Get-ADDomain contoso | : Name
        contoso
        PS> Get-ADDomain fabrikam
        ERROR ManagementObjectNotFoundException: The domain 'fabrikam' couldn't be found.
        PS> New-AcceptedDomain Fabrikam -DomainName fabrikam.com | : Name
        Fabrikam
        PS> Get-ADForest | : Name, Domains, UPNSuffixes
        contoso.com, contoso.com, fabrikam.com
        PS> Get-ADDomainController | : HostName, IsGlobalCatalog
        SRV1.contoso.com, True
        PS> Get-ADDomainController -Filter 'IsReadOnly -eq $true'
        PS> Get-ADDomainController -Filter * | : Name
        SRV1
        PS> Get-ADDomainController DC9
        ERROR ManagementObjectNotFoundException: The domain controller 'DC9' couldn't be found.
        PS> Get-ADComputer -Filter \"OperatingSystem -like '*Server*'\"
        PS> Get-ADComputer -Filter \"OperatingSistem -like '*Server*'\"
        ERROR UnknownFilterProperty: [..]
        PS> Get-ADComputer PC7
        ERROR ManagementObjectNotFoundException: [..]
        ",
    );
}

#[test]
fn accounts_are_changed_as_a_directory_tool_changes_them() {
    House::new().play(
        "
        PS> New-Mailbox ann -UserPrincipalName ann@contoso.com -Password (Pa55word-of-Joe) | : Alias
        ann
        PS> New-Mailbox ben -UserPrincipalName ben@contoso.com -Password (Pa55word-of-Joe) | : Alias
        ben
        PS> Set-ADUser ann -Department Sales -Title Buyer -Manager ben -Country GB -Description 'Buys things' -OfficePhone 1
        PS> Get-ADUser ann -Properties Department,Title,Manager,c,Description,OfficePhone | : Department, Title, Manager, c, Description, OfficePhone
        Sales, Buyer, CN=ben,CN=Users,DC=contoso,DC=com, GB, Buys things, 1
        PS> Get-ADUser -Filter \"Description -like 'Buys*'\" | : Name
        ann
        PS> Get-ADObject ann -Properties description | : description
        Buys things
        PS> Set-ADUser ann -Replace @{extensionAttribute1=E42; title=Head} -Clear telephoneNumber,description -Add @{otherTelephone=2}
        PS> Get-ADUser ann -Properties extensionAttribute1,title,telephoneNumber,otherTelephone | : extensionAttribute1, title, telephoneNumber, otherTelephone
        E42, Head, , 2
        PS> Set-ADUser ann -Add @{otherTelephone=3}
        PS> Get-ADUser ann -Properties otherTelephone | : otherTelephone
        2 3
        PS> Set-ADUser ann -Remove @{otherTelephone=2; title=Head}
        PS> Get-ADUser ann -Properties title,otherTelephone | : title, otherTelephone
        , 3
        PS> Set-ADUser ann -Remove @{department=Stores}
        ERROR InvalidChange: department does not hold 'Stores'.
        PS> Set-ADUser ann -Add @{department=Stores}
        ERROR InvalidChange: department holds one value, and another was to be added.
        PS> Set-ADUser ann -Replace @{objectSid=S-1-5-18}
        ERROR PropertyReadOnly: 'objectSid' is not set by the name of its attribute.
        PS> Set-ADUser ann -Replace @{nonsense=x}
        ERROR UnknownAttribute: There is no attribute 'nonsense'.
        PS> Set-ADUser ann -Replace @{userAccountControl=514}
        ERROR PropertyReadOnly: [..]
        PS> Set-ADUser ann -Enabled $false -PassThru | : Enabled
        False
        PS> Set-ADUser ann -Enabled $true -ChangePasswordAtLogon $true
        PS> Get-User ann | : ResetPasswordOnNextLogon, AccountDisabled
        True, False
        PS> Unlock-ADAccount ann -PassThru | : Name
        ann
        PS> Unlock-ADAccount nobody
        ERROR ManagementObjectNotFoundException: [..]
        PS> Set-ADUser ann -Department Stores -WhatIf
        What if: Performing the operation \"Set\" on target \"CN=ann,CN=Users,DC=contoso,DC=com\".
        ",
    );
}

#[test]
fn what_is_hidden_can_neither_be_asked_for_nor_filtered() {
    let house = House::new();
    house.play(
        "
        PS> New-Mailbox ann -UserPrincipalName ann@contoso.com -Password (Pa55word-of-Joe) | : Alias
        ann
        ",
    );
    let hidden = [
        "PasswordHash",
        "SecondFactor",
        "LinkedAccountName",
        "MembershipRequests",
        "RoleScopes",
        "MailboxPermissions",
        "MailboxPermissionOwner",
        "ADPermissions",
        "ADPermissionOwner",
        "AutoMappedTo",
        "AutoReplyPeriod",
        "InternalMessage",
        "TrustedSendersAndDomains",
    ];
    for name in hidden {
        for cmdlet in ["Get-ADObject", "Get-ADUser"] {
            house.play(&format!(
                "
                PS> {cmdlet} ann -Properties {name}
                ERROR UnknownAttribute: One or more properties are invalid: {name}.
                PS> {cmdlet} -LDAPFilter '({name}=*)'
                ERROR UnknownFilterProperty: [..]
                PS> {cmdlet} -Filter \"{name} -like '*'\"
                ERROR UnknownFilterProperty: [..]
                "
            ));
        }
        house.play(&format!(
            "
            PS> Get-User -Filter \"{name} -like '*'\"
            ERROR UnknownFilterProperty: [..]
            PS> Get-Recipient -Filter \"{name} -like '*'\"
            ERROR UnknownFilterProperty: [..]
            PS> New-DynamicDistributionGroup Secrets -RecipientFilter \"{name} -like '*'\"
            ERROR [..]
            "
        ));
    }
    house.play(
        "
        PS> Get-ADObject 'Mailbox Database'
        ERROR ManagementObjectNotFoundException: [..]
        ",
    );
}

#[test]
fn addresses_keep_their_rules() {
    House::new().play(
        "
        PS> New-Mailbox -Shared -Name Sales | : PrimarySmtpAddress
        Sales@contoso.com
        # While the policy keeps the primary address, it is not changed by hand.
        PS> Set-Mailbox Sales -PrimarySmtpAddress shop@contoso.com
        ERROR [..]
        PS> Set-Mailbox Sales -EmailAddressPolicyEnabled $false -PrimarySmtpAddress shop@contoso.com
        PS> Get-Mailbox Sales | : PrimarySmtpAddress, EmailAddresses
        shop@contoso.com, SMTP:shop@contoso.com smtp:Sales@contoso.com
        PS> New-Mailbox -Shared -Name Shop -PrimarySmtpAddress sales@contoso.com
        ERROR [..]: The proxy address [..] is already being used[..]
        PS> New-Mailbox -Shared -Name Shop -PrimarySmtpAddress other@contoso.com | : EmailAddressPolicyEnabled
        False
        PS> Set-Mailbox Sales -EmailAddresses a@contoso.com -PrimarySmtpAddress b@contoso.com
        ERROR ParametersExclude: [..]
        PS> Set-Mailbox Sales -ProhibitSendQuota 3GB -ProhibitSendReceiveQuota 2GB
        ERROR QuotaOrder: The value of property 'ProhibitSendQuota' exceeds the value of property 'ProhibitSendReceiveQuota'. [..]
        PS> Set-Mailbox Sales -DisplayName 'Sales Team'
        PS> New-Mailbox -Shared -Name 'Sales Team' -Alias team | : Alias
        team
        PS> Get-Mailbox 'Sales Team'
        ERROR ManagementObjectAmbiguousException: The operation couldn't be performed because 'Sales Team' matches multiple entries.
        PS> Get-Mailbox $null | : Name
        Sales
        Sales Team
        Shop
        PS> Set-Mailbox $null -Office x
        ERROR ParameterArgumentValidationErrorNullNotAllowed: [..]
        ",
    );
}

#[test]
fn what_is_not_built_says_so() {
    House::new().play(
        "
        PS> New-Mailbox -Shared -Name Sales | : Alias
        Sales
        PS> Set-Mailbox Sales -UMGrammar $true
        ERROR NotBuiltYet: The parameter -UMGrammar of Set-Mailbox is not built yet.
        PS> Get-MoveRequest
        ERROR NotBuiltYet: Get-MoveRequest is not built yet: this version knows what it takes, but does nothing.
        PS> New-MoveRequest -TargetDatabase MBXDB02
        ERROR MissingMandatoryParameter: [..]
        PS> Set-Mailbox Sales -DomainController dc9.example.org -Office x
        ERROR ManagementObjectNotFoundException: The server 'dc9.example.org' couldn't be found.
        PS> Set-Mailbox Sales -DomainController SRV1.contoso.com -Office x
        PS> Set-Mailbox Sales -Idenity x
        ERROR NamedParameterNotFound: A parameter cannot be found that matches parameter name 'Idenity'.
        PS> Get-Mailbx
        ERROR CommandNotFoundException: The term 'Get-Mailbx' is not recognized as the name of a cmdlet, function, script file, or operable program.
        ",
    );
}

#[test]
fn an_object_has_many_names() {
    House::new().play(
        "
        PS> New-Mailbox 'a, b=c+d' -Alias ann -UserPrincipalName ann@contoso.com -Password (Pa55word-of-Joe) | : DistinguishedName, Identity
        CN=a\\, b\\=c\\+d,CN=Users,DC=contoso,DC=com, contoso.com/Users/a, b=c+d
        PS> Get-Mailbox 'CN=a\\, b\\=c\\+d,CN=Users,DC=contoso,DC=com' | : Alias
        ann
        PS> Get-Mailbox 'contoso.com/users/A, B=C+D' | : Alias
        ann
        PS> Get-Mailbox 'CONTOSO\\ann' | : Alias
        ann
        PS> Get-Mailbox 'Contoso.com\\Ann' | : Alias
        ann
        PS> Get-Mailbox 'elsewhere\\ann'
        ERROR ManagementObjectNotFoundException: [..]
        PS> Get-Mailbox smtp:ann@contoso.com | : Alias
        ann
        PS> New-Mailbox -Shared '日本 太郎' -Alias taro | : Name
        日本 太郎
        PS> Get-Mailbox 'contoso.com/Users/日本 太郎' | : Alias
        taro
        PS> New-Mailbox -Shared 'Ünï' -Alias uni | : PrimarySmtpAddress
        uni@contoso.com
        PS> Get-Mailbox 'üNÏ' | : Alias
        uni
        PS> Get-Mailbox ''
        ERROR IdentityEmpty: An empty text names nothing; a mailbox is wanted here.
        PS> Get-ADUser ann -Properties homeMDB | : homeMDB
        CN=Mailbox Database,CN=Databases,[..]DC=contoso,DC=com
        ",
    );
}

#[test]
fn what_is_set_is_what_was_meant_or_an_error() {
    House::new().play(
        "
        PS> New-Mailbox -Shared -Name Sales | : Alias
        Sales
        # A number of days, whole kilobytes.
        PS> Set-Mailbox Sales -RetainDeletedItemsFor 30 -MaxReceiveSize 1000
        PS> Get-Mailbox Sales | : RetainDeletedItemsFor, MaxReceiveSize
        30.00:00:00, 1 KB (1,024 bytes)
        PS> Set-MailboxDatabase 'Mailbox Database' -DeletedItemRetention 7 -MailboxRetention 60
        PS> Get-MailboxDatabase | : DeletedItemRetention, MailboxRetention
        7.00:00:00, 60.00:00:00
        # The settings that stand in every set of Set-OrganizationConfig are taken alone.
        PS> Set-OrganizationConfig -MapiHttpEnabled $false -PublicFoldersEnabled Remote
        PS> Get-OrganizationConfig | : MapiHttpEnabled, PublicFoldersEnabled
        False, Remote
        PS> Set-Mailbox Sales -ForwardingAddress Sales
        ERROR ForwardsToItself: Sales cannot forward to itself.
        # Nothing would be journaled yet: that is said.
        PS> Set-MailboxDatabase 'Mailbox Database' -JournalRecipient Sales
        ERROR NotBuiltYet: The parameter -JournalRecipient of Set-MailboxDatabase is not built yet.
        PS> Get-Mailbox -Filter \"Alais -eq 'x'\"
        ERROR UnknownFilterProperty: [..]\"Alais\" is not a recognized filterable property.\"
        PS> New-MailboxDatabase MBXDB02 | : Name
        MBXDB02
        PS> New-Mailbox -Shared -Name Far -Database MBXDB02 | : Alias
        Far
        PS> Remove-MailboxDatabase MBXDB02 -Confirm:$false
        ERROR AssociatedUserMailboxExistException: The mailbox database \"MBXDB02\" is associated with 1 mailbox.
        PS> Dismount-Database MBXDB02 -Confirm:$false
        PS> Get-MailboxFolderStatistics Far
        ERROR MdbDismounted: The mailbox database \"MBXDB02\" is not mounted.
        ",
    );
}

#[test]
fn policies_make_addresses_of_names_and_nobody_gets_anothers() {
    let house = House::new();
    house.play(
        "
        PS> Get-EmailAddressPolicy | : Name, Priority, EnabledPrimarySMTPAddressTemplate, RecipientFilterApplied
        Default Policy, Lowest, %m@contoso.com, True
        PS> New-Mailbox -Shared 'Anna Berg' -Alias anna -FirstName Anna -LastName Berg | : PrimarySmtpAddress
        anna@contoso.com
        PS> New-EmailAddressPolicy Shared -RecipientFilter \"RecipientTypeDetails -eq 'SharedMailbox'\" -EnabledPrimarySMTPAddressTemplate 'SMTP:%g.%s@contoso.com' | : Name, Priority, RecipientFilterType, RecipientFilterApplied
        Shared, 1, Custom, False
        PS> Update-EmailAddressPolicy Shared
        PS> Get-Mailbox anna | : PrimarySmtpAddress, EmailAddresses
        Anna.Berg@contoso.com, SMTP:Anna.Berg@contoso.com smtp:anna@contoso.com
        PS> Get-EmailAddressPolicy Shared | : RecipientFilterApplied
        True
        # Two people of one name get distinct addresses; what is not ASCII is written with it.
        PS> New-Mailbox -Shared 'Anna Berg 2' -Alias anna2 -FirstName Anna -LastName Berg | : PrimarySmtpAddress
        Anna.Berg2@contoso.com
        PS> New-Mailbox -Shared 'Jörg' -FirstName 'Jörg' -LastName 'Müßig' | : PrimarySmtpAddress
        Joerg.Muessig@contoso.com
        # Who marries gets the new name's address and keeps the old one.
        PS> Set-User anna -LastName Stone
        PS> Get-Mailbox anna | : PrimarySmtpAddress, EmailAddresses
        Anna.Stone@contoso.com, SMTP:Anna.Stone@contoso.com smtp:Anna.Berg@contoso.com smtp:anna@contoso.com
        # A policy above another one takes its place; the one of before goes down.
        PS> New-EmailAddressPolicy Buyers -IncludedRecipients AllRecipients -ConditionalDepartment Buying -EnabledEmailAddressTemplates SMTP:%2g%s@contoso.com,smtp:buy-%m@contoso.com -Priority 1 | : Name, Priority, RecipientFilter
        Buyers, 1, ((Alias -ne $null)) -and (Department -eq 'Buying')
        PS> Get-EmailAddressPolicy | : Name, Priority
        Buyers, 1
        Shared, 2
        Default Policy, Lowest
        PS> Set-User anna -Department Buying
        PS> Update-EmailAddressPolicy Buyers
        PS> Get-Mailbox anna | : PrimarySmtpAddress
        AnStone@contoso.com
        PS> Get-Recipient buy-anna@contoso.com | : Name
        Anna Berg
        PS> Remove-EmailAddressPolicy Buyers -Confirm:$false
        PS> Get-EmailAddressPolicy | : Name, Priority
        Shared, 1
        Default Policy, Lowest
        # The default policy stays what it is; forms have to make sense.
        PS> Remove-EmailAddressPolicy 'Default Policy' -Confirm:$false
        ERROR PolicyLocked: The default e-mail address policy can't be removed.
        PS> Set-EmailAddressPolicy 'Default Policy' -Priority 1
        ERROR PolicyLocked: [..]
        PS> Set-EmailAddressPolicy 'Default Policy' -RecipientFilter \"Alias -ne $null\"
        ERROR PolicyLocked: [..]
        PS> Set-EmailAddressPolicy 'Default Policy' -EnabledPrimarySMTPAddressTemplate %q@contoso.com
        ERROR AddressTemplateInvalid: The address template 'SMTP:%q@contoso.com' holds '%q', which is not part of a form.
        PS> Set-EmailAddressPolicy 'Default Policy' -EnabledPrimarySMTPAddressTemplate %m@elsewhere.example
        ERROR AddressTemplateInvalid: [..]isn't an accepted domain of this organization.
        PS> Set-EmailAddressPolicy Shared -EnabledEmailAddressTemplates SMTP:%m@contoso.com,SMTP:%g@contoso.com
        ERROR AddressTemplateInvalid: [..]
        PS> New-EmailAddressPolicy Bad -IncludedRecipients AllRecipients -RecipientFilter \"Nonsense -eq 1\" -EnabledPrimarySMTPAddressTemplate %m@contoso.com
        ERROR [..]
        ",
    );
    assert!(house.mailboxes.directory().verify().unwrap().is_empty());
}

/// `$null` clears what can be cleared and is refused by name elsewhere: it is never passed over.
#[test]
fn null_is_not_passed_over() {
    House::new().play(
        "
        PS> New-Mailbox ann -UserPrincipalName ann@contoso.com -Password (Pa55word-of-Joe) | : Alias
        ann
        PS> Set-MailboxRegionalConfiguration ann -Language de-DE -DateFormat yyyy-MM-dd -TimeZone UTC
        PS> Get-MailboxRegionalConfiguration ann | : DateFormat, TimeZone
        yyyy-MM-dd, UTC
        PS> Set-MailboxRegionalConfiguration ann -DateFormat $null -TimeZone $null
        PS> Get-MailboxRegionalConfiguration ann | : DateFormat, TimeZone
        dd.MM.yyyy,
        PS> Set-MailboxRegionalConfiguration ann -Language $null
        ERROR ValueRequired: Language can't be $null.
        PS> New-InboxRule Old -Mailbox ann -DeleteMessage $true | : Name
        Old
        PS> Set-InboxRule Old -Mailbox ann -Name $null
        ERROR ValueRequired: Name can't be $null.
        PS> Set-InboxRule Old -Mailbox ann -Priority $null
        ERROR ValueRequired: Priority can't be $null.
        PS> Set-Mailbox ann -Type $null
        ERROR ValueRequired: Type can't be $null.
        PS> Set-Mailbox ann -Password $null
        ERROR ValueRequired: Password can't be $null.
        PS> Set-AcceptedDomain contoso.com -MakeDefault $null
        ERROR ParameterArgumentTransformationError: [..]'MakeDefault'[..]
        ",
    );
}

#[test]
fn a_rule_keeps_the_words_that_it_was_given() {
    House::new().play(
        "
        PS> New-Mailbox -Shared ann | : Alias
        ann
        PS> New-Mailbox -Shared ben | : Alias
        ben
        PS> New-InboxRule Lost -Mailbox ann -SubjectContainsWords False -DeleteMessage $true | : SubjectContainsWords, DeleteMessage
        False, True
        PS> Set-InboxRule Lost -Mailbox ann -MarkAsRead $true -DeleteMessage $false
        PS> Get-InboxRule -Mailbox ann | : SubjectContainsWords, MarkAsRead, DeleteMessage
        False, True,
        PS> New-InboxRule 'a\\b' -Mailbox ann -DeleteMessage $true
        ERROR InvalidValue: The name of an Inbox rule holds no \\, [..]
        PS> Get-InboxRule ann\\Lost -Mailbox ben
        ERROR ParametersExclude: The rule is one of ann, not of ben.
        PS> Get-InboxRule ann\\Lost -Mailbox ann | : Name
        Lost
        ",
    );
}

/// Two who change the rules of a mailbox at the same moment: one of them may be told to do it again, and nothing is lost.
#[test]
fn no_rule_is_lost_between_two_who_change_them() {
    let house = House::new();
    house.play("PS> New-Mailbox -Shared ann | : Alias\nann");
    let made = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for at in 0..8 {
            let (house, made) = (&house, &made);
            scope.spawn(move || {
                let line = format!("New-InboxRule rule{at} -Mailbox ann -DeleteMessage $true | : Name");
                let said = house.run(&line, &[]);
                made.fetch_add(
                    usize::from(said == [format!("rule{at}")]),
                    std::sync::atomic::Ordering::Relaxed,
                );
            });
        }
    });
    let kept = house.run("Get-InboxRule -Mailbox ann", &[]).len();
    assert_eq!(kept, made.into_inner());
    assert!(kept > 0);
}

#[test]
fn a_report_of_one_mailbox_keeps_to_the_kinds_that_are_wanted() {
    House::new().play(
        "
        PS> New-Mailbox -Shared ann | : Alias
        ann
        PS> Get-MailboxUsageReport ann -RecipientTypeDetails UserMailbox
        PS> Get-MailboxUsageReport ann -RecipientTypeDetails SharedMailbox | : RecipientTypeDetails
        SharedMailbox
        ",
    );
}

#[test]
fn public_folders_are_a_tree_of_names_and_recipients() {
    House::new().play(
        r"
        PS> Get-PublicFolder | : Identity, Name, HasSubfolders
        \, IPM_SUBTREE, False
        PS> New-PublicFolder 'My Public Folder' | : Identity, ParentPath, MailEnabled
        \My Public Folder, \, False
        PS> New-PublicFolder Sales
        Sales, \
        PS> New-PublicFolder 2026 -Path \Sales
        2026, \Sales
        PS> New-PublicFolder 2026 -Path '\My Public Folder' | : Identity
        \My Public Folder\2026
        PS> New-PublicFolder 2026 -Path \Sales
        ERROR [..]
        PS> New-PublicFolder Sales\2027
        ERROR NameInvalid: The name 'Sales\2027' of a public folder holds a '\'.[..]
        PS> New-PublicFolder 2027 -Path \Nowhere
        ERROR ManagementObjectNotFoundException: [..]
        PS> Get-PublicFolder -Recurse | : Identity, HasSubfolders
        \, True
        \My Public Folder, True
        \My Public Folder\2026, False
        \Sales, True
        \Sales\2026, False
        PS> Get-PublicFolder -GetChildren | : Name
        My Public Folder
        Sales
        PS> Get-PublicFolder \sales -Recurse | : Identity
        \Sales
        \Sales\2026
        # The seed's task: size limits of a mail-enabled public folder.
        PS> Set-MailPublicFolder -Identity 'My Public Folder' -MaxReceiveSize 10MB -MaxSendSize 10MB
        ERROR ManagementObjectNotFoundException: [..]
        PS> Enable-MailPublicFolder '\My Public Folder'
        PS> Set-MailPublicFolder -Identity 'My Public Folder' -MaxReceiveSize 10MB -MaxSendSize 10MB
        PS> Get-MailPublicFolder | : Alias, PrimarySmtpAddress, MaxSendSize, MaxReceiveSize
        MyPublicFolder, MyPublicFolder@contoso.com, 10 MB (10,485,760 bytes), 10 MB (10,485,760 bytes)
        PS> Get-PublicFolder '\My Public Folder' | : MailEnabled
        True
        PS> Get-Recipient -RecipientType PublicFolder | : Identity, RecipientType, RecipientTypeDetails
        contoso.com/Microsoft Exchange System Objects/My Public Folder, PublicFolder, PublicFolder
        PS> Enable-MailPublicFolder '\My Public Folder'
        ERROR RecipientTypeNotSupported: [..]
        # Addresses and aliases are everybody's.
        PS> New-Mailbox ann -UserPrincipalName ann@contoso.com -Password (Pa55word-of-Joe) | : Alias
        ann
        PS> Set-MailPublicFolder MyPublicFolder -Alias ann
        ERROR [..]
        PS> Set-MailPublicFolder MyPublicFolder -EmailAddresses @{Add='ann@contoso.com'}
        ERROR ProxyAddressExistsException: [..]
        PS> Set-MailPublicFolder MyPublicFolder -ForwardingAddress ann -HiddenFromAddressListsEnabled $true -AcceptMessagesOnlyFrom ann
        PS> Get-MailPublicFolder '\My Public Folder' | : ForwardingAddress, HiddenFromAddressListsEnabled, AcceptMessagesOnlyFromSendersOrMembers
        contoso.com/Users/ann, True, contoso.com/Users/ann
        PS> Set-MailPublicFolder MyPublicFolder -ForwardingAddress MyPublicFolder
        ERROR ForwardsToItself: [..]
        PS> Set-MailPublicFolder MyPublicFolder -DeliverToMailboxAndForward $true
        ERROR NotBuiltYet: [..]
        PS> Set-MailPublicFolder MyPublicFolder -Name 'Our\Folder'
        ERROR NameInvalid: [..]
        PS> Set-MailPublicFolder MyPublicFolder -Name 'Our Folder'
        PS> Get-PublicFolder '\Our Folder\2026' | : ParentPath
        \Our Folder
        # A folder is a member of a group only when mail reaches it.
        PS> New-DistributionGroup Team -Members MyPublicFolder | : Name
        Team
        PS> Add-DistributionGroupMember Team -Member Sales
        ERROR ManagementObjectNotFoundException: [..]
        PS> Disable-MailPublicFolder MyPublicFolder -Confirm:$false
        PS> Get-MailPublicFolder
        PS> Get-PublicFolder '\Our Folder' | : Name, MailEnabled
        Our Folder, False
        PS> Remove-PublicFolder '\Our Folder' -Confirm:$false
        ERROR ContainerNotEmpty: The public folder Our Folder holds other folders.[..]
        PS> Remove-PublicFolder '\Our Folder' -Recurse -Confirm:$false
        PS> Get-PublicFolder -Recurse | : Identity
        \
        \Sales
        \Sales\2026
        ",
    );
}

/// What was removed with all below it comes back with all of it; the first folder is undone though the tree began with it.
#[test]
fn public_folders_are_undone_as_they_were_made_and_removed() {
    House::new().play(
        r"
        PS> New-PublicFolder Plans | : Identity
        \Plans
        PS> Get-AdminChange -ResultSize 1 | : Command, Undoable
        New-PublicFolder, True
        PS> Get-AdminChange -ResultSize 1 | Undo-AdminChange -Confirm:$false
        PS> Get-PublicFolder -Recurse | : Identity
        \
        # Undoing that brings it back, and the next one stands beside it.
        PS> Get-AdminChange -ResultSize 1 | Undo-AdminChange -Confirm:$false
        PS> New-PublicFolder Sales | : Identity
        \Sales
        PS> New-PublicFolder 2026 -Path \Plans | : Identity
        \Plans\2026
        PS> New-PublicFolder May -Path \Plans\2026 | : Identity
        \Plans\2026\May
        PS> New-PublicFolder 2025 -Path \Plans | : Identity
        \Plans\2025
        PS> Enable-MailPublicFolder \Plans\2026\May
        PS> Get-AdminChange -Cmdlets New-PublicFolder -ObjectIds Plans | : Undoable
        False
        PS> Remove-PublicFolder \Plans -Recurse -Confirm:$false
        PS> Get-PublicFolder -Recurse | : Identity
        \
        \Sales
        PS> Get-AdminChange -ResultSize 1 | : Command, Undoable
        Remove-PublicFolder, True
        PS> Get-AdminChange -ResultSize 1 | Undo-AdminChange -Confirm:$false
        PS> Get-PublicFolder -Recurse | : Identity
        \
        \Plans
        \Plans\2025
        \Plans\2026
        \Plans\2026\May
        \Sales
        PS> Get-MailPublicFolder | : PrimarySmtpAddress, Identity
        May@contoso.com, contoso.com/Microsoft Exchange System Objects/Plans/2026/May
        PS> Get-AdminChange -ResultSize 1 | Undo-AdminChange -Confirm:$false
        PS> Get-PublicFolder -Recurse | : Identity
        \
        \Sales
        ",
    );
}

#[test]
fn what_would_never_act_is_refused() {
    House::new().play(
        "
        PS> New-Mailbox ann -UserPrincipalName ann@contoso.com -Password (Pa55word-of-Joe) | : Alias
        ann
        PS> New-DistributionGroup Team | : Name
        Team
        # A group has lists of its own; the list of both takes either.
        PS> Set-Mailbox ann -AcceptMessagesOnlyFrom Team
        ERROR ManagementObjectNotFoundException: [..]
        PS> Set-Mailbox ann -RejectMessagesFrom @{Add='Team'}
        ERROR ManagementObjectNotFoundException: [..]
        PS> Set-Mailbox ann -AcceptMessagesOnlyFromSendersOrMembers Team,ann
        PS> Get-Mailbox ann | : AcceptMessagesOnlyFrom, AcceptMessagesOnlyFromDLMembers
        contoso.com/Users/ann, contoso.com/Users/Team
        PS> New-MailUser -Name Mona -ExternalEmailAddress mona@far.example | : Name
        Mona
        PS> Set-MailUser mona -RecipientLimits 7
        PS> Get-MailUser mona | : RecipientLimits
        7
        PS> New-AcceptedDomain Relay -DomainName relay.example -DomainType ExternalRelay | : Name
        Relay
        PS> New-EmailAddressPolicy Far -IncludedRecipients AllRecipients -EnabledEmailAddressTemplates 'SMTP:%m@relay.example'
        ERROR AddressTemplateInvalid: The address template 'SMTP:%m@relay.example' is of the domain 'relay.example', which is an external relay: its addresses are others'.[..]
        PS> New-InboxRule Big -Mailbox ann -WithinSizeRangeMinimum 2MB -WithinSizeRangeMaximum 1MB -DeleteMessage $true
        ERROR OutOfRange: No message can meet WithinSizeRangeMinimum and WithinSizeRangeMaximum: [..]
        PS> New-InboxRule Big -Mailbox ann -WithinSizeRangeMinimum 1MB -WithinSizeRangeMaximum 1MB -DeleteMessage $true | : Name
        Big
        PS> Set-InboxRule Big -Mailbox ann -WithinSizeRangeMaximum 10KB
        ERROR OutOfRange: [..]
        PS> Set-InboxRule Big -Mailbox ann -ExceptIfReceivedAfterDate 2026-12-02 -ExceptIfReceivedBeforeDate 2026-12-01
        ERROR OutOfRange: [..]
        # People of the own domain are trusted anyway, and can't be blocked.
        PS> Set-MailboxJunkEmailConfiguration ann -TrustedSendersAndDomains far.example,boss@Contoso.com
        ERROR InvalidValue: 'boss@Contoso.com' is of the mailbox's own domain, whose people are trusted anyway.[..]
        PS> Set-MailboxJunkEmailConfiguration ann -BlockedSendersAndDomains @{Add='contoso.com'}
        ERROR InvalidValue: [..]
        PS> Set-MailboxJunkEmailConfiguration ann -BlockedSendersAndDomains 'evil.example','x@sub.contoso.com'
        ",
    );
}
