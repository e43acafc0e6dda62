//! Public folders with an address. Mail for one goes to whom it forwards; a folder itself keeps none yet.

use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{Subject, edits};
use directory::schema::public_folder::MAIL_PUBLIC_FOLDER;
use directory::schema::recipient::HIDDEN_FROM_LISTS;
use directory::{Class, Edit, NewRecipient, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::RecipientTypeDetails as Details;
use object::{Parameter, Result};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &SET, &ENABLE, &DISABLE];

const ROLES: &[&str] = &["Mail Enabled Public Folders"];

static FOLDERS: Subject = Subject {
    sorts: &["Name", "DisplayName", "Alias"],
    disable: |rooms, call, record, _| {
        let guid = record.guid();
        rooms.directory().change(call.author(), move |change| change.disable_recipient(guid)).map(drop)
    },
    ..Subject::of(&MAIL_PUBLIC_FOLDER, &kinds::MAIL_PUBLIC_FOLDER, Class::PublicFolder, "public folder")
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists public folders that have an address.",
    roles: &["View-Only Recipients", "Mail Enabled Public Folders"],
    examples: &[Example {
        about: "Lists all public folders that have an address.",
        command: "Get-MailPublicFolder",
    }],
    ..FOLDERS.cmdlet(Verb::Get)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes the mail settings of a public folder.",
    notes: "Mail for the folder goes to its ForwardingAddress, or else to its ExternalEmailAddress. A folder that has neither \
            refuses it, since it keeps no messages yet.",
    roles: ROLES,
    examples: &[
        Example {
            about: "Limits the size of messages for a folder.",
            command: "Set-MailPublicFolder '\\My Public Folder' -MaxReceiveSize 10MB -MaxSendSize 10MB",
        },
        Example {
            about: "Sends mail for a folder to Ann.",
            command: "Set-MailPublicFolder 'My Public Folder' -ForwardingAddress ann",
        },
    ],
    ..FOLDERS.cmdlet(Verb::Set)
};

static ENABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Gives a public folder an address.",
    notes: "The alias is made of the folder's name, and the addresses are those of the e-mail address policy.",
    reads: &[&IDENTITY, &HIDDEN],
    roles: ROLES,
    examples: &[Example { about: "Gives Plans an address.", command: "Enable-MailPublicFolder \\Plans" }],
    ..Cmdlet::new(Verb::Enable, &MAIL_PUBLIC_FOLDER, enable)
};

static HIDDEN: Parameter<bool> = Parameter::of(&HIDDEN_FROM_LISTS);

fn enable(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let folder = rooms.one(call, &kinds::PUBLIC_FOLDER)?;
    let hidden = call.get(&HIDDEN)?.map(|hidden| Edit::set(&HIDDEN_FROM_LISTS, hidden));
    let new = NewRecipient {
        settings: hidden.into_iter().chain(edits(call)?).collect(),
        ..NewRecipient::named("", Class::PublicFolder, Details::PublicFolder)
    };
    let shown = rooms.shown(&folder);
    if !out.should(&shown, &format!("Enabling mail for \"{shown}\"."))? {
        return Ok(());
    }
    let guid = folder.guid();
    rooms.directory().change(call.author(), move |change| change.enable_recipient(guid, &new)).map(drop)
}

static DISABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes the address from a public folder, which stays.",
    roles: ROLES,
    examples: &[Example {
        about: "Takes the address from a public folder.",
        command: "Disable-MailPublicFolder 'My Public Folder' -Confirm:$false",
    }],
    ..FOLDERS.cmdlet(Verb::Disable)
};
