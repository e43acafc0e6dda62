//! How long the record is kept: entries as long as AdminAuditLogAgeLimit says, secrets at most 30 days.

use super::chain;
use crate::Directory;
use crate::schema::audit;
use object::types::TimeSpan;
use object::{Result, Time};
use std::time::Duration;

/// A password hash is of use only as long as its account can be brought back, with a mailbox that is kept this long.
const SECRETS_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

/// So many entries go in one transaction: others get their turn between.
const SLICE_ENTRIES_MAX: i64 = 1_000;

impl Directory {
    /// How long entries of the record are kept.
    pub fn audit_age_limit(&self) -> Duration {
        let organization = self.only(crate::Class::Organization);
        let limit = organization.and_then(|found| found.get(&audit::ADMIN_AUDIT_LOG_AGE_LIMIT));
        limit.unwrap_or(TimeSpan::days(90)).to_duration()
    }

    /// Takes away what the record has kept longer than its time, at a moment that was seen to come
    /// ([`Directory::see_time`]): what is gone is gone. Answers how many entries that were.
    pub fn forget_changes(&self, now: Time) -> Result<u64> {
        let kept = self.audit_age_limit();
        let mut gone = 0;
        loop {
            match self.forget_slice(now - kept, now)? {
                0 => break,
                entries => gone += entries,
            }
        }
        self.forget_secrets(now - kept.min(SECRETS_KEPT))?;
        Ok(gone)
    }

    /// Only the oldest go, one behind the other: the record hangs together. What a clock that was set back made stands
    /// among younger entries and goes with them, and so does what one made that ran ahead of `now` among older ones.
    fn forget_slice(&self, before: Time, now: Time) -> Result<u64> {
        self.db().write(move |tx| {
            let sql = "SELECT id, made FROM change ORDER BY id LIMIT $1";
            let oldest = tx.all(sql, &[SLICE_ENTRIES_MAX.into()], |row| Ok((row.int(0)?, row.int(1)?)))?;
            let old = oldest.iter().take_while(|(_, made)| *made < before.0 || *made > now.0);
            let Some((last, _)) = old.filter(|(_, made)| *made < before.0).last() else { return Ok(0) };
            chain::begin_behind(tx, *last)?;
            tx.execute("DELETE FROM change_object WHERE change <= $1", &[(*last).into()])?;
            tx.execute("DELETE FROM change WHERE id <= $1", &[(*last).into()])
        })
    }

    fn forget_secrets(&self, before: Time) -> Result<u64> {
        self.db().write(move |tx| {
            let sql = "UPDATE change_object SET secrets = NULL WHERE secrets IS NOT NULL
                       AND change IN (SELECT id FROM change WHERE made < $1)";
            tx.execute(sql, &[before.into()])
        })
    }
}
