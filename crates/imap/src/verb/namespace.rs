//! NAMESPACE tells where one's own, other users' and shared folders begin.  [RFC 9051 6.3.10]

use mailbox::Space;
use object::Result;

use super::{State, Verb, nothing};
use crate::place::root;
use crate::reply::Reply;
use crate::session::{Session, blocking};
use crate::wire::words::Words;

pub(crate) struct Namespace;

impl Verb for Namespace {
    const NAME: &'static str = "NAMESPACE";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        nothing(words, Namespace)
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let neighbours = session.reach()?.neighbours;
        let spaces = blocking(move || neighbours.spaces()).await?;
        let named = |wanted: Space| {
            let there = spaces.contains(&wanted);
            there.then(|| format!("(\"{}/\" \"/\")", root(wanted)))
        };
        let others = |space| named(space).map_or_else(|| "NIL".to_owned(), |one| format!("({one})"));
        let archive = named(Space::Archive).unwrap_or_default();
        let line = format!(
            "* NAMESPACE ((\"\" \"/\"){archive}) {} {}\r\n",
            others(Space::OtherUsers),
            others(Space::Shared)
        );
        session.connection.put(line.as_bytes());
        Ok(Reply::ok("NAMESPACE completed"))
    }
}
