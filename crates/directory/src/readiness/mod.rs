//! Whether the recipients could be synchronised with a cloud directory as they are: one finding for each value that could
//! not, with the value that would do.
//!
//! The rules are those of the tool that administrators know for it, with its words for what is wrong, and what it leaves
//! out: linked mailboxes, contradictions between account and mailbox, domains that are nobody's. To add a rule for an
//! attribute, add a line to `attribute.rs`; what is asked of an object as a whole stands in `object.rs`.

mod attribute;
mod domain_name;
mod object;

use crate::cache::Cache;
use crate::edit::Edit;
use crate::record::Record;
use crate::schema::{group, recipient, user};
use crate::{Class, Directory};
use ::object::types::{Guid, ProxyAddress, RecipientTypeDetails};
use ::object::{Declared, Result, Spec};
use std::collections::HashMap;
use std::sync::Arc;

/// What is wrong with a value, in the words of the trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SyncRule {
    /// A linked mailbox is synchronised only together with the account of the other forest.
    LinkedMailbox,
    /// The account is disabled and nobody else owns the mailbox.
    AccountDisabled,
    /// The account is enabled, and another one owns the mailbox.
    MasterAccount,
    /// Something that must be there is missing.
    Blank,
    /// Not of the form that it must have.
    Format,
    /// Holds characters that it must not hold.
    Character,
    /// The part before the @ is wrong.
    LocalPart,
    /// The part behind the @ is wrong.
    DomainPart,
    /// Ends in a domain that mail cannot be routed to.
    TopLevelDomain,
    /// A domain that is not accepted here, so it cannot be proved to be this organisation's.
    DomainNotAccepted,
    /// Too long.
    Length,
    /// Somebody else has it, too.
    Duplicate,
    /// A mailbox with a target address sends its mail in circles.
    TargetAddress,
    /// More members than are synchronised.
    Members,
    /// What people log on with is not what they get mail at: worth knowing, no fault.
    NotPrimaryAddress,
}

impl SyncRule {
    /// The word that is shown.
    pub fn word(self) -> &'static str {
        match self {
            SyncRule::LinkedMailbox => "LinkedMailbox",
            SyncRule::AccountDisabled => "AccountDisabled",
            SyncRule::MasterAccount => "MasterAccount",
            SyncRule::Blank => "Blank",
            SyncRule::Format => "Format",
            SyncRule::Character => "Character",
            SyncRule::LocalPart => "LocalPart",
            SyncRule::DomainPart => "DomainPart",
            SyncRule::TopLevelDomain => "TopLevelDomain",
            SyncRule::DomainNotAccepted => "DomainNotAccepted",
            SyncRule::Length => "Length",
            SyncRule::Duplicate => "Duplicate",
            SyncRule::TargetAddress => "TargetAddress",
            SyncRule::Members => "Members",
            SyncRule::NotPrimaryAddress => "NotPrimaryAddress",
        }
    }
    /// What it means, in a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            SyncRule::LinkedMailbox => {
                "The mailbox belongs to an account of another forest; it is synchronised only where that account is, too."
            }
            SyncRule::AccountDisabled => "The account is disabled, and no other account owns the mailbox.",
            SyncRule::MasterAccount => "The account is enabled although another one owns the mailbox.",
            SyncRule::Blank => "The value is missing.",
            SyncRule::Format => "The value has not the form that it must have.",
            SyncRule::Character => "The value holds characters that are not allowed.",
            SyncRule::LocalPart => "The part before the @ is not allowed.",
            SyncRule::DomainPart => "The part behind the @ is not a domain.",
            SyncRule::TopLevelDomain => "The domain ends in a name that mail cannot be routed to.",
            SyncRule::DomainNotAccepted => "The domain is not one of the accepted domains.",
            SyncRule::Length => "The value is too long.",
            SyncRule::Duplicate => "Another object has the same value.",
            SyncRule::TargetAddress => "A mailbox must have no target address.",
            SyncRule::Members => "The group has more members than are synchronised.",
            SyncRule::NotPrimaryAddress => "The name to log on with is not the primary address.",
        }
    }
    /// Whether it is only worth knowing.
    pub fn is_information(self) -> bool {
        self == SyncRule::NotPrimaryAddress
    }
}

/// Something that is in the way of a synchronisation.
#[derive(Clone, Debug)]
pub struct SyncFinding {
    /// The object.
    pub record: Arc<Record>,
    /// The attribute, by its name in the directory (`userPrincipalName`).
    pub attribute: &'static str,
    /// The value; empty where it is missing.
    pub value: String,
    /// What is wrong with it.
    pub rule: SyncRule,
    /// What would do; nothing where a person has to decide.
    pub suggested: Option<String>,
    /// What makes it so, where nothing can be lost by it.
    pub fix: Option<Edit>,
}

/// Gathers the findings of one object after the other.
struct Findings<'a> {
    record: &'a Arc<Record>,
    list: &'a mut Vec<SyncFinding>,
}

impl Findings<'_> {
    fn add(&mut self, attribute: &'static str, value: &str, rule: SyncRule, suggested: Option<String>) {
        self.add_with(attribute, value, rule, suggested, None);
    }
    fn add_with(
        &mut self,
        attribute: &'static str,
        value: &str,
        rule: SyncRule,
        suggested: Option<String>,
        fix: Option<Edit>,
    ) {
        let (record, value) = (Arc::clone(self.record), value.to_owned());
        self.list.push(SyncFinding { record, attribute, value, rule, suggested, fix });
    }
}

impl Directory {
    /// Checks all recipients, or one: linked mailboxes first, then all in the order in which they were made.
    pub fn sync_findings(&self, only: Option<Guid>) -> Result<Vec<SyncFinding>> {
        let cache = self.cache();
        let domains = self.domains();
        let (wanted, taken) = match only {
            Some(guid) => {
                let one = cache.by_guid(guid).filter(|one| is_looked_at(one)).cloned();
                let one: Vec<_> = one.into_iter().collect();
                let beside: Vec<_> = one.iter().flat_map(|one| like_it(&cache, one)).collect();
                (one, Taken::of(&beside))
            }
            None => {
                let all = CLASSES.into_iter().flat_map(|class| cache.of_class(class));
                let all: Vec<_> = all.filter(|record| is_looked_at(record)).collect();
                let taken = Taken::of(&all);
                (all, taken)
            }
        };
        let mut list = Vec::new();
        for record in &wanted {
            let mut found = Findings { record, list: &mut list };
            object::check(&mut found, &domains);
            attribute::check(&mut found, &domains);
            taken.check(&mut found);
        }
        list.sort_by_key(|finding| finding.rule != SyncRule::LinkedMailbox);
        Ok(list)
    }
}

/// What is synchronised.
const CLASSES: [Class; 3] = [Class::User, Class::Contact, Class::Group];

fn is_looked_at(record: &Record) -> bool {
    CLASSES.contains(&record.class()) && !is_skipped(record)
}

/// An object with all that may have one of its unique values, too: what indexes know is not searched for.
fn like_it(cache: &Cache, one: &Arc<Record>) -> Vec<Arc<Record>> {
    let mut found = vec![Arc::clone(one)];
    let (mut mail, mut targets) = (Vec::new(), Vec::new());
    for (space, _, folded, _) in unique_values(one) {
        match space {
            "mailNickname" => found.extend(cache.by_value(recipient::ALIAS.spec(), &folded)),
            "sAMAccountName" => found.extend(cache.by_value(user::SAM_ACCOUNT_NAME.spec(), &folded)),
            "userPrincipalName" => found.extend(cache.by_value(user::USER_PRINCIPAL_NAME.spec(), &folded)),
            "legacyExchangeDN" => found.extend(cache.by_value(recipient::LEGACY_EXCHANGE_DN.spec(), &folded)),
            "targetAddress" => targets.push(folded),
            _ => {
                found.extend(cache.by_address(&folded).cloned());
                mail.push(folded);
            }
        }
    }
    let shares = |record: &&Arc<Record>| {
        let has = |attribute: &str, known: &[String]| {
            attribute_values(record, attribute).iter().any(|(folded, _)| known.contains(folded))
        };
        has("mail", &mail) || has("targetAddress", &targets)
    };
    let others = CLASSES.into_iter().flat_map(|class| cache.in_class(class));
    found.extend(others.filter(shares).cloned());
    found.retain(|record| is_looked_at(record));
    found
}

/// Objects that are never synchronised, whatever they hold.
fn is_skipped(record: &Record) -> bool {
    const BEGINNINGS: [&str; 16] = [
        "admini",
        "cas_{",
        "discoverysearchmailbox",
        "federatedemail",
        "guest",
        "httpconnector",
        "krbtgt",
        "iusr_",
        "iwam",
        "msol",
        "support_",
        "systemmailbox",
        "wwioadmini",
        "healthmailbox",
        "exchange online-applicationaccount",
        "aad_",
    ];
    let (name, sam) = (record.name().to_lowercase(), record.get(&user::SAM_ACCOUNT_NAME).unwrap_or_default());
    let begins = |text: &str| BEGINNINGS.iter().any(|beginning| text.starts_with(beginning));
    begins(&name)
        || begins(&sam.to_lowercase())
        || name.ends_with('$')
        || name.contains("\\0acnf:")
        || is_left_out(record.details())
        || record.class() == Class::Group && !is_synchronised_group(record)
}

/// Kinds of recipients that stay at home: public folders, system and arbitration mailboxes, plans, discovery.
fn is_left_out(details: RecipientTypeDetails) -> bool {
    use RecipientTypeDetails as Details;
    matches!(
        details,
        Details::PublicFolder
            | Details::SystemAttendantMailbox
            | Details::SystemMailbox
            | Details::MicrosoftExchange
            | Details::ArbitrationMailbox
            | Details::MailboxPlan
            | Details::DiscoveryMailbox
            | Details::MonitoringMailbox
            | Details::AuditLogMailbox
            | Details::AuxAuditLogMailbox
            | Details::SupervisoryReviewPolicyMailbox
            | Details::RoleGroup
    )
}

/// Groups without an address are left out.
fn is_synchronised_group(record: &Record) -> bool {
    let named =
        record.has(recipient::EMAIL_ADDRESSES.spec()) || record.has(recipient::WINDOWS_EMAIL_ADDRESS.spec());
    let security = record.get(&group::GROUP_KIND) == Some(group::GroupKind::Security);
    named && (record.has(recipient::EMAIL_ADDRESSES.spec()) || security)
}

/// Attributes of which no two objects may have the same value. `mail` is compared with addresses, as the cloud does.
const UNIQUE: [(&str, &[&str]); 6] = [
    ("address", &["proxyAddresses", "mail"]),
    ("mailNickname", &["mailNickname"]),
    ("sAMAccountName", &["sAMAccountName"]),
    ("targetAddress", &["targetAddress"]),
    ("userPrincipalName", &["userPrincipalName"]),
    ("legacyExchangeDN", &["legacyExchangeDN"]),
];

/// Who has which value, for what must be unique.
struct Taken(HashMap<(&'static str, String), Owners>);

/// Nearly always one.
enum Owners {
    One(Guid),
    Several,
}

impl Taken {
    fn of(all: &[Arc<Record>]) -> Taken {
        let mut taken = HashMap::new();
        for record in all {
            for (space, _, folded, _) in unique_values(record) {
                taken
                    .entry((space, folded))
                    .and_modify(|owners| {
                        if !matches!(owners, Owners::One(one) if *one == record.guid()) {
                            *owners = Owners::Several;
                        }
                    })
                    .or_insert(Owners::One(record.guid()));
            }
        }
        Taken(taken)
    }

    fn check(&self, found: &mut Findings<'_>) {
        for (space, attribute, folded, value) in unique_values(found.record) {
            if matches!(self.0.get(&(space, folded)), Some(Owners::Several)) {
                // Which of the two keeps it is a person's decision.
                found.add(attribute, &value, SyncRule::Duplicate, None);
            }
        }
    }
}

/// What an object has of unique attributes: space, attribute, the value as it is compared, the value.
fn unique_values(record: &Record) -> Vec<(&'static str, &'static str, String, String)> {
    let mut values = Vec::new();
    for (space, attributes) in UNIQUE {
        for attribute in attributes {
            for (folded, value) in attribute_values(record, attribute) {
                values.push((space, *attribute, folded, value));
            }
        }
    }
    values
}

/// The values of an attribute, each as it is compared and as it is.
fn attribute_values(record: &Record, attribute: &str) -> Vec<(String, String)> {
    let text = |spec: &'static Spec| -> Vec<(String, String)> {
        record
            .stored_values(spec)
            .iter()
            .map(|value| (value.to_string().to_lowercase(), value.to_string()))
            .collect()
    };
    let addresses = |spec: &'static Spec| -> Vec<(String, String)> {
        let values = record.stored_values(spec).iter().filter_map(|value| value.downcast::<ProxyAddress>());
        values.map(|address| (address.folded(), address.to_string())).collect()
    };
    match attribute {
        "proxyAddresses" => addresses(recipient::EMAIL_ADDRESSES.spec()),
        "targetAddress" => addresses(recipient::EXTERNAL_EMAIL_ADDRESS.spec()),
        "mail" => {
            let own = text(recipient::WINDOWS_EMAIL_ADDRESS.spec()).into_iter();
            own.map(|(folded, value)| (format!("smtp:{folded}"), value)).collect()
        }
        "mailNickname" => text(recipient::ALIAS.spec()),
        "sAMAccountName" => text(user::SAM_ACCOUNT_NAME.spec()),
        "userPrincipalName" => text(user::USER_PRINCIPAL_NAME.spec()),
        "legacyExchangeDN" => text(recipient::LEGACY_EXCHANGE_DN.spec()),
        _ => Vec::new(),
    }
}
