//! What happened to messages, told as Exchange's tracking log tells it: made of the queue's rows and the mailboxes' traces,
//! which are written in the very transactions in which it happened.

use std::collections::HashSet;

use mailbox::store::{Trace, TraceRecipient};
use object::types::Guid;
use object::{Result, Time};

use crate::led::How;
use crate::queue::{Moment, Row, Search, State, Such, received_from};
use crate::source::Source;
use crate::{TrackingQuery, Transport};

/// A worker that was stopped gives up what is due later than it should have.
const SLACK_MICROS: i64 = 86_400 * 1_000_000;

/// What happens to messages, in the order of their way.
pub const EVENTS: [&str; 13] = [
    "RECEIVE",
    "RESOLVE",
    "INITMESSAGECREATED",
    "MODERATORAPPROVE",
    "MODERATORREJECT",
    "EXPAND",
    "REDIRECT",
    "DROP",
    "DEFER",
    "DELIVER",
    "DUPLICATEDELIVER",
    "FAIL",
    "DSN",
];

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackingEvent {
    /// When.
    pub at: Time,
    /// One of [`EVENTS`].
    pub event: &'static str,
    /// Where.
    pub source: Source,
    /// The message's own name.
    pub id: Guid,
    /// The Message-ID.
    pub message_id: String,
    /// The sender; empty for a report.
    pub sender: String,
    /// To whom it happened.
    pub recipients: Vec<String>,
    /// Who led to them, by being a group, by forwarding, by being redirected or another address of theirs; empty where nobody did.
    pub related: String,
    /// What became of each, where there is more to say.
    pub status: Vec<String>,
    /// The subject.
    pub subject: String,
    /// Bytes.
    pub size: u64,
    /// From where it came, where that is known.
    pub client: String,
    /// The report of a failure.
    pub reference: Option<Guid>,
}

impl TrackingEvent {
    fn fits(&self, query: &TrackingQuery) -> bool {
        let same = |wanted: &Option<String>, has: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.to_lowercase() == has.to_lowercase())
        };
        let is_one =
            |has: &String| query.recipients.iter().any(|one| one.to_lowercase() == has.to_lowercase());
        let to = || self.recipients.iter().any(is_one) || is_one(&self.related);
        let subject = query
            .subject
            .as_ref()
            .is_none_or(|wanted| self.subject.to_lowercase().contains(&wanted.to_lowercase()));
        (query.from..=query.until).contains(&self.at)
            && query.wants(self.event, self.source)
            && same(&query.sender, &self.sender)
            && same(&query.message_id, &self.message_id)
            && query.id.is_none_or(|id| id == self.id)
            && (query.recipients.is_empty() || to())
            && query.reference.is_none_or(|report| self.reference == Some(report))
            && subject
    }
}

/// The states of rows that tell an event beside the one of their coming.
const TELLING: [State; 7] = [
    State::Waiting,
    State::Suspended,
    State::Reported,
    State::Dropped,
    State::Expanded,
    State::Redirected,
    State::Quarantined,
];

/// What a row in a state can tell.
fn told_by(state: State) -> &'static [(&'static str, Source)] {
    match state {
        State::Delivered => &[],
        State::Waiting | State::Suspended => &[("DEFER", Source::StoreDriver)],
        State::Redirected | State::Quarantined => &[("REDIRECT", Source::Agent)],
        State::Expanded => &[("EXPAND", Source::Routing)],
        State::Reported => &[("FAIL", Source::Routing), ("DSN", Source::Dsn)],
        State::Dropped => &[("FAIL", Source::Routing), ("DROP", Source::Agent)],
    }
}

impl Transport {
    /// The events that fit, oldest first; of more than `limit` the newest. The second answer is whether there are more.
    pub fn tracking(&self, query: &TrackingQuery, limit: usize) -> Result<(Vec<TrackingEvent>, bool)> {
        let mut found = self.tracked_in_mailboxes(query, limit)?;
        let queued = self.tracked_in_queue(query, limit)?;
        merge(&mut found, queued);
        found.sort_by_key(|event| (event.at, event.id, order(event.event)));
        let more = found.len() > limit;
        found.drain(..found.len().saturating_sub(limit));
        Ok((found, more))
    }

    fn tracked_in_mailboxes(&self, query: &TrackingQuery, limit: usize) -> Result<Vec<TrackingEvent>> {
        let told =
            [("RECEIVE", Source::Smtp), ("RESOLVE", Source::Routing), ("DELIVER", Source::StoreDriver)];
        let wanted = told.iter().any(|(event, source)| query.wants(event, *source));
        let (mut found, mut here) = (Vec::new(), 0);
        if !wanted || query.reference.is_some() {
            return Ok(found);
        }
        self.mailboxes.traced(query, &mut |trace: Option<Trace>| {
            // Each search tells its newest ones.
            let Some(trace) = trace else {
                here = 0;
                return Ok(true);
            };
            let mut events: Vec<TrackingEvent> =
                of_trace(&trace).into_iter().filter(|event| event.fits(query)).collect();
            // The queue knows where it came from and whom its sender named.
            if events.iter().any(|event| event.event == "RECEIVE") && self.queue.knows(trace.id)? {
                events.retain(|event| event.event != "RECEIVE");
            }
            let before = found.len();
            found.extend(events);
            // That it was received the queue may tell too, and that counts once.
            here += usize::from(found.len() > before);
            Ok(here <= limit)
        })?;
        Ok(found)
    }

    /// Message by message: what was asked for leads to messages in the order of their coming, and all that happened to one is
    /// told together. Where not all of them were looked at, what became of older ones lately is looked for by its time.
    fn tracked_in_queue(&self, query: &TrackingQuery, limit: usize) -> Result<Vec<TrackingEvent>> {
        // What happens to a message happens before it is given up, so that older ones need not be looked at.
        let kept = self.times.expire_after.as_micros() as i64 + SLACK_MICROS;
        let earliest = Time(query.from.0.saturating_sub(kept));
        let received = received_from(query).next().is_some();
        let searches = self.queue.searches(query, earliest, received)?;
        let mut looked = Looked { query, limit, found: Vec::new(), known: HashSet::new() };
        let mut is_all = searches.iter().any(Search::leads_to_all);
        for search in &searches {
            is_all &= self.look(search, &mut looked)?;
        }
        let times = (looked.since(), query.until);
        for state in TELLING.into_iter().filter(|state| !is_all && tells(*state, query)) {
            self.look(&Search::Became(state, times, Such::of(query)), &mut looked)?;
        }
        for moment in Moment::ALL.into_iter().filter(|moment| !is_all && tells_of(*moment, query)) {
            self.look(&Search::Happened(moment, times, Such::of(query)), &mut looked)?;
        }
        Ok(looked.found)
    }

    /// Looks at what a search leads to, and answers whether that was all.
    fn look(&self, search: &Search, looked: &mut Looked<'_>) -> Result<bool> {
        let (mut here, mut is_all) = (0, true);
        self.queue.search(search, &mut |rows: Vec<Row>| {
            let reached = search.reached(&rows);
            here += looked.take(rows).filter(|event| event.at >= reached).count();
            is_all = here <= looked.limit;
            Ok(is_all)
        })?;
        Ok(is_all)
    }
}

/// What was found in the queue so far.
struct Looked<'a> {
    query: &'a TrackingQuery,
    limit: usize,
    found: Vec<TrackingEvent>,
    /// Another search may have led to some of them before.
    known: HashSet<(Guid, String)>,
}

impl Looked<'_> {
    /// Takes over a message's rows; answers the events that are new.
    fn take(&mut self, rows: Vec<Row>) -> impl Iterator<Item = &TrackingEvent> {
        let new: Vec<Row> =
            rows.into_iter().filter(|row| self.known.insert((row.id, row.address.clone()))).collect();
        let before = self.found.len();
        let events = new.iter().flat_map(of_row);
        self.found.extend(together(events.filter(|event| event.fits(self.query))));
        self.found.iter().skip(before)
    }

    /// What is older is not among the newest.
    fn since(&self) -> Time {
        let mut times: Vec<Time> = self.found.iter().map(|event| event.at).collect();
        times.sort_unstable();
        times.into_iter().nth_back(self.limit).map_or(self.query.from, |at| at.max(self.query.from))
    }
}

fn tells_of(moment: Moment, query: &TrackingQuery) -> bool {
    match moment {
        Moment::Leads => {
            [How::Group, How::Forward, How::Rule].iter().any(|how| query.wants(how.told().0, how.told().1))
        }
        Moment::Doubled => query.wants("DUPLICATEDELIVER", Source::StoreDriver),
        Moment::Asked => query.wants("INITMESSAGECREATED", Source::Approval),
        Moment::Decided => {
            query.wants("MODERATORAPPROVE", Source::Approval)
                || query.wants("MODERATORREJECT", Source::Approval)
        }
    }
}

fn tells(state: State, query: &TrackingQuery) -> bool {
    told_by(state).iter().any(|(event, source)| query.wants(event, *source))
}

/// A message comes before it goes.
fn order(event: &str) -> usize {
    EVENTS.iter().position(|known| *known == event).unwrap_or(EVENTS.len())
}

/// What was received once is told once: the queue knows all recipients, a trace those of its database.
fn merge(found: &mut Vec<TrackingEvent>, queued: Vec<TrackingEvent>) {
    let received: HashSet<Guid> =
        queued.iter().filter(|event| event.event == "RECEIVE").map(|event| event.id).collect();
    found.retain(|event| event.event != "RECEIVE" || !received.contains(&event.id));
    found.extend(together(queued));
}

/// What happened to several recipients of a message at once is one event.
fn together(events: impl IntoIterator<Item = TrackingEvent>) -> Vec<TrackingEvent> {
    let mut rows: Vec<TrackingEvent> = Vec::new();
    for event in events {
        let twin = rows.iter_mut().rev().take(1000).find(|known| {
            known.id == event.id
                && known.event == event.event
                && known.source == event.source
                && known.at == event.at
                && known.reference == event.reference
                && known.related == event.related
        });
        match twin {
            Some(known) => {
                known.recipients.extend(event.recipients);
                known.status.extend(event.status);
            }
            None => rows.push(event),
        }
    }
    rows
}

fn of_trace(trace: &Trace) -> Vec<TrackingEvent> {
    let addresses = |delivered: bool| -> Vec<String> {
        let there = trace.recipients.iter().filter(|one| one.delivered || !delivered);
        there.map(|one| one.address.clone()).collect()
    };
    let received = TrackingEvent {
        at: trace.at,
        event: "RECEIVE",
        source: Source::Smtp,
        id: trace.id,
        message_id: crate::part::without_brackets(&trace.internet_message_id).to_owned(),
        sender: trace.sender.clone(),
        recipients: addresses(false),
        related: String::new(),
        status: Vec::new(),
        subject: trace.subject.clone(),
        size: trace.size,
        client: String::new(),
        reference: None,
    };
    let delivered = addresses(true);
    let mut events = vec![received.clone()];
    events.extend(resolved(trace, &received));
    if !delivered.is_empty() {
        events.push(TrackingEvent {
            event: "DELIVER",
            source: Source::StoreDriver,
            recipients: delivered,
            ..received
        });
    }
    events
}

/// Those who got a message that was written to another address of theirs.
fn resolved(trace: &Trace, received: &TrackingEvent) -> Vec<TrackingEvent> {
    let of = |one: &TraceRecipient| {
        let (recipients, related) = (vec![one.resolved.clone()?], one.address.clone());
        let (event, source) = ("RESOLVE", Source::Routing);
        Some(TrackingEvent { event, source, recipients, related, ..received.clone() })
    };
    trace.recipients.iter().filter(|one| one.delivered).filter_map(of).collect()
}

/// What a row tells.
fn of_row(row: &Row) -> Vec<TrackingEvent> {
    let received = TrackingEvent {
        at: row.accepted,
        event: "RECEIVE",
        source: row.source,
        id: row.id,
        message_id: row.internet_id.clone(),
        sender: row.sender.clone(),
        recipients: vec![row.address.clone()],
        related: String::new(),
        status: Vec::new(),
        subject: row.subject.clone(),
        size: row.size.unsigned_abs(),
        client: row.client.clone(),
        reference: None,
    };
    let told = |event, source| {
        let status = vec![format!("{} {}", row.status, row.detail).trim().to_owned()];
        TrackingEvent { at: row.changed, event, source, status, reference: row.report, ..received.clone() }
    };
    let happened = match row.state {
        State::Delivered => row.had_under().map(|under| doubled(&told, under)),
        State::Waiting | State::Suspended => (row.attempts > 0).then(|| told("DEFER", Source::StoreDriver)),
        State::Quarantined => Some(told("REDIRECT", Source::Agent)),
        // Those to whom it led tell of it; rows of before they did are told of as they are.
        State::Redirected | State::Expanded if row.leads_as.is_some() => None,
        State::Redirected => Some(told("REDIRECT", Source::Agent)),
        State::Expanded => Some(told("EXPAND", Source::Routing)),
        State::Reported => Some(told("FAIL", Source::Routing)),
        State::Dropped if row.status.is_empty() => Some(told("DROP", Source::Agent)),
        State::Dropped => Some(told("FAIL", Source::Routing)),
    };
    let reported = happened.as_ref().filter(|_| row.state == State::Reported);
    let report = reported.and_then(|event| event.reference).map(|_| TrackingEvent {
        event: "DSN",
        source: Source::Dsn,
        recipients: vec![row.hears.clone()],
        status: Vec::new(),
        ..told("DSN", Source::Dsn)
    });
    // Who came through others alone was named by nobody.
    let came = (row.led_as.is_none() || row.led_by.iter().any(|by| row.is(by))).then(|| received.clone());
    let mut events: Vec<TrackingEvent> = [came, happened, report].into_iter().flatten().collect();
    events.extend(leading(row, &told));
    events.extend(moderation(row, &told));
    events
}

/// A recipient whose copy lay in the mailbox already, under another address.
fn doubled(told: &dyn Fn(&'static str, Source) -> TrackingEvent, under: &str) -> TrackingEvent {
    let event = told("DUPLICATEDELIVER", Source::StoreDriver);
    TrackingEvent { status: vec![format!("The mailbox has it already, under {under}.")], ..event }
}

/// Through whom a recipient came, and that it led on where it did so to nobody who has a row for it.
fn leading(row: &Row, told: &dyn Fn(&'static str, Source) -> TrackingEvent) -> Vec<TrackingEvent> {
    let event = |how: How, at: Time| {
        let (event, source) = how.told();
        TrackingEvent { at, status: Vec::new(), reference: None, ..told(event, source) }
    };
    let came = row.led_as.map(|how| event(how, row.led_at));
    let through = |came: &TrackingEvent| -> Vec<TrackingEvent> {
        let others = row.led_by.iter().filter(|by| !row.is(by));
        let of = |by: &String| TrackingEvent {
            related: by.clone(),
            status: row.led_why.get(&by.to_lowercase()).cloned().into_iter().collect(),
            ..came.clone()
        };
        others.map(of).collect()
    };
    let mut events: Vec<TrackingEvent> = came.iter().flat_map(through).collect();
    if let Some(how) = row.leads_as.filter(|_| !row.leads_somebody) {
        let (related, status) = (row.address.clone(), vec![row.detail.clone()]);
        let nobody = TrackingEvent { recipients: Vec::new(), related, ..event(how, row.leads_at) };
        let said = if row.state == State::Redirected { status } else { Vec::new() };
        events.push(TrackingEvent { status: said, ..nobody });
    }
    events
}

/// What moderators were asked of a recipient, and what they said.
fn moderation(
    row: &Row,
    told: &dyn Fn(&'static str, Source) -> TrackingEvent,
) -> impl Iterator<Item = TrackingEvent> {
    let event = |event, at: Time| {
        (at > Time(0)).then(|| TrackingEvent {
            at,
            status: Vec::new(),
            reference: None,
            ..told(event, Source::Approval)
        })
    };
    let decision = if row.let_pass { "MODERATORAPPROVE" } else { "MODERATORREJECT" };
    [event("INITMESSAGECREATED", row.asked_at), event(decision, row.decided_at)].into_iter().flatten()
}
