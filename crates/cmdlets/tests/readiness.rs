//! What is in the way of a synchronisation, as an administrator sees it.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod house;

use ::directory::{Class, Edit, Flavour, NewMailbox, NewRecipient, UserAccountFlags, schema};
use house::House;
use object::types::{ProxyAddress, RecipientTypeDetails, SmtpAddress};
use object::{Author, Declared, Value};

fn by() -> Author {
    Author::new("CONTOSO\\Administrator", "test")
}

/// A house with a recipient for every rule.
fn crooked() -> House {
    let house = House::new();
    let directory = house.mailboxes.directory();
    let create = |name: &str, flavour: Flavour| {
        house.mailboxes.create(&by(), NewMailbox::named(name, flavour)).unwrap().guid()
    };
    let good = create("Good", Flavour::Shared);
    let principal = Edit::set(&schema::user::USER_PRINCIPAL_NAME, "good@contoso.com".to_owned());
    directory.set(&by(), good, vec![principal]).unwrap();
    create("Jörg Müller", Flavour::Shared);
    let sid = "S-1-5-21-1-2-3-1105".to_owned();
    let linked = Flavour::Linked { sid, name: "FABRIKAM\\lena".to_owned(), room: false };
    create("Lena", linked);
    // What no command lets be, but what a directory that came from elsewhere may hold.
    let raw = |name: &'static str, change: fn(&mut ::directory::Record)| {
        let guid = create(name, Flavour::Shared);
        directory
            .change(&by(), move |edit| {
                let mut record = edit.read(guid)?;
                change(&mut record);
                edit.save(record)
            })
            .unwrap();
    };
    raw("Nobody", |record| record.clear(&schema::user::MASTER_ACCOUNT_SID));
    raw("Local", |record| {
        let mut list = record.all(&schema::recipient::EMAIL_ADDRESSES);
        list.push(ProxyAddress::smtp(&SmtpAddress::parse("local@contoso.local").unwrap(), false));
        list.push(ProxyAddress::smtp(&SmtpAddress::parse("local@fabrikam.com").unwrap(), false));
        record.set_all(&schema::recipient::EMAIL_ADDRESSES, list);
        record.set(&schema::user::USER_PRINCIPAL_NAME, "local@contoso.local".to_owned());
    });
    raw("Spaced", |record| record.set(&schema::recipient::DISPLAY_NAME, " Spaced\tOut ".to_owned()));
    raw("Target", |record| {
        let target = ProxyAddress::parse("SMTP:x@far.example").unwrap();
        record.set(&schema::recipient::EXTERNAL_EMAIL_ADDRESS, target);
    });
    raw("Twin", |record| {
        let target = ProxyAddress::parse("SMTP:x@far.example").unwrap();
        record.set(&schema::recipient::EXTERNAL_EMAIL_ADDRESS, target);
    });
    let group =
        NewRecipient::named("Sales", Class::Group, RecipientTypeDetails::MailUniversalDistributionGroup);
    let group = directory.change(&by(), move |change| change.new_recipient(&group)).unwrap().guid();
    directory
        .change(&by(), move |change| {
            let mut record = change.read(group)?;
            record.put(schema::recipient::DISPLAY_NAME.spec(), Value::Null);
            change.save(record)
        })
        .unwrap();
    house
}

#[test]
fn every_rule_finds_what_it_is_there_for() {
    let house = crooked();
    house.play(
        "
        PS> Test-DirectorySyncReadiness | : Identity, Attribute, Rule, Value, SuggestedValue, Fixable
        contoso.com/Users/Lena, msExchMasterAccountSid, LinkedMailbox, FABRIKAM\\lena, Set-User 'Lena' -LinkedMasterAccount $null, False
        contoso.com/Users/Jörg Müller, userPrincipalName, NotPrimaryAddress, [..]@contoso.com, JoergMueller@contoso.com, False
        contoso.com/Users/Nobody, userAccountControl, AccountDisabled, AccountDisabled, NormalAccount, , False
        contoso.com/Users/Local, userPrincipalName, TopLevelDomain, local@contoso.local, Local@contoso.com, False
        contoso.com/Users/Local, proxyAddresses, TopLevelDomain, smtp:local@contoso.local, , False
        contoso.com/Users/Local, proxyAddresses, DomainNotAccepted, smtp:local@fabrikam.com, , False
        contoso.com/Users/Spaced, displayName, Character, [..]Spaced[..]Out[..], Spaced Out, True
        contoso.com/Users/Target, targetAddress, TargetAddress, SMTP:x@far.example, , True
        contoso.com/Users/Target, targetAddress, TopLevelDomain, SMTP:x@far.example, , False
        contoso.com/Users/Target, targetAddress, Duplicate, SMTP:x@far.example, , False
        contoso.com/Users/Twin, targetAddress, TargetAddress, SMTP:x@far.example, , True
        contoso.com/Users/Twin, targetAddress, TopLevelDomain, SMTP:x@far.example, , False
        contoso.com/Users/Twin, targetAddress, Duplicate, SMTP:x@far.example, , False
        contoso.com/Users/Sales, displayName, Blank, , Sales, True
        PS> Test-DirectorySyncReadiness Lena | : Rule
        LinkedMailbox
        PS> Test-DirectorySyncReadiness -ResultSize 2 | : Rule, Severity
        LinkedMailbox, Error
        NotPrimaryAddress, Information
        WARNING: There are more results available than are currently displayed. To view them, increase the value for the ResultSize parameter.
        PS> Test-DirectorySyncReadiness Sales -Fix -WhatIf | : Rule, Fixed
        What if: Setting displayName of \"contoso.com/Users/Sales\" from \"\" to \"Sales\".
        Blank, False
        PS> Test-DirectorySyncReadiness -Fix | : Identity, Rule, Fixed
        contoso.com/Users/Lena, LinkedMailbox, False
        contoso.com/Users/Jörg Müller, NotPrimaryAddress, False
        contoso.com/Users/Nobody, AccountDisabled, False
        contoso.com/Users/Local, TopLevelDomain, False
        contoso.com/Users/Local, TopLevelDomain, False
        contoso.com/Users/Local, DomainNotAccepted, False
        contoso.com/Users/Spaced, Character, True
        contoso.com/Users/Target, TargetAddress, True
        contoso.com/Users/Target, TopLevelDomain, False
        contoso.com/Users/Target, Duplicate, False
        contoso.com/Users/Twin, TargetAddress, True
        contoso.com/Users/Twin, TopLevelDomain, False
        contoso.com/Users/Twin, Duplicate, False
        contoso.com/Users/Sales, Blank, True
        PS> Get-AdminChange -Cmdlets Test-DirectorySyncReadiness | : Targets, Undoable
        contoso.com/Users/Sales, True
        contoso.com/Users/Twin, True
        contoso.com/Users/Target, True
        contoso.com/Users/Spaced, True
        ",
    );
}

#[test]
fn an_enabled_account_of_a_shared_mailbox_is_told() {
    let house = House::new();
    let user = house.mailboxes.create(&by(), NewMailbox::named("Half", Flavour::Shared)).unwrap().guid();
    house
        .mailboxes
        .directory()
        .change(&by(), move |change| {
            let mut record = change.read(user)?;
            record.set(&schema::user::USER_ACCOUNT_CONTROL, UserAccountFlags(512));
            record.set(&schema::user::USER_PRINCIPAL_NAME, "other@contoso.com".to_owned());
            change.save(record)
        })
        .unwrap();
    house.play(
        "
        PS> Test-DirectorySyncReadiness | : Attribute, Rule, Value, Severity
        msExchMasterAccountSid, MasterAccount, S-1-5-10, Error
        userPrincipalName, NotPrimaryAddress, other@contoso.com, Information
        ",
    );
}
