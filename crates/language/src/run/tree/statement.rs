//! Nodes of statements and of what stands in pipelines.

use super::{Grow, Made, Node, Part, Parts, text};
use crate::syntax::ast::*;
use object::Value;
use std::sync::Arc;

impl Grow {
    pub(super) fn statement(&self, statement: &Statement) -> Arc<Node> {
        let (class, parts): Made = match &statement.kind {
            StatementKind::Pipeline(pipeline) => {
                let stages = pipeline.elements.iter().map(|stage| self.element(stage)).collect();
                (
                    "Pipeline",
                    vec![
                        ("PipelineElements", Part::Many(stages)),
                        ("Background", Part::Value(pipeline.background.into())),
                    ],
                )
            }
            StatementKind::Chain(chain) => {
                let operator = if chain.and { "AndAnd" } else { "OrOr" };
                let parts = vec![
                    self.one("LhsPipelineChain", &chain.left),
                    self.one("RhsPipeline", &chain.right),
                    ("Operator", text(operator)),
                ];
                ("PipelineChain", parts)
            }
            StatementKind::Assignment(assignment) => (
                "AssignmentStatement",
                vec![
                    ("Left", Part::One(self.expr(&assignment.left))),
                    ("Operator", text(assign_word(assignment.operator.text()))),
                    self.one("Right", &assignment.right),
                ],
            ),
            StatementKind::Expression(stage) => return self.stage(stage),
            StatementKind::Function(function) => return self.function(function),
            StatementKind::Type(definition) => return self.definition(definition),
            StatementKind::Data(data) => (
                "DataStatement",
                vec![
                    ("Variable", data.variable.as_ref().map_or(Part::Value(Value::Null), |name| text(name))),
                    ("CommandsAllowed", Part::Many(data.commands.iter().map(|one| self.expr(one)).collect())),
                    ("Body", Part::One(self.statements(&data.body))),
                ],
            ),
            StatementKind::Block(block) => {
                ("BlockStatement", vec![("Body", Part::One(self.statements(block)))])
            }
            other => {
                let made = self.choice(other).or_else(|| self.turns(other)).or_else(|| self.leaving(other));
                made.unwrap_or(("Statement", Vec::new()))
            }
        };
        self.node(class, statement.span, parts)
    }

    fn choice(&self, kind: &StatementKind) -> Option<Made> {
        Some(match kind {
            StatementKind::If(choice) => {
                // Conditions and bodies in turn: the clauses are pairs in PowerShell.
                let mut parts = Vec::new();
                for (condition, inner) in &choice.clauses {
                    parts.push(self.one("Condition", condition));
                    parts.push(self.inner("ClauseBody", inner));
                }
                parts.extend(choice.otherwise.iter().map(|inner| self.inner("ElseClause", inner)));
                ("IfStatement", parts)
            }
            StatementKind::Switch(switch) => {
                let mut parts = vec![self.one("Condition", &switch.condition)];
                for (condition, inner) in &switch.clauses {
                    parts.push(("ClauseCondition", Part::One(self.expr(condition))));
                    parts.push(self.inner("ClauseBody", inner));
                }
                parts.extend(switch.default.iter().map(|inner| self.inner("Default", inner)));
                ("SwitchStatement", parts)
            }
            StatementKind::Try(attempt) => {
                let clauses = attempt.catches.iter().map(|clause| {
                    let types = clause.types.iter().map(|kind| self.constraint(kind)).collect();
                    let parts = vec![("CatchTypes", Part::Many(types)), self.inner("Body", &clause.body)];
                    self.node("CatchClause", clause.span, parts)
                });
                let clauses = Part::Many(clauses.collect());
                let mut parts = vec![self.inner("Body", &attempt.body), ("CatchClauses", clauses)];
                parts.extend(attempt.finally.iter().map(|inner| self.inner("Finally", inner)));
                ("TryStatement", parts)
            }
            _ => return None,
        })
    }

    fn turns(&self, kind: &StatementKind) -> Option<Made> {
        let (class, turn) = match kind {
            StatementKind::ForEach(each) => {
                let mut parts = vec![
                    ("Variable", Part::One(self.expr(&each.variable))),
                    self.one("Condition", &each.condition),
                ];
                parts.extend(self.maybe("ThrottleLimit", each.throttle.as_ref()));
                parts.push(self.inner("Body", &each.body));
                return Some(("ForEachStatement", parts));
            }
            StatementKind::For(turn) => {
                let mut parts = Vec::new();
                parts.extend(turn.initializer.iter().map(|inner| self.one("Initializer", inner)));
                parts.extend(turn.condition.iter().map(|inner| self.one("Condition", inner)));
                parts.extend(turn.iterator.iter().map(|inner| self.one("Iterator", inner)));
                parts.push(self.inner("Body", &turn.body));
                return Some(("ForStatement", parts));
            }
            StatementKind::While(turn) => ("WhileStatement", turn),
            StatementKind::DoWhile(turn) => ("DoWhileStatement", turn),
            StatementKind::DoUntil(turn) => ("DoUntilStatement", turn),
            _ => return None,
        };
        Some((class, vec![self.one("Condition", &turn.condition), self.inner("Body", &turn.body)]))
    }

    fn leaving(&self, kind: &StatementKind) -> Option<Made> {
        let (class, value) = match kind {
            StatementKind::Break(label) => {
                return Some(("BreakStatement", self.maybe("Label", label.as_deref())));
            }
            StatementKind::Continue(label) => {
                return Some(("ContinueStatement", self.maybe("Label", label.as_deref())));
            }
            StatementKind::Return(value) => ("ReturnStatement", value),
            StatementKind::Throw(value) => ("ThrowStatement", value),
            StatementKind::Exit(value) => ("ExitStatement", value),
            _ => return None,
        };
        Some((class, value.iter().map(|value| self.one("Pipeline", value)).collect()))
    }

    fn one(&self, name: &'static str, statement: &Statement) -> (&'static str, Part) {
        (name, Part::One(self.statement(statement)))
    }
    fn inner(&self, name: &'static str, body: &StatementBlock) -> (&'static str, Part) {
        (name, Part::One(self.statements(body)))
    }

    fn maybe(&self, name: &'static str, value: Option<&Expr>) -> Parts {
        value.into_iter().map(|value| (name, Part::One(self.expr(value)))).collect()
    }

    fn element(&self, element: &Element) -> Arc<Node> {
        let command = match element {
            Element::Expression(stage) => return self.stage(stage),
            Element::Command(command) => command,
        };
        let elements = command.elements.iter().map(|element| match element {
            CommandElement::Argument(value) => self.expr(value),
            CommandElement::Parameter(parameter) => {
                let mut parts = vec![("ParameterName", text(&parameter.name))];
                parts
                    .extend(parameter.argument.iter().map(|value| ("Argument", Part::One(self.expr(value)))));
                self.node("CommandParameter", parameter.span, parts)
            }
        });
        let operator = match command.invocation {
            Invocation::Plain => "Unknown",
            Invocation::Call => "Ampersand",
            Invocation::Dot => "Dot",
        };
        let parts = vec![
            ("CommandElements", Part::Many(elements.collect())),
            ("InvocationOperator", text(operator)),
            ("Redirections", Part::Many(self.redirections(&command.redirections))),
        ];
        self.node("Command", command.span, parts)
    }
    fn stage(&self, stage: &CommandExpression) -> Arc<Node> {
        let parts = vec![
            ("Expression", Part::One(self.expr(&stage.expression))),
            ("Redirections", Part::Many(self.redirections(&stage.redirections))),
        ];
        self.node("CommandExpression", stage.span, parts)
    }
    fn redirections(&self, list: &[Redirection]) -> Vec<Arc<Node>> {
        let made = list.iter().map(|redirection| match &redirection.file {
            Some(file) => {
                let parts = vec![("Location", Part::One(self.expr(file)))];
                self.node("FileRedirection", redirection.span, parts)
            }
            None => self.node("MergingRedirection", redirection.span, Vec::new()),
        });
        made.collect()
    }
}

fn assign_word(sign: &str) -> &'static str {
    match sign {
        "+=" => "PlusEquals",
        "-=" => "MinusEquals",
        "*=" => "MultiplyEquals",
        "/=" => "DivideEquals",
        "%=" => "RemainderEquals",
        "??=" => "QuestionQuestionEquals",
        _ => "Equals",
    }
}
