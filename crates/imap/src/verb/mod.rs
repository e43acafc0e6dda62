//! The commands, one a file.
//!
//! To add one: copy `create.rs`, write its grammar into the head, its parsing and its doing, and add its
//! line to [`verbs!`] below. `FROM` says in which state it is allowed, `TELL` what news its answer may carry.

use std::future::Future;

use net::Lost;
use object::Result;

use crate::reply::Reply;
use crate::session::{Session, Tell};
use crate::wire::command::Command;
use crate::wire::words::{Words, syntax};

mod acl;
mod append;
mod authenticate;
mod capability;
mod close;
mod copy;
mod create;
mod delete;
mod enable;
mod expunge;
mod fetch;
mod id;
mod idle;
mod list;
mod login;
mod logout;
mod lsub;
mod r#move;
mod my_rights;
mod namespace;
mod noop;
mod quota;
mod rename;
mod search;
mod select;
mod sort;
mod starttls;
mod status;
mod store;
mod subscribe;
mod thread;

/// In which state of a session a command is allowed. [RFC 9051 3]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// Always.
    Any,
    /// Only before log-in.
    Early,
    /// After log-in.
    LoggedIn,
    /// With a folder selected.
    Selected,
}

/// A command: how it is read and what it does.
pub(crate) trait Verb: Sized {
    const NAME: &'static str;
    const FROM: State;
    /// News that may stand before its answer. [RFC 9051 5.2]
    const TELL: Tell = Tell::All;

    /// Reads what follows the name, with its leading blank.
    fn parse(words: &mut Words<'_>) -> Result<Self>;

    /// What a command of that name does although it could not be read; most do nothing.
    fn unread(_session: &mut Session) {}

    /// Does it.
    fn run(self, session: &mut Session) -> impl Future<Output = Result<Reply>> + Send;
}

macro_rules! verbs {
    ($($(#[$uid:ident])? $module:ident :: $verb:ident),* $(,)?) => {
        /// Reads and does the command of that name, and answers it.
        async fn dispatch(session: &mut Session, name: &str, by_uid: bool, words: &mut Words<'_>) -> Result<(), Lost> {
            $(if name == <$module::$verb as Verb>::NAME && (!by_uid || verbs!(@uid $($uid)?)) {
                // Each future by itself on the heap: an idle session does not carry room for the largest.
                return Box::pin(go::<$module::$verb>(session, by_uid, words)).await;
            })*
            let error = syntax(format!("{name:.40} is not a command."));
            session.finish(Err(error), Tell::Nothing, false).await
        }

        /// The names of all commands, for tests.
        #[cfg(test)]
        pub(crate) const NAMES: &[&str] = &[$(<$module::$verb as Verb>::NAME),*];
    };
    (@uid uid) => { true };
    (@uid) => { false };
}

// `#[uid]` marks those that have a form with UID before it.
verbs![
    capability::Capability,
    noop::Noop,
    noop::Check,
    logout::Logout,
    id::Id,
    starttls::StartTls,
    login::Login,
    authenticate::Authenticate,
    enable::Enable,
    select::Select,
    select::Examine,
    create::Create,
    delete::Delete,
    rename::Rename,
    subscribe::Subscribe,
    subscribe::Unsubscribe,
    list::List,
    lsub::Lsub,
    namespace::Namespace,
    my_rights::MyRights,
    acl::GetAcl,
    acl::SetAcl,
    acl::DeleteAcl,
    acl::ListRights,
    status::Status,
    append::Append,
    idle::Idle,
    quota::GetQuota,
    quota::GetQuotaRoot,
    quota::SetQuota,
    close::Close,
    close::Unselect,
    #[uid]
    expunge::Expunge,
    #[uid]
    search::Search,
    #[uid]
    sort::Sort,
    #[uid]
    thread::Thread,
    #[uid]
    fetch::Fetch,
    #[uid]
    store::Store,
    #[uid]
    copy::Copy,
    #[uid]
    r#move::Move,
];

/// Does one command, whose bytes begin behind its tag.
pub(crate) async fn obey(session: &mut Session, command: &Command) -> Result<(), Lost> {
    let mut words = Words::of_command(command, session.utf8());
    match name(&mut words) {
        Ok((name, by_uid)) => dispatch(session, &name, by_uid, &mut words).await,
        Err(error) => session.finish(Err(error), Tell::Nothing, false).await,
    }
}

/// The command's name, and whether it follows UID.
fn name(words: &mut Words<'_>) -> Result<(String, bool)> {
    words.space()?;
    let name = words.keyword()?;
    if name != "UID" {
        return Ok((name, false));
    }
    words.space()?;
    words.set_by_uid();
    Ok((words.keyword()?, true))
}

async fn go<V: Verb>(session: &mut Session, by_uid: bool, words: &mut Words<'_>) -> Result<(), Lost> {
    if let Err(error) = allowed(V::FROM, session) {
        return session.finish(Err(error), Tell::Nothing, false).await;
    }
    let read = V::parse(words).and_then(|verb| words.end().map(|()| verb));
    let done = match read {
        Ok(verb) if V::FROM == State::Selected => match session.look_at_rights().await {
            Ok(()) => verb.run(session).await,
            Err(error) => Err(error),
        },
        Ok(verb) => verb.run(session).await,
        Err(error) => {
            V::unread(session);
            return session.finish(Err(error), Tell::Nothing, false).await;
        }
    };
    // Commands by UID use no numbers, so news of messages that are gone cannot confuse them. [RFC 9051 7.5.1]
    let tell = if by_uid { Tell::All } else { V::TELL };
    session.finish(done, tell, by_uid).await
}

fn allowed(from: State, session: &Session) -> Result<()> {
    let (user, view) = (session.user.is_some(), session.view.is_some());
    match from {
        State::Any => Ok(()),
        State::Early if user => Err(syntax("You are logged in already.")),
        State::Early => Ok(()),
        _ if !user => Err(syntax("Log in first.")),
        State::Selected if !view => Err(syntax("Select a folder first.")),
        State::LoggedIn | State::Selected => Ok(()),
    }
}

/// A command without arguments.
fn nothing<T>(words: &Words<'_>, verb: T) -> Result<T> {
    words.end().map(|()| verb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_one_name_in_capitals() {
        let mut names = NAMES.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), NAMES.len());
        assert!(NAMES.iter().all(|name| name.bytes().all(|b| b.is_ascii_uppercase())));
    }
}
