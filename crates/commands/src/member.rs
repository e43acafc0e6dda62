//! `Add-Member` and `Get-Member`.

use crate::declare::declare;
use dotnet::member::{self, MemberInfo, MemberKind};
use dotnet::values::Added;
use dotnet::wildcard::Wildcard;
use dotnet::{Category, Exception, text};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::{Object, Value};

/// `Add-Member`.
pub(crate) static ADD_MEMBER: CoreCommand = CoreCommand::new(
    "Add-Member",
    "AddMemberCommand",
    || {
        declare(
            "Add-Member",
            "",
            "InputObject object ! # |
             MemberType object 0 =Type
             Name object 1
             Value object 2
             SecondValue object 3
             TypeName string
             Force switch
             PassThru switch
             NotePropertyName string
             NotePropertyValue object
             NotePropertyMembers hashtable",
        )
    },
    || Box::new(AddMember),
);

struct AddMember;

impl Command for AddMember {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(input) = input.or_else(|| call.value("InputObject").cloned()) else { return Ok(()) };
        // A value that is no object yet gets a coat; only -PassThru hands that out.
        let object = match &input {
            Value::Object(object) => object.clone(),
            other => std::sync::Arc::new(Object::around(other.clone())),
        };
        if let Some(name) = call.text("TypeName") {
            object.type_names_mut().insert(0, name.into());
        }
        for (name, value) in added(call)? {
            if object.get(&name).is_some() && !call.flag("Force") {
                let message = format!(
                    "Cannot add a member with the name \"{name}\" because a member with that name already exists. To overwrite the member anyway, add the Force parameter to your command."
                );
                let error = Exception::invalid_operation(message)
                    .id("MemberAlreadyExists")
                    .category(Category::InvalidOperation);
                call.error(ErrorRecord::new(error).with_target(input.clone()))?;
                continue;
            }
            object.set(&name, value);
        }
        if call.flag("PassThru") { call.write(Value::Object(object)) } else { Ok(()) }
    }
}

fn added(call: &mut Call<'_>) -> Run<Vec<(String, Value)>> {
    if let Some(name) = call.text("NotePropertyName") {
        return Ok(vec![(name, call.value("NotePropertyValue").cloned().unwrap_or_default())]);
    }
    if let Some(Value::Dictionary(members)) = call.value("NotePropertyMembers").cloned() {
        let locale = call.session().locale().clone();
        return Ok(members
            .to_vec()
            .into_iter()
            .map(|(key, value)| (text::to_text(&key, &locale), value))
            .collect());
    }
    let Some(first) = call.value("MemberType").cloned() else {
        let named = call.text("Name").map(|name| (name, call.value("Value").cloned().unwrap_or_default()));
        return Ok(named.into_iter().collect());
    };
    if let Value::Dictionary(members) = dotnet::values::base(&first) {
        let locale = call.session().locale().clone();
        return Ok(members
            .to_vec()
            .into_iter()
            .map(|(key, value)| (text::to_text(&key, &locale), value))
            .collect());
    }
    // The first word is a kind of member, or the name of a note property whose value follows.
    let word = text::to_text(&first, call.session().locale());
    if dotnet::enums::PS_MEMBER_TYPES.parse(&word).is_none() {
        return Ok(vec![(word, call.value("Name").cloned().unwrap_or_default())]);
    }
    let Some(name) = call.text("Name") else { return Ok(Vec::new()) };
    let value = call.value("Value").cloned().unwrap_or_default();
    let kind = call.text("MemberType").unwrap_or_default().to_ascii_lowercase();
    let made = match kind.as_str() {
        "scriptproperty" => {
            Value::typed(Added::Property { get: Some(value), set: call.value("SecondValue").cloned() })
        }
        "scriptmethod" => Value::typed(Added::Method(value)),
        "aliasproperty" => Value::typed(Added::Alias(value.to_string().into())),
        "propertyset" => {
            Value::typed(Added::Set(value.items().iter().map(|name| name.to_string().into()).collect()))
        }
        "memberset" => Value::typed(Added::Members(value)),
        "noteproperty" | "property" | "codeproperty" => value,
        other => {
            let message = format!(
                "Cannot validate argument on parameter 'MemberType'. A member of type {other} cannot be added."
            );
            return Err(Exception::invalid_operation(message)
                .id("WrongMemberType")
                .category(Category::InvalidArgument)
                .into());
        }
    };
    Ok(vec![(name, made)])
}

/// `Get-Member`.
pub(crate) static GET_MEMBER: CoreCommand = CoreCommand::new(
    "Get-Member",
    "GetMemberCommand",
    || {
        declare(
            "Get-Member",
            "",
            "InputObject object |
             Name string[] 0
             MemberType string[] =Type
             Static switch",
        )
    },
    || Box::new(GetMember::default()),
);

#[derive(Default)]
struct GetMember {
    seen: Vec<String>,
    any: bool,
}

impl Command for GetMember {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(input) =
            input.or_else(|| call.value("InputObject").cloned()).filter(|value| !value.is_null())
        else {
            return Ok(());
        };
        self.any = true;
        let is_static = call.flag("Static");
        let (name, members) = match input.downcast::<dotnet::Type>().filter(|_| is_static) {
            Some(of) => (of.name().to_string(), member::static_members(of)),
            None => (
                member::type_name_list(&input).first().map_or_else(String::new, ToString::to_string),
                member::members_of(&input, is_static),
            ),
        };
        if self.seen.contains(&name) {
            return Ok(());
        }
        self.seen.push(name.clone());
        let patterns: Vec<Wildcard> =
            call.texts("Name").iter().filter_map(|pattern| Wildcard::new(pattern).ok()).collect();
        let kinds: Vec<String> = call
            .texts("MemberType")
            .iter()
            .flat_map(|kind| kind.split(',').map(|k| k.trim().to_ascii_lowercase()).collect::<Vec<_>>())
            .collect();
        let mut members: Vec<MemberInfo> = members
            .into_iter()
            .filter(|info| patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(&info.name)))
            .filter(|info| kinds.is_empty() || kinds.iter().any(|kind| is_kind(info.kind, kind)))
            .collect();
        // Names that were asked for come in that order, what fits one of them by kind and name.
        let asked = |info: &MemberInfo| patterns.iter().position(|pattern| pattern.matches(&info.name));
        members.sort_by(|a, b| {
            let by_kind = || order(a.kind).cmp(&order(b.kind));
            let by_name = || dotnet::compare::collate(&a.name, &b.name, true);
            asked(a).cmp(&asked(b)).then_with(by_kind).then_with(by_name)
        });
        for info in members {
            let made = Object::named("Microsoft.PowerShell.Commands.MemberDefinition")
                .with("TypeName", name.as_str())
                .with("Name", info.name.clone())
                .with("MemberType", info.kind.value())
                .with("Definition", info.definition);
            call.write(Value::from(made))?;
        }
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        if self.any {
            return Ok(());
        }
        let error = Exception::invalid_operation("You must specify an object for the Get-Member cmdlet.")
            .id("NoObjectInGetMember");
        call.error(ErrorRecord::new(error.category(Category::CloseError)))
    }
}

fn is_kind(kind: MemberKind, wanted: &str) -> bool {
    match wanted {
        "all" => true,
        "properties" => kind.is_property(),
        "methods" => matches!(kind, MemberKind::Method | MemberKind::ScriptMethod),
        other => format!("{kind:?}").eq_ignore_ascii_case(other),
    }
}

/// Methods stand before properties, added ones where their kind's name sorts.
fn order(kind: MemberKind) -> u8 {
    match kind {
        MemberKind::AliasProperty => 0,
        MemberKind::Method => 1,
        MemberKind::MemberSet => 2,
        MemberKind::NoteProperty => 3,
        MemberKind::ParameterizedProperty => 4,
        MemberKind::Property => 5,
        MemberKind::PropertySet => 6,
        MemberKind::ScriptMethod => 7,
        MemberKind::ScriptProperty => 8,
    }
}
