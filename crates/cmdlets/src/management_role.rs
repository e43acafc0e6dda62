//! Roles, the cmdlets in them, and who holds them.

use crate::role::{RoleEntry, declarations, fits, given};
use crate::role_assignment_policy::of_administrators;
use crate::role_group::{manages, may_assign, role_named};
use crate::role_reach::{
    CUSTOM_SCOPE, DATABASE_SCOPE, EXCLUSIVE_DATABASE_SCOPE, EXCLUSIVE_SCOPE, RELATIVE_SCOPE, UNIT_SCOPE,
    wanted_databases, wanted_reach, wanted_scope,
};
use crate::rooms::{IDENTITY, Rooms};
use directory::schema::group::{DELEGATED_ROLES, ROLES};
use directory::schema::mailbox;
use directory::schema::policy::ASSIGNED_ROLES;
use directory::schema::role::{
    DESCRIPTION, MANAGEMENT_ROLE, MANAGEMENT_ROLE_ASSIGNMENT, MANAGEMENT_ROLE_ENTRY, PARENT, ROLE_ENTRIES,
};
use directory::{
    Assignment, BUILT_IN_ROLES, Class, DELEGATING, DatabaseScope, HeldRole, Reach, Record, Scope,
    built_in_role, is_organization_management, kinds,
};
use gate::{Call, Cmdlet, Declaration, Example, Output, Permit, Verb};
use object::types::{Guid, ObjectId};
use object::{Declared, Error, ErrorId, Keys, Object, Parameter, Result, Switch, Value};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[
    &GET,
    &NEW,
    &REMOVE,
    &GET_ENTRY,
    &ADD_ENTRY,
    &SET_ENTRY,
    &REMOVE_ENTRY,
    &GET_ASSIGNMENT,
    &NEW_ASSIGNMENT,
    &SET_ASSIGNMENT,
    &REMOVE_ASSIGNMENT,
];

static NAME: Parameter<String> = Parameter::new("Name", "The name of the new role.");
static ABOVE: Parameter<ObjectId> =
    Parameter::new("Parent", "The role of which the new one is a part; it never holds more.");
static ENABLED_CMDLETS: Parameter<String> =
    Parameter::new("EnabledCmdlets", "The cmdlets of the parent that the new role holds; all by default.")
        .many();
static ABOUT: Parameter<String> = Parameter::new("Description", "What the role is for.");
static CMDLET: Parameter<String> = Parameter::new("Cmdlet", "Only roles that hold this cmdlet.");
static PARAMETERS: Parameter<String> = Parameter::new("Parameters", "The parameters.").many();
static ADD_PARAMETER: Parameter<Switch> =
    Parameter::new("AddParameter", "Adds the parameters to those there are.");
static REMOVE_PARAMETER: Parameter<Switch> =
    Parameter::new("RemoveParameter", "Takes the parameters from those there are.");
static ROLE: Parameter<ObjectId> = Parameter::new("Role", "The role.");
static SECURITY_GROUP: Parameter<ObjectId> =
    Parameter::new("SecurityGroup", "The role group whose members hold it.");
static POLICY: Parameter<ObjectId> =
    Parameter::new("Policy", "The role assignment policy whose users hold it for their own mailboxes.");
static ROLE_ASSIGNEE: Parameter<ObjectId> = Parameter::new(
    "RoleAssignee",
    "The role group or policy; or a user, for what they hold alone and through groups.",
);

static USER: Parameter<ObjectId> = Parameter::new("User", "The user who holds it, without a role group.");
static ASSIGNMENT_NAME: Parameter<String> =
    Parameter::new("Name", "How the assignment is called; by default the role's and the holder's name.");
static MAY_GIVE: Parameter<Switch> = Parameter::new(
    "Delegating",
    "Lets the holder give the role to others, as far as they hold it themselves; it does not let them use it.",
);
static ENABLED: Parameter<bool> =
    Parameter::new("Enabled", "Whether it is in force; what is switched off gives nothing.");

static ONLY_ENABLED: Parameter<bool> =
    Parameter::new("Enabled", "Only assignments that are in force, or with $false only the others.");
static ONLY_DELEGATING: Parameter<bool> = Parameter::new(
    "Delegating",
    "Only assignments that let their holders give the role to others, or with $false only the others.",
);
static ONLY_EXCLUSIVE: Parameter<bool> =
    Parameter::new("Exclusive", "Only assignments with an exclusive scope, or with $false only the others.");
static ASSIGNEE_TYPE: Parameter<String> = Parameter::new(
    "RoleAssigneeType",
    "Only those of role groups, of policies or of users: RoleGroup, RoleAssignmentPolicy, User.",
);
static METHODS: Parameter<String> = Parameter::new(
    "AssignmentMethod",
    "Only those that come in these ways: Direct, RoleGroup, RoleAssignmentPolicy.",
)
.many();
static WRITE_SCOPE: Parameter<String> = Parameter::new(
    "RecipientWriteScope",
    "Only those that reach recipients in that way: OU, CustomRecipientScope and the like.",
);
static CONFIG_SCOPE: Parameter<String> = Parameter::new(
    "ConfigWriteScope",
    "Only those that reach databases in that way: OrganizationConfig, CustomConfigScope and the like.",
);
static WRITABLE_RECIPIENT: Parameter<ObjectId> =
    Parameter::new("WritableRecipient", "Only those by which this recipient can be changed.");
static WRITABLE_DATABASE: Parameter<ObjectId> =
    Parameter::new("WritableDatabase", "Only those by which this mailbox database can be changed.");
static EFFECTIVE: Parameter<Switch> = Parameter::new(
    "GetEffectiveUsers",
    "Shows each user whom it reaches in the end, through groups in groups, too, whether it is in force or not.",
);

static WITH_PARAMETERS: Parameter<String> = Parameter::new(
    "CmdletParameters",
    "Only roles that hold the cmdlet with all of these parameters; with Cmdlet.",
)
.many();
static ROLE_TYPE: Parameter<String> =
    Parameter::new("RoleType", "Only roles that come from this one, written without blanks: MailRecipients.");
static RECURSE: Parameter<Switch> =
    Parameter::new("Recurse", "Shows the role and all that are parts of it, and parts of these.");
static CHILDREN: Parameter<Switch> =
    Parameter::new("GetChildren", "Shows the roles that are parts of it, and not it itself.");

const ROLE_MANAGEMENT: &[&str] = &["Role Management"];
const SHOWN: &[&str] = &["Role Management", "View-Only Configuration"];

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the roles, those that there are from the beginning and those that somebody made.",
    reads: &[&IDENTITY, &CMDLET, &WITH_PARAMETERS, &ROLE_TYPE, &RECURSE, &CHILDREN],
    roles: SHOWN,
    examples: &[
        Example { about: "Lists all roles.", command: "Get-ManagementRole" },
        Example {
            about: "Shows which roles are parts of one.",
            command: "Get-ManagementRole 'Mail Recipients' -GetChildren",
        },
        Example {
            about: "Shows which roles let one make mailboxes.",
            command: "Get-ManagementRole -Cmdlet New-Mailbox",
        },
    ],
    ..Cmdlet::new(Verb::Get, &MANAGEMENT_ROLE, get_roles)
};

fn get_roles(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let (cmdlet, parameters) = (call.get(&CMDLET)?, call.list(&WITH_PARAMETERS)?.unwrap_or_default());
    if cmdlet.is_none() && !parameters.is_empty() {
        let message = "CmdletParameters are those of a cmdlet.";
        return Err(Error::caller(ErrorId::MissingMandatoryParameter, message)
            .help("Add -Cmdlet and its name.")
            .about(WITH_PARAMETERS.name()));
    }
    let kind = call.get(&ROLE_TYPE)?;
    for name in wanted_roles(rooms, call)? {
        let of_kind = || {
            kind.as_ref()
                .is_none_or(|kind| word_of(&rooms.directory().root_role(&name)).eq_ignore_ascii_case(kind))
        };
        if cmdlet.as_ref().is_none_or(|cmdlet| holds_with(rooms, &name, cmdlet, &parameters)) && of_kind() {
            out.object(role(rooms, &name)?)?;
        }
    }
    Ok(())
}

/// The roles that are named, or the parts of the one that is.
fn wanted_roles(rooms: &Rooms, call: &Call) -> Result<Vec<String>> {
    let pattern = call.get(&IDENTITY)?.map_or_else(|| "*".to_owned(), |identity| identity.shown.to_string());
    if call.is(&CHILDREN) || call.is(&RECURSE) {
        let top = role_named(rooms, &pattern).map_err(|error| error.about(IDENTITY.name()))?;
        let parts = parts_of(rooms, &top, call.is(&RECURSE));
        return Ok(call.is(&RECURSE).then_some(top).into_iter().chain(parts).collect());
    }
    let names: Vec<String> = names(rooms).into_iter().filter(|name| fits(&pattern, name)).collect();
    if names.is_empty() && !pattern.contains('*') {
        role_named(rooms, &pattern)?;
    }
    Ok(names)
}

/// The roles that are parts of one, with the parts of these where that is wanted.
fn parts_of(rooms: &Rooms, top: &str, deep: bool) -> Vec<String> {
    let made = rooms.directory().all(Class::ManagementRole);
    let (mut found, mut waiting): (Vec<String>, _) = (Vec::new(), vec![top.to_owned()]);
    while let Some(above) = waiting.pop() {
        let is_part =
            |role: &&Arc<Record>| role.get(&PARENT).is_some_and(|of| of.eq_ignore_ascii_case(&above));
        for part in made.iter().filter(is_part).map(|role| role.name().to_owned()) {
            // A role that were a part of itself would be met again.
            if !found.contains(&part) {
                waiting.extend(deep.then(|| part.clone()));
                found.push(part);
            }
        }
    }
    found.sort();
    found
}

/// A role's name as its type: without blanks.
fn word_of(role: &str) -> String {
    role.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Whether a role gives a cmdlet with all of these parameters.
fn holds_with(rooms: &Rooms, role: &str, cmdlet: &str, parameters: &[String]) -> bool {
    if parameters.is_empty() {
        return holds(rooms, role, cmdlet);
    }
    let mut named =
        entries(rooms, role).into_iter().filter(|(known, _)| known.name.eq_ignore_ascii_case(cmdlet));
    named.any(|(_, own)| parameters.iter().all(|one| own.iter().any(|known| known.eq_ignore_ascii_case(one))))
}

fn names(rooms: &Rooms) -> Vec<String> {
    let mut names: Vec<String> = BUILT_IN_ROLES.iter().map(|name| (*name).to_owned()).collect();
    names.extend(rooms.directory().all(Class::ManagementRole).iter().map(|role| role.name().to_owned()));
    names.sort();
    names
}

/// Whether a role gives anything of a cmdlet.
pub(crate) fn holds(rooms: &Rooms, role: &str, cmdlet: &str) -> bool {
    let mut named = declarations().iter().filter(|known| known.name.eq_ignore_ascii_case(cmdlet));
    named.any(|known| given(rooms.directory(), role, known) != Permit::No)
}

fn role(rooms: &Rooms, name: &str) -> Result<Object> {
    let (root, made) = (rooms.directory().root_role(name), rooms.directory().made_role(name));
    let entries = entries(rooms, name).into_iter().map(|(cmdlet, _)| Value::from(&*cmdlet.name));
    let object = match &made {
        Some(made) => rooms.directory().object(made, &MANAGEMENT_ROLE),
        None => Object::of(&MANAGEMENT_ROLE).with("Name", name).with("Identity", name),
    };
    Ok(object
        .with("RoleType", word_of(&root).as_str())
        .with("RoleEntries", Value::array(entries))
        .with("IsRootRole", made.is_none())
        .with("IsEndUserRole", root.starts_with("My")))
}

/// The cmdlets of a role, with the parameters that it gives.
fn entries(rooms: &Rooms, role: &str) -> Vec<(&'static Arc<Declaration>, Vec<String>)> {
    let one = |known: &'static Arc<Declaration>| {
        let own = known
            .signature
            .formals
            .iter()
            .filter(|formal| formal.is_own())
            .map(|formal| formal.name.to_string());
        match given(rooms.directory(), role, known) {
            Permit::No => None,
            Permit::Yes => Some((known, own.collect())),
            Permit::Only(names) => Some((
                known,
                own.filter(|name| names.iter().any(|known| known.eq_ignore_ascii_case(name))).collect(),
            )),
        }
    };
    let mut found: Vec<_> = declarations().iter().filter_map(one).collect();
    found.sort_by(|a, b| a.0.name.cmp(&b.0.name));
    found
}

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a role out of a part of another one.",
    notes: "Entries are taken out with Remove-ManagementRoleEntry, parameters with Set-ManagementRoleEntry.",
    reads: &[&NAME, &ABOVE, &ENABLED_CMDLETS, &ABOUT],
    roles: ROLE_MANAGEMENT,
    examples: &[Example {
        about: "Makes a role that looks at mailboxes and changes them.",
        command: "New-ManagementRole 'Offices' -Parent 'Mail Recipients' -EnabledCmdlets Get-Mailbox,Set-Mailbox",
    }],
    ..Cmdlet::new(Verb::New, &MANAGEMENT_ROLE, |rooms, call, out| {
        let (name, parent) = (call.need(&NAME)?, call.need(&ABOVE)?);
        let parent = role_named(rooms, &parent.shown).map_err(|error| error.about(ABOVE.name()))?;
        // Behind it stands what is said of an assignment.
        if name.contains(':') {
            let message = format!("'{name}' cannot be the name of a role: it holds a colon.");
            return Err(Error::caller(ErrorId::InvalidValue, message).about(NAME.name()));
        }
        if role_named(rooms, &name).is_ok() {
            let message = format!("There is a management role '{name}' already.");
            return Err(Error::conflict(ErrorId::ADObjectAlreadyExistsException, message).about(NAME.name()));
        }
        let all: Vec<String> =
            entries(rooms, &parent).iter().map(|(known, _)| known.name.to_string()).collect();
        let wanted = match call.list(&ENABLED_CMDLETS)? {
            None => all,
            Some(wanted) => {
                let find = |word: &String| {
                    all.iter().find(|known| known.eq_ignore_ascii_case(word)).cloned().ok_or_else(|| {
                        let message = format!("The role '{parent}' has no entry '{word}'.");
                        Error::not_found(ErrorId::ManagementObjectNotFoundException, message)
                            .about(ENABLED_CMDLETS.name())
                    })
                };
                wanted.iter().map(find).collect::<Result<Vec<_>>>()?
            }
        };
        let about = call.get(&ABOUT)?;
        if !out.should(&name, &format!("Creating management role \"{name}\" with parent \"{parent}\"."))? {
            return Ok(());
        }
        let written = name.clone();
        rooms.directory().change(call.author(), move |change| {
            let mut record = change.new_configuration(Class::ManagementRole, &written, &[])?;
            record.set(&PARENT, parent.clone());
            record.set_all(&ROLE_ENTRIES, wanted.clone());
            if let Some(about) = &about {
                record.set(&DESCRIPTION, about.clone());
            }
            change.save(record)
        })?;
        out.object(role(rooms, &name)?)
    })
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes a role that somebody made.",
    notes: "It must be held by nobody, and no other role a part of it.",
    reads: &[&IDENTITY],
    roles: ROLE_MANAGEMENT,
    examples: &[Example {
        about: "Makes a role and removes it.",
        command: "New-ManagementRole Temporary -Parent 'Mail Recipients' | Remove-ManagementRole -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &MANAGEMENT_ROLE, |rooms, call, out| {
        let made = made(rooms, &call.need(&IDENTITY)?.shown)?;
        let name = made.name().to_owned();
        if let Some((_, _, why)) = rooms.directory().why_role_stays(&name) {
            return Err(in_use(&name, &why));
        }
        let guid = made.guid();
        if out.should(&name, &format!("Removing management role \"{name}\"."))? {
            rooms.directory().change(call.author(), move |change| change.delete(guid))?;
        }
        Ok(())
    })
};

fn in_use(name: &str, why: &str) -> Error {
    Error::conflict(ErrorId::InvalidChange, format!("The role '{name}' can't be removed: {why}."))
}

/// A role that somebody made; those from the beginning stay as they are.
fn made(rooms: &Rooms, name: &str) -> Result<Arc<Record>> {
    let name = role_named(rooms, name)?;
    rooms.directory().made_role(&name).ok_or_else(|| {
        let message = format!("The role '{name}' is one of the organization's own and can't be changed.");
        Error::conflict(ErrorId::InvalidChange, message)
            .help(format!("Make a part of it: New-ManagementRole NAME -Parent '{name}'."))
    })
}

/// `Role\\Cmdlet`: its two sides.
fn sides(call: &Call) -> Result<(String, String)> {
    let written = call.need(&IDENTITY)?.shown.to_string();
    written.split_once('\\').map(|(role, cmdlet)| (role.to_owned(), cmdlet.to_owned())).ok_or_else(|| {
        Error::caller(ErrorId::InvalidValue, format!("'{written}' doesn't name an entry of a role."))
            .help("Write the role and the cmdlet: 'Mail Recipients\\Set-Mailbox'; * stands for any.")
            .about(IDENTITY.name())
    })
}

static GET_ENTRY: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the cmdlets of roles, with the parameters that may be given.",
    reads: &[&IDENTITY, &PARAMETERS],
    roles: SHOWN,
    examples: &[
        Example {
            about: "Lists what a role holds.",
            command: "Get-ManagementRoleEntry 'Mail Recipients\\*'",
        },
        Example {
            about: "Shows which roles hold a cmdlet.",
            command: "Get-ManagementRoleEntry '*\\New-Mailbox'",
        },
    ],
    ..Cmdlet::new(Verb::Get, &MANAGEMENT_ROLE_ENTRY, |rooms, call, out| {
        let (role, cmdlet) = sides(call)?;
        let wanted = call.list(&PARAMETERS)?.unwrap_or_default();
        let mut found = false;
        for name in names(rooms).into_iter().filter(|name| fits(&role, name)) {
            for (known, parameters) in entries(rooms, &name) {
                let has = |one: &String| parameters.iter().any(|known| known.eq_ignore_ascii_case(one));
                if fits(&cmdlet, &known.name) && wanted.iter().all(has) {
                    found = true;
                    out.object(entry(&name, &known.name, &parameters))?;
                }
            }
        }
        if found || role.contains('*') || cmdlet.contains('*') || !wanted.is_empty() {
            return Ok(());
        }
        Err(no_entry(&role, &cmdlet))
    })
};

fn entry(role: &str, cmdlet: &str, parameters: &[String]) -> Object {
    Object::of(&MANAGEMENT_ROLE_ENTRY)
        .with("Name", cmdlet)
        .with("Role", role)
        .with("Parameters", Value::array(parameters.iter().map(|name| Value::from(name.as_str()))))
        .with("Identity", format!("{role}\\{cmdlet}").as_str())
}

fn no_entry(role: &str, cmdlet: &str) -> Error {
    let message = format!("The role '{role}' has no entry '{cmdlet}'.");
    Error::not_found(ErrorId::ManagementObjectNotFoundException, message).about(IDENTITY.name())
}

/// What becomes of an entry: from the call, the role's name, the entry before, and what the role above gives.
type EditEntry = fn(&Call, &str, Option<RoleEntry>, &[String]) -> Result<Option<RoleEntry>>;

/// Changes the entry of one cmdlet in a role that somebody made.
fn change_entry(rooms: &Rooms, call: &Call, out: &mut Output<'_>, edit: EditEntry) -> Result<()> {
    may_assign(rooms, call)?;
    let (role, cmdlet) = sides(call)?;
    let made = made(rooms, &role)?;
    let parent = made.get(&PARENT).unwrap_or_default();
    let above =
        entries(rooms, &parent).into_iter().find(|(known, _)| known.name.eq_ignore_ascii_case(&cmdlet));
    let (known, parameters) = above.ok_or_else(|| no_entry(&parent, &cmdlet))?;
    let name = known.name.to_string();
    let of = |text: &String| RoleEntry::parse(text).cmdlet.eq_ignore_ascii_case(&name);
    let before = made.all(&ROLE_ENTRIES).iter().find(|text| of(text)).map(|text| RoleEntry::parse(text));
    let after = edit(call, made.name(), before, &parameters)?;
    let shown = format!("{}\\{name}", made.name());
    if !out.should(&shown, &format!("Changing management role entry \"{shown}\"."))? {
        return Ok(());
    }
    let guid = made.guid();
    rooms.directory().change(call.author(), move |change| {
        let mut record = change.read(guid)?;
        let mut list = record.all(&ROLE_ENTRIES);
        list.retain(|text| !RoleEntry::parse(text).cmdlet.eq_ignore_ascii_case(&name));
        list.extend(after.as_ref().map(RoleEntry::text));
        record.set_all(&ROLE_ENTRIES, list);
        change.save(record)
    })
}

/// The parameters that were given, each one that the role above gives.
fn parameters(call: &Call, known: &[String]) -> Result<Option<Vec<String>>> {
    let Some(written) = call.list(&PARAMETERS)? else { return Ok(None) };
    let find = |word: &String| {
        known.iter().find(|known| known.eq_ignore_ascii_case(word)).cloned().ok_or_else(|| {
            let message = format!("The role above gives no parameter '{word}'.");
            Error::not_found(ErrorId::NamedParameterNotFound, message).about(PARAMETERS.name())
        })
    };
    written.iter().map(find).collect::<Result<Vec<_>>>().map(Some)
}

static ADD_ENTRY: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Puts a cmdlet of the role above into a role that somebody made.",
    reads: &[&IDENTITY, &PARAMETERS],
    roles: ROLE_MANAGEMENT,
    examples: &[Example {
        about: "Makes a role that changes where people sit.",
        command: "New-ManagementRole Rooms -Parent 'Mail Recipients' -EnabledCmdlets Get-User | ForEach-Object { \
                  Add-ManagementRoleEntry 'Rooms\\Set-User' -Parameters Identity,Office } | Format-List",
    }],
    ..Cmdlet::new(Verb::Add, &MANAGEMENT_ROLE_ENTRY, |rooms, call, out| {
        change_entry(rooms, call, out, |call, role, before, known| {
            if let Some(entry) = before {
                let message = format!("The role '{role}' has an entry '{}' already.", entry.cmdlet);
                return Err(
                    Error::conflict(ErrorId::ADObjectAlreadyExistsException, message).about(IDENTITY.name())
                );
            }
            let (_, cmdlet) = sides(call)?;
            Ok(Some(RoleEntry { parameters: parameters(call, known)?, ..RoleEntry::all(&cmdlet) }))
        })
    })
};

static SET_ENTRY: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Says which parameters may be given to a cmdlet in a role that somebody made.",
    notes: "Without AddParameter and RemoveParameter, those that are named and no others.",
    reads: &[&IDENTITY, &PARAMETERS, &ADD_PARAMETER, &REMOVE_PARAMETER],
    roles: ROLE_MANAGEMENT,
    examples: &[Example {
        about: "Lets whoever holds a role change where people sit and nothing else.",
        command: "New-ManagementRole Rooms -Parent 'Mail Recipients' | ForEach-Object { \
                  Set-ManagementRoleEntry 'Rooms\\Set-User' -Parameters Identity,Office } | Format-List",
    }],
    ..Cmdlet::new(Verb::Set, &MANAGEMENT_ROLE_ENTRY, |rooms, call, out| {
        change_entry(rooms, call, out, |call, role, before, known| {
            let mut entry = before
                .ok_or_else(|| no_entry(role, &sides(call).map(|sides| sides.1).unwrap_or_default()))?;
            let given = parameters(call, known)?.unwrap_or_default();
            let among = |name: &String| given.iter().any(|one| one.eq_ignore_ascii_case(name));
            let had = entry.parameters.take().unwrap_or_else(|| known.to_vec());
            entry.parameters = Some(match (call.is(&ADD_PARAMETER), call.is(&REMOVE_PARAMETER)) {
                (true, true) => {
                    let message = "AddParameter and RemoveParameter can't be used together.";
                    return Err(
                        Error::caller(ErrorId::ParametersExclude, message).about(ADD_PARAMETER.name())
                    );
                }
                (true, false) => {
                    had.into_iter().filter(|name| !among(name)).chain(given.iter().cloned()).collect()
                }
                (false, true) => had.into_iter().filter(|name| !among(name)).collect(),
                (false, false) => given,
            });
            Ok(Some(entry))
        })
    })
};

static REMOVE_ENTRY: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes a cmdlet out of a role that somebody made.",
    reads: &[&IDENTITY],
    roles: ROLE_MANAGEMENT,
    examples: &[Example {
        about: "Makes a role that removes no mailboxes.",
        command: "New-ManagementRole Careful -Parent 'Mail Recipient Creation' | ForEach-Object { \
                  Remove-ManagementRoleEntry 'Careful\\Remove-Mailbox' -Confirm:$false } | Format-List",
    }],
    ..Cmdlet::new(Verb::Remove, &MANAGEMENT_ROLE_ENTRY, |rooms, call, out| {
        change_entry(rooms, call, out, |call, role, before, _| {
            before
                .map(|_| None)
                .ok_or_else(|| no_entry(role, &sides(call).map(|sides| sides.1).unwrap_or_default()))
        })
    })
};

/// That somebody holds a role, or may give it to others.
struct Held {
    role: String,
    assignee: Arc<Record>,
    reach: Reach,
    delegating: bool,
    how: Assignment,
}

impl Held {
    fn name(&self) -> String {
        let made = || format!("{}{}", self.usual_name(), if self.delegating { "-Delegating" } else { "" });
        self.how.name.clone().unwrap_or_else(made)
    }
    fn usual_name(&self) -> String {
        format!("{}-{}", self.role, self.assignee.name())
    }
    /// Under what the holder keeps what is said of it.
    fn key(&self) -> String {
        if self.delegating { format!("{}{DELEGATING}", self.role) } else { self.role.clone() }
    }
    /// `RoleGroup` and the like, and how it comes to whoever holds it.
    fn kind(&self) -> (&'static str, &'static str) {
        match self.assignee.class() {
            Class::Group => ("RoleGroup", "RoleGroup"),
            Class::User => ("User", "Direct"),
            _ => ("RoleAssignmentPolicy", "RoleAssignmentPolicy"),
        }
    }
    /// The words for the recipients and for the databases that it reaches.
    fn words(&self) -> (&'static str, &'static str) {
        let recipients = match self.reach.scope {
            Scope::Organization => "Organization",
            Scope::Oneself => "Self",
            Scope::Owned => "MyDistributionGroups",
            Scope::AddressList => "MyGAL",
            Scope::Unit(_) => "OU",
            Scope::Custom(_) => "CustomRecipientScope",
            Scope::Exclusive(_) => "ExclusiveRecipientScope",
        };
        let databases = match self.reach.databases {
            DatabaseScope::Organization => "OrganizationConfig",
            DatabaseScope::Custom(_) => "CustomConfigScope",
            DatabaseScope::Exclusive(_) => "ExclusiveConfigScope",
        };
        (recipients, databases)
    }
    fn is_exclusive(&self) -> bool {
        matches!(self.reach.scope, Scope::Exclusive(_))
            || matches!(self.reach.databases, DatabaseScope::Exclusive(_))
    }
    fn object(&self, rooms: &Rooms) -> Object {
        let whole = match self.assignee.class() {
            Class::Group => "All Group Members",
            Class::User => self.assignee.name(),
            _ => "All Policy Assignees",
        };
        self.object_of(rooms, whole, Vec::new())
    }
    /// It as somebody holds it who is in these groups.
    fn object_of(&self, rooms: &Rooms, user: &str, chain: Vec<String>) -> Object {
        let shown =
            |guid: Guid| rooms.directory().get(guid).map(|one| Value::typed(rooms.directory().id(&one)));
        let (custom, unit) = match self.reach.scope {
            Scope::Unit(guid) => (None, shown(guid)),
            Scope::Custom(guid) | Scope::Exclusive(guid) => (shown(guid), None),
            _ => (None, None),
        };
        let reads = match self.reach.scope {
            Scope::Oneself => "Self",
            Scope::Owned | Scope::AddressList => "MyGAL",
            _ => "Organization",
        };
        let databases = match self.reach.databases {
            DatabaseScope::Organization => None,
            DatabaseScope::Custom(guid) | DatabaseScope::Exclusive(guid) => shown(guid),
        };
        let ((kind, method), (word, config)) = (self.kind(), self.words());
        Object::of(&MANAGEMENT_ROLE_ASSIGNMENT)
            .with("Name", self.name().as_str())
            .with("Role", self.role.as_str())
            .with("RoleAssigneeName", self.assignee.name())
            .with("RoleAssigneeType", kind)
            .with("AssignmentMethod", method)
            .with("AssignmentChain", chain.join("\\").as_str())
            .with("EffectiveUserName", user)
            .with(
                "RoleAssignmentDelegationType",
                if self.delegating { "DelegatingOrgWide" } else { "Regular" },
            )
            .with("RecipientReadScope", reads)
            .with("RecipientWriteScope", word)
            .with("ConfigWriteScope", config)
            .with("CustomRecipientWriteScope", custom.unwrap_or_default())
            .with("CustomConfigWriteScope", databases.unwrap_or_default())
            .with("RecipientOrganizationalUnitScope", unit.unwrap_or_default())
            .with("Enabled", self.how.enabled)
            .with("Identity", self.name().as_str())
    }
    /// Whether whoever holds it may change an object with it.
    fn reaches(&self, rooms: &Rooms, record: &Record) -> Result<bool> {
        let directory = rooms.directory();
        let Reach { scope, databases } = self.reach;
        let held = HeldRole { role: self.role.clone(), scope, databases };
        let shut_in = directory.shut_in(record)?;
        if !scope.is_of_people() {
            return directory.reaches(&held, record.guid(), record, &shut_in);
        }
        // What one of those who hold it may do with what is theirs.
        for (user, _) in self.users(rooms) {
            if directory.reaches(&held, user.guid(), record, &shut_in)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    /// The users who hold it, each with the groups from the role group down to the one in which they are.
    fn users(&self, rooms: &Rooms) -> Vec<(Arc<Record>, Vec<String>)> {
        match self.assignee.class() {
            Class::User => vec![(Arc::clone(&self.assignee), Vec::new())],
            Class::Group => users_below(rooms, &self.assignee),
            _ => {
                let users = rooms.directory().all(Class::User).into_iter();
                let under = |user: &Arc<Record>| {
                    user.reference(&mailbox::ROLE_ASSIGNMENT_POLICY) == Some(self.assignee.guid())
                        && user.is_mailbox()
                        && !mailbox::is_system_mailbox(user.details())
                };
                users.filter(under).map(|user| (user, Vec::new())).collect()
            }
        }
    }
}

/// The users in a group and in the groups in it, each once, by the shortest way.
fn users_below(rooms: &Rooms, group: &Arc<Record>) -> Vec<(Arc<Record>, Vec<String>)> {
    let (mut found, mut seen) = (Vec::new(), HashSet::from([group.guid()]));
    let mut waiting = VecDeque::from([(Arc::clone(group), vec![group.name().to_owned()])]);
    while let Some((group, chain)) = waiting.pop_front() {
        for member in rooms.directory().members(&group).into_iter().filter(|one| seen.insert(one.guid())) {
            match member.class() {
                Class::Group => {
                    let chain = chain.iter().cloned().chain([member.name().to_owned()]).collect();
                    waiting.push_back((member, chain));
                }
                Class::User => found.push((member, chain.clone())),
                _ => {}
            }
        }
    }
    found
}

fn roles_of(assignee: &Record) -> Vec<String> {
    let of_policy = assignee.class() == Class::RoleAssignmentPolicy;
    let spec = if of_policy { ASSIGNED_ROLES.spec() } else { ROLES.spec() };
    assignee.value(spec).items().iter().map(ToString::to_string).collect()
}

fn assignments(rooms: &Rooms) -> Vec<Held> {
    let mut assignees = rooms.directory().role_groups();
    assignees.extend(rooms.directory().all(Class::RoleAssignmentPolicy));
    assignees.extend(rooms.directory().holders_alone());
    let mut held: Vec<Held> = assignees.iter().flat_map(|assignee| all_of(rooms, assignee)).collect();
    held.sort_by_key(Held::name);
    held
}

/// All that a role group, a policy or a user holds or may give.
fn all_of(rooms: &Rooms, assignee: &Arc<Record>) -> Vec<Held> {
    let held = |role: String, delegating: bool| {
        let reach =
            if delegating { Reach::EVERYTHING } else { rooms.directory().reach_given(assignee, &role) };
        let how = Assignment::default();
        let held = Held { role, assignee: Arc::clone(assignee), reach, delegating, how };
        Held { how: rooms.directory().assignment(assignee, &held.key()), ..held }
    };
    let regular = roles_of(assignee).into_iter().map(|role| held(role, false));
    regular.chain(assignee.all(&DELEGATED_ROLES).into_iter().map(|role| held(role, true))).collect()
}

static FOUND_BY: Keys =
    &[&CUSTOM_SCOPE, &EXCLUSIVE_SCOPE, &UNIT_SCOPE, &DATABASE_SCOPE, &EXCLUSIVE_DATABASE_SCOPE];

static GET_ASSIGNMENT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows who holds which role, and who may give it to others.",
    notes: "-WritableRecipient and -WritableDatabase find what lets somebody change the object; what people do with what \
            is their own counts where it is one of theirs.",
    reads: &[
        &IDENTITY,
        &ROLE,
        &ROLE_ASSIGNEE,
        &METHODS,
        &ASSIGNEE_TYPE,
        &ONLY_ENABLED,
        &ONLY_DELEGATING,
        &ONLY_EXCLUSIVE,
        &WRITE_SCOPE,
        &CONFIG_SCOPE,
        &WRITABLE_RECIPIENT,
        &WRITABLE_DATABASE,
        &EFFECTIVE,
    ],
    shares: &[FOUND_BY],
    roles: SHOWN,
    examples: &[
        Example {
            about: "Shows who holds a role.",
            command: "Get-ManagementRoleAssignment -Role 'Mail Recipients' -GetEffectiveUsers",
        },
        Example {
            about: "Shows what a role group holds.",
            command: "Get-ManagementRoleAssignment -RoleAssignee 'Help Desk'",
        },
    ],
    ..Cmdlet::new(Verb::Get, &MANAGEMENT_ROLE_ASSIGNMENT, |rooms, call, out| {
        let wanted = WantedAssignments::of(rooms, call)?;
        for held in assignments(rooms) {
            if !wanted.has(rooms, &held)? {
                continue;
            }
            if !call.is(&EFFECTIVE) {
                out.object(held.object(rooms))?;
                continue;
            }
            for (user, chain) in held.users(rooms) {
                out.object(held.object_of(rooms, user.name(), chain))?;
            }
        }
        Ok(())
    })
};

/// Which assignments are wanted.
struct WantedAssignments {
    pattern: Option<String>,
    role: Option<String>,
    assignees: Option<Vec<Guid>>,
    kind: Option<String>,
    methods: Option<Vec<String>>,
    /// Whether they are in force, are delegating, are exclusive.
    switches: [Option<bool>; 3],
    /// The words for what they reach.
    words: [Option<String>; 2],
    scope: Option<Scope>,
    databases: Option<DatabaseScope>,
    writable: Vec<Arc<Record>>,
}

impl WantedAssignments {
    fn of(rooms: &Rooms, call: &Call) -> Result<WantedAssignments> {
        let recipient = rooms.named(call, &WRITABLE_RECIPIENT, &kinds::RECIPIENT)?;
        let database = rooms.named(call, &WRITABLE_DATABASE, &kinds::DATABASE)?;
        Ok(WantedAssignments {
            pattern: call.get(&IDENTITY)?.map(|identity| identity.shown.to_string()),
            role: call.get(&ROLE)?.map(|role| role_named(rooms, &role.shown)).transpose()?,
            assignees: call.get(&ROLE_ASSIGNEE)?.map(|name| assignees(rooms, &name.shown)).transpose()?,
            kind: call.get(&ASSIGNEE_TYPE)?,
            methods: call.list(&METHODS)?,
            switches: [call.get(&ONLY_ENABLED)?, call.get(&ONLY_DELEGATING)?, call.get(&ONLY_EXCLUSIVE)?],
            words: [call.get(&WRITE_SCOPE)?, call.get(&CONFIG_SCOPE)?],
            scope: wanted_scope(rooms, call)?,
            databases: wanted_databases(rooms, call)?,
            writable: recipient.into_iter().chain(database).collect(),
        })
    }

    fn has(&self, rooms: &Rooms, held: &Held) -> Result<bool> {
        let ((kind, method), (recipients, databases)) = (held.kind(), held.words());
        let is = |wanted: &Option<String>, word: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(word))
        };
        let switches = [held.how.enabled, held.delegating, held.is_exclusive()];
        let fitting = self.pattern.as_ref().is_none_or(|pattern| fits(pattern, &held.name()))
            && is(&self.role, &held.role)
            && self.assignees.as_ref().is_none_or(|known| known.contains(&held.assignee.guid()))
            && is(&self.kind, kind)
            && self.methods.as_ref().is_none_or(|all| all.iter().any(|one| one.eq_ignore_ascii_case(method)))
            && self
                .switches
                .iter()
                .zip(switches)
                .all(|(wanted, is)| wanted.is_none_or(|wanted| wanted == is))
            && is(&self.words[0], recipients)
            && is(&self.words[1], databases)
            && self.scope.is_none_or(|scope| scope == held.reach.scope)
            && self.databases.is_none_or(|databases| databases == held.reach.databases);
        if fitting && !self.writable.is_empty() && (held.delegating || !held.how.enabled) {
            return Ok(false);
        }
        for record in self.writable.iter().filter(|_| fitting) {
            if !held.reaches(rooms, record)? {
                return Ok(false);
            }
        }
        Ok(fitting)
    }
}

/// The role groups and policies that a name stands for: itself, or those of a user.
fn assignees(rooms: &Rooms, name: &str) -> Result<Vec<object::types::Guid>> {
    let directory = rooms.directory();
    let policies = directory.all(Class::RoleAssignmentPolicy);
    if let Some(policy) = policies.iter().find(|policy| policy.name().eq_ignore_ascii_case(name)) {
        return Ok(vec![policy.guid()]);
    }
    let found = directory.resolve(&kinds::SECURITY_PRINCIPAL, &ObjectId::written(name));
    let found = found.map_err(|error| error.about(ROLE_ASSIGNEE.name()))?;
    let groups = directory.groups_of(found.guid()).into_iter().map(|group| group.guid());
    let policy = found.reference(&mailbox::ROLE_ASSIGNMENT_POLICY);
    Ok(std::iter::once(found.guid()).chain(groups).chain(policy).collect())
}

static NEW_ASSIGNMENT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Gives a role to a role group, to one user, or to users for their own mailboxes.",
    notes: "Who manages the organization gives every role; others those that they may give (-Delegating), as far as they hold \
            them themselves. What a role gives to read it gives of everybody; what it gives to change reaches as \
            far as its scope. What an exclusive scope finds is changed by nobody else, whatever other roles say; what people do \
            for themselves goes on. Of groups role groups alone hold roles.",
    reads: &[&ASSIGNMENT_NAME, &ROLE, &SECURITY_GROUP, &USER, &POLICY, &MAY_GIVE],
    shares: &[REACH],
    roles: ROLE_MANAGEMENT,
    examples: &[
        Example {
            about: "Lets Help Desk make mailboxes.",
            command: "New-ManagementRoleAssignment -Role 'Mail Recipient Creation' -SecurityGroup 'Help Desk'",
        },
        Example {
            about: "Lets Ben look after all recipients.",
            command: "New-ManagementRoleAssignment 'Ben for now' -Role 'Mail Recipients' -User ben",
        },
    ],
    ..Cmdlet::new(Verb::New, &MANAGEMENT_ROLE_ASSIGNMENT, |rooms, call, out| {
        let held = new_assignment(rooms, call)?;
        may_give(rooms, call, &held)?;
        may_narrow(&held)?;
        let all = assignments(rooms);
        let same = |known: &&Held| {
            known.name().eq_ignore_ascii_case(&held.name())
                || known.assignee.guid() == held.assignee.guid()
                    && known.key().eq_ignore_ascii_case(&held.key())
        };
        if let Some(known) = all.iter().find(same) {
            let message = format!("There is an assignment '{}' already.", known.name());
            return Err(Error::conflict(ErrorId::ADObjectAlreadyExistsException, message).about(ROLE.name()));
        }
        if out.should(&held.name(), &format!("Creating management role assignment \"{}\".", held.name()))? {
            assign(rooms, call, &held, true)?;
            out.object(held.object(rooms))?;
        }
        Ok(())
    })
};

/// What is to be assigned, to whom.
fn new_assignment(rooms: &Rooms, call: &Call) -> Result<Held> {
    let role = role_named(rooms, &call.need(&ROLE)?.shown).map_err(|error| error.about(ROLE.name()))?;
    let (assignee, delegating) = (new_assignee(rooms, call)?, call.is(&MAY_GIVE));
    let of_policy = assignee.class() == Class::RoleAssignmentPolicy;
    let of_people = of_policy || rooms.directory().is_of_people(&role);
    if of_policy && !rooms.directory().is_of_people(&role) {
        return Err(of_administrators(&role, ROLE.name()));
    }
    let usual = if of_people { rooms.directory().reach_given(&assignee, &role) } else { Reach::EVERYTHING };
    let reach = wanted_reach(rooms, call, usual)?;
    if reach.is_some() && of_people {
        return Err(only_oneself(&role, &ROLE));
    }
    if reach.is_some() && delegating {
        return Err(delegates_everything());
    }
    let how = Assignment {
        name: call.get(&ASSIGNMENT_NAME)?.map(|name| checked_name(&name)).transpose()?,
        enabled: true,
    };
    let reach = if delegating { Reach::EVERYTHING } else { reach.unwrap_or(usual) };
    Ok(Held { role, assignee, reach, delegating, how })
}

fn new_assignee(rooms: &Rooms, call: &Call) -> Result<Arc<Record>> {
    let named = [
        rooms.named(call, &SECURITY_GROUP, &kinds::ROLE_GROUP)?,
        rooms.named(call, &USER, &kinds::USER)?,
        rooms.named(call, &POLICY, &kinds::ROLE_ASSIGNMENT_POLICY)?,
    ];
    named.into_iter().flatten().next().ok_or_else(|| {
        Error::caller(ErrorId::MissingMandatoryParameter, "Nobody is named who is to hold the role.")
            .help("Add -SecurityGroup, -User or -Policy.")
    })
}

fn delegates_everything() -> Error {
    let message = "A role is given to others as far as whoever gives it holds it: this assignment has no scope of its own.";
    Error::caller(ErrorId::ParametersExclude, message).help("Leave the scope out.").about(MAY_GIVE.name())
}

/// The most letters of an assignment's name.
const NAME_CHARACTERS_MAX: usize = 64;

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if !name.is_empty() && name.chars().count() <= NAME_CHARACTERS_MAX && !name.contains(char::is_control) {
        return Ok(name.to_owned());
    }
    let message =
        format!("'{name}' cannot be the name of an assignment: it has 1 to {NAME_CHARACTERS_MAX} letters.");
    Err(Error::caller(ErrorId::InvalidValue, message).about(ASSIGNMENT_NAME.name()))
}

/// Whoever manages the organization gives and takes every role, and alone lets others give them. Whoever may give one gives
/// and takes it as far as they hold it themselves.
fn may_give(rooms: &Rooms, call: &Call, held: &Held) -> Result<()> {
    if held.delegating || manages(rooms, call) {
        return may_assign(rooms, call);
    }
    let (directory, lineage) = (rooms.directory(), lineage(rooms, &held.role));
    let is = |role: &String| lineage.iter().any(|one| one.eq_ignore_ascii_case(role));
    let may = call.caller().account.is_some_and(|account| {
        directory.delegated_roles(account).iter().any(is)
            && directory.held_roles(account).iter().any(|mine| is(&mine.role) && mine.covers(held.reach))
    });
    if may { Ok(()) } else { may_assign(rooms, call) }
}

/// A role, and the roles of which it is a part.
fn lineage(rooms: &Rooms, role: &str) -> Vec<String> {
    let mut all = vec![role.to_owned()];
    while let Some(parent) = all.last().and_then(|last| rooms.directory().made_role(last)?.get(&PARENT)) {
        if all.contains(&parent) {
            break;
        }
        all.push(parent);
    }
    all
}

fn assign(rooms: &Rooms, call: &Call, held: &Held, holds: bool) -> Result<()> {
    let (guid, role, key, delegating) =
        (held.assignee.guid(), held.role.clone(), held.key(), held.delegating);
    let reach = if holds { held.reach } else { Reach::EVERYTHING };
    let how = if holds { held.how.clone() } else { Assignment::default() };
    rooms.directory().change(call.author(), move |change| {
        let mut record = change.read(guid)?;
        let mut list = if delegating { record.all(&DELEGATED_ROLES) } else { roles_of(&record) };
        list.retain(|known| !known.eq_ignore_ascii_case(&role));
        list.extend(holds.then(|| role.clone()));
        match record.class() {
            _ if delegating => record.set_all(&DELEGATED_ROLES, list),
            Class::RoleAssignmentPolicy => record.set_all(&ASSIGNED_ROLES, list),
            _ => {
                record.set_all(&ROLES, list);
                change.set_reach(&mut record, &role, reach);
            }
        }
        change.set_assignment(&mut record, &key, &how);
        change.save(record)
    })
}

static REACH: Keys = &[
    &CUSTOM_SCOPE,
    &EXCLUSIVE_SCOPE,
    &UNIT_SCOPE,
    &RELATIVE_SCOPE,
    &DATABASE_SCOPE,
    &EXCLUSIVE_DATABASE_SCOPE,
];

/// Organization Management reaches everybody: otherwise nobody might.
fn may_narrow(held: &Held) -> Result<()> {
    if held.reach == Reach::EVERYTHING
        || held.reach.scope.is_of_people()
        || !is_organization_management(&held.assignee)
    {
        return Ok(());
    }
    let message = format!("The roles of {} reach the whole organization.", held.assignee.name());
    Err(Error::conflict(ErrorId::InvalidChange, message).help("Give the role to another role group."))
}

pub(crate) fn only_oneself<T: object::types::PropertyType>(
    role: &str,
    about: &'static Parameter<T>,
) -> Error {
    let message = format!("The role '{role}' is for one's own mailbox, and has no other scope.");
    Error::conflict(ErrorId::InvalidChange, message).about(about.name())
}

/// The assignment that is named.
fn assignment(rooms: &Rooms, call: &Call) -> Result<Held> {
    let name = call.need(&IDENTITY)?.shown.to_string();
    let mut found = assignments(rooms);
    found.retain(|held| held.name().eq_ignore_ascii_case(&name));
    if let [one, other, ..] = found.as_slice() {
        let message = format!(
            "Two assignments are called '{name}': of '{}' to '{}' and of '{}' to '{}'.",
            one.role,
            one.assignee.name(),
            other.role,
            other.assignee.name()
        );
        return Err(Error::conflict(ErrorId::ManagementObjectAmbiguousException, message)
            .help("Rename one of the holders first.")
            .about(IDENTITY.name()));
    }
    found.pop().ok_or_else(|| {
        let message = format!("The role assignment '{name}' couldn't be found.");
        Error::not_found(ErrorId::ManagementObjectNotFoundException, message)
            .help("Get-ManagementRoleAssignment lists them.")
            .about(IDENTITY.name())
    })
}

static SET_ASSIGNMENT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Says which recipients may be changed with a role that somebody holds, or switches the assignment off and on.",
    notes: "-RecipientRelativeWriteScope Organization lets it reach everybody again.",
    reads: &[&IDENTITY, &ENABLED],
    shares: &[REACH],
    roles: ROLE_MANAGEMENT,
    examples: &[
        Example {
            about: "Lets Help Desk change options of people below Users only.",
            command: "Set-ManagementRoleAssignment 'User Options-Help Desk' -RecipientOrganizationalUnitScope Users",
        },
        Example {
            about: "Takes a role from Help Desk for a time.",
            command: "Set-ManagementRoleAssignment 'User Options-Help Desk' -Enabled $false",
        },
    ],
    ..Cmdlet::new(Verb::Set, &MANAGEMENT_ROLE_ASSIGNMENT, |rooms, call, out| {
        let held = assignment(rooms, call)?;
        may_give(rooms, call, &held)?;
        let (reach, enabled) = (wanted_reach(rooms, call, held.reach)?, call.get(&ENABLED)?);
        if reach.is_none() && enabled.is_none() {
            return Err(Error::caller(ErrorId::MissingMandatoryParameter, "Neither a scope is named nor Enabled.")
                .help("Add -CustomRecipientWriteScope, -RecipientOrganizationalUnitScope, -RecipientRelativeWriteScope or -Enabled."));
        }
        if reach.is_some() && held.delegating {
            return Err(delegates_everything());
        }
        if reach.is_some() && held.reach.scope.is_of_people() {
            return Err(only_oneself(&held.role, &IDENTITY));
        }
        if enabled == Some(false) {
            must_not_stay(&held)?;
        }
        let how = Assignment { enabled: enabled.unwrap_or(held.how.enabled), name: held.how.name.clone() };
        let held = Held { reach: reach.unwrap_or(held.reach), how, ..held };
        may_give(rooms, call, &held)?;
        may_narrow(&held)?;
        if out.should(&held.name(), &format!("Setting management role assignment \"{}\".", held.name()))? {
            assign(rooms, call, &held, true)?;
        }
        Ok(())
    })
};

/// Organization Management gives roles: otherwise nobody could.
fn must_not_stay(held: &Held) -> Result<()> {
    let stays = is_organization_management(&held.assignee)
        && !held.delegating
        && built_in_role(&held.role) == Some("Role Management");
    if !stays {
        return Ok(());
    }
    let message = format!("The role assignment '{}' must stay.", held.name());
    Err(Error::conflict(ErrorId::InvalidChange, message).about(IDENTITY.name()))
}

static REMOVE_ASSIGNMENT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes a role from whoever holds it.",
    notes: "Organization Management keeps Role Management: otherwise nobody could give roles.",
    reads: &[&IDENTITY],
    roles: ROLE_MANAGEMENT,
    examples: &[Example {
        about: "Takes a role from Help Desk.",
        command: "Remove-ManagementRoleAssignment 'User Options-Help Desk' -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &MANAGEMENT_ROLE_ASSIGNMENT, |rooms, call, out| {
        let held = assignment(rooms, call)?;
        may_give(rooms, call, &held)?;
        must_not_stay(&held)?;
        if out.should(&held.name(), &format!("Removing management role assignment \"{}\".", held.name()))? {
            assign(rooms, call, &held, false)?;
        }
        Ok(())
    })
};
