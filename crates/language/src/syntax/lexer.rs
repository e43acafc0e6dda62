//! Characters to tokens. The same characters mean different tokens in argument mode (`a-b` is one word)
//! and in expression mode (`$a-$b` is a subtraction); the parser says which mode it is in, and takes a
//! token that it peeked in the other mode back.

use super::fault::{ParseError, fault};
use super::letter::*;
use super::source::Span;
use super::token::*;

/// How characters are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Words, as after a command's name.
    Command,
    /// Operators and operands.
    Expression,
}

/// Where a lexer stands, to come back to.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    pos: usize,
    faults: usize,
}

pub(crate) struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    pos: usize,
    end: usize,
    start: usize,
    /// The present mode.
    pub(crate) mode: Mode,
    /// An operand is expected, so that `-1` is a number.
    pub(crate) operand: bool,
    /// Inside `a ? b : c`, where a colon ends a number.
    pub(crate) ternary: bool,
    /// What went wrong so far.
    pub(crate) faults: Vec<ParseError>,
    /// The comments, in order.
    pub(crate) comments: Vec<Span>,
}

impl<'a> Lexer<'a> {
    /// A lexer of `text[start..end]` whose spans count from the start of `text`.
    pub(crate) fn new(text: &'a str, start: usize, end: usize) -> Lexer<'a> {
        Lexer {
            text,
            bytes: text.as_bytes(),
            pos: start,
            end,
            start,
            mode: Mode::Command,
            operand: false,
            ternary: false,
            faults: Vec::new(),
            comments: Vec::new(),
        }
    }

    /// Reads only `start..end` from now on; returns what to give to [`Lexer::leave`] afterwards.
    pub(crate) fn enter(&mut self, start: u32, end: u32) -> (usize, usize) {
        let before = (self.pos, self.end);
        (self.pos, self.end) = (start as usize, end as usize);
        before
    }
    /// Goes on where it was before [`Lexer::enter`].
    pub(crate) fn leave(&mut self, before: (usize, usize)) {
        (self.pos, self.end) = before;
    }
    /// Where the next character stands.
    pub(crate) fn position(&self) -> u32 {
        self.pos as u32
    }
    /// The text that this lexer reads.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }
    /// To come back here.
    pub(crate) fn mark(&self) -> Mark {
        Mark { pos: self.pos, faults: self.faults.len() }
    }
    /// Comes back to `mark`, forgetting what was found wrong since.
    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.pos = mark.pos;
        self.faults.truncate(mark.faults);
    }
    /// Goes on reading at `offset`.
    pub(crate) fn seek(&mut self, offset: u32) {
        self.pos = offset as usize;
    }

    /// The next character, without taking it.
    #[inline]
    pub(crate) fn peek(&self) -> Option<char> {
        if self.pos >= self.end {
            return None;
        }
        let byte = self.bytes[self.pos];
        if byte < 0x80 { Some(char::from(byte)) } else { self.text[self.pos..].chars().next() }
    }
    /// The character behind the next one.
    pub(crate) fn peek_second(&self) -> Option<char> {
        let first = self.peek()?;
        let at = self.pos + first.len_utf8();
        if at >= self.end { None } else { self.text[at..].chars().next() }
    }
    /// Takes the next character.
    #[inline]
    pub(crate) fn take(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        Some(c)
    }
    pub(crate) fn take_if(&mut self, c: char) -> bool {
        let there = self.peek() == Some(c);
        if there {
            self.pos += c.len_utf8();
        }
        there
    }
    pub(crate) fn rest_starts(&self, with: &str) -> bool {
        self.bytes[self.pos..self.end].starts_with(with.as_bytes())
    }
    fn span(&self) -> Span {
        Span::new(self.start as u32, self.pos as u32)
    }

    /// Reports an error; the same one is not said twice, since a token may be read again in another mode.
    pub(crate) fn report(&mut self, id: &'static str, span: Span, what: &str) {
        let incomplete = !WRONG_ANYHOW.contains(&id) && self.nothing_behind(span.end);
        self.report_as(id, span, what, incomplete);
    }

    /// Reports an error of which it is known whether more text could mend it.
    pub(crate) fn report_as(&mut self, id: &'static str, span: Span, what: &str, incomplete: bool) {
        let error = fault(id, span, what, incomplete);
        if !self.faults.contains(&error) {
            self.faults.push(error);
        }
    }

    /// Whether only blanks, line ends and comments follow `offset`.
    pub(crate) fn nothing_behind(&self, offset: u32) -> bool {
        let mut probe = Lexer::new(self.text, (offset as usize).min(self.end), self.end);
        loop {
            probe.skip_blanks();
            match probe.peek() {
                None => return true,
                Some(c) if is_line_end(c) => {
                    probe.take();
                }
                Some(_) => return false,
            }
        }
    }

    fn token(&self, kind: Kind) -> Token {
        Token { kind, span: self.span(), carried: Carried::None, here: false }
    }
    fn carrying(&self, kind: Kind, carried: Carried) -> Token {
        Token { kind, span: self.span(), carried, here: false }
    }

    /// Takes blanks, comments and line continuations.
    pub(crate) fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t') => self.pos += 1,
                Some('#') => self.line_comment(),
                Some('<') if self.rest_starts("<#") => self.block_comment(),
                Some('`') if !self.continuation() => return,
                Some('`') => {}
                Some(c) if is_blank(c) => self.pos += c.len_utf8(),
                _ => return,
            }
        }
    }

    /// A backtick before a line end or a blank is skipped together with it.
    fn continuation(&mut self) -> bool {
        match self.peek_second() {
            Some('\r') => {
                self.pos += 2;
                self.take_if('\n');
                true
            }
            Some(c) if is_line_end(c) || is_blank(c) => {
                self.pos += 1 + c.len_utf8();
                true
            }
            None => {
                self.pos += 1;
                let span = Span::new(self.pos as u32 - 1, self.pos as u32);
                self.report("IncompleteString", span, "");
                true
            }
            _ => false,
        }
    }

    fn comment(&mut self, start: usize) {
        if self.comments.last().is_none_or(|last| (last.start as usize) < start) {
            self.comments.push(Span::new(start as u32, self.pos as u32));
        }
    }

    fn line_comment(&mut self) {
        let start = self.pos;
        let rest = &self.bytes[start..self.end];
        self.pos += rest.iter().position(|b| matches!(b, b'\r' | b'\n')).unwrap_or(rest.len());
        self.comment(start);
    }

    fn block_comment(&mut self) {
        let start = self.pos;
        match self.text[start..self.end].find("#>") {
            Some(length) => self.pos = start + length + 2,
            None => {
                self.pos = self.end;
                let span = Span::new(start as u32, self.pos as u32);
                self.report("MissingTerminatorMultiLineComment", span, "");
            }
        }
        self.comment(start);
    }

    /// The next token.
    pub(crate) fn next(&mut self) -> Token {
        self.skip_blanks();
        self.start = self.pos;
        let Some(c) = self.take() else {
            // The end is one wide, as PowerShell's is: errors behind it stand one further on.
            let at = self.pos as u32;
            let span = Span::new(at, at);
            return Token { kind: Kind::End, span, carried: Carried::None, here: false };
        };
        match c {
            '\r' => {
                self.take_if('\n');
                self.token(Kind::NewLine)
            }
            '\n' => self.token(Kind::NewLine),
            '(' => self.token(Kind::LeftParen),
            ')' => self.token(Kind::RightParen),
            '{' => self.token(Kind::LeftCurly),
            '}' => self.token(Kind::RightCurly),
            ';' => self.token(Kind::Semi),
            ',' => self.token(Kind::Comma),
            '|' if self.take_if('|') => self.token(Kind::OrOr),
            '|' => self.token(Kind::Pipe),
            '&' if self.take_if('&') => self.token(Kind::AndAnd),
            '&' => self.token(Kind::Ampersand),
            '$' => self.dollar(),
            '@' => self.at(),
            '[' => self.word_or(Kind::LeftBracket),
            ']' => self.word_or(Kind::RightBracket),
            '=' => self.word_or(Kind::Assign(Assign::Set)),
            '+' => self.plus(),
            '*' => self.star(),
            '/' => self.compound(Assign::Divide, Kind::Divide),
            '%' => self.compound(Assign::Remainder, Kind::Rem),
            '.' => self.dot(),
            ':' => self.colon(),
            '!' => self.word_or(Kind::Exclaim),
            '?' => self.question(),
            '<' => self.token(Kind::RedirectInput),
            '>' => self.redirection(1),
            '0'..='9' => self.digit(c),
            _ if is_dash(c) => self.dash(),
            _ if is_single_quote(c) => self.literal_string(),
            _ if is_double_quote(c) => self.expandable_string(),
            _ if starts_word(c) => self.word(),
            _ => self.generic(),
        }
    }

    /// An operator; in argument mode it starts a word unless it stands alone.
    fn word_or(&mut self, kind: Kind) -> Token {
        if self.mode == Mode::Command && !ends_word(self.peek()) { self.generic() } else { self.token(kind) }
    }

    fn compound(&mut self, assign: Assign, plain: Kind) -> Token {
        if self.take_if('=') { self.word_or(Kind::Assign(assign)) } else { self.word_or(plain) }
    }

    fn plus(&mut self) -> Token {
        if self.take_if('+') {
            return self.word_or(Kind::PlusPlus);
        }
        if self.take_if('=') {
            return self.word_or(Kind::Assign(Assign::Add));
        }
        if self.signed_number_follows() {
            return self.number();
        }
        self.word_or(Kind::Plus)
    }

    fn signed_number_follows(&self) -> bool {
        // In argument mode `-5` is a word: a parameter's type decides what becomes of it.
        let signed = self.operand && self.mode == Mode::Expression;
        let digit = match self.peek() {
            Some('.') => self.peek_second().is_some_and(|c| c.is_ascii_digit()),
            Some(c) => c.is_ascii_digit(),
            None => false,
        };
        signed && digit
    }

    fn star(&mut self) -> Token {
        if self.take_if('>') {
            return self.redirection_behind(0);
        }
        self.compound(Assign::Multiply, Kind::Multiply)
    }

    fn dot(&mut self) -> Token {
        match self.peek() {
            Some('.') => {
                self.pos += 1;
                self.word_or(Kind::DotDot)
            }
            Some(c) if c.is_ascii_digit() => self.number(),
            // `. "x.ps1"`, `."x"`, `.$x` dot-source; `.\x.ps1` is a word.
            Some(c) if self.mode == Mode::Command && !is_quote(c) && c != '$' => self.word_or(Kind::Dot),
            _ => self.token(Kind::Dot),
        }
    }

    fn colon(&mut self) -> Token {
        if self.take_if(':') {
            return self.word_or(Kind::ColonColon);
        }
        if self.mode == Mode::Command && self.peek().is_some_and(starts_word) {
            let start = self.pos;
            self.take_while(continues_word);
            if ends_word(self.peek()) {
                let name = self.text[start..self.pos].into();
                return self.carrying(Kind::Label, Carried::Text(name));
            }
            self.pos = start;
        }
        self.word_or(Kind::Colon)
    }

    fn question(&mut self) -> Token {
        if self.mode == Mode::Command {
            return self.generic();
        }
        if self.take_if('?') {
            return if self.take_if('=') {
                self.token(Kind::Assign(Assign::Coalesce))
            } else {
                self.token(Kind::Coalesce)
            };
        }
        self.token(Kind::Question)
    }

    fn redirection(&mut self, from: u8) -> Token {
        self.redirection_behind(from)
    }

    /// A redirection whose `>` is taken.
    fn redirection_behind(&mut self, from: u8) -> Token {
        if self.take_if('>') {
            return self
                .carrying(Kind::Redirection, Carried::Redirect(Redirect::File { from, append: true }));
        }
        if self.peek() == Some('&')
            && let Some(to @ ('1' | '2')) = self.peek_second()
        {
            self.pos += 2;
            let to = if to == '1' { 1 } else { 2 };
            return self.carrying(Kind::Redirection, Carried::Redirect(Redirect::Merge { from, to }));
        }
        self.carrying(Kind::Redirection, Carried::Redirect(Redirect::File { from, append: false }))
    }

    fn digit(&mut self, c: char) -> Token {
        // Behind a range's dots a digit is the range's end: `1..3>file`.
        let ends_range = self.start >= 2 && self.bytes[self.start - 2..self.start] == *b"..";
        if let '1'..='6' = c
            && !ends_range
            && self.take_if('>')
        {
            return self.redirection_behind(c as u8 - b'0');
        }
        self.number()
    }

    fn dash(&mut self) -> Token {
        let next = self.peek();
        match next {
            Some(c) if is_dash(c) => {
                if self.verbatim_follows() {
                    return self.verbatim();
                }
                self.take();
                self.word_or(Kind::MinusMinus)
            }
            Some('=') => {
                self.pos += 1;
                self.word_or(Kind::Assign(Assign::Subtract))
            }
            Some(c) if starts_word(c) || c == '?' => self.dash_word(),
            _ if self.signed_number_follows() => self.number(),
            _ => self.word_or(Kind::Minus),
        }
    }

    fn verbatim_follows(&self) -> bool {
        let rest = &self.text[self.pos..self.end];
        let behind = rest.strip_prefix("-%").map(|rest| rest.chars().next());
        self.mode == Mode::Command && behind.is_some_and(|c| c.is_none_or(|c| is_blank(c) || is_line_end(c)))
    }

    /// `--%`: the rest of the line, up to a pipe outside quotes, as it stands.
    fn verbatim(&mut self) -> Token {
        self.pos += 2;
        let start = self.pos;
        let mut quoted = false;
        while let Some(c) = self.peek() {
            quoted ^= c == '"';
            if is_line_end(c) || (!quoted && matches!(c, '|')) || (!quoted && self.rest_starts("&&")) {
                break;
            }
            self.take();
        }
        let text = self.text[start..self.pos].trim_start();
        self.carrying(Kind::Verbatim, Carried::Text(text.into()))
    }

    /// `-eq`, or a parameter.
    fn dash_word(&mut self) -> Token {
        let start = self.pos;
        if self.mode == Mode::Expression {
            self.take_while(|c| c.is_ascii_alphabetic());
            if let Some(operator) = Operator::named(&self.text[start..self.pos])
                && !self.peek().is_some_and(starts_word)
            {
                return self.token(Kind::DashOperator(operator));
            }
            self.pos = start;
        }
        while let Some(c) = self.peek() {
            if ends_word(Some(c)) || matches!(c, '.' | '[' | ':') {
                break;
            }
            if is_quote(c) {
                if self.mode == Mode::Command {
                    self.pos = start;
                    return self.generic();
                }
                break;
            }
            self.take();
        }
        let name = self.text[start..self.pos].into();
        let colon = self.take_if(':');
        self.carrying(Kind::Parameter, Carried::Parameter(name, colon))
    }

    pub(crate) fn take_while(&mut self, wanted: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&wanted) {
            self.take();
        }
    }

    fn word(&mut self) -> Token {
        self.take_while(continues_word);
        let next = self.peek();
        let ends = ends_word(next)
            || (self.mode == Mode::Expression
                && next.is_some_and(|c| matches!(c, '.' | ']' | '[' | '=' | ':')));
        if !ends {
            return self.generic();
        }
        let text = self.text[self.start..self.pos].into();
        self.carrying(Kind::Identifier, Carried::Text(text))
    }

    /// Reads the rest of a word of argument mode, from the start of the token.
    pub(crate) fn generic(&mut self) -> Token {
        self.pos = self.start;
        let mut parts = Parts::default();
        let mut first = true;
        while let Some(c) = self.peek() {
            // The first character is the caller's choice: `<` or `>` cannot come here, `?` or `%` can.
            if !first && ends_word(Some(c)) {
                break;
            }
            first = false;
            self.generic_piece(c, &mut parts);
        }
        self.carrying(Kind::Generic, parts.carried())
    }

    fn generic_piece(&mut self, c: char, parts: &mut Parts) {
        match c {
            '`' => {
                self.take();
                self.escape(parts);
            }
            '$' => {
                self.take();
                self.dollar_in_text(parts, false);
            }
            _ if is_single_quote(c) => {
                self.take();
                let from = self.pos - c.len_utf8();
                self.single_quoted(from, &mut parts.text);
            }
            _ if is_double_quote(c) => {
                self.take();
                let from = self.pos - c.len_utf8();
                self.double_quoted(from, parts);
            }
            _ => {
                self.take();
                parts.text.push(c);
            }
        }
    }

    /// What stands behind a backtick that is taken.
    fn escape(&mut self, parts: &mut Parts) {
        let Some(c) = self.take() else { return };
        if c == 'u' && self.peek() == Some('{') {
            return self.unicode_escape(parts);
        }
        parts.text.push(escaped(c));
    }

    /// `` `u{1F600} ``.
    fn unicode_escape(&mut self, parts: &mut Parts) {
        let start = self.pos + 1;
        let rest = &self.text[start..self.end];
        let made = rest.find('}').filter(|length| (1..=6).contains(length)).and_then(|length| {
            let number = u32::from_str_radix(&rest[..length], 16).ok()?;
            Some((length, char::from_u32(number)?))
        });
        match made {
            Some((length, c)) => {
                parts.text.push(c);
                self.pos = start + length + 1;
            }
            None => {
                let span = Span::new(start as u32 - 3, start as u32);
                self.report("InvalidUnicodeEscapeSequence", span, "");
            }
        }
    }

    // --- variables -----------------------------------------------------------------------------

    fn dollar(&mut self) -> Token {
        if self.take_if('(') {
            return self.token(Kind::DollarParen);
        }
        match self.variable_name(false) {
            Some(path) => self.variable_token(path, Kind::Variable),
            None => self.generic(),
        }
    }

    /// In argument mode `$a\b` is one word with a variable in it; `$a.b`, `$a[0]` and `$a::b` are not.
    fn variable_token(&mut self, path: VariablePath, kind: Kind) -> Token {
        let goes_on = |c: char| !ends_word(Some(c)) && !matches!(c, '.' | '[' | '=' | '?');
        if self.mode == Mode::Command
            && kind == Kind::Variable
            && self.peek().is_some_and(goes_on)
            && !self.rest_starts("::")
            && !self.rest_starts("++")
        {
            return self.generic();
        }
        self.carrying(kind, Carried::Variable(path))
    }

    /// The name of a variable whose `$` is taken; `None` when there is none (and nothing is taken).
    fn variable_name(&mut self, in_string: bool) -> Option<VariablePath> {
        match self.peek()? {
            '{' => self.braced_name(),
            c @ ('$' | '^') => {
                self.pos += 1;
                Some(VariablePath { qualifier: None, name: c.to_string().into() })
            }
            c if in_variable(c) => Some(self.plain_name(in_string)),
            ':' if self.peek_second().is_some_and(in_variable) => {
                self.pos += 1;
                let name = self.name_piece();
                Some(VariablePath { qualifier: None, name })
            }
            _ => None,
        }
    }

    fn name_piece(&mut self) -> Box<str> {
        let start = self.pos;
        self.take_while(in_variable);
        self.text[start..self.pos].into()
    }

    fn plain_name(&mut self, in_string: bool) -> VariablePath {
        let dollar = self.pos as u32 - 1;
        if self.peek() == Some('?') {
            // `$?` is whole: what follows belongs to the text around it.
            self.pos += 1;
            return VariablePath { qualifier: None, name: "?".into() };
        }
        let mut name = self.name_piece();
        if self.ternary && name.len() > 1 && name.ends_with('?') {
            self.pos -= 1;
            name = name[..name.len() - 1].into();
        }
        if self.peek() != Some(':') || self.peek_second() == Some(':') {
            return VariablePath { qualifier: None, name };
        }
        if !self.peek_second().is_some_and(in_variable) {
            if self.ternary && !in_string {
                return VariablePath { qualifier: None, name };
            }
            self.pos += 1;
            let id = if is_scope(&name) {
                "InvalidVariableReference"
            } else {
                "InvalidVariableReferenceWithDrive"
            };
            self.report(id, Span::new(dollar, self.pos as u32), "");
            return VariablePath { qualifier: None, name };
        }
        self.pos += 1;
        let behind = self.name_piece();
        VariablePath { qualifier: Some(name), name: behind }
    }

    fn braced_name(&mut self) -> Option<VariablePath> {
        let start = self.pos - 1;
        self.pos += 1;
        let mut name = String::new();
        loop {
            match self.take() {
                Some('}') => break,
                Some('`') if self.peek() == Some('u') && self.peek_second() == Some('{') => {
                    self.take();
                    let mut parts = Parts::default();
                    self.unicode_escape(&mut parts);
                    name.push_str(&parts.text);
                }
                Some('`') => name.extend(self.take().map(escaped)),
                Some(c) => name.push(c),
                None => {
                    let span = Span::new(start as u32, self.pos as u32);
                    self.report("IncompleteDollarVariableReference", span, "");
                    break;
                }
            }
        }
        if name.is_empty() {
            let span = Span::new(start as u32, self.pos as u32);
            self.report("EmptyVariableReference", span, "");
        }
        Some(split_path(&name))
    }

    // --- `@` -----------------------------------------------------------------------------------

    fn at(&mut self) -> Token {
        match self.peek() {
            Some('(') => {
                self.pos += 1;
                self.token(Kind::AtParen)
            }
            Some('{') => {
                self.pos += 1;
                self.token(Kind::AtCurly)
            }
            Some(c) if is_single_quote(c) => self.here_string(false),
            Some(c) if is_double_quote(c) => self.here_string(true),
            Some(c) if in_variable(c) => {
                let path = self.plain_name(false);
                self.variable_token(path, Kind::Splat)
            }
            _ => {
                let span = self.span();
                self.report("UnrecognizedToken", span, "");
                self.token(Kind::Unknown)
            }
        }
    }

    fn here_string(&mut self, expandable: bool) -> Token {
        self.take();
        while self.peek().is_some_and(is_blank) {
            self.take();
        }
        let at = self.pos as u32;
        match self.take() {
            Some('\r') => {
                self.take_if('\n');
            }
            Some('\n') => {}
            Some(_) => {
                let span = Span::new(at, self.pos as u32);
                self.report("UnexpectedCharactersAfterHereStringHeader", span, "");
                return self.token(Kind::Unknown);
            }
            None => self.report_open(if expandable { "\"@" } else { "'@" }, self.start),
        }
        let carried = if expandable { self.here_expandable() } else { self.here_literal() };
        let kind = if expandable { Kind::StringExpandable } else { Kind::StringLiteral };
        Token { kind, span: self.span(), carried, here: true }
    }

    fn here_literal(&mut self) -> Carried {
        let body = self.pos;
        let end = self.here_end("'@", is_single_quote, body);
        Carried::Text(self.text[body..end].into())
    }

    /// Finds a here-string's closing line behind `self.pos`, takes it, and says where the body ends.
    fn here_end(&mut self, terminator: &str, is_quote: fn(char) -> bool, body: usize) -> usize {
        loop {
            // At the start of a line: is it the closing one?
            if let Some(end) = self.here_close(is_quote, body) {
                return end;
            }
            while self.peek().is_some_and(|c| !is_line_end(c)) {
                self.take();
            }
            match self.take() {
                None => {
                    self.report_here(terminator, body);
                    return self.pos;
                }
                Some('\r') => {
                    self.take_if('\n');
                }
                Some(_) => {}
            }
        }
    }

    /// At the start of a line: takes `"@` when it stands here, and says where the body before it ends.
    fn here_close(&mut self, is_quote: fn(char) -> bool, body: usize) -> Option<usize> {
        let quote = self.peek().filter(|c| is_quote(*c))?;
        (self.peek_second() == Some('@')).then_some(())?;
        let line = self.pos;
        self.pos += quote.len_utf8() + 1;
        let before = &self.bytes[body.min(line)..line];
        let ending = if before.ends_with(b"\r\n") { 2 } else { usize::from(!before.is_empty()) };
        Some(line - ending)
    }

    fn here_expandable(&mut self) -> Carried {
        let body = self.pos;
        let mut parts = Parts::default();
        let mut line_start = true;
        loop {
            if line_start && self.here_close(is_double_quote, body).is_some() {
                parts.drop_line_end();
                return Carried::Parts(parts.done());
            }
            line_start = false;
            match self.take() {
                None => {
                    self.report_here("\"@", body);
                    return Carried::Parts(parts.done());
                }
                Some('\r') => {
                    parts.text.push('\r');
                    if self.take_if('\n') {
                        parts.text.push('\n');
                    }
                    line_start = true;
                }
                Some('\n') => {
                    parts.text.push('\n');
                    line_start = true;
                }
                Some('`') => self.escape(&mut parts),
                Some('$') => self.dollar_in_text(&mut parts, true),
                Some(c) => parts.text.push(c),
            }
        }
    }

    /// A here-string that does not end; one whose closing line has blanks before it is told so.
    fn report_here(&mut self, terminator: &str, body: usize) {
        let mut at = body;
        for line in self.text[body..self.pos].split_inclusive('\n') {
            let blanks = line.len() - line.trim_start().len();
            if blanks > 0 && line.trim_start().starts_with(terminator) {
                let span = Span::new(at as u32, (at + blanks + terminator.len()) as u32);
                return self.report("WhitespaceBeforeHereStringFooter", span, "");
            }
            at += line.len();
        }
        self.report_open(terminator, self.start);
    }

    fn report_open(&mut self, terminator: &str, start: usize) {
        let span = Span::new(start as u32, self.pos as u32);
        self.report("TerminatorExpectedAtEndOfString", span, terminator);
    }

    // --- strings -------------------------------------------------------------------------------

    fn literal_string(&mut self) -> Token {
        let mut text = String::new();
        self.single_quoted(self.start, &mut text);
        self.carrying(Kind::StringLiteral, Carried::Text(text.into()))
    }

    /// The rest of a string whose opening quote at `from` is taken.
    fn single_quoted(&mut self, from: usize, text: &mut String) {
        loop {
            match self.take() {
                None => return self.report_open("'", from),
                Some(c) if is_single_quote(c) => match self.peek() {
                    Some(second) if is_single_quote(second) => {
                        self.take();
                        text.push(second);
                    }
                    _ => return,
                },
                Some(c) => text.push(c),
            }
        }
    }

    fn expandable_string(&mut self) -> Token {
        let mut parts = Parts::default();
        self.double_quoted(self.start, &mut parts);
        self.carrying(Kind::StringExpandable, Carried::Parts(parts.done()))
    }

    fn double_quoted(&mut self, from: usize, parts: &mut Parts) {
        loop {
            match self.take() {
                None => return self.report_open("\"", from),
                Some('`') => self.escape(parts),
                Some('$') => self.dollar_in_text(parts, false),
                Some(c) if is_double_quote(c) => match self.peek() {
                    Some(second) if is_double_quote(second) => {
                        self.take();
                        parts.text.push(second);
                    }
                    _ => return,
                },
                Some(c) => parts.text.push(c),
            }
        }
    }

    /// A `$` in a string or word, taken already: a subexpression, a variable, or just a dollar.
    fn dollar_in_text(&mut self, parts: &mut Parts, here: bool) {
        let start = self.pos - 1;
        if self.take_if('(') {
            let reduced = self.subexpression(start, here);
            parts.push(Part::Sub(Span::new(start as u32, self.pos as u32), reduced));
            return;
        }
        match self.variable_name(true) {
            Some(path) => parts.push(Part::Variable(Span::new(start as u32, self.pos as u32), path)),
            None => parts.text.push('$'),
        }
    }

    /// Finds the end of `$( … )` inside a string by counting brackets, as PowerShell does; returns the
    /// text when doubled or escaped quotes in it stand for single ones.
    fn subexpression(&mut self, start: usize, here: bool) -> Option<Box<str>> {
        let mut depth = 1;
        let mut text = String::from("$(");
        let mut reduced = false;
        loop {
            let Some(c) = self.take() else {
                let span = Span::new(start as u32, self.pos as u32);
                self.report("IncompleteDollarSubexpressionReference", span, "");
                break;
            };
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ if here => {}
                _ if (is_double_quote(c) || c == '`') && self.peek().is_some_and(is_double_quote) => {
                    self.take();
                    reduced = true;
                    text.push('"');
                    continue;
                }
                _ => {}
            }
            text.push(c);
            if depth == 0 {
                break;
            }
        }
        reduced.then(|| text.into())
    }
}

mod number;

/// Errors that no further text can mend, even where they stand at the end.
const WRONG_ANYHOW: [&str; 18] = [
    "BadNumericConstant",
    "DuplicateKeyInHashLiteral",
    "EndSquareBracketExpectedAtEndOfAttribute",
    "ExpressionsMustBeFirstInPipeline",
    "IncompleteParseNesting",
    "InvalidLeftHandSide",
    "InvalidSwitchFlag",
    "InvalidVariableReference",
    "InvalidVariableReferenceWithDrive",
    "MultipleSwitchDefaultClauses",
    "ParameterRequiresArgument",
    "RedirectionNotSupported",
    "SplattingNotPermitted",
    "StreamAlreadyRedirected",
    "UnexpectedAttribute",
    "UnexpectedToken",
    "UnrecognizedToken",
    "WorkflowNotSupported",
];

fn is_quote(c: char) -> bool {
    is_single_quote(c) || is_double_quote(c)
}

/// The scopes a variable may be qualified with, as against drives.
fn is_scope(name: &str) -> bool {
    ["global", "local", "private", "script", "using", "workflow", "variable"]
        .iter()
        .any(|scope| scope.eq_ignore_ascii_case(name))
}

/// Parts a name in braces, or one that a command was given, at its first colon.
pub(crate) fn split_path(name: &str) -> VariablePath {
    match name.split_once(':') {
        Some((qualifier, rest)) if !qualifier.is_empty() && !rest.starts_with(':') => {
            VariablePath { qualifier: Some(qualifier.into()), name: rest.into() }
        }
        _ => VariablePath { qualifier: None, name: name.into() },
    }
}

/// An expandable text while it is read.
#[derive(Default)]
struct Parts {
    done: Vec<Part>,
    text: String,
}

impl Parts {
    fn push(&mut self, part: Part) {
        self.flush();
        self.done.push(part);
    }
    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.done.push(Part::Text(std::mem::take(&mut self.text).into()));
        }
    }
    fn drop_line_end(&mut self) {
        if self.text.ends_with('\n') {
            self.text.pop();
        }
        if self.text.ends_with('\r') {
            self.text.pop();
        }
    }
    fn done(mut self) -> Vec<Part> {
        self.flush();
        self.done
    }
    fn carried(self) -> Carried {
        if self.done.is_empty() { Carried::Text(self.text.into()) } else { Carried::Parts(self.done()) }
    }
}
