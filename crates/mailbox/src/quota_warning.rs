//! Owners are told by mail that a mailbox or archive has reached a quota: when it grows over one, and then once a day, at the
//! hour that its database says, for as long as it stays there.
//!
//! The warning lies in the mailbox even where nothing else comes in any more. Of recoverable items administrators are told, in
//! the log; where nobody has to be able to recover them, what was deleted first goes then.

use crate::quota::{Level, Quotas};
use crate::{Language, Mailboxes, Phrase, language_of};
use directory::schedule::{Span, since_last_start};
use directory::schema::{database as of_database, mailbox as own, recipient};
use directory::{Record, primary};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use message::{base64_lines, date, encode_words, trace};
use object::types::{ByteQuantifiedSize, Guid};
use object::{Declared, Error, Result, Time};
use std::sync::Arc;
use std::time::Duration;
use store::{Acceptance, Fullness, Incoming, Limits, To, Trace, TraceRecipient};

/// Once a day, less what one round may come earlier than the one before.
const DAY: Duration = Duration::from_secs(20 * 3600);

/// What a round of warnings did.
#[derive(Debug, Default)]
pub struct Warned {
    /// How many owners were told.
    pub told: u64,
    /// How many recoverable items went because there were too many.
    pub purged: u64,
    /// What went wrong; each names its mailbox.
    pub faults: Vec<Error>,
}

/// A mailbox that has reached a quota.
struct Reached {
    user: Arc<Record>,
    fullness: Fullness,
    archive: bool,
    level: Level,
    quota: u64,
}

impl Mailboxes {
    /// Tells the owners of those mailboxes of a database that have grown over a quota since this was asked last.
    pub fn warn_grown(&self, database: Guid, host: &str) -> Result<Warned> {
        let (open, record) = (self.0.store.database(database)?, self.0.directory.need(database)?);
        let mut warned = Warned::default();
        for (mailbox, before) in open.grown() {
            let told = open.fullness_of(mailbox).and_then(|fullness| {
                let Some(reached) = fullness.and_then(|fullness| self.reached(&record, fullness)) else {
                    return Ok(false);
                };
                let quotas = Quotas::of_mailbox(mailbox, &reached.user, &record).told_of();
                let higher = quotas.reached(before).is_none_or(|(level, _)| level < reached.level);
                let now = self.0.directory.now();
                let told =
                    is_within_a_day(&reached.fullness, now) && reached.fullness.told >= reached.level as i64;
                if higher && !told { self.tell(&open, &reached, host).map(|()| true) } else { Ok(false) }
            });
            warned.count(mailbox, told);
        }
        Ok(warned)
    }

    /// Tells the owners of all mailboxes of a database that have reached a quota and were not told so today, and keeps the
    /// recoverable items below their own.
    pub fn warn_full(&self, database: Guid, host: &str) -> Result<Warned> {
        let (open, record) = (self.0.store.database(database)?, self.0.directory.need(database)?);
        let now = self.0.directory.now();
        let start = last_start(&record, now);
        let mut warned = Warned::default();
        for fullness in open.fullness()? {
            let told = match self.reached(&record, fullness) {
                Some(reached) if is_due(&fullness, reached.level, start) => {
                    self.tell(&open, &reached, host).map(|()| true)
                }
                // Whoever gets there another time is told at once.
                None if fullness.told > 0 && !is_within_a_day(&fullness, now) => {
                    open.note_told(fullness.mailbox, 0, now).map(|()| false)
                }
                _ => Ok(false),
            };
            warned.count(fullness.mailbox, told);
            match self.keep_recoverable(&open, &record, &fullness, now) {
                Ok(items) => warned.purged += items,
                Err(error) => warned.faults.push(error.target(fullness.mailbox.to_string())),
            }
        }
        Ok(warned)
    }

    fn reached(&self, database: &Record, fullness: Fullness) -> Option<Reached> {
        let user = self.0.directory.by_mailbox(fullness.mailbox).filter(|user| !self.is_guarded(user))?;
        let archive = is_archive(&user, fullness.mailbox);
        let quotas = Quotas::of_mailbox(fullness.mailbox, &user, database).told_of();
        let (level, quota) = quotas.reached(fullness.used)?;
        Some(Reached { user, fullness, archive, level, quota })
    }

    /// Puts the warning into the owner's mailbox. Who dies between it and the note tells twice, which is better than never.
    fn tell(&self, open: &store::Database, reached: &Reached, host: &str) -> Result<()> {
        let (now, id) = (self.0.directory.now(), Guid::random());
        let (mailbox, database) = self.place(&reached.user)?;
        let Some(address) = primary(&reached.user.all(&recipient::EMAIL_ADDRESSES)) else { return Ok(()) };
        let from = self.default_domain();
        let warning = Warning { reached, id, now, host, domain: &from, to: address.as_str() };
        let message = Incoming::new(warning.write());
        let trace = Trace {
            id,
            at: now,
            sender: String::new(),
            recipients: vec![TraceRecipient {
                address: address.to_string(),
                resolved: None,
                mailbox,
                delivered: false,
            }],
            subject: message.rendering().subject.clone(),
            size: message.raw().len() as u64,
            internet_message_id: format!("{id}@{host}"),
        };
        // It comes in however full the mailbox is.
        let to = vec![To::inbox(mailbox, Limits::default())];
        let place = self.0.store.database(database)?;
        place
            .deliver(to, &message, Some(trace), Acceptance::Each)?
            .into_iter()
            .try_for_each(|one| one.map(drop))?;
        tracing::info!(mailbox = reached.user.name(), level = ?reached.level, used = reached.fullness.used,
            quota = reached.quota, archive = reached.archive, "told the owner that a quota is reached");
        open.note_told(reached.fullness.mailbox, reached.level as i64, now)
    }

    /// Says once a day that the recoverable items of a mailbox have reached their warning quota. Where single items need not be
    /// recoverable and nothing holds them, what was deleted first makes room. Answers how many items went.
    fn keep_recoverable(
        &self,
        open: &store::Database,
        database: &Record,
        fullness: &Fullness,
        now: Time,
    ) -> Result<u64> {
        let Some(user) = self.0.directory.by_mailbox(fullness.mailbox) else { return Ok(0) };
        let archive = is_archive(&user, fullness.mailbox);
        let quotas = Quotas::of_mailbox(fullness.mailbox, &user, database);
        let Some(quota) = quotas.recoverable_warning.filter(|quota| fullness.recoverable >= *quota) else {
            return Ok(0);
        };
        if fullness.recoverable_told_at.is_none_or(|at| now >= at + DAY) {
            tracing::warn!(
                mailbox = user.name(),
                archive,
                used = fullness.recoverable,
                quota,
                "the recoverable items have reached RecoverableItemsWarningQuota"
            );
            open.note_recoverable_told(fullness.mailbox, now)?;
        }
        // Whether they may go is asked before each slice: who puts a hold on the mailbox finds there what was there then.
        let (mailbox, mut count) = (open.mailbox(fullness.mailbox)?, 0);
        let may_go = |user: &Arc<Record>| !user.is(&own::SINGLE_ITEM_RECOVERY);
        while self.unheld(fullness.mailbox).is_some_and(|user| may_go(&user)) {
            match mailbox.purge_deletions_above(quota)? {
                0 => break,
                items => count += items,
            }
        }
        Ok(count)
    }
}

impl Warned {
    fn count(&mut self, mailbox: Guid, told: Result<bool>) {
        match told {
            Ok(told) => self.told += u64::from(told),
            Err(error) => self.faults.push(error.target(mailbox.to_string())),
        }
    }
}

fn is_archive(user: &Record, mailbox: Guid) -> bool {
    user.get(&own::ARCHIVE_GUID) == Some(mailbox)
}

fn is_within_a_day(fullness: &Fullness, now: Time) -> bool {
    fullness.told_at.is_some_and(|at| now < at + DAY)
}

/// Whoever has come higher than they were told is told at once; whoever stays, when the hour of the schedule has come and a
/// day before it they were told last.
fn is_due(fullness: &Fullness, level: Level, start: Option<Time>) -> bool {
    let again = start.zip(fullness.told_at).is_some_and(|(start, at)| start >= at + DAY);
    level as i64 > fullness.told || again
}

/// When the schedule of a database last began, by the clock on the server's wall.
fn last_start(database: &Record, now: Time) -> Option<Time> {
    let schedule = database.value(of_database::QUOTA_NOTIFICATION_SCHEDULE.spec());
    let spans: Vec<Span> = schedule.items().iter().filter_map(|span| Span::parse(span.as_str()?)).collect();
    let wall = Timestamp::from_microsecond(now.0).ok()?.to_zoned(TimeZone::system());
    let day = u32::try_from(wall.weekday().to_sunday_zero_offset()).ok()?;
    let minute = day * 24 * 60 + u32::try_from(wall.hour()).ok()? * 60 + u32::try_from(wall.minute()).ok()?;
    let ago = u64::from(since_last_start(&spans, minute)?) * 60 + u64::try_from(wall.second()).ok()?;
    Some(now - Duration::from_secs(ago))
}

/// A warning as mail.
struct Warning<'a> {
    reached: &'a Reached,
    id: Guid,
    now: Time,
    host: &'a str,
    domain: &'a str,
    to: &'a str,
}

impl Warning<'_> {
    fn write(&self) -> Vec<u8> {
        let language = language_of(&self.reached.user);
        let (subject, text) = phrases(self.reached.level, self.reached.archive);
        let from = encode_words(&language.say(Phrase::QUOTA_FROM, &[]));
        let mut out = trace::return_path(None);
        for (name, value) in [
            ("From", format!("{from} <postmaster@{}>", self.domain)),
            ("To", format!("<{}>", self.to)),
            ("Subject", encode_words(&language.say(subject, &[]))),
            ("Date", date::write(self.now)),
            ("Message-ID", format!("<{}@{}>", self.id, self.host)),
            ("Auto-Submitted", "auto-generated".to_owned()), // [RFC 3834 5]
            ("X-Auto-Response-Suppress", "All".to_owned()),
            ("Importance", "high".to_owned()),
            ("Content-Language", language.tag().to_owned()),
            ("MIME-Version", "1.0".to_owned()),
            ("Content-Type", "text/plain; charset=utf-8".to_owned()),
            ("Content-Transfer-Encoding", "base64".to_owned()),
        ] {
            out.extend(trace::field(name, &value));
        }
        let text = self.text(language, text).replace('\n', "\r\n");
        out.extend_from_slice(format!("\r\n{}\r\n", base64_lines(text.as_bytes())).as_bytes());
        out
    }

    fn text(&self, language: Language, text: Phrase) -> String {
        let user = &self.reached.user;
        let name = match self.reached.archive {
            true => user.all(&own::ARCHIVE_NAME).into_iter().next().unwrap_or_else(|| user.display_name()),
            false => user.display_name(),
        };
        let (used, limit) = (shown(self.reached.fullness.used), shown(self.reached.quota));
        let deleted = language.say(Phrase::FOLDER_DELETED, &[]);
        let words = [
            ("mailbox", name.as_str()),
            ("used", used.as_str()),
            ("limit", limit.as_str()),
            ("deleted", deleted.as_str()),
        ];
        format!("{}\n", language.say(text, &words))
    }
}

fn phrases(level: Level, archive: bool) -> (Phrase, Phrase) {
    match (level, archive) {
        (Level::Warning, false) => (Phrase::QUOTA_WARNING_SUBJECT, Phrase::QUOTA_WARNING_TEXT),
        (Level::Send, false) => (Phrase::QUOTA_SEND_SUBJECT, Phrase::QUOTA_SEND_TEXT),
        (Level::Full, false) => (Phrase::QUOTA_FULL_SUBJECT, Phrase::QUOTA_FULL_TEXT),
        (Level::Warning, true) => (Phrase::QUOTA_ARCHIVE_WARNING_SUBJECT, Phrase::QUOTA_ARCHIVE_WARNING_TEXT),
        (Level::Send | Level::Full, true) => {
            (Phrase::QUOTA_ARCHIVE_FULL_SUBJECT, Phrase::QUOTA_ARCHIVE_FULL_TEXT)
        }
    }
}

/// A size for people: `1.5 MB`, without its bytes in brackets.
fn shown(bytes: u64) -> String {
    let text = ByteQuantifiedSize(bytes).to_string();
    text.split_once(" (").map_or(text.clone(), |(short, _)| short.to_owned())
}
