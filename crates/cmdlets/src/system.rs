//! The switches that ask for mailboxes of the system, which `Get-Mailbox`, `Get-User` and `Get-CASMailbox` share.

use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{Subject, Wanted};
use directory::schema::mailbox::is_system_mailbox;
use directory::{MIGRATION_MAILBOX, Query, Record};
use gate::Call;
use object::types::{Guid, RecipientTypeDetails as Details};
use object::{Keys, Parameter, Result, Switch};

/// Mailboxes in which organization-wide features keep their own things.
pub(crate) static ARBITRATION: Parameter<Switch> = Parameter::new(
    "Arbitration",
    "Means arbitration mailboxes, in which the organization's own features keep things.",
);
pub(crate) static AUDIT_LOG: Parameter<Switch> =
    Parameter::new("AuditLog", "Means mailboxes that keep audit logs.");
pub(crate) static AUX_AUDIT_LOG: Parameter<Switch> =
    Parameter::new("AuxAuditLog", "Means additional mailboxes that keep audit logs.");
static MIGRATION: Parameter<Switch> =
    Parameter::new("Migration", "Shows the mailboxes that migrations are kept in.");
static MONITORING: Parameter<Switch> =
    Parameter::new("Monitoring", "Shows mailboxes that are there to be watched over.");
pub(crate) static PUBLIC_FOLDER: Parameter<Switch> =
    Parameter::new("PublicFolder", "Means public folder mailboxes.");
static SUPERVISORY_REVIEW_POLICY: Parameter<Switch> =
    Parameter::new("SupervisoryReviewPolicy", "Shows mailboxes of supervisory review policies.");
static GROUP_MAILBOX: Parameter<Switch> = Parameter::new("GroupMailbox", "Shows mailboxes of groups.");

/// The switches.
pub(crate) static KEYS: Keys = &[
    &ARBITRATION,
    &AUDIT_LOG,
    &AUX_AUDIT_LOG,
    &MIGRATION,
    &MONITORING,
    &PUBLIC_FOLDER,
    &SUPERVISORY_REVIEW_POLICY,
    &GROUP_MAILBOX,
];

/// The kinds that each stands for.
static KINDS: &[(&Parameter<Switch>, &[Details])] = &[
    (&ARBITRATION, &[Details::ArbitrationMailbox]),
    (&AUDIT_LOG, &[Details::AuditLogMailbox]),
    (&AUX_AUDIT_LOG, &[Details::AuxAuditLogMailbox]),
    (&MIGRATION, &[Details::ArbitrationMailbox]),
    (&MONITORING, &[Details::MonitoringMailbox]),
    (&PUBLIC_FOLDER, &[Details::PublicFolderMailbox]),
    (&SUPERVISORY_REVIEW_POLICY, &[Details::SupervisoryReviewPolicyMailbox]),
    (&GROUP_MAILBOX, &[Details::GroupMailbox]),
];

/// What a call looks for: the kinds of its switches; without one, all but the system's.
pub(crate) fn query(subject: &Subject, call: &Call) -> Query {
    let asked = KINDS.iter().filter(|(switch, _)| call.is(switch));
    let details: Vec<Details> = asked.flat_map(|(_, kinds)| kinds.iter().copied()).collect();
    Query { system: !details.is_empty(), details, ..Query::of(subject.kind) }
}

/// Refuses the name of a mailbox of the system as that of one that is not there, as long as its switch is not given.
pub(crate) fn check_named(subject: &Subject, rooms: &Rooms, call: &Call) -> Result<()> {
    let Some(identity) = call.get(&IDENTITY)? else { return Ok(()) };
    let asked = KINDS.iter().any(|(switch, _)| call.is(switch));
    if asked || identity.shown.contains('*') && identity.guid == Guid::EMPTY {
        return Ok(());
    }
    let record = crate::own::named(rooms, call, subject.kind, &identity)?;
    if !is_system_mailbox(record.details()) {
        return Ok(());
    }
    let named = KINDS.iter().find(|(_, kinds)| kinds.contains(&record.details()));
    let error = rooms.directory().nothing_named(&identity.shown);
    Err(match named {
        Some((switch, _)) => error.help(format!("It is a mailbox of the system: add -{}.", switch.name())),
        None => error,
    })
}

/// Whether a call means this one of the mailboxes that [`query`] finds: one arbitration mailbox keeps the migrations.
pub(crate) fn means(call: &Call) -> impl Fn(&Record) -> bool + use<> {
    let only_migrations = call.is(&MIGRATION) && !call.is(&ARBITRATION);
    let other = |record: &Record| {
        record.details() == Details::ArbitrationMailbox && record.name() != MIGRATION_MAILBOX
    };
    move |record| !(only_migrations && other(record))
}

/// [`query`] and [`means`], where nothing else counts.
pub(crate) fn wanted<'a>(subject: &Subject, _: &'a Rooms, call: &Call) -> Result<Wanted<'a>> {
    Ok(Wanted { query: query(subject, call), passes: Box::new(means(call)) })
}
