//! One client's session: who it is, what it has selected, and the loop that hears and answers.
//!
//! Commands are done strictly one after the other, so pipelined ones are answered in order. [RFC 9051 5.5]
//! The store blocks; its calls run on worker threads, and none is under way while the session writes.

use std::sync::Arc;

use mailbox::FolderRights;
use net::{Budget, Connection, Lost};
pub(crate) use net::{blocking, is_cut};
use object::{Error, ErrorId, Fault, Network, Result};
use tracing::{info, warn};

use crate::door::Door;
use crate::house::Logon;
use crate::limits::{BAD_COMMANDS_MAX, EARLY_IDLE_TIME, IDLE_TIME};
use crate::place::{Place, Reach, no_right};
use crate::reply::{Reply, Status};
use crate::verb;
use crate::view::{self, Telling, View};
use crate::wire::command::{self, Heard, Keep};
use crate::wire::folder_name::FolderName;
use crate::wire::out::Out;

/// What the client has switched on. [RFC 9051 6.3.1]
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Enabled {
    pub(crate) condstore: bool,
    pub(crate) qresync: bool,
    pub(crate) utf8: bool,
    pub(crate) rev2: bool,
}

/// A session.
pub(crate) struct Session {
    pub(crate) connection: Connection,
    pub(crate) door: Arc<Door>,
    pub(crate) user: Option<Logon>,
    pub(crate) enabled: Enabled,
    pub(crate) view: Option<Box<View>>,
    /// Memory and disk that may be held for this client.
    pub(crate) memory: Budget,
    pub(crate) disk: Budget,
    /// The tag of the command that is being done.
    pub(crate) tag: String,
    pub(crate) failed_logins: u32,
    /// Set by LOGOUT, and by what else must end the session.
    pub(crate) over: bool,
    /// Set by STARTTLS, which has said its answer itself.
    pub(crate) said: bool,
    /// What ended the connection in the middle of a command.
    lost: Option<Lost>,
    bad_commands: u32,
}

/// When the client may be told of messages that are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tell {
    /// Everything.
    All,
    /// Not of messages that are gone: the command used their numbers.
    NotExpunges,
    /// Nothing.
    Nothing,
}

impl Session {
    pub(crate) fn new(door: Arc<Door>, mut connection: Connection) -> Session {
        connection.set_read_time(EARLY_IDLE_TIME);
        let (memory, disk) = door.room.of_network(Network::of(connection.peer().ip()));
        Session {
            memory,
            disk,
            connection,
            door,
            user: None,
            enabled: Enabled::default(),
            view: None,
            tag: String::new(),
            failed_logins: 0,
            over: false,
            said: false,
            lost: None,
            bad_commands: 0,
        }
    }

    /// Serves the client to its end.
    pub(crate) async fn serve(mut self) {
        let greeting = format!("* OK [CAPABILITY {}] {} ready.\r\n", self.capabilities(), self.door.name);
        self.connection.put(greeting.as_bytes());
        while !self.over {
            if let Err(lost) = self.turn().await {
                self.part(lost).await;
                return;
            }
        }
        // The client may be gone already; there is nobody left to tell.
        let _told = self.connection.close().await.is_ok();
    }

    /// Hears one command and answers it.
    async fn turn(&mut self) -> Result<(), Lost> {
        let early = self.user.is_none();
        let spool = self.door.room.spool.clone();
        let keep = Keep { memory: self.memory.clone(), disk: self.disk.clone(), spool };
        let heard = match &mut self.user {
            None => command::read(&mut self.connection, early, &keep).await?,
            Some(user) => tokio::select! {
                heard = command::read(&mut self.connection, early, &keep) => heard?,
                () = is_cut(&mut user.cut_off) => {
                    self.cut();
                    return Ok(());
                }
                () = view::is_over(&mut self.view) => {
                    self.leave();
                    return Ok(());
                }
            },
        };
        match heard {
            Heard::Command(command) => {
                self.tag.clone_from(&command.tag);
                Box::pin(verb::obey(self, &command)).await?;
            }
            Heard::Refused(tag, error) => {
                self.tag = tag.unwrap_or_else(|| "*".to_string());
                // Without a tag it is an untagged BAD. [RFC 9051 7.1.3]
                let reply = Reply::of(&error);
                let reply = if self.tag == "*" { Reply { status: Status::Bad, ..reply } } else { reply };
                self.answer(reply);
            }
            Heard::Hopeless(error) => self.bye(&error.to_string()),
        }
        if !self.over && self.user.as_ref().is_some_and(|user| *user.cut_off.borrow()) {
            self.cut();
        }
        Ok(())
    }

    /// The account or the protocol was switched off.
    pub(crate) fn cut(&mut self) {
        info!(user = self.user.as_ref().map(|user| user.name.as_str()), "cut off");
        self.bye("This account may no longer use IMAP.");
    }

    /// Looks again at what may be done in the open folder, where it is somebody else's; whoever may not read it any more
    /// is sent away.
    pub(crate) async fn look_at_rights(&mut self) -> Result<()> {
        let Some((place, folder)) = self.view.as_ref().and_then(|view| view.foreign()) else { return Ok(()) };
        let rights = blocking(move || place.rights(&folder)).await?;
        if !rights.has(FolderRights::READ) {
            self.leave();
            return Err(no_right());
        }
        self.view.iter_mut().for_each(|view| view.rights = rights);
        Ok(())
    }

    /// The right to the mailbox that is open was taken. IMAP knows no other way to close a folder unasked.
    pub(crate) fn leave(&mut self) {
        info!(
            user = self.user.as_ref().map(|user| user.name.as_str()),
            "a right to another mailbox has ended"
        );
        self.view = None;
        self.bye("Your right to the mailbox that was open has ended.");
    }

    /// Last words.
    pub(crate) fn bye(&mut self, text: &str) {
        let line = format!("* BYE {}\r\n", crate::wire::out::human(text));
        self.connection.put(line.as_bytes());
        self.over = true;
    }

    async fn part(&mut self, lost: Lost) {
        match lost {
            Lost::Idle => self.bye("Nothing was heard for too long."),
            Lost::Draining => self.bye("The server is shutting down."),
            Lost::Flood => self.bye("Line too long."),
            Lost::BareLf => self.bye("A line must end with CR LF."),
            Lost::Closed | Lost::Stuck | Lost::Broken(_) => return,
        }
        let _told = self.connection.close().await.is_ok();
    }

    /// Writes the tagged answer. A client that sends nothing but what cannot be understood is sent away.
    pub(crate) fn answer(&mut self, reply: Reply) {
        self.connection.put(reply.line(&self.tag).as_bytes());
        if reply.status == Status::Bad {
            self.bad_commands += 1;
            if self.bad_commands >= BAD_COMMANDS_MAX && self.user.is_none() {
                self.bye("Too many commands that are none.");
            }
        } else {
            self.bad_commands = 0;
        }
    }

    /// Turns what a command gave into its answer, after the news that the client may hear.
    pub(crate) async fn finish(&mut self, done: Result<Reply>, tell: Tell, by_uid: bool) -> Result<(), Lost> {
        if let Some(lost) = self.lost.take() {
            return Err(lost);
        }
        if std::mem::take(&mut self.said) {
            return Ok(());
        }
        let reply = match done {
            Ok(reply) => reply,
            Err(error) => {
                if error.fault() == Fault::Server {
                    warn!(?error, tag = self.tag, "a command failed");
                }
                Reply::of(&error)
            }
        };
        if let Err(error) = self.news(tell, by_uid).await? {
            warn!(?error, "no news of the folder");
        }
        self.answer(reply);
        Ok(())
    }

    /// Untagged news of the selected folder.
    pub(crate) async fn news(&mut self, tell: Tell, by_uid: bool) -> Result<Result<()>, Lost> {
        let manner =
            Telling { expunges: tell == Tell::All, uid: by_uid || self.enabled.qresync, ..self.manner() };
        let Some(view) = &mut self.view else { return Ok(Ok(())) };
        let has_news = view.feed.has_changed().unwrap_or(true) || (manner.expunges && view.has_gone());
        if !has_news || tell == Tell::Nothing {
            return Ok(Ok(()));
        }
        view.feed.borrow_and_update();
        // News of another's folder are for whoever may still read it, in whatever state the session waits.
        if let Err(error) = self.look_at_rights().await {
            return Ok(Err(error));
        }
        let Some(view) = &mut self.view else { return Ok(Ok(())) };
        let (folder, since, mailbox) = (view.folder, view.change, view.mailbox.clone());
        let changes = match blocking(move || mailbox.changes(folder, since)).await {
            Ok(changes) => changes,
            Err(error) if error.fault() == Fault::NotFound => {
                view.lose_all();
                if manner.expunges {
                    let mut out = Out::pieces();
                    view.tell_gone(manner, &mut out);
                    self.connection.send(out.bytes()).await?;
                }
                return Ok(Ok(()));
            }
            Err(error) => return Ok(Err(error)),
        };
        let claimed =
            self.door.recent.claim(view.guid, view.uid_next, changes.folder.uid_next, !view.read_only);
        view.claim(claimed);
        let mut out = Out::pieces();
        view.take(changes, manner, &mut out);
        self.connection.send(out.bytes()).await?;
        Ok(Ok(()))
    }

    /// Sends a piece of an answer, waiting for the client where it is slow.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        match self.connection.send(bytes).await {
            Ok(()) => Ok(()),
            Err(lost) => Err(self.lose(lost)),
        }
    }

    /// Remembers why the connection cannot go on; the command ends, and the session with it.
    pub(crate) fn lose(&mut self, lost: Lost) -> Error {
        self.lost = Some(lost);
        Error::busy(ErrorId::ConnectionLost, "The connection was lost.")
    }

    /// How this client is told things.
    pub(crate) fn manner(&self) -> Telling {
        Telling {
            expunges: false,
            vanished: self.enabled.qresync,
            modseq: self.enabled.condstore,
            uid: false,
            recent: !self.enabled.rev2,
        }
    }

    /// Whether strings may be sent in UTF-8.
    pub(crate) fn utf8(&self) -> bool {
        self.enabled.utf8 || self.enabled.rev2
    }

    /// Follows changes from now on; the first time, the client hears where the open folder stands. [RFC 7162 3.1]
    pub(crate) fn follow_changes(&mut self) {
        if std::mem::replace(&mut self.enabled.condstore, true) {
            return;
        }
        if let Some(view) = &self.view {
            let line = format!("* OK [HIGHESTMODSEQ {}] The highest change.\r\n", view.change.max(1));
            self.connection.put(line.as_bytes());
        }
    }

    /// Who is logged in.
    pub(crate) fn logon(&self) -> Result<&Logon> {
        self.user.as_ref().ok_or_else(|| Error::denied(ErrorId::NotLoggedOn, "Log in first."))
    }

    /// The view of the selected folder.
    pub(crate) fn view(&mut self) -> Result<&mut View> {
        self.view.as_deref_mut().ok_or_else(|| crate::wire::words::syntax("No folder is selected."))
    }

    /// All mailboxes that the user can reach.
    pub(crate) fn reach(&self) -> Result<Reach> {
        let Logon { mailbox, limits, neighbours, acl, .. } = self.logon()?;
        let (mailbox, limits, acl) = (mailbox.clone(), Arc::clone(limits), acl.clone());
        Ok(Reach { mailbox, limits, neighbours: Arc::clone(neighbours), acl })
    }

    /// Does work in the mailbox that a folder's name is in, on a worker thread.
    pub(crate) async fn at<T: Send + 'static>(
        &self,
        name: &FolderName,
        work: impl FnOnce(&Place) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reach, name) = (self.reach()?, name.clone());
        blocking(move || work(&reach.place(&name)?)).await
    }

    /// Logs somebody in.
    pub(crate) fn admit(&mut self, logon: Logon) {
        info!(user = logon.name, "logged in");
        self.connection.set_read_time(IDLE_TIME);
        (self.memory, self.disk) = self.door.room.of_account(&logon.name);
        self.user = Some(logon);
    }
}

impl Drop for Session {
    /// However it ended: statistics tell when the mailbox was used last.
    fn drop(&mut self) {
        if let Some(user) = &self.user {
            user.mailbox.logged_off();
        }
    }
}
