//! Public folders as the directory knows them: a tree of names. What is in them is not kept yet.

use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{self, Subject, Wish};
use directory::schema::public_folder::{HAS_SUBFOLDERS, MAIL_ENABLED, PARENT_PATH, PATH, PUBLIC_FOLDER};
use directory::schema::recipient::NAME;
use directory::{Class, Edit, FOLDER_SEPARATOR, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{Guid, ObjectId, PropertyType};
use object::{Declared, Object, Parameter, Result, Switch, Value};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &REMOVE];

const ROLES: &[&str] = &["Public Folders"];

static PATH_OF_NEW: Parameter<ObjectId> =
    Parameter::new("Path", "The folder in which the new one stands; the top where none is named.");
static RECURSE: Parameter<Switch> = Parameter::new("Recurse", "Means all folders below, too.");
static GET_CHILDREN: Parameter<Switch> =
    Parameter::new("GetChildren", "Shows the folders that stand in the named one, and not that one.");

static FOLDERS: Subject = Subject {
    make,
    remove: |rooms, call, record, _| {
        let (guid, with_folders) = (record.guid(), call.is(&RECURSE));
        rooms.directory().change(call.author(), move |change| change.remove_public_folder(guid, with_folders))
    },
    ..Subject::of(&PUBLIC_FOLDER, &kinds::PUBLIC_FOLDER, Class::PublicFolder, "public folder")
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows a public folder, those in it, or all below it.",
    notes: "Without -Identity it is the top of the tree, whose path is '\\'.",
    reads: &[&IDENTITY, &RECURSE, &GET_CHILDREN],
    shares: &[standard::LIMIT],
    roles: ROLES,
    examples: &[
        Example { about: "Lists all public folders.", command: "Get-PublicFolder -Recurse" },
        Example { about: "Lists the folders in Plans.", command: "Get-PublicFolder \\Plans -GetChildren" },
    ],
    ..Cmdlet::new(Verb::Get, &PUBLIC_FOLDER, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let named = named(rooms, call, &IDENTITY)?;
    let of = named.as_ref().map(|folder| rooms.directory().folder_path(folder));
    let below = format!("{}{FOLDER_SEPARATOR}", of.unwrap_or_default()).to_lowercase();
    let (children, all) = (call.is(&GET_CHILDREN), call.is(&RECURSE));
    let mut wish = Wish::of(call)?;
    if !children {
        if !wish.takes(out)? {
            return Ok(());
        }
        out.object(match &named {
            Some(folder) => rooms.directory().object(folder, &PUBLIC_FOLDER),
            None => top(rooms),
        })?;
    }
    for (path, folder) in rooms.directory().public_folders() {
        let Some(rest) = path.to_lowercase().strip_prefix(&below).map(str::to_owned) else { continue };
        let wanted = all || children && !rest.contains(FOLDER_SEPARATOR);
        if wanted && !wish.takes(out)? {
            return Ok(());
        }
        if wanted {
            out.object(rooms.directory().object(&folder, &PUBLIC_FOLDER))?;
        }
    }
    Ok(())
}

/// The top of the tree, which is no folder that anybody made.
fn top(rooms: &Rooms) -> Object {
    let shown = FOLDER_SEPARATOR.to_string();
    let identity = ObjectId {
        guid: Guid::EMPTY,
        name: TOP.into(),
        distinguished_name: "".into(),
        shown: shown.as_str().into(),
    };
    let filled = !rooms.directory().public_folders().is_empty();
    let values: [(&dyn Declared, Value); 5] = [
        (&PATH, identity.into_value()),
        (&NAME, TOP.into()),
        (&PARENT_PATH, "".into()),
        (&MAIL_ENABLED, false.into()),
        (&HAS_SUBFOLDERS, filled.into()),
    ];
    let pairs = values.map(|(property, value)| (property.spec().name.into(), value));
    Object::of_pairs(&PUBLIC_FOLDER, pairs.into())
}

/// What the top of the tree is called.
const TOP: &str = "IPM_SUBTREE";

/// The folder that a parameter names; nothing where that is the top.
fn named(rooms: &Rooms, call: &Call, by: &'static Parameter<ObjectId>) -> Result<Option<Arc<Record>>> {
    let is_top = |id: ObjectId| id.guid == Guid::EMPTY && id.shown.trim() == FOLDER_SEPARATOR.to_string();
    if call.get(by)?.is_some_and(is_top) {
        return Ok(None);
    }
    rooms.named(call, by, &kinds::PUBLIC_FOLDER)
}

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a public folder: its name in the tree.",
    notes: "What is in public folders is not kept yet. Enable-MailPublicFolder gives one an address.",
    reads: &[&PATH_OF_NEW],
    roles: ROLES,
    examples: &[
        Example { about: "Makes a folder at the top.", command: "New-PublicFolder Sales" },
        Example { about: "Makes a folder in another.", command: "New-PublicFolder 2026 -Path \\Plans" },
    ],
    ..FOLDERS.cmdlet(Verb::New)
};

fn make(_: &Subject, rooms: &Rooms, call: &Call, name: &str, _: Vec<Edit>) -> Result<Arc<Record>> {
    let parent = named(rooms, call, &PATH_OF_NEW)?.map(|folder| folder.guid());
    let name = name.to_owned();
    let made =
        rooms.directory().change(call.author(), move |change| change.new_public_folder(&name, parent))?;
    rooms.directory().need(made.guid())
}

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes a public folder and its address.",
    notes: "A folder that holds others is refused, unless -Recurse says that those go, too.",
    reads: &[&RECURSE],
    roles: ROLES,
    examples: &[Example {
        about: "Removes a folder and all in it.",
        command: "Remove-PublicFolder \\Plans -Recurse -Confirm:$false",
    }],
    ..FOLDERS.cmdlet(Verb::Remove)
};
