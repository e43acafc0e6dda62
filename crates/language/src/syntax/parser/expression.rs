//! Expressions: operators by precedence, unary forms, members, literals.

use super::*;
use crate::syntax::letter;

impl Parser<'_> {
    /// An expression; `None` where none stands (a command does, or nothing).
    pub(super) fn expression(&mut self) -> Parse<Option<Expr>> {
        let Some(first) = self.binary(0)? else { return Ok(None) };
        self.operator_next();
        if self.kind() != Kind::Question {
            return Ok(Some(first));
        }
        self.ternary(first).map(Some)
    }

    fn ternary(&mut self, condition: Expr) -> Parse<Expr> {
        let mark = self.next().span;
        let outer = std::mem::replace(&mut self.lexer.ternary, true);
        let yes = self.branch(mark, "?");
        self.lexer.ternary = outer;
        let yes = yes?;
        self.skip_lines();
        if self.kind() != Kind::Colon {
            return self.fail("MissingColonInTernaryExpression", yes.span.after(), "");
        }
        let colon = self.next().span;
        let no = self.branch(colon, ":")?;
        let span = condition.span.to(no.span);
        Ok(Expr { span, kind: ExprKind::Ternary(Box::new((condition, yes, no))) })
    }

    fn branch(&mut self, mark: Span, text: &str) -> Parse<Expr> {
        self.operand_next();
        self.skip_lines();
        match self.deeper(Self::expression)? {
            Some(expression) => Ok(expression),
            None => self.fail("ExpectedValueExpression", mark.after(), text),
        }
    }

    fn binary(&mut self, weakest: u8) -> Parse<Option<Expr>> {
        let Some(mut left) = self.list()? else { return Ok(None) };
        let mut length = 0;
        loop {
            self.operator_next();
            let token = self.peek();
            let span = token.span;
            let Some(operator) = binary_operator(token.kind) else { break };
            let Some(strength) = operator.precedence().filter(|strength| *strength >= weakest) else { break };
            self.link(&mut length)?;
            self.next();
            self.operand_next();
            self.skip_lines();
            let Some(right) = self.deeper(|parser| parser.binary(strength + 1))? else {
                let text = self.text_of(span);
                return self.fail("ExpectedValueExpression", span.after(), text);
            };
            let whole = left.span.to(right.span);
            left = Expr { span: whole, kind: ExprKind::Binary(operator, Box::new((left, right)), span) };
        }
        Ok(Some(left))
    }

    /// Operands joined by commas.
    fn list(&mut self) -> Parse<Option<Expr>> {
        let Some(first) = self.unary()? else { return Ok(None) };
        self.operator_next();
        if self.no_comma || self.kind() != Kind::Comma {
            return Ok(Some(first));
        }
        let start = first.span;
        let mut items = vec![first];
        while self.kind() == Kind::Comma {
            let comma = self.next().span;
            self.operand_next();
            self.skip_lines();
            match self.unary()? {
                Some(item) => items.push(item),
                None => return self.fail("MissingExpressionAfterToken", comma.after(), ","),
            }
            self.operator_next();
        }
        let span = items.last().map_or(start, |last| start.to(last.span));
        Ok(Some(Expr { span, kind: ExprKind::List(items) }))
    }

    pub(super) fn unary(&mut self) -> Parse<Option<Expr>> {
        self.operand_next();
        let kind = self.kind();
        let operator = match kind {
            Kind::Exclaim => Operator::Not,
            Kind::Minus => Operator::Subtract,
            Kind::Plus => Operator::Add,
            Kind::PlusPlus => Operator::Increment,
            Kind::MinusMinus => Operator::Decrement,
            Kind::Comma if !self.no_comma => Operator::Comma,
            Kind::DashOperator(
                operator @ (Operator::Not | Operator::Bnot | Operator::Join | Operator::Split(_)),
            ) => operator,
            Kind::LeftBracket => return self.deeper(Self::cast),
            _ => return self.operand(),
        };
        let token = self.next().span;
        self.skip_lines();
        let Some(child) = self.deeper(Self::unary)? else {
            let text = self.text_of(token);
            return self.fail("MissingExpressionAfterOperator", token.after(), text);
        };
        let span = token.to(child.span);
        let kind = match operator {
            Operator::Comma => ExprKind::List(vec![child]),
            _ => ExprKind::Unary(operator, Box::new(child)),
        };
        Ok(Some(Expr { span, kind }))
    }

    /// An operand, with `++` or `--` behind it.
    fn operand(&mut self) -> Parse<Option<Expr>> {
        let Some(operand) = self.primary()? else { return Ok(None) };
        Ok(Some(self.stepped(operand)))
    }

    fn stepped(&mut self, operand: Expr) -> Expr {
        self.operator_next();
        let operator = match self.kind() {
            Kind::PlusPlus => Operator::Increment,
            Kind::MinusMinus => Operator::Decrement,
            _ => return operand,
        };
        let span = operand.span.to(self.next().span);
        Expr { span, kind: ExprKind::Postfix(operator, Box::new(operand)) }
    }

    /// `[type] x`, `[type]::member`, `[attribute()] $x`, `[type]`.
    fn cast(&mut self) -> Parse<Option<Expr>> {
        let mut attributes = self.attribute_list()?;
        let Some(last) = attributes.pop() else { return Ok(None) };
        let mut expression = match last {
            AttributeBase::Attribute(attribute) => {
                self.skip_lines();
                let Some(child) = self.unary()? else {
                    let name = attribute.name.full();
                    return self.fail("UnexpectedAttribute", attribute.span, &name);
                };
                attributed(AttributeBase::Attribute(attribute), child)
            }
            AttributeBase::Type(constraint) => self.typed(constraint)?,
        };
        while let Some(attribute) = attributes.pop() {
            expression = attributed(attribute, expression);
        }
        Ok(Some(expression))
    }

    fn typed(&mut self, constraint: TypeConstraint) -> Parse<Expr> {
        let span = constraint.span;
        if self.peeked.is_none() && self.member_mark(false).is_some() {
            let literal = Expr { span, kind: ExprKind::Type(constraint.name) };
            let member = self.members(literal)?;
            return Ok(self.stepped(member));
        }
        let ends = matches!(self.kind(), Kind::NewLine | Kind::Comma);
        match if ends { None } else { self.unary()? } {
            Some(child) => Ok(attributed(AttributeBase::Type(constraint), child)),
            None => Ok(Expr { span, kind: ExprKind::Type(constraint.name) }),
        }
    }

    /// A variable, literal or bracketed expression, with its members.
    pub(super) fn primary(&mut self) -> Parse<Option<Expr>> {
        let operand = match self.kind() {
            Kind::Variable | Kind::Number | Kind::StringLiteral | Kind::StringExpandable => self.simple()?,
            Kind::LeftParen => self.paren()?,
            Kind::AtParen | Kind::DollarParen => self.statements_in_parens()?,
            Kind::AtCurly => self.hashtable()?,
            Kind::LeftCurly => {
                let block = self.braced_block(false)?;
                Expr { span: block.span, kind: ExprKind::Block(Arc::new(block)) }
            }
            Kind::Splat if self.lexer.mode == Mode::Expression => {
                let span = self.peek().span;
                let name = self.text_of(Span::new(span.start + 1, span.end));
                return self.fail("SplattingNotPermitted", span, name);
            }
            Kind::Unknown => return Err(Stop),
            _ => return Ok(None),
        };
        self.members(operand).map(Some)
    }

    fn simple(&mut self) -> Parse<Expr> {
        let token = self.next();
        let span = token.span;
        let quote = if token.here {
            Quote::Here
        } else if token.kind == Kind::StringLiteral {
            Quote::Single
        } else {
            Quote::Double
        };
        let kind = match token.carried {
            Carried::Number(number) => ExprKind::Number(number),
            Carried::Text(text) => ExprKind::Text(text, quote),
            Carried::Variable(path) => variable(span, path),
            Carried::Parts(parts) => self.expandable(parts, quote)?,
            _ => return self.unexpected(),
        };
        Ok(Expr { span, kind })
    }

    fn expandable(&mut self, parts: Vec<Part>, quote: Quote) -> Parse<ExprKind> {
        let pieces = self.pieces(parts)?;
        let plain = pieces.iter().all(|piece| matches!(piece, Piece::Text(_)));
        if !plain {
            return Ok(ExprKind::Expandable(pieces, quote));
        }
        let mut texts = pieces.into_iter().filter_map(|piece| match piece {
            Piece::Text(text) => Some(text),
            Piece::Expression(_) => None,
        });
        Ok(ExprKind::Text(texts.next().unwrap_or_default(), quote))
    }

    /// The pieces of an expandable string, what is in them parsed.
    pub(super) fn pieces(&mut self, parts: Vec<Part>) -> Parse<Vec<Piece>> {
        parts
            .into_iter()
            .map(|part| {
                Ok(match part {
                    Part::Text(text) => Piece::Text(text),
                    Part::Variable(span, path) => {
                        Piece::Expression(Expr { span, kind: variable(span, path) })
                    }
                    Part::Sub(span, None) => Piece::Expression(self.sub_in_string(span)?),
                    Part::Sub(span, Some(text)) => Piece::Expression(self.reduced_sub(span, &text)?),
                })
            })
            .collect()
    }

    /// `$( … )` in a string, parsed where it stands.
    fn sub_in_string(&mut self, span: Span) -> Parse<Expr> {
        let closed = self.text_of(span).ends_with(')');
        let peeked = self.peeked.take();
        let (mode, last) = (self.lexer.mode, self.last);
        self.lexer.mode = Mode::Command;
        let before = self.lexer.enter(span.start + 2, if closed { span.end - 1 } else { span.end });
        let result = self.bracketed(|parser| {
            let block = parser.statements()?;
            if parser.kind() != Kind::End {
                return parser.unexpected();
            }
            Ok(block)
        });
        self.lexer.leave(before);
        (self.lexer.mode, self.peeked, self.last) = (mode, peeked, last);
        let mut block = result?;
        block.span = span;
        Ok(Expr { span, kind: ExprKind::Sub(Box::new(block)) })
    }

    /// `$( … )` in a string, with doubled quotes that stand for single ones: a text of its own, laid at
    /// the same offset, so that places are right up to the first of those quotes.
    fn reduced_sub(&mut self, span: Span, text: &str) -> Parse<Expr> {
        let padded = " ".repeat(span.start as usize) + text;
        let source = Source::typed(padded);
        let mut inner = Parser::new(&source, span.start as usize + 2, source.text().len() - 1, self.stack);
        (inner.depth, inner.stack_start) = (self.depth, self.stack_start);
        let result = inner.statements().and_then(|block| match inner.kind() {
            Kind::End => Ok(block),
            _ => inner.unexpected(),
        });
        self.out_of_stack |= inner.out_of_stack;
        for error in std::mem::take(&mut inner.lexer.faults) {
            self.lexer.faults.push(error);
        }
        let mut block = result?;
        block.span = span;
        Ok(Expr { span, kind: ExprKind::Sub(Box::new(block)) })
    }

    fn paren(&mut self) -> Parse<Expr> {
        let open = self.next().span;
        self.bracketed(|parser| {
            parser.set_mode_within(|parser| {
                parser.skip_lines();
                let Some(inner) = parser.chain()? else {
                    return parser.fail("ExpectedExpression", open.after(), "(");
                };
                parser.skip_lines();
                if parser.kind() != Kind::RightParen {
                    return parser.fail("MissingEndParenthesisInExpression", inner.span.after(), "");
                }
                let span = open.to(parser.next().span);
                Ok(Expr { span, kind: ExprKind::Paren(Box::new(inner)) })
            })
        })
    }

    fn set_mode_within<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        self.in_mode(Mode::Command, inner)
    }

    /// `@( … )` and `$( … )`.
    fn statements_in_parens(&mut self) -> Parse<Expr> {
        let open = self.next();
        self.bracketed(|parser| {
            parser.in_mode(Mode::Command, |parser| {
                let mut block = parser.statements()?;
                if parser.kind() != Kind::RightParen {
                    let at = parser.peek().span;
                    // PowerShell counts the end of the text as one character wide here.
                    let wide = u32::from(parser.kind() == Kind::End);
                    let place = Span::new(at.end + wide, at.end + wide);
                    return parser.fail("MissingEndParenthesisInSubexpression", place, "");
                }
                let span = open.span.to(parser.next().span);
                block.span = span;
                let kind = match open.kind {
                    Kind::AtParen => ExprKind::Array(Box::new(block)),
                    _ => ExprKind::Sub(Box::new(block)),
                };
                Ok(Expr { span, kind })
            })
        })
    }

    // --- hashtables ----------------------------------------------------------------------------

    fn hashtable(&mut self) -> Parse<Expr> {
        let open = self.next().span;
        self.bracketed(|parser| {
            parser.in_mode(Mode::Command, |parser| {
                let mut pairs = Vec::new();
                loop {
                    parser.skip_lines_and_semis();
                    match parser.kind() {
                        Kind::RightCurly => break,
                        Kind::End => return parser.open_curly(open.after()),
                        _ => pairs.push(parser.pair(open)?),
                    }
                }
                let span = open.to(parser.next().span);
                Ok(Expr { span, kind: ExprKind::Hashtable(pairs) })
            })
        })
    }

    fn pair(&mut self, open: Span) -> Parse<(Expr, Statement)> {
        let Some(key) = self.key()? else {
            return self.open_curly(open.after());
        };
        self.in_mode(Mode::Expression, |parser| {
            parser.operator_next();
            match parser.kind() {
                Kind::Assign(Assign::Set) => {
                    parser.next();
                    Ok(())
                }
                _ => parser.fail("MissingEqualsInHashLiteral", key.span.after(), ""),
            }
        })?;
        let equals = self.last;
        self.skip_lines();
        match self.statement()? {
            Some(value) => Ok((key, value)),
            None => self.fail("MissingStatementInHashLiteral", equals.after(), ""),
        }
    }

    /// A key: a word as it stands, or an expression.
    fn key(&mut self) -> Parse<Option<Expr>> {
        self.put_back();
        self.lexer.skip_blanks();
        if self.lexer.peek().is_some_and(letter::starts_word) {
            return Ok(Some(self.simple_name()));
        }
        self.in_mode(Mode::Expression, |parser| {
            parser.operand_next();
            parser.no_comma = true;
            let key = parser.unary();
            parser.no_comma = false;
            key
        })
    }

    /// A word of letters, digits and underscores at the very next character.
    fn simple_name(&mut self) -> Expr {
        let start = self.lexer.position();
        self.lexer.take_while(letter::continues_word);
        let span = Span::new(start, self.lexer.position());
        self.last = span;
        Expr { span, kind: ExprKind::Text(self.text_of(span).into(), Quote::Bare) }
    }

    // --- members -------------------------------------------------------------------------------

    /// `.`, `::`, `[`, `?.` or `?[` right behind the last token; nothing is taken.
    fn member_mark(&self, brackets: bool) -> Option<Mark> {
        match (self.lexer.peek()?, self.lexer.peek_second()) {
            ('.', Some('.')) => None,
            ('.', _) => Some(Mark::Dot(false)),
            (':', Some(':')) => Some(Mark::Static),
            ('[', _) if brackets => Some(Mark::Bracket(false)),
            ('?', Some('.')) if self.lexer.mode == Mode::Expression && !self.lexer.rest_starts("?..") => {
                Some(Mark::Dot(true))
            }
            ('?', Some('[')) if self.lexer.mode == Mode::Expression => Some(Mark::Bracket(true)),
            _ => None,
        }
    }

    /// What follows an operand without a blank: members, calls, indices.
    fn members(&mut self, mut target: Expr) -> Parse<Expr> {
        let mut length = 0;
        while self.peeked.is_none() {
            let Some(mark) = self.member_mark(true) else { break };
            self.link(&mut length)?;
            let start = self.lexer.position();
            for _ in 0..mark.width() {
                self.lexer.take();
            }
            self.last = Span::new(start, self.lexer.position());
            target = match mark {
                Mark::Bracket(conditional) => self.index(target, conditional)?,
                Mark::Dot(conditional) => self.member(target, false, conditional)?,
                Mark::Static => self.member(target, true, false)?,
            };
        }
        Ok(target)
    }

    fn index(&mut self, target: Expr, conditional: bool) -> Parse<Expr> {
        let open = self.last;
        self.bracketed(|parser| {
            parser.in_mode(Mode::Expression, |parser| {
                parser.operand_next();
                parser.skip_lines();
                let Some(index) = parser.expression()? else {
                    return parser.fail("MissingArrayIndexExpression", open.after(), "");
                };
                parser.skip_lines();
                if parser.kind() != Kind::RightBracket {
                    return parser.fail("MissingEndSquareBracket", index.span.after(), "");
                }
                let span = target.span.to(parser.next().span);
                Ok(Expr { span, kind: ExprKind::Index(Box::new(Index { target, index, conditional })) })
            })
        })
    }

    fn member(&mut self, target: Expr, is_static: bool, conditional: bool) -> Parse<Expr> {
        let mark = self.last;
        self.skip_blank_lines();
        let Some(member) = self.member_name()? else {
            return self.fail("MissingPropertyName", mark.after(), "");
        };
        let types = self.method_types()?;
        if self.lexer.peek() == Some('(') {
            let (arguments, end) = self.call_arguments()?;
            let span = target.span.to(end);
            let invoke = MemberInvoke { target, member, is_static, conditional, types, arguments };
            return Ok(Expr { span, kind: ExprKind::Invoke(Box::new(invoke)) });
        }
        if self.lexer.peek() == Some('{') && self.lexer.mode == Mode::Expression {
            let block = self.braced_block(false)?;
            let end = block.span;
            let arguments = vec![Expr { span: end, kind: ExprKind::Block(Arc::new(block)) }];
            let span = target.span.to(end);
            let invoke = MemberInvoke { target, member, is_static, conditional, types, arguments };
            return Ok(Expr { span, kind: ExprKind::Invoke(Box::new(invoke)) });
        }
        let span = target.span.to(member.span);
        let access = MemberAccess { target, member, is_static, conditional };
        Ok(Expr { span, kind: ExprKind::Member(Box::new(access)) })
    }

    /// A member's name may stand on a later line than its dot.
    fn skip_blank_lines(&mut self) {
        loop {
            self.lexer.skip_blanks();
            match self.lexer.peek() {
                Some('\r' | '\n') => self.lexer.take(),
                _ => return,
            };
        }
    }

    fn member_name(&mut self) -> Parse<Option<Expr>> {
        match self.lexer.peek() {
            Some(c) if letter::continues_word(c) => Ok(Some(self.simple_name())),
            Some(c) if matches!(c, '$' | '(') || letter::is_single_quote(c) || letter::is_double_quote(c) => {
                self.in_mode(Mode::Expression, |parser| match parser.kind() {
                    Kind::Variable | Kind::StringLiteral | Kind::StringExpandable => {
                        parser.simple().map(Some)
                    }
                    Kind::LeftParen => parser.paren().map(Some),
                    Kind::DollarParen => parser.statements_in_parens().map(Some),
                    _ => Ok(None),
                })
            }
            // `$o.{name}`: what stands between the braces is the name.
            Some('{') => self.in_mode(Mode::Expression, |parser| {
                let block = parser.braced_block(false)?;
                let (span, name) = (block.span, block.inner_text().trim().to_owned());
                Ok(Some(Expr { span, kind: ExprKind::Text(name.into(), Quote::Bare) }))
            }),
            _ => Ok(None),
        }
    }

    /// `(a, b)`, the parenthesis being the next character.
    pub(super) fn call_arguments(&mut self) -> Parse<(Vec<Expr>, Span)> {
        self.next();
        self.bracketed(|parser| {
            parser.in_mode(Mode::Expression, |parser| {
                parser.no_comma = true;
                let mut arguments = Vec::new();
                loop {
                    parser.operand_next();
                    parser.skip_lines();
                    let comma = parser.last;
                    match parser.expression()? {
                        Some(argument) => arguments.push(argument),
                        None if arguments.is_empty() => {}
                        None => return parser.fail("MissingExpressionAfterToken", comma.after(), ","),
                    }
                    parser.operator_next();
                    parser.skip_lines();
                    if parser.kind() != Kind::Comma {
                        break;
                    }
                    if arguments.is_empty() {
                        let place = parser.behind();
                        return parser.fail("MissingExpressionAfterToken", place, ",");
                    }
                    parser.next();
                }
                if parser.kind() != Kind::RightParen {
                    let place = arguments.last().map_or(parser.last, |last: &Expr| last.span).after();
                    return parser.fail("MissingEndParenthesisInMethodCall", place, "");
                }
                Ok((arguments, parser.next().span))
            })
        })
    }
}

/// What joins an operand and what follows it.
#[derive(Clone, Copy)]
enum Mark {
    Dot(bool),
    Static,
    Bracket(bool),
}

impl Mark {
    fn width(self) -> usize {
        match self {
            Mark::Dot(false) | Mark::Bracket(false) => 1,
            _ => 2,
        }
    }
}

fn variable(span: Span, path: VariablePath) -> ExprKind {
    match &path.qualifier {
        Some(scope) if scope.eq_ignore_ascii_case("using") => {
            ExprKind::Using(Box::new(Expr { span, kind: ExprKind::Variable(path) }))
        }
        _ => ExprKind::Variable(path),
    }
}

fn attributed(attribute: AttributeBase, child: Expr) -> Expr {
    let span = attribute.span().to(child.span);
    let kind = match attribute {
        AttributeBase::Attribute(attribute) => ExprKind::Attributed(Box::new((attribute, child))),
        AttributeBase::Type(constraint) => ExprKind::Convert(Box::new((constraint, child))),
    };
    Expr { span, kind }
}

fn binary_operator(kind: Kind) -> Option<Operator> {
    Some(match kind {
        Kind::DashOperator(operator) => operator,
        Kind::Plus => Operator::Add,
        Kind::Minus => Operator::Subtract,
        Kind::Multiply => Operator::Multiply,
        Kind::Divide => Operator::Divide,
        Kind::Rem => Operator::Remainder,
        Kind::DotDot => Operator::Range,
        Kind::Coalesce => Operator::Coalesce,
        _ => return None,
    })
}
