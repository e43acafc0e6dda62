//! What a rule does, in the words of its parameters: made of what inbox rules and transport rules declare.

use object::{Declared, Spec, Value};

/// What of a rule is given, a line each: `SubjectContainsWords: invoice, bill`.
pub(crate) struct Description {
    pub(crate) conditions: Vec<String>,
    pub(crate) exceptions: Vec<String>,
    pub(crate) actions: Vec<String>,
}

impl Description {
    /// Of a rule whose conditions, with their exceptions, and actions have those `values`; what has none is left out.
    pub(crate) fn of(
        conditions: &'static [(&dyn Declared, &dyn Declared)],
        actions: &'static [&dyn Declared],
        values: impl Fn(&'static Spec) -> Vec<Value>,
    ) -> Description {
        let line = |declared: &'static dyn Declared| {
            let spec = declared.spec();
            let texts: Vec<String> = values(spec).iter().map(Value::to_string).collect();
            (!texts.is_empty()).then(|| format!("{}: {}", spec.name, texts.join(", ")))
        };
        Description {
            conditions: conditions.iter().filter_map(|(condition, _)| line(*condition)).collect(),
            exceptions: conditions.iter().filter_map(|(_, exception)| line(*exception)).collect(),
            actions: actions.iter().filter_map(|action| line(*action)).collect(),
        }
    }

    /// All of it; `what` names the message: `the message has`.
    pub(crate) fn text(&self, what: &str) -> String {
        part(&format!("If {what}:"), &self.conditions)
            + &part("Take the following actions:", &self.actions)
            + &part(&format!("Except if {what}:"), &self.exceptions)
    }
}

fn part(head: &str, lines: &[String]) -> String {
    let lines: String = lines.iter().map(|line| format!("\t{line}\r\n")).collect();
    if lines.is_empty() { lines } else { format!("{head}\r\n{lines}") }
}
