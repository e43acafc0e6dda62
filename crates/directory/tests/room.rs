//! The directory through its public functions, on a database in memory; every test ends with `verify`.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, helpers included")]

use mailstead_directory::schema::{any_recipient, cas, database, domain, group, mailbox, recipient, user};
use mailstead_directory::*;
use object::filter::Filter;
use object::types::{
    ByteQuantifiedSize, DateTime, Guid, ProxyAddress, RecipientTypeDetails, SecureString, SmtpAddress,
    Unlimited,
};
use object::value::Dictionary;
use object::{Author, Declared, Error, Fault, Result, Spec, Time, Value, WoundClock};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

/// A founded directory that is verified when it goes.
struct House {
    directory: Directory,
    db: db::Database,
    clock: WoundClock,
}

impl Deref for House {
    type Target = Directory;
    fn deref(&self) -> &Directory {
        &self.directory
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.directory.verify().unwrap(), []);
            let again = Directory::open(self.db.clone(), Arc::new(self.clock.clone()), "srv1").unwrap();
            assert_eq!(again.len(), self.directory.len());
            assert_eq!(again.verify().unwrap(), []);
        }
    }
}

fn by(command: &str) -> Author {
    Author::new("CONTOSO\\Administrator", command)
}

fn house() -> House {
    let clock = WoundClock::at(Time::of_date(2026, 11, 21));
    let db = db::memory().unwrap();
    let directory = Directory::open(db.clone(), Arc::new(clock.clone()), "srv1").unwrap();
    let founding = Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"));
    directory.found(&founding).unwrap();
    House { directory, db, clock }
}

impl House {
    fn make(&self, new: NewMailbox) -> Result<Arc<Record>> {
        let made = self.change(&by("New-Mailbox"), move |change| change.new_mailbox(&new))?;
        self.need(made.guid())
    }
    fn mailbox(&self, name: &str) -> Arc<Record> {
        self.make(NewMailbox::named(name, Flavour::Shared)).unwrap()
    }
    fn user(&self, name: &str, principal: &str) -> Arc<Record> {
        let password = Some(PasswordHash::of(&SecureString::new("Sommer-2026"), &[]).unwrap());
        let user_principal_name = Some(principal.to_owned());
        self.make(NewMailbox { password, user_principal_name, ..NewMailbox::named(name, Flavour::Regular) })
            .unwrap()
    }
    fn plain(&self, name: &str) -> Arc<Record> {
        let new = NewRecipient::named(name, Class::User, RecipientTypeDetails::None);
        let made = self.change(&by("New-ADUser"), move |change| change.new_recipient(&new)).unwrap();
        self.need(made.guid()).unwrap()
    }
    fn set_to(&self, who: Guid, spec: &'static Spec, value: impl Into<Value>) -> Result<bool> {
        self.set(&by("Set-Mailbox"), who, vec![Edit::new(spec, &value.into())?])
    }
    fn addresses(&self, who: Guid) -> String {
        let list = self.get(who).unwrap().all(&recipient::EMAIL_ADDRESSES);
        list.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }
    fn found_names(&self, query: &Query) -> String {
        self.find(query).unwrap().map(|record| record.name().to_owned()).collect::<Vec<_>>().join(",")
    }
}

fn id_of(answer: Result<impl Sized>) -> String {
    answer.err().map_or_else(|| "fine".to_owned(), |error: Error| error.id().to_owned())
}

fn list(items: &[&str]) -> Value {
    Value::array(items.iter().map(|item| Value::from(*item)))
}

fn change_of(add: &[&str], remove: &[&str]) -> Value {
    let dictionary = Dictionary::new();
    dictionary.insert("Add".into(), list(add));
    dictionary.insert("Remove".into(), list(remove));
    dictionary.into()
}

#[test]
fn the_first_start_makes_what_every_directory_has() {
    let house = house();
    assert!(house.is_founded());
    assert_eq!((house.netbios().as_str(), house.forest().as_str()), ("CONTOSO", "contoso.com"));
    for (kind, name) in [
        (&kinds::DATABASE, "Mailbox Database"),
        (&kinds::RETENTION_POLICY, "Default MRM Policy"),
        (&kinds::ACCEPTED_DOMAIN, "contoso.com"),
        (&kinds::ROLE_ASSIGNMENT_POLICY, "Default Role Assignment Policy"),
        (&kinds::EMAIL_ADDRESS_POLICY, "Default Policy"),
        (&kinds::GROUP, "Recipient Management"),
        (&kinds::ORGANIZATIONAL_UNIT, "contoso.com/Users"),
    ] {
        assert!(house.resolve_text(kind, name).is_ok(), "{name}");
    }
    let administrator = house.administrator().unwrap();
    assert!(house.is_organization_manager(administrator.guid()));
    assert!(house.roles_of(administrator.guid()).contains("Mail Recipients"));
    assert!(!house.roles_of(administrator.guid()).contains("Mailbox Import Export"));
    assert_eq!(house.check_password(Some(&administrator), "Winter-2026!"), Verdict::Right);
    let again = house.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!")));
    assert_eq!(id_of(again), "DirectoryFounded");
}

#[test]
fn every_form_of_identity_finds_the_one_object() {
    let house = house();
    let ann = house.user("Ann Berg", "ann@contoso.com");
    house
        .set_to(
            ann.guid(),
            recipient::EMAIL_ADDRESSES.spec(),
            change_of(&["a.berg@contoso.com", "X500:/o=Old/cn=ann"], &[]),
        )
        .unwrap();
    let legacy = ann.get(&recipient::LEGACY_EXCHANGE_DN).unwrap();
    let (guid, store) = (ann.guid().to_string(), ann.get(&mailbox::EXCHANGE_GUID).unwrap().to_string());
    for (text, kind, found) in [
        ("Ann Berg", &kinds::MAILBOX, true),
        ("ann berg", &kinds::MAILBOX, true),
        ("ann", &kinds::MAILBOX, true),
        ("ANN@contoso.com", &kinds::MAILBOX, true),
        ("a.berg@contoso.com", &kinds::MAILBOX, true),
        ("smtp:a.berg@contoso.com", &kinds::MAILBOX, true),
        ("CN=Ann Berg,CN=Users,DC=contoso,DC=com", &kinds::MAILBOX, true),
        ("contoso.com/Users/Ann Berg", &kinds::MAILBOX, true),
        ("contoso\\ann", &kinds::MAILBOX, true),
        ("fabrikam\\ann", &kinds::MAILBOX, false),
        (&guid, &kinds::MAILBOX, true),
        (&store, &kinds::MAILBOX, true),
        (&store, &kinds::USER, false),
        (&legacy, &kinds::MAILBOX, true),
        (&legacy.to_uppercase(), &kinds::MAILBOX, true),
        ("/o=old/cn=ann", &kinds::MAILBOX, true),
        ("Ann", &kinds::DATABASE, false),
        ("Ann Berg", &kinds::GROUP, false),
        ("Ann Berg", &kinds::SECURITY_PRINCIPAL, true),
        ("", &kinds::MAILBOX, false),
        ("Ann*", &kinds::MAILBOX, false),
        ("CN=Ann Berg,CN=Elsewhere,DC=contoso,DC=com", &kinds::MAILBOX, false),
        ("DC=contoso,DC=com", &kinds::ORGANIZATIONAL_UNIT, true),
        ("contoso.com", &kinds::ORGANIZATIONAL_UNIT, true),
        ("contoso.com", &kinds::ACCEPTED_DOMAIN, true),
    ] {
        let answer = house.resolve_text(kind, text);
        assert_eq!(answer.is_ok(), found, "{text} as {kind:?}: {answer:?}");
        if found && kind.name == kinds::MAILBOX.name {
            assert_eq!(answer.unwrap().guid(), ann.guid(), "{text}");
        }
    }
    let missing = house.resolve_text(&kinds::MAILBOX, "nobody").unwrap_err();
    assert_eq!((missing.fault(), missing.id()), (Fault::NotFound, "ManagementObjectNotFoundException"));
    assert_eq!(
        missing.message(),
        "The operation couldn't be performed because object 'nobody' couldn't be found on 'SRV1.contoso.com'."
    );
    house.plain("Carla");
    let other = house.resolve_text(&kinds::MAILBOX, "Carla").unwrap_err();
    assert!(other.help_line().unwrap().contains("a user without a mailbox"), "{other}");
    assert_eq!(house.resolve(&kinds::MAILBOX, &house.id(&ann)).unwrap().guid(), ann.guid());
}

#[test]
fn two_at_one_step_are_an_error_that_lists_them() {
    let house = house();
    let unit = house.change(&by("New-ADOrganizationalUnit"), |change| {
        let root = change.directory().only(Class::Domain).unwrap().guid();
        change.new_unit("Sales", root)
    });
    let unit = unit.unwrap().guid();
    let one = house.mailbox("Info");
    let two =
        house.make(NewMailbox { unit: Some(unit), ..NewMailbox::named("Info", Flavour::Shared) }).unwrap();
    let error = house.resolve_text(&kinds::MAILBOX, "Info").unwrap_err();
    assert_eq!((error.fault(), error.id()), (Fault::Conflict, "ManagementObjectAmbiguousException"));
    assert_eq!(
        error.message(),
        "The operation couldn't be performed because 'Info' matches multiple entries."
    );
    let help = error.help_line().unwrap();
    assert!(help.contains("contoso.com/Users/Info") && help.contains("contoso.com/Sales/Info"), "{help}");
    assert!(help.contains(&one.guid().to_string()) && help.contains(&two.guid().to_string()), "{help}");
    // An earlier step decides alone: an address is never ambiguous.
    assert_eq!(house.resolve_text(&kinds::MAILBOX, "Info@contoso.com").unwrap().guid(), one.guid());
    assert_eq!(house.addresses(two.guid()), "SMTP:Info2@contoso.com");
    let names: Vec<String> =
        house.matching(&kinds::MAILBOX, "in*").iter().map(|found| house.canonical_name(found)).collect();
    assert_eq!(names, ["contoso.com/Users/Info", "contoso.com/Sales/Info"]);
}

#[test]
fn what_a_new_mailbox_gets() {
    let house = house();
    let ann = house.user("Ann Berg", "ann.b@contoso.com");
    for (spec, shown) in [
        (recipient::ALIAS.spec(), "ann.b"),
        (recipient::DISPLAY_NAME.spec(), "Ann Berg"),
        (user::SAM_ACCOUNT_NAME.spec(), "ann.b"),
        (recipient::PRIMARY_SMTP_ADDRESS.spec(), "ann.b@contoso.com"),
        (recipient::WINDOWS_EMAIL_ADDRESS.spec(), "ann.b@contoso.com"),
        (recipient::RECIPIENT_TYPE.spec(), "UserMailbox"),
        (recipient::RECIPIENT_TYPE_DETAILS.spec(), "UserMailbox"),
        (recipient::RECIPIENT_DISPLAY_TYPE.spec(), "ACLableMailboxUser"),
        (user::USER_ACCOUNT_CONTROL.spec(), "NormalAccount"),
        (mailbox::DATABASE.spec(), "Mailbox Database"),
        (mailbox::SERVER_NAME.spec(), "srv1"),
        (mailbox::RETENTION_POLICY.spec(), "Default MRM Policy"),
        (mailbox::SHARING_POLICY.spec(), "Default Sharing Policy"),
        (cas::ACTIVE_SYNC_POLICY.spec(), "Default"),
        (cas::ACTIVE_SYNC_POLICY_DEFAULTED.spec(), "True"),
        (recipient::IS_VALID.spec(), "True"),
        (mailbox::USE_DATABASE_QUOTAS.spec(), "True"),
        (mailbox::SEND_QUOTA.spec(), "Unlimited"),
        (mailbox::RECOVERABLE_ITEMS_QUOTA.spec(), "30 GB (32,212,254,720 bytes)"),
        (mailbox::RULES_QUOTA.spec(), "256 KB (262,144 bytes)"),
        (user::LINKED_MASTER_ACCOUNT.spec(), ""),
        (recipient::ORGANIZATIONAL_UNIT.spec(), "contoso.com/Users"),
        (recipient::IDENTITY.spec(), "contoso.com/Users/Ann Berg"),
        (mailbox::SCL_JUNK_ENABLED.spec(), ""),
        (cas::IMAP_ENABLED.spec(), "True"),
    ] {
        assert_eq!(house.value(&ann, spec).to_string(), shown, "{spec:?}");
    }
    let sales = house.mailbox("Sales Team");
    for (spec, shown) in [
        (recipient::ALIAS.spec(), "SalesTeam"),
        (user::USER_PRINCIPAL_NAME.spec(), "SalesTeam@contoso.com"),
        (user::USER_ACCOUNT_CONTROL.spec(), "AccountDisabled, NormalAccount"),
        (user::LINKED_MASTER_ACCOUNT.spec(), "NT AUTHORITY\\SELF"),
        (user::MASTER_ACCOUNT_SID.spec(), "S-1-5-10"),
        (mailbox::IS_SHARED.spec(), "True"),
        (recipient::RECIPIENT_TYPE.spec(), "UserMailbox"),
    ] {
        assert_eq!(house.value(&sales, spec).to_string(), shown, "{spec:?}");
    }
    assert_eq!(house.attribute(&sales, "MAILNICKNAME").unwrap().1.to_string(), "SalesTeam");
    assert!(house.attribute(&sales, "nothing").is_none());
}

#[test]
fn names_that_do_not_fit_become_a_guid_or_their_nearest_ascii() {
    let house = house();
    let umlaut = house.mailbox("Jörg Müller");
    assert_eq!(house.addresses(umlaut.guid()), "SMTP:JoergMueller@contoso.com");
    let principal = umlaut.get(&user::USER_PRINCIPAL_NAME).unwrap();
    assert!(Guid::parse(principal.split('@').next().unwrap()).is_some(), "{principal}");
    assert_eq!(umlaut.get(&user::SAM_ACCOUNT_NAME).unwrap().len(), 20);
    let foreign = house.mailbox("田中");
    assert_eq!(foreign.get(&recipient::ALIAS).as_deref(), Some("??"));
    assert!(house.addresses(foreign.guid()).starts_with("SMTP:??@"), "{}", house.addresses(foreign.guid()));
    let long = house.mailbox("A very long name of a shared mailbox");
    assert_eq!(long.get(&user::SAM_ACCOUNT_NAME).as_deref(), Some("Averylongnameofashar"));
    let second = house.mailbox("A very long name of a shared mailboxes");
    assert_eq!(second.get(&user::SAM_ACCOUNT_NAME).as_deref(), Some("Averylongnameofasha2"));
}

#[test]
fn what_one_has_another_cannot_have() {
    let house = house();
    let ann = house.user("Ann", "ann@contoso.com");
    let ben = house.user("Ben", "ben@contoso.com");
    let legacy = ann.get(&recipient::LEGACY_EXCHANGE_DN).unwrap();
    for (spec, value, id) in [
        (
            recipient::EMAIL_ADDRESSES.spec(),
            change_of(&["ANN@contoso.com"], &[]),
            "ProxyAddressExistsException",
        ),
        (
            recipient::EMAIL_ADDRESSES.spec(),
            change_of(&[&format!("x500:{legacy}")], &[]),
            "ProxyAddressExistsException",
        ),
        (recipient::EMAIL_ADDRESSES.spec(), change_of(&["sip:ann@contoso.com"], &[]), "fine"),
        (user::USER_PRINCIPAL_NAME.spec(), "Ann@Contoso.com".into(), "UserPrincipalNameExists"),
        (user::SAM_ACCOUNT_NAME.spec(), "ANN".into(), "SamAccountNameExists"),
        (recipient::NAME.spec(), "ann".into(), "ADObjectAlreadyExistsException"),
    ] {
        let edits = Edit::new(spec, &value).map(|edit| vec![edit]);
        assert_eq!(
            id_of(edits.and_then(|edits| house.set(&by("Set-Mailbox"), ben.guid(), edits))),
            id,
            "{spec:?}"
        );
    }
    let error = house
        .set_to(ben.guid(), recipient::EMAIL_ADDRESSES.spec(), change_of(&["ann@contoso.com"], &[]))
        .unwrap_err();
    assert_eq!(
        error.message(),
        "The proxy address \"smtp:ann@contoso.com\" is already being used by the proxy addresses or LegacyExchangeDN \
         of \"Ann\". Please choose another proxy address."
    );
    let same = NewMailbox {
        primary: SmtpAddress::parse("ben@contoso.com"),
        ..NewMailbox::named("Third", Flavour::Shared)
    };
    assert_eq!(id_of(house.make(same)), "ProxyAddressExistsException");
    // What was refused left nothing behind, and what was given up is free again.
    assert!(house.resolve_text(&kinds::MAILBOX, "Third").is_err());
    house.change(&by("Remove-Mailbox"), move |change| change.remove(ann.guid())).unwrap();
    assert_eq!(id_of(house.set_to(ben.guid(), user::SAM_ACCOUNT_NAME.spec(), "ann")), "fine");
}

#[test]
fn addresses_follow_their_rules() {
    let house = house();
    let ann = house.user("Ann", "ann@contoso.com").guid();
    let addresses = recipient::EMAIL_ADDRESSES.spec();
    // The policy keeps the primary address …
    assert_eq!(
        id_of(house.set_to(ann, recipient::PRIMARY_SMTP_ADDRESS.spec(), "a@contoso.com")),
        "AddressPolicyEnabled"
    );
    assert_eq!(id_of(house.set_to(ann, addresses, list(&["SMTP:a@contoso.com"]))), "AddressPolicyEnabled");
    assert_eq!(id_of(house.set_to(ann, recipient::WINDOWS_EMAIL_ADDRESS.spec(), "a@contoso.com")), "fine");
    assert_eq!(house.addresses(ann), "SMTP:ann@contoso.com");
    // … and a new alias makes a new one, the old one stays.
    house.set_to(ann, recipient::ALIAS.spec(), "annb").unwrap();
    assert_eq!(house.addresses(ann), "SMTP:annb@contoso.com smtp:ann@contoso.com");
    let off = |spec, value: Value| {
        let policy = Edit::set(&recipient::EMAIL_ADDRESS_POLICY_ENABLED, false);
        Edit::new(spec, &value).and_then(|edit| house.set(&by("Set-Mailbox"), ann, vec![edit, policy]))
    };
    off(recipient::PRIMARY_SMTP_ADDRESS.spec(), "ann@contoso.com".into()).unwrap();
    assert_eq!(house.addresses(ann), "SMTP:ann@contoso.com smtp:annb@contoso.com");
    house.set_to(ann, recipient::ALIAS.spec(), "annc").unwrap();
    assert_eq!(house.addresses(ann), "SMTP:ann@contoso.com smtp:annb@contoso.com");
    let insertion = Dictionary::new();
    insertion.insert("Insert".into(), "z@contoso.com".into());
    let insertion = Value::from(insertion);
    for (value, result) in [
        (change_of(&["x@contoso.com"], &["annb@contoso.com"]), "SMTP:ann@contoso.com smtp:x@contoso.com"),
        (
            change_of(&["SMTP:y@contoso.com"], &[]),
            "SMTP:y@contoso.com smtp:ann@contoso.com smtp:x@contoso.com",
        ),
        (
            change_of(&[], &["nobody@contoso.com"]),
            "SMTP:y@contoso.com smtp:ann@contoso.com smtp:x@contoso.com",
        ),
        (list(&["one@contoso.com", "two@contoso.com"]), "SMTP:one@contoso.com smtp:two@contoso.com"),
        (list(&["SMTP:a@x.y", "SMTP:b@x.y"]), "TwoPrimaryAddresses"),
        (change_of(&[], &["one@contoso.com"]), "PrimaryAddressRequired"),
        (change_of(&["SMTP:two@contoso.com"], &["one@contoso.com"]), "SMTP:two@contoso.com"),
        (insertion.clone(), "InvalidChange"),
        (change_of(&[], &["two@contoso.com"]), "PrimaryAddressRequired"),
        (Value::Null, "PrimaryAddressRequired"),
        (list(&["smtp:not an address"]), "InvalidValue"),
    ] {
        let answer = match house.set_to(ann, addresses, value) {
            Ok(_) => house.addresses(ann),
            Err(error) => error.id().to_owned(),
        };
        assert_eq!(answer, result);
    }
    let both = [
        Edit::new(addresses, &list(&["a@x.y"])).unwrap(),
        Edit::new(recipient::PRIMARY_SMTP_ADDRESS.spec(), &"a@x.y".into()).unwrap(),
    ];
    assert_eq!(id_of(house.set(&by("Set-Mailbox"), ann, both.to_vec())), "ParametersExclude");
    house.set_to(ann, recipient::EMAIL_ADDRESS_POLICY_ENABLED.spec(), true).unwrap();
    assert_eq!(house.addresses(ann), "SMTP:annc@contoso.com smtp:two@contoso.com");
}

#[test]
fn settings_are_refused_with_what_to_do() {
    let house = house();
    let ann = house.user("Ann", "ann@contoso.com").guid();
    let long = "a".repeat(65);
    for (spec, value, id) in [
        (recipient::ALIAS.spec(), Value::from(long.as_str()), "AliasInvalid"),
        (recipient::ALIAS.spec(), Value::Null, "ValueRequired"),
        (recipient::NAME.spec(), long.as_str().into(), "NameInvalid"),
        (recipient::DISPLAY_NAME.spec(), "a".repeat(257).into(), "TextTooLong"),
        (recipient::CUSTOM_ATTRIBUTE_1.spec(), "a".repeat(1024).into(), "fine"),
        (recipient::SIMPLE_DISPLAY_NAME.spec(), "Größe".into(), "CharacterNotAllowed"),
        (mailbox::SEND_QUOTA.spec(), "2XB".into(), "InvalidValue"),
        (mailbox::SEND_QUOTA.spec(), "3TB".into(), "QuotaOutOfRange"),
        (mailbox::SEND_QUOTA.spec(), "2GB".into(), "fine"),
        (mailbox::SEND_RECEIVE_QUOTA.spec(), "1GB".into(), "QuotaOrder"),
        (mailbox::SEND_RECEIVE_QUOTA.spec(), "3GB".into(), "fine"),
        (mailbox::ISSUE_WARNING_QUOTA.spec(), "4GB".into(), "QuotaOrder"),
        (mailbox::RECOVERABLE_ITEMS_QUOTA.spec(), "10GB".into(), "QuotaOrder"),
        (mailbox::SCL_JUNK_THRESHOLD.spec(), 10.into(), "OutOfRange"),
        (mailbox::RULES_QUOTA.spec(), "1MB".into(), "OutOfRange"),
        (mailbox::DATABASE.spec(), "Mailbox Database".into(), "DatabaseCannotBeSet"),
        (mailbox::RETENTION_POLICY.spec(), "nothing".into(), "ManagementObjectNotFoundException"),
        (mailbox::RETENTION_POLICY.spec(), Value::Null, "fine"),
        (mailbox::FORWARDING_ADDRESS.spec(), "Ann".into(), "ForwardsToItself"),
        (recipient::RECIPIENT_TYPE.spec(), "UserMailbox".into(), "PropertyReadOnly"),
        (recipient::OBJECT_CLASS.spec(), "user".into(), "PropertyReadOnly"),
        (database::MAILBOX_RETENTION.spec(), "1.00:00:00".into(), "PropertyNotOfThisKind"),
        (user::SAM_ACCOUNT_NAME.spec(), "a/b".into(), "SamAccountNameInvalid"),
        (user::USER_PRINCIPAL_NAME.spec(), "ann".into(), "UserPrincipalNameInvalid"),
        (recipient::DISPLAY_NAME.spec(), change_of(&["a"], &[]), "NotAList"),
    ] {
        let shown = value.to_string();
        let answer = house.set_to(ann, spec, value);
        if let Err(error) = &answer {
            assert!(error.parameter().is_some(), "{error:?}");
        }
        assert_eq!(id_of(answer), id, "{spec:?} = {shown}");
    }
    assert!(!house.set_to(ann, mailbox::SEND_QUOTA.spec(), "2GB").unwrap(), "nothing was modified");
    let record = house.get(ann).unwrap();
    assert_eq!(record.get(&mailbox::SEND_QUOTA), Some(Unlimited::Value(ByteQuantifiedSize(2 << 30))));
}

#[test]
fn references_follow_renames_and_end_with_their_target() {
    let house = house();
    let (ann, ben) =
        (house.user("Ann", "ann@contoso.com").guid(), house.user("Ben", "ben@contoso.com").guid());
    house.user("Carla", "carla@contoso.com");
    house.set_to(ann, mailbox::FORWARDING_ADDRESS.spec(), "ben@contoso.com").unwrap();
    house.set_to(ann, recipient::GRANT_SEND_ON_BEHALF_TO.spec(), list(&["Ben", "Carla"])).unwrap();
    house.set_to(ben, recipient::NAME.spec(), "Benjamin").unwrap();
    let shown = |spec: &'static Spec| house.value(&house.get(ann).unwrap(), spec).to_string();
    assert_eq!(shown(mailbox::FORWARDING_ADDRESS.spec()), "contoso.com/Users/Benjamin");
    house.set_to(ann, recipient::GRANT_SEND_ON_BEHALF_TO.spec(), change_of(&[], &["Carla"])).unwrap();
    assert_eq!(shown(recipient::GRANT_SEND_ON_BEHALF_TO.spec()), "contoso.com/Users/Benjamin");
    house.change(&by("Remove-Mailbox"), move |change| change.remove(ben)).unwrap();
    assert_eq!(
        (shown(mailbox::FORWARDING_ADDRESS.spec()), shown(recipient::GRANT_SEND_ON_BEHALF_TO.spec())),
        Default::default()
    );
    let group =
        NewRecipient::named("All", Class::Group, RecipientTypeDetails::MailUniversalDistributionGroup);
    let group = house
        .change(&by("New-DistributionGroup"), move |change| change.new_recipient(&group))
        .unwrap()
        .guid();
    house.set_to(group, group::MEMBERS.spec(), list(&["Ann"])).unwrap();
    house
        .set_to(ann, recipient::REJECT_FROM_ALL.spec(), list(&["All", "Administrator@nowhere"]))
        .unwrap_err();
    house.set_to(ann, recipient::REJECT_FROM_ALL.spec(), list(&["All", "Ann"])).unwrap();
    assert_eq!(shown(recipient::REJECT_FROM_GROUPS.spec()), "contoso.com/Users/All");
    assert_eq!(shown(recipient::REJECT_FROM.spec()), "contoso.com/Users/Ann");
    assert_eq!(shown(recipient::MEMBER_OF_GROUP.spec()), "CN=All,CN=Users,DC=contoso,DC=com");
}

#[test]
fn filters_names_places_and_order() {
    let house = house();
    let unit = house.change(&by("New-ADOrganizationalUnit"), |change| {
        let root = change.directory().only(Class::Domain).unwrap().guid();
        let sales = change.new_unit("Sales", root)?;
        change.new_unit("North", sales.guid()).map(|north| (sales.guid(), north.guid()))
    });
    let (sales, north) = unit.unwrap();
    for (name, department, unit) in
        [("Zoe", "Sales", Some(north)), ("Ann", "Sales", Some(sales)), ("Max", "Staff", None)]
    {
        let settings = vec![
            Edit::set(&user::DEPARTMENT, department.to_owned()),
            Edit::set(&user::LAST_NAME, format!("{name}son")),
            Edit::set(
                &mailbox::SEND_QUOTA,
                Unlimited::Value(ByteQuantifiedSize(name.len() as u64 * 100 + u64::from(name.as_bytes()[0]))),
            ),
            Edit::set(&mailbox::SEND_RECEIVE_QUOTA, Unlimited::Unlimited),
        ];
        house.make(NewMailbox { unit, settings, ..NewMailbox::named(name, Flavour::Shared) }).unwrap();
    }
    house.make(NewMailbox::named("Arbiter", Flavour::Arbitration)).unwrap();
    let filter = |text: &str| Filter::parse(text, &|word| mailbox_property(word)).unwrap();
    for (text, found) in [
        ("Department -eq 'sales'", "Ann,Zoe"),
        ("Department -eq 'Sales' -and Name -like 'z*'", "Zoe"),
        ("Alias -eq 'max'", "Max"),
        ("Name -eq 'ANN'", "Ann"),
        ("Name -like 'a*'", "Ann"),
        ("Name -like 'A*N'", "Ann"),
        ("Name -like 'ax*'", ""),
        ("Name -like '*n'", "Ann"),
        ("Name -like 'max'", "Max"),
        ("-not (Name -like 'a*')", "Max,Zoe"),
        ("-not (Department -eq 'Sales')", "Max"),
        ("EmailAddresses -eq 'zoe@contoso.com'", "Zoe"),
        ("EmailAddresses -like 'smtp:a*'", "Ann"),
        ("PrimarySmtpAddress -eq 'ann@contoso.com'", "Ann"),
        ("RecipientTypeDetails -eq 'SharedMailbox'", "Ann,Max,Zoe"),
        ("RecipientTypeDetails -eq 'RoomMailbox'", ""),
        ("IsShared -eq $true -and Department -ne 'Sales'", "Max"),
        ("ProhibitSendQuota -gt 380", "Zoe"),
        ("ForwardingAddress -eq $null", "Ann,Max,Zoe"),
        ("CustomAttribute1 -ne $null", ""),
        ("Database -eq 'Mailbox Database'", "Ann,Max,Zoe"),
        ("DisplayName -eq 'Zoe'", "Zoe"),
        ("UseDatabaseQuotaDefaults -eq $true", "Ann,Max,Zoe"),
        ("RequireAllSendersAreAuthenticated -eq $true", ""),
        // What is worked out and says no more than its default is compared as it is shown.
        ("ArchiveState -eq 'None'", "Ann,Max,Zoe"),
        ("ArchiveState -ne 'None'", ""),
    ] {
        let query = Query { filter: Some(filter(text)), ..Query::of(&kinds::MAILBOX) };
        assert_eq!(house.found_names(&query), found, "{text}");
    }
    let of = || Query::of(&kinds::MAILBOX);
    assert_eq!(house.found_names(&of()), "Ann,Max,Zoe");
    assert_eq!(house.found_names(&Query { system: true, ..of() }), "Ann,Arbiter,Max,Zoe");
    assert_eq!(house.found_names(&Query { below: Some(sales), ..of() }), "Ann,Zoe");
    assert_eq!(house.found_names(&Query { below: Some(north), ..of() }), "Zoe");
    assert_eq!(house.found_names(&Query { anr: Some("zoes".into()), ..of() }), "Zoe");
    assert_eq!(house.found_names(&Query { details: vec![RecipientTypeDetails::UserMailbox], ..of() }), "");
    assert_eq!(house.found_names(&Query { sort: Some(mailbox::SEND_QUOTA.spec()), ..of() }), "Ann,Max,Zoe");
    assert_eq!(house.found_names(&Query { sort: Some(user::DEPARTMENT.spec()), ..of() }), "Ann,Zoe,Max");
    let everybody = Query { system: true, ..Query::of(&kinds::USER) };
    assert_eq!(house.found_names(&everybody), "Administrator,Ann,Arbiter,Max,Zoe");
}

fn mailbox_property(word: &str) -> Option<&'static Spec> {
    let of = |noun: &'static object::Noun| noun.filter_property(word);
    of(&mailbox::MAILBOX).or_else(|| of(&user::USER))
}

#[test]
fn an_object_is_sparse_and_reads_its_defaults() {
    let house = house();
    let ann = house.mailbox("Ann");
    let shown = house.object(&ann, &mailbox::MAILBOX);
    assert_eq!(shown.get("Name").unwrap().to_string(), "Ann");
    assert!(shown.get("IssueWarningQuota").is_none(), "never set");
    let spec = mailbox::MAILBOX.property("IssueWarningQuota").unwrap();
    assert_eq!(spec.default_value().to_string(), "Unlimited");
    assert!(shown.get("PasswordHash").is_none());
    assert_eq!(shown.get("EmailAddresses").unwrap().items().len(), 1);
    assert!(matches!(shown.get("WhenCreated"), Some(Value::DateTime(DateTime { .. }))));
    let contact = NewRecipient {
        external: ProxyAddress::parse("SMTP:c@far.example"),
        ..NewRecipient::named("Carla", Class::Contact, RecipientTypeDetails::MailContact)
    };
    let contact = house.change(&by("New-MailContact"), move |change| change.new_recipient(&contact)).unwrap();
    let contact = house.object(&house.need(contact.guid()).unwrap(), &any_recipient::RECIPIENT);
    assert_eq!(contact.get("RecipientType").unwrap().to_string(), "MailContact");
    assert_eq!(contact.get("PrimarySmtpAddress").unwrap().to_string(), "c@far.example");
}

#[test]
fn disabling_leaves_the_person_and_the_switches() {
    let house = house();
    let ann = house.user("Ann", "ann@contoso.com");
    let guid = ann.guid();
    house.set_to(guid, cas::POP_ENABLED.spec(), false).unwrap();
    house.set_to(guid, cas::ACTIVE_SYNC_ENABLED.spec(), false).unwrap();
    house.set_to(guid, user::DEPARTMENT.spec(), "Sales").unwrap();
    house.set_to(guid, recipient::CUSTOM_ATTRIBUTE_1.spec(), "x").unwrap();
    let (_, tombstone) = house.change(&by("Disable-Mailbox"), move |change| change.disable(guid)).unwrap();
    let left = house.get(guid).unwrap();
    assert_eq!(left.details(), RecipientTypeDetails::User);
    for (spec, kept) in [
        (user::DEPARTMENT.spec(), true),
        (user::PASSWORD_HASH.spec(), true),
        (user::USER_PRINCIPAL_NAME.spec(), true),
        (recipient::DISPLAY_NAME.spec(), true),
        (cas::POP_ENABLED.spec(), true),
        (mailbox::WHEN_MAILBOX_CREATED.spec(), true),
        (user::PREVIOUS_DETAILS.spec(), true),
        (cas::ACTIVE_SYNC_ENABLED.spec(), false),
        (recipient::EMAIL_ADDRESSES.spec(), false),
        (recipient::ALIAS.spec(), false),
        (recipient::LEGACY_EXCHANGE_DN.spec(), false),
        (recipient::CUSTOM_ATTRIBUTE_1.spec(), false),
        (mailbox::EXCHANGE_GUID.spec(), false),
        (mailbox::DATABASE.spec(), false),
        (mailbox::RETENTION_POLICY.spec(), false),
    ] {
        assert_eq!(left.has(spec), kept, "{spec:?}");
    }
    let tombstone = Tombstone::parse(&tombstone).unwrap();
    assert_eq!(tombstone.before("EmailAddresses"), ["SMTP:ann@contoso.com"]);
    assert_eq!(tombstone.before("PopEnabled"), ["False"]);
    assert_eq!(tombstone.before("PasswordHash"), [""; 0], "a password is the account's");
    let twice = house.change(&by("Disable-Mailbox"), move |change| change.disable(guid).map(drop));
    assert_eq!(id_of(twice), "NotAMailboxUser");
    assert!(matches!(house.match_for("/o=x", "ann"), RecipientMatch::One(found) if found.guid() == guid));
    let administrator = house.administrator().unwrap().guid();
    house.make(NewMailbox::of_user(administrator, Flavour::Regular)).unwrap();
    let removed = house.change(&by("Remove-Mailbox"), move |change| change.remove(administrator).map(drop));
    assert_eq!(id_of(removed), "AdministratorNeeded");
}

#[test]
fn enabling_connecting_and_converting_ask_for_the_right_account() {
    let house = house();
    let ann = house.user("Ann", "ann@contoso.com");
    let again = house.make(NewMailbox::of_user(ann.guid(), Flavour::Regular)).unwrap_err();
    assert_eq!(again.id(), "RecipientTypeNotSupported");
    assert!(again.message().contains("contoso.com/Users/Ann is of type UserMailbox"), "{again}");
    let ben = house.plain("Ben");
    assert!(ben.is_account_disabled(), "an account without a password is switched off");
    let connection = |user: Guid, flavour: Flavour| Connection {
        mailbox: Guid::random(),
        database: house.guids(Class::MailboxDatabase)[0],
        legacy_dn: "/o=Old/cn=ben".to_owned(),
        user,
        flavour,
        alias: None,
        written: None,
        had_alias: None,
        created: house.now(),
        settings: Vec::new(),
    };
    let connect = |connection: Connection| {
        house.change(&by("Connect-Mailbox"), move |change| change.connect(&connection))
    };
    assert_eq!(id_of(connect(connection(ann.guid(), Flavour::Regular))), "RecipientTypeNotSupported");
    let connected = connect(connection(ben.guid(), Flavour::Shared)).unwrap();
    assert_eq!(connected.get(&recipient::LEGACY_EXCHANGE_DN).as_deref(), Some("/o=Old/cn=ben"));
    assert_eq!(house.addresses(ben.guid()), "SMTP:Ben@contoso.com");
    let switch_on = house.set_account_disabled(&by("Enable-ADAccount"), ben.guid(), false);
    assert_eq!(id_of(switch_on), "AccountBelongsToMailbox");
    let convert = |to: Flavour, password: Option<PasswordHash>| {
        let guid = ben.guid();
        house.change(&by("Set-Mailbox"), move |change| {
            let mut record = change.read(guid)?;
            change.convert(&mut record, &to, password.as_ref())?;
            change.save(record)
        })
    };
    assert_eq!(id_of(convert(Flavour::Regular, None)), "PasswordRequired");
    convert(Flavour::Regular, Some(PasswordHash::of(&SecureString::new("Sommer-2026"), &[]).unwrap()))
        .unwrap();
    assert_eq!(house.check_password(house.get(ben.guid()).as_deref(), "Sommer-2026"), Verdict::Right);
    convert(Flavour::Room, None).unwrap();
    assert!(house.get(ben.guid()).unwrap().is_account_disabled());
    let enabled = house.user("Dev", "dev@contoso.com").guid();
    house.change(&by("Disable-Mailbox"), move |change| change.disable(enabled).map(drop)).unwrap();
    let error = house.make(NewMailbox::of_user(enabled, Flavour::Room)).unwrap_err();
    assert_eq!(error.id(), "AccountMustBeDisabled");
    let same_mailbox = Connection {
        mailbox: connected.get(&mailbox::EXCHANGE_GUID).unwrap(),
        ..connection(enabled, Flavour::Regular)
    };
    assert_eq!(id_of(connect(same_mailbox)), "ProxyAddressExistsException");
}

#[test]
fn passwords_and_accounts() {
    let house = house();
    let ann = house.user("Ann", "ann@contoso.com").guid();
    let check = |password: &str| house.check_password(house.get(ann).as_deref(), password);
    assert_eq!(
        (check("Sommer-2026"), check("sommer-2026"), check("")),
        (Verdict::Right, Verdict::Wrong, Verdict::Wrong)
    );
    assert_eq!(house.check_password(None, "nobody has this one"), Verdict::Wrong);
    house.set_account_disabled(&by("Disable-ADAccount"), ann, true).unwrap();
    assert_eq!((check("Sommer-2026"), check("x")), (Verdict::Disabled, Verdict::Wrong));
    house.set_account_disabled(&by("Enable-ADAccount"), ann, false).unwrap();
    let hash = PasswordHash::of(&SecureString::new("Herbst-2026"), &[]).unwrap();
    house.set_password(&by("Set-ADAccountPassword"), ann, hash, true).unwrap();
    assert_eq!((check("Herbst-2026"), check("Sommer-2026")), (Verdict::MustChange, Verdict::Wrong));
    for (name, found) in [
        ("ann@contoso.com", true),
        ("CONTOSO\\ann", true),
        ("ann", true),
        ("Ann", true),
        ("FABRIKAM\\ann", false),
        ("nobody", false),
        ("Default MRM Policy", false),
    ] {
        assert_eq!(house.account(name).is_some(), found, "{name}");
    }
    let changes = house.changes_of(ann, 0).unwrap();
    assert_eq!(changes.len(), 4);
    for change in changes.iter().flat_map(|change| &change.objects) {
        assert!(!format!("{:?}", change.properties).contains("argon2"), "{change:?}");
    }
}

#[test]
fn domains_and_databases() {
    let house = house();
    let make = |name: &str| {
        let (name, value) = (name.to_owned(), Value::from(name));
        let edits = [Edit::new(domain::DOMAIN_NAME.spec(), &value).unwrap()];
        house.change(&by("New-AcceptedDomain"), move |change| {
            change.new_configuration(Class::AcceptedDomain, &name, &edits)
        })
    };
    let second = make("fabrikam.test").unwrap().guid();
    assert_eq!(id_of(make("Fabrikam.test")), "ADObjectAlreadyExistsException");
    let star = Edit::new(domain::DOMAIN_NAME.spec(), &"*.fabrikam.test".into()).unwrap();
    let same = house.change(&by("New-AcceptedDomain"), move |change| {
        change.new_configuration(Class::AcceptedDomain, "all", std::slice::from_ref(&star))
    });
    assert_eq!(id_of(same), "AcceptedDomainExists");
    let first = house.domains().default_domain().unwrap().guid;
    let remove = |guid| house.change(&by("Remove-AcceptedDomain"), move |change| change.remove_domain(guid));
    assert_eq!(id_of(remove(first)), "DefaultDomainNeeded");
    house.change(&by("Set-AcceptedDomain"), move |change| change.make_default_domain(second)).unwrap();
    assert_eq!(
        (house.domains().default_domain().unwrap().domain.as_str(), house.netbios().as_str()),
        ("fabrikam.test", "FABRIKAM")
    );
    assert_eq!(id_of(remove(first)), "DomainUsedByPolicy");
    let database = house
        .change(&by("New-MailboxDatabase"), |change| change.new_database("MBXDB02", &[]))
        .unwrap()
        .guid();
    let old = house.guids(Class::MailboxDatabase)[0];
    assert_eq!(house.choose_database(&|_| true).unwrap().guid(), old, "among equals the oldest");
    assert_eq!(house.choose_database(&|guid| guid == database).unwrap().guid(), database);
    assert_eq!(house.choose_database(&|_| false).unwrap_err().id(), "NoDatabaseAvailable");
    let ann = house.mailbox("Ann").guid();
    let drop_database =
        |guid| house.change(&by("Remove-MailboxDatabase"), move |change| change.remove_database(guid));
    assert_eq!(id_of(drop_database(old)), "AssociatedUserMailboxExistException");
    house.set_to(old, database::IS_EXCLUDED.spec(), true).unwrap();
    assert_eq!(house.choose_database(&|_| true).unwrap().guid(), database);
    house.change(&by("Disable-Mailbox"), move |change| change.disable(ann).map(drop)).unwrap();
    drop_database(old).unwrap();
    let users = house.users_container().unwrap().guid();
    assert_eq!(id_of(house.change(&by("Remove"), move |change| change.delete(users))), "ContainerNotEmpty");
}

#[test]
fn every_change_is_kept_with_who_made_it() {
    let house = house();
    let before = house.number();
    let ann = house.mailbox("Ann").guid();
    house.clock.pass(Duration::from_secs(60));
    house.set_to(ann, recipient::DISPLAY_NAME.spec(), "Ann Berg").unwrap();
    let refused = house.set_to(ann, recipient::NAME.spec(), "Administrator");
    assert_eq!(id_of(refused), "ADObjectAlreadyExistsException");
    let log = house.changes_of(ann, before).unwrap();
    let shown: Vec<(&str, &str, &str)> = log
        .iter()
        .map(|change| (&*change.author.who, &*change.author.command, change.objects[0].shown.as_str()))
        .collect();
    let administrator = "CONTOSO\\Administrator";
    let wanted = ["New-Mailbox", "Set-Mailbox"].map(|name| (administrator, name, "contoso.com/Users/Ann"));
    assert_eq!(shown, wanted);
    assert_eq!(log[1].at, Time::of_date(2026, 11, 21) + Duration::from_secs(60));
    let display = PropertyChange {
        name: "DisplayName".into(),
        before: vec!["Ann".into()],
        after: vec!["Ann Berg".into()],
    };
    assert_eq!(log[1].objects[0].properties, [display]);
    assert_eq!((log[1].number, house.number()), (before + 2, before + 2));
    assert_eq!(house.changes_of(ann, before + 1).unwrap().len(), 1, "since a change number");
}

#[test]
fn another_node_follows_the_change_number() {
    let house = house();
    let other = Directory::open(house.db.clone(), Arc::new(house.clock.clone()), "srv2").unwrap();
    let feed = other.feed();
    let ann = house.mailbox("Ann").guid();
    assert!(other.get(ann).is_none());
    other.refresh().unwrap();
    assert_eq!(other.get(ann).unwrap().name(), "Ann");
    assert!(feed.try_recv().unwrap().objects.contains(&ann));
    house.change(&by("Remove-Mailbox"), move |change| change.remove(ann)).unwrap();
    other.refresh().unwrap();
    assert!(other.get(ann).is_none());
    // The other node's memory may be old, but what is unique stays unique.
    let ben = house.mailbox("Ben").guid();
    let same = NewMailbox {
        primary: SmtpAddress::parse("ben@contoso.com"),
        ..NewMailbox::named("Other", Flavour::Shared)
    };
    let made = other.change(&by("New-Mailbox"), move |change| change.new_mailbox(&same).map(drop));
    assert_eq!(id_of(made), "ProxyAddressExistsException");
    other.refresh().unwrap();
    assert_eq!(other.get(ben).unwrap().change_number(), house.get(ben).unwrap().change_number());
}

#[test]
fn verify_sees_what_is_broken() {
    for (sql, id) in [
        (
            "UPDATE directory_attribute SET value = 'smtp:ann@contoso.com' WHERE attribute = 'EmailAddresses'",
            "PrimaryAddress",
        ),
        ("DELETE FROM directory_claim WHERE kind = 'upn'", "ClaimWrong"),
        ("DELETE FROM directory_link WHERE attribute = 'Database'", "LinkWrong"),
        ("UPDATE directory_object SET parent = 999 WHERE name = 'Ann'", "PlaceMissing"),
        ("DELETE FROM directory_attribute WHERE attribute = 'MasterAccountSid'", "MasterAccount"),
        ("DELETE FROM directory_attribute WHERE attribute = 'ExchangeGuid'", "MailboxIncomplete"),
        (
            "UPDATE directory_attribute SET value = 'NormalAccount' WHERE attribute = 'UserAccountControl'",
            "AccountState",
        ),
        ("UPDATE directory_object SET name = 'Anna' WHERE name = 'Ann'", "MemoryDiffers"),
        ("DELETE FROM directory_attribute WHERE attribute = 'Default'", "DefaultDomain"),
    ] {
        let house = house();
        house.mailbox("Ann");
        house.db.write(move |tx| tx.execute(sql, &[])).unwrap();
        let found = house.verify().unwrap();
        assert!(found.iter().any(|finding| finding.id == id), "{id}: {found:?}");
        std::mem::forget(house);
    }
}

#[test]
fn hundreds_at_once_are_all_different() {
    let house = house();
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let house = &house;
            scope.spawn(move || {
                for number in 0..25 {
                    // All names make the same alias: aliases, addresses, account names and log-on names must be parted.
                    let name = char::from_u32(0x4e00 + worker * 100 + number).unwrap().to_string();
                    house.make(NewMailbox::named(&name, Flavour::Shared)).unwrap();
                }
            });
        }
    });
    assert_eq!(house.find(&Query::of(&kinds::MAILBOX)).unwrap().count(), 100);
}

/// What is walked through in parts is what is there, once each and in order; the few of a kind among many are all found.
#[test]
fn many_are_found_in_the_order_of_names_whichever_way_they_are_looked_for() {
    let house = house();
    let name = |number: usize| format!("Mailbox {:03}", number * 7 % 600);
    let all = house.change(&by("New-Mailbox"), move |change| {
        let one = |number| change.new_mailbox(&NewMailbox::named(&name(number), Flavour::Shared)).map(drop);
        (0..600).try_for_each(one)
    });
    all.unwrap();
    house.make(NewMailbox::named("Mailbox 300", Flavour::Room)).unwrap_err();
    house.make(NewMailbox::named("Large room", Flavour::Room)).unwrap();
    let names = |query: &Query| -> Vec<String> {
        house.find(query).unwrap().map(|record| record.name().to_owned()).collect()
    };
    let all: Vec<String> = (0..600).map(|number| format!("Mailbox {number:03}")).collect();
    let shared = Query { details: vec![RecipientTypeDetails::SharedMailbox], ..Query::of(&kinds::MAILBOX) };
    assert_eq!(names(&shared), all);
    assert_eq!(names(&Query { sort: Some(recipient::ALIAS.spec()), ..shared.clone() }), all);
    let rooms = Query { details: vec![RecipientTypeDetails::RoomMailbox], ..Query::of(&kinds::MAILBOX) };
    assert_eq!(names(&rooms), ["Large room"]);
    let beginning = |text: &str| Query { anr: Some(text.to_owned()), ..Query::of(&kinds::MAILBOX) };
    assert_eq!(names(&beginning("mailBOX 59")), all[590..]);
    assert_eq!(names(&beginning("mailbox 599x")), [""; 0]);
}

#[test]
fn values_of_all_kinds_come_back_from_the_database() {
    let house = house();
    let ann = house.mailbox("Ann").guid();
    for (spec, value) in [
        (mailbox::LITIGATION_HOLD_DATE.spec(), Value::from(Time(1_700_000_000_000_001))),
        (mailbox::LANGUAGES.spec(), list(&["de-DE", "en-US"])),
        (mailbox::RETAIN_DELETED_ITEMS_FOR.spec(), "20.00:00:00".into()),
        (mailbox::FORWARDING_SMTP_ADDRESS.spec(), "smtp:far@far.example".into()),
        (mailbox::EXTERNAL_OOF_OPTIONS.spec(), "InternalOnly".into()),
        (mailbox::RECIPIENT_LIMITS.spec(), 500.into()),
        (mailbox::SCL_DELETE_ENABLED.spec(), false.into()),
        (recipient::CUSTOM_ATTRIBUTE_1.spec(), "Größe 'quoted' \u{1F600}".into()),
    ] {
        house.set_to(ann, spec, value).unwrap();
    }
    let again = Directory::open(house.db.clone(), Arc::new(house.clock.clone()), "srv1").unwrap();
    let (one, two) = (
        house.object(&house.get(ann).unwrap(), &mailbox::MAILBOX),
        again.object(&again.get(ann).unwrap(), &mailbox::MAILBOX),
    );
    for (name, value) in one.properties().iter() {
        assert_eq!(two.get(name).map(|value| value.to_string()), Some(value.to_string()), "{name}");
    }
}

#[test]
fn aliases_of_before_are_claimed_and_parted_when_the_directory_is_opened() {
    let house = house();
    let (first, second) = (house.mailbox("Ann").guid(), house.mailbox("Anna").guid());
    house
        .db
        .write(|tx| {
            tx.execute("DELETE FROM directory_claim WHERE kind = 'alias'", &[])?;
            tx.execute(
                "UPDATE directory_attribute SET value = 'ANN' WHERE attribute = 'Alias' AND value = 'Anna'",
                &[],
            )
        })
        .unwrap();
    let again = Directory::open(house.db.clone(), Arc::new(house.clock.clone()), "srv1").unwrap();
    let alias = |guid| again.get(guid).unwrap().get(&recipient::ALIAS).unwrap();
    assert_eq!((alias(first).as_str(), alias(second).as_str()), ("Ann", "ANN2"));
    assert!(again.verify().unwrap().is_empty(), "{:?}", again.verify());
    assert_eq!(again.by_alias("ann").len(), 1);
}

#[test]
fn an_alias_is_one_recipients_alone() {
    let house = house();
    house.mailbox("Ann");
    let taken = NewMailbox { alias: Some("ANN".to_owned()), ..NewMailbox::named("Other", Flavour::Shared) };
    let refused = house.make(taken).unwrap_err();
    assert_eq!(refused.id(), "AliasNotUnique");
    assert_eq!(
        refused.message(),
        "The value \"ann\" of property \"Alias\" is used by another recipient object \"Ann\". Please specify a unique value."
    );
    assert!(house.verify().unwrap().is_empty());
}
