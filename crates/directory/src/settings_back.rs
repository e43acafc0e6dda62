//! What a disconnected mailbox had, given back to whoever gets it: addresses that are still free, quotas, switches,
//! forwarding, and its places in the lists of others.
//!
//! The tombstone knows all of it. What is the account's own (names, password, person) is left alone, and so is what makes
//! the mailbox the mailbox; what cannot come back is told with the reason.

use crate::access::AccessEntry;
use crate::audit::{Reference, Tombstone};
use crate::record::{Record, decode, encode, spec_of};
use crate::schema::{cas, inbox_rule, mailbox, options, permission, recipient, user};
use crate::table::Claim;
use crate::{Change, Class, address};
use object::types::{Guid, ObjectId, PropertyType, ProxyAddress};
use object::{Declared, ErrorId, Result, Spec, Value};

/// One setting of a mailbox, and whether it came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingBack {
    /// The setting: a property, or `Members of Sales`.
    pub setting: String,
    /// The value, or the one of several.
    pub value: String,
    /// Why it could not come back; nothing where it did.
    pub why_not: Option<String>,
}

impl SettingBack {
    /// It came back.
    pub fn done(setting: &str, value: &str) -> SettingBack {
        SettingBack { setting: setting.to_owned(), value: value.to_owned(), why_not: None }
    }
    /// It did not come back, and why.
    pub fn not(setting: &str, value: &str, why: impl Into<String>) -> SettingBack {
        SettingBack { why_not: Some(why.into()), ..SettingBack::done(setting, value) }
    }
}

/// What belongs to the connection itself, and is written by it.
static OF_THE_CONNECTION: &[&dyn Declared] = &[
    &mailbox::EXCHANGE_GUID,
    &mailbox::DATABASE,
    &mailbox::ARCHIVE_GUID,
    &mailbox::ARCHIVE_DATABASE,
    &mailbox::ARCHIVE_NAME,
    &mailbox::DISABLED_ARCHIVE_GUID,
    &mailbox::DISABLED_ARCHIVE_DATABASE,
    &mailbox::WHEN_MAILBOX_CREATED,
    &recipient::LEGACY_EXCHANGE_DN,
    &recipient::RECIPIENT_TYPE_DETAILS,
    &recipient::ALIAS,
    &recipient::DISPLAY_NAME,
    &recipient::WINDOWS_EMAIL_ADDRESS,
    &recipient::EMAIL_ADDRESSES,
    &recipient::EMAIL_ADDRESS_POLICY_ENABLED,
    &recipient::EXTERNAL_EMAIL_ADDRESS,
    &permission::MAILBOX_OWNER,
    &permission::OBJECT_OWNER,
    &user::MASTER_ACCOUNT_SID,
    &user::LINKED_ACCOUNT_NAME,
    &user::PREVIOUS_DETAILS,
];

/// What lies with the mail where others keep it, and comes back with it whoever connects the mailbox: rules, automatic replies,
/// what is junk, the owner's region.
static OF_THE_CONTENT: [&[&dyn Declared]; 3] = [inbox_rule::KEPT, options::KEPT, mailbox::JUNK_KEPT];

/// Whether a setting is the mailbox's own, and not the account's.
fn is_of_the_mailbox(spec: &'static Spec) -> bool {
    let same = |declared: &&dyn Declared| std::ptr::eq(declared.spec(), spec);
    let client_access = || cas::PROPERTIES.iter().any(&same);
    // Who may send as the recipient, and the language of its folders and replies, stay with an account that stays, but not
    // with one that is made anew.
    let kept = [permission::OBJECT_ENTRIES.spec(), mailbox::LANGUAGES.spec()];
    let sending = || kept.iter().any(|kept| std::ptr::eq(*kept, spec));
    (!spec.survives_disable || client_access() || sending()) && !OF_THE_CONNECTION.iter().any(&same)
}

impl Change<'_> {
    /// Gives the saved user of a mailbox back what lies with its mail; `given` stay as they are.
    pub fn content_back(&mut self, user: Guid, tombstone: &Tombstone, given: &[&'static Spec]) -> Result<()> {
        let mut record = self.read(user)?;
        let lies_there = |spec: &&'static Spec| {
            let mut content = OF_THE_CONTENT.iter().copied().flatten();
            content.any(|declared| std::ptr::eq(declared.spec(), *spec))
                && !given.iter().any(|given| std::ptr::eq(*given, *spec))
        };
        for property in &tombstone.properties {
            if let Some(spec) = spec_of(Class::User, &property.name).filter(lies_there) {
                self.property_back(&mut record, spec, &property.before, &mut Vec::new())?;
            }
        }
        self.save(record).map(drop)
    }

    /// Gives the saved user of a mailbox back what the tombstone knows. `given` are properties that the command set
    /// itself, which stay as they are. Answers what came back and what did not.
    pub fn settings_back(
        &mut self,
        user: Guid,
        tombstone: &Tombstone,
        given: &[&'static Spec],
    ) -> Result<Vec<SettingBack>> {
        let mut record = self.read(user)?;
        let mut report: Vec<SettingBack> = self.alias_back(&record, tombstone)?.into_iter().collect();
        report.extend(self.addresses_back(&mut record, tombstone)?);
        report.extend(self.archive_apart(&record, tombstone));
        for property in &tombstone.properties {
            let Some(spec) = spec_of(Class::User, &property.name).filter(|spec| is_of_the_mailbox(spec))
            else {
                continue;
            };
            let told = property.before.join(", ");
            if given.iter().any(|given| std::ptr::eq(*given, spec)) {
                report.push(SettingBack::not(spec.name, &told, "The command set it itself."));
            } else {
                self.property_back(&mut record, spec, &property.before, &mut report)?;
            }
        }
        if let Err(error) = crate::edit::check_quotas(&record) {
            return Err(
                error.help("Connect the mailbox without -RestoreSettings, or set the quotas in the command.")
            );
        }
        self.save(record)?;
        report.extend(self.rights_back(user, tombstone)?);
        for reference in &tombstone.referred {
            report.push(self.reference_back(user, reference)?);
        }
        Ok(report)
    }

    /// What became of the alias, which is the connection's.
    fn alias_back(&mut self, record: &Record, tombstone: &Tombstone) -> Result<Option<SettingBack>> {
        let Some(before) = tombstone.before("Alias").first() else { return Ok(None) };
        let now = record.get(&recipient::ALIAS).unwrap_or_default();
        if now.eq_ignore_ascii_case(before) {
            return Ok(Some(SettingBack::done("Alias", before)));
        }
        let owner = self.owner(Claim::Alias, &before.to_lowercase())?;
        let why = owner.map_or_else(
            || format!("The alias is \"{now}\" by the command."),
            |(_, name)| format!("It is used by \"{name}\" by now."),
        );
        Ok(Some(SettingBack::not("Alias", before, why)))
    }

    /// The addresses that nobody has taken meanwhile; the primary one as the primary one where no policy keeps it.
    fn addresses_back(&mut self, record: &mut Record, tombstone: &Tombstone) -> Result<Vec<SettingBack>> {
        let own = tombstone
            .before("EmailAddressPolicyEnabled")
            .first()
            .is_some_and(|kept| kept.eq_ignore_ascii_case("false"));
        let (mut report, mut found) = (Vec::new(), Vec::new());
        let mut list = record.all(&recipient::EMAIL_ADDRESSES);
        let mut primary = None;
        for text in tombstone.before("EmailAddresses") {
            let Some(one) = ProxyAddress::parse(text) else { continue };
            match self.address_obstacle(record, &one)? {
                Some(why) => {
                    report.push(SettingBack::not("EmailAddresses", text, why));
                    continue;
                }
                None => found.push(one.clone()),
            }
            if own && one.is_smtp() && one.is_primary() {
                primary = object::types::SmtpAddress::parse(one.value());
            }
            if !list.iter().any(|known| known.folded() == one.folded()) {
                list.push(if one.is_smtp() { one.as_primary(false) } else { one });
            }
        }
        if let Some(primary) = &primary {
            record.set(&recipient::EMAIL_ADDRESS_POLICY_ENABLED, false);
            list = address::with_primary(&list, primary);
        }
        let list = address::normalize(&list)?;
        report.splice(0..0, found.iter().flat_map(|one| address_rows(one, &list)));
        record.set_all(&recipient::EMAIL_ADDRESSES, list);
        Ok(report)
    }

    /// Why an address cannot come back.
    fn address_obstacle(&mut self, record: &Record, one: &ProxyAddress) -> Result<Option<String>> {
        if let Some((_, name)) = self.owner(Claim::Address, &one.folded())?.filter(|(id, _)| *id != record.id)
        {
            return Ok(Some(format!("It is used by \"{name}\" by now.")));
        }
        let domain = one.value().rsplit('@').next().unwrap_or_default();
        if one.is_smtp() && self.directory().domains().find(domain).is_none() {
            return Ok(Some(format!("{domain} is not an accepted domain any more.")));
        }
        Ok(None)
    }

    /// Archives are mailboxes of their own: this one comes back by a connection of its own, with its name.
    fn archive_apart(&self, record: &Record, tombstone: &Tombstone) -> Option<SettingBack> {
        let name = tombstone.before("ArchiveName").join(", ");
        let why =
            "The archive is a mailbox of its own, and keeps its name: run Connect-Mailbox with -Archive.";
        (!name.is_empty() && !record.has_archive()).then(|| SettingBack::not("ArchiveName", &name, why))
    }

    fn property_back(
        &mut self,
        record: &mut Record,
        spec: &'static Spec,
        texts: &[String],
        report: &mut Vec<SettingBack>,
    ) -> Result<()> {
        let is_reference = std::ptr::eq(spec.kind, ObjectId::KIND);
        let mut values: Vec<Value> = if spec.many { record.stored_values(spec).to_vec() } else { Vec::new() };
        let before = values.len();
        for text in texts {
            let value = decode(spec, text)?;
            let target = value.downcast::<ObjectId>().map(|id| id.guid).filter(|_| is_reference);
            let found = target.and_then(|guid| self.directory().get(guid));
            let shown = match &found {
                Some(target) => self.directory().id(target).to_string(),
                None => value.to_string(),
            };
            if target.is_some() && found.is_none() {
                report.push(SettingBack::not(spec.name, text, "It is no longer in the directory."));
                continue;
            }
            report.push(SettingBack::done(spec.name, &shown));
            if !values.iter().any(|known| encode(known) == encode(&value)) {
                values.push(value);
            }
        }
        match (spec.many, values.len() > before) {
            (_, false) => {}
            (true, true) => record.put(spec, Value::array(values)),
            (false, true) => record.put(spec, values.into_iter().next().unwrap_or_default()),
        }
        Ok(())
    }

    /// The rights that the former user held elsewhere, where another user has the mailbox now: entries name accounts, and
    /// an account that is gone leaves its entries behind.
    fn rights_back(&mut self, user: Guid, tombstone: &Tombstone) -> Result<Vec<SettingBack>> {
        let record = self.read(user)?;
        let (old, new) = (tombstone.before("Sid").first(), record.get(&user::SID));
        let Some((old, new)) = old.zip(new).filter(|(old, new)| *old != new) else { return Ok(Vec::new()) };
        let cache = self.directory().cache();
        let folded = old.to_lowercase();
        let mut report = Vec::new();
        for property in [&permission::MAILBOX_ENTRIES, &permission::OBJECT_ENTRIES] {
            for other in cache.by_value(property.spec(), &folded) {
                let setting = format!("{} of {}", property.spec().name, other.name());
                let held = other.all(property).into_iter().filter(|entry| *entry.trustee == **old);
                for entry in held.collect::<Vec<AccessEntry>>() {
                    let given = AccessEntry { trustee: new.as_str().into(), ..entry };
                    let shown = given.clone().into_value().to_string();
                    report.push(match self.grant(other.guid(), &given) {
                        // Given now, or there already, here or from above: it holds.
                        Ok(_) => SettingBack::done(&setting, &shown),
                        // One list that is full does not keep the mailbox from its owner.
                        Err(error) if error.is(ErrorId::TooManyPermissions) => {
                            SettingBack::not(&setting, &shown, error.message())
                        }
                        Err(error) => return Err(error),
                    });
                }
            }
        }
        Ok(report)
    }

    /// Puts the user into a list of another object again, or into its one value where that is empty.
    fn reference_back(&mut self, user: Guid, reference: &Reference) -> Result<SettingBack> {
        let setting = format!("{} of {}", reference.through, reference.name);
        let shown = self.read(user)?.name().to_owned();
        let not = |why: String| Ok(SettingBack::not(&setting, &shown, why));
        if self.directory().get(reference.object).is_none() {
            return not(format!("\"{}\" is no longer in the directory.", reference.name));
        }
        let mut other = self.read(reference.object)?;
        let Some(spec) = spec_of(other.class(), &reference.through) else {
            return not(format!("\"{}\" has no {} any more.", reference.name, reference.through));
        };
        let link = Value::typed(crate::record::link(user));
        let mut values = other.stored_values(spec).to_vec();
        if values.iter().any(|known| encode(known) == encode(&link)) {
            return Ok(SettingBack::done(&setting, &shown));
        }
        if !spec.many && !values.is_empty() {
            return not("It names somebody else by now.".to_owned());
        }
        values.push(link.clone());
        other.put(spec, if spec.many { Value::array(values) } else { link });
        self.save(other)?;
        Ok(SettingBack::done(&setting, &shown))
    }
}

/// An address that came back, as it is in the list now; one that was the primary one and is not says so, too.
fn address_rows(one: &ProxyAddress, list: &[ProxyAddress]) -> Vec<SettingBack> {
    let now = list.iter().find(|known| known.folded() == one.folded()).unwrap_or(one);
    let mut rows = vec![SettingBack::done("EmailAddresses", &now.to_string())];
    if one.is_smtp() && one.is_primary() && !now.is_primary() {
        let primary = list.iter().find(|known| known.is_smtp() && known.is_primary());
        let primary = primary.map_or("another one", ProxyAddress::value);
        let why = format!("An e-mail address policy says which address is the primary one: {primary}.");
        rows.push(SettingBack::not("PrimarySmtpAddress", one.value(), why));
    }
    rows
}
