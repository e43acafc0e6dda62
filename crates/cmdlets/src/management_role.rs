//! Roles, the cmdlets in them, and who holds them.

use crate::management_scope::is_of_databases;
use crate::role::{RoleEntry, declarations, fits, given};
use crate::role_assignment_policy::of_administrators;
use crate::role_group::{may_assign, role_named};
use crate::rooms::{IDENTITY, Rooms};
use directory::schema::group::ROLES;
use directory::schema::policy::ASSIGNED_ROLES;
use directory::schema::role::{
    DESCRIPTION, EXCLUSIVE, MANAGEMENT_ROLE, MANAGEMENT_ROLE_ASSIGNMENT, MANAGEMENT_ROLE_ENTRY, PARENT,
    ROLE_ENTRIES,
};
use directory::{
    BUILT_IN_ROLES, Class, DatabaseScope, Reach, Record, Scope, built_in_role, is_organization_management,
    kinds,
};
use gate::{Call, Cmdlet, Declaration, Example, Output, Permit, Verb};
use object::types::{Guid, ObjectId};
use object::{Declared, Error, ErrorId, Keys, Object, Parameter, Result, Switch, Value};
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
static ROLE_ASSIGNEE: Parameter<ObjectId> =
    Parameter::new("RoleAssignee", "The role group or policy; or a user, for what they hold through groups.");

static EXCLUSIVE_SCOPE: Parameter<ObjectId> = Parameter::new(
    "ExclusiveRecipientWriteScope",
    "The exclusive management scope whose recipients may be changed with the role.",
);
static DATABASE_SCOPE: Parameter<ObjectId> = Parameter::new(
    "CustomConfigWriteScope",
    "The management scope that says which mailbox databases may be changed with the role, and get mailboxes.",
);
static EXCLUSIVE_DATABASE_SCOPE: Parameter<ObjectId> = Parameter::new(
    "ExclusiveConfigWriteScope",
    "The exclusive management scope whose mailbox databases may be changed with the role, and get mailboxes.",
);
static CUSTOM_SCOPE: Parameter<ObjectId> = Parameter::new(
    "CustomRecipientWriteScope",
    "The management scope that says which recipients may be changed with the role.",
);
static UNIT_SCOPE: Parameter<ObjectId> = Parameter::new(
    "RecipientOrganizationalUnitScope",
    "The container below which recipients stand that may be changed with the role.",
);
static RELATIVE_SCOPE: Parameter<String> = Parameter::new(
    "RecipientRelativeWriteScope",
    "Organization: all recipients may be changed with the role.",
);

const ROLE_MANAGEMENT: &[&str] = &["Role Management"];
const SHOWN: &[&str] = &["Role Management", "View-Only Configuration"];

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the roles, those that there are from the beginning and those that somebody made.",
    reads: &[&IDENTITY, &CMDLET],
    roles: SHOWN,
    examples: &[
        Example { about: "Lists all roles.", command: "Get-ManagementRole" },
        Example {
            about: "Shows which roles let one make mailboxes.",
            command: "Get-ManagementRole -Cmdlet New-Mailbox",
        },
    ],
    ..Cmdlet::new(Verb::Get, &MANAGEMENT_ROLE, |rooms, call, out| {
        let pattern =
            call.get(&IDENTITY)?.map_or_else(|| "*".to_owned(), |identity| identity.shown.to_string());
        let names = names(rooms).into_iter().filter(|name| fits(&pattern, name));
        let names: Vec<String> = names.collect();
        if names.is_empty() && !pattern.contains('*') {
            role_named(rooms, &pattern)?;
        }
        let cmdlet = call.get(&CMDLET)?;
        for name in names {
            if cmdlet.as_ref().is_none_or(|cmdlet| holds(rooms, &name, cmdlet)) {
                out.object(role(rooms, &name)?)?;
            }
        }
        Ok(())
    })
};

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
    let word: String = root.chars().filter(|c| c.is_alphanumeric()).collect();
    Ok(object
        .with("RoleType", word.as_str())
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

/// That somebody holds a role.
struct Held {
    role: String,
    assignee: Arc<Record>,
    reach: Reach,
}

impl Held {
    fn name(&self) -> String {
        format!("{}-{}", self.role, self.assignee.name())
    }
    fn object(&self, rooms: &Rooms) -> Object {
        let shown =
            |guid: Guid| rooms.directory().get(guid).map(|one| Value::typed(rooms.directory().id(&one)));
        let (word, custom, unit) = match self.reach.scope {
            Scope::Organization => ("Organization", None, None),
            Scope::Oneself => ("Self", None, None),
            Scope::Owned => ("MyDistributionGroups", None, None),
            Scope::AddressList => ("MyGAL", None, None),
            Scope::Unit(guid) => ("OU", None, shown(guid)),
            Scope::Custom(guid) => ("CustomRecipientScope", shown(guid), None),
            Scope::Exclusive(guid) => ("ExclusiveRecipientScope", shown(guid), None),
        };
        let reads = match self.reach.scope {
            Scope::Oneself => "Self",
            Scope::Owned | Scope::AddressList => "MyGAL",
            _ => "Organization",
        };
        let (config, databases) = match self.reach.databases {
            DatabaseScope::Organization => ("OrganizationConfig", None),
            DatabaseScope::Custom(guid) => ("CustomConfigScope", shown(guid)),
            DatabaseScope::Exclusive(guid) => ("ExclusiveConfigScope", shown(guid)),
        };
        let kind = if self.assignee.class() == Class::Group { "RoleGroup" } else { "RoleAssignmentPolicy" };
        Object::of(&MANAGEMENT_ROLE_ASSIGNMENT)
            .with("Name", self.name().as_str())
            .with("Role", self.role.as_str())
            .with("RoleAssigneeName", self.assignee.name())
            .with("RoleAssigneeType", kind)
            .with("RecipientReadScope", reads)
            .with("RecipientWriteScope", word)
            .with("ConfigWriteScope", config)
            .with("CustomRecipientWriteScope", custom.unwrap_or_default())
            .with("CustomConfigWriteScope", databases.unwrap_or_default())
            .with("RecipientOrganizationalUnitScope", unit.unwrap_or_default())
            .with("Enabled", true)
            .with("Identity", self.name().as_str())
    }
}

fn roles_of(assignee: &Record) -> Vec<String> {
    let spec = if assignee.class() == Class::Group { ROLES.spec() } else { ASSIGNED_ROLES.spec() };
    assignee.value(spec).items().iter().map(ToString::to_string).collect()
}

fn assignments(rooms: &Rooms) -> Vec<Held> {
    let mut assignees = rooms.directory().role_groups();
    assignees.extend(rooms.directory().all(Class::RoleAssignmentPolicy));
    let held = assignees.into_iter().flat_map(|assignee| {
        roles_of(&assignee).into_iter().map(move |role| {
            let reach = rooms.directory().reach_given(&assignee, &role);
            Held { role, assignee: Arc::clone(&assignee), reach }
        })
    });
    let mut held: Vec<Held> = held.collect();
    held.sort_by_key(Held::name);
    held
}

static GET_ASSIGNMENT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows who holds which role.",
    reads: &[&IDENTITY, &ROLE, &ROLE_ASSIGNEE],
    roles: SHOWN,
    examples: &[
        Example {
            about: "Shows who holds a role.",
            command: "Get-ManagementRoleAssignment -Role 'Mail Recipients'",
        },
        Example {
            about: "Shows what a role group holds.",
            command: "Get-ManagementRoleAssignment -RoleAssignee 'Help Desk'",
        },
    ],
    ..Cmdlet::new(Verb::Get, &MANAGEMENT_ROLE_ASSIGNMENT, |rooms, call, out| {
        let pattern = call.get(&IDENTITY)?.map(|identity| identity.shown.to_string());
        let role = call.get(&ROLE)?.map(|role| role_named(rooms, &role.shown)).transpose()?;
        let assignees = call.get(&ROLE_ASSIGNEE)?.map(|name| assignees(rooms, &name.shown)).transpose()?;
        let wanted = |held: &&Held| {
            pattern.as_ref().is_none_or(|pattern| fits(pattern, &held.name()))
                && role.as_ref().is_none_or(|role| role.eq_ignore_ascii_case(&held.role))
                && assignees.as_ref().is_none_or(|known| known.contains(&held.assignee.guid()))
        };
        let all = assignments(rooms);
        all.iter().filter(wanted).try_for_each(|held| out.object(held.object(rooms)))
    })
};

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
    let policy = found.reference(&directory::schema::mailbox::ROLE_ASSIGNMENT_POLICY);
    Ok(std::iter::once(found.guid()).chain(groups).chain(policy).collect())
}

static NEW_ASSIGNMENT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Gives a role to a role group, or to users for their own mailboxes.",
    notes: "An assignment is called by its role and its holder. Users and other groups are not built yet: make the user a \
            member of a role group. What a role gives to read it gives of everybody; what it gives to change reaches as \
            far as its scope. What an exclusive scope finds is changed by nobody else, whatever other roles say; what people do \
            for themselves goes on.",
    reads: &[&ROLE, &SECURITY_GROUP, &POLICY],
    shares: &[REACH],
    roles: ROLE_MANAGEMENT,
    examples: &[Example {
        about: "Lets Help Desk make mailboxes.",
        command: "New-ManagementRoleAssignment -Role 'Mail Recipient Creation' -SecurityGroup 'Help Desk'",
    }],
    ..Cmdlet::new(Verb::New, &MANAGEMENT_ROLE_ASSIGNMENT, |rooms, call, out| {
        let role = role_named(rooms, &call.need(&ROLE)?.shown).map_err(|error| error.about(ROLE.name()))?;
        let assignee = match rooms.named(call, &SECURITY_GROUP, &kinds::ROLE_GROUP)? {
            Some(group) => group,
            None => {
                let policy = rooms.named(call, &POLICY, &kinds::ROLE_ASSIGNMENT_POLICY)?;
                policy.ok_or_else(|| {
                    Error::caller(
                        ErrorId::MissingMandatoryParameter,
                        "Nobody is named who is to hold the role.",
                    )
                    .help("Add -SecurityGroup or -Policy.")
                })?
            }
        };
        may_assign(rooms, call)?;
        if assignee.class() != Class::Group && !rooms.directory().is_of_people(&role) {
            return Err(of_administrators(&role, ROLE.name()));
        }
        let of_people = assignee.class() != Class::Group || rooms.directory().is_of_people(&role);
        let usual =
            if of_people { rooms.directory().reach_given(&assignee, &role) } else { Reach::EVERYTHING };
        let reach = wanted_reach(rooms, call, usual)?;
        if reach.is_some() && of_people {
            return Err(only_oneself(&role, &ROLE));
        }
        let held = Held { role, assignee, reach: reach.unwrap_or(usual) };
        may_narrow(&held)?;
        if roles_of(&held.assignee).iter().any(|known| known.eq_ignore_ascii_case(&held.role)) {
            let message = format!("There is an assignment '{}' already.", held.name());
            return Err(Error::conflict(ErrorId::ADObjectAlreadyExistsException, message).about(ROLE.name()));
        }
        if out.should(&held.name(), &format!("Creating management role assignment \"{}\".", held.name()))? {
            assign(rooms, call, &held, true)?;
            out.object(held.object(rooms))?;
        }
        Ok(())
    })
};

fn assign(rooms: &Rooms, call: &Call, held: &Held, holds: bool) -> Result<()> {
    let (guid, role) = (held.assignee.guid(), held.role.clone());
    let reach = if holds { held.reach } else { Reach::EVERYTHING };
    rooms.directory().change(call.author(), move |change| {
        let mut record = change.read(guid)?;
        let mut list = roles_of(&record);
        list.retain(|known| !known.eq_ignore_ascii_case(&role));
        list.extend(holds.then(|| role.clone()));
        match record.class() {
            Class::Group => {
                record.set_all(&ROLES, list);
                change.set_reach(&mut record, &role, reach);
            }
            _ => record.set_all(&ASSIGNED_ROLES, list),
        }
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

/// How far a role is to reach that reached so far before; nothing where nothing is said of it.
fn wanted_reach(rooms: &Rooms, call: &Call, before: Reach) -> Result<Option<Reach>> {
    let (scope, databases) = (wanted_scope(rooms, call)?, wanted_databases(rooms, call)?);
    if scope.is_none() && databases.is_none() {
        return Ok(None);
    }
    let scope = scope.unwrap_or(before.scope);
    Ok(Some(Reach { scope, databases: databases.unwrap_or(before.databases) }))
}

fn wanted_scope(rooms: &Rooms, call: &Call) -> Result<Option<Scope>> {
    let relative = call.get(&RELATIVE_SCOPE)?.map(|word| relative(&word)).transpose()?;
    let custom = scope_named(rooms, call, &CUSTOM_SCOPE, (false, false))?.map(Scope::Custom);
    let exclusive = scope_named(rooms, call, &EXCLUSIVE_SCOPE, (false, true))?.map(Scope::Exclusive);
    let unit = rooms.named(call, &UNIT_SCOPE, &kinds::ORGANIZATIONAL_UNIT)?;
    let unit = unit.map(|unit| Scope::Unit(unit.guid()));
    one_of([relative, custom, exclusive, unit], "A role reaches as far as one scope or one unit says.")
}

fn relative(word: &str) -> Result<Scope> {
    if word.eq_ignore_ascii_case("Organization") {
        return Ok(Scope::Organization);
    }
    let message = format!("The scope '{word}' is not built yet.");
    Err(Error::caller(ErrorId::NotBuiltYet, message)
        .help("Write Organization, or use -CustomRecipientWriteScope or -RecipientOrganizationalUnitScope.")
        .about(RELATIVE_SCOPE.name()))
}

fn wanted_databases(rooms: &Rooms, call: &Call) -> Result<Option<DatabaseScope>> {
    let custom = scope_named(rooms, call, &DATABASE_SCOPE, (true, false))?.map(DatabaseScope::Custom);
    let exclusive = scope_named(rooms, call, &EXCLUSIVE_DATABASE_SCOPE, (true, true))?;
    let exclusive = exclusive.map(DatabaseScope::Exclusive);
    one_of([custom, exclusive], "A role reaches the databases of one scope.")
}

fn one_of<T, const N: usize>(said: [Option<T>; N], why: &str) -> Result<Option<T>> {
    let mut said = said.into_iter().flatten();
    let first = said.next();
    if said.next().is_some() {
        return Err(Error::caller(ErrorId::ParametersExclude, why).help("Name one of them."));
    }
    Ok(first)
}

/// The management scope that a parameter names: one of databases or of recipients, exclusive or not, as is wanted.
fn scope_named(
    rooms: &Rooms,
    call: &Call,
    parameter: &'static Parameter<ObjectId>,
    (of_databases, exclusive): (bool, bool),
) -> Result<Option<Guid>> {
    let Some(scope) = rooms.named(call, parameter, &kinds::MANAGEMENT_SCOPE)? else { return Ok(None) };
    let why = if is_of_databases(&scope) != of_databases {
        if of_databases { "is a scope of recipients" } else { "is a scope of mailbox databases" }
    } else if scope.is(&EXCLUSIVE) != exclusive {
        if exclusive { "is not an exclusive scope" } else { "is an exclusive scope" }
    } else {
        return Ok(Some(scope.guid()));
    };
    Err(Error::conflict(ErrorId::InvalidChange, format!("{} {why}.", scope.name()))
        .help("Get-ManagementScope shows what each is; an exclusive one is named by the parameter for that.")
        .about(parameter.name()))
}

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

fn only_oneself<T: object::types::PropertyType>(role: &str, about: &'static Parameter<T>) -> Error {
    let message = format!("The role '{role}' is for one's own mailbox, and has no other scope.");
    Error::conflict(ErrorId::InvalidChange, message).about(about.name())
}

/// The assignment that is named.
fn assignment(rooms: &Rooms, call: &Call) -> Result<Held> {
    let name = call.need(&IDENTITY)?.shown.to_string();
    let found = assignments(rooms).into_iter().find(|held| held.name().eq_ignore_ascii_case(&name));
    found.ok_or_else(|| {
        let message = format!("The role assignment '{name}' couldn't be found.");
        Error::not_found(ErrorId::ManagementObjectNotFoundException, message)
            .help("Get-ManagementRoleAssignment lists them.")
            .about(IDENTITY.name())
    })
}

static SET_ASSIGNMENT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Says which recipients may be changed with a role that a role group holds.",
    notes: "-RecipientRelativeWriteScope Organization lets it reach everybody again.",
    reads: &[&IDENTITY],
    shares: &[REACH],
    roles: ROLE_MANAGEMENT,
    examples: &[Example {
        about: "Lets Help Desk change options of people below Users only.",
        command: "Set-ManagementRoleAssignment 'User Options-Help Desk' -RecipientOrganizationalUnitScope Users",
    }],
    ..Cmdlet::new(Verb::Set, &MANAGEMENT_ROLE_ASSIGNMENT, |rooms, call, out| {
        let held = assignment(rooms, call)?;
        may_assign(rooms, call)?;
        let reach = wanted_reach(rooms, call, held.reach)?.ok_or_else(|| {
            Error::caller(ErrorId::MissingMandatoryParameter, "No scope is named.")
                .help("Add -CustomRecipientWriteScope, -RecipientOrganizationalUnitScope or -RecipientRelativeWriteScope.")
        })?;
        if held.reach.scope.is_of_people() {
            return Err(only_oneself(&held.role, &IDENTITY));
        }
        let held = Held { reach, ..held };
        may_narrow(&held)?;
        if out.should(&held.name(), &format!("Setting management role assignment \"{}\".", held.name()))? {
            assign(rooms, call, &held, true)?;
        }
        Ok(())
    })
};

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
        may_assign(rooms, call)?;
        if is_organization_management(&held.assignee) && built_in_role(&held.role) == Some("Role Management")
        {
            let message = format!("The role assignment '{}' must stay.", held.name());
            return Err(Error::conflict(ErrorId::InvalidChange, message).about(IDENTITY.name()));
        }
        if out.should(&held.name(), &format!("Removing management role assignment \"{}\".", held.name()))? {
            assign(rooms, call, &held, false)?;
        }
        Ok(())
    })
};
