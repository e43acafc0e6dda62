//! `Import-LocalizedData`: the texts of a script in the language of whoever runs it, from a data file beside it.

use crate::declare::declare;
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::Value;

/// `Import-LocalizedData`.
pub(crate) static IMPORT_LOCALIZED_DATA: CoreCommand = CoreCommand::new(
    "Import-LocalizedData",
    "ImportLocalizedData",
    || {
        declare(
            "Import-LocalizedData",
            "",
            "BindingVariable string 0 =Variable
             UICulture string 1
             BaseDirectory string
             FileName string
             SupportedCommand string[]",
        )
    },
    || Box::new(ImportLocalizedData),
);

struct ImportLocalizedData;

impl Command for ImportLocalizedData {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let Some((folder, file)) = place(call) else { return call.error(no_name()) };
        let culture =
            call.text("UICulture").unwrap_or_else(|| call.session().locale().culture.name.to_owned());
        let Some(path) = found(call, &folder, &file, &culture) else {
            return call.error(missing(&folder, &file));
        };
        let held = data(call, &path)?;
        match call.text("BindingVariable") {
            None => call.write(held),
            Some(name) => {
                let (scope, name) = name.split_once(':').unwrap_or(("Local", &name));
                let scope = call.session().scope_named(scope)?;
                call.session().set_variable_in(scope, name, held, false)
            }
        }
    }
}

/// The folder to look in and the name of the file: those that were given, else those of the script that asks.
fn place(call: &mut Call<'_>) -> Option<(String, String)> {
    let script = call.stack().into_iter().find_map(|frame| frame.place.source.name().cloned());
    let script = script.as_deref().and_then(|path| path.rsplit_once('/'));
    let folder = match call.text("BaseDirectory") {
        Some(folder) => call.session().full_path(&folder),
        None => script?.0.to_owned(),
    };
    let file = match call.text("FileName") {
        Some(file) => file,
        None => script?.1.rsplit_once('.').map_or(script?.1, |(stem, _)| stem).to_owned(),
    };
    let has_ending = file.to_ascii_lowercase().ends_with(".psd1");
    Some((folder, if has_ending { file } else { format!("{file}.psd1") }))
}

/// The file of the culture, of its language, or beside the script.
fn found(call: &mut Call<'_>, folder: &str, file: &str, culture: &str) -> Option<String> {
    let mut culture = culture;
    loop {
        let path = match culture {
            "" => format!("{folder}/{file}"),
            culture => format!("{folder}/{culture}/{file}"),
        };
        if call.host().files().info(&path).is_ok_and(|info| !info.folder) {
            return Some(path);
        }
        if culture.is_empty() {
            return None;
        }
        culture = culture.rsplit_once('-').map_or("", |(language, _)| language);
    }
}

/// What a data file says: no code but what a `data` section allows.
fn data(call: &mut Call<'_>, path: &str) -> Run<Value> {
    let bytes = call.host().files().read(path)?;
    let text = language::syntax::decode(&bytes);
    // A whole text: no bracket of it closes the section that is put around it.
    call.session().parse_block(&text)?;
    let allowed = call.texts("SupportedCommand").join(", ");
    let allowed = if allowed.is_empty() { allowed } else { format!("-SupportedCommand {allowed}") };
    let block = call.session().parse_block(&format!("data {allowed} {{\n{text}\n}}"))?;
    let mut written = call.invoke(&block.value(), None, &[])?;
    Ok(written.pop().unwrap_or_default())
}

fn refused(message: String) -> ErrorRecord {
    let error = Exception::new("System.Management.Automation.PSInvalidOperationException", message);
    ErrorRecord::new(error.id("ImportLocalizedData").category(Category::ObjectNotFound))
}

fn missing(folder: &str, file: &str) -> ErrorRecord {
    let message = format!(
        "Cannot find the PowerShell data file '{file}' in directory '{folder}', or in any parent culture directories."
    );
    refused(message).with_target(format!("{folder}/{file}").into())
}

fn no_name() -> ErrorRecord {
    let message = "The FileName parameter was not specified. The FileName parameter is required when Import-LocalizedData is not called from a script file.";
    refused(message.to_owned()).with_category(Category::NotSpecified)
}
