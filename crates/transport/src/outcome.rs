//! How long mail waits: when a row is tried again, when its sender hears that it takes long, and when it is given up.

use std::time::Duration;

use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Fault, Result, Time};
use tracing::{error, info, warn};

use crate::led::How;
use crate::queue::{Asked, Claimed, Due, Outcome, State};
use crate::refusal;
use crate::report::Kind;
use crate::sole_report::{is_sole, waits_for_good};
use crate::{Lane, Status, status};

/// Waits after the 1st, 2nd … failed attempt; the last one repeats.
const BACK_OFF_SECONDS: [u64; 5] = [15, 60, 300, 600, 1800];
/// A message that nobody takes at the moment is looked at again after this time, since an address can become ours; twice
/// as long each time up to sixteen hours, so that a great many of them cost nothing.
const UNTAKEN_PAUSE_SECONDS: u64 = 1800;
const UNTAKEN_DOUBLINGS_MAX: u32 = 5;
/// Delivery time expired. [RFC 3463 3.5]
const EXPIRED: Status = Status(4, 4, 7);

/// How long mail may wait, and how long is remembered what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// After this time in the queue a message is given up and its sender told.
    pub expire_after: Duration,
    /// After this time in the queue the sender is told once that it takes long.
    pub delay_notice_after: Duration,
    /// How long is kept what became of each message.
    pub trace_kept: Duration,
    /// How long a message can be let go from quarantine.
    pub quarantine_kept: Duration,
}

impl Times {
    /// The same while the clock, which says `now`, has gone further than time was seen to pass: what ends by it ends later.
    pub(crate) fn held_back(&self, now: Time, passed: Time) -> Times {
        let ahead = Duration::from_micros(u64::try_from(now.0.saturating_sub(passed.0)).unwrap_or(0));
        Times {
            expire_after: self.expire_after.saturating_add(ahead),
            delay_notice_after: self.delay_notice_after.saturating_add(ahead),
            ..*self
        }
    }
}

impl Default for Times {
    /// Exchange's: two days, four hours, thirty days, thirty days.
    fn default() -> Times {
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        let month = hours(30 * 24);
        Times {
            expire_after: hours(48),
            delay_notice_after: hours(4),
            trace_kept: month,
            quarantine_kept: month,
        }
    }
}

/// What became of a row.
#[derive(Clone)]
pub(crate) enum Fate {
    /// A copy lies in the mailbox; its trace has it under this address.
    Delivered {
        address: String,
    },
    /// Nobody takes it yet, and why.
    Waits(&'static str),
    /// It belongs to another destination now.
    Moved(Lane),
    /// It was followed: it gets a copy itself, there; and others as well, where it says how.
    Follows(Lane, Option<How>),
    /// It was followed: others get the message.
    Expanded(How),
    /// It waits for a moderator, who is asked when this is recorded.
    Held(Asked),
    /// It was seen before that it is not taken: the code and the words.
    Refused(Status, String),
    Failed(Error),
}

impl Fate {
    pub(crate) fn of(outcomes: &Result<Vec<Result<()>>>, number: usize, address: &SmtpAddress) -> Fate {
        match outcomes {
            Err(error) => Fate::Failed(error.clone()),
            Ok(outcomes) => match outcomes.get(number) {
                Some(Ok(())) => Fate::Delivered { address: address.to_string() },
                Some(Err(error)) => Fate::Failed(error.clone()),
                None => Fate::Failed(Error::server(
                    ErrorId::OutcomeMissing,
                    "The mailboxes did not say what became of it.",
                )),
            },
        }
    }
}

/// What is recorded of a row, and what its sender is told.
pub(crate) fn outcome(message: &Claimed, due: &Due, fate: &Fate, now: Time, times: &Times) -> Outcome {
    match fate {
        Fate::Delivered { address } => {
            let tells = due.notify.success.then_some(Kind::Delivered);
            let status = Some(Status(2, 1, 5));
            Outcome { tells, ..Outcome::of(due, State::Delivered, now, status, address) }
        }
        Fate::Moved(lane) => {
            let kept = Outcome::of(due, State::Waiting, now, None, "");
            Outcome { lane: Some(lane.clone()), attempts: due.attempts, ..kept }
        }
        Fate::Follows(lane, leads) => {
            let kept = Outcome::of(due, State::Waiting, now, None, "");
            Outcome {
                lane: Some(lane.clone()),
                attempts: due.attempts,
                followed: true,
                leads: *leads,
                ..kept
            }
        }
        Fate::Held(asked) => {
            // Nobody is told that it takes long before it is known whether it is delivered at all.
            let kept = Outcome::of(due, State::Waiting, now, None, "Waits for a moderator.");
            let (lane, token) = (Some(Lane::moderated()), Some(asked.token));
            Outcome { lane, token, attempts: due.attempts, delayed: true, ..kept }
        }
        Fate::Expanded(how) => {
            let tells = due.notify.success.then_some(Kind::Delivered);
            Outcome {
                tells,
                leads: Some(*how),
                ..Outcome::of(due, State::Expanded, now, Some(Status(2, 1, 5)), "")
            }
        }
        Fate::Refused(code, why) => {
            info!(id = %message.id, to = %due.address, why, "refused");
            given_up(message, due, now, *code, why)
        }
        Fate::Waits(why) => {
            let doublings = u32::try_from(due.attempts).unwrap_or(0).min(UNTAKEN_DOUBLINGS_MAX);
            let later = now + Duration::from_secs(UNTAKEN_PAUSE_SECONDS << doublings);
            let waits = Outcome::of(due, State::Waiting, later, None, why);
            put_off(message, due, times, waits, now)
        }
        Fate::Failed(error) => failed(message, due, error, now, times),
    }
}

fn failed(message: &Claimed, due: &Due, error: &Error, now: Time, times: &Times) -> Outcome {
    log_failure(message.id, due, error);
    let code = status(error);
    if code.is_permanent() && !waits_for_good(message, due) {
        return given_up(message, due, now, code, error.message());
    }
    let later = now + back_off(due.attempts);
    let waits = Outcome::of(due, State::Waiting, later, Some(code), error.message());
    put_off(message, due, times, waits, now)
}

/// Since when a row waits: since the message came, or since it was let go.
pub(crate) fn begun(message: &Claimed, due: &Due) -> Time {
    message.accepted.max(due.begun)
}

/// A row that stays in the queue, unless it has been there too long.
fn put_off(message: &Claimed, due: &Due, times: &Times, waits: Outcome, now: Time) -> Outcome {
    let begun = begun(message, due);
    let (ends, slow) = (begun + times.expire_after, begun + times.delay_notice_after);
    if now >= ends && !waits_for_good(message, due) {
        info!(id = %message.id, to = %due.address, why = waits.detail, "expired");
        let detail = format!("{}; {}", refusal::EXPIRED, waits.detail);
        return Outcome { expired: true, ..given_up(message, due, now, EXPIRED, &detail) };
    }
    let tells = (now >= slow && !due.delayed && due.notify.delay).then_some(Kind::Delayed);
    let status = waits.status.or(tells.map(|_| EXPIRED));
    // Neither the end nor the word about the delay waits for the next try.
    let next = if now < ends { waits.next_attempt.min(ends) } else { waits.next_attempt };
    let next_attempt = if now < slow { next.min(slow) } else { next };
    Outcome { tells, status, next_attempt, delayed: due.delayed || now >= slow, ..waits }
}

fn given_up(message: &Claimed, due: &Due, now: Time, code: Status, detail: &str) -> Outcome {
    let told = hears(message, due).is_some() && due.notify.failure;
    let state = if told { State::Reported } else { State::Dropped };
    let tells = told.then_some(Kind::Failed);
    Outcome { tells, ..Outcome::of(due, state, now, Some(code), detail) }
}

/// Who hears what becomes of a row: the sender, or the owner of the group through which it came. A report is never reported on,
/// not even to a group's owner; but of one in which a message lies hears whoever is named for that.
pub(crate) fn hears<'a>(message: &'a Claimed, due: &'a Due) -> Option<&'a SmtpAddress> {
    match message.sender.address() {
        Some(sender) => Some(due.reports_to.as_ref().unwrap_or(sender)),
        None => due.reports_to.as_ref().filter(|_| is_sole(message)),
    }
}

fn back_off(attempts: i64) -> Duration {
    let step = usize::try_from(attempts).unwrap_or(0).min(BACK_OFF_SECONDS.len() - 1);
    Duration::from_secs(BACK_OFF_SECONDS[step])
}

/// What an operator should know of a delivery that failed.
fn log_failure(id: Guid, due: &Due, error: &Error) {
    match error.fault() {
        Fault::Server => error!(%id, to = %due.address, %error, "delivery failed"),
        _ if status(error).is_permanent() => info!(%id, to = %due.address, %error, "given up"),
        _ => warn!(%id, to = %due.address, %error, "delivery put off"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use super::*;
    use crate::queue::tests::{NOON, lane, message, queue, to};
    use crate::queue::{Done, NewMessage, NewRecipient, Passing, compress};

    #[test]
    fn what_is_in_quarantine_ends_there() {
        let (queue, report) = (queue(), Guid::of_u128(7));
        let held = |number: u128| {
            let done = Done { state: State::Quarantined, why: "spam".to_owned(), report: Some(report) };
            let to = vec![NewRecipient { done: Some(done), ..to("ann") }];
            NewMessage { to, ..message(number, None, &[]) }
        };
        queue.put((1..=3).map(held).collect()).unwrap();
        let later = NOON + Duration::from_secs(3600);
        assert_eq!(queue.end_quarantine(NOON, later, 2).unwrap(), 0, "no older than that moment");
        assert_eq!(queue.end_quarantine(Time(NOON.0 + 1), later, 2).unwrap(), 2);
        assert_eq!(queue.end_quarantine(Time(NOON.0 + 1), later, 2).unwrap(), 1);
        assert_eq!(queue.quarantined(&|_| true, 9).unwrap(), []);
        let row = queue.rows(Guid::of_u128(1)).unwrap().remove(0);
        assert_eq!((row.state, row.detail.as_str()), (State::Dropped, "It was in quarantine for too long."));
        // From then on it is forgotten like any other.
        assert_eq!(queue.forget(Time(later.0 + 1), 500).unwrap(), 3);
    }

    #[test]
    fn what_was_held_and_is_let_go_waits_from_then_on() {
        let (queue, report, token) = (queue(), Guid::of_u128(7), Guid::of_u128(8));
        let held = Some(Done { state: State::Quarantined, why: "spam".to_owned(), report: Some(report) });
        let quarantined = NewRecipient { done: held, ..to("ann") };
        let moderated = NewRecipient { token: Some(token), lane: Lane::moderated(), ..to("ben") };
        let with = |id, to| NewMessage { to: vec![to], ..message(id, None, &[]) };
        queue.put(vec![with(1, quarantined), with(2, moderated), message(3, None, &["carla"])]).unwrap();
        assert_eq!(queue.suspend_message(Guid::of_u128(3), true, NOON).unwrap(), 1);
        // A queue that is held and let go begins anew, too.
        queue.put(vec![message(4, None, &["dora"])]).unwrap();
        queue.suspend_lane(lane().name(), true, NOON).unwrap();
        // What is held may still be let go when others are forgotten.
        let later = NOON + Duration::from_secs(40 * 24 * 3600);
        assert_eq!(queue.forget(later, 500).unwrap(), 0);
        assert_eq!(queue.quarantined(&|_| true, 1).unwrap().len(), 1);
        let lanes = vec![("ann@contoso.com".to_owned(), lane())];
        assert!(queue.release(report, lanes, compress(b"text").unwrap(), 4, later).unwrap());
        let row = Passing { message: Guid::of_u128(2), number: 0, lane: lane(), approved: true };
        assert!(queue.approve(token, later, vec![row]).unwrap());
        assert_eq!(queue.suspend_message(Guid::of_u128(3), false, later).unwrap(), 1);
        assert_eq!(queue.lanes().unwrap().iter().filter(|(known, _)| *known == lane()).count(), 0);
        queue.suspend_lane(lane().name(), false, later).unwrap();
        // A first attempt that fails is not the last one.
        let claimed = queue.claim(&lane(), later, 500).unwrap();
        assert_eq!(claimed.len(), 4);
        for one in &claimed {
            let failed = Fate::Failed(Error::busy(ErrorId::MdbDismounted, "The database is not mounted."));
            let outcome = outcome(one, &one.to[0], &failed, later, &Times::default());
            assert_eq!(outcome.state, State::Waiting, "{}", one.to[0].address);
        }
    }
}
