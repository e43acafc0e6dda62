//! SEARCH finds messages.  [RFC 9051 6.4.4] [RFC 4731] [RFC 5182] [RFC 7162 3.1.5]
//!
//!     search = "SEARCH" [SP "RETURN" SP "(" [option *(SP option)] ")"] SP program
//!     option = "MIN" / "MAX" / "ALL" / "COUNT" / "SAVE"

use mailbox::store::Item;
use object::Result;

use super::{State, Verb};
use crate::reply::Reply;
use crate::search::key::{Program, program};
use crate::search::run::Search as Finder;
use crate::session::{Session, Tell, blocking};
use crate::wire::out::Out;
use crate::wire::sequence;
use crate::wire::words::{Words, syntax};

pub(crate) struct Search {
    wanted: Option<Wanted>,
    program: Program,
    by_uid: bool,
}

/// What of the result is to be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) min: bool,
    pub(crate) max: bool,
    pub(crate) all: bool,
    pub(crate) count: bool,
    pub(crate) save: bool,
}

impl Wanted {
    /// Reads `RETURN (…)` and the blank behind it, if it is there. No options are ALL. [RFC 4731 3.1]
    pub(crate) fn parse(words: &mut Words<'_>) -> Result<Option<Wanted>> {
        if !words.eat_word("RETURN") {
            return Ok(None);
        }
        words.space()?;
        words.need(b'(')?;
        let (mut wanted, mut first) = (Wanted::default(), true);
        while !words.eat(b')') {
            if !std::mem::take(&mut first) {
                words.space()?;
            }
            match words.keyword()?.as_str() {
                "MIN" => wanted.min = true,
                "MAX" => wanted.max = true,
                "ALL" => wanted.all = true,
                "COUNT" => wanted.count = true,
                "SAVE" => wanted.save = true,
                other => return Err(syntax(format!("{other:.40} is no return option."))),
            }
        }
        words.space()?;
        if wanted == Wanted::default() {
            wanted.all = true;
        }
        Ok(Some(wanted))
    }

    /// Only the smallest, or the largest, or both are asked for.
    fn ends_only(self) -> bool {
        (self.min || self.max) && !self.all && !self.count
    }

    /// Of the messages found, those that SAVE keeps and whose changes are told. [RFC 5182 2.4]
    fn kept<'a>(self, found: &'a [Item]) -> Vec<&'a Item> {
        if !self.ends_only() {
            return found.iter().collect();
        }
        let min = found.first().filter(|_| self.min);
        let max = found.last().filter(|_| self.max);
        let mut kept: Vec<&'a Item> = min.into_iter().chain(max).collect();
        kept.dedup_by_key(|item| item.uid);
        kept
    }
}

impl Verb for Search {
    const NAME: &'static str = "SEARCH";
    const FROM: State = State::Selected;
    const TELL: Tell = Tell::NotExpunges;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        let wanted = Wanted::parse(words)?;
        Ok(Search { wanted, program: program(words)?, by_uid: words.by_uid() })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let saves = self.wanted.is_some_and(|wanted| wanted.save);
        let found = match session.find(&self.program).await {
            Ok(found) => found,
            Err(error) => {
                // A search that fails leaves an empty result. [RFC 5182 2.1]
                if saves {
                    session.view()?.saved.clear();
                }
                return Err(error);
            }
        };
        if self.program.asks_modseq() {
            session.follow_changes();
        }
        if saves {
            let kept = self.wanted.unwrap_or_default().kept(&found);
            session.view()?.saved = sequence::runs(kept.iter().map(|item| item.uid));
        }
        let out = self.answer(session, &found)?;
        session.send(out.bytes()).await?;
        Ok(Reply::ok("SEARCH completed"))
    }
}

impl Search {
    fn answer(&self, session: &mut Session, found: &[Item]) -> Result<Out> {
        let (tag, rev2) = (session.tag.clone(), session.enabled.rev2);
        let view = session.view()?;
        let shown: Vec<u32> = match self.by_uid {
            true => found.iter().map(|item| item.uid).collect(),
            false => found.iter().filter_map(|item| view.number(item.uid)).collect(),
        };
        let change = |items: &[&Item]| items.iter().map(|item| item.change).max();
        let modseq = |items: &[&Item]| change(items).filter(|_| self.program.asks_modseq());
        let mut out = Out::pieces();
        // IMAP4rev2 knows ESEARCH only. [RFC 9051 6.4.4]
        let wanted = self.wanted.or(rev2.then_some(Wanted { all: true, ..Wanted::default() }));
        match wanted {
            Some(wanted) => {
                let modseq = modseq(&wanted.kept(found));
                extended(
                    &Found { tag: &tag, by_uid: self.by_uid, wanted, numbers: &shown, modseq },
                    &mut out,
                );
            }
            None => {
                out.more().word("SEARCH");
                for number in &shown {
                    out.number(u64::from(*number));
                }
                if let Some(change) = modseq(&found.iter().collect::<Vec<_>>()) {
                    out.open().word("MODSEQ").number(change).close();
                }
                out.line();
            }
        }
        Ok(out)
    }
}

/// What an ESEARCH line tells.
pub(crate) struct Found<'a> {
    pub(crate) tag: &'a str,
    pub(crate) by_uid: bool,
    pub(crate) wanted: Wanted,
    pub(crate) numbers: &'a [u32],
    pub(crate) modseq: Option<u64>,
}

/// `* ESEARCH (TAG "a") [UID] …`. [RFC 9051 7.3.4]
pub(crate) fn extended(found: &Found<'_>, out: &mut Out) {
    let Found { wanted, numbers, .. } = found;
    // Only SAVE was asked for: nothing is told. [RFC 5182 2.1]
    if !(wanted.min || wanted.max || wanted.all || wanted.count) {
        return;
    }
    out.more().word("ESEARCH").open().word("TAG").string(found.tag.as_bytes(), false).close();
    if found.by_uid {
        out.word("UID");
    }
    let ends = [("MIN", wanted.min, numbers.first()), ("MAX", wanted.max, numbers.last())];
    for (name, asked, number) in ends {
        if let (true, Some(number)) = (asked, number) {
            out.word(name).number(u64::from(*number));
        }
    }
    if wanted.count {
        out.word("COUNT").number(numbers.len() as u64);
    }
    if wanted.all && !numbers.is_empty() {
        out.word("ALL").word(&sequence::write(numbers.iter().copied()));
    }
    if let Some(change) = found.modseq {
        out.word("MODSEQ").number(change);
    }
    out.line();
}

impl Session {
    /// The messages that a program means.
    pub(crate) async fn find(&mut self, program: &Program) -> Result<Vec<Item>> {
        let now = self.door.clock.now();
        let finder = Finder::new(program, self.view()?, now);
        blocking(move || finder.run()).await
    }
}
