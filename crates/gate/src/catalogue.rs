//! The table of commands: what every command takes, built or not, as text that is read one command at a time.
//!
//! The text holds facts only. `= NAME facts` is a parameter as most commands have it. A line that starts with a
//! name is a command (`c`: it changes something, `p`: it asks first; then its default set; then its other names; then
//! `why=SENTENCE`: why it is not built, where that will stay so). One
//! blank: a parameter set (`-` is what all sets take) with its parameters, `*` mandatory, `@n` position. Two blanks: a
//! parameter of this command. Facts are: type as the manual names it, flags (`v` piped by value, `n` by property name,
//! `r` reserved, `m` met: it asks for what is so anyway, `x` not built in this command), other names, accepted words;
//! then `from=NOUN` (objects of that noun, or of several with `|` between, become its value first), `presumed=VALUE` (stands in for it where it is
//! mandatory and nobody gave it; without a value: it may be left out) and `property=NAME` (the property that it sets, where the names differ)
//! and `why=SENTENCE` (why it is not built, where that will stay so).

use crate::impact::{Changes, Impact};
use crate::signature::{Effect, Formal, PARAMETER_SETS_MAX, Signature, Use};
use object::types::{Kind, kind_named, kinds};
use object::value::Text;
use std::collections::HashMap;

/// The table of commands.
#[derive(Default)]
pub struct Catalogue {
    usual: HashMap<&'static str, &'static str>,
    /// Each command's lines, its own first.
    commands: Vec<&'static str>,
}

/// What the table says of a command.
pub(crate) struct Facts {
    pub(crate) name: &'static str,
    pub(crate) changes: Changes,
    pub(crate) aliases: Vec<Text>,
    /// Why it is not built, where that will stay so.
    pub(crate) why_not: Option<&'static str>,
    /// What it takes, as if nothing were built.
    pub(crate) signature: Signature,
}

impl Catalogue {
    /// Indexes the text; nothing else is read before it is asked for.
    pub fn new(text: &'static str) -> Catalogue {
        let mut catalogue = Catalogue::default();
        catalogue.add(text);
        catalogue
    }

    /// Adds the commands of another text; one that is there already is there twice, and the first one counts.
    pub fn add(&mut self, text: &'static str) {
        let mut starts = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            match line.as_bytes().first() {
                Some(b'=') => {
                    let (name, facts) = line[1..].trim().split_once('\t').unwrap_or((line[1..].trim(), ""));
                    self.usual.entry(name).or_insert(facts);
                }
                Some(first) if first.is_ascii_alphabetic() => starts.push(at),
                _ => {}
            }
            at += line.len();
        }
        for (number, start) in starts.iter().enumerate() {
            let end = starts.get(number + 1).copied().unwrap_or(text.len());
            self.commands.push(&text[*start..end]);
        }
    }

    /// The names of the commands, in the order of the text.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.commands.iter().map(|lines| head(lines).0)
    }

    /// Each command's name and other names, in the order of the text.
    pub(crate) fn all_names(&self) -> impl Iterator<Item = (usize, &'static str)> {
        self.commands.iter().enumerate().flat_map(|(at, lines)| {
            let (name, _, _, aliases) = head(lines);
            std::iter::once(name).chain(words(aliases)).map(move |name| (at, name))
        })
    }

    /// What the table says of the command number `at`.
    pub(crate) fn facts(&self, at: usize) -> Facts {
        let (name, flags, default, aliases) = head(self.commands[at]);
        let signature = self.signature(name, self.commands[at].lines().skip(1), default);
        let aliases = words(aliases).map(Text::from).collect();
        let first = self.commands[at].lines().next().unwrap_or_default();
        let why_not = first.split('\t').find_map(|field| field.strip_prefix("why="));
        Facts { name, changes: changes(flags), aliases, why_not, signature }
    }

    fn signature(&self, name: &str, lines: impl Iterator<Item = &'static str>, default: &str) -> Signature {
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
        signature.default_set = signature.set_named(default);
        // A manual seldom names the default; where it does, PowerShell's own rules hold.
        signature.implies_default = signature.default_set.is_none();
        signature
    }
}

/// A command's name, flags, default set and other names.
fn head(lines: &'static str) -> (&'static str, &'static str, &'static str, &'static str) {
    let mut fields = lines.lines().next().unwrap_or("").split('\t');
    let mut next = || fields.next().unwrap_or("");
    (next(), next(), next(), next())
}

fn words(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split(',').filter(|word| !word.is_empty())
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
    let mut next = || fields.next().unwrap_or("");
    let (type_name, flags, aliases, accepted) = (next(), next(), next(), next());
    let extra: HashMap<&str, &'static str> = fields.filter_map(|field| field.split_once('=')).collect();
    let (kind, many) = kind_of(type_name);
    let used = Use {
        by_value: flags.contains('v'),
        by_name: flags.contains('n'),
        by_noun: extra.get("from").copied(),
        ..used
    };
    Formal {
        aliases: words(aliases).map(Text::from).collect(),
        type_name: type_name.into(),
        many,
        uses: vec![used],
        effect: effect(flags),
        accepted: accepted.split('|').filter(|word| !word.is_empty()).map(Text::from).collect(),
        presumed: extra.get("presumed").copied(),
        sets: extra.get("property").copied(),
        why_not: extra.get("why").copied(),
        ..Formal::new(name, kind)
    }
}

fn effect(flags: &str) -> Effect {
    match flags {
        flags if flags.contains('r') => Effect::Reserved,
        flags if flags.contains('m') => Effect::Met,
        flags if flags.contains('x') => Effect::NotBuiltYet,
        _ => Effect::Built,
    }
}

/// How values of a type of the manual are read; a type that has no kind takes anything.
pub(crate) fn kind_of(type_name: &str) -> (&'static Kind, bool) {
    let (one, many) = type_name.strip_suffix("[]").map_or((type_name, false), |one| (one, true));
    let kind = match one {
        "EnhancedTimeSpan" | "TimeSpan" => &kinds::TIME_SPAN,
        // Generic arguments are lost in the manual: a bound can be a count, a size or a span.
        "MultiValuedProperty" | "Unlimited" => &kinds::ANY,
        "ExDateTime" => &kinds::DATE_TIME,
        name => kind_named(name).unwrap_or(&kinds::ANY),
    };
    (kind, many)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# c\n= DomainController\tFqdn\nGet-Toy\t\t\tShow-Toy\n Identity\tIdentity*@0 DomainController\n \
                        Anr\tAnr DomainController\n  Identity\tToyIdParameter\tvn\tId\t\tfrom=Box\n  \
                        Anr\tString\t\t\tRed|Blue\nStop-ToyADBox\tcp\tTwo\n -\tForce\n One\tA*\n Two\tB\n  \
                        Force\tSwitchParameter\tr\n  A\tString\t\t\t\tpresumed=x\tproperty=C\n";

    #[test]
    fn a_command_is_read_when_it_is_asked_for() {
        let catalogue = Catalogue::new(TEXT);
        assert_eq!(catalogue.names().collect::<Vec<_>>(), ["Get-Toy", "Stop-ToyADBox"]);
        assert_eq!(catalogue.all_names().nth(1), Some((0, "Show-Toy")));
        let toy = catalogue.facts(0);
        let identity = toy.signature.formal("id").unwrap();
        assert_eq!(
            identity.uses,
            [Use {
                set: Some(0),
                mandatory: true,
                position: Some(0),
                by_value: true,
                by_noun: Some("Box"),
                by_name: true,
                remaining: false
            }]
        );
        assert_eq!(toy.signature.formal("DomainController").unwrap().uses.len(), 2);
        assert_eq!(toy.signature.formal("Anr").unwrap().accepted.len(), 2);
        assert!(toy.signature.implies_default);
        let stop = catalogue.facts(1);
        assert_eq!(stop.changes, Changes::Yes { confirm: Impact::High });
        assert_eq!(stop.signature.formal("Force").unwrap().effect, Effect::Reserved);
        assert_eq!(stop.signature.formal("Force").unwrap().uses[0].set, None);
        assert_eq!((stop.signature.default_set, stop.signature.implies_default), (Some(1), false));
        let a = stop.signature.formal("A").unwrap();
        assert_eq!((a.presumed, a.sets), (Some("x"), Some("C")));
    }
}
