//! SEARCH finds messages.  [RFC 9051 6.4.4] [RFC 4731] [RFC 5182] [RFC 7162 3.1.5]
//!
//!     search = "SEARCH" [SP "RETURN" SP "(" [option *(SP option)] ")"] SP program
//!     option = "MIN" / "MAX" / "ALL" / "COUNT" / "SAVE"

use mailbox::store::Item;
use object::{Error, Result};

use super::{State, Verb};
use crate::reply::{Reply, Status};
use crate::search::key::{Program, program};
use crate::search::run::Search as Finder;
use crate::session::{Session, Tell, blocking};
use crate::wire::out::Out;
use crate::wire::sequence;
use crate::wire::words::{Words, syntax};

pub(crate) struct Search {
    wanted: Option<Wanted>,
    /// An error where it was understood and is refused: the command has run, and ends in NO.
    program: Result<Program>,
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
                other => return Err(syntax(format!("{other:.40} is not a return option."))),
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
        Ok(Search { wanted, program: refused_later(program(words), words)?, by_uid: words.by_uid() })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let Search { wanted, program, by_uid } = self;
        let found = match program {
            Ok(program) => session.find(&program).await.map(|found| (found, program.asks_modseq())),
            Err(error) => Err(error),
        };
        let (found, asks_modseq) = found.map_err(|error| session.save_nothing(wanted, error))?;
        if asks_modseq {
            session.follow_changes();
        }
        if let Some(wanted) = wanted.filter(|wanted| wanted.save) {
            session.view()?.saved = sequence::runs(wanted.kept(&found).iter().map(|item| item.uid));
        }
        let out = answer(session, wanted, by_uid, &found, asks_modseq)?;
        session.send(out.bytes()).await?;
        Ok(Reply::ok("SEARCH completed"))
    }
}

/// A search program that was understood and is refused is an error of the command that has run; one that was not
/// understood is no command. [RFC 5182 2.1]
pub(crate) fn refused_later(read: Result<Program>, words: &mut Words<'_>) -> Result<Result<Program>> {
    match read {
        Err(error) if Reply::of(&error).status == Status::Bad => Err(error),
        Err(error) => {
            words.take_rest();
            Ok(Err(error))
        }
        Ok(program) => Ok(Ok(program)),
    }
}

fn answer(
    session: &mut Session,
    wanted: Option<Wanted>,
    by_uid: bool,
    found: &[Item],
    asks_modseq: bool,
) -> Result<Out> {
    let (tag, rev2) = (session.tag.clone(), session.enabled.rev2);
    let view = session.view()?;
    let shown: Vec<u32> = match by_uid {
        true => found.iter().map(|item| item.uid).collect(),
        false => found.iter().filter_map(|item| view.number(item.uid)).collect(),
    };
    let change = |items: &[&Item]| items.iter().map(|item| item.change).max();
    let modseq = |items: &[&Item]| change(items).filter(|_| asks_modseq);
    let mut out = Out::pieces();
    // IMAP4rev2 knows ESEARCH only. [RFC 9051 6.4.4]
    let wanted = wanted.or(rev2.then_some(Wanted { all: true, ..Wanted::default() }));
    match wanted {
        Some(wanted) => {
            let modseq = modseq(&wanted.kept(found));
            extended(&Found { tag: &tag, by_uid, wanted, numbers: &shown, modseq }, &mut out);
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
        // Looking through messages takes memory and time; what rows can answer waits for nobody.
        let _turn = if finder.looks_inside() { self.door.room.search().await } else { None };
        blocking(move || finder.run()).await
    }

    /// A search that fails leaves an empty result, if it was to be saved. [RFC 5182 2.1]
    pub(crate) fn save_nothing(&mut self, wanted: Option<Wanted>, error: Error) -> Error {
        if let (Some(Wanted { save: true, .. }), Some(view)) = (wanted, &mut self.view) {
            view.saved.clear();
        }
        error
    }
}
