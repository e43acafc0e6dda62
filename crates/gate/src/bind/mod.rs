//! The binder: which argument becomes the value of which parameter. PowerShell's rules, for cmdlets, core
//! commands and script functions alike.
//!
//! First the command line ([`Binder::start`]): names, then positions, then what is left over; then the
//! parameter set is settled as far as it can be, and what is mandatory is asked for. If objects are piped in,
//! each is bound on top ([`Binder::take`]) and taken off again before the next one.
//!
//! - `line.rs`: names, positions, the rest.
//! - `sets.rs`: which parameter sets are still possible.
//! - `mandatory.rs`: what is missing, and which set to settle on when input is piped.
//! - `pipe.rs`: one piped object.
//! - `refusal.rs`: the errors, with PowerShell's ids.

mod line;
mod mandatory;
mod pipe;
mod reading;
mod refusal;
mod sets;

pub use reading::{Joining, Plain, Reading, Strict};

use crate::signature::{Sets, Signature};
use object::value::Text;
use object::{Error, Result, Value};
use std::sync::Arc;

/// One argument as it was written.
#[derive(Clone, Debug)]
pub enum Argument {
    /// `-Name`, `-Name value` (the value is then the next argument) or `-Name:value`.
    Named {
        /// The name as written, without its dash; it may be shortened.
        name: Text,
        /// The value, where it is joined to the name (`-Name:value`, a splatted entry).
        value: Option<Value>,
        /// Whether it came from a splatted hashtable: one written out beats it.
        splatted: bool,
        /// The dash it was written with: text processors write other ones than `-`.
        dash: char,
    },
    /// A value without a name.
    Positional(Value),
}

impl Argument {
    /// `-Name:value`.
    pub fn named(name: impl Into<Text>, value: impl Into<Value>) -> Argument {
        Argument::Named { name: name.into(), value: Some(value.into()), splatted: false, dash: '-' }
    }
    /// `-Name`: a switch, or a name whose value is the next argument.
    pub fn name(name: impl Into<Text>) -> Argument {
        Argument::Named { name: name.into(), value: None, splatted: false, dash: '-' }
    }
    /// An entry of a splatted hashtable.
    pub fn splatted(name: impl Into<Text>, value: impl Into<Value>) -> Argument {
        Argument::Named { name: name.into(), value: Some(value.into()), splatted: true, dash: '-' }
    }
    /// A value without a name.
    pub fn value(value: impl Into<Value>) -> Argument {
        Argument::Positional(value.into())
    }
}

/// What was bound so far.
#[derive(Clone, Debug, Default)]
pub struct Bound {
    /// The parameter set, once there is only one; `None` also where the command names no sets.
    pub set: Option<usize>,
    /// By the number of the parameter in the signature: its value, where it has one.
    pub values: Vec<Option<Value>>,
    /// The parameters that were given on the command line, in the order in which they were bound.
    pub order: Vec<usize>,
    /// Arguments nobody took; always empty where the signature is strict.
    pub rest: Vec<Argument>,
}

/// Why a value did not become a parameter's value; PowerShell treats the kinds differently.
#[derive(Debug)]
enum Failure {
    /// The value is not of the parameter's type.
    Transformation(Error),
    /// It is, but it is not allowed.
    Validation(Error),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        match failure {
            Failure::Transformation(error) | Failure::Validation(error) => error,
        }
    }
}

/// Whether a value may be converted to become a parameter's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coercion {
    No,
    Yes,
}

/// A command's arguments while they are bound.
pub struct Binder {
    signature: Arc<Signature>,
    piped: bool,
    bound: Bound,
    /// The parameters without a value; searched in this order.
    unbound: Vec<usize>,
    /// The parameter sets that are still possible.
    sets: Sets,
    /// The sets that what was written leaves open, before a default was settled on.
    open_sets: Sets,
    /// The sets after the command line, restored before every piped object.
    line_sets: Sets,
    /// A set that piped objects are tried on before all others.
    preferred: Sets,
    /// Script blocks that give a parameter its value for each piped object.
    blocks: Vec<(usize, Value)>,
    /// The parameters that the last piped object gave a value.
    from_pipe: Vec<usize>,
    /// The one parameter that waits for objects, where it takes whatever comes.
    plain: Option<usize>,
}

impl Binder {
    /// Binds a command line. `piped` says whether objects will be piped in; then what is missing may still
    /// come with them.
    pub fn start(
        signature: Arc<Signature>,
        arguments: Vec<Argument>,
        piped: bool,
        reading: &mut dyn Reading,
    ) -> Result<Binder> {
        let count = signature.formals.len();
        let mut binder = Binder {
            bound: Bound { values: vec![None; count], ..Bound::default() },
            unbound: (0..count).collect(),
            sets: Sets::ANY,
            open_sets: Sets::ANY,
            line_sets: Sets::ANY,
            preferred: Sets::NONE,
            blocks: Vec::new(),
            from_pipe: Vec::new(),
            plain: None,
            signature,
            piped,
        };
        binder.line(arguments, reading)?;
        binder.open_sets = binder.sets;
        binder.settle(reading)?;
        Ok(binder)
    }

    /// The set and the values bound so far.
    pub fn bound(&self) -> &Bound {
        &self.bound
    }
    /// The signature, with the dynamic parameters that joined it.
    pub fn signature(&self) -> &Arc<Signature> {
        &self.signature
    }
    /// The value of the parameter `name`, in full.
    pub fn value(&self, name: &str) -> Option<&Value> {
        let at = self.signature.formals.iter().position(|formal| formal.name.eq_ignore_ascii_case(name))?;
        self.bound.values[at].as_ref()
    }

    /// After the command line: settles the set as far as possible and sees to what is mandatory.
    fn settle(&mut self, reading: &mut dyn Reading) -> Result<()> {
        let mut valid = self.validate_sets(self.piped, !self.piped)?;
        if valid > 1 && self.piped {
            let filtered = self.sets_that_take_input();
            if filtered != self.sets {
                self.sets = filtered;
                valid = self.validate_sets(true, false)?;
            }
        }
        let missing = self.missing(valid, self.piped)?;
        let missing = self.without_optional(missing, reading);
        self.ask_for(&missing, reading)?;
        if !self.piped {
            self.verify_set()?;
        }
        self.line_sets = self.sets;
        self.note_set();
        Ok(())
    }

    /// What the manual calls mandatory and is left out all the same (`presumed=` without a value) misses nobody.
    fn without_optional(&self, mut missing: Vec<usize>, reading: &dyn Reading) -> Vec<usize> {
        missing.retain(|at| !reading.presumes() || self.signature.formals[*at].presumed != Some(""));
        missing
    }

    fn ask_for(&mut self, missing: &[usize], reading: &mut dyn Reading) -> Result<()> {
        let stand_in = |at: usize| self.signature.formals[at].presumed.filter(|_| reading.presumes());
        let (presumed, missing): (Vec<usize>, Vec<usize>) =
            missing.iter().partition(|at| stand_in(**at).is_some());
        for at in presumed {
            let value = self.signature.formals[at].presumed.unwrap_or_default();
            self.bind(at, value.into(), Coercion::Yes, reading)?;
        }
        if missing.is_empty() {
            return Ok(());
        }
        let formals: Vec<_> = missing.iter().map(|at| &self.signature.formals[*at]).collect();
        let Some(values) = reading.ask(&formals)? else {
            return Err(refusal::missing_mandatory(&self.signature, &missing));
        };
        for (at, value) in missing.iter().zip(values) {
            self.bind(*at, value, Coercion::Yes, reading)?;
        }
        Ok(())
    }

    /// Gives a parameter its value; `false` when it would have to be converted and may not.
    fn bind(
        &mut self,
        at: usize,
        value: Value,
        coercion: Coercion,
        reading: &mut dyn Reading,
    ) -> Result<bool, Failure> {
        let signature = Arc::clone(&self.signature);
        let formal = &signature.formals[at];
        let value = match coercion {
            Coercion::No => match reading.as_it_is(at, formal, &value) {
                Some(value) => value,
                None => return Ok(false),
            },
            Coercion::Yes => reading.read(at, formal, value).map_err(Failure::Transformation)?,
        };
        reading.check(at, formal, &value).map_err(Failure::Validation)?;
        if formal.is_mandatory_somewhere() {
            refusal::null_or_empty(formal, &value, reading.is_text(at, formal))
                .map_err(Failure::Validation)?;
        }
        self.mark_bound(at);
        self.bound.values[at] = Some(value);
        Ok(true)
    }

    /// From here on the parameter counts as given, and only sets that know it are possible.
    fn mark_bound(&mut self, at: usize) {
        let sets = self.signature.formals[at].sets();
        if !sets.is_none() {
            self.sets = self.sets.and(sets);
        }
        self.unbound.retain(|unbound| *unbound != at);
        if !self.bound.order.contains(&at) {
            self.bound.order.push(at);
        }
    }

    fn is_bound(&self, at: usize) -> bool {
        !self.unbound.contains(&at)
    }

    fn note_set(&mut self) {
        let one = self.sets.count() == 1 && !self.sets.is_any();
        self.bound.set = one.then(|| self.sets.0.trailing_zeros() as usize);
    }
}

#[cfg(test)]
mod tests;
