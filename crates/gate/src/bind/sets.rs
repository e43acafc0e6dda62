//! Which parameter sets are still possible, and which one is taken.

use super::{Binder, refusal};
use crate::signature::Sets;
use object::Result;

impl Binder {
    /// Checks that a set is possible and settles on one where it can. `before_input`: objects will still be
    /// piped in and may decide. `take_default`: the default set is taken where several are left. Answers how
    /// many are left.
    pub(super) fn validate_sets(&mut self, before_input: bool, take_default: bool) -> Result<u32> {
        let default = self.signature.default_sets();
        let count = self.sets.count();
        if count == 0 {
            return Err(self.ambiguous());
        }
        if count > 1 {
            return self.choose(count, before_input, take_default);
        }
        if !self.sets.is_any() {
            return Ok(1);
        }
        let all = u32::try_from(self.signature.sets.len().max(1)).unwrap_or(u32::MAX);
        if before_input && self.takes_input(self.sets) {
            return Ok(all); // the piped objects may decide
        }
        if !default.is_none() {
            if take_default {
                self.sets = default;
                return Ok(1);
            }
            return Ok(all);
        }
        if all > 1 { self.resolve_by_mandatory() } else { Ok(all) }
    }

    fn choose(&mut self, count: u32, before_input: bool, take_default: bool) -> Result<u32> {
        if before_input && self.takes_input(self.sets) {
            return Ok(count); // the piped objects may decide
        }
        let default = self.signature.default_sets();
        if self.sets.meets(default) {
            if take_default {
                self.sets = default;
                return Ok(1);
            }
            return Ok(count);
        }
        self.resolve_by_mandatory()
    }

    /// Without a default set the one set counts that misses nothing mandatory.
    fn resolve_by_mandatory(&mut self) -> Result<u32> {
        let mut left = self.sets.and(self.signature.all_sets());
        for at in &self.unbound {
            for used in self.signature.formals[*at].uses.iter().filter(|used| used.mandatory) {
                left = left.without(used.sets());
            }
        }
        if left.count() != 1 || left.is_any() {
            left = self.implied_set(left).ok_or_else(|| self.ambiguous())?;
        }
        self.sets = left;
        Ok(1)
    }

    /// The set that is taken where a manual names no default: of those that miss nothing, else of the possible ones.
    fn implied_set(&self, complete: Sets) -> Option<Sets> {
        let among = if complete.is_none() { self.sets.and(self.signature.all_sets()) } else { complete };
        let left = || (0..self.signature.sets.len()).filter(|at| Sets::one(*at).meets(among));
        let by_identity = left().find(|at| &*self.signature.sets[*at] == "Identity");
        let taken = by_identity.or_else(|| left().next()).filter(|_| self.signature.implies_default)?;
        Some(Sets::one(taken))
    }

    /// Whether a parameter without a value could take piped input in one of `sets`.
    pub(super) fn takes_input(&self, sets: Sets) -> bool {
        self.unbound.iter().any(|at| self.signature.formals[*at].piped_in(sets))
    }

    /// The possible sets that can take piped input; all possible ones where none can, so that the error comes
    /// with the first object.
    pub(super) fn sets_that_take_input(&self) -> Sets {
        let mut taking =
            self.blocks.iter().fold(Sets::NONE, |sets, (at, _)| sets.or(self.signature.formals[*at].sets()));
        for at in &self.unbound {
            for used in self.signature.formals[*at].uses_in(self.sets).filter(|used| used.piped()) {
                if used.set.is_none() {
                    return self.sets;
                }
                taking = taking.or(used.sets());
            }
        }
        if taking.is_none() { self.sets } else { self.sets.and(taking) }
    }

    /// At the end there must be one set, where there are several to choose from.
    pub(super) fn verify_set(&mut self) -> Result<()> {
        if self.signature.sets.len() > 1 && self.sets.is_any() {
            let default = self.signature.default_sets();
            if default.is_none() {
                return Err(self.ambiguous());
            }
            self.sets = default;
        }
        Ok(())
    }

    pub(super) fn ambiguous(&self) -> object::Error {
        self.mixed_sets(refusal::ambiguous_set(&self.signature, self.sets))
    }

    /// The error with the two parameters that exclude each other as its help, where there are two.
    pub(super) fn mixed_sets(&self, error: object::Error) -> object::Error {
        match self.excluding() {
            Some((one, other)) => error
                .help(format!("-{one} and -{other} belong to different parameter sets: give one of them.")),
            None => error,
        }
    }

    /// Two parameters that were given and have no set in common.
    fn excluding(&self) -> Option<(&str, &str)> {
        let formal = |at: &usize| &self.signature.formals[*at];
        let given = &self.bound.order;
        let apart = |one: &usize, other: &usize| {
            let (one, other) = (formal(one).sets(), formal(other).sets());
            !one.is_none() && !other.is_none() && !one.meets(other)
        };
        let pair = |one| given.iter().find(|other| apart(one, other)).map(|other| (one, other));
        let (one, other) = given.iter().find_map(pair)?;
        Some((&formal(one).name, &formal(other).name))
    }
}
