//! Fields of a form, made from what a cmdlet takes: their kind, their words, their help.

use crate::pick::Offered;
use crate::shown;
use gate::{Effect, Formal};
use maud::{Markup, html};
use object::Error;
use object::types::kinds;

/// How a parameter is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Control {
    /// A line of text.
    Line,
    /// Text of several lines: what is written in paragraphs, or pasted from a file.
    Text,
    /// Lines, one for each element.
    Lines,
    /// One of these words; `bool`: several of them.
    Choice(Vec<String>, bool),
    /// A switch: on or not given.
    Switch,
    /// Yes, no, or not said.
    Truth,
    /// A secret, which is never shown.
    Secret,
    /// A name and a secret.
    Credential,
}

/// A field of a form.
pub(crate) struct Field<'a> {
    pub(crate) formal: &'a Formal,
    pub(crate) control: Control,
    /// What stands in it.
    pub(crate) value: String,
    /// What stood there when the form was made; `None`: nothing to compare with.
    pub(crate) was: Option<String>,
    /// What a command said of it.
    pub(crate) error: Option<&'a Error>,
    pub(crate) is_needed: bool,
    /// What can be picked for it; anything else can be typed.
    pub(crate) offered: Offered,
}

/// How a parameter is asked for.
pub(crate) fn control(formal: &Formal) -> Control {
    let spec = formal.property;
    let kind = spec.map_or(formal.kind, |spec| spec.kind);
    let many = formal.many || spec.is_some_and(|spec| spec.many);
    if std::ptr::eq(formal.kind, &kinds::CREDENTIAL) {
        Control::Credential
    } else if formal.is_secret() {
        Control::Secret
    } else if formal.is_switch() {
        Control::Switch
    } else if !formal.accepted.is_empty() {
        Control::Choice(formal.accepted.iter().map(ToString::to_string).collect(), many)
    } else if std::ptr::eq(kind, &kinds::BOOLEAN) {
        Control::Truth
    } else if LONG.iter().any(|end| formal.name.ends_with(end)) {
        Control::Text
    } else if many {
        Control::Lines
    } else {
        Control::Line
    }
}

/// How the names of parameters end that take whole files and paragraphs: a line would lose their line ends.
const LONG: [&str; 6] = ["Data", "MessageFile", "Message", "Notes", "Comment", "Text"];

/// Whether a form may ask for it: what is reserved, always so, or not built is not worth a field.
pub(crate) fn is_asked(formal: &Formal) -> bool {
    formal.is_own() && formal.effect == Effect::Built && !formal.uses.is_empty()
}

impl Field<'_> {
    fn id(&self) -> String {
        format!("f-{}", self.formal.name)
    }

    /// The field with its label, its help, and what a command said of it.
    pub(crate) fn shown(&self) -> Markup {
        let (id, help) = (self.id(), self.help());
        let described = format!("{id}-help");
        html! {
            div.field.wrong[self.error.is_some()] {
                @if self.control != Control::Switch {
                    label for=(id) {
                        (shown::words(&self.formal.name))
                        @if self.is_needed { span.needed title="needed" { " *" } }
                    }
                }
                (self.input(&id, &described))
                @if let Some(was) = &self.was {
                    input type="hidden" name=(format!("was.{}", self.formal.name)) value=(was);
                }
                @if let Some(error) = self.error { (problem(error)) }
                @if !help.is_empty() { p.help id=(described) { (help) } }
            }
        }
    }

    fn help(&self) -> String {
        match self.formal.property {
            Some(spec) => spec.explained(),
            None => self.formal.summary.to_string(),
        }
    }

    fn input(&self, id: &str, described: &str) -> Markup {
        let name = format!("p.{}", self.formal.name);
        let (needed, wrong) = (self.is_needed, self.error.is_some());
        let wrong = wrong.then_some("true");
        match &self.control {
            Control::Line if !self.value.contains('\n') => html! {
                @let list = (!self.offered.picks.is_empty()).then(|| format!("{id}-offered"));
                input type="text" id=(id) name=(name) value=(self.value) required[needed] list=[&list]
                    aria-describedby=(described) aria-invalid=[wrong] autocomplete="off" spellcheck="false" dir="auto";
                @if let Some(list) = &list { datalist id=(list) {
                    @for (pick, about) in &self.offered.picks { option value=(pick) label=(about) {} }
                } }
                @if self.offered.more { p.help { "The first " (self.offered.picks.len()) " are offered; any other one can be typed." } }
            },
            Control::Secret => html! {
                input type="password" id=(id) name=(name) required[needed] aria-describedby=(described)
                    aria-invalid=[wrong] autocomplete="new-password";
            },
            Control::Credential => html! {
                input type="text" name=(format!("{name}.user")) required[needed] aria-label="User name"
                    placeholder="User name" autocomplete="off" spellcheck="false";
                input type="password" id=(id) name=(name) required[needed] aria-describedby=(described)
                    aria-invalid=[wrong] placeholder="Password" autocomplete="new-password";
            },
            // A browser passes over the first line end of such a field.
            Control::Lines => html! {
                textarea id=(id) name=(name) rows=(self.value.lines().count().clamp(2, 8))
                    required[needed] aria-describedby=(described) aria-invalid=[wrong] spellcheck="false" dir="auto"
                    { "\n" (self.value) }
            },
            // A line of a form would lose the line ends that stand in the value.
            Control::Text | Control::Line => html! {
                textarea id=(id) name=(name) rows=(self.value.lines().count().clamp(4, 12))
                    required[needed] aria-describedby=(described) aria-invalid=[wrong] spellcheck="false" dir="auto"
                    { "\n" (self.value) }
            },
            Control::Switch => html! {
                label.check {
                    input type="checkbox" id=(id) name=(name) value="true" checked[self.value == "true"]
                        aria-describedby=(described);
                    (shown::words(&self.formal.name))
                }
            },
            Control::Truth => {
                self.choice(id, &name, described, &["True".to_owned(), "False".to_owned()], false)
            }
            Control::Choice(words, many) => self.choice(id, &name, described, words, *many),
        }
    }

    fn choice(&self, id: &str, name: &str, described: &str, words: &[String], many: bool) -> Markup {
        let chosen: Vec<&str> = self.value.split(['\n', ',']).map(str::trim).collect();
        let is = |word: &str| chosen.iter().any(|chosen| chosen.eq_ignore_ascii_case(word));
        let unknown =
            (!many && !self.value.is_empty() && !words.iter().any(|word| is(word))).then_some(&self.value);
        html! {
            select id=(id) name=(name) aria-describedby=(described) multiple[many]
                size=[many.then(|| words.len().clamp(2, 6))] required[self.is_needed]
            {
                @if !many { option value="" selected[self.value.is_empty()] { "–" } }
                @if let Some(unknown) = unknown { option value=(unknown) selected { (unknown) } }
                @for word in words {
                    option value=(word) selected[is(word)] {
                        @match word.as_str() { "True" => "Yes", "False" => "No", word => (shown::words(word)) }
                    }
                }
            }
        }
    }
}

/// What a command said, with what to do next.
pub(crate) fn problem(error: &Error) -> Markup {
    html! {
        p.problem role="alert" {
            (error.message())
            @if let Some(help) = error.help_line() { " " (help) }
        }
    }
}
