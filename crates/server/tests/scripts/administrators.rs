//! Ten scripts as administrators keep them for years: with parameters that are checked, errors that are handled,
//! logs, classes, modules and sessions to the server by its name.

use super::{ALL, Office, PEOPLE};

#[test]
fn reports_and_onboarding_go_on_past_what_fails() {
    let office = Office::open();
    // 21. A report with parameters that are checked, progress and calculated sizes.
    let script = "[CmdletBinding(DefaultParameterSetName = 'All')]
        param(
            [Parameter(ParameterSetName = 'One', Mandatory)][ValidateNotNullOrEmpty()][string[]]$Mailbox,
            [ValidateSet('Name', 'Size')][string]$SortBy = 'Name',
            [ValidateRange(1, 1000)][int]$Top = 100,
            [ValidateScript({ Test-Path (Split-Path $_ -Parent) })][string]$Path = \"$PWD/report.csv\"
        )
        begin { $rows = New-Object System.Collections.Generic.List[object] }
        process {
            $boxes = if ($PSCmdlet.ParameterSetName -eq 'One') { $Mailbox | ForEach-Object { Get-Mailbox $_ } } else { Get-Mailbox -ResultSize Unlimited -Filter \"RecipientTypeDetails -ne 'DiscoveryMailbox'\" }
            $done = 0
            foreach ($box in $boxes) {
                Write-Progress -Activity 'Sizes' -Status $box.Name -PercentComplete (100 * $done++ / @($boxes).Count)
                $found = Get-MailboxStatistics $box.Alias
                $rows.Add([pscustomobject][ordered]@{ Name = $box.Name; Alias = $box.Alias; SizeMB = [math]::Round($found.TotalItemSize.Value.ToBytes() / 1MB, 2); Items = $found.ItemCount })
            }
        }
        end {
            $key = @{ Name = 'Name'; Size = 'SizeMB' }[$SortBy]
            $rows | Sort-Object $key | Select-Object -First $Top | Export-Csv $Path -NoTypeInformation -Encoding UTF8
            \"$($rows.Count) rows by $key\"
        }";
    assert_eq!(office.run(script, &["-SortBy", "Size"]), [format!("{} rows by SizeMB", ALL.len())]);
    assert_eq!(office.lines("report.csv").len(), ALL.len() + 1);
    assert_eq!(office.run(script, &["-Mailbox", "ann"]), ["1 rows by Name"]);
    let file = office.path("script.ps1");
    for refused in [["-Top", "0"], ["-SortBy", "Colour"], ["-Path", "/nowhere/at/all.csv"]] {
        let shell = office.server.shell_with(&[file.to_str().unwrap(), refused[0], refused[1]], "");
        assert!(shell.code == Some(1) && shell.err.contains("Cannot validate argument"), "{shell:#?}");
    }

    // 22. Onboarding from a CSV: what fails is in a list of its own, with the line and the reason; the rest is made.
    office.give(
        "people.csv",
        "First,Last,Department,Group\nIda,Moe,Sales,Floor\nOle,Vik,,Floor\nIda,Moe,Sales,Floor\nMax,Ray,Legal,Nowhere\n",
    );
    let done = office.run(
        "Set-StrictMode -Version Latest
         $ErrorActionPreference = 'Stop'
         New-DistributionGroup -Name Floor | Out-Null
         $failed = [System.Collections.ArrayList]@()
         $line = 1
         foreach ($person in Import-Csv people.csv) {
            $line++
            $name = '{0} {1}' -f $person.First, $person.Last
            try {
                $secret = ConvertTo-SecureString ('{0}-{1}-29' -f $person.Last, [guid]::NewGuid()) -AsPlainText -Force
                $new = @{ Name = $name; Alias = $person.First.ToLower(); Password = $secret; UserPrincipalName = \"$($person.First.ToLower())@contoso.com\" }
                New-Mailbox @new | Out-Null
                if ($person.Department) { Set-User $new.Alias -Department $person.Department }
                Add-DistributionGroupMember $person.Group -Member $new.Alias
            }
            catch {
                [void]$failed.Add([pscustomobject]@{ Line = $line; Name = $name; Why = $_.CategoryInfo.Category })
            }
            finally { Write-Verbose \"$name done\" }
         }
         $failed | Export-Csv failed.csv -NoTypeInformation
         @(Get-DistributionGroupMember Floor | Sort-Object Name).Name -join ','
         $failed | ForEach-Object { \"$($_.Line) $($_.Name)\" }",
        &[],
    );
    assert_eq!(done, ["Ida Moe,Ole Vik", "4 Ida Moe", "5 Max Ray"]);
    assert_eq!(office.lines("failed.csv").len(), 3);
}

#[test]
fn audits_and_quotas_are_told_by_mail_and_logs_kept() {
    let office = Office::open();
    // 23. Who may do what: both kinds of rights side by side, by a class that compares itself.
    let audit = office.run(
        "class Right : System.IComparable {
            [string]$Mailbox; [string]$Who; [string]$What
            Right([string]$mailbox, [string]$who, [string]$what) { $this.Mailbox = $mailbox; $this.Who = $who; $this.What = $what }
            [int] CompareTo([object]$other) {
                $first = [string]::Compare($this.What, $other.What)
                if ($first -ne 0) { return $first }
                return [string]::Compare($other.Who, $this.Who)
            }
            [string] ToString() { return \"$($this.What) $($this.Who) -> $($this.Mailbox)\" }
         }
         Add-MailboxPermission sales -User ben -AccessRights FullAccess | Out-Null
         Add-MailboxPermission sales -User carla -AccessRights FullAccess | Out-Null
         Add-RecipientPermission sales -Trustee ann -AccessRights SendAs -Confirm:$false | Out-Null
         $rights = foreach ($box in Get-Mailbox sales) {
            Get-MailboxPermission $box.Alias | Where-Object { $_.User -notmatch 'SELF' -and -not $_.IsInherited } | ForEach-Object { [Right]::new($box.Alias, $_.User, 'FullAccess') }
            Get-RecipientPermission $box.Alias | Where-Object { $_.Trustee -notmatch 'SELF' } | ForEach-Object { [Right]::new($box.Alias, $_.Trustee, 'SendAs') }
         }
         $rights | Sort-Object | ForEach-Object { \"$_\" }
         @($rights -match 'ben')[0].GetType().Name",
        &[],
    );
    assert_eq!(audit.len(), 4, "{audit:?}");
    for (at, (what, who)) in
        [("FullAccess", "carla"), ("FullAccess", "ben"), ("SendAs", "ann")].iter().enumerate()
    {
        let line = audit[at].to_lowercase();
        assert!(audit[at].starts_with(what) && line.contains(who), "{audit:?}");
    }
    assert_eq!(audit[3], "Right", "what -match keeps of a list is the objects themselves");

    // 24. Quotas as an HTML mail, with a row in red where somebody is near the limit.
    let smtp = office.server.port(25).to_string();
    office.run(
        "param($Port)
         Set-Mailbox ann -UseDatabaseQuotaDefaults $false -IssueWarningQuota 1KB -ProhibitSendQuota 10GB
         $css = '<style>td { border: 1px solid }</style>'
         $rows = Get-Mailbox -RecipientTypeDetails UserMailbox | ForEach-Object {
            $size = (Get-MailboxStatistics $_.Alias).TotalItemSize.Value.ToBytes()
            $limit = $_.IssueWarningQuota
            [pscustomobject]@{ Name = $_.Name; KB = [math]::Ceiling($size / 1KB); State = if (-not $limit.IsUnlimited -and $size -gt $limit.Value.ToBytes()) { 'OVER' } else { 'ok' } }
         }
         $html = ($rows | Sort-Object Name | ConvertTo-Html -Head $css -PreContent '<h1>Quotas</h1>' | Out-String) -replace '<td>OVER</td>', '<td style=\"color:red\">OVER</td>'
         $html | Set-Content quotas.html
         Send-MailMessage -To ben@contoso.com -From quota@contoso.com -Subject 'Quotas' -Body $html -BodyAsHtml -SmtpServer localhost -Port $Port",
        &["-Port", &smtp],
    );
    let page = office.lines("quotas.html").join("\n");
    assert_eq!(page.matches("color:red").count(), 1, "{page}");
    PEOPLE.iter().for_each(|(_, name)| assert!(page.contains(&format!("<td>{name}</td>")), "{page}"));

    // 25. A clean-up that runs at night: old reports go, what it did is in a transcript.
    let cleaned = office.run(
        "$folder = New-Item -ItemType Directory -Path reports
         1..4 | ForEach-Object { $file = New-Item -Path $folder.FullName -Name \"r$_.csv\" -ItemType File; $file.LastWriteTime = (Get-Date).AddDays(-10 * $_) }
         Start-Transcript -Path clean.log | Out-Null
         try {
            $old = Get-ChildItem reports -Filter *.csv | Where-Object LastWriteTime -lt (Get-Date).AddDays(-25)
            Write-Output \"removing $($old.Count)\"
            $old | Remove-Item -Verbose -WhatIf
            $old | Remove-Item
         }
         finally { Stop-Transcript | Out-Null }
         @(Get-ChildItem reports).Name -join ','",
        &[],
    );
    assert_eq!(cleaned.last().unwrap(), "r1.csv,r2.csv", "{cleaned:?}");
    let log = office.lines("clean.log").join("\n");
    assert!(log.contains("removing 2") && log.contains("What if: "), "{log}");
}

#[test]
fn modules_with_manifests_dynamic_parameters_and_sessions_by_name() {
    let office = Office::open();
    // 26. A module with a manifest: what it exports is there, what it keeps to itself is not.
    office.give(
        "Boxes.psm1",
        "$script:calls = 0
         function Get-Hidden { 'hidden' }
         function Get-BoxSize { [CmdletBinding()] param([Parameter(ValueFromPipelineByPropertyName, Mandatory)][string]$Alias)
            process { $script:calls++; [pscustomobject]@{ Alias = $Alias; Items = (Get-MailboxStatistics $Alias).ItemCount } } }
         function Get-BoxCalls { $script:calls }
         Set-Alias gbs Get-BoxSize
         Export-ModuleMember -Function * -Alias gbs",
    );
    office.give(
        "Boxes.psd1",
        "@{ RootModule = 'Boxes.psm1'; ModuleVersion = '2.1.0'; Description = 'Sizes'; FunctionsToExport = 'Get-BoxSize', 'Get-BoxCalls'; AliasesToExport = 'gbs' }",
    );
    office.give("Evil.psd1", "@{ ModuleVersion = '1.0'; Description = $(Set-Content hacked.txt x) }");
    let module = office.run(
        "Import-Module ./Boxes.psd1
         $sizes = Get-Mailbox -RecipientTypeDetails UserMailbox | gbs
         \"$($sizes.Count) $(Get-BoxCalls) $((Get-Module Boxes).Version) $([bool](Get-Command Get-Hidden -ErrorAction SilentlyContinue))\"
         try { Import-Module ./Evil.psd1 -ErrorAction Stop } catch { $_.FullyQualifiedErrorId -like 'Modules_InvalidManifest*'; Test-Path hacked.txt }",
        &[],
    );
    assert_eq!(module, ["4 4 2.1.0 False", "True", "False"]);

    // 27. Splatting over a function whose parameters depend on what there is.
    let moved = office.run(
        "function Set-Place {
            [CmdletBinding(SupportsShouldProcess)]
            param([Parameter(Mandatory, Position = 0)][string]$Identity)
            dynamicparam {
                $names = [string[]]@((Get-Mailbox -RecipientTypeDetails RoomMailbox).Name)
                $attributes = New-Object System.Collections.ObjectModel.Collection[System.Attribute]
                $attributes.Add((New-Object System.Management.Automation.ParameterAttribute -Property @{ Mandatory = $true }))
                $attributes.Add((New-Object System.Management.Automation.ValidateSetAttribute $names))
                $table = New-Object System.Management.Automation.RuntimeDefinedParameterDictionary
                $table.Add('Room', (New-Object System.Management.Automation.RuntimeDefinedParameter 'Room', ([string]), $attributes))
                $table
            }
            process { if ($PSCmdlet.ShouldProcess($Identity, 'Move')) { Set-Mailbox $Identity -Office $PSBoundParameters['Room'] } }
         }
         $room = (Get-Mailbox -RecipientTypeDetails RoomMailbox | Sort-Object Name)[0].Name
         $given = @{ Identity = 'dev'; Room = $room }
         Set-Place @given -WhatIf | Out-Null
         [string]::IsNullOrEmpty((Get-Mailbox dev).Office)
         Set-Place @given
         (Get-Mailbox dev).Office -eq $room
         try { Set-Place dev -Room 'No such room' } catch { $_.CategoryInfo.Reason }",
        &[],
    );
    assert_eq!(moved[0], "What if: Performing the operation \"Move\" on target \"dev\".");
    assert_eq!(moved[1..], ["True", "True", "ParameterBindingValidationException"]);

    // 28. A session to this server, by its name, with a prefix; and away with it.
    let remote = office.run(
        "$server = $env:COMPUTERNAME
         $options = New-PSSessionOption -SkipCACheck -SkipCNCheck -SkipRevocationCheck
         $session = New-PSSession -ConfigurationName Microsoft.Exchange -ConnectionUri \"http://$server/PowerShell/\" -Authentication Kerberos -SessionOption $options
         Import-PSSession $session -Prefix OnPrem -DisableNameChecking -AllowClobber | Out-Null
         (Get-OnPremMailbox ann).Alias
         Invoke-Command -Session $session -ScriptBlock { Get-Mailbox ben } | ForEach-Object Alias
         @(Get-PSSession | Where-Object State -eq Opened).Count
         Remove-PSSession $session
         @(Get-PSSession).Count
         try { New-PSSession -ConnectionUri http://other.example.org/PowerShell/ -ErrorAction Stop } catch { $_.Exception.Message -like '*other.example.org*' }",
        &[],
    );
    assert_eq!(remote, ["ann", "ben", "1", "0", "True"]);

    // An imported session is a module, and so is the module ActiveDirectory once it is imported.
    let modules = office.run(
        "$session = New-PSSession -ConfigurationName Microsoft.Exchange -ConnectionUri \"http://$env:COMPUTERNAME/PowerShell/\"
         $imported = Import-PSSession $session -AllowClobber -DisableNameChecking
         Import-Module $imported -Global -DisableNameChecking
         (Get-Module tmp_*).Name -eq $imported.Name
         $imported.ExportedCommands.ContainsKey('Get-Mailbox')
         (Get-Command Get-Mailbox).Module.Name -eq $imported.Name
         Import-Module (Import-PSSession $session -AllowClobber) -Global
         Remove-Module $imported.Name -Force
         @(Get-Module tmp_*).Count
         @(Get-Module ActiveDirectory).Count
         @(Get-Module -ListAvailable ActiveDirectory).Count
         Import-Module ActiveDirectory
         (Get-Module ActiveDirectory).Name
         (Get-Command Get-ADUser).ModuleName
         @(Get-Command -Module ActiveDirectory).Count -gt 20
         Remove-Module ActiveDirectory; @(Get-Module ActiveDirectory).Count",
        &[],
    );
    assert_eq!(
        modules,
        ["True", "True", "True", "0", "0", "1", "ActiveDirectory", "ActiveDirectory", "True", "0"]
    );

    // 29. Several computers in one loop: this one answers, of the others a sentence says that they are not asked.
    let machines = office.run(
        "$answers = foreach ($name in $env:COMPUTERNAME, 'other-host') {
            try { (Get-WmiObject Win32_OperatingSystem -ComputerName $name -ErrorAction Stop).CSName } catch { \"no: $($_.CategoryInfo.Category)\" }
         }
         $answers[0] -eq $env:COMPUTERNAME
         $answers[1]
         @(Get-WmiObject Win32_OperatingSystem -ComputerName $env:COMPUTERNAME, other-host -ErrorAction SilentlyContinue -ErrorVariable bad).Count
         $bad[0].Exception.Message -like '*other-host is not this computer*'
         @(Get-WmiObject -Query \"SELECT Name FROM Win32_ComputerSystem WHERE Name = 'nobody' OR Name = '$env:COMPUTERNAME'\").Count",
        &[],
    );
    assert_eq!(machines, ["True", "no: InvalidOperation", "1", "True", "1"]);

    // 30. Leavers: hidden, forwarded, out of their groups, and undone again from the file that was kept.
    let left = office.run(
        "New-DistributionGroup -Name Team -Members carla, dev | Out-Null
         $who = 'carla'
         $kept = [pscustomobject]@{
            Hidden = (Get-Mailbox $who).HiddenFromAddressListsEnabled
            Groups = @(Get-DistributionGroup | Where-Object { (Get-DistributionGroupMember $_.Name).Alias -contains $who } | ForEach-Object { $_.Name })
         }
         $kept | ConvertTo-Json | Set-Content kept.json
         Set-Mailbox $who -HiddenFromAddressListsEnabled $true -ForwardingAddress dev -DeliverToMailboxAndForward $true
         foreach ($group in $kept.Groups) { Remove-DistributionGroupMember $group -Member $who -Confirm:$false }
         $now = Get-Mailbox $who
         \"$($now.HiddenFromAddressListsEnabled) $($null -ne $now.ForwardingAddress) $(@(Get-DistributionGroupMember Team).Count)\"
         $back = Get-Content kept.json -Raw | ConvertFrom-Json
         Set-Mailbox $who -HiddenFromAddressListsEnabled $back.Hidden -ForwardingAddress $null -DeliverToMailboxAndForward $false
         $back.Groups | ForEach-Object { Add-DistributionGroupMember $_ -Member $who }
         $now = Get-Mailbox $who
         \"$($now.HiddenFromAddressListsEnabled) $($null -ne $now.ForwardingAddress) $(@(Get-DistributionGroupMember Team).Count)\"",
        &[],
    );
    assert_eq!(left, ["True True 1", "False False 2"]);
}
