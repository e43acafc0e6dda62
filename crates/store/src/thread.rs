//! Conversations: an item joins the thread of the oldest message it refers to, or one that referred to it.
//!
//! The number of a thread never changes for an item that is there [RFC 8474 5.2], so a message that would join two
//! threads goes to the older one and leaves them two. Ids are remembered for as long as the mailbox lives, so a
//! reply finds its thread when what it answers is long gone.

use db::Tx;
use message::Rendered;
use object::Result;

use crate::body::Key;
use crate::row::big;

/// Only so many references count: the newest, beside the very first, which started the thread.
const REFERENCES_MAX: usize = 30;

/// The short hashes of a message's own id (first) and of those it refers to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Links(Vec<i64>);

impl Links {
    pub(crate) fn new(key: &Key, rendered: &Rendered) -> Links {
        let parents = &rendered.references;
        let newest = parents.len().saturating_sub(REFERENCES_MAX).max(1);
        let ids = rendered.message_id.iter().chain(parents.first()).chain(parents.iter().skip(newest));
        let mut links = Vec::new();
        for id in ids.map(|id| id.trim()).filter(|id| !id.is_empty()) {
            let hash = key.short(id.as_bytes());
            if !links.contains(&hash) {
                links.push(hash);
            }
        }
        Links(links)
    }
}

/// The thread of a new message, which is `email` itself when it starts one.
pub(crate) fn assign(tx: &mut dyn Tx, mailbox: i64, links: &Links, email: u64) -> Result<u64> {
    let (mut oldest, mut unknown) = (None::<u64>, Vec::new());
    for &hash in &links.0 {
        let sql = "SELECT thread FROM thread_key WHERE mailbox = $1 AND hash = $2";
        match tx.one(sql, &[mailbox.into(), hash.into()], |row| row.get::<u64>(0))? {
            Some(thread) => oldest = Some(oldest.map_or(thread, |old| old.min(thread))),
            None => unknown.push(hash),
        }
    }
    let thread = oldest.unwrap_or(email);
    for hash in unknown {
        let sql = "INSERT INTO thread_key (mailbox, hash, thread) VALUES ($1, $2, $3)";
        tx.execute(sql, &[mailbox.into(), hash.into(), big(thread)])?;
    }
    Ok(thread)
}
