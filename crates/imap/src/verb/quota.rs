//! GETQUOTA and GETQUOTAROOT tell how full the mailbox is; SETQUOTA is for administrators' cmdlets.  [RFC 9208]
//!
//!     getquota     = "GETQUOTA" SP quota-root-name
//!     getquotaroot = "GETQUOTAROOT" SP mailbox
//!     setquota     = "SETQUOTA" SP quota-root-name SP "(" *(resource SP number) ")"

use object::{Error, ErrorId, Result};

use super::{State, Verb};
use crate::reply::Reply;
use crate::session::Session;
use crate::tree::Tree;
use crate::wire::folder_name::FolderName;
use crate::wire::out::Out;
use crate::wire::words::Words;

/// The name of the one root: the whole mailbox.
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
        if self.root != ROOT {
            return Err(Error::not_found(ErrorId::QuotaRootNotFound, "There is no such quota root."));
        }
        session.quota_line().await?;
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
        let name = self.name;
        let entry = session.mailbox(move |mailbox| Tree::of(mailbox)?.find(&name).cloned()).await?;
        let mut out = Out::untagged();
        out.word("QUOTAROOT").folder(&entry.name, session.utf8()).word(ROOT).line();
        session.send(out.bytes()).await?;
        session.quota_line().await?;
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

impl Session {
    /// `* QUOTA Mailbox (STORAGE used limit)` in units of 1,024 octets; nothing in brackets when nothing is
    /// limited. [RFC 9208 4.2.1]
    async fn quota_line(&mut self) -> Result<()> {
        let limits = self.limits().await?;
        let usage = self.mailbox(|mailbox| mailbox.usage()).await?;
        let mut out = Out::untagged();
        out.word("QUOTA").word(ROOT).open();
        if let Some(limit) = limits.total {
            out.word("STORAGE").number(usage.size().div_ceil(1024)).number(limit / 1024);
        }
        out.close().line();
        self.send(out.bytes()).await
    }
}
