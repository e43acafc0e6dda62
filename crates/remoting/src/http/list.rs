//! What commands there are, as JSON: made once for all who may use the same ones.

use bytes::Bytes;
use gate::{Caller, Declaration, Gate};
use object::Result;
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// More kinds of callers than this are rare: then the lists are made anew.
const LISTS_MAX: usize = 32;

/// The lists that were asked for, by the commands in them.
#[derive(Default)]
pub(super) struct Lists(Mutex<HashMap<Vec<bool>, Bytes>>);

impl Lists {
    /// The list of the commands that `caller` may use.
    pub(super) fn of(&self, gate: &Gate, caller: &Caller) -> Result<Bytes> {
        let names = gate.permitted(caller)?;
        let key: Vec<bool> = names.iter().map(|(_, permitted)| *permitted).collect();
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(list) = lists.get(&key) {
            return Ok(list.clone());
        }
        if lists.len() == LISTS_MAX {
            lists.clear();
        }
        let permitted = names.iter().filter(|(_, permitted)| *permitted);
        let all = permitted.filter_map(|(name, _)| Some(row(&*gate.book().find(name)?))).collect();
        let list = Bytes::from(Json::Array(all).to_string());
        lists.insert(key, list.clone());
        Ok(list)
    }
}

fn row(declaration: &Declaration) -> Json {
    json!({"name": &*declaration.name, "synopsis": &*declaration.synopsis, "built": declaration.built})
}

/// What a command takes, walked from its declaration.
pub(super) fn description(declaration: &Declaration) -> Json {
    let parameters: Vec<Json> = declaration
        .signature
        .formals
        .iter()
        .map(|formal| {
            json!({
                "name": &*formal.name,
                "type": formal.kind.name,
                "aliases": formal.aliases.iter().map(|alias| alias.to_string()).collect::<Vec<_>>(),
                "summary": &*formal.summary,
            })
        })
        .collect();
    json!({
        "name": &*declaration.name,
        "synopsis": &*declaration.synopsis,
        "built": declaration.built,
        "parameters": parameters,
    })
}
