//! How a built cmdlet's static and its line of the table become one signature, and where the two contradict each other.

use crate::catalogue::kind_of;
use crate::signature::{Effect, Formal, Signature};
use object::types::{Kind, kinds};
use object::{Access, Keys, ParameterSpec, Spec};

/// The parameters that the gate itself reads, and what they do.
const OF_THE_GATE: [(&str, &str); 1] = [("Force", "Acts without asking.")];

/// What a built cmdlet says of its parameters.
pub(crate) struct Reader<'a> {
    /// The keys that the table must have.
    pub(crate) own: Keys,
    /// The keys that the table may have.
    pub(crate) shared: Vec<Keys>,
    /// The property that a parameter of that name sets, if it sets one.
    pub(crate) property: &'a dyn Fn(&str) -> Option<&'static Spec>,
}

/// Says of each parameter what it does when it is given. What cannot be so is added to `faults`.
pub(crate) fn join(signature: &mut Signature, reader: &Reader<'_>, faults: &mut Vec<String>) {
    let command = signature.command.clone();
    for key in reader.own.iter().map(|key| key.spec()) {
        if signature.named(key.name).is_none() {
            faults.push(format!("{command} reads {key:?}, which the table does not know."));
        }
    }
    for formal in &mut signature.formals {
        if let Err(fault) = settle(formal, reader) {
            faults.push(format!("{command} -{}: {fault}", formal.name));
        }
        if formal.summary.is_empty() {
            formal.summary = formal.why_not.unwrap_or_else(|| formal.effect.sentence()).into();
        }
    }
}

fn settle(formal: &mut Formal, reader: &Reader<'_>) -> Result<(), String> {
    let keys = || reader.own.iter().chain(reader.shared.iter().copied().flatten());
    let key = keys().map(|key| key.spec()).find(|key| key.name.eq_ignore_ascii_case(&formal.name));
    if let Some(key) = key {
        formal.is_read = true;
        if formal.effect == Effect::Built {
            return read_by(formal, key);
        }
    }
    if formal.effect != Effect::Built {
        return Ok(());
    }
    if let Some((_, summary)) = OF_THE_GATE.iter().find(|(name, _)| **name == *formal.name) {
        formal.summary = (*summary).into();
        return Ok(());
    }
    // A parameter is called as its property, or the table says which it is.
    match (reader.property)(formal.sets.unwrap_or(&formal.name)) {
        Some(spec) if spec.access == Access::Write => sets(formal, spec),
        _ => {
            formal.effect = Effect::NotBuiltYet;
            Ok(())
        }
    }
}

/// A function reads it.
fn read_by(formal: &mut Formal, key: &ParameterSpec) -> Result<(), String> {
    fits(&formal.type_name, key.kind, key.many)?;
    formal.kind = key.kind;
    formal.many = key.many;
    formal.summary = key.explained().into();
    formal.allows_null = key.nullable && !formal.is_mandatory_somewhere();
    Ok(())
}

/// It gives a property its value.
fn sets(formal: &mut Formal, spec: &'static Spec) -> Result<(), String> {
    // A switch gives a truth: `New-MailboxDatabase -IsExcludedFromInitialProvisioning`.
    let switch = formal.is_switch() && std::ptr::eq(spec.kind, &kinds::BOOLEAN);
    if !switch {
        fits(&formal.type_name, spec.kind, spec.many)?;
        formal.kind = spec.kind;
    }
    formal.many = spec.many;
    formal.summary = spec.explained().into();
    formal.allows_null = !formal.is_mandatory_somewhere();
    formal.property = Some(spec);
    Ok(())
}

/// Whether a value that the manual calls `type_name` can be read as `kind`.
fn fits(type_name: &str, kind: &'static Kind, many: bool) -> Result<(), String> {
    let (of_manual, list) = kind_of(type_name);
    let known = !std::ptr::eq(of_manual, &kinds::ANY);
    let wanted = match type_name {
        _ if known => of_manual.name,
        "Unlimited" if !kind.name.starts_with("Unlimited") => "Unlimited",
        name if name.ends_with("IdParameter") => kinds::OBJECT_ID.name,
        _ => kind.name,
    };
    if wanted != kind.name && !std::ptr::eq(kind, &kinds::ANY) {
        return Err(format!("the manual says {type_name}, so it cannot be read as {}.", kind.name));
    }
    if list && !many {
        return Err(format!("the manual says {type_name}, so it is a list."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use object::types::{SecureString, Unlimited};
    use object::{Declared, Parameter, Property, Switch};

    static COLOUR: Property<String> = Property::new("Colour", "How it looks.");
    static LOUD: Property<bool> = Property::new("Loud", "Whether it is heard.");
    static WIRED: Property<bool> = Property::new("Wired", "Whether it needs a socket.").later();
    static MADE: Property<String> = Property::new("Made", "Where it comes from.").read_only();
    static HELD: &[&dyn Declared] = &[&COLOUR, &WIRED, &MADE, &LOUD];

    static NAME: Parameter<String> = Parameter::new("Name", "What it is called.");
    static SIZE: Parameter<Unlimited<i32>> = Parameter::new("Size", "How many at most.");
    static WRONG: Parameter<bool> = Parameter::new("Quiet", "x");
    static UNKNOWN: Parameter<SecureString> = Parameter::new("Secret", "x");
    static ALSO: Parameter<Switch> = Parameter::new("Anywhere", "x");
    static SHARED: Keys = &[&ALSO];
    static RIGHT: Keys = &[&NAME, &SIZE];
    static CONTRADICTING: Keys = &[&WRONG, &UNKNOWN];

    const TABLE: &str = "Set-Toy\tc\n -\tName Size Paint Loud Wired Made Old Always Force Quiet\n  Name\tString\n  \
                         Size\tUnlimited\n  Paint\tString\t\t\t\tproperty=Colour\n  Loud\tSwitchParameter\n  \
                         Wired\tBoolean\n  Old\tString\tr\n  Always\tSwitchParameter\tm\n  Quiet\tSwitchParameter\n";

    fn joined(own: Keys, held: &'static [&dyn Declared]) -> (Signature, Vec<String>) {
        let mut signature = Catalogue::new(TABLE).facts(0).signature;
        let mut faults = Vec::new();
        let property = &|name: &str| {
            held.iter().map(|held| held.spec()).find(|held| held.name.eq_ignore_ascii_case(name))
        };
        join(&mut signature, &Reader { own, shared: vec![SHARED], property }, &mut faults);
        (signature, faults)
    }

    #[test]
    fn what_is_neither_read_nor_a_property_nor_reserved_is_not_built() {
        let (signature, faults) = joined(RIGHT, HELD);
        let shown: Vec<String> = signature
            .formals
            .iter()
            .map(|f| format!("{} {:?} {}", f.name, f.effect, f.property.map_or("-", |spec| spec.name)))
            .collect();
        assert_eq!(
            shown,
            [
                "Name Built -",
                "Size Built -",
                "Paint Built Colour",
                "Loud Built Loud",
                "Wired NotBuiltYet -",
                "Made NotBuiltYet -",
                "Old Reserved -",
                "Always Met -",
                "Force Built -",
                "Quiet NotBuiltYet -",
            ]
        );
        assert!(faults.is_empty(), "{faults:?}");
        assert!(signature.formal("Name").unwrap().is_read && !signature.formal("Paint").unwrap().is_read);
    }

    #[test]
    fn nothing_is_a_property_where_none_is_set() {
        let (signature, _) = joined(&[], &[]);
        assert_eq!(signature.formal("Paint").unwrap().effect, Effect::NotBuiltYet);
    }

    #[test]
    fn contradictions_are_named() {
        let (_, faults) = joined(CONTRADICTING, HELD);
        assert_eq!(
            faults,
            [
                "Set-Toy reads -Secret, which the table does not know.",
                "Set-Toy -Quiet: the manual says SwitchParameter, so it cannot be read as Boolean.",
            ]
        );
    }
}
