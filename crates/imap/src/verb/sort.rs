//! SORT finds messages and puts them in order.  [RFC 5256 3] [RFC 5267 3]
//!
//!     sort = "SORT" [SP "RETURN" SP "(" options ")"] SP "(" criteria ")" SP charset SP program

use mailbox::store::{Flow, Item, UidSet};
use object::Result;

use super::search::{Found, Wanted, extended, refused_later};
use super::{State, Verb};
use crate::reply::Reply;
use crate::search::key::{Program, keys};
use crate::search::sort::{Criterion, Sortable, criteria, sort};
use crate::session::{Session, Tell, blocking};
use crate::wire::out::Out;
use crate::wire::sequence;
use crate::wire::words::Words;

pub(crate) struct Sort {
    wanted: Option<Wanted>,
    criteria: Vec<Criterion>,
    program: Result<Program>,
    by_uid: bool,
}

impl Verb for Sort {
    const NAME: &'static str = "SORT";
    const FROM: State = State::Selected;
    const TELL: Tell = Tell::NotExpunges;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        let wanted = Wanted::parse(words)?;
        let criteria = criteria(words)?;
        words.space()?;
        let charset = words.text()?;
        words.space()?;
        let program = refused_later(keys(words, charset), words)?;
        Ok(Sort { wanted, criteria, program, by_uid: words.by_uid() })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let sorted = session.find_sorted(self.program, self.criteria).await;
        let (sorted, change) = sorted.map_err(|error| session.save_nothing(self.wanted, error))?;
        let view = session.view()?;
        if self.wanted.is_some_and(|wanted| wanted.save) {
            let mut uids = sorted.clone();
            uids.sort_unstable();
            view.saved = sequence::runs(uids);
        }
        let numbers: Vec<u32> = match self.by_uid {
            true => sorted,
            false => sorted.into_iter().filter_map(|uid| view.number(uid)).collect(),
        };
        let mut out = Out::pieces();
        match self.wanted {
            Some(wanted) => {
                let tag = session.tag.clone();
                extended(
                    &Found { tag: &tag, by_uid: self.by_uid, wanted, numbers: &numbers, modseq: change },
                    &mut out,
                );
            }
            None => {
                out.more().word("SORT");
                for number in &numbers {
                    out.number(u64::from(*number));
                }
                if let Some(change) = change {
                    out.open().word("MODSEQ").number(change).close();
                }
                out.line();
            }
        }
        session.send(out.bytes()).await?;
        Ok(Reply::ok("SORT completed"))
    }
}

impl Session {
    /// The UIDs of the messages that a program means, in order; and the highest change, if the program asks.
    async fn find_sorted(
        &mut self,
        program: Result<Program>,
        criteria: Vec<Criterion>,
    ) -> Result<(Vec<u32>, Option<u64>)> {
        let program = program?;
        let found = self.find(&program).await?;
        let change = found.iter().map(|item| item.change).max().filter(|_| program.asks_modseq());
        Ok((self.sorted(criteria, found).await?, change))
    }

    /// The UIDs of messages in order.
    async fn sorted(&mut self, criteria: Vec<Criterion>, found: Vec<Item>) -> Result<Vec<u32>> {
        let view = self.view()?;
        let (mailbox, folder) = (view.mailbox.clone(), view.folder);
        blocking(move || {
            let uids = UidSet::of_uids(found.iter().map(|item| item.uid));
            let mut messages = Vec::with_capacity(found.len());
            mailbox.rendered(folder, &uids, &mut |item, rendered| {
                messages.push(Sortable::new(&criteria, item, rendered));
                Ok(Flow::More)
            })?;
            sort(&criteria, &mut messages);
            Ok(messages.into_iter().map(|message| message.uid).collect())
        })
        .await
    }
}
