//! What scripts ask of the shell itself, as test frameworks do: syntax trees, session states, commands as objects,
//! modules as objects, dynamic parameters with sets. As sessions: a script and what it shows.

use dotnet::host::{Host, MemoryHost};
use dotnet::{Locale, culture, profile};
use language::{Session, Settings, View};
use std::sync::Arc;

/// What a script shows in a fresh session.
fn shown(script: &str) -> String {
    let host = Arc::new(MemoryHost::new(120));
    host.files().make_folder("/case").expect("memory takes folders");
    let mut session = Session::new(Settings {
        locale: Locale::new(&profile::CORE, &culture::EN_US),
        host: host.clone(),
        commands: mailstead_commands::table(),
        invoker: None,
        view: View::Normal,
        location: "/case".to_owned(),
    });
    session.run_text(script);
    host.output()
}

/// Each pair: a script, and the lines it shows, joined by `|`.
fn check(cases: &[(&str, &str)]) {
    for (script, wanted) in cases {
        let lines = shown(script);
        assert_eq!(lines.trim_end().replace('\n', "|"), *wanted, "{script}");
    }
}

#[test]
fn a_block_shows_its_syntax_tree() {
    check(&[
        (
            "{ a -b c | d }.Ast.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true).Count",
            "2",
        ),
        ("{ a { b } }.Ast.FindAll({ param($n) $n.GetType().Name -eq 'CommandAst' }, $false).Count", "1"),
        (
            "$c = { a -b:1 c }.Ast.EndBlock.Statements[0].PipelineElements[0]; $c.GetCommandName(); $c.CommandElements[1].ParameterName; $c.CommandElements[-1].Value",
            "a|b|c",
        ),
        ("{ param([int]$x = 2) $x }.Ast.ParamBlock.Parameters[0].DefaultValue.Value", "2"),
        (
            "$v = { 1 + $script:n }.Ast.Find({ $args[0] -is [System.Management.Automation.Language.VariableExpressionAst] }, $true); $v.VariablePath.UserPath; $v.Extent.StartOffset; $v.Parent.GetType().Name",
            "script:n|11|BinaryExpressionAst",
        ),
        (
            "$e = $null; $t = [System.Management.Automation.Language.Parser]::ParseInput('1 +', [ref]$null, [ref]$e); $e.Count; $e[0].ErrorId",
            "1|ExpectedValueExpression",
        ),
        (
            "$t = [System.Management.Automation.Language.Parser]::ParseInput('function f { 1 }', [ref]$null, [ref]$null); $t.EndBlock.Statements[0].Name; \"$t\"",
            "f|function f { 1 }",
        ),
        ("function f { 1 }; (Get-Command f).ScriptBlock.Ast.GetType().Name", "FunctionDefinitionAst"),
        ("& { 'made' }.Ast.GetScriptBlock()", "made"),
        (
            "{ @{ a = 1, 'two' } }.Ast.EndBlock.Statements[0].SafeGetValue().a -join ','; \
             try { { Set-Content run.txt x }.Ast.EndBlock.Statements[0].SafeGetValue() } catch { 'refused' }; Test-Path run.txt",
            "1,two|refused|False",
        ),
    ]);
}

#[test]
fn blocks_move_between_session_states() {
    let moves = "$null = New-Module -Name M { $x = 'in'; function Run($b) { & $b }; function Take($b) { \
                 $p = [scriptblock].GetProperty('SessionStateInternal', [System.Reflection.BindingFlags]'Instance,NonPublic'); \
                 $p.SetValue($b, $p.GetValue({ }, $null), $null); & $b } }; $x = 'out'; ";
    check(&[
        (&format!("{moves} Run {{ $x }}; Take {{ $x }}"), "out|in"),
        (&format!("{moves} Run ([scriptblock]::Create('$x'))"), "in"),
        ("$null = New-Module { function Dot($b) { . $b } }; Dot { $y = 5 }; $y", "5"),
        (
            "$null = New-Module -Name N { function Who { [CmdletBinding()] param() $PSCmdlet.SessionState.Module.Name } }; $null -eq (Who); & (New-Module -Name Caller { }) { Who }",
            "True|Caller",
        ),
        (
            "$null = New-Module -Name N { function Mine { $ExecutionContext.SessionState.Module.Name } }; Mine",
            "N",
        ),
        (
            "$null = New-Module -Name N { function Inner { 'seen' }; function Outer { N\\Inner } }; Outer; N\\Inner",
            "seen|seen",
        ),
    ]);
}

#[test]
fn commands_are_objects_that_are_called_and_changed() {
    check(&[
        (
            "$c = Get-Command Write-Output -CommandType Cmdlet; function Write-Output { 'mine' }; & $c real; Write-Output x",
            "real|mine",
        ),
        ("function Get-Date { 'f' }; (Get-Command Get-Date -All).CommandType -join ','", "Function,Cmdlet"),
        (
            "(Get-Command Out-Null -Module Microsoft.PowerShell.Core).Name; (Get-Command Get-Item).Source",
            "Out-Null|Microsoft.PowerShell.Management",
        ),
        (
            "Get-Command Get-Date -CommandType Function -ErrorAction SilentlyContinue -ErrorVariable e; $e[0].FullyQualifiedErrorId",
            "CommandNotFoundException,Microsoft.PowerShell.Commands.GetCommandCommand",
        ),
        ("(Get-Command Get-Date) -is [System.Management.Automation.CommandInfo]", "True"),
        (
            "function f { [CmdletBinding(DefaultParameterSetName='A', SupportsShouldProcess)] param([Parameter(ParameterSetName='A', Mandatory, Position=0)][Alias('q')][ValidateSet('a','b')][string]$X, [switch]$S) }; \
          $m = [System.Management.Automation.CommandMetadata](Get-Command f); $null = $m.Parameters.Remove('S'); \
          [System.Management.Automation.ProxyCommand]::GetCmdletBindingAttribute($m); ($m.Parameters.Keys -contains 'S'); (Get-Command f).Parameters.ContainsKey('S'); \
          ([System.Management.Automation.ProxyCommand]::GetParamBlock($m) -split ',\\n')[0] -replace '\\s+', ' '",
            "[CmdletBinding(DefaultParameterSetName='A', SupportsShouldProcess=$true, ConfirmImpact='Medium')]|False|True| [Parameter(ParameterSetName='A', Mandatory=$true, Position=0)] [Alias('q')] [ValidateSet('a','b')] [string] ${X}",
        ),
        (
            "$ExecutionContext.InvokeCommand.GetCommand('Get-Date', 'All').Name; $null -eq $ExecutionContext.InvokeCommand.GetCommand('Not-There', 'All')",
            "Get-Date|True",
        ),
        (
            "function f { 1 }; $i = $ExecutionContext.InvokeProvider.Item; $i.Set('function:g', { 2 }); g; $i.Exists('function:f'); $i.Remove('function:f', $false); $i.Exists('function:f')",
            "2|True|False",
        ),
        (
            "Set-Alias a b; Set-Alias b a; $c = Get-Command a; $c.Definition; $c.ResolvedCommand.Name; $null -eq $c.ResolvedCommand.ResolvedCommand",
            "b|b|True",
        ),
        ("@{a=1}.get_Keys(); 'abc'.get_Length(); (1,2).get_Item(1)", "a|3|2"),
    ]);
}

#[test]
fn a_manifest_says_what_is_not_read() {
    let files = "Set-Content m.psm1 'function F { 1 }'; Set-Content m.psd1 \"@{ RootModule = 'm.psm1'; TypesToProcess = 't.ps1xml'; ScriptsToProcess = @() }\"; ";
    check(&[
        (
            &format!(
                "{files} Import-Module ./m.psd1 -WarningVariable w -WarningAction SilentlyContinue; \"$w\"; F"
            ),
            "What the manifest '/case/m.psd1' says of TypesToProcess is not read in this version.|1",
        ),
        (
            &format!("{files} Import-Module ./m.psd1"),
            "WARNING: What the manifest '/case/m.psd1' says of TypesToProcess is not read in this version.",
        ),
    ]);
}

#[test]
fn lists_in_lists_cost_no_depth() {
    let deep = "$a = 1, (2, (3, (4, (5, (6, 7))))); ";
    check(&[
        (&format!("{deep} (ConvertTo-CliXml $a | ConvertFrom-CliXml)[1][1][1][1][1][1]"), "7"),
        (
            &format!(
                "{deep} (ConvertTo-Xml -InputObject $a -As String -NoTypeInformation) -match '<Property>7</Property>'"
            ),
            "True",
        ),
        (
            "(ConvertTo-Xml -InputObject @([pscustomobject]@{ K = 'v' }) -As String -NoTypeInformation) -match '<Property Name=\"K\">v</Property>'",
            "True",
        ),
    ]);
}

#[test]
fn a_module_as_an_object_shares_its_variables() {
    let counter = "$m = New-Module -AsCustomObject { $n = 1; function Up { $script:n++ }; function Me { $this.n }; Export-ModuleMember -Variable n -Function Up, Me }; ";
    check(&[
        (&format!("{counter} $m.Up(); $m.n; $m.n = 10; $m.Up(); $m.n; $m.Me()"), "2|11|11"),
        (&format!("{counter} ($m | Select-Object n).n; ($m | Get-Member n).MemberType"), "1|NoteProperty"),
        (
            "New-Module -Name M { param([switch]$on, $x) \"$on $x\" } -ArgumentList $true, 2 -ReturnResult; { param([switch]$s, $n) \"$s $n\" }.Invoke($true, 3)",
            "True 2|True 3",
        ),
    ]);
}

#[test]
fn dynamic_parameters_bring_their_sets() {
    let f = "function f { [CmdletBinding(DefaultParameterSetName='Old')] param([Parameter(ParameterSetName='Old', Position=0)]$a) dynamicparam { \
             $d = [System.Management.Automation.RuntimeDefinedParameterDictionary]::new(); foreach ($n in 'One', 'Two') { \
             $p = [System.Management.Automation.ParameterAttribute]::new(); $p.ParameterSetName = $n; $p.Mandatory = $true; \
             $c = [System.Collections.ObjectModel.Collection[System.Attribute]]::new(); $c.Add($p); \
             $d.Add($n, [System.Management.Automation.RuntimeDefinedParameter]::new($n, [switch], $c)) } $d } \
             end { $PSCmdlet.ParameterSetName; $null = $PSBoundParameters.Remove('One'); $PSBoundParameters.Count; $PSBoundParameters.GetType().Name } }; ";
    check(&[
        (&format!("{f} f 1"), "Old|1|PSBoundParametersDictionary"),
        (&format!("{f} f -One"), "One|0|PSBoundParametersDictionary"),
        (&format!("{f} f -Two"), "Two|1|PSBoundParametersDictionary"),
        (
            &format!("{f} try {{ f -One -Two }} catch {{ $_.FullyQualifiedErrorId }}"),
            "AmbiguousParameterSet,f",
        ),
    ]);
}

#[test]
fn aliases_belong_to_their_scope() {
    check(&[
        (
            "function f { Set-Alias zz Write-Output; zz in }; f; $null -eq (Get-Alias zz -ErrorAction Ignore)",
            "in|True",
        ),
        ("function f { Set-Alias zz Write-Output -Scope Global }; f; zz out", "out"),
        ("Set-Alias 'Some\\Thing' Write-Output; Some\\Thing named", "named"),
        (
            "$m = New-Module -Name M { Set-Alias yy Write-Output; function F { yy own }; Export-ModuleMember -Function F }; F; $null -eq (Get-Alias yy -ErrorAction Ignore)",
            "own|True",
        ),
        (
            "$m = New-Module -Name M { Set-Alias yy Write-Output; Export-ModuleMember -Alias yy }; yy given; Remove-Module M; $null -eq (Get-Alias yy -ErrorAction Ignore)",
            "given|True",
        ),
    ]);
}

#[test]
fn what_runs_apart_sees_and_leaves_nothing() {
    check(&[
        (
            "$q = 5; function f { 'f' }; 1, 2 | ForEach-Object -Parallel { \"$q|$_|$using:q|$([bool](Get-Command f -ErrorAction Ignore))\" -replace '\\|', '/' }",
            "/1/5/False|/2/5/False",
        ),
        (
            "1 | ForEach-Object -Parallel { $leak = 1; $global:g = 2; Set-Alias zz Get-Date }; \"$leak/$g/$(Test-Path alias:zz)\"",
            "//False",
        ),
        (
            "1..3 | ForEach-Object -Parallel { $_ * 2 } | Where-Object { $_ -gt 2 } | Select-Object -First 1",
            "4",
        ),
        ("$v = 7; $j = Start-Job { \"$v/$using:v/$args\" } -ArgumentList 1; Receive-Job $j", "/7/1"),
        (
            "$j = Start-Job -InitializationScript { function g { 'ready' } } { g }; Receive-Job $j; [bool](Get-Command g -ErrorAction Ignore)",
            "ready|False",
        ),
        ("$v = 7; $j = $v + 1 &; Receive-Job $j", "8"),
        ("try { $using:x } catch { $_.FullyQualifiedErrorId }", "UsingWithoutInvokeCommand"),
        (
            "$x = 1; try { Invoke-Command { $using:x } } catch { $_.FullyQualifiedErrorId }",
            "UsingWithoutInvokeCommand",
        ),
        ("$x = 1; Invoke-Command -ComputerName localhost { $using:x }", "1"),
        (
            "try { Compare-Object 1 2 -SyncWindow -1 } catch { $_.FullyQualifiedErrorId }",
            "ParameterArgumentValidationError,Microsoft.PowerShell.Commands.CompareObjectCommand",
        ),
    ]);
}

#[test]
fn texts_and_types_come_from_elsewhere() {
    check(&[
        (
            "$null = New-Item en -ItemType Directory; Set-Content en/t.psd1 '@{ Hi = \"hello\" }'; Import-LocalizedData -BindingVariable m -BaseDirectory /case -FileName t; $m.Hi",
            "hello",
        ),
        (
            "Set-Content t.psd1 \"@{ Hi = 1 }`n}`nSet-Content run.txt x`ndata {\"; try { Import-LocalizedData m -BaseDirectory /case -FileName t } catch { 'refused' }; Test-Path run.txt",
            "refused|False",
        ),
        (
            "Import-LocalizedData m -BaseDirectory /case -FileName none -ErrorAction SilentlyContinue -ErrorVariable e; $e[0].FullyQualifiedErrorId",
            "ImportLocalizedData,Microsoft.PowerShell.Commands.ImportLocalizedData",
        ),
        (
            "Add-Type 'namespace N { [System.Flags] public enum F { A = 1, B = 2, Both = A | B } }'; [int][N.F]::Both; [N.F]'A, B'",
            "3|Both",
        ),
        (
            "Add-Type 'public static class Tool { public static int Twice(int x) { return 2 * x; } }'; try { [Tool]::Twice(2) } catch { $_.Exception.GetType().Name }",
            "NotSupportedException",
        ),
        ("try { Set-PSBreakpoint x.ps1 1 } catch { $_.CategoryInfo.Category }", "NotImplemented"),
        (
            "[string].GetProperty('Length').GetValue('abc'); [System.Management.Automation.Internal.CommonParameters].GetProperty('Verbose').Name",
            "3|Verbose",
        ),
    ]);
}
