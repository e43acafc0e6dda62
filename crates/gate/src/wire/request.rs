//! The body of a request, `{"parameters":{…},"input":[…]}`: its piped objects are read one after the other, so
//! that a long list is never in memory twice.

use super::read::Reading;
use super::{Nouns, malformed};
use object::Value;
use object::value::Text;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// What a request says besides its piped objects.
#[derive(Debug, Default)]
pub struct Request {
    /// The parameters, name by name.
    pub parameters: Vec<(Text, Value)>,
    /// Whether objects are piped in; there may be none of them.
    pub piped: bool,
}

/// Reads a body and hands `each` its piped objects, until that wants no more (`false`). What is wrong further on
/// is found when it is reached: read the body once without doing anything to know before that all of it is good.
pub fn read_request(
    body: &[u8],
    nouns: &Nouns,
    each: &mut dyn FnMut(Value) -> object::Result<bool>,
) -> object::Result<Request> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Request::default());
    }
    let reading = Reading::new(nouns);
    reading.all(body, Body { reading: &reading, each })
}

struct Body<'r, 'e> {
    reading: &'r Reading<'r>,
    each: &'e mut dyn FnMut(Value) -> object::Result<bool>,
}

impl<'de> DeserializeSeed<'de> for Body<'_, '_> {
    type Value = Request;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Request, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Body<'_, '_> {
    type Value = Request;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with parameters and input")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Request, A::Error> {
        let mut request = Request::default();
        while let Some(field) = map.next_key::<String>()? {
            match field.as_str() {
                "parameters" => request.parameters = map.next_value_seed(self.reading.parameters())?,
                "input" if request.piped => return Err(self.refuse("input stands there twice")),
                "input" => {
                    request.piped = true;
                    map.next_value_seed(Inputs { reading: self.reading, each: &mut *self.each })?;
                }
                other => {
                    let why = format!("it has a field \"{other}\", only parameters and input are known");
                    return Err(self.refuse(&why));
                }
            }
        }
        Ok(request)
    }
}

impl Body<'_, '_> {
    fn refuse<E: serde::de::Error>(&self, why: &str) -> E {
        self.reading.refuse(malformed(why))
    }
}

struct Inputs<'r, 'e> {
    reading: &'r Reading<'r>,
    each: &'e mut dyn FnMut(Value) -> object::Result<bool>,
}

impl<'de> DeserializeSeed<'de> for Inputs<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Inputs<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of piped objects")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        loop {
            // The limits hold for each object by itself.
            self.reading.restart();
            let Some(value) = list.next_element_seed(self.reading.value(0))? else { return Ok(()) };
            match (self.each)(value) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => return Err(self.reading.refuse(error)),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}
