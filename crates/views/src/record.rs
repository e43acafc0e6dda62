//! What `Format-Table` and its like write: records that say how objects are shown. They are values, so that
//! `Format-Table | Out-File` works, and scripts see them as PowerShell's own.

use crate::plan::{Align, Layout, Plan};
use dotnet::host::Stream;
use object::Value;
use object::value::{Text, Typed};
use std::any::Any;
use std::sync::Arc;

/// A record of formatting.
#[derive(Clone, Debug)]
pub enum Record {
    /// Objects of this plan follow.
    Start(Arc<Start>),
    /// A group begins, under its label where it has one.
    GroupStart(Option<String>),
    /// An object.
    Entry(Entry),
    /// A group ends.
    GroupEnd,
    /// No more objects of the plan follow.
    End,
}

/// The head of a document.
#[derive(Clone, Debug)]
pub struct Start {
    pub(crate) plan: Arc<Plan>,
    /// The sides of a table's columns.
    pub(crate) sides: Vec<Align>,
}

/// An object as it is shown.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(crate) form: Form,
    /// It stands between the objects of a plan without being one of them.
    pub(crate) out_of_band: bool,
}

/// How an object is shown.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    /// The cells of a row.
    Row(Vec<String>),
    /// Names and values.
    List(Vec<(Text, String)>),
    /// One value among others.
    Wide(String),
    /// Lines with their indentation.
    Lines(Vec<(usize, String)>),
    /// Text as it is, on its stream.
    Raw(String, Stream),
}

impl Entry {
    /// Text as it is, out of any order.
    pub fn raw(text: impl Into<String>, stream: Stream) -> Entry {
        Entry { form: Form::Raw(text.into(), stream), out_of_band: true }
    }
}

/// The names that PowerShell gives each kind of record, and the number that tells them apart in a file.
const KINDS: [(&str, &str); 5] = [
    ("FormatStartData", "033ecb2bc07a4d43b5ef94ed5a35d280"),
    ("GroupStartData", "9e210fe47d09416682b841769c78b8a3"),
    ("FormatEntryData", "27c87ef9bbda4f709f6b4002fa4af63c"),
    ("GroupEndData", "4ec4f0187cb04f4cb6973460dfe252df"),
    ("FormatEndData", "cf522b78d86c486691226b40aa69e95c"),
];

/// The property that holds the number.
const CLASS_ID: &str = "ClassId2e4f51ef21dd47e99d3c952918aff9cd";

impl Record {
    fn kind(&self) -> (&'static str, &'static str) {
        KINDS[match self {
            Record::Start(_) => 0,
            Record::GroupStart(_) => 1,
            Record::Entry(_) => 2,
            Record::GroupEnd => 3,
            Record::End => 4,
        }]
    }

    /// The record that a value is.
    pub fn of(value: &Value) -> Option<Record> {
        dotnet::values::base(value).downcast::<Record>().cloned()
    }
}

impl Typed for Record {
    fn type_name(&self) -> Text {
        format!("Microsoft.PowerShell.Commands.Internal.Format.{}", self.kind().0).into()
    }
    fn text(&self) -> String {
        self.type_name().to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        if name.eq_ignore_ascii_case(CLASS_ID) {
            return Some(self.kind().1.into());
        }
        let named = self.member_names().iter().any(|known| known.eq_ignore_ascii_case(name));
        match self {
            Record::Start(start) if name.eq_ignore_ascii_case("shapeInfo") => {
                let head = match start.plan.layout {
                    Layout::Table => "TableHeaderInfo",
                    Layout::List => "ListViewHeaderInfo",
                    Layout::Wide => "WideViewHeaderInfo",
                    Layout::Custom => "ComplexViewHeaderInfo",
                };
                Some(format!("Microsoft.PowerShell.Commands.Internal.Format.{head}").into())
            }
            Record::Entry(entry) if name.eq_ignore_ascii_case("outOfBand") => Some(entry.out_of_band.into()),
            _ => named.then_some(Value::Null),
        }
    }
    fn member_names(&self) -> &'static [&'static str] {
        match self {
            Record::Start(_) => &[
                CLASS_ID,
                "pageHeaderEntry",
                "pageFooterEntry",
                "autosizeInfo",
                "shapeInfo",
                "groupingEntry",
            ],
            Record::GroupStart(_) => &[CLASS_ID, "shapeInfo", "groupingEntry"],
            Record::Entry(_) => &[CLASS_ID, "formatEntryInfo", "outOfBand", "writeStream", "isHelpObject"],
            Record::GroupEnd | Record::End => &[CLASS_ID, "groupingEntry"],
        }
    }
}
