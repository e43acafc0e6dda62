//! Finds the messages that a SEARCH means.  [RFC 9051 6.4.4]
//!
//! First what was written is lowered to what it means (sets to UIDs, ages to moments, texts folded). Then one
//! scan of the rows decides what rows can decide; only what stays open is looked at more closely, cheapest
//! source first: what was rendered at delivery, the header, the whole message.

use mailbox::store::{self, Field, Flags, Flow, FolderId, Item, Mailbox, UidSet};
use message::Texts;
use message::field::Fields;
use object::{ErrorId, Result, Time};
use unicode_normalization::UnicodeNormalization;

use super::key::{Key, Program, TextField, When, Which};
use crate::fetch::answer::{email_id, header, thread_id};
use crate::view::{SYSTEM_FLAGS, View};
use crate::wire::sequence;

/// Up to so many messages are read and looked through; for more the store's index is asked.
const CLOSER_MAX: usize = 20;

/// Up to so many texts the store's index is asked for, one after the other; of more no more is asked than reading each
/// message once costs.
const TEXTS_ASKED_MAX: usize = 50;

const DAY: i64 = 86_400_000_000;

/// A condition in terms of what is kept.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Always(bool),
    Flag(Flags, bool),
    Keyword(String, bool),
    Recent(bool),
    Uids(Vec<(u32, u32)>),
    Text(TextField, String),
    /// From the first moment up to but without the second.
    Date(When, Time, Time),
    Size(u64, u64),
    Changed(u64),
    Email(String),
    Thread(String),
    Not(Box<Test>),
    Any(Vec<Test>),
    Every(Vec<Test>),
}

impl Test {
    /// How many texts are looked for. Recurses as deep as the parser allowed.
    fn texts(&self) -> usize {
        match self {
            Test::Text(..) => 1,
            Test::Not(inner) => inner.texts(),
            Test::Any(tests) | Test::Every(tests) => tests.iter().map(Test::texts).sum(),
            _ => 0,
        }
    }
}

/// A search ready to run on a worker thread.
#[derive(Clone)]
pub(crate) struct Search {
    pub(crate) mailbox: Mailbox,
    pub(crate) folder: FolderId,
    pub(crate) test: Test,
    /// The messages of the view, as UID ranges.
    pub(crate) seen: Vec<(u32, u32)>,
    pub(crate) recent: Vec<(u32, u32)>,
}

/// Text as SORT and THREAD compare it: compatibility forms and case make no difference. [RFC 5051]
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkd().flat_map(char::to_lowercase).nfkd().collect()
}

impl Search {
    /// Lowers a program for a view.
    pub(crate) fn new(program: &Program, view: &View, now: Time) -> Search {
        Search {
            mailbox: view.mailbox.clone(),
            folder: view.folder,
            test: lower(&program.key, view, now),
            seen: sequence::runs(view.uids().iter().copied()),
            recent: view.recent_ranges(),
        }
    }

    /// Whether texts are looked for.
    pub(crate) fn looks_inside(&self) -> bool {
        self.test.texts() > 0
    }

    /// The messages that are meant, ascending.
    pub(crate) fn run(&self) -> Result<Vec<Item>> {
        let mut found: Vec<(Item, bool)> = Vec::new();
        self.mailbox.items(self.folder, &UidSet::all(), &mut |item| {
            if sequence::contains(&self.seen, item.uid) {
                match self.by_row(&self.test, item) {
                    Some(true) => found.push((item.clone(), true)),
                    Some(false) => {}
                    None => found.push((item.clone(), false)),
                }
            }
            Ok(Flow::More)
        })?;
        let open = found.iter().filter(|(_, sure)| !sure).count();
        let ask = open > CLOSER_MAX && self.test.texts() <= TEXTS_ASKED_MAX;
        let test = if ask { self.asked(&self.test)? } else { self.test.clone() };
        let mut out = Vec::with_capacity(found.len());
        for (item, sure) in found {
            let mut closer = Closer::new(self, &item);
            if sure || closer.meets(&test)? {
                out.push(item);
            }
        }
        Ok(out)
    }

    /// The test with its texts looked up in the store's index. Recurses as deep as the parser allowed.
    fn asked(&self, test: &Test) -> Result<Test> {
        let all = |tests: &[Test]| tests.iter().map(|test| self.asked(test)).collect::<Result<Vec<_>>>();
        Ok(match test {
            Test::Text(place, text) => {
                let uids = self.mailbox.search_text(self.folder, &field(place), text)?;
                Test::Uids(uids.ranges().iter().map(|range| (*range.start(), *range.end())).collect())
            }
            Test::Not(inner) => Test::Not(Box::new(self.asked(inner)?)),
            Test::Any(tests) => Test::Any(all(tests)?),
            Test::Every(tests) => Test::Every(all(tests)?),
            other => other.clone(),
        })
    }

    /// What the row alone says; `None` where it cannot.
    fn by_row(&self, test: &Test, item: &Item) -> Option<bool> {
        Some(match test {
            Test::Always(always) => *always,
            Test::Flag(flag, set) => item.flags.has(*flag) == *set,
            Test::Keyword(word, set) => {
                item.keywords.split_ascii_whitespace().any(|known| known.eq_ignore_ascii_case(word)) == *set
            }
            Test::Recent(recent) => sequence::contains(&self.recent, item.uid) == *recent,
            Test::Uids(ranges) => sequence::contains(ranges, item.uid),
            Test::Date(When::Received, from, to) => (*from..*to).contains(&item.received),
            Test::Date(When::Saved, from, to) => (*from..*to).contains(&item.saved),
            Test::Size(larger, smaller) => item.size > *larger && item.size < *smaller,
            Test::Changed(since) => item.change >= *since,
            Test::Email(id) => *id == email_id(item.email),
            Test::Thread(id) => *id == thread_id(item.thread),
            Test::Date(When::Sent, ..) | Test::Text(..) => return None,
            Test::Not(inner) => return self.by_row(inner, item).map(|met| !met),
            Test::Any(tests) => return self.any_by_row(tests, item, true),
            Test::Every(tests) => return self.any_by_row(tests, item, false),
        })
    }

    /// Whether one of the tests comes out as `wanted`: that settles ANY with true and EVERY with false.
    fn any_by_row(&self, tests: &[Test], item: &Item, wanted: bool) -> Option<bool> {
        let mut open = false;
        for test in tests {
            match self.by_row(test, item) {
                Some(met) if met == wanted => return Some(wanted),
                Some(_) => {}
                None => open = true,
            }
        }
        (!open).then_some(!wanted)
    }
}

/// One message looked at more closely; each source is read when it is first needed. What it answers is what the
/// store's index answers: the same texts, folded the same way.
struct Closer<'a> {
    search: &'a Search,
    item: &'a Item,
    sent_day: Option<Option<Time>>,
    header: Option<Vec<u8>>,
    /// The texts that the header alone has, folded.
    heads: Option<Texts>,
    /// All texts, folded.
    texts: Option<Texts>,
}

impl<'a> Closer<'a> {
    fn new(search: &'a Search, item: &'a Item) -> Closer<'a> {
        Closer { search, item, sent_day: None, header: None, heads: None, texts: None }
    }
}

impl Closer<'_> {
    /// Recurses as deep as the parser allowed.
    fn meets(&mut self, test: &Test) -> Result<bool> {
        if let Some(met) = self.search.by_row(test, self.item) {
            return Ok(met);
        }
        match test {
            Test::Not(inner) => self.meets(inner).map(|met| !met),
            Test::Any(tests) => self.any(tests, true),
            Test::Every(tests) => self.any(tests, false),
            Test::Date(_, from, to) => Ok(self.sent_day()?.is_some_and(|day| (*from..*to).contains(&day))),
            Test::Text(place, text) => self.holds(place, text),
            _ => Ok(false),
        }
    }

    /// Like [`Search::any_by_row`]; tests that the row settles come first because they cost nothing.
    fn any(&mut self, tests: &[Test], wanted: bool) -> Result<bool> {
        for test in tests {
            if self.meets(test)? == wanted {
                return Ok(wanted);
            }
        }
        Ok(!wanted)
    }

    /// The sender's day; without a Date field the day of arrival. [RFC 5256 2.2]
    fn sent_day(&mut self) -> Result<Option<Time>> {
        let (search, uid, received) = (self.search, self.item.uid, self.item.received);
        get_or_try(&mut self.sent_day, || {
            let mut sent_day = None;
            search.mailbox.rendered(search.folder, &UidSet::of_range(uid..=uid), &mut |_, rendered| {
                sent_day = rendered.sent_day;
                Ok(Flow::Stop)
            })?;
            Ok(Some(sent_day.unwrap_or(Time(received.0 - received.0.rem_euclid(DAY)))))
        })
        .copied()
    }

    fn holds(&mut self, place: &TextField, text: &str) -> Result<bool> {
        Ok(match place {
            TextField::Subject => self.heads()?.subject.contains(text),
            TextField::From => self.heads()?.from.contains(text),
            TextField::To => self.heads()?.to.contains(text),
            TextField::Cc => self.heads()?.cc.contains(text),
            TextField::Bcc => self.heads()?.bcc.contains(text),
            TextField::Header(name) => {
                let holds = |field: &message::Field<'_>| store::fold(&field.text()).contains(text);
                Fields::of(self.header()?).any(|field| field.is(name) && holds(&field))
            }
            TextField::Body => self.texts()?.body.contains(text),
            TextField::Text => self.texts()?.header.contains(text) || self.texts()?.body.contains(text),
        })
    }

    fn header(&mut self) -> Result<&[u8]> {
        let (search, item) = (self.search, self.item);
        let read = || match header(&search.mailbox, search.folder, item) {
            // Expunged meanwhile by another session: it holds nothing any more.
            Err(error) if error.is(ErrorId::ItemNotFound) => Ok(Vec::new()),
            read => read,
        };
        get_or_try(&mut self.header, read).map(|header| header.as_slice())
    }

    fn heads(&mut self) -> Result<&Texts> {
        let heads = match self.heads.take() {
            Some(known) => known,
            None => folded(message::render(self.header()?).texts),
        };
        Ok(self.heads.insert(heads))
    }

    fn texts(&mut self) -> Result<&Texts> {
        let (search, uid) = (self.search, self.item.uid);
        get_or_try(&mut self.texts, || match search.mailbox.whole_body(search.folder, uid) {
            Ok(bytes) => Ok(folded(message::render(&bytes).texts)),
            Err(error) if error.is(ErrorId::ItemNotFound) => Ok(Texts::default()),
            Err(error) => Err(error),
        })
    }
}

fn folded(texts: Texts) -> Texts {
    let fold = |text: String| store::fold(&text);
    let Texts { from, to, cc, bcc, subject, header, body } = texts;
    Texts {
        from: fold(from),
        to: fold(to),
        cc: fold(cc),
        bcc: fold(bcc),
        subject: fold(subject),
        header: fold(header),
        body: fold(body),
    }
}

/// The store's word for a place.
fn field(place: &TextField) -> Field {
    match place {
        TextField::From => Field::From,
        TextField::To => Field::To,
        TextField::Cc => Field::Cc,
        TextField::Bcc => Field::Bcc,
        TextField::Subject => Field::Subject,
        TextField::Header(name) => Field::Header(name.clone()),
        TextField::Body => Field::Body,
        TextField::Text => Field::Text,
    }
}

fn get_or_try<T>(place: &mut Option<T>, make: impl FnOnce() -> Result<T>) -> Result<&T> {
    Ok(match place {
        Some(known) => known,
        None => place.insert(make()?),
    })
}

fn lower(key: &Key, view: &View, now: Time) -> Test {
    let all = |keys: &[Key]| keys.iter().map(|key| lower(key, view, now)).collect();
    match key {
        Key::All | Key::SaveDateSupported => Test::Always(true),
        Key::Flag(name, set) => flag(name, *set),
        Key::Recent(recent) => Test::Recent(*recent),
        // Numbers that no message has are found nowhere; in a search that is no error.
        Key::Numbers(set) => Test::Uids(sequence::runs(view.by_number_leniently(set))),
        Key::Uids(set) => Test::Uids(sequence::runs(view.by_uid(set))),
        Key::Text(place, text) => text_test(place, text),
        Key::Day(when, which, day) => day_test(*when, *which, *day),
        Key::Younger(seconds, younger) => {
            let then = Time(now.0.saturating_sub(i64::from(*seconds) * 1_000_000));
            let test = Test::Date(When::Received, then, Time(i64::MAX));
            if *younger { test } else { Test::Not(Box::new(test)) }
        }
        Key::Larger(bytes) => Test::Size(*bytes, u64::MAX),
        Key::Smaller(bytes) => smaller(*bytes),
        Key::ModSeq(change) => Test::Changed(*change),
        Key::EmailId(id) => Test::Email(id.clone()),
        Key::ThreadId(id) => Test::Thread(id.clone()),
        Key::Not(inner) => Test::Not(Box::new(lower(inner, view, now))),
        Key::Any(keys) => Test::Any(all(keys)),
        Key::Every(keys) => Test::Every(all(keys)),
    }
}

fn smaller(bytes: u64) -> Test {
    // `Size` has an open lower bound, which no message of zero bytes would pass.
    Test::Not(Box::new(Test::Size(bytes.saturating_sub(1), u64::MAX)))
}

fn flag(name: &str, set: bool) -> Test {
    match SYSTEM_FLAGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        Some((_, flag)) => Test::Flag(*flag, set),
        None => Test::Keyword(name.to_string(), set),
    }
}

/// The empty text is everywhere, but in a header field only where there is the field. [RFC 9051 6.4.4]
fn text_test(place: &TextField, text: &str) -> Test {
    match place {
        TextField::Header(_) => Test::Text(place.clone(), store::fold(text)),
        _ if text.is_empty() => Test::Always(true),
        _ => Test::Text(place.clone(), store::fold(text)),
    }
}

fn day_test(when: When, which: Which, day: Time) -> Test {
    let next = Time(day.0.saturating_add(DAY));
    match which {
        Which::Before => Test::Date(when, Time(i64::MIN), day),
        Which::On => Test::Date(when, day, next),
        Which::Since => Test::Date(when, day, Time(i64::MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_difference() {
        for (text, other) in
            [("KÄSE", "käse"), ("ＦＵＬＬ", "full"), ("ﬁn", "FIN"), ("a\u{308}", "Ä"), ("Ⅳ", "iv")]
        {
            assert_eq!(fold(text), fold(other));
        }
        assert_ne!(fold("käse"), fold("kase"));
    }

    /// An inbox with these messages.
    fn inbox(messages: &[&str]) -> (Mailbox, FolderId) {
        use mailbox::store::{
            Append, Description, Incoming, Limits, Store, TargetFolder as Where, WellKnown,
        };
        let clock = object::WoundClock::at(Time::of_date(2026, 11, 21));
        let database =
            Store::memory(std::sync::Arc::new(clock)).mount(object::types::Guid::random()).unwrap();
        let mailbox =
            database.create_mailbox(object::types::Guid::random(), &Description::default()).unwrap();
        let folder = mailbox.known(WellKnown::Inbox).unwrap().id;
        for message in messages {
            let message = Incoming::new(message.as_bytes().to_vec());
            let append = Append { message, flags: Flags::NONE, keywords: Vec::new(), received: None };
            mailbox.append(Where::Folder(folder), vec![append], Limits::default()).unwrap();
        }
        (mailbox, folder)
    }

    #[test]
    fn few_messages_and_many_are_searched_alike() {
        let (mailbox, folder) = inbox(&[
            "Subject: =?utf-8?Q?Stra=C3=9Fe?=\r\nFrom: \"Doe, Jane\" <jane@far.example> (at work)\r\n\r\nfar  and\r\n wide\r\n",
            "Subject: STRASSE\r\nX-Kind: a\r\n\tb\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nὈδυσσεύς\r\n",
            "Subject: e\u{301}t\u{e9}\r\nTo: g: ann@x, ben@x;\r\nContent-Type: text/html\r\n\r\n<p>far <b>and</b> wide</p>\r\n",
            "Cc: =?iso-8859-1?Q?K=E4the?= <k@x>\r\nX-Kind:\r\n\r\n\u{1f389} \u{212a}elvin ﬁne\r\n",
        ]);
        let header = || TextField::Header("X-Kind".into());
        for (place, text, expected) in [
            (TextField::Subject, "strasse", vec![1, 2]),
            (TextField::Subject, "STRAßE", vec![1, 2]),
            (TextField::Subject, "ÉTÉ", vec![3]),
            (TextField::Body, "ὈΔΥΣΣΕΎΣ", vec![2]),
            (TextField::Body, "far and wide", vec![1, 3]),
            (TextField::Body, "AND W", vec![1, 3]),
            (TextField::Body, "kelvin FINE", vec![4]),
            (TextField::Text, "\u{1f389}", vec![4]),
            (TextField::Text, "jane@far", vec![1]),
            (TextField::From, "Doe, J", vec![1]),
            (TextField::To, "BEN@x", vec![3]),
            (TextField::Cc, "KÄTHE", vec![4]),
            (TextField::Bcc, "k", vec![]),
            (header(), "A B", vec![2]),
            (header(), "", vec![2, 4]),
            (header(), "c", vec![]),
        ] {
            let test = text_test(&place, text);
            let search =
                Search { mailbox: mailbox.clone(), folder, test, seen: vec![(1, 9)], recent: vec![] };
            let uids =
                |search: &Search| search.run().unwrap().iter().map(|item| item.uid).collect::<Vec<_>>();
            let few = uids(&search);
            let many = uids(&Search { test: search.asked(&search.test).unwrap(), ..search });
            assert_eq!((&few, &many), (&expected, &expected), "{place:?} {text}");
        }
    }

    #[test]
    fn many_texts_are_looked_for_in_one_reading() {
        let messages: Vec<String> = (0..30).map(|n| format!("Subject: <{n}>\r\n\r\ntext\r\n")).collect();
        let (mailbox, folder) = inbox(&messages.iter().map(String::as_str).collect::<Vec<_>>());
        for count in [3, TEXTS_ASKED_MAX as u32, 2_000] {
            let texts = (0..count).map(|n| text_test(&TextField::Subject, &format!("<{}>", n * 7)));
            let test = Test::Any(texts.collect());
            let search =
                Search { mailbox: mailbox.clone(), folder, test, seen: vec![(1, 99)], recent: vec![] };
            let found: Vec<u32> = search.run().unwrap().iter().map(|item| item.uid).collect();
            let expected: Vec<u32> = (0..count.min(5)).map(|n| n * 7 + 1).collect();
            assert_eq!(found, expected, "{count}");
        }
    }
}
