//! `Update-TypeData`, `Remove-TypeData`, `Get-TypeData`: members for all objects of a type.

use crate::declare::{Lenient as _, declare, declare_changing};
use dotnet::values::Added;
use dotnet::wildcard::Wildcard;
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::{Object, Value};

/// `Update-TypeData`.
pub(crate) static UPDATE_TYPE_DATA: CoreCommand = CoreCommand::new(
    "Update-TypeData",
    "UpdateTypeDataCommand",
    || {
        declare_changing(
            "Update-TypeData",
            "FileSet DynamicTypeSet",
            "TypeName string @DynamicTypeSet 0 ! .
             MemberType string @DynamicTypeSet .
             MemberName string @DynamicTypeSet .
             Value object @DynamicTypeSet .
             SecondValue object @DynamicTypeSet .
             DefaultDisplayProperty string @DynamicTypeSet .
             DefaultDisplayPropertySet string[] @DynamicTypeSet .
             DefaultKeyPropertySet string[] @DynamicTypeSet .
             SerializationDepth int @DynamicTypeSet .
             Force switch @DynamicTypeSet
             AppendPath string[] @FileSet 0 . =PSPath,Path
             PrependPath string[] @FileSet",
        )
        .one_of(
            "MemberType",
            &[
                "NoteProperty",
                "AliasProperty",
                "ScriptProperty",
                "CodeProperty",
                "ScriptMethod",
                "CodeMethod",
            ],
        )
    },
    || Box::new(Update),
);

struct Update;

impl Command for Update {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        if call.is_given("AppendPath") || call.is_given("PrependPath") {
            let message =
                "Files of type data (.ps1xml) are not read. Name the members with -TypeName and -MemberName.";
            return Err(Exception::runtime("TypeFilesNotRead", message)
                .category(Category::NotImplemented)
                .into());
        }
        let of = call.text("TypeName").unwrap_or_default();
        let mut members = Vec::new();
        if let Some(name) = call.text("MemberName") {
            members.push((name, member(call)?));
        }
        if let Some(name) = call.text("DefaultDisplayProperty") {
            members.push(("DefaultDisplayProperty".to_owned(), name.into()));
        }
        for parameter in ["DefaultDisplayPropertySet", "DefaultKeyPropertySet"] {
            if call.is_given(parameter) {
                let names = call.texts(parameter).into_iter().map(Into::into).collect();
                members.push((parameter.to_owned(), Value::typed(Added::Set(names))));
            }
        }
        if let Some(depth) = call.value("SerializationDepth").cloned() {
            members.push(("SerializationDepth".to_owned(), depth));
        }
        if !call.should(&of, "Update TypeData", false)? {
            return Ok(());
        }
        for (name, held) in members {
            if call.session().type_data().of_type(&of, &name).is_some() && !call.flag("Force") {
                call.error(present(&of, &name))?;
                continue;
            }
            call.session().type_data().set(&of, &name, held);
        }
        Ok(())
    }
}

fn present(of: &str, name: &str) -> ErrorRecord {
    let message = format!("Error in TypeData \"{of}\": The member {name} is already present.");
    let error = Exception::runtime("TypesDynamicUpdateException", message);
    ErrorRecord::new(error.category(Category::InvalidOperation))
}

/// The member that the parameters say.
fn member(call: &mut Call<'_>) -> Run<Value> {
    let kind = call.text("MemberType").unwrap_or_default().to_ascii_lowercase();
    let (first, second) = (call.value("Value").cloned(), call.value("SecondValue").cloned());
    let made = match kind.as_str() {
        "noteproperty" => first.unwrap_or_default(),
        "aliasproperty" => Value::typed(Added::Alias(first.unwrap_or_default().to_string().into())),
        "scriptproperty" => Value::typed(Added::Property { get: first, set: second }),
        "scriptmethod" => Value::typed(Added::Method(first.unwrap_or_default())),
        other => {
            let message = format!(
                "Members of the kind '{other}' are made of compiled code; a script's are ScriptProperty and ScriptMethod."
            );
            return Err(Exception::runtime("MemberTypeNotSupported", message)
                .category(Category::NotImplemented)
                .into());
        }
    };
    Ok(made)
}

/// `Remove-TypeData`.
pub(crate) static REMOVE_TYPE_DATA: CoreCommand = CoreCommand::new(
    "Remove-TypeData",
    "RemoveTypeDataCommand",
    || {
        declare_changing(
            "Remove-TypeData",
            "RemoveTypeSet RemoveTypeDataSet",
            "TypeName string @RemoveTypeSet 0 ! . |\nTypeData object @RemoveTypeDataSet ! |",
        )
    },
    || Box::new(Remove),
);

struct Remove;

impl Command for Remove {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let given = call.value("TypeData").cloned();
        let named = given.and_then(|data| match dotnet::values::base(&data) {
            Value::Object(object) => object.get("TypeName"),
            _ => None,
        });
        let of = named.map(|name| name.to_string()).or_else(|| call.text("TypeName")).unwrap_or_default();
        if !call.should(&of, "Remove TypeData", false)? || call.session().type_data().remove(&of) {
            return Ok(());
        }
        let message = format!("Error in TypeData \"{of}\": The type \"{of}\" was not found.");
        let error = Exception::runtime("TypesDynamicRemoveException", message);
        call.error(ErrorRecord::new(error.category(Category::InvalidOperation)))
    }
}

/// `Get-TypeData`.
pub(crate) static GET_TYPE_DATA: CoreCommand = CoreCommand::new(
    "Get-TypeData",
    "GetTypeDataCommand",
    || declare("Get-TypeData", "", "TypeName string[] 0 | ."),
    || Box::new(Get),
);

struct Get;

impl Command for Get {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let wanted = call.texts("TypeName");
        let fits = |of: &str| {
            wanted.is_empty()
                || wanted
                    .iter()
                    .any(|pattern| Wildcard::new(pattern).is_ok_and(|pattern| pattern.matches(of)))
        };
        let mut found: Vec<(String, Vec<String>)> = call
            .session()
            .type_data()
            .all()
            .filter(|(of, _)| fits(of))
            .map(|(of, members)| (of.clone(), members.iter().map(|(name, _)| name.to_string()).collect()))
            .collect();
        found.sort();
        for (of, members) in found {
            let made = Object::named("System.Management.Automation.Runspaces.TypeData")
                .with("TypeName", of)
                .with("Members", Value::array(members.into_iter().map(Value::from)));
            call.write(Value::from(made))?;
        }
        Ok(())
    }
}
