//! What a command takes, as the binder sees it: cmdlets, core commands and script functions alike.
//!
//! A parameter belongs to all sets or to some of them, and in each it can be mandatory, have a position and
//! take piped input on its own terms. Sets are numbered; a [`Sets`] is a set of such numbers.

use object::Spec;
use object::types::{Kind, kinds};
use object::value::Text;

/// A command may have at most this many parameter sets: each is one bit.
pub const PARAMETER_SETS_MAX: usize = 63;

/// The name of the one set of a command that names none.
pub const ALL_SETS_NAME: &str = "__AllParameterSets";

/// A set of parameter sets, one bit each; all bits: nothing has been decided yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sets(pub u64);

impl Sets {
    /// Nothing decided yet.
    pub const ANY: Sets = Sets(u64::MAX);
    /// No set at all.
    pub const NONE: Sets = Sets(0);
    /// The set number `at` alone.
    pub const fn one(at: usize) -> Sets {
        Sets(1 << at)
    }
    /// Whether they have a set in common.
    pub const fn meets(self, other: Sets) -> bool {
        self.0 & other.0 != 0
    }
    /// The sets in both.
    #[must_use]
    pub const fn and(self, other: Sets) -> Sets {
        Sets(self.0 & other.0)
    }
    /// The sets in either.
    #[must_use]
    pub const fn or(self, other: Sets) -> Sets {
        Sets(self.0 | other.0)
    }
    /// The sets of this one that are not in `other`.
    #[must_use]
    pub const fn without(self, other: Sets) -> Sets {
        Sets(self.0 & !other.0)
    }
    /// Whether there is none.
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }
    /// Whether nothing has been decided yet.
    pub const fn is_any(self) -> bool {
        self.0 == u64::MAX
    }
    /// How many sets; "nothing decided" counts as one, as it does for the binder.
    pub const fn count(self) -> u32 {
        if self.is_any() { 1 } else { self.0.count_ones() }
    }
}

/// How a parameter is used in one set, or in all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// The set; `None`: all sets.
    pub set: Option<usize>,
    /// Whether the set cannot do without it.
    pub mandatory: bool,
    /// Its place among arguments without a name. Only the order of positions counts.
    pub position: Option<i32>,
    /// Whether a piped object itself can be its value.
    pub by_value: bool,
    /// The noun whose piped objects become its value before any other parameter is tried.
    pub by_noun: Option<&'static str>,
    /// Whether a property of a piped object, called as the parameter or an alias, can be its value.
    pub by_name: bool,
    /// Whether it takes all arguments that nobody else took.
    pub remaining: bool,
}

impl Use {
    /// The bits of its set; none for all sets.
    pub(crate) fn sets(&self) -> Sets {
        self.set.map_or(Sets::NONE, Sets::one)
    }
    pub(crate) fn within(&self, sets: Sets) -> bool {
        self.set.is_none_or(|at| Sets::one(at).meets(sets))
    }
    pub(crate) fn piped(&self) -> bool {
        self.by_value || self.by_name
    }
}

/// What a parameter does when it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// What it says.
    Built,
    /// Nothing, as in Exchange: it is reserved for its maker, and taken silently.
    Reserved,
    /// Nothing that would not be so without it: it asks for what is always the case here.
    Met,
    /// It is declared, but not built: giving it is an error that says so.
    NotBuiltYet,
}

impl Effect {
    /// What there is to say of a parameter that has no sentence of its own.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Effect::Built => "",
            Effect::Reserved => "Reserved for internal use: it is taken and changes nothing.",
            Effect::Met => {
                "What it asks for is always so here; it is taken so that scripts need not be changed."
            }
            Effect::NotBuiltYet => "Not built yet: a command that is given it says so and does nothing.",
        }
    }
}

/// Where a parameter comes from; a shortened name prefers the command's own ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The command declares it.
    Own,
    /// Every command has it: `-Verbose`, `-ErrorAction`, `-WhatIf` …
    Common,
}

/// A parameter of a signature.
#[derive(Clone, Debug)]
pub struct Formal {
    /// The name without its dash.
    pub name: Text,
    /// Other names.
    pub aliases: Vec<Text>,
    /// One sentence, or empty.
    pub summary: Text,
    /// The type of a value (of each value, where it takes a list).
    pub kind: &'static Kind,
    /// The type's name where messages speak of it.
    pub type_name: Text,
    /// Whether it takes a list.
    pub many: bool,
    /// Where it comes from.
    pub origin: Origin,
    /// How it is used in which sets; a parameter in no set cannot be given.
    pub uses: Vec<Use>,
    /// What it does when it is given.
    pub effect: Effect,
    /// The words it takes, where they are a closed list; for completion and help.
    pub accepted: Vec<Text>,
    /// The least number it takes.
    pub least: Option<i64>,
    /// The greatest number it takes.
    pub most: Option<i64>,
    /// The property that it gives a value, where the command sets one.
    pub property: Option<&'static Spec>,
    /// The name of that property where the table says it because it differs.
    pub sets: Option<&'static str>,
    /// Whether a function asks for it by a key.
    pub is_read: bool,
    /// What stands in for it where it is mandatory and was not given: nobody is asked then.
    pub presumed: Option<&'static str>,
    /// Why it is not built, where the table of commands says so.
    pub why_not: Option<&'static str>,
    /// `[AllowNull()]`: a mandatory parameter takes `$null`.
    pub allows_null: bool,
    /// `[AllowEmptyString()]`
    pub allows_empty_text: bool,
    /// `[AllowEmptyCollection()]`
    pub allows_empty_list: bool,
}

impl Formal {
    /// A parameter of all sets, optional and given by name; change the fields that differ.
    pub fn new(name: impl Into<Text>, kind: &'static Kind) -> Formal {
        Formal {
            name: name.into(),
            aliases: Vec::new(),
            summary: "".into(),
            kind,
            type_name: kind.type_name(),
            many: false,
            origin: Origin::Own,
            uses: vec![Use::default()],
            effect: Effect::Built,
            accepted: Vec::new(),
            least: None,
            most: None,
            property: None,
            sets: None,
            is_read: false,
            presumed: None,
            why_not: None,
            allows_null: false,
            allows_empty_text: false,
            allows_empty_list: false,
        }
    }

    /// Whether the command itself declares it; the others are common to all.
    pub fn is_own(&self) -> bool {
        self.origin == Origin::Own
    }
    /// Whether it is a switch: there or not.
    pub fn is_switch(&self) -> bool {
        std::ptr::eq(self.kind, &kinds::SWITCH)
    }
    /// Whether its value must never be logged or recorded.
    pub fn is_secret(&self) -> bool {
        std::ptr::eq(self.kind, &kinds::SECURE_STRING) || std::ptr::eq(self.kind, &kinds::CREDENTIAL)
    }
    /// Whether blanks at the ends of what is typed belong to it. Those around a number, a date, an address or what names
    /// one object are a slip of the hand.
    pub fn keeps_blanks(&self) -> bool {
        let is_text = |spec: &&Spec| std::ptr::eq(spec.kind, &kinds::STRING);
        let names_one = |spec: &Spec| spec.unique.is_some() || spec.refers_to.is_some();
        let text = self.property.filter(is_text).filter(|_| self.accepted.is_empty());
        text.is_some_and(|spec| !names_one(spec))
    }
    /// Whether it is called `name`, in full or by an alias.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
            || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }
    /// Whether some set cannot do without it.
    pub fn is_mandatory_somewhere(&self) -> bool {
        self.uses.iter().any(|used| used.mandatory)
    }
    /// How it is used in one of `sets`, if it is.
    pub fn uses_in(&self, sets: Sets) -> impl Iterator<Item = &Use> {
        self.uses.iter().filter(move |used| used.within(sets))
    }

    /// The named sets it belongs to; none where it belongs to all.
    pub(crate) fn sets(&self) -> Sets {
        self.uses.iter().fold(Sets::NONE, |sets, used| sets.or(used.sets()))
    }
    pub(crate) fn piped_in(&self, sets: Sets) -> bool {
        self.uses_in(sets).any(Use::piped)
    }
}

/// What a command takes.
#[derive(Clone, Debug)]
pub struct Signature {
    /// The command's name, for messages.
    pub command: Text,
    /// The parameters in the order of their declaration, common ones last.
    pub formals: Vec<Formal>,
    /// The names of the sets; empty where the command names none.
    pub sets: Vec<Text>,
    /// The set that is taken when the arguments leave several open.
    pub default_set: Option<usize>,
    /// Whether, where several sets are left and none is the default, one is taken instead of an error: the one by
    /// identity, else the first. For commands known from a manual that seldom names the default.
    pub implies_default: bool,
    /// Whether an argument that nobody takes is an error (cmdlets, advanced functions) or left over in
    /// [`Bound::rest`](crate::bind::Bound) (simple functions, for `$args`).
    pub strict: bool,
}

impl Signature {
    /// A signature without parameters.
    pub fn new(command: impl Into<Text>) -> Signature {
        Signature {
            command: command.into(),
            formals: Vec::new(),
            sets: Vec::new(),
            default_set: None,
            implies_default: false,
            strict: true,
        }
    }

    /// Adds a parameter, or what is new of it when a parameter of that name is there already.
    pub fn add(&mut self, formal: Formal) {
        match self.formals.iter_mut().find(|known| known.name.eq_ignore_ascii_case(&formal.name)) {
            Some(known) => known.uses.extend(formal.uses),
            None => self.formals.push(formal),
        }
    }

    /// Gives positions in the order of declaration where none is declared and there are no named sets: what
    /// PowerShell does for a script function (switches have none).
    #[must_use]
    pub fn with_positions_by_order(mut self) -> Signature {
        let own = |formal: &&mut Formal| formal.origin == Origin::Own;
        let declared =
            self.formals.iter().flat_map(|formal| &formal.uses).any(|used| used.position.is_some());
        if !self.sets.is_empty() || declared {
            return self;
        }
        let valued = self.formals.iter_mut().filter(own).filter(|formal| !formal.is_switch());
        for (position, formal) in (0..).zip(valued) {
            for used in &mut formal.uses {
                used.position = Some(position);
            }
        }
        self
    }

    /// The number of the set called `name`.
    pub fn set_named(&self, name: &str) -> Option<usize> {
        self.sets.iter().position(|known| known.eq_ignore_ascii_case(name))
    }

    /// The name of a set; [`ALL_SETS_NAME`] where the command names none.
    pub fn set_name(&self, set: Option<usize>) -> &str {
        set.and_then(|at| self.sets.get(at)).map_or(ALL_SETS_NAME, |name| name)
    }

    /// The parameter called `name` in full or by an alias.
    pub fn formal(&self, name: &str) -> Option<&Formal> {
        self.formals.iter().find(|formal| formal.is_called(name))
    }

    /// The parameter called `name` in full.
    pub(crate) fn named(&self, name: &str) -> Option<usize> {
        self.formals.iter().position(|formal| formal.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn default_sets(&self) -> Sets {
        self.default_set.map_or(Sets::NONE, Sets::one)
    }

    /// All named sets.
    pub(crate) fn all_sets(&self) -> Sets {
        self.formals.iter().fold(Sets::NONE, |sets, formal| sets.or(formal.sets()))
    }
}
