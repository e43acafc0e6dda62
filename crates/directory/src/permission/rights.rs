//! What an account may do with a mailbox.

use crate::Directory;
use crate::access::{AccessEntry, Right, Store};
use crate::cache::Cache;
use crate::membership::{Token, is_powerless};
use crate::permission::default::{Defaults, explicit};
use crate::record::Record;
use crate::schema::recipient;
use crate::user_account::{AUTHENTICATED_SID, EVERYONE_SID, SELF_SID};
use object::types::Guid;
use object::value::Text;

/// The rights of an account to a mailbox, all denials considered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights(u16);

impl Rights {
    /// Whether a right is among them.
    pub fn has(self, right: Right) -> bool {
        self.0 & (1 << right as i64) != 0
    }
    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
    fn with(self, right: Right, given: bool) -> Rights {
        if given { Rights(self.0 | 1 << right as i64) } else { self }
    }
}

/// The entries of one object that decide about rights to it, its own and those from above.
pub(crate) struct Layers {
    pub(crate) explicit: Vec<AccessEntry>,
    pub(crate) inherited: Vec<AccessEntry>,
}

impl Layers {
    pub(crate) fn of(cache: &Cache, defaults: &Defaults, store: Store, record: &Record) -> Layers {
        let mut explicit = explicit(store, record);
        explicit.retain(|entry| entry.inheritance.of_self());
        Layers { explicit, inherited: defaults.inherited(cache, store, record) }
    }

    /// What was decided of a right, and by which entry.
    pub(crate) fn decide(&self, right: Right, token: &Token, of: &Record) -> Option<&AccessEntry> {
        self.first(|entry| right.is_in(entry) && place(token, of, &entry.trustee).is_some())
    }

    /// The entry by which nobody has a right that all were given: it denies it to all, and stands before what gives it.
    pub(crate) fn denied_to_all(&self, right: Right) -> Option<&AccessEntry> {
        let all = [EVERYONE_SID, AUTHENTICATED_SID];
        self.first(|entry| right.is_in(entry) && all.contains(&&*entry.trustee)).filter(|entry| entry.deny)
    }

    /// The first of the entries that count: explicit deny, explicit allow, inherited deny, inherited allow.
    fn first(&self, counts: impl Fn(&AccessEntry) -> bool) -> Option<&AccessEntry> {
        [&self.explicit, &self.inherited].into_iter().find_map(|layer| {
            let mut denied = layer.iter().filter(|entry| entry.deny);
            let mut given = layer.iter().filter(|entry| !entry.deny);
            denied.find(|entry| counts(entry)).or_else(|| given.find(|entry| counts(entry)))
        })
    }
}

/// Where an account is what an entry is about.
pub(crate) fn place(token: &Token, of: &Record, trustee: &str) -> Option<usize> {
    if trustee == SELF_SID {
        return (token.account().guid() == of.guid()).then_some(0);
    }
    token.place(trustee)
}

/// Whether somebody, or a group of theirs, is among those who may send on behalf of a recipient.
fn on_behalf(token: &Token, of: &Record) -> bool {
    let granted = of.references(&recipient::GRANT_SEND_ON_BEHALF_TO);
    granted.into_iter().any(|guid| token.place_of(guid).is_some())
}

impl Directory {
    /// The security identifiers that stand for an account: its own first, then those of its groups and of everybody.
    /// None where it is gone, or disabled.
    pub fn identifiers_of(&self, account: Guid) -> Vec<Text> {
        let cache = self.cache();
        let Some(account) = cache.by_guid(account).filter(|account| !is_powerless(account)) else {
            return Vec::new();
        };
        let own = account.sid();
        let token = Token::of(&cache, account);
        let others = token.sids().filter(|sid| Some(*sid) != own.as_ref()).cloned();
        own.iter().cloned().chain(others).collect()
    }

    /// Whether an account is denied a right to a mailbox: by an entry that counts more than all that give it.
    pub fn is_denied(&self, account: Guid, mailbox: Guid, right: Right) -> bool {
        let cache = self.cache();
        let (Some(account), Some(of)) = (cache.by_guid(account), cache.by_guid(mailbox)) else {
            return false;
        };
        let (token, defaults) = (Token::of(&cache, account), Defaults::of(self));
        let layers = Layers::of(&cache, &defaults, right.store(), of);
        layers.decide(right, &token, of).is_some_and(|entry| entry.deny)
    }

    /// What an account may do with a mailbox (or, of the rights to send, with any recipient), through its groups too.
    /// Nothing where either is gone, or where the account is disabled. Takes some microseconds: ask each time, so that a
    /// right that ends is gone with the next command.
    pub fn rights(&self, account: Guid, mailbox: Guid) -> Rights {
        let cache = self.cache();
        let (Some(account), Some(of)) = (cache.by_guid(account), cache.by_guid(mailbox)) else {
            return Rights::default();
        };
        if is_powerless(account) {
            return Rights::default();
        }
        let (token, defaults) = (Token::of(&cache, account), Defaults::of(self));
        let layers = [Store::Mailbox, Store::Object].map(|store| Layers::of(&cache, &defaults, store, of));
        let mut rights = Rights::default().with(Right::SendOnBehalf, on_behalf(&token, of));
        for right in Right::ALL.iter().copied().filter(|right| *right != Right::SendOnBehalf) {
            let layer = &layers[usize::from(right.store() == Store::Object)];
            let given = layer.decide(right, &token, of).is_some_and(|entry| !entry.deny);
            let possible = right.store() == Store::Object || of.is_mailbox();
            rights = rights.with(right, given && possible);
        }
        rights
    }
}
