//! Pipelines, commands, arguments, redirections.

use super::*;

/// The expression that a pipeline may start with, and the assignment operator behind it.
type Leading = (Option<Expr>, Option<(Assign, Span)>);

impl Parser<'_> {
    /// Pipelines joined by `&&` and `||`, or an assignment; `None` where nothing of that kind stands.
    pub(super) fn chain(&mut self) -> Parse<Option<Statement>> {
        let Some(mut left) = self.pipeline()? else { return Ok(None) };
        let mut length = 0;
        while let kind @ (Kind::AndAnd | Kind::OrOr) = self.kind() {
            self.link(&mut length)?;
            let operator = self.next().span;
            self.skip_lines();
            let Some(right) = self.pipeline()? else {
                let place = operator.after();
                return self.fail("EmptyPipelineChainElement", place, "");
            };
            let span = left.span.to(right.span);
            let chain = Chain { left, and: kind == Kind::AndAnd, right, background: false };
            left = Statement { span, kind: StatementKind::Chain(Box::new(chain)) };
        }
        Ok(Some(left))
    }

    fn pipeline(&mut self) -> Parse<Option<Statement>> {
        self.deeper(Self::pipeline_here)
    }

    fn pipeline_here(&mut self) -> Parse<Option<Statement>> {
        let mut elements: Vec<Element> = Vec::new();
        let mut pipe: Option<Span> = None;
        let mut background = false;
        let mut start = None;
        loop {
            let (expression, assign) = self.leading_expression()?;
            let element = match (expression, assign) {
                (Some(left), Some((operator, span))) => {
                    if pipe.is_some() {
                        return self.fail("ExpressionsMustBeFirstInPipeline", left.span, "");
                    }
                    return self.assignment(left, operator, span).map(Some);
                }
                (Some(expression), None) => {
                    if pipe.is_some() {
                        return self.fail("ExpressionsMustBeFirstInPipeline", expression.span, "");
                    }
                    Some(Element::Expression(self.expression_stage(expression)?))
                }
                (None, _) => self.command()?.map(Element::Command),
            };
            match element {
                Some(element) => {
                    start.get_or_insert(element.span());
                    elements.push(element);
                }
                None if pipe.is_some() || self.kind() == Kind::Pipe => {
                    let place = pipe.map_or(self.peek().span, Span::after);
                    return self.fail("EmptyPipeElement", place, "");
                }
                None => {}
            }
            self.pipe_on_later_line();
            match self.kind() {
                Kind::Pipe => {
                    pipe = Some(self.next().span);
                    self.skip_lines();
                    if self.kind() == Kind::End {
                        let place = self.peek().span;
                        let place = pipe.map_or(place, Span::after);
                        return self.fail("EmptyPipeElement", place, "");
                    }
                }
                Kind::Ampersand if !elements.is_empty() => {
                    self.next();
                    background = true;
                    break;
                }
                _ if self.peek().ends_command() => break,
                _ => return self.unexpected(),
            }
        }
        let (Some(start), Some(last)) = (start, elements.last()) else { return Ok(None) };
        let span = start.to(last.span());
        Ok(Some(Statement { span, kind: StatementKind::Pipeline(Pipeline { elements, background }) }))
    }

    /// A pipe or a chain operator may start the next line, behind the command it goes on with.
    fn pipe_on_later_line(&mut self) {
        if self.kind() != Kind::NewLine {
            return;
        }
        self.put_back();
        let (mark, last) = (self.lexer.mark(), self.last);
        self.skip_lines();
        if matches!(self.kind(), Kind::Pipe | Kind::AndAnd | Kind::OrOr) {
            return;
        }
        self.peeked = None;
        self.last = last;
        self.lexer.back_to(mark);
    }

    fn leading_expression(&mut self) -> Parse<Leading> {
        self.in_mode(Mode::Expression, |parser| {
            parser.operand_next();
            let Some(expression) = parser.expression()? else { return Ok((None, None)) };
            parser.operator_next();
            let assign = match parser.kind() {
                Kind::Assign(operator) => Some((operator, parser.next().span)),
                _ => None,
            };
            Ok((Some(expression), assign))
        })
    }

    fn assignment(&mut self, left: Expr, operator: Assign, operator_span: Span) -> Parse<Statement> {
        self.skip_lines();
        let Some(right) = self.statement()? else {
            return self.fail("ExpectedValueExpression", operator_span.after(), operator.text());
        };
        let span = left.span.to(right.span);
        let right = unwrap_expression(right);
        let assignment = Assignment { left, operator, right, operator_span };
        Ok(Statement { span, kind: StatementKind::Assignment(Box::new(assignment)) })
    }

    fn expression_stage(&mut self, expression: Expr) -> Parse<CommandExpression> {
        let mut stage = CommandExpression { span: expression.span, expression, redirections: Vec::new() };
        while matches!(self.kind(), Kind::Redirection | Kind::RedirectInput) {
            let redirection = self.redirection(&stage.redirections)?;
            stage.span = stage.span.to(redirection.span);
            stage.redirections.push(redirection);
        }
        Ok(stage)
    }

    fn redirection(&mut self, before: &[Redirection]) -> Parse<Redirection> {
        let token = self.next();
        let text = self.text_of(token.span);
        let Carried::Redirect(kind) = token.carried else {
            return self.fail("RedirectionNotSupported", token.span, text);
        };
        let mut span = token.span;
        let mut file = None;
        match kind {
            Redirect::Merge { to, from } if to != 1 || from == 1 => {
                return self.fail("RedirectionNotSupported", token.span, text);
            }
            Redirect::Merge { .. } => {}
            Redirect::File { .. } => {
                let Some(target) = self.argument_item()? else {
                    return self.fail("MissingFileSpecification", token.span.after(), "");
                };
                span = span.to(target.span);
                file = Some(target);
            }
        }
        let from = redirected(kind);
        if before.iter().any(|earlier| redirected(earlier.kind) == from) {
            return self.fail("StreamAlreadyRedirected", span, STREAMS[usize::from(from)]);
        }
        Ok(Redirection { span, kind, file })
    }

    /// A command, with its name and arguments; `None` where none stands.
    pub(super) fn command(&mut self) -> Parse<Option<Command>> {
        self.set_mode(Mode::Command);
        self.lexer.operand = true;
        let first = self.peek().span;
        let invocation = match self.kind() {
            Kind::Ampersand => Invocation::Call,
            Kind::Dot => Invocation::Dot,
            _ => Invocation::Plain,
        };
        let mut command = Command { span: first, invocation, elements: Vec::new(), redirections: Vec::new() };
        if invocation != Invocation::Plain {
            self.next();
        }
        self.command_name(&mut command, first)?;
        let redirected = matches!(self.kind(), Kind::Redirection | Kind::RedirectInput);
        if command.elements.is_empty() && !redirected {
            return Ok(None);
        }
        self.arguments(&mut command)?;
        if command.elements.is_empty() {
            // Redirections of nothing.
            let text = self.text_of(first);
            return self.fail("UnexpectedToken", first, text);
        }
        command.span = first.to(self.last);
        Ok(Some(command))
    }

    fn command_name(&mut self, command: &mut Command, first: Span) -> Parse<()> {
        if matches!(self.kind(), Kind::Redirection | Kind::RedirectInput) {
            return Ok(()); // a redirection in front of the name: read with the arguments
        }
        let before = self.lexer.position();
        match self.argument_item()? {
            Some(name) => command.elements.push(CommandElement::Argument(name)),
            None if command.invocation != Invocation::Plain => {
                let text = self.text_of(first);
                return self.fail("MissingExpression", first.after(), text);
            }
            None => debug_assert!(before <= self.lexer.position()),
        }
        Ok(())
    }

    fn arguments(&mut self, command: &mut Command) -> Parse<()> {
        let mut plain_only = false;
        loop {
            let token = self.peek();
            match token.kind {
                _ if token.ends_command() => return Ok(()),
                Kind::Redirection | Kind::RedirectInput => {
                    let redirection = self.redirection(&command.redirections)?;
                    command.redirections.push(redirection);
                }
                Kind::Parameter if !plain_only => {
                    let parameter = self.command_parameter()?;
                    command.elements.push(CommandElement::Parameter(parameter));
                }
                Kind::MinusMinus if !plain_only => {
                    // What follows is never a parameter; the mark itself stays, for native programs.
                    plain_only = true;
                    let span = self.next().span;
                    let mark = Expr { span, kind: ExprKind::Text("--".into(), Quote::Bare) };
                    command.elements.push(CommandElement::Argument(mark));
                }
                Kind::Verbatim => {
                    let token = self.next();
                    let text = text_carried(&token);
                    for (start, piece) in [(0, "--%"), (3, &*text)] {
                        let span = Span::new(token.span.start + start, token.span.end);
                        let kind = ExprKind::Text(piece.into(), Quote::Bare);
                        command.elements.push(CommandElement::Argument(Expr { span, kind }));
                    }
                }
                _ => match self.argument()? {
                    Some(argument) => command.elements.push(CommandElement::Argument(argument)),
                    None => return Ok(()),
                },
            }
        }
    }

    fn command_parameter(&mut self) -> Parse<CommandParameter> {
        let token = self.next();
        let Carried::Parameter(name, colon) = token.carried else { return self.unexpected() };
        let mut argument = None;
        if colon {
            if self.peek().ends_command() {
                let text = self.text_of(token.span);
                return self.fail("ParameterRequiresArgument", token.span.after(), text);
            }
            argument = self.argument()?;
        }
        let span = argument.as_ref().map_or(token.span, |value| token.span.to(value.span));
        Ok(CommandParameter { span, name, argument })
    }

    /// An argument: one item, or a list of them parted by commas.
    fn argument(&mut self) -> Parse<Option<Expr>> {
        let Some(first) = self.argument_item()? else {
            return if self.kind() == Kind::Comma {
                // PowerShell's words for a list without a first element.
                let place = self.behind();
                self.fail("MissingArgument", place, "")
            } else {
                Ok(None)
            };
        };
        if self.kind() != Kind::Comma {
            return Ok(Some(first));
        }
        let mut items = vec![first];
        while self.kind() == Kind::Comma {
            let comma = self.next().span;
            self.skip_lines();
            match self.argument_item()? {
                Some(item) => items.push(item),
                None => return self.fail("MissingExpression", comma.after(), ","),
            }
        }
        let span = items[0].span.to(self.last);
        Ok(Some(Expr { span, kind: ExprKind::List(items) }))
    }

    /// One item of argument mode: a word, or anything that an expression can start with.
    pub(super) fn argument_item(&mut self) -> Parse<Option<Expr>> {
        let before = self.set_mode(Mode::Command);
        let item = self.argument_item_here();
        self.set_mode(before);
        item
    }

    fn argument_item_here(&mut self) -> Parse<Option<Expr>> {
        let token = self.peek();
        if token.ends_command() || matches!(token.kind, Kind::Comma) {
            return Ok(None);
        }
        match token.kind {
            Kind::Redirection | Kind::RedirectInput => Ok(None),
            Kind::Unknown => Err(Stop),
            Kind::Splat => {
                let token = self.next();
                let Carried::Variable(path) = token.carried else { return self.unexpected() };
                Ok(Some(Expr { span: token.span, kind: ExprKind::Splat(path) }))
            }
            Kind::Generic | Kind::Identifier => {
                let token = self.next();
                self.word(token).map(Some)
            }
            Kind::Variable
            | Kind::Number
            | Kind::StringLiteral
            | Kind::StringExpandable
            | Kind::LeftParen
            | Kind::AtParen
            | Kind::DollarParen
            | Kind::AtCurly
            | Kind::LeftCurly => self.primary(),
            _ => {
                // An operator or parameter where a value must stand is a word.
                let span = self.next().span;
                let kind = ExprKind::Text(self.text_of(span).into(), Quote::Bare);
                Ok(Some(Expr { span, kind }))
            }
        }
    }

    fn word(&mut self, token: Token) -> Parse<Expr> {
        let kind = match token.carried {
            Carried::Text(text) => ExprKind::Text(text, Quote::Bare),
            Carried::Parts(parts) => ExprKind::Expandable(self.pieces(parts)?, Quote::Bare),
            _ => ExprKind::Text(self.text_of(token.span).into(), Quote::Bare),
        };
        Ok(Expr { span: token.span, kind })
    }
}

impl Element {
    /// Where the stage stands.
    pub fn span(&self) -> Span {
        match self {
            Element::Expression(stage) => stage.span,
            Element::Command(command) => command.span,
        }
    }
}

/// A pipeline of one plain expression is that expression, as the right side of an assignment.
fn unwrap_expression(statement: Statement) -> Statement {
    let Statement { span, kind: StatementKind::Pipeline(mut pipeline) } = statement else { return statement };
    if pipeline.background || pipeline.elements.len() != 1 {
        return Statement { span, kind: StatementKind::Pipeline(pipeline) };
    }
    match pipeline.elements.pop() {
        Some(Element::Expression(stage)) => {
            Statement { span, kind: StatementKind::Expression(Box::new(stage)) }
        }
        other => {
            pipeline.elements.extend(other);
            Statement { span, kind: StatementKind::Pipeline(pipeline) }
        }
    }
}

fn text_carried(token: &Token) -> Box<str> {
    match &token.carried {
        Carried::Text(text) => text.clone(),
        _ => "".into(),
    }
}

const STREAMS: [&str; 7] = ["all", "output", "error", "warning", "verbose", "debug", "information"];

fn redirected(kind: Redirect) -> u8 {
    match kind {
        Redirect::File { from, .. } | Redirect::Merge { from, .. } => from,
    }
}
