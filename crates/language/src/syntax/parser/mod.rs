//! Tokens to syntax tree, by recursive descent. The first error ends the parse: PowerShell's further ones
//! are mostly its consequences. Errors of the lexer (an open string) do not end it.

mod command;
mod expression;
mod function;
mod statement;
mod types;

use super::ast::*;
use super::check;
use super::fault::{ParseError, fault};
use super::lexer::{Lexer, Mode};
use super::source::{SOURCE_BYTES_MAX, Source, Span};
use super::token::*;
use std::sync::Arc;

/// How deep brackets, blocks and operators may nest; real scripts stay below 30.
pub const NESTING_DEPTH_MAX: u32 = 1_000;

/// How many operators or members may follow one another in one chain: it becomes a tree of that depth.
const CHAIN_LENGTH_MAX: u32 = 2_000;

/// What the parser may use of its caller's stack before it moves to a thread of its own.
const STACK_BYTES_HERE: usize = 512 << 10;

/// The stack of that thread: enough for the deepest nesting in an unoptimised build.
const STACK_BYTES_DEEP: usize = 256 << 20;

/// What became of a script's text.
pub struct Parsed {
    /// The script; `None` when there are errors.
    pub block: Option<Arc<ScriptBlock>>,
    /// What is wrong with it.
    pub errors: Vec<ParseError>,
    /// Its comments: help and `#requires` are read from them.
    pub comments: Vec<Span>,
}

/// Parses a script. Never panics, whatever the text.
pub fn parse(source: &Arc<Source>) -> Parsed {
    if source.text().len() > SOURCE_BYTES_MAX {
        let error = fault("ScriptTooLarge", Span::default(), &SOURCE_BYTES_MAX.to_string(), false);
        return Parsed { block: None, errors: vec![error], comments: Vec::new() };
    }
    match parse_here(source, STACK_BYTES_HERE) {
        Some(parsed) => parsed,
        None => parse_deep(source),
    }
}

/// The tokens of a text and its comments, as the parser took them: of what is unfinished or wrong as far as it was read;
/// none of what is nested very deeply.
pub fn tokens(source: &Arc<Source>) -> (Vec<Token>, Vec<Span>) {
    if source.text().len() > SOURCE_BYTES_MAX {
        return Default::default();
    }
    let mut parser = Parser::new(source, 0, source.text().len(), STACK_BYTES_HERE);
    parser.taken = Some(Vec::new());
    // What is wrong with it is nobody's question here; the token it stopped at counts.
    drop(parser.script());
    if parser.out_of_stack {
        return Default::default();
    }
    let mut taken = parser.taken.take().unwrap_or_default();
    let behind = taken.last().map_or(0, |token| token.span.end);
    taken.extend(parser.peeked.take().filter(|token| token.span.start >= behind));
    (taken, std::mem::take(&mut parser.lexer.comments))
}

/// Deeply nested text gets a thread with a stack that fits the nesting limit.
fn parse_deep(source: &Arc<Source>) -> Parsed {
    let task = || parse_here(source, usize::MAX);
    let done = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES_DEEP).spawn_scoped(scope, task);
        thread.ok().and_then(|thread| thread.join().ok()).flatten()
    });
    done.unwrap_or_else(|| Parsed {
        block: None,
        errors: vec![fault("IncompleteParseNesting", Span::default(), &NESTING_DEPTH_MAX.to_string(), false)],
        comments: Vec::new(),
    })
}

/// `None`: the stack given did not suffice.
fn parse_here(source: &Arc<Source>, stack: usize) -> Option<Parsed> {
    let mut parser = Parser::new(source, 0, source.text().len(), stack);
    let block = parser.script();
    if parser.out_of_stack {
        return None;
    }
    let comments = std::mem::take(&mut parser.lexer.comments);
    let mut errors = std::mem::take(&mut parser.lexer.faults);
    let block = block.ok();
    if let Some(block) = &block {
        errors.extend(check::check(block));
    }
    let block = block.filter(|_| errors.is_empty()).map(Arc::new);
    Some(Parsed { block, errors, comments })
}

/// An error was reported; the parse is over.
pub(crate) struct Stop;

type Parse<T> = Result<T, Stop>;

pub(crate) struct Parser<'a> {
    lexer: Lexer<'a>,
    source: &'a Arc<Source>,
    peeked: Option<Token>,
    /// Where the last token taken ends.
    last: Span,
    /// The tokens that were taken, where they are wanted.
    taken: Option<Vec<Token>>,
    depth: u32,
    /// Inside a call's arguments a comma parts arguments and makes no list.
    no_comma: bool,
    stack_start: usize,
    stack: usize,
    out_of_stack: bool,
}

/// Where the stack stands, near enough.
fn stack_address() -> usize {
    let here = 0u8;
    std::ptr::from_ref(&here) as usize
}

impl<'a> Parser<'a> {
    fn new(source: &'a Arc<Source>, start: usize, end: usize, stack: usize) -> Parser<'a> {
        Parser {
            lexer: Lexer::new(source.text(), start, end),
            source,
            peeked: None,
            last: Span::new(start as u32, start as u32),
            taken: None,
            depth: 0,
            no_comma: false,
            stack_start: stack_address(),
            stack,
            out_of_stack: false,
        }
    }

    // --- tokens --------------------------------------------------------------------------------

    fn peek(&mut self) -> &Token {
        if self.peeked.is_none() {
            self.peeked = Some(self.lexer.next());
        }
        self.peeked.as_ref().expect("it was filled the line before")
    }
    fn kind(&mut self) -> Kind {
        self.peek().kind
    }
    fn next(&mut self) -> Token {
        let token = self.peeked.take().unwrap_or_else(|| self.lexer.next());
        self.last = token.span;
        if let Some(taken) = &mut self.taken {
            // What was read once already is read anew.
            let anew = |known: &mut Token| known.span.start >= token.span.start;
            while taken.pop_if(anew).is_some() {}
            taken.push(token.clone());
        }
        token
    }
    fn take_if(&mut self, kind: Kind) -> bool {
        let there = self.kind() == kind;
        if there {
            self.next();
        }
        there
    }
    /// Gives a peeked token back to the lexer.
    fn put_back(&mut self) {
        if let Some(token) = self.peeked.take() {
            self.lexer.seek(token.span.start);
        }
    }
    /// Reads on in `mode`; returns the mode before.
    fn set_mode(&mut self, mode: Mode) -> Mode {
        let before = self.lexer.mode;
        if before != mode {
            self.put_back();
            self.lexer.mode = mode;
        }
        before
    }
    /// An operand comes next: a sign belongs to the number behind it.
    fn operand_next(&mut self) {
        if !self.lexer.operand {
            self.lexer.operand = true;
            self.reread_sign();
        }
    }
    /// An operator comes next: a dash is one.
    fn operator_next(&mut self) {
        if self.lexer.operand {
            self.lexer.operand = false;
            self.reread_sign();
        }
    }
    fn reread_sign(&mut self) {
        let signed = |token: &Token| matches!(token.kind, Kind::Plus | Kind::Minus | Kind::Number);
        if self.peeked.as_ref().is_some_and(signed) {
            self.put_back();
        }
    }
    fn skip_lines(&mut self) {
        while self.kind() == Kind::NewLine {
            self.next();
        }
    }
    fn skip_lines_and_semis(&mut self) {
        while matches!(self.kind(), Kind::NewLine | Kind::Semi) {
            self.next();
        }
    }
    /// Whether the next token is the word `word`.
    fn is_word(&mut self, word: &str) -> bool {
        let token = self.peek();
        match (&token.kind, &token.carried) {
            (Kind::Identifier, Carried::Text(text)) => text.eq_ignore_ascii_case(word),
            _ => false,
        }
    }
    fn take_word(&mut self, word: &str) -> bool {
        let there = self.is_word(word);
        if there {
            self.next();
        }
        there
    }
    fn text_of(&self, span: Span) -> &'a str {
        self.lexer.text().get(span.start as usize..span.end as usize).unwrap_or("")
    }
    /// The empty place behind the last token taken.
    fn behind(&self) -> Span {
        self.last.after()
    }

    // --- errors --------------------------------------------------------------------------------

    fn fail<T>(&mut self, id: &'static str, span: Span, what: &str) -> Parse<T> {
        self.lexer.report(id, span, what);
        Err(Stop)
    }
    fn unexpected<T>(&mut self) -> Parse<T> {
        let span = self.peek().span;
        let text = self.text_of(span);
        self.fail("UnexpectedToken", span, text)
    }

    /// Runs `inner` one level deeper.
    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.depth >= NESTING_DEPTH_MAX {
            let span = self.peek().span;
            return self.fail("IncompleteParseNesting", span, &NESTING_DEPTH_MAX.to_string());
        }
        if self.stack_start.abs_diff(stack_address()) > self.stack {
            self.out_of_stack = true;
            return Err(Stop);
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// Guards a loop that makes a tree as deep as the loop is long.
    fn link(&mut self, length: &mut u32) -> Parse<()> {
        *length += 1;
        if *length > CHAIN_LENGTH_MAX {
            let span = self.last;
            return self.fail("IncompleteParseNesting", span, &CHAIN_LENGTH_MAX.to_string());
        }
        Ok(())
    }

    /// Runs `inner` with what brackets reset: commas make lists again, colons do not end numbers.
    fn bracketed<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        let (comma, ternary, operand) = (self.no_comma, self.lexer.ternary, self.lexer.operand);
        (self.no_comma, self.lexer.ternary) = (false, false);
        let result = self.deeper(inner);
        (self.no_comma, self.lexer.ternary, self.lexer.operand) = (comma, ternary, operand);
        result
    }

    /// Runs `inner` in `mode`, and goes back to the mode before.
    fn in_mode<T>(&mut self, mode: Mode, inner: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        let before = self.set_mode(mode);
        let result = inner(self);
        self.set_mode(before);
        result
    }

    // --- script blocks -------------------------------------------------------------------------

    fn script(&mut self) -> Parse<ScriptBlock> {
        let using = self.using_lines()?;
        let mut block = self.block_body(Span::new(0, self.lexer.text().len() as u32), false)?;
        block.using = using;
        if self.kind() != Kind::End {
            return self.unexpected();
        }
        Ok(block)
    }

    /// `{ … }`, the brace being the next token.
    fn braced_block(&mut self, is_filter: bool) -> Parse<ScriptBlock> {
        let open = self.next().span;
        self.in_mode(Mode::Command, |parser| {
            parser.bracketed(|parser| {
                let mut block = parser.block_body(open, is_filter)?;
                let close = parser.close_curly(open)?;
                block.span = open.to(close);
                Ok(block)
            })
        })
    }

    fn close_curly(&mut self, open: Span) -> Parse<Span> {
        match self.kind() {
            Kind::RightCurly => Ok(self.next().span),
            _ => self.open_curly(open),
        }
    }

    /// The brace at `place` is not closed: at the end of the text it still can be.
    fn open_curly<T>(&mut self, place: Span) -> Parse<T> {
        let at_end = self.kind() == Kind::End;
        self.lexer.report_as("MissingEndCurlyBrace", place, "", at_end);
        Err(Stop)
    }

    fn block_body(&mut self, span: Span, is_filter: bool) -> Parse<ScriptBlock> {
        let params = self.param_block()?;
        let blocks = self.blocks(is_filter)?;
        Ok(ScriptBlock {
            span,
            source: self.source.clone(),
            using: Vec::new(),
            params,
            blocks,
            is_filter,
            prepared: Default::default(),
        })
    }

    fn blocks(&mut self, is_filter: bool) -> Parse<Vec<NamedBlock>> {
        self.skip_lines_and_semis();
        let mut blocks = Vec::new();
        while let Some(kind) = self.block_name() {
            let word = self.next();
            self.skip_lines();
            if self.kind() != Kind::LeftCurly {
                let text = self.text_of(word.span);
                return self.fail("MissingNamedStatementBlock", word.span.after(), text);
            }
            let mut body = self.statement_block()?;
            body.span = word.span.to(body.span);
            blocks.push(NamedBlock { kind, unnamed: false, body });
            self.skip_lines_and_semis();
        }
        if blocks.is_empty() {
            let kind = if is_filter { BlockKind::Process } else { BlockKind::End };
            blocks.push(NamedBlock { kind, unnamed: true, body: self.statements()? });
        }
        Ok(blocks)
    }

    fn block_name(&mut self) -> Option<BlockKind> {
        [
            ("begin", BlockKind::Begin),
            ("process", BlockKind::Process),
            ("end", BlockKind::End),
            ("clean", BlockKind::Clean),
            ("dynamicparam", BlockKind::DynamicParam),
        ]
        .into_iter()
        .find(|(word, _)| self.is_word(word))
        .filter(|(word, _)| *word != "clean" || self.curly_follows())
        .map(|(_, kind)| kind)
    }

    /// Whether a `{` stands behind the token that is peeked.
    fn curly_follows(&mut self) -> bool {
        let end = self.peek().span.end;
        let rest = self.lexer.text().get(end as usize..).unwrap_or("");
        rest.trim_start().starts_with('{')
    }

    /// `{ statements }`, the brace being the next token.
    fn statement_block(&mut self) -> Parse<StatementBlock> {
        let open = self.next().span;
        self.in_mode(Mode::Command, |parser| {
            parser.bracketed(|parser| {
                let mut block = parser.statements()?;
                let close = parser.close_curly(open)?;
                block.span = open.to(close);
                Ok(block)
            })
        })
    }

    /// Statements up to a closing bracket or the end.
    fn statements(&mut self) -> Parse<StatementBlock> {
        let mut block = StatementBlock::default();
        self.set_mode(Mode::Command);
        loop {
            self.skip_lines_and_semis();
            if self.is_word("trap") {
                let trap = self.trap()?;
                block.traps.push(trap);
                continue;
            }
            match self.statement()? {
                Some(statement) => block.statements.push(statement),
                None => break,
            }
        }
        if let (Some(first), Some(last)) = (block.statements.first(), block.statements.last()) {
            block.span = first.span.to(last.span);
        }
        Ok(block)
    }

    fn using_lines(&mut self) -> Parse<Vec<Using>> {
        let mut lines = Vec::new();
        loop {
            self.skip_lines_and_semis();
            if !self.is_word("using") {
                return Ok(lines);
            }
            lines.push(self.using_line()?);
        }
    }

    fn using_line(&mut self) -> Parse<Using> {
        let word = self.next().span;
        let what = self.next();
        let name = self.text_of(what.span).to_ascii_lowercase();
        if !["assembly", "module", "namespace"].contains(&name.as_str()) {
            return self.fail("MissingUsingStatementDirective", word.after(), "");
        }
        self.lexer.operand = true;
        match self.argument_item()? {
            Some(item) => Ok(Using { span: word.to(item.span), what: name.into(), name: item }),
            None => self.fail("MissingUsingItemName", what.span.after(), &name),
        }
    }
}

#[cfg(test)]
mod tests;
