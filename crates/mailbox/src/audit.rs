//! The logs of mailboxes: whose work is recorded in which, and how long that is kept.
//!
//! Whoever opens a mailbox gets a handle that knows them; the store records by itself what the owner's directory object
//! says at that moment (`AuditEnabled` and the three lists).

use crate::logon::Door;
use crate::{Capacity, Mailboxes};
use directory::Record;
use directory::schema::mailbox::{self, MailboxAuditOperation};
use object::types::{Guid, SmtpAddress, TimeSpan};
use object::{Author, Property, Result, Time};
use std::net::IpAddr;
use std::sync::Arc;
use store::{About, Auditor, LogonType, Operation, Wanted};

/// What is logged of whoever works in a mailbox in such a capacity.
fn list_of(logon: LogonType) -> &'static Property<MailboxAuditOperation> {
    match logon {
        LogonType::Owner => &mailbox::AUDIT_OWNER,
        LogonType::Admin => &mailbox::AUDIT_ADMIN,
        LogonType::Delegate => &mailbox::AUDIT_DELEGATE,
    }
}

impl Mailboxes {
    /// What is to be recorded in the log of a mailbox's owner; asked anew each time.
    fn wanted(&self, owner: Guid, logon: LogonType) -> Wanted {
        let directory = self.0.directory.clone();
        Arc::new(move |operation| {
            let Some(owner) = directory.get(owner).filter(|owner| owner.is(&mailbox::AUDIT_ENABLED)) else {
                return false;
            };
            let listed = owner.value(object::Declared::spec(list_of(logon))).items();
            let mut listed =
                listed.iter().filter_map(<MailboxAuditOperation as object::types::PropertyType>::of_value);
            listed.any(|known| known.covers(operation as i64))
        })
    }

    /// A mailbox through the eyes of an account that opens it.
    pub(crate) fn watched(
        &self,
        mailbox: store::Mailbox,
        account: Guid,
        owner: Guid,
        door: Option<Door>,
    ) -> store::Mailbox {
        let logon = if account == owner { LogonType::Owner } else { LogonType::Delegate };
        let who = self.0.directory.get(account).map(|record| self.account_name(&record)).unwrap_or_default();
        let auditor = Auditor::new(who, account, logon, self.wanted(owner, logon));
        let auditor = match door {
            Some((protocol, peer)) => auditor.at(protocol.client(), peer.to_canonical().to_string()),
            None => auditor,
        };
        let audited = mailbox.audited(Arc::new(auditor));
        match self.has_own_read_state(account, owner) {
            true => audited.read_for(account),
            false => audited,
        }
    }

    /// Whether somebody who works in another's mailbox has a read state of their own there.
    fn has_own_read_state(&self, account: Guid, owner: Guid) -> bool {
        let owner = self.0.directory.get(owner).filter(|owner| owner.guid() != account);
        owner.is_some_and(|owner| !owner.is(&mailbox::SHARED_READ_STATE))
    }

    /// A mailbox through the eyes of an administrator who works in it by a cmdlet.
    pub fn administered(&self, mailbox: store::Mailbox, owner: Guid, author: &Author) -> store::Mailbox {
        let logon = match author.account {
            Some(account) if account == owner => LogonType::Owner,
            _ => LogonType::Admin,
        };
        let account = author.account.unwrap_or(Guid::EMPTY);
        let auditor = Auditor::new(author.who.to_string(), account, logon, self.wanted(owner, logon));
        mailbox.audited(Arc::new(auditor.at("Management", author.from.to_string())))
    }

    /// Records that an account sends under an address: in the log of that mailbox where it is somebody else's, before it is
    /// sent.
    pub fn note_sent(
        &self,
        account: Guid,
        address: &SmtpAddress,
        capacity: Capacity,
        peer: IpAddr,
        subject: &str,
    ) -> Result<()> {
        let Some(owner) = self.named(address).filter(|owner| owner.is_mailbox()) else { return Ok(()) };
        self.note_use(account, &owner);
        let operation = match capacity {
            Capacity::Own => return Ok(()),
            Capacity::SendAs => Operation::SendAs,
            Capacity::OnBehalf => Operation::SendOnBehalf,
        };
        // Only where it is wanted the database is asked: mail goes out while a mailbox that has no log is elsewhere.
        if !self.wanted(owner.guid(), LogonType::Delegate)(operation) {
            return Ok(());
        }
        let door = (crate::Protocol::Submission, peer);
        let watched = self.watched(self.mailbox(&owner)?, account, owner.guid(), Some(door));
        watched.note(operation, About { items: vec![(0, subject.to_owned())], ..About::default() })
    }

    /// Remembers that an account sends in the name of a mailbox. Where that cannot be looked up now, mail goes out all the
    /// same, and a report lacks it.
    fn note_use(&self, account: Guid, owner: &Record) {
        let who = self.0.directory.get(account).map(|record| self.account_name(&record));
        if let (Some(who), Ok(mailbox)) = (who, self.mailbox(owner)) {
            mailbox.sent_by(&who);
        }
    }

    /// Takes away what the logs of a database's mailboxes have kept longer than their AuditLogAgeLimit. Answers how many
    /// entries that were.
    pub fn forget_audit(&self, database: Guid, now: Time) -> Result<u64> {
        let (open, owners) = (self.0.store.database(database)?, self.owners(database));
        let mut gone = 0;
        for (guid, oldest) in open.audited_mailboxes()? {
            let limit = owners.get(&guid).and_then(|owner| owner.get(&mailbox::AUDIT_LOG_AGE_LIMIT));
            let before = now - limit.unwrap_or(TimeSpan::days(90)).to_duration();
            // One that a clock made that ran ahead may have elders behind it.
            if (before..=now).contains(&oldest) {
                continue;
            }
            let log = open.mailbox(guid)?;
            loop {
                match log.forget_audit(before, now)? {
                    0 => break,
                    entries => gone += entries,
                }
            }
        }
        Ok(gone)
    }
}
