//! What is said of a path where nothing is.

use dotnet::{Category, Exception};
use language::ErrorRecord;

/// The record of a path where nothing is.
pub(crate) fn missing(full: &str) -> ErrorRecord {
    let message = format!("Cannot find path '{full}' because it does not exist.");
    let error =
        Exception::new("System.Management.Automation.ItemNotFoundException", message).id("PathNotFound");
    ErrorRecord::new(error.category(Category::ObjectNotFound)).with_target(full.into())
}
