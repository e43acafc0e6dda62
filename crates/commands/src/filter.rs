//! `Where-Object`: lets through what a block or a comparison holds of.

use crate::declare::declare;
use dotnet::operator::Operator;
use dotnet::{Category, Exception, compare, member, operator};
use language::{Call, Command, CoreCommand, Here, Run, Signature};
use object::Value;

/// `Where-Object`.
pub(crate) static WHERE_OBJECT: CoreCommand =
    CoreCommand::new("Where-Object", "WhereObjectCommand", signature, || Box::new(Where::default()));

/// The comparisons of the simplified syntax; the second column is their alias.
const TESTS: [(&str, &str); 31] = [
    ("EQ", "IEQ"),
    ("CEQ", ""),
    ("NE", "INE"),
    ("CNE", ""),
    ("GT", "IGT"),
    ("CGT", ""),
    ("LT", "ILT"),
    ("CLT", ""),
    ("GE", "IGE"),
    ("CGE", ""),
    ("LE", "ILE"),
    ("CLE", ""),
    ("Like", "ILike"),
    ("CLike", ""),
    ("NotLike", "INotLike"),
    ("CNotLike", ""),
    ("Match", "IMatch"),
    ("CMatch", ""),
    ("NotMatch", "INotMatch"),
    ("CNotMatch", ""),
    ("Contains", "IContains"),
    ("CContains", ""),
    ("NotContains", "INotContains"),
    ("CNotContains", ""),
    ("In", "IIn"),
    ("CIn", ""),
    ("NotIn", "INotIn"),
    ("CNotIn", ""),
    ("Is", ""),
    ("IsNot", ""),
    ("Not", ""),
];

fn signature() -> Signature {
    let mut sets = String::from("EqualSet ScriptBlockSet ");
    let mut lines = String::from("InputObject object |\nFilterScript block @ScriptBlockSet 0 !\n");
    let mut property = String::from("Property string @EqualSet 0 !");
    let mut value = String::from("Value object @EqualSet 1");
    for (name, alias) in TESTS {
        let first = name == "EQ";
        let set = if first { "EqualSet".to_owned() } else { format!("{name}Set") };
        if !first {
            sets.push_str(&format!("{set} "));
            property.push_str(&format!(" @{set} 0 !"));
        }
        if !first && name != "Not" {
            value.push_str(&format!(" @{set} 1"));
        }
        let alias = if alias.is_empty() { String::new() } else { format!(" ={alias}") };
        lines.push_str(&format!("{name} switch @{set}{}{alias}\n", if first { "" } else { " !" }));
    }
    declare("Where-Object", &sets, &format!("{lines}{property}\n{value}"))
}

#[derive(Default)]
struct Where {
    block: Option<Here>,
    property: String,
    test: Option<Operator>,
}

impl Command for Where {
    fn begin(&mut self, call: &mut Call<'_>) -> Run {
        if let Some(block) = call.value("FilterScript").cloned() {
            self.block = Some(call.here(&block)?);
            return Ok(());
        }
        self.property = call.text("Property").unwrap_or_default();
        let given = TESTS.iter().find(|(name, _)| *name != "Not" && call.flag(name));
        self.test = given.and_then(|(name, _)| Operator::named(name));
        let has_value = call.is_given("Value");
        match (self.test.is_some(), has_value) {
            (false, true) => refused(
                "OperatorNotSpecified",
                "An operator is required to compare the two specified values. Include a valid operator in the command, and then try the command again. For example, Get-Process | Where-Object -Property Name -eq Idle",
            ),
            (true, false) => refused(
                "ValueNotSpecifiedForWhereObject",
                "The specified operator requires both the -Property and -Value parameters. Provide values for both parameters, and then try the command again.",
            ),
            _ => Ok(()),
        }
    }
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(input) = input.or_else(|| call.value("InputObject").cloned()) else { return Ok(()) };
        let holds = match &self.block {
            Some(block) => call.holds_here(block, &input)?,
            None => self.compared(call, &input)?,
        };
        if holds { call.write(input) } else { Ok(()) }
    }
}

fn refused(id: &str, message: &str) -> Run {
    let error = Exception::new("System.Management.Automation.PSArgumentException", message).id(id);
    Err(error.category(Category::InvalidArgument).into())
}

impl Where {
    fn compared(&self, call: &mut Call<'_>, input: &Value) -> Run<bool> {
        let held = member::get(call.session(), input, &self.property)?;
        if call.flag("Not") {
            return Ok(!compare::truth(&held));
        }
        let wanted = call.value("Value").cloned();
        let Some(test) = self.test else { return Ok(compare::truth(&held)) };
        let answer = operator::binary(call.session(), test, &held, &wanted.unwrap_or_default())?;
        Ok(compare::truth(&answer))
    }
}
