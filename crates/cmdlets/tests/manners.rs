//! The declarations have their manners, and the ledger says of them what is true.

mod house;

use gate::{Changes, Declaration};
use house::House;
use object::Effect;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// What the declarations cannot tell: where a built cmdlet does less than its name promises.
const CAVEATS: &[(&str, &str)] = &[
    ("Set-CASMailbox", "switches of doors that do not exist yet are kept and shown"),
    ("Set-Mailbox", "settings of features that do not exist yet are kept and shown"),
    ("Set-MailboxDatabase", "settings of features that do not exist yet are kept and shown"),
    ("Set-OrganizationConfig", "settings of features that do not exist yet are kept and shown"),
    ("Get-ADUser", "-LDAPFilter is not built; only users, no other objects"),
];

fn built() -> Vec<Arc<Declaration>> {
    mailstead_cmdlets::book().built().to_vec()
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
        assert!(!declaration.roles.is_empty(), "{name} is in no role");
        assert!(
            declaration.notes.is_empty() || declaration.notes.ends_with('.'),
            "{name}: {}",
            declaration.notes
        );
        let reads = declaration.verb() == "Get";
        assert_eq!(declaration.changes == Changes::No, reads, "{name} reads or changes");
        assert_eq!(declaration.signature.formal("WhatIf").is_some(), !reads, "{name} -WhatIf");
    }
}

#[test]
fn no_two_sets_are_alike_and_no_name_is_taken_twice() {
    let book = mailstead_cmdlets::book();
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

#[test]
fn what_is_built_is_not_declared_as_data_too() {
    let declared = mailstead_cmdlets::declared();
    let data: HashSet<&str> = declared.names().collect();
    for declaration in built() {
        assert!(!data.contains(&*declaration.name), "{} is in data/declared.tsv", declaration.name);
    }
    let book = mailstead_cmdlets::book();
    assert_eq!(book.names().count(), data.len() + built().len());
    assert_eq!(book.names().count(), 833, "on-premises cmdlets");
}

#[test]
fn every_parameter_of_the_manual_is_declared() {
    let facts: BTreeMap<&str, &str> =
        include_str!("../data/built.tsv").lines().filter_map(|line| line.split_once('\t')).collect();
    for declaration in built() {
        let wanted =
            facts.get(&*declaration.name).unwrap_or_else(|| panic!("{} is unknown", declaration.name));
        for name in wanted.split(' ') {
            let formal = declaration.signature.formal(name);
            assert!(formal.is_some_and(|formal| &*formal.name == name), "{} -{name}", declaration.name);
        }
    }
}

/// Examples that need what only the whole house has: mail, other recipients, a shell's own commands.
fn is_for_the_shell(command: &str) -> bool {
    ["Where-Object", "Format-", "ConvertTo-", "$env:"].iter().any(|word| command.contains(word))
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
        PS> New-AcceptedDomain -Name Fabrikam -DomainName fabrikam.com | : Name
        Fabrikam
        PS> New-MailboxDatabase MBXDB02 -Server SRV1 | : Name
        MBXDB02
        ",
    );
    house
}

#[test]
fn the_ledger_says_what_is_true() {
    let book = mailstead_cmdlets::book();
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
        return "no: declared, answers NotBuiltYet".to_owned();
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
