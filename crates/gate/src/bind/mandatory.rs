//! What is mandatory and missing, and on which set to settle when piped objects can still bring it.

use super::Binder;
use crate::signature::{Sets, Use};
use object::Result;

/// What one set still needs. Where a parameter is mandatory in all sets, the set is [`Sets::ANY`].
struct Need {
    set: Sets,
    is_default: bool,
    /// What only the command line can bring.
    line: Vec<usize>,
    /// What a piped object can bring.
    piped: usize,
    by_value: usize,
    by_name: usize,
}

impl Need {
    fn is_of_all(&self) -> bool {
        self.set.is_any()
    }
    fn concerns(&self, sets: Sets) -> bool {
        self.is_of_all() || self.set.meets(sets)
    }
}

/// What all sets still need, and in which sets something is missing.
#[derive(Default)]
struct Needs {
    by_set: Vec<Need>,
    missing: Vec<usize>,
    in_sets: Option<Sets>,
    in_all: bool,
}

impl Needs {
    fn add(&mut self, at: usize, used: &Use, piped: bool, default: Sets) {
        let set = used.set.map_or(Sets::ANY, Sets::one);
        let place = self.by_set.iter().position(|need| need.set == set).unwrap_or_else(|| {
            let is_default = default.meets(set);
            self.by_set.push(Need { set, is_default, line: Vec::new(), piped: 0, by_value: 0, by_name: 0 });
            self.by_set.len() - 1
        });
        let need = &mut self.by_set[place];
        if piped && used.piped() {
            need.piped += 1;
            need.by_value += usize::from(used.by_value);
            need.by_name += usize::from(used.by_name);
        } else {
            need.line.push(at);
        }
        match used.set {
            None => self.in_all = true,
            Some(_) => self.in_sets = Some(self.in_sets.unwrap_or(Sets::NONE).or(set)),
        }
    }

    /// What the command line must bring for `sets`.
    fn of_line(&self, sets: Sets) -> Vec<usize> {
        let mut line = Vec::new();
        for at in self.by_set.iter().filter(|need| need.concerns(sets)).flat_map(|need| &need.line) {
            if !line.contains(at) {
                line.push(*at);
            }
        }
        line
    }
}

impl Binder {
    /// The mandatory parameters that are missing now: without piped input all of them; with it those that no
    /// piped object can bring, after settling on a set where that can be told.
    pub(super) fn missing(&mut self, valid: u32, piped: bool) -> Result<Vec<usize>> {
        let needs = self.needs(piped);
        if !piped || needs.by_set.is_empty() {
            return Ok(needs.missing);
        }
        let mut wanting = self.sets.and(needs.in_sets.unwrap_or(Sets::NONE));
        if wanting.is_none() {
            wanting = self.sets;
        }
        if needs.in_all {
            let all = self.signature.all_sets();
            wanting = if all.is_none() { self.sets } else { self.sets.and(all) };
        }
        self.prefer_default(valid, &mut wanting, &needs);
        match wanting.count() {
            0 => Err(self.ambiguous()),
            1 => Ok(needs.of_line(wanting)),
            _ if self.preferred.is_none() => self.settle_among(wanting, &needs),
            _ => Ok(Vec::new()),
        }
    }

    fn needs(&self, piped: bool) -> Needs {
        let mut needs = Needs::default();
        for at in &self.unbound {
            let formal = &self.signature.formals[*at];
            for used in formal.uses_in(self.sets).filter(|used| used.mandatory) {
                needs.add(*at, used, piped, self.signature.default_sets());
                if needs.missing.last() != Some(at) {
                    needs.missing.push(*at);
                }
            }
        }
        needs
    }

    /// The default set misses nothing and no other could be completed by piped input: take it.
    fn prefer_default(&mut self, valid: u32, wanting: &mut Sets, needs: &Needs) {
        let default = self.signature.default_sets();
        if valid <= 1 || default.is_none() || default.meets(*wanting) || !default.meets(self.sets) {
            return;
        }
        let other_takes_input = needs.by_set.iter().any(|need| {
            !need.is_of_all() && need.set.meets(self.sets) && !need.set.meets(default) && need.piped > 0
        });
        if other_takes_input {
            return;
        }
        let known = if self.sets.is_any() { self.signature.all_sets() } else { self.sets };
        self.sets = known.without(*wanting);
        *wanting = self.sets;
        if self.sets != default {
            self.preferred = default;
        }
    }

    /// Several sets miss something: settles on the default, or on the only one that piped objects complete.
    fn settle_among(&mut self, wanting: Sets, needs: &Needs) -> Result<Vec<usize>> {
        let default = self.signature.default_sets();
        if default.meets(wanting) && self.takes_default(default, needs) {
            self.sets = default;
            return Ok(needs.of_line(default));
        }
        let only = |pass: &dyn Fn(&Need) -> bool| {
            let mut fitting =
                needs.by_set.iter().filter(|need| !need.is_of_all() && need.set.meets(wanting) && pass(need));
            let first = fitting.next();
            if fitting.next().is_some() { None } else { first.map(|need| need.set) }
        };
        let by_value = only(&|need| need.by_value > 0);
        match by_value.or_else(|| only(&|need| need.by_name > 0)) {
            Some(set) => Ok(self.settle_on(set, needs)),
            None => self.drop_sets_of_the_line(wanting, needs),
        }
    }

    fn takes_default(&self, default: Sets, needs: &Needs) -> bool {
        let others = || needs.by_set.iter().filter(|need| !need.is_of_all() && !need.is_default);
        let another = others().any(|need| need.piped > 0 && need.line.is_empty());
        let another_by_name = others().any(|need| need.by_name > 0);
        let own = needs.by_set.iter().find(|need| need.set == default);
        let by_name = own.is_some_and(|need| need.by_name > 0) && !another_by_name;
        let all_need_line = needs.by_set.iter().any(|need| need.is_of_all() && !need.line.is_empty());
        by_name || !another || all_need_line
    }

    /// Settles on `set`, keeping those sets possible that miss nothing.
    fn settle_on(&mut self, set: Sets, needs: &Needs) -> Vec<usize> {
        let needs_line = needs.by_set.iter().any(|need| need.set == set && !need.line.is_empty());
        if needs_line {
            self.sets = set;
        } else {
            let others = needs.by_set.iter().filter(|need| !need.is_of_all() && !need.set.meets(set));
            let ignored = others.fold(Sets::NONE, |sets, need| sets.or(need.set));
            self.ignore(ignored);
            if self.sets != set {
                self.preferred = set;
            }
        }
        needs.of_line(set)
    }

    /// No single set stands out: those that need more from the command line are out.
    fn drop_sets_of_the_line(&mut self, wanting: Sets, needs: &Needs) -> Result<Vec<usize>> {
        let short = needs.by_set.iter().filter(|need| need.concerns(wanting) && !need.line.is_empty());
        let dropped = short.filter(|need| !need.is_of_all()).fold(Sets::NONE, |sets, need| sets.or(need.set));
        self.ignore(dropped);
        if self.sets.is_none() { Err(self.ambiguous()) } else { Ok(Vec::new()) }
    }

    fn ignore(&mut self, dropped: Sets) {
        if dropped.is_none() {
            return;
        }
        let known = if self.sets.is_any() { self.signature.all_sets() } else { self.sets };
        self.sets = known.without(dropped);
    }
}
