//! The verbs. To add one, copy `noop.rs` and add a line to the list below.

use crate::reply::{self, Reply};
use crate::session::{End, Session};

/// What a client can ask for.
pub(crate) trait Verb: Sized {
    /// The word, in upper case.
    const NAME: &'static str;

    /// Reads the argument; an error is the reply.
    fn parse(argument: &str) -> Result<Self, Reply>;

    /// Does it and replies. An error ends the session.
    async fn run(self, session: &mut Session) -> Result<(), End>;
}

/// The one list of verbs: a file each, and a dispatch by name.
macro_rules! verbs {
    ($($file:ident::$verb:ident,)*) => {
        $(mod $file;)*

        /// Runs the verb called `name`.
        pub(crate) async fn dispatch(session: &mut Session, name: &str, argument: &str) -> Result<(), End> {
            match name {
                $($file::$verb::NAME => match $file::$verb::parse(argument) {
                    Ok(verb) => verb.run(session).await,
                    Err(reply) => refuse(session, name, &reply),
                },)*
                // A browser made to talk to us would send its page as mail.
                "GET" | "POST" | "PUT" | "CONNECT" | "HEAD" | "OPTIONS" => Err(End::Goodbye(reply::not_smtp())),
                "EXPN" | "TURN" | "ATRN" | "ETRN" | "SEND" | "SOML" | "SAML" | "BURL" => {
                    session.reply(&reply::not_implemented());
                    Ok(())
                }
                _ => {
                    session.reply(&reply::unrecognized());
                    Ok(())
                }
            }
        }
    };
}

verbs![
    auth::Auth,
    bdat::Bdat,
    data::Data,
    ehlo::Ehlo,
    helo::Helo,
    help::Help,
    lhlo::Lhlo,
    mail::Mail,
    noop::Noop,
    quit::Quit,
    rcpt::Rcpt,
    rset::Rset,
    starttls::StartTls,
    vrfy::Vrfy,
];

/// After a BDAT that cannot be read nobody knows where the next command begins.
fn refuse(session: &mut Session, name: &str, reply: &Reply) -> Result<(), End> {
    if name == "BDAT" {
        return Err(End::Goodbye(reply.clone()));
    }
    session.reply(reply);
    Ok(())
}

/// For verbs that take nothing.
fn nothing(argument: &str) -> Result<(), Reply> {
    if argument.is_empty() { Ok(()) } else { Err(reply::no_argument()) }
}
