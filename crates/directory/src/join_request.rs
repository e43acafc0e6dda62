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
/// How often somebody may ask while nobody decides, from the first time on for a day: each is a mail to every owner.
const ASKS_MAX: u32 = 3;
const ASKS_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);

/// A request to become a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinRequest {
    /// What it is called in the mails about it.
    pub token: Guid,
    /// Who asks.
    pub account: Guid,
    /// When.
    pub at: Time,
    /// When they asked first, within a day, and how often since.
    first: Time,
    times: u32,
}

impl JoinRequest {
    fn parse(line: &str) -> Option<JoinRequest> {
        let mut parts = line.split(' ');
        let (token, account) = (Guid::parse(parts.next()?)?, Guid::parse(parts.next()?)?);
        let at = Time(parts.next()?.parse().ok()?);
        // Requests of before have no more.
        let first = parts.next().map_or(Some(at), |first| first.parse().ok().map(Time))?;
        let times = parts.next().map_or(Some(1), |times| times.parse().ok())?;
        Some(JoinRequest { token, account, at, first, times })
    }
    fn line(&self) -> String {
        format!("{} {} {} {} {}", self.token, self.account, self.at.0, self.first.0, self.times)
    }

    /// The next one of the same account.
    fn again(before: Option<JoinRequest>, account: Guid, at: Time) -> JoinRequest {
        let counted = before.filter(|before| before.first + ASKS_WITHIN > at);
        let (first, times) = counted.map_or((at, 0), |before| (before.first, before.times));
        JoinRequest { token: Guid::random(), account, at, first, times: times + 1 }
    }
}

/// The requests that wait for a group's owners.
fn waiting(group: &Record, now: Time) -> Vec<JoinRequest> {
    let all = group.all(&JOIN_REQUESTS);
    let mut all: Vec<_> = all.iter().filter_map(|line| JoinRequest::parse(line)).collect();
    all.retain(|request| request.at + WAITS > now);
    all
}

/// Keeps requests with a group. Lines that cannot be read stay as they are.
fn keep(group: &mut Record, requests: &[JoinRequest]) {
    let mut lines = group.all(&JOIN_REQUESTS);
    lines.retain(|line| JoinRequest::parse(line).is_none());
    lines.extend(requests.iter().map(JoinRequest::line));
    group.set_all(&JOIN_REQUESTS, lines);
}

/// The requests of a group that cannot be read: they wait for nobody.
pub(crate) fn unreadable(group: &Record) -> Vec<String> {
    group.all(&JOIN_REQUESTS).into_iter().filter(|line| JoinRequest::parse(line).is_none()).collect()
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
    /// too many wait, they asked too often.
    pub fn ask_to_join(&mut self, group: Guid, account: Guid) -> Result<JoinRequest> {
        let mut record = self.read(group)?;
        if record.references(&MEMBERS).contains(&account) {
            let message = format!("You are already a member of the group \"{}\".", record.name());
            return Err(Error::conflict(ErrorId::MemberAlreadyExistsException, message).about("Member"));
        }
        let at = self.directory().now();
        let mut all = waiting(&record, at);
        let before = all.iter().position(|request| request.account == account).map(|at| all.remove(at));
        let request = JoinRequest::again(before, account, at);
        if request.times > ASKS_MAX {
            let message =
                format!("The owners of {} were asked {ASKS_MAX} times within a day.", record.name());
            return Err(Error::limit(ErrorId::TooManyItems, message)
                .help("Wait for their answer, or write to one of them."));
        }
        if all.len() >= JOIN_REQUESTS_MAX {
            let message = format!("{JOIN_REQUESTS_MAX} requests wait for the owners of {}.", record.name());
            return Err(Error::limit(ErrorId::TooManyItems, message).help("Write to an owner."));
        }
        all.push(request.clone());
        keep(&mut record, &all);
        self.save(record)?;
        Ok(request)
    }

    /// Ends a request: whoever asked becomes a member, or not. Tells whether it still waited.
    pub fn end_join(&mut self, group: Guid, token: Guid, joins: bool) -> Result<bool> {
        let mut record = self.read(group)?;
        let mut all = waiting(&record, self.directory().now());
        let Some(at) = all.iter().position(|request| request.token == token) else { return Ok(false) };
        let request = all.remove(at);
        keep(&mut record, &all);
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
        let (token, account, at) = (Guid::random(), Guid::random(), Time(7));
        let request = JoinRequest { token, account, at, first: Time(5), times: 2 };
        assert_eq!(JoinRequest::parse(&request.line()), Some(request));
        let of_before = JoinRequest { token, account, at, first: at, times: 1 };
        assert_eq!(JoinRequest::parse(&format!("{token} {account} 7")), Some(of_before));
        for line in
            ["", "x y z", "1 2", &format!("{token} {account} 7 x"), &format!("{token} {account} 7 7 x")]
        {
            assert_eq!(JoinRequest::parse(line), None, "{line}");
        }
    }

    #[test]
    fn who_asks_again_is_counted_for_a_day() {
        let (account, mut last) = (Guid::random(), None);
        let hour = Duration::from_secs(3600);
        for (hours, times) in [(0, 1), (1, 2), (23, 3), (24, 1), (30, 2)] {
            let asked = JoinRequest::again(last, account, Time(7) + hour * hours);
            assert_eq!(asked.times, times, "after {hours} hours");
            last = Some(asked);
        }
    }

    #[test]
    fn lines_that_cannot_be_read_stay_and_are_told() {
        let mut group = Record::blank(Class::Group);
        group.set_all(&JOIN_REQUESTS, vec!["of a newer program".to_owned()]);
        keep(&mut group, &[JoinRequest::again(None, Guid::random(), Time(7))]);
        assert_eq!(group.all(&JOIN_REQUESTS).len(), 2);
        assert_eq!(unreadable(&group), ["of a newer program"]);
        assert_eq!(waiting(&group, Time(8)).len(), 1);
    }
}
