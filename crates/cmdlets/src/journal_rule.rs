//! Journal rules: of which mail somebody gets a report with the message in it.

use crate::rooms::Rooms;
use crate::standard::{Besides, Subject};
use crate::transport_rule::{RULES_MAX, person};
use directory::schema::journal::{JOURNAL_ADDRESS, JOURNAL_RULE};
use directory::schema::rule::ENABLED;
use directory::{Change, Class, Directory, Edit, Record, kinds};
use gate::{Call, Cmdlet, Example, Verb};
use object::types::{Guid, ObjectId, SmtpAddress};
use object::{Error, ErrorId, Parameter, Result};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &SET, &ENABLE, &DISABLE, &REMOVE];

const ROLES: &[&str] = &["Journaling"];

static KEEPER: Parameter<ObjectId> =
    Parameter::new("JournalEmailAddress", "Who gets a report of each message, with the message in it.");
static ENABLED_AT_ONCE: Parameter<bool> = Parameter::of(&ENABLED);

static RULES: Subject = Subject {
    make: |subject, rooms, call, name, mut edits| {
        let (class, name) = (subject.class, name.to_owned());
        let keeper = keeper(rooms.directory(), &call.need(&KEEPER)?.shown)?;
        edits.push(Edit::set(&JOURNAL_ADDRESS, keeper));
        edits.push(Edit::set(&ENABLED, call.get(&ENABLED_AT_ONCE)?.unwrap_or(false)));
        let made = rooms.directory().change(call.author(), move |change| {
            if change.directory().all(class).len() >= RULES_MAX {
                let sentence = format!("There are {RULES_MAX} journal rules; there can't be more.");
                return Err(Error::limit(ErrorId::TooManyPatterns, sentence));
            }
            change.new_configuration(class, &name, &edits)
        })?;
        rooms.directory().need(made.guid())
    },
    besides: |rooms, call, _| {
        let Some(wanted) = call.get_or_refuse_null(&KEEPER)? else { return Ok(None) };
        let edits = vec![Edit::set(&JOURNAL_ADDRESS, keeper(rooms.directory(), &wanted.shown)?)];
        Ok(Some(Box::new(move |change: &mut Change<'_>, guid: Guid| {
            let mut record = change.read(guid)?;
            match change.edit(&mut record, &edits)? {
                true => change.save(record),
                false => Ok(()),
            }
        }) as Besides))
    },
    enable: |rooms, call, record, _| switch(rooms, call, record, true),
    disable: |rooms, call, record, _| switch(rooms, call, record, false),
    ..Subject::of(&JOURNAL_RULE, &kinds::JOURNAL_RULE, Class::JournalRule, "journal rule")
};

/// The address of whoever gets the reports.
pub(crate) fn keeper(directory: &Directory, text: &str) -> Result<String> {
    let address = person(directory, text, KEEPER.name())?;
    // Whom one cannot write to keeps nothing.
    match SmtpAddress::parse(&address) {
        Some(_) => Ok(address),
        None => Err(Error::not_found(ErrorId::PrimaryAddressMissing, format!("{text} has no address."))
            .about(KEEPER.name())),
    }
}

fn switch(rooms: &Rooms, call: &Call, record: &Record, on: bool) -> Result<()> {
    let guid = record.guid();
    rooms.directory().change(call.author(), move |change| {
        let mut record = change.read(guid)?;
        record.set(&ENABLED, on);
        change.save(record)
    })
}

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the rules that journal mail.",
    roles: &["Journaling", "View-Only Configuration"],
    examples: &[Example { about: "Lists all journal rules.", command: "Get-JournalRule" }],
    ..RULES.cmdlet(Verb::Get)
};

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a rule that journals mail.",
    notes: "Each message comes once to each keeper, in the form in which it came, with a text that tells who sent it and who gets \
            it, also unseen or through which group. Reports, and messages whose way rules end for everybody, are not journaled. \
            The rule is off unless -Enabled $true is given. Set-TransportConfig -JournalingReportNdrTo says who hears of journal \
            reports that cannot be delivered; without it they wait in the queue.",
    reads: &[&KEEPER, &ENABLED_AT_ONCE],
    roles: ROLES,
    examples: &[Example {
        about: "Keeps all mail of the sales group.",
        command: "New-JournalRule -Name Sales -JournalEmailAddress frank -Recipient sales@contoso.com -Enabled $true",
    }],
    ..RULES.cmdlet(Verb::New)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes a rule that journals mail.",
    reads: &[&KEEPER],
    roles: ROLES,
    examples: &[Example {
        about: "Journals only what comes from or goes to the outside.",
        command: "New-JournalRule -Name All -JournalEmailAddress frank | Set-JournalRule -Scope External",
    }],
    ..RULES.cmdlet(Verb::Set)
};

static ENABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Puts a rule that journals mail into force.",
    roles: ROLES,
    examples: &[Example {
        about: "Makes a rule and puts it into force.",
        command: "New-JournalRule -Name All -JournalEmailAddress frank | Enable-JournalRule",
    }],
    ..RULES.cmdlet(Verb::Enable)
};
static DISABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes a rule that journals mail out of force.",
    roles: ROLES,
    examples: &[Example {
        about: "Takes all journal rules out of force.",
        command: "Get-JournalRule | Disable-JournalRule -Confirm:$false",
    }],
    ..RULES.cmdlet(Verb::Disable)
};
static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes a rule that journals mail.",
    roles: ROLES,
    examples: &[Example {
        about: "Removes all journal rules.",
        command: "Get-JournalRule | Remove-JournalRule -Confirm:$false",
    }],
    ..RULES.cmdlet(Verb::Remove)
};
