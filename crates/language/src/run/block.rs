//! Script blocks as values.

use super::scope::{Block, Home, ModuleInfo};
use crate::syntax::ast::ScriptBlock;
use object::Value;
use object::value::{Text, Typed};
use std::any::Any;
use std::sync::Arc;

impl Block {
    /// A block that takes nothing along.
    pub fn new(ast: Arc<ScriptBlock>) -> Block {
        Block::made(ast, None)
    }
    /// The block that a value is.
    pub fn of(value: &Value) -> Option<&Block> {
        dotnet::values::base(value).downcast::<Block>()
    }
    /// Its syntax tree.
    pub fn ast(&self) -> &Arc<ScriptBlock> {
        &self.ast
    }
    /// The function whose body it is.
    pub(super) fn function(&self) -> Option<&Arc<crate::syntax::ast::Function>> {
        self.function.as_ref()
    }
    /// The text between its braces.
    pub fn inner_text(&self) -> &str {
        self.ast.inner_text()
    }
    /// Whether it takes no parameters and is one plain expression or pipeline.
    pub fn is_plain(&self) -> bool {
        self.ast.params.is_none() && self.ast.blocks.len() == 1 && self.ast.blocks[0].unnamed
    }
    /// As a value.
    pub fn value(self) -> Value {
        Value::typed(self)
    }
}

impl Typed for Block {
    fn type_name(&self) -> Text {
        "System.Management.Automation.ScriptBlock".into()
    }
    fn text(&self) -> String {
        self.inner_text().to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_text(&self) -> bool {
        true
    }
    fn member(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "file" => Some(self.ast.source.name().map_or(Value::Null, |name| Value::from(&**name))),
            "isfilter" => Some(self.ast.is_filter.into()),
            "module" => Some(match self.home() {
                Home::Module(module) => Value::typed(ModuleInfo(module)),
                _ => Value::Null,
            }),
            "ast" => Some(super::tree::tree(self)),
            "startposition" => Some(super::tree::extent_value(&self.ast.source, self.ast.span)),
            "attributes" => Some(Value::Null),
            _ => None,
        }
    }
    fn member_names(&self) -> &'static [&'static str] {
        &[
            "Attributes",
            "File",
            "IsFilter",
            "IsConfiguration",
            "Module",
            "StartPosition",
            "DebuggerHidden",
            "Id",
            "Ast",
        ]
    }
}
