//! Requests to become a member of a group whose owners approve: kept with the group until one of them decides.

use crate::change::Change;
use crate::record::Record;
use crate::schema::group::{JOIN_REQUESTS, MEMBERS};
use crate::{Class, Directory};
use object::types::Guid;
use object::{Declared, Error, ErrorId, Result, Time};
use std::sync::Arc;
use std::time::Duration;

/// How many can wait for the owners of one group.
pub const JOIN_REQUESTS_MAX: usize = 500;
/// How long a request waits; then it has to be made again.
const WAITS: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A request to become a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinRequest {
    /// What it is called in the mails about it.
    pub token: Guid,
    /// Who asks.
    pub account: Guid,
    /// When.
    pub at: Time,
}

impl JoinRequest {
    fn parse(line: &str) -> Option<JoinRequest> {
        let mut parts = line.split(' ');
        let (token, account) = (Guid::parse(parts.next()?)?, Guid::parse(parts.next()?)?);
        Some(JoinRequest { token, account, at: Time(parts.next()?.parse().ok()?) })
    }
    fn line(&self) -> String {
        format!("{} {} {}", self.token, self.account, self.at.0)
    }
}

/// The requests that wait for a group's owners.
fn waiting(group: &Record, now: Time) -> Vec<JoinRequest> {
    let all = group.all(&JOIN_REQUESTS);
    let mut all: Vec<_> = all.iter().filter_map(|line| JoinRequest::parse(line)).collect();
    all.retain(|request| request.at + WAITS > now);
    all
}

impl Directory {
    /// The group for whose owners a request waits under a token, and the request.
    pub fn join_request(&self, token: Guid) -> Option<(Arc<Record>, JoinRequest)> {
        let now = self.now();
        let groups = self.all(Class::Group).into_iter().filter(|group| group.has(JOIN_REQUESTS.spec()));
        let mut found = groups.filter_map(|group| {
            let request = waiting(&group, now).into_iter().find(|request| request.token == token)?;
            Some((group, request))
        });
        found.next()
    }
}

impl Change<'_> {
    /// Keeps that somebody asks to become a member of a group; what they asked before is forgotten. Errors: they are a member,
    /// too many wait.
    pub fn ask_to_join(&mut self, group: Guid, account: Guid) -> Result<JoinRequest> {
        let mut record = self.read(group)?;
        if record.references(&MEMBERS).contains(&account) {
            let message = format!("You are already a member of the group \"{}\".", record.name());
            return Err(Error::conflict(ErrorId::MemberAlreadyExistsException, message).about("Member"));
        }
        let at = self.directory().now();
        let mut all = waiting(&record, at);
        all.retain(|request| request.account != account);
        if all.len() >= JOIN_REQUESTS_MAX {
            let message = format!("{JOIN_REQUESTS_MAX} requests wait for the owners of {}.", record.name());
            return Err(Error::limit(ErrorId::TooManyItems, message).help("Write to an owner."));
        }
        let request = JoinRequest { token: Guid::random(), account, at };
        all.push(request.clone());
        record.set_all(&JOIN_REQUESTS, all.iter().map(JoinRequest::line).collect());
        self.save(record)?;
        Ok(request)
    }

    /// Ends a request: whoever asked becomes a member, or not. Tells whether it still waited.
    pub fn end_join(&mut self, group: Guid, token: Guid, joins: bool) -> Result<bool> {
        let mut record = self.read(group)?;
        let mut all = waiting(&record, self.directory().now());
        let Some(at) = all.iter().position(|request| request.token == token) else { return Ok(false) };
        let request = all.remove(at);
        record.set_all(&JOIN_REQUESTS, all.iter().map(JoinRequest::line).collect());
        let member = record.references(&MEMBERS).contains(&request.account);
        self.save(record)?;
        if joins && !member {
            self.add_members(group, &[request.account])?;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_survive_their_text() {
        let request = JoinRequest { token: Guid::random(), account: Guid::random(), at: Time(7) };
        assert_eq!(JoinRequest::parse(&request.line()), Some(request));
        for line in ["", "x y z", "1 2"] {
            assert_eq!(JoinRequest::parse(line), None, "{line}");
        }
    }
}
