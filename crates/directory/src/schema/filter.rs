//! Which recipients something is for: what dynamic groups, address policies and address lists say of that.
//!
//! Kinds and conditions become a text in the filter language. What is kept and looked at is the text alone, as in Exchange:
//! so what an administrator sees of a filter is what it does.

use self::WellKnownRecipientType as Known;
use super::check::{TEXT, up_to};
use super::properties;
use crate::{Class, Record};
use object::types::ObjectId;
use object::{Check, Declared, Filter, Property, Result, Spec, Value};

object::enumeration! {
    /// A kind of recipients, of the ready-made filters.
    pub enum WellKnownRecipientType: "Microsoft.Exchange.Data.Directory.Recipient.WellKnownRecipientType" {
        /// Nobody.
        None = 0,
        /// People's and shared mailboxes.
        MailboxUsers = 1,
        /// Rooms and equipment.
        Resources = 2,
        /// Mail contacts.
        MailContacts = 4,
        /// Groups of every kind.
        MailGroups = 8,
        /// Mail users.
        MailUsers = 16,
        /// Everybody.
        AllRecipients = 32,
    }
}
object::enumeration! {
    /// How a filter was given.
    pub enum RecipientFilterType: "Microsoft.Exchange.Data.Directory.Recipient.WellKnownRecipientFilterType" {
        /// There is none.
        Unknown = 0,
        /// In the filter language.
        Custom = 1,
        /// By kinds and conditions.
        Precanned = 2,
    }
}

/// A filter that can be read.
const FILTER: Check = Check {
    passes: is_filter,
    allows: || "A filter such as Department -eq 'Sales' -and RecipientType -eq 'UserMailbox'.".to_owned(),
};

/// A filter of mailbox databases that can be read.
pub(crate) const DATABASE_FILTER: Check = Check {
    passes: |value| parse_for_databases(value.as_str().unwrap_or_default()).map(drop),
    allows: || "A filter such as Name -like 'Berlin*'.".to_owned(),
};

properties! {
    RECIPIENT_FILTER: String = "RecipientFilter", "Which recipients it is for, in the filter language.", attribute("msExchQueryFilter"), check(FILTER);
    RECIPIENT_FILTER_TYPE: RecipientFilterType = "RecipientFilterType", "Whether the filter was written or made of kinds and conditions.", computed();
    RECIPIENT_CONTAINER: ObjectId = "RecipientContainer", "The organisational unit below which they stand; everywhere where none is named.", refers_to("OrganizationalUnitIdParameter");
    INCLUDED_RECIPIENTS: WellKnownRecipientType = "IncludedRecipients", "The kinds of recipients that it is for.", many();
    CONDITIONAL_COMPANY: String = "ConditionalCompany", "The companies of which they are.", many(), check(TEXT);
    CONDITIONAL_DEPARTMENT: String = "ConditionalDepartment", "The departments in which they are.", many(), check(TEXT);
    CONDITIONAL_STATE: String = "ConditionalStateOrProvince", "The states or provinces in which they are.", many(), check(TEXT);
    CONDITIONAL_CUSTOM_ATTRIBUTE_1: String = "ConditionalCustomAttribute1", "The values of CustomAttribute1 that they have.", many(), check(up_to::<1024>());
    CONDITIONAL_CUSTOM_ATTRIBUTE_2: String = "ConditionalCustomAttribute2", "The values of CustomAttribute2 that they have.", many(), check(up_to::<1024>());
    CONDITIONAL_CUSTOM_ATTRIBUTE_3: String = "ConditionalCustomAttribute3", "The values of CustomAttribute3 that they have.", many(), check(up_to::<1024>());
    CONDITIONAL_CUSTOM_ATTRIBUTE_4: String = "ConditionalCustomAttribute4", "The values of CustomAttribute4 that they have.", many(), check(up_to::<1024>());
    CONDITIONAL_CUSTOM_ATTRIBUTE_5: String = "ConditionalCustomAttribute5", "The values of CustomAttribute5 that they have.", many(), check(up_to::<1024>());
    CONDITIONAL_CUSTOM_ATTRIBUTE_6: String = "ConditionalCustomAttribute6", "The values of CustomAttribute6 that they have.", many(), check(up_to::<1024>());
    CONDITIONAL_CUSTOM_ATTRIBUTE_7: String = "ConditionalCustomAttribute7", "The values of CustomAttribute7 that they have.", many(), check(up_to::<1024>());
    CONDITIONAL_CUSTOM_ATTRIBUTE_8: String = "ConditionalCustomAttribute8", "The values of CustomAttribute8 that they have.", many(), check(up_to::<1024>());
    CONDITIONAL_CUSTOM_ATTRIBUTE_9: String = "ConditionalCustomAttribute9", "The values of CustomAttribute9 that they have.", many(), check(up_to::<1024>());
    CONDITIONAL_CUSTOM_ATTRIBUTE_10: String = "ConditionalCustomAttribute10", "The values of CustomAttribute10 that they have.", many(), check(up_to::<1024>());
    CONDITIONAL_CUSTOM_ATTRIBUTE_11: String = "ConditionalCustomAttribute11", "The values of CustomAttribute11 that they have.", many(), check(up_to::<1024>());
    CONDITIONAL_CUSTOM_ATTRIBUTE_12: String = "ConditionalCustomAttribute12", "The values of CustomAttribute12 that they have.", many(), check(up_to::<1024>());
    CONDITIONAL_CUSTOM_ATTRIBUTE_13: String = "ConditionalCustomAttribute13", "The values of CustomAttribute13 that they have.", many(), check(up_to::<1024>());
    CONDITIONAL_CUSTOM_ATTRIBUTE_14: String = "ConditionalCustomAttribute14", "The values of CustomAttribute14 that they have.", many(), check(up_to::<1024>());
    CONDITIONAL_CUSTOM_ATTRIBUTE_15: String = "ConditionalCustomAttribute15", "The values of CustomAttribute15 that they have.", many(), check(up_to::<1024>());
}

/// Each condition and the property of recipients that it is about.
pub(crate) static CONDITIONS: &[(&Property<String>, &str)] = &[
    (&CONDITIONAL_COMPANY, "Company"),
    (&CONDITIONAL_DEPARTMENT, "Department"),
    (&CONDITIONAL_STATE, "StateOrProvince"),
    (&CONDITIONAL_CUSTOM_ATTRIBUTE_1, "CustomAttribute1"),
    (&CONDITIONAL_CUSTOM_ATTRIBUTE_2, "CustomAttribute2"),
    (&CONDITIONAL_CUSTOM_ATTRIBUTE_3, "CustomAttribute3"),
    (&CONDITIONAL_CUSTOM_ATTRIBUTE_4, "CustomAttribute4"),
    (&CONDITIONAL_CUSTOM_ATTRIBUTE_5, "CustomAttribute5"),
    (&CONDITIONAL_CUSTOM_ATTRIBUTE_6, "CustomAttribute6"),
    (&CONDITIONAL_CUSTOM_ATTRIBUTE_7, "CustomAttribute7"),
    (&CONDITIONAL_CUSTOM_ATTRIBUTE_8, "CustomAttribute8"),
    (&CONDITIONAL_CUSTOM_ATTRIBUTE_9, "CustomAttribute9"),
    (&CONDITIONAL_CUSTOM_ATTRIBUTE_10, "CustomAttribute10"),
    (&CONDITIONAL_CUSTOM_ATTRIBUTE_11, "CustomAttribute11"),
    (&CONDITIONAL_CUSTOM_ATTRIBUTE_12, "CustomAttribute12"),
    (&CONDITIONAL_CUSTOM_ATTRIBUTE_13, "CustomAttribute13"),
    (&CONDITIONAL_CUSTOM_ATTRIBUTE_14, "CustomAttribute14"),
    (&CONDITIONAL_CUSTOM_ATTRIBUTE_15, "CustomAttribute15"),
];

/// What whatever is for some recipients has.
pub(crate) const PROPERTIES: &[&dyn Declared] = &[
    &RECIPIENT_FILTER,
    &RECIPIENT_FILTER_TYPE,
    &RECIPIENT_CONTAINER,
    &INCLUDED_RECIPIENTS,
    &CONDITIONAL_COMPANY,
    &CONDITIONAL_DEPARTMENT,
    &CONDITIONAL_STATE,
    &CONDITIONAL_CUSTOM_ATTRIBUTE_1,
    &CONDITIONAL_CUSTOM_ATTRIBUTE_2,
    &CONDITIONAL_CUSTOM_ATTRIBUTE_3,
    &CONDITIONAL_CUSTOM_ATTRIBUTE_4,
    &CONDITIONAL_CUSTOM_ATTRIBUTE_5,
    &CONDITIONAL_CUSTOM_ATTRIBUTE_6,
    &CONDITIONAL_CUSTOM_ATTRIBUTE_7,
    &CONDITIONAL_CUSTOM_ATTRIBUTE_8,
    &CONDITIONAL_CUSTOM_ATTRIBUTE_9,
    &CONDITIONAL_CUSTOM_ATTRIBUTE_10,
    &CONDITIONAL_CUSTOM_ATTRIBUTE_11,
    &CONDITIONAL_CUSTOM_ATTRIBUTE_12,
    &CONDITIONAL_CUSTOM_ATTRIBUTE_13,
    &CONDITIONAL_CUSTOM_ATTRIBUTE_14,
    &CONDITIONAL_CUSTOM_ATTRIBUTE_15,
];

/// What each kind of the ready-made filters means.
const KINDS: [(Known, &str); 6] = [
    (Known::AllRecipients, "(Alias -ne $null)"),
    (
        Known::MailboxUsers,
        "(RecipientType -eq 'UserMailbox' -and -not (RecipientTypeDetails -eq 'RoomMailbox' -or RecipientTypeDetails -eq \
         'EquipmentMailbox'))",
    ),
    (
        Known::Resources,
        "(RecipientTypeDetails -eq 'RoomMailbox' -or RecipientTypeDetails -eq 'EquipmentMailbox')",
    ),
    (Known::MailContacts, "(RecipientType -eq 'MailContact')"),
    (
        Known::MailGroups,
        "(RecipientType -eq 'MailUniversalDistributionGroup' -or RecipientType -eq 'MailUniversalSecurityGroup' -or \
         RecipientType -eq 'MailNonUniversalGroup' -or RecipientType -eq 'DynamicDistributionGroup')",
    ),
    (Known::MailUsers, "(RecipientType -eq 'MailUser')"),
];

/// A property that objects of some class have, by the word that filters know it by.
fn filterable(classes: &[Class], word: &str) -> Option<&'static Spec> {
    let lists = classes.iter().flat_map(|class| class.properties().iter().copied());
    let mut specs = lists.flatten().map(|declared| declared.spec()).filter(|spec| spec.filterable);
    specs.find(|spec| spec.filter_name.unwrap_or(spec.name).eq_ignore_ascii_case(word))
}

/// Reads a filter for recipients.
pub(crate) fn parse(text: &str) -> Result<Filter> {
    Filter::parse(text, &|word| filterable(&[Class::User, Class::Group], word))
}

/// Reads a filter for mailbox databases.
pub(crate) fn parse_for_databases(text: &str) -> Result<Filter> {
    Filter::parse(text, &|word| filterable(&[Class::MailboxDatabase], word))
}

/// Refuses what is no filter for recipients.
fn is_filter(value: &Value) -> Result<()> {
    parse(value.as_str().unwrap_or_default()).map(drop)
}

/// The text of a filter by kinds and conditions: any of the kinds, and of each condition any of its values.
pub(crate) fn text_of(record: &Record) -> Option<String> {
    let included = record.all(&INCLUDED_RECIPIENTS);
    let any = |parts: Vec<String>| (!parts.is_empty()).then(|| format!("({})", parts.join(" -or ")));
    let kinds = KINDS.iter().filter(|(kind, _)| included.contains(kind));
    let kinds = any(kinds.map(|(_, text)| (*text).to_owned()).collect())?;
    let conditions = CONDITIONS.iter().filter_map(|(property, about)| {
        let equal = |value: String| format!("{about} -eq '{}'", value.replace('\'', "''"));
        any(record.all(property).into_iter().map(equal).collect())
    });
    Some(std::iter::once(kinds).chain(conditions).collect::<Vec<_>>().join(" -and "))
}

/// Whether a property is one by which a ready-made filter is given.
pub(crate) fn is_ready_made(spec: &Spec) -> bool {
    std::ptr::eq(spec, INCLUDED_RECIPIENTS.spec())
        || CONDITIONS.iter().any(|(property, _)| std::ptr::eq(spec, property.spec()))
}

/// How the filter of an object was given.
pub(crate) fn filter_type(record: &Record) -> RecipientFilterType {
    match (record.has(RECIPIENT_FILTER.spec()), record.has(INCLUDED_RECIPIENTS.spec())) {
        (false, _) => RecipientFilterType::Unknown,
        (true, true) => RecipientFilterType::Precanned,
        (true, false) => RecipientFilterType::Custom,
    }
}
