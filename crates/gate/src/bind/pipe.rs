//! One piped object: by value, then by property name; first what needs no conversion, then the rest.

use super::{Binder, Coercion, Failure, Reading, refusal};
use crate::signature::{Formal, Sets, Use};
use object::types::kinds;
use object::{Result, Value};

/// The four attempts, in order.
const ATTEMPTS: [(Source, Coercion); 4] = [
    (Source::Value, Coercion::No),
    (Source::Name, Coercion::No),
    (Source::Value, Coercion::Yes),
    (Source::Name, Coercion::Yes),
];

/// Whether the object itself or a property of it becomes the value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Value,
    Name,
}

impl Binder {
    /// Binds a piped object on top of the command line; what the object before it gave is taken off first. An
    /// error concerns this object alone.
    pub fn take(&mut self, input: &Value, reading: &mut dyn Reading) -> Result<()> {
        if let (Some(at), false) = (self.plain, input.is_null()) {
            self.bound.values[at] = Some(input.clone());
            return Ok(());
        }
        // What is refused below is bound nowhere, and the next object is bound anew.
        self.plain = None;
        self.take_off();
        let by_block = self.run_blocks(input, reading)?;
        let by_pipe = self.bind_input(input, reading)?;
        self.verify_set()?;
        if !by_block && !by_pipe {
            self.take_off();
            return Err(refusal::input_not_bound(input));
        }
        let missing = self.missing(self.sets.count(), false)?;
        let missing = self.without_optional(missing, reading);
        if !missing.is_empty() {
            return Err(refusal::input_misses(&self.signature, &missing, input));
        }
        self.note_set();
        self.plain = if reading.takes_whatever() { self.plain_pipe() } else { None };
        Ok(())
    }

    /// The parameter that the last object went to, if every other one will go there in the same way: nothing else waits
    /// for objects, and it neither converts nor refuses any.
    fn plain_pipe(&self) -> Option<usize> {
        let [at] = self.from_pipe.as_slice() else { return None };
        let formal = &self.signature.formals[*at];
        let anything = std::ptr::eq(formal.kind, &kinds::ANY)
            && &*formal.type_name == "System.Object"
            && (formal.many, formal.least, formal.most) == (false, None, None)
            && formal.accepted.is_empty();
        // One that is mandatory refuses `$null` alone, which goes the long way.
        let whole = |used: &Use| used.by_value && !used.by_name && used.by_noun.is_none();
        let waits = |used: &Use| used.by_value || used.by_name || used.by_noun.is_some();
        let alone = !self.unbound.iter().any(|other| self.signature.formals[*other].uses.iter().any(waits));
        let plain = anything && alone && self.blocks.is_empty() && formal.uses.iter().all(whole);
        plain.then_some(*at)
    }

    /// Takes off what a piped object gave.
    fn take_off(&mut self) {
        for at in std::mem::take(&mut self.from_pipe) {
            self.bound.values[at] = None;
            self.bound.order.retain(|bound| *bound != at);
            self.unbound.push(at);
        }
        self.sets = self.line_sets;
    }

    fn run_blocks(&mut self, input: &Value, reading: &mut dyn Reading) -> Result<bool> {
        for (at, block) in self.blocks.clone() {
            let value = reading.run_for(&block, input)?;
            self.bind(at, value, Coercion::Yes, reading)?;
        }
        Ok(!self.blocks.is_empty())
    }

    fn bind_input(&mut self, input: &Value, reading: &mut dyn Reading) -> Result<bool> {
        if self.bind_by_noun(input, reading)? {
            self.validate_sets(false, true)?;
            return Ok(true);
        }
        let mut any = false;
        let mut sets = if self.preferred.is_none() { self.sets } else { self.preferred };
        for round in 0..if self.preferred.is_none() { 1 } else { 2 } {
            let settling = self.preferred.is_none() || round == 1;
            for (source, coercion) in ATTEMPTS {
                if self.attempt(input, source, coercion, sets, reading)? {
                    any = true;
                    if settling {
                        self.validate_sets(true, true)?;
                        sets = self.sets;
                    }
                }
            }
            if self.sets == self.preferred {
                break;
            }
            sets = self.sets.without(self.preferred);
        }
        self.validate_sets(false, true)?;
        Ok(any)
    }

    /// An object of the noun that a parameter waits for is that parameter's value and no other's.
    fn bind_by_noun(&mut self, input: &Value, reading: &mut dyn Reading) -> Result<bool> {
        let Value::Object(object) = input else { return Ok(false) };
        let Some(noun) = object.noun() else { return Ok(false) };
        let waits = |at: &usize| {
            let of_noun = |nouns: &str| nouns.split('|').any(|known| known == noun.name);
            self.signature.formals[*at].uses_in(self.open_sets).any(|used| used.by_noun.is_some_and(of_noun))
        };
        let Some(at) = self.unbound.iter().copied().find(waits) else { return Ok(false) };
        self.sets = self.open_sets;
        self.bind(at, input.clone(), Coercion::Yes, reading)?;
        self.from_pipe.push(at);
        Ok(true)
    }

    /// One attempt: the default set first, the others only when nothing was bound in it.
    fn attempt(
        &mut self,
        input: &Value,
        source: Source,
        coercion: Coercion,
        sets: Sets,
        reading: &mut dyn Reading,
    ) -> Result<bool> {
        let default = self.signature.default_sets();
        if !sets.meets(default) {
            return self.attempt_in(input, source, coercion, sets, reading);
        }
        if self.attempt_in(input, source, coercion, default, reading)? {
            return Ok(true);
        }
        self.attempt_in(input, source, coercion, sets.without(default), reading)
    }

    fn attempt_in(
        &mut self,
        input: &Value,
        source: Source,
        coercion: Coercion,
        sets: Sets,
        reading: &mut dyn Reading,
    ) -> Result<bool> {
        let mut any = false;
        for at in self.unbound.clone().into_iter().rev() {
            let formal = &self.signature.formals[at];
            let takes = formal.uses_in(sets).any(|used| match source {
                Source::Value => used.by_value && !is_another_object(used, input),
                Source::Name => used.by_name,
            });
            let converted = (source, coercion) == (Source::Value, Coercion::Yes);
            let takes = takes && !(converted && self.is_row_of_names(formal, input, reading));
            if takes && self.bind_from(at, input, source, coercion, reading)? {
                self.from_pipe.push(at);
                any = true;
            }
        }
        Ok(any)
    }

    /// Whether an object is a row (of a CSV file, say) that brings parameters their values by name: then it is as a whole
    /// no identity of anything.
    fn is_row_of_names(&self, formal: &Formal, input: &Value, reading: &mut dyn Reading) -> bool {
        let is_row = matches!(input, Value::Object(object) if object.noun().is_none());
        let named = |formal: &Formal| formal.uses.iter().any(|used| used.by_name);
        let is_identity = formal.type_name.ends_with("IdParameter");
        is_row && is_identity && {
            let mut takers = self.signature.formals.iter().filter(|formal| named(formal));
            takers.any(|taker| member_for(taker, input, reading).is_some())
        }
    }

    fn bind_from(
        &mut self,
        at: usize,
        input: &Value,
        source: Source,
        coercion: Coercion,
        reading: &mut dyn Reading,
    ) -> Result<bool> {
        let formal = &self.signature.formals[at];
        let value = match source {
            Source::Value => Some(input.clone()),
            Source::Name => member_for(formal, input, reading),
        };
        let Some(value) = value else { return Ok(false) };
        match self.bind(at, value, coercion, reading) {
            Ok(bound) => Ok(bound),
            // The object as a whole need not fit this parameter: a property of it may.
            Err(Failure::Transformation(_)) if source == Source::Value => Ok(false),
            Err(failure) => Err(failure.into()),
        }
    }
}

/// Whether an object is none of those that the parameter waits for.
fn is_another_object(used: &Use, input: &Value) -> bool {
    used.by_noun.is_some() && matches!(input, Value::Object(_))
}

/// The property of an object that is called as a parameter is.
fn member_for(formal: &Formal, input: &Value, reading: &mut dyn Reading) -> Option<Value> {
    let names = std::iter::once(&formal.name).chain(&formal.aliases);
    names.map(|name| reading.member(input, name)).find(Option::is_some).flatten()
}
