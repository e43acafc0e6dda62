//! The time that was seen to pass: what irreversible work goes by, instead of one reading of the clock.
//!
//! A clock that is set ten years ahead for one start must not end every retention at once. So the last moment that was
//! believed is kept, and a reading further on than [`JUMP_MAX`] moves it only by the time that the server really ran.

use crate::Directory;
use db::Tx;
use object::{Author, Result, Time};
use std::time::Duration;

/// A clock that moves by more than this between two looks has jumped; a night's rest of the server is less.
pub const JUMP_MAX: Duration = Duration::from_secs(24 * 3600);

/// What is known of the time when something is to be taken away for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The moment up to which time was seen to pass. It goes back with a clock that is set back: what is disconnected then
    /// carries the earlier time and would be over at once by a later one. The way forward again is a jump like any other.
    pub moment: Time,
    /// The clock's own reading, where it has jumped and is not believed.
    pub doubted: Option<Time>,
}

impl Seen {
    /// The moment believed after `now` was read, `ran` after the last look.
    fn after(believed: Option<Time>, now: Time, ran: Duration) -> Seen {
        match believed {
            Some(believed) if now > believed + JUMP_MAX => {
                Seen { moment: believed + ran.min(JUMP_MAX), doubted: Some(now) }
            }
            // A clock that was set back ends nothing early.
            _ => Seen { moment: now, doubted: None },
        }
    }
}

impl Directory {
    /// Looks at the clock, `ran` after the last look of this process, and keeps what is believed.
    pub fn see_time(&self, ran: Duration) -> Result<Seen> {
        let now = self.now();
        self.db().write(move |tx| {
            let seen = Seen::after(believed(tx)?, now, ran);
            believe(tx, seen.moment)?;
            Ok(seen)
        })
    }

    /// Believes the clock as it is, however far it has jumped. Answers what was believed before, if anything.
    pub fn believe_clock(&self, author: &Author) -> Result<Option<Time>> {
        let (now, by) = (self.now(), author.clone());
        let before = self.db().write(move |tx| {
            let before = believed(tx)?;
            believe(tx, now)?;
            crate::audit::write(tx, 0, now, &by, None, &[])?;
            Ok(before)
        })?;
        author.set_recorded();
        Ok(before)
    }
}

fn believed(tx: &mut dyn Tx) -> Result<Option<Time>> {
    let micros = tx.number("SELECT seen FROM directory_state WHERE id = 1", &[])?;
    Ok(Some(Time(micros)).filter(|time| *time != Time::default()))
}

fn believe(tx: &mut dyn Tx, moment: Time) -> Result<()> {
    tx.execute("UPDATE directory_state SET seen = $1 WHERE id = 1", &[moment.into()]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_is_not_believed_and_everything_else_is() {
        let (day, hour) = (Duration::from_secs(86_400), Duration::from_secs(3600));
        let start = Time::from_unix(1_800_000_000);
        let years = day * 3650;
        for (believed, now, ran, moment, doubted) in [
            (None, start, hour, start, None),
            (Some(start), start + hour, hour, start + hour, None),
            (Some(start), start + day, hour, start + day, None),
            (Some(start), start - day * 30, hour, start - day * 30, None),
            (Some(start), start + years, hour, start + hour, Some(start + years)),
            (Some(start), start + years, years, start + day, Some(start + years)),
        ] {
            assert_eq!(Seen::after(believed, now, ran), Seen { moment, doubted });
        }
    }
}
