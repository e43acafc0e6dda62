//! Setting properties: what a `Set-` cmdlet gave becomes a change of a record, with the rules that hold between properties.

use crate::change::Change;
use crate::identity::kinds;
use crate::kind::IdentityKind;
use crate::record::{Held, Record, encode, link};
use crate::schema::{database, domain, filter, mailbox, policy, recipient, user};
use crate::{Class, address};
use object::types::{
    AcceptedDomainType, ByteQuantifiedSize, ObjectId, PropertyType, ProxyAddress, SmtpAddress, Unlimited,
};
use object::value::Dictionary;
use object::{Access, Declared, Error, ErrorId, Property, Result, Spec, Value};

/// One property and what is to become of it.
#[derive(Clone, Debug)]
pub struct Edit {
    spec: &'static Spec,
    how: How,
}

#[derive(Clone, Debug)]
enum How {
    Replace(Value),
    Change { add: Vec<Value>, remove: Vec<Value> },
}

impl Edit {
    /// What `-Name value` asks for: a value, a list, `$null`, or `@{Add=…; Remove=…}`. The value is read and checked here.
    pub fn new(spec: &'static Spec, value: &Value) -> Result<Edit> {
        if spec.access == Access::Computed {
            return Err(Error::caller(ErrorId::PropertyReadOnly, format!("{} cannot be set.", spec.name))
                .about(spec.name));
        }
        if let Value::Dictionary(given) = value {
            if !spec.many {
                let message = format!("{} holds one value; @{{Add=…; Remove=…}} is for lists.", spec.name);
                return Err(Error::caller(ErrorId::NotAList, message).about(spec.name));
            }
            refuse_other_sides(spec, given)?;
            let side = |name: &str| -> Result<Vec<Value>> {
                let given = given.get(&name.into()).unwrap_or_default();
                Ok(spec.read(&given)?.items())
            };
            return Ok(Edit { spec, how: How::Change { add: side("Add")?, remove: side("Remove")? } });
        }
        let value = if value.is_null() { Value::Null } else { whole_kilobytes(spec.read(value)?) };
        Ok(Edit { spec, how: How::Replace(value) })
    }

    /// Sets a property to a value of its type.
    pub fn set<T: PropertyType>(property: &'static Property<T>, value: T) -> Edit {
        Edit { spec: property.spec(), how: How::Replace(value.into_value()) }
    }

    /// Sets a property that holds a list.
    pub fn set_all<T: PropertyType>(property: &'static Property<T>, values: Vec<T>) -> Edit {
        let values = values.into_iter().map(T::into_value);
        Edit { spec: property.spec(), how: How::Replace(Value::array(values)) }
    }

    /// The property.
    pub fn spec(&self) -> &'static Spec {
        self.spec
    }

    fn is(&self, property: &'static impl Declared) -> bool {
        std::ptr::eq(self.spec, property.spec())
    }

    /// The list after the edit, from the list before it.
    fn list(&self, before: &[Value]) -> Vec<Value> {
        match &self.how {
            How::Replace(value) => value.items(),
            How::Change { add, remove } => {
                let same = |a: &Value, b: &Value| folded(a) == folded(b);
                let mut list: Vec<Value> = before
                    .iter()
                    .filter(|value| !remove.iter().any(|gone| same(value, gone)))
                    .cloned()
                    .collect();
                for value in add {
                    if !list.iter().any(|known| same(known, value)) {
                        list.push(value.clone());
                    }
                }
                list
            }
        }
    }
    fn value(&self) -> Value {
        match &self.how {
            How::Replace(value) => value.clone(),
            How::Change { .. } => Value::Null,
        }
    }
}

fn folded(value: &Value) -> String {
    match value.downcast::<ProxyAddress>() {
        Some(address) => address.folded(),
        None => encode(value).to_lowercase(),
    }
}

/// Limits are kept in whole kilobytes, as Exchange's directory holds them; what is between becomes the next one.
fn whole_kilobytes(value: Value) -> Value {
    match value.downcast::<Unlimited<ByteQuantifiedSize>>().and_then(|limit| limit.value()) {
        Some(ByteQuantifiedSize(bytes)) => {
            Value::typed(Unlimited::Value(ByteQuantifiedSize(bytes.next_multiple_of(1 << 10))))
        }
        None => value,
    }
}

/// `@{Insert=…}` would change nothing, and nobody would notice.
fn refuse_other_sides(spec: &Spec, given: &Dictionary) -> Result<()> {
    let known = |key: &Value| ["add", "remove"].contains(&key.to_string().to_lowercase().as_str());
    match given.to_vec().into_iter().map(|(key, _)| key).find(|key| !known(key)) {
        None => Ok(()),
        Some(key) => Err(Error::caller(ErrorId::InvalidChange, format!("A list is not changed by '{key}'."))
            .help("Write @{Add=…; Remove=…}, or the whole list.")
            .about(spec.name)),
    }
}

/// Refuses references with which somebody would stand in a circle alone.
fn refuse_itself(record: &Record, spec: &Spec) -> Result<()> {
    let refused = |id, what: &str| {
        Err(Error::conflict(id, format!("{} cannot {what}.", record.name())).about(spec.name))
    };
    if std::ptr::eq(spec, mailbox::FORWARDING_ADDRESS.spec()) {
        return refused(ErrorId::ForwardsToItself, "forward to itself");
    }
    if std::ptr::eq(spec, user::MANAGER.spec()) {
        return refused(ErrorId::ManagerOfItself, "be their own manager");
    }
    if std::ptr::eq(spec, recipient::GRANT_SEND_ON_BEHALF_TO.spec()) {
        return refused(ErrorId::InvalidChange, "be let send on behalf of itself");
    }
    Ok(())
}

/// What a reference may point to: what its property says, else whatever mail can be sent to.
fn target_of(spec: &'static Spec) -> Result<&'static IdentityKind> {
    let Some(name) = spec.refers_to else { return Ok(&kinds::RECIPIENT) };
    kinds::named(name).ok_or_else(|| {
        let message = format!("{} refers to {name}, which no class is named by.", spec.name);
        Error::server(ErrorId::DeclarationWrong, message).about(spec.name)
    })
}

impl Change<'_> {
    /// Applies edits to a record, which is not saved yet. Tells whether anything is different now.
    pub fn edit(&mut self, record: &mut Record, edits: &[Edit]) -> Result<bool> {
        let before = record.clone();
        refuse_together(edits)?;
        // The policy switch goes first: it decides what the address edits may do.
        let (switches, others): (Vec<&Edit>, Vec<&Edit>) =
            edits.iter().partition(|edit| edit.is(&recipient::EMAIL_ADDRESS_POLICY_ENABLED));
        for edit in switches.into_iter().chain(others) {
            self.apply(record, &before, edit)?;
        }
        if record.is_mail_enabled() && record.is(&recipient::EMAIL_ADDRESS_POLICY_ENABLED) {
            let renamed = NAMES.iter().any(|name| before.get(name) != record.get(name));
            let switched = !before.is(&recipient::EMAIL_ADDRESS_POLICY_ENABLED);
            if (renamed && record.class() != Class::Contact && !is_mail_user(record)) || switched {
                self.apply_address_policy(record, false)?;
            }
        }
        settle_filter(record, edits)?;
        if record.class() == Class::EmailAddressPolicy {
            self.settle_templates(record, edits)?;
        }
        follow_external(&before, record)?;
        check_quotas(record)?;
        check_addresses(&before, record)?;
        check_senders(&before, record)?;
        Ok(differs(&before, record))
    }

    fn apply(&mut self, record: &mut Record, before: &Record, edit: &Edit) -> Result<()> {
        if edit.is(&recipient::NAME) {
            let name = edit.value();
            let name = name.as_str().ok_or_else(|| needed("Name"))?;
            if record.class() == Class::PublicFolder {
                crate::schema::check::folder_name(name)?;
            }
            record.rename(name);
            return Ok(());
        }
        if edit.is(&recipient::EMAIL_ADDRESSES) {
            return self.set_addresses(record, edit);
        }
        if edit.is(&recipient::PRIMARY_SMTP_ADDRESS) {
            return set_primary(record, &edit.value());
        }
        if edit.is(&recipient::WINDOWS_EMAIL_ADDRESS) && record.is_mail_enabled() {
            // Without effect while the policy keeps the primary address.
            let kept = record.is(&recipient::EMAIL_ADDRESS_POLICY_ENABLED);
            return if kept { Ok(()) } else { set_primary(record, &edit.value()) };
        }
        if edit.is(&user::ACCOUNT_DISABLED) {
            let off = matches!(edit.value(), Value::Bool(true));
            return self.switch_account(record, off);
        }
        if edit.is(&recipient::ACCEPT_FROM_ALL) {
            return self.split(
                record,
                before,
                edit,
                [&recipient::ACCEPT_FROM, &recipient::ACCEPT_FROM_GROUPS],
            );
        }
        if edit.is(&recipient::REJECT_FROM_ALL) {
            return self.split(
                record,
                before,
                edit,
                [&recipient::REJECT_FROM, &recipient::REJECT_FROM_GROUPS],
            );
        }
        refuse_clearing(record, edit)?;
        self.set_plain(record, edit)
    }

    fn set_plain(&mut self, record: &mut Record, edit: &Edit) -> Result<()> {
        let spec = edit.spec;
        if edit.spec.access == Access::Read {
            return Err(Error::caller(ErrorId::PropertyReadOnly, format!("{} cannot be set.", spec.name))
                .about(spec.name));
        }
        if crate::record::spec_of(record.class(), spec.name).is_none_or(|known| !std::ptr::eq(known, spec)) {
            let message = format!("{} has no property {}.", crate::view::described(record), spec.name);
            return Err(Error::caller(ErrorId::PropertyNotOfThisKind, message).about(spec.name));
        }
        let resolved = self.resolved(record, edit)?;
        let value = match (&resolved.how, spec.many) {
            (How::Replace(value), false) => value.clone(),
            _ => Value::array(resolved.list(&record.held_values(spec))),
        };
        record.put(spec, value);
        Ok(())
    }

    /// The edit with every reference resolved to the one object that it names.
    fn resolved(&self, record: &Record, edit: &Edit) -> Result<Edit> {
        if !std::ptr::eq(edit.spec.kind, ObjectId::KIND) {
            return Ok(edit.clone());
        }
        let kind = target_of(edit.spec)?;
        let each = |values: &[Value]| -> Result<Vec<Value>> {
            values.iter().map(|value| self.target(record, kind, edit.spec, value)).collect()
        };
        let how = match &edit.how {
            How::Replace(Value::Null) => How::Replace(Value::Null),
            How::Replace(value) if !edit.spec.many => {
                How::Replace(self.target(record, kind, edit.spec, value)?)
            }
            How::Replace(value) => How::Replace(Value::array(each(&value.items())?)),
            How::Change { add, remove } => {
                let gone = remove.iter().map(|value| self.target_to_remove(record, kind, edit.spec, value));
                How::Change { add: each(add)?, remove: gone.collect::<Result<_>>()? }
            }
        };
        Ok(Edit { spec: edit.spec, how })
    }

    /// What is to leave a list: it may have become something by now that could no longer come into it.
    fn target_to_remove(
        &self,
        record: &Record,
        kind: &IdentityKind,
        spec: &'static Spec,
        value: &Value,
    ) -> Result<Value> {
        let id = value.downcast::<ObjectId>().ok_or_else(|| spec.kind.refuse(value))?;
        let error = match self.directory().resolve(kind, id) {
            Ok(found) => return Ok(Value::typed(link(found.guid()))),
            Err(error) => error.about(spec.name),
        };
        let held = record.held_values(spec);
        let holds =
            |guid| held.iter().any(|one| one.downcast::<ObjectId>().is_some_and(|id| id.guid == guid));
        let found = self.directory().resolve(&kinds::ANY, id).ok().filter(|found| holds(found.guid()));
        found.map(|found| Value::typed(link(found.guid()))).ok_or(error)
    }

    fn target(&self, record: &Record, kind: &IdentityKind, spec: &Spec, value: &Value) -> Result<Value> {
        let id = value.downcast::<ObjectId>().ok_or_else(|| spec.kind.refuse(value))?;
        let found = self.directory().resolve(kind, id).map_err(|error| error.about(spec.name))?;
        if found.guid() == record.guid() {
            refuse_itself(record, spec)?;
        }
        Ok(Value::typed(link(found.guid())))
    }

    /// Sets a list of senders and groups by putting each where it belongs.
    fn split(
        &mut self,
        record: &mut Record,
        before: &Record,
        edit: &Edit,
        [people, groups]: [&'static Property<ObjectId>; 2],
    ) -> Result<()> {
        let resolved = self.resolved(record, edit)?;
        let mut known = before.stored_values(people.spec()).to_vec();
        known.extend_from_slice(before.stored_values(groups.spec()));
        let is_group = |value: &Value| {
            let id = value.downcast::<ObjectId>();
            id.and_then(|id| self.directory().get(id.guid))
                .is_some_and(|target| target.class() == Class::Group)
        };
        let (in_groups, alone): (Vec<Value>, Vec<Value>) =
            resolved.list(&known).into_iter().partition(is_group);
        record.put(people.spec(), Value::array(alone));
        record.put(groups.spec(), Value::array(in_groups));
        Ok(())
    }

    fn set_addresses(&mut self, record: &mut Record, edit: &Edit) -> Result<()> {
        let list = edit.list(record.stored_values(edit.spec));
        let list: Vec<ProxyAddress> = list.iter().filter_map(ProxyAddress::of_value).collect();
        if let How::Change { add, remove } = &edit.how {
            // An added primary takes the place of the old one, as Exchange's collection does.
            let new = add.iter().filter_map(ProxyAddress::of_value).find(|a| a.is_smtp() && a.is_primary());
            if let Some(primary) = new.and_then(|address| SmtpAddress::parse(address.value())) {
                record.set_all(&recipient::EMAIL_ADDRESSES, address::with_primary(&list, &primary));
                return Ok(());
            }
            let primary = |address: &ProxyAddress| address.is_smtp() && address.is_primary();
            let old = record.all(&recipient::EMAIL_ADDRESSES).into_iter().find(primary);
            let gone = |old: &ProxyAddress| remove.iter().any(|gone| folded(gone) == old.folded());
            if old.is_some_and(|old| gone(&old)) {
                return Err(primary_needed());
            }
        }
        record.set_all(&recipient::EMAIL_ADDRESSES, address::normalize(&list)?);
        Ok(())
    }

    /// Gives a recipient the addresses that the policy makes; old ones stay as secondaries.
    pub(crate) fn apply_address_policy(&mut self, record: &mut Record, secondary_only: bool) -> Result<()> {
        let templates = self.address_templates(record)?;
        for (at, (template, domain)) in templates.iter().enumerate().skip(usize::from(secondary_only)) {
            let wanted = self.policy_address(record, template, domain)?;
            let list = record.all(&recipient::EMAIL_ADDRESSES);
            let list = if at == 0 {
                address::with_primary(&list, &wanted)
            } else {
                let mut list = list;
                list.push(ProxyAddress::smtp(&wanted, false));
                list
            };
            record.set_all(&recipient::EMAIL_ADDRESSES, address::normalize(&list)?);
        }
        Ok(())
    }

    /// The templates of the policy under which a recipient is, as local part and domain, the one for the primary address first.
    fn address_templates(&self, record: &Record) -> Result<Vec<(String, String)>> {
        let directory = self.directory();
        let mut policy = None;
        for one in directory.address_policies() {
            // The last one is for everybody.
            if !one.has(policy::PRIORITY.spec()) || directory.is_in_audience(&one, record)? {
                policy = Some(one);
                break;
            }
        }
        let templates = policy.map(|policy| policy.all(&policy::TEMPLATES)).unwrap_or_default();
        let mut parted: Vec<(bool, String, String)> = templates
            .iter()
            .filter_map(|template| {
                let (prefix, body) = template.split_once(':').unwrap_or(("SMTP", template));
                let (local, domain) = body.rsplit_once('@')?;
                let smtp = prefix.eq_ignore_ascii_case("smtp");
                smtp.then(|| (prefix != "SMTP", local.to_owned(), domain.to_owned()))
            })
            .collect();
        parted.sort_by_key(|(secondary, ..)| *secondary);
        if parted.is_empty() {
            let domains = directory.domains();
            let domain = domains.default_domain().map_or_else(|| directory.forest(), |d| d.domain.clone());
            return Ok(vec![("%m".to_owned(), domain)]);
        }
        Ok(parted.into_iter().map(|(_, local, domain)| (local, domain)).collect())
    }

    /// Keeps the form of the primary address and the list of forms together, and refuses forms of domains that are not ours.
    fn settle_templates(&self, record: &mut Record, edits: &[Edit]) -> Result<()> {
        let given = |property: &'static dyn Declared| {
            edits.iter().any(|edit| std::ptr::eq(edit.spec, property.spec()))
        };
        if !edits.is_empty() {
            record.clear(&policy::APPLIED);
        }
        if !given(&policy::TEMPLATES) && !given(&policy::PRIMARY_TEMPLATE) {
            return Ok(());
        }
        let mut list = record.all(&policy::TEMPLATES);
        if given(&policy::PRIMARY_TEMPLATE) {
            let primary = record.get(&policy::PRIMARY_TEMPLATE).unwrap_or_default();
            let primary = format!("SMTP:{}", body_of(&primary));
            list.retain(|template| !is_primary_template(template) && body_of(template) != body_of(&primary));
            list.insert(0, primary);
        }
        let primaries: Vec<&String> = list.iter().filter(|template| is_primary_template(template)).collect();
        let [primary] = primaries[..] else {
            let message = "A policy has one form for the primary address: the one written SMTP: in capitals.";
            return Err(
                Error::caller(ErrorId::AddressTemplateInvalid, message).about("EnabledEmailAddressTemplates")
            );
        };
        let primary = body_of(primary).to_owned();
        for template in &list {
            check_form(self.directory(), template)?;
        }
        record.set(&policy::PRIMARY_TEMPLATE, primary);
        record.set_all(&policy::TEMPLATES, list);
        Ok(())
    }

    fn policy_address(&mut self, record: &Record, template: &str, domain: &str) -> Result<SmtpAddress> {
        let text = |property: &'static Property<String>| record.get(property).unwrap_or_default();
        let (alias, given, surname) =
            (text(&recipient::ALIAS), text(&user::FIRST_NAME), text(&user::LAST_NAME));
        let (initials, display) = (text(&user::INITIALS), text(&recipient::DISPLAY_NAME));
        let person = address::Person {
            alias: &alias,
            given: &given,
            surname: &surname,
            initials: &initials,
            display: &display,
        };
        let mut local = address::fill(template, &person);
        if local.is_empty() {
            // Nothing of the name is ASCII: the account name is always unique and plain.
            local = address::best_fit(&text(&user::SAM_ACCOUNT_NAME));
        }
        let id = record.id;
        address::free_address(&local, domain, |address| {
            let owner = self.owner(crate::table::Claim::Address, &format!("smtp:{}", address.folded()))?;
            Ok(owner.is_some_and(|(owner, _)| owner != id))
        })
    }
}

/// The primary address of somebody whose mail is elsewhere goes with the external one, where it was that.
fn follow_external(before: &Record, record: &mut Record) -> Result<()> {
    let smtp = |record: &Record| {
        let external = record.get(&recipient::EXTERNAL_EMAIL_ADDRESS).filter(ProxyAddress::is_smtp);
        external.and_then(|external| SmtpAddress::parse(external.value()))
    };
    let (old, new) = (smtp(before), smtp(record));
    let (Some(old), Some(new)) = (old, new) else { return Ok(()) };
    if old == new || crate::view::primary(record).as_ref() != Some(&old) {
        return Ok(());
    }
    let gone = ProxyAddress::smtp(&old, true).folded();
    let list: Vec<ProxyAddress> = record.all(&recipient::EMAIL_ADDRESSES);
    let kept: Vec<ProxyAddress> = list.into_iter().filter(|address| address.folded() != gone).collect();
    record.set_all(&recipient::EMAIL_ADDRESSES, address::with_primary(&kept, &new));
    Ok(())
}

/// Makes the text anew where kinds or conditions were edited, and lets go of them where a text was given.
fn settle_filter(record: &mut Record, edits: &[Edit]) -> Result<()> {
    let written = edits.iter().any(|edit| std::ptr::eq(edit.spec(), filter::RECIPIENT_FILTER.spec()));
    let made = edits.iter().any(|edit| filter::is_ready_made(edit.spec()));
    if written && made {
        let message = "RecipientFilter can't be used together with IncludedRecipients and conditions.";
        return Err(Error::caller(ErrorId::ParametersExclude, message)
            .help("Write the whole filter with -RecipientFilter, or give kinds and conditions alone.")
            .about(filter::RECIPIENT_FILTER.name()));
    }
    if written {
        record.drop_value(filter::INCLUDED_RECIPIENTS.spec());
        filter::CONDITIONS.iter().for_each(|(property, _)| record.drop_value(property.spec()));
    } else if made {
        let text = filter::text_of(record).ok_or_else(|| {
            let message = "A filter by conditions needs the kinds of recipients that it is for.";
            Error::caller(ErrorId::ValueRequired, message)
                .help("Give -IncludedRecipients, for example AllRecipients.")
                .about(filter::INCLUDED_RECIPIENTS.name())
        })?;
        record.set(&filter::RECIPIENT_FILTER, text);
    }
    Ok(())
}

/// What addresses are made of: who changes one of these gets the address anew, where the policy keeps it.
static NAMES: [&Property<String>; 5] =
    [&recipient::ALIAS, &user::FIRST_NAME, &user::LAST_NAME, &user::INITIALS, &recipient::DISPLAY_NAME];

/// A form without the type of address before it.
fn body_of(template: &str) -> &str {
    template.split_once(':').map_or(template, |(_, body)| body)
}

/// `SMTP:` in capitals, or no type at all.
fn is_primary_template(template: &str) -> bool {
    template.split_once(':').is_none_or(|(prefix, _)| prefix == "SMTP")
}

/// A form makes an SMTP address in an accepted domain whose recipients are ours, of parts that are known.
fn check_form(directory: &crate::Directory, template: &str) -> Result<()> {
    let refuse = |why: String, help: &str| {
        Err(Error::caller(
            ErrorId::AddressTemplateInvalid,
            format!("The address template '{template}' {why}."),
        )
        .help(help.to_owned())
        .about("EnabledEmailAddressTemplates"))
    };
    let smtp = template.split_once(':').is_none_or(|(prefix, _)| prefix.eq_ignore_ascii_case("smtp"));
    let whole =
        |(local, _): &(&str, &str)| smtp && !local.contains(|c: char| c == '@' || c == ',' || c.is_control());
    let Some((local, domain)) = body_of(template).rsplit_once('@').filter(whole) else {
        return refuse(
            "makes no SMTP address".to_owned(),
            "Policies make SMTP addresses alone here: write SMTP:%m@contoso.com.",
        );
    };
    if let Some(part) = address::unknown_part(local) {
        return refuse(
            format!("holds '{part}', which is not part of a form"),
            "Write %m, %g, %s, %i, %d, %2g or %rXY.",
        );
    }
    let domains = directory.domains();
    match domains.find(domain) {
        Some(found) if found.kind != AcceptedDomainType::ExternalRelay => Ok(()),
        Some(_) => refuse(
            format!("is of the domain '{domain}', which is an external relay: its addresses are others'"),
            "Take an accepted domain that is authoritative or an internal relay.",
        ),
        None => refuse(
            format!("is of the domain '{domain}', which isn't an accepted domain of this organization"),
            "Make it one with New-AcceptedDomain, authoritative or an internal relay.",
        ),
    }
}

fn is_mail_user(record: &Record) -> bool {
    record.class() == Class::User && !record.is_mailbox()
}

fn needed(name: &'static str) -> Error {
    Error::caller(ErrorId::ValueRequired, format!("{name} cannot be empty.")).about(name)
}

fn set_primary(record: &mut Record, value: &Value) -> Result<()> {
    let address = SmtpAddress::of_value(value).ok_or_else(|| needed("PrimarySmtpAddress"))?;
    let list = record.all(&recipient::EMAIL_ADDRESSES);
    record.set_all(&recipient::EMAIL_ADDRESSES, address::with_primary(&list, &address));
    Ok(())
}

/// Parameters that exclude each other.
fn refuse_together(edits: &[Edit]) -> Result<()> {
    let given =
        |property: &'static dyn Declared| edits.iter().any(|edit| std::ptr::eq(edit.spec, property.spec()));
    let pairs: [(&'static dyn Declared, &'static dyn Declared); 5] = [
        (&recipient::EMAIL_ADDRESSES, &recipient::PRIMARY_SMTP_ADDRESS),
        (&recipient::ACCEPT_FROM_ALL, &recipient::ACCEPT_FROM),
        (&recipient::ACCEPT_FROM_ALL, &recipient::ACCEPT_FROM_GROUPS),
        (&recipient::REJECT_FROM_ALL, &recipient::REJECT_FROM),
        (&recipient::REJECT_FROM_ALL, &recipient::REJECT_FROM_GROUPS),
    ];
    match pairs.into_iter().find(|(a, b)| given(*a) && given(*b)) {
        None => Ok(()),
        Some((a, b)) => {
            let (a, b) = (a.spec().name, b.spec().name);
            Err(Error::caller(ErrorId::ParametersExclude, format!("-{a} and -{b} cannot be used together."))
                .help(format!("Use one of -{a} and -{b}."))
                .about(a))
        }
    }
}

/// What a recipient cannot be without.
fn refuse_clearing(record: &Record, edit: &Edit) -> Result<()> {
    let empty = match &edit.how {
        How::Replace(Value::Null) => true,
        How::Replace(Value::String(text)) => text.is_empty(),
        _ => false,
    };
    let needed_here: &[&dyn Declared] = match record.class() {
        Class::User if record.is_mail_enabled() => {
            &[&recipient::ALIAS, &user::SAM_ACCOUNT_NAME, &user::USER_PRINCIPAL_NAME, &mailbox::DATABASE]
        }
        Class::User => &[&user::SAM_ACCOUNT_NAME],
        Class::Contact | Class::Group | Class::PublicFolder if record.is_mail_enabled() => {
            &[&recipient::ALIAS]
        }
        Class::AcceptedDomain => &[&domain::DOMAIN_NAME, &domain::DOMAIN_TYPE],
        _ => &[],
    };
    if empty && needed_here.iter().any(|declared| std::ptr::eq(declared.spec(), edit.spec)) {
        return Err(needed(edit.spec.name));
    }
    if edit.is(&mailbox::DATABASE) && record.is_mailbox() {
        let message = "A mailbox cannot be pointed at another database; its mail would stay behind.";
        return Err(Error::conflict(ErrorId::DatabaseCannotBeSet, message)
            .help("Move the mailbox with New-MoveRequest.")
            .about("Database"));
    }
    Ok(())
}

type Quota = &'static Property<Unlimited<ByteQuantifiedSize>>;

/// The pairs of quotas of which the first must not exceed the second.
static MAILBOX_ORDER: &[(Quota, Quota)] = &[
    (&mailbox::ISSUE_WARNING_QUOTA, &mailbox::SEND_RECEIVE_QUOTA),
    (&mailbox::SEND_QUOTA, &mailbox::SEND_RECEIVE_QUOTA),
    (&mailbox::RECOVERABLE_ITEMS_WARNING_QUOTA, &mailbox::RECOVERABLE_ITEMS_QUOTA),
    (&mailbox::CALENDAR_LOGGING_QUOTA, &mailbox::RECOVERABLE_ITEMS_QUOTA),
    (&mailbox::ARCHIVE_WARNING_QUOTA, &mailbox::ARCHIVE_QUOTA),
];
static DATABASE_ORDER: &[(Quota, Quota)] = &[
    (&database::ISSUE_WARNING_QUOTA, &database::SEND_RECEIVE_QUOTA),
    (&database::SEND_QUOTA, &database::SEND_RECEIVE_QUOTA),
    (&database::RECOVERABLE_ITEMS_WARNING_QUOTA, &database::RECOVERABLE_ITEMS_QUOTA),
    (&database::CALENDAR_LOGGING_QUOTA, &database::RECOVERABLE_ITEMS_QUOTA),
];

/// Of each pair of quotas the first must not exceed the second.
pub(crate) fn check_quotas(record: &Record) -> Result<()> {
    let order = match record.class() {
        Class::User => MAILBOX_ORDER,
        Class::MailboxDatabase => DATABASE_ORDER,
        _ => return Ok(()),
    };
    for (low, high) in order {
        let (Some(small), Some(large)) = (record.get(low), record.get(high)) else { continue };
        // A warning of Unlimited is no warning, and above every limit it warns of; Exchange lets it stand.
        if small > large && small.value().is_some() {
            let (low, high) = (low.name(), high.name());
            let message = format!(
                "The value of property '{low}' exceeds the value of property '{high}'. {low}: {small}, {high}: {large}."
            );
            return Err(Error::conflict(ErrorId::QuotaOrder, message)
                .help(format!("Set -{low} to at most {large}, or raise -{high} in the same command."))
                .about(low));
        }
    }
    Ok(())
}

/// What must hold for the addresses of a recipient after an edit.
fn check_addresses(before: &Record, after: &Record) -> Result<()> {
    if !after.is_mail_enabled() || after.class() == Class::Contact && !before.is_mail_enabled() {
        return Ok(());
    }
    let (old, new) = (crate::view::primary(before), crate::view::primary(after));
    if old.is_some() && new.is_none() {
        return Err(primary_needed());
    }
    let kept = before.is(&recipient::EMAIL_ADDRESS_POLICY_ENABLED)
        && after.is(&recipient::EMAIL_ADDRESS_POLICY_ENABLED);
    let same_names = NAMES.iter().all(|name| before.get(name) == after.get(name));
    if kept && same_names && old.is_some() && old != new {
        let message = format!(
            "The primary SMTP address of {} is kept by the e-mail address policy, so it cannot be changed.",
            after.name()
        );
        return Err(Error::conflict(ErrorId::AddressPolicyEnabled, message)
            .help("Set -EmailAddressPolicyEnabled $false in the same command.")
            .about("PrimarySmtpAddress"));
    }
    Ok(())
}

/// Whom a mailbox trusts or blocks are others: people of its own domain stand in the address list.
fn check_senders(before: &Record, after: &Record) -> Result<()> {
    let Some(own) = crate::view::primary(after) else { return Ok(()) };
    let domain_of = |entry: &str| entry.rsplit_once('@').map_or(entry, |(_, domain)| domain).to_lowercase();
    for list in [&mailbox::TRUSTED_SENDERS, &mailbox::BLOCKED_SENDERS] {
        let known = before.all(list);
        let new = after.all(list).into_iter().filter(|entry| !known.contains(entry));
        if let Some(entry) = new.into_iter().find(|entry| domain_of(entry) == own.domain().to_lowercase()) {
            let message =
                format!("'{entry}' is of the mailbox's own domain, whose people are trusted anyway.");
            return Err(Error::caller(ErrorId::InvalidValue, message)
                .help("Name senders and domains outside.")
                .about(list.name()));
        }
    }
    Ok(())
}

fn primary_needed() -> Error {
    Error::conflict(ErrorId::PrimaryAddressRequired, "The primary SMTP address cannot be removed.")
        .help("Make another address the primary one first.")
        .about("EmailAddresses")
}

pub(crate) fn differs(before: &Record, after: &Record) -> bool {
    let same = |(spec, held): &(&'static Spec, Held)| {
        before.held(spec).is_some_and(|known| crate::table::same(known, held))
    };
    before.name() != after.name()
        || before.parent != after.parent
        || before.values.len() != after.values.len()
        || !after.values.iter().all(same)
}
