//! The record of administrators' changes: searching it, adding a comment to it, and how long it is kept.

use crate::audit_query::{self, CMDLET_NAMES, END_DATE, OBJECT_IDS, START_DATE, USER_IDS};
use crate::rooms::Rooms;
use crate::standard::Subject;
use directory::schema::audit::{
    ADMIN_AUDIT_LOG, ADMIN_AUDIT_LOG_CONFIG, CMDLET_PARAMETER, MODIFIED_PROPERTY,
};
use directory::{AdminChange, AuditQuery, Class, PropertyChange, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::Guid;
use object::{Error, ErrorId, Keys, Object, Parameter, Result, Value};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&SEARCH, &WRITE, &GET_CONFIG, &SET_CONFIG];

static PARAMETERS: Parameter<String> =
    Parameter::new("Parameters", "Parameters of which one was given; only together with Cmdlets.").many();
static IS_SUCCESS: Parameter<bool> =
    Parameter::new("IsSuccess", "Whether only what was done is wanted, or only what was refused.");
static EXTERNAL_ACCESS: Parameter<bool> = Parameter::new(
    "ExternalAccess",
    "Whether only what somebody outside of the organization ran is wanted, which there is none of.",
);
static RESULT_SIZE: Parameter<i32> =
    Parameter::new("ResultSize", "How many entries are wanted at most, 1 to 250000; 1000 by default.");
static START_INDEX: Parameter<i32> =
    Parameter::new("StartIndex", "How many entries are left out at the beginning, the newest ones first.");
static COMMENT: Parameter<String> = Parameter::new("Comment", "The text, up to 500 characters.");

static KEYS: Keys = &[
    &CMDLET_NAMES,
    &PARAMETERS,
    &START_DATE,
    &END_DATE,
    &OBJECT_IDS,
    &USER_IDS,
    &IS_SUCCESS,
    &EXTERNAL_ACCESS,
    &RESULT_SIZE,
    &START_INDEX,
];

/// How many entries are shown where nobody says otherwise, and at most, as in Exchange.
const RESULTS_DEFAULT: i32 = 1_000;
const RESULTS_MAX: i32 = 250_000;
/// As in Exchange.
const COMMENT_CHARACTERS_MAX: usize = 500;

static SEARCH: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows who changed what, when and from where, and what was refused, the newest first.",
    notes: "Entries are kept as long as Set-AdminAuditLogConfig -AdminAuditLogAgeLimit says. Showing, as Get- cmdlets \
            do, is not recorded.",
    reads: KEYS,
    roles: &["View-Only Audit Logs", "Audit Logs"],
    examples: &[
        Example {
            about: "Shows what happened to the mailbox of John Evans.",
            command: "Search-AdminAuditLog -ObjectIds 'John Evans'",
        },
        Example {
            about: "Shows who set quotas in November 2026.",
            command: "Search-AdminAuditLog -Cmdlets Set-Mailbox -Parameters ProhibitSendQuota -StartDate 2026-11-01 -EndDate 2026-12-01",
        },
        Example { about: "Shows what was refused.", command: "Search-AdminAuditLog -IsSuccess $false" },
    ],
    ..Cmdlet::new(Verb::Search, &ADMIN_AUDIT_LOG, search)
};

fn search(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let query = query(call)?;
    let mut skipped = within(call, &START_INDEX, 0, i32::MAX)?.unwrap_or(0);
    let mut left = within(call, &RESULT_SIZE, 1, RESULTS_MAX)?.unwrap_or(RESULTS_DEFAULT);
    if call.get(&EXTERNAL_ACCESS)? == Some(true) {
        return Ok(());
    }
    rooms.directory().search_changes(&query, |change| {
        if skipped > 0 {
            skipped -= 1;
            return Ok(true);
        }
        left -= 1;
        out.object(entry(rooms, change))?;
        Ok(left > 0)
    })
}

fn query(call: &Call) -> Result<AuditQuery> {
    let parameters = call.list(&PARAMETERS)?.unwrap_or_default();
    let query = AuditQuery { parameters, succeeded: call.get(&IS_SUCCESS)?, ..audit_query::asked(call)? };
    if query.cmdlets.is_empty() && !query.parameters.is_empty() {
        let message = "Parameters can be searched for only together with Cmdlets.";
        return Err(Error::caller(ErrorId::MissingMandatoryParameter, message)
            .help("Name the cmdlets with -Cmdlets.")
            .about(CMDLET_NAMES.name()));
    }
    Ok(query)
}

fn within(call: &Call, key: &Parameter<i32>, least: i32, most: i32) -> Result<Option<i32>> {
    let number = call.get(key)?;
    if number.is_none_or(|number| (least..=most).contains(&number)) {
        return Ok(number);
    }
    let message = format!("{} must be between {least} and {most}.", key.name());
    Err(Error::caller(ErrorId::InvalidValue, message).about(key.name()))
}

fn entry(rooms: &Rooms, change: &AdminChange) -> Object {
    let (author, about) = (&change.author, change.objects.first());
    let parameters = author.parameters.iter().map(|(name, value)| {
        Value::from(Object::of(&CMDLET_PARAMETER).with("Name", name.clone()).with("Value", value.clone()))
    });
    let properties = about.map_or(&[][..], |about| &about.properties).iter().map(property);
    let others = change.objects.iter().map(|one| Value::from(one.shown.as_str()));
    let guid = about.map(|about| about.object).filter(|guid| *guid != Guid::EMPTY);
    Object::of(&ADMIN_AUDIT_LOG)
        .with("ObjectModified", about.map_or(Value::Null, |about| about.shown.as_str().into()))
        .with("ObjectsModified", Value::array(others))
        .with("ObjectGuid", guid.map_or(Value::Null, Value::from))
        .with("CmdletName", author.command.clone())
        .with("CmdletParameters", Value::array(parameters))
        .with("ModifiedProperties", Value::array(properties))
        .with("Caller", author.who.clone())
        .with("ClientIP", author.from.clone())
        .with("SessionId", author.session.clone())
        .with("ExternalAccess", false)
        .with("Succeeded", change.error.is_none())
        .with("Error", change.error.as_deref().map_or(Value::Null, Value::from))
        .with("RunDate", change.at)
        .with("OriginatingServer", rooms.directory().domain_controller().as_str())
        .with("Identity", change.entry.to_string().as_str())
}

fn property(change: &PropertyChange) -> Value {
    let text = |values: &[String]| Value::from(values.join(", ").as_str());
    let row = Object::of(&MODIFIED_PROPERTY).with("Name", change.name.as_str());
    row.with("OldValue", text(&change.before)).with("NewValue", text(&change.after)).into()
}

static WRITE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Adds a comment to the record of changes: why something was done.",
    reads: &[&COMMENT],
    roles: &["Audit Logs"],
    examples: &[Example {
        about: "Says why what follows is done.",
        command: "Write-AdminAuditLog -Comment 'Quotas of sales doubled, as agreed.'",
    }],
    ..Cmdlet::new(Verb::Write, &ADMIN_AUDIT_LOG, |_, call, out| {
        let comment = call.need(&COMMENT)?;
        if comment.chars().count() > COMMENT_CHARACTERS_MAX {
            let message = format!("The comment can have at most {COMMENT_CHARACTERS_MAX} characters.");
            return Err(Error::caller(ErrorId::InvalidValue, message).about(COMMENT.name()));
        }
        // The gate records what was done and has no record of its own: the parameter is the comment.
        out.should("AdminAuditLog", "Adding a comment to the admin audit log.").map(drop)
    })
};

static CONFIG: Subject = Subject {
    one: |_, rooms, _| rooms.directory().organization(),
    ..Subject::of(
        &ADMIN_AUDIT_LOG_CONFIG,
        &kinds::ORGANIZATION,
        Class::Organization,
        "admin audit log configuration",
    )
};

static GET_CONFIG: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows how long the record of administrators' changes is kept.",
    notes: "Every cmdlet that changes something is recorded, with all its parameters.",
    roles: &["View-Only Audit Logs", "Audit Logs"],
    examples: &[Example { about: "Shows how long entries are kept.", command: "Get-AdminAuditLogConfig" }],
    ..CONFIG.cmdlet(Verb::Get)
};

static SET_CONFIG: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes how long the record of administrators' changes is kept.",
    notes: "Older entries go within the hour. Hashes of passwords leave the record after 30 days at most.",
    roles: &["Audit Logs"],
    examples: &[Example {
        about: "Keeps entries for a year.",
        command: "Set-AdminAuditLogConfig -AdminAuditLogAgeLimit 365.00:00:00",
    }],
    ..CONFIG.cmdlet(Verb::Set)
};
