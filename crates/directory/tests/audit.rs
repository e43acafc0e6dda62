//! The record of who did what: changes, refusals and effects in a store; who finds it, and how long it is kept.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, helpers included")]

use db::Holds;
use mailstead_directory::schema::{audit, recipient};
use mailstead_directory::*;
use object::types::{Guid, SecureString, TimeSpan};
use object::{Author, Clock, Declared, Time, Value, WoundClock};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

struct House {
    directory: Directory,
    clock: WoundClock,
}

fn open(db: db::Database) -> House {
    let clock = WoundClock::at(Time::of_date(2026, 11, 21));
    let directory = Directory::open(db, Arc::new(clock.clone()), "srv1").unwrap();
    directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
    House { directory, clock }
}

fn house() -> House {
    open(db::memory().unwrap())
}

/// What an administrator on the network runs.
fn runs(who: &str, command: &str, parameters: &[(&str, &str)]) -> Author {
    let parameters = parameters.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Author { from: "192.0.2.7".into(), session: "s1".into(), parameters, ..Author::new(who, command) }
}

impl House {
    fn mailbox(&self, author: &Author, name: &str) -> Arc<Record> {
        let hash = PasswordHash::of(&SecureString::new("Sommer-2026"), &[]).unwrap();
        let new = NewMailbox {
            password: Some(hash),
            user_principal_name: Some(format!("{}@contoso.com", name.to_lowercase())),
            ..NewMailbox::named(name, Flavour::Regular)
        };
        let made = self.directory.change(author, move |change| change.new_mailbox(&new)).unwrap();
        self.directory.need(made.guid()).unwrap()
    }
    fn rename(&self, author: &Author, user: Guid, name: &str) {
        let edit = Edit::new(recipient::DISPLAY_NAME.spec(), &Value::from(name)).unwrap();
        assert!(self.directory.set(author, user, vec![edit]).unwrap());
    }
    fn found(&self, query: &AuditQuery) -> Vec<String> {
        self.changes(query).iter().map(line).collect()
    }
    fn changes(&self, query: &AuditQuery) -> Vec<AdminChange> {
        let mut found = Vec::new();
        let each = |change: &AdminChange| {
            found.push(change.clone());
            Ok(true)
        };
        self.directory.search_changes(query, each).unwrap();
        found
    }
}

fn line(change: &AdminChange) -> String {
    let author = &change.author;
    let given: Vec<String> =
        author.parameters.iter().map(|(name, value)| format!("-{name} {value}")).collect();
    let about: Vec<&str> = change.objects.iter().map(|one| one.shown.as_str()).collect();
    let ended = change.error.as_deref().unwrap_or("done");
    format!("{} {} {} [{}] {ended}", author.who, author.command, given.join(" "), about.join(", "))
}

fn text(text: &str) -> Vec<String> {
    vec![text.to_owned()]
}

#[test]
fn a_change_a_refusal_and_an_effect_are_found_by_who_what_when_and_object() {
    let house = house();
    let (carla, dev) = ("CONTOSO\\carla", "CONTOSO\\dev");
    let carla_account = house.mailbox(&Author::system("setup"), "Carla").guid();
    let ann = house.mailbox(&runs(carla, "New-Mailbox", &[("Name", "Ann"), ("Password", "********")]), "Ann");
    house.clock.pass(DAY);
    let noon = house.clock.now();
    let set = Author {
        account: Some(carla_account),
        ..runs(carla, "Set-Mailbox", &[("Identity", "ann"), ("DisplayName", "Ann Berg")])
    };
    house.rename(&set, ann.guid(), "Ann Berg");
    assert!(set.is_recorded(), "the transaction of the change has recorded it");
    let refused = runs(dev, "Remove-Mailbox", &[("Identity", "nobody")]);
    let about = vec![ObjectChange::named(Guid::EMPTY, "", "nobody")];
    house.directory.note(&refused, Some("There is no mailbox 'nobody'."), about).unwrap();
    house.clock.pass(DAY);
    let mount = runs(dev, "Dismount-Database", &[("Identity", "Mailbox Database")]);
    let database = house.directory.all(Class::MailboxDatabase)[0].clone();
    let about = vec![ObjectChange::named(database.guid(), database.class().word(), database.name())];
    house.directory.note(&mount, None, about).unwrap();

    let made = "CONTOSO\\carla New-Mailbox -Name Ann -Password ******** [contoso.com/Users/Ann] done";
    let changed =
        "CONTOSO\\carla Set-Mailbox -Identity ann -DisplayName Ann Berg [contoso.com/Users/Ann] done";
    let refusal = "CONTOSO\\dev Remove-Mailbox -Identity nobody [nobody] There is no mailbox 'nobody'.";
    let effect = "CONTOSO\\dev Dismount-Database -Identity Mailbox Database [Mailbox Database] done";
    let all = AuditQuery::default;
    let id = ann.guid().to_string();
    for (what, query, wanted) in [
        ("person", AuditQuery { people: text("contoso\\DEV"), ..all() }, &[effect, refusal][..]),
        ("account", AuditQuery { people: text("carla@contoso.com"), ..all() }, &[changed]),
        (
            "two people",
            AuditQuery { people: [text(dev), text(carla)].concat(), ..all() },
            &[effect, refusal, changed, made],
        ),
        ("cmdlet", AuditQuery { cmdlets: text("set-mailbox"), ..all() }, &[changed]),
        ("parameter", AuditQuery { parameters: text("displayname"), ..all() }, &[changed]),
        ("object by alias", AuditQuery { objects: text("ann"), ..all() }, &[changed, made]),
        ("object by GUID", AuditQuery { objects: text(&id), ..all() }, &[changed, made]),
        (
            "configuration",
            AuditQuery { objects: text("Mailbox Database"), from: Some(noon), ..all() },
            &[effect],
        ),
        ("what never was", AuditQuery { objects: text("nobody"), ..all() }, &[refusal]),
        ("what nobody named", AuditQuery { objects: text("x"), ..all() }, &[]),
        ("from", AuditQuery { from: Some(noon + DAY), ..all() }, &[effect]),
        ("until", AuditQuery { until: Some(noon), people: text(carla), ..all() }, &[changed, made]),
        ("refused", AuditQuery { succeeded: Some(false), ..all() }, &[refusal]),
        ("done", AuditQuery { succeeded: Some(true), people: text(dev), ..all() }, &[effect]),
    ] {
        assert_eq!(house.found(&query), wanted, "{what}");
    }
    let one = &house.changes(&AuditQuery { cmdlets: text("Set-Mailbox"), ..all() })[0];
    assert_eq!((&*one.author.from, &*one.author.session, one.at), ("192.0.2.7", "s1", noon));
    assert_eq!(house.directory.verify().unwrap(), []);
}

#[test]
fn what_became_of_an_object_is_one_look_up_even_when_it_is_gone() {
    let house = house();
    let by = |command: &str| runs("CONTOSO\\carla", command, &[]);
    let ann = house.mailbox(&by("New-Mailbox"), "Ann").guid();
    let since = house.directory.number();
    house.rename(&by("Set-Mailbox"), ann, "Ann Berg");
    house.directory.change(&by("Remove-Mailbox"), move |change| change.remove(ann)).unwrap();
    let changes = house.directory.changes_of(ann, since).unwrap();
    let shown: Vec<(&str, Action)> =
        changes.iter().map(|one| (&*one.author.command, one.objects[0].action)).collect();
    assert_eq!(shown, [("Set-Mailbox", Action::Changed), ("Remove-Mailbox", Action::Deleted)]);
    let gone = &changes[1].objects[0];
    let names: Vec<&str> = gone.properties.iter().map(|one| one.name.as_str()).collect();
    for name in ["Name", "Parent", "Alias", "EmailAddresses", "ExchangeGuid", "Database", "DisplayName"] {
        assert!(names.contains(&name), "{name} is needed to bring it back: {names:?}");
    }
    assert_eq!(gone.secrets.len(), 1);
    assert!(gone.secrets[0].before[0].starts_with("$argon2id$") && gone.secrets[0].after.is_empty());
    // By the name it had, or its GUID.
    for text in ["contoso.com/Users/Ann", "Ann", &ann.to_string()] {
        let query = AuditQuery { objects: vec![text.to_owned()], ..AuditQuery::default() };
        assert_eq!(house.found(&query).len(), 3, "{text}");
    }
}

#[test]
fn secrets_are_kept_a_month_and_entries_as_long_as_the_setting_says() {
    let house = house();
    let by = |command: &str| runs("CONTOSO\\carla", command, &[]);
    let ann = house.mailbox(&by("New-Mailbox"), "Ann").guid();
    house.directory.change(&by("Remove-Mailbox"), move |change| change.remove(ann)).unwrap();
    let known = || {
        let changes = house.directory.changes_of(ann, 0).unwrap();
        let secrets = changes.iter().flat_map(|one| &one.objects).map(|one| one.secrets.len()).sum::<usize>();
        (changes.len(), secrets)
    };
    for (days, entries, secrets) in [(29, 2, 2), (2, 2, 0), (58, 2, 0), (2, 0, 0)] {
        house.clock.pass(DAY * days);
        house.directory.forget_changes(house.clock.now()).unwrap();
        assert_eq!(known(), (entries, secrets), "{days} days later");
    }
    let organization = house.directory.organization().unwrap().guid();
    let edit = |days| vec![Edit::set(&audit::ADMIN_AUDIT_LOG_AGE_LIMIT, TimeSpan::days(days))];
    let config = "Set-AdminAuditLogConfig";
    house.directory.set(&by(config), organization, edit(5)).unwrap();
    house.clock.pass(DAY * 6);
    assert_eq!(house.directory.forget_changes(house.clock.now()).unwrap(), 1, "the setting's own change");
    assert_eq!(house.directory.forget_changes(house.clock.now()).unwrap(), 0);
}

fn bytes_hold(folder: &Path, needle: &[u8]) -> bool {
    let files = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
    files.into_iter().any(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
}

#[test]
fn no_byte_of_a_deleted_accounts_hash_is_left_after_retention() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(db::open(&folder.path().join("directory.db"), Holds::Records).unwrap());
    let by = |command: &str| runs("CONTOSO\\carla", command, &[]);
    let ann = house.mailbox(&by("New-Mailbox"), "Ann").guid();
    house.directory.change(&by("Remove-Mailbox"), move |change| change.remove(ann)).unwrap();
    let hash = house.directory.changes_of(ann, 0).unwrap()[1].objects[0].secrets[0].before[0].clone();
    let hash = hash.rsplit('$').next().unwrap().as_bytes().to_vec();
    house.clock.pass(DAY * 31);
    house.directory.forget_changes(house.clock.now()).unwrap();
    drop(house);
    assert!(!bytes_hold(folder.path(), &hash), "the file still holds the hash");
    assert!(bytes_hold(folder.path(), b"Remove-Mailbox"), "the entry itself is still there");
}

#[test]
fn a_clock_that_is_believed_is_recorded_in_the_same_transaction() {
    let fuse = db::faulty::Fuse::default();
    let house = open(db::faulty::faulty(db::memory().unwrap(), &fuse));
    fuse.set(db::faulty::Failing::Commit, 2);
    house.directory.believe_clock(&runs("CONTOSO\\admin", "Resume-Retention", &[])).unwrap();
    assert!(!fuse.burnt(), "there is no second commit that could fail");
    fuse.clear();
    let query = AuditQuery { cmdlets: vec!["Resume-Retention".into()], ..AuditQuery::default() };
    assert_eq!(house.changes(&query).len(), 1);
}

/// What verification says of the record of changes.
fn broken(house: &House) -> Vec<String> {
    let findings = house.directory.verify().unwrap();
    let of_record = findings.into_iter().filter(|finding| finding.id == "AuditRecordBroken");
    of_record.map(|finding| finding.sentence).collect()
}

#[test]
fn whoever_alters_or_removes_a_line_past_the_program_is_told_of() {
    let by = runs("CONTOSO\\Administrator", "Set-Mailbox", &[("Identity", "ann")]);
    for (tampering, says) in [
        (
            "UPDATE change SET who = 'somebody else' WHERE id = 4",
            "Entry 4 of the record of changes was altered.",
        ),
        ("UPDATE change SET made = made - 1 WHERE id = 4", "Entry 4 of the record of changes was altered."),
        ("UPDATE change SET error = 'refused' WHERE id = 4", "Entry 4 of the record of changes was altered."),
        (
            "UPDATE change_object SET shown = 'another' WHERE change = 4",
            "Entry 4 of the record of changes was altered.",
        ),
        (
            "UPDATE change_object SET properties = '{\"v\":1,\"set\":{}}' WHERE change = 4",
            "Entry 4 of the record of changes was altered.",
        ),
        ("DELETE FROM change_object WHERE change = 4", "Entry 4 of the record of changes was altered."),
        ("UPDATE change SET digest = NULL WHERE id = 4", "Entry 4 of the record of changes was altered."),
        ("DELETE FROM change WHERE id = 1", "Entry 1 of the record of changes is missing."),
        ("DELETE FROM change WHERE id = 4", "Entry 4 of the record of changes is missing."),
        ("DELETE FROM change WHERE id IN (4, 5)", "Entries 4 to 5 of the record of changes are missing."),
        (
            "DELETE FROM change WHERE id = (SELECT max(id) FROM change)",
            "Entry 7 of the record of changes is missing.",
        ),
        (
            "INSERT INTO change SELECT id + 1, number, made, who, person, account, origin, session, cmdlet, parameters, \
             error, digest FROM change WHERE id = 7",
            "Entry 8 of the record of changes was altered.",
        ),
    ] {
        let db = db::memory().unwrap();
        let house = open(db.clone());
        let ann = house.mailbox(&by, "Ann").guid();
        (0..5).for_each(|at| house.rename(&by, ann, &format!("Ann {at}")));
        assert_eq!((broken(&house), house.directory.record_head().unwrap().unwrap().0), (vec![], 7));
        db.write(move |tx| tx.execute(tampering, &[])).unwrap();
        assert!(broken(&house).contains(&says.to_owned()), "{tampering}: {:?}", broken(&house));
    }
}

#[test]
fn the_record_still_hangs_together_where_its_oldest_entries_are_gone() {
    let db = db::memory().unwrap();
    let house = open(db.clone());
    let by = runs("CONTOSO\\Administrator", "Set-Mailbox", &[("Identity", "ann")]);
    let ann = house.mailbox(&by, "Ann").guid();
    house.clock.pass(91 * DAY);
    house.rename(&by, ann, "Anna");
    assert_eq!(house.directory.forget_changes(house.clock.now()).unwrap(), 2);
    assert_eq!(broken(&house), [""; 0]);
    house.rename(&by, ann, "Anne");
    assert_eq!(broken(&house), [""; 0]);
    db.write(|tx| tx.execute("DELETE FROM change WHERE id = 3", &[])).unwrap();
    assert_eq!(broken(&house), ["Entry 3 of the record of changes is missing."]);
}
