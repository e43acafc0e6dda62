//! `Sort-Object` and `Get-Unique`.

use crate::declare::declare;
use crate::property::{self, Keys, Wanted};
use dotnet::{Category, Engine as _, Locale, compare};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::Value;
use std::cmp::Ordering;

/// `Sort-Object`.
pub(crate) static SORT_OBJECT: CoreCommand = CoreCommand::new(
    "Sort-Object",
    "SortObjectCommand",
    || {
        declare(
            "Sort-Object",
            "Default Top Bottom",
            "InputObject object |
             Property object[] 0
             Descending switch
             Unique switch
             CaseSensitive switch
             Culture string
             Stable switch @Default
             Top int @Top !
             Bottom int @Bottom !",
        )
    },
    || Box::new(Sort::default()),
);

#[derive(Default)]
struct Sort {
    items: Vec<Value>,
}

struct Row {
    value: Value,
    keys: Vec<Value>,
    /// Objects without the property come last, whatever the direction.
    missing: bool,
}

impl Command for Sort {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        self.items
            .extend(input.or_else(|| call.value("InputObject").cloned()).filter(|value| !value.is_null()));
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let wanted = property::wanted(call, "Property", Keys::Sort)?;
        let (descending, ignore) = (call.flag("Descending"), !call.flag("CaseSensitive"));
        let directions: Vec<bool> = wanted.iter().map(|key| key.descending.unwrap_or(descending)).collect();
        let locale = asked_culture(call)?;
        let mut rows = Vec::with_capacity(self.items.len());
        let fixed = property::are_fixed(&wanted);
        for value in std::mem::take(&mut self.items) {
            call.look()?;
            rows.push(match fixed {
                true => read(call, value, &wanted)?,
                false => {
                    let named = property::expand(&wanted, &value, &[]);
                    read(call, value, &named)?
                }
            });
        }
        let of_class =
            rows.iter().any(|row| row.keys.iter().any(|key| dotnet::types::class_of(key).is_some()));
        if of_class {
            rank(call, &mut rows)?;
        }
        compare::sort_by(&mut rows, &mut |a, b| order(a, b, &directions, descending, ignore, &locale));
        if call.flag("Unique") {
            rows.dedup_by(|b, a| order(a, b, &directions, descending, ignore, &locale) == Ordering::Equal);
        }
        let take = |name: &str| call.number(name).map(|n| n.max(0) as usize);
        let from = take("Bottom").map_or(0, |n| rows.len().saturating_sub(n));
        let to = take("Top").map_or(rows.len(), |n| n.min(rows.len()));
        for row in rows.drain(..).take(to).skip(from) {
            call.write(row.value)?;
        }
        Ok(())
    }
}

/// How values are compared: in the culture that `-Culture` names, else in the session's.
pub(crate) fn asked_culture(call: &mut Call<'_>) -> Run<Locale> {
    let locale = call.session().locale().clone();
    match call.text("Culture").filter(|name| !name.is_empty()) {
        Some(name) => Ok(locale.in_culture(
            dotnet::member::asked_culture(&name)
                .map_err(|error| error.id("CultureNotFound").category(Category::InvalidArgument))?,
        )),
        None => Ok(locale),
    }
}

/// Puts in the place of keys that are instances of a script's class their rank, as the class's own `CompareTo` has it.
fn rank(call: &mut Call<'_>, rows: &mut [Row]) -> Run {
    for at in 0..rows.first().map_or(0, |row| row.keys.len()) {
        if !rows.iter().all(|row| row.keys.get(at).is_some_and(|key| dotnet::types::class_of(key).is_some()))
        {
            continue;
        }
        let mut failed = None;
        let mut places: Vec<usize> = (0..rows.len()).collect();
        let mut compared = |a: usize, b: usize| -> Ordering {
            if failed.is_some() {
                return Ordering::Equal;
            }
            compare_to(call, &rows[a].keys[at], &rows[b].keys[at]).unwrap_or_else(|halt| {
                failed = Some(halt);
                Ordering::Equal
            })
        };
        compare::sort_by(&mut places, &mut |a, b| compared(*a, *b));
        let mut ranks = vec![0_i32; places.len()];
        for pair in places.windows(2) {
            let same = compared(pair[0], pair[1]) == Ordering::Equal;
            ranks[pair[1]] = ranks[pair[0]] + i32::from(!same);
        }
        if let Some(halt) = failed {
            return Err(halt);
        }
        for (row, rank) in rows.iter_mut().zip(ranks) {
            row.keys[at] = Value::Int32(rank);
        }
    }
    Ok(())
}

/// The order of two instances by their class's `CompareTo`; a class without one has no order.
fn compare_to(call: &mut Call<'_>, a: &Value, b: &Value) -> Run<Ordering> {
    let Some(class) = dotnet::types::class_of(a).cloned() else { return Ok(Ordering::Equal) };
    call.look()?;
    let answer = call.session().class_call(&class, Some(a), "CompareTo", std::slice::from_ref(b))?;
    let number = answer.flatten().and_then(|answer| answer.as_i64());
    Ok(match number {
        Some(number) => number.cmp(&0),
        None => dotnet::text::to_text(a, call.session().locale())
            .cmp(&dotnet::text::to_text(b, call.session().locale())),
    })
}

fn read(call: &mut Call<'_>, value: Value, wanted: &[Wanted]) -> Run<Row> {
    let mut keys = Vec::with_capacity(wanted.len());
    let mut missing = !wanted.is_empty();
    for one in wanted {
        let key = match (one.read(call.session(), &value), &one.source) {
            (Err(halt), views::Source::Block(_)) => {
                report_key(call, halt, &value)?;
                Value::Null
            }
            (key, _) => key.unwrap_or_default(),
        };
        // A property that holds nothing is there all the same.
        missing = missing && key.is_null() && !has(call, one, &value);
        keys.push(key);
    }
    if wanted.is_empty() {
        keys.push(value.clone());
    }
    Ok(Row { value, keys, missing })
}

/// A key that cannot be worked out sorts as nothing; what went wrong is said.
fn report_key(call: &mut Call<'_>, halt: language::Halt, value: &Value) -> Run {
    let Some(record) = halt.error().cloned() else { return Err(halt) };
    call.session().note_error(&record);
    let error = record.exception().clone().id("ExpressionEvaluation").category(Category::InvalidResult);
    call.error(ErrorRecord::new(error).with_target(object::Object::around(value.clone()).into()))
}

/// Whether an object has what a key names; a script block's answer always counts.
fn has(call: &mut Call<'_>, key: &Wanted, value: &Value) -> bool {
    match &key.source {
        views::Source::Property(name) => {
            dotnet::member::own(call.session(), value, name).is_ok_and(|found| found.is_some())
        }
        _ => true,
    }
}

fn order(a: &Row, b: &Row, directions: &[bool], descending: bool, ignore: bool, locale: &Locale) -> Ordering {
    if a.missing != b.missing {
        return a.missing.cmp(&b.missing);
    }
    for (at, (x, y)) in a.keys.iter().zip(&b.keys).enumerate() {
        let found = compare::ordered(x, y, ignore, locale);
        let reversed = directions.get(at).copied().unwrap_or(descending);
        let found = if reversed { found.reverse() } else { found };
        if found != Ordering::Equal {
            return found;
        }
    }
    Ordering::Equal
}

/// `Get-Unique`.
pub(crate) static GET_UNIQUE: CoreCommand = CoreCommand::new(
    "Get-Unique",
    "GetUniqueCommand",
    || {
        declare(
            "Get-Unique",
            "AsString UniqueByType",
            "InputObject object |
             AsString switch @AsString
             OnType switch @UniqueByType !
             CaseInsensitive switch",
        )
    },
    || Box::new(Unique { last: None }),
);

/// Whether a script made an object of nothing but properties: such objects have no text of their own, by which
/// they could be told apart.
pub(crate) fn is_bare(value: &Value) -> bool {
    matches!(value, Value::Object(object) if object.base().is_none() && object.noun().is_none() && object.class().is_none())
}

struct Unique {
    last: Option<Value>,
}

impl Command for Unique {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(input) = input.or_else(|| call.value("InputObject").cloned()) else { return Ok(()) };
        let locale = call.session().locale().clone();
        let ignore = call.flag("CaseInsensitive");
        let same = self.last.as_ref().is_some_and(|last| {
            if call.flag("OnType") {
                return last.type_name() == input.type_name();
            }
            let text = |value: &Value| dotnet::text::to_text(value, &locale);
            if call.flag("AsString") {
                compare::same_text(&text(last), &text(&input), ignore)
            } else if is_bare(last) && is_bare(&input) {
                true
            } else {
                compare::equal(last, &input, ignore, &locale)
            }
        });
        if same {
            return Ok(());
        }
        self.last = Some(input.clone());
        call.write(input)
    }
}
