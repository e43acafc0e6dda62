//! Forms act once: whatever is sent again with the same ticket gets the answer that the first sending got.

use std::collections::VecDeque;
use std::time::Duration;

use axum::response::Response;
use maud::Markup;
use object::Result;
use parking_lot::{Condvar, Mutex};

/// Forms whose answers are kept, so that a second click gets the first one's answer.
const ANSWERS_MAX: usize = 64;
/// How long a second click waits for the first one's answer; it holds a worker thread meanwhile.
const WAIT: Duration = Duration::from_secs(60);
/// Clicks of one session that wait; whoever clicks more often looks at the log of the session.
const WAITERS_MAX: usize = 4;

/// What became of a form.
pub(crate) enum Sent {
    /// It was done: the page that follows, and what it says first.
    Done(Answer),
    /// Nothing was done; the form may be sent again.
    Shown(Response),
}

/// Where a form led.
#[derive(Clone)]
pub(crate) struct Answer {
    /// The page that follows.
    pub(crate) place: String,
    /// What that page says first; empty if it says all by itself.
    pub(crate) said: Markup,
}

/// Whether a form was sent before.
pub(crate) enum Claim<'a> {
    /// It is the first time.
    New(Begun<'a>),
    /// It was done then.
    Done(Answer),
    /// It is worked on for longer than a click can wait.
    Busy,
}

/// The tickets of a session.
#[derive(Default)]
pub(crate) struct Tickets {
    rows: Mutex<Rows>,
    settled: Condvar,
}

#[derive(Default)]
struct Rows {
    /// What each led to; nothing yet while it is worked on.
    answers: VecDeque<(String, Option<Answer>)>,
    waiting: usize,
}

impl Rows {
    fn of(&mut self, ticket: &str) -> Option<&mut Option<Answer>> {
        self.answers.iter_mut().find(|(known, _)| known == ticket).map(|(_, answer)| answer)
    }

    /// Makes room for a ticket. What is worked on is not forgotten: a second click would do it again.
    fn take(&mut self, ticket: &str) {
        let settled = self.answers.iter().position(|(_, answer)| answer.is_some());
        if let Some(oldest) = settled.filter(|_| self.answers.len() >= ANSWERS_MAX) {
            self.answers.remove(oldest);
        }
        self.answers.push_back((ticket.to_owned(), None));
    }
}

impl Tickets {
    /// Uses a ticket up. A browser that is clicked twice drops the first answer and waits for the second, so that the
    /// second waits here until the first is known.
    pub(crate) fn claim<'a>(&'a self, ticket: &'a str) -> Claim<'a> {
        self.claim_within(ticket, WAIT)
    }

    fn claim_within<'a>(&'a self, ticket: &'a str, wait: Duration) -> Claim<'a> {
        let mut rows = self.rows.lock();
        loop {
            let is_crowded = rows.waiting >= WAITERS_MAX;
            match rows.of(ticket) {
                None => {
                    rows.take(ticket);
                    return Claim::New(Begun { tickets: self, ticket });
                }
                Some(Some(answer)) => return Claim::Done(answer.clone()),
                Some(None) if is_crowded => return Claim::Busy,
                Some(None) => {}
            }
            rows.waiting += 1;
            let late = self.settled.wait_for(&mut rows, wait).timed_out();
            rows.waiting -= 1;
            if late {
                return Claim::Busy;
            }
        }
    }
}

/// A form that is worked on. However the work ends, nobody waits for it any more.
pub(crate) struct Begun<'a> {
    tickets: &'a Tickets,
    ticket: &'a str,
}

impl Begun<'_> {
    /// Keeps where the form led; a form that was refused may be sent again, mended.
    pub(crate) fn settle(self, sent: &Result<Sent>) {
        if let (Ok(Sent::Done(answer)), Some(row)) = (sent, self.tickets.rows.lock().of(self.ticket)) {
            *row = Some(answer.clone());
        }
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        self.tickets.rows.lock().answers.retain(|(known, answer)| known != self.ticket || answer.is_some());
        self.tickets.settled.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(place: &str) -> Result<Sent> {
        Ok(Sent::Done(Answer { place: place.to_owned(), said: maud::PreEscaped("Done".to_owned()) }))
    }

    fn begun<'a>(tickets: &'a Tickets, ticket: &'a str) -> Begun<'a> {
        match tickets.claim(ticket) {
            Claim::New(begun) => begun,
            _ => panic!("{ticket} was claimed before"),
        }
    }

    #[test]
    fn a_second_click_gets_the_first_ones_answer() {
        let tickets = Tickets::default();
        let first = begun(&tickets, "one");
        std::thread::scope(|scope| {
            let second = scope.spawn(|| tickets.claim("one"));
            first.settle(&done("/admin/shared"));
            assert!(matches!(second.join(), Ok(Claim::Done(answer)) if answer.place == "/admin/shared"));
        });
        assert!(matches!(tickets.claim("one"), Claim::Done(answer) if answer.said.0 == "Done"));
        begun(&tickets, "two");
    }

    #[test]
    fn what_was_refused_may_be_sent_again_and_nobody_waits_without_end() {
        let tickets = Tickets::default();
        let first = begun(&tickets, "one");
        assert!(matches!(tickets.claim_within("one", Duration::ZERO), Claim::Busy));
        first.settle(&Ok(Sent::Shown(Response::default())));
        let second = begun(&tickets, "one");
        std::thread::scope(|scope| {
            let third = scope.spawn(|| tickets.claim("one"));
            // Work that broke off settles nothing.
            drop(second);
            assert!(matches!(third.join(), Ok(Claim::New(_))));
        });
    }

    #[test]
    fn old_answers_are_forgotten_and_what_is_worked_on_is_not() {
        let tickets = Tickets::default();
        let slow = begun(&tickets, "slow");
        for ticket in 0..=ANSWERS_MAX {
            let ticket = ticket.to_string();
            begun(&tickets, &ticket).settle(&done("/"));
        }
        assert!(matches!(tickets.claim("2"), Claim::Done(_)));
        assert!(matches!(tickets.claim_within("slow", Duration::ZERO), Claim::Busy));
        begun(&tickets, "0");
        slow.settle(&done("/"));
        assert!(matches!(tickets.claim("slow"), Claim::Done(_)));
    }
}
