//! MAIL begins a transaction.  [RFC 5321 4.1.1.2] [RFC 1870 6] [RFC 6152 2] [RFC 3461 4] [RFC 6531 3.4]
//!
//!     mail = "MAIL FROM:" Reverse-path [ SP "SIZE=" number ] [ SP "BODY=" ( "7BIT" / "8BITMIME" ) ]
//!            [ SP "SMTPUTF8" ] [ SP "RET=" ( "FULL" / "HDRS" ) ] [ SP "ENVID=" xtext ] CRLF

use std::collections::HashMap;

use object::types::SmtpAddress;
use transport::{Content, Ret, Sender, Status};

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
        } else if self.size > session.message_bytes_max() {
            Reply::of_error(&transport::too_large())
        } else {
            let (request, held) = (session.connection.next_request(), session.nothing_held());
            session.transaction = Some(self.begin(request, held));
            Reply::new(250, Status(2, 1, 0), "Sender OK")
        };
        session.reply(&reply);
        Ok(())
    }
}

impl Mail {
    fn parameter(&mut self, keyword: &str, value: Option<&str>) -> Result<(), Reply> {
        let upper = value.map(str::to_ascii_uppercase);
        match (keyword, upper.as_deref()) {
            ("SIZE", Some(digits)) => self.size = size(digits)?,
            ("BODY", Some("7BIT")) => self.content.eight_bit = false,
            ("BODY", Some("8BITMIME")) => self.content.eight_bit = true,
            ("SMTPUTF8", None) => self.content.utf8 = true,
            ("RET", Some("FULL")) => self.ret = Some(Ret::Full),
            ("RET", Some("HDRS")) => self.ret = Some(Ret::Headers),
            ("ENVID", Some(_)) => self.envid = Some(envid(value.unwrap_or_default())?),
            ("SIZE" | "BODY" | "SMTPUTF8" | "RET" | "ENVID", _) => {
                return Err(Reply::bad_argument(format!("Bad value of {keyword}")));
            }
            _ => return Err(Reply::new(555, Status(5, 5, 4), format!("Unsupported parameter {keyword}"))),
        }
        Ok(())
    }

    fn begin(self, request: String, held: Held) -> Transaction {
        Transaction {
            sender: Sender::of_reverse_path(self.from),
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
