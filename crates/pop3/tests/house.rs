//! POP3 over the real house in memory: log-on, the switch of Set-CASMailbox, and what QUIT deletes.
#![allow(missing_docs, clippy::unwrap_used)]

use std::sync::Arc;

use mailbox::Mailboxes;
use mailbox::directory::schema::cas;
use mailbox::directory::{Directory, Edit, Flavour, Founding, NewMailbox, PasswordHash};
use mailbox::store::{Append, Flags, Incoming, Limits, Store, TargetFolder, WellKnown};
use mailstead_pop3::{Config, door, log_on};
use object::types::{Guid, SecureString};
use object::{Author, Time, WoundClock};

struct House {
    mailboxes: Mailboxes,
    user: Guid,
}

fn house() -> House {
    let clock = WoundClock::at(Time::of_date(2026, 11, 21));
    let directory = Directory::open(db::memory().unwrap(), Arc::new(clock.clone()), "MAIL").unwrap();
    directory.found(&Founding::of_domain("contoso.com", SecureString::new("very Secret 1"))).unwrap();
    let mailboxes = Mailboxes::new(directory, Store::memory(Arc::new(clock))).unwrap();
    mailboxes.mount_all();
    let password = Some(PasswordHash::of(&SecureString::new("other Secret 2"), &["ann"]).unwrap());
    let new = NewMailbox { password, ..NewMailbox::named("ann", Flavour::Regular) };
    let user = mailboxes.create(&Author::new("test", "New-Mailbox"), new).unwrap();
    let mailbox = mailboxes.mailbox(&user).unwrap();
    for text in ["Subject: one\r\n\r\n.dot\r\n", "Subject: two\r\n\r\nx\r\n", "Subject: three\r\n\r\ny\r\n"] {
        let message = Incoming::new(text.as_bytes());
        let append = Append { message, flags: Flags::NONE, keywords: Vec::new(), received: None };
        mailbox.append(TargetFolder::Known(WellKnown::Inbox), vec![append], Limits::default()).unwrap();
    }
    House { mailboxes, user: user.guid() }
}

impl House {
    async fn play(&self, trace: &str) {
        let config = Config::new("mail.contoso.com");
        let door = door(log_on(self.mailboxes.clone()), config);
        let peer = "127.0.0.1:4711".parse().unwrap();
        let trace = format!("S: +OK [..]\n{trace}");
        net::transcript::play(door, peer, &trace, &mut |word, _| {
            assert_eq!(word, "switched off");
            let (mailboxes, user) = (&self.mailboxes, self.user);
            let off = move |change: &mut mailbox::directory::Change<'_>| {
                let mut record = change.read(user)?;
                change.edit(&mut record, &[Edit::set(&cas::POP_ENABLED, false)])?;
                change.save(record)
            };
            mailboxes.directory().change(&Author::new("test", "Set-CASMailbox"), off).unwrap();
            Ok(())
        })
        .await
        .unwrap();
    }
}

const LOGON: &str = "C: USER ann@contoso.com\nC: PASS other Secret 2\nS: +OK [..]\nS: +OK 3 messages\n";

#[tokio::test(flavor = "multi_thread")]
async fn mail_is_read_and_deleted_and_the_ids_stay() {
    let house = house();
    house.play("C: USER ann\nC: PASS wrong\nS: +OK [..]\nS: -ERR [AUTH] [..]\n").await;
    house
        .play(&format!(
            "{LOGON}C: STAT\nS: +OK 3 62\nC: UIDL 3\nS: +OK 3 [..].3\nC: RETR 1\nS: +OK 22 octets\nS: Subject: one\nS: \n\
             S: ..dot\nS: .\nC: DELE 2\nS: +OK [..]\nC: QUIT\nS: +OK bye, 1 messages deleted\nS: [closed]\n"
        ))
        .await;
    house.play(&LOGON.replace('3', "2")).await;
    house.play(&format!("{}C: UIDL 2\nS: +OK 2 [..].3\n", LOGON.replace('3', "2"))).await;
    let found = house.mailboxes.verify().unwrap();
    assert!(found.is_empty(), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protocol_that_is_switched_off_ends_the_session_and_refuses_the_next() {
    let house = house();
    let cut = "C: DELE 1\nS: +OK [..]\nswitched off: now\nS: -ERR [SYS/PERM] [..]\nS: [closed]\n";
    house.play(&format!("{LOGON}{cut}")).await;
    house.play("C: USER ann\nC: PASS other Secret 2\nS: +OK [..]\nS: -ERR [AUTH] [..]\n").await;
}
