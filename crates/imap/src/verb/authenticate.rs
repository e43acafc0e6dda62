//! AUTHENTICATE proves by a SASL mechanism.  [RFC 9051 6.2.2] [RFC 4959]
//!
//!     authenticate = "AUTHENTICATE" SP auth-type [SP initial-resp]

use net::sasl::{self, Claim, Wrong};
use object::{Error, ErrorId, Result};

use super::{State, Verb};
use crate::reply::Reply;
use crate::session::{Session, Tell};
use crate::wire::words::{Words, syntax};

pub(crate) struct Authenticate {
    mechanism: String,
    initial: Option<Vec<u8>>,
}

impl Verb for Authenticate {
    const NAME: &'static str = "AUTHENTICATE";
    const FROM: State = State::Early;
    const TELL: Tell = Tell::Nothing;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        let mechanism = words.atom()?.to_string();
        let initial = words.eat(b' ').then(|| words.take_rest().to_vec());
        Ok(Authenticate { mechanism, initial })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        if !session.may_send_password() {
            return Ok(Reply::no_with("PRIVACYREQUIRED", "Begin TLS first."));
        }
        let claim = sasl::run(&mut session.connection, "+", &self.mechanism, self.initial.as_deref()).await;
        match claim.map_err(|lost| session.lose(lost))?.map_err(wrong)? {
            Claim::Password { act_as, user, password } => session.log_in(user, password, act_as).await,
        }
    }
}

/// Each ends this log-in only. [RFC 9051 6.2.2]
fn wrong(wrong: Wrong) -> Error {
    match wrong {
        Wrong::Unknown => Error::caller(ErrorId::MechanismUnknown, "That mechanism is not known here."),
        Wrong::Cancelled => syntax("The log-in was given up."),
        Wrong::NotBase64 => syntax("That is not base64."),
        Wrong::Malformed => syntax("That is not what the mechanism says."),
    }
}
