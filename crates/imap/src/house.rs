//! What the door needs of the house behind it: proof of who somebody is, their mailbox, and others they may open.

use std::net::IpAddr;
use std::sync::Arc;

use mailbox::store::{self, Folder, Limits};
use mailbox::{FolderAcl, FolderRights, Mailboxes, Protocol, Space};
use object::Result;
use object::types::Guid;
use tokio::sync::watch;

/// How the door asks who somebody is.
pub type LogOn = net::LogOn<Entrance>;
/// Opens the mailbox of somebody who has proved who they are; blocks.
pub type Entrance = net::Entrance<Logon>;

/// Somebody who has proved who they are.
pub struct Logon {
    /// How they are called in logs and as quota root.
    pub name: String,
    /// Their mailbox.
    pub mailbox: store::Mailbox,
    /// How much it may hold; asked anew for every use, as administrators change it.
    pub limits: Arc<dyn Fn() -> Result<Limits> + Send + Sync>,
    /// Becomes true when the account or the protocol is switched off: the session ends.
    pub cut_off: watch::Receiver<bool>,
    /// Other mailboxes that they may open.
    pub neighbours: Arc<dyn Neighbours>,
    /// Who may do what in its folders; none where that is not kept.
    pub acl: Option<FolderAcl>,
}

/// Other mailboxes than one's own. All functions block, and are asked anew each time: a right counts while it is there.
pub trait Neighbours: Send + Sync + 'static {
    /// The name spaces that there are.
    fn spaces(&self) -> Result<Vec<Space>>;
    /// Those that may be opened now, at most so many.
    fn all(&self, limit: usize) -> Result<Vec<(Space, Arc<dyn Neighbour>)>>;
    /// The one of that name, if it may be opened now.
    fn find(&self, space: Space, name: &str) -> Result<Option<Arc<dyn Neighbour>>>;
}

/// Another mailbox, as somebody may open it.
pub trait Neighbour: Send + Sync + 'static {
    /// Its level in the name space.
    fn name(&self) -> &str;
    /// The mailbox.
    fn mailbox(&self) -> store::Mailbox;
    /// Whether it appears by itself, so that its folders are subscribed to until somebody does not want them.
    fn is_mapped(&self) -> bool;
    /// How much it may hold now.
    fn limits(&self) -> Result<Limits>;
    /// What may be done in a folder now.
    fn rights(&self, folder: &Folder) -> Result<FolderRights>;
    /// What may be done at its top now.
    fn root_rights(&self) -> Result<FolderRights>;
    /// Who may do what in its folders; none where that is not kept.
    fn acl(&self) -> Option<FolderAcl>;
    /// Whether what is moved from it to one's own Deleted Items goes to those of the mailbox instead.
    fn keeps_deleted(&self) -> bool;
    /// Begins a stay: becomes true when the right ends.
    fn visit(&self) -> watch::Receiver<bool>;
}

/// For whom there is no mailbox but their own.
pub struct Alone;

impl Neighbours for Alone {
    fn spaces(&self) -> Result<Vec<Space>> {
        Ok(Vec::new())
    }
    fn all(&self, _: usize) -> Result<Vec<(Space, Arc<dyn Neighbour>)>> {
        Ok(Vec::new())
    }
    fn find(&self, _: Space, _: &str) -> Result<Option<Arc<dyn Neighbour>>> {
        Ok(None)
    }
}

/// Lets in whoever has a mailbox.
pub fn log_on(mailboxes: Mailboxes) -> LogOn {
    Arc::new(move |attempt, then| {
        let (behind, peer) = (mailboxes.clone(), attempt.from.ip());
        let (who, door) = ((attempt.user, attempt.password), (Protocol::Imap, peer));
        mailboxes.let_in(who, attempt.act_as, door, move |entrance| {
            then(entrance.map(|enter| Box::new(move || Ok(opened(behind, enter()?, peer))) as Entrance));
        });
    })
}

fn opened(mailboxes: Mailboxes, logon: mailbox::Logon, peer: IpAddr) -> Logon {
    let mailbox::Logon { user, owner, name, mailbox, limits, cut_off, .. } = logon;
    let acl = Some(mailboxes.folder_acl((user, owner), mailbox.clone(), peer));
    // Whoever opens another one's mailbox by its name sees that one alone.
    let neighbours: Arc<dyn Neighbours> =
        if user == owner { Arc::new(Of { mailboxes, account: user, peer }) } else { Arc::new(Alone) };
    Logon { name, mailbox, limits, cut_off, neighbours, acl }
}

/// The neighbours of an account.
struct Of {
    mailboxes: Mailboxes,
    account: Guid,
    peer: IpAddr,
}

struct One {
    mailboxes: Mailboxes,
    neighbour: mailbox::Neighbour,
    peer: IpAddr,
}

impl Of {
    fn one(&self, neighbour: mailbox::Neighbour) -> Arc<dyn Neighbour> {
        let neighbour = neighbour.at(&self.mailboxes, Protocol::Imap, self.peer);
        Arc::new(One { mailboxes: self.mailboxes.clone(), neighbour, peer: self.peer })
    }
}

impl Neighbours for Of {
    fn spaces(&self) -> Result<Vec<Space>> {
        let archive = self.mailboxes.neighbour(self.account, Space::Archive, "")?.map(|_| Space::Archive);
        Ok([Space::OtherUsers, Space::Shared].into_iter().chain(archive).collect())
    }
    fn all(&self, limit: usize) -> Result<Vec<(Space, Arc<dyn Neighbour>)>> {
        let all = self.mailboxes.neighbours(self.account, limit)?.into_iter();
        Ok(all.map(|neighbour| (neighbour.space, self.one(neighbour))).collect())
    }
    fn find(&self, space: Space, name: &str) -> Result<Option<Arc<dyn Neighbour>>> {
        Ok(self.mailboxes.neighbour(self.account, space, name)?.map(|neighbour| self.one(neighbour)))
    }
}

impl Neighbour for One {
    fn name(&self) -> &str {
        &self.neighbour.name
    }
    fn mailbox(&self) -> store::Mailbox {
        self.neighbour.mailbox.clone()
    }
    fn is_mapped(&self) -> bool {
        self.neighbour.is_mapped
    }
    fn limits(&self) -> Result<Limits> {
        self.mailboxes.neighbour_limits(&self.neighbour)
    }
    fn rights(&self, folder: &Folder) -> Result<FolderRights> {
        self.mailboxes.folder_rights(&self.neighbour, folder)
    }
    fn root_rights(&self) -> Result<FolderRights> {
        self.mailboxes.root_rights(&self.neighbour)
    }
    fn acl(&self) -> Option<FolderAcl> {
        let mailbox::Neighbour { account, owner, ref mailbox, .. } = self.neighbour;
        Some(self.mailboxes.folder_acl((account, owner), mailbox.clone(), self.peer))
    }
    fn keeps_deleted(&self) -> bool {
        self.mailboxes.keeps_deleted(&self.neighbour)
    }
    fn visit(&self) -> watch::Receiver<bool> {
        self.mailboxes.visit(&self.neighbour)
    }
}
