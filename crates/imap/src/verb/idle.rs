//! IDLE waits for news until the client says DONE.  [RFC 9051 6.3.13]
//!
//!     idle = "IDLE" CRLF "DONE"

use object::{Error, ErrorId, Result};

use super::{State, Verb, nothing};
use crate::reply::Reply;
use crate::session::{Session, Tell, is_cut};
use crate::wire::words::{Words, syntax};

/// DONE, with room for what is not it.
const DONE_LINE_BYTES_MAX: usize = 100;

pub(crate) struct Idle;

impl Verb for Idle {
    const NAME: &'static str = "IDLE";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        nothing(words, Idle)
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        session.connection.put(b"+ idling\r\n");
        loop {
            session.tell_news().await?;
            match session.wait().await? {
                Woken::News => {}
                Woken::Over => {
                    session.leave();
                    session.said = true;
                    return Ok(Reply::ok("IDLE ended"));
                }
                Woken::Cut => {
                    session.cut();
                    session.said = true;
                    return Ok(Reply::ok("IDLE ended"));
                }
                Woken::Client(true) => return Ok(Reply::ok("IDLE completed")),
                Woken::Client(false) => return Err(syntax("DONE was expected.")),
            }
        }
    }
}

/// What ended the waiting.
enum Woken {
    /// The mailbox changed.
    News,
    /// The client said something: whether it was DONE.
    Client(bool),
    /// The account was switched off.
    Cut,
    /// The right to the mailbox that is open was taken.
    Over,
}

impl Session {
    async fn tell_news(&mut self) -> Result<()> {
        match self.news(Tell::All, false).await {
            Ok(told) => told,
            Err(lost) => Err(self.lose(lost)),
        }
    }

    /// Waits for the client or the mailbox, whichever speaks first.
    async fn wait(&mut self) -> Result<Woken> {
        let Session { connection, view, user, .. } = self;
        let user = user.as_mut().ok_or_else(|| Error::denied(ErrorId::NotLoggedOn, "Log in first."))?;
        let mut visit = view.as_ref().and_then(|view| view.visit.clone());
        let over = async {
            match &mut visit {
                Some(visit) => is_cut(visit).await,
                None => std::future::pending().await,
            }
        };
        let news = async {
            if let Some(view) = view
                && view.feed.changed().await.is_ok()
            {
                return view.feed.mark_changed();
            }
            // Nothing is selected, or the mailbox has gone: there will be no news.
            std::future::pending().await
        };
        let line = tokio::select! {
            line = connection.command(DONE_LINE_BYTES_MAX) => line,
            () = news => return Ok(Woken::News),
            () = is_cut(&mut user.cut_off) => return Ok(Woken::Cut),
            () = over => return Ok(Woken::Over),
        };
        match line {
            Ok(line) => Ok(Woken::Client(line.bytes.trim_ascii().eq_ignore_ascii_case(b"DONE"))),
            Err(lost) => Err(self.lose(lost)),
        }
    }
}
