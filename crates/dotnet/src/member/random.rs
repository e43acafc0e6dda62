//! `System.Random`: with a seed it gives the numbers that .NET gives, without one those of the host.

use super::{Call, Row, array};
use crate::exception::{Exception, Result};
use object::Value;
use object::value::{Array, Text, Typed};
use parking_lot::Mutex;
use std::any::Any;

/// A generator of random numbers.
struct Random(Option<Mutex<Seeded>>);

/// The numbers behind a seed: a subtractive generator, as .NET has had it from its beginning.
struct Seeded {
    numbers: [i32; 56],
    next: usize,
    other: usize,
}

impl Seeded {
    fn new(seed: i32) -> Seeded {
        let mut numbers = [0i32; 56];
        let (mut last, mut before) = (161_803_398 - seed.checked_abs().unwrap_or(i32::MAX), 1);
        numbers[55] = last;
        let mut place = 0;
        for _ in 1..55 {
            place = (place + 21) % 55;
            numbers[place] = before;
            before = wrapped(last.wrapping_sub(before));
            last = numbers[place];
        }
        for _ in 1..5 {
            for at in 1..56 {
                numbers[at] = wrapped(numbers[at].wrapping_sub(numbers[1 + (at + 30) % 55]));
            }
        }
        Seeded { numbers, next: 0, other: 21 }
    }

    fn sample(&mut self) -> i32 {
        let behind = |place: usize| if place + 1 >= 56 { 1 } else { place + 1 };
        (self.next, self.other) = (behind(self.next), behind(self.other));
        let mut number = self.numbers[self.next].wrapping_sub(self.numbers[self.other]);
        if number == i32::MAX {
            number -= 1;
        }
        number = wrapped(number);
        self.numbers[self.next] = number;
        number
    }
}

fn wrapped(number: i32) -> i32 {
    if number < 0 { number.wrapping_add(i32::MAX) } else { number }
}

impl Typed for Random {
    fn type_name(&self) -> Text {
        "System.Random".into()
    }
    fn text(&self) -> String {
        "System.Random".to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn host_bits(call: &Call<'_>) -> u64 {
    let mut bytes = [0; 8];
    call.engine.host().random(&mut bytes);
    u64::from_le_bytes(bytes)
}

/// A number from nought to below one.
fn sample(call: &Call<'_>) -> Result<f64> {
    Ok(match &call.this_as::<Random>()?.0 {
        Some(seeded) => f64::from(seeded.lock().sample()) * (1.0 / f64::from(i32::MAX)),
        None => (host_bits(call) >> 11) as f64 / (1u64 << 53) as f64,
    })
}

/// A whole number from one to below another.
fn between(call: &Call<'_>, least: i64, most: i64) -> Result<i64> {
    if least > most {
        return Err(Exception::out_of_range("'minValue' cannot be greater than maxValue.", "minValue"));
    }
    let width = i128::from(most) - i128::from(least);
    if width <= i128::from(i32::MAX) {
        return Ok(least + (sample(call)? * width as f64) as i64);
    }
    let seeded = call.this_as::<Random>()?.0.as_ref();
    let bits = match seeded {
        Some(seeded) => {
            let mut seeded = seeded.lock();
            (0..3).fold(0u64, |bits, _| bits << 31 | seeded.sample() as u64)
        }
        None => host_bits(call),
    };
    Ok((i128::from(least) + i128::from(bits) % width) as i64)
}

fn below(call: &Call<'_>, name: &str) -> Result<i64> {
    match call.int(0) {
        most if most < 0 => {
            Err(Exception::out_of_range(format!("'{name}' must be greater than zero."), name))
        }
        most => between(call, 0, most),
    }
}

fn int(number: i64) -> Result<Value> {
    Ok(Value::Int32(number as i32))
}

fn next(call: &mut Call<'_>) -> Result<Value> {
    match &call.this_as::<Random>()?.0 {
        Some(seeded) => Ok(Value::Int32(seeded.lock().sample())),
        None => int(between(call, 0, i64::from(i32::MAX))?),
    }
}

fn next_bytes(call: &mut Call<'_>) -> Result<Value> {
    let into = array::argument(call, 0)?;
    for at in 0..into.len() {
        let byte = match &call.this_as::<Random>()?.0 {
            Some(seeded) => seeded.lock().sample() as u8,
            None => host_bits(call) as u8,
        };
        into.write()[at] = Value::Byte(byte);
    }
    Ok(Value::Null)
}

/// `Shuffle`: each element changes its place with one of those from there on.
fn shuffle(call: &mut Call<'_>) -> Result<Value> {
    let array = array::argument(call, 0)?;
    for at in 0..array.len().saturating_sub(1) {
        let other = between(call, at as i64, array.len() as i64)? as usize;
        array.write().swap(at, other);
    }
    Ok(Value::Null)
}

fn get_items(call: &mut Call<'_>) -> Result<Value> {
    let choices = array::argument(call, 0)?;
    if choices.is_empty() {
        return Err(Exception::argument("Span may not be empty", "choices"));
    }
    let count = usize::try_from(call.int(1))
        .map_err(|_| Exception::out_of_range("'length' must be a non-negative value.", "length"))?;
    array::room(call.int(1))?;
    let (of, mut chosen) = (choices.to_vec(), Vec::new());
    for _ in 0..count {
        chosen.push(of[between(call, 0, of.len() as i64)? as usize].clone());
    }
    Ok(match Value::Array(choices).type_name().strip_suffix("[]") {
        Some("System.Object") | None => Value::array(chosen),
        Some(element) => Array::of(element, chosen).into(),
    })
}

pub(super) static TABLES: &[(&str, &[Row])] = &[(
    "System.Random",
    &[
        ("int Next()", next),
        ("int Next(int maxValue)", |call| int(below(call, "maxValue")?)),
        ("int Next(int minValue, int maxValue)", |call| int(between(call, call.int(0), call.int(1))?)),
        ("long NextInt64()", |call| Ok(Value::Int64(between(call, 0, i64::MAX)?))),
        ("long NextInt64(long maxValue)", |call| Ok(Value::Int64(below(call, "maxValue")?))),
        ("long NextInt64(long minValue, long maxValue)", |call| {
            Ok(Value::Int64(between(call, call.int(0), call.int(1))?))
        }),
        ("double NextDouble()", |call| Ok(Value::Double(sample(call)?))),
        ("float NextSingle()", |call| Ok(Value::Single(sample(call)? as f32))),
        ("void NextBytes(byte[] buffer)", next_bytes),
        ("void Shuffle(array values)", shuffle),
        ("System.Object GetItems(array choices, int length)", get_items),
        ("static System.Random Shared", |_| Ok(Value::typed(Random(None)))),
        ("static object new()", |_| Ok(Value::typed(Random(None)))),
        ("static object new(int Seed)", |call| {
            Ok(Value::typed(Random(Some(Mutex::new(Seeded::new(call.int(0) as i32))))))
        }),
    ],
)];

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that .NET gives for these seeds.
    #[test]
    fn a_seed_gives_dotnets_numbers() {
        assert_eq!(Seeded::new(0).sample(), 1_559_595_546);
        assert_eq!(Seeded::new(42).sample(), 1_434_747_710);
    }
}
