//! Undoing a change with all that it did to mailboxes: the directory first, then each store that has a part in it.

use crate::Mailboxes;
use crate::folder_change::FolderBack;
use crate::place::{description, mark, parting};
use directory::{AdminChange, Joined, Parted, Place, Undo};
use object::types::Guid;
use object::{Author, Error, ErrorId, Result};
use store::{Description, State};

impl Mailboxes {
    /// What undoing an entry of the record of changes would do. An error says why it cannot be undone: something later was
    /// built on it (`ChangeBuiltOn`), it is none that can be (`ChangeNotUndoable`), or a mailbox is purged.
    pub fn undo_plan(&self, change: &AdminChange) -> Result<Undo> {
        let folders = self.folders_back(change)?;
        let mut plan = match is_of_folders(change, &folders) {
            true => Undo::default(),
            false => self.0.directory.undo_plan(change)?,
        };
        plan.puts_back.extend(folders.iter().map(FolderBack::phrase));
        for joined in &plan.joined {
            plan.left.extend(self.check_join(joined)?);
        }
        Ok(plan)
    }

    /// Undoes an entry, which becomes an entry of its own; all of it or, with an error of [`undo_plan`](Mailboxes::undo_plan),
    /// nothing. Mailboxes that had a user then are connected to that user again, those that had none are disconnected.
    pub fn undo(&self, author: &Author, change: &AdminChange) -> Result<Undo> {
        let (folders, plan) = (self.folders_back(change)?, self.undo_plan(change)?);
        if is_of_folders(change, &folders) {
            folders.iter().try_for_each(|folder| self.put_folder_back(author, folder))?;
            self.0.directory.note_done(author, folders.iter().map(FolderBack::recorded).collect())?;
            return Ok(plan);
        }
        let places =
            plan.parted.iter().map(|parted| parted.place).chain(plan.joined.iter().map(|one| one.place));
        let mut mailboxes: Vec<Guid> = places.map(|place| place.mailbox).collect();
        // In one order, so that two who hold several never wait for each other.
        mailboxes.sort_unstable();
        mailboxes.dedup();
        let _held: Vec<_> = mailboxes.into_iter().map(|mailbox| self.0.locks.hold(mailbox)).collect();
        // Looked at again under the locks: a mailbox may have been connected or purged meanwhile.
        let mut notes = Vec::new();
        for joined in &plan.joined {
            notes.extend(self.check_join(joined)?);
        }
        let (wanted, also) = (change.clone(), folders.iter().map(FolderBack::recorded).collect::<Vec<_>>());
        let mut undo = self.0.directory.change(author, move |change| {
            change.also(also.clone());
            change.undo(&wanted)
        })?;
        undo.parted.iter().try_for_each(|parted| self.part_from(parted))?;
        undo.joined.iter().try_for_each(|joined| self.join_again(joined))?;
        for folder in &folders {
            if let Err(error) = self.put_folder_back(author, folder) {
                notes.push(format!("{}: {}", folder.phrase(), error.message()));
            }
        }
        undo.left.extend(notes);
        Ok(undo)
    }

    /// A mailbox comes back to its user only if it is there and nobody's. The answer is what its user should know of it.
    fn check_join(&self, joined: &Joined) -> Result<Option<String>> {
        let Place { mailbox, database, .. } = joined.place;
        if let Some(owner) = self.0.directory.by_mailbox(mailbox).filter(|owner| owner.guid() != joined.user)
        {
            let message = format!("The mailbox {mailbox} belongs to \"{}\" by now.", owner.name());
            return Err(Error::conflict(ErrorId::ChangeBuiltOn, message)
                .help(format!(
                    "Run Disable-Mailbox \"{}\" first, or undo the change that connected it.",
                    owner.name()
                ))
                .about("Identity"));
        }
        let open = self.open(database)?;
        let why = match open.statistics(mailbox) {
            Err(error) if error.is(ErrorId::MailboxNotFound) => "is purged",
            Err(error) => return Err(error),
            Ok(found) if found.state == State::Purging => "is being purged",
            Ok(found) if found.state == State::SoftDeleted => "was left behind by a move",
            Ok(found) if found.description.owner != joined.user => {
                let last = found.description.display_name;
                return Ok(Some(format!(
                    "The mailbox belonged to \"{last}\" meanwhile; what came in then is in it."
                )));
            }
            Ok(_) => return Ok(None),
        };
        let message = format!("The mailbox {mailbox} {why}, so it can't be given back.");
        Err(Error::conflict(ErrorId::ChangeBuiltOn, message).about("Identity"))
    }

    fn part_from(&self, parted: &Parted) -> Result<()> {
        let user = &parted.user;
        self.0.sessions.review(user.guid(), self.0.directory.get(user.guid()).as_deref());
        // A database that is not mounted learns of it when it is: the directory is the authority.
        match self.0.store.database(parted.place.database) {
            Ok(open) if open.mounted() => {
                let last = Description { archive: parted.place.archive, ..description(user) };
                mark(&open, parted.place.mailbox, &last, &parting(parted.tombstone.clone())?)
            }
            _ => Ok(()),
        }
    }

    fn join_again(&self, joined: &Joined) -> Result<()> {
        let user = self.0.directory.need(joined.user)?;
        let open = self.open(joined.place.database)?;
        if open.statistics(joined.place.mailbox)?.state == State::Connected {
            return Ok(());
        }
        let owner = Description { archive: joined.place.archive, ..description(&user) };
        open.reconnect(joined.place.mailbox, &owner).map(drop)
    }
}

/// Whether a change was one of folders alone, which the directory knows nothing of.
fn is_of_folders(change: &AdminChange, folders: &[FolderBack]) -> bool {
    change.number == 0 && !folders.is_empty()
}
