//! `Add-PSSnapin`, `Get-PSSnapin`, `Remove-PSSnapin`.

use commands::declare::declare;
use dotnet::wildcard::{Wildcard, has_wildcards};
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::{Object, Value};

/// The snap-ins of Exchange 2007, of 2010, of 2013 and later, and of older scripts' helpers.
const KNOWN: [&str; 5] = [
    "Microsoft.Exchange.Management.PowerShell.Admin",
    "Microsoft.Exchange.Management.PowerShell.E2010",
    "Microsoft.Exchange.Management.PowerShell.SnapIn",
    "Microsoft.Exchange.Management.PowerShell.Setup",
    "Microsoft.Exchange.Management.PowerShell.Support",
];

/// `Add-PSSnapin`.
pub(super) static ADD_PSSNAPIN: CoreCommand = CoreCommand::new(
    "Add-PSSnapin",
    "AddPSSnapinCommand",
    || declare("Add-PSSnapin", "", "Name string[] 0 ! .\nPassThru switch"),
    || Box::new(Add),
);

struct Add;

impl Command for Add {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for name in call.texts("Name") {
            let found = named(&name);
            if found.is_empty() {
                call.error(missing(&name, "AddPSSnapInRead"))?;
            }
            if call.flag("PassThru") {
                found.into_iter().try_for_each(|name| call.write(shown(name)))?;
            }
        }
        Ok(())
    }
}

/// `Get-PSSnapin`.
pub(super) static GET_PSSNAPIN: CoreCommand = CoreCommand::new(
    "Get-PSSnapin",
    "GetPSSnapinCommand",
    || declare("Get-PSSnapin", "", "Name string[] 0\nRegistered switch"),
    || Box::new(Get),
);

struct Get;

impl Command for Get {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let names = call.texts("Name");
        // What is registered is loaded here: there is nothing else to list.
        if names.is_empty() || (call.flag("Registered") && names.is_empty()) {
            return call.write(shown(KNOWN[2]));
        }
        for name in names {
            let found = named(&name);
            if found.is_empty() && !has_wildcards(&name) {
                call.error(missing(&name, "NoPSSnapInsFound"))?;
            }
            // A pattern fits all versions, and there is one server.
            let most = if has_wildcards(&name) { 1 } else { usize::MAX };
            found.into_iter().rev().take(most).try_for_each(|name| call.write(shown(name)))?;
        }
        Ok(())
    }
}

/// `Remove-PSSnapin`: the cmdlets stay, since they are all that this shell is for.
pub(super) static REMOVE_PSSNAPIN: CoreCommand = CoreCommand::new(
    "Remove-PSSnapin",
    "RemovePSSnapinCommand",
    || declare("Remove-PSSnapin", "", "Name string[] 0 ! | .\nPassThru switch"),
    || Box::new(Remove),
);

struct Remove;

impl Command for Remove {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for name in call.texts("Name") {
            let found = named(&name);
            if found.is_empty() {
                call.error(missing(&name, "RemovePSSnapIn"))?;
            }
            if call.flag("PassThru") {
                found.into_iter().try_for_each(|name| call.write(shown(name)))?;
            }
        }
        Ok(())
    }
}

fn named(name: &str) -> Vec<&'static str> {
    let pattern = Wildcard::new(name).ok();
    let fits = |known: &&str| pattern.as_ref().is_some_and(|pattern| pattern.matches(known));
    KNOWN[..3].iter().copied().filter(fits).chain(KNOWN[3..].iter().copied().filter(fits)).collect()
}

fn shown(name: &str) -> Value {
    Object::named("System.Management.Automation.PSSnapInInfo")
        .with("Name", name)
        .with("PSVersion", "5.1")
        .with("Description", "The administrative cmdlets of this server")
        .into()
}

fn missing(name: &str, id: &str) -> ErrorRecord {
    let message = format!("The Windows PowerShell snap-in '{name}' is not installed on this computer.");
    let error = Exception::new("System.Management.Automation.PSArgumentException", message).id(id);
    ErrorRecord::new(error.category(Category::InvalidArgument)).with_target(name.into())
}
