//! Rules at work: which act on a message, and on which of its recipients; where those are not all, it goes on as two.

use std::collections::BTreeSet;
use std::sync::Arc;

use mailbox::directory::Directory;
use object::types::SmtpAddress;
use object::{Error, ErrorId, Result};
use tracing::{info, warn};

use crate::rule::action::Action;
use crate::rule::branch::Branch;
use crate::rule::condition::To;
use crate::rule::mail::{Mail, Seen};
use crate::rule::{Rule, Stage};
use crate::{Place, Transport};

/// A message is made into so many at most; one that would become more is not taken.
const BRANCHES_MAX: usize = 64;

/// What `Test-TransportRule` tells of a rule.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The rule.
    pub rule: String,
    /// Whether it looks before recipients are resolved.
    pub edge: bool,
    /// The recipients on whom it would act.
    pub recipients: Vec<String>,
    /// Why it acts, or why not.
    pub why: String,
    /// What it would do.
    pub actions: Vec<String>,
}

impl Transport {
    /// Runs the rules of a stage over what became of a message so far.
    pub(crate) fn run_rules(&self, stage: Stage, branches: &mut Vec<Branch>) -> Result<()> {
        let Some(directory) = self.mailboxes.directory() else { return Ok(()) };
        let (rules, now) = (self.rules.all(directory), self.clock.now());
        let mut seen: Vec<Seen> = Vec::new();
        for rule in rules.iter().filter(|rule| rule.stage == stage && rule.is_in_force(now)) {
            for at in 0..branches.len() {
                seen.resize_with(branches.len(), Seen::default);
                // Rules of the Hub look at those to whom somebody leads, once they are known.
                let later = stage == Stage::Hub && branches[at].ruled_later;
                if later || branches[at].stopped || branches[at].envelope.to.is_empty() {
                    continue;
                }
                if self.run_rule(rule, at, branches, &seen[at], directory)? {
                    seen[at] = Seen::default();
                }
            }
        }
        Ok(())
    }

    /// Whether the rule acts.
    fn run_rule(
        &self,
        rule: &Rule,
        at: usize,
        branches: &mut Vec<Branch>,
        seen: &Seen,
        directory: &Directory,
    ) -> Result<bool> {
        let branch = &branches[at];
        let mail = self.mail(branch, directory, seen);
        let all = recipients(branch);
        let Ok(found) = rule.matches(&mail, &all) else { return Ok(false) };
        if let Some(severity) = &rule.severity {
            info!(id = %branch.message.id, rule = rule.name, recipients = found.len(), audited = rule.audited, severity, "a transport rule acts");
        }
        if rule.audited {
            self.tell_only(rule, &found, &mut branches[at])?;
            return Ok(true);
        }
        let whole = found.len() == all.len();
        if !whole && branches.len() >= BRANCHES_MAX {
            let message = format!("The rules would make more than {BRANCHES_MAX} messages of this one");
            return Err(Error::busy(ErrorId::RuleFailed, message));
        }
        let target = if whole {
            at
        } else {
            let parted = branches[at].split(&found, self.new_id(self.clock.now()));
            branches.push(parted);
            branches.len() - 1
        };
        let branch = &mut branches[target];
        for action in &rule.actions {
            if let Err(error) = self.act(action, rule, branch) {
                warn!(id = %branch.message.id, rule = rule.name, %error, "a transport rule cannot be carried out");
                // Refusing for now is what this one does, not a failure of the rule.
                if rule.defers || matches!(action, Action::Disconnect) {
                    return Err(Error::busy(
                        ErrorId::RuleFailed,
                        "A transport rule cannot be carried out now",
                    ));
                }
            }
        }
        branch.stopped |= rule.stops;
        Ok(true)
    }

    /// Whether a rule of a stage is in force.
    pub(crate) fn has_rules(&self, stage: Stage) -> bool {
        let Some(directory) = self.mailboxes.directory() else { return false };
        let now = self.clock.now();
        self.rules.all(directory).iter().any(|rule| rule.stage == stage && rule.is_in_force(now))
    }

    /// A rule on trial does nothing with the message; whoever is to hear what it finds does.
    fn tell_only(&self, rule: &Rule, found: &[usize], branch: &mut Branch) -> Result<()> {
        for action in &rule.actions {
            let tells = matches!(action, Action::Incident { .. })
                || rule.notifies && matches!(action, Action::Notify(_));
            if tells {
                let mut part = branch.clone();
                let theirs = part.split(found, branch.message.id);
                let mut told = Branch { beside: Vec::new(), ..theirs };
                if let Err(error) = self.act(action, rule, &mut told) {
                    warn!(id = %branch.message.id, rule = rule.name, %error, "what a rule found cannot be told");
                }
                branch.beside.append(&mut told.beside);
            }
        }
        Ok(())
    }

    fn mail<'a>(&'a self, branch: &'a Branch, directory: &'a Directory, seen: &'a Seen) -> Mail<'a> {
        let (octets, client) =
            (&branch.message.octets[branch.message.return_path..], branch.envelope.client.address);
        Mail::new(octets, &branch.envelope.sender, client, &*self.mailboxes, directory, seen)
    }

    /// What each rule would do with a message, and why; nothing is done.
    pub fn try_rules(&self, envelope: crate::Envelope, octets: Vec<u8>) -> Vec<Tried> {
        let Some(directory) = self.mailboxes.directory() else { return Vec::new() };
        let message = crate::Message { octets, ..crate::Message::default() };
        let branch = Branch::of(envelope, message);
        let seen = Seen::default();
        let (mail, all, now) = (self.mail(&branch, directory, &seen), recipients(&branch), self.clock.now());
        let mut stopped = BTreeSet::new();
        let tried = |rule: &Arc<Rule>| {
            let found = if rule.is_in_force(now) {
                rule.matches(&mail, &all)
            } else {
                Err("The rule is not in force.".to_owned())
            };
            let found = found.and_then(|found| still_at_work(found, &stopped));
            if let Ok(found) = &found
                && rule.stops
                && !rule.audited
            {
                stopped.extend(found.iter().copied());
            }
            let actions = rule.actions.iter().map(Action::shown).collect();
            let (recipients, why) = match found {
                Ok(found) => {
                    let names =
                        found.iter().filter_map(|number| all.get(*number)).map(|to| to.address.to_string());
                    (names.collect(), "All conditions hold and no exception does.".to_owned())
                }
                Err(why) => (Vec::new(), why),
            };
            Tried { rule: rule.name.clone(), edge: rule.stage == Stage::Edge, recipients, why, actions }
        };
        self.rules.all(directory).iter().map(tried).collect()
    }

    /// Where mail that a rule adds goes.
    pub(crate) fn target(&self, address: &str) -> Result<(SmtpAddress, Place)> {
        let parsed = SmtpAddress::parse(address).ok_or_else(crate::unknown_recipient)?;
        let place = self.place_of(&parsed)?;
        Ok((parsed, place))
    }
}

/// Those on whom no rule before has ended the work.
fn still_at_work(found: Vec<usize>, stopped: &BTreeSet<usize>) -> std::result::Result<Vec<usize>, String> {
    let left: Vec<usize> = found.into_iter().filter(|number| !stopped.contains(number)).collect();
    if left.is_empty() { Err("A rule before it ends the work of rules.".to_owned()) } else { Ok(left) }
}

fn recipients(branch: &Branch) -> Vec<To<'_>> {
    branch
        .envelope
        .to
        .iter()
        .map(|to| To { address: &to.recipient.address, place: &to.recipient.place, via: branch.via.as_ref() })
        .collect()
}
