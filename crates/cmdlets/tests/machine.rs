//! A machine that runs random commands over a few users, two databases, accounts of two foreign domains and their mail, and
//! looks after each step that every invariant holds and that no mail, flag, UID or change number is lost or used again.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod house;

use ::directory::{Flavour, Runner, SELF_SID, schema};
use house::House;
use mailbox::NewOwner;
use mailbox::store::{self, Append};
use mailbox::store::{FlagChange, FlagMode, Flags, Incoming, Limits, TargetFolder, UidSet, WellKnown};
use object::Author;
use object::types::{Guid, RecipientTypeDetails as Details};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Which users a step is about.
#[derive(Clone, Copy)]
enum Wanted {
    Mailbox,
    Linked,
    Mailless,
}

/// What is done; numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Step {
    New { name: u8, kind: u8, database: u8 },
    Enable { user: u8, kind: u8, database: u8 },
    Disable { user: u8 },
    Remove { user: u8, permanent: bool },
    Connect { lost: u8, user: u8, database: u8, kind: u8, settings: bool },
    ConnectLinked { lost: u8, user: u8, account: u8 },
    Link { user: u8, account: u8 },
    Unlink { user: u8, row: bool },
    Type { user: u8, kind: u8 },
    Archive { user: u8, lost: u8, what: u8 },
    Switch { user: u8, off: bool },
    Address { user: u8, name: u8 },
    OnBehalf { user: u8, of: u8 },
    Restore { lost: u8, user: u8, conflict: u8 },
    Undo { back: u8 },
    Mail { user: u8 },
    Mark { user: u8, flag: u8 },
    Expunge { user: u8 },
    Days { days: u8 },
    Remount { database: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    let n = || 0..30_u8;
    prop_oneof![
        5 => (n(), n(), 0..2_u8).prop_map(|(name, kind, database)| Step::New { name, kind, database }),
        2 => (n(), n(), 0..2_u8).prop_map(|(user, kind, database)| Step::Enable { user, kind, database }),
        4 => n().prop_map(|user| Step::Disable { user }),
        3 => (n(), prop::bool::weighted(0.2)).prop_map(|(user, permanent)| Step::Remove { user, permanent }),
        4 => (n(), n(), prop::bool::weighted(0.1), n(), any::<bool>()).prop_map(
            |(lost, user, wrong, kind, settings)| {
                Step::Connect { lost, user, database: u8::from(wrong), kind, settings }
            }
        ),
        2 => (n(), n(), n()).prop_map(|(lost, user, account)| Step::ConnectLinked { lost, user, account }),
        3 => (n(), n()).prop_map(|(user, account)| Step::Link { user, account }),
        3 => (n(), any::<bool>()).prop_map(|(user, row)| Step::Unlink { user, row }),
        3 => (n(), 0..4_u8).prop_map(|(user, kind)| Step::Type { user, kind }),
        3 => (n(), n(), 0..3_u8).prop_map(|(user, lost, what)| Step::Archive { user, lost, what }),
        1 => (n(), any::<bool>()).prop_map(|(user, off)| Step::Switch { user, off }),
        2 => (n(), n()).prop_map(|(user, name)| Step::Address { user, name }),
        2 => (n(), n()).prop_map(|(user, of)| Step::OnBehalf { user, of }),
        3 => (n(), n(), 0..6_u8).prop_map(|(lost, user, conflict)| Step::Restore { lost, user, conflict }),
        6 => (0..8_u8).prop_map(|back| Step::Undo { back }),
        6 => n().prop_map(|user| Step::Mail { user }),
        2 => (n(), 0..5_u8).prop_map(|(user, flag)| Step::Mark { user, flag }),
        1 => n().prop_map(|user| Step::Expunge { user }),
        1 => (1..20_u8).prop_map(|days| Step::Days { days }),
        1 => (0..2_u8).prop_map(|database| Step::Remount { database }),
    ]
}

const NAMES: [&str; 5] = ["ann", "ben", "carla", "dev", "emil"];
const KINDS: [&str; 6] = ["", "-Shared", "-Room", "-Equipment", "", ""];
const DATABASES: [&str; 2] = ["Mailbox Database", "MBXDB02"];
const CONFLICTS: [&str; 6] =
    ["KeepSourceItem", "KeepTargetItem", "KeepLatestItem", "KeepAll", "ForceCopy", "UpdateFromSource"];

const TYPES: [&str; 4] = ["Regular -Password (Pa55word-of-Joe)", "Shared", "Room", "Equipment"];
/// Accounts of two foreign domains. What is asked of a real one is tested through a running server: here the answer is given.
const FOREIGN: [(&str, &str); 2] = [("LITWARE", "S-1-5-21-7-8-9"), ("FABRIKAM", "S-1-5-21-3-2-1")];

fn foreign(account: u8) -> Flavour {
    let (domain, sid) = FOREIGN[usize::from(account) % FOREIGN.len()];
    let number = 1100 + u32::from(account) % 8 / 2;
    Flavour::Linked { sid: format!("{sid}-{number}"), name: format!("{domain}\\{number}"), room: false }
}

/// A folder as it counts: the next UID and, by UID, the text of each item with its flags.
type Folder = (u32, BTreeMap<u32, (String, u16)>);

/// The number of a folder and its UIDVALIDITY: clients forget all that they know of a folder that has another one.
type Place = (i64, u32);

/// A mailbox as it counts: its change number and its folders.
type Contents = (u64, BTreeMap<Place, Folder>);

struct Machine {
    house: House,
    letters: u32,
    /// Mailboxes that are gone for good.
    purged: BTreeSet<Guid>,
}

impl Machine {
    fn new() -> Machine {
        let house = House::new();
        house.play("PS> New-MailboxDatabase MBXDB02 | : Name\nMBXDB02");
        // Some have mailboxes, and some had them: from an empty house nearly every command is refused.
        for (at, name) in NAMES.iter().enumerate() {
            let database = DATABASES[at % 2];
            house.play(&format!(
                "PS> New-Mailbox {name} -Password (Pa55word-of-Joe) -Database '{database}' -UserPrincipalName \
                 {name}@contoso.com | : Name\n{name}"
            ));
        }
        house.play("PS> Disable-Mailbox carla -Confirm:$false\nPS> Disable-Mailbox dev -Confirm:$false");
        Machine { house, letters: 0, purged: BTreeSet::new() }
    }

    fn databases(&self) -> Vec<Guid> {
        self.house.mailboxes.directory().guids(::directory::Class::MailboxDatabase)
    }

    /// Everything that lies in any mailbox, connected or not.
    fn contents(&self) -> BTreeMap<Guid, Contents> {
        let mut all = BTreeMap::new();
        for database in self.databases() {
            let open = self.house.mailboxes.store().database(database).unwrap();
            for row in self.house.mailboxes.rows(database).unwrap() {
                all.insert(row.guid, contents(&open.mailbox(row.guid).unwrap()));
            }
        }
        all
    }

    fn lost(&self) -> Vec<(Guid, &'static str)> {
        let mut lost = Vec::new();
        for (at, database) in self.databases().into_iter().enumerate() {
            for row in self.house.mailboxes.rows(database).unwrap() {
                if row.state == store::State::Disabled {
                    lost.push((row.guid, DATABASES[at]));
                }
            }
        }
        lost
    }

    /// The user of a number: mostly one of those who have what is wanted, now and then just anybody.
    fn who(&self, at: u8, wanted: Wanted) -> &'static str {
        let directory = self.house.mailboxes.directory();
        let fits = |name: &&&str| {
            let id = object::types::ObjectId::written(name);
            let user = directory.resolve(&::directory::kinds::USER, &id).ok();
            user.is_some_and(|user| match wanted {
                Wanted::Mailbox => user.is_mailbox(),
                Wanted::Linked => user.details() == Details::LinkedMailbox,
                Wanted::Mailless => !user.is_mailbox(),
            })
        };
        let fitting: Vec<&&str> = NAMES.iter().filter(fits).collect();
        match fitting.len() {
            0 => NAMES[usize::from(at) % NAMES.len()],
            _ if at % 6 == 5 => NAMES[usize::from(at) % NAMES.len()],
            some => fitting[usize::from(at) % some],
        }
    }

    fn mailbox_of(&self, name: &str) -> Option<store::Mailbox> {
        let directory = self.house.mailboxes.directory();
        let id = object::types::ObjectId::written(name);
        let user = directory.resolve(&::directory::kinds::MAILBOX, &id).ok()?;
        self.house.mailboxes.mailbox(&user).ok()
    }

    /// The command line of a step, where it is one.
    fn command(&self, step: &Step) -> Option<String> {
        let (any, database) =
            (|at: &u8| NAMES[usize::from(*at) % NAMES.len()], |at: &u8| DATABASES[usize::from(*at)]);
        let name = |at: &u8| self.who(*at, Wanted::Mailbox);
        let mailless = |at: &u8| self.who(*at, Wanted::Mailless);
        let lost = self.lost();
        let pick = |at: &u8| (!lost.is_empty()).then(|| lost[usize::from(*at) % lost.len()]);
        let kind = |at: &u8| KINDS[usize::from(*at) % KINDS.len()];
        Some(match step {
            Step::New { name: at, kind: of, database: to } => {
                let (name, of, to) = (any(at), kind(of), database(to));
                let password = if of.is_empty() { "-Password (Pa55word-of-Joe)" } else { "" };
                format!(
                    "New-Mailbox {name} {of} {password} -Database '{to}' -UserPrincipalName {name}@contoso.com"
                )
            }
            Step::Enable { user, kind: of, database: to } => {
                format!("Enable-Mailbox {} {} -Database '{}'", mailless(user), kind(of), database(to))
            }
            Step::Disable { user } => format!("Disable-Mailbox {} -Confirm:$false", name(user)),
            Step::Remove { user, permanent } => {
                format!("Remove-Mailbox {} -Permanent ${permanent} -Confirm:$false", name(user))
            }
            Step::Unlink { user, row: true } => {
                format!("Convert-LinkedMailbox {}", self.who(*user, Wanted::Linked))
            }
            Step::Unlink { user, .. } => {
                format!("Set-User {} -LinkedMasterAccount $null", self.who(*user, Wanted::Linked))
            }
            Step::Type { user, kind } => {
                format!("Set-Mailbox {} -Type {}", name(user), TYPES[usize::from(*kind)])
            }
            Step::Archive { user, what: 0, .. } => format!("Enable-Mailbox {} -Archive", name(user)),
            Step::Archive { user, what: 1, .. } => {
                format!("Disable-Mailbox {} -Archive -Confirm:$false", name(user))
            }
            Step::Archive { user, lost: at, .. } => {
                let (mailbox, at) = pick(at)?;
                format!(
                    "Connect-Mailbox {mailbox} '{at}' -Archive -AllowLegacyDNMismatch -User {}",
                    name(user)
                )
            }
            Step::Connect { lost: at, user, database: wrong, kind: of, settings } => {
                let (mailbox, at) = pick(at)?;
                // Now and then the wrong database is named.
                let at = if *wrong == 0 { at } else { database(wrong) };
                let settings = if *settings { "-RestoreSettings" } else { "" };
                format!("Connect-Mailbox {mailbox} '{at}' {} -User {} {settings}", kind(of), mailless(user))
            }
            Step::Switch { user, off } => {
                format!("{}-ADAccount {}", if *off { "Disable" } else { "Enable" }, any(user))
            }
            Step::Address { user, name: at } => {
                format!("Set-Mailbox {} -EmailAddresses @{{Add='also.{}@contoso.com'}}", name(user), any(at))
            }
            Step::OnBehalf { user, of } => {
                format!("Set-Mailbox {} -GrantSendOnBehalfTo @{{Add='{}'}}", name(of), name(user))
            }
            Step::Restore { lost: at, user, conflict } => {
                let ((mailbox, at), word) = (pick(at)?, CONFLICTS[usize::from(*conflict) % CONFLICTS.len()]);
                format!(
                    "New-MailboxRestoreRequest -SourceDatabase '{at}' -SourceStoreMailbox {mailbox} -TargetMailbox {} \
                     -ConflictResolutionOption {word} -AllowLegacyDNMismatch",
                    name(user)
                )
            }
            Step::Undo { back } => {
                let changes = self.house.run("Get-AdminChange -ResultSize 8 | : Identity", &[]);
                let at = changes.get(usize::from(*back) % changes.len().max(1))?;
                format!("Undo-AdminChange {at} -Confirm:$false")
            }
            Step::Remount { .. }
            | Step::Link { .. }
            | Step::ConnectLinked { .. }
            | Step::Mail { .. }
            | Step::Mark { .. }
            | Step::Expunge { .. }
            | Step::Days { .. } => return None,
        })
    }

    /// Does a step, and looks at what became of all mail. Answers whether it was done and not refused.
    fn act(&mut self, step: &Step) -> bool {
        let before = self.contents();
        let number = self.house.mailboxes.directory().number();
        let (mut grows, mut changes, mut purges, mut done) = (None, None, false, true);
        match step {
            Step::Mail { user } => grows = self.mail(self.who(*user, Wanted::Mailbox)),
            Step::Mark { user, flag } => {
                changes = self.mark(self.who(*user, Wanted::Mailbox), Flags(1 << flag))
            }
            Step::Expunge { user } => changes = self.expunge(self.who(*user, Wanted::Mailbox)),
            Step::Link { .. } | Step::ConnectLinked { .. } => {
                let answer = self.linked(step);
                done = matches!(answer, Some(Ok(())));
                if let Some(Err(refused)) = answer {
                    assert_eq!(self.contents(), before, "{step:?}: {refused}");
                }
            }
            Step::Days { days } => {
                self.house.clock.pass(Duration::from_secs(u64::from(*days) * 86_400));
                for database in self.databases() {
                    let now = self.house.mailboxes.directory().now();
                    assert!(self.house.mailboxes.purge_expired(database, now).unwrap().faults.is_empty());
                }
                purges = true;
            }
            Step::Remount { database } => {
                let name = DATABASES[usize::from(*database)];
                self.house.play(&format!(
                    "PS> Dismount-Database '{name}' -Confirm:$false\nPS> Mount-Database '{name}'"
                ));
            }
            _ => {
                let Some(line) = self.command(step) else { return false };
                purges = matches!(step, Step::Remove { permanent: true, .. });
                if let Step::Restore { user, .. } = step {
                    grows = self.mailbox_of(self.who(*user, Wanted::Mailbox)).map(|mailbox| mailbox.guid());
                }
                let said = self.house.run(&line, &[]);
                let refused = said.iter().find(|line| line.starts_with("ERROR"));
                done = refused.is_none();
                if let Some(refused) = refused {
                    let after = self.house.mailboxes.directory().number();
                    assert_eq!(after, number, "{line} was refused ({refused}) but changed something");
                    assert_eq!(self.contents(), before, "{line} was refused ({refused})");
                }
                let directory = self.house.mailboxes.directory().clone();
                Runner::new(directory, self.house.mailboxes.works()).run_all().unwrap();
            }
        }
        self.compare(step, &before, grows, changes, purges);
        self.check();
        done
    }

    /// What a cmdlet does once it knows the foreign account.
    fn linked(&self, step: &Step) -> Option<object::Result<()>> {
        let (mailboxes, by) = (&self.house.mailboxes, Author::new("CONTOSO\\linker", "Set-User"));
        let named = |at: u8, wanted| {
            let id = object::types::ObjectId::written(self.who(at, wanted));
            let user = mailboxes.directory().resolve(&::directory::kinds::USER, &id).ok()?;
            // Mostly as it must be: switched off before.
            if !at.is_multiple_of(4) && !user.is_account_disabled() {
                mailboxes.directory().set_account_disabled(&by, user.guid(), true).unwrap();
            }
            Some(user.guid())
        };
        match *step {
            Step::Link { user, account } => {
                let (user, flavour) = (named(user, Wanted::Mailbox)?, foreign(account));
                let linked =
                    mailboxes.directory().change(&by, move |change| change.make_linked(user, &flavour));
                Some(linked.map(drop))
            }
            Step::ConnectLinked { lost, user, account } => {
                let all = self.lost();
                let (mailbox, database) = all.get(usize::from(lost) % all.len().max(1))?;
                let at = DATABASES.iter().position(|name| name == database)?;
                let lost = mailboxes.disconnected(self.databases()[at], &mailbox.to_string()).unwrap();
                let owner =
                    NewOwner { flavour: foreign(account), ..NewOwner::of(named(user, Wanted::Mailless)?) };
                Some(mailboxes.connect(&by, &lost, owner).map(drop))
            }
            _ => None,
        }
    }

    fn mail(&mut self, name: &str) -> Option<Guid> {
        let mailbox = self.mailbox_of(name)?;
        self.letters += 1;
        // Every third letter is one that was sent before: equal letters are several all the same.
        let text = format!("Subject: {}\r\n\r\nHello\r\n", self.letters / 3);
        self.house.clock.pass(Duration::from_secs(1));
        let one = Append {
            message: Incoming::new(text.into_bytes()),
            flags: Flags::NONE,
            keywords: Vec::new(),
            received: None,
        };
        mailbox.append(TargetFolder::Known(WellKnown::Inbox), vec![one], Limits::default()).unwrap();
        Some(mailbox.guid())
    }

    fn mark(&mut self, name: &str, flag: Flags) -> Option<Guid> {
        let mailbox = self.mailbox_of(name)?;
        let inbox = mailbox.known(WellKnown::Inbox).unwrap().id;
        let change = FlagChange { mode: FlagMode::Add, flags: flag, keywords: Vec::new() };
        mailbox.change_flags(inbox, &UidSet::all(), &change, None).unwrap();
        Some(mailbox.guid())
    }

    fn expunge(&mut self, name: &str) -> Option<Guid> {
        let mailbox = self.mailbox_of(name)?;
        let inbox = mailbox.known(WellKnown::Inbox).unwrap().id;
        mailbox.expunge(inbox, &UidSet::of_range(1..=2), Flags::NONE, Limits::default()).unwrap();
        Some(mailbox.guid())
    }

    /// What was there is there, but for what a step was to change.
    fn compare(
        &mut self,
        step: &Step,
        before: &BTreeMap<Guid, Contents>,
        grows: Option<Guid>,
        changes: Option<Guid>,
        purges: bool,
    ) {
        let after = self.contents();
        for (guid, (change, folders)) in before {
            let Some((later, now)) = after.get(guid) else {
                assert!(purges, "{step:?} lost the mailbox {guid}");
                self.purged.insert(*guid);
                continue;
            };
            assert!(later >= change, "{step:?} took the change number back");
            if changes == Some(*guid) {
                let texts = |folders: &BTreeMap<Place, Folder>| -> Vec<String> {
                    let mut texts: Vec<String> = folders
                        .values()
                        .flat_map(|(_, items)| items.values().map(|(text, _)| text.clone()))
                        .collect();
                    texts.sort();
                    texts
                };
                assert_eq!(texts(now), texts(folders), "{step:?} lost mail");
                continue;
            }
            for (folder, (next, items)) in folders {
                let same = now.get(folder);
                let (next_now, items_now) = same
                    .unwrap_or_else(|| panic!("{step:?} lost {folder:?}, or gave it another UIDVALIDITY"));
                assert!(next_now >= next, "{step:?} would give UIDs again");
                for (uid, (text, flags)) in items {
                    let found = items_now.get(uid);
                    assert_eq!(found.map(|(text, _)| text), Some(text), "{step:?} lost UID {uid}");
                    // A restore may take the flags of its source over.
                    let same = found.is_some_and(|(_, now)| now == flags) || grows == Some(*guid);
                    assert!(same, "{step:?} changed the flags of UID {uid}");
                }
                let new = items_now.keys().filter(|uid| !items.contains_key(uid)).collect::<Vec<_>>();
                assert!(new.is_empty() || grows == Some(*guid), "{step:?} put something into {guid}");
                assert!(new.iter().all(|uid| *uid >= next), "{step:?} gave a UID again");
            }
        }
        assert!(after.keys().all(|guid| !self.purged.contains(guid)), "a GUID was used again");
    }

    /// Every invariant of directory, store and the pair; and those of accounts.
    fn check(&self) {
        let house = &self.house.mailboxes;
        assert_eq!(house.directory().verify().unwrap(), []);
        assert_eq!(house.verify().unwrap(), []);
        for database in self.databases() {
            assert_eq!(house.store().database(database).unwrap().verify().unwrap(), []);
        }
        let mut owners = BTreeSet::new();
        for user in house.directory().all(::directory::Class::User) {
            let owner = user.get(&schema::user::MASTER_ACCOUNT_SID);
            let off = user.is_account_disabled();
            let foreign = owner.as_ref().is_some_and(|sid| FOREIGN.iter().any(|(_, of)| sid.starts_with(of)));
            let is_self = owner.as_deref() == Some(SELF_SID);
            let valid = match user.details() {
                Details::LinkedMailbox => off && foreign,
                Details::SharedMailbox | Details::RoomMailbox | Details::EquipmentMailbox => off && is_self,
                _ => owner.is_none(),
            };
            assert!(valid, "{} is a {} of {owner:?}, switched off: {off}", user.name(), user.details());
            let named = user.get(&schema::user::LINKED_ACCOUNT_NAME);
            assert_eq!(named.is_some(), foreign, "{} is linked to {named:?}", user.name());
            assert!(!foreign || owners.insert(owner.clone()), "{owner:?} owns two mailboxes");
        }
    }
}

fn contents(mailbox: &store::Mailbox) -> Contents {
    let mut folders = BTreeMap::new();
    for folder in mailbox.folders().unwrap() {
        let mut items = BTreeMap::new();
        for item in mailbox.page(folder.id, 1, 10_000).unwrap() {
            let text = String::from_utf8(mailbox.body_of(&item, 0..item.size).unwrap()).unwrap();
            items.insert(item.uid, (text, item.flags.0));
        }
        folders.insert((folder.id.0, folder.uid_validity), (folder.uid_next, items));
    }
    (mailbox.change().unwrap(), folders)
}

/// How many sequences are tried; PROPTEST_CASES asks for more.
fn cases() -> u32 {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    if asked { ProptestConfig::default().cases } else { 16 }
}

/// How often everything is tried again where some kind of step was never done.
const ROUNDS_MAX: u32 = 4;

/// The first word of a step: `Connect`.
fn kind_of(step: &Step) -> String {
    let shown = format!("{step:?}");
    shown.split(' ').next().unwrap_or_default().to_owned()
}

#[test]
fn whatever_is_commanded_nothing_is_lost() {
    let config = ProptestConfig { cases: cases(), max_shrink_iters: 100, ..ProptestConfig::default() };
    let config = ProptestConfig { failure_persistence: None, ..config };
    let done = std::cell::RefCell::new(BTreeMap::<String, u32>::new());
    let run = || {
        TestRunner::new(config.clone()).run(&prop::collection::vec(step(), 5..40), |steps| {
            let mut machine = Machine::new();
            for step in &steps {
                if machine.act(step) {
                    *done.borrow_mut().entry(kind_of(step)).or_default() += 1;
                }
            }
            Ok(())
        })
    };
    let all = [
        "New", "Enable", "Disable", "Remove", "Connect", "Link", "Unlink", "Type", "Archive", "Restore",
        "Undo",
    ];
    let missing = || all.into_iter().filter(|kind| !done.borrow().contains_key(*kind)).collect::<Vec<&str>>();
    // A machine in which something is always refused tests nothing of it; in one round it may be so by chance.
    for _ in 0..ROUNDS_MAX {
        run().unwrap_or_else(|error| panic!("{error}"));
        if missing().is_empty() {
            return;
        }
    }
    panic!("never done: {:?}; done: {:?}", missing(), done.borrow());
}
