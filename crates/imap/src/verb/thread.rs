//! THREAD finds messages and shows who answered whom.  [RFC 5256 3]
//!
//!     thread = "THREAD" SP ("ORDEREDSUBJECT" / "REFERENCES") SP charset SP program

use mailbox::store::{Flow, UidSet};
use object::{Error, ErrorId, Result};

use super::{State, Verb};
use crate::reply::Reply;
use crate::search::key::{Program, keys};
use crate::search::sort::sent;
use crate::search::thread::{Threadable, by_references, by_subject};
use crate::session::{Session, Tell, blocking};
use crate::wire::words::Words;

pub(crate) struct Thread {
    algorithm: fn(Vec<Threadable>) -> String,
    program: Program,
    by_uid: bool,
}

impl Verb for Thread {
    const NAME: &'static str = "THREAD";
    const FROM: State = State::Selected;
    const TELL: Tell = Tell::NotExpunges;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        let algorithm = match words.keyword()?.as_str() {
            "ORDEREDSUBJECT" => by_subject,
            "REFERENCES" => by_references,
            other => {
                return Err(Error::caller(
                    ErrorId::Syntax,
                    format!("{other:.40} is not a threading algorithm."),
                ));
            }
        };
        words.space()?;
        let charset = words.text()?;
        words.space()?;
        Ok(Thread { algorithm, program: keys(words, charset)?, by_uid: words.by_uid() })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let found = session.find(&self.program).await?;
        let view = session.view()?;
        let numbers: std::collections::HashMap<u32, u32> = found
            .iter()
            .filter_map(|item| Some((item.uid, if self.by_uid { item.uid } else { view.number(item.uid)? })))
            .collect();
        let (mailbox, folder, algorithm) = (view.mailbox.clone(), view.folder, self.algorithm);
        let threads = blocking(move || {
            let uids = UidSet::of_uids(numbers.keys().copied());
            let mut messages = Vec::with_capacity(numbers.len());
            mailbox.rendered(folder, &uids, &mut |item, rendered| {
                messages.extend(numbers.get(&item.uid).map(|&number| Threadable {
                    number,
                    sent: sent(item, rendered),
                    base_subject: rendered.base_subject.clone(),
                    is_reply: rendered.is_reply,
                    message_id: rendered.message_id.clone(),
                    references: rendered.references.clone(),
                }));
                Ok(Flow::More)
            })?;
            Ok(algorithm(messages))
        })
        .await?;
        let blank = if threads.is_empty() { "" } else { " " };
        session.send(format!("* THREAD{blank}{threads}\r\n").as_bytes()).await?;
        Ok(Reply::ok("THREAD completed"))
    }
}
