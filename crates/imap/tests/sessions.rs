//! Plays the written sessions of `tests/sessions/` to the door, over a real store in memory.
//!
//! Words of the traces beside `C:` and `S:`: `arrives: SUBJECT` delivers a message to Ann's inbox, `seen: UID`
//! and `expunge: UID` are another session's doing, `imap: off` switches the protocol off.
#![allow(missing_docs, clippy::unwrap_used)]

use std::net::SocketAddr;
use std::sync::Arc;

use mailbox::store::{
    Acceptance, Database, Description, FlagChange, FlagMode, Flags, Incoming, Limits, Mailbox, Store, To,
    UidSet, WellKnown,
};
use mailstead_imap::{Alone, Config, LogOn, Logon, Room, door};
use object::types::Guid;
use object::{Clock, Error, ErrorId, Result, Time, WoundClock};
use tokio::sync::watch;

struct Ann {
    database: Database,
    mailbox: Mailbox,
    off: watch::Sender<bool>,
}

/// The clock of all traces.
fn clock() -> Arc<dyn Clock> {
    Arc::new(WoundClock::at(Time::parse_rfc3339("2026-11-21T08:00:00Z").unwrap()))
}

impl Ann {
    fn new() -> Arc<Ann> {
        let store = Store::memory(clock());
        let database = store.mount(Guid::random()).unwrap();
        let description = Description { display_name: "Ann".into(), ..Description::default() };
        let mailbox = database.create_mailbox(Guid::random(), &description).unwrap();
        Arc::new(Ann { database, mailbox, off: watch::channel(false).0 })
    }

    /// The words of the traces.
    fn word(&self, word: &str, text: &str) -> Result<(), String> {
        let done = match word {
            "arrives" => self.arrives(text),
            "seen" => self.flag(text, Flags::SEEN),
            "expunge" => self.expunge(text),
            "deletes" => self.deletes(text),
            "imap" => {
                self.off.send_replace(text == "off");
                Ok(())
            }
            other => return Err(format!("unknown word {other}")),
        };
        done.map_err(|error| error.to_string())
    }

    fn arrives(&self, subject: &str) -> Result<()> {
        let bytes =
            format!("From: Ben <ben@far.example>\r\nSubject: {subject}\r\n\r\nThe text of {subject}.\r\n");
        let to = To::inbox(self.mailbox.guid(), Limits::default());
        self.database
            .deliver(vec![to], &Incoming::new(bytes.into_bytes()), None, Acceptance::Each)?
            .remove(0)
            .map(drop)
    }

    fn inbox(&self) -> Result<mailbox::store::FolderId> {
        Ok(self.mailbox.known(WellKnown::Inbox)?.id)
    }

    fn flag(&self, uid: &str, flags: Flags) -> Result<()> {
        let change = FlagChange { mode: FlagMode::Add, flags, keywords: Vec::new() };
        let uids = UidSet::of_uids([uid.parse().unwrap()]);
        self.mailbox.change_flags(self.inbox()?, &uids, &change, None).map(drop)
    }

    fn deletes(&self, name: &str) -> Result<()> {
        let found = self.mailbox.find(&[name])?.map(|folder| folder.id);
        found.map_or(Ok(()), |folder| self.mailbox.delete_folder(folder))
    }

    fn expunge(&self, uid: &str) -> Result<()> {
        let uids = UidSet::of_uids([uid.parse().unwrap()]);
        self.mailbox.expunge(self.inbox()?, &uids, Flags::NONE, Limits::default()).map(drop)
    }
}

fn shown(ann: &Arc<Ann>) -> LogOn {
    let ann = Arc::clone(ann);
    Arc::new(move |attempt, then| {
        if (attempt.user, attempt.password, attempt.act_as) != ("ann", "very secret", None) {
            return then(Err(Error::denied(
                ErrorId::LogonFailed,
                "Logon failure: unknown user name or bad password.",
            )));
        }
        let limits = Arc::new(|| Ok(Limits { total: Some(1 << 30), recoverable: None }));
        let (mailbox, cut_off) = (ann.mailbox.clone(), ann.off.subscribe());
        then(Ok(Box::new(move || {
            Ok(Logon { name: "ann".into(), mailbox, limits, cut_off, neighbours: Arc::new(Alone), acl: None })
        })));
    })
}

async fn play(trace: &str, peer: &str) {
    let ann = Ann::new();
    let config = Config { name: "mail.contoso.com".into(), allow_plain_text: false, room: Room::default() };
    let door = door(shown(&ann), clock(), config);
    let peer: SocketAddr = peer.parse().unwrap();
    let mut word = |name: &str, text: &str| ann.word(name, text);
    if let Err(wrong) = net::transcript::play(door, peer, trace, &mut word).await {
        panic!("{wrong}");
    }
}

macro_rules! sessions {
    ($($name:ident),* $(,)?) => {$(
        #[tokio::test]
        async fn $name() {
            play(include_str!(concat!("sessions/", stringify!($name), ".txt")), "127.0.0.1:4000").await;
        }
    )*};
}

sessions![
    mailbox,
    folders,
    listing,
    bad_input,
    lone_lf,
    search,
    sort_and_thread,
    changes,
    resync,
    news,
    idle,
    cut_off,
    guessing,
    binary,
    rev2,
    letter
];

#[tokio::test]
async fn in_the_clear() {
    play(include_str!("sessions/in_the_clear.txt"), "192.0.2.1:4000").await;
}
