//! Help that a script's author wrote in a comment: before a function, at the beginning or at the end of its body, or
//! in a script file.

use super::parameter;
use super::scope::FunctionEntry;
use super::session::Session;
use crate::syntax::{Source, Span, decode, parse};
use gate::Signature;
use std::sync::Arc;

/// The sections of such a comment, in their order: keyword in capitals, what stands behind it, the text below.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommentHelp(pub Vec<(String, String, String)>);

impl CommentHelp {
    /// The text of the first section of that keyword.
    pub fn section(&self, keyword: &str) -> Option<&str> {
        self.0.iter().find(|(word, ..)| word == keyword).map(|(.., text)| &**text)
    }
    /// What is said of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let of = |(word, about, _): &&(String, String, String)| {
            word == "PARAMETER" && about.eq_ignore_ascii_case(name)
        };
        self.0.iter().find(of).map(|(.., text)| &**text)
    }
}

/// The keywords that a help comment may have.
const KEYWORDS: [&str; 15] = [
    "SYNOPSIS",
    "DESCRIPTION",
    "PARAMETER",
    "EXAMPLE",
    "INPUTS",
    "OUTPUTS",
    "NOTES",
    "LINK",
    "COMPONENT",
    "ROLE",
    "FUNCTIONALITY",
    "FORWARDHELPTARGETNAME",
    "FORWARDHELPCATEGORY",
    "REMOTEHELPRUNSPACE",
    "EXTERNALHELP",
];

impl Session {
    /// What the comment of a function, or of the script file of that path, says.
    pub fn comment_help(&mut self, name: &str) -> Option<(Arc<Signature>, CommentHelp)> {
        if let Some(entry) = self.find_function(name) {
            let code = super::prepare::prepared(entry.block.ast(), entry.block.function.as_deref());
            let help = of_function(&entry).unwrap_or_default();
            return Some((parameter::signature(self, &code, &entry.name), help));
        }
        let is_script = name.to_ascii_lowercase().ends_with(".ps1");
        let path = self.full_path(name);
        let bytes = is_script.then(|| self.settings.host.files().read(&path).ok()).flatten()?;
        let source = Source::file(path.as_str(), decode(&bytes));
        let parsed = parse(&source);
        let block = parsed.block?;
        let code = super::prepare::prepared(&block, None);
        let whole = Span::new(0, source.text().len() as u32);
        let help = within(&source, &parsed.comments, whole).unwrap_or_default();
        Some((parameter::signature(self, &code, &path.rsplit('/').next().unwrap_or(&path).into()), help))
    }
}

fn of_function(entry: &FunctionEntry) -> Option<CommentHelp> {
    let function = entry.block.function.as_ref()?;
    let source = &entry.block.ast().source;
    let comments = parse(source).comments;
    let body = entry.block.ast().span;
    let inside = Span::new(body.start + 1, body.end.saturating_sub(1));
    before(source, &comments, function.span.start).or_else(|| within(source, &comments, inside))
}

/// The comments that end right before a place, with at most one empty line between.
fn before(source: &Source, comments: &[Span], start: u32) -> Option<CommentHelp> {
    let mut at = start;
    let mut lines = Vec::new();
    for comment in comments.iter().rev().filter(|comment| comment.end <= start) {
        let between = source.slice(Span::new(comment.end, at));
        let most = if lines.is_empty() { 2 } else { 1 };
        if !between.trim().is_empty() || between.matches('\n').count() > most {
            break;
        }
        at = comment.start;
        lines.push(bare(source.slice(*comment)));
    }
    lines.reverse();
    read(&lines.join("\n"))
}

/// The comments that a body begins or ends with.
fn within(source: &Source, comments: &[Span], inside: Span) -> Option<CommentHelp> {
    let own = |comment: &&Span| comment.start >= inside.start && comment.end <= inside.end;
    let (mut at, mut lines) = (inside.start, Vec::new());
    for comment in comments.iter().filter(own) {
        if !source.slice(Span::new(at, comment.start)).trim().is_empty() {
            break;
        }
        at = comment.end;
        lines.push(bare(source.slice(*comment)));
    }
    read(&lines.join("\n")).or_else(|| {
        let last = comments.iter().rev().find(own)?;
        let behind = source.slice(Span::new(last.end, inside.end));
        behind.trim().is_empty().then(|| before(source, comments, last.end)).flatten()
    })
}

/// A comment without its marks.
fn bare(comment: &str) -> String {
    match comment.strip_prefix("<#") {
        Some(rest) => rest.strip_suffix("#>").unwrap_or(rest).to_owned(),
        None => comment.trim_start_matches('#').to_owned(),
    }
}

/// The sections of a comment; `None`: it does not begin with one.
fn read(text: &str) -> Option<CommentHelp> {
    let mut help = CommentHelp::default();
    for line in text.lines() {
        let keyword = line
            .trim()
            .strip_prefix('.')
            .map(|rest| rest.split_once(char::is_whitespace).unwrap_or((rest, "")));
        let known = keyword.map(|(word, about)| (word.to_ascii_uppercase(), about));
        match (known, help.0.last_mut()) {
            (Some((word, about)), _) if KEYWORDS.contains(&&*word) => {
                help.0.push((word, about.trim().to_owned(), String::new()));
            }
            (_, Some((.., text))) => {
                text.push_str(line.trim());
                text.push('\n');
            }
            (_, None) if line.trim().is_empty() => {}
            (_, None) => return None,
        }
    }
    for (.., text) in &mut help.0 {
        *text = text.trim().to_owned();
    }
    (!help.0.is_empty()).then_some(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_read_as_sections() {
        let help = read("\n.SYNOPSIS\n  Short.\n.parameter Name\n The name.\n More.\n").unwrap_or_default();
        assert_eq!(help.section("SYNOPSIS"), Some("Short."));
        assert_eq!(help.parameter("name"), Some("The name.\nMore."));
        assert_eq!(read("just a comment"), None);
        assert_eq!(read("text\n.SYNOPSIS\nlate"), None);
    }
}
