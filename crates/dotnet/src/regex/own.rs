//! The engine for what the translated patterns cannot say: balancing groups, conditions on an expression,
//! matching from right to left, every capture of a group. It keeps its own stack, counts its steps and gives up
//! where a pattern explodes; the translated patterns remain the fast way.

use super::mode::Mode;
use super::{GroupName, Start, parse_error};
use crate::exception::Result;

/// So many steps end in about a second; what needs more has no end that anybody waits for.
pub(super) const STEPS_MAX: usize = 20_000_000;
/// Ways back that may wait at once.
const WAYS_BACK_MAX: usize = 4_000_000;
/// Counted repeats are written out: no program is longer than this.
const PROGRAM_MAX: usize = 100_000;
/// Deeper patterns are refused; each level is a call.
const NESTING_LEVELS_MAX: usize = 250;

#[derive(Clone)]
enum Node {
    Empty,
    One(usize),
    Sequence(Vec<Node>),
    Either(Vec<Node>),
    Repeat { what: Box<Node>, least: u32, most: Option<u32>, greedy: bool },
    Group { group: Option<usize>, takes: Option<usize>, inside: Box<Node> },
    Look { inside: Box<Node>, behind: bool, negative: bool },
    Atomic(Box<Node>),
    Assert(Assert),
    Same { group: usize, ignore_case: bool },
    IfGroup { group: usize, yes: Box<Node>, no: Box<Node> },
    IfFound { condition: Box<Node>, yes: Box<Node>, no: Box<Node> },
}

impl Node {
    /// Whether it fits where there is nothing.
    fn may_be_empty(&self) -> bool {
        match self {
            Node::One(_) => false,
            Node::Sequence(parts) => parts.iter().all(Node::may_be_empty),
            Node::Either(ways) => ways.iter().any(Node::may_be_empty),
            Node::Repeat { what, least, .. } => *least == 0 || what.may_be_empty(),
            Node::Group { inside, .. } | Node::Atomic(inside) => inside.may_be_empty(),
            Node::IfGroup { yes, no, .. } | Node::IfFound { yes, no, .. } => {
                yes.may_be_empty() || no.may_be_empty()
            }
            Node::Empty | Node::Look { .. } | Node::Assert(_) | Node::Same { .. } => true,
        }
    }
    /// Whether it captures anything.
    fn has_group(&self) -> bool {
        match self {
            Node::Group { group, inside, .. } => group.is_some() || inside.has_group(),
            Node::Sequence(parts) | Node::Either(parts) => parts.iter().any(Node::has_group),
            Node::Repeat { what: inside, .. } | Node::Atomic(inside) | Node::Look { inside, .. } => {
                inside.has_group()
            }
            Node::IfGroup { yes, no, .. } | Node::IfFound { yes, no, .. } => {
                yes.has_group() || no.has_group()
            }
            Node::Empty | Node::One(_) | Node::Assert(_) | Node::Same { .. } => false,
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Assert {
    Start,
    End,
    EndOrLastLine,
    LineStart,
    LineEnd,
    WordEdge,
    NoWordEdge,
    Origin,
}

/// The characters that one place takes.
struct Set {
    negative: bool,
    items: Vec<Item>,
    minus: Option<Box<Set>>,
    ignore_case: bool,
}

enum Item {
    Range(char, char),
    Digit(bool),
    Word(bool),
    Space(bool),
    /// What the engine underneath knows of Unicode.
    Category(fancy_regex::Regex),
}

fn is_word(c: char) -> bool {
    use unicode_normalization::char::is_combining_mark;
    c.is_alphanumeric() || matches!(c, '_' | '\u{203f}' | '\u{2040}' | '\u{2054}') || is_combining_mark(c)
}

/// The letters that count as one when case does not: .NET adds the signs for Kelvin and Ångström and the dotted I.
fn variants(c: char) -> [char; 4] {
    let lower = c.to_lowercase().next().unwrap_or(c);
    let mut upper = lower.to_uppercase();
    let upper = if upper.len() == 1 { upper.next().unwrap_or(lower) } else { lower };
    let third = match lower {
        'i' => 'İ',
        'k' => '\u{212a}',
        'å' => '\u{212b}',
        'ω' => '\u{2126}',
        _ => lower,
    };
    [c, lower, upper, third]
}

fn same_letter(a: char, b: char) -> bool {
    a == b || variants(a).contains(&b)
}

impl Item {
    fn has(&self, c: char) -> bool {
        match self {
            Item::Range(from, to) => (*from..=*to).contains(&c),
            Item::Digit(wanted) => {
                (c.is_ascii_digit()
                    || (!c.is_ascii() && c.is_numeric() && c.to_digit(10).is_none() && is_nd(c)))
                    == *wanted
            }
            Item::Word(wanted) => is_word(c) == *wanted,
            Item::Space(wanted) => c.is_whitespace() == *wanted,
            Item::Category(pattern) => pattern.is_match(c.encode_utf8(&mut [0; 4])).unwrap_or(false),
        }
    }
}

/// Decimal digits of other scripts stand in runs of ten; enough of them for `\d`.
fn is_nd(c: char) -> bool {
    matches!(c as u32, 0x660..=0x669 | 0x6f0..=0x6f9 | 0x7c0..=0x7c9 | 0x966..=0x96f | 0x9e6..=0x9ef | 0xa66..=0xa6f
        | 0xae6..=0xaef | 0xb66..=0xb6f | 0xbe6..=0xbef | 0xc66..=0xc6f | 0xce6..=0xcef | 0xd66..=0xd6f | 0xe50..=0xe59
        | 0xed0..=0xed9 | 0xf20..=0xf29 | 0x1040..=0x1049 | 0x17e0..=0x17e9 | 0x1810..=0x1819 | 0xff10..=0xff19)
}

impl Set {
    fn one(c: char, ignore_case: bool) -> Set {
        Set { negative: false, items: vec![Item::Range(c, c)], minus: None, ignore_case }
    }
    fn of(items: Vec<Item>, negative: bool) -> Set {
        Set { negative, items, minus: None, ignore_case: false }
    }
    fn has(&self, c: char) -> bool {
        let found = if self.ignore_case {
            variants(c).iter().any(|c| self.items.iter().any(|item| item.has(*c)))
        } else {
            self.items.iter().any(|item| item.has(c))
        };
        found != self.negative && !self.minus.as_ref().is_some_and(|minus| minus.has(c))
    }
}

enum Op {
    One(usize, bool),
    Many { set: usize, least: u32, most: Option<u32>, back: bool },
    Split(usize, usize),
    Jump(usize),
    Open(usize),
    Close { group: Option<usize>, takes: Option<usize>, place: usize },
    Assert(Assert),
    Same { group: usize, ignore_case: bool, back: bool },
    Look { end: usize, negative: bool },
    Atomic { end: usize },
    IfGroup(usize, usize),
    IfFound { end: usize, no: usize },
    Mark(usize),
    Check(usize, usize),
    End,
}

/// A pattern ready to run.
pub(super) struct Program {
    ops: Vec<Op>,
    sets: Vec<Set>,
    places: usize,
    groups: usize,
    backwards: bool,
    /// Whether a loop that may take nothing has a group within.
    empty_loops: bool,
    steps_max: usize,
}

/// Where a match was found, in bytes; every capture of every group by .NET's number.
pub(super) type Captures = Vec<Vec<(usize, usize)>>;

struct Parser<'a> {
    source: &'a str,
    chars: Vec<char>,
    at: usize,
    seen: usize,
    groups: &'a [GroupName],
    sets: Vec<Set>,
    depth: usize,
}

impl Program {
    pub(super) fn new(pattern: &str, options: i64, groups: &[GroupName]) -> Result<Program> {
        let mode = Mode::of(options);
        let mut parser = Parser {
            source: pattern,
            chars: pattern.chars().collect(),
            at: 0,
            seen: 0,
            groups,
            sets: Vec::new(),
            depth: 0,
        };
        let node = parser.either(mode)?;
        let backwards = options & 64 != 0;
        let mut program = Program {
            ops: Vec::new(),
            sets: parser.sets,
            places: 0,
            groups: groups.len(),
            backwards,
            empty_loops: false,
            steps_max: STEPS_MAX,
        };
        program
            .compile(&node, backwards)
            .ok_or_else(|| parse_error(pattern, 0, "The pattern is too large."))?;
        program.ops.push(Op::End);
        Ok(program)
    }

    /// The same with another limit of steps.
    #[must_use]
    pub(super) fn limited(mut self, steps_max: usize) -> Program {
        self.steps_max = steps_max;
        self
    }
    /// Whether a loop keeps a capture of nothing as its last one.
    pub(super) fn captures_nothing_in_loops(&self) -> bool {
        self.empty_loops
    }

    fn emit(&mut self, op: Op) -> Option<usize> {
        if self.ops.len() >= PROGRAM_MAX {
            return None;
        }
        self.ops.push(op);
        Some(self.ops.len() - 1)
    }
    fn patch(&mut self, at: usize) {
        let here = self.ops.len();
        match &mut self.ops[at] {
            Op::Split(_, to) | Op::Jump(to) | Op::IfGroup(_, to) | Op::Check(_, to) => *to = here,
            Op::Look { end, .. } | Op::Atomic { end } | Op::IfFound { end, .. } => *end = here,
            _ => {}
        }
    }

    /// `None`: there would be too much of it.
    fn compile(&mut self, node: &Node, back: bool) -> Option<()> {
        match node {
            Node::Empty => Some(()),
            Node::One(set) => self.emit(Op::One(*set, back)).map(drop),
            // What is matched backwards is matched from its last part on.
            Node::Sequence(parts) if back => parts.iter().rev().try_for_each(|part| self.compile(part, back)),
            Node::Sequence(parts) => parts.iter().try_for_each(|part| self.compile(part, back)),
            Node::Either(ways) => self.either(ways, back),
            Node::Repeat { what, least, most, greedy } => self.repeat(what, *least, *most, *greedy, back),
            Node::Group { group: None, takes: None, inside } => self.compile(inside, back),
            Node::Group { group, takes, inside } => self.group(*group, *takes, inside, back),
            Node::Look { inside, behind, negative } => {
                self.within(Op::Look { end: 0, negative: *negative }, inside, *behind)
            }
            Node::Atomic(inside) => self.within(Op::Atomic { end: 0 }, inside, back),
            Node::Assert(what) => self.emit(Op::Assert(*what)).map(drop),
            Node::Same { group, ignore_case } => {
                self.emit(Op::Same { group: *group, ignore_case: *ignore_case, back }).map(drop)
            }
            Node::IfGroup { group, yes, no } => {
                let test = self.emit(Op::IfGroup(*group, 0))?;
                self.branches(test, yes, no, back)
            }
            Node::IfFound { condition, yes, no } => {
                let test = self.emit(Op::IfFound { end: 0, no: 0 })?;
                self.compile(condition, false)?;
                self.emit(Op::End)?;
                self.patch(test);
                self.branches(test, yes, no, back)
            }
        }
    }

    /// Ways that are tried one after the other.
    fn either(&mut self, ways: &[Node], back: bool) -> Option<()> {
        let Some((last, others)) = ways.split_last() else { return Some(()) };
        let mut ends = Vec::new();
        for way in others {
            let split = self.emit(Op::Split(self.ops.len() + 1, 0))?;
            self.compile(way, back)?;
            ends.push(self.emit(Op::Jump(0))?);
            self.patch(split);
        }
        self.compile(last, back)?;
        ends.into_iter().for_each(|end| self.patch(end));
        Some(())
    }

    fn repeat(&mut self, what: &Node, least: u32, most: Option<u32>, greedy: bool, back: bool) -> Option<()> {
        if let (Node::One(set), true) = (what, greedy) {
            return self.emit(Op::Many { set: *set, least, most, back }).map(drop);
        }
        (0..least).try_for_each(|_| self.compile(what, back))?;
        let Some(most) = most else { return self.star(what, greedy, back) };
        let mut splits = Vec::new();
        for _ in least..most {
            splits.push(self.fork(greedy)?);
            self.compile(what, back)?;
        }
        splits.into_iter().for_each(|split| self.land(split, greedy));
        Some(())
    }

    fn group(&mut self, group: Option<usize>, takes: Option<usize>, inside: &Node, back: bool) -> Option<()> {
        let place = self.places;
        self.places += 1;
        self.emit(Op::Open(place))?;
        self.compile(inside, back)?;
        self.emit(Op::Close { group, takes, place }).map(drop)
    }

    /// Code that runs by itself, from its operation to its end.
    fn within(&mut self, op: Op, inside: &Node, back: bool) -> Option<()> {
        let begin = self.emit(op)?;
        self.compile(inside, back)?;
        self.emit(Op::End)?;
        self.patch(begin);
        Some(())
    }

    /// What stands behind a test, and what it jumps to where the test fails.
    fn branches(&mut self, test: usize, yes: &Node, no: &Node, back: bool) -> Option<()> {
        self.compile(yes, back)?;
        let end = self.emit(Op::Jump(0))?;
        let here = self.ops.len();
        match &mut self.ops[test] {
            Op::IfFound { no, .. } => *no = here,
            _ => self.patch(test),
        }
        self.compile(no, back)?;
        self.patch(end);
        Some(())
    }

    /// A choice between what follows and somewhere else, the greedy one trying what follows first.
    fn fork(&mut self, greedy: bool) -> Option<usize> {
        let next = self.ops.len() + 1;
        self.emit(if greedy { Op::Split(next, 0) } else { Op::Split(0, next) })
    }
    fn land(&mut self, at: usize, greedy: bool) {
        let here = self.ops.len();
        if let Op::Split(first, second) = &mut self.ops[at] {
            *(if greedy { second } else { first }) = here;
        }
    }
    fn star(&mut self, what: &Node, greedy: bool, back: bool) -> Option<()> {
        self.empty_loops |= what.may_be_empty() && what.has_group();
        let place = self.places;
        self.places += 1;
        let fork = self.fork(greedy)?;
        self.emit(Op::Mark(place))?;
        self.compile(what, back)?;
        // An iteration that took nothing ends the loop.
        let check = self.emit(Op::Check(place, 0))?;
        self.emit(Op::Jump(fork))?;
        self.land(fork, greedy);
        self.patch(check);
        Some(())
    }

    /// The first match from a byte on (or back from it, where the pattern reads from right to left); `Err`: it
    /// took too long.
    pub(super) fn find(&self, subject: &Letters, from: Start) -> std::result::Result<Option<Captures>, ()> {
        let offsets = &subject.offsets;
        let origin = offsets.partition_point(|at| *at < from.origin);
        let mut machine = Machine {
            program: self,
            chars: &subject.chars,
            captures: vec![Vec::new(); self.groups],
            places: vec![usize::MAX; self.places],
            undo: Vec::new(),
            stack: Vec::new(),
            steps: 0,
            origin,
        };
        let mut start = offsets.partition_point(|at| *at < from.at);
        loop {
            machine.captures.iter_mut().for_each(Vec::clear);
            machine.undo.clear();
            if let Some(end) = machine.run(0, start)? {
                machine.captures[0] = vec![(start.min(end), start.max(end))];
                let in_bytes = |place: &(usize, usize)| (offsets[place.0], offsets[place.1]);
                return Ok(Some(
                    machine.captures.iter().map(|group| group.iter().map(in_bytes).collect()).collect(),
                ));
            }
            let last = if self.backwards { 0 } else { machine.chars.len() };
            if start == last {
                return Ok(None);
            }
            start = if self.backwards { start - 1 } else { start + 1 };
        }
    }
}

/// A text as its letters, and where each begins in bytes.
pub(super) struct Letters {
    chars: Vec<char>,
    offsets: Vec<usize>,
}

impl Letters {
    pub(super) fn of(text: &str) -> Letters {
        let mut offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        offsets.push(text.len());
        Letters { chars: text.chars().collect(), offsets }
    }
}

enum Undo {
    Drop(usize),
    Give(usize, (usize, usize)),
    Place(usize, usize),
}

enum Way {
    At {
        pc: usize,
        at: usize,
        undo: usize,
    },
    /// A run of one character's class, which may end earlier.
    Fewer {
        pc: usize,
        at: usize,
        least: usize,
        back: bool,
        undo: usize,
    },
}

struct Machine<'a> {
    program: &'a Program,
    chars: &'a [char],
    captures: Vec<Vec<(usize, usize)>>,
    places: Vec<usize>,
    undo: Vec<Undo>,
    stack: Vec<Way>,
    steps: usize,
    origin: usize,
}

impl Machine<'_> {
    fn roll_back(&mut self, to: usize) {
        while self.undo.len() > to {
            match self.undo.pop() {
                Some(Undo::Drop(group)) => drop(self.captures[group].pop()),
                Some(Undo::Give(group, place)) => self.captures[group].push(place),
                Some(Undo::Place(at, old)) => self.places[at] = old,
                None => return,
            }
        }
    }
    fn set_place(&mut self, place: usize, at: usize) {
        self.undo.push(Undo::Place(place, self.places[place]));
        self.places[place] = at;
    }
    fn neighbour(&self, at: usize, back: bool) -> Option<char> {
        if back { at.checked_sub(1).map(|at| self.chars[at]) } else { self.chars.get(at).copied() }
    }

    /// Runs from an operation until its end; where that was reached.
    fn run(&mut self, pc: usize, at: usize) -> std::result::Result<Option<usize>, ()> {
        let (base, entered) = (self.stack.len(), self.undo.len());
        let (mut pc, mut at) = (pc, at);
        loop {
            self.steps += 1;
            if self.steps > self.program.steps_max || self.stack.len() > WAYS_BACK_MAX {
                return Err(());
            }
            if matches!(self.program.ops[pc], Op::End) {
                self.stack.truncate(base);
                return Ok(Some(at));
            }
            match self.step(pc, at)? {
                Some(next) => (pc, at) = next,
                None => match self.way_back(base) {
                    Some(next) => (pc, at) = next,
                    None => {
                        self.roll_back(entered);
                        return Ok(None);
                    }
                },
            }
        }
    }

    fn way_back(&mut self, base: usize) -> Option<(usize, usize)> {
        if self.stack.len() <= base {
            return None;
        }
        match self.stack.pop()? {
            Way::At { pc, at, undo } => {
                self.roll_back(undo);
                Some((pc, at))
            }
            Way::Fewer { pc, at, least, back, undo } => {
                self.roll_back(undo);
                let at = if back { at + 1 } else { at - 1 };
                if at != least {
                    self.stack.push(Way::Fewer { pc, at, least, back, undo });
                }
                Some((pc, at))
            }
        }
    }

    /// One operation: where to go on, or nothing when it does not fit.
    fn step(&mut self, pc: usize, at: usize) -> std::result::Result<Option<(usize, usize)>, ()> {
        let program = self.program;
        let next = pc + 1;
        Ok(match &program.ops[pc] {
            Op::One(set, back) => match self.neighbour(at, *back) {
                Some(c) if program.sets[*set].has(c) => Some((next, if *back { at - 1 } else { at + 1 })),
                _ => None,
            },
            Op::Many { set, least, most, back } => {
                let (set, most) = (&program.sets[*set], most.unwrap_or(u32::MAX));
                let (mut count, mut end) = (0, at);
                let mut earliest = at;
                while count < most && self.neighbour(end, *back).is_some_and(|c| set.has(c)) {
                    end = if *back { end - 1 } else { end + 1 };
                    count += 1;
                    if count == *least {
                        earliest = end;
                    }
                }
                self.steps += count as usize;
                if count < *least {
                    return Ok(None);
                }
                if end != earliest {
                    let undo = self.undo.len();
                    self.stack.push(Way::Fewer { pc: next, at: end, least: earliest, back: *back, undo });
                }
                Some((next, end))
            }
            Op::Split(first, second) => {
                self.stack.push(Way::At { pc: *second, at, undo: self.undo.len() });
                Some((*first, at))
            }
            Op::Jump(to) => Some((*to, at)),
            Op::Open(place) | Op::Mark(place) => {
                self.set_place(*place, at);
                Some((next, at))
            }
            Op::Check(place, out) => Some((if self.places[*place] == at { *out } else { next }, at)),
            Op::Close { group, takes, place } => self.close(*group, *takes, *place, at).then_some((next, at)),
            Op::Assert(what) => self.holds(*what, at).then_some((next, at)),
            Op::Same { group, ignore_case, back } => {
                self.same(*group, *ignore_case, *back, at).map(|at| (next, at))
            }
            Op::Look { end, negative } => {
                let undo = self.undo.len();
                let found = self.run(next, at)?.is_some();
                if *negative {
                    self.roll_back(undo);
                }
                (found != *negative).then_some((*end, at))
            }
            Op::Atomic { end } => self.run(next, at)?.map(|at| (*end, at)),
            Op::IfGroup(group, no) => Some((if self.captures[*group].is_empty() { *no } else { next }, at)),
            Op::IfFound { end, no } => Some((if self.run(next, at)?.is_some() { *end } else { *no }, at)),
            Op::End => None,
        })
    }

    /// Keeps what a group matched; a balancing one gives a capture of another back, and fits only while that has one.
    fn close(&mut self, group: Option<usize>, takes: Option<usize>, place: usize, at: usize) -> bool {
        let opened = self.places[place];
        let (mut start, mut end) = (opened.min(at), opened.max(at));
        if let Some(other) = takes {
            let Some(taken) = self.captures[other].pop() else { return false };
            self.undo.push(Undo::Give(other, taken));
            // What is kept is the text between the two.
            if start >= taken.1 {
                (start, end) = (taken.1, start);
            } else if end <= taken.0 {
                start = taken.0;
            } else {
                (start, end) = (start.max(taken.0), end.min(taken.1));
            }
        }
        if let Some(group) = group {
            self.captures[group].push((start, end.max(start)));
            self.undo.push(Undo::Drop(group));
        }
        true
    }

    fn same(&self, group: usize, ignore_case: bool, back: bool, at: usize) -> Option<usize> {
        let (start, end) = *self.captures[group].last()?;
        let length = end - start;
        let from = if back { at.checked_sub(length)? } else { at };
        let there = self.chars.get(from..from + length)?;
        let same = |(a, b): (&char, &char)| a == b || (ignore_case && same_letter(*a, *b));
        let fits = self.chars[start..end].iter().zip(there).all(same);
        fits.then_some(if back { from } else { at + length })
    }

    fn holds(&self, what: Assert, at: usize) -> bool {
        let length = self.chars.len();
        let word = |at: Option<usize>| at.and_then(|at| self.chars.get(at)).is_some_and(|c| is_word(*c));
        let edge = || word(at.checked_sub(1)) != word(Some(at));
        match what {
            Assert::Start => at == 0,
            Assert::End => at == length,
            Assert::EndOrLastLine => at == length || (at + 1 == length && self.chars[at] == '\n'),
            Assert::LineStart => at == 0 || self.chars[at - 1] == '\n',
            Assert::LineEnd => at == length || self.chars[at] == '\n',
            Assert::WordEdge => edge(),
            Assert::NoWordEdge => !edge(),
            Assert::Origin => at == self.origin,
        }
    }
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }
    fn starts(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(offset, c)| self.chars.get(self.at + offset) == Some(&c))
    }
    fn wrong(&self, why: &str) -> crate::Exception {
        parse_error(self.source, self.at, why)
    }
    fn set(&mut self, set: Set) -> Node {
        self.sets.push(set);
        Node::One(self.sets.len() - 1)
    }

    fn either(&mut self, mut mode: Mode) -> Result<Node> {
        self.depth += 1;
        if self.depth > NESTING_LEVELS_MAX {
            return Err(self.wrong("Nested too deeply."));
        }
        let (mut ways, mut parts) = (Vec::new(), Vec::new());
        while let Some(c) = self.peek().filter(|c| *c != ')') {
            match c {
                '|' => {
                    self.at += 1;
                    ways.push(Node::Sequence(std::mem::take(&mut parts)));
                }
                _ if mode.blanks && c.is_whitespace() => self.at += 1,
                '#' if mode.blanks => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                }
                '(' if self.starts("(?#") => {
                    while self.peek().is_some_and(|c| c != ')') {
                        self.at += 1;
                    }
                    self.at += 1;
                }
                '(' => match mode.changed_at(&self.chars, self.at) {
                    Some((changed, end)) if self.chars.get(end) == Some(&')') => {
                        mode = changed;
                        self.at = end + 1;
                    }
                    _ => {
                        let group = self.group(mode)?;
                        parts.push(self.repeated(group, mode)?);
                    }
                },
                _ => {
                    let atom = self.atom(mode)?;
                    parts.push(self.repeated(atom, mode)?);
                }
            }
        }
        self.depth -= 1;
        ways.push(Node::Sequence(parts));
        Ok(if ways.len() == 1 { ways.pop().unwrap_or(Node::Empty) } else { Node::Either(ways) })
    }

    fn repeated(&mut self, mut node: Node, mode: Mode) -> Result<Node> {
        loop {
            while mode.blanks && self.peek().is_some_and(char::is_whitespace) {
                self.at += 1;
            }
            let (least, most) = match self.peek() {
                Some('*') => (0, None),
                Some('+') => (1, None),
                Some('?') => (0, Some(1)),
                Some('{') => match self.counts() {
                    Some((least, most, length)) => {
                        self.at += length - 1;
                        (least, most)
                    }
                    None => return Ok(node),
                },
                _ => return Ok(node),
            };
            self.at += 1;
            let greedy = self.peek() != Some('?');
            if !greedy {
                self.at += 1;
            }
            node = Node::Repeat { what: Box::new(node), least, most, greedy };
        }
    }
    fn counts(&self) -> Option<(u32, Option<u32>, usize)> {
        let inside: String = self.chars[self.at + 1..].iter().take(24).take_while(|c| **c != '}').collect();
        let length = inside.chars().count() + 2;
        if self.chars.get(self.at + length - 1) != Some(&'}') {
            return None;
        }
        match inside.split_once(',') {
            None => inside.parse().ok().map(|n| (n, Some(n), length)),
            Some((least, "")) => Some((least.parse().ok()?, None, length)),
            Some((least, most)) => Some((least.parse().ok()?, Some(most.parse().ok()?), length)),
        }
    }

    fn closed(&mut self, mode: Mode) -> Result<Node> {
        let inside = self.either(mode)?;
        if self.peek() != Some(')') {
            return Err(self.wrong("Not enough )'s."));
        }
        self.at += 1;
        Ok(inside)
    }

    fn named(&self, name: &str) -> Option<usize> {
        super::group_of(self.groups, name)
    }
    /// .NET's number of the next group that is opened.
    fn next_group(&mut self) -> Option<usize> {
        self.seen += 1;
        self.groups.iter().position(|group| group.slots.contains(&self.seen))
    }

    fn group(&mut self, mode: Mode) -> Result<Node> {
        if !self.starts("(?") {
            self.at += 1;
            let group = if mode.explicit { None } else { self.next_group() };
            let inside = Box::new(self.closed(mode)?);
            return Ok(Node::Group { group, takes: None, inside });
        }
        let look = [("(?=", false, false), ("(?!", false, true), ("(?<=", true, false), ("(?<!", true, true)];
        for (text, behind, negative) in look {
            if self.starts(text) {
                self.at += text.len();
                return Ok(Node::Look { inside: Box::new(self.closed(mode)?), behind, negative });
            }
        }
        if self.starts("(?:") {
            self.at += 3;
            return self.closed(mode);
        }
        if self.starts("(?>") {
            self.at += 3;
            return Ok(Node::Atomic(Box::new(self.closed(mode)?)));
        }
        if self.starts("(?(") {
            return self.conditional(mode);
        }
        for (start, close) in [("(?<", '>'), ("(?'", '\'')] {
            if !self.starts(start) {
                continue;
            }
            let name: String = self.chars[self.at + 3..].iter().take_while(|c| **c != close).collect();
            self.at += 4 + name.chars().count();
            let (own, other) = name.split_once('-').map_or((&*name, None), |(own, other)| (own, Some(other)));
            let takes =
                match other {
                    Some(other) => Some(self.named(other).ok_or_else(|| {
                        self.wrong(&format!("Reference to undefined group name '{other}'."))
                    })?),
                    None => None,
                };
            let group = if own.is_empty() { None } else { self.next_group() };
            let inside = Box::new(self.closed(mode)?);
            return Ok(Node::Group { group, takes, inside });
        }
        match mode.changed_at(&self.chars, self.at) {
            Some((changed, end)) if self.chars.get(end) == Some(&':') => {
                self.at = end + 1;
                self.closed(changed)
            }
            _ => Err(self.wrong("Unrecognized grouping construct.")),
        }
    }

    fn conditional(&mut self, mode: Mode) -> Result<Node> {
        let name: String = self.chars[self.at + 3..].iter().take_while(|c| **c != ')').collect();
        let split = |node: Node| match node {
            Node::Either(mut ways) if ways.len() == 2 => {
                let no = ways.pop().unwrap_or(Node::Empty);
                (ways.pop().unwrap_or(Node::Empty), no)
            }
            one => (one, Node::Empty),
        };
        if let Some(group) = self.named(&name) {
            self.at += 4 + name.chars().count();
            let (yes, no) = split(self.closed(mode)?);
            return Ok(Node::IfGroup { group, yes: Box::new(yes), no: Box::new(no) });
        }
        self.at += 2;
        let condition = if self.starts("(?") {
            Box::new(self.group(mode)?)
        } else {
            self.at += 1;
            Box::new(self.closed(mode)?)
        };
        let (yes, no) = split(self.closed(mode)?);
        Ok(Node::IfFound { condition, yes: Box::new(yes), no: Box::new(no) })
    }

    fn atom(&mut self, mode: Mode) -> Result<Node> {
        let c = self.peek().unwrap_or_default();
        self.at += 1;
        Ok(match c {
            '.' if mode.singleline => self.set(Set::of(Vec::new(), true)),
            '.' => self.set(Set::of(vec![Item::Range('\n', '\n')], true)),
            '^' => Node::Assert(if mode.multiline { Assert::LineStart } else { Assert::Start }),
            '$' => Node::Assert(if mode.multiline { Assert::LineEnd } else { Assert::EndOrLastLine }),
            '[' => {
                let set = self.class(mode)?;
                self.set(set)
            }
            '\\' => return self.escape(mode),
            other => self.set(Set::one(other, mode.ignore_case)),
        })
    }

    fn escape(&mut self, mode: Mode) -> Result<Node> {
        let assert = match self.peek() {
            Some('A') => Some(Assert::Start),
            Some('z') => Some(Assert::End),
            Some('Z') => Some(Assert::EndOrLastLine),
            Some('b') => Some(Assert::WordEdge),
            Some('B') => Some(Assert::NoWordEdge),
            Some('G') => Some(Assert::Origin),
            _ => None,
        };
        if let Some(assert) = assert {
            self.at += 1;
            return Ok(Node::Assert(assert));
        }
        let named = match (self.peek(), self.chars.get(self.at + 1)) {
            (Some('k'), Some('<')) => Some('>'),
            (Some('k'), Some('\'')) => Some('\''),
            _ => None,
        };
        if let Some(close) = named {
            let name: String = self.chars[self.at + 2..].iter().take_while(|c| **c != close).collect();
            self.at += 3 + name.chars().count();
            let group = self.named(&name).ok_or_else(|| self.wrong("Reference to undefined group name."))?;
            return Ok(Node::Same { group, ignore_case: mode.ignore_case });
        }
        if let Some('1'..='9') = self.peek() {
            let digits: String =
                self.chars[self.at..].iter().take(4).take_while(|c| c.is_ascii_digit()).collect();
            for length in (1..=digits.len()).rev() {
                if let Some(group) = self.named(&digits[..length]) {
                    self.at += length;
                    return Ok(Node::Same { group, ignore_case: mode.ignore_case });
                }
            }
        }
        let item = self.class_escape()?;
        let ignore_case = mode.ignore_case && matches!(item, Item::Range(..));
        Ok(self.set(Set { negative: false, items: vec![item], minus: None, ignore_case }))
    }

    /// What stands behind a backslash, as characters.
    fn class_escape(&mut self) -> Result<Item> {
        let Some(c) = self.peek() else { return Err(self.wrong("Illegal \\ at end of pattern.")) };
        self.at += 1;
        let digits = |parser: &mut Self, width: usize, radix: u32| {
            let text: String =
                parser.chars[parser.at..].iter().take(width).take_while(|c| c.is_digit(radix)).collect();
            parser.at += text.len();
            u32::from_str_radix(&text, radix).ok().and_then(char::from_u32).unwrap_or('\0')
        };
        let one = match c {
            'd' | 'D' => return Ok(Item::Digit(c == 'd')),
            'w' | 'W' => return Ok(Item::Word(c == 'w')),
            's' | 'S' => return Ok(Item::Space(c == 's')),
            'p' | 'P' => return self.category(c == 'P'),
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'f' => '\u{c}',
            'v' => '\u{b}',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'e' => '\u{1b}',
            'x' => digits(self, 2, 16),
            'u' => digits(self, 4, 16),
            'c' => {
                let letter = self.peek().unwrap_or('@').to_ascii_uppercase();
                self.at += 1;
                char::from_u32((letter as u32).wrapping_sub(64)).unwrap_or('\0')
            }
            '0'..='7' => {
                self.at -= 1;
                digits(self, 3, 8)
            }
            other => other,
        };
        Ok(Item::Range(one, one))
    }

    fn category(&mut self, negative: bool) -> Result<Item> {
        let name: String = self.chars[self.at..].iter().skip(1).take_while(|c| **c != '}').collect();
        self.at += name.chars().count() + 2;
        let sign = if negative { "^" } else { "" };
        let inside = match super::translate::block(&name) {
            Some((from, to)) => format!("\\x{{{from:X}}}-\\x{{{to:X}}}"),
            None => format!("\\p{{{name}}}"),
        };
        fancy_regex::Regex::new(&format!("^[{sign}{inside}]$"))
            .map(Item::Category)
            .map_err(|_| self.wrong(&format!("Unknown property '{name}'.")))
    }

    fn class(&mut self, mode: Mode) -> Result<Set> {
        let negative = self.peek() == Some('^');
        if negative {
            self.at += 1;
        }
        let (mut items, mut first) = (Vec::new(), true);
        loop {
            let Some(c) = self.peek() else { return Err(self.wrong("Unterminated [] set.")) };
            self.at += 1;
            if c == ']' && !first {
                return Ok(Set { negative, items, minus: None, ignore_case: mode.ignore_case });
            }
            if c == '-' && self.peek() == Some('[') && !first {
                self.at += 1;
                let minus = Some(Box::new(self.class(mode)?));
                self.at += 1;
                return Ok(Set { negative, items, minus, ignore_case: mode.ignore_case });
            }
            first = false;
            let item = if c == '\\' { self.class_escape()? } else { Item::Range(c, c) };
            let range = self.peek() == Some('-')
                && self.chars.get(self.at + 1).is_some_and(|next| *next != ']' && *next != '[');
            let Item::Range(from, _) = item else {
                items.push(item);
                continue;
            };
            if !range {
                items.push(item);
                continue;
            }
            self.at += 1;
            let end = self.peek().unwrap_or_default();
            self.at += 1;
            let end = if end == '\\' { self.class_escape()? } else { Item::Range(end, end) };
            match end {
                Item::Range(to, _) => items.push(Item::Range(from, to)),
                other => items.extend([item, other]),
            }
        }
    }
}
