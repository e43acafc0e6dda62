//! Random lives of two mailboxes, held against a model; a client that only follows the change feed; and every
//! invariant after each step.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use mailstead_store::*;
use object::types::Guid;
use object::{Time, WoundClock};
use proptest::prelude::*;

/// What is done; numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Step {
    Deliver { to: u8, same: bool },
    Append { mailbox: u8, folder: u8, count: u8, flags: u8 },
    Flags { mailbox: u8, folder: u8, from: u8, to: u8, mode: u8, flags: u8, keyword: Option<u8> },
    Expunge { mailbox: u8, folder: u8, from: u8, to: u8, only: bool },
    Copy { mailbox: u8, folder: u8, from: u8, to: u8, target: u8 },
    Move { mailbox: u8, folder: u8, from: u8, to: u8, target: u8 },
    Create { mailbox: u8, name: u8, below: u8 },
    Rename { mailbox: u8, name: u8, into: u8 },
    Delete { mailbox: u8, name: u8, below: u8 },
    Purge { mailbox: u8, days: u8 },
    Away { mailbox: u8 },
    Remount,
    Index,
    Pass { days: u8 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (m, f, u) = (0..2u8, 0..6u8, 0..12u8);
    let step = prop_oneof![
        4 => (0..4u8, any::<bool>()).prop_map(|(to, same)| Step::Deliver { to, same }),
        3 => (m.clone(), f.clone(), 1..4u8, 0..32u8)
            .prop_map(|(mailbox, folder, count, flags)| Step::Append { mailbox, folder, count, flags }),
        4 => (m.clone(), f.clone(), u.clone(), u.clone(), 0..3u8, 0..32u8, prop::option::of(0..3u8)).prop_map(
            |(mailbox, folder, from, to, mode, flags, keyword)| Step::Flags {
                mailbox, folder, from, to, mode, flags, keyword
            }
        ),
        3 => (m.clone(), f.clone(), u.clone(), u.clone(), any::<bool>())
            .prop_map(|(mailbox, folder, from, to, only)| Step::Expunge { mailbox, folder, from, to, only }),
        2 => (m.clone(), f.clone(), u.clone(), u.clone(), f.clone())
            .prop_map(|(mailbox, folder, from, to, target)| Step::Copy { mailbox, folder, from, to, target }),
        3 => (m.clone(), f.clone(), u.clone(), u, f.clone())
            .prop_map(|(mailbox, folder, from, to, target)| Step::Move { mailbox, folder, from, to, target }),
        1 => (m.clone(), 0..3u8, 0..2u8).prop_map(|(mailbox, name, below)| Step::Create { mailbox, name, below }),
        1 => (m.clone(), 0..3u8, 0..3u8).prop_map(|(mailbox, name, into)| Step::Rename { mailbox, name, into }),
        1 => (m.clone(), 0..3u8, 0..2u8).prop_map(|(mailbox, name, below)| Step::Delete { mailbox, name, below }),
        1 => (m.clone(), 0..20u8).prop_map(|(mailbox, days)| Step::Purge { mailbox, days }),
        1 => m.prop_map(|mailbox| Step::Away { mailbox }),
        1 => Just(Step::Remount),
        1 => Just(Step::Index),
        1 => (1..10u8).prop_map(|days| Step::Pass { days }),
    ];
    prop::collection::vec(step, 1..30)
}

/// An item as the model knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    flags: Flags,
    keywords: BTreeSet<String>,
    text: Vec<u8>,
    saved: Time,
}

/// A folder as the model knows it.
#[derive(Clone, Debug, Default)]
struct Box_ {
    items: BTreeMap<u32, Known>,
    next: u32,
}

/// What a client that follows the feed has seen of a folder.
#[derive(Default)]
struct Mirror {
    cursor: u64,
    items: BTreeMap<u32, (Flags, BTreeSet<String>)>,
}

struct World {
    clock: WoundClock,
    store: Store,
    database: Database,
    mailboxes: Vec<Mailbox>,
    model: Vec<BTreeMap<FolderId, Box_>>,
    mirrors: BTreeMap<FolderId, Mirror>,
    changes: Vec<u64>,
    letters: u32,
}

fn words(keywords: &str) -> BTreeSet<String> {
    keywords.split_ascii_whitespace().map(str::to_owned).collect()
}

impl World {
    fn new() -> World {
        let clock = WoundClock::at(Time::of_date(2026, 1, 1));
        let store = Store::memory(Arc::new(clock.clone()));
        let database = store.mount(Guid::of_u128(1)).unwrap();
        let mailboxes: Vec<Mailbox> = (0..2)
            .map(|n| database.create_mailbox(Guid::of_u128(10 + n), &Description::default()).unwrap())
            .collect();
        let model = mailboxes
            .iter()
            .map(|m| {
                m.folders()
                    .unwrap()
                    .into_iter()
                    .map(|f| (f.id, Box_ { next: 1, ..Box_::default() }))
                    .collect()
            })
            .collect();
        World {
            clock,
            store,
            database,
            mailboxes,
            model,
            mirrors: BTreeMap::new(),
            changes: vec![0; 2],
            letters: 0,
        }
    }

    fn letter(&mut self, same: bool) -> Incoming {
        self.letters += u32::from(!same);
        let number = self.letters;
        let text =
            format!("Message-ID: <{number}@x>\r\nReferences: <{}@x>\r\n\r\nletter {number}\r\n", number / 2);
        Incoming::new(text.into_bytes())
    }

    /// Visible folders and the bin, so that items are moved out of it as well.
    fn folder(&self, mailbox: u8, folder: u8) -> FolderId {
        let known = [WellKnown::Inbox, WellKnown::Archive, WellKnown::Deletions];
        let m = &self.mailboxes[usize::from(mailbox)];
        match known.get(usize::from(folder)) {
            Some(kind) => m.known(*kind).unwrap().id,
            None => {
                self.named(mailbox, folder - 3, 0).unwrap_or_else(|| m.known(WellKnown::Inbox).unwrap().id)
            }
        }
    }

    fn path(name: u8, below: u8) -> Vec<&'static str> {
        let names = ["One", "Two", "Three"];
        match below {
            0 => vec![names[usize::from(name)]],
            _ => vec![names[usize::from(name)], "Below"],
        }
    }

    fn named(&self, mailbox: u8, name: u8, below: u8) -> Option<FolderId> {
        self.mailboxes[usize::from(mailbox)].find(&World::path(name, below)).unwrap().map(|f| f.id)
    }

    fn put(&mut self, mailbox: usize, folder: FolderId, known: Known) -> u32 {
        let model = self.model[mailbox].get_mut(&folder).unwrap();
        let uid = model.next;
        model.next += 1;
        model.items.insert(uid, known);
        uid
    }

    /// The range of UIDs a step means, and those of the model in it.
    fn range(&self, mailbox: u8, folder: FolderId, from: u8, to: u8) -> (UidSet, Vec<(u32, Known)>) {
        let range = u32::from(from.min(to))..=u32::from(from.max(to));
        let items = &self.model[usize::from(mailbox)][&folder].items;
        let picked = items.range(range.clone()).map(|(uid, known)| (*uid, known.clone())).collect();
        (UidSet::of_range(range), picked)
    }

    fn take(&mut self, step: &Step) {
        let now = self.clock_now();
        match *step {
            Step::Deliver { to, same } => {
                let letter = self.letter(same);
                let picked: Vec<usize> = [vec![0], vec![1], vec![0, 1], vec![1, 1]][usize::from(to)].clone();
                let to =
                    picked.iter().map(|m| To::inbox(self.mailboxes[*m].guid(), Limits::default())).collect();
                let answers = self.database.deliver(to, &letter, None, Acceptance::Each).unwrap();
                for (m, answer) in picked.into_iter().zip(answers) {
                    let inbox = self.folder(m as u8, 0);
                    let known = Known {
                        flags: Flags::NONE,
                        keywords: BTreeSet::new(),
                        text: letter.raw().to_vec(),
                        saved: now,
                    };
                    assert_eq!(answer.unwrap().uid, self.put(m, inbox, known));
                }
            }
            Step::Append { mailbox, folder, count, flags } => {
                let (at, m) = (self.folder(mailbox, folder), usize::from(mailbox));
                let letters: Vec<Incoming> = (0..count).map(|n| self.letter(n % 2 == 1)).collect();
                let flags = Flags(u16::from(flags));
                let items = letters.iter().map(|letter| Append {
                    message: letter.clone(),
                    flags,
                    keywords: vec!["New".into()],
                    received: None,
                });
                let given = self.mailboxes[m]
                    .append(TargetFolder::Folder(at), items.collect(), Limits::default())
                    .unwrap();
                for (letter, given) in letters.iter().zip(given) {
                    let keywords = words("New");
                    let known = Known { flags, keywords, text: letter.raw().to_vec(), saved: now };
                    assert_eq!(given.uid, self.put(m, at, known));
                }
            }
            Step::Flags { mailbox, folder, from, to, mode, flags, keyword } => {
                let at = self.folder(mailbox, folder);
                let mode = [FlagMode::Replace, FlagMode::Add, FlagMode::Remove][usize::from(mode)];
                let flags = Flags(u16::from(flags));
                let keywords: Vec<String> = keyword.map(|k| format!("K{k}")).into_iter().collect();
                let change = FlagChange { mode, flags, keywords: keywords.clone() };
                let (set, picked) = self.range(mailbox, at, from, to);
                let changed =
                    self.mailboxes[usize::from(mailbox)].change_flags(at, &set, &change, None).unwrap();
                assert_eq!(changed.items.len(), picked.len());
                for (uid, mut known) in picked {
                    let asked: BTreeSet<String> = keywords.iter().cloned().collect();
                    (known.flags, known.keywords) = match mode {
                        FlagMode::Replace => (flags, asked),
                        FlagMode::Add => (known.flags | flags, &known.keywords | &asked),
                        FlagMode::Remove => (known.flags.without(flags), &known.keywords - &asked),
                    };
                    self.model[usize::from(mailbox)].get_mut(&at).unwrap().items.insert(uid, known);
                }
            }
            Step::Expunge { mailbox, folder, from, to, only } => {
                let (at, m) = (self.folder(mailbox, folder), usize::from(mailbox));
                let only = if only { Flags::DELETED } else { Flags::NONE };
                let (set, mut picked) = self.range(mailbox, at, from, to);
                picked.retain(|(_, known)| known.flags.has(only));
                let gone = self.mailboxes[m].expunge(at, &set, only, Limits::default()).unwrap();
                assert_eq!(gone, picked.iter().map(|(uid, _)| *uid).collect());
                let bin = self.folder(mailbox, 2);
                for (uid, known) in picked {
                    self.model[m].get_mut(&at).unwrap().items.remove(&uid);
                    if at != bin {
                        let flags = known.flags.without(Flags::DELETED);
                        self.put(m, bin, Known { flags, saved: now, ..known });
                    }
                }
            }
            Step::Copy { mailbox, folder, from, to, target } => {
                let (at, into, m) =
                    (self.folder(mailbox, folder), self.folder(mailbox, target), usize::from(mailbox));
                let (set, picked) = self.range(mailbox, at, from, to);
                let copied = self.mailboxes[m].copy(at, &set, into, Limits::default(), Kept::ALL).unwrap();
                let expected: Vec<(u32, u32)> = picked
                    .into_iter()
                    .map(|(uid, known)| (uid, self.put(m, into, Known { saved: now, ..known })))
                    .collect();
                assert_eq!(copied.uids, expected);
            }
            Step::Move { mailbox, folder, from, to, target } => {
                let (at, into, m) =
                    (self.folder(mailbox, folder), self.folder(mailbox, target), usize::from(mailbox));
                let (set, picked) = self.range(mailbox, at, from, to);
                let moved =
                    self.mailboxes[m].move_items(at, &set, into, Limits::default(), Kept::ALL).unwrap();
                let mut expected = Vec::new();
                for (uid, known) in picked {
                    self.model[m].get_mut(&at).unwrap().items.remove(&uid);
                    expected.push((uid, self.put(m, into, Known { saved: now, ..known })));
                }
                assert_eq!(moved.uids, expected);
            }
            Step::Create { mailbox, name, below } => {
                let m = usize::from(mailbox);
                let there = self.named(mailbox, name, below);
                let made = self.mailboxes[m].create_folder(&World::path(name, below), "IPF.Note");
                assert_eq!(made.is_err(), there.is_some());
                for folder in self.mailboxes[m].folders().unwrap() {
                    self.model[m].entry(folder.id).or_insert(Box_ { next: 1, ..Box_::default() });
                }
            }
            Step::Rename { mailbox, name, into } => {
                let m = usize::from(mailbox);
                let Some(id) = self.named(mailbox, name, 0) else { return };
                let taken = self.named(mailbox, into, 0).is_some_and(|other| other != id);
                let renamed = self.mailboxes[m].rename_folder(id, &World::path(into, 0));
                assert_eq!(renamed.is_err(), taken);
            }
            Step::Delete { mailbox, name, below } => {
                let m = usize::from(mailbox);
                let Some(id) = self.named(mailbox, name, below) else { return };
                let full = below == 0 && self.named(mailbox, name, 1).is_some();
                let deleted = self.mailboxes[m].delete_folder(id);
                assert_eq!(deleted.is_err(), full);
                if deleted.is_ok() {
                    let bin = self.folder(mailbox, 2);
                    for (_, known) in self.model[m].remove(&id).unwrap().items {
                        let flags = known.flags.without(Flags::DELETED);
                        self.put(m, bin, Known { flags, saved: now, ..known });
                    }
                    self.mirrors.remove(&id);
                }
            }
            Step::Purge { mailbox, days } => {
                let (bin, m) = (self.folder(mailbox, 2), usize::from(mailbox));
                let before = now - Duration::from_secs(u64::from(days) * 86_400);
                let count = self.mailboxes[m].purge_deletions(before).unwrap();
                let items = &mut self.model[m].get_mut(&bin).unwrap().items;
                let all = items.len();
                items.retain(|_, known| known.saved > before);
                assert_eq!(count as usize, all - items.len());
            }
            Step::Away { mailbox } => {
                let guid = self.mailboxes[usize::from(mailbox)].guid();
                self.database
                    .disconnect(
                        guid,
                        DisconnectReason::Disabled,
                        &Parting { tombstone: b"t".to_vec(), ..Parting::default() },
                    )
                    .unwrap();
                let (letter, to) = (self.letter(true), vec![To::inbox(guid, Limits::default())]);
                let refused = self.database.deliver(to, &letter, None, Acceptance::Each);
                assert_eq!(refused.unwrap()[0].as_ref().unwrap_err().id(), "MailboxDisconnected");
                self.database.reconnect(guid, &Description::default()).unwrap();
            }
            Step::Remount => {
                self.store.dismount(self.database.guid()).unwrap();
                self.store.mount(self.database.guid()).unwrap();
            }
            Step::Index => while self.database.index_slice().unwrap() {},
            Step::Pass { days } => self.clock.pass(Duration::from_secs(u64::from(days) * 86_400)),
        }
    }

    fn clock_now(&self) -> Time {
        use object::Clock as _;
        self.clock.now()
    }

    /// The store is as the model says, and so is what the feed told.
    fn check(&mut self) {
        for (m, mailbox) in self.mailboxes.iter().enumerate() {
            let change = mailbox.change().unwrap();
            assert!(change >= self.changes[m], "change numbers never go back");
            self.changes[m] = change;
            let folders = mailbox.folders().unwrap();
            assert_eq!(
                folders.iter().map(|f| f.id).collect::<BTreeSet<_>>(),
                self.model[m].keys().copied().collect()
            );
            for folder in folders {
                let model = &self.model[m][&folder.id];
                let mut found = BTreeMap::new();
                mailbox
                    .items(folder.id, &UidSet::all(), &mut |item| {
                        found.insert(item.uid, item.clone());
                        Ok(Flow::More)
                    })
                    .unwrap();
                assert_eq!(found.keys().collect::<Vec<_>>(), model.items.keys().collect::<Vec<_>>());
                assert_eq!(folder.uid_next, model.next);
                for (uid, known) in &model.items {
                    let item = &found[uid];
                    assert_eq!((item.flags, words(&item.keywords)), (known.flags, known.keywords.clone()));
                    assert_eq!((item.size, item.saved), (known.text.len() as u64, known.saved));
                    assert_eq!(mailbox.whole_body(folder.id, *uid).unwrap(), known.text);
                }
                follow(mailbox, folder.id, self.mirrors.entry(folder.id).or_default(), model);
            }
        }
        assert_eq!(self.database.verify().unwrap(), []);
    }
}

/// A client asks what changed and must come to the same picture, every other time.
fn follow(mailbox: &Mailbox, folder: FolderId, mirror: &mut Mirror, model: &Box_) {
    let changes = mailbox.changes(folder, mirror.cursor).unwrap();
    for uid in changes.vanished.iter() {
        mirror.items.remove(&uid);
    }
    for item in changes.items {
        assert!(item.change > mirror.cursor);
        mirror.items.insert(item.uid, (item.flags, words(&item.keywords)));
    }
    mirror.cursor = changes.folder.change;
    let expected: BTreeMap<u32, (Flags, BTreeSet<String>)> =
        model.items.iter().map(|(uid, known)| (*uid, (known.flags, known.keywords.clone()))).collect();
    assert_eq!(mirror.items, expected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_random_life_is_as_the_model_says(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
            world.check();
        }
    }
}
