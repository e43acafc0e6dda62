//! Whatever is searched for, the index answers as if every message had been read.

use std::sync::Arc;

use object::types::Guid;
use object::{Time, WoundClock};
use proptest::prelude::*;

use super::*;
use crate::{Acceptance, Database, Description, Incoming, Kept, Limits, Store, To, WellKnown};

fn house() -> (Database, Mailbox, FolderId) {
    let store = Store::memory(Arc::new(WoundClock::at(Time(0))));
    let database = store.mount(Guid::of_u128(1)).unwrap();
    let mailbox = database.create_mailbox(Guid::of_u128(7), &Description::default()).unwrap();
    let inbox = mailbox.known(WellKnown::Inbox).unwrap().id;
    (database, mailbox, inbox)
}

fn put(database: &Database, mailbox: &Mailbox, subject: &str, body: &str) {
    let text = format!(
        "Subject: {subject}\r\nFrom: Ann Ber\u{fc}g <ann@contoso.com>\r\nX-Mark: left, right\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    );
    let to = vec![To::inbox(mailbox.guid(), Limits::default())];
    database
        .deliver(to, &Incoming::new(text.into_bytes()), None, Acceptance::Each)
        .unwrap()
        .remove(0)
        .unwrap();
}

#[test]
fn fields_are_told_apart_and_case_does_not_count() {
    let (database, mailbox, inbox) = house();
    put(&database, &mailbox, "Quarterly numbers", "Strasse, see ann@contoso.com and the Größe of ΣΊΣΥΦΟΣ");
    put(&database, &mailbox, "Re: lunch", "quarterly meeting at 日本語のホテル; 手机 and line\r\nbroken");
    for (field, text, found) in [
        (Field::Subject, "QUARTER", &[1][..]),
        (Field::Text, "quarter", &[1, 2]),
        (Field::Body, "quarter", &[2]),
        (Field::Body, "straße", &[1]),
        (Field::Body, "RÖSS", &[1]),
        (Field::Body, "σίσυφος", &[1]),
        (Field::Body, "本語", &[2]),
        (Field::Body, "日本語の", &[2]),
        (Field::Body, "本日", &[]),
        (Field::Body, "语", &[]),
        (Field::Body, "機", &[]),
        (Field::Body, "机", &[2]),
        (Field::Body, "line broken", &[2]),
        (Field::Body, "ne bro", &[2]),
        (Field::Body, "nn@con", &[1]),
        (Field::From, "nn@con", &[1, 2]),
        (Field::From, "BERÜ", &[1, 2]),
        (Field::To, "ann", &[]),
        (Field::Header("x-mark".into()), "left, r", &[1, 2]),
        (Field::Header("x-mark".into()), "", &[1, 2]),
        (Field::Header("X-None".into()), "", &[]),
        (Field::Header("subject".into()), "left", &[]),
        (Field::Body, ";", &[2]),
        (Field::Body, "", &[1, 2]),
        (Field::Subject, "e", &[1, 2]),
    ] {
        let answer = mailbox.search_text(inbox, &field, text).unwrap();
        assert_eq!(answer.iter().collect::<Vec<_>>(), found, "{field:?} {text:?}");
    }
    let elsewhere = mailbox.known(WellKnown::Archive).unwrap().id;
    assert!(mailbox.search_text(elsewhere, &Field::Text, "quarter").unwrap().is_empty());
    assert!(database.verify().unwrap().is_empty());
}

#[test]
fn a_message_with_too_many_words_is_found_all_the_same() {
    let (database, mailbox, inbox) = house();
    let many: String =
        (0..60_000).map(|n| format!("{n:x}q{}", if n % 9 == 0 { "\r\n" } else { " " })).collect();
    put(&database, &mailbox, "many", &many);
    put(&database, &mailbox, "few", "abcq");
    for (text, found) in [("abcq", &[1, 2][..]), ("a7d8q", &[1]), ("zzz", &[])] {
        let answer = mailbox.search_text(inbox, &Field::Body, text).unwrap();
        assert_eq!(answer.iter().collect::<Vec<_>>(), found, "{text:?}");
    }
}

#[test]
fn moved_and_expunged_items_are_found_where_they_are() {
    let (database, mailbox, inbox) = house();
    let archive = mailbox.known(WellKnown::Archive).unwrap().id;
    for number in 0..5 {
        put(&database, &mailbox, "x", &format!("needle{number}"));
    }
    let all = |folder| mailbox.search_text(folder, &Field::Body, "edle").unwrap().len();
    assert_eq!((all(inbox), all(archive)), (5, 0));
    mailbox.move_items(inbox, &UidSet::of_uids([1, 2]), archive, Limits::default(), Kept::ALL).unwrap();
    mailbox.copy(inbox, &UidSet::of_uids([3]), archive, Limits::default(), Kept::ALL).unwrap();
    mailbox.expunge(inbox, &UidSet::of_uids([4]), Flags::NONE, Limits::default()).unwrap();
    assert_eq!((all(inbox), all(archive)), (2, 3));
    mailbox.purge_deletions(Time(i64::MAX)).unwrap();
    assert!(database.verify().unwrap().is_empty());
}

#[test]
fn copies_are_found_before_they_are_indexed() {
    let (database, mailbox, inbox) = house();
    let archive = mailbox.known(WellKnown::Archive).unwrap().id;
    for number in 0..600 {
        put(&database, &mailbox, "x", &format!("needle{number} in the hay"));
    }
    while database.index_slice().unwrap() {}
    mailbox.copy(inbox, &UidSet::all(), archive, Limits::default(), Kept::ALL).unwrap();
    put(&database, &mailbox, "x", "needle17 again");
    for (text, here, there) in
        [("needle17 ", 2, 1), ("edle5", 111, 111), ("in the hay", 600, 600), ("no", 0, 0)]
    {
        let found = |folder| mailbox.search_text(folder, &Field::Body, text).unwrap().len();
        assert_eq!((found(inbox), found(archive)), (here, there), "{text}");
    }
}

/// Letters that meet every rule: ASCII, punctuation, blanks, case that changes length, marks, dense scripts.
fn text(longest: usize) -> impl Strategy<Value = String> {
    let letters = prop::sample::select(
        "aabbcAB12  ..-@éÉßSsσς日本語本のカ手ｶﾞกข\u{301}ﬁ한국\u{3000}अम".chars().collect::<Vec<_>>(),
    );
    prop::collection::vec(letters, 0..longest).prop_map(|chars| chars.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_index_answers_like_reading_everything(
        bodies in prop::collection::vec(prop_oneof![4 => text(30), 1 => text(120).prop_map(|t| t.replace([' ', '.', '-', '@'], "x"))], 1..8),
        needles in prop::collection::vec(prop_oneof![3 => text(4), 2 => text(9)], 1..12),
        cut in (0usize..100, 0usize..40),
    ) {
        let (database, mailbox, inbox) = house();
        for body in &bodies {
            put(&database, &mailbox, "s", body);
        }
        // A piece of a real text, so that long needles are met as well.
        let chars: Vec<char> = bodies[0].chars().collect();
        let piece: String = chars.iter().skip(cut.0 % chars.len().max(1)).take(cut.1).collect();
        for needle in needles.iter().chain([&piece]) {
            let folded = fold(needle);
            let mut expected = Vec::new();
            for uid in mailbox.uids(inbox).unwrap().1.iter() {
                let raw = mailbox.whole_body(inbox, uid).unwrap();
                if fold(&message::render(&raw).texts.body).contains(&folded) {
                    expected.push(uid);
                }
            }
            let found = mailbox.search_text(inbox, &Field::Body, needle).unwrap();
            prop_assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{:?} in {:?}", needle, bodies);
        }
    }
}
