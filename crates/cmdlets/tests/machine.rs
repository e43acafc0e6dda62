//! A machine that runs random commands over a few users, two databases and their mail, as an administrator would, and
//! looks after each step that every invariant holds and that no mail, flag, UID or change number is lost or used again.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod house;

use ::directory::{Runner, schema};
use house::House;
use mailbox::store::{self, Append};
use mailbox::store::{FlagChange, FlagMode, Flags, Incoming, Limits, TargetFolder, UidSet, WellKnown};
use object::types::Guid;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What is done; numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Step {
    New { name: u8, kind: u8, database: u8 },
    Enable { user: u8, kind: u8, database: u8 },
    Disable { user: u8 },
    Remove { user: u8, permanent: bool },
    Connect { lost: u8, user: u8, database: u8, settings: bool },
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
    let n = || 0..6_u8;
    prop_oneof![
        5 => (n(), n(), 0..2_u8).prop_map(|(name, kind, database)| Step::New { name, kind, database }),
        2 => (n(), n(), 0..2_u8).prop_map(|(user, kind, database)| Step::Enable { user, kind, database }),
        4 => n().prop_map(|user| Step::Disable { user }),
        3 => (n(), prop::bool::weighted(0.2)).prop_map(|(user, permanent)| Step::Remove { user, permanent }),
        4 => (n(), n(), prop::bool::weighted(0.1), any::<bool>()).prop_map(|(lost, user, wrong, settings)| {
            Step::Connect { lost, user, database: u8::from(wrong), settings }
        }),
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

const NAMES: [&str; 6] = ["ann", "ben", "carla", "dev", "emil", "fay"];
const KINDS: [&str; 6] = ["-Shared", "-Room", "-Equipment", "-Shared", "-Shared", ""];
const DATABASES: [&str; 2] = ["Mailbox Database", "MBXDB02"];
const CONFLICTS: [&str; 6] =
    ["KeepSourceItem", "KeepTargetItem", "KeepLatestItem", "KeepAll", "ForceCopy", "UpdateFromSource"];

/// A folder as it counts: the next UID and, by UID, the text of each item with its flags.
type Folder = (u32, BTreeMap<u32, (String, u16)>);

/// A mailbox as it counts: its change number and its folders.
type Contents = (u64, BTreeMap<i64, Folder>);

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

    fn mailbox_of(&self, name: &str) -> Option<store::Mailbox> {
        let directory = self.house.mailboxes.directory();
        let id = object::types::ObjectId::written(name);
        let user = directory.resolve(&::directory::kinds::MAILBOX, &id).ok()?;
        self.house.mailboxes.mailbox(&user).ok()
    }

    /// The command line of a step, where it is one.
    fn command(&self, step: &Step) -> Option<String> {
        let (name, database) = (|at: &u8| NAMES[usize::from(*at)], |at: &u8| DATABASES[usize::from(*at)]);
        let lost = self.lost();
        let pick = |at: &u8| (!lost.is_empty()).then(|| lost[usize::from(*at) % lost.len()]);
        let kind = |at: &u8| KINDS[usize::from(*at)];
        Some(match step {
            Step::New { name: at, kind: of, database: to } => {
                let (name, of, to) = (name(at), kind(of), database(to));
                let password = if of.is_empty() { "-Password (Pa55word-of-Joe)" } else { "" };
                format!(
                    "New-Mailbox {name} {of} {password} -Database '{to}' -UserPrincipalName {name}@contoso.com"
                )
            }
            Step::Enable { user, kind: of, database: to } => {
                format!("Enable-Mailbox {} {} -Database '{}'", name(user), kind(of), database(to))
            }
            Step::Disable { user } => format!("Disable-Mailbox {} -Confirm:$false", name(user)),
            Step::Remove { user, permanent } => {
                format!("Remove-Mailbox {} -Permanent ${permanent} -Confirm:$false", name(user))
            }
            Step::Connect { lost: at, user, database: wrong, settings } => {
                let (mailbox, at) = pick(at)?;
                // Now and then the wrong database is named.
                let at = if *wrong == 0 { at } else { database(wrong) };
                let settings = if *settings { "-RestoreSettings" } else { "" };
                format!("Connect-Mailbox {mailbox} '{at}' -User {} {settings}", name(user))
            }
            Step::Switch { user, off } => {
                format!("{}-ADAccount {}", if *off { "Disable" } else { "Enable" }, name(user))
            }
            Step::Address { user, name: at } => {
                format!("Set-Mailbox {} -EmailAddresses @{{Add='also.{}@contoso.com'}}", name(user), name(at))
            }
            Step::OnBehalf { user, of } => {
                format!("Set-Mailbox {} -GrantSendOnBehalfTo @{{Add='{}'}}", name(of), name(user))
            }
            Step::Restore { lost: at, user, conflict } => {
                let ((mailbox, at), word) = (pick(at)?, CONFLICTS[usize::from(*conflict)]);
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
            | Step::Mail { .. }
            | Step::Mark { .. }
            | Step::Expunge { .. }
            | Step::Days { .. } => return None,
        })
    }

    /// Does a step, and looks at what became of all mail.
    fn act(&mut self, step: &Step) {
        let before = self.contents();
        let number = self.house.mailboxes.directory().number();
        let (mut grows, mut changes, mut purges) = (None, None, false);
        match step {
            Step::Mail { user } => grows = self.mail(NAMES[usize::from(*user)]),
            Step::Mark { user, flag } => changes = self.mark(NAMES[usize::from(*user)], Flags(1 << flag)),
            Step::Expunge { user } => changes = self.expunge(NAMES[usize::from(*user)]),
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
                let Some(line) = self.command(step) else { return };
                purges = matches!(step, Step::Remove { permanent: true, .. });
                if let Step::Restore { user, .. } = step {
                    grows = self.mailbox_of(NAMES[usize::from(*user)]).map(|mailbox| mailbox.guid());
                }
                let said = self.house.run(&line, &[]);
                let refused = said.iter().find(|line| line.starts_with("ERROR"));
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
                let texts = |folders: &BTreeMap<i64, Folder>| -> Vec<String> {
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
                let (next_now, items_now) = &now[folder];
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
        for user in house.directory().all(::directory::Class::User) {
            let owned = user.has(object::Declared::spec(&schema::user::MASTER_ACCOUNT_SID));
            assert!(!owned || user.is_account_disabled(), "{user:?} logs on though another owns the mailbox");
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
        folders.insert(folder.id.0, (folder.uid_next, items));
    }
    (mailbox.change().unwrap(), folders)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 100, ..ProptestConfig::default() })]
    #[test]
    fn whatever_is_commanded_nothing_is_lost(steps in prop::collection::vec(step(), 1..40)) {
        let mut machine = Machine::new();
        for step in &steps {
            machine.act(step);
        }
    }
}
