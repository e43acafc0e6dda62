//! Declarations of parameters, a line each: `Property object[] 0`, `First int @First`, `InputObject object |`.
//!
//! Behind the type: a number is the position, `!` mandatory, `|` the piped object, `.` a property of the
//! piped object, `*` all that is left, `#` never nothing, `=a,b` aliases, `@Set` makes what follows hold for that set alone.

use language::{Formal, Signature, Use};
use object::Value;
use object::types::{Kind, kinds};
use object::value::Text;

/// The signature of a command: its sets (the first is the default) and its parameters.
pub fn declare(command: &str, sets: &str, parameters: &str) -> Signature {
    signature(command, sets, parameters).with_common(false)
}

/// The same for a command that changes something: it also takes `-WhatIf` and `-Confirm`.
pub fn declare_changing(command: &str, sets: &str, parameters: &str) -> Signature {
    signature(command, sets, parameters).with_common(true)
}

/// What a declaration allows beyond its line.
pub trait Lenient {
    /// An empty text is a value of that mandatory parameter.
    fn taking_empty(self, parameter: &str) -> Self;
    /// Nothing is a value of that mandatory parameter.
    fn taking_nothing(self, parameter: &str) -> Self;
    /// That parameter takes only these words.
    fn one_of(self, parameter: &str, words: &[&str]) -> Self;
    /// That number is never less.
    fn at_least(self, parameter: &str, least: i64) -> Self;
    /// That number lies between these.
    fn within(self, parameter: &str, least: i64, most: i64) -> Self;
}

impl Lenient for Signature {
    fn taking_empty(mut self, parameter: &str) -> Signature {
        let named = self.formals.iter_mut().filter(|formal| formal.is_called(parameter));
        named.for_each(|formal| formal.allows_empty_text = true);
        self
    }
    fn taking_nothing(mut self, parameter: &str) -> Signature {
        let named = self.formals.iter_mut().filter(|formal| formal.is_called(parameter));
        named.for_each(|formal| (formal.allows_null, formal.allows_empty_list) = (true, true));
        self
    }
    fn one_of(mut self, parameter: &str, words: &[&str]) -> Signature {
        let named = self.formals.iter_mut().filter(|formal| formal.is_called(parameter));
        named.for_each(|formal| formal.accepted = words.iter().map(|word| Text::from(*word)).collect());
        self
    }
    fn within(self, parameter: &str, least: i64, most: i64) -> Signature {
        let mut made = self.at_least(parameter, least);
        let named = made.formals.iter_mut().filter(|formal| formal.is_called(parameter));
        named.for_each(|formal| formal.most = Some(most));
        made
    }
    fn at_least(mut self, parameter: &str, least: i64) -> Signature {
        let named = self.formals.iter_mut().filter(|formal| formal.is_called(parameter));
        named.for_each(|formal| formal.least = Some(least));
        self
    }
}

fn signature(command: &str, sets: &str, parameters: &str) -> Signature {
    let mut made = Signature::new(command);
    made.sets = sets.split_whitespace().map(Into::into).collect();
    made.default_set = (!made.sets.is_empty()).then_some(0);
    for line in parameters.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let formal = formal(&made, line);
        made.add(formal);
    }
    made
}

fn formal(signature: &Signature, line: &str) -> Formal {
    let mut words = line.split_whitespace();
    let (name, of) = (words.next().unwrap_or_default(), words.next().unwrap_or("object"));
    let (kind, type_name) = kind(of.trim_end_matches("[]"));
    let mut made =
        Formal { many: of.ends_with("[]"), type_name: type_name.into(), ..Formal::new(name, kind) };
    let (mut uses, mut something) = (vec![Use::default()], false);
    for word in words {
        let last = uses.len() - 1;
        match word {
            "!" => uses[last].mandatory = true,
            "|" => uses[last].by_value = true,
            "." => uses[last].by_name = true,
            "*" => uses[last].remaining = true,
            "#" => something = true,
            set if set.starts_with('@') => {
                let set = signature.set_named(&set[1..]);
                // The first set named replaces "all sets", of which nothing has been said yet.
                match uses.len() == 1 && uses[0].set.is_none() {
                    true => uses[0].set = set,
                    false => uses.push(Use { set, ..Use::default() }),
                }
            }
            aliases if aliases.starts_with('=') => {
                made.aliases = aliases[1..].split(',').map(Into::into).collect();
            }
            position => uses[last].position = position.parse().ok(),
        }
    }
    made.uses = uses;
    // A command says itself what it does with nothing; only what must be given must not be empty.
    let lenient = !made.is_mandatory_somewhere() || std::ptr::eq(kind, &kinds::ANY);
    (made.allows_null, made.allows_empty_text, made.allows_empty_list) =
        (lenient && !something, lenient, lenient);
    made
}

/// A hashtable; nothing else becomes one.
static HASHTABLE: Kind = Kind {
    name: "Hashtable",
    read: |value| match dotnet::values::base(value) {
        Value::Dictionary(_) => Ok(value.clone()),
        _ => Err(HASHTABLE.refuse(value)),
    },
    accepts: "a hashtable such as @{Name='value'}",
};

/// A script block; nothing else becomes one.
static BLOCK: Kind = Kind {
    name: "ScriptBlock",
    read: |value| match value.is_null() || language::Block::of(value).is_some() {
        true => Ok(value.clone()),
        false => Err(BLOCK.refuse(value)),
    },
    accepts: "a script block such as { $_.Name }",
};

fn kind(of: &str) -> (&'static Kind, &'static str) {
    match of {
        "string" => (&kinds::STRING, "System.String"),
        "int" => (&kinds::INT32, "System.Int32"),
        "long" => (&kinds::INT64, "System.Int64"),
        "switch" => (&kinds::SWITCH, "System.Management.Automation.SwitchParameter"),
        "bool" => (&kinds::BOOLEAN, "System.Boolean"),
        "block" => (&BLOCK, "System.Management.Automation.ScriptBlock"),
        "datetime" => (&kinds::ANY, "System.DateTime"),
        "char" => (&kinds::ANY, "System.Char"),
        "double" => (&kinds::ANY, "System.Double"),
        "hashtable" => (&HASHTABLE, "System.Collections.IDictionary"),
        "color" => (&kinds::ANY, "System.ConsoleColor"),
        "secret" => (&kinds::SECURE_STRING, "System.Security.SecureString"),
        "encoding" => (&kinds::ANY, "System.Text.Encoding"),
        _ => (&kinds::ANY, "System.Object"),
    }
}
