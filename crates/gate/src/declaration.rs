//! What is known of a command, whether it is built or only declared: one view for the binder, completion,
//! help and every description; and the book of all of them.

use crate::call::Call;
use crate::catalogue::{Catalogue, Facts};
use crate::cmdlet::{Cmdlet, Example};
use crate::impact::Changes;
use crate::join::{Reader, join};
use crate::signature::Signature;
use crate::synopsis::synopsis;
use object::value::Text;
use object::{Error, ErrorId, Keys, Noun, Result};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// What is known of a command.
#[derive(Debug)]
pub struct Declaration {
    /// The name: `Get-Mailbox`.
    pub name: Text,
    /// Other names.
    pub aliases: Vec<Text>,
    /// One sentence.
    pub synopsis: Text,
    /// More to know; may be empty.
    pub notes: Text,
    /// Whether it changes something.
    pub changes: Changes,
    /// The management roles that hold it, as far as they are known.
    pub roles: Vec<Text>,
    /// Examples.
    pub examples: Vec<Example>,
    /// Whether it does something; else it answers `NotBuiltYet`.
    pub built: bool,
    /// Why it does nothing, where that will stay so.
    pub why_not: Option<&'static str>,
    /// What it is about; known of built ones.
    pub noun: Option<&'static Noun>,
    /// What it takes.
    pub signature: Arc<Signature>,
}

impl Declaration {
    /// What the table alone knows of a command that is not built.
    fn of_table(facts: Facts) -> Declaration {
        let signature = facts.signature.with_common(facts.changes != Changes::No);
        Declaration {
            name: facts.name.into(),
            aliases: facts.aliases,
            synopsis: synopsis(facts.name, &signature).into(),
            notes: "".into(),
            changes: facts.changes,
            roles: Vec::new(),
            examples: Vec::new(),
            built: false,
            why_not: facts.why_not,
            noun: None,
            signature: Arc::new(signature),
        }
    }

    /// A built command: what the table knows of it, and what its static says.
    fn of<R>(
        cmdlet: &Cmdlet<R>,
        mut facts: Facts,
        everywhere: Keys,
        faults: &mut Vec<String>,
    ) -> Declaration {
        let mut shared = cmdlet.shared_keys();
        shared.push(everywhere);
        let property = &|name: &str| cmdlet.property(name);
        join(&mut facts.signature, &Reader { own: cmdlet.reads, shared, property }, faults);
        Declaration {
            synopsis: cmdlet.synopsis.into(),
            notes: cmdlet.notes.into(),
            roles: cmdlet.roles.iter().map(|role| Text::from(*role)).collect(),
            examples: cmdlet.examples.to_vec(),
            built: true,
            noun: Some(cmdlet.noun),
            ..Declaration::of_table(facts)
        }
    }

    /// The verb: `Get`.
    pub fn verb(&self) -> &str {
        self.name.split_once('-').map_or(&self.name, |(verb, _)| verb)
    }

    /// The answer of a command that is only declared.
    pub fn not_built(&self) -> Error {
        let message = match self.why_not {
            Some(why) => format!("{} is not there: {why}", self.name),
            None => {
                format!("{} is not built yet: this version knows what it takes, but does nothing.", self.name)
            }
        };
        Error::caller(ErrorId::NotBuiltYet, message).help("See docs/ledger/cmdlets.tsv for what is built.")
    }
}

/// The commands of a house before they meet its rooms.
pub struct Commands<R: 'static> {
    /// What every command takes, built or not.
    pub table: Catalogue,
    /// The built ones.
    pub built: Vec<&'static Cmdlet<R>>,
    /// Nouns that no command is named after: of objects that stand inside of others.
    pub parts: &'static [&'static Noun],
    /// The keys that `first` reads, wherever a command has such parameters.
    pub everywhere: Keys,
    /// What is checked before any of the built ones runs.
    pub first: fn(&R, &Call) -> Result<()>,
}

impl<R> Commands<R> {
    /// Commands of which nothing is checked that they have in common.
    pub fn new(table: Catalogue, built: Vec<&'static Cmdlet<R>>) -> Commands<R> {
        Commands { table, built, parts: &[], everywhere: &[], first: |_, _| Ok(()) }
    }
}

/// All commands, built or not; it knows what they take, not what they do.
pub struct Book {
    built: Vec<Arc<Declaration>>,
    table: Catalogue,
    /// The commands of the table, by their place in it, as far as they were asked for.
    made: Vec<OnceLock<Arc<Declaration>>>,
    /// The places of names and aliases in lower case.
    index: HashMap<String, usize>,
    nouns: HashMap<&'static str, &'static Noun>,
}

impl Book {
    /// The book of a house's commands.
    ///
    /// An error (`DeclarationWrong`) lists what cannot be: a built command that the table does not know, a key that
    /// is not in the table or is read as something else.
    pub fn new<R>(commands: Commands<R>) -> Result<Book> {
        let Commands { table, built: cmdlets, parts, everywhere, .. } = commands;
        let mut index = HashMap::new();
        for (at, name) in table.all_names() {
            index.entry(name.to_ascii_lowercase()).or_insert(at);
        }
        let made: Vec<_> = table.names().map(|_| OnceLock::new()).collect();
        let (mut built, mut faults) = (Vec::new(), Vec::new());
        for cmdlet in cmdlets {
            let Some(at) = index.get(&cmdlet.name().to_ascii_lowercase()) else {
                faults.push(format!("{} is not in the table.", cmdlet.name()));
                continue;
            };
            let declaration = Declaration::of(cmdlet, table.facts(*at), everywhere, &mut faults);
            built.push(Arc::clone(made[*at].get_or_init(|| Arc::new(declaration))));
        }
        if !faults.is_empty() {
            return Err(Error::server(ErrorId::DeclarationWrong, faults.join(" ")));
        }
        let nouns = built.iter().filter_map(|declaration| declaration.noun).chain(parts.iter().copied());
        Ok(Book { nouns: nouns.map(|noun| (noun.name, noun)).collect(), built, table, made, index })
    }

    /// The command called `name`, any case.
    pub fn find(&self, name: &str) -> Option<Arc<Declaration>> {
        let at = *self.index.get(&name.to_ascii_lowercase())?;
        let declared = || Arc::new(Declaration::of_table(self.table.facts(at)));
        Some(Arc::clone(self.made.get(at)?.get_or_init(declared)))
    }

    /// The names of all commands, without aliases, in no order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.table.names()
    }
    /// The built commands.
    pub fn built(&self) -> &[Arc<Declaration>] {
        &self.built
    }
    /// The noun called `name`, of a built command.
    pub fn noun(&self, name: &str) -> Option<&'static Noun> {
        self.nouns.get(name).copied()
    }
    /// [`noun`](Book::noun) for those who read lines.
    pub fn nouns(self: &Arc<Book>) -> crate::wire::Nouns {
        let book = Arc::clone(self);
        Arc::new(move |name| book.noun(name))
    }

    /// The error for a name that is no command, with the nearest one.
    pub fn no_such_command(&self, name: &str) -> Error {
        no_such_command(name, self.names())
    }
}

/// The error for a name that is no command, with the nearest one of those there are.
pub(crate) fn no_such_command<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Error {
    let message = format!(
        "The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable \
             program."
    );
    let error = Error::not_found(ErrorId::CommandNotFoundException, message).target(name.to_owned());
    match crate::nearest(name, names) {
        Some(near) => error.help(format!("Did you mean {near}?")),
        None => error.help("Run Get-Command to see all commands."),
    }
}
