//! LIST shows folders, in the basic form and in all extended ones.  [RFC 9051 6.3.9] [RFC 5258] [RFC 5819] [RFC 6154]
//!
//!     list    = "LIST" [SP "(" [select *(SP select)] ")"] SP mailbox SP patterns [SP "RETURN" SP "(" [return *(SP return)] ")"]
//!     select  = "SUBSCRIBED" / "REMOTE" / "RECURSIVEMATCH" / "SPECIAL-USE"
//!     return  = "SUBSCRIBED" / "CHILDREN" / "SPECIAL-USE" / "STATUS" SP "(" items ")"

use object::{Error, ErrorId, Result};

use super::status::{self, StatusItem};
use super::{State, Verb};
use crate::limits::PATTERNS_MAX;
use crate::reply::Reply;
use crate::session::{Session, blocking};
use crate::tree::{Entry, Tree};
use crate::wire::folder_name::with_inbox;
use crate::wire::out::Out;
use crate::wire::pattern;
use crate::wire::words::{Words, syntax};

#[derive(Default)]
pub(crate) struct List {
    patterns: Vec<String>,
    select: Select,
    give: Give,
    /// Options or several patterns were given: then an empty pattern asks for nothing special.
    extended: bool,
}

/// Which folders are wanted.
#[derive(Clone, Copy, Default)]
struct Select {
    subscribed: bool,
    recursive: bool,
    special_use: bool,
    remote: bool,
}

/// What is to be told of them.
#[derive(Clone, Default)]
struct Give {
    subscribed: bool,
    status: Vec<StatusItem>,
}

impl Verb for List {
    const NAME: &'static str = "LIST";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        let mut list = List::default();
        words.space()?;
        if words.eat(b'(') {
            list.extended = true;
            list.selection(words)?;
            words.space()?;
        }
        let reference = words.pattern()?;
        words.space()?;
        list.read_patterns(words, &reference)?;
        if words.eat(b' ') {
            list.extended = true;
            list.returns(words)?;
        }
        Ok(list)
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let utf8 = session.utf8();
        // An empty pattern asks for the separator. [RFC 9051 6.3.9]
        if !self.extended && self.patterns.iter().all(String::is_empty) {
            session.connection.put(b"* LIST (\\Noselect) \"/\" \"\"\r\n");
            return Ok(Reply::ok("LIST completed"));
        }
        let (reach, deep) =
            (session.reach()?, self.patterns.iter().any(|pattern| pattern.contains(['*', '/'])));
        let (mut tree, above) = blocking(move || reach.tree(deep)).await?;
        let mut out = Out::pieces();
        let matching: Vec<usize> =
            (0..tree.entries.len()).filter(|&at| self.is_named(&tree.entries[at])).collect();
        for at in matching {
            if let Some(line) = self.line(&tree, at) {
                line.write(&mut out, utf8);
                self.status(session, &mut tree.entries[at], &mut out).await?;
            }
        }
        for name in above.iter().filter(|name| self.matches(name)) {
            self.line_above(&tree, name).into_iter().for_each(|line| line.write(&mut out, utf8));
        }
        for name in tree.orphans.iter().filter(|name| self.select.subscribed && self.matches(name)) {
            let attributes = vec!["\\NonExistent", "\\Subscribed"];
            Line { verb: "LIST", attributes, name: name.clone(), child_info: false }.write(&mut out, utf8);
        }
        session.send(out.bytes()).await?;
        Ok(Reply::ok("LIST completed"))
    }
}

impl List {
    fn selection(&mut self, words: &mut Words<'_>) -> Result<()> {
        let mut first = true;
        while !words.eat(b')') {
            if !std::mem::take(&mut first) {
                words.space()?;
            }
            match words.keyword()?.as_str() {
                "SUBSCRIBED" => self.select.subscribed = true,
                "RECURSIVEMATCH" => self.select.recursive = true,
                "SPECIAL-USE" => self.select.special_use = true,
                "REMOTE" => self.select.remote = true,
                other => return Err(syntax(format!("{other:.40} is not a selection option."))),
            }
        }
        // It needs a condition that children can meet. [RFC 5258 3.1]
        if self.select.recursive && !self.select.subscribed {
            return Err(syntax("RECURSIVEMATCH needs another selection option."));
        }
        Ok(())
    }

    fn read_patterns(&mut self, words: &mut Words<'_>, reference: &str) -> Result<()> {
        let whole = |pattern: String| with_inbox(&format!("{reference}{pattern}"));
        if !words.eat(b'(') {
            self.patterns.push(words.pattern()?);
            if !self.patterns[0].is_empty() || !reference.is_empty() {
                let pattern = self.patterns.remove(0);
                // With an empty pattern only the reference's root is asked for.
                self.patterns.push(if pattern.is_empty() { pattern } else { whole(pattern) });
            }
            return Ok(());
        }
        self.extended = true;
        loop {
            self.patterns.push(whole(words.pattern()?));
            if self.patterns.len() > PATTERNS_MAX {
                return Err(Error::limit(ErrorId::TooManyPatterns, "Too many patterns."));
            }
            if words.eat(b')') {
                return Ok(());
            }
            words.space()?;
        }
    }

    fn returns(&mut self, words: &mut Words<'_>) -> Result<()> {
        if !words.eat_word("RETURN") {
            return Err(syntax("RETURN is missing."));
        }
        words.space()?;
        words.need(b'(')?;
        let mut first = true;
        while !words.eat(b')') {
            if !std::mem::take(&mut first) {
                words.space()?;
            }
            match words.keyword()?.as_str() {
                "SUBSCRIBED" => self.give.subscribed = true,
                // Both are always told.
                "CHILDREN" | "SPECIAL-USE" => {}
                "STATUS" => {
                    words.space()?;
                    self.give.status = status::items(words)?;
                }
                other => return Err(syntax(format!("{other:.40} is not a return option."))),
            }
        }
        Ok(())
    }

    fn is_named(&self, entry: &Entry) -> bool {
        self.matches(&entry.name)
    }

    fn matches(&self, name: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern::matches(pattern, name))
    }

    /// The line of a folder that has the right name, if it is wanted.
    fn line(&self, tree: &Tree, at: usize) -> Option<Line> {
        let entry = &tree.entries[at];
        let chosen = (!self.select.subscribed || entry.folder.subscribed)
            && (!self.select.special_use || entry.special_use().is_some());
        let child_info = self.select.recursive && self.has_hidden_match(tree, &entry.name);
        if !chosen && !child_info {
            return None;
        }
        let mut attributes = vec![if entry.has_children { "\\HasChildren" } else { "\\HasNoChildren" }];
        attributes.extend(entry.folder.is_placeholder().then_some("\\Noselect"));
        attributes.extend(entry.special_use());
        let subscribed = entry.folder.subscribed && (self.select.subscribed || self.give.subscribed);
        attributes.extend(subscribed.then_some("\\Subscribed"));
        Some(Line { verb: "LIST", attributes, name: entry.name.clone(), child_info })
    }

    /// The line of a name above other mailboxes, which is no folder.
    fn line_above(&self, tree: &Tree, name: &str) -> Option<Line> {
        let child_info = self.select.recursive && self.has_hidden_match(tree, name);
        let chosen = !self.select.subscribed && !self.select.special_use;
        let attributes = vec!["\\HasChildren", "\\Noselect"];
        (chosen || child_info).then(|| Line { verb: "LIST", attributes, name: name.to_owned(), child_info })
    }

    /// Whether a folder below is wanted and is not shown itself. [RFC 5258 3.5]
    fn has_hidden_match(&self, tree: &Tree, above: &str) -> bool {
        let prefix = format!("{above}/");
        let subscribed = tree.entries.iter().filter(|entry| entry.folder.subscribed).map(|entry| &entry.name);
        subscribed.chain(&tree.orphans).any(|name| name.starts_with(&prefix) && !self.matches(name))
    }

    /// The STATUS line that LIST-STATUS sends behind it. [RFC 5819 2]
    async fn status(&self, session: &mut Session, entry: &mut Entry, out: &mut Out) -> Result<()> {
        if self.give.status.is_empty() || entry.folder.is_placeholder() || !entry.can_count {
            return Ok(());
        }
        session.status_line(entry.clone(), self.give.status.clone(), out).await
    }
}

/// One LIST or LSUB line.
pub(crate) struct Line {
    pub(crate) verb: &'static str,
    pub(crate) attributes: Vec<&'static str>,
    pub(crate) name: String,
    pub(crate) child_info: bool,
}

impl Line {
    pub(crate) fn write(&self, out: &mut Out, utf8: bool) {
        out.more()
            .word(self.verb)
            .list(self.attributes.iter().copied())
            .string(b"/", utf8)
            .folder(&self.name, utf8);
        if self.child_info {
            out.word("(\"CHILDINFO\" (\"SUBSCRIBED\"))");
        }
        out.line();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<List> {
        let mut words = Words::of(text.as_bytes(), false);
        let list = List::parse(&mut words)?;
        words.end().map(|()| list)
    }

    #[test]
    fn forms_of_list() {
        for (text, patterns, extended) in [
            (" \"\" *", &["*"][..], false),
            (" \"\" \"\"", &[""], false),
            (" a/ \"\"", &[""], false),
            (" a/ %", &["a/%"], false),
            (" \"\" inbox", &["INBOX"], false),
            (" (SUBSCRIBED RECURSIVEMATCH) \"\" (a b*)", &["a", "b*"], true),
            (" () \"\" \"\" RETURN (SUBSCRIBED CHILDREN STATUS (MESSAGES))", &[""], true),
        ] {
            let list = read(text).unwrap();
            assert_eq!(
                (list.patterns.iter().map(String::as_str).collect::<Vec<_>>(), list.extended),
                (patterns.to_vec(), extended),
                "{text}"
            );
        }
        for bad in [
            " (X) \"\" *",
            " (RECURSIVEMATCH) \"\" *",
            " (RECURSIVEMATCH REMOTE) \"\" *",
            " \"\" * RETURN (X)",
            " \"\"",
            " \"\" ()",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
