//! Every fault that can be planted is found, named, and mended where it says so.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::sync::Arc;

use mailstead_store::*;
use object::types::Guid;
use object::{Result, Time, WoundClock};

/// A small house with something of everything, and the database below it.
fn house() -> (Store, Database, db::Database) {
    let below = db::memory().unwrap();
    let opened = below.clone();
    let clock = Arc::new(WoundClock::at(Time::of_date(2026, 11, 21)));
    let store = Store::with(Box::new(move |_| Ok(opened.clone())), clock);
    let database = store.mount(Guid::of_u128(1)).unwrap();
    fill(&database).unwrap();
    (store, database, below)
}

fn fill(database: &Database) -> Result<()> {
    let ann = database.create_mailbox(Guid::of_u128(7), &Description::default())?;
    let ben = database.create_mailbox(Guid::of_u128(8), &Description::default())?;
    for number in 0..6 {
        let text = format!("Message-ID: <{number}@x>\r\nSubject: s{number}\r\n\r\nbody {number}\r\n");
        let to = [&ann, &ben].map(|mailbox| To::inbox(mailbox.guid(), Limits::default())).to_vec();
        database.deliver(to, &Incoming::new(text.into_bytes()), None, Acceptance::Each)?;
    }
    let inbox = ann.known(WellKnown::Inbox)?.id;
    let change = FlagChange { mode: FlagMode::Add, flags: Flags::SEEN, keywords: vec!["Blue".into()] };
    ann.change_flags(inbox, &UidSet::of_uids([1, 2]), &change, None)?;
    ann.expunge(inbox, &UidSet::of_ranges([4..=5]), Flags::NONE, Limits::default())?;
    let value = PropertyValue::Int(1);
    ann.set_properties(inbox, 1, vec![(PropertyKey::Named(Guid::of_u128(5), "n".into()), Some(value))])?;
    let gone = ann.create_folder(&["Gone"], "IPF.Note")?;
    ann.delete_folder(gone.id)?;
    ann.create_folder(&["One", "Two"], "IPF.Note")?;
    let fai = Append {
        message: Incoming::new(&b"x"[..]),
        flags: Flags::ASSOCIATED,
        keywords: vec![],
        received: None,
    };
    ann.append(TargetFolder::Folder(inbox), vec![fai], Limits::default())?;
    database.create_mailbox(Guid::of_u128(9), &Description::default())?;
    database.disconnect(
        Guid::of_u128(9),
        DisconnectReason::Disabled,
        &Parting { tombstone: b"x".to_vec(), ..Parting::default() },
    )?;
    ann.search_text(inbox, &Field::Text, "body").map(drop)
}

fn ids(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.id).collect()
}

#[test]
fn a_sound_database_has_no_findings_and_rebuild_changes_nothing_one_can_see() {
    let (_store, database, _) = house();
    assert_eq!(database.verify().unwrap(), []);
    let ann = database.mailbox(Guid::of_u128(7)).unwrap();
    let before = (ann.folders().unwrap(), ann.usage().unwrap());
    assert_eq!(database.rebuild().unwrap(), Rebuilt::default());
    assert_eq!((ann.folders().unwrap(), ann.usage().unwrap()), before);
}

#[test]
fn every_planted_fault_is_found_and_mended_where_it_says_so() {
    let faults: &[(&str, bool, &str)] = &[
        ("FolderCounters", true, "UPDATE folder SET total = total + 1 WHERE id = 1"),
        ("FolderCounters", true, "UPDATE folder SET unseen = unseen + 1 WHERE id = 1"),
        ("FolderCounters", true, "UPDATE folder SET associated_size = 0 WHERE id = 1"),
        ("FolderCounters", true, "DELETE FROM item WHERE folder = 1 AND uid = 3"),
        ("MailboxCounters", true, "UPDATE mailbox SET item_size = item_size + 1 WHERE id = 1"),
        ("MailboxCounters", true, "UPDATE mailbox SET deleted_count = 0 WHERE id = 1"),
        ("UidNext", true, "UPDATE folder SET uid_next = 2 WHERE id = 1"),
        ("FolderChange", true, "UPDATE folder SET change = 1 WHERE id = 1"),
        ("MailboxChange", true, "UPDATE mailbox SET change = 1 WHERE id = 1"),
        ("ItemNumber", true, "UPDATE mailbox SET next_number = 2, indexed = 1 WHERE id = 1"),
        ("ItemFolder", true, "UPDATE item SET folder = 900 WHERE folder = 1 AND uid = 1"),
        ("ItemBody", false, "UPDATE item SET body = 900 WHERE folder = 1 AND uid = 1"),
        ("ItemBody", false, "UPDATE item SET size = 1 WHERE folder = 1 AND uid = 1"),
        ("BodyReferences", true, "UPDATE body SET refs = 1 WHERE id = 1"),
        (
            "BodyReferences",
            true,
            "INSERT INTO body (id, head, hash, size, refs) VALUES (800, 0, x'00', 0, 0)",
        ),
        ("RenderingMissing", true, "DELETE FROM rendered WHERE body = 1"),
        ("RenderingOrphan", true, "UPDATE rendered SET body = 901 WHERE body = 1"),
        ("ChunkOrphan", true, "INSERT INTO chunk (id, data) VALUES (901 << 16, x'00')"),
        ("FolderMailbox", true, "UPDATE folder SET mailbox = 90 WHERE name = 'Two'"),
        ("UidValidity", true, "UPDATE folder SET uid_validity = 4000000000 WHERE id = 1"),
        (
            "UidValidity",
            true,
            "UPDATE folder SET uid_validity = (SELECT uid_validity FROM folder WHERE id = 1) WHERE id = 2",
        ),
        ("Tombstone", true, "INSERT INTO vanished (folder, change, low, high) VALUES (1, 1, 1, 2)"),
        ("Tombstone", true, "INSERT INTO vanished (folder, change, low, high) VALUES (900, 1, 1, 2)"),
        ("FolderTombstone", true, "UPDATE folder_gone SET folder = 1"),
        ("MailboxTombstone", false, "INSERT INTO mailbox_gone (guid, purged) SELECT guid, 0 FROM mailbox"),
        ("MailboxState", true, "UPDATE mailbox SET state = 9 WHERE id = 3"),
        ("MailboxState", true, "UPDATE mailbox SET disconnected = NULL WHERE id = 3"),
        ("PropertyOrphan", true, "INSERT INTO property (item, id, kind) VALUES (5, 1, 1)"),
        ("PropertyOrphan", true, "DELETE FROM property_name"),
        ("ReadStateOrphan", true, "INSERT INTO seen (holder, item, seen) VALUES (x'00', 5, 1)"),
        ("MailboxOrphan", true, "INSERT INTO thread_key (mailbox, hash, thread) VALUES (77, 1, 1)"),
        ("KeywordOrphan", true, "INSERT INTO keyword (folder, folded, name) VALUES (900, 'a', 'a')"),
        ("KeywordUnknown", true, "DELETE FROM keyword"),
        ("Sequence", true, "UPDATE counter SET value = 1 WHERE name = 'body'"),
        ("FolderTree", true, "UPDATE folder SET parent = id WHERE name = 'Two'"),
        ("FolderTree", true, "UPDATE folder SET parent = 900 WHERE name = 'Deletions'"),
        ("FolderName", true, "UPDATE folder SET name_key = 'x' WHERE name = 'Two'"),
        ("FolderHidden", true, "UPDATE folder SET hidden = 1 WHERE id = 1"),
        ("WellKnownMissing", true, "UPDATE folder SET kind = 0 WHERE name = 'Tasks'"),
        ("SearchIndex", true, "DELETE FROM item_text WHERE rowid = (1 << 40) + 1"),
        ("SearchIndex", true, "UPDATE mailbox SET indexed = 0 WHERE id = 1"),
        ("BodyDamaged", false, "UPDATE chunk SET data = x'0041' WHERE id = 1 << 16"),
        ("BodyDamaged", false, "DELETE FROM chunk WHERE id = 1 << 16"),
    ];
    for (id, mendable, sql) in faults {
        let (_store, database, below) = house();
        let sql: &'static str = sql;
        assert!(below.write(move |tx| tx.execute(sql, &[])).unwrap() > 0, "{sql}");
        let found = database.verify().unwrap();
        let finding = found.iter().find(|finding| finding.id == *id);
        let finding = finding.unwrap_or_else(|| panic!("{sql}: {found:?}"));
        assert_eq!(finding.mendable, *mendable, "{sql}");
        let rebuilt = database.rebuild().unwrap();
        assert_eq!(rebuilt.before, found, "{sql}");
        match mendable {
            true => assert_eq!(rebuilt.after, [], "{sql}"),
            false => assert!(ids(&rebuilt.after).contains(id), "{sql}"),
        }
    }
}

#[test]
fn rebuild_lets_traces_be_found_by_their_addresses_again() {
    let (_store, database, below) = house();
    let trace = Trace {
        id: Guid::of_u128(5),
        at: Time(5),
        sender: "far@far.example".into(),
        recipients: vec![TraceRecipient {
            address: "Ann@contoso.com".into(),
            resolved: None,
            mailbox: Guid::of_u128(7),
            delivered: true,
        }],
        subject: "plans".into(),
        size: 1,
        internet_message_id: "1@far.example".into(),
    };
    let to = vec![To::inbox(Guid::of_u128(7), Limits::default())];
    database.deliver(to, &Incoming::new(&b"x"[..]), Some(trace), Acceptance::Each).unwrap();
    database.rebuild().unwrap();
    let sql = "UPDATE trace_address SET at = 4";
    assert_eq!(below.write(move |tx| tx.execute(sql, &[])).unwrap(), 2);
    let found = |sender: Option<&str>, recipient: Option<&str>| {
        let (sender, recipient) = (sender.map(str::to_owned), recipient.map(str::to_owned));
        let wanted =
            WantedTraces { from: Time(0), until: Time(9), sender, recipient, subject: None, resolved: false };
        let mut count = 0;
        database
            .traces_where(&wanted, &mut |_| {
                count += 1;
                Ok(Flow::More)
            })
            .unwrap();
        count
    };
    let ways = || (found(Some("far@far.example"), None), found(None, Some("ann@contoso.com")));
    assert_eq!(ways(), (0, 0));
    database.rebuild().unwrap();
    assert_eq!(ways(), (1, 1));
    let left = below.read(|tx| tx.number("SELECT COUNT(*) FROM trace_address", &[])).unwrap();
    assert_eq!(left, 2, "what hangs on nothing is gone");
}

#[test]
fn rebuild_never_gives_a_number_twice_and_loses_no_mail() {
    let (_store, database, below) = house();
    let ann = database.mailbox(Guid::of_u128(7)).unwrap();
    let inbox = ann.known(WellKnown::Inbox).unwrap();
    let two = ann.find(&["One", "Two"]).unwrap().unwrap();
    ann.move_items(inbox.id, &UidSet::of_uids([1]), two.id, Limits::default(), Kept::ALL).unwrap();
    below.write(move |tx| tx.execute("DELETE FROM folder WHERE id = $1", &[two.id.0.into()])).unwrap();
    below.write(|tx| tx.execute("UPDATE folder SET uid_next = 1 WHERE id = 1", &[])).unwrap();
    let rebuilt = database.rebuild().unwrap();
    assert_eq!(rebuilt.after, []);
    let (after, uids) = ann.uids(inbox.id).unwrap();
    assert_eq!(uids.iter().collect::<Vec<_>>(), [2, 3, 6, 8], "the rescued one has a new UID");
    assert_eq!(after.uid_next, 9);
    assert_eq!(ann.whole_body(inbox.id, 8).unwrap(), b"Message-ID: <0@x>\r\nSubject: s0\r\n\r\nbody 0\r\n");
}

#[test]
fn a_damaged_body_is_told_by_mailbox_folder_and_uid_and_the_rest_is_served() {
    let (_store, database, below) = house();
    below.write(|tx| tx.execute("UPDATE chunk SET data = x'01FF' WHERE id = 1 << 16", &[])).unwrap();
    let found = database.verify().unwrap();
    let by_id: BTreeMap<&str, &Finding> = found.iter().map(|finding| (finding.id, finding)).collect();
    let told = &by_id["BodyDamaged"].sentence;
    assert!(told.contains("00000007") && told.contains("'Inbox', UID 1"), "{told}");
    let ben = database.mailbox(Guid::of_u128(8)).unwrap();
    let inbox = ben.known(WellKnown::Inbox).unwrap().id;
    assert_eq!(ben.whole_body(inbox, 1).unwrap_err().id(), "BodyDamaged");
    assert!(ben.whole_body(inbox, 2).is_ok());
    assert_eq!(ben.search_text(inbox, &Field::Body, "body").unwrap(), UidSet::of_ranges([2..=6]));
}

#[test]
fn what_an_older_parser_rendered_is_rendered_anew_behind_everything_else() {
    let (store, database, below) = house();
    let outdated = |below: &db::Database| {
        below.read(|tx| tx.number("SELECT count(*) FROM rendered WHERE parser = 0", &[])).unwrap()
    };
    below
        .write(|tx| tx.execute("UPDATE rendered SET parser = 0, envelope = x'00', checksum = NULL", &[]))
        .unwrap();
    below
        .write(|tx| tx.execute("UPDATE info SET value = x'0000000000000000' WHERE name = 'rendered_by'", &[]))
        .unwrap();
    store.dismount(database.guid()).unwrap();
    store.mount(database.guid()).unwrap();
    assert_eq!(database.verify().unwrap(), [], "old is not broken");
    while database.index_slice().unwrap() {}
    database.maintain_slice().unwrap();
    assert_eq!(outdated(&below), 0);
    let ann = database.mailbox(Guid::of_u128(7)).unwrap();
    let inbox = ann.known(WellKnown::Inbox).unwrap().id;
    let mut count = 0;
    ann.rendered(inbox, &UidSet::all(), &mut |_, rendered| {
        assert!(rendered.envelope.starts_with(b"("));
        count += 1;
        Ok(Flow::More)
    })
    .unwrap();
    assert!(count > 0);
    below.write(|tx| tx.execute("UPDATE rendered SET parser = 0", &[])).unwrap();
    database.rebuild().unwrap();
    assert_eq!(outdated(&below), 0);
}

#[test]
fn what_is_kept_beside_a_message_is_made_anew_when_it_is_damaged() {
    let (_store, database, below) = house();
    let ann = database.mailbox(Guid::of_u128(7)).unwrap();
    let inbox = ann.known(WellKnown::Inbox).unwrap().id;
    for column in ["subject", "envelope", "structure", "preview", "sent_day", "header_bytes", "checksum"] {
        let sql = match column {
            "sent_day" | "header_bytes" | "checksum" => format!("UPDATE rendered SET {column} = 7"),
            _ => format!("UPDATE rendered SET {column} = x'6e6f'"),
        };
        below.write(move |tx| tx.execute(&sql, &[]).map(drop)).unwrap();
        assert!(ids(&database.verify().unwrap()).contains(&"RenderedDamaged"), "{column}");
        let mut subjects = Vec::new();
        ann.rendered(inbox, &UidSet::all(), &mut |item, rendered| {
            subjects.push((item.uid, rendered.subject.clone()));
            Ok(Flow::More)
        })
        .unwrap();
        let expected = [(1, "s0"), (2, "s1"), (3, "s2"), (6, "s5")].map(|(uid, text)| (uid, text.to_owned()));
        assert_eq!(subjects, expected, "{column}");
        let rebuilt = database.rebuild().unwrap();
        assert_eq!(rebuilt.after, [], "{column}");
    }
}
