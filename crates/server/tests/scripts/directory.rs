//! Scripts that look people up as in a directory of Windows: `[adsi]`, `[adsisearcher]`, `Get-ADObject`.

use super::Office;

#[test]
fn the_directory_is_asked_as_ldap_asks() {
    let office = Office::open();
    office.run(
        "New-DistributionGroup -Name Staff -Alias staff -Members ann, ben | Out-Null
         New-MailContact -Name 'Zoe Far' -Alias zoe -ExternalEmailAddress zoe@example.org | Out-Null
         Set-User ann -Department Sales; Set-User ben -Department Sales
         Disable-ADAccount carla",
        &[],
    );
    for (script, wanted) in [
        ("([adsisearcher]'samaccountname=ann').FindOne().Properties.userprincipalname", "ann@contoso.com"),
        (
            "$s = [adsisearcher]'(&(objectCategory=person)(objectClass=user)(department=Sales))'; @($s.FindAll() | ForEach-Object { $_.Properties['samaccountname'][0] } | Sort-Object) -join ','",
            "ann,ben",
        ),
        (
            "$s = New-Object System.DirectoryServices.DirectorySearcher; $s.Filter = '(mail=ann@contoso.com)'; [void]$s.PropertiesToLoad.Add('cn'); $r = $s.FindOne(); \"$($r.Properties.cn) $(@($r.Properties.PropertyNames | Sort-Object) -join ',')\"",
            "Ann Berg adspath,cn",
        ),
        (
            "$s = [adsisearcher]'(objectClass=group)'; $s.PageSize = 1000; $s.SearchScope = 'Subtree'; @($s.FindAll() | Where-Object { $_.Properties.mailnickname -eq 'staff' }).Count",
            "1",
        ),
        ("$s = [adsisearcher]'(department=Sales)'; $s.SizeLimit = 1; @($s.FindAll()).Count", "1"),
        ("$null -eq ([adsisearcher]'(samaccountname=nobody)').FindOne()", "True"),
        ("([adsi]'LDAP://RootDSE').defaultNamingContext", "DC=contoso,DC=com"),
        (
            "$root = [adsi]\"LDAP://$(([adsi]'LDAP://RootDSE').defaultNamingContext)\"; $s = New-Object DirectoryServices.DirectorySearcher($root, '(cn=Ann*)'); $s.FindOne().GetDirectoryEntry().displayName",
            "Ann Berg",
        ),
        (
            "$dn = (Get-User ann).DistinguishedName; $u = [adsi]\"LDAP://$dn\"; \"$($u.Name) $($u.department) $($u.Properties['mail'].Value) $($u.SchemaClassName) $($u.Path -eq \"LDAP://$dn\")\"",
            "Ann Berg Sales ann@contoso.com user True",
        ),
        (
            "[System.DirectoryServices.DirectoryEntry]::Exists(\"LDAP://$((Get-User ann).DistinguishedName)\"); ",
            "True",
        ),
        ("[adsi]::Exists('LDAP://CN=Nobody,DC=contoso,DC=com')", "False"),
        (
            "try { $u = [adsi]\"LDAP://$((Get-User ann).DistinguishedName)\"; $u.Put('department', 'x'); $u.SetInfo() } catch { $_.Exception.InnerException.GetType().Name }",
            "NotSupportedException",
        ),
        (
            "try { ([adsisearcher]'(&(a=b)').FindOne() } catch { $_.Exception.InnerException.Message -like '*LDAP filter*' }",
            "True",
        ),
        (
            "@(Get-ADUser -LDAPFilter '(&(objectClass=user)(department=Sales))' | Sort-Object Name).Name -join ','",
            "Ann Berg,Ben Okafor",
        ),
        (
            "(Get-ADUser -LDAPFilter '(&(objectCategory=person)(userAccountControl:1.2.840.113556.1.4.803:=2)(samaccountname=car*))').SamAccountName",
            "carla",
        ),
        (
            "(Get-ADObject -LDAPFilter '(proxyAddresses=smtp:ann@contoso.com)' -Properties mailNickname).mailNickname",
            "ann",
        ),
        (
            "(Get-ADObject -Filter \"ObjectClass -eq 'contact'\" | Where-Object Name -like 'Zoe*').ObjectClass",
            "contact",
        ),
        (
            "$dn = (Get-DistributionGroup staff).DistinguishedName; @(Get-ADObject -LDAPFilter \"(memberOf=$dn)\" | Sort-Object Name).Name -join ','",
            "Ann Berg,Ben Okafor",
        ),
        ("@((dsquery user -samid ann) -eq ('\"' + (Get-User ann).DistinguishedName + '\"')).Count", "1"),
        ("@(dsquery user domainroot -name 'B*' -o samid) -join ','", "\"ben\""),
        ("@(dsquery * -filter '(department=Sales)' -limit 0).Count", "2"),
        (
            "try { Get-ADUser nobody } catch [Microsoft.ActiveDirectory.Management.ADIdentityNotFoundException] { \"$($_.CategoryInfo.Reason) $($_.Exception.GetType().Name)\" }",
            "ADIdentityNotFoundException ADIdentityNotFoundException",
        ),
        (
            "try { Get-Mailbox nobody -ErrorAction Stop } catch [System.Management.Automation.RemoteException] { \"$($_.CategoryInfo.Reason) $($_.Exception -is [Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException])\" }",
            "ManagementObjectNotFoundException True",
        ),
        (
            "try { Get-Mailbox -Alais x } catch [System.Management.Automation.ParameterBindingException] { $_.CategoryInfo.Reason }",
            "ParameterBindingException",
        ),
        (
            "try { Get-ADUser -Filter 'Nme -eq 1' } catch [Microsoft.ActiveDirectory.Management.ADException] { $_.CategoryInfo.Reason }",
            "ADFilterParsingException",
        ),
        ("(Get-ADGroup -Filter { Name -eq 'Staff' } -Properties mail).GroupScope", "Universal"),
        (
            "@(Get-ADPrincipalGroupMembership ann | Select-Object -ExpandProperty Name) -contains 'Staff'",
            "True",
        ),
        ("(Get-ADDomainController -Discover).HostName[0] -eq (Get-ADDomain).PDCEmulator", "True"),
        ("@(Get-ADForest | ForEach-Object Domains).Count", "1"),
        ("@(Get-ADComputer -Filter *).Count", "0"),
        (
            "Get-ADUser ann | Set-ADUser -Fax 'B 12' -Replace @{extensionAttribute3='x'}; $u = Get-ADUser ann -Properties Fax,extensionAttribute3; \"$($u.Fax) $($u.extensionAttribute3)\"",
            "B 12 x",
        ),
        (
            "try { Set-ADUser ann -Add @{nothing='x'} } catch [System.ArgumentException] { $_.FullyQualifiedErrorId }",
            "UnknownAttribute,Set-ADUser",
        ),
        ("@(dsquery group -name Staff -o rdn)", "\"Staff\""),
        (
            "@(dsquery * -filter '(department=Sales)' -attr sAMAccountName department | ForEach-Object { \"[$_]\" }) -join ''",
            "[  sAMAccountName    department  ][  ann               Sales       ][  ben               Sales       ]",
        ),
        (
            "@(dsquery * domainroot -filter '(samaccountname=ann)' -attr * | Where-Object { $_ -like 'department: *' })",
            "department: Sales",
        ),
        ("@(dsquery * -filter '(samaccountname=ann)' -l -attr department)", "department: Sales"),
        ("$dn = (Get-User ann).DistinguishedName; @(dsquery * $dn -scope base).Count", "1"),
        (
            "$dn = (Get-User ann).DistinguishedName; @(dsquery * $dn -scope base -filter '(department=Other)').Count",
            "0",
        ),
        (
            "try { dsquery user nowhere } catch { $_.FullyQualifiedErrorId }",
            "DsQueryStartNode,Microsoft.PowerShell.Commands.DsQuery",
        ),
        (
            "try { dsquery user -scope deep } catch { $_.FullyQualifiedErrorId }",
            "DsQueryScope,Microsoft.PowerShell.Commands.DsQuery",
        ),
        (
            "try { dsquery ou -o upn } catch { $_.FullyQualifiedErrorId }",
            "DsQueryOutputUnknown,Microsoft.PowerShell.Commands.DsQuery",
        ),
        (
            "try { dsquery user -attr cn } catch { $_.FullyQualifiedErrorId }",
            "DsQueryParameterUnknown,Microsoft.PowerShell.Commands.DsQuery",
        ),
        (
            "$s = [adsisearcher]'(objectClass=*)'; $s.SearchScope = 'Base'; $s.SearchRoot = [adsi]\"LDAP://$((Get-User ann).DistinguishedName)\"; @($s.FindAll() | ForEach-Object { $_.Properties.samaccountname }) -join ','",
            "ann",
        ),
        (
            "$s = [adsisearcher]'department=Other'; $s.SearchScope = 'Base'; $s.SearchRoot = [adsi]\"LDAP://$((Get-User ann).DistinguishedName)\"; @($s.FindAll()).Count",
            "0",
        ),
        (
            "$u = [adsi]\"LDAP://$((Get-User ann).DistinguishedName)\"; Set-User ann -Office A1; $a = \"$($u.physicalDeliveryOfficeName)\"; $u.RefreshCache(); \"[$a] $($u.physicalDeliveryOfficeName)\"",
            "[] A1",
        ),
        (
            "New-MailContact -Name 'Far, Zed' -Alias zed -ExternalEmailAddress zed@example.org | Out-Null; $dn = (Get-MailContact zed).DistinguishedName; $p = ([adsi]\"LDAP://mx/$dn\").Parent; \"$dn|$($p.Path)\" -replace '.*\\\\, Zed,(.*)\\|LDAP://mx/\\1', 'same'",
            "same",
        ),
    ] {
        assert_eq!(office.run(script, &[]), [wanted], "{script}");
    }
}
