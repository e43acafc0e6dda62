//! Statements: what starts with a keyword, and pipelines.

use super::*;

impl Parser<'_> {
    /// A statement; `None` before a closing bracket or at the end.
    pub(super) fn statement(&mut self) -> Parse<Option<Statement>> {
        self.deeper(|parser| parser.in_mode(Mode::Command, Self::statement_here))
    }

    fn statement_here(&mut self) -> Parse<Option<Statement>> {
        if self.starts_with_bracket()
            && let Some(statement) = self.attributed_statement()?
        {
            return Ok(Some(statement));
        }
        match self.kind() {
            Kind::Label => self.labelled(),
            Kind::Identifier => match self.keyword_statement(Vec::new(), None)? {
                Some(statement) => Ok(Some(statement)),
                None => self.chain(),
            },
            Kind::RightParen | Kind::RightCurly | Kind::End => Ok(None),
            _ => self.chain(),
        }
    }

    fn starts_with_bracket(&mut self) -> bool {
        let at = self.peek().span;
        self.text_of(Span::new(at.start, at.start + 1)) == "["
    }

    /// `[attribute()] class …`; anything else that starts with `[` is an expression.
    fn attributed_statement(&mut self) -> Parse<Option<Statement>> {
        self.put_back();
        let (mark, last) = (self.lexer.mark(), self.last);
        let attributes = self.in_mode(Mode::Expression, |parser| {
            let list = parser.attribute_list()?;
            parser.skip_lines();
            Ok(list)
        });
        if let Ok(list) = attributes
            && list.iter().all(|item| matches!(item, AttributeBase::Attribute(_)))
            && self.kind() == Kind::Identifier
        {
            let span = list[0].span();
            let plain: Vec<Attribute> = list.into_iter().filter_map(attribute_only).collect();
            if self.is_word("class") || self.is_word("enum") {
                return self.keyword_statement(plain, Some(span));
            }
            if !plain.is_empty() && self.is_bare_keyword() {
                let name = plain[0].name.full();
                return self.fail("UnexpectedAttribute", span, &name);
            }
        }
        self.peeked = None;
        self.last = last;
        self.lexer.back_to(mark);
        Ok(None)
    }

    /// A keyword whose statement takes no attributes.
    fn is_bare_keyword(&mut self) -> bool {
        const WORDS: [&str; 14] = [
            "if", "foreach", "for", "while", "do", "switch", "try", "function", "filter", "return", "throw",
            "break", "continue", "exit",
        ];
        WORDS.iter().any(|word| self.is_word(word))
    }

    /// `:name` and a loop; without a loop behind it, a command of that strange name.
    fn labelled(&mut self) -> Parse<Option<Statement>> {
        let (token, mark) = (self.next(), self.lexer.mark());
        self.skip_lines();
        let word = self.peek().clone();
        if let (Carried::Text(name), Carried::Text(keyword), Kind::Identifier) =
            (token.carried, &word.carried, word.kind)
            && let Some(kind) = self.loop_statement(&keyword.to_ascii_lowercase(), Some(name))?
        {
            return Ok(Some(Statement { span: token.span.to(self.last), kind }));
        }
        self.peeked = None;
        self.lexer.back_to(mark);
        self.lexer.seek(token.span.start);
        self.chain()
    }

    fn keyword_statement(
        &mut self,
        attributes: Vec<Attribute>,
        start: Option<Span>,
    ) -> Parse<Option<Statement>> {
        let token = self.peek();
        let span = start.unwrap_or(token.span);
        let Carried::Text(text) = &token.carried else { return Ok(None) };
        if text.len() > 12 {
            return Ok(None);
        }
        let word = text.to_ascii_lowercase();
        let kind = match word.as_str() {
            "if" => self.if_statement()?,
            "try" => self.try_statement()?,
            "function" | "filter" => self.function_statement(word == "filter")?,
            "return" => StatementKind::Return(self.flow_value()?),
            "throw" => StatementKind::Throw(self.flow_value()?),
            "exit" => StatementKind::Exit(self.flow_value()?),
            "break" => StatementKind::Break(self.flow_label()?),
            "continue" => StatementKind::Continue(self.flow_label()?),
            "class" | "enum" => return self.type_definition(attributes, span).map(Some),
            "data" => self.data()?,
            "workflow" if self.name_follows() => return self.fail("WorkflowNotSupported", span, ""),
            "using" => return self.fail("UsingMustBeAtStartOfScript", span, ""),
            "parallel" | "sequence" if self.curly_follows() => {
                self.next();
                StatementKind::Block(self.statement_block()?)
            }
            _ => match self.loop_statement(&word, None)? {
                Some(kind) => kind,
                None => return Ok(None),
            },
        };
        Ok(Some(Statement { span: span.to(self.last), kind }))
    }

    fn name_follows(&mut self) -> bool {
        let end = self.peek().span.end as usize;
        let rest = self.lexer.text().get(end..).unwrap_or("");
        rest.trim_start_matches([' ', '\t']).starts_with(|c: char| c.is_alphabetic())
    }

    fn loop_statement(&mut self, word: &str, label: Option<Box<str>>) -> Parse<Option<StatementKind>> {
        Ok(Some(match word {
            "foreach" => self.foreach(label)?,
            "for" => self.for_loop(label)?,
            "while" => self.while_loop(label)?,
            "do" => self.do_loop(label)?,
            "switch" => self.switch(label)?,
            _ => return Ok(None),
        }))
    }

    // --- if, loops -----------------------------------------------------------------------------

    fn if_statement(&mut self) -> Parse<StatementKind> {
        let mut clauses = Vec::new();
        loop {
            clauses.push(self.if_clause()?);
            if !self.word_on_later_line("elseif") {
                break;
            }
        }
        let otherwise = if self.word_on_later_line("else") {
            let word = self.next().span;
            Some(self.block_after("MissingStatementBlockAfterElse", word.after(), "else")?)
        } else {
            None
        };
        Ok(StatementKind::If(Box::new(If { clauses, otherwise })))
    }

    fn if_clause(&mut self) -> Parse<(Statement, StatementBlock)> {
        let word = self.next().span;
        let text = self.text_of(word).to_ascii_lowercase();
        self.skip_lines();
        if !self.take_if(Kind::LeftParen) {
            return self.fail("MissingOpenParenthesisInIfStatement", word.after(), &text);
        }
        let open = self.last;
        let condition = self.condition_in_parens("IfStatementMissingCondition", open, &text)?;
        let close = self.last;
        let body = self.block_after("MissingStatementBlock", close, &text)?;
        Ok((condition, body))
    }

    /// A pipeline and its closing parenthesis.
    fn condition_in_parens(&mut self, missing: &'static str, open: Span, word: &str) -> Parse<Statement> {
        self.bracketed(|parser| {
            parser.skip_lines();
            let Some(condition) = parser.in_mode(Mode::Command, Self::chain)? else {
                return parser.fail(missing, open.after(), word);
            };
            parser.skip_lines();
            if !parser.take_if(Kind::RightParen) {
                return parser.fail("MissingEndParenthesisAfterStatement", condition.span.after(), word);
            }
            Ok(condition)
        })
    }

    /// Looks over line ends for `word`; what stands there otherwise is left alone, line ends included.
    pub(super) fn word_on_later_line(&mut self, word: &str) -> bool {
        self.put_back();
        let (mark, last) = (self.lexer.mark(), self.last);
        self.skip_lines();
        if self.is_word(word) {
            return true;
        }
        self.peeked = None;
        self.last = last;
        self.lexer.back_to(mark);
        false
    }

    /// The statement block that must follow.
    fn block_after(&mut self, missing: &'static str, place: Span, word: &str) -> Parse<StatementBlock> {
        self.skip_lines();
        match self.kind() {
            Kind::LeftCurly => self.statement_block(),
            _ => self.fail(missing, place, word),
        }
    }

    fn open_paren(&mut self, word: Span) -> Parse<Span> {
        self.skip_lines();
        if self.take_if(Kind::LeftParen) {
            return Ok(self.last);
        }
        let text = self.text_of(word).to_ascii_lowercase();
        self.fail("MissingOpenParenthesisAfterKeyword", word.after(), &text)
    }

    fn while_loop(&mut self, label: Option<Box<str>>) -> Parse<StatementKind> {
        let word = self.next().span;
        let open = self.open_paren(word)?;
        let condition = self.condition_in_parens("MissingExpressionAfterKeyword", open, "while")?;
        let place = self.behind();
        let body = self.block_after("MissingLoopStatement", place, "while")?;
        Ok(StatementKind::While(Box::new(Loop { label, condition, body })))
    }

    fn do_loop(&mut self, label: Option<Box<str>>) -> Parse<StatementKind> {
        let word = self.next().span;
        let body = self.block_after("MissingLoopStatement", word.after(), "do")?;
        let until = self.word_on_later_line("until");
        if !until && !self.word_on_later_line("while") {
            let place = self.behind();
            return self.fail("MissingWhileOrUntilInDoWhile", place, "");
        }
        let word = self.next().span;
        let open = self.open_paren(word)?;
        let text = self.text_of(word).to_ascii_lowercase();
        let condition = self.condition_in_parens("MissingExpressionAfterKeyword", open, &text)?;
        let done = Box::new(Loop { label, condition, body });
        Ok(if until { StatementKind::DoUntil(done) } else { StatementKind::DoWhile(done) })
    }

    fn for_loop(&mut self, label: Option<Box<str>>) -> Parse<StatementKind> {
        let word = self.next().span;
        self.open_paren(word)?;
        let (initializer, condition, iterator) = self.bracketed(|parser| {
            let initializer = parser.for_part()?;
            let condition = if parser.for_separator() { parser.for_part()? } else { None };
            let iterator = if parser.for_separator() { parser.for_part()? } else { None };
            parser.skip_lines();
            if !parser.take_if(Kind::RightParen) {
                let place = parser.behind();
                return parser.fail("MissingEndParenthesisAfterStatement", place, "for");
            }
            Ok((initializer, condition, iterator))
        })?;
        let place = self.behind();
        let body = self.block_after("MissingLoopStatement", place, "for")?;
        Ok(StatementKind::For(Box::new(For { label, initializer, condition, iterator, body })))
    }

    fn for_part(&mut self) -> Parse<Option<Statement>> {
        self.skip_lines();
        self.in_mode(Mode::Command, Self::chain)
    }

    /// A `;` or a line end parts the pieces of a `for`.
    fn for_separator(&mut self) -> bool {
        let line = self.kind() == Kind::NewLine;
        self.skip_lines();
        self.take_if(Kind::Semi) || (line && self.kind() != Kind::RightParen)
    }

    fn foreach(&mut self, label: Option<Box<str>>) -> Parse<StatementKind> {
        let word = self.next().span;
        let mut throttle = None;
        while self.kind() == Kind::Parameter {
            let name = self.text_of(self.last).to_ascii_lowercase();
            self.next();
            if name != "-parallel" && self.kind() != Kind::LeftParen {
                throttle = self.argument_item()?;
            }
        }
        self.open_paren(word)?;
        let (variable, condition) = self.bracketed(Self::foreach_head)?;
        let place = self.behind();
        let body = self.block_after("MissingForeachStatement", place, "")?;
        Ok(StatementKind::ForEach(Box::new(ForEach { label, variable, condition, body, throttle })))
    }

    fn foreach_head(&mut self) -> Parse<(Expr, Statement)> {
        let open = self.last;
        self.skip_lines();
        let variable = match self.peek() {
            Token { kind: Kind::Variable, span, carried: Carried::Variable(path), .. } => {
                Expr { span: *span, kind: ExprKind::Variable(path.clone()) }
            }
            _ => return self.fail("MissingVariableNameAfterForeach", open.after(), ""),
        };
        self.next();
        self.skip_lines();
        if !self.take_word("in") {
            return self.fail("MissingInInForeach", variable.span.after(), "");
        }
        let word = self.last;
        self.skip_lines();
        let Some(condition) = self.in_mode(Mode::Command, Self::chain)? else {
            return self.fail("MissingForeachExpression", word.after(), "");
        };
        self.skip_lines();
        if !self.take_if(Kind::RightParen) {
            return self.fail("MissingEndParenthesisAfterForeach", condition.span.after(), "");
        }
        Ok((variable, condition))
    }

    // --- switch --------------------------------------------------------------------------------

    fn switch(&mut self, label: Option<Box<str>>) -> Parse<StatementKind> {
        let word = self.next().span;
        let mut switch = Switch {
            label,
            kind: SwitchKind::Exact,
            case_sensitive: false,
            file: false,
            condition: Statement { span: word, kind: StatementKind::Block(StatementBlock::default()) },
            clauses: Vec::new(),
            default: None,
        };
        let file = self.switch_flags(&mut switch)?;
        switch.condition = match file {
            Some(file) => as_statement(file),
            None => {
                let open = self.open_paren(word)?;
                self.condition_in_parens("PipelineExpectedInSwitch", open, "switch")?
            }
        };
        let place = self.behind();
        self.skip_lines();
        if !self.take_if(Kind::LeftCurly) {
            return self.fail("MissingCurlyBraceInSwitchStatement", place, "");
        }
        let open = self.last;
        self.in_mode(Mode::Command, |parser| parser.bracketed(|parser| parser.clauses(open, &mut switch)))?;
        Ok(StatementKind::Switch(Box::new(switch)))
    }

    fn switch_flags(&mut self, switch: &mut Switch) -> Parse<Option<Expr>> {
        let mut file = None;
        loop {
            self.skip_lines();
            let Carried::Parameter(name, _) = &self.peek().carried else { return Ok(file) };
            let name = name.to_ascii_lowercase();
            let is = |whole: &str| !name.is_empty() && whole.starts_with(&name);
            let token = self.next();
            if is("casesensitive") {
                switch.case_sensitive = true;
            } else if is("exact") {
                switch.kind = SwitchKind::Exact;
            } else if is("wildcard") {
                switch.kind = SwitchKind::Wildcard;
            } else if is("regex") {
                switch.kind = SwitchKind::Regex;
            } else if is("parallel") {
            } else if is("file") {
                switch.file = true;
                file = self.argument_item()?;
                if file.is_none() {
                    return self.fail("MissingFilenameOption", token.span.after(), "");
                }
            } else {
                let text = self.text_of(token.span);
                return self.fail("InvalidSwitchFlag", token.span, text);
            }
        }
    }

    fn clauses(&mut self, open: Span, switch: &mut Switch) -> Parse<()> {
        loop {
            self.skip_lines_and_semis();
            match self.kind() {
                Kind::RightCurly => {
                    self.next();
                    return Ok(());
                }
                Kind::End => return self.open_curly(open),
                _ => self.clause(switch)?,
            }
        }
    }

    fn clause(&mut self, switch: &mut Switch) -> Parse<()> {
        let is_default = self.is_word("default");
        let Some(condition) = self.argument_item()? else {
            let place = self.behind();
            return self.fail("MissingConditionInSwitchClause", place, "");
        };
        let body = self.block_after("MissingSwitchStatementClause", condition.span.after(), "")?;
        if !is_default {
            switch.clauses.push((condition, body));
        } else if switch.default.is_some() {
            return self.fail("MultipleSwitchDefaultClauses", condition.span, "");
        } else {
            switch.default = Some(body);
        }
        Ok(())
    }

    // --- try, trap, flow -----------------------------------------------------------------------

    fn try_statement(&mut self) -> Parse<StatementKind> {
        let word = self.next().span;
        let body = self.block_after("MissingTryStatementBlock", word.after(), "")?;
        let mut catches = Vec::new();
        while self.word_on_later_line("catch") {
            catches.push(self.catch()?);
        }
        let finally = if self.word_on_later_line("finally") {
            let word = self.next().span;
            Some(self.block_after("MissingFinallyStatementBlock", word.after(), "")?)
        } else {
            None
        };
        if catches.is_empty() && finally.is_none() {
            let place = body.span.after();
            return self.fail("MissingCatchOrFinally", place, "");
        }
        Ok(StatementKind::Try(Box::new(Try { body, catches, finally })))
    }

    fn catch(&mut self) -> Parse<Catch> {
        let word = self.next().span;
        let mut types = Vec::new();
        loop {
            self.skip_lines();
            match self.type_constraint()? {
                Some(constraint) => types.push(constraint),
                None if types.is_empty() => break,
                None => {
                    let place = self.behind();
                    return self.fail("MissingTypeLiteralToken", place, "");
                }
            }
            self.skip_lines();
            if !self.take_if(Kind::Comma) {
                break;
            }
        }
        let place = self.behind();
        let body = self.block_after("MissingCatchHandlerBlock", place, "")?;
        Ok(Catch { span: word.to(self.last), types, body })
    }

    pub(super) fn trap(&mut self) -> Parse<Trap> {
        let word = self.next().span;
        self.skip_lines();
        let kind = self.type_constraint()?;
        let place = self.behind();
        let body = self.block_after("MissingTrapStatement", place, "")?;
        Ok(Trap { span: word.to(self.last), kind, body })
    }

    fn flow_value(&mut self) -> Parse<Option<Box<Statement>>> {
        self.next();
        Ok(self.chain()?.map(Box::new))
    }

    fn flow_label(&mut self) -> Parse<Option<Box<Expr>>> {
        self.next();
        if self.peek().ends_command() {
            return Ok(None);
        }
        Ok(self.argument_item()?.map(Box::new))
    }

    fn data(&mut self) -> Parse<StatementKind> {
        let word = self.next().span;
        let mut variable = None;
        if let Token { kind: Kind::Identifier | Kind::Generic, carried: Carried::Text(name), .. } =
            self.peek()
        {
            variable = Some(name.clone());
            self.next();
        }
        let mut commands = Vec::new();
        self.skip_lines();
        if self.kind() == Kind::Parameter {
            self.next();
            commands.extend(self.argument_item()?);
            while self.take_if(Kind::Comma) {
                commands.extend(self.argument_item()?);
            }
        }
        let body = self.block_after("MissingStatementBlockForDataSection", word.after(), "")?;
        Ok(StatementKind::Data(Box::new(Data { variable, commands, body })))
    }
}

fn attribute_only(item: AttributeBase) -> Option<Attribute> {
    match item {
        AttributeBase::Attribute(attribute) => Some(attribute),
        AttributeBase::Type(_) => None,
    }
}

/// An expression as a pipeline of its own.
pub(super) fn as_statement(expression: Expr) -> Statement {
    let span = expression.span;
    let stage = CommandExpression { span, expression, redirections: Vec::new() };
    let elements = vec![Element::Expression(stage)];
    Statement { span, kind: StatementKind::Pipeline(Pipeline { elements, background: false }) }
}
