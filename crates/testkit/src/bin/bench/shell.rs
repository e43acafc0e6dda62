//! The shell without a server: what scripts do most, beside PowerShell's own seconds for the same lines.

use crate::memory;
use crate::table::{Table, median};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Rounds of each line; the quickest counts, as in the recording of PowerShell's seconds.
const ROUNDS: usize = 3;

/// A line of the table: what it is, what is prepared unmeasured, what is measured, PowerShell's seconds (7.6.5, two cores,
/// best of three) and the share of them that is aimed at. `{dir}` is a folder to write into.
struct Line {
    what: &'static str,
    prepared: &'static str,
    measured: &'static str,
    powershell: f64,
    aim: f64,
}

const OBJECTS: &str = "$o = foreach ($i in 1..100000) { [pscustomobject]@{ Name = \"User $i\"; Size = $i * 7 % 1000; \
                       City = \"C$($i % 50)\"; On = ($i % 3 -eq 0) } }";

const LINES: &[Line] = &[
    Line {
        what: "empty `for` loop, 1,000,000 turns",
        prepared: "",
        measured: "for ($i = 0; $i -lt 1000000; $i++) { }",
        powershell: 0.176,
        aim: 0.36,
    },
    Line {
        what: "`$a += $x` on an array, 20,000 times",
        prepared: "",
        measured: "$a = @(); for ($i = 0; $i -lt 20000; $i++) { $a += $i }",
        powershell: 0.859,
        aim: 0.36,
    },
    Line {
        what: "call of a function with one parameter, 100,000 times",
        prepared: "function f($x) { }",
        measured: "for ($i = 0; $i -lt 100000; $i++) { f $i }",
        powershell: 0.751,
        aim: 0.36,
    },
    Line {
        what: "hashtable: 100,000 inserts and look-ups",
        prepared: "",
        measured: "$h = @{}; for ($i = 0; $i -lt 100000; $i++) { $h[\"k$i\"] = $i }; \
                   for ($i = 0; $i -lt 100000; $i++) { $null = $h[\"k$i\"] }",
        powershell: 0.246,
        aim: 0.35,
    },
    Line {
        what: "`-match` with a simple pattern, 1,000,000 times",
        prepared: "",
        measured: "for ($i = 0; $i -lt 1000000; $i++) { $null = 'ann@example.com' -match '@ex' }",
        powershell: 0.478,
        aim: 0.5,
    },
    Line {
        what: "100,000 objects with four properties",
        prepared: "",
        measured: OBJECTS,
        powershell: 1.045,
        aim: 0.36,
    },
    Line {
        what: "100,000 objects | Where | Sort | Select | Export-Csv",
        prepared: OBJECTS,
        measured: "$o | Where-Object { $_.Size -gt 100 } | Sort-Object Size, Name | Select-Object Name, City, \
                   @{ n = 'KB'; e = { $_.Size / 1KB } } | Export-Csv '{dir}/x.csv' -NoTypeInformation",
        powershell: 2.067,
        aim: 0.25,
    },
    Line {
        what: "Import-Csv, 100,000 rows of 10 columns",
        prepared: "$columns = 0..9; $rows = foreach ($i in 1..100000) { \"$i,User $i,C$($i % 50),$($i * 7),1,2,3,4,5,6\" }; \
                   [IO.File]::WriteAllLines('{dir}/y.csv', [string[]](@('a,b,c,d,e,f,g,h,i,j') + $rows))",
        measured: "$null = Import-Csv '{dir}/y.csv'",
        powershell: 0.969,
        aim: 0.36,
    },
    Line {
        what: "Get-Content of 1,000,000 lines | Where { -like }",
        prepared: "[IO.File]::WriteAllLines('{dir}/l.txt', [string[]](1..1000000 | ForEach-Object { \"line $_ of the log\" }))",
        measured: "$null = Get-Content '{dir}/l.txt' | Where-Object { $_ -like '*99*' }",
        powershell: 8.089,
        aim: 0.36,
    },
    Line {
        what: "Format-Table of 20,000 objects | Out-String",
        prepared: OBJECTS,
        measured: "$o | Select-Object -First 20000 | Format-Table | Out-String | Out-Null",
        powershell: 0.291,
        aim: 0.36,
    },
    Line {
        what: "ConvertTo-Json of 100,000 objects (5.4 MB)",
        prepared: OBJECTS,
        measured: "$null = $o | ConvertTo-Json -Compress",
        powershell: 0.507,
        aim: 0.36,
    },
    Line {
        what: "ConvertFrom-Json of it",
        prepared: concat!(
            "$o = foreach ($i in 1..100000) { [pscustomobject]@{ Name = \"User $i\"; Size = $i * 7 % 1000; ",
            "City = \"C$($i % 50)\"; On = ($i % 3 -eq 0) } }; $j = $o | ConvertTo-Json -Compress"
        ),
        measured: "$null = $j | ConvertFrom-Json",
        powershell: 0.956,
        aim: 0.36,
    },
];

/// Measures and adds rows.
pub(crate) fn run(binary: &str, table: &mut Table) {
    let folder = tempfile::tempdir().expect("a directory can be made");
    for line in LINES {
        compared(binary, folder.path(), line, table);
    }
    growing(binary, folder.path(), table);
    streaming(binary, folder.path(), table);
    starting(binary, folder.path(), table);
}

/// Runs a script; what it writes.
fn script(binary: &str, folder: &Path, text: &str) -> String {
    let file = folder.join("bench.ps1");
    std::fs::write(&file, text).expect("the script can be written");
    let mut shell = Command::new(binary);
    let run = shell.arg("shell").arg(&file).stdin(Stdio::null()).output().expect("the shell starts");
    let out = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.status.success(), "{text}: {out}{}", String::from_utf8_lossy(&run.stderr));
    out
}

/// The best of some rounds of `measured`, in seconds, by the shell's own clock.
fn seconds(binary: &str, folder: &Path, prepared: &str, measured: &str) -> f64 {
    let text = format!(
        "{prepared}\n1..{ROUNDS} | ForEach-Object {{ (Measure-Command {{ {measured} }}).TotalSeconds.ToString([cultureinfo]::InvariantCulture) }}"
    );
    let text = text.replace("{dir}", &folder.display().to_string());
    let rounds = script(binary, folder, &text);
    let best = rounds.lines().filter_map(|line| line.trim().parse::<f64>().ok()).min_by(f64::total_cmp);
    best.unwrap_or_else(|| panic!("{measured} was not measured: {rounds}"))
}

fn compared(binary: &str, folder: &Path, line: &Line, table: &mut Table) {
    let best = seconds(binary, folder, line.prepared, line.measured);
    table.row(
        line.what,
        format!("{best:.3} s"),
        format!("{:.2} of PowerShell's {:.3} s", best / line.powershell, line.powershell),
        &format!("at most {:.2}", line.aim),
    );
}

/// A text that grows takes as long for each letter, however long it is.
fn growing(binary: &str, folder: &Path, table: &mut Table) {
    let of = |times: u32| format!("$s = ''; for ($i = 0; $i -lt {times}; $i++) {{ $s += 'x' }}");
    let (tenth, all) =
        (seconds(binary, folder, "", &of(100_000)), seconds(binary, folder, "", &of(1_000_000)));
    table.row(
        "`$s += 'x'`, 1,000,000 times",
        format!("{all:.3} s"),
        format!("{:.1} × a tenth of it", all / tenth),
        "linear: some 10 ×",
    );
}

/// What a shell that reads its own figures at the end says of the most memory it ever had, in MB.
fn peak_mb(binary: &str, folder: &Path, text: &str) -> (f64, u64) {
    let start = Instant::now();
    let said = script(binary, folder, &format!("{text}\nGet-Content /proc/self/status"));
    (start.elapsed().as_secs_f64(), memory::peak_kb(&said) / 1024)
}

/// Nothing that streams is held.
fn streaming(binary: &str, folder: &Path, table: &mut Table) {
    let file = folder.join("long.log");
    let line = "2026-11-30T08:00:00.000Z, MAIL, delivered, ann@contoso.com, 10.0.0.1, 250 2.0.0 Ok\n";
    std::fs::write(&file, line.repeat(100_000_000 / line.len())).expect("the file can be written");
    let (_, empty) = peak_mb(binary, folder, "1");
    let count = format!("$n = 0; Get-Content '{}' | ForEach-Object {{ $n++ }}; $n", file.display());
    let (took, most) = peak_mb(binary, folder, &count);
    table.row(
        "100 MB through Get-Content, memory at its most",
        format!("{most} MB"),
        format!("{empty} MB for a shell that does nothing; {took:.1} s"),
        "without holding the file",
    );
    let (took, most) = peak_mb(binary, folder, "1..10000000 | Out-Null");
    table.row(
        "`1..10000000 | Out-Null`",
        format!("{took:.2} s, {most} MB"),
        "the whole process".into(),
        "under 1 s and 50 MB",
    );
}

/// The shell's start, and a name that nothing has.
fn starting(binary: &str, folder: &Path, table: &mut Table) {
    let started = |_| {
        let start = Instant::now();
        let done = Command::new(binary).args(["shell", "-c", "1"]).stdout(Stdio::null()).status();
        assert!(done.is_ok_and(|status| status.success()), "a shell starts");
        start.elapsed().as_secs_f64()
    };
    let start = median((0..20).map(started).collect());
    table.row("`mailstead shell -c 1`", format!("{:.1} ms", start * 1e3), "20 starts".into(), "under 10 ms");
    let unknown = "1..100 | ForEach-Object { Get-Command \"No-Such$_\" -ErrorAction SilentlyContinue }";
    let took = seconds(binary, folder, "", unknown) / 100.0;
    table.row(
        "`Get-Command` of an unknown name",
        format!("{:.2} ms", took * 1e3),
        "100 names".into(),
        "a few ms",
    );
}
