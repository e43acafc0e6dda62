//! Functions, parameters, classes and enums.

use super::*;
use crate::syntax::letter;

impl Parser<'_> {
    pub(super) fn function_statement(&mut self, is_filter: bool) -> Parse<StatementKind> {
        let word = self.next().span;
        let name = match self.peek() {
            Token { kind: Kind::Identifier | Kind::Generic, carried: Carried::Text(name), .. } => {
                let name = name.clone();
                self.next();
                name
            }
            token
                if token.ends_command()
                    || matches!(token.kind, Kind::LeftCurly | Kind::LeftParen | Kind::Comma) =>
            {
                let text = self.text_of(word).to_ascii_lowercase();
                return self.fail("MissingNameAfterKeyword", word.after(), &text);
            }
            token => {
                let span = token.span;
                self.next();
                self.text_of(span).into()
            }
        };
        let parameters = self.function_parameters()?;
        self.skip_lines();
        if self.kind() != Kind::LeftCurly {
            let place = self.behind();
            return self.fail("MissingFunctionBody", place, "");
        }
        let body = Arc::new(self.braced_block(is_filter)?);
        let span = word.to(self.last);
        Ok(StatementKind::Function(Arc::new(Function {
            span,
            name,
            is_filter,
            is_method: false,
            parameters,
            body,
        })))
    }

    fn function_parameters(&mut self) -> Parse<Option<Vec<Parameter>>> {
        let (mark, last) = {
            self.put_back();
            (self.lexer.mark(), self.last)
        };
        self.skip_lines();
        if self.kind() != Kind::LeftParen {
            self.peeked = None;
            self.last = last;
            self.lexer.back_to(mark);
            return Ok(None);
        }
        self.next();
        self.parameter_list().map(Some)
    }

    /// Parameters up to the closing parenthesis, which is taken.
    fn parameter_list(&mut self) -> Parse<Vec<Parameter>> {
        self.in_mode(Mode::Expression, |parser| {
            parser.bracketed(|parser| {
                let mut list: Vec<Parameter> = Vec::new();
                let mut comma: Option<Span> = None;
                loop {
                    parser.operand_next();
                    parser.skip_lines();
                    match (parser.parameter()?, comma) {
                        (Some(parameter), _) => list.push(parameter),
                        (None, Some(comma)) => {
                            return parser.fail("MissingExpressionAfterToken", comma.after(), ",");
                        }
                        (None, None) => {}
                    }
                    let end = list.last().map_or(parser.last, |last| last.span);
                    parser.operator_next();
                    parser.skip_lines();
                    if parser.kind() == Kind::Comma && !list.is_empty() {
                        comma = Some(parser.next().span);
                        continue;
                    }
                    if parser.kind() != Kind::RightParen {
                        return parser.fail("MissingEndParenthesisInFunctionParameterList", end.after(), "");
                    }
                    parser.next();
                    return Ok(list);
                }
            })
        })
    }

    fn parameter(&mut self) -> Parse<Option<Parameter>> {
        let attributes = self.attribute_list()?;
        if !attributes.is_empty() {
            self.skip_lines();
        }
        let token = self.peek();
        let Token { kind: Kind::Variable, span: name_span, carried: Carried::Variable(name), .. } = token
        else {
            return match attributes.last() {
                Some(last) => {
                    let place = last.span().after();
                    self.fail("InvalidFunctionParameter", place, "")
                }
                None => Ok(None),
            };
        };
        let (name, name_span) = (name.clone(), *name_span);
        self.next();
        self.operator_next();
        let default = self.parameter_default()?;
        let start = attributes.first().map_or(name_span, AttributeBase::span);
        let end = default.as_ref().map_or(name_span, |value| value.span);
        Ok(Some(Parameter { span: start.to(end), attributes, name, name_span, default }))
    }

    fn parameter_default(&mut self) -> Parse<Option<Expr>> {
        let (mark, last) = {
            self.put_back();
            (self.lexer.mark(), self.last)
        };
        self.skip_lines();
        if self.kind() != Kind::Assign(Assign::Set) {
            self.peeked = None;
            self.last = last;
            self.lexer.back_to(mark);
            return Ok(None);
        }
        let equals = self.next().span;
        self.operand_next();
        self.skip_lines();
        let outer = std::mem::replace(&mut self.no_comma, true);
        let value = self.expression();
        self.no_comma = outer;
        match value? {
            Some(value) => Ok(Some(value)),
            None => self.fail("MissingExpressionAfterToken", equals.after(), "="),
        }
    }

    /// `param( … )` with the attributes before it; leaves everything alone when there is none.
    pub(super) fn param_block(&mut self) -> Parse<Option<ParamBlock>> {
        self.skip_lines_and_semis();
        self.put_back();
        let (mark, last) = (self.lexer.mark(), self.last);
        self.lexer.skip_blanks();
        let start = self.lexer.position();
        let mut attributes = Vec::new();
        if self.lexer.peek() == Some('[') {
            let read = self.in_mode(Mode::Expression, |parser| {
                let list = parser.attribute_list()?;
                parser.skip_lines();
                Ok(list)
            });
            if self.out_of_stack {
                return Err(Stop);
            }
            attributes = read.unwrap_or_default();
        }
        self.skip_lines_and_semis();
        if !self.is_param_word() {
            self.peeked = None;
            self.last = last;
            self.lexer.back_to(mark);
            return Ok(None);
        }
        if let Some(AttributeBase::Type(constraint)) =
            attributes.iter().find(|item| matches!(item, AttributeBase::Type(_)))
        {
            let (span, name) = (constraint.span, constraint.name.full());
            return self.fail("TypeNotAllowedBeforeParam", span, &name);
        }
        self.next();
        self.skip_lines();
        self.next();
        let parameters = self.parameter_list()?;
        let attributes = attributes
            .into_iter()
            .filter_map(|item| match item {
                AttributeBase::Attribute(attribute) => Some(attribute),
                AttributeBase::Type(_) => None,
            })
            .collect();
        Ok(Some(ParamBlock { span: Span::new(start, self.last.end), attributes, parameters }))
    }

    /// `param` with a parenthesis behind it, maybe on a later line.
    fn is_param_word(&mut self) -> bool {
        if !self.is_word("param") {
            return false;
        }
        let end = self.peek().span.end as usize;
        let rest = self.lexer.text().get(end..).unwrap_or("");
        rest.trim_start().starts_with('(')
            || rest.trim_start().starts_with("<#")
            || rest.trim_start().starts_with('#')
    }

    // --- classes and enums ---------------------------------------------------------------------

    pub(super) fn type_definition(&mut self, attributes: Vec<Attribute>, start: Span) -> Parse<Statement> {
        let word = self.next().span;
        let is_enum = self.text_of(word).eq_ignore_ascii_case("enum");
        self.skip_lines();
        let name: Box<str> = match self.peek() {
            Token { kind: Kind::Identifier | Kind::Generic, carried: Carried::Text(name), .. } => {
                name.clone()
            }
            _ => {
                let text = self.text_of(word).to_ascii_lowercase();
                return self.fail("MissingNameAfterKeyword", word.after(), &text);
            }
        };
        self.next();
        // `class A: B` reads `A:` as one word.
        let (name, colon) = match name.strip_suffix(':') {
            Some(bare) => (bare.into(), true),
            None => (name, false),
        };
        let bases = self.bases(colon)?;
        self.skip_lines();
        if self.kind() != Kind::LeftCurly {
            let text = self.text_of(word).to_ascii_lowercase();
            let place = self.behind();
            return self.fail("MissingTypeBody", place, &text);
        }
        let open = self.next().span;
        let members = self.in_mode(Mode::Command, |parser| {
            parser.bracketed(|parser| parser.type_members(open, &name, is_enum))
        })?;
        let span = start.to(self.last);
        let definition = TypeDefinition { span, name, is_enum, attributes, bases, members };
        Ok(Statement { span, kind: StatementKind::Type(Arc::new(definition)) })
    }

    fn bases(&mut self, colon: bool) -> Parse<Vec<TypeConstraint>> {
        self.put_back();
        let (mark, last) = (self.lexer.mark(), self.last);
        // The bases may stand on the next line.
        self.skip_blank_lines_here();
        if !colon && !self.lexer.take_if(':') {
            self.lexer.back_to(mark);
            self.last = last;
            return Ok(Vec::new());
        }
        let mut bases = Vec::new();
        loop {
            self.lexer.skip_blanks();
            let Some(name) = self.type_name(false)? else {
                let place = self.behind();
                return self.fail("TypeNameExpected", place, "");
            };
            bases.push(TypeConstraint { span: name.span, name });
            self.lexer.skip_blanks();
            if !self.lexer.take_if(',') {
                return Ok(bases);
            }
        }
    }

    fn type_members(&mut self, open: Span, class: &str, is_enum: bool) -> Parse<Vec<Member>> {
        let mut members = Vec::new();
        loop {
            self.skip_lines();
            match self.kind() {
                Kind::RightCurly => {
                    self.next();
                    return Ok(members);
                }
                Kind::End => return self.open_curly(open.after()),
                _ if is_enum => members.push(self.enum_member(open)?),
                _ => {
                    let member = self.class_member(open, class)?;
                    members.push(member);
                }
            }
        }
    }

    fn enum_member(&mut self, open: Span) -> Parse<Member> {
        // A name ends where its letters do: `A;B=5` is two.
        self.put_back();
        self.lexer.skip_blanks();
        let start = self.lexer.position();
        self.lexer.take_while(letter::continues_word);
        let span = Span::new(start, self.lexer.position());
        if span.start == span.end {
            return self.open_curly(open.after());
        }
        self.last = span;
        let name: Box<str> = self.text_of(span).into();
        let value = self.initial_value()?;
        self.member_end(open)?;
        let span = span.to(self.last);
        Ok(Member {
            span,
            name,
            name_span: span,
            is_static: true,
            is_hidden: false,
            attributes: Vec::new(),
            kind: None,
            body: MemberBody::Property(value),
        })
    }

    fn initial_value(&mut self) -> Parse<Option<Expr>> {
        self.in_mode(Mode::Expression, |parser| {
            parser.operator_next();
            if parser.kind() != Kind::Assign(Assign::Set) {
                return Ok(None);
            }
            let equals = parser.next().span;
            parser.operand_next();
            parser.skip_lines();
            match parser.expression()? {
                Some(value) => Ok(Some(value)),
                None => parser.fail("ExpectedValueExpression", equals.after(), "="),
            }
        })
    }

    /// A property ends with its line, a semicolon or the class.
    fn member_end(&mut self, open: Span) -> Parse<()> {
        match self.kind() {
            Kind::NewLine | Kind::Semi => {
                self.next();
                Ok(())
            }
            Kind::RightCurly => Ok(()),
            Kind::End => self.open_curly(open.after()),
            _ => {
                let place = self.behind();
                self.fail("MissingPropertyTerminator", place, "")
            }
        }
    }

    fn class_member(&mut self, open: Span, class: &str) -> Parse<Member> {
        let mut member = Member {
            span: self.peek().span,
            name: "".into(),
            name_span: self.peek().span,
            is_static: false,
            is_hidden: false,
            attributes: Vec::new(),
            kind: None,
            body: MemberBody::Property(None),
        };
        self.member_head(&mut member)?;
        match self.peek().clone() {
            Token { kind: Kind::Variable, carried: Carried::Variable(path), .. } => {
                member.name_span = self.next().span;
                member.name = path.name;
                let value = self.initial_value()?;
                self.member_end(open)?;
                member.body = MemberBody::Property(value);
            }
            Token { kind: Kind::Identifier | Kind::Generic, carried: Carried::Text(name), .. } => {
                member.name_span = self.next().span;
                member.name = name;
                self.method(&mut member, class)?;
            }
            _ => return self.open_curly(open.after()),
        }
        member.span = member.span.to(self.last);
        Ok(member)
    }

    fn member_head(&mut self, member: &mut Member) -> Parse<()> {
        loop {
            self.skip_lines();
            if self.take_word("static") {
                member.is_static = true;
            } else if self.take_word("hidden") {
                member.is_hidden = true;
            } else {
                let list = self.in_mode(Mode::Expression, Self::attribute_list)?;
                if list.is_empty() {
                    return Ok(());
                }
                for item in list {
                    match item {
                        AttributeBase::Attribute(attribute) => member.attributes.push(attribute),
                        AttributeBase::Type(constraint) => member.kind = Some(constraint),
                    }
                }
            }
        }
    }

    fn method(&mut self, member: &mut Member, class: &str) -> Parse<()> {
        let start = member.span;
        if !self.take_if(Kind::LeftParen) {
            let place = self.behind();
            return self.fail("MissingMethodParameterList", place, "");
        }
        let parameters = self.parameter_list()?;
        let base = self.base_call(&member.name, class)?;
        self.skip_lines();
        if self.kind() != Kind::LeftCurly {
            let place = self.behind();
            return self.fail("MissingMethodBody", place, "");
        }
        let mut body = self.braced_block(false)?;
        if let (Some(call), Some(block)) = (base, body.blocks.first_mut()) {
            block.body.statements.insert(0, statement::as_statement(call));
        }
        let span = start.to(self.last);
        let name = member.name.clone();
        member.body = MemberBody::Method(Arc::new(Function {
            span,
            name,
            is_filter: false,
            is_method: true,
            parameters: Some(parameters),
            body: Arc::new(body),
        }));
        Ok(())
    }

    /// `: base( … )` behind a constructor's parameters.
    fn base_call(&mut self, name: &str, class: &str) -> Parse<Option<Expr>> {
        if !name.eq_ignore_ascii_case(class) {
            return Ok(None);
        }
        self.put_back();
        self.skip_blank_lines_here();
        let start = self.lexer.position();
        if !self.lexer.take_if(':') {
            return Ok(None);
        }
        self.skip_lines();
        if !self.take_word("base") {
            let place = self.behind();
            return self.fail("MissingBaseCtor", place, "");
        }
        self.put_back();
        self.lexer.skip_blanks();
        if self.lexer.peek() != Some('(') {
            let place = self.behind();
            return self.fail("MissingMethodParameterList", place, "");
        }
        let (arguments, end) = self.call_arguments()?;
        Ok(Some(Expr { span: Span::new(start, end.end), kind: ExprKind::BaseCall(arguments) }))
    }

    fn skip_blank_lines_here(&mut self) {
        loop {
            self.lexer.skip_blanks();
            match self.lexer.peek() {
                Some('\r' | '\n') => self.lexer.take(),
                _ => return,
            };
        }
    }
}
