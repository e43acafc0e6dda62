//! The command line: names first, then positions, then what is left over.

use super::{Argument, Binder, Coercion, Joining, Reading, refusal};
use crate::signature::{Formal, Origin, Sets, Signature, Use};
use object::{Result, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The parameters at one position: by the number of the parameter, how it is used there.
type Position = Vec<(usize, Vec<Use>)>;

impl Signature {
    /// The parameter meant by `name`: the full name, an alias, or the beginning of only one of them. Among
    /// several beginnings the command's own parameter is preferred to a common one.
    pub fn meant_by(&self, name: &str) -> Result<Option<usize>> {
        if let Some(exact) = self.formals.iter().position(|formal| formal.is_called(name)) {
            return Ok(Some(exact));
        }
        let begins = |word: &str| {
            word.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)) && !name.is_empty()
        };
        let fits = |formal: &Formal| begins(&formal.name) || formal.aliases.iter().any(|alias| begins(alias));
        let all: Vec<usize> = (0..self.formals.len()).filter(|at| fits(&self.formals[*at])).collect();
        let own: Vec<usize> =
            all.iter().copied().filter(|at| self.formals[*at].origin == Origin::Own).collect();
        match (all.as_slice(), own.as_slice()) {
            ([], _) => Ok(None),
            ([one], _) | (_, [one]) => Ok(Some(*one)),
            (several, _) => Err(refusal::ambiguous_name(self, name, several)),
        }
    }
}

/// Whether an argument can take a position: what follows a name that is not known (yet) is that one's value.
fn is_free(arguments: &[Argument], at: usize) -> bool {
    let named = at.checked_sub(1).map(|before| &arguments[before]);
    matches!(arguments[at], Argument::Positional(_))
        && !matches!(named, Some(Argument::Named { value: None, .. }))
}

impl Binder {
    pub(super) fn line(&mut self, arguments: Vec<Argument>, reading: &mut dyn Reading) -> Result<()> {
        let arguments = self.pair(arguments)?;
        let mut unbound = self.bind_names(arguments, reading)?;
        self.bind_positions(&mut unbound, reading)?;
        self.bind_presets(reading);
        let joining = reading.joining(&self.signature, &self.bound)?;
        if !joining.formals.is_empty() {
            self.join(joining);
            let paired = self.pair(unbound)?;
            unbound = self.bind_names(paired, reading)?;
            self.bind_positions(&mut unbound, reading)?;
        }
        self.bind_rest(&mut unbound, reading)?;
        self.verify_all_taken(unbound)
    }

    fn join(&mut self, joining: Joining) {
        let signature = Arc::make_mut(&mut self.signature);
        signature.sets.extend(joining.sets);
        for formal in joining.formals {
            self.unbound.push(signature.formals.len());
            self.bound.values.push(None);
            signature.formals.push(formal);
        }
    }

    /// Gives each name that lacks a value its value: a switch is true, any other takes the next argument.
    fn pair(&self, arguments: Vec<Argument>) -> Result<Vec<Argument>> {
        let mut paired = Vec::with_capacity(arguments.len());
        let mut rest = arguments.into_iter().peekable();
        while let Some(argument) = rest.next() {
            let Argument::Named { name, value: None, .. } = &argument else {
                paired.push(argument);
                continue;
            };
            let Some(at) = self.signature.meant_by(name)? else {
                paired.push(argument);
                continue;
            };
            let formal = &self.signature.formals[at];
            if formal.is_switch() {
                paired.push(Argument::named(formal.name.clone(), true));
                continue;
            }
            let value = match rest.next() {
                Some(Argument::Positional(value)) => value,
                Some(Argument::Named { name, value: None, .. })
                    if self.signature.meant_by(&name)?.is_none() =>
                {
                    // What looks like a name and is none is this parameter's value: -Filter -x
                    format!("-{name}").into()
                }
                _ => return Err(refusal::missing_argument(formal)),
            };
            paired.push(Argument::named(formal.name.clone(), value));
        }
        Ok(paired)
    }

    /// Binds the arguments with a name; what is left keeps its order. Splatted ones come last and give way.
    fn bind_names(&mut self, arguments: Vec<Argument>, reading: &mut dyn Reading) -> Result<Vec<Argument>> {
        let mut left = Vec::new();
        let mut splatted = Vec::new();
        for argument in arguments {
            let Argument::Named { name, value, splatted: late, .. } = &argument else {
                left.push(argument);
                continue;
            };
            match (self.signature.meant_by(name)?, value) {
                (Some(at), Some(value)) if *late => splatted.push((at, value.clone())),
                (Some(at), Some(value)) => self.bind_name(at, value.clone(), reading)?,
                _ => left.push(argument),
            }
        }
        for (at, value) in splatted {
            if !self.is_bound(at) {
                self.bind_name(at, value, reading)?;
            }
        }
        Ok(left)
    }

    fn bind_name(&mut self, at: usize, value: Value, reading: &mut dyn Reading) -> Result<()> {
        if self.is_bound(at) {
            return Err(refusal::already_bound(&self.signature.formals[at]));
        }
        if self.set_aside(at, &value, reading)? {
            return Ok(());
        }
        self.bind(at, value, Coercion::Yes, reading)?;
        Ok(())
    }

    /// Keeps a script block for the piped objects, where that is what it is for.
    fn set_aside(&mut self, at: usize, value: &Value, reading: &mut dyn Reading) -> Result<bool> {
        let formal = &self.signature.formals[at];
        if !formal.piped_in(self.sets) || !reading.waits_for_input(at, formal, value) {
            return Ok(false);
        }
        if !self.piped {
            return Err(refusal::block_without_input(formal));
        }
        self.blocks.push((at, value.clone()));
        self.mark_bound(at);
        Ok(true)
    }

    fn bind_positions(&mut self, arguments: &mut Vec<Argument>, reading: &mut dyn Reading) -> Result<()> {
        let mut positional: std::collections::VecDeque<usize> =
            (0..arguments.len()).filter(|at| is_free(arguments, *at)).collect();
        let mut places = self.places(!positional.is_empty())?;
        let mut taken = Vec::new();
        while let Some((_, place)) = places.pop_first() {
            if place.is_empty() {
                continue;
            }
            let Some(at) = positional.pop_front() else { break };
            let Argument::Positional(value) = &arguments[at] else { continue };
            let sets = self.sets;
            if self.bind_place(&place, value, reading)? {
                taken.push(at);
                if sets != self.sets {
                    self.narrow(&mut places);
                }
            }
        }
        let mut at = 0;
        arguments.retain(|_| {
            at += 1;
            !taken.contains(&(at - 1))
        });
        Ok(())
    }

    /// The positions of the parameters that have no value yet.
    fn places(&self, any: bool) -> Result<BTreeMap<i32, Position>> {
        let mut places: BTreeMap<i32, Position> = BTreeMap::new();
        for at in &self.unbound {
            for used in self.signature.formals[*at].uses_in(self.sets) {
                let Some(position) = used.position.filter(|_| !used.remaining) else { continue };
                let place = places.entry(position).or_default();
                let clash = place
                    .iter()
                    .any(|(other, uses)| other != at && uses.iter().any(|other| other.set == used.set));
                // Where nothing is given by position it does not matter.
                if clash && any {
                    return Err(refusal::ambiguous_position(&self.signature));
                }
                match place.iter_mut().find(|(known, _)| known == at) {
                    Some((_, uses)) => uses.push(*used),
                    None => place.push((*at, vec![*used])),
                }
            }
        }
        Ok(places)
    }

    /// Forgets what belongs to sets that are no longer possible.
    fn narrow(&self, places: &mut BTreeMap<i32, Position>) {
        for place in places.values_mut() {
            for (_, uses) in place.iter_mut() {
                uses.retain(|used| used.within(self.sets));
            }
            place.retain(|(_, uses)| !uses.is_empty());
        }
    }

    /// Tries the default set, then the others; first only values that need no conversion.
    fn bind_place(&mut self, place: &Position, value: &Value, reading: &mut dyn Reading) -> Result<bool> {
        let (default, sets) = (self.signature.default_sets(), self.sets);
        for coercion in [Coercion::No, Coercion::Yes] {
            if sets.meets(default) && self.bind_in(default, place, value, coercion, reading)? {
                return Ok(true);
            }
            if self.bind_in(sets, place, value, coercion, reading)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Binds `value` to every parameter of the place that belongs to `sets`: where two sets have different
    /// parameters at one position, both take it, and the sets exclude each other afterwards.
    fn bind_in(
        &mut self,
        sets: Sets,
        place: &Position,
        value: &Value,
        coercion: Coercion,
        reading: &mut dyn Reading,
    ) -> Result<bool> {
        let mut any = false;
        for (at, uses) in place {
            if !uses.iter().any(|used| used.within(sets)) {
                continue;
            }
            if self.set_aside(*at, value, reading)? {
                any = true;
                continue;
            }
            any |= self.bind(*at, value.clone(), coercion, reading)?;
        }
        Ok(any)
    }

    /// `$PSDefaultParameterValues`: for parameters of sets that are still possible; what does not fit is left.
    fn bind_presets(&mut self, reading: &mut dyn Reading) {
        for at in self.unbound.clone() {
            let signature = Arc::clone(&self.signature);
            let formal = &signature.formals[at];
            if formal.uses_in(self.sets).next().is_none() {
                continue;
            }
            if let Some(value) = reading.preset(formal) {
                // PowerShell warns at most: a bad default must not stop a command that works without it.
                let _ = self.bind(at, value, Coercion::Yes, reading);
            }
        }
    }

    /// Gives what is left to the parameter that takes remaining arguments, if there is one.
    fn bind_rest(&mut self, arguments: &mut Vec<Argument>, reading: &mut dyn Reading) -> Result<()> {
        if arguments.is_empty() {
            return Ok(());
        }
        let takes = |at: &&usize| {
            self.signature.formals[**at].uses_in(self.sets).next().is_some_and(|used| used.remaining)
        };
        let mut takers = self.unbound.iter().filter(takes);
        let (taker, another) = (takers.next().copied(), takers.next());
        if another.is_some() {
            return Err(refusal::ambiguous_set(&self.signature, self.sets));
        }
        let Some(at) = taker else { return Ok(()) };
        let mut values = Vec::new();
        for argument in arguments.drain(..) {
            match argument {
                Argument::Positional(value) => values.push(value),
                Argument::Named { name, value, dash, .. } => {
                    values.push(format!("{dash}{name}").into());
                    values.extend(value);
                }
            }
        }
        let value = match values.as_slice() {
            [list @ Value::Array(_)] => list.clone(),
            _ => Value::array(values),
        };
        self.bind(at, value, Coercion::Yes, reading)?;
        Ok(())
    }

    fn verify_all_taken(&mut self, left: Vec<Argument>) -> Result<()> {
        if !self.signature.strict {
            self.bound.rest = left;
            return Ok(());
        }
        match left.into_iter().next() {
            None => Ok(()),
            Some(Argument::Named { name, .. }) => Err(refusal::no_such_name(&self.signature, &name)),
            // Names that exclude each other leave no set, so no place for it: they are what to mend.
            Some(Argument::Positional(_)) if self.sets.is_none() => Err(self.ambiguous()),
            Some(Argument::Positional(value)) => Err(self.mixed_sets(refusal::no_position_for(&value))),
        }
    }
}
