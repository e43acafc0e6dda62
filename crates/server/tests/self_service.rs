//! What people may do for themselves: the roles `My…`, by the policy of their mailbox, over HTTPS and in the shell.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use testkit::{LineClient, TestServer};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

fn house() -> TestServer {
    let server = TestServer::start(BINARY);
    ["ann", "ben", "carla"].iter().for_each(|name| server.mailbox(name));
    server
}

fn api(server: &TestServer, who: &str, cmdlet: &str, parameters: &str) -> String {
    server.api(&format!("{who}@contoso.com"), cmdlet, parameters)
}

fn done(answer: &str) -> bool {
    answer.contains("{\"end\":{\"errors\":0}}") && answer.ends_with("200")
}

/// The cmdlets that there are for somebody.
fn there(server: &TestServer, who: &str) -> BTreeSet<String> {
    let mut curl = Command::new("curl");
    curl.args(["-s", "--max-time", "60", "--cacert"]).arg(server.certificate());
    curl.args(["-u", &format!("{who}@contoso.com:{}", server.password())]);
    curl.arg(format!("https://localhost:{}/api/v1/cmdlets", server.port(443)));
    let text = String::from_utf8(curl.output().unwrap().stdout).unwrap();
    let verb_and_noun = |word: &&str| word.contains('-') && !word.contains(' ');
    text.split('"').filter(verb_and_noun).map(str::to_owned).collect()
}

/// What a cmdlet is told that is about somebody else's mailbox, with all that it cannot do without.
fn of_ann(cmdlet: &str) -> Option<String> {
    let more = match cmdlet.split_once('-')?.1 {
        "InboxRule" if cmdlet == "New-InboxRule" => {
            "\"Name\":\"x\",\"Mailbox\":\"ann@contoso.com\",\"DeleteMessage\":true"
        }
        "InboxRule" if cmdlet == "Get-InboxRule" => "\"Mailbox\":\"ann@contoso.com\"",
        "InboxRule" => "\"Identity\":\"x\",\"Mailbox\":\"ann@contoso.com\",\"Confirm\":false",
        "MailboxFolder" => "\"Identity\":\"ann@contoso.com:\\\\Inbox\"",
        "MailboxFolderPermission" => match cmdlet.split_once('-')?.0 {
            "Get" => "\"Identity\":\"ann@contoso.com:\\\\Inbox\"",
            "Remove" => "\"Identity\":\"ann@contoso.com:\\\\Inbox\",\"User\":\"ben\",\"Confirm\":false",
            _ => "\"Identity\":\"ann@contoso.com:\\\\Inbox\",\"User\":\"ben\",\"AccessRights\":\"Owner\"",
        },
        "UserPhoto" if cmdlet == "Set-UserPhoto" => {
            "\"Identity\":\"ann@contoso.com\",\"PictureData\":[255],\"Confirm\":false"
        }
        "UserPhoto" if cmdlet == "Remove-UserPhoto" => "\"Identity\":\"ann@contoso.com\",\"Confirm\":false",
        // It is about whoever calls, and about groups.
        "MyMailboxAccess" | "DistributionGroup" | "DistributionGroupMember" | "Group" | "Recipient" => {
            return None;
        }
        _ => "\"Identity\":\"ann@contoso.com\"",
    };
    Some(format!("{{{more}}}"))
}

/// Each role alone: what the table says is there and nothing else, and of others' mailboxes nothing is there.
#[test]
fn each_role_gives_what_the_table_says_and_reaches_oneself() {
    let server = house();
    let mut roles: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (role, cmdlet, _) in cmdlets::rows_of_people() {
        roles.entry(role).or_default().insert(cmdlet.to_owned());
    }
    let book = cmdlets::book().unwrap();
    server.ps("New-RoleAssignmentPolicy Nothing | Out-Null; Set-Mailbox ben -RoleAssignmentPolicy Nothing");
    assert_eq!(there(&server, "ben"), BTreeSet::new());
    for (role, cmdlets) in &roles {
        server.ps(&format!(
            "New-RoleAssignmentPolicy 'Only {role}' -Roles '{role}' | Out-Null; Set-Mailbox ben -RoleAssignmentPolicy 'Only {role}'"
        ));
        assert_eq!(&there(&server, "ben"), cmdlets, "{role}");
        for cmdlet in cmdlets.iter().filter(|name| book.find(name).is_some_and(|one| one.built)) {
            let Some(parameters) = of_ann(cmdlet) else { continue };
            let said = api(&server, "ben", cmdlet, &parameters);
            let unseen = said.contains("object 'ann@contoso.com' couldn't be found");
            assert!(unseen && !done(&said), "{role}: {cmdlet} {parameters}: {said}");
            // Nor is it told from what there is not at all.
            let nothing = api(&server, "ben", cmdlet, &parameters.replace("ann@", "zzz@"));
            assert_eq!(nothing.replace("zzz@", "ann@"), said, "{role}: {cmdlet}");
        }
    }
    server.ps("Set-Mailbox ben -RoleAssignmentPolicy $null");
    assert_eq!(there(&server, "ben"), BTreeSet::new(), "no policy, no roles");
}

/// A user changes what the role gives, by the API and in the shell, and nothing else.
#[test]
fn people_change_of_themselves_what_their_policy_gives() {
    let server = house();
    let own = |cmdlet: &str, more: &str| {
        let said = api(&server, "ben", cmdlet, &format!("{{\"Identity\":\"ben\",{more}}}"));
        (done(&said), said)
    };
    let unknown = |said: &str, name: &str| {
        said.contains(&format!("A parameter cannot be found that matches parameter name '{name}'"))
    };
    for (cmdlet, more) in [
        ("Set-User", "\"Phone\":\"7\""),
        ("Set-User", "\"City\":\"Bonn\",\"MobilePhone\":\"8\""),
        ("Set-Mailbox", "\"ForwardingSmtpAddress\":\"ben@far.example\",\"DeliverToMailboxAndForward\":true"),
        ("Set-Mailbox", "\"ForwardingSmtpAddress\":null"),
        ("Set-MailboxAutoReplyConfiguration", "\"InternalMessage\":\"x\""),
        ("Set-MailboxRegionalConfiguration", "\"Language\":\"de-DE\""),
        ("Set-MailboxJunkEmailConfiguration", "\"BlockedSendersAndDomains\":[\"evil.example\"]"),
        ("Get-MailboxStatistics", "\"Archive\":false"),
        ("Get-MailboxFolderStatistics", "\"FolderScope\":\"Inbox\""),
    ] {
        let (done, said) = own(cmdlet, more);
        assert!(done, "{cmdlet} {more}: {said}");
    }
    for (cmdlet, more, name) in [
        ("Set-User", "\"Title\":\"Boss\"", "Title"),
        ("Set-User", "\"Manager\":\"ann\"", "Manager"),
        ("Set-User", "\"DisplayName\":\"Boss\"", "DisplayName"),
        ("Set-Mailbox", "\"ProhibitSendQuota\":\"9GB\"", "ProhibitSendQuota"),
        ("Set-Mailbox", "\"EmailAddresses\":[\"boss@contoso.com\"]", "EmailAddresses"),
        (
            "Set-Mailbox",
            "\"RoleAssignmentPolicy\":\"Default Role Assignment Policy\"",
            "RoleAssignmentPolicy",
        ),
        ("Set-Mailbox", "\"AuditEnabled\":false", "AuditEnabled"),
        ("Set-CASMailbox", "\"ImapEnabled\":true", "ImapEnabled"),
        ("Get-Mailbox", "\"Filter\":\"Name -like '*'\"", "Filter"),
    ] {
        let (done, said) = own(cmdlet, more);
        assert!(!done && unknown(&said, name), "{cmdlet} {more}: {said}");
    }
    // Whoever lists sees themselves.
    let all = api(&server, "ben", "Get-Mailbox", "{}");
    assert!(done(&all) && all.contains("ben@contoso.com") && !all.contains("ann@contoso.com"), "{all}");
    let pattern = api(&server, "ben", "Get-User", "{\"Identity\":\"*\"}");
    assert!(pattern.contains("ben") && !pattern.contains("carla"), "{pattern}");
    // Their folders are theirs to share.
    let shared = "{\"Identity\":\"\\\\Inbox\",\"User\":\"ann\",\"AccessRights\":\"Reviewer\"}";
    assert!(done(&api(&server, "ben", "Add-MailboxFolderPermission", shared)));
    assert!(
        server
            .imap("ann@contoso.com")
            .imap("b1", "SELECT \"Other Users/ben/INBOX\"")
            .join("")
            .contains("b1 OK")
    );

    // Another policy, and it is another list of what they may: at once.
    server.ps("New-RoleAssignmentPolicy Names -Roles MyProfileInformation | Out-Null");
    server.ps("Set-Mailbox ben -RoleAssignmentPolicy Names");
    assert!(own("Set-User", "\"DisplayName\":\"Ben the Second\"").0);
    assert!(unknown(&own("Set-User", "\"Phone\":\"9\"").1, "Phone"));
    assert!(
        own("Set-MailboxAutoReplyConfiguration", "\"InternalMessage\":\"x\"").1.contains("is not recognized")
    );
    // A part of a role, as administrators take forwarding away from people.
    server.ps("New-ManagementRole 'No forwarding' -Parent MyBaseOptions | Out-Null");
    server.ps("Set-ManagementRoleEntry 'No forwarding\\Set-Mailbox' -RemoveParameter -Parameters DeliverToMailboxAndForward,ForwardingAddress,ForwardingSmtpAddress");
    server.ps("New-RoleAssignmentPolicy Inside -Roles 'No forwarding' | Out-Null; Set-Mailbox ben -RoleAssignmentPolicy Inside");
    let forward = own("Set-Mailbox", "\"ForwardingSmtpAddress\":\"ben@far.example\"").1;
    assert!(unknown(&forward, "ForwardingSmtpAddress"), "{forward}");
    assert!(own("Set-Mailbox", "\"Languages\":[\"de-DE\"]").0);

    // In the shell, over HTTPS.
    let password = server.folder().join("ben.password");
    std::fs::write(&password, server.password()).unwrap();
    let url = format!("https://localhost:{}", server.port(443));
    let words =
        ["--server", &url, "--user", "ben@contoso.com", "--password-file", password.to_str().unwrap()];
    let certificate = server.certificate();
    let words = [&words[..], &["--ca", certificate.to_str().unwrap(), "-c"]].concat();
    let shell = |line: &str| {
        let mut command = Command::new(BINARY);
        let output = command.arg("shell").args(&words).arg(line).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), text(&output.stdout), text(&output.stderr))
    };
    let (fine, out, err) = shell("(Get-Mailbox).PrimarySmtpAddress");
    assert!(fine && out.trim() == "ben@contoso.com", "{out} {err}");
    let (fine, out, err) = shell("Set-Mailbox ann -Languages de-DE");
    assert!(!fine && err.contains("object 'ann' couldn't be found"), "{out} {err}");
    let (fine, out, err) = shell("Set-Mailbox ben -ProhibitSendQuota 9GB");
    assert!(
        !fine && err.contains("A parameter cannot be found that matches parameter name 'ProhibitSendQuota'"),
        "{out} {err}"
    );
    let (fine, out, err) = shell("New-Mailbox x -Shared");
    assert!(!fine && err.contains("The term 'New-Mailbox' is not recognized"), "{out} {err}");
}

/// Policies: made, made the default, refused to go while they are in force.
#[test]
fn policies_have_their_lives() {
    let mut server = house();
    server.ps("New-RoleAssignmentPolicy Few -Roles MyBaseOptions -Description 'Few things.' | Set-RoleAssignmentPolicy -IsDefault");
    assert_eq!(server.ps("(Get-RoleAssignmentPolicy | Where-Object IsDefault).Name").trim(), "Few");
    server.mailbox("dev");
    assert_eq!(server.ps("(Get-Mailbox dev).RoleAssignmentPolicy").trim(), "Few");
    assert_eq!(server.ps("(Get-Mailbox ann).RoleAssignmentPolicy").trim(), "Default Role Assignment Policy");
    for (refused, why) in [
        ("Remove-RoleAssignmentPolicy Few -Confirm:$false", "new mailboxes get"),
        ("Set-RoleAssignmentPolicy Few -IsDefault:$false", "new mailboxes get"),
        (
            "Remove-RoleAssignmentPolicy 'Default Role Assignment Policy' -Confirm:$false",
            "are under the policy",
        ),
        ("New-RoleAssignmentPolicy X -Roles 'Mail Recipients'", "is for administrators"),
        ("New-RoleAssignmentPolicy X -Roles Nonsense", "couldn't be found"),
        ("New-RoleAssignmentPolicy few", "already"),
    ] {
        let shell = server.shell(refused);
        assert!(shell.code != Some(0) && shell.err.contains(why), "{refused}: {shell:?}");
    }
    server.ps("Get-Mailbox | Where-Object { \"$($_.RoleAssignmentPolicy)\" -ne 'Few' } | Set-Mailbox -RoleAssignmentPolicy Few");
    server.ps("Remove-RoleAssignmentPolicy 'Default Role Assignment Policy' -Confirm:$false");
    assert_eq!(server.ps("(Get-RoleAssignmentPolicy).Name").trim(), "Few");
    server.ps("Remove-ManagementRoleAssignment MyBaseOptions-Few -Confirm:$false");
    assert_eq!(there(&server, "ann"), BTreeSet::new(), "a policy without roles gives none");
    server.stop();
    server.run();
    assert_eq!(there(&server, "ann"), BTreeSet::new());
}

/// Groups of one's own, and those that one may join.
#[test]
fn people_look_after_their_groups() {
    let server = house();
    server.ps("New-RoleAssignmentPolicy Groups -Roles MyDistributionGroups,MyDistributionGroupMembership | Out-Null");
    server.ps("Set-Mailbox ben -RoleAssignmentPolicy Groups");
    server.ps("New-DistributionGroup Staff -ManagedBy carla -MemberJoinRestriction Open | Out-Null");
    server.ps("New-DistributionGroup Secret -ManagedBy carla -MemberJoinRestriction Open | Out-Null; Set-DistributionGroup Secret -HiddenFromAddressListsEnabled $true");
    let mine = |cmdlet: &str, parameters: &str| {
        let said = api(&server, "ben", cmdlet, parameters);
        (done(&said), said)
    };
    for (cmdlet, parameters) in [
        ("New-DistributionGroup", "{\"Name\":\"Chess\",\"Members\":[\"ann\"]}"),
        ("Set-DistributionGroup", "{\"Identity\":\"Chess\",\"DisplayName\":\"The chess club\"}"),
        ("Add-DistributionGroupMember", "{\"Identity\":\"Chess\",\"Member\":\"carla\"}"),
        (
            "Update-DistributionGroupMember",
            "{\"Identity\":\"Chess\",\"Members\":[\"ann\",\"ben\"],\"Confirm\":false}",
        ),
        ("Add-DistributionGroupMember", "{\"Identity\":\"Staff\"}"),
        ("Get-DistributionGroupMember", "{\"Identity\":\"Staff\"}"),
        ("Remove-DistributionGroupMember", "{\"Identity\":\"Staff\",\"Confirm\":false}"),
        ("Get-Recipient", "{\"Identity\":\"ann\"}"),
    ] {
        let (done, said) = mine(cmdlet, parameters);
        assert!(done, "{cmdlet} {parameters}: {said}");
    }
    for (cmdlet, parameters, why) in [
        ("Set-DistributionGroup", "{\"Identity\":\"Staff\",\"DisplayName\":\"x\"}", "current write scopes"),
        ("Remove-DistributionGroup", "{\"Identity\":\"Staff\",\"Confirm\":false}", "current write scopes"),
        ("Add-DistributionGroupMember", "{\"Identity\":\"Staff\",\"Member\":\"ann\"}", "your own membership"),
        ("Set-Group", "{\"Identity\":\"Staff\",\"Notes\":\"x\"}", "current write scopes"),
        ("New-DistributionGroup", "{\"Name\":\"Theirs\",\"ManagedBy\":[\"ann\"]}", "current write scopes"),
        ("Add-DistributionGroupMember", "{\"Identity\":\"Secret\"}", "couldn't be found"),
        ("Set-DistributionGroup", "{\"Identity\":\"Secret\",\"DisplayName\":\"x\"}", "couldn't be found"),
        (
            "Set-DistributionGroup",
            "{\"Identity\":\"Chess\",\"EmailAddresses\":[\"boss@contoso.com\"]}",
            "'EmailAddresses'",
        ),
        ("Add-RoleGroupMember", "{\"Identity\":\"Help Desk\",\"Member\":\"ben\"}", "is not recognized"),
        ("Set-Group", "{\"Identity\":\"Help Desk\",\"Notes\":\"x\"}", ""),
    ] {
        let (done, said) = mine(cmdlet, parameters);
        assert!(!done && said.contains(why), "{cmdlet} {parameters}: {said}");
    }
    let listed = mine("Get-DistributionGroup", "{}").1;
    assert!(listed.contains("Chess") && listed.contains("Staff") && !listed.contains("Secret"), "{listed}");
    // A group that is given away is one's own no longer.
    assert!(mine("Set-DistributionGroup", "{\"Identity\":\"Chess\",\"ManagedBy\":[\"ann\"]}").0);
    assert!(!mine("Remove-DistributionGroup", "{\"Identity\":\"Chess\",\"Confirm\":false}").0);

    // Whoever looks after some recipients joins a group elsewhere as everybody does, and brings nobody else in.
    server.ps("New-ManagementScope Berlin -RecipientRestrictionFilter \"City -eq 'Berlin'\" | Out-Null");
    server.ps("New-RoleGroup Berliners -Members carla | Out-Null; New-ManagementRoleAssignment -Role 'Distribution Groups' -SecurityGroup Berliners -CustomRecipientWriteScope Berlin | Out-Null");
    server.ps("New-DistributionGroup Far -ManagedBy ann -MemberJoinRestriction Open | Out-Null");
    let far = |member: &str| {
        api(
            &server,
            "carla",
            "Add-DistributionGroupMember",
            &format!("{{\"Identity\":\"Far\",\"Member\":\"{member}\"}}"),
        )
    };
    assert!(done(&far("carla")), "{}", far("carla"));
    assert!(far("ben").contains("current write scopes"), "{}", far("ben"));
    server.ps("Set-Mailbox carla -RoleAssignmentPolicy $null; Remove-DistributionGroupMember Far -Member carla -Confirm:$false");
    assert!(far("carla").contains("current write scopes"), "{}", far("carla"));
}

/// Somebody who waits for mail.
struct Waiting(LineClient);

impl Waiting {
    fn of(server: &TestServer, who: &str) -> Waiting {
        let mut imap = server.imap(&format!("{who}@contoso.com"));
        imap.done("SELECT INBOX");
        Waiting(imap)
    }
    /// The next message that comes: its header and text.
    fn next(&mut self) -> String {
        self.0.say("idle IDLE");
        while !self.0.line().contains("EXISTS") {}
        self.0.say("DONE");
        while !self.0.line().starts_with("idle OK") {}
        let text = self.0.done("FETCH * BODY[]").join("\n");
        self.0.done("STORE * +FLAGS (\\Deleted)");
        self.0.done("EXPUNGE");
        text
    }
}

/// Sends an answer to a question of the arbitration mailbox. Tells whether it was taken.
fn answer(smtp: &mut LineClient, from: &str, question: &str, text: &str) -> bool {
    let field = |name: &str| {
        let line = question.lines().find(|line| line.starts_with(name));
        let line = line.unwrap_or_else(|| panic!("{name}: {question}"));
        line.rsplit_once('<').unwrap().1.trim_end().trim_end_matches('>').to_owned()
    };
    let (to, id) = (field("From:"), field("Message-ID:"));
    assert!(smtp.ask(&format!("MAIL FROM:<{from}@contoso.com>")).starts_with("250"));
    if !smtp.ask(&format!("RCPT TO:<{to}>")).starts_with("250") {
        return false;
    }
    smtp.ask("DATA");
    let head =
        format!("From: {from}@contoso.com\r\nTo: {to}\r\nSubject: Re: your question\r\nIn-Reply-To: <{id}>");
    smtp.ask(&format!("{head}\r\n\r\n{text}\r\n.")).starts_with("250")
}

/// Whoever wants to join a group that asks its owners asks them by mail; their answer decides, and nobody else's.
#[test]
fn owners_decide_by_mail_who_joins() {
    let server = house();
    server.ps(
        "New-DistributionGroup Asked -ManagedBy carla -MemberJoinRestriction ApprovalRequired | Out-Null",
    );
    server.ps("Set-MailboxRegionalConfiguration ben -Language de-DE");
    let (mut carla, mut ben) = (Waiting::of(&server, "carla"), Waiting::of(&server, "ben"));
    let members = || server.ps("(Get-DistributionGroupMember Asked).Name").trim().to_owned();
    let ask = || {
        let said = api(&server, "ben", "Add-DistributionGroupMember", "{\"Identity\":\"Asked\"}");
        assert!(done(&said) && said.contains("were asked by mail"), "{said}");
    };
    let send = |who: &str, question: &str, text: &str| {
        assert!(answer(&mut server.submission(&format!("{who}@contoso.com")), who, question, text));
    };
    ask();
    let first = carla.next();
    for part in
        ["Approve or reject: ben asks to join Asked", "ben@contoso.com", "Auto-Submitted: auto-generated"]
    {
        assert!(first.contains(part), "{part}: {first}");
    }
    // Neither somebody else's answer nor one without a log-on counts.
    send("ann", &first, "Approve");
    send("ben", &first, "Approve");
    let mut stranger = server.connect(25);
    stranger.answer();
    stranger.ask("EHLO client.example");
    let _ = answer(&mut stranger, "carla", &first, "Approve");
    assert_eq!(members(), "");
    send("carla", &first, "Reject: not before May");
    let told = ben.next();
    assert!(told.contains("not before May") && told.contains("Content-Language: de"), "{told}");
    assert_eq!(members(), "");
    send("carla", &first, "Approve");
    assert_eq!(members(), "", "it was decided");

    // Who asks twice is asked about once: the newer question counts.
    ask();
    let second = carla.next();
    ask();
    let third = carla.next();
    send("carla", &second, "Approve");
    assert_eq!(members(), "");
    send("carla", &third, "> quoted\r\nApprove");
    assert_eq!(members(), "", "what is quoted decides nothing");
    send("carla", &third, "approve, welcome!");
    assert_eq!(members(), "ben");
    let told = ben.next();
    assert!(told.contains("Sie sind jetzt Mitglied"), "{told}");
    let again = api(&server, "ben", "Add-DistributionGroupMember", "{\"Identity\":\"Asked\"}");
    assert!(again.contains("already a member"), "{again}");
    let who = server.ps("Get-AdminChange -ResultSize 1 | Format-List | Out-String");
    assert!(who.contains("carla"), "{who}");
    // Administrators ask nobody.
    server.ps("Add-DistributionGroupMember Asked -Member ann");
    assert_eq!(members().split_whitespace().collect::<Vec<_>>(), ["ben", "ann"]);
    // Where roles hang on the group by the time of the answer, an owner who can't give those lets nobody in.
    server.ps("Remove-DistributionGroupMember Asked -Member ben -Confirm:$false");
    ask();
    let fourth = carla.next();
    server.ps(
        "New-RoleGroup Desk -Roles 'Recipient Policies' | Out-Null; Add-RoleGroupMember Desk -Member Asked",
    );
    send("carla", &fourth, "Approve");
    assert_eq!(members(), "ann");
    let refused = api(&server, "ben", "Add-DistributionGroupMember", "{\"Identity\":\"Asked\"}");
    assert!(refused.contains("can't give roles to others"), "{refused}");
    // A group whose owners have no address lets nobody ask.
    server.ps("New-DistributionGroup Silent -ManagedBy Administrator -MemberJoinRestriction ApprovalRequired | Out-Null");
    let refused = api(&server, "ben", "Add-DistributionGroupMember", "{\"Identity\":\"Silent\"}");
    assert!(refused.contains("can be written to"), "{refused}");
}

/// Whoever has an address book policy finds, joins and is told of whom its lists show, and of nobody else.
#[test]
fn people_see_whom_their_address_book_policy_shows() {
    let server = house();
    server.ps("New-DistributionGroup Ours -MemberJoinRestriction Open -ManagedBy carla | Out-Null; New-DistributionGroup Theirs -MemberJoinRestriction Open -ManagedBy carla | Out-Null");
    server.ps("'ann','ben','carla' | ForEach-Object { Add-DistributionGroupMember Theirs -Member $_ }");
    let see = |cmdlet: &str| api(&server, "ben", cmdlet, "{\"Identity\":\"Theirs\"}");
    let join = |member: &str, group: &str| {
        api(
            &server,
            "ben",
            "Add-DistributionGroupMember",
            &format!("{{\"Identity\":\"{group}\",\"Member\":\"{member}\"}}"),
        )
    };
    assert!(done(&see("Get-DistributionGroup")) && done(&see("Get-DistributionGroupMember")));
    server.ps("New-GlobalAddressList Few -RecipientFilter \"Name -eq 'Ours' -or Name -eq 'ben'\" | Out-Null; New-AddressList Few2 -RecipientFilter \"Name -eq 'Ours'\" | Out-Null");
    server.ps("New-AddressBookPolicy Few -GlobalAddressList '\\Few' -AddressLists '\\Few2' -RoomList 'All Rooms' -OfflineAddressBook 'Default Offline Address Book' | Out-Null; Set-Mailbox ben -AddressBookPolicy Few");
    for cmdlet in ["Get-DistributionGroup", "Get-DistributionGroupMember"] {
        assert!(see(cmdlet).contains("couldn't be found"), "{cmdlet}: {}", see(cmdlet));
    }
    let listed = api(&server, "ben", "Get-DistributionGroup", "{}");
    assert!(listed.contains("Ours") && !listed.contains("Theirs"), "{listed}");
    assert!(!done(&join("ben", "Theirs")) && done(&join("ben", "Ours")));
    // Whom one does not see is not told from whom there is not.
    let (unseen, nobody) = (join("ann", "Ours"), join("nobody-here", "Ours"));
    assert_eq!(unseen.replace("ann", "X"), nobody.replace("nobody-here", "X"));
    server.ps("Set-Mailbox ben -AddressBookPolicy $null");
    assert!(done(&see("Get-DistributionGroup")));
    assert!(join("ann", "Ours").contains("your own membership"));
}
