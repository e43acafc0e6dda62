//! Inbox rules: made, changed, ordered, switched, taken away; by administrators for anybody, by people for themselves.

use crate::own;
use crate::rooms::{IDENTITY, Rooms};
use crate::rule_description::Description;
use ::mailbox::store::{Folder, FolderId};
use ::mailbox::{InboxRule, folder_id, inbox_rules, unreadable_rules};
use directory::schema::inbox_rule::{
    ACTIONS, CONDITIONS, COPY_TO, DESCRIPTION, ENABLED, ERROR, EXCEPT_FROM, EXCEPT_RECEIVED_AFTER,
    EXCEPT_RECEIVED_BEFORE, EXCEPT_SENT_TO, EXCEPT_SIZE_MAXIMUM, EXCEPT_SIZE_MINIMUM, FORWARD_ATTACHED_TO,
    FORWARD_TO, FROM, IN_ERROR, INBOX_RULE, INBOX_RULES, MOVE_TO, PRIORITY, RECEIVED_AFTER, RECEIVED_BEFORE,
    REDIRECT_TO, RULE_IDENTITY, RULE_NAME, RULE_OWNER, SENT_TO, SIZE_MAXIMUM, SIZE_MINIMUM, STOP,
    WHOLE_IDENTITY,
};
use directory::schema::mailbox::RULES_QUOTA;
use directory::schema::recipient;
use directory::{Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{ByteQuantifiedSize, DateTime, Guid, ObjectId, PropertyType, SmtpAddress};
use object::{Declared, Error, ErrorId, Object, Parameter, Property, Result, Spec, Value};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &SET, &ENABLE, &DISABLE, &REMOVE];

static NAME: Parameter<String> = Parameter::of(&RULE_NAME);
static PLACE: Parameter<i32> = Parameter::of(&PRIORITY);
static MAILBOX: Parameter<ObjectId> =
    Parameter::new("Mailbox", "The mailbox whose rules are meant; one's own by default.");

const ROLES: &[&str] = &["User Options", "Mail Recipients"];

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the rules of a mailbox, in their order.",
    notes: "InError tells of a rule whose folder or recipient is gone: it does nothing. People see their own.",
    reads: &[&IDENTITY, &MAILBOX],
    roles: &["User Options", "View-Only Recipients", "Mail Recipients"],
    examples: &[Example { about: "Lists Frank's rules.", command: "Get-InboxRule -Mailbox frank" }],
    ..Cmdlet::new(Verb::Get, &INBOX_RULE, get)
};

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a rule for mail that reaches a mailbox.",
    notes: "All conditions must hold, of several values of one any; an exception that holds wins. A rule without conditions acts on \
            every message. The rules behind it are passed over unless -StopProcessingRules $false. Junk meets no rule. What rules \
            send on goes round no circle.",
    reads: &[&NAME, &PLACE, &MAILBOX],
    edits: Some(property),
    roles: ROLES,
    examples: &[
        Example {
            about: "Puts what a colleague writes into a folder.",
            command: "New-InboxRule 'From Ann' -Mailbox frank -From ann -MoveToFolder frank:\\Inbox",
        },
        Example {
            about: "Forwards what is urgent.",
            command: "New-InboxRule Urgent -Mailbox frank -SubjectContainsWords urgent -ForwardTo ann -MarkImportance High",
        },
    ],
    ..Cmdlet::new(Verb::New, &INBOX_RULE, new)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes a rule for mail that reaches a mailbox.",
    notes: "$null takes a condition or an action away.",
    reads: &[&IDENTITY, &NAME, &PLACE, &MAILBOX],
    edits: Some(property),
    roles: ROLES,
    examples: &[Example {
        about: "Gives a rule another word to look for.",
        command: "Set-InboxRule Lists -Mailbox frank -SubjectContainsWords '[dev]'",
    }],
    ..Cmdlet::new(Verb::Set, &INBOX_RULE, set)
};

static ENABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Puts a rule in force.",
    reads: &[&IDENTITY, &MAILBOX],
    roles: ROLES,
    examples: &[Example { about: "Puts a rule in force.", command: "Enable-InboxRule Lists -Mailbox frank" }],
    ..Cmdlet::new(Verb::Enable, &INBOX_RULE, |rooms, call, out| switch(rooms, call, out, true))
};

static DISABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Puts a rule out of force.",
    reads: &[&IDENTITY, &MAILBOX],
    roles: ROLES,
    examples: &[Example {
        about: "Puts a rule out of force.",
        command: "Disable-InboxRule Lists -Mailbox frank -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Disable, &INBOX_RULE, |rooms, call, out| switch(rooms, call, out, false))
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes a rule away.",
    reads: &[&IDENTITY, &MAILBOX],
    roles: ROLES,
    examples: &[Example {
        about: "Takes a rule away.",
        command: "Remove-InboxRule Lists -Mailbox frank -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &INBOX_RULE, remove)
};

/// The conditions, exceptions and actions: what a command sets of a rule besides its name and place.
fn property(name: &str) -> Option<&'static Spec> {
    let conditions = CONDITIONS.iter().flat_map(|(condition, exception)| [*condition, *exception]);
    let mut all = conditions.chain(ACTIONS.iter().copied()).map(|declared| declared.spec());
    all.find(|spec| spec.name.eq_ignore_ascii_case(name))
}

/// The rules of one mailbox, and which of them is meant.
struct Rules {
    owner: Arc<Record>,
    rules: Vec<InboxRule>,
    /// As they were kept when they were read.
    before: Vec<String>,
}

impl Rules {
    /// The mailbox that is named, by `-Mailbox` or in front of the rule's name, or one's own.
    fn of(rooms: &Rooms, call: &Call) -> Result<Rules> {
        let resolve = |id: ObjectId| own::named(rooms, call, &kinds::MAILBOX, &id);
        let given = call.get(&MAILBOX)?.map(resolve).transpose();
        let given = given.map_err(|error| error.about(MAILBOX.name()))?;
        let named = in_identity(call)?.map(|(mailbox, _)| ObjectId::written(&mailbox));
        let named = named.map(resolve).transpose()?;
        if let (Some(given), Some(named)) = (&given, &named)
            && given.guid() != named.guid()
        {
            let message = format!("The rule is one of {}, not of {}.", named.name(), given.name());
            return Err(Error::caller(ErrorId::ParametersExclude, message).about(MAILBOX.name()));
        }
        let owner = given.or(named).map_or_else(|| Rules::own(rooms, call), Ok)?;
        let (rules, before) = (inbox_rules(&owner), owner.all(&INBOX_RULES));
        Ok(Rules { owner, rules, before })
    }

    fn own(rooms: &Rooms, call: &Call) -> Result<Arc<Record>> {
        let own = call.caller().account.and_then(|account| rooms.directory().get(account));
        own.filter(|own| own.is_mailbox()).ok_or_else(|| {
            Error::caller(ErrorId::ValueRequired, "It is not said whose rules are meant.")
                .help("Give -Mailbox.")
                .about(MAILBOX.name())
        })
    }

    /// Where the rule stands that `-Identity` names: by its name or its number.
    fn find(&self, call: &Call) -> Result<usize> {
        let written = match in_identity(call)? {
            Some((_, rule)) => rule,
            None => call.need(&IDENTITY)?.shown.to_string(),
        };
        let number = self.rules.iter().position(|rule| rule.id.to_string() == written);
        let named = || self.rules.iter().position(|rule| rule.name.to_lowercase() == written.to_lowercase());
        number.or_else(named).ok_or_else(|| {
            let message = format!(
                "The Inbox rule \"{written}\" couldn't be found in the mailbox of {}.",
                self.owner.name()
            );
            Error::not_found(ErrorId::ManagementObjectNotFoundException, message)
                .help("Get-InboxRule lists the rules.")
                .about(IDENTITY.name())
        })
    }

    fn shown(&self, at: usize) -> String {
        self.rules[at].name.clone()
    }

    /// Keeps the rules, as they were changed, as far as the mailbox's quota for them goes.
    fn keep(&self, rooms: &Rooms, call: &Call) -> Result<()> {
        // What cannot be read stays as it is, behind what can.
        let lines = self.rules.iter().map(InboxRule::line).chain(unreadable_rules(&self.owner));
        let lines: Vec<String> = lines.collect();
        let (size, quota) =
            (lines.iter().map(String::len).sum::<usize>() as u64, self.owner.get(&RULES_QUOTA));
        if let Some(ByteQuantifiedSize(most)) = quota.filter(|quota| size > quota.0) {
            let message = format!("The rules of the mailbox would take {size} bytes of {most}.");
            return Err(
                Error::limit(ErrorId::QuotaExceeded, message).help("Take rules away, or raise RulesQuota.")
            );
        }
        let (guid, before) = (self.owner.guid(), self.before.clone());
        rooms.directory().change(call.author(), move |change| {
            let mut record = change.read(guid)?;
            if record.all(&INBOX_RULES) != before {
                let message = "The rules of the mailbox were changed by somebody else at the same moment.";
                return Err(Error::conflict(ErrorId::InvalidChange, message).help("Run the command again."));
            }
            record.set_all(&INBOX_RULES, lines.clone());
            change.save(record)
        })
    }
}

/// `ann\Name`: the mailbox and the rule, where both stand in the identity.
fn in_identity(call: &Call) -> Result<Option<(String, String)>> {
    let Some(identity) = call.get(&IDENTITY)? else { return Ok(None) };
    Ok(identity.shown.split_once('\\').map(|(mailbox, rule)| (mailbox.to_owned(), rule.to_owned())))
}

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let rules = Rules::of(rooms, call)?;
    for line in unreadable_rules(&rules.owner) {
        out.warning(format!("A rule of the mailbox can't be read. It does nothing and is kept: {line}"))?;
    }
    let range = match call.get(&IDENTITY)? {
        Some(_) => rules.find(call).map(|at| at..at + 1)?,
        None => 0..rules.rules.len(),
    };
    for at in range {
        let object = shown(rooms, &rules, at)?;
        if matches!(object.get(IN_ERROR.name()), Some(Value::Bool(true))) {
            out.warning(format!("The Inbox rule \"{}\" contains errors.", rules.rules[at].name))?;
        }
        out.object(object)?;
    }
    Ok(())
}

fn new(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let mut rules = Rules::of(rooms, call)?;
    let name = call.need(&NAME)?;
    check_name(&rules, &name, None)?;
    let id = rules.rules.iter().map(|rule| rule.id).max().unwrap_or(0) + 1;
    let mut rule = InboxRule { id, name: name.clone(), enabled: true, ..InboxRule::default() };
    fill(rooms, call, &rules.owner, &mut rule)?;
    check_actions(&rule)?;
    check_ranges(&rule)?;
    let at = place(call, rules.rules.len())?.unwrap_or(rules.rules.len());
    if !out.should(&name, &format!("Creating Inbox rule \"{name}\"."))? {
        return Ok(());
    }
    rules.rules.insert(at, rule);
    rules.keep(rooms, call)?;
    out.object(shown(rooms, &rules, at)?)
}

fn set(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let mut rules = Rules::of(rooms, call)?;
    let at = rules.find(call)?;
    let mut rule = rules.rules[at].clone();
    if let Some(name) = call.get_or_refuse_null(&NAME)? {
        check_name(&rules, &name, Some(rule.id))?;
        rule.name = name;
    }
    fill(rooms, call, &rules.owner, &mut rule)?;
    check_actions(&rule)?;
    check_ranges(&rule)?;
    let to = place(call, rules.rules.len() - 1)?.unwrap_or(at);
    let shown = rules.shown(at);
    if !out.should(&shown, &format!("Setting Inbox rule \"{shown}\"."))? {
        return Ok(());
    }
    rules.rules.remove(at);
    rules.rules.insert(to, rule);
    rules.keep(rooms, call)
}

fn switch(rooms: &Rooms, call: &Call, out: &mut Output<'_>, on: bool) -> Result<()> {
    let mut rules = Rules::of(rooms, call)?;
    let at = rules.find(call)?;
    let (doing, shown) = (if on { "Enabling" } else { "Disabling" }, rules.shown(at));
    if out.should(&shown, &format!("{doing} Inbox rule \"{shown}\"."))? {
        rules.rules[at].enabled = on;
        rules.keep(rooms, call)?;
    }
    Ok(())
}

fn remove(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let mut rules = Rules::of(rooms, call)?;
    let at = rules.find(call)?;
    let shown = rules.shown(at);
    if out.should(&shown, &format!("Removing Inbox rule \"{shown}\"."))? {
        rules.rules.remove(at);
        rules.keep(rooms, call)?;
    }
    Ok(())
}

fn check_name(rules: &Rules, name: &str, own: Option<u64>) -> Result<()> {
    RULE_NAME.spec().read(&name.into())?;
    if name.contains('\\') {
        let message = "The name of an Inbox rule holds no \\, which parts it from its mailbox.";
        return Err(Error::caller(ErrorId::InvalidValue, message).about(NAME.name()));
    }
    let same = |rule: &InboxRule| rule.name.to_lowercase() == name.to_lowercase() && Some(rule.id) != own;
    if !rules.rules.iter().any(same) {
        return Ok(());
    }
    let message = format!("The mailbox has an Inbox rule \"{name}\" already.");
    Err(Error::conflict(ErrorId::ADObjectAlreadyExistsException, message).about(NAME.name()))
}

/// Where a rule is wanted among `most` others; the first place is 1.
fn place(call: &Call, most: usize) -> Result<Option<usize>> {
    let Some(priority) = call.get_or_refuse_null(&PLACE)? else { return Ok(None) };
    match usize::try_from(priority) {
        Ok(place) if place >= 1 => Ok(Some((place - 1).min(most))),
        _ => {
            let message = format!("{priority} is not a place among rules; the first is 1.");
            Err(Error::caller(ErrorId::OutOfRange, message).about(PLACE.name()))
        }
    }
}

/// Without an action a rule is nothing.
fn check_actions(rule: &InboxRule) -> Result<()> {
    let stop = STOP.spec().name;
    if ACTIONS.iter().any(|action| action.spec().name != stop && !rule.of(*action).is_empty())
        || rule.of(&STOP).first().is_some_and(|stops| stops == "True")
    {
        return Ok(());
    }
    Err(Error::caller(ErrorId::ValueRequired, "The Inbox rule has no action.")
        .help("Give it one, such as -MoveToFolder, -DeleteMessage or -ForwardTo."))
}

/// The two ends of what a message may be, in the numbers in which a rule keeps them.
static RANGES: [[&dyn Declared; 2]; 4] = [
    [&SIZE_MINIMUM, &SIZE_MAXIMUM],
    [&EXCEPT_SIZE_MINIMUM, &EXCEPT_SIZE_MAXIMUM],
    [&RECEIVED_AFTER, &RECEIVED_BEFORE],
    [&EXCEPT_RECEIVED_AFTER, &EXCEPT_RECEIVED_BEFORE],
];

/// A range that begins behind its end would hold for no message.
fn check_ranges(rule: &InboxRule) -> Result<()> {
    let end = |of: &dyn Declared| rule.of(of).first().and_then(|number| number.parse::<i64>().ok());
    for [low, high] in RANGES {
        if end(low).zip(end(high)).is_some_and(|(low, high)| low > high) {
            let (low, high) = (low.spec().name, high.spec().name);
            let message = format!("No message can meet {low} and {high}: the range begins behind its end.");
            return Err(Error::caller(ErrorId::OutOfRange, message).about(low));
        }
    }
    Ok(())
}

/// Puts what was given into a rule.
fn fill(rooms: &Rooms, call: &Call, owner: &Record, rule: &mut InboxRule) -> Result<()> {
    for (spec, value) in call.properties() {
        let values = kept(rooms, owner, spec, value)?;
        // What is switched off is as if it was not there; a word that is looked for can be False, too.
        let switch = std::ptr::eq(spec.kind, bool::KIND) && !std::ptr::eq(spec, STOP.spec());
        let off = switch && values.iter().all(|value| value == "False");
        if values.is_empty() || off {
            rule.given.remove(spec.name);
        } else {
            rule.given.insert(spec.name.to_owned(), values);
        }
    }
    Ok(())
}

/// Properties that name people.
static PEOPLE: [&Property<String>; 7] =
    [&FROM, &EXCEPT_FROM, &SENT_TO, &EXCEPT_SENT_TO, &FORWARD_TO, &FORWARD_ATTACHED_TO, &REDIRECT_TO];

/// Whether a property names a folder.
fn names_folder(spec: &Spec) -> bool {
    [&MOVE_TO, &COPY_TO].iter().any(|property| std::ptr::eq(property.spec(), spec))
}

/// The values of a property as a rule keeps them.
fn kept(rooms: &Rooms, owner: &Record, spec: &'static Spec, value: &Value) -> Result<Vec<String>> {
    if value.is_null() {
        return Ok(Vec::new());
    }
    let read = spec.read(value)?;
    let is = |property: &&Property<String>| std::ptr::eq(property.spec(), spec);
    let people = PEOPLE.iter().any(is);
    let folder = names_folder(spec);
    let each = |value: &Value| match value {
        value if people => person(rooms, &value.to_string()).map_err(|error| error.about(spec.name)),
        value if folder => {
            self::folder(rooms, owner, &value.to_string()).map_err(|error| error.about(spec.name))
        }
        value => Ok(plain(value)),
    };
    read.items().iter().map(each).collect()
}

/// Numbers for what is compared as numbers, else the text.
fn plain(value: &Value) -> String {
    if let Some(ByteQuantifiedSize(bytes)) = ByteQuantifiedSize::of_value(value) {
        return bytes.to_string();
    }
    DateTime::of_value(value).map_or_else(|| value.to_string(), |date| date.to_time().0.to_string())
}

/// A recipient by any of its names, kept by GUID; or an address of somebody else.
fn person(rooms: &Rooms, text: &str) -> Result<String> {
    match rooms.directory().resolve(&kinds::RECIPIENT, &ObjectId::written(text)) {
        Ok(record) => Ok(record.guid().to_string()),
        Err(error) => SmtpAddress::parse(text).map(|address| address.to_string()).ok_or(error),
    }
}

/// A folder of the owner's mailbox: `ann:\Projects\2026`, `\Projects`, `Projects`.
fn folder(rooms: &Rooms, owner: &Record, written: &str) -> Result<String> {
    let path = match written.split_once(':') {
        Some((who, path)) => {
            let named = rooms.directory().resolve(&kinds::MAILBOX, &ObjectId::written(who))?;
            if named.guid() != owner.guid() {
                let message = format!("'{written}' is in another mailbox.");
                return Err(
                    Error::caller(ErrorId::InvalidValue, message).help("A rule works in its own mailbox.")
                );
            }
            path
        }
        None => written,
    };
    let folders = rooms.mailboxes.mailbox(owner)?.folders()?;
    let wanted = path.trim_start_matches('\\').to_lowercase();
    let found =
        folders.iter().find(|folder| !folder.hidden && path_of(&folders, folder).to_lowercase() == wanted);
    let found = found.ok_or_else(|| ::mailbox::folder_permission::folder_missing(written))?;
    Ok(found.id.0.to_string())
}

/// The names from the top down, parted by `\`.
fn path_of(folders: &[Folder], folder: &Folder) -> String {
    let (mut levels, mut at) = (vec![folder.name.as_str()], folder.parent);
    while let Some(above) = at.and_then(|id| folders.iter().find(|folder| folder.id == id)) {
        levels.push(&above.name);
        at = above.parent;
    }
    levels.reverse();
    levels.join("\\")
}

/// A rule as it is shown.
fn shown(rooms: &Rooms, rules: &Rules, at: usize) -> Result<Object> {
    let (rule, owner) = (&rules.rules[at], &rules.owner);
    let folders = rooms.mailboxes.mailbox(owner)?.folders()?;
    let fault = rooms.mailboxes.rule_fault(owner, rule).err();
    let object = Object::of(&INBOX_RULE)
        .with(RULE_NAME.name(), rule.name.as_str())
        .with(ENABLED.name(), rule.enabled)
        .with(PRIORITY.name(), at as i32 + 1)
        .with(RULE_IDENTITY.name(), rule.id.to_string())
        .with(
            WHOLE_IDENTITY.name(),
            format!("{}\\{}", owner.get(&recipient::ALIAS).unwrap_or_default(), rule.id),
        )
        .with(RULE_OWNER.name(), rooms.shown(owner))
        .with(DESCRIPTION.name(), described(rooms, rule, &folders))
        .with(IN_ERROR.name(), fault.is_some());
    if let Some(fault) = fault {
        object.set(ERROR.name(), fault.message());
    }
    for (name, values) in &rule.given {
        let Some(spec) = property(name) else { continue };
        let mut values = values.iter().map(|value| read(rooms, &folders, spec, value));
        let value = if spec.many { Value::array(values) } else { values.next().unwrap_or_default() };
        object.set(spec.name, value);
    }
    if rule.of(&STOP).is_empty() {
        object.set(STOP.name(), true);
    }
    Ok(object)
}

/// A kept value as it is shown.
fn read(rooms: &Rooms, folders: &[Folder], spec: &'static Spec, kept: &str) -> Value {
    let is = |property: &&Property<String>| std::ptr::eq(property.spec(), spec);
    if PEOPLE.iter().any(is) {
        return match Guid::parse(kept).and_then(|guid| rooms.directory().get(guid)) {
            Some(person) => {
                let address =
                    rooms.mailboxes.address_of(kept).map(|address| address.to_string()).unwrap_or_default();
                format!("\"{}\" [SMTP:{address}]", person.name()).into()
            }
            None => kept.into(),
        };
    }
    if names_folder(spec) {
        let folder = folder_id(kept).and_then(|id: FolderId| folders.iter().find(|folder| folder.id == id));
        return folder.map_or_else(|| kept.into(), |folder| path_of(folders, folder).into());
    }
    let number = || kept.parse::<i64>().ok();
    if std::ptr::eq(spec.kind, ByteQuantifiedSize::KIND) {
        return number().map_or(Value::Null, |bytes| ByteQuantifiedSize(bytes.unsigned_abs()).into_value());
    }
    if std::ptr::eq(spec.kind, DateTime::KIND) {
        return number().map_or(Value::Null, |moment| DateTime::utc(object::Time(moment)).into_value());
    }
    (spec.kind.read)(&kept.into()).unwrap_or_else(|_| kept.into())
}

/// What a rule does, in words.
fn described(rooms: &Rooms, rule: &InboxRule, folders: &[Folder]) -> String {
    let values = |spec: &'static Spec| {
        let given = rule.given.get(spec.name).into_iter().flatten();
        given.map(|value| read(rooms, folders, spec, value)).collect::<Vec<_>>()
    };
    Description::of(CONDITIONS, ACTIONS, values).text("the message has")
}
