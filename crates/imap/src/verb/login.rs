//! LOGIN proves with a name and a password.  [RFC 9051 6.2.3]
//!
//!     login = "LOGIN" SP userid SP password

use object::{Error, ErrorId, Fault, Result};

use super::{State, Verb};
use crate::limits::FAILED_LOGINS_MAX;
use crate::reply::Reply;
use crate::session::{Session, Tell, blocking};
use crate::wire::words::Words;

pub(crate) struct Login {
    user: String,
    password: String,
}

impl Verb for Login {
    const NAME: &'static str = "LOGIN";
    const FROM: State = State::Early;
    const TELL: Tell = Tell::Nothing;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        let user = words.text()?;
        words.space()?;
        Ok(Login { user, password: words.text()? })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        session.log_in(self.user, self.password, None).await
    }
}

impl Session {
    /// Checks who it is, and answers with what the server can do now.
    pub(crate) async fn log_in(
        &mut self,
        user: String,
        password: String,
        act_as: Option<String>,
    ) -> Result<Reply> {
        if !self.may_send_password() {
            return Ok(Reply::no_with("PRIVACYREQUIRED", "Begin TLS first."));
        }
        let from = self.connection.peer();
        // A NUL ends the name in some directories: another name than the one that was shown. [RFC 9051 9]
        if user.contains('\0') || password.contains('\0') {
            return self.refuse(Error::denied(ErrorId::LogonFailed, "The user name or password is wrong."));
        }
        let attempt = net::Attempt { user: &user, password: &password, act_as: act_as.as_deref(), from };
        let proved = net::log_on(&self.door.log_on, attempt).await;
        let entered = match proved {
            Ok(enter) => blocking(enter).await,
            Err(error) => Err(error),
        };
        match entered {
            Ok(logon) => {
                self.admit(logon);
                Ok(Reply::ok_with(format!("CAPABILITY {}", self.capabilities()), "Logged in"))
            }
            Err(error) => self.refuse(error),
        }
    }

    /// A log-in that failed; after a few the connection ends.
    fn refuse(&mut self, error: Error) -> Result<Reply> {
        self.failed_logins += 1;
        if self.failed_logins >= FAILED_LOGINS_MAX {
            self.bye("Too many log-ins have failed.");
        }
        match error.fault() {
            // Whatever the reason, this is all that is told. [RFC 5530 3]
            Fault::Denied => Ok(Reply::no_with("AUTHENTICATIONFAILED", error.message())),
            _ => Err(error),
        }
    }
}
