//! `Join-String`: the texts of objects in one.

use crate::declare::declare;
use crate::property::{self, Keys};
use language::{Call, Command, CoreCommand, Run};
use object::Value;

/// `Join-String`.
pub(crate) static JOIN_STRING: CoreCommand = CoreCommand::new(
    "Join-String",
    "JoinStringCommand",
    || {
        declare(
            "Join-String",
            "Default SingleQuote DoubleQuote Format",
            "Property object 0
             Separator string 1
             OutputPrefix string =op
             OutputSuffix string =os
             SingleQuote switch @SingleQuote
             DoubleQuote switch @DoubleQuote
             FormatString string @Format
             UseCulture switch
             InputObject object[] |",
        )
    },
    || Box::new(Join::default()),
);

#[derive(Default)]
struct Join {
    texts: Vec<String>,
}

impl Command for Join {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let values = match input {
            Some(input) => vec![input],
            None => call.value("InputObject").map(Value::items).unwrap_or_default(),
        };
        for value in values.into_iter().filter(|value| !value.is_null()) {
            let shown = match call.value("Property").cloned() {
                Some(wanted) => {
                    property::one(call.session(), &wanted, Keys::Select)?.read(call.session(), &value)?
                }
                None => value,
            };
            let text = self.text(call, &shown)?;
            self.texts.push(text);
        }
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let separator = match call.text("Separator") {
            Some(separator) => separator,
            None => {
                let own = call.session().find_variable("OFS");
                own.map(|own| own.to_string()).unwrap_or_default()
            }
        };
        let (before, behind) =
            (call.text("OutputPrefix").unwrap_or_default(), call.text("OutputSuffix").unwrap_or_default());
        call.write(format!("{before}{}{behind}", self.texts.join(&separator)))
    }
}

impl Join {
    fn text(&self, call: &mut Call<'_>, value: &Value) -> Run<String> {
        let locale = call.session().locale().clone();
        if let Some(pattern) = call.text("FormatString") {
            let locale = if call.flag("UseCulture") { locale } else { locale.invariant() };
            return Ok(dotnet::format::composite(&pattern, std::slice::from_ref(value), &locale)?);
        }
        let text = match call.flag("UseCulture") {
            true => dotnet::text::of(value, &locale),
            false => dotnet::member::to_string(call.session(), value)?,
        };
        let (single, double) = (call.flag("SingleQuote"), call.flag("DoubleQuote"));
        let quote = if single {
            "'"
        } else if double {
            "\""
        } else {
            ""
        };
        Ok(format!("{quote}{text}{quote}"))
    }
}
