//! What a field offers to be picked: accounts without a mailbox, where a mailbox is joined to one; mailboxes without an
//! archive, where an archive is.

use crate::run::{Desk, Window};
use crate::shown;
use gate::Invocation;
use object::{Object, Value};

/// The commands that join a mailbox or an archive to somebody, and the parameters that name them.
const JOINING: [(&str, &str); 2] = [("Connect-Mailbox", "User"), ("Enable-Mailbox", "Identity")];
/// People that a field offers; the name of any other one can be typed.
const OFFERED_MAX: usize = 500;

/// What can be picked.
#[derive(Default)]
pub(crate) struct Offered {
    /// What is put into the field, and what is said of it.
    pub(crate) picks: Vec<(String, String)>,
    /// There are more.
    pub(crate) more: bool,
}

/// What the field of a parameter offers; nothing where it is about nobody, or the person may not list them.
pub(crate) fn offered(desk: &Desk, cmdlet: &str, parameter: &str, is_of_archive: bool) -> Offered {
    let asked = if is_of_archive { without_archive() } else { without_mailbox() };
    if !JOINING.contains(&(cmdlet, parameter)) || !desk.may_run(&asked) {
        return Offered::default();
    }
    // That people cannot be listed is no hindrance to typing one.
    let outcome = desk.run_within(asked, Window { skip: 0, take: OFFERED_MAX });
    let picks = outcome.objects.iter().map(|person| (named(person), shown::name(person))).collect();
    Offered { picks, more: outcome.more }
}

fn without_mailbox() -> Invocation {
    let kinds = Value::array(["User", "DisabledUser"].map(Value::from));
    Invocation::new("Get-User").with("RecipientTypeDetails", kinds).with("ResultSize", "Unlimited")
}

fn without_archive() -> Invocation {
    let filter = "ArchiveState -eq 'None' -and RecipientTypeDetails -ne 'DiscoveryMailbox'";
    Invocation::new("Get-Mailbox").with("Filter", filter).with("ResultSize", "Unlimited")
}

/// What names somebody for certain, as a person would write it.
fn named(person: &Object) -> String {
    let name = shown::property(person, "UserPrincipalName").to_string();
    if name.is_empty() { shown::identity(person) } else { name }
}
