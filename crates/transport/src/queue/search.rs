//! Messages that the tracking log looks for: by which way each is found, and their rows.

use std::collections::{HashMap, HashSet};

use db::{Flow, Param, Row as SqlRow, Tx};
use object::types::Guid;
use object::{Result, Time};

use super::{Queue, State, guid};
use crate::led::How;
use crate::source::Source;
use crate::tracking_query::TrackingQuery;

/// A message that comes slowly is cut off behind this time.
const TRANSFER_MICROS: i64 = 3600 * 1_000_000;

/// Messages that a search reads at first.
const FOUND_FIRST: usize = 2_048;
/// So many messages of a sender or about something are looked at one by one, whatever is wanted of them.
const NARROW: usize = 8_192;

/// A recipient with its message, as the tracking log sees it.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: Guid,
    pub(crate) accepted: Time,
    pub(crate) sender: String,
    pub(crate) subject: String,
    pub(crate) internet_id: String,
    pub(crate) size: i64,
    pub(crate) client: String,
    pub(crate) address: String,
    pub(crate) state: State,
    pub(crate) attempts: i64,
    pub(crate) status: String,
    pub(crate) detail: String,
    pub(crate) changed: Time,
    pub(crate) report: Option<Guid>,
    /// Who hears what becomes of it: the sender, or the owner of the group through which it came.
    pub(crate) hears: String,
    /// What made the message, where no client brought it.
    pub(crate) source: Source,
    /// Through whom it came, how and when; nobody: the sender named it. Itself among them: the sender named it, too.
    pub(crate) led_by: Vec<String>,
    /// What was said of those whom a rule redirected to it, by their addresses in lower case.
    pub(crate) led_why: HashMap<String, String>,
    pub(crate) led_as: Option<How>,
    pub(crate) led_at: Time,
    /// How and when it led on to others.
    pub(crate) leads_as: Option<How>,
    pub(crate) leads_at: Time,
    /// Whether somebody has a row for that, here or in another part of the message.
    pub(crate) leads_somebody: bool,
    /// When moderators were asked, when they said something, and whether that was yes; 0 is never.
    pub(crate) asked_at: Time,
    pub(crate) decided_at: Time,
    pub(crate) let_pass: bool,
}

impl Row {
    /// Whether that is its address.
    pub(crate) fn is(&self, address: &str) -> bool {
        self.address.to_lowercase() == address.to_lowercase()
    }

    /// The address under which its copy lay in the mailbox already.
    pub(crate) fn had_under(&self) -> Option<&str> {
        let other = self.state == State::Delivered && !self.detail.is_empty() && !self.is(&self.detail);
        other.then_some(self.detail.as_str())
    }
}

/// What is told of a recipient beside its coming and its end, by the moment at which it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// It leads on to others.
    Leads,
    /// Its moderators are asked.
    Asked,
    /// They decide.
    Decided,
    /// Its copy lies in the mailbox already, under another address.
    Doubled,
}

impl Moment {
    pub(crate) const ALL: [Moment; 4] = [Moment::Leads, Moment::Asked, Moment::Decided, Moment::Doubled];

    fn sql(self) -> String {
        let (such, such_part) = (Such::sql("r.message"), Such::sql("part.id"));
        match self {
            // Rules may have made parts of the message for those to whom it led, and they have rows of their own.
            Moment::Leads => format!(
                "SELECT r.message, r.leads_at FROM recipient r
                 WHERE r.leads_at > 0 AND r.leads_at >= $1 AND r.leads_at <= $2 AND {such}
                 UNION ALL
                 SELECT part.id, r.leads_at FROM recipient r JOIN message m ON m.id = r.message
                   JOIN message part ON part.origin = COALESCE(m.origin, m.id)
                 WHERE r.leads_at > 0 AND r.leads_at >= $1 AND r.leads_at <= $2 AND {such_part}
                 UNION ALL
                 SELECT r.message, r.led_at FROM recipient r
                 WHERE r.led_at > 0 AND r.led_at >= $1 AND r.led_at <= $2 AND {such}
                 ORDER BY 2 DESC"
            ),
            Moment::Asked => format!(
                "SELECT r.message FROM recipient r
                 WHERE r.asked_at > 0 AND r.asked_at >= $1 AND r.asked_at <= $2 AND {such} ORDER BY r.asked_at DESC"
            ),
            Moment::Decided => format!(
                "SELECT r.message FROM recipient r
                 WHERE r.decided_at > 0 AND r.decided_at >= $1 AND r.decided_at <= $2 AND {such}
                 ORDER BY r.decided_at DESC"
            ),
            // As the index has it.
            Moment::Doubled => format!(
                "SELECT r.message FROM recipient r
                 WHERE r.state = 1 AND r.detail <> '' AND LOWER(r.detail) <> LOWER(r.address)
                   AND r.changed >= $1 AND r.changed <= $2 AND {such} ORDER BY r.changed DESC"
            ),
        }
    }

    fn of(self, row: &Row) -> Time {
        match self {
            Moment::Leads => row.leads_at.max(row.led_at),
            Moment::Asked => row.asked_at,
            Moment::Decided => row.decided_at,
            Moment::Doubled => row.had_under().map_or(Time(0), |_| row.changed),
        }
    }
}

/// What is wanted of the message whatever happened to it, in lower case. All that fits is found by it, and a little more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Such {
    sender: Option<String>,
    subject: Option<String>,
}

impl Such {
    pub(crate) fn of(query: &TrackingQuery) -> Such {
        let lower = |text: &Option<String>| text.as_ref().map(|text| text.to_lowercase());
        Such { sender: lower(&query.sender), subject: lower(&query.subject) }
    }

    /// Whether the message named by a column is such a one; $3 is the sender, $4 the subject.
    fn sql(message: &str) -> String {
        format!(
            "($3 IS NULL AND $4 IS NULL OR EXISTS (
               SELECT 1 FROM message such WHERE such.id = {message}
               AND ($3 IS NULL OR HOLDS(such.sender, $3)) AND ($4 IS NULL OR HOLDS(such.subject, $4))))"
        )
    }

    fn params(&self, (from, until): (Time, Time)) -> [Param<'_>; 4] {
        [from.into(), until.into(), self.sender.as_deref().into(), self.subject.as_deref().into()]
    }
}

/// A way to messages that the tracking log could want.
#[derive(Clone, Debug)]
pub(crate) enum Search {
    /// By its own name.
    Message(Guid),
    /// By the Message-ID.
    MessageId(String),
    /// By the report about it.
    Report(Guid),
    /// By a recipient, or whoever led to one, in lower case.
    Recipient(String),
    /// By whoever got the report about it, in lower case.
    Told(String),
    /// By the sender, in lower case, and when it came.
    Sender(String, (Time, Time)),
    /// By when it came, of all that are such; from those sources alone, unless there are none.
    Received { times: (Time, Time), such: Such, sources: Vec<Source> },
    /// Those that were found already, newest first.
    Known(Vec<Guid>),
    /// By what became of a recipient, and when.
    Became(State, (Time, Time), Such),
    /// By what happened to a recipient, and when.
    Happened(Moment, (Time, Time), Such),
}

/// Where messages come from.
const SOURCES: [Source; 5] =
    [Source::Smtp, Source::Dsn, Source::Agent, Source::MailboxRule, Source::Approval];

impl Search {
    /// The one recipient whose rows are wanted.
    fn recipient(&self) -> Option<&str> {
        match self {
            Search::Recipient(address) => Some(address),
            _ => None,
        }
    }

    /// Whether it leads to all that a query could want, and not to what came in a time alone.
    pub(crate) fn leads_to_all(&self) -> bool {
        !matches!(self, Search::Received { .. } | Search::Became(..) | Search::Happened(..))
    }

    /// Behind which moment no message comes any more, or becomes what is looked for, once it has come to one with these
    /// rows. What else happened to those that it did not come to may have happened later.
    pub(crate) fn reached(&self, rows: &[Row]) -> Time {
        match self {
            Search::Message(_) | Search::Report(_) => None,
            Search::MessageId(_) | Search::Recipient(_) => rows.iter().map(|row| latest_of(row.id)).max(),
            Search::Told(_) => rows.iter().filter_map(|row| row.report).map(latest_of).max(),
            Search::Sender(..) | Search::Received { .. } | Search::Known(_) => {
                rows.iter().map(|row| row.accepted).max()
            }
            Search::Became(state, ..) => {
                rows.iter().filter(|row| row.state == *state).map(|row| row.changed).max()
            }
            Search::Happened(moment, ..) => rows.iter().map(|row| moment.of(row)).max(),
        }
        .unwrap_or(Time(i64::MAX))
    }

    /// The next `most` messages behind so many that were found before. One may be found several times.
    fn find(&self, tx: &mut dyn Tx, passed: usize, most: usize) -> Result<Vec<Guid>> {
        const BY_MESSAGE_ID: &str = "SELECT id FROM message WHERE internet_id = $1 ORDER BY id DESC";
        const BY_REPORT: &str = "SELECT message FROM recipient WHERE report = $1 ORDER BY message DESC";
        const BY_RECIPIENT: &str = "SELECT message FROM recipient WHERE LOWER(address) = $1
             UNION SELECT message FROM leader WHERE address = $1 ORDER BY message DESC";
        const BY_TOLD: &str = "SELECT o.message FROM recipient r JOIN recipient o ON o.report = r.message
                               WHERE LOWER(r.address) = $1 AND o.report IS NOT NULL ORDER BY r.message DESC";
        const BY_SENDER: &str =
            "SELECT id FROM message WHERE LOWER(sender) = $1 AND accepted >= $2 AND accepted <= $3
                                 ORDER BY accepted DESC";
        let mut page = Page { passed, most, found: Vec::new() };
        match self {
            Search::Message(id) if passed == 0 => page.found.push(*id),
            Search::Message(_) => {}
            Search::MessageId(id) => page.fill(tx, BY_MESSAGE_ID, &[id.into()])?,
            Search::Report(id) => page.fill(tx, BY_REPORT, &[(&id.to_bytes()).into()])?,
            Search::Recipient(address) => page.fill(tx, BY_RECIPIENT, &[address.into()])?,
            Search::Told(address) => page.fill(tx, BY_TOLD, &[address.into()])?,
            Search::Sender(address, (from, until)) => {
                page.fill(tx, BY_SENDER, &[address.into(), (*from).into(), (*until).into()])?;
            }
            Search::Received { times, such, sources } => {
                let mut params = such.params(*times).to_vec();
                // Each of them once or more.
                let words = sources.iter().cycle().take(SOURCES.len()).map(|source| source.word());
                params.extend(words.map(Param::from));
                page.fill(tx, &by_coming(sources.is_empty()), &params)?;
            }
            Search::Known(ids) => page.found.extend(ids.iter().skip(passed).take(most)),
            Search::Became(state, times, such) => {
                let mut params = such.params(*times).to_vec();
                params.push(state.number().into());
                page.fill(tx, &by_state(), &params)?;
            }
            Search::Happened(moment, times, such) => page.fill(tx, &moment.sql(), &such.params(*times))?,
        }
        Ok(page.found)
    }
}

/// Of what is asked of a message all but the sender stands in the index, and only the rows of those that fit are read.
fn by_coming(from_anywhere: bool) -> String {
    let (smtp, dsn) = (Source::Smtp.word(), Source::Dsn.word());
    let source = format!(
        "AND CASE WHEN source <> '' THEN source WHEN client = '' THEN '{dsn}' ELSE '{smtp}' END IN ($5, $6, $7, $8, $9)"
    );
    format!(
        "SELECT id FROM message WHERE accepted >= $1 AND accepted <= $2 AND ($4 IS NULL OR HOLDS(subject, $4)) {}
           AND ($3 IS NULL OR HOLDS(sender, $3))
         ORDER BY accepted DESC, subject DESC, client DESC, source DESC",
        if from_anywhere { "" } else { &source }
    )
}

fn by_state() -> String {
    format!(
        "SELECT r.message FROM recipient r WHERE r.state = $5 AND r.state <> 1
           AND r.changed >= $1 AND r.changed <= $2 AND {} ORDER BY r.changed DESC",
        Such::sql("r.message")
    )
}

/// Some of what a search finds.
struct Page {
    passed: usize,
    most: usize,
    found: Vec<Guid>,
}

impl Page {
    fn fill(&mut self, tx: &mut dyn Tx, sql: &str, params: &[Param<'_>]) -> Result<()> {
        tx.query(sql, params, &mut |row| {
            match self.passed {
                0 => self.found.push(guid(row, 0)?),
                _ => self.passed -= 1,
            }
            Ok(if self.found.len() < self.most { Flow::More } else { Flow::Stop })
        })
    }
}

impl Queue {
    /// The searches that find every message a query could want, the narrowest one where there are several ways.
    /// `received`: whether their coming is wanted.
    pub(crate) fn searches(
        &self,
        query: &TrackingQuery,
        earliest: Time,
        received: bool,
    ) -> Result<Vec<Search>> {
        if let Some(id) = query.id {
            return Ok(vec![Search::Message(id)]);
        }
        if let Some(message_id) = &query.message_id {
            return Ok(vec![Search::MessageId(message_id.clone())]);
        }
        if let Some(report) = query.reference {
            return Ok(vec![Search::Report(report)]);
        }
        let to_them = self.to_them(query)?;
        // Where only what becomes of messages is wanted, that is rarer than the mail of whoever gets very much of it.
        if !to_them.is_empty() && (received || self.narrow(&to_them)?.is_some()) {
            return Ok(to_them);
        }
        if let Some(known) = self.narrowed(query, earliest)? {
            return Ok(known);
        }
        let sources: Vec<Source> = received_from(query).collect();
        let sources = if sources.len() < SOURCES.len() { sources } else { Vec::new() };
        let (times, such) = ((query.from, query.until), Such::of(query));
        Ok(received.then_some(Search::Received { times, such, sources }).into_iter().collect())
    }

    /// The searches for what came to recipients; none where anybody may be.
    fn to_them(&self, query: &TrackingQuery) -> Result<Vec<Search>> {
        const THERE: &str = "SELECT DISTINCT LOWER(address) FROM recipient WHERE HOLDS(LOWER(address), $1)
                             UNION SELECT DISTINCT address FROM leader WHERE HOLDS(address, $1)";
        if query.recipients.is_empty() {
            return Ok(Vec::new());
        }
        // Where nobody is called so, nothing is all there is.
        let mut searches = vec![Search::Known(Vec::new())];
        for recipient in &query.recipients {
            for one in self.spellings(recipient, THERE)? {
                searches.extend(query.wants("DSN", Source::Dsn).then(|| Search::Told(one.clone())));
                searches.push(Search::Recipient(one));
            }
        }
        Ok(searches)
    }

    /// The messages of a sender, or about something, where there are so few that each can be looked at.
    fn narrowed(&self, query: &TrackingQuery, earliest: Time) -> Result<Option<Vec<Search>>> {
        const THERE: &str = "SELECT DISTINCT LOWER(sender) FROM message WHERE HOLDS(LOWER(sender), $1)";
        let (times, such) = ((earliest, query.until), Such::of(query));
        let searches: Vec<Search> = match &query.sender {
            Some(sender) => {
                let each = self.spellings(sender, THERE)?.into_iter();
                each.map(|one| Search::Sender(one, times)).collect()
            }
            None if query.subject.is_none() => return Ok(None),
            None => vec![Search::Received { times, such, sources: Vec::new() }],
        };
        self.narrow(&searches)
    }

    /// What searches lead to, where that is little.
    fn narrow(&self, searches: &[Search]) -> Result<Option<Vec<Search>>> {
        let mut known = vec![Search::Known(Vec::new())];
        for search in searches {
            let found = self.db.read(|tx| search.find(tx, 0, NARROW))?;
            if found.len() >= NARROW {
                return Ok(None);
            }
            known.push(Search::Known(found));
        }
        Ok(Some(known))
    }

    /// How an address is spelt in the queue, in lower case as the engine makes it, which knows the letters of ASCII alone.
    fn spellings(&self, address: &str, there: &str) -> Result<Vec<String>> {
        if address.is_ascii() {
            return Ok(vec![address.to_ascii_lowercase()]);
        }
        let wanted = address.to_lowercase();
        let mut found = self.db.read(|tx| tx.all(there, &[(&wanted).into()], |row| row.get::<String>(0)))?;
        found.retain(|one| one.to_lowercase() == wanted);
        Ok(found)
    }

    /// Hands over the rows of the messages that a search finds, newest first, message by message, as long as it answers true.
    pub(crate) fn search(
        &self,
        search: &Search,
        each: &mut dyn FnMut(Vec<Row>) -> Result<bool>,
    ) -> Result<()> {
        let columns = "SELECT m.id, m.accepted, m.sender, m.subject, m.internet_id, m.size, m.client, r.address, r.state,
                              r.attempts, r.status, r.detail, r.changed, r.report, COALESCE(r.reports_to, m.sender),
                              m.source, r.led_by, r.led_as, r.led_at, r.leads_as, r.leads_at, r.asked_at, r.decided_at, r.let_pass,
                              CASE WHEN r.leads_as = 0 THEN 0 ELSE (
                                SELECT COUNT(*) FROM leader l WHERE l.address = LOWER(r.address) AND l.message IN (
                                  SELECT p.id FROM message p
                                  WHERE p.id = COALESCE(m.origin, m.id) OR p.origin = COALESCE(m.origin, m.id))) END
                       FROM message m JOIN recipient r ON r.message = m.id
                       WHERE m.id = $1 AND m.copy = 0 AND ($2 IS NULL OR LOWER(r.address) = $2) ORDER BY r.number";
        let (mut passed, mut known) = (0, HashSet::new());
        // Each page is eight times as long as the one before, so that passing over those costs little.
        for page in std::iter::successors(Some(FOUND_FIRST), |page| Some(page * 8)) {
            let found = self.db.read(|tx| search.find(tx, passed, page))?;
            for id in found.iter().filter(|id| known.insert(**id)) {
                let key = id.to_bytes();
                let params = [(&key).into(), search.recipient().into()];
                let mut rows = self.db.read(|tx| tx.all(columns, &params, tracked))?;
                // Whoever leads on to others is told of with them.
                if let Some(wanted) = search.recipient()
                    && self.leads_in(wanted, *id)?
                {
                    rows =
                        self.db.read(|tx| tx.all(columns, &[(&key).into(), None::<&str>.into()], tracked))?;
                    let is_wanted = |text: &String| text.to_ascii_lowercase() == wanted;
                    rows.retain(|row| is_wanted(&row.address) || row.led_by.iter().any(is_wanted));
                }
                self.say_why(*id, &mut rows)?;
                if !each(rows)? {
                    return Ok(());
                }
            }
            if found.len() < page {
                break;
            }
            passed += found.len();
        }
        Ok(())
    }
}

impl Queue {
    /// Whether somebody with that address, in lower case, led to recipients of the message.
    fn leads_in(&self, address: &str, id: Guid) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM leader WHERE address = $1 AND message = $2";
        self.db.read(|tx| Ok(tx.number(sql, &[address.into(), (&id.to_bytes()).into()])? > 0))
    }

    /// Whoever a rule put in the place of others gets to know why: it is said of those, here or in another part.
    fn say_why(&self, id: Guid, rows: &mut [Row]) -> Result<()> {
        if rows.iter().all(|row| row.led_as != Some(How::Rule)) {
            return Ok(());
        }
        let sql = "SELECT r.address, r.detail FROM recipient r JOIN message m ON m.id = r.message
                   WHERE r.leads_as = $2 AND (m.id = $1 OR m.origin = $1)";
        let said = |row: &SqlRow<'_>| Ok((row.text(0)?.to_lowercase(), row.get::<String>(1)?));
        let root = self.root(id)?.to_bytes();
        let why: HashMap<String, String> = self
            .db
            .read(|tx| tx.all(sql, &[(&root).into(), How::Rule.number().into()], said))?
            .into_iter()
            .collect();
        for row in rows.iter_mut().filter(|row| row.led_as == Some(How::Rule)) {
            let of = |by: &String| why.get_key_value(&by.to_lowercase());
            row.led_why =
                row.led_by.iter().filter_map(of).map(|(by, why)| (by.clone(), why.clone())).collect();
        }
        Ok(())
    }
}

fn tracked(row: &SqlRow<'_>) -> Result<Row> {
    Ok(Row {
        id: guid(row, 0)?,
        accepted: row.get(1)?,
        sender: row.get::<Option<String>>(2)?.unwrap_or_default(),
        subject: row.get(3)?,
        internet_id: row.get(4)?,
        size: row.int(5)?,
        client: row.get(6)?,
        address: row.get(7)?,
        state: State::of_number(row.int(8)?)?,
        attempts: row.int(9)?,
        status: row.get(10)?,
        detail: row.get(11)?,
        changed: row.get(12)?,
        report: row.get::<Option<Vec<u8>>>(13)?.as_deref().and_then(Guid::of_bytes),
        hears: row.get::<Option<String>>(14)?.unwrap_or_default(),
        source: Source::of_message(row.text(15)?, row.text(6)?)?,
        led_by: row.get::<Option<String>>(16)?.map(lines).unwrap_or_default(),
        led_as: How::of_number(row.int(17)?)?,
        led_at: row.get(18)?,
        leads_as: How::of_number(row.int(19)?)?,
        leads_at: row.get(20)?,
        asked_at: row.get(21)?,
        decided_at: row.get(22)?,
        let_pass: row.bool(23)?,
        leads_somebody: row.int(24)? > 0,
        led_why: HashMap::new(),
    })
}

fn lines(text: String) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// The sources of messages whose coming is wanted.
pub(crate) fn received_from(query: &TrackingQuery) -> impl Iterator<Item = Source> {
    SOURCES.into_iter().filter(|source| query.wants("RECEIVE", *source))
}

/// When a message that was named no later than this one came at the latest: names are given before the octets come.
fn latest_of(id: Guid) -> Time {
    let named = i64::try_from(id.to_u128() >> 80).unwrap_or(i64::MAX);
    Time(named.saturating_add(1).saturating_mul(1000).saturating_add(TRANSFER_MICROS))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOON, message, queue, to as recipient};
    use super::super::{NewMessage, Sender};
    use super::*;
    use object::types::SmtpAddress;

    const ALWAYS: (Time, Time) = (Time(0), Time(i64::MAX));

    fn letter(id: u128, sender: &str, subject: &str, client: &str) -> NewMessage {
        let sender = Sender::of_reverse_path(SmtpAddress::parse(sender));
        let accepted = Time(NOON.0 + id as i64);
        let (subject, client) = (subject.to_owned(), client.to_owned());
        NewMessage { sender, subject, client, accepted, ..message(id, None, &["ben"]) }
    }

    fn such(sender: Option<&str>, subject: Option<&str>) -> Such {
        Such { sender: sender.map(str::to_owned), subject: subject.map(str::to_owned) }
    }

    /// All messages to which the searches of a query lead.
    fn led_to(queue: &Queue, query: &TrackingQuery) -> Vec<u128> {
        let searches = queue.searches(query, Time(0), true).unwrap();
        assert!(searches.iter().any(Search::leads_to_all), "{searches:?}");
        let found = |search: &Search| queue.db.read(|tx| search.find(tx, 0, 10)).unwrap();
        let mut ids: Vec<u128> = searches.iter().flat_map(found).map(Guid::to_u128).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    #[test]
    fn an_address_beyond_ascii_is_found_however_it_is_spelt() {
        let queue = queue();
        let from = ["Ärzte@contoso.com", "ÄRZTE@CONTOSO.COM", "ärzte@contoso.com", "die.Ärzte@contoso.com"];
        let to = [&["ÉVA"][..], &["ben", "éva"], &["ben"], &["Éva", "éVA.b"]];
        let letters = from.iter().zip(to).enumerate().map(|(id, (from, to))| {
            let letter = letter(id as u128, from, "plans", "");
            NewMessage { to: to.iter().map(|name| recipient(name)).collect(), ..letter }
        });
        queue.put(letters.collect()).unwrap();
        let all = TrackingQuery::between(Time(0), Time(i64::MAX));
        let sender = |sender: &str| TrackingQuery { sender: Some(sender.to_owned()), ..all.clone() };
        assert_eq!(led_to(&queue, &sender("äRzTE@contoso.com")), [0, 1, 2]);
        assert!(led_to(&queue, &sender("Órzte@contoso.com")).is_empty());
        let to = |names: &[&str]| {
            let recipients = names.iter().map(|name| format!("{name}@contoso.com")).collect();
            TrackingQuery { recipients, ..all.clone() }
        };
        assert_eq!(led_to(&queue, &to(&["ÉVa"])), [0, 1, 3]);
        assert_eq!(led_to(&queue, &to(&["éva.B", "BEN"])), [1, 2, 3]);
        assert!(led_to(&queue, &to(&["Óva"])).is_empty());
    }

    #[test]
    fn what_is_wanted_of_a_message_is_asked_before_its_rows_are_read() {
        let queue = queue();
        queue
            .put(vec![
                letter(1, "ann@contoso.com", "Große ÜBERSICHT", "192.0.2.7"),
                letter(2, "ANN@contoso.com", "overview", "192.0.2.7"),
                letter(3, "Ärzte@contoso.com", "An OverView", ""),
                NewMessage { source: Some(Source::Agent), ..letter(4, "ann@contoso.com", "overview", "") },
            ])
            .unwrap();
        let found = |search: Search| {
            let ids = queue.db.read(|tx| search.find(tx, 0, 10)).unwrap();
            ids.into_iter().map(Guid::to_u128).collect::<Vec<_>>()
        };
        let ann = Some("ann@contoso.com");
        let cases = [
            (such(None, None), vec![], vec![4, 3, 2, 1]),
            (such(None, Some("übersicht")), vec![], vec![1]),
            (such(None, Some("overview")), vec![], vec![4, 3, 2]),
            (such(None, Some("overview")), vec![Source::Dsn], vec![3]),
            (such(None, Some("overview")), vec![Source::Agent, Source::Dsn], vec![4, 3]),
            (such(ann, None), vec![Source::Smtp], vec![2, 1]),
            (such(ann, Some("view")), vec![], vec![4, 2]),
            (such(Some("ärzte@contoso.com"), None), vec![], vec![3]),
            (such(None, Some("%")), vec![], vec![]),
        ];
        for (such, sources, wanted) in cases {
            let search = Search::Received { times: ALWAYS, such, sources };
            assert_eq!(found(search.clone()), wanted, "{search:?}");
        }
        for moment in Moment::ALL {
            assert!(found(Search::Happened(moment, ALWAYS, such(ann, Some("view")))).is_empty());
        }
        let failed = "UPDATE recipient SET state = $1, leads_at = 7";
        queue.db.write(|tx| tx.execute(failed, &[State::Reported.number().into()])).unwrap();
        let view = || such(ann, Some("view"));
        let mut failed = found(Search::Became(State::Reported, ALWAYS, view()));
        failed.sort_unstable();
        assert_eq!(failed, [2, 4]);
        let mut led = found(Search::Happened(Moment::Leads, ALWAYS, view()));
        led.sort_unstable();
        assert_eq!(led, [2, 4]);
    }
}
