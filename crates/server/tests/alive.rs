//! What would break a shell, through the binary as people run it: an error at most, and the shell lives on; Ctrl-C and a
//! reader who leaves end whatever runs.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::process::{Command, Output};

/// Longer than the slowest of these takes where eight others build; what is endless is ended by it.
const SECONDS_MAX: &str = "120";

fn shell(folder: &std::path::Path, script: &str) -> Output {
    let mut command = Command::new("timeout");
    command.args(["--kill-after=5", SECONDS_MAX, env!("CARGO_BIN_EXE_mailstead"), "shell", "-c", script]);
    command.env("HOME", folder).current_dir(folder).output().unwrap()
}

/// What a script says, and goes on to say that it is alive.
fn survives(script: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let run = shell(folder.path(), &format!("{script}; 'alive'"));
    let (out, said) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(
        out.trim_end().ends_with("alive"),
        "{script}: {:?} {}",
        run.status,
        said.chars().take(500).collect::<String>()
    );
    format!("{out}{said}")
}

#[test]
fn files_without_an_end_are_read_as_far_as_somebody_asks() {
    for (script, says) in [
        ("(Get-Content /dev/urandom -TotalCount 3).Count", "3\n"),
        ("Get-Content /dev/urandom | Select-Object -First 1 | ForEach-Object { 'one' }", "one\n"),
        ("(Get-Content /dev/zero -AsByteStream -TotalCount 4).Count", "4\n"),
        ("Get-Content /dev/zero -Raw | Out-Null", "The file is too long."),
        ("[IO.File]::ReadAllBytes('/dev/zero') | Out-Null", "The file is too long."),
        ("Select-String -Path /dev/urandom -Pattern 'a' -List | ForEach-Object { 'found' }", "found\n"),
        ("switch -File /dev/urandom { default { 'line'; break } }", "line\n"),
        ("'a,b', '1,2' | Set-Content x.csv; (Import-Csv x.csv).b", "2\n"),
    ] {
        let said = survives(script);
        assert!(said.contains(says), "{script}: {said}");
    }
}

#[test]
fn values_that_hold_themselves_or_are_too_large_are_errors_at_most() {
    for (script, says) in [
        ("$a = @(1); $a[0] = $a; \"<$a>\"; $a | Out-String | Out-Null; $a", "<System.Object[]>"),
        ("$h = @{}; $h.me = $h; $h; $h | ConvertTo-Json -Depth 2 | Out-Null", "me"),
        ("$l = [Collections.ArrayList]@(1); $l[0] = $l; \"<$l>\"; $l | Format-List", "<"),
        ("$o = [pscustomobject]@{ A = 1 }; $o.A = $o; $o; \"$o\"", "@{A="),
        ("$a = @(1); $a[0] = $a; $a | Export-Clixml x.xml -Depth 3; $a | ConvertTo-Xml | Out-Null", ""),
        (
            "$a = @(1, 1); $a[0] = $a; $a[1] = $a; $a | ConvertTo-Xml | Out-Null; $a | ConvertTo-Json -Depth 3 | Out-Null",
            "",
        ),
        ("'x'.PadLeft([int]::MaxValue)", "OutOfMemoryException"),
        ("'x'.PadRight([int]::MaxValue)", "OutOfMemoryException"),
        ("'ab' * [int]::MaxValue", "Exception"),
        ("[string]::new('x', [int]::MaxValue)", "Exception"),
        ("[bigint]::Pow(2, 200000).ToString().Length", "60206\n"),
        ("[bigint]::Pow(2, 2000000000) | Out-Null", "Exception"),
        ("1..100000000 | Select-Object -First 1", "1\n"),
        ("(1..[int]::MaxValue).Count", ""),
        ("New-Object 'int[]' 2000000000 | Out-Null", ""),
        ("function Deep { Deep }; Deep", "CallDepthOverflow"),
        ("$f = { & $f }; & $f", "CallDepthOverflow"),
        ("class C { [string] ToString() { return \"$this\" } }; \"$([C]::new())\"", ""),
        ("$o = [pscustomobject]@{}; $o | Add-Member ScriptProperty P { $this.P }; $o.P", ""),
        ("yes | Select-Object -First 1", "y\n"),
        ("try { throw ('x' * 50000000) } catch { \"$_\".Length }", "50000000\n"),
        ("Write-Error ('x' * 50000000) 2> $null", ""),
    ] {
        let said = survives(script);
        assert!(said.contains(says), "{script}: {}", said.chars().take(500).collect::<String>());
    }
}

#[test]
fn matches_by_the_hundred_thousand_take_a_moment() {
    for (script, says) in [
        ("$s = 'a' * 300000; ($s -replace 'a', 'bc').Length", "600000\n"),
        ("$s = 'a' * 100000; ($s -replace '(a)', '$1$1').Length", "200000\n"),
        ("[regex]::Matches('a' * 100000, 'A', 'IgnoreCase').Count", "100000\n"),
        ("('a' * 100000 -split 'a').Count", "100001\n"),
        ("[regex]::Matches('ab' * 20000, 'b', 'RightToLeft').Count", "20000\n"),
        ("('a' * 30) -match '(a+)+$b'", ""),
    ] {
        let said = survives(script);
        assert!(said.contains(says), "{script}: {said}");
    }
}

/// Half a second after it was started the script's own shell is sent Ctrl-C's signal.
const CTRL_C: &str = "sh -c '(sleep 0.5; kill -INT $PPID) >/dev/null 2>&1 &'; ";

#[test]
fn ctrl_c_ends_whatever_runs() {
    let folder = tempfile::tempdir().unwrap();
    for script in [
        "function f($n) { if ($n -le 1) { 1 } else { (f ($n - 1)) + (f ($n - 2)) } }; f 60",
        "$f = { param($n) if ($n -le 1) { 1 } else { (& $f ($n - 1)) + (& $f ($n - 2)) } }; & $f 60",
        "class A { [int] f([int]$n) { if ($n -le 1) { return 1 }; return $this.f($n - 1) + $this.f($n - 2) } }; [A]::new().f(60)",
        "Start-Sleep 100",
        "$x = sh -c 'sleep 100'",
        "Get-Content /dev/urandom | Out-Null",
        "1..100000000 | Measure-Object",
        "1..100000000 | Sort-Object | Select-Object -First 1",
        "while ($true) { try { throw 1 } catch { } }",
        "(1..1000000).ForEach({ (1..100).Where({ $_ -gt 50 }).Count }) | Out-Null",
        "Get-ChildItem /proc -Recurse -ErrorAction SilentlyContinue | ForEach-Object { Start-Sleep 1 }",
    ] {
        let run = shell(folder.path(), &format!("{CTRL_C}{script}; 'after'"));
        let said = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(130), "{script}: {said}");
        assert!(!String::from_utf8_lossy(&run.stdout).contains("after"), "{script} went on");
        assert!(said.is_empty(), "{script}: {said}");
    }
}

#[test]
fn ctrl_c_lets_finally_tidy_up() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "{CTRL_C}try {{ while ($true) {{ }} }} catch {{ 'caught' }} finally {{ Set-Content tidy.txt (1..3 | Measure-Object).Count }}; 'after'"
    );
    let run = shell(folder.path(), &script);
    assert_eq!((run.status.code(), String::from_utf8_lossy(&run.stdout).as_ref()), (Some(130), ""));
    assert_eq!(std::fs::read_to_string(folder.path().join("tidy.txt")).unwrap(), "3\n");
}

#[test]
fn programs_and_waits_in_finally_run_to_their_end() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "{CTRL_C}try {{ try {{ while ($true) {{ }} }} finally {{ Start-Sleep -Milliseconds 200; sh -c 'sleep 0.2; echo inner >> tidy.txt' }} }} finally {{ sh -c 'sleep 0.2; echo outer >> tidy.txt' }}; 'after'"
    );
    let run = shell(folder.path(), &script);
    assert_eq!((run.status.code(), String::from_utf8_lossy(&run.stdout).as_ref()), (Some(130), ""));
    assert_eq!(std::fs::read_to_string(folder.path().join("tidy.txt")).unwrap(), "inner\nouter\n");
}

#[test]
fn a_reader_who_leaves_ends_the_list() {
    let folder = tempfile::tempdir().unwrap();
    for script in
        ["1..10000000", "Get-Content /dev/urandom", "while ($true) { 'x' }", "1..100000 | Format-Table"]
    {
        let line = format!(
            "( timeout {SECONDS_MAX} \"$SHELL_UNDER_TEST\" shell -c \"$SCRIPT\"; echo \"code $?\" >&2 ) | head -n 1 >/dev/null"
        );
        let mut command = Command::new("sh");
        let command = command.arg("-c").arg(line).current_dir(folder.path()).env("HOME", folder.path());
        let run = command
            .env("SHELL_UNDER_TEST", env!("CARGO_BIN_EXE_mailstead"))
            .env("SCRIPT", script)
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&run.stderr), "code 0\n", "{script}");
    }
}
