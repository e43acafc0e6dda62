//! Who is in which group, through other groups too: an account's token, and in whose client a mailbox appears by itself
//! (`msExchDelegateListLink` and its way back).
//!
//! What is stored names users and groups; a group's members are looked up when somebody asks, so a change of its
//! members shows with the same commit.

use crate::Class;
use crate::cache::Cache;
use crate::record::Record;
use crate::schema::{group, permission, recipient, user};
use crate::user_account::{AUTHENTICATED_SID, EVERYONE_SID, SELF_SID, is_of_another_domain};
use object::types::Guid;
use object::value::Text;
use object::{Declared, Value};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// An account and its groups. Circles of groups end, as each group is met once.
pub(crate) struct Token {
    /// The account first, then its groups, nearer ones first.
    principals: Vec<Principal>,
    /// Places by security identifier.
    places: HashMap<Text, usize>,
}

struct Principal {
    record: Arc<Record>,
    /// The one of which this group has it as a member; nothing for the account.
    member: Option<usize>,
}

impl Token {
    pub(crate) fn of(cache: &Cache, account: &Arc<Record>) -> Token {
        let first = Principal { record: Arc::clone(account), member: None };
        let mut token = Token { principals: vec![first], places: HashMap::new() };
        let mut seen = HashSet::from([account.guid()]);
        let mut at = 0;
        while at < token.principals.len() {
            for group in cache.groups_of(token.principals[at].record.guid()) {
                if seen.insert(group.guid()) {
                    token.principals.push(Principal { record: group, member: Some(at) });
                }
            }
            at += 1;
        }
        for (at, principal) in token.principals.iter().enumerate() {
            token.places.extend(principal.record.sid().map(|sid| (sid, at)));
        }
        // Where the account of another forest owns the mailbox, that account is meant by its own identifier as well.
        let own = account.sid().unwrap_or_else(|| "".into());
        let master = account.get(&user::MASTER_ACCOUNT_SID).filter(|sid| is_of_another_domain(sid, &own));
        token.places.extend(master.map(|sid| (Text::from(sid), 0)));
        if account.class() == Class::User {
            token.places.extend([EVERYONE_SID, AUTHENTICATED_SID].map(|sid| (sid.into(), 0)));
        }
        token
    }

    /// The account.
    pub(crate) fn account(&self) -> &Arc<Record> {
        &self.principals[0].record
    }
    /// Whether an entry for that identifier is about the account, and through which place.
    pub(crate) fn place(&self, sid: &str) -> Option<usize> {
        self.places.get(sid).copied()
    }
    /// The place of an object that is the account or one of its groups.
    pub(crate) fn place_of(&self, guid: Guid) -> Option<usize> {
        self.principals.iter().position(|principal| principal.record.guid() == guid)
    }
    /// All identifiers.
    pub(crate) fn sids(&self) -> impl Iterator<Item = &Text> {
        self.places.keys()
    }
    /// The account and its groups.
    pub(crate) fn records(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.principals.iter().map(|principal| &principal.record)
    }
    /// The groups from the one at a place down to the one in which the account itself is; none for the account.
    pub(crate) fn chain(&self, mut place: usize) -> Vec<Arc<Record>> {
        let mut chain = Vec::new();
        while let Some(member) = self.principals[place].member {
            chain.push(Arc::clone(&self.principals[place].record));
            place = member;
        }
        chain
    }
}

/// Whether an account cannot log on and so can use no right. The user of a linked mailbox is switched off by nature:
/// who logs on is the account of the other forest.
pub(crate) fn is_powerless(account: &Record) -> bool {
    let linked = account.get(&user::MASTER_ACCOUNT_SID).is_some_and(|sid| sid != SELF_SID);
    account.class() == Class::User
        && account.is_account_disabled()
        && !(linked && account.has(user::MASTER_ACCOUNT_SID.spec()))
}

impl Record {
    /// The security identifier, as it is stored.
    pub(crate) fn sid(&self) -> Option<Text> {
        match self.stored_values(user::SID.spec()).first() {
            Some(Value::String(sid)) => Some(sid.clone()),
            _ => None,
        }
    }
}

/// The users in whose clients a mailbox appears by itself, in the order in which they were named. Of a group those who have
/// such a client: whoever has a mailbox.
pub(crate) fn links(cache: &Cache, mailbox: &Record) -> Vec<Arc<Record>> {
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    let named: Vec<Guid> = mailbox.references(&permission::AUTO_MAPPED);
    let mut waiting: Vec<Guid> = named.iter().rev().copied().collect();
    while let Some(guid) = waiting.pop() {
        let Some(record) = cache.by_guid(guid).filter(|record| seen.insert(record.guid())) else { continue };
        match record.class() {
            Class::Group => waiting.extend(record.references(&group::MEMBERS).into_iter().rev()),
            _ if record.is_mailbox() || named.contains(&guid) => found.push(Arc::clone(record)),
            _ => {}
        }
    }
    found
}

/// The mailboxes that appear in a user's client by themselves.
pub(crate) fn back_links(cache: &Cache, user: &Arc<Record>) -> Vec<Arc<Record>> {
    let token = Token::of(cache, user);
    let counts = |one: &&Arc<Record>| user.is_mailbox() || one.guid() == user.guid();
    by_name(
        token
            .records()
            .filter(counts)
            .flat_map(|one| cache.by_value(permission::AUTO_MAPPED.spec(), &one.guid().to_string())),
    )
}

/// The recipients that name a user or group among those who may send on their behalf.
pub(crate) fn represented(cache: &Cache, delegate: &Record) -> Vec<Arc<Record>> {
    let spec = recipient::GRANT_SEND_ON_BEHALF_TO.spec();
    by_name(cache.by_value(spec, &delegate.guid().to_string()).into_iter())
}

/// Each one once, in the order of their names.
fn by_name(records: impl Iterator<Item = Arc<Record>>) -> Vec<Arc<Record>> {
    let mut found: Vec<Arc<Record>> = records.collect();
    found.sort_by(|a, b| (&a.folded_name, a.id).cmp(&(&b.folded_name, b.id)));
    found.dedup_by_key(|record| record.id);
    found
}
