//! Whom a message for a group, or for somebody who forwards, goes to: followed to those who get it, each once.
//!
//! Groups are followed breadth by breadth and each once, so circles of groups end. Somebody who forwards has one place to
//! forward to: a chain of them that comes back to where it was and left nobody a copy is a loop, and is told once, of the
//! one with whom it began.

use crate::{Destination, Mailboxes, Moderation, Sender};
use directory::schema::{group, mailbox, recipient};
use directory::{Class, Record};
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Result};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// Who hears that somebody did not get a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reports {
    /// Its sender.
    Sender,
    /// Nobody.
    Nobody,
    /// An owner of the group through which it came.
    Owner(SmtpAddress),
}

/// Through whom somebody gets a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// The address of the group that has them, or of whoever forwards to them.
    pub address: SmtpAddress,
    /// Whether it is somebody who forwards.
    pub forwards: bool,
}

impl Via {
    fn group(address: SmtpAddress) -> Via {
        Via { address, forwards: false }
    }

    fn forward(address: SmtpAddress) -> Via {
        Via { address, forwards: true }
    }
}

/// Somebody who gets a message through a group or a forward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Their address.
    pub address: SmtpAddress,
    /// Where it leads.
    pub destination: Destination,
    /// Who hears of what becomes of it.
    pub reports: Reports,
    /// Through whom.
    pub via: Via,
}

/// Somebody who does not get a message that a group or a forward would bring.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Their address.
    pub address: SmtpAddress,
    /// Why not.
    pub error: Error,
    /// Who hears of it.
    pub reports: Reports,
    /// Through whom it would come.
    pub via: Via,
}

/// Somebody whose moderators decide first.
#[derive(Clone, Debug)]
pub struct Held {
    /// Their address.
    pub address: SmtpAddress,
    /// Who decides.
    pub moderation: Moderation,
    /// Who hears of what becomes of it.
    pub reports: Reports,
    /// Through whom it comes.
    pub via: Via,
}

/// An address to be followed.
#[derive(Clone, Debug)]
pub struct Written {
    /// The address.
    pub address: SmtpAddress,
    /// Whether a moderator let the message pass already.
    pub approved: bool,
}

/// What became of an address that was followed.
#[derive(Clone, Debug, Default)]
pub struct Expansion {
    /// Where the address itself gets a copy, as somebody does who forwards and keeps.
    pub own: Option<Destination>,
    /// Who else gets one.
    pub targets: Vec<Target>,
    /// Who gets none.
    pub refused: Vec<Refusal>,
    /// Whose moderators decide first.
    pub held: Vec<Held>,
    /// Who decides on the address itself first; then nothing else is there.
    pub waits: Option<Moderation>,
}

impl Expansion {
    /// Whether it leads on to anybody.
    pub fn leads(&self) -> bool {
        !(self.targets.is_empty() && self.refused.is_empty() && self.held.is_empty())
    }
}

/// Where somebody forwards their mail to.
enum Forward {
    /// To another recipient of this organisation.
    To(Arc<Record>),
    /// To an address elsewhere.
    Outside(SmtpAddress),
}

impl Mailboxes {
    /// Follows addresses to those who get a message of `size` bytes from that sender; one answer for each, in order. Who has
    /// one of the `written` or `known` addresses gets it, or does not, by that one alone. An error is what becomes of the
    /// address itself.
    pub fn expand(
        &self,
        written: &[Written],
        known: &[SmtpAddress],
        sender: &Sender,
        size: u64,
    ) -> Vec<Result<Expansion>> {
        let addresses = written.iter().map(|one| &one.address).chain(known);
        let named =
            addresses.filter_map(|address| self.addressee(address)).map(|record| record.guid()).collect();
        let (had, groups) = (HashSet::new(), HashSet::new());
        let mut follower = Follower { mailboxes: self, sender, size, named, had, groups, let_in: false };
        written.iter().map(|one| follower.follow(&one.address, one.approved)).collect()
    }

    /// Where a copy for an address lands, whatever its owner's forwards say.
    pub fn landing(&self, address: &SmtpAddress) -> Result<Destination> {
        match self.addressee(address) {
            Some(record) => self.lands(&record, address),
            None => self.recipient(address),
        }
    }

    /// Whether mail for somebody goes on to others, so that they have to be looked for.
    pub(crate) fn is_followed(&self, record: &Record) -> bool {
        record.class() == Class::Group
            || record.is(&recipient::MODERATION_ENABLED)
            || self.forward_of(record).is_some()
    }

    /// Where somebody forwards to. A contact or mail user whose outside address is somebody's here forwards to them.
    fn forward_of(&self, record: &Record) -> Option<Forward> {
        if record.is_mailbox() || record.class() == Class::PublicFolder {
            let to =
                record.reference(&mailbox::FORWARDING_ADDRESS).and_then(|guid| self.0.directory.get(guid));
            if let Some(to) = to.filter(|to| to.is_mail_enabled()) {
                return Some(Forward::To(to));
            }
        }
        if record.is_mailbox() {
            let address =
                record.get(&mailbox::FORWARDING_SMTP_ADDRESS).filter(|address| address.is_smtp())?;
            let address = SmtpAddress::parse(address.value())?;
            return Some(match self.named(&address) {
                Some(to) => Forward::To(to),
                None => Forward::Outside(address),
            });
        }
        let external =
            record.get(&recipient::EXTERNAL_EMAIL_ADDRESS).filter(|external| external.is_smtp())?;
        let to = self.named(&SmtpAddress::parse(external.value())?)?;
        (to.guid() != record.guid()).then_some(Forward::To(to))
    }
}

/// What is followed for one message.
struct Follower<'a> {
    mailboxes: &'a Mailboxes,
    sender: &'a Sender,
    size: u64,
    /// Who is a recipient by an address of their own, so that nothing that leads to them makes a second one.
    named: HashSet<Guid>,
    /// To whom somebody led already.
    had: HashSet<Guid>,
    /// The groups that were followed.
    groups: HashSet<Guid>,
    /// Whether what a moderator let in needs no moderator of the members.
    let_in: bool,
}

/// Somebody met on the way.
struct Met {
    record: Arc<Record>,
    address: SmtpAddress,
    reports: Reports,
    via: Via,
}

impl Follower<'_> {
    fn follow(&mut self, written: &SmtpAddress, approved: bool) -> Result<Expansion> {
        let Some(record) = self.mailboxes.addressee(written) else {
            let destination = self.mailboxes.recipient(written)?;
            return Ok(Expansion { own: Some(destination), ..Expansion::default() });
        };
        if !approved && let Some(moderation) = self.mailboxes.moderation(&record, self.sender)? {
            return Ok(Expansion { waits: Some(moderation), ..Expansion::default() });
        }
        self.let_in = approved && record.is(&group::BYPASS_NESTED_MODERATION);
        let mut expansion = Expansion::default();
        let mut waiting = VecDeque::new();
        if record.class() == Class::Group {
            self.enter(&record, written, &mut waiting)?;
        } else {
            let via = Via::forward(written.clone());
            let met = Met { record, address: written.clone(), reports: Reports::Sender, via };
            self.person(met, Some(written), &mut waiting, &mut expansion)?;
        }
        while let Some(met) = waiting.pop_front() {
            let (address, reports, via) = (met.address.clone(), met.reports.clone(), met.via.clone());
            if let Err(error) = self.meet(met, &mut waiting, &mut expansion) {
                expansion.refused.push(Refusal { address, error, reports, via });
            }
        }
        Ok(expansion)
    }

    /// A member of a group.
    fn meet(&mut self, met: Met, waiting: &mut VecDeque<Met>, out: &mut Expansion) -> Result<()> {
        let guid = met.record.guid();
        let is_group = met.record.class() == Class::Group;
        if self.named.contains(&guid) || self.had.contains(&guid) || is_group && self.groups.contains(&guid) {
            return Ok(());
        }
        self.mailboxes.check_message(&met.record, self.sender, self.size)?;
        // Who let it into the group decided for the groups in it, and for nobody who has moderators of their own.
        if !(self.let_in && is_group) && self.waits(&met.record, &met.address, &met.reports, &met.via, out)? {
            return Ok(());
        }
        if is_group {
            self.enter(&met.record, &met.address, waiting)
        } else {
            self.person(met, None, waiting, out)
        }
    }

    /// Whether somebody's moderators decide first. It waits once, however many lead there.
    fn waits(
        &mut self,
        record: &Record,
        address: &SmtpAddress,
        reports: &Reports,
        via: &Via,
        out: &mut Expansion,
    ) -> Result<bool> {
        let Some(moderation) = self.mailboxes.moderation(record, self.sender)? else { return Ok(false) };
        let known = if record.class() == Class::Group { &mut self.groups } else { &mut self.had };
        if known.insert(record.guid()) {
            let (address, reports, via) = (address.clone(), reports.clone(), via.clone());
            out.held.push(Held { address, moderation, reports, via });
        }
        Ok(true)
    }

    /// A group of that address: its members wait to be met.
    fn enter(
        &mut self,
        group: &Arc<Record>,
        written: &SmtpAddress,
        waiting: &mut VecDeque<Met>,
    ) -> Result<()> {
        if !self.groups.insert(group.guid()) {
            return Ok(());
        }
        let reports = self.reports_of(group);
        for record in self.mailboxes.directory().mail_members(group)? {
            if let Some(address) = primary(&record) {
                let via = Via::group(written.clone());
                waiting.push_back(Met { record, address, reports: reports.clone(), via });
            }
        }
        Ok(())
    }

    /// Who hears of what becomes of the copies for a group's members.
    fn reports_of(&self, group: &Record) -> Reports {
        if group.is(&group::REPORT_TO_ORIGINATOR) {
            return Reports::Sender;
        }
        let owner = || {
            let owners = group.references(&group::MANAGED_BY).into_iter();
            owners.filter_map(|guid| self.mailboxes.directory().get(guid)).find_map(|owner| primary(&owner))
        };
        match owner().filter(|_| group.is(&group::REPORT_TO_MANAGER)) {
            Some(owner) => Reports::Owner(owner),
            None => Reports::Nobody,
        }
    }

    /// A person, and whoever they forward to, and so on.
    fn person(
        &mut self,
        met: Met,
        written: Option<&SmtpAddress>,
        waiting: &mut VecDeque<Met>,
        out: &mut Expansion,
    ) -> Result<()> {
        let (mut at, mut address, mut via, reports) = (met.record, met.address, met.via, met.reports);
        let (mut passed, mut kept) = (HashSet::new(), false);
        while passed.insert(at.guid()) {
            let first = passed.len() == 1;
            // Whoever has a recipient's address of their own gets nothing more here, but may be part of a circle.
            let named = !first && self.named.contains(&at.guid());
            // Those to whom somebody forwards have moderators of their own.
            if !first && !named && self.waits(&at, &address, &reports, &via, out)? {
                return Ok(());
            }
            let forward = self.mailboxes.forward_of(&at);
            let keeps = forward.is_none() || at.is_mailbox() && at.is(&mailbox::DELIVER_AND_FORWARD);
            match written.filter(|_| first && keeps) {
                Some(_) => out.own = Some(self.mailboxes.lands(&at, &address)?),
                None if keeps && !named && self.had.insert(at.guid()) => {
                    let (destination, reports) = (self.mailboxes.lands(&at, &address)?, reports.clone());
                    let (address, via) = (address.clone(), via.clone());
                    out.targets.push(Target { address, destination, reports, via });
                }
                None => {}
            }
            kept |= keeps;
            match forward {
                None => return Ok(()),
                Some(Forward::Outside(to)) => {
                    let (destination, via) = (Destination::Elsewhere(to.clone()), Via::forward(address));
                    out.targets.push(Target { address: to, destination, reports, via });
                    return Ok(());
                }
                Some(Forward::To(next)) => {
                    let Some(to) = primary(&next) else { return Err(unreachable(&next)) };
                    if next.class() == Class::Group {
                        let via = Via::forward(address);
                        waiting.push_back(Met { record: next, address: to, reports, via });
                        return Ok(());
                    }
                    via = Via::forward(std::mem::replace(&mut address, to));
                    at = next;
                }
            }
        }
        if kept { Ok(()) } else { Err(loop_found()) }
    }
}

fn primary(record: &Record) -> Option<SmtpAddress> {
    directory::primary(&record.all(&recipient::EMAIL_ADDRESSES))
}

fn unreachable(record: &Record) -> Error {
    Error::not_found(ErrorId::RecipientUnknown, format!("{} has no address.", record.name()))
}

fn loop_found() -> Error {
    Error::conflict(ErrorId::LoopOfForwards, "The message is forwarded in a circle in which nobody keeps it")
}
