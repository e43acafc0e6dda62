//! E-mail address policies: made, put in an order, applied to those for whom they are.
//!
//! A recipient is under one policy: the first in the order of priorities whose filter finds it, applied or not. The one of the
//! organisation is last, for everybody, and stays so.

use crate::change::Change;
use crate::edit::Edit;
use crate::record::Record;
use crate::schema::policy::{APPLIED, PRIORITY};
use crate::{Class, Directory};
use object::types::Guid;
use object::{Error, ErrorId, Result};
use std::sync::Arc;

/// The policies above the last one; each is asked about every recipient that is made.
const POLICIES_MAX: usize = 500;

/// The place of a policy in the order; the organisation's own is behind all.
pub(crate) fn place(policy: &Record) -> u32 {
    policy.get(&PRIORITY).and_then(|priority| priority.parse().ok()).unwrap_or(u32::MAX)
}

impl Directory {
    /// All policies, the one that is asked first at the head.
    pub fn address_policies(&self) -> Vec<Arc<Record>> {
        let mut policies = self.all(Class::EmailAddressPolicy);
        policies.sort_by_key(|policy| (place(policy), policy.id));
        policies
    }

    /// The recipients under a policy, whose addresses it keeps.
    pub fn under_policy(&self, policy: &Record) -> Result<Vec<Guid>> {
        let found = match is_last(policy) {
            true => self.find(&crate::Query::of(&crate::kinds::RECIPIENT))?.collect(),
            false => self.audience(policy)?,
        };
        let kept = |record: &&Arc<Record>| record.is(&crate::schema::recipient::EMAIL_ADDRESS_POLICY_ENABLED);
        Ok(found.iter().filter(kept).map(|record| record.guid()).collect())
    }
}

/// Whether a policy is the organisation's own, which is for everybody.
fn is_last(policy: &Record) -> bool {
    place(policy) == u32::MAX
}

impl Change<'_> {
    /// Makes a policy at a place in the order; behind the others where none is named.
    pub fn new_address_policy(&mut self, name: &str, at: Option<u32>, settings: &[Edit]) -> Result<Record> {
        let others = self.directory().address_policies().len();
        if others > POLICIES_MAX {
            let message = format!("There are at most {POLICIES_MAX} e-mail address policies.");
            return Err(Error::limit(ErrorId::PolicyLocked, message).about("Name"));
        }
        let made = self.new_configuration(Class::EmailAddressPolicy, name, settings)?;
        let last = u32::try_from(others).unwrap_or(u32::MAX);
        self.put_policy_at(made.guid(), at.unwrap_or(last))?;
        self.read(made.guid())
    }

    /// Puts a policy at a place in the order; what stood there and behind goes one down.
    pub fn put_policy_at(&mut self, policy: Guid, at: u32) -> Result<()> {
        let mut order: Vec<Guid> = self
            .directory()
            .address_policies()
            .iter()
            .filter(|other| !is_last(other) && other.guid() != policy)
            .map(|other| other.guid())
            .collect();
        let place = usize::try_from(at.max(1) - 1).unwrap_or(usize::MAX).min(order.len());
        order.insert(place, policy);
        self.number_policies(&order)
    }

    /// Removes a policy; the last one stays.
    pub fn remove_address_policy(&mut self, policy: Guid) -> Result<()> {
        check_not_last(&*self.directory().need(policy)?, "removed")?;
        self.delete(policy)?;
        let rest = self.directory().address_policies();
        let order: Vec<Guid> = rest.iter().filter(|one| !is_last(one)).map(|one| one.guid()).collect();
        self.number_policies(&order)
    }

    fn number_policies(&mut self, order: &[Guid]) -> Result<()> {
        for (number, guid) in (1_u32..).zip(order) {
            let mut record = self.read(*guid)?;
            if place(&record) != number {
                record.set(&PRIORITY, number.to_string());
                self.save(record)?;
            }
        }
        Ok(())
    }

    /// Gives recipients the addresses of the policies under which they are; tells how many got others.
    pub fn apply_policies(&mut self, recipients: &[Guid], secondary_only: bool) -> Result<usize> {
        let mut changed = 0;
        for guid in recipients {
            // One that was removed meanwhile, or whose policy was switched off, needs nothing.
            let Some(known) = self.directory().get(*guid) else { continue };
            if !known.is_mail_enabled() || !known.is(&crate::schema::recipient::EMAIL_ADDRESS_POLICY_ENABLED)
            {
                continue;
            }
            let mut record = self.read(*guid)?;
            self.apply_address_policy(&mut record, secondary_only)?;
            if crate::edit::differs(&known, &record) {
                self.save(record)?;
                changed += 1;
            }
        }
        Ok(changed)
    }

    /// Notes that a policy as it is now was applied to all.
    pub fn policy_applied(&mut self, policy: Guid) -> Result<()> {
        let mut record = self.read(policy)?;
        record.set(&APPLIED, true);
        self.save(record)
    }
}

/// The last policy cannot be taken away or made another's.
pub fn check_not_last(policy: &Record, what: &str) -> Result<()> {
    if !is_last(policy) {
        return Ok(());
    }
    let message = format!("The default e-mail address policy can't be {what}.");
    Err(Error::conflict(ErrorId::PolicyLocked, message)
        .help("Change its templates, or make a policy of a higher priority with New-EmailAddressPolicy.")
        .about("Identity"))
}
