//! Roles: what they hold works by every door, and what they do not hold does not exist, down to the parameter.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::process::Command;
use testkit::TestServer;

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

/// The API's answer to somebody who runs a cmdlet, with the status behind it.
fn api(server: &TestServer, who: &str, cmdlet: &str, parameters: &str) -> String {
    server.api(&format!("{who}@contoso.com"), cmdlet, parameters)
}

/// What somebody finds there to be.
fn there(server: &TestServer, who: &str) -> String {
    let mut curl = Command::new("curl");
    curl.args(["-s", "--max-time", "60", "--cacert"]).arg(server.certificate());
    curl.args(["-u", &format!("{who}@contoso.com:{}", server.password())]);
    curl.arg(format!("https://localhost:{}/api/v1/cmdlets", server.port(443)));
    String::from_utf8(curl.output().unwrap().stdout).unwrap()
}

fn missing(answer: &str, cmdlet: &str) -> bool {
    answer.contains(&format!("The term '{cmdlet}' is not recognized")) && answer.ends_with("404")
}

fn done(answer: &str) -> bool {
    answer.contains("{\"end\":{\"errors\":0}}") && answer.ends_with("200")
}

fn house() -> TestServer {
    let server = TestServer::start(BINARY);
    ["ann", "ben", "carla"].iter().for_each(|name| server.mailbox(name));
    server.ps("New-Mailbox -Shared -Name sales | Out-Null");
    server
}

/// A house in which nobody has a role for what is their own.
fn without_own_roles() -> TestServer {
    let server = house();
    server.ps("'ann', 'ben', 'carla' | Set-Mailbox -RoleAssignmentPolicy $null");
    server
}

#[test]
fn a_role_group_gives_its_roles_and_they_end_with_the_membership() {
    let server = without_own_roles();
    let ann = "{\"Identity\":\"ann\"}";
    assert!(missing(&api(&server, "ben", "Get-Mailbox", ann), "Get-Mailbox"));
    server.ps("Add-RoleGroupMember 'Help Desk' -Member ben");
    assert!(done(&api(&server, "ben", "Get-Mailbox", ann)));
    let office = "{\"Identity\":\"ann\",\"Office\":\"7\"}";
    assert!(missing(&api(&server, "ben", "Set-MailUser", office), "Set-MailUser"));
    // A name that is nothing is answered alike, and no hint leads to what is not there.
    let nothing = api(&server, "ben", "Set-MailUsr", office);
    assert!(missing(&nothing, "Set-MailUsr") && !nothing.contains("Set-MailUser"), "{nothing}");
    let list = there(&server, "ben");
    assert!(list.contains("\"Get-Mailbox\"") && !list.contains("\"New-Mailbox\""), "{list}");
    assert!(!list.contains("New-MailboxExportRequest"), "what is not built is there for managers alone");

    // Through a group in a group, too.
    server.ps("New-RoleGroup Helpers -Members carla | Out-Null");
    server.ps("Add-RoleGroupMember 'Recipient Management' -Member Helpers");
    assert!(done(&api(&server, "carla", "Set-Mailbox", office)));
    assert_eq!(server.ps("(Get-RoleGroupMember 'Recipient Management').Name").trim(), "Helpers");
    server.ps("Remove-RoleGroupMember 'Recipient Management' -Member Helpers -Confirm:$false");
    assert!(missing(&api(&server, "carla", "Set-Mailbox", office), "Set-Mailbox"));

    server.ps("Update-RoleGroupMember 'Help Desk' -Members carla -Confirm:$false");
    assert!(missing(&api(&server, "ben", "Get-Mailbox", ann), "Get-Mailbox"));
    assert!(done(&api(&server, "carla", "Get-Mailbox", ann)));

    server.ps("Remove-RoleGroup Helpers -Confirm:$false");
    for refused in [
        "Remove-RoleGroup 'Help Desk' -Confirm:$false",
        "Remove-RoleGroupMember 'Organization Management' -Member Administrator -Confirm:$false",
        "Update-RoleGroupMember 'Organization Management' -Members @() -Confirm:$false",
        "Remove-ManagementRoleAssignment 'Role Management-Organization Management' -Confirm:$false",
        "Add-RoleGroupMember 'Help Desk' -Member carla",
        "New-RoleGroup X -Roles Nonsense",
    ] {
        let shell = server.shell(refused);
        assert_ne!(shell.code, Some(0), "{refused}: {shell:?}");
    }
}

#[test]
fn a_role_that_somebody_made_gives_some_cmdlets_with_some_parameters() {
    let server = without_own_roles();
    server.ps("New-ManagementRole Offices -Parent 'Mail Recipients' -EnabledCmdlets Set-Mailbox,Set-User | Out-Null");
    server.ps("Set-ManagementRoleEntry 'Offices\\Set-User' -Parameters Identity,Office");
    server.ps("Remove-ManagementRoleEntry 'Offices\\Set-Mailbox' -Confirm:$false");
    server.ps("New-RoleGroup Desk -Roles Offices -Members ben | Out-Null");
    let (office, title) =
        ("{\"Identity\":\"ann\",\"Office\":\"7\"}", "{\"Identity\":\"ann\",\"Title\":\"Boss\"}");
    assert!(done(&api(&server, "ben", "Set-User", office)));
    let refused = api(&server, "ben", "Set-User", title);
    assert!(refused.contains("A parameter cannot be found that matches parameter name 'Title'"), "{refused}");
    assert!(missing(&api(&server, "ben", "Set-Mailbox", office), "Set-Mailbox"));
    server.ps("Set-ManagementRoleEntry 'Offices\\Set-User' -Parameters Title -AddParameter");
    assert!(done(&api(&server, "ben", "Set-User", title)));
    server.ps("Set-ManagementRoleEntry 'Offices\\Set-User' -Parameters Office -RemoveParameter");
    assert!(!done(&api(&server, "ben", "Set-User", office)));
    server.ps("Add-ManagementRoleEntry 'Offices\\Set-CASMailbox' -Parameters Identity,PopEnabled");
    assert!(done(&api(&server, "ben", "Set-CASMailbox", "{\"Identity\":\"ann\",\"PopEnabled\":false}")));
    assert!(!done(&api(&server, "ben", "Set-CASMailbox", "{\"Identity\":\"ann\",\"ImapEnabled\":false}")));

    // A role that is part of it gives no more than it.
    server.ps("New-ManagementRole Titles -Parent Offices | Out-Null");
    server.ps("New-RoleGroup Titlers -Roles Titles -Members carla | Out-Null");
    assert!(done(&api(&server, "carla", "Set-User", title)));
    assert!(!done(&api(&server, "carla", "Set-User", office)));
    server.ps("Remove-ManagementRoleEntry 'Offices\\Set-User' -Confirm:$false");
    assert!(missing(&api(&server, "carla", "Set-User", title), "Set-User"));

    let shown = server
        .ps("Get-ManagementRoleEntry 'Offices\\*' | ForEach-Object { \"$($_.Name): $($_.Parameters)\" }");
    assert_eq!(shown.trim(), "Set-CASMailbox: Identity PopEnabled");
    assert!(server.ps("(Get-ManagementRoleEntry '*\\New-Mailbox').Role").contains("Mail Recipient Creation"));
    assert!(server.ps("(Get-ManagementRole -Cmdlet Connect-Mailbox).Name").contains("Mail Recipients"));
    let roles = server.ps("(Get-ManagementRoleAssignment -RoleAssignee carla).Role");
    assert_eq!(roles.trim(), "Titles");
    server.ps("Set-Mailbox carla -RoleAssignmentPolicy 'Default Role Assignment Policy'");
    let roles = server.ps("(Get-ManagementRoleAssignment -RoleAssignee carla).Role");
    assert!(roles.contains("Titles") && roles.contains("My Marketplace Apps"), "{roles}");
    assert_eq!(server.ps("(Get-ManagementRoleAssignment -Role Titles).RoleAssigneeName").trim(), "Titlers");
    for refused in [
        "Remove-ManagementRole Offices -Confirm:$false",
        "Remove-ManagementRole Titles -Confirm:$false",
        "Remove-ManagementRole 'Mail Recipients' -Confirm:$false",
        "Set-ManagementRoleEntry 'Mail Recipients\\Set-User' -Parameters Identity",
        "Add-ManagementRoleEntry 'Titles\\New-Mailbox'",
        "New-ManagementRole Offices -Parent 'Mail Recipients'",
        "New-ManagementRoleAssignment -Role 'Mail Recipients' -Policy 'Default Role Assignment Policy'",
    ] {
        let shell = server.shell(refused);
        assert_ne!(shell.code, Some(0), "{refused}: {shell:?}");
    }
    server.ps("Remove-ManagementRoleAssignment Titles-Titlers -Confirm:$false; Remove-ManagementRole Titles -Confirm:$false");
}

#[test]
fn full_access_is_recipient_managements_by_a_setting_and_roles_are_given_by_managers_alone() {
    let server = house();
    server.ps("Add-RoleGroupMember 'Recipient Management' -Member ben");
    let grant = "{\"Identity\":\"sales\",\"User\":\"carla\",\"AccessRights\":[\"FullAccess\"]}";
    assert!(done(&api(&server, "ben", "Add-MailboxPermission", grant)));
    server.ps("Set-OrganizationConfig -RecipientManagementFullAccess $false");
    assert!(missing(&api(&server, "ben", "Add-MailboxPermission", grant), "Add-MailboxPermission"));
    let made = "{\"Name\":\"Info\",\"Shared\":true,\"FullAccess\":[\"carla\"]}";
    let refused = api(&server, "ben", "New-Mailbox", made);
    assert!(refused.contains("'FullAccess'"), "{refused}");
    assert!(done(&api(&server, "ben", "New-Mailbox", "{\"Name\":\"Info\",\"Shared\":true}")));
    server.ps("Add-RoleGroupMember 'Organization Management' -Member carla");
    assert!(done(&api(
        &server,
        "carla",
        "Add-MailboxPermission",
        "{\"Identity\":\"Info\",\"User\":\"ann\",\"AccessRights\":[\"FullAccess\"]}"
    )));

    // Whoever holds Role Management without managing the organization gives nobody a role, themselves least of all.
    server.ps("New-RoleGroup Roles -Roles 'Role Management' -Members ann | Out-Null");
    for (cmdlet, parameters) in [
        ("Add-RoleGroupMember", "{\"Identity\":\"Organization Management\",\"Member\":\"ann\"}"),
        ("New-RoleGroup", "{\"Name\":\"Y\",\"Roles\":[\"Databases\"],\"Members\":[\"ann\"]}"),
        ("New-ManagementRoleAssignment", "{\"Role\":\"Databases\",\"SecurityGroup\":\"Roles\"}"),
    ] {
        let refused = api(&server, "ann", cmdlet, parameters);
        assert!(refused.contains("can't give roles to others"), "{refused}");
    }
    // What is forbidden in a manager's roles does not exist for them either.
    server.ps("Remove-ManagementRoleAssignment 'Databases-Organization Management' -Confirm:$false");
    assert!(missing(
        &api(&server, "carla", "Dismount-Database", "{\"Identity\":\"Mailbox Database\"}"),
        "Dismount-Database"
    ));
}

#[test]
fn everybody_sees_what_was_done_in_their_own_mailbox() {
    let server = house();
    server.ps("Set-Mailbox ann -AuditEnabled $true -AuditAdmin UpdateFolderPermissions");
    server.ps("Add-MailboxFolderPermission ann:\\Inbox -User ben -AccessRights Reviewer | Out-Null");
    let seen = api(&server, "ann", "Get-MyMailboxAccess", "{}");
    assert!(done(&seen) && seen.contains("AddFolderPermissions") && seen.contains("ben: Reviewer"), "{seen}");
    let other = api(&server, "ben", "Get-MyMailboxAccess", "{}");
    assert!(other.contains("switched off") && !other.contains("AddFolderPermissions"), "{other}");
    assert!(missing(
        &api(&server, "ann", "Search-MailboxAuditLog", "{\"Identity\":\"ben\"}"),
        "Search-MailboxAuditLog"
    ));
}

/// Whoever looks after recipients, or after a group, does not come to more by it.
#[test]
fn no_role_is_a_way_to_more_of_them() {
    let server = house();
    server.ps("Add-RoleGroupMember 'Recipient Management' -Member ben");
    server.ps("Add-RoleGroupMember 'Organization Management' -Member carla");
    server.ps("New-DistributionGroup Vault -Type Security -ManagedBy carla | Out-Null");
    server.ps("New-RoleGroup Keys -Roles 'Role Management','Mail Recipients' -Members ben | Out-Null");
    server.ps("Set-RoleGroup Keys -ManagedBy ben");
    server.ps("New-ManagementRole Few -Parent 'Mail Recipients' -EnabledCmdlets Get-Mailbox | Out-Null");
    server.ps("New-ManagementRoleAssignment -Role 'Reset Password' -User ben | Out-Null");
    let secret = "{\"$type\":\"SecureString\",\"value\":\"An0ther-secret\"}";
    for (cmdlet, parameters) in [
        ("Set-Mailbox", format!("{{\"Identity\":\"carla\",\"Password\":{secret}}}")),
        (
            "Set-ADAccountPassword",
            format!("{{\"Identity\":\"carla\",\"Reset\":true,\"NewPassword\":{secret}}}"),
        ),
        ("Clear-SecondFactor", "{\"Identity\":\"carla\",\"Confirm\":false}".to_owned()),
        ("Set-Group", "{\"Identity\":\"Organization Management\",\"Name\":\"Gone\"}".to_owned()),
        ("Set-Group", "{\"Identity\":\"Organization Management\",\"ManagedBy\":\"ben\"}".to_owned()),
        (
            "Add-DistributionGroupMember",
            "{\"Identity\":\"Vault\",\"Member\":\"ben\",\"BypassSecurityGroupManagerCheck\":true}".to_owned(),
        ),
        ("New-ManagementRoleAssignment", "{\"Role\":\"Databases\",\"SecurityGroup\":\"Keys\"}".to_owned()),
        ("Add-ManagementRoleEntry", "{\"Identity\":\"Few\\\\Set-Mailbox\"}".to_owned()),
    ] {
        let said = api(&server, "ben", cmdlet, &parameters);
        assert!(!done(&said) && said.contains("error"), "{cmdlet}: {said}");
        assert!(!missing(&said, cmdlet), "{cmdlet} is refused for another reason: {said}");
    }
    // Nor by an account elsewhere that would log on as whoever may do more.
    server.mailbox("boss");
    server.ps(
        "Add-RoleGroupMember 'Organization Management' -Member boss; Disable-Mailbox boss -Confirm:$false",
    );
    let foreign =
        "\"LinkedMasterAccount\":\"FABRIKAM\\\\ben\",\"LinkedDomainController\":\"dc.fabrikam.test\"";
    for (cmdlet, named) in [
        ("Enable-Mailbox", "\"Identity\":\"boss\""),
        ("Connect-Mailbox", "\"Identity\":\"boss\",\"Database\":\"Mailbox Database\",\"User\":\"boss\""),
    ] {
        let said = api(&server, "ben", cmdlet, &format!("{{{named},{foreign}}}"));
        assert!(said.contains("has roles that"), "{cmdlet}: {said}");
    }
    assert!(done(&api(&server, "carla", "Get-Mailbox", "{\"Identity\":\"ann\"}")), "her password is hers");
    // For those who may no more than he he goes on as before.
    let reset = format!("{{\"Identity\":\"ann\",\"Reset\":true,\"NewPassword\":{secret}}}");
    assert!(done(&api(&server, "ben", "Set-ADAccountPassword", &reset)));
    server.ps("New-ManagementRole MyWay -Parent 'Mail Recipients' | Out-Null");
    let shell =
        server.shell("New-ManagementRoleAssignment -Role MyWay -Policy 'Default Role Assignment Policy'");
    assert!(shell.err.contains("is for administrators"), "{shell:?}");
}

/// Some parameters belong to a role of their own: whoever else holds the cmdlet has no such parameter.
#[test]
fn some_parameters_belong_to_roles_of_their_own() {
    let server = without_own_roles();
    let secret = "{\"$type\":\"SecureString\",\"value\":\"An0ther-secret\"}";
    let of_ann = |more: &str| format!("{{\"Identity\":\"ann\",{more}}}");
    let password = format!("\"Password\":{secret}");
    let office = of_ann("\"Office\":\"7\"");
    server.ps("Add-RoleGroupMember 'Recipient Management' -Member ben");
    assert!(done(&api(&server, "ben", "Set-Mailbox", &office)));
    let apart = [
        ("Password", password.as_str(), "Reset Password"),
        ("LitigationHoldEnabled", "\"LitigationHoldEnabled\":true", "Legal Hold"),
        ("LitigationHoldDate", "\"LitigationHoldDate\":\"2026-01-02\"", "Legal Hold"),
        ("LitigationHoldOwner", "\"LitigationHoldOwner\":\"carla\"", "Legal Hold"),
        ("LitigationHoldDuration", "\"LitigationHoldDuration\":\"30.00:00:00\"", "Legal Hold"),
        ("AuditEnabled", "\"AuditEnabled\":true", "Audit Logs"),
    ];
    let not_there = |name: &str| format!("A parameter cannot be found that matches parameter name '{name}'.");
    let known = server.ps("(Get-ManagementRoleEntry 'Mail Recipients\\Set-Mailbox').Parameters");
    let known: Vec<&str> = known.lines().map(str::trim).collect();
    assert!(known.contains(&"RoomMailboxPassword") && known.contains(&"Office"), "{known:?}");
    for (name, given, role) in apart {
        assert!(!known.contains(&name), "{name}");
        let said = api(&server, "ben", "Set-Mailbox", &of_ann(given));
        assert!(said.contains(&not_there(name)), "{name}: {said}");
        let entry = server.ps(&format!("(Get-ManagementRoleEntry '{role}\\Set-Mailbox').Parameters"));
        let entry: Vec<&str> = entry.lines().map(str::trim).collect();
        assert!(
            entry.contains(&name) && entry.contains(&"Identity") && !entry.contains(&"Office"),
            "{entry:?}"
        );
    }
    // One role made from the cmdlet's own does not bring them back; an account's password goes with the mailbox's.
    server.ps("New-ManagementRole Wide -Parent 'Mail Recipients' | Out-Null; New-RoleGroup Wide -Roles Wide -Members carla | Out-Null");
    let said = api(&server, "carla", "Set-Mailbox", &of_ann(&password));
    assert!(said.contains(&not_there("Password")), "{said}");
    let reset = of_ann(&format!("\"Reset\":true,\"NewPassword\":{secret}"));
    assert!(missing(&api(&server, "ben", "Set-ADAccountPassword", &reset), "Set-ADAccountPassword"));

    // Each role gives its own alone.
    for (name, given, role) in apart {
        server.ps(&format!(
            "New-ManagementRole 'Wee' -Parent '{role}' | Out-Null; New-ManagementRoleAssignment -Role 'Wee' -User carla -Name own | Out-Null"
        ));
        server.ps("Remove-RoleGroupMember Wide -Member carla -Confirm:$false");
        let said = api(&server, "carla", "Set-Mailbox", &of_ann(given));
        assert!(done(&said), "{name}: {said}");
        let said = api(&server, "carla", "Set-Mailbox", &office);
        assert!(said.contains(&not_there("Office")), "{said}");
        server.ps("Add-RoleGroupMember Wide -Member carla");
        let both = of_ann(&format!("\"Office\":\"8\",{given}"));
        let said = api(&server, "carla", "Set-Mailbox", &both);
        assert!(done(&said), "{name}: {said}");
        server.ps(
            "Remove-ManagementRoleAssignment own -Confirm:$false; Remove-ManagementRole Wee -Confirm:$false",
        );
    }
    // Whoever is at the help desk sets passwords, and whoever manages the organization has all of them.
    server.ps("Add-RoleGroupMember 'Help Desk' -Member ben");
    assert!(done(&api(&server, "ben", "Set-Mailbox", &of_ann(&password))));
    server.ps("Add-RoleGroupMember 'Organization Management' -Member carla");
    for (name, given, _) in apart {
        let said = api(&server, "carla", "Set-Mailbox", &of_ann(given));
        assert!(done(&said), "{name}: {said}");
    }
}

/// Undoing a change of a password gives its account a password that somebody may know.
#[test]
fn a_password_is_put_back_by_whoever_may_set_one() {
    let server = house();
    server.ps("New-RoleGroup Rescue -Roles 'Disaster Recovery' -Members ben | Out-Null");
    let new = |who: &str| {
        server.ps(&format!(
            "Set-ADAccountPassword {who} -Reset -NewPassword (ConvertTo-SecureString 'An0ther-one-now' -AsPlainText -Force)"
        ));
        let number = server.ps("(Get-AdminChange -Cmdlets Set-ADAccountPassword -ResultSize 1).Identity");
        format!("{{\"Identity\":\"{}\",\"Confirm\":false}}", number.trim())
    };
    let change = new("ann");
    let refused = api(&server, "ben", "Undo-AdminChange", &change);
    assert!(refused.contains("AccessDenied") && refused.contains("puts a password of"), "{refused}");
    server.ps("New-ManagementRoleAssignment -Role 'Reset Password' -SecurityGroup Rescue | Out-Null");
    let done_now = api(&server, "ben", "Undo-AdminChange", &change);
    assert!(done(&done_now), "{done_now}");
    // Not of whoever may do more.
    server.ps("Add-RoleGroupMember 'Organization Management' -Member carla");
    let refused = api(&server, "ben", "Undo-AdminChange", &new("carla"));
    assert!(refused.contains("AccessDenied") && refused.contains("has roles that"), "{refused}");
}

/// A role reaches as far as its scope says, by every way in which a recipient is written.
#[test]
fn a_role_reaches_as_far_as_its_scope() {
    let server = house();
    server.ps("Set-User ann -City Berlin; Set-User carla -City Bonn; Set-User sales -City Berlin");
    server.ps("New-ManagementScope Berlin -RecipientRestrictionFilter \"City -eq 'Berlin'\" | Out-Null");
    server.ps("New-RoleGroup 'Berlin Recipients' -Members ben | Out-Null");
    for role in ["Mail Recipients", "Mail Recipient Creation", "Distribution Groups", "Reset Password"] {
        server.ps(&format!(
            "New-ManagementRoleAssignment -Role '{role}' -SecurityGroup 'Berlin Recipients' -CustomRecipientWriteScope Berlin | Out-Null"
        ));
    }
    let shown = server.ps(
        "Get-ManagementRoleAssignment -RoleAssignee 'Berlin Recipients' | ForEach-Object { \"$($_.Role) $($_.RecipientWriteScope) $($_.CustomRecipientWriteScope)\" }",
    );
    assert!(
        shown.lines().count() == 4 && shown.lines().all(|line| line.ends_with("CustomRecipientScope Berlin")),
        "{shown}"
    );

    let within = "isn't within your current write scopes";
    let may = |cmdlet: &str, parameters: &str| {
        let answer = api(&server, "ben", cmdlet, parameters);
        assert!(done(&answer) || answer.contains(within), "{cmdlet} {parameters}: {answer}");
        done(&answer)
    };
    // All can be read; what is changed must be within.
    assert!(may("Get-Mailbox", "{\"Identity\":\"carla\"}"));
    for (cmdlet, parameters) in [
        ("Set-Mailbox", "{\"Identity\":\"%\",\"CustomAttribute1\":\"x\"}"),
        ("Set-User", "{\"Identity\":\"%\",\"Office\":\"7\"}"),
        ("Set-CASMailbox", "{\"Identity\":\"%\",\"PopEnabled\":false}"),
        ("Add-MailboxPermission", "{\"Identity\":\"%\",\"User\":\"ben\",\"AccessRights\":\"FullAccess\"}"),
        (
            "Add-MailboxFolderPermission",
            "{\"Identity\":\"%:\\\\Inbox\",\"User\":\"ben\",\"AccessRights\":\"Reviewer\"}",
        ),
        (
            "Set-MailboxFolderPermission",
            "{\"Identity\":\"%:\\\\Inbox\",\"User\":\"Default\",\"AccessRights\":\"Reviewer\"}",
        ),
        (
            "Set-ADAccountPassword",
            "{\"Identity\":\"%\",\"Reset\":true,\"NewPassword\":{\"$type\":\"SecureString\",\"value\":\"An0ther-one-now\"}}",
        ),
    ] {
        assert!(may(cmdlet, &parameters.replace('%', "ann")), "{cmdlet} of ann");
        assert!(!may(cmdlet, &parameters.replace('%', "carla")), "{cmdlet} of carla");
    }
    assert_eq!(server.ps("(Get-Mailbox carla).CustomAttribute1").trim(), "");
    // What is so already, what stands in the mailbox alone and what a request would do later are refused alike.
    server.ps("Add-RecipientPermission carla -Trustee ann -AccessRights SendAs -Confirm:$false | Out-Null");
    for (cmdlet, parameters) in [
        ("Set-User", "{\"Identity\":\"carla\",\"City\":\"Bonn\"}"),
        (
            "Add-RecipientPermission",
            "{\"Identity\":\"carla\",\"Trustee\":\"ann\",\"AccessRights\":\"SendAs\",\"Confirm\":false}",
        ),
        (
            "Remove-MailboxPermission",
            "{\"Identity\":\"carla\",\"User\":\"ann\",\"AccessRights\":\"FullAccess\",\"Confirm\":false}",
        ),
        ("Set-MailboxPermission", "{\"Identity\":\"carla\",\"User\":\"ann\",\"AutoMapping\":false}"),
        ("Set-Mailbox", "{\"Identity\":\"carla\",\"Office\":\"x\",\"WhatIf\":true}"),
    ] {
        assert!(!may(cmdlet, parameters), "{cmdlet} of carla, where nothing would change");
    }
    server.ps("Set-MailboxRegionalConfiguration carla -Language de-DE");
    let localize = "{\"Identity\":\"carla\",\"LocalizeDefaultFolderName\":true}";
    assert!(!may("Set-MailboxRegionalConfiguration", localize));
    let folders = server.ps("(Get-MailboxFolderStatistics carla | ? FolderType -eq SentItems).Name");
    assert_eq!(folders.trim(), "Sent Items");
    assert!(server.ps("(Get-MailboxPermission carla -User ben | Measure-Object).Count").trim() == "0");
    // What is made must be within, and so is what is taken away; who is in a group outside leaves it all the same.
    assert!(!may("New-Mailbox", "{\"Name\":\"tina\",\"Shared\":true}"));
    server.ps("New-DistributionGroup Everywhere -Members sales | Out-Null");
    assert!(!may("Remove-Mailbox", "{\"Identity\":\"carla\",\"Confirm\":false}"));
    assert!(may("Remove-Mailbox", "{\"Identity\":\"sales\",\"Confirm\":false}"));
    assert_eq!(server.ps("(Get-DistributionGroupMember Everywhere | Measure-Object).Count").trim(), "0");
    assert!(!may(
        "Add-DistributionGroupMember",
        "{\"Identity\":\"Everywhere\",\"Member\":\"ann\",\"BypassSecurityGroupManagerCheck\":true}"
    ));

    // The scope changes, and the role with it; another one without a scope reaches everybody.
    server.ps("Set-ManagementScope Berlin -RecipientRestrictionFilter \"City -eq 'Bonn'\"");
    let number = std::cell::Cell::new(8);
    let office = |who: &str| {
        // What is so already is no change.
        number.set(number.get() + 1);
        may("Set-User", &format!("{{\"Identity\":\"{who}\",\"Office\":\"{}\"}}", number.get()))
    };
    assert!(office("carla") && !office("ann"));
    server.ps("Set-ManagementRoleAssignment 'Mail Recipients-Berlin Recipients' -RecipientOrganizationalUnitScope Users");
    assert!(office("carla") && office("ann"), "both are below Users");
    server.ps(
        "Set-ManagementRoleAssignment 'Mail Recipients-Berlin Recipients' -CustomRecipientWriteScope Berlin",
    );
    assert!(!office("ann"));
    server.ps("Set-ManagementRoleAssignment 'Mail Recipients-Berlin Recipients' -RecipientRelativeWriteScope Organization");
    assert!(office("ann"));

    // A role that reaches further is more, so its holder's account is not taken over.
    server.ps("Add-RoleGroupMember 'Recipient Management' -Member carla");
    let taken = api(
        &server,
        "ben",
        "Set-ADAccountPassword",
        "{\"Identity\":\"carla\",\"Reset\":true,\"NewPassword\":{\"$type\":\"SecureString\",\"value\":\"An0ther-one-now\"}}",
    );
    assert!(taken.contains("AccessDenied"), "{taken}");
    for (refused, why) in [
        ("Remove-ManagementScope Berlin -Confirm:$false", "Berlin Recipients"),
        (
            "Set-ManagementRoleAssignment 'Mail Recipients-Organization Management' -CustomRecipientWriteScope Berlin",
            "whole organization",
        ),
        ("New-ManagementScope Wrong -RecipientRestrictionFilter 'Nothing -eq 1'", "Nothing"),
        ("New-ManagementScope Wrong -ServerList a", "not built"),
        (
            "Set-ManagementRoleAssignment 'MyBaseOptions-Default Role Assignment Policy' -CustomRecipientWriteScope Berlin",
            "one's own mailbox",
        ),
    ] {
        let shell = server.shell(refused);
        assert!(shell.code != Some(0) && shell.err.contains(why), "{refused}: {shell:?}");
    }
    for role in ["Mail Recipient Creation", "Distribution Groups", "Reset Password"] {
        server.ps(&format!("Remove-ManagementRoleAssignment '{role}-Berlin Recipients' -Confirm:$false"));
    }
    server.ps("Remove-ManagementScope Berlin -Confirm:$false");
}

/// An exclusive scope shuts in what it finds, from the moment it is made, for everybody who was not given a role with it.
#[test]
fn an_exclusive_scope_keeps_others_out() {
    let server = house();
    ["boss", "dev"].iter().for_each(|name| server.mailbox(name));
    server.ps("Set-User boss -Department Board; Add-RoleGroupMember 'Organization Management' -Member carla; Add-RoleGroupMember 'Recipient Management' -Member ben");
    let office = |who: &str, whom: &str| {
        let number = server.ps("Get-Random -Maximum 1000000");
        let change = format!("{{\"Identity\":\"{whom}\",\"Office\":\"{}\"}}", number.trim());
        let said = api(&server, who, "Set-User", &change);
        assert!(
            done(&said) || said.contains("isn't within your current write scopes"),
            "{who} {whom}: {said}"
        );
        done(&said)
    };
    assert!(office("ben", "boss") && office("carla", "boss"));
    server.ps("New-ManagementScope Board -RecipientRestrictionFilter \"Department -eq 'Board'\" -Exclusive -Force | Out-Null");
    assert!(!office("ben", "boss") && !office("carla", "boss"), "nobody was given a role with it yet");
    assert!(office("ben", "ann") && office("carla", "ann"), "others are reached as before");
    // To read is another thing, and so is what one does for oneself; who works at the server is let in.
    assert!(done(&api(&server, "ben", "Get-Mailbox", "{\"Identity\":\"boss\"}")));
    assert!(done(&api(&server, "boss", "Set-User", "{\"Identity\":\"boss\",\"Phone\":\"1\"}")));
    server.ps("Set-User boss -Title Chair");
    // Nobody slips in by another door: rights, groups, passwords, undoing.
    for (cmdlet, parameters) in [
        ("Add-MailboxPermission", "{\"Identity\":\"boss\",\"User\":\"ben\",\"AccessRights\":\"FullAccess\"}"),
        (
            "Add-MailboxFolderPermission",
            "{\"Identity\":\"boss:\\\\Inbox\",\"User\":\"ben\",\"AccessRights\":\"Reviewer\"}",
        ),
        ("Disable-Mailbox", "{\"Identity\":\"boss\",\"Confirm\":false}"),
        ("Set-User", "{\"Identity\":\"boss\",\"Department\":\"None\"}"),
        ("New-InboxRule", "{\"Mailbox\":\"boss\",\"Name\":\"x\",\"DeleteMessage\":true}"),
    ] {
        let said = api(&server, "ben", cmdlet, parameters);
        assert!(!done(&said) && said.contains("current write scopes"), "{cmdlet}: {said}");
    }

    server.ps("New-RoleGroup 'Board Helpers' -Members dev | Out-Null; New-ManagementRoleAssignment -Role 'Mail Recipients' -SecurityGroup 'Board Helpers' -ExclusiveRecipientWriteScope Board | Out-Null");
    let shown = server.ps("Get-ManagementRoleAssignment 'Mail Recipients-Board Helpers' | ForEach-Object { \"$($_.RecipientWriteScope) $($_.CustomRecipientWriteScope)\" }");
    assert_eq!(shown.trim(), "ExclusiveRecipientScope Board");
    assert!(
        office("dev", "boss") && !office("dev", "ann"),
        "it reaches what the scope finds, and nobody else"
    );
    assert!(!office("carla", "boss"));
    // Who is found by two is reached by whoever was given either.
    server.ps("New-ManagementScope Offices -RecipientRestrictionFilter \"Title -eq 'Chair'\" -Exclusive -Force | Out-Null");
    assert!(office("dev", "boss"));
    server.ps("Set-User boss -Department Retired");
    assert!(!office("dev", "boss"), "the other scope shuts him in still");
    server.ps("Set-User boss -Title $null");
    assert!(office("ben", "boss"), "nobody finds him any more");

    for (refused, why) in [
        (
            "New-ManagementRoleAssignment -Role 'User Options' -SecurityGroup 'Board Helpers' -CustomRecipientWriteScope Board",
            "is an exclusive scope",
        ),
        (
            "New-ManagementScope Plain -RecipientRestrictionFilter \"City -eq 'x'\" | Out-Null; New-ManagementRoleAssignment -Role 'User Options' -SecurityGroup 'Board Helpers' -ExclusiveRecipientWriteScope Plain",
            "is not an exclusive scope",
        ),
        (
            "Set-ManagementRoleAssignment 'Mail Recipients-Organization Management' -ExclusiveRecipientWriteScope Board",
            "whole organization",
        ),
        ("Remove-ManagementScope Board -Confirm:$false", "Board Helpers"),
        ("Set-ManagementScope Board -DatabaseRestrictionFilter \"Name -like '*'\"", "stays one"),
        ("New-ManagementScope Wrong -DatabaseRestrictionFilter \"Nothing -eq 'x'\"", "Nothing"),
    ] {
        let shell = server.shell(refused);
        assert!(shell.code != Some(0) && shell.err.contains(why), "{refused}: {shell:?}");
    }
    assert_eq!(
        server.ps("(Get-ManagementScope -Exclusive $true).Name").split_whitespace().collect::<Vec<_>>(),
        ["Board", "Offices"]
    );
    assert_eq!(server.ps("(Get-ManagementScope -Orphan -Exclusive $true).Name").trim(), "Offices");
}

/// A scope of databases says which of them are changed, and in which mailboxes are made.
#[test]
fn a_role_reaches_the_databases_of_its_scope() {
    let server = house();
    server.ps("New-MailboxDatabase Berlin1 | Out-Null; New-MailboxDatabase Bonn1 | Out-Null; New-MailboxDatabase Vault | Out-Null");
    server.ps("New-ManagementScope Berlin -DatabaseRestrictionFilter \"Name -like 'Berlin*'\" | Out-Null; New-ManagementScope List -DatabaseList Bonn1,Berlin1 | Out-Null");
    server.ps("New-RoleGroup Berliners -Members ben | Out-Null");
    for role in ["Mail Recipient Creation", "Mail Recipients", "Databases"] {
        server.ps(&format!("New-ManagementRoleAssignment -Role '{role}' -SecurityGroup Berliners -CustomConfigWriteScope Berlin | Out-Null"));
    }
    let may = |who: &str, cmdlet: &str, parameters: &str| {
        let said = api(&server, who, cmdlet, parameters);
        assert!(done(&said) || said.contains("current write scopes"), "{who} {cmdlet} {parameters}: {said}");
        done(&said)
    };
    let made = |name: &str, more: &str| {
        may("ben", "New-Mailbox", &format!("{{\"Name\":\"{name}\",\"Shared\":true{more}}}"))
    };
    assert!(made("one", ""), "of its own the new mailbox goes where he may put it");
    assert_eq!(server.ps("(Get-Mailbox one).Database").trim(), "Berlin1");
    assert!(made("two", ",\"Database\":\"Berlin1\"") && !made("three", ",\"Database\":\"Bonn1\""));
    assert_eq!(server.shell("Get-Mailbox three").code, Some(1), "nothing is left of it");
    assert!(!made("four", ",\"Archive\":true,\"ArchiveDatabase\":\"Bonn1\""));
    server.ps("Disable-Mailbox carla -Confirm:$false");
    assert!(!may("ben", "Enable-Mailbox", "{\"Identity\":\"carla\",\"Database\":\"Mailbox Database\"}"));
    assert!(may("ben", "Enable-Mailbox", "{\"Identity\":\"carla\",\"Database\":\"Berlin1\"}"));
    // A mailbox that is there already is a recipient like any other.
    assert!(may("ben", "Set-User", "{\"Identity\":\"ann\",\"Office\":\"7\"}"));
    for (database, within) in [("Berlin1", true), ("Bonn1", false)] {
        let named = format!("{{\"Identity\":\"{database}\",\"Confirm\":false}}");
        let kept = format!("{{\"Identity\":\"{database}\",\"MailboxRetention\":\"40.00:00:00\"}}");
        assert_eq!(may("ben", "Set-MailboxDatabase", &kept), within, "{database}");
        assert_eq!(may("ben", "Dismount-Database", &named), within, "{database}");
        assert_eq!(may("ben", "Mount-Database", &named), within, "{database}");
    }
    server.ps("Set-ManagementRoleAssignment 'Databases-Berliners' -CustomConfigWriteScope List");
    assert!(may(
        "ben",
        "Set-MailboxDatabase",
        "{\"Identity\":\"Bonn1\",\"MailboxRetention\":\"41.00:00:00\"}"
    ));

    // Exclusive databases, for those alone who were given them.
    server.ps("Add-RoleGroupMember 'Organization Management' -Member carla");
    let retention = |who: &str, days: u32| {
        may(
            who,
            "Set-MailboxDatabase",
            &format!("{{\"Identity\":\"Vault\",\"MailboxRetention\":\"{days}.00:00:00\"}}"),
        )
    };
    assert!(retention("carla", 42));
    server.ps("New-ManagementScope Sealed -DatabaseList Vault -Exclusive -Force | Out-Null");
    assert!(!retention("carla", 43));
    server.ps("New-RoleGroup Keepers -Members ann | Out-Null; New-ManagementRoleAssignment -Role Databases -SecurityGroup Keepers -ExclusiveConfigWriteScope Sealed | Out-Null");
    assert!(
        retention("ann", 44)
            && !may(
                "ann",
                "Set-MailboxDatabase",
                "{\"Identity\":\"Bonn1\",\"MailboxRetention\":\"45.00:00:00\"}"
            )
    );
    let shown = server.ps("Get-ManagementRoleAssignment Databases-Keepers | ForEach-Object { \"$($_.RecipientWriteScope) $($_.ConfigWriteScope) $($_.CustomConfigWriteScope)\" }");
    assert_eq!(shown.trim(), "Organization ExclusiveConfigScope Sealed");
    let shown = server.ps(
        "Get-ManagementScope | ForEach-Object { \"$($_.Name) $($_.ScopeRestrictionType) $($_.Exclusive)\" }",
    );
    assert_eq!(
        shown.lines().map(str::trim).collect::<Vec<_>>(),
        ["Berlin DatabaseScope False", "List DatabaseScope False", "Sealed DatabaseScope True"]
    );
}

/// A role of people is for what is their own, whoever gives it; and a role that gives a part of a cmdlet for others gives no more
/// of it because everybody has the whole of it for themselves.
#[test]
fn what_people_may_do_for_themselves_they_may_not_do_for_others() {
    let server = house();
    server.ps(
        "New-RoleGroup Selves -Roles MyBaseOptions,MyDistributionGroupMembership -Members ben | Out-Null",
    );
    server.ps("New-DistributionGroup Closed -ManagedBy carla -MemberJoinRestriction Closed | Out-Null");
    let shown = server.ps("(Get-ManagementRoleAssignment 'MyBaseOptions-Selves').RecipientWriteScope");
    assert_eq!(shown.trim(), "Self");
    for (cmdlet, parameters) in [
        ("Set-MailboxAutoReplyConfiguration", "{\"Identity\":\"ann\",\"InternalMessage\":\"x\"}"),
        ("Get-InboxRule", "{\"Mailbox\":\"ann\"}"),
        ("Add-DistributionGroupMember", "{\"Identity\":\"Closed\",\"Member\":\"ann\"}"),
    ] {
        let refused = api(&server, "ben", cmdlet, parameters);
        assert!(refused.contains("your own m"), "{cmdlet}: {refused}");
        assert!(!done(&refused), "{cmdlet}: {refused}");
    }
    let own = "{\"Identity\":\"ben\",\"InternalMessage\":\"x\"}";
    assert!(done(&api(&server, "ben", "Set-MailboxAutoReplyConfiguration", own)));

    server.ps("New-ManagementRole Away -Parent 'Mail Recipients' -EnabledCmdlets Set-MailboxAutoReplyConfiguration | Out-Null");
    server.ps("Set-ManagementRoleEntry 'Away\\Set-MailboxAutoReplyConfiguration' -Parameters Identity,AutoReplyState");
    server.ps("New-RoleGroup Switchers -Roles Away -Members carla | Out-Null");
    let state = "{\"Identity\":\"ann\",\"AutoReplyState\":\"Disabled\"}";
    assert!(done(&api(&server, "carla", "Set-MailboxAutoReplyConfiguration", state)));
    let words = "{\"Identity\":\"ann\",\"InternalMessage\":\"x\"}";
    let refused = api(&server, "carla", "Set-MailboxAutoReplyConfiguration", words);
    assert!(refused.contains("your own mailbox only"), "{refused}");
    let rules =
        api(&server, "carla", "New-InboxRule", "{\"Name\":\"x\",\"Mailbox\":\"ann\",\"DeleteMessage\":true}");
    assert!(rules.contains("your own mailbox only"), "{rules}");
}

/// Undoing a change of roles gives roles.
#[test]
fn roles_are_given_back_by_whoever_gives_them() {
    let server = house();
    server.ps("New-RoleGroup Rescue -Roles 'Disaster Recovery' -Members ben | Out-Null");
    server.ps("Add-RoleGroupMember 'Recipient Management' -Member ben");
    server.ps("New-ManagementRole Few -Parent 'Mail Recipients' | Out-Null");
    for lost in [
        "Remove-RoleGroupMember 'Recipient Management' -Member ben -Confirm:$false",
        "Remove-ManagementRoleEntry 'Few\\Set-Mailbox' -Confirm:$false",
        "Remove-RoleGroup Rescuers -Confirm:$false",
    ] {
        server.ps("if (-not (Get-RoleGroup Rescuers -ErrorAction SilentlyContinue)) { New-RoleGroup Rescuers -Roles Databases -Members ben | Out-Null }");
        server.ps(lost);
        let number = server.ps("(Get-AdminChange -ResultSize 1).Identity");
        let change = format!("{{\"Identity\":\"{}\",\"Confirm\":false}}", number.trim());
        let refused = api(&server, "ben", "Undo-AdminChange", &change);
        assert!(refused.contains("can't give roles to others"), "{lost}: {refused}");
        server.ps(&format!("Undo-AdminChange {} -Confirm:$false", number.trim()));
    }
}

/// People join and leave groups as far as those let them, and look after those that they own.
#[test]
fn people_join_and_leave_groups_by_a_role_of_their_own() {
    let server = house();
    for (group, more) in [
        ("Open", "-MemberJoinRestriction Open"),
        ("Closed", "-MemberJoinRestriction Closed -MemberDepartRestriction Closed"),
        ("Asked", "-MemberJoinRestriction ApprovalRequired"),
        ("Owned", "-ManagedBy ben"),
    ] {
        server.ps(&format!("New-DistributionGroup {group} -ManagedBy carla {more} | Out-Null")
            .replace("-ManagedBy carla -ManagedBy ben", "-ManagedBy ben"));
    }
    let change = |who: &str, verb: &str, group: &str, member: &str| {
        let parameters = format!("{{\"Identity\":\"{group}\",\"Member\":\"{member}\",\"Confirm\":false}}");
        api(&server, who, &format!("{verb}-DistributionGroupMember"), &parameters)
    };
    let policy = "'Default Role Assignment Policy'";
    // Everybody has the role for that from the beginning.
    for (who, verb, group, member, why) in [
        ("ben", "Add", "Open", "ben", ""),
        ("ben", "Add", "Open", "ann", "your own membership"),
        ("ben", "Add", "Closed", "ben", "is closed"),
        ("ben", "Add", "Asked", "ann", "your own membership"),
        ("ben", "Add", "Owned", "ann", "your own membership"),
        ("ben", "Remove", "Open", "ben", ""),
        ("ann", "Remove", "Open", "carla", "your own membership"),
    ] {
        let answer = change(who, verb, group, member);
        let fine = if why.is_empty() { done(&answer) } else { answer.contains(why) && !done(&answer) };
        assert!(fine, "{who} {verb} {group} {member}: {answer}");
    }
    server
        .ps("Add-DistributionGroupMember Closed -Member ben; Add-DistributionGroupMember Asked -Member ben");
    assert!(change("ben", "Remove", "Closed", "ben").contains("is closed"));
    assert!(done(&change("ben", "Remove", "Asked", "ben")), "leaving is open by default");
    // An owner, with the role for that, says who is in their group and in no other.
    server
        .ps(&format!("New-ManagementRoleAssignment -Role MyDistributionGroups -Policy {policy} | Out-Null"));
    assert!(done(&change("ben", "Add", "Owned", "ann")));
    let refused = change("ben", "Add", "Closed", "ann");
    assert!(refused.contains("your own membership"), "{refused}");
    let all = "{\"Identity\":\"Closed\",\"Members\":[\"ben\"],\"Confirm\":false}";
    assert!(!done(&api(&server, "ben", "Update-DistributionGroupMember", all)));
    assert!(done(&api(&server, "ben", "Update-DistributionGroupMember", &all.replace("Closed", "Owned"))));
    assert_eq!(server.ps("(Get-DistributionGroupMember Owned).Name").trim(), "ben");
}

/// Whoever is in a group that is in a role group, at any depth, holds its roles: such members are a matter of whoever gives
/// these, by whichever command or door.
#[test]
fn a_group_in_a_role_group_gives_its_roles_to_nobody_by_a_side_door() {
    let server = house();
    server.ps("Add-RoleGroupMember 'Recipient Management' -Member ben");
    server.ps("New-DistributionGroup Inner -Type Security -ManagedBy ben,carla -MemberJoinRestriction Open | Out-Null");
    server.ps("New-DistributionGroup Middle -Type Security -ManagedBy ben -Members Inner | Out-Null");
    server.ps("New-DistributionGroup Plain -Type Security -ManagedBy ben | Out-Null");
    server.ps("New-RoleGroup Rescue -Roles 'Disaster Recovery','Databases' -Members Middle | Out-Null");
    server.ps("New-RoleGroup Undoers -Roles 'Disaster Recovery' -Members ben | Out-Null");
    server.ps("New-ManagementRoleAssignment -Role MyDistributionGroups -Policy 'Default Role Assignment Policy' | Out-Null");
    let roles = |who: &str| server.ps(&format!("(Get-ManagementRoleAssignment -RoleAssignee {who}).Role"));
    let side_doors = |group: &str| {
        let one = format!("{{\"Identity\":\"{group}\",\"Member\":\"ben\",\"Confirm\":false}}");
        let some = format!("{{\"Identity\":\"{group}\",\"Members\":[\"ben\"],\"Confirm\":false}}");
        let past = one.replace("\"Confirm\"", "\"BypassSecurityGroupManagerCheck\":true,\"Confirm\"");
        [
            ("ben", "Add-DistributionGroupMember", one.clone()),
            ("ben", "Add-DistributionGroupMember", past),
            ("ben", "Update-DistributionGroupMember", some.clone()),
            ("ben", "Add-ADGroupMember", some.clone()),
            ("carla", "Add-DistributionGroupMember", one.replace("\"ben\"", "\"carla\"")),
        ]
    };
    for group in ["Inner", "Middle"] {
        for (who, cmdlet, parameters) in side_doors(group) {
            let refused = api(&server, who, cmdlet, &parameters);
            assert!(!done(&refused), "{who}: {cmdlet} {parameters}: {refused}");
            if who == "ben" {
                assert!(refused.contains("can't give roles to others"), "{cmdlet} {parameters}: {refused}");
            }
            let what_if = parameters.replace("\"Confirm\":false", "\"WhatIf\":true");
            assert!(!done(&api(&server, who, cmdlet, &what_if)), "{who}: {cmdlet} {what_if}");
        }
    }
    assert!(!roles("ben").contains("Databases") && !roles("carla").contains("Databases"));
    for (who, cmdlet, parameters) in &side_doors("Plain")[..1] {
        assert!(done(&api(&server, who, cmdlet, parameters)), "{cmdlet}: a group like others");
    }

    // Nor by taking somebody out, by making the group open, or by undoing what a manager did.
    server.ps("Add-DistributionGroupMember Inner -Member ann");
    assert!(roles("ann").contains("Databases"));
    for (cmdlet, given) in [
        ("Remove-DistributionGroupMember", "\"Member\":\"ann\""),
        ("Remove-ADGroupMember", "\"Members\":[\"ann\"]"),
        ("Update-DistributionGroupMember", "\"Members\":[]"),
    ] {
        let parameters = format!("{{\"Identity\":\"Inner\",{given},\"Confirm\":false}}");
        let refused = api(&server, "ben", cmdlet, &parameters);
        assert!(refused.contains("can't give roles to others"), "{cmdlet}: {refused}");
    }
    server.ps("Remove-DistributionGroupMember Inner -Member ann -Confirm:$false");
    let number = server.ps("(Get-AdminChange -ResultSize 1).Identity");
    let undo = format!("{{\"Identity\":\"{}\",\"Confirm\":false}}", number.trim());
    let refused = api(&server, "ben", "Undo-AdminChange", &undo);
    assert!(refused.contains("can't give roles to others"), "{refused}");
    assert!(!roles("ann").contains("Databases"));
    let open = "{\"Identity\":\"Middle\",\"MemberJoinRestriction\":\"Open\"}";
    assert!(done(&api(&server, "ben", "Set-DistributionGroup", open)));
    let join = "{\"Identity\":\"Middle\",\"Member\":\"ann\"}";
    assert!(
        !done(&api(&server, "ann", "Add-DistributionGroupMember", join)),
        "whoever joins would hold them"
    );

    // A role group in a role group, too: its owner gives its own roles alone. Who owns both gives both.
    server.ps(
        "New-RoleGroup Lower -Roles 'Monitoring' -Members ann | Out-Null; Set-RoleGroup Lower -ManagedBy ben",
    );
    let lower = "{\"Identity\":\"Lower\",\"Member\":\"ben\"}";
    server.ps("Add-RoleGroupMember Rescue -Member Lower; New-ManagementRoleAssignment -Role 'Role Management' -User ben | Out-Null");
    let refused = api(&server, "ben", "Add-RoleGroupMember", lower);
    assert!(refused.contains("can't give roles to others"), "{refused}");
    assert!(!roles("ben").contains("Databases"));
    server.ps("Set-RoleGroup Rescue -ManagedBy ben");
    assert!(done(&api(
        &server,
        "ben",
        "Add-ADGroupMember",
        "{\"Identity\":\"Inner\",\"Members\":[\"ann\"]}"
    )));
    assert!(roles("ann").contains("Databases"));

    // The command without that switch does not advise it.
    server.ps("New-DistributionGroup Vault -Type Security -ManagedBy carla | Out-Null");
    let refused = api(&server, "ben", "Add-ADGroupMember", "{\"Identity\":\"Vault\",\"Members\":[\"ben\"]}");
    assert!(refused.contains("Add- and Remove-DistributionGroupMember with"), "{refused}");
}

/// Roles are a tree, whatever is undone: one that is needed stays, and none is a part of itself.
#[test]
fn no_undoing_makes_a_circle_of_roles() {
    let server = house();
    server.ps("New-ManagementRole Upper -Parent 'Mail Recipients' | Out-Null; New-ManagementRole Lower -Parent Upper | Out-Null");
    server.ps("New-ManagementRole Held -Parent 'Mail Recipients' | Out-Null; New-RoleGroup Holders -Roles Held | Out-Null");
    let undo = |of: &str, command: &str| {
        server.shell(&format!("Get-AdminChange -ObjectIds '{of}' -Cmdlets {command} -ResultSize 1 | Undo-AdminChange -Confirm:$false"))
    };
    let refused = |of: &str, command: &str, why: &str| {
        let shell = undo(of, command);
        assert!(shell.code != Some(0) && format!("{shell:?}").contains(why), "{of} {command}: {shell:?}");
    };
    refused("Upper", "New-ManagementRole", "the role 'Lower' is a part of it");
    refused("Held", "New-ManagementRole", "'Holders' holds it");
    // Nothing comes back that hung on what is gone since.
    server.ps("Remove-ManagementRole Lower -Confirm:$false; Remove-ManagementRole Upper -Confirm:$false");
    refused("Lower", "Remove-ManagementRole", "part of a role that is gone");
    server.ps("Remove-RoleGroup Holders -Confirm:$false; Remove-ManagementRole Held -Confirm:$false");
    refused("Holders", "Remove-RoleGroup", "held the role 'Held', which is gone");
    for (of, command) in [
        ("Held", "Remove-ManagementRole"),
        ("Holders", "Remove-RoleGroup"),
        ("Upper", "Remove-ManagementRole"),
        ("Lower", "Remove-ManagementRole"),
    ] {
        let shell = undo(of, command);
        assert_eq!(shell.code, Some(0), "{of} {command}: {shell:?}");
    }
    // Deeper than what counts, a role would give nothing, and there is none.
    server.ps("$above = 'Mail Recipients'; 1..16 | ForEach-Object { New-ManagementRole \"Deep$_\" -Parent $above | Out-Null; $above = \"Deep$_\" }");
    let shell = server.shell("New-ManagementRole Deep17 -Parent Deep16");
    assert!(shell.code != Some(0) && format!("{shell:?}").contains("would be no part"), "{shell:?}");
    server.ps("New-RoleGroup Divers -Roles Deep16 -Members ben | Out-Null");
    assert!(done(&api(&server, "ben", "Set-Mailbox", "{\"Identity\":\"ann\",\"Office\":\"7\"}")));
}

/// Who may not make a restore request may not change one that somebody made.
#[test]
fn restore_requests_are_within_reach_as_mailboxes_and_databases_are() {
    let server = house();
    server.ps("New-MailboxDatabase Bonn1 | Out-Null; New-ManagementScope SalesPeople -RecipientRestrictionFilter \"Name -eq 'sales'\" | Out-Null; New-ManagementScope Bonn -DatabaseList Bonn1 | Out-Null");
    for database in ["'Mailbox Database'", "Bonn1"] {
        server
            .ps(&format!("New-Mailbox -Shared -Name old{} -Database {database} | Out-Null", database.len()));
        server.ps(&format!("Disable-Mailbox old{} -Confirm:$false", database.len()));
    }
    server.ps("New-RoleGroup Restorers -Members ben | Out-Null");
    server.ps("New-ManagementRoleAssignment -Role 'Disaster Recovery' -SecurityGroup Restorers -CustomRecipientWriteScope SalesPeople -CustomConfigWriteScope Bonn | Out-Null");
    let parameters = |database: &str, source: &str, target: &str| {
        format!(
            "{{\"SourceDatabase\":\"{database}\",\"SourceStoreMailbox\":\"{source}\",\"TargetMailbox\":\"{target}\",\"Name\":\"{target}{source}\",\"AllowLegacyDNMismatch\":true,\"Suspend\":true}}"
        )
    };
    let out_of_reach = |cmdlet: &str, given: &str| {
        let said = api(&server, "ben", cmdlet, given);
        assert!(said.contains("current write scopes") && !done(&said), "{cmdlet} {given}: {said}");
    };
    let within = |cmdlet: &str, given: &str| {
        let said = api(&server, "ben", cmdlet, given);
        assert!(done(&said), "{cmdlet} {given}: {said}");
    };
    out_of_reach("New-MailboxRestoreRequest", &parameters("Bonn1", "old5", "ann"));
    out_of_reach("New-MailboxRestoreRequest", &parameters("Mailbox Database", "old18", "sales"));
    within("New-MailboxRestoreRequest", &parameters("Bonn1", "old5", "sales"));
    server.ps("New-MailboxRestoreRequest -SourceDatabase Bonn1 -SourceStoreMailbox old5 -TargetMailbox ann -Name annold5 -AllowLegacyDNMismatch -Suspend | Out-Null");
    server.ps("New-MailboxRestoreRequest -SourceDatabase 'Mailbox Database' -SourceStoreMailbox old18 -TargetMailbox sales -Name salesold18 -AllowLegacyDNMismatch -Suspend | Out-Null");
    for (cmdlet, more) in [
        ("Set-MailboxRestoreRequest", ",\"Priority\":\"High\""),
        ("Suspend-MailboxRestoreRequest", ",\"Confirm\":false"),
        ("Resume-MailboxRestoreRequest", ""),
        ("Remove-MailboxRestoreRequest", ",\"Confirm\":false"),
    ] {
        for request in ["ann\\\\annold5", "sales\\\\salesold18"] {
            out_of_reach(cmdlet, &format!("{{\"Identity\":\"{request}\"{more}}}"));
        }
        within(cmdlet, &format!("{{\"Identity\":\"sales\\\\salesold5\"{more}}}"));
    }
}

#[test]
fn a_role_is_given_on_by_whoever_may_as_far_as_they_hold_it() {
    let server = without_own_roles();
    server.ps("New-ManagementScope Bonn -RecipientRestrictionFilter \"City -eq 'Bonn'\" | Out-Null");
    server.ps("New-ManagementRoleAssignment -Role 'Role Management' -User ben | Out-Null");
    let give = |role: &str, more: &str| {
        api(
            &server,
            "ben",
            "New-ManagementRoleAssignment",
            &format!("{{\"Role\":\"{role}\",\"User\":\"carla\"{more}}}"),
        )
    };
    // To run the cmdlet is not to give roles.
    let refused = |answer: &str| answer.contains("can't give roles to others");
    assert!(refused(&give("Mail Recipients", "")));
    server.ps("New-ManagementRoleAssignment -Role 'Mail Recipients' -User ben -Delegating | Out-Null");
    assert!(refused(&give("Mail Recipients", "")), "he may give it and does not hold it");
    server.ps("New-ManagementRoleAssignment HIS -Role 'Mail Recipients' -User ben -CustomRecipientWriteScope Bonn | Out-Null");
    assert!(refused(&give("Mail Recipients", "")), "further than he holds it");
    assert!(refused(&give("Mail Recipient Creation", ",\"CustomRecipientWriteScope\":\"Bonn\"")));
    assert!(refused(&give("Mail Recipients", ",\"Delegating\":true")));
    let office = "{\"Identity\":\"ann\",\"Office\":\"7\"}";
    assert!(missing(&api(&server, "carla", "Set-Mailbox", office), "Set-Mailbox"));
    let given = give("Mail Recipients", ",\"CustomRecipientWriteScope\":\"Bonn\"");
    assert!(done(&given), "{given}");
    assert!(api(&server, "carla", "Set-Mailbox", office).contains("isn't within your current write scopes"));
    server.ps("Set-User ann -City Bonn");
    assert!(done(&api(&server, "carla", "Set-Mailbox", office)));
    // Nor is it taken or widened by whoever holds less.
    let widen = "{\"Identity\":\"Mail Recipients-carla\",\"RecipientRelativeWriteScope\":\"Organization\"}";
    assert!(refused(&api(&server, "ben", "Set-ManagementRoleAssignment", widen)));
    server.ps("Set-ManagementRoleAssignment HIS -Enabled $false");
    let take = "{\"Identity\":\"Mail Recipients-carla\",\"Confirm\":false}";
    assert!(refused(&api(&server, "ben", "Remove-ManagementRoleAssignment", take)));
    // What is off gives nothing, by any door and at once.
    server.ps("Set-ManagementRoleAssignment 'Mail Recipients-carla' -Enabled $false");
    assert!(missing(&api(&server, "carla", "Set-Mailbox", office), "Set-Mailbox"));
    server.ps("'Mail Recipients-carla','HIS' | Set-ManagementRoleAssignment -Enabled $true");
    assert!(done(&api(&server, "carla", "Set-Mailbox", office)));
    assert!(done(&api(&server, "ben", "Remove-ManagementRoleAssignment", take)));
    assert!(missing(&api(&server, "carla", "Set-Mailbox", office), "Set-Mailbox"));
    // Whoever has a role alone is taken over by nobody who lacks it.
    server.ps("New-ManagementRoleAssignment -Role Databases -User ann | Out-Null; Add-RoleGroupMember 'Recipient Management' -Member carla; New-ManagementRoleAssignment -Role 'Reset Password' -User carla | Out-Null");
    let password =
        "{\"Identity\":\"ann\",\"Password\":{\"$type\":\"SecureString\",\"value\":\"Other-2026!x\"}}";
    let taken = api(&server, "carla", "Set-Mailbox", password);
    assert!(taken.contains("has roles that"), "{taken}");
}

/// Whoever reaches the whole organization does not reach what is shut in, and gives nobody a role for it; and whoever may give
/// roles is taken over by nobody who may not give the same.
#[test]
fn what_is_shut_in_is_given_by_nobody_who_reaches_the_rest() {
    let server = without_own_roles();
    server.ps("New-ManagementScope Board -RecipientRestrictionFilter \"Department -eq 'Board'\" -Exclusive -Force | Out-Null; New-ManagementScope Sealed -DatabaseRestrictionFilter \"Name -like 'Vault*'\" -Exclusive -Force | Out-Null");
    server.ps("New-ManagementRoleAssignment -Role 'Role Management' -User ben | Out-Null; New-ManagementRoleAssignment -Role 'Mail Recipients' -User ben | Out-Null; New-ManagementRoleAssignment -Role 'Mail Recipients' -User ben -Delegating | Out-Null");
    let give = |more: &str| {
        let parameters = format!("{{\"Role\":\"Mail Recipients\",\"User\":\"carla\"{more}}}");
        api(&server, "ben", "New-ManagementRoleAssignment", &parameters)
    };
    for shut_in in
        [",\"ExclusiveRecipientWriteScope\":\"Board\"", ",\"ExclusiveConfigWriteScope\":\"Sealed\""]
    {
        let refused = give(shut_in);
        assert!(refused.contains("can't give roles to others"), "{shut_in}: {refused}");
    }
    assert!(
        !server.ps("(Get-ManagementRoleAssignment -RoleAssignee carla).Role").contains("Mail Recipients")
    );
    let given = give("");
    assert!(done(&given), "{given}");
    // Nor is one that somebody has widened, or taken away.
    let shut = "{\"Identity\":\"Mail Recipients-carla\",\"ExclusiveRecipientWriteScope\":\"Board\"}";
    let refused = api(&server, "ben", "Set-ManagementRoleAssignment", shut);
    assert!(refused.contains("can't give roles to others"), "{refused}");
    server.ps("Set-ManagementRoleAssignment 'Mail Recipients-carla' -ExclusiveRecipientWriteScope Board");
    let take = "{\"Identity\":\"Mail Recipients-carla\",\"Confirm\":false}";
    let refused = api(&server, "ben", "Remove-ManagementRoleAssignment", take);
    assert!(refused.contains("can't give roles to others"), "{refused}");

    // Carla reaches what ben does not: her password is not his to set. Nor is ann's, who may give what he may not.
    server.ps("New-ManagementRoleAssignment -Role 'Reset Password' -User ben | Out-Null; New-ManagementRoleAssignment -Role Databases -User ann -Delegating | Out-Null");
    let reset = |whom: &str| {
        let secret = "{\"$type\":\"SecureString\",\"value\":\"Other-2026!x\"}";
        let parameters = format!("{{\"Identity\":\"{whom}\",\"Reset\":true,\"NewPassword\":{secret}}}");
        api(&server, "ben", "Set-ADAccountPassword", &parameters)
    };
    for whom in ["ann", "carla"] {
        let refused = reset(whom);
        assert!(refused.contains("has roles that"), "{whom}: {refused}");
    }
    server.ps("Set-ManagementRoleAssignment 'Mail Recipients-carla' -RecipientRelativeWriteScope Organization; Get-ManagementRoleAssignment -RoleAssignee ann -Delegating $true | Remove-ManagementRoleAssignment -Confirm:$false");
    for whom in ["ann", "carla"] {
        let said = reset(whom);
        assert!(done(&said), "{whom}: {said}");
    }
}

/// Whoever owns a role group can become its member: whoever lacks its roles lets nobody in as them.
#[test]
fn an_owner_of_roles_is_taken_over_by_nobody_who_lacks_them() {
    let server = without_own_roles();
    for role in ["Reset Password", "Distribution Groups"] {
        server.ps(&format!("New-ManagementRoleAssignment -Role '{role}' -User ann | Out-Null"));
    }
    server.ps("New-DistributionGroup Owners -Type Security -Members carla | Out-Null; New-RoleGroup Rescue -Roles Databases | Out-Null");
    server.ps("Set-RoleGroup Rescue -ManagedBy ben; New-RoleGroup Empty | Out-Null; Set-RoleGroup Empty -ManagedBy carla");
    let reset = |whom: &str| {
        let secret = "{\"$type\":\"SecureString\",\"value\":\"Other-2026!x\"}";
        let parameters = format!("{{\"Identity\":\"{whom}\",\"Reset\":true,\"NewPassword\":{secret}}}");
        api(&server, "ann", "Set-ADAccountPassword", &parameters)
    };
    let refused = reset("ben");
    assert!(refused.contains("has roles that") && !done(&refused), "{refused}");
    let said = reset("carla");
    assert!(done(&said), "what she owns gives nothing: {said}");
    // Through a group, too.
    server.ps("Set-RoleGroup Rescue -ManagedBy Owners");
    let refused = reset("carla");
    assert!(refused.contains("has roles that"), "{refused}");
    let said = reset("ben");
    assert!(done(&said), "he owns it no longer: {said}");
    // Whoever has the roles themselves may.
    server.ps("New-ManagementRoleAssignment -Role Databases -User ann | Out-Null");
    let said = reset("carla");
    assert!(done(&said), "{said}");
}

/// A scope by which somebody's role reaches is not undone from under it.
#[test]
fn a_scope_that_is_used_is_not_undone() {
    let server = without_own_roles();
    server.ps("New-ManagementScope Bonn -RecipientRestrictionFilter \"City -eq 'Bonn'\" | Out-Null");
    server.ps("New-ManagementScope Vaults -DatabaseRestrictionFilter \"Name -like 'Vault*'\" | Out-Null");
    server.ps("New-ManagementRoleAssignment -Role 'Mail Recipients' -User ben -CustomRecipientWriteScope Bonn | Out-Null; New-RoleGroup Keepers -Roles Databases -Members carla | Out-Null; Set-ManagementRoleAssignment Databases-Keepers -CustomConfigWriteScope Vaults");
    let undo = |scope: &str| {
        server.shell(&format!("Get-AdminChange -ObjectIds {scope} -Cmdlets New-ManagementScope -ResultSize 1 | Undo-AdminChange -Confirm:$false"))
    };
    for (scope, holder) in [("Bonn", "ben"), ("Vaults", "Keepers")] {
        let refused = undo(scope);
        let why = format!("says how far roles of {holder} reach");
        assert!(refused.code != Some(0) && format!("{refused:?}").contains(&why), "{scope}: {refused:?}");
    }
    let office = "{\"Identity\":\"ann\",\"Office\":\"7\"}";
    assert!(!done(&api(&server, "ben", "Set-Mailbox", office)), "he reaches no further than before");
    server.ps("Remove-ManagementRoleAssignment 'Mail Recipients-ben' -Confirm:$false; Set-ManagementRoleAssignment Databases-Keepers -RecipientRelativeWriteScope Organization; Remove-RoleGroup Keepers -Confirm:$false");
    for scope in ["Bonn", "Vaults"] {
        let shell = undo(scope);
        assert_eq!(shell.code, Some(0), "{scope}: {shell:?}");
    }
    assert_eq!(server.ps("Get-ManagementScope").trim(), "");
}

/// What comes back with a mailbox in the mailboxes of others comes back where whoever connects it may change these.
#[test]
fn with_a_mailbox_nothing_comes_back_that_is_out_of_reach() {
    let server = house();
    ["dora", "fred", "freda"].iter().for_each(|name| server.mailbox(name));
    server.ps("'dora', 'freda' | Set-User -City Bonn");
    server.ps("'ann', 'dora' | ForEach-Object { Add-MailboxFolderPermission \"${_}:\\Inbox\" -User fred -AccessRights Reviewer | Out-Null }");
    server.ps("Remove-Mailbox fred -Confirm:$false; Disable-Mailbox freda -Confirm:$false");
    server.ps("New-ManagementScope Bonn -RecipientRestrictionFilter \"City -eq 'Bonn'\" | Out-Null; New-ManagementRoleAssignment -Role 'Mail Recipients' -User ben -CustomRecipientWriteScope Bonn | Out-Null");
    let connect = "{\"Identity\":\"fred\",\"Database\":\"Mailbox Database\",\"User\":\"freda\",\"RestoreSettings\":true,\"AllowLegacyDNMismatch\":true}";
    let said = api(&server, "ben", "Connect-Mailbox", connect);
    assert!(done(&said), "{said}");
    let row = |folder: &str| {
        let found = said.lines().find(|line| line.contains(folder));
        found.unwrap_or_else(|| panic!("no {folder} in {said}")).to_owned()
    };
    assert!(row("ann:\\\\Inbox").contains("That mailbox is outside the scopes of your roles."), "{said}");
    assert!(row("dora:\\\\Inbox").contains("\"Restored\":true"), "{said}");
    let users = |who: &str| server.ps(&format!("(Get-MailboxFolderPermission {who}:\\Inbox).User -join ' '"));
    assert!(users("dora").contains("freda"), "{}", users("dora"));
    assert!(users("ann").contains("S-1-5-21-") && !users("ann").contains("freda"), "{}", users("ann"));
}
