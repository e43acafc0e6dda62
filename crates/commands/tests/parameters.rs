//! No parameter is taken and ignored: what a core command declares it looks up, in the recorded cases or in
//! the lines below, where each stands for a use that the recordings lack.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use dotnet::host::{Host, MemoryHost};
use dotnet::{Locale, culture, profile};
use language::{Formal, Session, Settings, View};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// Uses that the recordings lack.
const LINES: &[&str] = &[
    "'a' | Set-Content a.txt; Get-Item a.txt; Get-Content a.txt; Copy-Item a.txt b.txt; Move-Item b.txt c.txt",
    "Rename-Item c.txt d.txt; New-Item folder -ItemType Directory; Copy-Item folder e; Remove-Item a.txt",
    "Push-Location; Pop-Location -PassThru; Get-Location; Get-Location -Stack; Set-Location /; Resolve-Path .",
    "Get-Culture; Get-UICulture; Get-Host; Clear-Host; New-Guid; Invoke-Command { 1 }; Set-StrictMode -Off",
    "Set-StrictMode -Version 2; Invoke-Expression '1'; Get-Variable x; Set-Alias a b -PassThru; Clear-Variable HOME",
    "New-Variable nv 1; Set-Variable nv 2; Remove-Variable nv; Start-Sleep -Milliseconds 0; Write-Information x",
    "Get-Credential -UserName a -Message b; Get-Help Get-Date -Full; Get-Help Get-Date -Parameter *; Clear-Content a.txt",
    "Select-Object -InputObject 1; Measure-Object -InputObject 1; Group-Object -InputObject 1; Format-Wide -InputObject 1",
    "Out-Host -InputObject 1; Out-Default -InputObject 1; Tee-Object -InputObject 1 -LiteralPath t.txt; Write-Debug d",
    "Export-Csv -InputObject 1 -Path c.csv; Out-File -InputObject 1 -LiteralPath l.txt; Select-String -InputObject a -Pattern a",
    "Measure-Command { 1 } -InputObject 1; ConvertFrom-SecureString (ConvertTo-SecureString a -AsPlainText -Force)",
    "Set-Location -LiteralPath /; Rename-Item -LiteralPath l.txt m.txt; Start-Sleep -Duration 0; Split-Path /a/b",
    "Get-Item nowhere; $Error | Format-Table; $Error | Format-List; $Error | Format-Wide",
    "Set-Content h.txt x; Get-FileHash h.txt -Algorithm MD5; Get-FileHash -LiteralPath h.txt",
    "Format-Custom -InputObject 1; Export-Clixml -LiteralPath e.xml -InputObject 1 -NoClobber -Force; Import-Clixml -LiteralPath e.xml",
    "ConvertTo-CliXml -InputObject 1 | ConvertFrom-CliXml; ConvertFrom-CliXml -InputObject 'x'; ConvertTo-Xml -InputObject 1",
    "Join-String -InputObject 1 -OutputPrefix a; 1 | Join-String -UseCulture; ConvertFrom-StringData 'a=b'; Convert-Path .",
    "Update-TypeData -AppendPath x; Update-TypeData T -MemberName m -MemberType ScriptProperty -Value 1 -SecondValue 2",
    "Update-TypeData T -SerializationDepth 2; Get-TypeData T; Remove-TypeData T; Remove-TypeData -TypeData ([pscustomobject]@{TypeName='x'})",
    "New-Item env:a -Value 1; Copy-Item env:a env:b -PassThru; Rename-Item env:b c -PassThru -Force; Clear-Item env:c; Clear-Item -LiteralPath env:a -Force",
    "Set-Item alias:qq Get-Item -PassThru; Set-Item -LiteralPath variable:v 1; Get-PSDrive Env -PSProvider Env* -Scope 0; Get-PSDrive -LiteralName Env",
    "New-PSDrive nd FileSystem / -Description d -Scope 0; Remove-PSDrive nd; Remove-PSDrive nd -Force; New-PSDrive ne FileSystem / -Persist",
    "Start-Transcript t.log; Stop-Transcript; Start-Transcript -LiteralPath u.log -NoClobber; Start-Transcript -OutputDirectory / -UseMinimalHeader",
    "Invoke-Command -ComputerName localhost -ScriptBlock { 1 } -Authentication Kerberos; Invoke-Command -Session 1 { 1 }",
    "Get-History 1 -Count 1; Invoke-History 1; 'a' | Set-Content m.txt; Start-Transcript m.txt -NoClobber",
    "Set-Alias ro Get-Item -Option ReadOnly; Clear-Item alias:ro; Clear-Item alias:ro -Force",
    "Set-Alias ro Get-Item -Option ReadOnly; Set-Item alias:ro Get-Date; Set-Item alias:ro Get-Date -Force",
    "Set-Content m.txt x; Send-MailMessage a@x.org s b -From b@x.org -SmtpServer none -Attachments m.txt -Cc a@x.org -Bcc a@x.org -ReplyTo a@x.org",
    "ConvertFrom-SecureString (ConvertTo-SecureString a -AsPlainText -Force) -Key (1..16); ConvertTo-SecureString aa",
    "Add-Type 'public enum E1 { A }' -PassThru; Add-Type -Path none.cs; Add-Type -LiteralPath none.cs; Add-Type -AssemblyName System.Web",
    "Add-Type -MemberDefinition 'public int A;' -Name C1 -Namespace N -UsingNamespace System; Add-Type 'public enum E2 { A }' -Language CSharp",
    "Select-Xml //a -Content '<a/>' -Namespace @{p='q'}; Select-Xml //a -Xml ([xml]'<a/>'); Select-Xml //a -Path none.xml; Select-Xml //a -LiteralPath m.txt",
    "Set-Content m.txt x; Get-ItemProperty m.txt Name; Get-ItemProperty -LiteralPath m.txt; Set-ItemProperty m.txt IsReadOnly $true -PassThru; Set-ItemProperty -LiteralPath m.txt nope 1",
    "Start-Job { 1 } -InitializationScript { 2 } -Name j -ArgumentList 1 -InputObject 1; Start-Job -FilePath n.ps1; Start-Job -LiteralPath n.ps1",
    "Start-Job { 1 } -WorkingDirectory /; Get-Job 1; Get-Job j; Get-Job -State Completed -HasMoreData $true -Newest 1; Get-Job -InstanceId 1",
    "Start-Job { 1 } -Name j; Receive-Job 1 -Keep -Wait; Receive-Job -Name j -AutoRemoveJob; Receive-Job -Job 1; Receive-Job -State x; Receive-Job -InstanceId 1",
    "Start-Job { 1 } -Name j; Wait-Job 1; Wait-Job -Name j -Any -Timeout 1; Wait-Job -Job 1; Wait-Job -State x; Wait-Job -InstanceId 1",
    "Start-Job { 1 } -Name j; Stop-Job 1 -PassThru; Stop-Job -Name j; Stop-Job -Job 1; Stop-Job -State x; Stop-Job -InstanceId 1",
    "Start-Job { 1 } -Name j; Remove-Job 1 -Force; Remove-Job -Name j; Remove-Job -Job 1; Remove-Job -State x; Remove-Job -InstanceId 1",
    "Set-Content w.psm1 'function Zap-It { 1 }'; Import-Module ./w.psm1 -Global; Import-Module ./w.psm1 -Force -DisableNameChecking; pause",
    "1 | ForEach-Object -Parallel { 1 } -ThrottleLimit 2 -TimeoutSeconds 3 -UseNewRunspace; Test-Json '1'; 1 | ConvertTo-Json -EscapeHandling Default",
    "Compare-Object 1 1 -SyncWindow 1; Write-Error x -RecommendedAction a -CategoryReason b -CategoryTargetName c -CategoryTargetType d",
    "Set-Content t.psd1 '@{a=1}'; Import-LocalizedData v -BaseDirectory . -FileName t -UICulture en-US -SupportedCommand Get-Date",
    "Set-PSBreakpoint a.ps1 1; Get-PSBreakpoint -Script a; Get-PSBreakpoint -Id 1; Remove-PSBreakpoint -Id 1; 1 | Remove-PSBreakpoint",
    "Set-Content m.txt x; New-ItemProperty m.txt a -Value 1; Remove-ItemProperty m.txt a; Set-Alias zz Get-Date -Scope 0",
    "Format-Hex -InputObject a; Set-Content x.bin a; Format-Hex x.bin -Count 1 -Offset 0; Format-Hex -LiteralPath x.bin; 'a' | Format-Hex -Encoding utf8; Get-Verb Get -Group Common",
    "Get-TimeZone UTC; Get-TimeZone -Id UTC; Get-TimeZone -ListAvailable; Get-PSProvider Alias; Get-Error -Newest 1; Get-Error $Error[0]; New-TemporaryFile",
    "iwr x -Method Post -Body a -ContentType b -Headers @{a=1} -OutFile o -PassThru -SkipCertificateCheck -UserAgent u -TimeoutSec 1 -SessionVariable s",
    "Set-Content x.bin a; iwr x -InFile x.bin -WebSession ([Microsoft.PowerShell.Commands.WebRequestSession]::new()) -Credential $null -MaximumRetryCount 0",
    "Set-Content x.bin a; irm x -InFile x.bin -CustomMethod A -Form @{a=1} -Authentication Bearer -Token (ConvertTo-SecureString a -AsPlainText -Force)",
    "irm x -Body 1; iwr http://x -Authentication Basic; $t = ConvertTo-SecureString a -AsPlainText -Force; iwr https://x -Authentication Bearer -Token $t; irm https://x -Authentication Bearer -Token $t",
    "Get-FileHash -InputStream ([IO.MemoryStream]::new()); 1 | Group-Object -Culture en-US; Compare-Object 1 1 -Culture en-US",
    "irm https://x -Body 1 -Form @{a=1} -Authentication Basic -MaximumRedirection 1; irm http://x -Authentication Basic -AllowUnencryptedAuthentication; iwr x -UseBasicParsing -DisableKeepAlive",
    "Write-Progress a -Completed; 1 | Tee-Object -Variable t; 1 | Tee-Object t.txt; 1 | Out-File o.txt; Get-Unique",
];

/// What holds without being looked up, and why.
const ALWAYS: &[(&str, &str, &str)] = &[
    ("Sort-Object", "Stable", "equal objects always keep their order"),
    ("Out-Null", "InputObject", "whatever comes is dropped"),
    ("Export-Csv", "NoTypeInformation", "only -IncludeTypeInformation writes a type line"),
    ("ConvertTo-Csv", "NoTypeInformation", "only -IncludeTypeInformation writes a type line"),
    ("Select-String", "NoEmphasis", "no match is ever painted"),
    ("ConvertTo-SecureString", "Force", "-AsPlainText asks no second time"),
    ("Set-Content", "Force", "it is looked up for a read-only file, which no memory has"),
    ("Add-Content", "Force", "it is looked up for a read-only file, which no memory has"),
    ("Clear-Content", "Force", "it is looked up for a read-only file, which no memory has"),
    ("Rename-Item", "Force", "a read-only item is renamed anyway"),
    ("Start-Transcript", "Force", "it is looked up for a read-only file, which no memory has"),
];

type Read = Arc<Mutex<BTreeSet<(String, String)>>>;

fn run(code: &str, case: &serde_json::Value, read: &Read) {
    let host = Arc::new(MemoryHost::new(120));
    host.files().make_folder("/case").unwrap();
    for (name, text) in case["files"].as_object().into_iter().flatten() {
        host.files().write(&format!("/case/{name}"), text.as_str().unwrap().as_bytes()).unwrap();
    }
    let answers = case["answers"].as_array().cloned().unwrap_or_default();
    host.answer(answers.iter().filter_map(|answer| answer.as_str()).chain(["a", "b"]));
    let mut session = Session::new(Settings {
        locale: Locale::new(&profile::CORE, &culture::EN_US),
        host,
        commands: mailstead_commands::table(),
        invoker: None,
        view: View::Normal,
        location: "/case".to_owned(),
    });
    let read = read.clone();
    session.watch_parameters(Box::new(move |signature, name| {
        read.lock().unwrap().insert((signature.command.to_string(), name.to_ascii_lowercase()));
    }));
    session.run_text(code);
}

/// A switch that alone names a set is read by asking for the set.
fn names_a_set(formal: &Formal) -> bool {
    formal.is_switch() && matches!(formal.uses.as_slice(), [only] if only.set.is_some())
}

#[test]
fn every_declared_parameter_is_read() {
    let read = Read::default();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/tests/golden");
    for file in ["core.jsonl.zst", "format.jsonl.zst"] {
        let packed = std::fs::read(format!("{folder}/{file}")).unwrap();
        let text = String::from_utf8(zstd::decode_all(&packed[..]).unwrap()).unwrap();
        for line in text.lines() {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            run(case["code"].as_str().unwrap(), &case, &read);
        }
    }
    LINES.iter().for_each(|line| run(line, &serde_json::Value::Null, &read));
    let read = read.lock().unwrap();
    let table = mailstead_commands::table();
    let mut unread = Vec::new();
    for name in table.names() {
        let signature = table.find(name).unwrap().signature();
        let has = |parameter: &str| read.contains(&(name.to_owned(), parameter.to_ascii_lowercase()));
        let own = signature.formals.iter().filter(|formal| formal.is_own());
        let always = |formal: &Formal| {
            ALWAYS.iter().any(|(command, parameter, _)| *command == name && formal.is_called(parameter))
        };
        let own = own.filter(|formal| !always(formal));
        let missed = own.filter(|formal| !(has(&formal.name) || names_a_set(formal) && has("")));
        unread.extend(missed.map(|formal| format!("{name} -{}", formal.name)));
    }
    assert!(unread.is_empty(), "declared, and looked up by nobody:\n{}", unread.join("\n"));
}
