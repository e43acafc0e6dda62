//! What is known of a command, whether it is built or only declared: one view for the binder, completion,
//! help and every description; and the book of all of them.

use crate::catalogue::Catalogue;
use crate::cmdlet::{Changes, Cmdlet, Example};
use crate::signature::Signature;
use object::value::Text;
use object::{Error, ErrorId, Noun};
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
    /// What it is about; known of built ones.
    pub noun: Option<&'static Noun>,
    /// What it takes.
    pub signature: Arc<Signature>,
}

impl Declaration {
    /// The declaration of a built cmdlet.
    pub fn of<R>(cmdlet: &Cmdlet<R>) -> Declaration {
        let texts = |list: &[&'static str]| list.iter().map(|text| Text::from(*text)).collect();
        Declaration {
            name: cmdlet.name().into(),
            aliases: texts(cmdlet.aliases),
            synopsis: cmdlet.synopsis.into(),
            notes: cmdlet.notes.into(),
            changes: cmdlet.changes,
            roles: texts(cmdlet.roles),
            examples: cmdlet.examples.to_vec(),
            built: true,
            noun: Some(cmdlet.noun),
            signature: Arc::new(cmdlet.signature()),
        }
    }

    /// The verb: `Get`.
    pub fn verb(&self) -> &str {
        self.name.split_once('-').map_or(&self.name, |(verb, _)| verb)
    }
    /// The second half of the name: `Mailbox`.
    pub fn noun_name(&self) -> &str {
        self.name.split_once('-').map_or("", |(_, noun)| noun)
    }

    /// The answer of a command that is only declared.
    pub fn not_built(&self) -> Error {
        let message =
            format!("{} is not built yet: this version knows what it takes, but does nothing.", self.name);
        Error::caller(ErrorId::NotBuiltYet, message).help("See docs/ledger/cmdlets.tsv for what is built.")
    }
}

/// All commands that are built or declared; it knows what they take, not what they do.
pub struct Book {
    built: Vec<Arc<Declaration>>,
    catalogue: Catalogue,
    /// By name and alias in lower case.
    index: HashMap<String, Entry>,
    nouns: HashMap<&'static str, &'static Noun>,
}

#[derive(Clone)]
enum Entry {
    Built(usize),
    Declared(usize, OnceLock<Arc<Declaration>>),
}

impl Book {
    /// A book of built commands, and of declared ones that are not built.
    pub fn new(built: Vec<Declaration>, catalogue: Catalogue) -> Book {
        let built: Vec<Arc<Declaration>> = built.into_iter().map(Arc::new).collect();
        let mut index = HashMap::new();
        for (at, name) in catalogue.names().enumerate() {
            index.insert(name.to_ascii_lowercase(), Entry::Declared(at, OnceLock::new()));
        }
        for (at, declaration) in built.iter().enumerate() {
            for name in std::iter::once(&declaration.name).chain(&declaration.aliases) {
                index.insert(name.to_ascii_lowercase(), Entry::Built(at));
            }
        }
        let nouns = built.iter().filter_map(|declaration| declaration.noun);
        Book { nouns: nouns.map(|noun| (noun.name, noun)).collect(), built, catalogue, index }
    }

    /// The command called `name`, any case.
    pub fn find(&self, name: &str) -> Option<Arc<Declaration>> {
        match self.index.get(&name.to_ascii_lowercase())? {
            Entry::Built(at) => Some(Arc::clone(&self.built[*at])),
            Entry::Declared(at, made) => {
                Some(Arc::clone(made.get_or_init(|| Arc::new(self.catalogue.declaration(*at)))))
            }
        }
    }

    /// The names of all commands, without aliases, in no order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let declared = self.catalogue.names().map(|name| -> &str { name });
        self.built.iter().map(|declaration| -> &str { &declaration.name }).chain(declared)
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
        let message = format!(
            "The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable \
             program."
        );
        let error = Error::not_found(ErrorId::CommandNotFoundException, message).target(name.to_owned());
        match crate::nearest(name, self.names()) {
            Some(near) => error.help(format!("Did you mean {near}?")),
            None => error.help("Run Get-Command to see all commands."),
        }
    }
}
