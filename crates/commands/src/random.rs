//! `Get-Random`: numbers within bounds, or some of the objects piped in.

use crate::declare::declare;
use dotnet::{Category, Exception, values};
use language::{Call, Command, CoreCommand, Run};
use object::Value;

/// `Get-Random`.
pub(crate) static GET_RANDOM: CoreCommand = CoreCommand::new(
    "Get-Random",
    "GetRandomCommand",
    || {
        declare(
            "Get-Random",
            "RandomNumberParameterSet RandomListItemParameterSet ShuffleParameterSet",
            "Maximum object @RandomNumberParameterSet 0
             Minimum object @RandomNumberParameterSet
             InputObject object[] @RandomListItemParameterSet | ! 0 @ShuffleParameterSet | ! 0
             Count int @RandomNumberParameterSet @RandomListItemParameterSet
             Shuffle switch @ShuffleParameterSet !",
        )
    },
    || Box::new(Random::default()),
);

#[derive(Default)]
struct Random {
    items: Vec<Value>,
}

impl Command for Random {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        self.items.extend(call.value("InputObject").map(Value::items).unwrap_or_default());
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let count = call.number("Count");
        if call.set() != "RandomNumberParameterSet" || !self.items.is_empty() {
            let wanted =
                if call.flag("Shuffle") { self.items.len() } else { count.unwrap_or(1).max(0) as usize };
            for _ in 0..wanted.min(self.items.len()) {
                let at = below(call, self.items.len() as u64) as usize;
                let picked = self.items.swap_remove(at);
                call.write(picked)?;
            }
            return Ok(());
        }
        check_bounds(call)?;
        for _ in 0..count.unwrap_or(1).max(0) {
            let number = number(call);
            call.write(number)?;
        }
        Ok(())
    }
}

fn check_bounds(call: &Call<'_>) -> Run {
    let bound = |name: &str| call.value(name).and_then(|value| values::double(values::base(value)));
    let (least, most) = (bound("Minimum").unwrap_or(0.0), bound("Maximum").unwrap_or(f64::MAX));
    if least < most {
        return Ok(());
    }
    let shown = |name: &str| call.text(name).unwrap_or_else(|| "0".to_owned());
    let message = format!(
        "The Minimum value ({}) cannot be greater than or equal to the Maximum value ({}).",
        shown("Minimum"),
        shown("Maximum")
    );
    let error = Exception::new("System.ArgumentException", message).id("MinGreaterThanOrEqualMax");
    Err(error.category(Category::InvalidArgument).into())
}

fn bits(call: &Call<'_>) -> u64 {
    let mut bytes = [0; 8];
    call.host().random(&mut bytes);
    u64::from_le_bytes(bytes)
}

fn below(call: &Call<'_>, bound: u64) -> u64 {
    bits(call) % bound.max(1)
}

fn number(call: &Call<'_>) -> Value {
    let bound = |name: &str| call.value(name).map(|value| values::base(value).clone());
    let (least, most) = (bound("Minimum"), bound("Maximum"));
    let real = |value: &Option<Value>| matches!(value, Some(Value::Double(_) | Value::Single(_)));
    if real(&least) || real(&most) {
        let least = least.as_ref().and_then(values::double).unwrap_or(0.0);
        let most = most.as_ref().and_then(values::double).unwrap_or(f64::MAX);
        let part = (bits(call) >> 11) as f64 / (1u64 << 53) as f64;
        return Value::Double(least + (most - least) * part);
    }
    let long = matches!(least, Some(Value::Int64(_))) || matches!(most, Some(Value::Int64(_)));
    let whole = |value: &Option<Value>| {
        value.as_ref().and_then(|value| value.as_i64().or_else(|| value.to_string().trim().parse().ok()))
    };
    let (least, most) = (whole(&least).unwrap_or(0), whole(&most).unwrap_or(i64::from(i32::MAX)));
    let picked = least + below(call, most.saturating_sub(least).max(1) as u64) as i64;
    if long { Value::Int64(picked) } else { Value::Int32(picked as i32) }
}
