//! What does not work: asked by `/healthz`, `/readyz` and whoever watches the server.
//!
//! The console and `Get-ServerHealth` ask the same. A trouble that keeps mail from flowing makes the answer 503; what only
//! wants a look soon is said under 200.

use cmdlets::{Alert, Monitor};
use directory::{Job, JobQuery, JobState};
use mailbox::Mailboxes;
use net::{Certificates, Drain, Stored};
use object::types::Guid;
use object::{Clock, Result};
use std::path::PathBuf;
use std::sync::Arc;
use transport::Transport;

/// Less free room than this and mail is refused soon, if not already.
const FREE_BYTES_MIN: u64 = 64 << 20;
/// Mail that waits longer than this is waiting for something that does not come by itself.
const QUEUE_AGE_MAX_SECONDS: i64 = 3600;
/// A certificate wants to be renewed this long before its end.
const CERTIFICATE_DAYS_MIN: i64 = 14;

/// The kinds of things that are watched.
const SETS: [&str; 6] = ["database", "disk", "queue", "certificate", "job", "restore"];

/// How much a trouble matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Mail does not flow.
    Stops,
    /// Mail flows; somebody should look.
    Warns,
}

/// One thing that does not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// How much it matters.
    pub weight: Weight,
    /// A word a monitor can match: one of [`SETS`], or `stopping`.
    pub what: &'static str,
    /// Which one, where there are several.
    pub target: String,
    /// A sentence that says what to do.
    pub sentence: String,
}

/// Looks at the house.
pub struct Health {
    /// The mailbox databases.
    pub mailboxes: Mailboxes,
    /// The queue.
    pub transport: Arc<Transport>,
    /// The certificate in use.
    pub certificates: Arc<Certificates>,
    /// The data directory, whose disk must have room.
    pub folder: PathBuf,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Whether the server is coming to its end.
    pub drain: Drain,
}

impl Health {
    /// Everything that does not work now; nothing: all is well.
    pub fn troubles(&self) -> Vec<Trouble> {
        let looks = [
            Health::stopping,
            Health::databases,
            Health::disk,
            Health::queue,
            Health::held_queues,
            Health::certificate,
            Health::jobs,
        ];
        looks.iter().flat_map(|look| look(self)).collect()
    }

    /// Everything that is watched: what does not work now, and the kinds of things of which all is well.
    pub fn monitors(&self) -> Vec<Monitor> {
        let troubles = self.troubles();
        let well = SETS.iter().filter(|set| troubles.iter().all(|trouble| trouble.what != **set));
        let well = well.map(|set| Monitor {
            set,
            target: String::new(),
            alert: Alert::Healthy,
            message: String::new(),
        });
        let well: Vec<Monitor> = well.collect();
        troubles.into_iter().map(monitor).chain(well).collect()
    }

    fn stopping(&self) -> Vec<Trouble> {
        let stops = || trouble(Weight::Stops, "stopping", "The server is stopping.");
        self.drain.has_begun().then(stops).into_iter().collect()
    }

    fn databases(&self) -> Vec<Trouble> {
        let missing = self.mailboxes.not_mounted().into_iter();
        let said = missing.map(|record| {
            let name = record.name();
            let sentence = format!(
                "The mailbox database '{name}' is not mounted; its mail waits. Run Mount-Database '{name}'."
            );
            (name.to_owned(), sentence)
        });
        let missing = said
            .map(|(name, sentence)| Trouble { target: name, ..trouble(Weight::Stops, "database", sentence) });
        missing
            .chain(self.mailboxes.faulty_databases().into_iter().map(|record| {
                let name = record.name();
                let sentence = format!(
                    "Some mailboxes of the mailbox database '{name}' could not be tended. See Faults of \
                 Get-MailboxDatabase '{name}' -Status."
                );
                Trouble { target: name.to_owned(), ..trouble(Weight::Warns, "database", sentence) }
            }))
            .collect()
    }

    fn disk(&self) -> Vec<Trouble> {
        let folder = self.folder.display();
        match free_bytes(&self.folder) {
            Ok(free) if free >= FREE_BYTES_MIN => Vec::new(),
            Ok(free) => vec![trouble(
                Weight::Stops,
                "disk",
                format!("The disk of {folder} has {} MB left. Make room.", free >> 20),
            )],
            Err(error) => {
                vec![trouble(Weight::Stops, "disk", format!("The disk of {folder} does not answer: {error}"))]
            }
        }
    }

    fn queue(&self) -> Vec<Trouble> {
        let now = self.clock.now();
        match self.transport.oldest_waiting() {
            Ok(Some(since)) if now.unix() - since.unix() > QUEUE_AGE_MAX_SECONDS => {
                let minutes = (now.unix() - since.unix()) / 60;
                let sentence = format!(
                    "Mail has been waiting in the queue for {minutes} minutes. See LastError of Get-Queue."
                );
                vec![trouble(Weight::Warns, "queue", sentence)]
            }
            Ok(_) => Vec::new(),
            Err(error) => {
                vec![trouble(Weight::Stops, "queue", format!("The queue does not answer: {error}"))]
            }
        }
    }

    /// What somebody held and mail waits in.
    fn held_queues(&self) -> Vec<Trouble> {
        // That the queue does not answer is said above.
        let held = self.transport.queues().unwrap_or_default().into_iter();
        let held = held.filter(|queue| queue.suspended && queue.messages > 0);
        held.map(|queue| {
            let name = self.mailboxes.directory().get(Guid::parse(&queue.lane).unwrap_or_default());
            let name = name.map_or(queue.lane, |database| database.name().to_owned());
            let sentence =
                format!("The queue '{name}' is suspended, and mail waits in it. Run Resume-Queue '{name}'.");
            Trouble { target: name, ..trouble(Weight::Warns, "queue", sentence) }
        })
        .collect()
    }

    /// Jobs that ended by an error.
    fn jobs(&self) -> Vec<Trouble> {
        let query = JobQuery { state: Some(JobState::Failed), ..JobQuery::default() };
        let failed = match self.mailboxes.directory().jobs(&query) {
            Ok(failed) => failed,
            Err(error) => {
                return vec![trouble(
                    Weight::Stops,
                    "job",
                    format!("The directory does not answer: {error}"),
                )];
            }
        };
        let said = |job: Job| {
            let sentence =
                format!("The {} request '{}' failed: {}", job.kind.to_lowercase(), job.name, job.comment);
            let set = if job.kind == "Bulk" { "job" } else { "restore" };
            Trouble { target: job.name, ..trouble(Weight::Warns, set, sentence) }
        };
        failed.into_iter().map(said).collect()
    }

    fn certificate(&self) -> Vec<Trouble> {
        match self.certificates.stored() {
            Ok(all) => all.iter().filter_map(|one| unusable(one).or_else(|| self.ending(one))).collect(),
            Err(error) => vec![trouble(Weight::Warns, "certificate", error.to_string())],
        }
    }

    /// What is wrong with a certificate that services show.
    fn ending(&self, one: &Stored) -> Option<Trouble> {
        let (_, ends) = one.valid.filter(|_| !one.services.is_empty())?;
        let left = (ends.unix() - self.clock.now().unix()).div_euclid(86_400);
        if left >= CERTIFICATE_DAYS_MIN {
            return None;
        }
        let shown_by: Vec<&str> = one.services.iter().map(|service| service.word()).collect();
        let (shown_by, subject) = (shown_by.join(", "), &one.subject);
        let found = if left < 0 {
            let sentence = format!(
                "The certificate has ended ({subject}), and {shown_by} goes on showing it. Renew it."
            );
            trouble(Weight::Stops, "certificate", sentence)
        } else {
            let sentence =
                format!("The certificate ends in {left} days ({subject}; shown by {shown_by}). Renew it.");
            trouble(Weight::Warns, "certificate", sentence)
        };
        Some(Trouble { target: one.thumbprint.clone(), ..found })
    }
}

/// What is wrong with one whose files cannot be used: services that chose it show the house's.
fn unusable(one: &Stored) -> Option<Trouble> {
    let flaw = one.flaw.as_ref()?;
    let sentence = format!("The certificate {} cannot be used: {flaw} {}", one.thumbprint, one.remedy);
    Some(Trouble { target: one.thumbprint.clone(), ..trouble(Weight::Warns, "certificate", sentence) })
}

fn trouble(weight: Weight, what: &'static str, sentence: impl Into<String>) -> Trouble {
    Trouble { weight, what, target: String::new(), sentence: sentence.into() }
}

fn monitor(trouble: Trouble) -> Monitor {
    let alert = if trouble.weight == Weight::Stops { Alert::Unhealthy } else { Alert::Degraded };
    Monitor { set: trouble.what, target: trouble.target, alert, message: trouble.sentence }
}

/// Room on the disk of a folder, for whoever is not root.
fn free_bytes(folder: &std::path::Path) -> Result<u64> {
    let found = rustix::fs::statvfs(folder).map_err(std::io::Error::from)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

/// The page: `ok`, or a line for each trouble. Whether mail flows.
pub fn page(troubles: &[Trouble]) -> (bool, String) {
    let flows = troubles.iter().all(|trouble| trouble.weight == Weight::Warns);
    let head = if troubles.is_empty() {
        "ok\n"
    } else if flows {
        "ok, but look at this:\n"
    } else {
        "mail does not flow:\n"
    };
    let line = |trouble: &Trouble| format!("{}: {}\n", trouble.what, trouble.sentence);
    (flows, troubles.iter().map(line).fold(head.to_owned(), |page, line| page + &line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stops_mail_is_a_failure() {
        let warn = trouble(Weight::Warns, "certificate", "The certificate ends in 3 days. Renew it.");
        let stop = trouble(Weight::Stops, "disk", "Full.");
        assert_eq!(page(&[]), (true, "ok\n".into()));
        let (flows, text) = page(std::slice::from_ref(&warn));
        assert!(flows && text.contains("certificate: The certificate ends in 3 days."), "{text}");
        let (flows, text) = page(&[warn, stop]);
        assert!(
            !flows && text.starts_with("mail does not flow:\n") && text.contains("disk: Full.\n"),
            "{text}"
        );
    }
}
