//! Who can reach a mailbox, and what somebody can reach: each an index away, nested groups included.

use crate::access::{AccessEntry, Right, Store};
use crate::cache::Cache;
use crate::membership::{Token, is_powerless};
use crate::permission::default::{Defaults, of_containers, of_database};
use crate::permission::rights::{Layers, place};
use crate::record::{Id, Record};
use crate::schema::{group, mailbox, permission, recipient};
use crate::user_account::{AUTHENTICATED_SID, EVERYONE_SID, SELF_SID};
use crate::{Class, Directory};
use object::Declared;
use object::types::Guid;
use object::value::Text;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// A right that somebody was given, and what became of it.
#[derive(Clone, Debug)]
pub struct Holding {
    /// The mailbox or other recipient.
    pub mailbox: Arc<Record>,
    /// Who holds the right; nothing where everybody does.
    pub holder: Option<Arc<Record>>,
    /// How the holder is shown: `CONTOSO\ann`.
    pub shown: Text,
    /// The right.
    pub right: Right,
    /// The groups from the one that was given the right down to the one in which the holder is; none where it was given
    /// to the holder.
    pub through: Vec<Arc<Record>>,
    /// Why it is of no use: the trustee of the entry that denies it, or that the account is disabled.
    pub denied_by: Option<Text>,
}

/// What [`Holding::denied_by`] says of an account that cannot log on.
const ACCOUNT_DISABLED: &str = "AccountDisabled";

/// One object with all that decides about rights to it.
struct Scene<'a> {
    directory: &'a Directory,
    cache: &'a Cache,
    of: Arc<Record>,
    layers: [Layers; 2],
    /// The entries that were made, here or above: those that every mailbox has give nobody anything to use.
    made: [Vec<AccessEntry>; 2],
}

impl<'a> Scene<'a> {
    fn new(directory: &'a Directory, cache: &'a Cache, defaults: &Defaults, of: &Arc<Record>) -> Scene<'a> {
        let layers = [Store::Mailbox, Store::Object].map(|store| Layers::of(cache, defaults, store, of));
        let above = [of_database(cache, of), of_containers(cache, of)];
        let mut at = 0;
        let made = above.map(|above| {
            let own = layers[at].explicit.iter().filter(|entry| &*entry.trustee != SELF_SID);
            at += 1;
            own.chain(&above).filter(|entry| !entry.deny).cloned().collect()
        });
        Scene { directory, cache, of: Arc::clone(of), layers, made }
    }

    /// The entries that give a right.
    fn giving(&self, right: Right) -> impl Iterator<Item = &AccessEntry> {
        let possible = right.store() == Store::Object || self.of.is_mailbox();
        let made = &self.made[usize::from(right.store() == Store::Object)];
        made.iter().filter(move |entry| possible && right.is_in(entry))
    }

    /// Why a right that was given is of no use to somebody, if it is not.
    fn denied(&self, right: Right, token: &Token) -> Option<Text> {
        if is_powerless(token.account()) {
            return Some(ACCOUNT_DISABLED.into());
        }
        let layers = &self.layers[usize::from(right.store() == Store::Object)];
        let decided = layers.decide(right, token, &self.of).filter(|entry| entry.deny)?;
        Some(self.directory.trustee(&decided.trustee).shown)
    }

    fn holding(&self, right: Right, token: &Token, through: Vec<Arc<Record>>) -> Holding {
        let holder = token.account();
        let shown =
            holder.sid().map_or_else(|| holder.name().into(), |sid| self.directory.trustee(&sid).shown);
        let denied_by = self.denied(right, token);
        let (mailbox, holder) = (Arc::clone(&self.of), Some(Arc::clone(holder)));
        Holding { mailbox, holder, shown, right, through, denied_by }
    }
}

/// Who is in a group, through other groups too, each once and by the shortest way: the account, and the groups from the
/// first one down.
fn expanded(cache: &Cache, first: &Arc<Record>) -> Vec<(Arc<Record>, Vec<Arc<Record>>)> {
    let mut found = Vec::new();
    let mut waiting = std::collections::VecDeque::from([(Arc::clone(first), Vec::new())]);
    let mut seen = HashSet::from([first.guid()]);
    while let Some((record, chain)) = waiting.pop_front() {
        if record.class() != Class::Group {
            found.push((record, chain));
            continue;
        }
        let mut below: Vec<Arc<Record>> = chain;
        below.push(Arc::clone(&record));
        for member in record.references(&group::MEMBERS) {
            let member = cache.by_guid(member).filter(|member| seen.insert(member.guid()));
            waiting.extend(member.map(|member| (Arc::clone(member), below.clone())));
        }
    }
    found
}

impl Directory {
    /// Who was given which right to a mailbox or other recipient, a line for each way in which an account has it. The
    /// owner's own rights are not listed, nor those of entries that every mailbox has.
    pub fn holders_of(&self, mailbox: Guid) -> Vec<Holding> {
        let cache = self.cache();
        let Some(of) = cache.by_guid(mailbox) else { return Vec::new() };
        let scene = Scene::new(self, &cache, &Defaults::of(self), of);
        let mut tokens: HashMap<Guid, Token> = HashMap::new();
        let mut found = Vec::new();
        for right in Right::ALL.iter().copied() {
            for first in scene.trustees(right) {
                match first {
                    Given::Everybody(shown) => found.push(scene.everybody(right, shown)),
                    Given::To(first) => {
                        for (account, through) in expanded(&cache, &first) {
                            let token =
                                tokens.entry(account.guid()).or_insert_with(|| Token::of(&cache, &account));
                            found.push(scene.holding(right, token, through));
                        }
                    }
                }
            }
        }
        found.sort_by(|a, b| (&a.shown, a.right as i64).cmp(&(&b.shown, b.right as i64)));
        found
    }

    /// What somebody was given of which mailboxes and other recipients, a line for each way in which they have it.
    /// Their own mailbox is not listed.
    pub fn mailboxes_of(&self, account: Guid) -> Vec<Holding> {
        let cache = self.cache();
        let Some(account) = cache.by_guid(account) else { return Vec::new() };
        let (token, defaults) = (Token::of(&cache, account), Defaults::of(self));
        let mut found = Vec::new();
        for of in reached(&cache, &token).values().filter(|of| of.guid() != account.guid()) {
            let scene = Scene::new(self, &cache, &defaults, of);
            for right in Right::ALL.iter().copied() {
                for place in scene.places(right, &token) {
                    found.push(scene.holding(right, &token, token.chain(place)));
                }
            }
        }
        found.sort_by(|a, b| {
            (&a.mailbox.folded_name, a.right as i64).cmp(&(&b.mailbox.folded_name, b.right as i64))
        });
        found
    }
}

/// Whom an entry gives something.
enum Given {
    To(Arc<Record>),
    /// Everybody, under the name of the entry.
    Everybody(Text),
}

impl Scene<'_> {
    /// Whom a right was given, each once.
    fn trustees(&self, right: Right) -> Vec<Given> {
        let mut seen = HashSet::new();
        if right == Right::SendOnBehalf {
            let granted = self.of.references(&recipient::GRANT_SEND_ON_BEHALF_TO).into_iter();
            let records = granted.filter_map(|guid| self.cache.by_guid(guid));
            return records.map(|record| Given::To(Arc::clone(record))).collect();
        }
        let entries = self.giving(right).filter(|entry| seen.insert(entry.trustee.clone()));
        entries
            .filter_map(|entry| match &*entry.trustee {
                EVERYONE_SID | AUTHENTICATED_SID => {
                    Some(Given::Everybody(self.directory.trustee(&entry.trustee).shown))
                }
                sid => self.directory.by_sid(sid).map(Given::To),
            })
            .collect()
    }

    fn everybody(&self, right: Right, shown: Text) -> Holding {
        let layers = &self.layers[usize::from(right.store() == Store::Object)];
        Holding {
            mailbox: Arc::clone(&self.of),
            holder: None,
            shown,
            right,
            through: Vec::new(),
            denied_by: layers.denied_to_all(right).map(|entry| self.directory.trustee(&entry.trustee).shown),
        }
    }

    /// The places of a token at which it was given a right.
    fn places(&self, right: Right, token: &Token) -> Vec<usize> {
        let mut places: Vec<usize> = if right == Right::SendOnBehalf {
            let granted = self.of.references(&recipient::GRANT_SEND_ON_BEHALF_TO).into_iter();
            granted.filter_map(|guid| token.place_of(guid)).collect()
        } else {
            self.giving(right).filter_map(|entry| place(token, &self.of, &entry.trustee)).collect()
        };
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// All recipients at which, or above which, an entry names somebody.
fn reached(cache: &Cache, token: &Token) -> BTreeMap<Id, Arc<Record>> {
    let mut found = BTreeMap::new();
    for sid in token.sids().map(|sid| sid.to_lowercase()) {
        let entries = cache.by_value(permission::MAILBOX_ENTRIES.spec(), &sid).into_iter();
        found.extend(entries.map(|record| (record.id, record)));
        for record in cache.by_value(permission::OBJECT_ENTRIES.spec(), &sid) {
            found.extend(below(cache, &record).into_iter().map(|record| (record.id, record)));
        }
    }
    for principal in token.records() {
        let granting =
            cache.by_value(recipient::GRANT_SEND_ON_BEHALF_TO.spec(), &principal.guid().to_string());
        found.extend(granting.into_iter().map(|record| (record.id, record)));
    }
    found
}

/// The recipients about which an entry at an object can say something: itself, the mailboxes of a database, what stands
/// in a container.
fn below(cache: &Cache, record: &Arc<Record>) -> Vec<Arc<Record>> {
    match record.class() {
        Class::MailboxDatabase => cache.by_value(mailbox::DATABASE.spec(), &record.guid().to_string()),
        class if class.is_container() && !class.is_recipient() => {
            let inside = |one: &&Arc<Record>| one.is_mail_enabled() && cache.is_below(one, record.id);
            cache.in_order().filter(inside).cloned().collect()
        }
        _ => vec![Arc::clone(record)],
    }
}
