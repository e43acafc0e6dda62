//! Parse errors: PowerShell's ids and positions, and a sentence for each.

use super::source::{Source, Span};

/// A parse error. Nothing of a script runs when there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// PowerShell's id, `UnexpectedToken`.
    pub id: &'static str,
    /// The sentence.
    pub message: String,
    /// Where.
    pub span: Span,
    /// Whether more text could complete the script: an open quote, bracket or operator at the end.
    pub incomplete: bool,
}

impl ParseError {
    /// The error as a person reads it: place, line and a caret below the place.
    pub fn explain(&self, source: &Source) -> String {
        let (line, column) = source.position(self.span.start);
        let place = source.name().map_or_else(|| "line".to_owned(), |name| format!("{name}, line"));
        let text = source.line(line);
        let blanks: String =
            text.chars().take(column as usize - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        let carets = "^".repeat(self.width(source, text.chars().count(), column));
        format!("{}\n  at {place} {line}, column {column}:\n{text}\n{blanks}{carets}", self.message)
    }

    /// The error as PowerShell words it for text that a script reads: place and line before the sentence.
    pub fn placed(&self, source: &Source) -> String {
        let (line, column) = source.position(self.span.start);
        let text = source.line(line);
        let blanks = " ".repeat(column as usize - 1);
        let waves = "~".repeat(self.width(source, text.chars().count(), column));
        format!("At line:{line} char:{column}\n+ {text}\n+ {blanks}{waves}\n{}", self.message)
    }

    fn width(&self, source: &Source, line_width: usize, column: u32) -> usize {
        let wanted = source.slice(self.span).lines().next().map_or(1, |text| text.chars().count());
        wanted.min((line_width + 1).saturating_sub(column as usize)).max(1)
    }
}

/// The sentence of an error id; `{}` stands for what was found or missing there.
const SENTENCES: &[(&str, &str)] = &[
    (
        "AmpersandNotAllowed",
        "The ampersand (&) character is not allowed here. Wrap it in double quotation marks (\"&\") to pass it as text.",
    ),
    ("BadNumericConstant", "The numeric constant {} is not valid."),
    ("BracedVariableReference", "The variable name in braces is not closed: '}' is missing."),
    ("CatchAllNotLast", "Catch block must be the last catch block."),
    ("DuplicateKeyInHashLiteral", "Duplicate keys '{}' are not allowed in hash literals."),
    ("DuplicateFormalParameter", "Duplicate parameter ${} in parameter list."),
    ("EmptyCatchNotLast", "Catch block must be the last catch block."),
    ("EmptyPipeElement", "An empty pipe element is not allowed."),
    ("EmptyVariableReference", "Braces after '$' must enclose a variable name."),
    ("EndSquareBracketExpectedAtEndOfAttribute", "Missing ] at end of attribute or type literal."),
    ("EndSquareBracketExpectedAtEndOfType", "Missing ] at end of type token."),
    ("ExceptionTypeAlreadyCaught", "Exception type {} is already handled by a previous handler."),
    ("ExpectedExpression", "An expression was expected after '{}'."),
    ("ExpectedValueExpression", "You must provide a value expression following the '{}' operator."),
    ("ExpressionsMustBeFirstInPipeline", "Expressions are only allowed as the first element of a pipeline."),
    ("IncompleteDollarSubexpressionReference", "$(subexpression) is missing the closing ')'."),
    ("IncompleteDollarVariableReference", "Incomplete variable reference token."),
    ("IfStatementMissingCondition", "Missing condition in if statement after '{} ('."),
    ("IncompleteHashLiteral", "The hash literal was incomplete."),
    ("IncompleteString", "Incomplete string token."),
    ("IncompleteSwitchStatement", "Incomplete switch statement."),
    ("IncompleteParseNesting", "The script is nested more than {} levels deep."),
    ("InvalidBackgroundInExpression", "Only a whole pipeline can run in the background."),
    (
        "InvalidLeftHandSide",
        "The assignment expression is not valid. The input to an assignment operator must be an object that is able to accept assignments, such as a variable or a property.",
    ),
    (
        "InvalidVariableReference",
        "Variable reference is not valid. '$' was not followed by a valid variable name character. Consider using ${} to delimit the name.",
    ),
    (
        "InvalidVariableReferenceWithDrive",
        "Variable reference is not valid. ':' was not followed by a valid variable name character. Consider using ${} to delimit the name.",
    ),
    (
        "InvalidUnicodeEscapeSequence",
        "The Unicode escape sequence is not valid. A valid one is `u{ and one to six hexadecimal digits, closed by }.",
    ),
    ("KeywordParameterReservedForFutureUse", "The {} statement is not supported here."),
    ("MissingArgument", "Missing argument in parameter list."),
    ("MissingArrayIndexExpression", "Array index expression is missing or not valid."),
    ("MissingCatchHandlerBlock", "The Catch block is missing its statement block."),
    ("MissingCatchOrFinally", "The Try statement is missing its Catch or Finally block."),
    ("MissingColonInTernaryExpression", "Missing ':' in the ternary expression."),
    ("MissingCloseParenInSubexpression", "Missing closing ')' in subexpression."),
    ("MissingConditionInSwitchClause", "Missing condition in switch statement clause."),
    ("MissingEndCurlyBrace", "Missing closing '}' in statement block or type definition."),
    ("MissingEndParenthesisAfterStatement", "Missing closing ')' after expression in '{}' statement."),
    ("MissingEndParenthesisInExpression", "Missing closing ')' in expression."),
    ("MissingEndParenthesisInFunctionParameterList", "Missing ')' in function parameter list."),
    ("MissingEndParenthesisInMethodCall", "Missing ')' in method call."),
    ("MissingEndParenthesisInSubexpression", "Missing closing ')' in subexpression."),
    ("MissingEndParenthesisInSwitchStatement", "Missing closing ')' in switch statement."),
    ("MissingEndSquareBracket", "Missing ']' after array index expression."),
    ("MissingEqualsInHashLiteral", "Missing '=' operator after key in hash literal."),
    ("MissingExpression", "Missing expression after '{}' in pipeline element."),
    ("MissingExpressionAfterKeyword", "Missing expression after '{}' in loop."),
    ("MissingExpressionAfterOperator", "Missing expression after unary operator '{}'."),
    ("MissingExpressionAfterToken", "Missing expression after '{}'."),
    ("MissingFileSpecification", "Missing file specification after redirection operator."),
    ("MissingFinallyStatementBlock", "The Finally block is missing its statement block."),
    ("MissingCurlyBraceInSwitchStatement", "Missing '{' in switch statement."),
    ("MissingEndParenthesisAfterForeach", "Missing ')' after expression in foreach loop."),
    ("MissingForeachExpression", "Missing expression after 'in' in foreach loop."),
    ("MissingForeachStatement", "Missing statement body in foreach loop."),
    ("MissingFunctionBody", "Missing function body in function declaration."),
    ("MissingIfStatementCondition", "Missing condition in if statement after '{} ('."),
    ("MissingInInForeach", "Missing 'in' after variable in foreach loop."),
    ("MissingKeyExpression", "The hash literal is missing a key before '='."),
    ("MissingLoopStatement", "Missing statement body in {} loop."),
    ("MissingMethodParameterList", "Missing parameter list of the method."),
    ("MissingNameAfterKeyword", "Missing name after {} keyword."),
    ("MissingNamedBlocks", "A {} block needs its body in braces."),
    ("MissingNamedStatementBlock", "Missing {} statement block."),
    ("MissingOpenParenthesisAfterKeyword", "Missing opening '(' after keyword '{}'."),
    ("MissingOpenParenthesisInIfStatement", "Missing '(' after '{}' in if statement."),
    ("MissingParameterName", "A parameter's name, as in $name, is missing."),
    ("MissingPropertyName", "Missing property name after reference operator."),
    ("MissingPropertyTerminator", "Missing newline or semicolon after property definition."),
    ("MissingStatementAfterKeyword", "Missing statement block after the '{}' keyword."),
    ("MissingStatementBlock", "Missing statement block after {} ( condition )."),
    ("MissingStatementBlockAfterElse", "Missing statement block after 'else' keyword."),
    ("MissingStatementBlockForDataSection", "Missing the statement block of the data section."),
    ("MissingStatementInHashLiteral", "Missing expression after '=' in the hash literal."),
    ("MissingSwitchConditionExpression", "Missing condition of the switch statement."),
    ("MissingSwitchStatementClause", "Missing statement block in switch statement clause."),
    ("MissingTerminatorInStatementBlock", "Missing ';' or a new line between two statements."),
    ("MissingTerminatorMultiLineComment", "The terminator '#>' is missing from the multiline comment."),
    ("MissingTrapStatement", "Missing statement block after the trap keyword."),
    ("MissingTryStatementBlock", "The Try statement is missing its statement block."),
    ("MissingTypeInStatementBlock", "Missing type name after '['."),
    ("MissingTypename", "Missing type name after '['."),
    ("MissingTypeStatementBlock", "The {} needs its body in braces."),
    ("MissingUsingItemName", "Missing name after 'using {}'."),
    ("MissingUsingStatementDirective", "A 'using' statement must name 'assembly', 'module' or 'namespace'."),
    ("MissingVariableNameAfterForeach", "Missing variable name after foreach."),
    ("MissingWhileOrUntilInDoWhile", "Missing 'while' or 'until' keyword in do loop."),
    ("MultipleSwitchDefaultClauses", "A switch statement can have only one default clause."),
    ("ParameterRequiresArgument", "Parameter {} requires an argument."),
    ("RedirectionNotSupported", "The '{}' operator is reserved for future use."),
    ("ReservedKeywordNotAllowed", "The '{}' keyword is not supported in this version of the language."),
    ("ScriptTooLarge", "The script is larger than {} bytes."),
    (
        "SplattingNotPermitted",
        "The splatting operator '@' cannot be used to reference variables in an expression. '@{}' can be used only as an argument to a command.",
    ),
    ("StreamAlreadyRedirected", "The {} stream for this command is already redirected."),
    ("TerminatorExpectedAtEndOfString", "The string is missing the terminator: {}."),
    ("TypeExpected", "A type name was expected."),
    ("UnexpectedAttribute", "Unexpected attribute '{}'."),
    (
        "UnexpectedCharactersAfterHereStringHeader",
        "No characters are allowed after a here-string header but before the end of the line.",
    ),
    ("UnexpectedToken", "Unexpected token '{}' in expression or statement."),
    ("UnrecognizedToken", "Unrecognized token in source text."),
    (
        "UsingMustBeAtStartOfScript",
        "A 'using' statement must appear before any other statements in a script.",
    ),
    (
        "OrderedAttributeOnlyOnHashLiteralNode",
        "The ordered attribute can be specified only on a hash literal node.",
    ),
    (
        "AssignmentStatementNotSupportedInDataSection",
        "Assignment statements are not allowed in restricted language mode or a Data section.",
    ),
    (
        "ArrayReferenceNotSupportedInDataSection",
        "Array references are not allowed in restricted language mode or a Data section.",
    ),
    (
        "AttributeNotSupportedInDataSection",
        "Attributes are not allowed in restricted language mode or a Data section.",
    ),
    (
        "CmdletNotInAllowedListForDataSection",
        "The command '{}' is not allowed in restricted language mode or a Data section.",
    ),
    (
        "DataSectionStatementNotSupportedInDataSection",
        "The data statement is not allowed in restricted language mode or another Data section.",
    ),
    (
        "DotSourcingNotSupportedInDataSection",
        "Dot sourcing is not allowed in restricted language mode or a Data section.",
    ),
    (
        "DoWhileStatementNotSupportedInDataSection",
        "The Do and While statements are not allowed in restricted language mode or a Data section.",
    ),
    (
        "ExpandableStringNotSupportedInDataSection",
        "Expandable strings are not allowed in restricted language mode or a Data section.",
    ),
    (
        "FlowControlStatementNotSupportedInDataSection",
        "Flow control statements such as Break, Continue, Return, Exit, and Throw are not allowed in restricted language mode or a Data section.",
    ),
    (
        "ForeachStatementNotSupportedInDataSection",
        "Foreach statements are not allowed in restricted language mode or a Data section.",
    ),
    (
        "ForWhileStatementNotSupportedInDataSection",
        "For and While statements are not allowed in restricted language mode or a Data section.",
    ),
    (
        "FunctionDeclarationNotSupportedInDataSection",
        "Function declarations are not allowed in restricted language mode or a Data section.",
    ),
    (
        "MethodCallNotSupportedInDataSection",
        "Method calls are not allowed in restricted language mode or a Data section.",
    ),
    ("MethodHasCodePathNotReturn", "Not all code path returns value within method."),
    ("NonVoidMethodMissingReturnValue", "Invalid return statement within non-void method."),
    (
        "OperatorNotSupportedInDataSection",
        "The '{}' operator is not allowed in restricted language mode or a Data section.",
    ),
    (
        "PropertyReferenceNotSupportedInDataSection",
        "Property references are not allowed in restricted language mode or a Data section.",
    ),
    (
        "ScriptBlockNotSupportedInDataSection",
        "Script block literals are not allowed in restricted language mode or a Data section.",
    ),
    (
        "SwitchStatementNotSupportedInDataSection",
        "The switch statement is not allowed in restricted language mode or a Data section.",
    ),
    (
        "TryStatementNotSupportedInDataSection",
        "The Try statement is not allowed in restricted language mode or a Data section.",
    ),
    (
        "VariableReferenceNotSupportedInDataSection",
        "A variable that cannot be referenced in restricted language mode or a Data section is being referenced. Variables that can be referenced include the following: {}.",
    ),
    ("VoidMethodHasReturn", "Invalid return statement within void method."),
    ("MissingTypeBody", "The body of the type is missing."),
    ("VariableNotLocal", "Variable is not assigned in the method."),
    ("VariableReferenceCannotBeEmpty", "The name of the variable is empty."),
    ("WhitespaceBeforeHereStringFooter", "White space is not allowed before the string terminator."),
    ("WorkflowNotSupported", "Workflows are not supported."),
];

/// An error of `id` at `span`, about `what`.
pub(crate) fn fault(id: &'static str, span: Span, what: &str, incomplete: bool) -> ParseError {
    let sentence = SENTENCES.iter().find(|(known, _)| *known == id).map_or(id, |(_, sentence)| sentence);
    // Only a sentence that takes a word has its braces filled: some speak of `${}` itself.
    let message = if what.is_empty() { sentence.to_owned() } else { sentence.replacen("{}", what, 1) };
    ParseError { id, message, span, incomplete }
}
