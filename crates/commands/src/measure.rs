//! `Measure-Object` and `Measure-Command`.

use crate::declare::declare;
use dotnet::{Category, Exception, compare, member, values};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::types::TimeSpan;
use object::{Object, Value};

/// `Measure-Object`.
pub(crate) static MEASURE_OBJECT: CoreCommand = CoreCommand::new(
    "Measure-Object",
    "MeasureObjectCommand",
    || {
        declare(
            "Measure-Object",
            "GenericMeasure TextMeasure",
            "InputObject object |
             Property object[] 0
             StandardDeviation switch @GenericMeasure
             Sum switch @GenericMeasure
             AllStats switch @GenericMeasure
             Average switch @GenericMeasure
             Maximum switch @GenericMeasure
             Minimum switch @GenericMeasure
             Line switch @TextMeasure
             Word switch @TextMeasure
             Character switch @TextMeasure
             IgnoreWhiteSpace switch @TextMeasure",
        )
    },
    || Box::new(Measure::default()),
);

/// What is known of one property.
#[derive(Default)]
struct Figures {
    name: Option<String>,
    count: i64,
    sum: f64,
    mean: f64,
    squares: f64,
    numbers: i64,
    least: Option<Value>,
    most: Option<Value>,
    lines: i64,
    words: i64,
    characters: i64,
}

#[derive(Default)]
struct Measure {
    figures: Vec<Figures>,
}

impl Command for Measure {
    fn begin(&mut self, call: &mut Call<'_>) -> Run {
        if !call.is_given("Property") {
            self.figures.push(Figures::default());
        }
        Ok(())
    }
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(input) =
            input.or_else(|| call.value("InputObject").cloned()).filter(|value| !value.is_null())
        else {
            return Ok(());
        };
        if !call.is_given("Property") {
            return self.add(call, 0, &input);
        }
        for wanted in crate::property::wanted(call, "Property", crate::property::Keys::Select)? {
            for one in crate::property::expand(&[wanted], &input, &[]) {
                let title = one.title();
                let held = match &one.source {
                    views::Source::Property(name) => member::own(call.session(), &input, &name.clone())?,
                    _ => Some(one.read(call.session(), &input)?),
                };
                let Some(held) = held else { continue };
                let at = self
                    .figures
                    .iter()
                    .position(|f| f.name.as_deref().is_some_and(|n| n.eq_ignore_ascii_case(&title)));
                let at = at.unwrap_or_else(|| {
                    self.figures.push(Figures { name: Some(title.to_string()), ..Figures::default() });
                    self.figures.len() - 1
                });
                match held.is_null() {
                    true => self.nothing(call, at),
                    false => self.add(call, at, &held)?,
                }
            }
        }
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let text = call.set() == "TextMeasure";
        self.report_missing(call)?;
        for figures in std::mem::take(&mut self.figures) {
            let made = if text { text_info(call, &figures) } else { number_info(call, &figures) };
            call.write(made)?;
        }
        Ok(())
    }
}

impl Measure {
    /// A property that no object has is said under strict mode, and passed over otherwise.
    fn report_missing(&self, call: &mut Call<'_>) -> Run {
        if !call.is_given("Property") || !call.session().is_strict_of_members() {
            return Ok(());
        }
        let id = match call.set() {
            "TextMeasure" => "TextMeasurePropertyNotFound",
            _ => "GenericMeasurePropertyNotFound",
        };
        for name in call.texts("Property") {
            let known = |f: &Figures| f.name.as_deref().is_some_and(|n| n.eq_ignore_ascii_case(&name));
            if dotnet::wildcard::has_wildcards(&name) || self.figures.iter().any(known) {
                continue;
            }
            let message = format!("The property \"{name}\" cannot be found in the input for any objects.");
            let error = Exception::new("System.Management.Automation.PSArgumentException", message).id(id);
            call.error(error.category(Category::ObjectNotFound))?;
        }
        Ok(())
    }
    /// A property that holds nothing counts, and is 0 in sums.
    fn nothing(&mut self, call: &Call<'_>, at: usize) {
        let figures = &mut self.figures[at];
        figures.count += 1;
        if ["AllStats", "Sum", "Average", "StandardDeviation"].iter().any(|name| call.flag(name)) {
            figures.numbers += 1;
            let off = -figures.mean;
            figures.mean += off / figures.numbers as f64;
            figures.squares += off * -figures.mean;
        }
    }
    fn add(&mut self, call: &mut Call<'_>, at: usize, value: &Value) -> Run {
        let locale = call.session().locale().clone();
        let all = call.flag("AllStats");
        let figures = &mut self.figures[at];
        figures.count += 1;
        if call.set() == "TextMeasure" {
            let text = dotnet::text::to_text(value, &locale);
            let blanks = call.flag("IgnoreWhiteSpace");
            figures.lines += if text.is_empty() { 0 } else { text.split('\n').count() as i64 };
            figures.words += text.split_whitespace().count() as i64;
            figures.characters += text
                .chars()
                .filter(|c| !(blanks && c.is_whitespace()))
                .map(|c| c.len_utf16() as i64)
                .sum::<i64>();
            return Ok(());
        }
        if all || call.flag("Sum") || call.flag("Average") || call.flag("StandardDeviation") {
            match number(value) {
                Some(n) => {
                    figures.numbers += 1;
                    figures.sum += n;
                    let off = n - figures.mean;
                    figures.mean += off / figures.numbers as f64;
                    figures.squares += off * (n - figures.mean);
                }
                None => {
                    let message =
                        format!("Input object \"{}\" is not numeric.", dotnet::text::to_text(value, &locale));
                    let error =
                        Exception::new("System.Management.Automation.PSInvalidOperationException", message)
                            .id("NonNumericInputObject");
                    return call.error(
                        ErrorRecord::new(error.category(Category::InvalidType)).with_target(value.clone()),
                    );
                }
            }
        }
        let figures = &mut self.figures[at];
        if all || call.flag("Maximum") {
            let more = figures.most.as_ref().is_none_or(|most| greater(value, most, &locale));
            if more {
                figures.most = Some(value.clone());
            }
        }
        if all || call.flag("Minimum") {
            let less = figures.least.as_ref().is_none_or(|least| greater(least, value, &locale));
            if less {
                figures.least = Some(value.clone());
            }
        }
        Ok(())
    }
}

fn greater(a: &Value, b: &Value, locale: &dotnet::Locale) -> bool {
    compare::ordered(a, b, true, locale) == std::cmp::Ordering::Greater
}

fn number(value: &Value) -> Option<f64> {
    let inner = values::base(value);
    match inner {
        Value::String(text) => dotnet::parse::literal(text).and_then(|n| values::double(&n)),
        Value::Bool(b) => Some(f64::from(u8::from(*b))),
        other => values::double(other),
    }
}

fn number_info(call: &Call<'_>, figures: &Figures) -> Value {
    let all = call.flag("AllStats");
    let some = |wanted: bool, value: Option<f64>| {
        if wanted || all { value.map_or(Value::Null, Value::Double) } else { Value::Null }
    };
    let any = figures.numbers > 0;
    let deviation =
        if figures.numbers > 1 { (figures.squares / (figures.numbers - 1) as f64).sqrt() } else { 0.0 };
    let bound = |value: &Option<Value>| match value {
        Some(found)
            if values::double(values::base(found)).is_some()
                && !matches!(values::base(found), Value::Enum(_)) =>
        {
            Value::Double(values::double(values::base(found)).unwrap_or(0.0))
        }
        Some(found) => found.clone(),
        None => Value::Null,
    };
    let generic = bound(&figures.most).type_name().starts_with("System.Double") || figures.most.is_none();
    let name = if generic {
        "Microsoft.PowerShell.Commands.GenericMeasureInfo"
    } else {
        "Microsoft.PowerShell.Commands.GenericObjectMeasureInfo"
    };
    let sum_known = figures.count == 0 || any;
    Object::named(name)
        .with("Count", Value::Int32(figures.count as i32))
        .with("Average", some(call.flag("Average"), any.then_some(figures.mean_of_sum())))
        .with("Sum", some(call.flag("Sum"), sum_known.then_some(figures.sum)))
        .with("Maximum", bound(&figures.most))
        .with("Minimum", bound(&figures.least))
        .with("StandardDeviation", some(call.flag("StandardDeviation"), any.then_some(deviation)))
        .with("Property", figures.name.as_deref().map_or(Value::Null, Value::from))
        .into()
}

impl Figures {
    fn mean_of_sum(&self) -> f64 {
        self.sum / self.numbers.max(1) as f64
    }
}

fn text_info(call: &Call<'_>, figures: &Figures) -> Value {
    let some =
        |name: &str, count: i64| if call.flag(name) { Value::Int32(count as i32) } else { Value::Null };
    Object::named("Microsoft.PowerShell.Commands.TextMeasureInfo")
        .with("Lines", some("Line", figures.lines))
        .with("Words", some("Word", figures.words))
        .with("Characters", some("Character", figures.characters))
        .with("Property", figures.name.as_deref().map_or(Value::Null, Value::from))
        .into()
}

/// `Measure-Command`.
pub(crate) static MEASURE_COMMAND: CoreCommand = CoreCommand::new(
    "Measure-Command",
    "MeasureCommandCommand",
    || declare("Measure-Command", "", "InputObject object |\nExpression block 0 !"),
    || Box::new(Stopwatch { ticks: 0 }),
);

struct Stopwatch {
    ticks: i64,
}

impl Command for Stopwatch {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(block) = call.value("Expression").cloned() else { return Ok(()) };
        let input = input.or_else(|| call.value("InputObject").cloned());
        let start = call.host().now();
        let here = call.here(&block)?;
        call.run_here(&here, input.as_ref())?;
        self.ticks += (call.host().now().0 - start.0) * 10;
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        call.write(TimeSpan { ticks: self.ticks })
    }
}
