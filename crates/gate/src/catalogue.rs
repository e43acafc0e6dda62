//! Commands that are declared as data: what they take is walked at run time, one command when it is asked for.
//!
//! The text holds facts only. `= NAME facts` is a parameter as most commands have it. A line that starts with a
//! name is a command (`c`: it changes something, `p`: it asks first; then its default set). One blank: a
//! parameter set (`-` has no name) with its parameters, `*` mandatory, `@n` position. Two blanks: a parameter
//! of this command. Facts are: type, flags (`v` piped by value, `n` by property name, `r` reserved), aliases,
//! accepted words.

use crate::cmdlet::{Changes, Impact};
use crate::declaration::Declaration;
use crate::signature::{Formal, PARAMETER_SETS_MAX, Signature, Use};
use object::Effect;
use object::types::{Kind, kind_named, kinds};
use object::value::Text;
use std::collections::HashMap;
use std::sync::Arc;

/// Commands declared as data.
#[derive(Default)]
pub struct Catalogue {
    usual: HashMap<&'static str, &'static str>,
    /// Each command's lines, its own first.
    commands: Vec<&'static str>,
}

impl Catalogue {
    /// Indexes the text; nothing else is read before it is asked for.
    pub fn new(text: &'static str) -> Catalogue {
        let mut catalogue = Catalogue::default();
        let mut starts = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            match line.as_bytes().first() {
                Some(b'=') => {
                    let (name, facts) = line[1..].trim().split_once('\t').unwrap_or((line[1..].trim(), ""));
                    catalogue.usual.insert(name, facts);
                }
                Some(first) if first.is_ascii_alphabetic() => starts.push(at),
                _ => {}
            }
            at += line.len();
        }
        for (number, start) in starts.iter().enumerate() {
            let end = starts.get(number + 1).copied().unwrap_or(text.len());
            catalogue.commands.push(&text[*start..end]);
        }
        catalogue
    }

    /// The names of the commands, in the order of the text.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.commands.iter().map(|lines| lines.split(['\t', '\n']).next().unwrap_or(""))
    }

    /// The declaration of the command number `at`.
    pub(crate) fn declaration(&self, at: usize) -> Declaration {
        let mut lines = self.commands[at].lines();
        let mut head = lines.next().unwrap_or("").split('\t');
        let (name, flags) = (head.next().unwrap_or(""), head.next().unwrap_or(""));
        let changes = changes(flags);
        let signature = self.signature(name, lines, head.next()).with_common(changes != Changes::No);
        Declaration {
            name: name.into(),
            aliases: Vec::new(),
            synopsis: synopsis(name, &signature).into(),
            notes: "".into(),
            changes,
            roles: Vec::new(),
            examples: Vec::new(),
            built: false,
            noun: None,
            signature: Arc::new(signature),
        }
    }

    fn signature(&self, name: &str, lines: std::str::Lines<'static>, default: Option<&str>) -> Signature {
        let (own, sets): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with("  "));
        let own: HashMap<&str, &str> = own.iter().filter_map(|line| line.trim().split_once('\t')).collect();
        let mut signature = Signature::new(name);
        for line in sets.iter().filter(|line| line.starts_with(' ')).take(PARAMETER_SETS_MAX) {
            let (set, list) = line.trim().split_once('\t').unwrap_or((line.trim(), ""));
            let number = (set != "-").then(|| {
                signature.sets.push(Text::from(set));
                signature.sets.len() - 1
            });
            for item in list.split(' ').filter(|item| !item.is_empty()) {
                let (name, used) = usage(item, number);
                let facts = own.get(name).or_else(|| self.usual.get(name)).copied().unwrap_or("Object");
                signature.add(formal(name, facts, used));
            }
        }
        signature.default_set = default.and_then(|name| signature.set_named(name));
        signature.implies_default = true;
        signature
    }
}

fn changes(flags: &str) -> Changes {
    match (flags.contains('c'), flags.contains('p')) {
        (_, true) => Changes::Yes { confirm: Impact::High },
        (true, false) => Changes::Yes { confirm: Impact::Medium },
        (false, false) => Changes::No,
    }
}

/// `Identity*@0`: the name and how it is used.
fn usage(item: &'static str, set: Option<usize>) -> (&'static str, Use) {
    let (rest, position) = item.split_once('@').map_or((item, None), |(rest, at)| (rest, at.parse().ok()));
    let name = rest.trim_end_matches('*');
    (name, Use { set, mandatory: rest.len() > name.len(), position, ..Use::default() })
}

fn formal(name: &'static str, facts: &'static str, used: Use) -> Formal {
    let mut fields = facts.split('\t');
    let type_name = fields.next().unwrap_or("Object");
    let flags = fields.next().unwrap_or("");
    let list = |field: Option<&'static str>, by: char| -> Vec<Text> {
        field.unwrap_or("").split(by).filter(|word| !word.is_empty()).map(Text::from).collect()
    };
    let aliases = list(fields.next(), ',');
    let (kind, many) = kind_of(type_name);
    Formal {
        aliases,
        type_name: type_name.into(),
        many,
        uses: vec![Use { by_value: flags.contains('v'), by_name: flags.contains('n'), ..used }],
        effect: if flags.contains('r') { Effect::Reserved } else { Effect::Built },
        accepted: list(fields.next(), '|'),
        ..Formal::new(name, kind)
    }
}

/// How values of a type of the data are read; a type that has no kind takes anything.
fn kind_of(type_name: &str) -> (&'static Kind, bool) {
    let (one, many) = type_name.strip_suffix("[]").map_or((type_name, false), |one| (one, true));
    let kind = match one {
        "EnhancedTimeSpan" | "TimeSpan" => &kinds::TIME_SPAN,
        // Generic arguments are lost in the data: a bound can be a count, a size or a span.
        "MultiValuedProperty" | "Unlimited" => &kinds::ANY,
        "ExDateTime" => &kinds::DATE_TIME,
        name => kind_named(name).unwrap_or(&kinds::ANY),
    };
    (kind, many)
}

/// A sentence made of what is known: the verb, the noun, and what it needs.
fn synopsis(name: &str, signature: &Signature) -> String {
    let (verb, noun) = name.split_once('-').unwrap_or((name, ""));
    let noun = words_of(noun);
    let does = match verb {
        "Get" => format!("Lists {noun} objects"),
        "Set" => format!("Changes {noun} objects"),
        "New" => format!("Makes {} {noun} object", article(&noun)),
        "Remove" => format!("Removes {} {noun} object", article(&noun)),
        "Add" => format!("Adds something to {} {noun} object", article(&noun)),
        "Test" => format!("Tests {noun}"),
        verb => format!("Runs the action {verb} on {noun}"),
    };
    let mandatory: Vec<String> = signature
        .formals
        .iter()
        .filter(|formal| formal.is_mandatory_somewhere())
        .map(|formal| format!("-{}", formal.name))
        .collect();
    match mandatory.as_slice() {
        [] => format!("{does}."),
        [one] => format!("{does}; it can need {one}."),
        several => format!("{does}; it can need {}.", several.join(", ")),
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) { "an" } else { "a" }
}

/// `MailboxFolderPermission` in words: `mailbox folder permission`; capitals that stand together stay.
fn words_of(noun: &str) -> String {
    let mut words = String::new();
    let letters: Vec<char> = noun.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let alone = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let starts = at > 0 && letter.is_uppercase() && (alone || letters[at - 1].is_lowercase());
        if starts {
            words.push(' ');
        }
        let word = starts || at == 0;
        if word && alone { words.extend(letter.to_lowercase()) } else { words.push(*letter) }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# c\n= DomainController\tFqdn\nGet-Toy\t\n Identity\tIdentity*@0 DomainController\n \
                        Anr\tAnr DomainController\n  Identity\tToyIdParameter\tvn\tId\n  \
                        Anr\tString\t\t\tRed|Blue\nStop-ToyADBox\tcp\n -\tForce\n  Force\tSwitchParameter\tr\n";

    #[test]
    fn a_command_is_read_when_it_is_asked_for() {
        let catalogue = Catalogue::new(TEXT);
        assert_eq!(catalogue.names().collect::<Vec<_>>(), ["Get-Toy", "Stop-ToyADBox"]);
        let toy = catalogue.declaration(0);
        assert_eq!(&*toy.synopsis, "Lists toy objects; it can need -Identity.");
        let identity = toy.signature.formal("id").unwrap();
        assert_eq!(
            identity.uses,
            [Use {
                set: Some(0),
                mandatory: true,
                position: Some(0),
                by_value: true,
                by_noun: None,
                by_name: true,
                remaining: false
            }]
        );
        assert_eq!(toy.signature.formal("DomainController").unwrap().uses.len(), 2);
        assert_eq!(toy.signature.formal("Anr").unwrap().accepted.len(), 2);
        let stop = catalogue.declaration(1);
        assert_eq!(stop.changes, Changes::Yes { confirm: Impact::High });
        assert_eq!(stop.signature.formal("Force").unwrap().effect, Effect::Reserved);
        assert!(stop.signature.formal("WhatIf").is_some() && stop.signature.sets.is_empty());
        assert_eq!(&*stop.synopsis, "Runs the action Stop on toy AD box.");
    }
}
