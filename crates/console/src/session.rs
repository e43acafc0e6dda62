//! Who is logged on: sessions, kept in memory and named by a cookie that only this site gets.

use crate::answer;
use crate::command::Ran;
use crate::cookie::cookie;
use crate::ticket::{Answer, Claim, Sent, Tickets};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use gate::Caller;
use maud::Markup;
use object::{Clock, Error, ErrorId, Result, Time};
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// A browser sends it over TLS only, to this host only, and no script sees it.
const COOKIE: &str = "__Host-mailstead";
/// A session that nobody uses ends; an administrator who is at lunch logs on again.
const IDLE: Duration = Duration::from_secs(3600);
/// A session ends, used or not: a working day.
const LONGEST: Duration = Duration::from_secs(12 * 3600);
/// Sessions of all people; more is somebody who logs on in a loop.
const SESSIONS_MAX: usize = 10_000;
/// Sessions of one account; the oldest gives way.
const SESSIONS_OF_ONE_MAX: usize = 20;
/// Commands that a session remembers for its log.
const COMMANDS_MAX: usize = 1_000;
/// What waits to be said at once; nobody reads more.
const SAYINGS_MAX: usize = 8;
/// Pages of one session that hear what changes.
const LISTENERS_OF_ONE_MAX: usize = 12;
/// Bytes of randomness in a name that nobody may guess.
const SECRET_BYTES: usize = 32;

/// One person at one browser.
pub(crate) struct Session {
    /// Who it is.
    pub(crate) caller: Caller,
    /// What a form must bring back, so that no page of another site can send it.
    pub(crate) token: String,
    /// Names the session in the list of sessions; of no use to log on.
    pub(crate) number: String,
    /// The browser, as it calls itself.
    pub(crate) browser: String,
    /// When it began.
    pub(crate) began: Time,
    key: String,
    /// What the log-on stood on when it was made.
    pub(crate) proof: Option<u64>,
    used: Mutex<Time>,
    ran: Mutex<VecDeque<Ran>>,
    tickets: Tickets,
    /// What the next page says first.
    said: Mutex<Vec<Markup>>,
    /// The key of an authenticator that is being set up.
    factor: Mutex<Option<String>>,
    /// Places for its pages that hear what changes.
    pub(crate) listeners: Arc<Semaphore>,
}

impl Session {
    /// When it was used last.
    pub(crate) fn used(&self) -> Time {
        *self.used.lock()
    }
    /// Keeps a command for the log of this session.
    pub(crate) fn keep(&self, command: Ran) {
        let mut ran = self.ran.lock();
        if ran.len() == COMMANDS_MAX {
            ran.pop_front();
        }
        ran.push_back(command);
    }
    /// The commands of this session, the oldest first.
    pub(crate) fn commands(&self) -> Vec<Ran> {
        self.ran.lock().iter().cloned().collect()
    }
    /// Lets a form act once; sent again, it leads where it led before and what was said is said again.
    pub(crate) fn once(&self, ticket: &str, work: impl FnOnce() -> Result<Sent>) -> Result<Response> {
        let begun = match self.tickets.claim(ticket) {
            Claim::New(begun) => begun,
            Claim::Done(answer) => return Ok(self.led(answer)),
            Claim::Busy => return Ok(answer::lead_to("/admin/session")),
        };
        let sent = work();
        begun.settle(&sent);
        match sent? {
            Sent::Done(answer) => Ok(self.led(answer)),
            Sent::Shown(page) => Ok(page),
        }
    }
    fn led(&self, answer: Answer) -> Response {
        self.say(answer.said);
        answer::lead_to(&answer.place)
    }
    /// Lets the next page say something first; what waits already is not said twice.
    pub(crate) fn say(&self, markup: Markup) {
        let mut said = self.said.lock();
        let is_new = !markup.0.is_empty() && !said.iter().any(|waits| waits.0 == markup.0);
        if is_new && said.len() < SAYINGS_MAX {
            said.push(markup);
        }
    }
    /// The key of the authenticator that is being set up; a reload shows the same one.
    pub(crate) fn factor(&self, fresh: impl FnOnce() -> Result<String>) -> Result<String> {
        let mut factor = self.factor.lock();
        match &*factor {
            Some(key) => Ok(key.clone()),
            None => Ok(factor.insert(fresh()?).clone()),
        }
    }
    /// It is set up, or is not to be.
    pub(crate) fn forget_factor(&self) {
        *self.factor.lock() = None;
    }
    /// What is to be said, once.
    pub(crate) fn take_said(&self) -> Vec<Markup> {
        std::mem::take(&mut *self.said.lock())
    }
}

/// All sessions. They end with the server: whoever was at work logs on again and goes on where they were.
pub(crate) struct Sessions {
    clock: Arc<dyn Clock>,
    open: Mutex<HashMap<String, Arc<Session>>>,
}

impl Sessions {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Sessions {
        Sessions { clock, open: Mutex::default() }
    }

    /// Begins a session; always a new one, so that nobody can have chosen its name before.
    pub(crate) fn begin(&self, caller: Caller, proof: Option<u64>, browser: &str) -> Result<Arc<Session>> {
        let now = self.clock.now();
        let session = Arc::new(Session {
            caller,
            token: secret()?,
            number: secret()?[..16].to_owned(),
            browser: browser.to_owned(),
            began: now,
            key: secret()?,
            proof,
            used: Mutex::new(now),
            ran: Mutex::default(),
            tickets: Tickets::default(),
            said: Mutex::default(),
            factor: Mutex::default(),
            listeners: Arc::new(Semaphore::new(LISTENERS_OF_ONE_MAX)),
        });
        let mut open = self.open.lock();
        open.retain(|_, session| !has_ended(session, now));
        make_room(&mut open, &session.caller);
        if open.len() >= SESSIONS_MAX {
            return Err(Error::busy(ErrorId::TooManySessions, "Too many people are logged on.")
                .help("Try again in some minutes."));
        }
        open.insert(session.key.clone(), Arc::clone(&session));
        Ok(session)
    }

    /// The session that a request belongs to, as long as it lasts.
    /// What a page does by itself does not lengthen it.
    pub(crate) fn of(&self, headers: &HeaderMap, is_used: bool) -> Option<Arc<Session>> {
        let key = cookie(headers, COOKIE)?;
        let now = self.clock.now();
        let mut open = self.open.lock();
        let session = open.get(&key).cloned()?;
        if has_ended(&session, now) {
            open.remove(&key);
            return None;
        }
        if is_used {
            *session.used.lock() = now;
        }
        Some(session)
    }

    /// Whether a session has not ended; this does not count as a use of it.
    pub(crate) fn is_open(&self, session: &Session) -> bool {
        !has_ended(session, self.clock.now()) && self.open.lock().contains_key(&session.key)
    }

    /// The sessions of the same account, the newest first.
    pub(crate) fn of_same(&self, caller: &Caller) -> Vec<Arc<Session>> {
        let open = self.open.lock();
        let mut same: Vec<_> =
            open.values().filter(|session| session.caller.account == caller.account).cloned().collect();
        same.sort_by_key(|session| std::cmp::Reverse(session.began));
        same
    }

    /// Ends those sessions of the caller's account that `which` names.
    pub(crate) fn end(&self, caller: &Caller, which: impl Fn(&Session) -> bool) {
        self.open.lock().retain(|_, session| session.caller.account != caller.account || !which(session));
    }
}

fn has_ended(session: &Session, now: Time) -> bool {
    now > *session.used.lock() + IDLE || now > session.began + LONGEST
}

fn make_room(open: &mut HashMap<String, Arc<Session>>, caller: &Caller) {
    let mut same: Vec<_> = open.values().filter(|session| session.caller.account == caller.account).collect();
    if same.len() < SESSIONS_OF_ONE_MAX {
        return;
    }
    same.sort_by_key(|session| session.began);
    let oldest = same[0].key.clone();
    open.remove(&oldest);
}

/// A name that nobody can guess.
pub(crate) fn secret() -> Result<String> {
    let mut octets = [0; SECRET_BYTES];
    getrandom::fill(&mut octets).map_err(|error| Error::server(ErrorId::NoRandomness, error.to_string()))?;
    Ok(octets.iter().fold(String::new(), |mut text, octet| {
        write!(text, "{octet:02x}").expect("a string takes all");
        text
    }))
}

/// The cookie of a session that begins.
pub(crate) fn set_cookie(session: &Session) -> HeaderValue {
    let text = format!("{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax", session.key);
    HeaderValue::from_str(&text).expect("hexadecimal digits and words of ours")
}

/// Takes the cookie away.
pub(crate) fn clear_cookie() -> HeaderValue {
    HeaderValue::from_static("__Host-mailstead=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::WoundClock;

    fn with(session: &Session) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let text = format!("{COOKIE}={}", session.key);
        headers.insert("cookie", HeaderValue::from_str(&text).expect("hexadecimal digits"));
        headers
    }

    #[test]
    fn what_a_page_does_by_itself_keeps_no_session_from_its_end() {
        let clock = Arc::new(WoundClock::at(Time::from_unix(1_790_000_000)));
        let sessions = Sessions::new(clock.clone());
        let session = sessions.begin(Caller::system("test"), Some(1), "").expect("there is room");
        let headers = with(&session);
        for _ in 0..3 {
            clock.pass(IDLE / 2);
            assert!(sessions.of(&headers, true).is_some(), "a person's clicks lengthen it");
        }
        clock.pass(IDLE / 2);
        assert!(sessions.of(&headers, false).is_some());
        clock.pass(IDLE / 2 + Duration::from_secs(1));
        assert!(!sessions.is_open(&session) && sessions.of(&headers, true).is_none());
    }
}
