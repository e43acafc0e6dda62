//! `ConvertTo-Html`: objects as a page with a table, or as the table alone.

use crate::declare::declare;
use crate::property::{self, Keys, Wanted};
use dotnet::member::{self, html_encode};
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, Run};
use object::Value;

/// `ConvertTo-Html`.
pub(crate) static CONVERT_TO_HTML: CoreCommand = CoreCommand::new(
    "ConvertTo-Html",
    "ConvertToHtmlCommand",
    || {
        declare(
            "ConvertTo-Html",
            "Page Fragment",
            "InputObject object |
             Property object[] 0
             Body string[] @Page 3
             Head string[] @Page 1
             Title string @Page 2
             As string
             CssUri string @Page =cu,uri
             Fragment switch @Fragment !
             PostContent string[]
             PreContent string[]
             Meta hashtable @Page
             Charset string @Page",
        )
    },
    || Box::new(Html::default()),
);

/// The first line of a page; the two blanks are PowerShell's.
const DOCTYPE: &str = "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\"  \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">";

/// What browsers know of `<meta name=…>`.
const META_NAMES: [&str; 9] = [
    "content-type",
    "default-style",
    "application-name",
    "author",
    "description",
    "generator",
    "keywords",
    "x-ua-compatible",
    "viewport",
];

#[derive(Default)]
struct Html {
    wanted: Vec<Wanted>,
    /// The columns, once the first object has said them.
    columns: Option<Vec<Wanted>>,
    list: bool,
}

impl Command for Html {
    fn begin(&mut self, call: &mut Call<'_>) -> Run {
        self.wanted = property::wanted(call, "Property", Keys::List)?;
        let shape = call.text("As").unwrap_or_else(|| "Table".to_owned());
        self.list = shape.eq_ignore_ascii_case("List");
        if !self.list && !shape.eq_ignore_ascii_case("Table") {
            let message = format!(
                "Cannot validate argument on parameter 'As'. The argument \"{shape}\" does not belong to the set \"Table,List\" specified by the ValidateSet attribute. Supply an argument that is in the set and then try the command again."
            );
            let kind = "System.Management.Automation.ParameterBindingValidationException";
            let error = Exception::new(kind, message).id("ParameterArgumentValidationError");
            return Err(error.category(Category::InvalidData).into());
        }
        if !call.flag("Fragment") {
            head(call)?;
        }
        lines(call, "PreContent")?;
        call.write("<table>")
    }
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(input) = input.or_else(|| call.value("InputObject").cloned()) else { return Ok(()) };
        if input.is_null() {
            return Ok(());
        }
        let first = self.columns.is_none();
        if first {
            let columns = self.columns_of(call, &input)?;
            if !self.list {
                titles(call, &columns)?;
            }
            self.columns = Some(columns);
        } else if self.list {
            call.write("<tr><td><hr></td></tr>")?;
        }
        self.row(call, &input)
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        call.write("</table>")?;
        lines(call, "PostContent")?;
        if call.flag("Fragment") { Ok(()) } else { call.write("</body></html>") }
    }
}

impl Html {
    fn columns_of(&self, call: &mut Call<'_>, input: &Value) -> Run<Vec<Wanted>> {
        if !self.wanted.is_empty() {
            return Ok(property::expand(&self.wanted, input, &[]));
        }
        let names = member::property_names(input);
        let named = |name: &str| property::one(call.session(), &Value::from(name), Keys::List);
        names.iter().map(|name| &**name).map(named).collect()
    }
    fn row(&self, call: &mut Call<'_>, input: &Value) -> Run {
        let mut cells = String::new();
        for column in self.columns.iter().flatten() {
            let value = column.read(call.session(), input).unwrap_or_default();
            let shown = html_encode(&member::to_string(call.session(), &value)?);
            if self.list {
                call.write(format!("<tr><td>{}:</td><td>{shown}</td></tr>", column.title()))?;
            } else {
                cells.push_str(&format!("<td>{shown}</td>"));
            }
        }
        if self.list { Ok(()) } else { call.write(format!("<tr>{cells}</tr>")) }
    }
}

fn titles(call: &mut Call<'_>, columns: &[Wanted]) -> Run {
    call.write(format!("<colgroup>{}</colgroup>", "<col/>".repeat(columns.len())))?;
    let cells: String = columns.iter().map(|column| format!("<th>{}</th>", column.title())).collect();
    call.write(format!("<tr>{cells}</tr>"))
}

fn lines(call: &mut Call<'_>, parameter: &str) -> Run {
    call.texts(parameter).into_iter().try_for_each(|line| call.write(line))
}

/// Everything of a page before its table.
fn head(call: &mut Call<'_>) -> Run {
    call.write(DOCTYPE)?;
    call.write("<html xmlns=\"http://www.w3.org/1999/xhtml\">")?;
    call.write("<head>")?;
    if let Some(charset) = call.text("Charset") {
        call.write(format!("<meta charset=\"{charset}\">"))?;
    }
    if let Some(Value::Dictionary(pairs)) = call.value("Meta").cloned() {
        for (name, content) in pairs.to_vec() {
            let (name, content) = (name.to_string(), content.to_string());
            if !META_NAMES.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
                call.warning(&format!("Accepted meta properties are content-type, default-style, application-name, author, description, generator, keywords, x-ua-compatible, and viewport. The meta pair: {name} and {content} may not function correctly."))?;
            }
            call.write(format!("<meta name=\"{name}\" content=\"{content}\">"))?;
        }
    }
    // A head of one's own stands in place of the title.
    match call.is_given("Head") {
        true => lines(call, "Head")?,
        false => {
            let title = call.text("Title").unwrap_or_else(|| "HTML TABLE".to_owned());
            call.write(format!("<title>{title}</title>"))?;
        }
    }
    if let Some(style) = call.text("CssUri") {
        call.write(format!("<link rel=\"stylesheet\" type=\"text/css\" href=\"{style}\" />"))?;
    }
    call.write("</head><body>")?;
    lines(call, "Body")
}
