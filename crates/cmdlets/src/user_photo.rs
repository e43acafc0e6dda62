//! Photos of people: shown, set, taken away; as files under the older names of the same thing.

use crate::authority::within_scopes;
use crate::own::{self, Sight};
use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{LIMIT, Wish};
use directory::{Class, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{ObjectId, PropertyType};
use object::value::Array;
use object::{Error, ErrorId, Noun, Object, Parameter, Result, Switch, Value};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &SET, &REMOVE, &EXPORT, &IMPORT];

object::read_only_properties! { static;
    P_IDENTITY: ObjectId = "Identity", "Whose it is.";
    P_DATA: i32 = "PictureData", "The octets of the file.", many();
    P_FILE: i32 = "FileData", "The octets of the file.", many();
}

static USER_PHOTO: Noun = Noun {
    name: "UserPhoto",
    type_name: "Microsoft.Exchange.Management.RecipientTasks.UserPhotoConfiguration",
    summary: "The photo of a person.",
    properties: &[&P_IDENTITY, &P_DATA],
    table: &[&P_IDENTITY],
};
static DATA: Noun = Noun {
    name: "RecipientDataProperty",
    type_name: "Microsoft.Exchange.Data.BinaryFileDataObject",
    summary: "A picture of a person as a file.",
    properties: &[&P_IDENTITY, &P_FILE],
    table: &[&P_IDENTITY],
};

const LIMITS: &str = "A JPEG or PNG file of 100 KB at most, kept and handed out as it is: nothing is scaled. The address book over LDAP \
                      shows it as thumbnailPhoto, and a JPEG as jpegPhoto.";
const ROLES: &[&str] = &["Mail Recipients", "User Options"];

static PICTURE: Parameter<Value> = Parameter::new("PictureData", "The octets of the file.").many();
static FILE: Parameter<Value> = Parameter::new("FileData", "The octets of the file.").many();
static IS_PICTURE: Parameter<Switch> =
    Parameter::new("Picture", "That it is the picture: nothing else is kept of people.");

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows photos of people; without a name those of all who have one.",
    notes: "People see those of whom the address list shows.",
    reads: &[&IDENTITY],
    shares: &[LIMIT],
    roles: &["Mail Recipients", "User Options", "View-Only Recipients"],
    examples: &[Example { about: "Shows who has a photo.", command: "Get-UserPhoto" }],
    ..Cmdlet::new(Verb::Get, &USER_PHOTO, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    if call.get(&IDENTITY)?.is_some() {
        let person = own::one(rooms, call, &kinds::MAILBOX)?;
        return out.object(shown(rooms, &person, &USER_PHOTO, P_DATA.name())?);
    }
    let (sight, mut wish) = (Sight::of(rooms, call)?, Wish::of(call)?);
    let mut people = rooms.directory().all(Class::User);
    people.retain(|one| {
        one.is_mailbox() && rooms.directory().photo_kind(one).is_some() && sight.sees(rooms, one)
    });
    people.sort_by_key(|one| one.name().to_lowercase());
    for person in people {
        if !wish.takes(out)? {
            break;
        }
        out.object(shown(rooms, &person, &USER_PHOTO, P_DATA.name())?)?;
    }
    Ok(())
}

fn shown(rooms: &Rooms, person: &Record, noun: &'static Noun, property: &'static str) -> Result<Object> {
    let octets = rooms.directory().photo(person)?.ok_or_else(|| {
        Error::not_found(ErrorId::ManagementObjectNotFoundException, "There is no photo stored here.")
            .target(rooms.shown(person))
    })?;
    let bytes = Array::of("System.Byte", octets.into_iter().map(Value::Byte).collect());
    let object = Object::of(noun).with(P_IDENTITY.name(), rooms.directory().id(person).into_value());
    Ok(object.with(property, Value::from(bytes)))
}

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Gives a person a photo.",
    notes: LIMITS,
    reads: &[&IDENTITY, &PICTURE],
    roles: ROLES,
    examples: &[Example {
        about: "Gives Ann a photo.",
        command: "Set-UserPhoto ann -PictureData ([IO.File]::ReadAllBytes('ann.jpg')) -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Set, &USER_PHOTO, |rooms, call, out| set(rooms, call, out, &PICTURE))
};

fn set(rooms: &Rooms, call: &Call, out: &mut Output<'_>, parameter: &'static Parameter<Value>) -> Result<()> {
    let person = changed(rooms, call)?;
    let octets = octets(&call.list(parameter)?.unwrap_or_default()).ok_or_else(|| {
        Error::caller(ErrorId::InvalidValue, "A photo is handed over octet by octet.")
            .help(format!("-{} ([IO.File]::ReadAllBytes('ann.jpg'))", parameter.name()))
            .about(parameter.name())
    })?;
    let who = rooms.shown(&person);
    if !out.should(&who, &format!("Setting the photo of \"{who}\"."))? {
        return Ok(());
    }
    let (guid, octets): (_, Arc<[u8]>) = (person.guid(), octets.into());
    let done = rooms.directory().change(call.author(), move |change| change.set_photo(guid, &octets));
    done.map_err(|error| if error.target_name().is_some() { error.about(parameter.name()) } else { error })
}

/// The person of `-Identity`, whom the caller may change.
fn changed(rooms: &Rooms, call: &Call) -> Result<Arc<Record>> {
    let person = own::one(rooms, call, &kinds::MAILBOX)?;
    within_scopes(rooms.directory(), call.author(), &person)?;
    Ok(person)
}

/// A file octet by octet; nothing where it is something else.
fn octets(items: &[Value]) -> Option<Vec<u8>> {
    items.iter().map(|item| item.as_i64().and_then(|number| u8::try_from(number).ok())).collect()
}

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes a person's photo away.",
    reads: &[&IDENTITY],
    roles: ROLES,
    examples: &[Example {
        about: "Takes Frank's photo away.",
        command: "Remove-UserPhoto frank -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &USER_PHOTO, remove)
};

fn remove(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let person = changed(rooms, call)?;
    let who = rooms.shown(&person);
    if !out.should(&who, &format!("Removing the photo of \"{who}\"."))? {
        return Ok(());
    }
    let guid = person.guid();
    match rooms.directory().change(call.author(), move |change| change.remove_photo(guid))? {
        true => Ok(()),
        false => out.warning(format!("{who} has no photo.")),
    }
}

static EXPORT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Hands out a person's photo as a file.",
    reads: &[&IDENTITY, &IS_PICTURE],
    roles: ROLES,
    examples: &[Example {
        about: "Writes Ann's photo into a file.",
        command: "[IO.File]::WriteAllBytes('ann.jpg', (Export-RecipientDataProperty ann -Picture).FileData)",
    }],
    ..Cmdlet::new(Verb::Export, &DATA, export)
};

fn export(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    picture(call)?;
    let person = own::one(rooms, call, &kinds::MAILBOX)?;
    out.object(shown(rooms, &person, &DATA, P_FILE.name())?)
}

static IMPORT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Gives a person a photo out of a file.",
    notes: LIMITS,
    reads: &[&IDENTITY, &IS_PICTURE, &FILE],
    roles: ROLES,
    examples: &[Example {
        about: "Gives Ann a photo.",
        command: "Import-RecipientDataProperty ann -Picture -FileData ([IO.File]::ReadAllBytes('ann.jpg'))",
    }],
    ..Cmdlet::new(Verb::Import, &DATA, |rooms, call, out| {
        picture(call)?;
        set(rooms, call, out, &FILE)
    })
};

fn picture(call: &Call) -> Result<()> {
    match call.is(&IS_PICTURE) {
        true => Ok(()),
        false => Err(Error::caller(ErrorId::MissingMandatoryParameter, "Say what is meant: -Picture.")
            .about(IS_PICTURE.name())),
    }
}
