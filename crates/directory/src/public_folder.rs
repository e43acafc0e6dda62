//! The tree of public folders: where one stands, how it is made and removed.

use crate::audit::{ObjectChange, PropertyChange};
use crate::cache::{CONTAINER_DEPTH_MAX, Cache};
use crate::change::Change;
use crate::path::FOLDER_SEPARATOR as SEPARATOR;
use crate::record::Record;
use crate::schema::check::folder_name;
use crate::unit::not_founded;
use crate::{Class, Directory};
use object::types::Guid;
use object::{Error, ErrorId, Result};
use std::sync::Arc;

/// The container at the top of the tree, as Exchange calls it. It is made with the first folder.
const TOP: &str = "Microsoft Exchange System Objects";
/// How many folders there may be: whoever lists them asks of each whether others stand in it.
const FOLDERS_MAX: usize = 2_000;
/// How many folders may stand in each other, so that a path of them can always be followed.
const DEPTH_MAX: usize = CONTAINER_DEPTH_MAX / 2;

/// Whether a change was about the container at the top of the tree.
pub(crate) fn is_top_of_public_folders(one: &ObjectChange) -> bool {
    let is_name = |property: &PropertyChange| {
        property.name == "Name" && property.before.iter().chain(&property.after).all(|name| name == TOP)
    };
    one.class == Class::Container.word() && one.properties.iter().any(is_name)
}

impl Cache {
    /// The path of a public folder: `\Sales\2026`; of what is none, the top's.
    pub(crate) fn folder_path(&self, record: &Record) -> String {
        if record.class != Class::PublicFolder {
            return SEPARATOR.to_string();
        }
        let mut names = vec![record.name.to_string()];
        let mut at = self.get(record.parent);
        while let Some(folder) = at.filter(|folder| folder.class == Class::PublicFolder) {
            names.push(folder.name.to_string());
            at = if names.len() > CONTAINER_DEPTH_MAX { None } else { self.get(folder.parent) };
        }
        names.iter().rev().map(|name| format!("{SEPARATOR}{name}")).collect()
    }

    /// The path of the folder in which a public folder stands.
    pub(crate) fn folder_parent(&self, record: &Record) -> String {
        self.get(record.parent).map_or_else(|| SEPARATOR.to_string(), |parent| self.folder_path(parent))
    }

    /// Whether a folder stands in a public folder.
    pub(crate) fn has_folders(&self, folder: &Record) -> bool {
        self.in_class(Class::PublicFolder).any(|one| one.parent == folder.id)
    }

    /// The folders that stand in a public folder.
    pub(crate) fn folders_in(&self, folder: &Record) -> Vec<Arc<Record>> {
        let mut folders = self.of_class(Class::PublicFolder);
        folders.retain(|one| one.parent == folder.id);
        folders
    }
}

impl Directory {
    /// The path of a public folder: `\Sales\2026`.
    pub fn folder_path(&self, folder: &Record) -> String {
        self.cache().folder_path(folder)
    }

    /// The path of the folder in which a public folder stands; `\` at the top.
    pub fn folder_parent(&self, folder: &Record) -> String {
        self.cache().folder_parent(folder)
    }

    /// All public folders with their paths, each behind the one in which it stands.
    pub fn public_folders(&self) -> Vec<(String, Arc<Record>)> {
        let cache = self.cache();
        let folders = cache.of_class(Class::PublicFolder);
        let mut found: Vec<_> =
            folders.into_iter().map(|folder| (cache.folder_path(&folder), folder)).collect();
        // The separator comes before what names hold, so that a folder's own come before its neighbour's.
        found.sort_by_cached_key(|(path, _)| path.to_lowercase().replace(SEPARATOR, "\0"));
        found
    }
}

impl Change<'_> {
    /// Makes a public folder in another one, or at the top.
    pub fn new_public_folder(&mut self, name: &str, parent: Option<Guid>) -> Result<Record> {
        folder_name(name)?;
        if self.directory().cache().in_class(Class::PublicFolder).count() >= FOLDERS_MAX {
            let message = format!("There are {FOLDERS_MAX} public folders, and no more are kept.");
            return Err(Error::limit(ErrorId::TooManyFolders, message).help("Remove some first."));
        }
        let parent = match parent {
            Some(parent) => self.shallow(parent)?,
            None => self.top()?,
        };
        let record = self.create(Class::PublicFolder, name, parent)?;
        self.save(record.clone())?;
        Ok(record)
    }

    /// A folder in which another one may stand.
    fn shallow(&mut self, guid: Guid) -> Result<Guid> {
        let folder = self.read(guid)?;
        let depth = self.directory().folder_path(&folder).matches(SEPARATOR).count();
        if depth >= DEPTH_MAX {
            let message = format!("Folders can stand in each other {DEPTH_MAX} deep.");
            return Err(Error::limit(ErrorId::FolderTooDeep, message).about("Path"));
        }
        Ok(guid)
    }

    fn top(&mut self) -> Result<Guid> {
        let directory = self.directory();
        let containers = directory.all(Class::Container);
        if let Some(known) = containers.iter().find(|one| one.name() == TOP) {
            return Ok(known.guid());
        }
        let root = directory.only(Class::Domain).ok_or_else(not_founded)?.guid();
        let made = self.create(Class::Container, TOP, root)?;
        let guid = made.guid();
        self.save(made)?;
        Ok(guid)
    }

    /// Removes a public folder; with those in it where that is wanted, else one that holds others is refused.
    pub fn remove_public_folder(&mut self, guid: Guid, with_folders: bool) -> Result<()> {
        let record = self.read(guid)?;
        let inside = self.directory().cache().folders_in(&record);
        if !inside.is_empty() && !with_folders {
            let message = format!("The public folder {} holds other folders.", record.name());
            return Err(Error::conflict(ErrorId::ContainerNotEmpty, message)
                .help("Remove them first, or all of them at once with -Recurse.")
                .about("Identity"));
        }
        for folder in inside {
            self.remove_public_folder(folder.guid(), true)?;
        }
        self.delete(guid)
    }
}
