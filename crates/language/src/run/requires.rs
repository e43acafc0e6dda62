//! `#requires`: what a script file says it needs, before any of it runs.

use super::session::Session;
use crate::syntax::{Parsed, Source};
use dotnet::values::Version;
use dotnet::{Category, Exception, Result};

impl Session {
    /// Refuses a script that needs a newer version, another edition or a module that is not here.
    pub(super) fn check_requirements(&self, source: &Source, parsed: &Parsed) -> Result<()> {
        let script = source.name().map_or("", |name| name.rsplit('/').next().unwrap_or(name));
        let mut missing = Vec::new();
        for comment in &parsed.comments {
            let Some(words) = requirement(source.slice(*comment)) else { continue };
            for (name, value) in pairs(words) {
                if is_short_for(&name, "version") {
                    self.check_version(script, &value)?;
                } else if is_short_for(&name, "psedition") {
                    self.check_edition(script, &value)?;
                } else if is_short_for(&name, "modules") {
                    missing.extend(modules(&value).into_iter().filter(|module| !self.has_module(module)));
                }
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let sentences: Vec<String> =
            missing.iter().map(|module| format!("The module '{module}' cannot be found.")).collect();
        let message = format!(
            "The script '{script}' cannot be run because the following modules that are specified by the \"#requires\" statements of the script are missing: {}.",
            sentences.join(" ")
        );
        Err(refused("ScriptRequiresMissingModules", script, message))
    }

    /// Whether the commands of a module are here without it, or it was imported.
    pub fn has_module(&self, name: &str) -> bool {
        !self.modules(name).is_empty()
            || name.to_ascii_lowercase().starts_with("microsoft.powershell.")
            || self.settings.invoker.as_ref().is_some_and(|invoker| invoker.stands_for(name))
    }

    fn check_version(&self, script: &str, wanted: &str) -> Result<()> {
        let numbers = |text: &str| {
            let mut parts = text.split('.').map(|part| part.trim().parse::<u32>().unwrap_or(0));
            (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
        };
        let current = self.find_variable("PSVersionTable");
        let current = match current.as_ref().map(dotnet::values::base) {
            Some(object::Value::Dictionary(table)) => table.get(&"PSVersion".into()),
            _ => None,
        };
        let current =
            current.filter(|value| value.downcast::<Version>().is_some()).map(|value| value.to_string());
        let current = current.unwrap_or_default();
        if numbers(wanted) <= numbers(&current) {
            return Ok(());
        }
        let message = format!(
            "The script '{script}' cannot be run because it contained a \"#requires\" statement for Windows PowerShell {wanted}. The version of Windows PowerShell that is required by the script does not match the currently running version of Windows PowerShell {current}."
        );
        Err(refused("ScriptRequiresUnmatchedPSVersion", script, message))
    }

    fn check_edition(&self, script: &str, wanted: &str) -> Result<()> {
        let edition = self.find_variable("PSEdition").unwrap_or_default().to_string();
        if wanted.eq_ignore_ascii_case(&edition) {
            return Ok(());
        }
        let message = format!(
            "The script '{script}' cannot be run because it contained a \"#requires\" statement for PowerShell edition '{wanted}'. The edition of PowerShell that is required by the script does not match the currently running PowerShell edition '{edition}'."
        );
        Err(refused("ScriptRequiresUnmatchedPSEdition", script, message))
    }
}

fn refused(id: &str, script: &str, message: String) -> Exception {
    Exception::new("System.Management.Automation.ScriptRequiresException", message)
        .id(id)
        .category(Category::ResourceUnavailable)
        .target(script)
}

/// What a comment requires, if it is a `#requires`.
fn requirement(comment: &str) -> Option<&str> {
    let rest = comment.strip_prefix('#')?;
    let (word, rest) = rest.split_at_checked("requires".len())?;
    let follows = rest.is_empty() || rest.starts_with(char::is_whitespace);
    (word.eq_ignore_ascii_case("requires") && follows).then_some(rest)
}

/// `-Name value` pairs in lower case; a value goes on to the next name.
fn pairs(words: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for word in words.split_whitespace() {
        match word.strip_prefix('-').filter(|name| name.starts_with(char::is_alphabetic)) {
            Some(name) => found.push((name.to_ascii_lowercase(), String::new())),
            None => {
                if let Some((_, value)) = found.last_mut() {
                    value.push_str(if value.is_empty() { "" } else { " " });
                    value.push_str(word);
                }
            }
        }
    }
    found
}

fn is_short_for(name: &str, whole: &str) -> bool {
    !name.is_empty() && whole.starts_with(name)
}

/// Names between commas; of `@{ ModuleName = 'x'; … }` the name.
fn modules(value: &str) -> Vec<String> {
    let bare = |text: &str| text.trim().trim_matches(['\'', '"', ' ']).to_owned();
    if let Some(at) = value.to_ascii_lowercase().find("modulename") {
        let rest = value[at + "modulename".len()..].trim_start().trim_start_matches('=');
        return vec![bare(rest.split([';', '}']).next().unwrap_or_default())];
    }
    value.split(',').map(bare).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_read_as_written() {
        for (comment, wanted) in [
            ("#requires -Version 3.0", vec![("version", "3.0")]),
            ("#Requires -Modules A, 'B'", vec![("modules", "A, 'B'")]),
            ("#REQUIRES -RunAsAdministrator -v 2", vec![("runasadministrator", ""), ("v", "2")]),
            ("# requires -Version 3", vec![]),
            ("#requiresnothing", vec![]),
        ] {
            let found = requirement(comment).map(pairs).unwrap_or_default();
            let found: Vec<(&str, &str)> = found.iter().map(|(name, value)| (&**name, &**value)).collect();
            assert_eq!(found, wanted, "{comment}");
        }
        assert_eq!(modules("A, 'B'"), ["A", "B"]);
        assert_eq!(modules("@{ ModuleName = 'Az'; ModuleVersion = '1.0' }"), ["Az"]);
    }
}
