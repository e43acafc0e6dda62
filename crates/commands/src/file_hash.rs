//! `Get-FileHash`: what tells a file's content from another's.

use crate::declare::{Lenient as _, declare};
use crate::item;
use crate::missing::missing;
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::{Object, Value};
use std::io;

/// `Get-FileHash`.
pub(crate) static GET_FILE_HASH: CoreCommand = CoreCommand::new(
    "Get-FileHash",
    "Get-FileHash",
    || {
        declare(
            "Get-FileHash",
            "Path LiteralPath Stream",
            "Path string[] @Path 0 ! | .
             LiteralPath string[] @LiteralPath ! . =PSPath,LP
             InputStream object @Stream 0 !
             Algorithm string 1",
        )
        .one_of("Algorithm", &["SHA1", "SHA256", "SHA384", "SHA512", "MD5"])
    },
    || Box::new(FileHash),
);

/// The algorithm where nobody names one.
const ALGORITHM: &str = "SHA256";

struct FileHash;

impl Command for FileHash {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let algorithm = call.text("Algorithm").unwrap_or_else(|| ALGORITHM.to_owned()).to_ascii_uppercase();
        if let Some(stream) = call.value("InputStream").cloned() {
            let Some(bytes) = dotnet::member::stream_contents(&stream) else {
                let message =
                    "Cannot convert the value of parameter 'InputStream' to type \"System.IO.Stream\".";
                let error = Exception::new("System.Management.Automation.ParameterBindingException", message);
                return Err(error
                    .id("CannotConvertArgumentNoMessage")
                    .category(Category::InvalidArgument)
                    .into());
            };
            let hash = dotnet::member::hash_from(&algorithm, &mut &*bytes)?;
            return call.write(hashed(&algorithm, &digits(&hash.unwrap_or_default()), ""));
        }
        for full in item::wanted(call)? {
            let hash = match hash(call, &algorithm, &full) {
                Ok(hash) => hash,
                Err(error) => {
                    call.error(unread(call, error, &full))?;
                    continue;
                }
            };
            call.write(hashed(&algorithm, &hash, &full))?;
        }
        Ok(())
    }
}

fn hashed(algorithm: &str, hash: &str, path: &str) -> Value {
    let made = Object::named("Microsoft.Powershell.Utility.FileHash")
        .with("Algorithm", algorithm)
        .with("Hash", hash);
    made.with("Path", path).into()
}

fn digits(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// The hash of a file as hexadecimal digits; the file is read piece by piece.
fn hash(call: &mut Call<'_>, algorithm: &str, full: &str) -> io::Result<String> {
    let mut file = call.host().files().open(full)?;
    let hash = dotnet::member::hash_from(algorithm, &mut *file)?;
    Ok(digits(&hash.unwrap_or_default()))
}

/// The record of a file that cannot be read, by what stands in the way.
fn unread(call: &Call<'_>, error: io::Error, full: &str) -> ErrorRecord {
    let (kind, message, id, category) = match error.kind() {
        io::ErrorKind::NotFound => return missing(call, full),
        io::ErrorKind::PermissionDenied | io::ErrorKind::IsADirectory => (
            "System.UnauthorizedAccessException",
            format!("Access to the path '{full}' is denied."),
            "UnauthorizedAccessError",
            Category::InvalidData,
        ),
        _ => ("System.IO.IOException", error.to_string(), "FileReadError", Category::ReadError),
    };
    let error = Exception::new(kind, message).id(id).category(category);
    ErrorRecord::new(error).with_target(full.into())
}
