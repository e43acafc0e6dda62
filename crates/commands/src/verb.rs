//! `Get-Verb`: the verbs that commands may begin with.

use crate::declare::declare;
use dotnet::wildcard::Wildcard;
use language::{Call, Command, CoreCommand, Run};
use object::{Object, Value};

/// `Get-Verb`.
pub(crate) static GET_VERB: CoreCommand = CoreCommand::new(
    "Get-Verb",
    "GetVerbCommand",
    || declare("Get-Verb", "", "Verb string[] 0 | .\nGroup string[] 1 ."),
    || Box::new(GetVerb),
);

/// The groups, each with its verbs and the letters that aliases have for them.
const GROUPS: [(&str, &str); 7] = [
    (
        "Common",
        "Add:a Clear:cl Close:cs Copy:cp Enter:et Exit:ex Find:fd Format:f Get:g Hide:h Join:j Lock:lk Move:m New:n Open:op \
         Optimize:om Push:pu Pop:pop Redo:re Remove:r Rename:rn Reset:rs Resize:rz Search:sr Select:sc Set:s Show:sh \
         Skip:sk Split:sl Step:st Switch:sw Undo:un Unlock:uk Watch:wc",
    ),
    ("Communications", "Connect:cc Disconnect:dc Read:rd Receive:rc Send:sd Write:wr"),
    (
        "Data",
        "Backup:ba Checkpoint:ch Compare:cr Compress:cm Convert:cv ConvertFrom:cf ConvertTo:ct Dismount:dm Edit:ed \
         Expand:en Export:ep Group:gp Import:ip Initialize:in Limit:l Merge:mg Mount:mt Out:o Publish:pb Restore:rr \
         Save:sv Sync:sy Unpublish:ub Update:ud",
    ),
    ("Diagnostic", "Debug:db Measure:ms Ping:pi Repair:rp Resolve:rv Test:t Trace:tr"),
    (
        "Lifecycle",
        "Approve:ap Assert:as Build:bd Complete:cmp Confirm:cn Deny:dn Deploy:dp Disable:d Enable:e Install:is \
         Invoke:i Register:rg Request:rq Restart:rt Resume:ru Start:sa Stop:sp Submit:sb Suspend:ss Uninstall:us \
         Unregister:ur Wait:w",
    ),
    ("Security", "Block:bl Grant:gr Protect:pt Revoke:rk Unblock:ul Unprotect:up"),
    ("Other", "Use:u"),
];

/// Verb, alias letters, group.
fn all() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    GROUPS.iter().flat_map(|(group, verbs)| {
        verbs
            .split_whitespace()
            .filter_map(|pair| pair.split_once(':'))
            .map(|(verb, alias)| (verb, alias, *group))
    })
}

/// Whether commands may begin with a verb.
pub(crate) fn is_approved(verb: &str) -> bool {
    // Four of PowerShell's own verbs are none for others, but nobody is warned of them.
    let own = ["ForEach", "Where", "Sort", "Tee"];
    all().map(|(known, _, _)| known).chain(own).any(|known| known.eq_ignore_ascii_case(verb))
}

struct GetVerb;

impl Command for GetVerb {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let (verbs, groups) = (call.texts("Verb"), call.texts("Group"));
        let fits = |patterns: &[String], text: &str| {
            let like = |pattern: &String| Wildcard::new(pattern).is_ok_and(|pattern| pattern.matches(text));
            patterns.is_empty() || patterns.iter().any(like)
        };
        for (verb, alias, group) in
            all().filter(|(verb, _, group)| fits(&verbs, verb) && fits(&groups, group))
        {
            let made = Object::named("System.Management.Automation.VerbInfo")
                .with("Verb", verb)
                .with("AliasPrefix", alias)
                .with("Group", group);
            call.write(Value::from(made))?;
        }
        Ok(())
    }
}
