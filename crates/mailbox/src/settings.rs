//! Connecting a mailbox with what it had: its settings come back in the same change, or are only told.

use crate::Mailboxes;
use crate::folder_change::Following;
use crate::life::NewOwner;
use crate::lost::Disconnected;
use directory::{Change, Edit, SettingBack, Tombstone};
use object::types::Guid;
use object::{Author, Error, ErrorId, Result, Spec};
use parking_lot::Mutex;
use std::sync::Arc;

impl Mailboxes {
    /// Connects a disconnected mailbox as [`connect`](Mailboxes::connect) does, and gives its settings back in the same
    /// change. Answers what came back and what did not; nothing where it is not known what the mailbox had.
    pub fn connect_with_settings(
        &self,
        author: &Author,
        lost: &Disconnected,
        owner: NewOwner,
    ) -> Result<Option<Vec<SettingBack>>> {
        let Some(had) = self.had(author, lost, &owner)? else {
            return self.connect(author, lost, owner).map(|_| None);
        };
        let following = had.following.clone();
        let owner = had.owner(owner);
        let (_, mut report) = self.connect_then(author, lost, owner, move |change| had.give_back(change))?;
        // The connection stands: a folder that cannot be written is told, and keeps nobody from the mailbox.
        for folder in following {
            if let Err(error) = folder.follow(self, author) {
                if let Err(lost) = folder.note_failure(self, author, &error) {
                    tracing::error!(%lost, %error, "what did not follow a mailbox could not be recorded");
                }
                let setting = folder.setting();
                let rows = report.iter_mut().filter(|row| row.setting == setting);
                rows.for_each(|row| row.why_not = Some(error.message().to_owned()));
            }
        }
        Ok(Some(report))
    }

    /// What [`connect_with_settings`](Mailboxes::connect_with_settings) would answer; nothing is changed.
    pub fn settings_plan(
        &self,
        author: &Author,
        lost: &Disconnected,
        owner: NewOwner,
    ) -> Result<Option<Vec<SettingBack>>> {
        let Some(had) = self.had(author, lost, &owner)? else { return Ok(None) };
        let told: Arc<Mutex<Vec<SettingBack>>> = Arc::default();
        let (tell, owner) = (Arc::clone(&told), had.owner(owner));
        // The change is made and then refused: so what is told is what would be, and nothing is kept of it.
        let rehearsed = self.connect_then(author, lost, owner, move |change| -> Result<()> {
            *tell.lock() = had.give_back(change)?;
            Err(Error::conflict(ErrorId::OnlyRehearsed, "This was only to be looked at."))
        });
        match rehearsed {
            Err(error) if error.is(ErrorId::OnlyRehearsed) => Ok(Some(std::mem::take(&mut *told.lock()))),
            Err(error) => Err(error),
            Ok(_) => Ok(None),
        }
    }

    fn had(&self, author: &Author, lost: &Disconnected, owner: &NewOwner) -> Result<Option<Had>> {
        let given = owner.settings.iter().map(Edit::spec).collect();
        let Some(tombstone) = self.tombstone(lost)? else { return Ok(None) };
        let (following, unknown) = self.folders_following(author, &tombstone, owner.user)?;
        Ok(Some(Had { user: owner.user, tombstone, given, following, unknown }))
    }
}

/// What a mailbox had, and who gets it.
struct Had {
    user: Guid,
    tombstone: Tombstone,
    /// What the command sets itself.
    given: Vec<&'static Spec>,
    /// What the former user may do in folders of others.
    following: Vec<Following>,
    /// What of that is not known.
    unknown: Vec<SettingBack>,
}

impl Had {
    /// Who gets it, with the alias that it had.
    fn owner(&self, owner: NewOwner) -> NewOwner {
        NewOwner { had_alias: self.tombstone.before("Alias").first().cloned(), ..owner }
    }

    fn give_back(&self, change: &mut Change<'_>) -> Result<Vec<SettingBack>> {
        let mut report = change.settings_back(self.user, &self.tombstone, &self.given)?;
        change.also(self.following.iter().map(Following::recorded));
        report.extend(self.following.iter().map(Following::told));
        report.extend(self.unknown.iter().cloned());
        Ok(report)
    }
}
