//! The work of a restore request: a slice of one folder at a time.

use super::folders::{Choice, Chosen, Pattern};
use super::{RESTORE, RestoreTask, refuse_source, was_of};
use crate::Mailboxes;
use directory::{Allowance, Job, JobResult, SLICE_ITEMS_MAX, Slice, Work};
use object::{Error, ErrorId, Fault, Result};
use parking_lot::Mutex;
use serde_json::{Value as Json, json};
use store::{
    Bodies, FOLDER_PERMISSIONS_MAX, Flags, FolderId, FolderPermission, Incoming, Item, Limits, Mailbox, TOP,
    Takeover, Transfer,
};

/// How many bytes a slice holds at most, but for one item that is larger.
const SLICE_BYTES_MAX: u64 = 8 << 20;

/// So many of those are named for whose permissions a folder has no room.
const TRUSTEES_NAMED_MAX: usize = 10;

/// How far a request is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cursor {
    /// The folder of the source; 0 before the first.
    folder: i64,
    /// The UID of the last item of it that was looked at.
    uid: u32,
    /// The UID below which the target's folder held what was there before.
    barrier: u32,
    /// How many items were looked at so far.
    done: u64,
    /// What there is to tell since the directory was last known to have noted a slice: an item, and why it could not be read.
    told: Vec<(String, Option<String>)>,
}

impl Cursor {
    const START: Cursor = Cursor { folder: 0, uid: 0, barrier: 0, done: 0, told: Vec::new() };

    fn parse(text: &str) -> Result<Cursor> {
        if text.is_empty() {
            return Ok(Cursor::START);
        }
        let json: Option<Json> = serde_json::from_str(text).ok();
        let pair = |one: &Json| {
            let why = one.get(1)?;
            Some((one.get(0)?.as_str()?.to_owned(), why.as_str().map(str::to_owned)))
        };
        let read = |json: &Json| {
            Some(Cursor {
                folder: json["folder"].as_i64()?,
                uid: u32::try_from(json["uid"].as_u64()?).ok()?,
                barrier: u32::try_from(json["barrier"].as_u64()?).ok()?,
                done: json["done"].as_u64()?,
                told: json["faults"].as_array()?.iter().map(pair).collect::<Option<_>>()?,
            })
        };
        json.as_ref().and_then(read).ok_or_else(|| {
            Error::server(ErrorId::AttributeDamaged, format!("'{text}' does not say how far a restore is."))
        })
    }

    fn to_text(&self) -> String {
        json!({
            "folder": self.folder, "uid": self.uid, "barrier": self.barrier, "done": self.done,
            "faults": self.told,
        })
        .to_string()
    }
}

/// Which items of a pair of folders are the same, so that a slice need not find out again.
struct Known {
    of: (object::types::Guid, FolderId, u32),
    source: Bodies,
    target: Bodies,
}

/// Does restore requests.
pub(crate) struct Restoring {
    mailboxes: Mailboxes,
    known: Mutex<Option<Known>>,
}

impl Restoring {
    pub(crate) fn new(mailboxes: Mailboxes) -> Restoring {
        Restoring { mailboxes, known: Mutex::default() }
    }
}

/// A request at work.
struct Request<'a> {
    job: &'a Job,
    task: RestoreTask,
    source: Mailbox,
    target: Mailbox,
    limits: Limits,
    /// Whether the source was the same person's.
    own: bool,
    /// The target's owner as a trustee: they need no entry.
    owner: Option<String>,
}

impl Work for Restoring {
    fn kind(&self) -> &'static str {
        RESTORE
    }

    fn slice(&self, job: &Job, allowance: &mut Allowance) -> Result<Slice> {
        let request = self.open(job)?;
        // The target's word counts: it was written together with what was brought.
        let noted = request.target.transfer_cursor(job.guid)?.unwrap_or_default();
        let cursor = Cursor::parse(&noted)?;
        let folders = request.folders()?;
        let total = folders.iter().map(|one| request.count(one)).sum();
        let ahead = cursor.done.saturating_sub(job.done);
        // A slice whose note was lost is counted with the next.
        let lost = if noted == job.cursor { Vec::new() } else { cursor.told.clone() };
        let cursor = Cursor { told: lost.clone(), ..cursor };
        let mut slice = match folders.iter().find(|one| one.folder.id.0 >= cursor.folder) {
            Some(chosen) => self.folder(&request, chosen, cursor, &folders, allowance)?,
            None => Slice { cursor: cursor.to_text(), ended: true, ..Slice::default() },
        };
        slice.done += ahead;
        slice.total = Some(total);
        let lost = lost.into_iter().map(|(item, fault)| JobResult { item, fault });
        slice.results.splice(0..0, lost);
        Ok(slice)
    }
}

impl Restoring {
    fn open<'a>(&self, job: &'a Job) -> Result<Request<'a>> {
        let task = RestoreTask::of(job)?;
        let database = self.mailboxes.open(task.database)?;
        let found = database.statistics(task.source)?;
        refuse_source(&task.source_name, found.state)?;
        let source = database.mailbox(task.source)?;
        let user = self.mailboxes.directory().need(task.target)?;
        let own = was_of(&found.description, &user);
        let owner = self.mailboxes.directory().identifiers_of(task.target).first().map(ToString::to_string);
        let target = self.mailboxes.restore_target(&user, task.to_archive)?;
        let target = self.mailboxes.administered(target, user.guid(), &job.author);
        let limits = self.mailboxes.restore_limits(&user, task.to_archive)?;
        Ok(Request { job, task, source, target, limits, own, owner })
    }

    /// A slice of one folder, or the step to the next one.
    fn folder(
        &self,
        request: &Request<'_>,
        chosen: &Chosen,
        mut cursor: Cursor,
        folders: &[Chosen],
        allowance: &mut Allowance,
    ) -> Result<Slice> {
        let id = chosen.folder.id;
        let of_top = if cursor.folder == 0 { request.permit_top()? } else { None };
        // No folder gives the UID 0: a barrier of 0 was not taken yet.
        let begins = cursor.folder != id.0 || cursor.barrier == 0;
        let (to, note) = request.place(chosen, folders, begins)?;
        if begins {
            cursor = Cursor { folder: id.0, uid: 0, barrier: request.target.folder(to)?.uid_next, ..cursor };
        }
        let page = match cursor.uid.checked_add(1) {
            Some(from) => request.source.page(id, from, SLICE_ITEMS_MAX)?,
            None => Vec::new(),
        };
        let known = self.known(request, id, to, cursor.barrier)?;
        let mut results = Vec::new();
        let (mut takeovers, mut looked, mut bytes) = (Vec::new(), 0, 0);
        for item in &page {
            if (bytes > 0 && bytes + item.size > SLICE_BYTES_MAX) || !allowance.take() {
                break;
            }
            (cursor.uid, looked, bytes) = (item.uid, looked + 1, bytes + item.size);
            if request.wants(item) {
                match request.takeover(id, item, &known.0) {
                    Ok(takeover) => takeovers.push(takeover),
                    Err(error) if error.fault() == Fault::Busy => return Err(error),
                    Err(error) => results.push(fault(chosen, item, &error)),
                }
            }
        }
        let not_noted = cursor.told.iter().filter(|(_, fault)| fault.is_some()).count();
        request.refuse_too_many(not_noted, &results)?;
        cursor.done += looked;
        results.extend(of_top.into_iter().chain(note));
        cursor.told.extend(results.iter().map(|one| (one.item.clone(), one.fault.clone())));
        let emptied = looked as usize == page.len() && page.len() < SLICE_ITEMS_MAX;
        let last = folders.last().is_none_or(|last| last.folder.id == id);
        if emptied && !last {
            // What follows has a greater number; the barrier is taken when it is begun.
            cursor = Cursor { folder: id.0 + 1, uid: 0, barrier: 0, ..cursor };
        }
        let transfer = Transfer {
            id: request.job.guid,
            cursor: cursor.to_text(),
            conflict: request.task.conflict_rule(),
            twins: known.1,
        };
        request.target.take_over(&transfer, to, takeovers, request.limits)?;
        Ok(Slice { cursor: cursor.to_text(), done: looked, total: None, results, ended: emptied && last })
    }

    /// What both folders hold, found out once for a folder.
    fn known(
        &self,
        request: &Request<'_>,
        from: FolderId,
        to: FolderId,
        barrier: u32,
    ) -> Result<(Bodies, Bodies)> {
        let of = (request.job.guid, from, barrier);
        let mut known = self.known.lock();
        if let Some(known) = known.as_ref().filter(|known| known.of == of) {
            return Ok((known.source.clone(), known.target.clone()));
        }
        let target = request.target.bodies(to, barrier)?;
        // Equal items of the source count only where there may be a twin.
        let source =
            if target.is_empty() { Bodies::default() } else { request.source.bodies(from, u32::MAX)? };
        *known = Some(Known { of, source: source.clone(), target: target.clone() });
        Ok((source, target))
    }
}

impl Request<'_> {
    fn folders(&self) -> Result<Vec<Chosen>> {
        let patterns =
            |list: &[String]| list.iter().map(|text| Pattern::parse(text)).collect::<Result<Vec<_>>>();
        let choice = Choice {
            root: &self.task.source_root,
            include: patterns(&self.task.include)?,
            exclude: patterns(&self.task.exclude)?,
            dumpster: self.task.dumpster,
        };
        Ok(choice.of(self.source.folders()?))
    }

    /// The folder of the target, with the permissions of the source's: all of them where it is made for it. One that was
    /// there has its own, and where it `begins` those of trustees it says nothing of, if the source was the same person's:
    /// nobody is let into what somebody else had there.
    fn place(
        &self,
        chosen: &Chosen,
        folders: &[Chosen],
        begins: bool,
    ) -> Result<(FolderId, Option<JobResult>)> {
        let entries = if self.task.permissions { self.source.permissions()? } else { Vec::new() };
        let of = |chosen: &Chosen| self.task.permissions.then(|| self.of_folder(&entries, chosen.folder.id));
        let to = chosen.target(&self.target, &self.task.target_root, folders, &of)?;
        let adds = begins && !to.made && self.own && !chosen.folder.hidden;
        let entries = of(chosen).filter(|_| adds).unwrap_or_default();
        Ok((to.id, self.permit(to.id, &chosen.names.join("/"), entries)?))
    }

    /// Gives these entries to a folder that has its own; what there is to say where it has no room for all of them.
    fn permit(
        &self,
        folder: FolderId,
        shown: &str,
        entries: Vec<(String, u32)>,
    ) -> Result<Option<JobResult>> {
        let left =
            if entries.is_empty() { Vec::new() } else { self.target.add_permissions(folder, entries)? };
        if left.is_empty() {
            return Ok(None);
        }
        let named = left.iter().take(TRUSTEES_NAMED_MAX).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if left.len() > TRUSTEES_NAMED_MAX { ", …" } else { "" };
        let count = left.len();
        tracing::warn!(folder = shown, count, "a restore found no room for all permissions of a folder");
        let item = format!(
            "{shown}: no room for {count} permissions, since a folder has at most {FOLDER_PERMISSIONS_MAX}: {named}{more}"
        );
        Ok(Some(JobResult { item, fault: None }))
    }

    /// What is said of the top of the mailbox, where one's whole mailbox comes back to where it was.
    fn permit_top(&self) -> Result<Option<JobResult>> {
        let task = &self.task;
        let whole = task.source_root.is_empty() && task.target_root.is_empty() && task.include.is_empty();
        if !(task.permissions && self.own && whole) {
            return Ok(None);
        }
        self.permit(TOP, "The top of the mailbox", self.of_folder(&self.source.permissions()?, TOP))
    }

    fn of_folder(&self, entries: &[FolderPermission], folder: FolderId) -> Vec<(String, u32)> {
        let here = entries.iter().filter(|entry| entry.folder == folder);
        let others = here.filter(|entry| Some(&entry.trustee) != self.owner.as_ref());
        others.map(|entry| (entry.trustee.clone(), entry.rights)).collect()
    }

    fn count(&self, chosen: &Chosen) -> u64 {
        chosen.folder.total + chosen.folder.associated_count
    }

    fn wants(&self, item: &Item) -> bool {
        self.task.associated || !item.flags.has(Flags::ASSOCIATED)
    }

    fn takeover(&self, folder: FolderId, item: &Item, source: &Bodies) -> Result<Takeover> {
        let raw = self.source.body_of(item, 0..item.size)?;
        if raw.len() as u64 != item.size {
            return Err(Error::server(ErrorId::BodyDamaged, "The bytes of the item are not all there."));
        }
        Ok(Takeover {
            message: self.target.prepare(&Incoming::new(raw))?,
            flags: item.flags,
            keywords: item.keywords.split_ascii_whitespace().map(str::to_owned).collect(),
            received: item.received,
            saved: item.saved,
            properties: self.source.properties(folder, item.uid)?,
            rank: source.rank(item),
        })
    }

    /// Refuses where more is lost than may be: what the directory has noted, what it was not told of, and this slice's.
    fn refuse_too_many(&self, not_noted: usize, results: &[JobResult]) -> Result<()> {
        let faults = self.job.faults + (not_noted + results.len()) as u64;
        match self.task.bad_items_max {
            Some(most) if faults > most => {
                let last = results.last().map(|one| one.item.clone()).unwrap_or_default();
                let message =
                    format!("{faults} items cannot be read, and {most} may be lost; the last is {last}.");
                Err(Error::conflict(ErrorId::BadItemLimitReached, message)
                    .help("Raise -BadItemLimit with Set-MailboxRestoreRequest and resume the request."))
            }
            _ => Ok(()),
        }
    }
}

fn fault(chosen: &Chosen, item: &Item, error: &Error) -> JobResult {
    JobResult {
        item: format!("{} UID {}", chosen.names.join("/"), item.uid),
        fault: Some(error.message().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let cursor = Cursor {
            folder: 7,
            uid: u32::MAX,
            barrier: 3,
            done: 1 << 40,
            told: vec![("a".into(), Some("b".into())), ("c".into(), None)],
        };
        assert_eq!(Cursor::parse(&cursor.to_text()).unwrap(), cursor);
        assert_eq!(Cursor::parse("").unwrap(), Cursor::START);
        assert_eq!(Cursor::parse("{}").unwrap_err().id(), "AttributeDamaged");
    }
}
