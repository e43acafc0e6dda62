//! GETQUOTA and GETQUOTAROOT tell how full the mailbox is; SETQUOTA is for administrators' cmdlets.  [RFC 9208]
//!
//!     getquota     = "GETQUOTA" SP quota-root-name
//!     getquotaroot = "GETQUOTAROOT" SP mailbox
//!     setquota     = "SETQUOTA" SP quota-root-name SP "(" *(resource SP number) ")"

use mailbox::FolderRights;
use object::{Error, ErrorId, Result};

use super::{State, Verb};
use crate::place::Place;
use crate::reply::Reply;
use crate::session::{Session, blocking};
use crate::wire::folder_name::FolderName;
use crate::wire::out::Out;
use crate::wire::words::Words;

/// The name of the root of one's own mailbox, all of it.
const ROOT: &str = "Mailbox";

pub(crate) struct GetQuota {
    root: String,
}

impl Verb for GetQuota {
    const NAME: &'static str = "GETQUOTA";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        Ok(GetQuota { root: words.text()? })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let missing = || Error::not_found(ErrorId::QuotaRootNotFound, "There is no such quota root.");
        let reach = session.reach()?;
        let place = match self.root.as_str() {
            ROOT => reach.own(),
            other => {
                let name = FolderName::parse(other).map_err(|_| missing())?;
                let place = blocking(move || reach.place(&name)).await?;
                if root_of(&place) == other { place } else { return Err(missing()) }
            }
        };
        session.quota_line(place).await?;
        Ok(Reply::ok("GETQUOTA completed"))
    }
}

pub(crate) struct GetQuotaRoot {
    name: FolderName,
}

impl Verb for GetQuotaRoot {
    const NAME: &'static str = "GETQUOTAROOT";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        Ok(GetQuotaRoot { name: words.folder()? })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let found =
            session.at(&self.name, |place| Ok((place.clone(), place.entry_with(FolderRights::READ)?)));
        let (place, entry) = found.await?;
        let mut out = Out::untagged();
        let utf8 = session.utf8();
        out.word("QUOTAROOT").folder(&entry.name, utf8).folder(root_of(&place), utf8).line();
        session.send(out.bytes()).await?;
        session.quota_line(place).await?;
        Ok(Reply::ok("GETQUOTAROOT completed"))
    }
}

pub(crate) struct SetQuota;

impl Verb for SetQuota {
    const NAME: &'static str = "SETQUOTA";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.take_rest();
        Ok(SetQuota)
    }

    async fn run(self, _session: &mut Session) -> Result<Reply> {
        Err(Error::denied(ErrorId::QuotaNotYours, "Quotas are set with Set-Mailbox."))
    }
}

/// The quota root of a mailbox: its prefix, for one that is not one's own.
fn root_of(place: &Place) -> &str {
    if place.neighbour.is_some() { place.prefix.trim_end_matches('/') } else { ROOT }
}

impl Session {
    /// `* QUOTA Mailbox (STORAGE used limit)` in units of 1,024 octets; nothing in brackets when nothing is
    /// limited. [RFC 9208 4.2.1]
    async fn quota_line(&mut self, place: Place) -> Result<()> {
        let root = root_of(&place).to_owned();
        let (limits, usage) = blocking(move || Ok(((place.limits)()?, place.mailbox.usage()?))).await?;
        let (mut out, utf8) = (Out::untagged(), self.utf8());
        out.word("QUOTA").folder(&root, utf8).open();
        if let Some(limit) = limits.total {
            out.word("STORAGE").number(usage.size().div_ceil(1024)).number(limit / 1024);
        }
        out.close().line();
        self.send(out.bytes()).await
    }
}
