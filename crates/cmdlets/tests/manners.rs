//! The declarations have their manners, and the ledger says of them what is true.

mod house;

use gate::{Book, Changes, Declaration, Effect};
use house::House;
use std::collections::HashSet;
use std::sync::Arc;

/// What the declarations cannot tell: where a built cmdlet does less than its name promises.
const CAVEATS: &[(&str, &str)] = &[
    ("Set-CASMailbox", "switches of doors that do not exist yet are kept and shown"),
    (
        "Set-MailboxJunkEmailConfiguration",
        "no client can keep contacts in a mailbox so far, so there is nobody whom it would trust",
    ),
    ("Set-Mailbox", "settings of features that do not exist yet are kept and shown"),
    ("Set-MailboxDatabase", "settings of features that do not exist yet are kept and shown"),
    ("Set-OrganizationConfig", "settings of features that do not exist yet are kept and shown"),
    ("Get-ADObject", "users, groups, contacts and organizational units, no objects of the configuration"),
];

fn book() -> Book {
    mailstead_cmdlets::book().expect("the table and the cmdlets agree")
}

fn built() -> Vec<Arc<Declaration>> {
    book().built().to_vec()
}

#[test]
fn every_built_cmdlet_has_its_manners() {
    for declaration in built() {
        let name = &declaration.name;
        let synopsis = &declaration.synopsis;
        let first = synopsis.split(' ').next().unwrap_or_default();
        assert!(
            synopsis.ends_with('.') && !synopsis.trim_end_matches('.').contains(". "),
            "{name}: {synopsis}"
        );
        assert!(first.ends_with('s') && first.starts_with(char::is_uppercase), "{name}: {synopsis}");
        assert!(!declaration.examples.is_empty(), "{name} has no example");
        let of_people = mailstead_cmdlets::rows_of_people().any(|(_, cmdlet, _)| *cmdlet == **name);
        assert!(!declaration.roles.is_empty() || of_people, "{name} is in no role");
        for role in &declaration.roles {
            assert_eq!(
                directory::built_in_role(role),
                Some(&**role),
                "{name} names a role that is not there"
            );
        }
        assert!(
            declaration.notes.is_empty() || declaration.notes.ends_with('.'),
            "{name}: {}",
            declaration.notes
        );
        let reads = match declaration.verb() {
            "Get" | "Search" | "Preview" => true,
            // Some only look, some can mend what they find.
            "Test" => declaration.changes == Changes::No,
            _ => false,
        };
        assert_eq!(declaration.changes == Changes::No, reads, "{name} reads or changes");
        assert_eq!(declaration.signature.formal("WhatIf").is_some(), !reads, "{name} -WhatIf");
    }
}

/// A row of a role of people names what there is; and no cmdlet names such a role beside the table.
#[test]
fn the_roles_of_people_give_what_there_is() {
    let book = book();
    let mut seen = HashSet::new();
    for (role, cmdlet, parameters) in mailstead_cmdlets::rows_of_people() {
        assert!(seen.insert((role, cmdlet)), "{role} {cmdlet} is there twice");
        assert_eq!(directory::built_in_role(role), Some(role), "{cmdlet}");
        let declaration = book.find(cmdlet).expect("the table knows it");
        assert_eq!(&*declaration.name, cmdlet, "{role}");
        for name in parameters.unwrap_or_default() {
            let formal = declaration.signature.formal(&name).expect("the cmdlet has it");
            assert!(formal.is_own() && formal.name == name, "{role} {cmdlet} -{name}");
        }
    }
    for (role, cmdlet, parameters) in mailstead_cmdlets::rows_apart() {
        assert!(seen.insert((role, cmdlet)), "{role} {cmdlet} is there twice");
        assert!(!role.starts_with("My") && directory::built_in_role(role) == Some(role), "{role} {cmdlet}");
        let declaration = book.find(cmdlet).expect("the table knows it");
        assert!(declaration.signature.formal("Identity").is_some(), "{cmdlet}");
        for name in parameters.expect("a row names parameters") {
            let formal = declaration.signature.formal(&name).expect("the cmdlet has it");
            assert!(formal.is_own() && formal.name == name, "{role} {cmdlet} -{name}");
        }
    }
    for declaration in built() {
        let own = declaration.roles.iter().find(|role| role.starts_with("My"));
        assert_eq!(own, None, "{}: what roles of people give stands in data/own_roles.tsv", declaration.name);
    }
}

#[test]
fn no_two_sets_are_alike_and_no_name_is_taken_twice() {
    let book = book();
    for name in book.names() {
        let declaration = book.find(name).expect("the book knows its names");
        let signature = &declaration.signature;
        let mut seen = HashSet::new();
        for set in 0..signature.sets.len() {
            let uses: Vec<String> = signature
                .formals
                .iter()
                .filter_map(|formal| {
                    let used = formal.uses.iter().find(|used| used.set == Some(set))?;
                    Some(format!("{}{}{:?}", formal.name, used.mandatory, used.position))
                })
                .collect();
            // A manual that prints two sets alike is not ours to mend; ours are told apart.
            assert!(
                seen.insert(uses) || !declaration.built,
                "{name}: the set {} is there twice",
                signature.sets[set]
            );
        }
        let mut names = HashSet::new();
        for formal in &signature.formals {
            for word in std::iter::once(&formal.name).chain(&formal.aliases) {
                assert!(
                    names.insert(word.to_ascii_lowercase()) || !declaration.built,
                    "{name}: -{word} is taken twice"
                );
            }
        }
    }
}

/// Cmdlets that Exchange does not have.
const OURS: &[&str] = &[
    "Get-AdminChange",
    "Get-ModeratedMessage",
    "Approve-ModeratedMessage",
    "Deny-ModeratedMessage",
    "Get-MyMailboxAccess",
    "Resume-Retention",
    "Repair-DataDirectory",
    "Test-DataDirectory",
    "Test-DirectorySyncReadiness",
    "Undo-AdminChange",
    "Set-MailboxPermission",
    "Get-EffectivePermission",
    "Get-MailboxUsageReport",
    // Exchange Online has these.
    "Add-RecipientPermission",
    "Get-RecipientPermission",
    "Remove-RecipientPermission",
    "New-ADTrust",
    "Set-ADTrust",
    "Test-ADTrust",
    "Remove-ADTrust",
    "Convert-LinkedMailbox",
    "New-BulkRequest",
    "Get-BulkRequest",
    "Get-BulkRequestResult",
    "Suspend-BulkRequest",
    "Resume-BulkRequest",
    "Remove-BulkRequest",
    "Get-SecondFactor",
    "Clear-SecondFactor",
    "Get-MessageFate",
    // Exchange Online has these.
    "Get-QuarantineMessage",
    "Get-QuarantineMessageHeader",
    "Preview-QuarantineMessage",
    "Export-QuarantineMessage",
    "Release-QuarantineMessage",
    "Delete-QuarantineMessage",
    "Test-TransportRule",
];

#[test]
fn the_table_knows_every_cmdlet_once() {
    let names: Vec<&str> = mailstead_cmdlets::catalogue().names().collect();
    let ours = names.iter().filter(|name| OURS.contains(name)).count();
    assert_eq!((names.len() - ours, ours), (833, OURS.len()), "on-premises cmdlets, and ours");
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
}

/// Whoever reads a line knows every noun of which objects are written: of one that is unknown only its columns would arrive.
#[test]
fn every_noun_that_can_be_written_is_known() {
    let (book, mut seen) = (book(), 0);
    for room in ["directory", "mailbox", "transport", "cmdlets"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(room).join("src");
        for name in nouns_below(&folder) {
            assert!(book.noun(&name).is_some(), "{room} declares the noun {name}, which nobody can read");
            seen += 1;
        }
    }
    assert!(seen > 70, "{seen} nouns were found");
}

/// The names of the nouns that sources below a folder declare.
fn nouns_below(folder: &std::path::Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            found.extend(nouns_below(&path));
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("it is text");
        for declared in text.split(": Noun = Noun {").skip(1) {
            let (_, name) = declared.split_once("name: ").expect("a noun has a name");
            // Of a macro the name is written where it is used.
            found.extend(name.strip_prefix('"').and_then(|name| name.split('"').next()).map(str::to_owned));
        }
    }
    found
}

/// What a person is told of a parameter that does something is a sentence of ours.
#[test]
fn every_effective_parameter_has_a_sentence() {
    for declaration in built() {
        for formal in declaration.signature.formals.iter().filter(|formal| formal.is_own()) {
            let summary = &formal.summary;
            assert!(
                summary.ends_with('.') && summary.starts_with(char::is_uppercase),
                "{} -{}: {summary:?}",
                declaration.name,
                formal.name
            );
        }
    }
}

/// A key that no function asks for would be a parameter that is taken and ignored.
#[test]
fn every_key_is_asked_for_by_code() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = std::fs::read_dir(folder).expect("the sources are there");
    let texts = files.map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("it is text"));
    let all: String = texts.map(|text| without_lists(&text)).collect();
    let (mut keys, mut unread) = (0, Vec::new());
    for at in all.match_indices(": Parameter<").map(|(at, _)| at) {
        let name = all[..at].rsplit(' ').next().expect("a static has a name");
        keys += 1;
        let asked = format!("&{name}");
        let is_word = |end: usize| !all[end..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
        if !all.match_indices(&asked).any(|(at, _)| is_word(at + asked.len())) {
            unread.push(name);
        }
    }
    assert!(keys > 40 && unread.is_empty(), "{keys} keys, nobody asks for {unread:?}");
}

/// Sources without the lists that say which keys are read.
fn without_lists(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("reads: &[").into_iter().chain(rest.find(": Keys =")).min() {
        kept.push_str(&rest[..at]);
        rest = rest[at..].split_once(']').map_or("", |(_, behind)| behind);
    }
    kept + rest
}

/// Examples that need what only the whole house has: mail, other recipients, doors with certificates, a shell's own commands.
fn is_for_the_shell(command: &str) -> bool {
    const WORDS: [&str; 11] = [
        "Where-Object",
        "ForEach-Object",
        "Format-",
        "ConvertTo-",
        "Export-",
        "$env:",
        "-Message",
        "-Queue",
        "-ExchangeCertificate",
        "-Quarantine",
        "ReadAllBytes",
    ];
    WORDS.iter().any(|word| command.contains(word))
}

#[test]
fn every_example_runs() {
    let reading = furnished();
    for declaration in built() {
        for example in &declaration.examples {
            assert!(example.about.ends_with('.'), "{}: {}", declaration.name, example.about);
            assert!(
                example.command.contains(&*declaration.name),
                "{}: {}",
                declaration.name,
                example.command
            );
            if is_for_the_shell(example.command) {
                continue;
            }
            let fresh = (declaration.changes != Changes::No).then(furnished);
            let house = fresh.as_ref().unwrap_or(&reading);
            let said = house.run(example.command, &[]);
            let errors: Vec<&String> = said.iter().filter(|line| line.starts_with("ERROR")).collect();
            assert!(errors.is_empty(), "{}\n{errors:?}", example.command);
        }
    }
}

/// A house in which every example finds whom it speaks of.
fn furnished() -> House {
    let house = House::new();
    house.run("New-ADTrust fabrikam.test -DomainController dc1.fabrikam.test -Address 127.0.0.1", &[]);
    for (name, alias) in [("Ann Berg", "ann"), ("John Evans", "john"), ("Carla Diaz", "carla")] {
        house.play(&format!("PS> New-Mailbox -Shared '{name}' -Alias {alias} -PrimarySmtpAddress {alias}@contoso.com | : Alias\n{alias}"));
    }
    for (name, alias) in [("Ben", "ben"), ("Dana Fox", "dana")] {
        let new = format!(
            "PS> New-Mailbox '{name}' -UserPrincipalName {alias}@contoso.com -Password (Pa55word-of-Joe) | : Alias\n{alias}"
        );
        house.play(&new);
    }
    house.play(
        "
        PS> Disable-Mailbox ben -Confirm:$false
        PS> Disable-Mailbox dana -Confirm:$false
        PS> Remove-Mailbox carla -Confirm:$false
        PS> New-MailboxRestoreRequest -SourceDatabase 'Mailbox Database' -SourceStoreMailbox 'Carla Diaz' -TargetMailbox ann -AllowLegacyDNMismatch -Suspend | : Name
        MailboxRestore
        PS> New-Mailbox -Shared Frank -Archive | : Alias
        Frank
        PS> Disable-Mailbox frank -Archive -Confirm:$false
        PS> New-AcceptedDomain -Name Fabrikam -DomainName fabrikam.com | : Name
        Fabrikam
        PS> New-MailboxDatabase MBXDB02 -Server SRV1 | : Name
        MBXDB02
        PS> New-EmailAddressPolicy Buyers -IncludedRecipients MailUsers -EnabledPrimarySMTPAddressTemplate %m@contoso.com | : Name
        Buyers
        PS> New-AddressList 'Litware People' -IncludedRecipients MailboxUsers | : Name
        Litware People
        PS> New-GlobalAddressList Litware -IncludedRecipients AllRecipients -ConditionalCompany Litware | : Name
        Litware
        PS> New-OfflineAddressBook Litware -AddressLists 'All Users' | : Name
        Litware
        PS> New-AddressBookPolicy Litware -GlobalAddressList 'Default Global Address List' -AddressLists 'All Users' -RoomList 'All Rooms' -OfflineAddressBook 'Default Offline Address Book' | : Name
        Litware
        PS> New-DistributionGroup Staff -Members ann | : Alias
        Staff
        PS> New-DistributionGroup Plain | : Alias
        Plain
        PS> Disable-DistributionGroup Plain -Confirm:$false
        PS> New-DynamicDistributionGroup Everybody -IncludedRecipients AllRecipients | : Alias
        Everybody
        PS> New-MailContact -Name 'Lee Away' -ExternalEmailAddress lee@far.example | : Alias
        LeeAway
        PS> New-MailContact -Name Silent -ExternalEmailAddress silent@far.example | : Alias
        Silent
        PS> Disable-MailContact Silent -Confirm:$false
        PS> New-InboxRule Lists -Mailbox frank -SubjectContainsWords list -DeleteMessage $true | : Name
        Lists
        PS> New-MailUser 'Mia Guest' -ExternalEmailAddress mia@far.example | : Alias
        MiaGuest
        PS> New-PublicFolder Plans | : Name
        Plans
        PS> New-PublicFolder 'My Public Folder' | : Name
        My Public Folder
        PS> Enable-MailPublicFolder 'My Public Folder'
        ",
    );
    let rows = "New-BulkRequest -Cmdlet Set-Mailbox -CSVData 'Identity,Office\njohn,12' -Name Set-Mailbox";
    let made = house.run(rows, &[]);
    assert!(made.iter().all(|line| !line.starts_with("ERROR")), "{made:?}");
    house
}

#[test]
fn the_ledger_says_what_is_true() {
    let book = book();
    let mut names: Vec<&str> = book.names().collect();
    names.sort_unstable();
    let mut ledger = String::from("cmdlet\tstatus\n");
    for name in names {
        let declaration = book.find(name).expect("the book knows its names");
        ledger.push_str(&format!("{name}\t{}\n", status(&declaration)));
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ledger/cmdlets.tsv");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &ledger).expect("the ledger can be written");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept == ledger, "docs/ledger/cmdlets.tsv is stale; run with UPDATE=1 and look at what changed");
}

fn status(declaration: &Declaration) -> String {
    if !declaration.built {
        return declaration
            .why_not
            .map_or_else(|| "no: declared, answers NotBuiltYet".to_owned(), |why| format!("no: {why}"));
    }
    let later: Vec<String> = declaration
        .signature
        .formals
        .iter()
        .filter(|formal| formal.effect == Effect::NotBuiltYet)
        .map(|formal| format!("-{}", formal.name))
        .collect();
    let caveat =
        CAVEATS.iter().find(|(name, _)| *name == &*declaration.name).map(|(_, caveat)| (*caveat).to_owned());
    let later = (!later.is_empty()).then(|| format!("not built: {}", later.join(" ")));
    match (later, caveat) {
        (None, None) => "yes".to_owned(),
        (None, Some(why)) | (Some(why), None) => format!("partly: {why}"),
        (Some(later), Some(caveat)) => format!("partly: {later}; {caveat}"),
    }
}

#[test]
fn nobody_is_asked_for_what_a_command_does_not_need() {
    use gate::bind::{Argument, Binder, Strict};
    for (name, arguments) in [
        (
            "Remove-PublicFolderClientPermission",
            vec![Argument::value("\\Plans"), Argument::named("User", "ann")],
        ),
        ("Get-MailboxFolder", vec![Argument::value("ann:\\Inbox")]),
        ("Get-MailboxFolder", vec![]),
        ("Test-IRMConfiguration", vec![]),
        ("New-MailboxDatabase", vec![Argument::value("DB2")]),
    ] {
        let signature = Arc::clone(&book().find(name).expect("it is in the table").signature);
        let bound = Binder::start(signature, arguments, false, &mut Strict).map(drop);
        assert!(bound.is_ok(), "{name}: {bound:?}");
    }
}

#[test]
fn other_names_and_switches_for_truths_come_from_the_table() {
    let house = House::new();
    house.play(
        "
        PS> Mount-MailboxDatabase 'Mailbox Database' -WhatIf
        What if: Mounting database \"Mailbox Database\".
        PS> New-MailboxDatabase DB2 -IsExcludedFromInitialProvisioning | : Name, IsExcludedFromInitialProvisioning
        DB2, True
        ",
    );
    let ask = |name: &str| book().find(name).map(|declaration| declaration.name.to_string());
    assert_eq!(ask("dismount-mailboxDATABASE").as_deref(), Some("Dismount-Database"));
}
