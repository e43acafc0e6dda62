//! Classes and enumerations that scripts declared, as they are known once they are declared.

use super::code::{Member, Prepared, TypeCode, TypeRef};
use super::prepare::prepared;
use super::scope::Module;
use crate::syntax::ast::{Function, MemberBody, TypeDefinition};
use dotnet::Type;
use dotnet::member::{MemberInfo, MemberKind};
use dotnet::types::ScriptType;
use object::Object;
use object::value::Text;
use parking_lot::Mutex;
use std::any::Any;
use std::sync::Arc;

/// A type that a script declared, and what it was made from.
#[derive(Clone)]
pub(super) struct Declared {
    pub(super) from: Arc<TypeCode>,
    pub(super) kind: Type,
}

/// A class.
pub(super) struct Class {
    pub(super) name: Text,
    pub(super) code: Arc<TypeCode>,
    pub(super) base: Option<Type>,
    pub(super) interfaces: Vec<Type>,
    /// The module that declares it.
    pub(super) home: Option<Arc<Module>>,
    /// Static properties; `None` until somebody asks for the first one.
    pub(super) statics: Mutex<Option<Arc<Object>>>,
}

impl ScriptType for Class {
    fn name(&self) -> Text {
        self.name.clone()
    }
    fn base(&self) -> Option<Type> {
        self.base.clone()
    }
    fn interfaces(&self) -> Vec<Type> {
        self.interfaces.clone()
    }
    fn members(&self, statics: bool) -> Vec<MemberInfo> {
        let shown =
            self.members_with_code().filter(|(member, _)| member.is_static == statics && !member.is_hidden);
        let mut infos: Vec<MemberInfo> = Vec::new();
        for (member, code) in shown {
            let info = info(member, code);
            match infos.iter_mut().find(|known| known.name.eq_ignore_ascii_case(&info.name)) {
                Some(known) => known.definition.push_str(&format!(", {}", info.definition)),
                None if self.is_constructor(member) => {}
                None => infos.push(info),
            }
        }
        infos
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

pub(super) type Declaration = crate::syntax::ast::Member;

fn info(member: &Declaration, code: &Member) -> MemberInfo {
    let written = |kind: &Option<TypeRef>| match kind {
        Some(kind) => Type::parse(&kind.name).map_or_else(|| kind.name.clone(), |kind| kind.accelerator()),
        None => "System.Object".into(),
    };
    let (of, prefix) = (written(&code.kind), if member.is_static { "static " } else { "" });
    let name: Text = (&*member.name).into();
    match &member.body {
        MemberBody::Property(_) => {
            let definition = format!("{prefix}{of} {name} {{get;set;}}");
            MemberInfo { name, kind: MemberKind::Property, definition, of }
        }
        MemberBody::Method(function) => {
            let list = function.parameters.iter().flatten().zip(&code.parameters);
            let list: Vec<String> =
                list.map(|(parameter, kind)| format!("{} {}", written(kind), parameter.name.name)).collect();
            let definition = format!("{prefix}{of} {name}({})", list.join(", "));
            MemberInfo { name, kind: MemberKind::Method, definition, of: "".into() }
        }
    }
}

/// A method or constructor, and the class that declares it.
#[derive(Clone)]
pub(super) struct Method {
    pub(super) class: Arc<Class>,
    at: usize,
}

impl Method {
    pub(super) fn declaration(&self) -> &Declaration {
        &self.class.definition().members[self.at]
    }
    pub(super) fn code(&self) -> &Member {
        &self.class.code.members[self.at]
    }
    pub(super) fn function(&self) -> Option<&Arc<Function>> {
        match &self.declaration().body {
            MemberBody::Method(function) => Some(function),
            MemberBody::Property(_) => None,
        }
    }
    pub(super) fn prepared(&self) -> Option<Arc<Prepared>> {
        self.function().map(|function| prepared(&function.body, Some(function)))
    }
}

impl Class {
    pub(super) fn definition(&self) -> &TypeDefinition {
        &self.code.definition
    }
    pub(super) fn members_with_code(&self) -> impl Iterator<Item = (&Declaration, &Member)> {
        self.definition().members.iter().zip(&self.code.members)
    }
    pub(super) fn is_constructor(&self, member: &Declaration) -> bool {
        matches!(member.body, MemberBody::Method(_)) && member.name.eq_ignore_ascii_case(&self.name)
    }
    /// The class it derives from, when that is a script's too.
    pub(super) fn parent(&self) -> Option<Arc<Class>> {
        match &self.base {
            Some(Type::Script(class)) => of_script(class),
            _ => None,
        }
    }
    /// The class itself and those it derives from, the most special one first.
    pub(super) fn chain(self: &Arc<Class>) -> Vec<Arc<Class>> {
        std::iter::successors(Some(self.clone()), |class| class.parent()).collect()
    }
    /// The property of that name, with the class that declares it.
    pub(super) fn property(self: &Arc<Class>, name: &str, is_static: bool) -> Option<(Arc<Class>, usize)> {
        self.chain().into_iter().find_map(|class| {
            let at = class.definition().members.iter().position(|member| {
                member.is_static == is_static
                    && matches!(member.body, MemberBody::Property(_))
                    && member.name.eq_ignore_ascii_case(name)
            })?;
            Some((class, at))
        })
    }
    /// The methods of that name: its own, then those it derives.
    pub(super) fn methods(self: &Arc<Class>, name: &str, is_static: bool) -> Vec<Method> {
        let mut found = Vec::new();
        for class in self.chain() {
            for (at, member) in class.definition().members.iter().enumerate() {
                let is_method = matches!(member.body, MemberBody::Method(_)) && !class.is_constructor(member);
                if is_method && member.is_static == is_static && member.name.eq_ignore_ascii_case(name) {
                    found.push(Method { class: class.clone(), at });
                }
            }
        }
        found
    }
    pub(super) fn constructors(self: &Arc<Class>, is_static: bool) -> Vec<Method> {
        let members = self.definition().members.iter().enumerate();
        let wanted =
            members.filter(|(_, member)| self.is_constructor(member) && member.is_static == is_static);
        wanted.map(|(at, _)| Method { class: self.clone(), at }).collect()
    }
}

/// The class behind the trait.
pub(super) fn of_script(class: &Arc<dyn ScriptType>) -> Option<Arc<Class>> {
    let any: Arc<dyn Any + Send + Sync> = class.clone();
    any.downcast().ok()
}
