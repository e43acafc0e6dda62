//! Dynamic parameters: what a `dynamicparam` block gives joins the function's parameters, as far as the arguments
//! given so far make the block give them.

use super::code::{Code, Prepared, Rule};
use super::halt::{Run, ended};
use super::parameter::{self, Dynamic, FunctionReading};
use super::scope::{BOUND, Scope, Slot};
use super::session::Session;
use super::values;
use dotnet::Type;
use gate::bind::{Bound, Joining};
use gate::{Formal, Signature, Use};
use object::types::kinds;
use object::value::Text;
use object::{Object, Value};
use std::sync::Arc;

/// The .NET name of the dictionary that a `dynamicparam` block writes.
const DICTIONARY: &str = "System.Management.Automation.RuntimeDefinedParameterDictionary";

impl Session {
    /// What a function's parameters say of the values they take, as attributes.
    pub fn attributes_of(&mut self, entry: &super::scope::FunctionEntry) -> Vec<(Text, Vec<Value>)> {
        let code = super::prepare::prepared(entry.block.ast(), entry.block.function.as_deref());
        let of = |param: &super::code::Param| param.rules.iter().filter_map(attribute).collect();
        code.params.iter().map(|param| (param.name.clone(), of(param))).collect()
    }
}

impl FunctionReading<'_> {
    /// Runs the block in the function's own scope, with what was bound so far in it.
    pub(super) fn dynamic_parameters(&mut self, signature: &Signature, bound: &Bound) -> Run<Joining> {
        let code = self.code.clone();
        let Some(block) = &code.dynamic else { return Ok(Joining::default()) };
        let Some(scope) = self.scope.take() else { return Ok(Joining::default()) };
        let scope = with_bound(scope, &code, signature, bound);
        let mut out = Vec::new();
        let (result, scope) =
            self.session.lodged(&code, scope, |session| ended(session.seq(block, &mut out)));
        self.scope = scope;
        result?;
        let mut joining = Joining::default();
        // Their sets join those that the function names itself.
        let mut signature = signature.clone();
        for value in out {
            let Value::Dictionary(table) = dotnet::values::base(&value) else { continue };
            if table.type_name() != DICTIONARY {
                continue;
            }
            for (name, parameter) in table.to_vec() {
                let Value::Object(object) = parameter else { continue };
                for set in sets_of(&object) {
                    if signature.set_named(&set).is_none() && signature.sets.len() < gate::PARAMETER_SETS_MAX
                    {
                        signature.sets.push(set.clone());
                        joining.sets.push(set);
                    }
                }
                let (formal, dynamic) = self.declared(&signature, &name.to_string(), object);
                joining.formals.push(formal);
                self.dynamic.push(dynamic);
            }
        }
        Ok(joining)
    }

    fn declared(&mut self, signature: &Signature, name: &str, object: Arc<Object>) -> (Formal, Dynamic) {
        let kind = object.get("ParameterType");
        let kind =
            kind.as_ref().and_then(|kind| kind.downcast::<Type>()).cloned().unwrap_or_else(Type::object);
        let is_switch = kind.kind() == dotnet::Kind::Switch;
        let of = if is_switch {
            &kinds::SWITCH
        } else if kind.kind() == dotnet::Kind::String {
            &kinds::STRING
        } else {
            &kinds::ANY
        };
        let mut formal = Formal::new(name, of);
        formal.type_name = kind.name();
        formal.many = matches!(kind, Type::Array(..));
        let (mut uses, mut rules) = (Vec::new(), Vec::new());
        for attribute in object.get("Attributes").unwrap_or_default().items() {
            let Value::Object(attribute) = attribute else { continue };
            match &*attribute.type_name() {
                "System.Management.Automation.ParameterAttribute" => uses.push(in_set(signature, &attribute)),
                "System.Management.Automation.AliasAttribute" => {
                    let names = attribute.get("AliasNames").unwrap_or_default().items();
                    formal.aliases.extend(names.iter().map(|name| Text::from(name.to_string())));
                }
                _ => rules.extend(rule(&attribute)),
            }
        }
        if let Some(Rule::Set(words, _)) = rules.iter().find(|rule| matches!(rule, Rule::Set(..))) {
            formal.accepted = words.clone();
        }
        if !uses.is_empty() {
            formal.uses = uses;
        }
        let dynamic = Dynamic { name: name.into(), kind, rules: Arc::new(rules), object };
        (formal, dynamic)
    }

    /// A value as a dynamic parameter takes it; `None`: the parameter is none.
    pub(super) fn dynamic_value(&mut self, name: &str, value: &Value) -> Option<dotnet::Result<Value>> {
        let dynamic = self.dynamic.iter().find(|dynamic| dynamic.name.eq_ignore_ascii_case(name))?.clone();
        let converted = values::convert(self.session, value, &dynamic.kind);
        let command = self.name.clone();
        Some(converted.map_err(|error| {
            let message = format!(
                "Cannot process argument transformation on parameter '{}'. {}",
                dynamic.name,
                error.text()
            );
            parameter::transformation(message, &command).inner(error)
        }))
    }

    /// Whether a value is allowed; `Ok` where the parameter is no dynamic one.
    pub(super) fn dynamic_check(&mut self, name: &str, value: &Value) -> dotnet::Result<()> {
        let found = self.dynamic.iter().find(|dynamic| dynamic.name.eq_ignore_ascii_case(name)).cloned();
        let Some(dynamic) = found else { return Ok(()) };
        let command = self.name.clone();
        self.session
            .check_rules(&dynamic.rules, value)
            .map_err(|error| parameter::validation(error, &dynamic.name, &command))
    }
}

/// The scope with the parameters in it that are bound already, and `$PSBoundParameters`.
fn with_bound(mut scope: Scope, code: &Prepared, signature: &Signature, bound: &Bound) -> Scope {
    let given = super::function::bound_parameters();
    for at in &bound.order {
        let (formal, Some(value)) = (&signature.formals[*at], &bound.values[*at]) else { continue };
        given.insert(Value::String(formal.name.clone()), value.clone());
        if let Some(param) = code.params.iter().find(|param| param.name.eq_ignore_ascii_case(&formal.name)) {
            scope.slots[param.slot as usize] = Slot::Plain(value.clone());
        }
    }
    scope.slots[BOUND as usize] = Slot::Plain(Value::from(given));
    scope
}

/// The sets that a run-time parameter's attributes name.
fn sets_of(object: &Object) -> Vec<Text> {
    let attributes = object.get("Attributes").unwrap_or_default().items();
    let named = attributes.iter().filter_map(|attribute| match attribute {
        Value::Object(attribute) => attribute.get("ParameterSetName").map(|set| Text::from(set.to_string())),
        _ => None,
    });
    named.filter(|set| !set.is_empty() && &**set != gate::ALL_SETS_NAME).collect()
}

fn in_set(signature: &Signature, attribute: &Object) -> Use {
    let flag = |name: &str| attribute.get(name).is_some_and(|value| dotnet::compare::truth(&value));
    let set = attribute.get("ParameterSetName").unwrap_or_default().to_string();
    let position = attribute.get("Position").and_then(|position| position.as_i64());
    Use {
        set: signature.set_named(&set),
        mandatory: flag("Mandatory"),
        position: position.and_then(|at| i32::try_from(at).ok()).filter(|at| *at >= 0),
        by_value: flag("ValueFromPipeline"),
        by_name: flag("ValueFromPipelineByPropertyName"),
        remaining: flag("ValueFromRemainingArguments"),
        ..Use::default()
    }
}

/// A rule as the attribute that says it; `None`: its bounds are worked out anew each time.
fn attribute(rule: &Rule) -> Option<Value> {
    let named = |name: &str| Object::named(format!("System.Management.Automation.{name}Attribute"));
    let constant = |code: &Code| match code {
        Code::Const(value) => Some(value.clone()),
        Code::Block(block) => Some(super::scope::Block::new(block.clone()).value()),
        _ => None,
    };
    Some(
        match rule {
            Rule::Set(words, ignore_case) => named("ValidateSet")
                .with("IgnoreCase", *ignore_case)
                .with("ValidValues", Value::array(words.iter().map(|word| Value::String(word.clone())))),
            Rule::Range(least, most) => {
                named("ValidateRange").with("MinRange", constant(least)?).with("MaxRange", constant(most)?)
            }
            Rule::Length(least, most) => {
                named("ValidateLength").with("MinLength", constant(least)?).with("MaxLength", constant(most)?)
            }
            Rule::Count(least, most) => {
                named("ValidateCount").with("MinLength", constant(least)?).with("MaxLength", constant(most)?)
            }
            Rule::Pattern(pattern, _) => named("ValidatePattern").with("RegexPattern", pattern.to_string()),
            Rule::Script(block) => named("ValidateScript").with("ScriptBlock", constant(block)?),
            Rule::NotNull => named("ValidateNotNull"),
            Rule::NotNullOrEmpty => named("ValidateNotNullOrEmpty"),
            Rule::NotWhiteSpace => named("ValidateNotNullOrWhiteSpace"),
            Rule::RangeKind(kind) => named("ValidateRange").with("RangeKind", kind.to_string()),
            Rule::AllowNull => named("AllowNull"),
            Rule::AllowEmptyText => named("AllowEmptyString"),
            Rule::AllowEmptyList => named("AllowEmptyCollection"),
        }
        .into(),
    )
}

fn rule(attribute: &Object) -> Option<Rule> {
    let get = |name: &str| attribute.get(name).unwrap_or_default();
    let constant = |name: &str| Code::Const(get(name));
    let name = attribute.type_name();
    Some(match name.rsplit('.').next()? {
        "ValidateSetAttribute" => {
            let words = get("ValidValues").items();
            let ignore_case = attribute.get("IgnoreCase").is_none_or(|value| dotnet::compare::truth(&value));
            Rule::Set(words.iter().map(|word| Text::from(word.to_string())).collect(), ignore_case)
        }
        "ValidateRangeAttribute" => Rule::Range(constant("MinRange"), constant("MaxRange")),
        "ValidateLengthAttribute" => Rule::Length(constant("MinLength"), constant("MaxLength")),
        "ValidateCountAttribute" => Rule::Count(constant("MinLength"), constant("MaxLength")),
        "ValidatePatternAttribute" => Rule::Pattern(get("RegexPattern").to_string().into(), true),
        "ValidateScriptAttribute" => Rule::Script(constant("ScriptBlock")),
        "ValidateNotNullAttribute" => Rule::NotNull,
        "ValidateNotNullOrEmptyAttribute" => Rule::NotNullOrEmpty,
        "AllowNullAttribute" => Rule::AllowNull,
        "AllowEmptyStringAttribute" => Rule::AllowEmptyText,
        "AllowEmptyCollectionAttribute" => Rule::AllowEmptyList,
        _ => return None,
    })
}
