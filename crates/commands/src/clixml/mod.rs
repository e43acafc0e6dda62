//! CLIXML, in which PowerShell keeps objects with their types: `Export-Clixml`, `Import-Clixml`, `ConvertTo-CliXml`,
//! `ConvertFrom-CliXml`. [MS-PSRP 2.2.5]

mod read;
mod write;

use crate::declare::{Lenient as _, declare, declare_changing};
use crate::encoding::{self, Written};
use dotnet::Exception;
use language::{Call, Command, CoreCommand, Run};
use object::Value;

/// The namespace of all elements.
const NAMESPACE: &str = "http://schemas.microsoft.com/powershell/2004/04";
/// How deep objects are kept with their properties where nobody says another depth.
const DEPTH: i64 = 2;

/// `Export-Clixml`.
pub(crate) static EXPORT_CLIXML: CoreCommand = CoreCommand::new(
    "Export-Clixml",
    "ExportClixmlCommand",
    || {
        declare_changing(
            "Export-Clixml",
            "ByPath ByLiteralPath",
            "Depth int
             Path string @ByPath 0 !
             LiteralPath string @ByLiteralPath ! =PSPath,LP
             InputObject object ! |
             Force switch
             NoClobber switch =NoOverwrite
             Encoding object",
        )
        .at_least("Depth", 1)
    },
    || Box::new(Export::default()),
);

#[derive(Default)]
struct Export {
    writer: Option<write::Writer>,
    written: Option<Written>,
}

impl Command for Export {
    fn begin(&mut self, call: &mut Call<'_>) -> Run {
        let path = call.text("Path").or_else(|| call.text("LiteralPath")).unwrap_or_default();
        let encoding = encoding::wanted(call, "Encoding")?;
        if !call.should(&path, "Export-Clixml", false)? {
            return Ok(());
        }
        let keeps = call.flag("NoClobber") && !call.flag("Force");
        self.written = Some(Written::open(call, &path, encoding, false, keeps)?);
        self.writer = Some(write::Writer::new(call.number("Depth").unwrap_or(DEPTH)));
        Ok(())
    }
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let value = input.or_else(|| call.value("InputObject").cloned()).unwrap_or_default();
        if let (Some(writer), Some(written)) = (&mut self.writer, &mut self.written) {
            writer.take(call.session(), &value)?;
            written.put(&writer.text())?;
        }
        Ok(())
    }
    fn end(&mut self, _: &mut Call<'_>) -> Run {
        if let (Some(mut writer), Some(mut written)) = (self.writer.take(), self.written.take()) {
            writer.end();
            written.put(&writer.text())?;
            written.close()?;
        }
        Ok(())
    }
}

/// `ConvertTo-CliXml`.
pub(crate) static CONVERT_TO_CLIXML: CoreCommand = CoreCommand::new(
    "ConvertTo-CliXml",
    "ConvertToClixmlCommand",
    || declare("ConvertTo-CliXml", "", "InputObject object 0 ! |\nDepth int").at_least("Depth", 1),
    || Box::new(ToText { writer: None }),
);

struct ToText {
    writer: Option<write::Writer>,
}

impl Command for ToText {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let value = input.or_else(|| call.value("InputObject").cloned()).unwrap_or_default();
        let depth = call.number("Depth").unwrap_or(DEPTH);
        self.writer.get_or_insert_with(|| write::Writer::new(depth)).take(call.session(), &value)?;
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let Some(mut writer) = self.writer.take() else { return Ok(()) };
        writer.end();
        call.write(writer.text())
    }
}

/// `Import-Clixml`.
pub(crate) static IMPORT_CLIXML: CoreCommand = CoreCommand::new(
    "Import-Clixml",
    "ImportClixmlCommand",
    || {
        declare(
            "Import-Clixml",
            "ByPath ByLiteralPath",
            "Path string[] @ByPath 0 ! . |
             LiteralPath string[] @ByLiteralPath ! . =PSPath,LP
             IncludeTotalCount switch
             Skip int
             First int",
        )
        .at_least("Skip", 0)
        .at_least("First", 0)
    },
    || Box::new(Import),
);

struct Import;

impl Command for Import {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let paths = if call.is_given("Path") { call.texts("Path") } else { call.texts("LiteralPath") };
        for path in paths {
            let full = call.session().full_path(&path);
            let bytes =
                call.host().files().read(&full).map_err(|error| encoding::not_opened(call, &error, &full))?;
            let values = read::values(call.session(), &encoding::text_of(&bytes, None, false))?;
            if call.flag("IncludeTotalCount") {
                call.write(values.len() as i64)?;
            }
            let number = |name: &str| call.number(name).and_then(|n| usize::try_from(n).ok());
            let (skip, first) = (number("Skip").unwrap_or(0), number("First").unwrap_or(usize::MAX));
            values.into_iter().skip(skip).take(first).try_for_each(|value| call.write(value))?;
        }
        Ok(())
    }
}

/// `ConvertFrom-CliXml`.
pub(crate) static CONVERT_FROM_CLIXML: CoreCommand = CoreCommand::new(
    "ConvertFrom-CliXml",
    "ConvertFromClixmlCommand",
    || declare("ConvertFrom-CliXml", "", "InputObject string 0 ! |"),
    || Box::new(FromText { text: String::new() }),
);

struct FromText {
    text: String,
}

impl Command for FromText {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        self.text.push_str(&call.text("InputObject").unwrap_or_default());
        self.text.push('\n');
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let text = std::mem::take(&mut self.text);
        let values = read::values(call.session(), text.trim())?;
        values.into_iter().try_for_each(|value| call.write(value))
    }
}

fn xml_exception(message: impl Into<String>) -> Exception {
    Exception::new("System.Xml.XmlException", message)
        .id("System.Xml.XmlException")
        .category(dotnet::Category::NotSpecified)
}
