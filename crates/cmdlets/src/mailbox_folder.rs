//! Folders of mailboxes, and who may do what in one.

use crate::authority::within_scopes;
use crate::own;
use crate::permission::{missing, named, shown};
use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{LIMIT, Wish};
use ::mailbox::FolderKey;
use ::mailbox::folder_permission::{
    DEFAULT_FOLDER_TYPE, FOLDER_CLASS, FOLDER_NAME, FOLDER_PATH, FolderAccess, HAS_SUBFOLDERS,
    MAILBOX_FOLDER, MAILBOX_FOLDER_PERMISSION, MAILBOX_OWNER, NAME, PERMISSION_IDENTITY, RIGHTS,
    USER as ABOUT, folder_missing, usual,
};
use ::mailbox::store::{
    ANONYMOUS_TRUSTEE, DEFAULT_TRUSTEE, Folder, FolderId, FolderPermission, Mailbox, TOP, WellKnown,
};
use directory::schema::recipient;
use directory::{Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::ObjectId;
use object::{Error, ErrorId, Keys, Object, Parameter, Result, Switch, Value};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET_FOLDER, &GET, &ADD, &SET, &REMOVE];

static USER: Parameter<ObjectId> =
    Parameter::new("User", "A user or group by any name, or Default for everybody else, or Anonymous.");
static ACCESS_RIGHTS: Parameter<FolderAccess> = Parameter::new(
    "AccessRights",
    "A role (Owner, PublishingEditor, Editor, PublishingAuthor, Author, NonEditingAuthor, Reviewer, Contributor, None; for \
     calendars AvailabilityOnly, LimitedDetails) or single rights.",
)
.many();
static GET_CHILDREN: Parameter<Switch> =
    Parameter::new("GetChildren", "Shows the folders in it instead of itself.");
static RECURSE: Parameter<Switch> = Parameter::new("Recurse", "Shows it with all folders below it.");
static MAIL_FOLDER_ONLY: Parameter<Switch> =
    Parameter::new("MailFolderOnly", "Leaves out folders that hold no mail.");

/// A folder that a command is about.
struct Place {
    owner: Arc<Record>,
    mailbox: Mailbox,
    folders: Vec<Folder>,
    /// Where each of `folders` stands in it: a mailbox has thousands of them.
    places: HashMap<FolderId, usize>,
    /// Nothing: the top of the mailbox.
    folder: Option<Folder>,
}

/// What stands between a mailbox and a path.
const ROOT: &str = ":";
/// The name under which the top of a mailbox is shown.
const TOP_NAME: &str = "Top of Information Store";

/// The folder that `-Identity` names: `ann:\Inbox\Lists`; without a mailbox in one's own.
fn place(rooms: &Rooms, call: &Call) -> Result<Place> {
    let written = call.get(&IDENTITY)?.map_or_else(|| "\\".to_owned(), |identity| identity.shown.to_string());
    let (who, path) = match written.split_once(ROOT) {
        Some((who, path)) => (who, path),
        // Without a colon it is a path of one's own mailbox, or a mailbox.
        None if written.starts_with(['\\', '/']) => ("", written.as_str()),
        None => (written.as_str(), "\\"),
    };
    let owner = match who {
        "" => own(rooms, call, &written)?,
        who => own::named(rooms, call, &kinds::MAILBOX, &ObjectId::written(who))?,
    };
    let mailbox = rooms.mailboxes.mailbox(&owner)?;
    let folders: Vec<Folder> = mailbox.folders()?.into_iter().filter(|folder| !folder.hidden).collect();
    let names: Vec<&str> = path.split(['\\', '/']).filter(|name| !name.is_empty()).collect();
    let folder = match names.as_slice() {
        [] => None,
        names => Some(mailbox.find(names)?.ok_or_else(|| folder_missing(&written))?),
    };
    let places = folders.iter().enumerate().map(|(at, folder)| (folder.id, at)).collect();
    Ok(Place { owner, mailbox, folders, places, folder })
}

/// The mailbox of whoever calls.
fn own(rooms: &Rooms, call: &Call, written: &str) -> Result<Arc<Record>> {
    let account = call.caller().account.and_then(|account| rooms.directory().get(account));
    account.filter(|account| account.is_mailbox()).ok_or_else(|| {
        let message = format!("'{written}' names no mailbox, and you have none yourself.");
        Error::caller(ErrorId::MailboxNotFound, message)
            .help("Write the mailbox before the path: ann:\\Inbox.")
            .about(IDENTITY.name())
    })
}

impl Place {
    fn key(&self, shown: &str) -> FolderKey {
        FolderKey::new(&self.mailbox, self.folder.as_ref(), shown)
    }
    fn id(&self) -> FolderId {
        self.folder.as_ref().map_or(TOP, |folder| folder.id)
    }
    fn kind(&self) -> Option<WellKnown> {
        self.folder.as_ref().and_then(|folder| folder.kind)
    }
    fn name(&self) -> &str {
        self.folder.as_ref().map_or(TOP_NAME, |folder| &folder.name)
    }
    /// `ann:\Inbox\Lists`
    fn identity(&self, folder: Option<&Folder>) -> String {
        let alias = self.owner.get(&recipient::ALIAS).unwrap_or_else(|| self.owner.name().to_owned());
        format!("{alias}:{}", self.path(folder))
    }
    fn path(&self, folder: Option<&Folder>) -> String {
        let (mut path, mut next) = (String::new(), folder);
        while let Some(folder) = next {
            path = format!("\\{}{path}", folder.name);
            next = self.above(folder);
        }
        if path.is_empty() { "\\".to_owned() } else { path }
    }
    /// The folder in which a folder lies; nothing where that is the top.
    fn above(&self, folder: &Folder) -> Option<&Folder> {
        folder.parent.and_then(|id| self.places.get(&id)).map(|at| &self.folders[*at])
    }
    fn entries(&self) -> Result<Vec<FolderPermission>> {
        let (id, kind) = (self.id(), self.kind());
        let mut made = self.mailbox.permissions()?;
        made.retain(|entry| entry.folder == id);
        for (at, trustee) in [DEFAULT_TRUSTEE, ANONYMOUS_TRUSTEE].into_iter().enumerate() {
            let found =
                made.iter().position(|entry| entry.trustee == trustee).map(|found| made.remove(found));
            let unmade = || FolderPermission {
                folder: id,
                trustee: trustee.to_owned(),
                rights: usual(kind, trustee).0,
            };
            made.insert(at, found.unwrap_or_else(unmade));
        }
        Ok(made)
    }
    fn has_entry(&self, trustee: &str) -> Result<bool> {
        Ok(self.entries()?.iter().any(|entry| entry.trustee == trustee))
    }
    fn permission(&self, rooms: &Rooms, entry: &FolderPermission) -> Object {
        Object::of(&MAILBOX_FOLDER_PERMISSION)
            .with(FOLDER_NAME.name(), self.name())
            .with(ABOUT.name(), about(rooms, &entry.trustee))
            .with(RIGHTS.name(), Value::array(FolderAccess(entry.rights).list()))
            .with(PERMISSION_IDENTITY.name(), self.identity(self.folder.as_ref()))
    }
}

/// Whoever an entry is about, as a person reads it: the display name, Default or Anonymous, or the security identifier of
/// whoever is gone.
fn about(rooms: &Rooms, trustee: &str) -> Value {
    if is_nobody(trustee) {
        return Value::typed(ObjectId::written(trustee));
    }
    match rooms.directory().by_sid(trustee) {
        Some(record) => {
            let name = record.get(&recipient::DISPLAY_NAME).unwrap_or_else(|| record.name().to_owned());
            Value::typed(ObjectId { guid: record.guid(), ..ObjectId::written(&name) })
        }
        None => shown(rooms, &rooms.directory().trustee(trustee)),
    }
}

fn is_nobody(trustee: &str) -> bool {
    [DEFAULT_TRUSTEE, ANONYMOUS_TRUSTEE].contains(&trustee)
}

/// Whom `-User` names.
fn trustee(rooms: &Rooms, call: &Call) -> Result<Option<String>> {
    let Some(written) = call.get(&USER)? else { return Ok(None) };
    let nobody = [DEFAULT_TRUSTEE, ANONYMOUS_TRUSTEE]
        .into_iter()
        .find(|word| word.eq_ignore_ascii_case(&written.shown));
    match nobody {
        Some(word) => Ok(Some(word.to_owned())),
        None => Ok(Some(named(rooms, &written, USER.name())?.sid.to_string())),
    }
}

static GET_FOLDER: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows folders of a mailbox.",
    notes: "A folder is named by its mailbox and its path, ann:\\Inbox\\Lists; without a mailbox it is one of your own.",
    reads: &[&IDENTITY, &GET_CHILDREN, &RECURSE, &MAIL_FOLDER_ONLY],
    shares: &[LIMIT],
    roles: &["Mail Recipients", "View-Only Recipients"],
    examples: &[
        Example { about: "Shows Ann's inbox.", command: "Get-MailboxFolder ann:\\Inbox" },
        Example { about: "Shows all folders of Ann.", command: "Get-MailboxFolder ann:\\ -Recurse" },
    ],
    ..Cmdlet::new(Verb::Get, &MAILBOX_FOLDER, get_folder)
};

fn get_folder(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let place = place(rooms, call)?;
    let (children, recurse, mail) = (call.is(&GET_CHILDREN), call.is(&RECURSE), call.is(&MAIL_FOLDER_ONLY));
    let top = place.folder.as_ref().map(|folder| folder.id);
    let below = |folder: &Folder| {
        let mut at = folder;
        while at.parent != top {
            let Some(next) = place.above(at) else { return false };
            at = next;
        }
        true
    };
    let parents: HashSet<Option<FolderId>> = place.folders.iter().map(|folder| folder.parent).collect();
    let own = (!children).then_some(place.folder.as_ref());
    let inside = place
        .folders
        .iter()
        .filter(|folder| (children && folder.parent == top) || (recurse && below(folder)));
    let wanted = own.into_iter().chain(inside.map(Some));
    let holds_mail =
        |folder: &Option<&Folder>| !mail || folder.is_none_or(|folder| folder.class.starts_with("IPF.Note"));
    let mut wish = Wish::of(call)?;
    for folder in wanted.filter(holds_mail) {
        if !wish.takes(out)? {
            break;
        }
        out.object(shown_folder(rooms, &place, folder, &parents))?;
    }
    Ok(())
}

/// A folder, or the top of the mailbox; `parents` are those in which there are folders.
fn shown_folder(
    rooms: &Rooms,
    place: &Place,
    folder: Option<&Folder>,
    parents: &HashSet<Option<FolderId>>,
) -> Object {
    let id = folder.map(|folder| folder.id);
    let kind = folder.and_then(|folder| folder.kind).map(|kind| format!("{kind:?}"));
    Object::of(&MAILBOX_FOLDER)
        .with(NAME.name(), folder.map_or(TOP_NAME, |folder| &folder.name))
        .with(FOLDER_PATH.name(), place.path(folder))
        .with(PERMISSION_IDENTITY.name(), place.identity(folder))
        .with(FOLDER_CLASS.name(), folder.map_or("", |folder| &folder.class))
        .with(DEFAULT_FOLDER_TYPE.name(), kind.map_or(Value::Null, Value::from))
        .with(HAS_SUBFOLDERS.name(), parents.contains(&id))
        .with(MAILBOX_OWNER.name(), Value::typed(rooms.directory().id(&place.owner)))
}

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows who may do what in a folder.",
    reads: &[&IDENTITY, &USER],
    roles: &["Mail Recipients", "View-Only Recipients"],
    examples: &[Example {
        about: "Shows who may see Ann's calendar.",
        command: "Get-MailboxFolderPermission ann:\\Calendar",
    }],
    ..Cmdlet::new(Verb::Get, &MAILBOX_FOLDER_PERMISSION, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let (place, about) = (place(rooms, call)?, trustee(rooms, call)?);
    let entries = place.entries()?;
    let wanted: Vec<&FolderPermission> =
        entries.iter().filter(|entry| about.as_ref().is_none_or(|about| *about == entry.trustee)).collect();
    if let Some(trustee) = about.filter(|_| wanted.is_empty()) {
        return Err(no_entry(&self::about(rooms, &trustee).to_string()));
    }
    wanted.into_iter().try_for_each(|entry| out.object(place.permission(rooms, entry)))
}

fn no_entry(user: &str) -> Error {
    Error::not_found(
        ErrorId::UserNotFoundInPermissionEntryException,
        format!("There is no existing permission entry found for user: {user}."),
    )
    .help("Run Add-MailboxFolderPermission to make one.")
    .about(USER.name())
}

static ENTRY: Keys = &[&IDENTITY, &USER, &ACCESS_RIGHTS];

static ADD: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lets somebody do something in a folder.",
    notes: "Folders that are made below it later have the same permissions; those that are there already keep theirs.",
    shares: &[ENTRY],
    roles: &["Mail Recipients"],
    examples: &[Example {
        about: "Lets John read Ann's inbox.",
        command: "Add-MailboxFolderPermission ann:\\Inbox -User john -AccessRights Reviewer",
    }],
    ..Cmdlet::new(Verb::Add, &MAILBOX_FOLDER_PERMISSION, |rooms, call, out| {
        write(rooms, call, out, Verb::Add)
    })
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes what somebody may do in a folder.",
    shares: &[ENTRY],
    roles: &["Mail Recipients"],
    examples: &[Example {
        about: "Lets everybody see Ann's calendar.",
        command: "Set-MailboxFolderPermission ann:\\Calendar -User Default -AccessRights Reviewer",
    }],
    ..Cmdlet::new(Verb::Set, &MAILBOX_FOLDER_PERMISSION, |rooms, call, out| {
        write(rooms, call, out, Verb::Set)
    })
};

fn write(rooms: &Rooms, call: &Call, out: &mut Output<'_>, verb: Verb) -> Result<()> {
    let place = place(rooms, call)?;
    let trustee = trustee(rooms, call)?.ok_or_else(|| missing(USER.name()))?;
    let rights = call.list(&ACCESS_RIGHTS)?.filter(|rights| !rights.is_empty());
    let rights = rights.ok_or_else(|| missing(ACCESS_RIGHTS.name()))?;
    let rights = rights.iter().fold(0, |all, one| all | one.0);
    check_calendar(&place, FolderAccess(rights))?;
    let (user, always) = (about(rooms, &trustee).to_string(), is_nobody(&trustee));
    check_entry(verb, always || place.has_entry(&trustee)?, &user)?;
    within_scopes(rooms.directory(), call.author(), &place.owner)?;
    let identity = place.identity(place.folder.as_ref());
    let doing = if verb == Verb::Add { "Adding" } else { "Setting" };
    if !out.should(
        &identity,
        &format!("{doing} mailbox folder permission on \"{identity}\" for user \"{user}\"."),
    )? {
        return Ok(());
    }
    let mailbox = rooms.mailboxes.administered(place.mailbox.clone(), place.owner.guid(), call.author());
    // Asked once more where it is written: somebody may have been quicker.
    let written = mailbox.change_permission(place.id(), &trustee, move |before| {
        check_entry(verb, always || before.is_some(), &user).map(|()| Some(rights))
    })?;
    // Whoever is in the mailbox by a right that is gone now leaves it.
    let owner = place.owner.guid();
    rooms.mailboxes.review_visits(owner);
    rooms.mailboxes.note_folder_change(call.author(), owner, &place.key(&identity), &trustee, written)?;
    if verb == Verb::Set {
        return Ok(());
    }
    out.object(place.permission(rooms, &FolderPermission { folder: place.id(), trustee, rights }))
}

/// Add makes an entry, the others need one.
fn check_entry(verb: Verb, there: bool, user: &str) -> Result<()> {
    match (verb, there) {
        (Verb::Add, true) => {
            let message = format!("An existing permission entry was found for user: {user}.");
            Err(Error::conflict(ErrorId::UserAlreadyExistsInPermissionEntryException, message)
                .help("Run Set-MailboxFolderPermission to change it.")
                .about(USER.name()))
        }
        (Verb::Add, false) | (_, true) => Ok(()),
        (_, false) => Err(no_entry(user)),
    }
}

/// Two roles say something of calendars only.
fn check_calendar(place: &Place, rights: FolderAccess) -> Result<()> {
    let of_calendars = rights.0 & (FolderAccess::FREE_BUSY.0 | FolderAccess::FREE_BUSY_DETAILS.0) != 0;
    let calendar = place.folder.as_ref().is_some_and(|folder| folder.class.starts_with("IPF.Appointment"));
    if !of_calendars || calendar {
        return Ok(());
    }
    let message = format!(
        "AvailabilityOnly and LimitedDetails are for calendars, and {} is not a calendar.",
        place.name()
    );
    Err(Error::caller(ErrorId::InvalidValue, message)
        .help("Choose another role.")
        .about(ACCESS_RIGHTS.name()))
}

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes away what somebody may do in a folder.",
    notes: "What Default and Anonymous may do is changed with Set-MailboxFolderPermission -AccessRights None.",
    reads: &[&IDENTITY, &USER],
    roles: &["Mail Recipients"],
    examples: &[Example {
        about: "Lets John do something in a folder, and then no longer.",
        command: "Add-MailboxFolderPermission ann:\\Drafts -User john -AccessRights Author | \
                  Remove-MailboxFolderPermission -User john -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &MAILBOX_FOLDER_PERMISSION, remove)
};

fn remove(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let place = place(rooms, call)?;
    let trustee = trustee(rooms, call)?.ok_or_else(|| missing(USER.name()))?;
    if is_nobody(&trustee) {
        let message = format!("The entry of {trustee} can't be removed.");
        return Err(Error::conflict(ErrorId::InvalidChange, message)
            .help("Run Set-MailboxFolderPermission with -AccessRights None.")
            .about(USER.name()));
    }
    let user = about(rooms, &trustee).to_string();
    check_entry(Verb::Remove, place.has_entry(&trustee)?, &user)?;
    within_scopes(rooms.directory(), call.author(), &place.owner)?;
    let identity = place.identity(place.folder.as_ref());
    if out.should(
        &identity,
        &format!("Removing mailbox folder permission on \"{identity}\" for user \"{user}\"."),
    )? {
        let mailbox = rooms.mailboxes.administered(place.mailbox.clone(), place.owner.guid(), call.author());
        let written = mailbox.change_permission(place.id(), &trustee, move |before| {
            check_entry(Verb::Remove, before.is_some(), &user).map(|()| None)
        })?;
        let owner = place.owner.guid();
        rooms.mailboxes.review_visits(owner);
        rooms.mailboxes.note_folder_change(call.author(), owner, &place.key(&identity), &trustee, written)?;
    }
    Ok(())
}
