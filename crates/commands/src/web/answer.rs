//! What a web server answered, as objects: a page of text, bytes, or what JSON and XML say.

use super::page;
use crate::json;
use dotnet::host::WebResponse;
use dotnet::web::{header, headers_of, text_of};
use dotnet::{Exception, Type};
use language::{Call, Run};
use object::{Object, Value};

/// The kind of a text that is not told.
const UNTOLD: &str = "application/octet-stream";

/// Whether an answer is text, by the kind that it names. [RFC 9110 8.3]
fn is_text(answer: &WebResponse) -> bool {
    let kind = header(&answer.headers, "Content-Type").unwrap_or("text/html").to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.starts_with("text/")
        || ["json", "xml", "javascript", "html", "x-www-form-urlencoded"]
            .iter()
            .any(|word| kind.ends_with(word))
}

/// An answer as `Invoke-WebRequest` gives it.
pub(super) fn page(call: &mut Call<'_>, answer: &WebResponse, url: &str) -> Value {
    let profile = call.session().locale().profile;
    let text = text_of(answer, profile.read_windows_1252);
    let head = answer.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
    let head = format!("HTTP/1.1 {} {}\r\n{}\r\n", answer.status, answer.reason, head.collect::<String>());
    let made = Object::named(match is_text(answer) {
        true => "Microsoft.PowerShell.Commands.BasicHtmlWebResponseObject",
        false => "Microsoft.PowerShell.Commands.WebResponseObject",
    })
    .with("StatusCode", i32::from(answer.status))
    .with("StatusDescription", answer.reason.as_str());
    let response = dotnet::web::response(answer, url, profile.reports_5_1);
    let length = Value::Int64(answer.body.len() as i64);
    let headers = headers_of(answer, !profile.reports_5_1);
    if !is_text(answer) {
        let content = dotnet::member::byte_array(answer.body.clone());
        return made
            .with("Content", content)
            .with("RawContent", format!("{head}{text}"))
            .with("Headers", headers)
            .with("RawContentLength", length)
            .with("BaseResponse", response)
            .into();
    }
    made.with("Content", text.as_str())
        .with("RawContent", format!("{head}{text}"))
        .with("Headers", headers)
        .with("Images", page::elements(&text, &["img"]))
        .with("InputFields", page::elements(&text, &["input"]))
        .with("Links", page::elements(&text, &["a"]))
        .with("RawContentLength", length)
        .with("BaseResponse", response)
        .into()
}

/// An answer as `Invoke-RestMethod` gives it: what its JSON or XML says, else its text.
pub(super) fn read(call: &mut Call<'_>, answer: &WebResponse) -> Run {
    let locale = call.session().locale().clone();
    let text = text_of(answer, locale.profile.read_windows_1252);
    let kind = header(&answer.headers, "Content-Type").unwrap_or(UNTOLD).to_ascii_lowercase();
    if text.trim().is_empty() {
        return call.write("");
    }
    if kind.contains("json") {
        return match json::value_of(&text, &locale) {
            Ok(value) => call.write(value),
            Err(why) => Err(Exception::new(
                "System.ArgumentException",
                format!("Conversion from JSON failed with error: {why}"),
            )
            .into()),
        };
    }
    let is_xml = kind.contains("xml") || kind == UNTOLD && text.trim_start().starts_with('<');
    let xml = Type::named("System.Xml.XmlDocument");
    if is_xml && let Ok(document) = dotnet::convert::to(&text.as_str().into(), &xml, &locale) {
        return write_xml(call, document);
    }
    if kind == UNTOLD
        && text.trim_start().starts_with(['{', '['])
        && let Ok(value) = json::value_of(&text, &locale)
    {
        return call.write(value);
    }
    call.write(text)
}

/// A feed is its entries, other XML the document.
fn write_xml(call: &mut Call<'_>, document: Value) -> Run {
    let element = document.downcast::<dotnet::xml::Node>().and_then(|node| node.document.element());
    let Some(element) = element else { return call.write(document) };
    let entries: Vec<_> = match element.name().as_str() {
        "rss" => element
            .elements()
            .iter()
            .flat_map(|channel| channel.elements())
            .filter(|item| item.name() == "item")
            .collect(),
        "feed" => element.elements().into_iter().filter(|entry| entry.name() == "entry").collect(),
        _ => return call.write(document),
    };
    entries.iter().try_for_each(|entry| call.write(entry.to_value()))
}

/// Fills the variables that `Invoke-RestMethod` was named, for the header and for the status.
pub(super) fn name_variables(
    call: &mut Call<'_>,
    answer: &WebResponse,
    (headers, status): &(Option<String>, Option<String>),
) -> Run {
    if let Some(name) = headers {
        let held = headers_of(answer, true);
        call.session().set_variable(name, held)?;
    }
    if let Some(name) = status {
        call.session().set_variable(name, i32::from(answer.status).into())?;
    }
    Ok(())
}

/// Keeps an answer as a file.
pub(super) fn write_file(call: &mut Call<'_>, path: &str, body: &[u8]) -> Run {
    let full = call.session().full_path(path);
    let written = call.host().files().write(&full, body);
    written.map_err(|error| crate::encoding::not_read(&error, &full).into())
}
