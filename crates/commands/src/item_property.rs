//! `Get-ItemProperty`, `Set-ItemProperty`: properties of files and folders.

use crate::declare::{declare, declare_changing};
use crate::item;
use crate::missing::missing;
use dotnet::{Category, Exception, member};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::{Object, Value};

/// `Get-ItemProperty`.
pub(crate) static GET_ITEM_PROPERTY: CoreCommand = CoreCommand::new(
    "Get-ItemProperty",
    "GetItemPropertyCommand",
    || {
        declare(
            "Get-ItemProperty",
            "Path LiteralPath",
            "Path string[] @Path 0 ! | .
             LiteralPath string[] @LiteralPath ! . =PSPath,LP
             Name string[] 1 =PSProperty
             Filter string
             Include string[]
             Exclude string[]",
        )
    },
    || Box::new(GetItemProperty),
);

struct GetItemProperty;

impl Command for GetItemProperty {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let names = call.texts("Name");
        for full in item::wanted(call)? {
            let found = item::item(call, &full);
            if found.is_null() {
                call.error(missing(call, &full))?;
                continue;
            }
            if names.is_empty() {
                call.write(found)?;
                continue;
            }
            let made = Object::custom();
            for name in &names {
                match member::own(call.session(), &found, name)? {
                    Some(held) => {
                        made.set(&member::spelled(&found, name).unwrap_or(name.as_str().into()), held)
                    }
                    None => call.error(no_property(name, &full))?,
                }
            }
            for name in ["PSPath", "PSParentPath", "PSChildName"] {
                made.set(name, member::own(call.session(), &found, name)?.unwrap_or_default());
            }
            call.write(Value::from(made))?;
        }
        Ok(())
    }
}

fn denied(full: &str) -> ErrorRecord {
    let error = Exception::new(
        "System.UnauthorizedAccessException",
        format!("Access to the path '{full}' is denied."),
    );
    ErrorRecord::new(error.id("SetItemPropertyUnauthorizedAccess").category(Category::PermissionDenied))
        .with_target(full.into())
}

fn no_property(name: &str, full: &str) -> ErrorRecord {
    let message = format!("Property {name} does not exist at path {full}.");
    let error = Exception::new("System.Management.Automation.PSArgumentException", message);
    ErrorRecord::new(
        error.id("System.Management.Automation.PSArgumentException").category(Category::InvalidArgument),
    )
}

/// `New-ItemProperty`: files have the properties that they have.
pub(crate) static NEW_ITEM_PROPERTY: CoreCommand = CoreCommand::new(
    "New-ItemProperty",
    "NewItemPropertyCommand",
    || {
        declare_changing(
            "New-ItemProperty",
            "Path LiteralPath",
            "Path string[] @Path 0 !
             LiteralPath string[] @LiteralPath ! . =PSPath,LP
             Name string 1 ! . =PSProperty
             PropertyType string . =Type
             Value object .
             Force switch",
        )
    },
    || Box::new(FixedProperties),
);

/// `Remove-ItemProperty`.
pub(crate) static REMOVE_ITEM_PROPERTY: CoreCommand = CoreCommand::new(
    "Remove-ItemProperty",
    "RemoveItemPropertyCommand",
    || {
        declare_changing(
            "Remove-ItemProperty",
            "Path LiteralPath",
            "Path string[] @Path 0 ! | .
             LiteralPath string[] @LiteralPath ! . =PSPath,LP
             Name string[] 1 ! . =PSProperty
             Force switch",
        )
    },
    || Box::new(FixedProperties),
);

/// What would add properties to files or take some away.
struct FixedProperties;

impl Command for FixedProperties {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let given: Vec<String> = call.given();
        call.debug(&format!("-{} cannot be kept by the drives of this session.", given.join(", -")))?;
        let message = "Cannot use interface. The IDynamicPropertyCmdletProvider interface is not implemented by this provider.";
        let error = Exception::new("System.Management.Automation.PSNotSupportedException", message);
        Err(error.id("NotSupported").category(Category::NotImplemented).into())
    }
}

/// `Set-ItemProperty`.
pub(crate) static SET_ITEM_PROPERTY: CoreCommand = CoreCommand::new(
    "Set-ItemProperty",
    "SetItemPropertyCommand",
    || {
        declare_changing(
            "Set-ItemProperty",
            "Path LiteralPath",
            "Path string[] @Path 0 ! | .
             LiteralPath string[] @LiteralPath ! . =PSPath,LP
             Name string 1 ! . =PSProperty
             Value object 2 ! .
             PassThru switch
             Force switch
             Filter string
             Include string[]
             Exclude string[]",
        )
    },
    || Box::new(SetItemProperty),
);

struct SetItemProperty;

impl Command for SetItemProperty {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let name = call.text("Name").unwrap_or_default();
        let value = call.value("Value").cloned().unwrap_or_default();
        let (force, shows) = (call.flag("Force"), call.flag("PassThru"));
        for full in item::wanted(call)? {
            let found = item::item(call, &full);
            if found.is_null() {
                call.error(missing(call, &full))?;
                continue;
            }
            if !call.should(&format!("Item: {full} Property: {name}"), "Set Property File", false)? {
                continue;
            }
            if member::own(call.session(), &found, &name)?.is_none() {
                call.error(no_property(&name, &full))?;
                continue;
            }
            // A file that is read-only keeps what it has unless it is forced; forced, it is read-only again afterwards.
            let shut = call.host().files().info(&full).is_ok_and(|info| info.read_only && !info.folder)
                && !name.eq_ignore_ascii_case("IsReadOnly");
            if shut && !force {
                call.error(denied(&full))?;
                continue;
            }
            if shut {
                call.host().files().set_read_only(&full, false)?;
            }
            let set = member::set(call.session(), &found, &name, value.clone());
            if shut {
                call.host().files().set_read_only(&full, true)?;
            }
            if let Err(error) = set {
                call.error(ErrorRecord::new(error))?;
                continue;
            }
            if shows {
                let now = item::item(call, &full);
                call.write(now)?;
            }
        }
        Ok(())
    }
}
