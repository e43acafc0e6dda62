//! What a field offers to be picked: accounts without a mailbox, where a mailbox is joined to one.

use crate::run::{Desk, Window};
use crate::shown;
use gate::Invocation;
use object::{Object, Value};

/// The commands that join a mailbox to an account, and the parameters that name the account.
const JOINING: [(&str, &str); 2] = [("Connect-Mailbox", "User"), ("Enable-Mailbox", "Identity")];
/// Accounts that a field offers; the name of any other one can be typed.
const OFFERED_MAX: usize = 500;

/// What can be picked.
#[derive(Default)]
pub(crate) struct Offered {
    /// What is put into the field, and what is said of it.
    pub(crate) picks: Vec<(String, String)>,
    /// There are more.
    pub(crate) more: bool,
}

/// What the field of a parameter offers; nothing where it is about no account, or the person may not list them.
pub(crate) fn offered(desk: &Desk, cmdlet: &str, parameter: &str) -> Offered {
    let kinds = Value::array(["User", "DisabledUser"].map(Value::from));
    let asked =
        Invocation::new("Get-User").with("RecipientTypeDetails", kinds).with("ResultSize", "Unlimited");
    if !JOINING.contains(&(cmdlet, parameter)) || !desk.may_run(&asked) {
        return Offered::default();
    }
    // That accounts cannot be listed is no hindrance to typing one.
    let outcome = desk.run_within(asked, Window { skip: 0, take: OFFERED_MAX });
    let picks = outcome.objects.iter().map(|account| (named(account), shown::name(account))).collect();
    Offered { picks, more: outcome.more }
}

/// What names an account for certain, as a person would write it.
fn named(account: &Object) -> String {
    let name = shown::property(account, "UserPrincipalName").to_string();
    if name.is_empty() { shown::identity(account) } else { name }
}
