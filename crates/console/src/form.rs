//! A form that was sent: its fields, and the proof that one of our own pages sent it.

use crate::Shared;
use crate::field::{self, Control};
use crate::run::Desk;
use crate::session::{self, Session};
use axum::body::Body;
use axum::extract::Request;
use axum::http::header;
use axum::http::request::Parts;
use bytes::Bytes;
use futures_util::stream;
use gate::Formal;
use maud::{Markup, html};
use multer::Multipart;
use object::types::{Credential, SecureString};
use object::value::Dictionary;
use object::{Error, ErrorId, Result, Value};
use std::borrow::Cow;
use std::convert::Infallible;
use std::sync::Arc;
use web::Counted;

/// Fields of one form; the rows of a whole list may be chosen one by one.
const FIELDS_MAX: usize = 110_000;

/// The fields of a form, in their order.
#[derive(Clone, Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    /// Why one of its files is not taken.
    wrong: Option<Error>,
    /// What the form was read from counts for as long as it is held.
    _counted: Option<Arc<Counted>>,
}

impl Form {
    /// The fields of a text that is short, as the question of an address is.
    pub(crate) fn parse(text: &[u8]) -> Form {
        Form::of(form_urlencoded::parse(text).map(field).collect())
    }
    fn of(fields: Vec<(String, String)>) -> Form {
        Form { fields, wrong: None, _counted: None }
    }
    /// The fields in the body of a form: all of them, or none.
    fn of_body(text: &[u8]) -> Result<Form> {
        let fields: Vec<_> = form_urlencoded::parse(text).take(FIELDS_MAX + 1).map(field).collect();
        if fields.len() > FIELDS_MAX {
            return Err(too_many_fields());
        }
        Ok(Form::of(fields))
    }
    /// The fields in the question of an address.
    pub(crate) fn of_question(head: &Parts) -> Form {
        Form::parse(head.uri.query().unwrap_or_default().as_bytes())
    }
    /// The first field of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
    /// The field of that name, or nothing.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }
    /// All fields of that name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
    /// All fields.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
    /// The same with another value for a field.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Form {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }
    /// As the question of an address; empty fields are left out.
    pub(crate) fn question(&self) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(self.fields.iter().filter(|(_, value)| !value.is_empty()));
        text.finish()
    }

    /// All fields as a text that [`parse`](Form::parse) reads; what a person typed as a secret is not among them
    /// (by the names that such parameters have).
    pub(crate) fn question_without_secrets(&self) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        let secret = |name: &str| {
            let name = name.to_ascii_lowercase();
            ["password", "credential", "key"].iter().any(|word| name.contains(word))
        };
        text.extend_pairs(self.fields.iter().filter(|(name, _)| !secret(name)));
        text.finish()
    }

    /// What is given for a parameter; `None`: nothing. A secret is taken as it is, whatever else is asked of it.
    pub(crate) fn value(&self, formal: &Formal) -> Option<Value> {
        let name = format!("p.{}", formal.name);
        let text = self.all(&name).collect::<Vec<_>>().join("\n");
        match field::control(formal) {
            Control::Credential => {
                let user = self.text(&format!("{name}.user")).trim();
                let given = || Credential { user_name: user.into(), password: SecureString::new(text) };
                (!user.is_empty()).then(|| Value::typed(given()))
            }
            Control::Secret if text.is_empty() => None,
            Control::Secret => Some(Value::typed(SecureString::new(text))),
            Control::Switch => (text == "true").then_some(Value::Bool(true)),
            Control::Truth => truth(&text),
            _ if text.trim().is_empty() => None,
            Control::Lines | Control::Choice(_, true) => {
                Some(Value::array(elements(&text, formal).into_iter().map(Value::from)))
            }
            Control::Text => Some(text.into()),
            Control::Line | Control::Choice(_, false) => Some(kept(&text, formal).into()),
        }
    }

    /// How a property is to change, given what stood in the form; `None`: it was not touched. Of a list only what
    /// was added and removed is said, so that two people can change it at once.
    pub(crate) fn change(&self, formal: &Formal) -> Option<Value> {
        let was = self.get(&format!("was.{}", formal.name))?;
        let name = format!("p.{}", formal.name);
        let is = self.all(&name).collect::<Vec<_>>().join("\n");
        let control = field::control(formal);
        let touched = match control {
            Control::Lines | Control::Choice(_, true) => elements(was, formal) != elements(&is, formal),
            Control::Text => was != is,
            _ => kept(was, formal) != kept(&is, formal),
        };
        if !touched {
            return None;
        }
        Some(match control {
            Control::Lines => match (elements(was, formal), elements(&is, formal)) {
                (was, is) if !was.is_empty() && !is.is_empty() => edit(&was, &is),
                _ => self.value(formal).unwrap_or(Value::Null),
            },
            _ => self.value(formal).unwrap_or(Value::Null),
        })
    }
}

fn truth(text: &str) -> Option<Value> {
    match text {
        "True" => Some(Value::Bool(true)),
        "False" => Some(Value::Bool(false)),
        _ => None,
    }
}

/// What is typed for a parameter, with the blanks that belong to it.
fn kept<'t>(text: &'t str, formal: &Formal) -> &'t str {
    if formal.keeps_blanks() { text } else { text.trim() }
}

/// The elements of a list, a line each; a line of blanks is none.
fn elements<'t>(text: &'t str, formal: &Formal) -> Vec<&'t str> {
    let lines = text.split('\n').filter(|line| !line.trim().is_empty());
    lines.map(|line| kept(line, formal)).collect()
}

fn edit(was: &[&str], is: &[&str]) -> Value {
    let besides = |these: &[&str], those: &[&str]| {
        let others = these.iter().filter(|one| !those.contains(one)).map(|one| Value::from(*one));
        others.collect::<Vec<_>>()
    };
    let words = Dictionary::ordered();
    for (word, list) in [("Add", besides(is, was)), ("Remove", besides(was, is))] {
        if !list.is_empty() {
            words.insert(word.into(), Value::array(list));
        }
    }
    if words.is_empty() {
        // Only the order changed: the list is what it is to be.
        return Value::array(is.iter().map(|one| Value::from(*one)));
    }
    Value::Dictionary(Arc::new(words))
}

/// A form that is not taken in, and what is known of the request by then.
pub(crate) struct Refused {
    pub(crate) head: Box<Parts>,
    pub(crate) error: Error,
    /// Its fields, where only a file among them is wrong.
    pub(crate) form: Form,
}

/// Takes a form in and checks that a page of this very session sent it.
pub(crate) async fn take(rooms: &Shared, request: Request) -> std::result::Result<(Parts, Form), Refused> {
    let (head, body) = request.into_parts();
    let refused = |head: Parts, error: Error, form: Form| Refused { head: Box::new(head), error, form };
    match proved(rooms, &head, body).await {
        Ok(form) => match form.wrong.clone() {
            Some(error) => Err(refused(head, error, form)),
            None => Ok((head, form)),
        },
        Err(error) => Err(refused(head, error, Form::default())),
    }
}

async fn proved(rooms: &Shared, head: &Parts, body: Body) -> Result<Form> {
    let form = read(rooms, head, body).await?;
    let session = head.extensions.get::<Arc<Session>>();
    if session.is_none_or(|session| form.text("token") != session.token) {
        return Err(Error::denied(
            ErrorId::CrossSiteRequest,
            "This form was not sent from a page of your session.",
        )
        .help("Go back, load the page anew, and send it again."));
    }
    Ok(form)
}

/// Takes a form in, whoever sent it.
pub(crate) async fn take_any(rooms: &Shared, head: &Parts, body: Body) -> Result<Form> {
    let form = read(rooms, head, body).await?;
    form.wrong.clone().map_or(Ok(form), Err)
}

async fn read(rooms: &Shared, head: &Parts, body: Body) -> Result<Form> {
    web::same_site(&head.headers)?;
    let (bytes, counted) = rooms.bodies.take(&head.headers, body).await?.into_parts();
    let kind = head.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let form = match kind.and_then(|kind| multer::parse_boundary(kind).ok()) {
        Some(boundary) => with_files(bytes, boundary).await?,
        None => Form::of_body(&bytes)?,
    };
    Ok(Form { _counted: Some(Arc::new(counted)), ..form })
}

fn field((name, value): (Cow<'_, str>, Cow<'_, str>)) -> (String, String) {
    (name.into_owned(), value.replace("\r\n", "\n"))
}

fn too_many_fields() -> Error {
    Error::limit(ErrorId::RequestTooLarge, format!("The form has more than {FIELDS_MAX} fields."))
        .help("Choose fewer rows.")
}

/// A form with a file; a file is text in UTF-8. [RFC 7578]
async fn with_files(body: Bytes, boundary: String) -> Result<Form> {
    let unreadable = |error: multer::Error| {
        Error::caller(ErrorId::MalformedRequest, format!("The form cannot be read: {error}."))
    };
    let mut parts = Multipart::new(stream::once(async move { Ok::<_, Infallible>(body) }), boundary);
    let (mut fields, mut wrong) = (Vec::new(), None);
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        if fields.len() == FIELDS_MAX {
            return Err(too_many_fields());
        }
        let name = part.name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(unreadable)?;
        match String::from_utf8(bytes.to_vec()).ok().filter(|text| !text.contains('\0')) {
            Some(text) => fields.push((name, text.replace("\r\n", "\n"))),
            None => wrong = Some(no_text()),
        }
    }
    Ok(Form { wrong, ..Form::of(fields) })
}

fn no_text() -> Error {
    Error::caller(ErrorId::ContentTypeWrong, "The file is not a text in UTF-8.")
        .help("Save the sheet as CSV in UTF-8, and choose that file.")
}

/// What every form of a session brings back: its proof, and a ticket that lets it act once.
pub(crate) fn proof(desk: &Desk) -> Result<Markup> {
    let ticket = session::secret()?;
    Ok(html! {
        input type="hidden" name="token" value=(desk.session.token);
        input type="hidden" name="ticket" value=(ticket);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::Property;

    static LIST: Property<String> = Property::new("List", "Words.").many();
    static LINE: Property<String> = Property::new("Line", "A word.");
    static COUNT: Property<i32> = Property::new("Count", "A number.");
    static NAME: Property<String> = Property::new("Name", "A name of one object alone.").unique("name");
    static NOTES: Property<String> = Property::new("Notes", "Paragraphs.");
    static TRUTH: Property<bool> = Property::new("Truth", "Whether it is so.");

    fn formal(spec: &'static object::Spec) -> Formal {
        Formal { property: Some(spec), ..Formal::new(spec.name, spec.kind) }
    }

    #[test]
    fn only_what_was_touched_is_changed() {
        let change = |spec: &'static object::Spec, text: &str| {
            Form::parse(text.as_bytes()).change(&formal(spec)).map(|value| crate::command::written(&value))
        };
        for (spec, sent, expected) in [
            (LINE.details(), "was.Line=a&p.Line=a", None),
            (LINE.details(), "was.Line=a+&p.Line=a+", None),
            (LINE.details(), "was.Line=a&p.Line=+a+", Some("' a '")),
            (LINE.details(), "was.Line=[x]+&p.Line=[x]", Some("'[x]'")),
            (LINE.details(), "was.Line=a&p.Line=+++", Some("$null")),
            (COUNT.details(), "was.Count=1&p.Count=+1+", None),
            (COUNT.details(), "was.Count=1&p.Count=+2+", Some("2")),
            (NAME.details(), "was.Name=a&p.Name=+a+", None),
            (NAME.details(), "was.Name=a&p.Name=+b+", Some("b")),
            (NOTES.details(), "was.Notes=a%0Ab%0A&p.Notes=a%0D%0Ab%0D%0A", None),
            (NOTES.details(), "was.Notes=a&p.Notes=a%0D%0A", Some("'a\n'")),
            (LIST.details(), "was.List=&p.List=re:+%0D%0A+%0D%0Afw", Some("'re: ',fw")),
            (LINE.details(), "p.Line=a", None),
            (LINE.details(), "was.Line=a&p.Line=b", Some("b")),
            (LINE.details(), "was.Line=a&p.Line=", Some("$null")),
            (TRUTH.details(), "was.Truth=True&p.Truth=False", Some("$False")),
            (TRUTH.details(), "was.Truth=&p.Truth=True", Some("$True")),
            (TRUTH.details(), "was.Truth=True&p.Truth=", Some("$null")),
            (LIST.details(), "was.List=a%0Ab&p.List=a%0D%0Ab%0D%0A", None),
            (LIST.details(), "was.List=a%0Ab&p.List=b%0Ac", Some("@{Add=c; Remove=a}")),
            (LIST.details(), "was.List=a%0Ab&p.List=b%0Aa", Some("b,a")),
            (LIST.details(), "was.List=a&p.List=", Some("$null")),
            (LIST.details(), "was.List=&p.List=a", Some("a")),
        ] {
            let expected = expected.map(str::to_owned);
            let written = change(spec, sent);
            assert_eq!(written.map(|w| w.to_lowercase()), expected.map(|e| e.to_lowercase()), "{sent}");
        }
    }
}
