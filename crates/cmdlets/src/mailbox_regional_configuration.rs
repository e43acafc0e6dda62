//! The language of a mailbox's owner, how dates and times are written there, and folders named in that language.

use crate::authority::within_scopes;
use crate::own;
use crate::rooms::{IDENTITY, Rooms};
use ::mailbox::store::WellKnown;
use ::mailbox::{Language, Phrase, language_of};
use directory::schema::mailbox::LANGUAGES;
use directory::schema::options::{
    DATE_FORMAT, FOLDERS_MATCH, LANGUAGE, MAILBOX_REGIONAL_CONFIGURATION, TIME_FORMAT, TIME_ZONE,
};
use directory::{Culture, CultureInfo, Edit, Record, TimeZoneName, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::{Declared, Error, ErrorId, Parameter, Property, Result, Switch, Value};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &SET];

static VERIFY: Parameter<Switch> = Parameter::new(
    "VerifyDefaultFolderNameLanguage",
    "Looks whether the well-known folders have their names in the language.",
);
static NEW_LANGUAGE: Parameter<CultureInfo> = Parameter::of(&LANGUAGE);
static NEW_DATE_FORMAT: Parameter<String> = Parameter::of(&DATE_FORMAT);
static NEW_TIME_FORMAT: Parameter<String> = Parameter::of(&TIME_FORMAT);
static NEW_TIME_ZONE: Parameter<TimeZoneName> = Parameter::of(&TIME_ZONE);
static LOCALIZE: Parameter<Switch> = Parameter::new(
    "LocalizeDefaultFolderName",
    "Gives the well-known folders their names in the language, for every client at once.",
);

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows the language of a mailbox's owner, and how dates and times are written there.",
    notes: "People see their own.",
    reads: &[&IDENTITY, &VERIFY],
    roles: &["User Options", "View-Only Recipients", "Mail Recipients"],
    examples: &[Example {
        about: "Shows Frank's language, and whether his folders are named in it.",
        command: "Get-MailboxRegionalConfiguration frank -VerifyDefaultFolderNameLanguage",
    }],
    ..Cmdlet::new(Verb::Get, &MAILBOX_REGIONAL_CONFIGURATION, get)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes the language of a mailbox's owner, and how dates and times are written there.",
    notes: "The language becomes the first of the mailbox's Languages. Folders are named in English, German, French, Spanish, \
            Portuguese and Chinese; what they are for stays, so clients find them. $null as a format is the usual one of \
            the language. People set their own.",
    reads: &[&IDENTITY, &NEW_LANGUAGE, &NEW_DATE_FORMAT, &NEW_TIME_FORMAT, &NEW_TIME_ZONE, &LOCALIZE],
    roles: &["User Options", "Mail Recipients"],
    examples: &[Example {
        about: "Gives Frank's folders German names.",
        command: "Set-MailboxRegionalConfiguration frank -Language de-DE -LocalizeDefaultFolderName",
    }],
    ..Cmdlet::new(Verb::Set, &MAILBOX_REGIONAL_CONFIGURATION, set)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let record = own::one(rooms, call, &kinds::MAILBOX)?;
    let object = rooms.directory().object(&record, &MAILBOX_REGIONAL_CONFIGURATION);
    if call.is(&VERIFY) {
        object.set(FOLDERS_MATCH.name(), folders_match(rooms, &record)?);
    }
    out.object(object)
}

/// The well-known folders that people see, and what they are called.
const NAMES: [(WellKnown, Phrase); 11] = [
    (WellKnown::Inbox, Phrase::FOLDER_INBOX),
    (WellKnown::SentItems, Phrase::FOLDER_SENT),
    (WellKnown::DeletedItems, Phrase::FOLDER_DELETED),
    (WellKnown::Drafts, Phrase::FOLDER_DRAFTS),
    (WellKnown::JunkEmail, Phrase::FOLDER_JUNK),
    (WellKnown::Archive, Phrase::FOLDER_ARCHIVE),
    (WellKnown::Outbox, Phrase::FOLDER_OUTBOX),
    (WellKnown::Calendar, Phrase::FOLDER_CALENDAR),
    (WellKnown::Contacts, Phrase::FOLDER_CONTACTS),
    (WellKnown::Tasks, Phrase::FOLDER_TASKS),
    (WellKnown::Notes, Phrase::FOLDER_NOTES),
];

fn names(language: Language) -> Vec<(WellKnown, String)> {
    NAMES.iter().map(|(kind, phrase)| (*kind, language.say(*phrase, &[]))).collect()
}

fn folders_match(rooms: &Rooms, record: &Record) -> Result<bool> {
    let folders = rooms.mailboxes.mailbox(record)?.folders()?;
    let wanted = names(language_of(record));
    Ok(wanted.iter().all(|(kind, name)| {
        folders.iter().filter(|folder| folder.kind == Some(*kind)).all(|folder| folder.name == *name)
    }))
}

fn set(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let record = own::one(rooms, call, &kinds::MAILBOX)?;
    // Folders are renamed without the directory, which asks for its own changes.
    within_scopes(rooms.directory(), call.author(), &record)?;
    let edits = edits(call, &record)?;
    let localizes = call.is(&LOCALIZE);
    let spoken = localizes.then(|| spoken(call, &record)).transpose()?;
    let shown = rooms.shown(&record);
    if !out.should(&shown, &format!("Setting regional configuration of mailbox \"{shown}\"."))? {
        return Ok(());
    }
    // First what can be refused: a folder of the owner's may have a name that is wanted.
    if let Some(language) = spoken {
        rooms.mailboxes.mailbox(&record)?.rename_known(&names(language))?;
    }
    let guid = record.guid();
    rooms.directory().change(call.author(), move |change| {
        let mut record = change.read(guid)?;
        if change.edit(&mut record, &edits)? {
            change.save(record)?;
        }
        Ok(())
    })
}

/// The language in which folders are to be named, which has to be one that is spoken here.
fn spoken(call: &Call, record: &Record) -> Result<Language> {
    let culture = call.get(&NEW_LANGUAGE)?.or_else(|| record.all(&LANGUAGES).into_iter().next());
    let Some(culture) = culture else {
        let message = "The mailbox has no language yet.";
        return Err(Error::caller(ErrorId::ValueRequired, message)
            .help("Give -Language as well.")
            .about(NEW_LANGUAGE.name()));
    };
    Language::named(&culture.0).ok_or_else(|| {
        let tags: Vec<&str> = Language::all().map(Language::tag).collect();
        Error::caller(ErrorId::CultureUnknown, format!("Folders have no names in {}.", culture.0))
            .help(format!("They have in {}.", tags.join(", ")))
            .about(NEW_LANGUAGE.name())
    })
}

fn edits(call: &Call, record: &Record) -> Result<Vec<Edit>> {
    let mut edits = Vec::new();
    let mut languages = record.all(&LANGUAGES);
    if let Some(language) = call.get_or_refuse_null(&NEW_LANGUAGE)? {
        let language = checked(&LANGUAGE, language)?;
        languages.retain(|known| *known != language);
        languages.insert(0, language);
        edits.push(Edit::set_all(&LANGUAGES, languages.clone()));
    }
    let culture = languages.first().map(|first| (first.0.to_string(), Culture::of(&first.0)));
    for (key, property) in [(&NEW_DATE_FORMAT, &DATE_FORMAT), (&NEW_TIME_FORMAT, &TIME_FORMAT)] {
        let (given, none) = (call.get(key)?, call.value(key).is_some_and(Value::is_null));
        let before = record.get(property).filter(|_| !none);
        let edit = match &culture {
            Some((name, culture)) => form(given, property, name, culture, before)?,
            None if none => Some(Edit::new(property.spec(), &Value::Null)?),
            None => given.map(|given| refuse_without_language(&given, property)).transpose()?,
        };
        edits.extend(edit);
    }
    if let Some(zone) = call.value(&NEW_TIME_ZONE) {
        edits.push(Edit::new(TIME_ZONE.spec(), zone)?);
    }
    Ok(edits)
}

/// The form that was given, which the culture has to know; without one the culture's usual one, where the form of before is none
/// of its.
fn form(
    given: Option<String>,
    property: &'static Property<String>,
    name: &str,
    culture: &Culture,
    before: Option<String>,
) -> Result<Option<Edit>> {
    let known = if std::ptr::eq(property, &DATE_FORMAT) { &culture.dates } else { &culture.times };
    match given {
        Some(form) if known.contains(&form.as_str()) => Ok(Some(Edit::set(property, form))),
        Some(form) => {
            let (what, list) = (property.name(), known.join(", "));
            let message = format!(
                "{what} \"{form}\" isn't valid for current language setting \"{name}\". Valid formats include \"{list}\"."
            );
            Err(Error::caller(ErrorId::InvalidValue, message).about(what))
        }
        None => {
            let kept = before.is_some_and(|form| known.contains(&form.as_str()));
            let usual = known.first().filter(|_| !kept);
            Ok(usual.map(|usual| Edit::set(property, (*usual).to_owned())))
        }
    }
}

fn refuse_without_language(given: &str, property: &'static Property<String>) -> Result<Edit> {
    let message =
        format!("{} \"{given}\" depends on a language, and the mailbox has none yet.", property.name());
    Err(Error::caller(ErrorId::ValueRequired, message).help("Give -Language as well.").about(property.name()))
}

/// A value that the property's check lets pass.
fn checked<T: object::types::PropertyType>(property: &'static Property<T>, value: T) -> Result<T> {
    let read = property.spec().read(&value.into_value())?;
    T::of_value(&read).ok_or_else(|| property.spec().kind.refuse(&read))
}
