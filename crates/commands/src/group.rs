//! `Group-Object`: objects that share a value.

use crate::alike::Alike;
use crate::declare::declare;
use crate::property::{self, Keys, Wanted};
use dotnet::{Category, Exception, Locale, collections::Collection, compare, text};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::value::{Dictionary, Keys as Comparing};
use object::{Object, Value};

/// `Group-Object`.
pub(crate) static GROUP_OBJECT: CoreCommand = CoreCommand::new(
    "Group-Object",
    "GroupObjectCommand",
    || {
        declare(
            "Group-Object",
            "",
            "InputObject object |
             Property object[] 0
             NoElement switch
             AsHashTable switch =AHT
             AsString switch
             Culture string
             CaseSensitive switch",
        )
    },
    || Box::new(Group::default()),
);

#[derive(Default)]
struct Group {
    wanted: Vec<Wanted>,
    groups: Vec<(Vec<Value>, Vec<Value>)>,
    places: Alike,
    locale: Locale,
}

impl Command for Group {
    fn begin(&mut self, call: &mut Call<'_>) -> Run {
        self.wanted = property::wanted(call, "Property", Keys::Select)?;
        self.locale = crate::sort::asked_culture(call)?;
        if call.flag("AsString") && !call.flag("AsHashTable") {
            let message = "The command cannot be run because the AsString parameter requires that you specify the AsHashtable parameter.";
            let error = Exception::new("System.ArgumentException", message).id("ArgumentException");
            let record = ErrorRecord::new(error.category(Category::InvalidArgument));
            let given = call.value("AsString").cloned().unwrap_or_default();
            return Err(record.with_target(given).into());
        }
        Ok(())
    }
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(input) =
            input.or_else(|| call.value("InputObject").cloned()).filter(|value| !value.is_null())
        else {
            return Ok(());
        };
        call.look()?;
        let mut keys = Vec::new();
        for one in property::expand(&self.wanted, &input, &[]) {
            keys.push(one.read(call.session(), &input).unwrap_or_default());
        }
        if self.wanted.is_empty() {
            keys.push(input.clone());
        }
        let (locale, ignore) = (&self.locale, !call.flag("CaseSensitive"));
        let same = |at: usize| {
            let known = &self.groups[at].0;
            known.len() == keys.len()
                && known.iter().zip(&keys).all(|(a, b)| {
                    compare::ordered(a, b, ignore, locale).is_eq() && (a.is_null() == b.is_null())
                })
        };
        match self.places.find(&keys, locale, same) {
            Some(at) => self.groups[at].1.push(input),
            None => {
                self.places.add(&keys, locale, self.groups.len());
                self.groups.push((keys, vec![input]));
            }
        }
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let locale = self.locale.clone();
        let mut groups = std::mem::take(&mut self.groups);
        if !locale.profile.group_in_order && one_type(&groups) {
            compare::sort_by(&mut groups, &mut |(a, _), (b, _)| {
                let pairs = a.iter().zip(b);
                pairs
                    .map(|(x, y)| compare::ordered(x, y, true, &locale))
                    .find(|order| order.is_ne())
                    .unwrap_or(std::cmp::Ordering::Equal)
            });
        }
        if call.flag("AsHashTable") {
            return as_table(call, groups);
        }
        for (keys, items) in groups {
            let made = info(call, &keys, items, &locale);
            call.write(made)?;
        }
        Ok(())
    }
}

/// Keys of several types keep the order in which they came.
fn one_type(groups: &[(Vec<Value>, Vec<Value>)]) -> bool {
    let mut names =
        groups.iter().filter_map(|(keys, _)| keys.first()).filter(|key| !key.is_null()).map(Value::type_name);
    let first = names.next();
    names.all(|name| Some(&name) == first.as_ref())
}

fn info(call: &Call<'_>, keys: &[Value], items: Vec<Value>, locale: &dotnet::Locale) -> Value {
    let texts: Vec<String> = keys.iter().map(|key| text::of(key, locale)).collect();
    let name = if call.flag("NoElement") {
        "Microsoft.PowerShell.Commands.GroupInfoNoElement"
    } else {
        "Microsoft.PowerShell.Commands.GroupInfo"
    };
    let count = items.len() as i32;
    let made = Object::named(name)
        .with("Values", Value::typed(Collection::array_list(keys.to_vec())))
        .with("Count", Value::Int32(count))
        .with(
            "Group",
            Value::typed(Collection::of_objects(if call.flag("NoElement") { Vec::new() } else { items })),
        )
        .with("Name", texts.join(", "));
    made.into()
}

fn as_table(call: &mut Call<'_>, groups: Vec<(Vec<Value>, Vec<Value>)>) -> Run {
    let comparing = if call.flag("CaseSensitive") { Comparing::Exact } else { Comparing::IgnoreCase };
    let made = Dictionary::named("System.Collections.Hashtable", comparing);
    let (as_text, locale) = (call.flag("AsString"), call.session().locale().clone());
    for (keys, items) in groups {
        let key = match keys.as_slice() {
            keys if as_text => {
                keys.iter().map(|key| text::of(key, &locale)).collect::<Vec<_>>().join(", ").into()
            }
            [one] => one.clone(),
            _ => return Err(two_keys(call).into()),
        };
        if made.get(&key).is_some() {
            return call.error(same_key());
        }
        made.insert(key, Value::typed(Collection::of_objects(items)));
    }
    call.write(Value::from(made))
}

fn two_keys(call: &Call<'_>) -> ErrorRecord {
    let message = "The AsHashTable parameter is specified with more than one property. Adding more than one property as a key is not allowed.";
    let error = Exception::new("System.ArgumentException", message).id("ArgumentException");
    let given = call.value("Property").cloned().unwrap_or_default();
    ErrorRecord::new(error.category(Category::InvalidArgument)).with_target(given)
}

/// Two groups that differ, but not as keys of a table.
fn same_key() -> ErrorRecord {
    let message = "The objects grouped by this property cannot be expanded because there is a key duplication. Provide a valid property value, and then try again.";
    ErrorRecord::new(
        Exception::new("System.Exception", message).id(message).category(Category::InvalidArgument),
    )
}
