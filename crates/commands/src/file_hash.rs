//! `Get-FileHash`: what tells a file's content from another's.

use crate::declare::{Lenient as _, declare};
use crate::item;
use crate::missing::missing;
use language::{Call, Command, CoreCommand, Run};
use object::value::Array;
use object::{Object, Value};

/// `Get-FileHash`.
pub(crate) static GET_FILE_HASH: CoreCommand = CoreCommand::new(
    "Get-FileHash",
    "Get-FileHash",
    || {
        declare(
            "Get-FileHash",
            "Path LiteralPath",
            "Path string[] @Path 0 ! | .
             LiteralPath string[] @LiteralPath ! . =PSPath,LP
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
        for full in item::wanted(call)? {
            let Ok(bytes) = call.host().files().read(&full) else {
                call.error(missing(&full))?;
                continue;
            };
            let hash = hash(call, &algorithm, bytes)?;
            let made = Object::named("Microsoft.Powershell.Utility.FileHash")
                .with("Algorithm", algorithm.as_str())
                .with("Hash", hash)
                .with("Path", full);
            call.write(Value::from(made))?;
        }
        Ok(())
    }
}

/// The hash of bytes as hexadecimal digits, by .NET's own class of that name.
fn hash(call: &mut Call<'_>, algorithm: &str, bytes: Vec<u8>) -> Run<String> {
    let text = format!("[System.Security.Cryptography.{algorithm}]::Create().ComputeHash($args[0])");
    let block = call.session().parse_block(&text)?.value();
    let bytes = Array::of("System.Byte", bytes.into_iter().map(Value::Byte).collect());
    let answer = call.invoke(&block, None, &[bytes.into()])?;
    let digits = answer.iter().flat_map(Value::items).filter_map(|byte| byte.as_i64());
    Ok(digits.map(|byte| format!("{byte:02X}")).collect())
}
