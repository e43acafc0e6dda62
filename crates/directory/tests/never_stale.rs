//! The directory is never stale: changes of one group commit see each other, two nodes end equal, readers keep one moment.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, helpers included")]

use mailstead_directory::schema::{domain, group, mailbox, recipient};
use mailstead_directory::*;
use object::types::{Guid, ProxyAddress, RecipientTypeDetails, SecureString, SmtpAddress};
use object::{Author, Declared, Result, Time, Value, WoundClock};
use std::sync::{Arc, Barrier, Condvar, Mutex};

fn by(command: &str) -> Author {
    Author::new("CONTOSO\\Administrator", command)
}

fn founded() -> (Directory, db::Database) {
    let db = db::memory().unwrap();
    let directory = opened(&db);
    directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
    (directory, db)
}

fn opened(db: &db::Database) -> Directory {
    Directory::open(db.clone(), Arc::new(WoundClock::at(Time::of_date(2026, 11, 21))), "srv1").unwrap()
}

fn shared(directory: &Directory, name: &str) -> Guid {
    let new = NewMailbox::named(name, Flavour::Shared);
    directory.change(&by("New-Mailbox"), move |change| change.new_mailbox(&new)).unwrap().guid()
}

fn new_domain(directory: &Directory, name: &str) -> Guid {
    let (name, value) = (name.to_owned(), Value::from(name));
    let edits = [Edit::new(domain::DOMAIN_NAME.spec(), &value).unwrap()];
    let made = directory.change(&by("New-AcceptedDomain"), move |change| {
        change.new_configuration(Class::AcceptedDomain, &name, &edits)
    });
    made.unwrap().guid()
}

/// An engine that counts the transactions that are lined up.
struct Counting {
    inner: db::Database,
    lined_up: Arc<(Mutex<usize>, Condvar)>,
}

impl db::Db for Counting {
    fn read(&self, work: &mut dyn FnMut(&mut dyn db::Tx) -> Result<()>) -> Result<()> {
        db::Db::read(&self.inner, work)
    }
    fn write_later(&self, work: db::Work) -> Result<db::Wait> {
        let wait = db::Db::write_later(&self.inner, work)?;
        *self.lined_up.0.lock().unwrap() += 1;
        self.lined_up.1.notify_all();
        Ok(wait)
    }
}

/// A founded directory, and what makes changes of it share one commit.
struct Grouped {
    directory: Directory,
    db: db::Database,
    lined_up: Arc<(Mutex<usize>, Condvar)>,
}

impl Grouped {
    fn founded() -> Grouped {
        let (_, db) = founded();
        let lined_up = Arc::new((Mutex::new(0), Condvar::new()));
        let counting = Counting { inner: db.clone(), lined_up: Arc::clone(&lined_up) };
        Grouped { directory: opened(&db::Database::new(counting)), db, lined_up }
    }

    /// Runs both in one group commit: the writer is held until both are lined up behind it.
    fn together(&self, one: impl FnOnce() + Send, other: impl FnOnce() + Send) {
        *self.lined_up.0.lock().unwrap() = 0;
        let lined_up = Arc::clone(&self.lined_up);
        let hold = self.db.write_later(move |_| {
            let waiting = lined_up.0.lock().unwrap();
            drop(lined_up.1.wait_while(waiting, |count| *count < 2).unwrap());
            Ok(())
        });
        std::thread::scope(|scope| {
            scope.spawn(one);
            scope.spawn(other);
        });
        hold.unwrap().wait().unwrap();
    }
}

#[test]
fn two_defaults_of_one_group_commit_leave_one() {
    let house = Grouped::founded();
    let [one, other] = ["one.test", "other.test"].map(|name| new_domain(&house.directory, name));
    let set = |domain: Guid| {
        let directory = house.directory.clone();
        move || {
            let work = move |change: &mut Change<'_>| change.make_default_domain(domain);
            directory.change(&by("Set-AcceptedDomain"), work).unwrap();
        }
    };
    house.together(set(one), set(other));
    let domains = house.directory.all(Class::AcceptedDomain);
    assert_eq!(domains.iter().filter(|domain| domain.is(&domain::DEFAULT)).count(), 1);
    assert_eq!(house.directory.verify().unwrap(), []);
}

#[test]
fn what_is_named_in_one_group_commit_is_there() {
    let house = Grouped::founded();
    let ann = shared(&house.directory, "Ann");
    let group = house.directory.change(&by("New-DistributionGroup"), |change| {
        let kind = RecipientTypeDetails::MailUniversalDistributionGroup;
        change.new_recipient(&NewRecipient::named("Sales", Class::Group, kind))
    });
    let (group, directory) = (group.unwrap().guid(), &house.directory);
    let refused = Mutex::new(Vec::new());
    house.together(
        || {
            let removed =
                directory.change(&by("Remove-DistributionGroup"), move |change| change.delete(group));
            refused.lock().unwrap().extend(removed.err().map(|error| error.id().to_owned()));
        },
        || {
            let edit = Edit::new(mailbox::FORWARDING_ADDRESS.spec(), &Value::from("Sales")).unwrap();
            let set = directory.set(&by("Set-Mailbox"), ann, vec![edit]);
            refused.lock().unwrap().extend(set.err().map(|error| error.id().to_owned()));
        },
    );
    // Whoever comes second meets what the first one left: a group that is gone, or a reference that goes with it.
    let refused = refused.into_inner().unwrap();
    assert!(refused.is_empty() || refused == ["ManagementObjectNotFoundException"], "{refused:?}");
    assert_eq!(directory.get(ann).unwrap().reference(&mailbox::FORWARDING_ADDRESS), None);
    assert_eq!(directory.verify().unwrap(), []);
}

/// Runs `work` in several threads at once, round by round, so that its transactions share commits.
fn together(threads: usize, rounds: usize, work: impl Fn(usize, usize) + Sync) {
    let start = Barrier::new(threads);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (start, work) = (&start, &work);
            scope.spawn(move || {
                for round in 0..rounds {
                    start.wait();
                    work(thread, round);
                }
            });
        }
    });
}

#[test]
fn what_one_change_removes_another_of_its_group_does_not_use() {
    let (directory, _) = founded();
    let database = |n: usize| format!("MBXDB{n:02}");
    together(2, 60, |thread, round| {
        if thread == 0 {
            let name = database(round);
            let made =
                directory.change(&by("New-MailboxDatabase"), move |change| change.new_database(&name, &[]));
            let guid = made.unwrap().guid();
            // Whether a mailbox was quicker or not: one of the two is refused.
            let _ =
                directory.change(&by("Remove-MailboxDatabase"), move |change| change.remove_database(guid));
        } else {
            let known = directory.all(Class::MailboxDatabase).last().map(|found| found.guid());
            let new =
                NewMailbox { database: known, ..NewMailbox::named(&format!("m{round}"), Flavour::Shared) };
            let _ = directory.change(&by("New-Mailbox"), move |change| change.new_mailbox(&new));
        }
    });
    assert_eq!(directory.verify().unwrap(), []);
}

#[test]
fn a_change_finds_what_it_has_made_itself() {
    let (directory, _) = founded();
    let new = NewMailbox::named("Ann", Flavour::Shared);
    let group =
        NewRecipient::named("Sales", Class::Group, RecipientTypeDetails::MailUniversalDistributionGroup);
    let ann = directory.change(&by("New-Mailbox"), move |change| {
        let mut ann = change.new_mailbox(&new)?;
        change.new_recipient(&group)?;
        let by_name = Edit::new(mailbox::FORWARDING_ADDRESS.spec(), &Value::from("Sales"))?;
        change.edit(&mut ann, &[by_name])?;
        change.save(ann.clone())?;
        assert_eq!(change.directory().resolve_text(&kinds::MAILBOX, "ann")?.guid(), ann.guid());
        Ok(ann.guid())
    });
    let ann = directory.need(ann.unwrap()).unwrap();
    let sales = directory.resolve_text(&kinds::DISTRIBUTION_GROUP, "Sales").unwrap();
    assert_eq!(ann.reference(&mailbox::FORWARDING_ADDRESS), Some(sales.guid()));
    let failed = directory.change(&by("New-Mailbox"), |change| {
        change.new_mailbox(&NewMailbox::named("Ben", Flavour::Shared))?;
        change.read(Guid::random()).map(drop)
    });
    assert_eq!(failed.unwrap_err().id(), "ObjectGone");
    assert!(directory.resolve_text(&kinds::MAILBOX, "ben").is_err(), "what was rolled back was never there");
}

/// Everything that a directory holds, and how it finds it.
fn picture(directory: &Directory) -> Vec<String> {
    let users = directory.all(Class::User).into_iter().chain(directory.all(Class::Group));
    let line = |user: Arc<Record>| {
        let shown = user.get(&recipient::DISPLAY_NAME).unwrap_or_default();
        let addresses = user.all(&recipient::EMAIL_ADDRESSES);
        for address in addresses.iter().filter_map(|address| SmtpAddress::parse(address.value())) {
            let found = directory.by_smtp(&address).map(|found| found.guid());
            assert_eq!(found, Some(user.guid()), "{} is found by {address:?}", user.name());
        }
        let groups: Vec<String> =
            directory.groups_of(user.guid()).iter().map(|group| group.name().to_owned()).collect();
        format!("{} {} {shown} {addresses:?} {groups:?}", user.guid(), user.change_number())
    };
    users.map(line).collect()
}

#[test]
fn two_nodes_that_write_in_turns_end_equal() {
    let (first, db) = founded();
    let second = opened(&db);
    let nodes = [&first, &second];
    let people: Vec<Guid> = (0..5).map(|n| shared(&first, &format!("p{n}"))).collect();
    let new =
        NewRecipient::named("Sales", Class::Group, RecipientTypeDetails::MailUniversalDistributionGroup);
    let sales =
        first.change(&by("New-DistributionGroup"), move |change| change.new_recipient(&new)).unwrap().guid();
    let feeds = nodes.map(Directory::feed);
    // The same disorder every time.
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..1_000 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let (node, who) = (nodes[(random % 2) as usize], people[(random >> 8) as usize % people.len()]);
        match (random >> 32) % 4 {
            0 => {
                let name = format!("m{round}");
                let made = shared(node, &name);
                if (random >> 40).is_multiple_of(2) {
                    node.change(&by("Remove-Mailbox"), move |change| change.delete(made)).unwrap();
                }
            }
            1 => {
                let mark = [if (random >> 40).is_multiple_of(2) { "Add" } else { "Remove" }];
                let list = Value::from(who.to_string());
                let words = mark.map(|word| (Value::from(word), list.clone())).into_iter().collect();
                let edit = Edit::new(group::MEMBERS.spec(), &Value::Dictionary(Arc::new(words))).unwrap();
                node.set(&by("Update-DistributionGroupMember"), sales, vec![edit]).unwrap();
            }
            _ => {
                let edit =
                    Edit::new(recipient::DISPLAY_NAME.spec(), &Value::from(format!("r{round}"))).unwrap();
                node.set(&by("Set-Mailbox"), who, vec![edit]).unwrap();
            }
        }
    }
    first.refresh().unwrap();
    second.refresh().unwrap();
    assert_eq!(first.number(), second.number());
    assert_eq!(picture(&first), picture(&second));
    assert_eq!(picture(&first), picture(&opened(&db)));
    assert_eq!((first.verify().unwrap(), second.verify().unwrap()), (vec![], vec![]));
    for feed in feeds {
        let told: std::collections::HashSet<Guid> =
            feed.try_iter().flat_map(|applied| applied.objects).collect();
        assert!(people.iter().all(|person| told.contains(person)), "each node tells of what the other did");
    }
}

#[test]
fn addresses_that_change_hands_are_found_at_their_new_owner() {
    let (first, db) = founded();
    let second = opened(&db);
    let (ann, ben) = (shared(&first, "ann"), shared(&first, "ben"));
    second.refresh().unwrap();
    let list = |text: &str| vec![ProxyAddress::parse(text).unwrap()];
    first
        .change(&by("Set-Mailbox"), move |change| {
            for (who, address) in
                [(ann, "SMTP:x@contoso.com"), (ben, "SMTP:ann@contoso.com"), (ann, "SMTP:ben@contoso.com")]
            {
                let mut record = change.read(who)?;
                record.set_all(&recipient::EMAIL_ADDRESSES, list(address));
                change.save(record)?;
            }
            Ok(())
        })
        .unwrap();
    second.refresh().unwrap();
    for directory in [&first, &second, &opened(&db)] {
        for (address, owner) in
            [("ann@contoso.com", Some(ben)), ("ben@contoso.com", Some(ann)), ("x@contoso.com", None)]
        {
            let found = directory.by_smtp(&SmtpAddress::parse(address).unwrap()).map(|found| found.guid());
            assert_eq!(found, owner, "{address}");
        }
    }
}

#[test]
fn many_writers_at_once_on_two_nodes_end_equal() {
    let (first, db) = founded();
    let second = opened(&db);
    let nodes = [&first, &second];
    together(6, 30, |thread, round| {
        let node = nodes[thread % 2];
        let made = shared(node, &format!("t{thread}r{round}"));
        assert!(node.get(made).is_some(), "what is answered is seen");
        // A failure undoes the whole group, which is then run again.
        let taken = NewMailbox::named("Administrator", Flavour::Shared);
        assert!(node.change(&by("New-Mailbox"), move |change| change.new_mailbox(&taken).map(drop)).is_err());
    });
    first.refresh().unwrap();
    second.refresh().unwrap();
    assert_eq!(picture(&first), picture(&second));
    assert_eq!(first.all(Class::User).len(), 181);
    assert_eq!((first.verify().unwrap(), second.verify().unwrap()), (vec![], vec![]));
}

/// Where a filter stands still in the middle of its work: whether one is there, and whether it may go on.
static STANDING: (Mutex<(bool, bool)>, Condvar) = (Mutex::new((false, false)), Condvar::new());

fn stands_still(_: &Record) -> bool {
    let mut state = STANDING.0.lock().unwrap();
    state.0 = true;
    STANDING.1.notify_all();
    drop(STANDING.1.wait_while(state, |(_, may_go_on)| !*may_go_on).unwrap());
    true
}

static STANDS_STILL: IdentityKind =
    IdentityKind { name: "SlowIdParameter", noun: "anything", forms: &[], of: stands_still };

#[test]
fn neither_a_writer_nor_another_reader_waits_for_a_filter_that_takes_long() {
    let (directory, _db) = founded();
    shared(&directory, "Ann");
    let address = |name: &str| SmtpAddress::parse(&format!("{name}@contoso.com")).unwrap();
    std::thread::scope(|threads| {
        let filter = threads.spawn(|| directory.find(&Query::of(&STANDS_STILL)).map(|found| found.count()));
        drop(STANDING.1.wait_while(STANDING.0.lock().unwrap(), |(inside, _)| !*inside).unwrap());
        let (said, heard) = std::sync::mpsc::channel();
        threads.spawn({
            let (directory, address) = (&directory, &address);
            move || {
                shared(directory, "Ben");
                said.send(directory.by_smtp(&address("ben")).is_some()).unwrap();
            }
        });
        let found = heard.recv_timeout(std::time::Duration::from_secs(20));
        STANDING.0.lock().unwrap().1 = true;
        STANDING.1.notify_all();
        assert_eq!(found, Ok(true), "a change and a look-up pass a filter that stands still");
        assert!(filter.join().unwrap().is_ok());
        assert!(directory.by_smtp(&address("ann")).is_some());
    });
}

/// Where everything stands, as it is shown.
fn places(directory: &Directory) -> Vec<String> {
    let classes = [Class::OrganizationalUnit, Class::PublicFolder, Class::User];
    let all = classes.into_iter().flat_map(|class| directory.all(class));
    all.map(|record| format!("{:?}", directory.id(&record))).collect()
}

#[test]
fn containers_that_come_go_and_are_renamed_stand_where_a_directory_opened_anew_has_them() {
    let (directory, db) = founded();
    let root = directory.all(Class::Domain)[0].guid();
    let rename = |guid: Guid, name: &str| {
        let edit = Edit::new(recipient::NAME.spec(), &Value::from(name)).unwrap();
        directory.set(&by("Set"), guid, vec![edit]).unwrap();
    };
    let unit = |name: &'static str, parent: Guid| {
        directory.change(&by("New"), move |change| change.new_unit(name, parent)).unwrap().guid()
    };
    let folder = |name: &'static str, parent: Option<Guid>| {
        directory.change(&by("New"), move |change| change.new_public_folder(name, parent)).unwrap().guid()
    };
    let same = |what: &str| assert_eq!(places(&directory), places(&opened(&db)), "{what}");
    let north = unit("North", root);
    let inner = unit("Inner", north);
    same("units");
    let new = NewMailbox { unit: Some(inner), ..NewMailbox::named("ann", Flavour::Shared) };
    directory.change(&by("New-Mailbox"), move |change| change.new_mailbox(&new)).unwrap();
    let (plans, sales) = (folder("Plans", None), folder("Sales", None));
    let year = folder("2026", Some(plans));
    folder("May", Some(year));
    same("folders");
    rename(plans, "Ideas");
    rename(north, "South");
    same("what stands in what was renamed");
    assert!(
        places(&directory).iter().any(|place| place.contains("South/Inner/ann")),
        "{:?}",
        places(&directory)
    );
    rename(year, "2027");
    directory.change(&by("Remove"), move |change| change.remove_public_folder(sales, false)).unwrap();
    same("what is gone");
    directory.change(&by("Remove"), move |change| change.remove_public_folder(plans, true)).unwrap();
    let entry = directory.admin_change(directory.number()).unwrap();
    directory.change(&by("Undo"), move |change| change.undo(&entry)).unwrap();
    same("what is there again");
    // A change that failed leaves nothing.
    let failed = directory.change(&by("New"), move |change| -> Result<()> {
        change.new_public_folder("Lost", Some(year))?;
        Err(object::Error::conflict(object::ErrorId::OnlyRehearsed, "no"))
    });
    assert!(failed.is_err());
    same("what was taken back");
}
