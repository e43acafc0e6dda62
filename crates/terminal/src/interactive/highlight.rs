//! The colours of a line that is typed: commands, parameters, texts, variables, words of the language.
//!
//! The parser's own tokens are coloured, of an unfinished line as far as it was read.

use language::syntax::token::{Kind, Token};
use language::syntax::{Source, Span, tokens};

/// Longer text is not coloured: it is read anew with every key.
const COLOURED_BYTES_MAX: usize = 16 << 10;

/// What ends a colour.
const PLAIN: &str = "\x1b[0m";

/// The words of the language, where a statement begins or a block ended.
const KEYWORDS: [&str; 31] = [
    "begin",
    "break",
    "catch",
    "class",
    "clean",
    "continue",
    "data",
    "do",
    "dynamicparam",
    "else",
    "elseif",
    "end",
    "enum",
    "exit",
    "filter",
    "finally",
    "for",
    "foreach",
    "function",
    "if",
    "param",
    "process",
    "return",
    "switch",
    "throw",
    "trap",
    "try",
    "until",
    "using",
    "while",
    "workflow",
];

/// The line with its colours; `None`: as it is.
pub(super) fn highlighted(line: &str) -> Option<String> {
    if line.len() > COLOURED_BYTES_MAX || line.contains('\x1b') {
        return None;
    }
    let (tokens, comments) = tokens(&Source::typed(line));
    let mut painted: Vec<(Span, &str)> = comments.into_iter().map(|span| (span, "\x1b[32m")).collect();
    let mut before: Option<&Token> = None;
    for token in &tokens {
        painted.extend(colour(line, before, token).map(|colour| (token.span, colour)));
        before = Some(token);
    }
    painted.sort_by_key(|(span, _)| span.start);
    Some(paint(line, &painted))
}

fn paint(line: &str, painted: &[(Span, &str)]) -> String {
    let (mut out, mut at) = (String::with_capacity(line.len() * 2), 0);
    for (span, colour) in painted {
        let (start, end) = (span.start as usize, span.end as usize);
        let (Some(plain), Some(text)) = (line.get(at..start), line.get(start..end)) else { continue };
        out.extend([plain, colour, text, PLAIN]);
        at = end;
    }
    out.push_str(line.get(at..).unwrap_or(""));
    out
}

/// The colour of a token, by what stands before it.
fn colour(line: &str, before: Option<&Token>, token: &Token) -> Option<&'static str> {
    let text = line.get(token.span.start as usize..token.span.end as usize)?;
    let kind = before.map_or(Kind::NewLine, |before| before.kind);
    match token.kind {
        Kind::StringLiteral | Kind::StringExpandable => Some("\x1b[36m"),
        Kind::Variable | Kind::Splat => Some("\x1b[92m"),
        Kind::Parameter | Kind::DashOperator(_) => Some("\x1b[90m"),
        Kind::Number => Some("\x1b[97m"),
        Kind::Identifier if is_keyword(text, kind) => Some("\x1b[92;1m"),
        Kind::Identifier | Kind::Generic if begins_command(kind) => Some("\x1b[93m"),
        _ => None,
    }
}

/// Whether a word behind such a token begins a command.
fn begins_command(before: Kind) -> bool {
    matches!(
        before,
        Kind::NewLine
            | Kind::Semi
            | Kind::Pipe
            | Kind::AndAnd
            | Kind::OrOr
            | Kind::Ampersand
            | Kind::LeftParen
            | Kind::LeftCurly
            | Kind::RightCurly
            | Kind::AtParen
            | Kind::DollarParen
            | Kind::Assign(_)
    )
}

fn is_keyword(text: &str, before: Kind) -> bool {
    let here = begins_command(before) && before != Kind::Pipe && before != Kind::Ampersand;
    // `foreach ($x in …`
    let between = before == Kind::Variable && text.eq_ignore_ascii_case("in");
    between || (here && KEYWORDS.iter().any(|word| text.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The coloured pieces with one letter for the colour each.
    fn shown(line: &str) -> String {
        let mut text = highlighted(line).unwrap_or_else(|| line.to_owned());
        for (code, letter) in [
            ("\x1b[32m", "{#"),
            ("\x1b[36m", "{s:"),
            ("\x1b[92m", "{v:"),
            ("\x1b[90m", "{p:"),
            ("\x1b[97m", "{n:"),
            ("\x1b[92;1m", "{k:"),
            ("\x1b[93m", "{c:"),
            (PLAIN, "}"),
        ] {
            text = text.replace(code, letter);
        }
        text
    }

    #[test]
    fn a_line_is_coloured_by_what_it_says() {
        for (line, coloured) in [
            ("Get-Mailbox ann -ResultSize 5", "{c:Get-Mailbox} ann {p:-ResultSize} {n:5}"),
            ("$x = 'a' + \"b $x\" # end", "{v:$x} = {s:'a'} + {s:\"b $x\"} {## end}"),
            (
                "foreach ($m in $all) { Set-Mailbox @p }",
                "{k:foreach} ({v:$m} {k:in} {v:$all}) { {c:Set-Mailbox} {v:@p} }",
            ),
            (
                "if ($a -eq 1) { 'x' } else { exit }",
                "{k:if} ({v:$a} {p:-eq} {n:1}) { {s:'x'} } {k:else} { {k:exit} }",
            ),
            ("a | where Name -like x*", "{c:a} | {c:where} Name {p:-like} x*"),
            ("[int]$n", "[int]{v:$n}"),
            ("Write-Host if", "{c:Write-Host} if"),
            // What is unfinished is coloured as far as it goes.
            ("if ($true) { Get-Mail", "{k:if} ({v:$true}) { {c:Get-Mail}"),
            ("Get-Mailbox 'Ann B", "{c:Get-Mailbox} {s:'Ann B}"),
            ("", ""),
            ("größe 'ä' ü", "{c:größe} {s:'ä'} ü"),
        ] {
            assert_eq!(shown(line), coloured, "{line}");
        }
    }

    #[test]
    fn only_colours_are_added() {
        for line in [
            "Get-Mailbox | % { \"$($_.Name)\" }",
            "@'\na\n'@",
            "1..3 | ? { $_ -gt 1 }; `",
            "$h = @{ a = 1; 'b' = 2 }",
        ] {
            let coloured = highlighted(line).unwrap_or_default();
            let mut plain = String::new();
            let mut rest = coloured.as_str();
            while let Some(at) = rest.find('\x1b') {
                plain.push_str(&rest[..at]);
                rest = rest[at..].split_once('m').map_or("", |(_, rest)| rest);
            }
            plain.push_str(rest);
            assert_eq!(plain, line);
        }
    }
}
