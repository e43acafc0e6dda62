//! Threads: by subject, and by References.  [RFC 5256 3] [RFC 5256 4]
//!
//! The trees are kept as parent and child numbers in vectors and walked with a stack: a thread may be as deep
//! as it has messages.

use std::collections::HashMap;

use object::Time;

use super::run::fold;

/// What threading looks at.
#[derive(Clone, Debug)]
pub(crate) struct Threadable {
    /// What is shown of it.
    pub(crate) number: u32,
    pub(crate) sent: Time,
    pub(crate) base_subject: String,
    pub(crate) is_reply: bool,
    pub(crate) message_id: Option<String>,
    pub(crate) references: Vec<String>,
}

/// By base subject: the earliest is the parent of all others. `ORDEREDSUBJECT` [RFC 5256 3]
pub(crate) fn by_subject(mut messages: Vec<Threadable>) -> String {
    messages.sort_by_key(|message| (message.sent, message.number));
    let mut threads: Vec<Vec<u32>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for message in &messages {
        let at = *known.entry(fold(&message.base_subject)).or_insert_with(|| {
            threads.push(Vec::new());
            threads.len() - 1
        });
        threads[at].push(message.number);
    }
    threads.iter().map(|thread| flat(thread)).collect()
}

/// `(1 2)`, `(1 (2)(3))`.
fn flat(thread: &[u32]) -> String {
    match thread {
        [first, second] => format!("({first} {second})"),
        [first, rest @ ..] if !rest.is_empty() => {
            let rest: String = rest.iter().map(|number| format!("({number})")).collect();
            format!("({first} {rest})")
        }
        rest => format!("({})", rest.iter().map(u32::to_string).collect::<Vec<_>>().join(" ")),
    }
}

/// A place in the tree: a message, or one that others name and that is not here.
#[derive(Default)]
struct Node {
    message: Option<usize>,
    parent: Option<usize>,
    children: Vec<usize>,
    /// Whether its message has named its parent, which is the last word even where it would close a circle.
    settled: bool,
}

/// The forest under way.
struct Forest {
    messages: Vec<Threadable>,
    nodes: Vec<Node>,
    /// For each node another one of its tree, nearer to the one that stands for the tree; that one names itself.
    groups: Vec<usize>,
}

/// By References, then by subject. `REFERENCES` [RFC 5256 3]
pub(crate) fn by_references(mut messages: Vec<Threadable>) -> String {
    messages.sort_by_key(|message| message.number);
    let mut forest = Forest { messages, nodes: Vec::new(), groups: Vec::new() };
    forest.link();
    let mut roots = forest.prune();
    forest.sort(&mut roots);
    let roots = forest.gather_subjects(roots);
    forest.sort_all(&roots);
    let mut roots = roots;
    forest.sort(&mut roots);
    roots.iter().map(|&root| forest.shown(root)).collect()
}

impl Forest {
    fn node(&mut self) -> usize {
        self.nodes.push(Node::default());
        self.groups.push(self.groups.len());
        self.nodes.len() - 1
    }

    /// Step 1: links messages by their ids. What a message says of its own parent is worth more than what others say
    /// of it, and so comes first: no link has to be undone, and every tree has one root from then on.
    fn link(&mut self) {
        let mut by_id: HashMap<String, usize> = HashMap::new();
        let mut chains: Vec<Vec<usize>> = Vec::new();
        for at in 0..self.messages.len() {
            let own = self.own_place(at, &mut by_id);
            self.nodes[own].message = Some(at);
            let references = std::mem::take(&mut self.messages[at].references);
            let chain: Vec<usize> =
                references.into_iter().map(|id| *by_id.entry(id).or_insert_with(|| self.node())).collect();
            if let Some(&parent) = chain.last() {
                self.nodes[own].settled = true;
                self.adopt(parent, own);
            }
            chains.extend((chain.len() > 1).then_some(chain));
        }
        for pair in chains.iter().flat_map(|chain| chain.windows(2)) {
            if self.nodes[pair[1]].parent.is_none() && !self.nodes[pair[1]].settled {
                self.adopt(pair[0], pair[1]);
            }
        }
    }

    fn own_place(&mut self, at: usize, by_id: &mut HashMap<String, usize>) -> usize {
        let Some(id) = self.messages[at].message_id.take() else { return self.node() };
        let known = *by_id.entry(id).or_insert_with(|| self.node());
        // A second message with the same id is a message without one. [RFC 5256 3]
        if self.nodes[known].message.is_none() { known } else { self.node() }
    }

    /// Makes `child`, which has no parent, a child of `parent`, unless that closes a circle: then both are in the tree
    /// whose root the child is. Told by group, since a walk to the root of long threads is too far to go for each.
    fn adopt(&mut self, parent: usize, child: usize) {
        let (group, joining) = (self.group(parent), self.group(child));
        if group != joining {
            self.groups[joining] = group;
            self.attach(parent, child);
        }
    }

    fn attach(&mut self, parent: usize, child: usize) {
        self.nodes[child].parent = Some(parent);
        self.nodes[parent].children.push(child);
    }

    /// The node that stands for the tree of `node`; the way to it is halved for who asks next.
    fn group(&mut self, mut node: usize) -> usize {
        while self.groups[node] != node {
            self.groups[node] = self.groups[self.groups[node]];
            node = self.groups[node];
        }
        node
    }

    /// Steps 2 and 3: drops places without a message; their children move up, at the root only a single one does.
    fn prune(&mut self) -> Vec<usize> {
        let tops: Vec<usize> =
            (0..self.nodes.len()).filter(|&node| self.nodes[node].parent.is_none()).collect();
        for node in self.below_first(&tops) {
            self.nodes[node].children = self.kept(node);
        }
        for node in 0..self.nodes.len() {
            for at in 0..self.nodes[node].children.len() {
                let child = self.nodes[node].children[at];
                self.nodes[child].parent = Some(node);
            }
        }
        let mut roots = Vec::new();
        for top in tops {
            match (self.nodes[top].message, self.nodes[top].children.as_slice()) {
                (None, []) => {}
                (None, &[only]) => {
                    self.nodes[only].parent = None;
                    roots.push(only);
                }
                _ => roots.push(top),
            }
        }
        roots
    }

    /// The children of a node, each place without a message replaced by its own children, which are settled. The
    /// longest list takes in the others, in any order: what is moved up through many levels is not copied at each.
    fn kept(&mut self, node: usize) -> Vec<usize> {
        let mut kept: Vec<usize> = Vec::new();
        for child in std::mem::take(&mut self.nodes[node].children) {
            let mut more = match self.nodes[child].message {
                Some(_) => vec![child],
                None => std::mem::take(&mut self.nodes[child].children),
            };
            if more.len() > kept.len() {
                std::mem::swap(&mut kept, &mut more);
            }
            kept.append(&mut more);
        }
        kept
    }

    /// All nodes under `tops`, children before parents.
    fn below_first(&self, tops: &[usize]) -> Vec<usize> {
        let (mut order, mut stack) = (Vec::new(), tops.to_vec());
        while let Some(node) = stack.pop() {
            order.push(node);
            stack.extend(&self.nodes[node].children);
        }
        order.reverse();
        order
    }

    /// The message that stands for a thread: its root's, else its first child's.
    fn head(&self, root: usize) -> Option<&Threadable> {
        let first = || self.nodes[root].children.first().and_then(|&child| self.nodes[child].message);
        self.nodes[root].message.or_else(first).map(|at| &self.messages[at])
    }

    fn date(&self, node: usize) -> (Time, u32) {
        self.head(node).map_or((Time(i64::MAX), u32::MAX), |message| (message.sent, message.number))
    }

    fn sort(&mut self, nodes: &mut [usize]) {
        // The children of a root without message come first: its date is its first child's.
        for &node in nodes.iter() {
            let mut children = std::mem::take(&mut self.nodes[node].children);
            children.sort_by_key(|&child| self.date(child));
            self.nodes[node].children = children;
        }
        nodes.sort_by_key(|&node| self.date(node));
    }

    /// Steps 4 and 6: by date on every level.
    fn sort_all(&mut self, roots: &[usize]) {
        for node in self.below_first(roots) {
            let mut children = std::mem::take(&mut self.nodes[node].children);
            children.sort_by_key(|&child| self.date(child));
            self.nodes[node].children = children;
        }
    }

    fn subject(&self, root: usize) -> String {
        self.head(root).map(|message| fold(&message.base_subject)).unwrap_or_default()
    }

    fn is_reply(&self, root: usize) -> bool {
        self.head(root).is_some_and(|message| message.is_reply)
    }

    /// Step 5: threads with one subject become one.
    fn gather_subjects(&mut self, roots: Vec<usize>) -> Vec<usize> {
        let chosen = self.choose(&roots);
        let mut standing: HashMap<String, usize> = chosen;
        let before = self.nodes.len();
        let mut merged_away = vec![false; before];
        for &root in &roots {
            let subject = self.subject(root);
            let Some(&other) = standing.get(&subject).filter(|&&other| other != root) else { continue };
            let into = self.merge(other, root);
            if into != other {
                merged_away.resize(self.nodes.len(), false);
                standing.insert(subject, into);
            }
            merged_away[root] = true;
            if into != other {
                merged_away[other] = true;
            }
        }
        let made = before..self.nodes.len();
        roots.into_iter().chain(made).filter(|&root| !merged_away[root]).collect()
    }

    /// The thread of each subject that others join: one without message at its root, else the first that is
    /// no reply.
    fn choose(&self, roots: &[usize]) -> HashMap<String, usize> {
        let mut chosen: HashMap<String, usize> = HashMap::new();
        for &root in roots {
            let subject = self.subject(root);
            if subject.is_empty() {
                continue;
            }
            let better = chosen.get(&subject).is_none_or(|&other| {
                let empty = |node: usize| self.nodes[node].message.is_none();
                (empty(root) && !empty(other))
                    || (!empty(other) && self.is_reply(other) && !self.is_reply(root))
            });
            if better {
                chosen.insert(subject, root);
            }
        }
        chosen
    }

    /// Joins `this` thread with the one that stands for its subject; answers the one that stands now.
    fn merge(&mut self, other: usize, this: usize) -> usize {
        let (other_empty, this_empty) =
            (self.nodes[other].message.is_none(), self.nodes[this].message.is_none());
        match (other_empty, this_empty) {
            (true, true) => {
                for child in std::mem::take(&mut self.nodes[this].children) {
                    self.attach(other, child);
                }
                other
            }
            (true, false) => {
                self.attach(other, this);
                other
            }
            (false, _) if self.is_reply(this) && !self.is_reply(other) => {
                self.attach(other, this);
                other
            }
            (false, _) => {
                let both = self.node();
                self.attach(both, other);
                self.attach(both, this);
                both
            }
        }
    }

    /// `(1 2 (3)(4 5))`, without recursion.
    fn shown(&self, root: usize) -> String {
        enum Step {
            Node(usize),
            Close,
        }
        let (mut out, mut stack) = (String::from("("), vec![Step::Close]);
        let mut begin = vec![root];
        loop {
            // A chain of single children is a row of numbers.
            while let Some(node) = begin.pop() {
                if let Some(at) = self.nodes[node].message {
                    if !out.ends_with('(') {
                        out.push(' ');
                    }
                    out.push_str(&self.messages[at].number.to_string());
                }
                match self.nodes[node].children.as_slice() {
                    &[only] => begin.push(only),
                    children => {
                        if !children.is_empty() && !out.ends_with('(') {
                            out.push(' ');
                        }
                        stack.extend(children.iter().rev().map(|&child| Step::Node(child)));
                    }
                }
            }
            match stack.pop() {
                None => return out,
                Some(Step::Close) => out.push(')'),
                Some(Step::Node(node)) => {
                    out.push('(');
                    stack.push(Step::Close);
                    begin.push(node);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(number: u32, id: &str, references: &str, subject: &str, day: i64) -> Threadable {
        let base = message::base_subject(subject);
        Threadable {
            number,
            sent: Time(day * 86_400_000_000),
            base_subject: base.text,
            is_reply: base.is_reply,
            message_id: (!id.is_empty()).then(|| id.to_string()),
            references: references.split_whitespace().map(str::to_string).collect(),
        }
    }

    #[test]
    fn threads_by_references() {
        for (mails, expected) in [
            (vec![], ""),
            (vec![mail(1, "a", "", "x", 1)], "(1)"),
            (
                vec![
                    mail(1, "a", "", "x", 1),
                    mail(2, "b", "a", "Re: x", 2),
                    mail(3, "c", "a b", "Re: x", 3),
                ],
                "(1 2 3)",
            ),
            (
                vec![mail(1, "a", "", "x", 1), mail(2, "b", "a", "y", 2), mail(3, "c", "a", "z", 3)],
                "(1 (2)(3))",
            ),
            // The parent is not here.
            (vec![mail(1, "b", "a", "x", 1), mail(2, "c", "a", "y", 2)], "((1)(2))"),
            (vec![mail(1, "b", "a", "x", 1)], "(1)"),
            // By subject alone.
            (vec![mail(1, "a", "", "x", 1), mail(2, "b", "", "Re: x", 2)], "(1 2)"),
            (vec![mail(1, "a", "", "x", 1), mail(2, "b", "", "x", 2)], "((1)(2))"),
            (vec![mail(1, "a", "", "Re: x", 2), mail(2, "b", "", "x", 1)], "(2 1)"),
            // A circle.
            (vec![mail(1, "a", "b", "x", 1), mail(2, "b", "a", "x", 2)], "(2 1)"),
            (vec![mail(1, "a", "", "", 3), mail(2, "b", "a c", "", 1), mail(3, "c", "b", "", 2)], "(3 2)(1)"),
            // The same id twice.
            (vec![mail(1, "a", "", "x", 1), mail(2, "a", "", "y", 2), mail(3, "c", "a", "z", 3)], "(1 3)(2)"),
            (vec![mail(1, "a", "", "", 1), mail(2, "b", "", "", 2)], "(1)(2)"),
        ] {
            assert_eq!(by_references(mails.clone()), expected, "{mails:?}");
        }
    }

    #[test]
    fn threads_by_subject() {
        let mails = vec![
            mail(1, "", "", "x", 3),
            mail(2, "", "", "Re: X", 1),
            mail(3, "", "", "y", 2),
            mail(4, "", "", "x", 4),
        ];
        assert_eq!(by_subject(mails), "(2 (1)(4))(3)");
    }

    /// Shapes that would take minutes if each message looked at all others.
    #[test]
    fn forty_thousand_messages_of_any_shape() {
        const COUNT: u32 = 40_000;
        let one = |n: u32, references: &str, subject: &str| {
            mail(n + 1, &n.to_string(), references, subject, n.into())
        };
        let missing = |n: u32| (n * 20..n * 20 + 21).map(|id| format!("m{id} ")).collect::<String>();
        let shapes: [Vec<Threadable>; 5] = [
            (0..COUNT).map(|n| one(n, &n.wrapping_sub(1).to_string(), "x")).collect(),
            (0..COUNT).map(|n| one(n, &(n + 1).to_string(), "x")).collect(),
            (0..COUNT).map(|n| one(n, &format!("gone{n}"), &format!("s{n}"))).collect(),
            (0..COUNT).map(|n| one(n, "", "x")).collect(),
            // A long row of messages that are not here, with everybody at its end.
            (0..COUNT).map(|n| one(n, &if n < 1_000 { missing(n) } else { "m20000".into() }, "x")).collect(),
        ];
        for mails in shapes {
            assert_eq!(numbers(&by_references(mails)).len(), COUNT as usize);
        }
    }

    /// The numbers in an answer, in order; its brackets must match.
    fn numbers(shown: &str) -> Vec<u32> {
        let depth = shown.bytes().try_fold(0_usize, |depth, byte| match byte {
            b'(' => Some(depth + 1),
            b')' => depth.checked_sub(1),
            _ => Some(depth),
        });
        assert_eq!(depth, Some(0), "{shown:.100}");
        let words = shown.split(|c: char| !c.is_ascii_digit()).filter(|word| !word.is_empty());
        words.map(|word| word.parse().unwrap()).collect()
    }

    proptest::proptest! {
        #[test]
        fn every_message_is_shown_once(
            mails in proptest::collection::vec(("[a-f]?", "([a-h] ){0,4}", "(Re: )?[xy]?", 0i64..4), 0..14)
        ) {
            let mails: Vec<Threadable> = mails
                .iter()
                .zip(1..)
                .map(|((id, references, subject, day), n)| mail(n, id, references, subject, *day))
                .collect();
            let count = mails.len() as u32;
            for shown in [by_references(mails.clone()), by_subject(mails)] {
                let mut found = numbers(&shown);
                found.sort_unstable();
                proptest::prop_assert_eq!(found, (1..=count).collect::<Vec<_>>(), "{}", shown);
            }
        }
    }
}
