//! The kinds of mailboxes that can be made, and who may make them.

use crate::run::Desk;

/// A kind: its name, the parameters that make it so, and what it is for.
const KINDS: [(&str, &str, &str, &str); 6] = [
    ("User mailbox", "New-Mailbox", "task=New+mailbox", "A person with an account and a password."),
    (
        "Mailbox for an account that exists",
        "Enable-Mailbox",
        "",
        "The account is there and has no mailbox yet.",
    ),
    (
        "Shared mailbox",
        "New-Mailbox",
        "Shared=true&task=New+shared+mailbox",
        "Several people work in it, and nobody logs on to it.",
    ),
    ("Room", "New-Mailbox", "Room=true&task=New+room", "A place that is booked."),
    ("Equipment", "New-Mailbox", "Equipment=true&task=New+equipment", "A thing that is booked."),
    (
        "Linked mailbox",
        "New-Mailbox",
        "set=Linked&task=New+linked+mailbox",
        "A person whose account lives in another, trusted forest.",
    ),
];

/// Whether the person may make a mailbox of any kind.
pub(crate) fn is_offered(desk: &Desk) -> bool {
    offered(desk).next().is_some()
}

/// The kinds that the person may make.
pub(crate) fn offered(
    desk: &Desk,
) -> impl Iterator<Item = &'static (&'static str, &'static str, &'static str, &'static str)> {
    KINDS.iter().filter(|(_, cmdlet, question, _)| {
        let settled: Vec<_> =
            form_urlencoded::parse(question.as_bytes()).filter(|(name, _)| name != "task").collect();
        desk.may_settle(cmdlet, settled.iter().map(|(name, value)| (&**name, &**value)), None)
    })
}
