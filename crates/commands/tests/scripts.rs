//! What scripts make themselves (classes, enumerations, modules, closures, dynamic parameters, objects with a text
//! of their own), as sessions: a script and what it shows.

use dotnet::host::{Host, MemoryHost};
use dotnet::{Locale, culture, profile};
use language::{Session, Settings, View};
use std::sync::Arc;

fn session(host: &Arc<MemoryHost>) -> Session {
    host.files().make_folder("/case").expect("memory takes folders");
    Session::new(Settings {
        locale: Locale::new(&profile::CORE, &culture::EN_US),
        host: host.clone(),
        commands: mailstead_commands::table(),
        invoker: None,
        view: View::Normal,
        location: "/case".to_owned(),
    })
}

/// What a script shows in a fresh session.
fn shown(script: &str) -> String {
    let host = Arc::new(MemoryHost::new(120));
    session(&host).run_text(script);
    host.output()
}

/// Each pair: a script, and what it shows, a line each.
fn check(cases: &[(&str, &str)]) {
    for (script, wanted) in cases {
        let wanted: String =
            wanted.split_whitespace().map(|word| format!("{}\n", word.replace('_', " "))).collect();
        assert_eq!(shown(script), wanted, "{script}");
    }
}

#[test]
fn values_of_several_types_are_sorted_whatever_their_order_is() {
    let mixed = "$l = foreach ($n in 1..400) { switch ($n % 5) { 0 { $n } 1 { \"$n\" } 2 { \"x$n\" } 3 { $n / 3 } \
                 4 { [timespan]::FromSeconds($n * 7919 % 1000) } } }";
    for sorts in ["($l | Sort-Object).Count", "($l | Sort-Object -Descending).Count"] {
        assert_eq!(shown(&format!("{mixed}\n{sorts}")), "400\n", "{sorts}");
    }
    check(&[("(3, 1, 2 | Sort-Object) -join ','; ('b', 'A', 'a' | Sort-Object) -join ','", "1,2,3 A,a,b")]);
}

#[test]
fn what_stays_is_not_taken_off_a_drive_and_what_has_no_name_is_not_made() {
    let id = "$Error[0].FullyQualifiedErrorId";
    let quietly = "-ErrorAction SilentlyContinue";
    check(&[
        (
            &format!("Set-Variable c 1 -Option Constant; Remove-Item variable:c -Force {quietly}; $c; {id}"),
            "1 VariableNotRemovable,Microsoft.PowerShell.Commands.RemoveItemCommand",
        ),
        (
            &format!(
                "Set-Variable c 1 -Option ReadOnly; Rename-Item variable:c d {quietly}; $c; $null -eq $d; Rename-Item variable:c d -Force; $d"
            ),
            "1 True 1",
        ),
        ("$global:g = 7; Remove-Item variable:global:g; $null -eq $g", "True"),
        (
            &format!("New-Item env: -Value 1 {quietly}; {id}; New-Item variable: -Value 1 {quietly}; {id}"),
            "NotSupported,Microsoft.PowerShell.Commands.NewItemCommand NotSupported,Microsoft.PowerShell.Commands.NewItemCommand",
        ),
        (
            "try { [random]::new(1).GetItems((1, 2), [int]::MaxValue) } catch { $_.Exception.InnerException.GetType().Name }",
            "OutOfMemoryException",
        ),
        (
            "try { (\"`n\" * 1000000).ReplaceLineEndings('x' * 1000) } catch { $_.Exception.InnerException.GetType().Name }",
            "OutOfMemoryException",
        ),
    ]);
}

#[test]
fn items_of_the_sessions_drives_are_made_copied_renamed_and_emptied() {
    check(&[
        (
            "New-Item env:FOO -Value bar | % Value; Copy-Item env:FOO env:TWO; Rename-Item env:FOO ONE; $env:ONE; $env:TWO; Test-Path env:FOO",
            "bar bar bar False",
        ),
        (
            "$env:A1 = 1; $env:A2 = 2; Clear-Item env:A1; Test-Path env:A1; Remove-Item env:A*; Test-Path env:A2",
            "False False",
        ),
        (
            "New-Item alias: -Name vv -Value Get-Item | % Definition; Copy-Item alias:vv alias:ww; Rename-Item alias:ww xx; (Get-Alias xx).Definition; Test-Path alias:ww",
            "Get-Item Get-Item False",
        ),
        (
            "$q = 1, 2; Copy-Item variable:q variable:r; $r.Count; Rename-Item variable:r s; $s[1]; Clear-Item variable:s; $null -eq $s; Test-Path variable:s; Test-Path variable:r",
            "2 2 True True False",
        ),
        (
            "function f1 { 'one' }; Rename-Item function:f1 f2; f2; Copy-Item function:f2 function:f3; f3; New-Item function:f4 -Value { 4 } | % Name; f4; Clear-Item function:f4; Test-Path function:f4",
            "one one f4 4 False",
        ),
        (
            "$q = 1; Remove-Item variable:q -WhatIf; $q; Remove-Item -LiteralPath variable:q; Test-Path variable:q; (Get-Item -LiteralPath env:HOME -ErrorAction Ignore).Name -in 'HOME', $null",
            "What_if:_Performing_the_operation_\"Remove_Item\"_on_target_\"Item:_q\". 1 False True",
        ),
        (
            "$n = 0; foreach ($c in { Remove-Item env:NO }, { Rename-Item env:NO X }, { New-Item env:NO }, { $env:Y = 1; New-Item env:Y -Value 2 }, { Copy-Item env:Y variable:Y }) { try { $ErrorActionPreference = 'Stop'; & $c } catch { $_.FullyQualifiedErrorId.Split(',')[0] } }",
            "PathNotFound PathNotFound System.Management.Automation.PSArgumentNullException System.Management.Automation.PSArgumentException CopyItemSourceAndDestinationNotSameProvider",
        ),
        (
            "New-Item env:Y -Value 1 | Out-Null; New-Item env:Y -Value 2 -Force | % Value; Set-Content -LiteralPath env:Y 3; Get-Content -LiteralPath env:Y",
            "2 3",
        ),
    ]);
}

#[test]
fn a_random_generator_keeps_to_its_seed() {
    check(&[
        (
            "$r = [random]::new(42); $r.Next(); (New-Object Random 42).Next(100); [random]::new(0).Next()",
            "1434747710 66 1559595546",
        ),
        (
            "$a = [random]::new(7); $b = [random]::new(7); $x = [byte[]]::new(9); $y = [byte[]]::new(9); $a.NextBytes($x); $b.NextBytes($y); \"$x\" -eq \"$y\"; $a.NextInt64() -eq $b.NextInt64(); $a.NextDouble() -eq $b.NextDouble()",
            "True True True",
        ),
        (
            "$l = 1..9; $r = [random]::new(1); $r.Shuffle($l); ($l | Sort-Object) -join ''; $r.GetItems([int[]](3, 3), 2) -join ','; $r.GetItems([int[]](3, 3), 2).GetType().Name; [random]::Shared.Next(4, 5)",
            "123456789 3,3 Int32[] 4",
        ),
        (
            "try { [random]::new().Next(-1) } catch { $_.FullyQualifiedErrorId }; try { [random]::new().Next(3, 2) } catch { $_.FullyQualifiedErrorId }",
            "ArgumentOutOfRangeException ArgumentOutOfRangeException",
        ),
    ]);
}

#[test]
fn small_members_of_numbers_letters_and_texts_are_there() {
    check(&[
        (
            "[math]::CopySign(1, -2); [math]::FusedMultiplyAdd(2, 3, 4); [math]::ILogB(9); [math]::ILogB(0); [math]::ScaleB(3, 2); [math]::MaxMagnitude(-3, 2); [math]::MinMagnitude(-2, 2); [math]::BitIncrement(1) -gt 1",
            "-1 10 3 -2147483648 12 -3 -2 True",
        ),
        (
            "[char]::IsAsciiDigit('5'); [char]::IsAsciiLetterUpper('a'); [char]::IsAsciiHexDigit('g'); [char]::IsAsciiLetter('q')",
            "True False False True",
        ),
        (
            "\"a`r`nb`nc\".ReplaceLineEndings('|'); \"a`rb\".ReplaceLineEndings().Length; [string]::Intern('x'); [convert]::ToHexStringLower([byte[]](171, 1))",
            "a|b|c 3 x ab01",
        ),
        (
            "[bigint]::IsPow2(8); [bigint]::IsPow2(6); [bigint]::IsPow2(-8); [guid]::ParseExact('d61bbeca018648fa90e1ff7aa5d33e2d', 'n').ToString('B')",
            "True False False {d61bbeca-0186-48fa-90e1-ff7aa5d33e2d}",
        ),
        (
            "try { [guid]::ParseExact('d61bbeca018648fa90e1ff7aa5d33e2d', 'D') } catch { $_.FullyQualifiedErrorId }; New-Item d -ItemType Directory | Out-Null; Set-Content f.txt 1; [IO.Directory]::EnumerateFileSystemEntries('/case').Count",
            "FormatException 2",
        ),
    ]);
}

#[test]
fn matches_are_collections_and_a_search_may_begin_anywhere() {
    check(&[
        (
            "$m = [regex]::Matches('a1b22', '\\d+'); $m.GetType().Name; $m.Count; $m[1].Index; $m.Item(0).Value; $m[0].Captures.GetType().Name",
            "MatchCollection 2 3 1 CaptureCollection",
        ),
        (
            "$r = [regex]::new('a', 'IgnoreCase', [timespan]::FromSeconds(1)); $r.MatchTimeout.TotalSeconds; $r.Count('aAb'); $r.Match('xxa', 1, 2).Index; $r.Replace('aaa', 'b', 1, 1); $r.Split('1a2a3', 2, 2) -join '/'",
            "1 2 2 aba 1a2/3",
        ),
        (
            "[regex]::Replace('abc', 'b', [Text.RegularExpressions.MatchEvaluator] { param($m) \"<$m>\" }); [regex]::Count('abab', 'B', 'IgnoreCase'); [regex]::InfiniteMatchTimeout.TotalMilliseconds",
            "a<b>c 2 -1",
        ),
        (
            "try { [regex]::new('a').Match('a', 5) } catch { $_.FullyQualifiedErrorId }; try { [regex]'a(' } catch { 'cast' }; try { [regex]::new('a(') } catch { $_.Exception.InnerException.Error; $_.Exception.InnerException.Offset }",
            "ArgumentOutOfRangeException cast InsufficientClosingParentheses 2",
        ),
        (
            "([regex]'a') -eq ([regex]'a'); $r = [regex]'a'; $r -eq $r; ($r = [regex]'(a)|b').Match('b').Groups[1].Success; try { [regex]::Match('a', 'b').Result('x') } catch { $_.FullyQualifiedErrorId }",
            "False True False NotSupportedException",
        ),
    ]);
}

#[test]
fn classes_have_properties_methods_and_constructors() {
    check(&[
        ("class A { [int]$N = 2; [string]$T } $a = [A]::new(); $a.N = '5'; $a.N; $null -eq $a.T", "5 True"),
        (
            "class A { $N; A($n) { $this.N = $n } A() { $this.N = 'none' } } [A]::new().N; [A]::new(3).N",
            "none 3",
        ),
        (
            "class A { static [int]$N = 1; static [int] Up() { [A]::N += 2; return [A]::N } } [A]::Up(); [A]::N",
            "3 3",
        ),
        ("class A { [int] Two() { 'lost'; return '2' } } [A]::new().Two().GetType().Name", "Int32"),
        ("class A { [void] F() { 1 } } $null -eq [A]::new().F()", "True"),
        (
            "class A { F([int]$x) { $this.V = \"int $x\" } F([string]$x) { $this.V = \"text $x\" } $V } $a = [A]::new(); $a.F(1); $a.V; $a.F('b'); $a.V",
            "int_1 text_b",
        ),
        (
            "class A { hidden $H = 1; $S = 2 } $a = [A]::new(); $a.H; ($a | Get-Member -MemberType Property).Name",
            "1 S",
        ),
        (
            "$b = [B]::new(); $b.Hi(); class B : A { [string] Hi() { return 'B' + ([A]$this).Hi() } } class A { [string] Hi() { return 'A' } }",
            "BA",
        ),
        (
            "class A { $X; A($x) { $this.X = $x } } class B : A { B() : base('up') { } } [B]::new().X; [B]::new() -is [A]",
            "up True",
        ),
        ("class A { [string]$N } ([A]@{ N = 7 }).N; [A[]]$l = @{ N = 1 }, @{ N = 2 }; $l.Count", "7 2"),
        (
            "class A { [int]$X; [int] CompareTo($o) { return $this.X - $o.X } } $a = [A]@{ X = 1 }; $b = [A]@{ X = 2 }; $a -lt $b",
            "True",
        ),
        (
            "class E : System.Exception { E($m) : base($m) { } } try { throw [E]::new('bad') } catch [E] { \"caught $($_.Exception.Message)\" }",
            "caught_bad",
        ),
        (
            "class A { [int] F() { try { return 1 } finally { $this.G() } } [int] G() { return 9 } } [A]::new().F()",
            "1",
        ),
    ]);
}

#[test]
fn an_error_in_a_method_ends_it() {
    check(
        &[
            (
                "class A { [string] F() { [int]'x'; return 'on' } } try { [A]::new().F() } catch { 'ended' }",
                "ended",
            ),
            (
                "class A { F([int]$n) { } } try { [A]::new().F('x') } catch { $_.FullyQualifiedErrorId }",
                "MethodArgumentConversionInvalidCastArgument",
            ),
            (
                "class A { [ValidateSet('a')]$S = 'a' } $a = [A]::new(); try { $a.S = 'b' } catch { $_.Exception.GetType().Name }",
                "SetValueInvocationException",
            ),
            ("class A : Nope { }", ""),
        ][..3],
    );
    assert!(shown("class A : Nope { }\n'never'").contains("Unable to find type [Nope]."));
}

#[test]
fn enumerations_have_names_numbers_and_flags() {
    check(&[
        (
            "enum L { Low; Mid = 5; High } [L]::High; [int][L]::High; [L]5; [L]::Low -lt [L]::Mid",
            "High 6 Mid True",
        ),
        (
            "[Flags()] enum P { Read = 1; Write = 2 } [P]'Read,Write'; [enum]::GetNames([P])",
            "Read,_Write Read Write",
        ),
        ("enum L { A } function f([L]$x) { \"$x\" } f a; try { f nope } catch { 'refused' }", "A refused"),
    ]);
}

#[test]
fn the_text_of_an_object_is_its_own_to_string() {
    let made =
        "$o = [pscustomobject]@{ N = 1 }; $o | Add-Member ScriptMethod ToString { \"o$($this.N)\" } -Force; ";
    for (expression, wanted) in [
        ("\"$o\"", "o1"),
        ("'x' + $o", "xo1"),
        ("'{0}!' -f $o", "o1!"),
        ("$o, $o -join '+'", "o1+o1"),
        ("[string]$o", "o1"),
        ("\"$($o, $o)\"", "o1 o1"),
        ("'o1' -eq $o", "True"),
        ("$o -like 'o*'", "True"),
        ("$o -replace '1', '2'", "o2"),
        ("function f([string]$t) { $t }; f $o", "o1"),
        ("$o.ToString()", "o1"),
    ] {
        assert_eq!(shown(&format!("{made}{expression}")), format!("{wanted}\n"), "{expression}");
    }
}

#[test]
fn modules_keep_what_they_do_not_export() {
    check(&[
        (
            "$m = New-Module { $n = 0; function Up { $script:n++; $n } function Own { 'own' } Export-ModuleMember Up }; Up; Up; & $m { $n }; & $m Own; try { Own } catch { 'hidden' }",
            "1 2 2 own hidden",
        ),
        (
            "New-Module -Name M { function f { 'in' } } | Out-Null; function f { 'mine' }; f; M\\f; Remove-Module M; try { M\\f } catch { 'gone' }",
            "mine in gone",
        ),
        (
            "$c = New-Module -AsCustomObject { $v = 1; function Get { $v } function Set($x) { $script:v = $x } }; $c.Set(4); $c.Get()",
            "4",
        ),
        (
            "'$p = 3; function g { \"g$p\" }; Export-ModuleMember -Function g -Variable p' > m.psm1; Import-Module ./m.psm1; g; $p; Import-Module ./m.psm1 -Prefix My -Force; Myg",
            "g3 3 g3",
        ),
        (
            "'@{ RootModule = ''r.psm1''; FunctionsToExport = ''a*''; ModuleVersion = ''1.2'' }' > d.psd1; 'function a1 { 1 }; function b1 { 2 }' > r.psm1; Import-Module ./d.psd1; a1; try { b1 } catch { 'kept' }; (Get-Module d).Version.ToString()",
            "1 kept 1.2",
        ),
    ]);
    assert!(
        shown("Import-Module NoSuchModule")
            .contains("Modules_ModuleNotFound,Microsoft.PowerShell.Commands.ImportModuleCommand")
    );
}

#[test]
fn closures_take_the_variables_of_their_scope_along() {
    check(&[
        (
            "function Mk { $c = 0; { $script:c++; $c }.GetNewClosure() } $a = Mk; $b = Mk; & $a; & $a; & $b",
            "1 2 1",
        ),
        ("$x = 1; $f = { $x }.GetNewClosure(); $x = 2; & $f; & { $x }; 1 | ForEach-Object $f", "1 2 1"),
    ]);
}

#[test]
fn dynamic_parameters_join_when_their_block_gives_them() {
    let function = "function Dp { [CmdletBinding()] param([string]$Kind) dynamicparam { if ($Kind -eq 'n') {
        $c = New-Object System.Collections.ObjectModel.Collection[System.Attribute]
        $c.Add((New-Object System.Management.Automation.ParameterAttribute -Property @{ Mandatory = $true }))
        $c.Add((New-Object System.Management.Automation.ValidateSetAttribute 'one', 'two'))
        $d = New-Object System.Management.Automation.RuntimeDefinedParameterDictionary
        $d.Add('Num', (New-Object System.Management.Automation.RuntimeDefinedParameter 'Num', ([string]), $c)); $d } }
        process { \"$Kind $($PSBoundParameters['Num'])\" } }\n";
    for (call, wanted) in [
        ("Dp -Kind n -Num two", "n two"),
        ("Dp -Num one n", "n one"),
        ("try { Dp n -Num three } catch { $_.FullyQualifiedErrorId }", "ParameterArgumentValidationError,Dp"),
        ("try { Dp x -Num two } catch { $_.FullyQualifiedErrorId }", "NamedParameterNotFound,Dp"),
    ] {
        assert_eq!(shown(&format!("{function}{call}")), format!("{wanted}\n"), "{call}");
    }
}

#[test]
fn a_walk_ends_when_its_collection_changes() {
    check(&[
        (
            "$l = [System.Collections.ArrayList](1, 2); try { foreach ($x in $l) { $l.Add(3) | Out-Null } } catch { $_.Exception.GetType().Name }",
            "InvalidOperationException",
        ),
        ("$h = @{ a = 1 }; try { foreach ($k in $h.Keys) { $h[$k] = 2 } } catch { 'changed' }", "changed"),
        ("$h = @{ a = 1 }; foreach ($k in @($h.Keys)) { $h[$k] = 2 }; $h.a", "2"),
        (
            "foreach ($n in 1..3) { $n }; foreach ($n in 3..1) { $n }; (1..4 | Select-Object -First 2) -join ','",
            "1 2 3 3 2 1 1,2",
        ),
    ]);
}

#[test]
fn input_is_walked_once() {
    check(&[
        ("function f { @($input).Count; @($input).Count } 1, 2 | f; f", "2 0 0 0"),
        ("function f { foreach ($x in $input) { $x } } 4, 5 | f", "4 5"),
    ]);
}

#[test]
fn a_million_steps_of_a_walk_make_no_list() {
    let host_text = shown(
        "$n = 0; foreach ($i in 1..2000000000) { if (++$n -ge 1000) { break } }; $n; 1..2000000000 | Select-Object -First 1",
    );
    assert_eq!(host_text, "1000\n1\n");
}

#[test]
fn a_text_grows_in_place() {
    check(&[
        (
            "$s = ''; for ($i = 0; $i -lt 300000; $i++) { $s += 'x' }; $s.Length; $t = $s; $s += 'y'; $t.Length; $s.EndsWith('xy')",
            "300000 300000 True",
        ),
        (
            "$s = 'a' * 600; ($s += 'b').Length; $s += 1; $s += $null; $s.Length; $s = 'new'; $s",
            "601 602 new",
        ),
    ]);
}

#[test]
fn what_gathers_without_an_end_is_an_error() {
    check(&[
        (
            "$s = 'x' * 90MB; try { $s + $s + $s } catch { $_.Exception.GetType().Name }; 'on'",
            "OutOfMemoryException on",
        ),
        ("function rr { rr }; try { rr } catch { $_.FullyQualifiedErrorId }", "CallDepthOverflow"),
        ("$a = @(1, 2); $a[0] = $a; \"$a\"; $a.Count", "System.Object[]_2 2"),
    ]);
}

#[test]
fn stop_ends_the_script_and_is_kept_twice() {
    let text = shown(
        "function Bad { Write-Error 'bad' -ErrorAction Stop; 'after' }\n1, 2 | ForEach-Object { Bad }\n'never'",
    );
    assert!(text.starts_with("Bad : bad\n") && !text.contains("never") && !text.contains("after"), "{text}");
    check(&[
        (
            "try { Get-Item none -ErrorAction Stop -ErrorVariable e } catch { }; $e[0].GetType().Name",
            "ActionPreferenceStopException",
        ),
        (
            "$ErrorActionPreference = 'SilentlyContinue'; $ErrorActionPreference.GetType().Name; try { $ErrorActionPreference = 'Nope' } catch { 'refused' }; $ErrorActionPreference",
            "ActionPreference refused SilentlyContinue",
        ),
    ]);
}

#[test]
fn whether_a_statement_succeeded() {
    check(&[
        ("Write-Error e 2> $null; $?; 1; $?", "False 1 True"),
        ("function f { Write-Error e 2> $null }; f; $?", "True"),
        (
            "function f { [CmdletBinding()] param() $PSCmdlet.WriteError((New-Object System.Management.Automation.ErrorRecord (New-Object Exception 'x'), 'i', 'NotSpecified', $null)) }; f 2> $null; $?",
            "False",
        ),
        ("try { throw 1 } catch { $? }; $?", "False True"),
        ("(Get-Variable nope -ErrorAction Ignore); $?", "False"),
        ("$x = Get-Variable nope -ErrorAction Ignore; $?; $null = Get-Date; $?", "False True"),
    ]);
}

#[test]
fn objects_are_held_back_in_groups() {
    check(&[(
        "1..4 | ForEach-Object { Write-Host \"w$_\"; $_ } -OutBuffer 1 | ForEach-Object { \"r$_\" }",
        "w1 w2 r1 r2 w3 w4 r3 r4",
    )]);
}

#[test]
fn a_number_keeps_how_it_was_written_for_who_wants_text() {
    check(&[
        ("function f([string]$v) { $v }; f 1.10; f 0x10; f -v:007", "1.10 0x10 007"),
        ("function f($v) { $v.GetType().Name; $v + 1 }; f 1.10", "Double 2.1"),
        (
            "Write-Host 1.50; 1..9 | Select-Object -First 0x2 | Measure-Object | ForEach-Object Count",
            "1.50 2",
        ),
    ]);
}

#[test]
fn comments_are_the_help_of_functions_and_scripts() {
    check(&[
        ("# .SYNOPSIS\n# Short.\nfunction a { }\n(Get-Help a).Synopsis", "Short."),
        (
            "function a { <#\n.SYNOPSIS\nInside.\n.PARAMETER N\nIts name.\n#> param($N) }\n$h = Get-Help a; $h.Synopsis; (Get-Help a -Parameter N).description.Text",
            "Inside. Its_name.",
        ),
        (
            "<#\n.SYNOPSIS\nFar.\n#>\n\n\n\nfunction a { param($x) }\n(Get-Help a).Synopsis.Trim()",
            "a_[[-x]_<Object>]",
        ),
        ("\"<#`n.SYNOPSIS`nOf a file.`n#>`nparam(`$p)\" > h.ps1; (Get-Help ./h.ps1).Synopsis", "Of_a_file."),
    ]);
}

#[test]
fn spellings_that_are_easily_misread() {
    check(&[
        ("enum E{A;B=5}\n[int][E]::B", "5"),
        ("1..3>f.txt\n(Get-Content f.txt) -join '-'", "1-2-3"),
        ("class A { [string] H() { return 'h' } }\nclass B\n: A { }\n[B]::new().H()", "h"),
        (
            "class M { [string] F([string]$s) { if ($s -match '(\\d+)') { return $Matches[1] } return $LASTEXITCODE } }\n[M]::new().F('a12')",
            "12",
        ),
        ("${a`u{2195}} = 5; ${a`u{2195}}; $o = [pscustomobject]@{ name = 'n' }; $o.{name}", "5 n"),
        ("0b11111111; 0b101; 0b11111111y; 0b1u", "-1 5 -1 1"),
        ("$x = @\"\ntext\n  \"@\nmore\n\"@\n$x.Length", "14"),
    ]);
    let here = shown("$x = @\"\ntext\n  \"@\n");
    assert!(here.contains("WhitespaceBeforeHereStringFooter"), "{here}");
    assert!(shown("[ordered]'x'").contains("OrderedAttributeOnlyOnHashLiteralNode"));
}

#[test]
fn what_was_typed_can_be_run_again() {
    check(&[(
        "try { r } catch { $_.FullyQualifiedErrorId }; @(h).Count",
        "InvokeHistoryNoLastHistoryEntryFound,Microsoft.PowerShell.Commands.InvokeHistoryCommand 0",
    )]);
    let host = Arc::new(MemoryHost::new(120));
    let mut session = session(&host);
    session.note_line("'first'");
    session.note_line("'second'");
    session.run_text("r; r \"'fi\"; r 2; (Get-History).CommandLine; (Get-History -Count 1).Id");
    assert_eq!(host.output(), "second\nfirst\nsecond\n'first'\n'second'\n2\n");
}

#[test]
fn an_object_inside_of_another_gives_its_own_text() {
    let made = "$s = [pscustomobject]@{ B = 1 }; $s | Add-Member ScriptMethod ToString { 'own' } -Force; ";
    for (script, wanted) in [
        ("\"$([pscustomobject]@{ N = 'x'; S = $s; L = @($s) })\"", "@{N=x; S=own; L=System.Object[]}\n"),
        ("\"$([pscustomobject]@{ S = [pscustomobject]@{ B = 1 } })\"", "@{S=}\n"),
        ("@($s, $s) -join ','", "own,own\n"),
        ("@([pscustomobject]@{ S = $s }) -join ','", "\n"),
    ] {
        assert_eq!(shown(&format!("{made}{script}")), wanted, "{script}");
    }
}

#[test]
fn what_wrote_nothing_adds_nothing_to_an_array() {
    check(&[
        ("$w = foreach ($a in @()) { 1 }; (@('x') + $w).Count; (@('x') + $null).Count", "1 2"),
        ("(@('x') + $(foreach ($a in @()) { 1 })).Count", "1"),
    ]);
}

#[test]
fn a_path_of_the_session_names_a_scope() {
    check(&[
        ("function F { Set-Item function:global:G -Value { 'g' } } F; G", "g"),
        ("function F { Set-Item variable:global:v 3 } F; $v", "3"),
        ("function global:G { 1 } function F { (Get-Item function:global:G).Name } F", "G"),
    ]);
}

#[test]
fn errors_name_the_command_as_it_was_typed() {
    let first = |script: &str| shown(script).lines().next().unwrap_or_default().to_owned();
    for (script, wanted) in [
        ("gi nope", "gi : Cannot find path '/case/nope' because it does not exist."),
        ("GET-item nope", "GET-item : Cannot find path '/case/nope' because it does not exist."),
        ("& 'Get-Item' nope", "& : Cannot find path '/case/nope' because it does not exist."),
        (
            "Set-Alias gone No-Such; gone",
            "gone : The term 'No-Such' is not recognized as a name of a cmdlet, function, script file, or executable program.",
        ),
        (
            "function Test-It { [CmdletBinding()] param([int]$N) } test-it x",
            "test-it : Cannot process argument transformation on parameter 'N'. Cannot convert value \"x\" to type \"System.Int32\". Error: \"The input string 'x' was not in a correct format.\"",
        ),
    ] {
        assert_eq!(first(script), wanted, "{script}");
    }
    check(&[(
        "try { gi nope -ErrorAction Stop } catch { $_.InvocationInfo.InvocationName; $_.InvocationInfo.MyCommand.Name; $_.CategoryInfo.Activity }",
        "gi Get-Item Get-Item",
    )]);
}

#[test]
fn who_calls_is_not_who_waits_in_the_pipeline() {
    let script = "function Many { 1 } Many | ForEach-Object { Write-Error 'here' }";
    let shown = shown(script);
    assert!(!shown.contains("Many :") && shown.contains("WriteErrorException\n"), "{shown}");
}

#[test]
fn names_are_as_the_object_spells_them() {
    check(&[
        (
            "$o = [pscustomobject]@{DisplayName=1}; ($o | Select-Object displayname, nope | ConvertTo-Csv)[0]",
            "\"DisplayName\",\"nope\"",
        ),
        ("(Get-Date | Select-Object year).psobject.Properties.Name", "Year"),
        ("[pscustomobject]@{Name=1} | Select-Object NAME | ConvertTo-Json -Compress", "{\"Name\":1}"),
    ]);
}

#[test]
fn a_text_of_its_own_is_used_in_files_and_errors() {
    let size = "$s = [pscustomobject]@{B=1}; $s | Add-Member ScriptMethod ToString { 'one' } -Force; $o = [pscustomobject]@{S=$s};";
    check(&[
        (&format!("{size} ($o | ConvertTo-Csv)[1]"), "\"one\""),
        (&format!("{size} ($o | ConvertTo-Html -Fragment)[3]"), "<tr><td>one</td></tr>"),
        (&format!("{size} try {{ $s -gt 5 }} catch {{ $_.Exception.Message.Split(' ')[2] }}"), "\"one\""),
    ]);
}

#[test]
fn a_typed_catch_sees_the_inner_exception() {
    check(&[
        (
            "try { [int]::Parse('q') } catch [FormatException] { $_.Exception.GetType().Name }",
            "FormatException",
        ),
        ("try { [int]::Parse('q') } catch { $_.Exception.GetType().Name }", "MethodInvocationException"),
        (
            "try { [int]::Parse('q') } catch [FormatException] { } $Error[0].Exception.GetType().Name",
            "MethodInvocationException",
        ),
    ]);
    assert!(!shown("trap { break } [int]::Parse('q'); 'after'").ends_with("after\n"));
}

#[test]
fn nothing_adds_nothing() {
    check(&[
        ("$a = @(1); $a += & {}; $a.Count; $a += $null; $a.Count", "1 2"),
        ("$a = @(); $a += 1, 2 | Where-Object { $_ -gt 5 }; $a.Count", "0"),
        ("$s = 'x'; $s += & {}; $s", "x"),
    ]);
}

#[test]
fn jobs_run_at_once_and_keep_their_output() {
    check(&[
        (
            "$j = Start-Job { param($n) 1..$n } -ArgumentList 3; $j.State; (Receive-Job $j) -join ','; $j.HasMoreData",
            "Completed 1,2,3 False",
        ),
        (
            "$j = Start-Job { throw 'no' } -Name bad; $j.State; (Get-Job bad).Id; Remove-Job bad; @(Get-Job).Count",
            "Failed 1 0",
        ),
        ("$j = Write-Output 7 &; Receive-Job $j -Keep; Receive-Job $j -Wait", "7 7"),
        (
            "Start-Job { 1 } | Out-Null; Start-Job { 2 } | Out-Null; (Get-Job | Wait-Job | Receive-Job) -join ','",
            "1,2",
        ),
    ]);
}

#[test]
fn plain_types_of_c_sharp_are_declared() {
    check(&[
        ("Add-Type 'public enum Color { Red = 1, Blue }'; [Color]::Blue.value__; [Color]'red'", "2 Red"),
        (
            "Add-Type 'namespace A.B { public class Box { public int Size { get; set; } public string Name; } }'; $b = New-Object A.B.Box; $b.Size = '4'; $b.Size",
            "4",
        ),
        ("Add-Type -AssemblyName System.Web, System.Windows.Forms; 'ok'", "ok"),
        (
            "Add-Type -Name Bag -Namespace Own -MemberDefinition 'public string Tag;'; (New-Object Own.Bag -Property @{Tag='x'}).Tag",
            "x",
        ),
        (
            "try { Add-Type ('namespace a {' * 60 + '}' * 60) } catch { $_.Exception.Message -like '*more than 50 deep*' }",
            "True",
        ),
        (
            "try { [System.Net.Mail.MailAddress]::new(\"`\"x`r`nBcc: y`\"@contoso.com\"); 'taken' } catch { 'refused' }",
            "refused",
        ),
        (
            "$j = Start-Job { Write-Error one; Write-Error two } 2>$null; (Receive-Job $j 2>&1 | foreach { \"$_\" }) -join ','",
            "one,two",
        ),
        (
            "try { Add-Type 'public class X { public int F { get { return 1; } } }' } catch { $_.FullyQualifiedErrorId }",
            "CompilerErrors,Microsoft.PowerShell.Commands.AddTypeCommand",
        ),
        ("try { Add-Type -AssemblyName Contoso.Nowhere } catch { $_.FullyQualifiedErrorId.Length }", "63"),
    ]);
}

#[test]
fn xml_is_searched_by_paths() {
    check(&[
        ("(Select-Xml -Content '<r><a k=\"1\">x</a><a k=\"2\"/></r>' -XPath '//a').Node.k -join ','", "1,2"),
        ("$h = '<r><a>7</a></r>' | Select-Xml '//a'; \"$h\"; $h.Path; $h.Pattern", "7 InputStream //a"),
        (
            "'<r xmlns=\"u\"><a>1</a></r>' | Set-Content x.xml; (Select-Xml -Path x.xml -XPath '//n:a' -Namespace @{n='u'}).Node.InnerText",
            "1",
        ),
    ]);
}

#[test]
fn secrets_come_back_with_their_key() {
    check(&[
        (
            "$e = ConvertFrom-SecureString (ConvertTo-SecureString 'Pass' -AsPlainText -Force) -Key (1..24); $s = ConvertTo-SecureString $e -Key (1..24); [System.Net.NetworkCredential]::new('', $s).Password; $e.Substring(0,8)",
            "Pass 76492d11",
        ),
        (
            "try { ConvertTo-SecureString 'aa' -Key (1..5) } catch { $_.FullyQualifiedErrorId }",
            "Argument,Microsoft.PowerShell.Commands.ConvertToSecureStringCommand",
        ),
    ]);
}

#[test]
fn what_would_break_a_shell_is_an_error_and_the_shell_lives_on() {
    for script in [
        "$a = @(1); $a[0] = $a; \"$a\"; $a | Out-String | Out-Null; $a | ConvertTo-Json -Depth 5 | Out-Null",
        "'x'.PadLeft([int]::MaxValue)",
        "[bigint]::Pow(2, 200000) | Out-Null",
        "'a' * [int]::MaxValue",
        "function R { R } R",
        "$h = @{}; $h.me = $h; $h | ConvertTo-Json | Out-Null; \"$h\"",
        "throw ('x' * 1000000)",
        "('a' * 30) -match '(a+)+$b'",
        "[char[]](1..100000) -join '' | Out-Null",
        "Get-Content /dev/urandom -TotalCount 3",
    ] {
        let host = Arc::new(MemoryHost::new(120));
        let mut session = session(&host);
        session.run_text(script);
        session.run_text("'alive'");
        assert!(host.output().ends_with("alive\n"), "{script}");
    }
    check(&[
        ("1..100000000 | Select-Object -First 1", "1"),
        ("([bigint]::Pow(2, 200000)).ToString().Length", "60206"),
    ]);
}

/// The id of the first error of a script, and what it is about.
fn first_error(script: &str) -> String {
    let host = Arc::new(MemoryHost::new(120));
    let mut session = session(&host);
    session.run_text(script);
    session.errors().last().map(|record| record.id().to_owned()).unwrap_or_default()
}

#[test]
fn a_data_section_takes_values_and_the_commands_it_names() {
    for (script, id) in [
        ("data { @{ a = 1 }; 'x' }", ""),
        ("data d { ConvertFrom-StringData 'k=v' }; $d.k", ""),
        ("data d -SupportedCommand Get-Date { Get-Date }", ""),
        ("data { Get-Date }", "CmdletNotInAllowedListForDataSection"),
        ("data { & 'Get-Date' }", "CmdletNotInAllowedListForDataSection"),
        ("data { $x }", "VariableReferenceNotSupportedInDataSection"),
        ("data { $a = 1 }", "AssignmentStatementNotSupportedInDataSection"),
        ("data { 'a'.Length }", "PropertyReferenceNotSupportedInDataSection"),
        ("data { [guid]::NewGuid() }", "MethodCallNotSupportedInDataSection"),
        ("data { \"$null\" }", "ExpandableStringNotSupportedInDataSection"),
        ("data { foreach ($i in 1) { 2 } }", "ForeachStatementNotSupportedInDataSection"),
        ("data { return 1 }", "FlowControlStatementNotSupportedInDataSection"),
    ] {
        assert_eq!(first_error(script), id, "{script}");
    }
}

#[test]
fn a_method_gives_a_value_on_every_way_or_on_none() {
    for (body, id) in [
        ("[int]F() { if (1) { return 1 } else { throw 'x' } }", ""),
        ("[int]F() { try { return 1 } catch { return 2 } }", ""),
        ("[int]F() { do { return 1 } while ($true) }", ""),
        ("[int]F() { for (;;) { return 1 } }", ""),
        ("F() { 'nothing' }", ""),
        ("[int]F() { if (1) { return 1 } }", "MethodHasCodePathNotReturn"),
        ("[int]F() { switch (1) { 1 { return 1 } default { return 2 } } }", "MethodHasCodePathNotReturn"),
        ("[int]F() { while ($true) { return 1 } }", "MethodHasCodePathNotReturn"),
        ("[int]F() { return }", "NonVoidMethodMissingReturnValue"),
        ("[void]F() { return 1 }", "VoidMethodHasReturn"),
        ("A() { return 1 }", "VoidMethodHasReturn"),
    ] {
        assert_eq!(first_error(&format!("class A {{ {body} }}")), id, "{body}");
    }
}

#[test]
fn strict_mode_takes_a_call_in_parentheses_for_a_mistake() {
    let called = "function f($x) { \"$x\" }; Set-StrictMode -Version";
    assert_eq!(first_error(&format!("{called} 2; f(1, 2)")), "StrictModeFunctionCallWithParens");
    for fine in ["2; f (1, 2)", "2; f(1)", "1; f(1, 2)"] {
        assert_eq!(first_error(&format!("{called} {fine}")), "", "{fine}");
    }
}

#[test]
fn exceptions_say_what_nobody_told_them_to_say() {
    check(&[
        ("[IO.FileNotFoundException]::new('gone', 'f.txt') | % { $_.Message; $_.FileName }", "gone f.txt"),
        ("[ArgumentNullException]::new('p').Message", "Value_cannot_be_null._(Parameter_'p')"),
        ("[ArgumentNullException]::new('p', 'no').Message", "no_(Parameter_'p')"),
        ("[ArgumentException]::new('no', 'p') | % { $_.Message; $_.ParamName }", "no_(Parameter_'p') p"),
        ("[NotSupportedException]::new().Message", "Specified_method_is_not_supported."),
        ("[ObjectDisposedException]::new('o').ObjectName", "o"),
        ("[Exception]::new().Message", "Exception_of_type_'System.Exception'_was_thrown."),
    ]);
}

#[test]
fn what_write_error_is_told_stands_in_the_record() {
    let told = "Write-Error m -CategoryReason why -CategoryTargetName that -CategoryTargetType kind \
                -RecommendedAction wait 2>$null; $e = $Error[0]; ";
    check(&[
        (&format!("{told} $e.CategoryInfo.Reason; $e.CategoryInfo.TargetName"), "why that"),
        (&format!("{told} $e.CategoryInfo.TargetType; $e.ErrorDetails.RecommendedAction"), "kind wait"),
    ]);
    let id = "NamedParameterNotFound,Microsoft.PowerShell.Commands.WriteErrorCommand";
    assert_eq!(first_error("Write-Error m -Nope 1"), id);
}

#[test]
fn a_function_that_ends_by_its_own_error_is_blamed_where_it_was_called() {
    let make = "[System.Management.Automation.ErrorRecord]::new([Exception]'x', 'Own', 'InvalidData', 5)";
    let script = format!(
        "function f {{ [CmdletBinding()]param()\n $PSCmdlet.ThrowTerminatingError({make}) }}\n\nf 2>$null"
    );
    let host = Arc::new(MemoryHost::new(120));
    let mut session = session(&host);
    session.run_text(&script);
    let record = session.errors().last().cloned().expect("the function fails");
    assert_eq!((record.id(), record.position()), ("Own,f", Some((4, 1))));
}

#[test]
fn a_comparison_looks_no_further_than_it_was_told() {
    check(&[
        ("(Compare-Object 1, 2, 3 3, 2, 1 -SyncWindow 0).Count", "4"),
        ("@(Compare-Object 1, 2, 3 3, 2, 1).Count", "0"),
    ]);
}

#[test]
fn json_is_tested_and_escaped() {
    check(&[
        ("Test-Json '{\"a\": 1}'; Test-Json '{a' 2>$null", "True False"),
        ("'<&' | ConvertTo-Json -EscapeHandling EscapeHtml", "\"\\u003c\\u0026\""),
        ("[string][char]0xE9 | ConvertTo-Json -EscapeHandling EscapeNonAscii", "\"\\u00e9\""),
        ("[string][char]0xE9 | ConvertTo-Json | % Length", "3"),
    ]);
}

#[test]
fn jobs_are_found_by_their_identifier() {
    check(&[
        ("$j = Start-Job { 1 }; (Get-Job -InstanceId $j.InstanceId).Id -eq $j.Id", "True"),
        ("$j = Start-Job { 1 }; $j.PSBeginTime -le $j.PSEndTime", "True"),
    ]);
    let id = "JobWithSpecifiedInstanceIdNotFound,Microsoft.PowerShell.Commands.GetJobCommand";
    assert_eq!(first_error("Get-Job -InstanceId ([guid]::Empty)"), id);
}

#[test]
fn a_line_of_the_history_does_not_call_itself_for_ever() {
    let host = Arc::new(MemoryHost::new(120));
    let mut session = session(&host);
    session.note_line("Invoke-History");
    session.run_text("Invoke-History");
    let ids: Vec<String> = session.errors().iter().map(|record| record.id().to_owned()).collect();
    assert!(ids.iter().any(|id| id.starts_with("InvokeHistoryLoopDetected")), "{ids:?}");
    session.note_line("'again'");
    session.run_text("Invoke-History; Invoke-History");
    assert!(host.output().ends_with("again\nagain\n"), "{}", host.output());
}

#[test]
fn a_program_knows_who_called_it() {
    check(&[
        ("function a { b }; function b { (Get-PSCallStack).Command -join ',' }; a", "b,a,<ScriptBlock>"),
        ("1, 2 | ForEach-Object -Parallel { $_ * 2 }", "2 4"),
        ("function f { param([ValidateRange('NonNegative')]$y) $y }; f 0", "0"),
    ]);
    assert_eq!(
        first_error("function f { param([ValidateRange('NonNegative')][int]$y) $y }; f -1"),
        "ParameterArgumentValidationError,f"
    );
    assert_eq!(first_error("& ''"), "BadExpression");
    assert_eq!(
        first_error("Set-Alias gci Get-Date"),
        "AliasNotWritable,Microsoft.PowerShell.Commands.SetAliasCommand"
    );
}

#[test]
fn the_newest_error_is_the_one_that_is_shown() {
    check(&[
        (
            "Write-Error one -ErrorId 1 2>$null; Write-Error two -ErrorId 2 2>$null; (Get-Error).FullyQualifiedErrorId; (Get-Error -Newest 2).FullyQualifiedErrorId",
            "2 2 1",
        ),
        ("Write-Error one 2>$null; $Error.Clear(); @(Get-Error).Count", "0"),
    ]);
}

#[test]
fn a_culture_that_is_named_orders_texts() {
    let letters = "$l = 'z', 'ä', 'a', 'ö', 'Å', 'o', 'i', 'I', 'ı'";
    for (script, wanted) in [
        ("($l | Sort-Object -Culture sv-SE) -join ''", "aiIıozÅäö"),
        ("($l | Sort-Object) -join ''", "aÅäiIıoöz"),
        ("($l | Sort-Object -Culture 1053) -join ''", "aiIıozÅäö"),
        ("($l | Sort-Object -Culture 0x41d) -join ''", "aiIıozÅäö"),
        ("@($l | Group-Object -Culture tr-TR | Where-Object Count -eq 2).Group -join ''", "Iı"),
        ("@($l | Group-Object | Where-Object Count -ge 2).Count", "1"),
        ("@(Compare-Object i I).Count; @(Compare-Object i I -Culture tr-TR).Count", "0\n2"),
        ("'I', 'i' | Sort-Object -Unique -Culture tr | Measure-Object | ForEach-Object Count", "2"),
    ] {
        assert_eq!(shown(&format!("{letters}\n{script}")), format!("{wanted}\n"), "{script}");
    }
    for command in ["Sort-Object", "Group-Object", "Compare-Object -ReferenceObject 1"] {
        let script =
            format!("try {{ 2 | {command} -Culture xx-nowhere }} catch {{ $_.FullyQualifiedErrorId }}");
        assert!(shown(&script).starts_with("CultureNotFound,"), "{command}: {}", shown(&script));
    }
}

#[test]
fn many_different_values_are_grouped_and_compared() {
    check(&[
        ("@(1..60000 | Group-Object).Count", "60000"),
        ("@(1..60000 | Group-Object { \"Person $_\" }, { $_ % 3 }).Count", "60000"),
        ("@(Compare-Object (1..60000) (60000..1)).Count", "0"),
        ("@(Compare-Object (@('x') * 30000) (@('X') * 30001)).SideIndicator", "=>"),
    ]);
    check(&[
        ("@(1, '1', 1.0, 1d, 'a', 'A', 'á', $true, 'True', 2 | Group-Object).Count", "5"),
        ("@('1', 1, $null, '', 'x' | Group-Object { $_ }).Count", "3"),
        ("(Compare-Object (1, '2', 3.5) ('1', 2, '3.5', 4)).InputObject", "4"),
        ("(Compare-Object (1, 2, 3) (3, 1, 2) -SyncWindow 0).Count", "6"),
        ("(Compare-Object (1, 1, 2) (2, 1, 3) -IncludeEqual).SideIndicator -join ''", "=====><="),
        (
            "@([timespan]1, [timespan]1, [datetime]1, [guid]::Empty, [guid]::Empty, 'e', [char]'e' | Group-Object).Count",
            "4",
        ),
    ]);
}

#[test]
fn zones_are_found_by_patterns_and_hexadecimal_rows_take_no_negative_numbers() {
    check(&[
        (
            "@(Get-TimeZone 'Europe/Vienn*').Id; @(Get-TimeZone -Name europe/b*).Count -gt 3",
            "Europe/Vienna True",
        ),
        (
            "Get-TimeZone 'Nowhere*' -ErrorAction SilentlyContinue; $Error[0].FullyQualifiedErrorId",
            "TimeZoneNotFound,Microsoft.PowerShell.Commands.GetTimeZoneCommand",
        ),
        (
            "try { 'ab' | Format-Hex -Count -1 } catch { $_.FullyQualifiedErrorId }",
            "ParameterArgumentValidationError,Microsoft.PowerShell.Commands.FormatHex",
        ),
        (
            "try { 'ab' | Format-Hex -Offset -1 } catch { $_.FullyQualifiedErrorId }",
            "ParameterArgumentValidationError,Microsoft.PowerShell.Commands.FormatHex",
        ),
        (
            "(-1 | Format-Hex).HexBytes; ([uint16]258 | Format-Hex).HexBytes; (1.5 | Format-Hex).HexBytes",
            "FF_FF_FF_FF 02_01 00_00_00_00_00_00_F8_3F",
        ),
    ]);
}

#[test]
fn types_that_scripts_for_windows_ask_answer() {
    check(&[
        (
            "[void][Reflection.Assembly]::LoadWithPartialName('System.Web'); [System.Reflection.Assembly]::LoadWithPartialName('System.Windows.Forms, Version=1').FullName",
            "System.Windows.Forms",
        ),
        ("$null -eq [Reflection.Assembly]::LoadWithPartialName('Nobodys.Own')", "True"),
        (
            "try { [Reflection.Assembly]::Load('Nobodys.Own') } catch { $_.Exception.InnerException.GetType().Name }",
            "FileNotFoundException",
        ),
        (
            "try { [Reflection.Assembly]::LoadFrom('C:\\\\x.dll') } catch { $_.Exception.InnerException.GetType().Name }",
            "NotSupportedException",
        ),
        ("$env:COMPUTERNAME = 'MX1'; [Net.Dns]::GetHostName(); [Environment]::MachineName", "MX1 MX1"),
        (
            "try { [Net.Dns]::GetHostEntry('x') } catch { $_.Exception.InnerException.GetType().Name }",
            "SocketException",
        ),
        (
            "$env:USERDOMAIN = 'CONTOSO'; $env:USER = 'ann'; [Security.Principal.WindowsIdentity]::GetCurrent().Name; [System.Security.Principal.WindowsIdentity]::GetCurrent().IsAuthenticated",
            "CONTOSO\\ann True",
        ),
    ]);
}
