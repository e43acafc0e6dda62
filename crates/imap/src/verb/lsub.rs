//! LSUB shows subscribed folders to old clients.  [RFC 3501 6.3.9]
//!
//!     lsub = "LSUB" SP mailbox SP list-mailbox

use std::collections::BTreeMap;

use object::Result;

use super::list::Line;
use super::{State, Verb};
use crate::reply::Reply;
use crate::session::{Session, blocking};
use crate::tree::Tree;
use crate::wire::folder_name::with_inbox;
use crate::wire::out::Out;
use crate::wire::pattern;
use crate::wire::words::Words;

pub(crate) struct Lsub {
    pattern: String,
}

impl Verb for Lsub {
    const NAME: &'static str = "LSUB";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        let reference = words.pattern()?;
        words.space()?;
        Ok(Lsub { pattern: with_inbox(&format!("{reference}{}", words.pattern()?)) })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let reach = session.reach()?;
        let (tree, _) = blocking(move || reach.tree(true)).await?;
        let utf8 = session.utf8();
        let mut out = Out::pieces();
        for (name, is_subscribed) in self.names(&tree) {
            let attributes = if is_subscribed { vec![] } else { vec!["\\Noselect"] };
            Line { verb: "LSUB", attributes, name, child_info: false }.write(&mut out, utf8);
        }
        session.send(out.bytes()).await?;
        Ok(Reply::ok("LSUB completed"))
    }
}

impl Lsub {
    /// Subscribed folders that match; with `%`, also matching parents of subscribed ones that do not match
    /// themselves, which are not subscribed. [RFC 3501 6.3.9]
    fn names(&self, tree: &Tree) -> BTreeMap<String, bool> {
        let mut names = BTreeMap::new();
        let subscribed = tree.entries.iter().filter(|entry| entry.folder.subscribed).map(|entry| &entry.name);
        for name in subscribed.chain(&tree.orphans) {
            if pattern::matches(&self.pattern, name) {
                names.insert(name.clone(), true);
            } else if self.pattern.ends_with('%') {
                let parents = name.match_indices('/').map(|(at, _)| &name[..at]);
                for parent in parents.filter(|parent| pattern::matches(&self.pattern, parent)) {
                    names.entry(parent.to_string()).or_insert(false);
                }
            }
        }
        names
    }
}
