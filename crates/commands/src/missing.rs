//! What is said of a path where nothing is, of a drive that is not there, and of what a drive cannot do.

use dotnet::host::Files;
use dotnet::{Category, Exception};
use language::{Call, ErrorRecord};

/// The record of a path where nothing is.
pub(crate) fn missing(call: &Call<'_>, full: &str) -> ErrorRecord {
    if let Some(error) = no_drive(call.host().files(), full) {
        return error.into();
    }
    let message = format!("Cannot find path '{full}' because it does not exist.");
    let error =
        Exception::new("System.Management.Automation.ItemNotFoundException", message).id("PathNotFound");
    ErrorRecord::new(error.category(Category::ObjectNotFound)).with_target(full.into())
}

/// Drives of the session itself: they are always there.
const OF_SESSION: [&str; 4] = ["Variable", "Function", "Alias", "Env"];

/// The error of a path on a drive that is not there.
pub(crate) fn no_drive(files: &dyn Files, path: &str) -> Option<Exception> {
    let (drive, _) = path.split_once(':').filter(|(drive, _)| !drive.contains('/') && !drive.is_empty())?;
    if OF_SESSION.iter().any(|known| known.eq_ignore_ascii_case(drive)) || files.has_drive(drive) {
        return None;
    }
    let message = format!("Cannot find drive. A drive with the name '{drive}' does not exist.");
    let error = Exception::new("System.Management.Automation.DriveNotFoundException", message);
    Some(error.id("DriveNotFound").category(Category::ObjectNotFound).target(drive))
}

/// What a drive cannot do.
pub(crate) fn not_supported() -> Exception {
    let message = "Provider operation stopped because the provider does not support this operation.";
    Exception::new("System.Management.Automation.PSNotSupportedException", message)
        .id("NotSupported")
        .category(Category::NotImplemented)
}
