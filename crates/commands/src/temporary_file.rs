//! `New-TemporaryFile`: an empty file of a name that nothing has yet.

use crate::declare::declare_changing;
use crate::encoding::not_read;
use crate::item;
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, Run};

/// `New-TemporaryFile`.
pub(crate) static NEW_TEMPORARY_FILE: CoreCommand = CoreCommand::new(
    "New-TemporaryFile",
    "NewTemporaryFileCommand",
    || declare_changing("New-TemporaryFile", "", ""),
    || Box::new(NewTemporaryFile),
);

/// So many names are tried before there is said to be no room for one.
const TRIES_MAX: usize = 100;
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz012345";

struct NewTemporaryFile;

impl Command for NewTemporaryFile {
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let host = call.host();
        let folder =
            host.variable("TEMP").or_else(|| host.variable("TMPDIR")).unwrap_or_else(|| "/tmp".to_owned());
        let folder = call.session().full_path(&folder);
        if !call.should(&folder, "New-TemporaryFile", false)? {
            return Ok(());
        }
        for _ in 0..TRIES_MAX {
            let mut random = [0; 6];
            host.random(&mut random);
            let letters: String =
                random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
            let full = format!("{}/tmp{letters}.tmp", folder.trim_end_matches('/'));
            match host.files().create_private(&full) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(not_read(&error, &full).into()),
            }
            let made = item::item(call, &full);
            return call.write(made);
        }
        let message = format!("No temporary file could be made in {folder}.");
        Err(Exception::new("System.IO.IOException", message)
            .id("NewTemporaryFileWriteError")
            .category(Category::WriteError)
            .into())
    }
}
