//! Administrators' scripts of thirty kinds against the demo company: reports, bulk work, permissions,
//! conversions. Each is checked by saying again in Rust what it should have done.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod administrators;
mod directory;
mod mail;
mod web;

use std::fs;
use std::path::PathBuf;
use testkit::{Options, TestServer};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

/// The demo's people who have a mailbox, in the order of their names.
const PEOPLE: [(&str, &str); 4] =
    [("ann", "Ann Berg"), ("ben", "Ben Okafor"), ("carla", "Carla Ruiz"), ("dev", "Dev Patel")];
/// All of its mailboxes, in the order of their aliases.
const ALL: [&str; 7] = ["ann", "ben", "carla", "dev", "garden", "harbour", "sales"];

struct Office {
    server: TestServer,
}

impl Office {
    fn open() -> Office {
        let server = TestServer::start_with(BINARY, Options { demo: true, ..Options::default() });
        Office { server }
    }
    fn path(&self, name: &str) -> PathBuf {
        self.server.folder().join(name)
    }
    fn give(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }
    fn lines(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.path(name)).unwrap();
        text.trim_start_matches('\u{feff}').lines().map(str::to_owned).collect()
    }
    /// Runs a script as a file; it must end well and say nothing of an error. Gives the lines it printed.
    fn run(&self, script: &str, arguments: &[&str]) -> Vec<String> {
        let file = self.path("script.ps1");
        fs::write(&file, script).unwrap();
        let words: Vec<&str> =
            std::iter::once(file.to_str().unwrap()).chain(arguments.iter().copied()).collect();
        let shell = self.server.shell_with(&words, "");
        assert!(shell.code == Some(0) && shell.err.is_empty(), "{script}\n{shell:#?}");
        shell.out.lines().map(str::to_owned).collect()
    }
}

#[test]
fn reports_say_what_is_there() {
    let office = Office::open();
    // 1. All mailboxes as a CSV report.
    office.run(
        "Get-Mailbox -Filter \"RecipientTypeDetails -ne 'DiscoveryMailbox'\" -ResultSize Unlimited | Sort-Object Alias | Select-Object Alias, RecipientTypeDetails |
            Export-Csv report.csv -NoTypeInformation",
        &[],
    );
    let kind = |alias: &str| match alias {
        "garden" | "harbour" => "RoomMailbox",
        "sales" => "SharedMailbox",
        _ => "UserMailbox",
    };
    let rows = ALL.map(|alias| format!("\"{alias}\",\"{}\"", kind(alias)));
    assert_eq!(office.lines("report.csv")[1..], rows);

    // 2. A page of HTML with a heading and a row a person.
    office.run(
        "param($Title)
         $people = Get-Mailbox -RecipientTypeDetails UserMailbox | Sort-Object Name | Select-Object Name, Alias
         $people | ConvertTo-Html -Title $Title -PreContent \"<h1>$Title</h1>\" | Out-File page.html",
        &["-Title", "People"],
    );
    let page = office.lines("page.html");
    assert!(
        page.contains(&"<title>People</title>".to_owned()) && page.contains(&"<h1>People</h1>".to_owned())
    );
    for (alias, name) in PEOPLE {
        assert!(page.contains(&format!("<tr><td>{name}</td><td>{alias}</td></tr>")), "{page:#?}");
    }

    // 3. How many there are of each kind.
    let counts = office.run(
        "Get-Mailbox -Filter \"RecipientTypeDetails -ne 'DiscoveryMailbox'\" | Group-Object RecipientTypeDetails | Sort-Object Name |
            ForEach-Object { '{0}: {1}' -f $_.Name, $_.Count }",
        &[],
    );
    assert_eq!(counts, ["RoomMailbox: 2", "SharedMailbox: 1", "UserMailbox: 4"]);

    // 4. Calculated columns: items of each mailbox, and their sum told twice.
    let sizes = office.run(
        "$rows = foreach ($box in Get-Mailbox -Filter \"RecipientTypeDetails -ne 'DiscoveryMailbox'\") {
            $found = $box | Get-MailboxStatistics
            [pscustomobject]@{ Alias = $box.Alias; Items = $found.ItemCount }
         }
         $rows | ForEach-Object { $_.Items }
         ($rows | Measure-Object Items -Sum).Sum",
        &[],
    );
    let numbers: Vec<i64> = sizes.iter().map(|line| line.parse().unwrap()).collect();
    let (sum, each) = numbers.split_last().unwrap();
    assert_eq!((each.len(), each.iter().sum::<i64>()), (ALL.len(), *sum));

    // 5. JSON out, JSON in.
    let back = office.run(
        "Get-Mailbox -Filter \"RecipientTypeDetails -ne 'DiscoveryMailbox'\" | Sort-Object Alias | Select-Object Alias, @{ n = 'Mail'; e = { \"$($_.PrimarySmtpAddress)\" } } |
            ConvertTo-Json | Set-Content boxes.json
         (Get-Content boxes.json -Raw | ConvertFrom-Json) | ForEach-Object { \"$($_.Alias) $($_.Mail)\" }",
        &[],
    );
    assert_eq!(back, ALL.map(|alias| format!("{alias} {alias}@contoso.com")));

    // 6. Disconnected mailboxes by database.
    let lost = office.run(
        "Get-MailboxDatabase | Get-MailboxStatistics | Where-Object DisconnectReason | Sort-Object DisplayName |
            ForEach-Object { $_.DisplayName }",
        &[],
    );
    assert_eq!(lost, ["Erik Holm", "Fay Lindt"]);

    // 7. A report that a here-string frames.
    let framed = office.run(
        "$n = @(Get-Mailbox -Filter \"RecipientTypeDetails -ne 'DiscoveryMailbox'\").Count\n@\"\nMailboxes: $n\nRooms: $(@(Get-Mailbox -RecipientTypeDetails RoomMailbox).Count)\n\"@",
        &[],
    );
    assert_eq!(framed, [format!("Mailboxes: {}", ALL.len()), "Rooms: 2".to_owned()]);

    // 8. XML that another script reads by path.
    let read = office.run(
        "Get-Mailbox -Filter \"RecipientTypeDetails -ne 'DiscoveryMailbox'\" | Select-Object Alias | Export-Clixml kept.xml
         (Import-Clixml kept.xml | Sort-Object Alias).Alias -join ','",
        &[],
    );
    assert_eq!(read, [ALL.join(",")]);
}

#[test]
fn bulk_work_does_every_row_and_tells_of_those_it_could_not() {
    let office = Office::open();
    // 9. Shared mailboxes from a CSV; a bad row does not stop the others.
    office.give("new.csv", "Name;Alias\nFront Desk;desk\nBroken;b@d\nPost Room;post\n");
    let log = office.run(
        "foreach ($row in Import-Csv new.csv -Delimiter ';') {
            try { New-Mailbox -Shared -Name $row.Name -Alias $row.Alias -ErrorAction Stop | Out-Null; \"made $($row.Alias)\" }
            catch { \"failed $($row.Alias)\" }
         }",
        &[],
    );
    assert_eq!(log, ["made desk", "failed b@d", "made post"]);

    // 10. Attributes from a CSV by splatting.
    office.give("office.csv", "Alias,Office\nann,North 1\nben,South 2\n");
    let set = office.run(
        "Import-Csv office.csv | ForEach-Object { $set = @{ Identity = $_.Alias; Office = $_.Office }; Set-Mailbox @set }
         Get-Mailbox ann, ben -ErrorAction SilentlyContinue | Out-Null
         'ann', 'ben' | ForEach-Object { (Get-Mailbox $_).Office }",
        &[],
    );
    assert_eq!(set, ["North 1", "South 2"]);

    // 11. Quotas of all of a kind, in one pipe, and what -WhatIf leaves alone.
    let quotas = office.run(
        "Get-Mailbox -RecipientTypeDetails UserMailbox | Set-Mailbox -ProhibitSendQuota 2GB -UseDatabaseQuotaDefaults $false
         Get-Mailbox -RecipientTypeDetails UserMailbox | Set-Mailbox -ProhibitSendQuota 3GB -WhatIf | Out-Null
         Get-Mailbox -RecipientTypeDetails UserMailbox | ForEach-Object { $_.ProhibitSendQuota.Value.ToGB() } | Select-Object -Unique",
        &[],
    );
    assert_eq!(quotas.last().unwrap(), "2");

    // 12. A second address for everybody, by rule.
    let addresses = office.run(
        "foreach ($box in Get-Mailbox -RecipientTypeDetails UserMailbox) {
            $first, $last = $box.Name -split ' '
            Set-Mailbox $box -EmailAddresses @{ Add = \"$first.$last@contoso.com\".ToLower() }
         }
         Get-Mailbox -RecipientTypeDetails UserMailbox | Sort-Object Name |
            ForEach-Object { ($_.EmailAddresses | Where-Object { $_ -clike 'smtp:*.*@*' }) -replace '^smtp:' }",
        &[],
    );
    let by_rule = PEOPLE.map(|(_, name)| format!("{}@contoso.com", name.to_lowercase().replace(' ', ".")));
    assert_eq!(addresses, by_rule);

    // 13. A function with -WhatIf of its own, parameter sets and pipeline input.
    let renamed = office.run(
        "function Set-Prefix {
            [CmdletBinding(SupportsShouldProcess)]
            param([Parameter(Mandatory, ValueFromPipelineByPropertyName)][string]$Alias, [string]$Prefix = 'Ext')
            process { if ($PSCmdlet.ShouldProcess($Alias, 'Prefix')) { Set-Mailbox $Alias -DisplayName \"$Prefix $Alias\" } }
         }
         Get-Mailbox desk | Set-Prefix -Prefix Main
         (Get-Mailbox desk).DisplayName",
        &[],
    );
    assert_eq!(renamed, ["Main desk"]);

    // 14. Off and on again, with nothing lost.
    let again = office.run(
        "$before = (Get-MailboxStatistics ann).ItemCount
         Disable-Mailbox ann -Confirm:$false
         Connect-Mailbox 'Ann Berg' -Database (Get-MailboxDatabase | Select-Object -First 1).Name -User ann
         $before -eq (Get-MailboxStatistics ann).ItemCount",
        &[],
    );
    assert_eq!(again, ["True"]);
}

#[test]
fn rights_are_given_taken_and_told() {
    let office = Office::open();
    // 15. Full access from a matrix in a CSV.
    office.give("rights.csv", "Mailbox,Who\nsales,ben\nsales,carla\nharbour,dev\n");
    let given = office.run(
        "Import-Csv rights.csv | Group-Object Mailbox | ForEach-Object {
            foreach ($row in $_.Group) {
                Add-MailboxPermission $row.Mailbox -User $row.Who -AccessRights FullAccess -AutoMapping $false | Out-Null
            }
         }
         'sales', 'harbour' | ForEach-Object {
            $who = Get-MailboxPermission $_ | Where-Object { -not $_.IsInherited -and $_.User -notlike '*SELF' }
            \"$_ $(@($who).Count)\"
         }",
        &[],
    );
    assert_eq!(given, ["sales 2", "harbour 1"]);

    // 16. Send As beside it, and a report of both as CSV.
    office.run(
        "Add-RecipientPermission sales -Trustee ben -AccessRights SendAs -Confirm:$false | Out-Null
         Get-RecipientPermission sales | Where-Object { $_.AccessRights -contains 'SendAs' -and $_.Trustee -notlike '*SELF' } |
            Select-Object @{ n = 'Right'; e = { $_.AccessRights -join ';' } } | Export-Csv sendas.csv -NoTypeInformation",
        &[],
    );
    assert_eq!(office.lines("sendas.csv"), ["\"Right\"", "\"SendAs\""]);

    // 17. Taken from one, the other keeps it.
    let left = office.run(
        "Remove-MailboxPermission sales -User ben -AccessRights FullAccess -Confirm:$false
         @(Get-MailboxPermission sales | Where-Object { -not $_.IsInherited -and $_.User -notlike '*SELF' }).Count",
        &[],
    );
    assert_eq!(left, ["1"]);
}

#[test]
fn what_is_written_one_way_is_read_another() {
    let office = Office::open();
    // 18. A list of text into objects, by a regular expression with names.
    office.give("old.txt", "ann : Room 4\n# nothing\nben : Room 7\n");
    let read = office.run(
        "switch -Regex -File old.txt { '^(?<who>\\w+) : (?<where>.+)$' { \"$($Matches.who)=$($Matches.where)\" } }",
        &[],
    );
    assert_eq!(read, ["ann=Room 4", "ben=Room 7"]);

    // 19. A module with a class, loaded by a script beside it.
    office.give(
        "Tools.psm1",
        "class Line { [string]$Name; Line([string]$name) { $this.Name = $name } [string]ToString() { return \"<$($this.Name)>\" } }
         function Get-Line { foreach ($box in Get-Mailbox -RecipientTypeDetails UserMailbox | Sort-Object Name) { [Line]::new($box.Alias) } }
         Export-ModuleMember -Function Get-Line",
    );
    let lines = office.run("Import-Module $PSScriptRoot/Tools.psm1\n(Get-Line) -join ''", &[]);
    assert_eq!(lines, [PEOPLE.map(|(alias, _)| format!("<{alias}>")).concat()]);

    // 20. A CSV turned into XML and read by XPath.
    office.give("in.csv", "Alias,Size\nann,10\nben,32\n");
    let sum = office.run(
        "$doc = [xml]'<boxes/>'
         Import-Csv in.csv | ForEach-Object {
            $box = $doc.CreateElement('box'); $box.SetAttribute('alias', $_.Alias); $box.InnerText = $_.Size
            [void]$doc.DocumentElement.AppendChild($box)
         }
         $doc.Save(\"$PWD/out.xml\")
         ([xml](Get-Content out.xml -Raw)).boxes.box | ForEach-Object { $total += [int]$_.InnerText } -End { $total }
         (Select-Xml \"//box[@alias='ben']\" -Path out.xml).Node.InnerText",
        &[],
    );
    assert_eq!(sum, ["42", "32"]);
}
