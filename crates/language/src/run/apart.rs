//! Code that runs as in a run space of its own (`ForEach-Object -Parallel`, `Start-Job`): it sees neither variables nor
//! functions nor aliases of whoever started it, and leaves none behind. `$using:` reaches back.

use super::halt::Run;
use super::names::lowered;
use super::scope::{Names, Scope};
use super::session::{Frame, Lent, Session};
use dotnet::Exception;
use object::Value;
use std::sync::Arc;

fn variable(lent: &Lent, name: &str) -> Option<Value> {
    let (mut at, lower) = (Some(lent.frame.scope), lowered(name));
    while let Some(index) = at {
        let scope = &lent.scopes[index];
        let found = scope.find(&lower).and_then(|slot| scope.slots[slot as usize].value());
        if found.is_some() {
            return found;
        }
        at = scope.parent;
    }
    None
}

impl Session {
    /// Runs `inner` with a global scope as new as at the start of a session. What is written meanwhile is gathered:
    /// commands further on belong to the scopes that are out of sight.
    pub(super) fn apart(
        &mut self,
        inner: impl FnOnce(&mut Session, &mut Vec<Value>) -> Run,
    ) -> (Run, Vec<Value>) {
        let mut global = Scope::new(&Arc::new(Names::fixed()), None);
        global.is_script = true;
        let code = self.frame.code.clone();
        let map = Some(global.map(&code.names));
        let lent = Lent {
            scopes: std::mem::replace(&mut self.scopes, vec![global]),
            frame: std::mem::replace(&mut self.frame, Frame { scope: 0, map, code }),
            aliases: std::mem::take(&mut self.aliases),
        };
        self.lent.push(lent);
        self.set_automatic_variables();
        let mut written = Vec::new();
        let result = inner(self, &mut written);
        if let Some(lent) = self.lent.pop() {
            (self.scopes, self.frame, self.aliases) = (lent.scopes, lent.frame, lent.aliases);
        }
        (result, written)
    }

    /// `$using:name`: the variable of whoever started the code that runs apart. A block that is sent to this very
    /// session runs in it, so that the name is looked for here.
    pub(super) fn used(&self, name: &str) -> Run<Option<Value>> {
        match self.lent.last() {
            Some(lent) => Ok(variable(lent, name)),
            None if self.sent > 0 => Ok(self.find_variable(name)),
            None => Err(not_lent().into()),
        }
    }
}

fn not_lent() -> Exception {
    let message = "A Using variable cannot be retrieved. A Using variable can be used only with Invoke-Command, Start-Job, or InlineScript in the script workflow. When it is used with Invoke-Command, the Using variable is valid only if the script block is invoked on a remote computer.";
    Exception::runtime("UsingWithoutInvokeCommand", message)
}
