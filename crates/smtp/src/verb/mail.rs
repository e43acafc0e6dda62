//! MAIL begins a transaction.  [RFC 5321 4.1.1.2] [RFC 1870 6] [RFC 6152 2] [RFC 3461 4] [RFC 6531 3.4] [RFC 4954 5]
//!
//!     mail = "MAIL FROM:" Reverse-path [ SP "SIZE=" number ] [ SP "BODY=" ( "7BIT" / "8BITMIME" ) ]
//!            [ SP "SMTPUTF8" ] [ SP "RET=" ( "FULL" / "HDRS" ) ] [ SP "ENVID=" xtext ]
//!            [ SP "AUTH=" xtext ] CRLF

use std::collections::HashMap;

use object::Result as Fallible;
use object::types::SmtpAddress;
use transport::{Content, Ret, Sender, Sending, Status};

use tracing::info;

use super::Verb;
use crate::path::{self, Path, Wrong};
use crate::receiving::Held;
use crate::reply::{self, Reply};
use crate::session::{End, Session, Transaction};

/// The longest envelope id. [RFC 3461 4.4]
const ENVID_BYTES_MAX: usize = 100;

#[derive(Default)]
pub(super) struct Mail {
    from: Option<SmtpAddress>,
    size: u64,
    content: Content,
    ret: Option<Ret>,
    envid: Option<String>,
    /// Whether AUTH was given.
    auth: bool,
}

impl Verb for Mail {
    const NAME: &'static str = "MAIL";

    fn parse(argument: &str) -> Result<Self, Reply> {
        let (path, parameters) = path::parse(argument, "FROM").map_err(wrong)?;
        let from = match path {
            Path::Null => None,
            Path::Address(address) => Some(address),
            Path::Postmaster => return Err(reply::bad_sender()),
        };
        let mut mail = Mail { from, ..Mail::default() };
        for (keyword, value) in parameters {
            mail.parameter(&keyword, value)?;
        }
        let international = mail.from.as_ref().is_some_and(|from| from.is_international());
        if international && !mail.content.utf8 { Err(reply::needs_utf8()) } else { Ok(mail) }
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        let reply = if session.hello.is_none() {
            reply::hello_first()
        } else if session.transaction.is_some() {
            reply::nested_mail()
        } else if self.auth && session.door.submission.is_none() {
            unsupported("AUTH")
        } else {
            if !session.is_within_rate() {
                return Err(End::Goodbye(reply::too_fast()));
            }
            match self.sending(session) {
                Ok(sending) => self.begin(session, sending),
                Err(refusal) => refusal,
            }
        };
        session.reply(&reply);
        Ok(())
    }
}

impl Mail {
    /// Who sends, and what they may.
    fn sending(&self, session: &Session) -> Result<Sending, Reply> {
        let Some(submission) = &session.door.submission else {
            let sender = Sender::of_reverse_path(self.from.clone());
            return Ok(Sending { sender, message_bytes_max: None, recipients_max: None });
        };
        let submitter = session.submitter.as_ref().ok_or_else(reply::not_logged_on)?;
        let sending: Fallible<Sending> = submission.sending(submitter.account, self.from.as_ref());
        sending.map_err(|error| {
            let (user, from) = (&submitter.name, self.from.as_ref().map_or("", |from| from.as_str()));
            info!(user, from, id = error.id(), "may not send");
            Reply::of_error(&error)
        })
    }

    fn parameter(&mut self, keyword: &str, value: Option<&str>) -> Result<(), Reply> {
        let upper = value.map(str::to_ascii_uppercase);
        match (keyword, upper.as_deref()) {
            ("SIZE", Some(digits)) => self.size = size(digits)?,
            ("BODY", Some("7BIT")) => self.content.eight_bit = false,
            ("BODY", Some("8BITMIME")) => self.content.eight_bit = true,
            ("SMTPUTF8", None) => self.content.utf8 = true,
            ("RET", Some("FULL")) => self.ret = Some(Ret::Full),
            ("RET", Some("HDRS")) => self.ret = Some(Ret::Headers),
            // Who first submitted a message is told between servers that trust each other; we trust nobody's word, and
            // such a value counts as <>. [RFC 4954 5]
            ("AUTH", Some(_)) if path::xtext(value.unwrap_or_default()).is_some() => self.auth = true,
            ("ENVID", Some(_)) => self.envid = Some(envid(value.unwrap_or_default())?),
            ("SIZE" | "BODY" | "SMTPUTF8" | "RET" | "ENVID" | "AUTH", _) => {
                return Err(Reply::bad_argument(format!("Bad value of {keyword}")));
            }
            _ => return Err(unsupported(keyword)),
        }
        Ok(())
    }

    fn begin(self, session: &mut Session, sending: Sending) -> Reply {
        let known = sending.sender.account().is_some();
        let limit = session.size_limit(sending.message_bytes_max, known);
        if self.size > limit.bytes {
            return Reply::of_error(&transport::too_large_for(limit.whose));
        }
        let (request, held) = (session.connection.next_request(), session.nothing_held());
        session.transaction = Some(self.transaction(sending, request, held));
        Reply::new(250, Status(2, 1, 0), "Sender OK")
    }

    fn transaction(self, sending: Sending, request: String, held: Held) -> Transaction {
        Transaction {
            sender: sending.sender,
            message_bytes_max: sending.message_bytes_max,
            recipients_max: sending.recipients_max,
            size: self.size,
            content: self.content,
            ret: self.ret,
            envid: self.envid,
            to: Vec::new(),
            taken: Vec::new(),
            known: HashMap::new(),
            held,
            held_bytes: 0,
            chunks: None,
            request,
        }
    }
}

fn unsupported(keyword: &str) -> Reply {
    Reply::new(555, Status(5, 5, 4), format!("Unsupported parameter {keyword}"))
}

fn wrong(wrong: Wrong) -> Reply {
    match wrong {
        Wrong::Syntax => Reply::bad_argument("Syntax: MAIL FROM:<address>"),
        Wrong::Address => reply::bad_sender(),
    }
}

/// At most 20 digits; what does not fit into our numbers is certainly too much. [RFC 1870 4]
fn size(digits: &str) -> Result<u64, Reply> {
    let fits = digits.len() <= 20 && digits.bytes().all(|b| b.is_ascii_digit());
    if fits { Ok(digits.parse().unwrap_or(u64::MAX)) } else { Err(Reply::bad_argument("Bad value of SIZE")) }
}

fn envid(text: &str) -> Result<String, Reply> {
    let decoded = path::xtext(text).filter(|_| text.len() <= ENVID_BYTES_MAX);
    decoded.ok_or_else(|| Reply::bad_argument("Bad value of ENVID"))
}
