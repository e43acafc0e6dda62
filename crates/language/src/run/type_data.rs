//! What scripts added to types with `Update-TypeData`: members of every object of a type, and how it is shown.

use dotnet::member::{is_method, type_name_list};
use object::Value;
use object::value::Text;
use std::collections::HashMap;

/// Members that say how objects are shown; they are listed nowhere.
const STANDARD: [&str; 4] =
    ["DefaultDisplayPropertySet", "DefaultDisplayProperty", "DefaultKeyPropertySet", "SerializationDepth"];

/// The members of types, by the types' names in lower case.
#[derive(Default)]
pub struct TypeData(HashMap<String, Vec<(Text, Value)>>);

impl TypeData {
    /// The member of that name that a value's types have; the most special type counts.
    pub fn member(&self, value: &Value, name: &str) -> Option<Value> {
        if self.0.is_empty() {
            return None;
        }
        type_name_list(value).iter().find_map(|of| self.of_type(of, name))
    }

    /// The member of that name that a type itself has.
    pub fn of_type(&self, type_name: &str, name: &str) -> Option<Value> {
        let members = self.0.get(&type_name.to_lowercase())?;
        members.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, held)| held.clone())
    }

    /// The names of the properties that a value's types have.
    pub fn properties(&self, value: &Value) -> Vec<Text> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let mut names: Vec<Text> = Vec::new();
        for of in type_name_list(value) {
            for (name, held) in self.0.get(&of.to_lowercase()).into_iter().flatten() {
                let shown =
                    !is_method(held) && !STANDARD.iter().any(|known| name.eq_ignore_ascii_case(known));
                if shown && !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                    names.push(name.clone());
                }
            }
        }
        names
    }

    /// Gives a type a member; whatever had that name goes.
    pub fn set(&mut self, type_name: &str, name: &str, held: Value) {
        let members = self.0.entry(type_name.to_lowercase()).or_default();
        members.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        members.push((name.into(), held));
    }

    /// Takes away what was added to a type; `false`: nothing was.
    pub fn remove(&mut self, type_name: &str) -> bool {
        self.0.remove(&type_name.to_lowercase()).is_some()
    }

    /// The types that have something, with it.
    pub fn all(&self) -> impl Iterator<Item = (&String, &Vec<(Text, Value)>)> {
        self.0.iter()
    }
}
