//! `Import-Csv`, `Export-Csv`, `ConvertTo-Csv`, `ConvertFrom-Csv`.

use crate::declare::{declare, declare_changing};
use crate::encoding::{self, Written};
use dotnet::{Category, Exception, member, text};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::value::Text;
use object::{Object, Value};

/// `ConvertTo-Csv`.
pub(crate) static CONVERT_TO_CSV: CoreCommand = CoreCommand::new(
    "ConvertTo-Csv",
    "ConvertToCsvCommand",
    || {
        declare(
            "ConvertTo-Csv",
            "Delimiter UseCulture",
            "InputObject object |
             Delimiter char @Delimiter 1
             UseCulture switch @UseCulture
             IncludeTypeInformation switch =ITI
             NoTypeInformation switch =NTI
             QuoteFields string[] =QF
             UseQuotes string =UQ
             NoHeader switch",
        )
    },
    || Box::new(Lines::default()),
);

/// `Export-Csv`.
pub(crate) static EXPORT_CSV: CoreCommand = CoreCommand::new(
    "Export-Csv",
    "ExportCsvCommand",
    || {
        declare_changing(
            "Export-Csv",
            "Delimiter UseCulture",
            "InputObject object |
             Path string 0
             LiteralPath string =PSPath,LP
             Force switch
             NoClobber switch =NoOverwrite
             Encoding object
             Append switch
             Delimiter char @Delimiter 1
             UseCulture switch @UseCulture
             IncludeTypeInformation switch =ITI
             NoTypeInformation switch =NTI
             QuoteFields string[] =QF
             UseQuotes string =UQ
             NoHeader switch",
        )
    },
    || Box::new(Export::default()),
);

/// How rows are written.
#[derive(Default)]
struct Writer {
    delimiter: String,
    names: Option<Vec<Text>>,
    fields: Vec<String>,
    quotes: String,
}

impl Writer {
    fn of(call: &mut Call<'_>) -> Writer {
        let separator = call.session().locale().culture.list_separator;
        let delimiter = if call.flag("UseCulture") {
            separator.to_owned()
        } else {
            call.text("Delimiter").unwrap_or_else(|| ",".to_owned())
        };
        let quotes = call.text("UseQuotes").unwrap_or_default().to_ascii_lowercase();
        Writer { delimiter, names: None, fields: call.texts("QuoteFields"), quotes }
    }
    fn field(&self, line: &mut String, name: &str, value: &str) {
        let needed = || value.contains(&self.delimiter) || value.contains(['"', '\n', '\r']);
        let quoted = match self.quotes.as_str() {
            "never" => false,
            "asneeded" => needed(),
            _ if !self.fields.is_empty() => self.fields.iter().any(|field| field.eq_ignore_ascii_case(name)),
            _ => true,
        };
        if !quoted {
            return line.push_str(value);
        }
        line.push('"');
        for (at, part) in value.split('"').enumerate() {
            line.push_str(if at > 0 { "\"\"" } else { "" });
            line.push_str(part);
        }
        line.push('"');
    }
    fn header(&self) -> String {
        let mut line = String::new();
        for (at, name) in self.names.iter().flatten().enumerate() {
            line.push_str(if at > 0 { &self.delimiter } else { "" });
            self.field(&mut line, name, name);
        }
        line
    }
    fn row(&self, call: &mut Call<'_>, value: &Value) -> Run<String> {
        let mut line = String::new();
        for (at, name) in self.names.iter().flatten().enumerate() {
            line.push_str(if at > 0 { &self.delimiter } else { "" });
            let held = match value {
                Value::Dictionary(dictionary) => dictionary.get(&Value::String(name.clone())),
                other => member::own(call.session(), other, name)?,
            };
            match held.unwrap_or_default() {
                Value::Null => {}
                // By culture; a list only by its type.
                held => {
                    let held = member::spoken(call.session(), &held)?;
                    self.field(&mut line, name, &text::of(&held, call.session().locale()));
                }
            }
        }
        Ok(line)
    }
}

fn names_of(value: &Value) -> Vec<Text> {
    match value {
        Value::Dictionary(dictionary) => {
            dictionary.to_vec().iter().map(|(key, _)| key.to_string().into()).collect()
        }
        other => member::property_names(other),
    }
}

fn type_line(value: &Value) -> String {
    let name = match value {
        Value::Object(object) => object.type_name().to_string(),
        other => other.type_name().to_string(),
    };
    format!("#TYPE {}", name.strip_prefix("CSV:").unwrap_or(&name))
}

#[derive(Default)]
struct Lines {
    writer: Option<Writer>,
}

impl Lines {
    /// The lines that an object adds.
    fn take(&mut self, call: &mut Call<'_>, value: &Value) -> Run<Vec<String>> {
        let mut lines = Vec::new();
        if self.writer.is_none() {
            let mut writer = Writer::of(call);
            let added = dotnet::Engine::type_properties(call.session(), value);
            let names: Vec<Text> = names_of(value).into_iter().chain(added).collect();
            // An object without properties, a number for one, has no line.
            if names.is_empty() {
                return Ok(lines);
            }
            writer.names = Some(names);
            if call.flag("IncludeTypeInformation") {
                lines.push(type_line(value));
            }
            if !call.flag("NoHeader") {
                lines.push(writer.header());
            }
            self.writer = Some(writer);
        }
        if let Some(writer) = &self.writer {
            lines.push(writer.row(call, value)?);
        }
        Ok(lines)
    }
}

impl Command for Lines {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(input) = input.or_else(|| call.value("InputObject").cloned()) else { return Ok(()) };
        for line in self.take(call, &input)? {
            call.write(line)?;
        }
        Ok(())
    }
}

#[derive(Default)]
struct Export {
    lines: Lines,
    written: Option<Written>,
    doing: bool,
}

impl Command for Export {
    fn begin(&mut self, call: &mut Call<'_>) -> Run {
        let path = call.text("Path").or_else(|| call.text("LiteralPath")).unwrap_or_default();
        if path.is_empty() {
            let error = Exception::invalid_operation(
                "You must specify either the -Path or -LiteralPath parameters, but not both.",
            );
            return Err(error.id("CannotSpecifyPathAndLiteralPath").category(Category::InvalidData).into());
        }
        let mut encoding = encoding::wanted(call, "Encoding")?;
        self.doing = call.should(&path, "Export-Csv", false)?;
        if !self.doing {
            return Ok(());
        }
        if call.flag("Append") {
            let full = call.session().full_path(&path);
            if let Ok(bytes) = call.host().files().read(&full) {
                let text = encoding::text_of(&bytes, None, false);
                if !call.is_given("Encoding") {
                    encoding = encoding::marked(&bytes).unwrap_or(encoding);
                }
                let mut writer = Writer::of(call);
                let rows = parse(&text, writer.delimiter.chars().next().unwrap_or(','));
                if let Some(names) =
                    rows.into_iter().find(|row| !row.first().is_some_and(|f| f.starts_with('#')))
                {
                    writer.names = Some(names.iter().map(|name| Text::from(name.as_str())).collect());
                    self.lines.writer = Some(writer);
                }
            }
        }
        self.written =
            Some(Written::open(call, &path, encoding, call.flag("Append"), call.flag("NoClobber"))?);
        Ok(())
    }
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(input) = input.or_else(|| call.value("InputObject").cloned()) else { return Ok(()) };
        if !self.doing {
            return Ok(());
        }
        if call.flag("Append") && !call.flag("Force") {
            self.check(call, &input)?;
        }
        for line in self.lines.take(call, &input)? {
            if let Some(written) = &mut self.written {
                written.put(&format!("{line}\n"))?;
            }
        }
        Ok(())
    }
    fn end(&mut self, _: &mut Call<'_>) -> Run {
        self.written.take().map_or(Ok(()), Written::close)
    }
}

impl Export {
    /// Appended objects must have the columns that are there.
    fn check(&self, call: &mut Call<'_>, input: &Value) -> Run {
        let Some(names) = self.lines.writer.as_ref().and_then(|writer| writer.names.as_ref()) else {
            return Ok(());
        };
        let own = names_of(input);
        let missing = names.iter().find(|name| !own.iter().any(|known| known.eq_ignore_ascii_case(name)));
        let Some(missing) = missing else { return Ok(()) };
        let path = call.text("Path").or_else(|| call.text("LiteralPath")).unwrap_or_default();
        let message = format!(
            "Cannot append CSV content to the following file: {path}. The appended object does not have a property that corresponds to the following column: {missing}. To continue with mismatched properties, add the -Force parameter, and then retry the command."
        );
        Err(Exception::invalid_operation(message)
            .id("CannotAppendCsvWithMismatchedPropertyNames")
            .category(Category::InvalidData)
            .target(missing.to_string())
            .into())
    }
}

/// `Import-Csv`.
pub(crate) static IMPORT_CSV: CoreCommand = CoreCommand::new(
    "Import-Csv",
    "ImportCsvCommand",
    || {
        declare(
            "Import-Csv",
            "DelimiterPath DelimiterLiteralPath CulturePath",
            "Delimiter char @DelimiterPath 1 @DelimiterLiteralPath 1
             Path string[] @DelimiterPath 0 | ! @CulturePath 0 | !
             LiteralPath string[] @DelimiterLiteralPath ! . =PSPath,LP
             UseCulture switch @CulturePath !
             Header string[]
             Encoding object",
        )
    },
    || Box::new(Import),
);

struct Import;

impl Command for Import {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let mut paths = call.texts("Path");
        paths.extend(call.texts("LiteralPath"));
        for path in paths {
            let full = match dotnet::wildcard::has_wildcards(&path) && !call.is_given("LiteralPath") {
                true => only_one(call, &path)?,
                false => call.session().full_path(&path),
            };
            let bytes = match call.host().files().read(&full) {
                Ok(bytes) => bytes,
                Err(error) => {
                    call.error(ErrorRecord::new(encoding::not_read(&error, &full)))?;
                    continue;
                }
            };
            let windows = call.session().locale().profile.read_windows_1252;
            let asked =
                if call.is_given("Encoding") { Some(encoding::wanted(call, "Encoding")?) } else { None };
            let text = encoding::text_of(&bytes, asked, windows);
            let mut reader = Reader::of(call);
            reader.take(call, &[text])?;
        }
        Ok(())
    }
}

/// `ConvertFrom-Csv`.
pub(crate) static CONVERT_FROM_CSV: CoreCommand = CoreCommand::new(
    "ConvertFrom-Csv",
    "ConvertFromCsvCommand",
    || {
        declare(
            "ConvertFrom-Csv",
            "Delimiter UseCulture",
            "Delimiter char @Delimiter 1
             UseCulture switch @UseCulture !
             InputObject object[] 0 ! # |
             Header string[] 2",
        )
    },
    || Box::new(From { texts: Vec::new() }),
);

struct From {
    /// Each stands alone: a quote that is open at its end is closed there.
    texts: Vec<String>,
}

impl Command for From {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for line in call.texts("InputObject") {
            self.texts.push(line);
        }
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let mut reader = Reader::of(call);
        let texts = std::mem::take(&mut self.texts);
        reader.take(call, &texts)
    }
}

/// The file that a pattern means; several are an error.
fn only_one(call: &mut Call<'_>, path: &str) -> Run<String> {
    let mut found = crate::path::given(call)?;
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Ok(call.session().full_path(path)),
        _ => {
            let message = "Cannot perform operation because the path resolved to more than one file. This command cannot operate on multiple files.";
            let kind = "System.Management.Automation.PSInvalidOperationException";
            let error = Exception::new(kind, message).id("ReadWriteMultipleFilesNotSupported");
            Err(error.category(Category::InvalidArgument).into())
        }
    }
}

/// How rows are read.
struct Reader {
    delimiter: char,
    header: Vec<String>,
    of: Option<String>,
}

impl Reader {
    fn of(call: &mut Call<'_>) -> Reader {
        let separator = call.session().locale().culture.list_separator;
        let text = if call.flag("UseCulture") {
            separator.to_owned()
        } else {
            call.text("Delimiter").unwrap_or_else(|| ",".to_owned())
        };
        Reader { delimiter: text.chars().next().unwrap_or(','), header: call.texts("Header"), of: None }
    }
    fn take(&mut self, call: &mut Call<'_>, texts: &[String]) -> Run {
        if self.header.iter().any(|name| !name.is_empty()) {
            let header = self.header.clone();
            self.named(call, header)?;
        }
        let mut names = self.header.clone();
        let (mut texts, mut rest) = (texts, "");
        loop {
            if rest.is_empty() {
                let Some((first, others)) = texts.split_first() else { break };
                (rest, texts) = (first, others);
            }
            let Some(line) = rest.strip_prefix('#') else { break };
            let (line, after) = line.split_once('\n').unwrap_or((line, ""));
            let line = line.trim_end_matches('\r');
            if let Some(name) = line.strip_prefix("TYPE ") {
                self.of = Some(name.trim().to_owned());
            } else if let Some(fields) = line.strip_prefix("Fields: ") {
                // The names are one field, since it is commas that part the others.
                names = parse(fields, self.delimiter).into_iter().next().unwrap_or_default();
            }
            rest = after;
        }
        let delimiter = self.delimiter;
        let rest = std::iter::once(rest).chain(texts.iter().map(String::as_str));
        let mut rows = rest.flat_map(|text| parse(text, delimiter)).collect::<Vec<_>>().into_iter();
        if names.is_empty() {
            let Some(first) = rows.by_ref().find(|row| !(row.len() == 1 && row[0].is_empty())) else {
                return Ok(());
            };
            let mut first = first;
            // A delimiter at the end begins no further column.
            first.pop_if(|name| name.is_empty());
            names = self.named(call, first)?;
        }

        for row in rows {
            if row.len() == 1 && row[0].is_empty() {
                continue;
            }
            let made = self.object(&names, &row);
            call.write(made)?;
        }
        Ok(())
    }
    /// Columns without a name get one; two of the same name are an error.
    fn named(&self, call: &mut Call<'_>, row: Vec<String>) -> Run<Vec<String>> {
        let (mut names, mut nameless): (Vec<String>, usize) = (Vec::new(), 0);
        for name in row {
            let name = if name.trim().is_empty() {
                nameless += 1;
                format!("H{nameless}")
            } else {
                name
            };
            if names.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
                let message = format!("The member \"{name}\" is already present.");
                return Err(Exception::new(
                    "System.Management.Automation.ExtendedTypeSystemException",
                    message,
                )
                .id("AlreadyPresentPSMemberInfoInternalCollectionAdd")
                .category(Category::NotSpecified)
                .into());
            }
            names.push(name);
        }
        if nameless > 0 {
            call.warning("One or more headers were not specified. Default names starting with \"H\" have been used in place of any missing headers.")?;
        }
        Ok(names)
    }
    fn object(&self, names: &[String], row: &[String]) -> Value {
        let made = match &self.of {
            Some(of) => {
                let made = Object::named(of.as_str());
                made.type_names_mut().push(format!("CSV:{of}").into());
                made
            }
            None => Object::custom(),
        };
        let mut properties: Vec<(Text, Value)> = Vec::with_capacity(names.len());
        for (at, name) in names.iter().enumerate() {
            properties
                .push((name.as_str().into(), row.get(at).map_or(Value::Null, |field| field.as_str().into())));
        }
        let made = properties.into_iter().fold(made, |made, (name, value)| made.with(name, value));
        made.into()
    }
}

/// The rows of a text: quotes may hold delimiters and line ends, doubled quotes one quote.
fn parse(text: &str, delimiter: char) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut chars = text.chars().peekable();
    let (mut quoted, mut was_quoted, mut any) = (false, false, false);
    while let Some(c) = chars.next() {
        any = true;
        if quoted {
            match c {
                '"' if chars.peek() == Some(&'"') => {
                    chars.next();
                    field.push('"');
                }
                '"' => quoted = false,
                other => field.push(other),
            }
            continue;
        }
        match c {
            '"' if field.trim().is_empty() && !was_quoted => {
                field.clear();
                quoted = true;
                was_quoted = true;
            }
            c if c == delimiter => {
                row.push(finish(&mut field, &mut was_quoted));
            }
            '\r' | '\n' => {
                if c == '\r' && chars.peek() == Some(&'\n') {
                    chars.next();
                }
                row.push(finish(&mut field, &mut was_quoted));
                rows.push(std::mem::take(&mut row));
                any = false;
            }
            other => field.push(other),
        }
    }
    if any {
        row.push(finish(&mut field, &mut was_quoted));
        rows.push(row);
    }
    rows
}

/// Blanks around a field without quotes do not count.
fn finish(field: &mut String, was_quoted: &mut bool) -> String {
    let taken = std::mem::take(field);
    if std::mem::take(was_quoted) { taken } else { taken.trim_matches([' ', '\t']).to_owned() }
}
