//! The properties that commands are asked for: names with wildcards, script blocks, calculated ones.

use dotnet::wildcard::{Wildcard, has_wildcards};
use dotnet::{Category, Exception, member};
use language::{Block, Call, Run, Session};
use object::Value;
use object::value::Text;
use views::{Align, Column, Source};

/// A property asked for.
#[derive(Clone)]
pub(crate) struct Wanted {
    /// The name given with `Name` or `Label`.
    pub(crate) label: Option<Text>,
    /// Where the value comes from; a name may be a pattern.
    pub(crate) source: Source,
    /// `Descending`, `Ascending` of a sort key.
    pub(crate) descending: Option<bool>,
    /// What only tables and lists know.
    pub(crate) width: Option<usize>,
    pub(crate) align: Option<Align>,
    pub(crate) pattern: Option<Text>,
}

/// Which keys a command's calculated properties may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keys {
    /// `Name`, `Expression`.
    Select,
    /// `Expression`, `Descending`, `Ascending`.
    Sort,
    /// `Name`, `Expression`, `Width`, `Alignment`, `FormatString`.
    Table,
    /// `Name`, `Expression`, `FormatString`.
    List,
}

impl Wanted {
    fn plain(source: Source) -> Wanted {
        Wanted { label: None, source, descending: None, width: None, align: None, pattern: None }
    }
    /// The name of a plain property.
    pub(crate) fn named(name: &str) -> Wanted {
        Wanted::plain(Source::Property(name.into()))
    }
    /// The title or name of the result.
    pub(crate) fn title(&self) -> Text {
        match (&self.label, &self.source) {
            (Some(label), _) => label.clone(),
            (None, Source::Property(name)) => name.clone(),
            (None, Source::Block(block)) => block_text(block).into(),
            (None, Source::Itself) => "".into(),
        }
    }
    /// The column of a view.
    pub(crate) fn column(&self) -> Column {
        Column {
            plain: false,
            title: self.title(),
            source: self.source.clone(),
            width: self.width,
            align: self.align,
            pattern: self.pattern.clone(),
        }
    }
    /// Its value for an object.
    pub(crate) fn read(&self, session: &mut Session, value: &Value) -> Run<Value> {
        match &self.source {
            Source::Itself => Ok(value.clone()),
            Source::Property(name) => Ok(member::own(session, value, name)?.unwrap_or_default()),
            Source::Block(block) => {
                let mut answer = Vec::new();
                session.call_block(block, Some(value), &[], &mut answer)?;
                Ok(member::one(answer))
            }
        }
    }
    /// The title of what is read of an object: a plain property is called as the object spells it.
    pub(crate) fn title_for(&self, value: &Value) -> Text {
        match &self.source {
            Source::Property(name) if self.label.is_none() => {
                member::spelled(value, name).unwrap_or_else(|| name.clone())
            }
            _ => self.title(),
        }
    }
    /// The same with the name as an object spells it.
    fn as_spelled_by(&self, value: &Value) -> Wanted {
        match &self.source {
            Source::Property(name) if self.label.is_none() => match member::spelled(value, name) {
                Some(spelled) => Wanted { source: Source::Property(spelled), ..self.clone() },
                None => self.clone(),
            },
            _ => self.clone(),
        }
    }
    /// The pattern, when the name has wildcards.
    pub(crate) fn wildcard(&self) -> Option<Wildcard> {
        match &self.source {
            Source::Property(name) if self.label.is_none() && has_wildcards(name) => Wildcard::new(name).ok(),
            _ => None,
        }
    }
}

fn block_text(block: &Value) -> String {
    Block::of(block).map_or_else(|| block.to_string(), |block| block.inner_text().to_owned())
}

fn refuse(id: &str, message: String) -> Exception {
    Exception::new("System.NotSupportedException", message).id(id).category(Category::InvalidArgument)
}

/// The properties of a parameter's value.
pub(crate) fn wanted(call: &mut Call<'_>, parameter: &str, keys: Keys) -> Run<Vec<Wanted>> {
    let values = call.value(parameter).map(Value::items).unwrap_or_default();
    values.iter().filter(|value| !value.is_null()).map(|value| one(call.session(), value, keys)).collect()
}

/// A property asked for: a name, a block, a hashtable.
pub(crate) fn one(session: &Session, value: &Value, keys: Keys) -> Run<Wanted> {
    let inner = dotnet::values::base(value);
    if Block::of(inner).is_some() {
        return Ok(Wanted::plain(Source::Block(inner.clone())));
    }
    match inner {
        Value::Dictionary(dictionary) => calculated(session, &dictionary.to_vec(), keys),
        Value::String(text) if text.is_empty() && keys != Keys::Select => {
            Err(refuse("ExpressionEmptyString2", "An empty string value is not allowed.".to_owned()).into())
        }
        Value::Int32(_) | Value::Int64(_) | Value::Double(_) | Value::Bool(_) | Value::Array(_)
            if keys != Keys::Select =>
        {
            let of = inner.type_name();
            let message = format!(
                "Cannot convert {of} to one of the following types {{System.String, System.Management.Automation.ScriptBlock}}."
            );
            Err(refuse("DictionaryKeyUnknownType", message).into())
        }
        other => Ok(Wanted::named(&dotnet::text::to_text(other, session.locale()))),
    }
}

fn calculated(session: &Session, entries: &[(Value, Value)], keys: Keys) -> Run<Wanted> {
    let mut made = Wanted::plain(Source::Itself);
    let mut expression = false;
    for (key, value) in entries {
        let word = dotnet::text::to_text(key, session.locale());
        let found = key_named(&word, keys)
            .ok_or_else(|| refuse("DictionaryKeyIllegal", format!("The {word} key is not valid.")))?;
        match found {
            "Name" => made.label = Some(label(session, value, &word)?),
            "Expression" if value.is_null() => {
                return Err(
                    refuse("DictionaryKeyMissingValue", format!("The {word} key has no value.")).into()
                );
            }
            "Expression" => {
                made.source = one(session, value, keys)?.source;
                expression = true;
            }
            "Descending" => made.descending = Some(dotnet::compare::truth(value)),
            "Ascending" => made.descending = made.descending.or(Some(!dotnet::compare::truth(value))),
            "Width" => made.width = width(session, value)?,
            "Alignment" => made.align = Some(align(value, &word)?),
            _ => made.pattern = Some(pattern(value, &word)?),
        }
    }
    if !expression {
        return Err(refuse(
            "DictionaryKeyMandatoryEntry",
            "A mandatory entry for expression is missing.".to_owned(),
        )
        .into());
    }
    Ok(made)
}

fn label(session: &Session, value: &Value, word: &str) -> Run<Text> {
    match value {
        Value::Null => {
            let message = format!(
                "The \"{word}\" key has a type, , that is not valid; expected type is System.String."
            );
            Err(refuse("DictionaryKeyIllegalValue2", message).into())
        }
        other => Ok(dotnet::text::to_text(other, session.locale()).into()),
    }
}

fn pattern(value: &Value, word: &str) -> Run<Text> {
    match value {
        Value::String(text) => Ok(text.clone()),
        other => {
            let message = format!(
                "The \"{word}\" key has a type, {}, that is not valid; expected type is System.String.",
                other.type_name()
            );
            Err(refuse("DictionaryKeyIllegalValue2", message).into())
        }
    }
}

fn width(session: &Session, value: &Value) -> Run<Option<usize>> {
    let number = dotnet::convert::to(value, &dotnet::Type::int32(), session.locale())?.as_i64().unwrap_or(0);
    match usize::try_from(number).ok().filter(|width| *width > 0) {
        Some(width) => Ok(Some(width)),
        None => Err(refuse(
            "WidthOutOfRange",
            format!("The value \"{number}\" for key \"width\" should be greater than 0."),
        )
        .into()),
    }
}

fn align(value: &Value, word: &str) -> Run<Align> {
    let Some(text) = value.as_str() else {
        let of = value.type_name();
        let message = format!(
            "The \"{word}\" key has a type, {of}, that is not valid; expected type is System.String."
        );
        return Err(refuse("DictionaryKeyIllegalValue2", message).into());
    };
    let lower = text.to_ascii_lowercase();
    for (name, side) in [("left", Align::Left), ("right", Align::Right), ("center", Align::Center)] {
        if !lower.is_empty() && name.starts_with(&lower) {
            return Ok(side);
        }
    }
    let message = format!(
        "The value \"{text}\" for key \"alignment\" is not valid; valid values are {{left, center, right}}."
    );
    Err(refuse("AlignmentIllegalValue", message).into())
}

/// A key may be shortened as long as it stays clear.
fn key_named(word: &str, keys: Keys) -> Option<&'static str> {
    let known: &[&'static str] = match keys {
        Keys::Select => &["Name", "Label", "Expression"],
        Keys::Sort => &["Expression", "Descending", "Ascending"],
        Keys::Table => &["Name", "Label", "Expression", "Width", "Alignment", "FormatString"],
        Keys::List => &["Name", "Label", "Expression", "FormatString"],
    };
    let lower = word.to_ascii_lowercase();
    let fits = |name: &&&'static str| !lower.is_empty() && name.to_ascii_lowercase().starts_with(&lower);
    known.iter().find(fits).map(|name| if *name == "Label" { "Name" } else { *name })
}

/// Whether a list of wanted properties is the same for every object: no patterns, and no title twice.
pub(crate) fn are_fixed(wanted: &[Wanted]) -> bool {
    let titles: Vec<Text> = wanted.iter().map(Wanted::title).collect();
    let twice = |at: usize| titles[..at].iter().any(|known| known.eq_ignore_ascii_case(&titles[at]));
    wanted.iter().enumerate().all(|(at, one)| one.wildcard().is_none() && !twice(at))
}

/// The names that a list of wanted properties means for an object: patterns become the names that fit.
pub(crate) fn expand(wanted: &[Wanted], value: &Value, exclude: &[Wildcard]) -> Vec<Wanted> {
    let mut found = Vec::new();
    let excluded = |name: &str| exclude.iter().any(|pattern| pattern.matches(name));
    for one in wanted {
        let Some(pattern) = one.wildcard() else {
            if !excluded(&one.title()) {
                found.push(one.as_spelled_by(value));
            }
            continue;
        };
        let names = member::property_names(value);
        found.extend(
            names
                .iter()
                .filter(|name| pattern.matches(name) && !excluded(name))
                .map(|name| Wanted::named(name)),
        );
    }
    found
}
