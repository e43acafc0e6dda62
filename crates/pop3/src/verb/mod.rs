//! The verbs. To add one, copy `noop.rs` and add a line to the list below.

use crate::reply::Reply;
use crate::session::{End, Session};

/// When a verb may be said. [RFC 1939 3]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Before log-on.
    Authorization,
    /// After it.
    Transaction,
    /// Always.
    Any,
}

/// What a client can ask for.
pub(crate) trait Verb: Sized {
    /// The word, in upper case.
    const NAME: &'static str;
    /// When it may be said.
    const FROM: State;

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
                $($file::$verb::NAME => run::<$file::$verb>(session, argument).await,)*
                _ => {
                    session.mistake(&Reply::error("Unknown command"));
                    Ok(())
                }
            }
        }
    };
}

verbs![
    auth::Auth,
    capa::Capa,
    dele::Dele,
    list::List,
    noop::Noop,
    pass::Pass,
    quit::Quit,
    retr::Retr,
    rset::Rset,
    stat::Stat,
    stls::Stls,
    top::Top,
    uidl::Uidl,
    user::User,
    utf8::Utf8,
];

async fn run<V: Verb>(session: &mut Session, argument: &str) -> Result<(), End> {
    let out_of_place = match V::FROM {
        State::Authorization => session.open.is_some(),
        State::Transaction => session.open.is_none(),
        State::Any => false,
    };
    if out_of_place {
        let when = if session.open.is_some() { "before" } else { "after" };
        session.mistake(&Reply::error(format!("{} is said {when} log-on", V::NAME)));
        return Ok(());
    }
    match V::parse(argument) {
        Ok(verb) => verb.run(session).await,
        Err(reply) => {
            session.mistake(&reply);
            Ok(())
        }
    }
}

/// For verbs that take nothing.
fn nothing(argument: &str) -> Result<(), Reply> {
    if argument.trim().is_empty() { Ok(()) } else { Err(Reply::error("The command takes no argument")) }
}

/// A message number or a count of lines: digits that fit into our numbers.
fn number(text: &str) -> Result<usize, Reply> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or_else(|| Reply::error("A number is needed"))
}

/// The number of a message, for verbs that can do without.
fn optional_number(argument: &str) -> Result<Option<usize>, Reply> {
    match argument.trim() {
        "" => Ok(None),
        digits => number(digits).map(Some),
    }
}

/// A log-on without TLS from another machine would show the password to everybody in between.
fn may_log_on(session: &Session) -> Result<(), Reply> {
    if session.connection.is_private() || session.door.config.plain_text_logon {
        return Ok(());
    }
    Err(Reply::error("Send STLS before a password"))
}
