//! GETACL, SETACL, DELETEACL and LISTRIGHTS: who may do what in a folder, for whoever may say so.  [RFC 4314 3]
//!
//!     getacl     = "GETACL" SP mailbox
//!     setacl     = "SETACL" SP mailbox SP identifier SP mod-rights
//!     deleteacl  = "DELETEACL" SP mailbox SP identifier
//!     listrights = "LISTRIGHTS" SP mailbox SP identifier
//!     mod-rights = astring                      ; letters, after "+" or "-" changes to what there is

use mailbox::{AclChange, FolderRights};
use object::Result;

use super::{State, Verb};
use crate::limits::IDENTIFIER_BYTES_MAX;
use crate::reply::Reply;
use crate::session::Session;
use crate::wire::folder_name::FolderName;
use crate::wire::out::Out;
use crate::wire::words::{Words, syntax};

pub(crate) struct GetAcl {
    name: FolderName,
}

impl Verb for GetAcl {
    const NAME: &'static str = "GETACL";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        Ok(GetAcl { name: words.folder()? })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let found = session.at(&self.name, |place| {
            let (entry, acl) = place.administered()?;
            Ok((acl.entries(&entry.folder)?, entry.name))
        });
        let ((entries, name), utf8) = (found.await?, session.utf8());
        let mut out = Out::untagged();
        out.word("ACL").folder(&name, utf8);
        for entry in &entries {
            out.string(entry.identifier.as_bytes(), utf8).string(entry.rights.listed().as_bytes(), utf8);
        }
        out.line();
        session.send(out.bytes()).await?;
        Ok(Reply::ok("GETACL completed"))
    }
}

pub(crate) struct SetAcl {
    name: FolderName,
    identifier: String,
    how: AclChange,
    rights: FolderRights,
}

impl Verb for SetAcl {
    const NAME: &'static str = "SETACL";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        let (name, identifier) = named(words)?;
        words.space()?;
        let (how, rights) = change(&words.text()?)?;
        Ok(SetAcl { name, identifier, how, rights })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let SetAcl { name, identifier, how, rights } = self;
        let done = session.at(&name, move |place| {
            let (entry, acl) = place.administered()?;
            acl.change(&entry.folder, &identifier, how, rights)
        });
        done.await?;
        Ok(Reply::ok("SETACL completed"))
    }
}

pub(crate) struct DeleteAcl {
    name: FolderName,
    identifier: String,
}

impl Verb for DeleteAcl {
    const NAME: &'static str = "DELETEACL";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        let (name, identifier) = named(words)?;
        Ok(DeleteAcl { name, identifier })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let DeleteAcl { name, identifier } = self;
        let done = session.at(&name, move |place| {
            let (entry, acl) = place.administered()?;
            acl.remove(&entry.folder, &identifier)
        });
        done.await?;
        Ok(Reply::ok("DELETEACL completed"))
    }
}

pub(crate) struct ListRights {
    name: FolderName,
    identifier: String,
}

impl Verb for ListRights {
    const NAME: &'static str = "LISTRIGHTS";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        let (name, identifier) = named(words)?;
        Ok(ListRights { name, identifier })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let identifier = self.identifier.clone();
        let found = session.at(&self.name, move |place| {
            let (entry, acl) = place.administered()?;
            Ok((entry.name, acl.grantable(&identifier)?))
        });
        let ((name, grantable), utf8) = (found.await?, session.utf8());
        let mut out = Out::untagged();
        out.word("LISTRIGHTS").folder(&name, utf8).string(self.identifier.as_bytes(), utf8);
        out.string(grantable.always.listed().as_bytes(), utf8);
        for together in &grantable.optional {
            out.word(&together.letters());
        }
        // The old letters are for what several of them do, so they stand by themselves. [RFC 4314 2.1.1]
        if !grantable.optional.is_empty() {
            out.word("c").word("d");
        }
        out.line();
        session.send(out.bytes()).await?;
        Ok(Reply::ok("LISTRIGHTS completed"))
    }
}

/// ` mailbox identifier`
fn named(words: &mut Words<'_>) -> Result<(FolderName, String)> {
    words.space()?;
    let name = words.folder()?;
    words.space()?;
    let identifier = words.text()?;
    if identifier.is_empty() || identifier.len() > IDENTIFIER_BYTES_MAX {
        return Err(syntax(format!("A name of somebody has 1 to {IDENTIFIER_BYTES_MAX} octets.")));
    }
    Ok((name, identifier))
}

/// `lr`, `+lr` or `-lr`. A letter that is no right is none for anybody. [RFC 4314 3.1]
fn change(written: &str) -> Result<(AclChange, FolderRights)> {
    let (how, letters) = match written.as_bytes().first() {
        Some(b'+') => (AclChange::Add, &written[1..]),
        Some(b'-') => (AclChange::Remove, &written[1..]),
        _ => (AclChange::Set, written),
    };
    let rights =
        FolderRights::parse(letters).ok_or_else(|| syntax("Rights are letters of lrswipkxteacd."))?;
    Ok((how, rights))
}
