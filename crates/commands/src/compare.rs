//! `Compare-Object`: what is only on one side.

use crate::alike::Alike;
use crate::declare::{Lenient as _, declare};
use crate::property::{self, Keys, Wanted};
use crate::sort::is_bare;
use dotnet::compare as order;
use language::{Call, Command, CoreCommand, Run};
use object::{Object, Value};

/// `Compare-Object`.
pub(crate) static COMPARE_OBJECT: CoreCommand = CoreCommand::new(
    "Compare-Object",
    "CompareObjectCommand",
    || {
        declare(
            "Compare-Object",
            "",
            "ReferenceObject object[] 0 ! #
             DifferenceObject object[] 1 ! # |
             Property object[]
             ExcludeDifferent switch
             IncludeEqual switch
             PassThru switch
             SyncWindow int
             Culture string
             CaseSensitive switch",
        )
        .at_least("SyncWindow", 0)
    },
    || Box::new(Compare::default()),
);

#[derive(Default)]
struct Compare {
    difference: Vec<Value>,
}

struct Side {
    value: Value,
    keys: Vec<Value>,
    matched: bool,
}

impl Command for Compare {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        match input {
            Some(input) => self.difference.push(input),
            None => {
                self.difference.extend(call.value("DifferenceObject").map(Value::items).unwrap_or_default())
            }
        }
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let wanted = property::wanted(call, "Property", Keys::Select)?;
        let reference = call.value("ReferenceObject").map(Value::items).unwrap_or_default();
        let mut left = sides(call, reference, &wanted)?;
        let mut right = sides(call, std::mem::take(&mut self.difference), &wanted)?;
        let (locale, ignore) = (crate::sort::asked_culture(call)?, !call.flag("CaseSensitive"));
        let window = call.number("SyncWindow").and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
        let equal = call.flag("IncludeEqual") || call.flag("ExcludeDifferent");
        let mut same = Vec::new();
        let mut open = Alike::default();
        left.iter().enumerate().for_each(|(at, one)| open.add(&one.keys, &locale, at));
        for (here, one) in right.iter_mut().enumerate() {
            call.look()?;
            let is_twin = |there: usize| {
                let other = &left[there];
                here.abs_diff(there) <= window
                    && other.keys.len() == one.keys.len()
                    && other.keys.iter().zip(&one.keys).all(|(a, b)| {
                        (is_bare(a) && is_bare(b)) || order::ordered(a, b, ignore, &locale).is_eq()
                    })
            };
            if let Some(there) = open.find(&one.keys, &locale, is_twin) {
                open.take(&left[there].keys, &locale, there);
                let twin = &mut left[there];
                (twin.matched, one.matched) = (true, true);
                same.push((twin.value.clone(), twin.keys.clone()));
            }
        }
        if equal {
            for (value, keys) in same {
                write(call, &wanted, value, &keys, "==")?;
            }
        }
        if call.flag("ExcludeDifferent") {
            return Ok(());
        }
        for (side, mark) in [(right, "=>"), (left, "<=")] {
            for one in side.into_iter().filter(|one| !one.matched) {
                write(call, &wanted, one.value, &one.keys, mark)?;
            }
        }
        Ok(())
    }
}

fn sides(call: &mut Call<'_>, values: Vec<Value>, wanted: &[Wanted]) -> Run<Vec<Side>> {
    let mut made = Vec::new();
    for value in values {
        let mut keys = Vec::new();
        for one in wanted {
            keys.push(one.read(call.session(), &value).unwrap_or_default());
        }
        if wanted.is_empty() {
            keys.push(value.clone());
        }
        made.push(Side { value, keys, matched: false });
    }
    Ok(made)
}

fn write(call: &mut Call<'_>, wanted: &[Wanted], value: Value, keys: &[Value], mark: &str) -> Run {
    if call.flag("PassThru") {
        let made = match &value {
            Value::Object(object) => {
                object.set("SideIndicator", mark);
                value.clone()
            }
            other => Object::around(other.clone()).with("SideIndicator", mark).into(),
        };
        return call.write(made);
    }
    let made = Object::custom();
    if wanted.is_empty() {
        made.set("InputObject", value);
    }
    for (one, key) in wanted.iter().zip(keys) {
        made.set(&one.title(), key.clone());
    }
    made.set("SideIndicator", mark);
    call.write(Value::from(made))
}
