//! Type names, attributes, `[Type]` constraints.

use super::*;
use crate::syntax::letter;

/// A character of a type's name.
fn in_type_name(c: char) -> bool {
    letter::continues_word(c) || matches!(c, '.' | '`' | '+' | '/' | '\\' | '*' | '-')
}

impl Parser<'_> {
    /// The attributes and types in brackets that stand here.
    pub(super) fn attribute_list(&mut self) -> Parse<Vec<AttributeBase>> {
        let mut list = Vec::new();
        while self.kind() == Kind::LeftBracket {
            match self.attribute()? {
                Some(attribute) => list.push(attribute),
                None => break,
            }
            // Only brackets that follow at once or after blanks belong to the same list; the token
            // behind is not read yet, since `[int]::x` needs its characters.
            let (mark, last) = (self.lexer.mark(), self.last);
            self.skip_to_bracket();
            if self.lexer.peek() != Some('[') {
                self.lexer.back_to(mark);
                self.last = last;
                break;
            }
        }
        Ok(list)
    }

    fn skip_to_bracket(&mut self) {
        loop {
            self.lexer.skip_blanks();
            match self.lexer.peek() {
                Some('\r' | '\n') => self.lexer.take(),
                _ => return,
            };
        }
    }

    /// `[Type]`, when it stands here.
    pub(super) fn type_constraint(&mut self) -> Parse<Option<TypeConstraint>> {
        self.in_mode(Mode::Expression, |parser| {
            if parser.kind() != Kind::LeftBracket {
                return Ok(None);
            }
            match parser.attribute()? {
                Some(AttributeBase::Type(constraint)) => Ok(Some(constraint)),
                Some(AttributeBase::Attribute(attribute)) => {
                    let name = attribute.name.full();
                    parser.fail("UnexpectedAttribute", attribute.span, &name)
                }
                None => Ok(None),
            }
        })
    }

    /// One bracket, which is the next token.
    fn attribute(&mut self) -> Parse<Option<AttributeBase>> {
        let open = self.next().span;
        self.skip_to_bracket();
        let Some(name) = self.type_name(true)? else {
            return self.fail("MissingTypename", open.after(), "");
        };
        self.skip_to_bracket();
        if self.lexer.peek() == Some('(') {
            return self.attribute_arguments(open, name).map(|made| Some(AttributeBase::Attribute(made)));
        }
        let span = self.close_bracket(open, name.span)?;
        Ok(Some(AttributeBase::Type(TypeConstraint { span, name })))
    }

    fn close_bracket(&mut self, open: Span, last: Span) -> Parse<Span> {
        self.skip_to_bracket();
        if self.lexer.peek() != Some(']') {
            return self.fail("EndSquareBracketExpectedAtEndOfAttribute", last.after(), "");
        }
        self.lexer.take();
        let span = Span::new(open.start, self.lexer.position());
        self.last = span;
        Ok(span)
    }

    /// A type's name at the next character.
    pub(super) fn type_name(&mut self, outermost: bool) -> Parse<Option<TypeName>> {
        let start = self.lexer.position();
        self.lexer.take_while(in_type_name);
        let span = Span::new(start, self.lexer.position());
        if span.start == span.end {
            return Ok(None);
        }
        let mut name = TypeName {
            span,
            name: self.text_of(span).into(),
            assembly: None,
            arguments: Vec::new(),
            ranks: Vec::new(),
        };
        while self.lexer.peek() == Some('[') {
            if !self.type_suffix(&mut name)? {
                break;
            }
        }
        if outermost {
            self.assembly(&mut name);
        }
        name.span = Span::new(start, self.lexer.position());
        self.last = name.span;
        Ok(Some(name))
    }

    /// `[]`, `[,]` or `[T, U]` behind a name.
    fn type_suffix(&mut self, name: &mut TypeName) -> Parse<bool> {
        self.lexer.take();
        self.skip_to_bracket();
        if matches!(self.lexer.peek(), Some(']' | ',')) {
            let mut rank = 1u8;
            while self.lexer.take_if(',') {
                rank = rank.saturating_add(1);
                self.skip_to_bracket();
            }
            if !self.lexer.take_if(']') {
                let place = Span::new(self.lexer.position(), self.lexer.position());
                return self.fail("EndSquareBracketExpectedAtEndOfAttribute", place, "");
            }
            name.ranks.push(rank);
            return Ok(true);
        }
        self.deeper(|parser| parser.type_arguments(name))?;
        Ok(true)
    }

    fn type_arguments(&mut self, name: &mut TypeName) -> Parse<()> {
        loop {
            self.skip_to_bracket();
            let quoted = self.lexer.take_if('[');
            let argument = self.type_name(quoted)?;
            if quoted {
                self.skip_to_bracket();
                self.lexer.take_if(']');
            }
            match argument {
                Some(argument) => name.arguments.push(argument),
                None => {
                    let place = Span::new(self.lexer.position(), self.lexer.position());
                    return self.fail("MissingTypename", place, "");
                }
            }
            self.skip_to_bracket();
            if self.lexer.take_if(',') {
                continue;
            }
            if self.lexer.take_if(']') {
                return Ok(());
            }
            let place = Span::new(self.lexer.position(), self.lexer.position());
            return self.fail("EndSquareBracketExpectedAtEndOfAttribute", place, "");
        }
    }

    /// `, assembly` behind a type's name.
    fn assembly(&mut self, name: &mut TypeName) {
        let mark = self.lexer.mark();
        self.lexer.skip_blanks();
        if !self.lexer.take_if(',') {
            return self.lexer.back_to(mark);
        }
        let start = self.lexer.position();
        self.lexer.take_while(|c| !matches!(c, ']' | '[' | '(' | '\r' | '\n'));
        let span = Span::new(start, self.lexer.position());
        name.assembly = Some(self.text_of(span).trim().into());
    }

    /// `[int, string]` between a method's name and its parenthesis.
    pub(super) fn method_types(&mut self) -> Parse<Vec<TypeName>> {
        if self.lexer.peek() != Some('[') || !self.lexer.peek_second().is_some_and(letter::starts_word) {
            return Ok(Vec::new());
        }
        let (mark, last) = (self.lexer.mark(), self.last);
        let mut holder = TypeName {
            span: last,
            name: "".into(),
            assembly: None,
            arguments: Vec::new(),
            ranks: Vec::new(),
        };
        let read = self.type_suffix(&mut holder);
        if self.out_of_stack {
            return Err(Stop);
        }
        if read.is_ok() && self.lexer.peek() == Some('(') {
            return Ok(holder.arguments);
        }
        self.lexer.back_to(mark);
        self.last = last;
        Ok(Vec::new())
    }

    fn attribute_arguments(&mut self, open: Span, name: TypeName) -> Parse<Attribute> {
        let mut attribute = Attribute { span: open, name, positional: Vec::new(), named: Vec::new() };
        self.in_mode(Mode::Expression, |parser| {
            parser.next();
            parser.bracketed(|parser| {
                parser.no_comma = true;
                loop {
                    parser.skip_lines();
                    if parser.kind() == Kind::RightParen {
                        break;
                    }
                    parser.attribute_argument(&mut attribute)?;
                    parser.operator_next();
                    parser.skip_lines();
                    if !parser.take_if(Kind::Comma) {
                        break;
                    }
                }
                if parser.kind() != Kind::RightParen {
                    let place = parser.behind();
                    return parser.fail("MissingEndParenthesisInExpression", place, "");
                }
                parser.next();
                Ok(())
            })
        })?;
        let last = self.last;
        attribute.span = self.close_bracket(open, last)?;
        Ok(attribute)
    }

    fn attribute_argument(&mut self, attribute: &mut Attribute) -> Parse<()> {
        self.operand_next();
        if self.kind() == Kind::Identifier {
            let named = self.named_argument()?;
            attribute.named.push(named);
            return Ok(());
        }
        match self.expression()? {
            Some(value) => {
                attribute.positional.push(value);
                Ok(())
            }
            None => {
                let place = self.behind();
                self.fail("MissingExpressionAfterToken", place, ",")
            }
        }
    }

    fn named_argument(&mut self) -> Parse<NamedArgument> {
        let token = self.next();
        let name: Box<str> = self.text_of(token.span).into();
        self.operator_next();
        self.skip_lines();
        if self.kind() != Kind::Assign(Assign::Set) {
            let value = Expr { span: token.span, kind: ExprKind::True };
            return Ok(NamedArgument { span: token.span, name, value, omitted: true });
        }
        let equals = self.next().span;
        self.operand_next();
        self.skip_lines();
        let Some(value) = self.expression()? else {
            return self.fail("MissingExpressionInNamedArgument", equals.after(), "");
        };
        let span = token.span.to(value.span);
        Ok(NamedArgument { span, name, value, omitted: false })
    }
}
