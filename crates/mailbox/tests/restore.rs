//! Restore requests through public functions: nothing lost, nothing doubled, whatever dies in between.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, helpers included")]

use db::faulty::{Failing, Fuse, faulty};
use mailstead_mailbox::directory::schema::mailbox;
use mailstead_mailbox::directory::*;
use mailstead_mailbox::restore::{RestoreTask, Treatment};
use mailstead_mailbox::store::{
    Append, Flags, Flow, Folder, Incoming, Item, Limits, Mailbox, PropertyKey, PropertyValue, Store,
    TargetFolder, UidSet, WellKnown,
};
use mailstead_mailbox::*;
use object::types::{ByteQuantifiedSize, Guid, SecureString, Unlimited};
use object::{Author, Time, WoundClock};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

fn by() -> Author {
    Author::new("CONTOSO\\Administrator", "New-MailboxRestoreRequest")
}

struct House {
    mailboxes: Mailboxes,
    clock: WoundClock,
    databases: [Guid; 2],
    files: Files,
}

/// The databases below the store, for those who break something in them.
type Files = Arc<Mutex<HashMap<Guid, db::Database>>>;

impl Drop for House {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.mailboxes.directory().verify().unwrap(), []);
            assert_eq!(self.mailboxes.verify().unwrap(), []);
            for database in self.databases {
                assert_eq!(self.mailboxes.store().database(database).unwrap().verify().unwrap(), []);
            }
        }
    }
}

/// What counts of an item.
type Shown = (String, u16, String, Time);

impl House {
    fn new() -> House {
        House::over(|db| db)
    }

    /// A house over databases that are what `made` makes of them.
    fn over(made: impl Fn(db::Database) -> db::Database + Send + Sync + 'static) -> House {
        let clock = WoundClock::at(Time::of_date(2026, 11, 21));
        let directory =
            Directory::open(made(db::memory().unwrap()), Arc::new(clock.clone()), "srv1").unwrap();
        let first =
            directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
        let files = Files::default();
        let kept = Arc::clone(&files);
        let opener: store::Opener = Box::new(move |guid| {
            let mut files = kept.lock().unwrap();
            let file = files.entry(guid).or_insert_with(|| made(db::memory().unwrap()));
            Ok(file.clone())
        });
        let mailboxes = Mailboxes::new(directory, Store::with(opener, Arc::new(clock.clone()))).unwrap();
        mailboxes.mount_all().into_iter().for_each(|(_, mounted)| mounted.unwrap());
        let second = mailboxes.new_database(&by(), "MBXDB02", Vec::new()).unwrap().guid();
        House { mailboxes, clock, databases: [first, second], files }
    }

    /// Runs statements in a database behind the store's back.
    fn sql(&self, database: usize, statements: &'static [&'static str]) {
        let file = self.files.lock().unwrap()[&self.databases[database]].clone();
        let run =
            move |tx: &mut dyn db::Tx| statements.iter().try_for_each(|one| tx.execute(one, &[]).map(drop));
        file.write(run).unwrap();
    }

    fn transfers(&self, database: usize) -> usize {
        self.mailboxes.store().database(self.databases[database]).unwrap().transfers().unwrap().len()
    }

    fn user(&self, name: &str, database: usize) -> Arc<Record> {
        let new = NewMailbox {
            database: Some(self.databases[database]),
            ..NewMailbox::named(name, Flavour::Shared)
        };
        self.mailboxes.create(&by(), new).unwrap()
    }

    fn mailbox(&self, user: &Record) -> Mailbox {
        self.mailboxes.mailbox(&self.mailboxes.directory().need(user.guid()).unwrap()).unwrap()
    }

    /// A mailbox with mail in three folders and the bin, disconnected.
    fn lost(&self, database: usize, count: u32) -> Disconnected {
        let user = self.user("Old", database);
        let store = self.mailbox(&user);
        let inbox = store.known(WellKnown::Inbox).unwrap();
        let folder = store.create_folder(&["Projects", "2026"], "IPF.Note").unwrap();
        for number in 0..count {
            let to = if number % 3 == 0 { &folder } else { &inbox };
            self.put(&store, to, &format!("mail {number}"), Flags(number as u16 % 32));
        }
        // Two equal letters are two.
        self.put(&store, &inbox, "twice", Flags::SEEN);
        self.put(&store, &inbox, "twice", Flags::NONE);
        store.change_flags(inbox.id, &UidSet::all(), &keyword("Later"), None).unwrap();
        let odd =
            vec![(PropertyKey::Named(Guid::EMPTY, "mood".into()), Some(PropertyValue::Text("good".into())))];
        store.set_properties(inbox.id, 1, odd).unwrap();
        store.expunge(inbox.id, &UidSet::of_range(2..=2), Flags::NONE, Limits::default()).unwrap();
        self.put(&store, &inbox, "hidden", Flags::ASSOCIATED);
        let mailbox = user.get(&mailbox::EXCHANGE_GUID).unwrap();
        self.mailboxes.disable(&by(), user.guid()).unwrap();
        self.mailboxes.disconnected(self.databases[database], &mailbox.to_string()).unwrap()
    }

    fn put(&self, store: &Mailbox, to: &Folder, text: &str, flags: Flags) {
        self.clock.pass(std::time::Duration::from_secs(60));
        let message = Incoming::new(format!("Subject: {text}\r\n\r\n{text}\r\n").into_bytes());
        let received = Some(Time::of_date(2026, 1, 1) + std::time::Duration::from_secs(text.len() as u64));
        let one = Append { message, flags, keywords: Vec::new(), received };
        store.append(TargetFolder::Folder(to.id), vec![one], Limits::default()).unwrap();
    }

    fn request(&self, task: &RestoreTask) -> Job {
        self.mailboxes.new_restore(&by(), task, Treatment::default(), true).unwrap()
    }

    fn run(&self) {
        Runner::new(self.mailboxes.directory().clone(), self.mailboxes.works()).run_all().unwrap();
    }

    fn done(&self, job: &Job) -> Job {
        self.mailboxes.directory().job(job.guid).unwrap()
    }
}

fn keyword(word: &str) -> store::FlagChange {
    store::FlagChange { mode: store::FlagMode::Add, flags: Flags::NONE, keywords: vec![word.to_owned()] }
}

/// Every item of every folder, associated ones and the bin included: path, subject, flags, keywords, arrival.
fn all(store: &Mailbox) -> Vec<(String, Shown)> {
    let folders = store.folders().unwrap();
    let path = |folder: &Folder| {
        let parent = folder.parent.and_then(|parent| folders.iter().find(|one| one.id == parent));
        parent.map_or_else(|| folder.name.clone(), |parent| format!("{}/{}", parent.name, folder.name))
    };
    let mut found = Vec::new();
    for folder in &folders {
        for item in store.page(folder.id, 1, 10_000).unwrap() {
            found.push((path(folder), shown(store, &item)));
        }
    }
    found.sort();
    found
}

fn shown(store: &Mailbox, item: &Item) -> Shown {
    let bytes = store.body_of(item, 0..item.size).unwrap();
    let subject = String::from_utf8(bytes).unwrap().lines().next().unwrap().to_owned();
    (subject, item.flags.0, item.keywords.clone(), item.received)
}

/// The first items that are in one mailbox only.
fn apart(a: &Mailbox, b: &Mailbox) -> Vec<(String, Shown)> {
    let (a, b) = (all(a), all(b));
    let mut apart: Vec<_> = a.iter().filter(|one| !b.contains(one)).cloned().collect();
    apart.extend(b.iter().filter(|one| !a.contains(one)).cloned());
    if apart.is_empty() && a.len() != b.len() {
        apart.extend(a.first().cloned());
    }
    apart.truncate(4);
    apart
}

#[test]
fn everything_is_restored_once_whatever_dies_in_between() {
    for database in [0, 1] {
        let house = House::new();
        let (lost, ben) = (house.lost(database, 1_400), house.user("Ben", 0));
        let source =
            house.mailboxes.store().database(lost.database).unwrap().mailbox(lost.mailbox()).unwrap();
        let job = house.request(&RestoreTask::whole(&lost, ben.guid()));
        // Slices whose note is lost, as if the server had been killed behind each: they are not done twice.
        for _ in 0..3 {
            house.mailboxes.works()[0].slice(&job, &mut Allowance::default()).unwrap();
        }
        house.run();
        let done = house.done(&job);
        assert_eq!((done.state, done.done, done.total), (JobState::Completed, 1_403, 1_403));
        let target = house.mailbox(&ben);
        assert_eq!(apart(&target, &source), []);
        let inbox = target.known(WellKnown::Inbox).unwrap().id;
        let mood = vec![(PropertyKey::Named(Guid::EMPTY, "mood".into()), PropertyValue::Text("good".into()))];
        assert_eq!(target.properties(inbox, 1).unwrap(), mood);
        // Once more: what is there already is seen.
        let change = target.change().unwrap();
        let again = house.request(&RestoreTask::whole(&lost, ben.guid()));
        house.run();
        assert_eq!((house.done(&again).state, again.name.as_str()), (JobState::Completed, "MailboxRestore1"));
        assert_eq!(apart(&target, &source), []);
        assert!(target.change().unwrap() >= change);
        let state = house.mailboxes.disconnected(lost.database, &lost.mailbox().to_string()).unwrap();
        assert_eq!(state.statistics.state, store::State::Disabled, "the source stays as it is");
    }
}

/// Wherever the work breaks, in the mailboxes or in the note of it, everything is there once when it went on.
#[test]
fn a_restore_that_breaks_anywhere_goes_on_and_doubles_nothing() {
    let mut broken = 0;
    for failing in [Failing::Statement, Failing::Commit, Failing::Answer] {
        // Some places of many: each statement, of which a slice has dozens, but every commit.
        let step = if failing == Failing::Statement { 23 } else { 1 };
        for nth in (1..).step_by(step) {
            let fuse = Fuse::default();
            let burning = fuse.clone();
            let house = House::over(move |db| faulty(db, &burning));
            let (lost, ben) = (house.lost(1, 7), house.user("Ben", 0));
            let job = house.request(&RestoreTask::whole(&lost, ben.guid()));
            fuse.set(failing, nth);
            let works = house.mailboxes.works();
            let _broken = Runner::new(house.mailboxes.directory().clone(), works).run_all().is_err();
            let burnt = fuse.burnt();
            fuse.clear();
            if house.done(&job).state == JobState::Failed {
                house.mailboxes.directory().resume_job(job.guid).unwrap();
            }
            house.clock.pass(std::time::Duration::from_secs(3600));
            house.run();
            let done = house.done(&job);
            assert_eq!((done.state, done.done), (JobState::Completed, 10), "{failing:?} {nth}: {done:?}");
            let source = house.mailboxes.store().database(lost.database).unwrap();
            let source = source.mailbox(lost.mailbox()).unwrap();
            assert_eq!(apart(&house.mailbox(&ben), &source), [], "{failing:?} {nth}");
            if !burnt {
                break;
            }
            broken += 1;
        }
    }
    assert!(broken > 20, "only {broken} places were tried");
}

#[test]
fn what_cannot_be_read_is_told_once_whatever_dies_in_between() {
    let house = House::new();
    let (lost, ben) = (house.lost(0, 1_000), house.user("Ben", 1));
    // The first and the last ones of the inbox are damaged.
    let break_some: &[&str] = &[
        "CREATE TABLE spare AS SELECT id, data FROM chunk WHERE (id >> 16) IN (SELECT body FROM item WHERE uid < 12
           AND folder IN (SELECT id FROM folder WHERE kind = 1))",
        "UPDATE chunk SET data = x'03' WHERE id IN (SELECT id FROM spare)",
    ];
    house.sql(0, break_some);
    let task = RestoreTask { bad_items_max: Some(50), ..RestoreTask::whole(&lost, ben.guid()) };
    let job = house.request(&task);
    // Slices whose note is lost, with faults and without.
    for _ in 0..3 {
        house.mailboxes.works()[0].slice(&job, &mut Allowance::default()).unwrap();
    }
    house.run();
    let done = house.done(&job);
    let told = house.mailboxes.directory().job_results(job.guid).unwrap();
    let mut items: Vec<&str> = told.iter().map(|one| one.item.as_str()).collect();
    items.sort();
    items.dedup();
    assert_eq!((done.state, done.done), (JobState::CompletedWithWarning, 1_003), "{done:?}");
    assert!(items.len() >= 8, "{items:?}");
    assert_eq!((told.len(), done.faults), (items.len(), items.len() as u64), "each once: {told:?}");
    // As many as may be lost, and one fewer, counted over what no slice could note.
    let carla = house.user("Carla", 1);
    let task =
        RestoreTask { bad_items_max: Some(done.faults - 1), ..RestoreTask::whole(&lost, carla.guid()) };
    let job = house.request(&task);
    house.run();
    assert_eq!(house.done(&job).state, JobState::Failed);
    house.sql(
        0,
        &[
            "UPDATE chunk SET data = (SELECT s.data FROM spare s WHERE s.id = chunk.id) WHERE id IN (SELECT id FROM spare)",
            "DROP TABLE spare",
        ],
    );
}

#[test]
fn a_folder_without_room_for_all_permissions_ends_no_restore() {
    let house = House::new();
    let lost = house.lost(0, 3);
    let source = house.mailboxes.store().database(lost.database).unwrap();
    source.reconnect(lost.mailbox(), &lost.statistics.description).unwrap();
    let entries = |domain: u32| {
        (0..600).map(move |number| (format!("S-1-5-21-1-2-{domain}-{number}"), 0x401)).collect::<Vec<_>>()
    };
    let give = |mailbox: &Mailbox, domain: u32| {
        let inbox = mailbox.known(WellKnown::Inbox).unwrap().id;
        mailbox.add_permissions(inbox, entries(domain)).unwrap()
    };
    assert_eq!(give(&source.mailbox(lost.mailbox()).unwrap(), 3), [""; 0]);
    source.disconnect(lost.mailbox(), store::DisconnectReason::Disabled, &store::Parting::default()).unwrap();
    let owner = house.mailboxes.directory().need(lost.statistics.description.owner).unwrap();
    let new = NewMailbox {
        user: Some(owner.guid()),
        database: Some(house.databases[1]),
        ..NewMailbox::named("Old", Flavour::Shared)
    };
    let target = house.mailbox(&house.mailboxes.create(&by(), new).unwrap());
    assert_eq!(give(&target, 4), [""; 0]);
    let job = house.request(&RestoreTask::whole(&lost, owner.guid()));
    // Slices whose note is lost tell it all the same, once.
    for _ in 0..8 {
        house.mailboxes.works()[0].slice(&job, &mut Allowance::default()).unwrap();
    }
    house.run();
    let done = house.done(&job);
    assert_eq!((done.state, done.done), (JobState::Completed, 6), "{done:?}");
    let inbox = target.known(WellKnown::Inbox).unwrap().id;
    let here = target.permissions().unwrap().into_iter().filter(|entry| entry.folder == inbox).count();
    assert_eq!(here, store::FOLDER_PERMISSIONS_MAX);
    let told = house.mailboxes.directory().job_results(job.guid).unwrap();
    let left = |trustee: &str| {
        told.iter().any(|one| one.item.starts_with("Inbox: no room for ") && one.item.contains(trustee))
    };
    assert!(left("S-1-5-21-1-2-3-"), "{told:?}");
    assert_eq!(told.iter().filter(|one| one.item.starts_with("Inbox: ")).count(), 1, "{told:?}");
}

#[test]
fn a_request_that_goes_leaves_nothing_behind() {
    let house = House::new();
    let (lost, ben) = (house.lost(0, 30), house.user("Ben", 1));
    let job = house.request(&RestoreTask::whole(&lost, ben.guid()));
    house.run();
    assert_eq!(house.transfers(1), 1);
    // Whoever it was for is gone, and the database cannot be asked.
    house.mailboxes.disable(&by(), ben.guid()).unwrap();
    house.mailboxes.dismount(&by(), house.databases[1]).unwrap();
    house.mailboxes.remove_restore(&job).unwrap();
    assert!(house.mailboxes.restores(None).unwrap().is_empty());
    house.mailboxes.mount(&by(), house.databases[1]).unwrap();
    assert_eq!(house.transfers(1), 0, "nobody goes on with it");
    // A task that nobody can read any more is removed like any other.
    let carla = house.user("Carla", 1);
    let job = house.request(&RestoreTask::whole(&lost, carla.guid()));
    house.run();
    let mut damaged = house.done(&job);
    damaged.task = "{}".to_owned();
    house.mailboxes.remove_restore(&damaged).unwrap();
    assert_eq!((house.mailboxes.restores(None).unwrap().len(), house.transfers(1)), (0, 0));
}

#[test]
fn folders_are_chosen_and_put_where_they_are_wanted() {
    let paths = |house: &House, ben: &Record| {
        let mut paths: Vec<String> = all(&house.mailbox(ben)).into_iter().map(|(path, _)| path).collect();
        paths.dedup();
        paths
    };
    let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    type Change = fn(&mut RestoreTask);
    let cases: [(Change, &[&str]); 6] = [
        (|task| task.target_root = "From/Old".into(), &["2026/…", "Inbox/…", "Recoverable Items/Deletions"]),
        (|task| task.include = vec!["#Inbox#/*".into()], &["Inbox", "Recoverable Items/Deletions"]),
        (|task| task.exclude = vec!["#Inbox#/*".into()], &["Projects/2026", "Recoverable Items/Deletions"]),
        (|task| (task.dumpster, task.include) = (false, vec!["projects/*".into()]), &["Projects/2026"]),
        (|task| (task.dumpster, task.source_root) = (false, "Projects".into()), &["2026"]),
        (|task| (task.dumpster, task.include) = (false, vec!["Nothing".into()]), &[]),
    ];
    for (at, (change, wanted)) in cases.into_iter().enumerate() {
        let house = House::new();
        let (lost, ben) = (house.lost(0, 30), house.user("Ben", 1));
        let mut task = RestoreTask::whole(&lost, ben.guid());
        change(&mut task);
        let job = house.request(&task);
        house.run();
        assert_eq!(house.done(&job).state, JobState::Completed, "{at}");
        let wanted = if at == 0 {
            list(&["Old/Inbox", "Projects/2026", "Recoverable Items/Deletions"])
        } else {
            list(wanted)
        };
        assert_eq!(paths(&house, &ben), wanted, "{at}");
    }
}

#[test]
fn what_is_there_already_is_treated_as_is_said() {
    for (word, flags, count) in [
        ("KeepSourceItem", 2, 1),
        ("UpdateFromSource", 2, 1),
        ("KeepTargetItem", 4, 1),
        // The target's was put there later.
        ("KeepLatestItem", 4, 1),
        ("KeepAll", 4, 2),
        ("ForceCopy", 4, 2),
    ] {
        let house = House::new();
        let user = house.user("Old", 0);
        let store = house.mailbox(&user);
        house.put(&store, &store.known(WellKnown::Inbox).unwrap(), "same", Flags::ANSWERED);
        house.mailboxes.disable(&by(), user.guid()).unwrap();
        let lost = house.mailboxes.disconnected(house.databases[0], "Old").unwrap();
        let ben = house.user("Ben", 1);
        let target = house.mailbox(&ben);
        let inbox = target.known(WellKnown::Inbox).unwrap();
        house.put(&target, &inbox, "same", Flags::FLAGGED);
        let task = RestoreTask { conflict: word.to_owned(), ..RestoreTask::whole(&lost, ben.guid()) };
        house.request(&task);
        house.run();
        let mut seen = Vec::new();
        target
            .items(inbox.id, &UidSet::all(), &mut |item| {
                seen.push(item.flags.0);
                Ok(Flow::More)
            })
            .unwrap();
        assert_eq!((seen[0], seen.len()), (flags, count), "{word}: {seen:?}");
    }
}

#[test]
fn what_cannot_be_restored_says_why_and_goes_on_when_it_can() {
    let house = House::new();
    let (lost, ben) = (house.lost(0, 600), house.user("Ben", 1));
    let refused = |task: &RestoreTask, mismatch| {
        house.mailboxes.new_restore(&by(), task, Treatment::default(), mismatch).unwrap_err().id().to_owned()
    };
    let task = RestoreTask::whole(&lost, ben.guid());
    assert_eq!(refused(&task, false), "LegacyDNMismatch");
    assert_eq!(refused(&RestoreTask { to_archive: true, ..task.clone() }, true), "MailboxMissing");
    assert_eq!(
        refused(&RestoreTask { bad_items_max: None, ..task.clone() }, true),
        "MissingMandatoryParameter"
    );
    assert_eq!(refused(&RestoreTask { include: vec!["#No#".into()], ..task.clone() }, true), "InvalidValue");
    // A quota that is too small: it fails, and goes on where it was when there is room.
    let small = Unlimited::Value(ByteQuantifiedSize(8 << 10));
    let quota = |limit| {
        vec![Edit::set(&mailbox::USE_DATABASE_QUOTAS, false), Edit::set(&mailbox::SEND_RECEIVE_QUOTA, limit)]
    };
    house.mailboxes.directory().set(&by(), ben.guid(), quota(small)).unwrap();
    let job = house.request(&task);
    house.run();
    let failed = house.done(&job);
    assert_eq!(failed.state, JobState::Failed, "{failed:?}");
    assert!(failed.comment.contains("do not fit"), "{}", failed.comment);
    house.mailboxes.directory().set(&by(), ben.guid(), quota(Unlimited::Unlimited)).unwrap();
    house.mailboxes.directory().resume_job(job.guid).unwrap();
    house.run();
    assert_eq!(house.done(&job).state, JobState::Completed);
    assert_eq!(all(&house.mailbox(&ben)).len(), 603);
    // A database that is dismounted is waited for; a source that is connected ends the request.
    let again = house.request(&task);
    house.mailboxes.dismount(&by(), house.databases[1]).unwrap();
    house.run();
    assert_eq!(house.done(&again).state, JobState::Queued);
    house.mailboxes.mount(&by(), house.databases[1]).unwrap();
    let owner = house.mailboxes.directory().need(lost.statistics.description.owner).unwrap();
    let owner = NewOwner { flavour: Flavour::Shared, ..NewOwner::of(owner.guid()) };
    house.mailboxes.connect(&by(), &lost, owner).unwrap();
    house.clock.pass(std::time::Duration::from_secs(60));
    house.run();
    let ended = house.done(&again);
    assert_eq!((ended.state, ended.comment.contains("is connected")), (JobState::Failed, true), "{ended:?}");
    house.mailboxes.remove_restore(&ended).unwrap();
    assert_eq!(house.mailboxes.restores(Some(ben.guid())).unwrap().len(), 1);
}
