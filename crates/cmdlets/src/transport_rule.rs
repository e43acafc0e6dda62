//! Transport rules: made, changed, ordered, switched, tried out, taken along.

use crate::rooms::{IDENTITY, Rooms};
use crate::rule_description::Description;
use crate::standard::Subject;
use directory::schema::recipient::EMAIL_ADDRESSES;
use directory::schema::rule::{self, ACTIONS, CONDITIONS, ENABLED, MODE, PRIORITY, TRANSPORT_RULE};
use directory::{Change, Class, Directory, Edit, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{Guid, ObjectId, SmtpAddress};
use object::value::Dictionary;
use object::{Declared, Error, ErrorId, Keys, Noun, Object, Parameter, Result, Spec, Value};
use std::sync::Arc;
use transport::nouns::{ACTION, PREDICATE, RULE_TRIAL};
use transport::{Client, Content, Envelope, Forward, Notify, Place, Recipient, Rule, Sender};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] =
    &[&GET, &NEW, &SET, &ENABLE, &DISABLE, &REMOVE, &TEST, &GET_PREDICATE, &GET_ACTION];

const ROLES: &[&str] = &["Transport Rules"];

/// More rules than these are refused, as in Exchange: each costs something with every message.
pub(crate) const RULES_MAX: usize = 300;

static NAME: Parameter<String> = Parameter::of(&directory::schema::recipient::NAME);
static ENABLED_AT_ONCE: Parameter<bool> = Parameter::of(&ENABLED);
static NEW_MODE: Parameter<String> = Parameter::of(&MODE);
static INCIDENT: Parameter<ObjectId> =
    Parameter::new("GenerateIncidentReport", "Who gets a report of what the rule found.").nullable();
static STATE: Parameter<String> = Parameter::new("State", "Which rules are wanted: Enabled or Disabled.");

static RULES: Subject = Subject {
    wanted: |subject, _, call| {
        let all = crate::standard::Wanted::all(directory::Query::of(subject.kind));
        let Some(state) = call.get(&STATE)? else { return Ok(all) };
        let wanted = state.eq_ignore_ascii_case("Enabled");
        Ok(crate::standard::Wanted {
            passes: Box::new(move |record: &Record| record.is(&ENABLED) == wanted),
            ..all
        })
    },
    complete: |_, _, record, object| {
        object.set("State", if record.is(&ENABLED) { "Enabled" } else { "Disabled" });
        describe(object);
    },
    enable: |rooms, call, record, _| {
        let mode = call.get(&NEW_MODE)?;
        switch(rooms, call, record, true, mode)
    },
    disable: |rooms, call, record, _| switch(rooms, call, record, false, None),
    remove: |rooms, call, record, _| {
        let guid = record.guid();
        rooms.directory().change(call.author(), move |change| {
            change.delete(guid)?;
            order(change, None)
        })
    },
    ..Subject::of(&TRANSPORT_RULE, &kinds::TRANSPORT_RULE, Class::TransportRule, "transport rule")
};

/// Says in words what a rule does that is shown with all it has.
fn describe(object: &Object) {
    let given = |spec: &'static Spec| {
        let value = object.get(spec.name).filter(|value| !matches!(value, Value::Bool(false)));
        value.map(|value| value.items()).unwrap_or_default()
    };
    let words = Description::of(CONDITIONS, ACTIONS, given);
    object.set(rule::DESCRIPTION.name(), words.text("the message"));
    for (property, lines) in [
        (&rule::CONDITIONS_SHOWN, words.conditions),
        (&rule::EXCEPTIONS_SHOWN, words.exceptions),
        (&rule::ACTIONS_SHOWN, words.actions),
    ] {
        object.set(property.name(), Value::array(lines.into_iter().map(Value::from)));
    }
}

fn switch(rooms: &Rooms, call: &Call, record: &Record, on: bool, mode: Option<String>) -> Result<()> {
    let guid = record.guid();
    rooms.directory().change(call.author(), move |change| {
        let mut record = change.read(guid)?;
        record.set(&ENABLED, on);
        if let Some(mode) = &mode {
            record.set(&MODE, mode.clone());
        }
        change.save(record)
    })
}

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the rules for mail on its way, in their order.",
    reads: &[&STATE, &IDENTITY],
    roles: &["Transport Rules", "View-Only Configuration"],
    examples: &[Example { about: "Lists all rules.", command: "Get-TransportRule" }],
    ..Cmdlet::new(Verb::Get, &TRANSPORT_RULE, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let wanted = (RULES.wanted)(&RULES, rooms, call)?;
    let mut found: Vec<Arc<Record>> = match call.get(&IDENTITY)? {
        None => rooms.directory().all(Class::TransportRule),
        Some(identity) if identity.shown.contains('*') && identity.guid == Guid::EMPTY => {
            rooms.directory().matching(&kinds::TRANSPORT_RULE, &identity.shown)
        }
        Some(_) => vec![rooms.one(call, &kinds::TRANSPORT_RULE)?],
    };
    found.sort_by_key(|record| record.get(&PRIORITY).unwrap_or(i32::MAX));
    for record in found.iter().filter(|record| (wanted.passes)(record)) {
        let object = rooms.directory().object(record, &TRANSPORT_RULE);
        (RULES.complete)(rooms, call, record, &object);
        out.object(object)?;
    }
    Ok(())
}

/// The rule as it is shown.
fn shown(rooms: &Rooms, call: &Call, guid: Guid) -> Result<Object> {
    let record = rooms.directory().need(guid)?;
    let object = rooms.directory().object(&record, &TRANSPORT_RULE);
    (RULES.complete)(rooms, call, &record, &object);
    Ok(object)
}

fn property(name: &str) -> Option<&'static Spec> {
    TRANSPORT_RULE.property(name)
}

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a rule for mail on its way.",
    notes: "All conditions must hold; of several values of one, any. An exception that holds wins. Conditions about recipients \
            are asked of each: the rule acts on those that fit. A rule with AnyOfRecipientAddress… or an action of the Edge \
            (Quarantine, Disconnect, LogEventText, SmtpRejectMessage…) looks before recipients are resolved.",
    reads: &[&NAME, &ENABLED_AT_ONCE, &INCIDENT],
    edits: Some(property),
    roles: ROLES,
    examples: &[
        Example {
            about: "Marks what comes from outside.",
            command: "New-TransportRule 'Mark external' -FromScope NotInOrganization -PrependSubject '[EXT] '",
        },
        Example {
            about: "Refuses programs.",
            command: "New-TransportRule 'No programs' -AttachmentExtensionMatchesWords exe,scr -RejectMessageReasonText 'No programs here'",
        },
    ],
    ..Cmdlet::new(Verb::New, &TRANSPORT_RULE, new)
};

fn new(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let (name, mut edits) = (call.need(&NAME)?, rule_edits(rooms, call)?);
    if let Some(on) = call.get(&ENABLED_AT_ONCE)? {
        edits.push(Edit::set(&ENABLED, on));
    }
    if !out.should(&name, &format!("Creating transport rule \"{name}\"."))? {
        return Ok(());
    }
    let called = name.clone();
    let made = rooms.directory().change(call.author(), move |change| {
        if change.directory().all(Class::TransportRule).len() >= RULES_MAX {
            let sentence = format!("There are {RULES_MAX} transport rules; there can't be more.");
            return Err(Error::limit(ErrorId::TooManyPatterns, sentence));
        }
        let record = change.new_configuration(Class::TransportRule, &called, &edits)?;
        Rule::read(&record, change.directory())?;
        order(change, Some((record.guid(), record.get(&PRIORITY))))?;
        Ok(record)
    })?;
    out.object(shown(rooms, call, made.guid())?)
}

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes a rule for mail on its way.",
    roles: ROLES,
    reads: &[&IDENTITY, &INCIDENT],
    edits: Some(property),
    examples: &[Example {
        about: "Asks a rule first.",
        command: "New-TransportRule 'Mark external' -FromScope NotInOrganization -PrependSubject '[EXT] ' | Set-TransportRule -Priority 0",
    }],
    ..Cmdlet::new(Verb::Set, &TRANSPORT_RULE, set)
};

fn set(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let record = rooms.one(call, &kinds::TRANSPORT_RULE)?;
    let (edits, guid) = (rule_edits(rooms, call)?, record.guid());
    if !out.should(record.name(), &format!("Setting transport rule \"{}\".", record.name()))? {
        return Ok(());
    }
    let moved = edits.iter().any(|edit| std::ptr::eq(edit.spec(), PRIORITY.spec()));
    rooms.directory().change(call.author(), move |change| {
        let mut record = change.read(guid)?;
        change.edit(&mut record, &edits)?;
        Rule::read(&record, change.directory())?;
        let place = record.get(&PRIORITY);
        change.save(record)?;
        if moved { order(change, Some((guid, place))) } else { Ok(()) }
    })
}

/// Numbers the rules from 0 in their order, with one of them at the place that it was given; a new one is the last.
pub(crate) fn order(change: &mut Change<'_>, placed: Option<(Guid, Option<i32>)>) -> Result<()> {
    let mut rules: Vec<Arc<Record>> = change.directory().all(Class::TransportRule);
    rules.sort_by_key(|rule| rule.get(&PRIORITY).unwrap_or(i32::MAX));
    if let Some((guid, place)) = placed
        && let Some(at) = rules.iter().position(|rule| rule.guid() == guid)
    {
        let one = rules.remove(at);
        let place = place.and_then(|place| usize::try_from(place).ok()).unwrap_or(rules.len());
        if place > rules.len() {
            let sentence = format!("The priority {place} is beyond the last rule, {}.", rules.len());
            return Err(Error::caller(ErrorId::OutOfRange, sentence).about(PRIORITY.name()));
        }
        rules.insert(place, one);
    }
    for (number, rule) in rules.iter().enumerate() {
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        if rule.get(&PRIORITY) != Some(number) {
            let mut record = change.read(rule.guid())?;
            record.set(&PRIORITY, number);
            change.save(record)?;
        }
    }
    Ok(())
}

/// Properties whose values name people.
static PEOPLE: &[&dyn Declared] = &[
    &rule::FROM,
    &rule::EXCEPT_FROM,
    &rule::SENT_TO,
    &rule::EXCEPT_SENT_TO,
    &rule::TO_HEADER,
    &rule::EXCEPT_TO_HEADER,
    &rule::CC_HEADER,
    &rule::EXCEPT_CC_HEADER,
    &rule::TO_CC_HEADER,
    &rule::EXCEPT_TO_CC_HEADER,
    &rule::ADD_TO_RECIPIENTS,
    &rule::COPY_TO,
    &rule::BLIND_COPY_TO,
    &rule::REDIRECT_TO,
    &rule::MODERATE_BY_USER,
    &rule::INCIDENT_TO,
    &rule::MANAGER_ADDRESSES,
    &rule::EXCEPT_MANAGER_ADDRESSES,
];
/// Properties whose values name groups.
static GROUPS: &[&dyn Declared] = &[
    &rule::FROM_MEMBER_OF,
    &rule::EXCEPT_FROM_MEMBER_OF,
    &rule::SENT_TO_MEMBER_OF,
    &rule::EXCEPT_SENT_TO_MEMBER_OF,
    &rule::TO_HEADER_MEMBER_OF,
    &rule::EXCEPT_TO_HEADER_MEMBER_OF,
    &rule::CC_HEADER_MEMBER_OF,
    &rule::EXCEPT_CC_HEADER_MEMBER_OF,
    &rule::TO_CC_HEADER_MEMBER_OF,
    &rule::EXCEPT_TO_CC_HEADER_MEMBER_OF,
    &rule::BETWEEN_ONE,
    &rule::EXCEPT_BETWEEN_ONE,
    &rule::BETWEEN_OTHER,
    &rule::EXCEPT_BETWEEN_OTHER,
];

/// What was given, people and groups by their addresses: a rule outlives whoever it names, and names people outside, too.
fn rule_edits(rooms: &Rooms, call: &Call) -> Result<Vec<Edit>> {
    let directory = rooms.directory();
    let edit = |(spec, value): (&'static Spec, &Value)| Edit::new(spec, &addressed(directory, spec, value)?);
    let mut edits = call.properties().map(edit).collect::<Result<Vec<_>>>()?;
    if call.value(&INCIDENT).is_some() {
        let to = call.get(&INCIDENT)?.map(|to| person(directory, &to.shown, INCIDENT.name())).transpose()?;
        edits.push(Edit::new(rule::INCIDENT_TO.spec(), &to.map_or(Value::Null, Value::from))?);
    }
    Ok(edits)
}

/// What is given for a property, people and groups by their addresses.
pub(crate) fn addressed(directory: &Directory, spec: &'static Spec, value: &Value) -> Result<Value> {
    match () {
        () if is(PEOPLE, spec) => named(value, &|text| person(directory, text, spec.name)),
        () if is(GROUPS, spec) => named(value, &|text| group(directory, text, spec.name)),
        () => Ok(value.clone()),
    }
}

fn is(list: &[&dyn Declared], spec: &'static Spec) -> bool {
    list.iter().any(|one| std::ptr::eq(one.spec(), spec))
}

/// The value with each name in it replaced.
fn named(value: &Value, each: &dyn Fn(&str) -> Result<String>) -> Result<Value> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Dictionary(words) => {
            let made = Dictionary::new();
            for (word, list) in words.to_vec() {
                made.insert(word, named(&list, each)?);
            }
            Ok(Value::Dictionary(Arc::new(made)))
        }
        Value::String(text) => each(text).map(Value::from),
        list => {
            let texts = list
                .items()
                .iter()
                .map(|one| each(&one.to_string()).map(Value::from))
                .collect::<Result<Vec<_>>>()?;
            Ok(Value::array(texts))
        }
    }
}

fn primary(record: &Record) -> Option<String> {
    directory::primary(&record.all(&EMAIL_ADDRESSES)).map(|address: SmtpAddress| address.to_string())
}

/// The address of a recipient, or an address of somebody outside.
pub(crate) fn person(directory: &Directory, text: &str, about: &'static str) -> Result<String> {
    match directory.resolve_text(&kinds::RECIPIENT, text) {
        Ok(record) => Ok(primary(&record).unwrap_or_else(|| text.to_owned())),
        Err(error) => {
            let outside = SmtpAddress::parse(text)
                .filter(|address| directory.domains().find(address.domain()).is_none());
            outside.map(|address| address.to_string()).ok_or_else(|| error.about(about))
        }
    }
}

fn group(directory: &Directory, text: &str, about: &'static str) -> Result<String> {
    let record = directory.resolve_text(&kinds::RECIPIENT, text).map_err(|error| error.about(about))?;
    if record.class() != Class::Group {
        let sentence = format!("{} is not a group.", record.name());
        return Err(Error::caller(ErrorId::InvalidValue, sentence).about(about));
    }
    primary(&record).ok_or_else(|| {
        Error::not_found(ErrorId::PrimaryAddressMissing, format!("{} has no address.", record.name()))
            .about(about)
    })
}

static ENABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Puts a rule for mail on its way into force.",
    reads: &[&NEW_MODE],
    roles: ROLES,
    examples: &[Example {
        about: "Makes a rule and puts it into force later.",
        command: "New-TransportRule 'Mark' -PrependSubject '[EXT] ' -Enabled $false | Enable-TransportRule",
    }],
    ..RULES.cmdlet(Verb::Enable)
};
static DISABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes a rule for mail on its way out of force.",
    roles: ROLES,
    examples: &[Example {
        about: "Takes all rules out of force.",
        command: "Get-TransportRule | Disable-TransportRule -Confirm:$false",
    }],
    ..RULES.cmdlet(Verb::Disable)
};
static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes a rule for mail on its way.",
    roles: ROLES,
    examples: &[Example {
        about: "Removes all rules.",
        command: "Get-TransportRule | Remove-TransportRule -Confirm:$false",
    }],
    ..RULES.cmdlet(Verb::Remove)
};

static WANTED_NAME: Parameter<String> = Parameter::new("Name", "The one that is wanted; all by default.");
static NAMES: Keys = &[&WANTED_NAME];

fn list(
    call: &Call,
    out: &mut Output<'_>,
    noun: &'static Noun,
    all: &[(&'static Spec, Option<&'static Spec>)],
) -> Result<()> {
    let wanted = call.get(&WANTED_NAME)?;
    let fits = |spec: &Spec| wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(spec.name));
    let mut found = false;
    for (spec, exception) in all.iter().filter(|(spec, _)| fits(spec)) {
        found = true;
        let object = Object::of(noun).with("Name", spec.name).with("Description", spec.summary);
        out.object(match exception {
            Some(exception) => object.with("Exception", exception.name),
            None => object,
        })?;
    }
    if found {
        return Ok(());
    }
    let message = format!("'{}' is not there.", wanted.unwrap_or_default());
    Err(Error::not_found(ErrorId::ManagementObjectNotFoundException, message).about(WANTED_NAME.name()))
}

static GET_PREDICATE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists what a rule for mail on its way can look for.",
    reads: NAMES,
    roles: ROLES,
    examples: &[Example {
        about: "Lists all conditions and exceptions.",
        command: "Get-TransportRulePredicate",
    }],
    ..Cmdlet::new(Verb::Get, &PREDICATE, |_, call, out| {
        let all: Vec<_> =
            CONDITIONS.iter().map(|(one, except)| (static_spec(*one), Some(static_spec(*except)))).collect();
        list(call, out, &PREDICATE, &all)
    })
};
static GET_ACTION: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists what a rule for mail on its way can do.",
    reads: NAMES,
    roles: ROLES,
    examples: &[Example { about: "Lists all actions.", command: "Get-TransportRuleAction" }],
    ..Cmdlet::new(Verb::Get, &ACTION, |_, call, out| {
        let all: Vec<_> = ACTIONS.iter().map(|one| (static_spec(*one), None)).collect();
        list(call, out, &ACTION, &all)
    })
};

fn static_spec(declared: &'static dyn Declared) -> &'static Spec {
    declared.spec()
}

static FILE: Parameter<String> =
    Parameter::new("MessageFile", "The message itself, as Get-Content -Raw reads it from a file.");
static FROM: Parameter<SmtpAddress> =
    Parameter::new("Sender", "The sender of the envelope; nobody by default.");
static TO: Parameter<SmtpAddress> = Parameter::new("Recipients", "The recipients of the envelope.").many();
static LOGGED_ON: Parameter<bool> = Parameter::new(
    "Authenticated",
    "Whether the sender has logged on; so it is by default where the sender is a mailbox of ours.",
);

/// A message that is tried out.
const FILE_BYTES_MAX: usize = 36 << 20;

static TEST: Cmdlet<Rooms> = Cmdlet {
    called: Some("TransportRule"),
    synopsis: "Tells which rules would act on a message, and why; nothing is sent.",
    reads: &[&FILE, &FROM, &TO, &LOGGED_ON],
    roles: ROLES,
    examples: &[Example {
        about: "Tries a short message.",
        command: "Test-TransportRule -MessageFile \"Subject: Hello`r`n`r`nText\" -Sender a@far.example -Recipients administrator@contoso.com",
    }],
    ..Cmdlet::new(Verb::Test, &RULE_TRIAL, test)
};

fn test(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let transport = rooms.mail()?;
    let text = call.need(&FILE)?;
    if text.len() > FILE_BYTES_MAX {
        return Err(
            Error::limit(ErrorId::MessageTooLarge, "The message is larger than 36 MB.").about(FILE.name())
        );
    }
    let from = call.get(&FROM)?;
    let ours = from
        .as_ref()
        .and_then(|from| rooms.mailboxes.recipient_of(from))
        .filter(|record| record.is_mailbox());
    let known = call.get(&LOGGED_ON)?.unwrap_or(ours.is_some());
    if known && ours.is_none() {
        let message = "Whoever has logged on has a mailbox here.";
        return Err(Error::caller(ErrorId::InvalidValue, message)
            .help("Give the address of a mailbox with -Sender.")
            .about(LOGGED_ON.name()));
    }
    let sender = match (ours.filter(|_| known), from) {
        (Some(record), address) => Sender::Authenticated { account: record.guid(), address },
        (None, address) => Sender::of_reverse_path(address),
    };
    let forward = |address: SmtpAddress| {
        let place = Place::Elsewhere(address.clone());
        Forward { recipient: Recipient { address, place }, orcpt: None, notify: Notify::NEVER }
    };
    let to = call.list(&TO)?.unwrap_or_default().into_iter().map(forward).collect();
    let client = Client {
        hello: "localhost".to_owned(),
        address: std::net::Ipv4Addr::LOCALHOST.into(),
        protocol: "ESMTP",
        cipher: None,
        request: String::new(),
    };
    let envelope =
        Envelope { sender, to, content: Content::default(), ret: None, envid: None, client, each: false };
    for tried in transport.try_rules(envelope, text.into_bytes()) {
        out.object(
            Object::of(&RULE_TRIAL)
                .with("Rule", tried.rule)
                .with("Stage", if tried.edge { "Edge" } else { "Hub" })
                .with("Acts", !tried.recipients.is_empty())
                .with("Recipients", Value::array(tried.recipients.into_iter().map(Value::from)))
                .with("Why", tried.why)
                .with("Actions", Value::array(tried.actions.into_iter().map(Value::from))),
        )?;
    }
    Ok(())
}
