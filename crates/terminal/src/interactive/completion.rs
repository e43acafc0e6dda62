//! What can follow: commands, parameters, accepted values, variables, paths.
//!
//! The line is read up to the cursor by a small scanner of its own, because it is unfinished by nature:
//! it only has to know which command the cursor belongs to and which word stands there. The words to offer
//! come from the same declarations that the binder and help read.

use gate::{Formal, Signature};
use std::sync::Arc;

/// Candidates that are offered at once; more than a screen holds helps nobody.
const CANDIDATES_MAX: usize = 400;

/// What there is to complete with.
pub(crate) trait Completes {
    /// The names of all commands: cmdlets, core commands, functions, aliases.
    fn commands(&self) -> Vec<String>;
    /// What a command takes.
    fn signature(&self, command: &str) -> Option<Arc<Signature>>;
    /// The names of variables, without `$`.
    fn variables(&self) -> Vec<String>;
    /// The names of environment variables.
    fn environment(&self) -> Vec<String>;
    /// The members of what a variable and properties of it hold (`$x`, `$x.Name`); methods end in `(`.
    fn members(&self, of: &str) -> Vec<String>;
    /// Names that a parameter of a command may be given, beginning with `prefix`.
    fn identities(&self, command: &str, parameter: &str, prefix: &str) -> Vec<String>;
    /// What lies in a folder (as a script would write it, `""` is the current one): names, and whether each
    /// is a folder.
    fn folder(&self, path: &str) -> Vec<(String, bool)>;
}

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// What a person chooses from.
    pub(crate) shown: String,
    /// What takes the place of the word.
    pub(crate) inserted: String,
}

/// Where the replaced word begins, and the ways to go on with it.
pub(crate) fn complete(line: &str, known: &dyn Completes) -> (usize, Vec<Candidate>) {
    let place = Cursor::of(line);
    let word = &place.word;
    let mut candidates = match place.kind() {
        Kind::Nothing => Vec::new(),
        Kind::Variable => match word.text.rsplit_once('.') {
            Some((of, prefix)) => members(of, prefix, known),
            None => variables(&word.text, known),
        },
        Kind::Command => {
            let mut all = commands(&word.text, known);
            if !word.text.is_empty() && (all.is_empty() || word.text.contains(['/', '\\', '.'])) {
                all.extend(paths(word, known));
            }
            all
        }
        Kind::Parameter(command) => parameters(&word.text, command, known),
        Kind::Argument(command) => arguments(&place, command, known),
    };
    candidates.truncate(CANDIDATES_MAX);
    (word.start, candidates)
}

/// A word of the line; `text` has its quotes taken off.
#[derive(Debug, Default)]
struct Word {
    start: usize,
    text: String,
    /// The quote it is still inside of, or was opened with.
    quote: Option<char>,
    open: bool,
}

/// The command that the cursor belongs to, and the word it stands on.
#[derive(Debug, Default)]
struct Cursor {
    before: Vec<Word>,
    word: Word,
    comment: bool,
}

enum Kind<'a> {
    Nothing,
    Variable,
    Command,
    Parameter(&'a str),
    Argument(&'a str),
}

impl Cursor {
    fn of(line: &str) -> Cursor {
        let mut scan = Scan { line, ..Scan::default() };
        scan.run();
        scan.place
    }

    fn kind(&self) -> Kind<'_> {
        if self.comment {
            return Kind::Nothing;
        }
        if self.word.text.starts_with('$') && self.word.quote != Some('\'') {
            return Kind::Variable;
        }
        match self.before.first() {
            None => Kind::Command,
            // The call operator's word is the command.
            Some(first) if first.text == "&" || first.text == "." => match self.before.get(1) {
                None => Kind::Command,
                Some(command) => self.after(&command.text),
            },
            Some(command) => self.after(&command.text),
        }
    }

    fn after<'a>(&self, command: &'a str) -> Kind<'a> {
        let dash = self.word.quote.is_none() && self.word.text.starts_with(['-', '–', '—']);
        if dash && !self.word.text.contains(':') { Kind::Parameter(command) } else { Kind::Argument(command) }
    }
}

/// Reads a line up to the cursor, one frame for each open bracket.
#[derive(Default)]
struct Scan<'a> {
    line: &'a str,
    place: Cursor,
    outer: Vec<Cursor>,
}

impl Scan<'_> {
    fn run(&mut self) {
        let mut chars = self.line.char_indices().peekable();
        self.place.word.start = 0;
        while let Some((at, c)) = chars.next() {
            if self.place.comment {
                if c == '\n' {
                    self.place.comment = false;
                    self.command_ends(at + 1);
                }
                continue;
            }
            if self.place.word.open {
                self.quoted(at, c, chars.peek().map(|(_, next)| *next));
                continue;
            }
            match c {
                '`' => {
                    if let Some((_, next)) = chars.next() {
                        self.push(at, if next == '\n' { ' ' } else { next });
                    }
                }
                '\'' | '"' if self.place.word.text.is_empty() || self.place.word.quote.is_some() => {
                    self.open(at, c)
                }
                '#' if self.place.word.text.is_empty() => self.place.comment = true,
                '|' | ';' | '\n' | '&' if !self.is_call(c) => self.command_ends(at + 1),
                '(' | '{' => self.enter(at + 1),
                ')' | '}' => self.leave(at + 1),
                '=' if self.assigns() => self.command_ends(at + 1),
                // A list goes on with the next value of the same parameter.
                ',' => self.place.word = Word { start: at + 1, ..Word::default() },
                c if c.is_whitespace() => self.word_ends(at + c.len_utf8()),
                c => self.push(at, c),
            }
        }
    }

    /// `&` at the head of a command calls what follows; elsewhere it ends the command.
    fn is_call(&self, c: char) -> bool {
        c == '&' && self.place.before.is_empty() && self.place.word.text.is_empty()
    }

    fn assigns(&self) -> bool {
        let first = self.place.before.first().map_or(&self.place.word.text, |word| &word.text);
        first.starts_with('$')
    }

    fn open(&mut self, at: usize, quote: char) {
        let word = &mut self.place.word;
        if word.text.is_empty() && word.quote.is_none() {
            word.start = at;
        }
        (word.quote, word.open) = (Some(quote), true);
    }

    /// Inside quotes: a doubled quote is one of the text.
    fn quoted(&mut self, at: usize, c: char, next: Option<char>) {
        let word = &mut self.place.word;
        if Some(c) != word.quote {
            return self.push(at, c);
        }
        word.open = false;
        if next == Some(c) {
            word.text.push(c);
        }
    }

    fn push(&mut self, at: usize, c: char) {
        let word = &mut self.place.word;
        if word.text.is_empty() && word.quote.is_none() {
            word.start = at;
        }
        word.text.push(c);
    }

    fn word_ends(&mut self, next: usize) {
        let word = std::mem::take(&mut self.place.word);
        self.place.word.start = next;
        if !word.text.is_empty() || word.quote.is_some() {
            self.place.before.push(word);
        }
    }

    fn command_ends(&mut self, next: usize) {
        self.place = Cursor { word: Word { start: next, ..Word::default() }, ..Cursor::default() };
    }

    fn enter(&mut self, next: usize) {
        let inner = Cursor { word: Word { start: next, ..Word::default() }, ..Cursor::default() };
        self.outer.push(std::mem::replace(&mut self.place, inner));
    }

    /// What stood in brackets is a word of the command around it.
    fn leave(&mut self, next: usize) {
        self.place = self.outer.pop().unwrap_or_default();
        if self.place.word.text.is_empty() {
            self.place.word.text.push_str("()");
        }
        self.word_ends(next);
    }
}

fn starts(name: &str, prefix: &str) -> bool {
    let mut name = name.chars().flat_map(char::to_lowercase);
    prefix.chars().flat_map(char::to_lowercase).all(|c| name.next() == Some(c))
}

fn plain(name: impl Into<String>) -> Candidate {
    let name = name.into();
    Candidate { shown: name.clone(), inserted: name }
}

/// The variables that are always there.
const CONSTANTS: [&str; 3] = ["true", "false", "null"];

fn variables(word: &str, known: &dyn Completes) -> Vec<Candidate> {
    let prefix = word.trim_start_matches('$').trim_start_matches('{');
    let (names, shown, prefix) = match prefix.split_once(':') {
        Some((scope, prefix)) if scope.eq_ignore_ascii_case("env") => (known.environment(), "$env:", prefix),
        Some((scope, prefix))
            if ["global", "script", "local"].iter().any(|s| s.eq_ignore_ascii_case(scope)) =>
        {
            let head = &word[..word.len() - prefix.len()];
            return matching(known.variables(), prefix).map(|name| plain(format!("{head}{name}"))).collect();
        }
        Some(_) => return Vec::new(),
        None => {
            let names = known.variables().into_iter().chain(CONSTANTS.map(str::to_owned));
            (names.collect(), "$", prefix)
        }
    };
    let braced = |name: &str| !name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '?');
    let written = |name: String| match braced(&name) && shown == "$" {
        true => format!("${{{name}}}"),
        false => format!("{shown}{name}"),
    };
    matching(names, prefix).map(|name| plain(written(name))).collect()
}

fn members(of: &str, prefix: &str, known: &dyn Completes) -> Vec<Candidate> {
    let of_each = |name: String| Candidate { shown: name.clone(), inserted: format!("{of}.{name}") };
    matching(known.members(of), prefix).map(of_each).collect()
}

fn matching(mut names: Vec<String>, prefix: &str) -> impl Iterator<Item = String> {
    names.sort_by_key(|name| name.to_lowercase());
    names.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
    let prefix = prefix.to_owned();
    names.into_iter().filter(move |name| starts(name, &prefix))
}

fn commands(prefix: &str, known: &dyn Completes) -> Vec<Candidate> {
    // An empty word would offer 1,200 commands: nobody chooses from that.
    if prefix.is_empty() { Vec::new() } else { matching(known.commands(), prefix).map(plain).collect() }
}

fn parameters(word: &str, command: &str, known: &dyn Completes) -> Vec<Candidate> {
    let Some(signature) = known.signature(command) else { return Vec::new() };
    let prefix = word.trim_start_matches(['-', '–', '—']);
    let names = signature.formals.iter().map(|formal| &formal.name);
    names.filter(|name| starts(name, prefix)).map(|name| plain(format!("-{name}"))).collect()
}

/// The value of the parameter named before, else of the first positional one that has words to offer; else
/// a path.
fn arguments(place: &Cursor, command: &str, known: &dyn Completes) -> Vec<Candidate> {
    let signature = known.signature(command);
    let formal = signature.as_ref().and_then(|signature| expected(place, signature));
    let offered = formal.map(|formal| words(formal, &place.word.text)).unwrap_or_default();
    if !offered.is_empty() {
        return offered;
    }
    let parameter = formal.map(|formal| &*formal.name).or_else(|| {
        // The first word behind a cmdlet is what it is about.
        let first = place.before.len() == 1;
        let takes = |signature: &Arc<Signature>| signature.formal("Identity").is_some();
        (first && signature.as_ref().is_some_and(takes)).then_some("Identity")
    });
    let named = parameter.map(|parameter| known.identities(command, parameter, &place.word.text));
    let named: Vec<Candidate> = named
        .unwrap_or_default()
        .into_iter()
        .map(|name| Candidate { inserted: written(&name), shown: name })
        .collect();
    if named.is_empty() { paths(&place.word, known) } else { named }
}

/// The parameter whose value stands at the cursor.
fn expected<'a>(place: &Cursor, signature: &'a Signature) -> Option<&'a Formal> {
    let last = place.before.last().filter(|word| word.quote.is_none())?;
    let name = last.text.strip_prefix(['-', '–', '—'])?;
    let full = signature.formal(name);
    let shortened = || {
        let mut all = signature.formals.iter().filter(|formal| starts(&formal.name, name));
        all.next().filter(|_| all.next().is_none())
    };
    full.or_else(shortened).filter(|formal| !formal.is_switch())
}

/// What `-ErrorAction` and its kin take.
const ACTIONS: [&str; 6] = ["Break", "Continue", "Ignore", "Inquire", "SilentlyContinue", "Stop"];

fn words(formal: &Formal, prefix: &str) -> Vec<Candidate> {
    let mut words: Vec<String> = formal.accepted.iter().map(ToString::to_string).collect();
    if words.is_empty() && formal.name.ends_with("Action") && formal.origin == gate::Origin::Common {
        words = ACTIONS.map(str::to_owned).to_vec();
    }
    if words.is_empty() && formal.kind.name == "Boolean" {
        words = vec!["$true".to_owned(), "$false".to_owned()];
    }
    if let Some(list) = formal.kind.accepts.strip_prefix("one of:").filter(|_| words.is_empty()) {
        words = list.split_whitespace().map(str::to_owned).collect();
    }
    words.iter().filter(|word| starts(word, prefix)).map(|word| plain(written(word))).collect()
}

/// A word as an argument: in quotes where it would be read as something else.
fn written(word: &str) -> String {
    let special = |c: char| c.is_whitespace() || "'\"`$(){};,|&<>@#".contains(c);
    if word.chars().any(special) && !["$true", "$false"].contains(&word) {
        format!("'{}'", word.replace('\'', "''"))
    } else {
        word.to_owned()
    }
}

fn paths(word: &Word, known: &dyn Completes) -> Vec<Candidate> {
    let cut = word.text.rfind(['/', '\\', ':']).map_or(0, |at| at + 1);
    let (folder, prefix) = word.text.split_at(cut);
    let mark = if folder.contains('\\') || folder.ends_with(':') { '\\' } else { '/' };
    let mut entries = known.folder(folder);
    // Hidden files are offered to who asks for them.
    entries.retain(|(name, _)| starts(name, prefix) && (!name.starts_with('.') || prefix.starts_with('.')));
    entries.into_iter().map(|(name, is_folder)| path(folder, &name, is_folder.then_some(mark))).collect()
}

fn path(folder: &str, name: &str, mark: Option<char>) -> Candidate {
    let shown = format!("{name}{}", mark.map_or(String::new(), String::from));
    let inserted = written(&format!("{folder}{shown}"));
    // A folder's quote stays open: its content comes next.
    let inserted = match (mark, inserted.strip_suffix('\'')) {
        (Some(_), Some(open)) => open.to_owned(),
        _ => inserted,
    };
    Candidate { shown, inserted }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::types::kinds;

    struct House;
    impl Completes for House {
        fn commands(&self) -> Vec<String> {
            ["Get-Mailbox", "Get-MailboxStatistics", "Set-Mailbox", "where", "Where-Object"]
                .map(str::to_owned)
                .to_vec()
        }
        fn members(&self, of: &str) -> Vec<String> {
            if of == "$mailbox" {
                vec!["Name".to_owned(), "Database".to_owned(), "ToString(".to_owned()]
            } else {
                Vec::new()
            }
        }
        fn identities(&self, command: &str, parameter: &str, prefix: &str) -> Vec<String> {
            let asked = command == "Get-Mailbox" && parameter == "Identity" && prefix.starts_with("An");
            if asked { vec!["Ann Berg".to_owned(), "Anna".to_owned()] } else { Vec::new() }
        }
        fn signature(&self, command: &str) -> Option<Arc<Signature>> {
            let mut signature = Signature::new("Get-Mailbox");
            for name in ["Identity", "Database", "RecipientTypeDetails", "ResultSize"] {
                signature.formals.push(Formal::new(name, &kinds::STRING));
            }
            signature.formals[2].accepted =
                vec!["UserMailbox".into(), "RoomMailbox".into(), "Group Mailbox".into()];
            signature.formals.push(Formal::new("Archive", &kinds::SWITCH));
            signature.formals.push(Formal::new("Hidden", &kinds::BOOLEAN));
            command.eq_ignore_ascii_case("Get-Mailbox").then(|| Arc::new(signature.with_common(false)))
        }
        fn variables(&self) -> Vec<String> {
            ["ann", "Answer", "error", "my list"].map(str::to_owned).to_vec()
        }
        fn environment(&self) -> Vec<String> {
            ["HOME", "COMPUTERNAME"].map(str::to_owned).to_vec()
        }
        fn folder(&self, path: &str) -> Vec<(String, bool)> {
            let entries: &[(&str, bool)] = match path {
                "" => &[("report.csv", false), ("reports", true), (".hidden", false)],
                "C:\\" => &[("My Reports", true), ("my.csv", false)],
                _ => &[],
            };
            entries.iter().map(|(name, folder)| ((*name).to_owned(), *folder)).collect()
        }
    }

    #[test]
    fn what_can_follow() {
        let table: &[(&str, usize, &[&str])] = &[
            ("get-mail", 0, &["Get-Mailbox", "Get-MailboxStatistics"]),
            ("", 0, &[]),
            ("$a | whe", 5, &["where", "Where-Object"]),
            ("$x = get-mailboxs", 5, &["Get-MailboxStatistics"]),
            ("foreach ($m in (set-", 16, &["Set-Mailbox"]),
            ("Get-Mailbox ann | ForEach-Object { Set-M", 35, &["Set-Mailbox"]),
            ("Get-Mailbox -re", 12, &["-RecipientTypeDetails", "-ResultSize"]),
            ("Get-Mailbox -Identity (Get-Mailbox ann) -da", 40, &["-Database"]),
            ("Get-Mailbox -RecipientTypeDetails ", 34, &["UserMailbox", "RoomMailbox", "'Group Mailbox'"]),
            ("Get-Mailbox -Recip r", 19, &["RoomMailbox"]),
            ("Get-Mailbox -RecipientTypeDetails UserMailbox,ro", 46, &["RoomMailbox"]),
            ("Get-Mailbox -Hidden $t", 20, &["$true"]),
            ("Get-Mailbox -Hidden ", 20, &["$true", "$false"]),
            ("Get-Mailbox -ErrorAction s", 25, &["SilentlyContinue", "Stop"]),
            ("Get-Mailbox -Archive re", 21, &["report.csv", "reports/"]),
            ("$an", 0, &["$ann", "$Answer"]),
            ("$my", 0, &["${my list}"]),
            ("Write-Host $global:er", 11, &["$global:error"]),
            ("$env:comp", 0, &["$env:COMPUTERNAME"]),
            ("Get-Content C:\\my", 12, &["'C:\\My Reports\\", "C:\\my.csv"]),
            ("Get-Content 'C:\\My R", 12, &["'C:\\My Reports\\"]),
            ("Get-Content .h", 12, &[".hidden"]),
            ("& get-mailboxs", 2, &["Get-MailboxStatistics"]),
            ("# get-mail", 0, &[]),
            ("'it''s'; set-", 9, &["Set-Mailbox"]),
            ("$mailbox.", 0, &["$mailbox.Database", "$mailbox.Name", "$mailbox.ToString("]),
            ("Write-Host $mailbox.na", 11, &["$mailbox.Name"]),
            ("Get-Mailbox An", 12, &["'Ann Berg'", "Anna"]),
            ("Get-Mailbox -Identity An", 22, &["'Ann Berg'", "Anna"]),
        ];
        for (line, start, offered) in table {
            let (at, candidates) = complete(line, &House);
            let inserted: Vec<&str> =
                candidates.iter().map(|candidate| candidate.inserted.as_str()).collect();
            assert_eq!(inserted, *offered, "{line}");
            assert!(candidates.is_empty() || at == *start, "{line}: at {at}");
        }
    }
}
