//! Management scopes: which recipients whoever holds a role may change with it.

use crate::role_group::may_assign;
use crate::rooms::Rooms;
use crate::standard::Subject;
use directory::schema::role::MANAGEMENT_SCOPE;
use directory::{Class, kinds};
use gate::{Cmdlet, Example, Verb};
use object::{Error, ErrorId};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &SET, &REMOVE];

const ROLES: &[&str] = &["Role Management"];

static SCOPES: Subject = Subject {
    complete: |_, _, _, object| {
        object.set("ScopeRestrictionType", "RecipientScope");
        object.set("Exclusive", false);
    },
    check: |verb, rooms, call, scope| {
        may_assign(rooms, call)?;
        let users = rooms.directory().users_of_scope(scope.guid());
        if verb != Verb::Remove || users.is_empty() {
            return Ok(());
        }
        let message =
            format!("Roles of {} reach as far as the scope {} says.", users.join(", "), scope.name());
        Err(Error::conflict(ErrorId::InvalidChange, message)
            .help("Give them another one with Set-ManagementRoleAssignment first.")
            .about("Identity"))
    },
    make: |subject, rooms, call, name, edits| {
        may_assign(rooms, call)?;
        let (class, name) = (subject.class, name.to_owned());
        let made = rooms
            .directory()
            .change(call.author(), move |change| change.new_configuration(class, &name, &edits))?;
        rooms.directory().need(made.guid())
    },
    ..Subject::of(&MANAGEMENT_SCOPE, &kinds::MANAGEMENT_SCOPE, Class::ManagementScope, "management scope")
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists management scopes, which say which recipients may be changed with a role.",
    roles: &["Role Management", "View-Only Configuration"],
    examples: &[Example { about: "Lists all scopes.", command: "Get-ManagementScope" }],
    ..SCOPES.cmdlet(Verb::Get)
};

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a management scope: a filter for recipients, everywhere or below a container.",
    notes: "It acts where a role is given with it: New-ManagementRoleAssignment -CustomRecipientWriteScope. A recipient is \
            looked at as it was before a change; a new one as it was made. Scopes of databases and servers are not built.",
    roles: ROLES,
    examples: &[Example {
        about: "Makes a scope of the people in Berlin.",
        command: "New-ManagementScope Berlin -RecipientRestrictionFilter \"City -eq 'Berlin'\"",
    }],
    ..SCOPES.cmdlet(Verb::New)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes which recipients a management scope finds.",
    notes: "It acts at once on all roles that were given with it.",
    roles: ROLES,
    examples: &[Example {
        about: "Makes a scope, and then one of another town.",
        command: "New-ManagementScope Branch -RecipientRestrictionFilter \"City -eq 'Bonn'\" | \
                  Set-ManagementScope -RecipientRestrictionFilter \"City -eq 'Köln'\"",
    }],
    ..SCOPES.cmdlet(Verb::Set)
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes a management scope with which no role is given.",
    roles: ROLES,
    examples: &[Example {
        about: "Makes a scope and removes it.",
        command: "New-ManagementScope Temporary -RecipientRestrictionFilter \"City -eq 'Bonn'\" | \
                  Remove-ManagementScope -Confirm:$false",
    }],
    ..SCOPES.cmdlet(Verb::Remove)
};
