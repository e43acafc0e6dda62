//! Pester 4.10.1, the test framework that administrators' scripts are tested with: loaded and run as it is.
//!
//! It is no part of this project: the nightly run fetches it from the PowerShell Gallery, or takes the folder that
//! `MAILSTEAD_PESTER` names.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The package; a gallery's packages are zip archives.
const PACKAGE: &str = "https://www.powershellgallery.com/api/v2/package/Pester/4.10.1";

/// The folder that holds `Pester.psd1`.
fn pester(into: &Path) -> PathBuf {
    if let Ok(folder) = std::env::var("MAILSTEAD_PESTER") {
        return folder.into();
    }
    let package = into.join("pester.zip");
    let fetched =
        Command::new("curl").args(["-sSfL", "-o"]).arg(&package).arg(PACKAGE).status().expect("curl is here");
    assert!(
        fetched.success(),
        "{PACKAGE} cannot be reached; name a folder that has Pester in MAILSTEAD_PESTER"
    );
    let folder = into.join("Pester");
    let unpack = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";
    let unpacked = Command::new("python3").args(["-c", unpack]).arg(&package).arg(&folder).status().unwrap();
    assert!(unpacked.success());
    folder
}

/// Tests of every kind, two of which fail on purpose.
const TESTS: &str = r"
function Send-It { param([Parameter(Mandatory)][string]$To, [int]$Count = 1) 'sent {0} {1}' -f $To, $Count }
function Use-It { Send-It -To 'real' -Count 3 }
Describe 'Everything' {
  BeforeAll { $script:all = 0 }
  BeforeEach { $script:all++; $own = 'set' }
  It 'sees what BeforeEach set' { $own | Should -Be 'set'; $script:all | Should -BeGreaterThan 0 }
  It 'takes cases <a>' -TestCases @(@{ a = 1; b = 2 }, @{ a = 2; b = 3 }) { param($a, $b) $a + 1 | Should -Be $b }
  It 'knows operators' {
    'abc' | Should -BeLike 'a*'; 'abc' | Should -Match '^a'; 1, 2, 3 | Should -Contain 2; $null | Should -BeNullOrEmpty
    5 | Should -BeOfType [int]; @(1, 2) | Should -HaveCount 2; { 1 } | Should -Not -Throw
    Get-Command Send-It | Should -HaveParameter To -Mandatory
  }
  It 'knows the old forms' { 1 | Should Be 1; 'a' | Should Not Be 'b' }
  It 'mocks with filters' {
    Mock Send-It { 'mocked {0}' -f $To } -ParameterFilter { $Count -gt 2 }
    Use-It | Should -Be 'mocked real'; Send-It -To other | Should -Be 'sent other 1'
    Assert-MockCalled Send-It -Exactly 1 -Scope It -ParameterFilter { $To -eq 'real' }
  }
  It 'mocks core commands' { Mock Get-ChildItem { 'file' }; Get-ChildItem . -Recurse | Should -Be 'file' }
  It 'throws typed' { { throw [System.ArgumentException]'arg' } | Should -Throw -ExceptionType ([System.ArgumentException]) }
  It 'is skipped' -Skip { 1 | Should -Be 2 }
  It 'fails' { 1 | Should -Be 2 }
  Context 'drive' {
    'in' | Set-Content TestDrive:\a.txt
    It 'has a drive of its own' { 'TestDrive:\a.txt' | Should -Exist; Get-Content TestDrive:\a.txt | Should -Be 'in' }
    It 'fails too' { throw 'on purpose' }
  }
}
";

#[test]
#[ignore = "fetches Pester; cargo xtask nightly"]
fn pester_runs_a_test_file() {
    let folder = tempfile::tempdir().unwrap();
    let module = pester(folder.path()).join("Pester.psd1");
    let code = format!("Import-Module {}; Invoke-Pester ./all.Tests.ps1", module.display());
    let case = json!({"id": "pester", "code": code, "files": {"all.Tests.ps1": TESTS}});
    let file = folder.path().join("case.jsonl");
    std::fs::write(&file, format!("{case}\n")).unwrap();
    let mut shell = Command::new(env!("CARGO_BIN_EXE_mailstead"));
    let said = shell.args(["shell", "--cases"]).arg(&file).current_dir(folder.path()).output().unwrap();
    let said: Json = serde_json::from_slice(&said.stdout).unwrap();
    let text = said["text"].as_str().unwrap();
    assert!(text.contains("Tests Passed: 9, Failed: 2, Skipped: 1, Pending: 0, Inconclusive: 0"), "{text}");
    for failed in ["[-] fails ", "[-] fails too "] {
        assert!(text.contains(failed), "{failed}: {text}");
    }
}
