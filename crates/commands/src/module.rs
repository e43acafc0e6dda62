//! `New-Module`, `Import-Module`, `Export-ModuleMember`, `Get-Module`, `Remove-Module`.

use crate::declare::declare;
use crate::standing_module::{available, is_standing, name_of, stand, standing};
use dotnet::{Category, Exception};
use language::{Block, Call, Command, CoreCommand, Dropped, Exports, Import, Module, ModuleInfo, Run};
use object::Value;
use object::types::kinds;
use object::value::Text;
use std::sync::Arc;

/// `New-Module`.
pub(crate) static NEW_MODULE: CoreCommand = CoreCommand::new(
    "New-Module",
    "NewModuleCommand",
    || {
        declare(
            "New-Module",
            "ScriptBlock Name",
            "Name string @Name 0 !
             ScriptBlock block @ScriptBlock 0 ! @Name 1 !
             Function string[]
             ReturnResult switch
             AsCustomObject switch
             ArgumentList object[] * =Args",
        )
    },
    || Box::new(NewModule),
);

struct NewModule;

impl Command for NewModule {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let block = call.value("ScriptBlock").and_then(Block::of).cloned();
        let Some(block) = block else { return Ok(()) };
        let arguments = call.value("ArgumentList").map(Value::items).unwrap_or_default();
        let name = call.text("Name");
        let (mut written, functions) = (Vec::new(), wanted(call, "Function"));
        let (returns, as_object) = (call.flag("ReturnResult"), call.flag("AsCustomObject"));
        let module = call.session().new_module(name.as_deref(), &block, arguments, &mut written)?;
        if as_object {
            let object = call.session().module_as_object(&module);
            return call.write(object);
        }
        call.session().import(&module, &Import { functions, ..Import::default() });
        match returns {
            true => written.into_iter().try_for_each(|value| call.write(value)),
            false => call.write(Value::typed(ModuleInfo(module))),
        }
    }
}

/// The patterns that a parameter gives; `None`: everything.
fn wanted(call: &Call<'_>, parameter: &str) -> Option<Vec<String>> {
    call.is_given(parameter).then(|| call.texts(parameter))
}

/// `Import-Module`.
pub(crate) static IMPORT_MODULE: CoreCommand = CoreCommand::new(
    "Import-Module",
    "ImportModuleCommand",
    || {
        declare(
            "Import-Module",
            "Name ModuleInfo",
            "Name string[] @Name 0 ! |
             ModuleInfo object[] @ModuleInfo 0 ! |
             Prefix string
             Function string[]
             Variable string[]
             Alias string[]
             Scope string
             Force switch
             Global switch
             DisableNameChecking switch
             PassThru switch
             AsCustomObject switch
             ArgumentList object[] =Args",
        )
    },
    || Box::new(ImportModule),
);

struct ImportModule;

impl Command for ImportModule {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for module in call.value("ModuleInfo").map(Value::items).unwrap_or_default() {
            match ModuleInfo::of(&module) {
                Some(module) => import(call, &module)?,
                None => by_name(call, &name_of(&module))?,
            }
        }
        call.texts("Name").iter().try_for_each(|name| by_name(call, name))
    }
}

fn by_name(call: &mut Call<'_>, name: &str) -> Run {
    let path = file_of(call, name);
    let known = call.session().modules(name).into_iter().next();
    let arguments = call.value("ArgumentList").map(Value::items).unwrap_or_default();
    match (path, known) {
        (_, Some(known)) if !call.flag("Force") => import(call, &known),
        (Some(path), _) => {
            let same = |module: &Arc<Module>| *module.path() == *path;
            let known = call.session().modules("*").into_iter().find(same);
            let module = match known.filter(|_| !call.flag("Force")) {
                Some(module) => module,
                None => {
                    // What it brought before goes first: its aliases would be in the way.
                    if let Some(before) = call.session().modules("*").into_iter().find(same) {
                        call.session().remove_module(&before)?;
                    }
                    call.session().module_of_file(&path, arguments, &mut Dropped)?
                }
            };
            import(call, &module)
        }
        (None, Some(known)) => import(call, &known),
        // Cmdlets that are always there stand for the modules that have them elsewhere.
        (None, None) if is_standing(call, name) => stand(call, name),
        (None, None) => call.error(not_found(name)),
    }
}

fn import(call: &mut Call<'_>, module: &Arc<Module>) -> Run {
    let scope = call.text("Scope").unwrap_or_default();
    let import = Import {
        prefix: call.text("Prefix").unwrap_or_default(),
        functions: wanted(call, "Function"),
        variables: wanted(call, "Variable"),
        aliases: wanted(call, "Alias"),
        local: !call.flag("Global") && scope.eq_ignore_ascii_case("local"),
    };
    if call.flag("AsCustomObject") {
        let object = call.session().module_as_object(module);
        return call.write(object);
    }
    call.session().import(module, &import);
    if !call.flag("DisableNameChecking") {
        check_names(call, module)?;
    }
    if call.flag("PassThru") { call.write(Value::typed(ModuleInfo(module.clone()))) } else { Ok(()) }
}

/// Warns of commands whose verb nobody would look for.
fn check_names(call: &mut Call<'_>, module: &Arc<Module>) -> Run {
    let strange = |name: &Text| name.split_once('-').is_some_and(|(verb, _)| !crate::verb::is_approved(verb));
    if !call.session().functions_of(module).iter().any(strange) {
        return Ok(());
    }
    call.warning(&format!(
        "The names of some imported commands from the module '{}' include unapproved verbs that might make them less discoverable. To find the commands with unapproved verbs, run the Import-Module command again with the Verbose parameter. For a list of approved verbs, type Get-Verb.",
        module.name()
    ))
}

/// The file of a module: a path, or a folder of that name on `PSModulePath`.
fn file_of(call: &mut Call<'_>, name: &str) -> Option<String> {
    let host = call.host();
    let is_file = |path: &str| host.files().read(path).is_ok();
    let with_endings = |path: &str| {
        let endings = ["", ".psd1", ".psm1"].iter().map(|ending| format!("{path}{ending}"));
        let file = path.rsplit('/').next().unwrap_or(path);
        let inside = [".psd1", ".psm1"].iter().map(|ending| format!("{path}/{file}{ending}"));
        let is_module = |path: &String| {
            let lower = path.to_ascii_lowercase();
            [".psd1", ".psm1", ".ps1"].iter().any(|ending| lower.ends_with(ending)) && is_file(path)
        };
        endings.chain(inside).find(is_module)
    };
    if name.contains(['/', '\\']) || name.to_ascii_lowercase().ends_with(".psm1") {
        return with_endings(&call.session().full_path(name));
    }
    let folders = host.variable("PSModulePath").unwrap_or_default();
    folders
        .split([':', ';'])
        .filter(|folder| !folder.is_empty())
        .find_map(|folder| with_endings(&format!("{}/{name}", folder.trim_end_matches('/'))))
}

fn not_found(name: &str) -> Exception {
    let message = format!(
        "The specified module '{name}' was not loaded because no valid module file was found in any module directory."
    );
    Exception::new("System.IO.FileNotFoundException", message)
        .id("Modules_ModuleNotFound")
        .category(Category::ResourceUnavailable)
        .target(name)
}

/// `Export-ModuleMember`.
pub(crate) static EXPORT_MODULE_MEMBER: CoreCommand = CoreCommand::new(
    "Export-ModuleMember",
    "ExportModuleMemberCommand",
    || {
        let mut signature = declare(
            "Export-ModuleMember",
            "",
            "Function string[] 0 |
             Variable string[]
             Alias string[]",
        );
        signature.formals.iter_mut().filter(|formal| &*formal.name == "Function").for_each(|formal| {
            formal.kind = &kinds::ANY;
        });
        signature
    },
    || Box::new(ExportModuleMember),
);

struct ExportModuleMember;

impl Command for ExportModuleMember {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let exports = Exports {
            functions: call.texts("Function"),
            variables: call.texts("Variable"),
            aliases: call.texts("Alias"),
        };
        call.session().export(exports)
    }
}

/// `Get-Module`.
pub(crate) static GET_MODULE: CoreCommand = CoreCommand::new(
    "Get-Module",
    "GetModuleCommand",
    || declare("Get-Module", "", "Name string[] 0 |\nAll switch\nListAvailable switch"),
    || Box::new(GetModule),
);

struct GetModule;

impl Command for GetModule {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let mut names = call.texts("Name");
        if names.is_empty() {
            names.push("*".to_owned());
        }
        // Every module that is imported is seen by everybody, and what is on the path is found by its name.
        let everywhere = call.flag("All") || call.flag("ListAvailable");
        for name in names {
            let mut found = call.session().modules(&name);
            if found.is_empty()
                && everywhere
                && let Some(path) = file_of(call, &name)
            {
                found.push(call.session().module_of_file(&path, Vec::new(), &mut Dropped)?);
            }
            let known = !found.is_empty();
            found.into_iter().try_for_each(|module| call.write(Value::typed(ModuleInfo(module))))?;
            let mut standing = standing(call, &name);
            if standing.is_empty() && !known && call.flag("ListAvailable") {
                standing = available(call, &name);
            }
            standing.into_iter().try_for_each(|module| call.write(module))?;
        }
        Ok(())
    }
}

/// `Remove-Module`.
pub(crate) static REMOVE_MODULE: CoreCommand = CoreCommand::new(
    "Remove-Module",
    "RemoveModuleCommand",
    || {
        declare(
            "Remove-Module",
            "name ModuleInfo",
            "Name string[] @name 0 ! |
             ModuleInfo object[] @ModuleInfo 0 ! |
             Force switch",
        )
    },
    || Box::new(RemoveModule),
);

struct RemoveModule;

impl Command for RemoveModule {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let mut given = call.value("ModuleInfo").map(Value::items).unwrap_or_default();
        given.extend(call.texts("Name").into_iter().map(Value::from));
        if call.flag("Force") {
            call.verbose("No module here is read-only.")?;
        }
        for one in given {
            let name = name_of(&one);
            let found = match ModuleInfo::of(&one) {
                Some(module) => vec![module],
                None => call.session().modules(&name),
            };
            let stands = standing(call, &name);
            if !stands.is_empty() {
                crate::standing_module::take_away(call, &stands);
                call.verbose("The cmdlets stay, since they are what this shell is for.")?;
            }
            if found.is_empty() && stands.is_empty() {
                let message = format!(
                    "No modules were removed. Verify that the specification of modules to remove is correct and those modules exist in the runspace: '{name}'."
                );
                let missing = Exception::invalid_operation(message)
                    .id("Modules_NoModulesRemoved")
                    .category(Category::ResourceUnavailable)
                    .target(name.as_str());
                call.error(missing)?;
            }
            found.iter().try_for_each(|module| call.session().remove_module(module))?;
        }
        Ok(())
    }
}
